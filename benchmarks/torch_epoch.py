"""One epoch of the 784-25-15-10 network on MNIST: `torch_training.train` beside the loop that tutorials print.

The ways between the two are measured alone, each against the tutorial's loop in the same run; all start from the
same weights, and the runs alternate, so that a busy moment meets each of them. What each way gave in seconds of one
core for an epoch (threads at 1, so that other processes of the machine do not count):
the tutorial's loop                                                  0.80 s
batches as X[rows] instead of a DataLoader                           0.60 s
batches as X.index_select(0, rows), which copies rows twice as fast  0.54 s  the way taken
the tensor shuffled once an epoch and cut into slices                0.67 s  and 188 MB more
bytes, made floats batch by batch                                    0.68 s  but 141 MB less
X[rows], and Adam with foreach=True                                  0.69 s
X[rows], and Adam with fused=True                                    0.51 s
index_select and fused=True                                          0.46 s  the way taken
Threads are worth more than all of these where the machine has other work: 12,800 samples took 0.3 s on one thread
and 5 to 23 s on two, beside five busy processes on two cores. `train` therefore computes on one.
Of the 0.6 ms that an update now takes, 0.45 are the two passes through the network, 0.1 the step, 0.08 the batch.
The first optimiser of a process costs 0.8 s and 71 MB, since torch imports its compiler there, and again asks for it
in each step; only private parts of torch could be changed to avoid that, so it is left alone.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import version
from statistics import median
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from course_utils.datasets import load_mnist
from course_utils.torch_training import evaluate, train
from course_utils.torch_training.evaluation import one_thread

RUNS = 11
BATCH_SIZE = 128

Batches = Callable[[Tensor, Tensor], Iterator[tuple[Tensor, Tensor]]]
Epoch = Callable[[nn.Module, Tensor, Tensor, int], None]


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(784, 25), nn.ReLU(), nn.Linear(25, 15), nn.ReLU(), nn.Linear(15, 10))


def loader(X: Tensor, y: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    yield from DataLoader(TensorDataset(X, y), batch_size=BATCH_SIZE, shuffle=True)


def indexed(X: Tensor, y: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    for rows in torch.split(torch.randperm(len(X)), BATCH_SIZE):
        yield X[rows], y[rows]


def selected(X: Tensor, y: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    for rows in torch.split(torch.randperm(len(X)), BATCH_SIZE):
        yield X.index_select(0, rows), y.index_select(0, rows)


def shuffled(X: Tensor, y: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    order = torch.randperm(len(X))
    yield from zip(torch.split(X[order], BATCH_SIZE), torch.split(y[order], BATCH_SIZE), strict=True)


def written_out(model: nn.Module, X: Tensor, y: Tensor, seed: int, *, batches: Batches, **how: Any) -> None:
    """The loop of the tutorials, with its batches and its Adam as options."""
    torch.manual_seed(seed)
    loss, optimizer = nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), lr=1e-3, **how)
    for X_batch, y_batch in batches(X, y):
        optimizer.zero_grad()
        batch_loss = loss(model(X_batch), y_batch)
        batch_loss.backward()
        optimizer.step()


def ours(model: nn.Module, X: Tensor, y: Tensor, seed: int) -> None:
    """The course's, with its checks before the first update and its history."""
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    train(model, nn.CrossEntropyLoss(), optimizer, X, y, epochs=1, batch_size=BATCH_SIZE, seed=seed, device="cpu")


TUTORIAL, OURS = "the tutorial's loop", "`train` with fused Adam"
WAYS: dict[str, Epoch] = {
    TUTORIAL: partial(written_out, batches=loader),
    "its Adam with foreach=True": partial(written_out, batches=loader, foreach=True),
    "its Adam with fused=True": partial(written_out, batches=loader, fused=True),
    "its threads at 1": one_thread()(partial(written_out, batches=loader)),
    "batches as X[rows]": partial(written_out, batches=indexed),
    "batches as X.index_select(0, rows)": partial(written_out, batches=selected),
    "batches cut from a tensor shuffled once": partial(written_out, batches=shuffled),
    OURS: ours,
}


def measure(runs: int = RUNS) -> dict[str, str]:
    """Name -> what was measured, with the ratio."""
    data = load_mnist()
    X, X_test = (torch.from_numpy(images.astype(np.float32) / 255) for images in (data.X_train, data.X_test))
    y, y_test = (torch.from_numpy(labels.astype(np.int64)) for labels in (data.y_train, data.y_test))
    written_out(
        network(), X[:BATCH_SIZE], y[:BATCH_SIZE], 0, batches=loader
    )  # torch's first optimiser takes a second
    seconds: dict[str, list[float]] = {name: [] for name in WAYS}
    accuracies: dict[str, list[float]] = {name: [] for name in WAYS}
    for seed in range(runs):
        for name, epoch in WAYS.items():
            model = network()
            start = time.perf_counter()
            epoch(model, X, y, seed)
            seconds[name].append(time.perf_counter() - start)
            accuracies[name].append(evaluate(model, nn.CrossEntropyLoss(), X_test, y_test)[1])
    took = {name: median(values) for name, values in seconds.items()}
    times = {name: took[TUTORIAL] / took[name] for name in WAYS}
    alone = "; ".join(f"{name} {times[name]:.2f}" for name in WAYS if name not in (TUTORIAL, OURS))
    return {
        "784-25-15-10, one epoch on MNIST, batches of 128": (
            f"`train` {took[OURS]:.2f} s ({median(accuracies[OURS]):.1%} on the test images); the tutorial's loop, "
            f"DataLoader and plain Adam, {took[TUTORIAL]:.2f} s ({median(accuracies[TUTORIAL]):.1%}): "
            f"**{times[OURS]:.1f} times faster**"
        ),
        "the same epoch, each change alone, times faster than the tutorial's loop": alone,
    }


if __name__ == "__main__":
    print(
        f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}; Python {sys.version.split()[0]}, "
        f"torch {version('torch')} with {torch.get_num_threads()} threads"
    )
    for name, result in measure(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS).items():
        print(f"{name}: {result}")
