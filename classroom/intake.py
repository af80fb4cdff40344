"""What a class handed in: a folder or a zip, of a teacher's own making or as Moodle or Canvas give it.

A student is the top folder or file of a path, by its own name; Moodle and Canvas put a number of theirs into it, and
that number is then what tells students apart. Every file counts for somebody, and is at least named.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from classroom.archive import LARGEST, File, files_of, refused
from classroom.grades import GradingError, shown

DEEPEST = 20  # folders within folders
MOST = 30  # notebooks of one student, and zips; the course has half as many lessons
# Moodle's and Canvas's own names, as mod/assign/locallib.php and lib/content_zipper.rb make them. What stands before
# the file's own name is the name under which both take a file for this student back.
MOODLE = re.compile(r"(?P<back>(?P<name>[^_]+)_(?P<number>\d+)_assignsubmission_[a-z]+_?).*", re.DOTALL)
CANVAS = re.compile(
    r"(?P<back>(?:(?P<name>\w+?)_)??(?P<late>LATE_)?(?P<number>\d+|anon_[^\W_]+)"
    r"(?:(?P<attachment>_\d+)(?=_.)|(?=_(?:text|link)\.html$)))_.+",
    re.DOTALL,
)


@dataclass
class Submission:
    """All that one student handed in. `number` is Moodle's or Canvas's for the student, `system` says whose."""

    name: str
    system: str = ""
    number: str = ""
    late: bool = False  # as Canvas says
    back: str = ""  # the path under which Moodle or Canvas takes feedback for this student
    notebooks: list[File] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # for the teacher
    zips: int = 0  # that were looked into


def submissions(place: Path) -> list[Submission]:
    """Return what each student handed in, by name; GradingError where there is nothing."""
    if place.is_dir():
        files = [*_walk(place)]
    elif place.is_file():
        files = _unwrapped(place)
    else:
        raise GradingError(f"{place} is no folder and no zip.")
    files = [each for each in files if not _is_junk(each)]
    if not files:
        raise GradingError(f"There is no notebook (.ipynb) and nothing else in {place}.")
    tops = [each.parts[0] for each in files if len(each.parts) == 1]
    canvas = 2 * sum(bool(CANVAS.fullmatch(top)) for top in tops) > len(tops)
    found: dict[tuple[str, str], Submission] = {}
    for each in files:
        student = _student(each, canvas)
        student = found.setdefault(
            (student.system, student.number or unicodedata.normalize("NFC", student.name)), student
        )
        student.late |= bool(canvas and _is_late(each))
        _add(student, each)
    for student in found.values():
        _complete(student)
    return sorted(found.values(), key=lambda each: (each.name.casefold(), each.name, each.number))


def _is_junk(file: File) -> bool:
    """Whether a system put a file there and no student: the macOS Finder, Windows, JupyterLab's checkpoints."""
    return any(part.startswith(".") or part in ("__MACOSX", "Thumbs.db", "desktop.ini") for part in file.parts)


# Folders and zips


def _walk(folder: Path) -> Iterator[File]:
    """Yield the files below a folder; what cannot be read yields a file that says so."""
    missed: list[OSError] = []
    for root, folders, names in os.walk(folder, onerror=missed.append):
        above = _parts(root, folder)
        links = [name for name in folders if os.path.islink(os.path.join(root, name))]
        yield from (_on_disk(Path(root, name), folder) for name in sorted([*names, *links]))
        if above and not names and not folders:
            yield refused(above, "an empty folder")
        if len(above) == DEEPEST:
            folders.clear()
            yield refused(above, f"what lies in more than {DEEPEST} folders within one another was not looked at")
    for error in missed:
        if Path(error.filename) == folder:
            raise GradingError(f"{folder} cannot be read: {error.strerror}.")
        yield refused(_parts(error.filename, folder), f"cannot be read: {error.strerror}")


def _parts(path: str | Path, folder: Path) -> tuple[str, ...]:
    """Return the parts of a path below a folder in UTF-8, whatever the locale has made of their bytes."""
    inside = Path(path).relative_to(folder).parts
    return tuple(os.fsencode(part).decode("utf-8", "surrogateescape") for part in inside)


def _on_disk(path: Path, folder: Path) -> File:
    parts = _parts(path, folder)
    if path.is_symlink() or not path.is_file():
        return refused(parts, "a link or something else that is no file")

    def read() -> bytes:
        try:
            with path.open("rb") as file:
                content = file.read(LARGEST + 1)
        except OSError as error:
            raise ValueError(f"cannot be read: {error.strerror}") from error
        if len(content) > LARGEST:
            raise ValueError(f"larger than {LARGEST >> 20} MB")
        return content

    return File(parts, path.stat().st_mtime, read)


def _unwrapped(archive: Path) -> list[File]:
    """Return the files of a class's zip, without the one folder around all of them that has the zip's own name."""
    try:
        files = files_of(archive)
    except ValueError as error:
        raise GradingError(f"{archive} is {error}.") from error
    if all(len(each.parts) > 1 and each.parts[0] == archive.stem for each in files):
        return [each._replace(parts=each.parts[1:]) for each in files]
    return files


# Students


def _student(file: File, canvas: bool) -> Submission:
    """Return the student of a file, with nothing handed in yet."""
    top, alone = file.parts[0], len(file.parts) == 1
    if match := MOODLE.fullmatch(top):
        return Submission(match["name"], "Moodle", match["number"], back=match["back"] + ("" if alone else "/"))
    if canvas and alone and (match := CANVAS.fullmatch(top)):
        back = f"{match['back']}_" if match["attachment"] else ""  # Canvas asks for a file that it has
        return Submission(match["name"] or match["number"], "Canvas", match["number"], back=back)
    return Submission(re.sub(r"\.(ipynb|zip)$", "", top, flags=re.IGNORECASE) if alone else top)


def _is_late(file: File) -> bool:
    match = CANVAS.fullmatch(file.parts[0])
    return bool(match and match["late"])


def _add(student: Submission, file: File) -> None:
    """Put a file, and what is in a zip, to its student's notebooks; what is no notebook is noted."""
    name, kind = shown("/".join(file.parts)), os.path.splitext(file.parts[-1])[1].lower()
    if kind == ".ipynb":
        student.notebooks.append(file)
    elif kind == ".zip" and not file.trouble and student.zips < MOST:
        student.zips += 1
        try:
            inside = files_of(file.read, file.parts)
            student.notebooks += [
                each for each in inside if each.parts[-1].lower().endswith(".ipynb") and not _is_junk(each)
            ]
        except ValueError as error:
            student.notes.append(f"{name}: {error}")
    else:
        student.notes.append(f"{name}: {file.trouble or 'no notebook'}")


def _complete(student: Submission) -> None:
    """Note what a teacher should know of a student's files, before any of them is read."""
    tops = {each.parts[0] for each in student.notebooks}
    if len(tops) > 1 and not student.system:
        student.notes.append(f"handed in under several names: {', '.join(sorted(map(shown, tops)))}")
    paths = Counter(each.parts for each in student.notebooks)
    for path in sorted(each for each, count in paths.items() if count > 1):
        student.notes.append(f"{shown('/'.join(path))}: several files of this name in one zip")
    if len(student.notebooks) > MOST:
        student.notes.append(f"only the first {MOST} of {len(student.notebooks)} notebooks were looked at")
        del student.notebooks[MOST:]
    if not student.notebooks:
        student.notes.append("no notebook (.ipynb) in what was handed in")
    del student.notes[MOST:]
