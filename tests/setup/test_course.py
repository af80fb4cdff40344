"""course.py: the set-up survives what breaks set-ups, a learner's copy is never touched, no failure is swallowed."""

from __future__ import annotations

import ast
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import course
from tools import set_up_lock
from tools.bare_environment import bundled_pip
from tools.set_up_lock import try_lock

ROOT = Path(__file__).resolve().parents[2]
SOURCE = (ROOT / "course.py").read_text(encoding="utf-8")


# The file itself


def imported(source: str) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names.add(str(node.module))
    return names


def test_course_py_imports_the_standard_library_alone() -> None:
    names = imported(SOURCE)
    own = {name for name in names if name.partition(".")[0] in ("classroom", "course_utils", "tools")}
    modules = ("bare_environment", "child_environment", "container", "locked", "set_up_lock")
    assert own == {"classroom.command_lines", "course_utils", *(f"tools.{name}" for name in modules)}
    for module in own - {"course_utils"}:
        names |= imported((ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8"))
    for package in ("classroom", "course_utils", "tools"):
        assert imported((ROOT / package / "__init__.py").read_text(encoding="utf-8")) == set()
    assert {name.partition(".")[0] for name in names - own} <= sys.stdlib_module_names


def test_an_old_python_can_parse_course_py() -> None:
    ast.parse(SOURCE, feature_version=(3, 7))  # the oldest that this parser knows well


def test_an_old_python_is_told_in_one_sentence() -> None:
    pretend = "import sys; sys.version_info = (3, 10, 4); sys.version = '3.10.4 (main)'; import course"
    answer = subprocess.run([sys.executable, "-c", pretend], cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 1
    assert answer.stderr.strip() == "This course needs Python 3.11 or newer, and this is Python 3.10.4."


def test_where_an_environment_keeps_its_python() -> None:
    venv = Path("somewhere") / ".venv"
    assert course.venv_python(venv, "win32") == venv / "Scripts" / "python.exe"
    assert course.venv_python(venv, "linux") == course.venv_python(venv, "darwin") == venv / "bin" / "python"


# The environment


class Checkout:
    """A small checkout with a stand-in for pip and uv: real environments, nothing downloaded."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.venv = root / ".venv"
        self.steps: list[str] = []
        self.commands: list[tuple[str, ...]] = []
        self.asked: list[str] = []
        self.failing: dict[str, BaseException] = {}
        (root / "course_utils").mkdir(parents=True)
        (root / "work" / ".course").mkdir(parents=True)
        (root / "course_utils" / "__init__.py").touch()
        (root / "requirements.lock").write_text(LOCK)

    def run(self, root: Path, what: str, *command: str, **variables: str) -> None:
        self.steps.append(what)
        self.commands.append(command)
        self.asked.append(Path(command[-1]).read_text() if "-r" in command else "")
        if what in self.failing:
            raise self.failing.pop(what)
        if "venv" in command:
            assert ("--without-pip" in command) == bool(bundled_pip())
            subprocess.run([*command, "--without-pip"], check=True)

    def fetch_data(self, root: Path, wait: bool) -> None:
        self.steps.append(DATA if wait else f"{DATA} meanwhile")

    def set_up(self, *lists: str) -> Path:
        for each in (self.steps, self.commands, self.asked):
            each.clear()
        return course.set_up(self.root, {"core", *lists})

    def link(self) -> Path:
        (path,) = self.venv.glob("lib/python*/site-packages/course.pth")
        return path


LOCK = """\
# Lists: core, test; for test
torch==1.2.3
numpy==2.4.6 \\
    --hash=sha256:1 \\
    --hash=sha256:2
    # Python >=3.11; for core
pytest==9.2.0 ; python_version > "3.11" \\
    --hash=sha256:3
    # Python >=3.10; for site test
uv==0.13.9 \\
    --hash=sha256:4
    # Python >=3.8; for set-up
"""
VENV = "an empty environment"
UV = "the installer, uv"
TORCH = "PyTorch for the CPU"
STANDARD_TORCH = "the standard PyTorch"
REST = "JupyterLab and the other packages"
PROOF = "a first import of everything"
DATA = "data"
COLD = [VENV, UV, TORCH, REST, PROOF, DATA]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    fake = Checkout(tmp_path / "a course")
    monkeypatch.setattr(course, "run", fake.run)
    monkeypatch.setattr(course, "fetch_data", fake.fetch_data)
    monkeypatch.setattr(course, "package_sources", lambda python: {})
    monkeypatch.setattr(course, "MODULES", {"core": ("course_utils",), "torch": (), "test": ()})
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    return fake


def test_the_set_up_runs_once(checkout: Checkout) -> None:
    python = checkout.set_up()
    assert python == checkout.venv / "bin" / "python"
    assert checkout.steps == COLD
    assert checkout.set_up() == python
    assert checkout.steps == []


def test_torch_comes_by_itself_as_pinned(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    checkout.set_up()
    python = checkout.venv / "bin" / "python"
    pip = (str(python), "-m", "pip", "install", "--progress-bar", "off")
    uv = (str(python.with_name("uv")), "pip", "install", "--python", str(python))
    index = ("--index-url", "https://download.pytorch.org/whl/cpu")
    assert checkout.commands[1][:-1] == (*pip, "--no-deps", "-r")
    assert checkout.commands[2] == (*uv, "--no-deps", *index, "torch==1.2.3")
    assert checkout.commands[3][:-1] == (*uv, "--no-deps", "-r")


def test_each_list_gets_its_lines_of_the_lock(checkout: Checkout) -> None:
    checkout.set_up()
    uv, numpy, pytest_entry = (LOCK[LOCK.index(name) :].split("\n")[0] for name in ("uv==", "numpy==", "pytest=="))
    assert [text.startswith(uv) and text.count("==") for text in checkout.asked[1:2]] == [1]
    assert checkout.asked[3].startswith(numpy)
    assert checkout.asked[3].count("==") == 1
    assert checkout.asked[3].count("--hash") == 2
    checkout.set_up("test")
    assert checkout.steps == [UV, TORCH, REST, PROOF]
    assert [line for line in checkout.asked[2].splitlines() if "==" in line] == [numpy, pytest_entry]
    checkout.set_up()
    assert checkout.steps == []


def test_a_list_once_installed_stays_up_to_date(checkout: Checkout) -> None:
    checkout.set_up("test")
    (checkout.root / "requirements.lock").write_text(LOCK.replace("9.2.0", "9.2.1"))
    checkout.set_up()
    assert "pytest==9.2.1" in checkout.asked[2]


def test_macos_needs_no_index(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    checkout.set_up()
    assert checkout.commands[2][-2:] == ("--no-deps", "torch==1.2.3")


def test_a_folder_of_wheels_is_looked_into_first(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(course, "package_sources", lambda python: {"UV_FIND_LINKS": "wheels"})
    checkout.failing[TORCH] = course.SetUpError("not in there")
    checkout.set_up()
    assert [command[-2:] for command in checkout.commands[2:4]] == [
        ("--no-index", "torch==1.2.3"),
        ("https://download.pytorch.org/whl/cpu", "torch==1.2.3"),
    ]


def test_without_the_cpu_index_cuda_is_announced(checkout: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    checkout.failing[TORCH] = course.SetUpError("no route")
    checkout.set_up()
    assert checkout.steps == [VENV, UV, TORCH, STANDARD_TORCH, REST, PROOF, DATA]
    assert checkout.commands[3][-1] == "torch==1.2.3"
    assert "gigabytes of CUDA" in capsys.readouterr().out


@pytest.mark.parametrize("words", ["x No solution found when resolving", "ERROR: No matching distribution found"])
def test_without_any_torch_the_rest_is_set_up(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    monkeypatch.setitem(course.MODULES, "torch", ("a_module_that_nobody_has",))
    checkout.failing |= {TORCH: course.SetUpError(words), STANDARD_TORCH: course.SetUpError(words)}
    checkout.set_up()
    assert "There is no torch==1.2.3 for this Python and system" in capsys.readouterr().out
    assert checkout.steps[-2] == PROOF
    assert "a_module_that_nobody_has" not in " ".join(checkout.commands[-1])
    checkout.set_up()
    assert checkout.steps == []


def test_a_torch_that_could_not_be_fetched_stops_the_set_up(checkout: Checkout) -> None:
    failed = course.SetUpError("Failed to fetch")
    checkout.failing |= {TORCH: failed, STANDARD_TORCH: failed}
    with pytest.raises(course.SetUpError, match="Failed to fetch"):
        checkout.set_up()
    assert not course.stamp(checkout.root).exists()


def test_without_uv_pip_does_it_alone(checkout: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    checkout.failing[UV] = course.SetUpError("no wheel for this system")
    checkout.set_up()
    assert checkout.steps == COLD
    assert all(command[1:4] == ("-m", "pip", "install") for command in checkout.commands[1:4])
    assert capsys.readouterr().out.count("uv cannot be had here") == 1


def test_the_proof_looks_as_the_check_does(checkout: Checkout) -> None:
    checkout.set_up()
    assert checkout.commands[-1][1:] == ("-I", "-c", course.IMPORT, "course_utils")


@pytest.mark.parametrize("lost", [[], ["a_module_that_nobody_has"]])
def test_the_proof_fails_where_one_import_does(lost: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "tests"))
    command = [sys.executable, "-I", "-c", course.IMPORT, "json, csv", *lost]
    answer = subprocess.run(command, capture_output=True, text=True)
    assert answer.returncode == len(lost)
    assert all(name in answer.stderr for name in lost)


def test_the_pip_that_python_brings_works_unpacked(checkout: Checkout) -> None:
    if not bundled_pip():
        pytest.skip("this Python keeps no wheel of pip")
    python = checkout.set_up()
    answer = subprocess.run([str(python), "-m", "pip", "--version"], capture_output=True, text=True)
    assert str(checkout.venv) in answer.stdout


def test_a_link_to_the_course_is_ascii_whatever_the_folder_is_called(checkout: Checkout) -> None:
    checkout.root = checkout.root.rename(checkout.root.with_name("Kurs ü 'q' \"p\" 100% #1"))
    checkout.venv = checkout.root / ".venv"
    checkout.set_up()
    assert checkout.link().read_bytes().isascii()
    assert course.fault(checkout.root) == ""


@pytest.mark.parametrize(
    "variables",
    [{"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONUTF8": "1"}],
    ids=["C", "ASCII", "UTF-8"],
)
def test_every_locale_finds_the_course(checkout: Checkout, variables: dict[str, str]) -> None:
    checkout.root = checkout.root.rename(checkout.root.with_name("Kurs ü 'q'"))
    checkout.venv = checkout.root / ".venv"
    python = checkout.set_up()
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHON"))}
    command = [str(python), "-c", "import course_utils"]
    answer = subprocess.run(command, cwd="/", env=plain | variables, capture_output=True, text=True)
    assert answer.stderr == ""


def test_a_full_disk_is_told_before_anything_is_fetched(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=3e8))
    with pytest.raises(course.SetUpError, match=r"needs 2 GB, and the disk of .* has 0\.3: make room first"):
        checkout.set_up()
    assert checkout.steps == []


@pytest.mark.parametrize("step", [VENV, UV, TORCH, REST, PROOF])
def test_an_interrupted_set_up_starts_again_from_nothing(checkout: Checkout, step: str) -> None:
    checkout.failing[step] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        checkout.set_up()
    assert not course.stamp(checkout.root).exists()
    checkout.set_up()
    assert checkout.steps == COLD
    assert checkout.set_up() == checkout.venv / "bin" / "python"
    assert checkout.steps == []


def test_a_set_up_whose_packages_do_not_import_is_not_used(checkout: Checkout) -> None:
    checkout.failing[PROOF] = course.SetUpError("torch does not import")
    with pytest.raises(course.SetUpError):
        checkout.set_up()
    assert not course.stamp(checkout.root).exists()


def test_changed_requirements_update_the_environment_in_place(checkout: Checkout) -> None:
    checkout.set_up()
    with (checkout.root / "requirements.lock").open("a") as file:
        file.write("# changed\n")
    (checkout.venv / "kept").touch()
    checkout.set_up()
    assert checkout.steps == [UV, TORCH, REST, PROOF]
    assert (checkout.venv / "kept").exists()
    checkout.set_up()
    assert checkout.steps == []


def test_an_environment_of_an_older_course_is_brought_up_to_date(checkout: Checkout) -> None:
    checkout.set_up()
    course.stamp(checkout.root).write_text("what an older course.py wrote")
    checkout.set_up()
    assert checkout.steps == [UV, TORCH, REST, PROOF]


def test_an_interrupted_update_starts_again_from_nothing(checkout: Checkout) -> None:
    checkout.set_up()
    (checkout.root / "requirements.lock").write_text(LOCK.replace("1.2.3", "1.2.4"))
    checkout.failing[REST] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        checkout.set_up()
    checkout.set_up()
    assert checkout.steps == COLD


def lose_python(checkout: Checkout) -> None:
    (checkout.venv / "bin" / "python").unlink()


def lose_base_python(checkout: Checkout) -> None:
    lose_python(checkout)
    (checkout.venv / "bin" / "python").symlink_to("/nowhere/python3")


def kill_python(checkout: Checkout) -> None:
    lose_python(checkout)
    shutil.copy("/bin/false", checkout.venv / "bin" / "python")


def lose_package(checkout: Checkout) -> None:
    checkout.link().unlink()


def half_remove_package(checkout: Checkout) -> None:
    lose_package(checkout)
    (site,) = checkout.venv.glob("lib/python*/site-packages")
    (site / "course_utils").mkdir()  # a folder without code is a package to Python, of the namespace kind


def belong_elsewhere(checkout: Checkout) -> None:
    other = checkout.root.with_name("another course")
    shutil.copytree(checkout.root / "course_utils", other / "course_utils")
    checkout.link().write_text(f"{other}\n")


def become_a_file(checkout: Checkout) -> None:
    shutil.rmtree(checkout.venv)
    checkout.venv.touch()


def become_a_dangling_link(checkout: Checkout) -> None:
    shutil.rmtree(checkout.venv)
    checkout.venv.symlink_to("/nowhere/at/all")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lose_python, "its Python does not run"),
        (lose_base_python, "its Python does not run"),
        (kill_python, "its Python does not run"),
        (lose_package, "it lacks course_utils"),
        (half_remove_package, "it lacks course_utils"),
        (belong_elsewhere, "it belongs to another folder"),
        (become_a_file, "its set-up did not finish"),
        (become_a_dangling_link, "its set-up did not finish"),
    ],
)
def test_a_broken_environment_is_told_and_made_anew(
    checkout: Checkout, capsys: pytest.CaptureFixture[str], damage: Callable[[Checkout], None], words: str
) -> None:
    checkout.set_up()
    damage(checkout)
    capsys.readouterr()
    checkout.set_up()
    assert checkout.steps == COLD
    assert f"The environment in .venv is broken ({words}) and is made anew." in capsys.readouterr().out
    checkout.set_up()
    assert checkout.steps == []


def test_a_moved_checkout_gets_its_own_environment(checkout: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    checkout.set_up()
    new_root = checkout.root.rename(checkout.root.with_name("moved"))
    checkout.root, checkout.venv = new_root, new_root / ".venv"
    checkout.set_up()
    assert checkout.steps == COLD
    assert "it lacks course_utils" in capsys.readouterr().out


def test_variables_for_other_pythons_stand_in_for_nothing(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.set_up()
    lose_package(checkout)
    monkeypatch.setenv("PYTHONPATH", str(checkout.root))
    monkeypatch.chdir(checkout.root)
    assert course.fault(checkout.root) == "it lacks course_utils"


def test_an_environment_in_use_that_cannot_be_removed_is_told(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.set_up()
    lose_package(checkout)

    def refuse(path: Path) -> None:
        raise PermissionError("in use")

    monkeypatch.setattr(shutil, "rmtree", refuse)
    with pytest.raises(course.SetUpError, match=r"Could not remove \.venv"):
        checkout.set_up()
    assert course.fault(checkout.root) == "its set-up did not finish"


def test_inside_its_own_environment_the_base_python_is_asked(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "_base_executable", "/usr/bin/base")
    checkout.failing[VENV] = course.SetUpError("stop here")
    with pytest.raises(course.SetUpError):
        checkout.set_up()
    assert checkout.commands[0][0] == "/usr/bin/base"


def test_conda_users_keep_their_python(checkout: Checkout, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    info = tmp_path / "site" / "classification_from_first_principles-0.1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {course.NAME}\nVersion: 0.1\n")
    (info / "direct_url.json").write_text(json.dumps({"url": checkout.root.as_uri(), "dir_info": {"editable": True}}))
    monkeypatch.syspath_prepend(info.parent)
    monkeypatch.setenv("CONDA_PREFIX", sys.prefix)
    assert checkout.set_up() == Path(sys.executable)
    assert checkout.steps == []
    assert course.conda_python(tmp_path / "another course") is None
    monkeypatch.setenv("CONDA_PREFIX", "/another/environment")
    assert checkout.set_up() == checkout.venv / "bin" / "python"


@pytest.fixture
def holder(checkout: Checkout) -> Iterator[subprocess.Popen[str]]:
    """Hold the set-up's lock from another process."""
    lock = checkout.root / "work" / ".course" / "lock"
    code = f"""
import course, pathlib, sys
with course.lock(pathlib.Path({str(lock)!r})):
    print("locked", flush=True)
    sys.stdin.read()
"""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "locked\n"
        yield process
        process.kill()


def test_a_second_set_up_waits_and_a_dead_one_is_no_obstacle(
    checkout: Checkout,
    holder: subprocess.Popen[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def die_meanwhile(_: float) -> None:
        holder.kill()
        holder.wait()

    monkeypatch.setattr(time, "sleep", die_meanwhile)
    checkout.set_up()
    assert holder.returncode == -signal.SIGKILL
    assert checkout.steps == COLD
    assert "Another set-up is at work in this folder" in capsys.readouterr().out


def test_who_waited_finds_the_work_done(
    checkout: Checkout, holder: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def finish_meanwhile(_: float) -> None:
        course.make(checkout.root, "there is none yet", {"core"})
        checkout.steps.clear()
        holder.kill()
        holder.wait()

    monkeypatch.setattr(time, "sleep", finish_meanwhile)
    course.set_up(checkout.root, {"core"})
    assert holder.returncode == -signal.SIGKILL
    assert checkout.steps == []


# A step of the set-up


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "work" / ".course").mkdir(parents=True)
    return tmp_path


def test_a_failing_step_shows_its_last_words(root: Path) -> None:
    noise = "import sys; print('\\n'.join(map(str, range(50)))); sys.exit('no space left')"
    with pytest.raises(course.SetUpError) as caught:
        course.run(root, "a step", sys.executable, "-c", noise)
    lines = str(caught.value).splitlines()
    assert lines[0] == "The set-up stopped at a step. The last lines it wrote:"
    assert lines[-1] == "no space left"
    assert len(lines) == 13


def test_an_interrupted_step_leaves_no_process(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    def interrupt(process: subprocess.Popen[bytes], timeout: float | None = None) -> int:
        if timeout is None:
            return wait(process)
        started.append(process)
        raise KeyboardInterrupt

    wait = subprocess.Popen.wait
    monkeypatch.setattr(subprocess.Popen, "wait", interrupt)
    with pytest.raises(KeyboardInterrupt):
        course.run(root, "a step", sys.executable, "-c", "import time; time.sleep(600)")
    assert started[0].returncode == -signal.SIGKILL


def test_an_orphaned_step_still_holds_the_lock(root: Path) -> None:
    lock = root / "work" / ".course" / "lock"
    child = "import sys; print('ready', flush=True); sys.stdin.read()"
    with set_up_lock.lock(lock):
        pipe = subprocess.PIPE
        orphan = subprocess.Popen([sys.executable, "-c", child], stdin=pipe, stdout=pipe, text=True, close_fds=False)
        assert orphan.stdout
        assert orphan.stdout.readline() == "ready\n"
    with lock.open("a") as file:
        assert not try_lock(file.fileno())
        orphan.communicate()
        assert try_lock(file.fileno())


def test_a_step_that_wrote_nothing_tells_how_full_the_disk_is(root: Path) -> None:
    with pytest.raises(course.SetUpError, match=r"lines it wrote:\n\(none; the disk has \d+ MB free\)"):
        course.run(root, "a step", sys.executable, "-c", "raise SystemExit(1)")


# The commands


Call = tuple[set[str], str, tuple[str, ...]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Call]:
    """Record what would be run, after the lists that were set up for it."""
    made: list[Call] = []
    ready: list[set[str]] = []

    def set_up(root: Path, lists: set[str]) -> Path:
        ready.append(lists)
        return Path(sys.executable)

    def call(root: Path, python: Path, module: str, *arguments: str) -> int:
        made.append((ready.pop(), module, arguments))
        return 7

    monkeypatch.setattr(course, "call", call)
    monkeypatch.setattr(course, "set_up", set_up)
    return made


# Only pages and slides need the packages that a learner does not have; only what checks needs pytest.
LEARNER = {"core", "lab"}
TEST = {"core", "lab", "test"}


@pytest.mark.parametrize(
    ("line", "lists", "module", "arguments"),
    [
        ("test", TEST, "tools.check", ()),
        ("test --quick", TEST, "tools.check", ("--quick",)),
        ("test --all", {*TEST, "site", "class"}, "tools.check", ("--all",)),
        ("test --rest", {*TEST, "site", "class"}, "tools.check", ("--rest",)),
        ("test -k softmax tests/unit", TEST, "tools.check", ("-k", "softmax", "tests/unit")),
        ("build", TEST, "tools.build", ()),
        ("build 08", TEST, "tools.build", ("08",)),
        ("build results", TEST, "tools.results", ()),
        ("build slides 08", {*TEST, "site"}, "tools.slides", ("08",)),
        ("build site", {*TEST, "site"}, "tools.site", ()),
    ],
)
def test_each_command_finds_its_tool_and_its_packages(
    calls: list[Call], line: str, lists: set[str], module: str, arguments: tuple[str, ...]
) -> None:
    assert course.main(line.split()) == 7
    assert calls == [(lists, module, arguments)]


def test_it_stays_short_enough_to_be_read() -> None:
    assert len(Path(course.__file__).read_text(encoding="utf-8").splitlines()) <= 350


@pytest.mark.skipif(sys.platform != "linux", reason="grading works on Linux alone")
def test_grade_takes_paths_from_where_the_teacher_is(
    calls: list[Call], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ("class 7", "-o", "grades", "--roster", "students.csv", "--again", "Ada")
    assert course.main(["grade", *words]) == 7
    assert calls == [(LEARNER, "classroom.grading", (f"--from-folder={tmp_path}", *words))]


def test_collect_is_told_where_the_teacher_is(
    calls: list[Call], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert course.main(["collect", "submissions", "--lesson", "06"]) == 7
    assert calls == [(LEARNER, "classroom.collect", (f"--from-folder={tmp_path}", "submissions", "--lesson", "06"))]


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_elsewhere_than_on_linux_grade_says_so(
    calls: list[Call], system: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert course.main(["grade", "class", "-o", "grades"]) == 1
    assert calls == []
    assert "the walls around it are Linux's" in capsys.readouterr().out


@pytest.mark.parametrize(
    "line",
    [
        *("", "teach", "lab --loud", "lab --port many", "build 1 2", "build all", "build slides"),
        *("grade", "grade class", "grade class -o grades --late", "collect", "collect work --all"),
    ],
)
def test_a_mistyped_command_is_told(calls: list[Call], line: str) -> None:
    with pytest.raises(SystemExit) as caught:
        course.main(line.split())
    assert caught.value.code == 2
    assert calls == []


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (course.SetUpError("pip gave up"), 1, "pip gave up"),
        (
            OSError(errno.ENOSPC, "No space left on device"),
            1,
            "on device. The disk is full: make room and start",
        ),
        (OSError(errno.EROFS, "Read-only", "w"), 1, "Read-only: 'w'. Copy the course into a folder of your own and"),
        (
            PermissionError(errno.EACCES, "Permission denied"),
            1,
            "Copy the course into a folder of your own and start",
        ),
        (FileNotFoundError(errno.ENOENT, "No such file"), 1, "No such file"),
        (KeyboardInterrupt(), 130, "Interrupted"),
    ],
)
def test_a_failed_set_up_is_a_sentence_and_a_status(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    status: int,
    words: str,
) -> None:
    def fail(root: Path, lists: set[str]) -> Path:
        raise error

    monkeypatch.setattr(course, "set_up", fail)
    assert course.main(["test"]) == status
    assert words in capsys.readouterr().out


def test_who_has_no_home_is_told_where_things_go(
    calls: list[Call], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", "/nonexistent")
    assert course.main(["test"]) == 7
    assert "is kept in work/.course/home" in capsys.readouterr().out


def test_calls_run_in_the_checkout_with_nothing_to_read(tmp_path: Path) -> None:
    (tmp_path / "answer.py").write_text(
        "import sys, pathlib\n"
        "here = pathlib.Path.cwd() == pathlib.Path(__file__).parent\n"
        "sys.exit(40 + here + (sys.stdin.read() == '') + (sys.argv[1] == 'word'))\n"
    )
    assert course.call(tmp_path, Path(sys.executable), "answer", "word") == 43


@pytest.mark.parametrize("wait", [True, False])
def test_data_are_waited_for_where_that_is_wanted(root: Path, monkeypatch: pytest.MonkeyPatch, wait: bool) -> None:
    waited: list[bool] = []

    class Process:
        def __init__(self, command: list[str], **_: Any) -> None:
            assert command[1:] == ["-m", "course_utils.datasets"]

        def wait(self) -> None:
            waited.append(True)

    monkeypatch.setattr(course, "Popen", Process)
    course.fetch_data(root, wait)
    assert waited == [True] * wait


@pytest.mark.parametrize(
    ("arguments", "options"),
    [((False, None), []), ((True, 9000), ["--no-browser", "--port=9000"])],
)
def test_lab_starts_jupyterlab_and_waits_for_no_data(
    root: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[bool, int | None], options: list[str]
) -> None:
    started: list[list[str]] = []

    class Server:
        def __init__(self, command: list[str], **_: Any) -> None:
            started.append(command)

        def wait(self) -> int:
            return 3

    def set_up(root: Path, lists: set[str], wait_for_data: bool) -> Path:
        assert (lists, wait_for_data) == ({"core", "lab"}, False)
        return Path("python")

    monkeypatch.setattr(course, "Popen", Server)
    monkeypatch.setattr(course, "set_up", set_up)
    assert course.lab(root, *arguments) == 3
    assert started == [["python", "-m", "tools.start_lab", *options]]


def test_ctrl_c_ends_a_server_that_was_not_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []

    class Server:
        def __init__(self, *_: Any, **__: Any) -> None: ...

        def wait(self, timeout: float | None = None) -> int:
            events.append(f"wait {timeout}")
            if len(events) == 1:
                raise KeyboardInterrupt
            if timeout:
                raise subprocess.TimeoutExpired("jupyterlab", timeout)
            return -15

        def terminate(self) -> None:
            events.append("terminate")

    monkeypatch.setattr(course, "Popen", Server)
    monkeypatch.setattr(course, "set_up", lambda *_, **__: Path("python"))
    assert course.lab(root, True, None) == 0
    assert events == ["wait None", "wait 3", "terminate", "wait None"]
