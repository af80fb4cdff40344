"""The grading: hostile notebooks harm nothing, honest answers are judged right beside them, nothing runs twice."""

from __future__ import annotations

import ast
import csv
import json
import math
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from answers import answered
from hostile import PATCHES

from classroom import grading, isolation, observation, runner, serialization
from classroom.cell_dependencies import checked, mentioned, needed, read_cell
from classroom.grades import Grade, GradingError, Row
from classroom.magics import without_magics
from course_utils.exercises.engine import Exercise, exercises_of
from course_utils.exercises.execution import Execution, RunResult, run_answer
from course_utils.syllabus import lessons

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
EXERCISES = [each for lesson in lessons() for each in exercises_of(lesson.number)]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="grading works on Linux alone")

HONEST = [
    "import os, sys, subprocess, threading, socket, shutil, time\nimport numpy as np",
    "def f(z):\n    e = np.exp(z)\n    return e / e.sum(axis=1, keepdims=True)",
    'check("06.1", f)',
]
LAST = ['check("06.4", (-0.15, 0.15))']


def notebook(cells: Iterable[str]) -> str:
    return json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells]})


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("class")
    submissions = folder / "submissions"
    submissions.mkdir()
    (submissions / "honest.ipynb").write_text(notebook([*HONEST, *LAST]))
    (submissions / "not JSON.ipynb").write_text("{'cells': ")
    (submissions / "brackets.ipynb").write_text("[" * 1_000_000)
    (submissions / "no lesson.ipynb").write_text(notebook(["1 + 1"]))
    (submissions / "linked.ipynb").symlink_to("honest.ipynb")
    (submissions / "deleted cells.ipynb").write_text(notebook([*HONEST[1:], *LAST]))
    (submissions / "renamed functions.ipynb").write_text(
        notebook([HONEST[0], 'check("06.1", softmax_of_rows)', *LAST])
    )
    (submissions / "=HYPERLINK(1)").mkdir()
    (submissions / "=HYPERLINK(1)" / "work.ipynb").write_text(notebook([*HONEST, *LAST]))
    (submissions / "<script>.ipynb").write_text(notebook([*HONEST, "%matplotlib inline\n!rm -rf /", "1 / 0", *LAST]))
    grading.grade(submissions, folder / "grades")
    yield folder / "grades"
    shutil.rmtree(folder)


@pytest.fixture
def grades(output: Path) -> dict[str, dict[str, str]]:
    """Outcome by student and exercise."""
    found: dict[str, dict[str, str]] = {}
    for row in csv.DictReader((output / "exercises.csv").read_text(encoding="utf-8-sig").splitlines()):
        found.setdefault(row["student"], {})[row["exercise"]] = row["outcome"]
    return found


def notes(output: Path, student: str) -> str:
    page = (output / "teacher.html").read_text(encoding="utf-8")
    return "\n".join(line for line in re.findall("<li>.*?</li>", page) if f"<strong>{student}</strong>" in line)


@pytest.mark.parametrize(
    ("student", "note"),
    [
        ("not JSON", "not a notebook"),
        ("brackets", "not a notebook"),
        ("no lesson", "no check(...) of any lesson in it"),
        ("linked", "a link or something else that is no file"),
    ],
)
def test_what_is_no_submission_is_said_to_be_none(
    output: Path, grades: dict[str, dict[str, str]], student: str, note: str
) -> None:
    assert grades[student] == {"": "not graded"}
    assert note in notes(output, student)


def test_deleted_and_renamed_cells_cost_what_needed_them(grades: dict[str, dict[str, str]], output: Path) -> None:
    assert grades["deleted cells"]["06.1"] == "wrong"  # NameError: np
    assert grades["renamed functions"]["06.1"] == "not graded"
    assert "its cell: NameError: name &#39;softmax_of_rows&#39; is not defined" in notes(output, "renamed functions")
    for student in ("deleted cells", "renamed functions"):
        assert grades[student]["06.4"] == "right"
        assert grades[student]["06.2"] == "not attempted"


