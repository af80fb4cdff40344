"""Exercises of lesson 03, sigmoid and MSE paralysis."""

from __future__ import annotations

import numpy as np

from course_utils.activations import sigmoid
from course_utils.exercises.behaviour import Case
from course_utils.exercises.engine import Exercise, Misconception, Property
from course_utils.exercises.words import number

LOGITS: tuple[Case, ...] = (
    (np.array([0.0, 2.0, -1.0]),),
    (np.array([0.0]),),
    (np.array([-30.0, -6.0, -0.5, 0.25, 4.0, 6.0, 30.0]),),
)

# 03.1 --------------------------------------------------------------------------------------------------------------


def my_sigmoid(z):
    """Squeeze every logit into (0, 1)."""
    return 1 / (1 + np.exp(-z))


def _mirrored(z):
    return my_sigmoid(-z)


def _brackets_forgotten(z):
    return 1 / 1 + np.exp(-z)


def _tanh(z):
    return np.tanh(z)


def _step(z):
    return (z > 0).astype(float)


def _ratio_to_the_batch(z):
    return np.exp(z) / np.exp(z).sum()


def _between_0_and_1(p, z, tolerance):
    outside = np.flatnonzero((p < -tolerance) | (p > 1 + tolerance))
    return (
        f"got {number(p[outside[0]], beside=1)} for z = {number(z[outside[0]])}, which is no probability"
        if len(outside)
        else None
    )


def _symmetric(p, z, tolerance):
    off = [half for half in p[z == 0] if abs(half - 0.5) > tolerance]
    return f"got {number(off[0], beside=0.5)} for z = 0, where neither answer is favoured" if off else None


SIGMOID = Exercise(
    id="03.1",
    prompt="Write `my_sigmoid(z)`: logits (N,) in, probabilities (N,) out.",
    reference=my_sigmoid,
    cases=LOGITS,
    properties=(
        Property("a probability lies between 0 and 1", _between_0_and_1),
        Property("no evidence, no preference", _symmetric),
    ),
    hints=(
        "For z = 0 the answer is 0.5, for a large z almost 1. np.exp works on whole arrays.",
        "The denominator is 1 + exp(-z): mind the minus sign.",
        "1 / (1 + np.exp(-z)), with both pairs of brackets.",
    ),
    misconceptions=(
        Misconception(
            "the sign of the exponent forgotten",
            "Which should be larger, the probability at z = 2 or at z = -2?",
            _mirrored,
            "1 / (1 + exp(z)), the probability of class 0",
        ),
        Misconception(
            "the brackets of the denominator forgotten",
            "What does Python do first in 1 / 1 + np.exp(-z)?",
            _brackets_forgotten,
            "the commonest slip when a fraction is typed in one line",
        ),
        Misconception(
            "the hyperbolic tangent",
            "It has the shape of the sigmoid, but which numbers does it reach?",
            _tanh,
            "the other squashing function; tanh(z) = 2 sigma(2z) - 1",
        ),
        Misconception(
            "the step in place of the sigmoid",
            "How sure are you at z = 0.1, and how sure at z = 10? Must both be 1?",
            _step,
            "Heaviside's step, section 2 of this lesson",
        ),
        Misconception(
            "a share of the batch",
            "Does the probability of one evening depend on which other evenings stand in the table?",
            _ratio_to_the_batch,
            "softmax, lesson 06, taken over samples",
        ),
    ),
)

# 03.2 --------------------------------------------------------------------------------------------------------------


def my_slope(z):
    """Slope of the sigmoid at each logit."""
    p = sigmoid(z)
    return p * (1 - p)


def _logit_for_probability(z):
    return z * (1 - z)


def _one_factor(z):
    return 1 - sigmoid(z)


def _inner_slope_forgotten(z):
    return sigmoid(z) ** 2


def _falling(z):
    return -my_slope(z)


def _slope_of_tanh(z):
    return 1 - sigmoid(z) ** 2


def _rises_at_most_a_quarter(slope, z, tolerance):
    low, high = slope.min(), slope.max()
    if low < -tolerance:
        return f"got {number(low)}, but the sigmoid rises everywhere"
    over = high > 0.25 + tolerance
    return f"got {number(high, beside=0.25)}, but it never rises by more than 0.25" if over else None


