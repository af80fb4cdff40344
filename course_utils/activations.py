"""From logits to probabilities: sigmoid and softmax, and the logarithms that never leave the safe side.

Each formula is rearranged so that no exponential of a positive number is ever taken: nothing overflows, and
what underflows to zero is too small to matter. Logits may be infinite where the limit exists. All is worked out
in float64 and rounded at the end to the type of the logits; docs/accuracy.md measures what comes of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Context, Decimal, localcontext
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from course_utils.numerics import FloatArray, check_array, check_number, sum_in_pairs

# Logits in a block, and the rows it has at least. The classes are laid out as rows there: every step is then a few
# long passes over memory that stays in the cache, and no sum runs along ten short entries.
BLOCK, AT_LEAST = 2**15, 64

# A sum this small may come from terms that have already lost digits below the smallest normal float: it is added up
# again, e^LIFT times larger. Adding LIFT to the exponents of such terms is exact.
FAINT, LIFT = 2.0**-1000, 354.0

Float64Array = npt.NDArray[np.float64]


def sigmoid(z: npt.ArrayLike) -> FloatArray:
    """Probability of class 1 from the logit z, entry by entry: p = 1 / (1 + exp(-z)).

    Any shape; float32 stays float32. z = +-inf gives 1 and 0; NaN raises ValueError.
    For z < 0 it is computed as exp(z) / (1 + exp(z)), the same number without overflow.

    >>> sigmoid([-1000.0, 0.0, 2.0]).round(4)
    array([0.    , 0.5   , 0.8808])
    """
    z = check_array("z", z, finite=False)
    e = _exp_minus_distance(z)
    p: FloatArray = np.where(z < 0, e, 1) / (1 + e)
    return p.astype(z.dtype)


def sigmoid_derivative(z: npt.ArrayLike) -> FloatArray:
    """Slope of the sigmoid at the logit z, entry by entry: p (1 - p), largest at z = 0, where it is 1/4.

    Any shape; float32 stays float32. z = +-inf gives 0; NaN raises ValueError. Computed from the smaller of p and
    1 - p, which are the same with z and -z: the larger one no longer knows how far it is from 1.

    >>> sigmoid_derivative([-10.0, 0.0]).round(7)
    array([4.54e-05, 2.50e-01])
    """
    z = check_array("z", z, finite=False)
    e = _exp_minus_distance(z)
    p = e / (1 + e)
    slope: FloatArray = p * (1 - p)
    return slope.astype(z.dtype)


def softplus(z: npt.ArrayLike) -> FloatArray:
    """Smooth ramp ln(1 + exp(z)) in nats, entry by entry: minus the log of 1 - sigmoid(z).

    Any shape; float32 stays float32. z = inf gives inf, z = -inf gives 0; NaN raises ValueError.
    Computed as max(z, 0) + log1p(exp(-|z|)). Its slope is the sigmoid.

    >>> softplus([-1000.0, 0.0, 8.0]).round(4)
    array([0.    , 0.6931, 8.0003])
    """
    z = check_array("z", z, finite=False)
    ramp: FloatArray = np.maximum(z, 0) + np.log1p(_exp_minus_distance(z))
    return ramp.astype(z.dtype)


def log_sigmoid(z: npt.ArrayLike) -> FloatArray:
    """Natural log of sigmoid(z), entry by entry: -softplus(-z).

    >>> log_sigmoid([-8.0, 0.0]).round(4)
    array([-8.0003, -0.6931])
    """
    return -softplus(-check_array("z", z, finite=False))


def softmax(z: npt.ArrayLike, axis: int = -1, temperature: float = 1.0) -> FloatArray:
    """Probabilities of K classes from K logits along `axis`: p_i = exp(z_i / T) / sum_c exp(z_c / T).

    Any shape with at least one class; float32 stays float32; each slice sums to one. One logit of +inf takes
    all, -inf gets nothing; NaN, several +inf or nothing but -inf have no limit and raise ValueError, and so does a
    temperature T that is not positive. The largest logit is subtracted first, which changes no probability.

    >>> softmax([2.0, 3.0, 5.0, 0.0]).round(4)
    array([0.0418, 0.1135, 0.839 , 0.0057])
    """
    rows, shape = _rows(z, axis)
    p = np.empty_like(rows, order="F")
    for block, s in _shifted(rows, temperature):
        p[block] = np.divide(s.e, 1 + _rest(s), out=s.e).T
    return np.moveaxis(p.reshape(shape), -1, axis)


def log_softmax(z: npt.ArrayLike, axis: int = -1, temperature: float = 1.0) -> FloatArray:
    """Natural logs of the softmax probabilities along `axis`: z_i / T - ln sum_c exp(z_c / T), in nats.

    Shapes and errors as in `softmax`. Finite for finite logits, however small the probability.

    >>> log_softmax([0.0, 1000.0])
    array([-1000.,     0.])
    """
    rows, shape = _rows(z, axis)
    log_p = np.empty_like(rows, order="F")
    with np.errstate(over="ignore"):  # what is below the lowest float of the type becomes -inf
        for block, s in _shifted(rows, temperature):
            log_p[block] = np.subtract(s.z, np.log1p(_rest(s)), out=s.z).T
    return np.moveaxis(log_p.reshape(shape), -1, axis)


def logsumexp(z: npt.ArrayLike, axis: int = -1) -> FloatArray:
    """Natural log of a sum of exponentials along `axis`: ln sum_c exp(z_c), in nats, a smooth maximum.

    Errors as in `softmax`; the result has `axis` removed. Where the sum is almost one, its log is almost zero, and
    float64 has not enough digits: those few slices are added up with as many as it takes.

    >>> float(logsumexp([1000.0, 1000.0]).round(4))
    1000.6931
    """
    rows, shape = _rows(z, axis)
    total = np.empty(len(rows), rows.dtype)
    # A result so much smaller than its two parts has lost too many of their digits for the type of the logits.
    few = 0.5 * float(np.finfo(np.float64).eps / np.finfo(rows.dtype).eps)
    for block, s in _shifted(rows):
        sums = s.largest + np.log1p(_rest(s))
        for i in np.flatnonzero(np.abs(sums) < few * np.abs(s.largest)):
            sums[i] = _log_of_almost_one(rows[block][i])
        total[block] = sums
    return total.reshape(shape[:-1])[()]


def softmax_jacobian(z: npt.ArrayLike) -> FloatArray:
    """Slopes of every probability by every logit along the last axis: J_ic = dp_i / dz_c, J = diag(p) - p p^T.

    z (..., K) gives (..., K, K); errors as in `softmax`. Symmetric; rows and columns sum to zero. The diagonal
    p_i (1 - p_i) is summed from the other classes, which keeps its digits where p_i is almost 1.

    >>> softmax_jacobian([0.0, 0.0])
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    p = softmax(z)
    J: FloatArray = -p[..., :, np.newaxis] * p[..., np.newaxis, :]
    i = np.arange(p.shape[-1])
    J[..., i, i] = 0
    J[..., i, i] = -J.sum(axis=-1)
    return J


