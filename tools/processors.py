"""Run the lessons and the tests that train as other processors would compute, and say which combination is red.

    python -m tools.processors              every combination that can be switched on here
    python -m tools.processors --extremes   the two that differ most, less this machine's own, where all tests run
    python -m tools.processors 07 12        these lessons alone, under every combination
    python -m tools.processors --list       the combinations, without a run

How a sum is rounded depends on three things that a processor decides and a variable overrides: OpenBLAS's kernels
(matrix products), NumPy's dispatch level (exp, log, tanh) and torch's capability (all it does). What loads no torch
is not run again where only torch's capability differs, and tests marked slow run under the two that differ most.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tools.check import ALONE, NBVAL, PARALLEL, ROOT, has_mnist, uses_mnist

# From the oldest to the newest. A kernel that the processor cannot run is found out by running it.
KERNELS = {
    "x86_64": ("Prescott", "Nehalem", "Sandybridge", "Haswell", "SkylakeX"),
    "aarch64": ("ARMV8", "NEOVERSEN1", "NEOVERSEV1"),
}
KERNELS |= {"AMD64": KERNELS["x86_64"], "arm64": KERNELS["aarch64"]}  # Windows' and macOS's names
ALIASES = {"Katmai": "Prescott"}  # the first name that OpenBLAS has for these kernels
# torch computes by itself, by oneDNN and by MKL; on a processor of another maker MKL_CBWR is all that MKL obeys.
TORCH: dict[str, dict[str, str]] = {
    "default": {"ATEN_CPU_CAPABILITY": "default", "ONEDNN_MAX_CPU_ISA": "SSE41", "MKL_CBWR": "COMPATIBLE"},
    "avx2": {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"},
    "avx512": {"ATEN_CPU_CAPABILITY": "avx512"},
}
SWITCHES = ("OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES", *TORCH["default"])
# Tests that depend on arithmetic: they train for many steps, or count units in the last place. Not among them is
# tests/lessons/test_lessons.py, which runs the notebooks' cells once more.
ARITHMETIC = re.compile(
    r"epochs=|\.fit\(|minimize\(|train_to\(|descend\(|\brace\(|import results|range\(\d_?\d{3}"
    r"|ulp_distance|first_failure"
)
# Says what is on, after a product, an exponential and a convolution: kernels that cannot run here end it.
PROBE = """
import json
import numpy as np
from numpy._core import _multiarray_umath as umath
from threadpoolctl import threadpool_info
X = np.random.default_rng(0).normal(size=(200, 200))
for values in (X, X.astype(np.float32)):
    np.tanh(np.exp(values @ values / 1000))
there = [info.get("architecture") for info in threadpool_info() if "numpy" in info["filepath"]]
on = {"kernel": (there or [None])[0], "dispatch": list(umath.__cpu_dispatch__)}
on["features"] = [name for name in umath.__cpu_dispatch__ if umath.__cpu_features__[name]]
try:
    import torch
    pixels = torch.randn(4, 1, 28, 28)
    torch.nn.functional.conv2d(pixels, torch.randn(2, 1, 5, 5)).exp().flatten(1) @ torch.randn(1152, 9)
    on["torch"] = torch.backends.cpu.get_cpu_capability().lower()
except ImportError:
    on["torch"] = None
print(json.dumps(on))
"""


class Combination(NamedTuple):
    """What one processor would compute with; an empty name where nothing can be chosen."""

    kernel: str
    level: str
    torch: str

    def __str__(self) -> str:
        return f"{self.kernel or '-':<12} {self.level or '-':<10} {self.torch or '-':<8}"


class Choices(NamedTuple):
    """What can be switched on, name -> variables, and a sentence for each name that cannot."""

    kernels: dict[str, dict[str, str]]
    levels: dict[str, dict[str, str]]
    torch: dict[str, dict[str, str]]
    refused: list[str]


class Result(NamedTuple):
    """How a combination ended."""

    combination: Combination
    verdict: str  # "green", or what is red
    seconds: float


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return this shell's variables with one thread, and with these switches and no others."""
    return {name: value for name, value in os.environ.items() if name not in SWITCHES} | ALONE | dict(variables)


def probe(variables: Mapping[str, str]) -> dict[str, Any]:
    """Return what is really on under these variables: kernel, dispatch, features, torch; or the fault."""
    command = [sys.executable, "-W", "ignore", "-c", PROBE]
    answer = subprocess.run(command, env=environment(variables), capture_output=True, encoding="utf-8")
    if answer.returncode:
        return {"fault": fault(answer.returncode, answer.stderr)}
    found: dict[str, Any] = json.loads(answer.stdout)
    return found | {"kernel": ALIASES.get(found["kernel"], found["kernel"])}


