"""Chance against its axioms, closed forms, scipy, torch and 50-digit arithmetic."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
import scipy.special
import scipy.stats
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course_utils.activations import softmax
from course_utils.numerics import FloatArray
from course_utils.probability import (
    bernoulli,
    check_distribution,
    conditional,
    cross_entropy,
    entropy,
    is_disjoint,
    kl_divergence,
    likelihood,
    log_likelihood,
    probability,
    sample,
)

WEATHER = {"rain": 0.15, "sun": 0.5, "wind": 0.1, "cloud": 0.25}
Space = dict[int, float]

weights = st.one_of(st.just(0.0), st.floats(1e-12, 1.0))


@st.composite
def distributions(draw: st.DrawFn, how_many: int, least: int = 1, most: int = 12) -> FloatArray:
    """Distributions over one space, some masses zero."""
    K = draw(st.integers(least, most))
    masses: FloatArray = draw(hnp.arrays(np.float64, (how_many, K), elements=weights))
    assume((masses.sum(axis=1) > 0).all())
    rows: FloatArray = masses / masses.sum(axis=1, keepdims=True)
    return rows


@st.composite
def spaces_with_two_events(draw: st.DrawFn) -> tuple[Space, set[int], set[int]]:
    space = dict(enumerate(draw(distributions(1))[0].tolist()))
    events = st.sets(st.sampled_from(list(space)))
    return space, draw(events), draw(events)


# Events


@given(spaces_with_two_events())
@pytest.mark.long
def test_the_axioms(drawn: tuple[Space, set[int], set[int]]) -> None:
    space, a, b = drawn
    assert 0 <= probability(space, a) <= 1
    assert probability(space, set()) == 0
    assert probability(space, set(space)) == pytest.approx(1, rel=1e-15, abs=0)
    assert probability(space, set(space) - a) == pytest.approx(1 - probability(space, a), abs=1e-15)
    both = probability(space, a) + probability(space, b) - probability(space, a & b)
    assert probability(space, a | b) == pytest.approx(both, abs=1e-15)


@given(spaces_with_two_events())
@pytest.mark.long
def test_chain_rule_and_bayes(drawn: tuple[Space, set[int], set[int]]) -> None:
    space, a, b = drawn
    assume(probability(space, a) > 0 and probability(space, b) > 0)
    assert conditional(space, a, b) * probability(space, b) == pytest.approx(
        probability(space, a & b), rel=1e-14, abs=0
    )
    bayes = conditional(space, b, a) * probability(space, a) / probability(space, b)
    assert conditional(space, a, b) == pytest.approx(bayes, rel=1e-14, abs=0)
    assert 0 <= conditional(space, a, b) <= 1
    assert conditional(space, b, b) == 1


@given(spaces_with_two_events())
@pytest.mark.long
def test_law_of_total_probability(drawn: tuple[Space, set[int], set[int]]) -> None:
    space, a, b = drawn
    cases = [case for case in (b, set(space) - b) if probability(space, case) > 0]
    total = sum(conditional(space, a, case) * probability(space, case) for case in cases)
    assert total == pytest.approx(probability(space, a), abs=1e-14)


@given(spaces_with_two_events())
@pytest.mark.long
def test_disjoint_events_add_and_exclude_each_other(drawn: tuple[Space, set[int], set[int]]) -> None:
    space, a, b = drawn
    assert is_disjoint(a, b) is (not a & b)
    assert is_disjoint(a, set(space) - a)
    if is_disjoint(a, b):
        apart = probability(space, a) + probability(space, b)
        assert probability(space, a | b) == pytest.approx(apart, abs=1e-15)


def test_worked_examples_of_the_lectures() -> None:
    assert probability(WEATHER, {"rain", "wind"}) == 0.25
    assert conditional({"both": 0.2, "given alone": 0.2, "neither": 0.6}, {"both"}, {"both", "given alone"}) == 0.5
    assert is_disjoint({"heads"}, {"tails"})
    # A sun shower: once an outcome has both, rain and sun are events that overlap.
    assert not is_disjoint({"rain alone", "sun shower"}, {"sun alone", "sun shower"})


def test_the_order_of_an_event_does_not_matter_and_no_probability_passes_one() -> None:
    tenths = dict.fromkeys(range(10), 0.1)
    assert np.cumsum(list(tenths.values()))[-1] < 1  # what plain addition makes of it
    assert probability(tenths, set(tenths)) == 1
    masses = {0: 1e-17, 1: 1.0 - 2**-53, 2: 2**-53, 3: 1e-17}
    assert len({probability(masses, event) for event in ([0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2, 2])}) == 1
    assert probability({"a": 0.5 + 1e-9, "b": 0.5}, {"a", "b"}) == 1


# Bernoulli and categorical


@given(hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_dims=2), elements=st.floats(0, 1)))
def test_bernoulli_is_a_distribution_with_yes_last(p: FloatArray) -> None:
    P = bernoulli(p)
    assert P.shape == (*p.shape, 2)
    assert (P[..., 1] == p).all()
    assert (P.sum(axis=-1) == 1).all()


def test_relative_frequency_goes_to_the_probability() -> None:
    P = np.array([0.1, 0.2, 0.3, 0.4, 0.0])
    N = 100_000
    drawn = sample(P, N, np.random.default_rng(1))
    assert drawn.shape == (N,)
    assert drawn.dtype == np.int64
    counts = np.bincount(drawn, minlength=5)
    assert counts[4] == 0
    spread = np.sqrt(N * P * (1 - P))
    assert (abs(counts - N * P) <= 4 * spread).all()


def test_a_sample_depends_on_the_generator_alone() -> None:
    first, again, other = (sample([0.5, 0.5], 64, np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert (first == again).all()
    assert (first != other).any()


def test_what_passes_as_a_distribution_can_be_sampled_in_every_float_type() -> None:
    for dtype in (np.float16, np.float32, np.float64):
        P = softmax(np.linspace(-1, 1, 7).astype(dtype))
        assert set(sample(P, 500, np.random.default_rng(0)).tolist()) == set(range(7))


# Entropy, cross-entropy, divergence


@given(distributions(2))
@pytest.mark.long
def test_scipy_agrees(rows: FloatArray) -> None:
    P, Q = rows
    np.testing.assert_allclose(entropy(P), scipy.stats.entropy(P), rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(kl_divergence(P, Q), scipy.special.rel_entr(P, Q).sum(), rtol=1e-13, atol=1e-14)
    assert cross_entropy(P, Q) == pytest.approx(-scipy.special.xlogy(P, Q).sum(), rel=1e-13, abs=1e-15)


def test_torch_agrees() -> None:
    rng = np.random.default_rng(2)
    P, Q = softmax(rng.normal(size=(2, 50, 6)))
    p, q = torch.from_numpy(P), torch.from_numpy(Q)
    divergences = torch.nn.functional.kl_div(q.log(), p, reduction="none").sum(dim=-1)
    cross_entropies = torch.nn.functional.cross_entropy(q.log(), p, reduction="none")
    np.testing.assert_allclose(kl_divergence(P, Q), divergences.numpy(), rtol=1e-12)
    np.testing.assert_allclose(cross_entropy(P, Q), cross_entropies.numpy(), rtol=1e-12)
    np.testing.assert_allclose(entropy(P), torch.special.entr(p).sum(dim=-1).numpy(), rtol=1e-13)


@given(distributions(2))
def test_cross_entropy_is_entropy_plus_divergence(rows: FloatArray) -> None:
    P, Q = rows
    np.testing.assert_allclose(cross_entropy(P, Q), entropy(P) + kl_divergence(P, Q), rtol=1e-13, atol=1e-14)


@given(distributions(2))
@pytest.mark.long
def test_bounds(rows: FloatArray) -> None:
    P, Q = rows
    assert 0 <= entropy(P) <= np.log(len(P))
    assert kl_divergence(P, Q) >= 0
    assert kl_divergence(P, P) == 0
    assert np.isinf(kl_divergence(P, Q)) == np.isinf(cross_entropy(P, Q)) == bool((P[Q == 0] > 0).any())


@given(distributions(2), st.randoms(use_true_random=False))
@pytest.mark.long
def test_the_order_of_outcomes_does_not_matter(rows: FloatArray, random: Any) -> None:
    order = random.sample(range(rows.shape[1]), rows.shape[1])
    P, Q = rows
    for measure in (cross_entropy, kl_divergence):
        np.testing.assert_allclose(measure(P[order], Q[order]), measure(P, Q), rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(entropy(P[order]), entropy(P), rtol=1e-13, atol=1e-15)


def test_independent_trials_add() -> None:
    P, Q = np.array([[0.2, 0.8], [0.6, 0.4]])
    both_P, both_Q = np.outer(P, P).ravel(), np.outer(Q, Q).ravel()
    assert entropy(both_P) == pytest.approx(2 * entropy(P), rel=1e-14, abs=0)
    assert kl_divergence(both_P, both_Q) == pytest.approx(2 * kl_divergence(P, Q), rel=1e-14, abs=0)


def test_closed_forms() -> None:
    assert entropy(np.full(8, 0.125)) == pytest.approx(np.log(8), rel=1e-15, abs=0)
    assert round(float(cross_entropy([1, 0], [0.6, 0.4])), 6) == 0.510826
    assert kl_divergence([1, 0], [0.25, 0.75]) == pytest.approx(np.log(4), rel=1e-15, abs=0)
    there, back = kl_divergence([0.5, 0.5], [0.9, 0.1]), kl_divergence([0.9, 0.1], [0.5, 0.5])
    assert there == pytest.approx(-np.log(0.6), rel=1e-14, abs=0)
    assert back == pytest.approx(0.9 * np.log(1.8) + 0.1 * np.log(0.2), rel=1e-14, abs=0)
    assert abs(there - back) > 0.1  # no metric


def test_mass_zero_counts_nothing_and_missed_mass_counts_without_end() -> None:
    assert entropy([1, 0]) == 0
    assert not np.signbit(entropy([1, 0]))
    assert not np.signbit(entropy([1.0]))
    assert kl_divergence([1, 0], [1, 0]) == cross_entropy([1, 0], [1, 0]) == 0
    assert kl_divergence([0.5, 0.5], [1, 0]) == cross_entropy([0.5, 0.5], [1, 0]) == np.inf
    assert kl_divergence([5e-324, 1], [0, 1]) == np.inf
    assert kl_divergence([1, 0], [5e-324, 1]) == pytest.approx(1074 * np.log(2), rel=1e-14, abs=0)


def test_a_table_is_measured_row_by_row() -> None:
    P, Q = softmax(np.random.default_rng(3).normal(size=(2, 4, 3, 5)))
    for measured, one in (
        (entropy(P), entropy(P[2, 1])),
        (cross_entropy(P, Q), cross_entropy(P[2, 1], Q[2, 1])),
        (kl_divergence(P, Q), kl_divergence(P[2, 1], Q[2, 1])),
    ):
        assert measured.shape == (4, 3)
        assert measured[2, 1] == pytest.approx(one, rel=1e-14, abs=0)


def test_the_float_type_stays_and_the_input_too() -> None:
    for dtype in (np.float16, np.float32, np.float64):
        P, Q = softmax(np.random.default_rng(4).normal(size=(2, 5)).astype(dtype))
        before = P.copy(), Q.copy()
        for measured in (entropy(P), cross_entropy(P, Q), kl_divergence(P, Q), bernoulli(P)):
            assert measured.dtype == dtype
        assert (before[0] == P).all()
        assert (before[1] == Q).all()


def _exact(P: FloatArray, Q: FloatArray) -> tuple[Any, Any, Any]:
    """Entropy, cross-entropy and divergence of the very floats given, in 50 digits."""
    with mpmath.workdps(50):
        pairs = [(mpmath.mpf(float(p)), mpmath.mpf(float(q))) for p, q in zip(P, Q, strict=True)]
        h = -mpmath.fsum(p * mpmath.log(p) for p, _ in pairs if p)
        ce = -mpmath.fsum(p * mpmath.log(q) for p, q in pairs if p)
        kl = mpmath.fsum((p * mpmath.log(p / q) if p else 0) - p + q for p, q in pairs)
    return h, ce, kl


def _error(got: FloatArray, exact: Any) -> float:
    """How far off, in units of the last place of what came out."""
    with mpmath.workdps(50):
        return float(abs(mpmath.mpf(float(got)) - exact) / float(np.spacing(got)))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("K", [2, 10, 1000])
@pytest.mark.parametrize("scale", [1, 10, 40])
def test_accuracy_down_to_tiny_probabilities(dtype: type, K: int, scale: int) -> None:
    rng = np.random.default_rng(5)
    for _ in range(20 if K < 1000 else 2):
        P, Q = softmax((scale * rng.normal(size=(2, K))).astype(dtype))
        if ((Q == 0) & (P > 0)).any():
            continue
        h, ce, kl = _exact(P, Q)
        assert _error(entropy(P), h) <= 4
        assert _error(cross_entropy(P, Q), ce) <= 4
        assert _error(kl_divergence(P, Q), kl) <= 8


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_close_distributions_keep_all_their_digits(dtype: type) -> None:
    rng = np.random.default_rng(6)
    for power in np.linspace(-16, 0, 60):
        z = 3 * rng.normal(size=10)
        P, Q = softmax(z.astype(dtype)), softmax((z + 10**power * rng.normal(size=10)).astype(dtype))
        exact = _exact(P, Q)[2]
        assert _error(kl_divergence(P, Q), exact) <= 8
        assert _error(kl_divergence(Q, P), _exact(Q, P)[2]) <= 8


def test_divergences_that_lost_digits_before() -> None:
    P = [0.9999999999999184, 8.160870840439e-14]
    Q = [0.9999999999999183, 8.160858946493783e-14]
    assert kl_divergence(P, Q) == pytest.approx(8.667339743e-26, rel=1e-9, abs=0)
    assert _error(kl_divergence(P, Q), _exact(np.array(P), np.array(Q))[2]) <= 4


@pytest.mark.parametrize(
    ("P", "Q"),
    [
        ([0.5198, 0.4802], [0.5192, 0.4808]),
        ([1.0, 1e-300], [1.0, 3e-301]),
        ([1.0, 1e-308], [1.0, 3e-308]),
        ([1.0, 1e-320], [1.0, 1e-310]),
        ([0.75, 0.25], [0.25, 0.75]),
    ],
)
def test_divergences_near_and_far(P: list[float], Q: list[float]) -> None:
    assert _error(kl_divergence(P, Q), _exact(np.array(P), np.array(Q))[2]) <= 4


@given(st.floats(5e-324, 0.9999), st.floats(5e-324, 0.9999))
def test_the_divergence_of_two_coins(p: float, q: float) -> None:
    P, Q = bernoulli(p), bernoulli(q)
    exact = _exact(P, Q)[2]
    assume(exact == 0 or exact > 1e-300)
    assert _error(kl_divergence(P, Q), exact) <= 8


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
@pytest.mark.long
def test_entropy_is_at_most_the_log_of_the_number_of_outcomes(dtype: type) -> None:
    rng = np.random.default_rng(9)
    for K in [*range(2, 400), *range(400, 2001, 13)]:
        for P in (np.full(K, 1 / K), softmax(1e-4 * rng.normal(size=K))):
            if abs(P.astype(dtype).sum(dtype=np.float64) - 1) < np.finfo(dtype).eps ** 0.5:
                assert float(entropy(P.astype(dtype))) <= mpmath.log(K)
                assert float(entropy(P.astype(dtype))) <= math.log(K)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_no_rounding_makes_a_divergence_negative(dtype: type) -> None:
    rng = np.random.default_rng(8)
    p: FloatArray = rng.uniform(0.1, 0.9, 100_000).astype(dtype)
    nearly = p + np.spacing(p) * rng.integers(-4, 5, p.shape).astype(dtype)
    assert nearly.dtype == dtype
    assert (kl_divergence(bernoulli(p), bernoulli(nearly)) >= 0).all()


# Likelihood


def test_likelihood_is_the_product_of_what_each_label_was_given() -> None:
    assert likelihood([0.5, 0.5, 0.75], [1, 0, 1]) == 0.1875
    assert likelihood([[0.5, 0.25, 0.25], [0.25, 0.75, 0]], [2, 1]) == 0.1875
    assert likelihood([0.0, 1.0], [0, 1]) == 1
    assert log_likelihood([0.0, 1.0], [0, 1]) == 0
    assert likelihood([0.0], [1]) == likelihood([[1, 0]], [1]) == 0
    assert log_likelihood([0.0], [1]) == log_likelihood([[1, 0]], [1]) == -np.inf


@given(hnp.arrays(np.float64, st.integers(1, 20), elements=st.floats(0.01, 0.99)), st.randoms(use_true_random=False))
def test_the_two_likelihoods_and_the_two_forms_of_a_model_agree(p: FloatArray, random: Any) -> None:
    y = [random.randrange(2) for _ in p]
    assert log_likelihood(p, y) == pytest.approx(np.log(likelihood(p, y)), rel=1e-12, abs=0)
    assert log_likelihood(bernoulli(p), y) == pytest.approx(log_likelihood(p, y), rel=1e-13, abs=0)
    assert likelihood(bernoulli(p), y) == pytest.approx(likelihood(p, y), rel=1e-13, abs=0)


def test_torch_gives_the_same_log_likelihood() -> None:
    rng = np.random.default_rng(7)
    p, y = softmax(rng.normal(size=(40, 5))), rng.integers(0, 5, 40)
    total = -torch.nn.functional.nll_loss(torch.from_numpy(p).log(), torch.from_numpy(y), reduction="sum")
    assert log_likelihood(p, y) == pytest.approx(float(total), rel=1e-13, abs=0)


def test_the_type_of_the_probabilities_does_not_shorten_a_likelihood() -> None:
    for dtype in (np.float16, np.float32, np.float64):
        half = np.full(1000, 0.5, dtype)
        assert likelihood(half, np.arange(1000) % 2) == 0.5**1000
        assert likelihood(np.stack([half, half], axis=1), np.arange(1000) % 2) == 0.5**1000
        assert log_likelihood(half, np.arange(1000) % 2) == pytest.approx(1000 * np.log(0.5), rel=1e-15, abs=0)
    p = np.float32(1e-7)
    assert likelihood(np.array([p]), [0]) == 1 - float(p)


def test_the_product_underflows_where_the_sum_does_not() -> None:
    p, y = np.full(2000, 0.5), np.arange(2000) % 2
    assert likelihood(p, y) == 0
    assert log_likelihood(p, y) == pytest.approx(-2000 * np.log(2), rel=1e-14, abs=0)
    assert log_likelihood([1e-20], [0]) == pytest.approx(-1e-20, rel=1e-15, abs=0)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=30), distributions(1, least=5, most=5))
def test_relative_frequencies_are_the_most_likely_and_the_least_cross_entropy(y: list[int], rows: FloatArray) -> None:
    frequencies = np.bincount(y, minlength=5) / len(y)
    best, other = (log_likelihood(np.tile(row, (len(y), 1)), y) for row in (frequencies, rows[0]))
    assert other <= best + 1e-12
    assert -other / len(y) == pytest.approx(cross_entropy(frequencies, rows[0]), rel=1e-13, abs=0)


# Bad input

RNG = np.random.default_rng(0)
LIST: Any = [0.5, 0.5]
NUMBER: Any = 1
NO_SUM = "expected probabilities that sum to one, to within 1.5e-08, got a sum of"
NO_MASS = "expected probabilities in [0, 1], got"
NO_CHANCE = "given: expected an event of positive probability, got"
STRANGER = "expected outcomes of the space ['rain', 'sun', 'wind', 'cloud'], got"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: probability({"a": 0.5, "b": 0.6}, {"a"}), f"distribution: {NO_SUM} 1.1"),
        (lambda: probability({"a": -0.5, "b": 1.5}, {"a"}), f"distribution['a']: {NO_MASS} -0.5"),
        (lambda: probability({"a": np.nan}, {"a"}), "distribution['a']: expected numbers, got nan"),
        (lambda: probability({}, set()), "distribution: expected at least one outcome"),
        (lambda: probability(WEATHER, {"snow", "hail"}), f"event: {STRANGER} 'hail'"),
        (lambda: conditional(WEATHER, {"snow"}, {"rain"}), f"event: {STRANGER} 'snow'"),
        (lambda: conditional(WEATHER, {"rain"}, {"snow"}), f"given: {STRANGER} 'snow'"),
        (lambda: conditional({"a": 1, "b": 0}, {"a"}, {"b"}), f"{NO_CHANCE} ['b'] with probability 0"),
        (lambda: conditional(WEATHER, {"rain"}, set()), f"{NO_CHANCE} [] with probability 0"),
        (lambda: bernoulli(1.5), f"p: {NO_MASS} 1.5"),
        (lambda: sample([0.5, 0.4], 3, RNG), f"P: {NO_SUM} 0.9"),
        (lambda: sample([[0.5, 0.5]], 3, RNG), "P: expected shape (K,), got (1, 2)"),
        (lambda: sample([1.0], -1, RNG), "size: expected a whole number of at least 0, got -1"),
        (lambda: entropy(1.0), "P: expected at least one outcome along the last axis, got shape ()"),
        (lambda: entropy(np.zeros((2, 0))), "P: expected at least one outcome along the last axis, got shape (2, 0)"),
        (lambda: entropy([2, -1]), f"P: {NO_MASS} 2.0 at index 0"),
        (lambda: entropy([[[0.5, 0.5], [0.5, 0.4]]]), f"P: {NO_SUM} 0.9 in P[0, 1]"),
        (lambda: cross_entropy([0.5, 0.5], [0.5, 0.4]), f"Q: {NO_SUM} 0.9"),
        (lambda: kl_divergence([0.5, 0.5], [0.2, 0.3, 0.5]), "Q: expected shape (2,), got (3,)"),
        (lambda: kl_divergence([[0.5, 0.5]], [0.5, 0.5]), "Q: expected shape (1, 2), got (2,)"),
        (lambda: likelihood([[0.5, 0.4]], [0]), f"p: {NO_SUM} 0.9 in p[0]"),
        (lambda: likelihood(0.5, [1]), "p: expected shape (N,) or (N, K), got ()"),
        (lambda: log_likelihood([0.5, 0.4], [0, 2]), "y: expected labels 0 to 1, got 2 at index 1"),
        (lambda: log_likelihood([0.5, 0.4], [0]), "y: expected shape (2,), got (1,)"),
        (lambda: log_likelihood([], []), "y: expected at least one label, got none"),
    ],
)
def test_bad_input_is_named(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: probability(LIST, {0}),
            "distribution: expected a dictionary {outcome: probability}, got [0.5, 0.5]",
        ),
        (lambda: probability(WEATHER, "rain"), "event: expected a set of outcomes, got 'rain'"),
        (lambda: conditional(WEATHER, {"rain"}, "rain"), "given: expected a set of outcomes, got 'rain'"),
        (lambda: is_disjoint({"a"}, "a"), "b: expected a set of outcomes, got 'a'"),
        (lambda: is_disjoint(NUMBER, {"a"}), "a: expected a set of outcomes, got 1"),
        (lambda: sample([1.0], 1, NUMBER), "rng: expected a generator such as np.random.default_rng(0), got 1"),
        (lambda: entropy("half"), "P: expected an array of numbers, got 'half' (str)"),
    ],
)
def test_a_wrong_type_is_named(call: Callable[[], object], message: str) -> None:
    with pytest.raises(TypeError, match=re.escape(message)):
        call()


def test_the_tolerance_of_a_sum_goes_with_the_float_type() -> None:
    check_distribution("P", [0.5, 0.5 + 1e-8])
    check_distribution("P", np.array([0.5, 0.5003], dtype=np.float32))
    with pytest.raises(ValueError, match="sum to one"):
        check_distribution("P", [0.5, 0.5 + 2e-8])
    with pytest.raises(ValueError, match="sum to one"):
        check_distribution("P", np.array([0.5, 0.5004], dtype=np.float32))
