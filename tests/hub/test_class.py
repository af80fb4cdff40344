"""Two students at once: each gets the lessons, runs a notebook, and finds all of it in the file."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import nbformat

from classroom.hub.rehearsal import ROOT, Hub, Notebook, Student, pss_mb

LogIn = Callable[[int], Student]
Lay = Callable[..., Notebook]
CELLS = (
    "import os\nimport numpy as np\nfrom course_utils.activations import softmax",
    "print(softmax(np.zeros(4)))",
    "import matplotlib.pyplot as plt\nplt.plot([0, 1])\nplt.show()",
    "from ipywidgets import Image, IntSlider\nIntSlider()",
    "Image(value=bytes(100))",  # its message carries bytes beside the text
    "print(os.environ['OPENBLAS_NUM_THREADS'], os.environ['OMP_NUM_THREADS'], os.environ['COURSE_CACHE'])",
)


def test_two_students_run_a_notebook_at_once_and_nothing_is_lost(hub: Hub, student: LogIn, short: Lay) -> None:
    def work(i: int) -> tuple[Student, Notebook, list[str]]:
        one = student(i)
        notebook = short(one, *CELLS)
        return one, notebook, one.run(notebook, one.start_kernel(), save_every=2)

    with ThreadPoolExecutor(2) as both:
        for one, notebook, errors in both.map(work, range(2)):
            assert errors == []
            assert one.lost(notebook) == []
            assert notebook.cells[1].outputs[0].text == "[0.25 0.25 0.25 0.25]\n"
            assert [output.output_type for output in notebook.cells[2].outputs] == ["display_data"]
            assert notebook.cells[-1].outputs[0].text == f"1 1 {hub.folder / 'cache'}\n"
            assert 50 < pss_mb(hub.servers()[one.name]) < 1000


def test_the_driver_sees_a_loss(student: LogIn, short: Lay) -> None:
    one = student(0)
    notebook = short(one, "print(1)", "print(2)")
    one.run(notebook, one.start_kernel())
    notebook.cells[1].outputs[0].text = "3\n"
    assert one.lost(notebook) == ["student0: cell 1"]


def test_each_student_gets_every_lesson_without_its_outputs(hub: Hub, student: LogIn) -> None:
    given = sorted(path.name for path in hub.home(student(0).name).glob("[0-9]*.ipynb"))
    assert given == sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
    for name in given:
        notebook = nbformat.read(hub.home("student0") / name, as_version=4)
        assert not any(cell.get("outputs") for cell in notebook.cells)


def test_a_lesson_that_moved_on_leaves_what_a_student_wrote(hub: Hub, student: LogIn) -> None:
    one = student(0)
    one.open("01")
    copy = hub.home(one.name) / one.path
    mine = json.loads(copy.read_text(encoding="utf-8"))
    mine["cells"][0]["source"] = "what I wrote"
    copy.write_text(json.dumps(mine), encoding="utf-8")
    record = hub.home(one.name) / ".course" / "copies.json"
    given = json.loads(record.read_text(encoding="utf-8"))
    record.write_text(json.dumps(given | {copy.name: "an older version"}), encoding="utf-8")
    hub.kill_server(one.name)
    student(0)
    assert json.loads(copy.read_text(encoding="utf-8")) == mine
    assert copy.with_suffix(".2.ipynb").exists()
