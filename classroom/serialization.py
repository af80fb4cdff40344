"""How inputs and results travel between the grading and a learner's process: as JSON, and nothing is unpickled.

What comes back was written by learners' code. `read_execution` believes nothing: it takes arrays of numbers whose
size is right, short texts, and refuses the rest with a ValueError.
"""

from __future__ import annotations

import base64
import json
import math
from typing import Any

import numpy as np

from course_utils.exercises.execution import Execution, Plain, Repr, RunResult

Json = Any
KINDS = {"b": "?", "i": "<i8", "u": "<u8", "f": "<f8"}  # how numbers travel
TEXTS = {"raised": 100, "message": 500, "line": 200}  # fields of a RunResult, and their most characters
FLAGS = ("timed_out", "changed_input", "printed", "unwritten")
MOST_NUMBERS = 100_000  # in one result; the largest that an exercise asks for has some thousands


def n_values(content: bytes) -> int:
    """Return at least how many values JSON holds, less one: each takes memory, of which a mark takes one byte.

    >>> n_values(b"[1, [], {}]")
    5
    """
    return sum(map(content.count, (b"[", b"{", b",")))


def load_json(content: bytes, most: int) -> Json:
    """Return what JSON says; ValueError, which says why, where it says nothing or has more than `most` values."""
    if n_values(content) > most:
        raise ValueError(f"more than {most:,} values")
    try:
        return json.loads(content)
    except (ValueError, RecursionError, MemoryError) as error:
        raise ValueError("no JSON") from error


def write_value(value: Any) -> Json:
    """Return an input as JSON: numbers, arrays of them, texts, and lists and tuples of those; else TypeError.

    >>> read_value(write_value((1, "a", np.arange(3))))
    (1, 'a', array([0, 1, 2]))
    """
    if value is None or type(value) in (bool, int, float, str):
        return value
    if type(value) in (list, tuple):
        return {type(value).__name__: [write_value(each) for each in value]}
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in KINDS:
        kind = "array" if isinstance(value, np.ndarray) else "scalar"
        return {kind: _write_array(np.asarray(value)), "dtype": value.dtype.str}
    raise TypeError(f"no way to send a {type(value).__name__}")


def read_value(value: Json) -> Any:
    """Return what `write_value` was given."""
    if not isinstance(value, dict):
        return value
    if "dtype" in value:
        array = _read_array(value.get("array") or value["scalar"]).astype(value["dtype"])
        return array if "array" in value else array[()]
    (kind, items), *_ = value.items()
    return {"list": list, "tuple": tuple}[kind](map(read_value, items))


def write_execution(execution: Execution) -> Json:
    """Return the runs of an answer as JSON."""
    again = execution.again and _write_run(execution.again)
    return {"is_function": execution.is_function, "runs": [_write_run(run) for run in execution.runs], "again": again}


def read_execution(content: Json, n_runs: int) -> Execution:
    """Return the runs of an answer from what a learner's process wrote; ValueError where it is anything else.

    A function has `n_runs`, or fewer where the last of them never ended; a value has one.
    """
    try:
        is_function, again = content["is_function"] is True, content["again"]
        runs = tuple(map(_read_run, content["runs"])) if isinstance(content["runs"], list) else ()
        complete = n_runs if is_function else 1
        if len(runs) > complete or not (len(runs) == complete or (runs and runs[-1].timed_out)):
            raise ValueError(f"expected {complete} runs, got {len(runs)}")
        return Execution(is_function, runs, again and _read_run(again))
    except (TypeError, KeyError, AttributeError, OverflowError) as error:
        raise ValueError(f"no runs of an answer: {error!r}") from error


def _write_run(run: RunResult) -> Json:
    kept = {field: getattr(run, field) for field in (*TEXTS, *FLAGS)}
    return {"result": _write_plain(run.result), **kept}


def _write_plain(result: Plain) -> Json:
    if not isinstance(result, np.ndarray):
        return result
    if result.size > MOST_NUMBERS:
        return f"an array of shape {result.shape}"
    return _write_array(result)


def _read_run(content: Json) -> RunResult:
    result = content["result"]
    fields: dict[str, Any] = {field: str(content[field])[:most] for field, most in TEXTS.items()}
    fields |= {field: content[field] is True for field in FLAGS}
    return RunResult(
        result=Repr(result[:200]) if isinstance(result, str) else None if result is None else _read_array(result),
        **fields,
    )


def _write_array(array: np.ndarray[Any, Any]) -> Json:
    kind = KINDS[array.dtype.kind]
    data = base64.b64encode(np.ascontiguousarray(array, kind).tobytes()).decode()
    return {"kind": kind, "shape": list(array.shape), "data": data}


def _read_array(content: Json) -> np.ndarray[Any, Any]:
    kind, shape = content["kind"], content["shape"]
    if kind not in KINDS.values() or not all(type(n) is int and n >= 0 for n in shape) or len(shape) > 32:
        raise ValueError("no array of numbers")
    data = base64.b64decode(content["data"], validate=True)
    if math.prod(shape) > MOST_NUMBERS or len(data) != math.prod(shape) * np.dtype(kind).itemsize:
        raise ValueError("an array whose size is not what it says")
    return np.frombuffer(data, kind).reshape(shape).copy()
