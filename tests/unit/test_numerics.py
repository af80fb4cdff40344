"""Bad input is named at the door, and floats are counted correctly."""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.numerics import (
    as_numbers,
    check_array,
    check_choice,
    check_integer,
    check_labels,
    check_number,
    check_probabilities,
    ulp_distance,
)

finite_floats = st.floats(-1e308, 1e308)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_float_types_are_kept(dtype: type) -> None:
    assert check_array("z", np.ones(3, dtype)).dtype == dtype


@pytest.mark.parametrize("value", [[1, 2], [True, False], np.array([1, 2], np.uint8)])
def test_integers_and_booleans_become_float64(value: object) -> None:
    assert check_array("z", value).dtype == np.float64


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("abc", "X: expected an array of numbers, got 'abc' (str)"),
        ([["a", "b"]], "X: expected an array of numbers, got [['a', 'b']] (list)"),
        (None, "X: expected an array of numbers, got None"),
        ([[1], [1, 2]], "X: expected an array of numbers, got rows of different lengths"),
        ([1j], "X: expected an array of numbers, got [1j] (list)"),
        (np.array([object()]), "X: expected an array of numbers, got an array of type object"),
    ],
)
def test_what_is_no_number_raises_type_error(value: object, said: str) -> None:
    with pytest.raises(TypeError, match=re.escape(said)):
        check_array("X", value)


def test_nan_is_found_and_placed() -> None:
    with pytest.raises(ValueError, match=re.escape("X: expected numbers, got nan at index (1, 0)")):
        check_array("X", [[1.0, 2.0], [np.nan, 3.0]])


def test_infinity_is_refused_unless_allowed() -> None:
    with pytest.raises(ValueError, match=re.escape("X: expected finite numbers, got -inf at index 1")):
        check_array("X", [1.0, -np.inf])
    assert check_array("X", [1.0, -np.inf], finite=False)[1] == -np.inf


def test_opposite_infinities_do_not_pass_for_nan() -> None:
    assert np.isinf(check_array("z", [np.inf, -np.inf], finite=False)).all()


def test_a_sum_that_overflows_is_no_reason_to_refuse() -> None:
    largest = np.finfo(np.float32).max
    assert check_array("z", np.array([largest, largest], np.float32)).tolist() == [largest, largest]


@pytest.mark.parametrize("shape", [("N",), (3, "D"), ("N", "N"), ("N", "D", "K")])
def test_wrong_shapes_are_said(shape: tuple[int | str, ...]) -> None:
    with pytest.raises(ValueError, match=r"X: expected shape \(.*\), got \(2, 3\)"):
        check_array("X", np.zeros((2, 3)), shape)


def test_equal_letters_accept_equal_lengths() -> None:
    assert check_array("X", np.zeros((2, 2)), ("N", "N")).shape == (2, 2)


@pytest.mark.parametrize(
    ("value", "error", "said"),
    [
        ([0, 1, 3], ValueError, "y: expected labels 0 to 2, got 3 at index 2"),
        ([0, -1], ValueError, "y: expected labels 0 to 2, got -1 at index 1"),
        ([0.5], ValueError, "y: expected labels 0 to 2, got 0.5 at index 0"),
        ([np.nan], ValueError, "y: expected labels 0 to 2, got nan at index 0"),
        ([np.inf], ValueError, "y: expected labels 0 to 2, got inf at index 0"),
        ([], ValueError, "y: expected at least one label, got none"),
        ([[0, 1]], ValueError, "y: expected shape (N,), got (1, 2)"),
        (["cat"], TypeError, "y: expected an array of numbers, got ['cat'] (list)"),
    ],
)
def test_bad_labels(value: object, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=re.escape(said)):
        check_labels("y", value, n_classes=3)


def test_labels_come_back_as_int64() -> None:
    assert check_labels("y", np.array([2.0, 0.0], np.float32), 3).dtype == np.int64
    assert check_labels("y", np.array([2, 0], np.uint8), 3).tolist() == [2, 0]


