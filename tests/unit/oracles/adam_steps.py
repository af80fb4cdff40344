"""Adam's steps: every number of `steps_along`, for the rows of the list and for rows drawn by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.explorers.adam_steps import DRAWN, PATTERNS, adam_steps, steps_along

BETAS = (0.9, 0.99, 0.999, 0.9999)
UPHILL = [1.0] * 20 + [-0.05] * 20


def states(rng: np.random.Generator) -> list[dict[str, Any]]:
    made = [adam_steps(pattern, silence, size) for pattern in PATTERNS for silence in (0, 5000) for size in (0.1, 10)]
    made += [adam_steps(UPHILL, 0, update=25), adam_steps([0.0] * DRAWN, 10), adam_steps("once", 0, beta_1=0.0)]
    for _ in range(100):
        row, silence = (rng.integers(-20, 21, DRAWN) / 20).tolist(), int(rng.choice([0, 10, 100, 1000, 5000, 10_000]))
        size, beta_1, beta_2 = rng.choice([0.1, 1, 10]), rng.integers(0, 50) / 50, rng.choice(BETAS)
        made.append(adam_steps(row, silence, float(size), float(beta_1), float(beta_2), int(rng.integers(1, 41))))
    return [explorer.state for explorer in made]


def numbers(state: dict[str, Any]) -> dict[str, Any]:
    row = state["size"] * np.array(state["gradients"])
    steps = steps_along(row, state["silence"], state["beta_1"], state["beta_2"])
    return {**steps._asdict(), "longest": np.abs(steps.adam).max(), "step": steps.adam[state["update"] - 1]}
