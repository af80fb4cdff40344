"""The process in which one submission runs: it executes cells and reports how answers behave, and decides nothing.

It gets its work as JSON on standard input and writes lines of JSON. Whatever the learner's code does here, to this
module, to the checker or to these lines, it does to the results of its own answers alone.
"""

from __future__ import annotations

import ast
import fcntl
import json
import linecache
import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from types import ModuleType
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
    from classroom.cell_dependencies import checked, needed, with_checks_renamed
    from course_utils.exercises.timeout import AnswerTimeout, interruptible, time_limit

    say, execution_of, text = _say, _observer(job), _text
    cells = [without_magics(source) for source in job["cells"]]
    notebook, given = _notebook()

    def execute(name: str, source: str) -> None:
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)  # for inspect.getsource
        exec(compile(with_checks_renamed(source, ANSWER), name, "exec"), notebook.__dict__)  # noqa: S102

    for place in needed(cells, {*job["pristine"]}):
        if place in job["skip"]:
            continue
        say(report, {"cell": place})
        given.clear()
        trouble = ""
        try:
            with time_limit(job["cell_seconds"]):
                interruptible(execute, f"cell {place}", cells[place])
        except AnswerTimeout:
            trouble = f"did not end within {job['cell_seconds']} s"
        except BaseException as error:  # exit() in a cell is no reason not to run the next one
            trouble = f"{type(error).__name__}: {text(error)}"[:300]
        if trouble:
            say(report, {"trouble": trouble, "at": place})
        for exercise_id, answer in list(given.items()):
            say(report, {"exercise": exercise_id, **execution_of(exercise_id, answer)})
        for exercise_id in checked(cells[place]):
            if exercise_id not in given:
                say(report, {"exercise": exercise_id, "lost": trouble})
    say(report, {"done": True})


def _notebook() -> tuple[ModuleType, dict[str, Any]]:
    """Return the notebook's namespace and the dict into which its checks put answers, by id."""
    import course_utils.exercises
    from course_utils.exercises.engine import Verdict, full_id

    given: dict[str, Any] = {}

    def answer(exercise_id: str, answer: Any) -> Verdict:
        given[full_id(exercise_id)] = answer
        return Verdict("not attempted", f"{exercise_id} is graded later.")

    notebook = ModuleType("__main__")
    notebook.__dict__.update({ANSWER: answer, "display": lambda *_, **__: None, "get_ipython": lambda: None})
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
            return {"execution": write_execution(run_answer(answer, cases[exercise_id]))}
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


def without_magics(source: str) -> str:
    """Return a cell without what only IPython understands: its %magic, !command and ?help lines.

    >>> without_magics("%matplotlib inline")
    'pass'
    """
    with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        ast.parse(source)
        return source
    if source.startswith("%%"):
        return ""
    return re.sub(r"^(\s*)(?:[%!?].*|[\w.]+\?+\s*)$", r"\1pass", source, flags=re.MULTILINE)


if __name__ == "__main__":
    main()
