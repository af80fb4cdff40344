"""Explorers in JupyterLab: alive in every lesson, one state with the kernel, and moving after it has gone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from answers import answered, exercise_cells, verdicts
from playwright.sync_api import ConsoleMessage, Page, expect

from tools.lab import ERRORS, IDLE, ROOT, SHUT_DOWN, START_MS, Lab, run_notebook
from tools.page_explorers import find

from .conftest import take_picture
from .hands import STATE, move

LESSONS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
SHARED = """
from course_utils.explorers.simplex import simplex

explorer = simplex(['rain', 'sun', 'cloud'], 10, 40)
explorer
"""
CONTENT = "() => window.jupyterapp.shell.currentWidget.content.model.toJSON()"
WIDGETS = "application/vnd.jupyter.widget-state+json"
STEP_MS = 30_000  # on a busy machine; nothing here is about speed


def lesson_and_tier(path: Path) -> Any:
    # The shortest stands for the others, which --all looks at.
    return pytest.param(path, id=path.stem, marks=() if path.stem.startswith("00_") else pytest.mark.slow)


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the page's console reports as an error, filled while the page runs."""
    found: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            found.append(f"{message.text} ({message.location.get('url', '')})")

    page.on("console", note)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


@pytest.fixture
def run(page: Page, lab: Lab) -> Iterator[Any]:
    """Run a notebook in the page, where no cell may fail; its kernel is shut down after the test."""
    expect.set_options(timeout=STEP_MS)
    page.set_default_timeout(STEP_MS)
    yield lambda notebook, name: run_notebook(page, lab, notebook, name)
    page.evaluate(SHUT_DOWN)


def one_cell(source: str) -> Any:
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])


def test_a_kernel_and_a_page_share_the_state_and_the_page_keeps_it(
    page: Page, run: Any, lab: Lab, complaints: list[str]
) -> None:
    """A hand's movement reaches the kernel; saved, opened again without a kernel, the explorer still moves."""
    run(one_cell(SHARED), "shared.ipynb")
    place = page.locator(".jp-OutputArea-output", has=page.locator(".course-explorer"))
    point = page.get_by_role("slider", name="point in the triangle")
    for _ in range(3):
        point.press("ArrowRight")
    assert place.evaluate(STATE)["first"] == 13
    expect(point).to_be_focused()
    take_picture(page, "lab-explorer")
    page.evaluate("""async () => {
        const { context, sessionContext } = window.jupyterapp.shell.currentWidget;
        await context.save();
        await sessionContext.shutdown();
    }""")
    stored = nbformat.read(lab.folder / "shared.ipynb", as_version=4)
    (saved,) = [
        each["state"] for each in stored.metadata.widgets[WIDGETS]["state"].values() if "first" in each["state"]
    ]
    assert saved["first"] == 13
    complaints.clear()

    page.goto(f"{lab.url}/doc/tree/shared.ipynb?reset&token={lab.token}")
    page.wait_for_function(IDLE, timeout=START_MS)  # a new one, which knows nothing of it
    point = page.get_by_role("slider", name="point in the triangle")
    expect(point).to_have_attribute("aria-valuetext", "rain 0.13, sun 0.40, cloud 0.47")
    assert complaints == []
    page.evaluate(SHUT_DOWN)  # of which JupyterLab's debugger complains
    point.press("ArrowUp")
    expect(point).to_have_attribute("aria-valuetext", "rain 0.13, sun 0.41, cloud 0.46")
    expect(page.get_by_text("model not found")).to_have_count(0)
    take_picture(page, "lab-reopened")


@pytest.mark.parametrize("lesson", [lesson_and_tier(path) for path in LESSONS])
def test_a_lesson_is_alive(page: Page, run: Any, complaints: list[str], lesson: Any) -> None:
    """Run a half solved copy without outputs, then move each explorer in it."""
    notebook = nbformat.read(lesson, as_version=4)
    for cell, _ in exercise_cells(notebook)[::2]:
        cell.source = answered(cell.source)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    run(notebook, lesson.name)
    said = verdicts(nbformat.from_dict(page.evaluate(CONTENT)))
    assert all(verdict.endswith(" right.") for verdict in said[::2]), said
    assert all(" not attempted yet." in verdict for verdict in said[1::2]), said
    source = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    imported = re.findall(r"^from course_utils\.explorers\.(\w+) import (\([^)]*\)|.+)$", source, re.MULTILINE)
    # A module and its explorer share a name.
    promised = [module for module, names in imported if module in re.findall(r"\w+", names)]
    drawn = page.locator(".jp-OutputArea-output", has=page.locator(".course-explorer")).all()
    assert len(drawn) >= sum(module in find() for module in promised)
    assert drawn, "every lesson has an explorer"
    for number, place in enumerate(drawn):
        place.scroll_into_view_if_needed()
        take_picture(page, f"{lesson.stem}-{number}")
        before = place.evaluate(STATE)
        move(place)
        assert place.evaluate(STATE) != before
    assert page.evaluate(ERRORS) == []
    assert complaints == []
