"""Exercises of lesson 03, sigmoid and MSE paralysis."""

from __future__ import annotations

import numpy as np

from course_utils.activations import sigmoid
from course_utils.exercises.execution import Case
from course_utils.exercises.model import Exercise
from course_utils.exercises.words import number

LOGITS: tuple[Case, ...] = (
    (np.array([0.0, 2.0, -1.0]),),
    (np.array([0.0]),),
    (np.array([-30.0, -6.0, -0.5, 0.25, 4.0, 6.0, 30.0]),),
)


ex = Exercise(
    "03.1",
    "Write `my_sigmoid(z)`: logits (N,) in, probabilities (N,) out.",
    cases=LOGITS,
    hints=(
        "For z = 0 the answer is 0.5, for a large z almost 1. np.exp works on whole arrays.",
        "The denominator is 1 + exp(-z): mind the minus sign.",
        "1 / (1 + np.exp(-z)), with both pairs of brackets.",
    ),
)


@ex.reference
def my_sigmoid(z):
    """Squeeze every logit into (0, 1)."""
    return 1 / (1 + np.exp(-z))


@ex.wrong(
    "the sign of the exponent forgotten",
    "Which should be larger, the probability at z = 2 or at z = -2?",
    seen="1 / (1 + exp(z)), the probability of class 0",
)
def _(z):
    return my_sigmoid(-z)


@ex.wrong(
    "the brackets of the denominator forgotten",
    "What does Python do first in 1 / 1 + np.exp(-z)?",
    seen="the commonest slip when a fraction is typed in one line",
)
def _(z):
    return 1 / 1 + np.exp(-z)


@ex.wrong(
    "the hyperbolic tangent",
    "It has the shape of the sigmoid, but which numbers does it reach?",
    seen="the other squashing function; tanh(z) = 2 sigma(2z) - 1",
)
def _(z):
    return np.tanh(z)


@ex.wrong(
    "the step in place of the sigmoid",
    "How sure are you at z = 0.1, and how sure at z = 10? Must both be 1?",
    seen="Heaviside's step, section 2 of this lesson",
)
def _(z):
    return (z > 0).astype(float)


@ex.wrong(
    "a share of the batch",
    "Does the probability of one evening depend on which other evenings stand in the table?",
    seen="softmax, lesson 06, taken over samples",
)
def _(z):
    return np.exp(z) / np.exp(z).sum()


@ex.holds("a probability lies between 0 and 1")
def _(p, z, tolerance):
    outside = np.flatnonzero((p < -tolerance) | (p > 1 + tolerance))
    if len(outside):
        return f"got {number(p[outside[0]], beside=1)} for z = {number(z[outside[0]])}, which is no probability"
    return None


@ex.holds("no evidence, no preference")
def _(p, z, tolerance):
    off = [half for half in p[z == 0] if abs(half - 0.5) > tolerance]
    return f"got {number(off[0], beside=0.5)} for z = 0, where neither answer is favoured" if off else None


ex = Exercise(
    "03.2",
    "Write `my_slope(z)`: logits (N,) in, the slope of the sigmoid at each of them out.",
    cases=LOGITS,
    hints=(
        "The last line of either derivation is all you need.",
        "Compute p = sigmoid(z) first; the function receives z, not p.",
        "p * (1 - p)",
    ),
)


@ex.reference
def my_slope(z):
    """Slope of the sigmoid at each logit."""
    p = sigmoid(z)
    return p * (1 - p)


@ex.wrong(
    "z where p belongs",
    "What does your function say at z = 2? Has the sigmoid a negative slope anywhere?",
    seen="x * (1 - x), a well-known eleven-line network, whose helper expects the output of the sigmoid",
)
def _(z):
    return z * (1 - z)


@ex.wrong(
    "only the factor 1 - p",
    "For a very negative z your slope is almost 1. Is the sigmoid steep there?",
    seen="the slope of ln p, which is still to be multiplied by p",
)
def _(z):
    return 1 - sigmoid(z)


