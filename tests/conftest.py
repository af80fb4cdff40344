"""Settings of every test: its tier, and that hypothesis says the same thing twice, times nothing, leaves nothing."""

from __future__ import annotations

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