def fault(code: int, errors: str) -> str:
    """Say why a probe ended early: an instruction that this processor lacks, or its last words."""
    if code < 0:
        return f"ended by {signal.Signals(-code).name}: this processor lacks its instructions"
    return (errors.strip().splitlines() or [f"exit status {code}"])[-1]


def dispatch_levels(dispatch: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return NumPy's levels, from none of its optional features to all: name -> variables.

    >>> dispatch_levels(["X86_V3", "X86_V4"])["no AVX-512"]
    {'NPY_DISABLE_CPU_FEATURES': 'X86_V4'}
    """
    wide = [name for name in dispatch if "512" in name or name == "X86_V4"]
    off = {"baseline": list(dispatch), **({"no AVX-512": wide} if wide else {}), "all": []}
    return {level: {"NPY_DISABLE_CPU_FEATURES": " ".join(names)} if names else {} for level, names in off.items()}


def choices(machine: str) -> Choices:
    """Try every switch by itself, and keep those that change something and run."""
    plain = probe({})
    refused: list[str] = []
    kernels = {name: {"OPENBLAS_CORETYPE": name} for name in KERNELS.get(machine, ())}
    kernels = {name: kernels[name] for name in switched_on(kernels, "kernel", refused)}
    levels = distinct_levels(dispatch_levels(plain["dispatch"]), refused)
    torch = torch_capabilities(plain["torch"], refused) if plain["torch"] else {}
    return Choices(kernels or {"": {}}, levels, torch or {"": {}}, refused)


def torch_capabilities(own: str, refused: list[str]) -> dict[str, dict[str, str]]:
    """Return torch's capabilities up to this processor's own: torch believes the variable, and dies later."""
    known = list(TORCH)
    lacking = known[known.index(own) + 1 :] if own in known else []
    refused += [f"torch {name}: this processor's own is {own}" for name in lacking]
    offered = {name: variables for name, variables in TORCH.items() if name not in lacking}
    return {name: TORCH[name] for name in switched_on(offered, "torch", refused)}


def switched_on(options: Mapping[str, Mapping[str, str]], what: str, refused: list[str]) -> Iterator[str]:
    """Yield the names under which that very thing is on; say of each other one what came instead."""
    for name, variables in options.items():
        found = probe(variables)
        if found.get(what) == name:
            yield name
        else:
            refused.append(f"{what} {name}: {found.get('fault') or f'{found[what]} is on instead'}")


def distinct_levels(options: dict[str, dict[str, str]], refused: list[str]) -> dict[str, dict[str, str]]:
    """Return the levels that differ in what is on."""
    kept: dict[str, dict[str, str]] = {}
    seen: dict[str, str] = {}
    for name, variables in options.items():
        on = " ".join(probe(variables).get("features", ["nothing that runs"]))
        if on in seen:
            refused.append(f"NumPy {name}: the same as {seen[on]!r}, since this processor has no more")
        else:
            seen[on], kept[name] = name, variables
    return kept


def combinations(there: Choices) -> list[Combination]:
    """Return every combination; those that differ in torch alone stand together."""
    return [Combination(k, level, t) for k in there.kernels for level in there.levels for t in there.torch]


def extremes(all_of_them: list[Combination]) -> list[Combination]:
    """Return the two that differ most: the oldest of everything and the newest of everything."""
    return all_of_them[:: max(1, len(all_of_them) - 1)]


def switches(combination: Combination, there: Choices) -> dict[str, str]:
    """Return a combination's variables."""
    kernel, level, torch = combination
    return {**there.kernels[kernel], **there.levels[level], **there.torch[torch]}


def is_on(combination: Combination, found: Mapping[str, Any], disabled: str) -> bool:
    """Say whether a probe found what the combination stands for."""
    return (
        "fault" not in found
        and combination.kernel in ("", found["kernel"])
        and combination.torch in ("", found["torch"])
        and not set(disabled.split()) & set(found["features"])
    )


def arithmetic_tests() -> list[Path]:
    """Return the test files whose verdict depends on arithmetic."""
    files = [path for folder in ("lessons", "unit") for path in sorted((ROOT / "tests" / folder).glob("test_*.py"))]
    return [path for path in files if ARITHMETIC.search(path.read_text(encoding="utf-8"))]


def loads_torch(path: Path) -> bool:
    """Say whether a lesson or a test loads torch: by itself, or by the course's module for it."""
    text = path.read_text(encoding="utf-8")
    return re.search(r'^[\s"]*(?:import|from) torch\b|torch_training', text, re.MULTILINE) is not None


def is_own(combination: Combination, there: Choices) -> bool:
    """Say whether this machine computes so without any switch, and the other runs of the tests set none."""
    return not any(map(os.environ.get, SWITCHES)) and probe(switches(combination, there)) == probe({})


def command(lessons: Sequence[Path], tests: Sequence[Path], slow: bool) -> list[str]:
    """Return pytest's command: lessons with their outputs compared, tests with or without the slow ones."""
    strict = [*NBVAL, "--nbval"] if lessons else []
    which = [*map(str, [*lessons, *tests]), *([] if slow else ["-m", "not slow"])]
    return [sys.executable, "-m", "pytest", "-rfE", "-p", "no:cacheprovider", *PARALLEL, *strict, *which]


def run(
    combination: Combination, there: Choices, lessons: Sequence[Path], tests: Sequence[Path], slow: bool = True
) -> Result:
    """Run everything under one combination; the words of what is red are shown."""
    began, variables = time.monotonic(), switches(combination, there)
    if not is_on(combination, probe(variables), variables.get("NPY_DISABLE_CPU_FEATURES", "")):
        return Result(combination, "could not be switched on together", time.monotonic() - began)
    answer = subprocess.run(
        command(lessons, tests, slow),
        cwd=ROOT,
        env=environment(variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    red = failed(answer.stdout) or [f"pytest ended with {answer.returncode}"] if answer.returncode else []
    if red:
        print(answer.stdout, "\nTo see it again:", *(f"{k}={v!r}" for k, v in variables.items()), flush=True)
    return Result(combination, ", ".join(red) or "green", time.monotonic() - began)


def failed(output: str) -> list[str]:
    r"""Return the names of the tests and cells that failed, as pytest sums them up.

    >>> failed("FAILED notebooks/07_mnist.ipynb::Cell 13\n1 failed in 3.0s")
    ['07_mnist.ipynb::Cell 13']
    """
    return re.findall(r"^(?:FAILED|ERROR) (?:\S*/)?(\S+(?: \d+)?)", output, re.MULTILINE)


def run_all(chosen: list[Combination], there: Choices, lessons: list[Path], tests: list[Path]) -> list[Result]:
    """Run the combinations, without torch's lessons and tests where kernel and level have been seen with another."""
    results: list[Result] = []
    for combination in chosen:
        again = any(combination[:2] == earlier.combination[:2] for earlier in results)
        new_lessons, new_tests = (
            [each for each in paths if loads_torch(each) or not again] for paths in (lessons, tests)
        )
        results.append(run(combination, there, new_lessons, new_tests, slow=combination in extremes(chosen)))
        print(f"{combination} {results[-1].seconds:6.0f} s  {results[-1].verdict}", flush=True)
    return results


def lessons_to_run(numbers: Sequence[str]) -> list[Path]:
    """Return the notebooks asked for, all without numbers; without MNIST at hand, those that need none."""
    notebooks = [path for path in sorted(ROOT.glob("notebooks/*.ipynb")) if path.name[:2] in numbers or not numbers]
    if has_mnist():
        return notebooks
    print("MNIST or Fashion-MNIST is not at hand: only lessons that load neither are run.")
    return [path for path in notebooks if not uses_mnist(path)]


def main(arguments: list[str] | None = None) -> int:
    """Print the table, combination by result, and return 0 only where all are green."""
    parser = argparse.ArgumentParser(prog="course.py test --processors", description=__doc__.partition("\n")[0])
    parser.add_argument("lesson", nargs="*", metavar="NN", help="lessons' numbers; without them, all, and the tests")
    parser.add_argument("--extremes", action="store_true", help="only the two combinations that differ most")
    parser.add_argument("--list", action="store_true", help="name the combinations and run nothing")
    options = parser.parse_args(arguments)
    there = choices(platform.machine())
    chosen = combinations(there)
    chosen = extremes(chosen) if options.extremes else chosen
    own = [each for each in chosen if options.extremes and is_own(each, there)]
    print(f"{platform.machine()}, {len(chosen)} combinations. Not switched on:", *there.refused, sep="\n  ")
    print(f"\n{Combination('OpenBLAS', 'NumPy', 'torch')} {'time':>8}  result", flush=True)
    if options.list:
        print("\n".join(map(str, chosen)))
        return 0
    for each in own:
        print(f"{each} {'':>8}  this machine's own: every test without a switch runs so", flush=True)
        chosen.remove(each)
    tests = [] if options.lesson else arithmetic_tests()
    results = run_all(chosen, there, lessons_to_run(options.lesson), tests)
    red = [result for result in results if result.verdict != "green"]
    print(f"\n{len(results) - len(red)} of {len(results)} combinations are green.")
    return int(bool(red))


if __name__ == "__main__":
    sys.exit(main())
