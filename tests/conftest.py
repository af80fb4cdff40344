"""Settings of every test: its tier, no memory of the tests before it, and a hypothesis that repeats itself."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import settings

TESTS = Path(__file__).parent

settings.register_profile("course", derandomize=True, deadline=None, database=None)
settings.load_profile("course")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test the tier of its folder: unit tests are quick but where they say otherwise, a hub's slow."""
    for item in items:
        if item.path.is_relative_to(TESTS) and not item.path.is_relative_to(TESTS / "unit"):
            item.add_marker("slow" if item.path.is_relative_to(TESTS / "hub") else "long")


@pytest.fixture(autouse=True)
def nothing_said_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the tests before asked for in the same process: no hint is given yet, and no notice told."""
    if engine := sys.modules.get("course_utils.exercises.engine"):
        monkeypatch.setattr(engine, "_hints_given", {})
    if notices := sys.modules.get("course_utils._support.notices"):
        monkeypatch.setattr(notices, "_told", set())
    if torch := sys.modules.get("torch"):
        torch.set_warn_always(True)
