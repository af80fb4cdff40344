"""A class as its tables show it: all who are on the roster or handed something in, each under a name of their own."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from classroom.archive import File
from classroom.grades import GradingError, shown
from classroom.intake import Submission
from classroom.roster import Person, Roster, matched

# How Moodle writes a time in English, in its grading worksheet.
SUBMITTED = "last modified (submission)"
TIMES = ("%A, %d %B %Y, %I:%M %p", "%A, %d %B %Y, %H:%M")


@dataclass
class Student:
    """Somebody of the class. `submissions` is empty for who handed in nothing; `person` is None off the roster."""

    name: str
    person: Person | None = None
    submissions: list[Submission] = field(default_factory=list)
    late: str = ""  # by how much, or who says so

    @property
    def notebooks(self) -> list[File]:
        """All notebooks of this student."""
        return [each for submission in self.submissions for each in submission.notebooks]

    @property
    def notes(self) -> list[str]:
        """What a teacher should know of the files."""
        return [note for submission in self.submissions for note in submission.notes]

    @property
    def handed_in_as(self) -> str:
        """The name of their folder or file, by which feedback finds its way back; a system has its own."""
        first = self.submissions[0] if self.submissions else None
        return shown(first.name) if first and not first.system else self.name

    @property
    def number(self) -> str:
        """Moodle's or Canvas's number for this student."""
        return next((each.number for each in self.submissions if each.number), "")


def students(found: Sequence[Submission], roster: Roster, due: datetime.datetime | None = None) -> list[Student]:
    """Return the class in the order of names, each name there once."""
    people = matched(found, roster)
    everybody = [Student(shown(person.name), person) for person in roster.people]
    by_person = {id(each.person): each for each in everybody}
    numbers: dict[int, set[str]] = {}
    for submission, person in zip(found, people, strict=True):
        numbers.setdefault(id(person), set()).add(submission.number)
    for submission, person in zip(found, people, strict=True):
        # Whom Moodle or Canvas tell apart by their numbers are two people, though the roster has one of that name.
        if person is None or len(numbers[id(person)]) > 1:
            everybody.append(Student(shown(submission.name), None, [submission]))
        else:
            by_person[id(person)].submissions.append(submission)
    for student in everybody:
        if len(student.submissions) > 1:
            names = ", ".join(sorted(shown(each.name) for each in student.submissions))
            student.submissions[0].notes.append(f"handed in under several names: {names}")
    _tell_apart(everybody)
    for each in everybody:
        each.late = lateness(each, due)
    return sorted(everybody, key=lambda each: (each.name.casefold(), each.name))


def _tell_apart(everybody: Sequence[Student]) -> None:
    """Put a number, or else a count, behind names that several have."""
    for marks in (_mark, lambda _: ""):
        counts = Counter(each.name for each in everybody)
        for each in everybody:
            if counts[each.name] > 1 and (mark := marks(each)):
                each.name = f"{each.name} ({mark})"
    taken: set[str] = set()
    for each in everybody:
        name, count = each.name, 1
        while each.name in taken:
            count += 1
            each.name = f"{name} ({count})"
        taken.add(each.name)


def _mark(student: Student) -> str:
    return student.number or next(iter(student.person.identifiers if student.person else ()), "")


def due_time(text: str) -> datetime.datetime:
    """Return a time such as "2026-12-01 18:00", of this machine's clock unless it names its own; a day, at its end.

    >>> due_time("2026-12-01 18:00+01:00").isoformat(), due_time("2026-12-01").strftime("%H:%M")
    ('2026-12-01T18:00:00+01:00', '23:59')
    """
    try:
        time = datetime.datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise GradingError(f"--due: expected a time such as 2026-12-01 or '2026-12-01 18:00'; got {text}.") from error
    if len(text.strip()) <= len("2026-12-01"):
        time = time.replace(hour=23, minute=59, second=59)
    return time if time.tzinfo else time.astimezone()


def lateness(student: Student, due: datetime.datetime | None) -> str:
    """Say by how much the last of a student's notebooks came after `due`; empty where it did not, or nobody knows.

    Canvas says itself who was late. What Moodle sends has the time of the download, so that only its worksheet knows.
    """
    if any(each.late for each in student.submissions):
        return "as Canvas says"
    systems = {each.system for each in student.submissions}
    if due is None or "Canvas" in systems:
        return ""
    handed_in = (
        _by_worksheet(student.person)
        if "Moodle" in systems
        else max((each.modified for each in student.notebooks), default=0.0)
    )
    return _span(handed_in - due.timestamp()) if handed_in > due.timestamp() else ""


def _by_worksheet(person: Person | None) -> float:
    for key, value in person.row.items() if person else ():
        for pattern in TIMES if key.casefold() == SUBMITTED else ():
            with suppress(ValueError):
                return datetime.datetime.strptime(value, pattern).astimezone().timestamp()
    return 0.0


def _span(seconds: float) -> str:
    """Return a time in its two largest units.

    >>> _span(30), _span(7500), _span(200_000)
    ('less than a minute', '2 h 5 min', '2 d 7 h')
    """
    minutes = int(seconds // 60)
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min" if minutes else "less than a minute"
