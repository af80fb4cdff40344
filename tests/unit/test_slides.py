"""The slides' maker: what is shown, what is said, what comes at the next key, and what fits."""

from __future__ import annotations

import base64
import re
import struct
from pathlib import Path
from typing import Any

import nbformat
import pytest

pytest.importorskip("mdit_py_plugins", reason="the site's packages are not installed: no slides were made")

from course_utils.explorers.page import EXPLORER
from tools import slides
from tools.build import NOTEBOOKS

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


def png(width: int, height: int) -> str:
    """Return the beginning of a PNG of this size, in base64."""
    return base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height)).decode()


CAPTION = "*Figure 1. Two curves $x$.\nThey cross at 3 and at 4.*\n\nMore."


def test_a_figure_is_to_the_right_of_its_words() -> None:
    (slide,) = deck(prose("Look."), code("plt.show()", image_png=png(7, 5)), prose(CAPTION))
    assert 'class="beside"' in slides.section(slide)
    assert ["picture" in block for block in slide.blocks] == [False, True, False]
    assert 'alt="Figure 1. Two curves x. They cross at 3 and at 4."' in slide.blocks[1]


def test_a_figure_that_answers_waits_for_the_next_key() -> None:
    (slide,) = deck(prose("**Predict.** Where?"), code("plt.show()", image_png=png(7, 5)), prose(CAPTION))
    assert ["fragment" in block for block in slide.blocks] == [False, True, True]


def test_a_wide_figure_stands_below_its_words() -> None:
    (slide,) = deck(prose("Look."), code("plt.show()", image_png=png(12, 3)), prose(CAPTION))
    assert 'class="above"' in slides.section(slide)


def test_a_wide_figure_leaves_no_room_for_many_words() -> None:
    made = deck(prose("Look.\n\n" + "$$x$$\n\n" * 3), code("plt.show()", image_png=png(12, 3)))
    assert ["<figure>" in "".join(slide.blocks) for slide in made] == [False, True]


@pytest.mark.parametrize(("formulas", "parts"), [(0, [3]), (6, [7, 2])])
def test_an_explorer_stands_with_few_words_and_by_itself_with_many(formulas: int, parts: list[int]) -> None:
    state = {"name": "logits_and_temperature", "state": {}}
    explorer = code("explore()", **{EXPLORER.replace("/", "_", 1): state})  # type: ignore[arg-type]
    made = deck(prose("Look." + "\n\n$$x$$" * formulas), explorer, prose("So."))
    assert [len(slide.parts) for slide in made] == parts
    assert '<div class="above">' in slides.section(made[-1])


def test_a_sum_is_higher_than_a_letter() -> None:
    assert slides.formula_height(r"$$\sum_k p_k$$") > slides.formula_height("$$p$$")


def test_two_figures_are_two_slides() -> None:
    assert len(deck(*(code("plt.show()", image_png=png(7, 5)) for _ in range(2)))) == 2


def test_a_slide_of_few_lines_joins_its_section() -> None:
    first, second = deck(prose("Look.\n\n### Part\nMore."), prose("## 2. Next\nOther."))
    assert [first.title, second.title] == ["1. Start", "2. Next"]
    assert "<h3>Part</h3>" in first.blocks[1]
    assert "More." in first.blocks[2]


def test_after_exercises_a_new_slide_begins() -> None:
    first, second = deck(prose("### Exercise 07.1\nWrite."), prose("### Exercise 07.2\nRead."), prose("So it is."))
    assert "<h3>Exercise 07.2</h3>" in first.blocks[1]
    assert "So it is." in second.blocks[0]


def test_full_slides_are_not_joined() -> None:
    full = "\n\n".join(["$$x$$"] * 5)
    assert len(deck(prose(f"{full}\n\n### Part\n{full}"))) == 2


def test_a_derivation_a_little_too_long_stays_on_one_slide() -> None:
    lines = "\n".join(f"| {i} | $= a_{i}$ | step {i} |" for i in range(2, 8))
    (slide,) = deck(code("Markdown(table(D))", text_markdown=f"{DERIVATION.rpartition(chr(10))[0]}\n{lines}"))
    assert len(slide.blocks) == 7


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


def test_a_question_comes_with_its_data() -> None:
    data = "Ten scores come out, " + "0.111, 0.005, " * 12 + "and no more."
    made = deck(prose(f"Why?\n\n{data}\n\n**Predict.** Which digit is it?"), code("print(2)", printed="2"))
    (slide,) = made
    assert "0.111, 0.005" in slide.blocks[1]
    assert ["fragment" in block for block in slide.blocks] == [False, False, False, True]


