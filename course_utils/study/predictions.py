"""Predict before you look: a prediction is noted, and locked when its answer has been shown.

What the learner says is a number, a choice, or a probability for each choice. Probabilities are scored by their log
loss, the cross-entropy of lesson 04 and 05; lesson 14 draws how far they could be trusted.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from course_utils import progress_store
from course_utils._support.card import card, prose
from course_utils._support.errors import in_one_line
from course_utils._support.text import Text
from course_utils.losses import cross_entropy
from course_utils.numerics import check_choice, check_number, check_probabilities
from course_utils.study.prediction_form import form
from course_utils.study.questions import Question, question, questions

Answer = str | float | dict[str, float]


@in_one_line
def predict(prediction_id: str, answer: Any = None) -> Text:
    """Ask question `prediction_id` ("03.p1") by buttons or a field, or note an answer given in code.

    answer: a number; a letter, "b"; or a probability for each letter, {"a": 0.7, "b": 0.3}, where a letter left out
    gets 0 and the sum is 1. Once the answer has been shown, the prediction stays as it was. Another kind of answer
    raises TypeError, an impossible one ValueError.

    >>> predict("03.p1")
    03.p1 not predicted yet. In code: predict("03.p1", 7), with your number.
    """
    asked = question("predictions", prediction_id)
    if answer is None or answer is ...:
        return _asked(asked)
    checked = _checked(asked, answer)
    kept = progress_store.change(
        "predictions", asked.id, lambda old: old if old.get("revealed") else {"answer": checked, "revealed": False}
    )
    said = _shown(asked, kept["answer"])
    if kept["revealed"]:
        why = "its answer has been shown, so your prediction stays as it was"
        return Text(f"{asked.id}: {why}: {said}.", card("open", "Too late", asked.id, prose(f"I{why[1:]}: {said}.")))
    html = card("told", "Noted", asked.id, prose(f"{said}. Run on, and see."))
    return Text(f"{asked.id} noted: {said}. Run on, and see.", html)


def _asked(asked: Question) -> Text:
    """Return the form of a question, filled in as far as it is answered; of one whose answer is out, no form."""
    known = _sound(asked, progress_store.entries("predictions").get(asked.id))
    if known is None:
        how, form_is = _how(asked), "buttons" if asked.choices else "a field"
        html = card("open", "Your prediction?", asked.id, prose(f"Run this cell for {form_is}. In code: {how}"))
        text = Text(f"{asked.id} not predicted yet. In code: {how.replace('`', '')}", html)
    else:
        said = _shown(asked, known["answer"])
        html = card("told", "Your prediction stands", asked.id, prose(said))
        text = Text(f"{asked.id}: your prediction stands: {said}.", html)
    if known and known["revealed"]:
        return text
    return form(text, asked, known and known["answer"], lambda answer: predict(asked.id, answer))


@in_one_line
def reveal(prediction_id: str, measured: Any) -> Text:
    """Show the answer of `prediction_id`, score the prediction where there is one, and lock it.

    measured: what the lesson has just computed, a number; which choice it means, the question knows. A letter is
    taken as that choice. Where it is not the answer the question is about (a learner changed the code above, or the
    lesson did), this is said, and nothing is scored or locked.

    >>> print(reveal("11.p1", 386)[:23])
    11.p1: It is 386 rows.
    """
    asked = question("predictions", prediction_id)
    if not _agrees(asked, measured):
        return _something_else(asked, measured)
    noted = _sound(asked, progress_store.entries("predictions").get(asked.id))
    if not noted:
        html = card("told", f"It is {asked.answer_in_words()}", asked.id, prose(asked.why))
        return Text(f"{asked.id}: {asked.told()}", html)
    kept = progress_store.change("predictions", asked.id, lambda old: {**(old or noted), "revealed": True})
    return _compared(asked, kept["answer"])


def _something_else(asked: Question, measured: Any) -> Text:
    said = f"here the answer came out as {measured}, but the question is about {asked.truth}. "
    said += "Was something above changed?"
    return Text(f"{asked.id}: {said}", card("open", "Something else came out", asked.id, prose(f"H{said[1:]}")))


def _compared(asked: Question, answer: Answer) -> Text:
    """Return what was predicted beside what is so."""
    score = _score(asked, answer)
    outcome, word = ("right", "Right") if _is_right(asked, answer) else ("wrong", "Not so")
    both = prose(f"You said {_shown(asked, answer)} · it is {asked.answer_in_words()}", bold=True)
    more = "" if score.startswith(("right", "not so")) else f"{score[0].upper()}{score[1:]}"
    html = card(outcome, word, asked.id, both, prose(more), prose(asked.why))
    return Text(f"{asked.id}: {asked.told()}\n{scored(asked, answer)}", html)


def _is_right(asked: Question, answer: Answer) -> bool:
    """Whether a number is right to 1 %, a letter the right one, or the right one held likelier than any other."""
    if isinstance(answer, Mapping):
        others = [answer.get(letter, 0.0) for letter in asked.choices if letter != asked.truth]
        return answer.get(str(asked.truth), 0.0) > max(others)
    if isinstance(answer, str):
        return answer == asked.truth
    return math.isclose(answer, float(asked.truth), rel_tol=1e-2)


def scored(asked: Question, answer: Answer) -> str:
    """Say how far `answer` was from the truth: an error in the unit, right or wrong, or a log loss in nats."""
    return f"You said {_shown(asked, answer)}: {_score(asked, answer)}"


def _score(asked: Question, answer: Answer) -> str:
    if isinstance(answer, Mapping):
        return _score_of_probabilities(asked, answer)
    if _is_right(asked, answer):
        return "right." if asked.choices else "right, to 1 %."
    return "not so." if isinstance(answer, str) else _error(asked, answer)


def _error(asked: Question, number: float) -> str:
    truth = float(asked.truth)
    error = f"{f'{abs(number - truth):.3g} {asked.unit}'.strip()} too {'much' if number > truth else 'little'}"
    ratio = max(number / truth, truth / number) if number * truth > 0 else 0
    return f"{error}{f', a factor of {ratio:.2g}' if ratio >= 2 else ''}."


def _score_of_probabilities(asked: Question, answer: Mapping[str, float]) -> str:
    loss, blank = log_loss(asked, answer), math.log(len(asked.choices))
    if math.isinf(loss):
        return "an infinite log loss, since you gave no chance to what is so. Leave a little for being wrong."
    verdict = "better than" if loss < blank - 1e-9 else "worse than" if loss > blank + 1e-9 else "the same as"
    return f"log loss {loss:.3f} nats, {verdict} the {blank:.3f} of equal chances for all."


def log_loss(asked: Question, answer: Mapping[str, float]) -> float:
    """Return -ln of the probability that `answer` gave to the truth, in nats; infinite where it gave none.

    >>> asked = question("predictions", "04.p1")
    >>> round(log_loss(asked, {letter: 1 / 3 for letter in "abc"}), 3)
    1.099
    """
    letters = list(asked.choices)
    return cross_entropy([[answer.get(letter, 0.0) for letter in letters]], [letters.index(str(asked.truth))])


def confidences() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Return the learner's revealed probabilities: of each likeliest choice its probability, and whether it was true.

    Two arrays (N,), in the order in which the lessons ask. Of two likeliest choices the first counts. Bare letters
    and numbers are left out: they do not say how sure the learner was.
    """
    noted = progress_store.entries("predictions")
    p, right = [], []
    for asked in questions("predictions").values():
        entry = _sound(asked, noted.get(asked.id))
        if entry and entry["revealed"] and asked.choices and isinstance(entry["answer"], dict):
            likeliest = max(asked.choices, key=lambda letter: float(entry["answer"].get(letter, 0.0)))
            p.append(float(entry["answer"].get(likeliest, 0.0)))
            right.append(likeliest == asked.truth)
    return np.array(p, dtype=np.float64), np.array(right, dtype=np.bool_)


