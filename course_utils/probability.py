"""Chance in finite spaces: events and their probabilities, distributions, entropy, divergence and likelihood.

A finite space is a dictionary {outcome: probability}, an event a set of its outcomes. From `bernoulli` on, a
distribution is an array of K probabilities along the last axis, so that (N, K) holds N of them.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Mapping
from decimal import Context, Decimal
from functools import cache
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from course_utils.numerics import (
    FloatArray,
    IntArray,
    check_integer,
    check_labels,
    check_probabilities,
    check_shape,
    sum_in_pairs,
)

Outcome = TypeVar("Outcome", bound=Hashable)


def probability(distribution: Mapping[Outcome, float], event: Collection[Outcome]) -> float:
    """Probability of an event: the masses of its outcomes, added.

    `distribution` maps every outcome of the space to its probability; `event` is a set of outcomes. A negative
    mass, masses that do not sum to one (see `check_distribution`) and an outcome outside the space raise ValueError.

    >>> probability({"rain": 0.15, "sun": 0.5, "wind": 0.1, "cloud": 0.25}, {"rain", "wind"})
    0.25
    """
    return _mass(_check_space(distribution), "event", event)


def conditional(
    distribution: Mapping[Outcome, float], event: Collection[Outcome], given: Collection[Outcome]
) -> float:
    """Probability of `event` once `given` is known to have happened: P(event and given) / P(given).

    Arguments and errors as in `probability`; a condition of probability zero raises ValueError.

    >>> conditional({1: 0.2, 2: 0.2, 3: 0.6}, event={1, 3}, given={1, 2})
    0.5
    """
    masses = _check_space(distribution)
    _mass(masses, "event", event)
    condition = _mass(masses, "given", given)
    if condition == 0:
        shown = sorted(set(given), key=repr)
        raise ValueError(f"given: expected an event of positive probability, got {shown} with probability 0")
    return _mass(masses, "event", set(event) & set(given)) / condition


def is_disjoint(a: Collection[Outcome], b: Collection[Outcome]) -> bool:
    """Whether two events have no outcome in common, so that they cannot both happen.

    >>> is_disjoint({"rain", "wind"}, {"sun"})
    True
    """
    return _check_event("a", a).isdisjoint(_check_event("b", b))


def bernoulli(p: npt.ArrayLike) -> FloatArray:
    """Distribution of one yes-or-no trial: [1 - p, p], no before yes, on a new last axis.

    >>> bernoulli(0.25)
    array([0.75, 0.25])
    """
    p = check_probabilities("p", p)
    return np.stack([1 - p, p], axis=-1)


def sample(P: npt.ArrayLike, size: int, rng: np.random.Generator) -> IntArray:
    """Draw `size` independent outcomes 0 ... K-1 of a categorical distribution P (K,): int64, shape (size,).

    >>> sample([0, 1, 0], 4, np.random.default_rng(0))
    array([1, 1, 1, 1])
    """
    P = check_distribution("P", P)
    check_shape("P", P, ("K",))
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng: expected a generator such as np.random.default_rng(0), got {rng!r}")
    return rng.choice(len(P), check_integer("size", size, at_least=0), p=P)


def entropy(P: npt.ArrayLike) -> FloatArray:
    """Mean surprise of a distribution in nats: H(P) = -sum_k P_k ln P_k, with 0 ln 0 = 0.

    P (..., K), one result for each distribution, shape (...); float32 stays float32. Errors as in
    `check_distribution`. It lies between 0, one outcome certain, and ln K, all equally likely: what rounding, of P or
    of the sum, leaves above ln K is cut off.

    >>> entropy([[0.5, 0.5], [1, 0]]).round(4)
    array([0.6931, 0.    ])
    """
    P = check_distribution("P", P)
    return np.minimum(_expected_surprise(P, P), _log_rounded_down(P.shape[-1], P.dtype))


def cross_entropy(P: npt.ArrayLike, Q: npt.ArrayLike) -> FloatArray:
    """Mean surprise in nats of one who believes Q where P holds: CE(P, Q) = -sum_k P_k ln Q_k.

    P and Q of one shape (..., K), result (...). 0 ln 0 = 0; inf where Q gives no mass to what P allows. Errors as in
    `check_distribution`; two different shapes raise ValueError. CE = H(P) + KL(P, Q), where both sum to one.

    >>> float(cross_entropy([1, 0], [0.6, 0.4]).round(6))
    0.510826
    """
    return _expected_surprise(*_check_pair(P, Q))


def kl_divergence(P: npt.ArrayLike, Q: npt.ArrayLike) -> FloatArray:
    """Divergence of Q from P in nats: KL(P, Q) = sum_k P_k ln(P_k / Q_k), Kullback and Leibler 1951.

    Arguments, errors and infinities as in `cross_entropy`. Never negative, exactly 0 where P and Q are equal, and
    not symmetric. Summed as P ln(P / Q) - P + Q: what is added cancels over a distribution, and each term by
    itself is then at least 0. Of two close distributions the plain sum would leave rounding, perhaps below zero.
    All digits are kept, however close they are: see `_excess`.

    >>> kl_divergence([[0.5, 0.5], [0.5, 0.5]], [[0.9, 0.1], [1, 0]]).round(4)
    array([0.5108,    inf])
    """
    P, Q = _check_pair(P, Q)
    return _sum(_excess(P.astype(np.float64), Q.astype(np.float64))).astype(np.result_type(P, Q))


def likelihood(p: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """Probability of N independent labels under a model: the product over n of p[n, y_n].

    p (N, K) holds a distribution in each row, y (N,) integers 0 ... K-1. p (N,) holds the probability of class 1,
    and then y is 0 or 1. Multiplied in float64, each factor rounds the product once. Some 1,100 coin flips underflow
    to 0; their `log_likelihood` does not. Wrong shapes, labels out of range and rows that are no distribution raise
    ValueError.

    >>> likelihood([0.5, 0.5, 0.75], [1, 0, 1])
    0.1875
    """
    p, y = _check_labelled(p, y)
    return float(_of_label(p, 1 - p, y).prod())


def log_likelihood(p: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """Log of the likelihood in nats: sum_n ln p[n, y_n]; -inf where a label was given no chance.

    Arguments and errors as in `likelihood`. Minus its mean is the cross-entropy loss.

    >>> round(log_likelihood([[0.5, 0.25, 0.25], [0.1, 0.8, 0.1]], [0, 1]), 4)
    -0.9163
    """
    p, y = _check_labelled(p, y)
    with np.errstate(divide="ignore"):
        return float(_of_label(np.log(p), np.log1p(-p), y).sum())


def check_distribution(name: str, P: npt.ArrayLike) -> FloatArray:
    """Return `P` as a float array (..., K) of distributions along the last axis, or say what is wrong.

    An entry outside [0, 1] and a sum further from one than sqrt(eps) of the float type (1.5e-8 in float64, 3.5e-4
    in float32) raise ValueError. Nothing is rescaled.

    >>> check_distribution("P", [0.5, 0.4])
    Traceback (most recent call last):
    ValueError: P: expected probabilities that sum to one, to within 1.5e-08, got a sum of 0.9
    """
    P = check_probabilities(name, P)
    if P.ndim == 0 or P.shape[-1] == 0:
        raise ValueError(f"{name}: expected at least one outcome along the last axis, got shape {P.shape}")
    totals = P.sum(axis=-1, dtype=np.float64)
    tolerance = float(np.finfo(P.dtype).eps) ** 0.5
    off = np.argwhere(abs(totals - 1) > tolerance)
    if len(off):
        row = tuple(off[0].tolist())
        place = f" in {name}[{', '.join(map(str, row))}]" if row else ""
        wanted = f"probabilities that sum to one, to within {tolerance:.2g}"
        raise ValueError(f"{name}: expected {wanted}, got a sum of {totals[row]:.10g}{place}")
    return P


def _check_space(distribution: Mapping[Outcome, float]) -> Mapping[Outcome, float]:
    if not isinstance(distribution, Mapping):
        raise TypeError(f"distribution: expected a dictionary {{outcome: probability}}, got {distribution!r}")
    for outcome, mass in distribution.items():
        check_probabilities(f"distribution[{outcome!r}]", mass, ())
    check_distribution("distribution", list(distribution.values()))
    return distribution


def _check_event(name: str, event: Collection[Outcome]) -> set[Outcome]:
    # A string is a collection too, of letters, which is never what was meant.
    if isinstance(event, str) or not isinstance(event, Collection):
        raise TypeError(f"{name}: expected a set of outcomes, got {event!r}")
    return set(event)


def _mass(masses: Mapping[Outcome, float], name: str, event: Collection[Outcome]) -> float:
    outcomes = _check_event(name, event)
    for stranger in sorted(outcomes - masses.keys(), key=repr):
        raise ValueError(f"{name}: expected outcomes of the space {list(masses)}, got {stranger!r}")
    # fsum rounds once, at the end: the order in which a set gives its outcomes cannot matter.
    return min(1.0, math.fsum(masses[outcome] for outcome in outcomes))


def _check_pair(P: npt.ArrayLike, Q: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    P, Q = check_distribution("P", P), check_distribution("Q", Q)
    check_shape("Q", Q, P.shape)
    return P, Q


def _expected_surprise(P: FloatArray, Q: FloatArray) -> FloatArray:
    """-sum P ln Q, in float64 and rounded at the end."""
    P64, Q64 = P.astype(np.float64), Q.astype(np.float64)
    with np.errstate(divide="ignore"):
        surprise = 0 - _sum(_times(P64, np.log(Q64)))  # 0 - 0 is 0, where -0 would be -0
    return surprise.astype(np.result_type(P, Q))


def _excess(P: FloatArray, Q: FloatArray) -> FloatArray:
    """P ln(P / Q) - P + Q of each outcome, without cancellation.

    Where one is less than twice the other, with s = (P - Q) / (P + Q), it is (P + Q) (s^2 + (1 + s) (s^3/3 + s^5/5
    + ...)): the log is 2 artanh(s), and the difference P - Q is exact. Elsewhere the two parts differ by enough.
    """
    difference, total = P - Q, P + Q
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = P / Q
        s = np.where(total > 0, difference / total, 0)
        # A ratio that overflows, or has lost digits, belongs to logs that are far apart.
        normal = (ratio > 1e-300) & (ratio < np.inf)
        log_ratio = np.where(normal, np.log(np.where(normal, ratio, 1)), np.log(P) - np.log(Q))
        far = _times(P, log_ratio) - difference
    square = s * s
    series = np.zeros_like(s)
    for n in range(35, 1, -2):
        series = (series + 1 / n) * square
    close = total * (square + (1 + s) * s * series)
    return np.where(3 * abs(difference) <= total, close, far)


def _sum(terms: FloatArray) -> FloatArray:
    return sum_in_pairs(np.moveaxis(terms, -1, 0).copy())


def _times(P: FloatArray, values: FloatArray) -> FloatArray:
    """P times values, where no mass makes 0 even of an infinity."""
    with np.errstate(invalid="ignore"):
        return np.where(P == 0, 0, P * values)


@cache
def _log_rounded_down(K: int, dtype: np.dtype[Any]) -> np.floating[Any]:
    """The largest float of a type that is not above ln K."""
    exact = Decimal(K).ln(Context(prec=40))
    nearest: np.floating[Any] = dtype.type(float(exact))
    return nearest if Decimal(float(nearest)) <= exact else np.nextafter(nearest, dtype.type(0))


def _check_labelled(p: npt.ArrayLike, y: npt.ArrayLike) -> tuple[FloatArray, IntArray]:
    p = check_probabilities("p", p)
    if p.ndim not in (1, 2):
        raise ValueError(f"p: expected shape (N,) or (N, K), got {p.shape}")
    if p.ndim == 2:
        check_distribution("p", p)
    return p.astype(np.float64), check_labels("y", y, 2 if p.ndim == 1 else p.shape[1], len(p))


def _of_label(of_class: FloatArray, of_the_other: FloatArray, y: IntArray) -> npt.NDArray[Any]:
    """Entry y_n of each row; of two columns (N,), the one for class 1 or the one for class 0."""
    if of_class.ndim == 2:
        return of_class[np.arange(len(y)), y]
    return np.where(y == 1, of_class, of_the_other)
