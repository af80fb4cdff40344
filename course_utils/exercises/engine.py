"""The engine behind `check`: it holds an answer against properties and a reference, and names the idea that is wrong.

The reference of an exercise and its misconceptions are both answers: a test shows that the reference passes and
that each misconception is recognised as itself. Nothing is read from the learner's globals. To run
an answer (`execution`) and to judge its results (`judging`) are apart, so that a teacher's grading can do the first
in another process than the second.
"""

from __future__ import annotations

import inspect
import os
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from course_utils._support.card import card, code, prose
from course_utils._support.errors import in_one_line
from course_utils._support.text import Text
from course_utils.exercises.execution import run_answer
from course_utils.exercises.judging import judge
from course_utils.exercises.model import Exercise, Misconception, Verdict
from course_utils.exercises.words import literal
from course_utils.progress_store import record_check

__all__ = ["Exercise", "Misconception", "Verdict", "check", "exercise", "hint", "judge", "solution"]


class WrongAnswerError(AssertionError):
    """Raised instead of returned when COURSE_STRICT=1 and the answer is wrong."""


@in_one_line
def check(exercise_id: str, answer: Any) -> Verdict:
    """Hold an answer against exercise `exercise_id` ("08.2") and say: right, wrong and which idea, or not attempted.

    `answer` is the object itself, a function or a value; None, ... and a function without a body count as not
    attempted. The answer gets copies of every input, and five seconds (a loop inside C cannot be stopped). An
    unknown id raises ValueError. With COURSE_STRICT=1 a wrong answer raises WrongAnswerError.

    >>> check("08.1", None)
    08.1 not attempted yet. Stuck? hint("08.1")
    """
    found = exercise(exercise_id)
    verdict = judge(found, run_answer(answer, found.cases if callable(found.answer) else ()))
    record_check(found.id, verdict.outcome, verdict.misconception)
    if verdict.outcome == "wrong" and os.environ.get("COURSE_STRICT") == "1":
        raise WrongAnswerError(verdict.message)
    return verdict


def exercise(exercise_id: str) -> Exercise:
    """Return the exercise of that id; an id that does not exist raises ValueError and shows what there is."""
    full = full_id(exercise_id)
    exercises = _lesson(full.partition(".")[0])
    if full not in exercises:
        there = ", ".join(exercises) or "no exercise of that lesson"
        raise ValueError(f'exercise_id: expected one like "08.1", got {exercise_id!r}; there is {there}')
    return exercises[full]


def full_id(exercise_id: Any) -> str:
    """Return an id as it is written in the course.

    >>> full_id("6.1"), full_id(6.1), full_id(" 06.1 ")
    ('06.1', '06.1', '06.1')
    """
    lesson, point, number = str(exercise_id).strip().partition(".")
    return f"{lesson.zfill(2)}{point}{number}"


_hints_given: dict[str, int] = {}


@in_one_line
def hint(exercise_id: str) -> Text:
    """Return the next hint: each call says a little more, and the last one points to the solution.

    >>> hint("08.1") == hint("08.1")
    False
    """
    found = exercise(exercise_id)
    step = _hints_given.get(found.id, 0)
    _hints_given[found.id] = step + 1
    if step >= len(found.hints):
        way = f'solution("{found.id}")'
        html = card("open", "No more hints", found.id, prose(f"`{way}` shows one way to do it."))
        return Text(f"No more hints. {way} shows one way to do it.", html)
    which, said = f"Hint {step + 1} of {len(found.hints)}", found.hints[step]
    return Text(f"{which}: {said}", card("told", which, found.id, prose(said)))


@in_one_line
def solution(exercise_id: str) -> Text:
    """Return code to paste into the lesson: the very function that the tests run, or a value under its name.

    >>> solution("08.5")
    updates = 3752
    """
    found = exercise(exercise_id)
    if callable(found.answer):
        source = inspect.getsource(found.answer)
        source = source[source.index("def ") :]  # without the line of its decorator
    else:
        source = f"{found.name} = {literal(found.answer)}"
    return Text(source, card("told", "One way to do it", found.id, code(source)))


@cache
def _lesson(lesson: str) -> dict[str, Exercise]:
    module = f"course_utils.exercises.lesson_{lesson}"
    if not lesson.isdigit() or find_spec(module) is None:
        return {}
    import_module(module)
    return {key: each for key, each in Exercise.defined.items() if key.startswith(f"{lesson}.")}


def exercises_of(lesson: str) -> tuple[Exercise, ...]:
    """Return the exercises of a lesson ("06") in their order; none where there is no such lesson."""
    return tuple(_lesson(lesson).values())
