"""Sigmoid and softmax against closed forms, properties, differences, torch and scipy."""

from __future__ import annotations

from collections.abc import Callable

import mpmath as mp
import numpy as np
import pytest
import scipy.special
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course_utils._kernels import BLOCK
from course_utils.activations import (
    log_sigmoid,
    log_softmax,
    logsumexp,
    sigmoid,
    sigmoid_derivative,
    softmax,
    softmax_jacobian,
    softplus,
)
from course_utils.numerics import FloatArray

logits = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=1, max_dims=3, max_side=40), elements=st.floats(-1e300, 1e300)
)
ELEMENTWISE = [sigmoid, sigmoid_derivative, softplus, log_sigmoid]
OVER_CLASSES = [softmax, log_softmax, logsumexp]
moderate = hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=40), elements=st.floats(-30, 30))


@given(logits)
@pytest.mark.long
def test_softmax_is_a_distribution(z: FloatArray) -> None:
    p = softmax(z)
    assert p.shape == z.shape
    assert (p >= 0).all()
    np.testing.assert_allclose(p.sum(axis=-1), 1, rtol=1e-14)


@given(moderate, st.floats(-1e4, 1e4))
def test_softmax_does_not_feel_a_shift(z: FloatArray, shift: float) -> None:
    np.testing.assert_allclose(softmax(z + shift), softmax(z), rtol=1e-11, atol=0)


@given(moderate, st.sampled_from([0, 1, -1, -2]))
@pytest.mark.long
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
    assert log_softmax([40.0, 0.0])[0] == pytest.approx(-np.exp(-40), rel=1e-15, abs=0)
    assert softplus(-40.0) == pytest.approx(np.exp(-40), rel=1e-15, abs=0)
    assert sigmoid(-40.0) == pytest.approx(np.exp(-40), rel=1e-15, abs=0)


@pytest.mark.parametrize("function", [*ELEMENTWISE, *OVER_CLASSES, softmax_jacobian])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_float_types_are_kept_and_the_input_is_not_touched(
    function: Callable[[FloatArray], FloatArray], dtype: type
) -> None:
    z: FloatArray = np.array([[1, -2, 3], [0, 0, 0]], dtype)
    before = z.copy()
    assert function(z).dtype == dtype
    assert (z == before).all()


@pytest.mark.parametrize("function", [*ELEMENTWISE, *OVER_CLASSES, softmax_jacobian])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_ends_of_the_float_line_give_no_warning_and_no_nan(
    function: Callable[[FloatArray], FloatArray], dtype: type[np.floating]
) -> None:
    most, least = float(np.finfo(dtype).max), float(np.finfo(dtype).smallest_subnormal)
    ends = np.array([[most, -most], [0, least], [-most, -most], [-least, least], [most, most]], dtype)
    assert not np.isnan(function(ends)).any()
    assert not np.isnan(function(ends.T)).any()


@given(hnp.arrays(np.float64, (3, 4), elements=st.floats(allow_nan=False, allow_infinity=False)))
@pytest.mark.long
def test_finite_logits_never_give_nan(z: FloatArray) -> None:
    for function in [*ELEMENTWISE, *OVER_CLASSES, softmax_jacobian]:
        assert not np.isnan(function(z)).any(), function.__name__
    assert not np.isnan(log_softmax(z, temperature=1e-310)).any()


def test_infinities_give_the_limit() -> None:
    assert sigmoid([np.inf, -np.inf]).tolist() == [1, 0]
    assert sigmoid_derivative([np.inf, -np.inf]).tolist() == [0, 0]
    assert log_sigmoid([np.inf, -np.inf]).tolist() == [0, -np.inf]
    assert softplus([np.inf, -np.inf]).tolist() == [np.inf, 0]
    assert softmax([[np.inf, 3.0], [-np.inf, 3.0]]).tolist() == [[1, 0], [0, 1]]
    assert log_softmax([np.inf, 3.0]).tolist() == [0, -np.inf]
    assert softmax_jacobian([np.inf, 3.0]).tolist() == [[0, 0], [0, 0]]
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


