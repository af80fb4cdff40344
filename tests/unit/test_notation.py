"""docs/notation.md: the table holds every name of the package, and no other."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType

PAGE = (Path(__file__).parents[2] / "docs" / "notation.md").read_text(encoding="utf-8")
MODULES = ("probability", "activations", "losses", "gradients", "optimizers", "training", "estimators")
NOTATION = {"z", "p", "y", "t", "X", "W", "b", "loss", "learning_rate"}
# What the package holds in local names, attributes (W_) and functions rather than in parameters.
OTHER = {"dz", "dW", "db", "W", "sigmoid", "softmax"}


def rows() -> list[list[str]]:
    table = [line for line in PAGE.splitlines() if line.startswith("| `")]
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
    assert "| code | meaning | L1 | L2 | L3 | L4 | L5 |" in PAGE
    assert {len(row) for row in rows()} == {7}
    by_code = {row[0]: row for row in rows()}
    assert by_code["`z`"][2:] == ["y", "–", "net", "v̂", "z"]
    assert by_code["`p`"][2:] == ["p, σ(y)", "f(x, θ) = P(y given x)", "o", "ŷ", "a = g(z)"]
    assert by_code["`learning_rate`"][2:] == ["–", "–", "η", "α", "α"]
