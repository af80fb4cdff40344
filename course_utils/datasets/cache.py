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

from course_utils.datasets.catalogue import RegisteredFile, registry
from course_utils.datasets.idx import read_idx
from course_utils.datasets.telling import tell_once
from course_utils.files import written_whole
from course_utils.numerics import check_labels

Array = npt.NDArray[Any]

STALE_AFTER = 3600.0  # seconds; no write takes that long, so an older unfinished file belongs to no living process

_in_memory: dict[str, Array] = {}
_writing = threading.Lock()
_ending = threading.Event()


@atexit.register
def _end() -> None:
    """Let a background thread finish the file at hand and begin no other: the end of Python would cut it off."""
    _ending.set()
    _writing.acquire(timeout=5)


def cache_folder() -> Path:
    """Return the folder of the decoded arrays: $COURSE_CACHE, or the place this system has for caches."""
    if chosen := os.environ.get("COURSE_CACHE"):
        return Path(chosen).expanduser().absolute()
    import platformdirs

    return platformdirs.user_cache_path("classification-from-first-principles", appauthor=False)


def cached(name: str) -> dict[str, Array]:
    """Return those arrays of the data set `name` that are in the cache, read-only, by X_train, y_train and so on."""
    found = {part: _open(_key(name, part, file), file) for part, file in registry()[name]["files"].items()}
    return {part: array for part, array in found.items() if array is not None}


def missing(name: str) -> dict[str, RegisteredFile]:
    """Return the registered files of the data set `name` whose arrays are not in the cache."""
    there = cached(name)
    return {part: file for part, file in registry()[name]["files"].items() if part not in there}


def keep(name: str, part: str, content: bytes) -> None:
    """Put the array of one registered file into the cache; ValueError where `content` is not that very file.

    The check and the decoding see the same bytes, so that nothing can come between them.
    """
    file = registry()[name]["files"][part]
    digest = hashlib.sha256(content).hexdigest()
    if digest != file["sha256"]:
        raise ValueError(f"{file['name']}: expected SHA-256 {file['sha256'][:12]}..., got {digest[:12]}...")
    array: Array = read_idx(content, tuple(file["shape"])).reshape(_decoded_shape(file))
    if array.ndim == 1:
        array = check_labels(part, array, len(registry()[name]["class_names"]))
    array.flags.writeable = False
    key = _key(name, part, file)
    try:
        _write(key, array)
    except OSError as error:
        _in_memory[key] = array
        why = error.strerror or error
        tell_once(f"The cache folder {cache_folder()} cannot be written: the data stay in memory", str(why))


def lasts() -> bool:
    """Tell whether all that was kept so far will be there in the next session."""
    return not _in_memory


def sweep() -> None:
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


def _open(key: str, file: RegisteredFile) -> Array | None:
    if key in _in_memory:
        return _in_memory[key]
    path = cache_folder() / f"{key}.npy"
    try:
        return _map(path, file)
    except OSError:  # not there, or not ours to read
        return None
    except Exception:  # NumPy answers a damaged header with almost any exception
        with suppress(OSError):
            path.unlink()
        return None


def _map(path: Path, file: RegisteredFile) -> Array:
    """Map a .npy file, or raise ValueError where it cannot be the array of `file`.

    What is compared is type, shape and length. Hashing 47 MB would cost a hundred times as long, and would read
    every page that a class on one server shares; the content was verified before it was written, and written whole.
    """
    # np.load would also open pickles and archives, which nobody has put here.
    array = np.lib.format.open_memmap(path, mode="r")
    shape = _decoded_shape(file)
    dtype = np.dtype(np.int64 if len(shape) == 1 else np.uint8)
    whole = path.stat().st_size == array.offset + array.nbytes
    if array.shape != shape or array.dtype != dtype or not array.flags.c_contiguous or not whole:
        raise ValueError(f"{path}: expected {dtype} {shape}, got {array.dtype} {array.shape}")
    # A plain array, so that it prints and computes the same whether it comes from a file or from memory.
    return np.asarray(array)


def _write(key: str, array: Array) -> None:
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with _writing:
        if _ending.is_set():
            raise SystemExit  # of this thread
        with written_whole(folder / f"{key}.npy") as file:
            np.save(file, array, allow_pickle=False)
