"""The builder: the same bytes twice, nothing of this machine, nothing that needs a kernel, no stale notebook."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest

from course_utils.explorers.page import EXPLORER
from tools import build

ROOT = Path(__file__).resolve().parents[2]
LESSON = """# %% [markdown]
# # A lesson for the builder

# %%
import time

import ipywidgets
import matplotlib.pyplot as plt
from IPython.display import Markdown, display
from tqdm.auto import tqdm

# %%
ipywidgets.IntSlider(3)

# %%
print("bar")
for _ in tqdm(range(3)):
    pass

# %%
print("bar")
for _ in tqdm(range(3)):
    pass

# %%
plt.plot([1, 2, 4])
plt.show()

# %% tags=["raises-exception"]
1 / 0

# %%
print("slowly", flush=True)
time.sleep(0.3)
print("written")
display(Markdown("A *caption*."))
6 * 7
"""


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("build")
    lesson = write_lesson(folder, LESSON)
    first, second = folder / "first.ipynb", folder / "second.ipynb"
    build.build(lesson, first)
    build.build(lesson, second)
    return first, second


def test_building_twice_gives_the_same_bytes(twice: tuple[Path, Path]) -> None:
    first, second = twice
    assert first.read_bytes() == second.read_bytes()


def test_outputs_are_kept_without_widgets(twice: tuple[Path, Path]) -> None:
    notebook = nbformat.read(twice[0], as_version=4)
    cells = build.code_cells(notebook)
    kinds = [[output.output_type for output in cell.outputs] for cell in cells]
    shown = ["display_data"]
    assert kinds == [[], [], ["stream"], ["stream"], shown, ["error"], ["stream", *shown, "execute_result"]]
    assert "image/png" in cells[4].outputs[0].data
    assert cells[6].outputs[0].text == "slowly\nwritten\n"
    assert cells[6].outputs[1].data["text/markdown"] == "A *caption*."
    assert cells[6].outputs[2].data["text/plain"] == "42"
    assert cells[5].outputs[0].traceback == ["ZeroDivisionError: division by zero"]
    assert "widget" not in json.dumps([cell.outputs for cell in cells])


def test_metadata_tells_neither_time_nor_version(twice: tuple[Path, Path]) -> None:
    notebook = nbformat.read(twice[0], as_version=4)
    assert notebook.metadata == build.METADATA
    assert [cell.metadata for cell in notebook.cells if cell.metadata] == [{"tags": ["raises-exception"]}]
    assert [cell.execution_count for cell in build.code_cells(notebook)] == [1, 2, 3, 4, 5, 6, 7]


def test_ids_come_from_slug_and_content(twice: tuple[Path, Path], tmp_path: Path) -> None:
    ids = [cell.id for cell in nbformat.read(twice[0], as_version=4).cells]
    assert len(set(ids)) == len(ids)
    assert all(name.startswith("99_try-") for name in ids)
    assert ids[4] == f"{ids[3]}-2"  # two cells of equal content
    moved = build.read_lesson(write_lesson(tmp_path, "# %%\nfirst = 1\n" + LESSON)).cells
    assert [cell.id for cell in moved][1:] == ids


@pytest.fixture(scope="module")
def compared(twice: tuple[Path, Path]) -> dict[str, list[str]]:
    """How strict nbval ends for each cell of the notebook as built, and with one output changed."""
    changed = twice[0].with_name("changed.ipynb")
    changed.write_text(twice[0].read_text().replace('"42"', '"43"'))
    said = nbval(twice[0], changed).stdout
    return {
        path.name: re.findall(rf"^(PASSED|FAILED|ERROR) \S*{path.name}::Cell \d", said, re.MULTILINE)
        for path in (twice[0], changed)
    }


def test_what_is_stored_passes_strict_nbval(compared: dict[str, list[str]]) -> None:
    assert compared["first.ipynb"] == ["PASSED"] * 7


def test_a_changed_output_fails_strict_nbval(compared: dict[str, list[str]]) -> None:
    assert sorted(compared["changed.ipynb"]) == ["FAILED", *["PASSED"] * 6]


def test_a_lesson_that_fails_leaves_the_older_notebook(tmp_path: Path) -> None:
    notebook = tmp_path / "old.ipynb"
    notebook.write_text("old")
    with pytest.raises(build.BuildError, match="name 'undefined' is not defined"):
        build.build(write_lesson(tmp_path, "# %%\nundefined\n"), notebook)
    assert notebook.read_text() == "old"


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("import warnings\nwarnings.warn('careful')", "writes to stderr: (.|\n)*careful"),
        ("import os\nos.getcwd()", "shows a path of this machine"),
        ("import course_utils\ncourse_utils", "shows a path of this machine"),
        (
            "import matplotlib.pyplot as plt\nplt.plot([1, 2], color='0.9')\nplt.title('Faint')\nplt.show()",
            "'Faint': a line of contrast 1.3, of 3 at least",
        ),
    ],
)
def test_a_lesson_with_faults_is_refused(tmp_path: Path, code: str, fault: str) -> None:
    with pytest.raises(build.BuildError, match=fault):
        build.build(write_lesson(tmp_path, f"# %%\n{code}\n"), tmp_path / "never.ipynb")
    assert not (tmp_path / "never.ipynb").exists()


@pytest.mark.parametrize(
    ("output", "fault"),
    [
        ({"output_type": "stream", "name": "stdout", "text": "fine"}, ""),
        ({"output_type": "stream", "name": "stderr", "text": "oh"}, "the cell that begins 'x' writes to stderr: oh"),
        ({"output_type": "stream", "name": "stdout", "text": "in /secret/place"}, "shows a path"),
        ({"output_type": "display_data", "data": {"text/html": "</secret/place>"}, "metadata": {}}, "shows a path"),
        ({"output_type": "error", "ename": "E", "evalue": "why", "traceback": ["E: why"]}, "raises"),
    ],
)
def test_faults_are_named(output: dict[str, Any], fault: str) -> None:
    cell = nbformat.v4.new_code_cell("x\ny", outputs=[nbformat.from_dict(output)])
    found = list(build.find_faults(nbformat.v4.new_notebook(cells=[cell]), ["/secret/place"]))
    assert len(found) == (1 if fault else 0)
    assert fault in "".join(found)


def test_an_empty_cell_is_a_fault() -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("\n")])
    assert list(build.find_faults(notebook, [])) == ["a code cell is empty"]


def test_machine_paths_are_also_known_as_ipython_shortens_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(ROOT.parent))
    monkeypatch.setenv("USERPROFILE", str(ROOT.parent))
    assert {str(ROOT), f"~/{ROOT.name}", str(ROOT.parent), sys.prefix} <= set(build.machine_paths())


def test_a_widget_with_a_picture_keeps_the_picture() -> None:
    data = {build.WIDGET_VIEW: {"model_id": "1"}, "text/plain": "Explorer", "image/png": "iVBO"}
    outputs: list[dict[str, Any]] = [{"output_type": "display_data", "data": data, "metadata": {}}]
    (kept,) = build.without_widget_views(outputs)
    assert kept["data"] == {"text/plain": "Explorer", "image/png": "iVBO"}
    assert build.WIDGET_VIEW in data  # the input is left as it was


def test_the_kernel_gets_this_checkout_and_no_profile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_DATA", "data sets")
    given = build.kernel_environment("/a/folder")
    fixed = {
        name: given[name] for name in ("PYTHONPATH", "PYTHONHASHSEED", "IPYTHONDIR", "COURSE_PROGRESS", "COURSE_DATA")
    }
    assert list(fixed.values()) == [str(ROOT), "0", "/a/folder", "", str(tmp_path / "data sets")]


def test_no_style_or_start_up_file_of_a_home_reaches_a_build(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MATPLOTLIBRC", "MPLBACKEND", "PYTHONSTARTUP"):
        monkeypatch.setenv(name, "/home/of/somebody")
    given = build.kernel_environment("/a/folder")
    assert Path(given["MATPLOTLIBRC"]).is_file()
    assert "/home/of/somebody" not in given.values()


def test_every_notebook_is_the_one_its_lesson_makes() -> None:
    assert build.freshness() == []


@pytest.mark.parametrize(
    ("tags", "is_folded"),
    [
        ("", False),
        ('["nbval-skip"]', False),
        ('["facts"]', True),
        ('["figure", "nbval-skip"]', True),
        ('["folded"]', True),
    ],
)
def test_code_that_draws_proves_or_helps_is_folded(tmp_path: Path, tags: str, is_folded: bool) -> None:
    head = f"# %% tags={tags}" if tags else "# %%"
    (cell,) = build.read_lesson(write_lesson(tmp_path, f"{head}\nassert 1 < 9\n")).cells
    assert ("jupyter" in cell.metadata) is ("cellView" in cell.metadata) is is_folded
    assert not is_folded or cell.metadata["jupyter"] == {"source_hidden": True}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("6 * 7", "6 * 8"),
        ("# # A lesson", "# # Another lesson"),
        ('tags=["raises-exception"]', 'tags=["nbval-skip"]'),
        ("# %%\nplt.plot", "# %% [markdown]\n# plt.plot"),
    ],
)
def test_a_changed_lesson_is_stale(twice: tuple[Path, Path], tmp_path: Path, old: str, new: str) -> None:
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    (notebooks / "99_try.ipynb").write_bytes(twice[0].read_bytes())
    write_lesson(tmp_path, LESSON)
    assert build.freshness(tmp_path, notebooks) == []
    assert LESSON.count(old) == 1
    write_lesson(tmp_path, LESSON.replace(old, new))
    assert build.freshness(tmp_path, notebooks) == ["99_try: the lesson has changed since its notebook was built"]


def test_lessons_and_notebooks_come_in_pairs(tmp_path: Path) -> None:
    (tmp_path / "98_new.py").write_text("# %%\n1\n")
    (tmp_path / "97_old.ipynb").write_text("{}")
    assert build.freshness(tmp_path, tmp_path) == [
        "97_old: the notebook has no lesson",
        "98_new: the lesson has no notebook",
    ]


@pytest.mark.parametrize("sources", [("digits", "fashion_mnist"), ("mnist", "digits"), ("mnist", "fashion_mnist")])
def test_the_fallback_is_refused(monkeypatch: pytest.MonkeyPatch, sources: tuple[str, str]) -> None:
    mnist, fashion = sources
    monkeypatch.setattr("course_utils.datasets.mnist_source", lambda: mnist)
    monkeypatch.setattr("course_utils.datasets.load_fashion_mnist", lambda: SimpleNamespace(source=fashion))
    with pytest.raises(SystemExit, match="the real MNIST") if "digits" in sources else nullcontext():
        build.refuse_fallback()


def test_an_unknown_number_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "LESSONS", tmp_path)
    write_lesson(tmp_path, LESSON)
    with pytest.raises(SystemExit, match=r"No lesson 42 in lessons/\. There are: 99_try\."):
        build.main(["42"])


def write_lesson(folder: Path, text: str) -> Path:
    lesson = folder / "99_try.py"
    lesson.write_text(text)
    return lesson


def nbval(*notebooks: Path) -> subprocess.CompletedProcess[str]:
    """Compare notebooks that lie elsewhere, under this project's conftest; a line tells of each cell."""
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "conftest", "-p", "nbval.plugin"]
    command += ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(notebooks[0].parent)]
    command += ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=60", *map(str, notebooks)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def test_the_build_refuses_where_no_chromium_is_there_to_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.lab.find_chromium", lambda: None)
    shown = nbformat.v4.new_output("execute_result", {EXPLORER: {"name": "simplex", "state": {}}})
    drawn = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("simplex()", outputs=[shown])])
    with pytest.raises(build.BuildError, match="there is no Chromium on this machine, which draws the explorers"):
        build.picture_explorers(drawn)
    undrawn = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
    build.picture_explorers(undrawn)  # a lesson without one needs none
