"""Update rules as pure functions: parameters and gradients in, new parameters out."""

from __future__ import annotations

from collections.abc import Sequence

from course_utils.numerics import FloatArray


def gradient_descent(
    parameters: Sequence[FloatArray], gradients: Sequence[FloatArray], learning_rate: float
) -> tuple[FloatArray, ...]:
    """Take one step downhill: each parameter w becomes w - learning_rate * dw; the old arrays stay as they are.

    >>> import numpy as np
    >>> gradient_descent([np.array([1.0, 2.0])], [np.array([10.0, 0.0])], learning_rate=0.1)
    (array([0., 2.]),)
    """
    return tuple(w - learning_rate * dw for w, dw in zip(parameters, gradients, strict=True))
