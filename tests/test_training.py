"""The loop takes the steps it should, in the batches it should, and stops where it must."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from course_utils.losses import binary_cross_entropy_terms, cross_entropy_terms, one_hot
from course_utils.numerics import FloatArray
from course_utils.optimizers import gradient_descent
from course_utils.parallel import BLOCK
from course_utils.training import Parameters, Rows, linear_logits, linear_loss_and_gradients, train


def problem(n: int = 50, d: int = 4, k: int = 3, seed: int = 1) -> tuple[FloatArray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)), rng.integers(0, k, n)


def zeros(d: int = 4, k: int = 3) -> Parameters:
    return np.zeros((d, k)), np.zeros(k)


def test_every_update_equals_torch() -> None:
    X, y = problem()
    model = torch.nn.Linear(4, 3, dtype=torch.float64)
    torch.nn.init.zeros_(model.weight)
    torch.nn.init.zeros_(model.bias)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
    steps: list[Parameters] = []
    f = linear_loss_and_gradients(X, y, cross_entropy_terms)
    _, history = train(
        f, zeros(), 50, learning_rate=0.3, epochs=40, after_update=lambda _, parameters: steps.append(parameters)
    )
    for update in range(40):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(torch.from_numpy(X)), torch.from_numpy(y))
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        assert history.loss[update] == pytest.approx(loss.item(), rel=1e-12)
        np.testing.assert_allclose(steps[update][0], model.weight.detach().numpy().T, rtol=1e-10, atol=1e-14)
        np.testing.assert_allclose(steps[update][1], model.bias.detach().numpy(), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("n", [1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 7])
def test_blocks_add_up_to_the_whole(n: int) -> None:
    X, y = problem(n)
    rng = np.random.default_rng(2)
    W, b = rng.normal(size=(4, 3)), rng.normal(size=3)
    losses, dz = cross_entropy_terms(X @ W + b, y)
    loss, (dW, db) = linear_loss_and_gradients(X, y, cross_entropy_terms)((W, b), slice(None))
    assert loss == pytest.approx(losses.mean(), rel=1e-12)
    np.testing.assert_allclose(dW, X.T @ dz / n, rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(db, dz.sum(axis=0) / n, rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(linear_logits(X, W, b), X @ W + b, rtol=1e-12)


def test_bytes_train_like_the_floats_they_stand_for() -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (200, 4), dtype=np.uint8)
    y = np.random.default_rng(4).integers(0, 3, 200)
    options: dict[str, Any] = {"learning_rate": 0.5, "epochs": 20}
    from_bytes, _ = train(
        linear_loss_and_gradients(pixels, y, cross_entropy_terms, scale=1 / 255), zeros(), 200, **options
    )
    from_floats, _ = train(linear_loss_and_gradients(pixels / 255, y, cross_entropy_terms), zeros(), 200, **options)
    for a, b in zip(from_bytes, from_floats, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


def test_k_sigmoids_are_k_separate_classifiers() -> None:
    X, y = problem()
    t = one_hot(y, 3)
    options: dict[str, Any] = {"learning_rate": 0.5, "epochs": 30}
    (W, b), _ = train(linear_loss_and_gradients(X, t, binary_cross_entropy_terms), zeros(), 50, **options)
    for k in range(3):
        start = (np.zeros(4), np.zeros(()))
        (w, bias), _ = train(linear_loss_and_gradients(X, t[:, k], binary_cross_entropy_terms), start, 50, **options)
        np.testing.assert_allclose(w, W[:, k], rtol=1e-12)
        np.testing.assert_allclose(bias, b[k], rtol=1e-12)


@pytest.mark.parametrize(("size", "updates"), [(None, 1), (50, 1), (99, 1), (7, 8), (1, 50)])
def test_an_epoch_sees_every_sample_once(size: int | None, updates: int) -> None:
    seen: list[np.ndarray] = []

    def spy(parameters: Parameters, rows: Rows) -> tuple[float, Parameters]:
        seen.append(np.arange(50)[rows])
        return 0.0, parameters

    rng = np.random.default_rng(0)
    _, history = train(spy, (np.zeros(1),), 50, learning_rate=1, epochs=2, batch_size=size, rng=rng)
    assert history.updates == 2 * updates
    assert history.updates_per_epoch == updates
    for epoch in (seen[:updates], seen[updates:]):
        assert sorted(np.concatenate(epoch)) == list(range(50))
    if size not in (None, 50, 99):
        assert np.concatenate(seen[:updates]).tolist() != np.concatenate(seen[updates:]).tolist()


def test_one_seed_one_run() -> None:
    X, y = problem()

    def run(seed: int) -> Parameters:
        f = linear_loss_and_gradients(X, y, cross_entropy_terms)
        rng = np.random.default_rng(seed)
        return train(f, zeros(), 50, learning_rate=0.1, epochs=3, batch_size=8, rng=rng)[0]

    assert (run(0)[0] == run(0)[0]).all()
    assert (run(0)[0] != run(1)[0]).any()


def test_epoch_loss_is_the_mean_of_its_batches() -> None:
    losses = iter([4.0, 2.0, 3.0, 1.0])
    _, history = train(
        lambda parameters, rows: (next(losses), parameters),
        (np.zeros(1),),
        4,
        learning_rate=1,
        epochs=2,
        batch_size=2,
        rng=np.random.default_rng(0),
    )
    assert history.epoch_loss == [3.0, 2.0]


def test_a_run_that_diverges_stops_and_says_where() -> None:
    def explode(parameters: Parameters, rows: Rows) -> tuple[float, Parameters]:
        (w,) = parameters
        return float((w**2).sum()), (2 * w,)

    with pytest.raises(FloatingPointError, match=r"the loss became inf at update \d+ with learning_rate 1e\+100"):
        train(explode, (np.ones(1),), 1, learning_rate=1e100, epochs=10)


def test_parameters_given_are_not_changed() -> None:
    start = (np.ones(2),)
    train(lambda parameters, rows: (1.0, parameters), start, 1, learning_rate=0.5, epochs=3)
    assert start[0].tolist() == [1, 1]
    old = [np.array([1.0])]
    assert gradient_descent(old, [np.array([1.0])], 0.5)[0].tolist() == [0.5]
    assert old[0].tolist() == [1.0]


def test_the_bar_counts_epochs(capsys: pytest.CaptureFixture[str]) -> None:
    train(lambda parameters, rows: (1.0, parameters), (np.ones(1),), 1, learning_rate=1, epochs=3, progress=True)
    assert "training: 100%" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"learning_rate": 0}, ValueError, "learning_rate: expected a number above 0, got 0"),
        ({"learning_rate": "fast"}, TypeError, "learning_rate: expected a number, got 'fast'"),
        ({"learning_rate": float("nan")}, ValueError, "learning_rate: expected a finite number, got nan"),
        ({"epochs": 0}, ValueError, "epochs: expected a whole number of at least 1, got 0"),
        ({"epochs": 1.5}, TypeError, "epochs: expected a whole number, got 1.5"),
        ({"batch_size": 0}, ValueError, "batch_size: expected a whole number of at least 1, got 0"),
        ({"batch_size": 2}, ValueError, "rng: expected a NumPy generator"),
    ],
)
def test_bad_settings_are_said_before_the_first_update(
    changes: dict[str, Any], error: type[Exception], said: str
) -> None:
    def never(parameters: Parameters, rows: Rows) -> tuple[float, Parameters]:
        raise AssertionError("an update was taken")

    options: dict[str, Any] = {"learning_rate": 0.1, "epochs": 1} | changes
    with pytest.raises(error, match=said):
        train(never, (np.zeros(1),), 4, **options)
