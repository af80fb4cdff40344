"""The playground: a small network that learns in the plane while one watches, and changes it (lesson 10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from course_utils.explorers.page import PageExplorer, State, whole, within
from course_utils.explorers.playground.network import train_to
from course_utils.explorers.playground.points import DATA, FEATURES, REACH
from course_utils.explorers.playground.state import (
    ACTIVATIONS,
    BATCHES,
    LOSSES,
    MOST_LAYERS,
    MOST_POINTS,
    MOST_UNITS,
    MOST_UPDATES,
    PENALTIES,
    RATES,
    Settings,
    read_state,
    write_state,
)
from course_utils.numerics import check_choice

__all__ = ["Playground", "playground", "read_state", "train_to", "write_state"]


def _word(options: tuple[str, ...]) -> Callable[[str, Any], str]:
    return lambda name, value: str(check_choice(name, value, options))


def _number(options: tuple[Any, ...]) -> Callable[[str, Any], Any]:
    """Check for one of some numbers; it is kept as that one."""

    def check(name: str, value: Any) -> Any:
        found = [option for option in options if not isinstance(value, bool) and option == value]
        if not found:
            raise ValueError(
                f"{name}: expected one of {', '.join(f'{option:g}' for option in options)}, got {value!r}"
            )
        return found[0]

    return check


def _check_list(name: str, value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"{name}: expected a list, got {value!r}")
    return list(value)


def _check_features(name: str, value: Any) -> list[str]:
    if not all(feature in FEATURES for feature in _check_list(name, value)):
        raise ValueError(f"{name}: expected some of {', '.join(FEATURES)}, got {value!r}")
    return [feature for feature in FEATURES if feature in value]


def _check_hidden(name: str, value: Any) -> list[int]:
    if len(_check_list(name, value)) > MOST_LAYERS:
        raise ValueError(f"{name}: expected at most {MOST_LAYERS} layers, got {len(value)}")
    return [whole(1, MOST_UNITS)(f"{name}[{k}]", units) for k, units in enumerate(value)]


def _check_points(name: str, value: Any) -> list[list[float]]:
    """Return points as [x1, x2, class], in whole hundredths, so that a line of text can hold them."""
    if len(_check_list(name, value)) > MOST_POINTS:
        raise ValueError(f"{name}: expected at most {MOST_POINTS} points, got {len(value)}")
    place, label, kept = within(-REACH, REACH), whole(0, 2), []
    for k, point in enumerate(value):
        if len(_check_list(f"{name}[{k}]", point)) != 3:
            raise ValueError(f"{name}[{k}]: expected x1, x2 and a class, got {point!r}")
        x1, x2 = (round(place(f"{name}[{k}]", each), 2) + 0.0 for each in point[:2])
        kept.append([x1, x2, label(f"{name}[{k}]: class", point[2])])
    return kept


class Playground(PageExplorer):
    """The explorer that `playground` makes; its state is that of `Settings`, and the number of updates."""

    data = State(_word(DATA), "circles")
    noise = State(lambda name, value: round(20 * within(0, 0.5)(name, value)) / 20, 0.1)
    features = State(_check_features, ["x1", "x2"])
    hidden = State(_check_hidden, [4])
    activation = State(_word(ACTIVATIONS), "tanh")
    loss = State(_word(LOSSES), "CE")
    rate = State(_number(RATES), 0.3)
    classes = State(_number((2, 3)), 2)
    batch = State(_number(BATCHES), 0)
    L1 = State(_number(PENALTIES), 0.0)
    L2 = State(_number(PENALTIES), 0.0)
    share = State(whole(10, 90), 50)
    draw = State(whole(0, 999), 0)
    seed = State(whole(0, 999), 0)
    points = State(_check_points, [])
    updates = State(whole(0, MOST_UPDATES), 0)

    @property
    def line(self) -> str:
        """The state as the line of text that `playground` reads."""
        return write_state(*settings_of(self.state))

    @property
    def code(self) -> str:
        """The call that makes this playground again, as it stands now."""
        return f"playground({self.line!r})"


def settings_of(state: dict[str, Any]) -> tuple[Settings, int]:
    """Split a playground's state into its settings and its number of updates.

    >>> settings_of(playground().state) == (Settings(), 0)
    True
    """
    parts: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in state.items()
    }
    parts["points"] = tuple(tuple(point) for point in parts["points"])
    updates: int = parts.pop("updates")
    return Settings(**parts), updates


def playground(state: str = "circles_n0.1_x1+x2_1x4_tanh_CE_r0.3_u0") -> Playground:
    """Show a playground, in the state that the line `state` tells; Play trains, and everything can be changed.

    It trains in the page, by the updates of `train_to`; a line that cannot be read raises ValueError.

    >>> explorer = playground("moons_n0.1_x1+x2_1x4_tanh_CE_r3_u200")
    >>> explorer.rate = 1
    >>> explorer
    playground('moons_n0.1_x1+x2_1x4_tanh_CE_r1_u200')
    """
    settings, updates = read_state(state)
    return Playground(**settings._asdict(), updates=updates)
