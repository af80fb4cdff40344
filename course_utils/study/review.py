"""Three questions from earlier lessons: what was wrong comes back in the next one, what was right later and later.

Boxes as Leitner kept his cards, with lessons in place of days ("So lernt man lernen", 1972): a wrong answer puts a
question into box 1, a right one moves it up by one (a new question goes to box 2). A question of box k is due
2^(k-1) lessons after it was last asked: 1, 2, 4, 8. No clock and no chance: an empty memory gives the same questions
everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from course_utils import progress_store
from course_utils._support.card import card, prose
from course_utils._support.errors import in_one_line
from course_utils._support.text import Text
from course_utils.numerics import check_choice
from course_utils.study.questions import Question, questions
from course_utils.study.quiz import Quiz, check_answers
from course_utils.syllabus import lessons

ASKED = 3
LESSONS = [each.number for each in lessons() if each.number >= "02"]  # before them there is nothing to review


@in_one_line
def review(lesson: str, answers: Mapping[str, str] | None = None) -> Quiz:
    """Ask the three questions that are due in `lesson` ("02" or later); the first answer in a lesson counts.

    answers: instead of the buttons, letters by question, such as {"04.q1": "b"}. A lesson, question or letter that
    does not exist raises ValueError.

    >>> review("06")
    review("06"): 0 of 3 answered
    """
    check_choice("lesson", lesson, LESSONS)
    noted = progress_store.entries("reviews")
    known = {key: entry for key, entry in noted.items() if _fits(questions("review").get(key), entry)}
    asked = due(lesson, known, questions("review").values())

    def say(each: Question, letter: str) -> str:
        right = letter == each.truth
        progress_store.change("reviews", each.id, lambda old: moved(old, lesson, letter, right))
        if right:
            return Text(f"Right. {each.why}", card("right", "Right", each.id, prose(each.why)))
        idea = f"Behind {letter} is this idea: {each.ideas[letter]}."
        html = card("wrong", "Not so", each.id, prose(idea, bold=True), prose(each.told()))
        return Text(f"Not so. {idea} {each.told()}", html)

    earlier = {each.id: known[each.id]["answer"] for each in asked if known.get(each.id, {}).get("lesson") == lesson}
    return Quiz(f'review("{lesson}")', asked, {**earlier, **check_answers(answers, asked)}, say)


def due(lesson: str, boxes: Mapping[str, progress_store.Entry], there: Iterable[Question]) -> list[Question]:
    """Choose three questions of lessons before `lesson`, given the box of each and the lesson that last asked it.

    First what this lesson has asked already, so that they stay while they are answered; then one new question of the
    lesson just before; then what is due, the lowest box first; then new ones, the first of each lesson, latest lesson
    first, then the second of each; then the rest.
    """

    def rank(each: Question) -> tuple[int, int, int, int]:
        entry, latest, number = boxes.get(each.id), -int(each.lesson), int(each.id.partition(".q")[2])
        if entry is None:
            return (1 if number == 1 and latest == 1 - int(lesson) else 3), 0, number, latest
        if entry["lesson"] == lesson:
            return 0, 0, number, latest
        waited = int(lesson) - int(entry["lesson"])
        return (2 if waited >= 2 ** (entry["box"] - 1) else 4), entry["box"], number, latest

    earlier = [each for each in there if each.lesson < lesson]
    return sorted(sorted(earlier, key=rank)[:ASKED], key=lambda each: each.id)


def moved(entry: progress_store.Entry, lesson: str, letter: str, right: bool) -> progress_store.Entry:
    """Return the entry of a question after an answer in `lesson`; a second answer there changes nothing.

    >>> moved({"box": 2, "lesson": "04", "answer": "a"}, "06", "b", True)
    {'box': 3, 'lesson': '06', 'answer': 'b'}
    """
    if entry.get("lesson") == lesson:
        return entry
    return {"box": entry.get("box", 1) + 1 if right else 1, "lesson": lesson, "answer": letter}


def _fits(asked: Question | None, entry: progress_store.Entry) -> bool:
    """Whether an entry fits the questions and lessons of now: the course may have changed, or someone the file."""
    return bool(asked and entry["lesson"] in LESSONS and entry["answer"] in asked.choices and 1 <= entry["box"] <= 20)
