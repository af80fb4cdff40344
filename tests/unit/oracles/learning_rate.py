"""Gradient descent: `descend`, and what each rate leaves; of what is thrown about, less is compared."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.explorers.learning_rate import (
    RATES,
    START,
    SURFACES,
    descend,
    largest_stable_rate,
    loss_above_minimum,
    losses_at_the_end,
)

# At these rates the police's loss throws descent about: a last digit that differs is 1e-7 after a hundred updates.
CHAOTIC = 20.0


def states(rng: np.random.Generator) -> list[dict[str, Any]]:
    made = []
    for surface in SURFACES:
        limit = largest_stable_rate(surface)
        rates = [*RATES.tolist(), limit, limit / 2, limit * (1 - 1e-12), *10 ** rng.uniform(-2, 2, 20)]
        made += [{"surface": surface, "rate": float(rate), "start": list(START)} for rate in rates]
        for start in rng.uniform([-4.6, -4.0], [6.6, 4.0], (40, 2)).round(2).tolist():
            made.append({"surface": surface, "rate": float(rng.choice(RATES)), "start": start})
    return made


def numbers(state: dict[str, Any]) -> dict[str, Any]:
    surface, rate, start = state["surface"], state["rate"], state["start"]
    run = descend(surface, rate, start=start)
    steady = surface != "police" or rate < CHAOTIC
    above = loss_above_minimum(surface, run.path)
    exact = {"path": run.path, "losses": run.losses, "above": above, "left": above[-1]}
    shared: dict[str, Any] = {"verdict": run.verdict, "limit": run.limit}
    if surface != "police":
        shared["ends"] = losses_at_the_end(surface, start)
    return {**shared, **exact} if steady else shared
