"""The playground's picture: the decision surface with its points, what each hidden unit says, the losses."""

from __future__ import annotations

from typing import Any

import contourpy
import numpy as np
import numpy.typing as npt
from matplotlib import colormaps
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure

from course_utils.activations import sigmoid
from course_utils.datasets.toy import draw_toy
from course_utils.explorers.playground.network import TEST_EVERY, Moment, N, forward, make_features
from course_utils.explorers.playground.state import MOST_LAYERS, MOST_UNITS, MOST_UPDATES, Settings
from course_utils.numerics import FloatArray
from course_utils.plots import DIVERGING, PALETTE

REACH = 1.6  # the plane is shown from -REACH to REACH
_SIDE = 61  # places along each side of the surface
_SMALL = 20  # places along each side of a unit's picture, and two empty ones beside it
_LOW, _HIGH = 1e-4, 10.0  # losses shown
# Few colours make even areas, which compress in half the time; and the eye reads steps as levels.
_COLOURS = colormaps[DIVERGING].resampled(20)
_PALE = ListedColormap(0.4 + 0.6 * _COLOURS(np.arange(20)), f"{DIVERGING}_pale")
_AXIS = np.linspace(-REACH, REACH, _SIDE)
_PLANE = np.stack(np.meshgrid(_AXIS, _AXIS), axis=-1).reshape(-1, 2)
_SMALL_PLACES = np.rint(np.linspace(0, _SIDE - 1, _SMALL)).astype(int)


class _Squares(Artist):
    """A table of colours that fills the box of its axes, the first row at the bottom.

    An image of matplotlib converts, resamples and checks every pixel, which takes 5 ms a picture; here each pixel
    takes the colour, in bytes, of the square that it lies in.
    """

    def __init__(self, ax: Axes, colours: npt.NDArray[np.uint8]) -> None:
        super().__init__()
        self.colours = colours
        self.set_zorder(2.6)  # above the frame
        self.set_in_layout(False)
        ax.add_artist(self)

    def draw(self, renderer: Any) -> None:
        """Draw every square in whole pixels."""
        left, bottom, right, top = np.rint(self.axes.bbox.extents).astype(int)  # type: ignore[union-attr]
        rows, columns = (
            np.arange(pixels) * squares // pixels
            for pixels, squares in zip((top - bottom, right - left), self.colours.shape, strict=False)
        )
        renderer.draw_image(renderer.new_gc(), left, bottom, self.colours[rows[:, np.newaxis], columns])


class Board:
    """The figure; `show` brings it into a state."""

    def __init__(self) -> None:
        self.figure = Figure(figsize=(8.8, 3.7), layout="constrained")
        grid = self.figure.add_gridspec(2, 2, width_ratios=[1, 1.15], height_ratios=[1, 0.95])
        plane, units, curve = (self.figure.add_subplot(place) for place in (grid[:, 0], grid[0, 1], grid[1, 1]))
        self._surface = _start_surface(plane)
        (self._border,) = plane.plot([], [], color="black", linewidth=1.4, zorder=3)
        self._points = [
            plane.plot([], [], marker, color=PALETTE[colour], markersize=size, mec="white", mew=0.7, zorder=4)[0]
            for marker, colour, size in (("o", "blue", 5.5), ("^", "vermilion", 6.5))
        ]
        self._wall = _start_wall(units)
        _start_curve(curve)
        (self._test,) = curve.plot([], [], "--", color=PALETTE["vermilion"], linewidth=1.8, label="test", zorder=6)
        (self._train,) = curve.plot([], [], color=PALETTE["blue"], linewidth=1.3, label="training", zorder=7)
        curve.legend(loc="lower left", frameon=False, fontsize=9)
        units.set_title("what each hidden unit says", fontsize=10, loc="left")
        self._titles = [ax.set_title("0", fontsize=10, loc="left") for ax in (plane, curve)]

    def show(self, settings: Settings, moment: Moment) -> list[Artist]:
        """Set every artist that depends on the state and return them all."""
        hidden, z = forward(moment.layers, make_features(_PLANE, settings.features), settings.activation)
        z = z.reshape(_SIDE, _SIDE)
        self._surface.colours = _PALE(sigmoid(z), bytes=True)
        self._border.set_data(*_zero_line(z))
        X, y = (values[:N] for values in draw_toy(settings.data, 2 * N, settings.noise, seed=0))
        for label, points in enumerate(self._points):
            points.set_data(*X[y == label].T)
        self._wall.colours = _wall_of(hidden[1:])
        for line, losses, step in (
            (self._train, moment.train_losses, 1),
            (self._test, moment.test_losses, TEST_EVERY),
        ):
            updates = step * np.arange(len(losses))
            shown = _thinned(len(losses))
            # Update 0 stands at 1, where a logarithmic axis can begin.
            line.set_data(np.maximum(updates[shown], 1), np.clip(losses[shown], _LOW, _HIGH))
        for title, text in zip(self._titles, titles(settings, moment), strict=True):
            title.set_text(text)
        return [self._surface, self._border, *self._points, self._wall, self._test, self._train, *self._titles]


