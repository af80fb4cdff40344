"""Cards and forms as JupyterLab shows them: a prediction by hand, stored cards on dark before they are trusted."""

from __future__ import annotations

from collections.abc import Iterator

import nbformat
import pytest
from playwright.sync_api import Page, expect

from course_utils.exercises import check
from tools.lab import IDLE, SHUT_DOWN, START_MS, Lab, run_notebook

from .conftest import take_picture

DARK = "() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})"
LIGHT = DARK.replace("Dark", "Light")
COLOURS = "(card) => [...card.querySelectorAll('*')].map((each) => getComputedStyle(each).color)"


@pytest.fixture(autouse=True)
def _shut_down(page: Page) -> Iterator[None]:
    yield
    page.evaluate(SHUT_DOWN)


def test_predict_by_hand_and_reveal(page: Page, lab: Lab) -> None:
    sources = [
        "from course_utils.study.predictions import predict, reveal",
        'predict("04.p1")',
        'predict("11.p1")',
    ]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    run_notebook(page, lab, nbformat.v4.new_notebook(cells=cells), "predict.ipynb")
    page.get_by_role("button", name="b) cross-entropy and squared error").click()
    expect(page.get_by_role("status").filter(has_text="Noted 04.p1")).to_contain_text("b. Run on, and see.")
    page.get_by_role("button", name="rather sure, 80 %").click()
    expect(page.get_by_role("status").filter(has_text="Noted 04.p1")).to_contain_text("a 10 %, b 80 %, c 10 %")
    field = page.get_by_placeholder("a number")
    field.fill("512")
    field.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Noted 11.p1")).to_contain_text("512 rows")
    take_picture(page, "predict_by_hand")


def test_a_stored_card_is_legible_on_dark_before_it_is_trusted(page: Page, lab: Lab) -> None:
    verdict = check("03.1", lambda z: z)
    data = {"text/plain": verdict.message, "text/html": verdict.html}
    cell = nbformat.v4.new_code_cell("1", outputs=[nbformat.v4.new_output("display_data", data)])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, lab.folder / "stored.ipynb")
    page.goto(f"{lab.url}/doc/tree/stored.ipynb?reset&token={lab.token}", timeout=START_MS)
    page.wait_for_function(IDLE, timeout=START_MS)
    try:
        page.evaluate(DARK)
        card = page.locator(".jp-OutputArea-output div").filter(has_text="Not yet right").first
        expect(card.locator("strong").first).to_be_visible()
        expect(page.locator("body[data-jp-theme-light=false]")).to_have_count(1)
        levels = [
            sum(map(float, colour[colour.index("(") + 1 : -1].split(",")[:3])) for colour in card.evaluate(COLOURS)
        ]
        take_picture(page, "stored_card_dark")
        assert min(levels) > 400  # of 765: no dark letter on the dark page
    finally:
        page.evaluate(LIGHT)
