"""Logits and temperature: the numbers by their formulas, the picture and the words by the numbers."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import scipy.special
from matplotlib.patches import Rectangle

from course_utils.explorers.engine import Explorer
from course_utils.explorers.logits_and_temperature import (
    _COLOURS,
    FARTHEST,
    logits_and_temperature,
    push_a_logit,
)
from course_utils.explorers.panels import outline
from course_utils.gradients import jacobian

Z = [2.0, 3.0, 5.0, 0.0]


def make() -> Explorer:
    return logits_and_temperature(Z)


def set_state(explorer: Explorer, state: dict[str, Any]) -> None:
    for name, value in state.items():
        explorer.controls[name].value = value


def random_state(rng: np.random.Generator) -> dict[str, Any]:
    logits = {f"z{k}": round(float(rng.uniform(-6, 6)), 1) for k in range(4)}
    return logits | {"temperature": float(2.0 ** rng.integers(-1, 4)), "i": int(rng.integers(4))}


# The numbers.


@pytest.mark.parametrize("temperature", [0.5, 1.0, 8.0])
@pytest.mark.parametrize("i", [0, 2])
def test_the_numbers_by_their_formulas(temperature: float, i: int) -> None:
    push = push_a_logit(Z, i, temperature)
    after = np.array(Z) + np.eye(4)[i]
    np.testing.assert_allclose(push.p, scipy.special.softmax(np.array(Z) / temperature), rtol=1e-12)
    np.testing.assert_allclose(push.p_after, scipy.special.softmax(after / temperature), rtol=1e-12)
    np.testing.assert_allclose(push.change, push.p_after - push.p, rtol=0)
    measured = jacobian(lambda z: scipy.special.softmax(z / temperature), Z)
    np.testing.assert_allclose(push.J, measured, atol=1e-9)


def test_one_wins_and_all_others_lose_in_proportion() -> None:
    push = push_a_logit(Z, 1)
    assert push.change[1] > 0
    others = [0, 2, 3]
    shares = push.change[others] / push.p[others]
    np.testing.assert_allclose(shares, shares[0], rtol=1e-12)
    assert shares[0] < 0
    assert push.change.sum() == pytest.approx(0, abs=1e-15)


def test_the_input_is_left_as_it_is() -> None:
    z = np.array(Z)
    push_a_logit(z, 0)
    assert z.tolist() == Z


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"z": [Z]}, ValueError, r"z: expected shape \(K,\), got \(1, 4\)"),
        ({"z": []}, ValueError, "z: expected at least one logit, got none"),
        ({"z": [0.0, np.inf]}, ValueError, "z: expected finite numbers, got inf"),
        ({"z": "high"}, TypeError, "z: expected an array of numbers"),
        ({"i": 4}, ValueError, "i: expected labels 0 to 3, got 4"),
        ({"i": -1}, ValueError, "i: expected a whole number of at least 0, got -1"),
        ({"i": 0.5}, TypeError, "i: expected a whole number"),
        ({"temperature": 0}, ValueError, "temperature: expected a number above 0, got 0"),
    ],
)
def test_bad_numbers_are_named(changed: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        push_a_logit(**({"z": Z, "i": 0, "temperature": 1.0} | changed))


@pytest.mark.parametrize(
    ("z", "error", "words"),
    [
        ([1.0], ValueError, "z: expected 2 to 4 logits, got 1"),
        ([0.0] * 5, ValueError, "z: expected 2 to 4 logits, got 5"),
        ([0.0, -6.5], ValueError, "z: expected logits from -6 to 6, got -6.5"),
        ([[0.0, 1.0]], ValueError, r"z: expected shape \(K,\)"),
        ([0.0, np.nan], ValueError, "z: expected numbers, got nan"),
    ],
)
def test_bad_starts_are_named(z: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        logits_and_temperature(z)


# The picture and the words.


@pytest.mark.long
def test_bars_heat_map_and_frame_show_the_state() -> None:
    explorer = make()
    rng = np.random.default_rng(2)
    for _ in range(10):
        state = random_state(rng)
        push = push_a_logit([state[f"z{k}"] for k in range(4)], state["i"], state["temperature"])
        moving: Any = explorer._update(**state)
        p, p_after, p_told, J, slopes, column, change, forecast, change_told = moving
        assert_bars(p, push.p)
        assert_bars(p_after, push.p_after)
        np.testing.assert_array_equal(J.get_array().ravel(), push.J.ravel())
        assert_bars(change, push.change)
        assert_bars(forecast, push.J[:, state["i"]])
        assert isinstance(column, Rectangle)
        assert column.get_x() == state["i"]
        assert_told(p_told, "{:.3f}", push.p)
        assert_told(slopes, "{:+.3f}", push.J.ravel())
        assert_told(change_told, "{:+.3f}", push.change)


def assert_bars(bars: Any, values: Any) -> None:
    ends = [path.get_extents() for path in bars.get_paths()]
    np.testing.assert_allclose([box.x1 + box.x0 for box in ends], values, atol=1e-12)  # the other end is at 0


def assert_told(numbers: Any, form: str, values: Any) -> None:
    for path, value in zip(numbers.get_paths(), values, strict=True):
        np.testing.assert_array_equal(path.vertices, outline(form.format(value)).vertices)


def test_the_slope_written_in_a_cell_is_the_slope_of_that_cell() -> None:
    explorer = make()
    moving: Any = explorer._update(**explorer.values)
    for (x, y), (row, column) in zip(moving[4].get_offsets(), np.ndindex(4, 4), strict=True):
        assert (int(y), int(x)) == (row, column)


@pytest.mark.long
def test_no_bar_leaves_its_panel_at_the_coldest() -> None:
    coldest = make().controls["temperature"].base ** make().controls["temperature"].min
    for z in np.linspace(-6, 6, 121):
        push = push_a_logit([z, 0.0], 0, coldest)
        assert max(np.abs(push.change).max(), np.abs(push.J).max()) <= FARTHEST


def test_black_figures_stand_out_on_every_colour() -> None:
    rgb = _COLOURS(np.linspace(0, 1, 50))[:, :3]
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    assert ((linear @ (0.2126, 0.7152, 0.0722) + 0.05) / 0.05).min() > 4.5  # WCAG 2.2


def test_the_caption_tells_the_numbers() -> None:
    explorer = make()
    set_state(explorer, {"z1": 4.0, "temperature": 2.0, "i": 3})
    push = push_a_logit([2.0, 4.0, 5.0, 0.0], 3, 2.0)
    told = [float(number) for number in re.findall(r"[-+]?\d+\.\d{3}", explorer.caption)]
    np.testing.assert_allclose(told, [*push.p, *push.change, 0.0, *push.J[:, 3]], atol=5e-4)
    assert "Logits (+2.0, +4.0, +5.0, +0.0) at temperature 2.00" in explorer.caption
    assert "One more unit on logit 3" in explorer.caption


def test_the_code_computes_what_is_shown() -> None:
    explorer = make()
    set_state(explorer, {"z0": -1.5, "temperature": 0.5, "i": 2})
    names: dict[str, Any] = {}
    exec(explorer.code, names)
    push = push_a_logit([-1.5, 3.0, 5.0, 0.0], 2, 0.5)
    for name, value in {"p": push.p, "J": push.J, "change": push.change}.items():
        np.testing.assert_allclose(names[name], value, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("z", [[0.0, 0.0], Z])
def test_every_label_lies_inside_the_picture(z: list[float]) -> None:
    explorer = logits_and_temperature(z)
    figure: Any = explorer._picture._figure
    box = figure.get_tightbbox().transformed(figure.dpi_scale_trans)
    width, height = 150 * figure.get_size_inches()
    assert box.x0 >= -1
    assert box.y0 >= -1
    assert box.x1 <= width + 1
    assert box.y1 <= height + 1
