"""What a class hands in: folders and zips as people, Moodle and Canvas make them, and as an attacker would."""

from __future__ import annotations

import io
import os
import stat
import struct
import subprocess
import time
import zipfile
from pathlib import Path

import pytest

from classroom import archive
from classroom.grades import GradingError
from classroom.intake import DEEPEST, MOST, Submission, submissions


def write(folder: Path, *paths: str, content: bytes = b"{}") -> Path:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def zipped(*members: str | zipfile.ZipInfo, content: bytes = b"{}") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for each in members:
            file.writestr(each, content)
    return made.getvalue()


def read_zip(folder: Path, content: bytes, name: str = "class.zip") -> dict[str, Submission]:
    (folder / name).write_bytes(content)
    return {each.name: each for each in submissions(folder / name)}


def reason(student: Submission) -> str:
    """Why the first notebook cannot be read."""
    with pytest.raises(ValueError, match=r".") as caught:
        student.notebooks[0].read()
    return str(caught.value)


# Who handed in what


def test_students_are_named_after_folders_or_files(tmp_path: Path) -> None:
    place = write(
        tmp_path,
        *("Ada/06.ipynb", "Ada/deep/08.ipynb", "Alan.IPYNB", "Zoë Ω.ipynb"),
        *(".hidden/x.ipynb", "Ada/.ipynb_checkpoints/06.ipynb", "__MACOSX/._Ada.ipynb", ".DS_Store"),
    )
    found = submissions(place)
    assert [(each.name, len(each.notebooks)) for each in found] == [("Ada", 2), ("Alan", 1), ("Zoë Ω", 1)]
    assert not any(each.notes for each in found)


def test_every_file_is_somebodys_and_is_at_least_named(tmp_path: Path) -> None:
    place = write(tmp_path, "pia/06.rar", "readme.txt")
    (place / "ola").mkdir()
    found = {each.name: each.notes for each in submissions(place)}
    none = "no notebook (.ipynb) in what was handed in"
    assert found == {
        "pia": ["pia/06.rar: no notebook", none],
        "readme.txt": ["readme.txt: no notebook", none],
        "ola": ["ola: an empty folder", none],
    }


def test_a_zip_counts_for_who_sent_it(tmp_path: Path) -> None:
    (tmp_path / "olga.zip").write_bytes(zipped("06.ipynb", "notes.txt", "__MACOSX/._06.ipynb"))
    write(tmp_path, "pia/work.zip", content=zipped("deep/06.ipynb", "08.ipynb"))
    found = {each.name: [file.read() for file in each.notebooks] for each in submissions(tmp_path)}
    assert found == {"olga": [b"{}"], "pia": [b"{}", b"{}"]}


def test_a_folder_and_a_file_of_one_name_are_one_student_and_that_is_said(tmp_path: Path) -> None:
    (found,) = submissions(write(tmp_path, "Ada.ipynb", "Ada/06.ipynb"))
    assert len(found.notebooks) == 2
    assert found.notes == ["handed in under several names: Ada, Ada.ipynb"]


