"""From logits to probabilities: sigmoid and softmax, and the logarithms that never leave the safe side.

Each formula is rearranged so that no exponential of a positive number is ever taken: nothing overflows, and
what underflows to zero is too small to matter. Logits may be infinite where the limit exists. All is worked out
in float64 and rounded at the end to the type of the logits; docs/accuracy.md measures what comes of it. How the
numbers are led through the formulas, block after block, and where lost digits are kept, stands in `_kernels`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from course_utils._kernels import as_rows, entry_by_entry, log_of_sum_near_one, over_classes, rest, shifted
from course_utils.numerics import FloatArray, check_array


def sigmoid(z: npt.ArrayLike) -> FloatArray:
    """Probability of class 1 from the logit z, entry by entry: p = 1 / (1 + exp(-z)).

    Any shape; float32 stays float32. z = +-inf gives 1 and 0; NaN raises ValueError.
    For z < 0 it is computed as exp(z) / (1 + exp(z)), the same number without overflow.

    >>> sigmoid([-1000.0, 0.0, 2.0]).round(4)
    array([0.    , 0.5   , 0.8808])
    """
    # e is exp(-|z|); the larger of e and (z >= 0), which is 0 or 1, is the numerator.
    return entry_by_entry(lambda z, e: np.maximum(e, z >= 0) / (1 + e), z)


def sigmoid_derivative(z: npt.ArrayLike) -> FloatArray:
    """Slope of the sigmoid at the logit z, entry by entry: p (1 - p), largest at z = 0, where it is 1/4.

    Any shape; float32 stays float32. z = +-inf gives 0; NaN raises ValueError. Computed from the smaller of p and
    1 - p, which are the same with z and -z: the larger one no longer knows how far it is from 1.

    >>> sigmoid_derivative([-10.0, 0.0]).round(7)
    array([4.54e-05, 2.50e-01])
    """
    return entry_by_entry(lambda z, e: (p := e / (1 + e)) * (1 - p), z)


def softplus(z: npt.ArrayLike) -> FloatArray:
    """Smooth ramp ln(1 + exp(z)) in nats, entry by entry: minus the log of 1 - sigmoid(z).

    Any shape; float32 stays float32. z = inf gives inf, z = -inf gives 0; NaN raises ValueError.
    Computed as max(z, 0) + log1p(exp(-|z|)). Its slope is the sigmoid.

    >>> softplus([-1000.0, 0.0, 8.0]).round(4)
    array([0.    , 0.6931, 8.0003])
    """
    return entry_by_entry(lambda z, e: np.maximum(z, 0) + np.log1p(e), z)


def log_sigmoid(z: npt.ArrayLike) -> FloatArray:
    """Natural log of sigmoid(z), entry by entry: -softplus(-z).

    >>> log_sigmoid([-8.0, 0.0]).round(4)
    array([-8.0003, -0.6931])
    """
    return entry_by_entry(lambda z, e: np.minimum(z, 0) - np.log1p(e), z)


def softmax(z: npt.ArrayLike, axis: int = -1, temperature: float = 1.0) -> FloatArray:
    """Probabilities of K classes from K logits along `axis`: p_i = exp(z_i / T) / sum_c exp(z_c / T).

    Any shape with at least one class; float32 stays float32; each slice sums to one. One logit of +inf takes
    all, -inf gets nothing; NaN, several +inf or nothing but -inf have no limit and raise ValueError, and so does a
    temperature T that is not positive. The largest logit is subtracted first, which changes no probability.

    >>> softmax([2.0, 3.0, 5.0, 0.0]).round(4)
    array([0.0418, 0.1135, 0.839 , 0.0057])
    """
    return over_classes(lambda s, rest: np.divide(s.e, 1 + rest, out=s.e), z, axis, temperature)


def log_softmax(z: npt.ArrayLike, axis: int = -1, temperature: float = 1.0) -> FloatArray:
    """Natural logs of the softmax probabilities along `axis`: z_i / T - ln sum_c exp(z_c / T), in nats.

    Shapes and errors as in `softmax`. Finite for finite logits, however small the probability.

    >>> log_softmax([0.0, 1000.0])
    array([-1000.,     0.])
    """
    return over_classes(lambda s, rest: np.subtract(s.z, np.log1p(rest), out=s.z), z, axis, temperature)


def logsumexp(z: npt.ArrayLike, axis: int = -1) -> FloatArray:
    """Natural log of a sum of exponentials along `axis`: ln sum_c exp(z_c), in nats, a smooth maximum.

    Errors as in `softmax`; the result has `axis` removed. Where the sum is almost one, its log is almost zero, and
    float64 has not enough digits: those slices are added up with twice as many, or with as many as it takes.

    >>> float(logsumexp([1000.0, 1000.0]).round(4))
    1000.6931
    """
    rows, shape = as_rows(z, axis)
    total = np.empty(len(rows), rows.dtype)
    # A result so much smaller than its two parts has lost too many of their digits for the type of the logits.
    few = min(0.5, 256 * float(np.finfo(np.float64).eps / np.finfo(rows.dtype).eps))
    for block, s in shifted(rows):
        sums = s.largest + np.log1p(rest(s))
        almost_one = np.abs(sums) < few * np.abs(s.largest)
        if almost_one.any():
            sums[almost_one] = log_of_sum_near_one(rows[block][almost_one].T.astype(np.float64))
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
    z = check_array("z", z, finite=False)
    p = softmax(z.astype(np.float64))
    J: FloatArray = -p[..., :, np.newaxis] * p[..., np.newaxis, :]
    i = np.arange(p.shape[-1])
    J[..., i, i] = 0
    J[..., i, i] = -J.sum(axis=-1)
    return J.astype(z.dtype)
