"""The small functions of activations, losses and probability on 60,000 rows of ten, beside scipy and torch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

import numpy as np
import scipy.special
import torch
from torch.nn import functional

from course_utils import activations, losses, probability
from course_utils.numerics import FloatArray

ROWS, CLASSES, RUNS = 60_000, 10, 25

TRIED = """Ours and scipy's run on one thread, torch's on one and then on two; all in turn, so that all meet the same
weather. What scipy and torch leave out, docs/accuracy.md tells.

For the softmax in float32, on an idle machine where torch takes 7.1 ms:

| way | ms | |
|---|---|---|
| rows as they come, sums along the ten | 3.9 | |
| classes as rows, float32 | 0.6 | but 60 floats off in small probabilities |
| the same, the rounding of z - max put back in float32 | 1.0 | |
| the same, float64 inside | 1.3 | right to the last digit |
| and the largest term kept out of the sum | 1.7 | the way taken: nothing vanishes beside it |

Fresh arrays of 5 MB cost as much again in page faults, unless the rows are worked off in blocks that fit the cache:
3.2 ms came down to 2.2. For the log-softmax, looking for the place of the largest logit (argmax, 1.6 ms) was the
dearest step; comparing every entry with it costs 0.1 ms and finds ties as well.

The sigmoid was three times slower than scipy's, or more, as a formula on whole arrays, each of which is asked from
the system anew. In blocks of 8,192 logits, nanoseconds a logit, where exp takes 5.0 and scipy's expit 6.3:

| step | ns | |
|---|---|---|
| 1 / (1 + exp(-z)) | 6.1 | not taken: below -709 it overflows, and subnormal results become 0 |
| `np.where(z < 0, e, 1)`, e = exp(-abs(z)) | 1.4 | a branch for every sign |
| `np.maximum(e, z >= 0)` | 0.9 | the way taken, the same numbers |

For `logsumexp(log_softmax(z))`, all of whose rows sum to one up to rounding, ms of processor time in float64, where
scipy takes 20 and our first pass, which finds those rows, 11:

