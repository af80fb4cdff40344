"""The page docs/errata.md: every false claim of the lectures, what holds, and the code that shows it.

An item is a text that begins `**Claim (lecture N).**` and goes on to `**Does it hold?**`, the code that settles it
with its asserts in a cell tagged `facts`, and a text that begins `**What holds:**`, or `**It holds:**` for a claim
that is true and so on no page of errata. A claim from which a learner gains something stands in a lesson; what is
left, such as a slip of the pen, stands in lessons/errata/, in a file with the name of its lesson.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tools.build import Notebook
from tools.percent import read_percent

CLAIM = re.compile(r"\*\*Claim \(lecture (\d+)\)\.\*\*\s+(.+?)\s+\*\*Does it hold\?", re.DOTALL)
ANSWER = re.compile(r"\*\*(What holds|It holds):\*\*")
PREFACE = """# Errata of the lectures

What the lectures say, what holds, and the lines of code that show it. An item from which one learns something stands
in its lesson too, where the learner judges the claim, among true ones, before the code settles it. Lectures are named
by their number. "As printed" marks what may be a slip of the scan.

<!-- Made from lessons/ and lessons/errata/ by `python course.py build docs`: change a lesson, not this page. -->
"""


class Item(NamedTuple):
    """One claim: the lecture's number, what it says, whether it holds, what does, and the asserts that show it."""

    lecture: int
    claim: str
    holds: bool
    truth: str
    proof: tuple[str, ...]


class ErrataError(ValueError):
    """An item that is not three cells in the agreed form; the message names the lesson and the cell."""


def items(lesson: Path) -> list[Item]:
    """Return the items of a lesson in their order; raise ErrataError where one is not in form."""
    cells = read_percent(lesson).cells
    texts = {place: cell.source for place, cell in enumerate(cells) if cell.cell_type == "markdown"}
    # A claim's code ends where the next text begins.
    ends = {place: min((text for text in texts if text > place), default=len(cells)) for place in texts}
    claims = [place for place, text in texts.items() if "**Claim" in text]
    settled = {ends[place] for place in claims if ends[place] > place + 1}
    for place in {place for place, text in texts.items() if ANSWER.search(text)} - settled:
        raise _fault(lesson, place, texts[place], "a truth that follows no claim and its code")
    return [_item(lesson, place, cells[place : ends[place] + 1]) for place in claims]


def _item(lesson: Path, place: int, cells: list[Notebook]) -> Item:
    claim = cells[0].source
    match = CLAIM.match(claim)
    if match is None or claim.count("**Claim") > 1:
        wanted = "expected a cell that begins '**Claim (lecture N).** ...' and goes on to '**Does it hold?**'"
        raise _fault(lesson, place, claim, wanted)
    *code, end = cells[1:] or [None]
    answer = ANSWER.match(end.source) if code and end.cell_type == "markdown" else None
    if answer is None:
        wanted = "expected code and then a text that begins '**What holds:**' or '**It holds:**' after it"
        raise _fault(lesson, place, claim, wanted)
    proof = tuple(line for cell in code for line in asserts(cell.source))
    if not proof:
        raise _fault(lesson, place, claim, "expected an assert in the code after it")
    # The same cell may go on with the next section of the lesson.
    truth = re.split(r"^#", end.source[answer.end() :], maxsplit=1, flags=re.MULTILINE)[0].strip()
    if not truth:
        raise _fault(lesson, place, claim, f"expected a sentence after '{answer[0]}'")
    return Item(int(match[1]), " ".join(match[2].split()), answer[1] == "It holds", truth, proof)


def asserts(code: str) -> Iterable[str]:
    """Yield the assert statements of a cell as they are written, from the first to the last."""
    found = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Assert)]
    for node in sorted(found, key=lambda node: node.lineno):
        yield textwrap.dedent(ast.get_source_segment(code, node, padded=True) or "")


def _fault(lesson: Path, place: int, text: str, what: str) -> ErrataError:
    first = text.partition("\n")[0]
    return ErrataError(f"{lesson.name}, cell {place + 1} ({first!r}): {what}")


def document(lessons: Path) -> str:
    """Return the whole page: a heading for each lesson that has false claims, then these."""
    parts = [PREFACE]
    for lesson in sorted(lessons.glob("*.py")):
        rest = lessons / "errata" / lesson.name
        found = [each for path in (lesson, rest) if path.exists() for each in items(path) if not each.holds]
        if found:
            parts.append(f"## {title(lesson)}\n")
        parts += [
            f"**Lecture {item.lecture}:** {item.claim}\n\n**What holds:** {item.truth}\n\n"
            "```python\n" + "\n".join(item.proof) + "\n```\n"
            for item in found
        ]
    return "\n".join(parts)


def title(lesson: Path) -> str:
    """Return a lesson's title with its number, from the heading of its first text."""
    headings = re.findall(r"^# # (.+)$", lesson.read_text(encoding="utf-8"), re.MULTILINE)
    return str(headings[0]) if headings else lesson.stem
