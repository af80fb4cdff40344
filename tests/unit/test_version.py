"""One version: the package says it, and everything else that names one agrees."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import course
from course_utils import __version__

ROOT = Path(__file__).parents[2]


def test_the_citation_names_the_packages_version_and_its_day() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    day = re.search(r"^date-released: (\S+)$", citation, re.MULTILINE)
    assert re.search(r"^version: (\S+)$", citation, re.MULTILINE)[1] == __version__  # type: ignore[index]
    newest = re.search(r"^## (\S+) \((\S+)\)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest is not None
    assert day is not None
    assert newest.groups() == (__version__, day[1])


def test_the_command_names_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        course.main(["--version"])
    assert capsys.readouterr().out.split()[-1] == __version__
