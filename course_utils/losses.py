"""Losses of a batch, from probabilities or from logits, and their gradients with respect to the logits.

A loss is the mean over samples, in nats; `per_sample=True` gives the N losses before the mean. `*_terms` gives what
training needs in one pass: the loss of every sample and its gradient p - t, before the mean is taken. No epsilon
stands inside a logarithm: a probability of 0 for what happened is an infinite surprise, and only logits can tell
how far a prediction was from that.
"""

from __future__ import annotations

from typing import Any, Literal, overload

import numpy as np
import numpy.typing as npt

from course_utils._kernels import softmax_and_log
from course_utils.activations import log_softmax, sigmoid_derivative
from course_utils.numerics import (
    FloatArray,
    check_array,
    check_integer,
    check_labels,
    check_probabilities,
    sum_in_pairs,
)

ArrayLike = npt.ArrayLike


@overload
def mse(p: ArrayLike, t: ArrayLike, *, per_sample: Literal[False] = False) -> float: ...
@overload
def mse(p: ArrayLike, t: ArrayLike, *, per_sample: Literal[True]) -> FloatArray: ...
def mse(p: ArrayLike, t: ArrayLike, *, per_sample: bool = False) -> float | FloatArray:
    """Mean squared error of probabilities: mean_n sum_k (p - t)^2.

    p and t (N,) or (N, K), entries in [0, 1]: the K squares of a sample are added, as in the other losses.
    Wrong shapes, entries outside [0, 1] and NaN raise ValueError.

    >>> round(mse([[0.6, 0.4]], [[1, 0]]), 12)
    0.32
    """
    p, t = _check_predictions(p, t)
    return _mean_or_each(_sum_of_classes((p - t) ** 2), per_sample)


@overload
def binary_cross_entropy(p: ArrayLike, t: ArrayLike, *, per_sample: Literal[False] = False) -> float: ...
@overload
def binary_cross_entropy(p: ArrayLike, t: ArrayLike, *, per_sample: Literal[True]) -> FloatArray: ...
def binary_cross_entropy(p: ArrayLike, t: ArrayLike, *, per_sample: bool = False) -> float | FloatArray:
    """Mean binary cross-entropy in nats: mean_n sum_k -[t ln p + (1 - t) ln(1 - p)], with 0 ln 0 = 0.

    p and t (N,) or (N, K), entries in [0, 1]. Infinite where p is 0 or 1 and t asks for the other. Wrong shapes,
    entries outside [0, 1] and NaN raise ValueError.

    >>> round(binary_cross_entropy([0.5, 0.25], [1, 0]), 4)
    0.4904
    """
    p, t = _check_predictions(p, t)
    with np.errstate(divide="ignore"):  # ln 0 = -inf is meant
        losses = _surprise(t, np.log(p)) + _surprise(1 - t, np.log1p(-p))
    return _mean_or_each(_sum_of_classes(losses), per_sample)


@overload
def cross_entropy(p: ArrayLike, y: ArrayLike, *, per_sample: Literal[False] = False) -> float: ...
@overload
def cross_entropy(p: ArrayLike, y: ArrayLike, *, per_sample: Literal[True]) -> FloatArray: ...
def cross_entropy(p: ArrayLike, y: ArrayLike, *, per_sample: bool = False) -> float | FloatArray:
    """Mean cross-entropy in nats: mean_n -ln p[n, y_n], or mean_n sum_k -t ln p for target rows, with 0 ln 0 = 0.

    p (N, K), rows that sum to one; y (N,) classes 0 ... K-1, or targets t (N, K) with entries in [0, 1]. Infinite
    where a class with p = 0 is asked for. Wrong shapes and values out of range raise ValueError.

    >>> round(cross_entropy([[0.6, 0.4]], [0]), 6), cross_entropy([[1.0, 0.0]], [[0.5, 0.5]])
    (0.510826, inf)
    """
    p = check_probabilities("p", p)
    _check_batch("p", p, dimensions=(2,))
    _check_rows_sum_to_one(p)
    with np.errstate(divide="ignore"):  # ln 0 = -inf is meant
        log_p = np.log(p)
    return _mean_or_each(_losses_of_targets(log_p, _check_targets(y, p)), per_sample)


@overload
def mse_from_logits(z: ArrayLike, t: ArrayLike, *, per_sample: Literal[False] = False) -> float: ...
@overload
def mse_from_logits(z: ArrayLike, t: ArrayLike, *, per_sample: Literal[True]) -> FloatArray: ...
def mse_from_logits(z: ArrayLike, t: ArrayLike, *, per_sample: bool = False) -> float | FloatArray:
    """Mean squared error of sigmoids: mean_n sum_k (sigmoid(z) - t)^2; the loss that paralyses training.

    z and t (N,) or (N, K), t in [0, 1]; errors as in `binary_cross_entropy_from_logits`.

    >>> mse_from_logits([0.0, 0.0], [1, 0])
    0.25
    """
    z, t = _check_logits(z, t)
    return _mean_or_each(_sum_of_classes(_error(z, t) ** 2).astype(z.dtype), per_sample)


