"""The page that goes with a table of grades: what the class holds to be true, exercise by exercise.

One file that needs nothing else and asks the network for nothing. jinja2 escapes all that came with a submission.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from classroom.grades import Grade
from course_utils.exercises.engine import exercise

# Outcome, colour of its bar, colour of the number on it: Okabe and Ito's colours, told apart by colour-blind readers.
BARS = (
    ("right", "#0072b2", "#ffffff"),
    ("wrong", "#e69f00", "#000000"),
    ("not attempted", "#d9d9d9", "#000000"),
    ("not graded", "#000000", "#ffffff"),
)


class Section(NamedTuple):
    """What the page says of one exercise; `ideas` holds count, idea and question of its wrong answers."""

    id: str
    prompt: str
    rows: int
    counts: Counter[str]
    ideas: list[tuple[int, str, str]]


def page(grades: Sequence[Grade]) -> str:
    """Return the page for these grades, as HTML."""
    ids = sorted({each.exercise for each in grades if each.exercise})
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            bars=BARS,
            students=len({each.student for each in grades}),
            exercises=[_section(each, [row for row in grades if row.exercise == each]) for each in ids],
            notes=[each for each in grades if each.note],
        )
    )


def _environment() -> Environment:
    folder = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=folder, autoescape=True, undefined=StrictUndefined)
    environment.filters |= {"prose": _prose, "counted": _counted}
    return environment


def _section(exercise_id: str, rows: Sequence[Grade]) -> Section:
    found = exercise(exercise_id)
    return Section(found.id, found.prompt, len(rows), Counter(row.outcome for row in rows), _ideas(exercise_id, rows))


def _ideas(exercise_id: str, rows: Sequence[Grade]) -> list[tuple[int, str, str]]:
    """Return the misconceptions met, the most frequent first, and after them the wrong answers without a name."""
    wrong = Counter(row.misconception for row in rows if row.outcome == "wrong")
    questions = {known.idea: known.question for known in exercise(exercise_id).misconceptions}
    named = sorted((each for each in wrong if each), key=lambda idea: (-wrong[idea], idea))
    ideas = [(wrong[idea], idea, questions.get(idea, "")) for idea in named]
    return ideas + ([(wrong[""], "none that is known", "")] if wrong[""] else [])


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _prose(text: str) -> Markup:
    """Return a course's own text as HTML: `code` in backticks, everything escaped."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704  # escaped in this line
