"""Exercises of lesson 10, the homework on blobs, circles and moons."""

from __future__ import annotations

import numpy as np

from course_utils.activations import sigmoid, softmax
from course_utils.exercises.execution import Case
from course_utils.exercises.model import Exercise
from course_utils.losses import one_hot


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


ex = Exercise(
    "10.1",
    "Write `blobs_step(X, y, W, learning_rate)`: one update of a softmax regression without bias; new W out.",
    cases=_blobs_cases(),
    hints=(
        "The gradient of mean cross-entropy with respect to z is (p - t) / N.",
        "dW = X.T @ dz; the step goes against it.",
        "dz = (softmax(X @ W) - one_hot(y, W.shape[1])) / len(X), then W - learning_rate * X.T @ dz",
    ),
)


@ex.reference
def blobs_step(X, y, W, learning_rate):
    """Take one update of softmax regression without a bias."""
    dz = (softmax(X @ W) - one_hot(y, W.shape[1])) / len(X)
    return W - learning_rate * X.T @ dz


@ex.wrong(
    "the sum in place of the mean",
    "With twice the points, should the same learning rate take twice the step?",
    seen="the division by N left out, as with torch's reduction='sum'",
)
def _(X, y, W, learning_rate):
    return blobs_step(X, y, W, learning_rate * len(X))


@ex.wrong(
    "uphill",
    "Does the loss fall after your update? The gradient points to where it rises.",
    seen="t - p in a formula that subtracts: lecture 3's sign kept, and the update's too",
)
def _(X, y, W, learning_rate):
    return blobs_step(X, y, W, -learning_rate)


@ex.wrong(
    "a sigmoid for each class",
    "A point belongs to exactly one blob. Which function makes the three probabilities sum to one?",
    seen="lecture 4's first ten-class model, ten sigmoids",
)
def _(X, y, W, learning_rate):
    return W - learning_rate * X.T @ (sigmoid(X @ W) - one_hot(y, W.shape[1])) / len(X)


@ex.wrong(
    "the class number as a target",
    "Is blob 2 twice blob 1? The target is a row with a single 1.",
    seen="labels used as numbers; broadcasting makes it run: a frequent question in forums",
)
def _(X, y, W, learning_rate):
    return W - learning_rate * X.T @ (softmax(X @ W) - y[:, np.newaxis]) / len(X)


@ex.wrong(
    "the gradient returned in place of the new weights",
    "That is the direction. What are the weights after the step?",
    seen="gradient and update confused",
)
def _(X, y, W, learning_rate):
    return (W - blobs_step(X, y, W, learning_rate)) / learning_rate


@ex.wrong(
    "2/N for 1/N",
    "The 2 belongs to the square of the squared error. What is squared here?",
    seen="lecture 4's gradient of the cross-entropy",
)
def _(X, y, W, learning_rate):
    return blobs_step(X, y, W, 2 * learning_rate)


@ex.wrong("the learning rate forgotten", "Which factor stands in front of the gradient?", seen="w <- w - dJ/dw")
def _(X, y, W, learning_rate):
    return blobs_step(X, y, W, 1.0)


@ex.wrong(
    "only the diagonal of the Jacobian",
    "Where do the other classes feel z_i? Each wrong class is pushed down by its own p.",
    seen="lecture 2 gives p (1 - p) as the gradient of softmax",
)
def _(X, y, W, learning_rate):
    t = one_hot(y, W.shape[1])
    return W - learning_rate * X.T @ (-t * (1 - softmax(X @ W))) / len(X)


@ex.wrong(
    "the slope of the sigmoid kept",
    "p (1 - p) belongs to the squared error. What became of it on the way to p - t?",
    seen="backpropagation as first taught, with squared error",
)
def _(X, y, W, learning_rate):
    p = softmax(X @ W)
    return W - learning_rate * X.T @ ((p - one_hot(y, W.shape[1])) * p * (1 - p)) / len(X)


