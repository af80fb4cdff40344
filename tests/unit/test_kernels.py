"""What stands behind softmax and logsumexp: exponentials of a hundred bits and more, and sums that keep them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath as mp
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course_utils import _kernels as kernels
from course_utils.activations import log_softmax, logsumexp
from course_utils.losses import cross_entropy_loss_and_gradient
from course_utils.numerics import FloatArray, ulp_distance

floats = st.floats(-1e100, 1e100).filter(lambda x: x == 0 or abs(x) > 1e-100)


@given(floats, floats)
def test_what_a_sum_and_a_product_lose_is_kept_exactly(a: float, b: float) -> None:
    total, lost = kernels.two_sum(a, b)
    assert Fraction(total) + Fraction(lost) == Fraction(a) + Fraction(b)
    product, lost = kernels.two_product(a, b)
    assert Fraction(product) + Fraction(lost) == Fraction(a) * Fraction(b)


def _exactly(parts: tuple[Any, ...]) -> list[Any]:
    return [mp.fsum(mp.mpf(float(part)) for part in number) for number in zip(*parts, strict=True)]


@pytest.mark.parametrize(("low", "high"), [(2**-9, 1), (1, 40), (40, 600)])
def test_exponentials_in_three_floats_have_120_bits(low: float, high: float) -> None:
    z = -np.random.default_rng(0).uniform(low, high, 500)
    with mp.workprec(300):
        exact = [mp.exp(mp.mpf(float(x))) for x in z]
        for found, truth in zip(_exactly(kernels._exp_in_three(z)), exact, strict=True):
            assert abs(found / truth - 1) < mp.mpf(2) ** -120


@pytest.mark.parametrize("size", [2.0**-9, 1e-4, 1e-8, 1e-30])
def test_what_an_exponential_lacks_of_one_has_114_bits(size: float) -> None:
    x = -np.random.default_rng(0).uniform(0.5, 1, 300) * size
    with mp.workprec(800):
        exact = [mp.expm1(mp.mpf(float(x_n))) for x_n in x]
        for found, truth in zip(_exactly(kernels._expm1_in_three(x)), exact, strict=True):
            assert abs(found / truth - 1) < mp.mpf(2) ** -114


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("K", [1, 2, 3, 10, 200])
@pytest.mark.parametrize("spread", [0.1, 3, 10, 40])
def test_logsumexp_of_log_probabilities(dtype: type, K: int, spread: float) -> None:
    log_p = log_softmax((spread * np.random.default_rng(K).normal(size=(200 // K + 10, K))).astype(dtype))
    with mp.workdps(200):
        exact = [mp.log(mp.fsum(mp.exp(mp.mpf(float(x))) for x in row)) for row in log_p]
    truth: FloatArray = np.array([float(x) for x in exact]).astype(dtype)
    assert ulp_distance(logsumexp(log_p), truth).max() <= 2


def test_few_rows_call_for_decimal_arithmetic(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[int] = []
    slow = kernels._log_with_many_digits

    def counted(z: Any) -> Any:
        called.append(1)
        return slow(z)

    monkeypatch.setattr(kernels, "_log_with_many_digits", counted)
    for spread in (1, 3, 10):
        logsumexp(log_softmax(spread * np.random.default_rng(0).normal(size=(3000, 10))))
    assert len(called) <= 30
    # And a sum that hundred bits cannot tell from one does.
    before = len(called)
    assert logsumexp([-1e-300, -690.7755278982137]) != 0
    assert len(called) == before + 1


def test_the_slopes_of_a_loss_keep_their_digits_where_they_are_small() -> None:
    z = torch.tensor([[0.0, -300.0, -700.0]], dtype=torch.float64)
    with mp.workdps(50):
        truth = np.array([float(mp.exp(z_c)) for z_c in (-300, -700)])
    assert ulp_distance(cross_entropy_loss_and_gradient(z.numpy(), [0])[1][0, 1:], truth).max() <= 1
