"""Checks of shape, type and domain in plain words, the distance between floats, and a sum that keeps small terms.

Every public function of the course passes its arguments through here first, so that bad input is named at the
door and never turns into a silent NaN three lessons later. `as_numbers` decides what an array of numbers is: float16,
float32 and float64 of this machine, integers and booleans; other floats are converted, and the rest is refused.
"""

from __future__ import annotations

import numbers
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating[Any]]
IntArray = npt.NDArray[np.int64]

Shape = tuple[int | str, ...]

FLOAT_TYPES = (np.float16, np.float32, np.float64)


def as_numbers(name: str, value: object) -> npt.NDArray[Any]:
    """Return `value` as an array of float16, float32, float64, integers or booleans, in this machine's byte order.

    Any other float type (longdouble, for one) becomes float64; a number too large for that raises ValueError. What
    holds no numbers (strings, complex numbers, None), rows of different lengths, arrays of Python objects, and masked
    arrays, whose mask would be lost without a word, raise TypeError.

    >>> as_numbers("x", np.array([1.0], ">f8")).dtype == np.float64
    True
    >>> as_numbers("x", np.ma.masked_less([1.0, -1.0], 0))
    Traceback (most recent call last):
    TypeError: x: expected an array of numbers, got a masked array: fill or drop what is masked first
    """
    array = _as_array(name, value)
    native = array.dtype.newbyteorder("=")
    if native.kind == "f" and native not in FLOAT_TYPES:
        return _as_float64(name, array)
    return array.astype(native, copy=False)


def check_array(name: str, value: object, shape: Shape | None = None, *, finite: bool = True) -> FloatArray:
    """Return `value` as a float array, or say what is wrong with it.

    float16, float32 and float64 keep their type; integers, booleans and other floats become float64. `shape` holds
    numbers and letters: (3, "K") accepts any two-dimensional array with three rows; equal letters mean equal lengths.
    What is no array of numbers (see `as_numbers`) raises TypeError. A wrong shape, a NaN, or an infinity where
    `finite` forbids it raises ValueError.

    >>> check_array("z", [[1, 2, 3]], ("N", "K")).dtype
    dtype('float64')
    >>> check_array("z", [1.0, float("nan")])
    Traceback (most recent call last):
    ValueError: z: expected numbers, got nan at index 1
    """
    array = as_numbers(name, value)
    if array.dtype.kind != "f":
        array = array.astype(np.float64)
    check_shape(name, array, shape)
    # One sum is cheaper than a look at every entry, and NaN or infinity cannot hide in it.
    with np.errstate(over="ignore", invalid="ignore"):
        suspicious = array.size > 0 and not np.isfinite(array.sum())
    if suspicious:
        bad = ~np.isfinite(array) if finite else np.isnan(array)
        if bad.any():
            index = _first(bad)
            wanted = "finite numbers" if finite else "numbers"
            wanted = "numbers" if np.isnan(array[index]) else wanted
            raise ValueError(f"{name}: expected {wanted}, got {array[index]}{_at(index)}")
    return array


def check_shape(name: str, array: npt.NDArray[Any], shape: Shape | None) -> None:
    """Raise ValueError unless `array` has `shape`; letters stand for any length, equal letters for equal ones.

    >>> check_shape("X", np.zeros((3, 2)), ("N", "N"))
    Traceback (most recent call last):
    ValueError: X: expected shape (N, N), got (3, 2)
    """
    if shape is None:
        return
    lengths: dict[str, int] = {}
    fits = array.ndim == len(shape) and all(
        got == (lengths.setdefault(want, got) if isinstance(want, str) else want)
        for want, got in zip(shape, array.shape, strict=True)
    )
    if not fits:
        wanted = "(" + ", ".join(map(str, shape)) + (",)" if len(shape) == 1 else ")")
        raise ValueError(f"{name}: expected shape {wanted}, got {array.shape}")