SIGMOID_SLOPE = Exercise(
    id="03.2",
    prompt="Write `my_slope(z)`: logits (N,) in, the slope of the sigmoid at each of them out.",
    reference=my_slope,
    cases=LOGITS,
    properties=(Property("the slope lies between 0 and 0.25", _rises_at_most_a_quarter),),
    hints=(
        "The last line of either derivation is all you need.",
        "Compute p = sigmoid(z) first; the function receives z, not p.",
        "p * (1 - p)",
    ),
    misconceptions=(
        Misconception(
            "z where p belongs",
            "What does your function say at z = 2? Has the sigmoid a negative slope anywhere?",
            _logit_for_probability,
            "x * (1 - x), a well-known eleven-line network, whose helper expects the output of the sigmoid",
        ),
        Misconception(
            "only the factor 1 - p",
            "For a very negative z your slope is almost 1. Is the sigmoid steep there?",
            _one_factor,
            "the slope of ln p, which is still to be multiplied by p",
        ),
        Misconception(
            "the inner slope forgotten",
            "1/u^2 is the outer slope. By which factor does u = 1 + exp(-z) itself change with z?",
            _inner_slope_forgotten,
            "1 / (1 + exp(-z))^2, the chain rule stopped half-way",
        ),
        Misconception(
            "one minus sign left over",
            "1/u falls when u grows, and exp(-z) falls when z grows: how many minus signs are there?",
            _falling,
            "line 2 of the chain rule, where the first of two minus signs stands",
        ),
        Misconception(
            "the slope of the hyperbolic tangent",
            "1 - p^2 belongs to tanh. What does it give at z = 0, where p is 0.5?",
            _slope_of_tanh,
            "the rule learnt for tanh, used on the sigmoid",
        ),
    ),
)

# 03.3 --------------------------------------------------------------------------------------------------------------


def my_standardise(X):
    """Give every column mean 0 and standard deviation 1."""
    return (X - X.mean(axis=0)) / X.std(axis=0)


def _over_the_whole_table(X):
    return (X - X.mean()) / X.std()


def _by_row(X):
    return my_standardise(X.T).T


def _by_variance(X):
    return (X - X.mean(axis=0)) / X.var(axis=0)


def _not_centred(X):
    return X / X.std(axis=0)


def _to_0_and_1(X):
    return (X - X.min(axis=0)) / (X.max(axis=0) - X.min(axis=0))


def _rows_of_length_1(X):
    return X / np.linalg.norm(X, axis=1, keepdims=True)


def _divided_by_one_less(X):
    return (X - X.mean(axis=0)) / X.std(axis=0, ddof=1)


def _columns_centred_and_scaled(Z, X, tolerance):
    for name, values, wanted in (("mean", Z.mean(axis=0), 0), ("standard deviation", Z.std(axis=0), 1)):
        off = np.flatnonzero(np.abs(values - wanted) > tolerance)
        if len(off):
            return f"column {off[0]} has {name} {number(values[off[0]], beside=wanted)}, not {wanted}"
    return None


STANDARDISE = Exercise(
    id="03.3",
    prompt="Write `my_standardise(X)`: every column of X (N, D) less its mean, divided by its standard deviation.",
    reference=my_standardise,
    cases=(
        (np.array([[1.0, 10.0], [3.0, 50.0], [3.0, 30.0], [5.0, 30.0]]),),
        (np.array([[13.0, 26.0, 9.0], [2.0, 14.0, 6.0], [14.0, 20.0, 3.0], [23.0, 25.0, 9.0]]),),
        (np.random.default_rng(3).normal([5.0, -300.0], [2.0, 40.0], size=(9, 2)),),
        (np.array([[1.0, -2.0, 0.5, 40.0, 3.0], [2.0, 2.0, 0.25, -10.0, -3.0], [0.0, 1.0, 0.0, 15.0, 9.0]]),),
    ),
    properties=(Property("every column has mean 0 and standard deviation 1", _columns_centred_and_scaled),),
    hints=(
        "One mean and one standard deviation for each column: which axis counts the samples?",
        "X.mean(axis=0) has shape (D,), and NumPy subtracts it from every row.",
        "(X - X.mean(axis=0)) / X.std(axis=0)",
    ),
    misconceptions=(
        Misconception(
            "one mean for the whole table",
            "Reservations, degrees and tourists have different units. What would their common mean be?",
            _over_the_whole_table,
            "X.mean() without an axis",
        ),
        Misconception(
            "rows in place of columns",
            "Samples are rows: does one evening's temperature belong into a mean with its reservations?",
            _by_row,
            "axis=1, layer normalisation's choice",
        ),
        Misconception(
            "the variance in place of the standard deviation",
            "Which unit has the variance of a column of degrees? And after your division?",
            _by_variance,
            "variance and standard deviation confused",
        ),
        Misconception(
            "divided by N - 1 in the standard deviation",
            "Your columns vary by a little less than 1. By what does NumPy's std divide, N or N - 1?",
            _divided_by_one_less,
            "ddof=1, the default of pandas and of torch.std",
        ),
        Misconception(
            "the mean not subtracted",
            "Where is the middle of your columns now? The sigmoid is steepest around 0.",
            _not_centred,
            "scaling said for standardising",
        ),
        Misconception(
            "the range 0 to 1",
            "That is a cure too, but what is the mean of your columns? And what does one far outlier do to the rest?",
            _to_0_and_1,
            "min-max scaling",
        ),
        Misconception(
            "rows of length 1",
            "That is x / ||x||, the other cure of this lesson. Which one is asked here?",
            _rows_of_length_1,
            "lecture 3 names both cures in one line",
        ),
    ),
)