ex = Exercise(
    "10.2",
    "Write `with_squares(X)`: points (N, 2) in, (N, 4) out: x1, x2, x1 squared, x2 squared.",
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
)


@ex.reference
def with_squares(X):
    """Put the squares of both coordinates behind them."""
    return np.hstack([X, X**2])


@ex.wrong(
    "twice in place of squared",
    "Twice a coordinate is a straight line again: which straight line goes round a disc?",
    seen="X * 2 and X ** 2, a star apart: a frequent slip of those who come from a language with ^",
)
def _(X):
    return np.hstack([X, X * 2])


@ex.wrong(
    "the squares without the coordinates",
    "With squares alone no border can lie off the centre. Keep x1 and x2 as well.",
    seen="features replaced where they should be added; scikit-learn's PolynomialFeatures keeps degree 1",
)
def _(X):
    return X**2


@ex.wrong(
    "the product where the squares belong",
    "x1 x2 is 0 on both axes, near the centre and far from it. Does it tell inside from outside?",
    seen="scikit-learn's PolynomialFeatures(interaction_only=True), which leaves the squares out",
)
def _(X):
    return np.hstack([X, X[:, :1] * X[:, 1:], X[:, :1] * X[:, 1:]])


@ex.wrong(
    "new rows in place of new columns",
    "How many points went in, and how many came out? A feature is a column.",
    seen="np.vstack for np.hstack; axis=0 for axis=1",
)
def _(X):
    return np.vstack([X, X**2])


@ex.wrong(
    "one squared radius, twice",
    "Circles would do with that; an ellipse needs a weight for each square.",
    seen="the kernel-trick picture of textbooks, which adds x1 squared + x2 squared as a third axis",
)
def _(X):
    square = (X**2).sum(axis=1, keepdims=True)
    return np.hstack([X, square, square])


ex = Exercise(
    "10.3",
    "Write `border_radius(w, b)`: z = w (x1 squared + x2 squared) + b; the radius at which p is one half.",
    cases=((-8.0, 4.5), (-10.0, 5.0), (-2.0, 3.0), (2.0, -4.5), (0.5, -8.0)),
    hints=(
        "At which logit is a probability one half?",
        "Set z = 0. What stands in the bracket is the squared radius.",
        "The squared radius is -b / w.",
    ),
)


@ex.reference
def border_radius(w, b):
    """Return the radius of the circle on which w (x1^2 + x2^2) + b is 0."""
    return float(np.sqrt(-b / w))


@ex.wrong(
    "the squared radius",
    "x1 squared + x2 squared is the square of a distance. One step is missing.",
    seen="a root forgotten after the last line; the commonest slip in equations of circles",
)
def _(w, b):
    return -b / w


@ex.wrong(
    "the threshold 0.5 applied to logits",
    "p is one half where z is something else. What is sigmoid(0.5)?",
    seen="the threshold 0.5 applied to logits, as in Hugging Face's transformers (pull request 26936)",
)
def _(w, b):
    return float(np.sqrt((0.5 - b) / w))


@ex.wrong(
    "a sign lost",
    "b moves to the other side of the equation. The root of a negative number is NaN.",
    seen="a slip that textbooks of algebra list as the first of all sign errors",
)
def _(w, b):
    return float(np.sqrt(b / w))


@ex.wrong(
    "z set to one",
    "The border is where both classes are equally likely. What is z there?",
    seen="the margin of a support vector machine, z = 1, taken for the border of a logistic model",
)
def _(w, b):
    return float(np.sqrt((1 - b) / w))


@ex.wrong(
    "the fraction upside down",
    "A bigger b makes p larger everywhere. Should the circle then shrink?",
    seen="numerator and denominator exchanged",
)
def _(w, b):
    return float(np.sqrt(-w / b))


