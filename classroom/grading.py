"""Grade a folder of notebooks: python -m classroom.grading SUBMISSIONS -o grades.csv (Linux).

Each notebook runs in a process of its own behind the walls of `sandbox`. That process reports how the answers
behave; what it says is read as JSON, judged here, and never unpickled. So a submission can neither harm the machine
or another submission nor talk to the checker: to be graded right, it has to answer right. That is all that is
promised. It is no examination: `solution()` shows every reference, and a learner may hand in what it shows.

What has been graded is kept beside the CSV in a folder .parts, by the hash of the notebook and of the course: an
interrupted run goes on where it stopped, and only what has changed runs again.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import os
import re
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import cache
from pathlib import Path
from typing import Any

from classroom import isolation
from classroom.grades import COLUMNS, OUTCOMES, Grade
from classroom.isolation import IsolationError
from classroom.observation import code_cells, lesson_of, observe_cells, printable
from classroom.report import page
from classroom.serialization import read_execution
from course_utils._support.files import atomic_write
from course_utils.exercises.engine import Exercise, exercises_of, judge

NOTEBOOK = 20 << 20  # bytes of a file; a lesson with its pictures has about one MB


class GradingError(Exception):
    """Nothing can be graded; the message is for the teacher."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return the exit status."""
    parser = argparse.ArgumentParser(prog="course.py grade", description="Grade a folder of notebooks.")
    parser.add_argument("submissions", type=Path, help="one notebook a student, or one folder a student")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="grades.csv", help="the table to write")
    options = parser.parse_args(arguments)
    try:
        grades = grade(options.submissions, options.output)
    except (GradingError, IsolationError) as error:
        print(error)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The same command goes on from here.")
        return 130
    print(f"{len({each.student for each in grades})} students: {options.output} and {report_file(options.output)}")
    return 0


def report_file(output: Path) -> Path:
    """Return the page that goes with a table of grades."""
    return output.with_suffix(".html")


def grade(submissions: Path, output: Path) -> list[Grade]:
    """Grade every notebook under `submissions`, write the table and the page, and return the rows."""
    found = find_notebooks(submissions)
    _check_privacy(submissions, output)
    isolation.check_walls()
    parts = output.with_suffix(".parts")
    parts.mkdir(parents=True, exist_ok=True)
    pool = ThreadPoolExecutor(_workers())
    try:
        waiting = {pool.submit(_grade_or_recall, path, parts): student for student, path in found}
        grades = []
        for done, each in enumerate(as_completed(waiting), 1):
            grades += [Grade(waiting[each], *row) for row in each.result()]
            print(f"\r{done} of {len(found)} notebooks", end="", flush=True)
        print()
    except BaseException:
        isolation.stopping.set()  # the processes under way are ended, and leave nothing behind
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        isolation.stopping.clear()
    grades = _best(grades)
    _write(output, _table(grades), "utf-8-sig")  # with the mark by which spreadsheets know UTF-8
    _write(report_file(output), page(grades), "utf-8")
    return grades


def _check_privacy(*paths: Path) -> None:
    for path in paths:
        for place in isolation.readable():
            if path.resolve().is_relative_to(Path(place).resolve()):
                raise GradingError(f"{path} lies in {place}, which every submission can read: choose another folder.")


def find_notebooks(submissions: Path) -> list[tuple[str, Path]]:
    """Return each notebook with its student: the top folder it lies in, or its own name where it lies in none."""
    if not submissions.is_dir():
        raise GradingError(f"{submissions} is no folder.")
    found = []
    for path in sorted(submissions.rglob("*.ipynb")):
        inside = path.relative_to(submissions)
        if not any(part.startswith(".") for part in inside.parts):
            found.append((_printable(inside.parts[0].removesuffix(".ipynb")), path))
    if not found:
        raise GradingError(f"There is no notebook (.ipynb) in {submissions}.")
    return found


def _printable(name: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in name)


def _workers() -> int:
    """As many as there are cores, and as have the memory they may take."""
    found = re.search(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text(encoding="utf-8"))
    by_memory = int(found[1]) * 1024 // isolation.MEMORY if found else 1
    return max(1, min(len(os.sched_getaffinity(0)), by_memory))


