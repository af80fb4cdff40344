"""Lesson 00: the table of notation holds every name of the package, and the verdict it quotes is true."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType

import jupytext
import numpy as np
import pytest

from course_utils.exercises import check

LESSON = Path(__file__).parents[2] / "lessons" / "00_start_here.py"
MODULES = ("probability", "activations", "losses", "gradients", "optimizers", "training", "estimators")
NOTATION = {"z", "p", "y", "t", "X", "W", "b", "loss", "learning_rate"}
# What the package holds in local names, attributes (W_) and functions rather than in parameters.
OTHER = {"dz", "dW", "db", "W", "sigmoid", "softmax"}


def prose() -> str:
    cells = jupytext.read(LESSON, fmt="py:percent").cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def rows() -> list[list[str]]:
    table = [line for line in prose().splitlines() if line.startswith("| `")]
    return [[entry.strip() for entry in line.strip("|").split("|")] for line in table]


def names_in_table() -> set[str]:
    return {name for row in rows() for name in re.findall(r"`(\w+)`", row[0])}


def functions() -> Iterator[FunctionType]:
    for name in MODULES:
        module = importlib.import_module(f"course_utils.{name}")
        for key, value in vars(module).items():
            if key.startswith("_") or getattr(value, "__module__", None) != module.__name__:
                continue
            members = vars(value).items() if inspect.isclass(value) else [(key, value)]
            for member, function in members:
                if isinstance(function, FunctionType) and (member == "__init__" or not member.startswith("_")):
                    yield function


def parameters() -> set[str]:
    return {name for function in functions() for name in inspect.signature(function).parameters}


def test_the_package_uses_the_notation() -> None:
    assert parameters() >= NOTATION - {"W"} | {"P", "Q"}


def test_every_name_of_the_package_is_in_the_table() -> None:
    used = {name for name in parameters() if len(name) == 1} | NOTATION
    assert used - names_in_table() == set()


def test_the_table_holds_no_name_that_nobody_uses() -> None:
    assert names_in_table() - parameters() - OTHER == set()


def test_the_table_has_a_column_for_each_lecture() -> None:
    assert "| code | meaning | L1 | L2 | L3 | L4 | L5 |" in prose()
    assert {len(row) for row in rows()} == {7}
    by_code = {row[0]: row for row in rows()}
    assert by_code["`z`"][2:] == ["y", "–", "net", "v̂", "z"]
    assert by_code["`p`"][2:] == ["p, σ(y)", "f(x, θ) = P(y given x)", "o", "ŷ", "a = g(z)"]
    assert by_code["`learning_rate`"][2:] == ["–", "–", "η", "α", "α"]


def test_the_answer_of_check_that_the_lesson_quotes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    quoted = " ".join(line.removeprefix("> ") for line in prose().splitlines() if line.startswith("> "))
    assert quoted == " ".join(check("00.2", lambda p: np.max(p, axis=1)).message.split())
