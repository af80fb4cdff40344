"""Learning rate on MNIST: what the runs say, the picture and the words. test_mnist_runs shows that they are real."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from course_utils.explorers.engine import Explorer
from course_utils.explorers.learning_rate_on_mnist import (
    BLIND,
    BUDGETS,
    batch_sizes,
    learning_rate_on_mnist,
    loss_within_budget,
    rates,
    training_run,
)

EACH_RUN = pytest.mark.parametrize(("rate", "size"), [(rate, size) for rate in rates() for size in batch_sizes()])


def set_state(explorer: Explorer, **state: Any) -> None:
    for name, value in state.items():
        explorer.controls[name].value = value


def random_state(rng: np.random.Generator) -> dict[str, Any]:
    by = list(BUDGETS)[rng.integers(2)]
    return {"rate": float(rng.choice(rates())), "batch_size": int(rng.choice(batch_sizes())), "by": by}


# The runs.


@EACH_RUN
def test_a_run_is_whole(rate: float, size: int) -> None:
    run = training_run(rate, size)
    assert {len(part) for part in run} == {len(run.updates)}
    assert run.updates[0] == 1
    assert 150 in run.updates
    assert run.updates[-1] % math.ceil(60_000 / size) == 0, "it ends with an epoch"
    assert (np.diff(run.updates) > 0).all()
    np.testing.assert_allclose(run.seconds / run.updates, run.seconds[0])
    assert np.isfinite(run.loss).all()
    assert ((run.right >= 0) & (run.right <= 10_000)).all()


def test_what_the_lesson_says_of_the_runs() -> None:
    losses = {(rate, size): loss_within_budget(rate, size, "updates") for rate in rates() for size in batch_sizes()}
    for rate in [rate for rate in rates() if rate <= 1]:
        assert losses[rate, 128] == pytest.approx(losses[rate, 60_000], rel=0.01), "128 know as much as 60,000"
    best = {size: min((losses[rate, size], rate) for rate in rates())[1] for size in batch_sizes()}
    assert best == {1: 0.03, 16: 0.3, 128: 1.0, 60_000: 1.0}
    seconds = {size: min(loss_within_budget(rate, size, "seconds") for rate in rates()) for size in batch_sizes()}
    assert seconds[128] < seconds[16] < seconds[1] < seconds[60_000]
    assert training_run(1.0, 1).loss[-1] > 1 > BLIND


def test_the_price_of_an_update_grows_with_the_batch_but_not_in_proportion() -> None:
    price = [training_run(0.1, size).seconds[0] for size in batch_sizes()]
    assert price == sorted(price)
    assert price[2] < 10 * price[0]
    assert price[3] < 60_000 / 128 * price[2]


def test_blind_is_the_entropy_of_the_share_of_fives() -> None:
    share = 5421 / 60_000
    assert pytest.approx(-share * math.log(share) - (1 - share) * math.log(1 - share)) == BLIND


@EACH_RUN
def test_the_budget_is_read_between_the_looks(rate: float, size: int) -> None:
    run = training_run(rate, size)
    assert loss_within_budget(rate, size, "updates") == run.loss[list(run.updates).index(150)]
    after = int(np.searchsorted(run.seconds, 1.0))
    around = run.loss[max(after - 1, 0) : after + 1]
    assert around.min() <= loss_within_budget(rate, size, "seconds") <= around.max()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0.2, 128), "rate: expected one of 0.001, .*, 10, got 0.2"),
        ((math.nan, 128), "rate: expected one of .*, got nan"),
        (("fast", 128), "rate: expected one of .*, got 'fast'"),
        ((0.1, 64), "batch_size: expected one of 1, 16, 128, 60000, got 64"),
        ((0.1, None), "batch_size: expected one of .*, got None"),
    ],
)
def test_bad_input_is_named(arguments: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        training_run(*arguments)


def test_a_budget_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match="by: expected 'updates' or 'seconds', got 'looks'"):
        loss_within_budget(0.1, 128, "looks")


# The picture and the words.


def test_the_picture_shows_the_state() -> None:
    explorer = learning_rate_on_mnist()
    rng = np.random.default_rng(3)
    for _ in range(8):
        state = random_state(rng)
        artists: list[Any] = list(explorer._update(**state) or [])
        unit = {"updates": 1, "seconds": 1e-4}[state["by"]]
        curves, lines, here, budget = artists[:4], artists[4:8], artists[8], artists[9]
        for size, curve, line in zip(batch_sizes(), curves, lines, strict=True):
            run = training_run(state["rate"], size)
            np.testing.assert_allclose(curve.get_xdata() * unit, getattr(run, state["by"]))
            np.testing.assert_array_equal(curve.get_ydata(), run.loss)
            ends = [loss_within_budget(rate, size, state["by"]) for rate in rates()]
            np.testing.assert_array_equal(line.get_ydata(), ends)
            assert (curve.get_linewidth() > 3) == (line.get_linewidth() > 3) == (size == state["batch_size"])
        reached = loss_within_budget(state["rate"], state["batch_size"], state["by"])
        np.testing.assert_array_equal(here.get_xydata(), [[state["rate"], reached]])
        np.testing.assert_allclose(budget.get_xdata(), BUDGETS[state["by"]] / unit)
        shown = [text.get_text() for text in artists[12:] if text.get_visible()]
        assert shown[0] == {"updates": "1", "seconds": "0.1 ms"}[state["by"]]
        assert shown[4:] == {"updates": ["10,000", "100,000"], "seconds": ["1 s", "10 s"]}[state["by"]] + [
            f"{state['by']} taken"
        ]
        low, high = curves[0].axes.get_xlim()
        assert all(low < x < high for curve in curves for x in curve.get_xdata())


@pytest.mark.long
def test_the_caption_tells_the_numbers() -> None:
    explorer = learning_rate_on_mnist()
    rng = np.random.default_rng(4)
    for _ in range(12):
        state = random_state(rng)
        set_state(explorer, **state)
        run, text = training_run(state["rate"], state["batch_size"]), explorer.caption
        reached = loss_within_budget(**state)
        budget = {"updates": "150 updates", "seconds": "one second"}[state["by"]]
        assert f"after {budget} the loss is {reached:.3g} nats (blind guessing costs 0.303)" in text
        assert f"ends after {run.updates[-1]:,} updates, {run.seconds[-1]:.1f} seconds, at {run.loss[-1]:.3g}" in text
        assert text.endswith(f"with {run.right[-1]:,} of 10,000 test pictures right.")
    set_state(explorer, by="updates")
    assert "The lowest at that price is 0.107, with rate 1 and all 60,000 pictures." in explorer.caption


@pytest.mark.long
def test_the_code_computes_the_picture() -> None:
    explorer = learning_rate_on_mnist()
    rng = np.random.default_rng(5)
    for _ in range(3):
        state = random_state(rng)
        set_state(explorer, **state)
        names: dict[str, Any] = {}
        exec(explorer.code, names)
        np.testing.assert_array_equal(names["loss"], training_run(state["rate"], state["batch_size"]).loss)
        assert names["reached"] == loss_within_budget(**state)
