"""Two distributions, moved by hand, with every term of entropy, KL divergence and cross-entropy (lesson 05)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import traitlets

from course_utils.explorers.page import PageExplorer, State
from course_utils.numerics import FloatArray, check_array, check_shape
from course_utils.plots import check_names
from course_utils.probability import cross_entropy, entropy, kl_divergence

MOST_PARTS = 10


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


def check_parts(name: str, value: Any) -> list[int]:
    """Return parts, whole numbers from 0 to 10, one of them above 0; anything else raises ValueError or TypeError."""
    array = check_array(name, value, ("K",))
    if not np.isin(array, np.arange(MOST_PARTS + 1)).all():
        raise ValueError(f"{name}: expected whole numbers from 0 to {MOST_PARTS}, got {array.tolist()}")
    _shares(name, array)  # refuses parts that are all 0
    return [int(part) for part in array]


class TwoDistributions(PageExplorer):
    """The explorer that `two_distributions` makes."""

    names = State(lambda name, value: check_names(name, value, len(value)), ["no", "yes"])
    parts_of_p = State(check_parts, [1, 1])
    parts_of_q = State(check_parts, [1, 1])

    @traitlets.validate("names")
    def _name_each(self, proposal: Any) -> Any:
        return check_names("names", proposal["value"], len(self.parts_of_p))

    @traitlets.validate("parts_of_p", "parts_of_q")
    def _keep_the_outcomes(self, proposal: Any) -> Any:
        """Refuse another number of outcomes: the picture has two bars for each from the start."""
        name = proposal["trait"].name
        check_shape(name, np.array(proposal["value"]), (len(self.parts_of_p),))
        return proposal["value"]


def two_distributions(
    names: Sequence[object], parts_of_p: Sequence[int], parts_of_q: Sequence[int]
) -> TwoDistributions:
    """Explore two distributions over the outcomes `names`: what is (P), and what is believed (Q). Drag their bars.

    `parts_of_p` and `parts_of_q`, whole numbers from 0 to 10, are where they begin: outcome k has its parts over the
    sum of all parts. Bad input raises ValueError or TypeError.

    >>> explorer = two_distributions(["no", "yes"], [1, 1], [1, 3])
    >>> explorer.parts_of_q = [1, 1]
    >>> explorer
    two_distributions(names=['no', 'yes'], parts_of_p=[1, 1], parts_of_q=[1, 1])
    """
    return TwoDistributions(names=names, parts_of_p=parts_of_p, parts_of_q=parts_of_q)
