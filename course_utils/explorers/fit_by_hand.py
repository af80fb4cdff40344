"""An S curve through thirty evenings, fitted by hand (lesson 04): a surprise for each, and their mean, the loss."""

from __future__ import annotations

import math
from typing import NamedTuple

from course_utils.activations import sigmoid
from course_utils.datasets import load_police
from course_utils.explorers.page import PageExplorer, State, within
from course_utils.losses import binary_cross_entropy_from_logits
from course_utils.numerics import FloatArray

CLOSEST = 0.1  # reservations; nearer than that the two points count as so far apart
check_reservations = within(-10, 40)


class Fit(NamedTuple):
    """What a curve says of the thirty evenings, and what that costs; see `fit`."""

    w: float  # the sigmoid's weight, a logit for each reservation
    b: float  # its bias
    p: FloatArray  # (30,), the chance of a call
    surprise: FloatArray  # (30,), nats
    loss: float  # their mean
    right: int  # verdicts, p above 0.5, that are right


def fit(quarter: float, three_quarters: float) -> Fit:
    """Put the sigmoid through p = 1/4 at `quarter` reservations and p = 3/4 at `three_quarters`; from -10 to 40 each.

    Its weight is 2 ln 3 / (three_quarters - quarter), where the two are 0.1 apart or more. The surprise of an evening
    is minus the logarithm of the chance of what happened. Numbers outside the range raise ValueError.

    >>> [round(fit(*points).loss, 4) for points in [(2, 26), (9.7, 14.4)]]
    [0.4883, 0.2916]
    """
    quarter, three_quarters = (
        check_reservations(name, value) for name, value in (("quarter", quarter), ("three_quarters", three_quarters))
    )
    gap = three_quarters - quarter
    w = 2 * math.log(3) / (gap if abs(gap) >= CLOSEST else CLOSEST)
    b = -w * (quarter + three_quarters) / 2
    data = load_police()
    z = w * data.X[:, 0] + b
    surprise = binary_cross_entropy_from_logits(z, data.y, per_sample=True)
    return Fit(w, b, sigmoid(z), surprise, float(surprise.mean()), int(((z > 0) == (data.y == 1)).sum()))


class FitByHand(PageExplorer):
    """The explorer that `fit_by_hand` makes."""

    quarter = State(check_reservations, 2.0)
    three_quarters = State(check_reservations, 26.0)


def fit_by_hand(quarter: float = 2.0, three_quarters: float = 26.0) -> FitByHand:
    """Fit the chance of a call to thirty evenings by hand: drag the two points that hold the S curve.

    Each evening's surprise is a bar, and their mean is the loss; 10,000 updates of gradient descent reach 0.3657 with
    all three columns. Bad input raises as in `fit`.

    >>> explorer = fit_by_hand()
    >>> explorer.quarter = 8
    >>> explorer
    fit_by_hand(quarter=8.0, three_quarters=26.0)
    """
    return FitByHand(quarter=quarter, three_quarters=three_quarters)
