"""A hub for two accounts, as docs/hub.md says, on a machine of its own; prints what was seen, as JSON.

Started by test_accounts.py as root in namespaces of its own: what it mounts, writes and starts is gone when it ends,
and the network is this machine alone. The commands are the page's, word for word; only what installs packages is left
out, since they are there.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import socket
import stat
import struct
import subprocess
import sys
import tarfile
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import nbformat

from classroom.hub.rehearsal import ROOT, Student, execute, wait_until

PAGE = (ROOT / "docs" / "hub.md").read_text(encoding="utf-8")
SECRET = "what only ben knows"
# Ann listens at every port of this machine that is not her own, while ben runs a cell.
LISTEN = """
import os, pathlib, time, zmq
me, ports = os.getuid(), set()
for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
    fields = line.split()
    if fields[3] == "0A" and int(fields[7]) != me:
        ports.add(int(fields[1].split(":")[1], 16))
listener = zmq.Context().socket(zmq.SUB)
listener.subscribe(b"")
for port in ports:
    listener.connect(f"tcp://127.0.0.1:{port}")
pathlib.Path("/tmp/ann-listens").touch()
heard, end = b"", time.monotonic() + 8
while time.monotonic() < end:
    if listener.poll(200):
        heard += b" ".join(listener.recv_multipart())
print(len(ports), b"only ben knows" in heard)
"""
TRIES = """
import os, pathlib
ben = [p for p in pathlib.Path("/proc").glob("[0-9]*") if p.stat().st_uid == {uid}]
for statement in (
    "os.listdir('/home/ben')",
    "open('/home/ben/classification/short.ipynb').read()",
    "open('/home/ben/classification/planted', 'w')",
    "os.listdir('/home/ben/.local/share/jupyter/runtime')",
    "[open(p / 'environ').read() for p in ben]",
    "[os.kill(int(p.name), 0) for p in ben]",
    "os.listdir('/srv/course-hub/hub')",
    "open('/srv/course-hub/passwords.txt')",
    "open('/srv/course-hub/cache/planted', 'w')",
    "open('/srv/course/planted', 'w')",
):
    try:
        exec(statement)
    except OSError:
        continue
    print(statement)
"""
MODES = """
import os, pathlib
pathlib.Path("mine").touch()
home = pathlib.Path.home()
runtime = pathlib.Path(os.environ.get("JUPYTER_RUNTIME_DIR", home / ".local/share/jupyter/runtime"))
for path in (home, home / "classification", runtime, pathlib.Path("mine")):
    print(oct(path.stat().st_mode & 0o777))
"""
LIMITS = """
import os, threading
held, threads = threading.Event(), []
try:
    for _ in range(1000):
        threads.append(threading.Thread(target=held.wait))
        threads[-1].start()
except RuntimeError:
    print(len(threads) < 256)
held.set()
file = os.open("large", os.O_CREAT | os.O_WRONLY)
try:
    os.pwrite(file, b"x", 2**30)
except OSError as error:
    print(os.strerror(error.errno))
os.unlink("large")
"""


class Machine:
    """What a student's browser has to know of the hub."""

    url = "http://127.0.0.1:8000"

    def home(self, name: str) -> Path:
        """Return where a student's notebooks lie."""
        return Path("/home") / name / "classification"


def make_machine() -> None:
    """Put what is written to /etc, /home and so on into memory, and let everybody run this Python."""
    mount("--make-rprivate", "/")
    aside = tempfile.mkdtemp()
    mount("-t", "tmpfs", "aside", aside)
    course, packages = bound(ROOT, aside), bound(Path(sys.prefix), aside)
    for name in ("etc", "home", "opt", "root", "srv", "var"):
        cover(name, aside)
    for source, place in ((course, "/srv/course"), (packages, "/opt/course")):
        Path(place).mkdir(parents=True)
        mount("--bind", source, place)
    cover("tmp", aside)  # last, since what is aside lies under it
    with socket.socket() as any_socket:  # the loopback of a new network is down
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", 1))


def cover(name: str, aside: str) -> None:
    """Put what is written below a folder of the root from now on into memory."""
    for part in ("upper", "work"):
        (Path(aside) / name / part).mkdir(parents=True)
    options = f"lowerdir=/{name},upperdir={aside}/{name}/upper,workdir={aside}/{name}/work"
    mount("-t", "overlay", "overlay", "-o", options, f"/{name}")
    Path(f"/{name}").chmod(0o1777 if name == "tmp" else 0o755)


def mount(*words: str) -> None:
    """Mount."""
    subprocess.run(["mount", *words], check=True)


