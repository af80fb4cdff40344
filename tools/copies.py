"""The learner's copies of the lessons: brought up to date, and what a learner wrote is never written to."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from course_utils._support.edition import MOVED_NOTEBOOKS
from course_utils._support.files import atomic_write
from tools.deeper import with_folded_parts


def copy_lessons(notebooks: Path, work: Path) -> list[Path]:
    """Give `work` a copy of every lesson, without outputs and proofs, and return the newest copy of each.

    A copy that holds anything of the learner's is never written to: when its lesson has moved on, the new version
    stands beside it under a number, and is announced once. A copy of the first edition, whose lesson has another
    number now, is left alone, and each start says that it is one, as long as it lies there.
    """
    record = work / ".course" / "copies.json"
    record.parent.mkdir(parents=True, exist_ok=True)
    try:
        given = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        given = {}
    copies = [copy_lesson(lesson, work, given) for lesson in sorted(notebooks.glob("*.ipynb"))]
    write(record, given)
    for line in older_copies(work):
        print(line, flush=True)
    return copies


def older_copies(work: Path) -> list[str]:
    """Say of each copy from the first edition where its lesson stands today; a learner may run its old numbers."""
    return [
        f"{path.name} is of an older edition, and kept as it is: that lesson is now {today}. "
        "Its exercises have other numbers today, so go on in the new copy."
        for stem, today in MOVED_NOTEBOOKS.items()
        for path in sorted(work.glob(f"{stem}*.ipynb"))
    ]


def copy_lesson(lesson: Path, work: Path, given: dict[str, str]) -> Path:
    """Copy one lesson where that is due, note in `given` which version the learner has, return the copy."""
    notebook = json.loads(lesson.read_text(encoding="utf-8"))
    notebook["cells"] = for_learners(notebook["cells"])
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    version = cells_hash(notebook)
    number, copy = newest_copy(work, lesson.stem)
    if copy.exists():
        if given.get(lesson.name) == version:
            return copy
        if read_hash(copy) not in (version, given.get(lesson.name)):
            copy = work / f"{lesson.stem}.{number + 1}.ipynb"
            print(f"{lesson.stem} has a newer version: {copy.name}. What you wrote is still in work/.", flush=True)
    write(copy, notebook)
    given[lesson.name] = version
    return copy


def for_learners(cells: list[Any]) -> list[Any]:
    """Return a lesson's cells as a learner gets them: without proofs, and what is extra folded."""
    return with_folded_parts(without_facts(cells))


def without_facts(cells: list[Any]) -> list[Any]:
    """Return a notebook's cells but for those tagged `facts`, which prove the text and teach nothing."""
    return [cell for cell in cells if "facts" not in cell.get("metadata", {}).get("tags", [])]


def newest_copy(work: Path, stem: str) -> tuple[int, Path]:
    """Return number and path of a lesson's newest copy: NN_slug.ipynb is the first, NN_slug.2.ipynb the second."""
    found = (re.fullmatch(rf"{re.escape(stem)}\.(\d+)\.ipynb", path.name) for path in work.iterdir())
    number = max((int(match[1]) for match in found if match), default=1)
    return number, work / (f"{stem}.{number}.ipynb" if number > 1 else f"{stem}.ipynb")


def cells_hash(notebook: Any) -> str:
    """Hash what a learner can change: source and outputs. JupyterLab rewrites the rest by merely opening a file."""
    cells = []
    for cell in notebook["cells"]:
        source = cell["source"]
        text = "".join(source) if isinstance(source, list) else source
        cells.append([cell["cell_type"], text, cell.get("outputs")])
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def read_hash(copy: Path) -> str | None:
    """Return the hash of a copy's cells, or None where it is no readable notebook."""
    try:
        return cells_hash(json.loads(copy.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(path: Path, content: object) -> None:
    """Write JSON in one stroke: a reader sees the old file or the new one, never half of it."""
    with atomic_write(path) as file:
        file.write(f"{json.dumps(content, indent=1, ensure_ascii=False)}\n".encode())
