"""What stands behind the formulas of `activations`: blocks that stay in the cache, and sums that lose no digits.

Read lesson 09 first. All is worked out in float64 and rounded at the end to the type of the logits. Two ideas carry
the rest. Memory: a block of numbers is taken through all steps before the next is begun, so that it never leaves the
cache. Digits: what a sum, a product or a quotient of two floats loses in rounding is itself a float, and can be kept.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from course_utils.numerics import FloatArray, as_numbers, check_array, check_number, sum_in_pairs

Float64Array = npt.NDArray[np.float64]

# Numbers in a block. With the classes laid out as rows, every step is a few long passes, and no sum runs along ten
# short entries; AT_LEAST so many rows are taken together.
BLOCK, AT_LEAST = 2**15, 64
# One formula has many intermediate results. Beyond 128 kB together, the C library asks the system for each anew.
SMALL_BLOCK = 2**13

# A sum this small may come from terms that have already lost digits below the smallest normal float: it is added up
# again, e^LIFT times larger. Adding LIFT to the exponents of such terms is exact.
FAINT, LIFT = 2.0**-1000, 354.0


# ----------------------------------------------------------------------------------------------------
# Entry by entry
# ----------------------------------------------------------------------------------------------------


def entry_by_entry(formula: Callable[[Float64Array, Float64Array], Float64Array], z: npt.ArrayLike) -> FloatArray:
    """Apply formula(z, exp(-|z|)) to every logit in float64; shape and type of the answer are those of z."""
    z = check_array("z", z, finite=False)
    logits, answer = z.reshape(-1), np.empty(z.size, z.dtype)
    for i in range(0, z.size, SMALL_BLOCK):
        block = logits[i : i + SMALL_BLOCK].astype(np.float64, copy=False)
        answer[i : i + SMALL_BLOCK] = formula(block, np.exp(-np.abs(block)))
    whole: FloatArray = answer.reshape(z.shape)[()]
    return whole


# ----------------------------------------------------------------------------------------------------
# Row by row
# ----------------------------------------------------------------------------------------------------


class Shifted(NamedTuple):
    """A block of logits in float64, classes first: less the largest, what that lost in rounding, exponentials."""

    largest: Float64Array
    z: Float64Array
    lost: Float64Array | None
    e: Float64Array


def over_classes(
    formula: Callable[[Shifted, Float64Array], Float64Array], z: npt.ArrayLike, axis: int, temperature: float
) -> FloatArray:
    """Apply formula(shifted logits, sum of their exponentials but for the largest) to the classes along `axis`."""
    rows, shape = as_rows(z, axis)
    answer = np.empty_like(rows, order="F")
    with np.errstate(over="ignore"):  # what is below the lowest float of the type becomes -inf
        for block, s in shifted(rows, temperature):
            answer[block] = formula(s, rest(s)).T
    return np.moveaxis(answer.reshape(shape), -1, axis)


def softmax_and_log(z: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Softmax and log-softmax of rows (N, K), sharing their exponentials."""
    p, log_p = np.empty_like(z, order="F"), np.empty_like(z, order="F")
    with np.errstate(over="ignore"):
        for block, s in shifted(z):
            others = rest(s)
            p[block] = (s.e / (1 + others)).T
            log_p[block] = (s.z - np.log1p(others)).T
    return p, log_p


def as_rows(z: npt.ArrayLike, axis: int) -> tuple[FloatArray, tuple[int, ...]]:
    """Bring logits of any shape into rows (N, K), and tell the shape they have with the classes last."""
    z = as_numbers("z", z)
    if z.dtype.kind != "f":
        z = z.astype(np.float64)
    if axis not in range(-z.ndim, z.ndim):
        raise ValueError(f"axis: expected an axis of z, which has {z.ndim} dimensions, got {axis}")
    if z.shape[axis] == 0:
        raise ValueError(f"z: expected at least one class along axis {axis}, got shape {z.shape}")
    z = np.moveaxis(z, axis, -1)
    return z.reshape(-1, z.shape[-1]), z.shape


