"""Derivations of lesson 04: from the likelihood of the labels to the binary cross-entropy, and down its slope."""

from __future__ import annotations

import numpy as np
import sympy as sp

from course_utils.activations import sigmoid, sigmoid_derivative
from course_utils.derivations.engine import Derivation, Line, Meaning, Point, sum_over
from course_utils.losses import binary_cross_entropy_from_logits, binary_cross_entropy_gradient
from course_utils.probability import log_likelihood

p, t, z, n, N = sp.symbols("p t z n N")
p_n, t_n = sp.Function("p")(n), sp.Function("t")(n)
eta, o, w_1, w_2, x_1, x_2 = sp.symbols("eta o w_1 w_2 x_1 x_2")
sigma = sp.Function("sigma")

SURE = ({"z": 10.0, "t": 0.0}, {"z": -10.0, "t": 1.0}, {"z": 0.0, "t": 0.5})


def _sigma(point: Point, z: complex) -> complex:
    return complex(1 / (1 + np.exp(-z)))


def _entry(name: str) -> Meaning:
    """Entry n of an array of the point, counted from 1 as the mathematics counts; no value beyond its ends."""
    return lambda point, n: dict(enumerate(point[name], start=1)).get(round(n.real), np.nan)


def _labels(rng: np.random.Generator) -> Point:
    count = int(rng.integers(2, 6))
    return {"N": count, "p": rng.uniform(0.05, 0.95, count), "t": rng.integers(0, 2, count)}


def _logit(rng: np.random.Generator) -> Point:
    return {"z": rng.normal(scale=2), "t": rng.uniform()}


def _probability(rng: np.random.Generator) -> Point:
    return {"p": rng.uniform(0.05, 0.95), "t": rng.uniform()}


def _neuron(rng: np.random.Generator) -> Point:
    point = {name: rng.normal() for name in ("w_1", "w_2", "x_1", "x_2")}
    o = float(sigmoid(point["w_1"] * point["x_1"] + point["w_2"] * point["x_2"]))
    return {**point, "eta": rng.uniform(0.1, 1), "t": float(rng.integers(0, 2)), "o": o}


def _slope(z: float, t: float) -> float:
    return float(binary_cross_entropy_gradient([z], [t])[0])


def _slope_in_p(point: Point) -> float:
    z = np.log(point["p"] / (1 - point["p"]))
    return _slope(z, point["t"]) / float(sigmoid_derivative(z))


def _step(point: Point) -> float:
    z = point["w_1"] * point["x_1"] + point["w_2"] * point["x_2"]
    return float(-point["eta"] * _slope(z, point["t"]) * point["x_1"])


def _sum(term: sp.Expr) -> sp.Expr:
    return sum_over(term, n, 1, N)


