"""Blocks cover every row once and in order, and one thread or two give the same bits."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from course_utils import parallel
from course_utils.parallel import BLOCK, map_blocks

PROGRAM = """
import numpy as np
from course_utils.losses import cross_entropy_terms
from course_utils.training import linear_loss_and_gradients, train
rng = np.random.default_rng(0)
X, y = rng.random((5000, 40), dtype=np.float32), rng.integers(0, 3, 5000)
start = (np.zeros((40, 3), np.float32), np.zeros(3, np.float32))
f = linear_loss_and_gradients(X, y, cross_entropy_terms)
(W, b), history = train(f, start, 5000, learning_rate=0.5, epochs=20)
print(W.tobytes().hex(), b.tobytes().hex(), history.loss)
"""


@pytest.fixture(params=[1, 2])
def threads(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One thread and two, whatever the machine and its variables would give."""
    monkeypatch.setattr(parallel, "_threads", lambda: request.param)
    with threadpool_limits(request.param, "blas"):
        yield


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize("n", [0, 1, BLOCK, BLOCK + 1, 5 * BLOCK - 1])
def test_blocks_cover_every_row_once_and_in_order(n: int) -> None:
    rows = map_blocks(lambda block: np.arange(n)[block], n)
    assert np.concatenate([*rows, np.arange(0)]).tolist() == list(range(n))
    assert all(len(block) <= BLOCK for block in rows)


@pytest.mark.long
def test_one_thread_and_two_give_the_same_bits() -> None:
    said = []
    for threads in ("1", "2"):
        variables = {**os.environ, "OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], env=variables, capture_output=True, text=True, check=True
        )
        said.append(done.stdout)
    assert said[0] == said[1]
    assert len(said[0]) > 1000


@pytest.mark.usefixtures("threads")
def test_products_have_one_thread_inside_and_their_own_number_again_outside() -> None:
    def threads() -> list[int]:
        return [library["num_threads"] for library in threadpool_info() if library["internal_api"] == "openblas"]

    before = threads()
    inside = map_blocks(lambda block: max(threads()[:1], default=1), 10)
    assert inside == [1]
    assert threads() == before


@pytest.mark.usefixtures("threads")
def test_an_error_in_a_block_comes_out_and_leaves_the_threads_as_they_were() -> None:
    before = threadpool_info()

    def fails(block: slice) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        map_blocks(fails, 3 * BLOCK)
    assert threadpool_info() == before
