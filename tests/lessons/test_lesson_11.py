"""Lesson 11: its own functions do what its prose says, by closed forms, differences and torch."""

from __future__ import annotations

import ast
from itertools import pairwise
from pathlib import Path
from typing import Any

import jupytext
import numpy as np
import pytest
import torch
from torch import nn

from course_utils.activations import sigmoid, softmax
from course_utils.datasets import majority_bits
from course_utils.gradients import central_difference
from course_utils.losses import one_hot

LESSON = next((Path(__file__).parents[2] / "lessons").glob("11_*.py"))


def functions_of_the_lesson() -> dict[str, Any]:
    names: dict[str, Any] = {"np": np, "torch": torch, "nn": nn, "softmax": softmax, "one_hot": one_hot}
    names["pairwise"] = pairwise
    for cell in jupytext.read(LESSON).cells:
        if cell.cell_type == "code":
            body: list[ast.stmt] = [node for node in ast.parse(cell.source).body if isinstance(node, ast.FunctionDef)]
            exec(compile(ast.Module(body, []), LESSON.name, "exec"), names)
    return names


NAMES = functions_of_the_lesson()


@pytest.mark.parametrize("which", range(4), ids=["W1", "b1", "W2", "b2"])
def test_backpropagation_by_differences(which: int) -> None:
    rng = np.random.default_rng(which)
    parameters = [rng.normal(size=shape) for shape in ((4, 5), (5,), (5, 3), (3,))]
    X, y = rng.normal(size=(7, 4)), rng.integers(0, 3, 7)

    def loss_of(values: Any) -> float:
        changed = [*parameters]
        changed[which] = values.reshape(parameters[which].shape)
        return float(NAMES["loss_and_gradients"](changed, X, y)[0])

    gradient = NAMES["loss_and_gradients"](parameters, X, y)[1][which]
    np.testing.assert_allclose(gradient.ravel(), central_difference(loss_of, parameters[which].ravel()), atol=1e-8)


def test_a_training_step_changes_the_weights_by_the_gradient_of_this_batch_alone() -> None:
    torch.manual_seed(0)
    model, loss = nn.Linear(3, 1), nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    X, t = torch.randn(8, 3), torch.ones(8, 1)
    for _ in range(3):
        before = model.weight.detach().clone()
        (gradient,) = torch.autograd.grad(loss(model(X), t), [model.weight])
        NAMES["train_step"](model, loss, optimizer, X, t)
        torch.testing.assert_close(model.weight, before - 0.5 * gradient)


def test_validation_counts_what_is_right_and_leaves_no_gradient() -> None:
    model = nn.Linear(1, 1)
    with torch.no_grad():
        model.weight.fill_(1.0)
        model.bias.zero_()
    X, t = torch.tensor([[-1.0], [2.0], [3.0], [0.0]]), torch.tensor([[0.0], [1.0], [0.0], [0.0]])
    value, accuracy = NAMES["validate"](model, nn.BCEWithLogitsLoss(), X, t)
    assert accuracy == 0.75  # a tie, p = 0.5, is a no
    expected = np.logaddexp(0, [-1, -2, 3, 0]).mean()
    assert value == pytest.approx(expected, rel=1e-6)
    assert model.weight.grad is None


def test_the_network_has_as_many_parameters_as_the_exercise_says() -> None:
    def size(*sizes: int) -> int:
        return sum(parameter.numel() for parameter in NAMES["network"](*sizes).parameters())

    assert size(784, 25, 15, 10) == 20_175
    assert [type(layer).__name__ for layer in NAMES["network"](784, 25, 15, 10)] == [
        *("Linear", "ReLU") * 2,
        "Linear",
    ]


@pytest.mark.parametrize("learning_rate", [0.01, 0.1, 1.0])
def test_every_rate_that_the_lesson_names_reaches_the_ceiling(learning_rate: float) -> None:
    X, y = majority_bits()
    W, b = np.zeros(10), 0.0
    for _ in range(2000):
        dz = (sigmoid(X @ W + b) - y) / len(X)
        W, b = W - learning_rate * X.T @ dz, b - learning_rate * dz.sum()
        assert np.ptp(W) < 1e-9  # the stairs: from a zero start all weights stay equal
    assert ((X @ W + b > 0) == (y == 1)).all()


def test_without_a_bend_two_layers_are_one() -> None:
    rng = np.random.default_rng(0)
    X, W1, W2 = rng.normal(size=(9, 4)), rng.normal(size=(4, 6)), rng.normal(size=(6, 2))
    np.testing.assert_allclose((X @ W1) @ W2, X @ (W1 @ W2))
