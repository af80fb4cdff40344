"""Adam's steps: the three sequences by closed forms, every step by torch, the bound that is none."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from course_utils.explorers.adam_steps import adam_steps, steps_after, steps_along
from course_utils.numerics import FloatArray

STATES = [
    (0, "constant", 1.0, 0.9, 0.999),
    (0, "alternating", 10.0, 0.9, 0.999),
    (5000, "once", 0.1, 0.9, 0.999),
    (100, "constant", 10.0, 0.5, 0.99),
    (10, "once", 1.0, 0.98, 0.9),
    (1000, "alternating", 0.1, 0.0, 0.9999),
]
EACH = pytest.mark.parametrize("state", STATES, ids=str)


def steps_of_torch(make: Any, silence: int, gradients: FloatArray) -> FloatArray:
    """Steps that an optimiser of torch takes along zeros and then these gradients."""
    w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer, steps = make([w]), []
    for gradient in [*np.zeros(silence), *gradients]:
        with torch.no_grad():
            w.zero_()
        w.grad = torch.tensor([gradient], dtype=torch.float64)
        optimizer.step()
        steps.append(-w.item())
    return np.array(steps[silence:])


@pytest.mark.long
@EACH
def test_every_step_is_torchs(state: tuple[Any, ...]) -> None:
    silence, _, _, beta_1, beta_2 = state
    ours = steps_after(*state)
    rules = {
        "plain": lambda w: torch.optim.SGD(w, lr=1.0),
        "momentum": lambda w: torch.optim.SGD(w, lr=1.0, momentum=beta_1),
        "adam": lambda w: torch.optim.Adam(w, lr=1.0, betas=(beta_1, beta_2)),
    }
    for name, make in rules.items():
        # The silence is walked here, zero by zero, and skipped by the explorer.
        theirs = steps_of_torch(make, silence, ours.gradients)
        np.testing.assert_allclose(getattr(ours, name), theirs, rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("size", [0.1, 1.0, 10.0])
def test_a_constant_gradient_gives_steps_of_one_learning_rate_from_the_first_on(size: float) -> None:
    steps = steps_after(0, "constant", size, 0.9, 0.999).adam
    np.testing.assert_allclose(steps, 1, atol=2e-7)
    assert (steps <= 1).all()


@pytest.mark.parametrize("beta_1", [0.5, 0.8, 0.9])
def test_an_alternating_gradient_shrinks_them_to_a_share_of_beta_1(beta_1: float) -> None:
    steps = steps_after(0, "alternating", 1.0, beta_1, 0.999).adam
    assert abs(steps[-1]) == pytest.approx((1 - beta_1) / (1 + beta_1), rel=1e-3)
    assert round(0.1 / 1.9, 4) == 0.0526


@pytest.mark.parametrize("silence", [10, 1000, 5000])
def test_the_first_step_after_a_silence(silence: int) -> None:
    k = silence + 1
    expected = 0.1 / (1 - 0.9**k) / math.sqrt(0.001 / (1 - 0.999**k))
    assert steps_after(silence, "once", 7.0, 0.9, 0.999).adam[0] == pytest.approx(expected, rel=1e-7)
    assert expected < math.sqrt(10)


def test_a_gradient_that_stays_after_a_silence_passes_the_bound_of_the_paper_and_keeps_the_true_one() -> None:
    steps = steps_after(10_000, "constant", 1.0, 0.9, 0.999).adam
    paper = 0.1 / math.sqrt(0.001)
    cauchy_schwarz = paper / math.sqrt(1 - 0.9**2 / 0.999)
    assert round(steps.max(), 2) == 6.57
    assert steps.argmax() == 11
    assert paper < steps.max() < cauchy_schwarz < 7.28


@EACH
def test_the_scale_times_the_mean_gradient_is_the_step(state: tuple[Any, ...]) -> None:
    silence, _, _, beta_1, _ = state
    steps = steps_after(*state)
    mean, means = 0.0, []
    for k, gradient in enumerate(steps.gradients, start=silence + 1):
        mean = beta_1 * mean + (1 - beta_1) * gradient
        means.append(mean / (1 - beta_1**k))
    np.testing.assert_allclose(steps.mean, means, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(np.array(means) * steps.scale, steps.adam, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(steps.root, 1 / steps.scale, rtol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((-1, "once", 1.0, 0.9, 0.999), ValueError, "silence: expected a whole number of at least 0, got -1"),
        ((0, "twice", 1.0, 0.9, 0.999), ValueError, "pattern: expected 'constant' or 'alternating' or 'once'"),
        ((0, "once", 0.0, 0.9, 0.999), ValueError, "size: expected a number above 0, got 0"),
        ((0, "once", math.nan, 0.9, 0.999), ValueError, "size: expected a finite number"),
        ((0, "once", 1.0, 1.0, 0.999), ValueError, "beta"),
        ((0, "once", 1.0, 0.9, -0.1), ValueError, "beta_2: expected a number from 0 up to"),
    ],
)
def test_bad_input_is_named(arguments: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        steps_after(*arguments)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (
            {"gradients": "twice"},
            ValueError,
            "gradients: expected 'constant' or 'alternating' or 'once', got 'twice'",
        ),
        ({"gradients": [1.0, 0.5]}, ValueError, r"gradients: expected shape \(40,\)"),
        ({"gradients": [1.5] * 40}, ValueError, "gradients: expected numbers from -1 to 1, got 1.5 to 1.5"),
        ({"silence": 10_001}, ValueError, "silence: expected a whole number from 0 to 10000, got 10001"),
        ({"beta_1": 1.0}, ValueError, "beta_1: expected a number from 0 to 0.98, got 1.0"),
        ({"beta_2": 0.5}, ValueError, "beta_2: expected a number from 0.9 to 0.9999, got 0.5"),
        ({"update": 41}, ValueError, "update: expected a whole number from 1 to 40, got 41"),
    ],
)
def test_a_bad_state_is_named(arguments: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        adam_steps(**arguments)


def test_a_row_without_any_gradient_moves_nothing() -> None:
    steps = steps_along(np.zeros(5), 10, 0.9, 0.999)
    for values in (steps.plain, steps.momentum, steps.adam, steps.mean, steps.root):
        np.testing.assert_array_equal(values, 0)


def test_a_row_may_be_named_or_drawn() -> None:
    assert adam_steps("alternating").gradients == [1.0, -1.0] * 20
    drawn = adam_steps([0.5] * 40)
    drawn.gradients = "constant"
    assert drawn.gradients == [1.0] * 40
