"""The IDX format, in which MNIST is published, read without trust in what a header says."""

from __future__ import annotations

import gzip
import io
import math
import os
import struct
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from course_utils.numerics import Shape, check_shape

GZIP_MAGIC = b"\x1f\x8b"
UNSIGNED_BYTE = 8
MAX_DIMENSIONS = 4
# Five times the largest file of the course. A header that states more is damaged, and memory is not reserved for it.
MAX_ENTRIES = 2**28


def read_idx(source: str | os.PathLike[str] | bytes, shape: Shape | None = None) -> npt.NDArray[np.uint8]:
    r"""Return the bytes that an IDX file holds, as a read-only uint8 array of the shape its header states.

    `source` is the path of a file or its content, gzip-compressed or plain. The format:

        byte 0, 1   zero
        byte 2      type of an entry; 8 is one unsigned byte, the only type read here
        byte 3      number of dimensions, 1 to 4
        then        the length of each dimension: four bytes each, the most significant first (big-endian)
        then        the entries, row after row, and after them nothing

    A file that differs from this in any way, is cut off, goes on too long, or has another shape than `shape` (as
    in check_shape: ("N", 28, 28) is any number of pictures) raises ValueError naming the file. A path that cannot
    be read raises OSError; anything but a path or bytes raises TypeError.
    Format: http://yann.lecun.com/exdb/mnist/, section "The IDX file format".

    >>> read_idx(b"\0\0\x08\x02" + b"\0\0\0\x02" + b"\0\0\0\x03" + bytes([1, 2, 3, 4, 5, 6]))
    array([[1, 2, 3],
           [4, 5, 6]], dtype=uint8)
    """
    if not isinstance(source, (str, os.PathLike, bytes)):
        raise TypeError(f"source: expected a path or bytes, got {type(source).__name__}")
    name = "IDX bytes" if isinstance(source, bytes) else str(source)
    with io.BytesIO(source) if isinstance(source, bytes) else Path(source).open("rb") as raw:
        zipped = raw.read(2) == GZIP_MAGIC
        raw.seek(0)
        try:
            array = _read(name, gzip.GzipFile(fileobj=raw) if zipped else raw)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise ValueError(f"{name}: expected a whole gzip file, got a damaged one ({error})") from error
    check_shape(name, array, shape)
    return array


def _read(name: str, file: IO[bytes] | gzip.GzipFile) -> npt.NDArray[np.uint8]:
    lengths = _read_header(name, file)
    expected = math.prod(lengths)
    stated = " x ".join(map(str, lengths))
    if not 1 <= expected <= MAX_ENTRIES:
        raise ValueError(f"{name}: expected 1 to {MAX_ENTRIES:,} entries, but the header states {stated}")
    # One byte more than there should be: enough to see that a file goes on, however much it would unpack to.
    # Meeting the end also makes gzip compare its checksum.
    entries = file.read(expected + 1)
    if len(entries) != expected:
        got = "more" if len(entries) > expected else f"{len(entries):,}"
        raise ValueError(f"{name}: expected {stated} = {expected:,} entries, as the header states, got {got}")
    return np.frombuffer(entries, np.uint8).reshape(lengths)


def _read_header(name: str, file: IO[bytes] | gzip.GzipFile) -> tuple[Any, ...]:
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\x00\x00":
        raise ValueError(f"{name}: expected an IDX file, which begins with two zero bytes, got {magic!r}")
    kind, dimensions = magic[2], magic[3]
    if kind != UNSIGNED_BYTE:
        raise ValueError(f"{name}: expected entries of type {UNSIGNED_BYTE} (unsigned byte), got type {kind}")
    if not 1 <= dimensions <= MAX_DIMENSIONS:
        raise ValueError(f"{name}: expected 1 to {MAX_DIMENSIONS} dimensions, got {dimensions}")
    lengths = file.read(4 * dimensions)
    if len(lengths) < 4 * dimensions:
        raise ValueError(f"{name}: expected {dimensions} lengths of four bytes, got {len(lengths)} bytes")
    return struct.unpack(f">{dimensions}I", lengths)
