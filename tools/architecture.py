"""The drawing of who imports whom in docs/architecture.md, from the imports themselves."""

from __future__ import annotations

import re
from functools import cache

import grimp

ROOMS = ("course_utils", "classroom")
Edges = set[tuple[str, str]]


def with_drawing(text: str) -> str:
    """Return a page with the Mermaid graph in it brought up to date."""
    return re.sub(r"(?<=```mermaid\n).*?(?=```)", lambda _: drawing(imports()), text, flags=re.DOTALL)


@cache
def imports() -> frozenset[tuple[str, str]]:
    """Return who imports whom: the modules and packages of course_utils, and the classroom as one."""
    graph = grimp.build_graph(*ROOMS, cache_dir=None)
    return frozenset(
        (part(importer), part(imported))
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
        if part(importer) != part(imported)
    )


def part(module: str) -> str:
    """Return what stands for a module in the drawing.

    >>> part("course_utils.exercises.lesson_03"), part("classroom.hub.rehearsal")
    ('exercises', 'classroom')
    """
    room, _, inside = module.partition(".")
    return inside.partition(".")[0] if room == "course_utils" and inside else room


def reduced(edges: Edges) -> Edges:
    """Return the arrows that are left when what a path of others says is left out.

    >>> sorted(reduced({("a", "b"), ("b", "c"), ("a", "c")}))
    [('a', 'b'), ('b', 'c')]
    """
    return {edge for edge in edges if edge[1] not in reached(edges - {edge}, edge[0])}


def reached(edges: Edges, start: str) -> set[str]:
    """Return all that is reached from a place along the arrows."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        here = waiting.pop()
        following = {to for origin, to in edges if origin == here} - seen
        seen |= following
        waiting += following
    return seen


def drawing(edges: frozenset[tuple[str, str]]) -> str:
    """Return the graph in Mermaid's language, in one order whatever the machine."""
    return "graph TD\n" + "".join(
        f"  {importer} --> {imported}\n" for importer, imported in sorted(reduced({*edges}))
    )
