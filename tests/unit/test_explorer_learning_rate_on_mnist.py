"""Learning rate on MNIST: what the runs say, and what is refused. test_mnist_runs shows that they are real."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from course_utils.explorers.learning_rate_on_mnist import (
    BLIND,
    batch_sizes,
    learning_rate_on_mnist,
    loss_within_budget,
    rates,
    training_run,
)

EACH_RUN = pytest.mark.parametrize(("rate", "size"), [(rate, size) for rate in rates() for size in batch_sizes()])


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


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"rate": 0.2}, "rate: expected one of 0.001, .*, 10, got 0.2"),
        ({"batch_size": 64}, "batch_size: expected one of 1, 16, 128, 60000, got 64"),
        ({"by": "looks"}, "by: expected 'updates' or 'seconds', got 'looks'"),
    ],
)
def test_a_bad_state_is_named(state: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        learning_rate_on_mnist(**state)
