"""Loss surfaces of one neuron with one input: squared error beside binary cross-entropy, turnable (lesson 04)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import ipywidgets
import numpy as np
import numpy.typing as npt
from matplotlib import colormaps
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from course_utils.explorers.engine import Explorer
from course_utils.losses import (
    binary_cross_entropy_from_logits,
    binary_cross_entropy_gradient,
    mse_from_logits,
    mse_from_logits_gradient,
)
from course_utils.numerics import FloatArray, check_array, check_choice, check_number, check_probabilities
from course_utils.plots import PALETTE

LOSSES = {
    "MSE": (mse_from_logits, mse_from_logits_gradient),
    "BCE": (binary_cross_entropy_from_logits, binary_cross_entropy_gradient),
}
TITLES = {"MSE": "Squared error: plateaus and a valley", "BCE": "Binary cross-entropy: one bowl"}
REACH = 10.0  # w and b go from -REACH to REACH
UPDATES, LEARNING_RATE = 50, 1.0  # the walk downhill from the marker
_GRID = 25  # lines each way: 1,152 patches in both pictures, as many as turn smoothly
_FLOOR, _TOP = -0.7, 0.7  # of the box, whose floor reaches from -1 to 1 both ways


class Standing(NamedTuple):
    """Where a neuron stands on a loss surface, and where descent takes it; see `stand`."""

    loss: float
    slope: FloatArray  # (2,): dL/dw, dL/db
    path: FloatArray  # (UPDATES + 1, 3): w, b and the loss, before the first update and after each


def stand(x: npt.ArrayLike, t: npt.ArrayLike, w: float, b: float, loss: str) -> Standing:
    """Loss and slope of the neuron p = sigmoid(w x + b) at one place, and 50 updates of descent from there, rate 1.

    x and t (N,), t in [0, 1]; `loss` is "MSE", mean (p - t)^2, or "BCE", mean -[t ln p + (1 - t) ln(1 - p)] in nats.
    Bad shapes or values raise ValueError or TypeError.

    >>> here = stand([-1.0, 1.0], [0, 1], w=0.0, b=0.0, loss="MSE")
    >>> here.loss, here.slope, here.path.shape
    (0.25, array([-0.25,  0.  ]), (51, 3))
    """
    x = check_array("x", x, ("N",))
    t = check_probabilities("t", t, x.shape)
    w, b = check_number("w", w), check_number("b", b)
    gradient = LOSSES[check_choice("loss", loss, list(LOSSES))][1]

    def slope(place: FloatArray) -> FloatArray:
        dz = gradient(place[0] * x + place[1], t)
        return np.array([dz @ x, dz.sum()])

    places = [np.array([w, b])]
    for _ in range(UPDATES):
        places.append(places[-1] - LEARNING_RATE * slope(places[-1]))
    walked = np.array(places)
    heights = losses_at(x, t, walked[:, 0], walked[:, 1], loss)
    return Standing(float(heights[0]), slope(places[0]), np.column_stack([walked, heights]))


def losses_at(x: FloatArray, t: FloatArray, w: FloatArray, b: FloatArray, loss: str) -> FloatArray:
    """Mean loss at many places at once: w and b of one shape, the result too.

    >>> losses_at(np.array([-1.0, 1.0]), np.array([0, 1]), np.zeros(2), np.array([0.0, 1.0]), "MSE").round(4)
    array([0.25  , 0.3034])
    """
    z = np.outer(w, x) + b.reshape(-1, 1)
    # The losses add up a row: one row a place, one column a sample.
    sums = LOSSES[loss][0](z, np.broadcast_to(t, z.shape), per_sample=True)
    return sums.reshape(w.shape) / len(x)


def loss_surfaces(x: npt.ArrayLike, t: npt.ArrayLike) -> Explorer:
    """Explore both loss surfaces of one neuron with one input, as the two weights vary.

    x (N,), best standardised; t (N,) targets in [0, 1]. Controls: `w` and `b` put the marker, from which descent
    walks; `azimuth` and `elevation`, in degrees, turn the view, 90 straight from above. Bad input raises
    ValueError or TypeError.

    >>> explorer = loss_surfaces([-1.0, 0.0, 1.0], [0, 1, 1])
    >>> explorer.controls["elevation"].value = 90
    >>> explorer
    Explorer(w=-8.0, b=4.0, azimuth=-60, elevation=90)
    """
    x = check_array("x", x, ("N",))
    t = check_probabilities("t", t, x.shape)
    figure = Figure(figsize=(8, 4.2), layout="none")  # whatever a style says
    panels = {name: _Surface(ax, x, t, name) for name, ax in zip(LOSSES, figure.subplots(1, 2), strict=True)}
    figure.subplots_adjust(left=0, right=1, bottom=0, top=0.86, wspace=0)

    @lru_cache(maxsize=2)
    def standings(w: float, b: float) -> dict[str, Standing]:
        return {name: stand(x, t, w, b, name) for name in LOSSES}

    view: tuple[int, int] | None = None

    def update(w: float, b: float, azimuth: int, elevation: int) -> list[Artist] | None:
        nonlocal view
        project, turned = _camera(azimuth, elevation), (azimuth, elevation) != view
        if turned:
            view = azimuth, elevation
            for panel in panels.values():
                panel.turn(project)
        moving = [artist for name, here in standings(w, b).items() for artist in panels[name].show(here, project)]
        return None if turned else moving

    def caption(w: float, b: float, azimuth: int, elevation: int) -> str:
        return _caption(standings(w, b), w, b, azimuth, elevation)

    place: dict[str, Any] = {"min": -REACH, "max": REACH, "step": 0.5, "readout_format": "+.1f"}
    controls = {
        "w": ipywidgets.FloatSlider(-8.0, description="w", **place),
        "b": ipywidgets.FloatSlider(4.0, description="b", **place),
        "azimuth": ipywidgets.IntSlider(-60, -180, 180, 5, description="turn"),
        "elevation": ipywidgets.IntSlider(30, 0, 90, 5, description="from above"),
    }
    return Explorer(figure, controls, update, caption, _code)


def _caption(standings: dict[str, Standing], w: float, b: float, azimuth: int, elevation: int) -> str:
    """Say where the marker stands on both surfaces, how steep it is there, and how far descent gets."""
    sentences = [
        f"On the {name} surface the loss there is {here.loss:.4f}, its slope has length {np.hypot(*here.slope):.4f}, "
        f"and {UPDATES} updates lead to the cross at w = {here.path[-1, 0]:+.2f}, b = {here.path[-1, 1]:+.2f} "
        f"with loss {here.path[-1, 2]:.4f}."
        for name, here in standings.items()
    ]
    return (
        f"Two surfaces over w and b from {-REACH:g} to {REACH:g}, turned by {azimuth} degrees, seen from {elevation} "
        f"degrees above the floor. The dot stands at w = {w:+.1f}, b = {b:+.1f}. {' '.join(sentences)}"
    )


def _code(w: float, b: float, azimuth: int, elevation: int) -> str:
    """Give the lines that compute the numbers in the picture."""
    return (
        "import numpy as np\n"
        "from course_utils.explorers.loss_surfaces import stand\n\n"
        f"mse, bce = (stand(x, t, {w:g}, {b:g}, loss) for loss in {tuple(LOSSES)})\n"
        "steepness = np.hypot(*mse.slope), np.hypot(*bce.slope)"
    )


Camera = Callable[[FloatArray], FloatArray]


def _camera(azimuth: float, elevation: float) -> Camera:
    """Turn points (..., 3): then the first two coordinates lie in the picture and the third points at the viewer."""
    a, e = np.radians([azimuth, elevation])
    right = [-np.sin(a), np.cos(a), 0]
    up = [-np.cos(a) * np.sin(e), -np.sin(a) * np.sin(e), np.cos(e)]
    viewer = [np.cos(a) * np.cos(e), np.sin(a) * np.cos(e), np.sin(e)]
    turn = np.array([right, up, viewer]).T
    return lambda points: points @ turn


class _Surface:
    """One loss surface drawn as flat patches, far ones first.

    Both take 17 ms, 29 with matplotlib's 3-D axes; and path and marks lie on top, where no hill hides them.
    """

    def __init__(self, ax: Axes, x: FloatArray, t: FloatArray, name: str) -> None:
        self._name = name
        ticks = np.linspace(-REACH, REACH, _GRID)
        w, b = np.meshgrid(ticks, ticks, indexing="ij")
        heights = losses_at(x, t, w, b, name)
        self._highest = float(np.ceil(heights.max()))
        points = self._in_box(np.stack([w, b, heights], axis=-1))
        corners = [points[:-1, :-1], points[1:, :-1], points[1:, 1:], points[:-1, 1:]]
        self._patches = np.stack(corners, axis=2).reshape(-1, 4, 3)
        share = (self._patches[..., 2].mean(axis=1) - _FLOOR) / (_TOP - _FLOOR)
        self._colours = colormaps["viridis"](share / share.max())
        ax.set_axis_off()
        ax.set(xlim=(-1.95, 1.95), ylim=(-1.76, 1.76), aspect="equal")
        ax.set_title(TITLES[name], fontsize=11, pad=20)
        self._frame = LineCollection([], colors="0.55", linewidths=0.8, zorder=1)
        self._surface = PolyCollection([], edgecolors="white", linewidths=0.3, zorder=2)
        for collection in (self._frame, self._surface):
            ax.add_collection(collection, autolim=False)
        halo = [withStroke(linewidth=4, foreground="white")]
        (self._path,) = ax.plot([], [], color=PALETTE["vermilion"], linewidth=2, zorder=3, path_effects=halo)
        (self._start,) = ax.plot([], [], "o", color=PALETTE["vermilion"], markersize=8, mec="white", zorder=4)
        (self._end,) = ax.plot([], [], "X", color="black", markersize=8, mec="white", zorder=4)
        self._names = [ax.text(0, 0, "", ha="center", va="center", fontsize=9, zorder=5) for _ in range(6)]
        self._told = ax.text(0.5, 1.01, "", ha="center", va="bottom", fontsize=10, transform=ax.transAxes)

    def turn(self, project: Camera) -> None:
        """Set what moves only when the view does: the patches, the frame and its names."""
        seen = project(self._patches)
        order = np.argsort(seen[..., 2].mean(axis=1))
        self._surface.set(verts=seen[order, :, :2], facecolor=self._colours[order])
        self._show_frame(project)

    def show(self, here: Standing, project: Camera) -> list[Artist]:
        """Set what moves with the marker, and return it."""
        path = project(self._in_box(here.path))
        self._path.set_data(path[:, 0], path[:, 1])
        self._start.set_data(path[:1, 0], path[:1, 1])
        self._end.set_data(path[-1:, 0], path[-1:, 1])
        self._told.set_text(f"here {here.loss:.3f}, after {UPDATES} updates {here.path[-1, 2]:.3f}")
        return [self._path, self._start, self._end, self._told]

    def _show_frame(self, project: Camera) -> None:
        """Draw the floor and one upright, and name the ends of the two near edges and of the upright."""
        floor = np.array([[-1, -1, _FLOOR], [1, -1, _FLOOR], [1, 1, _FLOOR], [-1, 1, _FLOOR]], dtype=float)
        near = np.where(project(np.eye(3)[:2])[:, 2] >= 0, 1.0, -1.0)
        foot = floor[project(floor)[:, 0].argmin()]
        upright = np.array([foot, foot * [1, 1, -1]])
        self._frame.set_segments([project(each)[:, :2] for each in (floor[[0, 1, 2, 3, 0]], upright)])
        out = 1.28
        places = [
            *([w, near[1] * out, _FLOOR] for w in (-0.8, 0.8)),
            *([near[0] * out, b, _FLOOR] for b in (-0.8, 0.8)),
            *(upright * [out, out, 1]),
        ]
        words = [f"{name} = {end:+g}" for name in "wb" for end in (-REACH, REACH)] + ["0", f"{self._highest:g}"]
        steep = abs(project(np.eye(3))[2, 1]) > 0.2  # straight from above, the upright is a point
        for text, place, word in zip(self._names, project(np.array(places)), words, strict=True):
            text.set(position=place[:2], text=word)
        for text in self._names[4:]:
            text.set_visible(steep)

    def _in_box(self, points: FloatArray) -> FloatArray:
        """Scale w, b and the loss (..., 3) to the box."""
        scale = np.array([1 / REACH, 1 / REACH, (_TOP - _FLOOR) / self._highest])
        boxed: FloatArray = points * scale + [0, 0, _FLOOR]
        return boxed
