"""The checkup says "fine" where all is there, names what is not, tells what to do, and keeps the machine out."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest
from packaging.requirements import Requirement

from course_utils import __version__, datasets, environment_check
from course_utils._support.needs_torch import TORCH
from course_utils.environment_check import FETCH, MEND, OLDEST_PYTHON, Checkup, Finding, checkup, required_packages

ROOT = Path(__file__).resolve().parents[2]


def finding(what: str) -> Finding:
    (found,) = [each for each in checkup().findings if each.what == what]
    return found


@pytest.fixture
def with_torch() -> None:
    """Skip the test where torch is not installed (tools/without_torch.py)."""
    import torch  # noqa: F401


@pytest.fixture
def with_data(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("mnist", "fashion_mnist"):
        here = SimpleNamespace(source=name, note="pictures")
        monkeypatch.setattr(datasets, f"load_{name}", lambda here=here: here)


def test_the_packages_are_those_of_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    floors = {}
    for requirement in map(Requirement, project["dependencies"]):
        (floor,) = [each.version for each in requirement.specifier if each.operator == ">="]
        floors[requirement.name] = floor
    assert floors == required_packages()
    assert project["requires-python"] == f">={OLDEST_PYTHON}"


def test_an_installed_wheel_knows_them_from_its_metadata(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    in_checkout = required_packages()
    monkeypatch.setattr(environment_check, "PYPROJECT", tmp_path / "pyproject.toml")
    monkeypatch.setattr(
        metadata, "requires", lambda name: ["numpy>=2.0.0", "torch<3,>=2.6.0", 'ruff>=1; extra == "x"']
    )
    assert required_packages() == {name: in_checkout[name] for name in ("numpy", "torch")}


def torch_answers(monkeypatch: pytest.MonkeyPatch, code: int = 0, out: str = "", err: str = "") -> None:
    """Let the process in which torch is asked end so."""
    ended = subprocess.CompletedProcess([], code, out, err)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: ended)


@pytest.mark.usefixtures("with_torch", "with_data")
def test_where_all_is_there_the_verdicts_are_the_same_on_every_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    here = repr(checkup())
    assert checkup().complete
    assert [each.what for each in checkup().findings] == [
        "Python",
        "packages",
        "police calls",
        "MNIST",
        "Fashion-MNIST",
    ]
    monkeypatch.setattr(platform, "python_version", lambda: "3.14.1")
    monkeypatch.setattr(metadata, "version", lambda name: "99.0")
    monkeypatch.setattr(os, "cpu_count", lambda: 384)
    torch_answers(monkeypatch, out='a warning\n[7, "a large one", "13.0"]\n')
    assert repr(checkup()) == here
    assert here.splitlines()[0].split() == ["Python:", "fine"]
    assert here.endswith(f"\n\nAll is here for version {__version__} of the course. Go on.")
    details = checkup().details
    assert "3.14.1" in details
    assert "numpy 99.0" in details
    assert "384 in the machine" in details
    assert "7 in torch" in details
    assert "a large one, CUDA 13.0" in details
    assert [line.partition(":")[0] for line in details.splitlines()][-3:] == ["cores", "threads", "CUDA"]


@pytest.mark.usefixtures("with_torch", "with_data")
def test_where_no_process_may_be_started_the_details_are_told_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(subprocess, "run", refuse)
    assert checkup().details.endswith("torch was not asked: Operation not permitted")


@pytest.mark.usefixtures("with_torch", "with_data")
def test_a_torch_that_does_not_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    torch_answers(monkeypatch, code=1, err="Traceback\nImportError: libgomp.so.1\n")
    assert checkup().details.endswith("torch does not start: ImportError: libgomp.so.1")
    torch_answers(monkeypatch, code=-9)
    assert checkup().details.endswith("torch does not start: exit code -9")


@pytest.mark.long
@pytest.mark.usefixtures("with_torch")
def test_the_machine_is_looked_at_without_torch_in_the_notebook() -> None:
    code = """
