"""Floating point: `survey`, at the logit and along the whole row. Its words are counted in the order of VERDICTS."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.explorers.floating_point import ANSWERS, DTYPES, SIZES, VERDICTS, Survey, floating_point, survey
from course_utils.numerics import FloatArray


def through_p(z: FloatArray, t: int) -> FloatArray:
    p = 1 / (1 + np.exp(-z))
    losses: FloatArray = -t * np.log(p) - (1 - t) * np.log(1 - p)
    return losses


def unshifted(z: FloatArray, t: int) -> FloatArray:
    losses: FloatArray = np.log(1 + np.exp(z)) - t * z
    return losses


def softplus_form(z: FloatArray, t: int) -> FloatArray:
    losses: FloatArray = np.maximum(z, 0) - t * z + np.log(1 + np.exp(-np.abs(z)))
    return losses


def with_log1p(z: FloatArray, t: int) -> FloatArray:
    losses: FloatArray = np.maximum(z, 0) - t * z + np.log1p(np.exp(-np.abs(z)))
    return losses


FORMULAS = {"through p": through_p, "<unshifted>": unshifted, "softplus": softplus_form, "with log1p": with_log1p}
GIVEN = {"formulas": FORMULAS}


def states(rng: np.random.Generator) -> list[dict[str, Any]]:
    first = floating_point(FORMULAS).state
    free = [(dtype, answer) for dtype in DTYPES for answer in ANSWERS]
    made = []
    for dtype, answer in free:
        for place in [0, len(SIZES) - 1, *rng.integers(len(SIZES), size=30)]:
            shown = {"dtype": dtype, "answer": answer, "size": float(SIZES[place]), "row": int(rng.integers(4))}
            made.append({**first, **shown})
    return made


def coded(seen: Survey) -> list[list[int]]:
    return [[VERDICTS.index(word) for word in row] for row in seen.verdicts]


def numbers(state: dict[str, Any]) -> dict[str, Any]:
    dtype, t = state["dtype"], ANSWERS[state["answer"]]
    here, along = survey(FORMULAS, dtype, state["size"], t), survey(FORMULAS, dtype, SIZES, t)
    shown = {"truth": here.truth[0], "losses": here.losses[:, 0], "digits": here.digits[:, 0]}
    return {**shown, "verdicts": [code for (code,) in coded(here)], "codes": coded(along)}
