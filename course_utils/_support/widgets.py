"""What ipywidgets 7, which Colab ships, and ipywidgets 8 do not have in common."""

from __future__ import annotations

from typing import Any

VIEW = "application/vnd.jupyter.widget-view+json"


def live_view(widget: Any) -> dict[str, Any]:
    """Return the part of an output that shows `widget` where a kernel runs; only ipywidgets 8 has a method for it.

    >>> import ipywidgets
    >>> list(live_view(ipywidgets.Button()))
    ['application/vnd.jupyter.widget-view+json']
    """
    return {VIEW: {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}}
