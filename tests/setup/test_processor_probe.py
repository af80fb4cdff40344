"""The processors' matrix in processes of its own: the probe is right, and what is red is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import processors
from tools.processors import Choices

ONE = Choices({"": {}}, {"all": {}}, {"avx2": {"ATEN_CPU_CAPABILITY": "avx2"}}, ["kernel Zen: is missing"])


def test_the_probe_tells_what_is_really_on() -> None:
    found = processors.probe({})
    off = processors.probe(processors.dispatch_levels(found["dispatch"])["baseline"])
    assert off["features"] == []
    assert off["kernel"] == found["kernel"]


def test_a_red_combination_names_what_failed_and_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "test_sum.py").write_text("def test_a_sum():\n    assert 0.1 + 0.2 == 0.3\n", encoding="utf-8")
    monkeypatch.setattr(processors, "choices", lambda machine: ONE)
    monkeypatch.setattr(processors, "is_on", lambda *_: True)
    monkeypatch.setattr(processors, "probe", lambda _: {})
    monkeypatch.setattr(processors, "lessons_to_run", lambda _: [])
    monkeypatch.setattr(processors, "arithmetic_tests", lambda: [tmp_path / "test_sum.py"])
    monkeypatch.setattr(processors, "PARALLEL", ["-q", "--rootdir", str(tmp_path)])
    assert processors.main([]) == 1
    said = capsys.readouterr().out
    assert "kernel Zen: is missing" in said
    assert "test_sum.py::test_a_sum" in said.splitlines()[-3]
    assert "ATEN_CPU_CAPABILITY='avx2'" in said
    assert said.endswith("0 of 1 combinations are green.\n")
