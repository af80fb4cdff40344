"""The loop takes the steps it should, in the batches it should, and stops where it must."""

from __future__ import annotations

import itertools
import re
import sys
from typing import Any

import numpy as np
import pytest
import torch

from course_utils.losses import binary_cross_entropy_loss_and_gradient, cross_entropy_loss_and_gradient, one_hot
from course_utils.numerics import FloatArray
from course_utils.optimizers import gradient_descent, momentum
from course_utils.parallel import BLOCK
from course_utils.training import History, Parameters, Rows, linear_logits, linear_loss_and_gradients, train


def problem(n: int = 50, d: int = 4, k: int = 3, seed: int = 1) -> tuple[FloatArray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)), rng.integers(0, k, n)


def zeros(d: int = 4, k: int = 3) -> Parameters:
    return np.zeros((d, k)), np.zeros(k)


def bowl(parameters: Parameters, rows: Rows) -> tuple[float, Parameters]:
    (w,) = parameters
    return float((w**2).sum()), (2 * w,)


@pytest.mark.long
def test_every_update_equals_torch() -> None:
    X, y = problem()
    model = torch.nn.Linear(4, 3, dtype=torch.float64)
    torch.nn.init.zeros_(model.weight)
    torch.nn.init.zeros_(model.bias)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
    steps: list[Parameters] = []
    f = linear_loss_and_gradients(X, y, cross_entropy_loss_and_gradient)
    _, history = train(
        f, zeros(), 50, learning_rate=0.3, epochs=40, after_update=lambda _, parameters: steps.append(parameters)
    )
    for update in range(40):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(torch.from_numpy(X)), torch.from_numpy(y))
        loss.backward()
        optimizer.step()
        assert history.loss[update] == pytest.approx(loss.item(), rel=1e-12)
        np.testing.assert_allclose(steps[update][0], model.weight.detach().numpy().T, rtol=1e-10, atol=1e-14)
        np.testing.assert_allclose(steps[update][1], model.bias.detach().numpy(), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("n", [1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 7])
def test_blocks_add_up_to_the_whole(n: int) -> None:
    X, y = problem(n)
    rng = np.random.default_rng(2)
    W, b = rng.normal(size=(4, 3)), rng.normal(size=3)
    losses, dz = cross_entropy_loss_and_gradient(X @ W + b, y)
    loss, (dW, db) = linear_loss_and_gradients(X, y, cross_entropy_loss_and_gradient)((W, b), slice(None))
    assert loss == pytest.approx(losses.mean(), rel=1e-12)
    np.testing.assert_allclose(dW, X.T @ dz / n, rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(db, dz.sum(axis=0) / n, rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(linear_logits(X, W, b), X @ W + b, rtol=1e-12)


def test_bytes_train_like_the_floats_they_stand_for() -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (200, 4), dtype=np.uint8)
    y = np.random.default_rng(4).integers(0, 3, 200)
    options: dict[str, Any] = {"learning_rate": 0.5, "epochs": 20}
    from_bytes, _ = train(
        linear_loss_and_gradients(pixels, y, cross_entropy_loss_and_gradient, scale=1 / 255), zeros(), 200, **options
    )
    from_floats, _ = train(
        linear_loss_and_gradients(pixels / 255, y, cross_entropy_loss_and_gradient), zeros(), 200, **options
    )
    for a, b in zip(from_bytes, from_floats, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


def test_k_sigmoids_are_k_separate_classifiers() -> None:
    X, y = problem()
    t = one_hot(y, 3)
    options: dict[str, Any] = {"learning_rate": 0.5, "epochs": 30}
    (W, b), _ = train(linear_loss_and_gradients(X, t, binary_cross_entropy_loss_and_gradient), zeros(), 50, **options)
    for k in range(3):
        start = (np.zeros(4), np.zeros(()))
        (w, bias), _ = train(
            linear_loss_and_gradients(X, t[:, k], binary_cross_entropy_loss_and_gradient), start, 50, **options
        )
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
        f = linear_loss_and_gradients(X, y, cross_entropy_loss_and_gradient)
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
    said = (
        "update 3 with learning_rate 1e+100: the loss is inf; try a smaller learning rate, inputs scaled to about 1"
    )
    with pytest.raises(FloatingPointError, match=f"^{re.escape(said)}"):
        train(bowl, (np.ones(1),), 1, learning_rate=1e100, epochs=10)
    with pytest.raises(FloatingPointError, match="update 1 with learning_rate 1: a gradient is no longer finite"):
        train(lambda parameters, rows: (1.0, (np.array([np.nan]),)), (np.ones(1),), 1, learning_rate=1, epochs=1)


def plain_terms(z: FloatArray, y: np.ndarray) -> tuple[FloatArray, FloatArray]:
    """The cross-entropy as slides print it: exp overflows, and so does its logarithm."""
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    t = np.eye(z.shape[1])[y]
    return -(t * np.log(p)).sum(axis=1), p - t


@pytest.mark.parametrize("n", [50, 2 * BLOCK])  # in one block, and in the threads
def test_a_plain_loss_that_meets_nan_tells_the_range_of_the_logits(n: int) -> None:
    X, y = problem(n)
    steps: list[Parameters] = [zeros()]
    run: dict[str, Any] = {"learning_rate": 100000, "epochs": 20}
    plain = linear_loss_and_gradients(X, y, plain_terms)
    with pytest.raises(FloatingPointError, match="update 2 with learning_rate 100000: the loss is nan") as stopped:
        train(plain, zeros(), n, after_update=lambda _, parameters: steps.append(parameters), **run)
    W, b = steps[-1]
    z = (X @ W + b)[:BLOCK]
    assert f"logits range from {z.min():.4g} to {z.max():.4g}; try" in str(stopped.value)
    _, history = train(linear_loss_and_gradients(X, y, cross_entropy_loss_and_gradient), zeros(), n, **run)
    assert np.isfinite(history.loss).all()


def test_logits_beyond_the_largest_float_are_told_too() -> None:
    X, y = problem()
    f = linear_loss_and_gradients(X, y, cross_entropy_loss_and_gradient)
    with pytest.raises(FloatingPointError, match="the loss is nan where logits range from -inf to inf"):
        train(f, (np.full((4, 3), 1e308) * [1, -1, 1], np.zeros(3)), 50, learning_rate=1, epochs=1)


def test_stopped_by_hand_it_returns_the_best_weights(capsys: pytest.CaptureFixture[str]) -> None:
    losses = iter([5.0, 4.0, 2.0, 3.0, 1.0, 9.0, 0.0])
    seen: list[Parameters] = []

    def noisy(parameters: Parameters, rows: Rows) -> tuple[float, Parameters]:
        seen.append(parameters)
        if len(seen) == 7:
            raise KeyboardInterrupt
        return next(losses), (np.ones(1),)

    rng = np.random.default_rng(0)
    best, history = train(noisy, (np.zeros(1),), 4, learning_rate=1, epochs=9, batch_size=2, rng=rng)
    # Epoch means 4.5, 2.5 and 5: the second is best, though a batch of the third had the lowest loss of all.
    assert best is seen[3]
    assert history.interrupted
    assert history.loss == [5, 4, 2, 3, 1, 9]
    said = "Stopped by hand after 6 updates. The weights returned are those of epoch 2, loss 2.5000 nats."
    assert capsys.readouterr().out.strip() == said


def test_a_descent_that_went_astray_and_was_stopped_returns_the_weights_before() -> None:
    def stop(update: int, parameters: Parameters) -> None:
        if update == 5:
            raise KeyboardInterrupt

    (w,), history = train(bowl, (np.ones(1),), 1, learning_rate=1.5, epochs=10, after_update=stop)
    assert history.loss == [1, 4, 16, 64, 256]
    assert w.tolist() == [1]


@pytest.mark.long
def test_stopped_at_any_moment_nothing_is_lost() -> None:
    """Interrupt the run before each line that training.py and optimizers.py execute, one after the other."""
    X, y = problem(12)
    f = linear_loss_and_gradients(X, y, cross_entropy_loss_and_gradient)
    watched = {train.__code__.co_filename, gradient_descent.__code__.co_filename}
    steps: list[Parameters] = [zeros()]

    def run(after_update: Any = None) -> tuple[Parameters, History]:
        options: dict[str, Any] = {"batch_size": 6, "rng": np.random.default_rng(0), "update_rule": momentum}
        return train(f, zeros(), 12, learning_rate=0.1, epochs=3, after_update=after_update, **options)

    last, whole = run(lambda _, parameters: steps.append(parameters))
    assert whole.epoch_loss == sorted(whole.epoch_loss, reverse=True)  # so that the last whole epoch is the best
    stops = 0
    for moment in itertools.count():
        lines, begun = itertools.count(), False

        def trace(frame: Any, event: str, _: Any) -> Any:
            nonlocal begun
            if frame.f_code.co_filename not in watched:
                return None
            begun = begun or frame.f_code.co_name == "checked"
            if event == "line" and begun and next(lines) == moment:  # noqa: B023
                raise KeyboardInterrupt
            return trace

        sys.settrace(trace)
        try:
            (W, b), history = run()
        finally:
            sys.settrace(None)
        if not history.interrupted:
            break
        stops += 1
        done = history.updates
        assert history.loss == whole.loss[:done]
        # In an epoch's last lines its mean may or may not be known yet.
        fitting = [steps[done], steps[min(done + 1, 6)]] if done <= 2 else []
        fitting += [steps[2 * epoch - 1] for epoch in range(1, 4) if done - 2 <= 2 * epoch <= done]
        assert any((W_k == W).all() and (b == b_k).all() for W_k, b_k in fitting)
    assert stops > 100
    assert all((a == b).all() for a, b in zip(run()[0], last, strict=True))


def test_parameters_given_are_not_changed() -> None:
    start = (np.ones(2),)
    train(lambda parameters, rows: (1.0, parameters), start, 1, learning_rate=0.5, epochs=3)
    assert start[0].tolist() == [1, 1]


def test_the_bar_counts_epochs_and_shows_the_loss(capsys: pytest.CaptureFixture[str]) -> None:
    train(lambda parameters, rows: (1.25, parameters), (np.ones(1),), 1, learning_rate=1, epochs=3, progress=True)
    said = capsys.readouterr().err
    assert "training: 100%" in said
    assert "3/3" in said
    assert "loss 1.2500" in said


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
        ({"batch_size": 2, "rng": 0}, TypeError, r"rng: expected a NumPy generator, .*default_rng\(0\), got 0"),
        ({"rng": "0"}, TypeError, "rng: expected a NumPy generator"),
        ({"update_rule": 3}, TypeError, "update_rule: expected a function, got int"),
        ({"after_update": []}, TypeError, "after_update: expected a function, got list"),
        ({"loss_and_gradients": None}, TypeError, "loss_and_gradients: expected a function, got NoneType"),
        (
            {"parameters": np.ones((4, 2))},
            TypeError,
            r"parameters: .* such as \(W, b\), got one array of shape \(4, 2\)",
        ),
        ({"parameters": None}, TypeError, "parameters: expected a tuple of arrays, .*, got None"),
        ({"parameters": (np.ones(2), "b")}, TypeError, "parameter 2: expected an array of real numbers, got one of"),
        ({"parameters": (np.ones(2) * 1j,)}, TypeError, "parameter 1: expected an array of real numbers, got one of"),
    ],
)
def test_bad_settings_are_said_before_the_first_update(
    changes: dict[str, Any], error: type[Exception], said: str
) -> None:
    def never(parameters: Parameters, rows: Rows) -> tuple[float, Parameters]:
        raise AssertionError("an update was taken")

    options: dict[str, Any] = {"learning_rate": 0.1, "epochs": 1} | changes
    f, start = options.pop("loss_and_gradients", never), options.pop("parameters", (np.zeros(1),))
    with pytest.raises(error, match=said):
        train(f, start, 4, **options)


# What a learner's function returns is held against what it should be, before it changes a weight.

SOUND: Parameters = (np.full((2, 3), 0.5), np.full(3, -0.5))


@pytest.mark.parametrize(
    ("returned", "error", "said"),
    [
        (
            (1.0, (SOUND[0], np.float64(0.5))),
            ValueError,
            "gradient 2: expected shape (3,), that of parameter 2, got ()",
        ),
        (
            (1.0, (SOUND[0][:, :1], SOUND[1])),
            ValueError,
            "gradient 1: expected shape (2, 3), that of parameter 1, got",
        ),
        (
            (1.0, (SOUND[0], SOUND[1][:, None])),
            ValueError,
            "gradient 2: expected shape (3,), that of parameter 2, got",
        ),
        (
            (1.0, (SOUND[0].T, SOUND[1])),
            ValueError,
            "gradient 1: expected shape (2, 3), that of parameter 1, got (3, 2)",
        ),
        ((1.0, SOUND[:1]), ValueError, "gradients: expected 2, one for each parameter, got 1"),
        ((1.0, (*SOUND, SOUND[1])), ValueError, "gradients: expected 2, one for each parameter, got 3"),
        ((1.0, 0.5), TypeError, "gradients: expected 2, in a tuple, got float"),
        ((1.0, (SOUND[0], None)), ValueError, "gradient 2: expected shape (3,), that of parameter 2, got ()"),
        (
            (1.0, (SOUND[0], ["a"] * 3)),
            TypeError,
            "gradient 2: expected an array of real numbers, got one of type <U1",
        ),
        (
            (np.ones(2), SOUND),
            TypeError,
            "loss_and_gradients: expected one number as the loss, got an array of shape (2,)",
        ),
        (
            (np.ones(1), SOUND),
            TypeError,
            "loss_and_gradients: expected one number as the loss, got an array of shape (1,)",
        ),
        ((None, SOUND), TypeError, "loss_and_gradients: expected one number as the loss, got None (NoneType)"),
        ((1j, SOUND), TypeError, "loss_and_gradients: expected one number as the loss, got 1j (complex)"),
        (SOUND[0], TypeError, "loss_and_gradients: expected it to return (loss, gradients), got ndarray"),
        (None, TypeError, "loss_and_gradients: expected it to return (loss, gradients), got NoneType"),
        ((1.0, *SOUND), TypeError, "loss_and_gradients: expected it to return (loss, gradients), got 3 values"),
    ],
)
@pytest.mark.parametrize("before", [0, 2])
def test_what_does_not_fit_is_said_before_it_changes_a_weight(
    returned: Any, error: type[Exception], said: str, before: int
) -> None:
    """Also at the third update: a last batch of one is where a forgotten axis shows."""
    answers: list[Any] = [(1.0, SOUND)] * before + [returned]
    seen: list[Parameters] = []
    with pytest.raises(error, match=re.escape(said)):
        train(
            lambda parameters, rows: answers[len(seen)],
            (np.ones((2, 3)), np.ones(3)),
            1,
            learning_rate=0.1,
            epochs=3,
            after_update=lambda _, parameters: seen.append(parameters),
        )
    assert len(seen) == before


@pytest.mark.parametrize(
    ("returned", "error", "said"),
    [
        (
            (np.ones((3, 3)), SOUND[1]),
            ValueError,
            "update_rule: new parameters: expected 2, one for each parameter, got 3",
        ),
        (SOUND[0], TypeError, "update_rule: expected it to return (parameters, state), got ndarray"),
        (None, TypeError, "update_rule: expected it to return (parameters, state), got NoneType"),
        (((SOUND[0],), None), ValueError, "update_rule: new parameters: expected 2, one for each parameter, got 1"),
        (((SOUND[0], SOUND[1][:, None]), 0), ValueError, "update_rule: new parameter 2: expected shape (3,)"),
        (
            ((SOUND[0], SOUND[1] * np.inf), 0),
            FloatingPointError,
            "update 1 with learning_rate 0.1: a weight is no longer",
        ),
    ],
)
def test_what_an_update_rule_makes_is_checked_too(returned: Any, error: type[Exception], said: str) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the update was taken")

    options: dict[str, Any] = {"update_rule": lambda *_: returned, "after_update": never}
    start = (np.ones((2, 3)), np.ones(3))
    with pytest.raises(error, match=re.escape(said)):
        train(lambda parameters, rows: (1.0, parameters), start, 1, learning_rate=0.1, epochs=1, **options)


def test_weights_that_overflow_in_the_last_update_are_told() -> None:
    with pytest.raises(
        FloatingPointError, match="update 2 with learning_rate 1e\\+200: a weight is no longer finite"
    ):
        train(lambda w, rows: (1.0, (w[0] * 1e50,)), (np.ones(1),), 1, learning_rate=1e200, epochs=2)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize(
    "rule", [gradient_descent, momentum, lambda w, dw, state, rate: ([w[0] - np.float64(1)], None)]
)
def test_weights_keep_their_type_whatever_the_functions_return(rule: Any, dtype: type) -> None:
    seen: list[Parameters] = []

    def wide(parameters: Parameters, rows: Rows) -> tuple[Any, Any]:
        seen.append(parameters)
        return np.float32(0.1), [np.ones(2)]

    (w,), history = train(wide, (np.ones(2, dtype),), 1, learning_rate=0.5, epochs=3, update_rule=rule)
    assert w.dtype == dtype
    assert {parameters[0].dtype for parameters in seen} == {np.dtype(dtype)}
    assert [type(loss) for loss in history.loss] == [float] * 3


def test_whole_numbers_to_start_from_are_floats_from_the_first_update_on() -> None:
    seen: list[Parameters] = []

    def f(parameters: Parameters, rows: Rows) -> tuple[float, Parameters]:
        seen.append(parameters)
        return 1.0, (np.full(2, 0.5), np.array(0.5))

    start: Any = [np.array([1, 2]), 3]
    (w, b), _ = train(f, start, 1, learning_rate=0.5, epochs=2)
    assert w.tolist() == [0.5, 1.5]
    assert b == 2.5
    assert [each.dtype for parameters in seen for each in parameters] == [np.float64] * 4


@pytest.mark.parametrize(
    ("terms", "error", "said"),
    [
        (lambda z, y: (np.float64(1), z), ValueError, "terms: expected the loss of each of 50 samples, got shape ()"),
        (
            lambda z, y: (z[:, 0], z[:, :1]),
            ValueError,
            "terms: expected slopes dz of shape (50, 3), that of z, got (50, 1)",
        ),
        (
            lambda z, y: (z[:, 0], z.sum(axis=0)),
            ValueError,
            "terms: expected slopes dz of shape (50, 3), that of z, got",
        ),
        (lambda z, y: z, TypeError, "terms: expected it to return (losses, dz), got ndarray"),
    ],
)
def test_terms_that_are_not_those_of_each_sample_are_said(terms: Any, error: type[Exception], said: str) -> None:
    X, y = problem()
    with pytest.raises(error, match=re.escape(said)):
        linear_loss_and_gradients(X, y, terms)(zeros(), slice(None))
