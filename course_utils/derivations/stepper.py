"""Step through a derivation one line at a time: guess the next line, then look."""

from __future__ import annotations

from typing import Any

import ipywidgets
from IPython.display import display

from course_utils._support.widgets import live_view
from course_utils.derivations.engine import Derivation, latex, table


class Stepper:
    """A derivation that shows its first line and reveals the others at the press of a button.

    Where no kernel runs, on GitHub or on paper, the whole table stands in its place.

    >>> from course_utils.derivations.lesson_03 import SIGMOID_BY_CHAIN_RULE
    >>> stepper = Stepper(SIGMOID_BY_CHAIN_RULE)
    >>> stepper.next.click()
    >>> stepper
    Stepper('derivative of the sigmoid by the chain rule', line 2 of 5)
    """

    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation
        self.shown = 1
        self.next = ipywidgets.Button(description="Next line", tooltip="Guess the line first, then show it")
        self.back = ipywidgets.Button(description="Back", tooltip="Hide the last line")
        self._lines = ipywidgets.HTMLMath()
        self.next.on_click(lambda _: self._go(1))
        self.back.on_click(lambda _: self._go(-1))
        self._go(0)
        self._panel = ipywidgets.VBox([self._lines, ipywidgets.HBox([self.next, self.back])])

    def _go(self, step: int) -> None:
        last = len(self.derivation.lines)
        self.shown = min(max(self.shown + step, 1), last)
        self.next.disabled, self.back.disabled = self.shown == last, self.shown == 1
        self._lines.value = html_table(self.derivation, self.shown)

    def _ipython_display_(self) -> None:
        """Show the buttons where a kernel runs, and leave the whole table for where none does."""
        whole = {"text/markdown": table(self.derivation), "text/plain": repr(self.derivation.name)}
        show: Any = display  # Any: it carries no types
        show({**live_view(self._panel), **whole}, raw=True)

    def __repr__(self) -> str:
        """Name the derivation and the line it stands at."""
        return f"Stepper({self.derivation.name!r}, line {self.shown} of {len(self.derivation.lines)})"


def html_table(derivation: Derivation, upto: int) -> str:
    """HTML table of the first `upto` lines; the role asks a screen reader to read out what is added."""
    rows = []
    for number, line in enumerate(derivation.lines[:upto], start=1):
        left = derivation.left if number == 1 else ""
        shown = rf"$\displaystyle {left} = {latex(line.shown, derivation.indexed)}$"
        rows.append(f"<tr><td>{number}</td>{_cell(shown)}{_cell(line.reason)}</tr>")
    return f"<table role='status' aria-label='{derivation.name}'>{''.join(rows)}</table>"


def _cell(text: str) -> str:
    return f"<td style='text-align:left'>{text}</td>"
