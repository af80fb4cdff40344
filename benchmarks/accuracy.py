"""How far each function is from the truth, beside its peers; `python -m benchmarks.accuracy` writes docs/accuracy.md.

The truth is worked out with 50 digits by mpmath. Distances are counted in floats: 0 is the truth rounded to the type
of the logits, 1 its neighbour. The points are chosen to hurt: every size of logit, the neighbours of each place where
a formula changes, ties, rows that one logit rules, log-probabilities, whose logsumexp is almost zero.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

import mpmath as mp
import numpy as np
import numpy.typing as npt
import scipy.special
import torch
from torch.nn import functional

from course_utils import activations, losses, probability
from course_utils.numerics import FloatArray, ulp_distance

PAGE = Path(__file__).parents[1] / "docs" / "accuracy.md"
PACKAGES = ("numpy", "scipy", "torch", "mpmath")
POINTS = 10_000
CLASSES = (2, 3, 10, 33, 100, 1000)
KINDS = 13
DTYPES = (np.float64, np.float32)

FloatType = type[np.floating[Any]]
Inputs = tuple[npt.NDArray[Any], ...]


class Case(NamedTuple):
    """A function: the distance promised, its inputs, the exact answer for one sample, and the ways to compute it."""

    bound: int
    inputs: Callable[[FloatType, int, np.random.Generator], Iterator[Inputs]]
    exact: Callable[..., Any]
    ways: dict[str, Callable[..., Any]]


class Worst(NamedTuple):
    """Largest distances from the truth, in floats; inf or NaN where the answer is one and the truth is finite."""

    normal: float
    subnormal: float  # where the truth, rounded, is below the smallest normal float; its zero counts too
    place: str = ""  # the inputs of the worst normal result


def worst(case: Case, dtype: FloatType, points: int, seed: int = 0) -> dict[str, Worst]:
    """Worst distance of each way of a case on about that many points, fixed by the seed."""
    found = dict.fromkeys(case.ways, Worst(0, 0))
    for inputs in case.inputs(dtype, points, np.random.default_rng(seed)):
        with mp.workdps(50), np.errstate(over="ignore"):
            exact = [case.exact(*map(_exact_numbers, sample)) for sample in zip(*inputs, strict=True)]
            truth = np.array(exact, dtype=object).astype(np.float64).astype(dtype)
        small = np.abs(truth) < np.finfo(dtype).smallest_normal
        for name, way in case.ways.items():
            # Ours must not so much as warn.
            with np.errstate(all="ignore" if name != "ours" else "raise", under="ignore"):
                answer = np.asarray(way(*inputs)).astype(dtype, copy=False)
            found[name] = _worse(found[name], answer, truth, small, inputs)
    return found


def _worse(
    found: Worst, answer: FloatArray, truth: FloatArray, small: npt.NDArray[np.bool_], inputs: Inputs
) -> Worst:
    normal, subnormal = distance(answer[~small], truth[~small]), distance(answer[small], truth[small])
    place = found.place
    if _severity(normal) > _severity(found.normal) and np.isfinite(normal):
        apart = np.where(small, 0, ulp_distance(np.where(small, 0, answer).astype(truth.dtype), truth))
        place = _told(inputs, int(np.unravel_index(apart.argmax(), apart.shape)[0]))
    return Worst(max(found.normal, normal, key=_severity), max(found.subnormal, subnormal, key=_severity), place)


def _told(inputs: Inputs, n: int) -> str:
    """Sample n of the inputs in a few words: its numbers, or how many and between which two."""
    return "; ".join(_shown(np.asarray(values[n])) for values in inputs)


def _shown(sample: npt.NDArray[Any]) -> str:
    if sample.size > 3:
        return f"{sample.size} numbers, {sample.min():.4g} to {sample.max():.4g}"
    return ", ".join(f"{number:.6g}" for number in sample.reshape(-1))


def distance(answer: FloatArray, truth: FloatArray) -> float:
    """Largest number of floats between `answer` and `truth`; inf or NaN where only the answer is."""
    for bad in (np.isnan(answer), np.isinf(answer) & np.isfinite(truth)):
        if bad.any():
            return float(abs(answer[bad][0]))
    return float(ulp_distance(answer, truth).max(initial=0))


def _severity(found: float) -> float:
    return np.inf if np.isnan(found) else min(found, 1e300)


def _exact_numbers(sample: Any) -> Any:
    if isinstance(sample, np.ndarray):
        return [mp.mpf(float(x)) for x in sample]
    return int(sample) if isinstance(sample, np.integer) else mp.mpf(float(sample))


# ----------------------------------------------------------------------------------------------------
# The points
# ----------------------------------------------------------------------------------------------------


def points_on_the_line(dtype: FloatType, n: int, rng: np.random.Generator) -> FloatArray:
    """Logits (n,) of every size, from the smallest subnormal to the largest float, and crowds around the switches."""
    smallest, largest = np.log10(float(np.finfo(dtype).smallest_subnormal)), np.log10(float(np.finfo(dtype).max))
    edge = -smallest * np.log(10)  # where exp reaches zero
    m = n // 6
    sign = rng.choice([-1.0, 1.0], m)
    switches = np.array([0, np.log(2), 1, 16.64, 20, 36.74, 87.34, edge, np.log(10) * largest])
    crowd = (np.sign(rng.normal(size=m)) * rng.choice(switches, m)).astype(dtype)
    z = np.concatenate(
        [
            rng.uniform(-edge - 5, edge + 5, n - 5 * m),
            rng.uniform(-40, 40, m),
            rng.normal(scale=3, size=m),
            sign * 10 ** rng.uniform(smallest, largest, m),
            sign * 10 ** rng.uniform(-3, 3, m),
            crowd + rng.integers(-40, 41, m) * np.spacing(crowd).astype(np.float64),
        ]
    )
    return z.clip(-np.finfo(dtype).max, np.finfo(dtype).max).astype(dtype)


def rows(dtype: FloatType, n: int, rng: np.random.Generator) -> Iterator[FloatArray]:
    """Tables (N, K) of about n logits together, K from 2 to 1,000, of each kind; few points leave out long rows."""
    for K in CLASSES:
        quota = n / (len(CLASSES) * KINDS * K)
        for table in _kinds(dtype, K, int(quota) + 1, rng):
            N = int(quota + rng.random())
            if N > 0:
                yield table[:N].astype(dtype)


def _kinds(dtype: FloatType, K: int, N: int, rng: np.random.Generator) -> Iterator[npt.NDArray[np.float64]]:
    smallest, largest = np.log10(float(np.finfo(dtype).smallest_subnormal)), np.log10(float(np.finfo(dtype).max))
    edge = -smallest * np.log(10)
    z, uniform, column = rng.normal(size=(N, K)), rng.uniform(-1, 1, (N, K)), rng.uniform(0, 1, (N, 1))
    first = np.arange(K) == 0
    yield z
    yield 10 * z
    yield edge * uniform
    yield 3 * z + 10 ** (12 * column)  # far from zero
    yield np.where(first, 1500 * column, 1500 * column - edge * np.abs(uniform))  # one logit rules
    yield np.where(first, 0, -edge * (0.985 + 0.02 * np.abs(uniform)))  # and its log-probability is subnormal
    # Terms each of which is too small to be added to the largest, or to the second.
    vanishing = np.where((np.arange(K) == 1) & (column < 0.5), -0.5, np.log(np.finfo(dtype).eps) - 1.4 - column / 9)
    yield np.where(first, 0, vanishing)
    yield np.rint(3 * z)  # ties
    yield np.sign(uniform) * 10 ** (23 * np.abs(z) % 23 - 20)  # all sizes in one row
    yield np.sign(uniform) * 10 ** (largest * np.abs(uniform))  # up to the largest float
    log_p = 3 * z - scipy.special.logsumexp(3 * z, axis=1, keepdims=True)
    yield log_p.astype(dtype)
    yield log_p + (2 * column - 1) * 10 ** (-17 * column)  # logsumexp close to zero
    yield uniform * 10**smallest * 1000  # subnormal


def _logits(dtype: FloatType, n: int, rng: np.random.Generator) -> Iterator[Inputs]:
    yield (points_on_the_line(dtype, n, rng),)


def _rows(dtype: FloatType, n: int, rng: np.random.Generator) -> Iterator[Inputs]:
    return ((z,) for z in rows(dtype, n, rng))


def _rows_and_classes(dtype: FloatType, n: int, rng: np.random.Generator) -> Iterator[Inputs]:
    for z in rows(dtype, n, rng):
        # Every other row asks for its likeliest class, whose loss is the small one.
        yield z, np.where(rng.random(len(z)) < 0.5, z.argmax(axis=1), rng.integers(z.shape[1], size=len(z)))


def _rows_and_targets(dtype: FloatType, n: int, rng: np.random.Generator) -> Iterator[Inputs]:
    for z in rows(dtype, n, rng):
        yield z, _targets(z.shape, dtype, rng)


def _logits_and_labels(dtype: FloatType, n: int, rng: np.random.Generator) -> Iterator[Inputs]:
    yield points_on_the_line(dtype, n, rng), rng.integers(2, size=n).astype(dtype)


def _logits_and_targets(dtype: FloatType, n: int, rng: np.random.Generator) -> Iterator[Inputs]:
    z = points_on_the_line(dtype, n, rng)
    near = activations.sigmoid(z)  # every other target is what the model already says, to within a few floats
    yield z, np.where(rng.random(n) < 0.5, near, _targets((n,), dtype, rng))


def _probabilities_and_targets(dtype: FloatType, n: int, rng: np.random.Generator) -> Iterator[Inputs]:
    yield _probabilities(n, dtype, rng), _targets((n,), dtype, rng)


def _probabilities_and_classes(dtype: FloatType, n: int, rng: np.random.Generator) -> Iterator[Inputs]:
    for z, y in _rows_and_classes(dtype, n, rng):
        p = activations.softmax(z)
        certain = p[np.arange(len(y)), y] > 0
        if certain.any():
            yield p[certain], y[certain]


def _batch(
    draw: Callable[..., Iterator[Inputs]],
) -> Callable[[FloatType, int, np.random.Generator], Iterator[Inputs]]:
    """The same samples, each with the number of samples of its batch, by which the gradient of a mean is divided."""
    return lambda *given: ((*inputs, np.full(len(inputs[0]), len(inputs[0]))) for inputs in draw(*given))


def _few_classes(dtype: FloatType, n: int, rng: np.random.Generator) -> Iterator[Inputs]:
    return ((z,) for z in rows(dtype, n, rng) if z.shape[1] <= 10)


def _rows_and_temperatures(dtype: FloatType, n: int, rng: np.random.Generator) -> Iterator[Inputs]:
    for z in rows(dtype, n, rng):
        yield z, np.full(len(z), 0.05 * 400 ** rng.random())


def _distributions(dtype: FloatType, n: int, rng: np.random.Generator) -> Iterator[Inputs]:
    """Distributions (N, K): of every spread, with and without zeros, almost certain and all equal ones."""
    for K in CLASSES:
        N = int(n / (len(CLASSES) * 4 * K) + rng.random())
        z = rng.normal(size=(4, N, K)) * np.array([1, 10, 40, 0]).reshape(4, 1, 1)
        z[1][rng.random((N, K)) < 0.4] -= 800
        yield from ((activations.softmax(table.astype(dtype)),) for table in z if N)


def _pairs(dtype: FloatType, n: int, rng: np.random.Generator) -> Iterator[Inputs]:
    """Two distributions: close ones, as close as two floats; any; P with zeros."""
    for K in CLASSES:
        N = int(n / (len(CLASSES) * 6 * K) + rng.random())
        z, change = rng.normal(size=(N, K)) * 10 ** rng.uniform(-1, 1.5, (N, 1)), rng.normal(size=(N, K))
        for size in (10.0 ** -rng.uniform(0, 16, (N, 1)), 10.0 ** -rng.uniform(0, 4, (N, 1)), 1, 30):
            if N:
                yield (
                    activations.softmax(z.astype(dtype)),
                    _positive(activations.softmax((z + size * change).astype(dtype))),
                )
        sparse = activations.softmax(np.where(rng.random((N, K)) < 0.5, -np.inf, z) + 0 * z) if K > 10 else None
        if sparse is not None and N:
            yield sparse.astype(dtype), _positive(activations.softmax((3 * change).astype(dtype)))


def _positive(Q: FloatArray) -> FloatArray:
    return np.maximum(Q, np.finfo(Q.dtype).smallest_normal)


def _events(dtype: FloatType, n: int, rng: np.random.Generator) -> Iterator[Inputs]:
    """Distributions, an event and a condition of positive probability, as masks."""
    for (P,) in _distributions(dtype, n // 4, rng):
        event, given = rng.random((2, *P.shape)) < 0.5
        given[np.arange(len(P)), P.argmax(axis=1)] = True
        yield P, event.astype(int), given.astype(int)


def _labelled(dtype: FloatType, n: int, rng: np.random.Generator) -> Iterator[Inputs]:
    """Probabilities of class 1 of 1 to 100 samples, and their labels, of moderate size: no product underflows."""
    for N in CLASSES[:5]:
        many = n // (5 * N)
        yield rng.uniform(0.01, 0.99, (many, N)).astype(dtype), rng.integers(2, size=(many, N))


def _probabilities(n: int, dtype: FloatType, rng: np.random.Generator) -> FloatArray:
    """Probabilities strictly between 0 and 1: any, tiny and almost certain ones."""
    info = np.finfo(dtype)
    p = rng.random(n)
    tiny = 10 ** (p * float(np.log10(info.smallest_normal)))
    mixed = np.choose(rng.integers(3, size=n), [p, tiny, 1 - 10 ** (-7 * p)])
    return mixed.astype(dtype).clip(info.smallest_subnormal, 1 - info.epsneg)


def _targets(shape: tuple[int, ...], dtype: FloatType, rng: np.random.Generator) -> FloatArray:
    """Targets of every sort: 0, 1, anything between, tiny, almost one; every other row has only one sort."""
    t, sort = rng.random(shape), rng.integers(6, size=shape)
    sort[::2] = sort[::2, :1] if len(shape) == 2 else sort[::2]
    # Beside a first target of 1, small ones of one size vanish if they are added one by one.
    vanishing = np.where(np.arange(shape[-1]) == 0, 1, np.finfo(dtype).eps / 5) + 0 * t
    choices = [0 * t, 0 * t + 1, t, 10 ** (-30 * t), 1 - 10 ** (-7 * t), vanishing]
    return np.choose(sort, choices).astype(dtype)


# ----------------------------------------------------------------------------------------------------
# The truth, for one sample
# ----------------------------------------------------------------------------------------------------


def _tail(z: Any) -> Any:
    return mp.exp(-min(abs(z), 10**5))  # beyond, no float type holds it


def exact_sigmoid(z: Any) -> Any:
    return (1 if z >= 0 else _tail(z)) / (1 + _tail(z))


def exact_softplus(z: Any) -> Any:
    return max(z, 0) + mp.log1p(_tail(z))


def exact_rest(z: list[Any]) -> tuple[Any, Any]:
    """Return the largest logit, and the sum of exp(z - largest) without the one term that is 1."""
    terms = sorted(z)
    return terms[-1], mp.fsum(mp.exp(max(z_c - terms[-1], -(10**5))) for z_c in terms[:-1])


def exact_softmax(z: list[Any]) -> list[Any]:
    largest, rest = exact_rest(z)
    return [mp.exp(max(z_c - largest, -(10**5))) / (1 + rest) for z_c in z]


def exact_log_softmax(z: list[Any]) -> list[Any]:
    largest, rest = exact_rest(z)
    return [z_c - largest - mp.log1p(rest) for z_c in z]


def exact_logsumexp(z: list[Any]) -> Any:
    with mp.workdps(100):  # 50 of them may cancel
        largest, rest = exact_rest(z)
        return largest + mp.log1p(rest)


def exact_softmax_jacobian(z: list[Any]) -> list[list[Any]]:
    p = exact_softmax(z)
    J = [[-p_i * p_c for p_c in p] for p_i in p]
    for i in range(len(p)):
        J[i][i] = -mp.fsum(J[i][:i] + J[i][i + 1 :])
    return J


def exact_slopes_of_classes(z: list[Any], y: int, N: int = 1) -> list[Any]:
    """Slopes p - t over N; that of the class asked for is minus the sum of the others."""
    p = exact_softmax(z)
    return [(-mp.fsum(p[:y] + p[y + 1 :]) if c == y else p[c]) / N for c in range(len(p))]


def exact_error(z: Any, t: Any) -> Any:
    with mp.workdps(400):
        return exact_sigmoid(z) - t


def exact_entropy(P: list[Any], Q: list[Any] | None = None) -> Any:
    """-sum P ln Q."""
    return -mp.fsum(p * mp.log(q) for p, q in zip(P, Q or P, strict=True) if p)


def exact_kl_divergence(P: list[Any], Q: list[Any]) -> Any:
    return mp.fsum((p * mp.log(p / q) if p else 0) - p + q for p, q in zip(P, Q, strict=True))


def exact_probability(P: list[Any], event: list[Any], given: list[Any]) -> Any:
    return min(1, mp.fsum(p for p, inside in zip(P, event, strict=True) if inside))


def exact_conditional(P: list[Any], event: list[Any], given: list[Any]) -> Any:
    both = [a * b for a, b in zip(event, given, strict=True)]
    return exact_probability(P, both, given) / exact_probability(P, given, given)


def exact_likelihood(p: list[Any], y: list[Any]) -> Any:
    return mp.fprod(p_n if y_n else 1 - p_n for p_n, y_n in zip(p, y, strict=True))


def exact_binary_cross_entropy_from_logits(z: list[Any], t: list[Any]) -> Any:
    return mp.fsum(
        t_k * exact_softplus(-z_k) + (1 - t_k) * exact_softplus(z_k) for z_k, t_k in zip(z, t, strict=True)
    )


def exact_mse_from_logits(z: Any, t: Any) -> Any:
    with mp.workdps(400):  # sigmoid(z) and t can agree in all digits that float64 has room for
        return (exact_sigmoid(z) - t) ** 2


def exact_cross_entropy_of_targets(z: list[Any], t: list[Any]) -> Any:
    return -mp.fsum(t_c * log_p for t_c, log_p in zip(t, exact_log_softmax(z), strict=True))


# ----------------------------------------------------------------------------------------------------
# The ways: ours, the peers', and the formula as a slide prints it
# ----------------------------------------------------------------------------------------------------


def _torch(function: Callable[..., torch.Tensor], **options: Any) -> Callable[..., FloatArray]:
    def way(*inputs: npt.NDArray[Any]) -> FloatArray:
        answer: FloatArray = function(*map(torch.from_numpy, inputs), **options).numpy()
        return answer

    return way


def _each(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *inputs: function(*inputs, per_sample=True)


def _torch_slopes(loss: Callable[..., torch.Tensor]) -> Callable[..., FloatArray]:
    """The gradient that torch works out for a loss of logits; what follows the targets is left out."""

    def way(z: FloatArray, t: npt.NDArray[Any], *_: object) -> FloatArray:
        logits = torch.from_numpy(z).requires_grad_()
        torch.autograd.backward(loss(logits, torch.from_numpy(t)))
        assert logits.grad is not None
        slopes: FloatArray = logits.grad.numpy()
        return slopes

    return way


def _each_row(function: Callable[..., float]) -> Callable[..., FloatArray]:
    """A function of one sample, applied to each."""
    return lambda *inputs: np.array([function(*sample) for sample in zip(*inputs, strict=True)])


def _probability(P: FloatArray, event: npt.NDArray[Any], given: npt.NDArray[Any]) -> float:
    return probability.probability(dict(enumerate(P)), set(np.flatnonzero(event).tolist()))


def _conditional(P: FloatArray, event: npt.NDArray[Any], given: npt.NDArray[Any]) -> float:
    a, b = (set(np.flatnonzero(mask).tolist()) for mask in (event, given))
    return probability.conditional(dict(enumerate(P)), a, b)


def _chances(p: FloatArray, y: npt.NDArray[Any]) -> FloatArray:
    return np.where(y == 1, p, 1 - p)


def slide_sigmoid(z: FloatArray) -> FloatArray:
    p: FloatArray = 1 / (1 + np.exp(-z))
    return p


def slide_softmax(z: FloatArray) -> FloatArray:
    p: FloatArray = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return p


def slide_binary_cross_entropy(p: FloatArray, t: FloatArray) -> FloatArray:
    loss: FloatArray = -(t * np.log(p) + (1 - t) * np.log(1 - p))
    return loss


CASES = {
    "sigmoid": Case(
        4,
        _logits,
        exact_sigmoid,
        {
            "ours": activations.sigmoid,
            "scipy": scipy.special.expit,
            "torch": _torch(torch.sigmoid),
            "slide": slide_sigmoid,
        },
    ),
    "sigmoid_derivative": Case(
        4,
        _logits,
        lambda z: _tail(z) / (1 + _tail(z)) ** 2,
        {
            "ours": activations.sigmoid_derivative,
            "torch": _torch(lambda z: torch.ops.aten.sigmoid_backward(torch.ones_like(z), torch.sigmoid(z))),
            "slide": lambda z: slide_sigmoid(z) * (1 - slide_sigmoid(z)),
        },
    ),
    "softplus": Case(
        4,
        _logits,
        exact_softplus,
        {
            "ours": activations.softplus,
            "scipy": lambda z: -scipy.special.log_expit(-z),
            "torch": _torch(functional.softplus),
            "slide": lambda z: np.log(1 + np.exp(z)),
        },
    ),
    "log_sigmoid": Case(
        4,
        _logits,
        lambda z: -exact_softplus(-z),
        {
            "ours": activations.log_sigmoid,
            "scipy": scipy.special.log_expit,
            "torch": _torch(functional.logsigmoid),
            "slide": lambda z: np.log(slide_sigmoid(z)),
        },
    ),
    "softmax": Case(
        8,
        _rows,
        exact_softmax,
        {
            "ours": activations.softmax,
            "scipy": lambda z: scipy.special.softmax(z, axis=1),
            "torch": _torch(torch.softmax, dim=1),
            "slide": slide_softmax,
        },
    ),
    "log_softmax": Case(
        8,
        _rows,
        exact_log_softmax,
        {
            "ours": activations.log_softmax,
            "scipy": lambda z: scipy.special.log_softmax(z, axis=1),
            "torch": _torch(torch.log_softmax, dim=1),
            "slide": lambda z: np.log(slide_softmax(z)),
        },
    ),
    "logsumexp": Case(
        8,
        _rows,
        exact_logsumexp,
        {
            "ours": activations.logsumexp,
            "scipy": lambda z: scipy.special.logsumexp(z, axis=1),
            "torch": _torch(torch.logsumexp, dim=1),
            "slide": lambda z: np.log(np.exp(z).sum(axis=1)),
        },
    ),
    "cross_entropy_from_logits, classes": Case(
        8,
        _rows_and_classes,
        lambda z, y: -exact_log_softmax(z)[y],
        {
            "ours": _each(losses.cross_entropy_from_logits),
            "torch": _torch(functional.cross_entropy, reduction="none"),
            "slide": lambda z, y: -np.log(slide_softmax(z)[np.arange(len(y)), y]),
        },
    ),
    "cross_entropy_from_logits, targets": Case(
        8,
        _rows_and_targets,
        exact_cross_entropy_of_targets,
        {
            "ours": _each(losses.cross_entropy_from_logits),
            "torch": _torch(functional.cross_entropy, reduction="none"),
            "slide": lambda z, t: -(t * np.log(slide_softmax(z))).sum(axis=1),
        },
    ),
    "binary_cross_entropy_from_logits": Case(
        8,
        _rows_and_targets,
        exact_binary_cross_entropy_from_logits,
        {
            "ours": _each(losses.binary_cross_entropy_from_logits),
            "torch": _torch(
                lambda z, t: functional.binary_cross_entropy_with_logits(z, t, reduction="none").sum(dim=1)
            ),
            "slide": lambda z, t: slide_binary_cross_entropy(slide_sigmoid(z), t).sum(axis=1),
        },
    ),
    "mse_from_logits, labels 0 and 1": Case(
        8,
        _logits_and_labels,
        exact_mse_from_logits,
        {
            "ours": _each(losses.mse_from_logits),
            "torch": _torch(lambda z, t: (torch.sigmoid(z) - t) ** 2),
            "slide": lambda z, t: (slide_sigmoid(z) - t) ** 2,
        },
    ),
    "cross_entropy": Case(
        8,
        _probabilities_and_classes,
        lambda p, y: -mp.log(p[y]),
        {
            "ours": _each(losses.cross_entropy),
            "torch": _torch(lambda p, y: functional.nll_loss(torch.log(p), y, reduction="none")),
            "slide": lambda p, y: -np.log(p[np.arange(len(y)), y]),
        },
    ),
    "binary_cross_entropy": Case(
        8,
        _probabilities_and_targets,
        lambda p, t: -t * mp.log(p) - (1 - t) * mp.log1p(-p),
        {
            "ours": _each(losses.binary_cross_entropy),
            "torch": _torch(functional.binary_cross_entropy, reduction="none"),
            "slide": slide_binary_cross_entropy,
        },
    ),
    "mse": Case(
        8,
        _probabilities_and_targets,
        lambda p, t: (p - t) ** 2,
        {
            "ours": _each(losses.mse),
            "torch": _torch(functional.mse_loss, reduction="none"),
            "slide": lambda p, t: (p - t) ** 2,
        },
    ),
    "softmax_jacobian": Case(
        8,
        _few_classes,
        exact_softmax_jacobian,
        {
            "ours": activations.softmax_jacobian,
            "slide": lambda z: np.array([np.diag(p) - np.outer(p, p) for p in slide_softmax(z)]),
        },
    ),
    "softmax, temperature 0.05 to 20": Case(
        8,
        _rows_and_temperatures,
        lambda z, T: exact_softmax([z_c / T for z_c in z]),
        {
            "ours": lambda z, T: activations.softmax(z, temperature=T[0]),
            "scipy": lambda z, T: scipy.special.softmax(z / z.dtype.type(T[0]), axis=1),
            "torch": lambda z, T: torch.softmax(torch.from_numpy(z) / T[0], dim=1).numpy(),
            "slide": lambda z, T: slide_softmax(z / z.dtype.type(T[0])),
        },
    ),
    "log_softmax, temperature 0.05 to 20": Case(
        8,
        _rows_and_temperatures,
        lambda z, T: exact_log_softmax([z_c / T for z_c in z]),
        {
            "ours": lambda z, T: activations.log_softmax(z, temperature=T[0]),
            "scipy": lambda z, T: scipy.special.log_softmax(z / z.dtype.type(T[0]), axis=1),
            "torch": lambda z, T: torch.log_softmax(torch.from_numpy(z) / T[0], dim=1).numpy(),
            "slide": lambda z, T: np.log(slide_softmax(z / z.dtype.type(T[0]))),
        },
    ),
    "cross_entropy_gradient, classes": Case(
        8,
        _batch(_rows_and_classes),
        exact_slopes_of_classes,
        {
            "ours": lambda z, y, _: losses.cross_entropy_gradient(z, y),
            "torch": _torch_slopes(functional.cross_entropy),
            "slide": lambda z, y, _: (slide_softmax(z) - losses.one_hot(y, z.shape[1])) / len(z),
        },
    ),
    "cross_entropy_loss_and_gradient, slopes of classes": Case(
        8,
        _rows_and_classes,
        exact_slopes_of_classes,
        {
            "ours": lambda z, y: losses.cross_entropy_loss_and_gradient(z, y)[1],
            "slide": lambda z, y: slide_softmax(z) - losses.one_hot(y, z.shape[1]),
        },
    ),
    "binary_cross_entropy_gradient, labels 0 and 1": Case(
        8,
        _batch(_logits_and_labels),
        lambda z, t, N: exact_error(z, t) / N,
        {
            "ours": lambda z, t, _: losses.binary_cross_entropy_gradient(z, t),
            "torch": _torch_slopes(functional.binary_cross_entropy_with_logits),
            "slide": lambda z, t, _: (slide_sigmoid(z) - t) / len(z),
        },
    ),
    "binary_cross_entropy_loss_and_gradient, slopes of labels 0 and 1": Case(
        8,
        _logits_and_labels,
        exact_error,
        {
            "ours": lambda z, t: losses.binary_cross_entropy_loss_and_gradient(z, t)[1],
            "slide": lambda z, t: slide_sigmoid(z) - t,
        },
    ),
    "mse_from_logits_gradient, labels 0 and 1": Case(
        8,
        _batch(_logits_and_labels),
        lambda z, t, N: 2 * exact_error(z, t) * _tail(z) / (1 + _tail(z)) ** 2 / N,
        {
            "ours": lambda z, t, _: losses.mse_from_logits_gradient(z, t),
            "torch": _torch_slopes(lambda z, t: functional.mse_loss(torch.sigmoid(z), t)),
            "slide": lambda z, t, _: 2 * (slide_sigmoid(z) - t) * slide_sigmoid(z) * (1 - slide_sigmoid(z)) / len(z),
        },
    ),
    "bernoulli": Case(
        1,
        lambda dtype, n, rng: iter([(_probabilities(n, dtype, rng),)]),
        lambda p: [1 - p, p],
        {"ours": probability.bernoulli},
    ),
    "entropy": Case(
        8,
        _distributions,
        exact_entropy,
        {
            "ours": probability.entropy,
            "scipy": lambda P: scipy.special.entr(P).sum(axis=1),
            "torch": _torch(lambda P: torch.special.entr(P).sum(dim=1)),
            "slide": lambda P: -(P * np.log(P)).sum(axis=1),
        },
    ),
    "probability.cross_entropy": Case(
        8,
        _pairs,
        exact_entropy,
        {
            "ours": probability.cross_entropy,
            "scipy": lambda P, Q: -scipy.special.xlogy(P, Q).sum(axis=1),
            "torch": _torch(lambda P, Q: -torch.xlogy(P, Q).sum(dim=1)),
            "slide": lambda P, Q: -(P * np.log(Q)).sum(axis=1),
        },
    ),
    "kl_divergence": Case(
        8,
        _pairs,
        exact_kl_divergence,
        {
            "ours": probability.kl_divergence,
            "scipy": lambda P, Q: scipy.special.kl_div(P, Q).sum(axis=1),
            "torch": _torch(lambda P, Q: (functional.kl_div(Q.log(), P, reduction="none") - P + Q).sum(dim=1)),
            "slide": lambda P, Q: (P * np.log(P / Q)).sum(axis=1),
        },
    ),
    "probability": Case(1, _events, exact_probability, {"ours": _each_row(_probability)}),
    "conditional": Case(4, _events, exact_conditional, {"ours": _each_row(_conditional)}),
    "likelihood, up to 100 samples": Case(
        32,
        _labelled,
        exact_likelihood,
        {
            "ours": _each_row(probability.likelihood),
            "torch": _torch(lambda p, y: torch.where(y == 1, p, 1 - p).prod(dim=1)),
            "slide": lambda p, y: _chances(p, y).prod(axis=1),
        },
    ),
    "log_likelihood, up to 100 samples": Case(
        8,
        _labelled,
        lambda p, y: mp.log(exact_likelihood(p, y)),
        {
            "ours": _each_row(probability.log_likelihood),
            "torch": _torch(lambda p, y: torch.where(y == 1, p, 1 - p).log().sum(dim=1)),
            "slide": lambda p, y: np.log(_chances(p, y)).sum(axis=1),
        },
    ),
}

# Public functions whose results are not rounded.
EXACT = {
    "one_hot": "zeros and ones",
    "is_disjoint": "True or False",
    "sample": "whole numbers",
    "check_distribution": "its argument",
}

# What cannot be promised, measured all the same: p and t may agree in all the digits that there are.
LIMITS = {
    "mse_from_logits, any target": CASES["mse_from_logits, labels 0 and 1"]._replace(inputs=_logits_and_targets),
    "binary_cross_entropy_gradient, any target": CASES["binary_cross_entropy_gradient, labels 0 and 1"]._replace(
        inputs=_batch(_logits_and_targets)
    ),
    "mse_from_logits_gradient, any target": CASES["mse_from_logits_gradient, labels 0 and 1"]._replace(
        inputs=_batch(_logits_and_targets)
    ),
}


# ----------------------------------------------------------------------------------------------------
# The page
# ----------------------------------------------------------------------------------------------------

INTRODUCTION = """# Accuracy

