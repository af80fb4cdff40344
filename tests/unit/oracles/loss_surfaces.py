"""The loss surfaces: every number of `stand`, on the thirty evenings."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.datasets import load_police
from course_utils.explorers.loss_surfaces import LOSSES, stand

_POLICE = load_police()
_X = (_POLICE.X[:, 0] - _POLICE.X[:, 0].mean()) / _POLICE.X[:, 0].std()
GIVEN = {"x": _X, "t": _POLICE.y.astype(float)}
# What the goals ask for, and the corners.
SPECIAL = [(-2.0, 10.0), (0.0, 0.0), (-10.0, -10.0), (-10.0, 10.0), (10.0, -10.0), (10.0, 10.0)]


def states(rng: np.random.Generator) -> list[dict[str, Any]]:
    places = [*SPECIAL, *rng.uniform(-10, 10, (120, 2)).round(1).tolist()]
    turns = [(int(rng.integers(-180, 181)), int(rng.integers(0, 91))) for _ in places]
    turns[0] = (-90, 90)
    data = {name: values.tolist() for name, values in GIVEN.items()}
    return [
        {**data, "w": w, "b": b, "azimuth": azimuth, "elevation": elevation}
        for (w, b), (azimuth, elevation) in zip(places, turns, strict=True)
    ]


def numbers(state: dict[str, Any]) -> dict[str, Any]:
    x, t = np.array(state["x"]), np.array(state["t"])
    losses, slopes, paths = zip(*(stand(x, t, state["w"], state["b"], loss) for loss in LOSSES), strict=True)
    steepness = [np.hypot(*slope) for slope in slopes]
    left = [path[-1, 2] / path[0, 2] for path in paths]
    return {"losses": losses, "slopes": slopes, "paths": paths, "steepness": steepness, "left": left}
