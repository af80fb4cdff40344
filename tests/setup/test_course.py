"""course.py: the set-up survives what breaks set-ups, a learner's copy is never touched, no failure is swallowed."""

from __future__ import annotations

import ast
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import course

ROOT = Path(__file__).resolve().parents[2]
SOURCE = (ROOT / "course.py").read_text(encoding="utf-8")


# The file itself


def test_course_py_imports_the_standard_library_alone() -> None:
    imported = set()
    for node in ast.walk(ast.parse(SOURCE)):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add(str(node.module).partition(".")[0])
    assert imported
    assert imported <= sys.stdlib_module_names


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
    """A small checkout with a stand-in for pip: real environments, nothing downloaded."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.venv = root / ".venv"
        self.steps: list[str] = []
        self.commands: list[tuple[str, ...]] = []
        self.failing: dict[str, BaseException] = {}
        (root / "course_utils").mkdir(parents=True)
        (root / "work" / ".course").mkdir(parents=True)
        (root / "course_utils" / "__init__.py").touch()
        (root / "pyproject.toml").write_text("[project]\n")
        (root / "constraints.txt").write_text("numpy==2.4.6\ntorch==1.2.3\n")

    def run(self, root: Path, what: str, *command: str) -> None:
        self.steps.append(what)
        self.commands.append(command)
        if what in self.failing:
            raise self.failing.pop(what)
        if "venv" in command:
            subprocess.run([*command, "--without-pip"], check=True)
        if "-e" in command:
            (site,) = self.venv.glob("lib/python*/site-packages")
            (site / "course.pth").write_text(f"{root}\n")

    def call(self, root: Path, python: Path, module: str, *arguments: str, **variables: str) -> int:
        self.steps.append(module)
        return 1

    def set_up(self) -> Path:
        self.steps.clear()
        self.commands.clear()
        return course.set_up(self.root)


VENV = "an empty environment"
TORCH = "PyTorch for the CPU"
STANDARD_TORCH = "the standard PyTorch"
REST = "JupyterLab and the other packages"
PROOF = "a first import of everything"
DATA = "course_utils.datasets"
COLD = [VENV, TORCH, REST, PROOF, DATA]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    fake = Checkout(tmp_path / "a course")
    monkeypatch.setattr(course, "run", fake.run)
    monkeypatch.setattr(course, "call", fake.call)
    monkeypatch.setattr(course, "MODULES", ("course_utils",))
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    return fake


def test_the_set_up_runs_once(checkout: Checkout) -> None:
    python = checkout.set_up()
    assert python == checkout.venv / "bin" / "python"
    assert checkout.steps == COLD
    overrides = json.loads((checkout.venv / "share/jupyter/lab/settings/overrides.json").read_text())
    assert list(overrides.values()) == [{"fetchNews": "false", "checkForUpdates": False}]
    assert checkout.set_up() == python
    assert checkout.steps == []


def test_torch_comes_by_itself_as_pinned(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    checkout.set_up()
    python = str(checkout.venv / "bin" / "python")
    pip = (python, "-m", "pip", "install", "--progress-bar", "off")
    index = ("--index-url", "https://download.pytorch.org/whl/cpu")
    assert checkout.commands[1] == (*pip, "--no-deps", "--retries", "0", *index, "torch==1.2.3")
    assert checkout.commands[2] == (*pip, "-c", "constraints.txt", "-e", ".[lab,test]")


def test_macos_needs_no_index(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    checkout.set_up()
    assert checkout.commands[1][-4:] == ("--no-deps", "--retries", "0", "torch==1.2.3")


def test_without_the_cpu_index_cuda_is_announced(checkout: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    checkout.failing[TORCH] = course.SetUpError("no route")
    checkout.set_up()
    assert checkout.steps == [VENV, TORCH, STANDARD_TORCH, REST, PROOF, DATA]
    assert checkout.commands[2][-1] == "torch==1.2.3"
    assert "gigabytes of CUDA" in capsys.readouterr().out


@pytest.mark.parametrize("step", [VENV, TORCH, REST, PROOF])
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


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_changed_requirements_update_the_environment_in_place(checkout: Checkout, name: str) -> None:
    checkout.set_up()
    with (checkout.root / name).open("a") as file:
        file.write("# changed\n")
    (checkout.venv / "kept").touch()
    checkout.set_up()
    assert checkout.steps == [TORCH, REST, PROOF]
    assert (checkout.venv / "kept").exists()
    checkout.set_up()
    assert checkout.steps == []


def test_an_interrupted_update_starts_again_from_nothing(checkout: Checkout) -> None:
    checkout.set_up()
    (checkout.root / "constraints.txt").write_text("torch==1.2.4\n")
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
    (path,) = checkout.venv.glob("lib/python*/site-packages/course.pth")
    path.unlink()


def half_remove_package(checkout: Checkout) -> None:
    lose_package(checkout)
    (site,) = checkout.venv.glob("lib/python*/site-packages")
    (site / "course_utils").mkdir()  # a folder without code is a package to Python, of the namespace kind


def belong_elsewhere(checkout: Checkout) -> None:
    other = checkout.root.with_name("another course")
    shutil.copytree(checkout.root / "course_utils", other / "course_utils")
    (path,) = checkout.venv.glob("lib/python*/site-packages/course.pth")
    path.write_text(f"{other}\n")


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
        course.make(checkout.root, "there is none yet")
        checkout.steps.clear()
        holder.kill()
        holder.wait()

    monkeypatch.setattr(time, "sleep", finish_meanwhile)
    course.set_up(checkout.root)
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
    with course.lock(lock):
        pipe = subprocess.PIPE
        orphan = subprocess.Popen([sys.executable, "-c", child], stdin=pipe, stdout=pipe, text=True, close_fds=False)
        assert orphan.stdout
        assert orphan.stdout.readline() == "ready\n"
    with lock.open("a") as file:
        assert not course.try_lock(file.fileno())
        orphan.communicate()
        assert course.try_lock(file.fileno())


def test_children_see_no_variables_meant_for_another_python(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in course.FOREIGN:
        monkeypatch.setenv(name, "astray")
    monkeypatch.setenv("PIP_USER", "1")
    monkeypatch.setenv("COURSE_DATA", "data sets")
    monkeypatch.setenv("PATH", "/usr/bin")
    monkeypatch.chdir(tmp_path)
    seen = course.environment(Path("/course/.venv/bin/python"))
    assert not set(course.FOREIGN) & seen.keys()
    assert seen["PIP_USER"] == "0"
    assert seen["PATH"] == os.pathsep.join(["/course/.venv/bin", "/usr/bin"])
    assert seen["COURSE_DATA"] == str(tmp_path / "data sets")


# The learner's copies


class Course:
    """Lessons and a learner's folder."""

    def __init__(self, folder: Path) -> None:
        self.notebooks = folder / "notebooks"
        self.work = folder / "work"
        self.notebooks.mkdir()

    def publish(self, name: str, *sources: str) -> None:
        cells = [code(source, f"output of {source}") for source in sources]
        (self.notebooks / name).write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}))

    def copy(self) -> list[str]:
        return [path.name for path in course.copy_lessons(self.notebooks, self.work)]

    def read(self, name: str) -> Any:
        return json.loads((self.work / name).read_text())

    def edit(self, name: str, source: str, output: str = "") -> None:
        notebook = self.read(name)
        notebook["cells"][0] = code(source, output)
        (self.work / name).write_text(json.dumps(notebook))

    def sources(self, name: str) -> list[str]:
        return ["".join(cell["source"]) for cell in self.read(name)["cells"]]

    def files(self) -> list[str]:
        return sorted(path.name for path in self.work.glob("*.ipynb"))


