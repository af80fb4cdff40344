"""Exercises of lesson 12, the homework on blobs, circles and moons, and the project's own yardstick."""

from __future__ import annotations

import numpy as np

from course_utils.activations import sigmoid, softmax
from course_utils.exercises.behaviour import Case
from course_utils.exercises.engine import Exercise, Misconception, Property
from course_utils.exercises.words import number
from course_utils.losses import one_hot

# 12.1 --------------------------------------------------------------------------------------------------------------


def blobs_step(X, y, W, learning_rate):
    """Take one update of softmax regression without a bias."""
    dz = (softmax(X @ W) - one_hot(y, W.shape[1])) / len(X)
    return W - learning_rate * X.T @ dz


def _summed(X, y, W, learning_rate):
    return blobs_step(X, y, W, learning_rate * len(X))


def _uphill(X, y, W, learning_rate):
    return blobs_step(X, y, W, -learning_rate)


def _ten_sigmoids(X, y, W, learning_rate):
    return W - learning_rate * X.T @ (sigmoid(X @ W) - one_hot(y, W.shape[1])) / len(X)


def _class_number_subtracted(X, y, W, learning_rate):
    return W - learning_rate * X.T @ (softmax(X @ W) - y[:, np.newaxis]) / len(X)


def _gradient_alone(X, y, W, learning_rate):
    return (W - blobs_step(X, y, W, learning_rate)) / learning_rate


def _two_over_n(X, y, W, learning_rate):
    return blobs_step(X, y, W, 2 * learning_rate)


def _rate_forgotten(X, y, W, learning_rate):
    return blobs_step(X, y, W, 1.0)


def _diagonal_alone(X, y, W, learning_rate):
    t = one_hot(y, W.shape[1])
    return W - learning_rate * X.T @ (-t * (1 - softmax(X @ W))) / len(X)


def _slope_kept(X, y, W, learning_rate):
    p = softmax(X @ W)
    return W - learning_rate * X.T @ ((p - one_hot(y, W.shape[1])) * p * (1 - p)) / len(X)


def _blobs_cases() -> tuple[Case, ...]:
    rng = np.random.default_rng(123)
    return (
        (
            np.array([[1.0, 2.0], [-1.0, 0.5], [0.0, 1.0]]),
            np.array([3, 0, 3]),
            np.array([[0.5, -1.0, 0.0, 1.0], [0.0, 1.0, 0.5, -0.5]]),
            0.5,
        ),
        (np.array([[1.0, 2.0], [-1.0, 0.5]]), np.array([2, 0]), np.zeros((2, 3)), 0.5),
        (rng.normal(size=(9, 2)), rng.integers(0, 3, 9), rng.normal(size=(2, 3)), 0.1),
        (rng.normal(size=(4, 2)) * 40, rng.integers(0, 3, 4), rng.normal(size=(2, 3)), 0.01),
    )


BLOBS_STEP = Exercise(
    id="12.1",
    prompt="Write `blobs_step(X, y, W, learning_rate)`: one update of a softmax regression without bias; new W out.",
    reference=blobs_step,
    cases=_blobs_cases(),
    hints=(
        "The gradient of mean cross-entropy with respect to z is (p - t) / N.",
        "dW = X.T @ dz; the step goes against it.",
        "dz = (softmax(X @ W) - one_hot(y, W.shape[1])) / len(X), then W - learning_rate * X.T @ dz",
    ),
    misconceptions=(
        Misconception(
            "the sum in place of the mean",
            "With twice the points, should the same learning rate take twice the step?",
            _summed,
            "the division by N left out, as with torch's reduction='sum'",
        ),
        Misconception(
            "uphill",
            "Does the loss fall after your update? The gradient points to where it rises.",
            _uphill,
            "t - p in a formula that subtracts: lecture 3's sign kept, and the update's too",
        ),
        Misconception(
            "a sigmoid for each class",
            "A point belongs to exactly one blob. Which function makes the three probabilities sum to one?",
            _ten_sigmoids,
            "lecture 4's first ten-class model, ten sigmoids",
        ),
        Misconception(
            "the class number as a target",
            "Is blob 2 twice blob 1? The target is a row with a single 1.",
            _class_number_subtracted,
            "labels used as numbers; broadcasting makes it run: a frequent question in forums",
        ),
        Misconception(
            "the gradient returned in place of the new weights",
            "That is the direction. What are the weights after the step?",
            _gradient_alone,
            "gradient and update confused",
        ),
        Misconception(
            "2/N for 1/N",
            "The 2 belongs to the square of the squared error. What is squared here?",
            _two_over_n,
            "lecture 4's gradient of the cross-entropy",
        ),
        Misconception(
            "the learning rate forgotten",
            "Which factor stands in front of the gradient?",
            _rate_forgotten,
            "w <- w - dJ/dw",
        ),
        Misconception(
            "only the diagonal of the Jacobian",
            "Where do the other classes feel z_i? Each wrong class is pushed down by its own p.",
            _diagonal_alone,
            "lecture 2 gives p (1 - p) as the gradient of softmax",
        ),
        Misconception(
            "the slope of the sigmoid kept",
            "p (1 - p) belongs to the squared error. What became of it on the way to p - t?",
            _slope_kept,
            "backpropagation as first taught, with squared error",
        ),
    ),
)

