"""Make requirements.lock anew: `python -m tools.lock`, or `--upgrade` for the newest versions; it needs the network.

uv resolves pyproject.toml once for Linux, macOS and Windows and every Python from 3.11.0 on; versions that stand in
the lock stay unless --upgrade is given. Then uv installs it all for three systems and two Pythons, aside: so each pin
is known to have a wheel there, and below it stands which Pythons that wheel takes, and which lists need it.
"""

from __future__ import annotations

import argparse
import itertools
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import distributions
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
UV = "uv==0.13.9"
# Installed by itself, from an index whose files have other hashes: without CUDA.
TORCH = "torch==2.13.0"
# From 4.25 on jsonschema builds a grammar at its import: 2.3 s more in each process that opens a notebook.
FAST_START = "jsonschema<4.25"
CUDA = re.compile(r"torch|triton|nvidia-.*|cuda-.*")
HEAD = """\
# What is tested, exactly, with hashes, for Linux, macOS, Windows and Python 3.11.0 to 3.14: made by
# python -m tools.lock from pyproject.toml, which holds the ranges. "For" says which of its lists need a line
# (core: what a lesson imports; set-up: course.py itself), "Python" what the wheel takes.
# torch comes by itself, from PyTorch's index for the CPU, whose files differ from the package index's: no hashes.
"""
# uv's name of a system -> what a marker finds there.
SYSTEMS = {
    "linux": {"sys_platform": "linux", "os_name": "posix", "platform_machine": "x86_64", "platform_system": "Linux"},
    "macos": {"sys_platform": "darwin", "os_name": "posix", "platform_machine": "arm64", "platform_system": "Darwin"},
    "windows": {
        "sys_platform": "win32",
        "os_name": "nt",
        "platform_machine": "AMD64",
        "platform_system": "Windows",
    },
}


class Pin(NamedTuple):
    """One entry of the lock: what is asked for, its hashes, the lists that need it, the Pythons it takes."""

    requirement: Requirement
    hashes: tuple[str, ...]
    needed_by: frozenset[str]
    pythons: str

    @property
    def name(self) -> str:
        """Its normal name."""
        return canonicalize_name(self.requirement.name)

    @property
    def release(self) -> str:
        """Its normal name and its version."""
        return f"{self.name}{self.requirement.specifier}"

    def __str__(self) -> str:
        lines = [" \\\n    ".join([pinned(self.requirement), *self.hashes])]
        return "\n".join([*lines, f"    # Python {self.pythons}; for {' '.join(sorted(self.needed_by))}\n"])


def pinned(requirement: Requirement) -> str:
    """Return name, version and marker, as uv writes them."""
    marker = f" ; {requirement.marker}" if requirement.marker else ""
    return f"{requirement.name}{requirement.specifier}{marker}"


def pins(text: str) -> list[Pin]:
    """Read the entries of a lock."""
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    return [_pin(entry) for entry in entries]


def _pin(entry: str) -> Pin:
    first = entry.splitlines()[0].removesuffix("\\")
    said = re.search(r"# Python (.*); for (.*)", entry)
    pythons, needed_by = (said[1], said[2].split()) if said else ("", [])
    return Pin(Requirement(first), tuple(re.findall(r"--hash=\S+", entry)), frozenset(needed_by), pythons)


def surroundings(python: str, system: str) -> dict[str, str]:
    """Return what a marker is evaluated in."""
    fixed = {"implementation_name": "cpython", "platform_python_implementation": "CPython", "extra": ""}
    version = {"python_full_version": python, "python_version": ".".join(python.split(".")[:2])}
    return {**fixed, **version, **SYSTEMS[system]}


def applies(pin: Pin, python: str, system: str) -> bool:
    """Say whether a pin is installed on such a Python and system."""
    return pin.requirement.marker is None or pin.requirement.marker.evaluate(surroundings(python, system))


def resolve(lists: Iterable[str], older: str, *options: str) -> list[Pin]:
    """Let uv resolve some of pyproject.toml's lists, keeping to the pins of `older` where it can."""
    with tempfile.TemporaryDirectory() as folder:
        out, asked, kept = (Path(folder) / name for name in ("lock.txt", "asked.in", "kept.in"))
        out.write_text(older, encoding="utf-8")
        asked.write_text(UV if "set-up" in lists else "", encoding="utf-8")
        kept.write_text(f"{TORCH}\n{FAST_START}\n", encoding="utf-8")
        project = [] if "set-up" in lists else [str(ROOT / "pyproject.toml")]
        project += [f"--extra={name}" for name in lists if name not in ("core", "set-up")]
        command = [sys.executable, "-m", "uv", "pip", "compile", "-q", "--universal", "--generate-hashes"]
        command += ["--python-version=3.11.0", "--no-annotate", "--no-header", "--no-emit-index-url"]
        command += ["--no-emit-find-links", f"--constraints={kept}", f"--output-file={out}", *options]
        subprocess.run([*command, str(asked), *project], check=True, stdout=subprocess.DEVNULL)
        found = pins(out.read_text(encoding="utf-8"))
    return [pin for pin in found if not CUDA.fullmatch(pin.name)]


def needed_by(everything: list[Pin], names: list[str]) -> Iterator[Pin]:
    """Yield every pin with the lists that need it."""
    text = "\n".join(map(str, everything))
    parts = {name: {pin.release for pin in resolve([name], text)} for name in names}
    # What the core needs, every list needs: each is installed beside it.
    for pin in everything:
        lists = {name for name, part in parts.items() if pin.release in part}
        yield pin._replace(needed_by=frozenset({"core"} if "core" in lists else lists))


def pythons(text: str) -> dict[str, str]:
    """Install the lock for each system and two Pythons, only wheels, and read what each wheel says it requires."""
    said: dict[str, str] = {}
    for system, python in itertools.product(SYSTEMS, ("3.11.0", "3.14.0")):
        with tempfile.TemporaryDirectory() as folder:
            lock = Path(folder) / "lock.txt"
            lock.write_text(text, encoding="utf-8")
            command = [sys.executable, "-m", "uv", "pip", "install", "-q", "--no-deps", "--require-hashes"]
            command += ["--only-binary=:all:", f"--python-platform={system}", f"--python-version={python}"]
            subprocess.run([*command, f"--target={folder}/site", "-r", str(lock)], check=True)
            for wheel in distributions(path=[f"{folder}/site"]):
                name = canonicalize_name(wheel.metadata["Name"])
                said[f"{name}=={wheel.version}"] = wheel.metadata["Requires-Python"] or ">=3"
    return said


def main() -> None:
    """Write the lock."""
    parser = argparse.ArgumentParser(prog="python -m tools.lock", description="make requirements.lock anew")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions, not those of the lock")
    options = ["--upgrade"] if parser.parse_args().upgrade else []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = sorted(project["project"]["optional-dependencies"])
    older = LOCK.read_text(encoding="utf-8") if LOCK.exists() else ""
    everything = [*resolve(["core", *extras], older, *options), *resolve(["set-up"], older, *options)]
    everything.sort(key=lambda pin: (pin.name, str(pin.requirement)))
    found = list(needed_by(everything, ["core", *extras, "set-up"]))
    said = pythons("".join(map(str, found)))
    text = "".join(str(pin._replace(pythons=said[pin.release])) for pin in found)
    LOCK.write_text(f"{HEAD}{TORCH}\n{text}", encoding="utf-8")


if __name__ == "__main__":
    main()
