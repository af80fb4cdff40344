"""The cache of decoded arrays: one .npy file for each registered file, mapped into memory by all who read it.

Only whole, checked arrays get in. A file is verified and decoded in memory, written under a name that nobody
reads, and renamed, so that neither a crash nor a second kernel can leave half an array behind. Where the folder
cannot be written, the arrays stay in the memory of the session instead.
"""

from __future__ import annotations

import atexit
import hashlib
import math
import os
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils._support.files import atomic_write, user_folder
from course_utils._support.notices import notice_once
from course_utils.datasets.catalogue import RegisteredFile, registry
from course_utils.datasets.idx import read_idx
from course_utils.numerics import check_labels

Array = npt.NDArray[Any]

STALE_AFTER = 3600.0  # seconds; no write takes that long, so an older unfinished file belongs to no living process

_in_memory: dict[str, Array] = {}
_writing = threading.Lock()
_ending = threading.Event()


def _begin_in_child() -> None:
    """A forked child has not the thread that was writing, which alone could have let go of the lock."""
    global _writing
    _writing = threading.Lock()


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_begin_in_child)


@atexit.register
def _end() -> None:
    """Let a background thread finish the file at hand and begin no other: the end of Python would cut it off."""
    _ending.set()
    _writing.acquire(timeout=5)


def cache_folder() -> Path:
    """Return the folder of the decoded arrays: $COURSE_CACHE, or the place this system has for caches.

    Raises OSError where there is none, for a user without a home or a COURSE_CACHE in a home that nobody has.
    """
    return user_folder(os.environ.get("COURSE_CACHE") or None, "user_cache_path")


def cached(name: str) -> dict[str, Array]:
    """Return those arrays of the data set `name` that are in the cache, read-only, by X_train, y_train and so on."""
    entry = registry()[name]
    classes = len(entry["class_names"])
    found = {part: _open(_key(name, part, file), file, classes) for part, file in entry["files"].items()}
    return {part: array for part, array in found.items() if array is not None}


def missing(name: str) -> dict[str, RegisteredFile]:
    """Return the registered files of the data set `name` whose arrays are not in the cache."""
    there = cached(name)
    return {part: file for part, file in registry()[name]["files"].items() if part not in there}


def store(name: str, part: str, content: bytes) -> None:
    """Put the array of one registered file into the cache; ValueError where `content` holds another array.

    The check and the decoding see the same bytes, so that nothing can come between them. Another file with the same
    pixels is as good: people unpack the files, or pack them anew, and so do servers on the way.
    """
    file = registry()[name]["files"][part]
    array = read_idx(content, tuple(file["shape"]))
    digest = hashlib.sha256(content).hexdigest()
    if digest != file["sha256"]:
        check_decoded(file, array)
    _keep(name, part, array)


def store_array(name: str, part: str, array: Array) -> None:
    """Put one array into the cache that was found decoded; ValueError where it is not the registered one."""
    file = registry()[name]["files"][part]
    check_decoded(file, array)
    _keep(name, part, array)


def check_decoded(file: RegisteredFile, array: Array) -> None:
    """Raise ValueError unless `array`, uint8 of the file's shape, has the very pixels or labels of the file."""
    digest, wanted = (
        hashlib.sha256(np.ascontiguousarray(array).data).hexdigest(),
        file.get("decoded_sha256", "another"),
    )
    if digest != wanted:
        raise ValueError(f"{file['name']}: expected pixels of SHA-256 {wanted[:12]}..., got {digest[:12]}...")


def _keep(name: str, part: str, array: Array) -> None:
    file = registry()[name]["files"][part]
    array = array.reshape(_decoded_shape(file))
    if array.ndim == 1:
        array = check_labels(part, array, len(registry()[name]["class_names"]))
    array.flags.writeable = False
    key = _key(name, part, file)
    try:
        _write(key, array)
    except OSError as error:
        _in_memory[key] = array
        why = error.strerror or str(error)
        notice_once(f"The cache folder{_named()} cannot be written: the data stay in memory", why)


def _named() -> str:
    """The name of the folder in a sentence, where there is a folder."""
    with suppress(OSError):
        return f" {cache_folder()}"
    return ""


def is_persistent() -> bool:
    """Tell whether all that was kept so far will be there in the next session."""
    return not _in_memory


def remove_stale() -> None:
    """Remove unfinished files that a killed process has left in the cache."""
    with suppress(OSError):
        for unfinished in cache_folder().glob("*.part"):
            if time.time() - unfinished.stat().st_mtime > STALE_AFTER:
                unfinished.unlink()


def _key(name: str, part: str, file: RegisteredFile) -> str:
    # With the hash in its name, an array can never be taken for that of another version of the registry.
    return f"{name}-{part}-{file['sha256'][:16]}"


def _decoded_shape(file: RegisteredFile) -> tuple[int, ...]:
    """Return (N, 784) for pictures (N, 28, 28), and (N,) for labels."""
    n_samples, *rest = file["shape"]
    return (n_samples, math.prod(rest)) if rest else (n_samples,)


def _open(key: str, file: RegisteredFile, classes: int) -> Array | None:
    if key in _in_memory:
        return _in_memory[key]
    try:
        path = cache_folder() / f"{key}.npy"
        return _map(path, file, classes)
    except OSError:  # not there, or not ours to read
        return None
    except Exception:  # NumPy answers a damaged header with almost any exception
        with suppress(OSError):
            path.unlink()
        return None


def _map(path: Path, file: RegisteredFile, classes: int) -> Array:
    """Map a .npy file, or raise ValueError where it cannot be the array of `file`.

    What is compared is type, shape and length, and that labels are labels. Hashing 47 MB would cost a hundred times
    as long, and would read every page that a class on one server shares; the content was verified before it was
    written, and written whole.
    """
    # np.load would also open pickles and archives, which nobody has put here.
    array = np.lib.format.open_memmap(path, mode="r")
    shape = _decoded_shape(file)
    dtype = np.dtype(np.int64 if len(shape) == 1 else np.uint8)
    whole = path.stat().st_size == array.offset + array.nbytes
    if array.shape != shape or array.dtype != dtype or not array.flags.c_contiguous or not whole:
        raise ValueError(f"{path}: expected {dtype} {shape}, got {array.dtype} {array.shape}")
    if array.ndim == 1 and not 0 <= array.min() <= array.max() < classes:
        raise ValueError(f"{path}: expected labels 0 to {classes - 1}, got {array.min()} to {array.max()}")
    # A plain array, so that it prints and computes the same whether it comes from a file or from memory.
    return np.asarray(array)


def _write(key: str, array: Array) -> None:
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with _writing:
        if _ending.is_set():
            raise SystemExit  # of this thread
        with atomic_write(folder / f"{key}.npy") as file:
            np.save(file, array, allow_pickle=False)