def bound(folder: Path, aside: str) -> str:
    """Return a second name of a folder, which stays when the first is covered."""
    place = tempfile.mkdtemp(dir=aside)
    Path(aside).chmod(0o755)
    mount("--bind", str(folder), place)
    return place


def block(begins: str) -> str:
    """Return the page's block of commands that has this in it."""
    (found,) = [each for each in re.findall(r"^```\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE) if begins in each]
    return str(found)


def shell(commands: str) -> None:
    """Run commands of the page."""
    subprocess.run(["bash", "-euc", commands], check=True, cwd="/srv/course")


def say(student: Student, *cells: str) -> list[str]:
    """Run cells in a student's kernel and return what they print."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    student.path = "short.ipynb"
    student.save(notebook)
    with student.channel(student.start_kernel()) as channel:
        for cell in notebook.cells:
            errors = execute(channel, cell)
            assert not errors, errors
    student.save(notebook)
    return ["".join(output.get("text", "") for output in cell.outputs).strip() for cell in notebook.cells]


def mode(path: str) -> str:
    """Return the rights of a file."""
    return oct(stat.S_IMODE(Path(path).stat().st_mode))


def listened(ann: Student, ben: Student) -> str:
    """Return what ann says that she heard while ben ran a cell again and again."""
    from concurrent.futures import ThreadPoolExecutor

    say(ben, "1")  # his kernel is there before she looks for its ports
    with ThreadPoolExecutor(1) as other:
        hearing = other.submit(say, ann, LISTEN)
        wait_until(Path("/tmp/ann-listens").exists)
        for _ in range(3):
            say(ben, f"secret = {SECRET!r}\nprint(secret)")
        return hearing.result()[0]


def logs_in(name: str, password: str) -> bool:
    """Say whether a password opens the hub."""
    student = Student(Machine(), name)  # type: ignore[arg-type]
    try:
        student.log_in(password)
    except PermissionError:
        return False
    finally:
        student.close()
    return True


def seen() -> dict[str, Any]:
    """Follow the page and return what was seen."""
    shell(block("useradd"))
    passwords = dict(line.split() for line in Path("/srv/course-hub/passwords.txt").read_text().splitlines())
    found: dict[str, Any] = {"passwords": mode("/srv/course-hub/passwords.txt"), "home": mode("/home/ann")}
    found["lengths"] = [len(each) for each in passwords.values()]
    Path("/home/ben").chmod(0o755)  # as if it had been made by other words than the page's
    with Path("/tmp/hub.log").open("wb") as log:
        subprocess.Popen(["bash", "-euc", block("jupyterhub -f classroom")], stdout=log, stderr=log, cwd="/")
    wait_until(answers)
    ann, ben = (Student(Machine(), name) for name in ("ann", "ben"))  # type: ignore[arg-type]
    for student in (ann, ben):
        student.log_in(passwords[student.name])
        student.spawn()
    log_text = Path("/tmp/hub.log").read_text(encoding="utf-8")
    found["teacher"] = ["WARNING: my-own-account has no account" in log_text, "Traceback" in log_text]
    found["home, closed again"] = mode("/home/ben")
    found["heard"] = listened(ann, ben)
    found["modes"] = say(ann, MODES)[0].split()
    found["reached"] = say(ann, TRIES.format(uid=Path("/home/ben").stat().st_uid))[0]
    found["limits"] = say(ann, LIMITS)[0].splitlines()
    shell(block("tar --create"))
    (archive,) = Path("/srv").glob("backup-*.tar.gz")
    with tarfile.open(archive) as tar:
        found["backup"] = [name for name in tar.getnames() if name.endswith("short.ipynb")]
    Path("/home/ann/classification/short.ipynb").unlink()
    shell(block("tar --extract"))
    restored = Path("/home/ann/classification/short.ipynb").stat()
    found["restored"] = restored.st_uid == Path("/home/ann").stat().st_uid
    found["first guess"] = logs_in("ben", passwords["ben"])
    found["wrong"] = [logs_in("ben", "a guess") for _ in range(10)]
    found["after ten guesses"] = logs_in("ben", passwords["ben"])
    found["of another name"] = logs_in("ann", passwords["ann"])
    return found


def answers() -> bool:
    """Say whether the hub is up."""
    with suppress(httpx.HTTPError):
        return httpx.get(f"{Machine.url}/hub/health", timeout=5).status_code == httpx.codes.OK
    return False


if __name__ == "__main__":
    make_machine()
    if sys.argv[1:] == ["probe"]:
        sys.exit()
    os.environ["COURSE_OFFLINE"] = "1"
    try:
        print(json.dumps(seen()))
    except BaseException:
        sys.stderr.write(Path("/tmp/hub.log").read_text()[-5000:] if Path("/tmp/hub.log").exists() else "")
        raise
