"""The test set of a project, shut while its choices are open, and remembered once it has judged one of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from course_utils import progress_store
from course_utils._support.errors import in_one_line
from course_utils.datasets import Dataset
from course_utils.numerics import IntArray

# Pictures uint8 (N, 784), classes (N,), and what a report calls them.
Opened = tuple[Any, IntArray, str]
Opener = Callable[[Mapping[str, Any], bool], Opened | None]


def hold_back_test_set(data: Dataset) -> tuple[Dataset, Opener]:
    """Return `data` without its test arrays, and `open_test_set(choice, final)`, which hands them out.

    choice: what is to be judged, {"model": "softmax", ...}. While `final` is False the function returns None; once it
    is True, (X_test, y_test, name). The first choice is noted in the learner's progress. Whoever opens the test set
    for another one gets it too, is told what that costs, and finds it in `name`, which belongs in the report. A
    `final` that is neither, or a choice that is no mapping or empty, raises TypeError or ValueError.

    This is a door and no lock: `data` itself, loaded again, has the arrays.

    >>> import numpy as np
    >>> X, y = np.zeros((3, 784), dtype=np.uint8), np.arange(3)
    >>> rest, open_test_set = hold_back_test_set(Dataset(X, y, X, y, "mnist", (), "three blank pictures"))
    >>> open_test_set({"model": "softmax"}, final=False)
    The test pictures stay shut, because `final` is False.
    >>> len(rest.X_train), len(rest.X_test)
    (3, 0)
    """

    @in_one_line
    def open_test_set(choice: Mapping[str, Any], final: bool) -> Opened | None:
        said = _described(choice)
        if not isinstance(final, bool):
            raise TypeError(f"final: expected True or False, got {final!r}")
        if not final:
            print("The test pictures stay shut, because `final` is False.")
            return None
        noted = progress_store.change("test_sets", data.source, lambda old: old or {"choice": said})
        again = noted["choice"] != said
        print(_cost(noted["choice"]) if again else f"The test pictures are open, to judge one choice: {said}.")
        return data.X_test, data.y_test, "test, opened for a second choice" if again else "test"

    rest = dataclasses.replace(data, X_test=data.X_test[:0], y_test=data.y_test[:0])
    return rest, open_test_set


def _described(choice: Mapping[str, Any]) -> str:
    if not isinstance(choice, Mapping):
        raise TypeError(f"choice: expected a mapping such as {{'model': 'softmax'}}, got {type(choice).__name__}")
    if not choice:
        raise ValueError("choice: expected at least one entry, got none")
    return ", ".join(f"{name} {value}" for name, value in choice.items())


def _cost(first: str) -> str:
    return (
        f"These test pictures have judged another choice before: {first}. If what you saw then led you to this one, "
        "part of its accuracy here is luck, and no pictures are left that could say how much. The card says so."
    )
