"""A cell of a notebook as plain Python: what only IPython understands is left out, what it stands around is kept."""

from __future__ import annotations

import ast
import re
from contextlib import suppress

AROUND = ("time", "timeit", "capture", "prun", "memit")  # magics that run the code they are given
OPTIONS = re.compile(r"(?:-\w+\s*\d*\s+)*")


def without_magics(source: str) -> str:
    r"""Return a cell without its %magic, !command and ?help; empty where all of it is in another language.

    Time and other measurements stand around code that counts: `%%time` goes, and what is below it stays.

    >>> without_magics("%matplotlib inline"), without_magics("%time y = 3"), without_magics("%%bash\nls")
    ('pass', 'y = 3', '')
    """
    source = source.lstrip("\n")
    if source.startswith("%%"):
        first, _, rest = source.partition("\n")
        return without_magics(rest) if first[2:].split()[:1] in [[each] for each in AROUND] else ""
    with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        ast.parse(source)
        return source
    # Python's own errors are raised, and told, where the cell is run; whatever IPython makes of them.
    with suppress(Exception):
        from IPython.core.inputtransformer2 import TransformerManager

        tree = ast.parse(TransformerManager().transform_cell(source))  # type: ignore[no-untyped-call]
        return ast.unparse(_WithoutMagics().visit(tree))
    return source


class _WithoutMagics(ast.NodeTransformer):
    """Puts code for the calls get_ipython().run_line_magic(name, line) and so on, into which IPython turns magics."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST | list[ast.stmt]:
        given = _magic(node.value)
        if given is None:
            return self.generic_visit(node)
        return ast.parse(_code(*given)).body or ast.Pass()

    def visit_Call(self, node: ast.Call) -> ast.AST:
        given = _magic(node)
        if given is None:
            return self.generic_visit(node)
        nothing = "[]" if given[0] == "getoutput" else "None"
        return ast.parse(_code(*given) or nothing, mode="eval").body


def _magic(node: ast.AST) -> tuple[str, str] | None:
    """Return the name and the line of a magic, or getoutput and system with a command; None where it is none."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return None
    shell, method = node.func.value, node.func.attr
    if not (isinstance(shell, ast.Call) and isinstance(shell.func, ast.Name) and shell.func.id == "get_ipython"):
        return None
    words = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return (words[0], words[1]) if method == "run_line_magic" and len(words) == 2 else (method, "")


def _code(name: str, line: str) -> str:
    return OPTIONS.sub("", f"{line} ", count=1).strip() if name in AROUND else ""
