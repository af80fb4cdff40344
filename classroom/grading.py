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
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import cache
from pathlib import Path
from typing import Any

from classroom.grades import COLUMNS, OUTCOMES, Grade
from classroom.report import page
from classroom.serialization import read_execution, write_value
from course_utils._support.files import atomic_write
from course_utils.datasets.cache import cache_folder
from course_utils.exercises.engine import Exercise, exercises_of, full_id, judge

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = (ROOT / "classroom", ROOT / "course_utils")
NOTEBOOK = 20 << 20  # bytes of a file; a lesson with its pictures has about one MB
SECONDS = 120  # for one submission, all attempts together
CELL_SECONDS = 30
MEMORY = 4 << 30  # bytes of address space; torch alone takes more than one GB of it
FILE_SIZE = 8 << 20  # bytes of one file, the report among them
FOLDER = 64 << 20  # bytes in all files of a submission's folder
FILES = 1000
START = "import sys; sys.path.insert(0, sys.argv[1]); from classroom import runner; runner.main()"
ATTEMPTS = 3  # a cell that ends the process is left out of the next one
CHECKED = re.compile(r"""\bcheck\(\s*["']?\s*(\d{1,2}\.\d+)\s*["']?\s*,""")

_stopping = threading.Event()


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
    except GradingError as error:
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
    _check_walls()
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
        _stopping.set()  # the processes under way are ended, and leave nothing behind
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        _stopping.clear()
    grades = _best(grades)
    _write(output, _table(grades), "utf-8-sig")  # with the mark by which spreadsheets know UTF-8
    _write(report_file(output), page(grades), "utf-8")
    return grades


def _check_privacy(*paths: Path) -> None:
    for path in paths:
        for place in _readable():
            if path.resolve().is_relative_to(Path(place).resolve()):
                raise GradingError(f"{path} lies in {place}, which every submission can read: choose another folder.")


def _check_walls() -> None:
    """Raise GradingError where no walls can be put up. Later on, a submission could say so to stop the grading."""
    lines, stopped = _run({"cells": [], "pristine": [], "cases": {}, "cell_seconds": 1, "skip": []}, SECONDS)
    if lines != [{"done": True}]:
        why = lines[0].get("refused", stopped) if lines else stopped
        raise GradingError(f"Nothing was run, since this system cannot wall off learners' code: {why}.")


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
    by_memory = int(found[1]) * 1024 // MEMORY if found else 1
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
        rows = grade_cells(code_cells(content))
    except ValueError as error:
        rows = [("", "not graded", "", str(error))]
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


def code_cells(content: bytes) -> list[str]:
    """Return the sources of a notebook's code cells; ValueError where it is no notebook."""
    try:
        cells = json.loads(content)["cells"]
        sources = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
        return ["".join(source).strip() for source in sources]
    except (ValueError, KeyError, TypeError, RecursionError, MemoryError) as error:
        raise ValueError("not a notebook") from error


def grade_cells(cells: Sequence[str]) -> list[Row]:
    """Run a notebook's code cells and judge the answers of its lesson, exercise by exercise."""
    asked = [full_id(each).partition(".")[0] for cell in cells for each in CHECKED.findall(cell)]
    lesson = max(sorted(set(asked)), key=asked.count, default="")
    exercises = exercises_of(lesson) if lesson else ()
    if not exercises:
        raise ValueError("no check(...) of any lesson in it")
    seen, trouble = observe_cells(cells, lesson, exercises)
    rows = [_row(found, seen.get(found.id, {})) for found in exercises]
    return rows + [("", "not graded", "", line) for line in trouble]


def _row(found: Exercise, seen: dict[str, Any]) -> Row:
    """Judge what a submission's process said of one answer."""
    if not seen:
        return found.id, "not attempted", "", ""
    if "execution" not in seen:
        return found.id, "not graded", "", f"its cell: {seen.get('lost')}"
    try:
        verdict = judge(found, read_execution(seen["execution"], len(found.cases)))
    except Exception as error:  # whatever is wrong with it, it came from the submission
        return found.id, "not graded", "", f"an answer that cannot be judged: {error}"
    return found.id, verdict.outcome, verdict.misconception or "", ""


