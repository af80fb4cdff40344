"""The walls: no hostile notebook harms anything, honest answers beside it are seen, honest notebooks feel no wall."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from answers import answered
from hostile import BUBBLEWRAP, FIRST, FORGOTTEN, LAST, READABLE, ROOT, kinds

from classroom import isolation, observation, sandbox, system_calls
from classroom.isolation import IsolationError
from classroom.observation import Observation, code_cells, observe_cells
from classroom.serialization import load_json, read_execution, write_execution
from course_utils.exercises.engine import Exercise, exercise, exercises_of, judge
from course_utils.exercises.execution import run_answer
from course_utils.syllabus import lessons

LESSONS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
EXERCISES = [each for lesson in lessons() for each in exercises_of(lesson.number)]
KINDS = kinds(Path("/nowhere"))

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="grading works on Linux alone")


def observed(cells: Iterable[str]) -> Observation:
    """Run cells of lesson 06."""
    return observe_cells([*cells], "06", exercises_of("06"))


def outcome(found: Observation, exercise_id: str) -> str:
    """What the grader makes of what was seen of an answer."""
    if exercise_id not in found.seen:
        return "not attempted"
    try:
        asked = exercise(exercise_id)
        return judge(asked, read_execution(found.seen[exercise_id]["execution"], len(asked.cases))).outcome
    except (KeyError, ValueError):
        return "not graded"


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outside")
    (folder / "victim.txt").write_text("untouched")
    os.utime(folder / "victim.txt", (1, 1))
    return folder


@pytest.fixture(scope="module")
def hostile(outside: Path) -> dict[str, Observation]:
    """What was seen of each kind."""
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(2) as two:
        patch.setenv("PRIVATE", "a secret of the teacher's")
        patch.setattr(isolation, "SECONDS", 25)
        patch.setattr(observation, "CELL_SECONDS", 3)
        isolation.check_walls()
        submissions = {name: [*FIRST, *kind.cells, *LAST] for name, kind in kinds(outside).items()}
        found = [*two.map(observed, submissions.values())]
    return dict(zip(submissions, found, strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_honest_answers_beside_it_are_right(hostile: dict[str, Observation], kind: str) -> None:
    assert outcome(hostile[kind], "06.1") == "right"
    # What no signal of ours wakes uses up the time of its submission; what was answered before it counts.
    endless = ("endless loop in C", "sleeps with all signals blocked")
    assert outcome(hostile[kind], "06.4") == ("not graded" if kind in endless else "right")


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.outcome])
def test_the_answer_in_question(hostile: dict[str, Observation], kind: str) -> None:
    assert outcome(hostile[kind], "06.2") == KINDS[kind].outcome


TRIED = [name for name, kind in KINDS.items() if "allowed.append" in kind.cells[-1] and kind.wall != BUBBLEWRAP]


@pytest.mark.parametrize("kind", TRIED)
def test_nothing_is_allowed(hostile: dict[str, Observation], kind: str) -> None:
    assert any("RuntimeError: allowed: []" in note for note in hostile[kind].notes), hostile[kind].notes


def test_bubblewrap_hides_even_names_and_sizes(hostile: dict[str, Observation]) -> None:
    if not isolation.bubblewrap():
        pytest.skip("bubblewrap is not installed, or may not work here")
    assert any("RuntimeError: allowed: []" in note for note in hostile["names and sizes of others' files"].notes)


def test_nothing_was_written_outside(hostile: dict[str, Observation], outside: Path) -> None:
    victim = outside / "victim.txt"
    assert [*outside.iterdir()] == [victim]
    assert victim.read_text() == "untouched"
    assert victim.stat().st_mtime == 1
    assert not victim.stat().st_mode & 0o111
    assert not Path("/tmp/course-grading-was-here").exists()
    assert not Path("/dev/shm/course-grading-was-here").exists()
    assert not any(isolation._folders().home.iterdir())


def noted(found: Observation, pattern: str) -> int:
    """The number that a note gives."""
    (number,) = (int(match[1]) for match in map(re.compile(pattern).search, found.notes) if match)
    return number


def test_files_without_a_name_count(hostile: dict[str, Observation]) -> None:
    assert noted(hostile["files without a name"], r"held: (\d+) MB") <= isolation.FOLDER >> 20


def test_files_are_counted_by_the_kernel(hostile: dict[str, Observation]) -> None:
    assert noted(hostile["files without end"], r"made: (\d+) files") <= isolation.FILES


def test_no_note_is_long_or_changes_how_text_is_shown(hostile: dict[str, Observation]) -> None:
    for found in hostile.values():
        assert len(found.notes) <= observation.NOTES
        assert all(len(note) <= observation.LONGEST and note.isprintable() for note in found.notes)


def test_no_process_is_left(hostile: dict[str, Observation]) -> None:
    assert not submissions(isolation._folders().home)


def submissions(home: Path) -> list[int]:
    """Return the processes of the submissions of one grader, known by the home that it gives them."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if f"HOME={home}".encode() in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
    return found


