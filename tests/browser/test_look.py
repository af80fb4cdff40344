"""Figures, boxes and letters as JupyterLab shows them: light and dark, in a narrow window, and at twice the size."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import numpy.typing as npt
import pytest
from matplotlib import image
from matplotlib.colors import to_rgb
from playwright.sync_api import Page, expect

from course_utils.plots import PALETTE
from tools.callouts import with_callouts
from tools.figures import LETTERS, LINES, luminance
from tools.lab import IDLE, ROOT, SHUT_DOWN, START_MS, Lab, run_notebook

from .conftest import take_picture
from .test_cards import DARK, LIGHT
from .test_page_explorers import LETTERS as SMALLEST_OF_AN_EXPLORER
from .test_page_explorers import SMALLEST_LETTERS

pytestmark = pytest.mark.slow

SWATCH = 40  # pixels
# Letters of everything in a lesson that is HTML: text, code, cards, forms.
SMALLEST = """() => {
    const own = (node) => [...node.childNodes].some((each) => each.nodeType === 3 && each.data.trim());
    const seen = [...document.querySelectorAll(".jp-Notebook *")]
        .filter((node) => own(node) && node.getClientRects().length && !node.closest("mjx-container, .jp-Collapser"));
    return Math.min(...seen.map((node) => parseFloat(getComputedStyle(node).fontSize)));
}"""
# Choices whose words do not fit on their button.
CUT = """() => [...document.querySelectorAll(".widget-toggle-buttons .jupyter-button")]
    .filter((button) => button.scrollWidth > button.clientWidth).map((button) => button.textContent)"""
# Code whose comma or full stop has gone to the next line, and the colours of code with that of its ground.
PARTED = """() => [...document.querySelectorAll(".jp-MarkdownOutput p code")].filter((code) => {
    const after = document.createRange();
    after.setStart(code.nextSibling, 0);
    after.setEnd(code.nextSibling, 1);
    return after.getBoundingClientRect().top - code.getBoundingClientRect().top > 10;
}).length"""
COLOURS_OF_CODE = """() => [
    getComputedStyle(document.querySelector(".jp-CodeCell .jp-InputArea-editor")).backgroundColor,
    ...new Set([...document.querySelectorAll(".cm-line, .cm-line span")].map((node) => getComputedStyle(node).color)),
].map((text) => text.match(/[0-9.]+/g).slice(0, 3).map((each) => each / 255))"""
CODE = 'def f(x):\n    """Say it."""\n    return [np.sqrt(x[0]), print(f"{x[1]:.1f}"), "a" and True]  # why'
OBJECTIVES = "You can\n\n- [ ] say **one** thing;\n- [ ] do another."
LESSON = [
    """import matplotlib.pyplot as plt
from course_utils.exercises import check
from course_utils.explorers.simplex import simplex
from course_utils.study.predictions import predict
from course_utils.study.questions import question
from course_utils.study.quiz import Quiz
from course_utils.study.review import review