# 12.2 --------------------------------------------------------------------------------------------------------------


def with_squares(X):
    """Put the squares of both coordinates behind them."""
    return np.hstack([X, X**2])


def _doubled(X):
    return np.hstack([X, X * 2])


def _squares_alone(X):
    return X**2


def _product_for_squares(X):
    return np.hstack([X, X[:, :1] * X[:, 1:], X[:, :1] * X[:, 1:]])


def _stacked_below(X):
    return np.vstack([X, X**2])


def _radius_twice(X):
    square = (X**2).sum(axis=1, keepdims=True)
    return np.hstack([X, square, square])


WITH_SQUARES = Exercise(
    id="12.2",
    prompt="Write `with_squares(X)`: points (N, 2) in, (N, 4) out: x1, x2, x1 squared, x2 squared.",
    reference=with_squares,
    cases=(
        (np.array([[0.5, 3.0], [-1.0, 0.0], [2.0, 2.0]]),),
        (np.array([[1.0, -2.0]]),),
        (np.random.default_rng(121).normal(size=(9, 2)),),
    ),
    hints=(
        "Two columns are there already. Which two are missing?",
        "X**2 squares every entry; now put the two tables side by side.",
        "np.hstack([X, X**2])",
    ),
    misconceptions=(
        Misconception(
            "twice in place of squared",
            "Twice a coordinate is a straight line again: which straight line goes round a disc?",
            _doubled,
            "X * 2 and X ** 2, a star apart: a frequent slip of those who come from a language with ^",
        ),
        Misconception(
            "the squares without the coordinates",
            "With squares alone no border can lie off the centre. Keep x1 and x2 as well.",
            _squares_alone,
            "features replaced where they should be added; scikit-learn's PolynomialFeatures keeps degree 1",
        ),
        Misconception(
            "the product where the squares belong",
            "x1 x2 is 0 on both axes, near the centre and far from it. Does it tell inside from outside?",
            _product_for_squares,
            "scikit-learn's PolynomialFeatures(interaction_only=True), which leaves the squares out",
        ),
        Misconception(
            "new rows in place of new columns",
            "How many points went in, and how many came out? A feature is a column.",
            _stacked_below,
            "np.vstack for np.hstack; axis=0 for axis=1",
        ),
        Misconception(
            "one squared radius, twice",
            "Circles would do with that; an ellipse needs a weight for each square.",
            _radius_twice,
            "the kernel-trick picture of textbooks, which adds x1 squared + x2 squared as a third axis",
        ),
    ),
)

# 12.3 --------------------------------------------------------------------------------------------------------------


def border_radius(w, b):
    """Return the radius of the circle on which w (x1^2 + x2^2) + b is 0."""
    return float(np.sqrt(-b / w))


def _squared_radius(w, b):
    return -b / w


def _sign_lost(w, b):
    return float(np.sqrt(b / w))


def _where_p_would_be_one(w, b):
    return float(np.sqrt((1 - b) / w))


def _upside_down(w, b):
    return float(np.sqrt(-w / b))


def _where_z_is_a_half(w, b):
    return float(np.sqrt((0.5 - b) / w))


