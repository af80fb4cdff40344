"""What the course changes in JupyterLab's server: whole files, and messages that do not wait."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from unittest.mock import MagicMock, patch

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

from tools.lab_server import NoDelayWebsocket

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


def test_a_connection_is_told_to_send_at_once_before_anything_is_sent() -> None:
    told: list[object] = []
    handler = MagicMock(spec=KernelWebsocketHandler)  # its trait takes nothing else
    handler.set_nodelay.side_effect = told.append
    connection = NoDelayWebsocket.__new__(NoDelayWebsocket)
    connection.websocket_handler = handler
    with patch.object(ZMQChannelsWebsocketConnection, "connect", lambda self: told.append("connected")):
        connection.connect()
    assert told == [True, "connected"]
