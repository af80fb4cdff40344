"""Every derivation holds, and a slip in what the reader sees is found in the very line where it was made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
import sympy as sp

from course_utils.derivations import Derivation, Line, check_line, table, verify
from course_utils.derivations.engine import RANDOM_POINTS, evaluate
from course_utils.syllabus import lessons

NAMES = [f"course_utils.derivations.lesson_{lesson.number}" for lesson in lessons()]
ALL: list[Derivation] = [each for name in NAMES if find_spec(name) for each in import_module(name).DERIVATIONS]
EACH = pytest.mark.parametrize("derivation", ALL, ids=lambda derivation: derivation.name)


def slips(expression: Any) -> Iterator[Any]:
    """The expression with one slip: a sign, a factor or a term changed, at any depth outside of a name's index."""
    with sp.evaluate(False):
        yield sp.Mul(-1, expression)
        yield sp.Mul(2, expression)
        yield sp.Add(expression, 1)
        if isinstance(expression, (sp.Add, sp.Mul)):
            for left_out in range(len(expression.args)):
                yield expression.func(*expression.args[:left_out], *expression.args[left_out + 1 :])
    if isinstance(expression, (sp.Indexed, sp.Symbol, sp.KroneckerDelta)) or not expression.args:
        return
    inner = [0] if isinstance(expression, (sp.Sum, sp.Product, sp.Derivative)) else range(len(expression.args))
    for place in inner:
        for slip in slips(expression.args[place]):
            with sp.evaluate(False):
                arguments = (*expression.args[:place], slip, *expression.args[place + 1 :])
                yield expression.func(*arguments)


def points(derivation: Derivation, seed: int, count: int) -> list[Any]:
    rng = np.random.default_rng(seed)
    return [*derivation.edges, *(derivation.random_point(rng) for _ in range(count))]


def values(derivation: Derivation, shown: Any, where: list[Any]) -> Iterator[complex]:
    return (evaluate(shown, point, derivation.meanings) for point in where)


def changes_nothing(slip: Iterator[complex], line: list[complex]) -> bool:
    """Whether a slip leaves the value as it was at all points: a factor of 1 left out, say."""
    return all(np.isclose(new, old, rtol=1e-9, atol=1e-9) for new, old in zip(slip, line, strict=True))


@EACH
def test_every_line_equals_the_one_before(derivation: Derivation) -> None:
    assert verify(derivation) is None
    assert len(derivation.lines) >= 3
    assert all(line.reason for line in derivation.lines)


@EACH
def test_a_slip_in_what_is_shown_is_found_in_its_line(derivation: Derivation) -> None:
    for number, line in enumerate(derivation.lines, start=1):
        lines = list(derivation.lines)
        lines[number - 1] = replace(line, shown=next(slips(line.shown)))
        fault = verify(replace(derivation, lines=tuple(lines)))
        assert fault is not None, f"line {number} passed with its sign changed"
        assert fault.line == number, f"a slip in line {number} is blamed on line {fault.line}"


@pytest.mark.long
@EACH
def test_no_slip_passes(derivation: Derivation) -> None:
    verified, others = points(derivation, 0, RANDOM_POINTS), points(derivation, 5, 20)
    found, before = 0, [complex(derivation.reference(point)) for point in verified]
    for line in derivation.lines:
        right = list(values(derivation, line.shown, others))
        for slip in slips(line.shown):
            if not changes_nothing(values(derivation, slip, others), right):
                # The lines before are sound, so their last value stands for all of them.
                known = partial(next_of, iter(before))
                fault = verify(replace(derivation, lines=(Line(slip, ""),), reference=known))
                assert fault is not None, f"{slip} passed for {line.shown}"
                assert not np.isclose(fault.before, fault.after, rtol=1e-10, atol=1e-10)
                found += 1
        before = list(values(derivation, line.shown, verified))
    assert found >= 4 * len(derivation.lines)


def next_of(known: Iterator[Any], _: Any) -> Any:
    return next(known)


@EACH
def test_the_table_shows_every_line_and_can_hide_one(derivation: Derivation) -> None:
    whole = table(derivation)
    assert whole.count("\n") == len(derivation.lines) + 1
    assert all(line.reason in whole for line in derivation.lines)
    assert table(derivation, upto=2).count("\n") == 3
    assert r"\boxed" in table(derivation, blank=2)
    assert r"\boxed" not in whole
    assert "|" not in whole.replace("| ", "").replace(" |", "").replace("|---:|:---|:---|", ""), (
        "a bar breaks the table"
    )


@EACH
def test_a_learners_line_is_judged(derivation: Derivation) -> None:
    def right(**point: Any) -> float:
        return derivation.reference(point)

    for number in range(1, len(derivation.lines) + 1):
        assert f"Line {number} right" in check_line(derivation, number, right)
        assert f"Line {number} wrong" in check_line(derivation, number, lambda **point: 2 * right(**point) + 1)
    assert "not attempted yet" in check_line(derivation, 1, lambda **point: ...)
    assert "expected one number" in check_line(derivation, 1, lambda **point: point["nothing"])
    assert "got KeyError: 'nothing'." in check_line(derivation, 1, lambda **point: point["nothing"])
    assert "got TypeError" in check_line(derivation, 1, lambda **point: np.zeros(2))


@pytest.mark.parametrize("number", [0, 99])
def test_a_line_that_does_not_exist(number: int) -> None:
    with pytest.raises(ValueError, match="number: expected a line from 1 to "):
        check_line(ALL[0], number, lambda **point: 0.0)


def test_the_walk_refuses_what_it_does_not_know() -> None:
    x = sp.Symbol("x")
    with pytest.raises(TypeError, match="cannot evaluate gamma"):
        evaluate(sp.gamma(x), {"x": 1.0}, {})
    with pytest.raises(TypeError, match="first derivatives alone"):
        evaluate(sp.Derivative(sp.exp(x), (x, 2)), {"x": 1.0}, {})


def test_a_sum_over_two_indices_runs_over_both() -> None:
    i, j = sp.symbols("i j", integer=True)
    with sp.evaluate(False):
        both = sp.Sum(sp.Sum(i * j, (j, 1, i)), (i, 1, 3))
    assert evaluate(both, {}, {}) == 1 + 2 * (1 + 2) + 3 * (1 + 2 + 3)


def test_an_infinite_value_equals_no_finite_one() -> None:
    x = sp.Symbol("x")
    with sp.evaluate(False):
        lines = (Line(x, ""), Line(sp.log(0 * x), "ln 0"))
    fault = verify(Derivation("", "", lines, lambda rng: {"x": 1.0}, lambda point: 1.0))
    assert fault is not None
    assert fault.line == 2


def test_a_line_without_a_value_is_a_fault_not_a_pass() -> None:
    x = sp.Symbol("x")
    with sp.evaluate(False):
        lines = (Line(sp.Integer(1), ""), Line(sp.Mul(x, sp.Pow(x, -1)), "fails at 0"))
    fault = verify(Derivation("", "", lines, lambda rng: {"x": 1.0}, lambda point: 1.0, edges=({"x": 0.0},)))
    assert fault is not None
    assert fault.line == 2
