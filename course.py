"""The course's commands: python course.py lab | test | build | grade.

Each one first sees to the environment: a folder .venv beside this file, made once, checked at every start and
never used half-made. The standard library is all that this file needs. Tested on Linux; written for macOS and
Windows as well, where nobody has tried it yet.
"""

import argparse
import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

# Old Pythons must be able to parse this whole file, or they would answer with a SyntaxError instead.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(f"This course needs Python 3.11 or newer, and this is Python {sys.version.split()[0]}.")

ROOT = Path(__file__).resolve().parent
NAME = "classification-from-first-principles"
CPU_WHEELS = "https://download.pytorch.org/whl/cpu"
MODULES = ("course_utils", "ipywidgets", "jupyterlab", "matplotlib", "nbval", "numpy", "pooch", "sklearn", "torch")
BUILDS = "nothing (every notebook), NN (one, such as 08), docs, results, slides NN or site"
# Every JupyterLab that we start: saves are whole, and pictures arrive sooner.
SERVER = (
    "--ServerApp.contents_manager_class=course_utils.server.WholeFiles",
    "--ServerApp.kernel_websocket_connection_class=course_utils.server.PromptSocket",
)
# What a user's shell may set for other Pythons, and what would turn ours astray.
FOREIGN = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "MPLBACKEND")


class SetUpError(Exception):
    """The environment could not be made; the message is for the learner."""


