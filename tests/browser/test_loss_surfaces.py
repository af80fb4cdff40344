"""The loss surfaces under a hand: a drag turns both, a click drops the balls, which roll when they are let go."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from .hands import FRAME
from .test_page_explorers import show, state

ROLLING = re.compile(r"^Update \d+$")


def middle(place: Locator) -> tuple[float, float]:
    """A place on the first landscape, beside its start."""
    box = place.locator("svg").first.bounding_box()
    assert box is not None
    return box["x"] + 0.6 * box["width"], box["y"] + 0.65 * box["height"]


def test_a_drag_turns_both_landscapes_and_moves_no_ball(page: Page) -> None:
    place = show(page, "loss_surfaces")
    before, (x, y) = state(place), middle(place)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 20)
    page.mouse.up()
    assert state(place) == {**before, "azimuth": before["azimuth"] - 20, "elevation": before["elevation"] + 10}
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 300, y + 400)  # past straight above, and round the back
    page.mouse.up()
    assert (state(place)["azimuth"], state(place)["elevation"]) == (70, 90)
    expect(place.locator("li.reached")).to_have_count(1)
    expect(place.get_by_text(ROLLING)).to_have_count(0)


def test_a_click_drops_the_balls_under_the_pointer_and_they_roll(page: Page) -> None:
    place = show(page, "loss_surfaces")
    before, (x, y) = state(place), middle(place)
    page.mouse.click(x, y)
    after = state(place)
    assert {name for name in after if after[name] != before[name]} == {"w", "b"}
    expect(place.get_by_text(ROLLING)).to_be_visible()
    page.evaluate(FRAME)
    start = place.get_by_role("slider", name="start on the squared error").locator(".ring").bounding_box()
    assert start is not None
    assert abs(start["x"] + start["width"] / 2 - x) < 4
    assert abs(start["y"] + start["height"] / 2 - y) < 4
    expect(place.get_by_text("What is left after 50 updates")).to_be_visible()


def test_a_reader_who_wants_less_movement_sees_the_end_at_once(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    place = show(page, "loss_surfaces")
    page.mouse.click(*middle(place))
    page.evaluate(FRAME)
    expect(place.get_by_text("What is left after 50 updates")).to_be_visible()
    expect(place.get_by_text(ROLLING)).to_have_count(0)
