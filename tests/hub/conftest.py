"""A hub for two students on loopback, started once; skipped, and said so, where there is no hub to start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import nbformat
import pytest

from classroom.hub.rehearsal import Hub, Notebook, Student, lacking, running_hub


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    if missing := lacking():
        pytest.skip(f"this machine lacks {missing}: the class on a hub not tested (docs/hub.md says how to install)")
    with running_hub(tmp_path_factory.mktemp("hub"), 2, COURSE_OFFLINE="1") as running:
        yield running


@pytest.fixture
def student(hub: Hub) -> Iterator[Callable[[int], Student]]:
    """Log a student in, whose server is running."""
    with ExitStack() as browsers:

        def log_in(i: int) -> Student:
            student = browsers.enter_context(closing(Student(hub, hub.names[i])))
            student.log_in()
            student.spawn()
            return student

        yield log_in


@pytest.fixture
def short(hub: Hub) -> Callable[..., Notebook]:
    """Lay a notebook with these cells into a student's folder under the name short.ipynb."""

    def lay(student: Student, *cells: str) -> Notebook:
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        nbformat.write(notebook, hub.home(student.name) / "short.ipynb")
        return student.open("short")

    return lay