def code(source: str, output: str = "") -> dict[str, Any]:
    outputs = [{"output_type": "stream", "name": "stdout", "text": output}] if output else []
    return {"cell_type": "code", "source": source, "outputs": outputs, "execution_count": 7, "metadata": {}}


@pytest.fixture
def lessons(tmp_path: Path) -> Course:
    made = Course(tmp_path)
    made.publish("01_two.ipynb", "b")
    made.publish("00_one.ipynb", "a")
    return made


def test_copies_are_cleared_and_come_in_order(lessons: Course) -> None:
    assert lessons.copy() == ["00_one.ipynb", "01_two.ipynb"]
    (cell,) = lessons.read("00_one.ipynb")["cells"]
    assert (cell["source"], cell["outputs"], cell["execution_count"]) == ("a", [], None)


def test_a_copy_is_never_overwritten(lessons: Course, capsys: pytest.CaptureFixture[str]) -> None:
    lessons.copy()
    lessons.edit("00_one.ipynb", "mine")
    kept = (lessons.work / "00_one.ipynb").read_bytes()
    lessons.copy()
    assert lessons.files() == ["00_one.ipynb", "01_two.ipynb"]
    lessons.publish("00_one.ipynb", "a, improved")
    assert lessons.copy() == ["00_one.2.ipynb", "01_two.ipynb"]
    assert (lessons.work / "00_one.ipynb").read_bytes() == kept
    assert lessons.sources("00_one.2.ipynb") == ["a, improved"]
    assert capsys.readouterr().out.count("00_one has a newer version: 00_one.2.ipynb") == 1
    assert lessons.copy() == ["00_one.2.ipynb", "01_two.ipynb"]
    assert capsys.readouterr().out == ""


