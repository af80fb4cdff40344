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
NUMBER = re.compile(r"\d+(\.\d+)?")
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
MOODLE = ("Identifier", "Full name", "Grade", "Last modified (grade)")


def total(student: Student, grades: Grades, counted: Sequence[str], points: Points, most: str = "") -> str:
    """Return a student's points in the exercises that count; empty where nothing of theirs could be graded.

    most : the points of all of them as a gradebook has it, where that is a number of its own
    """
    own = grades.get(student.name, {})
    sum_, worth = sum(points.of(own[each]) for each in counted if each in own), sum(map(points.worth, counted))
    if not own:
        return ""
    return written(round(sum_ * float(most) / worth, 2) if worth and NUMBER.fullmatch(most.strip()) else sum_)


def by_student(everybody: Sequence[Student], grades: Grades, counted: Sequence[str], points: Points) -> str:
    """Return the table with a row for each student: the points of each exercise that counts, and their sum."""
    most = written(sum(map(points.worth, counted)))
    rows = [["student", "identifier", "handed in", *counted, "total", "of", "to look at"]]
    for each in everybody:
        own = grades.get(each.name, {})
        scores = [written(points.of(own[id_])) if id_ in own else "" for id_ in counted]
        to_look_at = sum(grade.outcome == "not graded" for grade in own.values()) or ""
        sum_ = total(each, grades, counted, points)
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

    A grade is the same part of the worksheet's own maximum as the points are of all points. Who handed in nothing has
    none, and there is no column of comments: what Moodle is not given it leaves alone.
    """
    own = set(MOODLE) - {"Full name"} <= set(roster.header)
    header = [each for each in roster.header if each != "Feedback comments"] if own else MOODLE
    rows = [list(header)]
    for each in everybody:
        if not (own and each.person) and not each.number:
            continue
        row = dict(each.person.row) if own and each.person else {"Identifier": f"Participant {each.number}"}
        row = {"Full name": each.name, **row}
        row["Grade"] = total(each, grades, counted, points, row.get("Maximum Grade", "")) or row.get("Grade", "")
        rows.append([row.get(column, "") for column in header])
    return table(rows)


def for_canvas(
    everybody: Sequence[Student], grades: Grades, counted: Sequence[str], points: Points, roster: Roster
) -> str:
    """Return a gradebook that Canvas takes: the columns by which it knows students, and one for this assignment.

    A grade is the same part of the points that are possible there as the points are of all points.
    """
    own = set(CANVAS[:2]) <= set(roster.header)
    header = (
        [each for each in roster.header if each in (*CANVAS, "Integration ID", "Root Account")] if own else CANVAS
    )
    name = next(
        (each for each in roster.header if re.fullmatch(rf"{re.escape(points.name)}( \(\d+\))?", each)), points.name
    )
    rows = [[*header, name]]
    possible = roster.possible.get(name, "")
    most = possible if NUMBER.fullmatch(possible) else written(sum(map(points.worth, counted)))
    rows.append(["    Points Possible", *[""] * (len(header) - 1), most])
    for each in everybody:
        if each.person is None and each.number.startswith("anon_"):
            continue  # Canvas itself does not say who that is
        row = dict(each.person.row) if own and each.person else {"Student": each.name, "ID": each.number}
        grade = total(each, grades, counted, points, most) or row.get(name, "")  # an empty one would erase theirs
        rows.append([*(row.get(column, "") for column in header), grade])
    return table(rows)


def _identifier(student: Student) -> str:
    return next(iter(student.person.identifiers if student.person else ()), student.number)


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
