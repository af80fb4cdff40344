"""The playground: its network against torch, its points, moments the same by whichever way, its line, its state."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import torch

from course_utils.explorers.playground import Playground, playground, settings_of
from course_utils.explorers.playground.network import (
    ACTIVATION,
    TEST_EVERY,
    _Run,
    first_layers,
    forward,
    loss_and_gradients,
    split,
    train_to,
)
from course_utils.explorers.playground.points import (
    DATA,
    FEATURES,
    N,
    draw_points,
    make_features,
    make_key,
    normals,
    uniforms,
)
from course_utils.explorers.playground.state import (
    ACTIVATIONS,
    BATCHES,
    LOSSES,
    MOST_UPDATES,
    PENALTIES,
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
    value = loss_in_torch(z, torch.tensor(y), loss)
    value.backward()
    return value.item(), [parameter.grad for parameter in parameters]


def loss_in_torch(z: Any, y: Any, loss: str) -> Any:
    nn, t = torch.nn.functional, y.double()
    if z.shape[1] == 1:
        if loss == "CE":
            return nn.binary_cross_entropy_with_logits(z[:, 0], t)
        return nn.mse_loss(torch.sigmoid(z[:, 0]), t)
    if loss == "CE":
        return nn.cross_entropy(z, y)
    return ((torch.softmax(z, dim=1) - nn.one_hot(y, z.shape[1])) ** 2).sum(dim=1).mean()


# The network.


@pytest.mark.parametrize(("activation", "loss"), list(itertools.product(ACTIVATIONS, LOSSES)))
@pytest.mark.parametrize("hidden", [[], [5], [8, 3, 8]])
@pytest.mark.parametrize("classes", [2, 3])
def test_loss_and_gradients_are_torchs(activation: str, loss: str, hidden: list[int], classes: int) -> None:
    points, y = draw_points("moons", classes, noise=0.2, draw=1)
    X, y = make_features(points[:40], FEATURES), y[:40]
    rng = np.random.default_rng(3)
    layers = tuple(
        (W, rng.normal(0, 0.5, b.shape)) for W, b in first_layers([X.shape[1], *hidden, 1 if classes == 2 else 3])
    )
    value, slopes = loss_and_gradients(layers, X, y, activation, loss)
    expected, wanted = in_torch(layers, X, y, activation, loss)
    assert value == pytest.approx(expected, rel=1e-12)
    ours = [slope for layer in slopes for slope in layer]
    for got, want in zip(ours, wanted, strict=True):
        np.testing.assert_allclose(got, want.numpy(), rtol=1e-9, atol=1e-14)


def test_without_a_feature_only_the_bias_speaks() -> None:
    settings = Settings(features=(), hidden=(), rate=1.0, points=((0.0, 0.0, 1),) * 40)
    moment = train_to(settings, 200)
    _, z = forward(moment.layers, np.empty((3, 0)), "tanh")
    assert z[0, 0] == z[1, 0] == z[2, 0]
    share = 140 / 240
    assert z[0, 0] == pytest.approx(np.log(share / (1 - share)), abs=1e-3)


def test_features_by_their_formulas() -> None:
    x1, x2 = 0.3, -1.2
    row = make_features(np.array([[x1, x2]]), FEATURES)[0]
    expected = [x1, x2, x1**2, x2**2, x1 * x2, np.sin(np.pi * x1), np.sin(np.pi * x2)]
    np.testing.assert_allclose(row, expected, rtol=1e-12)


def test_the_slopes_of_the_activations_by_differences() -> None:
    z, step = np.array([-1.3, -0.2, 0.4, 2.0]), 1e-6
    for act, slope in ACTIVATION.values():
        np.testing.assert_allclose(slope(act(z)), (act(z + step) - act(z - step)) / (2 * step), atol=1e-8)


# Its points and its random numbers.


def test_the_generator_is_the_published_one() -> None:
    # mulberry32 from 0, as its author's C gives them.
    assert (uniforms(0, 3) * 2**32).tolist() == [1144304738, 1416247, 958946056]
    assert make_key(1, 2) != make_key(2, 1)


def test_its_numbers_are_uniform_and_normal() -> None:
    from scipy.stats import kstest

    assert kstest(uniforms(make_key(5, 0), 5000), "uniform").pvalue > 0.01
    assert kstest(normals(make_key(5, 1), 5000), "norm").pvalue > 0.01


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("data", [name for name in DATA if name != "own"])
def test_every_data_set_fits_into_the_plane_and_its_classes_are_apart(data: str, classes: int) -> None:
    X, y = draw_points(data, classes, 0.0, 3)
    assert X.shape == (N, 2)
    assert np.abs(X).max() < 1.5
    assert np.ptp(np.bincount(y)) <= 1
    near = np.hypot(*(X[:, np.newaxis] - X).T) + 9 * np.eye(N)
    assert (y[near.argmin(axis=0)] == y).mean() > 0.95, "the nearest neighbour is nearly always of the same class"
    noisy = draw_points(data, classes, 0.3, 3)[0] - X
    assert noisy.std() == pytest.approx(0.3 * (1.6 / classes if data == "moons" else 1), rel=0.1)


def test_points_are_split_and_those_by_hand_are_trained_on() -> None:
    X, y, X_test, y_test = split(Settings(data="own", classes=2, points=((0.5, -0.25, 1), (0.0, 0.0, 2))))
    assert (X.tolist(), y.tolist(), len(X_test), len(y_test)) == ([[0.5, -0.25]], [1], 0, 0)
    nothing = train_to(Settings(data="own"), 20)
    assert nothing.train_losses.tolist() == [0.0] * 21
    assert train_to(Settings(data="own", rate=1.0, points=((0.5, -0.25, 1),)), 100).train_losses[-1] < 0.1


# A run.


@pytest.mark.long
@pytest.mark.parametrize("batch", [0, 30])
def test_a_moment_is_the_same_whichever_way_it_is_reached(batch: int) -> None:
    settings = Settings(data="moons", hidden=(4, 4), rate=1.0, batch=batch)
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
    settings = Settings(rate=0.1, L1=0.01, L2=0.3)
    X, y, *_ = split(settings)
    before, after = (train_to(settings, updates).layers for updates in (7, 8))
    _, slopes = loss_and_gradients(before, X, y, "tanh", "CE")
    for (W, b), (dW, db), (V, c) in zip(before, slopes, after, strict=True):
        np.testing.assert_allclose(W - 0.1 * (dW + 0.01 * np.sign(W) + 0.3 * W), V, rtol=1e-12)
        np.testing.assert_array_equal(b - 0.1 * db, c)


def test_batches_go_through_all_points_once_an_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def watch(layers: Any, X: Any, *rest: Any) -> Any:
        seen.append(X)
        return loss_and_gradients(layers, X, *rest)

    monkeypatch.setattr("course_utils.explorers.playground.network.loss_and_gradients", watch)
    settings = Settings(batch=30)
    _Run(settings).at(14)
    X = split(settings)[0]
    assert [len(batch) for batch in seen] == [30, 30, 30, 30, 30, 30, 20] * 2
    first, second = np.vstack(seen[:7]), np.vstack(seen[7:])
    for epoch in (first, second):
        np.testing.assert_array_equal(np.sort(epoch, axis=0), np.sort(X, axis=0))
    assert not np.array_equal(first, second)


def test_a_penalty_makes_the_weights_smaller() -> None:
    sizes = [
        sum(np.abs(W).sum() for W, _ in train_to(Settings(rate=1.0, L1=L1, L2=L2), 200).layers)
        for L1, L2 in ((0.0, 0.0), (0.01, 0.0), (0.0, 0.03))
    ]
    assert max(sizes[1:]) < 0.8 * sizes[0]


@pytest.mark.long
def test_weights_that_run_away_stand_still_and_this_is_said() -> None:
    settings = Settings(activation="linear", hidden=(8, 8, 8), features=FEATURES, rate=10.0)
    moment = train_to(settings, 100)
    assert moment.stopped
    assert len(moment.train_losses) <= 100
    assert np.isfinite(moment.train_losses).all()
    assert not train_to(settings, len(moment.train_losses) - 1).stopped
    assert train_to(settings, 5000).stopped, "and it stays there"


def any_settings(rng: np.random.Generator) -> Settings:
    return Settings(
        data=str(rng.choice(DATA)),
        noise=int(rng.integers(11)) / 20,
        features=tuple(name for name in FEATURES if rng.random() < 0.5),
        hidden=tuple(rng.integers(1, 9, int(rng.integers(7))).tolist()),
        activation=str(rng.choice(ACTIVATIONS)),
        loss=str(rng.choice(LOSSES)),
        rate=float(rng.choice(RATES)),
        classes=int(rng.integers(2, 4)),
        batch=int(rng.choice(BATCHES)),
        L1=float(rng.choice(PENALTIES)),
        L2=float(rng.choice(PENALTIES)),
        share=int(rng.integers(10, 91)),
        draw=int(rng.integers(1000)),
        seed=int(rng.integers(1000)),
        points=tuple(
            (x, y, int(rng.integers(3)))
            for x, y in rng.uniform(-1.6, 1.6, (int(rng.integers(9)), 2)).round(2).tolist()
        ),
    )


@pytest.mark.long
def test_every_run_is_finite() -> None:
    rng = np.random.default_rng(0)
    for _ in range(25):
        moment = train_to(any_settings(rng), 60)
        assert np.isfinite(moment.train_losses).all()
        assert np.isfinite(moment.test_losses).all()


@pytest.mark.parametrize("updates", [-1, MOST_UPDATES + 1])
def test_bad_updates_are_named(updates: int) -> None:
    with pytest.raises(ValueError, match="updates: expected"):
        train_to(Settings(), updates)


# The line.


def test_every_state_can_be_written_and_read_back() -> None:
    rng = np.random.default_rng(2)
    for _ in range(200):
        settings = any_settings(rng)
        line = write_state(settings, 17)
        assert read_state(line) == (settings, 17), line
        explorer = playground(line)
        assert settings_of(explorer.state) == (settings, 17)
        assert repr(explorer) == f"playground({line!r})"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "state: expected 8 parts or more"),
        ("moon_n0.1_x1+x2_1x4_tanh_CE_r0.3_u0", "blobs or circles or moons .* as part 1, got 'moon'"),
        ("moons_n7_x1+x2_1x4_tanh_CE_r0.3_u0", "as part 2, got 'n7'"),
        ("moons_n0.1_x1+x3_1x4_tanh_CE_r0.3_u0", "some of .* as part 3, got 'x1.x3'"),
        ("moons_n0.1_x1+x1_1x4_tanh_CE_r0.3_u0", "as part 3"),
        ("moons_n0.1_x1_7x4_tanh_CE_r0.3_u0", "as part 4"),
        ("moons_n0.1_x1_8+9_tanh_CE_r0.3_u0", "as part 4"),
        ("moons_n0.1_x1_8+0_tanh_CE_r0.3_u0", "as part 4"),
        ("moons_n0.1_x1_1x0_tanh_CE_r0.3_u0", "as part 4"),
        ("moons_n0.1_x1_1x4_step_CE_r0.3_u0", "as part 5"),
        ("moons_n0.1_x1_1x4_tanh_hinge_r0.3_u0", "as part 6"),
        ("moons_n0.1_x1_1x4_tanh_CE_r0.5_u0", "as part 7"),
        ("moons_n0.1_x1_1x4_tanh_CE_r0.3_u99999", "u0 to u20000 as part 8"),
        ("moons_n0.1_x1_1x4_tanh_CE_r0.3_u-1", "as part 8"),
        ("moons_n0.1_x1_1x4_tanh_CE_r0.3_u" + "9" * 5000, "as part 8"),
        ("moons_n0.1_x1_1x4_tanh_CE_r0.3_u0_k4", "k2 to k3 as part 9"),
        ("moons_n0.1_x1_1x4_tanh_CE_r0.3_u0_b7", "b0 or b1 .* as part 9"),
        ("moons_n0.1_x1_1x4_tanh_CE_r0.3_u0_b10_L2=7", "as part 10"),
        ("moons_n0.1_x1_1x4_tanh_CE_r0.3_u0_k3_k3", "begins with one of .* as part 10"),
        ("moons_n0.1_x1_1x4_tanh_CE_r0.3_u0_q", "begins with one of .* as part 9"),
        ("moons_n0.1_x1_1x4_tanh_CE_r0.3_u0_p000", "five letters for each"),
        ("moons_n0.1_x1_1x4_tanh_CE_r0.3_u0_p8z8z1", "five letters for each"),
        ("moons_n0.1_x1_1x4_tanh_CE_r0.3_u0_p" + "00001" * 201, "1 to 200 points"),
    ],
)
def test_a_bad_line_is_refused_by_its_part(line: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_state(line)


# Its state.


@pytest.mark.parametrize(
    ("name", "bad", "words"),
    [
        ("data", "star", "data: expected 'blobs' or"),
        ("noise", 0.9, "noise: expected a number from 0 to 0.5, got 0.9"),
        ("features", ["x3"], "features: expected some of x1, x2"),
        ("features", "x1", "features: expected a list, got 'x1'"),
        ("hidden", 4, "hidden: expected a list, got 4"),
        ("points", [3], r"points\[0\]: expected a list, got 3"),
        ("hidden", [4] * 7, "hidden: expected at most 6 layers, got 7"),
        ("hidden", [9], r"hidden\[0\]: expected a whole number from 1 to 8, got 9"),
        ("rate", 0.5, "rate: expected one of 0.001, .* got 0.5"),
        ("batch", True, "batch: expected one of 0, 1"),
        ("points", [[0, 2, 1]], r"points\[0\]: expected a number from -1.6 to 1.6, got 2"),
        ("points", [[0, 1]], r"points\[0\]: expected x1, x2 and a class"),
        ("points", [[0, 1, 3]], r"points\[0\]: class: expected a whole number from 0 to 2"),
        ("updates", 20_001, "updates: expected a whole number from 0 to 20000"),
    ],
)
def test_a_bad_part_of_the_state_is_named_and_the_old_one_stays(name: str, bad: Any, words: str) -> None:
    explorer = playground()
    before = explorer.state
    with pytest.raises((TypeError, ValueError), match=words):
        setattr(explorer, name, bad)
    assert explorer.state == before


def test_points_are_kept_as_a_line_can_hold_them() -> None:
    explorer = Playground(points=[[0.123456, -0.001, 1]])
    assert explorer.points == [[0.12, 0.0, 1]]
    assert read_state(explorer.line)[0].points == ((0.12, 0.0, 1),)
