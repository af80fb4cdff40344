"""Explorers that the page draws, each alike, found by itself: the numbers are the course's, the code computes them.

What one alone has to hold stands in its own file, or beside its JavaScript; what a hand does, in tests/browser.
"""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
import pytest

from course_utils._support.widgets import VIEW
from course_utils.explorers.page import EXPLORER, STATIC, PageExplorer, State, whole
from tools.page_explorers import find

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "explorers"
NAMES = sorted(path.parent.name for path in SOURCE.glob("src/*/numbers.js"))
EACH = pytest.mark.parametrize("name", NAMES)
LARGEST = 150_000  # bytes of a module

needs_node = pytest.mark.skipif(
    shutil.which("node") is None, reason="node is not installed: the explorers' JavaScript is not run"
)
needs_packages = pytest.mark.skipif(
    not (SOURCE / "node_modules").exists(), reason="npm ci has not run in explorers/: they are not built again"
)


def oracle(name: str) -> Any:
    return importlib.import_module(f"oracles.{name}")


@cache
def states(name: str) -> list[dict[str, Any]]:
    return list(oracle(name).states(np.random.default_rng(0)))


@cache
def answers() -> dict[str, Any]:
    """What numbers.js makes of all states: one process for all explorers."""
    asked = json.dumps({name: states(name) for name in NAMES})
    ran = subprocess.run(["node", "run.mjs"], cwd=SOURCE, input=asked, capture_output=True, encoding="utf-8")
    assert ran.returncode == 0, ran.stderr
    return dict(json.loads(ran.stdout))


def assert_same(name: str, got: Any, expected: Any, where: str) -> None:
    if expected is None or isinstance(expected, str | bool):
        assert got == expected, where
        return
    module = oracle(name)
    rtol, atol = getattr(module, "RTOL", 1e-9), getattr(module, "ATOL", 1e-9)
    got = np.asarray(got, dtype=float)
    np.testing.assert_allclose(got, np.asarray(expected, dtype=float), rtol=rtol, atol=atol, err_msg=where)


# In Python.


def test_each_explorer_has_its_two_halves_and_an_oracle() -> None:
    assert sorted(find()) == NAMES
    assert sorted(path.stem for path in (ROOT / "tests/unit/oracles").glob("[a-z]*.py")) == NAMES
    built = {f"{name}.{kind}" for name in NAMES for kind in ("js", "mjs")}
    assert {path.name for path in STATIC.iterdir()} == built


@EACH
def test_a_module_is_small(name: str) -> None:
    assert max((STATIC / f"{name}.{kind}").stat().st_size for kind in ("js", "mjs")) <= LARGEST


@EACH
def test_what_is_shown_says_nothing_that_differs_between_two_runs(name: str) -> None:
    state = states(name)[0]
    first, second = (find()[name](**state)._repr_mimebundle_()[0] for _ in range(2))
    assert first.pop(VIEW) != second.pop(VIEW)
    assert first == second
    assert first[EXPLORER] == {"name": name, "state": json.loads(json.dumps(first[EXPLORER]["state"]))}


@EACH
def test_the_call_that_an_explorer_is_written_as_makes_it_again(name: str) -> None:
    function = getattr(importlib.import_module(find()[name].__module__), name)
    if not all(getattr(trait, "shown", True) for trait in find()[name].class_traits().values()):
        return  # what is not shown cannot be called again
    for state in states(name)[:20]:
        explorer = find()[name](**state)
        assert eval(explorer.code, {name: function}).state == explorer.state


class Coin(PageExplorer):
    """A state of one number, for the tests."""

    heads = State(whole(0, 10), 5)


def test_a_state_is_set_by_a_cell_and_by_the_page_alike() -> None:
    coin = Coin(heads=3)
    coin.set_state({"heads": 7})  # as what comes from a page
    assert coin.state == {"heads": 7}
    assert coin.code == "test_page_explorers(heads=7)"


def test_a_bad_state_is_refused_in_plain_words_and_the_old_one_stays() -> None:
    coin = Coin(heads=3)
    with pytest.raises(ValueError, match="heads: expected a whole number from 0 to 10, got 11"):
        coin.heads = 11
    with pytest.raises(TypeError, match="heads: expected a whole number"):
        Coin(heads="many")
    assert coin.heads == 3


def test_it_is_shown_by_ipywidgets_7_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ipywidgets.Widget, "_repr_mimebundle_", None, raising=False)
    data, _ = Coin()._repr_mimebundle_()
    assert data[VIEW]["model_id"]
    assert Coin._ipython_display_ is None


# In JavaScript, by node.


@pytest.mark.long
@needs_node
@EACH
def test_the_numbers_are_the_course_s(name: str) -> None:
    assert len(states(name)) >= 100
    for state, answer in zip(states(name), answers()[name]["states"], strict=True):
        for key, expected in oracle(name).numbers(state).items():
            assert_same(name, answer["numbers"][key], expected, f"{key} of {state}")


@pytest.mark.long
@needs_node
@EACH
def test_both_halves_have_the_same_state(name: str) -> None:
    assert list(answers()[name]["start"]) == list(find()[name].held)
    assert find()[name](**answers()[name]["start"]).state == answers()[name]["start"]


@pytest.mark.long
@needs_node
@EACH
def test_the_caption_is_in_words(name: str) -> None:
    for state, answer in zip(states(name), answers()[name]["states"], strict=True):
        first, rest = answer["caption"]
        for odd in ("undefined", "NaN", "null", "[object", "Infinity"):
            assert odd not in first + rest, state
        assert first.endswith((".", "!", "?")), state
        assert len(first) <= 160, first


@pytest.mark.long
@needs_node
@EACH
def test_the_code_computes_the_numbers(name: str) -> None:
    given = getattr(oracle(name), "GIVEN", {})
    for state, answer in list(zip(states(name), answers()[name]["states"], strict=True))[::10]:
        names: dict[str, Any] = dict(given)
        with np.errstate(all="ignore"):
            exec(answer["code"], names)
        expected = oracle(name).numbers(state)
        shared = sorted(key for key in names.keys() & expected.keys() if not callable(names[key]))
        assert shared or not expected, f"the code of {name} computes none of {sorted(expected)}"
        for key in shared:
            assert_same(name, names[key], expected[key], f"{key} by the code of {state}")


@pytest.mark.long
@needs_node
@EACH
def test_each_goal_is_out_of_reach_at_first_and_in_reach(name: str) -> None:
    reached = np.array([answer["reached"] for answer in answers()[name]["states"]], dtype=bool)
    assert 1 <= reached.shape[1] <= 3
    assert not any(answers()[name]["reachedAtFirst"])
    assert reached.any(axis=0).all(), answers()[name]["goals"]


@pytest.mark.long
@needs_node
@needs_packages
def test_what_is_committed_is_what_the_source_makes(tmp_path: Path) -> None:
    ran = subprocess.run(["node", "build.mjs", str(tmp_path)], cwd=SOURCE, capture_output=True, encoding="utf-8")
    assert ran.returncode == 0, ran.stderr
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_bytes() for path in STATIC.iterdir()}
