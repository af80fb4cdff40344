"""Sigmoid, target and logit with the race: one neuron, both its losses, both their gradients (lesson 03)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from course_utils.activations import sigmoid
from course_utils.explorers.page import PageExplorer, State, within
from course_utils.losses import (
    binary_cross_entropy_from_logits,
    binary_cross_entropy_gradient,
    mse_from_logits,
    mse_from_logits_gradient,
)
from course_utils.numerics import FloatArray, check_array, check_number, check_probabilities

LIMIT = 10.0  # the largest logit of the race: from 30 the squared error would take a million million steps


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


class SigmoidAndTarget(PageExplorer):
    """The explorer that `sigmoid_and_target` makes."""

    z = State(within(-LIMIT, LIMIT), 6.0)
    t = State(within(0, 1), 0.0)


def sigmoid_and_target(z: float = 6.0, t: float = 0.0) -> SigmoidAndTarget:
    """Explore one neuron: drag its logit z along the sigmoid, and its target t; see error, losses, slopes, the race.

    At z = 6 and t = 0, where it begins, the neuron is sure and wrong. Bad input raises as in `race`.

    >>> explorer = sigmoid_and_target()
    >>> explorer.z = 10
    >>> explorer
    sigmoid_and_target(z=10.0, t=0.0)
    """
    return SigmoidAndTarget(z=z, t=t)
