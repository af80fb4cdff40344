"""MNIST is found in every place it can be in, fetched from a real server, and stood in for when it cannot be had."""

from __future__ import annotations

import errno
import gzip
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from http_server import Mirror, closed_port, dropped_packets, forged, serve

from course_utils._support import notices, resources
from course_utils.datasets import (
    Dataset,
    __main__,
    cache,
    catalogue,
    download,
    load_fashion_mnist,
    load_mnist,
    mnist_source,
    registry,
)
from course_utils.datasets.digits import digits

REAL = os.environ.get("COURSE_DATA")
SIZES = {"mnist": (30, 20), "fashion_mnist": (12, 8)}
PARTS = {"X_train": "train-images", "y_train": "train-labels", "X_test": "t10k-images", "y_test": "t10k-labels"}
FAILURES = {
    "missing": "answered 404",
    "busy": "answered 503",
    "cut": "connection failed",
    "short": "sent a wrong file",
    "wrong": "sent a wrong file",
    "endless": "sent a wrong file",
    "silent": "no answer in time",
    "encoded-wrong": "sent a wrong file",
}

Arrays = dict[str, npt.NDArray[Any]]


# ---------------------------------------------------------------------------- a small world with a mirror of its own


class World:
    """Two small data sets as COURSE_DATA could name them, a registry of them, and an empty cache."""

    def __init__(self, root: Path) -> None:
        rng = np.random.default_rng(8)
        self.arrays = {name: _random_arrays(rng, *sizes) for name, sizes in SIZES.items()}
        self.files = {
            f"{name}/{PARTS[part]}.gz": gzip.compress(_as_idx(array), mtime=0)
            for name, arrays in self.arrays.items()
            for part, array in arrays.items()
        }
        self.cache = root / "cache"
        self.data = root / "data"
        self.registry = root / "registry.json"
        self.set_mirrors()
        for path, content in self.files.items():
            (self.data / path).parent.mkdir(parents=True, exist_ok=True)
            (self.data / path).write_bytes(content)

    def set_mirrors(self, *mirrors: str) -> None:
        self.registry.write_text(json.dumps({name: self._entry(name, mirrors) for name in SIZES}), encoding="utf-8")

    def _entry(self, name: str, mirrors: tuple[str, ...]) -> catalogue.RegisteredSet:
        files: dict[str, catalogue.RegisteredFile] = {}
        for part, array in self.arrays[name].items():
            content = self.files[f"{name}/{PARTS[part]}.gz"]
            files[part] = {
                "name": f"{PARTS[part]}.gz",
                "size": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
                "decoded_sha256": hashlib.sha256(array.tobytes()).hexdigest(),
                "shape": list(array.shape),
            }
        return {
            "title": {"mnist": "MNIST", "fashion_mnist": "Fashion-MNIST"}[name],
            "origin": "drawn at random",
            "licence": "none",
            "class_names": [f"class {i}" for i in range(10)],
            "mirrors": [f"{mirror}{name}/" for mirror in mirrors],
            "files": files,
        }

    def in_cache(self) -> list[str]:
        return sorted(path.name for path in self.cache.rglob("*")) if self.cache.is_dir() else []

    def assert_holds(self, data: Dataset, name: str) -> None:
        assert data.source == name
        for part, array in self.arrays[name].items():
            wanted = array.reshape(len(array), 784) if part[0] == "X" else array.astype(np.int64)
            got = getattr(data, part)
            assert type(got) is np.ndarray
            assert not got.flags.writeable
            np.testing.assert_array_equal(got, wanted, strict=True)


def _random_arrays(rng: np.random.Generator, n_train: int, n_test: int) -> Arrays:
    arrays = {}
    for part, n_samples in (("train", n_train), ("test", n_test)):
        arrays[f"X_{part}"] = rng.integers(0, 256, (n_samples, 28, 28), dtype=np.uint8)
        arrays[f"y_{part}"] = rng.integers(0, 10, n_samples, dtype=np.uint8)
    return arrays


def _as_idx(array: npt.NDArray[np.uint8]) -> bytes:
    lengths = b"".join(length.to_bytes(4, "big") for length in array.shape)
    return bytes([0, 0, 8, array.ndim]) + lengths + array.tobytes()


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let nothing in these tests look for a host beyond this machine."""
    look_up = socket.getaddrinfo
    strangers = []

    def look_up_here(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host != "127.0.0.1":
            strangers.append(host)
            raise OSError(f"a test reached for {host}")
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", look_up_here)
    for variable in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    yield
    assert strangers == []


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Begin as a new process would, now and whenever the returned function is called."""

    def wait_for_threads() -> None:
        for thread in download._threads.values():
            thread.join(10)
            assert not thread.is_alive()

    def begin() -> None:
        wait_for_threads()
        monkeypatch.setattr(download, "_threads", {})
        monkeypatch.setattr(download, "_failures", {})
        monkeypatch.setattr(download, "_budget_used", 0.0)
        monkeypatch.setattr(cache, "_in_memory", {})
        monkeypatch.setattr(notices, "_told", set())

    begin()
    yield begin
    wait_for_threads()


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, session: Callable[[], None]) -> World:
    world = World(tmp_path)
    monkeypatch.setattr(catalogue, "resource_path", lambda name: world.registry)
    monkeypatch.setattr(download, "PATIENCE", 0.5)
    monkeypatch.setenv("COURSE_CACHE", str(world.cache))
    monkeypatch.delenv("COURSE_DATA", raising=False)
    monkeypatch.delenv("COURSE_OFFLINE", raising=False)
    return world


