"""A kernel slides over a picture: the window, its nine products, their sum, the map of all sums (lesson 13)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import traitlets

from course_utils.explorers.page import PageExplorer, State, as_given, packed, whole
from course_utils.numerics import FloatArray, check_array, check_choice, check_integer

_AVERAGE = np.full((3, 3), 1 / 9)
KERNELS = {
    "left edge": np.array([[-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0]]),
    "top edge": np.array([[-1.0, -1.0, -1.0], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]),
    "stroke": np.array([[-1.0, 2.0, -1.0], [-1.0, 2.0, -1.0], [-1.0, 2.0, -1.0]]),
    "spot": np.eye(9)[4].reshape(3, 3) * 9 / 8 - _AVERAGE * 9 / 8,
    "blur": _AVERAGE,
}
_SIZE = 3
_MOST = 10  # the largest weight that the page offers


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


def look(image: npt.ArrayLike, kernel: str | npt.ArrayLike, row: int, column: int) -> Place:
    """Put a kernel (3, 3), or one of KERNELS by name, with its top left corner at (row, column) and everywhere else.

    image (H, W). Bad input raises ValueError or TypeError.

    >>> look(np.tri(4), "left edge", 1, 0).total
    -1.0
    """
    image, weights = check_array("image", image, ("H", "W")), np.array(check_kernel("kernel", kernel))
    response = cross_correlate(image, weights)
    for name, value, end in (("row", row, response.shape[0]), ("column", column, response.shape[1])):
        if check_integer(name, value, at_least=0) >= end:
            raise ValueError(f"{name}: expected 0 to {end - 1}, where the kernel fits whole, got {value}")
    patch = image[row : row + _SIZE, column : column + _SIZE]
    return Place(patch, patch * weights, float(response[row, column]), response)


def check_kernel(name: str, value: Any) -> list[list[float]]:
    """Return nine weights from -10 to 10, those of KERNELS by their name.

    >>> check_kernel("kernel", "top edge")
    [[-1.0, -1.0, -1.0], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]
    """
    weights = KERNELS[check_choice(name, value, list(KERNELS))] if isinstance(value, str) else value
    weights = check_array(name, weights, (_SIZE, _SIZE))
    if np.abs(weights).max() > _MOST:
        raise ValueError(
            f"{name}: expected weights from -{_MOST} to {_MOST}, got {weights.min():g} to {weights.max():g}"
        )
    return [[float(weight) for weight in row] for row in weights]


def check_size(name: str, value: Any) -> list[int]:
    """Return how many pictures, rows and columns there are, as three whole numbers."""
    count, height, width = value
    return [
        check_integer(name, count, at_least=1),
        *(check_integer(name, n, at_least=_SIZE) for n in (height, width)),
    ]


class Convolution(PageExplorer):
    """The explorer that `convolution` makes; its pictures are bytes as text (base64), and `size` is their shape."""

    images = State(as_given, packed(np.zeros(9, np.uint8)), shown=False)
    size = State(check_size, [1, _SIZE, _SIZE], shown=False)
    picture = State(whole(0, 100_000), 0)
    kernel = State(check_kernel, KERNELS["left edge"].tolist())
    row = State(whole(0, 100_000), 0)
    column = State(whole(0, 100_000), 0)

    @traitlets.validate("picture", "row", "column")
    def _inside(self, proposal: Any) -> int:
        """Refuse a picture that is none, and a window that does not lie whole on it."""
        count, height, width = self.size
        name = proposal["trait"].name
        last = {"picture": count - 1, "row": height - _SIZE, "column": width - _SIZE}[name]
        return whole(0, last)(name, proposal["value"])


def convolution(
    images: npt.ArrayLike,
    picture: int = 0,
    kernel: str | npt.ArrayLike = "left edge",
    row: int | None = None,
    column: int | None = None,
) -> Convolution:
    """Explore how a kernel slides over images (N, H, W): drag the window, edit the nine weights, play the scan.

    images hold ink from 0 to 1, of which the page keeps 256 steps; kernel is one of KERNELS, or (3, 3) from -10 to
    10. It opens with the window at (row, column), or else where the kernel answers the opposite most loudly. Bad
    input raises ValueError or TypeError.

    >>> explorer = convolution(np.stack([np.eye(6), np.tri(6)]), kernel="top edge")
    >>> explorer.row = 2
    >>> explorer
    convolution(picture=0, kernel=[[-1.0, -1.0, -1.0], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]], row=2, column=0)
    """
    images = check_array("images", images, ("N", "H", "W"))
    if len(images) == 0 or min(images.shape[1:]) < _SIZE:
        raise ValueError(f"images: expected one image of 3 x 3 pixels or more, got shape {images.shape}")
    if images.min() < 0 or images.max() > 1:
        raise ValueError(f"images: expected ink from 0 to 1, got {images.min():g} to {images.max():g}")
    picture = whole(0, len(images) - 1)("picture", picture)
    response = look(images[picture], kernel, 0, 0).response
    loudest = np.unravel_index(response.argmin(), response.shape)
    row, column = (int(there) if here is None else here for here, there in zip((row, column), loudest, strict=True))
    return Convolution(
        images=packed(np.rint(images * 255).astype(np.uint8)),
        size=list(images.shape),
        picture=picture,
        kernel=kernel,
        row=row,
        column=column,
    )
