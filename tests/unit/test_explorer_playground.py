"""The playground: its network against torch, moments the same by whichever way, its line, its clock."""

from __future__ import annotations

import gc
import itertools
import tracemalloc
from typing import Any

import numpy as np
import pytest
import torch

from course_utils.datasets import draw_toy
from course_utils.explorers.playground import UPDATES_A_PICTURE, playground
from course_utils.explorers.playground.network import (
    ACTIVATION,
    TEST_EVERY,
    N,
    _Run,
    first_layers,
    forward,
    loss_and_gradients,
    make_features,
    train_to,
)
from course_utils.explorers.playground.picture import _thinned, _zero_line, titles
from course_utils.explorers.playground.state import (
    ACTIVATIONS,
    FEATURES,
    LOSSES,
    MOST_UPDATES,
    NOISES,
    RATES,
    Settings,
    read_state,
    write_state,
)

TORCH: dict[str, Any] = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid, "linear": lambda z: z}


def in_torch(layers: Any, X: Any, y: Any, activation: str, loss: str) -> tuple[float, list[Any]]:
    parameters = [torch.tensor(w, requires_grad=True) for layer in layers for w in layer]
    h = torch.tensor(X)
    for k in range(0, len(parameters), 2):
        z = h @ parameters[k] + parameters[k + 1]
        h = TORCH[activation](z)
    t = torch.tensor(y, dtype=torch.float64)
    if loss == "CE":
        value = torch.nn.functional.binary_cross_entropy_with_logits(z[:, 0], t)
    else:
        value = torch.nn.functional.mse_loss(torch.sigmoid(z[:, 0]), t)
    value.backward()  # type: ignore[no-untyped-call]
    return value.item(), [parameter.grad for parameter in parameters]


# The network.


@pytest.mark.parametrize(("activation", "loss"), list(itertools.product(ACTIVATIONS, LOSSES)))
@pytest.mark.parametrize("hidden", [[], [5], [8, 8, 8]])
def test_loss_and_gradients_are_torchs(activation: str, loss: str, hidden: list[int]) -> None:
    points, y = draw_toy("moons", 40, noise=0.2, seed=1)
    X = make_features(points, FEATURES)
    rng = np.random.default_rng(3)
    layers = tuple((W, rng.normal(0, 0.5, b.shape)) for W, b in first_layers([X.shape[1], *hidden, 1]))
    value, slopes = loss_and_gradients(layers, X, y, activation, loss)
    expected, wanted = in_torch(layers, X, y, activation, loss)
    assert value == pytest.approx(expected, rel=1e-12)
    ours = [slope for layer in slopes for slope in layer]
    for got, want in zip(ours, wanted, strict=True):
        np.testing.assert_allclose(got, want.numpy(), rtol=1e-9, atol=1e-14)


def test_without_a_feature_only_the_bias_speaks() -> None:
    moment = train_to(Settings(features=(), layers=0, rate=1.0), 200)
    _, z = forward(moment.layers, np.empty((3, 0)), "tanh")
    assert z[0] == z[1] == z[2]
    _, y = draw_toy("circles", 2 * N, 0.1, seed=0)
    share = y[:N].mean()
    assert z[0] == pytest.approx(np.log(share / (1 - share)), abs=1e-3)


def test_features_by_their_formulas() -> None:
    x1, x2 = 0.3, -1.2
    row = make_features(np.array([[x1, x2]]), FEATURES)[0]
    expected = [x1, x2, x1**2, x2**2, x1 * x2, np.sin(np.pi * x1), np.sin(np.pi * x2)]
    np.testing.assert_allclose(row, expected, rtol=1e-12)


def test_the_slopes_of_the_activations_by_differences() -> None:
    z, step = np.array([-1.3, -0.2, 0.4, 2.0]), 1e-6
    for act, slope in ACTIVATION.values():
        np.testing.assert_allclose(slope(act(z)), (act(z + step) - act(z - step)) / (2 * step), atol=1e-8)


# A run.


