"""Every lesson runs to its end whatever was answered, and is built as the design says.

The runs use the small offline digits: what is tested is that no answer breaks what comes after it. The untouched
lessons on the real data are nbval's; half solved they run in JupyterLab (tests/browser), solved inside the grader's
walls (tests/classroom).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from answers import KNOWN, answered, exercise_cells, verdicts
from nbclient import NotebookClient

from course_utils.exercises import exercise
from tools.percent import read_percent

LESSONS = sorted((Path(__file__).parents[2] / "lessons").glob("[0-9][0-9]_*.py"))
EACH = pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
# All of them take minutes, and each exercise is checked by itself as well: a commit waits for the first.
MOST_LATER = pytest.mark.parametrize(
    "lesson",
    [pytest.param(path, marks=[pytest.mark.slow] * (path.stem >= "01"), id=path.stem) for path in LESSONS],
)


@MOST_LATER
def test_a_right_answer_is_known_and_a_wrong_one_breaks_nothing_that_comes_after(
    lesson: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    notebook = read_percent(lesson)
    for cell, number in exercise_cells(notebook):
        first = f"assert str(check('{number}', {KNOWN.format(number)}.answer)).endswith(' right.')\n"
        cell.source = first + answered(cell.source, "misconceptions[0].answer")
    for name, value in {"COURSE_DATA": "", "COURSE_OFFLINE": "1", "COURSE_CACHE": str(tmp_path / "cache")}.items():
        monkeypatch.setenv(name, value)
    NotebookClient(
        notebook, timeout=300, shutdown_kernel="immediate", resources={"metadata": {"path": tmp_path}}
    ).execute()
    said = verdicts(notebook)
    assert all("This looks like: " in verdict for verdict in said), said


@EACH
def test_the_anatomy_of_a_lesson(lesson: Path) -> None:
    notebook = read_percent(lesson)
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    for heading in (
        "**The question:**",
        "**Time:**",
        "**Needs:**",
        "## Summary",
        "## Further reading",
        "**Claim (lecture ",
    ):
        assert heading in prose, heading
    assert prose.count("- [ ] ") == 3
    # Lesson 00 teaches how an exercise works; three are enough for that.
    assert len(exercise_cells(notebook)) >= (3 if lesson.stem.startswith("00_") else 5)
    assert {number.split(".")[0] for _, number in exercise_cells(notebook)} == {lesson.stem[:2]}
    for number in [number for _, number in exercise_cells(notebook)]:
        assert f"### Exercise {number}" in prose
        assert exercise(number).id == number
    for source in code:
        assert not re.search(r"sys\.path|^\s*[!%]|np\.random\.seed|import \*", source, re.MULTILINE), source
    shown = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code" and "plt.show()" in cell.source]
    for i in shown:
        assert re.match(r"\*Figure \d+\. ", notebook.cells[i + 1].source), f"no caption after cell {i}"


def test_there_are_lessons() -> None:
    assert LESSONS