<!-- Written by `python -m benchmarks.accuracy`. -->
How far is an answer from the truth? The truth is worked out with 50
digits by mpmath and rounded to the type of the logits. The distance is the number of floats from there to the answer,
called ulp, units in the last place: 0 is the best float there is, 1 its neighbour. The tables show the **worst** of
about {points:,} points for each function and type. A row of K logits counts as K points; K is {classes}.

The points are chosen to hurt: logits of every size, from the smallest subnormal float to the largest float there is;
the neighbours of each place where a formula changes; ties; one logit that rules its row; rows far from zero; rows of
log-probabilities, whose logsumexp is almost zero; distributions as close as two floats. The course promises at most 4
for what acts on each entry (sigmoid to log_sigmoid in the table), at most 8 for what adds up a row and for the losses
and gradients of single samples, and 32 for a product of 100 probabilities, each of which rounds it once.
`tests/unit/test_accuracy.py` holds it to that on fewer points, and to a row for every public function of
`activations`, `losses` and `probability`. Nothing is rounded by {exact}. "where" is the input of our worst result.

"slide" is the formula as a lecture prints it. Where a library has no such function, its column combines the nearest
ones it has (the code says how), or is empty. "no digit" means further from the truth than 1 is from 2.

Machine: {cores} cores, {machine}, {system}; Python {python}, {versions}.
NumPy takes its exponentials from the widest instructions of the processor: elsewhere a figure may differ by one or
two.

