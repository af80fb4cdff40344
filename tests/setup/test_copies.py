"""The learner's copies: brought up to date, and what a learner wrote is never written to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from course_utils._support.edition import MOVED_NOTEBOOKS
from tools.copies import copy_lessons


class Course:
    """Lessons and a learner's folder."""

    def __init__(self, folder: Path) -> None:
        self.notebooks = folder / "notebooks"
        self.work = folder / "work"
        self.notebooks.mkdir()

    def publish(self, name: str, *sources: str) -> None:
        cells = [code(source, f"output of {source}") for source in sources]
        (self.notebooks / name).write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}))

    def copy(self) -> list[str]:
        return [path.name for path in copy_lessons(self.notebooks, self.work)]

    def read(self, name: str) -> Any:
        return json.loads((self.work / name).read_text())

    def edit(self, name: str, source: str, output: str = "") -> None:
        notebook = self.read(name)
        notebook["cells"][0] = code(source, output)
        (self.work / name).write_text(json.dumps(notebook))

    def sources(self, name: str) -> list[str]:
        return ["".join(cell["source"]) for cell in self.read(name)["cells"]]

    def files(self) -> list[str]:
        return sorted(path.name for path in self.work.glob("*.ipynb"))


def code(source: str, output: str = "") -> dict[str, Any]:
    outputs = [{"output_type": "stream", "name": "stdout", "text": output}] if output else []
    return {"cell_type": "code", "source": source, "outputs": outputs, "execution_count": 7, "metadata": {}}


@pytest.fixture
def lessons(tmp_path: Path) -> Course:
    made = Course(tmp_path)
    made.publish("01_two.ipynb", "b")
    made.publish("00_one.ipynb", "a")
    return made


def test_a_copy_has_no_proofs_and_one_with_proofs_that_a_learner_changed_stays(lessons: Course) -> None:
    lessons.copy()
    lessons.edit("00_one.ipynb", "mine")
    for name in ("00_one.ipynb", "01_two.ipynb"):
        path = lessons.notebooks / name
        cells = [code("taught"), code("assert proved") | {"metadata": {"tags": ["facts"]}}]
        path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}))
    assert lessons.copy() == ["00_one.2.ipynb", "01_two.ipynb"]
    assert lessons.sources("00_one.ipynb") == ["mine"]
    assert lessons.sources("00_one.2.ipynb") == lessons.sources("01_two.ipynb") == ["taught"]
    assert lessons.copy() == ["00_one.2.ipynb", "01_two.ipynb"]
    assert len(lessons.files()) == 3


def test_copies_are_cleared_and_come_in_order(lessons: Course) -> None:
    assert lessons.copy() == ["00_one.ipynb", "01_two.ipynb"]
    (cell,) = lessons.read("00_one.ipynb")["cells"]
    assert (cell["source"], cell["outputs"], cell["execution_count"]) == ("a", [], None)


def test_a_copy_is_never_overwritten(lessons: Course, capsys: pytest.CaptureFixture[str]) -> None:
    lessons.copy()
    lessons.edit("00_one.ipynb", "mine")
    kept = (lessons.work / "00_one.ipynb").read_bytes()
    lessons.copy()
    assert lessons.files() == ["00_one.ipynb", "01_two.ipynb"]
    lessons.publish("00_one.ipynb", "a, improved")
    assert lessons.copy() == ["00_one.2.ipynb", "01_two.ipynb"]
    assert (lessons.work / "00_one.ipynb").read_bytes() == kept
    assert lessons.sources("00_one.2.ipynb") == ["a, improved"]
    assert capsys.readouterr().out.count("00_one has a newer version: 00_one.2.ipynb") == 1
    assert lessons.copy() == ["00_one.2.ipynb", "01_two.ipynb"]
    assert capsys.readouterr().out == ""


def test_outputs_of_the_learner_are_kept_too(lessons: Course) -> None:
    lessons.copy()
    lessons.edit("00_one.ipynb", "a", output="what I saw")
    lessons.publish("00_one.ipynb", "a, improved")
    assert lessons.copy()[0] == "00_one.2.ipynb"
    assert lessons.read("00_one.ipynb")["cells"][0]["outputs"][0]["text"] == "what I saw"


def test_an_untouched_copy_is_refreshed(lessons: Course, capsys: pytest.CaptureFixture[str]) -> None:
    lessons.copy()
    notebook = lessons.read("00_one.ipynb")
    notebook["metadata"]["language_info"] = {"version": "3.11.7"}  # as JupyterLab does on opening it
    notebook["cells"][0]["source"] = ["a"]
    (lessons.work / "00_one.ipynb").write_text(json.dumps(notebook, indent=4))
    lessons.publish("00_one.ipynb", "a, improved")
    assert lessons.copy() == ["00_one.ipynb", "01_two.ipynb"]
    assert lessons.sources("00_one.ipynb") == ["a, improved"]
    assert capsys.readouterr().out == ""


