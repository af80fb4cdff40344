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
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import mpmath as mp
import numpy as np
import numpy.typing as npt
import scipy.special
import torch
from torch.nn import functional

from course_utils import activations, losses
from course_utils.numerics import FloatArray, ulp_distance

PAGE = Path(__file__).parents[1] / "docs" / "accuracy.md"
PACKAGES = ("numpy", "scipy", "torch", "mpmath")
POINTS = 200_000
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
                answer = np.asarray(way(*inputs))
            here = distance(answer[~small], truth[~small]), distance(answer[small], truth[small])
            found[name] = Worst(*(max(pair, key=_severity) for pair in zip(found[name], here, strict=True)))
    return found


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
}

# What cannot be promised, measured all the same.
LIMITS = {
    "mse_from_logits, any target": CASES["mse_from_logits, labels 0 and 1"]._replace(inputs=_logits_and_targets),
    "softmax, temperature 3": CASES["softmax"]._replace(
        exact=lambda z: exact_softmax([z_c / 3 for z_c in z]),
        ways={
            "ours": lambda z: activations.softmax(z, temperature=3),
            "scipy": lambda z: scipy.special.softmax(z / z.dtype.type(3), axis=1),
            "torch": _torch(lambda z: torch.softmax(z / 3, dim=1)),
            "slide": lambda z: slide_softmax(z / z.dtype.type(3)),
        },
    ),
}


# ----------------------------------------------------------------------------------------------------
# The page
# ----------------------------------------------------------------------------------------------------

INTRODUCTION = """# Accuracy

Written by `python -m benchmarks.accuracy`. How far is an answer from the truth? The truth is worked out with 50
digits by mpmath and rounded to the type of the logits. The distance is the number of floats from there to the answer,
called ulp, units in the last place: 0 is the best float there is, 1 its neighbour. The tables show the **worst** of
about {points:,} points for each function and type. A row of K logits counts as K points; K is {classes}.

The points are chosen to hurt: logits of every size, from the smallest subnormal float to the largest float there is;
the neighbours of each place where a formula changes; ties; one logit that rules its row; rows far from zero; rows of
log-probabilities, whose logsumexp is almost zero. The course promises at most 4 for what acts on each entry
(sigmoid to log_sigmoid in the table), and at most 8 for what adds up a row and for the losses of single samples.
`tests/unit/test_accuracy.py` holds it to that on fewer points.

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
  puts it back. In float32 it works in float64 and rounds at the end.
- log_softmax and the losses: in the log of the sum the largest term is 1, and next to it a small rest loses its
  digits. `log1p` of the rest alone keeps them. A sure and right prediction has a tiny loss, and not 0.
- sigmoid_derivative: p (1 - p) needs 1 - p, and a p rounded to 1 knows nothing of it. The course computes the smaller
  of the two and derives the other from it.
- In float32 the course is almost always right to the last digit, since it works in float64. The binary cross-entropy
  from logits, which a training run calls thousands of times, and the losses of probabilities stay in float32.

## Results below the smallest normal float

Below 2e-308 in float64 and 1e-38 in float32, floats are evenly spaced down to zero and have fewer and fewer digits.
They are counted like all others, but kept apart: a 0 there is wrong by many floats, and by nothing that anyone would
see in a plot. Functions without such results are left out.

"""

LIMITED = """
## Two limits

What cannot be promised, on a quarter of the points:

"""

LIMITS_TOLD = """
- The squared error of a sigmoid is (p - t)^2. Where the model already says almost what the target asks, p and t agree
  in their first digits, and their difference holds only what is left. The difference itself is right to 3e-16. With
  targets 0 and 1 nothing is lost: the difference is then p or 1 - p, and either is computed for itself.
- In float64 a temperature T other than 1, 2, 4, 1/2 ... rounds each (z - max) / T, and the exponential multiplies
  that error by its size. In float32 the division is done in float64, and nothing is lost.

## Why logsumexp calls for help

ln(0.3 + 0.7) is 0. But ln 0.3 and ln 0.7 are no floats, and the logsumexp of their nearest floats is {small:.1e}:
that is what their rounding adds up to. It is a true number, and float64 cannot find it: the largest logit and the log
of the rest cancel to the last digit. Such rows are added up with 25 decimal digits, or 50, or as many as it takes.
It costs about 0.01 ms a logit, a thousand times the usual price, and is done for no other row.

"""

SOFTPLUS = """## Why torch's softplus is so far off in float64

`torch.nn.functional.softplus(z)` has a parameter `threshold=20`: beyond it, it returns z itself. What it leaves out
is ln(1 + e^-z), about e^-20 = {left_out:.2e}. In float32 that is nothing: there the floats at 20 are {gap32:.1e}
apart. In float64 they are {gap64:.1e} apart, and e^-20 is {floats:,.0f} of those steps. Measured: at 20 torch is
{at} floats off; at the next float above 20 it returns {returned} and is {above:,} floats off. The gap closes near
z = 33.3, where e^-z is half a step. An error of 2e-9 harms no training run. Yet torch's own `logsigmoid` is the same
function mirrored, and has no threshold: -logsigmoid(-z) is the better softplus.
"""


def page(points: int = POINTS) -> str:
    """Measure all cases and tell what came out."""
    results = {(name, dtype): worst(case, dtype, points) for name, case in CASES.items() for dtype in DTYPES}
    limits = {(name, dtype): worst(case, dtype, points // 4) for name, case in LIMITS.items() for dtype in DTYPES}
    subnormal = {key: ways for key, ways in results.items() if any(found.subnormal for found in ways.values())}
    introduction = INTRODUCTION.format(
        points=points,
        classes=", ".join(f"{K:,}" for K in CLASSES),
        cores=os.cpu_count(),
        machine=platform.machine(),
        system=platform.system(),
        python=sys.version.split()[0],
        versions=", ".join(f"{name} {version(name)}" for name in PACKAGES),
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
    lines = ["| function | type | " + " | ".join(names) + " |", "|---|---|" + "---:|" * len(names)]
    for (function, dtype), ways in results.items():
        cells = [_cell(getattr(ways[name], kind), dtype) if name in ways else "" for name in names]
        lines.append(f"| {function} | {dtype.__name__} | " + " | ".join(cells) + " |")
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