def main(arguments: list[str]) -> int:
    """Run one command and return the exit status."""
    parser = argparse.ArgumentParser(prog="course.py", allow_abbrev=False, description="The course's commands.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    lab_parser = commands.add_parser("lab", help="open the lessons in JupyterLab", allow_abbrev=False)
    lab_parser.add_argument("--no-browser", action="store_true", help="print the address and open no browser")
    lab_parser.add_argument("--port", type=int, help="the port to try first (8888 if not given)")
    commands.add_parser("test", help="check everything, or run pytest with the arguments given", allow_abbrev=False)
    build_parser = commands.add_parser("build", help="build notebooks, results, slides, site", allow_abbrev=False)
    build_parser.add_argument("what", nargs="*", help=BUILDS)
    grade_parser = commands.add_parser("grade", help="grade a folder of notebooks (Linux)", allow_abbrev=False)
    grade_parser.add_argument("submissions", help="the folder: one notebook a student, or one folder a student")
    grade_parser.add_argument("-o", "--output", required=True, metavar="grades.csv", help="the table to write")
    options, rest = parser.parse_known_args(arguments)
    if rest and options.command != "test":
        parser.error(f"unknown: {' '.join(rest)}")
    what = " ".join(getattr(options, "what", []))
    if not re.fullmatch(r"|\d\d|docs|results|slides \d\d|site", what):
        parser.error(f"build: expected {BUILDS}; got {what}")

    if options.command == "grade" and sys.platform != "linux":
        say("Grading runs learners' code, and the walls around it are Linux's: on this system it cannot be done.")
        return 1

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # being ended is like Ctrl-C: children go first
    try:
        python = set_up(ROOT)
        if options.command == "lab":
            return lab(ROOT, python, options.no_browser, options.port)
        if options.command == "build":
            return build(ROOT, python, options.what)
        if options.command == "grade":
            # The child works in this folder, whatever folder the teacher's paths were meant from.
            submissions, output = map(os.path.abspath, (options.submissions, options.output))
            return call(ROOT, python, "course_utils.classroom.grading", submissions, "-o", output)
        return call(ROOT, python, "pytest", *rest) if rest else test(ROOT, python)
    except (SetUpError, OSError) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("\nInterrupted. Start again when you like.")
        return 130


# The environment


def set_up(root: Path) -> Path:
    """Return the Python that has everything the course needs, having made its environment where it was missing."""
    conda = conda_python(root)
    if conda:
        return conda
    if not (fault(root) or is_outdated(root)):
        return venv_python(root / ".venv")
    with lock(root / "work" / ".course" / "lock"):
        # Another process may have finished the work while this one waited.
        why = fault(root)
        if why:
            make(root, why)
        elif is_outdated(root):
            say("The course's requirements have changed: updating .venv.")
            install(root)
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


def fingerprint(root: Path) -> str:
    """Return a hash of all that decides what .venv must hold."""
    digest = hashlib.sha256(str(root).encode())
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((root / name).read_bytes())
    config = (root / ".venv" / "pyvenv.cfg").read_text(encoding="utf-8")
    digest.update("".join(re.findall(r"^version\s*=\s*(\d+\.\d+)", config, re.MULTILINE)).encode())
    return digest.hexdigest()


def is_outdated(root: Path) -> bool:
    """Say whether a sound .venv was made for another state of the course."""
    return stamp(root).read_text(encoding="utf-8") != fingerprint(root)


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
    # Isolated (-I), so that neither this folder nor the user's variables can stand in for what is missing.
    command = [str(venv_python(root / ".venv")), "-I", "-c", look, str(root / "course_utils"), *MODULES]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return "its Python does not run"
    lines = answer.stderr.strip().splitlines() or ["its Python does not run"]
    return lines[-1] if answer.returncode else ""


def make(root: Path, why: str) -> None:
    """Make .venv from nothing, throwing away what is there."""
    venv = root / ".venv"
    if os.path.lexists(venv):
        say(f"The environment in .venv is broken ({why}) and is made anew.")
        remove(venv)
    say("Setting up, once: about 2 GB on disk and a minute or two.")
    # Run from inside .venv, this Python is about to lose its home: ask for the one it was made from.
    base = getattr(sys, "_base_executable", None) or sys.executable
    run(root, "an empty environment", base, "-m", "venv", str(venv))
    install(root)
    fetch_data(root)


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


def install(root: Path) -> None:
    """Fill .venv: torch by itself, then the rest, then proof that it imports; the stamp comes last."""
    stamp(root).unlink(missing_ok=True)
    python = str(venv_python(root / ".venv"))
    pip = [python, "-m", "pip", "install", "--progress-bar", "off"]
    constraints = (root / "constraints.txt").read_text(encoding="utf-8")
    torch = "".join(re.findall(r"^torch==\S+$", constraints, re.MULTILINE))
    # On Linux the package index's own torch brings some gigabytes of CUDA; on macOS there is but one build.
    index = [] if sys.platform == "darwin" else ["--index-url", CPU_WHEELS]
    try:
        run(root, "PyTorch for the CPU", *pip, "--no-deps", "--retries", "0", *index, torch)
    except SetUpError:
        say(f"  {CPU_WHEELS} has no answer: taking the standard PyTorch, which may download gigabytes of CUDA.")
        run(root, "the standard PyTorch", *pip, torch)
    run(root, "JupyterLab and the other packages", *pip, "-c", "constraints.txt", "-e", ".[lab,test]")
    silence_news(root / ".venv")
    # The font list takes matplotlib seconds to make and a warning in the first lesson's output to announce.
    run(root, "a first import of everything", python, "-c", f"import {', '.join(MODULES)}, matplotlib.font_manager")
    stamp(root).write_text(fingerprint(root), encoding="utf-8")


def silence_news(venv: Path) -> None:
    """Let JupyterLab ask neither the network for newer versions nor the learner whether to fetch its news."""
    settings = venv / "share" / "jupyter" / "lab" / "settings"
    settings.mkdir(parents=True, exist_ok=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    write(settings / "overrides.json", {"@jupyterlab/apputils-extension:notification": quiet})


def run(root: Path, what: str, *command: str) -> None:
    """Run a step of the set-up in silence; where it fails, raise SetUpError with the last lines it wrote."""
    log = root / "work" / ".course" / "set-up.log"
    started = time.monotonic()
    say(f"  {what} ...")
    with log.open("wb") as out:
        # Open files pass on: should this process be killed, a pip that lives on still holds the lock.
        process = subprocess.Popen(
            command,
            cwd=root,
            env=environment(Path(command[0])),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            close_fds=False,
        )
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
        raise SetUpError("\n".join([f"The set-up stopped at {what}. The last lines it wrote:", *tail]))


def fetch_data(root: Path) -> None:
    """Fetch the data ahead, so that no lesson has to wait; where that fails, its own words say what follows."""
    say("  MNIST and Fashion-MNIST, 42 MB ...")
    call(root, venv_python(root / ".venv"), "course_utils.datasets")


@contextlib.contextmanager
def lock(path: Path) -> Iterator[None]:
    """Keep other set-ups of this folder out. The system lets go of the lock when its last holder dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        os.set_inheritable(file.fileno(), True)
        if not try_lock(file.fileno()):
            say("Another set-up is at work in this folder; this one waits for it to end.")
            while not try_lock(file.fileno()):
                time.sleep(0.5)
        yield


def try_lock(descriptor: int) -> bool:
    """Lock an open file if nobody else has."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def environment(python: Path) -> dict[str, str]:
    """Return the variables for a child process: this shell's, without those meant for another Python."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    path = os.pathsep.join([str(python.parent), kept.get("PATH", os.defpath)])
    kept |= {"PATH": path, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONNOUSERSITE": "1"}
    if kept.get("COURSE_DATA"):
        kept["COURSE_DATA"] = os.path.abspath(kept["COURSE_DATA"])  # kernels work in other folders
    return kept


def call(root: Path, python: Path, module: str, *arguments: str, **variables: str) -> int:
    """Run a module of the environment, its words shown, and return the exit status."""
    command = [str(python), "-m", module, *arguments]
    return subprocess.call(command, cwd=root, env=environment(python) | variables, stdin=subprocess.DEVNULL)


# lab


def lab(root: Path, python: Path, no_browser: bool, port: int | None) -> int:
    """Bring the learner's copies up to date and open JupyterLab at the first one, until Ctrl-C."""
    copies = copy_lessons(root / "notebooks", root / "work")
    command = [str(python), "-m", "jupyterlab", *lab_options(root / "work", copies)]
    command += ["--no-browser"] * no_browser + ([f"--port={port}"] if port else [])
    if getattr(os, "geteuid", lambda: 1)() == 0:
        say("You are root, which JupyterLab refuses by default; it is told to --allow-root.")
        command.append("--allow-root")
    say("Opening JupyterLab. Your copies of the lessons are in work/. Ctrl-C here ends it.")
    process = subprocess.Popen(command, cwd=root / "work", env=environment(python))
    try:
        return process.wait()
    except KeyboardInterrupt:
        # The terminal's Ctrl-C reaches JupyterLab too; where only this process was told, pass it on.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=3)
        process.terminate()
        process.wait()
        return 0


def lab_options(work: Path, copies: list[Path]) -> list[str]:
    """Return JupyterLab's options: this machine only, its token kept, nothing asked of the network."""
    start = f"/lab/tree/{urllib.parse.quote(copies[0].name)}" if copies else "/lab"
    return [
        "--ip=127.0.0.1",
        f"--ServerApp.root_dir={work}",
        f"--LabApp.default_url={start}",
        *SERVER,
        "--LabApp.extension_manager=readonly",
        "--ServerApp.answer_yes=True",  # Ctrl-C is not asked twice
        "--log-level=WARN",
    ]


def copy_lessons(notebooks: Path, work: Path) -> list[Path]:
    """Give `work` a copy of every lesson, outputs cleared, and return the newest copy of each.

    A copy that holds anything of the learner's is never written to: when its lesson has moved on, the new version
    stands beside it under a number, and is announced once.
    """
    record = work / ".course" / "copies.json"
    record.parent.mkdir(parents=True, exist_ok=True)
    try:
        given = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        given = {}
    copies = [copy_lesson(lesson, work, given) for lesson in sorted(notebooks.glob("*.ipynb"))]
    write(record, given)
    return copies


def copy_lesson(lesson: Path, work: Path, given: dict[str, str]) -> Path:
    """Copy one lesson where that is due, note in `given` which version the learner has, return the copy."""
    notebook = json.loads(lesson.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    version = cells_hash(notebook)
    number, copy = newest_copy(work, lesson.stem)
    if copy.exists():
        if given.get(lesson.name) == version:
            return copy
        if read_hash(copy) not in (version, given.get(lesson.name)):
            copy = work / f"{lesson.stem}.{number + 1}.ipynb"
            say(f"{lesson.stem} has a newer version: {copy.name}. What you wrote is still in work/.")
    write(copy, notebook)
    given[lesson.name] = version
    return copy


def newest_copy(work: Path, stem: str) -> tuple[int, Path]:
    """Return number and path of a lesson's newest copy: NN_slug.ipynb is the first, NN_slug.2.ipynb the second."""
    found = (re.fullmatch(rf"{re.escape(stem)}\.(\d+)\.ipynb", path.name) for path in work.iterdir())
    number = max((int(match[1]) for match in found if match), default=1)
    return number, work / (f"{stem}.{number}.ipynb" if number > 1 else f"{stem}.ipynb")


def cells_hash(notebook: dict[str, list[dict[str, object]]]) -> str:
    """Hash what a learner can change: source and outputs. JupyterLab rewrites the rest by merely opening a file."""
    cells = []
    for cell in notebook["cells"]:
        source = cell["source"]
        text = "".join(source) if isinstance(source, list) else source
        cells.append([cell["cell_type"], text, cell.get("outputs")])
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def read_hash(copy: Path) -> str | None:
    """Return the hash of a copy's cells, or None where it is no readable notebook."""
    try:
        return cells_hash(json.loads(copy.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(path: Path, content: object) -> None:
    """Write JSON in one stroke: a reader sees the old file or the new one, never half of it."""
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    unfinished.replace(path)


# build


def build(root: Path, python: Path, what: list[str]) -> int:
    """Build what was asked for: `results`, `site`, `slides NN`, or notebooks, which go by their number alone."""
    if what and what[0] in ("site", "slides"):
        add_site_packages(root, python)
    if what and not what[0].isdigit():
        return call(root, python, f"tools.{what[0]}", *what[1:])
    return call(root, python, "tools.build", *what)


def add_site_packages(root: Path, python: Path) -> None:
    """Install what only pages and slides need, where it is missing: learners never wait for it."""
    look = "import importlib.util as u, sys; sys.exit(any(u.find_spec(name) is None for name in sys.argv[1:]))"
    needed = ("myst_nb", "sphinx_book_theme", "sphinx_revealjs", "sphinx-mathjax-offline")
    if subprocess.call([str(python), "-c", look, *needed], env=environment(python)):
        (root / "work" / ".course").mkdir(parents=True, exist_ok=True)
        pip = [str(python), "-m", "pip", "install", "--progress-bar", "off"]
        run(root, "the packages for pages and slides", *pip, "-c", "constraints.txt", "-e", ".[site]")


# test


def test(root: Path, python: Path) -> int:
    """Run every stage, also after one has failed, and return 0 only where all passed."""
    results = []
    with tempfile.TemporaryDirectory() as empty:
        for name, arguments, variables in stages(root, python, empty):
            say(f"\n== {name}")
            started = time.monotonic()
            code = call(root, python, *arguments, **variables)
            results.append((code, f"{'failed' if code else 'passed'} in {time.monotonic() - started:4.0f} s: {name}"))
            say(f"== {results[-1][1]}")
    say("\n" + "\n".join(line for _, line in results))
    return int(any(code for code, _ in results))


def stages(root: Path, python: Path, empty: str) -> Iterator[tuple[str, list[str], dict[str, str]]]:
    """Yield each stage: its name, the module to run with its arguments, and variables of its own."""
    yield "ruff check", ["ruff", "check", "."], {}
    yield "ruff format", ["ruff", "format", "--check", "."], {}
    yield "types", ["mypy"], {}
    # Two workers: with one thread each they share two cores, with two each they wait for one another.
    alone = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    yield "unit tests", ["pytest", "-q", "-n", "2", "--dist", "loadfile"], alone  # a file's fixtures are made once
    sanitize = ["--nbval-sanitize-with", "tests/nbval_sanitize.cfg", "--nbval-cell-timeout=60", "--nbval-current-env"]
    nbval = ["pytest", "-q", "-n", "2", "--dist", "loadscope", *sanitize]
    lessons = sorted(root.glob("notebooks/*.ipynb"))
    strict = lessons if has_mnist(root, python) else [path for path in lessons if not uses_mnist(path)]
    if strict != lessons:
        named = ", ".join(path.stem for path in lessons if path not in strict)
        say(f"\nMNIST or Fashion-MNIST is not at hand, so below these run without a look at their outputs: {named}")
    if strict:
        yield "lessons, outputs compared", [*nbval, "--nbval", *map(str, strict)], alone
    if lessons:
        offline = {**alone, "COURSE_OFFLINE": "1", "COURSE_DATA": "", "COURSE_CACHE": empty}
        yield "lessons, without MNIST and network", [*nbval, "--nbval-lax", *map(str, lessons)], offline


def has_mnist(root: Path, python: Path) -> bool:
    """Say whether the lessons would get the real data sets, whose figures their stored outputs show."""
    ask = "from course_utils.datasets import *; print(load_mnist().source, load_fashion_mnist().source)"
    command = [str(python), "-c", ask]
    answer = subprocess.run(command, cwd=root, env=environment(python), capture_output=True, text=True)
    return answer.stdout.splitlines()[-1:] == ["mnist fashion_mnist"]


def uses_mnist(notebook: Path) -> bool:
    """Say whether a lesson loads MNIST or Fashion-MNIST."""
    return re.search(r"\bload_(fashion_)?mnist\b", notebook.read_text(encoding="utf-8")) is not None


def say(text: str) -> None:
    """Print at once, also into a pipe."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
