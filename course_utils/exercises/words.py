"""Numbers and shapes as a learner reads them: what differs looks different, and only 0 looks like 0."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

SHORT = 4  # significant digits where nothing asks for more
FULL = 17  # with so many, any two floats differ
SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def number(value: Any, beside: Any = None) -> str:
    """Return one number with four digits, or as many more as tell it from the number `beside`.

    >>> number(0.1 + 0.2), number(1 + 3e-8, beside=1), number(1e-9), number(60000), number(1234567.8)
    ('0.3', '1.00000003', '1e-09', '60000', '1234568')
    """
    return with_digits(value, SHORT if beside is None else digits_apart(value, beside))


def digits_apart(a: Any, b: Any) -> int:
    """Return how many digits, four at least, tell two numbers apart; four where they are equal.

    >>> digits_apart(0.25, 0.2500001), digits_apart(0.25, 0.75)
    (7, 4)
    """
    a, b = float(a), float(b)
    if a == b or (math.isnan(a) and math.isnan(b)):
        return SHORT
    return next((n for n in range(SHORT, FULL) if with_digits(a, n) != with_digits(b, n)), FULL)


def with_digits(value: Any, digits: int) -> str:
    """Return one number with so many significant digits, no zeros at its end and its whole part complete."""
    if isinstance(value, int | np.integer | np.bool_):
        return str(value)
    value = float(value)
    if not math.isfinite(value):
        return str(value)
    size = abs(value)
    if value and not 1e-4 <= size < 1e15:
        text = np.format_float_scientific(value, precision=digits - 1, unique=True, trim="-", exp_digits=2)
        return text.replace(".e", "e")
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


def table(numbers: Any, digits: int = SHORT) -> str:
    """Return an array of numbers in brackets.

    >>> table(np.array([[1.0, 1e-9], [0.3, 2.0]]))
    '[[1, 1e-09], [0.3, 2]]'
    """
    return _bracketed(numbers.tolist(), lambda each: with_digits(each, digits))


def given(value: Any) -> str:
    """Return an input of a case: numbers, arrays and lists of them, functions of NumPy, and whatever shows itself.

    >>> given([0.99999999, np.array([True, False])]), given(np.exp)
    ('[0.99999999, [True, False]]', 'np.exp')
    """
    if isinstance(value, np.ufunc):
        return f"np.{value.__name__}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(given, value))}]"
    if isinstance(value, np.ndarray):
        return _bracketed(value.tolist(), given)
    # A number that is nearly whole keeps the digits that say so.
    is_float = isinstance(value, float | np.floating) and math.isfinite(value)
    return number(value, beside=round(value)) if is_float else str(value)


def _bracketed(value: Any, show: Callable[[Any], str]) -> str:
    if not isinstance(value, list):
        return show(value)
    return f"[{', '.join(_bracketed(each, show) for each in value)}]"


def shape_in_words(shape: Sequence[int]) -> str:
    """Return what has a shape: one number, so many numbers, a table or an array.

    >>> shape_in_words(()), shape_in_words((2,)), shape_in_words((3, 1))
    ('one number', 'two numbers', 'a table (3, 1)')
    """
    if not shape:
        return "one number"
    if len(shape) == 1:
        return "a list of one number" if shape[0] == 1 else f"{count(shape[0])} numbers"
    return f"{'a table' if len(shape) == 2 else 'an array'} {tuple(shape)}"


def count(n: int) -> str:
    """Return a count in words up to ten."""
    return SMALL[n] if n < len(SMALL) else str(n)


def place(index: Sequence[int]) -> str:
    """Return where an entry stands, counted from 0 as Python counts.

    >>> place((3,)), place((1, 2)), place(())
    ('entry 3', 'row 1, column 2', '')
    """
    if len(index) == 2:
        return f"row {index[0]}, column {index[1]}"
    return f"entry {', '.join(map(str, index))}" if index else ""


def cut(text: str, length: int) -> str:
    """Return a text of at most that length.

    >>> cut("abcdef", 5)
    'ab...'
    """
    return text if len(text) <= length else text[: length - 3] + "..."
