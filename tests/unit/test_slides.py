"""The slides' maker: what is shown, what is said, what comes at the next key, and what fits."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest

pytest.importorskip("mdit_py_plugins", reason="the site's packages are not installed: no slides were made")

from tools import slides

DERIVATION = (
    "| | | because |\n|---:|:---|:---|\n| 1 | $L = a$ | given |\n| 2 | $= \\left\\|a\\right\\|$ | since $a > 0$ |"
)


def prose(text: str) -> Any:
    return nbformat.v4.new_markdown_cell(text)


def code(source: str, **outputs: str) -> Any:
    made = [
        nbformat.v4.new_output("stream", text=text)
        if kind == "printed"
        else nbformat.v4.new_output("display_data", {kind.replace("_", "/"): text})
        for kind, text in outputs.items()
    ]
    return nbformat.v4.new_code_cell(source, outputs=made)


def deck(*cells: Any) -> list[slides.Slide]:
    return slides.deck(nbformat.v4.new_notebook(cells=[prose("# 07 · Title"), prose("## 1. Start"), *cells]))


def test_long_prose_is_said_and_its_bold_sentence_shown() -> None:
    text = "A long way round. " * 12 + "The **key** is here. " + "And on it goes. " * 3
    (slide,) = deck(prose(text.strip()))
    assert slide.title == "1. Start"
    assert "".join(slide.blocks).count("<p>The <strong>key</strong> is here.</p>") == 1
    assert "A long way round" not in "".join(slide.blocks)
    assert "A long way round" in "".join(slide.notes)


def test_an_answer_comes_at_the_next_key() -> None:
    (slide,) = deck(prose("**Predict.** What is $x$?"), code("print(x)", printed="x < 3\n"))
    asked, answered = slide.blocks
    assert 'class="asked"' in asked
    assert r"\(x\)" in asked
    assert "fragment" not in asked
    assert "fragment" in answered
    assert "<pre>x &lt; 3</pre>" in answered


def test_a_question_keeps_its_choices() -> None:
    (slide,) = deck(prose("**07.p1.** Which?\n\n- a) this\n- b) that"), code('predict("07.p1")', printed="no"))
    (block,) = slide.blocks
    assert block.count("<li>") == 2


def test_a_derivation_appears_line_by_line() -> None:
    (slide,) = deck(code("Markdown(table(D))", text_markdown=DERIVATION))
    assert ["fragment" in block for block in slide.blocks] == [False, True]
    assert r"\(= \left\|a\right\|\)" in slide.blocks[1]
    assert "since" in slide.blocks[1]


def test_an_exercise_is_a_question_and_what_is_given() -> None:
    stub = 'def f(x):\n    ...\n\n\ncheck("07.1", f)'
    exercise, after = deck(
        prose("### Exercise 07.1\nWrite f."), code(stub, printed="not attempted"), prose("Then **on**.")
    )
    assert exercise.title == "Exercise 07.1"
    assert "Write f." in exercise.blocks[0]
    assert "<pre>def f(x):\n    ...</pre>" in exercise.blocks[1]
    assert after.title == "1. Start"


def test_a_folded_answer_unfolds_and_answers_below_are_the_teachers() -> None:
    folded = "<details><summary>1. Why?</summary>Since\n$a$.</details>"
    (slide,) = deck(prose(folded), prose("<details><summary>Answers</summary>Left.</details>"))
    assert ["fragment" in block for block in slide.blocks] == [False, True]
    assert "Left." in "".join(slide.notes)


def test_a_figure_has_its_words_and_a_slide() -> None:
    caption = "*Figure 1. Two curves $x$.\nThey cross at 3 and at 4.*\n\nMore."
    first, figure = deck(prose("Look."), code("plt.show()", image_png="iVBORw0K"), prose(caption))[:2]
    assert "<img" not in "".join(first.blocks)
    assert 'alt="Figure 1. Two curves x. They cross at 3 and at 4."' in figure.blocks[0]


def test_proofs_are_on_no_slide() -> None:
    proof = code("assert shown", printed="never seen")
    proof.metadata.tags = ["facts"]
    (slide,) = deck(prose("Look."), code("shown = 1", printed="1"), proof)
    assert "never seen" not in "".join(slide.blocks)
    assert "<pre>1</pre>" in "".join(slide.blocks)


def test_what_does_not_fit_goes_on_under_the_same_title() -> None:
    made = deck(*(prose(f"Line {i}.\n\n$$x = {i}$$") for i in range(8)))
    assert len(made) > 1
    assert {slide.title for slide in made} == {"1. Start"}
    assert all(slide.lines <= slides.ROOM for slide in made)


def test_reading_is_for_home() -> None:
    assert deck(prose("## Further reading\n\nA book.")) == []


@pytest.mark.parametrize("cut", ["so $a", "so **b", "(the word", "`c"])
def test_nothing_is_cut_in_two(cut: str) -> None:
    assert not slides.is_whole(cut)


def test_a_missing_lesson_is_named() -> None:
    with pytest.raises(SystemExit, match="No notebook 77"):
        slides.main(["77"])
