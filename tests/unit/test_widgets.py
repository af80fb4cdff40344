"""A widget is shown by ipywidgets 7 as by ipywidgets 8."""

from __future__ import annotations

from typing import Any

import ipywidgets
import pytest

from course_utils._support.widgets import VIEW, live_view


def test_a_live_view_is_what_ipywidgets_itself_would_show(monkeypatch: pytest.MonkeyPatch) -> None:
    button = ipywidgets.Button()
    shown: list[Any] = []
    monkeypatch.setattr("ipywidgets.widgets.widget.display", lambda data, **_: shown.append(data), raising=False)
    if hasattr(button, "_repr_mimebundle_"):
        shown.append(button._repr_mimebundle_())
    else:
        button._ipython_display_()
    assert live_view(button) == {VIEW: shown[0][VIEW]}


def test_a_live_view_needs_no_method_of_ipywidgets_8(monkeypatch: pytest.MonkeyPatch) -> None:
    button = ipywidgets.Button()
    monkeypatch.setattr(ipywidgets.Widget, "_repr_mimebundle_", None, raising=False)
    assert live_view(button)[VIEW]["model_id"] == button.model_id
