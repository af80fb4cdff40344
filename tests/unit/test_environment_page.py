"""Every variable that a user may set stands in docs/environment.md, and none that nothing reads."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("course_utils", "tools", "tests", "benchmarks", "classroom")
# Written otherwise, so that this file is no reader itself.
VARIABLE = re.compile("COURSE" + r"_[A-Z]+(?:_[A-Z]+)*\b")


def test_the_page_has_every_variable_that_is_read() -> None:
    page = (ROOT / "docs" / "environment.md").read_text(encoding="utf-8")
    files = [ROOT / "course.py", ROOT / "conftest.py", ROOT / ".ci" / "run"]
    files += [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    assert "environ" in text
    read = set(VARIABLE.findall(text)) - {"COURSE" + "_HUB"}  # what they all begin with: a test looks for it
    assert read == set(VARIABLE.findall(page))


def test_the_readme_leads_to_the_page() -> None:
    assert "](docs/environment.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
