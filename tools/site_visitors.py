"""What a visitor of the site can do where no cell runs: choices that open, hints and a solution that unfold.

Nothing is recorded, and no script is needed: each answer is a <details>. What the functions of the course say to a
learner (run this cell, write a letter) would be of no use on a page. On paper nobody can click: hints are left out,
and what has the class "answer" is printed at the end (docs/_static/print.js).
"""

from __future__ import annotations

import html
import re
from typing import Any

import nbformat

from course_utils._support.card import card, prose
from course_utils.exercises.engine import exercise, solution
from course_utils.study.questions import Question, Section, question

Cell = Any  # nbformat carries no types
PREDICTS = re.compile(r'predict\("(\d\d\.p\d+)"\)')
ASKED = re.compile(r"^\*\*((?P<review>\d\d\.q\d+)|(?P<inventory>i\d+))\.\*\*", re.MULTILINE)


def for_visitors(cell: Cell) -> list[Cell]:
    """Return a code cell's outputs as a page has them: what asks can be answered, what answers waits for a click."""
    if asked := PREDICTS.match(cell.source):
        choices = choices_that_open(question("predictions", asked[1]), answered="")  # by what reveals it
        return [shown(choices)] if choices else []
    if re.match(r"(review|inventory)\(", cell.source):
        return [shown(quiz(each)) for output in cell.outputs if (each := output.get("data", {}).get("text/markdown"))]
    checked = re.search(r'^check\("(\d\d\.\d+)"', cell.source, re.MULTILINE)
    reveals = re.search(r'^reveal\("', cell.source, re.MULTILINE)
    outputs = []
    for output in cell.outputs:
        said = output.get("data", {}).get("text/html") if output.output_type == "execute_result" else None
        if said and checked:
            output = shown(help_with(checked[1]))
        elif said and reveals:
            output = shown(opening("What came out", said, kind="answer"))
        outputs.append(output)
    return outputs


def without_choices(markdown: str, after: Cell | None) -> str:
    """Return a text without the choices of the question at its end, where the code after it shows them."""
    asked = PREDICTS.match(after.source) if after else None
    if not asked or not question("predictions", asked[1]).choices:
        return markdown
    return re.sub(r"(\n>)?(\n> - \w\) .*(\n>   .*)*)+\Z", "", markdown)


def shown(inside: str) -> Cell:
    """Return an output that holds this HTML."""
    return nbformat.v4.new_output("display_data", {"text/html": f'<div class="choices">{inside}</div>'})


def opening(summary: str, inside: str, kind: str = "", group: str = "") -> str:
    """Return a part of a kind, "hint" or "answer", that one click opens; of a group only one is open at a time."""
    attributes = "".join(f' {name}="{value}"' for name, value in (("class", kind), ("name", group)) if value)
    return f"<details{attributes}><summary>{html.escape(summary)}</summary>{inside}</details>"


def choices_that_open(asked: Question, answered: str = "answer") -> str:
    """Return a question's choices, each of which opens to what is said to it; without choices, an empty text.

    answered: the kind of the right choice, empty where something else on the page tells the answer.
    """
    opened = {
        letter: card("right", "Right", asked.id, prose(asked.why))
        if letter == asked.truth
        else card("wrong", "Not so", asked.id, prose(f"Behind {letter} is this idea: {asked.ideas[letter]}.", True))
        for letter in asked.choices
    }
    return "".join(
        opening(f"{key}) {asked.choices[key]}", said, answered if key == asked.truth else "", asked.id)
        for key, said in opened.items()
    )


def quiz(markdown: str) -> str:
    """Return the questions that a review or the inventory shows, with choices that open."""
    found = []
    for match in ASKED.finditer(markdown):
        section: Section = "review" if match["review"] else "inventory"
        asked = question(section, match[1])
        found.append(prose(f"{asked.id}. {asked.text}", bold=True) + choices_that_open(asked))
    return "".join(found)


def help_with(exercise_id: str) -> str:
    """Return an exercise's hints, one after the other, and one way to do it, all folded."""
    hints = exercise(exercise_id).hints
    parts = [opening(f"Hint {number} of {len(hints)}", prose(hint), "hint") for number, hint in enumerate(hints, 1)]
    return "".join([*parts, opening("One way to do it", solution(exercise_id).html, "answer")])