def test_new_outputs_alone_are_no_new_version(lessons: Course) -> None:
    lessons.copy()
    lessons.edit("00_one.ipynb", "mine")
    cells = [code("a", "a picture drawn by a newer library")]
    (lessons.notebooks / "00_one.ipynb").write_text(json.dumps({"cells": cells, "metadata": {"new": 1}}))
    assert lessons.copy()[0] == "00_one.ipynb"


def test_versions_count_on_and_an_untouched_one_is_reused(lessons: Course) -> None:
    lessons.copy()
    lessons.edit("00_one.ipynb", "mine")
    for version in ("second", "third"):
        lessons.publish("00_one.ipynb", version)
        assert lessons.copy()[0] == "00_one.2.ipynb"
        assert lessons.sources("00_one.2.ipynb") == [version]
    lessons.edit("00_one.2.ipynb", "mine too")
    lessons.publish("00_one.ipynb", "fourth")
    assert lessons.copy()[0] == "00_one.3.ipynb"
    assert lessons.sources("00_one.ipynb") == ["mine"]
    assert lessons.sources("00_one.2.ipynb") == ["mine too"]


def test_a_new_version_that_was_deleted_does_not_come_back(lessons: Course) -> None:
    lessons.copy()
    lessons.edit("00_one.ipynb", "mine")
    lessons.publish("00_one.ipynb", "second")
    lessons.copy()
    (lessons.work / "00_one.2.ipynb").unlink()
    assert lessons.copy()[0] == "00_one.ipynb"


def test_a_deleted_copy_comes_back_fresh(lessons: Course) -> None:
    lessons.copy()
    (lessons.work / "00_one.ipynb").unlink()
    assert lessons.copy()[0] == "00_one.ipynb"
    assert lessons.sources("00_one.ipynb") == ["a"]


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"cells": [{}]}', '{"cells": null}'])
def test_a_copy_that_cannot_be_read_is_kept(lessons: Course, content: str) -> None:
    lessons.copy()
    (lessons.work / "00_one.ipynb").write_text(content)
    lessons.publish("00_one.ipynb", "second")
    assert lessons.copy()[0] == "00_one.2.ipynb"
    assert (lessons.work / "00_one.ipynb").read_text() == content


@pytest.mark.parametrize("record", ["", "{", None])
def test_without_the_record_both_are_kept(lessons: Course, record: str | None) -> None:
    lessons.copy()
    lessons.edit("00_one.ipynb", "mine")
    path = lessons.work / ".course" / "copies.json"
    path.unlink() if record is None else path.write_text(record)
    assert lessons.copy() == ["00_one.2.ipynb", "01_two.ipynb"]
    assert lessons.sources("00_one.ipynb") == ["mine"]


def test_copies_of_the_first_edition_are_kept_and_said_to_be_older(
    lessons: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    lessons.publish("10_neural_networks_in_pytorch.ipynb", "old")
    lessons.copy()
    lessons.edit("10_neural_networks_in_pytorch.ipynb", "mine")
    second = lessons.work / "10_neural_networks_in_pytorch.2.ipynb"
    second.write_text("mine too")
    kept = (lessons.work / "10_neural_networks_in_pytorch.ipynb").read_bytes()
    (lessons.notebooks / "10_neural_networks_in_pytorch.ipynb").unlink()
    lessons.publish("10_features_and_hidden_units.ipynb", "new")
    lessons.publish("11_neural_networks_in_pytorch.ipynb", "old, renumbered")
    capsys.readouterr()
    for _ in range(2):
        assert lessons.copy()[-2:] == ["10_features_and_hidden_units.ipynb", "11_neural_networks_in_pytorch.ipynb"]
        told = capsys.readouterr().out.splitlines()
        assert [line.partition(" is of an older edition")[0] for line in told] == [
            "10_neural_networks_in_pytorch.2.ipynb",
            "10_neural_networks_in_pytorch.ipynb",
        ]
        assert all("that lesson is now 11_neural_networks_in_pytorch." in line for line in told)
        assert (lessons.work / "10_neural_networks_in_pytorch.ipynb").read_bytes() == kept
        assert second.read_text() == "mine too"
    assert lessons.sources("11_neural_networks_in_pytorch.ipynb") == ["old, renumbered"]


def test_the_lessons_that_older_copies_are_sent_to_are_there() -> None:
    there = {path.stem for path in (Path(__file__).parents[2] / "lessons").glob("[0-9][0-9]_*.py")}
    assert not MOVED_NOTEBOOKS.keys() & there
    for today in MOVED_NOTEBOOKS.values():
        assert set(today.split(" and ")) <= there
