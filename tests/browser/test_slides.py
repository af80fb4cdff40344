"""Every slide of every lesson in a real browser: it fits 1280 by 720, is drawn, prints, and asks for no network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from .conftest import take_picture

pytest.importorskip("sphinx_revealjs", reason="the site's packages are not installed: the slides were not looked at")

from tools import slides
from tools.build import NOTEBOOKS as BUILT

NOTEBOOKS = sorted(BUILT.glob("*.ipynb"))
pytestmark = pytest.mark.slow
READY = "() => window.Reveal?.isReady()"
# How far each slide reaches with all its fragments shown; what only screen readers see does not count.
REACH = """() => Reveal.getSlides().map((slide, i) => {
    Reveal.slide(i, 0, 99);
    const seen = [...slide.querySelectorAll(":not(aside, aside *, mjx-assistive-mml, mjx-assistive-mml *)")];
    const boxes = seen.map(element => element.getBoundingClientRect());
    return {
        title: slide.querySelector("h2").textContent,
        right: Math.max(slide.scrollWidth, ...boxes.map(box => box.right)),
        bottom: Math.max(slide.scrollHeight, ...boxes.map(box => box.bottom)),
    };
})"""


def open_slides(page: Page, notebook: Path, folder: Path, query: str = "") -> list[str]:
    """Make and open the slides of a notebook; return the list that collects complaints and requests."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: heard.append(request.url) if request.url.startswith("http") else None)
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(slides.build(notebook, folder).as_uri() + query)
    page.wait_for_function(READY, timeout=120_000)
    return heard


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_slide_fits(page: Page, tmp_path: Path, notebook: Path) -> None:
    heard = open_slides(page, notebook, tmp_path)
    reach: list[dict[str, Any]] = page.evaluate(REACH)
    assert len(reach) > 15
    assert [each for each in reach if each["right"] > 1280 or each["bottom"] > 720] == []
    assert page.locator("mjx-merror, [data-mjx-error]").count() == 0
    shown = page.locator("section .block").all_text_contents()
    assert [text for text in shown if "$" in text or "**" in text] == []
    assert heard == []
    for i in range(len(reach)):
        page.evaluate(f"Reveal.slide({i}, 0, 99)")
        take_picture(page, f"slides-{notebook.stem[:2]}-{i:02}")


def test_a_derivation_goes_on_by_keyboard(page: Page, tmp_path: Path) -> None:
    open_slides(page, next(BUILT.glob("03_*.ipynb")), tmp_path)
    first = page.evaluate("Reveal.getSlides().findIndex(slide => slide.querySelectorAll('.line').length > 1)")
    page.evaluate(f"Reveal.slide({first}, 0, -1)")
    lines = page.locator("section.present .block:has(.line)")
    assert lines.nth(0).evaluate("line => getComputedStyle(line).visibility") == "visible"
    assert lines.nth(1).evaluate("line => getComputedStyle(line).visibility") == "hidden"
    for _ in range(page.locator("section.present .fragment").count()):
        page.keyboard.press("ArrowRight")
    assert lines.last.evaluate("line => getComputedStyle(line).visibility") == "visible"


def test_it_prints_a_page_a_slide(page: Page, tmp_path: Path) -> None:
    open_slides(page, next(BUILT.glob("02_*.ipynb")), tmp_path, "?print-pdf")
    page.wait_for_selector(".pdf-page")
    count = page.evaluate("Reveal.getSlides().length")
    assert page.locator(".pdf-page").count() == count
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert printed.count(b"/Type /Page\n") == count
