"""What has been graded is kept, so that an interrupted run goes on and only what has changed runs again.

A notebook's rows lie in a file named by the hash of all that decides them: its bytes, the course and its data, Python
and every package. What was stopped by time or memory is not kept, since on a machine that is less busy it may end
another way.
"""

from __future__ import annotations

import hashlib
import json
import sys
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

from classroom.grades import Row
from classroom.isolation import PACKAGES, ROOT
from course_utils._support.files import atomic_write


def place(folder: Path, content: bytes) -> Path:
    """Return the file in which a notebook's rows are kept."""
    return folder / f"{hashlib.sha256(content + _course()).hexdigest()}.json"


def recall(path: Path) -> list[Row] | None:
    """Return the rows that were kept; None where there are none that can be read."""
    try:
        return [Row(*map(str, row)) for row in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError):
        return None


def keep(path: Path, rows: list[Row]) -> None:
    """Keep rows."""
    with atomic_write(path) as file:
        file.write(json.dumps(rows).encode())


@cache
def _course() -> bytes:
    """Hash what decides over a grade besides the notebook."""
    versions = sorted(f"{each.name} {each.version}" for each in distributions())
    digest = hashlib.sha256("\n".join([sys.version, *versions]).encode())
    code = [path for package in PACKAGES for path in package.rglob("*.py")]
    data = [path for path in (ROOT / "data").rglob("*") if path.is_file()]
    for path in sorted([*code, *data, *(ROOT / "notebooks").glob("*.ipynb")]):
        digest.update(path.read_bytes())
    return digest.digest()
