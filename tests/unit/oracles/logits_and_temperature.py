"""Logits and temperature: every number of `push_a_logit`."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.explorers.logits_and_temperature import push_a_logit

# What the goals ask for, the borders, and few classes.
SPECIAL: list[dict[str, Any]] = [
    {"z": [2.0, 3.0, 3.3, 0.0], "temperature": 1.0, "i": 1, "c": 2},
    {"z": [-6.0, -6.0, 6.0, -6.0], "temperature": 0.5, "i": 2, "c": 2},
    {"z": [2.0, 4.7, 5.0, 0.0], "temperature": 1.0, "i": 1, "c": 1},
    {"z": [6.0, 6.0, 6.0, 6.0], "temperature": 8.0, "i": 0, "c": 3},
    {"z": [0.0, 0.0], "temperature": 1.0, "i": 1, "c": 0},
]


def states(rng: np.random.Generator) -> list[dict[str, Any]]:
    made = list(SPECIAL)
    for _ in range(200):
        K = int(rng.integers(2, 5))
        z, temperature = rng.uniform(-6, 6, K).round(1).tolist(), float(2 ** rng.uniform(-1, 3))
        made.append({"z": z, "temperature": temperature, "i": int(rng.integers(K)), "c": int(rng.integers(K))})
    return made


def numbers(state: dict[str, Any]) -> dict[str, Any]:
    i, c = state["i"], state["c"]
    push = push_a_logit(state["z"], i, state["temperature"])
    return {**push._asdict(), "change": push.change, "forecast": push.J[:, i], "slope": push.J[c, i]}
