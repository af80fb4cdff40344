"""One learner's memory: readable, shared by kernels without a loss, and never in the way of a lesson."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import filelock
import pytest

from course_utils import progress_store
from course_utils._support import notices
from course_utils._support.edition import MOVED_IDS, MOVED_LESSONS
from course_utils.exercises.engine import exercises_of
from course_utils.progress_store import change, entries, progress_file, record_check
from course_utils.study.questions import questions
from course_utils.syllabus import lessons


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for the progress file, and nothing pending or told from other tests."""
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress"))
    monkeypatch.setattr(progress_store, "_pending", {})
    monkeypatch.setattr(progress_store, "_session", {section: {} for section in progress_store.FIELDS})
    monkeypatch.setattr(notices, "_told", set())
    return tmp_path / "progress"


def test_verdicts_are_counted_in_a_readable_file(folder: Path) -> None:
    record_check("06.2", "wrong", "only the diagonal")
    record_check("06.2", "wrong", "only the diagonal")
    record_check("06.2", "wrong")
    record_check("06.2", "right", None)
    expected = {"right": 1, "wrong": 3, "misconceptions": {"only the diagonal": 2}}
    assert entries("checks") == {"06.2": expected}
    text = (folder / "progress.json").read_text(encoding="utf-8")
    assert json.loads(text)["version"] == 2
    assert '\n   "right": 1,\n' in text
    assert text.startswith('{\n "version": 2')


def test_what_was_not_attempted_leaves_no_trace(folder: Path) -> None:
    record_check("06.2", "not attempted", None)
    assert entries("checks") == {}
    assert not folder.exists()


def test_the_docstring_shows_the_file_as_it_is(folder: Path) -> None:
    shown = (progress_store.__doc__ or "").partition("\n\n    {")[2]
    folder.mkdir()
    (folder / "progress.json").write_text("{" + shown, encoding="utf-8")
    assert entries("checks")["06.2"]["misconceptions"] == {"only the diagonal": 2}
    assert all(len(entries(section)) == 1 for section in progress_store.FIELDS)


def test_what_is_handed_out_is_a_copy() -> None:
    record_check("06.2", "right")
    entries("checks")["06.2"]["right"] = 9
    assert entries("checks")["06.2"]["right"] == 1


def test_an_edit_that_changes_nothing_writes_nothing(folder: Path) -> None:
    record_check("06.2", "right")
    before = (folder / "progress.json").stat()
    change("checks", "06.2", lambda old: old)
    after = (folder / "progress.json").stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)


def test_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert progress_file() == tmp_path / "progress" / "progress.json"
    monkeypatch.setenv("COURSE_PROGRESS", "~/here")
    assert progress_file() == Path.home() / "here" / "progress.json"
    monkeypatch.delenv("COURSE_PROGRESS")
    assert progress_file() is not None
    assert (progress_file() or Path()).parent.name == "classification-from-first-principles"


@pytest.mark.long
def test_set_but_empty_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_PROGRESS", "")
    monkeypatch.chdir(tmp_path)
    assert progress_file() is None
    record_check("06.2", "right")
    record_check("06.2", "right")
    assert entries("checks")["06.2"]["right"] == 2
    assert list(tmp_path.iterdir()) == []
    code = "from course_utils.progress_store import entries; print(entries('checks'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "{}\n"


@pytest.mark.long
def test_kernels_at_the_same_time_lose_nothing() -> None:
    begin = "from course_utils.progress_store import record_check"
    code = f"{begin}\nfor _ in range(40): record_check('06.2', 'wrong', 'x')"
    kernels = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) for _ in range(4)]
    assert [kernel.communicate()[0] for kernel in kernels] == [b""] * 4
    assert entries("checks") == {"06.2": {"right": 0, "wrong": 160, "misconceptions": {"x": 160}}}


NOT_OURS = {
    "half": b'{"version": 1, "checks": {"06',
    "nothing": b"",
    "a list": b"[]",
    "no version": b"{}",
    "no text": b"\xff\xfe\x00",
    "no number": b'{"version": 1, "inventory": {"before": {"answers": NaN}}}',
    "deep": b"[" * 100_000,
    "a section is a list": b'{"version": 1, "checks": []}',
    "an entry is a number": b'{"version": 1, "checks": {"06.2": 1}}',
    "a field is missing": b'{"version": 1, "checks": {"06.2": {"right": 1}}}',
    "a count is a text": b'{"version": 1, "checks": {"06.2": {"right": "1", "wrong": 0, "misconceptions": {}}}}',
    "a text counts": b'{"version": 1, "checks": {"06.2": {"right": 1, "wrong": 0, "misconceptions": {"x": "y"}}}}',
    "true counts": b'{"version": 1, "checks": {"06.2": {"right": true, "wrong": 0, "misconceptions": {}}}}',
}


