"""Run a submission in a process of its own behind the walls of `sandbox`, and take what it says for JSON at most."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from functools import cache
from pathlib import Path
from typing import Any

from course_utils.datasets.cache import cache_folder

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = (ROOT / "classroom", ROOT / "course_utils")
SECONDS = 120  # for one submission, all attempts together
MEMORY = 4 << 30  # bytes of address space; torch alone takes more than one GB of it
FILE_SIZE = 8 << 20  # bytes of one file, the report among them
FOLDER = 64 << 20  # bytes in all files of a submission's folder
FILES = 1000
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
    home = tempfile.mkdtemp(prefix="submission-")
    for path in _font_lists():
        shutil.copy(path, home)
    walls = {
        "readable": readable(),
        "writable": home,
        "seconds": int(seconds) + 1,
        "memory": MEMORY,
        "file_size": FILE_SIZE,
    }
    with tempfile.TemporaryFile() as work, tempfile.TemporaryFile() as report:
        work.write(json.dumps({**job, "walls": walls}).encode())
        work.seek(0)
        process = subprocess.Popen(  # noqa: S603  # this very Python
            [sys.executable, "-I", "-B", "-c", START, str(ROOT)],
            cwd=home,
            env=_environment(home),
            stdin=work,
            stdout=report,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            stopped = _watch(process, Path(home), time.monotonic() + seconds)
        finally:
            process.kill()
            process.wait()
            shutil.rmtree(home, ignore_errors=True)
        report.seek(0)
        return _lines(report.read(FILE_SIZE)), stopped


def _watch(process: subprocess.Popen[bytes], home: Path, end: float) -> str:
    """Wait for a process, no longer than until `end` and while its folder stays small; say how that ended."""
    while time.monotonic() < end:
        if stopping.is_set():
            raise IsolationError("Interrupted.")
        try:
            status = process.wait(timeout=0.1)
            return f"ended the process (status {status})"
        except subprocess.TimeoutExpired:
            if _is_too_full(home):
                return f"wrote more than {FOLDER >> 20} MB or {FILES} files"
    return "did not end in time"


def _is_too_full(folder: Path) -> bool:
    try:
        sizes = [each.stat(follow_symlinks=False).st_size for each in os.scandir(folder)]
    except FileNotFoundError:  # deleted while it was looked at
        return False
    return sum(sizes) > FOLDER or len(sizes) > FILES


def _lines(report: bytes) -> list[dict[str, Any]]:
    """Return the JSON objects among the lines of a report, which may hold anything."""
    found = []
    for line in report.splitlines():
        try:
            content = json.loads(line)
        except (ValueError, RecursionError, MemoryError):
            continue
        if isinstance(content, dict):
            found.append(content)
    return found


def _environment(home: str) -> dict[str, str]:
    """Return all variables of a submission's process: nothing of the teacher's but where the data lies."""
    data = os.environ.get("COURSE_DATA")
    homes = ("HOME", "TMPDIR", "MPLCONFIGDIR", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "TORCHINDUCTOR_CACHE_DIR")
    return {
        **dict.fromkeys(homes, home),
        **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "COURSE_OFFLINE"), "1"),
        "COURSE_DATA": os.path.abspath(data) if data else "",
        "COURSE_CACHE": str(cache_folder()),
        "COURSE_PROGRESS": "",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "agg",
        "PATH": os.defpath,
    }


def readable() -> list[str]:
    """Return what a submission's process may read: Python, its libraries, the course and the data, no more."""
    data = os.environ.get("COURSE_DATA")
    python = [sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime"]
    machine = ["/dev/urandom", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu"]
    course = [*map(str, (*PACKAGES, ROOT / "data", cache_folder())), *([data] if data else [])]
    return python + machine + course


@cache
def _font_lists() -> list[Path]:
    """Return matplotlib's lists of fonts, which would take each process seconds to make."""
    import matplotlib

    return list(Path(matplotlib.get_cachedir()).glob("fontlist-*.json"))
