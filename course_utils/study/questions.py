"""The questions that the course asks: predictions, review and concept inventory.

data/questions.json holds them, but for what the lessons say of a prediction, its text and its choices: these stand in
data/predictions.json, which `python course.py build docs` makes from the lessons.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from course_utils._support.resources import resource_path

Section = Literal["predictions", "review", "inventory"]


@dataclass(frozen=True)
class Question:
    """One question. With `choices` (letter -> text) its truth is a letter, otherwise a number in `unit`.

    `measured` says, for a letter, from where up to below where a measured value means it; null has no end there.
    `ideas` names, for each wrong letter, the idea that it betrays; `why` says in a sentence why the truth is true;
    `source` says which finding, lecture error or book the question comes from.
    """

    id: str
    text: str
    truth: str | float
    why: str
    choices: Mapping[str, str] = field(default_factory=dict)
    ideas: Mapping[str, str] = field(default_factory=dict)
    measured: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    unit: str = ""
    source: str = ""

    @property
    def lesson(self) -> str:
        """Number of the lesson it belongs to ("04" for "04.q1"); empty for the inventory."""
        number, dot, _ = self.id.partition(".")
        return number if dot else ""

    def letter_of(self, measured: Any) -> str | None:
        """Return the choice that a measured value means; None where it is none of them.

        >>> question("predictions", "01.p1").letter_of(0.42) == question("predictions", "01.p1").truth
        True
        """
        try:
            value = float(measured)
        except (TypeError, ValueError):
            raise TypeError(f"measured: expected a letter or a number, got {measured!r}") from None
        for letter, (low, high) in self.measured.items():
            if (low is None or value >= low) and (high is None or value < high):
                return letter
        return None

    def told(self) -> str:
        """Return what a learner is told after the question: the truth, in words, and why.

        >>> question("predictions", "11.p1").told()[:17]
        'It is 386 rows. 2'
        """
        return f"It is {self.answer_in_words()}. {self.why}"

    def answer_in_words(self) -> str:
        """Return the truth: its letter and text, or its number and unit.

        >>> question("predictions", "11.p1").answer_in_words()
        '386 rows'
        """
        if not self.choices:
            return f"{self.truth:,g} {self.unit}".strip()
        return f"{self.truth}) {self.choices[str(self.truth)]}".rstrip(".")


@cache
def questions(section: Section) -> Mapping[str, Question]:
    """Return the questions of one section by id, in their order.

    >>> len(questions("inventory"))
    15
    """
    rows = _read("questions.json")[section]
    asked = _read("predictions.json") if section == "predictions" else {key: {} for key in rows}
    return MappingProxyType({key: Question(id=key, **said, **rows[key]) for key, said in asked.items()})


def _read(name: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(resource_path(name).read_text(encoding="utf-8"))
    return found


def question(section: Section, question_id: str) -> Question:
    """Return the question of that id; an id that does not exist raises ValueError and shows what there is."""
    found = questions(section)
    if question_id not in found:
        lesson = str(question_id).partition(".")[0]
        there = [each for each in found if each.startswith(lesson)] or [*list(found)[:4], "..."]
        raise ValueError(f"id: expected one of {', '.join(there)}, got {question_id!r}")
    return found[question_id]


def markdown(asked: Question) -> str:
    """Return a question with its choices as Markdown: what a lesson prints and what stands in for the buttons."""
    lines = [f"**{asked.id}.** {asked.text}"]
    lines += ["", *(f"- {letter}) {text}" for letter, text in asked.choices.items())] if asked.choices else []
    return "\n".join(lines)
