"""What the course ships in its data folder, and the registry there of what it downloads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NotRequired, TypedDict

PACKAGE = Path(__file__).resolve().parents[1]


class RegisteredFile(TypedDict):
    """One file of a data set: its name on every mirror, its size in bytes, and the shape of the array in it.

    `decoded_sha256` is that of the array's bytes: other files, packed in another way, may hold the same pixels.
    """

    name: str
    size: int
    sha256: str
    decoded_sha256: NotRequired[str]
    shape: list[int]


class RegisteredSet(TypedDict):
    """One data set; `files` is keyed by the array a file holds: X_train, y_train, X_test, y_test."""

    title: str
    origin: str
    licence: str
    class_names: list[str]
    mirrors: list[str]
    files: dict[str, RegisteredFile]


def shipped(name: str) -> Path:
    """Return the path of a file that comes with the course; FileNotFoundError where there is none.

    In an installed wheel the data folder lies inside the package, in a checkout beside it.
    """
    for folder in (PACKAGE / "data", PACKAGE.parent / "data"):
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"{name}: not among the files that come with the course")


def registry() -> dict[str, RegisteredSet]:
    """Return what data/registry.json says of each data set: files with SHA-256 and size, mirrors, licence, origin.

    >>> registry()["mnist"]["files"]["X_train"]["shape"]
    [60000, 28, 28]
    """
    entries: dict[str, RegisteredSet] = json.loads(shipped("registry.json").read_text(encoding="utf-8"))
    return entries
