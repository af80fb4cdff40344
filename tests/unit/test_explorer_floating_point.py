"""Floating point: verdicts against 50 digits, the search against every float16, the picture, its words, its code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

from course_utils.explorers.engine import Explorer
from course_utils.explorers.floating_point import ANSWERS, DTYPES, OFF, first_failure, floating_point, survey
from course_utils.numerics import FloatArray
from course_utils.plots import PALETTE

SIZES = 10 ** (np.arange(133) / 40)  # what the slider offers


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


def set_state(explorer: Explorer, **state: Any) -> None:
    for name, value in state.items():
        explorer.controls[name].value = value


def random_state(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "dtype": DTYPES[rng.integers(3)],
        "answer": list(ANSWERS)[rng.integers(2)],
        "size": float(rng.choice(SIZES)),
    }


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


# The picture and the words.


def test_the_picture_shows_the_state() -> None:
    explorer = floating_point(FORMULAS)
    columns = np.linspace(0, 3.3, 265)
    rng = np.random.default_rng(3)
    colours = {"right": "sky blue", "off": "yellow", "infinite": "vermilion", "NaN": "black"}
    for _ in range(12):
        state = random_state(rng)
        t = ANSWERS[state["answer"]]
        artists: list[Any] = list(explorer._update(**state) or [])
        strips, line, halo, bars, most, _, title, truth = artists
        there = survey(FORMULAS, state["dtype"], 10**columns, t)
        painted = np.full((3, len(columns)), "", dtype=object)
        for path, colour in zip(strips.get_paths(), strips.get_facecolor(), strict=True):
            box = path.get_extents()
            inside = (columns > box.x0) & (columns < box.x1)
            assert (painted[round((box.y0 + box.y1) / 2)][inside] == "").all(), "strips overlap"
            painted[round((box.y0 + box.y1) / 2)][inside] = name_of(colour)
        expected = [[colours[verdict] for verdict in row] for row in there.verdicts]
        np.testing.assert_array_equal(painted, expected)

        here = survey(FORMULAS, state["dtype"], state["size"], t)
        assert line.get_xdata() == halo.get_xdata() == [np.log10(state["size"])] * 2
        for row, (path, colour) in enumerate(zip(bars.get_paths(), bars.get_facecolor(), strict=True)):
            assert path.get_extents().x1 == pytest.approx(here.digits[row, 0])
            assert name_of(colour) == colours[here.verdicts[row][0]]
        assert most.get_xdata()[0] == pytest.approx(-np.log10(float(np.finfo(state["dtype"]).eps) / 2))
        right = sum(verdicts == ["right"] for verdicts in here.verdicts)
        assert title.get_text() == f"logit {state['size']:.4g}: {right} of 3 are right"
        assert truth.get_text() == f"the truth: {here.truth[0]:.4g} nats"


def name_of(colour: Any) -> str:
    wanted = "#" + "".join(f"{round(255 * part):02X}" for part in colour[:3])
    return next(name for name, code in PALETTE.items() if code == wanted)


def test_the_caption_tells_every_formula() -> None:
    explorer = floating_point(FORMULAS)
    set_state(explorer, dtype="float64", answer="sure and wrong", size=1000.0)
    assert explorer.caption == (
        "float64, logit 1000, label 0: sure and wrong. The true loss is 1000 nats. Right to 1 %: with log1p. "
        "Infinite: through p, unshifted."
    )
    set_state(explorer, answer="sure and right", size=float(10**1.55))
    assert explorer.caption == (
        "float64, logit 35.48, label 1: sure and right. The true loss is 3.896e-16 nats. Right to 1 %: with log1p. "
        "Off: through p (4.441e-16), unshifted (0)."
    )
    set_state(explorer, size=1000.0)
    assert "Not a number: through p." in explorer.caption


@pytest.mark.long
def test_the_code_computes_the_picture() -> None:
    explorer = floating_point(FORMULAS)
    rng = np.random.default_rng(5)
    for _ in range(6):
        state = random_state(rng)
        set_state(explorer, **state)
        names: dict[str, Any] = {"formulas": FORMULAS}
        with np.errstate(all="ignore"):
            exec(explorer.code, names)
        here = survey(FORMULAS, state["dtype"], state["size"], ANSWERS[state["answer"]])
        np.testing.assert_array_equal([float(loss) for loss in names["losses"].values()], here.losses[:, 0])


@pytest.mark.parametrize("count", [1, 12])
def test_every_label_lies_inside_the_picture(count: int) -> None:
    figure: Any = floating_point({f"a formula, number {k}": best for k in range(count)})._picture._figure
    box = figure.get_tightbbox().transformed(figure.dpi_scale_trans)
    width, height = figure.canvas.get_width_height()
    assert box.x0 >= -1
    assert box.y0 >= -1
    assert box.x1 <= width + 1
    assert box.y1 <= height + 1