@ex.wrong(
    "the inner slope forgotten",
    "1/u^2 is the outer slope. By which factor does u = 1 + exp(-z) itself change with z?",
    seen="1 / (1 + exp(-z))^2, the chain rule stopped half-way",
)
def _(z):
    return sigmoid(z) ** 2


@ex.wrong(
    "one minus sign left over",
    "1/u falls when u grows, and exp(-z) falls when z grows: how many minus signs are there?",
    seen="line 2 of the chain rule, where the first of two minus signs stands",
)
def _(z):
    return -my_slope(z)


@ex.wrong(
    "the slope of the hyperbolic tangent",
    "1 - p^2 belongs to tanh. What does it give at z = 0, where p is 0.5?",
    seen="the rule learnt for tanh, used on the sigmoid",
)
def _(z):
    return 1 - sigmoid(z) ** 2


@ex.holds("the slope lies between 0 and 0.25")
def _(slope, z, tolerance):
    low, high = slope.min(), slope.max()
    if low < -tolerance:
        return f"got {number(low)}, but the sigmoid rises everywhere"
    over = high > 0.25 + tolerance
    return f"got {number(high, beside=0.25)}, but it never rises by more than 0.25" if over else None


ex = Exercise(
    "03.3",
    "Write `my_standardise(X)`: every column of X (N, D) less its mean, divided by its standard deviation.",
    cases=(
        (np.array([[1.0, 10.0], [3.0, 50.0], [3.0, 30.0], [5.0, 30.0]]),),
        (np.array([[13.0, 26.0, 9.0], [2.0, 14.0, 6.0], [14.0, 20.0, 3.0], [23.0, 25.0, 9.0]]),),
        (np.random.default_rng(3).normal([5.0, -300.0], [2.0, 40.0], size=(9, 2)),),
        (np.array([[1.0, -2.0, 0.5, 40.0, 3.0], [2.0, 2.0, 0.25, -10.0, -3.0], [0.0, 1.0, 0.0, 15.0, 9.0]]),),
    ),
    hints=(
        "One mean and one standard deviation for each column: which axis counts the samples?",
        "X.mean(axis=0) has shape (D,), and NumPy subtracts it from every row.",
        "(X - X.mean(axis=0)) / X.std(axis=0)",
    ),
)


@ex.reference
def my_standardise(X):
    """Give every column mean 0 and standard deviation 1."""
    return (X - X.mean(axis=0)) / X.std(axis=0)


@ex.wrong(
    "one mean for the whole table",
    "Reservations, degrees and tourists have different units. What would their common mean be?",
    seen="X.mean() without an axis",
)
def _(X):
    return (X - X.mean()) / X.std()


@ex.wrong(
    "rows in place of columns",
    "Samples are rows: does one evening's temperature belong into a mean with its reservations?",
    seen="axis=1, layer normalisation's choice",
)
def _(X):
    return my_standardise(X.T).T


@ex.wrong(
    "the variance in place of the standard deviation",
    "Which unit has the variance of a column of degrees? And after your division?",
    seen="variance and standard deviation confused",
)
def _(X):
    return (X - X.mean(axis=0)) / X.var(axis=0)


@ex.wrong(
    "divided by N - 1 in the standard deviation",
    "Your columns vary by a little less than 1. By what does NumPy's std divide, N or N - 1?",
    seen="ddof=1, the default of pandas and of torch.std",
)
def _(X):
    return (X - X.mean(axis=0)) / X.std(axis=0, ddof=1)


@ex.wrong(
    "the mean not subtracted",
    "Where is the middle of your columns now? The sigmoid is steepest around 0.",
    seen="scaling said for standardising",
)
def _(X):
    return X / X.std(axis=0)


@ex.wrong(
    "the range 0 to 1",
    "That is a cure too, but what is the mean of your columns? And what does one far outlier do to the rest?",
    seen="min-max scaling",
)
def _(X):
    return (X - X.min(axis=0)) / (X.max(axis=0) - X.min(axis=0))


@ex.wrong(
    "rows of length 1",
    "That is x / ||x||, the other cure of this lesson. Which one is asked here?",
    seen="lecture 3 names both cures in one line",
)
def _(X):
    return X / np.linalg.norm(X, axis=1, keepdims=True)


