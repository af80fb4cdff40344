"""What the classifier saw: the numbers by their formulas, the picture and the words by the numbers."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import scipy.special
from matplotlib.colors import to_hex
from matplotlib.textpath import TextPath

from course_utils.explorers.engine import Explorer
from course_utils.explorers.panels import outline
from course_utils.explorers.what_it_saw import what_it_saw, what_the_classifier_sees
from course_utils.plots import PALETTE

RNG = np.random.default_rng(8)
N = 12
W, B = RNG.normal(0, 0.1, (784, 10)), RNG.normal(0, 1, 10)
X = RNG.random((N, 784)) * (RNG.random((N, 784)) < 0.2)
Y = RNG.integers(0, 10, N)
NAMES = [f"<{name}>" for name in "abcdefghij"]  # names that HTML would swallow


def make() -> Explorer:
    return what_it_saw(W, B, X, Y, NAMES)


def set_state(explorer: Explorer, **state: Any) -> None:
    for name, value in state.items():
        explorer.controls[name].value = value


def random_state(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "digit": int(rng.integers(N)),
        "k": int(rng.integers(10)),
        "shift": float(rng.choice([0.0, round(rng.uniform(-10, 10), 1)])),
        "outputs": str(rng.choice(["softmax", "ten sigmoids"])),
    }


# The numbers.


@pytest.mark.parametrize("outputs", ["softmax", "ten sigmoids"])
@pytest.mark.parametrize("k", [0, 7])
@pytest.mark.parametrize("shift", [0.0, -4.5, 10.0])
def test_the_numbers_by_their_formulas(outputs: str, k: int, shift: float) -> None:
    to_p = {"softmax": scipy.special.softmax, "ten sigmoids": scipy.special.expit}[outputs]
    sight = what_the_classifier_sees(W, B, X[3], k, shift, outputs)
    z = np.array([sum(X[3, d] * W[d, c] for d in range(784)) + B[c] for c in range(10)])
    np.testing.assert_allclose(sight.z_before, z, rtol=1e-12)
    np.testing.assert_allclose(sight.evidence.sum() + sight.bias, z[k], rtol=1e-12)
    np.testing.assert_array_equal(sight.evidence[X[3] == 0], 0)
    np.testing.assert_allclose(sight.p_before, to_p(z), rtol=1e-12)
    z[k] += shift
    np.testing.assert_allclose(sight.z, z, rtol=1e-12)
    np.testing.assert_allclose(sight.p, to_p(z), rtol=1e-12)
    assert sight.predicted == max(range(10), key=lambda c: z[c])


def test_softmax_couples_the_classes_and_sigmoids_do_not() -> None:
    others = np.arange(10) != 4
    softmax = what_the_classifier_sees(W, B, X[0], 4, 3.0, "softmax")
    factor = softmax.p[others] / softmax.p_before[others]
    assert factor.max() < 1
    np.testing.assert_allclose(factor, factor[0], rtol=1e-12)
    sigmoids = what_the_classifier_sees(W, B, X[0], 4, 3.0, "ten sigmoids")
    np.testing.assert_array_equal(sigmoids.p[others], sigmoids.p_before[others])
    assert sigmoids.p[4] > sigmoids.p_before[4]


def test_inputs_are_left_as_they_are_and_float32_stays() -> None:
    w, b, x = (a.astype(np.float32) for a in (W, B, X[0]))
    copies = [a.copy() for a in (w, b, x)]
    sight = what_the_classifier_sees(w, b, x, k=1, shift=2.0)
    assert all(np.array_equal(a, b) for a, b in zip((w, b, x), copies, strict=True))
    assert sight.p.dtype == sight.z.dtype == np.float32


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"W": W[:, :0].T}, ValueError, r"W: expected shape \(784, K\)"),
        ({"b": B[:9]}, ValueError, r"b: expected shape \(10,\), got \(9,\)"),
        ({"x": X[0] * np.nan}, ValueError, "x: expected numbers, got nan"),
        ({"x": X}, ValueError, r"x: expected shape \(784,\)"),
        ({"k": 10}, ValueError, "k: expected labels 0 to 9, got 10"),
        ({"k": "a"}, TypeError, "k: expected a whole number"),
        ({"shift": np.inf}, ValueError, "shift: expected a finite number"),
        ({"outputs": "relu"}, ValueError, "outputs: expected 'softmax' or 'ten sigmoids', got 'relu'"),
    ],
)
def test_bad_numbers_are_named(changed: Any, error: Any, words: str) -> None:
    good = {"W": W, "b": B, "x": X[0], "k": 0, "shift": 0.0, "outputs": "softmax"}
    with pytest.raises(error, match=words):
        what_the_classifier_sees(**(good | changed))


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"W": W.T}, ValueError, r"W: expected shape \(784, K\)"),
        ({"b": "b"}, TypeError, "b: expected an array of numbers"),
        ({"X": X.reshape(-1, 28, 28)}, ValueError, r"X: expected shape \(N, 784\)"),
        ({"X": X[:0], "y": []}, ValueError, "y: expected at least one label"),
        ({"y": Y[1:]}, ValueError, rf"y: expected shape \({N},\)"),
        ({"y": Y + 10}, ValueError, "y: expected labels 0 to 9"),
        ({"class_names": NAMES[1:]}, ValueError, "class_names: expected 10 names, got 9"),
    ],
)
def test_bad_arrays_are_named(changed: Any, error: Any, words: str) -> None:
    good = {"W": W, "b": B, "X": X, "y": Y, "class_names": NAMES}
    with pytest.raises(error, match=words):
        what_it_saw(**(good | changed))


# The picture and the words.


@pytest.mark.long
def test_bars_numbers_and_marks_show_the_state() -> None:
    explorer = make()
    seen: list[Any] = []
    update = explorer._update
    explorer._update = lambda **state: seen.append(update(**state)) or seen[-1]  # type: ignore[func-returns-value]
    rng = np.random.default_rng(3)
    for _ in range(20):
        state = random_state(rng)
        set_state(explorer, **state)
        explorer._follow()
        sight = sight_of(state)
        image, name, evidence, evidence_name, sums, *rest, title, true, predicted = seen[-1]
        np.testing.assert_array_equal(image.get_array(), X[state["digit"]].reshape(28, 28))
        np.testing.assert_array_equal(evidence.get_array(), sight.evidence.reshape(28, 28))
        assert (name.get_text(), evidence_name.get_text()) == (NAMES[Y[state["digit"]]], NAMES[state["k"]])
        assert_numbers(sums, "{:+.2f}", [sight.evidence.sum(), B[state["k"]], sight.z_before[state["k"]]])
        for (bars, outlines, numbers), after, before, form in (
            (rest[:3], sight.z, sight.z_before, "{:+.2f}"),
            (rest[3:], sight.p, sight.p_before, "{:.3f}"),
        ):
            assert_bars(bars, after)
            colours = {Y[state["digit"]]: PALETTE["orange"]} | {sight.predicted: PALETTE["blue"]}
            for row, colour in enumerate(bars.get_facecolor()):
                assert to_hex(colour).upper() == colours.get(row, "#8C8C8C")
            assert_bars(outlines, before)
            assert outlines.get_visible() == (state["shift"] != 0)
            assert_numbers(numbers, form, after)
        assert title.get_text() == f"{state['outputs']}, sum {sight.p.sum():.3f}"
        right = sight.predicted == Y[state["digit"]]
        assert predicted.get_position()[1] == sight.predicted
        assert predicted.get_text() == ("correct" if right else "predicted")
        assert true.get_position()[1] == Y[state["digit"]]
        assert true.get_visible() != right


def sight_of(state: dict[str, Any]) -> Any:
    return what_the_classifier_sees(W, B, X[state["digit"]], state["k"], state["shift"], state["outputs"])


def assert_bars(bars: Any, values: Any) -> None:
    for row, (path, value) in enumerate(zip(bars.get_paths(), values, strict=True)):
        box = path.get_extents()
        np.testing.assert_allclose([box.x0, box.x1], sorted([0, value]), atol=1e-12)
        np.testing.assert_allclose([box.y0, box.y1], [row - 0.35, row + 0.35])


def assert_numbers(numbers: Any, form: str, values: Any) -> None:
    for path, value in zip(numbers.get_paths(), values, strict=True):
        np.testing.assert_array_equal(path.vertices, outline(form.format(value)).vertices)


@pytest.mark.parametrize("number", ["+12.34", "-5.67", "0.890", "1.000"])
def test_an_outline_is_what_matplotlib_would_write(number: str) -> None:
    ours, theirs = outline(number).get_extents(), TextPath((0, 0), number, size=10 / 72).get_extents()
    assert ours.width == pytest.approx(theirs.width, abs=0.01)  # a hundredth of an inch: kerning and hinting
    assert ours.height == pytest.approx(theirs.height, abs=1e-3)
    assert -0.02 < ours.x1 <= 0
    assert ours.y0 == pytest.approx(-ours.y1, abs=0.01)


@pytest.mark.parametrize("word", ["inf", "off", "nan"])
def test_letters_stand_where_matplotlib_would_set_them(word: str) -> None:
    ours, theirs = outline(word).get_extents(), TextPath((0, 0), word, size=10 / 72).get_extents()
    assert ours.width == pytest.approx(theirs.width, abs=0.01)
    assert ours.x1 == pytest.approx(0, abs=0.02)  # an f reaches a little beyond its own width


@pytest.mark.long
def test_every_label_lies_inside_the_picture() -> None:
    for names in ("0123456789", [f"a long name {k}" for k in range(10)]):
        explorer = what_it_saw(W, B, X, Y, names)
        figure: Any = explorer._picture._figure
        box = figure.get_tightbbox().transformed(figure.dpi_scale_trans)
        assert box.x0 >= -1
        assert box.y0 >= -1
        assert box.x1 <= 1351
        assert box.y1 <= 496


@pytest.mark.long
def test_the_caption_tells_the_numbers() -> None:
    explorer = make()
    rng = np.random.default_rng(4)
    for _ in range(20):
        state = random_state(rng)
        set_state(explorer, **state)
        sight, (digit, k, shift, outputs) = sight_of(state), state.values()
        text = explorer.caption
        right = sight.predicted == Y[digit]
        assert f"Test digit {digit} (of 0 to {N - 1}), true class {NAMES[Y[digit]]}," in text
        assert f"predicted {NAMES[sight.predicted]}, which is {'right' if right else 'wrong'}." in text
        told = re.findall(r"(<.>) with (\d\.\d{3})", text)
        expected = sorted(zip(sight.z, NAMES, sight.p, strict=True), reverse=True)[:3]
        assert told == [(name, f"{p:.3f}") for _, name, p in expected]
        assert f"from {outputs}: " in text
        assert f"all 10 together {sight.p.sum():.3f}." in text
        evidence = f"{sight.evidence.sum():+.2f}, its bias is {B[k]:+.2f}, its logit {sight.z_before[k]:+.2f}."
        assert f"Evidence for class {NAMES[k]}: its pixels add up to {evidence}" in text
        others = np.arange(10) != k
        slide = (
            f"Slid by {shift:+.1f}, that logit is {sight.z[k]:+.2f}: the probability of class {NAMES[k]} goes from "
            f"{sight.p_before[k]:.3f} to {sight.p[k]:.3f}, the sum of the others from "
            f"{sight.p_before[others].sum():.3f} to {sight.p[others].sum():.3f}."
        )
        assert text.endswith(slide) == (shift != 0)


@pytest.mark.long
def test_the_code_computes_the_picture() -> None:
    explorer = make()
    rng = np.random.default_rng(5)
    for _ in range(10):
        state = random_state(rng)
        set_state(explorer, **state)
        names: dict[str, Any] = {"X": X, "W": W, "b": B}
        exec(explorer.code, names)
        sight = sight_of(state)
        for name in ("z", "p", "evidence"):
            np.testing.assert_allclose(names[name], getattr(sight, name), rtol=1e-9)