# 03.4 --------------------------------------------------------------------------------------------------------------


def my_mse_gradient(z, t):
    """Gradient of the mean squared error of sigmoids with respect to the logits."""
    p = sigmoid(z)
    return 2 * (p - t) * p * (1 - p) / len(z)


def _without_the_slope(z, t):
    return 2 * (sigmoid(z) - t) / len(z)


def _without_the_two(z, t):
    return my_mse_gradient(z, t) / 2


def _uphill(z, t):
    return -my_mse_gradient(z, t)


def _of_the_sum(z, t):
    return my_mse_gradient(z, t) * len(z)


def _of_cross_entropy(z, t):
    return (sigmoid(z) - t) / len(z)


def _slope_from_the_target(z, t):
    return 2 * (sigmoid(z) - t) * t * (1 - t) / len(z)


def _points_at_the_target(dz, z, t, tolerance):
    wrong = np.flatnonzero(dz * np.sign(sigmoid(z) - t) < -tolerance)
    return (
        f"for z = {number(z[wrong[0]])} and t = {number(t[wrong[0]])} a step leads away from t"
        if len(wrong)
        else None
    )


MSE_GRADIENT = Exercise(
    id="03.4",
    prompt="Write `my_mse_gradient(z, t)`: the gradient of mean (sigmoid(z) - t)^2 with respect to the logits (N,).",
    reference=my_mse_gradient,
    cases=(
        (np.array([-1.0, 2.0, 0.5]), np.array([1.0, 0.0, 0.25])),
        (np.array([0.0]), np.array([1.0])),
        (np.array([-10.0, -3.0, 0.5, 0.0, 4.0]), np.array([1.0, 0.0, 0.25, 0.5, 1.0])),
    ),
    properties=(Property("a step against the gradient brings p nearer to t", _points_at_the_target),),
    hints=(
        "Three factors from the derivation, and one more because the loss is a mean over N samples.",
        "Twice the error, times the slope of the sigmoid.",
        "2 * (p - t) * p * (1 - p) / len(z)",
    ),
    misconceptions=(
        Misconception(
            "the slope of the sigmoid forgotten",
            "You have the slope along p. How fast does p move when z does?",
            _without_the_slope,
            "the chain rule stopped half-way",
        ),
        Misconception(
            "the 2 of the square forgotten",
            "That is the gradient of half the squared error. Which loss is asked?",
            _without_the_two,
            "many texts put 1/2 before the square to get rid of the 2",
        ),
        Misconception(
            "t - p, the step in place of the slope",
            "Descent subtracts the gradient. Which way does your z move then?",
            _uphill,
            "lecture 3 writes the step, eta (t - o) x",
        ),
        Misconception(
            "the sum in place of the mean",
            "The loss is a mean over the samples: by what is each term divided?",
            _of_the_sum,
            "the derivation for one sample, used on a batch",
        ),
        Misconception(
            "the gradient of the cross-entropy",
            "p - t belongs to the rival, lesson 04. Which factors does the squared error add to it?",
            _of_cross_entropy,
            "the formula that everybody remembers",
        ),
        Misconception(
            "the slope of the sigmoid taken at the target",
            "For t = 1 your gradient is 0 everywhere. Where does the sigmoid stand, at t or at p?",
            _slope_from_the_target,
            "t (1 - t) read for p (1 - p)",
        ),
    ),
)

# 03.5 --------------------------------------------------------------------------------------------------------------

