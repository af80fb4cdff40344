"""The fit by hand: the curve through its points, the surprise by its formula, the lowest loss by scipy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from course_utils.datasets import load_police
from course_utils.explorers.fit_by_hand import fit, fit_by_hand

DATA = load_police()


@pytest.mark.parametrize("points", [(2.0, 26.0), (9.7, 14.4), (20.0, 5.0), (-10.0, 40.0)])
def test_the_numbers_by_their_formulas(points: tuple[float, float]) -> None:
    made = fit(*points)
    np.testing.assert_allclose(expit(made.w * np.array(points) + made.b), [0.25, 0.75], rtol=1e-12)
    p = expit(made.w * DATA.X[:, 0] + made.b)
    np.testing.assert_allclose(made.p, p, rtol=1e-12)
    np.testing.assert_allclose(made.surprise, -np.log(np.where(DATA.y == 1, p, 1 - p)), rtol=1e-9)
    assert made.loss == pytest.approx(made.surprise.mean())
    assert made.right == ((p > 0.5) == (DATA.y == 1)).sum()


def test_the_lowest_loss_is_scipys_and_below_what_descent_reached() -> None:
    found = minimize(lambda points: fit(*points).loss, [8.0, 16.0], method="Nelder-Mead")
    assert found.fun == pytest.approx(0.29154, abs=1e-5)
    assert found.fun < 0.3657 < fit_by_hand_start_loss()


def fit_by_hand_start_loss() -> float:
    return fit(**fit_by_hand().state).loss


def test_points_that_meet_make_the_steepest_curve_there_is() -> None:
    assert fit(12.0, 12.0).w == pytest.approx(fit(11.95, 12.05).w)
    assert np.isfinite(fit(12.0, 12.0).surprise).all()


@pytest.mark.parametrize(
    ("points", "error", "words"),
    [
        ((-11, 12), ValueError, "quarter: expected a number from -10 to 40, got -11"),
        ((2, "many"), TypeError, "three_quarters: expected a number"),
        ((2, float("inf")), ValueError, "three_quarters: expected a finite number"),
    ],
)
def test_bad_points_are_named(points: Any, error: type[Exception], words: str) -> None:
    for function in (fit, fit_by_hand):
        with pytest.raises(error, match=words):
            function(*points)
