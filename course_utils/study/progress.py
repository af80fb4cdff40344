"""How far the learner has come: the map of the lessons with what is done, in a picture and in words.

A lesson is counted by its exercises, as the record of checks has them: right once is right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from course_utils import progress_store
from course_utils.exercises.engine import exercises_of
from course_utils.plots import PALETTE
from course_utils.study.questions import questions
from course_utils.syllabus import Lesson, lessons, plot_lessons

State = Literal["right", "wrong so far", "not tried"]
# Three shapes, not only three colours: a full square, a cross, an empty square.
_MARKS: dict[State, tuple[str, str, str]] = {
    "right": ("s", PALETTE["blue"], PALETTE["blue"]),
    "wrong so far": ("x", PALETTE["vermilion"], PALETTE["vermilion"]),
    "not tried": ("s", "white", PALETTE["black"]),
}


class Progress(NamedTuple):
    """One lesson and the state of each of its exercises, by id."""

    lesson: Lesson
    exercises: Mapping[str, State]

    @property
    def right(self) -> int:
        """How many exercises have been answered right."""
        return list(self.exercises.values()).count("right")

    @property
    def words(self) -> str:
        """The state of the lesson in words: done, begun, not begun.

        >>> Progress(Lesson("02", "Two", "?", "60", ()), {"02.1": "right", "02.2": "not tried"}).words
        '1 of 2 right'
        """
        if self.right == len(self.exercises):
            return "done" if self.exercises else "no exercises"
        begun = any(state != "not tried" for state in self.exercises.values())
        return f"{self.right} of {len(self.exercises)} right" if begun else "not begun"


def progress() -> None:
    """Draw the map of the lessons with what is done, say the same in words, and name one thing to do next."""
    each = course_progress(progress_store.entries("checks"))
    figure, axes = plt.subplots(1, 2, figsize=(9.6, 0.42 * len(each) + 1), width_ratios=(3, 2), layout="constrained")
    plot_progress(each, axes)
    figure.suptitle(next_step(each))
    plt.show()
    print(describe_progress(each))


def course_progress(checks: Mapping[str, progress_store.Entry]) -> tuple[Progress, ...]:
    """Return what the record of checks says of each lesson there is."""

    def state(exercise_id: str) -> State:
        entry = checks.get(exercise_id)
        return "not tried" if entry is None else "right" if entry["right"] else "wrong so far"

    return tuple(Progress(each, {key: state(key) for key in exercise_ids(each.number)}) for each in lessons())


def exercise_ids(lesson: str) -> list[str]:
    """Return the ids of a lesson's exercises, in their order.

    >>> exercise_ids("00")
    ['00.1', '00.2', '00.3']
    """
    return [each.id for each in exercises_of(lesson)]


def next_step(each: Sequence[Progress]) -> str:
    """Name one thing to do: the first open exercise of a lesson begun, or else of the first lesson not begun."""
    open_ones = [one for one in each if one.right < len(one.exercises)]
    if not open_ones:
        return "Next: everything is right. Close with the project of the last lesson."
    begun = [one for one in open_ones if one.words != "not begun"]
    chosen = (begun or open_ones)[0]
    exercise_id = next(key for key, state in chosen.exercises.items() if state != "right")
    return f"Next: exercise {exercise_id}, in lesson {chosen.lesson.number}, {chosen.lesson.title}."


def describe_progress(each: Sequence[Progress]) -> str:
    """Say in words what the picture shows, and what is done beside the exercises."""
    right, total = sum(one.right for one in each), sum(len(one.exercises) for one in each)
    lines = [f"{right} of {total} exercises right."]
    for one in each:
        wrong = [key for key, state in one.exercises.items() if state == "wrong so far"]
        lines.append(
            f"{one.lesson.number} {one.lesson.title}: {one.words}"
            + (f", wrong so far: {', '.join(wrong)}" * bool(wrong))
            + "."
        )
    predicted, reviewed = progress_store.entries("predictions"), progress_store.entries("reviews")
    known = sum(entry["box"] > 1 for entry in reviewed.values())
    lines.append(
        f"Predictions: {len(predicted)} of {len(questions('predictions'))} made. "
        f"Review: {known} of {len(questions('review'))} questions right when last asked."
    )
    return "\n".join([*lines, next_step(each)])


def plot_progress(each: Sequence[Progress], axes: Sequence[Axes]) -> None:
    """Draw the map of the lessons on the first of two Axes, and beside it a mark for each exercise, with words."""
    right, total = sum(one.right for one in each), sum(len(one.exercises) for one in each)
    maps, marks = axes
    plot_lessons([one.lesson for one in each], title="What each lesson builds on", ax=maps)
    # The map also has a row for each lesson that another needs and that is not there yet.
    names = {one.lesson.number for one in each} | {need for one in each for need in one.lesson.needs}
    row = {number: i for i, number in enumerate(sorted(names))}
    widest = max((len(one.exercises) for one in each), default=0)
    for one in each:
        y = row[one.lesson.number]
        for x, state in enumerate(one.exercises.values()):
            shape, fill, edge = _MARKS[state]
            marks.plot(x, y, shape, mfc=fill, mec=edge, markersize=8, mew=2 if shape == "x" else 1)
        marks.text(widest - 0.2, y, one.words, va="center")
    for state, (shape, fill, edge) in _MARKS.items():
        marks.plot([], [], shape, mfc=fill, mec=edge, markersize=8, mew=2 if shape == "x" else 1, label=state)
    marks.legend(loc="upper center", bbox_to_anchor=(0.5, 0), ncols=len(_MARKS), frameon=False)
    marks.set(xlim=(-0.6, widest + 4), ylim=maps.get_ylim(), title=f"{right} of {total} exercises right")
    marks.set_axis_off()
