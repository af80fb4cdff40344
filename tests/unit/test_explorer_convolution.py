"""Convolution in Python: the map by SciPy and torch, the window, its products, what is refused, where it opens."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest
import torch
from scipy.signal import convolve2d, correlate2d

from course_utils.explorers.convolution import KERNELS, convolution, cross_correlate, look

RNG = np.random.default_rng(11)
IMAGES = RNG.random((6, 12, 15)).round(2)
EACH = pytest.mark.parametrize("kernel", list(KERNELS))


@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (2, 5), (12, 15), (1, 15)])
def test_the_map_is_scipys_correlation_and_torchs_convolution(shape: tuple[int, int]) -> None:
    image, kernel = IMAGES[0], RNG.normal(size=shape)
    ours = cross_correlate(image, kernel)
    np.testing.assert_allclose(ours, correlate2d(image, kernel, mode="valid"), rtol=1e-12, atol=1e-12)
    torchs = torch.nn.functional.conv2d(torch.tensor(image)[None, None], torch.tensor(kernel)[None, None])
    np.testing.assert_allclose(ours, torchs[0, 0].numpy(), rtol=1e-12, atol=1e-12)
    turned = cross_correlate(image, kernel[::-1, ::-1])
    np.testing.assert_allclose(turned, convolve2d(image, kernel, mode="valid"), rtol=1e-12, atol=1e-12)


def test_the_inputs_are_left_as_they_are_and_float32_stays() -> None:
    image, kernel = IMAGES[0].astype(np.float32), np.ones((2, 2), np.float32)
    copies = image.copy(), kernel.copy()
    assert cross_correlate(image, kernel).dtype == np.float32
    np.testing.assert_array_equal(image, copies[0])
    np.testing.assert_array_equal(kernel, copies[1])


@EACH
def test_the_place_by_its_formula(kernel: str) -> None:
    place = look(IMAGES[2], kernel, 4, 9)
    np.testing.assert_array_equal(place.patch, IMAGES[2, 4:7, 9:12])
    products = [[IMAGES[2, 4 + k, 9 + i] * KERNELS[kernel][k, i] for i in range(3)] for k in range(3)]
    np.testing.assert_allclose(place.products, products, rtol=1e-15)
    assert place.total == pytest.approx(np.sum(products), rel=1e-12, abs=1e-12)
    assert place.total == place.response[4, 9]
    assert place.response.shape == (10, 13)


def test_what_the_kernels_find() -> None:
    left = np.zeros((7, 7))
    left[:, 3:] = 1
    assert look(left, "left edge", 2, 2).total == 3
    assert look(1 - left, "left edge", 2, 2).total == -3
    assert look(left.T, "top edge", 2, 2).total == 3
    assert look(left.T, "left edge", 2, 2).total == 0
    assert look(np.eye(7)[3] * np.ones((7, 1)), "stroke", 2, 2).total == 6
    assert look(np.outer(np.eye(7)[3], np.eye(7)[3]), "spot", 2, 2).total == pytest.approx(1, rel=1e-12)
    for kernel, weights in KERNELS.items():
        assert weights.sum() == pytest.approx(float(kernel == "blur"), abs=1e-12)
        on_plain_ink = cross_correlate(np.full((5, 5), 0.7), weights)
        np.testing.assert_allclose(on_plain_ink, 0.7 if kernel == "blur" else 0, atol=1e-12)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: cross_correlate(IMAGES, np.ones((2, 2))), ValueError, r"image: expected shape \(H, W\)"),
        (lambda: cross_correlate(IMAGES[0], [1, 2]), ValueError, r"kernel: expected shape \(h, w\)"),
        (lambda: cross_correlate(IMAGES[0] * np.nan, [[1]]), ValueError, "image: expected numbers, got nan"),
        (
            lambda: cross_correlate(IMAGES[0], np.ones((13, 1))),
            ValueError,
            r"kernel: expected one that fits into the image \(12, 15\), got shape \(13, 1\)",
        ),
        (lambda: cross_correlate(IMAGES[0], np.ones((0, 3))), ValueError, "kernel: expected one that fits"),
        (lambda: look(IMAGES[0], "sharp", 0, 0), ValueError, "kernel: expected 'left edge' or"),
        (lambda: look(IMAGES[0], "blur", 10, 0), ValueError, "row: expected 0 to 9, where the kernel fits whole"),
        (lambda: look(IMAGES[0], "blur", 0, 13), ValueError, "column: expected 0 to 12"),
        (lambda: look(IMAGES[0], "blur", -1, 0), ValueError, "row: expected a whole number of at least 0"),
        (lambda: look(IMAGES[0], "blur", 0.5, 0), TypeError, "row: expected a whole number"),  # type: ignore[arg-type]
        (lambda: convolution(IMAGES[0]), ValueError, r"images: expected shape \(N, H, W\)"),
        (lambda: convolution(IMAGES[:0]), ValueError, "images: expected one image of 3 x 3 pixels or more"),
        (lambda: convolution(IMAGES[:, :2]), ValueError, "images: expected one image of 3 x 3 pixels or more"),
        (lambda: convolution(IMAGES * 255), ValueError, "images: expected ink from 0 to 1, got 0 to 255"),
        (lambda: convolution("digits"), TypeError, "images: expected an array of numbers"),
        (lambda: convolution(IMAGES, picture=6), ValueError, "picture: expected a whole number from 0 to 5, got 6"),
        (lambda: convolution(IMAGES, row=10), ValueError, "row: expected a whole number from 0 to 9, got 10"),
        (lambda: convolution(IMAGES, kernel="sharp"), ValueError, "kernel: expected 'left edge' or"),
        (lambda: convolution(IMAGES, kernel=np.eye(2)), ValueError, r"kernel: expected shape \(3, 3\)"),
        (
            lambda: convolution(IMAGES, kernel=np.full((3, 3), 11)),
            ValueError,
            "kernel: expected weights from -10 to 10",
        ),
    ],
)
def test_bad_input_is_named(call: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        call()


def test_it_opens_where_the_kernel_answers_the_opposite_most_loudly() -> None:
    explorer = convolution(IMAGES, picture=2, kernel="stroke")
    response = look(IMAGES[2], "stroke", 0, 0).response
    assert response[explorer.row, explorer.column] == response.min()


def test_the_pictures_travel_as_bytes_and_come_back() -> None:
    explorer = convolution(IMAGES)
    pixels = np.frombuffer(base64.b64decode(explorer.images), np.uint8).reshape(explorer.size)
    np.testing.assert_allclose(pixels / 255, IMAGES, atol=0.5 / 255)
    assert explorer.images not in repr(explorer)


def test_a_window_beyond_the_picture_is_refused_and_the_old_one_stays() -> None:
    explorer = convolution(IMAGES, row=9, column=12)
    for name, value, end in (("row", 10, 9), ("column", 13, 12), ("picture", 6, 5)):
        before = getattr(explorer, name)
        with pytest.raises(ValueError, match=f"{name}: expected a whole number from 0 to {end}, got {value}"):
            setattr(explorer, name, value)
        assert getattr(explorer, name) == before


def test_what_comes_from_the_page_is_checked_alike() -> None:
    explorer = convolution(IMAGES, row=0, column=0)
    explorer.set_state({"row": 9, "column": 12, "kernel": [[0, 0, 0], [0, 1, 0], [0, 0, 0]]})
    assert (explorer.row, explorer.column, explorer.kernel[1]) == (9, 12, [0.0, 1.0, 0.0])
    with pytest.raises(ValueError, match="row: expected a whole number from 0 to 9, got 10"):
        explorer.set_state({"row": 10})
