"""JupyterLab as course.py lab starts it: this machine only, its token kept, and no setting meant for another one."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import nbformat
import pytest

from classroom.hub.rehearsal import Channel, execute
from tools import start_lab
from tools.child_environment import environment

ROOT = Path(__file__).resolve().parents[2]


def test_lab_listens_to_this_machine_and_keeps_its_token() -> None:
    options = start_lab.lab_options(Path("/a course/copies"), [Path("/a course/copies/08 ten.ipynb")])
    assert "--ip=127.0.0.1" in options
    assert "--ServerApp.root_dir=/a course/copies" in options
    assert "--LabApp.default_url=/lab/tree/08%20ten.ipynb" in options
    assert not [option for option in options if "token" in option or "password" in option or "allow" in option]


def test_lab_asks_nothing_of_the_network() -> None:
    options = start_lab.lab_options(Path("work"), [])
    assert "--LabApp.news_url=None" in options
    assert "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate" in options
    assert "--LabApp.extension_manager=readonly" in options


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no sockets that are files")
def test_nobody_else_can_listen_in_on_a_kernel() -> None:
    assert "--KernelManager.transport=ipc" in start_lab.server_options()


@pytest.mark.parametrize("moved", ["jupyter_server.services.contents.largefilemanager", "tools.lab_server"])
def test_a_jupyterlab_that_has_moved_its_internals_starts_all_the_same(
    moved: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "tools.lab_server", raising=False)
    monkeypatch.setitem(sys.modules, moved, None)
    assert not [option for option in start_lab.server_options() if "contents_manager" in option]
    assert "saves in its own way" in capsys.readouterr().out


def test_a_jupyterlab_that_has_renamed_what_saves_is_noticed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from jupyter_server.services.contents import largefilemanager

    monkeypatch.delitem(sys.modules, "tools.lab_server", raising=False)
    monkeypatch.setattr(largefilemanager, "AsyncLargeFileManager", type("Renamed", (), {}))
    assert not [option for option in start_lab.server_options() if "contents_manager" in option]
    assert "has no atomic_writing" in capsys.readouterr().out


def test_kernels_sockets_have_names_short_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short = Path("/tmp/jupyter")
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(short))
    start_lab.with_short_runtime_folder()
    assert os.environ["JUPYTER_RUNTIME_DIR"] == str(short)
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / ("a" * 60)))
    start_lab.with_short_runtime_folder()
    folder = Path(os.environ["JUPYTER_RUNTIME_DIR"])
    assert len(str(folder)) < 30
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.rmdir()


@pytest.mark.parametrize(
    ("arguments", "user", "extra"),
    [
        ([], 1000, []),
        (["--no-browser", "--port=9000"], 1000, ["--no-browser", "--port=9000"]),
        (["--no-browser"], 0, ["--no-browser", "--allow-root"]),
    ],
)
def test_lab_passes_its_options_on(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    user: int,
    extra: list[str],
) -> None:
    served: list[list[str]] = []
    monkeypatch.setattr(start_lab, "serve", served.append)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    publish(tmp_path)
    monkeypatch.chdir(tmp_path)
    start_lab.main(arguments, tmp_path)
    work = tmp_path / "work"
    assert served == [[*start_lab.lab_options(work, [work / "00_start.ipynb"]), *extra]]
    assert ("root" in capsys.readouterr().out) == (user == 0)
    assert Path.cwd() == work


def test_a_full_disk_keeps_nobody_from_what_is_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(notebooks: Path, work: Path) -> list[Path]:
        raise OSError(errno.ENOSPC, "No space left on device")

    served: list[list[str]] = []
    monkeypatch.setattr(start_lab, "serve", served.append)
    monkeypatch.setattr(start_lab, "copy_lessons", refuse)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path)
    start_lab.main([], tmp_path)
    assert "could not be brought up to date: [Errno 28] No space left on device" in capsys.readouterr().out
    assert "--LabApp.default_url=/lab" in served[0]


def publish(root: Path) -> None:
    (root / "notebooks").mkdir(parents=True)
    nbformat.write(nbformat.v4.new_notebook(), root / "notebooks" / "00_start.ipynb")


# A real server, started by somebody whose home and shell are full of settings for other programs


class Server(NamedTuple):
    """What a running server printed, where it answers, its token, and the course's folder."""

    printed: str
    url: str
    token: str
    root: Path

    def ask(self, method: str, path: str, token: str = "", **more: Any) -> httpx.Response:
        headers = {"Authorization": f"token {token}"} if token else {}
        return httpx.request(method, f"{self.url}/{path}", headers=headers, timeout=60, **more)

    def evaluate(self, code: str) -> Any:
        """Return what `code` prints, as JSON, in a fresh kernel."""
        answer = self.ask("POST", "api/kernels", self.token, json={"name": "python3"})
        assert answer.status_code == httpx.codes.CREATED, answer.text
        kernel = answer.json()["id"]
        address = f"{self.url.replace('http', 'ws')}/api/kernels/{kernel}/channels?token={self.token}"
        channel, cell = Channel(address, ""), nbformat.v4.new_code_cell(code)
        try:
            assert execute(channel, cell) == []
        finally:
            channel.close()
            self.ask("DELETE", f"api/kernels/{kernel}", self.token)
        return json.loads(cell.outputs[0]["text"])


