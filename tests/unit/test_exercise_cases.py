"""Cases that can fail: the first one for every known idea, and all together for whatever wrong answer is near."""

from __future__ import annotations

import copy
import struct
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from course_utils.activations import log_softmax, sigmoid, sigmoid_derivative, softmax
from course_utils.exercises.engine import Exercise, exercises_of, judge
from course_utils.exercises.execution import run_answer
from course_utils.syllabus import lessons

FUNCTIONS = [each for lesson in lessons() for each in exercises_of(lesson.number) if callable(each.answer)]


def right_on(each: Exercise, answer: Any, cases: Any = None) -> bool:
    """Whether the judge calls an answer right on some cases of an exercise."""
    bare = copy.copy(each)
    bare.misconceptions, bare.cases = [], each.cases if cases is None else cases
    return judge(bare, run_answer(answer, bare.cases)).outcome == "right"


# The first case


@pytest.mark.parametrize("each", FUNCTIONS, ids=lambda each: each.id)
def test_the_first_case_fails_for_every_known_idea(each: Exercise) -> None:
    assert [known.idea for known in each.misconceptions if right_on(each, known.answer, each.cases[:1])] == []


@pytest.mark.parametrize("each", FUNCTIONS, ids=lambda each: each.id)
def test_the_first_case_is_small_and_no_square(each: Exercise) -> None:
    numbers = list(arrays_of(each.cases[:1]))
    assert sum(array.size for array in numbers) <= 30
    tables = [array for array in numbers if array.ndim == 2 and each.id not in TWO_BY_TWO]
    assert all(table.shape[0] != table.shape[1] for table in tables)
    assert all(len(array) >= 2 for array in numbers[:1] if array.ndim)
    assert all(array.any() for array in numbers if array.ndim)


TWO_BY_TWO = {"07.5": "a table of counts has two rows and two columns", "08.6": "a table of counts is square"}


def arrays_of(cases: Any) -> Iterator[Any]:
    """Yield every number and every array of numbers that the cases hold."""
    for case in cases:
        for value in case:
            if not callable(value) and not isinstance(value, bytes):
                yield np.asarray(value, float)


# Conditions: what the cases must hold, so that a wrong sign, a wrong axis or a wrong boundary is seen


def _any(test: Callable[[Any], Any]) -> Callable[[Exercise], bool]:
    return lambda each: any(bool(np.any(test(array))) for array in arrays_of(each.cases))


def _results(test: Callable[[Any], Any]) -> Callable[[Exercise], bool]:
    return lambda each: any(bool(np.any(test(np.asarray(each.answer(*case), float)))) for case in each.cases)


def _tables(test: Callable[[int, int], bool]) -> Callable[[Exercise], bool]:
    return lambda each: any(array.ndim == 2 and test(*array.shape) for array in arrays_of(each.cases))


CONDITIONS: dict[str, Callable[[Exercise], bool]] = {
    "below 0": _any(lambda x: x < 0),
    "result below 0": _results(lambda x: x < 0),
    "0": _any(lambda x: x == 0),
    "one half": _any(lambda x: x == 0.5),
    "1": _any(lambda x: x == 1),
    "a share": _any(lambda x: (x > 0) & (x < 1)),
    "above 4": _any(lambda x: x > 4),
    "tall": _tables(lambda rows, columns: rows > columns),
    "wide": _tables(lambda rows, columns: rows < columns),
    "beyond 30": _any(lambda x: (x > 30) | (x < -30)),
    "all above 1": lambda each: any(bool((array > 1).all()) and array.ndim == 1 for array in arrays_of(each.cases)),
    "tiny": _any(lambda x: (x > 1e-9) & (x < 2e-3)),
    "infinite": _results(np.isinf),
    "result 0": _results(lambda x: x == 0),
    "beyond two bytes": _results(lambda x: x > 65_535),
    "one sample": lambda each: any(len(np.atleast_1d(case[0])) == 1 for case in each.cases),
}

HELD: dict[str, str] = {  # which of the conditions tell a wrong answer apart, exercise by exercise
    "00.2": "tall, wide",
    "00.3": "0",
    "01.1": "a share",
    "01.2": "0, result 0, one sample",
    "01.4": "tall, wide",
    "01.5": "0, one sample, result 0",
    "01.6": "above 4, 1, beyond 30",
    "01.7": "0, tall, wide",
    "02.2": "below 0, result below 0, 0",
    "02.3": "below 0, result below 0, tall, wide, result 0",
    "02.4": "below 0, result below 0, 0",
    "02.6": "below 0, result below 0, 0",
    "03.1": "below 0, 0, one sample",
    "03.2": "below 0, 0, one sample",
    "03.3": "below 0, result below 0, tall, wide, beyond 30",
    "03.4": "below 0, result below 0, 0, a share, one half, one sample",
    "03.6": "below 0, 0, result 0, one half",
    "04.2": "a share, one half, 0, 1, tiny, one sample",
    "04.3": "below 0, result below 0, 0, a share",
    "04.4": "below 0, result below 0, one half",
    "04.6": "below 0, result below 0, tall",
    "04.7": "below 0, 0, one half, a share, tall",
    "05.2": "0, infinite, result 0",
    "05.5": "0, 1, a share, tall, wide, tiny, one sample",
    "05.6": "0, result 0",
    "05.7": "below 0, 0, 1, a share, result below 0",
    "06.1": "below 0, 0, tall, wide, beyond 30, one sample",
    "06.2": "below 0, 0, result below 0",
    "06.3": "below 0, 0, result below 0, a share",
    "06.5": "below 0, 0, tall, wide, result below 0, one sample",
    "07.1": "beyond two bytes",
    "07.4": "0, result 0",
    "07.5": "0, result 0",
    "07.6": "below 0, 0, one half",
    "08.1": "0, 1, one sample",
    "08.3": "below 0, 0, tall, wide, one sample",
    "08.4": "below 0, result below 0, tall, wide",
    "08.6": "0",
    "09.3": "below 0, 0, 1, a share, beyond 30, one sample",
    "09.4": "below 0, 0, tall, wide, beyond 30",
    "09.5": "below 0, 0, tall, wide, beyond 30",
    "09.6": "tiny, beyond 30, result below 0",
    "10.1": "below 0, result below 0, tall, wide, beyond 30",
    "10.2": "below 0, result below 0, 0, tall, one sample",
    "10.3": "below 0, above 4",
    "10.4": "below 0, result below 0, tall, wide",
    "10.5": "all above 1, result 0",
    "10.6": "below 0, 0, one sample",
    "11.1": "0, 1, result 0",
    "11.2": "below 0, result below 0, tall",
    "11.3": "below 0, result below 0, tall, wide",
    "11.5": "below 0, result below 0, 0, tiny, one sample",
    "11.8": "below 0, 0, tall, wide",
    "12.1": "below 0, 0, 1, tall, wide, beyond 30, one sample",
    "12.2": "below 0, 0, tall, wide, one sample",
    "12.4": "below 0, 0, 1, tall, wide, beyond 30, one sample",
    "13.1": "below 0, result below 0, 0, tall, wide",
    "13.3": "below 0, result below 0, tall, wide",
    "13.4": "below 0, result below 0, 0, one sample",
    "14.1": "1, one half, 0",
    "14.2": "below 0, 0, tall, wide, above 4",
    "14.4": "a share",
}


def test_every_exercise_says_which_conditions_it_holds() -> None:
    missing = {each.id for each in FUNCTIONS} ^ HELD.keys()
    assert not missing, f"HELD: a row for {missing}, with the names in CONDITIONS that its cases have to hold"


@pytest.mark.parametrize("each", FUNCTIONS, ids=lambda each: each.id)
def test_the_cases_hold_the_conditions_that_can_fail(each: Exercise) -> None:
    assert [name for name in HELD[each.id].split(", ") if not CONDITIONS[name](each)] == []


# Wrong answers that are nobody's known idea


def _bits(header: bytes, wide: int) -> tuple[int, ...]:
    return tuple(int.from_bytes(header[end - wide : end], "big") for end in (8, 12, 16))


def _one_hot(y: Any, classes: int) -> Any:
    return np.eye(classes)[y]


def _bce(p: Any, t: Any) -> Any:
    return -t * np.log(p) - (1 - t) * np.log(1 - p)