@pytest.fixture
def mirror(world: World) -> Iterator[Mirror]:
    with serve(world.files) as mirror:
        yield mirror


def assert_stand_in(data: Dataset, told: str, *words: str) -> None:
    """Assert that `data` are the digits and that one line says so and why."""
    assert data.source == "digits"
    assert data.X_train is digits()["X_train"]
    assert told.count("\n") == 1
    assert told.startswith(data.note)
    for word in words:
        assert word in told


# ---------------------------------------------------------------------------------------------------------- download


@pytest.mark.parametrize(("load", "name"), [(load_mnist, "mnist"), (load_fashion_mnist, "fashion_mnist")])
def test_download(
    world: World,
    mirror: Mirror,
    session: Callable[[], None],
    capsys: pytest.CaptureFixture[str],
    load: Callable[[], Dataset],
    name: str,
) -> None:
    world.set_mirrors(mirror.url("good"))
    world.assert_holds(load(), name)
    assert len(mirror.asked) == 4
    assert len(world.in_cache()) == 4
    assert all(file.endswith(".npy") for file in world.in_cache())
    session()
    world.assert_holds(load(), name)
    assert len(mirror.asked) == 4
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("way", "words"), FAILURES.items())
@pytest.mark.long
def test_a_mirror_that_fails_leaves_nothing_behind(
    world: World, mirror: Mirror, capsys: pytest.CaptureFixture[str], way: str, words: str
) -> None:
    world.set_mirrors(mirror.url(way))
    data = load_mnist()
    assert mirror.asked
    reason = f"MNIST could not be downloaded: 127.0.0.1:{mirror.server_port}: {words}"
    assert_stand_in(data, capsys.readouterr().out, reason)
    assert world.in_cache() == []


@pytest.mark.parametrize("way", FAILURES)
@pytest.mark.long
def test_a_mirror_that_fails_gives_the_next_its_turn(
    world: World, mirror: Mirror, capsys: pytest.CaptureFixture[str], way: str
) -> None:
    world.set_mirrors(mirror.url(way), mirror.url("good"))
    world.assert_holds(load_mnist(), "mnist")
    assert len(mirror.asked) == 5
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("way", ["encoded", "encoded-twice"])
def test_a_mirror_that_calls_the_packing_an_encoding_is_as_good(
    world: World, mirror: Mirror, capsys: pytest.CaptureFixture[str], way: str
) -> None:
    world.set_mirrors(mirror.url(way))
    world.assert_holds(load_mnist(), "mnist")
    assert len(mirror.asked) == 4
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("nowhere", "words"), [(closed_port, "connection failed"), (dropped_packets, "no answer")])
@pytest.mark.long
def test_no_server(
    world: World, mirror: Mirror, capsys: pytest.CaptureFixture[str], nowhere: Any, words: str, session: Any
) -> None:
    with nowhere() as url:
        world.set_mirrors(url, url)
        assert_stand_in(load_mnist(), capsys.readouterr().out, words)
        assert world.in_cache() == []
        session()
        world.set_mirrors(url, mirror.url("good"))
        world.assert_holds(load_mnist(), "mnist")


def test_what_the_first_mirror_gave_is_not_asked_for_again(world: World, mirror: Mirror) -> None:
    wrong = f"mnist/{PARTS['X_test']}.gz"
    mirror.files[wrong] = b"something else"
    with serve(world.files) as whole:
        world.set_mirrors(mirror.url("good"), whole.url("good"))
        world.assert_holds(load_mnist(), "mnist")
    assert mirror.asked[-1] == whole.asked[0] == wrong
    assert len(mirror.asked) + len(whole.asked) == 5