KERNEL = {"argv": ["/nonexistent/old/bin/python", "{connection_file}"], "display_name": "old", "language": "python"}
SERVER_SETTINGS = """
c.ServerApp.kernel_spec_manager_class = "nb_conda_kernels.CondaKernelSpecManager"
c.ServerApp.base_url = "/me/"
c.ServerApp.disable_check_xsrf = True
c.ServerApp.allow_unauthenticated_access = True
c.IdentityProvider.token = ""
c.PasswordIdentityProvider.hashed_password = "argon2:$argon2id$v=19$m=10240,t=10,p=8$AAAA$BBBB"
"""


def fill(home: Path) -> dict[str, str]:
    """Write settings of other programs into a home, and return a shell's variables that point at them."""
    files = {
        ".jupyter/jupyter_server_config.py": SERVER_SETTINGS,
        "etc/jupyter_server_config.py": SERVER_SETTINGS,
        ".local/share/jupyter/kernels/python3/kernel.json": json.dumps(KERNEL),
        "share/kernels/python3/kernel.json": json.dumps(KERNEL),
        ".config/matplotlib/matplotlibrc": "figure.dpi: 200",
        "matplotlibrc": "figure.dpi: 300",
        ".ipython/profile_default/startup/00.py": "planted = 1",
        ".ipython/profile_default/ipython_config.py": "c.InteractiveShellApp.exec_lines = ['planted = 2']",
        "startup.py": "planted = 3",
    }
    for name, text in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text, encoding="utf-8")
    return {
        "HOME": str(home),
        "JUPYTER_PATH": str(home / "share"),
        "JUPYTER_PREFER_ENV_PATH": "0",
        "JUPYTER_TOKEN": "known-to-everybody",
        "JUPYTER_PORT": "1",
        "JUPYTER_CONFIG_PATH": str(home / "etc"),
        "JUPYTERHUB_SERVICE_PREFIX": "/user/me/",
        "MPLBACKEND": "TkAgg",
        "MATPLOTLIBRC": str(home / "matplotlibrc"),
        "PYTHONSTARTUP": str(home / "startup.py"),
        "IPYTHONDIR": str(home / ".ipython"),
    }


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("Kurs ü 'q'")
    root, home = folder / "course", folder / "home"
    publish(root)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in fill(home).items():
            patch.setenv(name, value)
        variables = environment(root, Path(sys.executable))
    # What stands in the system's folders is meant for another Jupyter as well.
    start = (
        "import sys, pathlib; from jupyter_core import paths; from tools import start_lab\n"
        "paths.SYSTEM_CONFIG_PATH = [sys.argv[2]]\n"
        "start_lab.main(['--no-browser', '--port=21000'], pathlib.Path(sys.argv[1]))"
    )
    command = [sys.executable, "-c", start, str(root), str(home / "etc")]
    log = folder / "log.txt"
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=out, stderr=out)
    try:
        yield running(process, log, root)
    finally:
        process.terminate()
        process.wait(timeout=60)


