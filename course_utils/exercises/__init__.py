"""Exercises that diagnose: `check` an answer, climb the `hint`s, read the `solution`."""

from course_utils.exercises.engine import check, exercise, hint, solution

__all__ = ["check", "exercise", "hint", "solution"]
