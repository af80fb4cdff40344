"""Build notebooks/ from lessons/: read, run, tidy, refuse what must not be published.

    python -m tools.build        every lesson
    python -m tools.build 08     one

A lesson is percent-format Python. Its notebook is the reference that nbval compares and GitHub shows, so two builds
on one machine give the same bytes, and nothing in it tells of the machine.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import matplotlib
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from course_utils._support.card import unbroken
from course_utils._support.files import atomic_write
from course_utils.explorers.page import EXPLORER
from tools.callouts import with_callouts
from tools.page_explorers import Still, photographer
from tools.percent import read_percent

ROOT = Path(__file__).resolve().parent.parent
LESSONS = ROOT / "lessons"
NOTEBOOKS = ROOT / "notebooks"

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
FOLDED = {"facts", "figure", "folded"}  # tags of cells whose code a reader opens with a click
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}

CAPTION = {"explorer": "caption"}  # the metadata of such an output

FIGURES = "figures.txt"  # what cannot be read in them, in the folder of a build

Notebook = Any  # nbformat carries no types
Output = dict[str, Any]


class BuildError(Exception):
    """A lesson that must not be published as it is; the message says why."""


def build(lesson: Path, notebook: Path) -> None:
    """Run `lesson` from top to bottom and write it, outputs kept, to `notebook`.

    Raises BuildError where a cell fails without the tag raises-exception, writes to stderr, or shows a path of
    this machine. A lesson that fails leaves an older notebook as it was.
    """
    content = read_lesson(lesson)
    with tempfile.TemporaryDirectory() as folder:
        run(content, folder)
        tidy(content)
        picture_explorers(content)
        faults = [*find_faults(content, [folder, *machine_paths()]), *unreadable(folder)]
    if faults:
        raise BuildError(f"{lesson.name}: " + "; ".join(faults))
    with atomic_write(notebook) as file:
        file.write(f"{nbformat.writes(content)}\n".encode())


def read_lesson(path: Path) -> Notebook:
    """Return the lesson as a notebook without outputs; ids and metadata depend on its text alone."""
    notebook = read_percent(path)
    notebook.metadata = nbformat.from_dict(METADATA)
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = with_callouts(unbroken(cell.source))
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:8]
        seen[digest] += 1
        repeat = f"-{seen[digest]}" if seen[digest] > 1 else ""
        cell.id = f"{path.stem[:48]}-{digest}{repeat}"
        cell.metadata = nbformat.from_dict(folded(cell.metadata.get("tags", [])))
    return notebook


def folded(tags: list[str]) -> dict[str, Any]:
    """Return a cell's metadata: its tags, and where one of them folds its code what JupyterLab and Colab ask for.

    >>> folded(["figure"])
    {'tags': ['figure'], 'jupyter': {'source_hidden': True}, 'cellView': 'form'}
    """
    if not tags:
        return {}
    return {"tags": tags} | ({"jupyter": {"source_hidden": True}, "cellView": "form"} if FOLDED & set(tags) else {})


def run(notebook: Notebook, folder: str) -> None:
    """Execute `notebook` in place, in a fresh kernel whose working directory and IPython profile are `folder`.

    What cannot be read in a figure that the kernel draws is noted in `folder`, for `unreadable`.
    """
    startup = Path(folder, "profile_default", "startup", "figures.py")
    startup.parent.mkdir(parents=True)
    startup.write_text(
        f"import tools.figures\n\ntools.figures.watch({str(Path(folder, FIGURES))!r})\ndel tools\n", "utf-8"
    )
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=600,
        record_timing=False,
        coalesce_streams=True,  # how often a kernel flushes its output is chance
        shutdown_kernel="immediate",
        resources={"metadata": {"path": folder}},
    )
    try:
        client.execute(env=kernel_environment(folder))
    except CellExecutionError as error:
        raise BuildError(str(error)) from error


def kernel_environment(folder: str) -> dict[str, str]:
    """Return the one place where a build's surroundings are fixed: this checkout, no profile, no style, no memory."""
    fixed = {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0", "IPYTHONDIR": folder, "COURSE_PROGRESS": ""}
    fixed |= {"PYTHONSTARTUP": "", "MPLBACKEND": "", "MATPLOTLIBRC": f"{matplotlib.get_data_path()}/matplotlibrc"}
    if data := os.environ.get("COURSE_DATA"):
        fixed["COURSE_DATA"] = os.path.abspath(data)  # the kernel works in another folder
    return os.environ | fixed


def tidy(notebook: Notebook) -> None:
    """Drop from the outputs, in place, what differs between two runs or means nothing without a kernel."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in code_cells(notebook):
        cell.outputs = without_widget_views(cell.outputs)
        for output in cell.outputs:
            if output["output_type"] == "error":
                output["traceback"] = [f"{output['ename']}: {output['evalue']}"]


def without_widget_views(outputs: Iterable[Output]) -> list[Output]:
    """Return the outputs less their widget views.

    A stored view carries a random id and shows an error until the notebook runs. Where nothing is left but the
    text that stands in for the widget (a slider's repr, an empty progress bar), the whole output goes.
    """
    kept = []
    for output in outputs:
        data = dict(output.get("data", {}))
        if data.pop(WIDGET_VIEW, None) is None:
            kept.append(output)
        elif data.keys() - {"text/plain"}:
            kept.append(nbformat.from_dict({**output, "data": data}))
    return kept


def picture_explorers(notebook: Notebook) -> None:
    """Add to each output that shows an explorer, in place, its picture, and after it an output with its caption.

    GitHub and the site show one kind of an output, so that a caption beside a picture would never be seen. Raises
    BuildError where no Chromium is at hand: the page draws the explorers, and so nothing else can.
    """
    if not any(EXPLORER in output.get("data", {}) for cell in code_cells(notebook) for output in cell.outputs):
        return
    try:
        with photographer() as take:
            for cell in code_cells(notebook):
                cell.outputs = [part for output in cell.outputs for part in pictured(output, take)]
    except LookupError as error:
        raise BuildError(f"no picture of its explorer can be made: {error}") from error


def pictured(output: Output, take: Callable[[dict[str, Any]], Still]) -> Iterator[Output]:
    """Yield an output, an explorer's with its picture and followed by its caption."""
    shown = output.get("data", {}).get(EXPLORER)
    if shown is None:
        yield output
        return
    still = take(shown)
    size = {"image/png": {"width": still.width, "height": still.height}}
    data = {**output["data"], "image/png": still.png}
    yield nbformat.from_dict({**output, "data": data, "metadata": size})
    yield nbformat.v4.new_output("display_data", {"text/markdown": still.caption}, metadata=CAPTION)


def without_captions(outputs: Iterable[Output]) -> list[Output]:
    """Return the outputs less the captions of explorers, which the build adds and no kernel gives."""
    return [output for output in outputs if output.get("metadata") != CAPTION]


def find_faults(notebook: Notebook, paths: list[str]) -> Iterator[str]:
    """Name, cell by cell, what keeps an executed notebook from being published."""
    for cell in code_cells(notebook):
        where = f"the cell that begins {cell.source.partition(chr(10))[0]!r}"
        if not cell.source.strip():
            yield "a code cell is empty"
        for output in cell.outputs:
            text = "\n".join(texts(output))
            if output.get("name") == "stderr":
                yield f"{where} writes to stderr: {text.strip()}"
            if output["output_type"] == "error" and "raises-exception" not in cell.metadata.get("tags", []):
                yield f"{where} raises {text}"
            shown = [path for path in paths if path in text]
            if shown:
                yield f"{where} shows a path of this machine: {shown[0]}"


def unreadable(folder: str) -> list[str]:
    """Return, in a line each, what cannot be read in the figures that were drawn by `run` in `folder`."""
    noted = Path(folder, FIGURES)
    return noted.read_text(encoding="utf-8").splitlines() if noted.exists() else []


def machine_paths() -> list[str]:
    """Return the folders that no output may name, also as IPython abbreviates them: ~/folder."""
    home = Path.home()
    folders = {ROOT, Path(sys.prefix), Path(tempfile.gettempdir())}
    short = {f"~/{folder.relative_to(home).as_posix()}" for folder in folders if folder.is_relative_to(home)}
    return sorted({str(home)} | short | {str(folder) for folder in folders})


def texts(output: Output) -> Iterator[str]:
    """Yield every text that a reader of the output may see."""
    yield output.get("text", "")
    yield from output.get("traceback", [])
    yield from (str(value) for kind, value in output.get("data", {}).items() if not kind.startswith("image/p"))


def code_cells(notebook: Notebook) -> list[Any]:
    """Return the notebook's code cells."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def freshness(lessons: Path = LESSONS, notebooks: Path = NOTEBOOKS) -> list[str]:
    """Say, in a sentence each, where a notebook is not the one that its lesson makes; empty where all agree."""
    sources = {path.stem: path for path in lessons.glob("*.py")}
    built = {path.stem: path for path in notebooks.glob("*.ipynb")}
    stale = [f"{name}: the lesson has no notebook" for name in sources.keys() - built.keys()]
    stale += [f"{name}: the notebook has no lesson" for name in built.keys() - sources.keys()]
    for name in sources.keys() & built.keys():
        if outline(read_lesson(sources[name])) != outline(nbformat.read(built[name], as_version=4)):
            stale.append(f"{name}: the lesson has changed since its notebook was built")
    return sorted(stale)


def outline(notebook: Notebook) -> list[tuple[str, str, str, list[str]]]:
    """Return what a lesson fixes of each cell: id, type, source, tags."""
    return [(cell.id, cell.cell_type, cell.source, cell.metadata.get("tags", [])) for cell in notebook.cells]


def main(arguments: list[str] | None = None) -> None:
    """Build the lessons asked for, or end with a sentence that says why not."""
    parser = argparse.ArgumentParser(prog="course.py build", description="build notebooks/ from lessons/")
    parser.add_argument("lesson", nargs="?", metavar="NN", help="a lesson's number, such as 08; without it, all")
    number = parser.parse_args(arguments).lesson
    lessons = sorted(LESSONS.glob(f"{number}_*.py" if number else "*.py"))
    if not lessons:
        known = ", ".join(path.stem for path in sorted(LESSONS.glob("*.py"))) or "none yet"
        sys.exit(f"No lesson {number or 'to build'} in lessons/. There are: {known}.")
    refuse_fallback()
    for lesson in lessons:
        notebook = NOTEBOOKS / f"{lesson.stem}.ipynb"
        print(f"{lesson.stem} ...", flush=True)
        try:
            build(lesson, notebook)
        except BuildError as error:
            sys.exit(f"Not built: {error}")
        print(f"{notebook.relative_to(ROOT)}: {notebook.stat().st_size / 1e6:.2f} MB")


def refuse_fallback() -> None:
    """End unless the real data sets are at hand: figures from the small digits must not be published."""
    from course_utils import datasets

    if (datasets.mnist_source(), datasets.load_fashion_mnist().source) != ("mnist", "fashion_mnist"):
        sys.exit("Notebooks are built on the real MNIST and Fashion-MNIST only: set COURSE_DATA to their folder.")


if __name__ == "__main__":
    main()
