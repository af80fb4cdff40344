"""The playground in a bare page: it plays, grows, takes points and links; and the digit pad in JupyterLab."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from tools.lab import SHUT_DOWN, Lab, run_notebook
from tools.page_explorers import placed, script

from .conftest import take_picture
from .hands import FRAME, STATE

STEP_MS = 30_000
NUMBERS = """(place) => {
    const { done, shape } = place.querySelector(".course-explorer").explorer.numbers;
    return [done, shape.length];
}"""
# How many colours each picture has, of the plane and of the neurons; none where it is hidden.
COLOURS = """(place) => [...place.querySelectorAll(".course-explorer")].flatMap(({ shadowRoot }) => [
    ...shadowRoot.querySelectorAll("canvas")]).map((canvas) => {
    const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return canvas.hidden ? 0 : new Set(new Uint32Array(data.buffer)).size;
})"""


@pytest.fixture
def place(page: Page) -> Iterator[Locator]:
    """A playground in a page that is silent to the end."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    body = placed({"name": "playground", "state": {}})
    page.set_content(f'<!doctype html><meta charset="utf-8"><body style="background: #fff">{body}')
    page.add_script_tag(content=script("playground"))
    page.evaluate(FRAME)
    yield page.locator(".explorer")
    assert complaints == []


def state(place: Locator) -> Any:
    place.page.evaluate(FRAME)
    return place.evaluate(STATE)


def open_alone(page: Page, name: str, place: str = "") -> None:
    """Open a page at an address of this machine that holds one explorer and nothing else."""
    body = placed({"name": name, "state": {}}) + f"<script>{script(name)}</script>"
    page.route("**/*", lambda route: route.fulfill(body=f'<meta charset="utf-8">{body}', content_type="text/html"))
    page.goto(f"http://127.0.0.1/{place}")


def test_it_plays_pauses_steps_and_begins_again(place: Locator) -> None:
    page = place.page
    play = place.get_by_role("button", name="Play")
    play.press("Space")
    page.wait_for_function("() => document.querySelector('.course-explorer').explorer.state.updates > 60")
    place.get_by_role("button", name="Pause").press("Space")
    at = state(place)["updates"]
    page.wait_for_timeout(200)
    assert state(place)["updates"] == at
    place.get_by_role("button", name="Step").press("Enter")
    assert state(place)["updates"] == at + 1
    expect(place.locator("[part=caption]")).to_contain_text(f"After {at + 1} updates")
    place.get_by_role("button", name="Restart").click()
    assert (state(place)["updates"], state(place)["seed"]) == (0, 0)
    place.get_by_role("button", name="New start").click()
    assert (state(place)["updates"], state(place)["seed"]) == (0, 1)


def test_a_change_goes_on_from_a_run_with_that_setting(place: Locator) -> None:
    line = place.get_by_role("textbox", name="state", exact=True)
    line.fill("moons_n0.1_x1+x2_3x8_tanh_CE_r1_u900")
    line.press("Enter")
    place.page.wait_for_function("() => document.querySelector('.course-explorer').explorer.numbers.done === 900")
    place.get_by_role("combobox", name="learning rate").select_option("0.3")
    place.page.wait_for_function("() => document.querySelector('.course-explorer').explorer.numbers.done === 900")
    assert state(place)["rate"] == 0.3
    expect(line).to_have_value("moons_n0.1_x1+x2_3x8_tanh_CE_r0.3_u900")
    line.fill("moons_n0.1_x1+x2_9x8_tanh_CE_r1_u900")
    line.press("Enter")
    expect(place.get_by_text("Part 4 of the state")).to_be_visible()
    assert state(place)["hidden"] == [8, 8, 8]


def test_neurons_layers_and_features_by_hand_and_by_keyboard(place: Locator) -> None:
    place.get_by_role("button", name="Add a neuron to layer 1").click()
    place.get_by_role("button", name="Add a hidden layer").press("Enter")
    place.get_by_role("button", name="Remove a neuron from layer 2").press("Space")
    place.get_by_role("switch", name="feature x₁x₂").click()
    assert (state(place)["hidden"], state(place)["features"]) == ([5, 4], ["x1", "x2", "product"])
    assert place.evaluate(NUMBERS) == [20, 3]
    neuron = place.get_by_role("button", name="neuron 2 of layer 1", exact=True)
    neuron.click()
    expect(place.get_by_text("What neuron 2 of layer 1 says")).to_be_visible()
    expect(neuron).to_have_attribute("aria-pressed", "true")
    place.get_by_role("combobox", name="classes").select_option("3, softmax")
    expect(place.get_by_role("button", name="output, the logit of class 2")).to_be_visible()
    take_picture(place.page, "playground-network")
    seen = [count for count in place.evaluate(COLOURS) if count]
    assert len(seen) == 7 + 5 + 4 + 3 + 1
    assert min(seen) > 1


