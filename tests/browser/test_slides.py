"""Every slide of every lesson in a real browser: it fits the screen, is drawn, moves, prints, asks for no network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from .conftest import take_picture
from .hands import FRAME, STATE, handles

pytest.importorskip("sphinx_revealjs", reason="the site's packages are not installed: the slides were not looked at")

from tools import slides
from tools.build import NOTEBOOKS as BUILT

NOTEBOOKS = sorted(BUILT.glob("*.ipynb"))
pytestmark = pytest.mark.slow
READY = "() => window.Reveal?.isReady()"
SCREENS = {1280: 720, 1920: 1080}
# What each slide, with all its fragments shown, has beyond the screen; what only screen readers see does not count.
BEYOND = """() => Reveal.getSlides().map((slide, i) => {
    Reveal.slide(i, 0, 99);
    const scale = Reveal.getScale();
    const seen = [...slide.querySelectorAll(":not(aside, aside *, mjx-assistive-mml, mjx-assistive-mml *)")];
    const boxes = seen.map(element => element.getBoundingClientRect());
    return {
        title: slide.querySelector("h2").textContent,
        right: Math.max(slide.scrollWidth * scale, ...boxes.map(box => box.right)) - innerWidth,
        bottom: Math.max(slide.scrollHeight * scale, ...boxes.map(box => box.bottom)) - innerHeight,
    };
}).filter(slide => slide.right > 0.5 || slide.bottom > 0.5)"""


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
    for width, height in SCREENS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(f"() => Reveal.getScale() === {width / 1280}")
        assert page.evaluate(BEYOND) == []
    assert page.locator("mjx-merror, [data-mjx-error]").count() == 0
    shown = page.locator("section .block").all_text_contents()
    assert [text for text in shown if "$" in text or "**" in text] == []
    assert heard == []
    for i in range(page.evaluate("Reveal.getTotalSlides()")):
        page.evaluate(f"Reveal.slide({i}, 0, 99)")
        take_picture(page, f"slides-{notebook.stem[:2]}-{i:02}")


@pytest.mark.parametrize("width", SCREENS)
def test_an_explorer_follows_the_hand(page: Page, tmp_path: Path, width: int) -> None:
    open_slides(page, next(BUILT.glob("06_*.ipynb")), tmp_path)
    page.set_viewport_size({"width": width, "height": SCREENS[width]})
    page.wait_for_function(f"() => Reveal.getScale() === {width / 1280}")
    page.evaluate("Reveal.slide(Reveal.getSlides().findIndex(slide => slide.querySelector('.explorer')))")
    place, shown = page.locator("section.present .explorer"), page.evaluate("Reveal.getIndices()")
    before = place.evaluate(STATE)
    for key in ("ArrowRight", "ArrowUp"):  # a slide's keys, which are the explorer's while it has the focus
        place.get_by_role("slider").first.press(key)
    by_key = place.evaluate(STATE)
    assert before != by_key
    handle = handles(place)[0]
    box: Any = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y, steps=4)
    page.mouse.up()
    page.evaluate(FRAME)
    moved: Any = handle.bounding_box()
    assert place.evaluate(STATE) != by_key
    assert moved["x"] + moved["width"] / 2 == pytest.approx(x + 30, abs=8)  # it rests at round numbers
    assert page.evaluate("Reveal.getIndices()") == shown


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