@pytest.mark.long
def test_a_moment_is_the_same_whichever_way_it_is_reached() -> None:
    settings = Settings(data="moons", layers=2, rate=1.0)
    there, straight = _Run(settings), _Run(settings)
    for updates in (0, 5, 612, 10, 251, 400):
        moment = there.at(updates)
        fresh = _Run(settings).at(updates)
        for (W, b), (V, c) in zip(moment.layers, fresh.layers, strict=True):
            np.testing.assert_array_equal(W, V)
            np.testing.assert_array_equal(b, c)
        np.testing.assert_array_equal(moment.train_losses, fresh.train_losses)
        np.testing.assert_array_equal(moment.test_losses, fresh.test_losses)
        assert len(moment.train_losses) == updates + 1
        assert len(moment.test_losses) == updates // TEST_EVERY + 1
    assert there.at(400).test_accuracy == straight.at(400).test_accuracy


def test_each_update_is_one_step_downhill() -> None:
    settings = Settings(rate=0.1)
    points, y = draw_toy("circles", 2 * N, 0.1, seed=0)
    before, after = (train_to(settings, updates).layers for updates in (7, 8))
    _, slopes = loss_and_gradients(before, points[:N], y[:N], "tanh", "CE")
    for (W, b), (dW, db), (V, c) in zip(before, slopes, after, strict=True):
        np.testing.assert_array_equal(W - 0.1 * dW, V)
        np.testing.assert_array_equal(b - 0.1 * db, c)


@pytest.mark.long
def test_weights_that_run_away_stand_still_and_this_is_said() -> None:
    settings = Settings(activation="linear", layers=3, units=8, features=FEATURES, rate=10.0)
    moment = train_to(settings, 100)
    assert moment.stopped
    assert len(moment.train_losses) <= 100
    assert np.isfinite(moment.train_losses).all()
    line = write_state(settings, 100)
    assert "ran away after update" in playground(line).caption
    assert "ran away" in titles(settings, moment)[1]
    assert not train_to(settings, len(moment.train_losses) - 1).stopped
    assert train_to(settings, 5000).stopped, "and it stays there"


@pytest.mark.long
def test_every_run_is_finite() -> None:
    rng = np.random.default_rng(0)
    for _ in range(25):
        features = tuple(name for name in FEATURES if rng.random() < 0.5)
        settings = Settings(
            ["blobs", "circles", "moons"][rng.integers(3)],
            NOISES[rng.integers(len(NOISES))],
            features,
            int(rng.integers(4)),
            int(rng.integers(1, 9)),
            ACTIVATIONS[rng.integers(4)],
            LOSSES[rng.integers(2)],
            RATES[rng.integers(len(RATES))],
        )
        moment = train_to(settings, 60)
        assert np.isfinite(moment.train_losses).all()
        assert np.isfinite(moment.test_losses).all()


@pytest.mark.parametrize("updates", [-1, MOST_UPDATES + 1])
def test_bad_updates_are_named(updates: int) -> None:
    with pytest.raises(ValueError, match="updates: expected"):
        train_to(Settings(), updates)


# The line.


