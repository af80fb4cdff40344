"""The pages for teachers: what they tell to type is understood, and what they say is read is read."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

import pytest

from classroom.command_lines import add_collect_options, add_grade_options
from classroom.points import read_points

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
ADD = {"grade": add_grade_options, "grading": add_grade_options, "collect": add_collect_options}
COMMAND = re.compile(
    r"^ *(?:sudo )?(?:/\S+/)?python (?:course\.py|-m) (?:classroom\.)?(grade|grading|collect) (.+?)(?: +#.*)?$",
    re.MULTILINE,
)
COMMANDS = [(page.name, *found.groups()) for page in PAGES for found in COMMAND.finditer(page.read_text("utf-8"))]


def test_there_are_such_commands() -> None:
    assert {command for _, command, _ in COMMANDS} == {*ADD}
    assert len(COMMANDS) >= 7


@pytest.mark.parametrize(("page", "command", "words"), COMMANDS)
def test_each_command_of_the_pages_is_understood(page: str, command: str, words: str) -> None:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    ADD[command](parser)
    parser.parse_args(shlex.split(words))


def test_the_points_of_the_page_are_read(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "class.md").read_text("utf-8")
    (tmp_path / "points.toml").write_text(page.split("```")[1], encoding="utf-8")
    found = read_points(tmp_path / "points.toml")
    assert (found.name, found.lessons, found.each, found.attempted) == ("Lesson 06", ("06",), 1, 0.5)
    assert found.worth("06.4") == 2


def test_every_option_stands_on_the_page() -> None:
    page = (ROOT / "docs" / "class.md").read_text("utf-8")
    for add in ADD.values():
        parser = argparse.ArgumentParser(add_help=False)
        add(parser)
        for action in parser._actions:
            if action.option_strings and action.help != argparse.SUPPRESS:
                assert any(re.search(rf"{option}\b", page) for option in action.option_strings), action.option_strings
