"""Sigmoid, target and logit with the race: one neuron, both its losses, both their gradients (lesson 03)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import ipywidgets
import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.activations import sigmoid
from course_utils.explorers.engine import Explorer
from course_utils.losses import (
    binary_cross_entropy_from_logits,
    binary_cross_entropy_gradient,
    mse_from_logits,
    mse_from_logits_gradient,
)
from course_utils.numerics import FloatArray, check_array, check_number, check_probabilities
from course_utils.plots import PALETTE

LIMIT = 10.0  # the largest logit of the race: from 30 the squared error would take a million million steps
MOST_STEPS = 30_000  # the right end of the picture of the race
DRAWN_POINTS = 300  # enough for a smooth curve; the longest race has some 20,000 steps
_CURVE = np.linspace(-LIMIT, LIMIT, 201)
_LOOKS = (("squared error", PALETTE["vermilion"], "--", "s"), ("cross-entropy", PALETTE["blue"], "-", "o"))


class Neuron(NamedTuple):
    """What a sigmoid makes of the logits z (N,), and what two losses make of that; every field (N,)."""

    p: FloatArray  # probability of class 1
    error: FloatArray  # p - t
    mse: FloatArray  # squared error
    mse_gradient: FloatArray  # its slope along z
    bce: FloatArray  # binary cross-entropy, nats
    bce_gradient: FloatArray  # its slope along z


class Race(NamedTuple):
    """Logits from the start to the first one on the target's side, by gradient descent on either loss."""

    mse: FloatArray  # (steps + 1,)
    bce: FloatArray  # (steps + 1,)


def neuron(z: npt.ArrayLike, t: float) -> Neuron:
    """Probability, error, both losses and both gradients of each logit z (N,) for one target t in [0, 1].

    Squared error (p - t)^2 with gradient 2 (p - t) p (1 - p); binary cross-entropy in nats with gradient p - t.
    NaN, other shapes and a t outside [0, 1] raise ValueError.

    >>> neuron([-10.0], 1.0).mse_gradient, neuron([-10.0], 1.0).bce_gradient
    (array([-9.07874937e-05]), array([-0.9999546]))
    """
    z = check_array("z", z, ("N",))
    p = sigmoid(z)
    targets = np.full_like(z, _check_target(t))
    return Neuron(
        p=p,
        error=p - targets,
        mse=mse_from_logits(z, targets, per_sample=True),
        mse_gradient=mse_from_logits_gradient(z, targets) * len(z),
        bce=binary_cross_entropy_from_logits(z, targets, per_sample=True),
        bce_gradient=binary_cross_entropy_gradient(z, targets) * len(z),
    )


def race(z: float, t: float = 1.0) -> Race:
    """Run gradient descent on both losses, learning rate 1, until p is on the same side of 0.5 as the target t.

    For t = 1 that is p >= 0.5. A start on the right side, and t = 0.5, which has no side, take no step. |z| above 10
    and a t outside [0, 1] raise ValueError.

    >>> [len(path) - 1 for path in race(-6.0)]
    [214, 7]
    """
    z, t = check_number("z", z), _check_target(t)
    if abs(z) > LIMIT:
        raise ValueError(f"z: expected a logit from {-LIMIT:g} to {LIMIT:g}, got {z:g}")
    return Race(_descend(z, t, lambda p: 2 * (p - t) * p * (1 - p)), _descend(z, t, lambda p: p - t))


def _descend(z: float, t: float, gradient: Callable[[float], float]) -> FloatArray:
    # Plain floats: a step of a thousandth of a millisecond, where arrays of one number would take twenty.
    path = [z]
    while z * (t - 0.5) < 0:
        z -= gradient(1 / (1 + math.exp(-z)))
        path.append(z)
    return np.array(path)


def _check_target(t: float) -> float:
    return float(check_probabilities("t", check_number("t", t), ()))


def sigmoid_and_target() -> Explorer:
    """Explore one neuron: slide its logit z and its target t; see error, losses, gradients and the race.

    >>> explorer = sigmoid_and_target()
    >>> explorer
    Explorer(z=6.0, t=0.0)
    >>> explorer.controls["z"].value = 10.0
    >>> "in 11,034 steps down the squared error and in 11 steps" in explorer.caption
    True
    """
    board = _Board()
    run = lru_cache(maxsize=1)(race)  # picture and caption of one state share one race

    def update(z: float, t: float) -> list[Artist]:
        return board.show(z, t, run(z, t))

    def caption(z: float, t: float) -> str:
        return _caption(z, t, run(z, t))

    # At z = 6 and t = 0 the neuron is sure and wrong, and an arrow key to the right moves either slider.
    controls = {
        "z": ipywidgets.FloatSlider(
            6.0, min=-LIMIT, max=LIMIT, step=0.1, readout_format="+.1f", description="logit z"
        ),
        "t": ipywidgets.FloatSlider(0.0, min=0.0, max=1.0, step=0.05, readout_format=".2f", description="target t"),
    }
    return Explorer(board.figure, controls, update, caption, _code)


def _caption(z: float, t: float, run: Race) -> str:
    """Say what the picture shows: the neuron, both losses, both gradients, the race."""
    p, error, mse, mse_gradient, bce, bce_gradient = (float(field[0]) for field in neuron([z], t))
    return (
        f"Logit z = {z:+.1f}, probability p = {p:.4g}, target t = {t:.2f}, error p - t = {error:+.4f}. "
        f"Squared error {mse:.4f}, its gradient {mse_gradient:+.3g}; binary cross-entropy {bce:.4f} nats, "
        f"its gradient {bce_gradient:+.3g}. {_story(t, run)}"
    )


