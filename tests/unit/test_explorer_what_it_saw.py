"""What the classifier saw: the numbers by their formulas, what the page is given, what is refused."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest
import scipy.special

from course_utils.explorers.what_it_saw import WhatItSaw, what_it_saw, what_the_classifier_sees

RNG = np.random.default_rng(8)
N = 12
W, B = RNG.normal(0, 0.1, (784, 10)), RNG.normal(0, 1, 10)
X = RNG.random((N, 784)) * (RNG.random((N, 784)) < 0.2)
Y = RNG.integers(0, 10, N)
NAMES = [f"<{name}>" for name in "abcdefghij"]  # names that HTML would swallow


def make() -> WhatItSaw:
    return what_it_saw(W, B, X, Y, NAMES)


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
        ({"X": -X}, ValueError, "X: expected pixels of at least 0, got -"),
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


# What the page is given.


def test_the_page_has_the_weights_in_float32_and_the_pixels_in_256_steps() -> None:
    explorer = make()
    weights = np.frombuffer(base64.b64decode(explorer.W), "<f4").reshape(784, 10)
    pixels = np.frombuffer(base64.b64decode(explorer.X), np.uint8).reshape(N, 784)
    np.testing.assert_array_equal(weights, W.astype(np.float32))
    np.testing.assert_allclose(pixels * explorer.scale, X, atol=explorer.scale / 2 * (1 + 1e-9))
    assert pixels.max() == 255


def test_whole_pixels_come_through_as_they_are() -> None:
    whole = RNG.integers(0, 256, (3, 784))
    whole[0, 0] = 255
    explorer = what_it_saw(W, B, whole, [0, 1, 2], NAMES)
    assert explorer.scale == 1
    assert base64.b64decode(explorer.X) == whole.astype(np.uint8).tobytes()


def test_a_blank_picture_is_a_picture() -> None:
    explorer = what_it_saw(W, B, np.zeros((1, 784)), [0], NAMES)
    assert set(base64.b64decode(explorer.X)) == {0}


def test_it_begins_with_the_class_that_wins() -> None:
    assert make().k == (X[0] @ W + B).argmax()


@pytest.mark.parametrize(
    ("name", "value", "error", "words"),
    [
        ("digit", N, ValueError, f"digit: expected a whole number from 0 to {N - 1}, got {N}"),
        ("digit", -1, ValueError, "digit: expected a whole number"),
        ("k", 10, ValueError, "k: expected a whole number from 0 to 9, got 10"),
        ("shift", 11, ValueError, "shift: expected a number from -10 to 10, got 11"),
        ("outputs", "relu", ValueError, "outputs: expected 'softmax' or 'ten sigmoids', got 'relu'"),
        ("pixel", [3, 28], ValueError, "pixel: column: expected a whole number from 0 to 27, got 28"),
        ("pixel", [3], ValueError, "pixel: expected a row and a column"),
    ],
)
def test_a_bad_state_is_named(name: str, value: Any, error: type[Exception], words: str) -> None:
    explorer = make()
    before = explorer.state
    with pytest.raises(error, match=words):
        setattr(explorer, name, value)
    assert explorer.state == before
