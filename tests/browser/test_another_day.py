"""A lesson that is opened again: nothing is red, a line says how to go on, and cells may run out of order."""

from __future__ import annotations

from collections.abc import Iterator

import nbformat
import pytest
from playwright.sync_api import Page, expect

from tools.lab import ERRORS, IDLE, SHUT_DOWN, START_MS, Lab, run_notebook

from .conftest import take_picture

pytestmark = pytest.mark.slow

SOURCES = [
    """from course_utils.exercises import check
from course_utils.explorers.simplex import simplex
from course_utils.study.predictions import predict
from course_utils.study.review import review""",
    'predict("04.p1")',
    'review("03")',
    "simplex(['rain', 'sun', 'cloud'], 10, 40)",
    'check("03.1", lambda z: 1)',
    "1 + 1",
]
GO_ON = "click the cell where you stopped, then choose Run > Run All Above Selected Cell."
RED = """() => [...document.querySelectorAll("[data-mime-type*=error], [data-mime-type*=stderr]")]
    .map((output) => output.textContent.slice(0, 80))"""
RESTART = """async () => {
    const { sessionContext } = window.jupyterapp.shell.currentWidget;
    await sessionContext.restartKernel();
    await window.jupyterapp.commands.execute("notebook:run-all-cells");
}"""
SELECT = """(index) => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    notebook.activeCellIndex = index;
    notebook.deselectAll();
}"""


@pytest.fixture(autouse=True)
def _shut_down(page: Page) -> Iterator[None]:
    yield
    page.evaluate(SHUT_DOWN)


def run_lesson(page: Page, lab: Lab, name: str) -> None:
    cells = [nbformat.v4.new_code_cell(source) for source in SOURCES]
    run_notebook(page, lab, nbformat.v4.new_notebook(cells=cells), name)


def reopen(page: Page, lab: Lab, name: str) -> None:
    page.goto(f"{lab.url}/doc/tree/{name}?reset&token={lab.token}", timeout=START_MS)
    page.wait_for_function(IDLE, timeout=START_MS)


@pytest.mark.slow
def test_opened_again_nothing_is_red_and_a_line_says_how_to_go_on(page: Page, lab: Lab) -> None:
    run_lesson(page, lab, "again.ipynb")
    line = page.locator(".course-go-on")
    expect(line).to_be_hidden()
    page.evaluate("""async () => {
        const { context, sessionContext } = window.jupyterapp.shell.currentWidget;
        await context.save();
        await sessionContext.shutdown();
    }""")
    reopen(page, lab, "again.ipynb")
    expect(line).to_be_visible(timeout=START_MS)
    expect(line).to_contain_text(GO_ON)
    expect(line).to_have_attribute("role", "status")
    expect(page.get_by_role("slider", name="point in the triangle")).to_be_visible()
    take_picture(page, "another_day")
    assert page.evaluate(RED) == []
    expect(page.get_by_text("model not found")).to_have_count(0)
    page.evaluate(SELECT, len(SOURCES) - 1)
    line.get_by_role("button", name="Run all above").click()
    expect(line).to_be_hidden()
    page.wait_for_function(IDLE, timeout=START_MS)
    assert page.evaluate(ERRORS) == []
    reopen(page, lab, "again.ipynb")  # with the kernel alive, nothing has to be said
    page.wait_for_timeout(1000)
    expect(line).to_be_hidden()


def test_a_cell_before_the_first_one_says_what_to_run(page: Page, lab: Lab) -> None:
    cells = [nbformat.v4.new_code_cell(source) for source in SOURCES]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, lab.folder / "order.ipynb")
    reopen(page, lab, "order.ipynb")
    page.evaluate(SELECT, 4)
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-cell')")
    output = page.locator(".jp-Cell").nth(4).locator(".jp-OutputArea-output")
    expect(output).to_contain_text("Run the first cells first: `check` is not known yet")
    expect(output).not_to_contain_text("NameError")
    take_picture(page, "out_of_order")
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-above')")
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-cell')")
    expect(output).to_contain_text("03.1")


def test_a_name_that_no_cell_makes_keeps_its_traceback(page: Page, lab: Lab) -> None:
    cells = [nbformat.v4.new_code_cell(SOURCES[0]), nbformat.v4.new_code_cell("sigmod(0)")]
    with pytest.raises(RuntimeError, match="NameError: name 'sigmod' is not defined"):
        run_notebook(page, lab, nbformat.v4.new_notebook(cells=cells), "misspelt.ipynb")
    output = page.locator(".jp-Cell").nth(1)
    expect(output).to_contain_text("NameError")
    expect(output).to_contain_text("Perhaps `sigmod` is misspelt, or a cell above that makes it has not run")


def test_restart_and_run_all(page: Page, lab: Lab) -> None:
    run_lesson(page, lab, "restart.ipynb")
    page.evaluate(RESTART)
    page.wait_for_function(IDLE, timeout=START_MS)
    assert page.evaluate(ERRORS) == []
    counts = page.evaluate("""() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
        .map((cell) => cell.executionCount)""")
    assert counts == list(range(1, len(SOURCES) + 1))
    expect(page.locator(".course-go-on")).to_be_hidden()
