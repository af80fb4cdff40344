"""All that a playground is, as one short line that can be mailed, and pasted to bring the same playground back."""

from __future__ import annotations

import re
from typing import NamedTuple, TypeVar

from course_utils.datasets.toy import TOYS

NOISES = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4)
FEATURES = ("x1", "x2", "squares", "product", "sines")
ACTIVATIONS = ("tanh", "relu", "sigmoid", "linear")
LOSSES = ("CE", "MSE")
RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
MOST_LAYERS, MOST_UNITS, MOST_UPDATES = 3, 8, 5000
Value = TypeVar("Value")


class Settings(NamedTuple):
    """What is trained, and on what. Together with a number of updates it fixes every weight."""

    data: str = "circles"
    noise: float = 0.1
    features: tuple[str, ...] = ("x1", "x2")
    layers: int = 1
    units: int = 4
    activation: str = "tanh"
    loss: str = "CE"
    rate: float = 0.3


def write_state(settings: Settings, updates: int) -> str:
    """Write settings and updates as a line without spaces.

    >>> write_state(Settings(), 250)
    'circles_n0.1_x1+x2_1x4_tanh_CE_r0.3_u250'
    """
    s = settings
    features = "+".join(s.features) or "none"
    return f"{s.data}_n{s.noise:g}_{features}_{s.layers}x{s.units}_{s.activation}_{s.loss}_r{s.rate:g}_u{updates}"


def read_state(text: str) -> tuple[Settings, int]:
    """Read such a line back; ValueError names the part that is wrong and what may stand there.

    >>> read_state("moons_n0.2_x1+x2_2x8_relu_MSE_r1_u0")[0].units
    8
    >>> read_state("moons_n0.2_x1+x2_9x8_relu_MSE_r1_u0")
    Traceback (most recent call last):
    ValueError: state: expected 0x1 to 3x8 (hidden layers x units) as part 4, got '9x8'
    """
    parts = text.strip().split("_")
    if len(parts) != 8:
        raise ValueError(
            f"state: expected 8 parts as in {write_state(Settings(), 0)!r}, got {len(parts)} in {text!r}"
        )
    data, noise, features, size, activation, loss, rate, updates = parts
    layers, units = _whole(size, 4, r"(\d)x(\d)", f"0x1 to {MOST_LAYERS}x{MOST_UNITS} (hidden layers x units)")
    if layers > MOST_LAYERS or not 1 <= units <= MOST_UNITS:
        raise _error(size, 4, f"0x1 to {MOST_LAYERS}x{MOST_UNITS} (hidden layers x units)")
    (after,) = _whole(updates, 8, r"u(\d{1,9})", f"u0 to u{MOST_UPDATES}")
    if after > MOST_UPDATES:
        raise _error(updates, 8, f"u0 to u{MOST_UPDATES}")
    settings = Settings(
        _one_of(data, 1, {name: name for name in TOYS}),
        _one_of(noise, 2, {f"n{value:g}": value for value in NOISES}),
        _features(features),
        layers,
        units,
        _one_of(activation, 5, {name: name for name in ACTIVATIONS}),
        _one_of(loss, 6, {name: name for name in LOSSES}),
        _one_of(rate, 7, {f"r{value:g}": value for value in RATES}),
    )
    return settings, after


def _one_of(text: str, part: int, known: dict[str, Value]) -> Value:
    if text not in known:
        raise _error(text, part, " or ".join(known))
    return known[text]


def _whole(text: str, part: int, form: str, wanted: str) -> tuple[int, ...]:
    found = re.fullmatch(form, text, re.ASCII)
    if found is None:
        raise _error(text, part, wanted)
    return tuple(map(int, found.groups()))


def _features(text: str) -> tuple[str, ...]:
    """Return the features in their order, each once."""
    named = [] if text == "none" else text.split("+")
    if not set(named) <= set(FEATURES) or len(set(named)) != len(named):
        raise _error(text, 3, f"'none', or some of {'+'.join(FEATURES)}")
    return tuple(name for name in FEATURES if name in named)


def _error(text: str, part: int, wanted: str) -> ValueError:
    return ValueError(f"state: expected {wanted} as part {part}, got {text!r}")
