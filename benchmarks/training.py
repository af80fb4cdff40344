"""Full-batch training on MNIST: the published run beside the textbook's loop, an update beside its two products."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from course_utils.datasets import load_mnist
from course_utils.losses import binary_cross_entropy_loss_and_gradient, one_hot
from course_utils.training import Parameters, linear_logits, linear_loss_and_gradients, train

UPDATES = 200
LEARNING_RATE = 1e-5
RUNS = 15

TRIED = """### How the full-batch update came to be

Ten sigmoids on all 60,000 pictures, on an idle machine with two cores:

| way | ms an update | |
|---|---|---|
| float32 copy of the data, two whole matrix products | 54 | |
| the same in blocks of 1,024 rows, NumPy's own threads | 22 | |
| bytes in blocks, converted on the way, NumPy's own threads | 20 | 70 to 480 ms beside one busy process |
| bytes in blocks, one thread of ours for each core | 24 | the way taken: 35 to 55 ms beside one busy process |
| scipy's CSR of the 19 % that are not zero, its two products alone | 43 to 53 | no faster |

Bytes take a quarter of the memory of float32 and cost nothing in time, since a block is read into the cache once and
used twice. Sparse storage saves four products in five and loses the time again in looking up where they go. To scale
pixels, the weights are scaled instead: (s X) W = X (s W), and 7,840 weights are fewer than 47 million pixels."""

# The peak memory of a process that only holds the data and takes three updates. Linux notes it in /proc; ru_maxrss
# would start from the size of the process that called.
MEMORY = """
import re, sys
from pathlib import Path
import numpy as np
from course_utils.losses import binary_cross_entropy_loss_and_gradient
from course_utils.training import linear_loss_and_gradients, train
def peak_kb():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
X, t = np.zeros((1, 785), np.uint8), np.zeros((1, 10), np.float32)
start = (np.zeros((785, 10), np.float32), np.zeros(10, np.float32))
def updates():
    f = linear_loss_and_gradients(X, t, binary_cross_entropy_loss_and_gradient)
    train(f, start, len(X), learning_rate=1e-5, epochs=3)
updates()
before = peak_kb()
rng = np.random.default_rng(0)
if sys.argv[1] == "float32":
    X = rng.random((60000, 785), dtype=np.float32)
else:
    X = rng.integers(0, 256, (60000, 785), dtype=np.uint8)
