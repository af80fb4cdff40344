"""The reference passes, each misconception gets its own name, and a learner's accidents are told in a sentence."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from course_utils.exercises import check, engine, exercise, hint, solution
from course_utils.exercises.engine import Exercise, Misconception, WrongAnswerError

LESSONS = [f"{number:02d}" for number in range(13)]
ALL: list[Exercise] = [each for lesson in LESSONS for each in engine._lesson(lesson).values()]
KNOWN = [(each, known) for each in ALL for known in each.misconceptions]


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.id)
def test_the_reference_passes(each: Exercise) -> None:
    assert check(each.id, each.reference).outcome == "right", check(each.id, each.reference)


@pytest.mark.parametrize(("each", "known"), KNOWN, ids=lambda x: x.id if isinstance(x, Exercise) else x.idea)
def test_every_misconception_gets_its_own_message(each: Exercise, known: Misconception) -> None:
    verdict = check(each.id, known.answer)
    assert verdict.outcome == "wrong"
    assert verdict.misconception == known.idea
    assert known.question in verdict.message


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.id)
def test_an_exercise_is_complete(each: Exercise) -> None:
    assert len(each.misconceptions) >= 4
    assert len({known.idea for known in each.misconceptions}) == len(each.misconceptions)
    assert all(known.source and known.question for known in each.misconceptions)
    assert len(each.hints) >= 3
    assert each.prompt.endswith(("?", "."))


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.id)
@pytest.mark.parametrize("nothing", [None, ...])
def test_an_untouched_answer_is_not_attempted(each: Exercise, nothing: object) -> None:
    assert check(each.id, nothing).outcome == "not attempted"


FUNCTIONS = [each for each in ALL if callable(each.reference)]


@pytest.mark.parametrize("each", FUNCTIONS, ids=lambda each: each.id)
def test_a_function_without_a_body_is_not_attempted(each: Exercise) -> None:
    def raises(*args: Any) -> None:
        raise NotImplementedError

    assert check(each.id, lambda *args: None).outcome == "not attempted"
    assert check(each.id, lambda *args: ...).outcome == "not attempted"
    assert check(each.id, raises).outcome == "not attempted"


@pytest.mark.parametrize("each", FUNCTIONS, ids=lambda each: each.id)
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda *args: 1 / 0, "your function raised ZeroDivisionError: division by zero"),
        (lambda: 1, "your function raised TypeError"),
        (lambda *args: "three", "expected numbers, got 'three'"),
        (lambda *args: [[1], [1, 2]], "expected numbers, got [[1], [1, 2]]"),
        (lambda *args: np.zeros((2, 2, 2)), "got shape (2, 2, 2)"),
        (3, "Expected a function: pass its name, without calling it; got 3"),
    ],
)
def test_accidents_are_told_in_a_sentence(each: Exercise, answer: Any, said: str) -> None:
    verdict = check(each.id, answer)
    assert verdict.outcome == "wrong"
    assert said in verdict.message


@pytest.mark.parametrize("each", FUNCTIONS, ids=lambda each: each.id)
def test_nan_is_wrong(each: Exercise) -> None:
    def not_a_number(*args: Any) -> Any:
        return np.asarray(each.reference(*args), float) * np.nan

    assert check(each.id, not_a_number).outcome == "wrong"


def test_an_answer_that_changes_its_input_is_told() -> None:
    def greedy(counts: Any) -> Any:
        result = exercise("08.6").reference(counts)
        counts[:] = 0
        return result

    assert "your function changed its input" in check("08.6", greedy).message
    assert check("08.6", exercise("08.6").reference).outcome == "right"


def test_a_right_answer_in_other_words_is_right() -> None:
    assert check("08.1", lambda y, n_classes: np.eye(n_classes, dtype=int)[y]).outcome == "right"
    assert check("08.2", [6.931, 2.303]).outcome == "right"
    assert check("08.5", 469 * 8).outcome == "right"


def test_the_smallest_case_that_fails_is_shown() -> None:
    message = check("08.1", lambda y, n_classes: np.eye(n_classes)[np.minimum(y, 1)]).message
    assert message.startswith("08.1 wrong. For y = [0, 4, 2, 9, 9], n_classes = 10: expected [[1., 0.")


def test_an_unknown_wrong_answer_gets_no_name() -> None:
    verdict = check("08.5", 17)
    assert verdict.misconception is None
    assert verdict.message == "08.5 wrong. Not 17."


def test_strict_mode_raises_on_wrong_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_STRICT", "1")
    with pytest.raises(WrongAnswerError, match="the last short batch dropped"):
        check("08.5", 3744)
    assert check("08.5", None).outcome == "not attempted"
    assert check("08.5", 3752).outcome == "right"


def test_hints_climb_and_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_hints_given", {})
    steps = [hint("08.4") for _ in range(5)]
    assert steps[0].startswith("Hint 1 of 3: ")
    assert steps[2].startswith("Hint 3 of 3: ")
    assert steps[3] == steps[4] == 'No more hints. solution("08.4") shows one way to do it.'
    assert repr(steps[0]) == str(steps[0])


def test_the_solution_is_the_source_that_was_tested() -> None:
    assert solution("08.4") == inspect.getsource(exercise("08.4").reference)
    assert solution("08.5") == "The answer is 3752."


@pytest.mark.parametrize("wrong", ["08.99", "99.1", "8.1", "", "../x.1", 8.1, None])
def test_unknown_ids_are_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r'exercise_id: expected one like "08\.1", got '):
        check(wrong, 1)
