"""Run the course on the lowest versions that it names, on what Colab ships, and on the other Pythons at hand.

    python -m tools.floors [claimed] [lowest] [colab] [pythons]

claimed : for the oldest and the newest Python that we claim, and those between, a set of wheels exists
lowest  : the lowest version of each direct requirement: unit tests, and every lesson without a look at its outputs
colab   : the versions of Colab's published list: every lesson in the same way, and the tests of the explorers
pythons : each other Python at hand, without PyTorch: the unit tests that need none

uv makes the environments, in work/.course/floors: up to 6 GB each where PyTorch's build for the CPU cannot be had. It
may take half an hour. A table tells what was tried; the exit status is 0 only where nothing failed.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from packaging.requirements import Requirement
from packaging.version import Version

from tools.child_environment import package_sources
from tools.colab import PYTHON, SHIPPED

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "work" / ".course" / "floors"
CLAIMED = ("3.11.0", "3.12.0", "3.13.0", "3.14.0")
ALL = ["pyproject.toml", "--extra", "lab", "--extra", "test"]
# An old version may warn of what a newer one beside it no longer likes; here that is no fault of the course.
LAX = ["-q", "-n", "logical", "-W", "default", "--disable-warnings"]
UNIT = [*LAX, "--dist", "loadfile", "-m", "not slow", "tests/unit", "course_utils"]
LESSONS = ["-p", "no:nbval", "-p", "nbval.plugin", "--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=300"]
LESSONS += [*LAX, "--dist", "loadscope", "notebooks"]
# What Colab's Python needs to run notebooks as tests; its list holds the rest.
NBVAL = ["nbval>=0.11", "pytest-xdist>=3.6", "hypothesis>=6.120"]


# An environment here may lack what CI must have: its skips stand in the table, and fail nothing.
OWN = {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "CI": ""}


class Row(NamedTuple):
    """What was tried in which environment, how it ended, and whether that is well."""

    environment: str
    tried: str
    result: str
    good: bool


def main(arguments: Sequence[str]) -> int:
    """Try the parts named, or all, and print the table."""
    parts: dict[str, Callable[[], Iterator[Row]]] = {
        "claimed": claimed,
        "lowest": lowest,
        "colab": colab,
        "pythons": pythons,
    }
    if unknown := set(arguments) - set(parts):
        sys.exit(f"Expected any of {', '.join(parts)}; got {', '.join(sorted(unknown))}.")
    if uv("uv", "--version").code:
        sys.exit(f"uv is missing: {sys.executable} -m pip install uv")
    FOLDER.mkdir(parents=True, exist_ok=True)
    rows = [shown(row) for name in (arguments or parts) for row in parts[name]()]
    print("\n" + table(rows), flush=True)
    return int(not all(row.good for row in rows))


def shown(row: Row) -> Row:
    """Print a row as soon as it is known."""
    print(f"== {row.environment}: {row.tried}: {row.result}", flush=True)
    return row


def table(rows: Iterable[Row]) -> str:
    """Lay the rows out in columns."""
    lines = [("environment", "tried", "result")]
    lines += [(row.environment, row.tried, row.result if row.good else f"FAILED: {row.result}") for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


# The parts.


def claimed() -> Iterator[Row]:
    """Look, without installing, whether wheels of all that is required exist for each Python that we claim."""
    for version in CLAIMED:
        wheels = [*ALL, "--python-version", version, "--only-binary", ":all:", "--no-header", "--no-annotate"]
        answer = uv(f"claimed-{version}", "pip", "compile", "-q", *wheels)
        count = len(re.findall(r"^\S+==", answer.output, re.MULTILINE))
        yield Row(f"Python {version}", "wheels of all packages", answer.told(f"{count} packages"), not answer.code)


def lowest() -> Iterator[Row]:
    """Try the lowest version of each direct requirement on the oldest Python at hand."""
    python = min(interpreters().items())[1]
    made = install("lowest", python, "--resolution", "lowest-direct", "-r", *ALL)
    yield made
    if made.good:
        yield floors_met(made.environment)
        yield tested("lowest", made.environment, "unit tests", UNIT)
        yield tested("lowest", made.environment, "lessons", LESSONS)


def floors_met(environment: str) -> Row:
    """Say whether what was installed is what the requirements name as the lowest."""
    above = sorted(
        f"{name} {version} for {floor}"
        for name, floor in floors("lab", "test").items()
        if (version := versions("lowest")[name]) != Version(floor)
    )
    return Row(environment, "the floors themselves", ", ".join(above) or "all installed", not above)


def colab() -> Iterator[Row]:
    """Try Colab's versions, on its Python and with its PyTorch where both can be had."""
    pins = [f"{name}=={version}" for name, version in SHIPPED.items()]
    python = next((path for version, path in interpreters().items() if f"{version}.".startswith(f"{PYTHON}.")), None)
    made = install("colab", python, "-r", "pyproject.toml", *NBVAL, *pins) if python else None
    if made is None or not made.good:
        # Its versions all the same, with whatever Python and PyTorch there are.
        others = [pin for pin in pins if not pin.startswith("torch==")]
        made = install("colab", Path(sys.executable), "-r", "pyproject.toml", *NBVAL, *others)
    yield made
    if made.good:
        shown = [f"tests/unit/test_{name}.py" for name in ("widgets", "page_explorers", "card", "prediction_form")]
        shown += sorted(map(str, Path("tests/unit").glob("test_explorer_*.py")))
        yield tested("colab", made.environment, "explorers, cards", [*UNIT[:-2], *shown])
        yield tested("colab", made.environment, "lessons", LESSONS)