BORDER_RADIUS = Exercise(
    id="12.3",
    prompt="Write `border_radius(w, b)`: z = w (x1 squared + x2 squared) + b; the radius at which p is one half.",
    reference=border_radius,
    cases=((-8.0, 4.5), (-10.0, 5.0), (-2.0, 3.0), (2.0, -4.5), (0.5, -8.0)),
    hints=(
        "At which logit is a probability one half?",
        "Set z = 0. What stands in the bracket is the squared radius.",
        "The squared radius is -b / w.",
    ),
    misconceptions=(
        Misconception(
            "the squared radius",
            "x1 squared + x2 squared is the square of a distance. One step is missing.",
            _squared_radius,
            "a root forgotten after the last line; the commonest slip in equations of circles",
        ),
        Misconception(
            "the threshold 0.5 applied to logits",
            "p is one half where z is something else. What is sigmoid(0.5)?",
            _where_z_is_a_half,
            "the threshold 0.5 applied to logits, as in Hugging Face's transformers (pull request 26936)",
        ),
        Misconception(
            "a sign lost",
            "b moves to the other side of the equation. The root of a negative number is NaN.",
            _sign_lost,
            "a slip that textbooks of algebra list as the first of all sign errors",
        ),
        Misconception(
            "z set to one",
            "The border is where both classes are equally likely. What is z there?",
            _where_p_would_be_one,
            "the margin of a support vector machine, z = 1, taken for the border of a logistic model",
        ),
        Misconception(
            "the fraction upside down",
            "A bigger b makes p larger everywhere. Should the circle then shrink?",
            _upside_down,
            "numerator and denominator exchanged",
        ),
    ),
)

# 12.4 --------------------------------------------------------------------------------------------------------------


def hidden_gradient(X, dz, W, v):
    """Gradient with respect to the hidden weights W of z = tanh(X W) v, given dz."""
    h = np.tanh(X @ W)
    dh = np.outer(dz, v)
    return X.T @ (dh * (1 - h**2))


def _without_slope(X, dz, W, v):
    return X.T @ np.outer(dz, v)


def _slope_of_a_sigmoid(X, dz, W, v):
    h = np.tanh(X @ W)
    return X.T @ (np.outer(dz, v) * h * (1 - h))


def _tanh_twice(X, dz, W, v):
    h = np.tanh(X @ W)
    return X.T @ (np.outer(dz, v) * (1 - np.tanh(h) ** 2))


def _without_output_weights(X, dz, W, v):
    h = np.tanh(X @ W)
    return X.T @ (dz[:, np.newaxis] * (1 - h**2))


def _slope_not_squared(X, dz, W, v):
    h = np.tanh(X @ W)
    return X.T @ (np.outer(dz, v) * (1 - h))


def _input_for_value(X, dz, W, v):
    return X.T @ (np.outer(dz, v) * (1 - (X @ W) ** 2))


def _mean_taken_twice(X, dz, W, v):
    return hidden_gradient(X, dz, W, v) / len(X)


def _hidden_cases() -> tuple[Case, ...]:
    rng = np.random.default_rng(124)
    small = (
        np.array([[1.0, -1.0], [0.5, 2.0], [-1.0, 0.0]]),
        np.array([0.5, -1.0, 0.25]),
        np.array([[0.2, -0.5, 1.0, 0.0], [0.1, 0.3, -0.5, 1.0]]),
        np.array([2.0, -1.0, 0.5, 1.0]),
    )
    return small, (rng.normal(size=(6, 2)), rng.normal(size=6), rng.normal(size=(2, 4)), rng.normal(size=4))