t = np.zeros((60000, 10), np.float32)
updates()
print((peak_kb() - before) * 1024 / (60000 * 785 * 4))
"""


def textbook(updates: int) -> tuple[list[float], list[float], list[float]]:
    """Ten sigmoids as textbooks print them: loss, gradient and report each with a forward pass, in float64."""
    data = load_mnist()
    X, X_test = np.insert(data.X_train, 0, 1, axis=1), np.insert(data.X_test, 0, 1, axis=1)
    t = one_hot(data.y_train, 10)
    w = np.zeros((X.shape[1], 10))

    def forward(X: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
        p: npt.NDArray[np.float64] = 1 / (1 + np.exp(-np.matmul(X, w)))
        return p

    def loss() -> float:
        p = forward(X)
        return float(-np.sum(t * np.log(p) + (1 - t) * np.log(1 - p)) / X.shape[0])

    def gradient() -> npt.NDArray[np.float64]:
        slope: npt.NDArray[np.float64] = np.matmul(X.T, forward(X) - t) / X.shape[0]
        return slope

    losses, accuracies, seconds = [], [], []
    for _ in range(updates):
        start = time.perf_counter()
        losses.append(loss())
        accuracies.append(float((forward(X_test).argmax(axis=1) == data.y_test).mean()))
        w -= gradient() * LEARNING_RATE
        seconds.append(time.perf_counter() - start)
    return losses, accuracies, seconds


def ours(updates: int) -> tuple[list[float], list[float], list[float]]:
    """The same run by the course: bytes read once an update, in blocks, in float32; the same report."""
    data = load_mnist()
    accuracies: list[float] = []
    times = [time.perf_counter()]

    def report(update: int, parameters: Parameters) -> None:
        W, b = parameters
        accuracies.append(float((linear_logits(data.X_test, W, b).argmax(axis=1) == data.y_test).mean()))
        times.append(time.perf_counter())

    start = (np.zeros((data.X_train.shape[1], 10), np.float32), np.zeros(10, np.float32))
    f = linear_loss_and_gradients(data.X_train, one_hot(data.y_train, 10), binary_cross_entropy_loss_and_gradient)
    _, history = train(f, start, len(data.y_train), learning_rate=LEARNING_RATE, epochs=updates, after_update=report)
    return history.loss, accuracies, list(np.diff(times))


def full_batch() -> dict[str, Callable[[], object]]:
    """One update of ten sigmoids on (60000, 785), the last column all ones, and the two matrix products in it."""
    pictures = load_mnist().X_train
    bytes_, t = (
        np.insert(pictures, pictures.shape[1], 1, axis=1),
        one_hot(load_mnist().y_train, 10).astype(np.float32),
    )
    X, sparse = bytes_.astype(np.float32), csr_array(bytes_.astype(np.float32))
    W, b, E = np.zeros((X.shape[1], 10), np.float32), np.zeros(10, np.float32), np.ones((len(X), 10), np.float32)
    from_floats, from_bytes = (
        linear_loss_and_gradients(A, t, binary_cross_entropy_loss_and_gradient) for A in (X, bytes_)
    )
    return {
        "products": lambda: (X @ W, X.T @ E),
        "sparse products": lambda: (sparse @ W, sparse.T @ E),
        "float32": lambda: from_floats((W, b), slice(None)),
        "uint8": lambda: from_bytes((W, b), slice(None)),
    }


def medians(functions: dict[str, Callable[[], object]], runs: int = RUNS) -> dict[str, float]:
    """Median milliseconds of each function, called in turn so that all meet the same weather."""
    times: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(runs):
        for name, function in functions.items():
            start = time.perf_counter()
            function()
            times[name].append(1e3 * (time.perf_counter() - start))
    return {name: median(taken) for name, taken in times.items()}


def peak_memory(storage: str) -> float:
    """Peak memory of full-batch training, beyond what the imports take, in units of the float32 data."""
    done = subprocess.run([sys.executable, "-c", MEMORY, storage], capture_output=True, text=True, check=True)
    return float(done.stdout)


def measure() -> dict[str, str]:
    """Name -> what was measured, with the ratio."""
    book_loss, _, book_seconds = textbook(UPDATES)
    our_loss, our_accuracy, our_seconds = ours(UPDATES)
    apart = max(abs(a - b) / b for a, b in zip(our_loss, book_loss, strict=True))
    book, our, ms = median(book_seconds), median(our_seconds), medians(full_batch())
    return {
        "ten sigmoids, one update with its report": (
            f"ours {our * 1e3:.1f} ms; the textbook's loop {book * 1e3:.1f} ms: **{book / our:.1f} times faster**; "
            f"{UPDATES} updates {sum(our_seconds):.1f} s against {sum(book_seconds):.1f} s, "
            f"loss curves equal to {apart:.0e} relative, last accuracy {our_accuracy[-1]:.2%}"
        ),
        "full-batch update on (60000, 785) beside its two matrix products alone": (
            f"update on float32 {ms['float32']:.1f} ms, on bytes {ms['uint8']:.1f} ms; products on float32 "
            f"{ms['products']:.1f} ms: **{ms['float32'] / ms['products']:.2f} and {ms['uint8'] / ms['products']:.2f} "
            f"times**; products alone on scipy's CSR of the 19 % that are not zero {ms['sparse products']:.1f} ms"
        ),
        "peak memory of full-batch training": (
            f"{peak_memory('float32'):.2f} times the float32 data, which is part of it; "
            f"from bytes {peak_memory('uint8'):.2f} times"
        ),
    }


if __name__ == "__main__":
    for name, result in measure().items():
        print(f"{name}: {result}")
