"""Published runs, reproduced to the digits that were printed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.base import clone

from course_utils.datasets import Dataset, load_mnist
from course_utils.estimators import LogisticRegression, SoftmaxRegression
from course_utils.losses import (
    binary_cross_entropy_from_logits,
    cross_entropy_from_logits,
    cross_entropy_terms,
    one_hot,
)
from course_utils.numerics import FloatArray
from course_utils.training import Terms, linear_logits, linear_loss_and_gradients, train


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


def test_mini_batches_pass_92_percent_whatever_the_seed(mnist: Dataset) -> None:
    model = SoftmaxRegression(learning_rate=0.2, epochs=8, batch_size=128, input_scale=1 / 255, dtype="float32")
    models = [clone(model).set_params(random_state=seed).fit(mnist.X_train, mnist.y_train) for seed in range(3)]
    assert np.min([model.score(mnist.X_test, mnist.y_test) for model in models]) > 0.92


@pytest.mark.slow
def test_a_gradient_with_only_the_diagonal_still_learns(mnist: Dataset) -> None:
    X_train, X_test = (X.astype(np.float32) / np.float32(255) for X in (mnist.X_train, mnist.X_test))

    def diagonal_alone(z: FloatArray, y: npt.NDArray[np.generic]) -> tuple[FloatArray, FloatArray]:
        losses, slopes = cross_entropy_terms(z, y)
        return losses, slopes * one_hot(y, 10).astype(z.dtype)  # t (p - t), which is -t (1 - p)

    def right(terms: Terms) -> int:
        loss_and_gradients = linear_loss_and_gradients(X_train, mnist.y_train, terms)
        start = (np.zeros((784, 10), np.float32), np.zeros(10, np.float32))
        (W, b), _ = train(loss_and_gradients, start, len(X_train), learning_rate=0.5, epochs=100)
        return int((linear_logits(X_test, W, b).argmax(axis=1) == mnist.y_test).sum())

    assert right(diagonal_alone) == 8624
    assert right(cross_entropy_terms) == 9012