HIDDEN_GRADIENT = Exercise(
    id="12.4",
    prompt="Write `hidden_gradient(X, dz, W, v)`: z = tanh(X W) v; dz (N,) is known; return dW of shape (2, H).",
    reference=hidden_gradient,
    cases=_hidden_cases(),
    hints=(
        "Walk back: from z to h through v, from h to XW through tanh, from XW to W through X.",
        "dh = np.outer(dz, v) has the shape of h. The slope of tanh, in its own value, is 1 - h**2.",
        "X.T @ (dh * (1 - h**2))",
    ),
    misconceptions=(
        Misconception(
            "the slope of tanh left out",
            "You went through v and straight to W. Which function lies between?",
            _without_slope,
            "a link of the chain rule dropped; it runs, and it even learns, slowly and to the wrong place",
        ),
        Misconception(
            "the slope of a sigmoid",
            "h (1 - h) is for a sigmoid. What is the slope of tanh at 0, where it is steepest?",
            _slope_of_a_sigmoid,
            "code for sigmoid networks in which only the forward function was exchanged",
        ),
        Misconception(
            "tanh applied twice",
            "h is tanh(XW) already. The slope is 1 - h squared, nothing more.",
            _tanh_twice,
            "helpers named tanh_derivative(x) that are handed h; a frequent bug in NumPy networks on forums",
        ),
        Misconception(
            "the output weights left out",
            "A unit that nobody listens to, v = 0: should its weights change?",
            _without_output_weights,
            "each layer handed the error of the output, unweighted",
        ),
        Misconception(
            "1 - h for 1 - h squared",
            "What is the slope of tanh at a large negative number? Yours is 2.",
            _slope_not_squared,
            "a square lost in copying",
        ),
        Misconception(
            "z where h belongs",
            "The slope of tanh is 1 - h squared, in its own value. Which numbers did you square?",
            _input_for_value,
            "x * (1 - x), a well-known eleven-line network, whose helper expects the output of its function",
        ),
        Misconception(
            "the mean taken twice",
            "dz holds the 1/N of the mean already. How often must it be divided by N?",
            _mean_taken_twice,
            "1/N put into every layer",
        ),
    ),
)

# 12.5 --------------------------------------------------------------------------------------------------------------


def best_moment(losses, every):
    """Find the update at which losses on unseen points, looked at every `every` updates from 0 on, were lowest."""
    return int(np.argmin(losses)) * every


def _first_rise(losses, every):
    rising = np.flatnonzero(np.diff(losses) > 0)
    return int(rising[0] if len(rising) else len(losses) - 1) * every


def _to_the_end(losses, every):
    return (len(losses) - 1) * every


def _look_not_update(losses, every):
    return int(np.argmin(losses))


def _counted_from_one(losses, every):
    return (int(np.argmin(losses)) + 1) * every


def _loss_itself(losses, every):
    return float(np.min(losses))


def _patience_of_two(losses, every):
    best, worse = 0, 0
    for look in range(1, len(losses)):
        best, worse = (look, 0) if losses[look] < losses[best] else (best, worse + 1)
        if worse == 2:
            break
    return best * every


BEST_MOMENT = Exercise(
    id="12.5",
    prompt=(
        "Write `best_moment(losses, every)`: losses on unseen points, looked at after 0, every, 2 every, ... "
        "updates, in; the number of updates after which the loss was lowest out."
    ),
    reference=best_moment,
    cases=(
        (np.array([0.7, 0.5, 0.55, 0.6, 0.4, 0.45]), 10),
        (np.array([1.9, 1.5, 1.2, 1.6, 1.7, 1.3]), 20),
        (np.array([0.5, 0.6, 0.7]), 50),
        (np.array([2.0, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.3, 0.4]), 1),
        (np.array([0.7, 0.6, 0.62, 0.5, 0.3, 0.35, 0.4]), 5),
        (np.array([0.9, 0.5, 0.55, 0.45, 0.46, 0.2, 0.8, 0.25]), 100),
    ),
    hints=(
        "Which look saw the lowest loss? np.argmin counts looks from 0.",
        "Look 0 is at update 0, look 1 at update `every`.",
        "int(np.argmin(losses)) is the look. Make updates of it.",
    ),
    misconceptions=(
        Misconception(
            "the first rise",
            "That is where the loss went up for the first time. Did it never come lower again?",
            _first_rise,
            "Prechelt, 'Early stopping, but when?' (1998): real curves rise and fall many times",
        ),
        Misconception(
            "stopped after two worse looks",
            "A third look might have been better. You have all of them: which is the lowest?",
            _patience_of_two,
            "patience, the rule for a run that is still going; Prechelt compares many (1998)",
        ),
        Misconception(
            "trained to the end",
            "There the training loss is lowest. Look at the losses on unseen points.",
            _to_the_end,
            "'more training is better', the belief that overfitting refutes",
        ),
        Misconception(
            "looks counted as updates",
            "That many looks were taken. How many updates lie between two of them?",
            _look_not_update,
            "epochs, evaluations and steps confused in the logs of every library",
        ),
        Misconception(
            "counted from one",
            "The first look is taken before any update: it stands at 0.",
            _counted_from_one,
            "counting from one",
        ),
        Misconception(
            "the loss in place of the moment",
            "That is how low it was. Asked is when.",
            _loss_itself,
            "min for argmin",
        ),
    ),
)

