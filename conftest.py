"""Tests remember nothing of a learner, and nbval compares a run with what the builder would have stored of it."""

from __future__ import annotations

import os
from typing import Any

import pytest

os.environ["COURSE_PROGRESS"] = ""  # empty at the start of each kernel, and gone with it


def pytest_configure(config: pytest.Config) -> None:
    """Look whether nbval is there: it takes a second or two to load, so only runs of notebooks ask for it."""
    if config.pluginmanager.has_plugin("nbval.plugin"):
        compare_as_built()


def compare_as_built() -> None:
    """Let nbval leave out the text that stands in for a widget view, which no built notebook holds."""
    from nbval.plugin import IPyNbCell

    from tools.build import without_widget_views

    compare = IPyNbCell.compare_outputs

    def compare_stored(cell: Any, test: Any, ref: Any, skip_compare: Any = None) -> Any:
        return compare(cell, without_widget_views(test), ref, skip_compare)

    IPyNbCell.compare_outputs = compare_stored