def test_a_question_that_moves_takes_its_data_along_and_its_result() -> None:
    above = "\n\n".join(["$$x$$"] * 8)
    data = "The scores are 2, 1 and 0.1."
    first, second = deck(prose(f"{above}\n\nSo.\n\n{data}\n\n**Predict.** Why?"), code("print(2)", printed="2\n3\n4"))
    assert data not in "".join(first.blocks)
    assert data in second.blocks[0]
    assert "<pre>2" in second.blocks[2]


def test_the_number_of_a_lesson_is_no_data() -> None:
    text = "We met this in lesson 03 and in section 2. " * 6
    (slide,) = deck(prose(f"{text}\n\n**Predict.** Why?"))
    assert "lesson 03" not in "".join(slide.blocks)


LONG = "A long way round. " * 12


@pytest.mark.parametrize("result", [prose("$$x$$"), code("print(2)", printed="2"), prose("| n |\n|---|\n| 1 |")])
def test_a_result_comes_with_the_sentence_that_leads_to_it(result: Any) -> None:
    lead = prose(f"{LONG}Here it is.")
    if result.cell_type == "markdown":
        lead.source += f"\n\n{result.source}"
    (slide,) = deck(lead, *([result] if result.cell_type == "code" else []))
    assert slide.blocks[0] == '<div class="block"><p>Here it is.</p></div>'
    assert len(slide.blocks) == 2


def test_a_sentence_that_leads_to_nothing_shown_is_said_only() -> None:
    (slide,) = deck(prose("It can be read. Here it is:"), code("f = 1"), prose("So."))
    assert slide.blocks == ['<div class="block"><p>It can be read.</p></div>', '<div class="block"><p>So.</p></div>']
    assert "Here it is:" in "".join(slide.notes)


def test_a_sentence_goes_on_after_a_quotation() -> None:
    (slide,) = deck(prose("Look. So\n\n> one = two\n\nare two names for it."))
    assert re.findall("<p>(.*?)</p>", "".join(slide.blocks)) == ["Look. So", "one = two", "are two names for it."]


def test_what_leads_to_a_table_goes_with_it() -> None:
    above = "\n\n".join(["$$x$$"] * 7)
    rows = "\n".join(f"| {i} |" for i in range(4))
    first, second = deck(prose(f"{above}\n\nThese are the steps:\n\n| n |\n|---|\n{rows}"))
    assert "steps" not in "".join(first.blocks)
    assert "steps" in second.blocks[0]


def test_a_quotation_is_shown_as_what_it_says() -> None:
    (slide,) = deck(prose("> **Short:** for a day\n>\n> 1. one\n> 2. two"))
    assert "".join(slide.blocks).count("<li>") == 2
    assert "&gt;" not in "".join(slide.blocks)


def test_what_follows_a_question_waits() -> None:
    (slide,) = deck(prose("Look.\n\n**Predict.** Why?"), prose("Since it is so."))
    assert ["fragment" in block for block in slide.blocks] == [False, False, True]


def test_a_table_is_never_split() -> None:
    rows = "\n".join(f"| {i} | {i * i} |" for i in range(20))
    before, slide = deck(prose("Look."), prose(f"| n | n² |\n|---|---|\n{rows}"))
    assert "Look." in before.blocks[0]
    (block,) = slide.blocks
    assert block.count("<tr>") == 21


def test_a_derivation_that_goes_on_repeats_its_first_line() -> None:
    lines = "\n".join(f"| {i} | $= a_{i}$ | step {i} |" for i in range(2, 9))
    first, second = deck(code("Markdown(table(D))", text_markdown=f"{DERIVATION.rpartition(chr(10))[0]}\n{lines}"))
    assert r"\(L = a\)" in first.blocks[0]
    assert r"\(L = a\)" in second.blocks[0]
    assert "fragment" not in second.blocks[0]
    assert all("fragment" in block for block in second.blocks[1:])


@pytest.mark.parametrize(
    "printed",
    [
        "True",
        "agree: True",
        "a: True\nb: True",
        "a: True   b is c: True",
        "a: True, b: True",
        "beyond 100,000: True",
        "a: below 1e-9: True",
        "beside the line:\nless loss: True",
        "by hand   below 1e-12: True",
        "dW1, db1: below 1e-14: True",
        "MNIST, 60,000 + 10,000 images\nmore than 88 %: True",
    ],
)
def test_no_slide_says_only_true(printed: str) -> None:
    assert deck(code("print(x)", printed=printed)) == []


@pytest.mark.parametrize("printed", ["a: True\nb: False", "3", "rank 6: True\n6", "loss 0.3   fits: True", "no"])
def test_an_output_that_says_more_stays(printed: str) -> None:
    (slide,) = deck(code("print(x)", printed=printed))
    assert printed in "".join(slide.blocks)


