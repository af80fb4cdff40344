"""Two distributions, moved by sliders, with every term of entropy, KL divergence and cross-entropy (lesson 05)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import ipywidgets
import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from course_utils.explorers.engine import Explorer
from course_utils.explorers.panels import add_numbers, outline
from course_utils.numerics import FloatArray, check_array, check_shape
from course_utils.plots import PALETTE, check_names
from course_utils.probability import cross_entropy, entropy, kl_divergence

MOST_PARTS = 10
LONGEST = 3.1  # nats; with at most ten parts for each of three outcomes no finite term is longer
_SHARES = {"P": (PALETTE["blue"], ""), "Q": (PALETTE["orange"], "...")}
_SUMS = {"H": (PALETTE["blue"], ""), "KL": (PALETTE["vermilion"], "///"), "CE": (PALETTE["black"], "")}


class Terms(NamedTuple):
    """All that two distributions of K outcomes have to say about each other, in nats; see `every_term`."""

    P: FloatArray  # (K,)
    Q: FloatArray  # (K,)
    h: FloatArray  # (K,) -P ln P
    kl: FloatArray  # (K,) P ln(P / Q), which may be negative
    ce: FloatArray  # (K,) -P ln Q, the sum of the two before
    entropy: float
    divergence: float
    cross_entropy: float
    reverse: float  # KL(Q, P)


def every_term(parts_of_p: npt.ArrayLike, parts_of_q: npt.ArrayLike) -> Terms:
    """Terms of H(P), KL(P, Q) and CE(P, Q), and their sums, from parts: (1, 4, 5) stands for (0.1, 0.4, 0.5).

    Both (K,), not negative, not all 0; anything else raises ValueError or TypeError. An outcome that P rules out
    adds 0; one that Q alone rules out costs inf.

    >>> terms = every_term([1, 1], [1, 3])
    >>> terms.kl.round(4), round(terms.divergence, 4)
    (array([ 0.3466, -0.2027]), 0.1438)
    """
    P, Q = _shares("parts_of_p", parts_of_p), _shares("parts_of_q", parts_of_q)
    check_shape("parts_of_q", Q, P.shape)
    h, ce = _prices(P, P), _prices(P, Q)
    totals = (entropy(P), kl_divergence(P, Q), cross_entropy(P, Q), kl_divergence(Q, P))
    return Terms(P, Q, h, ce - h, ce, *map(float, totals))


def _shares(name: str, parts: npt.ArrayLike) -> FloatArray:
    array = check_array(name, parts, ("K",))
    if (array < 0).any() or not array.any():
        raise ValueError(f"{name}: expected parts of at least 0, and one above 0, got {array.tolist()}")
    shares: FloatArray = array / array.sum()
    return shares


def _prices(P: FloatArray, Q: FloatArray) -> FloatArray:
    """-P ln Q for each outcome, and 0 where P is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(P == 0, 0, 0 - P * np.log(Q))  # 0 - 0 is 0, where -0 would be -0


def two_distributions(names: Sequence[object], parts_of_p: Sequence[int], parts_of_q: Sequence[int]) -> Explorer:
    """Explore two distributions over the outcomes `names`: what is (P), and what is believed (Q).

    `parts_of_p` and `parts_of_q`, whole numbers from 0 to 10, are where the sliders `P0`, `P1`, ... and `Q0`, `Q1`,
    ... begin: outcome k has its parts over the sum of all parts. Bad input raises ValueError or TypeError.

    >>> explorer = two_distributions(["no", "yes"], [1, 1], [1, 3])
    >>> explorer.controls["Q1"].value = 1
    >>> explorer
    Explorer(P0=1, P1=1, Q0=1, Q1=1)
    """
    p, q = _check_parts("parts_of_p", parts_of_p), _check_parts("parts_of_q", parts_of_q)
    every_term(p, q)  # refuses two lengths, and parts that are all 0
    labels = check_names("names", names, len(p))
    board = _Board(labels)

    def update(**parts: int) -> list[Artist]:
        return board.show(_terms(parts))

    def caption(**parts: int) -> str:
        return _caption(_terms(parts), labels)

    controls = {
        f"{letter}{k}": ipywidgets.IntSlider(parts[k], 0, MOST_PARTS, description=f"{letter} {label}")
        for letter, parts in (("P", p), ("Q", q))
        for k, label in enumerate(labels)
    }
    return Explorer(board.figure, controls, update, caption, _code)


def _check_parts(name: str, parts: Sequence[int]) -> list[int]:
    array = check_array(name, parts, ("K",))
    if not np.isin(array, np.arange(MOST_PARTS + 1)).all():
        raise ValueError(f"{name}: expected whole numbers from 0 to {MOST_PARTS}, got {array.tolist()}")
    return [int(part) for part in array]


