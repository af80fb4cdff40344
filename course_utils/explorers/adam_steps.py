"""How far Adam steps for a given row of gradients, with momentum and plain descent beside it (lesson 10)."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Any, NamedTuple

import ipywidgets
import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from course_utils.explorers.engine import Explorer
from course_utils.numerics import FloatArray, check_choice, check_integer, check_number
from course_utils.optimizers import AdamState, UpdateRule, adam, gradient_descent, momentum
from course_utils.plots import PALETTE

PATTERNS = ("constant", "alternating", "once")
SHOWN = 100  # updates from the first gradient on
EPSILON = 1e-8
_QUIET = 12  # silent updates that the first panel shows before
_LOW, _HIGH = 1e-2, 1e3  # the longest and the shortest step that the second panel shows, in learning rates


class Steps(NamedTuple):
    """What the rules make of a row of gradients; see `steps_after`."""

    gradients: FloatArray  # (SHOWN,), from the first that is not zero on
    plain: FloatArray  # (SHOWN,), each step in learning rates; positive against a positive gradient
    momentum: FloatArray
    adam: FloatArray
    scale: FloatArray  # (SHOWN,), what Adam multiplies its mean gradient by: 1 / (sqrt(v) + epsilon)


def steps_after(silence: int, pattern: str, size: float, beta_1: float, beta_2: float) -> Steps:
    """Let plain descent, momentum and Adam step along `silence` gradients of zero and then SHOWN of a pattern.

    "constant" repeats `size`, "alternating" changes its sign at every update, "once" is `size` and then zeros.
    Momentum's beta is beta_1. v is the mean square after Adam's correction for its start at zero. Bad input raises
    ValueError or TypeError.

    >>> steps_after(0, "constant", 5.0, 0.9, 0.999).adam[[0, 1, -1]].round(6).tolist()
    [1.0, 1.0, 1.0]
    >>> float(steps_after(5000, "once", 5.0, 0.9, 0.999).adam[0].round(2))
    3.15
    """
    silence = check_integer("silence", silence, at_least=0)
    size = check_number("size", size, above=0)
    row = {"constant": np.ones(SHOWN), "alternating": (-1.0) ** np.arange(SHOWN), "once": np.eye(SHOWN)[0]}
    gradients = size * row[check_choice("pattern", pattern, PATTERNS)]
    still = (np.zeros(()),)  # what a rule remembers of zeros is zero: only Adam's count of updates goes on
    plain, _ = _walk(gradient_descent, gradients, None)
    heavy, _ = _walk(partial(momentum, beta=beta_1), gradients, still)
    rule = partial(adam, beta_1=beta_1, beta_2=beta_2, epsilon=EPSILON)
    steps, states = _walk(rule, gradients, AdamState(silence, still, still))
    corrected = [float(state.mean_square[0]) / (1 - beta_2**state.updates) for state in states]
    return Steps(gradients, plain, heavy, steps, 1 / (np.sqrt(corrected) + EPSILON))


def _walk(rule: UpdateRule, gradients: FloatArray, state: Any) -> tuple[FloatArray, list[Any]]:
    """Steps of a rule with learning rate 1, one a gradient, and its state after each."""
    here, steps, states = (np.zeros(()),), [], []
    for gradient in gradients:
        there, state = rule(here, (gradient,), state, 1.0)
        steps.append(-float(there[0]))  # always from zero, so that nothing is lost beside a large weight
        states.append(state)
    return np.array(steps), states


def adam_steps() -> Explorer:
    """Explore Adam's step: pick a row of gradients, their size and the betas; see how far each rule moves a weight.

    >>> explorer = adam_steps()
    >>> "Adam's first step is 3.15 learning rates" in explorer.caption
    True
    >>> explorer.values = {"pattern": "constant", "silence": 0}
    >>> "Adam's first step is 1.00 learning rates" in explorer.caption
    True
    """
    board = _Board()
    run = lru_cache(maxsize=1)(steps_after)  # picture and caption of one state share one run

    def update(**state: Any) -> list[Artist]:
        return board.show(state["silence"], run(**state))

    def caption(**state: Any) -> str:
        return _caption(run(**state), **state)

    controls = {
        "pattern": ipywidgets.ToggleButtons(options=list(PATTERNS), value="once", description="gradients"),
        "silence": ipywidgets.SelectionSlider(
            options=[(f"{n:,}", n) for n in (0, 10, 100, 1000, 5000, 10_000)], value=5000, description="zeros before"
        ),
        "size": ipywidgets.SelectionSlider(options=[0.1, 1.0, 10.0], value=1.0, description="size of the gradient"),
        "beta_1": ipywidgets.FloatSlider(0.9, min=0, max=0.98, step=0.02, description="β₁ (and momentum's β)"),
        "beta_2": ipywidgets.SelectionSlider(options=[0.9, 0.99, 0.999, 0.9999], value=0.999, description="β₂"),
    }
    return Explorer(board.figure, controls, update, caption, _code)


def _caption(steps: Steps, pattern: str, silence: int, size: float, beta_1: float, beta_2: float) -> str:
    """Say how far the rules go."""
    comes = {"constant": "stays the same", "alternating": "changes its sign at every update", "once": "comes once"}
    lengths = np.abs(steps.adam)
    longest = int(
        (lengths > lengths.max() * (1 - 1e-9)).argmax()
    )  # the first of those that rounding alone tells apart
    return (
        f"After {silence:,} gradients of zero, a gradient of {size:g} {comes[pattern]}. "
        f"With beta_1 = {beta_1:g} and beta_2 = {beta_2:g} "
        f"Adam's first step is {steps.adam[0]:.2f} learning rates, its longest "
        f"{lengths[longest]:.2f} (update {longest + 1}), its last of {SHOWN} {lengths[-1]:.4f}. "
        f"Its scale 1 / (sqrt(v) + epsilon) goes from {steps.scale[0]:.4g} to {steps.scale[-1]:.4g}; "
        f"the learning rate stays. Plain descent starts with {steps.plain[0]:.2f} learning rates and ends with "
        f"{abs(steps.plain[-1]):.2f}, momentum ends with {abs(steps.momentum[-1]):.4f}."
    )


def _code(pattern: str, silence: int, size: float, beta_1: float, beta_2: float) -> str:
    """Give the lines that compute the numbers in the picture."""
    return (
        "from course_utils.explorers.adam_steps import steps_after\n\n"
        f"gradients, plain, momentum, adam, scale = steps_after(\n"
        f"    {silence}, {pattern!r}, {size!r}, beta_1={beta_1!r}, beta_2={beta_2!r}\n"
        ")\n"
        "lengths = [abs(steps) for steps in (plain, momentum, adam)]  # in learning rates"
    )


class _Board:
    """The figure: the gradients, how long the steps are, and the scale by which Adam multiplies."""

    def __init__(self) -> None:
        self.figure = Figure(figsize=(9.4, 3.3), layout="constrained")
        first, second, third = self.figure.subplots(1, 3, width_ratios=[0.8, 1.25, 1])
        for ax in (first, second, third):
            ax.set(xlabel="update after the silence", xlim=(-2, SHOWN + 2))
            ax.grid(alpha=0.3)
            ax.spines[["top", "right"]].set_visible(False)
        first.set(xlim=(-_QUIET - 1, 30), ylim=(-1.3, 1.3), ylabel="gradient / its size")
        second.set(yscale="log", ylim=(_LOW, _HIGH), ylabel="length of the step (learning rates)")
        third.set(yscale="log", ylim=(1e-2, 1e4), ylabel="Adam's scale, 1 / (√v + ε)")
        (self._gradients,) = first.plot([], [], color="black", drawstyle="steps-mid", zorder=4)
        strokes = {"plain descent": ("vermilion", "s:"), "momentum": ("black", "--"), "Adam": ("blue", "o-")}
        self._lengths = [
            second.plot([], [], stroke, color=PALETTE[colour], linewidth=1.5, markersize=3, zorder=4, label=name)[0]
            for name, (colour, stroke) in strokes.items()
        ]
        second.legend(loc="upper right", frameon=False, ncols=3, fontsize=8, columnspacing=1, handlelength=1.5)
        (self._scale,) = third.plot([], [], color=PALETTE["blue"], linewidth=2, zorder=4)
        self._titles = [ax.set_title("0", fontsize=10, loc="left") for ax in (first, second, third)]

    def show(self, silence: int, steps: Steps) -> list[Artist]:
        """Set every artist that depends on the state and return them all."""
        quiet = min(silence, _QUIET)
        heights = np.concatenate([np.zeros(quiet), steps.gradients / np.abs(steps.gradients).max()])
        self._gradients.set_data(np.arange(1 - quiet, SHOWN + 1), heights)
        updates = np.arange(1, SHOWN + 1)
        for line, values in zip(self._lengths, (steps.plain, steps.momentum, steps.adam), strict=True):
            line.set_data(updates, np.where(values == 0, np.nan, np.abs(values)))  # a log axis has no zero
        self._scale.set_data(updates, steps.scale)
        lengths = np.abs(steps.adam)
        texts = (
            f"{silence:,} zeros before",
            f"Adam: first {steps.adam[0]:.2f}, longest {lengths.max():.2f}, last {lengths[-1]:.2f}",
            f"{steps.scale[0]:.3g} at first, {steps.scale[-1]:.3g} at last",
        )
        for title, text in zip(self._titles, texts, strict=True):
            title.set_text(text)
        return [self._gradients, *self._lengths, self._scale, *self._titles]
