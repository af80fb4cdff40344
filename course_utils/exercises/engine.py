"""The engine behind `check`: it holds an answer against properties and a reference, and names the idea that is wrong.

An exercise is data. Its reference and its misconceptions are both answers: a test shows that the reference
passes and that each misconception is recognised as itself. Nothing is read from the learner's globals. What an
answer does (`behaviour`) and what is thought of it (`judge`) are apart, so that a teacher's grading can run the
first in another process than the second.
"""

from __future__ import annotations

import copy
import inspect
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

import numpy as np

from course_utils.exercises.behaviour import SECONDS, Behaviour, Case, Plain, Run, observe, plain, same
from course_utils.exercises.words import literal
from course_utils.memory import record_check

Outcome = Literal["right", "wrong", "not attempted"]


@dataclass(frozen=True)
class Misconception:
    """A known wrong answer: the idea behind it, a question that shakes it, and where it was seen."""

    idea: str
    question: str
    answer: Any
    source: str


@dataclass(frozen=True)
class Property:
    """A fact that every right answer has, which says more of a wrong one than what was expected.

    `complaint(result, *case, tolerance)` says what is wrong with one result, or None. It may find fault only beyond
    the tolerance of its exercise, absolute.
    """

    name: str
    complaint: Callable[..., str | None]


@dataclass(frozen=True)
class Exercise:
    """One exercise. `reference` is a function called with each case, smallest first, or a value (no cases).

    A number is right within `tolerance`, absolute and relative. Where digits are the subject, `relative_error` says
    how much of a number, however small, may be wrong. The notebook checks a function under the name of its reference
    and a value under `name`.
    """

    id: str
    prompt: str
    reference: Any
    hints: tuple[str, ...]
    misconceptions: tuple[Misconception, ...]
    cases: tuple[Case, ...] = ((),)
    properties: tuple[Property, ...] = ()
    tolerance: float = 1e-6
    relative_error: float | None = None
    name: str = ""


@dataclass(frozen=True)
class Verdict:
    """What `check` found. It prints as its message."""

    outcome: Outcome
    message: str
    misconception: str | None = None

    def __repr__(self) -> str:
        """Show the message, which is all that a learner needs."""
        return self.message


class WrongAnswerError(AssertionError):
    """Raised instead of returned when COURSE_STRICT=1 and the answer is wrong."""


def check(exercise_id: str, answer: Any) -> Verdict:
    """Hold an answer against exercise `exercise_id` ("08.2") and say: right, wrong and which idea, or not attempted.

    `answer` is the object itself, a function or a value; None, ... and a function that returns nothing count as
    not attempted. The answer gets copies of every input, and five seconds (a loop inside C cannot be stopped). An
    unknown id raises ValueError. With COURSE_STRICT=1 a wrong answer raises WrongAnswerError.

    >>> check("08.1", None)
    08.1 not attempted yet. Stuck? hint("08.1")
    """
    found = exercise(exercise_id)
    verdict = judge(found, observe(answer, found.cases if callable(found.reference) else ()))
    record_check(exercise_id, verdict.outcome, verdict.misconception)
    if verdict.outcome == "wrong" and os.environ.get("COURSE_STRICT") == "1":
        raise WrongAnswerError(verdict.message)
    return verdict


def exercise(exercise_id: str) -> Exercise:
    """Return the exercise of that id; an id that does not exist raises ValueError and shows what there is."""
    lesson = str(exercise_id).split(".")[0]
    exercises = _lesson(lesson)
    if exercise_id not in exercises:
        there = ", ".join(exercises) or "no exercise of that lesson"
        raise ValueError(f'exercise_id: expected one like "08.1", got {exercise_id!r}; there is {there}')
    return exercises[exercise_id]


_hints_given: dict[str, int] = {}


def hint(exercise_id: str) -> str:
    """Return the next hint: each call says a little more, and the last one points to the solution.

    >>> hint("08.1") == hint("08.1")
    False
    """
    hints = exercise(exercise_id).hints
    step = _hints_given.get(exercise_id, 0)
    _hints_given[exercise_id] = step + 1
    if step >= len(hints):
        return _Text(f'No more hints. solution("{exercise_id}") shows one way to do it.')
    return _Text(f"Hint {step + 1} of {len(hints)}: {hints[step]}")


def solution(exercise_id: str) -> str:
    """Return code to paste into the lesson: the very function that the tests run, or a value under its name.

    >>> solution("08.5")
    updates = 3752
    """
    found = exercise(exercise_id)
    if callable(found.reference):
        return _Text(inspect.getsource(found.reference))
    return _Text(f"{found.name} = {literal(found.reference)}")


