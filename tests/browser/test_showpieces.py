"""The pages that need no kernel: their numbers, words and code are the package's; keyboard, phone, no network."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from course_utils.explorers.logits_and_temperature import logits_and_temperature, push_a_logit
from tools.lab import ROOT

from .conftest import take_picture

FOLDER = ROOT / "docs" / "showpieces"
EACH = pytest.mark.parametrize("name", ["logits"])


def open_page(page: Page, name: str) -> Any:
    page.goto((FOLDER / f"{name}.html").as_uri())
    return page.locator("section.showpiece")


def numbers(section: Any, *state: Any) -> Any:
    """What the page's own function computes for a state."""
    return section.evaluate("(node, state) => node.numbers(...state)", list(state))


# The numbers.


@pytest.mark.parametrize("temperature", [1e-6, 0.01, 0.5, 1.0, 8.0, 1e6])
def test_the_push_is_the_packages(page: Page, temperature: float) -> None:
    section = open_page(page, "logits")
    rng = np.random.default_rng(0)
    extremes = [[1e3, -1e3, 0.0, 1.0], [1e3, 1e3, 1e3, 1e3], [-800.0, -801.0, -799.0, -800.0], [0.0, 0.0, 0.0, 0.0]]
    for z in [*extremes, *rng.uniform(-6, 6, (20, 4)).round(1).tolist()]:
        i = int(rng.integers(4))
        seen, push = numbers(section, z, i, temperature), push_a_logit(z, i, temperature)
        for key, value in {"p": push.p, "p_after": push.p_after, "J": push.J, "change": push.change}.items():
            np.testing.assert_allclose(seen[key], value, rtol=1e-9, atol=1e-9, err_msg=f"{key} {z} {i}")


# What is drawn, said and listed.


def test_the_logits_say_and_list_what_the_explorer_does(page: Page) -> None:
    section, explorer = open_page(page, "logits"), logits_and_temperature([2.0, 3.0, 5.0, 0.0])
    assert section.locator("figcaption").inner_text() == explorer.caption
    rng = np.random.default_rng(1)
    for _ in range(25):
        z = rng.integers(-60, 61, 4) / 10
        exponent, i = int(rng.integers(-4, 13)) / 4, int(rng.integers(4))
        for name, value in zip(("z0", "z1", "z2", "z3", "temperature", "i"), (*z, exponent, i), strict=True):
            section.locator(f"input[name={name}]").fill(str(value))
        state = {f"z{k}": float(value) for k, value in enumerate(z)}
        explorer.values = {**state, "temperature": 2.0**exponent, "i": i}
        shown, push = json.loads(section.get_attribute("data-numbers")), push_a_logit(z, i, 2.0**exponent)
        np.testing.assert_allclose(shown["p"], push.p, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(shown["J"], push.J, rtol=1e-9, atol=1e-9)
        # The two may round a last digit differently, or write a nothing as -0.000.
        ours, theirs = section.locator("figcaption").inner_text(), explorer.caption
        assert ours.replace("-0.000", "+0.000") == theirs.replace("-0.000", "+0.000")
        assert section.locator("pre").text_content() == explorer.code


def test_the_bars_are_the_numbers(page: Page) -> None:
    section = open_page(page, "logits")
    page.get_by_role("slider", name="temperature").press("ArrowRight")
    shown = json.loads(section.get_attribute("data-numbers"))
    bars = section.locator("svg").first.locator('rect[fill^="#"]')
    widths = bars.evaluate_all("bars => bars.map(bar => Number(bar.getAttribute('width')))")
    np.testing.assert_allclose(np.array(widths) / 240, shown["p"], atol=1e-12)


# The reader.


@EACH
def test_every_control_moves_by_keyboard_and_reset_brings_it_back(page: Page, name: str) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    section = open_page(page, name)
    picture, caption = section.locator(".panels"), section.locator("figcaption")
    first = picture.inner_html(), caption.inner_text()
    take_picture(page, f"showpiece-{name}")
    controls = [*section.get_by_role("slider").all(), *section.get_by_role("radio").all()[:1]]
    for control in controls:
        before = picture.inner_html(), caption.inner_text()
        control.press("ArrowRight")
        assert all(a != b for a, b in zip(before, (picture.inner_html(), caption.inner_text()), strict=True))
    take_picture(page, f"showpiece-{name}-moved")
    section.get_by_role("button", name="Reset").press("Enter")
    assert (picture.inner_html(), caption.inner_text()) == first
    section.get_by_text("As code").press("Enter")
    expect(section.locator("pre")).to_be_visible()
    assert complaints == []


@EACH
def test_every_control_has_a_name_and_says_its_value(page: Page, name: str) -> None:
    section = open_page(page, name)
    expect(section.locator("figcaption[aria-live=polite]")).not_to_be_empty()
    for control in section.locator("input").all():
        assert control.evaluate("input => input.labels.length") == 1
    for slider in section.get_by_role("slider").all():
        said, shown = slider.get_attribute("aria-valuetext"), slider.locator("xpath=../output").inner_text()
        assert said == shown != ""


@EACH
def test_it_fits_a_phone(page: Page, name: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    open_page(page, name)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    take_picture(page, f"showpiece-{name}-phone")


@EACH
def test_it_is_whole_in_itself_and_reads_the_same_in_any_page(page: Page, name: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_page(page, name)
    assert asked == [(FOLDER / f"{name}.html").as_uri()]
    text = (FOLDER / f"{name}.html").read_text(encoding="ascii")
    assert text.startswith("<section ")
    assert text.endswith("</section>\n")
    for moving in ("animation", "transition", "requestAnimationFrame", "setInterval", "setTimeout"):
        assert moving not in text, "what moves by itself has to ask prefers-reduced-motion first"
