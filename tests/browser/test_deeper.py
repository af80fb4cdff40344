"""Parts headed Deeper in JupyterLab: folded, opened by mouse and by key, run with the rest, and remembered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Page, expect

from tools.build import NOTEBOOKS
from tools.copies import for_learners
from tools.deeper import COLLAPSED, hidden
from tools.lab import ERRORS, IDLE, SHUT_DOWN, START_MS, Lab, run_notebook

from .conftest import take_picture

pytestmark = pytest.mark.slow

SAVE = "() => window.jupyterapp.shell.currentWidget.context.save()"
# The text of each cell that is seen, and of each that is not.
SEEN = """(seen) => window.jupyterapp.shell.currentWidget.content.widgets
    .filter((cell) => !cell.isHidden === seen).map((cell) => cell.model.sharedModel.getSource())"""
SELECT = """(index) => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    notebook.activeCellIndex = index;
    notebook.mode = "command";
    notebook.node.focus();
    notebook.activeCell.node.focus();
}"""
FOCUSED = "() => document.activeElement.closest('.jp-Cell')?.querySelector('h2, h3')?.dataset.jupyterId"


@pytest.fixture(autouse=True)
def _shut_down(page: Page) -> Iterator[None]:
    yield
    page.evaluate(SHUT_DOWN)


TEXT_AND_CODE = [
    "## 1. The core",
    "from course_utils.exercises import check\n\na = 1",
    "### Deeper: a way round\nIt is long.\n\n### Exercise 03.1\nGo it.",
    'check("03.1", lambda z: z)',
    "b = a + 1",
    "## 2. The core goes on",
    "b + 1",
]


def lesson() -> Any:
    cells = [
        nbformat.v4.new_markdown_cell(source) if source.startswith("#") else nbformat.v4.new_code_cell(source)
        for source in TEXT_AND_CODE
    ]
    return nbformat.v4.new_notebook(cells=for_learners(cells))


def open_again(page: Page, lab: Lab) -> None:
    page.goto(f"{lab.url}/doc/tree/deeper.ipynb?reset&token={lab.token}", timeout=START_MS)
    page.wait_for_function(IDLE, timeout=START_MS)


def folded(lab: Lab) -> list[str]:
    """The headings that are folded in the file."""
    cells = nbformat.read(lab.folder / "deeper.ipynb", as_version=4).cells
    return [cell.source for cell in cells if cell.metadata.get(COLLAPSED)]


def test_a_part_is_run_while_it_is_folded_and_opens_by_mouse_and_by_key(page: Page, lab: Lab) -> None:
    run_notebook(page, lab, lesson(), "deeper.ipynb")
    expect(page.get_by_text("3 cells hidden")).to_be_visible()
    assert page.evaluate(SEEN, False) == [cell.source for cell in lesson().cells[3:6]]
    expect(page.locator(".jp-Cell").last).to_contain_text("3")  # b was made
    take_picture(page, "deeper_folded")
    opens = page.get_by_role("button", name="3 cells hidden: Deeper: a way round")
    expect(opens).to_have_attribute("aria-expanded", "false")
    opens.focus()
    page.keyboard.press("Enter")
    expect(page.locator("p", has_text="It is long.")).to_be_visible()
    assert page.evaluate(FOCUSED) == "Deeper:-a-way-round"
    expect(page.locator(".jp-Cell").nth(4)).to_contain_text("03.1")  # the card of its exercise
    assert page.evaluate(SEEN, False) == []
    take_picture(page, "deeper_open")
    page.evaluate(SAVE)
    assert folded(lab) == []
    page.keyboard.press("ArrowLeft")
    expect(page.locator("p", has_text="It is long.")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(page.locator("p", has_text="It is long.")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    opens.click()
    expect(page.locator("p", has_text="It is long.")).to_be_visible()


def test_what_was_open_is_open_on_another_day_and_what_was_folded_is_folded(page: Page, lab: Lab) -> None:
    run_notebook(page, lab, lesson(), "deeper.ipynb")
    page.evaluate(SAVE)
    assert folded(lab) == ["### Deeper: a way round"]
    page.evaluate(SHUT_DOWN)
    open_again(page, lab)
    expect(page.get_by_text("3 cells hidden")).to_be_visible()
    expect(page.locator("p", has_text="It is long.")).to_be_hidden()
    page.evaluate(SELECT, 7)
    page.locator(".course-go-on").get_by_role("button", name="Run all above").click()
    page.wait_for_function(IDLE, timeout=START_MS)
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-cell')")
    page.wait_for_function(IDLE, timeout=START_MS)
    assert page.evaluate(ERRORS) == []
    expect(page.locator("p", has_text="It is long.")).to_be_hidden()
    page.get_by_text("3 cells hidden").click()
    page.evaluate(SAVE)
    page.evaluate(SHUT_DOWN)
    open_again(page, lab)
    expect(page.locator("p", has_text="It is long.")).to_be_visible()


EACH = pytest.mark.parametrize("built", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)


@EACH
def test_jupyterlab_hides_of_each_lesson_what_is_below_its_folded_headings(page: Page, lab: Lab, built: Path) -> None:
    notebook = nbformat.read(built, as_version=4)
    notebook.cells = for_learners(notebook.cells)
    nbformat.write(notebook, lab.folder / "deeper.ipynb")
    open_again(page, lab)
    away = [cell.source for cell in hidden(notebook.cells)]
    page.wait_for_function(f"() => ({SEEN})(false).length === {len(away)}", timeout=START_MS)
    assert page.evaluate(SEEN, False) == away
