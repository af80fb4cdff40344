"""The instructor's guide: its minutes add up, its sections are the lessons', and what it names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from course_utils.exercises.engine import exercises_of

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "guide"
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(GUIDE.glob("[0-9][0-9].md"))}
LESSONS = {path.name[:2]: path.read_text(encoding="utf-8") for path in (ROOT / "lessons").glob("[0-9][0-9]_*.py")}
CUTS = ("45", "60", "90")

Rows = list[list[str]]


def table(text: str, heading: str) -> Rows:
    """Return the cells of the table under a heading, without its first two lines."""
    _, found, rest = text.partition(f"\n## {heading}\n")
    assert found, f"no heading {heading!r}"
    lines = [line for line in rest.split("\n## ")[0].splitlines() if line.startswith("|")]
    # A bar inside a cell is written \|.
    return [[cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def minutes(rows: Rows, column: int) -> int:
    """Return the sum of a column of minutes, in which a dash is nothing."""
    return sum(0 if row[column] == "–" else int(row[column]) for row in rows)


def faults_of_minutes(page: str, lesson: str) -> list[str]:
    """Say where a page's minutes are not those of the lesson's sections, or do not add up."""
    *rows, _ = table(page, "Minutes")
    faults = []
    sections = re.findall(r"^# ## (.+)$", lesson, re.MULTILINE)
    if [row[0] for row in rows] != sections:
        faults.append(f"sections: the lesson has {sections}")
    stated = re.search(r"\*\*Time:\*\* (\d+)(?: to (\d+))? minutes", lesson)
    assert stated
    if minutes(rows, 1) != int(stated[2] or stated[1]):
        faults.append(f"alone: {minutes(rows, 1)} minutes, and the lesson says {stated[0]}")
    for column, cut in enumerate(CUTS, 2):
        if minutes(rows, column) != int(cut):
            faults.append(f"the cut for {cut} has {minutes(rows, column)} minutes")
    faults += [f"{row[0]} is extra, and has minutes" for row in rows if "Deeper" in row[0] and row[1] != "–"]
    return faults


def test_each_lesson_has_its_page_and_each_page_says_what_to_leave_with() -> None:
    assert PAGES.keys() == LESSONS.keys(), "docs/guide/ and lessons/ differ"
    for number, page in PAGES.items():
        assert page.split("\n\n")[1].startswith("**To leave with:** "), number


@pytest.mark.parametrize("number", PAGES)
def test_minutes_are_those_of_the_lesson_and_add_up(number: str) -> None:
    assert faults_of_minutes(PAGES[number], LESSONS[number]) == []


@pytest.mark.parametrize("number", PAGES)
def test_there_is_enough_to_ask_and_to_watch_for(number: str) -> None:
    assert len(table(PAGES[number], "Ask")) >= 4
    assert len(table(PAGES[number], "Where classes go wrong")) >= 4


@pytest.mark.parametrize("number", PAGES)
def test_exercises_and_sections_that_are_named_exist(number: str) -> None:
    page = PAGES[number]
    sections = re.findall(r"^# ## (\d+)\. ", LESSONS[number], re.MULTILINE)
    ids = {found.id for found in exercises_of(number)}
    for named in re.findall(rf"\b{number}\.\d+\b", page):
        assert named in ids, named
    for named in re.findall(r"\b[Ss]ections? (\d+)", page):
        assert named in sections, f"section {named}"


def test_the_tests_see_what_they_are_for() -> None:
    page, lesson = PAGES["05"], LESSONS["05"]
    assert faults_of_minutes(
        page.replace("| 4. Entropy and cross-entropy | 14 ", "| 4. Entropy and cross-entropy | 15 "), lesson
    )
    assert faults_of_minutes(page, lesson.replace("# ## 5. How long is the message?", "# ## 5. Bits"))
    assert faults_of_minutes(page, lesson.replace("**Time:** 60 minutes", "**Time:** 65 minutes"))


def test_plans_and_links_lead_to_what_is_there() -> None:
    index = (GUIDE / "index.md").read_text(encoding="utf-8")
    weeks = table(index, "Fifteen weeks")
    assert [row[0] for row in weeks] == [str(week) for week in range(1, 1 + len(LESSONS))]
    assert [row[1] for row in weeks] == sorted(LESSONS)
    for _, lesson, _, home in weeks:
        for named in re.findall(r"\b\d\d\.\d+", home):
            assert named in {found.id for found in exercises_of(lesson)}, named
    days = table(index, "Five days")
    assert [row[0] for row in days] == ["1", "2", "3", "4", "5"]
    assert set(re.findall(r"\b\d\d\b", " ".join(" ".join(row[1:]) for row in days))) == {row[1] for row in weeks}
    for text in (index, *PAGES.values()):
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            assert (GUIDE / target).exists(), target
