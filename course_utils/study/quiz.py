"""A few questions with buttons, and the same as text where no kernel runs."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from course_utils._support.text import Text
from course_utils.numerics import check_choice
from course_utils.study.prediction_form import choice_buttons
from course_utils.study.questions import Question, markdown


class Quiz:
    """Questions, a button for each of their choices, and below it what is said to the answer.

    call: the call that made it, such as 'review("06")'. say: what to tell of a question and the letter chosen;
    called for each answer in `given` and at each press of a button. end: what stands below all of it.
    """

    def __init__(
        self,
        call: str,
        questions: Sequence[Question],
        given: Mapping[str, str],
        say: Callable[[Question, str], str],
        end: Callable[[], str] = str,
    ) -> None:
        self.call, self.questions, self.given = call, tuple(questions), dict(given)
        self._say, self._end = say, end
        self.said = {each.id: say(each, self.given[each.id]) for each in self.questions if each.id in self.given}

    def answer(self, question_id: str, letter: str) -> None:
        """Answer one question, as its buttons do."""
        asked = next(each for each in self.questions if each.id == question_id)
        self.given[question_id] = letter
        self.said[question_id] = self._say(asked, letter)

    def text(self) -> str:
        """Return everything as Markdown: the questions, what was said to the answers, and how to answer in code."""
        parts = []
        for asked in self.questions:
            parts.append(_escaped(markdown(asked)))
            if asked.id in self.said:
                parts.append(_escaped(f"You said {self.given[asked.id]}. {self.said[asked.id]}"))
        if self._end():
            parts.append(_escaped(self._end()))
        first = next((each for each in self.questions if each.id not in self.given), None)
        if first is not None:
            example = f'{self.call[:-1]}, {{"{first.id}": "{next(iter(first.choices))}"}})'
            parts.append(f"No buttons here? Answer in code: `{example}`")
        return "\n\n".join(parts)

    def __repr__(self) -> str:
        return f"{self.call}: {len(self.given)} of {len(self.questions)} answered"

    def panel(self) -> Any:
        """Build the live form: for each question its text, its buttons and a line that screen readers read out."""
        import ipywidgets

        end = ipywidgets.HTML(_alive(self._end()))
        rows = [self._row(asked, end) for asked in self.questions]
        return ipywidgets.VBox([*rows, end], layout=ipywidgets.Layout(max_width="960px"))

    def _row(self, asked: Question, end: Any) -> Any:
        import ipywidgets

        words = ipywidgets.HTML(f'<p style="margin:.6em 0 0">{html.escape(asked.text)}</p>')
        buttons = choice_buttons(asked, self.given.get(asked.id))
        told = ipywidgets.HTML(_alive(self.said.get(asked.id, "")))

        def press(change: Any) -> None:
            self.answer(asked.id, change.new)
            told.value, end.value = _alive(self.said[asked.id]), _alive(self._end())

        buttons.observe(press, "value")
        return ipywidgets.VBox([words, buttons, told])

    def _ipython_display_(self) -> None:
        """Show the form where a kernel runs, and leave its text for where none does."""
        from IPython.display import display

        from course_utils._support.widgets import live_view

        show: Any = display  # Any: it carries no types
        show({**live_view(self.panel()), "text/markdown": self.text(), "text/plain": repr(self)}, raw=True)


def check_answers(answers: Mapping[str, str] | None, questions: Sequence[Question]) -> dict[str, str]:
    """Return `answers` where each is a letter of a question that is asked, or raise ValueError."""
    letters = {each.id: list(each.choices) for each in questions}
    given = dict(answers or {})
    for key, letter in given.items():
        check_choice("answers", key, list(letters))
        check_choice(f"answers[{key!r}]", letter, letters[key])
    return given


def _alive(text: str) -> str:
    if isinstance(text, Text) and text.html:
        return text.html
    lines = "<br>".join(html.escape(line) for line in text.splitlines())
    return f'<p role="status">{lines}</p>' if lines else ""


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)