def check_labels(name: str, value: object, n_classes: int, n_samples: int | None = None) -> IntArray:
    """Return class labels as an int64 array (N,) with every entry in 0 ... n_classes - 1.

    Whole floats (3.0) are accepted, since tables often hold them; 3.5 is not. Strings raise TypeError;
    labels out of range, an empty array or the wrong length raise ValueError.

    >>> check_labels("y", [0, 2, 1], n_classes=3)
    array([0, 2, 1])
    >>> check_labels("y", [0, 3], n_classes=3)
    Traceback (most recent call last):
    ValueError: y: expected labels 0 to 2, got 3 at index 1
    """
    array = as_numbers(name, value)
    check_shape(name, array, ("N" if n_samples is None else n_samples,))
    if array.size == 0:
        raise ValueError(f"{name}: expected at least one label, got none")
    with np.errstate(invalid="ignore"):
        bad = ~((array >= 0) & (array <= n_classes - 1) & (array == np.floor(array)))
    if bad.any():
        index = _first(bad)
        raise ValueError(f"{name}: expected labels 0 to {n_classes - 1}, got {array[index]}{_at(index)}")
    return array.astype(np.int64)


def check_probabilities(name: str, value: object, shape: Shape | None = None) -> FloatArray:
    """Return `value` as a float array whose every entry lies in [0, 1], or say which does not.

    >>> check_probabilities("p", [0.2, 1.2])
    Traceback (most recent call last):
    ValueError: p: expected probabilities in [0, 1], got 1.2 at index 1
    """
    array = check_array(name, value, shape)
    bad = (array < 0) | (array > 1)
    if bad.any():
        index = _first(bad)
        raise ValueError(f"{name}: expected probabilities in [0, 1], got {array[index]}{_at(index)}")
    return array


def check_number(name: str, value: object, *, above: float | None = None, at_least: float | None = None) -> float:
    """Return one finite real number as a float, greater than `above` and not less than `at_least`.

    >>> check_number("learning_rate", -1, above=0)
    Traceback (most recent call last):
    ValueError: learning_rate: expected a number above 0, got -1
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name}: expected a number, got {_describe(value)}")
    try:
        number = float(value)
    except OverflowError:  # a whole number of more than 308 digits
        number = np.inf
    if not np.isfinite(number):
        raise ValueError(f"{name}: expected a finite number, got {_shortened(str(value))}")
    if above is not None and number <= above:
        raise ValueError(f"{name}: expected a number above {above}, got {value}")
    if at_least is not None and number < at_least:
        raise ValueError(f"{name}: expected a number of at least {at_least}, got {value}")
    return number


def check_integer(name: str, value: object, *, at_least: int) -> int:
    """Return one whole number of at least `at_least`.

    >>> check_integer("epochs", 2.5, at_least=1)
    Traceback (most recent call last):
    TypeError: epochs: expected a whole number, got 2.5 (float)
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name}: expected a whole number, got {_describe(value)}")
    if value < at_least:
        raise ValueError(f"{name}: expected a whole number of at least {at_least}, got {value}")
    return int(value)


def check_choice(name: str, value: object, choices: Sequence[str]) -> str:
    """Return `value` where it is one of `choices`.

    >>> check_choice("dtype", "int8", ["float32", "float64"])
    Traceback (most recent call last):
    ValueError: dtype: expected 'float32' or 'float64', got 'int8'
    """
    if not isinstance(value, str) or value not in choices:
        wanted = " or ".join(repr(choice) for choice in choices)
        raise ValueError(f"{name}: expected {wanted}, got {value!r}")
    return value


