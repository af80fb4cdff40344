"""environment.yml, constraints.txt and pyproject.toml say one thing in three ways."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires
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


def test_constraints_pin_each_name_once_and_exactly() -> None:
    for requirement in constraint_lines():
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), f"{requirement} is no exact pin"
        assert (requirement.extras, requirement.marker, requirement.url) == (set(), None, None)
    names = [canonicalize_name(requirement.name) for requirement in constraint_lines()]
    assert sorted(set(names)) == sorted(names)


def test_torch_is_pinned_to_the_tested_version_without_a_build() -> None:
    assert pins()["torch"] == "2.13.0"


def test_constraints_satisfy_every_declared_range() -> None:
    site = [Requirement(line) for line in pyproject()["project"]["optional-dependencies"]["site"]]
    ranges = declared_ranges(pyproject()) | {canonicalize_name(each.name): each.specifier for each in site}
    for name, versions in ranges.items():
        assert name in pins(), f"{name} is not in constraints.txt"
        assert versions.contains(pins()[name]), f"{name}: {pins()[name]} is outside {versions}"


def test_constraints_cover_what_the_requirements_require() -> None:
    missing = {name for name in closure(set(declared_ranges(pyproject()))) if name not in pins()}
    assert missing == set()


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


def constraint_lines() -> list[Requirement]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def pins() -> dict[str, str]:
    return {canonicalize_name(line.name): str(line.specifier).removeprefix("==") for line in constraint_lines()}


def closure(names: set[str]) -> set[str]:
    """Follow the installed packages' own requirements, as far as they apply where the pins were taken."""
    open_ends = [Requirement(name) for name in names]
    seen: set[tuple[str, frozenset[str]]] = set()
    while open_ends:
        requirement = open_ends.pop()
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if key not in seen:
            seen.add(key)
            open_ends += [other for other in required_by(requirement.name) if applies(other, key[1])]
    return {name for name, _ in seen}


def required_by(name: str) -> list[Requirement]:
    try:
        found = map(Requirement, requires(name) or [])
    except PackageNotFoundError:  # one that this Python does not need
        return []
    # The standard torch build, which the set-up falls back on, names its CUDA packages: any version of them will do.
    return [other for other in found if not other.name.startswith(("nvidia-", "cuda-", "triton"))]


def applies(requirement: Requirement, extras: frozenset[str]) -> bool:
    tested = {"python_version": "3.11", "python_full_version": "3.11.7", "sys_platform": "linux"}
    tested |= {"platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"}
    marker = requirement.marker
    return marker is None or any(marker.evaluate(tested | {"extra": extra}) for extra in {"", *extras})