def shifted(rows: FloatArray, temperature: float = 1.0) -> Iterator[tuple[slice, Shifted]]:
    """Yield block after block of `rows`, each small enough to stay in the cache from the first step to the last."""
    temperature = check_number("temperature", temperature, above=0)
    step = max(AT_LEAST, BLOCK // rows.shape[1])
    for block in (slice(i, i + step) for i in range(0, len(rows), step)):
        z = np.array(rows[block].T, np.float64, order="C")
        yield block, _shift(z, temperature, precise=rows.dtype == np.float64)


def rest(s: Shifted) -> Float64Array:
    """Sum of the exponentials without the largest, which is 1 and would swallow the digits of a small rest."""
    is_largest = s.z == 0
    ties = is_largest.sum(axis=0, dtype=np.int32) - 1
    total: Float64Array = sum_in_pairs(s.e - is_largest) + ties
    faint = total < FAINT
    if faint.any():
        lifted = sum_in_pairs(np.where(is_largest, 0, _exp(s.z + LIFT, s.lost)))
        total = np.where(faint, lifted * np.exp(-LIFT), total)
    return total


def _shift(z: Float64Array, temperature: float, precise: bool) -> Shifted:
    """Shift and scale a block in place. `precise`: float64 results are wanted, so that lost digits must be kept."""
    if temperature > 1:  # its power of two first: two logits may be further apart than the largest float, over T not
        temperature, power = math.frexp(temperature)
        np.ldexp(z, -power, out=z)
    largest = z.max(axis=0)
    # NaN and infinities cannot hide in the maximum, which is K times shorter to look through. -inf is fine.
    if not np.isfinite(largest).all():
        _take_limits(z, largest)
    shift = np.where(np.isinf(largest), 0, largest)
    # Two logits further apart than the largest float: -inf is the limit, and nothing worth keeping was lost.
    with np.errstate(over="ignore", invalid="ignore"):
        lost = two_sum(z, -shift)[1] if precise else None
        z -= shift
        if temperature != 1:
            z, lost = _divide(z, lost, temperature)
        if lost is not None:
            np.nan_to_num(lost, copy=False, nan=0, posinf=0, neginf=0)
    return Shifted(largest, z, lost, _exp(z, lost))


def _take_limits(z: FloatArray, largest: FloatArray) -> None:
    """Put 0 for a single +inf and -inf for its neighbours, in place; raise where no limit exists."""
    if np.isnan(largest).any():
        raise ValueError("z: expected logits, got nan")
    if np.isneginf(largest).any():
        raise ValueError("z: expected at least one logit above -inf, got nothing but -inf")
    infinite = np.isposinf(z)
    if (infinite.sum(axis=0) > 1).any():
        raise ValueError("z: expected at most one logit of +inf, got several, which have no limit")
    z[...] = np.where(infinite, 0, np.where(np.isposinf(largest), -np.inf, z))


def _divide(
    z: Float64Array, lost: Float64Array | None, temperature: float
) -> tuple[Float64Array, Float64Array | None]:
    """(z + lost) / T as a quotient and what it lost; the power of two in T divides exactly."""
    mantissa, power = math.frexp(temperature)
    z = np.ldexp(z, -power)
    quotient = z / mantissa
    if lost is None:
        return quotient, None
    product, error = two_product(quotient, mantissa)
    return quotient, (z - product - error + np.ldexp(lost, -power)) / mantissa


def _exp(z: Float64Array, lost: Float64Array | None) -> Float64Array:
    """exp(z + lost), for a `lost` so small that its square does not count."""
    e: Float64Array = np.exp(z)
    if lost is not None:
        e += e * lost
    return e


# ----------------------------------------------------------------------------------------------------
# What rounding loses
# ----------------------------------------------------------------------------------------------------


def two_sum(a: Any, b: Any) -> tuple[Any, Any]:
    """Rounded sum a + b and what it lost, exactly (Knuth, The Art of Computer Programming, 4.2.2)."""
    total = a + b
    b_seen = total - a
    return total, (a - (total - b_seen)) + (b - b_seen)


def two_product(a: Any, b: Any) -> tuple[Any, Any]:
    """Rounded product a b and what it lost, exactly: each factor is split into halves (Dekker 1971)."""
    product = a * b
    (a_high, a_low), (b_high, b_low) = _halves(a), _halves(b)
    return product, a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)


def _halves(a: Any) -> tuple[Any, Any]:
    raised = a * (2.0**27 + 1)
    high = raised - (raised - a)
    return high, a - high


def _split(a: Any, unit: Any) -> tuple[Any, Any]:
    """The multiple of unit / 2^52 next to a, and the rest; both exact, for |a| well below the power of two `unit`."""
    high = (a + unit) - unit
    return high, a - high


