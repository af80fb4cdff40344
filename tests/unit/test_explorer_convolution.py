"""Convolution: the map by SciPy and torch, the window, its products, the picture and the words."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import torch
from matplotlib.transforms import Affine2D
from scipy.signal import convolve2d, correlate2d

from course_utils.explorers.convolution import KERNELS, convolution, cross_correlate, look
from course_utils.explorers.engine import Explorer
from course_utils.explorers.panels import outline

RNG = np.random.default_rng(11)
IMAGES = RNG.random((6, 12, 15)).round(2)
EACH = pytest.mark.parametrize("kernel", list(KERNELS))


def set_state(explorer: Explorer, **state: Any) -> None:
    for name, value in state.items():
        explorer.controls[name].value = value


def random_state(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "picture": int(rng.integers(6)),
        "kernel": str(rng.choice(list(KERNELS))),
        "row": int(rng.integers(10)),
        "column": int(rng.integers(13)),
    }


# The numbers.


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
    ],
)
def test_bad_input_is_named(call: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        call()


# The picture and the words.


@pytest.mark.long
def test_the_picture_shows_the_state() -> None:
    explorer = convolution(IMAGES)
    rng = np.random.default_rng(3)
    for _ in range(8):
        state = random_state(rng)
        place = look(IMAGES[state["picture"]], state["kernel"], state["row"], state["column"])
        artists: list[Any] = list(explorer._update(**state) or [])
        image, response, window, here, ink, ink_numbers, weights, _, products, product_numbers, total = artists
        np.testing.assert_array_equal(image.get_array(), IMAGES[state["picture"]])
        np.testing.assert_array_equal(response.get_array(), place.response)
        assert np.abs(place.response).max() <= response.get_clim()[1] == -response.get_clim()[0]
        corner = (state["column"] - 0.5, state["row"] - 0.5)
        assert (window.get_xy(), window.get_width(), window.get_height()) == (corner, 3, 3)
        assert (here.get_xy(), here.get_width(), here.get_height()) == (corner, 1, 1)
        np.testing.assert_array_equal(ink.get_array(), place.patch)
        np.testing.assert_array_equal(weights.get_array(), KERNELS[state["kernel"]])
        np.testing.assert_array_equal(products.get_array(), place.products)
        for numbers, table in ((ink_numbers, place.patch), (product_numbers, place.products)):
            for path, value in zip(numbers.get_paths(), table.flat, strict=True):
                np.testing.assert_array_equal(path.vertices, outline(f"{value + 0.0:.2f}").vertices)
        assert total.get_text() == f"sum {place.total:+.2f}"


@pytest.mark.long
def test_the_caption_tells_the_numbers() -> None:
    explorer = convolution(IMAGES)
    rng = np.random.default_rng(4)
    for _ in range(10):
        state = random_state(rng)
        set_state(explorer, **state)
        place = look(IMAGES[state["picture"]], state["kernel"], state["row"], state["column"])
        text = explorer.caption
        assert text.startswith(f"Picture {state['picture']} (of 0 to 5). The kernel {state['kernel']} lies on rows ")
        listed = re.search(r"row by row, are (.*); they add up", text)
        assert listed
        told = [float(number) for number in re.split("[,;] ", listed[1])]
        np.testing.assert_allclose(told, place.products.ravel(), atol=0.0051)
        assert f"they add up to {place.total:+.2f}." in text
        found = re.search(r"strongest with ([-+.\d]+) at row (\d+), column (\d+)\.", text)
        assert found
        strongest = place.response[int(found[2]), int(found[3])]
        assert abs(strongest) == np.abs(place.response).max()
        assert f"{strongest:+.2f}" == found[1]


@pytest.mark.long
def test_the_code_computes_the_picture() -> None:
    explorer = convolution(IMAGES)
    rng = np.random.default_rng(5)
    for _ in range(4):
        state = random_state(rng)
        set_state(explorer, **state)
        names: dict[str, Any] = {"images": IMAGES}
        exec(explorer.code, names)
        place = look(IMAGES[state["picture"]], state["kernel"], state["row"], state["column"])
        np.testing.assert_array_equal(names["products"], place.products)
        np.testing.assert_array_equal(names["response"], place.response)
        assert names["total"] == pytest.approx(place.total, rel=1e-12, abs=1e-12)


@pytest.mark.long
def test_every_number_lies_inside_its_cell() -> None:
    explorer = convolution(IMAGES)
    explorer.controls["kernel"].value = "stroke"
    figure: Any = explorer._picture._figure
    for ax in figure.axes[1:4]:
        (numbers,) = ax.collections
        inches = figure.dpi_scale_trans.inverted()
        width = np.diff((ax.transData + inches).transform([(0, 0), (1, 0)])[:, 0])[0]
        for path in numbers.get_paths():
            box = path.get_extents(Affine2D())
            assert box.width < width
