"""Exercises of lesson 02, gradients and descent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_utils.activations import sigmoid, sigmoid_derivative
from course_utils.exercises.execution import Case
from course_utils.exercises.model import Exercise
from course_utils.exercises.words import number


@dataclass(frozen=True)
class Named:
    """A function that a message shows by its formula, where Python would show an address."""

    formula: str
    function: Callable[..., Any]

    def __call__(self, u):
        """Return the value at u."""
        return self.function(u)

    def __repr__(self) -> str:
        """Show the formula."""
        return self.formula


SQUARE, EXP, SIN, TANH = (
    Named("u -> u^2", np.square),
    Named("exp", np.exp),
    Named("sin", np.sin),
    Named("tanh", np.tanh),
)
SAME = Named("w -> w", np.positive)


ex = Exercise(
    "02.1",
    "What is the forward difference of x^2 at x = 3 with the step h = 0.5?",
    answer=6.5,
    name="forward_at_3",
    hints=(
        "Which two points of the curve does the chord join?",
        "It joins (3, 9) and (3.5, 12.25). Rise over run.",
        "(12.25 - 9) / 0.5.",
    ),
)
ex.wrong_value(
    6.0,
    "the limit in place of the chord",
    "6 is where the chords go as h shrinks. How steep is this one?",
    seen="the rule for the slope of x^2, known by heart",
)
ex.wrong_value(
    3.25,
    "the rise without the run",
    "How far does the curve rise, and over which distance?",
    seen="a difference taken for a difference quotient",
)
ex.wrong_value(
    5.5,
    "the chord to the left",
    "A forward difference looks ahead. Where is x + h?",
    seen="backward difference (f(x) - f(x - h)) / h, exchanged with the forward one",
)
ex.wrong_value(
    1.625,
    "multiplied by h",
    "A step of 0.5 is half a unit. Is the rise over a whole unit smaller than the one over half of it?",
    seen="dividing by 0.5 done as halving",
)


ex = Exercise(
    "02.2",
    "Finish `my_central(f, x, h)`: the slope of the chord from x - h to x + h.",
    cases=((SQUARE, -1.0, 0.25), (EXP, 0.0, 0.1), (SIN, 2.0, 0.1), (TANH, -0.5, 0.25)),
    hints=(
        "Rise over run. How far apart are x - h and x + h?",
        "The run is 2h.",
        "Python divides from left to right: a / 2 * h is (a / 2) times h. Put brackets around 2 * h.",
    ),
)


@ex.reference
def my_central(f, x, h):
    """Slope of the chord from x - h to x + h."""
    return float((f(x + h) - f(x - h)) / (2 * h))


@ex.wrong(
    "the forward difference",
    "Your chord starts at x. Where should it start?",
    seen="the definition of the derivative, the first formula that one learns",
)
def _(f, x, h):
    return float((f(x + h) - f(x)) / h)


@ex.wrong(
    "the backward difference", "Your chord ends at x. Where should it end?", seen="the mirror image of the definition"
)
def _(f, x, h):
    return float((f(x) - f(x - h)) / h)


@ex.wrong(
    "divided by h",
    "Your slope is twice too steep. How long is the run?",
    seen="the denominator of the forward difference kept",
)
def _(f, x, h):
    return 2 * my_central(f, x, h)


@ex.wrong("/ 2 * h without brackets", "In Python, what is 8 / 2 * 4?", seen="/2h on paper, typed from left to right")
def _(f, x, h):
    return float((f(x + h) - f(x - h)) / 2 * h)


@ex.wrong(
    "the rise without the run",
    "What becomes of your number as h shrinks?",
    seen="a difference taken for a difference quotient",
)
def _(f, x, h):
    return float(f(x + h) - f(x - h))


def _lines() -> tuple[Case, ...]:
    rng = np.random.default_rng(23)
    X = rng.normal(size=(6, 3))
    return (
        (
            np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0], [1.0, -1.0]]),
            np.array([1.0, 3.0, 2.0, 0.0]),
            np.array([1.0, 2.0]),
        ),
        (np.array([[1.0], [2.0]]), np.array([2.0, 2.0]), np.array([0.5])),
        (np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]), np.array([1.0, 3.0, 5.0]), np.array([1.0, 2.0])),
        (X, rng.normal(size=6), rng.normal(size=3)),
        (X[:2], np.array([1.0, -2.0]), np.array([0.5, -1.0, 2.0])),
    )


ex = Exercise(
    "02.3",
    "Write `mse_gradient(X, y, w)`: the gradient (D,) of mean((X w - y)^2), with X (N, D), y (N,), w (D,).",
    cases=_lines(),
    hints=(
        "For one sample and one weight the slope is 2 (w x - y) x. Now add over samples, for each column of X.",
        "Errors first: e = X @ w - y, shape (N,). Column d of X weighs them: the sum over n of e_n X_nd.",
        "That is X.T @ e. The 2 comes from the square, the 1/N from the mean.",
    ),
)


@ex.reference
def mse_gradient(X, y, w):
    """Gradient of mean((X w - y)^2) with respect to w (D,)."""
    return 2 * X.T @ (X @ w - y) / len(y)


@ex.wrong(
    "the 2 of the square forgotten",
    "Which slope has u^2?",
    seen="losses written with a factor of 1/2 to make the 2 vanish",
)
def _(X, y, w):
    return mse_gradient(X, y, w) / 2


@ex.wrong(
    "the sum in place of the mean",
    "Would the gradient of a mean grow with the number of samples?",
    seen="lecture 2's (Y - X theta)^T (Y - X theta), which is a sum",
)
def _(X, y, w):
    return mse_gradient(X, y, w) * len(y)


@ex.wrong(
    "the sign of the errors turned round",
    "The gradient points uphill. Which of X w - y and y - X w grows with w?",
    seen="the residual y - X w of statistics; the minus of the update put into the gradient",
)
def _(X, y, w):
    return -mse_gradient(X, y, w)


@ex.wrong(
    "the inner slope forgotten",
    "You have one number a sample. What does one more unit of w do to X w?",
    seen="the outer slope of the chain rule alone",
)
def _(X, y, w):
    return 2 * (X @ w - y) / len(y)


@ex.wrong(
    "the gradient with respect to the data",
    "Which may training change, X or w?",
    seen="lecture 2's call with (X, Y, theta) of a function declared (theta, X, Y)",
)
def _(X, y, w):
    return 2 * np.outer(X @ w - y, w) / len(y)


@ex.holds("a flat place")
def _(result, X, y, w, tolerance):
    at_the_best = np.abs(X.T @ (X @ w - y)).max() < 1e-12
    largest = result[np.abs(result).argmax()]
    return (
        f"at the best w every slope is 0, got {number(largest)}" if at_the_best and abs(largest) > tolerance else None
    )


ex = Exercise(
    "02.4",
    "Write `descent(gradient, w, learning_rate, steps)`: where gradient descent from w has got to.",
    cases=(
        (SAME, np.array([4.0, -1.0]), 0.5, 3),
        (TANH, np.array([2.0, -1.0]), 0.3, 5),
        (SIN, np.array([1.0, 0.5, -2.0]), 0.1, 4),
        (SAME, np.array([2.0, -3.0, 1.0]), 0.1, 0),
    ),
    hints=(
        "A loop over steps, and one update in it.",
        "The gradient changes as w moves: ask for it again in every round.",
        "w = w - learning_rate * gradient(w). With -= you would change the caller's array.",
    ),
)


@ex.reference
def descent(gradient, w, learning_rate, steps):
    """Where w is after so many updates w <- w - learning_rate * gradient(w)."""
    for _ in range(steps):
        w = w - learning_rate * gradient(w)
    return w


@ex.wrong(
    "uphill",
    "The gradient points to where the loss grows. Which sign leads down?",
    seen="plus in place of minus: gradient ascent, as likelihoods are maximised",
)
def _(gradient, w, learning_rate, steps):
    return descent(gradient, w, -learning_rate, steps)


@ex.wrong(
    "the gradient of the start used throughout",
    "Is the ground as steep where you are now as where you began?",
    seen="the gradient computed before the loop",
)
def _(gradient, w, learning_rate, steps):
    return w - steps * learning_rate * gradient(w)


@ex.wrong("one update too few", "How many rounds does range(1, steps) make?", seen="range(1, steps)")
def _(gradient, w, learning_rate, steps):
    return descent(gradient, w, learning_rate, steps - 1)


@ex.wrong(
    "one update too many",
    "How many rounds does range(steps + 1) make?",
    seen="range(steps + 1), the fence-post error",
)
def _(gradient, w, learning_rate, steps):
    return descent(gradient, w, learning_rate, steps + 1)


@ex.wrong(
    "returned in the first round",
    "How often does your loop run before it returns?",
    seen="return indented into the loop",
)
def _(gradient, w, learning_rate, steps):
    return descent(gradient, w, learning_rate, 1)


@ex.wrong("the learning rate forgotten", "Who decides how much of the gradient to take?", seen="w <- w - dJ/dw")
def _(gradient, w, learning_rate, steps):
    return descent(gradient, w, 1.0, steps)


@ex.wrong(
    "the sign alone",
    "A flat place and a steep one get the same step from you. What does the formula say?",
    seen="the sign argument taken for the algorithm",
)
def _(gradient, w, learning_rate, steps):
    return descent(lambda w: np.sign(gradient(w)), w, learning_rate, steps)


ex = Exercise(
    "02.5",
    "Which learning rate is the border between settling and diverging for the loss 5 w^2?",
    answer=0.2,
    name="border",
    hints=(
        "Write down one update for this loss. By which factor does it multiply w?",
        "The slope is 10 w, so w becomes (1 - 10 rate) w. When is the size of that factor 1?",
        "1 - 10 rate = -1.",
    ),
)
ex.wrong_value(
    0.4,
    "5 taken for the curvature",
    "The curvature is the slope of the slope. What is it for 5 w^2?",
    seen="the factor before the square read off without differentiating",
)
ex.wrong_value(
    0.1,
    "the rate that lands in one step",
    "There the factor is 0. At the border it has the size 1, with which sign?",
    seen="1 / lambda, the step of Newton's method",
)
ex.wrong_value(
    10.0,
    "the curvature itself",
    "The steeper the walls, the smaller the rate must be.",
    seen="the second derivative given in place of 2 over it",
)
ex.wrong_value(
    1.0,
    "any rate below 1",
    "Start at w = 1 with rate 0.9. Where are you after one update?",
    seen="'a learning rate lies between 0 and 1', a rule of thumb",
)


ex = Exercise(
    "02.6",
    "Write `slope_of_first_layer(phi, psi, x)`: the slope of sigmoid(psi * sigmoid(phi * x)) along phi.",
    cases=((0.5, 2.0, -1.5), (0.7, 1.5, 2.0), (0.0, 1.0, 1.0), (-1.0, 2.0, 0.5), (0.3, -0.8, -3.0)),
    hints=(
        "Go from the outside in, one factor for each link: outer sigmoid, psi, inner sigmoid, x.",
        "Each sigmoid's slope is taken where it stands: at psi * h, and at phi * x, with h = sigmoid(phi * x).",
        "sigmoid_derivative(psi * h) * psi * sigmoid_derivative(phi * x) * x",
    ),
)


@ex.reference
def slope_of_first_layer(phi, psi, x):
    """Slope of sigmoid(psi * sigmoid(phi * x)) along phi: one factor for each link of the chain."""
    h = sigmoid(phi * x)
    return float(sigmoid_derivative(psi * h) * psi * sigmoid_derivative(phi * x) * x)


@ex.wrong(
    "what comes after the layer left out",
    "That is the slope of h. Does f move as much as h does?",
    seen="lecture 2's stack of layer gradients",
)
def _layer_alone(phi, psi, x):
    return float(sigmoid_derivative(phi * x) * x)


@ex.wrong(
    "the weight between the layers left out",
    "How much does psi * h grow when h grows by one?",
    seen="the slopes of the two sigmoids multiplied, the weight forgotten",
)
def _(phi, psi, x):
    return float(sigmoid_derivative(psi * sigmoid(phi * x)) * _layer_alone(phi, psi, x))


@ex.wrong(
    "the last link forgotten",
    "How much does phi * x grow when phi grows by one?",
    seen="stopping at the inner function",
)
def _(phi, psi, x):
    return float(sigmoid_derivative(psi * sigmoid(phi * x)) * psi * sigmoid_derivative(phi * x))


@ex.wrong(
    "the outer slope at the wrong place",
    "What goes into the second layer, x or h?",
    seen="f'(x) g'(x) for f'(g(x)) g'(x)",
)
def _(phi, psi, x):
    return float(sigmoid_derivative(psi * x) * psi * _layer_alone(phi, psi, x))


@ex.wrong(
    "the links added",
    "Two gears that each double the speed: is the whole 4 times or 2 + 2 times? Try 3 times each.",
    seen="the sum rule in place of the chain rule",
)
def _(phi, psi, x):
    return float(sigmoid_derivative(psi * sigmoid(phi * x)) * psi + _layer_alone(phi, psi, x))


@ex.wrong(
    "the slope along psi", "Which of the two weights is to be moved?", seen="the shorter derivative of the last layer"
)
def _(phi, psi, x):
    h = sigmoid(phi * x)
    return float(sigmoid_derivative(psi * h) * h)
