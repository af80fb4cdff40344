"""A time limit for a learner's function: a loop that never ends is stopped, and the kernel lives on.

In the main thread of Linux and macOS the signal of a timer raises the exception, elsewhere a second thread has it
raised. Both act between two steps of Python, again and again until it is not caught. A loop inside C, such as
`sum(itertools.count())`, ends when it ends: there only the kernel's Restart is left. The signal also wakes a function
that sleeps, and gets out of loops that catch everything; the second thread, which is what Windows has, waits for a
sleeper and may be caught by a loop of naps.
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

PAUSE = 0.05  # seconds until the exception is raised again where it was caught


class AnswerTimeout(BaseException):
    """Raised inside a function that runs beyond its limit; not an Exception, or `except Exception` would catch it."""


def interruptible(function: Callable[..., Result], *arguments: Any) -> Result:
    """Call a function. Within `time_limit`, what runs inside this call can be stopped, and nothing else can."""
    return function(*arguments)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise AnswerTimeout in whatever is inside an `interruptible` call when the time is up, until it ends.

    >>> with time_limit(60):
    ...     interruptible(max, 1, 2)
    2
    """
    with_signal = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    with _by_signal(seconds) if with_signal else _by_thread(seconds):
        yield


def _is_interruptible(frame: FrameType | None) -> bool:
    while frame and frame.f_code is not interruptible.__code__:
        frame = frame.f_back
    return frame is not None


@contextmanager
def _by_signal(seconds: float) -> Iterator[None]:
    raised = 0

    def on_alarm(_: int, frame: FrameType | None) -> None:
        nonlocal raised
        if _is_interruptible(frame):
            raised += 1
            # What catches it, say around a sleep, would catch it in each round at the same place. A few microseconds
            # later, and each time another number of them, it comes where the loop turns.
            signal.setitimer(signal.ITIMER_REAL, (1 + raised % 20) * 1e-6, PAUSE)
            raise AnswerTimeout

    before = signal.signal(signal.SIGALRM, on_alarm)
    left = signal.setitimer(signal.ITIMER_REAL, seconds, PAUSE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *left)
        signal.signal(signal.SIGALRM, before or signal.SIG_DFL)


def _raise_in(thread: int) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(AnswerTimeout))


@contextmanager
def _by_thread(seconds: float) -> Iterator[None]:
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
        with suppress(AnswerTimeout):  # asked for and not raised yet: it comes at one of these calls
            done.set()
            watcher.join()
        done.set()
