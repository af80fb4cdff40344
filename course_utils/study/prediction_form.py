"""A prediction by hand: a button for each choice and how sure one is, or a field for a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from course_utils._support.card import card, prose
from course_utils._support.text import Text
from course_utils.study.questions import Question

# How sure, in words, and the probability that it gives to the letter chosen. The other letters share the rest.
SURE = {"leaning, 60 %": 0.6, "rather sure, 80 %": 0.8, "sure, 95 %": 0.95}


class Form(Text):
    """A text that a notebook shows as a form where a kernel runs."""

    panel: Callable[[], Any]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        from course_utils._support.widgets import live_view

        return live_view(self.panel())


def form(text: Text, asked: Question, known: Any, note: Callable[[Any], Text]) -> Form:
    """Return `text` with a form beside it, which shows the answer `known` and calls `note` with each new one."""
    shown = Form(text, text.html)
    build = _choice if asked.choices else _number
    shown.panel = lambda: build(asked, known, note)
    return shown


def answer_of(asked: Question, letter: str, sure: float | None) -> str | dict[str, float]:
    """Return the letter, or where it was said how sure, a probability for each letter.

    >>> from course_utils.study.questions import question
    >>> answer_of(question("predictions", "04.p1"), "b", 0.6)
    {'a': 0.2, 'b': 0.6, 'c': 0.2}
    """
    if sure is None:
        return letter
    rest = round((1 - sure) / (len(asked.choices) - 1), 12)
    return {each: sure if each == letter else rest for each in asked.choices}


def choice_buttons(asked: Question, letter: str | None) -> Any:
    """Return a button for each choice of a question, that of `letter` pressed; its `value` is the letter."""
    import ipywidgets

    return ipywidgets.ToggleButtons(
        options=[(f"{each}) {text}", each) for each, text in asked.choices.items()],
        value=letter,
        description=f"{asked.id}:",  # what a screen reader says before the choices
        style={"button_width": "auto", "description_width": "initial"},
    )


def _choice(asked: Question, known: Any, note: Callable[[Any], Text]) -> Any:
    import ipywidgets

    letter, sure = _chosen(known)
    letters = choice_buttons(asked, letter)
    sures = ipywidgets.ToggleButtons(
        options=list(SURE.items()),
        value=sure,
        description="How sure? (if you like)",
        style={"button_width": "auto", "description_width": "initial"},
    )
    told = ipywidgets.HTML()

    def press(_: Any) -> None:
        if letters.value is not None:
            told.value = note(answer_of(asked, letters.value, sures.value)).html

    letters.observe(press, "value")
    sures.observe(press, "value")
    return ipywidgets.VBox([letters, sures, told])


def _chosen(known: Any) -> tuple[str | None, float | None]:
    if not isinstance(known, dict):
        return known, None
    letter = max(known, key=lambda each: float(known[each]))
    return letter, known[letter] if known[letter] in SURE.values() else None


def _number(asked: Question, known: Any, note: Callable[[Any], Text]) -> Any:
    import ipywidgets

    field = ipywidgets.Text(
        value="" if known is None else f"{known:g}",
        placeholder="a number",
        description=f"{asked.id}:",
        continuous_update=False,
        layout={"width": "16em"},
        style={"description_width": "initial"},
    )
    button = ipywidgets.Button(description="Note it", layout={"width": "auto"})
    told = ipywidgets.HTML()

    def press(_: Any) -> None:
        try:
            told.value = note(float(field.value)).html
        except ValueError:
            told.value = card("open", "Not noted", asked.id, prose("Write a number, such as 0.5 or 1200 or 1e-3."))

    field.observe(press, "value")
    button.on_click(press)
    return ipywidgets.VBox([ipywidgets.HBox([field, ipywidgets.Label(asked.unit), button]), told])
