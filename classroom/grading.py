"""Grade a class: python -m classroom.grading SUBMISSIONS -o FOLDER (Linux).

Into FOLDER go students.csv (a row a student, with points), exercises.csv (a row an exercise), moodle.csv and
canvas.csv (for their gradebooks), class.html (to teach from; it names nobody), teacher.html (for the teacher alone),
feedback/ (a page for each student) and feedback.zip, which Moodle and Canvas take back. What has been graded is kept
in the folder `remembered` beside them, which may be deleted.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
import zipfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from classroom import isolation, remembered
from classroom.archive import File
from classroom.command_lines import GRADE, add_grade_options
from classroom.feedback import feedback_page, file_names
from classroom.gradebooks import by_exercise, by_student, for_canvas, for_moodle
from classroom.grades import OUTCOMES, Grade, GradingError, Row, shown
from classroom.intake import submissions
from classroom.isolation import IsolationError
from classroom.observation import code_cells, lesson_cells
from classroom.pages import counted, say
from classroom.points import Points, read_points
from classroom.report import Suspicion, class_page, teacher_page
from classroom.roster import Roster, read_roster
from classroom.similarity import Alike, alike, shown_solutions
from classroom.students import Student, due_time, students
from classroom.verdicts import grade_cells
from course_utils._support.files import atomic_write

NO_ROSTER, ONE_EACH = Roster(), Points()


class Graded(NamedTuple):
    """A class with its grades: `notes` are what a teacher should look at, `cells` each student's code."""

    everybody: list[Student]
    grades: dict[str, dict[str, Grade]]
    notes: list[Grade]
    cells: dict[str, list[str]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return the exit status."""
    parser = argparse.ArgumentParser(prog="course.py grade", description=GRADE)
    add_grade_options(parser)
    options = parser.parse_args(arguments)
    place, output, roster, points = (
        path and options.from_folder / path
        for path in (options.submissions, options.output, options.roster, options.points)
    )
    try:
        graded = grade(
            place,
            output,
            roster=read_roster(roster) if roster else Roster(),
            points=read_points(points) if points else Points(),
            due=due_time(options.due) if options.due else None,
            again=options.again,
        )
    except (GradingError, IsolationError) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The same command goes on from here.")
        return 130
    say("\n".join(summary(graded, output)))
    return 0


def summary(graded: Graded, output: Path) -> list[str]:
    """Return what the command says at its end."""
    everybody = graded.everybody
    missing = [each.name for each in everybody if not each.submissions]
    unknown = [each.name for each in everybody if each.person is None]
    handed_in = len(everybody) - len(missing)
    said = [f"{counted(handed_in, 'student')} handed something in: {output / 'students.csv'}"]
    said += [f"Missing: {', '.join(missing)}."] if missing else []
    said += [f"Not on the roster: {', '.join(unknown)}."] if unknown and len(unknown) < len(everybody) else []
    said += [f"To look at by hand: {counted(len(graded.notes), 'note')} in {output / 'teacher.html'}"]
    return said


def grade(
    place: Path,
    output: Path,
    *,
    roster: Roster = NO_ROSTER,
    points: Points = ONE_EACH,
    due: datetime | None = None,
    again: Sequence[str] = (),
) -> Graded:
    """Grade what a class handed in, write tables, pages and feedback, and return what is in them.

    What is known from an earlier run is recalled, but for the students named in `again`.
    """
    if output.suffix == ".csv":
        raise GradingError(f"-o: expected a folder for tables and feedback; got {output.name}.")
    everybody = students(submissions(place), roster, due)
    anew = _chosen(everybody, again)
    check_privacy(place, output)
    isolation.check_walls()
    kept = output / "remembered"
    try:
        output.mkdir(mode=0o700, parents=True, exist_ok=True)  # grades are nobody else's business
        kept.mkdir(exist_ok=True)
    except OSError as error:
        raise GradingError(f"{output}: expected a folder, or room for one ({error.strerror}).") from error
    jobs = [(student, notebook) for student in everybody for notebook in student.notebooks]
    rows = [Grade(each.name, "", "not graded", note=shown(note)) for each in everybody for note in each.notes]
    cells: dict[str, list[str]] = {each.name: [] for each in everybody}
    for (student, notebook), (found, sources) in zip(jobs, _graded(jobs, kept, anew), strict=True):
        where = f"{shown('/'.join(notebook.parts))}: " if len(student.notebooks) > 1 else ""
        rows += [Grade(student.name, *each)._replace(note=each.note and where + each.note) for each in found]
        cells[student.name] += sources
    graded = Graded(everybody, best(rows), notes(rows), cells)
    write(output, graded, roster, points)
    return graded


def check_privacy(*paths: Path) -> None:
    """Raise GradingError where a submission could read one of these paths."""
    for path in paths:
        for place in isolation.readable():
            if path.resolve().is_relative_to(Path(place).resolve()):
                raise GradingError(f"{path} lies in {place}, which every submission can read: choose another folder.")


def workers() -> int:
    """Return how many notebooks run at once: as many as there are cores, and as have the memory they may take."""
    found = re.search(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text(encoding="utf-8"))
    by_memory = int(found[1]) * 1024 // isolation.MEMORY if found else 1
    return max(1, min(len(os.sched_getaffinity(0)), by_memory))


def _chosen(everybody: Sequence[Student], names: Iterable[str]) -> set[str]:
    """Return the students that are meant by their names or numbers."""
    known = {each.name.casefold(): each.name for each in everybody}
    known |= {each.number.casefold(): each.name for each in everybody if each.number}
    if unknown := [each for each in names if each.casefold() not in known]:
        raise GradingError(
            f"--again: expected one of {', '.join(each.name for each in everybody)}; got {unknown[0]}."
        )
    return {known[each.casefold()] for each in names}


def _graded(jobs: Sequence[tuple[Student, File]], kept: Path, anew: set[str]) -> list[tuple[list[Row], list[str]]]:
    """Return rows and code of each notebook, in the order of the jobs; some run at once."""
    pool = ThreadPoolExecutor(workers())
    try:
        waiting = [pool.submit(grade_file, notebook, kept, student.name in anew) for student, notebook in jobs]
        for done, each in enumerate(as_completed(waiting), 1):
            each.result()  # raises what ended it
            print(f"\r{done} of {len(jobs)} notebooks", end="", flush=True)
        print()
        return [each.result() for each in waiting]
    except BaseException:
        isolation.stopping.set()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        isolation.stopping.clear()


def grade_file(notebook: File, kept: Path, anew: bool) -> tuple[list[Row], list[str]]:
    """Return the rows of one notebook, and its code; whatever is wrong with it stops nobody else's."""
    try:
        content = notebook.read()
        cells = code_cells(content)
        place = remembered.place(kept, content)
        rows = None if anew else remembered.recall(place)
        if rows is None:
            rows, finished = grade_cells(cells)
            if finished:
                remembered.keep(place, rows)
        return rows, cells
    except IsolationError:
        raise
    except ValueError as error:
        return [Row("", "not graded", note=shown(str(error)))], []
    except Exception as error:
        why = f"could not be graded: {type(error).__name__}: {shown(str(error))[:200]}"
        return [Row("", "not graded", note=why)], []


def best(rows: Iterable[Grade]) -> dict[str, dict[str, Grade]]:
    """Return each student's best grade of each exercise."""
    found: dict[str, dict[str, Grade]] = {}
    for each in sorted(rows, key=lambda each: OUTCOMES.index(each.outcome)):
        if each.exercise:
            found.setdefault(each.student, {})[each.exercise] = each
    return {student: dict(sorted(found[student].items())) for student in sorted(found)}


def notes(rows: Iterable[Grade]) -> list[Grade]:
    """Return what a teacher should look at, each once."""
    return [*dict.fromkeys(sorted(each._replace(card="") for each in rows if each.note))]


# What is written


def write(output: Path, graded: Graded, roster: Roster, points: Points) -> None:
    """Write tables, pages and feedback; what an earlier run left of these is replaced."""
    everybody, grades = graded.everybody, graded.grades
    ids = points.counted(grade for own in grades.values() for grade in own.values())
    systems = {each.system for student in everybody for each in student.submissions}
    for name, content, encoding in (
        # With the mark by which spreadsheets know UTF-8; the gradebooks need none and one stumbles over it.
        ("students.csv", by_student(everybody, grades, ids, points), "utf-8-sig"),
        ("exercises.csv", by_exercise(everybody, grades, points), "utf-8-sig"),
        ("moodle.csv", for_moodle(everybody, grades, ids, points, roster), "utf-8"),
        ("canvas.csv", for_canvas(everybody, grades, ids, points, roster), "utf-8"),
        ("class.html", class_page(grades), "utf-8"),
        ("teacher.html", teacher_page(everybody, grades, graded.notes, *_to_judge(graded, ids)), "utf-8"),
    ):
        if (name == "moodle.csv" and content.count("\n") < 2) or (name == "canvas.csv" and "Moodle" in systems):
            (output / name).unlink(missing_ok=True)
        else:
            _write(output / name, content, encoding)
    _write_feedback(output, graded, ids, points)


def _to_judge(graded: Graded, ids: Sequence[str]) -> tuple[list[Alike], list[Suspicion]]:
    handed_out = [cell for lesson in {each[:2] for each in ids} for cell in lesson_cells(lesson)]
    suspicions = [
        Suspicion(student, *seen)
        for student, own in graded.grades.items()
        for seen in shown_solutions(graded.cells.get(student, ()), own)
    ]
    return alike(graded.cells, handed_out), suspicions


def _write_feedback(output: Path, graded: Graded, ids: Sequence[str], points: Points) -> None:
    folder = output / "feedback"
    folder.mkdir(exist_ok=True)
    handed_in = [each for each in graded.everybody if each.submissions]
    names = file_names(each.handed_in_as for each in handed_in)
    back = io.BytesIO()
    with zipfile.ZipFile(back, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, name in zip(handed_in, names, strict=True):
            own = [*graded.grades.get(each.name, {}).values()]
            page = feedback_page(each.name, own, ids, points, each.late)
            _write(folder / os.fsdecode(name.encode()), page, "utf-8")  # in UTF-8, whatever the locale
            for path in filter(None, (submission.back for submission in each.submissions)):
                archive.writestr(zipfile.ZipInfo(f"{path}feedback.html"), page.encode("utf-8", "replace"))
        names_in_zip = archive.namelist()
    if names_in_zip:
        with atomic_write(output / "feedback.zip") as file:
            file.write(back.getvalue())


def _write(path: Path, content: str, encoding: str) -> None:
    with atomic_write(path) as file:
        file.write(content.encode(encoding, errors="replace"))


if __name__ == "__main__":
    sys.exit(main())
