"""The course's commands: python course.py lab | test | build | grade | collect.

Each one first sees to the environment: a folder .venv beside this file, made once, checked at every start and never
used half-made. The standard library is all that this file needs. Tested on Linux; on macOS and Windows untested.
"""

import argparse
import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen

# Old Pythons must be able to parse this whole file, or they would answer with a SyntaxError instead.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(f"This course needs Python 3.11 or newer, and this is Python {sys.version.split()[0]}.")

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))
from classroom.command_lines import COLLECT, GRADE, add_collect_options, add_grade_options  # noqa: E402
from course_utils import __version__  # noqa: E402
from tools.bare_environment import bundled_pip, link, unpack  # noqa: E402
from tools.child_environment import environment, is_homeless, package_sources  # noqa: E402
from tools.container import grade as grade_in_container  # noqa: E402
from tools.locked import locked, torch  # noqa: E402
from tools.set_up_lock import lock  # noqa: E402

NAME = "classification-from-first-principles"
CPU_WHEELS = "https://download.pytorch.org/whl/cpu"
BUILDS = "nothing (every notebook), NN (one, such as 08), docs, results, slides NN or site"
# The lists of pyproject.toml: what each lets import.
MODULES = {
    "core": ("course_utils", "ipywidgets", "matplotlib.font_manager", "numpy", "pooch", "sklearn"),
    "torch": ("torch",),
    "lab": ("jupyterlab", "jupyterlab.labapp"),
    "test": ("jupytext", "nbval", "pytest"),
    "site": ("myst_nb", "sphinx_book_theme", "sphinx_revealjs"),
    "class": ("jupyterhub",),
}
# Imports all of each argument, the arguments side by side: most of the time goes into compiling.
IMPORT = """if True:
    import subprocess, sys
    started = [subprocess.Popen([sys.executable, "-I", "-c", "import " + names]) for names in sys.argv[1:]]
    sys.exit(any([process.wait() for process in started]))"""
LEARNER = {"core", "lab"}  # what everybody has
ADVICE = dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "Copy the course into a folder of your own")
ADVICE |= dict.fromkeys((errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)), "The disk is full: make room")


class SetUpError(Exception):
    """The environment could not be made; the message is for the learner."""


