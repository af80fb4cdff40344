"""The verdict on an answer: right, not attempted, or wrong with the first case that shows it and the idea behind.

The answer itself is not needed, only its results on the cases. A message says what was called, what is wrong with
what came out, and which idea that looks like; it has at most 300 characters, so that what is long is shown where it
first differs.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from course_utils.exercises import cards
from course_utils.exercises.execution import (
    SECONDS,
    Case,
    Execution,
    Plain,
    RunResult,
    differing,
    plain,
    run_answer,
    same,
)
from course_utils.exercises.factors import factor
from course_utils.exercises.model import Exercise, Misconception, Property, Verdict
from course_utils.exercises.words import cut, digits_apart, given, place, shape_in_words, table, with_digits

LONGEST = 300  # characters of a message
RECOGNISED = 1e-4  # relative error within which digits tell an idea, in float32 too
NEARLY = 1e-3
FEW = 6  # numbers of an input that are shown where room is short


def judge(found: Exercise, execution: Execution) -> Verdict:
    """Judge an answer by its runs on the cases of an exercise. The answer itself is not needed."""
    runs = execution.runs
    if runs and _is_unwritten(runs[0], execution.is_function):
        message = f'{found.id} not attempted yet. Stuck? hint("{found.id}")'
        return Verdict("not attempted", message, html=cards.not_attempted(found))
    if execution.is_function != callable(found.answer):
        return _wrong(found, _wrong_kind(found, execution))
    if not _is_complete(found, execution):
        return _wrong(found, f"Expected {len(found.cases)} runs, one for each case; got {len(runs)}.")
    for number, run in enumerate(runs):
        said = _failure(run, number) or _complaint(found, number, run.result)
        if said is not None:
            return _explain(found, execution, number, said)
    kept = _kept_state(found, execution)
    if kept is not None:
        html = _card(found, runs[0].result, 0, kept, Diagnosis(), "")
        return Verdict("wrong", _fitted(found, found.cases[0], kept, LONGEST), html=html)
    aside = _aside(execution)
    return Verdict("right", f"{found.id} right.{aside}", html=cards.right(found, aside))


def _wrong(found: Exercise, said: str) -> Verdict:
    return Verdict("wrong", f"{found.id} wrong. {said}", html=cards.wrong(found, said))


def _is_unwritten(first: RunResult, is_function: bool) -> bool:
    return first.unwritten or not (is_function or first.timed_out or first.result is not None)


def _is_complete(found: Exercise, execution: Execution) -> bool:
    """Whether there are as many runs as cases; only a run that never ended may be the last before that."""
    runs = execution.runs
    if runs and runs[-1].timed_out:
        return len(runs) <= len(found.cases)
    return len(runs) == len(found.cases) and (execution.again is not None) == execution.is_function


# What is wrong ------------------------------------------------------------------------------------------------------


class Complaint(NamedTuple):
    """What is wrong with one run, in full and shorter, and the entry of the result that it is about.

    `beside` is what a card says where a table shows expected and got; without a table, the card says it in full.
    """

    said: tuple[str, ...]
    entry: tuple[int, ...] | None = None
    shape: tuple[int, ...] = ()
    beside: str | None = None


def _wrong_kind(found: Exercise, execution: Execution) -> str:
    wanted = "a function: pass its name, without calling it" if callable(found.answer) else "a value"
    got = "a function" if execution.is_function else _shown(execution.runs[0].result) if execution.runs else "nothing"
    return f"Expected {wanted}; got {got}."


def _shown(result: Plain) -> str:
    return cut(table(result) if isinstance(result, np.ndarray) else str(result), 100)


def _failure(run: RunResult, number: int) -> Complaint | None:
    """Say why a run has no result to look at, or one that must not be trusted."""
    if run.timed_out:
        return Complaint((f"your function had not ended after {SECONDS:.0f} s: which of its loops never stops?",))
    if run.raised:
        return Complaint(tuple(_raised(run, *lengths) for lengths in ((120, 80), (70, 40), (30, 10))))
    if run.changed_input:
        return Complaint(("your function changed its input: work on a copy",))
    if run.result is not None:
        return None
    if run.printed:
        return Complaint(("your function prints and returns nothing: return the result",))
    if run.unwritten:
        return Complaint(("your function returns ... here: which line is not written yet?",))
    where = " in one of its branches" if number else ""
    return Complaint((f"your function returns nothing: is a return missing{where}?",))


def _raised(run: RunResult, message: int, line: int) -> str:
    said = f"your function raised {cut(run.raised, 40)}"
    said += f": {cut(' '.join(run.message.split()), message)}" if run.message.strip() else ""
    return said + (f" (in {cut(run.line, line)})" if run.line else "")


def _complaint(found: Exercise, number: int, result: Plain) -> Complaint | None:
    expected = _expected(found)[number]
    if not isinstance(result, np.ndarray):
        return Complaint((f"expected numbers, got {cut(str(result), 60)}",))
    if result.shape != expected.shape:
        return Complaint((_wrong_shape(result.shape, expected.shape),))
    wrong = _wrong_entries(found, result, expected)
    if not wrong.any():
        return None
    index = tuple(map(int, np.argwhere(wrong)[0]))
    said = _of_properties(found, found.cases[number], result)
    if said:
        return Complaint(said, beside=said[0] if callable(found.answer) else None)
    if not callable(found.answer):
        return Complaint(_not_this(found, result, expected, index), index, result.shape)
    said = _difference(found, result, expected, index)
    return Complaint(said, index, result.shape, "every digit counts" if said[0].startswith("every") else "")


def _wrong_shape(got: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    if not wanted and set(got) == {1}:
        return "expected one number, got a list that holds one: give the number itself"
    return f"expected {shape_in_words(wanted)}, got {shape_in_words(got)}"


def _wrong_entries(found: Exercise, result: Plain, expected: Plain) -> np.ndarray[Any, Any]:
    wrong = differing(result, expected, found.tolerance)
    if found.relative_error is not None:
        wrong = wrong | differing(result, expected, found.relative_error, absolute=0)
    return wrong


def _of_properties(found: Exercise, case: Case, result: Plain) -> tuple[str, ...]:
    """Return what the first property that does not hold says of a wrong result."""
    numbers = result.astype(int if result.dtype.kind in "bu" else float)  # so that a property can subtract
    for each in found.properties:
        complaint = _complaint_of(each, numbers, case, found.tolerance)
        if complaint is not None:
            return f"{each.name}: {complaint}", complaint
    return ()


def _complaint_of(each: Property, numbers: Plain, case: Case, tolerance: float) -> str | None:
    try:
        with np.errstate(all="ignore"):
            return each.complaint(numbers, *copy.deepcopy(case), tolerance)
    except ValueError:
        if np.isfinite(numbers).all():
            raise
        return None  # the package's functions refuse a NaN, on which the property then has nothing to say


def _difference(found: Exercise, result: Plain, expected: Plain, index: tuple[int, ...]) -> tuple[str, ...]:
    """Say what was expected and what came, in full and at the first entry that differs."""
    want, got = expected[index], result[index]
    digits = digits_apart(want, got)
    digital = found.relative_error is not None and not differing(got, want, found.tolerance)
    start = "every digit counts: " if digital else ""
    at = f"{place(index)}: " if index else ""
    entry = f"{start}{at}expected {with_digits(want, digits)}, got {with_digits(got, digits)}"
    if result.size > 24:
        return (entry,)
    return f"{start}expected {table(expected, digits)}, got {table(_like(result, expected), digits)}", entry


def _like(result: Plain, expected: Plain) -> Plain:
    """Return truth values as 0 and 1 where numbers were expected."""
    return result.astype(int) if result.dtype.kind == "b" != expected.dtype.kind else result


def _not_this(found: Exercise, result: Plain, expected: Plain, index: tuple[int, ...]) -> tuple[str, ...]:
    """Where the answer is a value, saying what was expected would end the exercise."""
    digits = digits_apart(expected[index], result[index])
    at = f" at {place(index)}" if index else ""
    return f"not {table(result, digits)}", f"not {with_digits(result[index], digits)}{at}"


def _kept_state(found: Exercise, execution: Execution) -> Complaint | None:
    """Say that an answer, called again with the first case, gives something else."""
    again = execution.again
    if again is None or (not _failure(again, 0) and _complaint(found, 0, again.result) is None):
        return None
    return Complaint(("called a second time, your function gives another result: what does it keep between calls?",))


# The message --------------------------------------------------------------------------------------------------------


def _explain(found: Exercise, execution: Execution, number: int, complaint: Complaint) -> Verdict:
    looks_like = _diagnosis(found, execution)
    end = looks_like.sentence or _more_digits(found, execution) or _aside(execution)
    message = _fitted(found, found.cases[number], complaint, LONGEST - len(end)) + end
    html = _card(found, execution.runs[number].result, number, complaint, looks_like, "" if looks_like.said else end)
    return Verdict("wrong", message, looks_like.idea, html)


def _card(found: Exercise, result: Plain, number: int, complaint: Complaint, looks_like: Diagnosis, end: str) -> str:
    """Return the card of a wrong result: its case, expected and got where the complaint is of numbers, the idea."""
    case, expected = found.cases[number], _expected(found)[number]
    if complaint.beside is None:
        sentences, compared = (cards.inputs(found, case), _as_sentence(complaint.said[0])), ""
    else:
        sentences = (cards.inputs(found, case, expected.shape), _as_sentence(complaint.beside))
        wrong = _wrong_entries(found, result, expected)
        compared = cards.comparison(found, case, expected, _like(result, expected), wrong)
    return cards.wrong(
        found, *sentences, end.strip(), compared=compared, idea=looks_like.said, question=looks_like.question
    )


def _as_sentence(said: str) -> str:
    end = "" if said.endswith(("?", ".")) or not said else "."
    return f"{said[:1].upper()}{said[1:]}{end}"


def _fitted(found: Exercise, case: Case, complaint: Complaint, room: int) -> str:
    """Return the fullest sentence about one case that fits."""
    for call, said in _pairs(_calls(found, case, complaint), complaint):
        message = f"{found.id} wrong. {_as_sentence(call + said)}"
        if len(message) <= room:
            return message
    return cut(message, room)


def _pairs(calls: Sequence[str], complaint: Complaint) -> Iterator[tuple[str, str]]:
    """Yield inputs with complaints, the fullest first; inputs in full are worth more than a table of results."""
    if complaint.entry is None:
        yield from ((call, said) for said in complaint.said for call in calls)
    else:
        yield from ((calls[0], said) for said in complaint.said)
        yield from ((call, complaint.said[-1]) for call in calls[1:])


def _calls(found: Exercise, case: Case, complaint: Complaint) -> list[str]:
    """Return the inputs in full, then with the long ones at the entry in question, by their shape, and not at all."""
    if not case:
        return [""]
    names = list(inspect.signature(found.answer).parameters)
    rows = complaint.shape[0] if complaint.shape and complaint.entry else None
    row = complaint.entry[0] if complaint.entry else 0

    def short(name: str, value: Any, at_row: bool) -> str:
        if not isinstance(value, np.ndarray) or value.size <= FEW:
            return f"{name} = {given(value)}"
        if at_row and len(value) == rows:
            return f"{name}[{row}] = {given(value[row])}"
        return f"{name} {value.shape}"

    pairs = [*zip(names, case, strict=True)]
    forms = (
        [f"{name} = {given(value)}" for name, value in pairs],
        [short(name, value, at_row=True) for name, value in pairs],
        [short(name, value, at_row=False) for name, value in pairs],
    )
    return [*(f"For {', '.join(form)}: " for form in forms), ""]


def _aside(execution: Execution) -> str:
    printed = any(run.printed and run.result is not None for run in execution.runs)
    return " Your function also prints: what counts is what it returns." if printed else ""


def _more_digits(found: Exercise, execution: Execution) -> str:
    """Say that a value is right but for its rounding."""
    if callable(found.answer) or not isinstance(execution.runs[0].result, np.ndarray):
        return ""
    result, expected = np.asarray(execution.runs[0].result, float), np.asarray(_expected(found)[0], float)
    if result.shape != expected.shape or not result.all():
        return ""
    rounded = any(same(result, expected.round(places), 1e-9) for places in (1, 2, 3, 4, 5))
    return " Your digits are right as far as they go: more of them are wanted." if rounded else ""


# The idea -----------------------------------------------------------------------------------------------------------


class Diagnosis(NamedTuple):
    """The idea that an answer looks like, if one is known, a sentence about it or about a factor, and a question."""

    idea: str | None = None
    said: str = ""
    question: str = ""

    @property
    def sentence(self) -> str:
        """The line at the end of a message."""
        return f"\n{self.said} {self.question}".rstrip(" ") if self.said else ""


def _diagnosis(found: Exercise, execution: Execution) -> Diagnosis:
    if len(execution.runs) < len(found.cases):  # one of them never ended
        return Diagnosis()
    for known in found.misconceptions:
        if _is(found, execution, known):
            return Diagnosis(known.idea, f"This looks like: {known.idea}.", known.question)
    return _of_a_factor(found, execution) if callable(found.answer) else Diagnosis()


def _of_a_factor(found: Exercise, execution: Execution) -> Diagnosis:
    """Say by which factor an answer is off, or by which one it differs from a known wrong one."""
    results = [run.result for run in execution.runs]
    if all(same(got, want, NEARLY) for got, want in zip(results, _expected(found), strict=True)):
        return Diagnosis()  # two factors that undo each other
    times = factor(results, _expected(found), found.cases)
    if times is not None:
        return Diagnosis(None, f"Everywhere yours is {times}")
    for known in found.misconceptions:
        times = factor(results, [run.result for run in _runs_of(found, known)], found.cases)
        if times is not None and ":" in times:
            return Diagnosis(known.idea, f"This looks like two things at once: {known.idea}; and {times}")
    return Diagnosis()


def _is(found: Exercise, execution: Execution, known: Misconception) -> bool:
    """Whether an answer behaves like a known one on every case; if both fail everywhere, then in the same words."""
    pairs = [*zip(execution.runs, _runs_of(found, known), strict=False)]
    alike = all(a.raised == b.raised and _are_one(found, a.result, b.result) for a, b in pairs)
    return alike and len(pairs) == len(found.cases) and any(not a.raised or a.message == b.message for a, b in pairs)


def _are_one(found: Exercise, a: Plain, b: Plain) -> bool:
    """Whether two results come from one idea. Where digits are the subject a small number is not 0."""
    if not same(a, b, found.tolerance):
        return False
    return found.relative_error is None or same(a, b, RECOGNISED, absolute=0)


@cache
def _expected(found: Exercise) -> tuple[Plain, ...]:
    """Return what the reference gives on every case, or the value."""
    if not callable(found.answer):
        return (plain(found.answer),)
    return tuple(plain(found.answer(*copy.deepcopy(case))) for case in found.cases)


@cache
def _runs_of(found: Exercise, known: Misconception) -> tuple[RunResult, ...]:
    return run_answer(known.answer, found.cases).runs
