"""What `import course_utils` costs beyond NumPy."""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median

RUNS = 15


def seconds(code: str) -> float:
    """Wall-clock seconds of a fresh Python that runs `code`."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - began


def measure() -> dict[str, float]:
    """Return numpy_ms and with_course_ms, medians: Python that imports NumPy, and one that imports the course too."""
    course = "import numpy, course_utils"
    pairs = [(seconds("import numpy"), seconds(course)) for _ in range(RUNS)]
    alone, both = (1e3 * median(column) for column in zip(*pairs, strict=True))
    return {"numpy_ms": alone, "with_course_ms": both}


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:15} {value:8.1f}")