def _patience(losses: Any, every: int, patience: int, best: float = np.inf) -> int:
    moment, waited = 0, 0
    for look, loss in enumerate(losses):
        if loss < best:
            best, moment, waited = loss, look, 0
        else:
            waited += 1
        if waited == patience:
            break
    return moment * every


def _descent(
    gradient: Any, w: Any, learning_rate: float, steps: int, *, keep: float = 0.0, decay: float = 1.0
) -> Any:
    velocity = 0 * w
    for _ in range(steps):
        velocity = keep * velocity + gradient(w)
        w, learning_rate = w - learning_rate * velocity, learning_rate * decay
    return w


def _steps_to_half(z: float, learning_rate: float, goes_on: Callable[[float, int], Any]) -> int:
    steps = 0
    while goes_on(p := float(sigmoid(z)), steps):
        z -= learning_rate * 2 * (p - 1) * p * (1 - p)
        steps += 1
    return steps


def _network(slope: Callable[[Any], Any], X: Any, y: Any, W1: Any, b1: Any, W2: Any, b2: Any) -> Any:
    a = X @ W1 + b1
    dz = (softmax(np.maximum(a, 0) @ W2 + b2) - _one_hot(y, W2.shape[1])) / len(X)
    return X.T @ (dz @ W2.T * slope(a))


def _adam(
    w: Any,
    dw: Any,
    m: Any,
    v: Any,
    k: int,
    rate: float,
    *,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
) -> Any:
    m, v = betas[0] * m + (1 - betas[0]) * dw, betas[1] * v + (1 - betas[1]) * dw**2
    return w - rate * (m / (1 - betas[0] ** k)) / (np.sqrt(v / (1 - betas[1] ** k)) + eps), m, v


def _convolve(image: Any, kernel: Any, h: int, w: int) -> Any:
    windows = np.lib.stride_tricks.sliding_window_view(image, (h, w))
    return (windows * kernel).sum(axis=(2, 3))


def _torch_epoch(model: Any, X: Any, y: Any, batches: Any, rate: float) -> float:
    """Take an epoch without an optimiser, by torch's gradients alone."""
    import torch

    X, y = torch.tensor(X, dtype=torch.float32), torch.tensor(y)
    for rows in batches:
        gradients = torch.autograd.grad(_cross_entropy(model.train()(X[rows]), y[rows]), [*model.parameters()])
        with torch.no_grad():
            for parameter, gradient in zip(model.parameters(), gradients, strict=True):
                parameter -= rate * gradient
    with torch.no_grad():
        return float(_cross_entropy(model.eval()(X), y))


def _all_maps(image: Any, kernels: Any) -> Any:
    windows = np.lib.stride_tricks.sliding_window_view(image, kernels.shape[1:])[0]
    return np.tensordot(kernels, windows, axes=([1, 2, 3], [2, 3, 4]))


def _weighted(p: Any, t: Any, weight: Any) -> Any:
    return -weight * t * np.log(p) - (1 - t) * np.log(1 - p)


def _cost(z: Any, y: Any) -> float:
    return float(-log_softmax(z)[np.arange(len(y)), y].mean())