with sp.evaluate(False):
    chance = p_n**t_n * (1 - p_n) ** (1 - t_n)
    LIKELIHOOD_TO_BCE = Derivation(
        name="from the likelihood of the labels to the binary cross-entropy",
        left=r"L = -\frac{1}{N} \ln P(\text{labels})",
        lines=(
            Line(-1 / N * sp.log(sp.Product(chance, (n, 1, N))), "independent evenings: their chances multiply"),
            Line(-1 / N * _sum(sp.log(chance)), "the log of a product is the sum of the logs"),
            Line(-1 / N * _sum(sp.log(p_n**t_n) + sp.log((1 - p_n) ** (1 - t_n))), "the same rule, inside the sum"),
            Line(-1 / N * _sum(t_n * sp.log(p_n) + (1 - t_n) * sp.log(1 - p_n)), r"$\ln u^t = t \ln u$, twice"),
        ),
        random_point=_labels,
        reference=lambda point: -log_likelihood(point["p"], point["t"]) / point["N"],
        edges=tuple({"N": 1, "p": np.array([0.9]), "t": np.array([label])} for label in (0, 1)),
        meanings={"p": _entry("p"), "t": _entry("t")},
        indexed=frozenset({"p", "t"}),
    )

    SLOPE_IN_P = Derivation(
        name="slope of the binary cross-entropy with respect to p",
        left=r"\frac{\partial L}{\partial p}",
        lines=(
            Line(sp.Derivative(-t * sp.log(p) - (1 - t) * sp.log(1 - p), p), "the loss of one evening"),
            Line(
                -(t / p) - (1 - t) / (1 - p) * sp.Derivative(1 - p, p),
                r"the slope of $\ln u$ is $1/u$; chain rule",
            ),
            Line(-(t / p) + (1 - t) / (1 - p), "the slope of $1 - p$ is $-1$"),
            Line((-t * (1 - p) + (1 - t) * p) / (p * (1 - p)), "one denominator"),
            Line((p - t) / (p * (1 - p)), "multiply out: $tp$ goes, $p - t$ stays"),
        ),
        random_point=_probability,
        reference=_slope_in_p,
        edges=({"p": 0.01, "t": 1.0}, {"p": 0.99, "t": 0.0}, {"p": 0.5, "t": 0.5}),
    )

    of_z = -t * sp.log(sigma(z)) - (1 - t) * sp.log(1 - sigma(z))
    SLOPE_IN_Z = Derivation(
        name="slope of the binary cross-entropy with respect to z",
        left=r"\frac{\partial L}{\partial z}",
        lines=(
            Line(sp.Derivative(of_z, z), r"the loss of one evening, with $p = \sigma(z)$"),
            Line(
                (sigma(z) - t) / (sigma(z) * (1 - sigma(z))) * sp.Derivative(sigma(z), z),
                r"chain rule: $\partial L/\partial p$, then the slope of $\sigma$",
            ),
            Line(
                (sigma(z) - t) / (sigma(z) * (1 - sigma(z))) * (sigma(z) * (1 - sigma(z))),
                r"lesson 03: the slope of $\sigma$",
            ),
            Line(sigma(z) - t, "the two products cancel, whatever $z$ is"),
        ),
        random_point=_logit,
        reference=lambda point: _slope(point["z"], point["t"]),
        edges=SURE,
        meanings={"sigma": _sigma},
    )

    net = w_1 * x_1 + w_2 * x_2
    NEURON = Derivation(
        name="the step of a single neuron",
        left=r"\Delta w_1",
        lines=(
            Line(
                -eta * sp.Derivative(-t * sp.log(sigma(net)) - (1 - t) * sp.log(1 - sigma(net)), w_1),
                r"downhill: minus $\eta$ times the slope",
            ),
            Line(-eta * (sigma(net) - t) * sp.Derivative(net, w_1), r"chain rule: $\partial L/\partial z = p - t$"),
            Line(-eta * (o - t) * x_1, "the output is called $o$; only the first term holds $w_1$"),
            Line(eta * (t - o) * x_1, "the minus goes into the bracket"),
        ),
        random_point=_neuron,
        reference=_step,
        meanings={"sigma": _sigma},
    )

    BCE_FROM_LOGITS = Derivation(
        name="the binary cross-entropy from the logit",
        left="L",
        lines=(
            Line(of_z, "the loss of one evening"),
            Line(
                -t * sp.log(1 / (1 + sp.exp(-z))) - (1 - t) * sp.log(1 / (1 + sp.exp(z))),
                r"lesson 03: $1 - \sigma(z) = \sigma(-z)$",
            ),
            Line(t * sp.log(1 + sp.exp(-z)) + (1 - t) * sp.log(1 + sp.exp(z)), r"$-\ln(1/u) = \ln u$"),
            Line(
                t * (sp.log(1 + sp.exp(z)) - z) + (1 - t) * sp.log(1 + sp.exp(z)),
                "$1 + e^{-z} = (1 + e^z)\\,e^{-z}$",
            ),
            Line(sp.log(1 + sp.exp(z)) - t * z, r"$\ln(1 + e^z)$, the softplus, $t + (1 - t)$ times"),
            Line(
                sp.Add(sp.Max(z, 0), -(t * z), sp.log(1 + sp.exp(-sp.Abs(z)))),
                "the larger of $1$ and $e^z$ taken out: nothing overflows",
            ),
        ),
        random_point=_logit,
        reference=lambda point: binary_cross_entropy_from_logits([point["z"]], [point["t"]]),
        edges=SURE,
        meanings={"sigma": _sigma},
    )


DERIVATIONS = (LIKELIHOOD_TO_BCE, SLOPE_IN_P, SLOPE_IN_Z, NEURON, BCE_FROM_LOGITS)
