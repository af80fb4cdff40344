"""Folders that the user has, and files that are whole or not there."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def user_folder(chosen: str | None, kind: str) -> Path:
    """Return the folder `chosen`, or, where that is None, the one that this system has for us, by platformdirs.

    A user without a home, as in many containers, and a `~name` that nobody has raise OSError: they are no place to
    write to.

    >>> user_folder("/tmp/course", "user_cache_path").name
    'course'
    """
    try:
        if chosen is not None:
            return Path(chosen).expanduser().absolute()
        import platformdirs

        folder: Path = getattr(platformdirs, kind)("classification-from-first-principles", appauthor=False)
        return folder
    except RuntimeError as error:
        raise OSError(errno.ENOENT, f"no home folder is known for {chosen or 'this user'}") from error


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """Open a file to be written in one stroke: whoever reads `path` sees the old content or the new, all of it.

    What is written goes under a name that nobody reads and that ends in .part; it takes the place of `path` at the
    end. After an error in the block, or of the disk (OSError), the old file is as it was and nothing is left behind.
    Several may write at once: the last one counts.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     with atomic_write(Path(folder) / "new.txt") as file:
    ...         _ = file.write(b"all of it")
    ...     (Path(folder) / "new.txt").read_text()
    'all of it'
    """
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with unfinished.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # or a power cut could leave a file of the right length full of zeros
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