@pytest.mark.parametrize("content", NOT_OURS.values(), ids=NOT_OURS.keys())
@pytest.mark.parametrize("first", ["read", "write"])
def test_a_damaged_file_is_set_aside_and_told(
    folder: Path, capsys: pytest.CaptureFixture[str], content: bytes, first: str
) -> None:
    folder.mkdir()
    (folder / "progress.json").write_bytes(content)
    if first == "read":
        assert entries("checks") == {}
    record_check("06.2", "right")
    aside = folder / "progress-set-aside-1.json"
    assert aside.read_bytes() == content
    told = capsys.readouterr().out
    assert told.startswith(
        f"Your progress file could not be understood. It is kept as {aside}, and a new one begins ("
    )
    assert told.count("\n") == 1
    assert entries("checks")["06.2"]["right"] == 1


def test_a_newer_file_and_a_second_one_are_set_aside_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder.mkdir()
    newer = '{"version": 3, "checks": "another form"}'
    for number in (1, 2):
        (folder / "progress.json").write_text(newer, encoding="utf-8")
        record_check("06.2", "right")
        assert (folder / f"progress-set-aside-{number}.json").read_text(encoding="utf-8") == newer
    assert "was written by a newer version of the course" in capsys.readouterr().out


def test_a_mark_before_the_text_loses_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record_check("06.2", "right")
    file = folder / "progress.json"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert entries("checks")["06.2"]["right"] == 1
    record_check("06.2", "right")
    assert entries("checks")["06.2"]["right"] == 2
    assert capsys.readouterr().out == ""


def test_a_field_of_a_later_day_is_kept_and_loses_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record_check("06.1", "right")
    record_check("06.2", "wrong")
    file = folder / "progress.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    content["checks"]["06.2"]["seconds"] = [3.5]
    file.write_text(json.dumps(content), encoding="utf-8")
    assert entries("checks")["06.1"]["right"] == 1
    change("checks", "06.2", lambda _: {"right": 1, "wrong": 1, "misconceptions": {}})
    assert entries("checks")["06.2"] == {"right": 1, "wrong": 1, "misconceptions": {}, "seconds": [3.5]}
    assert capsys.readouterr().out == ""
    assert [path.name for path in folder.glob("*.json")] == ["progress.json"]


def test_a_text_that_has_no_utf_8_is_kept() -> None:
    for _ in range(2):
        change("reviews", "04.q1", lambda _: {"box": 1, "lesson": "06", "answer": "half \ud800 of a pair"})
    assert entries("reviews")["04.q1"]["answer"] == "half \ud800 of a pair"


def test_what_could_not_be_read_again_is_not_written() -> None:
    record_check("06.2", "right")
    with pytest.raises(ValueError, match="JSON compliant"):
        change("predictions", "06.p1", lambda _: {"answer": float("nan"), "revealed": False})
    assert entries("checks")["06.2"]["right"] == 1
    assert entries("predictions") == {}


