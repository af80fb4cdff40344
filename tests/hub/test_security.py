"""What keeps strangers out of the hub, and one student out of another's server."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing

import httpx
import psutil
import pytest
import websocket

from classroom.hub.rehearsal import CONFIG, Hub, Notebook, Student, execute, lacking

Code = httpx.codes
LogIn = Callable[[int], Student]
# The pages and requests of a server, each a way to read or change what is a student's.
WAYS = [
    ("GET", "/lab"),
    ("GET", "/api/contents"),
    ("GET", "/files/short.ipynb"),
    ("PUT", "/api/contents/planted.txt"),
    ("POST", "/api/kernels"),
    ("POST", "/api/shutdown"),
]


def refused(answer: httpx.Response) -> bool:
    """Say whether an answer is a no: forbidden, not found, or a way to the login page."""
    asks_to_log_in = answer.is_redirect and "/hub/" in answer.headers["Location"]
    return asks_to_log_in or answer.status_code in (Code.FORBIDDEN, Code.NOT_FOUND, Code.UNAUTHORIZED)


@pytest.mark.parametrize(("method", "way"), WAYS)
def test_a_stranger_reaches_no_server(hub: Hub, student: LogIn, method: str, way: str) -> None:
    owner = student(0)
    assert refused(httpx.request(method, f"{hub.url}{owner.base}{way}"))


@pytest.mark.parametrize("way", ["/hub/home", "/hub/admin", "/hub/spawn", "/hub/api/users", "/hub/api/proxy"])
def test_a_stranger_reaches_nothing_of_the_hub(hub: Hub, way: str) -> None:
    assert refused(httpx.get(f"{hub.url}{way}"))


def test_a_wrong_password_opens_nothing(hub: Hub) -> None:
    with closing(Student(hub, hub.names[0])) as stranger, pytest.raises(PermissionError):
        stranger.log_in("the password of another class")


def test_a_name_that_is_not_on_the_list_opens_nothing(hub: Hub) -> None:
    with closing(Student(hub, "mallory")) as stranger, pytest.raises(PermissionError):
        stranger.log_in()


@pytest.mark.parametrize(("method", "way"), WAYS)
def test_a_student_reaches_no_other_server(hub: Hub, student: LogIn, method: str, way: str) -> None:
    owner, other = student(0), student(1)
    header = {"X-XSRFToken": other._xsrf(f"{other.base}/")}
    assert refused(other.browser.request(method, f"{owner.base}{way}", headers=header))
    # The same without the proxy: a server listens on a port of its own, where every kernel can knock.
    (door,) = {c.laddr.port for c in hub.servers()[owner.name].net_connections() if c.status == psutil.CONN_LISTEN}
    with httpx.Client(cookies=other.browser.cookies) as client:
        assert refused(client.request(method, f"http://127.0.0.1:{door}{owner.base}{way}", headers=header))
    if method == "GET":  # to the owner the same door is open
        (hub.home(owner.name) / "short.ipynb").touch()
        assert owner.browser.get(f"{owner.base}{way}").status_code == Code.OK


def test_a_student_reaches_no_other_kernel(student: LogIn, short: Callable[..., Notebook]) -> None:
    owner, other = student(0), student(1)
    short(owner, "1")
    kernel_id = owner.start_kernel()
    with owner.channel(kernel_id):
        pass
    other.base = owner.base
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"), other.channel(kernel_id):
        pass


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_a_student_starts_and_stops_no_other_server(student: LogIn, method: str) -> None:
    owner, other = student(0), student(1)
    header = {"X-XSRFToken": other._xsrf("/hub/")}
    assert refused(other.browser.request(method, f"/hub/api/users/{owner.name}/server", headers=header))
    assert refused(other.browser.get("/hub/api/users", headers=header))
    assert owner._is_up()


def test_another_page_cannot_act_in_a_students_name(student: LogIn) -> None:
    owner = student(0)
    elsewhere = {"Origin": "http://elsewhere.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}
    assert refused(owner.browser.post(f"{owner.base}/api/kernels"))
    assert refused(owner.browser.post(f"{owner.base}/api/kernels", headers=elsewhere))


def listening(process: psutil.Process) -> list[str]:
    """The addresses on which a process listens."""
    return [each.laddr.ip for each in process.net_connections() if each.status == psutil.CONN_LISTEN]


def test_all_listen_on_this_machine_alone(hub: Hub, student: LogIn, short: Callable[..., Notebook]) -> None:
    owner = student(0)
    notebook = short(owner, "1")
    with owner.channel(owner.start_kernel()) as channel:
        execute(channel, notebook.cells[0])  # what has answered has opened whatever it opens
    family = [hub.process, *hub.process.children(recursive=True)]
    assert {address for process in family for address in listening(process)} == {"127.0.0.1"}
    kernels = hub.servers()[owner.name].children()
    assert kernels
    # Of a kernel's channels none is a port. ipykernel opens one by which its own forks print: a PULL socket, from
    # which nobody can read, and which takes only what begins with the kernel's 16 random bytes.
    assert [listening(kernel) for kernel in kernels] == [["127.0.0.1"]] * len(kernels)


def test_the_hubs_keys_are_the_hubs(hub: Hub) -> None:
    folder = hub.folder / "hub"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {path.name for path in folder.iterdir()} >= {"cookie_secret", "jupyterhub.sqlite", "proxy.pid"}


def test_a_kernel_knows_no_secret_of_the_hub(student: LogIn, short: Callable[..., Notebook]) -> None:
    owner = student(0)
    notebook = short(owner, "import os\nprint(sorted(os.environ))")
    with owner.channel(owner.start_kernel()) as channel:
        execute(channel, notebook.cells[0])
    (output,) = notebook.cells[0].outputs
    assert "COURSE_CACHE" in output.text
    assert "COURSE_HUB" not in output.text
    assert "CONFIGPROXY" not in output.text


def test_a_kernel_that_wants_the_whole_memory_gets_an_error(student: LogIn, short: Callable[..., Notebook]) -> None:
    owner = student(0)
    notebook = short(owner, "import numpy as np\nnp.ones(2**30)", "print(1)")
    assert [error.partition(":")[0] for error in owner.run(notebook, owner.start_kernel())] == ["MemoryError"]
    assert notebook.cells[1].outputs[0].text == "1\n"


def test_the_hub_refuses_a_login_that_is_none(hub: Hub, tmp_path: os.PathLike[str]) -> None:
    variables = os.environ | {"COURSE_HUB_LOGIN": "dummy", "COURSE_HUB_FOLDER": os.fspath(tmp_path)}
    command = [sys.executable, "-m", "jupyterhub", "-f", str(CONFIG)]
    answer = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=300, cwd=tmp_path)
    assert answer.returncode == 1
    assert "lets anybody in as anybody" in answer.stderr


def test_the_hub_says_what_its_weak_choices_mean(hub: Hub) -> None:
    log = hub.log.read_text(encoding="utf-8")
    assert "each student can log in under another's name" in log
    assert "all students share one account" in log
    assert lacking() == ""