def mse_from_logits_gradient(z: ArrayLike, t: ArrayLike) -> FloatArray:
    """Gradient of the mean squared error with respect to the logits: dz = 2 (p - t) p (1 - p) / N, shape of z.

    >>> mse_from_logits_gradient([0.0, 0.0], [1, 0])
    array([-0.125,  0.125])
    """
    z, t = _check_logits(z, t)
    slopes: FloatArray = 2 * _error(z, t) * sigmoid_derivative(z) / len(z)
    return slopes.astype(z.dtype)


@overload
def binary_cross_entropy_from_logits(z: ArrayLike, t: ArrayLike, *, per_sample: Literal[False] = False) -> float: ...
@overload
def binary_cross_entropy_from_logits(z: ArrayLike, t: ArrayLike, *, per_sample: Literal[True]) -> FloatArray: ...
def binary_cross_entropy_from_logits(z: ArrayLike, t: ArrayLike, *, per_sample: bool = False) -> float | FloatArray:
    """Mean binary cross-entropy in nats: mean_n sum_k -[t ln p + (1 - t) ln(1 - p)] with p = sigmoid(z).

    z and t (N,) for one sigmoid, (N, K) for K of them: the K losses of a sample are added, as if K separate
    classifiers were trained. t may be any probability. Wrong shapes, targets outside [0, 1] and NaN raise ValueError.

    >>> binary_cross_entropy_from_logits([0.0, 1000.0], [1, 1])
    0.34657359027997264
    """
    return _mean_or_each(binary_cross_entropy_loss_and_gradient(z, t)[0], per_sample)


def binary_cross_entropy_gradient(z: ArrayLike, t: ArrayLike) -> FloatArray:
    """Gradient of the mean binary cross-entropy with respect to the logits: dz = (p - t) / N, shape of z.

    >>> binary_cross_entropy_gradient([0.0, 0.0], [1, 0])
    array([-0.25,  0.25])
    """
    losses, slopes = binary_cross_entropy_loss_and_gradient(z, t)
    return slopes / len(losses)