def ulp_distance(a: npt.ArrayLike, b: npt.ArrayLike) -> npt.NDArray[np.uint64]:
    """Count the floats between `a` and `b`, entry by entry: 0 where equal, 1 for neighbours.

    Both must be of one float type, float16, float32 or float64 (TypeError), and of one shape, or one of them a single
    number (ValueError). NaN raises ValueError. +0 and -0 are the same float here; beyond the largest lies infinity.

    >>> int(ulp_distance(1.0, np.nextafter(1.0, 2.0)))
    1
    """
    a, b = _as_array("a", a), _as_array("b", b)
    types = [array.dtype.newbyteorder("=") for array in (a, b)]
    if types[0] != types[1] or types[0] not in FLOAT_TYPES:
        raise TypeError(
            f"a, b: expected two arrays of one type, float16, float32 or float64, got {a.dtype} and {b.dtype}"
        )
    if a.ndim and b.ndim and a.shape != b.shape:
        raise ValueError(f"b: expected shape {a.shape}, as a has, or one number, got {b.shape}")
    a, b = a.astype(types[0], copy=False), b.astype(types[0], copy=False)
    if np.isnan(a).any() or np.isnan(b).any():
        raise ValueError("a, b: expected numbers, got nan")
    steps_a, steps_b = _steps_from_zero(a), _steps_from_zero(b)
    # In two's complement the difference taken as unsigned cannot overflow, whatever the signs.
    return np.where(steps_a > steps_b, steps_a - steps_b, steps_b - steps_a).astype(np.uint64)


def sum_in_pairs(terms: FloatArray) -> FloatArray:
    """Sum over the first axis, pair by pair: a thousand terms are rounded ten times and not a thousand.

    One term after the other, many small ones would vanish beside a large one. `terms` is overwritten.

    >>> terms = np.array([1.0] + [1e-16] * 999)
    >>> float(np.cumsum(terms)[-1]), float(sum_in_pairs(terms)) == 1 + 999e-16
    (1.0, True)
    """
    while len(terms) > 1:
        half = len(terms) // 2
        terms[:half] += terms[-half:]
        terms = terms[: len(terms) - half]
    total: FloatArray = terms[0]
    return total


def _steps_from_zero(a: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Number the floats in order: 0 for zero, 1 for the smallest positive one, -1 for its mirror image."""
    bits = a.view(f"i{a.dtype.itemsize}").astype(np.int64)
    lowest = np.int64(np.iinfo(f"i{a.dtype.itemsize}").min)
    return np.where(bits < 0, lowest - bits, bits)


def _as_array(name: str, value: object) -> npt.NDArray[Any]:
    """Array of any real type, as it comes; TypeError for all else."""
    wanted = f"{name}: expected an array of numbers, got"
    if "numpy.ma" in sys.modules and _is_masked(value):  # nobody has a masked array who has not imported it
        raise TypeError(f"{wanted} a masked array: fill or drop what is masked first")
    try:
        array = np.asarray(value)
    except Exception as error:  # objects of any library may refuse in any way, and the reason is told
        if isinstance(error, ValueError) and isinstance(value, (list, tuple)):
            raise TypeError(f"{wanted} rows of different lengths") from error
        raise TypeError(f"{wanted} {_describe(value)}: {error}") from error
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{wanted} {_describe(value)}")
    return array


def _is_masked(value: object) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(_is_masked, value))
    return isinstance(value, np.ma.MaskedArray)


def _as_float64(name: str, array: npt.NDArray[Any]) -> FloatArray:
    with np.errstate(over="ignore"):
        converted = array.astype(np.float64)
    lost = np.isinf(converted) & np.isfinite(array)
    if lost.any():
        index = _first(lost)
        raise ValueError(f"{name}: expected numbers that fit into float64, got {array[index]!s}{_at(index)}")
    return converted


def _describe(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of type {value.dtype}"
    return f"{_shortened(repr(value))} ({type(value).__name__})"


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


def _first(bad: npt.NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(int(bad.argmax()), bad.shape))


def _at(index: tuple[int, ...]) -> str:
    if not index:
        return ""
    return f" at index {index[0] if len(index) == 1 else index}"
