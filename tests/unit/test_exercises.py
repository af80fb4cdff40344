"""The reference passes, each misconception gets its own name, and a learner's accidents are told in a sentence."""

from __future__ import annotations

import ast
import inspect
import itertools
import signal
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from course_utils.exercises import behaviour, check, engine, exercise, hint, solution
from course_utils.exercises.behaviour import observe, plain
from course_utils.exercises.deadline import TimeIsUp, guarded, time_limit
from course_utils.exercises.engine import Exercise, Misconception, WrongAnswerError

ROOT = Path(__file__).resolve().parents[2]
LESSONS = [f"{number:02d}" for number in range(13)]
ALL: list[Exercise] = [each for lesson in LESSONS for each in engine._lesson(lesson).values()]
KNOWN = [(each, known) for each in ALL for known in each.misconceptions]


@pytest.fixture(autouse=True)
def _no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep these checks out of the progress of whoever runs the tests."""
    monkeypatch.setenv("COURSE_PROGRESS", "")


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.id)
def test_the_reference_passes(each: Exercise) -> None:
    assert check(each.id, each.reference).outcome == "right", check(each.id, each.reference)


@pytest.mark.parametrize(("each", "known"), KNOWN, ids=lambda x: x.id if isinstance(x, Exercise) else x.idea)
def test_every_misconception_gets_its_own_message(each: Exercise, known: Misconception) -> None:
    verdict = check(each.id, known.answer)
    assert verdict.outcome == "wrong"
    assert verdict.misconception == known.idea
    assert known.question in verdict.message


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.id)
def test_an_exercise_is_complete(each: Exercise) -> None:
    assert len(each.misconceptions) >= 4
    for own in ("idea", "question"):
        assert len({getattr(known, own) for known in each.misconceptions}) == len(each.misconceptions)
    assert all(known.source and known.question for known in each.misconceptions)
    assert len(each.hints) >= 3
    assert each.prompt.endswith(("?", "."))


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.id)
@pytest.mark.parametrize("nothing", [None, ...])
def test_an_untouched_answer_is_not_attempted(each: Exercise, nothing: object) -> None:
    assert check(each.id, nothing).outcome == "not attempted"


FUNCTIONS = [each for each in ALL if callable(each.reference)]


@pytest.mark.parametrize("each", FUNCTIONS, ids=lambda each: each.id)
def test_a_function_without_a_body_is_not_attempted(each: Exercise) -> None:
    def raises(*args: Any) -> None:
        raise NotImplementedError

    assert check(each.id, lambda *args: None).outcome == "not attempted"
    assert check(each.id, lambda *args: ...).outcome == "not attempted"
    assert check(each.id, raises).outcome == "not attempted"


@pytest.mark.parametrize("each", FUNCTIONS, ids=lambda each: each.id)
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda *args: 1 / 0, "your function raised ZeroDivisionError: division by zero"),
        (lambda: 1, "your function raised TypeError"),
        (lambda *args: "three", "expected numbers, got 'three'"),
        (lambda *args: [[1], [1, 2]], "expected numbers, got [[1], [1, 2]]"),
        (lambda *args: np.zeros((2, 2, 2)), "got shape (2, 2, 2)"),
        (3, "Expected a function: pass its name, without calling it; got 3"),
    ],
)
def test_accidents_are_told_in_a_sentence(each: Exercise, answer: Any, said: str) -> None:
    verdict = check(each.id, answer)
    assert verdict.outcome == "wrong"
    assert said in verdict.message


@pytest.mark.parametrize("each", FUNCTIONS, ids=lambda each: each.id)
def test_nan_is_wrong(each: Exercise) -> None:
    def not_a_number(*args: Any) -> Any:
        return np.asarray(each.reference(*args), float) * np.nan

    assert check(each.id, not_a_number).outcome == "wrong"


def test_an_answer_that_changes_its_input_is_told() -> None:
    def greedy(counts: Any) -> Any:
        result = exercise("08.6").reference(counts)
        counts[:] = 0
        return result

    assert "your function changed its input" in check("08.6", greedy).message
    assert check("08.6", exercise("08.6").reference).outcome == "right"


def test_a_right_answer_in_other_words_is_right() -> None:
    assert check("08.1", lambda y, n_classes: np.eye(n_classes, dtype=int)[y]).outcome == "right"
    assert check("08.2", [6.931, 2.303]).outcome == "right"
    assert check("08.5", 469 * 8).outcome == "right"


def test_the_smallest_case_that_fails_is_shown() -> None:
    message = check("08.1", lambda y, n_classes: np.eye(n_classes)[np.minimum(y, 2)]).message
    assert message.startswith("08.1 wrong. For y = [0, 4, 2, 9, 9], n_classes = 10: expected [[1., 0.")


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
    (path,) = (ROOT / "lessons").glob(f"{each.id[:2]}_*.py")
    names: dict[str, Any] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef):
            with suppress(NameError):  # a function whose defaults a cell computes
                exec(compile(ast.Module([node], []), path.name, "exec"), names)
        match node:
            case ast.Expr(ast.Call(ast.Name("check"), [ast.Constant(each.id), ast.Name(checked)])):
                return names, checked
    raise AssertionError(f"{path.name} does not check {each.id}")


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.id)
def test_a_solution_pastes_into_its_notebook(each: Exercise) -> None:
    names, checked = _notebook_names(each)
    before = dict(names)
    exec(str(solution(each.id)), names)
    assert {name for name in names if names[name] is not before.get(name)} <= {checked, "__builtins__"}
    assert check(each.id, names[checked]).outcome == "right"
    assert "np." not in solution(each.id) or callable(each.reference)
    assert f"`{checked}(" in each.prompt or not callable(each.reference)


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.id)
def test_a_solution_has_no_annotation(each: Exercise) -> None:
    for node in ast.walk(ast.parse(str(solution(each.id)))):
        assert not isinstance(node, ast.AnnAssign)
        assert getattr(node, "annotation", None) is getattr(node, "returns", None) is None


def test_a_solution_is_shown_as_code() -> None:
    assert repr(solution("08.4")) == inspect.getsource(exercise("08.4").reference)
    assert solution("08.5") == "updates = 3752"
    assert solution("08.2") == "start_losses = (6.93147, 2.30259)"


@pytest.mark.parametrize("wrong", ["08.99", "99.1", "8.1", "", "../x.1", 8.1, None])
def test_unknown_ids_are_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r'exercise_id: expected one like "08\.1", got '):
        check(wrong, 1)


# An answer's accidents, guarded


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
    reference = exercise("06.2").reference

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


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.id)
@pytest.mark.parametrize("result", [Hostile(), {1: 2}, {3}, b"x", 1j, object, np.array([None]), np.ma.masked])
def test_whatever_comes_out_gets_a_verdict(each: Exercise, result: Any) -> None:
    answer = (lambda *_: result) if callable(each.reference) else result
    assert check(each.id, answer).outcome == "wrong"


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.id)
@pytest.mark.parametrize("kind", [bool, np.uint8, np.float32, object])
def test_a_result_of_another_type_gets_a_verdict(each: Exercise, kind: type) -> None:
    if not callable(each.reference):
        assert check(each.id, np.asarray(each.reference).astype(kind)).outcome in ("right", "wrong")
        return
    with np.errstate(invalid="ignore"):
        verdict = check(each.id, lambda *case: np.asarray(each.reference(*case)).astype(kind))
    assert verdict.outcome in ("right", "wrong")


def test_a_list_inside_the_input_is_watched_too() -> None:
    (run,) = observe(lambda pair: pair[0].append(3), [(([1, 2], "x"),)]).runs
    assert run.changed_input
    assert not observe(lambda f: f.__name__, [(np.sin,)]).runs[0].changed_input


def test_tensors_are_numbers() -> None:
    import torch

    steps = torch.tensor([-0.15, 0.15], dtype=torch.float64, requires_grad=True)
    assert check("06.4", steps).outcome == "right"
    assert check("06.4", list(steps)).outcome == "right"
    assert check("06.2", lambda z: torch.softmax(torch.tensor(z), 0)).outcome == "wrong"
    assert check("06.1", lambda z: torch.softmax(torch.tensor(z, requires_grad=True), 1)).outcome == "right"
    assert observe(lambda x: x.mul_(2), [(torch.ones(2),)]).runs[0].changed_input
    assert not observe(lambda x: x * 2, [(torch.ones(2, requires_grad=True),)]).runs[0].changed_input
    assert plain(torch.tensor(3)).dtype.kind == "i"


# Time


def forever() -> Any:
    while True:
        pass


def forever_catching() -> None:
    while True:
        try:  # noqa: SIM105
            sum(range(100))
        except Exception:
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
    runs = observe(loop, [(), ()], seconds=0.1).runs
    assert [run.endless for run in runs] == [True]
    assert (signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL), sys.gettrace()) == before


@pytest.mark.parametrize("loop", [forever, forever_catching, forever_in_a_generator, Endless])
def test_no_loop_is_endless_in_another_thread(loop: Callable[[], Any]) -> None:
    found: list[bool] = []
    thread = threading.Thread(target=lambda: found.append(observe(loop, [()], seconds=0.1).runs[0].endless))
    thread.start()
    thread.join()
    assert found == [True]


def test_only_what_is_guarded_is_stopped() -> None:
    with time_limit(0.05):
        time.sleep(0.2)
        with pytest.raises(TimeIsUp):
            guarded(forever)


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
    monkeypatch.setattr(engine, "observe", lambda answer, cases: observe(answer, cases, seconds=0.02))
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
    assert behaviour.SECONDS == 5
    told, right = (cell.outputs[0].text for cell in notebook.cells)
    assert told.startswith("06.2 wrong. For z = [0., 0.]: your function had not ended after 5 s")
    assert right == "08.5 right.\n"
