"""Fifteen questions about the ideas of the course, asked before it and after it, and what was gained.

The gain is Hake's: of what could still be gained, the part that was. R. R. Hake, "Interactive-engagement versus
traditional methods: A six-thousand-student survey of mechanics test data for introductory physics courses", American
Journal of Physics 66 (1998).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from course_utils import progress_store
from course_utils._support.card import card, prose
from course_utils._support.errors import in_one_line
from course_utils._support.text import Text
from course_utils.numerics import check_choice, check_number
from course_utils.study.questions import Question, questions
from course_utils.study.quiz import Quiz, check_answers

When = Literal["before", "after"]


@in_one_line
def inventory(when: When, answers: Mapping[str, str] | None = None) -> Quiz:
    """Ask the fifteen questions; nothing is said to an answer until all have been answered `"after"`.

    answers: instead of the buttons, letters by question, such as {"i01": "b"}. An answer may be changed until the
    questions are asked the second time, or, the second time, until the last of them is answered. A word other than
    "before" and "after", a question or a letter that does not exist raises ValueError.

    >>> inventory("before")
    inventory("before"): 0 of 15 answered
    """
    check_choice("when", when, ["before", "after"])
    asked = tuple(questions("inventory").values())

    def say(each: Question, letter: str) -> str:
        if not _is_closed(when):
            progress_store.change(
                "inventory", when, lambda old: {"answers": {**old.get("answers", {}), each.id: letter}}
            )
        counted = given_answers(when).get(each.id)
        if counted != letter:
            late = f"It is too late to change it: {counted or 'no answer'}."
            return Text(late, card("open", "Too late", each.id, prose(late)))
        return Text(f"Noted: {letter}.", card("told", "Noted", each.id, prose(f"{letter}) {each.choices[letter]}")))

    given = {**given_answers(when), **check_answers(answers, asked)}
    return Quiz(f'inventory("{when}")', asked, given, say, lambda: result(when))


def result(when: When) -> str:
    """Say what has come of the inventory so far: how much is still open, and after the last answer score and gain."""
    answers = {each: given_answers(each) for each in ("before", "after")}
    total = len(questions("inventory"))
    if len(answers[when]) < total:
        return f"{len(answers[when])} of {total} answered." if answers[when] else ""
    if when == "before":
        return f"All {total} answered. You will see how you did after lesson 14, when you answer them again."
    lines = [_compared(answers["before"], answers["after"])]
    for asked in questions("inventory").values():
        letter = answers["after"][asked.id]
        verdict = "right." if letter == asked.truth else f"not {letter}: {asked.ideas[letter]}."
        lines.append(f"{asked.id} {verdict} {asked.told()} (From: {asked.source})")
    return "\n".join(lines)


def score(answers: Mapping[str, str]) -> float:
    """Return the percentage of the fifteen that `answers` has right."""
    asked = questions("inventory").values()
    return 100 * sum(answers.get(each.id) == each.truth for each in asked) / len(asked)


def normalised_gain(before: float, after: float) -> float:
    """Hake's gain of two percentages: (after - before) / (100 - before); ValueError for a `before` of 100.

    >>> normalised_gain(40, 70)
    0.5
    """
    for name, value in {"before": before, "after": after}.items():
        if check_number(name, value, at_least=0) > 100:
            raise ValueError(f"{name}: expected a percentage up to 100, got {value}")
    if before == 100:
        raise ValueError("before: expected less than 100, since nothing is left to gain there")
    return (after - before) / (100 - before)


def given_answers(when: When) -> dict[str, str]:
    """Return the letters that the learner chose `when`, by question."""
    known = progress_store.entries("inventory").get(when, {"answers": {}})["answers"]
    return {each.id: known[each.id] for each in questions("inventory").values() if known.get(each.id) in each.choices}


def _is_closed(when: When) -> bool:
    return (
        bool(given_answers("after"))
        if when == "before"
        else len(given_answers("after")) == len(questions("inventory"))
    )


def _compared(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    total, post = len(questions("inventory")), score(after)
    now = f"After the course {round(total * post / 100)} of {total} right, {post:.0f} %."
    if len(before) < total:
        return f"{now} There are no {total} answers from before the course, so nothing to compare it with."
    pre = score(before)
    then = f"Before it {round(total * pre / 100)}, {pre:.0f} %."
    if pre == 100:
        return f"{now} {then} Nothing was left to gain."
    return (
        f"{now} {then} Normalised gain {normalised_gain(pre, post):.2f}: that part of what you could still gain, you "
        "gained. In Hake's survey of mechanics courses, classes that listened gained 0.23 on average, and those "
        f"that took part 0.48. {total} questions to one person are a rough measure: one answer moves it by "
        f"{100 / total / (100 - pre):.2f}."
    )
