"""Learning rate and batch size on MNIST: runs that were really made, by updates and by seconds (lesson 07)."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import ipywidgets
import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from course_utils._support.resources import resource_path
from course_utils.explorers.engine import Explorer
from course_utils.numerics import FloatArray, IntArray, check_choice
from course_utils.plots import PALETTE

BUDGETS = {"updates": 150.0, "seconds": 1.0}  # where the rates are compared
ALL = 60_000
# What a model pays that gives every picture the share of fives, 5,421 of 60,000, and has seen no pixel.
BLIND = float(-(5421 * np.log(5421 / ALL) + (ALL - 5421) * np.log(1 - 5421 / ALL)) / ALL)
_LOW, _HIGH = 0.06, 20.0  # losses that the picture shows
# An update takes at least some hundredths of a millisecond: counted in tenths, seconds fit on the axis of updates.
_UNIT = {"updates": 1.0, "seconds": 1e-4}
_TICKS = {
    "updates": ["1", "10", "100", "1,000", "10,000", "100,000"],
    "seconds": ["0.1 ms", "1 ms", "10 ms", "0.1 s", "1 s", "10 s"],
}
_LOOK = {1: ("vermilion", ":"), 16: ("orange", "-."), 128: ("blue", "-"), ALL: ("black", "--")}
_NAMES = {1: "1 picture", 16: "16", 128: "128", ALL: "all 60,000"}


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
    if rate not in rates():
        raise ValueError(f"rate: expected one of {', '.join(f'{each:g}' for each in rates())}, got {rate!r}")
    if batch_size not in batch_sizes():
        raise ValueError(f"batch_size: expected one of {', '.join(map(str, batch_sizes()))}, got {batch_size!r}")
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


@cache
def _losses(batch_size: int, by: str) -> list[float]:
    """Loss within the budget at every rate."""
    return [loss_within_budget(rate, batch_size, by) for rate in rates()]


def learning_rate_on_mnist() -> Explorer:
    """Explore training on MNIST: pick a learning rate and a batch size, and count by updates or by seconds.

    >>> explorer = learning_rate_on_mnist()
    >>> explorer.controls["by"].value = "seconds"
    >>> explorer
    Explorer(rate=0.1, batch_size=128, by='seconds')
    """
    board = _Board()
    whole = {"description_width": "initial"}  # no description cut short
    controls = {
        "rate": ipywidgets.SelectionSlider(
            options=[(f"{rate:g}", rate) for rate in rates()], value=0.1, description="learning rate", style=whole
        ),
        "batch_size": ipywidgets.ToggleButtons(
            options=[(_NAMES[size], size) for size in batch_sizes()], value=128, description="batch", style=whole
        ),
        "by": ipywidgets.ToggleButtons(options=list(BUDGETS), description="count by", style=whole),
    }
    for name in ("batch_size", "by"):
        controls[name].style.button_width = "auto"
    return Explorer(board.figure, controls, board.show, _caption, _code)


def _caption(rate: float, batch_size: int, by: str) -> str:
    """Say how far this run gets, and which batch size and rate get furthest for the same price."""
    run = training_run(rate, batch_size)
    reached = loss_within_budget(rate, batch_size, by)
    best = min((loss, r, size) for size in batch_sizes() for r, loss in zip(rates(), _losses(size, by), strict=True))
    budget = f"{BUDGETS['updates']:.0f} updates" if by == "updates" else "one second"
    return (
        f"Learning rate {rate:g}, {_in_words(batch_size)} in each update: after {budget} the loss is {reached:.3g} "
        f"nats (blind guessing costs {BLIND:.3g}). The lowest at that price is {best[0]:.3g}, with rate {best[1]:g} "
        f"and {_in_words(best[2])}. This run ends after {run.updates[-1]:,} updates, {run.seconds[-1]:.1f} seconds, "
        f"at {run.loss[-1]:.3g} nats, with {run.right[-1]:,} of 10,000 test pictures right."
    )


def _in_words(batch_size: int) -> str:
    return {1: "1 picture", ALL: "all 60,000 pictures"}.get(batch_size, f"{batch_size} pictures")


def _code(rate: float, batch_size: int, by: str) -> str:
    """Give the lines that read the numbers in the picture; tools/mnist_runs.py has those that made them."""
    return (
        "from course_utils.explorers.learning_rate_on_mnist import (\n"
        "    batch_sizes, loss_within_budget, rates, training_run\n)\n\n"
        f"updates, seconds, loss, right = training_run({rate!r}, {batch_size!r})\n"
        f"reached = loss_within_budget({rate!r}, {batch_size!r}, {by!r})\n"
        f"best = min((loss_within_budget(r, size, {by!r}), r, size) for r in rates() for size in batch_sizes())"
    )


class _Board:
    """The figure: left the runs at one rate, right what the budget buys at every rate; a line for each batch size."""

    def __init__(self) -> None:
        self.figure = Figure(figsize=(8.8, 3.8), layout="constrained")
        falls, ends = self.figure.subplots(1, 2, sharey=True, width_ratios=[1.25, 1])
        for ax in (falls, ends):
            ax.set(xscale="log", yscale="log", ylim=(_LOW, _HIGH))
            ax.minorticks_off()
            ax.grid(alpha=0.3)
            ax.spines[["top", "right"]].set_visible(False)
            ax.axhline(BLIND, color="0.5", linewidth=1)
        falls.set_yticks([0.1, 0.3, 1, 3, 10], ["0.1", "0.3", "1", "3", "10"])
        falls.set(xlim=_reach(), ylabel="loss on all training pictures (nats)")
        falls.text(1, BLIND * 1.06, "blind", ha="right", fontsize=8, transform=falls.get_yaxis_transform())
        self._scales = {by: _add_scale(falls, by) for by in BUDGETS}
        ends.set(xlabel="learning rate", xticks=rates(), xticklabels=[f"{rate:g}" for rate in rates()])
        ends.tick_params(axis="x", labelsize=9)
        self._budget = falls.axvline(1, color="0.5", linewidth=1, zorder=3)  # above the frame
        self._curves, self._lines = {}, {}
        for size in batch_sizes():
            colour, stroke = _LOOK[size]
            style = {"color": PALETTE[colour], "linestyle": stroke, "label": _NAMES[size]}
            (self._curves[size],) = falls.plot([], [], **style)
            (self._lines[size],) = ends.plot([], [], **style)
        (self._here,) = ends.plot([], [], "o", color="white", markersize=9, markeredgecolor="black", zorder=6)
        self._titles = [ax.set_title("0", fontsize=10, loc="left") for ax in (falls, ends)]
        self.figure.legend(
            handles=list(self._curves.values()),
            loc="outside lower center",
            ncols=4,
            fontsize=9,
            title="in each update",
        )

    def show(self, rate: float, batch_size: int, by: str) -> list[Artist]:
        """Set every artist that depends on the state and return them all."""
        for size, curve in self._curves.items():
            run = training_run(rate, size)
            curve.set_data(getattr(run, by) / _UNIT[by], run.loss)
            self._lines[size].set_data(rates(), _losses(size, by))
            for line in (curve, self._lines[size]):
                chosen = size == batch_size
                line.set(linewidth=3.2 if chosen else 1.3, zorder=5 if chosen else 4)
        self._here.set_data([rate], [loss_within_budget(rate, batch_size, by)])
        self._budget.set_xdata([BUDGETS[by] / _UNIT[by]] * 2)
        for name, scale in self._scales.items():
            for label in scale:
                label.set_visible(name == by)
        budget = "150 updates" if by == "updates" else "1 second"
        texts = (f"learning rate {rate:g}; upright line: {budget}", f"the loss after {budget}, at every rate")
        for title, text in zip(self._titles, texts, strict=True):
            title.set_text(text)
        lines = [*self._curves.values(), *self._lines.values(), self._here, self._budget]
        return [*lines, *self._titles, *(label for scale in self._scales.values() for label in scale)]


def _add_scale(ax: Axes, by: str) -> list[Text]:
    """Write the labels of one scale under the axis, to be shown or hidden: to move ticks would be slow."""
    ax.set_xticks(10.0 ** np.arange(6), [""] * 6)
    below = ax.get_xaxis_transform()
    labels = [ax.text(10.0**n, -0.03, _TICKS[by][n], ha="center", va="top", transform=below) for n in range(6)]
    return [*labels, ax.text(0.5, -0.13, f"{by} taken", ha="center", va="top", transform=ax.transAxes)]


@cache
def _reach() -> tuple[float, float]:
    """Limits of the axis: from the earliest look at any run to the latest, on either scale."""
    runs = [training_run(rates()[0], size) for size in batch_sizes()]
    places = [getattr(run, by)[[0, -1]] / _UNIT[by] for run in runs for by in BUDGETS]
    return float(np.min(places)) / 1.3, float(np.max(places)) * 1.3
