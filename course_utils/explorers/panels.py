"""Parts that several explorers share: bars with numbers, and numbers that are cheap to redraw."""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import TextPath, text_to_path
from matplotlib.transforms import Affine2D, Transform

from course_utils.numerics import FloatArray


class BarPanel:
    """One horizontal bar a class, an outline where it stood before, and its number at the right."""

    def __init__(
        self, ax: Axes, names: list[str], label: str, reach: tuple[float, float], end: float, form: str
    ) -> None:
        self._form, self._rows = form, np.arange(len(names))
        low, high = reach
        ax.set(xlim=(low, end), ylim=(len(names) - 0.5, -0.5), yticks=self._rows, yticklabels=names, xlabel=label)
        ax.set_xticks([tick for tick in ax.get_xticks() if low <= tick <= high])
        ax.spines[:].set_visible(False)
        ax.tick_params(left=False)
        for row in self._rows[::2]:
            ax.axhspan(row - 0.5, row + 0.5, color="0.95", zorder=0)
        ax.axvline(0, color="black", linewidth=0.8)
        self._bars = PolyCollection([], zorder=3)
        self._outlines = PolyCollection([], zorder=4, facecolor="none", edgecolor="black", linestyle=":")
        ax.add_collection(self._bars, autolim=False)
        ax.add_collection(self._outlines, autolim=False)
        self._numbers = add_numbers(ax, [(end, row) for row in range(len(names))], ax.transData)

    def show(self, values: FloatArray, before: FloatArray, colours: list[str]) -> list[Artist]:
        """Set the bars to values (K,), the outlines to before (K,), and return what moves."""
        self._bars.set(verts=self._boxes(values), facecolor=colours)
        self._outlines.set(verts=self._boxes(before), visible=bool((values != before).any()))
        self._numbers.set_paths([outline(self._form.format(value)) for value in values])
        return [self._bars, self._outlines, self._numbers]

    def _boxes(self, values: FloatArray) -> list[FloatArray]:
        """Corners (4, 2) of each bar from zero to its value."""
        left, right, top, bottom = np.broadcast_arrays(0.0, values, self._rows - 0.35, self._rows + 0.35)
        corners = np.stack([left, top, right, top, right, bottom, left, bottom], axis=-1)
        return list(corners.reshape(-1, 4, 2))


def add_numbers(ax: Axes, ends: list[tuple[float, float]], transform: Transform) -> PathCollection:
    """Add room for numbers that end at these places; fill it with `set_paths` of `outline`."""
    numbers = PathCollection(
        [],
        color="black",
        linewidth=0,
        zorder=5,
        clip_on=False,
        transform=ax.figure.dpi_scale_trans,  # the outlines are in inches
        offsets=ends,
        offset_transform=transform,
    )
    ax.add_collection(numbers, autolim=False)
    return numbers


def outline(number: str) -> Path:
    """Draw a number as a path in inches that ends at x = 0: ten of them cost less than one Text, 0.4 ms."""
    glyphs, x = [], 0.0
    for character in reversed(number):
        glyph, width = _glyph(character)
        x -= width
        glyphs.append(Affine2D().translate(x, 0.0).transform_path(glyph))
    return Path.make_compound_path(*glyphs)


@cache
def _glyph(character: str) -> tuple[Path, float]:
    """Outline of one character of 10 points, centred on the height of a digit, and its width; in inches."""
    size = 10 / 72
    glyph = TextPath((0, -0.36 * size), character, size=size)
    # Asked of the font: measured on the character written twice, two f would be one, the ligature "ff".
    width, _, _ = text_to_path.get_text_width_height_descent(character, FontProperties(size=10), ismath=False)
    return glyph, width / 72
