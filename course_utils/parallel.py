"""Rows in blocks, on all cores: our own threads, and none inside the matrix products.

The threads of a BLAS wait for one another by spinning. On a machine that has anything else to do, a browser or the
kernels of a class, small products then take many times longer. Blocks that need nothing from each other do not
wait; their results come back in order, so that a sum over them has the same bits for any number of threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
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
    with one_thread_in_products():
        if _threads() == 1 or len(blocks) <= 1:
            return [function(block) for block in blocks]
        with ThreadPoolExecutor(_threads()) as pool:
            return list(pool.map(function, blocks))


@contextmanager
def one_thread_in_products() -> Iterator[None]:
    """Keep NumPy's matrix products to one thread; a loop stays inside, since each way out and in costs 0.1 ms."""
    _threads()  # asked for before the limit hides it
    with _blas().limit(limits=1):
        yield


@cache
def _threads() -> int:
    """As many as NumPy's products would have: OPENBLAS_NUM_THREADS=1 keeps a student to one core."""
    return max((library["num_threads"] for library in _blas().info()), default=1)


@cache
def _blas() -> Any:
    from threadpoolctl import ThreadpoolController

    np.dot(np.ones((2, 2)), np.ones((2, 2)))  # NumPy's BLAS must be loaded to be found
    return ThreadpoolController().select(user_api="blas")
