"""The shipped files say what the lessons say of themselves, and every word of the glossary stands in its lesson."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jupytext
import matplotlib.pyplot as plt
import pytest

from course_utils.contents import Lesson, Word, glossary, lessons, plot_lessons
from tools import glossary as tool
from tools.build import LESSONS

OPENING = """# %% [markdown]
# # 05 · From here to there
#
# **The question:** how far is it,
# and why?
#
# **Time:** 75 to 90 minutes, in two sittings; more. **Needs:** distributions (01), the 10-bit
# data (02 and 04), descent (02).
"""


def test_the_files_are_fresh() -> None:
    assert tool.CONTENTS.read_text(encoding="utf-8") == tool.contents(LESSONS), "run python -m tools.glossary"
    assert tool.PAGE.read_text(encoding="utf-8") == tool.page(glossary()), "run python -m tools.glossary"


def test_every_lesson_is_on_the_list_and_needs_only_earlier_ones() -> None:
    assert [each.number for each in lessons()] == sorted(path.stem[:2] for path in LESSONS.glob("[0-9][0-9]_*.py"))
    for each in lessons():
        assert all(need < each.number for need in each.needs)


def test_every_word_stands_in_bold_in_its_lesson() -> None:
    words = glossary()
    assert words
    for path in LESSONS.glob("[0-9][0-9]_*.py"):
        cells = jupytext.read(path, fmt="py:percent").cells
        prose = " ".join(" ".join(cell.source.split()) for cell in cells if cell.cell_type == "markdown").lower()
        for word in words:
            if word.lesson == path.stem[:2]:
                assert f"**{word.term.lower()}**" in prose, f"lesson {word.lesson} does not print {word.term} in bold"


def test_every_lesson_has_its_words_and_each_word_one_line() -> None:
    assert {word.lesson for word in glossary()} == {each.number for each in lessons()}
    terms = [word.term.lower() for word in glossary()]
    assert terms == sorted(set(terms))
    for word in glossary():
        assert len(word.meaning) <= 110, word
        assert not re.search(r"[|\n]|\.$", word.meaning), word


def test_words_of_a_lesson_that_is_not_there_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    there = tuple(each for each in lessons() if each.number != "06")
    monkeypatch.setattr("course_utils.contents.lessons", lambda: there)
    assert "06" not in {word.lesson for word in glossary()} != set()


def test_a_lesson_is_read_from_its_first_text(tmp_path: Path) -> None:
    path = tmp_path / "05_there.py"
    path.write_text(OPENING, encoding="utf-8")
    expected = Lesson("05", "From here to there", "How far is it, and why?", "75 to 90", ("01", "02", "04"))
    assert tool.described(path) == expected
    (row,) = json.loads(tool.contents(tmp_path))
    assert row["needs"] == ["01", "02", "04"]


@pytest.mark.parametrize(
    ("old", "part"),
    [
        ("# 05 · From", "title"),
        ("**The question:**", "question"),
        ("75 to 90 minutes", "minutes"),
        ("Needs", "needs"),
    ],
)
def test_a_part_that_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, part: str
) -> None:
    assert OPENING.count(old) == 1
    (tmp_path / "05_there.py").write_text(OPENING.replace(old, "?"), encoding="utf-8")
    monkeypatch.setattr(tool, "LESSONS", tmp_path)
    with pytest.raises(SystemExit, match=rf"Not written: 05_there\.py: the first text has no {part}"):
        tool.main()


def test_the_command_writes_both_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, path in {"CONTENTS": tmp_path / "a.json", "PAGE": tmp_path / "a.md", "ROOT": tmp_path}.items():
        monkeypatch.setattr(tool, name, path)
    tool.main()
    assert capsys.readouterr().out == f"a.md: {len(glossary())} words\n"
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == tool.contents(LESSONS)
    assert (tmp_path / "a.md").read_text(encoding="utf-8") == tool.page(glossary())


def test_the_page_is_a_table() -> None:
    assert tool.page((Word("nat", "a unit", "05"),)).endswith("\n|---|---|---|\n| nat | a unit | 05 |\n")


def test_the_map_has_an_arrow_for_each_need_and_an_empty_dot_for_what_is_to_come() -> None:
    three = [Lesson("02", "B", "?", "5", ("01",)), Lesson("03", "C", "?", "5", ("01", "02"))]
    ax = plot_lessons(three, title="Map", ax=plt.figure().add_subplot())
    assert [text.get_text() for text in ax.texts] == ["01  (to come)", "02  B", "03  C"]
    assert len(ax.patches) == 3
    assert [line.get_markerfacecolor() == "white" for line in ax.lines] == [True, False, False]
    assert ax.get_title() == "Map"
    bottom, top = ax.get_ylim()
    assert top < 0 < 2 < bottom
    plt.close("all")
