"""What a teacher reads and hands on: tables, the two gradebooks' forms, pages, feedback, and what looks alike."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from classroom import grading, isolation
from classroom.archive import File
from classroom.feedback import feedback_page, file_names
from classroom.gradebooks import by_exercise, by_student, escape_formula, for_canvas, for_moodle
from classroom.grades import Grade, GradingError, Row
from classroom.intake import Submission
from classroom.points import Points, read_points
from classroom.report import Suspicion, class_page, teacher_page
from classroom.roster import Person, Roster
from classroom.similarity import alike, shown_solutions
from classroom.students import Student
from classroom.verdicts import _row
from course_utils.exercises.engine import exercise, solution
from course_utils.exercises.execution import run_answer

IDS = ["06.1", "06.2"]
FILE = File(("x.ipynb",), 0.0, lambda: b"{}")


def student(name: str, number: str = "", system: str = "", **row: str) -> Student:
    person = Person(name, (), row) if row else None
    return Student(name, person, [Submission(name, system, number, notebooks=[FILE])])


def graded(*rows: Grade) -> dict[str, dict[str, Grade]]:
    return grading.best(rows)


def rows_of(table: str) -> list[list[str]]:
    return [*csv.reader(io.StringIO(table, newline=""))]


GRADES = graded(
    Grade("Ada", "06.1", "right"),
    Grade("Ada", "06.2", "wrong", "only the diagonal"),
    Grade("Bob", "06.1", "not graded", note="slow"),
)
CLASS = [student("Ada"), student("Bob"), Student("Cleo", Person("Cleo", ("33",), {"name": "Cleo"}))]

# Points


def points_file(folder: Path, text: str) -> Points:
    (folder / "points.toml").write_text(text, encoding="utf-8")
    return read_points(folder / "points.toml")


def test_points_are_read(tmp_path: Path) -> None:
    text = 'name = "Lesson 06"\nlessons = ["06", "7"]\neach = 2\nattempted = 0.5\n[points]\n"06.1" = 3\n06.2 = 0\n'
    points = points_file(tmp_path, text)
    assert points == Points("Lesson 06", ("06", "07"), 2.0, 0.5, {"06.1": 3.0, "06.2": 0.0})
    assert [points.of(Grade("a", "06.1", each)) for each in ("right", "wrong", "not attempted")] == [3, 1.5, 0]
    assert points.counted([])[:2] == ["06.1", "06.2"]
    assert points.counted([])[-1].startswith("07.")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("each = -1", "each: expected a number that is 0 or more; got -1"),
        ("each = true", "each: expected a number"),
        ("each = inf", "each: expected a number"),
        ("attempted = 2", "from 0 to 1; got 2"),
        ("[points]\n'06.99' = 1", 'expected one like "08.1", got'),
        ("points = 3", "points"),
        ("lessons = ['99']", "lessons: expected numbers of lessons"),
        ("lessons = '06'", "lessons: expected a list"),
        ("name = 7", "name: expected a text"),
        ("weights = 1", "expected name, lessons, each, attempted, points; got weights"),
        ("each 1", "is no TOML"),
    ],
)
def test_a_slip_in_points_is_told(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(GradingError, match=re.escape(words)):
        points_file(tmp_path, text)


# Tables


def test_a_row_for_each_student() -> None:
    table = rows_of(by_student(CLASS, GRADES, IDS, Points(attempted=0.5)))
    assert table == [
        ["student", "identifier", "handed in", "06.1", "06.2", "total", "of", "to look at"],
        ["Ada", "", "yes", "1", "0.5", "1.5", "2", ""],
        ["Bob", "", "yes", "0", "", "0", "2", "1"],
        ["Cleo", "33", "missing", "", "", "", "2", ""],
    ]


def test_a_row_for_each_exercise() -> None:
    table = rows_of(by_exercise([*CLASS, student("Dan")], GRADES, Points()))
    assert table == [
        ["student", "exercise", "outcome", "misconception", "points"],
        ["Ada", "06.1", "right", "", "1"],
        ["Ada", "06.2", "wrong", "only the diagonal", "0"],
        ["Bob", "06.1", "not graded", "", "0"],
        ["Cleo", "", "missing", "", ""],
        ["Dan", "", "not graded", "", ""],
    ]


def test_moodle_gets_its_own_worksheet_back() -> None:
    header = ("Identifier", "Full name", "Grade", "Last modified (grade)", "Feedback comments")
    rows = [
        dict(zip(header, (f"Participant {n}", name, "", "-", "kept"), strict=True))
        for n, name in ((7, "Ada"), (8, "Cleo"))
    ]
    roster = Roster(header, tuple(Person(row["Full name"], (), row) for row in rows))
    everybody = [
        Student("Ada", roster.people[0], CLASS[0].submissions),
        Student("Cleo", roster.people[1]),
        student("Bob"),
    ]
    assert rows_of(for_moodle(everybody, GRADES, IDS, Points(), roster)) == [
        ["Identifier", "Full name", "Grade", "Last modified (grade)"],
        ["Participant 7", "Ada", "1", "'-"],
        ["Participant 8", "Cleo", "", "'-"],
    ]


def test_points_are_brought_to_the_scale_of_the_gradebook() -> None:
    row = {"Identifier": "Participant 7", "Grade": "", "Last modified (grade)": "-", "Maximum Grade": "10.00"}
    moodle = Roster((*row,), (Person("Ada", (), row),))
    ada = [Student("Ada", moodle.people[0], CLASS[0].submissions)]
    points = Points(each=3.0)  # three of six
    assert rows_of(for_moodle(ada, GRADES, IDS, points, moodle))[1][1] == "5"
    assert rows_of(for_moodle(ada, GRADES, [*IDS, "06.3"], points, moodle))[1][1] == "3.33"
    row = {"Student": "Ada", "ID": "7", "Exercises (3)": ""}
    canvas = Roster((*row,), (Person("Ada", ("7",), row),), {"Exercises (3)": "20"})
    ada = [Student("Ada", canvas.people[0], CLASS[0].submissions)]
    assert [line[-1] for line in rows_of(for_canvas(ada, GRADES, IDS, points, canvas))] == [
        "Exercises (3)",
        "20",
        "10",
    ]


def test_what_no_machine_can_grade_has_no_grade() -> None:
    """Neither missing nor worth nothing: a person has to look."""
    dan = student("Dan", "9", "Moodle")
    assert rows_of(by_student([dan], {}, IDS, Points()))[1][2:] == ["yes", "", "", "", "2", ""]
    assert rows_of(for_moodle([dan], {}, IDS, Points(), Roster()))[1][2] == ""
    assert rows_of(for_canvas([dan], {}, IDS, Points(), Roster()))[2][-1] == ""


def test_moodle_gets_a_worksheet_from_its_download_alone() -> None:
    everybody = [student("Ada", "4711", "Moodle"), student("Bob")]
    assert rows_of(for_moodle(everybody, GRADES, IDS, Points(), Roster())) == [
        ["Identifier", "Full name", "Grade", "Last modified (grade)"],
        ["Participant 4711", "Ada", "1", ""],
    ]


def test_canvas_gets_the_columns_by_which_it_knows_students() -> None:
    header = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Lesson 06 (99)", "Final Score")
    row = dict(zip(header, ("Lovelace, Ada", "17", "s17", "ada", "A", "", "80"), strict=True))
    roster = Roster(header, (Person("Ada", ("17",), row),))
    cleo = Person("Cleo", ("19",), {**row, "Student": "Cleo", "ID": "19", "Lesson 06 (99)": "1.5"})
    everybody = [Student("Ada", roster.people[0], CLASS[0].submissions), student("Bob", "18", "Canvas")]
    everybody.append(Student("Cleo", cleo))  # missing, and given something by hand
    assert rows_of(for_canvas(everybody, GRADES, IDS, Points("Lesson 06"), roster)) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Lesson 06 (99)"],
        ["    Points Possible", "", "", "", "", "2"],
        ["Lovelace, Ada", "17", "s17", "ada", "A", "1"],
        ["Bob", "18", "", "", "", "0"],
        ["Cleo", "19", "s17", "ada", "A", "1.5"],
    ]


@pytest.mark.parametrize(
    "name", ["=1+1", " =1+1", "+1", "-1", "@x", "|x", "%x", "\uff1d1+1", "a;=1+1;b", "a\t=1", "a; +1"]
)
def test_no_name_is_a_formula_in_any_spreadsheet(name: str) -> None:
    table = by_student([student(name)], {}, IDS, Points())
    for delimiter in ",;\t":
        for row in csv.reader(io.StringIO(table, newline=""), delimiter=delimiter):
            assert not any(field.lstrip(' "').startswith(("=", "+", "-", "@", "|", "%", "\uff1d")) for field in row)
    assert escape_formula(name).replace("'", "") == name


# Pages


def a_card(exercise_id: str, answer: object) -> Row:
    found = exercise(exercise_id)
    runs = run_answer(answer, found.cases if callable(found.answer) else ())
    from classroom.serialization import write_execution

    return _row(found, {"execution": write_execution(runs)})


def test_feedback_shows_the_cards_that_check_shows() -> None:
    right, wrong = a_card("06.1", exercise("06.1").answer), a_card("06.2", exercise("06.2").misconceptions[0].answer)
    own = [Grade("Ada", *right), Grade("Ada", *wrong)]
    page = feedback_page("Ada", own, IDS, Points(attempted=0.5), "2 h 5 min")
    assert "Feedback for Ada" in page
    assert "1.5 of 2 points" in page
    assert "Handed in late: 2 h 5 min." in page
    assert "✓" in page
    assert "✗" in page
    assert "Not yet right" in page
    question = exercise("06.2").misconceptions[0].question.split("`")[0].split("'")[0][:30]
    assert question in page
    assert not re.search(r"https?://|<script|<img|<link", page)


def test_what_no_machine_can_grade_is_not_called_zero() -> None:
    page = feedback_page("Dan", [], IDS, Points(), "")
    assert "Your teacher looks at it by hand." in page
    assert "of 2 points" not in page


def test_what_is_left_to_a_person_is_open_and_not_zero() -> None:
    own = [Grade("Dan", *_row(exercise("06.1"), {"lost": "ZeroDivisionError: division by zero"}))]
    page = feedback_page("Dan", own, IDS, Points(), "")
    assert "0 of 2 points so far." in page
    assert "still open, of 1" in page
    assert "The cell with this answer did not run to its end." in page
    assert "ZeroDivisionError: division by zero" in page


def test_nothing_of_a_submission_is_markup_in_any_page() -> None:
    evil = "<script>alert(1)</script><img src=x onerror=1>"
    row = a_card("06.1", lambda z: (_ for _ in ()).throw(ValueError(evil)))
    lost = _row(exercise("06.2"), {"lost": evil})
    own = [Grade(evil, *row), Grade(evil, *lost)]
    grades, everybody = graded(*own), [student(evil)]
    pages = [
        feedback_page(evil, own, IDS, Points(), evil),
        teacher_page(
            everybody,
            grades,
            grading.notes(own),
            alike({evil: [LONG], "b": [LONG]}, []),
            [Suspicion(evil, evil, evil)],
        ),
        class_page(grades),
    ]
    for page in pages:
        assert "<script" not in page
        assert "<img" not in page
        assert "default-src 'none'" in page
    assert all("&lt;script&gt;" in page for page in pages[:2])


def test_the_page_for_the_class_names_nobody() -> None:
    rows = [Grade(f"s{i}", "06.2", "wrong", "only the diagonal") for i in range(3)]
    rows += [
        Grade("t", "06.2", "wrong"),
        Grade("u", "06.2", "right"),
        Grade("vera", "06.2", "not graded", note="vera"),
    ]
    page = class_page(graded(*rows))
    assert "<td>3 of 6</td><td>only the diagonal</td><td>Where do the other classes feel z_i?" in page
    assert "<td>1 of 6</td><td>none that is known</td>" in page
    assert "1 right, 4 wrong, 1 not graded." in page
    assert "<code>my_softmax_jacobian(z)</code>" in page
    assert "s1" not in page
    assert "vera" not in page
    assert '<html lang="en">' in page


def test_the_page_for_the_teacher_names_who_is_behind_each_number() -> None:
    late = student("Dan")
    late.late = "3 min"
    notes = [Grade("Bob", "06.1", "not graded", note="slow")]
    page = teacher_page([*CLASS, late], GRADES, notes, [], [Suspicion("Ada", "06.1", "the code of solution()")])
    assert "<p>Cleo</p>" in page  # missing
    assert "<p>Ada, Bob, Dan</p>" in page  # not on the roster
    assert "<strong>Dan</strong>: 3 min" in page
    assert "<strong>Bob</strong> (06.1): slow" in page
    assert '<td>right</td><td>1</td><td class="names">Ada</td>' in page
    assert 'only the diagonal: <span class="names">Ada</span>' in page
    assert "<strong>Ada</strong> (06.1): the code of solution()" in page


def test_what_most_of_a_class_share_is_counted_and_not_listed() -> None:
    names = list("abcdef")
    cells = {name: [LONG] for name in names} | {"a": [LONG, LONG * 2], "b": [LONG, LONG * 2]}
    page = teacher_page([student(name) for name in names], {}, [], alike(cells, []), [])
    assert "<summary>a, b: the same cell, word for word</summary>" in page
    assert "1 more cell that most of the class share" in page
    assert "a, b, c, d" not in page.partition("Alike")[2]


def test_files_of_feedback_have_names_that_every_system_takes() -> None:
    names = file_names(["ann", "a/b", "a\\b", "..", "", "CON", "x" * 300, "Zoë", "<b>", "ann ", "AnN"])
    assert len({name.casefold() for name in names}) == len(names)
    assert all(len(name) < 100 and re.fullmatch(r"[^/\\<>:\"|?*.][^/\\<>:\"|?*]*\.html", name) for name in names)
    assert names[0] == "ann.html"


# Alike

LONG = """
def my_softmax(z):
    shifted = z - np.max(z, axis=1, keepdims=True)
    powers = np.exp(shifted)
    total = np.sum(powers, axis=1, keepdims=True)
    return powers / total
