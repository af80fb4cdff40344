"""The playground: the course's network, after 200 updates and less, from the same points and the same weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.explorers.playground import read_state, settings_of, train_to
from course_utils.explorers.playground.points import DATA, FEATURES
from course_utils.explorers.playground.state import ACTIVATIONS, BATCHES, LOSSES, PENALTIES

UPDATES = 200
# Each reaches one of the goals.
GOALS = (
    "circles_n0.1_x1+x2_1x3_tanh_CE_r1_u1000",
    "spiral_n0.05_x1+x2+sines_1x8_tanh_CE_r0.3_u1500",
    "moons_n0.4_x1+x2+squares+product+sines_2x8_tanh_CE_r1_u300_t90",
)


def as_state(line: str) -> dict[str, Any]:
    settings, updates = read_state(line)
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in settings._asdict().items()}
    return {**plain, "points": [list(point) for point in settings.points], "updates": updates}


def states(rng: np.random.Generator) -> list[dict[str, Any]]:
    made = [as_state(line) for line in GOALS]
    # Rates at which nothing is thrown about: what is chaotic makes a last digit large.
    rates = {"linear": (0.01, 0.03), "relu": (0.03, 0.1)}
    for data in DATA:
        for loss in LOSSES:
            for activation in ACTIVATIONS:
                for classes in (2, 3):
                    hand = rng.uniform(-1.6, 1.6, (int(rng.integers(20)), 2)).round(2).tolist()
                    state = as_state(GOALS[0])
                    state |= {
                        "data": data,
                        "loss": loss,
                        "activation": activation,
                        "classes": classes,
                        "noise": int(rng.integers(11)) / 20,
                        "features": [name for name in FEATURES if rng.random() < 0.5],
                        "hidden": rng.integers(1, 9, int(rng.integers(4))).tolist(),
                        "rate": float(rng.choice(rates.get(activation, (0.1, 0.3)))),
                        "batch": int(rng.choice(BATCHES)),
                        "L1": float(rng.choice(PENALTIES[:3])) if rng.random() < 0.3 else 0.0,
                        "L2": float(rng.choice(PENALTIES)) if rng.random() < 0.3 else 0.0,
                        "share": int(rng.integers(10, 91)),
                        "draw": int(rng.integers(1000)),
                        "seed": int(rng.integers(1000)),
                        "points": [[x, y, int(rng.integers(3))] for x, y in hand],
                        "updates": UPDATES if rng.random() < 0.5 else int(rng.integers(UPDATES)),
                    }
                    made.append(state)
    return made


def numbers(state: dict[str, Any]) -> dict[str, Any]:
    moment = train_to(*settings_of(state))
    return {
        "weights": np.concatenate([part.ravel() for layer in moment.layers for part in layer]),
        "train_losses": moment.train_losses,
        "test_losses": moment.test_losses,
        "test_accuracy": moment.test_accuracy,
        "stopped": moment.stopped,
    }