def _hidden_cases() -> tuple[Case, ...]:
    rng = np.random.default_rng(124)
    small = (
        np.array([[1.0, -1.0], [0.5, 2.0], [-1.0, 0.0]]),
        np.array([0.5, -1.0, 0.25]),
        np.array([[0.2, -0.5, 1.0, 0.0], [0.1, 0.3, -0.5, 1.0]]),
        np.array([2.0, -1.0, 0.5, 1.0]),
    )
    return small, (rng.normal(size=(6, 2)), rng.normal(size=6), rng.normal(size=(2, 4)), rng.normal(size=4))


ex = Exercise(
    "10.4",
    "Write `hidden_gradient(X, dz, W, v)`: z = tanh(X W) v; dz (N,) is known; return dW of shape (2, H).",
    cases=_hidden_cases(),
    hints=(
        "Walk back: from z to h through v, from h to XW through tanh, from XW to W through X.",
        "dh = np.outer(dz, v) has the shape of h. The slope of tanh, in its own value, is 1 - h**2.",
        "X.T @ (dh * (1 - h**2))",
    ),
)


@ex.reference
def hidden_gradient(X, dz, W, v):
    """Gradient with respect to the hidden weights W of z = tanh(X W) v, given dz."""
    h = np.tanh(X @ W)
    dh = np.outer(dz, v)
    return X.T @ (dh * (1 - h**2))


@ex.wrong(
    "the slope of tanh left out",
    "You went through v and straight to W. Which function lies between?",
    seen="a link of the chain rule dropped; it runs, and it even learns, slowly and to the wrong place",
)
def _(X, dz, W, v):
    return X.T @ np.outer(dz, v)


@ex.wrong(
    "the slope of a sigmoid",
    "h (1 - h) is for a sigmoid. What is the slope of tanh at 0, where it is steepest?",
    seen="code for sigmoid networks in which only the forward function was exchanged",
)
def _(X, dz, W, v):
    h = np.tanh(X @ W)
    return X.T @ (np.outer(dz, v) * h * (1 - h))


@ex.wrong(
    "tanh applied twice",
    "h is tanh(XW) already. The slope is 1 - h squared, nothing more.",
    seen="helpers named tanh_derivative(x) that are handed h; a frequent bug in NumPy networks on forums",
)
def _(X, dz, W, v):
    h = np.tanh(X @ W)
    return X.T @ (np.outer(dz, v) * (1 - np.tanh(h) ** 2))


@ex.wrong(
    "the output weights left out",
    "A unit that nobody listens to, v = 0: should its weights change?",
    seen="each layer handed the error of the output, unweighted",
)
def _(X, dz, W, v):
    h = np.tanh(X @ W)
    return X.T @ (dz[:, np.newaxis] * (1 - h**2))


@ex.wrong(
    "1 - h for 1 - h squared",
    "What is the slope of tanh at a large negative number? Yours is 2.",
    seen="a square lost in copying",
)
def _(X, dz, W, v):
    h = np.tanh(X @ W)
    return X.T @ (np.outer(dz, v) * (1 - h))


@ex.wrong(
    "z where h belongs",
    "The slope of tanh is 1 - h squared, in its own value. Which numbers did you square?",
    seen="x * (1 - x), a well-known eleven-line network, whose helper expects the output of its function",
)
def _(X, dz, W, v):
    return X.T @ (np.outer(dz, v) * (1 - (X @ W) ** 2))


@ex.wrong(
    "the mean taken twice",
    "dz holds the 1/N of the mean already. How often must it be divided by N?",
    seen="1/N put into every layer",
)
def _(X, dz, W, v):
    return hidden_gradient(X, dz, W, v) / len(X)


ex = Exercise(
    "10.5",
    "Write `best_moment(losses, every)`: losses on unseen points, looked at after 0, every, 2 every, ... "
    "updates, in; the number of updates after which the loss was lowest out.",
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
)


@ex.reference
def best_moment(losses, every):
    """Find the update at which losses on unseen points, looked at every `every` updates from 0 on, were lowest."""
    return int(np.argmin(losses)) * every


