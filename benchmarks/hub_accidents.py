"""What a class loses by accidents: python -m benchmarks.hub_accidents 05 10 (a lesson, then how many students).

All run the lesson at the same moment. In the midst of it two kernels are killed, then the servers of two others, then
the hub, which is started again five seconds later. Whoever was cut off asks for a server again, opens what was saved
and runs it from the first cell, as a student would. Needs a hub (docs/hub.md).
"""

from __future__ import annotations

import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import httpx
import websocket

from classroom.hub.rehearsal import Hub, Notebook, Student, running_hub
from course_utils.datasets.cache import cache_folder

from .hub import enter

CUT_OFF = (httpx.HTTPError, websocket.WebSocketException, OSError)
COLUMNS = ("lesson", "students", "cut off", "errors", "saves lost", "cells lost at the end", "all done, s")
TRIES = 100  # a hub on a busy machine takes a minute to come back


class Day(NamedTuple):
    """What happened to one student."""

    cut_off: int
    errors: list[str]
    saves_lost: list[str]
    cells_lost: list[str]


def executed(notebook: Notebook) -> int:
    """Return how many cells have run."""
    return sum(cell.get("execution_count") is not None for cell in notebook.cells)


class Careful(Student):
    """A student who remembers how much the server has acknowledged."""

    acknowledged = 0

    def save(self, notebook: Notebook) -> None:
        """Save, and remember how many cells had run."""
        super().save(notebook)
        self.acknowledged = executed(notebook)


def day(student: Careful, lesson: str) -> Day:
    """Run a lesson to its end, as often as it takes."""
    lost: list[str] = []
    for cut_off in range(TRIES):
        with suppress(*CUT_OFF):
            if cut_off:
                time.sleep(2)
                student.spawn()
            notebook = student.open(lesson)
            if executed(notebook) < student.acknowledged:
                lost.append(f"{student.name}: {executed(notebook)} of {student.acknowledged} cells")
            errors = student.run(notebook, student.start_kernel())
            return Day(cut_off, errors, lost, student.lost(notebook))
    return Day(TRIES, [f"{student.name}: never came to the end"], lost, [])


def accidents(hub: Hub) -> None:
    """Kill two kernels, the servers of two others, and the hub; start the hub again."""
    servers = hub.servers()
    for name in sorted(servers)[:2]:
        for process in servers[name].children():
            process.kill()
    time.sleep(2)
    for name in sorted(servers)[2:4]:
        hub.kill_server(name)
    hub.kill()
    time.sleep(5)
    hub.start()


def main(lesson: str, count: str) -> None:
    """Print the table, as Markdown."""
    n = int(count)
    print("|" + "|".join(COLUMNS) + "|\n" + "|---" * len(COLUMNS) + "|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "cache").symlink_to(cache_folder())
        with running_hub(Path(folder), n) as hub, ThreadPoolExecutor(n) as class_:
            students = [Careful(hub, name) for name in hub.names]
            list(class_.map(enter, students))
            began = time.perf_counter()
            days = [class_.submit(day, student, lesson) for student in students]
            time.sleep(n)  # about the middle of the work on two cores
            accidents(hub)
            found = [each.result() for each in days]
            done = time.perf_counter() - began
            for student in students:
                student.close()
    lines = [list(chain.from_iterable(each)) for each in zip(*(each[1:] for each in found), strict=True)]
    for line in chain.from_iterable(lines):
        print(line, file=sys.stderr)
    figures = [sum(each.cut_off > 0 for each in found), *map(len, lines), f"{done:.0f}"]
    print("|" + "|".join(map(str, [lesson, n, *figures])) + "|")


if __name__ == "__main__":
    main(*sys.argv[1:])
