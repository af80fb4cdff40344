"""The processors' matrix: what can be switched on, that it is on, and that a red combination is not lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tools import processors
from tools.build import ROOT
from tools.processors import Choices, Combination, Result

HERE = Choices(
    {"Nehalem": {"OPENBLAS_CORETYPE": "Nehalem"}, "Haswell": {"OPENBLAS_CORETYPE": "Haswell"}},
    {"baseline": {"NPY_DISABLE_CPU_FEATURES": "X86_V3"}, "all": {}},
    {"default": {"ATEN_CPU_CAPABILITY": "default"}, "avx2": {"ATEN_CPU_CAPABILITY": "avx2"}},
    [],
)
NEWEST = Combination("Haswell", "all", "avx2")


def answer(monkeypatch: pytest.MonkeyPatch, found: dict[str, dict[str, Any]]) -> None:
    """Let a probe find what stands under the value of its only variable."""
    monkeypatch.setattr(processors, "probe", lambda variables: found["".join(variables.values())])


def test_every_combination_is_there_once_and_torch_changes_first() -> None:
    found = processors.combinations(HERE)
    assert len(found) == len(set(found)) == 8
    assert found[:2] == [Combination("Nehalem", "baseline", name) for name in ("default", "avx2")]
    assert processors.extremes(found) == [Combination("Nehalem", "baseline", "default"), NEWEST]
    assert processors.extremes([NEWEST]) == [NEWEST]


def test_a_combination_sets_its_own_switches_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES", "MKL_CBWR"):
        monkeypatch.setenv(name, "the shell's")
    variables = processors.environment(processors.switches(NEWEST, HERE))
    assert variables["OPENBLAS_CORETYPE"] == "Haswell"
    assert variables["ATEN_CPU_CAPABILITY"] == "avx2"
    assert variables["OPENBLAS_NUM_THREADS"] == "1"
    assert not {"NPY_DISABLE_CPU_FEATURES", "MKL_CBWR"} & variables.keys()


@pytest.mark.parametrize(
    ("dispatch", "levels"),
    [
        (["X86_V3", "X86_V4", "AVX512_ICL"], {"baseline": 3, "no AVX-512": 2, "all": 0}),
        (["AVX2", "FMA3", "AVX512F", "AVX512_SKX"], {"baseline": 4, "no AVX-512": 2, "all": 0}),
        (["ASIMDHP", "SVE"], {"baseline": 2, "all": 0}),
    ],
)
def test_numpys_levels_go_from_none_of_its_features_to_all(dispatch: list[str], levels: dict[str, int]) -> None:
    found = processors.dispatch_levels(dispatch)
    off = {name: variables.get("NPY_DISABLE_CPU_FEATURES", "").split() for name, variables in found.items()}
    assert {name: len(names) for name, names in off.items()} == levels


def test_what_cannot_be_switched_on_is_said_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"Nehalem": {"kernel": "Nehalem"}, "Zen": {"kernel": "Haswell"}, "SkylakeX": {"fault": "ended by SIGILL"}}
    answer(monkeypatch, found)
    refused: list[str] = []
    options = {name: {"OPENBLAS_CORETYPE": name} for name in found}
    assert list(processors.switched_on(options, "kernel", refused)) == ["Nehalem"]
    assert refused == ["kernel Zen: Haswell is on instead", "kernel SkylakeX: ended by SIGILL"]


def test_torch_is_never_told_of_instructions_that_the_processor_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Torch believes the variable, answers with its name, and dies at the first float64 sigmoid."""
    monkeypatch.setattr(processors, "probe", lambda variables: {"torch": variables["ATEN_CPU_CAPABILITY"]})
    refused: list[str] = []
    assert list(processors.torch_capabilities("avx2", refused)) == ["default", "avx2"]
    assert refused == ["torch avx512: this processor's own is avx2"]
    assert list(processors.torch_capabilities("avx512", [])) == ["default", "avx2", "avx512"]
    assert list(processors.torch_capabilities("sve256", [])) == ["default", "avx2", "avx512"]  # found out by trying


def test_a_level_that_changes_nothing_is_not_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    answer(
        monkeypatch,
        {"X86_V3 X86_V4": {"features": []}, "X86_V4": {"features": ["X86_V3"]}, "": {"features": ["X86_V3"]}},
    )
    refused: list[str] = []
    found = processors.distinct_levels(processors.dispatch_levels(["X86_V3", "X86_V4"]), refused)
    assert list(found) == ["baseline", "no AVX-512"]
    assert refused == ["NumPy all: the same as 'no AVX-512', since this processor has no more"]


