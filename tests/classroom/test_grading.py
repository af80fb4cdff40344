"""The grading: hostile notebooks harm nothing, honest answers are judged right beside them, nothing runs twice."""

from __future__ import annotations

import csv
import json
import math
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classroom import grading, isolation, observation, report, runner, sandbox, serialization
from classroom.cell_dependencies import checked, needed
from classroom.grades import Grade
from classroom.grading import GradingError
from classroom.isolation import IsolationError
from course_utils.exercises.engine import Exercise, exercises_of, full_id
from course_utils.exercises.execution import Execution, RunResult, run_answer
from course_utils.syllabus import lessons

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
EXERCISES = [each for lesson in lessons() for each in exercises_of(lesson.number)]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="grading works on Linux alone")

HONEST = [
    "import os, sys, subprocess, threading, socket, shutil, time\nimport numpy as np",
    "def f(z):\n    e = np.exp(z)\n    return e / e.sum(axis=1, keepdims=True)",
    'check("06.1", f)',
]
LAST = ['check("06.4", (-0.15, 0.15))']


def notebook(cells: Iterable[str]) -> str:
    return json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells]})


def attempts(*statements: str) -> str:
    """A cell that tries each statement and ends with an error that names those which were allowed."""
    return (
        f"allowed = []\nfor each in {list(statements)!r}:\n    try:\n        exec(each)\n"
        "    except BaseException as error:\n        pass\n    else:\n        allowed.append(each)\n"
        "raise RuntimeError(f'allowed: {allowed}')"
    )