# 12.6 --------------------------------------------------------------------------------------------------------------


def slope_ratio(z):
    """Divide the slope of cross-entropy by that of squared error, both with respect to the logit, for target 1."""
    p = sigmoid(z)
    return 1 / (2 * p * (1 - p))


def _without_the_two(z):
    return 2 * slope_ratio(z)


def _squared_error_in_p(z):
    p = sigmoid(z)
    return (1 - p) / (2 * (1 - p))


def _ratio_of_losses(z):
    p = sigmoid(z)
    return -np.log(p) / (1 - p) ** 2


def _other_way_round(z):
    return 1 / slope_ratio(z)


def _always_two(z):
    return np.full(np.shape(z), 2.0)


SLOPE_RATIO = Exercise(
    id="12.6",
    prompt=(
        "Write `slope_ratio(z)`: for target 1, how many times as steep in z is cross-entropy, -ln p, as squared "
        "error, (p - 1) squared?"
    ),
    reference=slope_ratio,
    cases=((np.array([1.5, -2.0]),), (np.array([0.0]),), (np.array([-6.0, -2.0, 1.5]),)),
    hints=(
        "Cross-entropy: p - t. Squared error: lesson 03 has a factor more, and a 2.",
        "Squared error: 2 (p - t) p (1 - p). Divide.",
        "1 / (2 p (1 - p))",
    ),
    misconceptions=(
        Misconception(
            "the 2 of the square forgotten",
            "(p - t) squared has a 2 in its slope. Did yours have a one half in front?",
            _without_the_two,
            "textbooks that write the squared error with a factor one half",
        ),
        Misconception(
            "the losses compared, not their slopes",
            "How high a hill is does not say how steep it is. Take derivatives first.",
            _ratio_of_losses,
            "arguments such as 'CE punishes more because its values are larger', common in tutorials",
        ),
        Misconception(
            "one slope in z, the other in p",
            "p - t is a slope in z. Is 2 (p - t) one as well? The sigmoid lies between.",
            _squared_error_in_p,
            "lecture 1 calls the slope of squared error independent of z; the chain rule's last link is missing",
        ),
        Misconception(
            "the fraction upside down",
            "At z = -6 the sigmoid is flat. Which of the two losses suffers from that?",
            _other_way_round,
            "numerator and denominator exchanged",
        ),
        Misconception(
            "a constant factor",
            "At z = 0 the ratio is 2. Is it still 2 at z = -6, where p (1 - p) is 0.0025?",
            _always_two,
            "the belief that a larger learning rate makes up for squared error",
        ),
    ),
)

# 12.7 --------------------------------------------------------------------------------------------------------------


def calibration_gap(p, right):
    """Return the mean over predictions of |stated - came true| of their fifth."""
    fifth = np.minimum((p * 5).astype(int), 4)
    gaps = [abs(p[fifth == k].mean() - right[fifth == k].mean()) * (fifth == k).sum() for k in np.unique(fifth)]
    return float(sum(gaps) / len(p))


def _error_rate(p, right):
    return float(1 - right.mean())


def _one_bin(p, right):
    return float(abs(p.mean() - right.mean()))


def _fifths_equally(p, right):
    fifth = np.minimum((p * 5).astype(int), 4)
    return float(np.mean([abs(p[fifth == k].mean() - right[fifth == k].mean()) for k in np.unique(fifth)]))


def _largest(p, right):
    fifth = np.minimum((p * 5).astype(int), 4)
    return float(max(abs(p[fifth == k].mean() - right[fifth == k].mean()) for k in np.unique(fifth)))


def _each_prediction(p, right):
    return float(np.abs(p - right).mean())


def _percent(p, right):
    return 100 * calibration_gap(p, right)


