"""A known answer times a constant, told by the constant: -1, 2, 100, ln 2, N, 1/N and their products."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np

from course_utils.exercises.execution import Case, Plain, differing
from course_utils.exercises.words import number

CLOSE = 1e-5  # relative, so that a factor is told from float32 answers too
SIGNS = ((1.0, "", ""), (-1.0, "-1", "a sign turned"))
CONSTANTS = (
    (1.0, "", ""),
    (2.0, "2", "a factor of 2 too many"),
    (0.5, "1/2", "a factor of 2 lost"),
    (100.0, "100", "percent for a share"),
    (0.01, "1/100", "a hundredth for the whole"),
    (math.log(2), "ln 2", "multiplied by ln 2"),
    (1 / math.log(2), "1/ln 2", "bits in place of nats"),
)
SIZES = (  # the axis of the first table or list, its power, its name, and what it says
    (0, 0, "", ""),
    (0, 1, "N", "a mean forgotten"),
    (0, -1, "1/N", "divided by N once too often"),
    (1, 1, "K", "a mean over the columns forgotten"),
    (1, -1, "1/K", "divided by the number of columns"),
)
PRODUCTS = sorted(itertools.product(SIZES, CONSTANTS, SIGNS), key=lambda each: sum(bool(part[-1]) for part in each))


def factor(results: Sequence[Plain], wanted: Sequence[Plain], cases: Sequence[Case]) -> str | None:
    """Say by which factor all results differ from what was wanted; None where it is not one and the same everywhere.

    >>> factor([np.array([2.0, 6.0])], [np.array([1.0, 3.0])], [(np.zeros(2),)])
    '2 times as large: a factor of 2 too many?'
    """
    if not all(map(_comparable, results, wanted)):
        return None
    ratios: list[float] = []
    for got, want in zip(results, wanted, strict=True):
        ratio = _ratio(got, want)
        if ratio is None:
            return None
        ratios.append(ratio)
    if sum(int(np.count_nonzero(each)) for each in wanted) < 2:
        return None
    known = [(ratio, case) for ratio, case in zip(ratios, cases, strict=True) if ratio == ratio]
    if not known or all(abs(ratio - 1) < CLOSE for ratio, _ in known):
        return None
    return _named(known) or _unnamed([ratio for ratio, _ in known])


def _comparable(got: Plain, want: Plain) -> bool:
    return isinstance(got, np.ndarray) and isinstance(want, np.ndarray) and got.shape == want.shape


def _ratio(got: Plain, want: Plain) -> float | None:
    """Return got / want where it is one number, NaN where both are 0 everywhere, None where it is no factor."""
    got, want = np.asarray(got, float), np.asarray(want, float)
    if not np.isfinite(got).all() or not np.isfinite(want).all():
        return None
    largest = np.abs(want).max(initial=0)
    if largest == 0:
        return None if got.any() else math.nan
    ratio = float(got.flat[np.abs(want).argmax()] / want.flat[np.abs(want).argmax()])
    if ratio == 0 or differing(got / ratio, want, CLOSE, absolute=CLOSE * largest).any():
        return None
    return ratio


def _named(known: Sequence[tuple[float, Case]]) -> str | None:
    for parts in PRODUCTS:
        (axis, power, *_), (constant, *_), (sign, *_) = parts
        if all(abs(ratio / (sign * constant * _size(case, axis) ** power) - 1) < CLOSE for ratio, case in known):
            names, reasons = zip(*((part[-2], part[-1]) for part in parts[::-1] if part[-1]), strict=True)
            return f"{' x '.join(names)} times as large: {' and '.join(reasons)}?"
    return None


def _size(case: Case, axis: int) -> float:
    """Return N (axis 0) or K (axis 1) of the first input that has such an axis; NaN where none has."""
    shapes = [each.shape for each in case if isinstance(each, np.ndarray) and each.ndim > axis]
    return float(shapes[0][axis]) if shapes and shapes[0][axis] else math.nan


def _unnamed(ratios: Sequence[float]) -> str | None:
    one = len(ratios) > 1 and max(ratios) - min(ratios) <= CLOSE * abs(ratios[0])
    return f"{number(ratios[0])} times as large on every case." if one else None