@ex.holds("every column has mean 0 and standard deviation 1")
def _(Z, X, tolerance):
    for name, values, wanted in (("mean", Z.mean(axis=0), 0), ("standard deviation", Z.std(axis=0), 1)):
        off = np.flatnonzero(np.abs(values - wanted) > tolerance)
        if len(off):
            return f"column {off[0]} has {name} {number(values[off[0]], beside=wanted)}, not {wanted}"
    return None


ex = Exercise(
    "03.4",
    "Write `my_mse_gradient(z, t)`: the gradient of mean (sigmoid(z) - t)^2 with respect to the logits (N,).",
    cases=(
        (np.array([-1.0, 2.0, 0.5]), np.array([1.0, 0.0, 0.25])),
        (np.array([0.0]), np.array([1.0])),
        (np.array([-10.0, -3.0, 0.5, 0.0, 4.0]), np.array([1.0, 0.0, 0.25, 0.5, 1.0])),
    ),
    hints=(
        "Three factors from the derivation, and one more because the loss is a mean over N samples.",
        "Twice the error, times the slope of the sigmoid.",
        "2 * (p - t) * p * (1 - p) / len(z)",
    ),
)


@ex.reference
def my_mse_gradient(z, t):
    """Gradient of the mean squared error of sigmoids with respect to the logits."""
    p = sigmoid(z)
    return 2 * (p - t) * p * (1 - p) / len(z)


@ex.wrong(
    "the slope of the sigmoid forgotten",
    "You have the slope along p. How fast does p move when z does?",
    seen="the chain rule stopped half-way",
)
def _(z, t):
    return 2 * (sigmoid(z) - t) / len(z)


@ex.wrong(
    "the 2 of the square forgotten",
    "That is the gradient of half the squared error. Which loss is asked?",
    seen="many texts put 1/2 before the square to get rid of the 2",
)
def _(z, t):
    return my_mse_gradient(z, t) / 2


@ex.wrong(
    "t - p, the step in place of the slope",
    "Descent subtracts the gradient. Which way does your z move then?",
    seen="lecture 3 writes the step, eta (t - o) x",
)
def _(z, t):
    return -my_mse_gradient(z, t)


@ex.wrong(
    "the sum in place of the mean",
    "The loss is a mean over the samples: by what is each term divided?",
    seen="the derivation for one sample, used on a batch",
)
def _(z, t):
    return my_mse_gradient(z, t) * len(z)


@ex.wrong(
    "the gradient of the cross-entropy",
    "p - t belongs to the rival, lesson 04. Which factors does the squared error add to it?",
    seen="the formula that everybody remembers",
)
def _(z, t):
    return (sigmoid(z) - t) / len(z)


@ex.wrong(
    "the slope of the sigmoid taken at the target",
    "For t = 1 your gradient is 0 everywhere. Where does the sigmoid stand, at t or at p?",
    seen="t (1 - t) read for p (1 - p)",
)
def _(z, t):
    return 2 * (sigmoid(z) - t) * t * (1 - t) / len(z)


@ex.holds("a step against the gradient brings p nearer to t")
def _(dz, z, t, tolerance):
    wrong = np.flatnonzero(dz * np.sign(sigmoid(z) - t) < -tolerance)
    if len(wrong):
        return f"for z = {number(z[wrong[0]])} and t = {number(t[wrong[0]])} a step leads away from t"
    return None


