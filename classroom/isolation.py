"""Run a submission in a process of its own behind the walls of `sandbox`, and take what it says for JSON at most.

Where bubblewrap is installed and works, the process also sees no file, process or network but its own; on a file that
it may not open it then cannot even ask for size or name.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from classroom.serialization import load_json, n_values
from course_utils.datasets.cache import cache_folder

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = (ROOT / "classroom", ROOT / "course_utils")
SECONDS = 120  # for one submission, all attempts together
MEMORY = 4 << 30  # bytes of address space; torch alone takes more than one GB of it
FILE_SIZE = 8 << 20  # bytes of one file, the report among them
FOLDER = 64 << 20  # bytes in all files of a submission's folder
FILES = 1000
LINES, VALUES = 10_000, 100_000  # of a report; an honest one has some hundred lines
START = "import sys; sys.path.insert(0, sys.argv[1]); from classroom import runner; runner.main()"

stopping = threading.Event()  # once set, the processes under way are ended


class IsolationError(Exception):
    """Nothing can be run; the message is for the teacher."""


def check_walls() -> None:
    """Raise IsolationError where no walls can be put up. Later on, a submission could say so to stop the grading."""
    lines, stopped = run_isolated({"cells": [], "pristine": [], "cases": {}, "cell_seconds": 1, "skip": []}, SECONDS)
    if lines != [{"done": True}]:
        why = lines[0].get("refused", stopped) if lines else stopped
        raise IsolationError(f"Nothing was run, since this system cannot wall off learners' code: {why}.")


def run_isolated(job: dict[str, Any], seconds: float) -> tuple[list[dict[str, Any]], str]:
    """Run a job in a process behind walls; return the lines it wrote, and how it ended."""
    home, _ = _folders()
    walls = {
        "readable": readable(),
        "home": str(home),
        "seconds": int(seconds) + 1,
        "memory": MEMORY,
        "file_size": FILE_SIZE,
        "folder_size": FOLDER,
        "files": FILES,
    }
    with tempfile.TemporaryFile() as work, tempfile.TemporaryFile() as report:
        work.write(json.dumps({**job, "walls": walls}).encode())
        work.seek(0)
        process = subprocess.Popen(  # noqa: S603  # this very Python
            [*bubblewrap(), sys.executable, "-I", "-B", "-c", START, str(ROOT)],
            cwd=home,
            env=_environment(str(home)),
            stdin=work,
            stdout=report,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            stopped = _watch(process, time.monotonic() + seconds)
        finally:
            if process.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        report.seek(0)
        return _lines(report), stopped


def _watch(process: subprocess.Popen[bytes], end: float) -> str:
    """Wait for a process, no longer than until `end`; say how that ended."""
    while time.monotonic() < end:
        if stopping.is_set():
            raise IsolationError("Interrupted.")
        with suppress(subprocess.TimeoutExpired):
            return f"ended the process (status {process.wait(timeout=0.1)})"
    return "did not end in time"


def _lines(report: Iterable[bytes]) -> list[dict[str, Any]]:
    """Return the JSON objects among the lines of a report, which may hold anything."""
    found, left = [], VALUES
    for line in islice(report, LINES):
        with suppress(ValueError):
            content = load_json(line, left)  # this process has no walls around it, and is not to run out of memory
            left -= n_values(line)
            if isinstance(content, dict):
                found.append(content)
    return found


def _environment(home: str) -> dict[str, str]:
    """Return all variables of a submission's process: nothing of the teacher's but where the data lies."""
    data = os.environ.get("COURSE_DATA")
    homes = ("HOME", "TMPDIR", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "TORCHINDUCTOR_CACHE_DIR")
    return {
        **dict.fromkeys(homes, home),
        **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "COURSE_OFFLINE"), "1"),
        "COURSE_DATA": os.path.abspath(data) if data else "",
        "COURSE_CACHE": str(cache_folder()),
        "COURSE_PROGRESS": "",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": str(_folders().fonts),
        "PATH": os.defpath,
    }


def readable() -> list[str]:
    """Return what a submission's process may read: Python, its libraries, the course and the data, no more."""
    data = os.environ.get("COURSE_DATA")
    python = [sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime"]
    machine = ["/dev/urandom", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu"]
    course = [
        *map(str, (*PACKAGES, ROOT / "data", ROOT / "pyproject.toml", cache_folder())),
        *([os.path.abspath(data)] if data else []),
    ]
    own = [f"/proc/self/{name}" for name in ("maps", "status", "stat", "statm", "cgroup", "mountinfo")]
    return [*python, *machine, *own, *course, *map(str, _folders())]


@cache
def bubblewrap() -> tuple[str, ...]:
    """Return the command that starts another one inside bubblewrap; empty where there is none that works."""
    program = shutil.which("bwrap")
    if program is None:
        return ()
    shown = [path for path in readable() if os.path.exists(path) and not path.startswith(("/proc/", "/dev/"))]
    binds = [word for path in shown for word in ("--ro-bind", path, path)]
    command = (program, "--unshare-all", "--die-with-parent", "--proc", "/proc", "--dev", "/dev", *binds)
    command += ("--chdir", str(_folders().home))
    works = subprocess.run([*command, sys.executable, "-I", "-c", ""], stdin=subprocess.DEVNULL, capture_output=True)  # noqa: S603
    return () if works.returncode else command


class Folders(NamedTuple):
    """What all submissions have: `home`, over which each sees files of its own, and matplotlib's lists of `fonts`."""

    home: Path
    fonts: Path


@cache
def _folders() -> Folders:
    """Make both folders, until this process ends. Without the lists each submission would take seconds for one."""
    import matplotlib

    folder = Path(tempfile.mkdtemp(prefix="submissions-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folders = Folders(folder / "home", folder / "fonts")
    for each in folders:
        each.mkdir()
    for path in Path(matplotlib.get_cachedir()).glob("fontlist-*.json"):
        shutil.copy(path, folders.fonts)
    return folders
