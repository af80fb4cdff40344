"""A real JupyterLab on loopback for the system's Chromium to open: the browser tests and the benchmarks drive it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from playwright.sync_api import Page

from tools.start_lab import SETTINGS, server_options, set_up_kernels, set_up_look

ROOT = Path(__file__).resolve().parents[1]
BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A busy machine starts a kernel in half a minute and runs a lesson in two; nothing here is about speed.
START_MS, RUN_MS = 120_000, 300_000
IDLE = """() => {
    const session = window.jupyterapp?.shell?.currentWidget?.sessionContext?.session;
    return session?.kernel?.status === "idle";
}"""
RUN_ALL = """() => {
    window.ran = false;
    window.jupyterapp.commands.execute("notebook:run-all-cells").finally(() => { window.ran = true; });
}"""
SHUT_DOWN = "() => window.jupyterapp?.shell?.currentWidget?.sessionContext?.shutdown()"
# How many different pictures the page shows in a time.
COUNT = """(milliseconds) => new Promise((resolve) => {
    const picture = document.querySelector("img.widget-image"), seen = new Set();
    const watch = new MutationObserver(() => seen.add(picture.src));
    watch.observe(picture, { attributes: true, attributeFilter: ["src"] });
    setTimeout(() => { watch.disconnect(); resolve(seen.size); }, milliseconds);
})"""
ERRORS = """() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.toJSON().cells
    .flatMap(cell => cell.outputs ?? [])
    .filter(output => output.output_type === "error").map(output => `${output.ename}: ${output.evalue}`)"""


class Lab(NamedTuple):
    """A running JupyterLab: where it answers and the folder whose notebooks it shows."""

    url: str
    token: str
    folder: Path


def find_chromium() -> str | None:
    """Return the path of the system's Chromium, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def running_lab(home: Path) -> Iterator[Lab]:
    """Run JupyterLab with a token and with every folder that it writes to in `home`; data are the offline digits."""
    folder = home / "notebooks"
    folder.mkdir()
    quiet = home / "settings" / "@jupyterlab" / "apputils-extension"
    quiet.mkdir(parents=True)
    (quiet / "notification.jupyterlab-settings").write_text(
        json.dumps({"fetchNews": "false", "checkForUpdates": False}), encoding="utf-8"
    )
    set_up_look(home / "config")
    set_up_kernels(str(home / "ipython"))
    token, port = os.urandom(16).hex(), _free_port()
    runtime = tempfile.TemporaryDirectory(prefix="jupyter-")  # the names of kernels' sockets have to be short
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_CONFIG_PATH": str(SETTINGS),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": runtime.name,
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "IPYTHONDIR": str(home / "ipython"),
        "PYTHONPATH": str(ROOT),
        # The small offline digits: what is looked at is the page, and it must not wait for a download.
        "COURSE_OFFLINE": "1",
        "COURSE_DATA": "",
        "COURSE_CACHE": str(home / "cache"),
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}"]
    command += ["--ServerApp.port_retries=0", f"--IdentityProvider.token={token}", f"--notebook-dir={folder}"]
    command += ["--LabApp.expose_app_in_browser=True", "--allow-root", *server_options()]
    with (home / "log.txt").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=folder)
    try:
        running = Lab(f"http://127.0.0.1:{port}", token, folder)
        _wait_until_up(running, server, home / "log.txt")
        yield running
    finally:
        server.terminate()
        server.wait(timeout=60)
        runtime.cleanup()


def run_notebook(page: Page, lab: Lab, notebook: Any, name: str) -> None:
    """Open a notebook in the page and run it from top to bottom; an error in a cell raises RuntimeError."""
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}  # or a dialogue asks
    nbformat.write(notebook, lab.folder / name)
    page.goto(f"{lab.url}/doc/tree/{name}?reset&token={lab.token}", timeout=START_MS)
    page.wait_for_function(IDLE, timeout=START_MS)
    page.evaluate(RUN_ALL)
    page.wait_for_function("() => window.ran", timeout=RUN_MS)
    page.wait_for_function(IDLE, timeout=RUN_MS)
    if errors := page.evaluate(ERRORS):
        raise RuntimeError(f"{name}: {'; '.join(errors)}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_up(lab: Lab, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_MS / 1000
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{lab.url}/api/status?token={lab.token}", timeout=5):  # noqa: S310 (ours)
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')}")
