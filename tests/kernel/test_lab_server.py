"""What the course changes in JupyterLab's server: whole files."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
from own_loop import completed

from tools.lab_server import AtomicFileManager

CUT = """
import asyncio, os, sys, nbformat
from tools.lab_server import AtomicFileManager
manager = AtomicFileManager(root_dir=sys.argv[1])
model = {"type": "notebook", "format": "json", "content": nbformat.v4.new_notebook()}
asyncio.run(manager.save(model, "a.ipynb"))
def write(notebook, file, *rest, **more):
    file.write("{ half a noteb")
    file.flush()
    os._exit(9)
nbformat.write = write
model["content"].metadata["new"] = True
asyncio.run(manager.save(model, "a.ipynb"))
"""


def test_a_save_cut_in_the_middle_leaves_the_notebook_as_it_was(tmp_path: Path) -> None:
    answer = subprocess.run([sys.executable, "-c", CUT, str(tmp_path)], capture_output=True, text=True)
    assert answer.returncode == 9, answer.stderr
    assert json.loads((tmp_path / "a.ipynb").read_text(encoding="utf-8"))["metadata"] == {}


def test_two_saves_of_one_notebook_at_once_are_whole(tmp_path: Path) -> None:
    manager: Any = AtomicFileManager(root_dir=str(tmp_path))

    async def save(text: str) -> None:
        cells = [nbformat.v4.new_markdown_cell(text * 200_000)]
        content = nbformat.v4.new_notebook(cells=cells)
        await manager.save({"type": "notebook", "format": "json", "content": content}, "a.ipynb")

    async def both() -> None:
        await asyncio.gather(save("a"), save("b"))

    for _ in range(10):
        completed(both())
        (cell,) = nbformat.read(tmp_path / "a.ipynb", as_version=4).cells
        assert cell.source in ("a" * 200_000, "b" * 200_000)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["a.ipynb"]
