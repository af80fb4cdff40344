"""The tables of a class's grades: for a person to read, and in the forms that Moodle and Canvas import."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

from classroom.grades import Grade
from classroom.points import Points, written
from classroom.roster import Roster
from classroom.students import Student

Grades = Mapping[str, Mapping[str, Grade]]  # by student, then by exercise
# A spreadsheet computes what begins with one of these, and may take a semicolon for the beginning of another cell.
FORMULA = re.compile(r"(^|[;\t\r\n])(?=\s*[=+\-@|%\uff0b\uff0d\uff1d\uff20])")
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
MOODLE = ("Identifier", "Full name", "Grade", "Last modified (grade)")


def total(student: Student, grades: Grades, counted: Sequence[str], points: Points) -> float:
    """Return a student's points in the exercises that count."""
    own = grades.get(student.name, {})
    return sum(points.of(own[each]) for each in counted if each in own)


def by_student(everybody: Sequence[Student], grades: Grades, counted: Sequence[str], points: Points) -> str:
    """Return the table with a row for each student: the points of each exercise that counts, and their sum."""
    most = written(sum(map(points.worth, counted)))
    rows = [["student", "identifier", "handed in", *counted, "total", "of", "to look at"]]
    for each in everybody:
        own = grades.get(each.name, {})
        scores = [written(points.of(own[id_])) if id_ in own else "" for id_ in counted]
        sum_ = written(total(each, grades, counted, points)) if each.submissions else ""
        to_look_at = sum(grade.outcome == "not graded" for grade in own.values()) or ""
        rows.append([each.name, _identifier(each), _handed_in(each), *scores, sum_, most, str(to_look_at)])
    return table(rows)


def by_exercise(everybody: Sequence[Student], grades: Grades, points: Points) -> str:
    """Return the table with a row for each student and exercise; one row for a student of whom nothing was graded."""
    rows = [["student", "exercise", "outcome", "misconception", "points"]]
    for each in everybody:
        own = [grade for exercise, grade in sorted(grades.get(each.name, {}).items()) if exercise]
        rows += [[each.name, *grade[1:4], written(points.of(grade))] for grade in own]
        if not own:
            rows.append([each.name, "", "not graded" if each.submissions else "missing", "", ""])
    return table(rows)


def for_moodle(
    everybody: Sequence[Student], grades: Grades, counted: Sequence[str], points: Points, roster: Roster
) -> str:
    """Return a grading worksheet that Moodle takes: its own, where that is the roster, with the grades put in.

    Who handed in nothing has no grade, and there is no column of comments: what Moodle is not given it leaves alone.
    """
    own = set(MOODLE) - {"Full name"} <= set(roster.header)
    header = [each for each in roster.header if each != "Feedback comments"] if own else MOODLE
    rows = [list(header)]
    for each in everybody:
        if not (own and each.person) and not each.number:
            continue
        row = dict(each.person.row) if own and each.person else {"Identifier": f"Participant {each.number}"}
        row = {"Full name": each.name, **row}
        if each.submissions:
            row["Grade"] = written(total(each, grades, counted, points))
        rows.append([row.get(column, "") for column in header])
    return table(rows)


def for_canvas(
    everybody: Sequence[Student], grades: Grades, counted: Sequence[str], points: Points, roster: Roster
) -> str:
    """Return a gradebook that Canvas takes: the columns by which it knows students, and one for this assignment."""
    own = set(CANVAS[:2]) <= set(roster.header)
    header = (
        [each for each in roster.header if each in (*CANVAS, "Integration ID", "Root Account")] if own else CANVAS
    )
    name = next(
        (each for each in roster.header if re.fullmatch(rf"{re.escape(points.name)}( \(\d+\))?", each)), points.name
    )
    rows = [[*header, name]]
    rows.append(["    Points Possible", *[""] * (len(header) - 1), written(sum(map(points.worth, counted)))])
    for each in everybody:
        row = dict(each.person.row) if own and each.person else {"Student": each.name, "ID": each.number}
        grade = written(total(each, grades, counted, points)) if each.submissions else ""
        rows.append([*(row.get(column, "") for column in header), grade])
    return table(rows)


def _identifier(student: Student) -> str:
    return student.number or next(iter(student.person.identifiers if student.person else ()), "")


def _handed_in(student: Student) -> str:
    if not student.submissions:
        return "missing"
    return f"late: {student.late}" if student.late else "yes" if student.notebooks else "no notebook"


def table(rows: Iterable[Sequence[str]]) -> str:
    """Return a CSV in which every field is quoted and none is a formula, wherever a spreadsheet parts the fields."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([escape_formula(field) for field in row] for row in rows)
    return text.getvalue()


def escape_formula(field: str) -> str:
    """Return a field that no spreadsheet takes for a formula, whole or from a semicolon on.

    >>> escape_formula("=1+1"), escape_formula("Ada"), escape_formula("a;=1+1;b")
    ("'=1+1", 'Ada', "a;'=1+1;b")
    """
    return FORMULA.sub(r"\1'", field)
