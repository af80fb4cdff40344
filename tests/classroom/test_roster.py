"""The list of a class: what is read of it, who is who, who is missing, who is late."""

from __future__ import annotations

from pathlib import Path

import pytest

from classroom.archive import File
from classroom.grades import GradingError
from classroom.intake import Submission
from classroom.roster import Roster, matched, read_roster
from classroom.students import due_time, students

NOON = due_time("2026-12-01 12:00")


def roster(folder: Path, text: str, encoding: str = "utf-8") -> Roster:
    (folder / "students.csv").write_bytes(text.encode(encoding))
    return read_roster(folder / "students.csv")


def handed_in(name: str, hours: float = 0.0, system: str = "", number: str = "", late: bool = False) -> Submission:
    file = File((name,), NOON.timestamp() + 3600 * hours, lambda: b"{}")
    return Submission(name, system, number, late, notebooks=[file])


PLAIN = "name,id\nAda Lovelace,17\nAlan Turing,18\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (PLAIN, "utf-8"),
        (PLAIN, "utf-8-sig"),
        (PLAIN.replace(",", ";"), "utf-8"),
        (PLAIN.replace(",", "\t").replace("\n", "\r\n"), "utf-8"),
        ("Vorname,First name,Last name,ID number\nx,Ada,Lovelace,17\nx,Alan,Turing,18\n", "utf-8"),
        ('"Full name","ID"\n"Ada Lovelace","17"\n"Alan Turing","18"\n', "utf-8"),
        (
            'Student,ID,Section\n"    Points Possible",,\n"Lovelace, Ada",17,A\n'
            '"Turing, Alan",18,A\n"Student, Test",9,\n',
            "utf-8",
        ),
    ],
)
def test_a_roster_is_read_however_it_is_written(tmp_path: Path, text: str, encoding: str) -> None:
    found = roster(tmp_path, text, encoding)
    assert [(each.name, each.identifiers) for each in found.people] == [
        ("Ada Lovelace", ("17",)),
        ("Alan Turing", ("18",)),
    ]


@pytest.mark.parametrize(
    ("text", "encoding", "words"),
    [
        ("", "utf-8", "no column with names.*got nothing"),
        ("group,mark\nA,1\n", "utf-8", "expected one called name, Full name or Student.*got group, mark"),
        ("name\nZoë\n", "latin-1", "not in UTF-8: save it as 'CSV UTF-8'"),
    ],
)
def test_what_is_no_roster_is_told(tmp_path: Path, text: str, encoding: str, words: str) -> None:
    with pytest.raises(GradingError, match=words):
        roster(tmp_path, text, encoding)


@pytest.mark.parametrize(
    ("submission", "person"),
    [
        (handed_in("Ada Lovelace"), "Ada Lovelace"),
        (handed_in("lovelace_ada"), "Ada Lovelace"),
        (handed_in("lovelaceada", system="Canvas", number="9"), "Ada Lovelace"),
        (handed_in("somebody", system="Canvas", number="17"), "Ada Lovelace"),
        (handed_in("Participant", system="Moodle", number="4711"), "Zoë van Dam"),
        (handed_in("vandamzoe"), "Zoë van Dam"),
        (handed_in("zoe"), "Zoë van Dam"),  # the login of an address
        (handed_in("zoe@example.org"), "Zoë van Dam"),
        (handed_in("Grace Hopper"), None),
        (handed_in("Ann Lee"), None),  # two of them
        (handed_in("22"), "Ann Lee"),
        (handed_in("..."), None),
    ],
)
def test_who_is_who(tmp_path: Path, submission: Submission, person: str | None) -> None:
    text = "Full name,ID,Identifier,Email address\nAda Lovelace,17,,ada@example.org\n"
    text += "Zoë van Dam,18,Participant 4711,zoe@example.org\nAnn Lee,21,,\nAnn Lee,22,,\n"
    (found,) = matched([submission], roster(tmp_path, text))
    assert (found and found.name) == person