def test_a_name_is_no_formula_and_no_markup(grades: dict[str, dict[str, str]], output: Path) -> None:
    assert grades["'=HYPERLINK(1)"]["06.1"] == "right"
    pages = [path.read_text(encoding="utf-8") for path in output.rglob("*.html")]
    assert any("&lt;script&gt;" in page for page in pages)
    assert not any("<script" in page for page in pages)


# Resuming, order, refusals


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The first cell of each notebook that ran, in a grading that runs nothing: what holds "late" is not finished."""
    ran: list[str] = []

    def counted(cells: list[str]) -> tuple[list[Row], bool]:
        ran.append(cells[0])
        if cells[0] == "stop" and ran.count("stop") == 1:
            raise KeyboardInterrupt
        return [Row("06.1", "right")], "late" not in cells[0]

    monkeypatch.setattr(grading, "grade_cells", counted)
    monkeypatch.setattr(isolation, "check_walls", lambda: None)
    monkeypatch.setattr(grading, "workers", lambda: 1)
    return ran


def write_class(folder: Path, **cells: str) -> Path:
    folder.mkdir()
    for name, cell in cells.items():
        (folder / f"{name}.ipynb").write_text(notebook([cell]))
    return folder


def test_what_has_been_graded_is_not_run_again(tmp_path: Path, runs: list[str]) -> None:
    place, output = write_class(tmp_path / "in", a="a", b="stop", c="c"), tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        grading.grade(place, output)
    assert not (output / "students.csv").exists()
    assert len(grading.grade(place, output).grades) == 3
    assert sorted(runs) == ["a", "c", "stop", "stop"]
    runs.clear()
    (place / "b.ipynb").write_text(notebook(["changed"]))
    grading.grade(place, output)
    assert runs == ["changed"]


def test_what_time_or_memory_ended_runs_again(tmp_path: Path, runs: list[str]) -> None:
    place = write_class(tmp_path / "in", a="a", b="late")
    grading.grade(place, tmp_path / "out")
    grading.grade(place, tmp_path / "out")
    assert sorted(runs) == ["a", "late", "late"]


def test_one_student_is_graded_again(tmp_path: Path, runs: list[str]) -> None:
    place = write_class(tmp_path / "in", a="a", b="b")
    grading.grade(place, tmp_path / "out")
    runs.clear()
    assert len(grading.grade(place, tmp_path / "out", again=["B"]).grades) == 2
    assert runs == ["b"]
    with pytest.raises(GradingError, match="--again: expected one of a, b; got c"):
        grading.grade(place, tmp_path / "out", again=["c"])


def test_the_best_of_several_notebooks_counts() -> None:
    rows = [Grade("a", "06.1", "right"), Grade("a", "06.1", "wrong", "x"), Grade("b", "06.1", "wrong", "y")]
    expected = {"a": {"06.1": rows[0]}, "b": {"06.1": rows[2]}}
    assert grading.best(rows) == grading.best(rows[::-1]) == expected


def test_one_notebook_that_breaks_the_grader_costs_nobody_else(
    tmp_path: Path, runs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = write_class(tmp_path / "in", a="a", b="b")

    def broken(cells: list[str]) -> tuple[list[Row], bool]:
        if cells == ["a"]:
            raise RecursionError("too deep")
        return [Row("06.1", "right")], True

    monkeypatch.setattr(grading, "grade_cells", broken)
    graded = grading.grade(place, tmp_path / "out")
    assert graded.grades["b"]["06.1"].outcome == "right"
    assert [each.note for each in graded.notes] == ["could not be graded: RecursionError: too deep"]


@pytest.mark.parametrize("place", [ROOT / "course_utils", Path(sys.prefix)])
def test_submissions_lie_where_no_other_can_read_them(place: Path, tmp_path: Path) -> None:
    grading.check_privacy(tmp_path)
    with pytest.raises(GradingError, match="which every submission can read"):
        grading.check_privacy(tmp_path, place / "grades")


def test_the_output_is_a_folder(tmp_path: Path, runs: list[str]) -> None:
    place = write_class(tmp_path / "in", a="a")
    with pytest.raises(GradingError, match=r"-o: expected a folder for tables and feedback; got grades\.csv"):
        grading.grade(place, tmp_path / "grades.csv")
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(GradingError, match="expected a folder, or room for one"):
        grading.grade(place, tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_folder_without_notebooks_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert grading.main([str(tmp_path), "-o", str(tmp_path / "x")]) == 1
    assert grading.main([str(tmp_path / "none"), "-o", str(tmp_path / "x")]) == 1
    said = capsys.readouterr().out
    assert "There is no notebook" in said
    assert "is no folder and no zip." in said


@pytest.mark.parametrize("written", ['"06.1"', '"6.1"', "6.1", "' 06.1 '"])
def test_an_id_written_shorter_is_the_same_exercise(written: str) -> None:
    cell = f"check({written}, f)"
    assert checked(cell) == ["06.1"]
    assert mentioned(cell) == ["06.1"]


# What travels


@pytest.mark.parametrize("each", EXERCISES, ids=lambda each: each.id)
def test_inputs_arrive_as_they_were_sent(each: Exercise) -> None:
    job = json.loads(json.dumps({"cases": {each.id: observation.cases(each)}}))
    arrived = runner._cases(job, each.id)
    for case, sent in zip(each.cases if callable(each.answer) else (), arrived, strict=True):
        for before, after in zip(case, sent, strict=True):
            assert type(before) is type(after)
            assert before is after or np.array_equal(before, after)
            assert getattr(before, "dtype", None) == getattr(after, "dtype", None)


@pytest.mark.parametrize(
    "answer",
    [
        lambda x: x,
        lambda x: 1 / 0,
        lambda x: "a",
        lambda x: None,
        lambda x: print(1),
        lambda x: [True],
        7,
        None,
        math,
    ],
)
def test_runs_arrive_as_they_were(answer: Any) -> None:
    before = run_answer(answer, [(np.arange(6.0).reshape(2, 3),), (np.float64(1),)])
    after = serialization.read_execution(json.loads(json.dumps(serialization.write_execution(before))), 2)
    assert after.is_function == before.is_function
    for a, b in zip(after.runs, before.runs, strict=True):
        assert np.array_equal(a.result, b.result)
        assert type(a.result) is type(b.result)
        assert (a.raised, a.message, a.printed) == (b.raised, b.message, b.printed)


def test_a_huge_result_does_not_travel() -> None:
    huge = Execution(True, (RunResult(np.zeros((1000, 1000))),))
    sent = serialization.write_execution(huge)
    assert serialization.read_execution(sent, 1).runs[0].result == "an array of shape (1000, 1000)"


GOOD = serialization.write_execution(run_answer(7, []))


def changed(**entries: Any) -> dict[str, Any]:
    return {"is_function": True, "runs": [{**GOOD["runs"][0], **entries}]}


@pytest.mark.parametrize(
    "content",
    [
        None,
        7,
        [],
        {},
        {"is_function": False, "runs": []},
        {"is_function": True, "runs": [[]]},
        {"is_function": True, "runs": GOOD["runs"] * 3},
        changed(result=7),
        changed(result={}),
        changed(result={"kind": "|O", "shape": [1], "data": "AAAAAAAAAAA="}),
        changed(result={"kind": "<f8", "shape": [2], "data": "AAAAAAAAAAA="}),
        changed(result={"kind": "<f8", "shape": [-1], "data": "AAAAAAAAAAA="}),
        changed(result={"kind": "<f8", "shape": [1.0], "data": "AAAAAAAAAAA="}),
        changed(result={"kind": "<f8", "shape": [10**30], "data": ""}),
        changed(result={"kind": "<f8", "shape": [0, 10**30], "data": ""}),
        changed(result={"kind": "<f8", "shape": [1] * 100, "data": "AAAAAAAAAAA="}),
        changed(result={"kind": ["<f8"], "shape": 1, "data": 1}),
        changed(result={"kind": "<f8", "shape": [1], "data": "not base64!"}),
    ],
)
def test_nothing_else_is_taken_for_runs(content: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # whatever its words, they end in one place
        serialization.read_execution(content, 2)


# Which cells run


@pytest.mark.parametrize(
    ("cells", "pristine", "expected"),
    [
        (["a = 1", "check('06.1', a)", "b = 1"], "all", [0, 1]),
        (["a = 1", "b = 1", "check('06.1', a)"], "all", [0, 2]),
        (["a = 1", "b = 1", "check('06.1', a)"], "none", [0, 1, 2]),
        (["a = []", "a.append(1)", "check('06.1', a)"], "all", [0, 1, 2]),
        (["a = {}", "a[1] = 2", "check('06.1', a)"], "all", [0, 1, 2]),
        (["import numpy as np", "c = 2", "def f(a): return np.sum(a) + c", "check('06.1', f)"], "all", [0, 1, 2, 3]),
        (["a = 1", "def f(a): return a", "check('06.1', f)"], "all", [1, 2]),
        (["a = 1", "this is no Python", "course.check('06.1', answer=a)"], "all", [0, 2]),
        (["a = 1"], "none", []),
    ],
)
def test_the_cells_that_answers_need(cells: list[str], pristine: str, expected: list[int]) -> None:
    assert needed([*map(read_cell, cells)], set(cells) if pristine == "all" else set()) == expected


def test_checks_are_found_by_their_ids() -> None:
    assert checked('check("06.1", f)\nif x:\n    exercises.check("06.2", answer=g)\ncheck(1, 2)\ncheck("06.3")') == [
        "06.1",
        "06.2",
    ]


@pytest.fixture(scope="module")
def solved_lessons(tmp_path_factory: pytest.TempPathFactory) -> list[Grade]:
    folder = tmp_path_factory.mktemp("solved")
    (folder / "in").mkdir()
    for lesson in LESSONS:
        (folder / "in" / lesson.name).write_text(notebook(map(answered, observation.code_cells(lesson.read_bytes()))))
    graded = grading.grade(folder / "in", folder / "grades")
    return [*(grade for own in graded.grades.values() for grade in own.values()), *graded.notes]


@pytest.mark.slow  # all lessons are graded
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_solved_lesson_is_right_though_only_what_its_answers_need_has_run(
    lesson: Path, solved_lessons: list[Grade]
) -> None:
    rows = [each for each in solved_lessons if each.student == lesson.stem]
    assert len(rows) == len(exercises_of(lesson.stem[:2]))
    assert all(each.outcome == "right" and not each.note for each in rows), rows


MAGICS: list[tuple[str, str]] = [
    ("%matplotlib inline\nx = 1", "pass\nx = 1"),
    ("!pip install x", "pass"),
    ("np.sum?", "pass"),
    ("%%time\nx = 1", "x = 1"),
    ("%%timeit -n 3\n%%time\nx = 1", "x = 1"),
    ("%%html\n<b>", ""),
    ("%time x = f(1)", "x = f(1)"),
    ("x = %timeit -n 3 -o f(1)", "x = f(1)"),
    ("x = %who", "x = None"),
    ("files = !ls", "files = []"),
    ("x = (7\n     % 3)", "x = (7\n     % 3)"),
    ("%who\nx = (7\n     % 3)", "pass\nx = 7 % 3"),
    ("no Python", "no Python"),
]


@pytest.mark.parametrize(("source", "expected"), MAGICS)
def test_what_only_ipython_knows_is_left_out(source: str, expected: str) -> None:
    assert without_magics(source) == expected


def test_what_a_hostile_submission_patches_is_there() -> None:
    """Else a submission that patches a name of yesterday would show nothing."""
    names: dict[str, Any] = {"np": np}
    exec("\n".join(line for line in PATCHES.splitlines() if line.startswith("import ")), names)
    assigned = [
        each for node in ast.walk(ast.parse(PATCHES)) if isinstance(node, ast.Assign) for each in node.targets
    ]
    patched = [ast.unparse(each) for each in assigned if isinstance(each, ast.Attribute)]
    assert len(patched) > 8
    for each in patched:
        eval(each, names)  # raises AttributeError