def observe_cells(
    cells: Sequence[str], lesson: str, exercises: Iterable[Exercise]
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Run cells in processes of their own; return what was seen of each answer, and what a teacher should know."""
    job = {
        "cells": cells,
        "pristine": _lesson_cells(lesson),
        "cases": {found.id: _cases(found) for found in exercises},
        "cell_seconds": CELL_SECONDS,
    }
    seen: dict[str, dict[str, Any]] = {}
    trouble: list[str] = []
    skip: list[int] = []
    finished, stopped = False, ""
    end = time.monotonic() + SECONDS
    while len(skip) < ATTEMPTS and time.monotonic() < end:
        lines, stopped = _run({**job, "skip": skip}, end - time.monotonic())
        at = -1
        for line in lines:
            if "exercise" in line:
                seen[str(line["exercise"])] = line
            at = line["cell"] if type(line.get("cell")) is int else at
        trouble += [f"cell {line.get('at')}: {line['trouble']}"[:300] for line in lines if "trouble" in line][:20]
        finished = lines[-1:] == [{"done": True}]
        if finished:
            break
        trouble.append(f"cell {at}: {stopped}")
        skip.append(at)
    for place, cell in enumerate(cells):
        if not finished or place in skip:
            for exercise_id in CHECKED.findall(cell):
                seen.setdefault(full_id(exercise_id), {"lost": stopped})
    return seen, list(dict.fromkeys(trouble))[:20]


def _cases(found: Exercise) -> list[list[Any]]:
    """Return the inputs of an exercise as JSON; what cannot travel, such as a function, the other side looks up."""

    def sent(value: Any) -> Any:
        try:
            return write_value(value)
        except TypeError:
            return {"kept": True}

    return [[sent(value) for value in case] for case in found.cases] if callable(found.answer) else []


def _run(job: dict[str, Any], seconds: float) -> tuple[list[dict[str, Any]], str]:
    """Run a job in a process behind walls; return the lines it wrote, and how it ended."""
    home = tempfile.mkdtemp(prefix="submission-")
    for path in _font_lists():
        shutil.copy(path, home)
    walls = {
        "readable": _readable(),
        "writable": home,
        "seconds": int(seconds) + 1,
        "memory": MEMORY,
        "file_size": FILE_SIZE,
    }
    with tempfile.TemporaryFile() as work, tempfile.TemporaryFile() as report:
        work.write(json.dumps({**job, "walls": walls}).encode())
        work.seek(0)
        process = subprocess.Popen(  # noqa: S603  # this very Python
            [sys.executable, "-I", "-B", "-c", START, str(ROOT)],
            cwd=home,
            env=_environment(home),
            stdin=work,
            stdout=report,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            stopped = _watch(process, Path(home), time.monotonic() + seconds)
        finally:
            process.kill()
            process.wait()
            shutil.rmtree(home, ignore_errors=True)
        report.seek(0)
        return _lines(report.read(FILE_SIZE)), stopped


def _watch(process: subprocess.Popen[bytes], home: Path, end: float) -> str:
    """Wait for a process, no longer than until `end` and while its folder stays small; say how that ended."""
    while time.monotonic() < end:
        if _stopping.is_set():
            raise GradingError("Interrupted.")
        try:
            status = process.wait(timeout=0.1)
            return f"ended the process (status {status})"
        except subprocess.TimeoutExpired:
            if _is_too_full(home):
                return f"wrote more than {FOLDER >> 20} MB or {FILES} files"
    return "did not end in time"


def _is_too_full(folder: Path) -> bool:
    try:
        sizes = [each.stat(follow_symlinks=False).st_size for each in os.scandir(folder)]
    except FileNotFoundError:  # deleted while it was looked at
        return False
    return sum(sizes) > FOLDER or len(sizes) > FILES


def _lines(report: bytes) -> list[dict[str, Any]]:
    """Return the JSON objects among the lines of a report, which may hold anything."""
    found = []
    for line in report.splitlines():
        try:
            content = json.loads(line)
        except (ValueError, RecursionError, MemoryError):
            continue
        if isinstance(content, dict):
            found.append(content)
    return found


def _environment(home: str) -> dict[str, str]:
    """Return all variables of a submission's process: nothing of the teacher's but where the data lies."""
    data = os.environ.get("COURSE_DATA")
    homes = ("HOME", "TMPDIR", "MPLCONFIGDIR", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "TORCHINDUCTOR_CACHE_DIR")
    return {
        **dict.fromkeys(homes, home),
        **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "COURSE_OFFLINE"), "1"),
        "COURSE_DATA": os.path.abspath(data) if data else "",
        "COURSE_CACHE": str(cache_folder()),
        "COURSE_PROGRESS": "",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "agg",
        "PATH": os.defpath,
    }


def _readable() -> list[str]:
    """Return what a submission's process may read: Python, its libraries, the course and the data, no more."""
    data = os.environ.get("COURSE_DATA")
    python = [sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime"]
    machine = ["/dev/urandom", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu"]
    course = [*map(str, (*PACKAGES, ROOT / "data", cache_folder())), *([data] if data else [])]
    return python + machine + course


@cache
def _lesson_cells(lesson: str) -> list[str]:
    """Return the code of a lesson as it was handed out."""
    found = [*(ROOT / "notebooks").glob(f"{lesson}_*.ipynb")]
    return code_cells(found[0].read_bytes()) if found else []


@cache
def _font_lists() -> list[Path]:
    """Return matplotlib's lists of fonts, which would take each process seconds to make."""
    import matplotlib

    return list(Path(matplotlib.get_cachedir()).glob("fontlist-*.json"))


@cache
def _course_hash() -> bytes:
    """Hash what decides over a grade besides the notebook: the whole course."""
    digest = hashlib.sha256()
    for path in sorted(path for package in PACKAGES for path in package.rglob("*.py")):
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
