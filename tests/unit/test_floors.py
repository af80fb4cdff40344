"""The lowest versions: none above what Colab ships, none missing, and one lowest Python for all who ask."""

from __future__ import annotations

import ast
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tools import floors
from tools.colab import PYTHON, SHIPPED
from tools.floors import CLAIMED, ROOT, Answer, Row, required, table
from tools.without_torch import REASON

PROJECT: Any = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = list(PROJECT["project"]["optional-dependencies"])
# JupyterLab's own server classes, which nothing but course.py lab asks for.
LAB_ALONE = {"tools/lab_server.py"}


@pytest.mark.parametrize("line", required())
def test_colab_upgrades_nothing_of_what_it_ships(line: str) -> None:
    requirement = Requirement(line)
    assert requirement.specifier.contains(SHIPPED[canonicalize_name(requirement.name)])


def test_colab_runs_a_python_that_will_do() -> None:
    assert f"{PYTHON}.0" in CLAIMED


@pytest.mark.long
def test_core_is_what_lessons_and_course_utils_import() -> None:
    sources = [*ROOT.glob("lessons/*.py"), *ROOT.glob("course_utils/**/*.py")]
    imported = {
        name
        for path in sources
        if path.relative_to(ROOT).as_posix() not in LAB_ALONE
        for name in modules(path)
        if name not in sys.stdlib_module_names and name != "course_utils"
    }
    of = metadata.packages_distributions()  # not of torch where tools.floors tries a Python without it
    found = {canonicalize_name(of.get(name, [name])[0]) for name in imported}
    assert found == {Requirement(line).name for line in required()}


def modules(path: Path) -> set[str]:
    """Name the packages that a source imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {each.name.partition(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("line", required(*EXTRAS))
def test_every_requirement_has_one_floor_and_holds_on_every_python(line: str) -> None:
    requirement = Requirement(line)
    assert [each.operator for each in requirement.specifier if each.operator in (">=", "==")] in ([">="], ["=="])
    assert requirement.marker is None


def test_the_lowest_python_is_the_same_for_all() -> None:
    lowest = CLAIMED[0]
    short = ".".join(lowest.split(".")[:2])
    assert PROJECT["project"]["requires-python"] == f">={short}"
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py{short.replace('.', '')}"
    assert PROJECT["tool"]["mypy"]["python_version"] == short


@pytest.mark.long
def test_every_source_is_python_of_the_lowest_version() -> None:
    lowest = tuple(map(int, CLAIMED[0].split(".")[:2]))
    folders = ("course_utils", "lessons", "tools", "tests", "benchmarks", "deploy")
    sources = [ROOT / "course.py", *(path for folder in folders for path in (ROOT / folder).rglob("*.py"))]
    for path in sources:
        ast.parse(path.read_text(encoding="utf-8"), feature_version=(lowest[0], lowest[1]))
    with pytest.raises(SyntaxError):
        ast.parse("def f[T](x: T) -> T: ...", feature_version=(lowest[0], lowest[1]))


def test_what_is_left_out_without_torch_stands_in_the_list_of_skips() -> None:
    assert tomllib.loads((ROOT / "tests" / "skips.toml").read_text(encoding="utf-8"))["without_torch"] == [REASON]


# What the tool tells.


def test_an_unknown_part_is_refused_by_name() -> None:
    with pytest.raises(SystemExit, match="Expected any of claimed, lowest, colab, pythons; got colap"):
        floors.main(["colap"])


@pytest.mark.parametrize(("good", "code"), [(True, 0), (False, 1)])
def test_it_exits_as_its_table_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], good: bool, code: int
) -> None:
    monkeypatch.setattr(floors, "FOLDER", tmp_path / "floors")
    monkeypatch.setattr(floors, "uv", lambda *_: Answer(0, ""))
    monkeypatch.setattr(floors, "claimed", lambda: iter([Row("Python 3.11.0", "wheels", "12 packages", good)]))
    assert floors.main(["claimed"]) == code
    told = capsys.readouterr().out.splitlines()
    assert told[-1] == f"Python 3.11.0  wheels  {'' if good else 'FAILED: '}12 packages"


def test_the_table_has_columns() -> None:
    rows = [Row("a", "lessons", "554 passed", True), Row("long name", "unit tests", "1 failed", False)]
    assert table(rows).splitlines() == [
        "environment  tried       result",
        "a            lessons     554 passed",
        "long name    unit tests  FAILED: 1 failed",
    ]


def test_floors_are_the_higher_of_two_where_an_extra_asks_for_more() -> None:
    assert Version(floors.floors()["ipywidgets"]) < Version(floors.floors("lab")["ipywidgets"])


def test_what_is_above_its_floor_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    held = {name: Version(floor) for name, floor in floors.floors("lab", "test").items()}
    monkeypatch.setattr(floors, "versions", lambda name: held)
    assert floors.floors_met("lowest").good
    held["numpy"] = Version("2.1")
    assert floors.floors_met("lowest") == Row("lowest", "the floors themselves", "numpy 2.1 for 2.0.0", False)


def test_pip_says_whence_packages_come_and_not_which_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"UV_INDEX_URL": "https://index.example", "UV_CONSTRAINT": "old.txt", "PIP_CONSTRAINT": "old.txt"}
    monkeypatch.setattr(floors, "package_sources", lambda python: given)
    floors.sources.cache_clear()
    assert floors.sources() == {"UV_INDEX_URL": "https://index.example"}
    floors.sources.cache_clear()


def test_a_failing_command_tells_its_last_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(floors, "FOLDER", tmp_path)
    code = "print('first'); print('== 2 failed in 3 s =='); raise SystemExit(1)"
    answer = floors.run("test", [sys.executable], "-c", code)
    assert (answer.code, answer.told("all well")) == (1, "2 failed in 3 s")
    assert "2 failed" in (tmp_path / "test.log").read_text()
    assert Answer(0, "1 passed").told("all well") == "all well"
