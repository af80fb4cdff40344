"""Losses and their gradients against closed forms, differences and torch."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course_utils.activations import sigmoid, softmax
from course_utils.gradients import check_gradient
from course_utils.losses import (
    binary_cross_entropy,
    binary_cross_entropy_from_logits,
    binary_cross_entropy_gradient,
    binary_cross_entropy_loss_and_gradient,
    cross_entropy,
    cross_entropy_from_logits,
    cross_entropy_gradient,
    cross_entropy_loss_and_gradient,
    mse,
    mse_from_logits,
    mse_from_logits_gradient,
    one_hot,
)
from course_utils.numerics import FloatArray

Batch = tuple[FloatArray, np.ndarray, FloatArray]
Loss = Callable[..., Any]


def batches_up_to(side: int) -> st.SearchStrategy[Batch]:
    return hnp.array_shapes(min_dims=2, max_dims=2, max_side=side).flatmap(
        lambda shape: st.tuples(
            hnp.arrays(np.float64, shape, elements=st.floats(-50, 50)),
            hnp.arrays(np.int64, shape[0], elements=st.integers(0, shape[1] - 1)),
            hnp.arrays(np.float64, shape, elements=st.floats(0, 1)),
        )
    )


batches = batches_up_to(12)


@given(batches)
@pytest.mark.long
def test_cross_entropy_agrees_with_torch(batch: Batch) -> None:
    z, y, _ = batch
    z_torch = torch.tensor(z, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(z_torch, torch.from_numpy(y))
    loss.backward()
    assert cross_entropy_from_logits(z, y) == pytest.approx(loss.item(), rel=1e-13, abs=1e-13)
    assert z_torch.grad is not None
    np.testing.assert_allclose(cross_entropy_gradient(z, y), z_torch.grad.numpy(), rtol=1e-9, atol=1e-15)


@given(batches)
@pytest.mark.long
def test_binary_cross_entropy_agrees_with_torch(batch: Batch) -> None:
    z, _, t = batch
    z_torch = torch.tensor(z, requires_grad=True)
    each = torch.nn.functional.binary_cross_entropy_with_logits(z_torch, torch.from_numpy(t), reduction="none")
    loss = each.sum(dim=1).mean()
    loss.backward()
    assert binary_cross_entropy_from_logits(z, t) == pytest.approx(loss.item(), rel=1e-12, abs=1e-12)
    assert z_torch.grad is not None
    np.testing.assert_allclose(binary_cross_entropy_gradient(z, t), z_torch.grad.numpy(), rtol=1e-9, atol=1e-14)


@given(batches)
@pytest.mark.long
def test_targets_need_not_sum_to_one(batch: Batch) -> None:
    z, _, t = batch
    z_torch = torch.tensor(z, requires_grad=True)
    loss = -(torch.from_numpy(t) * torch.log_softmax(z_torch, 1)).sum(dim=1).mean()
    loss.backward()
    assert cross_entropy_from_logits(z, t) == pytest.approx(loss.item(), rel=1e-12, abs=1e-12)
    assert z_torch.grad is not None
    np.testing.assert_allclose(cross_entropy_gradient(z, t), z_torch.grad.numpy(), rtol=1e-9, atol=1e-14)
    slopes = cross_entropy_loss_and_gradient(z, t)[1]
    np.testing.assert_allclose(slopes, softmax(z) * t.sum(axis=1, keepdims=True) - t, atol=1e-13)


@given(batches)
@pytest.mark.long
def test_squared_error_agrees_with_torch(batch: Batch) -> None:
    z, _, t = batch
    z_torch = torch.tensor(z, requires_grad=True)
    loss = ((torch.sigmoid(z_torch) - torch.from_numpy(t)) ** 2).sum(dim=1).mean()
    loss.backward()
    assert mse_from_logits(z, t) == pytest.approx(loss.item(), rel=1e-12, abs=1e-15)
    assert z_torch.grad is not None
    np.testing.assert_allclose(mse_from_logits_gradient(z, t), z_torch.grad.numpy(), rtol=1e-9, atol=1e-15)


def _swapped(function: Loss, targets: FloatArray, z: FloatArray) -> Any:
    return function(z, targets)


@pytest.mark.long
@given(batches_up_to(5))  # two differences an entry
def test_gradients_agree_with_differences(batch: Batch) -> None:
    z, y, t = batch
    z = z / 10
    pairs: list[tuple[Loss, Loss, FloatArray]] = [
        (cross_entropy_from_logits, cross_entropy_gradient, y),
        (cross_entropy_from_logits, cross_entropy_gradient, t),
        (binary_cross_entropy_from_logits, binary_cross_entropy_gradient, t),
        (mse_from_logits, mse_from_logits_gradient, t),
    ]
    for loss, gradient, targets in pairs:
        found = check_gradient(partial(_swapped, loss, targets), partial(_swapped, gradient, targets), z)
        assert found.error < 1e-8, (loss, found)


@given(batches)
@pytest.mark.long
def test_logits_and_probabilities_give_the_same_loss(batch: Batch) -> None:
    z, y, t = batch
    z = z / 10
    p, q = softmax(z), sigmoid(z)
    assert cross_entropy(p, y) == pytest.approx(cross_entropy_from_logits(z, y), rel=1e-10, abs=1e-12)
    assert cross_entropy(p, t) == pytest.approx(cross_entropy_from_logits(z, t), rel=1e-10, abs=1e-12)
    assert binary_cross_entropy(q, t) == pytest.approx(binary_cross_entropy_from_logits(z, t), rel=1e-10)
    assert mse(q, t) == pytest.approx(mse_from_logits(z, t), rel=1e-10)


@given(batches)
@pytest.mark.long
def test_a_class_is_a_one_hot_target(batch: Batch) -> None:
    z, y, _ = batch
    t = one_hot(y, z.shape[1])
    assert cross_entropy_from_logits(z, t) == pytest.approx(cross_entropy_from_logits(z, y), rel=1e-15, abs=0)
    assert cross_entropy(softmax(z), t) == pytest.approx(cross_entropy(softmax(z), y), rel=1e-15, abs=0)
    np.testing.assert_allclose(cross_entropy_gradient(z, t), cross_entropy_gradient(z, y), rtol=1e-12, atol=1e-16)


@pytest.mark.long
@given(batches)
def test_the_loss_is_the_mean_of_the_losses_of_samples(batch: Batch) -> None:
    z, y, t = batch
    p, q = softmax(z), sigmoid(z)
    cases: list[tuple[Loss, FloatArray, FloatArray]] = [
        (mse, q, t),
        (mse_from_logits, z, t),
        (binary_cross_entropy, q, t),
        (binary_cross_entropy_from_logits, z, t),
        (cross_entropy, p, y),
        (cross_entropy, p, t),
        (cross_entropy_from_logits, z, y),
        (cross_entropy_from_logits, z, t),
    ]
    for loss, prediction, target in cases:
        losses = loss(prediction, target, per_sample=True)
        assert losses.shape == (len(z),)
        assert (losses >= 0).all()
        assert loss(prediction, target) == pytest.approx(losses.mean(), rel=1e-15, abs=0)
        first = loss(prediction[:1], target[:1])
        assert first == pytest.approx(losses[0], rel=1e-14, abs=0)


@given(st.floats(0, 1), st.floats(0, 1))
def test_no_probability_costs_less_than_the_true_one(p: float, t: float) -> None:
    entropy = binary_cross_entropy([t], [t])
    assert binary_cross_entropy([p], [t]) >= entropy * (1 - 1e-15)
    assert cross_entropy([[1 - t, t]], [[1 - t, t]]) == pytest.approx(entropy, rel=1e-9, abs=1e-15)


def test_the_gradient_is_p_minus_t() -> None:
    z, y = np.array([[2.0, 1.0, 0.1], [0.0, 3.0, -1.0]]), np.array([0, 2])
    np.testing.assert_allclose(cross_entropy_loss_and_gradient(z, y)[1], softmax(z) - one_hot(y, 3), atol=1e-16)
    t = np.array([[1.0, 0.0, 0.3], [0.0, 1.0, 0.9]])
    np.testing.assert_allclose(binary_cross_entropy_loss_and_gradient(z, t)[1], sigmoid(z) - t, atol=1e-16)


def test_closed_forms() -> None:
    assert mse([[0.6, 0.4]], [[1, 0]]) == pytest.approx(0.32, rel=1e-15)
    assert mse_from_logits([0.0, 0.0], [1, 0.5]) == 0.125
    assert cross_entropy([[0.6, 0.4]], [0]) == pytest.approx(0.5108256237659907, rel=1e-15)
    assert binary_cross_entropy([0.5, 0.25], [1, 0]) == pytest.approx(np.log(8 / 3) / 2, rel=1e-15)
    # Paralysis: almost certain and wrong, and hardly any gradient.
    assert mse_from_logits_gradient([-10.0], [1]) == pytest.approx(-9.0791e-5, rel=1e-4)
    assert cross_entropy_from_logits([[0.0] * 10] * 3, [0, 5, 9]) == pytest.approx(np.log(10), rel=1e-15)
    assert binary_cross_entropy_from_logits([0.0], [0.25]) == pytest.approx(np.log(2), rel=1e-15)
    assert cross_entropy_from_logits([np.log([0.6, 0.4])], [0]) == pytest.approx(0.5108256237659907, rel=1e-15)


def test_ten_sigmoids_add_their_losses() -> None:
    z, t = np.arange(6.0).reshape(2, 3), np.array([[1, 0, 0], [0, 1, 0]])
    separate = sum(binary_cross_entropy_from_logits(z[:, k], t[:, k]) for k in range(3))
    assert binary_cross_entropy_from_logits(z, t) == pytest.approx(separate, rel=1e-15)


def test_a_certain_mistake_costs_its_logit_and_no_more() -> None:
    assert binary_cross_entropy_from_logits([1e5], [0]) == 1e5
    assert binary_cross_entropy_from_logits([-1e5], [1]) == 1e5
    assert cross_entropy_from_logits([[1e5, 0.0]], [1]) == 1e5
    assert binary_cross_entropy_from_logits([1e5], [1]) == 0


def test_a_nearly_certain_success_keeps_its_digits() -> None:
    assert binary_cross_entropy_from_logits([40.0], [1]) == pytest.approx(np.exp(-40), rel=1e-15, abs=0)
    assert cross_entropy_from_logits([[40.0, 0.0]], [0]) == pytest.approx(np.exp(-40), rel=1e-15, abs=0)


def test_a_nearly_certain_success_keeps_a_gradient() -> None:
    tail = np.exp(-40)
    np.testing.assert_allclose(cross_entropy_gradient([[40.0, 0.0]], [0]), [[-tail, tail]], rtol=1e-14)
    np.testing.assert_allclose(
        binary_cross_entropy_gradient([40.0, -40.0], [1, 0]), [-tail / 2, tail / 2], rtol=1e-14
    )
    np.testing.assert_allclose(mse_from_logits([40.0], [1]), tail**2, rtol=1e-14)


def test_impossible_events_are_infinitely_surprising() -> None:
    assert cross_entropy([[1.0, 0.0], [0.5, 0.5]], [1, 0]) == np.inf
    assert cross_entropy([[1.0, 0.0]], [[0.9, 0.1]]) == np.inf
    assert binary_cross_entropy([0.0], [0.1]) == np.inf
    assert binary_cross_entropy([1.0], [0.0]) == np.inf


def test_nothing_is_lost_on_what_was_not_asked_for() -> None:
    assert cross_entropy([[1.0, 0.0]], [0]) == 0
    assert cross_entropy([[1.0, 0.0]], [[0.5, 0.0]]) == 0
    assert binary_cross_entropy([1.0, 0.0], [1, 0]) == 0
    assert cross_entropy_from_logits([[1e308, -1e308]], [[1, 0]]) == 0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_ends_of_the_float_line_give_no_warning_and_no_nan(dtype: type[np.floating]) -> None:
    most = np.finfo(dtype).max
    z: FloatArray = np.array([[most, -most, 0], [most, most, -most], [0, 0, 0]], dtype)
    for t in (np.zeros((3, 3)), np.ones((3, 3)), np.full((3, 3), 0.5)):
        for loss in (mse_from_logits, binary_cross_entropy_from_logits, cross_entropy_from_logits):
            assert not np.isnan(loss(z, t, per_sample=True)).any()
            assert loss(z, t) >= 0
        for gradient in (mse_from_logits_gradient, binary_cross_entropy_gradient, cross_entropy_gradient):
            assert np.isfinite(gradient(z, t)).all()
    assert np.isfinite(cross_entropy_gradient(z, [1, 2, 0])).all()


def test_a_mean_is_finite_where_the_sum_is_not() -> None:
    most = np.finfo(np.float64).max
    assert binary_cross_entropy_from_logits([most, most], [0, 0]) == most
    assert cross_entropy_from_logits(np.array([[most, 0], [0, most]]), [1, 0]) == most
    assert cross_entropy_from_logits(np.array([[3e38, 0]] * 3, np.float32), [1] * 3) == np.float32(3e38)


def test_a_small_target_brings_a_far_logit_within_reach() -> None:
    for dtype in (np.float32, np.float64):
        most = np.finfo(dtype).max
        z: FloatArray = np.array([[most, -most, 0]], dtype)
        expected = 2 * (0.001 * float(most)) + 0.25 * float(most)
        assert cross_entropy_from_logits(z, [[0.5, 0.001, 0.25]]) == pytest.approx(expected, rel=1e-6)
        assert cross_entropy_from_logits(z, [[0.5, 1, 0.25]]) == np.inf


def test_small_terms_do_not_vanish_beside_a_large_one() -> None:
    t = np.array([[1.0] + [1e-17] * 999])
    assert cross_entropy_from_logits(np.zeros((1, 1000)), t) == pytest.approx((1 + 999e-17) * np.log(1000), rel=2e-16)
    z = np.array([[0.0] + [-37.5] * 999])
    expected = np.log(2) + 999 * np.log1p(np.exp(-37.5))
    assert binary_cross_entropy_from_logits(z, np.zeros((1, 1000))) == pytest.approx(expected, rel=4e-16)


@pytest.mark.parametrize(
    "loss",
    [
        mse,
        mse_from_logits,
        binary_cross_entropy,
        binary_cross_entropy_from_logits,
        cross_entropy,
        cross_entropy_from_logits,
    ],
)
def test_float_types_are_kept_and_the_input_is_not_touched(loss: Loss) -> None:
    t = np.array([[0.25, 0.75], [1, 0]])
    for dtype in (np.float32, np.float64):
        prediction: FloatArray = np.full((2, 2), 0.5, dtype)
        before = prediction.copy()
        assert loss(prediction, t, per_sample=True).dtype == dtype
        assert type(loss(prediction, t)) is float
        assert (prediction == before).all()
    assert (t == [[0.25, 0.75], [1, 0]]).all()


def test_gradients_keep_float32() -> None:
    z = np.zeros((2, 3), np.float32)
    for part in (
        *cross_entropy_loss_and_gradient(z, [0, 1]),
        *cross_entropy_loss_and_gradient(z, np.ones((2, 3))),
        *binary_cross_entropy_loss_and_gradient(z, np.zeros((2, 3))),
        cross_entropy_gradient(z, [0, 1]),
        binary_cross_entropy_gradient(z, np.zeros((2, 3))),
        mse_from_logits_gradient(z, np.zeros((2, 3))),
    ):
        assert part.dtype == np.float32


@pytest.mark.parametrize(
    ("z", "y", "error", "said"),
    [
        ([[0.0, 1.0]], [2], ValueError, "y: expected labels 0 to 1, got 2 at index 0"),
        ([[0.0, 1.0]], [0, 1], ValueError, r"y: expected shape \(1,\), got \(2,\)"),
        ([0.0, 1.0], [0], ValueError, r"z: expected logits of shape \(N, K\), with at least one sample, got \(2,\)"),
        (np.zeros((0, 2)), [], ValueError, r"z: expected logits .* got \(0, 2\)"),
        ([[np.nan, 1.0]], [0], ValueError, r"z: expected numbers, got nan at index \(0, 0\)"),
        ([[np.inf, 1.0]], [0], ValueError, r"z: expected finite numbers, got inf at index \(0, 0\)"),
        ([["a", "b"]], [0], TypeError, "z: expected an array of numbers"),
        ([[0.0, 1.0]], ["cat"], TypeError, "y: expected an array of numbers"),
        ([[0.0, 1.0]], [[0.5, 0.5, 0]], ValueError, r"y: expected shape \(1, 2\), got \(1, 3\)"),
        ([[0.0, 1.0]], [[0.5, 1.5]], ValueError, r"y: expected probabilities in \[0, 1\], got 1.5 at index \(0, 1\)"),
        (
            [[0.0, 1.0]],
            [[0.5], [0.5, 0]],
            TypeError,
            "y: expected an array of numbers, got rows of different lengths",
        ),
    ],
)
def test_bad_input_of_cross_entropy(z: object, y: object, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        cross_entropy_from_logits(z, y)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("z", "t", "error", "said"),
    [
        ([0.0], [1.5], ValueError, r"t: expected probabilities in \[0, 1\], got 1.5 at index 0"),
        ([0.0, 1.0], [1], ValueError, r"t: expected shape \(2,\), got \(1,\)"),
        ([[[0.0]]], [[[1]]], ValueError, r"z: expected logits of shape \(N,\) or \(N, K\)"),
        ([], [], ValueError, r"z: expected logits .* got \(0,\)"),
        ([0.0], ["yes"], TypeError, "t: expected an array of numbers"),
    ],
)
def test_bad_input_of_binary_cross_entropy(z: object, t: object, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        binary_cross_entropy_from_logits(z, t)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("loss", "p", "t", "error", "said"),
    [
        (
            cross_entropy,
            [[0.5, 0.6]],
            [0],
            ValueError,
            "p: expected rows that sum to one, to within 0.001, got 1.1 at row 0",
        ),
        (cross_entropy, [[0.5, 0.5], [0.2, 0.1]], [0, 0], ValueError, "p: expected rows .* got 0.3 at row 1"),
        (cross_entropy, [[1.5, -0.5]], [0], ValueError, r"p: expected probabilities in \[0, 1\], got 1.5"),
        (cross_entropy, [0.5, 0.5], [0], ValueError, r"p: expected probabilities of shape \(N, K\)"),
        (cross_entropy, [[0.5, 0.5]], [2], ValueError, "y: expected labels 0 to 1, got 2 at index 0"),
        (binary_cross_entropy, [0.5], [-0.1], ValueError, r"t: expected probabilities in \[0, 1\], got -0.1"),
        (binary_cross_entropy, [-0.1], [1], ValueError, r"p: expected probabilities in \[0, 1\], got -0.1"),
        (binary_cross_entropy, [0.5, 0.5], [1], ValueError, r"t: expected shape \(2,\), got \(1,\)"),
        (mse, [], [], ValueError, r"p: expected probabilities of shape \(N,\) or \(N, K\), with at least one sample"),
        (mse, [np.nan], [0], ValueError, "p: expected numbers, got nan at index 0"),
        (mse, ["half"], [0], TypeError, "p: expected an array of numbers"),
        (mse_from_logits, [0.0], [2], ValueError, r"t: expected probabilities in \[0, 1\], got 2"),
        (mse_from_logits, [np.inf], [1], ValueError, "z: expected finite numbers, got inf at index 0"),
    ],
)
def test_bad_input_of_the_other_losses(loss: Loss, p: object, t: object, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        loss(p, t)


@given(st.floats(-12, 12), st.integers(0, 1))
def test_the_slope_of_the_squared_error_is_never_above_eight_27ths(z: float, t: int) -> None:
    assert abs(mse_from_logits_gradient([z], [t])[0]) <= 8 / 27


def test_a_one_hot_table_costs_its_own_memory() -> None:
    tracemalloc.start()
    try:
        t = one_hot([0, 1, 9_999], 10_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert t.sum(axis=1).tolist() == [1, 1, 1]
    assert t[2, 9_999] == 1
    assert peak < 2 * t.nbytes


@pytest.mark.parametrize("n_classes", [0, -1, 2.5, True])
def test_a_number_of_classes_that_is_none(n_classes: int) -> None:
    with pytest.raises((ValueError, TypeError), match="n_classes: expected a whole number"):
        one_hot([0], n_classes)
