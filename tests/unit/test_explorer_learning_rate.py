"""Learning rate: the walk by closed forms and by the tested losses, the verdicts at their borders."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from course_utils.datasets import load_police
from course_utils.explorers.learning_rate import (
    RATES,
    START,
    SURFACES,
    _surface,
    _walk,
    descend,
    largest_stable_rate,
    learning_rate,
    loss_above_minimum,
    losses_at_the_end,
)
from course_utils.gradients import central_difference, hessian
from course_utils.losses import binary_cross_entropy_from_logits, binary_cross_entropy_gradient
from course_utils.numerics import FloatArray

ALONG, ACROSS = np.array([math.cos(math.pi / 6), 0.5]), np.array([-0.5, math.cos(math.pi / 6)])
POLICE = load_police()
X = np.column_stack([(POLICE.X[:, 0] - POLICE.X[:, 0].mean()) / POLICE.X[:, 0].std(), np.ones(30)])
EACH = pytest.mark.parametrize("surface", SURFACES)


def police_loss(w: FloatArray) -> float:
    return binary_cross_entropy_from_logits(X @ w, POLICE.y)


def police_slope(w: FloatArray) -> FloatArray:
    return X.T @ binary_cross_entropy_gradient(X @ w, POLICE.y)


# The walk.


@pytest.mark.parametrize("rate", [0.01, 0.04, 0.07, 0.1])
def test_on_a_quadratic_every_direction_shrinks_by_its_own_factor(rate: float) -> None:
    for surface, curvatures in (("bowl", (1, 1)), ("ravine", (1, 25))):
        run, k = descend(surface, rate, steps=20), np.arange(21)
        for direction, curvature in zip((ALONG, ACROSS), curvatures, strict=True):
            expected = direction @ np.array(START) * (1 - rate * curvature) ** k
            np.testing.assert_allclose(run.path @ direction, expected, rtol=1e-9, atol=1e-12)
        halves = [
            curvature * (run.path @ d) ** 2 / 2 for d, curvature in zip((ALONG, ACROSS), curvatures, strict=True)
        ]
        np.testing.assert_allclose(run.losses, sum(halves), rtol=1e-9)


@pytest.mark.parametrize("rate", [0.1, 5.0, 50.0])
def test_on_police_every_step_is_one_step_of_descent_on_the_tested_loss(rate: float) -> None:
    run = descend("police", rate, steps=30)
    assert len(run.path) == 31
    np.testing.assert_allclose(run.losses, [police_loss(w) for w in run.path], rtol=1e-12)
    steps = np.array([-rate * police_slope(w) for w in run.path[:-1]])
    np.testing.assert_allclose(np.diff(run.path, axis=0), steps, atol=1e-10)


def test_the_lowest_place_of_police_is_scipys() -> None:
    found = minimize(police_loss, np.zeros(2), jac=police_slope, tol=1e-10)
    np.testing.assert_allclose(_surface("police").lowest, found.x, atol=1e-5)
    assert loss_above_minimum("police", found.x) < 1e-10


@EACH
def test_gradients_and_curvatures_by_differences(surface: str) -> None:
    ground = _surface(surface)
    place = np.array([0.7, -1.2])
    measured = central_difference(lambda w: float(ground.loss(w)), place)
    np.testing.assert_allclose(ground.gradient(place), measured, rtol=1e-7)
    curved = hessian(lambda w: float(ground.loss(w)), ground.lowest)
    np.testing.assert_allclose(ground.hessian, curved, atol=1e-5)
    assert largest_stable_rate(surface) == pytest.approx(2 / np.linalg.eigvalsh(curved)[-1], rel=1e-3)


@EACH
def test_many_walks_at_once_are_the_walks_one_by_one(surface: str) -> None:
    together = _walk(_surface(surface), RATES[:25], 10, np.array(START))
    for place, rate in enumerate(RATES[:25]):
        path = descend(surface, float(rate), steps=10).path
        np.testing.assert_allclose(together[: len(path), place], path, rtol=1e-9, atol=1e-12)


# The verdict.


@EACH
def test_the_borders_of_the_verdicts(surface: str) -> None:
    limit = largest_stable_rate(surface)
    assert descend(surface, limit).verdict == "diverging"
    assert descend(surface, limit * (1 - 1e-9)).verdict == "overshooting"
    assert descend(surface, limit / 2 * (1 + 1e-9)).verdict == "overshooting"
    assert descend(surface, limit / 2).verdict == "good"
    verdicts = [descend(surface, float(rate)).verdict for rate in np.geomspace(limit / 5000, limit / 2, 40)]
    assert set(verdicts) == {"too small", "good"}
    assert verdicts == sorted(verdicts, reverse=True), "from some rate on, all are good"


@EACH
def test_too_small_means_that_more_than_a_hundredth_is_left(surface: str) -> None:
    for rate in np.geomspace(0.001, largest_stable_rate(surface) / 2, 12):
        run = descend(surface, float(rate))
        left = loss_above_minimum(surface, run.path[[-1, 0]])
        assert (run.verdict == "too small") == (left[0] > 0.01 * left[1])
        assert (np.diff(run.losses) <= 1e-15).all(), "up to half the limit the loss never rises"


@EACH
def test_above_the_limit_the_minimum_lets_go_and_below_it_holds(surface: str) -> None:
    limit = largest_stable_rate(surface)
    ground = _surface(surface)
    steepest = np.linalg.eigh(ground.hessian)[1][:, -1]
    near = ground.lowest + 1e-4 * steepest
    for share, leaves in ((0.95, False), (1.05, True)):
        after = near
        for _ in range(20):
            after = after - share * limit * ground.gradient(after)
        assert (np.linalg.norm(after - ground.lowest) > 1e-4) == leaves


def test_what_runs_away_stops_before_a_float_overflows() -> None:
    run = descend("ravine", 100.0, steps=1000)
    assert np.isfinite(run.losses).all()
    assert len(run.path) < 10
    assert np.abs(run.path[-1]).max() > 1e6 > np.abs(run.path[-2]).max()


def test_police_wanders_but_does_not_run_away() -> None:
    run = descend("police", 100.0, steps=1000)
    assert len(run.path) == 1001
    assert np.abs(run.path).max() < 1000
    # The lesson's third finding: almost at the minimum, and out again.
    close = loss_above_minimum("police", descend("police", float(RATES[34])).path)
    assert close.min() < 1e-10
    assert close[-1] > 1e-3


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("hill", 0.1), ValueError, "surface: expected 'bowl' or 'ravine' or 'police', got 'hill'"),
        (("bowl", 0.0), ValueError, "rate: expected a number above 0, got 0"),
        (("bowl", math.nan), ValueError, "rate: expected a finite number"),
        (("bowl", "fast"), TypeError, "rate: expected a number"),
        (("bowl", 0.1, -1), ValueError, "steps: expected a whole number of at least 0, got -1"),
        (("bowl", 0.1, 2.5), TypeError, "steps: expected a whole number"),
    ],
)
def test_bad_input_is_named(arguments: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        descend(*arguments)


@EACH
def test_what_each_rate_leaves_is_the_end_of_its_walk(surface: str) -> None:
    start = (5.0, 2.5)
    ends = losses_at_the_end(surface, start)
    for rate, left in list(zip(RATES, ends, strict=True))[:20]:
        last = descend(surface, float(rate), start=start).path[-1]
        assert left == pytest.approx(float(loss_above_minimum(surface, last)), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("state", "error", "words"),
    [
        ({"surface": "hill"}, ValueError, "surface: expected"),
        ({"rate": 0.001}, ValueError, "rate: expected a number from 0.01 to 100, got 0.001"),
        ({"start": (1.0,)}, ValueError, "start: expected"),
        ({"start": (0.0, 9.0)}, ValueError, "start: second weight: expected a number from -4 to 4, got 9.0"),
        ({"rate": float("nan")}, ValueError, "rate: expected a finite number"),
    ],
)
def test_a_bad_state_is_named(state: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        learning_rate(**state)
