"""From a fresh clone to the first page of JupyterLab: uv beside pip alone, with empty caches; and a later start."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/lab\S*token=\w+")
TRIED = """
Steps of a first start: an empty environment, uv by pip, PyTorch by itself, the other packages, a first import of
everything (Python compiles what it imports, and matplotlib lists the fonts), then JupyterLab, while data are fetched.
"""


class Start(NamedTuple):
    """Seconds from the command to the end of the set-up, and to the first page."""

    environment: float
    page: float


def start(clone: Path, cache: Path) -> Start:
    """Run `course.py lab` in a clone until its first page has come."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    python = getattr(sys, "_base_executable", sys.executable)
    command = [python, "course.py", "lab", "--no-browser", f"--port={port}"]
    began = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=clone,
        env=os.environ | {"XDG_CACHE_HOME": str(cache)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    ready, printed = 0.0, ""
    try:
        for line in process.stdout or ():
            printed += line
            if line.startswith("Opening JupyterLab"):
                ready = time.monotonic() - began
            if address := ADDRESS.search(line):
                wait_for(address[0])
                return Start(ready, time.monotonic() - began)
        raise RuntimeError(f"no page came:\n{printed}")
    finally:
        process.terminate()
        process.wait()


def wait_for(address: str) -> None:
    """Read a page of a server that has said where it will answer."""
    end = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(address).read()  # noqa: S310
            return
        except urllib.error.URLError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def clone(folder: Path, with_uv: bool) -> Path:
    """Clone the last commit; without uv, the hash of its wheel does not fit, so that pip goes on alone."""
    subprocess.run(["git", "clone", "-q", str(ROOT), str(folder)], check=True)  # noqa: S607
    if not with_uv:
        lock = folder / "requirements.lock"
        before, uv = lock.read_text(encoding="utf-8").rsplit("\nuv==", 1)
        hashes, after = uv.split("#", 1)
        hashes = re.sub(":[0-9a-f]{8}", ":00000000", hashes)
        lock.write_text(f"{before}\nuv=={hashes}#{after}", encoding="utf-8")
    return folder


def measure() -> dict[str, str]:
    """Set up twice by each way, in turn, and start once more; the better of two counts."""
    first: dict[bool, list[Start]] = {True: [], False: []}
    later = []
    for _ in range(2):
        for with_uv in first:
            with tempfile.TemporaryDirectory() as folder:
                fresh, cache = clone(Path(folder, "course"), with_uv), Path(folder, "cache")
                first[with_uv].append(start(fresh, cache))
                later.append(start(fresh, cache).page)
    uv, pip = (min(first[with_uv], key=lambda each: each.page) for with_uv in (True, False))
    return {
        "a fresh clone to the first page": (
            f"{uv.page:.0f} s, of them {uv.environment:.0f} s for the environment; by pip alone {pip.page:.0f} s and "
            f"{pip.environment:.0f} s: **{pip.environment / uv.environment:.1f} times faster**; empty caches, "
            f"PyTorch's wheel and the data sets at hand"
        ),
        "a later start to the first page": f"{min(later):.1f} s",
    }


if __name__ == "__main__":
    for what, sentence in measure().items():
        print(f"{what}: {sentence}")
