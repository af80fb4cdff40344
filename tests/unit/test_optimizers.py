"""The update rules are torch's, number by number, and leave what they are given as it was."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from course_utils.losses import cross_entropy_loss_and_gradient
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
@pytest.mark.long
def test_every_one_of_200_updates_equals_torch(rule: UpdateRule, torch_rule: TorchRule, learning_rate: float) -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(80, 5)), rng.integers(0, 3, 80)
    start = (rng.normal(size=(5, 3)), rng.normal(size=3))
    steps: list[Parameters] = []
    train(
        linear_loss_and_gradients(X, y, cross_entropy_loss_and_gradient),
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
            torch.nn.functional.cross_entropy(X_torch[rows] @ W + b, y_torch[rows]).backward()
            optimizer.step()
            for ours, theirs in zip(steps[update], (W, b), strict=True):
                np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=0, atol=1e-12)
            update += 1
    assert update == len(steps) == 200


RULES_ALONE = pytest.mark.parametrize("rule", [gradient_descent, momentum, adam])


@RULES_ALONE
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
        (momentum, {"beta": 1 + 1e-9}, "including, 1, got 1.000000001"),
    ],
)
def test_bad_settings_are_said(rule: Callable[..., Any], settings: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        rule((np.ones(1),), (np.ones(1),), None, 0.1, **settings)


@RULES_ALONE
@pytest.mark.parametrize(
    ("gradients", "error", "said"),
    [
        ((), ValueError, "gradients: expected 2, one for each parameter, got 0"),
        ((np.ones((2, 3)),), ValueError, "gradients: expected 2, one for each parameter, got 1"),
        (None, TypeError, "gradients: expected 2, in a tuple, got NoneType"),
        ((np.ones((2, 3)), 0.5), ValueError, "gradient 2: expected shape (3,), that of parameter 2, got ()"),
        ((np.ones((2, 1)), np.ones(3)), ValueError, "gradient 1: expected shape (2, 3), that of parameter 1, got"),
        ((np.ones((2, 3)), np.ones((3, 1))), ValueError, "gradient 2: expected shape (3,), that of parameter 2, got"),
        ((np.ones((2, 3)), np.ones(3, complex)), TypeError, "gradient 2: expected an array of real numbers, got one"),
        (
            (np.ones((2, 3)), [None] * 3),
            TypeError,
            "gradient 2: expected an array of real numbers, got one of type ob",
        ),
    ],
)
def test_a_gradient_that_does_not_fit_its_parameter_is_said(
    rule: Callable[..., Any], gradients: Any, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=re.escape(said)):
        rule((np.ones((2, 3)), np.ones(3)), gradients, None, 0.1)


@RULES_ALONE
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_no_number_beside_the_weights_changes_their_type(rule: Callable[..., Any], dtype: type) -> None:
    w: Any = (np.ones((2, 3), dtype), np.array(1, dtype))
    plain: Any = (np.full((2, 3), 0.5, dtype), np.array(-1, dtype))
    wide: Any = tuple(dw.astype(np.float64) for dw in plain)
    rate = np.float64(0.1)
    settings = {"beta": np.float64(0.9)} if rule is momentum else {"beta_1": np.float64(0.9)} if rule is adam else {}
    expected, _ = rule(w, plain, None, 0.1)
    state = None
    for gradients in (plain, wide):
        got, state = rule(w, gradients, None, rate, **settings)
        assert [each.dtype for each in got] == [dtype, dtype]
        assert all((a == b).all() for a, b in zip(got, expected, strict=True))
    got, _ = rule(got, plain, state, rate, **settings)
    assert [each.dtype for each in got] == [dtype, dtype]


@RULES_ALONE
def test_whole_numbers_become_floats_and_not_the_other_way_round(rule: Callable[..., Any]) -> None:
    (w,), _ = rule((np.array([1, 2]),), (np.array([0.5, -0.5]),), None, 0.1)
    assert w.dtype == np.float64
    assert (np.abs(w - [1, 2]) > 0.01).all()


@pytest.mark.parametrize("slope", [0.0, 1e-5, 1e-3, 300.0])
def test_adam_in_float16_takes_the_steps_of_float32(slope: float) -> None:
    half: Any = (np.ones(2, np.float16),)
    single: Any = (np.ones(2, np.float32),)
    state_half = state_single = None
    for _ in range(3):
        dw = np.array([slope, 0], np.float16)
        half, state_half = adam(half, (dw,), state_half, 0.01)
        single, state_single = adam(single, (dw.astype(np.float32),), state_single, 0.01)
    np.testing.assert_allclose(half[0], single[0], atol=2e-3)
    assert half[0][1] == 1
