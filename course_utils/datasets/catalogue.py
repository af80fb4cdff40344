"""The registry of the data sets: what is downloaded, from where, and what its bytes must be."""

from __future__ import annotations

import json
from typing import NotRequired, TypedDict

from course_utils._support.resources import resource_path


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


def registry() -> dict[str, RegisteredSet]:
    """Return what data/registry.json says of each data set: files with SHA-256 and size, mirrors, licence, origin.

    >>> registry()["mnist"]["files"]["X_train"]["shape"]
    [60000, 28, 28]
    """
    entries: dict[str, RegisteredSet] = json.loads(resource_path("registry.json").read_text(encoding="utf-8"))
    return entries
