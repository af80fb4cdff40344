"""What a person may want to look at twice: cells that several students share, and answers that are the course's own.

Nothing is decided here. Short answers are alike by nature, so that only longer ones are compared, and what the lesson
handed out itself does not count. No code runs, and what would take long to parse is passed over.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from itertools import islice
from typing import NamedTuple

from classroom.magics import without_magics
from course_utils.exercises.engine import exercise, full_id, solution

LONG = 40  # nodes of a syntax tree: three or four lines
LONGEST = 20_000  # characters of a cell
CELLS = 500  # of a student
NO_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)


class Alike(NamedTuple):
    """Code of several students: word for word, or in all but comments and spaces."""

    students: tuple[str, ...]
    code: str
    word_for_word: bool


def alike(cells: Mapping[str, Iterable[str]], handed_out: Iterable[str]) -> list[Alike]:
    """Return the cells that several students share, the longest first; `cells` holds each student's code.

    >>> code = "total = sum(x * x for x in range(9) if x % 3); m = total / 9; print((total - m) / (total + m))"
    >>> [each.students for each in alike({"Ada": [code], "Bob": [f"{code}  # mine"], "Cleo": []}, [])]
    [('Ada', 'Bob')]
    """
    ours = {plain(each) for each in handed_out}
    found: dict[str, dict[str, set[str]]] = {}
    for student, sources in cells.items():
        for source in islice(sources, CELLS):
            code = plain(source)
            if code and code not in ours:
                found.setdefault(code, {}).setdefault(student, set()).add(source.strip())
    shared = [
        Alike(tuple(sorted(by)), code, len(set().union(*by.values())) == 1)
        for code, by in found.items()
        if len(by) > 1
    ]
    return sorted(shared, key=lambda each: (-len(each.code), each.students))


def plain(source: str) -> str:
    """Return code without comments, docstrings and its own way of spacing; empty where it is short or no Python."""
    tree = _tree(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return _written(tree)


def shown_solutions(cells: Sequence[str], exercises: Iterable[str]) -> list[tuple[str, str]]:
    """Return (exercise, what was seen) for answers that the course may have given: asked for, or the same code.

    >>> shown_solutions(['solution("06.1")'], ["06.1", "06.2"])
    [('06.1', 'solution("06.1") stands in the notebook')]
    """
    trees = [*map(_tree, cells[:CELLS])]
    asked = {full_id(each) for tree in trees for each in _asked_for(tree)}
    own = {_code(node) for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    found = [(each, f'solution("{each}") stands in the notebook') for each in exercises if each in asked]
    return found + [(each, "the code of solution()") for each in exercises if _reference(each) in own - {""}]


def _tree(source: str) -> ast.Module:
    """Return the syntax tree of a cell; an empty one where it is no Python or longer than a person writes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an escape in a text that Python does not know
        try:
            return ast.parse(without_magics(source) if len(source) <= LONGEST else "")
        except NO_PYTHON:
            return ast.Module([], [])


def _written(tree: ast.Module) -> str:
    """Return a syntax tree as code; empty where it is short, or too deep to be written down."""
    try:
        return ast.unparse(tree) if sum(1 for _ in ast.walk(tree)) >= LONG else ""
    except NO_PYTHON:
        return ""


def _asked_for(tree: ast.Module) -> list[str]:
    """Return the ids in calls of solution("06.1")."""
    return [
        str(node.args[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", None)) == "solution"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ]


def _code(function: ast.FunctionDef) -> str:
    """Return a function's inputs and body as code, whatever its name; empty where it is short."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return _written(ast.Module([ast.Expr(ast.Lambda(function.args, ast.Constant(None))), *body], []))


@cache
def _reference(exercise_id: str) -> str:
    if not callable(exercise(exercise_id).answer):
        return ""
    with suppress(OSError):  # the course's files have changed since this began
        body = _tree(solution(exercise_id)).body
        return next((_code(node) for node in body if isinstance(node, ast.FunctionDef)), "")
    return ""
