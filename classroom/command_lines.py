"""The options of `course.py grade` and `course.py collect`, for course.py and for the modules behind them.

It needs the standard library alone, as course.py does, so that a mistyped option is told before anything is set up.
"""

from __future__ import annotations

import argparse
from pathlib import Path

GRADE = "run a class's notebooks behind walls, and write tables and feedback (Linux)"
COLLECT = "take notebooks from the homes of a class on a server, or bring feedback back there"


def add_grade_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `grade`."""
    parser.add_argument(
        "submissions",
        type=Path,
        help="a folder or a zip: a notebook or a folder a student, or what Moodle or Canvas download",
    )
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FOLDER", help="where tables and feedback go"
    )
    parser.add_argument("--roster", type=Path, metavar="students.csv", help="the class: names and identifiers")
    parser.add_argument(
        "--points", type=Path, metavar="points.toml", help="what exercises are worth, if not one each"
    )
    parser.add_argument("--due", metavar="TIME", help="mark what came later, such as '2026-12-01 18:00'")
    parser.add_argument("--in", dest="engine", choices=("podman", "docker"), help="run all of it in a container")
    parser.add_argument(
        "--again", action="append", default=[], metavar="NAME", help="run this student's notebooks anew"
    )
    _add_folder(parser)


def add_collect_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `collect`."""
    parser.add_argument("folder", type=Path, help="where the notebooks go; with --back, the feedback to bring")
    parser.add_argument("--back", action="store_true", help="bring each student's feedback into their home")
    parser.add_argument("--homes", type=Path, default=Path("/home"), help="the folder of the homes (/home)")
    parser.add_argument("--students", type=Path, metavar="FILE", help="names of the accounts, one a line, if not all")
    parser.add_argument("--lesson", action="append", default=[], metavar="NN", help="only this lesson, such as 06")
    _add_folder(parser)


def _add_folder(parser: argparse.ArgumentParser) -> None:
    # course.py starts its modules in its own folder, whatever folder the teacher's paths were meant from.
    parser.add_argument("--from-folder", type=Path, default=Path(), help=argparse.SUPPRESS)
