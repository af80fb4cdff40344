"""What `check` found, as a card: expected and got side by side, what differs marked, the idea and its question."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np

from course_utils._support.card import beside, card, prose, table
from course_utils.exercises.execution import Case, Plain
from course_utils.exercises.model import Exercise
from course_utils.exercises.words import SHORT, cut, digits_apart, given, number, place, with_digits

WIDEST = 10  # entries of a row that is shown whole
SHOWN = 6  # entries that differ, where the whole is too wide
LONGEST_INPUT = 120  # characters of one input


def right(found: Exercise, aside: str) -> str:
    """Return the card of a right answer."""
    cases = len(found.cases) if callable(found.answer) else 1
    return card("right", "Right", found.id, prose(f"On all {cases} cases.{aside}" if cases > 1 else aside.strip()))


def not_attempted(found: Exercise) -> str:
    """Return the card of an answer that is not written yet."""
    return card("open", "Not attempted yet", found.id, prose(f'Stuck? `hint("{found.id}")`'))


def wrong(found: Exercise, *sentences: str, compared: str = "", idea: str = "", question: str = "") -> str:
    """Return the card of a wrong answer; `compared` is a table that stands after the first sentence."""
    first, *rest = sentences
    parts = [prose(first), compared, *map(prose, rest), prose(idea, bold=True), prose(question)]
    return card("wrong", "Not yet right", found.id, *parts)


def inputs(found: Exercise, case: Case, in_table: tuple[int, ...] | None = None) -> str:
    """Return the inputs of a case as code, less those that the table of results, of shape `in_table`, shows."""
    shown = [
        f"{name} = {cut(given(value), LONGEST_INPUT)}"
        for name, value in _named(found, case)
        if not _in_table(value, in_table)
    ]
    return f"For `{', '.join(shown)}`" if shown else ""


def comparison(found: Exercise, case: Case, expected: Plain, got: Plain, differ: Any) -> str:
    """Return what was expected and what came as a table, with the entries marked where `differ` is true."""
    if expected.ndim == 2 and expected.shape[1] <= WIDEST and expected.size <= 24:
        return _matrices(expected, got, differ)
    whole = expected.ndim < 2 and expected.size <= WIDEST
    indices = [*np.ndindex(expected.shape)] if whole else [*map(tuple, np.argwhere(differ)[:SHOWN])]
    rows = [
        (name, [number(value[index]) for index in indices])
        for name, value in _named(found, case)
        if _in_table(value, expected.shape)
    ]
    pairs = [_pair(expected[index], got[index], differ[index]) for index in indices]
    marked = [("got", column) for column, index in enumerate(indices) if differ[index]]
    rows += [("expected", [want for want, _ in pairs]), ("got", [came for _, came in pairs])]
    header = [] if whole else [place([int(each) for each in index]) for index in indices]
    return table(rows, marked, header)


def _matrices(expected: Plain, got: Plain, differ: Any) -> str:
    """Return two matrices as two tables, which stand side by side where there is room."""
    pairs = [[_pair(*entry) for entry in zip(*row, strict=True)] for row in zip(expected, got, differ, strict=True)]
    wanted = [(f"row {i}", [want for want, _ in row]) for i, row in enumerate(pairs)]
    came = [(f"row {i}", [result for _, result in row]) for i, row in enumerate(pairs)]
    marked = [(f"row {i}", int(j)) for i, j in np.argwhere(differ)]
    return beside(prose("expected") + table(wanted), prose("got") + table(came, marked))


def _pair(want: Any, came: Any, differs: Any) -> tuple[str, str]:
    """Return two numbers, with as many digits as make them differ where they do."""
    digits = digits_apart(want, came) if differs else SHORT
    return with_digits(want, digits), with_digits(came, digits)


def _named(found: Exercise, case: Case) -> Sequence[tuple[str, Any]]:
    return [*zip(inspect.signature(found.answer).parameters, case, strict=True)] if case else []


def _in_table(value: Any, shape: tuple[int, ...] | None) -> bool:
    """Whether an input has an entry for each entry of the results."""
    return isinstance(value, np.ndarray) and value.ndim == 1 and value.shape == shape