"""


def test_cells_that_are_alike_are_found_whatever_their_comments() -> None:
    commented = LONG.replace("return", "# divide\n    return").replace("(z):", '(z):\n    """Mine."""')
    found = alike({"Ada": [LONG], "Bob": [commented], "Cleo": [LONG.replace("total", "s")]}, [])
    assert [(each.students, each.word_for_word) for each in found] == [(("Ada", "Bob"), False)]
    assert alike({"Ada": [LONG], "Bob": [LONG]}, [])[0].word_for_word
    assert alike({"Ada": [LONG], "Bob": [f"%%time\n{LONG}"]}, [])[0].students == ("Ada", "Bob")


@pytest.mark.parametrize("cell", ["x = 1", 'predict("06.p1", "c")', "this is no Python " * 20, "", LONG])
def test_what_is_short_or_handed_out_is_not_alike(cell: str) -> None:
    assert alike({"Ada": [cell], "Bob": [cell]}, [LONG]) == []


def test_shown_solutions_are_found() -> None:
    code = str(solution("06.3"))
    expected = [("06.3", "the code of solution()")]
    assert shown_solutions([code], ["06.3"]) == expected
    assert shown_solutions([code.replace("def ", "def our_")], ["06.3"]) == expected
    assert shown_solutions(['exercises.solution("6.1")'], IDS) == [
        ("06.1", 'solution("06.1") stands in the notebook')
    ]
    assert shown_solutions([LONG.replace("powers", "e"), 'hint("06.1")'], IDS) == []


DEEP = f"def f(z):\n    return {'+'.join(['z'] * 4000)}"
HOSTILE = ["-" * 19_000 + "1", "[" * 5000, DEEP, "x = 1\n" * 3_000_000, "a\0b", "'\ud800'", "'\\d'", "\ufeff"]


@pytest.mark.parametrize("cell", HOSTILE, ids=["minus", "brackets", "deep", "long", "zero", "half", "escape", "mark"])
def test_no_cell_ends_the_comparison(cell: str) -> None:
    assert alike({"Ada": [cell], "Bob": [cell]}, []) == []
    assert shown_solutions([cell], IDS) == []


# The whole


@pytest.fixture
def no_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A grading that runs nothing: each notebook's first cell says its outcome."""

    def by_its_word(cells: list[str]) -> tuple[list[Row], bool]:
        return [Row("06.1", cells[0], card="<p>card</p>")], True

    monkeypatch.setattr(grading, "grade_cells", by_its_word)
    monkeypatch.setattr(isolation, "check_walls", lambda: None)