@pytest.mark.long
def test_a_slow_download_goes_on_in_the_background(
    world: World, mirror: Mirror, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(download, "BUDGET", 0.2)
    monkeypatch.setattr(download, "PATIENCE", 10.0)
    world.set_mirrors(mirror.url("slow"))
    data = load_mnist()
    assert download._threads["mnist"].is_alive()
    assert_stand_in(data, capsys.readouterr().out, "slow; the download goes on in the background")
    assert world.in_cache() == []
    assert load_mnist().source == "digits"
    mirror.hurry.set()
    download._threads["mnist"].join(10)
    world.assert_holds(load_mnist(), "mnist")
    assert len(mirror.asked) == 4
    assert capsys.readouterr().out == ""


def test_all_waiting_together_stays_within_the_budget(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    granted = []

    def fetch_for_seven_seconds(name: str, seconds: float) -> str:
        nonlocal now
        granted.append(seconds)
        now += min(seconds, 7.0)
        return "slow"

    monkeypatch.setattr(download, "time", SimpleNamespace(monotonic=lambda: now))
    monkeypatch.setattr(download, "fetch", fetch_for_seven_seconds)
    for load in (load_mnist, load_fashion_mnist, load_mnist):
        assert load().source == "digits"
    assert download.BUDGET <= 10
    assert granted == pytest.approx([download.BUDGET, download.BUDGET - 7, 0])


def test_the_budget_gives_every_registered_mirror_its_turn() -> None:
    for entry in registry().values():
        assert len(entry["mirrors"]) * download.PATIENCE < download.BUDGET


def test_a_failure_is_remembered_for_both_data_sets(
    world: World, mirror: Mirror, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.set_mirrors(mirror.url("missing"))
    load_mnist()
    capsys.readouterr()
    assert load_mnist().source == "digits"
    assert capsys.readouterr().out == ""
    assert_stand_in(load_fashion_mnist(), capsys.readouterr().out, "Fashion-MNIST is not at hand", "answered 404")
    assert len(mirror.asked) == 1
    # What turns up by other ways is used all the same.
    monkeypatch.setenv("COURSE_DATA", str(world.data))
    world.assert_holds(load_mnist(), "mnist")
    world.assert_holds(load_fashion_mnist(), "fashion_mnist")


def test_a_download_may_be_forbidden(
    world: World, mirror: Mirror, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.set_mirrors(mirror.url("good"))
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    assert_stand_in(load_mnist(), capsys.readouterr().out, "COURSE_OFFLINE forbids a download")
    assert mirror.asked == []


@pytest.mark.parametrize("said", ["", "0", "false", "No", "OFF", " False "])
def test_offline_set_to_no_forbids_nothing(
    world: World, mirror: Mirror, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    world.set_mirrors(mirror.url("good"))
    monkeypatch.setenv("COURSE_OFFLINE", said)
    world.assert_holds(load_mnist(), "mnist")


@pytest.mark.parametrize("said", ["1", "true", "yes", "on", "2"])
def test_offline_set_to_anything_else_forbids_a_download(
    world: World, mirror: Mirror, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    world.set_mirrors(mirror.url("good"))
    monkeypatch.setenv("COURSE_OFFLINE", said)
    assert load_mnist().source == "digits"
    assert mirror.asked == []


# ------------------------------------------------------------------------------------------------------- COURSE_DATA


def test_course_data_needs_no_network(
    world: World, mirror: Mirror, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.set_mirrors(mirror.url("good"))
    monkeypatch.setenv("COURSE_DATA", str(world.data))
    world.assert_holds(load_mnist(), "mnist")
    assert mnist_source() == "mnist"
    assert mirror.asked == []
    assert len(world.in_cache()) == 4
    assert capsys.readouterr() == ("", "")


def _keras(path: Path, arrays: Arrays, **changes: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    named: dict[str, Any] = {part.lower(): array for part, array in (arrays | changes).items()}
    with path.open("wb") as file:  # of a name NumPy would add its own ending
        np.savez_compressed(file, **named)


def _laid_out(
    world: World, folder: str, name: str, rename: Callable[[str], str], pack: Callable[[bytes], bytes]
) -> None:
    for part, stem in PARTS.items():
        path = world.cache.parent / "people" / folder / rename(stem)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pack(_as_idx(world.arrays[name][part])))


LAYOUTS: dict[str, tuple[str, str, Callable[[str], str], Callable[[bytes], bytes]]] = {
    "torchvision": (".", "MNIST/raw", str, bytes),
    "torchvision, packed": (".", "MNIST/raw", "{}.gz".format, gzip.compress),
    "above raw": ("MNIST", "MNIST/raw", str, bytes),
    "raw itself": ("MNIST/raw", "MNIST/raw", str, bytes),
    "the folder itself": ("digits", "digits", "{}.gz".format, gzip.compress),
    "unpacked": (".", "mnist", str, bytes),
    "packed anew": (".", "mnist", "{}.gz".format, lambda plain: gzip.compress(plain, 1)),
    "not packed, though named so": (".", "mnist", "{}.gz".format, bytes),
    "dots": (".", "mnist", lambda stem: f"{stem.replace('-', '.')}.gz", gzip.compress),
    "capitals": (".", "MNIST", lambda stem: f"{stem.upper()}.GZ", gzip.compress),
    "a folder for each file": (".", "mnist", lambda stem: f"{stem}/{stem}", bytes),
}


@pytest.mark.parametrize(("chosen", "folder", "rename", "pack"), LAYOUTS.values(), ids=LAYOUTS)
def test_the_layouts_that_people_have(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    chosen: str,
    folder: str,
    rename: Callable[[str], str],
    pack: Callable[[bytes], bytes],
) -> None:
    _laid_out(world, folder, "mnist", rename, pack)
    monkeypatch.setenv("COURSE_DATA", str(world.cache.parent / "people" / chosen))
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    world.assert_holds(load_mnist(), "mnist")
    assert capsys.readouterr() == ("", "")
    # What is not there is not made of the files of the other data set, nor are these called damaged.
    assert load_fashion_mnist().source == "digits"
    assert "damaged" not in capsys.readouterr().out


@pytest.mark.parametrize("folder", ["fashion_mnist", "FashionMNIST/raw", "fashion-mnist", "Fashion-MNIST", "fashion"])
def test_two_data_sets_with_the_same_file_names_are_told_apart(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: str
) -> None:
    _laid_out(world, ".", "mnist", str, bytes)  # and MNIST at the top
    _laid_out(world, folder, "fashion_mnist", str, bytes)
    monkeypatch.setenv("COURSE_DATA", str(world.cache.parent / "people"))
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    world.assert_holds(load_mnist(), "mnist")
    world.assert_holds(load_fashion_mnist(), "fashion_mnist")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["mnist.npz", "MNIST.NPZ", "mnist/mnist.npz"])
@pytest.mark.parametrize("dtype", [np.uint8, np.int64])
def test_the_archive_of_keras(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, dtype: type
) -> None:
    people = world.cache.parent / "people"
    _keras(people / name, {part: array.astype(dtype) for part, array in world.arrays["mnist"].items()})
    monkeypatch.setenv("COURSE_DATA", str(people))
    world.assert_holds(load_mnist(), "mnist")
    assert len(world.in_cache()) == 4
    assert capsys.readouterr() == ("", "")


class _Hostile:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("executed",)


def test_an_archive_that_holds_anything_else_is_told_and_not_used(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], session: Callable[[], None]
) -> None:
    people, arrays = world.cache.parent / "people", world.arrays["mnist"]
    monkeypatch.setenv("COURSE_DATA", str(people))
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    monkeypatch.chdir(world.cache.parent)
    X = arrays["X_train"].copy()
    X[3, 3, 3] ^= 1
    wrong: list[Any] = [
        X,
        X.astype(float) / 255,
        arrays["X_train"].astype(np.int64) + 256,
        X[1:],
        np.zeros((9, 10**6), np.uint8),
        np.array([_Hostile()], dtype=object),
    ]
    for each in wrong:
        _keras(people / "mnist.npz", arrays, X_train=each)
        session()
        assert load_mnist().source == "digits"
        assert f"COURSE_DATA: {people / 'mnist.npz'} is damaged or another file" in capsys.readouterr().out
        assert not [file for file in world.in_cache() if "X_train" in file]
    for content in (b"", b"PK\x03\x04" + bytes(60), (people / "mnist.npz").read_bytes()[:200]):
        (people / "mnist.npz").write_bytes(content)
        session()
        assert load_mnist().source == "digits"
        assert "is damaged or another file" in capsys.readouterr().out
    assert not Path("executed").exists()


@pytest.mark.parametrize("variable", ["COURSE_DATA", "COURSE_CACHE"])
def test_a_home_that_nobody_has_is_told_and_survived(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str
) -> None:
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    monkeypatch.setenv("COURSE_DATA", str(world.data))
    monkeypatch.setenv(variable, "~nosuchuser/data")
    data, told = load_mnist(), capsys.readouterr().out
    assert "no home folder is known for ~nosuchuser/data" in told
    assert told.count("\n") == 1
    if variable == "COURSE_DATA":
        assert data.source == "digits"
    else:
        world.assert_holds(data, "mnist")
        assert "cannot be written: the data stay in memory" in told
        assert load_mnist().X_train is data.X_train
        assert not cache.is_persistent()
        assert __main__.main() == 1


def test_a_user_without_a_home_has_the_data_in_memory(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_home(*_: object, **__: object) -> Path:
        raise RuntimeError("could not determine the home directory for '~/.cache'")

    monkeypatch.delenv("COURSE_CACHE")
    monkeypatch.setattr("platformdirs.user_cache_path", no_home)
    monkeypatch.setenv("COURSE_DATA", str(world.data))
    world.assert_holds(load_mnist(), "mnist")
    assert capsys.readouterr().out == (
        "The cache folder cannot be written: the data stay in memory (no home folder is known for this user).\n"
    )


def _forge(path: Path) -> None:
    size = path.stat().st_size
    path.write_bytes(forged(path.read_bytes()))
    assert path.stat().st_size == size


WRONG_FILES: dict[str, Callable[[Path], Any]] = {
    "another": _forge,
    "damaged": lambda path: path.write_bytes(path.read_bytes()[:-1] + b"!"),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "huge": lambda path: os.truncate(path, 2**40),  # takes no room on the disk, but would in memory
}


@pytest.mark.parametrize("spoil", WRONG_FILES.values(), ids=WRONG_FILES)
def test_a_wrong_file_in_course_data_is_named_and_never_used(
    world: World,
    mirror: Mirror,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[Path], Any],
) -> None:
    path = world.data / "mnist" / f"{PARTS['X_train']}.gz"
    spoil(path)
    world.set_mirrors(mirror.url("good"))
    monkeypatch.setenv("COURSE_DATA", str(world.data))
    world.assert_holds(load_mnist(), "mnist")
    assert mirror.asked == [f"mnist/{PARTS['X_train']}.gz"]
    told = capsys.readouterr().out
    assert told.startswith(f"COURSE_DATA: {path} is damaged or another file, and is not used (")
    assert told.count("\n") == 1


def test_a_folder_without_the_files_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COURSE_DATA", str(world.cache))
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    missing = f"COURSE_DATA: no usable {PARTS['X_train']}.gz and 3 more in {world.cache / 'mnist'}"
    assert_stand_in(load_mnist(), capsys.readouterr().out, missing, "COURSE_OFFLINE")
    assert world.in_cache() == []


# ------------------------------------------------------------------------------------------------------------- cache


@pytest.fixture
def filled(world: World, monkeypatch: pytest.MonkeyPatch, session: Callable[[], None]) -> World:
    """A world whose cache holds MNIST, in a new session."""
    monkeypatch.setenv("COURSE_DATA", str(world.data))
    load_mnist()
    session()
    return world


def test_the_cache_serves_when_everything_else_is_gone(
    filled: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("COURSE_DATA")
    filled.assert_holds(load_mnist(), "mnist")
    assert capsys.readouterr() == ("", "")


def _as_other_npy(path: Path, array: npt.NDArray[Any]) -> None:
    np.save(path, array, allow_pickle=True)


DAMAGES: dict[str, Callable[[Path], Any]] = {
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"!"),
    "noise": lambda path: path.write_bytes(bytes(range(256)) * 100),
    "header": lambda path: path.write_bytes(path.read_bytes().replace(b"'shape': (", b"'shape': [")),
    "other order": lambda path: _as_other_npy(path, np.asfortranarray(np.load(path))),
    "other type": lambda path: _as_other_npy(path, np.load(path).view(np.int8)),
    "other shape": lambda path: _as_other_npy(path, np.load(path).T.copy()),
    "objects": lambda path: _as_other_npy(path, np.array([print, len], dtype=object)),
    "archive": lambda path: path.write_bytes(b"PK\x03\x04" + bytes(60)),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_array_is_thrown_away_and_made_anew(
    filled: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    session: Callable[[], None],
    damage: Callable[[Path], Any],
) -> None:
    path = next(filled.cache.glob("mnist-X_train-*.npy"))
    good = path.read_bytes()
    damage(path)
    assert path.read_bytes() != good
    filled.assert_holds(load_mnist(), "mnist")
    assert path.read_bytes() == good
    assert len(filled.in_cache()) == 4
    # Where it cannot be made anew, it is gone all the same.
    damage(path)
    monkeypatch.delenv("COURSE_DATA")
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    session()
    assert_stand_in(load_mnist(), capsys.readouterr().out)
    assert not path.exists()


@pytest.mark.parametrize("label", [-1, 10, 99])
def test_a_label_out_of_range_in_the_cache_is_never_handed_out(filled: World, label: int) -> None:
    path = next(filled.cache.glob("mnist-y_test-*.npy"))
    good = path.read_bytes()
    y = np.load(path)
    y[7] = label
    np.save(path, y)
    filled.assert_holds(load_mnist(), "mnist")
    assert path.read_bytes() == good


def test_a_changed_registry_never_meets_an_old_array(filled: World, monkeypatch: pytest.MonkeyPatch) -> None:
    old = filled.in_cache()
    changed = filled.arrays["mnist"]["y_test"]
    changed[:] = 9 - changed
    name = f"mnist/{PARTS['y_test']}.gz"
    filled.files[name] = gzip.compress(_as_idx(changed), mtime=0)
    (filled.data / name).write_bytes(filled.files[name])
    filled.set_mirrors()
    filled.assert_holds(load_mnist(), "mnist")
    assert len(set(filled.in_cache()) - set(old)) == 1


def _fail_half_way(file: Any, array: npt.NDArray[Any], **_: Any) -> None:
    file.write(array.tobytes()[: array.nbytes // 2])
    raise OSError(errno.ENOSPC, "No space left on device")


def _refuse(*_: Any, **__: Any) -> None:
    raise OSError(errno.EROFS, "Read-only file system")


@pytest.mark.parametrize(
    ("owner", "function", "failure", "words"),
    [
        (np, "save", _fail_half_way, "No space left on device"),
        (os, "fsync", _refuse, "Read-only file system"),
        (Path, "replace", _refuse, "Read-only file system"),
        (Path, "mkdir", _refuse, "Read-only file system"),
    ],
)
def test_a_cache_that_cannot_be_written(
    world: World,
    mirror: Mirror,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    owner: Any,
    function: str,
    failure: Any,
    words: str,
) -> None:
    world.set_mirrors(mirror.url("good"))
    monkeypatch.setenv("COURSE_DATA", str(world.data))
    monkeypatch.setattr(owner, function, failure)
    first = load_mnist()
    monkeypatch.delenv("COURSE_DATA")
    fetched = load_fashion_mnist()
    world.assert_holds(first, "mnist")
    world.assert_holds(fetched, "fashion_mnist")
    assert load_mnist().X_train is first.X_train
    told = capsys.readouterr().out
    assert told.count("\n") == 1
    assert f"{world.cache} cannot be written: the data stay in memory ({words})" in told
    assert world.in_cache() == []


def test_a_file_in_the_place_of_the_cache_folder(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.cache.write_text("not a folder", encoding="utf-8")
    monkeypatch.setenv("COURSE_DATA", str(world.data))
    world.assert_holds(load_mnist(), "mnist")
    assert capsys.readouterr().out.count("\n") == 1
    assert world.cache.read_text(encoding="utf-8") == "not a folder"


def test_unfinished_files_of_killed_processes_are_swept(filled: World) -> None:
    old, new = filled.cache / "mnist.old.part", filled.cache / "mnist.new.part"
    old.touch()
    new.touch()
    os.utime(old, (time.time() - 2 * cache.STALE_AFTER,) * 2)
    load_mnist()
    assert not old.exists()
    assert new.exists()


def run(world: World, code: str, **variables: str) -> subprocess.Popen[str]:
    """Start a Python that sees this world, and runs `code`."""
    begin = f"""
        from pathlib import Path
        from course_utils.datasets import cache, catalogue, load_mnist
        catalogue.resource_path = lambda name: Path({str(world.registry)!r})
    """
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(begin) + textwrap.dedent(code)],
        env=os.environ | variables,
        cwd=resources.PACKAGE.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.long
def test_kernels_that_start_at_once_share_one_cache(world: World) -> None:
    # Thirty empty caches one after the other; at each the four wait for one another.
    code = """
        import hashlib, os, time
        base = os.environ["COURSE_CACHE"]
        for i in range(30):
            os.environ["COURSE_CACHE"] = f"{base}/{i}"
            here = Path(f"{base}/ready-{i}")
            here.mkdir(parents=True, exist_ok=True)
            (here / str(os.getpid())).touch()
            while len(list(here.iterdir())) < 4:
                time.sleep(0.0005)
            data = load_mnist()
            content = b"".join(a.tobytes() for a in (data.X_train, data.y_train, data.X_test, data.y_test))
            print(hashlib.sha256(content).hexdigest())
    """
    wanted = b"".join(
        (array if part[0] == "X" else array.astype(np.int64)).tobytes()
        for part, array in world.arrays["mnist"].items()
    )
    kernels = [run(world, code, COURSE_DATA=str(world.data)) for _ in range(4)]
    for kernel in kernels:
        out, _ = kernel.communicate(timeout=60)
        assert out.split() == [hashlib.sha256(wanted).hexdigest()] * 30
    assert sum(name.endswith(".npy") for name in world.in_cache()) == 30 * 4
    assert not [name for name in world.in_cache() if name.endswith(".part")]


SLOW_WRITE = """
    import sys, threading, time
    import numpy as np
    save = np.save
    def slow_save(file, array, **options):
        print("writing", flush=True)
        time.sleep(WAIT)
        save(file, array, **options)
    np.save = slow_save
    def keep_all():
        for part, file in cache.missing("mnist").items():
            cache.store("mnist", part, Path(DATA, "mnist", file["name"]).read_bytes())
    threading.Thread(target=keep_all, daemon=True).start()
    time.sleep(0.2)
"""


@pytest.mark.long
def test_a_session_that_ends_leaves_no_unfinished_file(world: World) -> None:
    process = run(world, SLOW_WRITE.replace("WAIT", "0.5").replace("DATA", repr(str(world.data))))
    out, _ = process.communicate(timeout=120)
    assert out.split() == ["writing"]
    assert process.returncode == 0
    (whole,) = world.in_cache()
    assert whole.endswith(".npy")


@pytest.mark.long
def test_a_session_that_ends_does_not_wait_for_its_download(world: World, mirror: Mirror) -> None:
    world.set_mirrors(mirror.url("slow"))
    code = """
        from course_utils.datasets import download
        download.BUDGET = 0.2
        load_mnist()
    """
    out, _ = run(world, code).communicate(timeout=120)
    assert "the download goes on in the background" in out
    assert out.count("\n") == 1
    assert world.in_cache() == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
@pytest.mark.long
def test_a_child_forked_while_the_parent_writes_can_write_and_end(world: World) -> None:
    code = """
        import os
        child = os.fork()
        if child == 0:
            np.save = save
            keep_all()
            cache._end()
            sys.stdout.flush()
            os._exit(0 if cache._writing.locked() and len(cache.cached("mnist")) == 4 else 1)
        print("child", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """
    begin = SLOW_WRITE.replace("WAIT", "2").replace("DATA", repr(str(world.data)))
    out, _ = run(world, textwrap.dedent(begin) + textwrap.dedent(code)).communicate(timeout=120)
    assert "child 0" in out, out


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_session_that_is_killed_leaves_no_array(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    process = run(world, SLOW_WRITE.replace("WAIT", "60").replace("DATA", repr(str(world.data))))
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=120)
    assert not [name for name in world.in_cache() if name.endswith(".npy")]
    monkeypatch.setenv("COURSE_DATA", str(world.data))
    world.assert_holds(load_mnist(), "mnist")


# ---------------------------------------------------------------------------------------------------------- stand-in


def test_the_stand_in_has_the_form_of_mnist(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    data, fashion = load_mnist(), load_fashion_mnist()
    assert data.note == "MNIST is not at hand: these are the 1,797 digits of scikit-learn, 8x8, enlarged"
    assert fashion.note.startswith("Fashion-MNIST is not at hand: these are the 1,797 digits")
    assert fashion.source == "digits"
    assert fashion.class_names == data.class_names == tuple("0123456789")
    assert mnist_source() == "digits"
    assert data.X_train.shape == (1500, 784)
    assert data.X_test.shape == (297, 784)
    for X, y in ((data.X_train, data.y_train), (data.X_test, data.y_test)):
        assert X.dtype == np.uint8
        assert y.dtype == np.int64
        assert not X.flags.writeable
        assert not y.flags.writeable
        pictures = X.reshape(-1, 28, 28)
        inked = np.flatnonzero(pictures.any(axis=(0, 1)))
        assert (inked[0], inked[-1]) == (4, 23)
        inked = np.flatnonzero(pictures.any(axis=(0, 2)))
        assert (inked[0], inked[-1]) == (4, 23)
        assert pictures.min() == 0
        assert pictures.max() > 240
        np.testing.assert_allclose(np.bincount(y) / len(y), np.bincount(data.y_train) / 1500, atol=0.005)


def test_the_stand_in_is_legible_and_the_same_every_time() -> None:
    # The nearest training picture names the digit: pictures and labels belong together, and no row is in both halves.
    arrays = digits()
    X_train, X_test = (arrays[part].astype(np.float64) for part in ("X_train", "X_test"))
    distance = (X_test**2).sum(1)[:, None] - 2 * X_test @ X_train.T + (X_train**2).sum(1)
    assert distance.min() > 0
    assert np.mean(arrays["y_train"][distance.argmin(1)] == arrays["y_test"]) > 0.97
    again = digits.__wrapped__()
    for part, array in arrays.items():
        np.testing.assert_array_equal(again[part], array, strict=True)


def test_the_stand_in_is_upright() -> None:
    # A zero has a hole in the middle, a one does not; a seven is heavier above, a six below.
    X, y = digits()["X_train"].reshape(-1, 28, 28).astype(float), digits()["y_train"]
    mean = {digit: X[y == digit].mean(axis=0) for digit in range(10)}
    assert mean[0][12:16, 12:16].mean() < mean[1][12:16, 12:16].mean() / 3
    assert mean[7][:14].sum() > mean[7][14:].sum()
    assert mean[6][:14].sum() < mean[6][14:].sum()


# ------------------------------------------------------------------------------------------ package and command line


@pytest.mark.long
def test_the_import_is_light() -> None:
    code = "import sys, course_utils.datasets; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"sklearn", "scipy", "pooch", "requests", "urllib3", "tqdm", "torch", "matplotlib", "IPython"}
    assert "numpy" in loaded.stdout.split()
    assert heavy.isdisjoint(loaded.stdout.split())


def test_a_dataset_shows_itself_in_one_stable_line(filled: World) -> None:
    data = load_mnist()
    assert repr(data) == "Dataset(source='mnist', X_train=(30, 784), X_test=(20, 784))"
    assert data.note == "MNIST, 30 + 20 images"
    assert data.class_names == tuple(f"class {i}" for i in range(10))
    with pytest.raises(ValueError, match="read-only"):
        data.X_train[0, 0] = 1


def test_the_registry_says_all_there_is_to_say() -> None:
    assert list(registry()) == ["mnist", "fashion_mnist"]
    for entry in registry().values():
        assert len(entry["class_names"]) == len(set(entry["class_names"])) == 10
        assert all(mirror.endswith("/") for mirror in entry["mirrors"])
        assert entry["origin"]
        assert entry["licence"]
        assert list(entry["files"]) == list(PARTS)
        assert len({file["sha256"] for file in entry["files"].values()}) == 4


def test_fetching_ahead(world: World, mirror: Mirror, capsys: pytest.CaptureFixture[str]) -> None:
    world.set_mirrors(mirror.url("good"))
    assert __main__.main() == 0
    assert len(world.in_cache()) == 8
    assert capsys.readouterr().out.splitlines() == [
        "MNIST, 30 + 20 images: at hand.",
        "Fashion-MNIST, 12 + 8 images: at hand.",
        f"Cache folder: {world.cache}",
    ]


def test_fetching_ahead_tries_each_data_set(world: World, mirror: Mirror, capsys: pytest.CaptureFixture[str]) -> None:
    mirror.files = {name: content if "fashion" in name else b"lost" for name, content in mirror.files.items()}
    world.set_mirrors(mirror.url("good"))
    assert __main__.main() == 1
    told = capsys.readouterr().out
    assert "MNIST is not at hand (MNIST could not be downloaded: 127.0.0.1:" in told
    assert "Fashion-MNIST, 12 + 8 images: at hand." in told
    assert "python -m course_utils.datasets" in told


def test_fetching_ahead_into_nothing_is_no_success(
    world: World, mirror: Mirror, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.set_mirrors(mirror.url("good"))
    monkeypatch.setattr(np, "save", _fail_half_way)
    assert __main__.main() == 1
    assert "cannot be written" in capsys.readouterr().out


@pytest.mark.long
def test_fetching_ahead_as_a_command(tmp_path: Path) -> None:
    variables = {"COURSE_OFFLINE": "1", "COURSE_DATA": "", "COURSE_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, "-W", "error", "-m", "course_utils.datasets"]
    done = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stdout.count("is not at hand (COURSE_OFFLINE forbids a download)") == 2
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------------------------------------------- the real files


@pytest.fixture(scope="module")
def real() -> Iterator[dict[str, Dataset]]:
    if not REAL:
        pytest.skip("COURSE_DATA is not set: the real MNIST and Fashion-MNIST files are not checked")
    variables = {"COURSE_DATA": REAL, "COURSE_OFFLINE": "1"}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, pytest.MonkeyPatch.context() as patch:
        for variable, value in (variables | {"COURSE_CACHE": folder}).items():
            patch.setenv(variable, value)
        yield {"mnist": load_mnist(), "fashion_mnist": load_fashion_mnist()}


@pytest.mark.long
@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_real_files_are_decoded_as_they_are(real: dict[str, Dataset], name: str) -> None:
    assert REAL is not None
    data = real[name]
    assert data.source == name
    assert data.note.endswith("MNIST, 60,000 + 10,000 images")
    for part, file in registry()[name]["files"].items():
        path = Path(REAL, name, file["name"])
        assert path.stat().st_size == file["size"]
        plain = gzip.decompress(path.read_bytes())
        array = getattr(data, part)
        header = 16 if array.ndim == 2 else 8
        assert array.astype(np.uint8).tobytes() == plain[header:]
        assert array.shape == ((file["shape"][0], 784) if part[0] == "X" else (file["shape"][0],))
        assert array.dtype == (np.uint8 if part[0] == "X" else np.int64)
        assert not array.flags.writeable


@pytest.mark.long
def test_real_mnist_has_its_published_figures(real: dict[str, Dataset]) -> None:
    data = real["mnist"]
    counts = np.bincount(data.y_train) + np.bincount(data.y_test)
    assert counts.tolist() == [6903, 7877, 6990, 7141, 6824, 6313, 6876, 7293, 6825, 6958]
    assert data.y_test[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    # Mean and spread of the training pixels, as every tutorial normalises them.
    pixels = data.X_train.astype(np.float32) / 255
    assert (round(float(pixels.mean()), 4), round(float(pixels.std()), 4)) == (0.1307, 0.3081)


@pytest.mark.long
def test_real_fashion_mnist_has_its_published_figures(real: dict[str, Dataset]) -> None:
    data = real["fashion_mnist"]
    assert np.bincount(data.y_train).tolist() == [6000] * 10
    assert np.bincount(data.y_test).tolist() == [1000] * 10
    assert data.class_names[data.y_train[0]] == "Ankle boot"
    pixels = data.X_train.astype(np.float32) / 255
    assert (round(float(pixels.mean()), 4), round(float(pixels.std()), 4)) == (0.2860, 0.3530)
