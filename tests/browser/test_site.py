"""The site in a real browser: no page needs the network, shuts anybody out, or is wider than a phone."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from tools import site

from .conftest import take_picture
from .hands import FRAME, STATE, move

pytest.importorskip("myst_nb", reason="the site's packages are not installed: the site was not looked at")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")

pytestmark = pytest.mark.slow
READY = "() => document.readyState === 'complete' && (!window.MathJax?.startup || window.mathematics_done)"
# MathJax draws thousands of parts, alike on every page, that a reader of screens is not shown.
SEEN = {"exclude": [["mjx-container svg"]]}
# Without a list of all that is in order, a page takes axe-core three fifths of the time.
WANTED = {"resultTypes": ["violations"]}
# MathJax announces itself by a promise; a page without mathematics has none.
WATCH = """() => { if (window.MathJax?.startup?.promise) {
    window.MathJax.startup.promise.then(() => { window.mathematics_done = true; });
} }"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "pages"
    site.build(folder)
    return folder


def open_page(page: Page, path: Path) -> None:
    page.goto(path.as_uri())
    page.evaluate(WATCH)
    page.wait_for_function(READY)


def written(pages: Path) -> list[Path]:
    return sorted(path for path in pages.rglob("*.html") if "_static" not in path.parts)


def serious(page: Page) -> list[str]:
    """What axe-core calls serious or critical, in a line each."""
    violations = axe.Axe().run(page, context=SEEN, options=WANTED).response["violations"]
    return [
        f"{each['id']}: {each['nodes'][0]['html']}"
        for each in violations
        if each["impact"] in ("serious", "critical")
    ]


def is_own_error(said: ConsoleMessage) -> bool:
    """Whether a line of the console is a page's error; axe-core fetches style sheets, which a file may not."""
    return said.type == "error" and "XMLHttpRequest" not in said.text and "net::ERR_FAILED" not in said.text


def test_every_page_is_open_to_all_and_fits_a_phone(page: Page, pages: Path) -> None:
    asked: list[str] = []
    faults: list[Any] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: faults.append((page.url, said.text)) if is_own_error(said) else None)
    page.on("pageerror", lambda error: faults.append((page.url, error.message)))
    for path in written(pages):
        page.set_viewport_size({"width": 1366, "height": 1000})
        open_page(page, path)
        name = str(path.relative_to(pages))
        faults += [(name, violation) for violation in serious(page)]
        take_picture(page, f"site-{path.stem}")
        page.set_viewport_size({"width": 390, "height": 844})
        width = page.evaluate("document.documentElement.scrollWidth")
        faults += [(name, f"{width} pixels wide on a phone")] * (width > 390)
        take_picture(page, f"site-{path.stem}-phone")
    assert faults == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert len(written(pages)) > 30


def test_dark_pages_are_open_to_all(page: Page, pages: Path) -> None:
    page.emulate_media(color_scheme="dark")
    for name in ("index.html", "lessons/06_softmax_and_its_jacobian.html", "api/losses.html"):
        open_page(page, pages / name)
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        take_picture(page, f"site-dark-{Path(name).stem}")
        assert serious(page) == []


def test_formulas_are_drawn_and_pictures_have_words(page: Page, pages: Path) -> None:
    for path in sorted((pages / "lessons").glob("*.html")):
        open_page(page, path)
        formulas, drawn = page.locator("article .math").count(), page.locator("article .math mjx-container").count()
        assert drawn == formulas, path.stem
        assert page.locator("mjx-merror, [data-mjx-error]").count() == 0, path.stem
        prose = page.locator("article p, article li, article td").all_inner_texts()
        assert [text for text in prose if "$" in text] == []
        images = page.locator("article img").all()
        assert images
        assert all((image.get_attribute("alt") or "").startswith(("Figure ", site.EXPLORER)) for image in images)


LETTERS = """() => [...document.querySelectorAll('.bd-content .cell_output > img')].filter((img) => {
    const smallest = img.naturalWidth > 730 ? 760 : 640, frame = img.parentElement;
    const scrolls = frame.scrollWidth > frame.clientWidth;
    return img.clientWidth < Math.min(img.naturalWidth, smallest) || scrolls !== (frame.tabIndex === 0);
}).map((img) => `${img.clientWidth} of ${img.naturalWidth} pixels: ${img.alt}`)"""


def test_letters_of_figures_stay_large_enough_and_what_scrolls_can_be_reached(page: Page, pages: Path) -> None:
    for path in sorted((pages / "lessons").glob("*.html")):
        open_page(page, path)
        for size in (1920, 1280, 390, 320):
            page.set_viewport_size({"width": size, "height": 900})
            page.evaluate(FRAME)
            assert page.evaluate(LETTERS) == [], (path.stem, size)


