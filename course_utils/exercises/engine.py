"""The engine behind `check`: it holds an answer against properties and a reference, and names the idea that is wrong.

An exercise is data. Its reference and its misconceptions are both answers: a test shows that the reference
passes and that each misconception is recognised as itself. Nothing is read from the learner's globals.
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

Outcome = Literal["right", "wrong", "not attempted"]
Case = tuple[Any, ...]


@dataclass(frozen=True)
class Misconception:
    """A known wrong answer: the idea behind it, a question that shakes it, and where it was seen."""

    idea: str
    question: str
    answer: Any
    source: str


@dataclass(frozen=True)
class Property:
    """A fact that every right answer has: `complaint(result, *case)` says what is wrong with one result, or None."""

    name: str
    complaint: Callable[..., str | None]


@dataclass(frozen=True)
class Exercise:
    """One exercise. `reference` is a function called with each case, smallest first, or a value (no cases)."""

    id: str
    prompt: str
    reference: Any
    hints: tuple[str, ...]
    misconceptions: tuple[Misconception, ...]
    cases: tuple[Case, ...] = ((),)
    properties: tuple[Property, ...] = ()
    tolerance: float = 1e-6


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
    not attempted. The answer gets copies of every input. An unknown id raises ValueError. With COURSE_STRICT=1 a
    wrong answer raises WrongAnswerError.

    >>> check("08.1", None)
    08.1 not attempted yet. Stuck? hint("08.1")
    """
    found = exercise(exercise_id)
    verdict = _verdict(found, answer)
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
    """Return the source of the reference, the very code that the tests run, or the value where the answer is one."""
    reference = exercise(exercise_id).reference
    if not callable(reference):
        return _Text(f"The answer is {_show(reference)}.")
    return _Text(inspect.getsource(reference))


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


def _verdict(found: Exercise, answer: Any) -> Verdict:
    if answer is None or answer is ... or callable(answer) != callable(found.reference):
        return _not_attempted(found) if answer is None or answer is ... else _wrong_kind(found, answer)
    for case in found.cases:
        result, complaint = _run(answer, case)
        if complaint is None and callable(answer) and (result is None or result is ...):
            return _not_attempted(found)
        if complaint is None:
            complaint = _complaint(found, case, result)
        if complaint is not None:
            return _explain(found, answer, case, complaint)
    return Verdict("right", f"{found.id} right.")


def _not_attempted(found: Exercise) -> Verdict:
    return Verdict("not attempted", f'{found.id} not attempted yet. Stuck? hint("{found.id}")')


def _wrong_kind(found: Exercise, answer: Any) -> Verdict:
    wanted = "a function: pass its name, without calling it" if callable(found.reference) else "a value"
    got = "a function" if callable(answer) else _show(answer)
    return Verdict("wrong", f"{found.id} wrong. Expected {wanted}; got {got}.")


def _run(answer: Any, case: Case) -> tuple[Any, str | None]:
    """Return the result of a function on copies of a case and, where it misbehaved, a sentence about that."""
    if not callable(answer):
        return answer, None
    given = copy.deepcopy(case)
    try:
        with np.errstate(all="ignore"):
            result = answer(*given)
    except NotImplementedError:
        return None, None
    except Exception as error:  # whatever a learner's code raises is told to the learner, never to the engine
        return None, f"your function raised {type(error).__name__}: {error}"
    if any(not _same(a, b, 0) for a, b in zip(given, case, strict=True)):
        return result, "your function changed its input: work on a copy"
    return result, None


def _complaint(found: Exercise, case: Case, result: Any) -> str | None:
    expected = _expected(found, case)
    if not _is_numeric(result):
        return f"expected numbers, got {_show(result)}"
    if np.shape(result) != np.shape(expected):
        return f"expected shape {np.shape(expected)}, got shape {np.shape(result)}"
    for each in found.properties:
        complaint = each.complaint(np.asarray(result), *copy.deepcopy(case))
        if complaint is not None:
            return f"{each.name}: {complaint}"
    if not _same(result, expected, found.tolerance):
        # Where the answer is a value, saying what was expected would end the exercise.
        return (
            f"expected {_show(expected)}, got {_show(result)}"
            if callable(found.reference)
            else f"not {_show(result)}"
        )
    return None


def _explain(found: Exercise, answer: Any, case: Case, complaint: str) -> Verdict:
    where = f"For {_show_call(found.reference, case)}: " if case else ""
    sentence = where + complaint
    message = f"{found.id} wrong. {sentence[0].upper()}{sentence[1:]}."
    for known in found.misconceptions:
        if _agree(found, answer, known.answer):
            message += f"\nThis looks like: {known.idea}. {known.question}"
            return Verdict("wrong", message, known.idea)
    return Verdict("wrong", message)


def _agree(found: Exercise, answer: Any, other: Any) -> bool:
    """Whether two answers behave alike on every case: the same result, or an exception of the same type."""
    for case in found.cases:
        a, b = _behaviour(answer, case), _behaviour(other, case)
        if isinstance(a, type) or isinstance(b, type):
            if a is not b:
                return False
        elif not _same(a, b, found.tolerance):
            return False
    return True


def _behaviour(answer: Any, case: Case) -> Any:
    if not callable(answer):
        return answer
    try:
        with np.errstate(all="ignore"):
            return answer(*copy.deepcopy(case))
    except Exception as error:
        return type(error)


def _expected(found: Exercise, case: Case) -> Any:
    return found.reference(*copy.deepcopy(case)) if callable(found.reference) else found.reference


def _is_numeric(value: Any) -> bool:
    try:
        return np.asarray(value).dtype.kind in "fiub"
    except ValueError:  # rows of different lengths
        return False


def _same(a: Any, b: Any, tolerance: float) -> bool:
    if not (_is_numeric(a) and _is_numeric(b)):
        return type(a) is type(b) and bool(np.all(a == b))
    a, b = np.asarray(a, float), np.asarray(b, float)
    return a.shape == b.shape and np.allclose(a, b, rtol=tolerance, atol=tolerance, equal_nan=True)


def _show_call(reference: Callable[..., Any], case: Sequence[Any]) -> str:
    names = list(inspect.signature(reference).parameters)
    return ", ".join(f"{name} = {_show(value)}" for name, value in zip(names, case, strict=True))


def _show(value: Any) -> str:
    if _is_numeric(value):
        with np.printoptions(precision=4, suppress=True, threshold=24, edgeitems=3):
            array = np.asarray(value)
            text = str(array) if array.ndim == 0 else np.array2string(array, separator=", ")
        return text.replace("\n", "")
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