ex = Exercise(
    "03.5",
    "For t = 1, at which p is the gradient of the squared error largest in size, and how large is it there?",
    answer=(1 / 3, 8 / 27),
    name="hardest_push",
    tolerance=5e-4,
    hints=(
        "The size is g(p) = 2 (1 - p)^2 p, between p = 0 and p = 1. It is 0 at both ends.",
        "Its slope along p is 2 (1 - p)(1 - 3p). Where is that 0?",
        "At p = 1/3: put that into g.",
    ),
)
ex.wrong_value(
    (0.0, 2.0),
    "where the error is largest",
    "At p = 0 the error is 1. But what is the slope of the sigmoid there?",
    seen="2 (p - t) alone, the sigmoid forgotten",
)
ex.wrong_value(
    (0.5, 0.25),
    "where the sigmoid is steepest",
    "At p = 0.5 the factor p (1 - p) is largest. Is the product with the error largest there too?",
    seen="one factor maximised for the product",
)
ex.wrong_value(
    (2 / 3, 8 / 27),
    "the error in place of the probability",
    "Your first number is 1 - p. Which p is that?",
    seen="error and probability exchanged",
)
ex.wrong_value(
    (1 / 3, 4 / 27),
    "the 2 of the square forgotten",
    "The place is right. Which factor does the square bring down?",
    seen="the loss with 1/2 before the square",
)
ex.wrong_value(
    (0.5, 0.5),
    "only one factor 1 - p",
    "The error gives one factor 1 - p, the slope p (1 - p) another. How many are there?",
    seen="2 (1 - p) p, one factor cancelled too many",
)


ex = Exercise(
    "03.6",
    "Write `my_steps_to_half(z, learning_rate)`: steps down (sigmoid(z) - 1)^2 from z until p reaches 0.5.",
    cases=((-2.0, 0.5), (0.0, 1.0), (0.5, 1.0), (-1.0, 1.0), (-2.0, 1.0), (-6.0, 1.0)),
    tolerance=0,
    hints=(
        "A while loop: as long as p is below 0.5, take one step and count it.",
        "The gradient is that of 03.4 with t = 1 and one sample; descent subtracts it.",
        "Inside the loop: z -= learning_rate * 2 * (p - 1) * p * (1 - p), then steps += 1, then p anew.",
    ),
)


@ex.reference
def my_steps_to_half(z, learning_rate):
    """Count the steps down the squared error, target 1, until p is at least 0.5."""
    steps = 0
    while (p := 1 / (1 + np.exp(-z))) < 0.5:
        z -= learning_rate * 2 * (p - 1) * p * (1 - p)
        steps += 1
    return steps


@ex.wrong(
    "the start counted as a step",
    "How many steps does a start at z = 0.5 need, which is there already?",
    seen="the length of the list of positions, which is one more",
)
def _(z, learning_rate):
    return my_steps_to_half(z, learning_rate) + 1


def _count(z, learning_rate, factor=1.0, finish=0.5):
    steps = 0
    while (p := 1 / (1 + np.exp(-z))) < finish:
        z += factor * learning_rate * 2 * (1 - p) * p * (1 - p)
        steps += 1
    return steps


@ex.wrong(
    "the 2 of the square forgotten",
    "Your run takes twice as long. Which factor does the square bring down?",
    seen="the loss with 1/2 before the square",
)
def _(z, learning_rate):
    return _count(z, learning_rate, factor=0.5)


@ex.wrong("the threshold 0.5 applied to logits", "p = 0.5 is the finish. Which z is that?", seen="z and p confused")
def _(z, learning_rate):
    return _count(z, learning_rate, finish=float(sigmoid(0.5)))


@ex.wrong(
    "the learning rate forgotten",
    "Should a quarter of the learning rate not take about four times the steps?",
    seen="a rate of 1 written into the loop",
)
def _(z, learning_rate):
    return my_steps_to_half(z, 1.0)


@ex.wrong(
    "the slope of the sigmoid forgotten",
    "Your run is far too fast: it moves by twice the error. How fast does p move when z does?",
    seen="the chain rule stopped half-way",
)
def _(z, learning_rate):
    steps = 0
    while (p := 1 / (1 + np.exp(-z))) < 0.5:
        z += learning_rate * 2 * (1 - p)
        steps += 1
    return steps


@ex.wrong(
    "the gradient of the cross-entropy",
    "That is the rival's run, with the gradient p - t. Which loss is asked?",
    seen="the formula that everybody remembers",
)
def _(z, learning_rate):
    steps = 0
    while (p := 1 / (1 + np.exp(-z))) < 0.5:
        z += learning_rate * (1 - p)
        steps += 1
    return steps