# One notebook ------------------------------------------------------------------------------------------------------

Row = tuple[str, str, str, str]  # a Grade without its student


def _grade_or_recall(path: Path, parts: Path) -> list[Row]:
    try:
        content = _read(path)
    except ValueError as error:
        return [("", "not graded", "", str(error))]
    part = parts / f"{hashlib.sha256(content + _course_hash()).hexdigest()}.json"
    if part.is_file():
        return [(row[0], row[1], row[2], row[3]) for row in json.loads(part.read_text(encoding="utf-8"))]
    try:
        rows, is_final = grade_cells(code_cells(content))
    except ValueError as error:
        rows, is_final = [("", "not graded", "", str(error))], True
    if is_final:
        _write(part, json.dumps(rows), "utf-8")
    return rows


def _read(path: Path) -> bytes:
    if path.is_symlink() or not path.is_file():
        raise ValueError("a link or something else that is no file")
    with path.open("rb") as file:
        content = file.read(NOTEBOOK + 1)
    if len(content) > NOTEBOOK:
        raise ValueError(f"larger than {NOTEBOOK >> 20} MB")
    return content


def grade_cells(cells: Sequence[str]) -> tuple[list[Row], bool]:
    """Run a notebook's code cells and judge the answers of its lesson, exercise by exercise.

    The second value says whether another run would give the same: what time or memory has ended may end otherwise.
    """
    lesson = lesson_of(cells)
    exercises = exercises_of(lesson) if lesson else ()
    if not exercises:
        raise ValueError("no check(...) of any lesson in it")
    seen, notes, is_final = observe_cells(cells, lesson, exercises)
    rows = [_row(found, seen.get(found.id, {})) for found in exercises]
    return rows + [("", "not graded", "", line) for line in notes], is_final


def _row(found: Exercise, seen: dict[str, Any]) -> Row:
    """Judge what a submission's process said of one answer."""
    if not seen:
        return found.id, "not attempted", "", ""
    if "execution" not in seen:
        return found.id, "not graded", "", f"its cell: {printable(seen.get('lost'))}"
    try:
        verdict = judge(found, read_execution(seen["execution"], len(found.cases)))
    except Exception as error:  # whatever is wrong with it, it came from the submission
        return found.id, "not graded", "", f"an answer that cannot be judged: {error}"
    return found.id, verdict.outcome, verdict.misconception or "", ""


@cache
def _course_hash() -> bytes:
    """Hash what decides over a grade besides the notebook: the whole course."""
    digest = hashlib.sha256()
    for path in sorted(path for package in isolation.PACKAGES for path in package.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.digest()


# The table ---------------------------------------------------------------------------------------------------------


def _best(grades: Iterable[Grade]) -> list[Grade]:
    """Return the grades in order, of several for one exercise of one student the best; notes are all kept."""
    best: dict[tuple[str, str, str], Grade] = {}
    for each in sorted(grades, key=lambda each: OUTCOMES.index(each.outcome)):
        best[each.student, each.exercise, "" if each.exercise else each.note] = each
    return sorted(best.values())


def _table(grades: Sequence[Grade]) -> str:
    """Return the CSV: a row for each exercise, and one for a student of whom nothing could be graded."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(COLUMNS)
    with_exercises = {each.student for each in grades if each.exercise}
    shown = [each[:4] for each in grades if each.exercise or each.student not in with_exercises]
    table.writerows([escape_formula(field) for field in row] for row in dict.fromkeys(shown))
    return text.getvalue()


def escape_formula(field: str) -> str:
    """Return a field that no spreadsheet takes for a formula.

    >>> escape_formula("=1+1"), escape_formula("Ada")
    ("'=1+1", 'Ada')
    """
    return f"'{field}" if field.lstrip().startswith(("=", "+", "-", "@", "|", "%")) else field


def _write(path: Path, content: str, encoding: str) -> None:
    with atomic_write(path) as file:
        file.write(content.encode(encoding, errors="replace"))


if __name__ == "__main__":
    sys.exit(main())
