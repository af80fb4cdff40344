"""Update rules as pure functions: parameters, gradients and memory in, new parameters and new memory out.

All are called alike, `parameters, state = rule(parameters, gradients, state, learning_rate)`, and change none of the
arrays they are given. `state` is what a rule remembers of earlier updates; before the first one it is None. The new
parameters have the shapes and types of the old ones, whatever float type the learning rate and the gradients have;
gradients that do not fit raise as `check_gradients` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from course_utils.numerics import FloatArray, check_number

Arrays = tuple[FloatArray, ...]
UpdateRule = Callable[[Arrays, Arrays, Any, float], tuple[Arrays, Any]]


class AdamState(NamedTuple):
    """What Adam remembers: the number of updates, and for each parameter the running means of dw and of dw^2."""

    updates: int
    mean: Arrays
    mean_square: Arrays


def gradient_descent(
    parameters: Sequence[FloatArray], gradients: Sequence[FloatArray], state: None, learning_rate: float
) -> tuple[Arrays, None]:
    """Take one step downhill: w - learning_rate dw for each parameter w. Nothing is remembered: the state is None.

    >>> gradient_descent([np.array([1.0, 2.0])], [np.array([10.0, 0.0])], None, learning_rate=0.1)
    ((array([0., 2.]),), None)
    """
    learning_rate = check_number("learning_rate", learning_rate)
    slopes = check_gradients(parameters, gradients)
    return tuple(w - learning_rate * dw for w, dw in zip(parameters, slopes, strict=True)), state


def momentum(
    parameters: Sequence[FloatArray],
    gradients: Sequence[FloatArray],
    state: Arrays | None,
    learning_rate: float,
    *,
    beta: float = 0.9,
) -> tuple[Arrays, Arrays]:
    """Take one step with the gradients so far, older ones fading: v = beta v + dw, then w - learning_rate v.

    `state` holds the velocity v of each parameter, zero at the start. A gradient that stays the same is followed with
    1 / (1 - beta) times the learning rate in the end. This is the form of torch.optim.SGD; in others the new
    gradient counts (1 - beta) times, and the learning rate means something else. A beta outside 0 <= beta < 1 raises
    ValueError. Polyak, USSR Computational Mathematics and Mathematical Physics 4 (1964).

    >>> w, v = momentum([np.array([1.0])], [np.array([1.0])], None, learning_rate=0.1)
    >>> momentum(w, [np.array([1.0])], v, learning_rate=0.1)
    ((array([0.71]),), (array([1.9]),))
    """
    learning_rate, beta = check_number("learning_rate", learning_rate), _check_fading("beta", beta)
    slopes = check_gradients(parameters, gradients)
    old = _zeros(slopes) if state is None else state
    velocity = tuple(beta * v + dw for v, dw in zip(old, slopes, strict=True))
    return tuple(w - learning_rate * v for w, v in zip(parameters, velocity, strict=True)), velocity


def adam(
    parameters: Sequence[FloatArray],
    gradients: Sequence[FloatArray],
    state: AdamState | None,
    learning_rate: float,
    *,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-8,
) -> tuple[Arrays, AdamState]:
    """Take one step of about learning_rate for each weight, whatever the size of its slope.

    m = beta_1 m + (1 - beta_1) dw and v = beta_2 v + (1 - beta_2) dw^2 are running means, zero at the start. Update k
    is therefore too small by the factors 1 - beta^k, which are divided out before the step
    w - learning_rate m / (sqrt(v) + epsilon). A beta outside 0 <= beta < 1 and an epsilon that is not positive raise
    ValueError. float16 is worked on in float32, since 1e-8 is 0 in float16. Kingma and Ba, "Adam: a method for
    stochastic optimization" (2015), algorithm 1.

    >>> w, state = adam([np.array([1.0, 1.0])], [np.array([1000.0, -0.001])], None, learning_rate=0.1)
    >>> w[0].round(4), state.updates
    (array([0.9, 1.1]), 1)
    """
    learning_rate = check_number("learning_rate", learning_rate)
    beta_1, beta_2 = _check_fading("beta_1", beta_1), _check_fading("beta_2", beta_2)
    epsilon = check_number("epsilon", epsilon, above=0)
    slopes = _at_least_float32(check_gradients(parameters, gradients))
    old = AdamState(0, _zeros(slopes), _zeros(slopes)) if state is None else state
    k = old.updates + 1
    m = tuple(beta_1 * m + (1 - beta_1) * dw for m, dw in zip(old.mean, slopes, strict=True))
    v = tuple(beta_2 * v + (1 - beta_2) * dw**2 for v, dw in zip(old.mean_square, slopes, strict=True))
    rate, correction = learning_rate / (1 - beta_1**k), 1 - beta_2**k
    moved = (
        w - rate * m_w / (np.sqrt(v_w / correction) + epsilon) for w, m_w, v_w in zip(parameters, m, v, strict=True)
    )
    return _in_the_type_of(parameters, moved), AdamState(k, m, v)


def check_gradients(
    parameters: Sequence[FloatArray], gradients: Iterable[npt.ArrayLike], name: str = "gradient"
) -> Arrays:
    """Return the gradients, one for each parameter, each of its shape and in its float type (integers: float64).

    NumPy would stretch a gradient of another shape over the parameter, and train something else without a word.
    Another number of gradients or another shape raises ValueError, what is no array of real numbers TypeError.
    `name` is what an error calls one of them.

    >>> check_gradients([np.ones(3)], [np.float64(2.0)])
    Traceback (most recent call last):
    ValueError: gradient 1: expected shape (3,), that of parameter 1, got ()
    """
    if not isinstance(gradients, Iterable):
        raise TypeError(f"{name}s: expected {len(parameters)}, in a tuple, got {type(gradients).__name__}")
    arrays = tuple(np.asarray(dw) for dw in gradients)
    if len(arrays) != len(parameters):
        raise ValueError(f"{name}s: expected {len(parameters)}, one for each parameter, got {len(arrays)}")
    for i, (w, dw) in enumerate(zip(parameters, arrays, strict=True), start=1):
        if dw.shape != np.shape(w):
            raise ValueError(f"{name} {i}: expected shape {np.shape(w)}, that of parameter {i}, got {dw.shape}")
        if dw.dtype.kind not in "fiu":
            raise TypeError(f"{name} {i}: expected an array of real numbers, got one of type {dw.dtype}")
    return _in_the_type_of(parameters, arrays)


def _in_the_type_of(parameters: Sequence[FloatArray], arrays: Iterable[FloatArray]) -> Arrays:
    types = [w.dtype if w.dtype.kind == "f" else np.float64 for w in map(np.asarray, parameters)]
    return tuple(array.astype(dtype, copy=False) for array, dtype in zip(arrays, types, strict=True))


def _at_least_float32(arrays: Arrays) -> Arrays:
    return tuple(array.astype(np.result_type(array, np.float32), copy=False) for array in arrays)


def _zeros(arrays: Arrays) -> Arrays:
    return tuple(np.zeros_like(array) for array in arrays)


def _check_fading(name: str, beta: float) -> float:
    if isinstance(beta, Real) and not 0 <= beta < 1:
        raise ValueError(f"{name}: expected a number from 0 up to, but not including, 1, got {beta}")
    return check_number(name, beta)
