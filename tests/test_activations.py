"""Sigmoid and softmax against closed forms, properties, differences, torch and scipy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import scipy.special
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course_utils.activations import log_sigmoid, log_softmax, logsumexp, sigmoid, softmax, softplus
from course_utils.numerics import FloatArray

logits = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=1, max_dims=3, max_side=40), elements=st.floats(-1e300, 1e300)
)
moderate = hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=40), elements=st.floats(-30, 30))


@given(logits)
def test_softmax_is_a_distribution(z: FloatArray) -> None:
    p = softmax(z)
    assert p.shape == z.shape
    assert (p >= 0).all()
    np.testing.assert_allclose(p.sum(axis=-1), 1, rtol=1e-14)


@given(moderate, st.floats(-1e4, 1e4))
def test_softmax_does_not_feel_a_shift(z: FloatArray, shift: float) -> None:
    np.testing.assert_allclose(softmax(z + shift), softmax(z), rtol=1e-11, atol=0)


@given(moderate, st.sampled_from([0, 1, -1, -2]))
def test_softmax_along_any_axis_agrees_with_torch(z: FloatArray, axis: int) -> None:
    np.testing.assert_allclose(softmax(z, axis), torch.softmax(torch.from_numpy(z), axis).numpy(), rtol=1e-14)
    expected = torch.log_softmax(torch.from_numpy(z), axis).numpy()
    np.testing.assert_allclose(log_softmax(z, axis), expected, rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(logsumexp(z, axis), scipy.special.logsumexp(z, axis), rtol=1e-13, atol=1e-13)


@given(moderate)
def test_few_and_many_classes_take_different_paths_to_one_answer(z: FloatArray) -> None:
    wide = np.concatenate([z, np.full((len(z), 40), -np.inf)], axis=1)
    np.testing.assert_allclose(softmax(wide)[:, : z.shape[1]], softmax(z), rtol=1e-14)


def test_worked_examples_of_the_lectures() -> None:
    assert softmax([2.0, 3.0, 5.0, 0.0]).round(4).tolist() == [0.0418, 0.1135, 0.8390, 0.0057]
    assert softmax([2.0, 1.0, 0.1]).round(4).tolist() == [0.6590, 0.2424, 0.0986]
    assert softmax([-1.0, 1.0, 0.0]).round(4).tolist() == [0.0900, 0.6652, 0.2447]


@given(st.floats(-700, 700), st.floats(-700, 700))
def test_two_classes_are_a_sigmoid_of_the_difference(a: float, b: float) -> None:
    np.testing.assert_allclose(softmax([a, b])[0], sigmoid(a - b), rtol=1e-13)


@given(hnp.arrays(np.float64, 20, elements=st.floats(-700, 700)))
def test_sigmoid_mirrors_and_agrees_with_scipy(z: FloatArray) -> None:
    np.testing.assert_allclose(sigmoid(z) + sigmoid(-z), 1, rtol=1e-15)
    np.testing.assert_allclose(sigmoid(z), scipy.special.expit(z), rtol=1e-15)
    np.testing.assert_allclose(log_sigmoid(z), scipy.special.log_expit(z), rtol=1e-15)
    np.testing.assert_allclose(softplus(z), np.logaddexp(0, z), rtol=1e-15)


def test_small_probabilities_keep_their_digits() -> None:
    # ln(1 + e^-40) is e^-40 to 17 digits; a logarithm of 1 + e^-40 would give 0.
    assert log_softmax([40.0, 0.0])[0] == pytest.approx(-np.exp(-40), rel=1e-15)
    assert softplus(-40.0) == pytest.approx(np.exp(-40), rel=1e-15)
    assert sigmoid(-40.0) == pytest.approx(np.exp(-40), rel=1e-15)


@pytest.mark.parametrize("function", [sigmoid, softplus, log_sigmoid, softmax, log_softmax, logsumexp])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_float_types_are_kept_and_the_input_is_not_touched(
    function: Callable[[FloatArray], FloatArray], dtype: type
) -> None:
    z: FloatArray = np.array([[1, -2, 3], [0, 0, 0]], dtype)
    before = z.copy()
    assert function(z).dtype == dtype
    assert (z == before).all()


@pytest.mark.parametrize("function", [sigmoid, softplus, log_sigmoid, softmax, log_softmax, logsumexp])
def test_the_ends_of_the_float_line_give_no_warning_and_no_nan(function: Callable[[FloatArray], FloatArray]) -> None:
    largest = np.finfo(np.float64).max
    assert not np.isnan(function(np.array([[largest, -largest], [0, 5e-324], [-largest, -largest]]))).any()


def test_infinities_give_the_limit() -> None:
    assert sigmoid([np.inf, -np.inf]).tolist() == [1, 0]
    assert softplus([np.inf, -np.inf]).tolist() == [np.inf, 0]
    assert softmax([[np.inf, 3.0], [-np.inf, 3.0]]).tolist() == [[1, 0], [0, 1]]
    assert log_softmax([np.inf, 3.0]).tolist() == [0, -np.inf]
    assert logsumexp([[np.inf, 3.0], [-np.inf, 3.0]]).tolist() == [np.inf, 3]


@pytest.mark.parametrize("function", [softmax, log_softmax, logsumexp])
@pytest.mark.parametrize(
    ("z", "said"),
    [
        ([np.nan, 1.0], "z: expected logits, got nan"),
        ([np.inf, np.inf], "z: expected at most one logit of [+]inf, got several"),
        ([-np.inf, -np.inf], "z: expected at least one logit above -inf, got nothing but -inf"),
        (np.zeros((3, 0)), r"z: expected at least one class along axis -1, got shape \(3, 0\)"),
        (2.0, "axis: expected an axis of z, which has 0 dimensions, got -1"),
    ],
)
def test_logits_without_a_softmax(function: Callable[[object], FloatArray], z: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        function(z)


@pytest.mark.parametrize("function", [sigmoid, softplus, softmax, logsumexp])
def test_text_is_no_logit(function: Callable[[object], FloatArray]) -> None:
    with pytest.raises(TypeError, match="z: expected an array of numbers, got "):
        function("high")


def test_no_samples_give_no_probabilities() -> None:
    assert softmax(np.zeros((0, 3))).shape == (0, 3)
