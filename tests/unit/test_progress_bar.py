"""Long work shows itself: a bar in a notebook after two seconds, nothing elsewhere, and all that trains has one."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from course_utils._support.progress_bar import PATIENCE, bar
from course_utils.estimators import LogisticRegression, SoftmaxRegression
from course_utils.explorers.playground.network import train_to
from course_utils.explorers.playground.state import Settings
from course_utils.training import train
from tools.check import NBVAL

X, y = np.arange(8.0).reshape(4, 2), np.array([0, 0, 1, 1])


@pytest.fixture
def bars(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The bars of a notebook, which are made by the system's tqdm.auto and are not shown here."""
    import tqdm.auto

    made: list[Any] = []

    class Bar(tqdm.auto.tqdm):  # type: ignore[misc]
        def __init__(self, **options: Any) -> None:
            super().__init__(file=io.StringIO(), **options)
            made.append(self)

    monkeypatch.setattr("tqdm.auto.tqdm", Bar)
    kernel = SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=None))
    monkeypatch.setitem(sys.modules, "IPython", kernel)
    return made


def by_hand() -> None:
    train(lambda parameters, rows: (1.0, parameters), (np.ones(1),), 1, learning_rate=1, epochs=3)


def by_torch() -> None:
    import torch

    from course_utils import torch_training

    model = torch.nn.Linear(2, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    data = torch.tensor(X, dtype=torch.float32), torch.tensor(y)
    torch_training.train(model, torch.nn.CrossEntropyLoss(), optimizer, *data, epochs=3, batch_size=4, seed=0)


LONG: dict[str, Callable[[], object]] = {
    "train": by_hand,
    "torch_training": by_torch,
    "LogisticRegression": lambda: LogisticRegression(epochs=3).fit(X, y),
    "SoftmaxRegression": lambda: SoftmaxRegression(epochs=3).fit(X, y),
    "train_to": lambda: train_to(Settings(seed=99), 3),
}


@pytest.mark.parametrize("name", LONG)
def test_all_that_trains_has_a_bar_in_a_notebook(bars: list[Any], name: str) -> None:
    LONG[name]()
    (shown,) = bars
    assert shown.delay == PATIENCE
    assert (shown.n, shown.total) == (3, 3)


@pytest.mark.parametrize("name", LONG)
def test_elsewhere_nobody_is_shown_one_unasked(capsys: pytest.CaptureFixture[str], name: str) -> None:
    LONG[name]()
    assert capsys.readouterr() == ("", "")


def test_it_is_shown_at_once_or_never_where_that_is_asked(bars: list[Any]) -> None:
    with bar(3, "epoch", False) as shown:
        assert shown is None
    with bar(3, "epoch", True) as shown:
        assert shown.delay == 0
    assert len(bars) == 1


def test_the_bar_of_the_longest_cell_fits_into_the_queue_that_nbval_reads_afterwards() -> None:
    limit = next(int(word.partition("=")[2]) for word in NBVAL if word.startswith("--nbval-cell-timeout="))
    with bar(1, "update", shown=True) as counted:
        assert limit / counted.mininterval * 3 <= 1000
