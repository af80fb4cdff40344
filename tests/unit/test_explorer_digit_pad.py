"""The digit pad: MNIST's form by its definition and on MNIST-like digits, and what is read in the ink."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest
from scipy import ndimage

from course_utils.datasets.digits import digits
from course_utils.explorers.digit_pad import PAD, digit_pad, mnist_form, read_ink


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


def test_ink_is_read_in_mnists_form() -> None:
    W, b, sheet = np.random.default_rng(2).normal(size=(784, 3)), [0.5, 0.0, -0.5], ink(np.random.default_rng(1))
    reading = read_ink(W, b, sheet)
    x = mnist_form(sheet) / 255
    np.testing.assert_array_equal(reading.picture, mnist_form(sheet))
    np.testing.assert_allclose(reading.z, x @ W + b, rtol=1e-12)
    np.testing.assert_allclose(reading.p, np.exp(reading.z) / np.exp(reading.z).sum(), rtol=1e-12)
    best = int(reading.z.argmax())
    assert reading.evidence.sum() + b[best] == pytest.approx(reading.z[best], rel=1e-12)


def test_a_pad_holds_its_classifier_in_single_precision() -> None:
    W = np.random.default_rng(2).normal(size=(784, 2))
    pad = digit_pad(W, [0.25, -1.0], np.eye(2, 784) * 255, ["cat", "dog"])
    kept = np.frombuffer(base64.b64decode(pad.W), np.float32).reshape(784, 2)
    np.testing.assert_array_equal(kept, W.astype(np.float32))
    assert (pad.b, pad.names) == ([0.25, -1.0], ["cat", "dog"])
    assert repr(pad) == "digit_pad(names=['cat', 'dog'], pen=[28.0, 14.0])"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((np.zeros((3, 2)), [0, 0], np.zeros((2, 784)), "ab"), r"W: expected shape \(784, K\)"),
        ((np.zeros((784, 2)), [0], np.zeros((2, 784)), "ab"), r"b: expected shape \(2,\)"),
        ((np.zeros((784, 2)), [0, 0], np.zeros((2, 28, 28)), "ab"), "samples: expected shape"),
        ((np.zeros((784, 2)), [0, 0], np.zeros((0, 784)), "ab"), "samples: expected at least one picture"),
        ((np.zeros((784, 2)), [0, 0], np.full((1, 784), 300), "ab"), "samples: expected at least one picture"),
        ((np.zeros((784, 3)), [0, 0, 0], np.zeros((1, 784)), "ab"), "class_names: expected 3 names, got 2"),
    ],
)
def test_bad_input_is_named(arguments: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        digit_pad(*arguments)


def test_a_pen_beyond_the_pad_is_refused() -> None:
    pad = digit_pad(np.zeros((784, 2)), [0, 0], np.zeros((1, 784)), "ab")
    with pytest.raises(ValueError, match="pen: expected a column and a row from 0 to 56, got"):
        pad.pen = [57, 0]
    assert pad.pen == [28.0, 14.0]
