"""Two distributions: every number of `every_term`."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.explorers.two_distributions import every_term

NAMES = ["<rain>", "sun", "cloud", "a long name"]
# What the goals ask for, the borders, and another number of outcomes.
SPECIAL = [
    ([1, 4, 5], [1, 4, 5]),
    ([1, 4, 5], [2, 5, 5]),
    ([1, 4, 5], [0, 2, 5]),
    ([0, 0, 10], [0, 10, 0]),
    ([10, 0, 0], [1, 10, 10]),
    ([1, 0, 0], [10, 0, 0]),
    ([1, 1], [1, 3]),
    ([1, 2, 3, 4], [4, 3, 2, 1]),
]


def states(rng: np.random.Generator) -> list[dict[str, Any]]:
    pairs = list(SPECIAL)
    for _ in range(150):
        parts = rng.integers(0, 11, (2, 3)) * rng.integers(0, 2, (2, 3))
        parts[[0, 1], rng.integers(0, 3, 2)] = rng.integers(1, 11, 2)
        pairs.append((parts[0].tolist(), parts[1].tolist()))
    return [{"names": NAMES[: len(p)], "parts_of_p": p, "parts_of_q": q} for p, q in pairs]


def numbers(state: dict[str, Any]) -> dict[str, Any]:
    terms = every_term(state["parts_of_p"], state["parts_of_q"])
    with np.errstate(divide="ignore"):
        return {**terms._asdict(), "surprises": -np.log(terms.P), "prices": -np.log(terms.Q)}
