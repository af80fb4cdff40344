"""Two distributions: the numbers by their formulas, and a picture, a caption and code that follow every slider."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import scipy.special

from course_utils.explorers.engine import Explorer
from course_utils.explorers.panels import outline
from course_utils.explorers.two_distributions import LONGEST, Terms, every_term, two_distributions

NAMES = ["<rain>", "sun", "cloud"]  # a name that HTML would swallow


def make() -> Explorer:
    return two_distributions(NAMES, [1, 4, 5], [3, 2, 5])


def random_state(rng: np.random.Generator) -> dict[str, int]:
    """Parts from 0 to 10, with zeros often enough; no distribution is empty."""
    parts = rng.integers(0, 11, 6) * rng.integers(0, 2, 6)
    parts[[rng.integers(3), 3 + rng.integers(3)]] += 1
    return dict(zip(["P0", "P1", "P2", "Q0", "Q1", "Q2"], np.minimum(parts, 10).tolist(), strict=True))


def set_state(explorer: Explorer, state: dict[str, int]) -> None:
    # The larger parts first, so that no distribution is empty on the way.
    for name in sorted(state, key=lambda name: -state[name]):
        explorer.controls[name].value = state[name]


def terms_of(state: dict[str, int]) -> Terms:
    parts = list(state.values())
    return every_term(parts[:3], parts[3:])


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


def test_an_empty_distribution_is_told_and_passes() -> None:
    explorer = two_distributions(["no", "yes"], [0, 1], [1, 1])
    before = explorer.png
    explorer.controls["P1"].value = 0
    assert "parts_of_p: expected parts of at least 0, and one above 0" in explorer.caption
    assert explorer.png == before
    explorer.controls["P0"].value = 3
    assert explorer.caption.startswith("P: no 1.000, yes 0.000.")


@pytest.mark.long
def test_bars_and_numbers_show_the_state() -> None:
    explorer = make()
    rng = np.random.default_rng(2)
    for _ in range(8):
        state = random_state(rng)
        set_state(explorer, state)
        terms = terms_of(state)
        moving: Any = explorer._update(**state)
        P, Q, shares, h, kl, ce, nats, title = moving
        assert_bars(P, [0, 0, 0], terms.P)
        assert_bars(Q, [0, 0, 0], terms.Q)
        assert_numbers(shares, [terms.P, terms.Q])
        in_nats = np.stack([terms.h, terms.kl, terms.ce])
        in_nats = np.column_stack([in_nats, [terms.entropy, terms.divergence, terms.cross_entropy]])
        assert_bars(h, [0, 0, 0, 0], in_nats[0])
        assert_bars(kl, in_nats[0], in_nats[0] + in_nats[1])
        assert_bars(ce, [0, 0, 0, 0], in_nats[2])
        assert_numbers(nats, in_nats)
        assert title.get_text().endswith(f"KL(Q, P) = {shown(terms.reverse)}")


def assert_bars(bars: Any, starts: Any, ends: Any) -> None:
    boxes = [path.vertices[:, 0] for path in bars.get_paths()]
    np.testing.assert_allclose([box[0] for box in boxes], starts, atol=1e-12)
    np.testing.assert_allclose([box[1] for box in boxes], np.minimum(ends, LONGEST), atol=1e-12)


def assert_numbers(numbers: Any, values: Any) -> None:
    texts = [shown(value).replace("infinite", "∞") for value in np.ravel(values, order="F")]
    for path, text in zip(numbers.get_paths(), texts, strict=True):
        np.testing.assert_array_equal(path.vertices, outline(text).vertices)


def shown(value: float) -> str:
    return "infinite" if np.isinf(value) else re.sub(r"^-(0\.0+)$", r"\1", f"{value:.3f}")


def test_no_finite_term_is_cut() -> None:
    assert every_term([10, 0, 0], [1, 10, 10]).cross_entropy <= LONGEST


@pytest.mark.long
def test_the_caption_tells_the_numbers() -> None:
    explorer = make()
    rng = np.random.default_rng(3)
    for _ in range(8):
        state = random_state(rng)
        set_state(explorer, state)
        terms, text = terms_of(state), explorer.caption
        for name, total, each in (
            ("entropy H(P)", terms.entropy, terms.h),
            ("divergence KL(P, Q)", terms.divergence, terms.kl),
            ("cross-entropy CE(P, Q) = H + KL", terms.cross_entropy, terms.ce),
        ):
            inner = ", ".join(f"{k} {shown(value)}" for k, value in zip(NAMES, each, strict=True))
            assert f"{name} = {shown(total)} ({inner})" in text
        assert f"KL(Q, P) = {shown(terms.reverse)}." in text
        assert text.endswith("the price is infinite.") == np.isinf(terms.divergence)


@pytest.mark.long
def test_the_code_computes_the_picture() -> None:
    explorer = make()
    rng = np.random.default_rng(4)
    for _ in range(5):
        state = random_state(rng)
        set_state(explorer, state)
        names: dict[str, Any] = {}
        exec(explorer.code, names)
        terms = terms_of(state)
        computed = [names[name] for name in ("H", "KL", "CE", "reverse")]
        np.testing.assert_allclose(computed, terms[5:], rtol=1e-12)


@pytest.mark.long
def test_every_label_lies_inside_the_picture() -> None:
    for names in (NAMES, ["a long name", "heavy rain", "a third one"]):
        figure: Any = two_distributions(names, [1, 4, 5], [0, 2, 5])._picture._figure
        box = figure.get_tightbbox().transformed(figure.dpi_scale_trans)
        width, height = figure.get_size_inches() * figure.dpi
        assert box.x0 >= -1
        assert box.y0 >= -1
        assert box.x1 <= width + 1
        assert box.y1 <= height + 1