@pytest.mark.parametrize("chosen", ["~nosuchuser/here", None])
def test_without_a_home_it_is_kept_for_the_session_and_told(
    chosen: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_home(*_: object, **__: object) -> Path:
        raise RuntimeError("could not determine the home directory for '~/.local/share'")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("platformdirs.user_data_path", no_home)
    monkeypatch.delenv("COURSE_PROGRESS")
    if chosen is not None:
        monkeypatch.setenv("COURSE_PROGRESS", chosen)
    record_check("06.2", "wrong", "x")
    record_check("06.2", "right")
    assert entries("checks") == {"06.2": {"right": 1, "wrong": 1, "misconceptions": {"x": 1}}}
    told = capsys.readouterr().out
    assert told.startswith("Your progress cannot be kept: it lasts until this kernel stops (no home folder is known")
    assert told.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_section_of_a_later_day_is_kept(folder: Path) -> None:
    folder.mkdir()
    (folder / "progress.json").write_text('{"version": 1, "notes": {"a": 1}}', encoding="utf-8")
    record_check("06.2", "right")
    assert json.loads((folder / "progress.json").read_text(encoding="utf-8"))["notes"] == {"a": 1}


def test_a_folder_that_cannot_be_is_told_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder.write_text("a file stands where the folder should be")
    record_check("06.2", "wrong", "x")
    record_check("06.2", "right")
    assert entries("checks")["06.2"] == {"right": 1, "wrong": 1, "misconceptions": {"x": 1}}
    told = capsys.readouterr().out.splitlines()
    assert len([line for line in told if "cannot be written to" in line and "until this kernel stops" in line]) == 1
    assert len(told) <= 2


def test_a_full_disk_costs_nothing_once_there_is_room(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    record_check("06.1", "right")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("os.fsync", full)
        record_check("06.2", "right")
        record_check("06.2", "wrong")
        assert set(entries("checks")) == {"06.1", "06.2"}
        assert set(json.loads((folder / "progress.json").read_text(encoding="utf-8"))["checks"]) == {"06.1"}
        assert list(folder.glob("*.part")) == []
    assert capsys.readouterr().out.count("(No space left on device)") == 1
    record_check("06.3", "right")
    written = json.loads((folder / "progress.json").read_text(encoding="utf-8"))["checks"]
    assert written["06.2"] == {"right": 1, "wrong": 1, "misconceptions": {}}
    assert set(written) == {"06.1", "06.2", "06.3"}
    assert progress_store._pending[folder / "progress.json"] == []


def test_a_damaged_file_that_cannot_be_moved_stays(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder.mkdir()
    (folder / "progress.json").write_text("{", encoding="utf-8")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refuse)
    record_check("06.2", "right")
    assert entries("checks")["06.2"]["right"] == 1
    assert (folder / "progress.json").read_text(encoding="utf-8") == "{"
    assert "cannot be moved out of the way" in capsys.readouterr().out


def test_a_lock_that_is_never_given_back_stops_nobody(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress_store, "WAIT", 0.01)
    folder.mkdir()
    with filelock.FileLock(folder / "progress.json.lock"):
        record_check("06.2", "right")
        assert not (folder / "progress.json").exists()
    assert "cannot be written" in capsys.readouterr().out
    record_check("06.3", "right")
    assert set(json.loads((folder / "progress.json").read_text(encoding="utf-8"))["checks"]) == {"06.2", "06.3"}


@pytest.mark.long
def test_to_remember_loads_nothing_heavy() -> None:
    heavy = {"matplotlib", "scipy", "filelock", "platformdirs"}
    code = f"import sys, course_utils.progress_store; print(*{heavy!r} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


# The first edition, of thirteen lessons


def first_edition(folder: Path) -> Path:
    """Write a file of version 1 in which each old id of lessons 09 to 12 tells itself by its numbers."""
    right = {"right": 1, "wrong": 0, "misconceptions": {}}
    file = folder / "progress.json"
    folder.mkdir()
    old = [key for key in MOVED_IDS if key.partition(".")[2].isdigit()]
    content = {
        "version": 1,
        "checks": {key: right | {"misconceptions": {f"was {key}": 1}} for key in ["09.1", *old]},
        "predictions": {
            key: {"answer": f"was {key}", "revealed": True} for key in ["09.p1", *MOVED_IDS] if ".p" in key
        },
        "reviews": {
            key: {"box": 2, "lesson": lesson, "answer": f"was {key}"}
            for key, lesson in (("09.q1", "10"), ("10.q1", "11"), ("10.q2", "12"), ("11.q2", "12"), ("11.q4", "09"))
        },
        "inventory": {"before": {"answers": {"i01": "b"}}},
    }
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def test_progress_of_the_first_edition_is_carried_over_to_its_new_ids(folder: Path) -> None:
    first_edition(folder)
    checks = {key: next(iter(entry["misconceptions"])) for key, entry in entries("checks").items()}
    assert checks == {
        "09.1": "was 09.1",
        **{f"11.{n}": f"was 10.{n}" for n in range(1, 8)},
        **{f"12.{n}": f"was 11.{n}" for n in range(1, 4)},
        **{f"13.{n}": f"was 11.{n + 3}" for n in range(1, 4)},
        **{f"10.{n}": f"was 12.{n}" for n in range(1, 7)},
        "14.1": "was 12.7",
    }
    assert {key: entry["answer"] for key, entry in entries("predictions").items()} == {
        "09.p1": "was 09.p1",
        "11.p1": "was 10.p1",
        "11.p2": "was 10.p2",
        "12.p1": "was 11.p1",
        "13.p1": "was 11.p2",
        "10.p1": "was 12.p1",
        "10.p2": "was 12.p2",
    }
    assert {key: (entry["answer"], entry["lesson"]) for key, entry in entries("reviews").items()} == {
        "09.q1": ("was 09.q1", "11"),
        "11.q1": ("was 10.q1", "12"),
        "11.q2": ("was 10.q2", "14"),
        "13.q1": ("was 11.q2", "14"),
        "12.q2": ("was 11.q4", "09"),
    }
    assert entries("inventory") == {"before": {"answers": {"i01": "b"}}}


def test_it_is_carried_over_once_whatever_ids_are_written_after(folder: Path) -> None:
    file = first_edition(folder)
    assert entries("checks") == entries("checks")
    before = entries("checks")
    record_check("10.1", "wrong", "of today")
    for key in ("11.1", "12.1"):
        record_check(key, "right")
    written = json.loads(file.read_text(encoding="utf-8"))
    assert written["version"] == 2
    after = entries("checks")
    assert after.keys() == before.keys()
    assert after["10.1"] == {"right": 1, "wrong": 1, "misconceptions": {"was 12.1": 1, "of today": 1}}
    assert after["11.1"] == {"right": 2, "wrong": 0, "misconceptions": {"was 10.1": 1}}
    assert {key: after[key] for key in before.keys() - {"10.1", "11.1", "12.1"}} == {
        key: before[key] for key in before.keys() - {"10.1", "11.1", "12.1"}
    }


def test_every_new_id_of_the_table_is_an_exercise_or_a_question_of_today() -> None:
    there = {each.id for number in ("10", "11", "12", "13", "14") for each in exercises_of(number)}
    there |= questions("predictions").keys() | questions("review").keys()
    assert set(MOVED_IDS.values()) <= there
    assert len(set(MOVED_IDS.values())) == len(MOVED_IDS)
    numbers = [each.number for each in lessons()]
    assert all(new in numbers for new in MOVED_LESSONS.values())
    assert [*MOVED_LESSONS.values()] == sorted(MOVED_LESSONS.values())