@pytest.mark.parametrize("function", ELEMENTWISE)
def test_nan_is_no_logit(function: Callable[[object], FloatArray]) -> None:
    with pytest.raises(ValueError, match="z: expected numbers, got nan at index 1"):
        function([0.0, np.nan])


@pytest.mark.parametrize("function", OVER_CLASSES)
@pytest.mark.parametrize("axis", [2, -3, "rows", None])
def test_an_axis_that_z_does_not_have(function: Callable[..., FloatArray], axis: object) -> None:
    with pytest.raises(ValueError, match=f"axis: expected an axis of z, which has 2 dimensions, got {axis}"):
        function(np.zeros((2, 3)), axis=axis)


@pytest.mark.parametrize("function", [*ELEMENTWISE, *OVER_CLASSES, softmax_jacobian])
def test_text_is_no_logit(function: Callable[[object], FloatArray]) -> None:
    with pytest.raises(TypeError, match="z: expected an array of numbers, got "):
        function("high")


def test_no_samples_give_no_probabilities() -> None:
    assert softmax(np.zeros((0, 3))).shape == (0, 3)


@given(moderate, st.floats(0.01, 100), st.sampled_from([0, 1]))
def test_temperature_divides_the_logits(z: FloatArray, temperature: float, axis: int) -> None:
    np.testing.assert_allclose(softmax(z, axis, temperature), softmax(z / temperature, axis), rtol=1e-11)
    expected = log_softmax(z / temperature, axis)
    np.testing.assert_allclose(log_softmax(z, axis, temperature), expected, rtol=1e-12, atol=1e-11)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cold_picks_the_largest_and_heat_makes_all_equal(dtype: type) -> None:
    z: FloatArray = np.array([1.0, 3.0, 2.0], dtype)
    for cold in (1e-3, 1e-50, 5e-324):
        assert softmax(z, temperature=cold).tolist() == [0, 1, 0]
    assert softmax(np.array([3.0, 1.0, 3.0], dtype), temperature=1e-50).tolist() == [0.5, 0, 0.5]
    for hot in (1e30, 1e300):
        np.testing.assert_allclose(softmax(z, temperature=hot), 1 / 3, rtol=1e-7)


