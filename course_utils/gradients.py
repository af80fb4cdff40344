"""Derivatives by differences: slow, approximate, and the best witness against a wrong formula."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from course_utils.numerics import FloatArray, check_array

# The error of a central difference is about h^2 from the curve and eps / h from rounding: least near eps^(1/3).
STEP = float(np.finfo(np.float64).eps ** (1 / 3))


class GradientCheck(NamedTuple):
    """What a gradient check found: the largest error relative to max(1, |slope|), where, and both values there."""

    error: float
    place: tuple[int, ...]
    claimed: float
    measured: float


def central_difference(f: Callable[[FloatArray], float], x: npt.ArrayLike) -> FloatArray:
    """Gradient of a scalar function by central differences: (f(x + h) - f(x - h)) / 2h for each entry of x.

    x of any shape, float64; h = eps^(1/3) max(1, |x|). Good to about ten digits for a smooth f. x is not changed.

    >>> central_difference(lambda x: float((x**2).sum()), [1.0, -3.0]).round(6)
    array([ 2., -6.])
    """
    x = np.array(check_array("x", x), dtype=np.float64)
    slope = np.empty_like(x)
    for index in np.ndindex(x.shape):
        middle = float(x[index])
        h = STEP * max(1.0, abs(middle))
        x[index] = middle + h
        above = f(x.copy())
        x[index] = middle - h
        below = f(x.copy())
        x[index] = middle
        slope[index] = (above - below) / (2 * h)
    return slope


def check_gradient(
    f: Callable[[FloatArray], float], gradient: Callable[[FloatArray], FloatArray], x: npt.ArrayLike
) -> GradientCheck:
    """Hold `gradient(x)` against central differences of `f` and report the entry that disagrees most.

    A gradient of the wrong shape raises ValueError. An error below 1e-7 is a pass for smooth functions.

    >>> check_gradient(lambda x: float((x**3).sum()), lambda x: 2 * x, [1.0, 2.0]).place
    (1,)
    """
    x = np.asarray(check_array("x", x), dtype=np.float64)
    claimed = check_array("gradient(x)", gradient(x.copy()), x.shape)
    measured = central_difference(f, x)
    error = np.abs(claimed - measured) / np.maximum(1, np.abs(measured))
    index = tuple(int(i) for i in np.unravel_index(int(error.argmax()), error.shape))
    return GradientCheck(float(error[index]), index, float(claimed[index]), float(measured[index]))
