"""Parts headed Deeper are folded in a learner's copy, and nothing else is hidden by that."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tools.build import LESSONS, read_lesson
from tools.copies import for_learners, without_facts
from tools.deeper import COLLAPSED, hidden, with_folded_parts

EACH = pytest.mark.parametrize("lesson", sorted(LESSONS.glob("*.py")), ids=lambda path: path.stem)
LESSON = [
    "# A lesson",
    "## 1. One\nText.\n\n### Deeper: a way round\nIt is long.\n\n### Exercise 99.1\nGo it.",
    None,
    "That was it.\n\n### Exercise 99.2\nIn the core.",
    None,
    "## Deeper: a whole section\nWords.",
    "### Exercise 99.3 (Deeper)\nOne more.",
    None,
    "## Summary",
]


def cells_of(sources: list[str | None]) -> list[Any]:
    """Text cells, and a code cell for each None."""
    made = [
        nbformat.v4.new_code_cell("1") if source is None else nbformat.v4.new_markdown_cell(source)
        for source in sources
    ]
    for place, cell in enumerate(made):
        cell.id = f"cell-{place}"
    return made


def parted(cells: list[Any]) -> tuple[list[Any], list[Any]]:
    """The cells that a learner sees, and those that are folded away."""
    away = hidden(cells)
    return [cell for cell in cells if cell not in away], away


def headings(cells: list[Any]) -> list[str]:
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return re.findall(r"(?m)^#+ (.+)$", text)


def test_a_part_is_a_heading_with_all_that_belongs_to_it_below() -> None:
    core, extra = parted(with_folded_parts(cells_of(LESSON)))
    assert [cell.source for cell in core] == [
        "# A lesson",
        "## 1. One\nText.",
        "### Deeper: a way round",
        "### Exercise 99.2\nIn the core.",
        "1",
        "## Deeper: a whole section",
        "## Summary",
    ]
    assert [cell.source for cell in extra] == [
        "It is long.\n\n#### Exercise 99.1\nGo it.",
        "1",
        "That was it.",
        "Words.",
        "### Exercise 99.3 (Deeper)\nOne more.",
        "1",
    ]


def test_what_only_lists_such_parts_is_not_folded() -> None:
    cells = cells_of(["## Deeper\nThese are extra.", "### Exercise 99.1", None])
    assert with_folded_parts(cells) == cells


def test_a_lesson_as_json_has_it_is_folded_too() -> None:
    cells: list[Any] = [{"cell_type": "markdown", "source": ["## Deeper: a part\n", "Text."], "metadata": {}}]
    head, body = with_folded_parts(cells)
    assert head == {"cell_type": "markdown", "source": "## Deeper: a part", "metadata": {COLLAPSED: True}}
    assert body == {"cell_type": "markdown", "source": "Text.", "metadata": {}}
    assert cells[0]["metadata"] == {}


@EACH
def test_no_word_of_a_lesson_is_lost_and_each_cell_has_its_own_id(lesson: Path) -> None:
    whole, copy = without_facts(read_lesson(lesson).cells), for_learners(read_lesson(lesson).cells)
    words = [" ".join(cell.source.replace("#", "") for cell in cells).split() for cells in (whole, copy)]
    assert words[0] == words[1]
    assert len({cell.id for cell in copy}) == len(copy)
    nbformat.validate(nbformat.v4.new_notebook(cells=copy))


@EACH
def test_nothing_but_what_is_headed_deeper_is_hidden(lesson: Path) -> None:
    core, extra = parted(for_learners(read_lesson(lesson).cells))
    folded = headings([cell for cell in core if cell.metadata.get(COLLAPSED)])
    assert folded == [title for title in headings(core) if re.search(r"Deeper[:,]", title)]
    assert all(re.match(r"Exercise \d\d\.\d|Deeper[:,]", title) for title in headings(extra)), headings(extra)
    assert not [title for title in headings(core) if re.match("Exercise.*Deeper", title)]
    for one, other in ((core, extra), (extra, core)):
        asked = {found for cell in one for found in re.findall(r'predict\("(.+?)"', cell.source)}
        assert not [cell.source for cell in other for each in asked if f'reveal("{each}"' in cell.source]
