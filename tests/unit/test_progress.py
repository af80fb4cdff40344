"""The map says in a picture and in words what the record of checks says, and names one thing to do."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from course_utils import progress_store
from course_utils.exercises import exercise
from course_utils.study.progress import (
    Progress,
    course_progress,
    describe_progress,
    exercise_ids,
    next_step,
    plot_progress,
    progress,
)
from course_utils.study.questions import questions
from course_utils.syllabus import Lesson, lessons

TWO = (Lesson("01", "One", "?", "60", ()), Lesson("02", "Two", "?", "60", ("01",)))


@pytest.fixture(autouse=True)
def _empty_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path))


def test_every_exercise_of_every_lesson_is_counted() -> None:
    each = course_progress({})
    assert [one.lesson for one in each] == list(lessons())
    for one in each:
        assert one.exercises
        assert all(exercise(key).id == key for key in one.exercises)
        assert one.words == "not begun"
    assert exercise_ids("99") == []


def test_once_right_is_right() -> None:
    progress_store.record_check("00.1", "wrong", "x")
    progress_store.record_check("00.2", "wrong", "x")
    progress_store.record_check("00.2", "right")
    progress_store.record_check("00.2", "wrong", "x")
    progress_store.record_check("99.1", "right")
    start = course_progress(progress_store.entries("checks"))[0]
    assert start.exercises == {"00.1": "wrong so far", "00.2": "right", "00.3": "not tried"}
    assert start.words == "1 of 3 right"


def test_next_is_what_was_begun_first() -> None:
    one = Progress(TWO[0], {"01.1": "not tried", "01.2": "not tried"})
    two = Progress(TWO[1], {"02.1": "right", "02.2": "wrong so far"})
    done = Progress(TWO[0], {"01.1": "right"})
    assert next_step([one, two]) == "Next: exercise 02.2, in lesson 02, Two."
    assert next_step([one]) == "Next: exercise 01.1, in lesson 01, One."
    assert next_step([done, two]) == "Next: exercise 02.2, in lesson 02, Two."
    assert next_step([done]) == "Next: everything is right. Close with the project of the last lesson."
    assert Progress(TWO[0], {}).words == "no exercises"


def test_the_words_say_what_the_picture_shows() -> None:
    each = [
        Progress(TWO[0], {"01.1": "right", "01.2": "right"}),
        Progress(TWO[1], {"02.1": "right", "02.2": "wrong so far", "02.3": "not tried"}),
    ]
    _, axes = plt.subplots(1, 2)
    plot_progress(each, axes)
    assert [text.get_text() for text in axes[1].texts] == ["done", "1 of 3 right"]
    assert axes[1].get_title() == "3 of 5 exercises right"
    shapes = [(line.get_marker(), line.get_markerfacecolor() == "white") for line in axes[1].lines[:5]]
    assert shapes == [("s", False), ("s", False), ("s", False), ("x", False), ("s", True)]
    assert [text.get_text() for text in axes[1].get_legend().get_texts()] == ["right", "wrong so far", "not tried"]
    words = describe_progress(each).splitlines()
    assert words[:3] == [
        "3 of 5 exercises right.",
        "01 One: done.",
        "02 Two: 1 of 3 right, wrong so far: 02.2.",
    ]
    assert words[-1] == next_step(each)
    plt.close("all")


def test_the_rows_of_both_axes_agree_where_a_needed_lesson_is_missing() -> None:
    three = [Progress(Lesson("02", "B", "?", "5", ("01",)), {"02.1": "right"})]
    _, axes = plt.subplots(1, 2)
    plot_progress(three, axes)
    (name,) = [text for text in axes[0].texts if text.get_text().startswith("02")]
    assert name.get_position()[1] == axes[1].texts[0].get_position()[1] == 1
    assert axes[0].get_ylim() == axes[1].get_ylim()
    plt.close("all")


def test_an_empty_memory_says_the_same_everywhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(plt, "show", lambda: None)
    progress()
    told = capsys.readouterr().out
    assert told.startswith("0 of ")
    assert f"Predictions: 0 of {len(questions('predictions'))} made. Review: 0 of {len(questions('review'))}" in told
    assert told.endswith("Next: exercise 00.1, in lesson 00, Start here.\n")
    plt.close("all")
