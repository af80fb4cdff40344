"""Explorers in JupyterLab: shown once, alive, moved by keyboard, called by name, and telling what they show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from tools.explorers import find
from tools.lab import ERRORS, IDLE, ROOT, SHUT_DOWN, START_MS, Lab, run_notebook
from tools.page_explorers import find as find_page_explorers

from .conftest import take_picture
from .hands import STATE
from .hands import move as move_drawn

LESSONS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
SYNTHETIC = """
import ipywidgets
from matplotlib.figure import Figure
from course_utils.explorers.engine import Explorer

figure = Figure(figsize=(9, 3.3), layout="constrained")
(line,) = figure.subplots().plot([], [])
line.axes.set(xlim=(-1, 30), ylim=(-10, 10))

def update(digit, k, shift, outputs):
    line.set_data([0, digit], [k, shift])
    line.set_linewidth(1 if outputs == "softmax" else 4)
    return [line]

def caption(digit, k, shift, outputs):
    return f"Test digit {digit} of 30, class {k}, {outputs}. Slid by {shift:+.1f}."

controls = {
    "digit": ipywidgets.IntSlider(0, 0, 29, description="test digit"),
    "k": ipywidgets.SelectionSlider(options=range(10), value=6, description="class k"),
    "shift": ipywidgets.FloatSlider(0.0, min=-10, max=10, description="add to logit of k", readout_format="+.1f"),
    "outputs": ipywidgets.ToggleButtons(options=["softmax", "ten sigmoids"], description="outputs"),
}
Explorer(figure, controls, update, caption, lambda **state: f"state = {state}")
"""
SHARED = """
from course_utils.explorers.simplex import simplex

explorer = simplex(['rain', 'sun', 'cloud'], 10, 40)
explorer
"""
WIDGETS = "application/vnd.jupyter.widget-state+json"
STEP_MS = 30_000  # on a busy machine; nothing here is about speed


def lesson_and_tier(path: Path) -> Any:
    # One stands for the others, which --all looks at.
    return pytest.param(path, id=path.stem, marks=() if path.stem.startswith("06_") else pytest.mark.slow)


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


def explorers(page: Page) -> list[Locator]:
    """The boxes that hold one explorer's controls and picture."""
    boxes = page.locator(".jp-OutputArea-output > .widget-vbox", has=page.locator("img.widget-image"))
    for box in boxes.all():
        box.scroll_into_view_if_needed()
    return boxes.all()


def move(page: Page, box: Locator, control: Locator, key: str) -> None:
    """Press a key on a control, as a reader without a mouse does, and wait until the picture has changed."""
    picture = box.locator("img.widget-image")
    before = picture.get_attribute("src") or ""
    control.scroll_into_view_if_needed()
    control.focus()
    page.keyboard.press(key)
    expect(picture).not_to_have_attribute("src", before)


def move_all(page: Page, box: Locator) -> None:
    """Move every control of an explorer by keyboard, look at its code, and reset it."""
    called = []
    for slider in box.get_by_role("slider").all():
        called.append(slider.get_attribute("aria-label"))
        at_the_end = slider.get_attribute("aria-valuenow") == slider.get_attribute("aria-valuemax")
        move(page, box, slider, "ArrowLeft" if at_the_end else "ArrowRight")
    for group in box.get_by_role("group").all():
        called.append(group.get_attribute("aria-label"))
        for button in group.get_by_role("button").all():
            if button.get_attribute("aria-pressed") == "false":
                move(page, box, button, "Enter")
                expect(button).to_have_attribute("aria-pressed", "true")
    assert all(called)
    assert len(set(called)) == len(called) > 0
    as_code = box.get_by_role("button", name="As code")
    as_code.press("Space")
    expect(as_code).to_have_attribute("aria-pressed", "true")
    expect(box.locator("xpath=following::pre[contains(., 'import')]").first).to_be_visible()
    move(page, box, box.get_by_role("button", name="Reset"), "Enter")


def test_an_explorer_follows_the_keyboard(page: Page, run: Any, complaints: list[str]) -> None:
    run(one_cell(SYNTHETIC), "synthetic.ipynb")
    caption = page.locator(".widget-html [role=status]").last
    expect(page.locator("img.widget-image")).to_have_count(1)
    expect(page.locator(".jp-OutputArea-output img:visible")).to_have_count(1)
    first = caption.inner_text()
    take_picture(page, "explorer")
    size = page.locator("img.widget-image").evaluate(
        "image => [image.clientWidth, image.clientHeight, image.naturalWidth]"
    )
    assert size == [900, 330, 1350]

    (box,) = explorers(page)
    move(page, box, box.get_by_role("slider", name="test digit"), "ArrowRight")
    expect(caption).to_contain_text("Test digit 1 ")
    move(page, box, box.get_by_role("slider", name="add to logit of k"), "ArrowLeft")
    expect(caption).to_contain_text("Slid by -0.1")
    move(page, box, box.get_by_role("slider", name="class k"), "ArrowLeft")
    move(page, box, box.get_by_role("button", name="ten sigmoids"), "Enter")
    expect(caption).to_contain_text("ten sigmoids")
    take_picture(page, "explorer-moved")

    code = page.locator(".widget-html pre")
    expect(code).to_be_hidden()
    page.get_by_role("button", name="As code").press("Enter")
    expect(code).to_contain_text("state = ")
    take_picture(page, "explorer-code")
    move(page, box, page.get_by_role("button", name="Reset"), "Enter")
    expect(caption).to_have_text(first)
    assert complaints == []


def test_of_many_events_the_last_wins(page: Page, run: Any) -> None:
    run(one_cell(SYNTHETIC), "held.ipynb")
    page.get_by_role("slider", name="test digit").focus()
    for _ in range(25):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".widget-html [role=status]").last).to_contain_text("Test digit 25 ")


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
    """Run a copy without outputs, then move each control of each explorer in it."""
    notebook = nbformat.read(lesson, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    run(notebook, lesson.name)
    source = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    imported = re.findall(r"^from course_utils\.explorers\.(\w+) import (\([^)]*\)|.+)$", source, re.MULTILINE)
    # A module and its explorer share a name.
    promised = [module for module, names in imported if module in re.findall(r"\w+", names)]
    found = explorers(page)
    drawn = page.locator(".course-explorer").all()
    assert len(found) >= sum(module in find() for module in promised)
    assert len(drawn) >= sum(module in find_page_explorers() for module in promised)
    # Every lesson but the first has an explorer.
    assert bool(found or drawn) == (lesson.stem != "00_start_here")
    for number, box in enumerate(found):
        box.scroll_into_view_if_needed()
        take_picture(page, f"{lesson.stem}-{number}")
        move_all(page, box)
        take_picture(page, f"{lesson.stem}-{number}-code")
    for each in drawn:
        each.scroll_into_view_if_needed()
        place = page.locator(".jp-OutputArea-output", has=each)
        before = place.evaluate(STATE)
        move_drawn(place)
        assert place.evaluate(STATE) != before
    assert page.evaluate(ERRORS) == []
    assert complaints == []