class _Shifted(NamedTuple):
    """A block of logits in float64, classes first: less the largest, what that lost in rounding, exponentials."""

    largest: Float64Array
    z: Float64Array
    lost: Float64Array | None
    e: Float64Array


def _rows(z: npt.ArrayLike, axis: int) -> tuple[FloatArray, tuple[int, ...]]:
    """Bring logits of any shape into rows (N, K), and tell the shape they have with the classes last."""
    z = np.asarray(z)
    if z.dtype.kind != "f":
        z = check_array("z", z, finite=False)
    if axis not in range(-z.ndim, z.ndim):
        raise ValueError(f"axis: expected an axis of z, which has {z.ndim} dimensions, got {axis}")
    if z.shape[axis] == 0:
        raise ValueError(f"z: expected at least one class along axis {axis}, got shape {z.shape}")
    z = np.moveaxis(z, axis, -1)
    return z.reshape(-1, z.shape[-1]), z.shape


def _shifted(rows: FloatArray, temperature: float = 1.0) -> Iterator[tuple[slice, _Shifted]]:
    """Yield block after block of `rows`, each small enough to stay in the cache from the first step to the last."""
    temperature = check_number("temperature", temperature, above=0)
    step = max(AT_LEAST, BLOCK // rows.shape[1])
    for block in (slice(i, i + step) for i in range(0, len(rows), step)):
        z = np.array(rows[block].T, np.float64, order="C")
        yield block, _shift(z, temperature, precise=rows.dtype == np.float64)


def _shift(z: Float64Array, temperature: float, precise: bool) -> _Shifted:
    """Shift and scale a block in place. `precise`: float64 results are wanted, so that lost digits must be kept."""
    largest = z.max(axis=0)
    # NaN and infinities cannot hide in the maximum, which is K times shorter to look through. -inf is fine.
    if not np.isfinite(largest).all():
        _take_limits(z, largest)
    shift = np.where(np.isinf(largest), 0, largest)
    # Two logits further apart than the largest float: -inf is the limit, and nothing worth keeping was lost.
    with np.errstate(over="ignore", invalid="ignore"):
        lost = np.nan_to_num(_lost(z, shift) / temperature, nan=0, posinf=0, neginf=0) if precise else None
        z -= shift
        if temperature != 1:
            z /= temperature
    return _Shifted(largest, z, lost, _exp(z, lost))


def _take_limits(z: FloatArray, largest: FloatArray) -> None:
    """Put 0 for a single +inf and -inf for its neighbours, in place; raise where no limit exists."""
    if np.isnan(largest).any():
        raise ValueError("z: expected logits, got nan")
    if np.isneginf(largest).any():
        raise ValueError("z: expected at least one logit above -inf, got nothing but -inf")
    infinite = np.isposinf(z)
    if (infinite.sum(axis=0) > 1).any():
        raise ValueError("z: expected at most one logit of +inf, got several, which have no limit")
    z[...] = np.where(infinite, 0, np.where(np.isposinf(largest), -np.inf, z))


def _lost(a: Float64Array, b: Float64Array) -> Float64Array:
    """What a - b loses when it is rounded, exactly (Knuth, The Art of Computer Programming, 4.2.2)."""
    difference = a - b
    b_seen = a - difference
    lost: Float64Array = (a - (difference + b_seen)) - (b - b_seen)
    return lost


def _exp(z: Float64Array, lost: Float64Array | None) -> Float64Array:
    """exp(z + lost), for a `lost` so small that its square does not count."""
    e: Float64Array = np.exp(z)
    if lost is not None:
        e += e * lost
    return e


def _rest(s: _Shifted) -> Float64Array:
    """Sum of the exponentials without the largest, which is 1 and would swallow the digits of a small rest."""
    is_largest = s.z == 0
    ties = is_largest.sum(axis=0, dtype=np.int32) - 1
    rest: Float64Array = sum_in_pairs(s.e - is_largest) + ties
    faint = rest < FAINT
    if faint.any():
        lifted = sum_in_pairs(np.where(is_largest, 0, _exp(s.z + LIFT, s.lost)))
        rest = np.where(faint, lifted * np.exp(-LIFT), rest)
    return rest


def _log_of_almost_one(z: FloatArray) -> float:
    """Log of a sum of exponentials, with digits doubled until twenty of its distance from one are right.

    That happens: no sum of exponentials of floats other than 0 is exactly one (Lindemann, Weierstrass).
    """
    digits = 25
    while True:
        with localcontext(Context(prec=digits)):
            rest = sum((Decimal(float(z_c)).exp() for z_c in z), Decimal(-1))
            if abs(rest) > Decimal(10) ** (20 - digits):
                return float((1 + rest).ln())
        digits *= 2


def _exp_minus_distance(z: FloatArray) -> FloatArray:
    e: FloatArray = np.exp(-np.abs(z), dtype=np.float64)
    return e