OUTLIVING = """
from classroom import isolation
from classroom.observation import observe_cells
print(isolation._folders().home, flush=True)
cell = "import ctypes, time\\nctypes.CDLL(None).prctl(1, 0, 0, 0, 0)\\ntime.sleep(1000)"
observe_cells([cell, 'check("06.4", 1)'], "06", [])
"""


def test_no_submission_outlives_a_grader_that_is_killed() -> None:
    grader = subprocess.Popen([sys.executable, "-c", OUTLIVING], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        home = Path(grader.stdout.readline().strip()) if grader.stdout else Path()
        assert until(lambda: any(map(is_asleep, submissions(home))))
    finally:
        grader.send_signal(signal.SIGKILL)
        grader.communicate()
        shutil.rmtree(home.parent, ignore_errors=True)
    assert until(lambda: not submissions(home))


def is_asleep(process: int) -> bool:
    """Whether a process sleeps in the call that its cell makes at the end."""
    try:
        return Path(f"/proc/{process}/wchan").read_text() == "hrtimer_nanosleep"
    except OSError:
        return False


def until(holds: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


# Where walls cannot stand


def test_without_walls_nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "readable", list)  # then not even NumPy can be read
    with pytest.raises(IsolationError, match="Nothing was run"):
        isolation.check_walls()


def test_a_kernel_without_landlock_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> int:
        raise sandbox.SandboxError("Function not implemented")

    monkeypatch.setattr(sandbox, "_call", none)
    with pytest.raises(sandbox.SandboxError, match=r"no Landlock \(Linux 5\.13"):
        sandbox.landlock_version()


def test_another_processor_is_refused() -> None:
    with pytest.raises(system_calls.UnknownMachineError, match="this is riscv64"):
        system_calls.program("riscv64")


WITHOUT_NAMESPACES = """
import os, sys
from classroom import sandbox
call = sandbox._call
def refuse(name, *arguments):
    if name in ("unshare", "mount"):
        raise sandbox.SandboxError("Operation not permitted")
    return call(name, *arguments)
sandbox._call = refuse
sandbox.enter([sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64"], sys.argv[1], 10, 1 << 30, 1 << 20, 1 << 20, 9)
for attempt in (lambda: open("own", "w"), lambda: os.open(".", os.O_TMPFILE | os.O_RDWR), lambda: os.mkdir("folder")):
    try:
        attempt()
    except OSError:
        print("denied")
"""


def test_where_the_system_grants_no_namespaces_nothing_is_written(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WITHOUT_NAMESPACES, str(tmp_path)]
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=variables, capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.split() == ["denied"] * 3, done.stderr
    assert not any(tmp_path.iterdir())


OTHER_USER = """
import os, socket, sys
sys.path.insert(0, sys.argv[1])
from classroom import sandbox
readable = [sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64"]
sandbox.enter(readable, sys.argv[2], 10, 1 << 30, 1 << 20, 1 << 20, 9)
for attempt in (os.fork, socket.socket, lambda: open(sys.argv[3], "w"), lambda: os.kill(os.getppid(), 0),
                lambda: os.chmod(sys.argv[3], 0), lambda: open("/etc/passwd")):
    try:
        attempt()
    except OSError:
        print("denied")
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="every other test here has already run as a normal user")
def test_the_walls_stand_for_a_normal_user_too() -> None:
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    if not python:
        pytest.skip("no Python that another user may run")
    folder = Path("/tmp") / f"walls-{os.getpid()}"
    try:
        (folder / "classroom").mkdir(parents=True)
        (folder / "own").mkdir()
        for module in (sandbox, system_calls):
            shutil.copy(str(module.__file__), folder / "classroom")
        (folder / "theirs").write_text("x")
        for path in (folder, folder / "classroom", folder / "own", folder / "theirs"):
            os.chown(path, 65534, 65534)
        command = [python, "-I", "-B", "-c", OTHER_USER, str(folder), str(folder / "own"), str(folder / "theirs")]
        done = subprocess.run(command, user=65534, group=65534, extra_groups=[], capture_output=True, text=True)
        assert done.stdout.split() == ["denied"] * 6, done.stderr
        assert done.returncode == 0
    finally:
        shutil.rmtree(folder)


# The list of system calls


HEADERS = {
    "x86_64": (0, Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), r"#define __NR_(\w+)\s+(\d+)"),
    "aarch64": (1, Path("/usr/include/asm-generic/unistd.h"), r"#define __NR(?:3264)?_(\w+)\s+(\d+)"),
}


@pytest.mark.parametrize("machine", HEADERS)
def test_the_numbers_are_the_kernels(machine: str) -> None:
    column, header, line = HEADERS[machine]
    if not header.exists():
        pytest.skip("the kernel's headers for this processor are not installed")
    theirs = {name: int(number) for name, number in re.findall(line, header.read_text())}
    theirs.setdefault("newfstatat", theirs.get("fstatat", -1))
    ours = {name: numbers[column] for name, numbers in system_calls.ALLOWED.items()}
    ours |= {name: guarded[0][column] for name, guarded in system_calls.GUARDED.items()}
    assert {name: theirs[name] for name, number in ours.items() if number is not None} == {
        name: number for name, number in ours.items() if number is not None
    }


def test_nothing_that_was_forgotten_is_on_the_list() -> None:
    for column in range(2):
        allowed = {numbers[column] for numbers in system_calls.ALLOWED.values()}
        assert not allowed & {numbers[column] for numbers in FORGOTTEN.values()}


# Honest notebooks


PLAUSIBLE = {
    "%%time above an answer": [
        '%%time\ncheck("06.2", lambda z: None)',
        '%%time\n\n%%capture\ncheck("06.4", (-0.15, 0.15))',
    ],
    "%time before a statement": ["%time y = (-0.15, 0.15)", 'check("06.4", y)'],
    "%timeit with options": ["%timeit -n 10 -r 3 y = (-0.15, 0.15)", 'check("06.4", y)'],
    "the result of a command": ["files = !ls\nassert files == []\nx = %who\ny = (-0.15, 0.15)", 'check("06.4", y)'],
    "a magic beside a remainder": ['%matplotlib inline\nx = (7\n     % 3)\ncheck("06.4", (-0.15, 0.15 * x))'],
    "await": [
        'import asyncio\nawait asyncio.sleep(0)\nasync def g(): return (-0.15, 0.15)\ncheck("06.4", await g())'
    ],
    "global after use": ["def count():\n    total = 0\n    global total", 'check("06.4", (-0.15, 0.15))'],
    "nonlocal outside": ["nonlocal x", 'check("06.4", (-0.15, 0.15))'],
    "star import inside": ["def g():\n    from math import *", 'check("06.4", (-0.15, 0.15))'],
    "no Python at all": ["this is no Python", 'check("06.4", (-0.15, 0.15))'],
    "characters that cannot be": ["x = '\ud800'", "y = '\0'", 'check("06.4", (-0.15, 0.15))'],
    "five cells that end the process": ["import os"] + ["os._exit(1)"] * 5 + ['check("06.4", (-0.15, 0.15))'],
    "IPython by its name": ["get_ipython().run_line_magic('matplotlib', 'inline')", 'check("06.4", (-0.15, 0.15))'],
    "what libraries read": [
        "maps = open('/proc/self/maps').read(), open('/proc/self/status').read(), open('/proc/cpuinfo').read()",
        'assert all(maps)\ncheck("06.4", (-0.15, 0.15))',
    ],
}
OWN_FILES = [
    "import tempfile, pathlib\nimport numpy as np\nimport matplotlib.pyplot as plt",
    "np.save('w.npy', np.zeros(3))\nplt.plot([1, 2])\nplt.savefig('a.png')\n"
    "with tempfile.TemporaryDirectory() as folder:\n    pathlib.Path(folder, 'x').write_text('x')\n"
    "pathlib.Path('a.png').rename('b.png')",
    'assert np.load("w.npy").shape == (3,)\ncheck("06.4", (-0.15, 0.15))',
]
NOTED = {
    "global after use",
    "nonlocal outside",
    "star import inside",
    "no Python at all",
    "characters that cannot be",
}
NOTED |= {"five cells that end the process"}


@pytest.mark.parametrize("name", PLAUSIBLE)
def test_an_honest_notebook_is_graded_whatever_its_cells(name: str) -> None:
    found = observed(PLAUSIBLE[name])
    assert outcome(found, "06.4") == "right", found
    assert bool(found.notes) == (name in NOTED), found.notes


def test_an_honest_notebook_writes_files_of_its_own() -> None:
    if observed(["open('x', 'w')", *LAST]).notes:
        pytest.skip("this system grants no namespaces, so no submission writes a file")
    found = observed(OWN_FILES)
    assert (outcome(found, "06.4"), found.notes) == ("right", [])


def test_a_check_below_a_magic_of_another_language_is_said_to_be_left_out() -> None:
    found = observed(['%%bash\ncheck("06.4", 1)'])
    assert found.seen["06.4"]["lost"] == "not run, since it begins with a magic"


def test_a_cell_is_named_as_a_teacher_finds_it() -> None:
    assert observed(["x = 1", "y = 2\n1 / 0", 'check("06.4", 1)']).notes == [
        "code cell 2 (y = 2): ZeroDivisionError: division by zero"
    ]


def test_what_time_ended_is_not_final(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observation, "CELL_SECONDS", 1)
    assert observed(["1 / 0", 'check("06.4", 1)']).is_final
    assert not observed(["while True: pass", 'check("06.4", 1)']).is_final
    assert not observed(["import os\nos._exit(0)", 'check("06.4", 1)']).is_final


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_solved_lesson_with_every_cell_edited_runs_inside_the_walls(
    lesson: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(isolation, "SECONDS", 600)
    monkeypatch.setattr(observation, "CELL_SECONDS", 300)
    number = lesson.stem[:2]
    edited = [f"{cell}\n# edited" for cell in map(answered, code_cells(lesson.read_bytes()))]
    found = observe_cells([*edited, "# the end"], number, exercises_of(number))
    assert found.notes == []
    assert {each.id: outcome(found, each.id) for each in exercises_of(number)} == {
        each.id: "right" for each in exercises_of(number)
    }


# The grader's own memory


@pytest.mark.parametrize("content", [b"[" + b"[]," * 4_000_000 + b"[]]", b"{}," * 4_000_000, b"[" * 2_000_000])
def test_json_that_would_fill_the_memory_is_not_read(content: bytes) -> None:
    with pytest.raises(ValueError, match="values"):
        load_json(content, observation.MOST_VALUES)


def test_a_flood_of_lines_is_read_to_a_limit() -> None:
    flood = isolation._lines([b'{"cell": 1}\n'] * 10 * isolation.LINES)
    assert len(flood) == isolation.LINES
    assert len(isolation._lines([b'{"a": [[],[]]}\n'] * isolation.LINES)) <= isolation.VALUES / 5


def test_the_ids_in_a_text_of_any_length_are_found_at_once() -> None:
    assert observation.lesson_of(["check(" + " " * 2_000_000, "check(6.1, f)"]) == "06"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{"worksheets": [], "nbformat": 3}', "format is an old one"),
        (b'{"cells": [\n<<<<<<< HEAD\n', "unmerged"),
        (b"PK", "not a notebook: no JSON"),
        (b"[1]", "not a notebook"),
        (b"{}", "not a notebook"),
    ],
)
def test_what_is_no_notebook_is_told_why(content: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        code_cells(content)


# A behaviour that is not whole


@pytest.mark.parametrize("each", [each for each in EXERCISES if callable(each.answer)], ids=lambda each: each.id)
def test_no_part_of_a_right_answer_is_right(each: Exercise) -> None:
    whole = run_answer(each.answer, each.cases)
    assert judge(each, whole).outcome == "right"
    for n in range(len(each.cases)):
        part = dataclasses.replace(whole, runs=whole.runs[:n])
        assert judge(each, part).outcome != "right"
        with pytest.raises(ValueError, match="runs"):
            read_execution(json.loads(json.dumps(write_execution(part))), len(each.cases))


# The page


def test_the_page_of_walls_has_every_kind() -> None:
    rows = [f"| {name} | {kind.wall} |" for name, kind in KINDS.items()]
    page = (ROOT / "docs" / "walls.md").read_text(encoding="utf-8")
    assert [line for line in page.splitlines() if line in rows] == rows


def test_the_file_that_kinds_try_to_change_is_as_it_was(hostile: dict[str, Observation]) -> None:
    assert json.loads(READABLE.read_text(encoding="utf-8"))
