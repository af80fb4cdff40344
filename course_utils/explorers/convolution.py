"""A kernel slides over a picture: the window, its nine products, their sum, the map of all sums (lesson 11)."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import ipywidgets
import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle

from course_utils.explorers.engine import Explorer
from course_utils.explorers.panels import add_numbers, outline
from course_utils.numerics import FloatArray, check_array, check_choice, check_integer
from course_utils.plots import DIVERGING, PALETTE

_AVERAGE = np.full((3, 3), 1 / 9)
KERNELS = {
    "left edge": np.array([[-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0]]),
    "top edge": np.array([[-1.0, -1.0, -1.0], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]),
    "stroke": np.array([[-1.0, 2.0, -1.0], [-1.0, 2.0, -1.0], [-1.0, 2.0, -1.0]]),
    "spot": np.eye(9)[4].reshape(3, 3) * 9 / 8 - _AVERAGE * 9 / 8,
    "blur": _AVERAGE,
}
_SIZE = 3


class Place(NamedTuple):
    """What a kernel makes of one window of a picture; see `look`."""

    patch: FloatArray  # (3, 3) the ink under the kernel
    products: FloatArray  # (3, 3) ink times weight
    total: float  # their sum, one number of the map
    response: FloatArray  # (H - 2, W - 2) the map: the sums at every place


def cross_correlate(image: npt.ArrayLike, kernel: npt.ArrayLike) -> FloatArray:
    """Slide a kernel (h, w) over an image (H, W); at every place where it fits whole, add up ink times weight.

    response[i, j] = sum over k, l of image[i + k, j + l] kernel[k, l], of shape (H - h + 1, W - w + 1). This is what
    torch's conv2d computes; the convolution of mathematics turns the kernel by half a turn first. A kernel that does
    not fit raises ValueError.

    >>> cross_correlate([[0, 0, 1, 1], [0, 0, 1, 1]], [[-1, 1]])
    array([[0., 1., 0.],
           [0., 1., 0.]])
    """
    image, kernel = check_array("image", image, ("H", "W")), check_array("kernel", kernel, ("h", "w"))
    if kernel.size == 0 or any(k > n for k, n in zip(kernel.shape, image.shape, strict=True)):
        raise ValueError(f"kernel: expected one that fits into the image {image.shape}, got shape {kernel.shape}")
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)  # (H - h + 1, W - w + 1, h, w), no copy
    response: FloatArray = np.einsum("ijkl,kl->ij", windows, kernel)
    return response


def look(image: npt.ArrayLike, kernel: str, row: int, column: int) -> Place:
    """Put a kernel of KERNELS on the image with its top left corner at (row, column), and on every other place.

    Bad input raises ValueError or TypeError.

    >>> look(np.tri(4), "left edge", 1, 0).total
    -1.0
    """
    image = check_array("image", image, ("H", "W"))
    weights = KERNELS[check_choice("kernel", kernel, list(KERNELS))]
    response = cross_correlate(image, weights)
    for name, value, end in (("row", row, response.shape[0]), ("column", column, response.shape[1])):
        if check_integer(name, value, at_least=0) >= end:
            raise ValueError(f"{name}: expected 0 to {end - 1}, where the kernel fits whole, got {value}")
    patch = image[row : row + _SIZE, column : column + _SIZE]
    return Place(patch, patch * weights, float(response[row, column]), response)


def convolution(images: npt.ArrayLike) -> Explorer:
    """Explore how a kernel of three by three slides over images (N, H, W) with ink from 0 to 1.

    Controls: `picture` picks the image, `kernel` the weights, `row` and `column` the place of the window. It opens
    where the first kernel finds most in the first image. Bad input raises ValueError or TypeError.

    >>> explorer = convolution(np.stack([np.eye(6), np.tri(6)]))
    >>> explorer.controls["kernel"].value = "blur"
    >>> explorer
    Explorer(picture=0, kernel='blur', row=1, column=0)
    """
    images = check_array("images", images, ("N", "H", "W"))
    if len(images) == 0 or min(images.shape[1:]) < _SIZE:
        raise ValueError(f"images: expected one image of 3 x 3 pixels or more, got shape {images.shape}")
    if images.min() < 0 or images.max() > 1:
        raise ValueError(f"images: expected ink from 0 to 1, got {images.min():g} to {images.max():g}")
    board = _Board(*images.shape[1:])
    see = lru_cache(maxsize=1)(lambda picture, **place: look(images[picture], **place))

    def update(picture: int, kernel: str, row: int, column: int) -> list[Artist]:
        place = see(picture, kernel=kernel, row=row, column=column)
        return board.show(images[picture], place, kernel, row, column)

    def caption(picture: int, kernel: str, row: int, column: int) -> str:
        place = see(picture, kernel=kernel, row=row, column=column)
        return f"Picture {picture} (of 0 to {len(images) - 1}). " + _caption(place, kernel, row, column)

    last_row, last_column = images.shape[1] - _SIZE, images.shape[2] - _SIZE
    row, column = divmod(int(see(0, kernel="left edge", row=0, column=0).response.argmax()), last_column + 1)
    controls = {
        "picture": ipywidgets.IntSlider(0, 0, len(images) - 1, description="picture"),
        "kernel": ipywidgets.ToggleButtons(options=list(KERNELS), description="kernel"),
        "row": ipywidgets.IntSlider(row, 0, last_row, description="row of the window"),
        "column": ipywidgets.IntSlider(column, 0, last_column, description="column of the window"),
    }
    return Explorer(board.figure, controls, update, caption, _code)


def _caption(place: Place, kernel: str, row: int, column: int) -> str:
    """Say what the window sees, and where the map is strongest."""
    height, width = place.response.shape
    strongest = np.unravel_index(np.abs(place.response).argmax(), place.response.shape)
    return (
        f"The kernel {kernel} lies on rows {row} to {row + 2}, columns {column} to {column + 2}. Its nine products, "
        f"row by row, are {_listed(place.products)}; they add up to {place.total:+.2f}. The map has {height} x "
        f"{width} places, from {place.response.min():+.2f} to {place.response.max():+.2f}; it is strongest with "
        f"{place.response[strongest]:+.2f} at row {strongest[0]}, column {strongest[1]}."
    )


def _listed(table: FloatArray) -> str:
    return "; ".join(", ".join(f"{value + 0.0:.2f}" for value in row) for row in table)


def _code(picture: int, kernel: str, row: int, column: int) -> str:
    """Give the lines that compute the numbers in the picture."""
    return (
        "from course_utils.explorers.convolution import KERNELS, cross_correlate\n\n"
        f"image, kernel = images[{picture}], KERNELS[{kernel!r}]\n"
        f"products = image[{row} : {row + _SIZE}, {column} : {column + _SIZE}] * kernel\n"
        "total = products.sum()\n"
        f"response = cross_correlate(image, kernel)  # response[{row}, {column}] is that total"
    )


class _Board:
    """The figure: the picture with its window, the ink, the kernel and the products, and the map."""

    def __init__(self, height: int, width: int) -> None:
        self.figure = Figure(figsize=(9.6, 3.0), layout="constrained")
        left, ink, weights, products, right = self.figure.subplots(1, 5, width_ratios=[2.7, 1.9, 1.9, 1.9, 2.7])
        self._image = _add_image(left, (height, width), "gray_r", (0, 1))
        self._map = _add_image(right, (height - _SIZE + 1, width - _SIZE + 1), DIVERGING, (-1, 1))
        self._window, self._here = (_add_frame(ax, size) for ax, size in ((left, _SIZE), (right, 1)))
        self._ink, self._weights = _Grid(ink, "gray_r", 0), _Grid(weights, DIVERGING, -1)
        self._products = _Grid(products, DIVERGING, -1)
        left.set_xlabel("column")
        left.set_ylabel("row")
        right.set_xlabel("column of the window")
        right.set_ylabel("row of the window")
        for ax, title in ((left, "the picture"), (ink, "ink"), (weights, "× kernel"), (right, "the map of all sums")):
            ax.set_title(title, fontsize=10)
        products.set_title("= products", fontsize=10)
        self._sum = products.text(0.5, -0.05, "sum", fontsize=11, ha="center", va="top", transform=products.transAxes)

    def show(self, image: FloatArray, place: Place, kernel: str, row: int, column: int) -> list[Artist]:
        """Set every artist that depends on the state and return them all."""
        weights = KERNELS[kernel]
        # No sum can lie beyond this for ink from 0 to 1, so that one scale serves every picture.
        limit = max(weights.clip(0).sum(), -weights.clip(max=0).sum())
        self._image.set_data(image)
        self._map.set_data(place.response)
        self._map.set_clim(-limit, limit)
        self._window.set_xy((column - 0.5, row - 0.5))
        self._here.set_xy((column - 0.5, row - 0.5))
        self._sum.set_text(f"sum {place.total:+.2f}")
        largest = float(np.abs(weights).max())
        grids = [
            *self._ink.show(place.patch, 1),
            *self._weights.show(weights, largest),
            *self._products.show(place.products, largest),
        ]
        return [self._image, self._map, self._window, self._here, *grids, self._sum]


class _Grid:
    """Nine numbers, three by three, on a coloured ground."""

    def __init__(self, ax: Axes, cmap: str, low: float) -> None:
        self._low = low
        self._ground = _add_image(ax, (_SIZE, _SIZE), cmap, (low, 1))
        self._ground.set_alpha(0.45)  # pale, so that black numbers stand out from every colour
        ax.set(xticks=[], yticks=[])
        places = [(column + 0.42, float(row)) for row in range(_SIZE) for column in range(_SIZE)]
        self._numbers = add_numbers(ax, places, ax.transData)

    def show(self, table: FloatArray, limit: float) -> list[Artist]:
        self._ground.set_data(table)
        self._ground.set_clim(self._low * limit, limit)
        self._numbers.set_paths([outline(f"{value + 0.0:.2f}") for value in table.flat])
        return [self._ground, self._numbers]


def _add_image(ax: Axes, shape: tuple[int, int], cmap: str, limits: tuple[float, float]) -> AxesImage:
    # Above the frame (2.5), so that drawing it last gives the same pixels as drawing it in its turn.
    return ax.imshow(np.zeros(shape), cmap=cmap, vmin=limits[0], vmax=limits[1], interpolation="nearest", zorder=3)


def _add_frame(ax: Axes, size: int) -> Rectangle:
    frame = Rectangle((0, 0), size, size, fill=False, edgecolor=PALETTE["vermilion"], linewidth=2, zorder=4)
    ax.add_patch(frame)
    return frame
