"""The police calls are the thirty rows of lecture 4, and the published runs on them come out to the last digit."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.optimize
from scipy.special import expit

from course_utils._support.resources import resource_path
from course_utils.datasets import PoliceData, load_police
from course_utils.estimators import LogisticRegression
from course_utils.losses import binary_cross_entropy_from_logits
from course_utils.numerics import FloatArray


def test_the_table_is_that_of_lecture_4() -> None:
    data = load_police()
    assert data.column_names == ("reservations", "temperature", "tourists")
    assert data.X.shape == (30, 3)
    assert data.X.dtype == np.float64
    assert data.y.dtype == np.int64
    np.testing.assert_array_equal(
        np.c_[data.X, data.y][[0, 7, 29]], [[13, 26, 9, 1], [10, 18, 10, 1], [13, 20, 3, 0]]
    )
    np.testing.assert_array_equal(data.X.sum(axis=0), [380, 592, 158])
    np.testing.assert_array_equal(data.X.min(axis=0), [1, 12, 1])
    np.testing.assert_array_equal(data.X.max(axis=0), [27, 27, 10])
    assert data.y.sum() == 15
    assert set(data.y) == {0, 1}


def test_the_gradient_at_zero_that_the_lecture_would_see() -> None:
    data = load_police()
    X = np.c_[np.ones(30), data.X]
    np.testing.assert_allclose(X.T @ (0.5 - data.y) / 30, [0, -2.9, -1.7, -0.3], atol=1e-12)


def test_every_row_of_the_file_is_read_once() -> None:
    lines = resource_path("police.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "reservations,temperature,tourists,police"
    data = load_police()
    rows = [",".join(str(int(value)) for value in row) for row in np.c_[data.X, data.y]]
    assert rows == lines[1:]


def test_each_call_gives_arrays_of_its_own() -> None:
    spoiled = load_police()
    spoiled.X[:] = 0
    spoiled.y[:] = 0
    assert load_police().X.any()
    assert load_police().y.any()


def test_its_name_is_short() -> None:
    data = load_police()
    assert isinstance(data, PoliceData)
    assert repr(data) == "PoliceData(X=(30, 3), y=(30,))"


# The published runs, and where they were going.


@pytest.mark.long
def test_the_published_run_to_twelve_digits() -> None:
    data = load_police()
    model = LogisticRegression(learning_rate=0.001, epochs=10_000).fit(data.X, data.y)
    after = binary_cross_entropy_from_logits(model.decision_function(data.X), data.y)
    assert model.history_.loss[-1] == pytest.approx(0.36572874687292949, rel=1e-12, abs=0)
    assert after == pytest.approx(0.365727647917140, rel=1e-12, abs=0)
    weights = [float(model.b_), *model.W_]
    np.testing.assert_allclose(weights, [-0.37450392, 0.51754011, -0.35263466, 0.25625742], rtol=0, atol=5e-9)
    assert (model.predict(data.X) == data.y).sum() == 25


def test_the_lowest_loss_as_scipy_finds_it() -> None:
    data = load_police()
    X = np.c_[np.ones(30), data.X]

    def gradient(w: FloatArray) -> FloatArray:
        slope: FloatArray = X.T @ (expit(X @ w) - data.y) / 30
        return slope

    def hessian(w: FloatArray) -> FloatArray:
        curvature: FloatArray = X.T * (expit(X @ w) * expit(-X @ w)) @ X / 30
        return curvature

    def loss(w: FloatArray) -> float:
        return float(np.mean(np.logaddexp(0, X @ w) - data.y * (X @ w)))

    found = scipy.optimize.minimize(loss, np.zeros(4), jac=gradient, hess=hessian, method="trust-exact", tol=1e-12)
    np.testing.assert_allclose(found.x, [-15.8986, 0.5844, 0.2940, 0.4758], rtol=0, atol=5e-5)
    assert found.fun == pytest.approx(0.205386, abs=5e-7)
    assert ((X @ found.x > 0) == data.y).sum() == 26
    assert np.linalg.cond(hessian(found.x)) == pytest.approx(95_000, abs=500)


@pytest.mark.parametrize(
    ("updates", "learning_rate", "threshold", "right"),
    [(10_000, 0.001, 9.010, 26), pytest.param(1_000_000, 0.01, 12.067, 27, marks=pytest.mark.slow)],
)
def test_the_threshold_of_the_reservations(updates: int, learning_rate: float, threshold: float, right: int) -> None:
    data = load_police()
    x, t = data.X[:, 0], data.y
    w = b = 0.0
    for _ in range(updates):
        dz = (1 / (1 + np.exp(-(w * x + b))) - t) / 30
        w, b = w - learning_rate * (dz @ x), b - learning_rate * dz.sum()
    assert -b / w == pytest.approx(threshold, abs=5e-4)
    assert ((w * x + b > 0) == data.y).sum() == right
