"""Write data/mnist_runs.npz: real training runs, every learning rate with every batch size, for lesson 07.

And the same in JavaScript, for the explorer, which the page draws.

    python -m tools.mnist_runs

One sigmoid, fives against the rest, on MNIST with pixels from 0 to 1, from a zero start. The losses come out the same
on any machine, but for rounding; the seconds are those of the machine that made the file, so make it on an idle one.
It takes about three minutes.
"""

from __future__ import annotations

import json
import sys
import textwrap
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from course_utils.datasets import Dataset, load_mnist
from course_utils.losses import binary_cross_entropy_from_logits, binary_cross_entropy_loss_and_gradient
from course_utils.numerics import FloatArray, IntArray
from course_utils.training import Parameters, linear_logits, linear_loss_and_gradients, train
from tools.build import ROOT

RUNS = ROOT / "data" / "mnist_runs.npz"
MODULE = ROOT / "explorers" / "src" / "learning_rate_on_mnist" / "runs.js"
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
# Passes over the data, so that each batch size gets a few seconds: an update of one picture costs a few hundredths of
# a millisecond, one of all pictures a few hundredths of a second.
EPOCHS = {1: 1, 16: 10, 128: 20, 60_000: 150}
LOOKS = 30
SCALE = 1 / 255


class Run(NamedTuple):
    """One training run, looked at after some of its updates."""

    loss: FloatArray  # (LOOKS,) mean over all training pictures, nats
    right: IntArray  # (LOOKS,) test pictures told right
    seconds: float  # for one update, the mean over the run, without the looks


def looks(batch_size: int, samples: int = 60_000) -> IntArray:
    """Return the updates after which a run is looked at: the first, the last, and evenly between on a log scale.

    Update 150, the last one of the full batches, is a look of every run, so that all can be compared there.

    >>> looks(60_000)[[0, 1, 2, -1]].tolist()
    [1, 2, 3, 150]
    """
    last = EPOCHS[batch_size] * -(-samples // batch_size)
    return np.unique([*np.geomspace(1, last, LOOKS).round(), EPOCHS[60_000]]).astype(np.int64)


def run(data: Dataset, learning_rate: float, batch_size: int) -> Run:
    """Train once, seed 0, and look at the model on the way."""
    t_train, t_test = data.y_train == 5, data.y_test == 5
    when = set(looks(batch_size).tolist())
    loss, right, spent, began = [], [], 0.0, time.perf_counter()

    def look(update: int, parameters: Parameters) -> None:
        nonlocal spent, began
        if update not in when:
            return
        spent += time.perf_counter() - began
        W, b = parameters
        loss.append(binary_cross_entropy_from_logits(linear_logits(data.X_train, W, b, SCALE), t_train))
        right.append(((linear_logits(data.X_test, W, b, SCALE) > 0) == t_test).sum())
        began = time.perf_counter()

    train(
        linear_loss_and_gradients(data.X_train, t_train, binary_cross_entropy_loss_and_gradient, SCALE),
        (np.zeros(784, np.float32), np.zeros((), np.float32)),
        len(data.X_train),
        learning_rate=learning_rate,
        epochs=EPOCHS[batch_size],
        batch_size=batch_size,
        rng=np.random.default_rng(0),
        after_update=look,
    )
    return Run(np.array(loss), np.array(right), spent / max(when))


def all_runs(data: Dataset) -> dict[str, Any]:
    """Return what the file holds: rates (R,), batch_sizes (B,), and seconds (B,) for one update.

    And for each batch size: updates_SIZE (C,), loss_SIZE (R, C) and right_SIZE (R, C).
    """
    seconds, arrays = [], {}
    for size in EPOCHS:
        runs = [run(data, rate, size) for rate in RATES]
        # A rate does not change the work; what else runs on the machine does. The quickest run met least of it.
        seconds.append(min(each.seconds for each in runs))
        arrays[f"updates_{size}"] = looks(size)
        arrays[f"loss_{size}"] = np.array([each.loss for each in runs], np.float32)
        arrays[f"right_{size}"] = np.array([each.right for each in runs], np.int16)
        print(f"batches of {size:,}: {1000 * seconds[-1]:.3f} ms an update", flush=True)
    return {
        "rates": np.array(RATES),
        "batch_sizes": np.array(list(EPOCHS)),
        "seconds": np.array(seconds),
        **arrays,
    }


def javascript(arrays: Mapping[str, Any]) -> str:
    """Return the arrays as a module of JavaScript, each float as short as its type reads it back.

    >>> print(javascript({"seconds": np.float32([0.1, 2])}), end="")
    // Made by tools/mnist_runs.py from data/mnist_runs.npz.
    export const seconds = [0.1, 2.0];
    """
    lines = ["// Made by tools/mnist_runs.py from data/mnist_runs.npz."]
    for name, array in arrays.items():
        plain = array.astype(str).astype(float) if array.dtype.kind == "f" else array
        lines.append(textwrap.fill(f"export const {name} = {json.dumps(plain.tolist())};", 138))
    return "\n".join(lines) + "\n"


def main() -> None:
    """Make the runs and write the file, or end with a sentence that says why not."""
    data = load_mnist()
    if data.source != "mnist":
        sys.exit("The runs are made on the real MNIST only: set COURSE_DATA to its folder.")
    arrays = all_runs(data)
    np.savez_compressed(RUNS, **arrays)
    MODULE.write_text(javascript(arrays), encoding="utf-8")
    print(f"{RUNS.relative_to(ROOT)}: {RUNS.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
