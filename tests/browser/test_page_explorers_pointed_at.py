"""What a mouse that only points can read off a picture: it passes, and leaves the state as it was."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from .hands import STATE
from .test_page_explorers import show


def test_a_pixel_tells_its_ink_its_weight_and_their_product(page: Page) -> None:
    place = show(page, "what_it_saw")
    before, readout = place.evaluate(STATE), place.locator(".readout .pixel")
    ink = place.get_by_label("The digit's ink")
    box = ink.bounding_box()
    assert box is not None
    side = box["width"] / 28
    for column, row, words in ((9, 5, "row 5, column 9: ink 1 × weight"), (2, 2, "row 2, column 2: ink 0 × weight")):
        ink.hover(position={"x": (column + 0.5) * side, "y": (row + 0.5) * side})
        expect(readout).to_contain_text(words)
    page.mouse.move(0, 0)
    expect(readout).to_contain_text("row 14, column 4:")
    assert place.evaluate(STATE) == before


def test_a_cell_shows_its_curve(page: Page) -> None:
    place = show(page, "learning_rate_on_mnist")
    before, title = place.evaluate(STATE), place.locator(".title").last
    cells = place.get_by_label("The loss that the price buys, for each learning rate and batch size")
    box = cells.bounding_box()
    assert box is not None
    expect(title).to_have_text("Rate 0.1, 128 pictures")
    cells.hover(position={"x": box["width"] - 10, "y": 40})
    expect(title).to_have_text("Rate 10, 1 picture")
    page.mouse.move(0, 0)
    expect(title).to_have_text("Rate 0.1, 128 pictures")
    assert place.evaluate(STATE) == before


def test_a_row_shows_its_formula(page: Page) -> None:
    place = show(page, "floating_point")
    before, readout = place.evaluate(STATE), place.locator(".readout")
    rows = place.get_by_label("What each formula gives, by the size of the logit")
    expect(readout).to_contain_text("p = 1 / (1 + exp(-z))")
    rows.hover(position={"x": 150, "y": 4 + 26 * 3.5})
    expect(readout).to_contain_text("log1p(exp(-abs(z)))")
    page.mouse.move(0, 0)
    expect(readout).to_contain_text("p = 1 / (1 + exp(-z))")
    assert place.evaluate(STATE) == before
