"""What is seen of a notebook's answers: its code cells run behind walls, as often as it takes to see all of them."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from classroom import isolation
from classroom.serialization import write_value
from course_utils.exercises.engine import Exercise, full_id

CELL_SECONDS = 30
ATTEMPTS = 3  # a cell that ends the process is left out of the next one
CHECKED = re.compile(r"""\bcheck\(\s*["']?\s*(\d{1,2}\.\d+)\s*["']?\s*,""")


def lesson_of(cells: Iterable[str]) -> str:
    """Return the lesson ("06") most of whose exercises these cells check; empty where they check none."""
    asked = [full_id(each).partition(".")[0] for cell in cells for each in CHECKED.findall(cell)]
    return max(sorted(set(asked)), key=asked.count, default="")


def code_cells(content: bytes) -> list[str]:
    """Return the sources of a notebook's code cells; ValueError where it is no notebook."""
    try:
        cells = json.loads(content)["cells"]
        sources = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
        return ["".join(source).strip() for source in sources]
    except (ValueError, KeyError, TypeError, RecursionError, MemoryError) as error:
        raise ValueError("not a notebook") from error


def observe_cells(
    cells: Sequence[str], lesson: str, exercises: Iterable[Exercise]
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Run cells in processes of their own; return what was seen of each answer, and what a teacher should know."""
    job = {
        "cells": cells,
        "pristine": lesson_cells(lesson),
        "cases": {found.id: cases(found) for found in exercises},
        "cell_seconds": CELL_SECONDS,
    }
    seen: dict[str, dict[str, Any]] = {}
    trouble: list[str] = []
    skip: list[int] = []
    finished, stopped = False, ""
    end = time.monotonic() + isolation.SECONDS
    while len(skip) < ATTEMPTS and time.monotonic() < end:
        lines, stopped = isolation.run_isolated({**job, "skip": skip}, end - time.monotonic())
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
