"""Floating point: which formulas of one loss survive, by the size of the logit and the type of float (lesson 09)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

import ipywidgets
import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from course_utils.explorers.engine import Explorer
from course_utils.explorers.panels import add_numbers, outline
from course_utils.losses import binary_cross_entropy_loss_and_gradient
from course_utils.numerics import FloatArray, check_choice
from course_utils.plots import PALETTE

# A formula of the binary cross-entropy: logits z (N,) of one float type and a label, 0 or 1, in; losses (N,) out.
Formula = Callable[[FloatArray, int], FloatArray]

DTYPES = ("float16", "float32", "float64")
ANSWERS = {"sure and wrong": 0, "sure and right": 1}  # the logit is positive, so it says yes: name -> label
OFF = 0.01  # a loss that is wrong by more than this share has failed
MOST = 12  # rows that fit into the picture
_TOP = 3.3  # the picture ends at 10^3.3, about 2,000: beyond what overflows in float64
_COLUMNS = np.linspace(0, _TOP, 265)  # powers of ten
_HALF = float(_COLUMNS[1]) / 2
_COLOURS = {"right": "sky blue", "off": "yellow", "infinite": "vermilion", "NaN": "black"}

_Strip = tuple[int, float, float, str]


class Survey(NamedTuple):
    """What M formulas make of the same logits; see `survey`."""

    truth: FloatArray  # (N,), float64
    losses: FloatArray  # (M, N), as computed, kept in float64
    digits: FloatArray  # (M, N), how many decimal digits are right
    verdicts: list[list[str]]  # M rows of N words: "right", "off", "infinite" or "NaN"


def survey(formulas: Mapping[str, Formula], dtype: str, size: float | FloatArray, t: int) -> Survey:
    """Compute one loss by several formulas, at logits of one or N sizes, rounded to `dtype` first.

    The truth comes from the package in float64. A share of error above 1 % is "off"; where the true loss is below
    the smallest normal float of the type, the share is that of this float. Digits are counted from 0 up to what the
    type holds: 3.3, 7.2 or 16. A formula that changes the type or the shape raises ValueError.

    >>> seen = survey({"through p": lambda z, t: -np.log(1 - 1 / (1 + np.exp(-z)))}, "float64", 37.0, t=0)
    >>> seen.truth, seen.losses, seen.verdicts
    (array([37.]), array([[inf]]), [['infinite']])
    """
    z = np.atleast_1d(size).astype(check_choice("dtype", dtype, DTYPES))
    truth = binary_cross_entropy_loss_and_gradient(z.astype(np.float64), np.full(len(z), float(t)))[0]
    losses = np.array([_losses(name, formula, z, t) for name, formula in formulas.items()])
    limits = np.finfo(z.dtype)
    with np.errstate(all="ignore"):
        share = np.abs(losses - truth) / np.maximum(truth, float(limits.tiny))
        digits = np.clip(np.nan_to_num(-np.log10(share), nan=0), 0, -np.log10(float(limits.eps) / 2))
    wrong = [np.isnan(losses), np.isinf(losses), share > OFF]
    verdicts = np.select(wrong, ["NaN", "infinite", "off"], "right")
    return Survey(truth, losses, digits, verdicts.tolist())


def first_failure(formula: Formula, dtype: str, t: int) -> float:
    """Smallest positive logit, of those tried, at which a formula of the loss is off, infinite or NaN; inf if none.

    Tried are all multiples of 1/64 up to 2,048, then 500 sizes up to the largest float of the type. The first one
    counts, even where the formula recovers beyond it.

    >>> first_failure(lambda z, t: np.log(1 + np.exp(z)) - t * z, "float64", t=0)  # exp overflows beyond 709.78
    709.796875
    """
    largest = float(np.finfo(check_choice("dtype", dtype, DTYPES)).max)
    sizes = np.concatenate(
        [np.arange(1, 2048 * 64) / 64, 2 ** np.linspace(11, np.log2(largest), 500)[:-1], [largest]]
    )
    (row,) = survey({"formula": formula}, dtype, sizes, t).verdicts
    failed = np.array(row) != "right"
    return float(sizes[failed.argmax()]) if failed.any() else np.inf


def _losses(name: str, formula: Formula, z: FloatArray, t: int) -> FloatArray:
    with np.errstate(all="ignore"):  # to see what comes of it is the point
        losses = np.asarray(formula(z.copy(), t))
    if losses.shape != z.shape or losses.dtype != z.dtype:
        raise ValueError(
            f"formulas: expected losses of type {z.dtype} and shape {z.shape} from {name!r}, "
            f"got {losses.dtype} and {losses.shape}"
        )
    return losses.astype(np.float64)


def floating_point(formulas: Mapping[str, Formula]) -> Explorer:
    """Explore where formulas of the binary cross-entropy fail: a row each, over the size of the logit.

    formulas: name -> formula(z, t), 1 to 12 of them. Controls: `dtype`, `answer` ("sure and wrong", label 0, or
    "sure and right", label 1) and `size`, the positive logit. Bad input raises ValueError.

    >>> explorer = floating_point({"rearranged": lambda z, t: np.log(1 + np.exp(z)) - t * z})
    >>> explorer.controls["size"].value = 1000
    >>> "Infinite: rearranged." in explorer.caption
    True
    """
    if not 1 <= len(formulas) <= MOST:
        raise ValueError(f"formulas: expected 1 to {MOST} of them, got {len(formulas)}")
    board = _Board(list(formulas))
    strips = lru_cache(maxsize=None)(lambda dtype, t: _runs(survey(formulas, dtype, 10**_COLUMNS, t)))
    here = lru_cache(maxsize=1)(lambda dtype, size, t: survey(formulas, dtype, size, t))

    def update(dtype: str, answer: str, size: float) -> list[Artist]:
        t = ANSWERS[answer]
        return board.show(dtype, size, strips(dtype, t), here(dtype, size, t))

    def caption(dtype: str, answer: str, size: float) -> str:
        return _caption(list(formulas), dtype, answer, size, here(dtype, size, ANSWERS[answer]))

    controls = {
        "dtype": ipywidgets.ToggleButtons(options=list(DTYPES), value="float32", description="type"),
        "answer": ipywidgets.ToggleButtons(options=list(ANSWERS), description="answer"),
        "size": ipywidgets.FloatLogSlider(10, min=0, max=_TOP, step=0.025, description="logit", readout_format=".4g"),
    }
    return Explorer(board.figure, controls, update, caption, _code)


def _caption(names: list[str], dtype: str, answer: str, size: float, seen: Survey) -> str:
    """Say what each formula makes of this logit."""
    label = ANSWERS[answer]
    groups = []
    for verdict, words in zip(_COLOURS, ("Right to 1 %", "Off", "Infinite", "Not a number"), strict=True):
        there = [m for m in range(len(names)) if seen.verdicts[m][0] == verdict]
        listed = [names[m] + (f" ({seen.losses[m, 0]:.4g})" if verdict == "off" else "") for m in there]
        if listed:
            groups.append(f"{words}: {', '.join(listed)}.")
    return (
        f"{dtype}, logit {size:.4g}, label {label}: {answer}. The true loss is {seen.truth[0]:.4g} nats. "
        + " ".join(groups)
    )


def _code(dtype: str, answer: str, size: float) -> str:
    """Give the lines that compute the numbers in the picture."""
    return (
        "import numpy as np\n"
        "from course_utils.losses import binary_cross_entropy_loss_and_gradient\n\n"
        f"z = np.array([{size!r}]).astype({dtype!r})\n"
        f"losses = {{name: formula(z, {ANSWERS[answer]})[0] for name, formula in formulas.items()}}\n"
        f"truth = binary_cross_entropy_loss_and_gradient(z.astype(np.float64), np.array([{ANSWERS[answer]}.0]))[0]"
    )


def _shown(loss: float) -> str:
    return "∞" if np.isposinf(loss) else f"{loss:.4g}".replace("nan", "NaN")


class _Board:
    """The figure: verdicts over the size of the logit at the left, right digits and losses here at the right."""

    def __init__(self, names: list[str]) -> None:
        self.figure = Figure(figsize=(9.2, 0.9 + 0.3 * max(len(names), 4)), layout="constrained")
        left, right = self.figure.subplots(1, 2, sharey=True, width_ratios=[1.6, 1])
        rows, self._ends = range(len(names)), [-0.5, len(names) - 0.5]
        left.set(xlim=(-_HALF, _TOP + _HALF), ylim=self._ends[::-1], xlabel="size of the logit")
        left.set_yticks(rows, names)
        left.set_xticks([0, 1, 2, 3], ["1", "10", "100", "1,000"])
        right.set(xlim=(0, 23), xticks=[0, 4, 8, 12, 16], xlabel="decimal digits that are right, and the loss")
        right.tick_params(labelleft=False)
        for ax in (left, right):
            ax.tick_params(left=False)
            ax.spines[:].set_visible(False)
        self._strips = PolyCollection([], zorder=2, antialiased=False)
        left.add_collection(self._strips, autolim=False)
        (self._halo,) = left.plot([], [], color="white", linewidth=4, zorder=3)
        (self._line,) = left.plot([], [], color="black", linewidth=2, zorder=4)
        self._bars = PolyCollection([], zorder=2, edgecolor="black", linewidth=0.6)
        right.add_collection(self._bars, autolim=False)
        (self._most,) = right.plot([], [], "--", color="black", linewidth=1, zorder=3)
        self._numbers = add_numbers(right, [(23, row) for row in rows], right.transData)
        self._titles = [ax.set_title("0", fontsize=10, loc="left") for ax in (left, right)]
        patches = [Patch(facecolor=PALETTE[colour], label=verdict) for verdict, colour in _COLOURS.items()]
        self.figure.legend(handles=patches, loc="outside lower left", ncols=4, frameon=False, fontsize=9)

    def show(self, dtype: str, size: float, strips: list[_Strip], seen: Survey) -> list[Artist]:
        """Set every artist that depends on the state and return them all."""
        self._strips.set(
            verts=[_box(row, low, high) for row, low, high, _ in strips],
            facecolor=[_colour(verdict) for *_, verdict in strips],
        )
        for line in (self._line, self._halo):
            line.set_data([np.log10(size)] * 2, self._ends)
        verdicts = [verdict for (verdict,) in seen.verdicts]
        self._bars.set(
            verts=[_box(row, 0, digits) for row, digits in enumerate(seen.digits[:, 0])],
            facecolor=[_colour(verdict) for verdict in verdicts],
        )
        most = -np.log10(float(np.finfo(dtype).eps) / 2)
        self._most.set_data([most, most], self._ends)
        self._numbers.set_paths([outline(_shown(loss)) for loss in seen.losses[:, 0]])
        self._titles[0].set_text(f"logit {size:.4g}: {verdicts.count('right')} of {len(verdicts)} are right")
        self._titles[1].set_text(f"the truth: {seen.truth[0]:.4g} nats")
        return [self._strips, self._line, self._halo, self._bars, self._most, self._numbers, *self._titles]


def _runs(seen: Survey) -> list[_Strip]:
    """Join neighbouring columns of one verdict into strips (row, from, to, verdict), in powers of ten."""
    strips = []
    for row, verdicts in enumerate(seen.verdicts):
        column = 0
        for verdict, same in groupby(verdicts):
            first, column = column, column + len(list(same))
            strips.append((row, float(_COLUMNS[first] - _HALF), float(_COLUMNS[column - 1] + _HALF), verdict))
    return strips


def _box(row: int, low: float, high: float) -> list[tuple[float, float]]:
    return [(low, row - 0.42), (high, row - 0.42), (high, row + 0.42), (low, row + 0.42)]


def _colour(verdict: str) -> str:
    return PALETTE[_COLOURS[verdict]]
