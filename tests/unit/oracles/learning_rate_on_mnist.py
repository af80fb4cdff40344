"""Learning rate on MNIST: every run, by updates and by seconds, twice each; single floats, as they are stored."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.explorers.learning_rate_on_mnist import (
    BLIND,
    BUDGETS,
    batch_sizes,
    loss_within_budget,
    rates,
    training_run,
)

RTOL = 1e-6


def states(rng: np.random.Generator) -> list[dict[str, Any]]:
    all_states = [
        {"rate": rate, "batch_size": size, "by": by} for rate in rates() for size in batch_sizes() for by in BUDGETS
    ]
    return [*all_states, *(dict(state) for state in rng.permutation(np.array(all_states)))]


def numbers(state: dict[str, Any]) -> dict[str, Any]:
    run = training_run(state["rate"], state["batch_size"])
    map_of_all = [[loss_within_budget(rate, size, state["by"]) for rate in rates()] for size in batch_sizes()]
    best = min((loss, rates()[c], batch_sizes()[r]) for r, row in enumerate(map_of_all) for c, loss in enumerate(row))
    return {**run._asdict(), "reached": loss_within_budget(**state), "map": map_of_all, "best": best, "blind": BLIND}