def titles(settings: Settings, moment: Moment) -> tuple[str, str]:
    """Say how well the border fits, and the loss: each letter costs a tenth of a millisecond a picture."""
    updates = len(moment.train_losses) - 1
    told = "ran away" if moment.stopped else f"{moment.train_losses[-1]:.3g}"
    return f"{moment.test_accuracy:.1%} right on test points", f"{settings.loss} {told} after {updates} updates"


def _start_surface(ax: Axes) -> _Squares:
    ax.set(xlabel="x1", ylabel="x2", xlim=(-REACH, REACH), ylim=(-REACH, REACH), aspect="equal")
    scale = ScalarMappable(Normalize(0, 1), _PALE)
    ax.figure.colorbar(scale, ax=ax, shrink=0.85, pad=0.02, label="p of class 1 (triangles)")
    return _Squares(ax, _PALE(np.zeros((_SIDE, _SIDE)), bytes=True))


def _start_wall(ax: Axes) -> _Squares:
    step = _SMALL + 2
    ax.set(xlim=(0, MOST_UNITS * step), ylim=(MOST_LAYERS * step, 0), aspect="equal")
    ax.set_yticks(np.arange(MOST_LAYERS) * step + step / 2, [f"layer {k + 1}" for k in range(MOST_LAYERS)])
    ax.set_xticks(np.arange(MOST_UNITS) * step + step / 2, [str(k + 1) for k in range(MOST_UNITS)])
    ax.set_xlabel("unit: red where its value is positive, blue where negative", fontsize=9)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return _Squares(ax, _wall_of([]))


def _start_curve(ax: Axes) -> None:
    ax.set(xscale="log", yscale="log", xlim=(0.9, MOST_UPDATES * 1.1), ylim=(_LOW, _HIGH), xlabel="update")
    ax.set_ylabel("loss")
    ax.grid(alpha=0.3)
    ax.spines[["top", "right"]].set_visible(False)


def _zero_line(z: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Where z = 0, that is p = 1/2, as one line with gaps: cheaper than a new contour set at every picture."""
    pieces = contourpy.contour_generator(_AXIS, _AXIS, z).lines(0.0)
    gap = np.full((1, 2), np.nan)
    joined = np.concatenate([gap, *(each for piece in pieces for each in (np.asarray(piece), gap))])
    return joined[:, 0], joined[:, 1]


def _wall_of(hidden: list[FloatArray]) -> Any:
    """Put the units' pictures on a wall in colours, the first layer on top, each divided by its largest size."""
    step = _SMALL + 2
    wall = np.full((MOST_LAYERS * step, MOST_UNITS * step), np.nan)
    for row, values in enumerate(hidden):
        pictures = values.T.reshape(-1, _SIDE, _SIDE)[:, _SMALL_PLACES[::-1, np.newaxis], _SMALL_PLACES]
        for column, picture in enumerate(pictures):
            top, left = row * step + 1, column * step + 1
            wall[top : top + _SMALL, left : left + _SMALL] = picture / max(1e-12, np.abs(picture).max())
    return _COLOURS((1 + np.ma.masked_invalid(wall[::-1])) / 2, bytes=True)


def _thinned(count: int) -> Any:
    """Choose at most a few hundred of the places 0 ... count - 1, denser at the beginning, with both ends."""
    if count <= 300:
        return np.arange(count)
    return np.unique(np.rint(np.geomspace(1, count, 300)).astype(int) - 1)
