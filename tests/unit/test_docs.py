"""What repeats a fact is made from the one place where the fact stands, and is fresh."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import docs
from tools.build import LESSONS, ROOT

(LESSON_05,) = LESSONS.glob("05_*.py")
GUIDE_05 = (ROOT / "docs" / "guide" / "05.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_generated_file_is_fresh() -> None:
    assert docs.stale() == [], "run python course.py build docs"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# Teaching 05 · From", "# Teaching 05: from"),
        ("c) Cem's", "b) Ben's"),
        ("the largest difference", "a large difference"),
        ("**05.p2** KL adds", "**05.p2** CE adds"),
        ("| **together** | 60 |", "| **together** | 61 |"),
    ],
)
def test_a_row_of_the_guide_is_completed_from_the_lesson(old: str, new: str) -> None:
    assert GUIDE_05.count(old) == 1
    assert docs.guide_page(GUIDE_05.replace(old, new), LESSON_05) == GUIDE_05


def test_the_first_words_of_a_row_are_enough() -> None:
    (row,) = [line for line in GUIDE_05.splitlines() if line.startswith("| **05.p1**")]
    assert docs.joined(docs.ask_row(docs.cells("| **05.p1** | | |"))) == row
    (row, *_) = [line for line in GUIDE_05.splitlines() if line.startswith("| **05.2**")]
    first = docs.cells(row)[0]
    assert docs.joined(docs.misconception_row("05")([first])) == row


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("**05.p2** ", "**05.p9** ", "05.p9 is no prediction of a lesson"),
        ("** weighed with Q |", "** weighed by Q |", "weighed by Q' is no misconception of lesson 05"),
    ],
)
def test_a_row_about_nothing_is_named(old: str, new: str, words: str) -> None:
    assert GUIDE_05.count(old) == 1
    with pytest.raises(ValueError, match=words):
        docs.guide_page(GUIDE_05.replace(old, new), LESSON_05)


def test_a_bar_inside_a_cell_stays_in_it() -> None:
    line = r"| p(x \| y) | b |"
    assert docs.cells(line) == ["p(x | y)", "b"]
    assert docs.joined(docs.cells(line)) == line


@pytest.mark.long
def test_the_readme_gets_a_row_for_each_lesson_and_keeps_what_people_wrote() -> None:
    (row,) = [line for line in README.splitlines() if line.startswith("| 05 |")]
    trained = docs.cells(row)[3]
    assert docs.readme(README.replace(row, f"| 05 | [Old](notebooks/05_old.ipynb) | 1 | {trained} |")) == README
    assert "| ... |" in docs.readme(README.replace(f"{row}\n", ""))


def test_a_lesson_without_its_guide_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "97_new.py").write_text(LESSON_05.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(docs, "LESSONS", tmp_path)
    with pytest.raises(ValueError, match=r"guide.97\.md is missing: write the guide of 97_new\.py"):
        docs.files()


def test_the_command_writes_what_is_stale_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = {tmp_path / "fresh.md": "a", tmp_path / "stale.md": "b", tmp_path / "new.md": "c"}
    (tmp_path / "fresh.md").write_text("a")
    (tmp_path / "stale.md").write_text("a")
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    monkeypatch.setattr(docs, "files", lambda: made)
    assert docs.stale() == ["stale.md", "new.md"]
    docs.main()
    assert capsys.readouterr().out.split() == ["stale.md", "new.md"]
    assert docs.stale() == []


def test_a_source_that_is_not_in_form_stops_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docs, "files", lambda: docs.misconception_row("05")(["**05.2** nothing"]))
    with pytest.raises(SystemExit, match="Nothing written: guide: "):
        docs.main()
