"""requirements.lock: one pin with hashes for each package on every system and Python that the course claims."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, requires
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tools.lock import CUDA, FAST_START, SYSTEMS, TORCH, UV, Pin, applies, pins, surroundings
from tools.locked import locked, torch

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"
TEXT = LOCK.read_text(encoding="utf-8")
PINS = [pin for pin in pins(TEXT) if pin.name != "torch"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LISTS = {"core": PROJECT["dependencies"], **PROJECT["optional-dependencies"]}
# The first of each minor version that the course claims, and what Debian 12, this machine and others have.
PYTHONS = ("3.11.0", "3.11.2", "3.11.5", "3.11.7", "3.12.0", "3.12.1", "3.12.4", "3.13.0", "3.14.0", "3.14.2")


def too_new(found: Iterable[Pin]) -> Iterator[str]:
    """Name every pin that its markers send to a Python which its wheel does not take."""
    for pin, python, system in product(found, PYTHONS, SYSTEMS):
        if applies(pin, python, system) and not SpecifierSet(pin.pythons).contains(python):
            yield f"{pin.requirement} on {system} and Python {python}, but it takes {pin.pythons}"


def test_every_python_that_we_claim_can_take_its_pins() -> None:
    assert SpecifierSet(PROJECT["requires-python"]).contains("3.11.0")
    assert all(pin.pythons for pin in PINS)
    assert list(too_new(PINS)) == []


def test_a_pin_that_is_too_new_is_seen() -> None:
    planted = TEXT.replace('soupsieve==4.1.1 ; python_full_version >= "3.11.5"', "soupsieve==4.1.1")
    assert planted != TEXT
    assert {line.split("==")[0] for line in too_new(pins(planted)[1:])} == {"soupsieve"}
    assert any("Python 3.11.2," in line for line in too_new(pins(planted)[1:]))


@pytest.mark.parametrize(("python", "system"), [*product(PYTHONS, SYSTEMS)])
def test_each_package_has_one_pin_within_its_range(python: str, system: str) -> None:
    here = [pin for pin in PINS if applies(pin, python, system)]
    versions = {pin.name: str(pin.requirement.specifier).removeprefix("==") for pin in here}
    assert len(versions) == len(here)
    versions["torch"] = TORCH.removeprefix("torch==")
    for line in [FAST_START, *(line for lines in LISTS.values() for line in lines)]:
        wanted = Requirement(line)
        assert wanted.specifier.contains(versions[canonicalize_name(wanted.name)]), line


def test_every_pin_is_exact_and_has_hashes() -> None:
    for pin in PINS:
        assert re.fullmatch(r"==[^*,]+", str(pin.requirement.specifier)), pin
        assert (pin.requirement.extras, pin.requirement.url) == (set(), None)
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", each) for each in pin.hashes)
        assert pin.hashes


def test_nothing_stands_in_the_lock_that_has_no_business_there() -> None:
    assert [pin.name for pin in PINS if CUDA.fullmatch(pin.name)] == []
    assert "://" not in TEXT
    assert re.findall(r"^-.*", TEXT, re.MULTILINE) == []


def test_the_lock_says_what_needs_each_line() -> None:
    needed_by = {pin.name: pin.needed_by for pin in PINS}
    for name, lines in LISTS.items():
        for line in lines:
            package = canonicalize_name(Requirement(line).name)
            assert package == "torch" or needed_by[package] & {name, "core"}, f"{line} of {name}"
    assert {name for lists in needed_by.values() for name in lists} == {*LISTS, "set-up"}
    assert [pin.release for pin in PINS if "set-up" in pin.needed_by] == [UV]


def test_torch_is_pinned_to_the_tested_version_without_a_build() -> None:
    assert torch(LOCK) == TORCH == "torch==2.13.0"


def test_lists_are_told_apart() -> None:
    core, lab, test = (
        {pin.name for pin in pins(locked(LOCK, lists))} for lists in ({"core"}, {"core", "lab"}, {"core", "test"})
    )
    assert {"numpy", "requests"} <= core < lab & test
    assert "jupyterlab" in lab - test
    assert "pytest" in test - lab
    assert "torch" not in lab | test


def test_the_lock_covers_what_the_requirements_require() -> None:
    """By the metadata of the packages that are installed where this runs."""
    for name, lines in LISTS.items():
        have = {pin.name for pin in PINS if pin.needed_by & {name, "core"}} | {"torch"}
        assert closure(Requirement(line) for line in [*LISTS["core"], *lines]) - have == set(), name


def closure(open_ends: Iterable[Requirement]) -> set[str]:
    """Follow the installed packages' own requirements, as far as they apply where the course is tested."""
    waiting = list(open_ends)
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        requirement = waiting.pop()
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if key not in seen:
            seen.add(key)
            waiting += [other for other in required_by(requirement.name) if wanted(other, key[1])]
    return {name for name, _ in seen}


def required_by(name: str) -> list[Requirement]:
    try:
        found = map(Requirement, requires(name) or [])
    except PackageNotFoundError:  # one that this Python does not need, or this environment does not have
        return []
    return [other for other in found if not CUDA.fullmatch(canonicalize_name(other.name))]


def wanted(requirement: Requirement, extras: frozenset[str]) -> bool:
    around: dict[str, Any] = surroundings("3.11.7", "linux")
    marker = requirement.marker
    return marker is None or any(marker.evaluate(around | {"extra": extra}) for extra in {"", *extras})
