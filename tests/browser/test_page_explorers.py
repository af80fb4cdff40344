"""Every explorer that the page draws, in a bare page: by mouse, finger and keyboard, small, dark, still, silent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tools.page_explorers import find, placed, script

from .conftest import take_picture
from .hands import FRAME, STATE, handles

QUICKER = ("playground", "simplex")  # the largest and the smallest stand for the others, which --rest looks at
EACH = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICKER else pytest.mark.slow) for name in sorted(find())]
)
SMALLEST_LETTERS = 11  # pixels
NAME = "(slider) => slider.getAttribute('aria-label') ?? slider.labels?.[0]?.textContent"
LETTERS = """(place) => {
    const all = [...place.querySelector(".course-explorer").shadowRoot.querySelectorAll("*")];
    const own = (node) => [...node.childNodes].some((each) => each.nodeType === 3 && each.data.trim());
    const seen = all.filter((node) => !["STYLE"].includes(node.tagName) && own(node) && node.getClientRects().length);
    return Math.min(...seen.map((node) => {
        const scale = node.ownerSVGElement ? node.getScreenCTM().a : 1;
        return parseFloat(getComputedStyle(node).fontSize) * scale;
    }));
}"""
# Letters that stand out too little from the ground (WCAG: 4.5 to 1).
FAINT = """(place) => {
    const root = place.querySelector(".course-explorer").shadowRoot;
    const ground = getComputedStyle(document.body).backgroundColor;
    const light = (text) => text.match(/[\\d.]+/g).slice(0, 3).map(Number).map((v) => v / 255)
        .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
        .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0);
    const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    return [...root.querySelectorAll("svg text, p, li, label, legend, button, .title")]
        .filter((node) => node.textContent.trim() && node.getClientRects().length)
        .filter((node) => {
            const style = getComputedStyle(node), paint = node.ownerSVGElement ? style.fill : style.color;
            return contrast(light(paint), light(ground)) < 4.5;
        }).map((node) => node.textContent);
}"""


@pytest.fixture
def complaints(page: Page) -> Iterator[list[str]]:
    """What the page's console says; nothing, at the end of each test."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text))
    page.on("pageerror", lambda error: found.append(str(error)))
    yield found
    assert found == []


def show(page: Page, name: str, ground: str = "#ffffff") -> Locator:
    """Put an explorer, in the state that its JavaScript begins with, into a page of its own."""
    body = placed({"name": name, "state": {}})
    page.set_content(f'<!doctype html><meta charset="utf-8"><body style="margin: 8px; background: {ground}">{body}')
    page.add_script_tag(content=script(name))
    page.evaluate(FRAME)
    return page.locator(".explorer")


def state(place: Locator) -> Any:
    return place.evaluate(STATE)


def picture(place: Locator) -> str:
    return str(place.locator("[part=figure]").evaluate("(figure) => figure.innerHTML"))


@EACH
def test_every_handle_and_slider_follows_the_keyboard(page: Page, complaints: list[str], name: str) -> None:
    place = show(page, name)
    sliders = place.get_by_role("slider").all()
    assert sliders
    names = [
        slider.evaluate("(s) => s.getAttribute('aria-label') ?? s.labels?.[0]?.textContent") for slider in sliders
    ]
    assert all(names)
    assert len(set(names)) == len(names)
    for slider in sliders:
        page.evaluate(FRAME)
        before, said, drawn = state(place), slider.get_attribute("aria-valuetext"), picture(place)
        assert said
        slider.focus()
        for key in ("ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"):  # at an end the first may have no effect
            page.keyboard.press(key)
            if state(place) != before:
                break
        page.evaluate(FRAME)
        assert state(place) != before, slider
        assert slider.get_attribute("aria-valuetext") != said
        assert picture(place) != drawn
    place.get_by_role("button", name="Reset").click()
    place.get_by_role("button", name="As code").press("Enter")
    expect(place.locator("pre")).to_contain_text("import")
    take_picture(page, f"page-{name}-code")


