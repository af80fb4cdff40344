"""Floating point: which formulas of one loss survive, by the size of the logit and the type of float (lesson 09)."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import traitlets

from course_utils.explorers.page import PageExplorer, State, packed, whole, within
from course_utils.losses import binary_cross_entropy_loss_and_gradient
from course_utils.numerics import FloatArray, check_choice

# A formula of the binary cross-entropy: logits z (N,) of one float type and a label, 0 or 1, in; losses (N,) out.
Formula = Callable[[FloatArray, int], FloatArray]

DTYPES = ("float16", "float32", "float64")
ANSWERS = {"sure and wrong": 0, "sure and right": 1}  # the logit is positive, so it says yes: name -> label
OFF = 0.01  # a loss that is wrong by more than this share has failed
MOST = 12  # rows that fit into the picture
SIZES = 10 ** (np.arange(133) / 40)  # of the logits that the page shows: 1 to 1,995, beyond what overflows in float64
VERDICTS = ("right", "off", "infinite", "NaN")


class Survey(NamedTuple):
    """What M formulas make of the same logits; see `survey`."""

    truth: FloatArray  # (N,), float64
    losses: FloatArray  # (M, N), as computed, kept in float64
    digits: FloatArray  # (M, N), how many decimal digits are right
    verdicts: list[list[str]]  # M rows of N words of VERDICTS


def survey(formulas: Mapping[str, Formula], dtype: str, size: float | FloatArray, t: int) -> Survey:
    """Compute one loss by several formulas, at logits of one or N sizes, rounded to `dtype` first.

    The truth comes from the package in float64. A share of error above 1 % is "off"; where the true loss is below
    the smallest normal float of the type, the share is that of this float. Digits are counted from 0 up to what the
    type holds: 3.3, 7.2 or 16. A formula that changes the type or the shape raises ValueError.

    >>> seen = survey({"through p": lambda z, t: -np.log(1 - 1 / (1 + np.exp(-z)))}, "float64", 37.0, t=0)
    >>> seen.truth, seen.losses, seen.verdicts
    (array([37.]), array([[inf]]), [['infinite']])
    """
    z = np.atleast_1d(size).astype(check_choice("dtype", dtype, DTYPES))
    truth = binary_cross_entropy_loss_and_gradient(z.astype(np.float64), np.full(len(z), float(t)))[0]
    losses = np.array([_losses(name, formula, z, t) for name, formula in formulas.items()])
    limits = np.finfo(z.dtype)
    with np.errstate(all="ignore"):
        share = np.abs(losses - truth) / np.maximum(truth, float(limits.tiny))
        digits = np.clip(np.nan_to_num(-np.log10(share), nan=0), 0, -np.log10(float(limits.eps) / 2))
    wrong = [np.isnan(losses), np.isinf(losses), share > OFF]
    verdicts = np.select(wrong, ["NaN", "infinite", "off"], "right")
    return Survey(truth, losses, digits, verdicts.tolist())


def first_failure(formula: Formula, dtype: str, t: int) -> float:
    """Smallest positive logit, of those tried, at which a formula of the loss is off, infinite or NaN; inf if none.

    Tried are all multiples of 1/64 up to 2,048, then 500 sizes up to the largest float of the type. The first one
    counts, even where the formula recovers beyond it.

    >>> first_failure(lambda z, t: np.log(1 + np.exp(z)) - t * z, "float64", t=0)  # exp overflows beyond 709.78
    709.796875
    """
    largest = float(np.finfo(check_choice("dtype", dtype, DTYPES)).max)
    sizes = np.concatenate(
        [np.arange(1, 2048 * 64) / 64, 2 ** np.linspace(11, np.log2(largest), 500)[:-1], [largest]]
    )
    (row,) = survey({"formula": formula}, dtype, sizes, t).verdicts
    failed = np.array(row) != "right"
    return float(sizes[failed.argmax()]) if failed.any() else np.inf


def _losses(name: str, formula: Formula, z: FloatArray, t: int) -> FloatArray:
    with np.errstate(all="ignore"):  # to see what comes of it is the point
        losses = np.asarray(formula(z.copy(), t))
    if losses.shape != z.shape or losses.dtype != z.dtype:
        raise ValueError(
            f"formulas: expected losses of type {z.dtype} and shape {z.shape} from {name!r}, "
            f"got {losses.dtype} and {losses.shape}"
        )
    return losses.astype(np.float64)


def written(formula: Formula) -> str:
    """Return a formula as its author wrote it, less `def`, docstring and `np.`; "" where its source is not at hand.

    >>> def through_p(z, t):
    ...     p = 1 / (1 + np.exp(-z))
    ...     return -np.log(1 - p)
    >>> print(written(through_p))
    p = 1 / (1 + exp(-z))
    loss = -log(1 - p)
    """
    try:
        source = textwrap.dedent(inspect.getsource(formula))
        tree = ast.parse(source)
    except (OSError, TypeError, SyntaxError):
        return ""
    (first,) = tree.body[:1]
    if isinstance(first, ast.FunctionDef):
        lines = [_line(node, source) for node in first.body if not _is_words(node)]
    else:
        lines = [_loss(node.body, source) for node in ast.walk(tree) if isinstance(node, ast.Lambda)][:1]
    return "\n".join(lines).replace("np.", "")


def _line(node: ast.stmt, source: str) -> str:
    result = node.value if isinstance(node, ast.Return) else None
    return _loss(result, source) if result else ast.get_source_segment(source, node) or ""


def _loss(node: ast.expr, source: str) -> str:
    return f"loss = {ast.get_source_segment(source, node)}"


def _is_words(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def as_given(name: str, value: Any) -> Any:
    """Return what `floating_point` has made."""
    return value


def check_dtype(name: str, value: Any) -> str:
    """Return one of DTYPES; anything else raises ValueError."""
    return check_choice(name, value, DTYPES)


def check_answer(name: str, value: Any) -> str:
    """Return "sure and wrong" or "sure and right"; anything else raises ValueError."""
    return check_choice(name, value, list(ANSWERS))


def check_size(name: str, value: Any) -> float:
    """Return the size of SIZES that is nearest, on a log scale; what is out of range raises ValueError."""
    size = within(1, 2000)(name, value)
    return float(SIZES[min(round(40 * np.log10(size)), len(SIZES) - 1)])


class FloatingPoint(PageExplorer):
    """The explorer that `floating_point` makes."""

    names = State(as_given, [], shown=False)
    written = State(as_given, [], shown=False)
    losses = State(as_given, [], shown=False)  # for each type (2, M, SIZES), packed; float16 as float32
    truth = State(as_given, "", shown=False)  # (3, 2, SIZES), packed
    dtype = State(check_dtype, "float32")
    answer = State(check_answer, "sure and wrong")
    size = State(check_size, 10.0)
    row = State(whole(0, MOST - 1), 0)

    @traitlets.validate("row")
    def _there_is_one(self, proposal: Any) -> int:
        """Refuse a row in which there is no formula."""
        return whole(0, len(self.names) - 1)("row", proposal["value"])


def floating_point(formulas: Mapping[str, Formula]) -> FloatingPoint:
    """Explore where formulas of the binary cross-entropy fail: a row each, over the size of the logit.

    formulas: name -> formula(z, t), 1 to 12 of them. `dtype` is one of DTYPES, `answer` "sure and wrong" (label 0) or
    "sure and right" (label 1), `size` the positive logit, the nearest of SIZES, and `row` the formula that is written
    out. Every loss is computed here, once, and travels with the picture. Bad input raises ValueError.

    >>> explorer = floating_point({"rearranged": lambda z, t: np.log(1 + np.exp(z)) - t * z})
    >>> explorer.size = 1000
    >>> explorer
    floating_point(dtype='float32', answer='sure and wrong', size=1000.0, row=0)
    """
    if not 1 <= len(formulas) <= MOST:
        raise ValueError(f"formulas: expected 1 to {MOST} of them, got {len(formulas)}")
    seen = {dtype: [survey(formulas, dtype, SIZES, t) for t in ANSWERS.values()] for dtype in DTYPES}
    tables = {dtype: np.array([each.losses for each in both]) for dtype, both in seen.items()}
    return FloatingPoint(
        names=list(formulas),
        written=[written(formula) for formula in formulas.values()],
        losses=[packed(table.astype("f8" if dtype == "float64" else "f4")) for dtype, table in tables.items()],
        truth=packed(np.array([[each.truth for each in both] for both in seen.values()])),
    )
