"""Numbers as a learner reads them: short, and never two that differ with one face, nor 0 for what is not 0."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

SHORT = 4  # significant digits where nothing asks for more
FULL = 17  # with so many, any two floats differ


def number(value: Any, beside: Any = None) -> str:
    """Return one number with four digits, or as many more as tell it from the number `beside`.

    >>> number(0.1 + 0.2), number(1 + 3e-8, beside=1), number(1e-9), number(60000), number(1234567.8)
    ('0.3', '1.00000003', '1e-09', '60000', '1234568')
    """
    digits = SHORT if beside is None else digits_apart(value, beside)
    return with_digits(value, digits)


def digits_apart(a: Any, b: Any) -> int:
    """Return how many digits, four at least, tell two numbers apart; four where they are equal.

    >>> digits_apart(0.25, 0.2500001), digits_apart(0.25, 0.75)
    (7, 4)
    """
    if same_number(a, b):
        return SHORT
    return next((n for n in range(SHORT, FULL) if with_digits(a, n) != with_digits(b, n)), FULL)


def same_number(a: Any, b: Any) -> bool:
    """Whether two numbers are equal, NaN and NaN too."""
    a, b = float(a), float(b)
    return a == b or (math.isnan(a) and math.isnan(b))


def with_digits(value: Any, digits: int) -> str:
    """Return one number with so many significant digits, no zeros at its end and its whole part complete."""
    if isinstance(value, int | np.integer | np.bool_):
        return str(value)
    value = float(value)
    if not math.isfinite(value):
        return str(value)
    size = abs(value)
    if value and not 1e-4 <= size < 1e15:
        return np.format_float_scientific(value, precision=digits - 1, unique=True, trim="-", exp_digits=2)
    whole = len(str(int(size)))
    text = np.format_float_positional(value, precision=max(digits, whole), fractional=False, unique=True, trim="-")
    return "0" if text == "-0" else text


def literal(value: Any) -> str:
    """Return numbers, and tuples of them, as Python that gives them back to six digits.

    >>> literal((np.float64(2.302585093), 0.5, (3617280,)))
    '(2.30259, 0.5, (3617280,))'
    """
    if not isinstance(value, tuple):
        return with_digits(value, 6)
    inside = ", ".join(map(literal, value))
    return f"({inside},)" if len(value) == 1 else f"({inside})"
