"""The wheel holds the whole package and the data that ships, and works away from the checkout."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PIP = [sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check"]

# Isolated (-I): neither the current folder nor PYTHONPATH counts. The wheel goes before an editable install.
LOAD = """
import importlib, json, pathlib, pkgutil, sys
sys.path.insert(0, sys.argv[1])
import course_utils
found = [info.name for info in pkgutil.walk_packages(course_utils.__path__, "course_utils.")]
for name in found:
    if not name.endswith(".__main__"):
        importlib.import_module(name)
from course_utils.datasets import registry
loaded = [getattr(sys.modules[name], "__file__", None) for name in sys.modules if name.startswith("course_utils")]
print(json.dumps({"names": found, "files": loaded, "registry": sorted(registry())}))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    offline = ["--no-deps", "--no-index", "--quiet"]
    run([*PIP, "wheel", *offline, "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)], folder)
    (wheel,) = folder.glob("*.whl")
    run([*PIP, "install", *offline, "--target", str(folder / "site"), str(wheel)], folder)
    return folder / "site"


def test_every_module_imports_from_the_wheel(site: Path) -> None:
    answer = json.loads(run([sys.executable, "-I", "-c", LOAD, str(site)], site.parent))
    assert sorted(answer["names"]) == sorted(modules())
    assert answer["files"]
    assert all(Path(file).is_relative_to(site) for file in answer["files"])
    assert {"mnist", "fashion_mnist"} <= set(answer["registry"])


def test_every_file_that_is_no_module_is_in_the_wheel(site: Path) -> None:
    copies = {
        site / "course_utils" / place / path.relative_to(folder): path
        for folder, place in ((ROOT / "data", "data"), (ROOT / "course_utils", ""))
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc")
    }
    needed = (
        "data/registry.json",
        "data/questions.json",
        "data/predictions.json",
        "data/mnist_runs.npz",
        "explorers/static/simplex.mjs",
    )
    assert {site / "course_utils" / name for name in needed} <= set(copies)
    for copy, path in copies.items():
        assert copy.read_bytes() == path.read_bytes()


def test_the_wheel_brings_the_package_alone(site: Path) -> None:
    assert {path.name.partition("-")[0] for path in site.iterdir()} == {
        "course_utils",
        "classification_from_first_principles",
    }


def modules() -> list[str]:
    """Name what lies in the checkout's package, without importing it."""
    files = (path.relative_to(ROOT).with_suffix("") for path in (ROOT / "course_utils").rglob("*.py"))
    names = (".".join(file.parts).removesuffix(".__init__") for file in files)
    return [name for name in names if name != "course_utils"]


def run(command: list[str], folder: Path) -> str:
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout
