"""Exercises of lesson 02, gradients and descent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_utils.activations import sigmoid, sigmoid_derivative
from course_utils.exercises.behaviour import Case
from course_utils.exercises.engine import Exercise, Misconception, Property
from course_utils.exercises.words import number
from course_utils.numerics import FloatArray


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

# 02.1 --------------------------------------------------------------------------------------------------------------

CHORD = Exercise(
    id="02.1",
    name="forward_at_3",
    prompt="What is the forward difference of x^2 at x = 3 with the step h = 0.5?",
    reference=6.5,
    hints=(
        "Which two points of the curve does the chord join?",
        "It joins (3, 9) and (3.5, 12.25). Rise over run.",
        "(12.25 - 9) / 0.5.",
    ),
    misconceptions=(
        Misconception(
            "the limit in place of the chord",
            "6 is where the chords go as h shrinks. How steep is this one?",
            6.0,
            "the rule for the slope of x^2, known by heart",
        ),
        Misconception(
            "the rise without the run",
            "How far does the curve rise, and over which distance?",
            3.25,
            "a difference taken for a difference quotient",
        ),
        Misconception(
            "the chord to the left",
            "A forward difference looks ahead. Where is x + h?",
            5.5,
            "backward difference (f(x) - f(x - h)) / h, exchanged with the forward one",
        ),
        Misconception(
            "multiplied by h",
            "A step of 0.5 is half a unit. Is the rise over a whole unit smaller than the one over half of it?",
            1.625,
            "dividing by 0.5 done as halving",
        ),
    ),
)

# 02.2 --------------------------------------------------------------------------------------------------------------

Function = Callable[[float], float]


def my_central(f, x, h):
    """Slope of the chord from x - h to x + h."""
    return float((f(x + h) - f(x - h)) / (2 * h))


def _forward(f, x, h):
    return float((f(x + h) - f(x)) / h)


def _backward(f, x, h):
    return float((f(x) - f(x - h)) / h)


def _half_the_run(f, x, h):
    return 2 * my_central(f, x, h)


def _no_brackets(f, x, h):
    return float((f(x + h) - f(x - h)) / 2 * h)


def _no_run(f, x, h):
    return float(f(x + h) - f(x - h))


CENTRAL = Exercise(
    id="02.2",
    prompt="Finish `my_central(f, x, h)`: the slope of the chord from x - h to x + h.",
    reference=my_central,
    cases=((SQUARE, -1.0, 0.25), (EXP, 0.0, 0.1), (SIN, 2.0, 0.1), (TANH, -0.5, 0.25)),
    hints=(
        "Rise over run. How far apart are x - h and x + h?",
        "The run is 2h.",
        "Python divides from left to right: a / 2 * h is (a / 2) times h. Put brackets around 2 * h.",
    ),
    misconceptions=(
        Misconception(
            "the forward difference",
            "Your chord starts at x. Where should it start?",
            _forward,
            "the definition of the derivative, the first formula that one learns",
        ),
        Misconception(
            "the backward difference",
            "Your chord ends at x. Where should it end?",
            _backward,
            "the mirror image of the definition",
        ),
        Misconception(
            "divided by h",
            "Your slope is twice too steep. How long is the run?",
            _half_the_run,
            "the denominator of the forward difference kept",
        ),
        Misconception(
            "/ 2 * h without brackets",
            "In Python, what is 8 / 2 * 4?",
            _no_brackets,
            "/2h on paper, typed from left to right",
        ),
        Misconception(
            "the rise without the run",
            "What becomes of your number as h shrinks?",
            _no_run,
            "a difference taken for a difference quotient",
        ),
    ),
)

# 02.3 --------------------------------------------------------------------------------------------------------------


def mse_gradient(X, y, w):
    """Gradient of mean((X w - y)^2) with respect to w (D,)."""
    return 2 * X.T @ (X @ w - y) / len(y)


def _no_two(X, y, w):
    return mse_gradient(X, y, w) / 2


def _summed(X, y, w):
    return mse_gradient(X, y, w) * len(y)


def _uphill_down(X, y, w):
    return -mse_gradient(X, y, w)


def _no_x(X, y, w):
    return 2 * (X @ w - y) / len(y)


def _along_the_data(X, y, w):
    return 2 * np.outer(X @ w - y, w) / len(y)


def _one_slope_a_weight(result, X, y, w, tolerance):
    at_the_best = np.abs(X.T @ (X @ w - y)).max() < 1e-12
    largest = result[np.abs(result).argmax()]
    return (
        f"at the best w every slope is 0, got {number(largest)}" if at_the_best and abs(largest) > tolerance else None
    )


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


GRADIENT = Exercise(
    id="02.3",
    prompt="Write `mse_gradient(X, y, w)`: the gradient (D,) of mean((X w - y)^2), with X (N, D), y (N,), w (D,).",
    reference=mse_gradient,
    cases=_lines(),
    properties=(Property("a flat place", _one_slope_a_weight),),
    hints=(
        "For one sample and one weight the slope is 2 (w x - y) x. Now add over samples, for each column of X.",
        "Errors first: e = X @ w - y, shape (N,). Column d of X weighs them: the sum over n of e_n X_nd.",
        "That is X.T @ e. The 2 comes from the square, the 1/N from the mean.",
    ),
    misconceptions=(
        Misconception(
            "the 2 of the square forgotten",
            "Which slope has u^2?",
            _no_two,
            "losses written with a factor of 1/2 to make the 2 vanish",
        ),
        Misconception(
            "the sum in place of the mean",
            "Would the gradient of a mean grow with the number of samples?",
            _summed,
            "lecture 2's (Y - X theta)^T (Y - X theta), which is a sum",
        ),
        Misconception(
            "the sign of the errors turned round",
            "The gradient points uphill. Which of X w - y and y - X w grows with w?",
            _uphill_down,
            "the residual y - X w of statistics; the minus of the update put into the gradient",
        ),
        Misconception(
            "the inner slope forgotten",
            "You have one number a sample. What does one more unit of w do to X w?",
            _no_x,
            "the outer slope of the chain rule alone",
        ),
        Misconception(
            "the gradient with respect to the data",
            "Which may training change, X or w?",
            _along_the_data,
            "lecture 2's call with (X, Y, theta) of a function declared (theta, X, Y)",
        ),
    ),
)

# 02.4 --------------------------------------------------------------------------------------------------------------

Slope = Callable[[FloatArray], FloatArray]


def descent(gradient, w, learning_rate, steps):
    """Where w is after so many updates w <- w - learning_rate * gradient(w)."""
    for _ in range(steps):
        w = w - learning_rate * gradient(w)
    return w


def _ascent(gradient, w, learning_rate, steps):
    return descent(gradient, w, -learning_rate, steps)


def _one_gradient(gradient, w, learning_rate, steps):
    return w - steps * learning_rate * gradient(w)


def _one_short(gradient, w, learning_rate, steps):
    return descent(gradient, w, learning_rate, steps - 1)


def _once(gradient, w, learning_rate, steps):
    return descent(gradient, w, learning_rate, 1)


def _whole_gradient(gradient, w, learning_rate, steps):
    return descent(gradient, w, 1.0, steps)


def _sign_alone(gradient, w, learning_rate, steps):
    return descent(lambda w: np.sign(gradient(w)), w, learning_rate, steps)


def _one_more(gradient, w, learning_rate, steps):
    return descent(gradient, w, learning_rate, steps + 1)


DESCENT = Exercise(
    id="02.4",
    prompt="Write `descent(gradient, w, learning_rate, steps)`: where gradient descent from w has got to.",
    reference=descent,
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
    misconceptions=(
        Misconception(
            "uphill",
            "The gradient points to where the loss grows. Which sign leads down?",
            _ascent,
            "plus in place of minus: gradient ascent, as likelihoods are maximised",
        ),
        Misconception(
            "the gradient of the start used throughout",
            "Is the ground as steep where you are now as where you began?",
            _one_gradient,
            "the gradient computed before the loop",
        ),
        Misconception(
            "one update too few",
            "How many rounds does range(1, steps) make?",
            _one_short,
            "range(1, steps)",
        ),
        Misconception(
            "one update too many",
            "How many rounds does range(steps + 1) make?",
            _one_more,
            "range(steps + 1), the fence-post error",
        ),
        Misconception(
            "returned in the first round",
            "How often does your loop run before it returns?",
            _once,
            "return indented into the loop",
        ),
        Misconception(
            "the learning rate forgotten",
            "Who decides how much of the gradient to take?",
            _whole_gradient,
            "w <- w - dJ/dw",
        ),
        Misconception(
            "the sign alone",
            "A flat place and a steep one get the same step from you. What does the formula say?",
            _sign_alone,
            "the sign argument taken for the algorithm",
        ),
    ),
)

# 02.5 --------------------------------------------------------------------------------------------------------------

LARGEST_RATE = Exercise(
    id="02.5",
    name="border",
    prompt="Which learning rate is the border between settling and diverging for the loss 5 w^2?",
    reference=0.2,
    hints=(
        "Write down one update for this loss. By which factor does it multiply w?",
        "The slope is 10 w, so w becomes (1 - 10 rate) w. When is the size of that factor 1?",
        "1 - 10 rate = -1.",
    ),
    misconceptions=(
        Misconception(
            "5 taken for the curvature",
            "The curvature is the slope of the slope. What is it for 5 w^2?",
            0.4,
            "the factor before the square read off without differentiating",
        ),
        Misconception(
            "the rate that lands in one step",
            "There the factor is 0. At the border it has the size 1, with which sign?",
            0.1,
            "1 / lambda, the step of Newton's method",
        ),
        Misconception(
            "the curvature itself",
            "The steeper the walls, the smaller the rate must be.",
            10.0,
            "the second derivative given in place of 2 over it",
        ),
        Misconception(
            "any rate below 1",
            "Start at w = 1 with rate 0.9. Where are you after one update?",
            1.0,
            "'a learning rate lies between 0 and 1', a rule of thumb",
        ),
    ),
)

# 02.6 --------------------------------------------------------------------------------------------------------------


def slope_of_first_layer(phi, psi, x):
    """Slope of sigmoid(psi * sigmoid(phi * x)) along phi: one factor for each link of the chain."""
    h = sigmoid(phi * x)
    return float(sigmoid_derivative(psi * h) * psi * sigmoid_derivative(phi * x) * x)


def _layer_alone(phi, psi, x):
    return float(sigmoid_derivative(phi * x) * x)


def _no_psi(phi, psi, x):
    return float(sigmoid_derivative(psi * sigmoid(phi * x)) * _layer_alone(phi, psi, x))


def _no_input(phi, psi, x):
    return float(sigmoid_derivative(psi * sigmoid(phi * x)) * psi * sigmoid_derivative(phi * x))


def _outer_at_the_wrong_place(phi, psi, x):
    return float(sigmoid_derivative(psi * x) * psi * _layer_alone(phi, psi, x))


def _added(phi, psi, x):
    return float(sigmoid_derivative(psi * sigmoid(phi * x)) * psi + _layer_alone(phi, psi, x))


def _second_layer(phi, psi, x):
    h = sigmoid(phi * x)
    return float(sigmoid_derivative(psi * h) * h)


CHAIN = Exercise(
    id="02.6",
    prompt="Write `slope_of_first_layer(phi, psi, x)`: the slope of sigmoid(psi * sigmoid(phi * x)) along phi.",
    reference=slope_of_first_layer,
    cases=((0.5, 2.0, -1.5), (0.7, 1.5, 2.0), (0.0, 1.0, 1.0), (-1.0, 2.0, 0.5), (0.3, -0.8, -3.0)),
    hints=(
        "Go from the outside in, one factor for each link: outer sigmoid, psi, inner sigmoid, x.",
        "Each sigmoid's slope is taken where it stands: at psi * h, and at phi * x, with h = sigmoid(phi * x).",
        "sigmoid_derivative(psi * h) * psi * sigmoid_derivative(phi * x) * x",
    ),
    misconceptions=(
        Misconception(
            "what comes after the layer left out",
            "That is the slope of h. Does f move as much as h does?",
            _layer_alone,
            "lecture 2's stack of layer gradients",
        ),
        Misconception(
            "the weight between the layers left out",
            "How much does psi * h grow when h grows by one?",
            _no_psi,
            "the slopes of the two sigmoids multiplied, the weight forgotten",
        ),
        Misconception(
            "the last link forgotten",
            "How much does phi * x grow when phi grows by one?",
            _no_input,
            "stopping at the inner function",
        ),
        Misconception(
            "the outer slope at the wrong place",
            "What goes into the second layer, x or h?",
            _outer_at_the_wrong_place,
            "f'(x) g'(x) for f'(g(x)) g'(x)",
        ),
        Misconception(
            "the links added",
            "Two gears that each double the speed: is the whole 4 times or 2 + 2 times? Try 3 times each.",
            _added,
            "the sum rule in place of the chain rule",
        ),
        Misconception(
            "the slope along psi",
            "Which of the two weights is to be moved?",
            _second_layer,
            "the shorter derivative of the last layer",
        ),
    ),
)

EXERCISES = (CHORD, CENTRAL, GRADIENT, DESCENT, LARGEST_RATE, CHAIN)
