"""The reference passes, each misconception gets its own name, and a learner's errors are told in a sentence."""

from __future__ import annotations

import ast
import copy
import inspect
import itertools
import re
import signal
import sys
import textwrap
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from course_utils.activations import sigmoid
from course_utils.exercises import check, engine, execution, exercise, hint, solution, words
from course_utils.exercises.engine import Exercise, WrongAnswerError, exercises_of, judge
from course_utils.exercises.execution import Execution, plain, run_answer
from course_utils.exercises.timeout import AnswerTimeout, interruptible, time_limit
from course_utils.syllabus import lessons

ROOT = Path(__file__).resolve().parents[2]
LESSONS = [lesson.number for lesson in lessons()]
ALL: list[Exercise] = [each for lesson in LESSONS for each in exercises_of(lesson)]


@pytest.fixture(autouse=True)
def _no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep these checks out of the progress of whoever runs the tests."""
    monkeypatch.setenv("COURSE_PROGRESS", "")


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.id)
def test_the_reference_passes(each: Exercise) -> None:
    assert check(each.id, each.answer).outcome == "right", check(each.id, each.answer)


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.id)
def test_every_misconception_gets_its_own_message(each: Exercise) -> None:
    for known in each.misconceptions:
        verdict = check(each.id, known.answer)
        assert (verdict.outcome, verdict.misconception) == ("wrong", known.idea)
        assert known.question in verdict.message
        assert len(verdict.message) <= 300, verdict
        assert "..." not in verdict.message or callable(each.answer), verdict


def test_every_exercise_is_found_whichever_lesson_is_asked_for_first() -> None:
    with pytest.raises(ValueError, match=r"id: expected one of its own, got '08\.5'"):
        Exercise("08.5", "How many?", hints=())
    assert sorted(Exercise.defined) == [each.id for each in ALL]
    for lesson in LESSONS:
        found = exercises_of(lesson)
        assert [each.id for each in found] == [f"{lesson}.{number}" for number in range(1, len(found) + 1)]


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.id)
def test_an_exercise_is_complete(each: Exercise) -> None:
    assert len(each.misconceptions) >= 4
    for own in ("idea", "question"):
        assert len({getattr(known, own) for known in each.misconceptions}) == len(each.misconceptions)
    assert all(known.seen and known.question for known in each.misconceptions)
    assert len(each.hints) >= 3
    assert each.prompt.endswith(("?", "."))


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.id)
def test_an_untouched_answer_is_not_attempted(each: Exercise) -> None:
    assert check(each.id, None).outcome == check(each.id, ...).outcome == "not attempted"


FUNCTIONS = [each for each in ALL if callable(each.answer)]


@pytest.mark.parametrize("each", FUNCTIONS, ids=lambda each: each.id)
def test_a_function_without_a_body_is_not_attempted(each: Exercise) -> None:
    def raises(*args: Any) -> None:
        raise NotImplementedError

    def documented(*args: Any) -> None:
        """What is asked."""
        ...

    for stub in (lambda *args: None, lambda *args: ..., raises, documented):
        assert check(each.id, stub).outcome == "not attempted"


@pytest.mark.parametrize("each", FUNCTIONS, ids=lambda each: each.id)
def test_a_forgotten_return_is_told(each: Exercise) -> None:
    def forgotten(*args: Any) -> None:
        result = each.answer(*args)  # noqa: F841

    def never_calls_a_stub(*args: Any) -> Any:
        return forgotten_helper()

    def forgotten_helper() -> Any:
        raise NotImplementedError

    calls = itertools.count()
    told = check(each.id, forgotten)
    assert (told.outcome, told.misconception) == ("wrong", None)
    assert "your function returns nothing: is a return missing?" in told.message
    branch = check(each.id, lambda *args: each.answer(*args) if next(calls) < len(each.cases) - 1 else None)
    assert branch.outcome == "wrong"
    assert "returns nothing: is a return missing" in branch.message
    helper = check(each.id, never_calls_a_stub)
    assert helper.outcome == "wrong"
    assert "NotImplementedError (in line" in helper.message


ERRORS: list[tuple[Any, str]] = [
    (lambda *args: 1 / 0, "your function raised ZeroDivisionError: division by zero"),
    (lambda: 1, "your function raised TypeError"),
    (lambda *args: "three", "expected numbers, got 'three'"),
    (lambda *args: [[1], [1, 2]], "expected numbers, got [[1], [1, 2]]"),
    (lambda *args: np.zeros((2, 2, 2)), "got an array (2, 2, 2)"),
    (3, "Expected a function: pass its name, without calling it; got 3"),
]


@pytest.mark.parametrize("each", FUNCTIONS, ids=lambda each: each.id)
def test_errors_are_told_in_a_sentence(each: Exercise) -> None:
    for answer, said in ERRORS:
        verdict = check(each.id, answer)
        assert verdict.outcome == "wrong"
        assert said in verdict.message


@pytest.mark.parametrize("each", FUNCTIONS, ids=lambda each: each.id)
def test_nan_is_wrong(each: Exercise) -> None:
    def not_a_number(*args: Any) -> Any:
        return np.asarray(each.answer(*args), float) * np.nan

    assert check(each.id, not_a_number).outcome == "wrong"


def test_an_answer_that_changes_its_input_is_told() -> None:
    def greedy(counts: Any) -> Any:
        result = exercise("08.6").answer(counts)
        counts[:] = 0
        return result

    assert "your function changed its input" in check("08.6", greedy).message
    assert check("08.6", exercise("08.6").answer).outcome == "right"


def test_a_right_answer_in_other_words_is_right() -> None:
    assert check("08.1", lambda y, n_classes: np.eye(n_classes, dtype=int)[y]).outcome == "right"
    assert check("08.2", [6.931, 2.303]).outcome == "right"
    assert check("08.5", 469 * 8).outcome == "right"


def test_the_smallest_case_that_fails_is_shown() -> None:
    message = check("08.1", lambda y, n_classes: np.eye(n_classes)[np.minimum(y, 2)]).message
    assert message.startswith(
        "08.1 wrong. For y = [0, 4, 2, 9, 9], n_classes = 10: row 1, column 2: expected 0, got 1"
    )


def test_an_unknown_wrong_answer_gets_no_name() -> None:
    verdict = check("08.5", 17)
    assert verdict.misconception is None
    assert verdict.message == "08.5 wrong. Not 17."


def test_strict_mode_raises_on_wrong_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_STRICT", "1")
    with pytest.raises(WrongAnswerError, match="the last short batch dropped"):
        check("08.5", 3744)
    assert check("08.5", None).outcome == "not attempted"
    assert check("08.5", 3752).outcome == "right"


def test_hints_climb_and_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_hints_given", {})
    steps = [hint("08.4") for _ in range(5)]
    assert steps[0].startswith("Hint 1 of 3: ")
    assert steps[2].startswith("Hint 3 of 3: ")
    assert steps[3] == steps[4] == 'No more hints. solution("08.4") shows one way to do it.'
    assert repr(steps[0]) == str(steps[0])


def _notebook_names(each: Exercise) -> tuple[dict[str, Any], str]:
    """Return what a lesson has imported and defined (functions alone, nothing runs) before it checks an exercise.

    The second is the name that it checks.
    """
    names: dict[str, Any] = {}
    for node, code in _statements(each.id[:2]):
        if code is not None:
            with suppress(NameError):  # a function whose defaults a cell computes
                exec(code, names)
        match node:
            case ast.Expr(ast.Call(ast.Name("check"), [ast.Constant(each.id), ast.Name(checked)])):
                return names, checked
    raise AssertionError(f"lesson {each.id[:2]} does not check {each.id}")


@cache
def _statements(lesson: str) -> list[tuple[ast.stmt, Any]]:
    """Return the statements of a lesson, those that import or define compiled."""
    (path,) = (ROOT / "lessons").glob(f"{lesson}_*.py")
    kept = ast.Import | ast.ImportFrom | ast.FunctionDef
    return [
        (node, compile(ast.Module([node], []), path.name, "exec") if isinstance(node, kept) else None)
        for node in ast.parse(path.read_text(encoding="utf-8")).body
    ]


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.id)
def test_a_solution_pastes_into_its_notebook(each: Exercise) -> None:
    names, checked = _notebook_names(each)
    before = dict(names)
    exec(str(solution(each.id)), names)
    assert {name for name in names if names[name] is not before.get(name)} <= {checked, "__builtins__"}
    assert check(each.id, names[checked]).outcome == "right"
    assert "np." not in solution(each.id) or callable(each.answer)
    assert f"`{checked}(" in each.prompt or not callable(each.answer)


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.id)
def test_a_solution_has_no_annotation(each: Exercise) -> None:
    assert "# type:" not in solution(each.id)
    for node in ast.walk(ast.parse(str(solution(each.id)))):
        assert not isinstance(node, ast.AnnAssign)
        assert getattr(node, "annotation", None) is getattr(node, "returns", None) is None


@pytest.mark.parametrize("each", FUNCTIONS, ids=lambda each: each.id)
def test_a_solution_is_the_function_without_its_decorator(each: Exercise) -> None:
    assert "@ex.reference\n" + repr(solution(each.id)) == inspect.getsource(each.answer)


def test_a_value_is_shown_under_its_name() -> None:
    assert solution("08.5") == "updates = 3752"
    assert solution("08.2") == "start_losses = (6.93147, 2.30259)"


@pytest.mark.parametrize("wrong", ["08.99", "99.1", "8", "", "../x.1", 99.1, None])
def test_unknown_ids_are_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r'exercise_id: expected one like "08\.1", got '):
        check(wrong, 1)


@pytest.mark.parametrize("written", ["06.4", "6.4", 6.4, " 06.4 "])
def test_an_id_may_be_written_shorter(written: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[object, ...]] = []
    monkeypatch.setattr(engine, "record_check", lambda *what: told.append(what))
    assert check(written, (-0.15, 0.15)).outcome == "right"
    assert told == [("06.4", "right", None)]
    assert solution(written) == "two_steps = (-0.15, 0.15)"


# What a message says


NUMBER = re.compile(r"-?\d[\d.]*(?:e[+-]\d+)?|inf|nan")


def _moved(each: Exercise, number: int, by: float) -> Callable[..., Any]:
    """Return an answer that is right but on one case, where every number is off by so many tolerances."""
    calls = itertools.count()

    def answer(*case: Any) -> Any:
        result = np.asarray(each.answer(*case), float)
        step = by * (each.tolerance or 1e-9)
        return result + step * (1 + np.abs(result)) if next(calls) == number else result

    return answer


@pytest.mark.parametrize("each", FUNCTIONS, ids=lambda each: each.id)
def test_what_differs_is_shown_to_differ(each: Exercise) -> None:
    for by, (number, case) in itertools.product([2.0, -2.0], enumerate(each.cases)):
        if not np.isfinite(np.asarray(each.answer(*copy.deepcopy(case)), float)).any():
            continue
        verdict = check(each.id, _moved(each, number, by))
        told = verdict.message
        assert (verdict.outcome, verdict.misconception) == ("wrong", None), told
        assert len(told) <= 300
        if "expected" in told:
            expected, _, got = told.partition("expected ")[2].partition(", got ")
            assert expected
            assert expected != got.rstrip("."), told
        else:
            sums_to = re.search(
                r"(?:to|mean|deviation|of|got|out as) (-?[\d.e-]+),? (?:not to|not|but|where|for) ?(\S*)", told
            )
            assert sums_to is None or sums_to[1] != sums_to[2], told


@pytest.mark.parametrize("each", FUNCTIONS, ids=lambda each: each.id)
def test_no_number_but_0_is_shown_as_0(each: Exercise) -> None:
    numbers = [array.ravel() for case in each.cases for array in map(plain, case) if isinstance(array, np.ndarray)]
    for value in np.concatenate([np.zeros(1), *numbers]):
        assert (float(words.given(float(value))) == 0) == (value == 0)
        assert (float(words.given(float(value))) == 1) == (value == 1)


@pytest.mark.parametrize("each", FUNCTIONS, ids=lambda each: each.id)
def test_no_message_about_what_resembles_a_misconception_is_long(each: Exercise) -> None:
    for run in [known.answer for known in each.misconceptions]:
        for answer in (lambda *case: 1.5 * np.asarray(run(*case)) + 0.1, lambda *case: [run(*case)] * 3):  # noqa: B023
            message = check(each.id, answer).message
            assert len(message) <= 300, message


@pytest.mark.parametrize("each", FUNCTIONS, ids=lambda each: each.id)
def test_no_message_about_an_error_is_long(each: Exercise) -> None:
    for answer in (lambda *case: 1 / 0, lambda *case: repr(case) * 9, lambda *case: int("9" * 400 + "x")):
        assert len(check(each.id, answer).message) <= 300


def test_numbers_are_plain() -> None:
    told = check("01.5", lambda free: [0.1 + 0.2] * (len(free) + 1)).message
    assert "0.3" in told
    assert "0.30" not in told
    assert "0000000" not in check("08.5", 3752.25).message
    assert check("09.2", (1e-7, 3)).message == "09.2 wrong. Not [1e-07, 3]."


def test_a_long_input_is_shown_where_it_matters() -> None:
    Z = np.arange(400.0).reshape(100, 4)
    long = copy.copy(exercise("09.4"))
    long.cases = ((Z,),)
    verdict = judge(long, run_answer(lambda z: long.answer(z) + (np.arange(100) == 70), long.cases))
    assert verdict.message == "09.4 wrong. For z[70] = [280, 281, 282, 283]: entry 70: expected 283.4, got 284.4."
    (header,) = exercise("07.1").cases[0]
    assert f"For header = {header!r}: expected" in check("07.1", lambda header: (1, 1, 1)).message


@pytest.mark.parametrize(
    ("exercise_id", "answer", "said"),
    [
        ("02.1", [6.5], "Expected one number, got a list that holds one: give the number itself."),
        ("03.5", 1 / 3, "Expected two numbers, got one number."),
        ("03.5", (1, 2, 3), "Expected two numbers, got three numbers."),
        ("06.4", (-0.15, 0.15, 0), "Expected two numbers, got three numbers."),
        ("01.3", (each for each in [0.42]), "Expected numbers, got a generator: wrap it in list(...)."),
        ("04.1", (0.29, 0.41), "Your digits are right as far as they go: more of them are wanted."),
        ("03.5", (0.33, 0.3), "more of them are wanted."),
        ("01.3", 0.4, "."),
    ],
)
def test_values_are_answered_in_words(exercise_id: str, answer: Any, said: str) -> None:
    verdict = check(exercise_id, answer)
    assert verdict.outcome == "wrong"
    assert said in verdict.message
    assert "shape" not in verdict.message


def test_one_number_of_a_function_is_asked_in_words() -> None:
    wrong = check("04.2", lambda p, t: -t * np.log(p) - (1 - t) * np.log(1 - p))
    assert "shape" not in wrong.message
    assert "xpected one number, got" in wrong.message
    assert "wrap it in list(...)" in check("06.1", lambda z: map(abs, z)).message


NUMBERS: list[tuple[str, Any]] = [
    ("01.3", Fraction(42, 100)),
    ("01.3", Decimal("0.42")),
    ("01.3", 0.42 + 0j),
    ("01.3", np.array(0.42, dtype=object)),
    ("01.3", np.longdouble("0.42")),
    ("03.5", (Fraction(1, 3), Fraction(8, 27))),
    ("03.5", [Decimal(1) / 3, Fraction(8, 27)]),
    ("08.5", np.array(3752, dtype=">i4")),
]


@pytest.mark.parametrize(("exercise_id", "number"), NUMBERS)
def test_a_number_is_a_number_in_any_type(exercise_id: str, number: Any) -> None:
    assert check(exercise_id, number).outcome == "right"


def test_numbers_of_sympy_and_of_python_are_numbers() -> None:
    import sympy

    assert check("01.3", sympy.Rational(42, 100)).outcome == "right"
    assert check("05.1", 10 * sympy.log(2)).outcome == "right"
    assert check("05.1", sympy.Symbol("x")).outcome == "wrong"
    assert check("03.1", np.frompyfunc(lambda z: 1 / (1 + np.exp(-z)), 1, 1)).outcome == "right"
    assert check("06.1", lambda z: (lambda e: e / e.sum(axis=1, keepdims=True))(np.exp(z + 0j))).outcome == "right"
    assert check("06.1", lambda z: np.exp(1j * z)).outcome == "wrong"


def _float32(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_float32, value))
    array = np.asarray(value)
    return array.astype(np.float32)[()] if array.dtype.kind == "f" else value


DIGITS = {"09.3", "09.6"}  # whose subject is what float32 does not hold


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.id)
def test_an_honest_float32_answer_is_right(each: Exercise) -> None:
    answer = _float32(each.answer)
    if callable(each.answer):
        answer = lambda *case: _float32(each.answer(*map(_float32, case)))  # noqa: E731
    verdict = check(each.id, answer)
    assert verdict.outcome == ("wrong" if each.id in DIGITS else "right"), verdict
    assert verdict.misconception is None
    assert (each.relative_error is not None) == (each.id in DIGITS)


def test_an_honest_torch_answer_is_right() -> None:
    import torch

    def tensor(value: Any) -> Any:
        is_float = isinstance(value, np.ndarray) and value.dtype.kind == "f"
        return torch.tensor(value, dtype=torch.float32) if is_float else value

    taken = 0
    warnings.simplefilter("ignore")  # NumPy's functions on tensors
    for each in FUNCTIONS:
        verdict = check(each.id, lambda *case: each.answer(*map(tensor, case)))  # noqa: B023
        if each.id not in DIGITS and "your function raised" not in verdict.message.lower():
            taken += 1
            # torch's std divides by N - 1, and that is told
            assert verdict.outcome == "right" or (each.id == "03.3" and "N - 1" in str(verdict.misconception)), (
                verdict
            )
    assert taken >= 30


@pytest.mark.parametrize(
    ("exercise_id", "factor", "said"),
    [
        ("06.3", -1, "-1 times as large: a sign turned?"),
        ("03.2", 2, "2 times as large: a factor of 2 too many?"),
        ("10.4", -0.5, "-1 x 1/2 times as large: a sign turned and a factor of 2 lost?"),
        ("06.1", 100, "100 times as large: percent for a share?"),
        ("10.6", 1 / np.log(2), "1/ln 2 times as large: bits in place of nats?"),
        ("10.6", 1.37, "1.37 times as large on every case."),
    ],
)
def test_a_constant_factor_is_told(exercise_id: str, factor: float, said: str) -> None:
    verdict = check(exercise_id, lambda *case: factor * np.asarray(exercise(exercise_id).answer(*case)))
    assert said in verdict.message or verdict.misconception is not None
    assert verdict.outcome == "wrong"


def test_n_times_as_large_is_told_and_two_errors_at_once() -> None:
    reference = exercise("08.4").answer
    twice = check("08.4", lambda X, y, W, b: -len(X) * reference(X, y, W, b))
    assert twice.misconception is None
    assert twice.message.endswith("\nEverywhere yours is -1 x N times as large: a sign turned and a mean forgotten?")
    # the slope forgotten, and the sum in place of the mean
    both = check("03.4", lambda z, t: -2 * (1 / (1 + np.exp(-z)) - t))
    assert both.misconception in {known.idea for known in exercise("03.4").misconceptions}
    assert "This looks like two things at once: " in both.message


def test_overflow_alone_is_not_taken_for_an_idea() -> None:
    least = check("09.4", lambda z: z.min(axis=1) + np.log(np.exp(z - z.min(axis=1, keepdims=True)).sum(axis=1)))
    assert least.outcome == "wrong"
    assert "mean" not in str(least.misconception)


@pytest.mark.parametrize("each", FUNCTIONS, ids=lambda each: each.id)
def test_as_many_runs_as_cases(each: Exercise) -> None:
    whole = run_answer(each.answer, each.cases)
    assert judge(each, whole).outcome == "right"
    for length in range(len(each.cases)):
        assert judge(each, Execution(True, whole.runs[:length], whole.again)).outcome == "wrong"
        assert judge(each, Execution(True, whole.runs[:length])).outcome == "wrong"
    assert judge(each, Execution(True, (*whole.runs, whole.runs[0]), whole.again)).outcome == "wrong"
    assert judge(each, Execution(True, whole.runs)).outcome == "wrong"
    assert judge(each, Execution(False, ())).outcome == "wrong"


@pytest.mark.parametrize("each", [each for each in ALL if each not in FUNCTIONS], ids=lambda each: each.id)
def test_a_value_is_one_run(each: Exercise) -> None:
    whole = run_answer(each.answer, ())
    assert judge(each, whole).outcome == "right"
    assert judge(each, Execution(False, ())).outcome == "wrong"
    assert judge(each, Execution(False, whole.runs * 2)).outcome == "wrong"
    assert judge(each, Execution(True, ())).outcome == "wrong"


def test_what_is_kept_between_calls_is_told() -> None:
    reference, cases = exercise("06.2").answer, exercise("06.2").cases
    calls = itertools.count()
    verdict = check("06.2", lambda z: reference(z) + (next(calls) >= len(cases)))
    assert verdict.outcome == "wrong"
    assert (
        "called a second time, your function gives another result: what does it keep between calls?"
        in verdict.message
    )


def test_an_exception_is_told_with_its_line(tmp_path: Path) -> None:
    source = "def f(z):\n    d = {}\n    return d['p']\n\n\ndef g(z):\n    raise ValueError\n"
    (tmp_path / "cell.py").write_text(source)
    names: dict[str, Any] = {}
    exec(compile(source, str(tmp_path / "cell.py"), "exec"), names)
    assert check("06.2", names["f"]).message.endswith("raised KeyError: 'p' (in line 3: return d['p']).")
    assert check("06.2", names["g"]).message.endswith("raised ValueError (in line 7: raise ValueError).")
    assert check("06.2", lambda: 1).message.endswith("takes 0 positional arguments but 1 was given.")


# Errors of an answer, caught


def test_every_verdict_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[object, ...]] = []
    monkeypatch.setattr(engine, "record_check", lambda *what: told.append(what))
    check("08.5", 3744)
    check("08.5", 3752)
    check("08.5", None)
    assert told == [
        ("08.5", "wrong", "the last short batch dropped"),
        ("08.5", "right", None),
        ("08.5", "not attempted", None),
    ]


def test_a_function_that_prints_is_told_what_counts(capsys: pytest.CaptureFixture[str]) -> None:
    reference = exercise("06.2").answer

    def instead(z: Any) -> None:
        print(reference(z))

    def besides(z: Any) -> Any:
        print("here")
        return reference(z)

    assert check("06.2", instead).message.endswith("your function prints and returns nothing: return the result.")
    assert check("06.2", besides).message == (
        "06.2 right. Your function also prints: what counts is what it returns."
    )
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("error", [SystemExit, GeneratorExit, BaseException, RecursionError, MemoryError])
def test_an_answer_cannot_end_the_checker(error: type[BaseException]) -> None:
    def ends(z: Any) -> Any:
        raise error("no")

    assert f"your function raised {error.__name__}: no" in check("06.2", ends).message


def test_an_interrupt_is_the_learners() -> None:
    def interrupted(z: Any) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("06.2", interrupted)


class Hostile:
    """An object whose every method fails."""

    def __repr__(self) -> str:
        raise ValueError

    __array__ = __len__ = __bool__ = __eq__ = __str__ = __repr__  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]


WHATEVER: list[Any] = [Hostile(), {1: 2}, {3}, b"x", 1j, object, np.array([None]), np.ma.masked]


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.id)
def test_whatever_comes_out_gets_a_verdict(each: Exercise) -> None:
    for result in WHATEVER:
        answer = (lambda *_: result) if callable(each.answer) else result  # noqa: B023
        assert check(each.id, answer).outcome == "wrong", type(result)


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.id)
def test_a_result_of_another_type_gets_a_verdict(each: Exercise) -> None:
    def in_type(kind: type) -> Any:
        if callable(each.answer):
            return lambda *case: np.asarray(each.answer(*case)).astype(kind)
        return np.asarray(each.answer).astype(kind)

    with np.errstate(invalid="ignore"):
        for kind in (bool, np.uint8, np.float32, object):
            assert check(each.id, in_type(kind)).outcome in ("right", "wrong"), kind


def test_a_list_inside_the_input_is_watched_too() -> None:
    (run,) = run_answer(lambda pair: pair[0].append(3), [(([1, 2], "x"),)]).runs
    assert run.changed_input
    assert not run_answer(lambda f: f.__name__, [(np.sin,)]).runs[0].changed_input


def test_tensors_are_numbers() -> None:
    import torch

    steps = torch.tensor([-0.15, 0.15], dtype=torch.float64, requires_grad=True)
    assert check("06.4", steps).outcome == "right"
    assert check("06.4", list(steps)).outcome == "right"
    assert check("06.2", lambda z: torch.softmax(torch.tensor(z), 0)).outcome == "wrong"
    assert check("06.1", lambda z: torch.softmax(torch.tensor(z, requires_grad=True), 1)).outcome == "right"
    assert run_answer(lambda x: x.mul_(2), [(torch.ones(2),)]).runs[0].changed_input
    assert not run_answer(lambda x: x * 2, [(torch.ones(2, requires_grad=True),)]).runs[0].changed_input
    assert plain(torch.tensor(3)).dtype.kind == "i"


# Time


@pytest.fixture(autouse=True)
def a_limit_may_strike_in_a_finalizer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python reports the exception there and goes on; pytest's own report would be struck by the next, and fail."""
    report = sys.unraisablehook
    monkeypatch.setattr(
        sys, "unraisablehook", lambda ignored: None if ignored.exc_type is AnswerTimeout else report(ignored)
    )


