"""What it saw: `what_the_classifier_sees`, of the numbers that the page has, and the pixel that is read out."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.explorers.what_it_saw import what_it_saw, what_the_classifier_sees
from course_utils.plots import SIDE

RNG = np.random.default_rng(8)
W = RNG.normal(0, 0.1, (784, 4)).astype(np.float32).astype(float)
B = RNG.normal(0, 1, 4)
X = (RNG.integers(0, 256, (6, 784)) * (RNG.random((6, 784)) < 0.2)).astype(float)
X[:, 0] = 255
X /= 100  # what was trained on is not always 0 to 255
Y = RNG.integers(0, 4, 6)
GIVEN = {"W": W, "X": X, "b": B}


def states(rng: np.random.Generator) -> list[dict[str, Any]]:
    first = what_it_saw(W, B, X, Y, ["<none>", "one", "two", "three"]).state
    made = []
    for k in range(120):
        digit, shown = int(rng.integers(6)), int(rng.integers(4))
        loudest = int((W[:, shown] * X[digit]).argmax())
        place = int(rng.integers(784)) if k % 3 else loudest
        shift = float(rng.choice([0.0, round(rng.uniform(-10, 10), 1), 10.0]))
        outputs = str(rng.choice(["softmax", "ten sigmoids"]))
        pixel = [place // SIDE, place % SIDE]
        made.append({**first, "digit": digit, "k": shown, "shift": shift, "outputs": outputs, "pixel": pixel})
    return made


def numbers(state: dict[str, Any]) -> dict[str, Any]:
    digit, k = state["digit"], state["k"]
    sight = what_the_classifier_sees(W, B, X[digit], k, state["shift"], state["outputs"])
    place = SIDE * state["pixel"][0] + state["pixel"][1]
    ink, weight = X[digit, place], W[place, k]
    pixel = {"ink": ink, "weight": weight, "contribution": ink * weight, "truth": int(Y[digit])}
    return {**sight._asdict(), **pixel}
