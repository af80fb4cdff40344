"""What the course changes in JupyterLab's server: whole files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

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
