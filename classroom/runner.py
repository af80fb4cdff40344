"""The process in which one submission runs: it executes cells and reports how answers behave, and decides nothing.

It gets its work as JSON on standard input and writes lines of JSON. Whatever the learner's code does here, to this
module, to the checker or to these lines, it does to the results of its own answers alone.
"""

from __future__ import annotations

import ast
import fcntl
import inspect
import json
import linecache
import os
import sys
from collections.abc import Callable
from types import CodeType, ModuleType, SimpleNamespace
from typing import Any, TextIO

from classroom import sandbox

ANSWER = "__answer__"  # what a check calls in the notebook


def main() -> None:
    """Read the job, put up the walls, and only then import and run anything else."""
    job = json.load(sys.stdin)
    fcntl.fcntl(1, fcntl.F_SETFL, os.O_APPEND)  # no line can overwrite another
    report = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nowhere, standard)
    try:
        sandbox.enter(**job["walls"])
    except (sandbox.SandboxError, OSError) as error:
        _say(report, {"refused": str(error)})
    else:
        _run(job, report)
    report.flush()
    os._exit(0)  # without what the learner's code may have left for the end


def _say(report: TextIO, line: dict[str, Any]) -> None:
    report.write(f"\n{json.dumps(line)}\n")


def _run(job: dict[str, Any], report: TextIO) -> None:
    # Everything is imported by now and held by local names: what a submission patches is patched for itself.
    from classroom.cell_dependencies import Cell, checked, mentioned, needed, read_cell, with_checks_renamed
    from classroom.magics import without_magics
    from course_utils.exercises.timeout import AnswerTimeout, interruptible, time_limit

    say, execution_of, text, run_code = _say, _observer(job), _text, _run_code
    notebook, given = _notebook()

    def read(place: int, source: str) -> Cell:
        say(report, {"cell": place})  # so that it is known which one ended the process
        cell = read_cell("" if place in job["skip"] else without_magics(source))
        for exercise_id in mentioned(source) if not (cell.source or place in job["skip"]) else ():
            say(report, {"exercise": exercise_id, "lost": "not run, since it begins with a magic"})
        return cell

    def execute(name: str, source: str) -> None:
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)  # for inspect.getsource
        tree = with_checks_renamed(source, ANSWER)
        run_code(compile(tree, name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), notebook.__dict__)

    cells = [read(place, source) for place, source in enumerate(job["cells"])]
    for place in needed(cells, {*job["pristine"]}):
        say(report, {"cell": place})
        given.clear()
        trouble = ""
        try:
            with time_limit(job["cell_seconds"]):
                interruptible(execute, f"cell {place}", cells[place].source)
        except AnswerTimeout:
            trouble = f"did not end within {job['cell_seconds']} s"
            say(report, {"late": place})
        except BaseException as error:  # exit() in a cell is no reason not to run the next one
            trouble = f"{type(error).__name__}: {text(error)}"[:300]
        if trouble:
            say(report, {"trouble": trouble, "at": place})
        for exercise_id, answer in list(given.items()):
            say(report, {"exercise": exercise_id, **execution_of(exercise_id, answer)})
        for exercise_id in checked(cells[place].source):
            if exercise_id not in given:
                say(report, {"exercise": exercise_id, "lost": trouble})
    say(report, {"done": True})


def _run_code(code: CodeType, names: dict[str, Any]) -> None:
    """Run a cell's code. What it awaits may give way, as asyncio.sleep(0) does, but has no event loop to wait for."""
    running = eval(code, names)  # noqa: S307
    if code.co_flags & inspect.CO_COROUTINE:
        try:
            while running.send(None) is None:
                pass
        except StopIteration:
            return
        raise RuntimeError("the cell awaits what needs an event loop, and here is none")


def _notebook() -> tuple[ModuleType, dict[str, Any]]:
    """Return the notebook's namespace and the dict into which its checks put answers, by id."""
    import course_utils.exercises
    from course_utils.exercises.engine import Verdict, full_id

    given: dict[str, Any] = {}

    def answer(exercise_id: str, answer: Any) -> Verdict:
        given[full_id(exercise_id)] = answer
        return Verdict("not attempted", f"{exercise_id} is graded later.")

    notebook = ModuleType("__main__")
    nothing = dict.fromkeys(("run_line_magic", "run_cell_magic", "system"), lambda *_, **__: None)
    shell = SimpleNamespace(**nothing, getoutput=lambda *_, **__: [])
    notebook.__dict__.update({ANSWER: answer, "display": lambda *_, **__: None, "get_ipython": lambda: shell})
    sys.modules["__main__"] = notebook
    course_utils.exercises.check = answer  # for a check under another name
    return notebook, given


def _observer(job: dict[str, Any]) -> Callable[[str, Any], dict[str, Any]]:
    """Return the function that runs an answer on the inputs that were sent."""
    from classroom.serialization import write_execution
    from course_utils.exercises.execution import run_answer

    cases = {exercise_id: _cases(job, exercise_id) for exercise_id in job["cases"]}

    def execution_of(exercise_id: str, answer: Any) -> dict[str, Any]:
        try:
            execution = run_answer(answer, cases[exercise_id])
            late = {"late": True} if any(run.timed_out for run in execution.runs) else {}
            return {"execution": write_execution(execution), **late}
        except BaseException as error:
            return {"lost": f"{type(error).__name__}: {_text(error)}"[:300]}

    return execution_of


def _cases(job: dict[str, Any], exercise_id: str) -> list[tuple[Any, ...]]:
    """Return the inputs as they were sent; a function among them is taken from the course itself, by its place."""
    from classroom.serialization import read_value
    from course_utils.exercises import exercise

    cases = []
    for number, case in enumerate(job["cases"][exercise_id]):
        kept = exercise(exercise_id).cases[number] if {"kept": True} in case else case
        pairs = zip(case, kept, strict=True)
        cases.append(tuple(own if sent == {"kept": True} else read_value(sent) for sent, own in pairs))
    return cases


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException:
        return "no message"


if __name__ == "__main__":
    main()
