"""Take notebooks from the homes of a class on a server, and bring feedback back: python -m classroom.collect FOLDER.

Each home is entered as the account that owns it, which asks for root unless all of them are one's own. No link is
followed, whichever way a student laid it: every step goes through a folder that is already open, and what is read
has to be a file of the student's own, by one name only. What is handed back belongs to the student, who alone may
read it.
"""

from __future__ import annotations

import argparse
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from classroom.archive import LARGEST
from classroom.command_lines import COLLECT, add_collect_options
from classroom.feedback import file_names
from classroom.grades import GradingError, shown
from classroom.pages import counted, say
from course_utils._support.files import atomic_write

WORK = "classification"  # where a student's server puts the lessons: classroom/hub/student.py
FEEDBACK = "feedback"  # the folder in it
MOST = 200 << 20  # bytes of all of a student's notebooks


class Said(NamedTuple):
    """What a command has to say: what it did, and for whom it could not."""

    done: str
    troubles: list[str]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return the exit status: 1 where a home could not be looked at."""
    parser = argparse.ArgumentParser(prog="course.py collect", description=COLLECT)
    add_collect_options(parser)
    options = parser.parse_args(arguments)
    if sys.platform == "win32":
        print("Run this on the server itself, where the homes are: Windows has no accounts of that kind.")
        return 1
    folder, homes = options.from_folder / options.folder, options.from_folder / options.homes
    try:
        names = students(homes, options.students and options.from_folder / options.students)
        said = hand_back(folder, homes, names) if options.back else collect(folder, homes, names, options.lesson)
    except GradingError as error:
        say(str(error))
        return 1
    say("\n".join([said.done, *said.troubles]))
    return int(bool(said.troubles))


def students(homes: Path, listed: Path | None = None) -> list[str]:
    """Return the names of the accounts: those of a file, or all whose home has the folder of the lessons."""
    try:
        if listed:
            names = listed.read_text(encoding="utf-8-sig").split()
        else:
            names = sorted(each.name for each in os.scandir(homes) if each.is_dir(follow_symlinks=False))
            names = [name for name in names if _has_work(homes / name)]
    except (OSError, UnicodeDecodeError) as error:
        raise GradingError(f"{listed or homes} cannot be read: {error}.") from error
    if unfit := [name for name in names if name in (".", "..") or "/" in name]:
        raise GradingError(f"{listed}: expected names of accounts; got {unfit[0]}.")
    return names


def _has_work(home: Path) -> bool:
    try:
        return stat.S_ISDIR((home / WORK).lstat().st_mode)
    except PermissionError:
        return True  # said when it is opened
    except OSError:
        return False


def collect(folder: Path, homes: Path, names: Iterable[str], lessons: Sequence[str] = ()) -> Said:
    """Copy each student's notebooks into FOLDER/name, with their times; return what there is to say.

    lessons : numbers such as "06"; all notebooks where there are none
    """
    troubles: list[str] = []
    count = 0
    for name in names:
        found: dict[str, tuple[bytes, float]] = {}
        try:
            with _work(homes, name) as (work, owner):
                for notebook in filter(_chosen(lessons), sorted(os.listdir(work))):
                    try:
                        found[notebook] = _read(work, notebook, owner)
                    except (OSError, ValueError) as error:
                        troubles.append(f"{name}: {shown(notebook)}: {_why(error)}")
                    if sum(len(content) for content, _ in found.values()) > MOST:
                        troubles.append(
                            f"{name}: more than {MOST >> 20} MB; what comes after {shown(notebook)} is not taken"
                        )
                        break
        except (OSError, GradingError) as error:
            troubles.append(f"{name}: {_why(error)}")
        for notebook, (content, modified) in found.items():
            _keep(folder / name, notebook, content, modified)
        count += bool(found)
    return Said(f"Notebooks of {counted(count, 'student')} are in {folder}.", troubles)


def _chosen(lessons: Sequence[str]) -> Callable[[str], bool]:
    """Return whether a file's name is that of a notebook of one of the lessons, or of any where none is named."""
    starts = tuple(each.zfill(2) for each in lessons) or ("",)
    return lambda name: name.endswith(".ipynb") and name.startswith(starts)


