"""The estimators hold scikit-learn's contract and learn what they should."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression as ReferenceRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from course_utils import estimators
from course_utils.activations import sigmoid
from course_utils.estimators import LogisticRegression, SoftmaxRegression
from course_utils.optimizers import gradient_descent
from course_utils.training import train

BOTH = pytest.mark.parametrize("estimator", [LogisticRegression, SoftmaxRegression])
# What scikit-learn's own checks leave out where an environment has no more than the course needs.
SKIPPED = {
    "check_array_api_input": "SCIPY_ARRAY_API is not set",
    "check_classifier_data_not_an_array": "pandas is not installed",
}


@pytest.mark.long
@BOTH
def test_scikit_learns_own_checks(estimator: Any) -> None:
    results = check_estimator(estimator(), on_fail=None, on_skip=None)
    failed = [result["check_name"] for result in results if result["status"] not in ("passed", "skipped")]
    skipped = {result["check_name"]: str(result["exception"]) for result in results if result["status"] == "skipped"}
    assert failed == []
    assert len(results) > 50
    assert skipped.keys() <= SKIPPED.keys()
    assert all(reason.startswith(SKIPPED[name]) for name, reason in skipped.items())


@BOTH
@pytest.mark.long
def test_a_pipeline_and_a_grid_search(estimator: Any) -> None:
    X, y = load_iris(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), estimator(epochs=300))
    name = estimator.__name__.lower()
    search = GridSearchCV(pipeline, {f"{name}__learning_rate": [0.01, 0.5]}, cv=3).fit(X, y)
    assert search.best_params_ == {f"{name}__learning_rate": 0.5}
    assert search.best_score_ > 0.85


@pytest.mark.long
def test_softmax_regression_finds_scikit_learns_optimum() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(200, 3)), rng.integers(0, 3, 200)  # labels at random: not separable, a finite optimum
    ours = SoftmaxRegression(epochs=2_000).fit(X, y)
    reference = ReferenceRegression(C=np.inf, tol=1e-10, max_iter=10_000).fit(X, y)
    np.testing.assert_allclose(ours.predict_proba(X), reference.predict_proba(X), atol=1e-8)


def test_two_classes_take_one_sigmoid_and_equal_two_softmax_outputs() -> None:
    X, y = load_iris(return_X_y=True)
    X, y = X[50:, :2], y[50:]
    one = LogisticRegression(learning_rate=0.02, epochs=500).fit(X, y)
    two = SoftmaxRegression(learning_rate=0.01, epochs=500).fit(X, y)
    assert one.W_.shape == (2,)
    assert two.W_.shape == (2, 2)
    # The softmax moves both logits apart, so half the rate gives the same difference of logits after every step.
    np.testing.assert_allclose(one.W_, two.W_[:, 1] - two.W_[:, 0], rtol=1e-10)
    np.testing.assert_allclose(one.predict_proba(X), two.predict_proba(X), rtol=1e-10)


def test_three_sigmoids_are_normalised_only_in_predict_proba() -> None:
    X, y = load_iris(return_X_y=True)
    model = LogisticRegression(learning_rate=0.05).fit(X, y)
    separate = sigmoid(model.decision_function(X))
    assert np.abs(separate.sum(axis=1) - 1).max() > 0.05
    np.testing.assert_allclose(model.predict_proba(X), separate / separate.sum(axis=1, keepdims=True))
    assert (model.predict(X) == separate.argmax(axis=1)).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_probabilities_sum_to_one_where_every_sigmoid_underflows(dtype: str) -> None:
    far = np.linspace(-1200, 50, 300)[:, None]  # logits as from bytes 0 to 255, where input_scale was forgotten
    model = LogisticRegression(epochs=1, dtype=dtype).fit(far, np.arange(300) % 5)
    model.W_, model.b_ = np.linspace(1, 1.1, 5, dtype=dtype)[None, :], np.zeros(5, dtype)
    separate = sigmoid(model.decision_function(far))
    gone = separate.sum(axis=1) == 0
    assert 0 < gone.sum() < 300
    with np.errstate(all="raise", under="ignore"):
        p = model.predict_proba(far)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-5)
    normal = separate.min(axis=1) > np.finfo(dtype).tiny  # below, the sigmoids themselves have lost their digits
    plain = separate[normal] / separate[normal].sum(axis=1, keepdims=True)
    np.testing.assert_allclose(p[normal], plain, rtol=1e-4 if dtype == "float32" else 1e-12)
    assert (p.argmax(axis=1) == model.predict(far))[gone].all()


@BOTH
@pytest.mark.parametrize(
    ("change", "X", "y"),
    [
        ({"dtype": "float16"}, [[1.0], [2.0], [3.0]], ["x", "y", "z"]),
        ({"dtype": "float16"}, [[1.0, 0.0], [2.0, 0.0], [3.0, 1.0]], [0, 1, 1]),  # other columns, fewer classes
        ({"input_scale": -1}, [[1.0], [2.0]], [0, 1]),
        ({"learning_rate": 1e308}, [[1e3], [2e3]], [0, 1]),  # diverges
        ({"epochs": 0}, [[1.0], [2.0]], [0, 1]),
        ({}, [[1.0], [2.0]], [0, 0]),
        ({}, [[1.0, 2.0]], [0, 1]),
    ],
)
def test_a_fit_that_fails_leaves_what_was_there(estimator: Any, change: Any, X: Any, y: Any) -> None:
    with pytest.raises((ValueError, FloatingPointError)):
        estimator(**change).fit(X, y)
    failed = estimator()
    with pytest.raises((ValueError, FloatingPointError)):
        failed.set_params(**change).fit(X, y)
    for method in (failed.predict, failed.predict_proba, failed.decision_function):
        with pytest.raises(NotFittedError):
            method([[1.0]])
    assert not hasattr(failed, "n_features_in_")

    old, labels = [[1.0], [2.0], [3.0], [9.0]], ["a", "b", "c", "c"]
    refitted = estimator(input_scale=0.5).fit(old, labels)
    before = refitted.predict_proba(old)
    with pytest.raises((ValueError, FloatingPointError)):
        refitted.set_params(**change).fit(X, y)
    assert refitted.classes_.tolist() == ["a", "b", "c"]
    assert (refitted.predict_proba(old) == before).all()
    assert refitted.n_features_in_ == 1


@BOTH
def test_a_scale_that_is_set_after_the_fit_waits_for_the_next_one(estimator: Any) -> None:
    X, y = [[1.0], [2.0], [4.0]], [0, 1, 1]
    model = estimator(input_scale=0.5).fit(X, y)
    before = model.decision_function(X)
    assert (model.set_params(input_scale=2.0).decision_function(X) == before).all()
    assert (model.fit(X, y).decision_function(X) != before).any()


@BOTH
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_type_asked_for_is_the_type_computed_in(estimator: Any, dtype: str) -> None:
    X, y = load_iris(return_X_y=True)
    model = estimator(learning_rate=0.01, epochs=3, dtype=dtype).fit(X, y)
    assert {model.W_.dtype, model.b_.dtype, model.decision_function(X).dtype} == {np.dtype(dtype)}


@BOTH
def test_bytes_with_a_scale_equal_scaled_floats(estimator: Any) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (100, 9), dtype=np.uint8)
    y = pixels[:, 0] // 100
    from_bytes = estimator(input_scale=1 / 255).fit(pixels, y)
    from_floats = estimator().fit(pixels / 255, y)
    np.testing.assert_allclose(from_bytes.W_, from_floats.W_, rtol=1e-10)
    np.testing.assert_allclose(from_bytes.predict_proba(pixels), from_floats.predict_proba(pixels / 255), rtol=1e-10)


@BOTH
def test_mini_batches_follow_the_seed(estimator: Any) -> None:
    X, y = load_iris(return_X_y=True)

    def weights(seed: int | None) -> Any:
        return estimator(learning_rate=0.01, epochs=2, batch_size=10, random_state=seed).fit(X, y).W_

    assert (weights(1) == weights(1)).all()
    assert (weights(1) != weights(2)).any()


@BOTH
@pytest.mark.parametrize(
    ("settings", "X", "y", "error", "said"),
    [
        ({}, [[1.0], [np.nan]], [0, 1], ValueError, "Input X contains NaN"),
        ({}, [[1.0], [np.inf]], [0, 1], ValueError, "Input X contains infinity"),
        ({}, [[1.0], [2.0]], [0, 0], ValueError, "y: expected at least two classes, got one class: "),
        ({}, [[1.0], [2.0]], [0, 1, 1], ValueError, "inconsistent numbers of samples"),
        ({}, [1.0, 2.0], [0, 1], ValueError, "Expected 2D array, got 1D array"),
        ({}, [["a"], ["b"]], [0, 1], ValueError, "could not convert string to float"),
        ({}, np.zeros((0, 2)), [], ValueError, "Found array with 0 sample"),
        ({}, [[1.0], [2.0]], [0.5, 1.5], ValueError, "Unknown label type: continuous"),
        ({"dtype": "float16"}, [[1.0], [2.0]], [0, 1], ValueError, "dtype: expected 'float32' or 'float64'"),
        ({"learning_rate": -1}, [[1.0], [2.0]], [0, 1], ValueError, "learning_rate: expected a number above 0"),
        ({"input_scale": 0}, [[1.0], [2.0]], [0, 1], ValueError, "input_scale: expected a number above 0"),
        ({"epochs": "many"}, [[1.0], [2.0]], [0, 1], TypeError, "epochs: expected a whole number, got 'many'"),
    ],
)
def test_bad_input_is_said(
    estimator: Any, settings: dict[str, Any], X: Any, y: Any, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=re.escape(said)):
        estimator(**settings).fit(X, y)


@BOTH
def test_predicting_before_fitting_and_with_other_columns(estimator: Any) -> None:
    with pytest.raises(NotFittedError):
        estimator().predict([[1.0]])
    fitted = estimator(epochs=1).fit([[1.0], [2.0]], [0, 1])
    with pytest.raises(ValueError, match="X has 2 features"):
        fitted.predict([[1.0, 2.0]])


@BOTH
def test_a_fit_stopped_by_hand_leaves_an_estimator_that_predicts(
    estimator: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    updates = iter(range(100))

    def stop(*arguments: Any) -> Any:
        if next(updates) == 50:
            raise KeyboardInterrupt
        return gradient_descent(*arguments)

    monkeypatch.setattr(estimators, "train", partial(train, update_rule=stop))
    X, y = load_iris(return_X_y=True)
    model = estimator(learning_rate=0.05, epochs=100).fit(X, y)
    assert model.history_.interrupted
    assert model.history_.updates == 50
    assert "Stopped by hand after 50 updates" in capsys.readouterr().out
    assert model.score(X, y) > 0.6