@pytest.mark.parametrize(
    ("found", "on"),
    [
        ({"kernel": "Haswell", "torch": "avx2", "features": ["X86_V3"]}, True),
        ({"kernel": "Nehalem", "torch": "avx2", "features": ["X86_V3"]}, False),
        ({"kernel": "Haswell", "torch": "default", "features": ["X86_V3"]}, False),
        ({"kernel": "Haswell", "torch": "avx2", "features": ["X86_V3", "X86_V4"]}, False),
        ({"fault": "ended by SIGILL"}, False),
    ],
)
def test_a_combination_is_on_only_where_all_of_it_is(found: dict[str, Any], on: bool) -> None:
    assert processors.is_on(NEWEST, found, "X86_V4 AVX512_ICL") == on


def test_where_nothing_can_be_chosen_anything_is_on() -> None:
    assert processors.is_on(Combination("", "all", ""), {"kernel": None, "torch": None, "features": []}, "")


@pytest.mark.parametrize(
    ("code", "errors", "said"),
    [
        (-4, "", "ended by SIGILL: this processor lacks its instructions"),
        (1, "Traceback\nRuntimeError: no such kernel\n", "RuntimeError: no such kernel"),
        (3, "", "exit status 3"),
    ],
)
def test_why_a_probe_ended_early(code: int, errors: str, said: str) -> None:
    assert processors.fault(code, errors) == said


def test_lessons_and_tests_that_load_no_torch_are_not_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, slowly = [], []

    def run(combination: Combination, there: Choices, *files: list[Path], slow: bool) -> Result:
        seen.append((combination.torch, [path.name for paths in files for path in paths]))
        slowly.append(slow)
        return Result(combination, "green", 0.0)

    monkeypatch.setattr(processors, "run", run)
    lessons = [next(ROOT.glob(f"notebooks/{number}_*.ipynb")) for number in ("01", "11")]
    tests = [ROOT / "tests" / "unit" / name for name in ("test_police.py", "test_networks.py")]
    results = processors.run_all(processors.combinations(HERE)[:3], HERE, lessons, tests)
    everything = [path.name for path in [*lessons, *tests]]
    assert seen == [("default", everything), ("avx2", [lessons[1].name, "test_networks.py"]), ("default", everything)]
    assert slowly == [True, False, True]
    assert [result.combination for result in results] == processors.combinations(HERE)[:3]


@pytest.mark.long
def test_of_the_extremes_this_machines_own_is_not_run_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[Combination] = []
    for name in processors.SWITCHES:
        monkeypatch.delenv(name, raising=False)
    own = {"OPENBLAS_CORETYPE": "Haswell", "ATEN_CPU_CAPABILITY": "avx2"}
    monkeypatch.setattr(processors, "probe", lambda variables: {"on": {**own, **variables}})
    monkeypatch.setattr(processors, "choices", lambda _: HERE)
    monkeypatch.setattr(
        processors,
        "run",
        lambda each, *_, **__: ran.append(each) or Result(each, "green", 0.0),  # type: ignore[func-returns-value]
    )
    assert processors.main(["--extremes"]) == 0
    assert ran == [Combination("Nehalem", "baseline", "default")]
    assert f"{NEWEST}           this machine's own" in capsys.readouterr().out
    ran.clear()
    assert processors.main([]) == 0
    assert ran == processors.combinations(HERE)
    ran.clear()
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Nehalem")  # for every test of this shell
    assert processors.main(["--extremes"]) == 0
    assert ran == processors.extremes(processors.combinations(HERE))


def test_slow_tests_are_left_out_by_their_marker() -> None:
    tests = [Path("test_police.py")]
    assert "not slow" in processors.command([], tests, slow=False)
    assert "not slow" not in processors.command([], tests, slow=True)


def test_the_tests_that_train_are_found() -> None:
    names = {path.name for path in processors.arithmetic_tests()}
    assert names >= {f"test_{name}.py" for name in ("police", "networks", "published_runs", "results", "training")}
    assert names >= {"test_accuracy.py", "test_lesson_03.py", "test_lesson_09.py", "test_lesson_11.py"}
    assert "test_readme.py" not in names


def test_a_combination_that_is_not_on_together_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processors, "probe", lambda _: {"fault": "ended by SIGILL"})
    assert processors.run(NEWEST, HERE, [], []).verdict == "could not be switched on together"
