"""The simplex: the numbers by their formulas, and a picture, a caption and code that follow both sliders."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.stats

from course_utils.explorers.engine import Explorer
from course_utils.explorers.panels import outline
from course_utils.explorers.simplex import CORNERS, simplex, spot

NAMES = ["<rain>", "sun", "cloud"]  # a name that HTML would swallow
STATES = [(10, 40), (0, 0), (100, 0), (40, 40), (50, 50), (0, 50), (33, 33), (70, 80), (100, 100)]


def make() -> Explorer:
    return simplex(NAMES, 10, 40)


def set_state(explorer: Explorer, first: int, second: int) -> None:
    explorer.controls["first"].value, explorer.controls["second"].value = first, second


def test_the_numbers_by_their_formulas() -> None:
    for first in range(0, 101, 10):
        for second in range(0, 101, 5):
            at = spot(first, second)
            np.testing.assert_allclose(at.p, [first / 100, second / 100, (100 - first - second) / 100], atol=1e-15)
            np.testing.assert_allclose(at.p.sum(), 1)
            distances = np.linalg.norm(at.p - np.eye(3), axis=1)
            np.testing.assert_allclose(at.distance, distances.min())
            assert at.nearest == tuple(np.flatnonzero(np.isclose(distances, distances.min())).tolist())
            if first + second <= 100:
                assert at.entropy == pytest.approx(scipy.stats.entropy(at.p), abs=1e-15)
            else:
                assert at.entropy is None


def test_the_place_has_the_three_numbers_as_its_heights_over_the_sides() -> None:
    # In an equilateral triangle the distances from the sides are the coordinates times the height of the triangle.
    height = 0.75**0.5
    for first, second in STATES:
        x, y = spot(first, second).place
        sides = [x - y / (2 * height), y / height, 1 - x - y / (2 * height)]
        np.testing.assert_allclose(sides, spot(first, second).p, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(CORNERS - np.roll(CORNERS, 1, axis=0), axis=1), 1)


@pytest.mark.parametrize(
    ("first", "second", "error", "words"),
    [
        (-1, 0, ValueError, "first: expected"),
        (0, 101, ValueError, "second: expected a whole number from 0 to 100, got 101"),
        (0.5, 0, TypeError, "first: expected"),
    ],
)
def test_bad_coordinates_are_named(first: Any, second: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        spot(first, second)
    with pytest.raises(error, match=words):
        simplex(NAMES, first, second)


def test_a_fourth_class_is_refused() -> None:
    with pytest.raises(ValueError, match="names: expected 3 names, got 4"):
        simplex("abcd", 10, 40)


def test_points_ways_and_bars_show_the_state() -> None:
    explorer = make()
    for first, second in STATES:
        at = spot(first, second)
        moving: Any = explorer._update(first=first, second=second)
        way, point, free, title, bars, outlines, numbers = moving
        np.testing.assert_allclose(np.ravel(point.get_data()), at.place)
        np.testing.assert_allclose(np.ravel(free.get_data()), at.p[:2])
        ends = np.reshape(np.transpose(way.get_data()), (-1, 2, 2))
        assert len(ends) == (0 if at.entropy is None else len(at.nearest))
        for (start, end), k in zip(ends, at.nearest, strict=False):
            np.testing.assert_allclose([start, end], [at.place, CORNERS[k]])
        assert title.get_text() == ("no distribution" if at.entropy is None else f"entropy {at.entropy:.3f} nats")
        np.testing.assert_allclose([path.vertices[1, 0] for path in bars.get_paths()], at.p, atol=1e-15)
        for path, value in zip(numbers.get_paths(), at.p, strict=True):
            np.testing.assert_array_equal(path.vertices, outline(f"{value:.2f}").vertices)
        at_corner = at.p.max() == 1
        assert outlines.get_visible() == (at.entropy is not None and len(at.nearest) == 1 and not at_corner)


def test_the_caption_tells_the_numbers() -> None:
    explorer = make()
    assert explorer.caption == (
        "<rain> 0.10, sun 0.40, cloud 0.50. Free coordinates: 0.10 and 0.40; the third is 1 - 0.10 - 0.40 = 0.50. "
        "A distribution: a point of the triangle. Entropy 0.943 nats, of at most 1.099. "
        "Nearest corner: cloud, one-hot [0, 0, 1], at distance 0.648."
    )
    set_state(explorer, 40, 40)
    assert explorer.caption.endswith("<rain>, one-hot [1, 0, 0] and sun, one-hot [0, 1, 0], at distance 0.748.")
    set_state(explorer, 100, 40)
    assert "An entry is negative: no distribution" in explorer.caption


@pytest.mark.long
def test_the_code_computes_the_picture() -> None:
    explorer = make()
    for first, second in STATES:
        set_state(explorer, first, second)
        names: dict[str, Any] = {}
        exec(explorer.code, names)
        at = spot(first, second)
        np.testing.assert_allclose(names["p"], at.p, atol=1e-15)
        np.testing.assert_allclose(names["distances"].min(), at.distance)
        assert names["H"] == (None if at.entropy is None else pytest.approx(at.entropy))


@pytest.mark.long
def test_every_label_lies_inside_the_picture() -> None:
    for names in (NAMES, ["a long name", "heavy rain", "a third one"]):
        figure: Any = simplex(names, 100, 100)._picture._figure
        box = figure.get_tightbbox().transformed(figure.dpi_scale_trans)
        width, height = figure.get_size_inches() * figure.dpi
        assert box.x0 >= -1
        assert box.y0 >= -1
        assert box.x1 <= width + 1
        assert box.y1 <= height + 1
