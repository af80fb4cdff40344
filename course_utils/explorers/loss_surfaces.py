"""Loss surfaces of one neuron with one input: squared error beside binary cross-entropy, turnable (lesson 04)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import traitlets

from course_utils.explorers.page import PageExplorer, State, whole, within
from course_utils.losses import (
    binary_cross_entropy_from_logits,
    binary_cross_entropy_gradient,
    mse_from_logits,
    mse_from_logits_gradient,
)
from course_utils.numerics import (
    FloatArray,
    check_array,
    check_choice,
    check_number,
    check_probabilities,
    check_shape,
)

LOSSES = {
    "MSE": (mse_from_logits, mse_from_logits_gradient),
    "BCE": (binary_cross_entropy_from_logits, binary_cross_entropy_gradient),
}
REACH = 10.0  # w and b go from -REACH to REACH
UPDATES, LEARNING_RATE = 50, 1.0  # the walk downhill from the marker


class Standing(NamedTuple):
    """Where a neuron stands on a loss surface, and where descent takes it; see `stand`."""

    loss: float
    slope: FloatArray  # (2,): dL/dw, dL/db
    path: FloatArray  # (UPDATES + 1, 3): w, b and the loss, before the first update and after each


def stand(x: npt.ArrayLike, t: npt.ArrayLike, w: float, b: float, loss: str) -> Standing:
    """Loss and slope of the neuron p = sigmoid(w x + b) at one place, and 50 updates of descent from there, rate 1.

    x and t (N,), t in [0, 1]; `loss` is "MSE", mean (p - t)^2, or "BCE", mean -[t ln p + (1 - t) ln(1 - p)] in nats.
    Bad shapes or values raise ValueError or TypeError.

    >>> here = stand([-1.0, 1.0], [0, 1], w=0.0, b=0.0, loss="MSE")
    >>> here.loss, here.slope, here.path.shape
    (0.25, array([-0.25,  0.  ]), (51, 3))
    """
    x = check_array("x", x, ("N",))
    t = check_probabilities("t", t, x.shape)
    w, b = check_number("w", w), check_number("b", b)
    gradient = LOSSES[check_choice("loss", loss, list(LOSSES))][1]

    def slope(place: FloatArray) -> FloatArray:
        dz = gradient(place[0] * x + place[1], t)
        return np.array([dz @ x, dz.sum()])

    places = [np.array([w, b])]
    for _ in range(UPDATES):
        places.append(places[-1] - LEARNING_RATE * slope(places[-1]))
    walked = np.array(places)
    heights = losses_at(x, t, walked[:, 0], walked[:, 1], loss)
    return Standing(float(heights[0]), slope(places[0]), np.column_stack([walked, heights]))


def losses_at(x: FloatArray, t: FloatArray, w: FloatArray, b: FloatArray, loss: str) -> FloatArray:
    """Mean loss at many places at once: w and b of one shape, the result too.

    >>> losses_at(np.array([-1.0, 1.0]), np.array([0, 1]), np.zeros(2), np.array([0.0, 1.0]), "MSE").round(4)
    array([0.25  , 0.3034])
    """
    z = np.outer(w, x) + b.reshape(-1, 1)
    # The losses add up a row: one row a place, one column a sample.
    sums = LOSSES[loss][0](z, np.broadcast_to(t, z.shape), per_sample=True)
    return sums.reshape(w.shape) / len(x)


def check_inputs(name: str, value: Any) -> list[float]:
    """Return the inputs (N,) of N samples; anything else raises ValueError or TypeError."""
    return [float(each) for each in check_array(name, value, ("N",))]


def check_targets(name: str, value: Any) -> list[float]:
    """Return the targets (N,) of N samples, from 0 to 1; anything else raises ValueError or TypeError."""
    return [float(each) for each in check_probabilities(name, value, ("N",))]


class LossSurfaces(PageExplorer):
    """The explorer that `loss_surfaces` makes."""

    x = State(check_inputs, [-1.0, 1.0], shown=False)
    t = State(check_targets, [0.0, 1.0], shown=False)
    w = State(within(-REACH, REACH), -8.0)
    b = State(within(-REACH, REACH), 4.0)
    azimuth = State(whole(-180, 180), -60)
    elevation = State(whole(0, 90), 30)

    @traitlets.validate("t")
    def _have_one_for_each(self, proposal: Any) -> Any:
        check_shape("t", np.array(proposal["value"]), (len(self.x),))
        return proposal["value"]


def loss_surfaces(
    x: npt.ArrayLike, t: npt.ArrayLike, w: float = -8.0, b: float = 4.0, azimuth: int = -60, elevation: int = 30
) -> LossSurfaces:
    """Explore both loss surfaces of one neuron with one input: turn them, and drop a ball that takes 50 updates.

    x (N,), best standardised; t (N,) targets in [0, 1]. `w` and `b`, from -10 to 10, are where descent starts;
    `azimuth` and `elevation`, in whole degrees, turn the view, 90 straight from above. Bad input raises ValueError or
    TypeError.

    >>> explorer = loss_surfaces([-1.0, 0.0, 1.0], [0, 1, 1])
    >>> explorer.elevation = 90
    >>> explorer
    loss_surfaces(w=-8.0, b=4.0, azimuth=-60, elevation=90)
    """
    return LossSurfaces(x=x, t=t, w=w, b=b, azimuth=azimuth, elevation=elevation)
