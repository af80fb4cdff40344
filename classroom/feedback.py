"""The page that each student gets back: the cards that `check` would have shown, and the points."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from classroom.grades import Grade
from classroom.pages import render
from classroom.points import Points, written
from course_utils.exercises.engine import exercise

RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # names that Windows keeps for itself


def feedback_page(student: str, grades: Sequence[Grade], counted: Sequence[str], points: Points, late: str) -> str:
    """Return the page for one student, who need not know what the teacher's pages say besides."""
    exercises = [
        (
            exercise(each.exercise),
            each.card,
            written(points.of(each)),
            written(points.worth(each.exercise)),
            each.outcome == "not graded",
        )
        for each in grades
    ]
    return render(
        "feedback.html.j2",
        student=student,
        exercises=exercises,
        counted=counted,
        total=written(sum(points.of(each) for each in grades if each.exercise in counted)),
        most=written(sum(map(points.worth, counted))),
        is_open=any(each.outcome == "not graded" for each in grades),
        late=late,
    )


def file_names(names: Iterable[str]) -> list[str]:
    """Return for each name one for a file: letters that every system takes, and no two alike on any.

    >>> file_names(["ann", "a/b", "../x", "ANN"])
    ['ann.html', 'a_b.html', '_x.html', 'ANN 2.html']
    """
    found: list[str] = []
    taken: set[str] = set()
    for each in names:
        plain = re.sub(r"[^\w .@+()-]", "_", each).lstrip(" .")[:80].strip() or "_"
        plain = f"_{plain}" if RESERVED.fullmatch(plain) else plain
        name, count = plain, 1
        while name.casefold() in taken:
            count += 1
            name = f"{plain} {count}"
        taken.add(name.casefold())
        found.append(f"{name}.html")
    return found