def test_outputs_of_the_learner_are_kept_too(lessons: Course) -> None:
    lessons.copy()
    lessons.edit("00_one.ipynb", "a", output="what I saw")
    lessons.publish("00_one.ipynb", "a, improved")
    assert lessons.copy()[0] == "00_one.2.ipynb"
    assert lessons.read("00_one.ipynb")["cells"][0]["outputs"][0]["text"] == "what I saw"


def test_an_untouched_copy_is_refreshed(lessons: Course, capsys: pytest.CaptureFixture[str]) -> None:
    lessons.copy()
    notebook = lessons.read("00_one.ipynb")
    notebook["metadata"]["language_info"] = {"version": "3.11.7"}  # as JupyterLab does on opening it
    notebook["cells"][0]["source"] = ["a"]
    (lessons.work / "00_one.ipynb").write_text(json.dumps(notebook, indent=4))
    lessons.publish("00_one.ipynb", "a, improved")
    assert lessons.copy() == ["00_one.ipynb", "01_two.ipynb"]
    assert lessons.sources("00_one.ipynb") == ["a, improved"]
    assert capsys.readouterr().out == ""


def test_new_outputs_alone_are_no_new_version(lessons: Course) -> None:
    lessons.copy()
    lessons.edit("00_one.ipynb", "mine")
    cells = [code("a", "a picture drawn by a newer library")]
    (lessons.notebooks / "00_one.ipynb").write_text(json.dumps({"cells": cells, "metadata": {"new": 1}}))
    assert lessons.copy()[0] == "00_one.ipynb"


def test_versions_count_on_and_an_untouched_one_is_reused(lessons: Course) -> None:
    lessons.copy()
    lessons.edit("00_one.ipynb", "mine")
    for version in ("second", "third"):
        lessons.publish("00_one.ipynb", version)
        assert lessons.copy()[0] == "00_one.2.ipynb"
        assert lessons.sources("00_one.2.ipynb") == [version]
    lessons.edit("00_one.2.ipynb", "mine too")
    lessons.publish("00_one.ipynb", "fourth")
    assert lessons.copy()[0] == "00_one.3.ipynb"
    assert lessons.sources("00_one.ipynb") == ["mine"]
    assert lessons.sources("00_one.2.ipynb") == ["mine too"]


def test_a_new_version_that_was_deleted_does_not_come_back(lessons: Course) -> None:
    lessons.copy()
    lessons.edit("00_one.ipynb", "mine")
    lessons.publish("00_one.ipynb", "second")
    lessons.copy()
    (lessons.work / "00_one.2.ipynb").unlink()
    assert lessons.copy()[0] == "00_one.ipynb"


def test_a_deleted_copy_comes_back_fresh(lessons: Course) -> None:
    lessons.copy()
    (lessons.work / "00_one.ipynb").unlink()
    assert lessons.copy()[0] == "00_one.ipynb"
    assert lessons.sources("00_one.ipynb") == ["a"]


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"cells": [{}]}', '{"cells": null}'])
def test_a_copy_that_cannot_be_read_is_kept(lessons: Course, content: str) -> None:
    lessons.copy()
    (lessons.work / "00_one.ipynb").write_text(content)
    lessons.publish("00_one.ipynb", "second")
    assert lessons.copy()[0] == "00_one.2.ipynb"
    assert (lessons.work / "00_one.ipynb").read_text() == content


@pytest.mark.parametrize("record", ["", "{", None])
def test_without_the_record_both_are_kept(lessons: Course, record: str | None) -> None:
    lessons.copy()
    lessons.edit("00_one.ipynb", "mine")
    path = lessons.work / ".course" / "copies.json"
    path.unlink() if record is None else path.write_text(record)
    assert lessons.copy() == ["00_one.2.ipynb", "01_two.ipynb"]
    assert lessons.sources("00_one.ipynb") == ["mine"]


# JupyterLab


