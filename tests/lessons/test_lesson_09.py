"""Lesson 09: its own ten formulas fail where it says, its 50 digits are right, and its run dies of sure answers."""

from __future__ import annotations

import ast
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest

from course_utils.explorers.floating_point import DTYPES, first_failure
from tools.percent import read_percent

LESSON = next((Path(__file__).parents[2] / "lessons").glob("09_*.py"))


def functions_of_the_lesson() -> dict[str, Any]:
    names: dict[str, Any] = {"np": np, "Decimal": Decimal, "localcontext": localcontext}
    for cell in read_percent(LESSON).cells:
        if cell.cell_type == "code":
            body: list[ast.stmt] = [node for node in ast.parse(cell.source).body if isinstance(node, ast.FunctionDef)]
            exec(compile(ast.Module(body, []), LESSON.name, "exec"), names)
    return names


NAMES = functions_of_the_lesson()
NEVER = [np.inf] * 3
# First logit, float16, float32 and float64, that is infinite, NaN or wrong by more than 1 %: label 0, then label 1.
TABLE = {
    "slide_sigmoid": ([4.2, 15.0, 35.6], [2.7, 12.1, 32.3]),
    "epsilon_in_log": ([4.2, 9.2, 9.2], [2.7, 6.9, 6.9]),
    "clipped_p": ([4.2, 15.0, 16.3], [2.7, 12.1, 16.1]),
    "slide_softmax": ([11.1, 88.7, 709.8], [3.4, 13.0, 33.1]),
    "shifted_softmax": ([15.7, 104.0, 745.1], [2.7, 12.1, 32.3]),
    "unshifted_logsumexp": ([11.1, 88.7, 709.8], [2.2, 10.2, 29.5]),
    "log_sum_exp": (NEVER, [2.3, 10.2, 29.5]),
    "log_softmax_form": (NEVER, [3.3, 12.1, 32.3]),
    "softplus_form": (NEVER, [3.3, 12.1, 32.3]),
    "with_log1p": (NEVER, NEVER),
}
# Near 10 a float32 log has steps of 2^-20, near 30 a float64 log steps of 2^-48, and 1 % of the loss is half a step:
# the last bit of one log decides. Rounded to the nearest float it fails where the table says (float32: 10.1875, as
# NumPy's baseline does); off by a step more, already where 1 % of the loss is a step and a half (AVX2: at 10.0).
SOONEST = {("unshifted_logsumexp", 1): [2.2, np.log(0.01 / 1.5 * 2**20), np.log(0.01 / 1.5 * 2**48)]}


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("t", [0, 1])
def test_the_table(name: str, t: int) -> None:
    found = np.array([first_failure(NAMES[name], dtype, t) for dtype in DTYPES])
    # Where rounding decides, another machine's exp may shift the first failure by a few sixty-fourths.
    assert (found >= np.subtract(SOONEST.get((name, t), TABLE[name][t]), 0.15)).all(), found
    assert (found <= np.add(TABLE[name][t], 0.15)).all(), found


@pytest.mark.parametrize("t", [0, 1])
def test_fifty_digits_of_decimal_are_those_of_mpmath(t: int) -> None:
    with mpmath.workdps(50):
        for z in np.linspace(0, 40, 201):
            expected = float(mpmath.log1p(mpmath.exp(mpmath.mpf(float(z)) * (-1 if t else 1))))
            assert NAMES["truth"](z, t) == expected


@pytest.mark.parametrize(
    ("dtype", "overflow", "underflow"),
    [("float16", 11.0859375, -17.33), ("float32", 88.7228317, -103.97), ("float64", 709.782712893384, -745.13)],
)
def test_exp_ends_where_the_logs_of_the_largest_and_the_smallest_float_are(
    dtype: str, overflow: float, underflow: float
) -> None:
    limits = np.finfo(dtype)
    with mpmath.workdps(50):
        # Up to half a step beyond the largest float rounds to it, down to half the smallest one to that one.
        highest = mpmath.log(mpmath.mpf(float(limits.max)) * (1 + mpmath.mpf(float(limits.eps)) / 4))
        lowest = mpmath.log(mpmath.mpf(float(limits.smallest_subnormal)) / 2)
    last = np.dtype(dtype).type(overflow)
    assert float(last) <= highest < float(np.nextafter(last, np.dtype(dtype).type(np.inf)))
    assert float(lowest) == pytest.approx(underflow, abs=0.006)


def test_zeros_as_yes_would_live() -> None:
    """p may be tiny and keep its digits; it is 1 - p that fails."""
    z = np.linspace(-80, -17, 200, dtype=np.float32)
    losses, slopes = NAMES["plain_terms"](z, np.float32(0))
    assert np.isfinite(losses).all()
    assert np.isfinite(slopes).all()
    losses, slopes = NAMES["plain_terms"](-z, np.float32(1))
    assert np.isnan(losses).all()
    assert np.isnan(slopes).all()
