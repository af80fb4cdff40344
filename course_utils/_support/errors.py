"""Errors of what a learner calls: one line in a notebook, since what went wrong is the call and not the package."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def in_one_line(function: Callable[P, R]) -> Callable[P, R]:
    """Make IPython show a TypeError or ValueError of `function` without its traceback; elsewhere nothing changes."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except (TypeError, ValueError) as error:
            line = f"{type(error).__name__}: {error}"
            vars(error)["_render_traceback_"] = lambda: [line]  # what IPython asks an exception for
            raise

    return call
