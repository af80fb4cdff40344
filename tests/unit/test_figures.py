"""The figures of all lessons: of two widths."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.build import LESSONS, ROOT

WIDTHS = {"7.2", "9.6"}  # inches: a figure, and panels side by side
SOURCES = sorted([*LESSONS.glob("*.py"), *(ROOT / "course_utils").rglob("*.py")])
WITH_FIGURES = [path for path in SOURCES if "figsize" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("source", WITH_FIGURES, ids=lambda path: path.stem)
def test_a_figure_has_one_of_two_widths(source: Path) -> None:
    widths = re.findall(r"figsize=\(([^,]+),", source.read_text(encoding="utf-8"))
    assert widths
    assert set(widths) <= WIDTHS | {"width"}  # that of plots.py is one of the two