def _squares(response: Any) -> Any:
    H, W = response.shape
    return response.reshape(H // 2, 2, W // 2, 2)


def _gap(p: Any, right: Any, bins: Any) -> float:
    gaps = [abs(p[bins == k].mean() - right[bins == k].mean()) * (bins == k).sum() for k in np.unique(bins)]
    return float(sum(gaps) / len(p))


def _down(z: Any, t: Any, learning_rate: float, steps: int) -> Any:
    """Logits after so many steps down the slope of the cross-entropy through softmax."""
    for _ in range(steps):
        z = z - learning_rate * (np.exp(z) / np.exp(z).sum() - t)
    return z


def _epoch(X: Any, t: Any, w: Any, learning_rate: float, starts: Any, size: int, divide_by: int = 0) -> Any:
    for start in starts:
        batch, targets = X[start : start + size], t[start : start + size]
        w = w - learning_rate * batch.T @ (sigmoid(batch @ w) - targets) / (divide_by or len(batch))
    return w


def _updates(X: Any, t: Any, w: Any, rates: Any) -> Any:
    for rate in rates:
        w = w - rate * X.T @ (sigmoid(X @ w) - t) / len(X)
    return w


WRONG: dict[str, dict[str, Callable[..., Any]]] = {
    "00.2": {
        "two classes only": lambda p: (p[:, 1] > 0.5).astype(int),
        "along the longer side": lambda p: p.argmax(axis=int(np.argmax(p.shape))),
        "the second": lambda p: np.argsort(p, axis=1)[:, -2],
        "the first above a third": lambda p: (p > 1 / 3).argmax(axis=1),
    },
    "00.3": {
        "ones that agree": lambda predicted, y: float(((predicted == 1) & (y == 1)).mean()),
        "at most": lambda predicted, y: float((predicted <= y).mean()),
        "at least": lambda predicted, y: float((predicted >= y).mean()),
        "odd or even": lambda predicted, y: float((predicted % 2 == y % 2).mean()),
        "as sets": lambda predicted, y: len(set(predicted) & set(y)) / len(y),
        "zero counts as nothing": lambda predicted, y: float((predicted * (predicted == y) > 0).mean()),
    },
    "01.1": {
        "the largest": lambda P, event: float(P[event].max()),
        "from the first to the last": lambda P, event: float(P[event[0] : event[-1] + 1].sum()),
        "what is outside": lambda P, event: float(1 - P[event].sum()),
        "up to the last": lambda P, event: float(P[: event[-1] + 1].sum()),
        "two outcomes": lambda P, event: float(P[event[0]] + P[event[-1]]),
        "numbers from one": lambda P, event: float(P[event - 1].sum()),
    },
    "01.2": {
        "the share of all": lambda happened: np.full(len(happened), happened.mean()),
        "the largest so far": lambda happened: np.maximum.accumulate(happened),
        "the last two": lambda happened: np.convolve(happened, [0.5, 0.5])[: len(happened)],
        "one draw more": lambda happened: np.cumsum(happened) / np.arange(2, len(happened) + 2),
        "of the draws before": lambda happened: (np.cumsum(happened) - happened) / np.arange(1, len(happened) + 1),
    },
    "01.4": {
        "by the whole": lambda joint: joint / joint.sum(),
        "by the largest": lambda joint: joint / joint.max(axis=0),
        "softmax of the columns": lambda joint: np.exp(joint) / np.exp(joint).sum(axis=0),
        "by the first column": lambda joint: joint / joint[:, :1].sum(axis=0),
        "rows and columns": lambda joint: joint / joint.sum(axis=0) / joint.sum(axis=1, keepdims=True),
        "on its side": lambda joint: (joint / joint.sum(axis=0)).T,
    },
    "01.5": {
        "what is left of the first": lambda free: np.append(free, 1 - free[0]),
        "what is left of the largest": lambda free: np.append(free, 1 - free.max()),
        "an equal share": lambda free: np.append(free, 1 / (len(free) + 1)),
        "the rest alone": lambda free: 1 - free.sum(),
        "sorted": lambda free: np.sort(np.append(free, 1 - free.sum())),
    },
    "01.6": {
        "four classes": lambda values: np.digitize(values, [1, 2, 3], right=True),
        "ten classes": lambda values: np.minimum(np.ceil(values), 10) - 1,
        "a little less": lambda values: np.floor(values - 0.01),
        "half to even": lambda values: np.rint(values - 0.5),
        "one byte": lambda values: (np.ceil(values) - 1).astype(np.uint8),
    },
    "01.7": {
        "on its side": lambda joint: np.outer(joint.sum(axis=0), joint.sum(axis=1)),
        "rows alone": lambda joint: np.repeat(joint.sum(axis=1, keepdims=True), joint.shape[1], axis=1),
        "the largest": lambda joint: np.outer(joint.max(axis=1), joint.max(axis=0)),
        "the means": lambda joint: np.outer(joint.mean(axis=1), joint.mean(axis=0)),
        "squared": lambda joint: joint**2 / (joint**2).sum(),
    },
    "02.2": {
        "without its sign": lambda f, x, h: abs((f(x + h) - f(x - h)) / (2 * h)),
        "a step of its own": lambda f, x, h: (f(x + 1e-6) - f(x - 1e-6)) / 2e-6,
        "five points": lambda f, x, h: (f(x - 2 * h) - 8 * f(x - h) + 8 * f(x + h) - f(x + 2 * h)) / (12 * h),
        "relative": lambda f, x, h: (f(x + h) - f(x - h)) / (2 * h * x),
        "half the step": lambda f, x, h: (f(x + h / 2) - f(x - h / 2)) / h,
        "turned round": lambda f, x, h: (f(x - h) - f(x + h)) / (2 * h),
    },
    "02.3": {
        "without its sign": lambda X, y, w: np.abs(2 * X.T @ (X @ w - y) / len(y)),
        "divided by D": lambda X, y, w: 2 * X.T @ (X @ w - y) / X.shape[1],
        "clipped": lambda X, y, w: np.clip(2 * X.T @ (X @ w - y) / len(y), -1, 1),
        "absolute errors": lambda X, y, w: X.T @ np.sign(X @ w - y) / len(y),
        "divided by N and D": lambda X, y, w: 2 * X.T @ (X @ w - y) / X.size,
        "of the root": lambda X, y, w: X.T @ (X @ w - y) / len(y) / np.sqrt(np.mean((X @ w - y) ** 2)),
    },
    "02.4": {
        "with momentum": lambda *case: _descent(*case, keep=0.9),
        "with a rate that falls": lambda *case: _descent(*case, decay=0.5),
        "never below 0": lambda *case: np.maximum(_descent(*case), 0),
        "at least one update": lambda g, w, rate, steps: _descent(g, w, rate, max(steps, 1)),
        "a clipped gradient": lambda g, w, rate, steps: _descent(lambda w: np.clip(g(w), -1, 1), w, rate, steps),
        "without its sign": lambda *case: np.abs(_descent(*case)),
    },
    "02.6": {
        "without its sign": lambda phi, psi, x: abs(
            sigmoid_derivative(psi * sigmoid(phi * x)) * psi * sigmoid_derivative(phi * x) * x
        ),
        "slope at the value": lambda phi, psi, x: (
            sigmoid_derivative(sigmoid(psi * sigmoid(phi * x))) * psi * sigmoid_derivative(phi * x) * x
        ),
        "psi twice": lambda phi, psi, x: (
            sigmoid_derivative(psi * sigmoid(phi * x)) * psi * sigmoid_derivative(phi * psi * x) * psi * x
        ),
        "phi for x": lambda phi, psi, x: (
            sigmoid_derivative(psi * sigmoid(phi * x)) * psi * sigmoid_derivative(phi * x) * phi
        ),
    },
    "03.1": {
        "clipped": lambda z: np.clip(sigmoid(z), 0.001, 0.999),
        "a straight line": lambda z: np.clip(0.5 + z / 4, 0, 1),
        "powers of two": lambda z: 1 / (1 + 2.0**-z),
        "without its sign": lambda z: sigmoid(np.abs(z)),
        "softsign": lambda z: 0.5 + 0.5 * z / (1 + np.abs(z)),
    },
    "03.2": {
        "forward difference": lambda z: (sigmoid(z + 1e-3) - sigmoid(z)) / 1e-3,
        "at the value": lambda z: sigmoid_derivative(sigmoid(z)),
        "powers of two": lambda z: np.log(2) * 2.0**-z / (1 + 2.0**-z) ** 2,
        "clipped": lambda z: np.maximum(sigmoid_derivative(z), 1e-4),
        "half the tanh": lambda z: 0.5 * (1 - np.tanh(z) ** 2),
    },
    "03.3": {
        "by the largest": lambda X: (X - X.mean(axis=0)) / np.abs(X - X.mean(axis=0)).max(axis=0),
        "the median": lambda X: (X - np.median(X, axis=0)) / X.std(axis=0),
        "one standard deviation": lambda X: (X - X.mean(axis=0)) / X.std(),
        "one mean": lambda X: (X - X.mean()) / X.std(axis=0),
        "without its sign": lambda X: np.abs(X - X.mean(axis=0)) / X.std(axis=0),
        "a wide table by rows": lambda X: (
            (X - X.mean(axis=int(np.argmin(X.shape)), keepdims=True))
            / X.std(axis=int(np.argmin(X.shape)), keepdims=True)
        ),
        "the spread added to": lambda X: (X - X.mean(axis=0)) / (X.std(axis=0) + 1e-3),
    },
    "03.4": {
        "labels only": lambda z, t: 2 * (sigmoid(z) - (t > 0.5)) * sigmoid_derivative(z) / len(z),
        "without its sign": lambda z, t: 2 * np.abs(sigmoid(z) - t) * sigmoid_derivative(z) / len(z),
        "divided by N - 1": lambda z, t: 2 * (sigmoid(z) - t) * sigmoid_derivative(z) / (len(z) - 1),
        "one factor": lambda z, t: 2 * (sigmoid(z) - t) * sigmoid(z) / len(z),
        "absolute error": lambda z, t: np.sign(sigmoid(z) - t) * sigmoid_derivative(z) / len(z),
    },
    "03.6": {
        "one more at one half": lambda z, rate: _steps_to_half(z, rate, lambda p, steps: p <= 0.5),
        "a hundred at most": lambda z, rate: _steps_to_half(z, rate, lambda p, steps: p < 0.5 and steps < 100),
        "at least one": lambda z, rate: max(1, _steps_to_half(z, rate, lambda p, steps: p < 0.5)),
        "the distance over the first step": lambda z, rate: int(
            np.ceil(max(0, -z) / (rate * 2 * (1 - sigmoid(z)) * sigmoid_derivative(z)))
        ),
    },
    "04.2": {
        "clipped": lambda p, t: float(_bce(np.clip(p, 0.01, 0.99), t).mean()),
        "labels only": lambda p, t: float(_bce(p, (t > 0.5).astype(float)).mean()),
        "the quiet evenings": lambda p, t: float(-((1 - t) * np.log(1 - p)).mean()),
        "the logs squared": lambda p, t: float((_bce(p, t) ** 2).mean()),
        "of the mean": lambda p, t: float(_bce(p.mean(), t.mean())),
        "the largest": lambda p, t: float(_bce(p, t).max()),
    },
    "04.3": {
        "labels only": lambda w, x, t, rate: rate * (float(t > 0.5) - sigmoid(w @ x)) * x,
        "without its sign": lambda w, x, t, rate: rate * abs(t - sigmoid(w @ x)) * x,
        "the input without its sign": lambda w, x, t, rate: rate * (t - sigmoid(w @ x)) * np.abs(x),
        "the logit": lambda w, x, t, rate: rate * (t - w @ x) * x,
        "tanh": lambda w, x, t, rate: rate * (t - np.tanh(w @ x)) * x,
        "the weights for the input": lambda w, x, t, rate: rate * (t - sigmoid(w @ x)) * w,
    },
    "04.4": {
        "without its sign": lambda p, w, b: abs((np.log(p / (1 - p)) - b) / w),
        "base ten": lambda p, w, b: (np.log10(p / (1 - p)) - b) / w,
        "the log alone": lambda p, w, b: (np.log(p) - b) / w,
        "multiplied": lambda p, w, b: (np.log(p / (1 - p)) - b) * w,
        "weight without its sign": lambda p, w, b: (np.log(p / (1 - p)) - b) / abs(w),
        "never below 0": lambda p, w, b: max(0.0, (np.log(p / (1 - p)) - b) / w),
    },
    "04.6": {
        "from the end": lambda X, t, w, rate, size: _epoch(X[::-1], t[::-1], w, rate, range(0, len(X), size), size),
        "the first batch": lambda X, t, w, rate, size: _epoch(X, t, w, rate, [0], size),
        "the size for the length": lambda X, t, w, rate, size: _epoch(
            X, t, w, rate, range(0, len(X), size), size, size
        ),
        "one row a batch": lambda X, t, w, rate, size: _epoch(X, t, w, rate, range(len(X)), 1),
        "a window that slides": lambda X, t, w, rate, size: _epoch(X, t, w, rate, range(len(X) - size + 1), size),
        "two epochs": lambda X, t, w, rate, size: _epoch(
            X, t, w, rate, [*range(0, len(X), size), *range(0, len(X), size)], size
        ),
    },
    "04.7": {
        "the root of all entries": lambda X, p: np.abs(
            np.diag(np.linalg.inv(np.sqrt(np.abs(X.T * (p * (1 - p)) @ X))))
        ),
        "labels": lambda X, p: np.sqrt(np.diag(np.linalg.inv(X.T * (1 + (p > 0.5)) @ X))),
        "the slope squared": lambda X, p: np.sqrt(np.diag(np.linalg.inv(X.T * (p * (1 - p)) ** 2 @ X))),
        "one quarter for all": lambda X, p: np.sqrt(np.diag(np.linalg.inv(X.T @ X / 4))),
        "of the mean p": lambda X, p: np.sqrt(np.diag(np.linalg.inv(X.T @ X * p.mean() * (1 - p.mean())))),
        "sorted": lambda X, p: np.sort(np.sqrt(np.diag(np.linalg.inv(X.T * (p * (1 - p)) @ X)))),
    },
    "05.2": {
        "without the zeros of Q": lambda P, Q: float(
            (P[(P > 0) & (Q > 0)] * np.log(P[(P > 0) & (Q > 0)] / Q[(P > 0) & (Q > 0)])).sum()
        ),
        "Q clipped": lambda P, Q: float((P * np.log(np.maximum(P, 1e-7) / np.maximum(Q, 1e-7))).sum()),
        "both directions": lambda P, Q: float(((P - Q) * np.log((P + 1e-9) / (Q + 1e-9))).sum()),
        "minus the entropy": lambda P, Q: float((P[P > 0] * np.log(P[P > 0])).sum()),
        "cross-entropy": lambda P, Q: float(-(P[P > 0] * np.log(Q[P > 0])).sum()),
        "distance": lambda P, Q: float(np.abs(P - Q).sum()),
    },
    "05.5": {
        "the class of the largest p": lambda p, t: float(-np.log(p.max(axis=1)).mean()),
        "clipped": lambda p, t: float(-(t * np.log(np.clip(p, 0.01, 1))).sum(axis=1).mean()),
        "divided by K": lambda p, t: float(-(t * np.log(p + 1e-12)).sum() / p.shape[1]),
        "of the mean row": lambda p, t: float(-(t.mean(axis=0) * np.log(p.mean(axis=0) + 1e-12)).sum()),
        "the first row": lambda p, t: float(-(t[0] * np.log(p[0] + 1e-12)).sum()),
        "divergence": lambda p, t: float((t * np.log((t + 1e-12) / (p + 1e-12))).sum() / len(t)),
    },
    "05.6": {
        "the labels that occur": lambda y, n_classes: np.unique(y, return_counts=True)[1] / len(y),
        "divided by K": lambda y, n_classes: np.bincount(y, minlength=n_classes) / n_classes,
        "sorted": lambda y, n_classes: np.sort(np.bincount(y, minlength=n_classes) / len(y)),
        "by the largest": lambda y, n_classes: np.bincount(y, minlength=n_classes) / np.bincount(y).max(),
        "labels over their sum": lambda y, n_classes: np.bincount(y, weights=y, minlength=n_classes) / y.sum(),
    },
    "05.7": {
        "one step more": lambda z, t, rate, steps: _down(z, t, rate, steps + 1),
        "two steps": lambda z, t, rate, steps: _down(z, t, rate, 2),
        "labels": lambda z, t, rate, steps: _down(z, np.eye(len(t))[t.argmax()], rate, steps),
        "from zero": lambda z, t, rate, steps: _down(np.zeros(len(z)), t, rate, steps),
        "shifted to a sum of 0": lambda z, t, rate, steps: _down(z, t, rate, steps) - z.mean(),
        "divided by K": lambda z, t, rate, steps: _down(z, t, rate / len(z), steps),
    },
    "06.1": {
        "powers of two": lambda z: 2.0**z / (2.0**z).sum(axis=1, keepdims=True),
        "without its sign": lambda z: softmax(np.abs(z)),
        "clipped": lambda z: softmax(np.clip(z, -1, 1)),
        "squares": lambda z: z**2 / (z**2).sum(axis=1, keepdims=True),
        "along the longer side": lambda z: np.exp(z) / np.exp(z).sum(axis=int(np.argmax(z.shape)), keepdims=True),
        "by the length": lambda z: np.exp(z) / np.sqrt((np.exp(z) ** 2).sum(axis=1, keepdims=True)),
    },
    "06.2": {
        "forward difference": lambda z: np.array(
            [(softmax(z + 1e-3 * unit) - softmax(z)) / 1e-3 for unit in np.eye(len(z))]
        ),
        "without its sign": lambda z: np.abs(np.diag(softmax(z)) - np.outer(softmax(z), softmax(z))),
        "turned round": lambda z: np.outer(softmax(z), softmax(z)) - np.diag(softmax(z)),
        "ones on the diagonal": lambda z: np.eye(len(z)) - np.outer(softmax(z), softmax(z)),
        "rows alone": lambda z: softmax(z) * (np.eye(len(z)) - softmax(z)),
        "two classes": lambda z: np.diag(softmax(z) * (1 - softmax(z))) * 2 - np.prod(softmax(z)[:2]),
    },
    "06.3": {
        "targets normalised": lambda z, t: softmax(z) - t / t.sum(),
        "without its sign": lambda z, t: np.abs(softmax(z) * t.sum() - t),
        "the largest target": lambda z, t: softmax(z) - np.eye(len(t))[t.argmax()],
        "the mean over classes": lambda z, t: (softmax(z) * t.sum() - t) / len(t),
        "sigmoids": lambda z, t: sigmoid(z) * t.sum() - t,
        "p times the error": lambda z, t: softmax(z) * (softmax(z) - t),
    },
    "06.5": {
        "p once more": lambda z, dp: softmax(z) * (dp - softmax(z) * dp),
        "without its sign": lambda z, dp: np.abs(softmax(z) * (dp - (softmax(z) * dp).sum(axis=1, keepdims=True))),
        "plus": lambda z, dp: softmax(z) * (dp + (softmax(z) * dp).sum(axis=1, keepdims=True)),
        "the largest": lambda z, dp: softmax(z) * (dp - dp.max(axis=1, keepdims=True)),
        "down the columns": lambda z, dp: softmax(z) * (dp - (softmax(z) * dp).sum(axis=0)),
        "mean for sum": lambda z, dp: softmax(z) * (dp - (softmax(z) * dp).mean(axis=1, keepdims=True)),
    },
    "07.1": {
        "two bytes": lambda header: _bits(header, 2),
        "three bytes for the count, one for a side": lambda header: (
            int.from_bytes(header[5:8], "big"),
            header[11],
            header[15],
        ),
        "two bytes for a side": lambda header: (_bits(header, 4)[0], *_bits(header, 2)[1:]),
        "always 28": lambda header: (_bits(header, 4)[0], 28, 28),
        "squares": lambda header: (*_bits(header, 4)[:2], _bits(header, 4)[1]),
        "the last byte of the magic number too": lambda header: struct.unpack(">III", header[3:15]),
    },
    "07.4": {
        "either for both": lambda t, said: np.array(
            [[(~t | ~said).sum(), (~t | said).sum()], [(t | ~said).sum(), (t | said).sum()]]
        ),
        "rows turned": lambda t, said: np.array(
            [[(t & ~said).sum(), (t & said).sum()], [(~t & ~said).sum(), (~t & said).sum()]]
        ),
        "agreements on the diagonal": lambda t, said: np.array(
            [
                [(t == said).sum() // 2, (~t & said).sum()],
                [(t & ~said).sum(), (t == said).sum() - (t == said).sum() // 2],
            ]
        ),
        "mistakes in one cell": lambda t, said: np.array(
            [[(~t & ~said).sum(), (t != said).sum()], [0, (t & said).sum()]]
        ),
    },
    "07.5": {
        "F1 for recall": lambda c: (c[1, 1] / c[:, 1].sum(), 2 * c[1, 1] / (c[:, 1].sum() + c[1].sum())),
        "recall of the noes": lambda c: (c[1, 1] / c[:, 1].sum(), c[0, 0] / c[0].sum()),
        "one added": lambda c: ((c[1, 1] + 1) / (c[:, 1].sum() + 2), (c[1, 1] + 1) / (c[1].sum() + 2)),
        "two decimals": lambda c: (round(c[1, 1] / c[:, 1].sum(), 2), round(c[1, 1] / c[1].sum(), 2)),
        "false alarms for precision": lambda c: (1 - c[1, 1] / c[:, 1].sum(), c[1, 1] / c[1].sum()),
        "precision twice": lambda c: (c[1, 1] / c[:, 1].sum(), c[1, 1] / c[:, 1].sum()),
    },
    "07.6": {
        "without its sign": lambda z, t, cut: (float((abs(z) > cut)[~t].mean()), float((abs(z) > cut)[t].mean())),
        "the cut at 0": lambda z, t, cut: (float((z > 0)[~t].mean()), float((z > 0)[t].mean())),
        "the cut at the median": lambda z, t, cut: (
            float((z > np.median(z))[~t].mean()),
            float((z > np.median(z))[t].mean()),
        ),
        "precision for hits": lambda z, t, cut: (float((z > cut)[~t].mean()), float(t[z > cut].mean())),
        "counts": lambda z, t, cut: (int(((z > cut) & ~t).sum()), int(((z > cut) & t).sum())),
        "accuracy": lambda z, t, cut: (float((z > cut)[~t].mean()), float(((z > cut) == t).mean())),
    },
    "08.1": {
        "a thermometer": lambda y, n_classes: (np.arange(n_classes) <= y[:, np.newaxis]).astype(float),
        "ten classes": lambda y, n_classes: np.eye(10)[y],
        "the rows of the labels": lambda y, n_classes: np.eye(max(n_classes, len(y)))[: len(y), :n_classes],
        "sorted": lambda y, n_classes: np.eye(n_classes)[np.sort(y)],
        "each label once": lambda y, n_classes: np.eye(n_classes)[np.unique(y)],
        "a share": lambda y, n_classes: np.eye(n_classes)[y] / len(y),
    },
    "08.3": {
        "the mean times ten": lambda z, y: 10 * float(_bce(sigmoid(z), _one_hot(y, z.shape[1])).mean()),
        "clipped": lambda z, y: float(
            _bce(np.clip(sigmoid(z), 0.01, 0.99), _one_hot(y, z.shape[1])).sum(axis=1).mean()
        ),
        "the wrong classes alone": lambda z, y: float(
            (-(1 - _one_hot(y, z.shape[1])) * np.log(1 - sigmoid(z))).sum(axis=1).mean()
        ),
        "the largest loss": lambda z, y: float(_bce(sigmoid(z), _one_hot(y, z.shape[1])).max(axis=1).mean()),
        "two classes": lambda z, y: float(_bce(sigmoid(z[:, 1] - z[:, 0]), (y == 1).astype(float)).mean()),
        "the first sample": lambda z, y: float(_bce(sigmoid(z), _one_hot(y, z.shape[1]))[0].sum()),
    },
    "08.4": {
        "the bias twice": lambda X, y, W, b: X.T @ (softmax(X @ W + 2 * b) - _one_hot(y, len(b))) / len(X),
        "the bias subtracted": lambda X, y, W, b: X.T @ (softmax(X @ W - b) - _one_hot(y, len(b))) / len(X),
        "divided by K": lambda X, y, W, b: X.T @ (softmax(X @ W + b) - _one_hot(y, len(b))) / len(b),
        "divided by D": lambda X, y, W, b: X.T @ (softmax(X @ W + b) - _one_hot(y, len(b))) / len(W),
        "without its sign": lambda X, y, W, b: np.abs(X.T @ (softmax(X @ W + b) - _one_hot(y, len(b)))) / len(X),
        "verdicts": lambda X, y, W, b: X.T @ (_one_hot((X @ W + b).argmax(1), len(b)) - _one_hot(y, len(b))) / len(X),
        "with decay": lambda X, y, W, b: X.T @ (softmax(X @ W + b) - _one_hot(y, len(b))) / len(X) + 1e-3 * W,
    },
    "08.6": {
        "above the diagonal": lambda counts: np.unravel_index(np.triu(counts, 1).argmax(), counts.shape),
        "below the diagonal": lambda counts: np.unravel_index(np.tril(counts, -1).argmax(), counts.shape),
        "in the row with most mistakes": lambda counts: (
            int((counts.sum(1) - np.diag(counts)).argmax()),
            int((counts - np.diag(np.diag(counts)))[(counts.sum(1) - np.diag(counts)).argmax()].argmax()),
        ),
        "the fewest": lambda counts: np.unravel_index(
            (counts + np.eye(len(counts), dtype=int) * counts.max()).argmin(), counts.shape
        ),
        "each axis for itself": lambda counts: (
            int((counts.sum(1) - np.diag(counts)).argmax()),
            int((counts.sum(0) - np.diag(counts)).argmax()),
        ),
    },
    "09.3": {
        "logits clipped": lambda z, t: np.logaddexp(0, np.clip(z, -500, 500)) - t * np.clip(z, -500, 500),
        "the larger part alone": lambda z, t: np.maximum(z, 0) - t * z,
        "labels only": lambda z, t: np.maximum(z, 0) - (t > 0.5) * z + np.log1p(np.exp(-np.abs(z))),
        "single precision": lambda z, t: np.float32(np.maximum(z, 0) - t * z + np.log1p(np.exp(-np.abs(z)))),
        "the sign of the exponent": lambda z, t: np.maximum(z, 0) - t * z + np.log1p(np.exp(-z)),
        "small ones to 0": lambda z, t: np.round(np.maximum(z, 0) - t * z + np.log1p(np.exp(-np.abs(z))), 12),
    },
    "09.4": {
        "the largest alone": lambda z: z.max(axis=1),
        "the largest by size": lambda z: (
            np.abs(z).max(axis=1) + np.log(np.exp(z - np.abs(z).max(axis=1, keepdims=True)).sum(axis=1))
        ),
        "clipped": lambda z: np.log(np.exp(np.clip(z, -700, 700)).sum(axis=1)),
        "the mean for the sum": lambda z: (
            z.max(axis=1) + np.log(np.exp(z - z.max(axis=1, keepdims=True)).mean(axis=1))
        ),
        "the smallest off": lambda z: z.min(axis=1) + np.log(np.exp(z - z.min(axis=1, keepdims=True)).sum(axis=1)),
        "down the columns": lambda z: z.max(axis=0) + np.log(np.exp(z - z.max(axis=0)).sum(axis=0)),
    },
    "09.5": {
        "clipped p": lambda z, y: float(-np.log(np.clip(softmax(z), 1e-7, 1)[np.arange(len(y)), y]).mean()),
        "the true logit off": lambda z, y: float(
            np.log(np.exp(z - z[np.arange(len(y)), y][:, np.newaxis]).sum(axis=1)).mean()
        ),
        "the largest logit for the sum": lambda z, y: float((z.max(axis=1) - z[np.arange(len(y)), y]).mean()),
        "clipped logits": lambda z, y: float(-log_softmax(np.clip(z, -500, 500))[np.arange(len(y)), y].mean()),
        "the mean over all entries": lambda z, y: float(-(np.eye(z.shape[1])[y] * log_softmax(z)).mean()),
        "the largest loss": lambda z, y: float((-log_softmax(z)[np.arange(len(y)), y]).max()),
    },
    "09.6": {
        "two pieces": lambda loss: np.where(loss < 1e-6, -loss, np.exp(-loss) - 1),
        "three terms": lambda loss: np.where(loss < 1e-2, -loss + loss**2 / 2, np.exp(-loss) - 1),
        "single precision": lambda loss: np.expm1(-loss.astype(np.float32)),
        "without its sign": lambda loss: np.abs(np.expm1(-loss)),
        "the sine": lambda loss: -2 * np.exp(-loss / 2) * np.sin(loss / 2),
    },
    "10.1": {
        "divided by K": lambda X, y, W, rate: W - rate * X.T @ (softmax(X @ W) - _one_hot(y, len(W.T))) / len(W.T),
        "divided by D": lambda X, y, W, rate: W - rate * X.T @ (softmax(X @ W) - _one_hot(y, len(W.T))) / len(W),
        "a rate of 0.1": lambda X, y, W, rate: W - 0.1 * X.T @ (softmax(X @ W) - _one_hot(y, len(W.T))) / len(X),
        "without its sign": lambda X, y, W, rate: np.abs(
            W - rate * X.T @ (softmax(X @ W) - _one_hot(y, len(W.T))) / len(X)
        ),
        "the sign alone": lambda X, y, W, rate: W - rate * np.sign(X.T @ (softmax(X @ W) - _one_hot(y, len(W.T)))),
        "verdicts": lambda X, y, W, rate: (
            W - rate * X.T @ (_one_hot((X @ W).argmax(axis=1), len(W.T)) - _one_hot(y, len(W.T))) / len(X)
        ),
    },
    "10.2": {
        "cubes": lambda X: np.hstack([X, X**3]),
        "without its sign": lambda X: np.hstack([X, np.abs(X)]),
        "one after the other": lambda X: np.stack([X[:, 0], X[:, 0] ** 2, X[:, 1], X[:, 1] ** 2], axis=1),
        "signed squares": lambda X: np.hstack([X, X * np.abs(X)]),
        "squares first": lambda X: np.hstack([X**2, X]),
        "powers of two": lambda X: np.hstack([X, 2.0**X]),
    },
    "10.3": {
        "the diameter": lambda w, b: 2 * float(np.sqrt(-b / w)),
        "b without w": lambda w, b: float(np.sqrt(abs(b))),
        "a sharpness of its own": lambda w, b: float(np.sqrt(b) / np.sqrt(-w)),
        "never above 1": lambda w, b: min(1.0, float(np.sqrt(-b / w))),
        "multiplied": lambda w, b: float(np.sqrt(-b * w)),
        "the area": lambda w, b: float(np.pi * -b / w),
    },
    "10.4": {
        "the slope of ReLU": lambda X, dz, W, v: X.T @ (np.outer(dz, v) * (X @ W > 0)),
        "divided by N": lambda X, dz, W, v: X.T @ (np.outer(dz, v) * (1 - np.tanh(X @ W) ** 2)) / len(X),
        "without its sign": lambda X, dz, W, v: np.abs(X.T @ (np.outer(dz, v) * (1 - np.tanh(X @ W) ** 2))),
        "1 + h squared": lambda X, dz, W, v: X.T @ (np.outer(dz, v) * (1 + np.tanh(X @ W) ** 2)),
        "the value for the slope": lambda X, dz, W, v: X.T @ (np.outer(dz, v) * np.tanh(X @ W)),
        "the sign of v": lambda X, dz, W, v: X.T @ (np.outer(dz, np.sign(v)) * (1 - np.tanh(X @ W) ** 2)),
    },
    "10.5": {
        "a patience of three": lambda losses, every: _patience(losses, every, 3),
        "a patience of four": lambda losses, every: _patience(losses, every, 4),
        "a start at 1": lambda losses, every: _patience(losses, every, 99, best=1.0),
        "the steepest fall": lambda losses, every: int(np.argmin(np.diff(losses)) + 1) * every,
        "the last low": lambda losses, every: int(np.flatnonzero(np.diff(losses) > 0)[-1]) * every,
        "below a half": lambda losses, every: int(np.argmax(losses < 0.5)) * every,
        "looks of ten updates": lambda losses, every: int(np.argmin(losses)) * 10,
    },
    "10.6": {
        "an approximation": lambda z: 1 + np.exp(np.abs(z)) / 2,
        "a clipped p": lambda z: 1 / (2 * np.clip(sigmoid(z), 0.01, 0.99) * (1 - np.clip(sigmoid(z), 0.01, 0.99))),
        "one factor": lambda z: 1 / (2 * sigmoid(z)),
        "turned round": lambda z: -1 / (2 * sigmoid_derivative(z)),
        "for target 0": lambda z: sigmoid(z) / (2 * (1 - sigmoid(z)) ** 2 * sigmoid(z)),
        "the product": lambda z: 2 * (1 - sigmoid(z)) ** 2 * sigmoid_derivative(z),
    },
    "11.1": {
        "one added": lambda said, y: float((2 * (said * y).sum() + 1) / (said.sum() + y.sum() + 1)),
        "by the larger": lambda said, y: float((said * y).sum() / max(said.sum(), y.sum())),
        "the cosine": lambda said, y: float((said * y).sum() / np.sqrt(said.sum() * y.sum())),
        "the mean of both": lambda said, y: float(((said * y).sum() / said.sum() + (said * y).sum() / y.sum()) / 2),
        "over all rows": lambda said, y: float(2 * (said * y).sum() / len(y)),
        "agreements": lambda said, y: float(2 * (said == y).sum() / (len(said) + said.sum() + y.sum())),
    },
    "11.2": {
        "three updates": lambda X, t, w, rate: _updates(X, t, w, [rate] * 3),
        "a rate that falls": lambda X, t, w, rate: _updates(X, t, w, [rate, rate / 2]),
        "a step of twice the length": lambda X, t, w, rate: _updates(X, t, w, [2 * rate]),
        "the sign alone": lambda X, t, w, rate: w - 2 * rate * np.sign(X.T @ (sigmoid(X @ w) - t)),
        "without its sign": lambda X, t, w, rate: np.abs(_updates(X, t, w, [rate] * 2)),
        "divided by D": lambda X, t, w, rate: _updates(X, t, w, [rate * len(X) / len(w)] * 2),
    },
    "11.3": {
        "a unit at 0 counted as on": lambda *case: _network(lambda a: a >= 0, *case),
        "a leak": lambda *case: _network(lambda a: np.where(a > 0, 1, 0.01), *case),
        "the slope turned round": lambda *case: _network(lambda a: a < 0, *case),
        "the last bias forgotten": lambda X, y, W1, b1, W2, b2: _network(lambda a: a > 0, X, y, W1, b1, W2, 0 * b2),
        "without its sign": lambda *case: np.abs(_network(lambda a: a > 0, *case)),
        "divided by K": lambda X, y, W1, b1, W2, b2: (
            _network(lambda a: a > 0, X, y, W1, b1, W2, b2) * len(X) / len(b2)
        ),
    },
    "11.5": {
        "the update before": lambda w, dw, m, v, k, rate: _adam(w, dw, m, v, k + 1, rate),
        "the betas 0.9 and 0.99": lambda *case: _adam(*case, betas=(0.9, 0.99)),
        "a larger epsilon": lambda *case: _adam(*case, eps=1e-6),
        "uphill": lambda w, dw, m, v, k, rate: _adam(w, dw, m, v, k, -rate),
        "the sign of m": lambda w, dw, m, v, k, rate: (
            w - rate * np.sign(_adam(w, dw, m, v, k, rate)[1]),
            *_adam(w, dw, m, v, k, rate)[1:],
        ),
        "with decay": lambda w, dw, m, v, k, rate: (
            _adam(w, dw, m, v, k, rate)[0] - rate * 0.01 * w,
            *_adam(w, dw, m, v, k, rate)[1:],
        ),
    },
    "11.8": {
        "two epochs": lambda model, X, y, batches, rate: _torch_epoch(model, X, y, [*batches, *batches], rate),
        "batches in the other order": lambda model, X, y, batches, rate: _torch_epoch(
            model, X, y, batches[::-1], rate
        ),
        "the last batch left out": lambda model, X, y, batches, rate: _torch_epoch(model, X, y, batches[:-1], rate),
        "rows in their order": lambda model, X, y, batches, rate: _torch_epoch(
            model, X, y, np.arange(len(X)).reshape(batches.shape), rate
        ),
        "the sum": lambda model, X, y, batches, rate: _torch_epoch(model, X, y, batches, rate) * len(X),
    },
    "12.1": {
        "through p": lambda z, t: _bce(1 / (1 + np.exp(-z)), t).mean(axis=0),
        "clipped p": lambda z, t: _bce(np.clip(sigmoid(z), 0.001, 0.999), t).mean(axis=0),
        "clipped as Keras does": lambda z, t: _bce(np.clip(sigmoid(z), 1e-7, 1 - 1e-7), t).mean(axis=0),
        "the larger part alone": lambda z, t: (np.maximum(z, 0) - t * z).mean(axis=0),
        "the largest": lambda z, t: (np.logaddexp(0, z) - t * z).max(axis=0),
        "the middle": lambda z, t: np.median(np.logaddexp(0, z) - t * z, axis=0),
        "along the longer side": lambda z, t: (np.logaddexp(0, z) - t * z).mean(axis=int(np.argmax(z.shape))),
    },
    "12.2": {
        "at least one": lambda z: np.maximum(z > 0, np.eye(z.shape[1])[z.argmax(axis=1)]),
        "two at most": lambda z: (z > 0) & (z >= np.sort(z, axis=1)[:, -2:-1]),
        "above the mean": lambda z: (z > z.mean(axis=1, keepdims=True)).astype(float),
        "above the mean of the table": lambda z: (z > z.mean()).astype(float),
        "the strongest": lambda z: (np.abs(z) > 0.5).astype(float),
        "signs": lambda z: np.sign(z),
    },
    "12.4": {
        "through p": lambda z, t, w: _weighted(1 / (1 + np.exp(-z)), t, w).mean(),
        "clipped p": lambda z, t, w: _weighted(np.clip(sigmoid(z), 0.001, 0.999), t, w).mean(),
        "one weight for all": lambda z, t, w: _weighted(sigmoid(z), t, w.mean()).mean(),
        "the root of the weight": lambda z, t, w: _weighted(sigmoid(z), t, np.sqrt(w)).mean(),
        "divided by N alone": lambda z, t, w: (
            (w * t * np.logaddexp(0, -z) + (1 - t) * np.logaddexp(0, z)).sum() / len(z)
        ),
        "weights by row": lambda z, t, w: (
            np.resize(w, (len(z), 1)) * t * np.logaddexp(0, -z) + (1 - t) * np.logaddexp(0, z)
        ).mean(),
    },
    "13.1": {
        "square kernels": lambda image, kernel: _convolve(image, kernel, len(kernel), len(kernel)),
        "three by three": lambda image, kernel: _convolve(image, kernel, 3, 3),
        "upside down": lambda image, kernel: _convolve(image, kernel[::-1], *kernel.shape),
        "mirrored": lambda image, kernel: _convolve(image, kernel[:, ::-1], *kernel.shape),
        "without its sign": lambda image, kernel: np.abs(_convolve(image, kernel, *kernel.shape)),
        "ReLU": lambda image, kernel: np.maximum(_convolve(image, kernel, *kernel.shape), 0),
        "in steps of two": lambda image, kernel: _convolve(image, kernel, *kernel.shape)[::2, ::2],
        "square maps": lambda image, kernel: _convolve(image, kernel, *kernel.shape)[: len(image.T), : len(image)],
    },
    "13.3": {
        "the smallest": lambda response: _squares(response).min(axis=(1, 3)),
        "the sum": lambda response: _squares(response).sum(axis=(1, 3)),
        "the middle": lambda response: np.median(_squares(response), axis=(1, 3)),
        "rows alone": lambda response: _squares(response).max(axis=1)[:, :, 0],
        "a square map": lambda response: _squares(response[:, : len(response)]).max(axis=(1, 3)),
        "the last of each": lambda response: response[1::2, 1::2],
        "on its side": lambda response: _squares(response).max(axis=(1, 3)).T,
    },
    "13.4": {
        "the last sheet alone": lambda image, kernels: np.array(
            [_convolve(image[-1], k[-1], *k.shape[1:]) for k in kernels]
        ),
        "sheets in the other order": lambda image, kernels: _all_maps(image[::-1], kernels),
        "kernels in the other order": lambda image, kernels: _all_maps(image, kernels[::-1]),
        "ReLU": lambda image, kernels: np.maximum(_all_maps(image, kernels), 0),
        "the strongest sheet": lambda image, kernels: np.array(
            [np.max([_convolve(s, w, *w.shape) for s, w in zip(image, k, strict=True)], axis=0) for k in kernels]
        ),
        "without its sign": lambda image, kernels: np.abs(_all_maps(image, kernels)),
    },
    "14.1": {
        "1 left out": lambda p, right: float(
            sum(
                abs(p[cell].mean() - right[cell].mean()) * cell.sum()
                for k in range(5)
                if (cell := (p >= k / 5) & (p < (k + 1) / 5)).any()
            )
            / len(p)
        ),
        "the nearest fifth": lambda p, right: _gap(p, right, np.rint(p * 5)),
        "tenths": lambda p, right: _gap(p, right, np.minimum((p * 10).astype(int), 9)),
        "quarters": lambda p, right: _gap(p, right, np.minimum((p * 4).astype(int), 3)),
        "signed gaps": lambda p, right: float(p.mean() - right.mean()),
        "fifths of the predictions": lambda p, right: _gap(
            p[p.argsort()], right[p.argsort()], np.arange(len(p)) * 5 // len(p)
        ),
        "divided by the fifths": lambda p, right: _gap(p, right, np.minimum((p * 5).astype(int), 4)) * len(p) / 5,
    },
    "14.2": {
        "nearest to one": lambda z, y, candidates: candidates[np.argmin(np.abs(candidates - 1))],
        "the first that is better than one": lambda z, y, candidates: next(
            (T for T in candidates if _cost(z / T, y) < _cost(z, y)), candidates[0]
        ),
        "squared error": lambda z, y, candidates: candidates[
            np.argmin([((softmax(z / T) - _one_hot(y, z.shape[1])) ** 2).mean() for T in candidates])
        ],
        "as sure as right": lambda z, y, candidates: candidates[
            np.argmin([abs(softmax(z / T).max(axis=1).mean() - (z.argmax(axis=1) == y).mean()) for T in candidates])
        ],
        "the worst sample": lambda z, y, candidates: candidates[
            np.argmin([-log_softmax(z / T)[np.arange(len(y)), y].min() for T in candidates])
        ],
        "the middle": lambda z, y, candidates: np.median(candidates),
    },
    "14.4": {
        "the last one": lambda validation, test: test[-1],
        "the median": lambda validation, test: np.median(test),
        "the lower of the two": lambda validation, test: min(validation.max(), test[np.argmax(validation)]),
        "the second best": lambda validation, test: test[np.argsort(validation)[-2]],
        "the worst of test": lambda validation, test: test.min(),
    },
}


def test_each_exercise_has_wrong_answers_of_its_own() -> None:
    few = [each.id for each in FUNCTIONS if len(WRONG.get(each.id, {})) < 3]
    assert not few, f"WRONG: three or more wrong answers for {few}, none of them a known misconception"
    assert WRONG.keys() <= {each.id for each in FUNCTIONS}


@pytest.mark.parametrize("each", FUNCTIONS, ids=lambda each: each.id)
def test_wrong_answers_are_refused(each: Exercise) -> None:
    with np.errstate(all="ignore"):
        assert [name for name, answer in WRONG[each.id].items() if right_on(each, answer)] == []
        slips = {run.raised for answer in WRONG[each.id].values() for run in run_answer(answer, each.cases).runs}
    assert slips <= {"", "ValueError", "IndexError", "ZeroDivisionError"}, "a wrong answer that does not even run"


# Right answers in other words: a case must not ask for more than its prompt


def _softmax_by_hand(z: Any) -> Any:
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


def _by_gradient(loss: Callable[..., Any], *given: Any) -> Any:
    """Return torch's gradient of a loss with respect to the first of the arrays."""
    import torch

    tensors = [torch.tensor(np.asarray(each), dtype=torch.float64) for each in given]
    tensors[0].requires_grad_()
    loss(*tensors).backward()
    return tensors[0].grad


def _cross_entropy(z: Any, y: Any) -> Any:
    import torch

    return torch.nn.functional.cross_entropy(z, y.long())


def _best_look(losses: Any) -> int:
    best = 0
    for look, loss in enumerate(losses):
        if loss < losses[best]:
            best = look
    return best


def _fifths(p: Any, right: Any) -> float:
    total = 0.0
    for k in range(5):
        cell = (p >= k / 5) & (p <= 1 if k == 4 else p < (k + 1) / 5)
        if cell.any():
            total += abs(p[cell].sum() - right[cell].sum())
    return total / len(p)


RIGHT: dict[str, dict[str, Callable[..., Any]]] = {
    "00.2": {"row by row": lambda p: [list(row).index(max(row)) for row in p]},
    "00.3": {"counted": lambda predicted, y: sum(a == b for a, b in zip(predicted, y, strict=True)) / len(y)},
    "01.1": {"a loop": lambda P, event: sum(P[k] for k in event)},
    "01.2": {"means": lambda happened: [np.mean(happened[: n + 1]) for n in range(len(happened))]},
    "01.4": {"on its side": lambda joint: (joint.T / joint.T.sum(axis=1, keepdims=True)).T},
    "01.5": {"a list": lambda free: [*free, 1 - sum(free)]},
    "01.6": {"minus floor": lambda values: [int(-np.floor(-value)) - 1 for value in values]},
    "01.7": {"by broadcasting": lambda joint: joint.sum(axis=1, keepdims=True) * joint.sum(axis=0)},
    "02.2": {"half the sum": lambda f, x, h: ((f(x + h) - f(x)) / h + (f(x) - f(x - h)) / h) / 2},
    "02.3": {
        "torch": lambda X, y, w: _by_gradient(lambda w, X, y: ((X @ w - y) ** 2).mean(), w, X, y),
        "a mean": lambda X, y, w: (2 * (X @ w - y)[:, np.newaxis] * X).mean(axis=0),
    },
    "03.1": {"exp z": lambda z: np.exp(z) / (1 + np.exp(z)), "tanh": lambda z: 0.5 * (1 + np.tanh(z / 2))},
    "03.2": {"exp": lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2},
    "03.3": {"epsilon": lambda X: (X - X.mean(axis=0)) / (X.std(axis=0) + 1e-8)},
    "03.6": {
        "logit": lambda z, rate: _steps_to_half(z, rate, lambda p, steps: p < 0.5),
    },
    "04.2": {
        "epsilon": lambda p, t: -(t * np.log(p + 1e-12) + (1 - t) * np.log(1 - p + 1e-12)).mean(),
        "clipped as Keras does": lambda p, t: _bce(np.clip(p, 1e-7, 1 - 1e-7), t).mean(),
    },
    "04.4": {"two logs": lambda p, w, b: (np.log(p) - np.log(1 - p) - b) / w},
    "04.7": {
        "solved": lambda X, p: np.sqrt(np.diag(np.linalg.solve(X.T @ np.diag(p * (1 - p)) @ X, np.eye(X.shape[1])))),
    },
    "05.2": {"where": lambda P, Q: np.sum(np.where(P > 0, P * np.log(np.where(P > 0, P, 1) / Q), 0))},
    "05.5": {
        "epsilon": lambda p, t: -(t * np.log(p + 1e-12)).sum() / len(t),
        "where": lambda p, t: -np.where(t > 0, t * np.log(p), 0).sum(axis=1).mean(),
    },
    "05.6": {"means": lambda y, n_classes: [np.mean(y == k) for k in range(n_classes)]},
    "05.7": {"by hand": lambda z, t, rate, steps: _down(z, t, rate, steps)},
    "06.1": {"on its side": lambda z: (np.exp(z).T / np.exp(z).sum(axis=1)).T},
    "06.2": {
        "entry by entry": lambda z: [
            [softmax(z)[i] * ((i == j) - softmax(z)[j]) for j in range(len(z))] for i in range(len(z))
        ],
    },
    "06.3": {"short": lambda z, t: softmax(z) * t.sum() - t},
    "06.5": {"einsum": lambda z, dp: softmax(z) * (dp - np.einsum("nk,nk->n", softmax(z), dp)[:, np.newaxis])},
    "07.1": {
        "struct": lambda header: struct.unpack(">4I", header)[1:],
        "NumPy": lambda header: np.frombuffer(header, ">i4")[1:],
    },
    "07.4": {"a loop": lambda t, said: [[np.sum((t == a) & (said == b)) for b in (0, 1)] for a in (0, 1)]},
    "07.6": {"means": lambda z, t, cut: ((z[~t] > cut).mean(), (z[t] > cut).mean())},
    "08.1": {"compared": lambda y, n_classes: y[:, np.newaxis] == np.arange(n_classes)},
    "08.3": {"stable": lambda z, y: (np.logaddexp(0, z) - _one_hot(y, z.shape[1]) * z).sum(axis=1).mean()},
    "08.4": {
        "torch": lambda X, y, W, b: _by_gradient(lambda W, X, y, b: _cross_entropy(X @ W + b, y), W, X, y, b),
    },
    "09.3": {"two pieces": lambda z, t: t * np.logaddexp(0, -z) + (1 - t) * np.logaddexp(0, z)},
    "09.4": {"pairwise": lambda z: np.logaddexp.reduce(z, axis=1)},
    "09.5": {"pairwise": lambda z, y: (np.logaddexp.reduce(z, axis=1) - z[np.arange(len(y)), y]).mean()},
    "10.1": {
        "by hand": lambda X, y, W, rate: (
            W - rate * X.T @ (_softmax_by_hand(X @ W) - _one_hot(y, W.shape[1])) / len(X)
        ),
    },
    "10.4": {
        "torch": lambda X, dz, W, v: _by_gradient(lambda W, X, dz, v: (dz * ((X @ W).tanh() @ v)).sum(), W, X, dz, v),
    },
    "10.5": {"a loop": lambda losses, every: _best_look(losses) * every},
    "10.6": {"cosh": lambda z: 1 + np.cosh(z)},
    "11.1": {"sets": lambda said, y: 2 * np.sum((said == 1) & (y == 1)) / (np.sum(said) + np.sum(y))},
    "11.2": {"by hand": lambda X, t, w, rate: _updates(X, t, w, [rate, rate])},
    "11.3": {
        "torch": lambda X, y, W1, b1, W2, b2: _by_gradient(
            lambda W1, X, y, b1, W2, b2: _cross_entropy((X @ W1 + b1).relu() @ W2 + b2, y), W1, X, y, b1, W2, b2
        ),
        "sign of h": lambda *case: _network(lambda a: np.sign(np.maximum(a, 0)), *case),
    },
    "11.5": {"another order": lambda *case: _adam(*case)},
    "11.8": {"step by step": lambda *case: _torch_epoch(*case)},
    "12.1": {"two pieces": lambda z, t: (t * np.logaddexp(0, -z) + (1 - t) * np.logaddexp(0, z)).mean(axis=0)},
    "12.2": {"p": lambda z: (sigmoid(z) > 0.5) * 1, "rounded": lambda z: np.round(sigmoid(z))},
    "12.4": {
        "from the plain loss": lambda z, t, w: ((1 + (w - 1) * t) * (np.logaddexp(0, z) - t * z)).mean(),
    },
    "13.1": {"windows": lambda image, kernel: _convolve(image, kernel, *kernel.shape)},
    "13.3": {
        "four tables": lambda r: np.max([r[::2, ::2], r[1::2, ::2], r[::2, 1::2], r[1::2, 1::2]], axis=0),
    },
    "13.4": {"windows": lambda image, kernels: _all_maps(image, kernels)},
    "14.1": {
        "a loop": _fifths,
        "digitize": lambda p, right: _gap(p, right, np.digitize(p, [0.2, 0.4, 0.6, 0.8])),
    },
    "14.2": {"min by key": lambda z, y, candidates: min(candidates, key=lambda T: _cost(z / T, y))},
    "14.4": {"a loop": lambda validation, test: max(zip(validation, test, strict=True))[1]},
}


@pytest.mark.parametrize("each", [each for each in FUNCTIONS if each.id in RIGHT], ids=lambda each: each.id)
def test_right_answers_in_other_words_are_right(each: Exercise) -> None:
    with np.errstate(all="ignore"):
        assert [name for name, answer in RIGHT[each.id].items() if not right_on(each, answer)] == []


DIGITS = {"09.3", "09.6"}  # where every digit is the subject


@pytest.mark.parametrize("each", [each for each in FUNCTIONS if each.id not in DIGITS], ids=lambda each: each.id)
def test_single_precision_is_right(each: Exercise) -> None:
    def single(*case: Any) -> Any:
        is_float = [isinstance(given, np.ndarray) and given.dtype == float for given in case]
        return each.answer(*(np.float32(given) if f else given for given, f in zip(case, is_float, strict=True)))

    assert right_on(each, single)
