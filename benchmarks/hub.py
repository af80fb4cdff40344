"""What a class on one server costs: python -m benchmarks.hub 05 1 5 10 20 (a lesson, then how many students).

All log in at the same moment, start their servers, run the lesson from its first cell to its last without a pause to
think, and save every five cells: more than any class does. Needs a hub (docs/hub.md); COURSE_CACHE, or the cache of
whoever runs this, holds the data sets decoded.

What was tried to make a server smaller, lesson 05, one student, PSS of the server / of the kernel in MB:

- as it comes, without the extensions for language servers, terminals, jupytext and the old notebook: 128 / 152
- MALLOC_ARENA_MAX=1: 122 / 152; with MALLOC_TRIM_THRESHOLD_ and MALLOC_MMAP_THRESHOLD_ of 64 kB too: 123 / 152
- without the grammar of web addresses (rfc3987_syntax): 110 / 151, and a server starts 1.2 s sooner.
  Only this is kept: the others are within the noise of where a garbage collection falls.

What is left of a kernel: Python with ipykernel 29 (38 when it answers), NumPy 11, matplotlib 30, SymPy 33 for the
derivations; of a server: JupyterHub's part 39, of which SQLAlchemy and alembic, which no student's server uses, 28.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from classroom.hub.rehearsal import Hub, Student, pss_mb, running_hub
from course_utils.datasets.cache import cache_folder

COLUMNS = (
    *("lesson", "students", "all spawned, s", "all done, s", "errors", "cells lost", "websockets reopened"),
    *("MB a student at the end", "at the peak", "hub and proxy, MB"),
)


class Peak:
    """The largest memory of all students' servers and kernels together, looked at every few seconds."""

    def __init__(self, servers: list[psutil.Process]) -> None:
        self.servers = servers
        self.mb = self.last = 0.0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def look(self) -> float:
        """Return the memory in MB at this moment."""
        self.last = sum(map(pss_mb, self.servers))
        self.mb = max(self.mb, self.last)
        return self.last

    def stop(self) -> None:
        """Look no more."""
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._end.wait(3):
            self.look()


def enter(student: Student) -> None:
    """Log in and start a server."""
    student.log_in()
    student.spawn()


def work(student: Student, lesson: str) -> tuple[list[str], list[str]]:
    """Run and save a lesson; return errors and what was lost."""
    notebook = student.open(lesson)
    errors = student.run(notebook, student.start_kernel())
    return errors, student.lost(notebook)


def measure(hub: Hub, lesson: str, n: int) -> list[str]:
    """Return one row of the table."""
    students = [Student(hub, name) for name in hub.names]
    began = time.perf_counter()
    with ThreadPoolExecutor(n) as class_:
        list(class_.map(enter, students))
        spawned = time.perf_counter() - began
        peak = Peak(list(hub.servers().values()))
        results = list(class_.map(lambda student: work(student, lesson), students))
        done = time.perf_counter() - began
    peak.stop()
    end = peak.look()
    errors, lost = ([line for result in results for line in result[i]] for i in range(2))
    for line in [*errors, *lost]:
        print(line, file=sys.stderr)
    # The hub's own processes are its proxy and the culler, and not the servers that it started.
    own = pss_mb(hub.process) - end
    reopened = sum(student.reopened for student in students)
    for student in students:
        student.close()
    figures = [spawned, done, len(errors), len(lost), reopened, end / n, peak.mb / n, own]
    return [lesson, str(n), *(f"{figure:.0f}" for figure in figures)]


def main(lesson: str, *counts: str) -> None:
    """Print the table, as Markdown."""
    print("|" + "|".join(COLUMNS) + "|\n" + "|---" * len(COLUMNS) + "|", flush=True)
    for n in map(int, counts):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "cache").symlink_to(cache_folder())
            with running_hub(Path(folder), n) as hub:
                print("|" + "|".join(measure(hub, lesson, n)) + "|", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
