"""The police calls are the thirty rows of lecture 4, and nobody can spoil them for the next reader."""

from __future__ import annotations

import numpy as np

from course_utils.datasets import PoliceData, load_police
from course_utils.datasets.catalogue import shipped


def test_the_table_is_that_of_lecture_4() -> None:
    data = load_police()
    assert data.column_names == ("reservations", "temperature", "tourists")
    assert data.X.shape == (30, 3)
    assert data.X.dtype == np.float64
    assert data.y.dtype == np.int64
    np.testing.assert_array_equal(
        np.c_[data.X, data.y][[0, 7, 29]], [[13, 26, 9, 1], [10, 18, 10, 1], [13, 20, 3, 0]]
    )
    np.testing.assert_array_equal(data.X.sum(axis=0), [380, 592, 158])
    np.testing.assert_array_equal(data.X.min(axis=0), [1, 12, 1])
    np.testing.assert_array_equal(data.X.max(axis=0), [27, 27, 10])
    assert data.y.sum() == 15
    assert set(data.y) == {0, 1}


def test_the_gradient_at_zero_that_the_lecture_would_see() -> None:
    data = load_police()
    X = np.c_[np.ones(30), data.X]
    np.testing.assert_allclose(X.T @ (0.5 - data.y) / 30, [0, -2.9, -1.7, -0.3], atol=1e-12)


def test_every_row_of_the_file_is_read_once() -> None:
    lines = shipped("police.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "reservations,temperature,tourists,police"
    data = load_police()
    rows = [",".join(str(int(value)) for value in row) for row in np.c_[data.X, data.y]]
    assert rows == lines[1:]


def test_each_call_gives_arrays_of_its_own() -> None:
    spoiled = load_police()
    spoiled.X[:] = 0
    spoiled.y[:] = 0
    assert load_police().X.any()
    assert load_police().y.any()


def test_its_name_is_short() -> None:
    data = load_police()
    assert isinstance(data, PoliceData)
    assert repr(data) == "PoliceData(X=(30, 3), y=(30,))"
