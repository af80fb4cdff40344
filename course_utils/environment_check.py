"""Is all here that the lessons need? What is installed, which data, which machine, and what to do about a gap.

This module needs the standard library alone to say what is missing, so that it can say it on any Python.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from course_utils import __version__
from course_utils._support.card import card, prose, table
from course_utils._support.needs_torch import TORCH

DISTRIBUTION = "classification-from-first-principles"
PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
OLDEST_PYTHON = "3.11"
MEND = "Close JupyterLab and start it again with: python course.py lab. That brings what is missing."
FETCH = (
    "The course runs without it, on the small digits that come with scikit-learn. To fetch it, run in a cell: "
    "%run -m course_utils.datasets. Or put the files into a folder and name that in COURSE_DATA."
)
COMPLETE = f"All is here for version {__version__} of the course. Go on."
# torch costs a notebook a second and 170 MB, so it is asked in a process of its own.
ASK_TORCH = """
import json, torch
name = torch.cuda.get_device_name(0) if torch.cuda.is_available() else ""
print(json.dumps([torch.get_num_threads(), name, torch.version.cuda]))
"""


@dataclass(frozen=True)
class Finding:
    """One thing looked for. `found` differs between machines; `problem` and `advice` are empty where all is well."""

    what: str
    found: str
    problem: str = ""
    advice: str = ""


@dataclass(frozen=True, repr=False)
class Checkup:
    """What `checkup` found. It prints as verdicts, the same on every machine that has what is needed.

    findings : tuple of Finding
    details : versions, data, cores, threads and CUDA of this very machine, a line each; asking torch takes a second
    """

    findings: tuple[Finding, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return not any(each.problem for each in self.findings)

    @property
    def details(self) -> str:
        """Every finding with what it was that was found, and the machine, a line each."""
        installed = not any(each.problem for each in self.findings if each.what in ("Python", "packages"))
        found = (*self.findings, _cores(), *(_threads_and_cuda() if installed else ()))
        return "\n".join(f"{each.what + ':':16}{each.found}" for each in found)

    def __repr__(self) -> str:
        """Show the verdicts and, for each gap, what to do."""
        lines = [f"{each.what + ':':16}{each.problem or 'fine'}" for each in self.findings]
        return "\n".join([*lines, "", *(self._advice() or [COMPLETE])])

    def _repr_html_(self) -> str:
        rows = [(each.what, [each.problem or "fine"]) for each in self.findings]
        gaps = [(each.what, 0) for each in self.findings if each.problem]
        outcome, word = ("right", COMPLETE) if self.complete else ("wrong", "Something is missing")
        return card(outcome, word, "", table(rows, gaps, align="left"), *map(prose, self._advice()))

    def _advice(self) -> list[str]:
        return list(dict.fromkeys(each.advice for each in self.findings if each.advice))


def checkup() -> Checkup:
    """Look for Python, the packages and the data; print the result to see it, and its `details` for the machine.

    Data that are not at hand are fetched as `load_mnist` does it, with at most ten seconds of waiting a session.
    Cores, threads and CUDA are told and never found wanting: the course runs on one core without a GPU.

    >>> [each.what for each in checkup().findings][:2]
    ['Python', 'packages']
    """
    python = _python()
    if python.problem:  # tomllib and much else would not even load
        return Checkup((python,))
    packages = _packages()
    # Without its packages nothing of the course can be asked about data.
    return Checkup((python, packages, *(() if packages.problem else _data())))


def _python() -> Finding:
    version = platform.python_version()
    if _numbers(version) >= _numbers(OLDEST_PYTHON):
        return Finding("Python", version)
    return Finding("Python", version, f"too old: {OLDEST_PYTHON} or newer is needed", MEND)


def required_packages() -> dict[str, str]:
    """Return what the lessons import, name -> oldest version that will do.

    In a checkout pyproject.toml says it, which may be newer than what was installed from it; a wheel's metadata say
    the same.
    """
    return dict(found for line in _requirements() for found in re.findall(r"^([\w-]+).*?>= *([\d.]+)", line))


def _requirements() -> list[str]:
    if PYPROJECT.is_file():
        import tomllib

        requirements: list[str] = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]
        return requirements
    return [line for line in metadata.requires(DISTRIBUTION) or () if "extra ==" not in line]


def _packages() -> Finding:
    needed = required_packages()
    found = {name: _installed(name) for name in needed}
    versions = ", ".join(f"{name} {version}" for name, version in found.items() if version)
    missing = [name for name, version in found.items() if not version]
    old = [name for name, version in found.items() if version and _numbers(version) < _numbers(needed[name])]
    problem = "; ".join(
        f"{word} {', '.join(names)}" for word, names in (("missing", missing), ("too old", old)) if names
    )
    return Finding("packages", versions, problem, (TORCH if problem == "missing torch" else MEND) if problem else "")


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _numbers(version: str) -> tuple[int, ...]:
    """Return the release's numbers without zeros at the end: (2, 13) for 2.13.0+cpu."""
    release = "".join(re.findall(r"^[\d.]+", version))
    return tuple(map(int, re.findall(r"\d+", re.sub(r"(\.0)+$", "", release))))


def _data() -> tuple[Finding, ...]:
    from course_utils.datasets import load_fashion_mnist, load_mnist, load_police

    findings = [Finding("police calls", f"{len(load_police().y)} evenings, shipped with the course")]
    for what, wanted, load in (
        ("MNIST", "mnist", load_mnist),
        ("Fashion-MNIST", "fashion_mnist", load_fashion_mnist),
    ):
        data = load()
        gap = ("not at hand", FETCH) if data.source != wanted else ("", "")
        findings.append(Finding(what, data.note, *gap))
    return tuple(findings)


def _cores() -> Finding:
    # A container or a class server may lend this process fewer cores than the machine has.
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Finding("cores", f"{usable} for this process, {os.cpu_count()} in the machine")


def _threads_and_cuda() -> tuple[Finding, Finding]:
    from threadpoolctl import threadpool_info

    numpy_threads = max((pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"), default=1)
    try:
        asked = subprocess.run([sys.executable, "-c", ASK_TORCH], capture_output=True, text=True)  # noqa: S603  # this Python
    except OSError as error:  # no process may be started here, as where a notebook is graded
        return Finding("threads", f"{numpy_threads} in NumPy"), Finding(
            "CUDA", f"torch was not asked: {error.strerror}"
        )
    if asked.returncode:
        says = (asked.stderr.strip() or f"exit code {asked.returncode}").splitlines()[-1]
        return Finding("threads", f"{numpy_threads} in NumPy"), Finding("CUDA", f"torch does not start: {says}")
    torch_threads, name, version = json.loads(asked.stdout.splitlines()[-1])
    threads = f"{numpy_threads} in NumPy, {torch_threads} in torch; OPENBLAS_NUM_THREADS sets the first"
    cuda = f"{name}, CUDA {version}; no lesson needs it" if name else "none, and none is needed"
    return Finding("threads", threads), Finding("CUDA", cuda)
