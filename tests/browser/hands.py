"""What a hand does to an explorer that the page draws, in any page: `place` is an element that holds one."""

from __future__ import annotations

from playwright.sync_api import Locator

STATE = "(place) => place.querySelector('.course-explorer').explorer.state"
FRAME = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def handles(place: Locator) -> list[Locator]:
    """What can be moved on the pictures."""
    return place.locator("[part=figure] [role=slider]").all()


def move(place: Locator) -> None:
    """Move its first handle, or else its first slider, by an arrow key: as a reader without a mouse does."""
    first = place.get_by_role("slider").first
    first.focus()
    before = place.evaluate(STATE)
    for key in ("ArrowRight", "ArrowLeft", "ArrowUp"):
        first.press(key)
        if place.evaluate(STATE) != before:
            return
