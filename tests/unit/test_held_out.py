"""The test set of a project: shut, then open, and what a second choice costs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from course_utils import progress_store
from course_utils.datasets import Dataset
from course_utils.study.held_out import hold_back_test_set

CHOICE = {"model": "softmax", "loss": "CE", "learning_rate": 0.001, "epochs": 2}
OTHER = {**CHOICE, "epochs": 20}


@pytest.fixture(autouse=True)
def _empty_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path))


def data(source: str = "fashion_mnist") -> Dataset:
    X, y = np.arange(5 * 784, dtype=np.uint8).reshape(5, 784), np.arange(5)
    return Dataset(X[:3], y[:3], X[3:], y[3:], source, tuple("abcdefghij"), "five pictures")


def test_what_is_left_has_no_test_pictures() -> None:
    rest, _ = hold_back_test_set(data())
    assert (rest.X_test.shape, rest.y_test.shape) == ((0, 784), (0,))
    assert np.array_equal(rest.X_train, data().X_train)
    assert (rest.source, rest.note) == ("fashion_mnist", "five pictures")


def test_while_the_choice_is_open_nothing_is_handed_out_and_nothing_is_noted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, open_test_set = hold_back_test_set(data())
    for _ in range(2):
        assert open_test_set(CHOICE, False) is None
        assert capsys.readouterr().out == "The test pictures stay shut, because `final` is False.\n"
    assert list(tmp_path.iterdir()) == []


def test_the_same_choice_may_be_judged_as_often_as_one_likes(capsys: pytest.CaptureFixture[str]) -> None:
    told = set()
    for _ in range(3):
        _, open_test_set = hold_back_test_set(data())  # as after a restart of the kernel
        opened = open_test_set(CHOICE, True)
        assert opened is not None
        X, y, name = opened
        assert np.array_equal(X, data().X_test)
        assert np.array_equal(y, data().y_test)
        assert name == "test"
        told.add(capsys.readouterr().out)
    assert told == {
        "The test pictures are open, to judge one choice: model softmax, loss CE, learning_rate 0.001, epochs 2.\n"
    }


def test_a_second_choice_is_judged_told_what_that_costs_and_marked(capsys: pytest.CaptureFixture[str]) -> None:
    _, open_test_set = hold_back_test_set(data())
    open_test_set(CHOICE, True)
    capsys.readouterr()
    for _ in range(2):
        opened = open_test_set(OTHER, True)
        assert opened is not None
        assert np.array_equal(opened[0], data().X_test)
        assert opened[2] == "test, opened for a second choice"
        told = capsys.readouterr().out
        assert told.startswith("These test pictures have judged another choice before: model softmax, loss CE,")
        assert len(told) <= 300
    assert open_test_set(CHOICE, True)[2] == "test"  # type: ignore[index]


def test_data_sets_are_remembered_apart_in_the_learner_s_file(tmp_path: Path) -> None:
    for source in ("fashion_mnist", "digits"):
        hold_back_test_set(data(source))[1](CHOICE if source == "digits" else OTHER, True)
    noted = json.loads((tmp_path / "progress.json").read_text(encoding="utf-8"))["test_sets"]
    assert noted == {
        "fashion_mnist": {"choice": "model softmax, loss CE, learning_rate 0.001, epochs 20"},
        "digits": {"choice": "model softmax, loss CE, learning_rate 0.001, epochs 2"},
    }


def test_a_progress_file_from_before_this_is_read_and_kept(tmp_path: Path) -> None:
    checks = {"06.2": {"right": 1, "wrong": 0, "misconceptions": {}}}
    (tmp_path / "progress.json").write_text(json.dumps({"version": 2, "checks": checks}), encoding="utf-8")
    hold_back_test_set(data())[1](CHOICE, True)
    assert progress_store.entries("checks") == checks
    assert list(progress_store.entries("test_sets")) == ["fashion_mnist"]


def test_nobody_is_locked_out_where_nothing_can_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_PROGRESS", "")
    monkeypatch.setattr(progress_store, "_session", {section: {} for section in progress_store.FIELDS})
    opened = hold_back_test_set(data())[1](CHOICE, True)
    assert opened is not None
    assert opened[2] == "test"


def test_a_mistake_in_calling_is_named() -> None:
    _, open_test_set = hold_back_test_set(data())
    with pytest.raises(TypeError, match="final: expected True or False, got 'True'"):
        open_test_set(CHOICE, "True")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="choice: expected a mapping"):
        open_test_set("softmax", True)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="choice: expected at least one entry, got none"):
        open_test_set({}, True)
    assert progress_store.entries("test_sets") == {}