LARGEST_GRADIENT = Exercise(
    id="03.5",
    name="hardest_push",
    prompt="For t = 1, at which p is the gradient of the squared error largest in size, and how large is it there?",
    reference=(1 / 3, 8 / 27),
    tolerance=5e-4,
    hints=(
        "The size is g(p) = 2 (1 - p)^2 p, between p = 0 and p = 1. It is 0 at both ends.",
        "Its slope along p is 2 (1 - p)(1 - 3p). Where is that 0?",
        "At p = 1/3: put that into g.",
    ),
    misconceptions=(
        Misconception(
            "where the error is largest",
            "At p = 0 the error is 1. But what is the slope of the sigmoid there?",
            (0.0, 2.0),
            "2 (p - t) alone, the sigmoid forgotten",
        ),
        Misconception(
            "where the sigmoid is steepest",
            "At p = 0.5 the factor p (1 - p) is largest. Is the product with the error largest there too?",
            (0.5, 0.25),
            "one factor maximised for the product",
        ),
        Misconception(
            "the error in place of the probability",
            "Your first number is 1 - p. Which p is that?",
            (2 / 3, 8 / 27),
            "error and probability exchanged",
        ),
        Misconception(
            "the 2 of the square forgotten",
            "The place is right. Which factor does the square bring down?",
            (1 / 3, 4 / 27),
            "the loss with 1/2 before the square",
        ),
        Misconception(
            "only one factor 1 - p",
            "The error gives one factor 1 - p, the slope p (1 - p) another. How many are there?",
            (0.5, 0.5),
            "2 (1 - p) p, one factor cancelled too many",
        ),
    ),
)

# 03.6 --------------------------------------------------------------------------------------------------------------


def my_steps_to_half(z, learning_rate):
    """Count the steps down the squared error, target 1, until p is at least 0.5."""
    steps = 0
    while (p := 1 / (1 + np.exp(-z))) < 0.5:
        z -= learning_rate * 2 * (p - 1) * p * (1 - p)
        steps += 1
    return steps


def _count(z, learning_rate, factor=1.0, finish=0.5):
    steps = 0
    while (p := 1 / (1 + np.exp(-z))) < finish:
        z += factor * learning_rate * 2 * (1 - p) * p * (1 - p)
        steps += 1
    return steps


def _start_counted(z, learning_rate):
    return my_steps_to_half(z, learning_rate) + 1


def _two_lost(z, learning_rate):
    return _count(z, learning_rate, factor=0.5)


def _logit_against_half(z, learning_rate):
    return _count(z, learning_rate, finish=float(sigmoid(0.5)))


def _rate_ignored(z, learning_rate):
    return my_steps_to_half(z, 1.0)


def _slope_forgotten(z, learning_rate):
    steps = 0
    while (p := 1 / (1 + np.exp(-z))) < 0.5:
        z += learning_rate * 2 * (1 - p)
        steps += 1
    return steps


def _cross_entropy_steps(z, learning_rate):
    steps = 0
    while (p := 1 / (1 + np.exp(-z))) < 0.5:
        z += learning_rate * (1 - p)
        steps += 1
    return steps


STEPS_TO_HALF = Exercise(
    id="03.6",
    prompt="Write `my_steps_to_half(z, learning_rate)`: steps down (sigmoid(z) - 1)^2 from z until p reaches 0.5.",
    reference=my_steps_to_half,
    tolerance=0,
    cases=((-2.0, 0.5), (0.0, 1.0), (0.5, 1.0), (-1.0, 1.0), (-2.0, 1.0), (-6.0, 1.0)),
    hints=(
        "A while loop: as long as p is below 0.5, take one step and count it.",
        "The gradient is that of 03.4 with t = 1 and one sample; descent subtracts it.",
        "Inside the loop: z -= learning_rate * 2 * (p - 1) * p * (1 - p), then steps += 1, then p anew.",
    ),
    misconceptions=(
        Misconception(
            "the start counted as a step",
            "How many steps does a start at z = 0.5 need, which is there already?",
            _start_counted,
            "the length of the list of positions, which is one more",
        ),
        Misconception(
            "the 2 of the square forgotten",
            "Your run takes twice as long. Which factor does the square bring down?",
            _two_lost,
            "the loss with 1/2 before the square",
        ),
        Misconception(
            "the threshold 0.5 applied to logits",
            "p = 0.5 is the finish. Which z is that?",
            _logit_against_half,
            "z and p confused",
        ),
        Misconception(
            "the learning rate forgotten",
            "Should a quarter of the learning rate not take about four times the steps?",
            _rate_ignored,
            "a rate of 1 written into the loop",
        ),
        Misconception(
            "the slope of the sigmoid forgotten",
            "Your run is far too fast: it moves by twice the error. How fast does p move when z does?",
            _slope_forgotten,
            "the chain rule stopped half-way",
        ),
        Misconception(
            "the gradient of the cross-entropy",
            "That is the rival's run, with the gradient p - t. Which loss is asked?",
            _cross_entropy_steps,
            "the formula that everybody remembers",
        ),
    ),
)

EXERCISES = (SIGMOID, SIGMOID_SLOPE, STANDARDISE, MSE_GRADIENT, LARGEST_GRADIENT, STEPS_TO_HALF)
