"""The verdicts on one notebook: its cells run behind walls, and what its answers did is judged from outside.

Each notebook runs in a process of its own behind the walls of `sandbox`. That process reports how the answers
behave; what it says is read as JSON, judged here, and never unpickled. So a submission can neither harm the machine
or another submission nor talk to the checker: to be graded right, it has to answer right. That is all that is
promised. It is no examination: `solution()` shows every reference, and a learner may hand in what it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from classroom.grades import Row
from classroom.observation import lesson_of, observe_cells, printable
from classroom.serialization import read_execution
from course_utils._support.card import card, prose
from course_utils.exercises import cards
from course_utils.exercises.engine import Exercise, exercises_of, judge


def grade_cells(cells: Sequence[str]) -> tuple[list[Row], bool]:
    """Run a notebook's code cells and judge the answers of its lesson, exercise by exercise.

    The second value says whether another run would give the same: what time or memory has ended may end otherwise.
    """
    lesson = lesson_of(cells)
    exercises = exercises_of(lesson) if lesson else ()
    if not exercises:
        raise ValueError("no check(...) of any lesson in it")
    seen, notes, is_final = observe_cells(cells, lesson, exercises)
    rows = [_row(found, seen.get(found.id, {})) for found in exercises]
    return rows + [Row("", "not graded", note=line) for line in notes], is_final


def _row(found: Exercise, seen: dict[str, Any]) -> Row:
    """Judge what a submission's process said of one answer."""
    if not seen:
        return Row(found.id, "not attempted", card=cards.not_attempted(found))
    if "execution" not in seen:
        return _not_graded(
            found, f"its cell: {seen.get('lost')}", "The cell with this answer did not run to its end."
        )
    try:
        verdict = judge(found, read_execution(seen["execution"], len(found.cases)))
    except Exception as error:  # whatever is wrong with it, it came from the submission
        return _not_graded(
            found, f"an answer that cannot be judged: {error}", "What this answer gives cannot be judged."
        )
    return Row(found.id, verdict.outcome, verdict.misconception or "", card=verdict.html)


def _not_graded(found: Exercise, note: str, said: str) -> Row:
    """Return a row for a person to look at, with a card that says so."""
    note = printable(note)
    parts = prose(said), prose(note), prose("Your teacher looks at it by hand.")
    return Row(found.id, "not graded", note=note, card=card("open", "Not graded by the machine", found.id, *parts))
