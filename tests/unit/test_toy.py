"""Blobs, circles and moons: where the points lie, how many of each, and the same ones every time."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from course_utils.datasets import draw_toy
from course_utils.datasets.toy import TOYS

EACH = pytest.mark.parametrize("name", TOYS)


@EACH
@pytest.mark.parametrize("n_samples", [2, 7, 200])
def test_shapes_types_and_halves(name: str, n_samples: int) -> None:
    X, y = draw_toy(name, n_samples, noise=0.1, seed=3)
    assert (X.shape, y.shape) == ((n_samples, 2), (n_samples,))
    assert X.dtype == np.float64
    assert y.dtype == np.int64
    assert np.bincount(y).tolist() == [n_samples - n_samples // 2, n_samples // 2]


@EACH
def test_a_seed_fixes_the_points_and_another_seed_gives_others(name: str) -> None:
    first, again, other = (draw_toy(name, 50, noise=0.1, seed=seed)[0] for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@EACH
def test_the_points_lie_about_the_origin(name: str) -> None:
    X, _ = draw_toy(name, 1000, noise=0.05, seed=0)
    assert np.abs(X).max() < 1.5
    np.testing.assert_allclose(X.mean(axis=0), 0, atol=0.02)


def test_without_noise_the_shapes_are_exact() -> None:
    X, y = draw_toy("circles", 100, noise=0.0, seed=0)
    np.testing.assert_allclose(np.hypot(*X.T), np.where(y == 1, 0.5, 1.0), rtol=1e-12)
    X, y = draw_toy("blobs", 10, noise=0.0, seed=0)
    np.testing.assert_array_equal(X, np.where(y[:, np.newaxis] == 1, 0.7, -0.7) * np.ones((1, 2)))
    X, y = draw_toy("moons", 100, noise=0.0, seed=0)
    centres = np.where(y[:, np.newaxis] == 1, (0.4, 0.2), (-0.4, -0.2))
    np.testing.assert_allclose(np.hypot(*(X - centres).T), 0.8, rtol=1e-12)


def test_a_straight_line_answers_blobs_and_cannot_answer_circles() -> None:
    right = {}
    for name in TOYS:
        X, y = draw_toy(name, 400, noise=0.1, seed=0)
        right[name] = LogisticRegression().fit(X, y).score(X, y)
    assert right["blobs"] == 1
    assert right["circles"] < 0.65
    assert 0.8 < right["moons"] < 0.95


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("moon", 10, 0.1, 0), ValueError, "name: expected 'blobs' or 'circles' or 'moons', got 'moon'"),
        (("moons", 1, 0.1, 0), ValueError, "n_samples: expected a whole number of at least 2, got 1"),
        (("moons", 10, -0.1, 0), ValueError, "noise: expected a number of at least 0"),
        (("moons", 10, math.nan, 0), ValueError, "noise: expected a finite number"),
        (("moons", 10, 0.1, -1), ValueError, "seed: expected a whole number of at least 0"),
        (("moons", 10.5, 0.1, 0), TypeError, "n_samples: expected a whole number"),
    ],
)
def test_bad_input_is_named(arguments: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        draw_toy(*arguments)