def _sound(asked: Question, entry: progress_store.Entry | None) -> progress_store.Entry | None:
    """Return what was noted; None where that is nothing, or no answer to the question as it is asked now."""
    try:
        return entry and {**entry, "answer": _checked(asked, entry["answer"])}
    except (TypeError, ValueError):
        return None


def _checked(asked: Question, answer: Any) -> Answer:
    if not asked.choices:
        return check_number("answer", answer)
    letters = list(asked.choices)
    if not isinstance(answer, Mapping):
        return check_choice("answer", answer, letters)
    for letter in answer:
        check_choice("answer", letter, letters)
    p = check_probabilities("answer", list(answer.values()), ("K",))
    if not math.isclose(p.sum(), 1, abs_tol=1e-6):
        raise ValueError(f"answer: expected probabilities that add up to 1, got {p.sum():.6g}")
    return {letter: float(value) for letter, value in zip(answer, p, strict=True)}


def _agrees(asked: Question, measured: Any) -> bool:
    if not asked.choices:
        return math.isclose(check_number("measured", measured), float(asked.truth), rel_tol=1e-3)
    return (measured if isinstance(measured, str) else asked.letter_of(measured)) == asked.truth


def _how(asked: Question) -> str:
    call = f'predict("{asked.id}", '
    if not asked.choices:
        return f"`{call}7)`, with your number."
    first, second, *_ = asked.choices
    return f'`{call}"{first}")`, or better a probability for each: `{call}{{"{first}": 0.7, "{second}": 0.3}})`.'


def _shown(asked: Question, answer: Answer) -> str:
    if isinstance(answer, Mapping):
        return ", ".join(
            f"{letter} {100 * float(answer[letter]):.3g} %" for letter in asked.choices if letter in answer
        )
    return str(answer) if asked.choices else f"{answer:,g} {asked.unit}".strip()
