"""The list of a class: who belongs to it, and which of them handed something in.

It is a CSV of a teacher's own making, or what Moodle (grading worksheet, participants, grades) and Canvas (gradebook)
export, as it comes: columns are known by their names, and no other column is asked for.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from classroom.grades import GradingError
from classroom.intake import Submission

NAMES = ("name", "full name", "student", "student name")
FIRST, LAST = ("first name", "firstname", "given name"), ("last name", "lastname", "surname", "family name")
IDENTIFIER = re.compile(r"\b(id|identifier|login|user ?name|user|account|e-?mail|number|matric\w*)\b", re.IGNORECASE)


class Person(NamedTuple):
    """One row of a roster: the name, what else tells this person from others, and the row as it stood."""

    name: str
    identifiers: tuple[str, ...]
    row: dict[str, str]


class Roster(NamedTuple):
    """A class; `header` holds the columns of its file in their order, `possible` Canvas's row of possible points."""

    header: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    possible: dict[str, str] = {}  # noqa: RUF012  # never changed


def read_roster(path: Path) -> Roster:
    """Return the class of a CSV in UTF-8, its columns parted by commas, semicolons or tabs; else GradingError.

    A column `name` (or Full name, Student, First name and Last name) has to be there; identifiers are all columns
    whose name has a word such as id, identifier, login, username, email in it.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise GradingError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise GradingError(f"{path} is not in UTF-8: save it as 'CSV UTF-8'.") from error
    first = text.partition("\n")[0]
    rows = [*csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))]
    header = tuple(each.strip() for each in rows[0]) if rows else ()
    people = [_person(dict(zip(header, map(str.strip, row), strict=False))) for row in rows[1:]]
    if not _named(header):
        expected = "one called name, Full name or Student, or two called First name and Last name"
        raise GradingError(
            f"{path} has no column with names: expected {expected}; got {', '.join(header) or 'nothing'}."
        )
    possible = next((each.row for each in people if each.name.startswith("Points Possible")), {})
    return Roster(header, tuple(each for each in people if each.name and not _is_no_student(each)), possible)


def _column(header: Iterable[str], names: Sequence[str]) -> str | None:
    return next((each for each in header if each.casefold() in names), None)


def _named(header: Iterable[str]) -> bool:
    return bool(_column(header, NAMES) or (_column(header, FIRST) and _column(header, LAST)))


def _person(row: dict[str, str]) -> Person:
    whole, first, last = (_column(row, each) for each in (NAMES, FIRST, LAST))
    name = row[whole] if whole else f"{row.get(first or '', '')} {row.get(last or '', '')}".strip()
    if name.count(",") == 1 and whole and whole.casefold() == "student":  # as Canvas exports them
        last_name, first_name = name.split(",")
        name = f"{first_name.strip()} {last_name.strip()}"
    identifiers = tuple(value for key, value in row.items() if value and IDENTIFIER.search(key))
    return Person(name, identifiers, row)


def _is_no_student(person: Person) -> bool:
    """Whether a row of Canvas's export is of another kind: the points that are possible, the student for tests."""
    return person.name.startswith("Points Possible") or person.name == "Test Student"


def matched(found: Iterable[Submission], roster: Roster) -> list[Person | None]:
    """Return for each submission its person: by number or login where one fits, else by name; None where none does.

    Who fits several people is left for the teacher.
    """
    by_identifier = _index(
        (key, person) for person in roster.people for each in person.identifiers for key in _keys(each)
    )
    by_name = _index((key, person) for person in roster.people for key in _written(person.name))
    return [
        _one(by_identifier, [each.number.casefold()] if each.number else [each.name.strip().casefold()])
        or _one(by_name, _written(each.name))
        for each in found
    ]


def _keys(identifier: str) -> set[str]:
    """Return an identifier as a submission may show it: "Participant 12" of Moodle as 12, an address by its login."""
    whole = identifier.casefold()
    return {whole, whole.partition("@")[0], re.sub(r"^[^\W\d]+ (\d+)$", r"\1", whole)}


def _written(name: str) -> set[str]:
    """Return the ways in which a file's name may write a person's: "Ada King" as adaking and as kingada."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    words = ["".join(filter(str.isalnum, word)) for word in letters.replace(",", " ").split()]
    return {"".join(words[at:] + words[:at]) for at in range(len(words))} - {""}


def _index(pairs: Iterable[tuple[str, Person]]) -> dict[str, list[Person]]:
    found: dict[str, list[Person]] = {}
    for key, person in pairs:
        people = found.setdefault(key, [])
        if not any(each is person for each in people):
            people.append(person)
    return found


def _one(index: dict[str, list[Person]], keys: Iterable[str]) -> Person | None:
    people = {id(person): person for key in keys for person in index.get(key, ())}
    return next(iter(people.values())) if len(people) == 1 else None