# ----------------------------------------------------------------------------------------------------
# The log of a sum of exponentials that is almost one
# ----------------------------------------------------------------------------------------------------

# ln is looked up: of 2^(j / 2048) rounded to 12 binary places, and of 1 + j / 2^22. A logarithm is stored in three
# floats: multiples of 2^-42, multiples of 2^-84, and the rest, so that sums of the first two kinds are exact.
STEPS, FINE, REACH = 2048, 2.0**22, 1300
NOTHING = -800.0  # whose exponential is 0
SERIES_BELOW = 2.0**-9
# 1/7! to 1/2!, each as the nearest float and what that leaves out.
INVERSE_FACTORIALS = [
    (float(f), float(f - Fraction(float(f)))) for f in (Fraction(1, math.factorial(n)) for n in range(7, 1, -1))
]


def log_of_sum_near_one(z: Float64Array) -> Float64Array:
    """Log of sum_c exp(z_c) of logits (K, n), classes first, none above 0, where the sum is near one.

    The largest exponential less 1, and all the others, are worked out to some 115 bits and added up exactly. Where
    even that leaves too little, which happens to one row of normalised probabilities in a thousand, Decimal helps.
    """
    n = np.arange(z.shape[1])
    top = z.argmax(axis=0)
    largest = z[top, n]
    others = np.maximum(z, NOTHING)
    others[top, n] = NOTHING
    near = largest > -SERIES_BELOW
    a, p, q = _exp_in_three(np.where(near, NOTHING, largest))
    a -= 1
    a[near], p[near], q[near] = _expm1_in_three(largest[near])
    # A power of two above all partial sums: the others together are hardly more than the gap that the largest leaves.
    unit = np.ldexp(1.0, np.frexp(8 * len(z) * np.where(near, -largest, 1))[1])
    parts = _in_units(a[np.newaxis], p[np.newaxis], q[np.newaxis], unit, len(z))
    step = max(1, SMALL_BLOCK // len(z))
    for i in range(0, z.shape[1], step):
        block = slice(i, i + step)
        parts[:, block] += _in_units(*_exp_in_three(others[:, block]), unit[block], len(z))
    total, lost = two_sum(parts[0], parts[1])
    excess = total + (lost + parts[2])
    # What the digits kept so far can be wrong by; 2^-1060 stands for those lost below the smallest normal float.
    doubt = np.where(near, 2.0**-104 * largest**2 - 2.0**-120 * largest, 2.0**-120) + 2.0**-1060
    logs: Float64Array = np.log1p(excess)
    for row in np.flatnonzero(np.abs(excess) < 2.0**53 * doubt):
        logs[row] = _log_with_many_digits(z[:, row])
    return logs


def _exp_in_three(z: Float64Array) -> tuple[Float64Array, Float64Array, Float64Array]:
    """exp(z) for NOTHING <= z <= 0 as a + p + q, right to 120 bits: a = 2^k m_j (1 + t), looked up, and its error.

    z = ln a + r leaves |r| < 2^-22, and exp(r) - 1 = w needs five terms.
    """
    t = _tables()
    nearest = np.rint(z * (STEPS / math.log(2))).astype(np.int64)
    j = nearest & (STEPS - 1)
    nearest >>= STEPS.bit_length() - 1
    coarse = t.powers.take(nearest)
    coarse *= t.m.take(j)
    k = nearest.astype(np.float64)
    high, low = _split(z, 2047.0)
    high -= k * t.ln_2[0]
    high -= t.ln_m[0].take(j)
    fine = np.rint(high * FINE)
    i = fine.astype(np.int64)
    i += REACH
    fine *= 1 / FINE
    high -= t.ln_fine[0].take(i)
    low -= k * t.ln_2[1]
    low -= t.ln_m[1].take(j)
    low -= t.ln_fine[1].take(i)
    k *= -t.ln_2[2]
    k -= t.ln_m[2].take(j)
    k -= t.ln_fine[2].take(i)
    lowest = k
    r = _split(high + low, 48.0)[0]
    high -= r
    low += high
    half_square = r * r
    half_square *= 0.5
    cubic = r * (1 / 60)
    cubic += 1 / 12
    cubic *= r
    cubic += 1 / 3
    cubic *= half_square
    cubic *= r
    w = low + half_square
    tail = w.copy()
    w += r
    bend = 1 + r
    bend *= low
    bend *= 0.5
    bend += half_square
    bend += cubic
    bend += r
    low += lowest
    low *= bend
    low += cubic
    low += lowest
    r -= w
    r += tail
    low += r
    fine *= coarse
    a = coarse + fine
    p = a * w
    w_high, w_low = _halves(w)
    lost = p - coarse * w_high
    w_high *= fine
    lost -= w_high
    coarse *= w_low
    lost -= coarse
    fine *= w_low
    fine -= lost
    low *= a
    fine += low
    return a, p, fine


def _expm1_in_three(x: Float64Array) -> tuple[Float64Array, Float64Array, Float64Array]:
    """exp(x) - 1 for 0 > x > -2^-9 as three floats: x + x^2 (1/2 + x/6 + ...), the bracket in pairs of floats."""
    high = x / math.factorial(12)
    for n in range(11, 7, -1):  # here one float is enough
        high = (high + 1 / math.factorial(n)) * x
    low = np.zeros_like(x)
    for inverse, inverse_low in INVERSE_FACTORIALS:
        high, lost = two_sum(inverse, high)
        low += lost + inverse_low
        if inverse < 0.5:
            high, error = two_product(high, x)
            low = low * x + error
    square, square_error = two_product(x, x)
    product, error = two_product(high, square)
    return x, product, error + high * square_error + low * square


def _in_units(a: Float64Array, p: Float64Array, q: Float64Array, unit: Float64Array, K: int) -> Float64Array:
    """Sums over the classes of a + p + q, q far below the others, in three parts, the first two exact."""
    a, a_low = _split(a, unit)
    p, p_low = _split(p, unit)
    unit = unit * 2.0 ** (math.frexp(8 * K)[1] - 50)
    lower = [_split(part, unit) for part in (a_low, p_low, q)]
    exact, rest = (sum(part[i] for part in lower) for i in (0, 1))
    return np.array([(a + p).sum(axis=0), exact.sum(axis=0), rest.sum(axis=0)])


def _log_with_many_digits(z: Float64Array) -> float:
    """Log of a sum of exponentials, with digits doubled until twenty of its distance from one are right.

    That happens: no sum of exponentials of floats other than 0 is exactly one (Lindemann, Weierstrass).
    """
    digits = 50
    while True:
        with localcontext(Context(prec=digits)):
            excess = sum((Decimal(float(z_c)).exp() for z_c in z), Decimal(-1))
            if abs(excess) > Decimal(10) ** (20 - digits):
                return float((1 + excess).ln())
        digits *= 2


class _Tables(NamedTuple):
    """What `_exp_in_three` looks up: m_j = 2^(j / 2048) rounded, 2^k at place k <= 0, logarithms in three floats."""

    m: Float64Array
    powers: Float64Array
    ln_2: Float64Array
    ln_m: Float64Array
    ln_fine: Float64Array


@cache
def _tables() -> _Tables:
    m = [round(2 ** (j / STEPS) * 4096) for j in range(STEPS + 1)]
    ln_m = [0]
    for before, after in pairwise(m):
        ln_m.append(ln_m[-1] + _log_of_ratio(before, after))
    fine = int(FINE)
    ln_fine = [_log_of_ratio(fine, fine + i) for i in range(-REACH, REACH + 1)]
    return _Tables(
        np.array(m[:-1]) / 4096,
        np.ldexp(1.0, np.append(0, np.arange(-1199, 0))),
        _in_three(ln_m[-1:])[:, 0],
        _in_three(ln_m[:-1]),
        _in_three(ln_fine),
    )


def _log_of_ratio(below: int, above: int) -> int:
    """Log of above / below in units of 2^-170: 2 (x + x^3/3 + ...) with x = (above - below) / (above + below)."""
    x = ((above - below) << 170) // (above + below)
    square, power, total, n = (x * x) >> 170, x, x, 1
    while power not in (0, -1):
        power, n = (power * square) >> 170, n + 2
        total += power // n
    return 2 * total


def _in_three(values: list[int]) -> Float64Array:
    """Numbers in units of 2^-170 as three rows of floats: multiples of 2^-42, of 2^-84, and the rest."""
    rows = []
    for places in (42, 84):
        shift = 170 - places
        parts = [(value + (1 << (shift - 1))) >> shift for value in values]
        values = [value - (part << shift) for value, part in zip(values, parts, strict=True)]
        rows.append([math.ldexp(part, -places) for part in parts])
    return np.array([*rows, [math.ldexp(value, -170) for value in values]])
