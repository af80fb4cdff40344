"""What a class's grades hold, and how what came with a submission is shown."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

# Best last: of several notebooks with the same exercise the best counts.
OUTCOMES = ("not graded", "not attempted", "wrong", "right")


class GradingError(Exception):
    """Nothing can be graded; the message is for the teacher."""


class Row(NamedTuple):
    """What one notebook says of one exercise, or, with `exercise` empty, of itself.

    `note` is what a teacher should look at, such as a cell that never ended; `card` is HTML for the student.
    """

    exercise: str
    outcome: str
    misconception: str = ""
    note: str = ""
    card: str = ""


class Grade(NamedTuple):
    """A row with its student, under the name by which the class's tables know them."""

    student: str
    exercise: str
    outcome: str
    misconception: str = ""
    note: str = ""
    card: str = ""


def shown(text: str) -> str:
    """Return a text in one line of visible letters: all else, such as what turns the writing round, as its code.

    >>> shown(chr(0x202E) + "ab") == chr(92) + "u202eab"
    True
    """
    whole = unicodedata.normalize("NFC", text)
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in whole)
