"""What the convolution alone has to hold in a page: weights that are typed, pressed and dragged; the scan."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from .hands import STATE
from .test_page_explorers import show


def weight(page: Page) -> tuple[Any, Any]:
    place = show(page, "convolution")
    return place, place.get_by_role("spinbutton", name="weight in row 1, column 3")


def test_a_weight_is_typed(page: Page) -> None:
    place, field = weight(page)
    field.click()
    page.keyboard.type("−2,5")
    page.keyboard.press("Enter")
    assert place.evaluate(STATE)["kernel"] == [[-1, 0, -2.5], [-1, 0, 1], [-1, 0, 1]]
    expect(place.locator("[part=caption]")).to_contain_text("Your kernel answers")
    assert not place.get_by_role("radio", name="left edge").is_checked()
    field.fill("two")
    field.press("Enter")
    expect(place.locator(".told")).to_contain_text('"two" is not a number')
    expect(field).to_have_value("−2.5")
    place.get_by_text("spot", exact=True).click()
    expect(field).to_have_value("−0.13")


def test_a_weight_follows_arrows_and_a_drag(page: Page) -> None:
    place, field = weight(page)
    field.press("ArrowUp")
    field.press("Shift+ArrowDown")
    assert place.evaluate(STATE)["kernel"][0][2] == 0.25
    box = field.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 32, steps=4)
    page.mouse.up()
    assert place.evaluate(STATE)["kernel"][0][2] == 1.25


def test_the_scan_plays_stops_and_goes_on(page: Page) -> None:
    place = show(page, "convolution")
    place.get_by_role("button", name="Play the scan").click()
    place.get_by_role("button", name="Pause the scan").wait_for()
    page.wait_for_function(f"() => ({STATE})(document.querySelector('.explorer')).row === 1")
    place.get_by_role("button", name="Pause the scan").click()
    stopped = place.evaluate(STATE)
    page.wait_for_timeout(100)
    assert place.evaluate(STATE) == stopped
    place.get_by_role("button", name="Go on with the scan").click()
    page.wait_for_function(f"() => ({STATE})(document.querySelector('.explorer')).row === 2")
    place.get_by_role("slider").first.press("ArrowDown")  # a hand ends it; to the left there may be no more place
    expect(place.get_by_role("button", name="Play the scan")).to_be_visible()
