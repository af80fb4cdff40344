"""Ten bits and a vote: every case once, counted by hand, and within reach of one sigmoid."""

from __future__ import annotations

import math

import numpy as np

from course_utils.datasets import majority_bits


def test_every_row_of_ten_bits_is_there_once_and_in_order() -> None:
    X, y = majority_bits()
    assert X.shape == (1024, 10)
    assert X.dtype == np.float64
    assert y.dtype == np.int64
    assert ["".join(str(int(bit)) for bit in row) for row in X] == [f"{number:010b}" for number in range(1024)]


def test_a_tie_is_no_majority() -> None:
    X, y = majority_bits()
    ones = X.sum(axis=1)
    np.testing.assert_array_equal(y, [bin(number).count("1") > 5 for number in range(1024)])
    assert y.sum() == sum(math.comb(10, k) for k in range(6, 11)) == 386
    assert (ones == 5).sum() == math.comb(10, 5) == 252
    assert not y[ones == 5].any()


def test_the_rows_of_the_lecture() -> None:
    _, y = majority_bits()
    assert [y[int(bits, 2)] for bits in ("1010110101", "1111110000", "0000000011")] == [1, 1, 0]


def test_one_sigmoid_can_get_every_row_right() -> None:
    X, y = majority_bits()
    np.testing.assert_array_equal(X @ np.ones(10) - 5.5 > 0, y == 1)


def test_each_call_gives_arrays_of_its_own() -> None:
    X, y = majority_bits()
    X[:] = 0
    y[:] = 0
    assert majority_bits()[0].any()
    assert majority_bits()[1].any()
