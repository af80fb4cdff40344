"""What a class's table of grades holds."""

from __future__ import annotations

from typing import NamedTuple

# Best last: of several notebooks with the same exercise the best counts.
OUTCOMES = ("not graded", "not attempted", "wrong", "right")
COLUMNS = ("student", "exercise", "outcome", "misconception")


class Grade(NamedTuple):
    """One row: `note` says what a teacher should look at, such as a cell that never ended."""

    student: str
    exercise: str
    outcome: str
    misconception: str = ""
    note: str = ""
