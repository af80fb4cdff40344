"""Which cells of a notebook its answers need. A lesson may train for a minute for what no answer looks at."""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from course_utils.exercises.engine import full_id

# Bounded spaces: the grader looks at texts of any length with this, and is not to go back and forth in them.
CHECKED = re.compile(r"""\bcheck\(\s{0,9}["']?\s{0,9}(\d{1,2}\.\d{1,3})\s{0,9}["']?\s{0,9},""")


class Cell(NamedTuple):
    """A cell's source, the notebook's names that it reads, those that it binds or changes, the ids that it checks."""

    source: str
    reads: frozenset[str]
    binds: frozenset[str]
    checks: list[str]


def read_cell(source: str) -> Cell:
    """Return what a cell does with names, as far as that can be read without running it.

    >>> read_cell("b = a + 1").reads
    frozenset({'a'})
    """
    tree = _parsed(source)
    return Cell(source, *_names(source, tree), checked(source))


def needed(cells: Sequence[Cell], pristine: Container[str]) -> list[int]:
    """Return the places of the cells to run: all that the learner wrote up to the last check, and what that reads.

    A cell that still stands as the lesson has it (`pristine` holds their sources) is left out where no cell that runs
    after it reads a name that it binds or changes. A lesson is trusted to keep to names; a learner is not.

    >>> cells = [read_cell(source) for source in ("a = 1", "b = 2", "check('06.4', a)", "c = 3")]
    >>> needed(cells, {"a = 1", "b = 2"})
    [0, 2]
    """
    last = max((place for place, cell in enumerate(cells) if cell.checks), default=-1)
    run, wanted = [], set[str]()
    for place in range(last, -1, -1):
        cell = cells[place]
        if cell.source not in pristine or cell.checks or cell.binds & wanted:
            run.append(place)
            wanted |= cell.reads
    return run[::-1]


def mentioned(source: str) -> list[str]:
    r"""Return the ids that a cell seems to check, be it Python or not.

    >>> mentioned("%%bash\ncheck('6.1', f)")
    ['06.1']
    """
    return [full_id(each) for each in CHECKED.findall(source)]


def checked(source: str) -> list[str]:
    """Return the ids that a cell checks, in their order; none where it is no Python."""
    return [
        full_id(call.args[0].value) for call in _checks(_parsed(source)) if isinstance(call.args[0], ast.Constant)
    ]


def with_checks_renamed(source: str, name: str) -> ast.Module:
    """Return the syntax tree of a cell in which each check calls `name`, whatever `check` has been bound to."""
    tree = ast.parse(source)
    for call in _checks(tree):
        call.func = ast.copy_location(ast.Name(name, ast.Load()), call.func)
    return tree


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _checks(tree: ast.Module) -> Iterator[ast.Call]:
    """Yield the calls check("NN.k", answer) and something.check("NN.k", answer)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and len(node.args) + len(node.keywords) == 2 and node.args:
            name = getattr(node.func, "id", getattr(node.func, "attr", None))
            first = node.args[0]
            if name == "check" and isinstance(first, ast.Constant) and isinstance(first.value, str | float):
                yield node


def _names(source: str, tree: ast.Module) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of the notebook that a cell reads, and those that it binds or changes."""
    reads, binds = set[str](), set[str]()
    try:
        for table in _tables(symtable.symtable(source, "cell", "exec")) if tree.body else ():
            for symbol in table.get_symbols():
                if table.get_type() == "module" or symbol.is_global():
                    reads |= {symbol.get_name()} if symbol.is_referenced() else set()
                    binds |= {symbol.get_name()} if symbol.is_assigned() or symbol.is_imported() else set()
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # parsed, and yet no Python: `global x` after x
        names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
        reads = {node.id for node in names if isinstance(node.ctx, ast.Load)}
        binds = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    return frozenset(reads), frozenset(binds | {name for name in map(_changed, ast.walk(tree)) if name})


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _tables(child)


def _changed(node: ast.AST) -> str | None:
    """Return the name whose object a statement changes in place: name[...] = ..., name.x = ..., name.append(...)."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        target: ast.AST = node.value.func
    elif isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        target = node
    else:
        return None
    while isinstance(target, ast.Attribute | ast.Subscript):
        target = target.value
    # plt.show() and np.seterr() change a module, not what a lesson hands from cell to cell.
    return target.id if isinstance(target, ast.Name) and target.id not in ("plt", "np", "torch") else None
