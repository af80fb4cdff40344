"""MNIST and Fashion-MNIST, from wherever they are to be had, or the digits that stand in for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils._support.notices import notice_once
from course_utils.datasets import cache
from course_utils.datasets.catalogue import registry
from course_utils.datasets.course_data import bring_from_course_data
from course_utils.datasets.digits import digits
from course_utils.datasets.download import fetch_within_budget
from course_utils.numerics import IntArray

Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Pictures and labels of ten classes, read-only, the training set apart from the test set.

    X_train, X_test : uint8 (N, 784), one picture a row, 0 background to 255 ink, from the top left row by row;
        `X_train.reshape(-1, 28, 28)` makes pictures of them without a copy
    y_train, y_test : int64 (N,), the classes 0 to 9
    source : "mnist", "fashion_mnist" or "digits": which data these are
    class_names : what the ten classes are called
    note : one line for the title of a figure, which says what the data are
    """

    X_train: npt.NDArray[np.uint8]
    y_train: IntArray
    X_test: npt.NDArray[np.uint8]
    y_test: IntArray
    source: str
    class_names: tuple[str, ...]
    note: str

    def __repr__(self) -> str:
        return f"Dataset(source={self.source!r}, X_train={self.X_train.shape}, X_test={self.X_test.shape})"


def load_mnist() -> Dataset:
    """Return MNIST: 60,000 digits to train on and 10,000 to test on, or the 1,797 digits that stand in for them.

    Looks in the cache of decoded arrays, in the folder $COURSE_DATA and on the mirrors. Every file is checked against
    the registry, itself or its pixels, so that all three give the same arrays; the cache goes first because it takes
    milliseconds. Waiting for mirrors takes at most ten seconds a session, and none with COURSE_OFFLINE=1. Where
    nothing works, the digits of scikit-learn take the place of MNIST, and a printed line says so and why.
    """
    return _load("mnist")


def load_fashion_mnist() -> Dataset:
    """Return Fashion-MNIST, 60,000 + 10,000 pieces of clothing, found as load_mnist finds MNIST.

    What stands in for it is the digits too: `source` is then "digits", and `note` says it.
    """
    return _load("fashion_mnist")


def mnist_source() -> str:
    """Return the source of what load_mnist gives at this moment: "mnist" or "digits"."""
    return load_mnist().source


def find(name: str, fetch: Callable[[str], str]) -> tuple[Arrays | None, str]:
    """Return the four arrays of a data set, or None and the reasons; `fetch` is called when they are not here yet."""
    cache.remove_stale()
    n_files = len(registry()[name]["files"])
    arrays = cache.cached(name)
    reasons = []
    for bring in (bring_from_course_data, fetch):
        if len(arrays) < n_files:
            reasons.append(bring(name))
            arrays = cache.cached(name)
    if len(arrays) < n_files:
        return None, "; ".join(filter(None, reasons))
    return arrays, ""


def describe(name: str, arrays: Arrays) -> str:
    """Return the line that says what the data are: "MNIST, 60,000 + 10,000 images"."""
    return f"{registry()[name]['title']}, {len(arrays['X_train']):,} + {len(arrays['X_test']):,} images"


def _load(name: str) -> Dataset:
    entry = registry()[name]
    arrays, why = find(name, fetch_within_budget)
    if arrays is not None:
        return Dataset(**arrays, source=name, class_names=tuple(entry["class_names"]), note=describe(name, arrays))
    note = f"{entry['title']} is not at hand: these are the 1,797 digits of scikit-learn, 8x8, enlarged"
    notice_once(note, why)
    return Dataset(**digits(), source="digits", class_names=tuple("0123456789"), note=note)
