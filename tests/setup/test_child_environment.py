"""Settings of other Pythons, pips and Jupyters stay out; those that say where packages come from are handed on."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

import course
from tools.child_environment import SOURCES, environment, is_homeless, package_sources

PYTHON = "PATH HOME STARTUP OPTIMIZE INSPECT SAFEPATH DONTWRITEBYTECODE"
JUPYTER = "_PATH _PREFER_ENV_PATH _TOKEN _PORT _CONFIG_PATH _NO_CONFIG LAB_DIR LAB_SETTINGS_DIR HUB_API_TOKEN"
UV = "TARGET PREFIX PYTHON NO_DEPS SYSTEM_PYTHON CONFIG_FILE OVERRIDE EXCLUDE_NEWER"
PIP = "TARGET PREFIX ROOT PYTHON DRY_RUN NO_DEPS REQUIRE_VIRTUALENV CONFIG_FILE"
OTHERS = ["VIRTUAL_ENV", "MPLBACKEND", "MATPLOTLIBRC", "JPY_PARENT_PID"]
FOREIGN = [
    *OTHERS,
    *(f"PYTHON{name}" for name in PYTHON.split()),
    *(f"JUPYTER{name}" for name in JUPYTER.split()),
    *(f"UV_{name}" for name in UV.split()),
    *(f"PIP_{name}" for name in PIP.split()),
]


@pytest.mark.parametrize("name", FOREIGN)
def test_a_variable_meant_for_another_program_is_dropped(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(name, "astray")
    assert "astray" not in environment(tmp_path, Path(sys.executable)).values()


def test_a_child_gets_the_paths_of_this_course(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PIP_USER", "1")
    monkeypatch.setenv("COURSE_DATA", "data sets")
    monkeypatch.setenv("PATH", "/usr/bin")
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR", "MPLCONFIGDIR"):
        monkeypatch.setenv(name, "/home/of/another")
    monkeypatch.chdir(tmp_path)
    seen = environment(Path("/course"), Path("/course/.venv/bin/python"))
    assert seen["PIP_USER"] == "0"
    assert seen["PATH"] == os.pathsep.join(["/course/.venv/bin", "/usr/bin"])
    assert seen["COURSE_DATA"] == str(tmp_path / "data sets")
    own = str(Path("/course/work/.course"))
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR", "MPLCONFIGDIR"):
        assert seen[name].startswith(own)


@pytest.mark.parametrize("home", ["/nonexistent", None])
def test_without_a_home_the_course_lends_one(home: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if home:
        monkeypatch.setenv("HOME", home)
    else:
        monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # what it says where there is no account either
    assert is_homeless()
    given = environment(Path("/course"), Path(sys.executable))
    assert given["HOME"] == str(Path("/course/work/.course/home"))


def test_who_has_a_home_keeps_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert not is_homeless()
    assert environment(Path("/course"), Path(sys.executable))["HOME"] == str(tmp_path)


# pip and uv for real: a small checkout whose lock pins a wheel that lies in a folder


class Wheels(NamedTuple):
    """A checkout with an environment that has pip and uv, and a folder with one wheel for its lock."""

    root: Path
    python: Path
    folder: Path
    home: Path

    def installed(self) -> bool:
        """Say whether the wheel is where it belongs."""
        return bool([*self.root.glob(".venv/lib/python*/site-packages/a_wheel.py")])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Wheels:
    root = tmp_path_factory.mktemp("Kurs ü 'q'")
    folder, home = root / "wheels", root / "home"
    for path in (folder, home, root / "course_utils", root / "work" / ".course"):
        path.mkdir(parents=True)
    (root / "course_utils" / "__init__.py").touch()
    wheel = folder / "a_wheel-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("a_wheel.py", "")
        archive.writestr("a_wheel-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: a-wheel\nVersion: 1.0\n")
        archive.writestr(
            "a_wheel-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr("a_wheel-1.0.dist-info/RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    lock = f"torch==1.0\na-wheel==1.0 \\\n    --hash=sha256:{digest}\n    # Python >=3.11; for core\n"
    (root / "requirements.lock").write_text(lock, encoding="utf-8")
    subprocess.run([sys.executable, "-m", "venv", str(root / ".venv")], check=True)
    return Wheels(root, course.venv_python(root / ".venv"), folder, home)


@pytest.fixture
def wheels(made: Wheels, monkeypatch: pytest.MonkeyPatch) -> Wheels:
    """Hand out the checkout with no setting of this machine's, and nothing installed."""
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(made.home))
    monkeypatch.setenv("PIP_CONFIG_FILE", str(made.home / "pip.conf"))
    (made.home / "pip.conf").write_text("[global]\nno-index = true\n[install]\n", encoding="utf-8")
    for path in made.root.glob(".venv/lib/python*/site-packages/a_wheel*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert not made.installed()
    return made


def tool(wheels: Wheels, name: str) -> list[str]:
    """Return what installs: the environment's pip, or the uv beside this Python."""
    if name == "pip":
        return [str(wheels.python), "-m", "pip", "install", "--progress-bar", "off"]
    return [sys.executable, "-m", "uv", "pip", "install", "--python", str(wheels.python)]


def install(wheels: Wheels, name: str) -> None:
    """Install what the lock says, as course.install does."""
    command = [*tool(wheels, name), "--no-deps", "-r", course.pins(wheels.root, {"core"})]
    course.run(wheels.root, "the packages", *command, **package_sources(wheels.python))


def configure(wheels: Wheels, how: str, option: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set pip's option in its file, or in a variable of pip's or uv's."""
    if how == "pip.conf":
        with (wheels.home / "pip.conf").open("a", encoding="utf-8") as file:
            file.write(f"{option} = {value}\n")
    else:
        monkeypatch.setenv(f"{how}_{option.upper().replace('-', '_')}", value)


@pytest.fixture(params=["pip", "uv"])
def installer(request: pytest.FixtureRequest) -> str:
    if request.param == "uv":
        pytest.importorskip("uv", reason="uv is not installed beside this Python")
    return str(request.param)


@pytest.mark.parametrize("how", ["pip.conf", "PIP"])
@pytest.mark.slow  # an environment for each
def test_where_packages_come_from_is_handed_on(
    wheels: Wheels, installer: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(course.SetUpError):
        install(wheels, installer)
    configure(wheels, how, "find-links", f"{wheels.home / 'missing'} {wheels.folder}", monkeypatch)
    if " " in str(wheels.folder):  # pip parts its folders at spaces: name it by its address
        configure(wheels, "PIP", "find-links", wheels.folder.as_uri(), monkeypatch)
    install(wheels, installer)
    assert wheels.installed()


ELSEWHERE = {
    "target": "elsewhere",
    "prefix": "elsewhere",
    "root": "elsewhere",
    "user": "true",
    "dry-run": "true",
    "no-deps": "true",
    "python": "/usr/bin/python3",
    "require-virtualenv": "true",
}


@pytest.mark.parametrize("option", ELSEWHERE)
def test_no_setting_that_sends_packages_elsewhere_is_handed_on(
    wheels: Wheels, option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for how in ("pip.conf", "PIP", "UV"):
        configure(wheels, how, option, ELSEWHERE[option], monkeypatch)
    given = environment(wheels.root, wheels.python) | package_sources(wheels.python)
    names = {name for name, value in given.items() if name.startswith(("PIP_", "UV_")) and value == ELSEWHERE[option]}
    assert names <= {"PIP_NO_INDEX", "UV_NO_INDEX"}
    assert given["PIP_USER"] == "0"


@pytest.mark.parametrize("how", ["pip.conf", "PIP", "UV"])
def test_with_all_such_settings_packages_go_where_they_belong(
    wheels: Wheels, installer: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(wheels.home)
    for option, value in ELSEWHERE.items():
        configure(wheels, how, option, value, monkeypatch)
    monkeypatch.setenv("PIP_FIND_LINKS", wheels.folder.as_uri())
    install(wheels, installer)
    assert wheels.installed()
    assert [*wheels.root.rglob("elsewhere")] == []


def test_a_wheel_with_another_hash_is_refused(
    wheels: Wheels, installer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", wheels.folder.as_uri())
    lock = wheels.root / "requirements.lock"
    text = lock.read_text(encoding="utf-8")
    lock.write_text(re.sub("sha256:.{32}", "sha256:" + "0" * 32, text), encoding="utf-8")
    with pytest.raises(course.SetUpError, match=r"(?i)hash"):
        install(wheels, installer)
    lock.write_text(text, encoding="utf-8")
    assert not wheels.installed()


VALUES = {
    "index-url": "https://one.example/simple",
    "extra-index-url": "https://two.example/simple\nhttps://three.example/simple",
    "find-links": "https://four.example/a https://four.example/b",
    "no-index": "true",
    "cert": "/etc/a.pem",
    "client-cert": "/etc/b.pem",
    "proxy": "http://proxy.example:3128",
    "trusted-host": "one.example two.example",
    "constraint": "one.txt two.txt",
    "timeout": "77",
    "default-timeout": "78",
}
FOR_UV = {
    "UV_INDEX_URL": "https://one.example/simple",
    "UV_EXTRA_INDEX_URL": "https://two.example/simple https://three.example/simple",
    "UV_FIND_LINKS": "https://four.example/a,https://four.example/b",
    "UV_NO_INDEX": "true",
    "SSL_CERT_FILE": "/etc/a.pem",
    "SSL_CLIENT_CERT": "/etc/b.pem",
    "ALL_PROXY": "http://proxy.example:3128",
    "UV_INSECURE_HOST": "one.example two.example",
    "UV_CONSTRAINT": "one.txt two.txt",
}


@pytest.mark.parametrize("how", ["pip.conf", "PIP"])
def test_every_setting_about_sources_reaches_uv(wheels: Wheels, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert VALUES.keys() == SOURCES.keys()
    (wheels.home / "pip.conf").write_text("[install]\n", encoding="utf-8")
    for option, value in VALUES.items():
        configure(wheels, how, option, value.replace("\n", "\n    "), monkeypatch)
    given = package_sources(wheels.python)
    assert {name: given[name] for name in FOR_UV} == FOR_UV
    assert given["UV_HTTP_TIMEOUT"] in ("77", "78")
    assert given["PIP_CONFIG_FILE"] == os.devnull
    assert given["PIP_EXTRA_INDEX_URL"].split() == VALUES["extra-index-url"].split()


def test_a_variable_goes_before_the_file(wheels: Wheels, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(wheels, "pip.conf", "index-url", "https://file.example", monkeypatch)
    assert package_sources(wheels.python)["UV_INDEX_URL"] == "https://file.example"
    configure(wheels, "PIP", "index-url", "https://variable.example", monkeypatch)
    assert package_sources(wheels.python)["UV_INDEX_URL"] == "https://variable.example"
