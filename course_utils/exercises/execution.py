"""Run an answer on every case of an exercise and record its results and errors. The engine judges by these alone.

Learners' code runs here and nowhere else. It gets copies, its time is limited, and nothing of it is left in what
comes back: numbers become plain arrays and everything else the text that it shows.
"""

from __future__ import annotations

import copy
import dis
import io
import linecache
from collections.abc import Callable, ItemsView, Iterable, Iterator, KeysView, ValuesView
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass, replace
from functools import partial
from types import CodeType, TracebackType
from typing import Any

import numpy as np

from course_utils.exercises.timeout import AnswerTimeout, interruptible, time_limit

SECONDS = 5.0  # for all cases of one answer together
Case = tuple[Any, ...]
Plain = Any  # an array of numbers, a Repr, or None for nothing (None and ...)


class Repr(str):
    """What is no number, by its repr."""

    __slots__ = ()


@dataclass(frozen=True, eq=False)
class RunResult:
    """One call of an answer: its result, or the type, message and line of what it raised, and what else it did.

    `unwritten` says that what came out, nothing or `...`, is what a stub gives that nobody has filled in yet.
    """

    result: Plain = None
    raised: str = ""
    message: str = ""
    line: str = ""
    timed_out: bool = False
    changed_input: bool = False
    printed: bool = False
    unwritten: bool = False


@dataclass(frozen=True, eq=False)
class Execution:
    """The runs of an answer: those of a function, case by case up to one out of time, or the one of a value.

    A function is called once more with the first case: `again`.
    """

    is_function: bool
    runs: tuple[RunResult, ...]
    again: RunResult | None = None


def run_answer(answer: Any, cases: Iterable[Case], seconds: float = SECONDS) -> Execution:
    """Run an answer on copies of all cases, or take it as it is where it is a value; a learner's errors stay inside.

    >>> run_answer(abs, [(-1,), ("x",)]).runs[1].raised
    'TypeError'
    """
    if not callable(answer):
        return Execution(False, tuple(_runs([lambda: RunResult(interruptible(plain, answer))], seconds)))
    cases = [*cases]
    runs = _runs([partial(_run, answer, case) for case in [*cases, *cases[:1]]], seconds)
    return Execution(True, tuple(runs[: len(cases)]), runs[-1] if len(runs) > len(cases) else None)


def _runs(calls: Iterable[Callable[[], RunResult]], seconds: float) -> list[RunResult]:
    """Return the runs up to one that had not ended in the time that all of them have together."""
    runs: list[RunResult] = []
    try:
        with time_limit(seconds):
            for call in calls:
                runs.append(call())
    except AnswerTimeout:
        runs.append(RunResult(timed_out=True))
    return runs


def _run(answer: Any, case: Case) -> RunResult:
    inputs, stdout = copy.deepcopy(case), _StdoutProbe()
    try:
        with np.errstate(all="ignore"), redirect_stdout(stdout):
            run = interruptible(_called, answer, inputs)
    except (AnswerTimeout, KeyboardInterrupt):
        raise
    except BaseException as error:  # a learner's errors, exit() too, are told to the learner, never to the engine
        run = interruptible(_error_result, error, _code(answer))
    return replace(run, changed_input=not interruptible(_alike, inputs, case), printed=stdout.written)


def _called(answer: Any, inputs: Case) -> RunResult:
    value = answer(*inputs)
    return RunResult(plain(value), unwritten=value is ... or (value is None and _does_nothing(_code(answer))))


def _code(answer: Any) -> CodeType | None:
    code = getattr(answer, "__code__", None)
    return code if isinstance(code, CodeType) else None


def _does_nothing(code: CodeType | None) -> bool:
    """Whether the body of a function is at most a docstring, pass and `...`."""
    nothing = {"RESUME", "NOP", "POP_TOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}
    return code is not None and {each.opname for each in dis.get_instructions(code)} <= nothing


def _error_result(error: BaseException, code: CodeType | None) -> RunResult:
    try:
        message = str(error)
    except Exception:  # an exception class of the learner's that cannot even say what it is
        message = ""
    raised, line = type(error).__name__, _line(error.__traceback__, code)
    # The stub of a blank page raises by itself; a helper that does has been called by a line of the learner's.
    own = getattr(_last(error.__traceback__), "tb_frame", None)
    unwritten = raised == "NotImplementedError" and own is not None and own.f_code is code
    return RunResult(raised=raised[:100], message=message[:500], line=line[:200], unwritten=unwritten)


def _last(traceback: TracebackType | None) -> TracebackType | None:
    while traceback and traceback.tb_next:
        traceback = traceback.tb_next
    return traceback


def _line(traceback: TracebackType | None, code: CodeType | None) -> str:
    """Return the innermost line of the learner's own cell at which something was raised, by number and in full."""
    line = ""
    while code and traceback:
        if traceback.tb_frame.f_code.co_filename == code.co_filename:
            text = linecache.getline(code.co_filename, traceback.tb_lineno).strip()
            line = f"line {traceback.tb_lineno}" + (f": {text}" if text else "")
        traceback = traceback.tb_next
    return line


class _StdoutProbe(io.TextIOBase):
    """A standard output that keeps nothing but the fact that something was written."""

    written = False

    def write(self, text: str) -> int:
        self.written = self.written or bool(text)
        return len(text)


def plain(value: Any) -> Plain:
    """Return numbers (lists of them, tensors) as an array of their own, nothing as None, the rest as its Repr.

    A number is whatever converts to one exactly: fractions, decimals, sympy's numbers, complex ones on the real line.

    >>> plain([1, 2]), plain(...), plain("three"), plain(1.5 + 0j)
    (array([1, 2]), None, "'three'", array(1.5))
    """
    if value is None or value is ...:
        return None
    # Rows of different lengths raise, and so may an object of the learner's that only looks like an array.
    with suppress(Exception):
        array = _real(np.array(_without_gradient(value), subok=False))
        if array.dtype.kind in "fiub":
            return array
    return Repr(_shown(value))


def _without_gradient(value: Any) -> Any:
    """Return tensors, and lists of them, as arrays; no torch is needed to know a tensor."""
    if hasattr(value, "detach"):
        return value.detach().cpu().numpy()
    if isinstance(value, list | tuple):
        return [_without_gradient(each) for each in value]
    return value


def _real(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return an array of complex numbers or of objects as floats where each of them is one."""
    if array.dtype.kind == "O" and all(hasattr(type(each), "__float__") for each in array.flat):
        return np.array([float(each) for each in array.flat]).reshape(array.shape)
    return array.real if array.dtype.kind == "c" and not array.imag.any() else array


def _shown(value: Any) -> str:
    if isinstance(value, Iterator | KeysView | ValuesView | ItemsView):
        return f"a {type(value).__name__}: wrap it in list(...)"
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
    return a.shape == b.shape and not differing(a, b, tolerance, absolute).any()


def differing(a: Plain, b: Plain, tolerance: float, absolute: float | None = None) -> np.ndarray[Any, Any]:
    """Return which entries of two arrays of one shape differ by more than a relative and an absolute tolerance."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    with np.errstate(all="ignore"):
        close = np.isclose(a, b, rtol=tolerance, atol=tolerance if absolute is None else absolute, equal_nan=True)
    return ~np.asarray(close)
