"""Write down what the lessons say of themselves: data/lessons.json and docs/glossary.md.

    python -m tools.glossary

The first text of a lesson is the one source of its title, its question, its minutes and its needs. A term stands in
data/glossary.json under the lesson that explains it, where the term is printed in bold.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import jupytext

from course_utils.contents import Lesson, Word, glossary, glossary_table
from tools.build import LESSONS, ROOT

CONTENTS = ROOT / "data" / "lessons.json"
PAGE = ROOT / "docs" / "glossary.md"
PREFACE = """# Glossary

The words of the course, each in one line, with the lesson that explains it.

Made from data/glossary.json by `python -m tools.glossary`: change that file, not this page.
"""
PARTS = {
    "title": r"^# \d\d · (.+)",
    "question": r"\*\*The question:\*\* (.+)",
    "minutes": r"\*\*Time:\*\* (\d+(?: to \d+)?) minutes",
    "needs": r"\*\*Needs:\*\* (.+)",
}


class ContentsError(Exception):
    """A lesson whose first text is not in form; the message names the lesson and the part."""


def described(lesson: Path) -> Lesson:
    """Return what the first text of a lesson says; raise ContentsError where a part is missing."""
    opening = jupytext.read(lesson, fmt="py:percent").cells[0].source
    paragraphs = "\n".join(" ".join(paragraph.split()) for paragraph in opening.split("\n\n"))
    found = {}
    for part, pattern in PARTS.items():
        match = re.search(pattern, paragraphs, re.MULTILINE)
        if match is None:
            raise ContentsError(f"{lesson.name}: the first text has no {part}")
        found[part] = match[1]
    # What a lesson needs names other lessons in parentheses: "gradients (02), the sigmoid (03)".
    needs = re.findall(r"\d\d", " ".join(re.findall(r"\(([\d, and]+)\)", found["needs"])))
    question = found["question"][0].upper() + found["question"][1:]
    return Lesson(lesson.stem[:2], found["title"], question, found["minutes"], tuple(sorted(set(needs))))


def contents(lessons: Path) -> str:
    """Return the text of lessons.json."""
    rows = [described(lesson)._asdict() for lesson in sorted(lessons.glob("[0-9][0-9]_*.py"))]
    return json.dumps(rows, indent=1, ensure_ascii=False) + "\n"


def page(words: tuple[Word, ...]) -> str:
    """Return the text of glossary.md."""
    return f"{PREFACE}\n{glossary_table(words)}\n"


def main() -> None:
    """Write both files, or end with a sentence that says which lesson is not in form."""
    try:
        CONTENTS.write_text(contents(LESSONS), encoding="utf-8")
    except ContentsError as error:
        sys.exit(f"Not written: {error}")
    words = glossary()
    PAGE.write_text(page(words), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}: {len(words)} words")


if __name__ == "__main__":
    main()
