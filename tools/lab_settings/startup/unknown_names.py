"""A name that no cell has made yet: what to do about it, in place of Python's error or below it.

The kernels of `course.py lab` run this when they start; no name of it is left to the notebook.
"""


def _tell(shell, kind, error, traceback, tb_offset=None):  # type: ignore[no-untyped-def]
    import sys

    begun = any(name.startswith("course_utils.") for name in sys.modules)
    go_on = "has not run in this session.\nChoose Run > Run All Above Selected Cell in the menu."
    if kind is NameError and not begun:  # the lesson's first cells have not run, and the traceback says nothing more
        why = f"`{error.name}` is not known yet, since the cell that makes it {go_on}"
        shell._showtraceback(kind, error, [f"Run the first cells first: {why}"])
        return
    shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
    if kind is NameError:  # and not a local name that has no value yet
        print(f"Perhaps `{error.name}` is misspelt, or a cell above that makes it {go_on}")


def _listen(tell: object) -> None:
    from IPython import get_ipython

    if shell := get_ipython():  # none where this file is only read, as by a search for doctests
        shell.set_custom_exc((NameError,), tell)


_listen(_tell)
del _listen, _tell
