"""Lesson 10: its own claims about lines, cuts and squared error, held on other draws as well; its states."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from course_utils.datasets import draw_toy
from course_utils.exercises.lesson_10 import hidden_gradient, with_squares
from course_utils.explorers.playground.state import read_state, write_state
from course_utils.gradients import central_difference

LESSON = next((Path(__file__).parents[2] / "lessons").glob("10_*.py"))
STATES = re.findall(r"[`\"](\w+_n[\d.]+_[\w+]+_u\d+[\w=.]*)[`\"]", LESSON.read_text(encoding="utf-8"))


def test_every_state_in_the_lesson_can_be_pasted() -> None:
    assert len(STATES) >= 8
    for state in STATES:
        settings = read_state(state)
        assert read_state(write_state(*settings)) == settings


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_squares_solve_circles_on_other_draws_too(seed: int) -> None:
    X, y = draw_toy("circles", 400, noise=0.1, seed=seed)
    plain, bent = (LogisticRegression(C=100).fit(inputs, y) for inputs in (X, with_squares(X)))
    assert plain.score(X, y) < 0.65
    assert bent.score(with_squares(X), y) > 0.98


def test_the_hidden_gradient_by_differences() -> None:
    rng = np.random.default_rng(0)
    X, dz, W, v = rng.normal(size=(5, 2)), rng.normal(size=5), rng.normal(size=(2, 3)), rng.normal(size=3)
    measured = central_difference(lambda w: float(dz @ (np.tanh(X @ w) @ v)), W)
    np.testing.assert_allclose(hidden_gradient(X, dz, W, v), measured, rtol=1e-7, atol=1e-9)
