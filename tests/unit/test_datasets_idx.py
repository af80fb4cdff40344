"""The IDX parser reads every file it should, and no file that is damaged."""

from __future__ import annotations

import gzip
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course_utils.datasets import read_idx

Bytes = npt.NDArray[np.uint8]
arrays = hnp.arrays(np.uint8, hnp.array_shapes(min_dims=1, max_dims=4, max_side=6))


def as_idx(array: Bytes) -> bytes:
    header = bytes([0, 0, 8, array.ndim]) + b"".join(length.to_bytes(4, "big") for length in array.shape)
    return header + array.tobytes()


def test_bytes_written_by_hand() -> None:
    content = bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3]) + bytes([10, 11, 12, 20, 21, 255])
    array = read_idx(content)
    assert array.tolist() == [[10, 11, 12], [20, 21, 255]]
    assert array.dtype == np.uint8
    assert not array.flags.writeable


def test_lengths_are_big_endian() -> None:
    assert read_idx(bytes([0, 0, 8, 1, 0, 0, 1, 2]) + bytes(258)).shape == (258,)


@given(arrays, st.booleans())
def test_round_trip(array: Bytes, zipped: bool) -> None:
    content = gzip.compress(as_idx(array)) if zipped else as_idx(array)
    np.testing.assert_array_equal(read_idx(content, array.shape), array, strict=True)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_path_reads_as_its_content(tmp_path: Path, pack: type[bytes]) -> None:
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    path = tmp_path / "file"
    path.write_bytes(pack(as_idx(array)))
    np.testing.assert_array_equal(read_idx(path), array, strict=True)
    np.testing.assert_array_equal(read_idx(str(path)), array, strict=True)


@given(arrays, st.booleans(), st.data())
def test_a_file_cut_off_anywhere_is_refused(array: Bytes, zipped: bool, data: st.DataObject) -> None:
    content = gzip.compress(as_idx(array)) if zipped else as_idx(array)
    length = data.draw(st.integers(0, len(content) - 1))
    with pytest.raises(ValueError, match=r"^IDX bytes: expected"):
        read_idx(content[:length])


@given(arrays, st.booleans(), st.binary(min_size=1, max_size=40))
def test_a_file_that_goes_on_is_refused(array: Bytes, zipped: bool, rest: bytes) -> None:
    content = as_idx(array) + rest
    with pytest.raises(ValueError, match="got more"):
        read_idx(gzip.compress(content) if zipped else content)


@given(arrays, st.data())
def test_a_changed_header_never_passes_for_the_file_that_was_asked_for(array: Bytes, data: st.DataObject) -> None:
    content = bytearray(as_idx(array))
    place = data.draw(st.integers(0, 4 + 4 * array.ndim - 1))
    content[place] = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[place]))
    with pytest.raises(ValueError, match=r"^IDX bytes: expected"):
        read_idx(bytes(content), array.shape)


@given(arrays, st.data())
def test_a_changed_gzip_file_gives_the_right_array_or_none(array: Bytes, data: st.DataObject) -> None:
    content = bytearray(gzip.compress(as_idx(array)))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    try:
        read = read_idx(bytes(content))
    except ValueError:
        return
    # The date and the flags in a gzip header say nothing about the content.
    assert place < 10
    np.testing.assert_array_equal(read, array, strict=True)


@given(arrays, st.binary(min_size=1, max_size=20))
def test_a_gzip_file_that_goes_on_gives_the_right_array_or_none(array: Bytes, rest: bytes) -> None:
    try:
        read = read_idx(gzip.compress(as_idx(array)) + rest)
    except ValueError:
        return
    np.testing.assert_array_equal(read, array, strict=True)
    assert not any(rest)  # zeros may follow a gzip file


@given(st.binary(max_size=60))
def test_bytes_that_are_no_idx_file_are_refused(content: bytes) -> None:
    assume(not content.startswith(b"\0\0\x08"))
    with pytest.raises(ValueError, match=r"^IDX bytes: expected"):
        read_idx(content)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (b"\x00\x01\x08\x01", "begins with two zero bytes, got b'.x00.x01.x08.x01'"),
        (b"\x00\x00\x0d\x01", r"type 8 \(unsigned byte\), got type 13"),
        (b"\x00\x00\x08\x00", "1 to 4 dimensions, got 0"),
        (b"\x00\x00\x08\x05", "1 to 4 dimensions, got 5"),
        (b"\x00\x00\x08\x01\x00\x00\x00\x00", "1 to 268,435,456 entries, but the header states 0"),
        (b"\x00\x00\x08\x01\x00\x00", "1 lengths of four bytes, got 2 bytes"),
        (b"\x00\x00\x08\x01\x00\x00\x00\x02\x07", "2 = 2 entries, as the header states, got 1"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, header: bytes, words: str) -> None:
    path = tmp_path / "some-file"
    path.write_bytes(header)
    with pytest.raises(ValueError, match=f"some-file: expected .*{words}"):
        read_idx(path)


def test_a_shape_may_leave_lengths_open() -> None:
    content = as_idx(np.zeros((3, 28, 28), np.uint8))
    assert read_idx(content, ("N", 28, 28)).shape == (3, 28, 28)
    with pytest.raises(ValueError, match=r"IDX bytes: expected shape \(N, 20, 20\), got \(3, 28, 28\)"):
        read_idx(content, ("N", 20, 20))


@pytest.mark.long
def test_no_memory_is_taken_for_a_header_that_lies() -> None:
    absurd = b"\0\0\x08\x03" + struct.pack(">3I", 2**32 - 1, 2**32 - 1, 2**32 - 1)
    bomb = gzip.compress(b"\0\0\x08\x01" + struct.pack(">I", 10) + bytes(2**26))
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="but the header states 4294967295 x"):
            read_idx(absurd)
        with pytest.raises(ValueError, match="got more"):
            read_idx(bomb)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2**21


def test_what_is_no_path_and_no_bytes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="source: expected a path or bytes, got int"):
        read_idx(3)  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError):
        read_idx(tmp_path / "absent")
