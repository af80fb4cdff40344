"""Derivations of lesson 02: one entry of the gradient of the mean squared error, chain rule through two layers.

Rows and columns are numbered from 0 as in code, so that sums run to N - 1 and D - 1.
"""

from __future__ import annotations

import numpy as np
import sympy as sp

from course_utils.activations import sigmoid
from course_utils.derivations.engine import Derivation, Line, Point, sum_over
from course_utils.gradients import central_difference
from course_utils.numerics import FloatArray

x, phi, psi = sp.symbols("x phi psi")
n, d, j, N, D = sp.symbols("n d j N D", integer=True)
X, w, y, e = sp.IndexedBase("X"), sp.IndexedBase("w"), sp.IndexedBase("y"), sp.Function("e")
sigma, slope = sp.Function("sigma"), sp.Function(r"\sigma'")


def _sigma(point: Point, z: complex) -> complex:
    return complex(1 / (1 + np.exp(-z)))


def _slope(point: Point, z: complex) -> complex:
    return complex(np.exp(-z) / (1 + np.exp(-z)) ** 2)


def _error(point: Point, n: complex) -> complex:
    """Error of row n; no value beyond the table's ends."""
    row = round(n.real)
    if not 0 <= row < point["N"]:
        return complex(np.nan)
    return complex(point["X"][row] @ point["w"] - point["y"][row])


def _samples(rng: np.random.Generator) -> Point:
    rows, columns = int(rng.integers(2, 5)), int(rng.integers(2, 4))
    return {
        "X": rng.normal(size=(rows, columns)),
        "w": rng.normal(size=columns),
        "y": rng.normal(size=rows),
        "j": int(rng.integers(columns)),
        "N": rows,
        "D": columns,
    }


def _two_layers(rng: np.random.Generator) -> Point:
    return {name: rng.normal() for name in ("phi", "psi", "x")}


def _slope_of_the_mean(point: Point) -> float:
    def loss(w: FloatArray) -> float:
        return float(((point["X"] @ w - point["y"]) ** 2).mean())

    return float(central_difference(loss, point["w"])[point["j"]])


def _slope_of_the_output(point: Point) -> float:
    def output(phi: FloatArray) -> float:
        return float(sigmoid(point["psi"] * sigmoid(phi * point["x"])))

    return float(central_difference(output, point["phi"]))


with sp.evaluate(False):
    last_row, last_column = N - 1, D - 1
    error = sum_over(X[n, d] * w[d], d, 0, last_column) - y[n]


def _mean(term: sp.Expr) -> sp.Expr:
    return 1 / N * sum_over(term, n, 0, last_row)


with sp.evaluate(False):
    MEAN_SQUARED_ERROR = Derivation(
        name="one entry of the gradient of the mean squared error",
        left=r"\frac{\partial L}{\partial w_j}",
        lines=(
            Line(sp.Derivative(_mean(error**2), w[j]), "the mean squared error of $N$ samples"),
            Line(
                _mean(2 * error * sp.Derivative(error, w[j])),
                "a sum has the sum of the slopes; chain rule: $u^2$ has slope $2u\\,u'$",
            ),
            Line(_mean(2 * error * X[n, j]), "of the sum over $d$, only the term with $d = j$ moves with $w_j$"),
            Line(
                2 / N * sum_over(X[n, j] * e(n), n, 0, last_row),
                "with $e_n$ for the error of sample $n$, entry $n$ of $Xw - y$",
            ),
        ),
        random_point=_samples,
        reference=_slope_of_the_mean,
        edges=(
            {
                "X": np.array([[1.0, 2.0], [1.0, -1.0], [1.0, 0.0]]),
                "w": np.array([0.0, 0.0]),
                "y": np.array([0.5, 3.0, -1.0]),
                "j": 1,
                "N": 3,
                "D": 2,
            },
        ),
        meanings={"e": _error},
        indexed=frozenset({"e"}),
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
        reference=_slope_of_the_output,
        edges=({"phi": 0.7, "psi": 1.5, "x": 2.0}, {"phi": 0.0, "psi": -2.0, "x": 1.0}),
        meanings={"sigma": _sigma, r"\sigma'": _slope},
    )


DERIVATIONS = (MEAN_SQUARED_ERROR, TWO_LAYERS)
