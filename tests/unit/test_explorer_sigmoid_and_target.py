"""Sigmoid, target and logit: the numbers by their formulas, the races by their counts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from course_utils.explorers.sigmoid_and_target import neuron, race, sigmoid_and_target

Z = np.linspace(-10, 10, 41)


# The neuron.


@pytest.mark.parametrize("t", [0.0, 0.3, 0.5, 1.0])
def test_the_numbers_by_their_formulas(t: float) -> None:
    seen, p = neuron(Z, t), expit(Z)
    np.testing.assert_allclose(seen.p, p, rtol=1e-14)
    np.testing.assert_allclose(seen.error, p - t, atol=1e-15)
    np.testing.assert_allclose(seen.mse, (p - t) ** 2, atol=1e-15)
    np.testing.assert_allclose(seen.mse_gradient, 2 * (p - t) * p * (1 - p), atol=1e-15)
    np.testing.assert_allclose(seen.bce, -t * np.log(p) - (1 - t) * np.log1p(-p), atol=1e-11)
    np.testing.assert_allclose(seen.bce_gradient, p - t, atol=1e-15)


def test_sure_and_wrong_the_squared_error_hardly_pushes() -> None:
    worst = neuron([-10.0], 1.0)
    assert worst.error[0] == pytest.approx(-1, abs=1e-4)
    assert worst.mse_gradient[0] == pytest.approx(-9.08e-5, rel=1e-3)
    assert worst.bce_gradient[0] == pytest.approx(-1, abs=1e-4)


def test_the_largest_push_of_the_squared_error_is_eight_twenty_sevenths() -> None:
    z = np.linspace(-3, 3, 60_001)
    seen = neuron(z, 1.0)
    assert np.abs(seen.mse_gradient).max() == pytest.approx(8 / 27, abs=1e-9)
    assert seen.p[np.abs(seen.mse_gradient).argmax()] == pytest.approx(1 / 3, abs=1e-4)


# The race.


@pytest.mark.parametrize(("start", "mse_steps", "bce_steps"), [(-6.0, 214, 7), (-10.0, 11_034, 11), (0.0, 0, 0)])
def test_the_published_races(start: float, mse_steps: int, bce_steps: int) -> None:
    assert [len(path) - 1 for path in race(start)] == [mse_steps, bce_steps]
    assert [len(path) - 1 for path in race(-start, 0.0)] == [mse_steps, bce_steps]


@pytest.mark.parametrize(("z", "t"), [(-4.0, 1.0), (3.0, 0.2), (-2.5, 0.55), (7.0, 0.0)])
def test_every_step_is_one_step_of_descent_and_only_the_last_ends_on_the_right_side(z: float, t: float) -> None:
    for path, gradient in zip(race(z, t), ("mse_gradient", "bce_gradient"), strict=True):
        assert path[0] == z
        np.testing.assert_allclose(path[1:], path[:-1] - getattr(neuron(path[:-1], t), gradient), atol=1e-12)
        right_side = (path >= 0) if t > 0.5 else (path <= 0)
        assert right_side[-1]
        assert not right_side[:-1].any()


@pytest.mark.parametrize(("z", "t"), [(3.0, 1.0), (-3.0, 0.0), (-3.0, 0.5), (3.0, 0.5), (0.0, 1.0)])
def test_no_race_where_nothing_is_wrong(z: float, t: float) -> None:
    assert [list(path) for path in race(z, t)] == [[z], [z]]


@pytest.mark.parametrize(
    ("function", "arguments", "error", "words"),
    [
        (race, (-10.1, 1.0), ValueError, "z: expected a logit from -10 to 10, got -10.1"),
        (race, (math.nan, 1.0), ValueError, "z: expected a finite number"),
        (race, ("a", 1.0), TypeError, "z: expected a number"),
        (race, (1.0, 1.5), ValueError, r"t: expected probabilities in \[0, 1\], got 1.5"),
        (sigmoid_and_target, (11.0,), ValueError, "z: expected a number from -10 to 10, got 11.0"),
        (sigmoid_and_target, (1.0, 1.5), ValueError, "t: expected a number from 0 to 1, got 1.5"),
        (neuron, ([1.0], -0.1), ValueError, r"t: expected probabilities in \[0, 1\], got -0.1"),
        (neuron, ([1.0], math.nan), ValueError, "t: expected a finite number"),
        (neuron, ([[1.0]], 1.0), ValueError, r"z: expected shape \(N,\), got \(1, 1\)"),
        (neuron, ([math.nan], 1.0), ValueError, "z: expected numbers, got nan"),
    ],
)
def test_bad_numbers_are_named(function: Any, arguments: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        function(*arguments)
