"""The tiers of the tests: each test runs in one of them, and a failure is not swallowed."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest

from tools import check
from tools.check import Result, Stage


def collected(*arguments: str) -> list[str]:
    command = [sys.executable, "-m", "pytest", "-q", "--collect-only", *arguments]
    answer = subprocess.run(command, cwd=check.ROOT, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout
    return [line for line in answer.stdout.splitlines() if "::" in line and not line.startswith("SKIPPED")]


def arguments(tier: str) -> list[str]:
    """Return what the last run of pytest in a tier takes, without its notebooks and its workers."""
    stage = [stage for stage in check.TIERS[tier][1]() if stage.module == "pytest"][-1]
    left_out = {*check.PARALLEL, *check.NBVAL, "--nbval"}
    return [each for each in stage.arguments if each not in left_out and not each.endswith(".ipynb")]


@pytest.mark.slow
def test_each_test_runs_before_a_commit_or_is_slow() -> None:
    quick, commit, slow = (collected(*arguments(name)) for name in ("--quick", "", "--rest"))
    assert Counter(commit) + Counter(slow) == Counter(collected())
    assert set(quick) < set(commit)
    assert len(quick) > 4000


@pytest.mark.long
def test_everything_is_in_all() -> None:
    everything = [stage.name for stage in check.TIERS["--all"][1]()]
    for name in ("", "--processors", "--floors"):
        assert {stage.name for stage in check.TIERS[name][1]()} <= set(everything)
    first, then = ([stage.name for stage in check.TIERS[name][1]()] for name in ("", "--rest"))
    left_out = {check.PROCESSORS.name, check.FLOORS.name}
    assert set(everything) == {*first, *then} - {check.EXTREMES.name} | left_out


@pytest.mark.parametrize("failing", [None, 0, 1, 2])
def test_every_stage_runs_and_a_failure_is_told(
    failing: int | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stages = [Stage(name, "a_module") for name in ("lint", "first", "second")]
    ran: list[str] = []

    def run(stage: Stage, captured: bool = False) -> Result:
        ran.append(stage.name)
        return Result(stage.name, int(stages.index(stage) == failing), 1.0)

    monkeypatch.setitem(check.TIERS, "--quick", (stages[:1], lambda: stages[1:]))
    monkeypatch.setattr(check, "run", run)
    assert check.main(["--quick"]) == (failing is not None)
    assert sorted(ran) == sorted(stage.name for stage in stages)
    table = capsys.readouterr().out.splitlines()[-3:]
    assert [line.split()[0] for line in table] == ["FAILED" if i == failing else "passed" for i in range(3)]


@pytest.mark.long
def test_a_stage_tells_its_status_and_what_it_wrote() -> None:
    result = check.run(Stage("fails", "course_utils.nothing"), captured=True)
    assert result.code == 1
    assert "No module named course_utils.nothing" in result.output


def test_what_is_no_tier_is_pytests(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Stage] = []

    def answer(stage: Stage) -> Result:
        asked.append(stage)
        return Result("pytest", 4, 1.0)

    monkeypatch.setattr(check, "run", answer)
    assert check.main(["--lf", "tests/unit"]) == 4
    assert [(stage.module, stage.arguments) for stage in asked] == [("pytest", ["--lf", "tests/unit"])]
