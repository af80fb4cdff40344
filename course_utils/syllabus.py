"""The lessons as they describe themselves, and the words that they bring in.

Both come from small files in the data folder, so that a learner's copy finds them wherever it lies.
`python course.py build docs` makes lessons.json from the lessons; glossary.json is written by hand.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from course_utils._support.errors import in_one_line
from course_utils._support.resources import resource_path
from course_utils._support.text import Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Lesson(NamedTuple):
    """What a lesson's first text says: number ("05"), title, question, minutes ("60", "75 to 90"), needs."""

    number: str
    title: str
    question: str
    minutes: str
    needs: tuple[str, ...]


class Word(NamedTuple):
    """A term, what it means in one line, and the number of the lesson that explains it."""

    term: str
    meaning: str
    lesson: str


def lessons() -> tuple[Lesson, ...]:
    """Return the lessons there are, in their order.

    >>> [each.needs for each in lessons() if each.number == "06"]
    [('03', '04', '05')]
    """
    rows = json.loads(resource_path("lessons.json").read_text(encoding="utf-8"))
    return tuple(Lesson(**{**row, "needs": tuple(row["needs"])}) for row in rows)


def glossary() -> tuple[Word, ...]:
    """Return the words of the lessons there are, in the order of the alphabet.

    >>> [word.lesson for word in glossary() if word.term == "softmax"]
    ['06']
    """
    there = {each.number for each in lessons()}
    by_lesson = json.loads(resource_path("glossary.json").read_text(encoding="utf-8"))
    found = [Word(term, meaning, number) for number, words in by_lesson.items() for term, meaning in words.items()]
    return tuple(sorted((word for word in found if word.lesson in there), key=lambda word: word.term.lower()))


@in_one_line
def look_up(word: str) -> Text:
    """Say what a word of the course means and which lesson explains it; a word that it has not raises ValueError.

    Where no term is that word, all that contain it are told.

    >>> look_up("logit")
    logit (lesson 03): the score z, any number at all, from which a probability is made
    """
    words = {each.term.lower(): each for each in glossary()}
    asked = str(word).strip().lower()
    found = [words[asked]] if asked in words else [each for term, each in words.items() if asked and asked in term]
    if not found:
        near = get_close_matches(asked, words, 3) or list(words)[:3]
        raise ValueError(f"word: expected a word of the glossary, such as {', '.join(near)}; got {word!r}")
    return Text("\n".join(f"{each.term} (lesson {each.lesson}): {each.meaning}" for each in found))


def plot_lessons(each: Sequence[Lesson], *, title: str, ax: Axes) -> Axes:
    """Draw a row for each lesson, with a dot in the column of every lesson that it needs and a square in its own.

    A lesson that another needs and that is not there yet has a row as well, and an empty square.
    """
    from course_utils.plots import PALETTE

    titles = {lesson.number: lesson.title for lesson in each}
    missing = {need for lesson in each for need in lesson.needs} - titles.keys()
    names = titles | dict.fromkeys(missing, "(to come)")
    row = {number: i for i, number in enumerate(sorted(names))}
    for number, place in row.items():
        ax.text(-0.8, place, f"{number}  {names[number]}", ha="right", va="center")
        ax.plot(place, place, "s", color="0.75", mfc="white" if number in missing else "0.75", markersize=7)
    for lesson in each:
        y, needs = row[lesson.number], [row[need] for need in lesson.needs]
        ax.plot([*needs, y], [y] * (len(needs) + 1), "-", color="0.55", linewidth=1, zorder=1)
        ax.plot(needs, [y] * len(needs), "o", color=PALETTE["blue"], markersize=7)
    ax.set(xlim=(-1.35 * len(row), len(row) - 0.5), ylim=(len(row) - 0.4, -0.6), title=title, yticks=[])
    ax.set_xticks(range(len(row)), list(row), rotation=90)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return ax