def test_a_derivation_of_five_tall_lines_is_one_slide() -> None:
    lines = "\n".join(f"| {i} | $= \\sum a_{i}$ | step {i} |" for i in range(1, 6))
    (slide,) = deck(code("Markdown(table(D))", text_markdown=f"| | | because |\n|---:|:---|:---|\n{lines}"))
    assert len(slide.blocks) == 5


GUIDE = r"""# Teaching 07

**To leave with:** one idea.

## Minutes

| section | alone |
|---|---:|
| 1. Start | 3 |

## Ask

| ask | expect | what a wrong answer reveals |
|---|---|---|
| **07.p1** Which? | this | "That": P(a \| b) |
| Section 2: why? | so | "No": luck |
| In the end: who? | you | nothing |

Let them talk.

## Where classes go wrong

| exercise, and the idea | where it was seen | ask back |
|---|---|---|
| **07.1** a sign lost | a book | What is it at 0? |

## Homework

All of it.
"""


def test_the_guide_is_in_the_notes_of_its_question() -> None:
    full = "\n\n".join(["$$x$$"] * 9)
    asked = "**07.p1.** Which?\n\n- a) this\n- b) that"
    made = deck(
        prose(f"{full}\n\nSo.\n\n{asked}"), prose("## 2. Next\nSo."), prose(f"### Exercise 07.1\nWrite.\n\n{full}")
    )
    first, asking, next_one, exercise = made
    slides.tell(made, GUIDE)
    notes = ["".join(slide.notes) for slide in (first, asking, next_one, exercise)]
    assert [note.count("<strong>") for note in notes] == [4, 4, 3, 4]  # three labels each, and the number in bold
    assert all(text in notes[0] for text in ("one idea", "Let them talk", "In the end: who?"))
    assert "P(a | b)" in notes[1]
    assert "luck" in notes[2]
    assert "What is it at 0?" in notes[3]
    assert not any("All of it" in note for note in notes)


BUILT = pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem[:2])


@BUILT
def test_every_prediction_of_the_guide_has_its_slide(path: Path) -> None:
    made = slides.deck(nbformat.read(path, as_version=4))
    asked = re.findall(rf"\*\*({path.stem[:2]}\.p\d)\.\*\*", path.read_text(encoding="utf-8"))
    assert [number for number in asked if slides.place_of(made, f"**{number}**") is made[0]] == []


@BUILT
def test_a_deck_is_for_one_class(path: Path) -> None:
    assert 12 < len(slides.deck(nbformat.read(path, as_version=4))) <= 36


def test_parts_headed_deeper_stay_at_home_and_are_named() -> None:
    core, home = deck(
        prose("Look.\n\n### Deeper: why?\nSince."),
        code("1", printed="never seen"),
        prose("### Exercise 07.1 (Deeper)\nWrite."),
        prose("### Part\nMore."),
        prose("## 2. Deeper: two ways\nLeft.\n\n### In detail\nRight."),
        prose("### Deeper: p − t once more\nExtra."),
        prose("### Deeper: a file\nExtra."),
        prose("## Deeper\nExtra."),
        prose("### Deeper, and break it: a kink\nIt breaks.\n\n### Exercise 07.2\nRead."),
    )
    assert re.findall("Look|More|Since|never seen|Write|Left|Right|Read|Extra", "".join(core.blocks)) == [
        "Look",
        "More",
    ]
    assert re.findall("<li>(.*?)</li>", home.blocks[-1]) == [
        "Why? (Exercise 07.1)",
        "Section 2: two ways",
        "p − t once more",
        "A file",
        "Break it: a kink (Exercise 07.2)",
    ]


def test_what_the_guide_says_of_a_part_at_home_is_in_the_notes_of_the_last_slide() -> None:
    made = deck(prose("Look."), prose("### Deeper: why?\n**07.p1.** Which?\n\n### Exercise 07.1\nWrite."))
    assert [slides.place_of(made, f"**{number}**") for number in ("07.p1", "07.1")] == [made[-1]] * 2


def test_reading_is_for_home() -> None:
    assert deck(prose("## Further reading\n\nA book.")) == []
    (slide,) = deck(prose("## Summary\n\nAll.\n\n## Further reading\n\nA book."), prose("More."))
    assert (slide.title, len(slide.blocks)) == ("Summary", 1)


@pytest.mark.parametrize("cut", ["so $a", "so **b", "(the word", "`c"])
def test_nothing_is_cut_in_two(cut: str) -> None:
    assert not slides.is_whole(cut)


def test_a_missing_lesson_is_named() -> None:
    with pytest.raises(SystemExit, match="No notebook 77"):
        slides.main(["77"])
