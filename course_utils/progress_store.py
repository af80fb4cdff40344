"""What the course remembers of one learner: one readable JSON file on this machine, and nothing that leaves it.

The file lies in the folder this system has for a program's data; COURSE_PROGRESS names another folder. Set but empty,
COURSE_PROGRESS means: begin with nothing, and keep it only while this Python runs. So run builds and tests.

The version is the mark of the course's edition, whose ids the file has: 1 had thirteen lessons, 2 has fifteen. A file
of version 1 is read under its new ids, and is of version 2 from the next change on, so no id is moved twice.

    {"version": 2,
     "checks":      {"06.2":  {"right": 1, "wrong": 2, "misconceptions": {"only the diagonal": 2}}},
     "predictions": {"06.p1": {"answer": {"yes": 0.7, "no": 0.3}, "revealed": true}},
     "reviews":     {"04.q1": {"box": 2, "lesson": "06", "answer": "a"}},
     "inventory":   {"before": {"answers": {"i01": "b"}}},
     "test_sets":   {"fashion_mnist": {"choice": "model softmax, loss CE"}}}
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, get_args, get_origin

from course_utils._support.edition import MOVED_IDS, MOVED_LESSONS
from course_utils._support.files import atomic_write, user_folder
from course_utils._support.notices import notice_once

VERSION = 2
WAIT = 4.0  # seconds for another kernel to finish its write, which takes milliseconds

Entry = dict[str, Any]
Content = dict[str, Any]
Edit = Callable[[Entry], Entry]

# Each field of an entry, with the types it may have.
FIELDS: dict[str, dict[str, tuple[Any, ...]]] = {
    "checks": {"right": (int,), "wrong": (int,), "misconceptions": (dict[str, int],)},
    "predictions": {"answer": (float, str, dict[str, float]), "revealed": (bool,)},
    "reviews": {"box": (int,), "lesson": (str,), "answer": (str,)},
    "inventory": {"answers": (dict[str, str],)},
    "test_sets": {"choice": (str,)},
}

# All that is known where nothing is kept.
_session: Content = {section: {} for section in FIELDS}
# What could not be written yet, by file: it holds for this session, and each later write takes it along.
_pending: dict[Path, list[tuple[str, str, Edit]]] = {}


class _NewerVersionError(ValueError):
    """The file comes from a newer version of the course."""


def progress_file() -> Path | None:
    """Return where the file is or will be; None where nothing is kept: COURSE_PROGRESS set, but empty, or no home."""
    chosen = os.environ.get("COURSE_PROGRESS")
    if chosen == "":
        return None
    try:
        return user_folder(chosen, "user_data_path") / "progress.json"
    except OSError as error:
        notice_once("Your progress cannot be kept: it lasts until this kernel stops", error.strerror or str(error))
        return None


def entries(section: str) -> dict[str, Entry]:
    """Return a copy of all that is known of one section of FIELDS, by key; an empty dict where nothing is."""
    file = progress_file()
    if file is None:
        return copy.deepcopy(_session[section])
    found: dict[str, Entry] = _edited(_look(file), _pending.get(file, []))[section]
    return found


def change(section: str, key: str, edit: Edit) -> Entry:
    """Replace one entry by `edit(entry)` and return the new one; `edit` gets {} where there was none.

    Reading, editing and writing are one step for all kernels of a learner, so none overwrites what another wrote.
    Where the file cannot be written, that is told once and the change lasts as long as this Python. `edit` must
    not fail or look elsewhere: it may run again on a newer entry.
    """
    file = progress_file()
    if file is None:
        content = _edited(_session, [(section, key, edit)])
        return copy.deepcopy(content[section][key])
    edits = [*_pending.get(file, []), (section, key, edit)]
    try:
        content = _write_edited(file, edits)
        _pending[file] = []
    except OSError as error:
        why = error.strerror or str(error)
        notice_once(f"Your progress cannot be written to {file}: it lasts until this kernel stops", why)
        content = _edited(_look(file), edits)
        _pending[file] = edits
    changed: Entry = content[section][key]
    return changed


def record_check(exercise_id: str, outcome: str, misconception: str | None = None) -> None:
    """Count one verdict of `check`: "right", or "wrong" with the idea it betrays; "not attempted" leaves no trace."""
    if outcome not in ("right", "wrong"):
        return

    def count(entry: Entry) -> Entry:
        counted = {"right": 0, "wrong": 0, "misconceptions": {}, **entry}
        counted[outcome] += 1
        if misconception is not None:
            seen = counted["misconceptions"]
            seen[misconception] = seen.get(misconception, 0) + 1
        return counted

    change("checks", exercise_id, count)


def _begin() -> Content:
    return {"version": VERSION, **{section: {} for section in FIELDS}}


def _edited(content: Content, edits: Iterable[tuple[str, str, Edit]]) -> Content:
    for section, key, edit in edits:
        old = content[section].get(key, {})
        new = edit(copy.deepcopy(old))
        others = {name: value for name, value in old.items() if name not in FIELDS[section]}
        content[section][key] = copy.deepcopy(others | new)
    return content


def _look(file: Path) -> Content:
    """Return the file's content; a folder that cannot be read holds nothing for us, and that is told."""
    try:
        return _parse(file)
    except ValueError:
        pass
    except OSError as error:
        notice_once(f"Your progress cannot be read from {file}", error.strerror or str(error))
        return _begin()
    try:
        with _lock(file):
            return _parse_or_set_aside(file)
    except OSError as error:
        notice_once(f"{file} is no progress file and cannot be moved out of the way", error.strerror or str(error))
        return _begin()


