"""The networks of lesson 11 reach what the lesson says, whatever the seed."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import Tensor, nn

from course_utils.datasets import Dataset, load_fashion_mnist, load_mnist
from course_utils.torch_training import evaluate, train

SEEDS = pytest.mark.parametrize("seed", range(3))
BATCH_SIZE = 128


def network(*sizes: int) -> nn.Sequential:
    layers: list[nn.Module] = [nn.Linear(sizes[0], sizes[1])]
    for D, H in pairwise(sizes[1:]):
        layers += [nn.ReLU(), nn.Linear(D, H)]
    return nn.Sequential(*layers)


def pictures(X: npt.NDArray[np.uint8], mean: float, std: float) -> Tensor:
    return torch.from_numpy(X.astype(np.float32)).div_(255).sub_(mean).div_(std)


def real(load: Callable[[], Dataset], source: str, mean: float, std: float) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    data = load()
    if data.source != source:
        pytest.skip(f"needs the real data ({source}): set COURSE_DATA")
    X, X_test = (pictures(images, mean, std) for images in (data.X_train, data.X_test))
    return X, torch.tensor(data.y_train), X_test, torch.tensor(data.y_test)


@pytest.fixture(scope="module")
def mnist() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    return real(load_mnist, "mnist", 0.1307, 0.3081)


@pytest.fixture(scope="module")
def fashion() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    return real(load_fashion_mnist, "fashion_mnist", 0.2860, 0.3530)


@pytest.mark.slow
@SEEDS
def test_784_25_15_10_reads_95_of_100_digits(mnist: tuple[Tensor, Tensor, Tensor, Tensor], seed: int) -> None:
    X, y, X_test, y_test = mnist
    torch.manual_seed(seed)
    model, loss = network(784, 25, 15, 10), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    train(model, loss, optimizer, X[:55_000], y[:55_000], epochs=10, batch_size=BATCH_SIZE, seed=seed)
    assert evaluate(model, loss, X_test, y_test)[1] > 0.95


@pytest.mark.slow
@SEEDS
def test_784_25_15_1_knows_a_five(mnist: tuple[Tensor, Tensor, Tensor, Tensor], seed: int) -> None:
    X, y, X_test, y_test = mnist
    t, t_test = ((labels == 5).float()[:, None] for labels in (y, y_test))
    torch.manual_seed(seed)
    model, loss = network(784, 25, 15, 1), nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    train(model, loss, optimizer, X, t, epochs=2, batch_size=BATCH_SIZE, seed=seed)
    assert evaluate(model, loss, X_test, t_test)[1] > 0.98


@pytest.mark.slow
@SEEDS
@pytest.mark.parametrize(
    ("sizes", "epochs", "wanted"), [((784, 25, 15, 10), 8, 0.86), ((784, 128, 10), 6, 0.88)], ids=str
)
def test_clothes(
    fashion: tuple[Tensor, Tensor, Tensor, Tensor], sizes: tuple[int, ...], epochs: int, wanted: float, seed: int
) -> None:
    X, y, X_test, y_test = fashion
    torch.manual_seed(seed)
    model, loss = network(*sizes), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3, fused=True)
    updates = epochs * math.ceil(len(y) / BATCH_SIZE)
    falling = torch.optim.lr_scheduler.LinearLR(optimizer, 1, 0.01, updates)
    train(model, loss, optimizer, X, y, epochs=epochs, batch_size=BATCH_SIZE, seed=seed, schedule=falling)
    assert evaluate(model, loss, X_test, y_test)[1] > wanted