def test_labels_of_the_wrong_length() -> None:
    with pytest.raises(ValueError, match=re.escape("y: expected shape (3,), got (2,)")):
        check_labels("y", [0, 1], 2, n_samples=3)


@pytest.mark.parametrize("value", [-0.1, 1.0000001])
def test_probabilities_outside_the_unit_interval(value: float) -> None:
    with pytest.raises(ValueError, match=r"p: expected probabilities in \[0, 1\], got .* at index 1"):
        check_probabilities("p", [0.5, value])


@pytest.mark.parametrize("value", ["1", None, True, 1j, [1.0]])
def test_what_is_no_single_number(value: object) -> None:
    with pytest.raises(TypeError, match="learning_rate: expected a number, got "):
        check_number("learning_rate", value)


@pytest.mark.parametrize("value", [np.nan, np.inf, 0, -1])
def test_numbers_out_of_range(value: float) -> None:
    with pytest.raises(ValueError, match="learning_rate: expected a "):
        check_number("learning_rate", value, above=0)


def test_numbers_of_numpy_are_numbers() -> None:
    assert check_number("learning_rate", np.float32(0.5), above=0, at_least=0.5) == 0.5
    assert check_integer("epochs", np.int64(3), at_least=1) == 3
    with pytest.raises(ValueError, match=r"at least 0\.5, got 0\.25"):
        check_number("learning_rate", 0.25, at_least=0.5)


@pytest.mark.parametrize("value", [1.0, "3", True])
def test_what_is_no_whole_number(value: object) -> None:
    with pytest.raises(TypeError, match="epochs: expected a whole number, got "):
        check_integer("epochs", value, at_least=1)


def test_too_small_a_whole_number() -> None:
    with pytest.raises(ValueError, match="epochs: expected a whole number of at least 1, got 0"):
        check_integer("epochs", 0, at_least=1)


@pytest.mark.parametrize("value", ["float16", 32, None])
def test_a_choice_that_is_not_offered(value: object) -> None:
    with pytest.raises(ValueError, match="dtype: expected 'float32' or 'float64', got "):
        check_choice("dtype", value, ["float32", "float64"])


@given(finite_floats, st.integers(0, 50), st.sampled_from([np.inf, -np.inf]))
def test_ulp_distance_counts_steps_of_nextafter(x: float, steps: int, towards: float) -> None:
    y = x
    for _ in range(steps):
        y = float(np.nextafter(y, towards))
    assert int(ulp_distance(x, y)) == steps
    assert int(ulp_distance(y, x)) == steps


@given(finite_floats, finite_floats)
def test_ulp_distance_adds_up_through_zero(x: float, y: float) -> None:
    through_zero = int(ulp_distance(x, 0.0)) + int(ulp_distance(0.0, y))
    assert int(ulp_distance(x, y)) == (through_zero if x * y <= 0 and (x > 0) != (y > 0) else int(ulp_distance(y, x)))


def test_ulp_distance_over_the_whole_line() -> None:
    largest = np.finfo(np.float64).max
    positive = 2047 * 2**52 - 1  # 2,047 exponents of 2^52 fractions each, less the zero
    assert int(ulp_distance(-largest, largest)) == 2 * positive


def test_ulp_distance_of_float32_and_refusals() -> None:
    assert int(ulp_distance(np.float32(1), np.float32(1) + np.float32(2**-23))) == 1
    with pytest.raises(TypeError, match="one type, float16, float32 or float64, got float32 and float64"):
        ulp_distance(np.float32(1), np.float64(1))
    with pytest.raises(ValueError, match="nan"):
        ulp_distance(np.nan, 1.0)


# What counts as an array of numbers

FLOATS = ["f2", "f4", "f8"]