@EACH
def test_every_handle_follows_the_mouse(page: Page, complaints: list[str], name: str) -> None:
    place = show(page, name)
    take_picture(page, f"page-{name}")
    first = state(place)
    for handle in handles(place):
        before = state(place)
        handle.scroll_into_view_if_needed()
        box = handle.locator(".ring").bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        for across, up in ((40, -30), (-40, 30)):
            page.mouse.move(x, y)
            page.mouse.down()
            page.mouse.move(x + across / 2, y + up / 2)
            page.mouse.move(x + across, y + up)
            page.mouse.up()
            if state(place) != before:
                break
        assert state(place) != before, handle.get_attribute("aria-label")
    take_picture(page, f"page-{name}-moved")
    place.get_by_role("button", name="Reset").click()
    assert state(place) == first


@EACH
def test_every_handle_follows_a_finger_on_a_small_screen(browser: Browser, name: str) -> None:
    with browser.new_context(viewport={"width": 320, "height": 640}, has_touch=True) as context:
        page = context.new_page()
        place = show(page, name)
        take_picture(page, f"page-{name}-320")
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        assert place.evaluate(LETTERS) >= SMALLEST_LETTERS
        touch = context.new_cdp_session(page)
        for handle in handles(place):
            before = state(place)
            handle.scroll_into_view_if_needed()
            box = handle.locator(".ring").bounding_box()
            assert box is not None
            x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
            # Chromium takes the first 15 pixels for a finger that trembles; what has few places needs a longer way.
            for across, up in ((30, -20), (-30, 20), (60, -45), (-60, 45)):
                for kind, share in (("touchStart", 0.0), ("touchMove", 0.5), ("touchMove", 1.0), ("touchEnd", None)):
                    points = [] if share is None else [{"x": x + share * across, "y": y + share * up}]
                    touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
                if state(place) != before:
                    break
            assert state(place) != before, handle.get_attribute("aria-label")


@EACH
@pytest.mark.parametrize("width", [320, 700, 1280, 1920])
@pytest.mark.parametrize("ground", ["#ffffff", "#121212"])
def test_it_fits_and_reads(page: Page, complaints: list[str], name: str, width: int, ground: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    place = show(page, name, ground)
    dark = ground != "#ffffff"
    expect(place.locator(".course-explorer")).to_have_attribute("data-theme", "dark" if dark else "light")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert place.evaluate(LETTERS) >= SMALLEST_LETTERS
    assert place.evaluate(FAINT) == []
    take_picture(page, f"page-{name}-{width}{'-dark' * dark}")


@EACH
def test_nothing_moves_by_itself_where_stillness_is_asked_for(page: Page, complaints: list[str], name: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    place = show(page, name)
    place.get_by_role("slider").first.press("ArrowRight")
    page.evaluate(FRAME)
    drawn = picture(place)
    page.wait_for_timeout(200)
    assert picture(place) == drawn


@EACH
def test_a_page_may_change_its_theme_and_its_width(page: Page, complaints: list[str], name: str) -> None:
    place = show(page, name)
    page.evaluate("document.body.style.background = '#121212'")
    expect(place.locator(".course-explorer")).to_have_attribute("data-theme", "dark")
    before = json.dumps(state(place))
    page.set_viewport_size({"width": 420, "height": 800})
    page.evaluate(FRAME)
    page.evaluate(FRAME)
    assert page.evaluate("document.documentElement.scrollWidth") == 420
    assert json.dumps(state(place)) == before


@EACH
def test_it_fills_the_page_that_it_is_put_into_after_it_was_made(
    page: Page, complaints: list[str], name: str
) -> None:
    page.set_content('<!doctype html><meta charset="utf-8"><body style="background: #fff">')
    page.add_script_tag(content=script(name))
    page.evaluate(
        """(name) => {
            const element = document.createElement("div");
            courseExplorers[name](element, {});
            document.body.append(element);
        }""",
        name,
    )
    page.evaluate(FRAME)
    page.evaluate(FRAME)
    widths = page.evaluate(
        """() => [...document.querySelector(".course-explorer").shadowRoot.querySelectorAll(".panel > svg")]
            .map((svg) => [svg.viewBox.baseVal.width, Math.round(svg.parentNode.clientWidth)])"""
    )
    assert all(drawn == there for drawn, there in widths), widths
    hues = page.evaluate(
        """() => [...document.querySelector(".course-explorer").shadowRoot.querySelectorAll("canvas.thumb")]
            .filter((canvas) => !canvas.hidden).map((canvas) => new Set(new Uint32Array(canvas.getContext("2d")
                .getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size)"""
    )
    assert all(count > 1 for count in hues)
