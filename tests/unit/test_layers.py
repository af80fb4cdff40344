"""The house stands: a module imports only from the layers above it, and nothing heavy before it is used."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import course_utils

# From the top layer down; a package counts as one layer. Each may import those before it, and itself.
LAYERS = [
    "needs_torch",
    "widgets",
    "files",
    "parallel",
    "numerics",
    "_kernels",
    "probability",
    "activations",
    "losses",
    "gradients",
    "derivations",
    "datasets",
    "optimizers",
    "training",
    "estimators",
    "torch_training",
    "plots",
    "explorers",
    "memory",
    "exercises",
    "contents",
    "checkup",
    "classroom",
    "server",
]
ROOT = Path(course_utils.__file__).parent
MODULES = sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")


def layer(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported_layers(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "course_utils":
            parts = node.module.split(".")
            names |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
        elif isinstance(node, ast.Import):
            names |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("course_utils.")}
    return names


def test_every_module_has_a_layer() -> None:
    assert {layer(path) for path in MODULES} == set(LAYERS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_layer_imports_only_those_above_it(path: Path) -> None:
    allowed = LAYERS[: LAYERS.index(layer(path)) + 1]
    assert imported_layers(path) <= set(allowed)


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
        ("course_utils.checkup", ()),
        ("course_utils.memory", ()),
        ("course_utils.classroom", ()),
        ("course_utils.classroom.predictions", ()),
        ("course_utils.classroom.review", ()),
        ("course_utils.classroom.grading", ()),
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
