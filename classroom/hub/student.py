"""Start one student's server: bring the lessons, as the student, then become JupyterLab.

This runs with the student's rights and not with the hub's: a link that a student has laid in the way of a copy
leads only to where the student may write anyway.
"""

import os
import resource
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))

from tools.copies import copy_lessons  # noqa: E402
from tools.start_lab import SERVER  # noqa: E402

# What a lesson does not use costs memory in every server.
UNUSED = ("jupyter_lsp", "jupyter_server_terminals", "jupyterlab_jupytext", "notebook_shim")
OPTIONS = [
    *(f"--ServerApp.jpserver_extensions={name}=False" for name in UNUSED),
    "--ServerApp.terminals_enabled=False",
    *SERVER,
    "--MappingKernelManager.cull_idle_timeout=3600",  # seconds; a kernel holds most of a student's memory
    "--MappingKernelManager.cull_connected=True",
]


def main() -> None:
    """Copy, limit, and become the server, whose own options the hub has put behind our name."""
    work = Path.home() / "classification"
    try:
        copy_lessons(ROOT / "notebooks", work)
    except OSError as error:  # a full disk must not keep a student from what is on it
        print(f"The lessons could not be brought up to date: {error}", flush=True)
    if limit := int(os.environ.get("MEM_LIMIT") or 0):
        # A kernel that asks for more gets a MemoryError, and the class goes on.
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    os.chdir(work)
    # The grammar of web addresses in all alphabets: a second and 18 MB of every server, and nothing here needs it.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    from jupyterhub.singleuser import main as serve

    sys.argv[1:] = [*OPTIONS, *sys.argv[1:]]
    serve()


if __name__ == "__main__":
    main()
