"""The parts of a lesson that are extra: in a learner's copy each is a folded heading, opened by a click or a key.

Such a part is headed *Deeper: ...* and reaches to the next heading of its level. JupyterLab folds the cells below a
heading's cell, so here its heading gets a cell of its own, and so does the heading that ends it. What is folded runs
like the rest, and what a learner has opened is saved with the notebook.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

COLLAPSED = "jp-MarkdownHeadingCollapsed"  # what JupyterLab reads and writes in a cell's metadata
HEADING = re.compile(r"(#{2,6}) (.*)\n*")
DEEPER = re.compile(r"\bDeeper[:,]")  # "Deeper" alone heads a list of such parts

Cell = Any  # a notebook's cell, of nbformat or as JSON has it


def with_folded_parts(cells: list[Cell]) -> list[Cell]:
    """Return a lesson's cells with each part headed Deeper folded, and nothing else.

    An exercise that belongs to such a part is headed one level lower than the part, which it would end otherwise.
    """
    made: list[Cell] = []
    level = 0  # of the part that we are in; 0 outside of all
    for cell in cells:
        if cell["cell_type"] != "markdown":
            made.append(cell)
            continue
        sources, folded, begun = [""], -1, False
        for text in re.split(r"(?m)^(?=#{2,6} )", "".join(cell["source"])):
            heading = HEADING.match(text)
            depth, title = (len(heading[1]), heading[2]) if heading else (7, "")
            if level and title.startswith("Exercise ") and (begun or "Deeper" in title):
                sources[-1] += "#" * max(0, level + 1 - depth) + text
            elif heading and DEEPER.search(title) and not (level and depth > level):
                level, begun, folded = depth, True, len(sources)
                sources += [heading[0], text[heading.end() :]]
            elif depth <= level:
                level = 0
                sources.append(text)
            else:
                sources[-1] += text
        made += pieces(cell, sources, folded)
    return made


def pieces(cell: Cell, sources: list[str], folded: int) -> Iterator[Cell]:
    """Yield the cells into which a cell is taken apart, the one at place `folded` as a folded heading."""
    for place, source in enumerate(sources):
        if source.strip():
            piece = copy.deepcopy(cell)
            piece["source"] = source.rstrip("\n")
            if place and "id" in piece:
                piece["id"] += f"-{place}"
            if place == folded:
                piece["metadata"][COLLAPSED] = True
            yield piece


def hidden(cells: list[Cell]) -> list[Cell]:
    """Return the cells that JupyterLab hides: those below a folded heading, up to the next one of its level."""
    found: list[Cell] = []
    level = 0  # of the folded heading
    for cell in cells:
        depth = level_of(cell)
        if depth <= level:
            level = 0
        if level:
            found.append(cell)
        elif cell["metadata"].get(COLLAPSED):
            level = depth
    return found


def level_of(cell: Cell) -> int:
    """Return the highest level of the headings in a cell, 1 for a title, and 7 where there is none."""
    marks = re.findall(r"(?m)^(#+) ", "".join(cell["source"])) if cell["cell_type"] == "markdown" else []
    return min(map(len, marks), default=7)