def test_lab_listens_to_this_machine_and_keeps_its_token() -> None:
    options = course.lab_options(Path("/a course/copies"), [Path("/a course/copies/08 ten.ipynb")])
    assert "--ip=127.0.0.1" in options
    assert "--ServerApp.root_dir=/a course/copies" in options
    assert "--LabApp.default_url=/lab/tree/08%20ten.ipynb" in options
    assert not [option for option in options if "token" in option or "password" in option or "allow" in option]


@pytest.mark.parametrize(
    ("arguments", "user", "extra"),
    [
        ((False, None), 1000, []),
        ((True, 9000), 1000, ["--no-browser", "--port=9000"]),
        ((True, None), 0, ["--no-browser", "--allow-root"]),
    ],
)
def test_lab_passes_its_options_on(
    lessons: Course,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[bool, int | None],
    user: int,
    extra: list[str],
) -> None:
    started: list[list[str]] = []

    class Server:
        def __init__(self, command: list[str], **_: Any) -> None:
            started.append(command)

        def wait(self) -> int:
            return 3

    monkeypatch.setattr(subprocess, "Popen", Server)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert course.lab(lessons.work.parent, Path("/venv/bin/python"), *arguments) == 3
    usual = course.lab_options(lessons.work, [lessons.work / "00_one.ipynb"])
    assert started == [["/venv/bin/python", "-m", "jupyterlab", *usual, *extra]]
    assert ("root" in capsys.readouterr().out) == (user == 0)


def test_ctrl_c_ends_a_server_that_was_not_told(lessons: Course, monkeypatch: pytest.MonkeyPatch) -> None:
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

    monkeypatch.setattr(subprocess, "Popen", Server)
    assert course.lab(lessons.work.parent, Path("/venv/bin/python"), True, None) == 0
    assert events == ["wait None", "wait 3", "terminate", "wait None"]


# test


Call = tuple[str, tuple[str, ...], dict[str, str]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Call]:
    """Record what would be run; mypy fails, the rest passes."""
    made: list[Call] = []

    def call(root: Path, python: Path, module: str, *arguments: str, **variables: str) -> int:
        made.append((module, arguments, variables))
        return 2 if module == "mypy" else 0

    monkeypatch.setattr(course, "call", call)
    monkeypatch.setattr(course, "set_up", lambda root: Path(sys.executable))
    monkeypatch.setattr(course, "add_site_packages", lambda root, python: made.append(("add_site_packages", (), {})))
    return made


@pytest.fixture
def published(tmp_path: Path) -> Path:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "00_start.ipynb").write_text("no data")
    (tmp_path / "notebooks" / "08_ten.ipynb").write_text("data = load_mnist()")
    return tmp_path


