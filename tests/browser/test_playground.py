"""The playground in JupyterLab: it plays, leaves other cells free, stops when it is gone; and the digit pad."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Page, expect

from tools.lab import COUNT, SHUT_DOWN, Lab, run_notebook

from .conftest import take_picture

START = "circles_n0.1_x1+x2_1x4_tanh_CE_r0.3_u35"
CELLS = [
    f"from course_utils.explorers.playground import playground\nexplorer = playground('{START}')\nexplorer",
    "print('updates', explorer.values['updates'], 'playing', explorer._clock.playing)",
]
STEP_MS = 30_000
# Run the second cell, and the milliseconds until it has answered.
ANSWER = """async () => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    notebook.activeCellIndex = 1;
    const began = performance.now();
    await window.jupyterapp.commands.execute("notebook:run-cell");
    return performance.now() - began;
}"""
SAID = """() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.toJSON().cells[1].outputs
    .map(output => output.text).join("")"""
CLEAR = """() => {
    window.jupyterapp.shell.currentWidget.content.activeCellIndex = 0;
    return window.jupyterapp.commands.execute("notebook:clear-cell-output");
}"""


@pytest.fixture
def board(page: Page, lab: Lab) -> Iterator[Page]:
    expect.set_options(timeout=STEP_MS)
    page.set_default_timeout(STEP_MS)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    run_notebook(page, lab, notebook, "playground.ipynb")
    yield page
    page.evaluate(SHUT_DOWN)


def updates(page: Page) -> int:
    return round(float(page.get_by_role("slider", name="updates").get_attribute("aria-valuenow") or -1))


def said(page: Page) -> str:
    text: Any = page.evaluate(SAID)
    return str(text)


def test_it_plays_pauses_and_steps_by_keyboard_while_other_cells_run(board: Page) -> None:
    assert updates(board) == 35, "the first picture is at the state that was asked for"
    play = board.get_by_role("button", name="Play")
    play.press("Space")
    expect(play).to_have_attribute("aria-pressed", "true")
    board.wait_for_timeout(1000)
    pictures = board.evaluate(COUNT, 5000)
    waits = sorted(board.evaluate(ANSWER) for _ in range(5))
    print(f"{pictures / 5:.1f} pictures a second; another cell answers in {waits[2]:.0f} ms")
    assert pictures > 1, "no timed facts here: the speed is measured by benchmarks/playground.py"
    assert "playing True" in said(board)
    take_picture(board, "playground-playing")
    play.press("Space")
    board.wait_for_timeout(500)
    at = updates(board)
    board.wait_for_timeout(500)
    assert updates(board) == at > 0
    board.get_by_role("button", name="Step").press("Enter")
    expect(board.get_by_role("slider", name="updates")).to_have_attribute("aria-valuenow", f"{at + 1}.0")
    expect(board.locator("p[role=status]").last).to_contain_text(f"After {at + 1} updates")


def test_a_line_brings_the_same_playground_back(board: Page) -> None:
    line, picture = board.get_by_role("textbox", name="state", exact=True), board.locator("img.widget-image")
    wanted = "moons_n0.1_x1+x2_2x6_tanh_CE_r1_u300"
    first = picture.get_attribute("src") or ""
    line.fill(wanted)
    line.press("Enter")
    expect(picture).not_to_have_attribute("src", first)
    expect(board.locator("p[role=status]").last).to_contain_text("After 300 updates")
    take_picture(board, "playground-pasted")
    line.fill("moons_n0.1_x1+x2_9x6_tanh_CE_r1_u300")
    line.press("Enter")
    expect(board.get_by_role("alert")).to_contain_text("expected 0x1 to 3x8")
    expect(board.get_by_role("slider", name="updates")).to_have_attribute("aria-valuenow", "300.0")


def test_it_stops_when_its_output_is_gone(board: Page) -> None:
    board.get_by_role("button", name="Play").press("Space")
    board.wait_for_timeout(1500)
    board.evaluate(CLEAR)
    deadline = time.monotonic() + STEP_MS / 1000
    while time.monotonic() < deadline:
        board.evaluate(ANSWER)
        if "playing False" in said(board):
            break
    assert "playing False" in said(board)
    board.wait_for_timeout(2000)  # what was under way arrives
    board.evaluate(ANSWER)
    first = said(board)
    board.wait_for_timeout(1000)
    board.evaluate(ANSWER)
    assert said(board) == first


PAD = """
import numpy as np
from course_utils.datasets import load_mnist
from course_utils.estimators import SoftmaxRegression
from course_utils.explorers.digit_pad import digit_pad
data = load_mnist()
model = SoftmaxRegression(learning_rate=0.5, epochs=60, input_scale=1 / 255).fit(data.X_train, data.y_train)
first = [int(np.argmax(data.y_test == k)) for k in range(10)]
digit_pad(model.predict_proba, data.X_test[first], range(10))
"""


@pytest.fixture
def pad(page: Page, lab: Lab) -> Iterator[Page]:
    expect.set_options(timeout=STEP_MS)
    page.set_default_timeout(STEP_MS)
    run_notebook(page, lab, nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(PAD)]), "pad.ipynb")
    yield page
    page.evaluate(SHUT_DOWN)


def test_a_digit_is_read_while_it_is_drawn_and_the_page_stays_where_it_is(pad: Page) -> None:
    sheet = pad.get_by_role("img", name="A pad to draw")
    sheet.scroll_into_view_if_needed()
    assert sheet.evaluate("canvas => getComputedStyle(canvas).touchAction") == "none"
    box = sheet.bounding_box()
    assert box is not None
    bars = pad.get_by_role("list", name="probabilities").get_by_role("listitem")
    expect(bars).to_have_count(10)
    expect(bars.first).to_have_text("0")
    corners = [(0.3, 0.2), (0.7, 0.2), (0.45, 0.85)]  # a seven
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    pad.mouse.move(*places[0])
    pad.mouse.down()
    pad.mouse.move(*places[1], steps=8)
    expect(bars.first).to_contain_text("%")  # the pen is still down
    pad.mouse.move(*places[2], steps=8)
    pad.mouse.up()
    said = pad.get_by_role("status").filter(has_text="Reads")
    expect(said).to_contain_text("Reads 7")
    assert sheet.bounding_box() == box
    take_picture(pad, "digit-pad")
    pad.get_by_role("button", name="Clear").press("Enter")
    expect(pad.get_by_text("The pad is empty.")).to_be_visible()


def test_the_keyboard_has_sample_digits(pad: Page) -> None:
    group = pad.get_by_role("group", name="sample digits")
    for digit in (0, 1, 6):
        group.get_by_role("button", name=f"Sample {digit + 1}", exact=True).press("Enter")
        expect(pad.get_by_text(f"Reads {digit} (")).to_be_visible()
    take_picture(pad, "digit-pad-sample")
