"""What an exercise is: data. Its reference and its misconceptions are all answers, run by the engine that judges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from course_utils.exercises.behaviour import Case

Outcome = Literal["right", "wrong", "not attempted"]


@dataclass(frozen=True, eq=False)
class Misconception:
    """A known wrong answer: the idea behind it, a question that shakes it, and where it was seen."""

    idea: str
    question: str
    answer: Any
    source: str


@dataclass(frozen=True, eq=False)
class Property:
    """A fact that every right answer has, which says more of a wrong one than what was expected.

    `complaint(result, *case, tolerance)` says what is wrong with one result, or None. It may find fault only beyond
    the tolerance of its exercise, absolute.
    """

    name: str
    complaint: Callable[..., str | None]


@dataclass(frozen=True, eq=False)
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
    tolerance: float = 5e-6  # an honest float32 answer stays within it
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