def _story(t: float, run: Race) -> str:
    if len(run.mse) > 1:
        return (
            f"With learning rate 1, descent brings p to the target's side of 0.5 in {len(run.mse) - 1:,} steps "
            f"down the squared error and in {len(run.bce) - 1:,} steps down the binary cross-entropy."
        )
    if t == 0.5:
        return "No race: a target of 0.5 is on neither side of 0.5."
    return "No race: p is on the target's side of 0.5 already."


def _code(z: float, t: float) -> str:
    """Give the lines that compute the numbers in the picture."""
    return (
        "from course_utils.explorers.sigmoid_and_target import neuron, race\n\n"
        f"p, error, mse, mse_gradient, bce, bce_gradient = neuron([{z:g}], {t:g})\n"
        f"mse_steps, bce_steps = (len(path) - 1 for path in race({z:g}, {t:g}))"
    )


class _Board:
    """The figure: sigmoid and error, both losses, both gradients, both races; above each panel its numbers."""

    def __init__(self) -> None:
        self.figure = Figure(figsize=(8.4, 4.2), layout="constrained")
        axes = error, losses, gradients, paths = list(self.figure.subplots(2, 2).flat)
        self._titles = [ax.set_title("0", fontsize=10, loc="left") for ax in axes]
        self._error = _ErrorPanel(error)
        self._losses = _LossPanel(losses, "logit z", "loss", (-0.3, LIMIT + 0.3))
        self._gradients = _LossPanel(gradients, "logit z", "gradient along z", (-1.1, 1.1))
        self._paths = _LossPanel(paths, "steps, learning rate 1", "logit z", (-LIMIT - 0.5, LIMIT + 0.5))
        losses.legend(loc="upper center", frameon=False)
        paths.set_xscale("symlog", linthresh=1)
        paths.set(xlim=(0, MOST_STEPS), xticks=[0, 1, 10, 100, 1000, 10000])
        paths.set_xticklabels(["0", "1", "10", "100", "1,000", "10,000"])

    def show(self, z: float, t: float, run: Race) -> list[Artist]:
        """Set every artist that depends on the state and return them all."""
        here, along = neuron([z], t), neuron(_CURVE, t)
        p, error, mse, mse_gradient, bce, bce_gradient = (float(field[0]) for field in here)
        ends = [(len(path) - 1, float(path[-1])) for path in run]
        numbers = [
            f"p = {p:.3g}, error {error:+.3f}",
            f"losses {mse:.3f} and {bce:.3f}",
            f"gradients {mse_gradient:+.3g} and {bce_gradient:+.3g}",
            f"{ends[0][0]:,} steps against {ends[1][0]:,}" if len(run.mse) > 1 else "no race: not wrong",
        ]
        for title, text in zip(self._titles, numbers, strict=True):
            title.set_text(text)
        gradient_curves = [(_CURVE, along.mse_gradient), (_CURVE, along.bce_gradient)]
        return [
            *self._titles,
            *self._error.show(z, p, t),
            *self._losses.show([(_CURVE, along.mse), (_CURVE, along.bce)], [(z, mse), (z, bce)]),
            *self._gradients.show(gradient_curves, [(z, mse_gradient), (z, bce_gradient)]),
            *self._paths.show([_thinned(path) for path in run], ends),
        ]


class _ErrorPanel:
    """The sigmoid, the point at z, the line of the target, and the error as the bar between them."""

    def __init__(self, ax: Axes) -> None:
        _prepare(ax, "logit z", "p (dotted: target t)", (-0.06, 1.06))
        ax.plot(_CURVE, sigmoid(_CURVE), color="0.6")
        (self._target,) = ax.plot(ax.get_xlim(), [0, 0], color=PALETTE["green"], linestyle=":", zorder=3)
        (self._bar,) = ax.plot([0, 0], [0, 1], color=PALETTE["black"], linewidth=2, zorder=4)
        (self._dot,) = ax.plot([0], [0], "o", color=PALETTE["black"], zorder=5)

    def show(self, z: float, p: float, t: float) -> list[Artist]:
        self._target.set_ydata([t, t])
        self._bar.set_data([z, z], [p, t])
        self._dot.set_data([z], [p])
        return [self._target, self._bar, self._dot]


class _LossPanel:
    """One curve for each loss and a point on each: colour, stroke and mark tell them apart."""

    def __init__(self, ax: Axes, xlabel: str, ylabel: str, ylim: tuple[float, float]) -> None:
        _prepare(ax, xlabel, ylabel, ylim)
        ax.axhline(0, color="black", linewidth=0.8)
        self._curves, self._dots = [], []
        for name, colour, stroke, mark in _LOOKS:
            self._curves += ax.plot([], [], color=colour, linestyle=stroke, label=name, zorder=3)
            self._dots += ax.plot([], [], mark, color=colour, zorder=5)

    def show(
        self, curves: Sequence[tuple[FloatArray, FloatArray]], points: Sequence[tuple[float, float]]
    ) -> list[Artist]:
        for line, (xs, ys) in zip(self._curves, curves, strict=True):
            line.set_data(xs, ys)
        for dot, (x, y) in zip(self._dots, points, strict=True):
            dot.set_data([x], [y])
        return [*self._curves, *self._dots]


def _prepare(ax: Axes, xlabel: str, ylabel: str, ylim: tuple[float, float]) -> None:
    ax.set(xlabel=xlabel, ylabel=ylabel, xlim=(-LIMIT - 0.3, LIMIT + 0.3), ylim=ylim)
    ax.grid(alpha=0.3)
    ax.spines[["top", "right"]].set_visible(False)


def _thinned(path: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Steps and logits of a race, at most 300 of them, as evenly spread as the logarithmic axis shows them."""
    steps = np.unique(np.geomspace(1, len(path), DRAWN_POINTS).round().astype(np.int64) - 1)
    return steps.astype(np.float64), path[steps]
