"""The files of a zip, which may be hostile: nothing is unpacked to the disk, and each is read up to a limit."""

from __future__ import annotations

import io
import stat
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

FILES = 20_000  # in one archive
LARGEST = 20 << 20  # bytes of a file that is read; a lesson with its pictures has about one MB
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error, NotImplementedError, ValueError)


Archive = Path | Callable[[], bytes]  # a zip on the disk, or what reads one that lies in another


class File(NamedTuple):
    """One file that was handed in: its path, when it was changed (seconds since 1970, 0 where unknown), its bytes.

    `read` raises ValueError, with a sentence for the teacher, where the file cannot be had.
    """

    parts: tuple[str, ...]
    modified: float
    read: Callable[[], bytes]
    trouble: str = ""  # what is known before it is read


def refused(parts: tuple[str, ...], why: str) -> File:
    """Return a file that says why it cannot be read."""

    def read() -> bytes:
        raise ValueError(why)

    return File(parts, 0.0, read, why)


def files_of(archive: Archive, above: tuple[str, ...] = ()) -> list[File]:
    """Return the files of a zip, their paths put below `above`; ValueError where it is none that can be read."""
    try:
        with zipfile.ZipFile(_opened(archive)) as opened:
            members = [each for each in opened.infolist() if not each.is_dir()]
    except DAMAGED as error:
        raise ValueError(f"no zip that can be read ({error})") from error
    if len(members) > FILES:
        raise ValueError(f"a zip of more than {FILES} files")
    return [_file(archive, member, above) for member in members]


def _opened(archive: Archive) -> Path | BinaryIO:
    return archive if isinstance(archive, Path) else io.BytesIO(archive())


def _file(archive: Archive, member: zipfile.ZipInfo, above: tuple[str, ...]) -> File:
    names = _name(member).replace("\\", "/").split("/")
    parts = (*above, *(each for each in names if each not in ("", ".", "..")))
    if ".." in names or names[0] == "" or names[0].endswith(":"):
        return refused(parts or ("nameless",), "its path leads out of the zip")
    if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
        return refused(parts, "a link or something else that is no file")
    if member.flag_bits & 1:
        return refused(parts, "it needs a password")

    def read() -> bytes:
        try:
            # Only the bytes that are wanted are unpacked: what a zip says of its sizes may be wrong.
            with zipfile.ZipFile(_opened(archive)) as opened, opened.open(member) as file:
                content = file.read(LARGEST + 1)
        except DAMAGED as error:
            raise ValueError(f"damaged in its zip ({error})") from error
        if len(content) > LARGEST:
            raise ValueError(f"larger than {LARGEST >> 20} MB")
        return content

    return File(parts, _modified(member), read)


def _name(member: zipfile.ZipInfo) -> str:
    """Return a member's name. Many programs write UTF-8 without the mark that says so."""
    if not member.flag_bits & 0x800:
        with suppress(UnicodeError):
            return member.orig_filename.encode("cp437").decode("utf-8")
    return member.orig_filename


def _modified(member: zipfile.ZipInfo) -> float:
    """Return when a member was changed: as the zip says in UTC, or else in the clock time of this machine."""
    extra = member.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        if kind == 0x5455 and size >= 5 and len(extra) >= 9 and extra[4] & 1:
            return float(struct.unpack_from("<i", extra, 5)[0])
        extra = extra[4 + size :]
    with suppress(ValueError, OverflowError):
        return time.mktime((*member.date_time, 0, 0, -1))
    return 0.0
