"""What is seen of a notebook's answers: its code cells run behind walls, as often as it takes to see all of them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from classroom import isolation
from classroom.cell_dependencies import mentioned
from classroom.serialization import load_json, write_value
from course_utils.exercises.engine import Exercise

CELL_SECONDS = 30
ATTEMPTS = 10  # a cell that ends the process is left out of the next one
LONGEST = 300  # characters of a note
NOTES = 20
MOST_VALUES = 1_000_000  # in a notebook, pictures and text aside; a lesson has some thousands


class Observation(NamedTuple):
    """What was seen of each answer, by id; what a teacher should know; whether another run would see the same."""

    seen: dict[str, dict[str, Any]]
    notes: list[str]
    is_final: bool


def lesson_of(cells: Iterable[str]) -> str:
    """Return the lesson ("06") most of whose exercises these cells check; empty where they check none."""
    asked = [each.partition(".")[0] for cell in cells for each in mentioned(cell)]
    return max(sorted(set(asked)), key=asked.count, default="")


def code_cells(content: bytes) -> list[str]:
    """Return the sources of a notebook's code cells; ValueError, which says why, where it is no notebook."""
    known = {
        b'"worksheets"': "its format is an old one, nbformat 3",
        b"\n<<<<<<< ": "git has left two versions unmerged",
    }
    why = "".join(f" ({said})" for mark, said in known.items() if mark in content)
    try:
        cells = load_json(content, MOST_VALUES)["cells"]
        sources = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
        return ["".join(source).strip() for source in sources]
    except (ValueError, KeyError, TypeError) as error:
        too_much = f": {error}" if isinstance(error, ValueError) else ""
        raise ValueError(f"not a notebook{why or too_much}") from error


def observe_cells(cells: Sequence[str], lesson: str, exercises: Iterable[Exercise]) -> Observation:
    """Run cells in processes of their own, each time without the cell that ended the last one.

    What ended by time, by memory or by a signal may end otherwise on a machine that is less busy, so it is not final.
    """
    job = {
        "cells": cells,
        "pristine": lesson_cells(lesson),
        "cases": {found.id: cases(found) for found in exercises},
        "cell_seconds": CELL_SECONDS,
    }
    seen: dict[str, dict[str, Any]] = {}
    notes: list[str] = []
    skip: list[int] = []
    end = time.monotonic() + isolation.SECONDS
    while True:
        lines, stopped = isolation.run_isolated({**job, "skip": skip}, end - time.monotonic())
        at = -1
        for line in lines:
            if "exercise" in line:
                seen[str(line["exercise"])] = line
            at = line["cell"] if type(line.get("cell")) is int else at
        notes += [f"{_called(cells, line.get('at'))}: {line['trouble']}" for line in lines if "trouble" in line][
            :NOTES
        ]
        finished = lines[-1:] == [{"done": True}]
        if finished:
            break
        notes.append(f"{_called(cells, at)}: {stopped}")
        if at in (-1, *skip) or len(skip) == ATTEMPTS or time.monotonic() > end:
            break
        skip.append(at)
    for place, cell in enumerate(cells):
        if not finished or place in skip:
            for exercise_id in mentioned(cell):
                seen.setdefault(exercise_id, {"lost": stopped})
    is_final = finished and not skip and not any("late" in line for line in lines)
    return Observation(seen, [*dict.fromkeys(map(printable, notes))][:NOTES], is_final)


def printable(text: object) -> str:
    r"""Return the start of what a submission said, without what would change how a page or a terminal shows the rest.

    >>> printable("a\u202eb\n")
    'a?b?'
    """
    return "".join(each if each.isprintable() else "?" for each in str(text)[:LONGEST])


def _called(cells: Sequence[str], place: object) -> str:
    """Return how a teacher finds a cell: its number among the code cells, from 1, and its first line."""
    if type(place) is not int or not 0 <= place < len(cells):
        return "before its first cell"
    first = cells[place].lstrip().partition("\n")[0]
    return f"code cell {place + 1} ({first[:40]})"


def cases(found: Exercise) -> list[list[Any]]:
    """Return the inputs of an exercise as JSON; what cannot travel, such as a function, the other side looks up."""

    def sent(value: Any) -> Any:
        try:
            return write_value(value)
        except TypeError:
            return {"kept": True}

    return [[sent(value) for value in case] for case in found.cases] if callable(found.answer) else []


@cache
def lesson_cells(lesson: str) -> list[str]:
    """Return the code of a lesson as it was handed out."""
    found = [*(isolation.ROOT / "notebooks").glob(f"{lesson}_*.ipynb")]
    return code_cells(found[0].read_bytes()) if found else []