def test_the_missing_and_the_unknown_are_said(tmp_path: Path) -> None:
    everybody = students([handed_in("Turing Alan"), handed_in("Eve")], roster(tmp_path, PLAIN))
    assert [(each.name, bool(each.submissions), each.person is not None) for each in everybody] == [
        ("Ada Lovelace", False, True),
        ("Alan Turing", True, True),
        ("Eve", True, False),
    ]


def test_two_submissions_of_one_person_are_one_student(tmp_path: Path) -> None:
    everybody = students([handed_in("Alan Turing"), handed_in("turing-alan")], roster(tmp_path, PLAIN))
    assert [len(each.notebooks) for each in everybody] == [0, 2]
    assert everybody[1].notes == ["handed in under several names: Alan Turing, turing-alan"]


def test_two_numbers_are_two_people(tmp_path: Path) -> None:
    """Or the better of two namesakes would count for both."""
    found = [handed_in("Alan Turing", system="Moodle", number=number) for number in ("7", "8")]
    everybody = students(found, roster(tmp_path, PLAIN))
    assert [(each.name, len(each.notebooks)) for each in everybody] == [
        ("Ada Lovelace", 0),
        ("Alan Turing (18)", 0),
        ("Alan Turing (7)", 1),
        ("Alan Turing (8)", 1),
    ]


def test_no_two_students_have_one_name(tmp_path: Path) -> None:
    known = roster(tmp_path, "name,id\nAnn Lee,21\nAnn Lee,22\nBo,\nBo,\n")
    found = [
        handed_in("Ann Lee", system="Moodle", number="7"),
        handed_in("Bo"),
        handed_in("a\u202eb"),
        handed_in("a\u202db"),
    ]
    names = [each.name for each in students(found, known)]
    assert len({*names}) == len(names) == 8
    assert {"Ann Lee (21)", "Ann Lee (22)", "Ann Lee (7)"} < {*names}
    assert all(each.isprintable() for each in names)


# Late


@pytest.mark.parametrize(
    ("submission", "late"),
    [
        (handed_in("a", -0.1), ""),
        (handed_in("a", 2.1), "2 h 6 min"),
        (handed_in("a", 50), "2 d 2 h"),
        (handed_in("a", 1, "Canvas", "1"), ""),  # Canvas says itself, and its zip has the time of the download
        (handed_in("a", -1, "Canvas", "1", late=True), "as Canvas says"),
        (handed_in("a", 1, "Moodle", "1"), ""),  # nobody knows
    ],
)
def test_lateness(submission: Submission, late: str) -> None:
    assert students([submission], Roster(), NOON)[0].late == late


def test_the_moodle_worksheet_knows_when(tmp_path: Path) -> None:
    text = 'Identifier,Full name,Last modified (submission)\nParticipant 1,Ada,"Tuesday, 1 December 2026, 2:15 PM"\n'
    text += 'Participant 2,Alan,"Tuesday, 1 December 2026, 11:59"\nParticipant 3,Eve,-\n'
    found = [
        handed_in("Ada", 9, "Moodle", "1"),
        handed_in("Alan", 9, "Moodle", "2"),
        handed_in("Eve", 9, "Moodle", "3"),
    ]
    assert [each.late for each in students(found, roster(tmp_path, text), NOON)] == ["2 h 15 min", "", ""]


def test_a_time_that_is_none_is_told() -> None:
    with pytest.raises(GradingError, match="--due: expected a time such as 2026-12-01"):
        due_time("tomorrow")


def test_the_points_that_are_possible_are_no_student(tmp_path: Path) -> None:
    found = roster(tmp_path, "Student,ID,Lesson 06 (4)\n    Points Possible,,10.0\nAda,1,\n")
    assert [each.name for each in found.people] == ["Ada"]
    assert found.possible["Lesson 06 (4)"] == "10.0"
