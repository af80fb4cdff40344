"""Lesson 11: its own functions do what its prose says, by closed forms, differences and torch."""

from __future__ import annotations

import ast
import copy
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.activations import sigmoid, softmax
from course_utils.datasets import majority_bits
from course_utils.gradients import central_difference
from course_utils.losses import one_hot
from tools.percent import read_percent

LESSON = next((Path(__file__).parents[2] / "lessons").glob("11_*.py"))


def functions_of_the_lesson() -> dict[str, Any]:
    names: dict[str, Any] = {"np": np, "torch": torch, "nn": nn, "softmax": softmax, "one_hot": one_hot}
    names["pairwise"] = pairwise
    for cell in read_percent(LESSON).cells:
        if cell.cell_type == "code":
            kinds = ast.FunctionDef | ast.ClassDef
            body: list[ast.stmt] = [node for node in ast.parse(cell.source).body if isinstance(node, kinds)]
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


def test_an_epoch_takes_a_step_of_each_batch_with_the_gradient_of_that_batch_alone() -> None:
    torch.manual_seed(0)
    model, loss = nn.Linear(3, 1), nn.BCEWithLogitsLoss()
    batches = [(torch.randn(8, 3), torch.ones(8, 1)) for _ in range(3)]
    expected = copy.deepcopy(model)
    for X, t in batches:
        gradients = torch.autograd.grad(loss(expected(X), t), list(expected.parameters()))
        with torch.no_grad():
            for parameter, gradient in zip(expected.parameters(), gradients, strict=True):
                parameter.sub_(gradient, alpha=0.5)
    NAMES["epoch"](model, loss, torch.optim.SGD(model.parameters(), lr=0.5), batches)
    torch.testing.assert_close(model.state_dict(), expected.state_dict())


def test_the_share_of_right_answers_leaves_no_gradient_and_the_mode_as_it_is() -> None:
    model = nn.Linear(2, 2, bias=False)
    with torch.no_grad():
        model.weight.copy_(torch.eye(2))
    X = torch.tensor([[2.0, 1.0], [0.0, 3.0], [5.0, 4.0], [1.0, 2.0]])
    for training in (True, False):
        assert NAMES["share_right"](model.train(training), X, torch.tensor([0, 1, 1, 1])) == 0.75
        assert model.training is training
    assert model.weight.grad is None


def test_a_unit_adds_up_its_inputs_and_its_parameters_have_names() -> None:
    model = NAMES["Unit"](np.array([1.0, -2.0]))
    assert list(model.state_dict()) == ["w", "b"]
    with torch.no_grad():
        model.b.fill_(0.5)
    torch.testing.assert_close(model(torch.tensor([[3.0, 1.0]]).double()), torch.tensor([1.5]).double())


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
