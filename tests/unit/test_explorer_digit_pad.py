"""The digit pad: MNIST's form by its definition and on MNIST-like digits, and what is told of the ink."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import ndimage

from course_utils.datasets.digits import digits
from course_utils.explorers.digit_pad import PAD, digit_pad, mnist_form

CLASSES = range(10)


def always(p: Any) -> Any:
    return lambda X: np.array([p])


def small_pad(predict: Any = None) -> Any:
    return digit_pad(predict or always([0.25, 0.75]), np.eye(2, 784) * 255, ["cat", "dog"])


def ink(rng: np.random.Generator) -> Any:
    """Some thick strokes somewhere on a pad."""
    sheet = np.zeros((PAD, PAD))
    height, width = rng.integers(8, 40, 2)
    top, left = rng.integers(0, PAD - height), rng.integers(0, PAD - width)
    sheet[top : top + height, left : left + 5] = 255
    sheet[top : top + 5, left : left + width] = 255
    return sheet


def test_the_longer_side_is_20_pixels_and_the_centre_of_mass_is_in_the_middle() -> None:
    rng = np.random.default_rng(0)
    for _ in range(40):
        picture = mnist_form(ink(rng)).reshape(28, 28)
        rows, columns = (np.nonzero(picture.any(axis=axis))[0] for axis in (1, 0))
        sides = rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
        assert max(sides) == 20
        centre = np.array(ndimage.center_of_mass(picture.astype(float)))
        kept_inside = rows[0] == 0 or columns[0] == 0 or rows[-1] == 27 or columns[-1] == 27
        assert kept_inside or (np.abs(centre - 13.5) <= 0.5 + 1e-9).all()


def test_where_and_how_large_it_was_drawn_does_not_matter() -> None:
    sheet = np.zeros((PAD, PAD))
    sheet[10:30, 12:16] = sheet[10:14, 12:26] = 200
    moved = np.roll(sheet, (20, -9), axis=(0, 1))
    np.testing.assert_array_equal(mnist_form(sheet), mnist_form(moved))
    larger = np.kron(sheet, np.ones((3, 3)))
    np.testing.assert_array_equal(mnist_form(sheet), mnist_form(larger))


def test_no_ink_is_an_empty_picture_and_a_dot_is_a_dot() -> None:
    assert not mnist_form(np.zeros((PAD, PAD))).any()
    dot = np.zeros((PAD, PAD))
    dot[3, 50] = 255
    assert (mnist_form(dot) == 255).sum() == 400


def test_a_digit_that_has_the_form_already_keeps_it() -> None:
    X = digits()["X_test"][:50]
    changed = [np.abs(mnist_form(x.reshape(28, 28)).astype(float) - x).mean() for x in X]
    # Moved by its centre of mass, by a pixel or two, and stretched where it did not fill the box.
    assert np.median(changed) < 25


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (np.zeros(784), "ink: expected shape"),
        (np.full((4, 4), 256.0), "ink: expected numbers from 0 to 255"),
        (np.full((4, 4), -1.0), "ink: expected numbers from 0 to 255"),
        (np.full((4, 4), np.nan), "ink: expected numbers"),
    ],
)
def test_bad_ink_is_named(given: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        mnist_form(given)


def test_ink_is_read_in_mnists_form_and_told() -> None:
    read = []

    def predict(X: Any) -> Any:
        read.append(X)
        return np.array([[0.25, 0.75]])

    pad, sheet = small_pad(predict), ink(np.random.default_rng(1)).astype(np.uint8)
    pad.set_state({"ink": memoryview(sheet.tobytes())})  # as it comes from the page
    np.testing.assert_array_equal(read[-1], mnist_form(sheet)[np.newaxis])
    assert (pad.seen, pad.p) == (mnist_form(sheet).tobytes(), [0.25, 0.75])
    assert pad.caption == "Reads dog (75 %), then cat (25 %)."


def test_an_empty_pad_says_so() -> None:
    pad = small_pad()
    pad.ink = ink(np.random.default_rng(1)).astype(np.uint8).tobytes()
    pad.ink = bytes(PAD * PAD)
    assert (pad.caption, pad.p) == ("The pad is empty.", [0.0, 0.0])


@pytest.mark.parametrize("sent", [b"1234", b""])
def test_what_is_no_pad_of_ink_is_told(sent: bytes) -> None:
    pad = small_pad()
    pad.ink = b"x"
    pad.ink = sent
    assert pad.caption.startswith("Could not read the pad. ValueError")


def test_a_classifier_that_fails_later_is_told() -> None:
    calls = []

    def predict(X: Any) -> Any:
        calls.append(X)
        if len(calls) > 3:  # its check and the two samples
            raise ZeroDivisionError("no ink left")
        return np.array([[0.5, 0.5]])

    pad = small_pad(predict)
    pad.ink = ink(np.random.default_rng(1)).astype(np.uint8).tobytes()
    assert pad.caption == "Could not read the pad. ZeroDivisionError: no ink left"


@pytest.mark.parametrize(
    ("predict", "samples", "words"),
    [
        (always([0.5, 0.5]), np.zeros((2, 28, 28)), "samples: expected shape"),
        (always([0.5, 0.5]), np.zeros((0, 784)), "samples: expected at least one picture"),
        (always([0.5, 0.5]), np.full((1, 784), 300), "samples: expected at least one picture"),
        (always([0.5, 0.3, 0.2]), np.zeros((1, 784)), "class_names: expected 3 names, got 2"),
        (always([1.5, -0.5]), np.zeros((1, 784)), r"predict_proba: expected probabilities in \[0, 1\]"),
    ],
)
def test_bad_input_is_named(predict: Any, samples: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        digit_pad(predict, samples, ["cat", "dog"])


def test_where_no_kernel_runs_a_sentence_stands() -> None:
    data, _ = small_pad()._repr_mimebundle_()
    assert data["text/markdown"] == data["text/plain"]
    assert data["text/plain"].endswith("Its 2 sample digits are read as dog, dog.")
    assert "application/vnd.jupyter.widget-view+json" in data
    assert repr(small_pad()) == "DigitPad(2 classes)"