class _Text(str):
    """A string that a notebook shows with its line breaks and without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


@cache
def _lesson(lesson: str) -> dict[str, Exercise]:
    module = f"course_utils.exercises.lesson_{lesson}"
    if not lesson.isdigit() or find_spec(module) is None:
        return {}
    return {each.id: each for each in import_module(module).EXERCISES}


def exercises_of(lesson: str) -> tuple[Exercise, ...]:
    """Return the exercises of a lesson ("06") in their order; none where there is no such lesson."""
    return tuple(_lesson(lesson).values())


def judge(found: Exercise, behaviour: Behaviour) -> Verdict:
    """Say what the behaviour of an answer on the cases of an exercise shows. The answer itself is not needed."""
    if not behaviour.is_function and behaviour.runs[0].result is None and not behaviour.runs[0].endless:
        return _not_attempted(found)
    if behaviour.is_function != callable(found.reference):
        return _wrong_kind(found, behaviour)
    for case, run in zip(found.cases, behaviour.runs, strict=False):
        complaint = _accident(run)
        if complaint is None and run.result is None:
            return _not_attempted(found)
        complaint = complaint or _complaint(found, case, run.result)
        if complaint is not None:
            return _explain(found, behaviour, case, complaint)
    return Verdict("right", f"{found.id} right.{_aside(behaviour)}")


def _not_attempted(found: Exercise) -> Verdict:
    return Verdict("not attempted", f'{found.id} not attempted yet. Stuck? hint("{found.id}")')


def _wrong_kind(found: Exercise, behaviour: Behaviour) -> Verdict:
    wanted = "a function: pass its name, without calling it" if callable(found.reference) else "a value"
    got = "a function" if behaviour.is_function else _show(behaviour.runs[0].result)
    return Verdict("wrong", f"{found.id} wrong. Expected {wanted}; got {got}.")


def _accident(run: Run) -> str | None:
    """Return a sentence about a run that has no result to look at, or must not be trusted with one."""
    if run.endless:
        return f"your function had not ended after {SECONDS:.0f} s: which of its loops never stops?"
    if run.raised and run.raised != "NotImplementedError":
        return f"your function raised {run.raised}: {run.message}"
    if run.changed_input:
        return "your function changed its input: work on a copy"
    if run.printed and run.result is None:
        return "your function prints and returns nothing: return the result"
    return None


def _aside(behaviour: Behaviour) -> str:
    printed = any(run.printed and run.result is not None for run in behaviour.runs)
    return " Your function also prints: what counts is what it returns." if printed else ""


def _complaint(found: Exercise, case: Case, result: Plain) -> str | None:
    expected = _expected(found, case)
    if not isinstance(result, np.ndarray):
        return f"expected numbers, got {_show(result)}"
    if result.shape != np.shape(expected):
        return f"expected shape {np.shape(expected)}, got shape {result.shape}"
    if _is_right(found, result, expected):
        return None
    numbers = result.astype(int if result.dtype.kind in "bu" else float)  # so that a property can subtract
    for each in found.properties:
        with np.errstate(all="ignore"):
            complaint = each.complaint(numbers, *copy.deepcopy(case), found.tolerance)
        if complaint is not None:
            return f"{each.name}: {complaint}"
    # Where the answer is a value, saying what was expected would end the exercise.
    return f"expected {_show(expected)}, got {_show(result)}" if callable(found.reference) else f"not {_show(result)}"


def _is_right(found: Exercise, result: Plain, expected: Plain) -> bool:
    """Whether a result agrees with the expected one. Properties only say more of a result that does not."""
    if not same(result, expected, found.tolerance):
        return False
    return found.relative_error is None or same(result, expected, found.relative_error, absolute=0)


def _explain(found: Exercise, behaviour: Behaviour, case: Case, complaint: str) -> Verdict:
    where = f"For {_show_call(found.reference, case)}: " if case else ""
    sentence = where + complaint
    end = "" if sentence.endswith(("?", ".")) else "."
    message = f"{found.id} wrong. {sentence[0].upper()}{sentence[1:]}{end}"
    for known in found.misconceptions:
        if _agree(found, behaviour, known.answer):
            message += f"\nThis looks like: {known.idea}. {known.question}"
            return Verdict("wrong", message, known.idea)
    return Verdict("wrong", message + _aside(behaviour))


def _agree(found: Exercise, behaviour: Behaviour, known: Any) -> bool:
    """Whether an answer behaves like a known one on every case: the same result, or an exception of the same type."""
    if len(behaviour.runs) < len(found.cases):  # one of them never ended
        return False
    for case, run in zip(found.cases, behaviour.runs, strict=True):
        (other,) = observe(known, [case]).runs
        if run.raised != other.raised or not same(run.result, other.result, found.tolerance):
            return False
    return True


def _expected(found: Exercise, case: Case) -> Plain:
    return plain(found.reference(*copy.deepcopy(case)) if callable(found.reference) else found.reference)


def _show_call(reference: Callable[..., Any], case: Sequence[Any]) -> str:
    names = list(inspect.signature(reference).parameters)
    return ", ".join(f"{name} = {_show(plain(value))}" for name, value in zip(names, case, strict=True))


def _show(value: Plain) -> str:
    if not isinstance(value, np.ndarray):
        return str(value)
    with np.printoptions(precision=4, suppress=True, threshold=24, edgeitems=3):
        text = str(value) if value.ndim == 0 else np.array2string(value, separator=", ")
    return text.replace("\n", "")
