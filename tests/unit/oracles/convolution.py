"""Convolution: every number of `look`, under the kernels of the list and under any nine weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.explorers.convolution import KERNELS, convolution, look

PIXELS = np.random.default_rng(11).integers(0, 256, (3, 9, 12))
PIXELS[2] = 0  # no ink at all
GIVEN = {"images": PIXELS / 255}
TURNED = -KERNELS["left edge"]
IDENTITY = np.eye(9)[4].reshape(3, 3)


def states(rng: np.random.Generator) -> list[dict[str, Any]]:
    kernels = [*KERNELS.values(), TURNED, IDENTITY, np.zeros((3, 3)), *rng.uniform(-10, 10, (30, 3, 3)).round(2)]
    made = []
    for kernel in kernels:
        places = [
            (0, 0, 0),
            (2, 6, 9),
            *zip(rng.integers(0, 3, 2), rng.integers(0, 7, 2), rng.integers(0, 10, 2), strict=True),
        ]
        loudest = np.unravel_index(look(GIVEN["images"][1], kernel, 0, 0).response.argmax(), (7, 10))
        for picture, row, column in [*places, (1, *loudest)]:
            made.append(convolution(GIVEN["images"], int(picture), kernel, int(row), int(column)).state)
    return made


def numbers(state: dict[str, Any]) -> dict[str, Any]:
    place = look(GIVEN["images"][state["picture"]], state["kernel"], state["row"], state["column"])
    span = {"low": place.response.min(), "high": place.response.max(), "weight": np.sum(state["kernel"])}
    return {**place._asdict(), **span}
