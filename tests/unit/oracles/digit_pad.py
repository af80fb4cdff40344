"""The digit pad: ink in the form of MNIST, to the last bit, and what a softmax classifier reads in it."""

from __future__ import annotations

import base64
from functools import cache
from typing import Any

import numpy as np

from course_utils.explorers.digit_pad import PAD, digit_pad, read_ink
from course_utils.explorers.page import packed
from course_utils.numerics import FloatArray

RNG = np.random.default_rng(12)
W = (RNG.normal(size=(784, 3)) / 4).astype(np.float32)
B = [0.1, -0.2, 0.0]
PAD_OF = digit_pad(W, B, RNG.integers(0, 256, (2, 784)), ["a", "b", "c"])


def states(rng: np.random.Generator) -> list[dict[str, Any]]:
    return [{**PAD_OF.state, "ink": packed(ink.astype(np.uint8))} for ink in [np.zeros((PAD, PAD)), *sheets(rng)]]


def sheets(rng: np.random.Generator) -> list[FloatArray]:
    """Blots of all sizes and places: dots, lines, symmetrical boxes, noise."""
    made: list[FloatArray] = []
    for k in range(120):
        sheet = np.zeros((PAD, PAD))
        height, width = rng.integers(1, 57, 2)
        top, left = rng.integers(0, PAD + 1 - height), rng.integers(0, PAD + 1 - width)
        noise = rng.integers(0, 256, (height, width))
        sheet[top : top + height, left : left + width] = (255, noise, noise < 5)[k % 3]
        made.append(sheet)
    return made


@cache
def _read(ink: str) -> Any:
    return read_ink(W.astype(float), B, np.frombuffer(base64.b64decode(ink), np.uint8).reshape(PAD, PAD))


def numbers(state: dict[str, Any]) -> dict[str, Any]:
    return dict(_read(state["ink"])._asdict())


GIVEN = {"W": W.astype(float), "b": B}
