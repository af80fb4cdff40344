"""What an exercise is worth, as a teacher's points.toml says.

    name = "Lesson 06 (4711)"   # of the assignment, as the gradebook has it
    lessons = ["06"]            # that count; without this, all lessons that somebody handed in
    each = 1                    # points of an exercise that is not named below
    attempted = 0.5             # the part of them for an answer that is wrong

    [points]
    "06.4" = 2

Nothing of it has to be there, and without a file each exercise is worth one point.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from classroom.grades import Grade, GradingError
from course_utils.exercises.engine import exercise, exercises_of, full_id


class Points(NamedTuple):
    """The worth of exercises; `lessons` is empty where all count that somebody handed in."""

    name: str = "Exercises"
    lessons: tuple[str, ...] = ()
    each: float = 1.0
    attempted: float = 0.0
    points: dict[str, float] = {}  # noqa: RUF012  # never changed

    def worth(self, exercise_id: str) -> float:
        """Return the points for a right answer."""
        return self.points.get(exercise_id, self.each)

    def of(self, grade: Grade) -> float:
        """Return the points for a graded answer."""
        part = {"right": 1.0, "wrong": self.attempted}.get(grade.outcome, 0.0)
        return part * self.worth(grade.exercise)

    def counted(self, grades: Iterable[Grade]) -> list[str]:
        """Return the ids of the exercises that count."""
        lessons = self.lessons or {each.exercise.partition(".")[0] for each in grades if each.exercise}
        return [found.id for lesson in sorted(lessons) for found in exercises_of(lesson)]


def read_points(path: Path | None) -> Points:
    """Return what a points.toml says; GradingError where that is not what the head of this module shows."""
    if path is None:
        return Points()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise GradingError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:  # of TOML, and of UTF-8
        raise GradingError(f"{path} is no TOML: {error}") from error
    if unknown := content.keys() - set(Points._fields):
        raise GradingError(f"{path}: expected {', '.join(Points._fields)}; got {', '.join(sorted(unknown))}.")
    found = Points(
        name=_text(path, content.get("name", "Exercises")),
        lessons=tuple(_lesson(path, each) for each in _list(path, content.get("lessons", []))),
        each=_number(path, "each", content.get("each", 1)),
        attempted=_number(path, "attempted", content.get("attempted", 0)),
        points={_exercise(path, key): _number(path, key, value) for key, value in _flat(content.get("points", {}))},
    )
    if found.attempted > 1:
        raise GradingError(f"{path}: attempted is a part of the points, from 0 to 1; got {found.attempted:g}.")
    return found


def _text(path: Path, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise GradingError(f"{path}: name: expected a text; got {value!r}.")
    return value.strip()


def _list(path: Path, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise GradingError(f'{path}: lessons: expected a list such as ["06", "07"]; got {value!r}.')
    return value


def _lesson(path: Path, value: Any) -> str:
    lesson = str(value).zfill(2)
    if not exercises_of(lesson):
        raise GradingError(f'{path}: lessons: expected numbers of lessons such as "06"; got {value!r}.')
    return lesson


def _number(path: Path, key: str, value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value) or value < 0:
        raise GradingError(f"{path}: {key}: expected a number that is 0 or more; got {value!r}.")
    return float(value)


def _exercise(path: Path, key: str) -> str:
    try:
        return exercise(full_id(key)).id
    except ValueError as error:
        raise GradingError(f"{path}: points: {error}.") from error


def _flat(table: Any) -> list[tuple[str, Any]]:
    """Return pairs of id and points. An id without its quotes, 06.4, is for TOML a table in a table.

    >>> _flat(tomllib.loads("06.4 = 2"))
    [('06.4', 2)]
    """
    pairs: list[tuple[str, Any]] = []
    for key, value in table.items() if isinstance(table, dict) else [("points", table)]:
        pairs += (
            [(f"{key}.{inner}", each) for inner, each in value.items()] if isinstance(value, dict) else [(key, value)]
        )
    return pairs


def written(points: float) -> str:
    """Return points as a number is written.

    >>> written(2.0), written(0.1 + 0.2)
    ('2', '0.3')
    """
    return f"{round(points, 4):.12g}"