def test_every_stored_explorer_is_alive(page: Page, pages: Path) -> None:
    """On each page, from the state that its notebook holds, by keyboard; in dark as in light."""
    found = 0
    for path in sorted((pages / "lessons").glob("*.html")):
        if 'class="explorer"' not in path.read_text(encoding="utf-8"):
            continue
        open_page(page, path)
        for place in page.locator(".explorer").all():
            before = place.evaluate(STATE)
            assert before == json.loads(place.get_attribute("data-state") or "")
            move(place)
            assert place.evaluate(STATE) != before
            found += 1
        take_picture(page, f"site-{path.stem}-alive")
    assert found >= 2


def test_the_first_page_plays_and_leads_to_the_first_lesson(page: Page, pages: Path) -> None:
    open_page(page, pages / "index.html")
    expect(page.get_by_role("link", name="Start lesson 00")).to_be_in_viewport()
    play = page.get_by_role("button", name="Play")
    expect(play).to_be_in_viewport()
    play.click()
    expect(page.locator("[part=caption] b")).not_to_have_text(re.compile("^After 0 updates"))
    page.get_by_role("link", name="Start lesson 00").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("00")


# What of a printed page sticks out of it, or is seen there in vain.
CUT = """() => [...document.querySelectorAll('.bd-content :is(pre, table, img, svg, p, h1, h2, h3)')]
    .filter((each) => each.checkVisibility() && each.getBoundingClientRect().right > innerWidth + 1)
    .map((each) => each.outerHTML.slice(0, 120))"""
VAIN = ".bd-sidebar, .bd-header-article, .prev-next-footer, .headerlink, .explorer, details.hide, details.hint, input"
PAPER = {"A4": 665, "Letter": 687}  # pixels between the margins


@pytest.mark.parametrize(
    ("name", "paper"), [("lessons/03_*", "A4"), ("lessons/06_*", "Letter"), ("glossary.html", "A4")]
)
def test_a_page_reads_well_on_paper(page: Page, pages: Path, name: str, paper: str) -> None:
    page.emulate_media(color_scheme="dark")
    open_page(page, next(pages.glob(name)))
    before = page.locator(".bd-article").text_content()
    page.emulate_media(color_scheme="dark", media="print")
    page.set_viewport_size({"width": PAPER[paper], "height": 1000})
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(CUT) == []
    assert [each for each in page.locator(VAIN).all() if each.is_visible()] == []
    assert [each for each in page.locator(".choices details[name] summary").all() if not each.is_visible()] == []
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(page.locator(".bd-article p").first).to_have_css("color", "rgb(0, 0, 0)")
    stills = page.locator(".still")
    assert [each for each in stills.all() if not each.is_visible()] == []
    # Each answer waits at the end, and there alone.
    answers = page.locator("details.answer, details:not([class], [name])")
    assert page.locator(".answers > div").count() == answers.count() == page.locator(".see-answer").count()
    assert [each for each in page.locator(".bd-article details [role=status]").all() if each.is_visible()] == []
    assert page.locator(".answers [role=status]").count() > 3 or not answers.count()
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    page.emulate_media(color_scheme="dark", media="screen")
    assert page.locator(".bd-article").text_content() == before
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert len(re.findall(rb"/Type /Page\b", page.pdf(format=paper))) > 2


@pytest.mark.parametrize(("name", "megabytes"), [("index.html", 1.5), ("lessons/*.html", 2.0)])
def test_a_page_weighs_no_more_than_it_may(page: Page, pages: Path, name: str, megabytes: float) -> None:
    # As a server sends it: compressed.
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    for path in sorted(pages.glob(name)):
        asked.clear()
        open_page(page, path)
        files = [Path(unquote(urlsplit(url).path)) for url in asked if url.startswith("file:")]
        assert sum(len(gzip.compress(each.read_bytes())) for each in files) < megabytes * 1e6, path.name


def test_the_search_finds_offline(page: Page, pages: Path) -> None:
    page.goto(f"{(pages / 'search.html').as_uri()}?q=overshoot")
    found = page.locator("#search-results li")
    expect(found.first.locator("a")).to_have_attribute("href", re.compile("^lessons/"))  # before the package's pages
    expect(found.locator("a", has_text="Gradients and descent").first).to_be_visible()
    expect(found.first.locator(".context")).to_contain_text("overshoot", ignore_case=True)
    take_picture(page, "site-search")
