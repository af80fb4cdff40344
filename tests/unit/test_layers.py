"""The layers that pyproject.toml names hold, and nothing heavy is loaded before it is used."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

import course_utils

ROOT = Path(course_utils.__file__).parent


def test_each_layer_imports_only_those_before_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_no_import_is_relative() -> None:
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.ImportFrom) and node.level), f"{path.name} imports relatively"


HEAVY = ("torch", "sklearn", "matplotlib", "ipywidgets", "scipy", "pooch", "requests", "sympy")


@pytest.mark.long
@pytest.mark.parametrize(
    ("module", "may_load"),
    [
        ("course_utils", ()),
        ("course_utils.numerics", ()),
        ("course_utils.probability", ()),
        ("course_utils.activations", ()),
        ("course_utils.losses", ()),
        ("course_utils.gradients", ()),
        ("course_utils.datasets", ()),
        ("course_utils.optimizers", ()),
        ("course_utils.training", ()),
        ("course_utils.estimators", ("sklearn", "scipy")),
        ("course_utils.exercises", ()),
        ("course_utils.explorers", ()),
        ("course_utils.environment_check", ()),
        ("course_utils.progress_store", ()),
        ("course_utils.study", ()),
        ("classroom", ()),
        ("course_utils.study.predictions", ()),
        ("course_utils.study.review", ()),
        ("classroom.grading", ()),
    ],
)
def test_nothing_heavy_is_loaded(module: str, may_load: tuple[str, ...]) -> None:
    code = f"import sys, {module}; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= set(may_load)


@pytest.mark.long
def test_the_package_itself_loads_nothing_at_all() -> None:
    code = "import sys; before = set(sys.modules); import course_utils; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["course_utils"]
