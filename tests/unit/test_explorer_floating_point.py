"""Floating point: verdicts against 50 digits, the search against every float16, what the page is given."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

from course_utils.explorers.floating_point import DTYPES, OFF, SIZES, first_failure, floating_point, survey, written
from course_utils.numerics import FloatArray

UNWRITTEN: Any = np.exp


def through_p(z: FloatArray, t: int) -> FloatArray:
    p = 1 / (1 + np.exp(-z))
    losses: FloatArray = -t * np.log(p) - (1 - t) * np.log(1 - p)
    return losses


def unshifted(z: FloatArray, t: int) -> FloatArray:
    losses: FloatArray = np.log(1 + np.exp(z)) - t * z
    return losses


def best(z: FloatArray, t: int) -> FloatArray:
    losses: FloatArray = np.maximum(z, 0) - t * z + np.log1p(np.exp(-np.abs(z)))
    return losses


FORMULAS = {"through p": through_p, "unshifted": unshifted, "with log1p": best}
EACH = pytest.mark.parametrize("formula", FORMULAS.values(), ids=FORMULAS)
EACH_DTYPE = pytest.mark.parametrize("dtype", DTYPES)
EACH_LABEL = pytest.mark.parametrize("t", [0, 1])


def exact(z: float, t: int) -> Any:
    return mpmath.log1p(mpmath.exp(mpmath.mpf(z) * (-1 if t else 1)))


def verdict(loss: float, z: float, t: int, dtype: str) -> str:
    """What survey should say, from 50 digits."""
    if np.isnan(loss):
        return "NaN"
    if np.isinf(loss):
        return "infinite"
    with mpmath.workdps(50):
        truth = exact(z, t)
        share = abs(mpmath.mpf(loss) - truth) / max(truth, mpmath.mpf(float(np.finfo(dtype).tiny)))
        return "off" if share > OFF else "right"


# The verdicts and the search.


@EACH_DTYPE
@EACH_LABEL
def test_every_verdict_by_50_digits(dtype: str, t: int) -> None:
    sizes = np.concatenate([SIZES, np.arange(1, 40) / 2])
    seen = survey(FORMULAS, dtype, sizes, t)
    rounded = sizes.astype(dtype).astype(float)
    with mpmath.workdps(50):
        np.testing.assert_allclose(seen.truth, [float(exact(z, t)) for z in rounded], rtol=1e-15, atol=1e-320)
    for losses, verdicts in zip(seen.losses, seen.verdicts, strict=True):
        assert verdicts == [verdict(loss, z, t, dtype) for loss, z in zip(losses, rounded, strict=True)]


@EACH_DTYPE
@EACH_LABEL
def test_digits_count_from_none_to_all_that_the_type_holds(dtype: str, t: int) -> None:
    seen = survey(FORMULAS, dtype, SIZES, t)
    most = {"float16": 3.31, "float32": 7.22, "float64": 15.95}[dtype]
    assert seen.digits.max() == pytest.approx(most, abs=0.01)
    finite = np.isfinite(seen.losses)
    assert (seen.digits[~finite] == 0).all()
    right = np.array(seen.verdicts) == "right"
    assert (seen.digits[right] >= 2 - 1e-9).all()
    assert (seen.digits[finite & ~right] <= 2).all()
    assert seen.digits[2].min() > most - 1.2, "the best form loses a digit at most"


@EACH
@EACH_LABEL
def test_in_float16_the_search_agrees_with_every_float_there_is(formula: Any, t: int) -> None:
    largest = int(np.float16(65504).view(np.uint16))
    every = np.arange(1, largest + 1, dtype=np.uint16).view(np.float16).astype(float)
    (row,) = survey({"": formula}, "float16", every, t).verdicts
    failed = every[np.array(row) != "right"]
    found = first_failure(formula, "float16", t)
    if len(failed) == 0:
        assert np.isinf(found)
    else:
        # The search looks at multiples of 1/64; between them float16 has more below 16.
        assert failed[0] <= found < failed[0] + 0.75
        assert found in failed


@EACH
@EACH_DTYPE
@EACH_LABEL
def test_what_is_found_fails_and_what_lies_before_does_not(formula: Any, dtype: str, t: int) -> None:
    found = first_failure(formula, dtype, t)
    if np.isinf(found):
        assert formula is best
        return
    tried = np.arange(1, int(found * 64) + 1) / 64
    (row,) = survey({"": formula}, dtype, tried, t).verdicts
    assert row[-1] != "right"
    assert set(row[:-1]) == {"right"}


def test_the_borders_are_those_of_exp_and_of_the_last_digit() -> None:
    for dtype in DTYPES:
        overflow = float(np.log(float(np.finfo(dtype).max)))
        assert overflow < first_failure(unshifted, dtype, 0) < overflow + 0.03
        full = -np.log(float(np.finfo(dtype).eps) / 2)  # there p is 1
        assert full - 5 < first_failure(through_p, dtype, 0) < full


@pytest.mark.parametrize("spoiled", [np.nan, np.inf])
def test_one_failure_far_out_is_found(spoiled: float) -> None:
    def fails_beyond(z: FloatArray, t: int) -> FloatArray:
        losses: FloatArray = np.where(z > 1e30, z.dtype.type(spoiled), best(z, t))
        return losses

    assert 1e30 < first_failure(fails_beyond, "float32", 0) < 2e30
    assert first_failure(fails_beyond, "float16", 0) == np.inf


def widened(z: FloatArray, t: int) -> FloatArray:
    losses: FloatArray = best(z.astype(np.float64), t)
    return losses


def summed(z: FloatArray, t: int) -> Any:
    return best(z, t).sum()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: survey({"wide": widened}, "float16", 1.0, 0), "from 'wide', got float64"),
        (lambda: survey({"sum": summed}, "float32", np.ones(3), 0), r"from 'sum', got float32 and \(\)"),
        (lambda: survey(FORMULAS, "int8", 1.0, 0), "dtype: expected 'float16' or 'float32' or 'float64', got 'int8'"),
        (lambda: first_failure(best, "float", 0), "dtype: expected"),
        (lambda: floating_point({}), "formulas: expected 1 to 12 of them, got 0"),
        (lambda: floating_point({str(k): best for k in range(13)}), "expected 1 to 12 of them, got 13"),
    ],
)
def test_bad_input_is_named(call: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()


def test_a_formula_may_spoil_its_input_and_no_warning_is_heard() -> None:
    def greedy(z: FloatArray, t: int) -> FloatArray:
        z *= 0
        return z

    seen = survey({"greedy": greedy, **FORMULAS}, "float64", np.array([1000.0, 2.0]), 0)
    assert seen.losses[0].tolist() == [0, 0]
    assert seen.verdicts[3] == ["right", "right"]


# What the page is given.


def test_every_loss_travels_as_it_was_computed() -> None:
    explorer = floating_point(FORMULAS)
    truth = np.frombuffer(base64.b64decode(explorer.truth), "<f8").reshape(3, 2, len(SIZES))
    for dtype, text, true in zip(DTYPES, explorer.losses, truth, strict=True):
        stored = np.frombuffer(base64.b64decode(text), "<f8" if dtype == "float64" else "<f4")
        for t, losses in enumerate(stored.reshape(2, len(FORMULAS), len(SIZES))):
            seen = survey(FORMULAS, dtype, SIZES, t)
            np.testing.assert_array_equal(losses, seen.losses)
            np.testing.assert_array_equal(true[t], seen.truth)


def test_a_formula_is_shown_as_it_is_written() -> None:
    def patched(z: FloatArray, t: int) -> FloatArray:
        """Words."""
        p = np.clip(z, 1e-7, 1)
        return -np.log(p)

    assert written(patched) == "p = clip(z, 1e-7, 1)\nloss = -log(p)"
    assert written(lambda z, t: np.maximum(z, 0) - t * z) == "loss = maximum(z, 0) - t * z"
    assert written(UNWRITTEN) == "", "what was not written in Python"
    unseen: dict[str, Any] = {}
    exec("def formula(z, t): return z", unseen)
    assert written(unseen["formula"]) == "", "what no file and no cell holds"


def test_a_logit_is_the_nearest_of_those_that_were_computed() -> None:
    explorer = floating_point(FORMULAS)
    explorer.size = 88.7
    assert explorer.size == SIZES[78]
    for end, place in ((1, 0), (2000, -1)):
        explorer.size = end
        assert explorer.size == SIZES[place]
    for size in SIZES:
        explorer.size = size
        assert explorer.size == size


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("dtype", "int8", "dtype: expected 'float16' or 'float32' or 'float64', got 'int8'"),
        ("answer", "yes", "answer: expected 'sure and wrong' or 'sure and right', got 'yes'"),
        ("size", 0.5, "size: expected a number from 1 to 2000, got 0.5"),
        ("row", 3, "row: expected a whole number from 0 to 2, got 3"),
    ],
)
def test_a_bad_state_is_named(name: str, value: Any, words: str) -> None:
    explorer = floating_point(FORMULAS)
    before = explorer.state
    with pytest.raises(ValueError, match=words):
        setattr(explorer, name, value)
    assert explorer.state == before
