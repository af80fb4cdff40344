"""How the class's pages are made: of templates beside this file, each a page that asks the network for nothing.

jinja2 escapes all that came with a submission; a card has escaped it already.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape


def render(template: str, **content: Any) -> str:
    """Return a page."""
    return _environment().get_template(template).render(**content)


@cache
def _environment() -> Environment:
    folder = FileSystemLoader(Path(__file__).parent, encoding="utf-8")
    environment = Environment(loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters |= {"prose": prose, "counted": counted, "card": Markup}
    return environment


def say(text: str) -> None:
    """Print, in whatever letters the terminal takes."""
    letters = sys.stdout.encoding or "utf-8"
    print(text.encode(letters, "replace").decode(letters))


def counted(count: int, what: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "student"), counted(0, "student")
    ('1 student', '0 students')
    """
    return f"{count} {what}{'' if count == 1 else 's'}"


def prose(text: str) -> Markup:
    """Return a text as HTML: `code` in backticks, everything escaped."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704  # escaped in this line