def test_points_of_ones_own_are_added_and_taken_away(place: Locator) -> None:
    place.get_by_role("radio", name="your own").check()
    plane = place.get_by_role("group", name="The plane")
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    assert box is not None
    places = [(box["x"] + share * box["width"], box["y"] + 0.4 * box["height"]) for share in (0.4, 0.7)]
    place.page.mouse.click(*places[0])
    place.get_by_role("combobox", name="a click adds").select_option("▲ class 1")
    place.page.mouse.click(*places[1])
    points = state(place)["points"]
    assert [point[2] for point in points] == [0, 1]
    assert points[0][0] < points[1][0]
    cross = place.get_by_role("button", name="Add a point of your own")
    cross.focus()
    for key in ("ArrowDown", "Shift+ArrowDown", "Enter"):
        cross.press(key)
    assert state(place)["points"][2] == [0, -0.25, 1]
    take_picture(place.page, "playground-own")
    cross.press("Enter")
    place.page.mouse.click(*places[0])
    assert state(place)["points"] == points[1:]
    place.get_by_role("button", name="Remove my points").click()
    assert state(place)["points"] == []


def test_a_link_opens_the_page_in_its_state(page: Page) -> None:
    line = "spiral_n0.05_x1+x2_8+4_relu_MSE_r0.1_u7_k3_b10_L2=0.001_p5u002"
    open_alone(page, "playground", f"#playground={line}")
    expect(page.get_by_role("textbox", name="state", exact=True)).to_have_value(line)
    assert page.locator(".explorer").evaluate(STATE)["points"] == [[0.5, -1.6, 2]]


PAD = """
import numpy as np
from course_utils.datasets import load_mnist
from course_utils.estimators import SoftmaxRegression
from course_utils.explorers.digit_pad import digit_pad
data = load_mnist()
model = SoftmaxRegression(learning_rate=0.5, epochs=60, input_scale=1 / 255).fit(data.X_train, data.y_train)
first = [int(np.argmax(data.y_test == k)) for k in range(10)]
digit_pad(model.W_, model.b_, data.X_test[first], range(10))
"""


@pytest.fixture
def pad(page: Page, lab: Lab) -> Iterator[Page]:
    expect.set_options(timeout=STEP_MS)
    page.set_default_timeout(STEP_MS)
    run_notebook(page, lab, nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(PAD)]), "pad.ipynb")
    yield page
    page.evaluate(SHUT_DOWN)


def test_a_digit_is_read_while_it_is_drawn_and_the_page_stays_where_it_is(pad: Page) -> None:
    sheet = pad.get_by_role("group", name="A pad to draw")
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
    expect(pad.locator("[part=caption]")).to_contain_text("The pad is empty.")


INKED = """places => {
  const { ink } = document.querySelector(".course-explorer").explorer.state;
  const bytes = Uint8Array.from(atob(ink), (letter) => letter.charCodeAt(0)), side = Math.sqrt(bytes.length);
  return places.filter(([x, y]) => !bytes[side * Math.floor(y * side) + Math.floor(x * side)]);
}"""


def test_no_part_of_a_long_stroke_is_lost_while_the_kernel_is_told(pad: Page) -> None:
    sheet = pad.get_by_role("group", name="A pad to draw")
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    assert box is not None
    rows = [0.1 + 0.1 * k for k in range(9)]
    across = [0.1 + 0.05 * k for k in range(17)]
    places = [(x, y) for k, y in enumerate(rows) for x in (across[::-1] if k % 2 else across)]
    for k, (x, y) in enumerate(places):  # for seconds, in which the kernel is told and answers many times
        pad.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        if k == 0:
            pad.mouse.down()
    pad.mouse.up()
    assert pad.evaluate(INKED, places) == []


def test_a_stroke_goes_through_every_place_that_a_busy_page_is_told_of_at_once(page: Page) -> None:
    open_alone(page, "digit_pad")
    sheet = page.get_by_role("group", name="A pad to draw")
    box = sheet.bounding_box()
    assert box is not None
    places = [(0.2, 0.2), (0.8, 0.2), (0.4, 0.8)]
    points = [{"clientX": box["x"] + x * box["width"], "clientY": box["y"] + y * box["height"]} for x, y in places]
    page.mouse.move(*points[0].values())
    page.mouse.down()
    page.get_by_role("slider", name="pen: arrow keys draw, too").evaluate(
        """(pen, points) => pen.dispatchEvent(new PointerEvent("pointermove", { pointerId: 1, ...points.at(-1),
             coalescedEvents: points.map((point) => new PointerEvent("pointermove", point)) }))""",
        points[1:],
    )
    page.mouse.up()
    assert page.evaluate(INKED, places) == []


def test_the_keyboard_has_sample_digits(pad: Page) -> None:
    group = pad.get_by_role("group", name="sample digits")
    for digit in (0, 1, 6):
        group.get_by_role("button", name=f"Sample {digit + 1}", exact=True).press("Enter")
        expect(pad.locator("[part=caption]")).to_contain_text(f"Reads {digit} (")
    take_picture(pad, "digit-pad-sample")