def test_names_of_other_bytes_stay_two_students(tmp_path: Path) -> None:
    for name in (b"lat\xff.ipynb", b"lat\xfe.ipynb"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(b"{}")
    assert len({each.name for each in submissions(tmp_path)}) == 2


def test_composed_and_decomposed_letters_are_one_name(tmp_path: Path) -> None:
    assert len(submissions(write(tmp_path, "Zoe\u0308/06.ipynb", "Zo\u00eb.ipynb"))) == 1


MOODLE = [
    "Ada Lovelace_1234567_assignsubmission_file_/06.ipynb",  # to Moodle 4.0
    "Ada Lovelace_1234567_assignsubmission_onlinetext_/onlinetext.html",
    "Émilie du Châtelet_1234568_assignsubmission_file/work/06.ipynb",  # from Moodle 4.1 on
    "Alan Turing_1234569_assignsubmission_file_06_softmax.ipynb",  # without folders
    "Participant_1234570_assignsubmission_file/06.ipynb",  # names hidden
]


@pytest.mark.parametrize("as_zip", [True, False])
def test_a_moodle_download_as_it_comes(tmp_path: Path, as_zip: bool) -> None:
    if as_zip:
        found = [*read_zip(tmp_path, zipped(*MOODLE), "C1-Lesson 06-4711.zip").values()]
    else:
        found = submissions(write(tmp_path, *MOODLE))
    assert [(each.system, each.number, each.name, len(each.notebooks)) for each in found] == [
        ("Moodle", "1234567", "Ada Lovelace", 1),
        ("Moodle", "1234569", "Alan Turing", 1),
        ("Moodle", "1234570", "Participant", 1),
        ("Moodle", "1234568", "Émilie du Châtelet", 1),
    ]
    # Moodle takes a file back by the number and the plugin between the underscores of its path.
    assert [each.back for each in found] == [
        "Ada Lovelace_1234567_assignsubmission_file_/",
        "Alan Turing_1234569_assignsubmission_file_",
        "Participant_1234570_assignsubmission_file/",
        "Émilie du Châtelet_1234568_assignsubmission_file/",
    ]


CANVAS = [
    "lovelaceada_12345_67890_06_softmax-1.ipynb",
    "turingalan_LATE_12346_67891_work.ipynb",
    "turingalan_LATE_12346_67892_more.ipynb",
    "ulrichuma_12347_text.html",
    "anon_a1B2c_67893_work.ipynb",
    "LATE_anon_a1B2d_67894_work.ipynb",
]


@pytest.mark.parametrize("as_zip", [True, False])
def test_a_canvas_download_as_it_comes(tmp_path: Path, as_zip: bool) -> None:
    found = [*read_zip(tmp_path, zipped(*CANVAS)).values()] if as_zip else submissions(write(tmp_path, *CANVAS))
    assert [(each.number, each.name, each.late, len(each.notebooks), each.back) for each in found] == [
        ("anon_a1B2c", "anon_a1B2c", False, 1, "anon_a1B2c_67893_"),
        ("anon_a1B2d", "anon_a1B2d", True, 1, "LATE_anon_a1B2d_67894_"),
        ("12345", "lovelaceada", False, 1, "lovelaceada_12345_67890_"),
        ("12346", "turingalan", True, 2, "turingalan_LATE_12346_67891_"),
        ("12347", "ulrichuma", False, 0, ""),
    ]
    assert {each.system for each in found} == {"Canvas"}


def test_plain_names_with_numbers_in_them_are_no_canvas_download(tmp_path: Path) -> None:
    found = submissions(write(tmp_path, "ada_06_2.ipynb", "06_softmax.ipynb", "alan_06_12_final.ipynb", "b.ipynb"))
    assert [(each.system, each.name) for each in found] == [
        ("", "06_softmax"),
        ("", "ada_06_2"),
        ("", "alan_06_12_final"),
        ("", "b"),
    ]


def test_the_folder_that_zipping_puts_around_a_class_is_no_student(tmp_path: Path) -> None:
    assert [*read_zip(tmp_path, zipped("class/Ada.ipynb", "class/Alan/06.ipynb"))] == ["Ada", "Alan"]
    assert [*read_zip(tmp_path, zipped("Ada/06.ipynb", "Ada/08.ipynb"))] == ["Ada"]


# What is hostile, or broken


@pytest.mark.parametrize(
    "name", ["../../etc/06.ipynb", "/etc/06.ipynb", "C:\\06.ipynb", "ada/../../06.ipynb", "..\\06.ipynb"]
)
def test_a_path_out_of_a_zip_leads_nowhere(tmp_path: Path, name: str) -> None:
    (student,) = read_zip(tmp_path, zipped(name)).values()
    assert reason(student) == "its path leads out of the zip"
    assert [each.name for each in tmp_path.iterdir()] == ["class.zip"]


def test_a_link_in_a_zip_is_no_file(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("ada.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    (student,) = read_zip(tmp_path, zipped(link, content=b"/etc/passwd")).values()
    assert reason(student) == "a link or something else that is no file"


def test_a_bomb_is_unpacked_no_further_than_a_notebook_may_be_large(tmp_path: Path) -> None:
    (student,) = read_zip(tmp_path, zipped("ada.ipynb", content=bytes(archive.LARGEST + 1))).values()
    assert (tmp_path / "class.zip").stat().st_size < 100_000
    assert reason(student) == "larger than 20 MB"


def test_a_zip_that_lies_about_sizes_is_damaged(tmp_path: Path) -> None:
    content = bytearray(zipped("ada.ipynb", content=b"x" * 1000))
    central = content.index(b"PK\x01\x02")
    struct.pack_into("<I", content, central + 24, 10)  # what it says to be the size, unpacked
    (student,) = read_zip(tmp_path, bytes(content)).values()
    assert "damaged in its zip" in reason(student)


def test_a_zip_of_too_many_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "FILES", 3)
    with pytest.raises(GradingError, match=r"class\.zip is a zip of more than 3 files"):
        read_zip(tmp_path, zipped("a.ipynb", "b.ipynb", "c.ipynb", "d.ipynb"))


def test_a_student_has_no_more_than_so_many_notebooks(tmp_path: Path) -> None:
    (student,) = read_zip(tmp_path, zipped(*(f"ada/{number}.ipynb" for number in range(MOST + 5)))).values()
    assert len(student.notebooks) == MOST
    assert student.notes == [f"only the first {MOST} of {MOST + 5} notebooks were looked at"]


def test_no_more_than_so_many_zips_are_looked_into(tmp_path: Path) -> None:
    content = zipped("06.ipynb")
    (student,) = submissions(
        write(tmp_path, *(f"ada/{number:02}.zip" for number in range(MOST + 5)), content=content)
    )
    assert len(student.notebooks) == MOST
    assert f"ada/{MOST}.zip: no notebook" in student.notes


def test_a_zip_in_a_zip_is_read_and_no_deeper(tmp_path: Path) -> None:
    core = zipped("08.ipynb")
    inner = zipped("deep.zip", "06.ipynb", content=core)
    (tmp_path / "class.zip").write_bytes(zipped("ada/work.zip", content=inner))
    (student,) = submissions(tmp_path / "class.zip")
    assert [each.parts for each in student.notebooks] == [("ada", "work.zip", "06.ipynb")]
    assert student.notebooks[0].read() == core


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_one_name_twice_is_two_files_and_that_is_said(tmp_path: Path) -> None:
    (student,) = read_zip(tmp_path, zipped("ada/06.ipynb", "ada/06.ipynb")).values()
    assert len(student.notebooks) == 2
    assert student.notes == ["ada/06.ipynb: several files of this name in one zip"]


def test_names_are_read_as_utf8_with_and_without_the_mark(tmp_path: Path) -> None:
    marked = zipped("Zoë.ipynb")
    unmarked = bytearray(marked)
    for start in (6, marked.index(b"PK\x01\x02") + 8):
        struct.pack_into("<H", unmarked, start, 0)  # the flags
    assert [*read_zip(tmp_path, marked)] == [*read_zip(tmp_path, bytes(unmarked))] == ["Zoë"]
    other = bytes(unmarked).replace("Zoë".encode(), b"Zo\xff\xfe")  # no UTF-8
    assert len(read_zip(tmp_path, other)) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "no zip that can be read"), (b"PK\x03\x04 and no more", "no zip"), (zipped("a.ipynb")[:-30], "no zip")],
    ids=["empty", "its first bytes", "cut off"],
)
def test_what_is_no_zip_is_said_to_be_none(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(GradingError, match=words):
        read_zip(tmp_path, content)
    write(tmp_path / "class", "ada.zip", "alan.ipynb", content=content)
    ada, alan = submissions(tmp_path / "class")
    assert words in ada.notes[0]
    assert len(alan.notebooks) == 1


def test_a_locked_file_needs_its_password(tmp_path: Path) -> None:
    content = bytearray(zipped("ada.ipynb"))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    (student,) = read_zip(tmp_path, bytes(content)).values()
    assert reason(student) == "it needs a password"


def test_links_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere", "06.ipynb")
    place = write(tmp_path / "class", "ada/08.ipynb")
    (place / "bob").symlink_to(tmp_path / "elsewhere")
    (place / "eve.ipynb").symlink_to("/etc/passwd")
    os.mkfifo(place / "pip.ipynb")
    found = {each.name: each for each in submissions(place)}
    assert found["bob"].notes[0] == "bob: a link or something else that is no file"
    assert reason(found["eve"]) == reason(found["pip"]) == "a link or something else that is no file"


def test_folders_within_folders_end_somewhere(tmp_path: Path) -> None:
    write(tmp_path, "bob.ipynb")
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1100):  # deeper than a path may be long
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    try:
        bob, deep = submissions(tmp_path)
    finally:
        subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)  # for which Python's own way is not made
    assert len(bob.notebooks) == 1
    assert f"what lies in more than {DEEPEST} folders within one another was not looked at" in deep.notes[0]


