"""Logits and temperature under a hand: a cell lights up and a click keeps it, all logits rise together."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import Page, expect

from course_utils.activations import softmax

from .hands import FRAME
from .test_page_explorers import show, state

NUMBERS = "(place) => place.querySelector('.course-explorer').explorer.numbers"
LIT = "(cells) => cells.filter((cell) => cell.getAttribute('opacity') === '1').length"


def test_a_cell_lights_its_row_and_column_and_a_click_keeps_it(page: Page) -> None:
    place = show(page, "logits_and_temperature")
    cells = place.locator("rect[rx='3']")
    before = state(place)
    assert cells.evaluate_all(LIT) == 7  # four and four, one of them shared
    cells.nth(4 * 3 + 0).hover()
    page.evaluate(FRAME)
    expect(place.get_by_text("∂p₃/∂z₀ = −p₃ p₀ = 0.000", exact=True)).to_be_visible()
    assert cells.evaluate_all(LIT) == 7
    assert state(place) == before
    place.locator("[part=caption]").hover()
    page.evaluate(FRAME)
    expect(place.get_by_text("∂p₂/∂z₁ = −p₂ p₁ = −0.095", exact=True)).to_be_visible()
    cells.nth(4 * 3 + 2).click()
    assert state(place) == {**before, "c": 3, "i": 2}


def test_the_same_added_to_all_logits_moves_no_probability(page: Page) -> None:
    place = show(page, "logits_and_temperature")
    before = place.evaluate(NUMBERS)["p"]
    for z in ([3, 4, 6, 1], [-4, -3, -1, -6], [-3, -2, 0, -5]):  # at the top all go as low as they can
        place.get_by_role("button", name="Raise all logits by 1").click()
        assert state(place)["z"] == z
        np.testing.assert_allclose(place.evaluate(NUMBERS)["p"], before, rtol=1e-12)
    np.testing.assert_allclose(before, softmax([2, 3, 5, 0]), rtol=1e-12)