def running(process: subprocess.Popen[bytes], log: Path, root: Path) -> Server:
    """Wait until the server has printed its address."""
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline and process.poll() is None:
        printed = log.read_text(encoding="utf-8")
        if found := re.search(r"(http://127\.0\.0\.1:\d+)\S*[?&]token=(\w+)", printed):
            return Server(printed, found[1], found[2], root)
        time.sleep(0.2)
    raise AssertionError(f"no address; status {process.poll()}:\n{log.read_text(encoding='utf-8')}")


def test_the_address_is_printed_and_leads_to_the_first_copy(server: Server) -> None:
    (address,) = re.findall(r"http://127\.0\.0\.1\S+", server.printed)
    page = httpx.get(address, follow_redirects=True, timeout=60)
    assert page.status_code == httpx.codes.OK
    assert page.url.path == "/lab/tree/00_start.ipynb"


def test_the_token_is_kept_whatever_other_settings_say(server: Server) -> None:
    assert server.token != "known-to-everybody"
    for token in ("", "known-to-everybody"):
        assert server.ask("GET", "api/contents", token).status_code == httpx.codes.FORBIDDEN
        assert server.ask("GET", "me/api/contents", token).status_code == httpx.codes.NOT_FOUND
    assert server.ask("GET", "api/contents", server.token).status_code == httpx.codes.OK


def test_jupyterlab_asks_for_no_news(server: Server) -> None:
    page = server.ask("GET", "lab", server.token).text
    assert '"news": {"disabled": true}' in page


def test_the_kernel_is_the_environments_own_and_untouched(server: Server) -> None:
    specs = server.ask("GET", "api/kernelspecs", server.token).json()["kernelspecs"]
    assert specs["python3"]["spec"]["display_name"] != "old"
    seen = server.evaluate(
        "import json, sys, matplotlib\n"
        "rc = matplotlib.rcParamsDefault['figure.dpi'] == matplotlib.rcParams['figure.dpi']\n"
        "print(json.dumps([sys.prefix, rc, 'planted' in globals(), matplotlib.get_backend()]))"
    )
    assert seen[:3] == [sys.prefix, True, False]
    assert seen[3].endswith("inline")


def test_what_the_server_keeps_it_keeps_in_the_course(server: Server) -> None:
    own = server.root / "work" / ".course"
    assert (own / "jupyter" / "data").is_dir()
    home = server.root.parent / "home"
    assert not (home / ".local" / "share" / "jupyter" / "runtime").exists()


def test_the_lessons_look_is_set_up_and_a_learners_own_layout_stays(tmp_path: Path) -> None:
    start_lab.set_up_look(tmp_path)
    assert "callout" in (tmp_path / "custom" / "custom.css").read_text(encoding="utf-8")
    layout = tmp_path / "lab" / "workspaces" / start_lab.WORKSPACE.name
    assert json.loads(layout.read_text(encoding="utf-8"))["metadata"] == {"id": "default"}
    layout.write_text("the learner's own", encoding="utf-8")
    start_lab.set_up_look(tmp_path)
    assert layout.read_text(encoding="utf-8") == "the learner's own"


def test_kernels_say_what_to_do_about_an_unknown_name(server: Server) -> None:
    profile = server.root / "work" / ".course" / "ipython" / "profile_default"
    assert (profile / "startup" / start_lab.STARTUP.name).read_bytes() == start_lab.STARTUP.read_bytes()
    left = server.evaluate("import json; print(json.dumps([name for name in globals() if 'tell' in name]))")
    assert left == []


def test_what_the_lessons_add_to_the_page_is_served(server: Server) -> None:
    page = server.ask("GET", "lab/extensions/course-lessons/static/lessons.js", server.token)
    assert page.status_code == httpx.codes.OK
    assert "course-lessons" in server.ask("GET", "lab", server.token).text
