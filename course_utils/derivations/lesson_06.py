"""Derivations of lesson 06: the Jacobian of softmax twice, two classes, the gradient p - t, two neurons, the shift.

Classes are numbered from 0 as in code, so that a sum over them runs to K - 1. The two neurons keep the numbers 1 and
2 that lecture 3 gives them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from course_utils.activations import logsumexp, softmax, softmax_jacobian
from course_utils.derivations.engine import Derivation, Line, Point, sum_over
from course_utils.losses import cross_entropy_gradient

i, j, c, k, K = sp.symbols("i j c k K", integer=True)
z, t, p = sp.IndexedBase("z"), sp.IndexedBase("t"), sp.Function("p")
z_1, z_2, t_1, t_2, x_1, x_2, w_11, w_21, eta = sp.symbols("z_1 z_2 t_1 t_2 x_1 x_2 w_11 w_21 eta")
p_1, p_2, sigma, m = sp.Function("p_1"), sp.Function("p_2"), sp.Function("sigma"), sp.Symbol("m")

with sp.evaluate(False):
    last_class = K - 1


def _over_classes(term: sp.Expr, index: sp.Symbol) -> sp.Sum:
    return sum_over(term, index, 0, last_class)


def _shares(z: Any) -> Any:
    e = np.exp(z)  # of complex logits too, which the complex step needs and the course's softmax refuses
    return e / e.sum()


def _p(point: Point, index: complex) -> complex:
    return _entry(_shares(point["z"]), round(index.real))


def _p_of_neuron(point: Point, number: complex) -> complex:
    return _entry(_shares(np.array([point["z_1"], point["z_2"]])), round(number.real) - 1)


def _entry(p: Any, index: int) -> complex:
    return complex(p[index]) if 0 <= index < len(p) else complex(np.nan)  # a class that does not exist


def _sigma(point: Point, z: complex) -> complex:
    return complex(1 / (1 + np.exp(-z)))


def _logits(rng: np.random.Generator) -> Point:
    n_classes = int(rng.integers(2, 5))
    entry, by = (int(n) for n in rng.integers(0, n_classes, 2))
    return {"z": rng.normal(scale=2, size=n_classes), "i": entry, "j": by, "K": n_classes}


def _logits_and_targets(rng: np.random.Generator) -> Point:
    point = _logits(rng)
    del point["j"]
    return point | {"t": rng.random(point["K"])}


def _logits_and_distribution(rng: np.random.Generator) -> Point:
    point = _logits_and_targets(rng)
    return point | {"t": point["t"] / point["t"].sum()}


def _jacobian_entry(point: Point) -> float:
    return float(softmax_jacobian(point["z"])[point["i"], point["j"]])


def _dz_entry(point: Point) -> float:
    return float(cross_entropy_gradient([point["z"]], [point["t"]])[0, point["i"]])


JACOBIAN_EDGES: tuple[Point, ...] = (
    {"z": np.array([0.0, 0.0]), "i": 0, "j": 1, "K": 2},
    {"z": np.array([-1.0, 1.0, 0.0]), "i": 2, "j": 2, "K": 3},
)
DISTRIBUTION_EDGES: tuple[Point, ...] = (
    {"z": np.array([0.0, 0.0]), "i": 0, "K": 2, "t": np.array([0.0, 1.0])},
    {"z": np.array([-1.0, 1.0, 0.0]), "i": 1, "K": 3, "t": np.array([0.0, 1.0, 0.0])},
)
TARGET_EDGES: tuple[Point, ...] = (
    *DISTRIBUTION_EDGES,
    {"z": np.array([2.0, 0.0]), "i": 1, "K": 2, "t": np.array([1.0, 1.0])},
)

with sp.evaluate(False):
    total, total_k = _over_classes(sp.exp(z[c]), c), _over_classes(sp.exp(z[k]), k)
    delta, delta_c = sp.KroneckerDelta(i, j), sp.KroneckerDelta(c, i)

    JACOBIAN_BY_QUOTIENT_RULE = Derivation(
        name="Jacobian of softmax by the quotient rule",
        left=r"\frac{\partial p_i}{\partial z_j}",
        lines=(
            Line(sp.Derivative(sp.exp(z[i]) / total, z[j]), "the definition of softmax"),
            Line(
                (total * sp.Derivative(sp.exp(z[i]), z[j]) - sp.exp(z[i]) * sp.Derivative(total, z[j])) / total**2,
                r"quotient rule: $u/v$ has slope $(v\,u' - u\,v')/v^2$",
            ),
            Line(
                (sp.Mul(total, delta, sp.exp(z[i])) - sp.exp(z[i]) * sp.exp(z[j])) / total**2,
                r"$e^{z_i}$ feels $z_j$ where $i=j$ alone ($\delta_{ij}$ is 1 there, else 0); "
                "of the sum, only the term $c=j$ does",
            ),
            Line(
                delta * (sp.exp(z[i]) / total) - sp.exp(z[i]) / total * (sp.exp(z[j]) / total),
                "the sum cancels once on the left; on the right, one sum under each factor",
            ),
            Line(delta * p(i) - p(i) * p(j), "the definition of softmax, read backwards"),
            Line(p(i) * (delta - p(j)), "$p_i$ is in both terms"),
        ),
        random_point=_logits,
        reference=_jacobian_entry,
        edges=JACOBIAN_EDGES,
        meanings={"p": _p},
        indexed=frozenset({"p"}),
    )

    JACOBIAN_THROUGH_LN = Derivation(
        name="Jacobian of softmax through its logarithm",
        left=r"\frac{\partial p_i}{\partial z_j}",
        lines=(
            Line(
                p(i) * sp.Derivative(sp.log(sp.exp(z[i]) / total), z[j]),
                r"$\ln p$ has slope $p'/p$, so $p' = p\,(\ln p)'$",
            ),
            Line(p(i) * sp.Derivative(z[i] - sp.log(total), z[j]), "the log of a quotient is a difference"),
            Line(
                p(i) * (sp.Derivative(z[i], z[j]) - 1 / total * sp.Derivative(total, z[j])),
                "term by term; $\\ln v$ has slope $v'/v$",
            ),
            Line(p(i) * (delta - sp.exp(z[j]) / total), "of the sum, only the term $c=j$ feels $z_j$"),
            Line(p(i) * (delta - p(j)), "the definition of softmax, read backwards"),
        ),
        random_point=_logits,
        reference=_jacobian_entry,
        edges=JACOBIAN_EDGES,
        meanings={"p": _p},
        indexed=frozenset({"p"}),
    )

    TWO_CLASSES = Derivation(
        name="softmax of two classes is the sigmoid of the difference",
        left="p_1",
        lines=(
            Line(sp.exp(z[1]) / (sp.exp(z[0]) + sp.exp(z[1])), "softmax with two classes, 0 and 1"),
            Line(1 / (sp.exp(z[0]) / sp.exp(z[1]) + 1), "divide above and below by $e^{z_1}$"),
            Line(1 / (1 + sp.exp(-(z[1] - z[0]))), "$e^a / e^b = e^{a-b}$"),
            Line(sigma(z[1] - z[0]), "the definition of the sigmoid"),
        ),
        random_point=lambda rng: {"z": rng.normal(scale=3, size=2)},
        reference=lambda point: float(softmax(point["z"])[1]),
        edges=({"z": np.array([5.0, 5.0])}, {"z": np.array([0.0, 20.0])}, {"z": np.array([20.0, 0.0])}),
        meanings={"sigma": _sigma},
    )

    CROSS_ENTROPY_BY_JACOBIAN = Derivation(
        name="gradient of the cross-entropy, any targets, through the Jacobian",
        left=r"\frac{\partial L}{\partial z_i}",
        lines=(
            Line(
                sp.Derivative(-_over_classes(t[c] * sp.log(sp.exp(z[c]) / total_k), c), z[i]),
                r"$L = -\sum_c t_c \ln p_c$, softmax written out",
            ),
            Line(
                -_over_classes(t[c] / p(c) * sp.Derivative(sp.exp(z[c]) / total_k, z[i]), c),
                "chain rule: every $p_c$ feels $z_i$, so every class has its term",
            ),
            Line(-_over_classes(t[c] / p(c) * (p(c) * (delta_c - p(i))), c), "the Jacobian"),
            Line(-_over_classes(t[c] * (delta_c - p(i)), c), "$p_c$ cancels: nothing is left to divide by"),
            Line(
                _over_classes(t[c], c) * p(i) - t[i],
                r"$\delta_{ci}$ picks $t_i$ out of the sum; $p_i$ is the same in every term",
            ),
        ),
        random_point=_logits_and_targets,
        reference=_dz_entry,
        edges=TARGET_EDGES,
        meanings={"p": _p},
        indexed=frozenset({"p"}),
    )

    CROSS_ENTROPY_THROUGH_LN = Derivation(
        name="gradient of the cross-entropy, targets that sum to one, through the logarithm",
        left=r"\frac{\partial L}{\partial z_i}",
        lines=(
            Line(
                sp.Derivative(-_over_classes(t[c] * sp.log(sp.exp(z[c]) / total_k), c), z[i]),
                r"$L = -\sum_c t_c \ln p_c$, softmax written out",
            ),
            Line(
                sp.Derivative(-_over_classes(t[c] * (z[c] - sp.log(total_k)), c), z[i]),
                "the log of a quotient is a difference",
            ),
            Line(
                sp.Derivative(sp.log(total_k) - _over_classes(t[c] * z[c], c), z[i]),
                r"$\sum_c t_c = 1$: the same log, with weights that sum to one",
            ),
            Line(sp.exp(z[i]) / total_k - t[i], "in each sum, one term feels $z_i$"),
            Line(p(i) - t[i], "the definition of softmax, read backwards"),
        ),
        random_point=_logits_and_distribution,
        reference=_dz_entry,
        edges=DISTRIBUTION_EDGES,
        meanings={"p": _p},
        indexed=frozenset({"p"}),
    )


def _two_neurons(rng: np.random.Generator) -> Point:
    x_1, x_2, w_11, w_21, z_2 = rng.normal(size=5)
    return _joined(x_1, x_2, w_11, w_21, z_2, rate=rng.uniform(0.1, 1), truth=rng.random())


def _joined(x_1: float, x_2: float, w_11: float, w_21: float, z_2: float, rate: float, truth: float) -> Point:
    """Put a point together: z_1 follows from the inputs and the weights into neuron 1; z_2 is given."""
    inputs = {"x_1": x_1, "x_2": x_2, "w_11": w_11, "w_21": w_21, "eta": rate}
    return inputs | {"z_1": w_11 * x_1 + w_21 * x_2, "z_2": z_2, "t_1": truth, "t_2": 1 - truth}


def _step(point: Point) -> float:
    dz = cross_entropy_gradient([[point["z_1"], point["z_2"]]], [[point["t_1"], point["t_2"]]])
    return float(-point["eta"] * point["x_1"] * dz[0, 0])


with sp.evaluate(False):
    first, second = p_1(z_1, z_2), p_2(z_1, z_2)
    TWO_NEURONS = Derivation(
        name="backpropagation through two neurons",
        left=r"\Delta w_{11} = -\eta\,\frac{\partial L}{\partial w_{11}}",
        lines=(
            Line(
                -eta
                * sp.Derivative(-t_1 * sp.log(first) - t_2 * sp.log(second), z_1)
                * sp.Derivative(w_11 * x_1 + w_21 * x_2, w_11),
                "chain rule: $w_{11}$ acts through $z_1 = w_{11}x_1 + w_{21}x_2$ alone",
            ),
            Line(
                -eta * (-(t_1 / p(1) * sp.Derivative(first, z_1)) - t_2 / p(2) * sp.Derivative(second, z_1)) * x_1,
                "chain rule again: $z_1$ reaches the loss by two ways, $p_1$ and $p_2$",
            ),
            Line(
                -eta * (-(t_1 / p(1) * (p(1) * (1 - p(1)))) + t_2 / p(2) * (p(1) * p(2))) * x_1,
                "the first column of the Jacobian: $p_1(1-p_1)$ and $-p_1p_2$",
            ),
            Line(-eta * (-t_1 * (1 - p(1)) + t_2 * p(1)) * x_1, "$p_1$ and $p_2$ cancel"),
            Line(-eta * ((t_1 + t_2) * p(1) - t_1) * x_1, "collect $p_1$"),
            Line(eta * (t_1 - p(1)) * x_1, "$t_1 + t_2 = 1$; the minus sign turns the bracket round"),
        ),
        random_point=_two_neurons,
        reference=_step,
        edges=(
            _joined(1.0, 0.0, 0.0, 0.0, 0.0, rate=1.0, truth=1.0),
            _joined(2.0, -1.0, 1.0, 0.5, -1.0, rate=0.5, truth=0.0),
        ),
        meanings={
            "p": _p_of_neuron,
            "p_1": lambda point, a, b: complex(_shares(np.array([a, b]))[0]),
            "p_2": lambda point, a, b: complex(_shares(np.array([a, b]))[1]),
        },
        indexed=frozenset({"p"}),
    )

    LOG_SUM_EXP_SHIFT = Derivation(
        name="the shift in the log of a sum of exponentials",
        left=r"\ln\Bigl(\sum_{c=0}^{K-1} e^{z_c}\Bigr)",
        lines=(
            Line(sp.log(_over_classes(sp.exp(m) * sp.exp(z[c] - m), c)), "$e^{a} = e^{m} e^{a-m}$, whatever $m$ is"),
            Line(sp.log(sp.exp(m) * _over_classes(sp.exp(z[c] - m), c)), "$e^m$ is in every term"),
            Line(m + sp.log(_over_classes(sp.exp(z[c] - m), c)), "the log of a product is a sum"),
        ),
        random_point=lambda rng: {"z": rng.normal(scale=3, size=4), "m": rng.normal(), "K": 4},
        reference=lambda point: float(logsumexp(point["z"])),
        edges=(
            {"z": np.array([0.0, 0.0]), "m": 0.0, "K": 2},
            {"z": np.array([2.0, 3.0, 5.0, 0.0]), "m": 5.0, "K": 4},
        ),
    )

DERIVATIONS = (
    JACOBIAN_BY_QUOTIENT_RULE,
    JACOBIAN_THROUGH_LN,
    TWO_CLASSES,
    CROSS_ENTROPY_BY_JACOBIAN,
    CROSS_ENTROPY_THROUGH_LN,
    TWO_NEURONS,
    LOG_SUM_EXP_SHIFT,
)
