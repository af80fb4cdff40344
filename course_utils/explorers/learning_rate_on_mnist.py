"""Learning rate and batch size on MNIST: runs that were really made, by updates and by seconds (lesson 07)."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from course_utils._support.resources import resource_path
from course_utils.explorers.page import PageExplorer, State
from course_utils.numerics import FloatArray, IntArray, check_choice

BUDGETS = {"updates": 150.0, "seconds": 1.0}  # where the rates are compared
ALL = 60_000
# What a model pays that gives every picture the share of fives, 5,421 of 60,000, and has seen no pixel.
BLIND = float(-(5421 * np.log(5421 / ALL) + (ALL - 5421) * np.log(1 - 5421 / ALL)) / ALL)


class TrainingRun(NamedTuple):
    """What was seen of one run; see `training_run`."""

    updates: IntArray  # (C,), the updates after which the model was looked at
    seconds: FloatArray  # (C,), the time that they take
    loss: FloatArray  # (C,), mean over the 60,000 training pictures, nats
    right: IntArray  # (C,), of the 10,000 test pictures


@cache
def _runs() -> dict[str, npt.NDArray[Any]]:
    """Read data/mnist_runs.npz, which tools/mnist_runs.py writes and describes."""
    with np.load(resource_path("mnist_runs.npz"), allow_pickle=False) as file:
        return dict(file)


def rates() -> list[float]:
    """Learning rates of the runs, from the smallest to the largest."""
    return [float(rate) for rate in _runs()["rates"]]


def batch_sizes() -> list[int]:
    """Batch sizes of the runs: the pictures that share one update, from one to all."""
    return [int(size) for size in _runs()["batch_sizes"]]


def training_run(rate: float, batch_size: int) -> TrainingRun:
    """Return the run with that learning rate and batch size: one sigmoid, fives against the rest, zero start.

    The pixels are scaled to [0, 1], the batches shuffled with seed 0. The losses are the same on every machine; the
    seconds are those of the two cores on which the runs were made, without the time for looking. A rate or a batch
    size of which there is no run raises ValueError.

    >>> run = training_run(1.0, 60_000)
    >>> int(run.updates[0]), int(run.updates[-1])
    (1, 150)
    >>> training_run(0.2, 128)
    Traceback (most recent call last):
    ValueError: rate: expected one of 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, got 0.2
    """
    rate, batch_size = check_rate("rate", rate), check_batch_size("batch_size", batch_size)
    runs, row = _runs(), rates().index(rate)
    updates = runs[f"updates_{batch_size}"]
    seconds = updates * runs["seconds"][batch_sizes().index(batch_size)]
    return TrainingRun(updates, seconds, runs[f"loss_{batch_size}"][row], runs[f"right_{batch_size}"][row])


def loss_within_budget(rate: float, batch_size: int, by: str) -> float:
    """Loss in nats when the budget, 150 updates or 1 second, is spent, between two looks read off a straight line.

    Where the run ends earlier, it is the loss at its end.

    >>> loss_within_budget(1.0, 60_000, "updates") == float(training_run(1.0, 60_000).loss[-1])
    True
    """
    check_choice("by", by, list(BUDGETS))
    run = training_run(rate, batch_size)
    return float(np.interp(BUDGETS[by], getattr(run, by), run.loss))


def check_rate(name: str, value: Any) -> float:
    """Return a learning rate of which there are runs; another raises ValueError."""
    if value not in rates():
        raise ValueError(f"{name}: expected one of {', '.join(f'{each:g}' for each in rates())}, got {value!r}")
    return float(value)


def check_batch_size(name: str, value: Any) -> int:
    """Return a batch size of which there are runs; another raises ValueError."""
    if value not in batch_sizes():
        raise ValueError(f"{name}: expected one of {', '.join(map(str, batch_sizes()))}, got {value!r}")
    return int(value)


def check_budget(name: str, value: Any) -> str:
    """Return "updates" or "seconds"; another raises ValueError."""
    return check_choice(name, value, list(BUDGETS))


class LearningRateOnMnist(PageExplorer):
    """The explorer that `learning_rate_on_mnist` makes."""

    rate = State(check_rate, 0.1)
    batch_size = State(check_batch_size, 128)
    by = State(check_budget, "updates")


def learning_rate_on_mnist(rate: float = 0.1, batch_size: int = 128, by: str = "updates") -> LearningRateOnMnist:
    """Explore training on MNIST: a map of the loss that 150 updates or one second buy, whose cells are curves.

    `rate` and `batch_size` are those of a run, as in `training_run`; `by` is the price, "updates" or "seconds".

    >>> explorer = learning_rate_on_mnist()
    >>> explorer.by = "seconds"
    >>> explorer
    learning_rate_on_mnist(rate=0.1, batch_size=128, by='seconds')
    """
    return LearningRateOnMnist(rate=rate, batch_size=batch_size, by=by)