def _gap_of(p, right, groups):
    gaps = [abs(p[groups == k].mean() - right[groups == k].mean()) * (groups == k).sum() for k in np.unique(groups)]
    return float(sum(gaps) / len(p))


def _one_in_a_sixth_bin(p, right):
    return _gap_of(p, right, (p * 5).astype(int))


def _one_in_no_bin(p, right):
    inside = p < 1
    return calibration_gap(p[inside], right[inside]) * inside.sum() / len(p)


def _is_a_share(gap, p, right, tolerance):
    inside = -tolerance <= gap <= 1 + tolerance
    return None if inside else f"got {number(gap, beside=1)}, but a gap between two shares lies in [0, 1]"


CALIBRATION_GAP = Exercise(
    id="12.7",
    prompt=(
        "Write `calibration_gap(p, right)`: stated probabilities (N,) in fifths of [0, 1], right (N,) of 0 and 1; "
        "the mean over predictions of |mean stated - share right| of their fifth."
    ),
    reference=calibration_gap,
    properties=(Property("a share", _is_a_share),),
    cases=(
        (np.array([0.9, 1.0, 0.3, 0.5]), np.array([1.0, 0.0, 1.0, 0.0])),
        (np.array([0.9, 0.9, 0.9, 0.5]), np.array([1.0, 1.0, 0.0, 1.0])),
        (np.array([0.3, 0.35, 0.7, 0.75, 0.95, 1.0]), np.array([1.0, 0.0, 1.0, 1.0, 0.0, 1.0])),
        (np.array([0.05, 0.1, 1.0]), np.array([0.0, 1.0, 1.0])),
        (np.random.default_rng(126).uniform(0.1, 1, 60), np.random.default_rng(127).integers(0, 2, 60).astype(float)),
    ),
    hints=(
        "First sort: fifth = np.minimum((p * 5).astype(int), 4) numbers the fifths 0 to 4.",
        "In each fifth: p.mean() against right.mean(). A fifth with many predictions counts for many.",
        "Add gap times count over np.unique(fifth), then divide by len(p).",
    ),
    misconceptions=(
        Misconception(
            "the error rate",
            "A model that says 60 % and is right on 60 % is perfectly calibrated. What does yours give?",
            _error_rate,
            "accuracy and calibration confused; Guo et al. (2017) is about their parting",
        ),
        Misconception(
            "too sure here and not sure enough there cancel",
            "Take all predictions in one bin and both faults hide each other. Sort into fifths first.",
            _one_bin,
            "'calibration in the large', the first test of medical prediction models, taken for the whole",
        ),
        Misconception(
            "every fifth counts the same",
            "Should one prediction in an empty corner weigh as much as a thousand in another?",
            _fifths_equally,
            "the mean over bins, 'average calibration error' (Neumann et al., 2018), taken for the expected one",
        ),
        Misconception(
            "the largest gap",
            "That is how bad the worst fifth is. Here the mean over predictions is asked.",
            _largest,
            "the maximum calibration error, MCE, beside ECE in Naeini et al. (2015)",
        ),
        Misconception(
            "each prediction held against its own outcome",
            "A forecast of 70 % comes true or not; no single one can be 70 % true. Compare shares, in groups.",
            _each_prediction,
            "'it said 70 %, and it did not happen, so it was wrong': the commonest misreading of forecasts",
        ),
        Misconception(
            "a prediction of exactly 1 in a sixth bin",
            "There are five fifths. Into which one does 100 % go?",
            _one_in_a_sixth_bin,
            "(p * 5).astype(int), which is 5 where p is 1",
        ),
        Misconception(
            "a prediction of exactly 1 in no bin",
            "The last fifth takes its upper end in. Into which of yours does 100 % go?",
            _one_in_no_bin,
            "p < (k + 1) / 5 for every fifth, the last one too",
        ),
        Misconception(
            "percent",
            "A share lies between 0 and 1. By what is yours too large?",
            _percent,
            "percent as they are printed",
        ),
    ),
)


EXERCISES = (BLOBS_STEP, WITH_SQUARES, BORDER_RADIUS, HIDDEN_GRADIENT, BEST_MOMENT, SLOPE_RATIO, CALIBRATION_GAP)
