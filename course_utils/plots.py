"""The course's pictures: arrays in, Axes out.

Each function draws on `ax`, or on a new figure where none is given, and leaves `plt.show()` to the caller, who
also passes the title: it states what the reader is meant to find. No two things differ by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.transforms import offset_copy

from course_utils.numerics import FloatArray, Shape, check_array, check_integer

# Okabe and Ito, "Color Universal Design" (2008): eight colours that readers of every colour vision tell apart. Orange
# and sky blue are darker than theirs, so that a line stands out from white by 3 to 1; yellow cannot: it is a fill.
PALETTE = {
    "black": "#000000",
    "orange": "#BD8300",
    "sky blue": "#3F93C4",
    "green": "#009E73",
    "yellow": "#F0E442",
    "blue": "#0072B2",
    "vermilion": "#D55E00",
    "purple": "#CC79A7",
}
# Blue against red, white at zero: both ends stay apart for colour-blind readers.
DIVERGING = "RdBu_r"

SIDE = 28
PIXELS = SIDE * SIDE

# The four colours of the palette that stand out from white by 3 to 1, each with a stroke of its own.
_STROKES = (
    (PALETTE["blue"], "-"),
    (PALETTE["vermilion"], "--"),
    (PALETTE["green"], "-."),
    (PALETTE["black"], ":"),
)
_LARGEST = 1e300  # a colour scale or an axis from -x to x, and its margins, must fit into float64
_MARGIN = 4  # empty pixels between two pictures of a wall
_HEADROOM = 10  # empty pixels above a picture that has a name
_WEIGHT_LABEL = "weight: ink here speaks against the class (−) or for it (+)"


def plot_digits(
    images: npt.ArrayLike,
    labels: Sequence[object] | None = None,
    *,
    title: str,
    columns: int = 10,
    ax: Axes | None = None,
) -> Axes:
    """Draw a wall of digits, ink dark on white, row by row, each under its label.

    images (N, 784), 0 or less for paper and the largest value for ink; labels: N short texts or numbers. No images, a
    wrong shape, numbers beyond 1e300 or a wrong number of labels raises ValueError.

    >>> ax = plot_digits(np.eye(3, 784), [5, 0, 4], title="Three dots", ax=plt.figure().add_subplot())
    >>> [text.get_text() for text in ax.texts]
    ['5', '0', '4']
    >>> plt.close("all")
    """
    images = _check_drawable("images", images, ("N", PIXELS))
    if len(images) == 0:
        raise ValueError("images: expected at least one image, got none")
    names = None if labels is None else check_names("labels", labels, len(images))
    columns = min(check_integer("columns", columns, at_least=1), len(images))
    ax = ax or _new_axes(columns, len(images), named=names is not None)
    wall = _draw_wall(ax, images, names, columns)
    ink = float(images.max())
    wall.set(cmap="gray_r", clim=(0, ink if ink > 0 else 1.0))
    ax.set_title(title)
    return ax


def plot_weights(W: npt.ArrayLike, class_names: Sequence[object], *, title: str, ax: Axes | None = None) -> Axes:
    """Draw the weights of each class as a picture, all on one colour scale with white at zero.

    W (784, K): column k weighs the pixels for class k; where it is red, ink speaks for the class, where it is
    blue, against it. A wrong shape, numbers beyond 1e300 or a wrong number of names raises ValueError.

    >>> ax = plot_weights(np.eye(784, 2), ["cat", "dog"], title="Two dots", ax=plt.figure().add_subplot())
    >>> ax.images[0].get_clim()
    (-1.0, 1.0)
    >>> plt.close("all")
    """
    W = _check_drawable("W", W, (PIXELS, "K"))
    if W.shape[1] == 0:
        raise ValueError("W: expected at least one class, got none")
    names = check_names("class_names", class_names, W.shape[1])
    columns = min(W.shape[1], 5)
    ax = ax or _new_axes(columns, W.shape[1], named=True, below=0.7)  # for the scale
    wall = _draw_wall(ax, W.T, names, columns)
    limit = float(np.abs(W).max()) or 1.0
    wall.set(cmap=DIVERGING, clim=(-limit, limit))
    ax.figure.colorbar(wall, ax=ax, location="bottom", shrink=0.6, aspect=40, pad=0.02, label=_WEIGHT_LABEL)
    ax.set_title(title)
    return ax


def plot_confusion(
    counts: npt.ArrayLike, class_names: Sequence[object], *, title: str, ax: Axes | None = None
) -> Axes:
    """Draw a confusion matrix: row = true class, column = predicted class, every count written.

    counts (K, K), whole numbers from 0 to 2^53, as far as floats count. The diagonal, which holds what went right,
    stays grey, so that the colours show the errors alone. Anything else raises ValueError.

    >>> ax = plot_confusion([[9040, 1], [0, 10]], ["no", "yes"], title="One", ax=plt.figure().add_subplot())
    >>> [text.get_text() for text in ax.texts]
    ['9,040', '1', '0', '10']
    >>> plt.close("all")
    """
    counts = check_array("counts", counts, ("K", "K")).astype(np.float64)
    if counts.size == 0:
        raise ValueError("counts: expected at least one class, got none")
    bad = counts[(counts < 0) | (counts > 2**53) | (counts != np.floor(counts))]
    if bad.size:
        raise ValueError(f"counts: expected whole numbers from 0 to 2^53, got {bad[0]}")
    n_classes = len(counts)
    names = check_names("class_names", class_names, n_classes)
    ax = ax or plt.subplots(figsize=(7.2, 5.6), layout="constrained")[1]
    errors = counts * (1 - np.eye(n_classes))
    colours = plt.get_cmap("Blues")(0.5 * errors / max(1, errors.max()))  # black is read on all, also inverted
    colours[np.diag_indices(n_classes)] = (0.88, 0.88, 0.88, 1)
    ax.imshow(colours)
    for (row, column), count in np.ndenumerate(counts):
        ax.text(column, row, f"{count:,.0f}", ha="center", va="center", color="black", fontsize=9)
    slant = 45 if max(map(len, names)) > 3 else 0
    ax.set_xticks(range(n_classes), names, rotation=slant, ha="right" if slant else "center")
    ax.set_yticks(range(n_classes), names)
    ax.set(xlabel="predicted class", ylabel="true class", title=title)
    return ax


def plot_curves(
    curves: Mapping[str, npt.ArrayLike], xlabel: str, ylabel: str, *, title: str, ax: Axes | None = None
) -> Axes:
    """Draw up to four named curves, value number n at x = n, each with its name at its end.

    curves: name -> values (N,), whose lengths may differ. Every curve has its own colour and its own stroke. No
    curve, more than four, an empty one, or numbers beyond 1e300 raise ValueError.

    >>> ax = plt.figure().add_subplot()
    >>> ax = plot_curves({"a": [3, 1], "b": [4, 2]}, "update", "loss (nats)", title="Both fall", ax=ax)
    >>> [text.get_text() for text in ax.texts]
    ['a', 'b']
    >>> plt.close("all")
    """
    if not 1 <= len(curves) <= len(_STROKES):
        raise ValueError(f"curves: expected 1 to {len(_STROKES)} curves, got {len(curves)}")
    arrays = {name: _check_drawable(f"curves[{name!r}]", values, ("N",)) for name, values in curves.items()}
    for name, values in arrays.items():
        if values.size == 0:
            raise ValueError(f"curves[{name!r}]: expected at least one value, got none")
    ax = ax or plt.subplots(figsize=(7.2, 4.0), layout="constrained")[1]
    for (name, values), (colour, stroke) in zip(arrays.items(), _STROKES, strict=False):
        ax.plot(np.arange(1, len(values) + 1), values, color=colour, linestyle=stroke, label=name)
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    ax.grid(alpha=0.3)
    ax.spines[["top", "right"]].set_visible(False)
    _name_ends(ax, arrays)
    return ax


def check_names(name: str, value: Sequence[object], count: int) -> list[str]:
    """Return `count` names as strings, or raise ValueError.

    >>> check_names("class_names", ["cat", "dog"], 3)
    Traceback (most recent call last):
    ValueError: class_names: expected 3 names, got 2
    """
    if len(value) != count:
        raise ValueError(f"{name}: expected {count} names, got {len(value)}")
    return [str(entry) for entry in value]


def _check_drawable(name: str, value: npt.ArrayLike, shape: Shape) -> FloatArray:
    """Array in float64, whose smallest and largest number a scale can span."""
    array = check_array(name, value, shape).astype(np.float64)
    largest = float(np.abs(array).max(initial=0))
    if largest > _LARGEST:
        raise ValueError(f"{name}: expected numbers from -1e300 to 1e300, got one of size {largest}")
    return array


def _new_axes(columns: int, count: int, *, named: bool, below: float = 0.0) -> Axes:
    """Axes of a new figure for a wall of `count` pictures, of one of the course's two widths, inches left below."""
    inches = min(1.4, 9.2 / columns) / (SIDE + _MARGIN)
    width = 7.2 if columns * (SIDE + _MARGIN) * inches < 7.1 else 9.6
    height = (-(-count // columns) * (SIDE + _MARGIN + _HEADROOM * named) - _MARGIN * named) * inches
    return plt.subplots(figsize=(width, height + 0.5 + below), layout="constrained")[1]


def _draw_wall(ax: Axes, pictures: FloatArray, names: list[str] | None, columns: int) -> AxesImage:
    """Draw (N, 784) pictures as one image, `columns` to a row. One image draws ten times faster than N Axes."""
    step_x, step_y = SIDE + _MARGIN, SIDE + _MARGIN + (_HEADROOM if names else 0)
    rows = -(-len(pictures) // columns)
    wall = np.full((rows * step_y, columns * step_x), np.nan, dtype=pictures.dtype)
    for i, picture in enumerate(pictures):
        bottom, left = (i // columns + 1) * step_y, i % columns * step_x + _MARGIN // 2
        wall[bottom - SIDE : bottom, left : left + SIDE] = picture.reshape(SIDE, SIDE)
        if names:
            centre = left + (SIDE - 1) / 2
            ax.text(centre, bottom - SIDE - 2, names[i], ha="center", va="bottom", fontsize=10)
    ax.set_axis_off()
    image = ax.imshow(np.ma.masked_invalid(wall), interpolation="nearest")
    if names:
        ax.set_ylim(top=_MARGIN)  # what the names of the first row leave free would part them from the title
    return image


def _name_ends(ax: Axes, curves: Mapping[str, FloatArray]) -> None:
    """Write each name right of its curve's last point, a thin line between; pushed up where two names would meet."""
    low, high = ax.get_ylim()
    points = ax.bbox.height * 72 / ax.figure.dpi
    gap, free = max(0.06, 16 / points) * (high - low), -np.inf  # 16 points: a line of text, and room for a title
    aside = offset_copy(ax.transData, fig=ax.get_figure(root=True), x=12, units="points")
    colours = {line.get_label(): line.get_color() for line in ax.lines}
    for name, values in sorted(curves.items(), key=lambda item: float(item[1][-1])):
        end, n = float(values[-1]), len(values)
        free = max(end, free)
        to_its_curve = {"arrowstyle": "-", "color": colours[name], "relpos": (0, 0.5), "shrinkA": 1, "shrinkB": 1}
        ax.annotate(
            name, (n, end), (n, free), textcoords=aside, va="center", annotation_clip=False, arrowprops=to_its_curve
        )
        free += gap