def test_every_stage_runs_and_one_failure_fails_all(
    calls: list[Call], published: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(course, "has_mnist", lambda root, python: True)
    assert course.test(published, Path(sys.executable)) == 1
    assert [module for module, _, _ in calls] == ["ruff", "ruff", "mypy", "pytest", "pytest", "pytest"]
    summary = capsys.readouterr().out.splitlines()[-6:]
    assert [line.split()[0] for line in summary] == ["passed", "passed", "failed", "passed", "passed", "passed"]
    monkeypatch.setattr(course, "call", lambda *_, **__: 0)
    assert course.test(published, Path(sys.executable)) == 0


def test_two_workers_have_one_thread_each(
    calls: list[Call], published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(course, "has_mnist", lambda root, python: True)
    course.test(published, Path(sys.executable))
    for _, arguments, variables in calls[3:]:
        assert arguments[:3] == ("-q", "-n", "2")
        assert variables["OPENBLAS_NUM_THREADS"] == variables["OMP_NUM_THREADS"] == "1"
    assert calls[3][1][3:] == ("--dist", "loadfile")


def test_with_mnist_all_lessons_are_compared(
    calls: list[Call], published: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(course, "has_mnist", lambda root, python: True)
    course.test(published, Path(sys.executable))
    strict, lax = calls[-2:]
    assert "--nbval" in strict[1]
    assert [Path(name).name for name in strict[1][-2:]] == ["00_start.ipynb", "08_ten.ipynb"]
    assert "--nbval-lax" in lax[1]
    assert not any(name.startswith("COURSE_") for name in strict[2])
    assert lax[2]["COURSE_OFFLINE"] == "1"
    assert lax[2]["COURSE_DATA"] == ""
    assert lax[2]["COURSE_CACHE"]
    assert "not at hand" not in capsys.readouterr().out


def test_without_mnist_its_lessons_run_lax_and_this_is_said(
    calls: list[Call], published: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(course, "has_mnist", lambda root, python: False)
    course.test(published, Path(sys.executable))
    strict, lax = calls[-2:]
    assert [Path(name).name for name in strict[1] if name.endswith("ipynb")] == ["00_start.ipynb"]
    assert [Path(name).name for name in lax[1] if name.endswith("ipynb")] == ["00_start.ipynb", "08_ten.ipynb"]
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "not at hand" in line]
    assert line.endswith(": 08_ten")


def test_arguments_go_to_pytest_alone(calls: list[Call]) -> None:
    assert course.main(["test", "-k", "softmax", "tests/test_losses.py"]) == 0
    assert calls == [("pytest", ("-k", "softmax", "tests/test_losses.py"), {})]


@pytest.mark.parametrize(
    ("line", "module", "arguments"),
    [
        ("build", "tools.build", ()),
        ("build 08", "tools.build", ("08",)),
        ("build results", "tools.results", ()),
        ("build slides 08", "tools.slides", ("08",)),
        ("build site", "tools.site", ()),
    ],
)
def test_build_finds_its_tool(calls: list[Call], line: str, module: str, arguments: tuple[str, ...]) -> None:
    assert course.main(line.split()) == 0
    assert calls[-1] == (module, arguments, {})
    # Only pages and slides need the packages that a learner does not have.
    assert [name for name, _, _ in calls[:-1]] == ["add_site_packages"] * (module in ("tools.slides", "tools.site"))


@pytest.mark.parametrize("missing", [False, True])
def test_the_packages_of_the_site_are_installed_where_they_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: bool
) -> None:
    commands: list[tuple[str, ...]] = []
    monkeypatch.setattr(subprocess, "call", lambda *_, **__: int(missing))
    monkeypatch.setattr(course, "run", lambda root, what, *command: commands.append(command))
    course.add_site_packages(tmp_path, Path("python"))
    asked = [command[1:4] + command[-2:] for command in commands]
    assert asked == [("-m", "pip", "install", "-e", ".[site]")] * missing


@pytest.mark.skipif(sys.platform != "linux", reason="grading works on Linux alone")
def test_grade_takes_paths_from_where_the_teacher_is(
    calls: list[Call], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert course.main(["grade", "class 7", "-o", "grades.csv"]) == 0
    paths = (str(tmp_path / "class 7"), "-o", str(tmp_path / "grades.csv"))
    assert calls == [("course_utils.classroom.grading", paths, {})]


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_elsewhere_than_on_linux_grade_says_so(
    calls: list[Call], system: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert course.main(["grade", "class", "-o", "grades.csv"]) == 1
    assert calls == []
    assert "the walls around it are Linux's" in capsys.readouterr().out


@pytest.mark.parametrize(
    "line",
    ["", "teach", "lab --loud", "lab --port many", "build 1 2", "build all", "build slides", "grade", "grade class"],
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
        (OSError(28, "No space left on device"), 1, "No space left on device"),
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
    def fail(root: Path) -> Path:
        raise error

    monkeypatch.setattr(course, "set_up", fail)
    assert course.main(["test"]) == status
    assert words in capsys.readouterr().out


def test_calls_run_in_the_checkout_with_nothing_to_read(tmp_path: Path) -> None:
    (tmp_path / "answer.py").write_text(
        "import os, sys, pathlib\n"
        "here = pathlib.Path.cwd() == pathlib.Path(__file__).parent\n"
        "sys.exit(40 + here + (sys.stdin.read() == '') + (os.environ['COLOUR'] == 'blue'))\n"
    )
    assert course.call(tmp_path, Path(sys.executable), "answer", COLOUR="blue") == 43


def test_has_mnist_asks_the_data_module(tmp_path: Path) -> None:
    module = tmp_path / "course_utils" / "datasets.py"
    module.parent.mkdir()
    (tmp_path / "course_utils" / "__init__.py").touch()  # or the real package would go first
    for source, answer in {"mnist": True, "digits": False}.items():
        module.write_text(f"""
from types import SimpleNamespace
def load_mnist():
    print("a line for the reader")
    return SimpleNamespace(source={source!r})
def load_fashion_mnist():
    return SimpleNamespace(source="fashion_mnist")
""")
        assert course.has_mnist(tmp_path, Path(sys.executable)) is answer
    module.write_text("raise ImportError\n")
    assert course.has_mnist(tmp_path, Path(sys.executable)) is False
