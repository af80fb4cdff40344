"""Check the course, in tiers: python course.py test [--quick | --all | --rest | what pytest takes].

    --quick       after each change: lint, types, and the unit tests that start nothing; a good minute
    (nothing)     before a commit: also what takes longer, kernels, lessons, set-up, class, browser; eight minutes
    --all         before a release: also lessons without MNIST, a hub, every page and slide, slow facts, every
                  processor, the lowest versions; two hours, over three with AVX-512; all on two cores
    --rest        what CI runs after the README's command: all but the lowest versions, on one more processor
    --processors  the lessons and what trains, on every processor that this machine can stand for
    --floors      the lessons and the unit tests with the lowest versions, and with Colab's

A tier is told by folder and marker (tests/conftest.py): what is neither long nor slow is quick. Every stage runs,
also after one has failed. At the end a table says which passed; the exit status is 0 only where all did. With --list
the stages are named and nothing runs. Any other argument is pytest's.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
ALONE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # with more threads the workers wait for one another
# A worker for each logical core; the longest first; a file's fixtures are made once.
PARALLEL = ["-q", "-n", "logical", "--no-loadscope-reorder", "--dist", "loadfile"]
UNITS = ["tests/unit", "course_utils", "classroom", "tools"]
LONGEST_FIRST = ("browser", "lessons", "classroom", "setup", "kernel")
FOLDERS = [*(f"tests/{folder}" for folder in LONGEST_FIRST), *UNITS]
# On the oldest kernels, or beside other work, a cell may take a minute; nothing here is about speed.
NBVAL = ["-p", "nbval.plugin", "--nbval-current-env", "--nbval-cell-timeout=300"]
NBVAL += ["--nbval-sanitize-with", "tests/nbval_sanitize.cfg"]


class Stage(NamedTuple):
    """A module of the environment to run, with its arguments and variables of its own."""

    name: str
    module: str
    arguments: Sequence[str] = ()
    variables: Mapping[str, str] = MappingProxyType({})


# What runs beside the tests.
LINT = [
    Stage("ruff check", "ruff", ["check", "."]),
    Stage("ruff format", "ruff", ["format", "--check", "."]),
    Stage("types", "mypy"),
    Stage("the explorers' JavaScript: lint and unit tests", "tools.javascript"),
]
QUICK = Stage("unit tests", "pytest", [*PARALLEL, *UNITS, "-m", "not long and not slow"])
SLOWEST = Stage("slow facts, the hub, every page and slide", "pytest", [*PARALLEL, "tests", "-m", "slow"])
PROCESSORS = Stage("every processor", "tools.processors")
EXTREMES = Stage("the two processors that differ most", "tools.processors", ["--extremes"])
FLOORS = Stage("the lowest versions, and Colab's", "tools.floors")


def commit() -> Iterator[Stage]:
    """Yield all that a commit waits for: each lesson once, with its outputs compared, and the tests not marked slow.

    Where MNIST is not at hand, what loads it runs on the fallback.
    """
    notebooks = sorted(ROOT.glob("notebooks/*.ipynb"), reverse=True)  # the later, the longer
    there = has_mnist()
    strict = [str(path) for path in notebooks if there or not uses_mnist(path)]
    arguments = [*PARALLEL, *NBVAL, "--nbval", *strict, *FOLDERS, "-m", "not slow"]
    yield Stage("lessons with their outputs, units, kernels, set-up, class, browser", "pytest", arguments)
    if not there:
        print("\nMNIST or Fashion-MNIST is not at hand: what loads them runs with no output compared.", flush=True)
        yield from fallback()


def fallback() -> Iterator[Stage]:
    """Yield the notebooks that load MNIST, run without it and without a network, their outputs not compared."""
    on_mnist = [path for path in sorted(ROOT.glob("notebooks/*.ipynb"), reverse=True) if uses_mnist(path)]
    if on_mnist:
        with tempfile.TemporaryDirectory() as empty:
            offline = {"COURSE_OFFLINE": "1", "COURSE_DATA": "", "COURSE_CACHE": empty}
            lax = [*PARALLEL, *NBVAL, "--nbval-lax", *map(str, on_mnist)]
            yield Stage("lessons, without MNIST and network", "pytest", lax, offline)


def has_mnist() -> bool:
    """Say whether the lessons would get the real data sets, whose figures their stored outputs show."""
    ask = "from course_utils.datasets import *; print(load_mnist().source, load_fashion_mnist().source)"
    answer = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True)
    return answer.stdout.splitlines()[-1:] == ["mnist fashion_mnist"]


def uses_mnist(notebook: Path) -> bool:
    """Say whether a lesson loads MNIST or Fashion-MNIST."""
    return re.search(r"\bload_(fashion_)?mnist\b", notebook.read_text(encoding="utf-8")) is not None


def rest() -> Iterator[Stage]:
    """Yield what a commit need not wait for: the fallback, where it has not run already, and the slowest tests."""
    if has_mnist():
        yield from fallback()
    yield SLOWEST


Tier = tuple[list[Stage], Callable[[], Iterable[Stage]]]
TIERS: dict[str, Tier] = {
    "--quick": (LINT, lambda: [QUICK]),
    "": (LINT, commit),
    "--all": (LINT, lambda: chain(commit(), rest(), [PROCESSORS, FLOORS])),
    "--rest": ([], lambda: chain(rest(), [EXTREMES])),
    "--processors": ([], lambda: [PROCESSORS]),
    "--floors": ([], lambda: [FLOORS]),
}


class Result(NamedTuple):
    """How a stage ended."""

    name: str
    code: int
    seconds: float
    output: str = ""

    def __str__(self) -> str:
        return f"{'FAILED' if self.code else 'passed'} {self.seconds:6.0f} s  {self.name}"


def main(arguments: list[str]) -> int:
    """Run a tier, or pytest with the arguments given, and return the exit status."""
    tier = TIERS.get(" ".join(each for each in arguments if each != "--list"))
    if tier is None:
        return run(Stage("pytest", "pytest", arguments)).code
    beside, tests = tier
    if "--list" in arguments:
        print("\n".join(stage.name for stage in [*beside, *tests()]))
        return 0
    with ThreadPoolExecutor(1) as pool:
        lint = [pool.submit(run, stage, captured=True) for stage in beside]
        results = [announced(run, stage) for stage in tests()]
        results = [told(future) for future in lint] + results
    print("\n" + "\n".join(map(str, results)), flush=True)
    return int(any(result.code for result in results))


def run(stage: Stage, captured: bool = False) -> Result:
    """Run one stage to its end; its words are shown at once, or kept where something else is speaking."""
    started = time.monotonic()
    answer = subprocess.run(
        [sys.executable, "-m", stage.module, *stage.arguments],
        cwd=ROOT,
        env={**os.environ, **ALONE, **stage.variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if captured else None,
        stderr=subprocess.STDOUT if captured else None,
        encoding="utf-8",
        errors="replace",
    )
    return Result(stage.name, answer.returncode, time.monotonic() - started, answer.stdout or "")


def announced(run: Callable[[Stage], Result], stage: Stage) -> Result:
    """Run a stage between a line that names it and a line that says how it ended."""
    print(f"\n== {stage.name}", flush=True)
    result = run(stage)
    print(f"== {result}", flush=True)
    return result


def told(future: Future[Result]) -> Result:
    """Wait for what ran beside the tests and show its words."""
    result = future.result()
    print(f"\n== {result.name}\n{result.output}== {result}", flush=True)
    return result


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
