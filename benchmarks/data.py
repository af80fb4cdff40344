"""What MNIST costs: decoding its files, opening the decoded cache, and a second process that shares the arrays."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from course_utils.datasets import read_idx, registry

# A process that has what a course kernel has before it loads, then loads, then looks at every pixel; it waits for a
# line before each step, so that the memory of two such processes can be read in between.
STEPS = """
import sys, time
import numpy as np
from course_utils.datasets import load_mnist
np.arange(9).max()
sys.stdin.readline()
print("imported", flush=True)
sys.stdin.readline()
began = time.perf_counter()
data = load_mnist()
print(data.source, time.perf_counter() - began, flush=True)
sys.stdin.readline()
data.X_train.max(), data.X_test.max(), data.y_train.max(), data.y_test.max()
print("touched", flush=True)
sys.stdin.readline()
"""


def measure() -> dict[str, float]:
    """Return decode_s, first_load_s, open_ms and second_process_mb; needs the real files in $COURSE_DATA.

    decode_s : unpacking and parsing the four gzip files, median of 3
    first_load_s : load_mnist in a new process on an empty cache: reading, SHA-256, decoding, writing, mapping
    open_ms : load_mnist in a new process once the cache is filled, median of 7
    second_process_mb : growth of the PSS of two processes together when the second one loads and reads MNIST too
    """
    folder = Path(os.environ.get("COURSE_DATA", ""), "mnist")
    paths = [folder / file["name"] for file in registry()["mnist"]["files"].values()]
    if not all(path.is_file() for path in paths):
        raise FileNotFoundError(f"this benchmark needs the real MNIST files in $COURSE_DATA, and {folder} lacks them")
    decode = [_seconds_to_decode(paths) for _ in range(3)]
    with tempfile.TemporaryDirectory() as cache:
        first = _seconds_to_load(cache)
        opened = [_seconds_to_load(cache) for _ in range(7)]
        shared = _growth_by_second_process(cache)
    return {
        "decode_s": statistics.median(decode),
        "first_load_s": first,
        "open_ms": 1e3 * statistics.median(opened),
        "second_process_mb": shared / 1e6,
    }


def _seconds_to_decode(paths: list[Path]) -> float:
    began = time.perf_counter()
    for path in paths:
        read_idx(path)
    return time.perf_counter() - began


def _seconds_to_load(cache: str) -> float:
    with _process(cache) as process:
        _step(process)
        source, seconds = _step(process).split()
        assert source == "mnist"
        process.communicate("\n\n")
    return float(seconds)


def _growth_by_second_process(cache: str) -> int:
    with _process(cache) as first, _process(cache) as second:
        for _ in range(3):
            _step(first)
        _step(second)
        before = _pss(first) + _pss(second)
        for _ in range(2):
            _step(second)
        growth = _pss(first) + _pss(second) - before
        for process in (first, second):
            process.communicate("\n")
    return growth


def _process(cache: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", STEPS],
        env=os.environ | {"COURSE_CACHE": cache},
        cwd=Path(__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _step(process: subprocess.Popen[str]) -> str:
    """Let the process take its next step, and return what it says of it."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    return process.stdout.readline()


def _pss(process: subprocess.Popen[str]) -> int:
    pss: int = psutil.Process(process.pid).memory_full_info().pss
    return pss


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:18} {value:8.3f}")
