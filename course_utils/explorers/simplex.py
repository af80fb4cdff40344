"""The simplex of three classes as a triangle, with a point moved by its two free coordinates (lesson 01)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from course_utils.explorers.page import PageExplorer, State, whole
from course_utils.numerics import FloatArray
from course_utils.plots import check_names
from course_utils.probability import entropy

# Where each class has its corner. The third lies at the origin, so that the first two coordinates span the plane.
CORNERS = np.array([[1.0, 0.0], [0.5, 0.75**0.5], [0.0, 0.0]])
check_percent = whole(0, 100)


class Spot(NamedTuple):
    """What there is to know about three numbers that sum to one; see `spot`."""

    p: FloatArray  # (3,)
    place: FloatArray  # (2,) in the plane of CORNERS
    entropy: float | None  # nats; None where p is no distribution
    nearest: tuple[int, ...]  # the classes whose corners are nearest; several where they tie
    distance: float  # from p to the one-hot code of each of them


def spot(first: int, second: int) -> Spot:
    """Find the point with these two free coordinates, in whole percent from 0 to 100; the third is what is left.

    Where the two come to more than 100 the third is negative: the numbers sum to one, and are no distribution.
    Numbers outside the range raise ValueError, fractions TypeError.

    >>> spot(10, 40).p, spot(10, 40).nearest
    (array([0.1, 0.4, 0.5]), (2,))
    >>> spot(70, 80).p, spot(70, 80).entropy
    (array([ 0.7,  0.8, -0.5]), None)
    """
    first, second = check_percent("first", first), check_percent("second", second)
    percents = np.array([first, second, 100 - first - second])
    p = percents / 100
    nearest = tuple(np.flatnonzero(percents == percents.max()).tolist())
    distance = float(np.linalg.norm(p - np.eye(3)[nearest[0]]))
    return Spot(p, p @ CORNERS, float(entropy(p)) if percents[2] >= 0 else None, nearest, distance)


def check_three_names(name: str, value: Any) -> list[str]:
    """Return the names of three classes as texts; another number of them raises ValueError."""
    return [str(each) for each in check_names(name, value, 3)]


class Simplex(PageExplorer):
    """The explorer that `simplex` makes."""

    names = State(check_three_names, ["first", "second", "third"])
    first = State(check_percent, 0)
    second = State(check_percent, 0)


def simplex(names: Sequence[object], first: int, second: int) -> Simplex:
    """Explore the distributions over three classes `names`: drag the point in the triangle, or the bars.

    `first` and `second` are the two free coordinates in percent, as in `spot`, and say where it begins. Bad input
    raises as there; another number of names raises ValueError.

    >>> explorer = simplex(["rain", "sun", "cloud"], first=10, second=40)
    >>> explorer.first = 100
    >>> explorer
    simplex(names=['rain', 'sun', 'cloud'], first=100, second=40)
    """
    return Simplex(names=names, first=first, second=second)
