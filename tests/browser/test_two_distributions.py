"""Two distributions under a hand: two drags make KL zero, and the explorer says so."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from .hands import FRAME
from .test_page_explorers import show, state


def test_two_drags_make_kl_zero(page: Page) -> None:
    place = show(page, "two_distributions")
    frame = place.locator("svg").first.bounding_box()
    assert frame is not None
    for name, share in (("rain", 0.125), ("sun", 0.4)):  # of 8 parts one is rain; of 10 four are sun
        handle = place.get_by_role("slider", name=f"Q {name}, in parts")
        box = handle.locator(".ring").bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        high = frame["height"] - 28 - 46  # of a bar that is all there is
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x, y + high * (place.evaluate(SHARE, name) - share), steps=3)
        page.mouse.up()
        page.evaluate(FRAME)
    assert state(place)["parts_of_q"] == [1, 4, 5]
    expect(place.locator("li.reached", has_text="Make KL 0.")).to_contain_text("Reached.")
    expect(place.locator("[part=caption]")).to_contain_text("Q is P: KL is 0")


SHARE = """(place, name) => {
    const { state, numbers } = place.querySelector(".course-explorer").explorer;
    return numbers.Q[state.names.indexOf(name)];
}"""


def test_the_last_part_of_a_distribution_stays(page: Page) -> None:
    place = show(page, "two_distributions")
    for name in ("rain", "sun", "cloud"):
        place.get_by_role("slider", name=f"Q {name}, in parts").press("Home")
    assert state(place)["parts_of_q"] == [0, 0, 1]
