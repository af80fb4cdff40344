"""The commands of `course.py grade --in podman`; no container has been started with them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pytest

import course
from classroom.command_lines import add_grade_options
from tools import container

ROOT = Path(__file__).resolve().parents[2]
WORDS = ["in.zip", "-o", "out", "--roster", "a b.csv", "--due", "2026-12-01 18:00", "--again", "Ada", "--in"]


def options(engine: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_grade_options(parser)
    return parser.parse_args([*WORDS, engine])


@pytest.mark.parametrize("engine", ["podman", "docker"])
@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_the_container_reads_what_is_given_and_writes_the_output_alone(
    engine: str, platform: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    build, run = container.commands(ROOT, options(engine), platform)
    assert build[:2] == [engine, "build"]
    assert {"--network=none", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges"} <= {*run}
    assert [word for word in run if word.startswith("--volume")] == [
        f"--volume={tmp_path}/in.zip:/in/0/in.zip:ro",
        f"--volume={tmp_path}/a b.csv:/in/1/a b.csv:ro",
        f"--volume={tmp_path}/out:/out",
    ]
    assert any(word.startswith("--user") for word in run) == (platform == "linux")
    grader = run[run.index("classroom.grading") + 1 :]
    assert grader == [
        "/in/0/in.zip",
        "--output=/out",
        "--roster=/in/1/a b.csv",
        "--due=2026-12-01 18:00",
        "--again=Ada",
    ]


def test_an_engine_that_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert container.grade(ROOT, options("podman")) == 1
    assert "There is no podman on this machine" in capsys.readouterr().out


def test_without_walls_the_way_out_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert course.main(["grade", "in", "-o", "out"]) == 1
    assert "--in podman" in capsys.readouterr().out
