"""Lint the explorers' JavaScript and run its unit tests, where node is at hand: learners and teachers need none.

python -m tools.javascript
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "explorers"


def main(source: Path = SOURCE) -> int:
    """Return the exit status of the first that fails, or 0; say what is missing where something cannot run."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None:
        print("node is not installed: the explorers' JavaScript is neither linted nor tested.")
        return 0
    # Without a folder: node 20 and node 22 take that for different things.
    tests = subprocess.run([node, "--test"], cwd=source).returncode
    if npm is None or not (source / "node_modules").exists():
        print("npm ci has not run in explorers/: the JavaScript is not linted.")
        return tests
    return tests or subprocess.run([npm, "run", "--silent", "lint"], cwd=source).returncode


if __name__ == "__main__":
    sys.exit(main())
