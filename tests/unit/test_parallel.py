"""Blocks cover every row once and in order, and one thread or two give the same bits."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from course_utils import parallel
from course_utils.parallel import BLOCK, map_blocks, single_threaded_blas

PROGRAM = """
import numpy as np
from course_utils.losses import cross_entropy_loss_and_gradient
from course_utils.training import linear_loss_and_gradients, train
rng = np.random.default_rng(0)
X, y = rng.random((5000, 40), dtype=np.float32), rng.integers(0, 3, 5000)
start = (np.zeros((40, 3), np.float32), np.zeros(3, np.float32))
f = linear_loss_and_gradients(X, y, cross_entropy_loss_and_gradient)
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


@pytest.fixture
def two_threads() -> Iterator[None]:
    with threadpool_limits(2, "blas"):
        yield


def blas_threads() -> set[int]:
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


@pytest.mark.usefixtures("two_threads")
@pytest.mark.parametrize("first_out", [0, 1])
def test_of_two_that_overlap_the_last_one_gives_the_threads_back(first_out: int) -> None:
    blocks = [single_threaded_blas(), single_threaded_blas()]
    for block in blocks:
        block.__enter__()
    blocks.pop(first_out).__exit__(None, None, None)
    assert blas_threads() == {1}  # for the one that is still inside
    blocks.pop().__exit__(None, None, None)
    assert blas_threads() == {2}


@pytest.mark.usefixtures("two_threads")
@pytest.mark.long
def test_many_threads_that_come_and_go_leave_the_blas_as_it_was() -> None:
    seen: set[int] = set()

    def come_and_go(seed: int) -> None:
        pause = np.random.default_rng(seed)
        for _ in range(60):
            with single_threaded_blas():
                time.sleep(pause.uniform(0, 2e-4))
                seen.update(blas_threads())

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(come_and_go, range(6)))
    assert seen == {1}
    assert blas_threads() == {2}


@pytest.mark.usefixtures("two_threads")
def test_a_limit_of_somebody_else_is_kept_while_it_lasts_and_no_longer() -> None:
    with threadpool_limits(1, "blas"):
        map_blocks(lambda block: block.start, 1)
        assert parallel._threads() == 1
    assert parallel._threads() == 2
    with single_threaded_blas():
        assert parallel._threads() == 2


FORK = """
import os, threading
import numpy as np
from threadpoolctl import threadpool_info, threadpool_limits
from course_utils.parallel import map_blocks, single_threaded_blas
threadpool_limits(2, "blas")
begun, end = threading.Event(), threading.Event()
def train_for_long():
    with single_threaded_blas():
        begun.set()
        end.wait(30)
threading.Thread(target=train_for_long).start()
begun.wait(30)
child = os.fork()
if child == 0:
    threads = {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}
    blocks = map_blocks(lambda rows: np.ones((50, 50)) @ np.ones((50, 50)), 9000)
    os._exit(0 if threads == {2} and len(blocks) == 5 else 1)
status = os.waitpid(child, 0)[1]
end.set()
print("child", os.waitstatus_to_exitcode(status))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_a_child_forked_while_another_thread_trains_has_its_threads_and_goes_on() -> None:
    done = subprocess.run([sys.executable, "-c", FORK], capture_output=True, text=True, timeout=60)
    assert done.stdout == "child 0\n", done.stderr
