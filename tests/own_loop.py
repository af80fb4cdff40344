"""How a test waits for a coroutine."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def completed(coroutine: Coroutine[object, object, T]) -> T:
    """Return what a coroutine returns, run in a thread of its own.

    Playwright keeps an event loop running in the main thread from its first page to the end of the session, and
    `asyncio.run` refuses a thread whose loop runs: which tests met there hung on how they were shared out.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()