def forever() -> Any:
    while True:
        pass


def forever_catching() -> None:
    while True:
        try:  # noqa: SIM105
            sum(range(100))
        except Exception:
            pass


def forever_catching_everything() -> None:
    while True:
        try:  # noqa: SIM105
            sum(range(100))
        except BaseException:
            pass


def forever_sleeping() -> None:
    while True:
        try:  # noqa: SIM105
            time.sleep(10)
        except BaseException:
            pass


def forever_catching_twice() -> None:
    while True:
        try:
            try:  # noqa: SIM105
                time.sleep(10)
            except BaseException:
                pass
        except BaseException:
            pass


def forever_finally() -> None:
    while True:
        try:
            time.sleep(10)
        finally:
            continue  # noqa: B012


def forever_in_a_generator() -> int:
    return sum(1 for _ in itertools.count())


class Endless:
    def __repr__(self) -> str:
        return str(forever())


LOOPS = [
    forever,
    forever_catching,
    forever_catching_everything,
    forever_sleeping,
    forever_catching_twice,
    forever_finally,
    forever_in_a_generator,
    Endless,
]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no such timer")
@pytest.mark.parametrize("loop", LOOPS)
def test_no_loop_is_endless(loop: Callable[[], Any]) -> None:
    before = signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL), sys.gettrace()
    runs = run_answer(loop, [(), ()], seconds=0.1).runs
    assert [run.timed_out for run in runs] == [True]
    assert (signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL), sys.gettrace()) == before


