"""Differences find slopes, and the check finds the entry that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course_utils.activations import logsumexp, softmax
from course_utils.gradients import (
    central_difference,
    check_gradient,
    complex_step,
    forward_difference,
    hessian,
    jacobian,
)
from course_utils.numerics import FloatArray

numbers = st.floats(-5, 5)
points = hnp.arrays(np.float64, st.integers(1, 6), elements=numbers)


def waves(x: Any) -> Any:
    """Curved, analytic, every entry felt by every other; for NumPy arrays, real or complex."""
    return np.sin(x).sum() * np.exp(x / 5).sum()


def waves_in_torch(x: torch.Tensor) -> torch.Tensor:
    return torch.sin(x).sum() * torch.exp(x / 5).sum()


def gradient_by_torch(x: FloatArray) -> FloatArray:
    slopes: FloatArray = torch.func.grad(waves_in_torch)(torch.from_numpy(x)).numpy()
    return slopes


@given(numbers, numbers)
@pytest.mark.long
def test_central_difference_of_known_functions(a: float, b: float) -> None:
    def f(x: FloatArray) -> float:
        return float(np.sin(x[0]) * np.exp(x[1]))

    expected = [np.cos(a) * np.exp(b), np.sin(a) * np.exp(b)]
    np.testing.assert_allclose(central_difference(f, [a, b]), expected, rtol=1e-6, atol=1e-7)


@pytest.mark.long
@given(points)
def test_three_ways_to_a_gradient_agree_with_autograd(x: FloatArray) -> None:
    expected = gradient_by_torch(x)
    np.testing.assert_allclose(forward_difference(waves, x), expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(central_difference(waves, x), expected, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(complex_step(waves, x), expected, rtol=1e-13, atol=1e-13)


@pytest.mark.long
def test_a_table_has_a_gradient_of_its_shape() -> None:
    x = np.random.default_rng(0).normal(size=(2, 3, 2))
    expected = gradient_by_torch(x)
    assert forward_difference(waves, x).shape == x.shape
    np.testing.assert_allclose(central_difference(waves, x), expected, rtol=1e-8)
    np.testing.assert_allclose(complex_step(waves, x), expected, rtol=1e-13)
    assert central_difference(lambda x: float(x**2), 3.0).shape == ()


def test_a_step_half_as_long_errs_half_as_much_forward_and_a_quarter_centrally() -> None:
    def error(difference: Callable[..., FloatArray], h: float) -> float:
        return float(difference(np.exp, 1.0, h) - np.e)

    assert error(forward_difference, 1e-3) / error(forward_difference, 5e-4) == pytest.approx(2, abs=0.01)
    assert error(central_difference, 1e-2) / error(central_difference, 5e-3) == pytest.approx(4, abs=0.01)
    # The leading terms of the error: h f'' / 2 and h^2 f''' / 6.
    assert error(forward_difference, 1e-4) == pytest.approx(1e-4 * np.e / 2, rel=1e-3)
    assert error(central_difference, 1e-3) == pytest.approx(1e-6 * np.e / 6, rel=1e-3)


@pytest.mark.parametrize("difference", [forward_difference, central_difference])
def test_the_step_that_is_chosen_errs_less_than_one_much_longer_or_shorter(
    difference: Callable[..., FloatArray],
) -> None:
    x = np.linspace(-2, 2, 50)

    def error(h: float | None) -> float:
        return float(abs(difference(lambda x: np.sin(x).sum(), x, h) - np.cos(x)).max())

    assert error(None) < error(1e-2) / 100
    assert error(None) < error(1e-13) / 100


def test_the_step_grows_with_the_entry() -> None:
    for big in (1e6, -1e9):
        assert central_difference(lambda x: float(x**3), big) == pytest.approx(3 * big**2, rel=1e-9)
        assert forward_difference(lambda x: float(x**3), big) == pytest.approx(3 * big**2, rel=1e-6)
        assert hessian(lambda x: float(x[0] ** 3), [big])[0, 0] == pytest.approx(6 * big, rel=1e-6)


@pytest.mark.parametrize("difference", [forward_difference, central_difference])
@pytest.mark.parametrize(("x", "h"), [(1.0, 1e-17), (1e10, 1e-8), (-1e300, 1.0), (-1e16, 0.5), (1e10, 1.4e-6)])
def test_a_step_that_x_cannot_take_is_said(difference: Callable[..., FloatArray], x: float, h: float) -> None:
    with pytest.raises(ValueError, match=r"h: expected a step much longer than the gap between floats at x = "):
        difference(lambda x: float(x[1]), [0.0, x], h)
    assert complex_step(lambda x: (x**2).sum(), 1.0) == 2


@given(st.floats(-1e6, 1e6), st.floats(-16, 0))
def test_of_a_straight_line_no_step_is_far_off(x: float, power: float) -> None:
    for difference in (forward_difference, central_difference):
        try:
            slope = difference(lambda x: float(x), x, 10**power)
        except ValueError:
            assert 10**power < 5 * np.spacing(abs(x))
        else:
            assert 0.875 <= slope <= 1.125


@given(hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2), elements=numbers), st.data())
def test_the_jacobian_of_a_linear_map_is_its_matrix(A: FloatArray, data: st.DataObject) -> None:
    x = data.draw(hnp.arrays(np.float64, A.shape[1], elements=numbers))
    J = jacobian(lambda x: A @ x + 1, x)
    assert J.shape == A.shape
    np.testing.assert_allclose(J, A, rtol=0, atol=1e-8)


@given(points)
@pytest.mark.long
def test_the_jacobian_of_softmax_agrees_with_autograd_and_the_closed_form(z: FloatArray) -> None:
    J = jacobian(softmax, z)
    p = softmax(z)
    np.testing.assert_allclose(J, np.diag(p) - np.outer(p, p), rtol=0, atol=1e-9)
    by_torch = torch.func.jacrev(lambda z: torch.softmax(z, 0))(torch.from_numpy(z))
    np.testing.assert_allclose(J, by_torch, rtol=0, atol=1e-9)


def test_the_jacobian_has_a_row_for_each_value_and_a_column_for_each_entry() -> None:
    J = jacobian(lambda x: np.array([x[0], 10 * x[1], 100 * x[2], x[0] * x[2]]), [1.0, 2.0, 3.0])
    np.testing.assert_allclose(J, [[1, 0, 0], [0, 10, 0], [0, 0, 100], [3, 0, 1]], atol=1e-8)


@given(points)
@pytest.mark.long
def test_the_hessian_agrees_with_autograd(x: FloatArray) -> None:
    H = hessian(waves, x)
    expected = torch.func.jacrev(torch.func.grad(waves_in_torch))(torch.from_numpy(x))
    np.testing.assert_allclose(H, expected, rtol=1e-5, atol=1e-5)
    assert (H == H.T).all()


def test_the_hessian_of_a_quadratic_and_of_logsumexp() -> None:
    rng = np.random.default_rng(1)
    A = rng.normal(size=(4, 4))
    x = rng.normal(size=4)
    np.testing.assert_allclose(hessian(lambda x: float(x @ A @ x), x), A + A.T, rtol=0, atol=1e-6)
    # The gradient of logsumexp is softmax, so that its Hessian is the Jacobian of softmax.
    H = hessian(lambda z: float(logsumexp(z)), x)
    np.testing.assert_allclose(H, jacobian(softmax, x), rtol=0, atol=1e-6)


@pytest.mark.parametrize("derivative", [forward_difference, central_difference, hessian, jacobian, complex_step])
def test_the_argument_is_not_changed_even_by_a_function_that_writes_into_it(derivative: Callable[..., Any]) -> None:
    x = np.array([1.0, 2.0, 3.0])
    before = x.copy()

    def f(x: Any) -> Any:
        squares = x**2
        x[...] = 0
        return squares if derivative is jacobian else squares.sum()

    expected = {hessian: 2 * np.eye(3), jacobian: np.diag(2 * x)}.get(derivative, 2 * x)
    np.testing.assert_allclose(derivative(f, x), expected, atol=1e-6)
    assert (x == before).all()


def test_the_worst_entry_is_named_with_both_values() -> None:
    found = check_gradient(lambda x: float((x**2).sum()), lambda x: 2 * x + [0, 0.001, 1.0], [1.0, 2.0, 3.0])
    assert found.place == (2,)
    assert found.claimed == 7
    assert found.measured == pytest.approx(6, rel=1e-9)
    assert found.error == pytest.approx(1 / 6, rel=1e-6)


def test_the_place_in_a_table_has_two_numbers() -> None:
    wrong = np.array([[0.0, 0.0], [0.5, 0.0]])
    found = check_gradient(lambda x: float((x**2).sum()), lambda x: 2 * x + wrong, [[1.0, 2.0], [3.0, 4.0]])
    assert found.place == (1, 0)
    assert found.claimed == 6.5
    assert found.measured == pytest.approx(6, rel=1e-9)


def test_a_right_gradient_passes() -> None:
    assert check_gradient(lambda x: float((x**3).sum()), lambda x: 3 * x**2, [[1.0, -2.0]]).error < 1e-8


def test_a_gradient_of_the_wrong_shape_is_said() -> None:
    with pytest.raises(ValueError, match=r"gradient\(x\): expected shape \(2,\), got \(1,\)"):
        check_gradient(lambda x: float(x.sum()), lambda x: np.ones(1), [1.0, 2.0])


@pytest.mark.parametrize("derivative", [forward_difference, central_difference, hessian, jacobian, complex_step])
def test_bad_points_are_said(derivative: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match="x: expected numbers, got nan at index 0"):
        derivative(np.sum, [np.nan])
    with pytest.raises(ValueError, match=r"x: expected at least one entry, got shape \(0,\)"):
        derivative(np.sum, [])
    with pytest.raises(TypeError, match="x: expected an array of numbers, got 'one'"):
        derivative(np.sum, "one")


@pytest.mark.parametrize("derivative", [hessian, jacobian])
def test_a_table_has_no_jacobian_or_hessian_here(derivative: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match=r"x: expected shape \(D,\), got \(2, 2\)"):
        derivative(np.sum, np.ones((2, 2)))


@pytest.mark.parametrize("derivative", [forward_difference, central_difference, hessian, complex_step])
def test_a_function_that_gives_no_finite_number_is_said(derivative: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match=r"f\(x\): expected numbers, got nan"):
        derivative(lambda x: (x * np.nan).sum(), [1.0])
    with pytest.raises(ValueError, match=r"f\(x\): expected shape \(\), got \(2,\)"):
        derivative(lambda x: 2 * x, [1.0, 2.0])


def test_a_jacobian_wants_a_vector() -> None:
    with pytest.raises(ValueError, match=r"f\(x\): expected shape \(K,\), got \(\)"):
        jacobian(np.sum, [1.0, 2.0])


@pytest.mark.parametrize("difference", [forward_difference, central_difference])
@pytest.mark.parametrize("h", [0, -1e-3, np.nan])
def test_a_step_that_is_not_positive_is_said(difference: Callable[..., Any], h: float) -> None:
    with pytest.raises(ValueError, match="h: expected a"):
        difference(np.sum, [1.0], h)


def test_a_function_that_drops_the_complex_part_is_said() -> None:
    with pytest.raises(TypeError, match=r"f\(x\): expected a complex number .* got 1.0 of type float64"):
        complex_step(lambda x: abs(x).sum(), [1.0])


@pytest.mark.parametrize("size", [1e-300, 1e-12, 1e-7, 1.0, 1e12])
def test_a_gradient_wrong_by_a_factor_is_found_however_small_the_slopes(size: float) -> None:
    def f(x: FloatArray) -> float:
        return float(size * (np.sin(x[0]) + x[1] ** 2))

    def gradient(x: FloatArray) -> FloatArray:
        return size * np.array([np.cos(x[0]), 2 * x[1]])

    x = [0.3, -2.0]
    assert check_gradient(f, gradient, x).error < 1e-7
    assert check_gradient(f, lambda x: 2 * gradient(x), x).error == pytest.approx(1, rel=1e-5)
    assert check_gradient(f, lambda x: gradient(x) * [1, 1.001], x).place == (1,)


def test_the_rounding_of_subnormal_numbers_is_no_error_of_a_gradient() -> None:
    for x in np.linspace(0.05, 3, 100):
        found = check_gradient(lambda v: float((1e-312 * np.exp(v)).sum()), lambda v: 1e-312 * np.exp(v), [x])
        assert found.error < 1e-7, found


def test_a_small_slope_beside_a_large_one_is_checked_too() -> None:
    def f(x: FloatArray) -> float:
        return float(x[0] ** 2 + 1e-8 * x[1] ** 2)

    found = check_gradient(f, lambda x: np.array([2 * x[0], 4e-8 * x[1]]), [1.0, 1.0])
    assert found.place == (1,)
    assert found.error > 1e-7
    assert check_gradient(f, lambda x: np.array([2 * x[0], 2e-8 * x[1]]), [1.0, 1.0]).error < 1e-7


Function = Callable[[FloatArray], Any]
RIGHT: list[tuple[Function, Function]] = [
    (lambda x: x**3, lambda x: 3 * x**2),
    (np.cos, lambda x: -np.sin(x)),
    (lambda x: 1 + x**4, lambda x: 4 * x**3),
    (lambda x: 0 * x, lambda x: 0 * x),
    (lambda x: np.exp(-x), lambda x: -np.exp(-x)),
]


@given(st.floats(-3, 3), st.floats(-3, 3), st.sampled_from([1e-200, 1e-8, 1.0, 1e8, 1e200]))
@pytest.mark.long
def test_a_right_gradient_passes_even_where_it_is_zero(a: float, b: float, size: float) -> None:
    for f, slope in RIGHT:

        def value(x: FloatArray, f: Function = f) -> float:
            return float(size * f(x).sum())

        def gradient(x: FloatArray, slope: Function = slope) -> FloatArray:
            return np.asarray(size * slope(x))

        for x in ([0.0, 0.0], [a, b]):
            found = check_gradient(value, gradient, x)
            assert found.error < 1e-7