def pythons() -> Iterator[Row]:
    """Try each other Python at hand, with all but PyTorch."""
    without = [line for line in required("lab", "test") if Requirement(line).name != "torch"]
    here = Version(sys.version.split()[0])
    for version, python in interpreters().items():
        if version != here:
            made = install(f"python-{version}", python, *without)
            yield made
            if made.good:
                arguments = ["-p", "tools.without_torch", *UNIT]
                yield tested(f"python-{version}", made.environment, "unit tests without PyTorch", arguments)


# Environments.


def interpreters() -> dict[Version, Path]:
    """Find this Python and the others on the PATH or of pyenv that we claim, the oldest first."""
    names = {".".join(version.split(".")[:2]) for version in CLAIMED}
    places = [Path(sys.executable), *Path.home().glob(".pyenv/versions/*/bin/python3")]
    places += [Path(folder) / f"python{name}" for folder in os.get_exec_path() for name in sorted(names)]
    found: dict[Version, Path] = {}
    for place in places:
        ask = "import sys; print('{}.{}.{}'.format(*sys.version_info))"
        answer = run("interpreter", [place], "-c", ask) if place.exists() else Answer(1, "")
        if not answer.code and answer.output.rpartition(".")[0] in names:
            found.setdefault(Version(answer.output), place)
    return dict(sorted(found.items()))


def install(name: str, python: Path, *requirements: str) -> Row:
    """Make an environment from nothing; PyTorch in its build for the CPU, or else in the standard one."""
    python_in = python_of(name)
    shutil.rmtree(FOLDER / name, ignore_errors=True)
    for backend in (["--torch-backend", "cpu"], []):
        made = uv(name, "venv", "-q", "--clear", "--python", python, FOLDER / name)
        made = made if made.code else uv(name, "pip", "install", "-q", "--python", python_in, *backend, *requirements)
        if not made.code:
            break
    words = run("interpreter", [python_in], "-c", "import sys; print(sys.version.split()[0])").output
    held = versions(name)
    told = " ".join(f"{package} {held[package]}" for package in ("numpy", "torch") if package in held)
    return Row(f"{name}: Python {words or python}", "installed", made.told(told), not made.code)


def tested(name: str, environment: str, what: str, arguments: Sequence[str]) -> Row:
    """Run pytest in an environment, on this very checkout."""
    log = f"{name}-{what.split()[0]}"
    print(f"   {environment}: {what} ... ({(FOLDER / log).relative_to(ROOT)}.log)", flush=True)
    answer = run(log, [python_of(name), "-m", "pytest"], *arguments)
    failed = re.findall(r"^(?:FAILED|ERROR) (.*)", answer.output, re.MULTILINE)
    print(*failed, sep="\n", end="\n" * bool(failed), flush=True)
    return Row(environment, what, answer.told(answer.last()), not answer.code)


def python_of(name: str) -> Path:
    """Return an environment's Python."""
    return FOLDER / name / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def versions(name: str) -> dict[str, Version]:
    """Return what an environment holds."""
    answer = uv("versions", "pip", "freeze", "-q", "--python", python_of(name))
    pairs = re.findall(r"^([\w.-]+)==(\S+)$", answer.output, re.MULTILINE)
    return {package: Version(version) for package, version in pairs}


# What is required.


def required(*extras: str) -> list[str]:
    """Return the lines of the core and of `extras` in pyproject.toml."""
    project: Any = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]


def floors(*extras: str) -> dict[str, str]:
    """Return the lowest version that is asked for of each direct requirement."""
    lowest: dict[str, str] = {}
    for line in map(Requirement, required(*extras)):
        (floor,) = (each.version for each in line.specifier if each.operator in (">=", "=="))
        lowest[line.name] = max(floor, lowest.get(line.name, floor), key=Version)
    return lowest


# Processes.


class Answer(NamedTuple):
    """How a command ended and what it wrote."""

    code: int
    output: str

    def last(self) -> str:
        """Return the last line it wrote."""
        return (self.output.splitlines() or [""])[-1].strip("= ")

    def told(self, good: str) -> str:
        """Return `good` where all went well, and else what it said last."""
        return self.last() if self.code else good


@functools.cache
def sources() -> dict[str, str]:
    """Return variables that say where packages come from, as pip is told; which versions, only this module says."""
    given = package_sources(Path(sys.executable))
    return {name: value for name, value in given.items() if not name.endswith("_CONSTRAINT")}


def uv(log: str, *arguments: str | Path) -> Answer:
    """Run uv."""
    return run(log, [sys.executable, "-m", "uv"], *arguments, **sources())


def run(log: str, command: Sequence[str | Path], *arguments: str | Path, **variables: str) -> Answer:
    """Run a command on this checkout and keep its words in a log."""
    line = [*map(str, command), *map(str, arguments)]
    answer = subprocess.run(
        line,
        cwd=ROOT,
        env={**os.environ, **OWN, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    if FOLDER.is_dir():
        (FOLDER / f"{log}.log").write_text(f"{line}\n{answer.stdout}", encoding="utf-8")
    return Answer(answer.returncode, answer.stdout.strip())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
