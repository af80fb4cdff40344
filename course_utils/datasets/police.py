"""Thirty evenings at a pizzeria, and whether the neighbours called the police."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from course_utils._support.resources import resource_path
from course_utils.numerics import FloatArray, IntArray, check_labels


@dataclass(frozen=True, eq=False, repr=False)
class PoliceData:
    """Thirty evenings, one a row, in the order of lecture 4.

    X : float64 (30, 3), reservations, temperature and tourists of the evening
    y : int64 (30,), 1 where the neighbours called the police
    column_names : what the three columns are called
    """

    X: FloatArray
    y: IntArray
    column_names: tuple[str, ...]

    def __repr__(self) -> str:
        return f"PoliceData(X={self.X.shape}, y={self.y.shape})"


def load_police() -> PoliceData:
    """Return the police calls of lecture 4, fresh arrays read from data/police.csv; no network, no cache.

    >>> data = load_police()
    >>> data.column_names, data.X[0], data.y[0]
    (('reservations', 'temperature', 'tourists'), array([13., 26.,  9.]), np.int64(1))
    """
    path = resource_path("police.csv")
    names = path.read_text(encoding="utf-8").partition("\n")[0].split(",")
    rows = np.loadtxt(path, delimiter=",", skiprows=1)
    return PoliceData(X=rows[:, :-1].copy(), y=check_labels("police", rows[:, -1], 2), column_names=tuple(names[:-1]))
