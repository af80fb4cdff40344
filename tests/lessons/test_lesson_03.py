"""Facts behind lesson 03 that need more than a cell: where thousands of starts end, and why one minimum is all."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit

from course_utils.activations import sigmoid
from course_utils.datasets import load_police
from course_utils.losses import mse_from_logits, mse_from_logits_gradient
from course_utils.numerics import FloatArray

POLICE = load_police()
MEAN, STD = POLICE.X[:, 0].mean(), POLICE.X[:, 0].std()
X, T = (POLICE.X[:, 0] - MEAN) / STD, POLICE.y.astype(float)


def loss_and_slope(parameters: FloatArray) -> tuple[float, FloatArray]:
    """The course's squared error and its gradient, without the looks at each argument: BFGS asks a million times."""
    w, b = parameters
    p = expit(w * X + b)
    dz = 2 * (p - T) * p * (1 - p) / len(T)
    return float(((p - T) ** 2).mean()), np.array([dz @ X, dz.sum()])


def test_the_loss_and_slope_of_these_searches_are_the_course_s() -> None:
    for w, b in np.random.default_rng(0).uniform(-20, 20, (50, 2)):
        loss, (slope_w, slope_b) = loss_and_slope(np.array([w, b]))
        dz = mse_from_logits_gradient(w * X + b, T)
        assert loss == pytest.approx(mse_from_logits(w * X + b, T), abs=1e-12)
        assert (slope_w, slope_b) == pytest.approx((dz @ X, dz.sum()), abs=1e-12)


def losses_after_bfgs(seed: int, slope: float = 1e-5) -> FloatArray:
    """Loss where each of 1,000 starts, w and b uniform in (-20, 20), ends; `slope` is where BFGS stops."""
    starts = np.random.default_rng(seed).uniform(-20, 20, (1000, 2))
    options = {"gtol": slope}
    return np.array([minimize(loss_and_slope, each, jac=True, method="BFGS", options=options).fun for each in starts])


@pytest.mark.slow
def test_fewer_than_half_of_a_thousand_starts_reach_the_minimum_whatever_the_seed() -> None:
    reached = [int((losses_after_bfgs(seed) < 0.0824).sum()) for seed in range(10)]
    # A start on the edge of a plateau may fall either way on another machine, so the counts have some room.
    assert reached[4] == pytest.approx(444, abs=5)
    assert min(reached) == pytest.approx(409, abs=5)
    assert max(reached) == pytest.approx(454, abs=5)


@pytest.mark.slow
def test_a_stricter_stop_lets_more_arrive_and_leaves_hundreds_behind() -> None:
    reached = int((losses_after_bfgs(4, slope=1e-10) < 0.0824).sum())
    assert 550 < reached < 800


def test_the_steep_valley_rises_from_the_minimum_and_then_sinks_for_ever() -> None:
    """Best loss for each weight, with the cut between 10 and 12 reservations: one bottom, and none further out."""

    def lowest(w: float) -> float:
        def loss(cut: float) -> float:
            return float(((sigmoid(w * (X - (cut - MEAN) / STD)) - T) ** 2).mean())

        return float(minimize_scalar(loss, bounds=(9.9, 12), options={"xatol": 1e-10}).fun)

    assert lowest(5.7635) == pytest.approx(0.0823293, abs=1e-7)
    assert is_monotone(lowest, [5.8, 7, 9, 12, 15, 18, 21, 23], np.greater)
    assert is_monotone(lowest, [26, 28, 30, 33, 36, 40], np.less)
    assert lowest(60) == pytest.approx(8 / 90, abs=1e-7)


def is_monotone(f: Callable[[float], float], places: list[float], compare: np.ufunc) -> bool:
    values = np.array([f(place) for place in places])
    return bool(compare(values[1:], values[:-1]).all())
