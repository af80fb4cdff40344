"""The reasons why a test may be skipped stand in one list, which is complete and holds nothing else."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
LISTED = tomllib.loads((TESTS / "skips.toml").read_text(encoding="utf-8"))
SKIPPING = {"skip": 0, "skipif": 1, "importorskip": 2, "xfail": 1}  # where each takes its reason by place
pytest_plugins = "pytester"


def reasons(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SKIPPING:
            named = [keyword.value for keyword in node.keywords if keyword.arg == "reason"]
            placed = node.args[SKIPPING[node.func.attr] :]
            for reason in named or placed[:1]:
                yield written(reason)
            assert named or placed, f"{file.name}:{node.lineno} skips and gives no reason"


def written(reason: ast.expr) -> str:
    """A reason as its file has it, * for what is put in."""
    if isinstance(reason, ast.BinOp):
        return f"{written(reason.left)}{written(reason.right)}"
    parts = reason.values if isinstance(reason, ast.JoinedStr) else [reason]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in parts)


@pytest.mark.long
def test_every_reason_stands_in_the_list_and_no_other() -> None:
    found = {reason for file in TESTS.rglob("*.py") if file != Path(__file__) for reason in reasons(file)}
    assert sorted(found) == sorted([*LISTED["anywhere"], *LISTED["not_in_ci"]])


@pytest.mark.parametrize(
    ("reason", "ci", "code"),
    [
        (LISTED["anywhere"][0], "true", pytest.ExitCode.OK),
        (LISTED["not_in_ci"][0], "true", pytest.ExitCode.TESTS_FAILED),
        ("no time", "true", pytest.ExitCode.TESTS_FAILED),
        ("no time", "", pytest.ExitCode.OK),
    ],
)
def test_ci_skips_for_listed_reasons_alone(
    reason: str, ci: str, code: int, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)
    (pytester.path / "tests").mkdir()
    (pytester.path / "tests" / "skips.toml").write_text((TESTS / "skips.toml").read_text(encoding="utf-8"))
    pytester.makeconftest((TESTS.parent / "conftest.py").read_text(encoding="utf-8"))
    pytester.makepyfile(f"import pytest\ndef test_it() -> None:\n    pytest.skip({reason!r})")
    ran = pytester.runpytest_inprocess("-p", "no:xdist", "-p", "no:playwright")
    assert ran.ret == code
    named = [line for line in ran.outlines if line.startswith("FAILED: tests/skips.toml") and reason in line]
    assert len(named) == (code != pytest.ExitCode.OK)
