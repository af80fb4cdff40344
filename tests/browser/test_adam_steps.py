"""What the row of gradients alone has to hold in a page: a hand draws it, a play goes through it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from .hands import FRAME, STATE
from .test_page_explorers import show


def test_a_hand_that_moves_over_the_row_draws_every_bar_that_it_passes(page: Page) -> None:
    place = show(page, "adam_steps")
    box = place.get_by_role("group", name="The gradients").bounding_box()
    assert box is not None
    left, right = box["x"] + 0.35 * box["width"], box["x"] + 0.75 * box["width"]
    y = box["y"] + 0.25 * box["height"]
    page.mouse.move(left, y)
    page.mouse.down()
    page.mouse.move(right, y)  # in one leap
    page.mouse.up()
    page.evaluate(FRAME)
    state = place.evaluate(STATE)
    drawn = [k for k, gradient in enumerate(state["gradients"]) if gradient > 0]
    assert drawn[0] == 0
    assert drawn[1:] == list(range(drawn[1], drawn[-1] + 1))
    assert len(drawn) > 12
    assert state["update"] == drawn[-1] + 1
    assert len({state["gradients"][k] for k in drawn[1:]}) == 1
    assert not place.get_by_role("radio", name="once").is_checked()


def test_the_play_goes_through_the_updates_stops_and_goes_on(page: Page) -> None:
    place = show(page, "adam_steps")
    place.get_by_role("button", name="Play").click()
    page.wait_for_function(f"() => ({STATE})(document.querySelector('.explorer')).update > 3")
    place.get_by_role("button", name="Pause").click()
    stopped = place.evaluate(STATE)["update"]
    page.wait_for_timeout(300)
    assert place.evaluate(STATE)["update"] == stopped < 40
    place.get_by_role("button", name="Play").click()
    page.wait_for_function(f"() => ({STATE})(document.querySelector('.explorer')).update > {stopped}")
    place.get_by_role("button", name="Pause").click()
    expect(place.get_by_role("button", name="Play")).to_be_visible()


def test_a_goal_is_known_when_it_is_reached(page: Page) -> None:
    place = show(page, "adam_steps")
    expect(place.locator("li.reached")).to_have_count(0)
    place.get_by_text("constant", exact=True).click()
    expect(place.locator("li.reached")).to_contain_text("the bound in Adam's paper")
    expect(place.locator("[part=caption]")).to_contain_text("Its longest step is 6.55 learning rates (update 12)")
