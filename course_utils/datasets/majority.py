"""Ten bits and a vote: the smallest data set that a network of this course learns, and every case there is."""

from __future__ import annotations

import numpy as np

from course_utils.numerics import FloatArray, IntArray

N_BITS = 10


def majority_bits() -> tuple[FloatArray, IntArray]:
    """Return X (1024, 10), every row of ten bits in counting order, and y (1024,), 1 where ones outnumber zeros.

    X is float64 of 0 and 1 with the highest bit first, so that row 3 is 0000000011; y is int64. Five ones and
    five zeros are no majority: of the 1,024 rows 386 are positive, and the 252 ties count as 0.

    >>> X, y = majority_bits()
    >>> X[0b1010110101].astype(int), y[[0b1010110101, 0b1111110000, 0b0000000011]]
    (array([1, 0, 1, 0, 1, 1, 0, 1, 0, 1]), array([1, 1, 0]))
    """
    numbers = np.arange(2**N_BITS)[:, np.newaxis]
    X = (numbers >> np.arange(N_BITS - 1, -1, -1) & 1).astype(np.float64)
    return X, (X.sum(axis=1) > N_BITS / 2).astype(np.int64)
