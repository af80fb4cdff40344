"""The digits that come with scikit-learn, brought to the form of MNIST: what the course runs on without MNIST."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import numpy.typing as npt

N_TEST = 297


@functools.cache
def digits() -> dict[str, npt.NDArray[Any]]:
    """Return X_train (1500, 784) and X_test (297, 784), uint8, with y_train and y_test, int64, all read-only.

    Real handwriting of 43 people, 8x8 pixels with ink 0 to 16. Each picture is enlarged to 20x20 with ink 0 to
    255, in the margin of four pixels that MNIST has; the split keeps the share of every class.
    """
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    small, y = load_digits(return_X_y=True)
    X = np.rint(_enlarge(small.reshape(-1, 8, 8)) * (255 / 16)).astype(np.uint8)
    X_train, X_test, y_train, y_test = train_test_split(
        X.reshape(-1, 784), y.astype(np.int64), test_size=N_TEST, stratify=y, random_state=0
    )
    arrays = {"X_train": X_train, "y_train": y_train, "X_test": X_test, "y_test": y_test}
    for array in arrays.values():
        array.flags.writeable = False
    return arrays


def _enlarge(pictures: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Draw (N, 8, 8) pictures as (N, 28, 28), linear between the centres of the pixels and fading out around them."""
    # Eight pixels and half a pixel of fading on each side fill the middle 20 of the 28.
    centres = (np.arange(28) - 13.5) * (9 / 20) + 3.5
    # Interpolation is linear, so it is a matrix: its column j is what a single inked pixel j becomes.
    inked = np.eye(10)[1:9]
    spread = np.stack([np.interp(centres, np.arange(-1, 9), pixel) for pixel in inked], axis=1)
    enlarged: npt.NDArray[np.float64] = spread @ pictures @ spread.T
    return enlarged