def notebook(cell: str) -> str:
    return '{"cells": [{"cell_type": "code", "source": "%s"}]}' % cell  # noqa: UP031


@pytest.mark.usefixtures("no_runs")
def test_a_moodle_zip_goes_in_and_comes_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ada, eve = "Ada Lovelace_11_assignsubmission_file", "Eve_12_assignsubmission_file_"
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.writestr(f"{ada}/06.ipynb", notebook("right"))
        archive.writestr(f"{eve}/06.ipynb", notebook("wrong"))
    worksheet = 'Identifier,"Full name",Grade,"Last modified (grade)"\n'
    worksheet += "Participant 11,Ada Lovelace,,-\nParticipant 13,Zoë van Dam,,-\n"
    (tmp_path / "grading.csv").write_text(worksheet, encoding="utf-8")
    (tmp_path / "points.toml").write_text('lessons = ["06"]\n[points]\n"06.1" = 3\n')
    words = ["class.zip", "-o", "out", "--roster", "grading.csv", "--points", "points.toml", "--due", "2026-12-01"]
    assert grading.main([f"--from-folder={tmp_path}", *words]) == 0
    said = capsys.readouterr().out
    assert "2 students handed something in" in said
    assert "Missing: Zoë van Dam." in said
    assert "Not on the roster: Eve." in said
    out = tmp_path / "out"
    assert out.stat().st_mode & 0o777 == 0o700
    assert {each.name for each in out.iterdir()} == {
        *("students.csv", "exercises.csv", "moodle.csv", "class.html", "teacher.html"),
        *("feedback", "feedback.zip", "remembered"),
    }
    grades = {row[0]: row[2] for row in rows_of((out / "moodle.csv").read_text(encoding="utf-8"))[1:]}
    assert grades == {"Participant 11": "3", "Participant 12": "0", "Participant 13": ""}
    with zipfile.ZipFile(out / "feedback.zip") as back:
        assert back.namelist() == [f"{ada}/feedback.html", f"{eve}feedback.html".replace("file_", "file_/")]
    assert {each.name for each in (out / "feedback").iterdir()} == {"Ada Lovelace.html", "Eve.html"}


@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8"])
def test_in_every_locale_all_is_utf8(tmp_path: Path, locale: str) -> None:
    code = (
        "import sys; from classroom import grading, isolation; from classroom.grades import Row\n"
        "grading.grade_cells = lambda cells: ([Row('06.1', 'right', card='<p>' + chr(0x2713) + '</p>')], True)\n"
        "isolation.check_walls = lambda: None\n"
        "sys.exit(grading.main(sys.argv[1:]))"
    )
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "Zoë Ω.ipynb").write_text(notebook("x"), encoding="utf-8")
    (tmp_path / "students.csv").write_text("name\nZoë Ω\nŁukasz\n", encoding="utf-8")
    words = [str(tmp_path / "in"), "-o", str(tmp_path / "out"), "--roster", str(tmp_path / "students.csv")]
    variables = {**os.environ, "LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run([sys.executable, "-c", code, *words], env=variables, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert "Zoë Ω" in (tmp_path / "out" / "students.csv").read_text(encoding="utf-8-sig")
    assert "Łukasz" in (tmp_path / "out" / "teacher.html").read_text(encoding="utf-8")
    assert "✓" in (tmp_path / "out" / "feedback" / "Zoë Ω.html").read_text(encoding="utf-8")