@pytest.mark.long
def test_every_state_can_be_written_and_read_back() -> None:
    rng = np.random.default_rng(2)
    explorer: Any = playground()
    for _ in range(40):
        s = Settings(
            features=tuple(name for name in FEATURES if rng.random() < 0.5),
            noise=NOISES[rng.integers(len(NOISES))],
            layers=int(rng.integers(4)),
            rate=RATES[rng.integers(len(RATES))],
        )
        assert read_state(write_state(s, 17)) == (s, 17)
    explorer.values = {"data": "moons", "sines": True, "rate": 3.0, "updates": 20}
    again: Any = playground(explorer._line.value)
    assert (again.values, again.png, again.caption) == (explorer.values, explorer.png, explorer.caption)
    assert len(explorer._line.value) < 60


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "state: expected 8 parts"),
        ("moon_n0.1_x1+x2_1x4_tanh_CE_r0.3_u0", "blobs or circles or moons as part 1, got 'moon'"),
        ("moons_n7_x1+x2_1x4_tanh_CE_r0.3_u0", "as part 2, got 'n7'"),
        ("moons_n0.1_x1+x3_1x4_tanh_CE_r0.3_u0", "some of .* as part 3, got 'x1.x3'"),
        ("moons_n0.1_x1+x1_1x4_tanh_CE_r0.3_u0", "as part 3"),
        ("moons_n0.1_x1_4x4_tanh_CE_r0.3_u0", "as part 4"),
        ("moons_n0.1_x1_1x0_tanh_CE_r0.3_u0", "as part 4"),
        ("moons_n0.1_x1_1x4_step_CE_r0.3_u0", "as part 5"),
        ("moons_n0.1_x1_1x4_tanh_hinge_r0.3_u0", "as part 6"),
        ("moons_n0.1_x1_1x4_tanh_CE_r0.5_u0", "as part 7"),
        ("moons_n0.1_x1_1x4_tanh_CE_r0.3_u99999", "u0 to u5000 as part 8"),
        ("moons_n0.1_x1_1x4_tanh_CE_r0.3_u-1", "as part 8"),
        ("moons_n0.1_x1_1x4_tanh_CE_r0.3_u" + "9" * 5000, "as part 8"),
    ],
)
def test_a_bad_line_is_refused_by_its_part(line: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_state(line)


@pytest.mark.long
def test_a_pasted_line_moves_every_control_and_draws_once() -> None:
    explorer: Any = playground()
    drawn, update = [], explorer._update

    def count(**state: Any) -> Any:
        drawn.append(state)
        return update(**state)

    explorer._update = count
    explorer._line.value = " moons_n0.2_x1+squares_2x3_relu_MSE_r1_u30 "
    assert len(drawn) == 1
    assert explorer.values["squares"]
    assert not explorer.values["x2"]
    assert explorer._line.value == "moons_n0.2_x1+squares_2x3_relu_MSE_r1_u30"
    before = explorer.values
    explorer._line.value = "moons_<b>"
    assert "expected 8 parts" in explorer._refusal.value
    assert "<b>" not in explorer._refusal.value
    assert explorer.values == before


# The picture and the clock.


def test_the_border_runs_where_the_logit_is_zero() -> None:
    axis = np.linspace(-1.6, 1.6, 61)
    x, y = _zero_line(np.hypot(*np.meshgrid(axis, axis)) - 1)
    radius = np.hypot(x, y)
    np.testing.assert_allclose(radius[np.isfinite(radius)], 1, atol=2e-3)


@pytest.mark.parametrize("count", [1, 2, 300, 301, 5001])
def test_a_long_curve_is_thinned_and_keeps_its_ends(count: int) -> None:
    shown = _thinned(count)
    assert (shown[0], shown[-1]) == (0, count - 1)
    assert len(shown) <= 300
    assert (np.diff(shown) > 0).all()


@pytest.mark.long
def test_a_step_is_one_update_and_pauses() -> None:
    explorer: Any = playground()
    explorer._play.value = True
    explorer._step()
    assert (explorer.values["updates"], explorer._play.value) == (1, False)
    explorer.values = {"updates": MOST_UPDATES}
    explorer._step()
    assert explorer.values["updates"] == MOST_UPDATES


@pytest.mark.long
def test_the_clock_begins_where_the_state_is() -> None:
    explorer: Any = playground("moons_n0.1_x1+x2_1x4_tanh_CE_r1_u40")
    assert explorer._clock.value == explorer.values["updates"] == 40


def test_it_stops_when_no_page_shows_it() -> None:
    explorer: Any = playground()
    explorer._image._view_count = 1
    explorer._play.value = True
    explorer._image._view_count = 2
    assert explorer._play.value
    explorer._image._view_count = 0
    assert not explorer._play.value


@pytest.mark.long
def test_while_it_plays_the_caption_on_the_page_rests_and_at_a_pause_it_is_the_last() -> None:
    explorer: Any = playground()
    explorer._play.value = True
    shown = explorer._words.value
    explorer.controls["updates"].value = UPDATES_A_PICTURE
    assert explorer._words.value == shown
    assert f"After {UPDATES_A_PICTURE} updates" in explorer.caption
    explorer._play.value = False
    assert explorer.caption in explorer._words.value
    assert explorer._line.value.endswith(f"_u{UPDATES_A_PICTURE}")


@pytest.mark.long
def test_playing_on_keeps_nothing_but_the_losses() -> None:
    explorer = playground()
    slider = explorer.controls["updates"]

    def play(first: int, last: int) -> None:
        for updates in range(first, last, UPDATES_A_PICTURE):
            slider.value = updates

    play(1, 100)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    play(100, 200)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 1_000_000, "20 pictures of 130 kB each were drawn, 2.6 MB"
