"""What the course changes in a Jupyter server: saving never cuts a notebook short.

`start_lab` names the class to the JupyterLab that it starts, where this module can be imported: a later JupyterLab
may have moved or renamed what is built upon here, which is an ImportError.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

from course_utils._support.files import atomic_write

if not hasattr(AsyncLargeFileManager, "atomic_writing"):
    raise ImportError("AsyncLargeFileManager has no atomic_writing")


class AtomicFileManager(AsyncLargeFileManager):
    """JupyterLab's manager of files, but a file has its name only once all of it is on the disk.

    JupyterLab's own way copies the old notebook aside and writes over it in place. Where the process is killed then,
    the notebook is cut short, and the copy has a name that nobody knows (`.~NN_slug.ipynb`).
    """

    @contextmanager
    def atomic_writing(self, os_path: str, text: bool = True, encoding: str = "utf-8") -> Iterator[IO[Any]]:
        """Open a new file beside the old one, and put it in the old one's place when it has been written."""
        path = Path(os.path.realpath(os_path))  # what a link leads to is written, and the link stays
        with self.perm_to_403(os_path), atomic_write(path) as whole:
            with suppress(FileNotFoundError):
                shutil.copymode(path, whole.name)
            file = io.TextIOWrapper(whole, encoding=encoding, newline="\n", write_through=True) if text else whole
            yield file
            if text:
                file.detach()  # type: ignore[union-attr]  # or it would close the file before its name is changed
