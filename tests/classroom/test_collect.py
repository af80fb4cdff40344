"""From the homes of a class to a folder, and feedback back, whatever a student laid in the way."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from classroom import collect as collecting
from classroom import grading, isolation
from classroom.collect import collect, hand_back, main, students
from classroom.grades import GradingError, Row

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="grading works on Linux alone")
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another account")
ANN, BEN = 54321, 54322  # numbers of accounts; they need not have names


@pytest.fixture
def homes(tmp_path: Path) -> Path:
    """Two homes as they are on a server, with a secret beside them."""
    for name in ("ann", "ben"):
        work = tmp_path / "homes" / name / "classification"
        work.mkdir(parents=True)
        (work / "06_softmax.ipynb").write_text(f"{name} 06")
        (work / "08_digits.ipynb").write_text(f"{name} 08")
        (work / "notes.txt").write_text("x")
        os.utime(work / "06_softmax.ipynb", (1_800_000_000, 1_800_000_000))
    (tmp_path / "homes" / "lost+found").mkdir()
    (tmp_path / "secret").write_text("secret")
    return tmp_path / "homes"


def given_to(homes: Path, name: str, account: int) -> None:
    """Let an account own its home, closed to all others."""
    for path in [homes / name, *(homes / name).rglob("*")]:
        os.chown(path, account, account, follow_symlinks=False)
    (homes / name).chmod(0o700)
    for above in homes.parents:  # as /home is, unlike the folders of a test
        if above.is_relative_to("/tmp") and above != Path("/tmp"):
            above.chmod(above.stat().st_mode | 0o055)


def test_notebooks_come_with_their_times(homes: Path, tmp_path: Path) -> None:
    said = collect(tmp_path / "in", homes, students(homes), ["6"])
    assert said == (f"Notebooks of 2 students are in {tmp_path / 'in'}.", [])
    found = {str(path.relative_to(tmp_path / "in")): path for path in (tmp_path / "in").rglob("*.ipynb")}
    assert [*sorted(found)] == ["ann/06_softmax.ipynb", "ben/06_softmax.ipynb"]
    assert found["ann/06_softmax.ipynb"].read_text() == "ann 06"
    assert found["ann/06_softmax.ipynb"].stat().st_mtime == 1_800_000_000
    assert (tmp_path / "in" / "ann").stat().st_mode & 0o777 == 0o700


def test_without_a_lesson_all_notebooks_come(homes: Path, tmp_path: Path) -> None:
    collect(tmp_path / "in", homes, ["ann"])
    assert len([*(tmp_path / "in").rglob("*.*")]) == 2


def test_names_come_from_a_file(homes: Path, tmp_path: Path) -> None:
    (tmp_path / "list").write_text("ann\ncleo\n")
    names = students(homes, tmp_path / "list")
    assert names == ["ann", "cleo"]
    said = collect(tmp_path / "in", homes, names)
    assert said.troubles == ["cleo: No such file or directory"]
    (tmp_path / "list").write_text("../secret\n")
    with pytest.raises(GradingError, match=r"expected names of accounts; got \.\./secret"):
        students(homes, tmp_path / "list")


def lay_traps(homes: Path) -> None:
    """What a student may lay in the way of who reads as root."""
    work = homes / "ann" / "classification"
    secret = homes.parent / "secret"
    (work / "06_link.ipynb").symlink_to(secret)
    os.link(secret, work / "06_second_name.ipynb")
    os.mkfifo(work / "06_pipe.ipynb")
    (work / "06_folder.ipynb").mkdir()
    (work / "feedback").symlink_to(homes.parent)


def test_no_trap_gives_away_a_file(homes: Path, tmp_path: Path) -> None:
    lay_traps(homes)
    said = collect(tmp_path / "in", homes, ["ann"])
    assert sorted(path.name for path in (tmp_path / "in" / "ann").iterdir()) == [
        "06_softmax.ipynb",
        "08_digits.ipynb",
    ]
    assert [each.split(": ")[1] for each in said.troubles] == [
        f"06_{name}.ipynb" for name in ("folder", "link", "pipe", "second_name")
    ]


@pytest.mark.parametrize("part", ["ann", "ann/classification"])
def test_a_linked_home_or_folder_is_not_entered(homes: Path, tmp_path: Path, part: str) -> None:
    os.rename(homes / part, homes.parent / "moved")
    (homes / part).symlink_to(homes.parent / "moved")
    said = collect(tmp_path / "in", homes, ["ann"])
    assert len(said.troubles) == 1
    assert not (tmp_path / "in").exists()


def test_what_is_too_large_stays(homes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "LARGEST", 3)
    said = collect(tmp_path / "in", homes, ["ann"])
    assert len(said.troubles) == 2
    monkeypatch.setattr(collecting, "LARGEST", 100)
    monkeypatch.setattr(collecting, "MOST", 3)
    said = collect(tmp_path / "in", homes, ["ann"])
    assert "what comes after 06_softmax.ipynb is not taken" in said.troubles[0]


def feedback(folder: Path) -> Path:
    folder.mkdir()
    (folder / "ann.html").write_text("for Ann")
    return folder


def test_feedback_goes_back(homes: Path, tmp_path: Path) -> None:
    for _ in range(2):  # the second time it is replaced
        said = hand_back(
            tmp_path / "back" if (tmp_path / "back").exists() else feedback(tmp_path / "back"), homes, ["ann", "ben"]
        )
    assert said.done.startswith("Feedback of 1 student is in their homes")
    assert said.done.endswith("There is none for ben.")
    path = homes / "ann" / "classification" / "feedback" / "feedback.html"
    assert path.read_text() == "for Ann"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["feedback.html"]


def test_feedback_goes_through_no_link(homes: Path, tmp_path: Path) -> None:
    lay_traps(homes)
    said = hand_back(feedback(tmp_path / "back"), homes, ["ann"])
    assert len(said.troubles) == 1
    assert not (tmp_path / "feedback.html").exists()
    (homes / "ann" / "classification" / "feedback").unlink()
    (homes / "ann" / "classification" / "feedback").mkdir()
    (homes / "ann" / "classification" / "feedback" / "feedback.html").symlink_to(tmp_path / "secret")
    assert hand_back(tmp_path / "back", homes, ["ann"]).troubles == []
    assert (tmp_path / "secret").read_text() == "secret"
    assert not (homes / "ann" / "classification" / "feedback" / "feedback.html").is_symlink()


def test_one_round_finds_its_way_back(homes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The roster gives full names, and what is handed back goes by accounts all the same."""
    for name in ("ann", "ben"):
        cells = '{"cells": [{"cell_type": "code", "source": "x"}]}'
        (homes / name / "classification" / "06_softmax.ipynb").write_text(cells)
    (tmp_path / "students.csv").write_text("name,login\nZoë van Dam,ann\nBen Li,ben\nCleo,cleo\n", encoding="utf-8")
    monkeypatch.setattr(grading, "grade_cells", lambda _: ([Row("06.1", "right", card="<p>card</p>")], True))
    monkeypatch.setattr(isolation, "check_walls", lambda: None)
    there = f"--from-folder={tmp_path}"
    assert main([there, "in", "--homes", "homes", "--lesson", "06"]) == 0
    assert grading.main([there, "in", "-o", "out", "--roster", "students.csv"]) == 0
    assert main([there, "out/feedback", "--back", "--homes", "homes"]) == 0
    page = (homes / "ann" / "classification" / "feedback" / "feedback.html").read_text(encoding="utf-8")
    assert "Feedback for Zoë van Dam" in page
    assert "Cleo" in (tmp_path / "out" / "students.csv").read_text(encoding="utf-8-sig")


