"""The learning rate on three surfaces: the path, the loss, the verdict, the largest stable rate (lesson 02)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Literal, NamedTuple

import numpy as np

from course_utils.activations import sigmoid, softplus
from course_utils.datasets import load_police
from course_utils.explorers.page import PageExplorer, State, within
from course_utils.numerics import FloatArray, check_array, check_choice, check_integer, check_number

SURFACES = ("bowl", "ravine", "police")
START = (-3.5, -1.0)
STEPS = 100
RATES = np.logspace(-2, 2, 41)  # those of the curve, and what the arrow keys reach
ENOUGH = 0.01  # a rate that leaves more of the start's loss than this is too small
_FAR = 1e6  # who is as far away as this has run away and stands still, long before a float overflows
_WIDE, _HIGH = (-4.6, 6.6), (-4.0, 4.0)  # the piece of the map that is shown

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


def descend(surface: str, rate: float, steps: int = STEPS, start: Sequence[float] = START) -> Descent:
    """Take `steps` updates w <- w - rate * gradient on a surface over two weights, from `start` (2,).

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
    path = _walk(ground, np.array([rate]), steps, check_array("start", start, (2,)))[:, 0]
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


def losses_at_the_end(surface: str, start: Sequence[float] = START) -> FloatArray:
    """Loss above the minimum after STEPS updates from `start`, for each of RATES.

    >>> losses_at_the_end("bowl").argmin() == abs(RATES - 1).argmin()
    np.True_
    """
    ground = _surface(check_choice("surface", surface, SURFACES))
    return loss_above_minimum(surface, _walk(ground, RATES, STEPS, check_array("start", start, (2,)))[-1])


def _walk(ground: _Surface, rates: FloatArray, steps: int, start: FloatArray) -> FloatArray:
    """Places (steps + 1, R, 2) of R descents at once, one a rate."""
    places = [np.tile(start, (len(rates), 1))]
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


def check_place(name: str, value: Any) -> list[float]:
    """Return two weights on the piece of the map that is shown."""
    place = check_array(name, value, (2,))
    pairs = zip(("first weight", "second weight"), place.tolist(), (_WIDE, _HIGH), strict=True)
    return [within(*limits)(f"{name}: {which}", weight) for which, weight, limits in pairs]


class LearningRate(PageExplorer):
    """The explorer that `learning_rate` makes."""

    surface = State(lambda name, value: check_choice(name, value, SURFACES), "bowl")
    rate = State(within(0.01, 100), 0.1)
    start = State(check_place, list(START))


def learning_rate(surface: str = "bowl", rate: float = 0.1, start: Sequence[float] = START) -> LearningRate:
    """Explore gradient descent: pick a surface and a rate from 0.01 to 100, drag the start, and let the ball roll.

    It shows the path, the loss as it falls, what each rate would leave, and the largest stable rate. Bad input raises
    as in `descend`.

    >>> explorer = learning_rate()
    >>> explorer.surface = "ravine"
    >>> explorer
    learning_rate(surface='ravine', rate=0.1, start=[-3.5, -1.0])
    """
    return LearningRate(surface=surface, rate=rate, start=start)