def main(arguments: list[str]) -> int:
    """Run one command and return the exit status."""
    parser = argparse.ArgumentParser(prog="course.py", allow_abbrev=False, description="The course's commands.")
    parser.add_argument("--version", action="version", version=f"{NAME} {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    lab_parser = commands.add_parser("lab", help="open the lessons in JupyterLab", allow_abbrev=False)
    lab_parser.add_argument("--no-browser", action="store_true", help="print the address and open no browser")
    lab_parser.add_argument("--port", type=int, help="the port to try first (8888 if not given)")
    commands.add_parser("test", help="check everything, or run pytest with the arguments given", allow_abbrev=False)
    build_parser = commands.add_parser("build", help="build notebooks, results, slides, site", allow_abbrev=False)
    build_parser.add_argument("what", nargs="*", help=BUILDS)
    add_grade_options(commands.add_parser("grade", help=GRADE, description=GRADE, allow_abbrev=False))
    add_collect_options(commands.add_parser("collect", help=COLLECT, description=COLLECT, allow_abbrev=False))
    options, rest = parser.parse_known_args(arguments)
    if rest and options.command != "test":
        parser.error(f"unknown: {' '.join(rest)}")
    what = " ".join(getattr(options, "what", []))
    if not re.fullmatch(r"|\d\d|docs|results|slides \d\d|site", what):
        parser.error(f"build: expected {BUILDS}; got {what}")
    if options.command == "grade" and (options.engine or sys.platform != "linux"):
        return grade_in_container(ROOT, options)
    if is_homeless():
        say("You have no home folder that can be written to: what would be kept there is kept in work/.course/home.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # being ended is like Ctrl-C: children go first
    try:
        if options.command == "lab":
            return lab(ROOT, options.no_browser, options.port)
        lists, module, words = task(options, rest, arguments[1:])
        return call(ROOT, set_up(ROOT, lists), module, *words)
    except SetUpError as error:
        say(str(error))
    except OSError as error:
        say(f"{error}. {ADVICE[error.errno]} and start again." if error.errno in ADVICE else str(error))
    except KeyboardInterrupt:
        say("\nInterrupted. Start again when you like.")
        return 130
    return 1


def task(options: argparse.Namespace, rest: list[str], words: list[str]) -> tuple[set[str], str, list[str]]:
    """Return the lists that a command needs, the module that does it, and the module's arguments."""
    if options.command in ("grade", "collect"):
        # The child works in this folder, whatever folder the teacher's paths were meant from.
        module = "classroom.grading" if options.command == "grade" else "classroom.collect"
        return LEARNER, module, [f"--from-folder={os.getcwd()}", *words]
    if options.command == "test":
        more = {"site", "class"} if {"--all", "--rest"} & {*rest} else set()
        return LEARNER | {"test"} | more, "tools.check", rest
    if not options.what or options.what[0].isdigit():
        return LEARNER | {"test"}, "tools.build", options.what
    tool, *pages = options.what
    return LEARNER | {"test"} | ({"site"} if tool in ("site", "slides") else set()), f"tools.{tool}", pages


def lab(root: Path, no_browser: bool, port: int | None) -> int:
    """Open JupyterLab at the learner's copy of the first lesson, until Ctrl-C; new data may come meanwhile."""
    python = set_up(root, LEARNER, wait_for_data=False)
    command = [str(python), "-m", "tools.start_lab", *["--no-browser"] * no_browser, *[f"--port={port}"] * bool(port)]
    process = Popen(command, cwd=root, env=environment(root, python))
    try:
        return process.wait()
    except KeyboardInterrupt:
        # The terminal's Ctrl-C reaches JupyterLab too; where only this process was told, pass it on.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=3)
        process.terminate()
        process.wait()
        return 0


# The environment


def set_up(root: Path, lists: set[str], wait_for_data: bool = True) -> Path:
    """Return the Python that has what the lists name, having made or completed its environment where it lacked it."""
    conda = conda_python(root)
    if conda:
        return conda
    if not (fault(root) or is_outdated(root, lists)):
        return venv_python(root / ".venv")
    with lock(root / "work" / ".course" / "lock"):
        # Another process may have finished the work while this one waited.
        why = fault(root)
        if why:
            make(root, why, lists)
            fetch_data(root, wait_for_data)
        elif is_outdated(root, lists):
            say("Bringing .venv up to date with what this needs.")
            install(root, lists | MODULES.keys() & stamped(root))
    return venv_python(root / ".venv")


def conda_python(root: Path) -> Path | None:
    """Return this Python where it is an active conda environment's and holds this very course."""
    import importlib.metadata  # not at the top: the oldest Pythons lack it and are to reach their sentence

    if os.environ.get("CONDA_PREFIX") != sys.prefix:
        return None
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        origin = importlib.metadata.distribution(NAME).read_text("direct_url.json")
        if origin and json.loads(origin)["url"] == root.as_uri():
            return Path(sys.executable)
    return None


def venv_python(venv: Path, platform: str = sys.platform) -> Path:
    """Return where a virtual environment keeps its Python."""
    return venv / "Scripts" / "python.exe" if platform == "win32" else venv / "bin" / "python"


def stamp(root: Path) -> Path:
    """Return the file whose presence says that the set-up ran to its end."""
    return root / ".venv" / "course-stamp.txt"


def stamped(root: Path) -> set[str]:
    """Return what the stamp says: the lists that are installed, and a fingerprint of what they were made from."""
    return {*stamp(root).read_text(encoding="utf-8").split()}


def fingerprint(root: Path) -> str:
    """Return a hash of all that decides what .venv must hold."""
    digest = hashlib.sha256(os.fsencode(root) + (root / "requirements.lock").read_bytes())
    config = (root / ".venv" / "pyvenv.cfg").read_text(encoding="utf-8")
    digest.update("".join(re.findall(r"^version\s*=\s*(\d+\.\d+)", config, re.MULTILINE)).encode())
    return digest.hexdigest()


def is_outdated(root: Path, lists: set[str]) -> bool:
    """Say whether a sound .venv was made for another state of the course, or without one of the lists."""
    return not {fingerprint(root), *lists} <= stamped(root)


def modules(installed: set[str]) -> list[str]:
    """Return what must import where these lists are installed."""
    return sorted(name for each in installed for name in MODULES.get(each, ()))


def fault(root: Path) -> str:
    """Say what keeps .venv from being used; empty where nothing does."""
    if not os.path.lexists(root / ".venv"):
        return "there is none yet"
    if not stamp(root).is_file():
        return "its set-up did not finish"
    look = (
        "import importlib.util as u, sys\n"
        "found = {name: u.find_spec(name) for name in sys.argv[2:]}\n"
        "lost = [name for name, spec in found.items() if not (spec and spec.origin)]\n"
        "sys.exit('it lacks ' + ', '.join(lost) if lost else\n"
        "    None if found['course_utils'].origin.startswith(sys.argv[1]) else 'it belongs to another folder')"
    )
    wanted = [name for name in modules(stamped(root) | {"core"}) if "." not in name]
    # Isolated (-I), so that neither this folder nor the user's variables can stand in for what is missing.
    command = [str(venv_python(root / ".venv")), "-I", "-c", look, str(root / "course_utils"), *wanted]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return "its Python does not run"
    lines = answer.stderr.strip().splitlines() or ["its Python does not run"]
    return lines[-1] if answer.returncode else ""


def make(root: Path, why: str, lists: set[str]) -> None:
    """Make .venv from nothing, throwing away what is there."""
    if os.path.lexists(root / ".venv"):
        say(f"The environment in .venv is broken ({why}) and is made anew.")
        remove(root / ".venv")
    free = shutil.disk_usage(root).free
    if free < 2e9:
        raise SetUpError(f"The set-up needs 2 GB, and the disk of {root} has {free / 1e9:.1f}: make room first.")
    say("Setting up, once: about 2 GB on disk, and a minute or two.")
    # Run from inside .venv, this Python is about to lose its home: ask for the one it was made from.
    base = getattr(sys, "_base_executable", None) or sys.executable
    pip = bundled_pip()
    run(root, "an empty environment", base, "-m", "venv", *["--without-pip"] * len(pip), str(root / ".venv"))
    unpack(pip, root / ".venv")
    install(root, lists)


def remove(venv: Path) -> None:
    """Delete .venv, the stamp first, so that an interruption leaves nothing that looks sound."""
    try:
        if venv.is_symlink() or venv.is_file():
            venv.unlink()
        else:
            (venv / "course-stamp.txt").unlink(missing_ok=True)
            shutil.rmtree(venv)
    except OSError as error:
        raise SetUpError(f"Could not remove .venv ({error}). Close what is using it and start again.") from error


def install(root: Path, lists: set[str]) -> None:
    """Fill .venv: uv, torch by itself, the rest, then proof that it imports; the stamp comes last."""
    stamp(root).unlink(missing_ok=True)
    python = venv_python(root / ".venv")
    sources = package_sources(python)
    tool = [str(python), "-m", "pip", "install", "--progress-bar", "off"]
    try:
        run(root, "the installer, uv", *tool, "--no-deps", "-r", pins(root, {"set-up"}), **sources)
        tool = [str(python.with_name("uv")), "pip", "install", "--python", str(python)]
    except SetUpError:
        say("  uv cannot be had here: pip does it alone, which takes a few times longer.")
    lists = lists - {"torch"} | ({"torch"} if install_torch(root, tool, sources) else set())
    run(root, "JupyterLab and the other packages", *tool, "--no-deps", "-r", pins(root, lists), **sources)
    link(root, root / ".venv")
    # The font list takes matplotlib seconds to make and a warning in the first lesson's output to announce.
    several = [", ".join(modules(part)) for part in (lists - {"torch"}, lists & {"torch"})]
    run(root, "a first import of everything", str(python), "-I", "-c", IMPORT, *filter(None, several))
    stamp(root).write_text(" ".join([*sorted(lists), fingerprint(root)]), encoding="utf-8")


def install_torch(root: Path, tool: list[str], sources: dict[str, str]) -> bool:
    """Install PyTorch for the CPU, or the standard build; False where there is none for this Python and system."""
    pin = torch(root / "requirements.lock")
    # On Linux the package index's own torch brings some gigabytes of CUDA; on macOS there is but one build.
    indexes = [[]] if sys.platform == "darwin" else [["--index-url", CPU_WHEELS]]
    if "UV_FIND_LINKS" in sources:
        indexes.insert(0, ["--no-index"])  # uv looks in no folder where an index has no answer
    hasty = {**sources, "UV_HTTP_RETRIES": "0", "PIP_RETRIES": "0"}
    for index in indexes:
        with contextlib.suppress(SetUpError):
            run(root, "PyTorch for the CPU", *tool, "--no-deps", *index, pin, **hasty)
            return True
    say(f"  {CPU_WHEELS} has no answer: taking the standard PyTorch, which may download gigabytes of CUDA.")
    try:
        run(root, "the standard PyTorch", *tool, pin, **sources)
    except SetUpError as error:
        if not re.search("No solution found|No matching distribution", str(error)):
            raise
        say(f"  There is no {pin} for this Python and system: the lessons that need it will say so.")
        return False
    return True


def pins(root: Path, lists: set[str]) -> str:
    """Write down what the lock pins for these lists, hashes and all, and return the name of the file."""
    path = root / "work" / ".course" / "requirements.txt"
    path.write_text(locked(root / "requirements.lock", lists), encoding="utf-8")
    return str(path)


def run(root: Path, what: str, *command: str, **variables: str) -> None:
    """Run a step of the set-up in silence; where it fails, raise SetUpError with the last lines it wrote."""
    log = root / "work" / ".course" / "set-up.log"
    started = time.monotonic()
    say(f"  {what} ...")
    env = environment(root, Path(command[0])) | variables
    with log.open("wb") as out:
        # Open files pass on: should this process be killed, a pip that lives on still holds the lock.
        process = Popen(command, cwd=root, env=env, stdin=DEVNULL, stdout=out, stderr=STDOUT, close_fds=False)
        try:
            while process.returncode is None:
                try:
                    process.wait(timeout=30)
                except subprocess.TimeoutExpired:
                    say(f"    still at it after {time.monotonic() - started:.0f} s")
        finally:
            process.kill()
            process.wait()
    if process.returncode:
        tail = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-12:]
        tail = tail or [f"(none; the disk has {shutil.disk_usage(root).free / 1e6:.0f} MB free)"]
        raise SetUpError("\n".join([f"The set-up stopped at {what}. The last lines it wrote:", *tail]))


def fetch_data(root: Path, wait: bool) -> None:
    """Fetch the data ahead, so that no lesson has to wait; where that fails, its own words say what follows."""
    say("  MNIST and Fashion-MNIST, 42 MB ...")
    python = venv_python(root / ".venv")
    fetch = [str(python), "-m", "course_utils.datasets"]
    process = Popen(fetch, cwd=root, env=environment(root, python), stdin=DEVNULL)
    if wait:
        process.wait()


def call(root: Path, python: Path, module: str, *arguments: str) -> int:
    """Run a module of the environment, its words shown, and return the exit status."""
    command = [str(python), "-m", module, *arguments]
    return subprocess.call(command, cwd=root, env=environment(root, python), stdin=DEVNULL)


def say(text: str) -> None:
    """Print at once, also into a pipe, in whatever letters it takes."""
    letters = sys.stdout.encoding or "utf-8"
    print(text.encode(letters, "replace").decode(letters), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