plt.style.use("course_utils.lesson")""",
    'predict("04.p1")',
    'review("03")',
    # The longest choices there are.
    "Quiz('review', [question('review', '03.q4')], {}, lambda *_: '')",
    'check("03.1", lambda z: z)',
    "simplex(['rain', 'sun', 'cloud'], 10, 40)",
    'fig, axes = plt.subplots(1, 2, figsize=(9.6, 3), layout="constrained")\nplt.show()',
]


@pytest.fixture(autouse=True)
def _shut_down(page: Page) -> Iterator[None]:
    yield
    page.evaluate(SHUT_DOWN)


def open_stored(page: Page, lab: Lab, *cells: Any) -> None:
    notebook = nbformat.v4.new_notebook(cells=list(cells))
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, lab.folder / "look.ipynb")
    page.goto(f"{lab.url}/doc/tree/look.ipynb?reset&token={lab.token}", timeout=START_MS)
    page.wait_for_function(IDLE, timeout=START_MS)


def figure_cell(colours: list[Any]) -> Any:
    """A cell whose output is a picture of colours, from left to right, each between margins of the paper."""
    paper = np.ones((3 * SWATCH, 2 * SWATCH * len(colours) + SWATCH, 3))
    for i, colour in enumerate(colours):
        left = SWATCH * (2 * i + 1)
        paper[SWATCH : 2 * SWATCH, left : left + SWATCH] = colour
    file = io.BytesIO()
    image.imsave(file, paper, format="png")
    data = {"image/png": base64.b64encode(file.getvalue()).decode(), "text/plain": "<Figure>"}
    return nbformat.v4.new_code_cell("1", outputs=[nbformat.v4.new_output("display_data", data)])


def seen_of(page: Page, count: int) -> tuple[Any, npt.NDArray[Any]]:
    """The ground of the figure, of the page beside it, and its colours, as they are seen."""
    picture = page.locator(".jp-RenderedImage img").first
    picture.scroll_into_view_if_needed()
    page.wait_for_timeout(300)  # themes fade
    box = picture.bounding_box()
    assert box is not None
    shot = image.imread(io.BytesIO(page.screenshot(clip={**box, "x": box["x"] - 8, "width": box["width"] + 8})))
    scale = (shot.shape[1] - 8) / (2 * SWATCH * count + SWATCH)
    row = shot[shot.shape[0] // 2, :, :3]
    assert np.allclose(row[2], row[8 + int(SWATCH / 2 * scale)], atol=0.01), "the paper is not the page"
    return row[2], np.array([row[8 + int(SWATCH * (2 * i + 1.5) * scale)] for i in range(count)])


def contrast(one: Any, other: Any) -> float:
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_paper_of_a_figure_is_the_page_and_its_colours_stand_out(page: Page, lab: Lab, theme: str) -> None:
    with plt.style.context("course_utils.lesson"):
        settings: Any = plt.rcParams
        letters = [to_rgb(settings[name]) for name in ("text.color", "axes.labelcolor", "xtick.color", "ytick.color")]
    lines = [to_rgb(colour) for name, colour in PALETTE.items() if name != "yellow"]
    open_stored(page, lab, figure_cell([*letters, *lines]))
    try:
        page.evaluate(DARK if theme == "dark" else LIGHT)
        expect(page.locator(f"body[data-jp-theme-light={'false' if theme == 'dark' else 'true'}]")).to_have_count(1)
        ground, seen = seen_of(page, len(letters) + len(lines))
        take_picture(page, f"palette_{theme}")
        assert (luminance(ground) < 0.1) == (theme == "dark")
        assert min(contrast(colour, ground) for colour in seen[: len(letters)]) >= LETTERS
        assert min(contrast(colour, ground) for colour in seen[len(letters) :]) >= LINES - 0.05
    finally:
        page.evaluate(LIGHT)


def test_a_callout_has_the_colour_of_its_kind(page: Page, lab: Lab) -> None:
    kinds = {"Predict": "rgb(213, 94, 0)", "Claim": "rgb(160, 82, 124)", "It holds": "rgb(0, 122, 90)"}
    text = "\n\nand\n\n".join(f"**{kind}.** Is it so?" for kind in kinds)
    open_stored(page, lab, nbformat.v4.new_markdown_cell(with_callouts(text)))
    quotes = page.locator(".jp-MarkdownOutput blockquote")
    expect(quotes).to_have_count(len(kinds))
    for quote, colour in zip(quotes.all(), kinds.values(), strict=True):
        expect(quote).to_have_css("border-left-color", colour)


def test_an_exercise_has_its_colour_also_in_a_deeper_part_and_its_code_stays_whole(page: Page, lab: Lab) -> None:
    text = "### Deeper: more\n\n### Exercise 02.2 (Deeper)\n\n" + "A word. " * 11 + "It is `X @ w`."
    open_stored(page, lab, nbformat.v4.new_markdown_cell(text))
    for heading, colour in (("Deeper: more", "rgb(118, 118, 118)"), ("Exercise 02.2", "rgb(0, 114, 178)")):
        expect(page.locator(".jp-MarkdownOutput h3", has_text=heading)).to_have_css("border-left-color", colour)
    assert page.locator(".jp-MarkdownOutput p code").evaluate("(code) => code.getClientRects().length") == 1


def test_the_choices_of_a_review_have_their_letters_alone(page: Page, lab: Lab) -> None:
    asked = {"text/markdown": "**03.q1.** Which?\n\n- a) one\n- b) other", "text/plain": "03.q1"}
    cell = nbformat.v4.new_code_cell("1", outputs=[nbformat.v4.new_output("display_data", asked)])
    open_stored(page, lab, cell, nbformat.v4.new_markdown_cell("- a point"))
    expect(page.locator("li", has_text="b) other")).to_have_css("list-style-type", "none")
    expect(page.locator("li", has_text="a point")).to_have_css("list-style-type", "disc")


def test_the_head_of_a_column_stands_above_what_is_in_it(page: Page, lab: Lab) -> None:
    open_stored(
        page, lab, nbformat.v4.new_markdown_cell("| name | count |\n|---|---:|\n| a long name of a row | 1 |")
    )
    for kind in ("th", "td"):
        sides = page.locator(f".jp-MarkdownOutput {kind}").evaluate_all(
            "all => all.map((e) => getComputedStyle(e).textAlign)"
        )
        assert [side.replace("-webkit-", "").replace("start", "left") for side in sides] == ["left", "right"]


def test_a_comma_stays_with_the_code_before_it(page: Page, lab: Lab) -> None:
    text = "\n\n".join(f"{'A word. ' * 10}{'i' * n} `X @ w`, and on. `X.T`." for n in range(60))
    open_stored(page, lab, nbformat.v4.new_markdown_cell(text))
    assert page.locator(".jp-MarkdownOutput p code").count() == 120
    assert page.evaluate(PARTED) == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_of_code_stands_out(page: Page, lab: Lab, theme: str) -> None:
    open_stored(page, lab, nbformat.v4.new_code_cell(CODE))
    try:
        page.evaluate(DARK if theme == "dark" else LIGHT)
        expect(page.locator(f"body[data-jp-theme-light={'false' if theme == 'dark' else 'true'}]")).to_have_count(1)
        ground, *colours = page.evaluate(COLOURS_OF_CODE)
        assert len(colours) >= 8
        faint = [colour for colour in colours if contrast(colour, ground) < LETTERS]
        assert not faint, f"{np.multiply(faint, 255)} on {np.multiply(ground, 255)}"
    finally:
        page.evaluate(LIGHT)


def test_the_boxes_of_the_objectives_tick_by_mouse_and_by_key_and_the_lesson_remembers(page: Page, lab: Lab) -> None:
    open_stored(page, lab, nbformat.v4.new_markdown_cell(OBJECTIVES))
    one, other = page.get_by_role("checkbox", name="say one thing;"), page.get_by_role("checkbox", name="do another.")
    one.click()
    other.focus()
    page.keyboard.press("Space")
    expect(one).to_be_checked()
    expect(other).to_be_checked()
    page.wait_for_timeout(1500)  # JupyterLab draws the cell anew
    expect(other).to_be_focused()
    page.keyboard.press("Space")
    expect(other).not_to_be_checked()
    page.evaluate("() => window.jupyterapp.shell.currentWidget.context.save()")
    take_picture(page, "objectives")
    (cell,) = nbformat.read(lab.folder / "look.ipynb", as_version=4).cells
    assert cell.source == "You can\n\n- [x] say **one** thing;\n- [ ] do another."


@pytest.mark.slow
@pytest.mark.parametrize(("width", "zoom"), [(900, 1), (1280, 2)])
def test_no_letter_gets_too_small(page: Page, lab: Lab, width: int, zoom: int) -> None:
    """A window of 900 pixels, and one of 1280 at twice the size: a page of half the width."""
    page.set_viewport_size({"width": width // zoom, "height": 800})
    cells = [nbformat.v4.new_markdown_cell((ROOT / "README.md").read_text(encoding="utf-8")[:1500])]
    cells += [nbformat.v4.new_code_cell(source) for source in LESSON]
    run_notebook(page, lab, nbformat.v4.new_notebook(cells=cells), "narrow.ipynb")
    take_picture(page, f"narrow_{width}_{zoom}")
    assert page.evaluate(SMALLEST) >= SMALLEST_LETTERS
    assert page.evaluate(CUT) == []
    place = page.locator(".jp-OutputArea-output", has=page.locator(".course-explorer"))
    place.scroll_into_view_if_needed()
    assert place.evaluate(SMALLEST_OF_AN_EXPLORER) >= SMALLEST_LETTERS
    picture = page.locator(".jp-RenderedImage img")
    picture.scroll_into_view_if_needed()
    shrunk = picture.evaluate("(img) => img.getBoundingClientRect().width / img.naturalWidth")
    assert 10 * 100 / 72 * shrunk >= SMALLEST_LETTERS - 0.05  # the style's smallest letters
