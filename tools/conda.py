"""The environment for conda users, as pyproject.toml says it."""

from __future__ import annotations

from typing import Any

# conda-forge's names where they differ; the project itself is installed by pip, without its requirements.
CONDA_NAMES = {"torch": "pytorch-cpu", "matplotlib": "matplotlib-base", "jupyter-server": "jupyter_server"}
HEAD = """# Made from pyproject.toml by `python course.py build docs`: change that file, not this one.
#
#     conda env create -f environment.yml
#     conda activate first-principles
#     pip install --no-deps -e .
#     python course.py lab
#
# pip installs the project alone: its requirements are all here.
name: first-principles
channels:
  - conda-forge
  - nodefaults
dependencies:
"""
PARTS = (
    ("what the lessons use", ""),
    ("what course.py lab opens them in", "lab"),
    ("what course.py test and course.py build use as well", "test"),
)


def environment(project: dict[str, Any]) -> str:
    """Return the text of environment.yml for the table [project] of pyproject.toml.

    >>> project = {"requires-python": ">=3.11", "dependencies": ["torch>=2.6"], "optional-dependencies": {}}
    >>> environment(project).splitlines()[-1]
    '  - pytorch-cpu>=2.6'
    """
    lines = [f"- python{project['requires-python']}", "- pip"]
    for comment, extra in PARTS:
        requirements = project["optional-dependencies"].get(extra, []) if extra else project["dependencies"]
        lines += [f"# {comment}", *(f"- {conda_name(each)}" for each in requirements)] if requirements else []
    return HEAD + "".join(f"  {line}\n" for line in lines)


def conda_name(requirement: str) -> str:
    """Return a requirement under conda-forge's name; what follows the name stays.

    >>> conda_name("matplotlib>=3.10.0"), conda_name("numpy>=2.0.0")
    ('matplotlib-base>=3.10.0', 'numpy>=2.0.0')
    """
    name = requirement.partition(">")[0]
    return CONDA_NAMES.get(name, name) + requirement.removeprefix(name)