@pytest.mark.parametrize("loop", [forever, forever_catching, forever_in_a_generator, Endless])
def test_no_loop_is_endless_in_another_thread(loop: Callable[[], Any]) -> None:
    found: list[bool] = []
    thread = threading.Thread(target=lambda: found.append(run_answer(loop, [()], seconds=0.1).runs[0].timed_out))
    thread.start()
    thread.join()
    assert found == [True]


def test_only_what_is_interruptible_is_stopped() -> None:
    with time_limit(0.05):
        time.sleep(0.2)
        with pytest.raises(AnswerTimeout):
            interruptible(forever)


@pytest.mark.long
def test_a_timer_of_somebody_else_goes_on() -> None:
    rung: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, frame: rung.append(number))
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        assert check("08.5", 3752).outcome == "right"
        time.sleep(0.4)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert rung == [signal.SIGALRM]


@pytest.mark.parametrize("each", FUNCTIONS, ids=lambda each: each.id)
def test_an_endless_answer_is_told(each: Exercise, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "run_answer", lambda answer, cases: run_answer(answer, cases, seconds=0.02))
    verdict = check(each.id, lambda *args: forever())
    assert verdict.outcome == "wrong"
    assert "your function had not ended after 5 s: which of its loops never stops?" in verdict.message
    assert verdict.misconception is None


