"""Losses and their gradients against closed forms, differences and torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course_utils.activations import sigmoid, softmax
from course_utils.gradients import check_gradient
from course_utils.losses import (
    binary_cross_entropy_from_logits,
    binary_cross_entropy_gradient,
    binary_cross_entropy_terms,
    cross_entropy_from_logits,
    cross_entropy_gradient,
    cross_entropy_terms,
    one_hot,
)
from course_utils.numerics import FloatArray

batches = hnp.array_shapes(min_dims=2, max_dims=2, max_side=12).flatmap(
    lambda shape: st.tuples(
        hnp.arrays(np.float64, shape, elements=st.floats(-50, 50)),
        hnp.arrays(np.int64, shape[0], elements=st.integers(0, shape[1] - 1)),
        hnp.arrays(np.float64, shape, elements=st.floats(0, 1)),
    )
)
Batch = tuple[FloatArray, np.ndarray, FloatArray]


@given(batches)
def test_cross_entropy_agrees_with_torch(batch: Batch) -> None:
    z, y, _ = batch
    z_torch = torch.tensor(z, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(z_torch, torch.from_numpy(y))
    loss.backward()  # type: ignore[no-untyped-call]
    assert cross_entropy_from_logits(z, y) == pytest.approx(loss.item(), rel=1e-13, abs=1e-13)
    assert z_torch.grad is not None
    np.testing.assert_allclose(cross_entropy_gradient(z, y), z_torch.grad.numpy(), rtol=1e-9, atol=1e-15)


@given(batches)
def test_binary_cross_entropy_agrees_with_torch(batch: Batch) -> None:
    z, _, t = batch
    z_torch = torch.tensor(z, requires_grad=True)
    each = torch.nn.functional.binary_cross_entropy_with_logits(z_torch, torch.from_numpy(t), reduction="none")
    loss = each.sum(dim=1).mean()
    loss.backward()  # type: ignore[no-untyped-call]
    assert binary_cross_entropy_from_logits(z, t) == pytest.approx(loss.item(), rel=1e-12, abs=1e-12)
    assert z_torch.grad is not None
    np.testing.assert_allclose(binary_cross_entropy_gradient(z, t), z_torch.grad.numpy(), rtol=1e-9, atol=1e-14)


@given(batches)
def test_gradients_agree_with_differences(batch: Batch) -> None:
    z, y, t = batch
    z = z / 10
    ce = check_gradient(lambda z: cross_entropy_from_logits(z, y), lambda z: cross_entropy_gradient(z, y), z)
    assert ce.error < 1e-8, ce
    bce = check_gradient(
        lambda z: binary_cross_entropy_from_logits(z, t), lambda z: binary_cross_entropy_gradient(z, t), z
    )
    assert bce.error < 1e-8, bce


def test_the_gradient_is_p_minus_t() -> None:
    z, y = np.array([[2.0, 1.0, 0.1], [0.0, 3.0, -1.0]]), np.array([0, 2])
    np.testing.assert_allclose(cross_entropy_terms(z, y)[1], softmax(z) - one_hot(y, 3), atol=1e-16)
    t = np.array([[1.0, 0.0, 0.3], [0.0, 1.0, 0.9]])
    np.testing.assert_allclose(binary_cross_entropy_terms(z, t)[1], sigmoid(z) - t, atol=1e-16)


def test_closed_forms() -> None:
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
    assert binary_cross_entropy_from_logits([40.0], [1]) == pytest.approx(np.exp(-40), rel=1e-15)
    assert cross_entropy_from_logits([[40.0, 0.0]], [0]) == pytest.approx(np.exp(-40), rel=1e-15)


def test_float32_stays_float32() -> None:
    z = np.zeros((2, 3), np.float32)
    assert all(part.dtype == np.float32 for part in cross_entropy_terms(z, [0, 1]))
    assert all(part.dtype == np.float32 for part in binary_cross_entropy_terms(z, np.zeros((2, 3))))


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
    ],
)
def test_bad_input_of_cross_entropy(z: object, y: object, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        cross_entropy_from_logits(z, y)  # type: ignore[arg-type]


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
        binary_cross_entropy_from_logits(z, t)  # type: ignore[arg-type]
