"""What a learner sees of the code: short cells, no proofs, and no answer before its prediction."""

from __future__ import annotations

import ast
import inspect
import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pytest

from course_utils.study.questions import Question, questions
from tools.build import FOLDED, LESSONS, NOTEBOOKS, read_lesson
from tools.copies import without_facts

EACH = pytest.mark.parametrize("lesson", sorted(LESSONS.glob("*.py")), ids=lambda path: path.stem)
PREDICTIONS = pytest.mark.parametrize("asked", list(questions("predictions").values()), ids=lambda asked: asked.id)


@cache
def whole(lesson: Path) -> list[Any]:
    """The cells of a lesson."""
    cells: list[Any] = read_lesson(lesson).cells
    return cells


@cache
def copy(lesson: Path) -> list[Any]:
    """The cells of a learner's copy."""
    return without_facts(whole(lesson))


def tags(cell: Any) -> set[str]:
    return set(cell.metadata.get("tags", []))


def code(cells: list[Any], folded: bool) -> list[str]:
    return [cell.source for cell in cells if cell.cell_type == "code" and bool(tags(cell) & FOLDED) == folded]


@EACH
def test_a_learner_s_copy_has_no_assert(lesson: Path) -> None:
    for source in code(copy(lesson), folded=False) + code(copy(lesson), folded=True):
        assert not any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(source))), source


@EACH
def test_a_cell_is_seen_at_a_glance(lesson: Path) -> None:
    for source in code(copy(lesson), folded=False):
        assert len(source.splitlines()) <= 12, source
    for cell in copy(lesson):
        if cell.cell_type == "code":
            assert max(map(len, cell.source.splitlines())) <= 88, cell.source


