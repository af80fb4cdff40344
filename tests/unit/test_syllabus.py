"""The shipped files say what the lessons say of themselves, and every word of the glossary stands in its lesson."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_utils.syllabus import Lesson, glossary, lessons, look_up, plot_lessons
from tools import syllabus
from tools.build import LESSONS
from tools.percent import read_percent

OPENING = """# %% [markdown]
# # 05 · From here to there
#
# **The question:** how far is it,
# and why?
#
# **Time:** 75 to 90 minutes, in two sittings; more. **Needs:** distributions (01), the 10-bit
# data (02 and 04), descent (02).
"""


def test_every_lesson_is_on_the_list_and_needs_only_earlier_ones() -> None:
    assert [each.number for each in lessons()] == sorted(path.stem[:2] for path in LESSONS.glob("[0-9][0-9]_*.py"))
    for each in lessons():
        assert all(need < each.number for need in each.needs)


@pytest.mark.long
def test_every_word_stands_in_bold_in_its_lesson() -> None:
    words = glossary()
    assert words
    for path in LESSONS.glob("[0-9][0-9]_*.py"):
        cells = read_percent(path).cells
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


def test_a_word_is_looked_up_by_all_of_it_or_by_a_part() -> None:
    for each in glossary():
        assert look_up(each.term.upper()) == f"{each.term} (lesson {each.lesson}): {each.meaning}"
    parts = look_up("distribution ").splitlines()
    assert parts == [look_up("distribution")]
    assert [line.partition(" (")[0] for line in look_up("entrop").splitlines()] == [
        each.term for each in glossary() if "entrop" in each.term
    ]


@pytest.mark.parametrize(
    ("word", "near"), [("sofmax", "softmax"), ("xyz", "accuracy"), ("", "accuracy"), (3, "accuracy")]
)
def test_a_word_that_is_not_there_is_told_with_its_neighbours(word: Any, near: str) -> None:
    with pytest.raises(ValueError, match=f"word: expected a word of the glossary, such as .*{near}.*; got {word!r}"):
        look_up(word)


def test_words_of_a_lesson_that_is_not_there_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    there = tuple(each for each in lessons() if each.number != "06")
    monkeypatch.setattr("course_utils.syllabus.lessons", lambda: there)
    assert "06" not in {word.lesson for word in glossary()} != set()


def test_a_lesson_is_read_from_its_first_text(tmp_path: Path) -> None:
    path = tmp_path / "05_there.py"
    path.write_text(OPENING, encoding="utf-8")
    expected = Lesson("05", "From here to there", "How far is it, and why?", "75 to 90", ("01", "02", "04"))
    assert syllabus.described(path) == expected
    (row,) = json.loads(syllabus.contents(tmp_path))
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
def test_a_part_that_is_missing_is_named(tmp_path: Path, old: str, part: str) -> None:
    assert OPENING.count(old) == 1
    (tmp_path / "05_there.py").write_text(OPENING.replace(old, "?"), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"05_there\.py: the first text has no {part}"):
        syllabus.contents(tmp_path)


def test_the_predictions_are_read_from_the_text_before_them(tmp_path: Path) -> None:
    asked = "# %% [markdown]\n# Text.\n#\n# **05.p1.** How\n# far?\n#\n# - a) near\n# - b) far\n#   away\n"
    number = "# %% [markdown]\n# **05.p2.** How many?\n"
    path = tmp_path / "05_there.py"
    path.write_text(f'{asked}\n# %%\npredict("05.p1")\n\n{number}\n# %%\npredict("05.p2")\n', encoding="utf-8")
    assert json.loads(syllabus.predictions(tmp_path)) == {
        "05.p1": {"text": "How far?", "choices": {"a": "near", "b": "far away"}},
        "05.p2": {"text": "How many?", "choices": {}},
    }
    path.write_text(path.read_text(encoding="utf-8").replace("**05.p2.**", "05.p2:"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"05_there\.py: the text before predict\('05\.p2'\) has no"):
        syllabus.predictions(tmp_path)


def test_the_map_has_a_dot_for_each_need_and_an_empty_square_for_what_is_to_come() -> None:
    three = [Lesson("02", "B", "?", "5", ("01",)), Lesson("03", "C", "?", "5", ("01", "02"))]
    ax = plot_lessons(three, title="Map", ax=plt.figure().add_subplot())
    assert [text.get_text() for text in ax.texts] == ["01  (to come)", "02  B", "03  C"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["01", "02", "03"]
    marks = [
        (line.get_marker(), *(np.asarray(data).tolist() for data in line.get_data()))
        for line in ax.lines
        if line.get_marker() != "None"
    ]
    assert marks == [
        *(("s", [k], [k]) for k in range(3)),
        ("o", [0], [1]),  # 02 needs 01
        ("o", [0, 1], [2, 2]),  # 03 needs 01 and 02
    ]
    squares = [line for line in ax.lines if line.get_marker() == "s"]
    assert [line.get_markerfacecolor() == "white" for line in squares] == [True, False, False]
    assert ax.get_title() == "Map"
    bottom, top = ax.get_ylim()
    assert top < 0 < 2 < bottom
    plt.close("all")
