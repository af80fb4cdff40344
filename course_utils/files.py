"""Files that are whole or not there."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """Open a file to be written in one stroke: whoever reads `path` sees the old content or the new, all of it.

    What is written goes under a name that nobody reads and that ends in .part; it takes the place of `path` at the
    end. After an error in the block, or of the disk (OSError), the old file is as it was and nothing is left behind.
    Several may write at once: the last one counts.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     with written_whole(Path(folder) / "new.txt") as file:
    ...         _ = file.write(b"all of it")
    ...     (Path(folder) / "new.txt").read_text()
    'all of it'
    """
    unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        with unfinished.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # or a power cut could leave a file of the right length full of zeros
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
