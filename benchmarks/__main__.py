"""Measure every speed and write docs/performance.md; COURSE_DATA names the folder of the real MNIST.

`python -m benchmarks` measures everything, which takes most of an hour; `python -m benchmarks softmax training` those
parts, and the page keeps what it says of the others.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from benchmarks import (
    cnn,
    data,
    grading,
    imports,
    page_explorers,
    playground,
    setup,
    site_weight,
    softmax,
    time_to_accuracy,
    torch_epoch,
    training,
)

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
PACKAGES = ("numpy", "torch", "scikit-learn", "matplotlib", "ipywidgets")
HEAD = """# Performance

<!-- Written by `python -m benchmarks`. -->
Each figure stands beside its peer, measured in the same run; values are medians.
Machines differ and are noisy: trust the ratios. What was tried and what each way gave is told below the tables, and
in the comments of `benchmarks/` where a part has nothing below its table.
"""


def small_things() -> dict[str, str]:
    """What importing the package and opening MNIST cost."""
    start, mnist = imports.measure(), data.measure()
    alone, both = start["numpy_ms"], start["with_course_ms"]
    decoding, opening, shared = 1e3 * mnist["decode_s"], mnist["open_ms"], mnist["second_process_mb"]
    return {
        "import course_utils": f"{both - alone:+.1f} ms beyond the {alone:.0f} ms of a Python that imports NumPy",
        "MNIST": (
            f"opened from the decoded cache in {opening:.1f} ms; decoding the files takes {decoding:.0f} ms: "
            f"**{decoding / opening:.0f} times longer**; a second process that reads every pixel costs "
            f"{shared:.2f} MB more (PSS)"
        ),
    }


def five_seeds() -> dict[str, str]:
    """Lesson 13's network and the best recipe; the ways between them are measured by `python -m benchmarks.cnn`."""
    first, *_, last = cnn.RECIPES
    return cnn.measure({name: cnn.RECIPES[name] for name in (first, last)})


# Part -> what measures it, and the text that goes below its table.
PARTS: dict[str, tuple[Callable[[], dict[str, str]], str]] = {
    "training": (training.measure, training.TRIED),
    "time_to_accuracy": (time_to_accuracy.measure, f"{time_to_accuracy.FIGURE}\n\n{time_to_accuracy.TRIED}"),
    "softmax": (softmax.measure, softmax.TRIED),
    "small_things": (small_things, ""),
    "torch_epoch": (torch_epoch.measure, ""),
    "cnn": (five_seeds, ""),
    "page_explorers": (page_explorers.sentences, ""),
    "playground": (playground.sentences, playground.TRIED),
    "grading": (grading.sentences, ""),
    "setup": (setup.measure, setup.TRIED),
    "site_weight": (site_weight.measure, ""),
}


def section(name: str) -> str:
    """Measure one part and return its section of the page."""
    measure, below = PARTS[name]
    rows = "\n".join(f"| {what} | {sentence} |" for what, sentence in measure().items())
    versions = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}; Python {sys.version.split()[0]}"
    table = f"| what | measured |\n|---|---|\n{rows}\n"
    return "\n".join([f"## {name}\n", f"{machine}, {versions}.\n", table, *([below.strip() + "\n"] if below else [])])


def kept(page: str) -> dict[str, str]:
    """Return the sections that a page has."""
    found = re.split(r"^(?=## )", page, flags=re.MULTILINE)[1:]
    return {text.split()[1]: text.strip() + "\n" for text in found}


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="measure and write docs/performance.md")
    parser.add_argument("part", nargs="*", choices=[[], *PARTS], help="the parts to measure; without any, all")
    wanted = parser.parse_args().part or list(PARTS)
    for name in wanted:
        new = section(name)
        sections = kept(PAGE.read_text(encoding="utf-8")) | {name: new}
        body = [sections[each] for each in PARTS if each in sections]
        PAGE.write_text("\n".join([HEAD, *body]), encoding="utf-8")
        print(new, flush=True)


if __name__ == "__main__":
    main()
