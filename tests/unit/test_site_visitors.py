"""What a visitor can do on a page: choices, hints and solutions open by a click, and none of them is seen before."""

from __future__ import annotations

import re
from typing import Any

import nbformat
import pytest

from course_utils.exercises import solution
from course_utils.exercises.engine import exercise, exercises_of
from course_utils.study.questions import questions
from course_utils.syllabus import lessons
from tools.site_visitors import choices_that_open, for_visitors, help_with

EXERCISES = [each.id for lesson in lessons() for each in exercises_of(lesson.number)]


def cell(source: str, data: dict[str, str]) -> Any:
    output = nbformat.v4.new_output("execute_result", data, execution_count=1)
    return nbformat.v4.new_code_cell(source, outputs=[output])


def in_sight(html: str) -> str:
    """What stands outside of the parts that a click opens."""
    return re.sub(r"</summary>.*?</details>", "</summary></details>", html, flags=re.DOTALL)


@pytest.mark.parametrize("exercise_id", EXERCISES)
def test_help_is_folded_and_whole(exercise_id: str) -> None:
    html = help_with(exercise_id)
    assert re.sub(r"<[^>]+>", "", in_sight(html)).startswith("Hint 1 of ")
    assert solution(exercise_id).html in html
    assert html.count("<details") == 1 + len(exercise(exercise_id).hints)
    assert re.findall(r'<details class="(\w+)"', html) == ["hint"] * len(exercise(exercise_id).hints) + ["answer"]


def test_an_exercise_offers_its_help_and_says_nothing_of_running() -> None:
    made = for_visitors(cell('def f(z): ...\n\n\ncheck("03.1", f)', {"text/html": "<p>Not attempted yet</p>"}))
    assert [help_with("03.1") in each.data["text/html"] for each in made] == [True]
    assert "Not attempted" not in made[0].data["text/html"]


@pytest.mark.parametrize("section", ["predictions", "review", "inventory"])
def test_the_answer_is_not_in_sight(section: Any) -> None:
    for asked in questions(section).values():
        html = choices_that_open(asked)
        assert html.count("<details") == len(asked.choices)
        assert "Right" not in in_sight(html)
        assert "✓" not in in_sight(html)


@pytest.mark.parametrize("section", ["review", "inventory", "predictions"])
def test_paper_has_each_answer_once(section: Any) -> None:
    """The right choice of a review or the inventory; of a prediction, what came out."""
    for asked in questions(section).values():
        if asked.choices and section != "predictions":
            made = re.findall(r'<details class="answer"[^>]*><summary>(\w)', choices_that_open(asked))
            assert made == [asked.truth]
        elif section == "predictions":
            shown = for_visitors(cell(f'predict("{asked.id}")', {"text/html": "?"}))
            shown += for_visitors(cell(f'reveal("{asked.id}", p)', {"text/html": "It is so"}))
            assert sum(each.data["text/html"].count('class="answer"') for each in shown) == 1


def test_the_questions_of_a_review_can_be_clicked() -> None:
    first, second = list(questions("review"))[:2]
    made = for_visitors(
        cell('review("03")', {"text/markdown": f"**{first}.** A?\n\n- a) 1\n\n**{second}.** B?\n\nNo buttons here?"})
    )
    html = made[0].data["text/html"]
    assert [choices_that_open(questions("review")[each]) in html for each in (first, second)] == [True, True]
    assert "No buttons" not in html
