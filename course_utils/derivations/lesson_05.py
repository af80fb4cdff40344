"""Derivations of lesson 05: cross-entropy split in two, KL divergence to cross-entropy, likelihood to cross-entropy.

Classes count from 0, as labels do, and samples from 1. All targets are positive, since the walk knows no 0 ln 0.
"""

from __future__ import annotations

import numpy as np
import sympy as sp

from course_utils.activations import softmax
from course_utils.derivations.engine import Derivation, Line, Point, sum_over
from course_utils.probability import cross_entropy, log_likelihood

k, n, K, N, theta = sp.symbols("k n K N theta")
P, Q, t, p = (sp.IndexedBase(name) for name in "PQtp")
y, frequency, p_k = sp.Function("y"), sp.Function("t"), sp.Function("p_k")

with sp.evaluate(False):
    last_class = K - 1


def _over_classes(term: sp.Expr) -> sp.Sum:
    return sum_over(term, k, 0, last_class)


def _over_samples(term: sp.Expr) -> sp.Sum:
    return sum_over(term, n, 1, N)


def _two_distributions(rng: np.random.Generator) -> Point:
    size = int(rng.integers(2, 4))
    return {"P": rng.dirichlet(np.ones(size)), "Q": rng.dirichlet(np.ones(size)), "K": size}


with sp.evaluate(False):
    CROSS_ENTROPY_SPLIT = Derivation(
        name="cross-entropy is entropy plus KL divergence",
        left=r"\mathrm{CE}(P, Q)",
        lines=(
            Line(-_over_classes(P[k] * sp.log(Q[k])), "the definition: the mean price of one who believes $Q$"),
            Line(-_over_classes(P[k] * sp.log(P[k] * (Q[k] / P[k]))), "multiply and divide by $P_k$"),
            Line(
                -_over_classes(P[k] * (sp.log(P[k]) + sp.log(Q[k] / P[k]))), "the log of a product is a sum of logs"
            ),
            Line(
                -_over_classes(P[k] * sp.log(P[k])) - _over_classes(P[k] * sp.log(Q[k] / P[k])),
                "a sum of sums is two sums",
            ),
            Line(
                -_over_classes(P[k] * sp.log(P[k])) + _over_classes(P[k] * sp.log(P[k] / Q[k])),
                r"$-\ln u = \ln \frac{1}{u}$: the first sum is $H(P)$, the second $\mathrm{KL}(P, Q)$",
            ),
        ),
        random_point=_two_distributions,
        reference=lambda point: float(cross_entropy(point["P"], point["Q"])),
        edges=(
            {"P": np.array([0.5, 0.5]), "Q": np.array([0.5, 0.5]), "K": 2},
            {"P": np.array([1e-9, 1 - 1e-9]), "Q": np.array([0.6, 0.4]), "K": 2},
        ),
    )


def _model(point: Point, theta: complex) -> complex:
    """Probability of the class k of the point by a softmax whose logits move with theta."""
    e = np.exp(point["a"] + theta * point["b"])
    return complex((e / e.sum())[round(point["k"])])


def _one_parameter(rng: np.random.Generator) -> Point:
    size = int(rng.integers(2, 4))
    a, b = rng.normal(size=(2, size))
    return {"theta": rng.normal(), "t": rng.dirichlet(np.ones(size)), "a": a, "b": b, "K": size}


def _slope(point: Point) -> float:
    p = softmax(point["a"] + point["theta"] * point["b"])
    return float((p - point["t"]) @ point["b"])


with sp.evaluate(False):
    KL_TO_CROSS_ENTROPY = Derivation(
        name="the slope of the KL divergence is the slope of the cross-entropy",
        left=r"\frac{\partial}{\partial \theta}\,\mathrm{KL}\bigl(t, p(\theta)\bigr)",
        lines=(
            Line(sp.Derivative(_over_classes(t[k] * sp.log(t[k] / p_k(theta))), theta), "the definition"),
            Line(
                sp.Derivative(_over_classes(t[k] * (sp.log(t[k]) - sp.log(p_k(theta)))), theta),
                "the log of a quotient is a difference of logs",
            ),
            Line(
                sp.Derivative(_over_classes(t[k] * sp.log(t[k])), theta)
                - sp.Derivative(_over_classes(t[k] * sp.log(p_k(theta))), theta),
                "two sums, each with its own slope; the first sum is $-H(t)$",
            ),
            Line(
                0 - sp.Derivative(_over_classes(t[k] * sp.log(p_k(theta))), theta),
                r"there is no $\theta$ in $H(t)$: it is constant",
            ),
            Line(
                sp.Derivative(-_over_classes(t[k] * sp.log(p_k(theta))), theta),
                r"what is left, with its sign, is $\mathrm{CE}\bigl(t, p(\theta)\bigr)$",
            ),
        ),
        random_point=_one_parameter,
        reference=_slope,
        edges=(
            {"theta": 0.0, "t": np.array([0.1, 0.9]), "a": np.zeros(2), "b": np.array([1.0, -1.0]), "K": 2},
            {"theta": 20.0, "t": np.array([0.5, 0.5]), "a": np.zeros(2), "b": np.array([1.0, -1.0]), "K": 2},
        ),
        meanings={"p_k": _model},
    )


def _labels(rng: np.random.Generator) -> Point:
    size, count = int(rng.integers(2, 5)), int(rng.integers(3, 7))
    return {"y": rng.integers(0, size, count), "p": rng.dirichlet(np.ones(size)), "N": count, "K": size}


def _mean_price(point: Point) -> float:
    return -log_likelihood(np.tile(point["p"], (point["N"], 1)), point["y"]) / len(point["y"])


with sp.evaluate(False):
    LIKELIHOOD_TO_CROSS_ENTROPY = Derivation(
        name="maximum likelihood is minimum cross-entropy",
        left=r"-\tfrac{1}{N} \ln P(\text{labels})",
        lines=(
            Line(-1 / N * sp.log(sp.Product(p[y(n)], (n, 1, N))), "independent labels: their probabilities multiply"),
            Line(-1 / N * _over_samples(sp.log(p[y(n)])), "the log of a product is a sum of logs"),
            Line(
                -1 / N * _over_classes(_over_samples(sp.KroneckerDelta(k, y(n))) * sp.log(p[k])),
                r"each label $k$ adds the same $\ln p_k$: count the labels of each class",
            ),
            Line(
                -_over_classes(frequency(k) * sp.log(p[k])),
                r"a count divided by $N$ is the frequency $t_k$, and the sum is $\mathrm{CE}(t, p)$",
            ),
        ),
        random_point=_labels,
        reference=_mean_price,
        edges=(
            {"y": np.array([1]), "p": np.array([0.3, 0.7]), "N": 1, "K": 2},
            {"y": np.array([0, 0, 0]), "p": np.array([0.2, 0.5, 0.3]), "N": 3, "K": 3},
        ),
        meanings={
            "y": lambda point, n: complex(point["y"][round(n.real) - 1]),
            "t": lambda point, k: complex(np.mean(point["y"] == round(k.real))),
        },
        indexed=frozenset({"y", "t"}),
    )

DERIVATIONS = (CROSS_ENTROPY_SPLIT, KL_TO_CROSS_ENTROPY, LIKELIHOOD_TO_CROSS_ENTROPY)
