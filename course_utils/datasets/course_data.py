"""What the folder $COURSE_DATA holds, in the layouts that people have; its pixels alone decide what a file is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from course_utils._support.files import user_folder
from course_utils._support.notices import notice_once
from course_utils.datasets import cache
from course_utils.datasets.catalogue import RegisteredFile, registry
from course_utils.datasets.download import most_bytes
from course_utils.datasets.idx import read_idx


def bring_from_course_data(name: str) -> str:
    """Take what is missing of the data set `name` from $COURSE_DATA; return what the folder could not give, or ""."""
    chosen = os.environ.get("COURSE_DATA")
    if not chosen:
        return ""
    try:
        root = user_folder(chosen, "")
    except OSError as error:
        return f"COURSE_DATA: {error.strerror or error}"
    lacking = [file["name"] for part, file in cache.missing(name).items() if not _brought(root, name, part, file)]
    if not lacking:
        return ""
    others = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
    return f"COURSE_DATA: no usable {lacking[0]}{others} in {root / name}"


def _brought(root: Path, name: str, part: str, file: RegisteredFile) -> bool:
    for path, own in _candidates(root, name, file):
        try:
            if path.suffix.lower() == ".npz":
                cache.store_array(name, part, _from_archive(path, part, file))
            else:
                cache.store(name, part, _read(path, file))
        except OSError:
            continue
        except ValueError as error:
            if own or not _is_of_another_set(path, name, part):
                notice_once(f"COURSE_DATA: {path} is damaged or another file, and is not used", str(error))
        else:
            return True
    return False


def _candidates(root: Path, name: str, file: RegisteredFile) -> Iterator[tuple[Path, bool]]:
    """Yield each file that may be `file` by its name, and whether its folder belongs to this data set alone."""
    names = {_letters(name), _letters(name).removesuffix("mnist")}  # Fashion-MNIST lies in "fashion" too
    own = [each for each in _inside(root) if each.is_dir() and _letters(each.name) in names]
    own.sort(key=lambda folder: folder.name != name)
    for folder in [*own, root]:
        raw = [each for each in _inside(folder) if each.name.lower() == "raw"]
        for place in [folder, *raw]:
            for path in sorted(_inside(place), key=lambda path: (path.name != file["name"], path.name)):
                if _stem(path.name) == _stem(file["name"]):
                    # Some archives unpack each file into a folder of the same name.
                    inner = [each for each in _inside(path) if _stem(each.name) == _stem(file["name"])]
                    yield from ((each, folder is not root) for each in [path, *inner] if each.is_file())
                elif path.suffix.lower() == ".npz" and _letters(path.stem) in names and path.is_file():
                    yield path, True


def _inside(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:  # no folder, or not ours to read
        return []


def _letters(name: str) -> str:
    """MNIST, fashion_mnist, Fashion-MNIST: letters and digits alone, all small."""
    return "".join(filter(str.isalnum, name.lower()))


def _stem(name: str) -> str:
    """train-images-idx3-ubyte.gz, train-images.idx3-ubyte and the like: one name."""
    return _letters(name.lower().removesuffix(".gz"))


def _read(path: Path, file: RegisteredFile) -> bytes:
    """Read a file that may be `file`, packed or not; never more of it than that can have."""
    most = most_bytes(file)
    with path.open("rb") as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise ValueError(f"expected at most {most:,} bytes, got more")
    return content


def _from_archive(path: Path, part: str, file: RegisteredFile) -> cache.Array:
    """Read one array of Keras' mnist.npz, x_train, y_train, x_test or y_test, as uint8 of the registered shape."""
    with path.open("rb") as stream:  # OSError where it cannot be read at all
        try:
            with np.load(stream, allow_pickle=False) as arrays:
                key = {each.lower(): each for each in arrays.files}[part.lower()]
                if arrays.zip.getinfo(f"{key}.npy").file_size > 8 * most_bytes(file):
                    raise ValueError("an array larger than the registered one")
                found = arrays[key]
            array: cache.Array = found.astype(np.uint8).reshape(file["shape"])
            if not (array.ravel() == found.ravel()).all():
                raise ValueError("numbers that are no bytes")
        except Exception as error:  # zip and NumPy answer damage with almost any exception
            raise ValueError(
                f"expected {part.lower()} of shape {tuple(file['shape'])}, got {error!r:.100}"
            ) from error
    return array


def _is_of_another_set(path: Path, name: str, part: str) -> bool:
    """Tell whether a file in a folder that belongs to no data set alone is a sound one of another data set."""
    for other, entry in registry().items():
        file = entry["files"][part]
        try:
            if other != name:
                cache.check_decoded(file, read_idx(_read(path, file), tuple(file["shape"])))
                return True
        except (OSError, ValueError):
            continue
    return False