def _write_edited(file: Path, edits: Iterable[tuple[str, str, Edit]]) -> Content:
    file.parent.mkdir(parents=True, exist_ok=True)
    with _lock(file):
        found = _parse_or_set_aside(file)
        content = _edited(copy.deepcopy(found), edits)
        if content == found:
            return content
        with atomic_write(file) as stream:
            text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
            # Half of a surrogate pair has no UTF-8; spelled \\ud800 it is the same text in JSON.
            stream.write((text + "\n").encode(errors="backslashreplace"))
    return content


def _lock(file: Path) -> Any:
    """Hold the other kernels off; the system drops the lock of a kernel that dies. A wait in vain is an OSError."""
    import filelock

    # Whoever has waited in vain once is not kept waiting at every check.
    wait = WAIT / 100 if _pending.get(file) else WAIT
    return filelock.FileLock(file.with_name(f"{file.name}.lock"), timeout=wait, poll_interval=0.005)


def _parse(file: Path) -> Content:
    """Return a whole, sound content; ValueError where it is not one, OSError where it cannot be read."""
    try:
        text = file.read_text(encoding="utf-8-sig")  # some editors put a mark before the text
    except FileNotFoundError:
        return _begin()
    try:
        content = json.loads(text, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(content, dict) or not isinstance(content.get("version"), int):
        raise ValueError("no version")
    if content["version"] > VERSION:
        raise _NewerVersionError(f"version {content['version']}")
    content = _begin() | content
    for section, fields in FIELDS.items():
        _check_section(section, content[section], fields)
    return content if content["version"] == VERSION else _renumbered(content)


def _renumbered(content: Content) -> Content:
    """Return a content of the first edition under the ids of the second; ids that no lesson had stay as they are."""
    moved = {section: _moved(content[section]) for section in ("checks", "predictions", "reviews")}
    for entry in moved["reviews"].values():
        entry["lesson"] = MOVED_LESSONS.get(entry["lesson"], entry["lesson"])
    return content | moved | {"version": VERSION}


def _moved(found: dict[str, Entry]) -> dict[str, Entry]:
    stay = {key: entry for key, entry in found.items() if key not in MOVED_IDS}
    return stay | {MOVED_IDS[key]: entry for key, entry in found.items() if key in MOVED_IDS}


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def _check_section(section: str, found: object, fields: dict[str, tuple[Any, ...]]) -> None:
    """Raise ValueError unless every entry has its fields with their types: someone may have edited the file.

    Other fields, those of a later version, are kept as they are.
    """
    if not isinstance(found, dict):
        raise ValueError(f"{section} holds no entries")
    for key, entry in found.items():
        if not isinstance(entry, dict) or not entry.keys() >= fields.keys():
            raise ValueError(f"{section}: {key} lacks a field")
        for name, types in fields.items():
            if not any(_fits(entry[name], each) for each in types):
                raise ValueError(f"{section}: {name} of {key} is of another type")


def _fits(value: object, wanted: Any) -> bool:
    if get_origin(wanted) is dict:
        return isinstance(value, dict) and all(_fits(each, get_args(wanted)[1]) for each in value.values())
    return type(value) is wanted or (wanted is float and type(value) is int)


def _parse_or_set_aside(file: Path) -> Content:
    """Return the content; a file of another kind gets another name, and an empty content begins. Needs the lock."""
    try:
        return _parse(file)
    except ValueError as error:
        number = 1
        while (aside := file.with_name(f"progress-set-aside-{number}.json")).exists():
            number += 1
        file.rename(aside)
        newer = isinstance(error, _NewerVersionError)
        what = "was written by a newer version of the course" if newer else "could not be understood"
        notice_once(f"Your progress file {what}. It is kept as {aside}, and a new one begins", str(error))
        return _begin()
