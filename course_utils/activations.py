"""From logits to probabilities: sigmoid and softmax, and the logarithms that never leave the safe side.

Each formula is rearranged so that no exponential of a positive number is ever taken: nothing overflows, and
what underflows to zero is too small to matter. Logits may be infinite where the limit exists.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from course_utils.numerics import FloatArray, check_array

# Below this many classes a softmax runs faster with the classes as rows: every step is then one long pass over
# memory. Above it, summing along memory wins, because NumPy then adds in pairs and rounds less.
FEW_CLASSES = 32


def sigmoid(z: npt.ArrayLike) -> FloatArray:
    """Probability of class 1 from the logit z, entry by entry: p = 1 / (1 + exp(-z)).

    Any shape; float32 stays float32. z = +-inf gives 1 and 0; NaN raises ValueError.
    For z < 0 it is computed as exp(z) / (1 + exp(z)), the same number without overflow.

    >>> sigmoid([-1000.0, 0.0, 2.0]).round(4)
    array([0.    , 0.5   , 0.8808])
    """
    z = check_array("z", z, finite=False)
    e = np.exp(-np.abs(z))
    p: FloatArray = np.where(z < 0, e, 1) / (1 + e)
    return p


def softplus(z: npt.ArrayLike) -> FloatArray:
    """Smooth ramp ln(1 + exp(z)) in nats, entry by entry: minus the log of 1 - sigmoid(z).

    Any shape; float32 stays float32. z = inf gives inf, z = -inf gives 0; NaN raises ValueError.
    Computed as max(z, 0) + log1p(exp(-|z|)).

    >>> softplus([-1000.0, 0.0, 8.0]).round(4)
    array([0.    , 0.6931, 8.0003])
    """
    z = check_array("z", z, finite=False)
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def log_sigmoid(z: npt.ArrayLike) -> FloatArray:
    """Natural log of sigmoid(z), entry by entry: -softplus(-z).

    >>> log_sigmoid([-8.0, 0.0]).round(4)
    array([-8.0003, -0.6931])
    """
    return -softplus(-check_array("z", z, finite=False))


def softmax(z: npt.ArrayLike, axis: int = -1) -> FloatArray:
    """Probabilities of K classes from K logits along `axis`: p_i = exp(z_i) / sum_c exp(z_c).

    Any shape with at least one class; float32 stays float32; each slice sums to one. One logit of +inf takes
    all, -inf gets nothing; NaN, several +inf or nothing but -inf have no limit and raise ValueError. The
    largest logit is subtracted first, which changes no probability.

    >>> softmax([2.0, 3.0, 5.0, 0.0]).round(4)
    array([0.0418, 0.1135, 0.839 , 0.0057])
    """
    e = _shifted(z, axis)[0]
    np.exp(e, out=e)
    e /= e.sum(axis=0)
    return np.moveaxis(e, 0, axis)


def log_softmax(z: npt.ArrayLike, axis: int = -1) -> FloatArray:
    """Natural logs of the softmax probabilities along `axis`: z_i - ln sum_c exp(z_c), in nats.

    Shapes and errors as in `softmax`. Finite for finite logits, however small the probability.

    >>> log_softmax([0.0, 1000.0])
    array([-1000.,     0.])
    """
    shifted, _ = _shifted(z, axis)
    return np.moveaxis(shifted - _log_sum(shifted), 0, axis)


def logsumexp(z: npt.ArrayLike, axis: int = -1) -> FloatArray:
    """Natural log of a sum of exponentials along `axis`: ln sum_c exp(z_c), in nats, a smooth maximum.

    Errors as in `softmax`; the result has `axis` removed.

    >>> float(logsumexp([1000.0, 1000.0]).round(4))
    1000.6931
    """
    shifted, largest = _shifted(z, axis)
    return largest + _log_sum(shifted)


def _shifted(z: npt.ArrayLike, axis: int) -> tuple[FloatArray, FloatArray]:
    """Return a fresh copy of z with the classes first, the largest logit of each slice taken off, and that logit."""
    z = np.asarray(z)
    if z.dtype.kind != "f":
        z = check_array("z", z, finite=False)
    if not -z.ndim <= axis < z.ndim:
        raise ValueError(f"axis: expected an axis of z, which has {z.ndim} dimensions, got {axis}")
    if z.shape[axis] == 0:
        raise ValueError(f"z: expected at least one class along axis {axis}, got shape {z.shape}")
    order: Literal["C", "F"] = "C" if z.shape[axis] <= FEW_CLASSES else "F"
    shifted: FloatArray = np.array(np.moveaxis(z, axis, 0), order=order)
    largest = shifted.max(axis=0)
    # NaN and infinities cannot hide in the maximum, which is K times shorter to look through. -inf is fine.
    if not np.isfinite(largest).all():
        _take_limits(shifted, largest)
    with np.errstate(over="ignore"):  # two logits further apart than the largest float: -inf is the limit
        shifted -= np.where(np.isinf(largest), 0, largest)
    return shifted, largest


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


def _log_sum(shifted: FloatArray) -> FloatArray:
    """Log of the sum of exponentials over axis 0, whose largest entry is 0: log1p keeps a small rest."""
    e = np.exp(shifted)
    np.put_along_axis(e, shifted.argmax(axis=0)[np.newaxis], 0, axis=0)
    log_sum: FloatArray = np.log1p(e.sum(axis=0))
    return log_sum
