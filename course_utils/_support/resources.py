"""Files that come with the course."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def resource_path(name: str) -> Path:
    """Return the path of a file in the course's data folder; FileNotFoundError where there is none of that name.

    In an installed wheel the data folder lies inside the package, in a checkout beside it.

    >>> resource_path("registry.json").name
    'registry.json'
    """
    for folder in (PACKAGE / "data", PACKAGE.parent / "data"):
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"{name}: not among the files that come with the course")
