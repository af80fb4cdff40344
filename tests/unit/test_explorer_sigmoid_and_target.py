"""Sigmoid, target and logit: the numbers by their formulas, the races by their counts, the picture and its words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from course_utils.explorers.engine import Explorer
from course_utils.explorers.sigmoid_and_target import _thinned, neuron, race, sigmoid_and_target

Z = np.linspace(-10, 10, 41)


def set_state(explorer: Explorer, z: float, t: float) -> None:
    explorer.controls["z"].value = z
    explorer.controls["t"].value = t


def random_state(rng: np.random.Generator) -> dict[str, float]:
    return {"z": round(rng.uniform(-10, 10), 1) + 0.0, "t": round(0.05 * int(rng.integers(21)), 2)}


# The neuron.


@pytest.mark.parametrize("t", [0.0, 0.3, 0.5, 1.0])
def test_the_numbers_by_their_formulas(t: float) -> None:
    seen, p = neuron(Z, t), expit(Z)
    np.testing.assert_allclose(seen.p, p, rtol=1e-14)
    np.testing.assert_allclose(seen.error, p - t, atol=1e-15)
    np.testing.assert_allclose(seen.mse, (p - t) ** 2, atol=1e-15)
    np.testing.assert_allclose(seen.mse_gradient, 2 * (p - t) * p * (1 - p), atol=1e-15)
    np.testing.assert_allclose(seen.bce, -t * np.log(p) - (1 - t) * np.log1p(-p), atol=1e-11)
    np.testing.assert_allclose(seen.bce_gradient, p - t, atol=1e-15)


def test_sure_and_wrong_the_squared_error_hardly_pushes() -> None:
    worst = neuron([-10.0], 1.0)
    assert worst.error[0] == pytest.approx(-1, abs=1e-4)
    assert worst.mse_gradient[0] == pytest.approx(-9.08e-5, rel=1e-3)
    assert worst.bce_gradient[0] == pytest.approx(-1, abs=1e-4)


def test_the_largest_push_of_the_squared_error_is_eight_twenty_sevenths() -> None:
    z = np.linspace(-3, 3, 60_001)
    seen = neuron(z, 1.0)
    assert np.abs(seen.mse_gradient).max() == pytest.approx(8 / 27, abs=1e-9)
    assert seen.p[np.abs(seen.mse_gradient).argmax()] == pytest.approx(1 / 3, abs=1e-4)


# The race.


@pytest.mark.parametrize(("start", "mse_steps", "bce_steps"), [(-6.0, 214, 7), (-10.0, 11_034, 11), (0.0, 0, 0)])
def test_the_published_races(start: float, mse_steps: int, bce_steps: int) -> None:
    assert [len(path) - 1 for path in race(start)] == [mse_steps, bce_steps]
    assert [len(path) - 1 for path in race(-start, 0.0)] == [mse_steps, bce_steps]


@pytest.mark.parametrize(("z", "t"), [(-4.0, 1.0), (3.0, 0.2), (-2.5, 0.55), (7.0, 0.0)])
def test_every_step_is_one_step_of_descent_and_only_the_last_ends_on_the_right_side(z: float, t: float) -> None:
    for path, gradient in zip(race(z, t), ("mse_gradient", "bce_gradient"), strict=True):
        assert path[0] == z
        np.testing.assert_allclose(path[1:], path[:-1] - getattr(neuron(path[:-1], t), gradient), atol=1e-12)
        right_side = (path >= 0) if t > 0.5 else (path <= 0)
        assert right_side[-1]
        assert not right_side[:-1].any()


@pytest.mark.parametrize(("z", "t"), [(3.0, 1.0), (-3.0, 0.0), (-3.0, 0.5), (3.0, 0.5), (0.0, 1.0)])
def test_no_race_where_nothing_is_wrong(z: float, t: float) -> None:
    assert [list(path) for path in race(z, t)] == [[z], [z]]


@pytest.mark.parametrize("length", [1, 2, 12, 11_035])
def test_a_thinned_race_keeps_both_ends_and_invents_nothing(length: int) -> None:
    path = np.linspace(-10, 0, length)
    steps, logits = _thinned(path)
    assert (steps[0], steps[-1]) == (0, length - 1)
    assert len(steps) <= 300
    np.testing.assert_array_equal(logits, path[steps.astype(int)])
    if length <= 12:
        np.testing.assert_array_equal(logits, path)


@pytest.mark.parametrize(
    ("function", "arguments", "error", "words"),
    [
        (race, (-10.1, 1.0), ValueError, "z: expected a logit from -10 to 10, got -10.1"),
        (race, (math.nan, 1.0), ValueError, "z: expected a finite number"),
        (race, ("a", 1.0), TypeError, "z: expected a number"),
        (race, (1.0, 1.5), ValueError, r"t: expected probabilities in \[0, 1\], got 1.5"),
        (neuron, ([1.0], -0.1), ValueError, r"t: expected probabilities in \[0, 1\], got -0.1"),
        (neuron, ([1.0], math.nan), ValueError, "t: expected a finite number"),
        (neuron, ([[1.0]], 1.0), ValueError, r"z: expected shape \(N,\), got \(1, 1\)"),
        (neuron, ([math.nan], 1.0), ValueError, "z: expected numbers, got nan"),
    ],
)
def test_bad_numbers_are_named(function: Any, arguments: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        function(*arguments)


# The picture and the words.


@pytest.mark.long
def test_an_arrow_key_to_the_right_moves_every_slider_from_its_start() -> None:
    for control in sigmoid_and_target().controls.values():
        assert control.value + control.step <= control.max


@pytest.mark.long
def test_points_and_curves_show_the_state() -> None:
    explorer = sigmoid_and_target()
    rng = np.random.default_rng(3)
    for _ in range(10):
        state = random_state(rng)
        z, t = state["z"], state["t"]
        artists: list[Any] = list(explorer._update(**state) or [])
        here = neuron([z], t)
        target, bar, dot = artists[4:7]
        assert list(target.get_ydata()) == [t, t]
        np.testing.assert_array_equal(bar.get_xydata(), [[z, here.p[0]], [z, t]])
        np.testing.assert_array_equal(dot.get_xydata(), [[z, here.p[0]]])
        for first, fields in ((7, ("mse", "bce")), (11, ("mse_gradient", "bce_gradient"))):
            for curve, point, field in zip(
                artists[first : first + 2], artists[first + 2 : first + 4], fields, strict=True
            ):
                xs, ys = curve.get_data()
                np.testing.assert_array_equal(ys, getattr(neuron(xs, t), field))
                np.testing.assert_array_equal(point.get_xydata(), [[z, getattr(here, field)[0]]])
        for curve, point, path in zip(artists[15:17], artists[17:19], race(z, t), strict=True):
            np.testing.assert_array_equal(curve.get_xydata()[[0, -1]], [[0, z], [len(path) - 1, path[-1]]])
            np.testing.assert_array_equal(point.get_xydata(), [[len(path) - 1, path[-1]]])


@pytest.mark.long
def test_the_longest_race_fits_the_picture() -> None:
    explorer = sigmoid_and_target()
    set_state(explorer, -10.0, 0.55)
    paths: Any = explorer._picture._figure.axes[3]
    assert len(race(-10.0, 0.55).mse) - 1 < paths.get_xlim()[1]


@pytest.mark.long
def test_the_caption_tells_the_numbers() -> None:
    explorer = sigmoid_and_target()
    rng = np.random.default_rng(4)
    for _ in range(20):
        state = random_state(rng)
        set_state(explorer, **state)
        z, t = state["z"], state["t"]
        p, error, mse, mse_gradient, bce, bce_gradient = (field[0] for field in neuron([z], t))
        text = explorer.caption
        assert text.startswith(f"Logit z = {z:+.1f}, probability p = {p:.4g}, target t = {t:.2f}, ")
        assert f"error p - t = {error:+.4f}. Squared error {mse:.4f}, its gradient {mse_gradient:+.3g};" in text
        assert f"cross-entropy {bce:.4f} nats, its gradient {bce_gradient:+.3g}." in text
        steps = [len(path) - 1 for path in race(z, t)]
        raced = (
            f"in {steps[0]:,} steps down the squared error and in {steps[1]:,} steps down the binary cross-entropy."
        )
        assert text.endswith(raced) == (max(steps) > 0)
        assert ("No race: " in text) == (max(steps) == 0)


@pytest.mark.parametrize(("t", "why"), [(0.5, "a target of 0.5 is on neither side"), (1.0, "on the target's side")])
@pytest.mark.long
def test_the_caption_says_why_there_is_no_race(t: float, why: str) -> None:
    explorer = sigmoid_and_target()
    set_state(explorer, 2.0, t)
    assert why in explorer.caption


@pytest.mark.long
def test_the_code_computes_the_picture() -> None:
    explorer = sigmoid_and_target()
    rng = np.random.default_rng(5)
    for _ in range(5):
        state = random_state(rng)
        set_state(explorer, **state)
        names: dict[str, Any] = {}
        exec(explorer.code, names)
        np.testing.assert_allclose(names["mse_gradient"], neuron([state["z"]], state["t"]).mse_gradient, rtol=1e-12)
        assert names["mse_steps"] == len(race(state["z"], state["t"]).mse) - 1
        assert names["bce_steps"] == len(race(state["z"], state["t"]).bce) - 1