## Results that are normal floats

"""

READING = """
How to read it:

- The slide's formulas fail where exp overflows (beyond 709 in float64, 88 in float32) and where a log meets 0.
- softmax: scipy and torch subtract the largest logit, as everyone does. The difference is rounded, and the
  exponential multiplies that error by |z - max|, up to 745 in float64. The course keeps what the rounding lost and
  puts it back, and so with what the division by a temperature loses. In float32 it works in float64 and rounds at
  the end.
- log_softmax and the losses: in the log of the sum the largest term is 1, and next to it a small rest loses its
  digits. `log1p` of the rest alone keeps them. A sure and right prediction has a tiny loss, and not 0.
- sigmoid_derivative: p (1 - p) needs 1 - p, and a p rounded to 1 knows nothing of it. The course computes the smaller
  of the two and derives the other from it.
- In float32 the course is almost always right to the last digit, since it works in float64. The binary cross-entropy
  from logits, which a training run calls thousands of times, and the losses of probabilities stay in float32.
- kl_divergence: P and Q agree in their first digits, and P ln(P / Q) - P + Q is of the second order in what is left.
  With s = (P - Q) / (P + Q) the course sums a series in s, in which nothing cancels.

## Results below the smallest normal float

Below 2e-308 in float64 and 1e-38 in float32, floats are evenly spaced down to zero and have fewer and fewer digits.
They are counted like all others, but kept apart: a 0 there is wrong by many floats, and by nothing that anyone would
see in a plot. Functions without such results are left out.

