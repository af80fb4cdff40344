"""JupyterLab as course.py lab starts it: this machine only, and not without the token."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx
import psutil

from classroom.hub.rehearsal import wait_until
from tools.start_lab import lab_options


def test_lab_answers_nobody_without_its_token(tmp_path: Path) -> None:
    folders = {f"JUPYTER_{name}_DIR": str(tmp_path / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    command = [sys.executable, "-m", "jupyterlab", *lab_options(tmp_path, []), "--no-browser", "--allow-root"]
    server = subprocess.Popen(command, env=os.environ | folders, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: bool(listening(server.pid)))
        (port,) = {port for _, port in listening(server.pid)}
        assert {address for address, _ in listening(server.pid)} <= {"127.0.0.1", "::1"}
        assert httpx.get(f"http://127.0.0.1:{port}/api/contents").status_code == httpx.codes.FORBIDDEN
        assert httpx.post(f"http://127.0.0.1:{port}/api/kernels").status_code == httpx.codes.FORBIDDEN
        page = httpx.get(f"http://127.0.0.1:{port}/lab")
        assert page.is_redirect
        assert page.headers["Location"].startswith("/login")
    finally:
        server.terminate()
        server.wait(timeout=60)


def listening(pid: int) -> set[tuple[str, int]]:
    """Return where a process listens."""
    found = psutil.Process(pid).net_connections()
    return {(each.laddr.ip, each.laddr.port) for each in found if each.status == psutil.CONN_LISTEN}
