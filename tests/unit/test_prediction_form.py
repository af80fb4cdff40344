"""A prediction by hand: one press is enough, how sure is a second one, a number goes into a field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from course_utils import progress_store
from course_utils.study.predictions import predict, reveal
from course_utils.study.questions import Question, questions

WITH_CHOICES = [asked for asked in questions("predictions").values() if asked.choices]


@pytest.fixture(autouse=True)
def _empty_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path))


def widgets_of(shown: Any) -> list[Any]:
    """The panel's widgets, from left to right and from top to bottom."""

    def inside(widget: Any) -> list[Any]:
        children = getattr(widget, "children", ())
        return [each for child in children for each in inside(child)] if children else [widget]

    return inside(shown.panel())


def noted(key: str) -> Any:
    return progress_store.entries("predictions")[key]["answer"]


def test_one_press_is_a_prediction() -> None:
    letters, _, told = widgets_of(predict("04.p1"))
    assert (letters.value, told.value) == (None, "")
    assert next(label for label, _ in letters.options).startswith("a) ")
    letters.value = "b"
    assert noted("04.p1") == "b"
    assert ">Noted</b>" in told.value
    letters.value = "a"
    assert noted("04.p1") == "a"
    assert widgets_of(predict("04.p1"))[0].value == "a"


def test_how_sure_makes_it_probabilities_in_either_order() -> None:
    letters, sure, told = widgets_of(predict("04.p1"))
    sure.value = 0.8
    assert told.value == ""
    letters.value = "c"
    assert noted("04.p1") == {"a": 0.1, "b": 0.1, "c": 0.8}
    sure.value = 0.95
    assert noted("04.p1") == {"a": 0.025, "b": 0.025, "c": 0.95}
    again = widgets_of(predict("04.p1"))
    assert (again[0].value, again[1].value) == ("c", 0.95)


@pytest.mark.parametrize("asked", WITH_CHOICES, ids=lambda asked: asked.id)
def test_every_choice_can_be_pressed(asked: Question) -> None:
    letters, sure, told = widgets_of(predict(asked.id))
    for _, letter in letters.options:
        for _, p in sure.options:
            letters.value, sure.value = letter, p
            assert noted(asked.id)[letter] == p == max(noted(asked.id).values())
            assert ">Noted</b>" in told.value


def test_a_number_is_written_into_a_field() -> None:
    field, unit, button, told = widgets_of(predict("11.p1"))
    assert unit.value == "rows"
    field.value = "512"
    assert noted("11.p1") == 512
    field.value = "many"
    assert "Write a number" in told.value
    field.value = "nan"
    assert "Write a number" in told.value
    assert noted("11.p1") == 512
    field.value = " 5e2 "
    button.click()
    assert noted("11.p1") == 500
    assert ">Noted</b>" in told.value
    assert widgets_of(predict("11.p1"))[0].value == "500"


def test_after_the_answer_there_is_no_form_and_an_open_one_is_too_late() -> None:
    letters, _, told = widgets_of(predict("04.p1"))
    letters.value = "a"
    reveal("04.p1", 2)
    letters.value = "b"
    assert ">Too late</b>" in told.value
    assert noted("04.p1") == "a"
    assert not hasattr(predict("04.p1"), "panel")