def learners_words() -> set[str]:
    """Names that the lessons tell a learner to call, in any cell from then on."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(LESSONS.glob("*.py")))
    home = r"from course_utils\.(?:exercises|environment_check|study\.\w+|syllabus) import (\([^)]+\)|[\w, ]+)"
    return {name for names in re.findall(home, text) for name in re.findall(r"\w+", names)}


@EACH
def test_no_cell_gives_another_meaning_to_what_a_learner_calls(lesson: Path) -> None:
    words = learners_words()
    assert words >= {"check", "hint", "solution", "predict", "reveal", "review", "progress", "look_up", "checkup"}
    for cell in whole(lesson):
        if cell.cell_type == "code":
            for node in ast.walk(ast.parse(cell.source)):
                if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                    assert node.name not in words, cell.source
                elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    assert node.id not in words, cell.source


@EACH
def test_folded_code_says_in_its_first_line_what_it_is(lesson: Path) -> None:
    for cell in whole(lesson):
        first = cell.source.partition("\n")[0]
        if "facts" in tags(cell):
            assert first == "# Facts: what the text says, asserted."
        elif "figure" in tags(cell):
            assert re.match(r"# Figure \d+: .+\.$", first), first
        elif "folded" in tags(cell):
            assert re.match(r"# [A-Z].+\.$", first), first


@EACH
def test_figures_are_drawn_by_figure_cells_alone_and_facts_show_nothing(lesson: Path) -> None:
    for cell in whole(lesson):
        if cell.cell_type == "code":
            assert ("plt.show()" in cell.source) == ("figure" in tags(cell)), cell.source
            if "facts" in tags(cell):
                assert not re.search(r"\bprint\(|\bplt\.", cell.source), cell.source
                assert not isinstance(ast.parse(cell.source).body[-1], ast.Expr), cell.source


@EACH
def test_no_number_is_parted_from_its_per_cent_sign(lesson: Path) -> None:
    for cell in whole(lesson):
        if cell.cell_type == "markdown":
            assert re.findall(r".*[ \n]%", re.sub(r"(`+).*?\1", "", cell.source, flags=re.DOTALL)) == []


@EACH
def test_code_writes_a_share_as_the_text_does(lesson: Path) -> None:
    for cell in whole(lesson):
        if cell.cell_type == "code":
            assert re.findall(r".*\.\d%}.*", cell.source) == []  # "94%", where the text has "94 %"


@EACH
def test_no_line_of_a_text_begins_a_list_by_chance(lesson: Path) -> None:
    """A year or a page at the start of a line, with its full stop, is read as the number of an entry."""
    for cell in whole(lesson):
        if cell.cell_type == "markdown":
            text = re.sub(r"<details>.*?</details>", "", cell.source, flags=re.DOTALL)
            numbers = [int(found) for found in re.findall(r"(?m)^[>\s]*(\d+)\.(?=\s)", text)]
            assert all(b in (1, a + 1) for a, b in zip([0, *numbers], numbers, strict=False)), numbers


@EACH
def test_something_is_computed_between_a_claim_and_its_verdict(lesson: Path) -> None:
    cells = copy(lesson)
    for cell, following in pairwise(cells):
        if cell.cell_type == "markdown" and "**Claim" in cell.source:
            assert following.cell_type == "code", cell.source


def between(asked: Question) -> tuple[list[Any], str]:
    """The cells between a prediction and its reveal, and the code that measures beside the reveal."""
    (lesson,) = LESSONS.glob(f"{asked.lesson}_*.py")
    cells = copy(lesson)
    (start,) = [i for i, cell in enumerate(cells) if cell.source.startswith(f'predict("{asked.id}"')]
    (end,) = [i for i, cell in enumerate(cells) if f'reveal("{asked.id}", ' in cell.source]
    assert start < end
    measured, _, shown = cells[end].source.partition(f'reveal("{asked.id}", ')
    assert "\n\n" not in shown.strip(), "the reveal is the last line of its cell"
    return cells[start + 1 : end], measured


@PREDICTIONS
def test_nothing_between_a_prediction_and_its_reveal_shows_a_result(asked: Question) -> None:
    cells, measured = between(asked)
    for cell in cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"\*Figure \d+\.", cell.source), cell.source
        else:
            assert "figure" not in tags(cell), cell.source
            assert set(re.findall(r"\bprint\((.*)\)", cell.source)) <= {"data.note"}, cell.source
    assert "print(" not in measured


@PREDICTIONS
def test_no_code_between_says_the_answer(asked: Question) -> None:
    cells, measured = between(asked)
    seen = "\n".join([*code(cells, folded=False), measured]).lower()
    if asked.choices:
        right = asked.choices[str(asked.truth)].lower()
        wrong = " ".join(text for letter, text in asked.choices.items() if letter != asked.truth)
        told = f"{asked.text} {wrong}".lower()
        # Words of four letters and numbers of two digits that the right choice alone has.
        words = [word for word in re.findall(r"[a-z]{4,}|\d[\d.,]+", right) if word not in told]
        assert not [word for word in words if re.search(rf"(?<![\w.]){re.escape(word)}(?![\w.])", seen)]
        assert f'"{asked.truth}"' not in seen
    else:
        assert not re.search(rf"(?<![\w.]){re.escape(f'{asked.truth:g}')}(?![\w.])", seen)


@EACH
def test_no_cell_shows_a_run_with_all_its_digits(lesson: Path) -> None:
    """The record of a run differs in its last digits from processor to processor."""
    notebook = nbformat.read(NOTEBOOKS / f"{lesson.stem}.ipynb", as_version=4)
    shown = [str(output) for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [text[:80] for text in shown if "History(" in text]


@EACH
def test_source_that_a_learner_is_shown_talks_to_no_tool(lesson: Path) -> None:
    """`inspect.getsource` prints a function as it stands: a note for mypy or ruff in it is a riddle to the reader."""
    cells = code(copy(lesson), folded=False) + code(copy(lesson), folded=True)
    names: dict[str, Any] = {}
    shown = re.findall(r"inspect\.getsource\(([\w.]+)\)", "\n".join(cells))
    for node in [node for cell in cells for node in ast.parse(cell).body if isinstance(node, ast.ImportFrom)]:
        if any(alias.name in {name.partition(".")[0] for name in shown} for alias in node.names):
            exec(ast.unparse(node), names)
    for name in shown:
        assert not re.search(r"# *(type:|noqa)", inspect.getsource(eval(name, names))), name
