"""A lesson's cells are parsed once, and each caller has its own."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

import jupytext
import pytest

from tools.percent import read_percent


def test_what_one_caller_changes_no_other_sees(tmp_path: Path) -> None:
    lesson = tmp_path / "lesson.py"
    lesson.write_text("# %%\na = 1\n", encoding="utf-8")
    read_percent(lesson).cells[0].source = "a = 2"
    assert [cell.source for cell in read_percent(lesson).cells] == ["a = 1"]


def test_a_text_is_parsed_once_and_a_changed_one_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = Mock(side_effect=jupytext.reads)
    monkeypatch.setattr(jupytext, "reads", reads)
    lesson = tmp_path / "lesson.py"
    for number in (3, 3, 4):
        lesson.write_text(f"# %%\na = {number}\n", encoding="utf-8")
        assert read_percent(lesson).cells[0].source == f"a = {number}"
    assert reads.call_count == 2
