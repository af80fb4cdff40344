"""The simplex: the numbers by their formulas, and bad input named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.stats

from course_utils.explorers.simplex import CORNERS, simplex, spot

NAMES = ["<rain>", "sun", "cloud"]  # a name that HTML would swallow
STATES = [(10, 40), (0, 0), (100, 0), (40, 40), (50, 50), (0, 50), (33, 33), (70, 80), (100, 100)]


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
