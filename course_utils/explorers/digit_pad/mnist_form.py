"""Ink on a pad brought to the form of MNIST: what a network has been trained on is all that it can read."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import PIL.Image

from course_utils.numerics import check_array

SIDE, BOX = 28, 20


def mnist_form(ink: npt.ArrayLike) -> npt.NDArray[np.uint8]:
    """Return a picture (784,), uint8, made from ink (H, W), 0 for paper and up to 255, as MNIST's were made.

    The ink is cut out, brought to 20 pixels on its longer side with its shape kept, and set into 28x28 so that its
    centre of mass lies in the middle (to the nearest pixel). No ink gives an empty picture. A wrong shape or a number
    outside 0 to 255 raises ValueError. LeCun, Cortes and Burges, "The MNIST database of handwritten digits".

    >>> ink = np.zeros((50, 50))
    >>> ink[5:45, 3] = 255
    >>> np.argwhere(mnist_form(ink).reshape(28, 28) > 128)[[0, -1]].tolist()
    [[4, 14], [23, 14]]
    """
    drawn = check_array("ink", ink, ("H", "W"))
    if drawn.size and (drawn.min() < 0 or drawn.max() > 255):
        raise ValueError(f"ink: expected numbers from 0 to 255, got {drawn.min():g} to {drawn.max():g}")
    picture = np.zeros((SIDE, SIDE), dtype=np.uint8)
    rows, columns = np.nonzero(drawn.any(axis=1))[0], np.nonzero(drawn.any(axis=0))[0]
    if not rows.size:
        return picture.ravel()
    cut = drawn[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.uint8)
    height, width = (max(1, round(length * BOX / max(cut.shape))) for length in cut.shape)
    # Across and then down: which of the two Pillow takes first differs by version, and last digits with it.
    narrow = PIL.Image.fromarray(cut).resize((width, len(cut)), PIL.Image.Resampling.BOX)
    small = np.asarray(narrow.resize((width, height), PIL.Image.Resampling.BOX))
    top, left = _corner(small)
    picture[top : top + height, left : left + width] = small
    return picture.ravel()


def _corner(small: npt.NDArray[np.uint8]) -> tuple[int, int]:
    """Where the top left corner goes, so that the centre of mass comes to the middle and nothing sticks out."""
    mass = small.astype(float) + 1e-9  # thin ink may have rounded to nothing
    corner = []
    for axis in (0, 1):
        along = mass.sum(axis=1 - axis)
        # Rounded, so that last digits do not move a picture that is alike on both sides.
        centre = (along * np.arange(len(along))).sum() / along.sum()
        corner.append(int(np.clip(np.floor(round(SIDE / 2 - centre, 6)), 0, SIDE - len(along))))
    return corner[0], corner[1]
