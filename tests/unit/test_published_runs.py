"""Published runs, reproduced to the digits that were printed."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone

from course_utils.datasets import Dataset, load_mnist
from course_utils.estimators import LogisticRegression, SoftmaxRegression
from course_utils.losses import binary_cross_entropy_from_logits, cross_entropy_from_logits, one_hot
from tools.results import half_a_gradient


@pytest.fixture(scope="module")
def mnist() -> Dataset:
    data = load_mnist()
    if data.source != "mnist":
        pytest.skip("published runs need the real MNIST: set COURSE_DATA")
    return data


@pytest.mark.slow
def test_ten_sigmoids_in_float64_to_eleven_digits(mnist: Dataset) -> None:
    model = LogisticRegression(learning_rate=1e-5, epochs=200).fit(mnist.X_train, mnist.y_train)
    loss = binary_cross_entropy_from_logits(model.decision_function(mnist.X_train), one_hot(mnist.y_train, 10))
    assert loss == pytest.approx(0.85863196488041293, abs=5e-12)
    assert (model.predict(mnist.X_test) == mnist.y_test).sum() == 9032


@pytest.mark.slow
def test_softmax_in_float64_to_nine_digits(mnist: Dataset) -> None:
    model = SoftmaxRegression(learning_rate=1e-5, epochs=200).fit(mnist.X_train, mnist.y_train)
    loss = cross_entropy_from_logits(model.decision_function(mnist.X_train), mnist.y_train)
    assert loss == pytest.approx(0.338156015, abs=5e-10)
    assert (model.predict(mnist.X_test) == mnist.y_test).sum() == 9110


@pytest.mark.long
def test_mini_batches_pass_92_percent_whatever_the_seed(mnist: Dataset) -> None:
    model = SoftmaxRegression(learning_rate=0.2, epochs=8, batch_size=128, input_scale=1 / 255, dtype="float32")
    models = [clone(model).set_params(random_state=seed).fit(mnist.X_train, mnist.y_train) for seed in range(3)]
    assert np.min([model.score(mnist.X_test, mnist.y_test) for model in models]) > 0.92


@pytest.mark.slow
@pytest.mark.usefixtures("mnist")
def test_a_gradient_with_only_the_diagonal_still_learns() -> None:
    assert [figure.value for figure in half_a_gradient()] == [8624, 9012]