@ex.wrong(
    "the first rise",
    "That is where the loss went up for the first time. Did it never come lower again?",
    seen="Prechelt, 'Early stopping, but when?' (1998): real curves rise and fall many times",
)
def _(losses, every):
    rising = np.flatnonzero(np.diff(losses) > 0)
    return int(rising[0] if len(rising) else len(losses) - 1) * every


@ex.wrong(
    "stopped after two worse looks",
    "A third look might have been better. You have all of them: which is the lowest?",
    seen="patience, the rule for a run that is still going; Prechelt compares many (1998)",
)
def _(losses, every):
    best, worse = 0, 0
    for look in range(1, len(losses)):
        best, worse = (look, 0) if losses[look] < losses[best] else (best, worse + 1)
        if worse == 2:
            break
    return best * every


@ex.wrong(
    "trained to the end",
    "There the training loss is lowest. Look at the losses on unseen points.",
    seen="'more training is better', the belief that overfitting refutes",
)
def _(losses, every):
    return (len(losses) - 1) * every


@ex.wrong(
    "looks counted as updates",
    "That many looks were taken. How many updates lie between two of them?",
    seen="epochs, evaluations and steps confused in the logs of every library",
)
def _(losses, every):
    return int(np.argmin(losses))


@ex.wrong("counted from one", "The first look is taken before any update: it stands at 0.", seen="counting from one")
def _(losses, every):
    return (int(np.argmin(losses)) + 1) * every


@ex.wrong("the loss in place of the moment", "That is how low it was. Asked is when.", seen="min for argmin")
def _(losses, every):
    return float(np.min(losses))


ex = Exercise(
    "10.6",
    "Write `slope_ratio(z)`: for target 1, how many times as steep in z is cross-entropy, -ln p, as squared "
    "error, (p - 1) squared?",
    cases=((np.array([1.5, -2.0]),), (np.array([0.0]),), (np.array([-6.0, -2.0, 1.5]),)),
    hints=(
        "Cross-entropy: p - t. Squared error: lesson 03 has a factor more, and a 2.",
        "Squared error: 2 (p - t) p (1 - p). Divide.",
        "1 / (2 p (1 - p))",
    ),
)


@ex.reference
def slope_ratio(z):
    """Divide the slope of cross-entropy by that of squared error, both with respect to the logit, for target 1."""
    p = sigmoid(z)
    return 1 / (2 * p * (1 - p))


@ex.wrong(
    "the 2 of the square forgotten",
    "(p - t) squared has a 2 in its slope. Did yours have a one half in front?",
    seen="textbooks that write the squared error with a factor one half",
)
def _(z):
    return 2 * slope_ratio(z)


@ex.wrong(
    "the losses compared, not their slopes",
    "How high a hill is does not say how steep it is. Take derivatives first.",
    seen="arguments such as 'CE punishes more because its values are larger', common in tutorials",
)
def _(z):
    p = sigmoid(z)
    return -np.log(p) / (1 - p) ** 2


@ex.wrong(
    "one slope in z, the other in p",
    "p - t is a slope in z. Is 2 (p - t) one as well? The sigmoid lies between.",
    seen="lecture 1 calls the slope of squared error independent of z; the chain rule's last link is missing",
)
def _(z):
    p = sigmoid(z)
    return (1 - p) / (2 * (1 - p))


@ex.wrong(
    "the fraction upside down",
    "At z = -6 the sigmoid is flat. Which of the two losses suffers from that?",
    seen="numerator and denominator exchanged",
)
def _(z):
    return 1 / slope_ratio(z)


@ex.wrong(
    "a constant factor",
    "At z = 0 the ratio is 2. Is it still 2 at z = -6, where p (1 - p) is 0.0025?",
    seen="the belief that a larger learning rate makes up for squared error",
)
def _(z):
    return np.full(np.shape(z), 2.0)
