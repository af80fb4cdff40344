"""The site's builder: figures have words, explorers their page, answers their mathematics, links a target."""

from __future__ import annotations

import base64
import importlib.util
from pathlib import Path
from typing import Any

import nbformat
import pytest

from course_utils._support.card import unbroken
from course_utils.explorers.page import EXPLORER
from course_utils.study.questions import question
from course_utils.syllabus import Lesson
from tools import site
from tools.build import CAPTION

PICTURE = nbformat.v4.new_output("display_data", {"image/png": "iVBORw0K", "text/plain": "<Figure>"})
needs_sphinx = pytest.mark.skipif(
    importlib.util.find_spec("myst_nb") is None, reason="the site's packages are not installed: nothing was built"
)


def notebook(folder: Path, *cells: Any) -> Path:
    path = folder / "05_trial.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=list(cells)), path)
    return path


def figure(source: str, *outputs: Any) -> Any:
    return nbformat.v4.new_code_cell(source, outputs=list(outputs))


def test_a_figure_is_described_by_the_caption_after_it(tmp_path: Path) -> None:
    caption = nbformat.v4.new_markdown_cell("*Figure 2. A curve $x^2$\nand `y`.*\n\nMore text, *stressed*.")
    cell = site.for_the_web(notebook(tmp_path, figure("plt.show()", PICTURE), caption)).cells[0]
    assert cell.metadata["mystnb"] == {"image": {"alt": "Figure 2. A curve x^2 and y."}}


@pytest.mark.parametrize("after", ["No caption.", "*Figure 2. Not closed."])
def test_a_figure_without_words_is_refused(tmp_path: Path, after: str) -> None:
    path = notebook(tmp_path, figure("draw()\nplt.show()", PICTURE), nbformat.v4.new_markdown_cell(after))
    with pytest.raises(site.SiteError, match=r"05_trial.*'draw\(\)' has no caption"):
        site.for_the_web(path)


@pytest.mark.parametrize(("pixels", "classes"), [(720, None), (960, "wide")])
def test_a_figure_of_panels_side_by_side_is_known_by_its_width(
    tmp_path: Path, pixels: int, classes: str | None
) -> None:
    header = base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + pixels.to_bytes(4, "big") + bytes(9)).decode()
    drawn = figure("plt.show()", nbformat.v4.new_output("display_data", {"image/png": header, "text/plain": ""}))
    caption = nbformat.v4.new_markdown_cell("*Figure 1. A curve.*")
    cell = site.for_the_web(notebook(tmp_path, drawn, caption)).cells[0]
    assert cell.metadata["mystnb"]["image"].get("classes") == classes


def test_proofs_are_no_part_of_a_page_and_folded_code_opens_by_a_click(tmp_path: Path) -> None:
    drawn, proof = figure("plt.show()", PICTURE), nbformat.v4.new_code_cell("assert drawn")
    drawn.metadata.tags, proof.metadata.tags = ["figure"], ["facts"]
    caption = nbformat.v4.new_markdown_cell("*Figure 1. A curve.*")
    shown, _ = site.for_the_web(notebook(tmp_path, drawn, proof, caption)).cells
    assert shown.metadata["tags"] == ["figure", "hide-input"]
    assert shown.metadata["mystnb"]["image"]["alt"] == "Figure 1. A curve."


def test_a_prediction_is_clicked_on_a_page_and_its_answer_waits_for_a_click(tmp_path: Path) -> None:
    open_card = nbformat.v4.new_output("execute_result", {"text/html": "Your prediction?", "text/plain": "open"})
    answer = nbformat.v4.new_output("execute_result", {"text/html": "It is b)", "text/plain": "b"})
    asked, shown = figure('predict("04.p1")', open_card), figure('p = 2\n\nreveal("04.p1", p)', answer)
    number = figure('predict("11.p1")', open_card)
    cells = site.for_the_web(notebook(tmp_path, asked, shown, number)).cells
    (choices,), (folded,), nothing = (cell.outputs for cell in cells)
    found = question("predictions", "04.p1")
    parts = choices.data["text/html"].split("<details")[1:]
    assert [part.partition("<summary>")[2][:2] for part in parts] == [f"{letter})" for letter in found.choices]
    for letter, part in zip(found.choices, parts, strict=True):
        assert (">Right</b>" in part) == (letter == found.truth)
        assert unbroken(found.ideas.get(letter, found.why)) in part
    assert folded.data["text/html"].index("<summary>") < folded.data["text/html"].index("It is b)")
    assert nothing == []