def binary_cross_entropy_loss_and_gradient(z: ArrayLike, t: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Loss of each sample (N,) in nats and its gradient p - t (shape of z), sharing one exponential.

    The loss is ln(1 + exp(-|z|)) + |z| times the target mass on the wrong side of zero: two terms that are never
    negative, so that nothing cancels.

    >>> binary_cross_entropy_loss_and_gradient([0.0], [1])
    (array([0.69314718]), array([-0.5]))
    """
    z, t = _check_logits(z, t)
    distance, positive = np.abs(z), z >= 0
    e = np.exp(-distance)
    wrong = np.where(positive, 1 - t, t)
    excess = wrong - e / (1 + e)
    return _sum_of_classes(np.log1p(e) + distance * wrong), np.where(positive, excess, -excess)


@overload
def cross_entropy_from_logits(z: ArrayLike, y: ArrayLike, *, per_sample: Literal[False] = False) -> float: ...
@overload
def cross_entropy_from_logits(z: ArrayLike, y: ArrayLike, *, per_sample: Literal[True]) -> FloatArray: ...
def cross_entropy_from_logits(z: ArrayLike, y: ArrayLike, *, per_sample: bool = False) -> float | FloatArray:
    """Mean cross-entropy in nats: mean_n -ln p[n, y_n], or mean_n sum_k -t ln p for target rows, p = softmax(z).

    z (N, K); y (N,) classes 0 ... K-1, or targets t (N, K) with entries in [0, 1], which need not sum to one.
    Wrong shapes, labels out of range and NaN raise ValueError; strings raise TypeError.

    >>> round(cross_entropy_from_logits([[2.0, 1.0, 0.1]], [0]), 4)
    0.417
    """
    z = check_array("z", z)
    _check_batch("z", z, dimensions=(2,))
    return _mean_or_each(_losses_from_logits(z, log_softmax(z), _check_targets(y, z)), per_sample)


def cross_entropy_gradient(z: ArrayLike, y: ArrayLike) -> FloatArray:
    """Gradient of the mean cross-entropy with respect to the logits: dz = (p - t) / N, shape (N, K), t one-hot.

    For target rows t that need not sum to one: dz = (p sum_k t - t) / N.

    >>> cross_entropy_gradient([[0.0, 0.0]], [1])
    array([[ 0.5, -0.5]])
    """
    losses, slopes = cross_entropy_loss_and_gradient(z, y)
    return slopes / len(losses)


def cross_entropy_loss_and_gradient(z: ArrayLike, y: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Loss of each sample (N,) in nats and its gradient p - t (N, K), from the same exponentials.

    y (N,) classes, or targets t (N, K), for which the gradient is p sum(t) - t.

    >>> cross_entropy_loss_and_gradient([[0.0, 0.0]], [1])
    (array([0.69314718]), array([[ 0.5, -0.5]]))
    """
    z = check_array("z", z)
    _check_batch("z", z, dimensions=(2,))
    targets = _check_targets(y, z)
    slopes, log_p = softmax_and_log(z)
    losses = _losses_from_logits(z, log_p, targets)
    if targets.ndim == 1:
        slopes[np.arange(len(targets)), targets] = np.expm1(-losses)
    else:
        slopes = slopes * targets.sum(axis=1, keepdims=True) - targets
    return losses, slopes


def one_hot(y: ArrayLike, n_classes: int) -> FloatArray:
    """Rows of a target table, one 1 in each: t[n, y_n] = 1, shape (N, n_classes), float64.

    y (N,) classes 0 ... n_classes - 1; labels out of range and n_classes below 1 raise ValueError.

    >>> one_hot([2, 0], 3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    y = check_labels("y", y, check_integer("n_classes", n_classes, at_least=1))
    t = np.zeros((len(y), n_classes))
    t[np.arange(len(y)), y] = 1
    return t


def _losses_of_targets(log_p: FloatArray, targets: npt.NDArray[Any]) -> FloatArray:
    """Cross-entropy of each row: -ln p of its class, or the sum of -t ln p over its targets."""
    if targets.ndim == 1:
        losses: FloatArray = -log_p[np.arange(len(targets)), targets]
        return losses
    return _sum_of_classes(_surprise(targets, log_p))


def _losses_from_logits(z: FloatArray, log_p: FloatArray, targets: npt.NDArray[Any]) -> FloatArray:
    """The same for the log_p of logits: a small target may bring even an overflow of log_p back among the floats."""
    if targets.ndim == 1 or np.isfinite(log_p).all():
        return _losses_of_targets(log_p, targets)
    with np.errstate(over="ignore"):
        far = 4 * _surprise(targets, log_softmax(z / 4))
    return _sum_of_classes(np.where(np.isfinite(log_p), _surprise(targets, log_p), far))


def _surprise(t: FloatArray, log_p: FloatArray) -> FloatArray:
    """-t ln p, and 0 where t is 0, whatever p."""
    surprise: FloatArray = -t * np.where(t == 0, 0, log_p)
    return surprise


def _error(z: FloatArray, t: FloatArray) -> FloatArray:
    """sigmoid(z) - t in float64: the slope of the other loss."""
    return binary_cross_entropy_loss_and_gradient(z.astype(np.float64), t)[1]


def _sum_of_classes(losses: FloatArray) -> FloatArray:
    with np.errstate(over="ignore"):  # beyond the largest float: infinite
        return losses if losses.ndim == 1 else sum_in_pairs(np.ascontiguousarray(losses.T))


def _mean_or_each(losses: FloatArray, per_sample: bool) -> float | FloatArray:
    if per_sample:
        return losses
    with np.errstate(over="ignore"):
        mean = float(losses.mean(dtype=np.float64))
    # The sum can overflow where the mean does not.
    return mean if np.isfinite(mean) else float((losses / len(losses)).sum())


def _check_logits(z: ArrayLike, t: ArrayLike) -> tuple[FloatArray, FloatArray]:
    z = check_array("z", z)
    _check_batch("z", z, dimensions=(1, 2))
    return z, check_probabilities("t", t, z.shape).astype(z.dtype, copy=False)


def _check_predictions(p: ArrayLike, t: ArrayLike) -> tuple[FloatArray, FloatArray]:
    p = check_probabilities("p", p)
    _check_batch("p", p, dimensions=(1, 2))
    return p, check_probabilities("t", t, p.shape).astype(p.dtype, copy=False)


def _check_targets(y: ArrayLike, z: FloatArray) -> npt.NDArray[Any]:
    """Classes (N,) or target rows (N, K), told apart by their dimensions."""
    dimensions = y.ndim if isinstance(y, np.ndarray) else check_array("y", y).ndim
    if dimensions == 2:
        return check_probabilities("y", y, z.shape).astype(z.dtype, copy=False)
    return check_labels("y", y, z.shape[1], len(z))


def _check_rows_sum_to_one(p: FloatArray) -> None:
    total = p.sum(axis=1, dtype=np.float64)
    worst = int(np.abs(total - 1).argmax())
    if abs(total[worst] - 1) > 1e-3:
        raise ValueError(f"p: expected rows that sum to one, to within 0.001, got {total[worst]:.6g} at row {worst}")


def _check_batch(name: str, values: FloatArray, dimensions: tuple[int, ...]) -> None:
    wanted = {(1, 2): "(N,) or (N, K)", (2,): "(N, K)"}[dimensions]
    if values.ndim not in dimensions or values.size == 0:
        kind = {"z": "logits", "p": "probabilities"}[name]
        raise ValueError(f"{name}: expected {kind} of shape {wanted}, with at least one sample, got {values.shape}")
