"""Derivations of lesson 03: the slope of the sigmoid, twice; where it is largest; the squared error through it."""

from __future__ import annotations

import numpy as np
import sympy as sp

from course_utils.activations import sigmoid_derivative
from course_utils.derivations.engine import Derivation, Line, Point
from course_utils.gradients import central_difference
from course_utils.losses import mse_from_logits_gradient

z, t, p = sp.symbols("z t p")
sigma = sp.Function("sigma")

ENDS = ({"z": 0.0}, {"z": -30.0}, {"z": 30.0})


def _sigma(point: Point, z: complex) -> complex:
    return complex(1 / (1 + np.exp(-z)))


def _at(rng: np.random.Generator) -> Point:
    return {"z": rng.normal(scale=3)}


def _at_with_target(rng: np.random.Generator) -> Point:
    return {"z": rng.normal(scale=3), "t": rng.uniform()}


def _slope(point: Point) -> float:
    return float(sigmoid_derivative(point["z"]))


def _slope_of_the_slope(point: Point) -> float:
    return float(central_difference(lambda z: float(sigmoid_derivative(z)), point["z"]))


def _slope_of_the_error(point: Point) -> float:
    return float(mse_from_logits_gradient([point["z"]], [point["t"]])[0])


def _change_of_the_size(point: Point) -> float:
    """How fast the size of the gradient for target 1 grows with p, through the logit: d/dp = d/dz / (p (1 - p))."""
    z = np.log(point["p"] / (1 - point["p"]))
    change = central_difference(lambda z: float(-mse_from_logits_gradient(z, np.ones(1))[0]), [z])
    return float(change[0] / sigmoid_derivative(z))


with sp.evaluate(False):
    SIGMOID_BY_CHAIN_RULE = Derivation(
        name="derivative of the sigmoid by the chain rule",
        left=r"\frac{d\sigma}{dz}",
        lines=(
            Line(sp.Derivative(1 / (1 + sp.exp(-z)), z), "the definition of the sigmoid"),
            Line(
                -1 / (1 + sp.exp(-z)) ** 2 * sp.Derivative(1 + sp.exp(-z), z), "chain rule: $1/u$ has slope $-1/u^2$"
            ),
            Line(-1 / (1 + sp.exp(-z)) ** 2 * (-sp.exp(-z)), "the slope of $e^{-z}$ is $-e^{-z}$"),
            Line(
                sigma(z) * (sp.exp(-z) / (1 + sp.exp(-z))),
                r"two minus signs cancel; one of the brackets makes $\sigma$",
            ),
            Line(sigma(z) * (1 - sigma(z)), r"$\frac{e^{-z}}{1+e^{-z}} = 1 - \frac{1}{1+e^{-z}}$"),
        ),
        random_point=_at,
        reference=_slope,
        edges=ENDS,
        meanings={"sigma": _sigma},
    )

    SIGMOID_THROUGH_LOG = Derivation(
        name="derivative of the sigmoid through its logarithm",
        left=r"\frac{d\sigma}{dz}",
        lines=(
            Line(sp.Derivative(sigma(z), z), "what we want"),
            Line(sigma(z) * sp.Derivative(sp.log(sigma(z)), z), r"$\ln u$ has slope $u'/u$, so $u' = u\,(\ln u)'$"),
            Line(sigma(z) * sp.Derivative(-sp.log(1 + sp.exp(-z)), z), r"$\ln (1/u) = -\ln u$"),
            Line(sigma(z) * (sp.exp(-z) / (1 + sp.exp(-z))), r"the slope of $\ln u$ again; two minus signs cancel"),
            Line(sigma(z) * (1 - sigma(z)), r"$\frac{e^{-z}}{1+e^{-z}} = 1 - \frac{1}{1+e^{-z}}$"),
        ),
        random_point=_at,
        reference=_slope,
        edges=ENDS,
        meanings={"sigma": _sigma},
    )

    STEEPEST_SIGMOID = Derivation(
        name="where the sigmoid is steepest",
        left=r"\frac{d^2\sigma}{dz^2}",
        lines=(
            Line(sp.Derivative(sigma(z) - sigma(z) ** 2, z), "the slope, just derived, multiplied out"),
            Line(
                sp.Derivative(sigma(z), z) - 2 * sigma(z) * sp.Derivative(sigma(z), z),
                "chain rule: $u^2$ has slope $2u\\,u'$",
            ),
            Line((1 - 2 * sigma(z)) * sp.Derivative(sigma(z), z), "take out the common factor"),
            Line((1 - 2 * sigma(z)) * sigma(z) * (1 - sigma(z)), "the slope once more"),
        ),
        random_point=_at,
        reference=_slope_of_the_slope,
        edges=ENDS,
        meanings={"sigma": _sigma},
    )

    MSE_THROUGH_SIGMOID = Derivation(
        name="gradient of the squared error through a sigmoid",
        left=r"\frac{\partial L}{\partial z}",
        lines=(
            Line(sp.Derivative((sigma(z) - t) ** 2, z), "the squared error of one sample"),
            Line(2 * (sigma(z) - t) * sp.Derivative(sigma(z) - t, z), "chain rule: $u^2$ has slope $2u$"),
            Line(2 * (sigma(z) - t) * sp.Derivative(sigma(z), z), "the target $t$ does not move with $z$"),
            Line(2 * (sigma(z) - t) * sigma(z) * (1 - sigma(z)), r"the slope of the sigmoid"),
        ),
        random_point=_at_with_target,
        reference=_slope_of_the_error,
        edges=({"z": -10.0, "t": 1.0}, {"z": 10.0, "t": 0.0}, {"z": 0.0, "t": 0.5}),
        meanings={"sigma": _sigma},
    )

    LARGEST_MSE_GRADIENT = Derivation(
        name="where the gradient of the squared error is largest",
        left=r"\frac{dg}{dp}",
        lines=(
            Line(
                sp.Derivative(sp.Add(2 * p, -4 * p**2, 2 * p**3), p),
                r"the size of the gradient for $t = 1$, $g = 2\,(1-p)^2\,p$, multiplied out",
            ),
            Line(sp.Add(2, -8 * p, 6 * p**2), "the slope of each term"),
            Line(2 * (1 - p) * (1 - 3 * p), "multiply the brackets to see that it is the same"),
        ),
        random_point=lambda rng: {"p": rng.uniform(0.05, 0.95)},
        reference=_change_of_the_size,
        edges=({"p": 1 / 3}, {"p": 0.5}, {"p": 0.01}),
    )

DERIVATIONS = (
    SIGMOID_BY_CHAIN_RULE,
    SIGMOID_THROUGH_LOG,
    STEEPEST_SIGMOID,
    MSE_THROUGH_SIGMOID,
    LARGEST_MSE_GRADIENT,
)
