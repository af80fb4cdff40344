"""Grade in a container, where this system has no walls of its own or one more is wanted: course.py grade --in podman.

Written, and not tested: no such program was at hand. course.py imports this before anything is installed: the
standard library is all that it needs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

IMAGE = "classification-from-first-principles"
# No network, nothing written but the output, memory in place of /tmp, and no right that a normal user lacks.
LIMITS = (
    *("--network=none", "--read-only", "--tmpfs=/tmp:size=1g", "--memory=8g", "--pids-limit=128"),
    *("--cap-drop=ALL", "--security-opt=no-new-privileges"),
)


def grade(root: Path, options: argparse.Namespace) -> int:
    """Make the image where the course has changed since, grade in it as `options` say, return the exit status."""
    if options.engine is None:
        print("Grading runs learners' code, and the walls around it are Linux's. On this system add --in podman or")
        print("--in docker, which runs it in a container; on Windows, WSL 2 is a Linux that needs neither.")
        return 1
    options.output.mkdir(parents=True, exist_ok=True)
    status = 0
    try:
        for command in commands(root, options):
            status = status or subprocess.call(command, cwd=root)
    except FileNotFoundError:
        print(
            f"There is no {options.engine} on this machine. Install it first; on macOS and Windows, start it as well."
        )
        return 1
    return status


def commands(root: Path, options: argparse.Namespace, platform: str = sys.platform) -> list[list[str]]:
    """Return the commands: one makes the image, one runs the grader in it with what it reads and where it writes."""
    engine = options.engine
    build = [
        engine,
        "build",
        "--quiet",
        "--file",
        str(root / "classroom" / "hub" / "Dockerfile"),
        "--tag",
        IMAGE,
        ".",
    ]
    read = [path.resolve() for path in (options.submissions, options.roster, options.points) if path]
    inside = {path: f"/in/{place}/{path.name}" for place, path in enumerate(read)}
    mounts = [f"--volume={path}:{place}:ro" for path, place in inside.items()]
    mounts.append(f"--volume={options.output.resolve()}:/out")
    words = [inside[options.submissions.resolve()], "--output=/out"]
    words += [
        f"--{name}={inside[path.resolve()]}" for name in ("roster", "points") if (path := getattr(options, name))
    ]
    words += [*[f"--due={options.due}"] * bool(options.due), *(f"--again={name}" for name in options.again)]
    # On Linux a file belongs to whom the container's user is outside; elsewhere the engine sees to that.
    own = (
        {"docker": f"--user={os.getuid()}:{os.getgid()}", "podman": "--userns=keep-id"} if platform == "linux" else {}
    )
    user = [own[engine], "--env=HOME=/tmp"] if own else ["--env=HOME=/tmp"]
    grader = ["python", "-m", "classroom.grading", *words]
    return [build, [engine, "run", "--rm", *LIMITS, *mounts, *user, "--workdir=/course", IMAGE, *grader]]
