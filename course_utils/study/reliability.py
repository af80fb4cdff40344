"""How far can stated probabilities be trusted: the reliability diagram of a person or of a model, with its doubt."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from course_utils.numerics import check_array, check_integer, check_probabilities, check_shape
from course_utils.plots import PALETTE

EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


class Bin(NamedTuple):
    """Predictions of about one probability: how many, their mean, the share that came true, and its interval."""

    n: int
    stated: float
    right: float
    low: float
    high: float


def reliability(p: npt.ArrayLike, right: npt.ArrayLike) -> tuple[Bin, ...]:
    """Sort stated probabilities into fifths of [0, 1] and compare each with what happened; empty fifths are left out.

    p (N,) in [0, 1]: the probability stated for what was thought likeliest; right (N,), whether that was so. `low`
    to `high` is Wilson's 95 % interval. Other shapes or entries raise ValueError.
    DeGroot and Fienberg, "The comparison and evaluation of forecasters" (1983).

    >>> [found] = reliability([0.9, 0.8, 0.85, 0.9], [True, False, True, True])
    >>> found.n, round(found.stated, 4), found.right
    (4, 0.8625, 0.75)
    """
    p = check_probabilities("p", p, ("N",))
    hit = check_array("right", right)
    check_shape("right", hit, (len(p),))
    if not np.isin(hit, (0, 1)).all():
        raise ValueError("right: expected True or False for each probability, got something else")
    # A probability on an edge belongs to the fifth that begins there, and 1 to the last.
    place = np.minimum(np.searchsorted(EDGES, p, side="right") - 1, len(EDGES) - 2)
    return tuple(
        Bin(
            int(here.sum()), float(p[here].mean()), float(hit[here].mean()), *wilson(int(hit[here].sum()), here.sum())
        )
        for here in (place == i for i in range(len(EDGES) - 1))
        if here.any()
    )


def wilson(right: int, count: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval for a chance of which `right` of `count` trials came true, by scipy.

    >>> [round(end, 3) for end in wilson(6, 6)]
    [0.61, 1.0]
    """
    from scipy.stats import binomtest

    r = check_integer("right", right, at_least=0)
    interval = binomtest(r, check_integer("count", count, at_least=max(1, r))).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def plot_reliability(p: npt.ArrayLike, right: npt.ArrayLike, *, title: str, ax: Axes) -> Axes:
    """Draw what came true against what was stated, with 95 % intervals and the count of each fifth.

    p and right as in `reliability`; of no predictions only the diagonal is drawn, and that is said.
    """
    bins = reliability(p, right)
    ax.plot([0, 1], [0, 1], linestyle="--", color=PALETTE["black"], linewidth=1)
    ax.text(0.01, 0.05, "as stated", rotation=45, rotation_mode="anchor", fontsize=10)
    for each in bins:
        ax.plot([each.stated] * 2, [each.low, each.high], color=PALETTE["blue"], linewidth=2, solid_capstyle="butt")
        ax.plot(each.stated, each.right, "o", color=PALETTE["blue"], markersize=8)
        place, box = (each.stated, max(each.high, each.right)), {"fc": "white", "ec": "none", "pad": 0.5}
        ax.annotate(f"n = {each.n:,}", place, (0, 8), textcoords="offset points", ha="center", bbox=box)
    if not bins:
        ax.text(0.5, 0.5, "no probabilities yet", ha="center", va="center", bbox={"fc": "white", "ec": "none"})
    shares = ["0", "20 %", "40 %", "60 %", "80 %", "100 %"]
    ax.set_xticks(EDGES, shares)
    ax.set_yticks(EDGES, shares)
    ax.set(xlim=(-0.02, 1.04), ylim=(-0.02, 1.12), xlabel="stated (mean of each fifth)", ylabel="came true (share)")
    ax.set(title=title, aspect="equal")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def describe_reliability(p: npt.ArrayLike, right: npt.ArrayLike) -> str:
    """Say in words what the diagram shows and how little it proves: the text for who cannot see it.

    >>> print(describe_reliability([0.9] * 6, [True] * 6))
    6 predictions: stated 90 % on average, came true 100 % (95 % interval 61 to 100 %).
    Such a share may have come from chances as stated: this is no evidence of being too sure or not sure enough.
    Stated about 90 %: 6 of 6 came true, 61 to 100 %.
    """
    p, hit = check_probabilities("p", p, ("N",)), check_array("right", right)
    bins = reliability(p, hit)
    if not bins:
        return "No predictions with probabilities yet, so there is nothing to draw."
    stated, share = float(p.mean()), float(hit.mean())
    low, high = wilson(int(hit.sum()), len(p))
    interval = f"95 % interval {_span(low, high)}"
    lines = [
        f"{len(p):,} predictions: stated {100 * stated:.0f} % on average, came true {100 * share:.0f} % ({interval})."
    ]
    if low <= stated <= high:
        lines.append(
            "Such a share may have come from chances as stated: this is no evidence of being too sure or "
            "not sure enough."
        )
    else:
        lines.append(
            f"What was stated lies outside: {'too' if stated > high else 'not'} sure"
            f"{'' if stated > high else ' enough'}, and chance alone would rarely do that."
        )
    for each in bins:
        of = f"{round(each.right * each.n):,} of {each.n:,} came true"
        lines.append(f"Stated about {100 * each.stated:.0f} %: {of}, {_span(each.low, each.high)}.")
    return "\n".join(lines)


def _span(low: float, high: float) -> str:
    return f"{100 * low:.0f} to {100 * high:.0f} %"
