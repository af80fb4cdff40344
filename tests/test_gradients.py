"""Differences find slopes, and the check finds the entry that is wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.gradients import central_difference, check_gradient
from course_utils.numerics import FloatArray


@given(st.floats(-5, 5), st.floats(-5, 5))
def test_central_difference_of_known_functions(a: float, b: float) -> None:
    def f(x: FloatArray) -> float:
        return float(np.sin(x[0]) * np.exp(x[1]))

    expected = [np.cos(a) * np.exp(b), np.sin(a) * np.exp(b)]
    np.testing.assert_allclose(central_difference(f, [a, b]), expected, rtol=1e-6, atol=1e-7)


def test_the_argument_is_not_changed_even_by_a_function_that_writes_into_it() -> None:
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    before = x.copy()

    def f(x: FloatArray) -> float:
        total = float((x**2).sum())
        x[...] = 0
        return total

    np.testing.assert_allclose(central_difference(f, x), 2 * before, rtol=1e-8)
    assert (x == before).all()


def test_the_worst_entry_is_named_with_both_values() -> None:
    found = check_gradient(lambda x: float((x**2).sum()), lambda x: 2 * x + [0, 0.001, 1.0], [1.0, 2.0, 3.0])
    assert found.place == (2,)
    assert found.claimed == 7
    assert found.measured == pytest.approx(6, rel=1e-9)
    assert found.error == pytest.approx(1 / 6, rel=1e-6)


def test_a_right_gradient_passes() -> None:
    assert check_gradient(lambda x: float((x**3).sum()), lambda x: 3 * x**2, [[1.0, -2.0]]).error < 1e-8


def test_a_gradient_of_the_wrong_shape_is_said() -> None:
    with pytest.raises(ValueError, match=r"gradient\(x\): expected shape \(2,\), got \(1,\)"):
        check_gradient(lambda x: float(x.sum()), lambda x: np.ones(1), [1.0, 2.0])


def test_bad_points_are_said() -> None:
    with pytest.raises(ValueError, match="x: expected numbers, got nan at index 0"):
        central_difference(lambda x: 0.0, [np.nan])
