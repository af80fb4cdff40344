"""Explorers that the page draws: what every one of them is in Python, which holds their state and draws nothing.

The numbers, the picture, the caption and the code are made in the page, by a module of JavaScript (explorers/src/).
So an explorer moves without a kernel; while one runs, the two share the state: `explorer.first = 70` moves the
picture, and a hand that drags it sets `explorer.first`.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
import numpy.typing as npt
import traitlets

from course_utils._support.widgets import live_view
from course_utils.numerics import check_integer, check_number

STATIC = Path(__file__).with_name("static")
# What an output holds for the build, which adds picture and caption, and for the site, which makes it alive.
EXPLORER = "application/vnd.course.explorer+json"
if TYPE_CHECKING:
    _TraitType = traitlets.TraitType[Any, Any]
else:
    _TraitType = traitlets.TraitType  # Colab's cannot be told what it holds


class State(_TraitType):
    """One value of an explorer's state, shared with the page, plain enough for JSON.

    check(name, value) returns the value as it is kept, or raises with words that begin with the name. What is not
    `shown`, such as pixels, is left out where the explorer is written as a call.
    """

    def __init__(self, check: Callable[[str, Any], Any], default: Any, *, shown: bool = True) -> None:
        super().__init__(default_value=default)
        self.check, self.shown = check, shown
        self.tag(sync=True)

    def validate(self, obj: Any, value: Any) -> Any:
        """Return the value as the check makes it."""
        return self.check(str(self.name), value)


class PageExplorer(anywidget.AnyWidget):
    """The base of every explorer: a subclass names its state, one `State` for each argument of its function.

    Its module has the name of the function and of the folder in explorers/src/. A value that the check of its State
    refuses raises, and leaves the state as it was.

    >>> class Coin(PageExplorer):
    ...     p = State(within(0, 1), 0.5)
    >>> coin = Coin(p=0.25)
    >>> coin.state
    {'p': 0.25}
    >>> coin.p = 2
    Traceback (most recent call last):
    ValueError: p: expected a number from 0 to 1, got 2
    """

    called: str
    held: tuple[str, ...]  # the names of the state, in the order of the class

    def __init_subclass__(cls, **options: Any) -> None:
        """Let the page have the module of JavaScript that is called as the Python module is."""
        held = tuple(name for name, trait in vars(cls).items() if isinstance(trait, State))
        if held:  # anywidget makes a class of its own of each instance, which has none
            cls.held, cls.called = held, cls.__module__.rpartition(".")[2]
            module = STATIC / f"{cls.called}.mjs"
            cls._esm = module if module.exists() else ""  # none for a class that is made in a cell
        super().__init_subclass__(**options)

    @property
    def state(self) -> dict[str, Any]:
        """All that the picture hangs on, as it stands now."""
        return {name: getattr(self, name) for name in self.held}

    @property
    def code(self) -> str:
        """The call that makes this explorer again, as it stands now."""
        traits = self.traits()
        shown = {name: value for name, value in self.state.items() if getattr(traits[name], "shown", True)}
        return f"{self.called}({', '.join(f'{name}={value!r}' for name, value in shown.items())})"

    def __repr__(self) -> str:
        return self.code

    _ipython_display_ = None  # that of ipywidgets 7 would come first, and leave out the state

    def _repr_mimebundle_(self, **_: Any) -> Any:
        """Return the live explorer, its state, and the call that makes it; nothing in it differs between two runs."""
        data = {**live_view(self), EXPLORER: {"name": self.called, "state": self.state}, "text/plain": self.code}
        return data, {}


# Values for State, and checks.


def packed(array: npt.NDArray[Any]) -> str:
    """Return the numbers of an array as text, base64, the lowest byte first; `unpacked` in the page reads it.

    >>> packed(np.array([0, 255, 128], np.uint8))
    'AP+A'
    """
    plain = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    return base64.b64encode(plain.tobytes()).decode()


def as_given(name: str, value: Any) -> Any:
    """Return a value that the explorer's function has checked already."""
    return value


def within(low: float, high: float) -> Callable[[str, Any], float]:
    """Check for one number from `low` to `high`; it is kept as a float.

    >>> within(0, 1)("p", 1)
    1.0
    """

    def check(name: str, value: Any) -> float:
        number = check_number(name, value)
        if not low <= number <= high:
            raise ValueError(f"{name}: expected a number from {low:g} to {high:g}, got {value}")
        return number

    return check


def whole(low: int, high: int) -> Callable[[str, Any], int]:
    """Check for one whole number from `low` to `high`.

    >>> whole(0, 100)("first", 101)
    Traceback (most recent call last):
    ValueError: first: expected a whole number from 0 to 100, got 101
    """

    def check(name: str, value: Any) -> int:
        number = check_integer(name, value, at_least=low)
        if number > high:
            raise ValueError(f"{name}: expected a whole number from {low} to {high}, got {number}")
        return number

    return check
