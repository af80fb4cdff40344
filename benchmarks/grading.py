"""What a check costs the learner, over all exercises, and what a class of lesson 06 costs the teacher."""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from classroom import grading
from classroom.observation import code_cells
from course_utils.exercises import check
from course_utils.exercises.engine import exercises_of
from course_utils.syllabus import lessons

STUDENTS = 200
LESSON = next((Path(__file__).parents[1] / "notebooks").glob("06_*.ipynb"))
CHECK = re.compile(r'^check\("([\d.]+)", (\w+)\)$', re.MULTILINE)


def checks() -> list[float]:
    """Seconds of a check of every known answer: each exercise's reference and its misconceptions."""
    every = [each for lesson in lessons() for each in exercises_of(lesson.number)]
    return [
        _seconds(each.id, answer)
        for each in every
        for answer in (each.answer, *(known.answer for known in each.misconceptions))
    ]


def _seconds(exercise_id: str, answer: Any) -> float:
    began = time.perf_counter()
    check(exercise_id, answer)
    return time.perf_counter() - began


def submission(student: int) -> str:
    """Lesson 06 as a student might hand it in: every answer a reference or a misconception, in turn."""

    def answered(found: re.Match[str]) -> str:
        known = f'__import__("course_utils.exercises", fromlist=["x"]).exercise("{found[1]}")'
        pick = f"[known.answer, *(each.answer for each in known.misconceptions)][{student} % 5]"
        return f"known = {known}\n{found[2]} = {pick}\n{found[0]}"

    cells = code_cells(LESSON.read_bytes())
    cells.append(f"# student {student}")  # no two are the same file, or the second would be recalled
    return json.dumps({"cells": [{"cell_type": "code", "source": CHECK.sub(answered, cell)} for cell in cells]})


def measure(students: int = STUDENTS) -> dict[str, float]:
    """Return check_median_s, check_worst_s, students, class_s (their grading) and cores."""
    os.environ["COURSE_PROGRESS"] = ""
    seconds = checks()
    with tempfile.TemporaryDirectory() as folder:
        submissions = Path(folder) / "submissions"
        submissions.mkdir()
        for student in range(students):
            (submissions / f"{student:03d}.ipynb").write_text(submission(student), encoding="utf-8")
        began = time.perf_counter()
        grading.grade(submissions, Path(folder) / "grades")
        taken = time.perf_counter() - began
    return {
        "check_median_s": median(seconds),
        "check_worst_s": max(seconds),
        "students": students,
        "class_s": taken,
        "cores": len(os.sched_getaffinity(0)),
    }


def sentences() -> dict[str, str]:
    """The same as name -> sentence for docs/performance.md."""
    found = measure()
    return {
        "check, every reference and misconception": (
            f"median {1e3 * found['check_median_s']:.0f} ms, worst {1e3 * found['check_worst_s']:.0f} ms"
        ),
        f"{found['students']:.0f} submissions of lesson 06 graded": (
            f"{found['class_s']:.0f} s on {found['cores']:.0f} cores, "
            f"{found['class_s'] / found['students']:.2f} s each"
        ),
    }


if __name__ == "__main__":
    for name, value in measure(int(sys.argv[1]) if len(sys.argv) > 1 else STUDENTS).items():
        print(f"{name:15} {value:8.3f}")