import sys
from course_utils.environment_check import Checkup, checkup
print(Checkup(checkup().findings[:2]).details)
print("torch" in sys.modules)
"""
    command = [sys.executable, "-c", code]
    answer = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env={**os.environ, "COURSE_OFFLINE": "1"}
    )
    *_, threads, cuda, loaded = answer.stdout.splitlines()
    assert re.search(r"\d+ in NumPy, \d+ in torch", threads)
    assert cuda.startswith("CUDA:")
    assert loaded == "False"


def test_a_missing_and_an_old_package_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name == "torch":
            raise metadata.PackageNotFoundError(name)
        found = {"numpy": "1.26.4", "matplotlib": "3.10", "ipywidgets": "7.7.0", "pooch": "1.8.0+local"}
        return found.get(name, "99")

    monkeypatch.setattr(metadata, "version", version)
    found = checkup()
    assert finding("packages").problem == "missing torch; too old ipywidgets, numpy"
    assert not found.complete
    assert repr(found).endswith(MEND)
    assert [each.what for each in found.findings] == ["Python", "packages"]
    assert [line.partition(":")[0] for line in found.details.splitlines()] == ["Python", "packages", "cores"]


def test_what_lacks_torch_alone_says_which_lessons_need_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name == "torch":
            raise metadata.PackageNotFoundError(name)
        return "99"

    monkeypatch.setattr(metadata, "version", version)
    assert repr(checkup()).endswith(f"\n\n{TORCH}")
    texts = {path.name[:2]: path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("lessons/*.py"))}
    needing = [number for number, text in texts.items() if "\nimport torch" in text]
    late = [number for number in needing if "\n# ## 7. " in texts[number].partition("\nimport torch")[0]]
    whole, parts = (re.findall(r"\b\d\d\b", words) for words in TORCH.split("last parts"))
    assert (whole, parts) == ([number for number in needing if number not in late], late)
    assert len(TORCH) <= 300


@pytest.mark.long
def test_the_training_of_torch_modules_says_so_where_torch_is_missing() -> None:
    code = "import sys; sys.modules['torch'] = None; import course_utils.torch_training"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert answer.stderr.splitlines()[-1] == f"ModuleNotFoundError: {TORCH}"


@pytest.mark.parametrize(
    ("version", "fine"), [("3.10.14", False), ("3.9.2", False), ("3.11.0", True), ("3.14.0rc1", True)]
)
def test_the_python_has_a_lowest_version(monkeypatch: pytest.MonkeyPatch, version: str, fine: bool) -> None:
    monkeypatch.setattr(platform, "python_version", lambda: version)
    assert (finding("Python").problem == "") is fine


@pytest.mark.usefixtures("with_torch")
def test_data_that_are_not_at_hand(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {"COURSE_DATA": "", "COURSE_OFFLINE": "1", "COURSE_CACHE": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    found = checkup()
    problems = {each.what: each.problem for each in found.findings if each.problem}
    assert problems == {"MNIST": "not at hand", "Fashion-MNIST": "not at hand"}
    assert repr(found).count(FETCH) == 1
    assert "1,797 digits" in finding("MNIST").found


def test_advice_is_given_once_and_every_problem_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    two = Checkup((Finding("a", "", "gone", "Fetch it."), Finding("b", "", "gone", "Fetch it."), Finding("c", "1")))
    assert repr(two) == f"{'a:':16}gone\n{'b:':16}gone\n{'c:':16}fine\n\nFetch it."
    torch_answers(monkeypatch, code=1)
    assert two.details.splitlines()[2] == f"{'c:':16}1"


@pytest.mark.long
def test_it_can_be_asked_where_nothing_is_installed() -> None:
    code = "from course_utils.environment_check import checkup; print(checkup())"
    command = [sys.executable, "-S", "-c", code]
    answer = subprocess.run(command, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT)}, cwd=ROOT)
    assert answer.returncode == 0, answer.stderr
    assert "missing anywidget, filelock, ipython" in answer.stdout
    assert answer.stdout.rstrip().endswith(MEND)
