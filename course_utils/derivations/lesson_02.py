"""Derivations of lesson 02: slope of a squared error, best line through zero, chain rule through two layers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import sympy as sp

from course_utils.activations import sigmoid
from course_utils.derivations.engine import Derivation, Line, Meaning, Point, sum_over
from course_utils.gradients import central_difference

w, x, y, phi, psi, n, N = sp.symbols("w x y phi psi n N")
x_n, y_n = sp.Function("x")(n), sp.Function("y")(n)
sigma, slope = sp.Function("sigma"), sp.Function(r"\sigma'")


def _sigma(point: Point, z: complex) -> complex:
    return complex(1 / (1 + np.exp(-z)))


def _slope(point: Point, z: complex) -> complex:
    return complex(np.exp(-z) / (1 + np.exp(-z)) ** 2)


def _entry(name: str) -> Meaning:
    """Entry n of an array of the point, counted from 1 as the mathematics counts; no value beyond its ends."""
    return lambda point, n: dict(enumerate(point[name], start=1)).get(round(n.real), np.nan)


def _one_sample(rng: np.random.Generator) -> Point:
    return {name: rng.normal() for name in "wxy"}


def _samples(rng: np.random.Generator) -> Point:
    count = int(rng.integers(2, 5))
    return {"w": rng.normal(), "N": count, "x": rng.normal(size=count), "y": rng.normal(size=count)}


def _two_layers(rng: np.random.Generator) -> Point:
    return {name: rng.normal() for name in ("phi", "psi", "x")}


def _measured(f: Callable[[Point, float], float], name: str) -> Callable[[Point], float]:
    """Slope of f at a point along one of its names, by differences."""
    return lambda point: float(central_difference(lambda value: f(point, float(value)), point[name]))


def _squared_error(point: Point, w: float) -> float:
    return float(np.sum((w * point["x"] - point["y"]) ** 2))


def _output(point: Point, phi: float) -> float:
    return float(sigmoid(point["psi"] * sigmoid(phi * point["x"])))


def _sum(term: sp.Expr) -> sp.Expr:
    return sum_over(term, n, 1, N)


with sp.evaluate(False):
    SQUARED_ERROR = Derivation(
        name="slope of the squared error of one sample",
        left=r"\frac{dL}{dw}",
        lines=(
            Line(sp.Derivative((w * x - y) ** 2, w), "the squared error of one sample"),
            Line(2 * (w * x - y) * sp.Derivative(w * x - y, w), "chain rule: $u^2$ has slope $2u\\,u'$"),
            Line(2 * (w * x - y) * x, "$y$ does not depend on $w$; the slope of $wx$ is $x$"),
        ),
        random_point=_one_sample,
        reference=_measured(_squared_error, "w"),
        edges=({"w": 0.0, "x": 1.5, "y": -0.5}, {"w": 1.0, "x": 0.0, "y": 2.0}),
    )

    BEST_LINE = Derivation(
        name="slope of the squared error of a line through zero",
        left=r"\frac{dL}{dw}",
        lines=(
            Line(sp.Derivative(_sum((w * x_n - y_n) ** 2), w), "the squared errors of $N$ samples, added"),
            Line(_sum(2 * (w * x_n - y_n) * x_n), "a sum has the sum of the slopes; each is the one just derived"),
            Line(2 * w * _sum(x_n**2) - 2 * _sum(x_n * y_n), "multiply out; $w$ is the same for all samples"),
        ),
        random_point=_samples,
        reference=_measured(_squared_error, "w"),
        edges=({"w": 0.0, "N": 2, "x": np.array([1.0, -2.0]), "y": np.array([0.5, 3.0])},),
        meanings={"x": _entry("x"), "y": _entry("y")},
        indexed=frozenset({"x", "y"}),
    )

    outer = slope(psi * sigma(phi * x))
    TWO_LAYERS = Derivation(
        name="chain rule through two layers",
        left=r"\frac{\partial f}{\partial \phi}",
        lines=(
            Line(
                sp.Derivative(sigma(psi * sigma(phi * x)), phi),
                r"two layers: $h = \sigma(\phi x)$, $f = \sigma(\psi h)$",
            ),
            Line(outer * sp.Derivative(psi * sigma(phi * x), phi), "chain rule: the outer layer's slope comes first"),
            Line(outer * psi * sp.Derivative(sigma(phi * x), phi), r"$\psi$ does not depend on $\phi$"),
            Line(outer * psi * slope(phi * x) * sp.Derivative(phi * x, phi), "chain rule once more, now inside"),
            Line(outer * psi * slope(phi * x) * x, r"the slope of $\phi x$ along $\phi$ is $x$"),
        ),
        random_point=_two_layers,
        reference=_measured(_output, "phi"),
        edges=({"phi": 0.7, "psi": 1.5, "x": 2.0}, {"phi": 0.0, "psi": -2.0, "x": 1.0}),
        meanings={"sigma": _sigma, r"\sigma'": _slope},
    )


DERIVATIONS = (SQUARED_ERROR, BEST_LINE, TWO_LAYERS)