@pytest.mark.parametrize("function", [softmax, log_softmax])
@pytest.mark.parametrize(
    ("temperature", "error", "said"),
    [
        (0, ValueError, "temperature: expected a number above 0, got 0"),
        (-1.5, ValueError, "temperature: expected a number above 0, got -1.5"),
        (np.inf, ValueError, "temperature: expected a finite number, got inf"),
        (np.nan, ValueError, "temperature: expected a finite number, got nan"),
        ("hot", TypeError, "temperature: expected a number, got 'hot'"),
    ],
)
def test_impossible_temperatures(
    function: Callable[..., FloatArray], temperature: object, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        function([0.0, 1.0], temperature=temperature)


@pytest.mark.parametrize("K", [3, 40])
def test_more_rows_than_a_block_holds_are_worked_out_like_single_ones(K: int) -> None:
    z = np.random.default_rng(0).normal(size=(2 * BLOCK // K + 7, K))
    some = [0, BLOCK // K - 1, BLOCK // K, 2 * BLOCK // K, len(z) - 1]
    for function in OVER_CLASSES:
        np.testing.assert_array_max_ulp(function(z)[some], np.array([function(z[i]) for i in some]), 4)
        np.testing.assert_array_equal(function(z.T, axis=0)[..., some], function(z)[some].T)


@given(hnp.arrays(np.float64, 20, elements=st.floats(-50, 50)))
def test_derivative_of_the_sigmoid(z: FloatArray) -> None:
    h = 1e-20  # a complex step: the slope without a difference
    np.testing.assert_allclose(sigmoid_derivative(z), (1 / (1 + np.exp(-(z + 1j * h)))).imag / h, rtol=1e-12)
    assert (sigmoid_derivative(z) == sigmoid_derivative(-z)).all()
    assert (sigmoid_derivative(z) <= sigmoid_derivative(0.0)).all()
    assert sigmoid_derivative(0.0) == 0.25


@given(hnp.arrays(np.float64, 20, elements=st.floats(-30, 30)))
def test_derivative_of_the_softplus_is_the_sigmoid(z: FloatArray) -> None:
    h = 1e-5
    np.testing.assert_allclose((softplus(z + h) - softplus(z - h)) / (2 * h), sigmoid(z), atol=1e-9)


@pytest.mark.long
@given(hnp.arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(1, 6)), elements=st.floats(-20, 20)))
def test_jacobian_of_the_softmax(z: FloatArray) -> None:
    J, p = softmax_jacobian(z), softmax(z)
    assert J.shape == (*z.shape, z.shape[-1])
    for n in range(len(z)):
        np.testing.assert_allclose(J[n], np.diag(p[n]) - np.outer(p[n], p[n]), atol=1e-15)
        np.testing.assert_array_equal(J[n], softmax_jacobian(z[n]))
        expected = torch.func.jacrev(lambda z: torch.softmax(z, 0))(torch.from_numpy(z[n]))
        np.testing.assert_allclose(J[n], expected.numpy(), rtol=1e-9, atol=1e-15)
    np.testing.assert_array_equal(J, np.swapaxes(J, -1, -2))
    np.testing.assert_allclose(J.sum(axis=-1), 0, atol=1e-16)


def test_jacobian_is_positive_semidefinite_of_rank_one_less() -> None:
    z = np.random.default_rng(0).normal(size=(5, 4))
    eigenvalues = np.linalg.eigvalsh(softmax_jacobian(z))
    np.testing.assert_allclose(eigenvalues[:, 0], 0, atol=1e-16)
    assert (eigenvalues[:, 1:] > 1e-3).all()


def test_jacobian_of_two_classes_holds_the_slope_of_the_sigmoid() -> None:
    slope = sigmoid_derivative(40.0 - 3.0)
    np.testing.assert_allclose(softmax_jacobian([40.0, 3.0]), slope * np.array([[1, -1], [-1, 1]]), rtol=1e-15)
    assert slope == pytest.approx(np.exp(-37), rel=1e-14, abs=0)


@given(moderate)
def test_logsumexp_is_a_smooth_maximum(z: FloatArray) -> None:
    largest, total = z.max(axis=1), logsumexp(z)
    assert (total >= largest).all()
    assert (total <= largest + np.log(z.shape[1]) + 1e-13).all()


@pytest.mark.parametrize(
    "z",
    [
        np.log([0.3, 0.7]),
        np.log([0.1, 0.2, 0.3, 0.4]),
        [-1.0, float(np.log1p(-np.exp(-1.0)))],
        [-1.0, float(np.log1p(-np.exp(-1.0))), -37.0, -40.0],
        [-1e-300, -690.7755278982137],
        [-5e-324],
        [-1e-5, -1e308, -np.inf],
    ],
)
def test_logsumexp_finds_its_way_to_zero(z: list[float]) -> None:
    with mp.workdps(700):
        expected = float(mp.log(mp.fsum(mp.exp(mp.mpf(float(z_c))) if z_c > -1e5 else 0 for z_c in z)))
    assert abs(expected) < 1e-4
    np.testing.assert_array_max_ulp(logsumexp(z), np.float64(expected), 2)
    np.testing.assert_array_max_ulp(logsumexp(np.array([z, z])[:, ::-1])[1], np.float64(expected), 2)


def test_a_faint_rest_is_added_up_before_it_is_rounded() -> None:
    # Each exp(-745.5) rounds to nothing; a thousand of them are a float.
    z = np.append(np.full(1000, -745.5), 0.0)
    assert -log_softmax(z)[-1] == pytest.approx(float(1000 * mp.exp(mp.mpf(-745.5))), rel=1e-2, abs=0)
    assert log_softmax(z)[-1] == -logsumexp(z)
