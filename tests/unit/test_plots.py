"""The pictures show the numbers they were given, in colours and words that everyone can read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.text import Annotation, Text

from course_utils.plots import PALETTE, plot_confusion, plot_curves, plot_digits, plot_weights
from tools.figures import swallowed

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (5, 784)).astype(np.uint8)
W = RNG.normal(size=(784, 10))
COUNTS = RNG.integers(0, 100, (10, 10))
NAMES = [f"class {k}" for k in range(10)]


@pytest.fixture(autouse=True)
def close_figures() -> Iterator[None]:
    yield
    plt.close("all")


def luminance(colour: Any) -> float:
    """WCAG 2.2, written from the standard."""
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), channels, strict=True))


def contrast(a: Any, b: Any) -> float:
    darker, lighter = sorted([luminance(a), luminance(b)])
    return (lighter + 0.05) / (darker + 0.05)


def cut(ax: Any, i: int, columns: int, top: int) -> Any:
    """Picture i of a wall whose cells have `top` empty rows above and a margin of 2 left and right."""
    wall = ax.images[0].get_array()
    row, column = divmod(i, columns)
    y, x = row * (28 + top) + top, column * 32 + 2
    return wall[y : y + 28, x : x + 28]


def drawn(make: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    return make(*arguments, title="A finding", **options)


EACH = pytest.mark.parametrize(
    ("make", "arguments"),
    [
        (plot_digits, (IMAGES,)),
        (plot_weights, (W, NAMES)),
        (plot_confusion, (COUNTS, NAMES)),
        (plot_curves, ({"a": [1, 2]}, "update", "loss")),
    ],
)


@EACH
def test_draws_on_the_axes_given_or_on_new_ones_and_changes_no_input(make: Any, arguments: Any) -> None:
    before = [np.array(argument) for argument in arguments]
    given = plt.figure().add_subplot()
    assert drawn(make, *arguments, ax=given) is given
    new = drawn(make, *arguments)
    assert new.figure is not given.figure
    assert given.get_title() == new.get_title() == "A finding"
    assert all(np.array_equal(a, b) for a, b in zip(before, map(np.array, arguments), strict=True))


@EACH
def test_nothing_is_cut_off(make: Any, arguments: Any) -> None:
    ax = make(*arguments, title="A finding that is as long as a title of this course is allowed to be")
    figure = ax.figure
    figure.canvas.draw()
    page = figure.bbox
    box = figure.get_tightbbox().transformed(figure.dpi_scale_trans)
    assert box.x0 >= page.x0 - 1
    assert box.y0 >= page.y0 - 1
    assert box.x1 <= page.x1 + 1
    assert box.y1 <= page.y1 + 1


def test_digits_stand_in_rows_each_under_its_label() -> None:
    ax = drawn(plot_digits, IMAGES, list("abcde"), columns=3)
    for i, image in enumerate(IMAGES):
        np.testing.assert_array_equal(cut(ax, i, 3, top=14), image.reshape(28, 28))
        x, y = ax.texts[i].get_position()
        assert (x, y) == (i % 3 * 32 + 15.5, i // 3 * 42 + 12)
    assert [text.get_text() for text in ax.texts] == list("abcde")


def test_ink_is_dark_on_white_whatever_the_scale() -> None:
    for scale in (1.0, 255.0, 0.0):
        image = drawn(plot_digits, np.eye(1, 784) * scale).images[0]
        paper = to_hex(image.to_rgba(np.array([0.0]))[0])
        assert paper == "#ffffff"
        assert scale == 0 or to_hex(image.to_rgba(np.array([scale]))[0]) == "#000000"


def test_weights_share_one_scale_centred_at_zero() -> None:
    ax = drawn(plot_weights, W, NAMES)
    for k in range(10):
        np.testing.assert_array_equal(cut(ax, k, 5, top=14), W[:, k].reshape(28, 28))
    low, high = ax.images[0].get_clim()
    assert high == -low == np.abs(W).max()
    zero, most = (ax.images[0].to_rgba(np.array([value]))[0] for value in (0.0, high))
    assert min(zero[:3]) > 0.95  # white
    assert most[0] > 2 * most[2]  # red
    assert ax.images[0].colorbar is not None
    assert [text.get_text() for text in ax.texts] == NAMES


def test_a_wall_of_weights_is_as_wide_as_its_figure() -> None:
    ax = plot_weights(W, NAMES, title="Ten classes")
    plt.gcf().draw_without_rendering()
    assert ax.bbox.width > 0.9 * plt.gcf().bbox.width
    plt.close("all")


def test_confusion_has_the_true_class_in_the_row() -> None:
    ax = drawn(plot_confusion, COUNTS, NAMES)
    written = {text.get_position(): text.get_text() for text in ax.texts}
    assert written == {(column, row): str(COUNTS[row, column]) for row in range(10) for column in range(10)}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted class", "true class")
    assert [label.get_text() for label in ax.get_xticklabels()] == NAMES
    assert [label.get_text() for label in ax.get_yticklabels()] == NAMES


def test_confusion_colours_the_errors_alone_and_every_count_can_be_read() -> None:
    counts = np.arange(100).reshape(10, 10)
    ax = drawn(plot_confusion, counts, NAMES)
    cells = ax.images[0].get_array()
    assert len({tuple(cells[k, k]) for k in range(10)}) == 1
    off = ~np.eye(10, dtype=bool)
    brightness = [luminance(cell[:3]) for cell in cells[off]]
    assert (np.diff(brightness) <= 0).all()
    assert brightness[0] > 0.9
    assert brightness[-1] < 0.5
    assert list(swallowed([ax])) == []  # neither on a white page nor on a dark one


def test_a_confusion_matrix_without_errors_is_drawn() -> None:
    cells = drawn(plot_confusion, np.diag([3, 4]), ["no", "yes"]).images[0].get_array()
    assert luminance(cells[0, 1][:3]) > 0.9


def test_curves_start_at_one_and_carry_their_names_at_their_ends() -> None:
    ax = drawn(plot_curves, {"low": [3, 2, 1.0], "high": [5, 4, 3, 2.5]}, "epoch", "loss (nats)")
    drawings: list[list[float]] = [[3, 2, 1], [5, 4, 3, 2.5]]
    for line, values in zip(ax.lines, drawings, strict=True):
        np.testing.assert_array_equal(line.get_xdata(), np.arange(1, len(values) + 1))
        np.testing.assert_array_equal(line.get_ydata(), values)
    assert {text.get_text(): text.xy for text in ax.texts} == {"low": (3, 1.0), "high": (4, 2.5)}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "loss (nats)")


@pytest.mark.parametrize("height", [4.0, 2.9, 2.0])
def test_names_of_curves_that_end_together_do_not_meet(height: float) -> None:
    ax = plt.subplots(figsize=(7.2, height), layout="constrained")[1]
    plot_curves({name: [2, 1.0] for name in ("training", "validation", "Ågy", "p")}, "x", "y", title="t", ax=ax)
    ax.figure.canvas.draw()
    boxes = [Text.get_window_extent(text) for text in ax.texts]  # without the line to its curve
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))


def test_a_name_is_joined_to_the_end_of_its_curve_by_a_line_of_its_colour() -> None:
    curves = {"descent": [2.0, 0.3], "momentum": [2.0, 0.02], "Adam": [2.0, 0.01]}
    ax = drawn(plot_curves, curves, "update", "loss (nats)")
    colours = {line.get_label(): line.get_color() for line in ax.lines}
    for name in ax.texts:
        assert isinstance(name, Annotation)
        assert name.xy == (2, curves[name.get_text()][-1])
        assert name.arrow_patch is not None
        assert to_hex(name.arrow_patch.get_edgecolor()) == to_hex(colours[name.get_text()])


def test_curves_differ_by_stroke_as_well_as_by_colour_and_stand_out_on_white() -> None:
    ax = drawn(plot_curves, {name: [2, 1] for name in "abcd"}, "x", "y")
    assert len({line.get_linestyle() for line in ax.lines}) == len({line.get_color() for line in ax.lines}) == 4
    assert min(contrast(line.get_color(), "white") for line in ax.lines) >= 3
    assert {line.get_color() for line in ax.lines} <= set(PALETTE.values())


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: plot_digits(np.zeros((2, 28, 28)), title=""), ValueError, r"images: expected shape \(N, 784\)"),
        (lambda: plot_digits(np.zeros((0, 784)), title=""), ValueError, "images: expected at least one image"),
        (lambda: plot_digits(IMAGES, ["a"], title=""), ValueError, "labels: expected 5 names, got 1"),
        (lambda: plot_digits(IMAGES, columns=0, title=""), ValueError, "columns: expected a whole number"),
        (lambda: plot_digits([["a"] * 784], title=""), TypeError, "images: expected an array of numbers"),
        (lambda: plot_weights(W.T, NAMES, title=""), ValueError, r"W: expected shape \(784, K\)"),
        (lambda: plot_weights(W * np.nan, NAMES, title=""), ValueError, "W: expected numbers, got nan"),
        (lambda: plot_weights(np.zeros((784, 0)), [], title=""), ValueError, "W: expected at least one class"),
        (lambda: plot_weights(W, NAMES[:9], title=""), ValueError, "class_names: expected 10 names, got 9"),
        (lambda: plot_confusion(np.ones((2, 3)), ["a"], title=""), ValueError, r"counts: expected shape \(K, K\)"),
        (
            lambda: plot_confusion(np.array([[1, -1], [0, 1]]), "ab", title=""),
            ValueError,
            "counts: expected whole numbers",
        ),
        (
            lambda: plot_confusion(np.array([[1, 0.5], [0, 1]]), "ab", title=""),
            ValueError,
            "counts: expected whole numbers",
        ),
        (lambda: plot_confusion(np.zeros((0, 0)), "", title=""), ValueError, "counts: expected at least one class"),
        (lambda: plot_confusion([[2.0**54]], "a", title=""), ValueError, r"counts: .* got 1\.8"),
        (lambda: plot_digits(np.full((1, 784), 1e301), title=""), ValueError, r"images: .* got one of size 1e\+301"),
        (lambda: plot_weights(np.full((784, 1), -1e308), "a", title=""), ValueError, "W: .* got one of size 1e"),
        (lambda: plot_curves({"a": [-1e308]}, "x", "y", title=""), ValueError, r"curves\['a'\]: .* got one of size"),
        (lambda: plot_curves({}, "x", "y", title=""), ValueError, "curves: expected 1 to 4 curves, got 0"),
        (lambda: plot_curves({name: [1] for name in "abcde"}, "x", "y", title=""), ValueError, "got 5"),
        (lambda: plot_curves({"a": []}, "x", "y", title=""), ValueError, r"curves\['a'\]: expected at least one"),
        (lambda: plot_curves({"a": [np.inf]}, "x", "y", title=""), ValueError, r"curves\['a'\]: expected finite"),
    ],
)
def test_bad_input_is_named_before_anything_is_drawn(call: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        call()
    assert plt.get_fignums() == []


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_numbers_as_large_as_can_be_drawn_give_no_warning(dtype: type[np.floating]) -> None:
    largest = min(float(np.finfo(dtype).max), 1e300)
    ramp = (np.linspace(-1, 1, 784) * largest).astype(dtype)
    axes = [
        plot_digits(ramp[np.newaxis], title=""),
        plot_weights(ramp[:, np.newaxis], "a", title=""),
        plot_curves({"a": ramp[::50]}, "x", "y", title=""),
        plot_confusion(np.full((2, 2), min(largest, 2**53), dtype), "ab", title=""),
    ]
    for ax in axes:
        ax.figure.canvas.draw()
    assert axes[1].images[0].get_clim() == (-largest, largest)


def test_pictures_without_ink_are_paper() -> None:
    for paper in (np.zeros((2, 784)), -np.ones((2, 784))):
        ax = plot_digits(paper, title="")
        ax.figure.canvas.draw()
        assert ax.images[0].get_clim() == (0, 1)