| way | ms | |
|---|---|---|
| decimal arithmetic for every such row | 14,000 | right, and far too slow |
| pairs of floats, 106 bits | | the log is some 1e-17 and shall keep 53 bits of that: too few |
| three floats for each exponential, on whole blocks of 33,000 | 145 | without the sums; 107 of them page faults |
| exponentials in blocks of 8,192, sums on whole blocks | 70 | |
| the same, everything in place, sums by the block as well | 55 | the way taken |
"""

Ways = dict[str, Callable[[], object]]


def ways(dtype: type[np.floating[Any]]) -> Iterator[tuple[str, Ways]]:
    """Function -> our way, scipy's and torch's, on the same numbers."""
    rng = np.random.default_rng(0)
    z: FloatArray = rng.normal(scale=3, size=(ROWS, CLASSES)).astype(dtype)
    y, t = rng.integers(CLASSES, size=ROWS), activations.softmax(rng.normal(size=z.shape).astype(dtype))
    p, log_p = activations.softmax(z), activations.log_softmax(z)
    Z, Y, T, P, LOG_P = (torch.from_numpy(array) for array in (z, y, t, p, log_p))
    special = scipy.special

    def one(ours: object, scipys: object = None, torchs: object = None) -> Ways:
        found = {"ours": ours, "scipy": scipys, "torch": torchs}
        return {name: way for name, way in found.items() if callable(way)}

    yield "sigmoid", one(lambda: activations.sigmoid(z), lambda: special.expit(z), lambda: torch.sigmoid(Z))
    yield "sigmoid_derivative", one(lambda: activations.sigmoid_derivative(z))
    yield (
        "softplus",
        one(lambda: activations.softplus(z), lambda: -special.log_expit(-z), lambda: functional.softplus(Z)),
    )
    yield (
        "log_sigmoid",
        one(lambda: activations.log_sigmoid(z), lambda: special.log_expit(z), lambda: functional.logsigmoid(Z)),
    )
    yield (
        "softmax",
        one(lambda: activations.softmax(z), lambda: special.softmax(z, axis=1), lambda: torch.softmax(Z, 1)),
    )
    yield (
        "softmax, temperature 3",
        one(
            lambda: activations.softmax(z, temperature=3),
            lambda: special.softmax(z / dtype(3), axis=1),
            lambda: torch.softmax(Z / 3, 1),
        ),
    )
    yield (
        "log_softmax",
        one(
            lambda: activations.log_softmax(z),
            lambda: special.log_softmax(z, axis=1),
            lambda: torch.log_softmax(Z, 1),
        ),
    )
    yield (
        "logsumexp",
        one(lambda: activations.logsumexp(z), lambda: special.logsumexp(z, axis=1), lambda: torch.logsumexp(Z, 1)),
    )
    yield (
        "logsumexp of log-probabilities",
        one(
            lambda: activations.logsumexp(log_p),
            lambda: special.logsumexp(log_p, axis=1),
            lambda: torch.logsumexp(LOG_P, 1),
        ),
    )
    yield "softmax_jacobian", one(lambda: activations.softmax_jacobian(z))
    yield "mse", one(lambda: losses.mse(p, t), None, lambda: functional.mse_loss(P, T).item())
    yield (
        "binary_cross_entropy",
        one(lambda: losses.binary_cross_entropy(p, t), None, lambda: functional.binary_cross_entropy(P, T).item()),
    )
    yield (
        "cross_entropy",
        one(lambda: losses.cross_entropy(p, y), None, lambda: functional.nll_loss(P.log(), Y).item()),
    )
    yield "mse_from_logits", one(lambda: losses.mse_from_logits(z, t))
    yield "mse_from_logits_gradient", one(lambda: losses.mse_from_logits_gradient(z, t))
    yield (
        "binary_cross_entropy_from_logits",
        one(
            lambda: losses.binary_cross_entropy_from_logits(z, t),
            None,
            lambda: functional.binary_cross_entropy_with_logits(Z, T).item(),
        ),
    )
    yield "binary_cross_entropy_loss_and_gradient", one(lambda: losses.binary_cross_entropy_loss_and_gradient(z, t))
    yield (
        "cross_entropy_from_logits",
        one(lambda: losses.cross_entropy_from_logits(z, y), None, lambda: functional.cross_entropy(Z, Y).item()),
    )
    yield "cross_entropy_loss_and_gradient", one(lambda: losses.cross_entropy_loss_and_gradient(z, y))
    yield "one_hot", one(lambda: losses.one_hot(y, CLASSES), None, lambda: functional.one_hot(Y, CLASSES))
    yield (
        "entropy",
        one(
            lambda: probability.entropy(p),
            lambda: special.entr(p).sum(axis=1),
            lambda: torch.special.entr(P).sum(dim=1),
        ),
    )
    yield (
        "probability.cross_entropy",
        one(
            lambda: probability.cross_entropy(t, p),
            lambda: -special.xlogy(t, p).sum(axis=1),
            lambda: -torch.xlogy(T, P).sum(dim=1),
        ),
    )
    yield (
        "kl_divergence",
        one(
            lambda: probability.kl_divergence(t, p),
            lambda: special.kl_div(t, p).sum(axis=1),
            lambda: functional.kl_div(P.log(), T, reduction="none").sum(dim=1),
        ),
    )
    yield "log_likelihood", one(lambda: probability.log_likelihood(p, y))


def milliseconds(functions: list[Callable[[], object]]) -> list[float]:
    """Median wall-clock time of each function, called in turn so that all meet the same weather."""
    times: list[list[float]] = [[] for _ in functions]
    for _ in range(RUNS):
        for function, taken in zip(functions, times, strict=True):
            start = time.perf_counter()
            function()
            taken.append(time.perf_counter() - start)
    return [1e3 * median(taken) for taken in times]


def _on_two_threads(function: Callable[[], object]) -> Callable[[], object]:
    def way() -> object:
        torch.set_num_threads(2)
        try:
            return function()
        finally:
            torch.set_num_threads(1)

    return way


def sentence(found: Ways) -> str:
    """Milliseconds of each way, and how many times ours is faster or slower than the next best on one thread."""
    functions = dict(found)
    if "torch" in found:
        functions["torch on two threads"] = _on_two_threads(found["torch"])
    took = dict(zip(functions, milliseconds(list(functions.values())), strict=True))
    listed = ", ".join(f"{name} {ms:.2f}" for name, ms in took.items())
    peers = [took[name] for name in ("scipy", "torch") if name in took]
    if not peers:
        return f"{listed} ms"
    ratio = min(peers) / took["ours"]
    return (
        f"{listed} ms: **{ratio:.1f} times faster**" if ratio >= 1 else f"{listed} ms: {1 / ratio:.1f} times slower"
    )


def measure() -> dict[str, str]:
    """Name -> what was measured, with the ratio to the faster peer."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return {
            f"{name}, ({ROWS}, {CLASSES}) {dtype.__name__}": sentence(found)
            for dtype in (np.float32, np.float64)
            for name, found in ways(dtype)
        }
    finally:
        torch.set_num_threads(threads)


if __name__ == "__main__":
    for name, result in measure().items():
        print(f"{name}: {result}")
