"""The S curve by hand: every number of `fit`."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.explorers.fit_by_hand import fit

BORDERS = [(2.0, 26.0), (9.7, 14.4), (12.0, 12.0), (12.0, 12.1), (20.0, 5.0), (-10.0, 40.0), (28.0, 0.0), (8.0, 16.0)]


def states(rng: np.random.Generator) -> list[dict[str, Any]]:
    pairs = [*BORDERS, *rng.uniform(-10, 40, (200, 2)).round(1).tolist()]
    return [{"quarter": quarter, "three_quarters": three_quarters} for quarter, three_quarters in pairs]


def numbers(state: dict[str, Any]) -> dict[str, Any]:
    return fit(**state)._asdict()
