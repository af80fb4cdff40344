"""environment.yml and pyproject.toml say one thing in two ways."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
CONDA_NAMES = {"pytorch-cpu": "torch", "matplotlib-base": "matplotlib"}
# What conda users need beside the list: Python itself, and pip to install the project alone.
CONDA_ONLY = {"python", "pip"}

Ranges = dict[str, SpecifierSet]


def test_conda_users_get_the_same_requirements() -> None:
    wanted, conda = declared_ranges(pyproject()), conda_ranges((ROOT / "environment.yml").read_text())
    assert conda.pop("python") == SpecifierSet(pyproject()["project"]["requires-python"])
    conda.pop("pip")
    assert conda == wanted


def test_conda_environment_installs_nothing_through_pip() -> None:
    entries = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    assert [entry for entry in entries if not isinstance(entry, str)] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  - tqdm>=4.67.0\n", ""),
        ("  - tqdm>=4.67.0\n", "  - tqdm>=4.66\n"),
        ("  - tqdm>=4.67.0\n", "  - tqdm>=4.67.0\n  - pandas\n"),
        ("pytorch-cpu>=2.6.0,<3", "pytorch-cpu>=2.6.0"),
        ("matplotlib-base", "matplotlib-extras"),
    ],
)
def test_a_planted_disagreement_is_seen(old: str, new: str) -> None:
    text = (ROOT / "environment.yml").read_text()
    assert old in text
    planted = conda_ranges(text.replace(old, new))
    assert {name: planted[name] for name in planted.keys() - CONDA_ONLY} != declared_ranges(pyproject())


def pyproject() -> Any:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def declared_ranges(project: Any) -> Ranges:
    table = project["project"]
    extras = table["optional-dependencies"]
    lines = [*table["dependencies"], *extras["lab"], *extras["test"]]
    return joined(Requirement(line) for line in lines)


def conda_ranges(text: str) -> Ranges:
    found = joined(Requirement(line) for line in yaml.safe_load(text)["dependencies"])
    return {CONDA_NAMES.get(name, name): versions for name, versions in found.items()}


def joined(requirements: Iterable[Requirement]) -> Ranges:
    """Return the versions that satisfy all that is said of a name: lab asks for more of ipywidgets than a lesson."""
    ranges: Ranges = {}
    for each in requirements:
        name = canonicalize_name(each.name)
        ranges[name] = ranges.get(name, SpecifierSet()) & each.specifier
    return ranges
