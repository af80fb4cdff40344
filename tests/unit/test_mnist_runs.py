"""data/mnist_runs.npz is what tools/mnist_runs.py makes: a cheap run again, and the published run beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from course_utils.datasets import Dataset, load_mnist
from course_utils.estimators import LogisticRegression
from course_utils.explorers.learning_rate_on_mnist import batch_sizes, rates, training_run
from course_utils.losses import binary_cross_entropy_from_logits
from tools.mnist_runs import EPOCHS, LOOKS, MODULE, RATES, RUNS, javascript, looks, main, run


@pytest.fixture(scope="module")
def mnist() -> Dataset:
    data = load_mnist()
    if data.source != "mnist":
        pytest.skip("the runs need the real MNIST: set COURSE_DATA")
    return data


def test_the_file_is_small_and_holds_numbers_alone() -> None:
    assert RUNS.stat().st_size < 200_000
    with np.load(RUNS, allow_pickle=False) as file:
        assert {array.dtype.kind for array in file.values()} == {"f", "i"}


def test_the_file_holds_every_run_of_the_script() -> None:
    assert tuple(rates()) == RATES
    assert tuple(batch_sizes()) == tuple(EPOCHS)
    for size in EPOCHS:
        np.testing.assert_array_equal(training_run(0.1, size).updates, looks(size))


def test_the_page_has_the_runs_of_the_file() -> None:
    with np.load(RUNS, allow_pickle=False) as file:
        assert javascript(file) == MODULE.read_text(encoding="utf-8")


def test_the_looks_are_spread_over_the_whole_run() -> None:
    for size, epochs in EPOCHS.items():
        updates = looks(size)
        assert updates[-1] == epochs * -(-60_000 // size)
        assert 20 <= len(updates) <= LOOKS + 1
        assert (updates[1:] <= 2 * updates[:-1]).all()


@pytest.mark.long
def test_a_run_made_again_is_the_one_in_the_file(mnist: Dataset) -> None:
    again, stored = run(mnist, 0.1, 128), training_run(0.1, 128)
    np.testing.assert_allclose(again.loss, stored.loss, rtol=1e-4)
    np.testing.assert_allclose(again.right, stored.right, atol=2)  # a logit next to zero may fall either way
    assert again.seconds > 0


@pytest.mark.long
def test_full_batches_are_the_estimators(mnist: Dataset) -> None:
    model = LogisticRegression(learning_rate=1.0, epochs=10, input_scale=1 / 255, dtype="float32")
    model.fit(mnist.X_train, mnist.y_train == 5)
    stored = training_run(1.0, 60_000)
    in_common = stored.updates[stored.updates < 10]
    np.testing.assert_allclose(stored.loss[: len(in_common)], np.array(model.history_.loss)[in_common], rtol=1e-5)


@pytest.mark.slow
def test_the_published_run_in_float64(mnist: Dataset) -> None:
    t_train, t_test = mnist.y_train == 5, mnist.y_test == 5
    model = LogisticRegression(learning_rate=1e-5, epochs=100).fit(mnist.X_train, t_train)
    after = binary_cross_entropy_from_logits(model.decision_function(mnist.X_train), t_train)
    said = model.predict(mnist.X_test)
    assert model.history_.loss[-1] == pytest.approx(0.118956, abs=1e-6)
    assert after == pytest.approx(0.118782, abs=5e-7)
    assert (said == t_test).sum() == 9637
    assert [(said & t_test).sum(), (said & ~t_test).sum(), (~said & t_test).sum()] == [597, 68, 295]


def test_the_fallback_makes_no_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {"COURSE_DATA": "", "COURSE_OFFLINE": "1", "COURSE_CACHE": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("course_utils.datasets.cache._in_memory", {})
    with pytest.raises(SystemExit, match="the real MNIST only"):
        main()
