"""Bring each file that repeats a fact up to date with the one place where the fact stands.

    python course.py build docs

Titles, minutes, needs, predictions and claims stand in lessons/; words in data/glossary.json; answers to predictions
in data/questions.json; misconceptions in course_utils/exercises/; requirements in pyproject.toml. In the guide and
the README people write prose, and of each row of a table its first words; the build fills in the rest of the row, and
how many lessons and wrong ideas there are.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from course_utils.exercises.engine import exercises_of
from course_utils.syllabus import Word
from tools import architecture, conda, errata, syllabus
from tools.build import LESSONS, ROOT
from tools.syllabus import described, lesson_files

GLOSSARY = """# Glossary

The words of the course, each in one line, with the lesson that explains it.

<!-- Made from data/glossary.json by `python course.py build docs`: change that file, not this page. -->
"""

MAP = """# The map of the lessons

In a hurry? Choose the lesson whose question you have, and follow what it needs backwards: that is all you need before
it. Every lesson needs only earlier ones, so that the order of the numbers is a good one.

<!-- Made from the lessons by `python course.py build docs`. -->
"""

Row = list[str]


def files() -> dict[Path, str]:
    """Return each generated file with the text that it must have; a lesson or row not in form raises ValueError."""
    made = {
        ROOT / "data" / "lessons.json": syllabus.contents(LESSONS),
        ROOT / "data" / "predictions.json": syllabus.predictions(LESSONS),
        ROOT / "docs" / "glossary.md": glossary_page(),
        ROOT / "docs" / "map.md": map_page(),
        ROOT / "docs" / "errata.md": errata.document(LESSONS),
        ROOT / "environment.yml": conda.environment(
            tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        ),
        ROOT / "docs" / "architecture.md": architecture.with_drawing(
            (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
        ),
        ROOT / "README.md": counted(readme((ROOT / "README.md").read_text(encoding="utf-8"))),
    }
    for name in ("index.md", "compared.md"):
        page = ROOT / "docs" / name
        made[page] = counted(page.read_text(encoding="utf-8"))
    for lesson in lesson_files(LESSONS):
        page = ROOT / "docs" / "guide" / f"{lesson.stem[:2]}.md"
        if not page.exists():
            raise ValueError(f"{page.relative_to(ROOT)} is missing: write the guide of {lesson.name}")
        made[page] = guide_page(page.read_text(encoding="utf-8"), lesson)
    return made


def stale() -> list[str]:
    """Return the generated files that do not say what their sources say."""
    return [
        str(path.relative_to(ROOT))
        for path, text in files().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def glossary_page() -> str:
    """Return the text of docs/glossary.md."""
    by_lesson = json.loads((ROOT / "data" / "glossary.json").read_text(encoding="utf-8"))
    words = [Word(term, meaning, number) for number, terms in by_lesson.items() for term, meaning in terms.items()]
    words.sort(key=lambda word: word.term.lower())
    rows = [[each.term, each.meaning, linked(each.lesson)] for each in words]
    return "\n".join([GLOSSARY, "| term | in one line | lesson |", "|---|---|---|", *map(joined, rows)]) + "\n"


def map_page() -> str:
    """Return the text of docs/map.md."""
    each = [described(lesson) for lesson in lesson_files(LESSONS)]
    rows = [
        [linked(one.number), one.title, one.question, one.minutes, ", ".join(map(linked, one.needs))] for one in each
    ]
    head = ["| | lesson | its question | minutes | needs |", "|---|---|---|---|---|"]
    return "\n".join([MAP, *head, *map(joined, rows)]) + "\n"


def linked(number: str) -> str:
    """Return a lesson's number as a link from docs/ to its notebook, where there is such a lesson."""
    found = [lesson.stem for lesson in lesson_files(LESSONS) if lesson.stem[:2] == number]
    return f"[{number}](../notebooks/{found[0]}.ipynb)" if found else number


def readme(text: str) -> str:
    """Return the README with a row for each lesson; what is trained in a lesson is written there by hand."""
    trained = dict(re.findall(r"^\| (\d\d) \|.*\| (.+) \|$", text, re.MULTILINE))
    rows = "".join(
        f"| {about.number} | [{about.title}](notebooks/{lesson.stem}.ipynb) | {about.minutes} |"
        f" {trained.get(about.number, '...')} |\n"
        for lesson in lesson_files(LESSONS)
        for about in [described(lesson)]
    )
    return re.sub(
        r"(^\| \| lesson .*\n\|[-|]+\|\n)(?:\|.*\n)+", lambda match: match[1] + rows, text, flags=re.MULTILINE
    )


