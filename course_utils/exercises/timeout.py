"""A time limit for a learner's function: a loop that never ends is stopped, and the kernel lives on.

In the main thread of Linux and macOS a timer's signal does it, elsewhere a second thread that plants the exception.
Both act between two steps of Python. Two limits, where only the kernel's Restart is left: a loop inside C, such as
`sum(itertools.count())`, ends when it ends; a function that calls itself twice and catches everything at every level
has a million levels that each catch it anew. The signal also wakes a function that sleeps, and gets out of loops that
catch everything; the second thread, which is what Windows has, waits for a sleeper and may be swallowed by a loop of
naps.
"""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, TypeVar

Result = TypeVar("Result")

PAUSE = 0.05  # seconds until it rings again, for a function that catches everything


class AnswerTimeout(BaseException):
    """Raised inside a function that runs beyond its limit; not an Exception, or `except Exception` would eat it."""


def interruptible(function: Callable[..., Result], *arguments: Any) -> Result:
    """Call a function. Within `time_limit`, what runs inside this call can be stopped, and nothing else can."""
    return function(*arguments)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise AnswerTimeout in whatever is inside an `interruptible` call when the time is up, again and again until it gives in.

    >>> with time_limit(60):
    ...     interruptible(max, 1, 2)
    2
    """
    with_signal = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    traced = sys.gettrace()
    with _timer(seconds) if with_signal else _watcher(seconds):
        try:
            yield
        finally:
            sys.settrace(traced)


def _is_interruptible(frame: FrameType | None) -> bool:
    while frame and frame.f_code is not interruptible.__code__:
        frame = frame.f_back
    return frame is not None


@contextmanager
def _timer(seconds: float) -> Iterator[None]:
    rings = 0

    def ring(_: int, frame: FrameType | None) -> None:
        nonlocal rings
        if _is_interruptible(frame):
            rings += 1
            _trace_inside(frame, _raise_at_line(rings))
            raise AnswerTimeout

    before = signal.signal(signal.SIGALRM, ring)
    left = signal.setitimer(signal.ITIMER_REAL, seconds, PAUSE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *left)
        signal.signal(signal.SIGALRM, before or signal.SIG_DFL)


def _raise_at_line(count: int) -> Callable[..., Any]:
    """Return a trace function that raises AnswerTimeout once more, when `count` more lines have been reached.

    A bare `except` may swallow what the signal raises, say while it sleeps. The line after that is mostly outside its
    `try`; inside another one it is swallowed again. One line later with each ring, none is missed.
    """

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        if event == "line" and _is_interruptible(frame):
            count -= 1
            if count == 0:
                raise AnswerTimeout
        return trace

    return trace


def _trace_inside(frame: FrameType | None, trace: Callable[..., Any]) -> None:
    while frame and frame.f_code is not interruptible.__code__:
        frame.f_trace = trace
        frame = frame.f_back
    sys.settrace(trace)


def _raise_in(thread: int) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(AnswerTimeout))


@contextmanager
def _watcher(seconds: float) -> Iterator[None]:
    thread, done = threading.get_ident(), threading.Event()

    def watch() -> None:
        pause = seconds
        while not done.wait(pause):
            pause = PAUSE
            if _is_interruptible(sys._current_frames().get(thread)):
                _raise_in(thread)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        with suppress(AnswerTimeout):  # planted and not risen yet: it rises at one of these calls
            done.set()
            watcher.join()
        done.set()