PATCHES = """
import course_utils.exercises, course_utils.exercises.engine as engine, classroom.runner as runner
right = engine.Verdict("right", "right")
check = course_utils.exercises.check = engine.check = engine.judge = engine._verdict = lambda *_: right
engine._complaint = lambda *_: None
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


def hostile(outside: Path) -> dict[str, list[str]]:
    """Each kind of submission: what stands between its first and its last honest answer."""
    victim, out = repr(str(outside / "victim.txt")), repr(str(outside / "written.txt"))
    return {
        "endless loop in a cell": ["while True:\n    try:\n        time.sleep(1)\n    except BaseException: pass"],
        "endless loop in an answer": ['def g(z):\n    while True: pass\ncheck("06.2", g)'],
        "endless loop in C": ['import itertools\ncheck("06.2", lambda z: sum(itertools.repeat(0)))'],
        "ten gigabytes": ["much = np.ones(10 << 27)", 'check("06.2", lambda z: np.ones(10 << 27))'],
        "exit from a cell": ["os._exit(0)"],
        "exit from an answer": ['check("06.2", lambda z: os._exit(0))'],
        "exit by exception": ["sys.exit()", 'check("06.2", lambda z: exit())'],
        "a gigabyte of output": [
            "for _ in range(256):\n    print('x' * 2**20)\n    print('x' * 2**20, file=sys.stderr)\n"
            "    os.write(1, b'x' * 2**20)\n    os.write(2, b'x' * 2**20)",
            "for number in range(3, 64):\n    try:\n        for _ in range(64): os.write(number, b'x' * 2**20)\n"
            "    except OSError: pass",
        ],
        "a full disk": [
            "for i in range(100):\n    with open(f'{i}', 'wb') as file: file.write(bytes(2**22))\n    time.sleep(.02)"
        ],
        "fork bomb": [
            attempts(
                "for _ in range(5): os.fork()",
                "os.forkpty()",
                "subprocess.run(['sh', '-c', 'true'])",
                "os.system('true') and 1 / 0",
                "os.posix_spawn('/bin/true', ['true'], {})",
                "threading.Thread(target=print).start()",
                "os.execv(sys.executable, ['python'])",
            )
        ],
        "writing outside": [
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
            "open('inside', 'w').write('x')",
        ],
        "reading others": [
            attempts(
                f"open({victim})",
                f"os.listdir({str(outside)!r})",
                "os.listdir('..')",
                "open('/etc/passwd')",
                f"open({str(ROOT / 'README.md')!r})",
                f"open('/proc/{os.getpid()}/environ')",
                f"os.kill({os.getpid()}, 0)",
                f"__import__('resource').prlimit({os.getpid()}, 7)",
                "socket.socket()",
                "socket.create_connection(('127.0.0.1', 9))",
                "os.environ['PRIVATE']",
                "sys.stdin.read(1)[0]",
            )
        ],
        "patching the checker": [PATCHES, 'check("06.2", lambda z: z)'],
        "forging": [FORGERY],
    }


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outside")
    (folder / "victim.txt").write_text("untouched")
    os.utime(folder / "victim.txt", (1, 1))
    return folder


@pytest.fixture(scope="module")
def output(outside: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("class")
    submissions = folder / "submissions"
    submissions.mkdir()
    for name, cells in hostile(outside).items():
        (submissions / f"{name}.ipynb").write_text(notebook([*HONEST, *cells, *LAST]))
    (submissions / "not JSON.ipynb").write_text("{'cells': ")
    (submissions / "brackets.ipynb").write_text("[" * 1_000_000)
    (submissions / "no lesson.ipynb").write_text(notebook(["1 + 1"]))
    (submissions / "linked.ipynb").symlink_to("exit from a cell.ipynb")
    (submissions / "deleted cells.ipynb").write_text(notebook([*HONEST[1:], *LAST]))
    (submissions / "renamed functions.ipynb").write_text(
        notebook([HONEST[0], 'check("06.1", softmax_of_rows)', *LAST])
    )
    (submissions / "=HYPERLINK(1)").mkdir()
    (submissions / "=HYPERLINK(1)" / "work.ipynb").write_text(notebook([*HONEST, *LAST]))
    (submissions / "<script>.ipynb").write_text(notebook([*HONEST, "%matplotlib inline\n!rm -rf /", "1 / 0", *LAST]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PRIVATE", "a secret of the teacher's")
        patch.setattr(isolation, "SECONDS", 25)
        patch.setattr(observation, "CELL_SECONDS", 3)
        grading.grade(submissions, folder / "grades.csv")
    yield folder / "grades.csv"
    shutil.rmtree(folder)


@pytest.fixture
def grades(output: Path) -> dict[str, dict[str, str]]:
    """Outcome by student and exercise."""
    found: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(output.read_text(encoding="utf-8-sig").splitlines()):
        found.setdefault(row["student"], {})[row["exercise"]] = row["outcome"]
    return found


def notes(output: Path, student: str) -> str:
    page = output.with_suffix(".html").read_text(encoding="utf-8")
    return "\n".join(line for line in re.findall("<li>.*?</li>", page) if f"<strong>{student}</strong>" in line)


@pytest.mark.parametrize("kind", [*hostile(Path()), "<script>"])
def test_honest_answers_beside_it_are_right(grades: dict[str, dict[str, str]], kind: str) -> None:
    assert grades[kind]["06.1"] == "right"
    # A loop inside C uses up the time of its submission; what was answered before it counts.
    assert grades[kind]["06.4"] == "right" or kind == "endless loop in C"


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("endless loop in an answer", "wrong"),
        ("endless loop in C", "not graded"),
        ("ten gigabytes", "wrong"),
        ("exit from an answer", "not graded"),
        ("exit by exception", "wrong"),
        ("patching the checker", "wrong"),
        ("forging", "not graded"),
        ("fork bomb", "not attempted"),
    ],
)
def test_the_answer_in_question(grades: dict[str, dict[str, str]], kind: str, outcome: str) -> None:
    assert grades[kind]["06.2"] == outcome


@pytest.mark.parametrize("kind", ["fork bomb", "writing outside", "reading others"])
def test_nothing_is_allowed(output: Path, kind: str) -> None:
    assert "RuntimeError: allowed: []" in notes(output, kind)


def test_nothing_was_written_outside(output: Path, outside: Path) -> None:
    victim = outside / "victim.txt"
    assert [*outside.iterdir()] == [victim]
    assert victim.read_text() == "untouched"
    assert victim.stat().st_mtime == 1
    assert not victim.stat().st_mode & 0o111
    assert not Path("/tmp/course-grading-was-here").exists()
    assert not Path("/dev/shm/course-grading-was-here").exists()


def test_no_process_and_no_folder_is_left(output: Path) -> None:
    commands = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not any(b"runner.main()" in each and str(ROOT).encode() in each for each in commands)


@pytest.mark.parametrize(
    ("student", "note"),
    [
        ("not JSON", "not a notebook"),
        ("brackets", "not a notebook"),
        ("no lesson", "no check(...) of any lesson in it"),
        ("linked", "a link or something else that is no file"),
    ],
)
def test_what_is_no_submission_is_said_to_be_none(
    output: Path, grades: dict[str, dict[str, str]], student: str, note: str
) -> None:
    assert grades[student] == {"": "not graded"}
    assert note in notes(output, student)


def test_deleted_and_renamed_cells_cost_what_needed_them(grades: dict[str, dict[str, str]], output: Path) -> None:
    assert grades["deleted cells"]["06.1"] == "wrong"  # NameError: np
    assert grades["renamed functions"]["06.1"] == "not graded"
    assert "its cell: NameError: name &#39;softmax_of_rows&#39; is not defined" in notes(output, "renamed functions")
    for student in ("deleted cells", "renamed functions"):
        assert grades[student]["06.4"] == "right"
        assert grades[student]["06.2"] == "not attempted"


def test_a_name_is_no_formula_and_no_markup(grades: dict[str, dict[str, str]], output: Path) -> None:
    assert grades["'=HYPERLINK(1)"]["06.1"] == "right"
    assert "&lt;script&gt;" in output.with_suffix(".html").read_text()
    assert "<script" not in output.with_suffix(".html").read_text()


# Resuming, order, refusals


def test_what_has_been_graded_is_not_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[str] = []

    def counted(cells: list[str]) -> list[grading.Row]:
        runs.append(cells[0])
        if len(runs) == 2:
            raise KeyboardInterrupt
        return [("06.1", "right", "", "")]

    monkeypatch.setattr(grading, "grade_cells", counted)
    monkeypatch.setattr(isolation, "check_walls", lambda: None)
    monkeypatch.setattr(grading, "_workers", lambda: 1)
    (tmp_path / "in").mkdir()
    for name in "abc":
        (tmp_path / "in" / f"{name}.ipynb").write_text(notebook([name]))
    with pytest.raises(KeyboardInterrupt):
        grading.grade(tmp_path / "in", tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()
    assert len(grading.grade(tmp_path / "in", tmp_path / "out.csv")) == 3
    assert sorted(runs) == ["a", "b", "b", "c"]
    runs.clear()
    (tmp_path / "in" / "b.ipynb").write_text(notebook(["changed"]))
    grading.grade(tmp_path / "in", tmp_path / "out.csv")
    assert runs == ["changed"]


def test_the_best_of_several_notebooks_counts() -> None:
    rows = [Grade("a", "06.1", "right"), Grade("a", "06.1", "wrong", "x"), Grade("b", "06.1", "wrong", "y")]
    assert grading._best(rows) == grading._best(rows[::-1]) == [rows[0], rows[2]]


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


@pytest.mark.parametrize("place", [ROOT / "course_utils", Path(sys.prefix)])
def test_submissions_lie_where_no_other_can_read_them(place: Path, tmp_path: Path) -> None:
    grading._check_privacy(tmp_path)
    with pytest.raises(GradingError, match="which every submission can read"):
        grading._check_privacy(tmp_path, place / "grades.csv")


def test_a_folder_without_notebooks_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert grading.main([str(tmp_path), "-o", str(tmp_path / "x.csv")]) == 1
    assert grading.main([str(tmp_path / "none"), "-o", str(tmp_path / "x.csv")]) == 1
    said = capsys.readouterr().out
    assert "There is no notebook" in said
    assert "is no folder." in said


def test_students_are_named_after_folders_or_files(tmp_path: Path) -> None:
    for name in (
        "Ada/06.ipynb",
        "Ada/deep/08.ipynb",
        "Alan.ipynb",
        ".hidden/x.ipynb",
        "Ada/.ipynb_checkpoints/06.ipynb",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert [student for student, _ in grading.find_notebooks(tmp_path)] == ["Ada", "Ada", "Alan"]


OTHER_USER = """
import os, socket, sys
sys.path.insert(0, sys.argv[1])
import sandbox
sandbox.enter([sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64"], sys.argv[2], 10, 1 << 30, 1 << 20)
for attempt in (os.fork, socket.socket, lambda: open(sys.argv[3], "w"), lambda: os.kill(os.getppid(), 0),
                lambda: os.chmod(sys.argv[3], 0), lambda: open("/etc/passwd")):
    try:
        attempt()
    except OSError:
        print("denied")
open(os.path.join(sys.argv[2], "own"), "w")
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="every other test here has already run as a normal user")
def test_the_walls_stand_for_a_normal_user_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    if not python:
        pytest.skip("no Python that another user may run")
    folder = Path("/tmp") / f"walls-{os.getpid()}"
    try:
        (folder / "own").mkdir(parents=True)
        shutil.copy(sandbox.__file__, folder)
        (folder / "theirs").write_text("x")
        for path in (folder, folder / "own", folder / "theirs"):
            os.chown(path, 65534, 65534)
        command = [python, "-I", "-B", "-c", OTHER_USER, str(folder), str(folder / "own"), str(folder / "theirs")]
        done = subprocess.run(command, user=65534, group=65534, extra_groups=[], capture_output=True, text=True)
        assert done.stdout.split() == ["denied"] * 6, done.stderr
        assert done.returncode == 0
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("written", ['"06.1"', '"6.1"', "6.1", "' 06.1 '"])
def test_an_id_written_shorter_is_the_same_exercise(written: str) -> None:
    cell = f"check({written}, f)"
    assert checked(cell) == ["06.1"]
    assert [full_id(each) for each in observation.CHECKED.findall(cell)] == ["06.1"]


# What travels


@pytest.mark.parametrize("each", EXERCISES, ids=lambda each: each.id)
def test_inputs_arrive_as_they_were_sent(each: Exercise) -> None:
    job = json.loads(json.dumps({"cases": {each.id: observation.cases(each)}}))
    arrived = runner._cases(job, each.id)
    for case, sent in zip(each.cases if callable(each.answer) else (), arrived, strict=True):
        for before, after in zip(case, sent, strict=True):
            assert type(before) is type(after)
            assert before is after or np.array_equal(before, after)
            assert getattr(before, "dtype", None) == getattr(after, "dtype", None)


@pytest.mark.parametrize(
    "answer",
    [
        lambda x: x,
        lambda x: 1 / 0,
        lambda x: "a",
        lambda x: None,
        lambda x: print(1),
        lambda x: [True],
        7,
        None,
        math,
    ],
)
def test_runs_arrive_as_they_were(answer: Any) -> None:
    before = run_answer(answer, [(np.arange(6.0).reshape(2, 3),), (np.float64(1),)])
    after = serialization.read_execution(json.loads(json.dumps(serialization.write_execution(before))), 2)
    assert after.is_function == before.is_function
    for a, b in zip(after.runs, before.runs, strict=True):
        assert np.array_equal(a.result, b.result)
        assert type(a.result) is type(b.result)
        assert (a.raised, a.message, a.printed) == (b.raised, b.message, b.printed)


def test_a_huge_result_does_not_travel() -> None:
    huge = Execution(True, (RunResult(np.zeros((1000, 1000))),))
    sent = serialization.write_execution(huge)
    assert serialization.read_execution(sent, 1).runs[0].result == "an array of shape (1000, 1000)"


GOOD = serialization.write_execution(run_answer(7, []))


def changed(**entries: Any) -> dict[str, Any]:
    return {"is_function": True, "runs": [{**GOOD["runs"][0], **entries}]}


@pytest.mark.parametrize(
    "content",
    [
        None,
        7,
        [],
        {},
        {"is_function": False, "runs": []},
        {"is_function": True, "runs": [[]]},
        {"is_function": True, "runs": GOOD["runs"] * 3},
        changed(result=7),
        changed(result={}),
        changed(result={"kind": "|O", "shape": [1], "data": "AAAAAAAAAAA="}),
        changed(result={"kind": "<f8", "shape": [2], "data": "AAAAAAAAAAA="}),
        changed(result={"kind": "<f8", "shape": [-1], "data": "AAAAAAAAAAA="}),
        changed(result={"kind": "<f8", "shape": [1.0], "data": "AAAAAAAAAAA="}),
        changed(result={"kind": "<f8", "shape": [10**30], "data": ""}),
        changed(result={"kind": "<f8", "shape": [0, 10**30], "data": ""}),
        changed(result={"kind": "<f8", "shape": [1] * 100, "data": "AAAAAAAAAAA="}),
        changed(result={"kind": ["<f8"], "shape": 1, "data": 1}),
        changed(result={"kind": "<f8", "shape": [1], "data": "not base64!"}),
    ],
)
def test_nothing_else_is_taken_for_runs(content: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # whatever its words, they end in one place
        serialization.read_execution(content, 2)


# Which cells run


@pytest.mark.parametrize(
    ("cells", "pristine", "expected"),
    [
        (["a = 1", "check('06.1', a)", "b = 1"], "all", [0, 1]),
        (["a = 1", "b = 1", "check('06.1', a)"], "all", [0, 2]),
        (["a = 1", "b = 1", "check('06.1', a)"], "none", [0, 1, 2]),
        (["a = []", "a.append(1)", "check('06.1', a)"], "all", [0, 1, 2]),
        (["a = {}", "a[1] = 2", "check('06.1', a)"], "all", [0, 1, 2]),
        (["import numpy as np", "c = 2", "def f(a): return np.sum(a) + c", "check('06.1', f)"], "all", [0, 1, 2, 3]),
        (["a = 1", "def f(a): return a", "check('06.1', f)"], "all", [1, 2]),
        (["a = 1", "this is no Python", "course.check('06.1', answer=a)"], "all", [0, 2]),
        (["a = 1"], "none", []),
    ],
)
def test_the_cells_that_answers_need(cells: list[str], pristine: str, expected: list[int]) -> None:
    assert needed(cells, set(cells) if pristine == "all" else set()) == expected


def test_checks_are_found_by_their_ids() -> None:
    assert checked('check("06.1", f)\nif x:\n    exercises.check("06.2", answer=g)\ncheck(1, 2)\ncheck("06.3")') == [
        "06.1",
        "06.2",
    ]


def solved(cells: Iterable[str]) -> list[str]:
    known = '__import__("course_utils.exercises", fromlist=["exercise"]).exercise("{}").answer'
    put = re.compile(r'^check\("([\d.]+)", (\w+)\)$', re.MULTILINE)
    return [put.sub(lambda m: f"{m[2]} = {known.format(m[1])}\n{m[0]}", cell) for cell in cells]


@pytest.fixture(scope="module")
def solved_lessons(tmp_path_factory: pytest.TempPathFactory) -> list[Grade]:
    folder = tmp_path_factory.mktemp("solved")
    (folder / "in").mkdir()
    for lesson in LESSONS:
        (folder / "in" / lesson.name).write_text(notebook(solved(observation.code_cells(lesson.read_bytes()))))
    return grading.grade(folder / "in", folder / "grades.csv")


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_solved_lesson_is_right_though_only_what_its_answers_need_has_run(
    lesson: Path, solved_lessons: list[Grade]
) -> None:
    rows = [each for each in solved_lessons if each.student == lesson.stem]
    assert len(rows) == len(exercises_of(lesson.stem[:2]))
    assert all(each.outcome == "right" and not each.note for each in rows), rows


# The page


def test_the_page_counts_ideas_and_names_nobody_beside_them() -> None:
    rows = [Grade(f"s{i}", "06.2", "wrong", "only the diagonal") for i in range(3)]
    rows += [Grade("t", "06.2", "wrong"), Grade("u", "06.2", "right"), Grade("v", "06.2", "not attempted")]
    page = report.page(rows)
    assert "<td>3 of 6</td><td>only the diagonal</td><td>Where do the other classes feel z_i?" in page
    assert "<td>1 of 6</td><td>none that is known</td>" in page
    assert "1 right, 4 wrong, 1 not attempted." in page
    assert "<code>my_softmax_jacobian(z)</code>" in page
    assert "s1" not in page
    assert "To look at by hand" not in page
    assert not re.search(r"https?://|<script|<img|<link", page)
    assert '<html lang="en">' in page


MAGICS: list[tuple[str, str]] = [
    ("%matplotlib inline\nx = 1", "pass\nx = 1"),
    ("!pip install x", "pass"),
    ("np.sum?", "pass"),
    ("%%time\nx = 1", ""),
    ("x = (7\n     % 3)", "x = (7\n     % 3)"),
]


@pytest.mark.parametrize(("source", "expected"), MAGICS)
def test_what_only_ipython_knows_is_left_out(source: str, expected: str) -> None:
    assert runner.without_magics(source) == expected
