"""Logits and temperature: the numbers by their formulas, and bad input named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.special

from course_utils.explorers.logits_and_temperature import logits_and_temperature, push_a_logit
from course_utils.gradients import jacobian

Z = [2.0, 3.0, 5.0, 0.0]


# The numbers.


@pytest.mark.parametrize("temperature", [0.5, 1.0, 8.0])
@pytest.mark.parametrize("i", [0, 2])
def test_the_numbers_by_their_formulas(temperature: float, i: int) -> None:
    push = push_a_logit(Z, i, temperature)
    after = np.array(Z) + np.eye(4)[i]
    np.testing.assert_allclose(push.p, scipy.special.softmax(np.array(Z) / temperature), rtol=1e-12)
    np.testing.assert_allclose(push.p_after, scipy.special.softmax(after / temperature), rtol=1e-12)
    np.testing.assert_allclose(push.change, push.p_after - push.p, rtol=0)
    measured = jacobian(lambda z: scipy.special.softmax(z / temperature), Z)
    np.testing.assert_allclose(push.J, measured, atol=1e-9)


def test_one_wins_and_all_others_lose_in_proportion() -> None:
    push = push_a_logit(Z, 1)
    assert push.change[1] > 0
    others = [0, 2, 3]
    shares = push.change[others] / push.p[others]
    np.testing.assert_allclose(shares, shares[0], rtol=1e-12)
    assert shares[0] < 0
    assert push.change.sum() == pytest.approx(0, abs=1e-15)


def test_the_input_is_left_as_it_is() -> None:
    z = np.array(Z)
    push_a_logit(z, 0)
    assert z.tolist() == Z


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"z": [Z]}, ValueError, r"z: expected shape \(K,\), got \(1, 4\)"),
        ({"z": []}, ValueError, "z: expected at least one logit, got none"),
        ({"z": [0.0, np.inf]}, ValueError, "z: expected finite numbers, got inf"),
        ({"z": "high"}, TypeError, "z: expected an array of numbers"),
        ({"i": 4}, ValueError, "i: expected labels 0 to 3, got 4"),
        ({"i": -1}, ValueError, "i: expected a whole number of at least 0, got -1"),
        ({"i": 0.5}, TypeError, "i: expected a whole number"),
        ({"temperature": 0}, ValueError, "temperature: expected a number above 0, got 0"),
    ],
)
def test_bad_numbers_are_named(changed: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        push_a_logit(**({"z": Z, "i": 0, "temperature": 1.0} | changed))


@pytest.mark.parametrize(
    ("z", "error", "words"),
    [
        ([1.0], ValueError, "z: expected 2 to 4 logits, got 1"),
        ([0.0] * 5, ValueError, "z: expected 2 to 4 logits, got 5"),
        ([0.0, -6.5], ValueError, "z: expected logits from -6 to 6, got -6.5"),
        ([[0.0, 1.0]], ValueError, r"z: expected shape \(K,\)"),
        ([0.0, np.nan], ValueError, "z: expected numbers, got nan"),
    ],
)
def test_bad_starts_are_named(z: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        logits_and_temperature(z)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"i": 3}, "i: expected a whole number from 0 to 2, got 3"),
        ({"c": -1}, "c: expected a whole number"),
        ({"temperature": 0.1}, "temperature: expected a number from 0.5 to 8, got 0.1"),
    ],
)
def test_a_bad_state_is_named_at_the_start_and_later(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        logits_and_temperature([0.0, 1.0, 2.0], **changed)
    explorer = logits_and_temperature([0.0, 1.0, 2.0])
    before = explorer.state
    for name, value in changed.items():
        with pytest.raises(ValueError, match=words):
            setattr(explorer, name, value)
    assert explorer.state == before


def test_the_number_of_classes_stays() -> None:
    explorer = logits_and_temperature(Z)
    explorer.z = [0.0, 0.0, 0.0, 1.0]
    with pytest.raises(ValueError, match="z: expected 4 logits, got 3"):
        explorer.z = [0.0, 0.0, 0.0]
    assert explorer.z == [0.0, 0.0, 0.0, 1.0]
