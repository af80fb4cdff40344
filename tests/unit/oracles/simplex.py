"""The simplex: every number of `spot`."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.explorers.simplex import spot

CORNERS = [(0, 0), (100, 0), (0, 100), (50, 50), (0, 50), (33, 33), (34, 33), (40, 40), (70, 80), (100, 100)]


def states(rng: np.random.Generator) -> list[dict[str, Any]]:
    pairs = [*CORNERS, *rng.integers(0, 101, (200, 2)).tolist()]
    return [{"names": ["<rain>", "sun", "cloud"], "first": first, "second": second} for first, second in pairs]


def numbers(state: dict[str, Any]) -> dict[str, Any]:
    at = spot(state["first"], state["second"])
    return {**at._asdict(), "nearest": list(at.nearest)}
