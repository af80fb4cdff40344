"""The engine of the derivations: it evaluates every line that a reader sees and names the first one that is wrong.

A line is a SymPy expression. SymPy prints it for the reader, and the engine walks through the very same expression
to compute its value at random points and at edge points, so that the two cannot drift apart. All lines of a
derivation must have one value. A derivative is computed by the complex step, not by the rule that the line is
meant to prove.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.latex import LatexPrinter

# A point gives each symbol a number and each indexed name an array. A meaning computes what a named function
# stands for, from the point and the values of its arguments: sigma(z), or p_i, the softmax of the z of the point.
Point = dict[str, Any]
Meaning = Callable[..., complex]

# f(x + ih) = f(x) + ih f'(x) + ...: nothing is subtracted, so h can be so small that no error of the curve is left.
COMPLEX_STEP = 1e-30
RANDOM_POINTS = 12
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Line:
    """One line: the expression shown and evaluated, and the reason why it equals the line before."""

    shown: sp.Expr
    reason: str


@dataclass(frozen=True)
class Derivation:
    """A chain of equal lines.

    `left` is the LaTeX of what is being computed. `random_point(rng)` draws a point, `edges` are points that a
    careless step forgets. `reference(point)` computes the same value by a tested function of the course, so that
    the first line is held against something too. `indexed` names the functions printed with a subscript.
    """

    name: str
    left: str
    lines: tuple[Line, ...]
    random_point: Callable[[np.random.Generator], Point]
    reference: Callable[[Point], float]
    edges: tuple[Point, ...] = ()
    meanings: Mapping[str, Meaning] = field(default_factory=dict)
    indexed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Fault:
    """The first line that differs from the one before it: its number from 1, the point, and both values there."""

    line: int
    point: Point
    before: complex
    after: complex

    def __str__(self) -> str:
        """Say it in one sentence."""
        before = "the definition" if self.line == 1 else f"line {self.line - 1}"
        values = f"it gives {_short(self.after)}, {before} {_short(self.before)}"
        return f"line {self.line} is wrong: for {_where(self.point)} {values}"


def verify(derivation: Derivation) -> Fault | None:
    """Evaluate every line at the edges and at random points; return the first fault, or None where all lines agree.

    >>> x = sp.Symbol("x")
    >>> wrong = Derivation("", "", (Line(sp.sin(x) ** 2, ""), Line(1 + sp.cos(x) ** 2, "sign slipped")),
    ...     lambda rng: {"x": rng.normal()}, lambda point: np.sin(point["x"]) ** 2, edges=({"x": 0.0},))
    >>> print(verify(wrong))
    line 2 is wrong: for x = 0 it gives 2, line 1 0
    """
    rng = np.random.default_rng(0)
    points = [*derivation.edges, *(derivation.random_point(rng) for _ in range(RANDOM_POINTS))]
    before = [complex(derivation.reference(point)) for point in points]
    for number, line in enumerate(derivation.lines, start=1):
        for place, point in enumerate(points):
            value = evaluate(line.shown, point, derivation.meanings)
            if not _equal(before[place], value):
                return Fault(number, point, before[place], value)
            before[place] = value
    return None


def sum_over(term: sp.Expr, index: sp.Symbol, low: Any, high: Any) -> sp.Expr:
    """Sum of a term over an index; where nothing is evaluated, SymPy would put a factor of 1 into it."""
    with sp.evaluate(True):
        return sp.Sum(term, (index, low, high))


def evaluate(expression: sp.Expr, point: Point, meanings: Mapping[str, Meaning]) -> complex:
    """Compute the value of an expression at a point by walking through it; an unknown kind raises TypeError."""

    def value(e: Any, at: Point) -> complex:
        match e:
            case sp.Integer():
                return complex(int(e))
            case sp.Number() | sp.NumberSymbol():
                return complex(float(e))  # all of them are real, and complex() would look for more: 20 times as long
            case sp.Symbol():
                return complex(at[e.name])
            case sp.Indexed():
                index = tuple(round(value(i, at).real) for i in e.indices)
                return complex(at[str(e.base)][index])
            case sp.Add():
                return sum((value(term, at) for term in e.args), 0j)
            case sp.Mul():
                return math.prod((value(factor, at) for factor in e.args), start=1 + 0j)
            case sp.Pow():
                return complex(value(e.base, at) ** value(e.exp, at))
            case sp.exp() | sp.log() | sp.sin() | sp.cos():
                return complex(getattr(np, type(e).__name__)(value(e.args[0], at)))
            case sp.Abs():
                return complex(abs(value(e.args[0], at)))
            case sp.Max():
                return max((value(each, at) for each in e.args), key=lambda v: v.real)
            case sp.KroneckerDelta():
                return complex(value(e.args[0], at) == value(e.args[1], at))
            case sp.Sum() | sp.Product():
                *inner, (name, low, high) = e.limits  # SymPy makes one sum of a sum of sums, the innermost first
                whole = range(round(value(low, at).real), round(value(high, at).real) + 1)
                term = e.func(e.function, *inner) if inner else e.function
                terms = [value(term, {**at, name.name: k}) for k in whole]
                return sum(terms, 0j) if isinstance(e, sp.Sum) else math.prod(terms, start=1 + 0j)
            case sp.Derivative():
                return complex(value(e.expr, _nudged(e.variables, at, value)).imag / COMPLEX_STEP)
            case AppliedUndef():
                return complex(meanings[e.func.__name__](at, *(value(each, at) for each in e.args)))
        raise TypeError(f"expression: cannot evaluate {type(e).__name__}: {e}")

    with np.errstate(all="ignore"):
        try:
            return value(expression, point)
        except (ZeroDivisionError, OverflowError):
            return complex(np.nan)


def _nudged(variables: tuple[Any, ...], at: Point, value: Callable[[Any, Point], complex]) -> Point:
    if len(variables) != 1:
        raise TypeError("expression: the complex step takes first derivatives alone")
    (variable,) = variables
    if isinstance(variable, sp.Symbol):
        return {**at, variable.name: at[variable.name] + 1j * COMPLEX_STEP}
    nudged = np.array(at[str(variable.base)], dtype=complex)
    nudged[tuple(round(value(i, at).real) for i in variable.indices)] += 1j * COMPLEX_STEP
    return {**at, str(variable.base): nudged}


def table(derivation: Derivation, *, upto: int | None = None, blank: int | None = None) -> str:
    """Markdown table of numbered lines with their reasons: the first `upto`, the one numbered `blank` left open."""
    rows = ["| | | because |", "|---:|:---|:---|"]
    for number, line in enumerate(derivation.lines[:upto], start=1):
        shown = r"\;\boxed{\;?\;}" if number == blank else latex(line.shown, derivation.indexed)
        left = derivation.left if number == 1 else ""
        rows.append(rf"| {number} | $\displaystyle {left} = {shown}$ | {line.reason} |")
    return "\n".join(rows)


def check_line(derivation: Derivation, number: int, answer: Callable[..., Any]) -> str:
    """Hold a learner's line against line `number`, in words; `answer` takes the values of the point by name.

    A number that is no line raises ValueError; an answer that raises is told what it raised.
    """
    if number not in range(1, len(derivation.lines) + 1):
        raise ValueError(f"number: expected a line from 1 to {len(derivation.lines)}, got {number}")
    rng = np.random.default_rng(0)
    for point in [*derivation.edges, *(derivation.random_point(rng) for _ in range(RANDOM_POINTS))]:
        wanted = evaluate(derivation.lines[number - 1].shown, point, derivation.meanings)
        try:
            got = answer(**point)
            if got is None or got is ...:
                return f"Line {number}: not attempted yet."
            value = complex(got)
        except Exception as error:  # a learner's code may raise anything, and is told so
            return f"Line {number}: expected one number for {_where(point)}, got {type(error).__name__}: {error}."
        if not _equal(wanted, value):
            return f"Line {number} wrong: for {_where(point)} it gives {_short(value)}, expected {_short(wanted)}."
    return f"Line {number} right: it agrees at {RANDOM_POINTS + len(derivation.edges)} points."


class _Printer(LatexPrinter):  # type: ignore[misc]  # SymPy ships no types
    def __init__(self, indexed: frozenset[str]) -> None:
        super().__init__({"order": "none", "ln_notation": True})
        self.indexed = indexed

    def _print_Abs(self, expr: Any, exp: Any = None) -> str:  # noqa: N802  # SymPy finds it by this name
        # A plain bar would end a cell of the Markdown table.
        return rf"\lvert {self._print(expr.args[0])} \rvert" + ("" if exp is None else rf"^{{{exp}}}")

    def _print_Function(self, expr: Any, exp: Any = None) -> str:  # noqa: N802  # SymPy finds it by this name
        if expr.func.__name__ not in self.indexed:
            return str(super()._print_Function(expr, exp))
        name, index = self._print(sp.Symbol(expr.func.__name__)), ",".join(map(self._print, expr.args))
        return rf"{name}_{{{index}}}" + ("" if exp is None else rf"^{{{exp}}}")


def latex(expression: sp.Expr, indexed: frozenset[str] = frozenset()) -> str:
    """LaTeX of an expression in the order in which it was written, with ln for the natural log."""
    return str(_Printer(indexed).doprint(expression))


def _equal(a: complex, b: complex) -> bool:
    # NaN is equal to nothing, and infinity to itself alone: any number is within a share of infinity.
    return bool(a == b or abs(a - b) <= TOLERANCE * max(1.0, abs(a), abs(b)) < np.inf)


def _where(point: Point) -> str:
    return ", ".join(f"{name} = {_short(value)}" for name, value in point.items())


def _short(value: Any) -> str:
    if isinstance(value, (list, tuple, np.ndarray)):
        return np.array2string(np.asarray(value), precision=4, separator=", ").replace("\n", "")
    number = complex(value)
    return f"{number.real:.6g}" if number.imag == 0 else f"{number:.6g}"
