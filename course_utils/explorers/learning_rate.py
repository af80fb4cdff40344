"""The learning rate on three surfaces: the path, the loss, the verdict, the largest stable rate (lesson 02)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Literal, NamedTuple

import ipywidgets
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.activations import sigmoid, softplus
from course_utils.datasets import load_police
from course_utils.explorers.engine import Explorer
from course_utils.numerics import FloatArray, check_choice, check_integer, check_number
from course_utils.plots import PALETTE

SURFACES = ("bowl", "ravine", "police")
START = (-3.5, -1.0)
STEPS = 100
RATES = np.logspace(-2, 2, 41)  # what the slider offers
ENOUGH = 0.01  # a rate that leaves more of the start's loss than this is too small
_FAR = 1e6  # who is as far away as this has run away and stands still, long before a float overflows
_FLOOR = 1e-12  # the lowest loss that the pictures show
_WIDE, _HIGH = (-4.6, 6.6), (-4.0, 4.0)  # the piece of the map that is shown
_COLOURS = {"too small": "blue", "good": "green", "overshooting": "orange", "diverging": "vermilion"}

Verdict = Literal["too small", "good", "overshooting", "diverging"]


class Descent(NamedTuple):
    """Where gradient descent goes; see `descend`."""

    path: FloatArray  # (updates + 1, 2), from the start on; ends early where it has run away
    losses: FloatArray  # (updates + 1,), the loss there
    verdict: Verdict
    limit: float  # the largest stable rate, 2 / lambda_max


class _Surface(NamedTuple):
    loss: Callable[[FloatArray], FloatArray]  # places (..., 2) -> (...)
    gradient: Callable[[FloatArray], FloatArray]  # places (..., 2) -> (..., 2)
    lowest: FloatArray  # (2,), the place of the minimum
    hessian: FloatArray  # (2, 2), there


def descend(surface: str, rate: float, steps: int = STEPS) -> Descent:
    """Take `steps` updates w <- w - rate * gradient on a surface over two weights, from START.

    "bowl" is |w|^2 / 2; "ravine" is a bowl 25 times as steep across as along, turned by 30 degrees; "police" is the
    mean binary cross-entropy in nats of one neuron on the standardised reservations, w = (weight, bias).
    Near the minimum an update multiplies the distance along a direction of curvature lambda by 1 - rate * lambda.
    So a rate is "diverging" from 2 / lambda_max on, "overshooting" above half of that (it jumps over the valley at
    every update, and still comes in), else "too small" where more than 1 % of the loss at the start, over the
    minimum, is left, else "good". A path ends where it has run away. Bad input raises ValueError or TypeError.

    >>> descend("bowl", 0.5, steps=2).path.tolist()
    [[-3.5, -1.0], [-1.75, -0.5], [-0.875, -0.25]]
    >>> descend("ravine", 0.1).verdict, descend("ravine", 0.1).limit
    ('diverging', 0.08)
    """
    rate = check_number("rate", rate, above=0)
    steps = check_integer("steps", steps, at_least=0)
    ground = _surface(check_choice("surface", surface, SURFACES))
    path = _walk(ground, np.array([rate]), steps)[:, 0]
    gone = np.abs(path).max(axis=1) > _FAR
    if gone.any():
        path = path[: gone.argmax() + 1]
    losses, limit = ground.loss(path), largest_stable_rate(surface)
    left, whole = losses[[-1, 0]] - ground.loss(ground.lowest)
    verdict: Verdict
    if rate >= limit:
        verdict = "diverging"
    elif rate > limit / 2:
        verdict = "overshooting"
    else:
        verdict = "too small" if left > ENOUGH * whole else "good"
    return Descent(path, losses, verdict, limit)


def largest_stable_rate(surface: str) -> float:
    """Return 2 / lambda_max, with lambda_max the largest curvature at the minimum.

    >>> largest_stable_rate("bowl"), round(largest_stable_rate("police"), 2)
    (2.0, 21.48)
    """
    # Rounded, so that 25 computed through a turn is 25 again.
    return float((2 / np.linalg.eigvalsh(_surface(check_choice("surface", surface, SURFACES)).hessian)[-1]).round(12))


def loss_above_minimum(surface: str, places: FloatArray) -> FloatArray:
    """Loss at places (..., 2) less the lowest loss that the surface has, never below zero.

    >>> loss_above_minimum("bowl", np.array([[3.0, 4.0], [0.0, 0.0]]))
    array([12.5,  0. ])
    """
    ground = _surface(check_choice("surface", surface, SURFACES))
    return np.maximum(ground.loss(places) - ground.loss(ground.lowest), 0)


def _walk(ground: _Surface, rates: FloatArray, steps: int) -> FloatArray:
    """Places (steps + 1, R, 2) of R descents at once, one a rate."""
    places = [np.tile(START, (len(rates), 1))]
    for _ in range(steps):
        here = places[-1]
        moves = rates[:, np.newaxis] * ground.gradient(here)
        places.append(here - np.where(np.abs(here).max(axis=1, keepdims=True) > _FAR, 0, moves))
    return np.array(places)


@cache
def _surface(name: str) -> _Surface:
    if name == "police":
        return _police()
    along, across = np.array([np.sqrt(3) / 2, 0.5]), np.array([-0.5, np.sqrt(3) / 2])
    hessian = np.eye(2) if name == "bowl" else np.outer(along, along) + 25 * np.outer(across, across)
    return _Surface(lambda w: ((w @ hessian) * w).sum(axis=-1) / 2, lambda w: w @ hessian, np.zeros(2), hessian)


def _police() -> _Surface:
    data = load_police()
    x, t = data.X[:, 0], data.y
    X = np.column_stack([(x - x.mean()) / x.std(), np.ones(len(x))])

    def loss(w: FloatArray) -> FloatArray:
        z = w @ X.T
        mean: FloatArray = (softplus(z) - t * z).mean(axis=-1)
        return mean

    def gradient(w: FloatArray) -> FloatArray:
        slope: FloatArray = (sigmoid(w @ X.T) - t) @ X / len(t)
        return slope

    def hessian(w: FloatArray) -> FloatArray:
        p = sigmoid(X @ w)
        curve: FloatArray = (X.T * (p * (1 - p))) @ X / len(t)
        return curve

    lowest = np.zeros(2)
    for _ in range(20):  # Newton's method; from zero it is there after eight updates
        lowest = lowest - np.linalg.solve(hessian(lowest), gradient(lowest))
    return _Surface(loss, gradient, lowest, hessian(lowest))


def learning_rate() -> Explorer:
    """Explore gradient descent: pick a surface and a learning rate; see path, loss, verdict and the largest rate.

    >>> explorer = learning_rate()
    >>> explorer.controls["surface"].value = "ravine"
    >>> "The largest stable rate, 2 / lambda_max, is 0.08." in explorer.caption
    True
    """
    board = _Board()
    run = lru_cache(maxsize=1)(descend)  # picture and caption of one state share one run

    def update(surface: str, rate: float) -> list[Artist]:
        return board.show(surface, rate, run(surface, rate))

    def caption(surface: str, rate: float) -> str:
        return _caption(surface, rate, run(surface, rate))

    controls = {
        "surface": ipywidgets.ToggleButtons(options=list(SURFACES), description="surface"),
        "rate": ipywidgets.FloatLogSlider(
            0.1, min=-2, max=2, step=0.1, description="learning rate", readout_format=".3g"
        ),
    }
    return Explorer(board.figure, controls, update, caption, _code)


def _caption(surface: str, rate: float, run: Descent) -> str:
    """Say how far descent gets, and why."""
    last = loss_above_minimum(surface, run.path[-1])
    why = {
        "too small": f"after {STEPS} updates more than 1 % of the loss is left",
        "good": "there in time, and without a jump over the valley",
        "overshooting": "near the minimum each update jumps over the valley, and still comes nearer",
        "diverging": "no minimum can hold it"
        + (": the slope of this loss is bounded, so it wanders about" if surface == "police" else ""),
    }[run.verdict]
    return (
        f"Gradient descent on the {surface} surface with learning rate {rate:.3g}: {run.verdict} ({why}). "
        f"From ({START[0]:g}, {START[1]:g}), {len(run.path) - 1} updates lead to "
        f"({run.path[-1, 0]:.3g}, {run.path[-1, 1]:.3g}), {last:.3g} above the lowest loss. "
        f"The largest stable rate, 2 / lambda_max, is {run.limit:.4g}."
    )


def _code(surface: str, rate: float) -> str:
    """Give the lines that compute the numbers in the picture."""
    return (
        "from course_utils.explorers.learning_rate import descend, loss_above_minimum\n\n"
        f"path, losses, verdict, limit = descend({surface!r}, {rate!r}, steps={STEPS})\n"
        f"left = loss_above_minimum({surface!r}, path[-1])"
    )


class _Board:
    """The figure: the path on the map, the loss by updates, and the loss at the end for every rate."""

    def __init__(self) -> None:
        self.figure = Figure(figsize=(8.8, 3.1), layout="constrained")
        self._map, falls, ends = self.figure.subplots(1, 3, width_ratios=[1.45, 1, 1])
        self._contours = {name: _draw_contours(self._map, name) for name in SURFACES}
        self._map.set(xlabel="first weight", ylabel="second weight", xlim=_WIDE, ylim=_HIGH, aspect="equal")
        (self._path,) = self._map.plot([], [], "o-", markersize=3.5, linewidth=1.2, zorder=4)
        (self._start,) = self._map.plot(*START, "s", color="black", markersize=7, zorder=3)
        (self._goal,) = self._map.plot([], [], "*", color="black", markersize=11, zorder=3)
        for ax, label in ((falls, f"update, of {STEPS}"), (ends, "learning rate")):
            ax.set(yscale="log", ylim=(_FLOOR / 3, 1e9), xlabel=label)
            ax.grid(alpha=0.3)
            ax.spines[["top", "right"]].set_visible(False)
        falls.set(xlim=(-2, STEPS + 2), ylabel="loss above its minimum")
        ends.set(xscale="log", xlim=(RATES[0] / 1.2, RATES[-1] * 1.2), ylabel=f"the same after {STEPS} updates")
        (self._fall,) = falls.plot([], [], zorder=4)
        (self._ends,) = ends.plot([], [], color="0.4", zorder=3)
        (self._limit,) = ends.plot([], [], "--", color="black", zorder=3)
        (self._here,) = ends.plot([], [], "o", markersize=9, mec="black", zorder=5)
        self._titles = [ax.set_title("0", fontsize=10, loc="left") for ax in (self._map, falls, ends)]

    def show(self, surface: str, rate: float, run: Descent) -> list[Artist]:
        """Set every artist that depends on the state and return them all."""
        heights = np.maximum(loss_above_minimum(surface, run.path), _FLOOR)
        self._path.set_data(*run.path.T)
        self._goal.set_data(*_surface(surface).lowest[:, np.newaxis])
        self._fall.set_data(np.arange(len(heights)), heights)
        self._ends.set_data(RATES, _losses_at_the_end(surface))
        self._limit.set_data([run.limit, run.limit], [_FLOOR / 3, 1e9])
        self._here.set_data([rate], heights[-1:])
        colour = PALETTE[_COLOURS[run.verdict]]
        for artist in (self._path, self._fall, self._here):
            artist.set_color(colour)
        self._here.set_markeredgecolor("black")
        for name, contours in self._contours.items():
            contours.set_visible(name == surface)
        texts = (f"rate {rate:.3g}: {run.verdict}", f"{heights[-1]:.2g} left", f"dashed: 2/λmax = {run.limit:.4g}")
        for title, text in zip(self._titles, texts, strict=True):
            title.set_text(text)
        lines = [self._path, self._goal, self._start, self._fall, self._ends, self._limit, self._here]
        return [*self._contours.values(), *lines, *self._titles]


def _draw_contours(ax: Axes, surface: str) -> Artist:
    """Draw lines of equal loss, each twice as high over the minimum as the one inside it."""
    first, second = np.meshgrid(np.linspace(*_WIDE, 121), np.linspace(*_HIGH, 101))
    heights = loss_above_minimum(surface, np.stack([first, second], axis=-1))
    levels = heights.max() / 2.0 ** np.arange(10, 0, -1)
    return ax.contour(
        first, second, heights, levels=levels, colors="0.72", linewidths=0.8, zorder=2.6
    )  # above the frame


@cache
def _losses_at_the_end(surface: str) -> FloatArray:
    """Loss above the minimum after STEPS updates, for each of RATES; never below what the picture shows."""
    return np.maximum(loss_above_minimum(surface, _walk(_surface(surface), RATES, STEPS)[-1]), _FLOOR)
