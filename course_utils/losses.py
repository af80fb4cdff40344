"""Losses of a batch, computed from logits, and their gradients with respect to the logits.

A loss is the mean over samples, in nats. `*_terms` gives what training needs in one pass: the loss of every
sample and its gradient p - t, before the mean is taken.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from course_utils.activations import log_softmax
from course_utils.numerics import FloatArray, check_array, check_labels, check_probabilities


def binary_cross_entropy_from_logits(z: npt.ArrayLike, t: npt.ArrayLike) -> float:
    """Mean binary cross-entropy in nats: mean_n sum_k -[t ln p + (1 - t) ln(1 - p)] with p = sigmoid(z).

    z and t (N,) for one sigmoid, (N, K) for K of them: the K losses of a sample are added, as if K separate
    classifiers were trained. t may be any probability. Wrong shapes, targets outside [0, 1] and NaN raise ValueError.

    >>> binary_cross_entropy_from_logits([0.0, 1000.0], [1, 1])
    0.34657359027997264
    """
    return float(binary_cross_entropy_terms(z, t)[0].mean())


def binary_cross_entropy_gradient(z: npt.ArrayLike, t: npt.ArrayLike) -> FloatArray:
    """Gradient of the mean binary cross-entropy with respect to the logits: dz = (p - t) / N, shape of z.

    >>> binary_cross_entropy_gradient([0.0, 0.0], [1, 0])
    array([-0.25,  0.25])
    """
    losses, slopes = binary_cross_entropy_terms(z, t)
    return slopes / len(losses)


def binary_cross_entropy_terms(z: npt.ArrayLike, t: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Loss of each sample (N,) in nats and its gradient p - t (shape of z), sharing one exponential.

    The loss is ln(1 + exp(-|z|)) + |z| times the target mass on the wrong side of zero: two terms that are never
    negative, so that nothing cancels.

    >>> binary_cross_entropy_terms([0.0], [1])
    (array([0.69314718]), array([-0.5]))
    """
    z = check_array("z", z)
    _check_batch(z, dimensions=(1, 2))
    t = check_probabilities("t", t, z.shape).astype(z.dtype, copy=False)
    distance = np.abs(z)
    e = np.exp(-distance)
    positive = z >= 0
    losses = np.log1p(e) + distance * np.where(positive, 1 - t, t)
    slopes = np.where(positive, 1, e) / (1 + e) - t
    return losses if z.ndim == 1 else losses.sum(axis=1), slopes


def cross_entropy_from_logits(z: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """Mean cross-entropy of integer classes in nats: mean_n -ln p[n, y_n] with p = softmax(z).

    z (N, K), y (N,) with entries 0 ... K-1. Wrong shapes, labels out of range and NaN raise ValueError; strings
    raise TypeError.

    >>> round(cross_entropy_from_logits([[2.0, 1.0, 0.1]], [0]), 4)
    0.417
    """
    return float(cross_entropy_terms(z, y)[0].mean())


def cross_entropy_gradient(z: npt.ArrayLike, y: npt.ArrayLike) -> FloatArray:
    """Gradient of the mean cross-entropy with respect to the logits: dz = (p - t) / N, shape (N, K), t one-hot.

    >>> cross_entropy_gradient([[0.0, 0.0]], [1])
    array([[ 0.5, -0.5]])
    """
    losses, slopes = cross_entropy_terms(z, y)
    return slopes / len(losses)


def cross_entropy_terms(z: npt.ArrayLike, y: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Loss of each sample (N,) in nats and its gradient p - t (N, K), from one log-softmax.

    >>> cross_entropy_terms([[0.0, 0.0]], [1])
    (array([0.69314718]), array([[ 0.5, -0.5]]))
    """
    z = check_array("z", z)
    _check_batch(z, dimensions=(2,))
    y = check_labels("y", y, z.shape[1], len(z))
    log_p = log_softmax(z)
    rows = np.arange(len(y))
    losses = -log_p[rows, y]
    slopes = np.exp(log_p)
    slopes[rows, y] -= 1
    return losses, slopes


def one_hot(y: npt.ArrayLike, n_classes: int) -> FloatArray:
    """Rows of a target table, one 1 in each: t[n, y_n] = 1, shape (N, n_classes), float64.

    >>> one_hot([2, 0], 3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    return np.eye(n_classes)[check_labels("y", y, n_classes)]


def _check_batch(z: FloatArray, dimensions: tuple[int, ...]) -> None:
    wanted = {(1, 2): "(N,) or (N, K)", (2,): "(N, K)"}[dimensions]
    if z.ndim not in dimensions or z.size == 0:
        raise ValueError(f"z: expected logits of shape {wanted}, with at least one sample, got {z.shape}")
