"""The two pages that go with a class's grades: one to teach from, naming nobody, and one for the teacher alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from classroom.gradebooks import Grades
from classroom.grades import Grade
from classroom.pages import render
from classroom.similarity import Alike
from classroom.students import Student
from course_utils.exercises.engine import exercise

# Outcome, colour of its bar, colour of the number on it: Okabe and Ito's colours, told apart by colour-blind readers.
BARS = (
    ("right", "#0072b2", "#ffffff"),
    ("wrong", "#e69f00", "#000000"),
    ("not attempted", "#d9d9d9", "#000000"),
    ("not graded", "#000000", "#ffffff"),
)


class Idea(NamedTuple):
    """A misconception met in one exercise, the question that shakes it, and who holds it."""

    idea: str
    question: str
    students: list[str]


class Section(NamedTuple):
    """What the pages say of one exercise: who had which outcome, and the ideas behind the wrong answers."""

    id: str
    prompt: str
    by_outcome: dict[str, list[str]]
    ideas: list[Idea]

    @property
    def counts(self) -> dict[str, int]:
        """How many had each outcome."""
        return {outcome: len(students) for outcome, students in self.by_outcome.items()}


class Suspicion(NamedTuple):
    """What a person may want to look at: an exercise of a student, and what was seen there."""

    student: str
    exercise: str
    seen: str


def sections(grades: Grades) -> list[Section]:
    """Return what there is to say of each exercise that somebody handed in."""
    rows = [grade for own in grades.values() for grade in own.values() if grade.exercise]
    return [
        _section(each, [row for row in rows if row.exercise == each])
        for each in sorted({row.exercise for row in rows})
    ]


def class_page(grades: Grades) -> str:
    """Return the page to teach from."""
    return render("class.html.j2", bars=BARS, students=len(grades), sections=sections(grades))


def teacher_page(
    everybody: Sequence[Student],
    grades: Grades,
    notes: Sequence[Grade],
    copies: Sequence[Alike],
    suspicions: Sequence[Suspicion],
) -> str:
    """Return the page for the teacher: who is missing, late, to be looked at, and who is behind each number.

    Cells that most of a class share are counted and not listed: they were handed out, in another version of the
    lesson for instance, or leave no choice.
    """
    many = max(3, sum(bool(each.submissions) for each in everybody) // 2)
    return render(
        "teacher.html.j2",
        bars=BARS,
        students=everybody,
        has_roster=any(each.person for each in everybody),
        missing=[each.name for each in everybody if not each.submissions],
        unknown=[each.name for each in everybody if each.person is None],
        late=[each for each in everybody if each.late],
        notes=notes,
        copies=[each for each in copies if len(each.students) <= many],
        common=sum(len(each.students) > many for each in copies),
        suspicions=suspicions,
        sections=sections(grades),
    )


def _section(exercise_id: str, rows: Sequence[Grade]) -> Section:
    found = exercise(exercise_id)
    by_outcome = {name: [row.student for row in rows if row.outcome == name] for name, _, _ in BARS}
    return Section(found.id, found.prompt, by_outcome, _ideas(exercise_id, rows))


def _ideas(exercise_id: str, rows: Sequence[Grade]) -> list[Idea]:
    """Return the misconceptions met, the most frequent first, and after them the wrong answers without a name."""
    wrong = [row for row in rows if row.outcome == "wrong"]
    counts = Counter(row.misconception for row in wrong)
    questions = {known.idea: known.question for known in exercise(exercise_id).misconceptions}
    named = sorted((each for each in counts if each), key=lambda idea: (-counts[idea], idea))
    return [
        Idea(
            idea or "none that is known",
            questions.get(idea, ""),
            [row.student for row in wrong if row.misconception == idea],
        )
        for idea in [*named, *[""] * ("" in counts)]
    ]
