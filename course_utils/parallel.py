"""Rows in blocks, on all cores: our own threads, and none inside the matrix products.

The threads of a BLAS wait for one another by spinning. On a machine that has anything else to do, a browser or the
kernels of a class, small products then take many times longer. Blocks that need nothing from each other do not
wait; their results come back in order, so that a sum over them has the same bits for any number of threads.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache
from typing import Any, TypeVar

import numpy as np

# A block of 2,048 rows of 784 pixels in float32 is 6 MB: it stays in the cache between the two matrix products of
# an update, so that a full pass reads the data once. benchmarks/training.py measures it.
BLOCK = 2048

Result = TypeVar("Result")


def map_blocks(function: Callable[[slice], Result], n_rows: int) -> list[Result]:
    """Call `function` with the slice of each block of rows and return the results in order.

    >>> map_blocks(lambda rows: (rows.start, rows.stop), 2500)
    [(0, 2048), (2048, 2500)]
    """
    blocks = [slice(i, min(i + BLOCK, n_rows)) for i in range(0, n_rows, BLOCK)]
    with single_threaded_blas():
        if _threads() == 1 or len(blocks) <= 1:
            return [function(block) for block in blocks]
        with ThreadPoolExecutor(_threads()) as pool:
            return list(pool.map(function, blocks))


def shared(change: Callable[[], AbstractContextManager[object]]) -> Callable[[], AbstractContextManager[None]]:
    """Make `change()`, which sets something for the whole process, safe for many threads at once.

    Whoever enters first makes the change, whoever leaves last takes it back. Were it saved and restored by each of
    them, the second would save what the first has set, and leave it so for ever. A forked child, which has none of
    the other threads, forgets their entries.

    >>> from contextlib import redirect_stdout
    >>> from io import StringIO
    >>> page = StringIO()
    >>> on_the_page = shared(lambda: redirect_stdout(page))
    >>> with on_the_page(), on_the_page():
    ...     print("twice entered, once changed")
    >>> page.getvalue().strip()
    'twice entered, once changed'
    """
    lock, held, inside = threading.RLock(), ExitStack(), dict[object, int]()

    @contextmanager
    def entered() -> Iterator[None]:
        entry = object()  # an interrupt at any moment finds it counted or not, and never counted twice
        try:
            with lock:
                if not inside:
                    held.enter_context(change())
                inside[entry] = threading.get_ident()
            yield
        finally:
            with lock:
                inside.pop(entry, None)
                if not inside:
                    held.close()

    def forget_other_threads() -> None:
        for entry, thread in list(inside.items()):
            if thread != threading.get_ident():
                del inside[entry]
        if not inside:
            held.close()
        lock.release()

    if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
        os.register_at_fork(before=lock.acquire, after_in_parent=lock.release, after_in_child=forget_other_threads)
    return entered


@contextmanager
def _limited() -> Iterator[None]:
    global _threads_outside
    blas = _blas()
    _threads_outside = _most_threads(blas)
    _let_any_thread_set_it()
    limit = blas.limit(limits=1)
    try:
        yield
    finally:
        _let_any_thread_set_it()
        limit.restore_original_limits()
        _let_any_thread_set_it()
        _threads_outside = None


def _let_any_thread_set_it() -> None:
    """From 3.8 on, threadpoolctl obeys one thread and ignores the others; here whoever is last gives back."""
    from threadpoolctl import OpenBLASController

    if hasattr(OpenBLASController, "clear_controlling_thread"):
        OpenBLASController.clear_controlling_thread(force=True)


_threads_outside: int | None = None  # what NumPy's products had before the limit; None outside of it
_limited_once = shared(_limited)


def single_threaded_blas() -> AbstractContextManager[None]:
    """Keep NumPy's matrix products to one thread; a loop stays inside, since each way out and in costs 0.1 ms.

    The limit holds for the process. It ends when the last of all threads that are inside has left.
    """
    return _limited_once()


def _threads() -> int:
    """As many as NumPy's products have outside: OPENBLAS_NUM_THREADS=1 keeps a student to one core."""
    return _most_threads(_blas()) if _threads_outside is None else _threads_outside


def _most_threads(blas: Any) -> int:
    return max((library["num_threads"] for library in blas.info()), default=1)


@cache
def _blas() -> Any:
    from threadpoolctl import ThreadpoolController

    np.dot(np.ones((2, 2)), np.ones((2, 2)))  # NumPy's BLAS must be loaded to be found
    return ThreadpoolController().select(user_api="blas")