@pytest.mark.parametrize("code", [*FLOATS, "i2", "u4", "i8"])
def test_the_byte_order_is_that_of_the_machine(code: str) -> None:
    numbers = np.array([[1, 2], [300, 4]], code)
    swapped = numbers.astype(numbers.dtype.newbyteorder())
    assert as_numbers("x", swapped).dtype == numbers.dtype
    assert as_numbers("x", swapped).dtype.isnative
    assert (as_numbers("x", swapped) == numbers).all()
    assert as_numbers("x", numbers) is numbers  # and what is native is not copied


@pytest.mark.parametrize("code", FLOATS)
def test_ulp_distance_counts_in_any_byte_order_and_layout(code: str) -> None:
    a = np.array([[1, -2, 3], [4, 0, np.inf]], code)
    b = np.nextafter(a, np.array(-np.inf, code))
    for left in (a, a.astype(a.dtype.newbyteorder()), np.asfortranarray(a), np.repeat(a, 2, axis=1)[:, ::2]):
        assert (ulp_distance(left, b) == 1).all()
        assert (ulp_distance(b, left) == 1).all()


def test_longdouble_becomes_float64_or_is_refused_where_it_does_not_fit() -> None:
    third = np.longdouble(1) / 3
    assert as_numbers("x", [third]).dtype == np.float64
    assert as_numbers("x", [third])[0] == 1 / 3
    assert np.isinf(as_numbers("x", np.array([np.inf], np.longdouble)))
    if np.finfo(np.longdouble).max > np.finfo(np.float64).max:
        with pytest.raises(ValueError, match=r"x: expected numbers that fit into float64, got 1e\+4000 at index 1"):
            as_numbers("x", np.array(["1", "1e4000"], np.longdouble))
        with pytest.raises(TypeError, match="a, b: expected two arrays of one type, float16, float32 or float64"):
            ulp_distance(third, 2 * third)


MASKED = np.ma.MaskedArray([1.0, 2.0], mask=[False, True])


@pytest.mark.parametrize("value", [MASKED, [MASKED, MASKED], ([1.0, np.ma.masked],), np.ma.MaskedArray([1.0, 2.0])])
def test_a_masked_array_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="x: expected an array of numbers, got a masked array: fill or drop"):
        as_numbers("x", value)
    with pytest.raises(TypeError, match="a: expected an array of numbers, got a masked array"):
        ulp_distance(value, value)  # type: ignore[arg-type]


class Refuses:
    def __array__(self, *_: object, **__: object) -> None:
        raise RuntimeError("it lies on another device")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Refuses(), "it lies on another device"),
        ([Fraction(1, 3)], "got [Fraction(1, 3)] (list)"),
        (np.array([1.0, 2.0], object), "got an array of type object"),
        ([10**400], "got [1000"),
        (np.array(["2026"], "M8[Y]"), "got an array of type datetime64[Y]"),
        (np.array([1j], np.complex64), "got an array of type complex64"),
        ({1, 2}, "got {1, 2} (set)"),
    ],
)
def test_everything_else_is_named(value: object, said: str) -> None:
    for check in (as_numbers, check_array, check_probabilities):
        with pytest.raises(TypeError, match=re.escape("x: expected an array of numbers, got ")) as refused:
            check("x", value)
        assert said in str(refused.value)
        assert len(str(refused.value)) <= 300


def test_ulp_distance_is_not_taken_between_arrays_of_two_shapes() -> None:
    assert ulp_distance([1.0, 1.0], 1.0).tolist() == [0, 0]
    with pytest.raises(ValueError, match=re.escape("b: expected shape (3,), as a has, or one number, got (3, 1)")):
        ulp_distance(np.ones(3), np.ones((3, 1)))


def test_a_number_too_large_for_a_float_is_said() -> None:
    for value in (10**400, np.longdouble("1e4000")):
        with pytest.raises(ValueError, match=r"h: expected a finite number, got 1"):
            check_number("h", value)
