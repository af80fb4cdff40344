"""An environment with pip and a way to the course, and nothing else: the standard library's, but seconds sooner.

course.py imports this before anything is installed: the standard library is all that it needs.
"""

from __future__ import annotations

import os
import sysconfig
import zipfile
from pathlib import Path


def bundled_pip() -> list[Path]:
    """Return the wheel of pip that this Python brings, if it is where it is looked for.

    `venv` has `ensurepip` install it, which takes seconds, and some Pythons' setuptools with it, an old one.
    """
    places = [Path(os.__file__).parent / "ensurepip" / "_bundled", sysconfig.get_config_var("WHEEL_PKG_DIR")]
    return [path for place in filter(None, places) for path in Path(place).glob("pip-*.whl")][:1]


def site_packages(venv: Path) -> Path:
    """Return where an environment keeps its packages."""
    (found,) = {*venv.glob("lib/python*/site-packages"), *venv.glob("Lib/site-packages")}
    return found


def unpack(wheels: list[Path], venv: Path) -> None:
    """Put wheels of nothing but Python into an environment."""
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(site_packages(venv))


def link(root: Path, venv: Path) -> None:
    """Put the folder `root` on an environment's path, in letters that every locale reads.

    Python before 3.12.4 reads a .pth file in the locale's encoding, whatever it was written in.
    """
    line = f"import os, sys; sys.path.append(os.fsdecode({os.fsencode(root)!r}))\n"
    (site_packages(venv) / "course.pth").write_text(line, encoding="ascii")