def test_what_may_not_be_read_is_said(tmp_path: Path) -> None:
    place = write(tmp_path, "ada/06.ipynb", "bob.ipynb", "cleo.ipynb")
    (place / "ada").chmod(0)
    (place / "bob.ipynb").chmod(0)
    root = os.geteuid() == 0
    if root:  # may read everything: be somebody else for a moment
        for above in (place, *place.parents[:-2]):
            above.chmod(0o755)
        os.seteuid(65534)
    try:
        found = {each.name: each for each in submissions(place)}
        assert found["ada"].notes[0] == "ada: cannot be read: Permission denied"
        assert reason(found["bob"]) == "cannot be read: Permission denied"
        assert found["cleo"].notebooks[0].read() == b"{}"
    finally:
        if root:
            os.seteuid(0)
        (place / "ada").chmod(0o700)


# When


def test_a_zip_says_when_in_the_clock_of_this_machine_or_in_utc(tmp_path: Path) -> None:
    local = zipfile.ZipInfo("a.ipynb", (2026, 12, 1, 18, 0, 0))
    exact = zipfile.ZipInfo("b.ipynb", (2026, 12, 1, 3, 0, 0))
    exact.extra = struct.pack("<HHBi", 0x5455, 5, 1, 1_800_000_000)
    never = zipfile.ZipInfo("c.ipynb", (1980, 0, 0, 0, 0, 0))
    found = read_zip(tmp_path, zipped(local, exact, never))
    assert found["a"].notebooks[0].modified == time.mktime((2026, 12, 1, 18, 0, 0, 0, 0, -1))
    assert found["b"].notebooks[0].modified == 1_800_000_000
