"""The variables for what course.py starts: this shell's, without those meant for another Python, pip or Jupyter.

course.py imports this before anything is installed: the standard library is all that it needs.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
from pathlib import Path

# pip's settings that say where packages come from, and uv's variables for them.
SOURCES = {
    "index-url": "UV_INDEX_URL",
    "extra-index-url": "UV_EXTRA_INDEX_URL",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "ALL_PROXY",
    "trusted-host": "UV_INSECURE_HOST",
    "constraint": "UV_CONSTRAINT",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "timeout": "UV_HTTP_TIMEOUT",
}
# Of pip's and uv's variables those stay that say where packages come from, or where uv keeps what it fetched; one
# such as PIP_TARGET would send ours elsewhere. Of Jupyter's, IPython's and matplotlib's none stays.
KEPT = {"UV_CACHE_DIR", "UV_DEFAULT_INDEX", "UV_INDEX", "UV_LINK_MODE", *SOURCES.values()}
KEPT |= {"PIP_" + name.upper().replace("-", "_") for name in SOURCES}
FOREIGN = re.compile(
    r"PYTHON(PATH|HOME|STARTUP|OPTIMIZE|INSPECT|SAFEPATH|PLATLIBDIR|USERBASE|DONTWRITEBYTECODE)|VIRTUAL_ENV|QT_API"
    r"|MATPLOTLIBRC|(PIP_|UV_|JUPYTER|JPY_|JLAB|IPYTHON|MPL).*"
)


def environment(root: Path, python: Path) -> dict[str, str]:
    """Return the variables for a child of course.py that runs `python` for the course in `root`.

    What Jupyter, IPython and matplotlib keep in a user's home, settings among them, they keep in work/.course.
    """
    kept = {name: value for name, value in os.environ.items() if name in KEPT or not FOREIGN.fullmatch(name)}
    kept["PATH"] = os.pathsep.join([str(python.parent), kept.get("PATH", os.defpath)])
    kept |= {"PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONNOUSERSITE": "1"}
    own = root / "work" / ".course"
    kept |= {"JUPYTER_CONFIG_DIR": str(own / "jupyter"), "JUPYTER_DATA_DIR": str(own / "jupyter" / "data")}
    kept |= {"IPYTHONDIR": str(own / "ipython"), "MPLCONFIGDIR": str(own / "matplotlib")}
    kept["JUPYTER_PREFER_ENV_PATH"] = "1"
    if is_homeless():
        kept["HOME"] = str(own / "home")
    if kept.get("COURSE_DATA"):
        kept["COURSE_DATA"] = os.path.abspath(kept["COURSE_DATA"])  # kernels work in other folders
    return kept


def is_homeless() -> bool:
    """Say whether the user has no home folder to write to: no HOME and no account, or one that is closed."""
    return not os.access(os.path.expanduser("~"), os.W_OK)


def package_sources(python: Path) -> dict[str, str]:
    """Return variables that hand pip's settings, in its files and its variables, on to pip and uv.

    Both then read no file: what is no matter of sources, such as `target`, stays out.
    """
    given = {"PIP_CONFIG_FILE": os.devnull, "UV_NO_CONFIG": "1", "UV_INDEX_STRATEGY": "unsafe-best-match"}
    for name, value in pip_settings(python).items():
        given |= {"PIP_" + name.upper().replace("-", "_"): value, SOURCES[name]: " ".join(value.split())}
        if name == "find-links":  # uv wants commas, and stops where a folder is missing
            there = [place for place in value.split() if "://" in place or os.path.exists(place)]
            given["UV_FIND_LINKS"] = ",".join(there)
    return given


def pip_settings(python: Path) -> dict[str, str]:
    """Return pip's settings about sources; a later kind goes before an earlier one, as with pip."""
    command = [str(python), "-m", "pip", "config", "list"]
    answer = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    kinds = ("global", "install", ":env:")
    found = re.findall(r"^(global|install|:env:)\.(.+?)=(.*)$", answer.stdout, re.MULTILINE)
    found.sort(key=lambda each: kinds.index(each[0]))
    return {name: ast.literal_eval(value) for _, name, value in found if name in SOURCES}
