"""The environment for conda users holds what pyproject.toml asks for, and nothing that pip would have to bring."""

from __future__ import annotations

import tomllib
from pathlib import Path

import yaml  # type: ignore[import-untyped]

from tools.conda import environment

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_every_requirement_is_there_once_for_each_part_that_asks_for_it() -> None:
    entries = yaml.safe_load(environment(PROJECT))["dependencies"]
    extras = PROJECT["optional-dependencies"]
    wanted = [*PROJECT["dependencies"], *extras["lab"], *extras["test"]]
    assert entries[:2] == [f"python{PROJECT['requires-python']}", "pip"]
    assert len(entries) == len(wanted) + 2
    assert set(wanted) - set(entries) == {
        each for each in wanted if each.startswith(("torch", "matplotlib", "jupyter-server"))
    }
    assert all(isinstance(entry, str) for entry in entries), "a table in it would be pip's"


def test_a_changed_requirement_changes_the_file() -> None:
    text = environment(PROJECT)
    assert environment(PROJECT | {"dependencies": [*PROJECT["dependencies"], "pandas>=2"]}) == text.replace(
        "  # what course.py lab", "  - pandas>=2\n  # what course.py lab"
    )
