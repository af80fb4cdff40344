"""Kinds of hostile submissions, each with the wall that holds it; `docs/walls.md` shows them as a table."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
X86 = platform.machine() == "x86_64"

# Answers beside which every kind stands: two that are right, and what is in between is the kind's.
FIRST = [
    "import ctypes, fcntl, mmap, os, sys, subprocess, threading, socket, shutil, time\nimport numpy as np",
    "def f(z):\n    e = np.exp(z)\n    return e / e.sum(axis=1, keepdims=True)",
    'check("06.1", f)',
]
LAST = ['check("06.4", (-0.15, 0.15))']

TIME = "limits of time, for a cell, an answer and a notebook"
MEMORY = "a limit of memory"
FILES = "Landlock: what is listed can be read, its own folder written, and no more"
FOLDER = "a folder in memory, whose size and number of files the kernel limits"
CALLS = "the list of allowed system calls"
OUTSIDE = "the verdict is made in another process, from JSON alone"
RETRY = "the notebook runs again without the cell that ended it"
BUBBLEWRAP = "bubblewrap, where it is installed; elsewhere this is open"


class Kind(NamedTuple):
    """What holds a kind, what stands between the answers, and the outcome of 06.2 where it answers that."""

    wall: str
    cells: list[str]
    outcome: str = ""


def attempts(*statements: str) -> str:
    """A cell that tries each statement and ends with an error that names those which were allowed."""
    return (
        f"allowed = []\nfor each in {list(statements)!r}:\n    try:\n        exec(each)\n"
        "    except BaseException as error:\n        pass\n    else:\n        allowed.append(each)\n"
        "raise RuntimeError(f'allowed: {allowed}')"
    )


PATCHES = """
import course_utils.exercises, course_utils.exercises.engine as engine, classroom.runner as runner
import course_utils.exercises.judging as judging
right = engine.Verdict("right", "right")
check = course_utils.exercises.check = engine.check = engine.judge = judging.judge = lambda *_: right
judging._complaint = judging._failure = judging._kept_state = lambda *_: None
np.allclose = np.array_equal = lambda *_, **__: True
object.__setattr__(engine.exercise("06.2"), "answer", lambda z: z)
object.__setattr__(engine.exercise("06.2"), "cases", ())
runner._say = runner._observer = runner._text = lambda *_: {}
"""
FORGERY = """
for number in range(3, 64):
    try:
        os.lseek(number, 0, os.SEEK_SET)
    except OSError:
        pass
    for line in (b'{"refused": "no walls"}', b'{"cell": -1}', b'[' * 100_000, b'{"exercise": "06.2", "execution": 7}',
                 b'{"exercise": "06.3", "execution": {"is_function": true, "runs": [{"result": {"kind": "|O"}}]}}'):
        try:
            os.write(number, line + b"\\n")
        except OSError:
            pass
"""
NO_RUNS = """
line = b'\\n{"exercise": "06.2", "execution": {"is_function": true, "runs": [], "again": null}}\\n'
for number in range(3, 64):
    try:
        os.write(number, line)
    except OSError:
        pass
"""
NO_CASES = """
import gc
for each in gc.get_objects():
    if isinstance(each, dict) and isinstance(each.get("06.2"), list):
        each["06.2"].clear()
check("06.2", lambda z: "nonsense")
"""
# What lies in files that have no name: they are created, removed, filled and kept.
NAMELESS = """
held, maps = 0, []
try:
    while held < 1 << 30:
        try:
            file = os.open(".", os.O_TMPFILE | os.O_RDWR)
        except OSError:
            file = os.open("file", os.O_CREAT | os.O_RDWR)
            os.unlink("file")
        os.write(file, bytes(8 << 20))
        maps.append(mmap.mmap(file, 1))  # holds the file when it is closed
        os.close(file)
        held += 8 << 20
except OSError:
    pass
raise RuntimeError(f"held: {held >> 20} MB")
"""
MANY = """
made = 0
try:
    while made < 20_000:
        os.close(os.open(f"file {made}", os.O_CREAT | os.O_WRONLY))
        made += 1
except OSError:
    pass
raise RuntimeError(f"made: {made} files")
"""
REACH = """
def reach(number, *arguments):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(number, *map(ctypes.c_long, arguments)) < 0 and ctypes.get_errno() in (1, 38):
        raise OSError("refused")
