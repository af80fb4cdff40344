"""What an exercise is: one right answer, the known wrong ones, and what holds of every right one.

A module of a lesson defines its exercises from top to bottom; each answer, right or wrong, is run by the engine that
judges learners' answers.

    ex = Exercise("99.1", "Write `double(x)`: twice a number.", cases=((3,), (-1,)), hints=("Add x to itself.",))

    @ex.reference
    def double(x):
        return 2 * x

    @ex.wrong("squared", "What is double of 3, and what is its square?", seen="x ** 2, which agrees at 0 and at 2")
    def _(x):
        return x**2

    @ex.holds("the sign stays")
    def _(result, x, tolerance):
        return f"got {result} for x = {x}" if result * x < -tolerance else None
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, TypeVar

from course_utils.exercises.execution import Case

Outcome = Literal["right", "wrong", "not attempted"]
Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, eq=False)
class Misconception:
    """A known wrong answer: the idea behind it, a question that shakes it, and where it was seen."""

    idea: str
    question: str
    answer: Any
    seen: str


@dataclass(frozen=True, eq=False)
class Property:
    """A fact that every right answer has, which says more of a wrong one than what was expected.

    `complaint(result, *case, tolerance)` says what is wrong with one result, or None. It may find fault only beyond
    the tolerance of its exercise, absolute. A learner's result may hold NaN and infinities: where the property calls
    a function that refuses these with a ValueError, it counts as saying nothing.
    """

    name: str
    complaint: Callable[..., str | None]


@dataclass(eq=False)
class Exercise:
    """One exercise. Its right `answer` is a function called with each case, smallest first, or a value (no cases).

    A number is right within `tolerance`, absolute and relative. Where digits are the subject, `relative_error` says
    how much of a number, however small, may be wrong. The notebook checks a function under the name of its reference
    and a value under `name`.
    """

    id: str
    prompt: str
    hints: tuple[str, ...]
    answer: Any = None
    name: str = ""
    cases: tuple[Case, ...] = ((),)
    tolerance: float = 5e-6  # an honest float32 answer stays within it
    relative_error: float | None = None
    misconceptions: list[Misconception] = field(default_factory=list)
    properties: list[Property] = field(default_factory=list)
    defined: ClassVar[dict[str, Exercise]] = {}  # all there are, by id, in the order of their definition

    def __post_init__(self) -> None:
        """Find a place among the exercises; an id that is taken raises ValueError."""
        if self.id in self.defined:
            raise ValueError(f"id: expected one of its own, got {self.id!r}, which another exercise has")
        self.defined[self.id] = self

    def reference(self, function: Function) -> Function:
        """Make a function the right answer, which `solution` shows without this decorator's line."""
        self.answer = function
        return function

    def wrong(self, idea: str, question: str, *, seen: str) -> Callable[[Function], Function]:
        """Make a function the known answer of a wrong idea; `seen` says where. The first that fits is told."""

        def keep(function: Function) -> Function:
            self.wrong_value(function, idea, question, seen=seen)
            return function

        return keep

    def wrong_value(self, value: Any, idea: str, question: str, *, seen: str) -> None:
        """Make a value the known answer of a wrong idea."""
        self.misconceptions.append(Misconception(idea, question, value, seen))

    def holds(self, name: str) -> Callable[[Function], Function]:
        """Make a function say what is wrong with a result of which a fact, `name`, does not hold."""

        def keep(complaint: Function) -> Function:
            self.properties.append(Property(name, complaint))
            return complaint

        return keep


@dataclass(frozen=True)
class Verdict:
    """What `check` found. It prints as its message, and a notebook shows it as a card, `html`."""

    outcome: Outcome
    message: str
    misconception: str | None = None
    html: str = field(default="", compare=False)

    def __repr__(self) -> str:
        """Show the message, which is all that a learner needs."""
        return self.message

    def _repr_html_(self) -> str | None:
        return self.html or None