def _why(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _keep(folder: Path, notebook: str, content: bytes, modified: float) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with atomic_write(folder / notebook) as file:
        file.write(content)
    os.utime(folder / notebook, (modified, modified))
    # Who has called sudo is to grade what root has fetched.
    user, group = (int(os.environ.get(name, -1)) for name in ("SUDO_UID", "SUDO_GID"))
    for path in (folder.parent, folder, folder / notebook):
        os.chown(path, user, group)


@contextmanager
def _work(homes: Path, name: str) -> Iterator[tuple[int, int]]:
    """Be the owner of a home, and yield the open folder of the lessons in it, with its owner's number."""
    above = os.open(homes, os.O_RDONLY | os.O_DIRECTORY)
    try:
        home = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=above)
    finally:
        os.close(above)
    try:
        owner = os.fstat(home)
        with acting_as(owner.st_uid, owner.st_gid):
            work = _open_folder(WORK, home)
            try:
                yield work, owner.st_uid
            finally:
                os.close(work)
    finally:
        os.close(home)


def _open_folder(name: str, above: int) -> int:
    return os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=above)


@contextmanager
def acting_as(user: int, group: int) -> Iterator[None]:
    """Have the rights of another account, as only root may, for as long as the block lasts."""
    before = os.geteuid(), os.getegid(), os.getgroups()
    if user == before[0]:
        yield
        return
    if before[0] != 0:
        raise GradingError("the home belongs to another account: run this as root (sudo)")
    try:
        os.setgroups([])
        os.setegid(group)
        os.seteuid(user)
        yield
    finally:
        os.seteuid(before[0])
        os.setegid(before[1])
        os.setgroups(before[2])


def _read(folder: int, name: str, owner: int) -> tuple[bytes, float]:
    """Return a file's content and time; ValueError where it is no plain file of its owner's alone."""
    opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    with os.fdopen(opened, "rb") as file:
        about = os.fstat(opened)
        if not stat.S_ISREG(about.st_mode) or about.st_uid != owner or about.st_nlink != 1:
            raise ValueError("no plain file of the student's own")
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError(f"larger than {LARGEST >> 20} MB")
    return content, about.st_mtime


# Back


def hand_back(folder: Path, homes: Path, names: Sequence[str]) -> Said:
    """Put FOLDER/name.html into each student's home as the student's own file; return what there is to say."""
    troubles: list[str] = []
    without: list[str] = []
    for name, file in zip(names, file_names(names), strict=True):
        try:
            content = (folder / os.fsdecode(file.encode())).read_bytes()
        except FileNotFoundError:
            without.append(name)
            continue
        try:
            with _work(homes, name) as (work, _):
                _put(work, "feedback.html", content)
        except (OSError, GradingError) as error:
            troubles.append(f"{name}: {_why(error)}")
    count = len(names) - len(without) - len(troubles)
    done = f"Feedback of {counted(count, 'student')} is in their homes, as {WORK}/{FEEDBACK}/feedback.html."
    return Said(f"{done} There is none for {', '.join(without)}." if without else done, troubles)


def _put(work: int, name: str, content: bytes) -> None:
    """Write a file into the folder of feedback, in one stroke; a link that has its name is replaced, not followed."""
    with suppress(FileExistsError):
        os.mkdir(FEEDBACK, 0o700, dir_fd=work)
    folder = _open_folder(FEEDBACK, work)
    part = f".{name}.part"
    try:
        with suppress(FileNotFoundError):
            os.unlink(part, dir_fd=folder)
        opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=folder)
        with os.fdopen(opened, "wb") as file:
            file.write(content)
        os.rename(part, name, src_dir_fd=folder, dst_dir_fd=folder)
    finally:
        os.close(folder)


if __name__ == "__main__":
    sys.exit(main())
