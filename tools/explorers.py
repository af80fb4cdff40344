"""Find every explorer and make it as the example in its docstring does: new ones are found by themselves."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any, NamedTuple

import course_utils.explorers
from course_utils.explorers.engine import Explorer


class Found(NamedTuple):
    """An explorer's function, such as `simplex`."""

    name: str
    function: Callable[..., Explorer]

    def make(self) -> tuple[Explorer, dict[str, Any]]:
        """Run the example up to the line that binds `explorer`; return it, and what the function was given, by name.

        These arguments, such as X or W, are the names that the explorer's code may use beside its own imports.
        """
        given: dict[str, Any] = {}

        def call(*positional: Any, **named: Any) -> Explorer:
            given.update(inspect.signature(self.function).bind(*positional, **named).arguments)
            return self.function(*positional, **named)

        names = {**vars(importlib.import_module(self.function.__module__)), self.name: call}
        for example in doctest.DocTestParser().get_examples(inspect.getdoc(self.function) or ""):
            exec(example.source, names)  # noqa: S102 (our own docstrings)
            if "explorer" in names:
                return names["explorer"], given
        raise LookupError(f"{self.name}: expected an example in its docstring that binds the name explorer")


def find() -> dict[str, Found]:
    """Return every public function of course_utils.explorers that is declared to return an Explorer, by its name.

    >>> "playground" in find()  # it is drawn by the page
    False
    """
    found = {}
    for module in pkgutil.iter_modules(course_utils.explorers.__path__, "course_utils.explorers."):
        for name, function in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction):
            returned = function.__annotations__.get("return")
            if function.__module__ == module.name and returned == "Explorer" and not name.startswith("_"):
                found[name] = Found(name, function)
    return found