def test_the_choices_of_a_prediction_stand_once_on_a_page_and_those_of_another_text_stay(tmp_path: Path) -> None:
    question, choices = "> <span></span>**04.p1.** Which is larger?", "\n>\n> - a) the\n>   first\n> - b) none"
    asked, number = (nbformat.v4.new_code_cell(f'predict("{each}")') for each in ("04.p1", "11.p1"))
    texts = [nbformat.v4.new_markdown_cell(question + choices) for _ in range(3)]
    cells = site.for_the_web(notebook(tmp_path, texts[0], asked, texts[1], number, texts[2])).cells
    assert [cell.source for cell in cells[::2]] == [question, question + choices, question + choices]
    assert cells[1].metadata["tags"] == ["remove-input"]
    assert "<summary>a) " in cells[1].outputs[0].data["text/html"]


def test_an_explorer_keeps_its_words_beside_its_picture(tmp_path: Path) -> None:
    shown = nbformat.v4.new_output(
        "display_data", {"image/png": "iVBORw0K", "text/markdown": "At rest.", "text/plain": ""}
    )
    cell = site.for_the_web(notebook(tmp_path, figure("simplex()", shown))).cells[0]
    assert [list(output.data) for output in cell.outputs] == [["image/png"], ["text/markdown"]]
    assert cell.metadata["mystnb"]["image"]["alt"] == site.EXPLORER


def test_an_explorer_of_the_page_is_made_alive_from_its_state(tmp_path: Path) -> None:
    stored = {
        EXPLORER: {"name": "simplex", "state": {"first": 10}},
        "image/png": "iVBORw0K",
        "text/plain": "simplex()",
    }
    shown = nbformat.v4.new_output("execute_result", stored)
    words = nbformat.v4.new_output("display_data", {"text/markdown": "At <rest>."}, metadata=CAPTION)
    (output,) = site.for_the_web(notebook(tmp_path, figure("simplex()", shown, words))).cells[0].outputs
    text = output.data["text/html"]
    assert 'data-explorer="simplex" data-state="{&quot;first&quot;: 10}"' in text
    assert "At &lt;rest&gt;." in text
    assert '<script src="../_static/simplex.js" defer></script>' in text


def test_answers_are_markdown_again() -> None:
    folded = "<details><summary>Why?</summary>Since $x^2$.</details>"
    assert site.unfold(folded) == "<details><summary>Why?</summary>\n\nSince $x^2$.\n\n</details>"


def test_nothing_to_check_off() -> None:
    assert site.without_boxes("- [ ] predict\n- [ ] explain a[ ]") == "- predict\n- explain a[ ]"


def test_the_table_names_the_lessons_that_have_a_notebook() -> None:
    there = Lesson("05", "KL", "What is it?", "60", ())
    lines = site.lesson_table((there, there._replace(number="77"))).splitlines()
    assert lines[2:] == ["| 05 | [KL](lessons/05_kl_to_cross_entropy.ipynb) | What is it? | 60 |"]


def test_links_that_lead_nowhere_are_named(tmp_path: Path) -> None:
    (tmp_path / "other.html").write_text('<p id="here">', encoding="utf-8")
    links = ["other.html#here", "other.html#gone", "lost.html", "https://example.org/x", "#top", "data:,"]
    text = "".join(f'<a href="{link}">' for link in links) + '<img src="a%20b.png"><i id="top">'
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    (tmp_path / "a b.png").touch()
    assert sorted(site.broken_links(tmp_path)) == [
        "page.html: lost.html leads to no file",
        "page.html: other.html#gone leads to no place on that page",
    ]


def test_every_module_has_its_page() -> None:
    pages = dict(site.reference())
    assert ".. automodule:: course_utils.losses\n" in pages["losses"]
    assert "## explorers.simplex\n" in pages["explorers"]


@needs_sphinx
@pytest.mark.long
def test_a_warning_ends_the_build(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "conf.py").write_text('extensions = ["myst_nb"]\n', encoding="utf-8")
    (source / "index.md").write_text("# Title\n\n[nowhere](gone.md)\n", encoding="utf-8")
    with pytest.raises(site.SiteError, match=r"gone\.md"):
        site.run_sphinx(source, tmp_path / "pages")
