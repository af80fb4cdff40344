"""docs/data_sets.md: every loader has its row, and the code on the page runs."""

from __future__ import annotations

import re

import matplotlib.pyplot as plt
import pytest

from course_utils import datasets
from tools.build import LESSONS, ROOT

PAGE = (ROOT / "docs" / "data_sets.md").read_text(encoding="utf-8")


def test_every_data_set_has_a_row() -> None:
    made = {name for name in datasets.__all__ if name.startswith(("load_", "draw_")) or name == "majority_bits"}
    assert set(re.findall(r"^\|[^|]+\| `(\w+).+?` \|", PAGE, re.MULTILINE)) == made


def test_the_lessons_of_a_data_set_are_those_that_call_its_function() -> None:
    sources = {path.name[:2]: path.read_text(encoding="utf-8") for path in LESSONS.glob("[0-9][0-9]_*.py")}
    for name, named in re.findall(r"^\|[^|]+\| `(\w+).+\| ([\d, ]+) \|$", PAGE, re.MULTILINE):
        assert named == ", ".join(number for number, text in sorted(sources.items()) if f"{name}(" in text), name


@pytest.mark.long
def test_the_code_of_the_page_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(plt, "show", lambda: None)
    (code,) = re.findall(r"```python\n(.+?)```", PAGE, re.DOTALL)
    exec(code, {})
    plt.close("all")
    assert capsys.readouterr().out.splitlines()[-1].endswith("1 386 of 1,024 rows are yes")
