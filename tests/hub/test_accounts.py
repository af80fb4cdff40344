"""What one account of the machine can do to another, with the hub set up by the page's own commands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from classroom.hub.rehearsal import ROOT, lacking

SCRIPT = Path(__file__).with_name("two_accounts.py")
ALONE = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]


def on_its_own_machine(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*ALONE, sys.executable, str(SCRIPT), *arguments]
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=280)


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    if missing := lacking():
        pytest.skip(f"this machine lacks {missing}: the class on a hub not tested (docs/hub.md says how to install)")
    if os.geteuid() or not shutil.which("unshare") or on_its_own_machine("probe").returncode:
        pytest.skip("no machine of its own can be made here (root, namespaces and overlayfs)")
    done = on_its_own_machine()
    assert done.returncode == 0, done.stderr[-8000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_homes_are_their_students_alone(seen: dict[str, Any]) -> None:
    assert seen["home"] == "0o700"
    assert seen["home, closed again"] == "0o700"
    assert seen["modes"] == ["0o700", "0o700", "0o700", "0o600"]


def test_first_passwords_are_made_and_roots_alone(seen: dict[str, Any]) -> None:
    assert seen["passwords"] == "0o600"
    assert all(length >= 12 for length in seen["lengths"])


def test_a_student_reaches_nothing_of_anothers(seen: dict[str, Any]) -> None:
    assert seen["reached"] == ""


def test_a_student_hears_nothing_of_anothers_kernel(seen: dict[str, Any]) -> None:
    ports, heard = seen["heard"].split()
    assert int(ports) > 0  # the hub and its proxy at least: there was something to listen at
    assert heard == "False"


def test_a_teacher_without_an_account_is_told(seen: dict[str, Any]) -> None:
    assert seen["teacher"] == [True, False]


def test_processes_and_files_have_limits(seen: dict[str, Any]) -> None:
    assert seen["limits"] == ["True", "File too large"]


def test_one_command_backs_up_and_one_brings_back(seen: dict[str, Any]) -> None:
    assert sorted(seen["backup"]) == [f"home/{name}/classification/short.ipynb" for name in ("ann", "ben")]
    assert seen["restored"]


def test_nobody_can_go_on_guessing(seen: dict[str, Any]) -> None:
    assert seen["first guess"]
    assert not any(seen["wrong"])
    assert not seen["after ten guesses"]
    assert seen["of another name"]