def counted(text: str) -> str:
    """Return a page that says how many lessons there are, and in round hundreds how many wrong ideas are known.

    >>> counted("more than 3 wrong ideas in 2 lessons") == counted("more than 9 wrong ideas in 9 lessons")
    True
    """
    there = lesson_files(LESSONS)
    ideas = sum(len(exercise.misconceptions) for lesson in there for exercise in exercises_of(lesson.stem[:2]))
    text = re.sub(r"\d+(?=\s+lessons\b)", str(len(there)), text)
    return re.sub(r"(?<=ore than )\d+(?=\s+wrong ideas)", str(ideas // 100 * 100), text)


def guide_page(text: str, lesson: Path) -> str:
    """Return a page of the guide with its title and the rows of its tables completed from the lesson."""
    about = described(lesson)
    text = re.sub(r"\A# .*", f"# Teaching {about.number} · {about.title}", text)
    text = completed(text, "Ask", ask_row)
    text = completed(text, "Where classes go wrong", misconception_row(about.number))
    return with_sums(text)


def completed(text: str, heading: str, complete: Callable[[Row], Row]) -> str:
    """Return the text with each row of the table under a heading completed."""
    before, mark, rest = text.partition(f"\n## {heading}\n")
    section, following, after = rest.partition("\n## ")
    lines = section.split("\n")
    first = next((i for i, line in enumerate(lines) if line.startswith("|---")), len(lines)) + 1
    lines[first:] = [joined(complete(cells(line))) if line.startswith("|") else line for line in lines[first:]]
    return before + mark + "\n".join(lines) + following + after


def cells(line: str) -> Row:
    r"""Return the cells of a row; a bar inside a cell is written \|."""
    return [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def joined(row: Row) -> str:
    """Return the row of a table with these cells."""
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |"


def ask_row(row: Row) -> Row:
    """Complete a question of the lesson, known by its number; a question for the teacher's voice alone stays."""
    named = re.match(r"\*\*([\w.]+)\*\*", row[0])
    if named is None:
        return row
    asked = predictions().get(named[1])
    if asked is None:
        raise ValueError(f"guide: {named[1]} is no prediction of a lesson")
    answer, choices = answers()[named[1]], asked["choices"]
    question = f"**{named[1]}** {asked['text']}"
    if not choices:  # what a wrong number reveals is written in the guide by hand
        return [question, f"{answer['truth']:,} {answer.get('unit', '')}".strip(), *row[2:]]
    ideas = "; ".join(f'{letter}) "{choices[letter]}": {idea}' for letter, idea in answer["ideas"].items())
    return [question, f"{answer['truth']}) {choices[answer['truth']]}", ideas]


def misconception_row(number: str) -> Callable[[Row], Row]:
    """Return what completes a row "exercise, and the idea" of a lesson with its source and its question."""
    known = {
        f"**{exercise.id}** {each.idea}": [each.seen, each.question]
        for exercise in exercises_of(number)
        for each in exercise.misconceptions
    }

    def complete(row: Row) -> Row:
        if row[0] not in known:
            raise ValueError(f"guide: {row[0]!r} is no misconception of lesson {number}")
        return [row[0], *known[row[0]]]

    return complete


def with_sums(text: str) -> str:
    """Return the text with the last row of the table of minutes added up; a dash is no minutes."""
    rows = re.findall(r"^\| (?!section|\*\*together)[^|]+((?:\| *(?:\d+|–) *){4})\|$", text, re.MULTILINE)
    sums = [
        sum(int(cell) for cell in column if cell != "–")
        for column in zip(*([cell.strip() for cell in row.split("|")[1:]] for row in rows), strict=True)
    ]
    return re.sub(r"^\| \*\*together\*\* .*$", joined(["**together**", *map(str, sums)]), text, flags=re.MULTILINE)


@cache
def predictions() -> dict[str, Any]:
    """Return text and choices of every prediction, from the lessons."""
    found: dict[str, Any] = json.loads(syllabus.predictions(LESSONS))
    return found


@cache
def answers() -> dict[str, Any]:
    """Return truth, unit, ideas and reason of every prediction, as data/questions.json has them."""
    found: dict[str, Any] = json.loads((ROOT / "data" / "questions.json").read_text(encoding="utf-8"))["predictions"]
    return found


def main() -> None:
    """Write what is out of date, or end with a sentence that says which source is not in form."""
    try:
        made = files()
    except ValueError as error:
        sys.exit(f"Nothing written: {error}")
    for path, text in made.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
