"""Explorers in JupyterLab: shown once, alive, moved by keyboard, and telling what they show."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from .conftest import ROOT, Lab

LESSONS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
SYNTHETIC = """
import numpy as np
from course_utils.explorers.what_it_saw import what_it_saw

rng = np.random.default_rng(0)
W, b = rng.normal(0, 0.1, (784, 10)), np.zeros(10)
X, y = rng.random((30, 784)) < 0.2, rng.integers(0, 10, 30)
what_it_saw(W, b, X, y, range(10))
"""
IDLE = """() => {
    const session = window.jupyterapp?.shell?.currentWidget?.sessionContext?.session;
    return session?.kernel?.status === "idle";
}"""
RUN_ALL = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"
SHUT_DOWN = "() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()"
ERRORS = """() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.toJSON().cells
    .flatMap(cell => cell.outputs ?? [])
    .filter(output => output.output_type === "error").map(output => `${output.ename}: ${output.evalue}`)"""


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
def run_notebook(page: Page, lab: Lab) -> Iterator[Any]:
    """Open a notebook in the page and run it from top to bottom; its kernel is shut down after the test."""

    def run(notebook: Any, name: str) -> None:
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}  # or a dialogue asks
        nbformat.write(notebook, lab.folder / name)
        page.goto(f"{lab.url}/doc/tree/{name}?reset&token={lab.token}")
        page.wait_for_function(IDLE, timeout=60_000)
        page.evaluate(RUN_ALL)
        assert page.evaluate(ERRORS) == []

    yield run
    page.evaluate(SHUT_DOWN)


def take_picture(page: Page, name: str) -> None:
    """Keep a screenshot where COURSE_SCREENSHOTS names a folder, for whoever wants to look."""
    if folder := os.environ.get("COURSE_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png")


def press(page: Page, control: Locator, key: str) -> None:
    """Press a key on a control, as a reader without a mouse does, and wait until the picture has changed."""
    picture = page.locator("img.widget-image")
    before = picture.get_attribute("src")
    control.focus()
    page.keyboard.press(key)
    expect(picture).not_to_have_attribute("src", before or "")


def test_an_explorer_follows_the_keyboard(page: Page, run_notebook: Any, complaints: list[str]) -> None:
    run_notebook(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SYNTHETIC)]), "synthetic.ipynb")
    picture, caption = page.locator("img.widget-image"), page.locator(".widget-html [role=status]")
    expect(picture).to_have_count(1)
    expect(caption).to_have_count(1)
    expect(page.locator(".jp-OutputArea-output img")).to_have_count(1)
    first = caption.inner_text()
    take_picture(page, "explorer")
    size = picture.evaluate("image => [image.clientWidth, image.clientHeight, image.naturalWidth]")
    assert size == [900, 330, 1350]

    digit, k, shift = page.locator(".widget-slider .noUi-handle").all()
    press(page, digit, "ArrowRight")
    expect(caption).to_contain_text("Test digit 1 ")
    press(page, shift, "ArrowLeft")
    expect(caption).to_contain_text("Slid by -0.1")
    press(page, k, "ArrowLeft")
    press(page, page.get_by_role("button", name="ten sigmoids"), "Enter")
    expect(caption).to_contain_text("ten sigmoids")
    take_picture(page, "explorer-moved")

    code = page.locator(".widget-html pre")
    expect(code).to_be_hidden()
    page.get_by_role("button", name="As code").press("Enter")
    expect(code).to_contain_text("p = sigmoid(z)")
    take_picture(page, "explorer-code")
    press(page, page.get_by_role("button", name="Reset"), "Enter")
    expect(caption).to_have_text(first)
    assert complaints == []


def test_of_many_events_the_last_wins(page: Page, run_notebook: Any) -> None:
    run_notebook(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SYNTHETIC)]), "held.ipynb")
    page.locator(".widget-slider .noUi-handle").first.focus()
    for _ in range(25):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".widget-html [role=status]")).to_contain_text("Test digit 25 ")


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_is_alive(page: Page, run_notebook: Any, complaints: list[str], lesson: Path) -> None:
    """Run a copy without outputs, then move each of its sliders."""
    notebook = nbformat.read(lesson, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    run_notebook(notebook, lesson.name)
    sliders = page.locator(".widget-slider .noUi-handle")
    # Every lesson but the first has an explorer, and with it a slider.
    explores = any("from course_utils.explorers" in cell.source for cell in notebook.cells)
    assert (sliders.count() > 0) == explores == (lesson.stem != "00_start_here")
    for slider in sliders.all():
        slider.scroll_into_view_if_needed()
        press(page, slider, "ArrowRight")
    take_picture(page, lesson.stem)
    assert complaints == []