KERNEL = """
from course_utils.exercises import check

def forever(z):
    while True:
        try:
            z = z + 1
        except Exception:
            pass

print(check("06.2", forever))
"""


@pytest.mark.long
def test_a_kernel_survives_a_loop_that_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [new_code_cell(textwrap.dedent(KERNEL)), new_code_cell('print(check("08.5", 3752))')]
    notebook = new_notebook(cells=cells)
    NotebookClient(notebook, timeout=60, shutdown_kernel="immediate").execute()
    assert execution.SECONDS == 5
    told, right = (cell.outputs[0].text for cell in notebook.cells)
    assert "your function had not ended after 5 s: which of its loops never stops?" in told
    assert right == "08.5 right.\n"


def test_a_property_that_refuses_a_nan_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Exercise, "defined", {})
    ex = Exercise("98.9", "Write `half(x)`.", cases=((np.array([1.0, 2.0]),),), hints=("", "", ""))

    @ex.reference
    def half(x):  # type: ignore[no-untyped-def]
        return x / 2

    @ex.holds("a property by the package's own function")
    def _(result, x, tolerance):  # type: ignore[no-untyped-def]
        return None if sigmoid(result).all() else "never"

    verdict = judge(ex, run_answer(lambda x: x * np.nan, ex.cases))
    assert verdict.outcome == "wrong"
    assert "nan" in verdict.message.lower()
