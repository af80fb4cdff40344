"""What requirements.lock pins for some of its lists: `python -m tools.locked core lab class` prints it for pip.

course.py imports this before anything is installed: the standard library is all that it needs.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path


def locked(lock: Path, lists: set[str]) -> str:
    """Return the pins that these lists need, with their markers and hashes."""
    entries = re.split(r"^(?=\w)", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return "".join(entry for entry in entries if lists & {*entry.partition("; for ")[2].split()})


def torch(lock: Path) -> str:
    """Return the pin of torch, which no list has: it comes by itself."""
    (pin,) = re.findall(r"^torch==\S+$", lock.read_text(encoding="utf-8"), re.MULTILINE)
    return str(pin)


if __name__ == "__main__":
    print(locked(Path(__file__).resolve().parents[1] / "requirements.lock", {*sys.argv[1:]}), end="")
