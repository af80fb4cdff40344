"""Save in one stroke: a server that dies in the middle of a save leaves the notebook as it was before.

JupyterLab's own way copies the old notebook aside and writes over it in place. Where the process is killed then, the
notebook is cut short, and the copy has a name that nobody knows (`.~NN_slug.ipynb`).
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager


class WholeFiles(AsyncLargeFileManager):
    """JupyterLab's manager of files, but a file has its name only once all of it is on the disk."""

    @contextmanager
    def atomic_writing(self, os_path: str, text: bool = True, encoding: str = "utf-8") -> Iterator[IO[Any]]:
        """Open a new file beside the old one, and put it in the old one's place when it has been written."""
        path = Path(os.path.realpath(os_path))  # what a link leads to is written, and the link stays
        unfinished = path.with_name(f".{path.name}.part")
        with self.perm_to_403(os_path):
            try:
                with self._open(unfinished, text, encoding) as file:
                    yield file
                    file.flush()
                    os.fsync(file.fileno())  # or a power cut could leave a file of the right name full of zeros
                with suppress(FileNotFoundError):
                    shutil.copymode(path, unfinished)
                unfinished.replace(path)
            finally:
                unfinished.unlink(missing_ok=True)

    def _open(self, path: Path, text: bool, encoding: str) -> IO[Any]:
        return path.open("w", encoding=encoding, newline="\n") if text else path.open("wb")