@root_only
def test_each_home_is_entered_as_its_owner(homes: Path, tmp_path: Path) -> None:
    given_to(homes, "ann", ANN)
    given_to(homes, "ben", BEN)
    assert collect(tmp_path / "in", homes, students(homes)).troubles == []
    assert (tmp_path / "in" / "ann" / "06_softmax.ipynb").stat().st_uid == os.geteuid() == 0
    assert hand_back(feedback(tmp_path / "back"), homes, ["ann"]).troubles == []
    path = homes / "ann" / "classification" / "feedback" / "feedback.html"
    assert (path.stat().st_uid, path.stat().st_gid, path.parent.stat().st_uid) == (ANN, ANN, ANN)


@root_only
def test_what_root_fetches_belongs_to_who_called_sudo(
    homes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_UID", str(BEN))
    monkeypatch.setenv("SUDO_GID", str(BEN))
    collect(tmp_path / "in", homes, ["ann"])
    assert {path.stat().st_uid for path in [tmp_path / "in", *(tmp_path / "in").rglob("*")]} == {BEN}


@root_only
def test_another_students_file_is_nobody_elses(homes: Path, tmp_path: Path) -> None:
    given_to(homes, "ben", BEN)
    os.link(
        homes / "ben" / "classification" / "06_softmax.ipynb", homes / "ann" / "classification" / "06_of_ben.ipynb"
    )
    given_to(homes, "ann", ANN)
    os.chown(homes / "ann" / "classification" / "06_of_ben.ipynb", BEN, BEN)
    (homes / "ann" / "classification" / "06_of_ben.ipynb").chmod(0o644)
    said = collect(tmp_path / "in", homes, ["ann"])
    assert said.troubles == ["ann: 06_of_ben.ipynb: no plain file of the student's own"]


@root_only
def test_without_root_it_is_said(homes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given_to(homes, "ann", ANN)
    (homes / "ann").chmod(0o755)
    os.chown(tmp_path, BEN, BEN)
    os.seteuid(BEN)
    try:
        assert main([f"--from-folder={tmp_path}", "in", "--homes", str(homes)]) == 1
    finally:
        os.seteuid(0)
    assert "ann: the home belongs to another account: run this as root (sudo)" in capsys.readouterr().out
