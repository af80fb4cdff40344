"""The simplex of three classes as a triangle, with a point moved by its two free coordinates (lesson 01)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import ipywidgets
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.explorers.engine import Explorer
from course_utils.explorers.panels import BarPanel
from course_utils.numerics import FloatArray, check_integer
from course_utils.plots import PALETTE, check_names
from course_utils.probability import entropy

# Where each class has its corner. The third lies at the origin, so that the first two coordinates span the plane.
CORNERS = np.array([[1.0, 0.0], [0.5, 0.75**0.5], [0.0, 0.0]])


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
    first, second = _check_percent("first", first), _check_percent("second", second)
    percents = np.array([first, second, 100 - first - second])
    p = percents / 100
    nearest = tuple(np.flatnonzero(percents == percents.max()).tolist())
    distance = float(np.linalg.norm(p - np.eye(3)[nearest[0]]))
    return Spot(p, p @ CORNERS, float(entropy(p)) if percents[2] >= 0 else None, nearest, distance)


def _check_percent(name: str, value: int) -> int:
    percent = check_integer(name, value, at_least=0)
    if percent > 100:
        raise ValueError(f"{name}: expected a whole number from 0 to 100, got {percent}")
    return percent


def simplex(names: Sequence[object], first: int, second: int) -> Explorer:
    """Explore the distributions over three classes `names`.

    The sliders `first` and `second` are the two free coordinates in percent and begin where the arguments say. Bad
    input raises as in `spot`; another number of names raises ValueError.

    >>> explorer = simplex(["rain", "sun", "cloud"], first=10, second=40)
    >>> explorer.controls["first"].value = 100
    >>> explorer
    Explorer(first=100, second=40)
    """
    labels = check_names("names", names, 3)
    spot(first, second)
    board = _Board(labels)

    def update(first: int, second: int) -> list[Artist]:
        return board.show(spot(first, second))

    def caption(first: int, second: int) -> str:
        return _caption(spot(first, second), labels)

    controls = {
        name: ipywidgets.IntSlider(value, 0, 100, description=f"{label} %")
        for name, value, label in zip(("first", "second"), (first, second), labels, strict=False)
    }
    return Explorer(board.figure, controls, update, caption, _code)


def _caption(at: Spot, names: list[str]) -> str:
    """Say what the picture shows: the three numbers, the free ones, entropy, the nearest corner."""
    a, b, c = at.p
    told = ", ".join(f"{name} {value:.2f}" for name, value in zip(names, at.p, strict=True))
    free = f"Free coordinates: {a:.2f} and {b:.2f}; the third is 1 - {a:.2f} - {b:.2f} = {c:.2f}."
    if at.entropy is None:
        return f"{told}. {free} An entry is negative: no distribution, a point outside the triangle, without entropy."
    corners = " and ".join(f"{names[k]}, one-hot {np.eye(3, dtype=int)[k].tolist()}" for k in at.nearest)
    return (
        f"{told}. {free} A distribution: a point of the triangle. Entropy {at.entropy:.3f} nats, of at most 1.099. "
        f"Nearest corner: {corners}, at distance {at.distance:.3f}."
    )


def _code(first: int, second: int) -> str:
    """Give the lines that compute the numbers in the picture."""
    return (
        "import numpy as np\n"
        "from course_utils.probability import entropy\n\n"
        f"free = np.array([{first}, {second}]) / 100\n"
        "p = np.append(free, 1 - free.sum()).round(2)\n"
        "H = entropy(p) if (p >= 0).all() else None\n"
        "distances = np.linalg.norm(p - np.eye(3), axis=1)  # to the three corners"
    )


class _Board:
    """The figure: the triangle, the plane of the two free coordinates, and a bar for each number."""

    def __init__(self, names: list[str]) -> None:
        self.figure = Figure(figsize=(9.6, 3.4), layout="constrained")
        left, middle, right = self.figure.subplots(1, 3, width_ratios=[1.55, 1, 1.1])
        _draw_triangle(left, names)
        _draw_free_plane(middle, names)
        dot = {"marker": "o", "markersize": 9, "color": PALETTE["vermilion"], "zorder": 5, "clip_on": False}
        (self._way,) = left.plot([], [], ":", color="black", linewidth=1.5, zorder=4)
        (self._point,) = left.plot([], [], **dot)
        (self._free,) = middle.plot([], [], **dot)
        self._title = left.set_title("entropy 0.000 nats")
        self._bars = BarPanel(right, names, "dotted: the nearest corner", reach=(-1.0, 1.0), end=1.6, form="{:.2f}")
        right.set_title("three numbers")

    def show(self, at: Spot) -> list[Artist]:
        """Set every artist that depends on the state and return them all."""
        valid = at.entropy is not None
        self._title.set_text(f"entropy {at.entropy:.3f} nats" if valid else "no distribution")
        self._point.set_data(*at.place[:, np.newaxis])
        self._free.set_data(at.p[:1], at.p[1:2])
        ways = [point for k in at.nearest for point in (at.place, CORNERS[k])] if valid else []
        self._way.set_data(*np.reshape(ways, (-1, 2)).T)
        only = np.eye(3)[at.nearest[0]] if valid and len(at.nearest) == 1 else at.p
        colours = [PALETTE["blue"] if value >= 0 else PALETTE["vermilion"] for value in at.p]
        return [self._way, self._point, self._free, self._title, *self._bars.show(at.p, only, colours)]


def _draw_triangle(ax: Axes, names: list[str]) -> None:
    """Draw the simplex with rings of equal entropy, and the half of the plane that lies outside."""
    shares = np.stack(np.meshgrid(np.linspace(0, 1, 81), np.linspace(0, 1, 81)), axis=-1)
    p = np.concatenate([shares, 1 - shares.sum(axis=-1, keepdims=True)], axis=-1)
    inside = p[..., 2] > -1e-9
    p[..., 2] = np.where(inside, np.maximum(p[..., 2], 0), p[..., 2])
    height = np.full(inside.shape, np.nan)
    height[inside] = entropy(p[inside])
    place = p @ CORNERS
    ax.contour(*place.transpose(2, 0, 1), np.ma.masked_invalid(height), [0.3, 0.5, 0.7, 0.9, 1.05], colors="0.75")
    ax.fill(*np.array([[1, 0], [1.5, 0.75**0.5], [0.5, 0.75**0.5]]).T, color="0.93")
    ax.fill(*CORNERS.T, facecolor="none", edgecolor="black", linewidth=1.5)
    ax.text(1.0, 0.58, "third below 0", ha="center", color="0.35")
    for name, (x, y), shift in zip(names, CORNERS, (-0.09, 0.09, -0.09), strict=True):
        ax.text(x, y + shift, name, ha="center", va="center")
    ax.set(xlim=(-0.12, 1.55), ylim=(-0.15, 1.0), aspect="equal", xlabel="rings: equal entropy", xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def _draw_free_plane(ax: Axes, names: list[str]) -> None:
    """Draw the same as a chart of the first two coordinates."""
    ax.fill([1, 1, 0], [0, 1, 1], color="0.93")
    ax.plot([0, 1, 0, 0], [0, 0, 1, 0], color="black", linewidth=1.5)
    ax.set(xlim=(-0.05, 1.05), ylim=(-0.05, 1.05), aspect="equal", xlabel=names[0], ylabel=names[1])
    ax.set(xticks=[0, 0.5, 1], yticks=[0, 0.5, 1], title="two free coordinates")
    ax.spines[["top", "right"]].set_visible(False)
