"""Two distributions: the numbers by their formulas, and bad input named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.special

from course_utils.explorers.two_distributions import every_term, two_distributions

NAMES = ["<rain>", "sun", "cloud"]  # a name that HTML would swallow


def random_state(rng: np.random.Generator) -> dict[str, int]:
    """Parts from 0 to 10, with zeros often enough; no distribution is empty."""
    parts = rng.integers(0, 11, 6) * rng.integers(0, 2, 6)
    parts[[rng.integers(3), 3 + rng.integers(3)]] += 1
    return dict(zip(["P0", "P1", "P2", "Q0", "Q1", "Q2"], np.minimum(parts, 10).tolist(), strict=True))


def test_the_terms_by_their_formulas() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        parts = np.array(list(random_state(rng).values()))
        terms = every_term(parts[:3], parts[3:])
        P, Q = parts[:3] / parts[:3].sum(), parts[3:] / parts[3:].sum()
        np.testing.assert_allclose(terms.P, P, rtol=1e-15)
        np.testing.assert_allclose(terms.Q, Q, rtol=1e-15)
        np.testing.assert_allclose(terms.h, scipy.special.entr(P), atol=1e-15)
        np.testing.assert_allclose(terms.kl, scipy.special.rel_entr(P, Q), atol=1e-15)
        np.testing.assert_allclose(terms.ce, -scipy.special.xlogy(P, Q), atol=1e-15)
        sums = (terms.entropy, terms.divergence, terms.cross_entropy)
        np.testing.assert_allclose(sums, [terms.h.sum(), terms.kl.sum(), terms.ce.sum()], atol=1e-12)
        np.testing.assert_allclose(terms.cross_entropy, terms.entropy + terms.divergence, atol=1e-12)
        np.testing.assert_allclose(terms.reverse, scipy.special.rel_entr(Q, P).sum(), atol=1e-12)


def test_what_q_rules_out_costs_infinity_and_what_p_rules_out_nothing() -> None:
    terms = every_term([0, 1, 1], [1, 0, 1])
    np.testing.assert_array_equal(terms.ce, [0, np.inf, 0.5 * np.log(2)])
    np.testing.assert_array_equal(terms.h[0], 0)
    assert terms.divergence == terms.cross_entropy == terms.reverse == np.inf
    assert not np.signbit(every_term([1, 0], [1, 0]).ce).any()  # a price of -0 would be written -0.000


@pytest.mark.parametrize(
    ("p", "q", "error", "words"),
    [
        (
            [0, 0],
            [1, 1],
            ValueError,
            r"parts_of_p: expected parts of at least 0, and one above 0, got \[0\.0, 0\.0\]",
        ),
        (
            [1, 1],
            [2, -1],
            ValueError,
            r"parts_of_q: expected parts of at least 0, and one above 0, got \[2\.0, -1\.0\]",
        ),
        ([1, 1], [1, 1, 1], ValueError, r"parts_of_q: expected shape \(2,\), got \(3,\)"),
        ([[1, 1]], [1, 1], ValueError, r"parts_of_p: expected shape \(K,\)"),
        (["a", 1], [1, 1], TypeError, "parts_of_p: expected an array of numbers"),
        ([1, np.nan], [1, 1], ValueError, "parts_of_p: expected numbers, got nan"),
    ],
)
def test_bad_parts_are_named(p: Any, q: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        every_term(p, q)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"names": "ab"}, "names: expected 3 names, got 2"),
        ({"parts_of_p": [1, 2, 11]}, r"parts_of_p: expected whole numbers from 0 to 10, got \[1\.0, 2\.0, 11\.0\]"),
        ({"parts_of_q": [1, 2, 0.5]}, "parts_of_q: expected whole numbers from 0 to 10"),
        ({"parts_of_q": [0, 0, 0]}, "parts_of_q: expected parts of at least 0, and one above 0"),
        ({"parts_of_q": [1, 2]}, r"parts_of_q: expected shape \(3,\), got \(2,\)"),
    ],
)
def test_a_bad_start_is_named(changed: Any, words: str) -> None:
    good: dict[str, Any] = {"names": NAMES, "parts_of_p": [1, 4, 5], "parts_of_q": [3, 2, 5]}
    with pytest.raises(ValueError, match=words):
        two_distributions(**(good | changed))


def test_a_later_state_is_held_against_the_start() -> None:
    explorer = two_distributions(["no", "yes"], [0, 1], [1, 1])
    before = explorer.state
    for bad, words in (([0, 0], "one above 0"), ([1, 2, 3], r"expected shape \(2,\)"), ([1, 11], "from 0 to 10")):
        with pytest.raises(ValueError, match=f"parts_of_p: expected.*{words}|parts_of_p: {words}"):
            explorer.parts_of_p = bad
    assert explorer.state == before
    explorer.parts_of_p = [3, 0]
    assert explorer.parts_of_p == [3, 0]