"""

LIMITED = """
## A limit

What cannot be promised, on a quarter of the points:

"""

LIMITS_TOLD = """
- The squared error of a sigmoid is (p - t)^2. Where the model already says almost what the target asks, p and t agree
  in their first digits, and their difference holds only what is left. The difference itself is right to 3e-16. With
  targets 0 and 1 nothing is lost: the difference is then p or 1 - p, and either is computed for itself.
- A gradient is the same difference, p - t.

## Why logsumexp calls for help

ln(0.3 + 0.7) is 0. But ln 0.3 and ln 0.7 are no floats, and the logsumexp of their nearest floats is {small:.1e}:
that is what their rounding adds up to. It is a true number, and float64 cannot find it: the largest logit and the log
of the rest cancel to the last digit. Such rows are added up with 115 bits, each exponential in three floats whose
sums are exact, and one row in a thousand, whose sum is closer to one than that can tell, in decimal arithmetic with
as many digits as it takes. docs/performance.md says what it costs.

"""

SOFTPLUS = """## Why torch's softplus is so far off in float64

`torch.nn.functional.softplus(z)` has a parameter `threshold=20`: beyond it, it returns z itself. What it leaves out
is ln(1 + e^-z), about e^-20 = {left_out:.2e}. In float32 that is nothing: there the floats at 20 are {gap32:.1e}
apart. In float64 they are {gap64:.1e} apart, and e^-20 is {floats:,.0f} of those steps. Measured: at 20 torch is
{at} floats off; at the next float above 20 it returns {returned} and is {above:,} floats off. The gap closes near
z = 33.3, where e^-z is half a step. An error of 2e-9 harms no training run. Yet torch's own `logsigmoid` is the same
function mirrored, and has no threshold: -logsigmoid(-z) is the better softplus.
"""


def page(points: int = POINTS, workers: int | None = None) -> str:
    """Measure all cases, so many at a time, and tell what came out."""
    keys = [(name, dtype) for name in CASES for dtype in DTYPES]
    limited = [(name, dtype) for name in LIMITS for dtype in DTYPES]
    with ProcessPoolExecutor(workers) as pool:
        results = dict(zip(keys, pool.map(_worst, keys, repeat(points)), strict=True))
        limits = dict(zip(limited, pool.map(_worst, limited, repeat(points // 4)), strict=True))
    subnormal = {key: ways for key, ways in results.items() if any(found.subnormal for found in ways.values())}
    introduction = INTRODUCTION.format(
        points=points,
        classes=", ".join(f"{K:,}" for K in CLASSES),
        cores=os.cpu_count(),
        machine=platform.machine(),
        system=platform.system(),
        python=sys.version.split()[0],
        versions=", ".join(f"{name} {version(name)}" for name in PACKAGES),
        exact=", ".join(f"`{name}` ({returns})" for name, returns in EXACT.items()),
    )
    return (
        introduction
        + _table(results, "normal")
        + READING
        + _table(subnormal, "subnormal")
        + LIMITED
        + _table(limits, "normal")
        + LIMITS_TOLD.format(small=activations.logsumexp(np.log([0.3, 0.7])))
        + SOFTPLUS.format(**softplus_beyond_its_threshold())
    )


def _worst(key: tuple[str, FloatType], points: int) -> dict[str, Worst]:
    name, dtype = key
    return worst({**CASES, **LIMITS}[name], dtype, points)


def softplus_beyond_its_threshold() -> dict[str, Any]:
    """Torch's softplus at 20 and at the first float above it."""
    z = np.array([20.0, np.nextafter(20.0, 21.0)])
    theirs = functional.softplus(torch.from_numpy(z)).numpy()
    truth = np.array([float(exact_softplus(mp.mpf(float(z_i)))) for z_i in z])
    at, above = ulp_distance(theirs, truth)
    return {
        "left_out": np.exp(-20.0),
        "gap64": np.spacing(20.0),
        "gap32": np.spacing(np.float32(20)),
        "floats": np.exp(-20.0) / np.spacing(20.0),
        "returned": "z" if theirs[1] == z[1] else "another number",
        "at": int(at),
        "above": int(above),
    }


def _table(results: dict[tuple[str, FloatType], dict[str, Worst]], kind: str) -> str:
    names = ("ours", "scipy", "torch", "slide")
    where = kind == "normal"
    lines = [
        "| function | type | " + " | ".join(names) + " |" + " where |" * where,
        "|---|---|" + "---:|" * len(names) + "---|" * where,
    ]
    for (function, dtype), ways in results.items():
        cells = [_cell(getattr(ways[name], kind), dtype) if name in ways else "" for name in names]
        place = f" {ways['ours'].place} |" if where else ""
        lines.append(f"| {function} | {dtype.__name__} | " + " | ".join(cells) + " |" + place)
    return "\n".join(lines) + "\n"


def _cell(found: float, dtype: FloatType) -> str:
    if not np.isfinite(found):
        return "infinite" if np.isinf(found) else "NaN"
    if found > 1 / np.finfo(dtype).eps:
        return "no digit"
    return f"{found:,.0f}" if found < 1e6 else f"{found:.0e}".replace("e+0", "e").replace("e+", "e")


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
