"""Lesson 14: its yardstick and its cures, by cases whose answer is known beforehand."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from course_utils.activations import softmax
from course_utils.exercises.lesson_14 import best_temperature, calibration_gap, on_the_card
from course_utils.losses import cross_entropy
from tools.percent import read_percent


def test_the_project_s_test_pictures_come_from_the_switch_alone_and_it_is_off() -> None:
    (lesson,) = (Path(__file__).parents[2] / "lessons").glob("14_*.py")
    code = "\n".join(cell.source for cell in read_percent(lesson).cells if cell.cell_type == "code")
    assert re.findall(r".*load_fashion_mnist\(.*", code) == [
        "clothes, open_test_set = hold_back_test_set(load_fashion_mnist())"
    ]
    assert re.findall(r".*open_test_set\(.*", code) == [
        "X_judge, y_judge, judged = open_test_set(project, final) or validation"
    ]
    assert re.findall(r"^final = .*", code, re.MULTILINE) == ["final = False  # True, once, at the very end"]


def test_the_gap_is_zero_where_shares_are_as_stated() -> None:
    p = np.repeat([0.5, 0.9], 10)
    right = np.concatenate([np.tile([0.0, 1.0], 5), np.ones(9), [0.0]])
    assert calibration_gap(p, right) == pytest.approx(0, abs=1e-12)
    assert calibration_gap(p, 1 - right) == pytest.approx(0.4, rel=1e-12)


@pytest.mark.parametrize("T", [0.5, 1.0, 2.0, 4.0])
def test_logits_made_too_sure_by_a_factor_are_levelled_by_it(T: float) -> None:
    rng = np.random.default_rng(0)
    z = rng.normal(size=(20_000, 4)) * 2
    y = (rng.random((20_000, 1)) > softmax(z).cumsum(axis=1)).sum(axis=1)  # drawn as softmax(z) says
    assert best_temperature(T * z, y, np.array([0.25, 0.5, 1.0, 2.0, 4.0, 8.0])) == T


def test_a_mean_of_models_never_costs_more_than_the_models_do_on_average() -> None:
    rng = np.random.default_rng(1)
    p, y = softmax(rng.normal(size=(5, 200, 4)) * 3), rng.integers(0, 4, 200)
    assert cross_entropy(p.mean(axis=0), y) < np.mean([cross_entropy(each, y) for each in p])


def test_the_best_of_many_equal_models_is_partly_luck() -> None:
    rng = np.random.default_rng(2)
    validation, test = rng.binomial(1000, 0.88, size=(2, 50, 200)) / 1000  # 200 searches over fifty equal models
    said = np.array([on_the_card(*pair) for pair in zip(validation.T, test.T, strict=True)])
    assert abs(said.mean() - 0.88) < 0.003
    assert test.max(axis=0).mean() > 0.9
