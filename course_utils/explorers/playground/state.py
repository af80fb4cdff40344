"""All that a playground is, as one short line that can be mailed, and pasted to bring the same playground back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from course_utils.explorers.playground.points import DATA, FEATURES, REACH

ACTIVATIONS = ("tanh", "relu", "sigmoid", "linear")
LOSSES = ("CE", "MSE")
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
BATCHES = (0, 1, 5, 10, 30, 100)  # 0: all points at once
PENALTIES = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
MOST_LAYERS, MOST_UNITS, MOST_UPDATES, MOST_POINTS = 6, 8, 20_000, 200
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
# Features that a line names by one word.
_PAIRS = {"squares": ("sq1", "sq2"), "sines": ("sin1", "sin2")}


class Settings(NamedTuple):
    """What is trained, and on what. Together with a number of updates it fixes every weight."""

    data: str = "circles"
    noise: float = 0.1
    features: tuple[str, ...] = ("x1", "x2")
    hidden: tuple[int, ...] = (4,)  # units of each hidden layer
    activation: str = "tanh"
    loss: str = "CE"
    rate: float = 0.3
    classes: int = 2
    batch: int = 0
    L1: float = 0.0  # its share of the gradient: L1 sign(W) + L2 W
    L2: float = 0.0
    share: int = 50  # percent of the points that are kept for testing
    draw: int = 0  # which points
    seed: int = 0  # which weights at the start, which batches
    points: tuple[tuple[float, float, int], ...] = ()  # x1, x2 and class of those added by hand


def write_state(settings: Settings, updates: int) -> str:
    """Write settings and updates as a line without spaces; what is as usual after the eighth part is left out.

    >>> write_state(Settings(), 250)
    'circles_n0.1_x1+x2_1x4_tanh_CE_r0.3_u250'
    >>> write_state(Settings("spiral", hidden=(8, 4), classes=3, batch=10, points=((0.5, -1.6, 2),)), 0)
    'spiral_n0.1_x1+x2_8+4_tanh_CE_r0.3_u0_k3_b10_p5u002'
    """
    s = settings
    line = f"{s.data}_n{s.noise:g}_{_write_features(s.features)}_{_write_hidden(s.hidden)}_{s.activation}_{s.loss}"
    extra = [
        f"_{mark}{write(getattr(s, name))}" for mark, name, write, _ in _EXTRA if getattr(s, name) != _USUAL[name]
    ]
    return f"{line}_r{s.rate:g}_u{updates}{''.join(extra)}"


def read_state(text: str) -> tuple[Settings, int]:
    """Read such a line back; ValueError names the part that is wrong and what may stand there.

    >>> read_state("moons_n0.2_x1+x2_2x8_relu_MSE_r1_u0")[0].hidden
    (8, 8)
    >>> read_state("moons_n0.2_x1+x2_9x8_relu_MSE_r1_u0")
    Traceback (most recent call last):
    ValueError: state: expected 0x1 to 6x8 (hidden layers x units), or units of each as 8+4, as part 4, got '9x8'
    """
    parts = text.strip().split("_")
    if len(parts) < 8:
        example = write_state(Settings(), 0)
        raise ValueError(f"state: expected 8 parts or more, as in {example!r}, got {len(parts)} in {text[:80]!r}")
    data, noise, features, size, activation, loss, rate, updates = parts[:8]
    settings = Settings(
        _one_of(data, 1, {name: name for name in DATA}),
        _one_of(noise, 2, {f"n{percent / 100:g}": percent / 100 for percent in range(0, 55, 5)}),
        _read_features(features),
        _read_hidden(size),
        _one_of(activation, 5, {name: name for name in ACTIVATIONS}),
        _one_of(loss, 6, {name: name for name in LOSSES}),
        _one_of(rate, 7, {f"r{value:g}": value for value in RATES}),
    )
    return settings._replace(**_read_extra(parts[8:])), _number(updates, 8, "u", 0, MOST_UPDATES)


def _one_of(text: str, part: int, known: dict[str, Any]) -> Any:
    if text not in known:
        raise _error(text, part, " or ".join(known))
    return known[text]


def _number(text: str, part: int, mark: str, low: int, high: int) -> int:
    if not re.fullmatch(mark + r"\d{1,9}", text, re.ASCII) or not low <= int(text[len(mark) :]) <= high:
        raise _error(text, part, f"{mark}{low} to {mark}{high}")
    return int(text[len(mark) :])


def _write_hidden(hidden: tuple[int, ...]) -> str:
    if len(set(hidden)) > 1:
        return "+".join(map(str, hidden))
    return f"{len(hidden)}x{hidden[0] if hidden else 1}"


def _read_hidden(text: str) -> tuple[int, ...]:
    if found := re.fullmatch(r"(\d)x(\d)", text, re.ASCII):
        layers, units = map(int, found.groups())
        hidden = (units,) * layers
    elif re.fullmatch(r"\d(\+\d)+", text, re.ASCII):
        hidden = tuple(map(int, text.split("+")))
        units = min(hidden)
    else:
        hidden, units = (), 0
    if units < 1 or max((*hidden, units)) > MOST_UNITS or len(hidden) > MOST_LAYERS:
        wanted = f"0x1 to {MOST_LAYERS}x{MOST_UNITS} (hidden layers x units), or units of each as 8+4,"
        raise _error(text, 4, wanted)
    return hidden


def _write_features(features: tuple[str, ...]) -> str:
    text = "+".join(features) or "none"
    for word, pair in _PAIRS.items():
        text = text.replace("+".join(pair), word)
    return text


def _read_features(text: str) -> tuple[str, ...]:
    """Return the features in their order, each once."""
    words = [] if text == "none" else text.split("+")
    named = [name for word in words for name in _PAIRS.get(word, (word,))]
    if not set(named) <= set(FEATURES) or len(set(named)) != len(named):
        raise _error(text, 3, f"'none', or some of {'+'.join((*FEATURES, *_PAIRS))}")
    return tuple(name for name in FEATURES if name in named)


def _write_points(points: tuple[tuple[float, float, int], ...]) -> str:
    """Write each point in five letters: hundredths from -REACH in base 36, and the class."""
    hundredths = [(round(100 * (x + REACH)), round(100 * (y + REACH)), label) for x, y, label in points]
    return "".join(f"{_base36(x)}{_base36(y)}{label}" for x, y, label in hundredths)


def _base36(number: int) -> str:
    return _DIGITS[number // 36] + _DIGITS[number % 36]


def _read_points(text: str, part: int) -> tuple[tuple[float, float, int], ...]:
    most = round(200 * REACH)
    found = re.findall(r"([0-8][0-9a-z])([0-8][0-9a-z])([012])", text[1:], re.ASCII)
    points = [(int(x, 36), int(y, 36), int(label)) for x, y, label in found]
    fits = 5 * len(points) == len(text) - 1 and 0 < len(points) <= MOST_POINTS
    if not fits or any(max(x, y) > most for x, y, _ in points):
        raise _error(text[:80], part, f"p and five letters for each of 1 to {MOST_POINTS} points")
    return tuple(((x - most // 2) / 100, (y - most // 2) / 100, label) for x, y, label in points)


def _as_penalty(text: str, part: int) -> float:
    mark = text[:3]
    return float(_one_of(text, part, {f"{mark}{value:g}": value for value in PENALTIES[1:]}))


def _whole(mark: str, low: int, high: int) -> Callable[[str, int], int]:
    return lambda text, part: _number(text, part, mark, low, high)


_USUAL = Settings()._asdict()
# Mark, name, how it is written and read: the parts that may follow, in this order.
_EXTRA: tuple[tuple[str, str, Callable[[Any], str], Callable[[str, int], Any]], ...] = (
    ("k", "classes", str, _whole("k", 2, 3)),
    ("b", "batch", str, lambda text, part: _one_of(text, part, {f"b{batch}": batch for batch in BATCHES})),
    ("L1=", "L1", "{:g}".format, _as_penalty),
    ("L2=", "L2", "{:g}".format, _as_penalty),
    ("t", "share", str, _whole("t", 10, 90)),
    ("d", "draw", str, _whole("d", 0, 999)),
    ("s", "seed", str, _whole("s", 0, 999)),
    ("p", "points", _write_points, _read_points),
)


def _read_extra(parts: list[str]) -> dict[str, Any]:
    marks, found = [mark for mark, *_ in _EXTRA], {}
    for number, text in enumerate(parts, start=9):
        known = [(name, read) for mark, name, _, read in _EXTRA if text.startswith(mark) and name not in found]
        if not known:
            raise _error(text[:80], number, f"a part that begins with one of {' '.join(marks)}, each once,")
        name, read = known[0]
        found[name] = read(text, number)
    return found


def _error(text: str, part: int, wanted: str) -> ValueError:
    return ValueError(f"state: expected {wanted} as part {part}, got {text!r}")
