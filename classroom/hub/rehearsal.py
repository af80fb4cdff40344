"""A real JupyterHub on loopback and students who work on it: the class tests and benchmarks/hub.py drive both.

A student logs in, starts a server, opens a lesson, runs it cell by cell over the websocket and saves it, with the
requests that JupyterLab makes. The hub is classroom/hub/jupyterhub_config.py as it stands; only ports, login and
spawner are chosen here.
"""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import shutil
import socket
import struct
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import nbformat
import psutil
import websocket

ROOT = Path(__file__).resolve().parents[2]
CONFIG = Path(__file__).with_name("jupyterhub_config.py")
PASSWORD = "the password of the class"  # noqa: S105 (of hubs that live for a minute on loopback)
PATIENCE = 120.0  # seconds for what a busy machine does in a few

Notebook = Any


def lacking() -> str:
    """Say what this machine lacks for running a hub; empty where it has everything."""
    modules = [name for name in ("jupyterhub", "jupyterhub_idle_culler") if not importlib.util.find_spec(name)]
    proxy = [] if shutil.which("configurable-http-proxy") else ["configurable-http-proxy (npm)"]
    return ", ".join(modules + proxy)


class Hub:
    """A hub: where it answers, and the folder that holds its database, the data and the students' homes."""

    def __init__(self, folder: Path, n_students: int, **variables: str) -> None:
        self.folder = folder
        self.names = [f"student{i}" for i in range(n_students)]
        self.url = f"http://127.0.0.1:{_free_port()}"
        self.log = folder / "log.txt"
        names = folder / "students.txt"
        names.write_text("\n".join(self.names), encoding="utf-8")
        self._environment = os.environ | {
            "PYTHONPATH": str(ROOT),
            "COURSE_HUB_FOLDER": str(folder),
            "COURSE_HUB_STUDENTS": str(names),
            "COURSE_HUB_LOGIN": "shared-password",
            "COURSE_HUB_PASSWORD": PASSWORD,
            "COURSE_HUB_SPAWNER": "simple",
            **variables,
        }
        self._port = _free_port()
        self._options = [f"--JupyterHub.bind_url={self.url}", f"--JupyterHub.hub_port={self._port}"]
        self._options.append(f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{_free_port()}")
        self._options.append("--Spawner.poll_interval=1")
        if os.geteuid() == 0:
            self._options.append("--Spawner.args=--allow-root")  # which JupyterLab refuses, rightly, for students

    def start(self) -> None:
        """Start the hub, or start it again, and wait until it answers."""
        command = [sys.executable, "-m", "jupyterhub", "-f", str(CONFIG), *self._options]
        with self.log.open("ab") as log:
            self.process = psutil.Popen(command, env=self._environment, stdout=log, stderr=log, cwd=self.folder)
        wait_until(lambda: self._answers() or self.process.poll() is not None)
        if self.process.poll() is not None:
            raise RuntimeError(f"The hub did not start:\n{self.log.read_text(encoding='utf-8')[-3000:]}")

    def kill(self) -> None:
        """End the hub as a crash does: its proxy and the students' servers stay behind."""
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """End the hub, its proxy, and all that asks this hub who may come in: servers, their kernels, the culler."""
        with _gone_is_fine():
            self.kill()
        file = self.folder / "hub" / "proxy.pid"
        proxy = int(file.read_text().split()[0]) if file.exists() else None
        family = [process for process, variables in _processes() if process.pid == proxy or self._is_ours(variables)]
        for process in family:
            with _gone_is_fine():
                process.kill()
        psutil.wait_procs(family, timeout=30)

    def home(self, name: str) -> Path:
        """Return where a student's copies of the lessons lie."""
        return self.folder / "homes" / name / "classification"

    def servers(self) -> dict[str, psutil.Process]:
        """Return the process of each student's server, by name."""
        ours = [(process, variables) for process, variables in _processes() if self._is_ours(variables)]
        # The culler has no user, and a kernel knows its parent.
        return {
            variables["JUPYTERHUB_USER"]: process
            for process, variables in ours
            if "JUPYTERHUB_USER" in variables and "JPY_PARENT_PID" not in variables
        }

    def _is_ours(self, variables: dict[str, str]) -> bool:
        return f":{self._port}/" in variables.get("JUPYTERHUB_API_URL", "")

    def kill_server(self, name: str) -> None:
        """End a student's server as a crash does, its kernels with it, and wait until the hub has noticed."""

        def noticed() -> int:
            return self.log.read_text(encoding="utf-8").count(f"User {name} server stopped")

        before, server = noticed(), self.servers()[name]
        for process in [server, *server.children(recursive=True)]:
            with _gone_is_fine():
                process.kill()
        wait_until(lambda: noticed() > before)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/hub/health", timeout=5).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False


@contextmanager
def running_hub(folder: Path, n_students: int, **variables: str) -> Iterator[Hub]:
    """Run a hub for students named student0, student1 and so on; at the end no process of theirs is left."""
    folder.mkdir(parents=True, exist_ok=True)
    hub = Hub(folder, n_students, **variables)
    try:
        hub.start()
        yield hub
    finally:
        hub.end()


class Student:
    """One student with a browser of their own."""

    def __init__(self, hub: Hub, name: str) -> None:
        self.hub, self.name = hub, name
        self.browser = httpx.Client(base_url=hub.url, follow_redirects=True, timeout=PATIENCE)
        self.base = f"/user/{name}"
        self.reopened = 0  # how often a websocket was lost and opened again

    def close(self) -> None:
        """Close the browser."""
        self.browser.close()

    def log_in(self, password: str = PASSWORD) -> None:
        """Log in by the form; PermissionError where the hub does not let this student in."""
        self.browser.get("/hub/login")
        form = {"username": self.name, "password": password, "_xsrf": self._xsrf("/hub/")}
        answer = self.browser.post("/hub/login", params={"next": "/hub/home"}, data=form)
        if answer.status_code == httpx.codes.FORBIDDEN or "/hub/login" in str(answer.url):
            raise PermissionError(f"{self.name}: {answer.status_code}")
        answer.raise_for_status()

    def spawn(self) -> None:
        """Ask for a server and wait until its JupyterLab opens."""
        self.browser.get("/hub/home").raise_for_status()
        header = {"X-XSRFToken": self._xsrf("/hub/")}
        answer = self.browser.post(f"/hub/api/users/{self.name}/server", headers=header)
        if answer.status_code != httpx.codes.BAD_REQUEST:  # it runs already
            answer.raise_for_status()
        wait_until(self._is_up)

    def open(self, lesson: str) -> Notebook:
        """Return the notebook of a lesson, such as "05", from the student's folder."""
        listing = self._ask("GET", "contents").json()["content"]
        self.path = next(each["path"] for each in listing if each["name"].startswith(lesson))
        return nbformat.from_dict(self._ask("GET", f"contents/{self.path}").json()["content"])

    def start_kernel(self) -> str:
        """Start a session of the open notebook and return its kernel's id."""
        body = {"path": self.path, "name": self.path, "type": "notebook", "kernel": {"name": "python3"}}
        kernel_id: str = self._ask("POST", "sessions", body).json()["kernel"]["id"]
        return kernel_id

    def run(self, notebook: Notebook, kernel_id: str, save_every: int = 5) -> list[str]:
        """Run every code cell in order, save now and then and at the end, and return the errors that cells raised."""
        errors = []
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        with self.channel(kernel_id) as channel:
            for i, cell in enumerate(cells, start=1):
                errors += execute(channel, cell)
                if i % save_every == 0:
                    self.save(notebook)
            self.reopened += channel.reopened
        self.save(notebook)
        return errors

    def save(self, notebook: Notebook) -> None:
        """Save through the contents API, as JupyterLab does."""
        self._ask("PUT", f"contents/{self.path}", {"type": "notebook", "format": "json", "content": notebook})

    def lost(self, notebook: Notebook) -> list[str]:
        """Return what of `notebook` the file on the server lacks, cell by cell; empty where nothing is lost."""
        saved = json.loads((self.hub.home(self.name) / self.path).read_text(encoding="utf-8"))
        kept, meant = (json.loads(nbformat.writes(nbformat.from_dict(each)))["cells"] for each in (saved, notebook))
        if len(kept) != len(meant):
            return [f"{self.name}: {len(meant)} cells, {len(kept)} in the file"]
        return [
            f"{self.name}: cell {i}"
            for i, (a, b) in enumerate(zip(meant, kept, strict=True))
            if (a["source"], a.get("outputs")) != (b["source"], b.get("outputs"))
        ]

    @contextmanager
    def channel(self, kernel_id: str) -> Iterator[Channel]:
        """Open the websocket of a kernel."""
        request = self.browser.build_request("GET", f"{self.base}/api/kernels/{kernel_id}/channels")
        address = request.url.copy_with(scheme="ws", params={"session_id": uuid.uuid4().hex})
        channel = Channel(str(address), request.headers["Cookie"])
        try:
            yield channel
        finally:
            channel.close()

    def _is_up(self) -> bool:
        answer = self.browser.get(f"{self.base}/lab")  # sets this server's cookies on the way
        return answer.status_code == httpx.codes.OK and str(answer.url).startswith(f"{self.hub.url}{self.base}/")

    def _ask(self, method: str, what: str, body: Any = None) -> httpx.Response:
        header = {"X-XSRFToken": self._xsrf(f"{self.base}/")}
        answer = self.browser.request(method, f"{self.base}/api/{what}", json=body, headers=header)
        answer.raise_for_status()
        return answer

    def _xsrf(self, path: str) -> str:
        return next((c.value or "" for c in self.browser.cookies.jar if c.name == "_xsrf" and c.path == path), "")


class Channel:
    """A kernel's websocket, opened again where it is lost, as JupyterLab does; what came meanwhile is kept."""

    def __init__(self, address: str, cookie: str) -> None:
        self._address, self._cookie, self.reopened = address, cookie, 0
        self._open()

    def _open(self) -> None:
        self._socket = websocket.create_connection(self._address, cookie=self._cookie, timeout=5 * PATIENCE)

    def close(self) -> None:
        """Close it for good."""
        self._socket.close()

    def send(self, message: dict[str, Any]) -> None:
        """Send a message to the kernel."""
        self._socket.send(json.dumps(message))

    def receive(self) -> Any:
        """Return the next message; one with pictures in it comes as bytes: a table of offsets, JSON, the pictures."""
        try:
            data = self._socket.recv()
        except websocket.WebSocketConnectionClosedException:
            self._socket.close()
            self.reopened += 1
            self._open()
            return self.receive()
        if isinstance(data, bytes):
            n_parts = struct.unpack("!I", data[:4])[0]
            offsets = [*struct.unpack(f"!{n_parts}I", data[4 : 4 * (n_parts + 1)]), len(data)]
            data = data[offsets[0] : offsets[1]].decode()
        return json.loads(data)


def execute(channel: Channel, cell: Notebook) -> list[str]:
    """Run one cell by Jupyter's protocol, put its outputs into it, and return the error it raised, if any."""
    message_id = uuid.uuid4().hex
    header = {"msg_id": message_id, "msg_type": "execute_request", "version": "5.4", "session": "", "username": ""}
    content = {
        "code": cell.source,
        "silent": False,
        "store_history": True,
        "allow_stdin": False,
        "stop_on_error": True,
    }
    request = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
    channel.send(request)
    cell.outputs, waiting = [], {"execute_reply", "idle"}
    while waiting:
        message = channel.receive()
        if message["content"].get("execution_state") in ("restarting", "autorestarting", "dead"):
            raise ConnectionError("the kernel died")
        if message["parent_header"].get("msg_id") != message_id:
            continue
        kind, content = message["msg_type"], message["content"]
        if kind == "execute_reply":
            waiting.discard(kind)
            cell.execution_count = content.get("execution_count")
        elif kind == "status" and content["execution_state"] == "idle":
            waiting.discard("idle")
        elif kind in ("stream", "display_data", "execute_result", "error"):
            cell.outputs.append(nbformat.v4.output_from_msg(nbformat.from_dict(message)))
    return [f"{output.ename}: {output.evalue}" for output in cell.outputs if output.output_type == "error"]


def pss_mb(process: psutil.Process) -> float:
    """Return the memory of a process and of all it started, in MB (PSS): a page that n processes share counts 1/n."""
    kb = 0
    with _gone_is_fine():
        for each in [process, *process.children(recursive=True)]:
            text = Path(f"/proc/{each.pid}/smaps_rollup").read_text(encoding="ascii")
            kb += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return kb * 1024 / 1e6


def wait_until(holds: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Ask again and again until it holds; TimeoutError after so many seconds."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"still not so after {seconds:.0f} s: {holds}")
        time.sleep(0.3)


def _processes() -> Iterator[tuple[psutil.Process, dict[str, str]]]:
    """Yield all processes whose variables we may see."""
    for process in psutil.process_iter():
        with _gone_is_fine():
            yield process, process.environ()


def _free_port() -> int:
    """Return a free port below those that systems give to outgoing connections: the proxy takes it seconds later."""
    while True:
        port = 20_000 + secrets.randbelow(10_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _gone_is_fine() -> suppress:
    """Go on where a process has ended by itself meanwhile."""
    return suppress(OSError, psutil.Error)
