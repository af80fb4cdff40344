"""What one movement of a slider costs in the kernel: the explorer beside `interact`, which makes a new figure."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from statistics import median

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg

from course_utils.explorers.engine import DRAWN_DPI
from course_utils.explorers.what_it_saw import _Board, what_it_saw, what_the_classifier_sees

ROUNDS = 40
DIGITS = 200


def measure() -> dict[str, float]:
    """Return update_ms, new_figure_ms and png_kb of the explorer of lesson 08, on random weights and images.

    update_ms : a control's value is set, until the new PNG is ready; median
    new_figure_ms : the same picture as `interact` makes it: figure, layout and PNG from nothing; median
    png_kb : size of the explorer's PNG
    Both are taken in turn, so that a busy machine slows both alike.
    """
    rng = np.random.default_rng(0)
    W, b = rng.normal(0, 0.1, (784, 10)), np.zeros(10)
    X = rng.random((DIGITS, 784)) * (rng.random((DIGITS, 784)) < 0.2)  # as much ink as MNIST has
    y, names = rng.integers(0, 10, DIGITS), [str(k) for k in range(10)]
    explorer = what_it_saw(W, b, X, y, names)

    def update(digit: int) -> None:
        explorer.controls["digit"].value = digit

    def new_figure(digit: int) -> None:
        board = _Board(W, b, X, names)
        board.show(what_the_classifier_sees(W, b, X[digit], 0), X[digit], int(y[digit]), 0, "softmax")
        board.figure.set_dpi(DRAWN_DPI)
        FigureCanvasAgg(board.figure).print_png(io.BytesIO())  # type: ignore[no-untyped-call]

    times = [(_seconds(update, digit), _seconds(new_figure, digit)) for digit in range(1, ROUNDS + 1)]
    ours, theirs = (1e3 * median(column) for column in zip(*times, strict=True))
    return {"update_ms": ours, "new_figure_ms": theirs, "png_kb": len(explorer.png) / 1e3}


def _seconds(call: Callable[[int], None], digit: int) -> float:
    began = time.perf_counter()
    call(digit)
    return time.perf_counter() - began


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:15} {value:8.1f}")
