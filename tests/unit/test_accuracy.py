"""The promises of docs/accuracy.md on fewer points: 4 floats from the truth entry by entry, 8 for rows and losses."""

from __future__ import annotations

from types import ModuleType

import mpmath as mp
import numpy as np
import pytest
import torch

from benchmarks import accuracy
from benchmarks.accuracy import CASES, DTYPES, FloatType, distance, worst
from course_utils import activations, losses, probability
from course_utils.activations import log_softmax, softmax
from course_utils.losses import binary_cross_entropy_loss_and_gradient, cross_entropy_from_logits
from course_utils.numerics import ulp_distance

pytestmark = pytest.mark.long
POINTS = 2_000


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", CASES)
def test_never_further_from_the_truth_than_promised(name: str, dtype: FloatType) -> None:
    ours = worst(CASES[name], dtype, POINTS, seed=1)["ours"]
    assert max(ours.normal, ours.subnormal) <= CASES[name].bound
    assert bool(ours.place) == (ours.normal > 0)


@pytest.mark.parametrize("module", [activations, losses, probability])
def test_every_public_function_has_its_row(module: ModuleType) -> None:
    public = {name for name, value in vars(module).items() if callable(value) and value.__module__ == module.__name__}
    names = {name for name in public if not name.startswith("_") and name != "Outcome"}
    twice = "cross_entropy"  # of losses; the one of probability is called so
    measured = {name.split(",")[0] for name in CASES} | set(accuracy.EXACT)
    for name in names:
        assert (f"probability.{name}" if module is probability and name == twice else name) in measured
    page = accuracy.PAGE.read_text(encoding="utf-8")
    for name in [*CASES, *accuracy.LIMITS]:
        assert page.count(f"| {name} | float64 |") >= 1
        assert page.count(f"| {name} | float32 |") >= 1
    for name in accuracy.EXACT:
        assert f"`{name}`" in page


def test_what_is_not_rounded_is_exact() -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(7, size=100)
    t = losses.one_hot(y, 7)
    assert set(np.unique(t)) == {0.0, 1.0}
    assert (t.argmax(axis=1) == y).all()
    P = activations.softmax(rng.normal(size=(5, 4)))
    assert (probability.check_distribution("P", P) == P).all()
    assert probability.sample(P[0], 3, rng).dtype == np.int64
    assert probability.is_disjoint({1}, {2}) is True


@pytest.mark.parametrize("name", [*list(CASES)[:7], "mse_from_logits, labels 0 and 1"])
def test_float32_is_worked_out_in_float64(name: str) -> None:
    ours = worst(CASES[name], np.float32, POINTS)["ours"]
    assert max(ours.normal, ours.subnormal) <= 2


@pytest.mark.parametrize("temperature", [5e-324, 1e-300, 2.0**-60, 0.05, 0.1365, 0.5, 3, 4, 19.9, 1e300, 1.7e308])
def test_every_temperature_is_as_good_as_one(temperature: float) -> None:
    rng = np.random.default_rng(0)
    for spread in (1, 30, 300):
        with np.errstate(over="ignore"):
            z = np.clip(rng.normal(size=(20, 3)) * spread * temperature, -1e308, 1e308)
        with mp.workdps(50):
            exact = [accuracy.exact_softmax([mp.mpf(float(x)) / mp.mpf(temperature) for x in z_n]) for z_n in z]
            logs = [accuracy.exact_log_softmax([mp.mpf(float(x)) / mp.mpf(temperature) for x in z_n]) for z_n in z]
        truth, log_truth = (np.array(table, dtype=object).astype(np.float64) for table in (exact, logs))
        assert distance(softmax(z, temperature=temperature), truth) <= 8
        assert distance(log_softmax(z, temperature=temperature), log_truth) <= 8


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_yardstick_sees_a_result_that_is_too_far_off(dtype: FloatType) -> None:
    case = CASES["log_softmax"]

    def nudged(z: np.ndarray) -> np.ndarray:
        p = log_softmax(z)
        p[0, 0] += 12 * np.spacing(p[0, 0])
        return p

    found = worst(case._replace(ways={"nudged": nudged}), dtype, POINTS, seed=1)["nudged"]
    assert found.normal > case.bound
    assert found.subnormal > case.bound


def test_the_yardstick_tells_nan_and_infinity() -> None:
    truth = np.array([1.0, 2.0, np.inf])
    assert np.isnan(distance(np.array([1.0, np.nan, np.inf]), truth))
    assert distance(np.array([1.0, np.inf, np.inf]), truth) == np.inf
    assert distance(np.array([1.0, np.nextafter(2, 3), np.inf]), truth) == 1


def test_the_points_have_every_size_and_kind() -> None:
    z = accuracy.points_on_the_line(np.float64, 20_000, np.random.default_rng(0))
    sizes = np.log10(np.abs(z[z != 0]))
    assert z.shape == (20_000,)
    assert sizes.min() < -300
    assert sizes.max() > 300
    assert np.isfinite(z).all()
    tables = list(accuracy.rows(np.float64, 200_000, np.random.default_rng(0)))
    assert {table.shape[1] for table in tables} == set(accuracy.CLASSES)
    assert len(tables) >= len(accuracy.CLASSES) * accuracy.KINDS
    assert 190_000 < sum(table.size for table in tables) < 210_000


def test_a_mean_is_as_good_as_its_samples() -> None:
    rng = np.random.default_rng(0)
    z, y = rng.normal(scale=10, size=(1000, 10)), rng.integers(10, size=1000)
    with mp.workdps(50):
        samples = [
            -accuracy.exact_log_softmax([mp.mpf(float(x)) for x in z_n])[y_n] for z_n, y_n in zip(z, y, strict=True)
        ]
        truth = np.float64(mp.fsum(samples) / 1000)
    assert ulp_distance(np.float64(cross_entropy_from_logits(z, y)), truth) <= 8


def test_the_difference_of_probability_and_target_is_right_to_3e_16() -> None:
    ((z, t),) = accuracy._logits_and_targets(np.float64, POINTS, np.random.default_rng(0))
    slopes = binary_cross_entropy_loss_and_gradient(z, t)[1]
    with mp.workdps(50):
        exact = [
            accuracy.exact_sigmoid(mp.mpf(float(z_n))) - mp.mpf(float(t_n)) for z_n, t_n in zip(z, t, strict=True)
        ]
        assert max(abs(mp.mpf(float(s)) - e) for s, e in zip(slopes, exact, strict=True)) < 3e-16


def test_torch_returns_z_for_the_softplus_beyond_its_threshold() -> None:
    told = accuracy.softplus_beyond_its_threshold()
    assert told["returned"] == "z"
    assert told["at"] <= 1
    assert told["above"] == pytest.approx(told["floats"], abs=2)
    assert told["above"] > 500_000
    # Without the threshold the distance is gone, and in float32 it never was.
    z = torch.tensor([np.nextafter(20.0, 21.0)])
    truth = np.array([float(accuracy.exact_softplus(mp.mpf(z.item())))])
    assert ulp_distance(torch.nn.functional.softplus(z, threshold=40).numpy(), truth).max() <= 1
    assert worst(CASES["softplus"], np.float32, POINTS)["torch"].normal <= 1
