"""How far Adam steps along a row of gradients, with momentum and plain descent beside it (lesson 11)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from course_utils.explorers.page import PageExplorer, State, whole, within
from course_utils.numerics import FloatArray, check_array, check_choice, check_integer, check_number
from course_utils.optimizers import AdamState, UpdateRule, adam, gradient_descent, momentum

SHOWN = 100  # updates of a pattern, from the first gradient on
DRAWN = 40  # updates of a row that is drawn by hand
EPSILON = 1e-8
PATTERNS = ("constant", "alternating", "once")


class Steps(NamedTuple):
    """What the rules make of a row of gradients, all (N,); see `steps_along`."""

    gradients: FloatArray
    plain: FloatArray  # each step in learning rates; positive against a positive gradient
    momentum: FloatArray
    adam: FloatArray
    scale: FloatArray  # what Adam multiplies its mean gradient by: 1 / (sqrt(v) + epsilon)
    mean: FloatArray  # m, after Adam's correction for its start at zero
    root: FloatArray  # sqrt(v), likewise


def steps_along(gradients: npt.ArrayLike, silence: int, beta_1: float, beta_2: float) -> Steps:
    """Let plain descent, momentum and Adam step along `silence` gradients of zero and then `gradients` (N,).

    Momentum's beta is beta_1. Steps are in learning rates: the learning rate is 1. Bad input raises ValueError or
    TypeError.

    >>> steps = steps_along([1.0, 1.0, -0.1], silence=0, beta_1=0.9, beta_2=0.999)
    >>> steps.plain.tolist(), steps.adam.round(2).tolist()
    ([1.0, 1.0, -0.1], [1.0, 1.0, 0.73])
    """
    silence, gradients = check_integer("silence", silence, at_least=0), check_array("gradients", gradients, ("N",))
    still = (np.zeros(()),)  # what a rule remembers of zeros is zero: only Adam's count of updates goes on
    plain, _ = _walk(gradient_descent, gradients, None)
    heavy, _ = _walk(partial(momentum, beta=beta_1), gradients, still)
    rule = partial(adam, beta_1=beta_1, beta_2=beta_2, epsilon=EPSILON)
    steps, states = _walk(rule, gradients, AdamState(silence, still, still))
    counts = silence + 1 + np.arange(len(gradients))
    mean = np.array([float(state.mean[0]) for state in states]) / (1 - beta_1**counts)
    root = np.sqrt(np.array([float(state.mean_square[0]) for state in states]) / (1 - beta_2**counts))
    return Steps(gradients, plain, heavy, steps, 1 / (root + EPSILON), mean, root)


def steps_after(silence: int, pattern: str, size: float, beta_1: float, beta_2: float) -> Steps:
    """Step as in `steps_along`, along SHOWN gradients of a pattern.

    "constant" repeats `size`, "alternating" changes its sign at every update, "once" is `size` and then zeros. Bad
    input raises ValueError or TypeError.

    >>> steps_after(0, "constant", 5.0, 0.9, 0.999).adam[[0, 1, -1]].round(6).tolist()
    [1.0, 1.0, 1.0]
    >>> float(steps_after(5000, "once", 5.0, 0.9, 0.999).adam[0].round(2))
    3.15
    """
    size = check_number("size", size, above=0)
    row = _row(check_choice("pattern", pattern, PATTERNS), SHOWN)
    return steps_along(size * row, silence, beta_1, beta_2)


def _row(pattern: str, n: int) -> FloatArray:
    rows: dict[str, FloatArray] = {
        "constant": np.ones(n),
        "alternating": (-1.0) ** np.arange(n),
        "once": np.eye(n)[0],
    }
    return rows[pattern]


def _walk(rule: UpdateRule, gradients: FloatArray, state: Any) -> tuple[FloatArray, list[Any]]:
    """Steps of a rule with learning rate 1, one a gradient, and its state after each."""
    here, steps, states = (np.zeros(()),), [], []
    for gradient in gradients:
        there, state = rule(here, (gradient,), state, 1.0)
        steps.append(-float(there[0]))  # always from zero, so that nothing is lost beside a large weight
        states.append(state)
    return np.array(steps), states


def check_row(name: str, value: Any) -> list[float]:
    """Return DRAWN numbers from -1 to 1, or those of one of PATTERNS.

    >>> check_row("gradients", "alternating")[:3]
    [1.0, -1.0, 1.0]
    """
    row = _row(check_choice(name, value, PATTERNS), DRAWN) if isinstance(value, str) else value
    row = check_array(name, row, (DRAWN,))
    if np.abs(row).max() > 1:
        raise ValueError(f"{name}: expected numbers from -1 to 1, got {row.min():g} to {row.max():g}")
    return [float(gradient) for gradient in row]


class AdamSteps(PageExplorer):
    """The explorer that `adam_steps` makes."""

    gradients = State(check_row, check_row("gradients", "once"))
    silence = State(whole(0, 10_000), 5000)
    size = State(within(0.001, 1000), 1.0)
    beta_1 = State(within(0, 0.98), 0.9)
    beta_2 = State(within(0.9, 0.9999), 0.999)
    update = State(whole(1, DRAWN), 1)


def adam_steps(
    gradients: str | Sequence[float] = "once",
    silence: int = 5000,
    size: float = 1.0,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    update: int = 1,
) -> AdamSteps:
    """Explore Adam's step: draw a row of 40 gradients by hand, and watch m, the root of v, and how far it goes.

    `gradients` are one of PATTERNS or 40 numbers from -1 to 1, which are multiplied by `size`; `silence` zeros come
    before them. The numbers shown are those at `update`, from 1 on. Bad input raises ValueError or TypeError.

    >>> explorer = adam_steps("constant", silence=0)
    >>> explorer.update = 12
    >>> steps_along(explorer.gradients, explorer.silence, explorer.beta_1, explorer.beta_2).adam[11].round(2)
    np.float64(1.0)
    """
    return AdamSteps(gradients=gradients, silence=silence, size=size, beta_1=beta_1, beta_2=beta_2, update=update)
