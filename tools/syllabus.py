"""What the lessons say of themselves: data/lessons.json, and the predictions they ask: data/predictions.json.

The first text of a lesson is the one source of its title, its question, its minutes and its needs. The text before
`predict("06.p2")` is the one source of that question and its choices.
"""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

from course_utils.syllabus import Lesson
from tools.percent import read_percent

PARTS = {
    "title": r"^# \d\d · (.+)",
    "question": r"\*\*The question:\*\* (.+)",
    "minutes": r"\*\*Time:\*\* (\d+(?: to \d+)?) minutes",
    "needs": r"\*\*Needs:\*\* (.+)",
}


class SyllabusError(ValueError):
    """A lesson that is not in form; the message names the lesson and the part."""


def described(lesson: Path) -> Lesson:
    """Return what the first text of a lesson says; raise SyllabusError where a part is missing."""
    opening = read_percent(lesson).cells[0].source
    paragraphs = "\n".join(" ".join(paragraph.split()) for paragraph in opening.split("\n\n"))
    found = {}
    for part, pattern in PARTS.items():
        match = re.search(pattern, paragraphs, re.MULTILINE)
        if match is None:
            raise SyllabusError(f"{lesson.name}: the first text has no {part}")
        found[part] = match[1]
    # What a lesson needs names other lessons in parentheses: "gradients (02), the sigmoid (03)".
    needs = re.findall(r"\d\d", " ".join(re.findall(r"\(([\d, and]+)\)", found["needs"])))
    question = found["question"][0].upper() + found["question"][1:]
    return Lesson(lesson.stem[:2], found["title"], question, found["minutes"], tuple(sorted(set(needs))))


def contents(lessons: Path) -> str:
    """Return the text of lessons.json."""
    return as_json([described(lesson)._asdict() for lesson in lesson_files(lessons)])


def predictions(lessons: Path) -> str:
    """Return the text of predictions.json: each question of each lesson, in their order, by its id."""
    return as_json({key: asked for lesson in lesson_files(lessons) for key, asked in asked_in(lesson).items()})


def asked_in(lesson: Path) -> dict[str, dict[str, object]]:
    """Return the text and the choices of each question that a lesson lets its reader predict."""
    cells = read_percent(lesson).cells
    asked: dict[str, dict[str, object]] = {}
    for before, cell in itertools.pairwise(cells):
        for key in re.findall(r'^predict\("([\w.]+)"', cell.source, re.MULTILINE):
            _, marked, text = before.source.partition(f"**{key}.** ")
            if not marked:
                raise SyllabusError(f"{lesson.name}: the text before predict({key!r}) has no '**{key}.** ...'")
            question, _, rest = text.partition("\n\n")
            choices = re.findall(r"^- ([a-d])\) (.+?)(?=\n- |\Z)", rest.strip(), re.MULTILINE | re.DOTALL)
            asked[key] = {"text": flat(question), "choices": {letter: flat(choice) for letter, choice in choices}}
    return asked


def lesson_files(folder: Path) -> list[Path]:
    """Return the lessons of a folder in their order."""
    return sorted(folder.glob("[0-9][0-9]_*.py"))


def flat(text: str) -> str:
    """Return a text on one line."""
    return " ".join(text.split())


def as_json(content: object) -> str:
    """Return the text of a generated JSON file."""
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
