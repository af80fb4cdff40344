"""Lesson 00: the verdict that it quotes is what check says, and the pages that it names are there."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from course_utils.exercises import check
from tools.percent import read_percent

ROOT = Path(__file__).parents[2]


def prose() -> str:
    cells = read_percent(ROOT / "lessons" / "00_start_here.py").cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def test_the_answer_of_check_that_the_lesson_quotes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    quoted = " ".join(line.removeprefix("> ") for line in prose().splitlines() if line.startswith("> "))
    assert quoted == " ".join(check("00.2", lambda p: np.max(p, axis=1)).message.split())


def test_the_pages_that_the_lesson_names_are_there() -> None:
    named = re.findall(r"`(\w+\.md)`", prose())
    assert len(named) == 5
    assert all((ROOT / "docs" / name).is_file() for name in named)
