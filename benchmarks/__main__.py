"""Measure every speed and write docs/performance.md; COURSE_DATA names the folder of the real MNIST."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

from benchmarks import data, explorers, imports, softmax, training

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
PACKAGES = ("numpy", "torch", "scikit-learn", "matplotlib", "ipywidgets")


def sentences() -> dict[str, str]:
    """Every measurement as name -> sentence."""
    start, mnist, picture = imports.measure(), data.measure(), explorers.measure()
    alone, both = start["numpy_ms"], start["with_course_ms"]
    decoding, opening, shared = 1e3 * mnist["decode_s"], mnist["open_ms"], mnist["second_process_mb"]
    ours, theirs = picture["update_ms"], picture["new_figure_ms"]
    return {
        **training.measure(),
        **softmax.measure(),
        "import course_utils": f"{both - alone:+.1f} ms beyond the {alone:.0f} ms of a Python that imports NumPy",
        "MNIST": (
            f"opened from the decoded cache in {opening:.1f} ms; decoding the files takes {decoding:.0f} ms: "
            f"**{decoding / opening:.0f} times longer**; a second process that reads every pixel costs "
            f"{shared:.2f} MB more (PSS)"
        ),
        "explorer of lesson 08, one movement, in the kernel": (
            f"{ours:.1f} ms; a new figure, as `interact` makes it, {theirs:.1f} ms: "
            f"**{theirs / ours:.1f} times faster**; the picture has {picture['png_kb']:.0f} kB"
        ),
    }


def main() -> None:
    """Write the page."""
    rows = "\n".join(f"| {name} | {sentence} |" for name, sentence in sentences().items())
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    PAGE.write_text(
        "# Performance\n\n"
        "Written by `python -m benchmarks`. Each figure stands beside its peer, measured in the same run; values are "
        "medians. Machines differ and are noisy: trust the ratios. What was tried and what each way gave is told in "
        "the comments of `benchmarks/`.\n\n"
        f"Machine: {os.cpu_count()} cores, {platform.machine()}, {platform.system()}; "
        f"Python {sys.version.split()[0]}, {versions}.\n\n"
        f"| what | measured |\n|---|---|\n{rows}\n",
        encoding="utf-8",
    )
    print(PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
