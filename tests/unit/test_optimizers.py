"""The update rules are torch's, number by number, and leave what they are given as it was."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from course_utils.losses import cross_entropy_terms
from course_utils.numerics import FloatArray
from course_utils.optimizers import UpdateRule, adam, gradient_descent, momentum
from course_utils.training import Parameters, linear_loss_and_gradients, train

TorchRule = Callable[..., torch.optim.Optimizer]
# Learning rates at which the run moves and the loss goes up and down, so that a wrong memory would show.
RULES: dict[str, tuple[UpdateRule, TorchRule, float]] = {
    "plain": (gradient_descent, torch.optim.SGD, 0.3),
    "momentum": (momentum, partial(torch.optim.SGD, momentum=0.9), 0.05),
    "momentum, another beta": (partial(momentum, beta=0.5), partial(torch.optim.SGD, momentum=0.5), 0.2),
    "adam": (adam, torch.optim.Adam, 0.02),
    "adam, other settings": (
        partial(adam, beta_1=0.7, beta_2=0.95, epsilon=1e-2),
        partial(torch.optim.Adam, betas=(0.7, 0.95), eps=1e-2),
        0.05,
    ),
}


@pytest.mark.parametrize(("rule", "torch_rule", "learning_rate"), RULES.values(), ids=RULES)
def test_every_one_of_200_updates_equals_torch(rule: UpdateRule, torch_rule: TorchRule, learning_rate: float) -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(80, 5)), rng.integers(0, 3, 80)
    start = (rng.normal(size=(5, 3)), rng.normal(size=3))
    steps: list[Parameters] = []
    train(
        linear_loss_and_gradients(X, y, cross_entropy_terms),
        start,
        len(X),
        learning_rate=learning_rate,
        epochs=20,
        batch_size=8,
        rng=np.random.default_rng(1),
        update_rule=rule,
        after_update=lambda _, parameters: steps.append(parameters),
    )
    W, b = (torch.tensor(w, requires_grad=True) for w in start)
    optimizer = torch_rule([W, b], lr=learning_rate)
    X_torch, y_torch = torch.from_numpy(X), torch.from_numpy(y)
    shuffling, update = np.random.default_rng(1), 0
    for _ in range(20):
        for rows in shuffling.permutation(len(X)).reshape(-1, 8):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(X_torch[rows] @ W + b, y_torch[rows]).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            for ours, theirs in zip(steps[update], (W, b), strict=True):
                np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=0, atol=1e-12)
            update += 1
    assert update == len(steps) == 200


@pytest.mark.parametrize("rule", [gradient_descent, momentum, adam])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_rule_is_a_pure_function_and_keeps_the_type(rule: Callable[..., Any], dtype: type) -> None:
    w: list[FloatArray] = [np.ones((2, 3), dtype), np.array(1, dtype)]
    dw: list[FloatArray] = [np.full((2, 3), 0.5, dtype), np.array(-1, dtype)]
    once, state = rule(w, dw, None, 0.1)
    kept = repr((w, dw, once, state))
    twice, _ = rule(once, dw, state, 0.1)
    again, _ = rule(once, dw, state, 0.1)
    assert kept == repr((w, dw, once, state))
    for a, b in zip(twice, again, strict=True):
        assert a.dtype == dtype
        assert (a == b).all()


def test_momentum_follows_a_steady_slope_ten_times_as_fast_in_the_end() -> None:
    w: tuple[FloatArray, ...] = (np.zeros(1),)
    state, last = None, 0.0
    for _ in range(400):
        last = float(w[0][0])
        w, state = momentum(w, (np.ones(1),), state, 0.01)
    assert float(w[0][0]) - last == pytest.approx(-0.01 / (1 - 0.9), rel=1e-12)


@pytest.mark.parametrize("slope", [1e-3, 1.0, 1e6])
def test_adams_first_step_has_the_length_of_the_learning_rate_whatever_the_slope(slope: float) -> None:
    (w,), state = adam((np.zeros(2),), (np.array([slope, -slope]),), None, 0.01)
    np.testing.assert_allclose(w, [-0.01, 0.01], rtol=1.1e-5)  # epsilon is 1e-5 of the smallest slope
    assert state.updates == 1


def test_adam_where_no_slope_was_ever_seen_stands_still() -> None:
    w: tuple[FloatArray, ...] = (np.ones(3),)
    state = None
    for _ in range(5):
        w, state = adam(w, (np.zeros(3),), state, 0.1)
    assert w[0].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("rule", "settings", "said"),
    [
        (momentum, {"beta": 1}, "beta: expected a number from 0 up to, but not including, 1, got 1"),
        (adam, {"beta_1": -0.1}, "beta_1: expected a number from 0 up to, but not including, 1, got -0.1"),
        (adam, {"beta_2": float("nan")}, "beta_2: expected a number from 0 up to, but not including, 1, got nan"),
        (adam, {"epsilon": 0}, "epsilon: expected a number above 0, got 0"),
    ],
)
def test_bad_settings_are_said(rule: Callable[..., Any], settings: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        rule((np.ones(1),), (np.ones(1),), None, 0.1, **settings)
    with pytest.raises(ValueError, match="zip"):
        rule((np.ones(1),), (), None, 0.1)
