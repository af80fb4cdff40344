"""The course's exercises in nbgrader: what docs/class.md says of it, tried with the real one.

nbgrader is no requirement of the course. An environment that has it, with the packages of the course's core, is named
by its Python: COURSE_NBGRADER=/tmp/nbgrader/bin/python.
"""

from __future__ import annotations

import csv
import os
import subprocess
from pathlib import Path
from typing import Any

import nbformat
import pytest

from course_utils.exercises.engine import solution

ROOT = Path(__file__).resolve().parents[2]
PYTHON = os.environ.get("COURSE_NBGRADER", "")

pytestmark = pytest.mark.skipif(not PYTHON, reason="COURSE_NBGRADER names no Python that has nbgrader")

ANSWERS = {
    "right": str(solution("06.1")),
    "wrong": "def softmax_of_rows(z):\n    return z",
    "empty": "def softmax_of_rows(z):\n    ...",
}
FORMS = {
    "plain": 'check("06.1", softmax_of_rows)',
    "asserted": 'verdict = check("06.1", softmax_of_rows)\nassert verdict.outcome == "right", verdict.message',
}


def cell(source: str, grade_id: str, **marks: Any) -> Any:
    made = nbformat.v4.new_code_cell(source, id=grade_id)
    made.metadata["nbgrader"] = {"grade_id": grade_id, "schema_version": 3, **marks}
    return made


def assignment(answer: str) -> Any:
    """A notebook with one answer, which two cells grade: a plain check, and one whose outcome is asserted."""
    given = {"grade": False, "locked": True, "solution": False, "task": False}
    cells = [cell("import numpy as np\nfrom course_utils.exercises import check", "start", **given)]
    cells.append(cell(answer, "answer", grade=False, locked=False, solution=True, task=False))
    for name, source in FORMS.items():
        cells.append(cell(source, name, grade=True, locked=True, points=1, solution=False, task=False))
    made = nbformat.v4.new_notebook(cells=cells)
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return made


def nbgrader(course: Path, *words: str, **variables: str) -> None:
    path = f"{Path(PYTHON).parent}{os.pathsep}{os.environ['PATH']}"  # it calls alembic by its name
    where = {
        "PATH": path,
        "PYTHONPATH": str(ROOT),
        "COURSE_PROGRESS": "",
        "JUPYTER_CONFIG_DIR": str(course),
        **variables,
    }
    command = [PYTHON, "-m", "nbgrader", *words]
    done = subprocess.run(command, cwd=course, env={**os.environ, **where}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course of one assignment, handed in by three."""
    folder = tmp_path_factory.mktemp("nbgrader")
    (folder / "source" / "06").mkdir(parents=True)
    nbformat.write(
        assignment("### BEGIN SOLUTION\n" + ANSWERS["right"] + "\n### END SOLUTION"),
        folder / "source" / "06" / "06.ipynb",
    )
    nbgrader(folder, "generate_assignment", "06", "--create")
    for name, answer in ANSWERS.items():
        (folder / "submitted" / name / "06").mkdir(parents=True)
        nbformat.write(assignment(answer), folder / "submitted" / name / "06" / "06.ipynb")
    return folder


def scores(course: Path) -> dict[str, float]:
    nbgrader(course, "export", "--to", "grades.csv")
    with (course / "grades.csv").open(encoding="utf-8") as file:
        return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}


def test_what_each_form_of_a_test_cell_grades(course: Path) -> None:
    nbgrader(course, "autograde", "06", "--create", "--force")
    by_points = scores(course)
    print(by_points)
    assert by_points == {"right": 2, "wrong": 1, "empty": 1}
    nbgrader(course, "autograde", "06", "--force", COURSE_STRICT="1")
    by_points = scores(course)
    print(by_points)
    assert by_points == {"right": 2, "wrong": 0, "empty": 1}


def test_feedback_shows_what_check_said(course: Path) -> None:
    nbgrader(course, "generate_feedback", "06", "--force")
    page = (course / "feedback" / "wrong" / "06" / "06.html").read_text(encoding="utf-8")
    assert "06.1 wrong" in page
