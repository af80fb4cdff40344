"""What an answer does: its result on every case, or the accident it had. The engine judges by this alone.

Learners' code runs here and nowhere else. It gets copies, its time is limited, and nothing of it is left in what
comes back: numbers become plain arrays and everything else the text that it shows.
"""

from __future__ import annotations

import copy
import io
from collections.abc import Iterable
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from course_utils.exercises.deadline import TimeIsUp, guarded, time_limit

SECONDS = 5.0  # for all cases of one answer together
Case = tuple[Any, ...]
Plain = Any  # an array of numbers, a Text, or None for nothing (None and ...)


class Text(str):
    """What is no number, as it shows itself."""

    __slots__ = ()


@dataclass(frozen=True, eq=False)
class Run:
    """One call of an answer: its result, or the type and message of what it raised, and what else it did."""

    result: Plain = None
    raised: str = ""
    message: str = ""
    endless: bool = False
    changed_input: bool = False
    printed: bool = False


@dataclass(frozen=True, eq=False)
class Behaviour:
    """What was seen of an answer: the runs of a function, case by case up to one that never ended, or a value."""

    is_function: bool
    runs: tuple[Run, ...]


def observe(answer: Any, cases: Iterable[Case], seconds: float = SECONDS) -> Behaviour:
    """Run an answer on copies of all cases, or take it as it is where it is a value; a learner's errors stay inside.

    >>> observe(abs, [(-1,), ("x",)]).runs[1].raised
    'TypeError'
    """
    runs: list[Run] = []
    function = callable(answer)
    try:
        with time_limit(seconds):
            for case in cases if function else [()]:
                runs.append(_run(answer, case) if function else Run(guarded(plain, answer)))
    except TimeIsUp:
        runs.append(Run(endless=True))
    return Behaviour(function, tuple(runs))


def _run(answer: Any, case: Case) -> Run:
    given, heard = copy.deepcopy(case), _Ear()
    try:
        with np.errstate(all="ignore"), redirect_stdout(heard):
            run = guarded(_called, answer, given)
    except (TimeIsUp, KeyboardInterrupt):
        raise
    except BaseException as error:  # a learner's errors, exit() too, are told to the learner, never to the engine
        run = guarded(_accident, error)
    return replace(run, changed_input=not guarded(_alike, given, case), printed=heard.heard)


def _called(answer: Any, given: Case) -> Run:
    return Run(plain(answer(*given)))


def _accident(error: BaseException) -> Run:
    try:
        message = str(error)
    except Exception:  # an exception class of the learner's that cannot even say what it is
        message = ""
    return Run(raised=type(error).__name__[:100], message=message[:500])


class _Ear(io.TextIOBase):
    """A standard output that keeps nothing but the fact that something came."""

    heard = False

    def write(self, text: str) -> int:
        self.heard = self.heard or bool(text)
        return len(text)


def plain(value: Any) -> Plain:
    """Return numbers (lists of them, tensors) as an array of their own, nothing as None, the rest as its Text.

    >>> plain([1, 2]), plain(...), plain("three")
    (array([1, 2]), None, "'three'")
    """
    if value is None or value is ...:
        return None
    # Rows of different lengths raise, and so may an object of the learner's that only looks like an array.
    with suppress(Exception):
        array = np.array(_without_gradient(value), subok=False)
        if array.dtype.kind in "fiub":
            return array
    return Text(_shown(value))


def _without_gradient(value: Any) -> Any:
    """Return tensors, and lists of them, as arrays; no torch is needed to know a tensor."""
    if hasattr(value, "detach"):
        return value.detach().cpu().numpy()
    if isinstance(value, list | tuple):
        return [_without_gradient(each) for each in value]
    return value


def _shown(value: Any) -> str:
    try:
        text = repr(value)
    except Exception:  # as above: the learner's own class
        text = f"an object of the class {type(value).__name__}"
    return text if len(text) <= 60 else text[:57] + "..."


def _alike(a: Any, b: Any) -> bool:
    """Whether what a function was given is still as it was; what has no numbers in it is not looked into."""
    if isinstance(b, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(_alike, a, b))
    if isinstance(b, dict):
        return type(a) is type(b) and a.keys() == b.keys() and all(_alike(a[key], b[key]) for key in b)
    before, after = plain(b), plain(a)
    if not isinstance(before, np.ndarray):
        return True
    return isinstance(after, np.ndarray) and same(after, before, 0)


def same(a: Plain, b: Plain, tolerance: float, absolute: float | None = None) -> bool:
    """Whether two results are the same: in shape and in every number, up to a relative and an absolute tolerance."""
    if not (isinstance(a, np.ndarray) and isinstance(b, np.ndarray)):
        return type(a) is type(b) and a == b
    a, b = np.asarray(a, float), np.asarray(b, float)
    absolute = tolerance if absolute is None else absolute
    return a.shape == b.shape and np.allclose(a, b, rtol=tolerance, atol=absolute, equal_nan=True)
