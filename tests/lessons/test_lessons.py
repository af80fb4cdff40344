"""Every lesson runs to its end solved, half solved and with wrong answers, and is built as the design says.

These runs use the small offline digits: what is tested is that no answer breaks what comes after it. The untouched
lessons on the real data are nbval's.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jupytext
import pytest
from nbclient import NotebookClient

from course_utils.exercises import exercise

LESSONS = sorted((Path(__file__).parents[2] / "lessons").glob("[0-9][0-9]_*.py"))
CHECK = re.compile(r'^check\("(?P<id>[\d.]+)", (?P<name>\w+)\)$', re.MULTILINE)
EACH = pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
# All of them take two minutes, and each exercise is checked by itself as well: a commit waits for the first.
MOST_LATER = pytest.mark.parametrize(
    "lesson",
    [pytest.param(path, marks=[pytest.mark.slow] * (path.stem >= "01"), id=path.stem) for path in LESSONS],
)


def exercise_cells(notebook: Any) -> list[tuple[Any, str, str]]:
    found = [(cell, CHECK.search(cell.source)) for cell in notebook.cells if cell.cell_type == "code"]
    return [(cell, match["id"], match["name"]) for cell, match in found if match]


def answered(lesson: Path, answer: str, every: int = 1) -> Any:
    """The lesson with `answer`, an expression of `known`, the exercise, in place of every `every`th answer."""
    notebook = jupytext.read(lesson)
    for cell, number, name in exercise_cells(notebook)[::every]:
        known = f'known = __import__("course_utils.exercises", fromlist=["exercise"]).exercise("{number}")'
        cell.source = cell.source.replace(
            f'check("{number}", {name})', f'{known}\n{name} = {answer}\ncheck("{number}", {name})'
        )
    return notebook


def run(notebook: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, strict: bool = False) -> list[str]:
    """Execute on the offline digits; return what the checks printed."""
    for name, value in {"COURSE_DATA": "", "COURSE_OFFLINE": "1", "COURSE_CACHE": str(tmp_path / "cache")}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COURSE_STRICT", "1" if strict else "")
    NotebookClient(
        notebook, timeout=60, shutdown_kernel="immediate", resources={"metadata": {"path": tmp_path}}
    ).execute()
    return [cell.outputs[-1]["data"]["text/plain"] for cell, _, _ in exercise_cells(notebook)]


@MOST_LATER
def test_solved(lesson: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    verdicts = run(answered(lesson, "known.answer"), monkeypatch, tmp_path, strict=True)
    assert all(verdict.endswith(" right.") for verdict in verdicts), verdicts


@EACH
@pytest.mark.slow  # between the solved and the wrong ones, which each run of the tests has
def test_half_solved(lesson: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    verdicts = run(answered(lesson, "known.answer", every=2), monkeypatch, tmp_path, strict=True)
    assert all(verdict.endswith(" right.") for verdict in verdicts[::2]), verdicts
    assert all(" not attempted yet." in verdict for verdict in verdicts[1::2]), verdicts


@EACH
@pytest.mark.slow  # as the half solved
def test_answered_wrong(lesson: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    verdicts = run(answered(lesson, "known.misconceptions[0].answer"), monkeypatch, tmp_path)
    assert all("This looks like: " in verdict for verdict in verdicts), verdicts


@EACH
def test_the_anatomy_of_a_lesson(lesson: Path) -> None:
    notebook = jupytext.read(lesson)
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
    assert {number.split(".")[0] for _, number, _ in exercise_cells(notebook)} == {lesson.stem[:2]}
    for number in [number for _, number, _ in exercise_cells(notebook)]:
        assert f"### Exercise {number}" in prose
        assert exercise(number).id == number
    for source in code:
        assert not re.search(r"sys\.path|^\s*[!%]|np\.random\.seed|import \*", source, re.MULTILINE), source
    shown = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code" and "plt.show()" in cell.source]
    for i in shown:
        assert re.match(r"\*Figure \d+\. ", notebook.cells[i + 1].source), f"no caption after cell {i}"


def test_there_are_lessons() -> None:
    assert LESSONS
