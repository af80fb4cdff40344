"""The cells of a lesson as its file has them: a text is parsed once, however often it is asked for."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import jupytext


def read_percent(path: Path) -> Any:
    """Return a file in the percent format as a notebook, which is the caller's to change."""
    return deepcopy(_parsed(path.read_text(encoding="utf-8")))


@cache
def _parsed(text: str) -> Any:
    return jupytext.reads(text, fmt="py:percent")
