"""Start one student's server: bring the lessons, as the student, then become JupyterLab.

This runs with the student's rights and not with the hub's: a link that a student has laid in the way of a copy
leads only to where the student may write anyway.
"""

import os
import resource
import sys
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))

from tools.copies import copy_lessons  # noqa: E402
from tools.start_lab import server_options, with_short_runtime_folder  # noqa: E402

LARGEST_FILE = 2**30  # bytes; all files together are for the disk's quota (docs/hub.md)
# What a lesson does not use costs memory in every server.
UNUSED = ("jupyter_lsp", "jupyter_server_terminals", "jupyterlab_jupytext", "notebook_shim")
OPTIONS = [
    *(f"--ServerApp.jpserver_extensions={name}=False" for name in UNUSED),
    "--ServerApp.terminals_enabled=False",
    "--MappingKernelManager.cull_idle_timeout=3600",  # seconds; a kernel holds most of a student's memory
    "--MappingKernelManager.cull_connected=True",
]


def main() -> None:
    """Copy, limit, and become the server, whose own options the hub has put behind our name."""
    os.umask(0o077)
    with suppress(OSError):  # where the home is not the student's own, as a container's may be
        Path.home().chmod(0o700)
    work = Path.home() / "classification"
    try:
        work.mkdir(exist_ok=True)
        work.chmod(0o700)
        copy_lessons(ROOT / "notebooks", work)
    except OSError as error:  # a full disk must not keep a student from what is on it
        print(f"The lessons could not be brought up to date: {error}", flush=True)
    limit(resource.RLIMIT_DATA, os.environ.get("MEM_LIMIT"))  # more is a MemoryError, and the class goes on
    limit(resource.RLIMIT_NPROC, os.environ.get("PROCESS_LIMIT"))
    limit(resource.RLIMIT_FSIZE, str(LARGEST_FILE))
    os.chdir(work)
    with_short_runtime_folder()
    # The grammar of web addresses in all alphabets: a second and 18 MB of every server, and nothing here needs it.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    from jupyterhub.singleuser import main as serve

    sys.argv[1:] = [*OPTIONS, *server_options(), *sys.argv[1:]]
    serve()


def limit(what: int, most: str | None) -> None:
    """Limit this process and all that it starts; where the hub names no number, not."""
    if most:
        _, hardest = resource.getrlimit(what)
        value = int(most) if hardest == resource.RLIM_INFINITY else min(int(most), hardest)
        resource.setrlimit(what, (value, value))


if __name__ == "__main__":
    main()
