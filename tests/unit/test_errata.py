"""The errata: every claim of every lesson, with its truth and the lines that show it; nothing half in form."""

from __future__ import annotations

import re
from pathlib import Path

import jupytext
import nbformat
import pytest

from tools import errata
from tools.build import LESSONS

CLAIM = "**Claim (lecture 2).** The moon\nis cheese. **Does it hold?** Weigh it."
CODE = "stone = 3.3\nif stone:\n    assert (\n        stone > 1\n    )\nassert stone < 5  # not iron"
TRUTH = "**What holds:** it is stone, 3.3 times as heavy as water.\n\nReally.\n\n## Summary\nMore."


def write_lesson(folder: Path, *cells: str) -> Path:
    """A lesson of these cells; what begins with a stone is code."""
    notebook = jupytext.reads("# %% [markdown]\n# # 07 · The moon\n", fmt="py:percent")
    for source in cells:
        if source.startswith("stone"):
            notebook.cells.append(nbformat.v4.new_code_cell(source))
        else:
            notebook.cells.append(nbformat.v4.new_markdown_cell(source))
    path = folder / "07_moon.py"
    jupytext.write(notebook, path, fmt="py:percent")
    return path


@pytest.mark.long
def test_every_claim_in_a_lesson_is_on_the_page() -> None:
    page = errata.document(LESSONS)
    claims = 0
    for lesson in sorted(LESSONS.glob("*.py")):
        # Read without the tool's parser: the comment signs off, white space made even.
        text = " ".join(re.sub(r"^# ?", "", lesson.read_text(encoding="utf-8"), flags=re.MULTILINE).split())
        for rest in (LESSONS / "errata").glob(lesson.name):
            text += " ".join(re.sub(r"^# ?", "", rest.read_text(encoding="utf-8"), flags=re.MULTILINE).split())
        found = r"\*\*Claim \(lecture (\d+)\)[^*]*\*\* (.+?) \*\*Does it hold.+?\*\*([WI][a-z]+ holds):"
        for number, claim, answer in re.findall(found, text):
            assert (f"**Lecture {number}:** {claim}\n" in page) == (answer != "It holds")
            claims += answer != "It holds"
        assert text.count("**Claim") == len(re.findall(found, text))
    assert page.count("**Lecture ") == page.count("**What holds:** ") == page.count("```python") == claims > 0


def test_what_stands_on_the_page_alone_belongs_to_a_lesson() -> None:
    assert {path.name for path in (LESSONS / "errata").glob("*")} <= {path.name for path in LESSONS.glob("*.py")}


@pytest.mark.long
@pytest.mark.parametrize("path", sorted((LESSONS / "errata").glob("*.py")), ids=lambda path: path.stem)
def test_what_stands_on_the_page_alone_is_run_here(path: Path) -> None:
    assert errata.items(path)
    exec(path.read_text(encoding="utf-8"), {})


def test_an_item_is_read_whole(tmp_path: Path) -> None:
    lesson = write_lesson(tmp_path, "Text.", CLAIM, CODE, TRUTH)
    (item,) = errata.items(lesson)
    assert item.lecture == 2
    assert item.claim == "The moon is cheese."
    assert item.truth == "it is stone, 3.3 times as heavy as water.\n\nReally."
    assert item.proof == ("assert (\n    stone > 1\n)", "assert stone < 5")
    assert not item.holds


def test_a_true_claim_is_no_erratum(tmp_path: Path) -> None:
    lesson = write_lesson(tmp_path, CLAIM, CODE, TRUTH.replace("What holds", "It holds"))
    (item,) = errata.items(lesson)
    assert item.holds
    assert errata.document(tmp_path) == errata.PREFACE


def test_the_proof_may_stand_in_cells_of_its_own(tmp_path: Path) -> None:
    shown, *proof = CODE.partition("if stone")[0], CODE.replace("stone = 3.3\n", "stone -= 0\n")
    (item,) = errata.items(write_lesson(tmp_path, CLAIM, shown, *proof, TRUTH))
    assert item.proof == ("assert (\n    stone > 1\n)", "assert stone < 5")


def test_the_page_names_lesson_lecture_truth_and_proof(tmp_path: Path) -> None:
    write_lesson(tmp_path, CLAIM, CODE, TRUTH)
    (tmp_path / "03_nothing.py").write_text("# %% [markdown]\n# # 03 · Nothing wrong\n", encoding="utf-8")
    page = errata.document(tmp_path)
    assert page.startswith(errata.PREFACE)
    assert page.endswith(
        "## 07 · The moon\n\n**Lecture 2:** The moon is cheese.\n\n"
        "**What holds:** it is stone, 3.3 times as heavy as water.\n\nReally.\n\n"
        "```python\nassert (\n    stone > 1\n)\nassert stone < 5\n```\n"
    )
    assert "Nothing wrong" not in page


def test_a_claim_that_no_lesson_has_room_for_is_on_the_page(tmp_path: Path) -> None:
    write_lesson(tmp_path, CLAIM, CODE, TRUTH)
    (tmp_path / "errata").mkdir()
    write_lesson(tmp_path / "errata", CLAIM.replace("cheese", "a slip"), CODE, TRUTH)
    page = errata.document(tmp_path)
    assert page.count("## 07 · The moon\n") == 1
    assert page.index("The moon is cheese.") < page.index("The moon is a slip.")


@pytest.mark.parametrize(
    ("cells", "cell", "words"),
    [
        ((CLAIM.replace(").**", "):**"), CODE, TRUTH), 2, "begins '**Claim (lecture N).** ...'"),
        ((CLAIM.replace("2", "two"), CODE, TRUTH), 2, "begins '**Claim (lecture N).** ...'"),
        ((CLAIM.replace(" **Does it hold?** Weigh it.", ""), CODE, TRUTH), 2, "goes on to '**Does it hold?**'"),
        (("## Check the slide\n\n" + CLAIM, CODE, TRUTH), 2, "begins '**Claim (lecture N).** ...'"),
        ((CLAIM + "\n\n" + CLAIM, CODE, TRUTH), 2, "begins '**Claim (lecture N).** ...'"),
        (("Text.", CLAIM, TRUTH), 4, "a truth that follows no claim and its code"),
        ((CLAIM, CODE, "It is stone."), 2, "a text that begins '**What holds:**'"),
        ((CLAIM, CODE, CODE), 2, "a text that begins '**What holds:**'"),
        ((CLAIM, CODE), 2, "a text that begins '**What holds:**'"),
        ((CLAIM,), 2, "a text that begins '**What holds:**'"),
        ((CLAIM, "stone = 3.3", TRUTH), 2, "an assert in the code"),
        ((CLAIM, CODE, "**It holds:**\n\n## Summary"), 2, "a sentence after '**It holds:**'"),
        ((CLAIM, CODE, "So: " + TRUTH), 2, "a text that begins '**What holds:**'"),
        ((CODE, TRUTH), 3, "a truth that follows no claim and its code"),
    ],
)
def test_a_malformed_item_is_named(tmp_path: Path, cells: tuple[str, ...], cell: int, words: str) -> None:
    lesson = write_lesson(tmp_path, *cells)
    with pytest.raises(errata.ErrataError) as raised:
        errata.items(lesson)
    assert str(raised.value).startswith(f"07_moon.py, cell {cell} ('")
    assert words in str(raised.value)
