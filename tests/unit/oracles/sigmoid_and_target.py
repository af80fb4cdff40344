"""One neuron and two losses: `neuron`, and the lengths and ends of both runs of `race`."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.explorers.sigmoid_and_target import neuron, race

BORDERS = [
    (6.0, 0.0),
    (10.0, 0.0),
    (-10.0, 1.0),
    (0.0, 0.5),
    (0.7, 0.0),
    (-0.7, 1.0),
    (9.0, 0.45),
    (3.0, 1.0),
    (8.0, 0.0),
]


def states(rng: np.random.Generator) -> list[dict[str, Any]]:
    made = zip(rng.uniform(-10, 10, 150).round(1).tolist(), rng.integers(0, 21, 150) / 20, strict=True)
    return [{"z": z, "t": float(t)} for z, t in [*BORDERS, *made]]


def numbers(state: dict[str, Any]) -> dict[str, Any]:
    z, t = state["z"], state["t"]
    runs = race(z, t)
    ends = {f"{name}_steps": len(path) - 1 for name, path in runs._asdict().items()}
    ends |= {f"{name}_end": path[-1] for name, path in runs._asdict().items()}
    return {name: float(value[0]) for name, value in neuron([z], t)._asdict().items()} | ends
