"""Gradient checking: derivatives by differences are slow and approximate, and the best check of a formula."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from course_utils.numerics import FloatArray, Shape, check_array, check_number

# The error of a difference has two parts: truncation, which grows with h, and rounding, eps / h. The best step
# balances the two.
EPS = float(np.finfo(np.float64).eps)
FORWARD_STEP = EPS ** (1 / 2)  # truncation of order h
CENTRAL_STEP = EPS ** (1 / 3)  # truncation of order h^2
HESSIAN_STEP = EPS ** (1 / 4)  # truncation of order h^2, rounding of order eps / h^2
COMPLEX_STEP = 1e-100  # nothing is subtracted, so nothing cancels
TINIEST = float(np.finfo(np.float64).smallest_subnormal)  # no float is rounded to less than a multiple of it


# Differences carry rounding noise, which must not count as an error of the gradient: entries smaller than this many
# times the noise are measured against that in place of their own size.
NOISE_FACTOR = 1e8


class GradientCheck(NamedTuple):
    """What a gradient check found: the largest relative error, where, and both values there."""

    error: float
    place: tuple[int, ...]
    claimed: float
    measured: float


def forward_difference(f: Callable[[FloatArray], float], x: npt.ArrayLike, h: float | None = None) -> FloatArray:
    """Gradient of a scalar function by forward differences: (f(x + h) - f(x)) / h for each entry of x.

    Arguments and errors as in `central_difference`; h = sqrt(eps) max(1, |x|). Good to about seven digits.

    >>> forward_difference(lambda x: float((x**2).sum()), [1.0, -3.0], h=0.5)
    array([ 2.5, -5.5])
    """
    x = _point(x)
    steps = _steps(x, h, FORWARD_STEP)
    here = _value(f, x.copy())
    slopes = [(_value(f, _moved(x, i, step)) - here) / step for i, step in np.ndenumerate(steps)]
    return np.reshape(slopes, x.shape)


def central_difference(f: Callable[[FloatArray], float], x: npt.ArrayLike, h: float | None = None) -> FloatArray:
    """Gradient of a scalar function by central differences: (f(x + h) - f(x - h)) / 2h for each entry of x.

    x of any shape, float64, is not changed. h is one step for all entries, or eps^(1/3) max(1, |x|): good to about
    ten digits for a smooth f. A step that is not positive, a step so short that rounding changes it by more than an
    eighth when it is added to x, and an f that gives no finite number raise ValueError.

    >>> central_difference(lambda x: float((x**2).sum()), [1.0, -3.0]).round(6)
    array([ 2., -6.])
    """
    x = _point(x)
    return _central(f, x, _steps(x, h, CENTRAL_STEP), ()).reshape(x.shape)


def complex_step(f: Callable[[npt.NDArray[np.complex128]], complex], x: npt.ArrayLike) -> FloatArray:
    """Gradient of an analytic scalar function to the last digits: Im f(x + ih) / h, with h = 1e-100.

    f must work on complex arrays: arithmetic, exp, log, tanh, but no abs, max or comparison. The package's own
    functions refuse complex numbers. A real answer raises TypeError. Squire and Trapp, SIAM Review 40 (1998).

    >>> complex_step(lambda x: (x**3).sum(), [1.0, -2.0])
    array([ 3., 12.])
    """
    x = _point(x)
    slopes = []
    for i in np.ndindex(x.shape):
        beside = x.astype(np.complex128)
        beside[i] += 1j * COMPLEX_STEP
        value = np.asarray(f(beside))
        if value.dtype.kind != "c":
            raise TypeError(f"f(x): expected a complex number for a complex x, got {value} of type {value.dtype}")
        slopes.append(check_array("f(x)", value.imag / COMPLEX_STEP, ()))
    return np.reshape(slopes, x.shape)


def jacobian(f: Callable[[FloatArray], FloatArray], x: npt.ArrayLike) -> FloatArray:
    """All slopes of a vector function by central differences: J[k, d] = df_k / dx_d, shape (K, D).

    x (D,), f(x) (K,). Step and accuracy as in `central_difference`. Other shapes and values that are not finite
    raise ValueError.

    >>> jacobian(lambda x: np.array([x[0] * x[1], x[0]]), [2.0, 3.0]).round(6)
    array([[3., 2.],
           [1., 0.]])
    """
    x = _point(x, ("D",))
    return _central(f, x, _steps(x, None, CENTRAL_STEP), ("K",))


def hessian(f: Callable[[FloatArray], float], x: npt.ArrayLike) -> FloatArray:
    """Second derivatives of a scalar function of x (D,): H[i, j] = d^2 f / dx_i dx_j, shape (D, D), symmetric.

    Central differences of central differences, h = eps^(1/4) max(1, |x|): good to about seven digits. Where the
    gradient has a formula, `jacobian(gradient, x)` is better. Errors as in `jacobian`.

    >>> hessian(lambda x: float(x[0] ** 2 * x[1]), [1.0, 3.0]).round(4)
    array([[6., 2.],
           [2., 0.]])
    """
    x = _point(x, ("D",))
    steps = _steps(x, None, HESSIAN_STEP)
    H = _central(lambda moved: _central(f, moved, steps, ()), x, steps, x.shape)
    return (H + H.T) / 2


def check_gradient(
    f: Callable[[FloatArray], float], gradient: Callable[[FloatArray], FloatArray], x: npt.ArrayLike
) -> GradientCheck:
    """Hold `gradient(x)` against central differences of `f` and report the entry that disagrees most.

    The error is |claimed - measured| / |measured|. Where a slope is too small for differences to measure, the divisor
    is 1e8 times what they can be wrong by: the rounding of f, divided by h, and the change that half the step makes.
    So an error below 1e-7 is a pass for smooth functions. A gradient of the wrong shape raises ValueError.

    >>> check_gradient(lambda x: float((x**3).sum()), lambda x: 2 * x, [1.0, 2.0]).place
    (1,)
    """
    x = _point(x)
    claimed = check_array("gradient(x)", gradient(x.copy()), x.shape)
    steps = _steps(x, None, CENTRAL_STEP)
    measured, again = (_central(f, x, h, ()).reshape(x.shape) for h in (steps, steps / 2))
    height = float(abs(_value(f, x.copy())))
    rounding = max(EPS * height, TINIEST) if height else 0.0
    noise = np.abs(measured - again) + rounding / steps
    scale = np.maximum(np.abs(measured), NOISE_FACTOR * noise)
    error = np.abs(claimed - measured) / np.where(scale == 0, 1, scale)
    index = tuple(int(i) for i in np.unravel_index(int(error.argmax()), error.shape))
    return GradientCheck(float(error[index]), index, float(claimed[index]), float(measured[index]))


def _central(f: Callable[[FloatArray], Any], x: FloatArray, steps: FloatArray, shape: Shape) -> FloatArray:
    """Slopes of f, whose values have `shape`, along each entry of x in turn, stacked on a last axis."""
    slopes = []
    for i, step in np.ndenumerate(steps):
        above, below = _value(f, _moved(x, i, step), shape), _value(f, _moved(x, i, -step), shape)
        slopes.append((above - below) / (2 * step))
    return np.stack(slopes, axis=-1)


def _point(x: npt.ArrayLike, shape: Shape | None = None) -> FloatArray:
    x = np.asarray(check_array("x", x, shape), dtype=np.float64)
    if x.size == 0:
        raise ValueError(f"x: expected at least one entry, got shape {x.shape}")
    return x


def _steps(x: FloatArray, h: float | None, default: float) -> FloatArray:
    if h is None:
        return default * np.maximum(1, np.abs(x))
    return np.full_like(x, check_number("h", h, above=0))


def _moved(x: FloatArray, index: tuple[int, ...], step: np.floating[Any]) -> FloatArray:
    """Copy x with one entry moved, so that an f that writes into its argument spoils nothing."""
    moved = x.copy()
    with np.errstate(over="ignore"):
        moved[index] += step
        taken = moved[index] - x[index]
    if not abs(taken - step) <= abs(step) / 8:
        raise ValueError(
            f"h: expected a step much longer than the gap between floats at x = {x[index]}, which is "
            f"{np.spacing(abs(x[index]))}, got {abs(step)}"
        )
    return moved


def _value(f: Callable[[FloatArray], Any], x: FloatArray, shape: Shape = ()) -> FloatArray:
    return check_array("f(x)", f(x), shape)
