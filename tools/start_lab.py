"""JupyterLab as `python course.py lab` starts it: at the copy of the first lesson, for this machine only."""

from __future__ import annotations

import argparse
import atexit
import os
import shutil
import socket
import sys
import tempfile
import urllib.parse
import uuid
from pathlib import Path

from tools.copies import copy_lessons

ROOT = Path(__file__).resolve().parents[1]
# Settings that JupyterLab starts from, where a learner has none: see labconfig/default_setting_overrides.json there.
SETTINGS = Path(__file__).with_name("lab_settings")
# Every JupyterLab that the course starts: nothing is asked of the network, and no learner whether to fetch
# JupyterLab's news.
SERVER = (
    f"--LabApp.extra_labextensions_path={SETTINGS / 'labextensions'}",
    "--LabApp.extension_manager=readonly",
    "--LabApp.custom_css=True",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
)
STYLE = ROOT / "docs" / "_static" / "lesson.css"
STARTUP = SETTINGS / "startup" / "unknown_names.py"
LONGEST_SOCKET = 103  # bytes of the name of a socket, on macOS; Linux allows four more
WORKSPACE = SETTINGS / "default-37a8.jupyterlab-workspace"  # the name of the workspace that has none


def main(arguments: list[str], root: Path = ROOT) -> None:
    """Bring the copies in root/work up to date and be JupyterLab until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="course.py lab")
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--port", type=int)
    chosen = parser.parse_args(arguments)
    work, copies = root / "work", []
    try:
        copies = copy_lessons(root / "notebooks", work)
    except OSError as error:  # a full disk must not keep a learner from what is on it
        print(f"The lessons could not be brought up to date: {error}", flush=True)
    options = lab_options(work, copies)
    options += ["--no-browser"] * chosen.no_browser + ([f"--port={chosen.port}"] if chosen.port else [])
    if getattr(os, "geteuid", lambda: 1)() == 0:
        print("You are root, which JupyterLab refuses by default; it is told to --allow-root.", flush=True)
        options.append("--allow-root")
    print("Opening JupyterLab. Your copies of the lessons are in work/. Ctrl-C here ends it.", flush=True)
    os.chdir(work)
    with_short_runtime_folder()
    from jupyter_core.paths import jupyter_config_dir

    try:
        set_up_look(Path(jupyter_config_dir()))
        set_up_kernels(os.environ.get("IPYTHONDIR"))
    except OSError as error:
        print(f"The lessons' look could not be set up: {error}", flush=True)
    serve(options)


def set_up_look(config: Path) -> None:
    """Give JupyterLab the lessons' stylesheet, and for its first start a page without side bar."""
    style = config / "custom" / "custom.css"
    style.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(STYLE, style)
    workspace = config / "lab" / "workspaces" / WORKSPACE.name
    if not workspace.exists():
        workspace.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(WORKSPACE, workspace)


def set_up_kernels(ipython: str | None) -> None:
    """Let kernels whose settings lie in the folder `ipython` say what to do where no cell has made a name yet."""
    if ipython:  # course.py names the course's own: what a learner has in another is left alone
        profile = Path(ipython, "profile_default", "startup")
        profile.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(STARTUP, profile / STARTUP.name)


def server_options() -> list[str]:
    """Return the options of every JupyterLab that the course starts: saves are whole, kernels are not overheard.

    A kernel that speaks over TCP, Jupyter's default, tells each account of the machine what it runs and prints; over
    sockets that are files in a folder of the user's own, which Windows lacks, it tells nobody.
    """
    options = [*SERVER, *["--KernelManager.transport=ipc"] * hasattr(socket, "AF_UNIX")]
    try:
        from tools.lab_server import AtomicFileManager

        return [*options, f"--ServerApp.contents_manager_class=tools.lab_server.{AtomicFileManager.__name__}"]
    except ImportError as error:
        print(
            f"This JupyterLab has moved what the course builds on ({error}), so it saves in its own way.", flush=True
        )
        return options


def with_short_runtime_folder() -> None:
    """Give Jupyter a folder for its sockets whose name is short enough for them: systems allow about 100 bytes."""
    from jupyter_core.paths import jupyter_runtime_dir

    if not hasattr(socket, "AF_UNIX"):
        return
    if len(os.fsencode(jupyter_runtime_dir())) > LONGEST_SOCKET - len("/kernel--ipc-1") - len(str(uuid.UUID(int=0))):
        # Which no other account may enter; not in TMPDIR, whose name is long on macOS.
        folder = tempfile.mkdtemp(prefix="jupyter-", dir="/tmp")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ["JUPYTER_RUNTIME_DIR"] = folder


def lab_options(work: Path, copies: list[Path]) -> list[str]:
    """Return JupyterLab's options: this machine only, its token kept, nothing asked of the network."""
    start = f"/lab/tree/{urllib.parse.quote(copies[0].name)}" if copies else "/lab"
    return [
        "--ip=127.0.0.1",
        f"--ServerApp.root_dir={work}",
        f"--LabApp.default_url={start}",
        *server_options(),
        "--ServerApp.answer_yes=True",  # Ctrl-C is not asked twice
        "--log-level=WARN",
    ]


def serve(options: list[str]) -> None:
    """Be JupyterLab, with no setting, kernel or extension of the system's: they were meant for another one."""
    from jupyter_core import paths

    paths.SYSTEM_CONFIG_PATH = [str(SETTINGS)]
    paths.SYSTEM_JUPYTER_PATH = []
    from jupyterlab.labapp import LabApp  # type: ignore[import-untyped]

    LabApp.launch_instance(options)


if __name__ == "__main__":
    main(sys.argv[1:])