def _parts(parts: dict[str, int]) -> tuple[list[int], list[int]]:
    values = list(parts.values())
    return values[: len(values) // 2], values[len(values) // 2 :]


def _terms(parts: dict[str, int]) -> Terms:
    return every_term(*_parts(parts))


def _caption(terms: Terms, names: list[str]) -> str:
    """Say what the picture shows: both distributions, the three sums and their terms, the other direction."""

    def each(values: FloatArray) -> str:
        return ", ".join(f"{name} {_number(value)}" for name, value in zip(names, values, strict=True))

    missed = [name for name, p, q in zip(names, terms.P, terms.Q, strict=True) if p > 0 and q == 0]
    end = f" Q gives no chance to {' and '.join(missed)}, which P allows: the price is infinite." if missed else ""
    return (
        f"P: {each(terms.P)}. Q: {each(terms.Q)}. In nats: "
        f"entropy H(P) = {_number(terms.entropy)} ({each(terms.h)}); "
        f"divergence KL(P, Q) = {_number(terms.divergence)} ({each(terms.kl)}); "
        f"cross-entropy CE(P, Q) = H + KL = {_number(terms.cross_entropy)} ({each(terms.ce)}). "
        f"The other way round, KL(Q, P) = {_number(terms.reverse)}.{end}"
    )


def _number(value: float, infinite: str = "infinite") -> str:
    return f"{round(value, 3) + 0:.3f}" if np.isfinite(value) else infinite  # + 0 makes -0 a 0


def _code(**parts: int) -> str:
    """Give the lines that compute the numbers in the picture."""
    p, q = _parts(parts)
    return (
        "import numpy as np\n"
        "from course_utils.explorers.two_distributions import every_term\n"
        "from course_utils.probability import cross_entropy, entropy, kl_divergence\n\n"
        f"P = np.array({p}) / {sum(p)}\n"
        f"Q = np.array({q}) / {sum(q)}\n"
        "H, KL, CE = entropy(P), kl_divergence(P, Q), cross_entropy(P, Q)\n"
        "reverse = kl_divergence(Q, P)\n"
        "terms = every_term(P, Q)  # what each outcome adds to H, KL and CE"
    )


class _Board:
    """The figure: P and Q at the left; at the right H, KL and CE for each outcome and for their sum."""

    def __init__(self, names: list[str]) -> None:
        self.figure = Figure(figsize=(9, 1.0 + 0.58 * (len(names) + 1)), layout=ConstrainedLayoutEngine(wspace=0.06))
        left, right = self.figure.subplots(1, 2, width_ratios=[1, 1.7])
        self._shares = _Bars(left, names, _SHARES, reach=1.0)
        self._terms = _Bars(right, [*names, "sum"], _SUMS, reach=LONGEST)
        right.axhspan(len(names) - 0.1, len(names) + 1, color="0.93", zorder=0)
        left.set(xlabel="probability", title="what is (P), what is believed (Q)")
        right.set_xlabel("nats")
        self._title = right.set_title("H + KL = CE. The other way: KL(Q, P) = infinite")

    def show(self, terms: Terms) -> list[Artist]:
        """Set every artist that depends on the state and return them all."""
        shares, nats = np.stack([terms.P, terms.Q]), np.stack([terms.h, terms.kl, terms.ce])
        nats = np.column_stack([nats, [terms.entropy, terms.divergence, terms.cross_entropy]])
        starts = np.stack([np.zeros_like(nats[0]), nats[0], np.zeros_like(nats[0])])  # KL goes on where H ends
        self._title.set_text(f"H + KL = CE. The other way: KL(Q, P) = {_number(terms.reverse)}")
        return [
            *self._shares.show(np.zeros_like(shares), shares),
            *self._terms.show(starts, nats),
            self._title,
        ]


class _Bars:
    """Groups of horizontal bars, one group an outcome, one bar of it a quantity, each with its number."""

    def __init__(self, ax: Axes, names: list[str], kinds: dict[str, tuple[str, str]], reach: float) -> None:
        self._reach, self._height = reach, 0.8 / (len(kinds) + 0.6)
        places = (np.arange(len(kinds)) + 0.5) / (len(kinds) + 0.6)
        self._rows = np.arange(len(names)) + places[:, np.newaxis]  # (kinds, groups)
        rows = self._rows.ravel(order="F")
        labels = [f"{name}   {kind}" if i == 0 else kind for name in names for i, kind in enumerate(kinds)]
        ax.set(xlim=(0, 1.25 * reach), ylim=(len(names), -0.1), yticks=rows, yticklabels=labels)
        ax.set_xticks([tick for tick in ax.get_xticks() if tick <= reach])
        ax.spines[["top", "right"]].set_visible(False)
        ax.spines["bottom"].set_bounds(0, reach)
        ax.tick_params(left=False)
        self._bars = [
            PolyCollection([], facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0, zorder=3)
            for colour, hatch in kinds.values()
        ]
        for bars in self._bars:
            ax.add_collection(bars, autolim=False)
        self._numbers = add_numbers(ax, [(1.25 * reach, row) for row in rows], ax.transData)

    def show(self, starts: FloatArray, values: FloatArray) -> list[Artist]:
        """Draw bars of length `values` from `starts`, both (kinds, groups), cut at the end of the scale."""
        ends = np.minimum(starts + values, self._reach)
        for bars, rows, left, right in zip(self._bars, self._rows, starts, ends, strict=True):
            top, bottom = rows - self._height / 2, rows + self._height / 2
            corners = np.stack([left, top, right, top, right, bottom, left, bottom], axis=-1)
            bars.set_verts(list(corners.reshape(-1, 4, 2)))
        self._numbers.set_paths([outline(_number(value, "∞")) for value in values.ravel(order="F").tolist()])
        return [*self._bars, self._numbers]
