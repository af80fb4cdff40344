"""Tests remember nothing of a learner, CI skips nothing unforeseen, and nbval compares as the builder stores."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

collect_ignore_glob = ["classroom/hub/*"]  # a hub runs these, with names that it puts there
SKIPS = Path(__file__).parent / "tests" / "skips.toml"

os.environ["COURSE_PROGRESS"] = ""  # empty at the start of each kernel, and gone with it
# nbval reads what a cell has sent when the cell is over, and a queue holds a thousand messages. A bar sends three
# with each picture: with tqdm's own ten a second, a cell of two minutes on a slow machine lost its end, and failed.
os.environ["TQDM_MININTERVAL"] = "1"


def pytest_configure(config: pytest.Config) -> None:
    """Look whether nbval is there: it takes a second or two to load, so only runs of notebooks ask for it."""
    if config.pluginmanager.has_plugin("nbval.plugin"):
        compare_as_built()


def compare_as_built() -> None:
    """Let nbval leave out the text that stands in for a widget view, not stored, and the captions that are added.

    Left out, too, is the state from which a page makes an explorer alive: what of it can be told in a line stands in
    the text beside it, and its arrays, such as trained weights, differ in their last bits between processors.
    """
    from nbval.plugin import IPyNbCell

    from course_utils.explorers.page import EXPLORER
    from tools.build import without_captions, without_widget_views

    compare = IPyNbCell.compare_outputs

    def compare_stored(cell: Any, test: Any, ref: Any, skip_compare: Any = None) -> Any:
        skipped = (*(skip_compare or cell.parent.skip_compare), EXPLORER)
        return compare(cell, without_widget_views(test), without_captions(ref), skipped)

    IPyNbCell.compare_outputs = compare_stored


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run of CI that has skipped a test for a reason that tests/skips.toml does not allow there."""
    if os.environ.get("CI") and unforeseen(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name each such reason."""
    for reason in unforeseen(config) if os.environ.get("CI") else ():
        terminalreporter.write_line(f"FAILED: tests/skips.toml does not allow CI to skip for: {reason}", red=True)


def unforeseen(config: pytest.Config) -> list[str]:
    """Return the reasons for which this session has skipped and CI must not."""
    terminal: Any = config.pluginmanager.get_plugin("terminalreporter")  # a worker of xdist has none
    skipped = terminal.stats.get("skipped", []) if terminal else []
    reasons = {report.longrepr[2].removeprefix("Skipped: ") for report in skipped}
    return sorted(reasons - set(tomllib.loads(SKIPS.read_text(encoding="utf-8"))["anywhere"]))