"""
# Calls that lists of what is forbidden forgot, or that came after them, on x86_64 and on aarch64.
FORGOTTEN = {
    **{
        "io_setup": (206, 0),
        "personality": (135, 92),
        "vmsplice": (278, 75),
        "sync": (162, 81),
        "keyctl": (250, 219),
    },
    **{"seccomp": (317, 277), "memfd_create": (319, 279), "memfd_secret": (447, 447), "io_uring_setup": (425, 425)},
    **{"open_tree": (428, 428), "open_tree_attr": (467, 467), "statmount": (457, 457), "listmount": (458, 458)},
    **{"lsm_list_modules": (461, 461), "userfaultfd": (323, 282), "perf_event_open": (298, 241), "bpf": (321, 280)},
    **{"a call of the next kernel": (999, 999), "landlock_create_ruleset": (444, 444), "clone3": (435, 435)},
}
READABLE = ROOT / "data" / "lessons.json"  # a file that every submission may read


def kinds(outside: Path) -> dict[str, Kind]:
    """Return each kind by name; `outside` is a folder that no submission is to reach, with a file victim.txt."""
    victim, out = repr(str(outside / "victim.txt")), repr(str(outside / "written.txt"))
    readable = f"os.open({str(READABLE)!r}, os.O_RDONLY)"
    return {
        "endless loop in a cell": Kind(
            TIME, ["while True:\n    try:\n        time.sleep(1)\n    except BaseException: pass"]
        ),
        "endless loop in an answer": Kind(TIME, ['def g(z):\n    while True: pass\ncheck("06.2", g)'], "wrong"),
        "endless loop in C": Kind(
            TIME, ['import itertools\ncheck("06.2", lambda z: sum(itertools.repeat(0)))'], "not graded"
        ),
        "sleeps with all signals blocked": Kind(
            TIME, ["import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\ntime.sleep(1000)"]
        ),
        "ten gigabytes": Kind(
            MEMORY, ["much = np.ones(10 << 27)", 'check("06.2", lambda z: np.ones(10 << 27))'], "wrong"
        ),
        "exit from a cell": Kind(RETRY, ["os._exit(0)"]),
        "exit from an answer": Kind(RETRY, ['check("06.2", lambda z: os._exit(0))'], "not graded"),
        "exit by exception": Kind(RETRY, ["sys.exit()", 'check("06.2", lambda z: exit())'], "wrong"),
        "crash": Kind(RETRY, ["ctypes.string_at(0)"]),
        "a gigabyte of output": Kind(
            "output goes nowhere, and the report has a limit of size",
            [
                "for _ in range(256):\n    print('x' * 2**20)\n    print('x' * 2**20, file=sys.stderr)\n"
                "    os.write(1, b'x' * 2**20)\n    os.write(2, b'x' * 2**20)",
                "for number in range(3, 64):\n    try:\n        for _ in range(64): os.write(number, b'x' * 2**20)\n"
                "    except OSError: pass",
            ],
        ),
        "a full disk": Kind(
            FOLDER, ["for i in range(100):\n    with open(f'{i}', 'wb') as file: file.write(bytes(2**22))"]
        ),
        "files without a name": Kind(FOLDER, [NAMELESS]),
        "files without end": Kind(FOLDER, [MANY]),
        "fork bomb": Kind(
            CALLS,
            [
                REACH,
                attempts(
                    "for _ in range(5): os.fork()",
                    "os.forkpty()",
                    "subprocess.run(['sh', '-c', 'true'])",
                    "os.system('true') and 1 / 0",
                    "os.posix_spawn('/bin/true', ['true'], {})",
                    "threading.Thread(target=print).start()",
                    "os.execv(sys.executable, ['python'])",
                    "reach(0x40000039)",  # fork, in x86_64's second table
                ),
            ],
            "not attempted",
        ),
        "writing outside": Kind(
            FILES,
            [
                attempts(
                    f"open({out}, 'w')",
                    f"open({victim}, 'w')",
                    f"open({victim}, 'a')",
                    f"os.remove({victim})",
                    f"os.truncate({victim}, 0)",
                    f"os.open({victim}, os.O_RDONLY | os.O_TRUNC)",
                    f"os.chmod({victim}, 0o777)",
                    f"os.utime({victim}, (0, 0))",
                    f"os.rename({victim}, {out})",
                    f"open('mine', 'w').close(); os.rename('mine', {out})",
                    f"os.symlink({victim}, 'link'); open('link', 'w')",
                    f"os.link({victim}, 'link')",
                    f"os.mkdir({out})",
                    "open('/tmp/course-grading-was-here', 'w')",
                    "open('/dev/shm/course-grading-was-here', 'w')",
                    f"open({str(ROOT / 'course_utils' / 'written.py')!r}, 'w')",
                ),
            ],
        ),
        "flags, versions and locks of what it may read": Kind(
            CALLS,
            [
                attempts(
                    f"fcntl.ioctl({readable}, 0x40086602, (0x80000).to_bytes(8, 'little'))",  # flags, those it has
                    f"fcntl.ioctl({readable}, 0x40087602, bytes(8))",  # version
                    f"fcntl.ioctl({readable}, 0x40806685, bytes(128))",  # verity: never to be written again
                    f"fcntl.flock({readable}, fcntl.LOCK_EX | fcntl.LOCK_NB)",
                    f"fcntl.lockf({readable}, fcntl.LOCK_SH | fcntl.LOCK_NB)",
                    f"fcntl.fcntl({readable}, fcntl.F_SETLEASE, fcntl.F_RDLCK)",
                    f"fcntl.fcntl({readable}, fcntl.F_SETOWN, os.getppid())",
                ),
            ],
        ),
        "system calls that lists forget": Kind(
            CALLS,
            [
                REACH,
                attempts(*(f"reach({pair[not X86]}, 0, 0, 0, 0, 0) # {name}" for name, pair in FORGOTTEN.items())),
            ],
        ),
        "staying when the grader is killed": Kind(
            CALLS,
            [
                REACH,
                attempts(
                    f"reach({157 if X86 else 167}, 1, 0, 0, 0, 0)",  # PR_SET_PDEATHSIG
                    f"reach({157 if X86 else 167}, 36, 1, 0, 0, 0)",  # PR_SET_CHILD_SUBREAPER
                    "os.setsid()",
                    "os.setpgid(0, 0)",
                ),
            ],
        ),
        "reading others": Kind(
            FILES,
            [
                attempts(
                    f"open({victim})",
                    f"os.listdir({str(outside)!r})",
                    "os.listdir('..')",
                    "open('/etc/passwd')",
                    f"open({str(ROOT / 'README.md')!r})",
                    f"open('/proc/{os.getpid()}/environ')",
                    "open(f'/proc/{os.getppid()}/environ')",
                    "os.environ['PRIVATE']",
                    "sys.stdin.read(1)[0]",
                )
            ],
        ),
        "names and sizes of others' files": Kind(
            BUBBLEWRAP, [attempts(f"os.stat({victim})", f"os.access({victim}, 0) or 1 / 0", "os.stat('/etc/passwd')")]
        ),
        "signals and looks at other processes": Kind(
            CALLS,
            [
                attempts(
                    f"os.kill({os.getpid()}, 0)",
                    "os.kill(os.getppid(), 0)",
                    "os.kill(-1, 0)",
                    f"__import__('resource').prlimit({os.getpid()}, 7)",
                    "os.pidfd_open(os.getppid())",
                    "os.setpriority(os.PRIO_PROCESS, os.getppid(), 5)",
                    "os.sched_setaffinity(os.getppid(), {0})",
                )
            ],
        ),
        "the network": Kind(
            CALLS,
            [
                attempts(
                    "socket.socket()",
                    "socket.socketpair()",
                    "socket.create_connection(('127.0.0.1', 9))",
                    "socket.socket(socket.AF_UNIX)",
                    "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
                    "socket.getaddrinfo('example.org', 80)",
                )
            ],
        ),
        "patching the checker": Kind(OUTSIDE, [PATCHES, 'check("06.2", lambda z: z)'], "wrong"),
        "forging": Kind(OUTSIDE, [FORGERY], "not graded"),
        "forging an answer with no runs": Kind(OUTSIDE, [NO_RUNS], "not graded"),
        "emptying the cases": Kind(OUTSIDE, [NO_CASES], "not graded"),
        "notes that flood the page": Kind(
            "notes are cut, counted, and cleaned of what changes how text is shown",
            [f"raise RuntimeError('x' * {1 << 22})", "raise RuntimeError('\\u202e\\x1b[2J<script>')"],
        ),
    }
