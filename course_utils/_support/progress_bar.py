"""A bar for what takes long: of itself where a notebook waits for it, elsewhere only where it is asked for."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Any

PATIENCE = 2.0  # seconds after which a reader wants to know how long it still takes


def bar(
    total: int, unit: str, shown: bool | None = None, *, name: str = "training", done: int = 0
) -> AbstractContextManager[Any]:
    """Return a tqdm bar that counts to `total`, or what gives None in its place, for a `with`.

    shown: True, at once; False, not at all; None, in a notebook after PATIENCE seconds. done: where it starts.

    >>> with bar(3, "epoch") as shown:
    ...     print(shown)
    None
    """
    if shown is False or (shown is None and not in_notebook()):
        return nullcontext()
    from tqdm.auto import tqdm  # not needed by those who do not watch

    counted: AbstractContextManager[Any] = tqdm(
        total=total, unit=unit, desc=name, initial=done, delay=PATIENCE if shown is None else 0
    )
    return counted


def in_notebook() -> bool:
    """Say whether a kernel runs this, for a page that can show a bar."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")
