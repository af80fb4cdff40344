"""Exercises of lesson 08, MNIST with ten classes."""

from __future__ import annotations

import numpy as np

from course_utils.activations import sigmoid, softmax
from course_utils.exercises.execution import Case
from course_utils.exercises.model import Exercise
from course_utils.exercises.words import number


def _batches(seed: int) -> tuple[Case, ...]:
    """Three samples of a two-class problem written out, then a larger batch at random; inputs X, y, W, b."""
    rng = np.random.default_rng(seed)
    X, W = np.array([[1.0], [2.0], [-1.0]]), np.array([[0.5, -1.0]])
    small = (X, np.array([0, 1, 0]), W, np.array([1.0, -0.5]))
    large = (rng.normal(size=(7, 4)), rng.integers(0, 5, 7), rng.normal(size=(4, 5)), rng.normal(size=5))
    return small, large


def _logit_batches() -> tuple[Case, ...]:
    rng = np.random.default_rng(81)
    return (
        (np.array([[2.0, -1.0, 0.5], [0.0, 3.0, -2.0]]), np.array([0, 2])),
        (np.array([[2.0]]), np.array([0])),
        (np.array([[2.0, -1.0], [0.0, 3.0], [6.0, -7.0]]), np.array([0, 0, 1])),
        (rng.normal(size=(6, 10)), rng.integers(0, 10, 6)),
    )


ex = Exercise(
    "08.1",
    "Write `my_one_hot(y, n_classes)`: labels (N,) in, a table t (N, n_classes) out.",
    cases=(
        (np.array([2, 0]), 4),
        (np.array([1]), 2),
        (np.array([1, 0, 1]), 3),
        (np.array([0, 4, 2, 9, 9]), 10),
    ),
    hints=(
        "Start from a table of zeros. Which shape must it have?",
        "In row n, one entry becomes 1: the one in column y[n].",
        "NumPy sets one entry in each row at once: t[np.arange(len(y)), y] = 1.",
    ),
)


@ex.reference
def my_one_hot(y, n_classes):
    """One row a label, with a 1 in the column of that label."""
    t = np.zeros((len(y), n_classes))
    t[np.arange(len(y)), y] = 1
    return t


@ex.wrong(
    "classes counted from one",
    "Which column does label 0 get? Labels count from 0, so label k belongs to column k.",
    seen="lecture 5 numbers ten classes 1 to 10",
)
def _(y, n_classes):
    return my_one_hot((y - 1) % n_classes, n_classes)


@ex.wrong(
    "the number of classes read off the labels",
    "What happens with a batch in which the last class is missing? The width comes from n_classes.",
    seen="a common bug of hand-written encoders; scikit-learn's LabelBinarizer keeps the classes of fit for it",
)
def _(y, n_classes):
    return my_one_hot(y, int(y.max()) + 1)


@ex.wrong(
    "a table on its side",
    "Samples are rows everywhere in this course: which axis of your table counts them?",
    seen="the column convention of many lectures, Ng's among them",
)
def _(y, n_classes):
    return my_one_hot(y, n_classes).T


@ex.wrong(
    "the label written in place of the 1",
    "t is a probability: how probable is it that a 2 is a 2? And what does the row of a 0 look like now?",
    seen="ordinal coding, lesson 01",
)
def _(y, n_classes):
    return my_one_hot(y, n_classes) * y[:, np.newaxis]


@ex.wrong(
    "ones and zeros exchanged",
    "How probable is the right class? Its entry is the 1.",
    seen="seen where a mask `y != k` is used for `y == k`",
)
def _(y, n_classes):
    return 1 - my_one_hot(y, n_classes)


@ex.wrong(
    "every label for every row",
    "t[:, y] sets whole columns: each row gets the labels of all. Which row belongs to which label?",
    seen="t[:, y] where t[np.arange(len(y)), y] is meant",
)
def _(y, n_classes):
    t = np.zeros((len(y), n_classes))
    t[:, y] = 1
    return t


@ex.holds("every row holds one 1")
def _(t, y, n_classes, tolerance):
    sums = t.sum(axis=1)
    wrong = np.flatnonzero(np.abs(sums - 1) > tolerance)
    return f"row {wrong[0]} sums to {number(sums[wrong[0]], beside=1)}, not to 1" if len(wrong) else None


ex = Exercise(
    "08.2",
    "Both models start at W = 0, b = 0. Give (loss of ten sigmoids, loss of softmax) before the first update.",
    answer=(10 * np.log(2), np.log(10)),
    name="start_losses",
    tolerance=5e-4,
    hints=(
        "All logits are 0. Which probability does a sigmoid give then? And a softmax over ten classes?",
        "Each sigmoid says 0.5 and pays -ln 0.5, whatever its target. There are ten of them.",
        "The softmax gives 0.1 to every class and pays -ln 0.1 for the true one.",
    ),
)
ex.wrong_value(
    (np.log(2), np.log(10)),
    "the ten sigmoids averaged",
    "A sample's loss adds its ten sigmoids. How many times ln 2 is that?",
    seen="torch's BCEWithLogitsLoss divides by N times K",
)
ex.wrong_value(
    (10 * np.log10(2), 1.0),
    "logarithms to base 10",
    "Losses are in nats here: which logarithm is that?",
    seen="school calculus, where log is often base 10",
)
ex.wrong_value(
    (10.0, np.log2(10)),
    "bits for nats",
    "That is the loss in bits. Losses are in nats here: which logarithm is that?",
    seen="information theory counts in bits",
)
ex.wrong_value(
    (np.log(10), np.log(10)),
    "one loss for both models",
    "A sigmoid at logit 0 says 0.5, not 0.1, and each of the ten pays for it. What do they pay together?",
    seen="reading the ten sigmoids as one distribution",
)
ex.wrong_value(
    (np.log(10), 10 * np.log(2)),
    "the two models exchanged",
    "Which of the two adds up ten losses for a sample?",
    seen="a slip of order",
)


ex = Exercise(
    "08.3",
    "Write `ten_sigmoids_loss(z, y)`: the mean over samples of the sum over outputs of the BCE, in nats.",
    cases=_logit_batches(),
    hints=(
        "`losses` is a table (N, K), one price for each answer. What does the formula do along k, and what along n?",
        "It adds the ten prices of a picture, and takes the mean over the pictures. Which axis is which?",
        "Add along the outputs (axis 1), then take the mean over the samples.",
    ),
)


@ex.reference
def ten_sigmoids_loss(z, y):
    """Mean over samples of the sum over outputs of the binary cross-entropy."""
    t = np.eye(z.shape[1])[y]
    p = sigmoid(z)
    losses = (-t * np.log(p) - (1 - t) * np.log(1 - p)).sum(axis=1)
    return float(losses.mean())


@ex.wrong(
    "the mean over all entries",
    "Divide by N alone: the published 0.858632 adds the ten outputs of a sample.",
    seen="torch's BCEWithLogitsLoss, whose default divides by N times K",
)
def _(z, y):
    return float(ten_sigmoids_loss(z, y) / z.shape[1])


@ex.wrong(
    "only the sigmoid of the true class pays",
    "What teaches the sigmoids of the other classes to say no? The term (1 - t) ln(1 - p).",
    seen="carrying softmax's -ln p_y over to sigmoids",
)
def _(z, y):
    return float(-np.log(sigmoid(z)[np.arange(len(y)), y]).mean())


@ex.wrong(
    "the sum in place of the mean",
    "Would the loss of 60,000 digits be comparable with that of 10,000? Take the mean over N.",
    seen="losses printed without 1/N in many derivations",
)
def _(z, y):
    return ten_sigmoids_loss(z, y) * len(y)


@ex.wrong(
    "softmax where sigmoids stand",
    "Must the probabilities of this model sum to one?",
    seen="the two output layers are often mixed up in forum threads on multi-class models",
)
def _(z, y):
    t, p = np.eye(z.shape[1])[y], softmax(z)
    losses = (-t * np.log(p) - (1 - t) * np.log(1 - p)).sum(axis=1)
    return float(losses.mean())


@ex.wrong(
    "the minus sign forgotten",
    "Is ln p positive or negative for a probability?",
    seen="log-likelihood, which is maximised, taken for a loss",
)
def _(z, y):
    return -ten_sigmoids_loss(z, y)


@ex.wrong(
    "the label turned round",
    "If t is 1 and the model says 0.9, is the price -ln 0.9 or -ln 0.1?",
    seen="a slip that a symmetric example, p = 0.5, never shows",
)
def _(z, y):
    t, p = np.eye(z.shape[1])[y], sigmoid(z)
    return float((-(1 - t) * np.log(p) - t * np.log(1 - p)).sum(axis=1).mean())


@ex.wrong("bits for nats", "Which logarithm counts in nats?", seen="information theory counts in bits")
def _(z, y):
    return ten_sigmoids_loss(z, y) / float(np.log(2))


@ex.wrong(
    "squared error",
    "An error of that loss costs at most 1. What does being sure and wrong cost with a logarithm?",
    seen="the loss of lesson 03",
)
def _(z, y):
    return float(((sigmoid(z) - np.eye(z.shape[1])[y]) ** 2).sum(axis=1).mean())


@ex.holds("a loss in nats")
def _(loss, z, y, tolerance):
    return f"got {number(loss)}, but minus the log of a probability is never negative" if loss < -tolerance else None


ex = Exercise(
    "08.4",
    "Write `softmax_gradient(X, y, W, b)`: dW (D, K), the gradient of the mean cross-entropy.",
    cases=_batches(84),
    hints=(
        "Three lines: probabilities p, then dz, then dW.",
        "dz is p - t, divided by the number of samples; t is the one-hot table of y.",
        "dW must have the shape of W, (D, K): which product of X (N, D) and dz (N, K) has it?",
    ),
)


@ex.reference
def softmax_gradient(X, y, W, b):
    """Gradient of the mean cross-entropy of a softmax model with respect to W."""
    p = softmax(X @ W + b)
    dz = (p - np.eye(W.shape[1])[y]) / len(X)
    return X.T @ dz


@ex.wrong(
    "t - p, the step in place of the slope",
    "Descent subtracts the gradient. Which way does your W move then?",
    seen="lecture 3 writes the step, eta (t - o) x",
)
def _(X, y, W, b):
    return -softmax_gradient(X, y, W, b)


@ex.wrong(
    "the sum in place of the mean",
    "With N samples this is N times too long. Which loss are you minimising, the sum or the mean?",
    seen="derivations for one sample, used on a batch",
)
def _(X, y, W, b):
    return softmax_gradient(X, y, W, b) * len(X)


@ex.wrong(
    "only the diagonal of the Jacobian",
    "Where do the other classes feel z_i? Each wrong class is pushed down by its own p.",
    seen="lecture 2 gives p (1 - p) as the gradient of softmax",
)
def _(X, y, W, b):
    p, t = softmax(X @ W + b), np.eye(W.shape[1])[y]
    return X.T @ (-t * (1 - p)) / len(X)


@ex.wrong(
    "2/N for 1/N",
    "The 2 belongs to the square of the squared error. What is squared here?",
    seen="lecture 4's gradient of the cross-entropy",
)
def _(X, y, W, b):
    return 2 * softmax_gradient(X, y, W, b)


@ex.wrong(
    "a sigmoid for each class",
    "Do your probabilities of one sample sum to one?",
    seen="the trainer of the first half of this lesson",
)
def _(X, y, W, b):
    return X.T @ (sigmoid(X @ W + b) - np.eye(W.shape[1])[y]) / len(X)


@ex.wrong(
    "the bias forgotten",
    "What are the logits of a picture that is all zeros?",
    seen="X @ W of lesson 07, whose column of ones carries the bias",
)
def _(X, y, W, b):
    return softmax_gradient(X, y, W, 0 * b)


@ex.wrong(
    "the slope of the sigmoid kept",
    "p (1 - p) belongs to the squared error. What became of it on the way to p - t?",
    seen="backpropagation as first taught, with squared error",
)
def _(X, y, W, b):
    p = softmax(X @ W + b)
    return X.T @ ((p - np.eye(W.shape[1])[y]) * p * (1 - p)) / len(X)


@ex.holds("every row of dW sums to zero")
def _(dW, X, y, W, b, tolerance):
    sums = dW.sum(axis=1)
    worst = sums[np.abs(sums).argmax()]
    if abs(worst) > tolerance:
        return f"a row of dW sums to {number(worst)}, not to 0; what one class gains, the others lose"
    return None


ex = Exercise(
    "08.5",
    "60,000 samples, batches of 128, 8 epochs, the last short batch kept: how many updates?",
    answer=3752,
    name="updates",
    tolerance=0,
    hints=(
        "How many batches of 128 does it take to see 60,000 samples once?",
        "60,000 / 128 = 468.75: the last batch of each epoch is short, and still one update.",
        "469 updates in an epoch, 8 epochs.",
    ),
)
ex.wrong_value(
    3744,
    "the last short batch dropped",
    "468 batches hold 59,904 samples. Where are the other 96?",
    seen="drop_last=True in torch's DataLoader",
)
ex.wrong_value(
    480_000,
    "one update for each sample",
    "That is stochastic descent. How many samples share one update here?",
    seen="'stochastic gradient descent' said for any batch size",
)
ex.wrong_value(
    8,
    "one update for each epoch",
    "That is batch descent. How often is W moved within one pass here?",
    seen="the published runs of this lesson, where an epoch is one update",
)
ex.wrong_value(
    469, "the updates of a single epoch", "How many times are the data passed through?", seen="epoch and run confused"
)
ex.wrong_value(
    3750,
    "epochs run together",
    "Each epoch starts anew with a fresh shuffle, so each has its own short last batch.",
    seen="ceil(8 * 60,000 / 128)",
)


ex = Exercise(
    "08.6",
    "Write `most_confused(counts)`: (true, predicted) of the most frequent single mistake in a count table.",
    cases=(
        (np.array([[90, 5, 8], [6, 70, 1], [2, 3, 4]]),),
        (np.array([[5, 1], [0, 5]]),),
        (np.array([[50, 2, 0], [3, 40, 6], [5, 1, 10]]),),
        (np.array([[90, 0, 4, 5], [1, 80, 9, 2], [8, 9, 60, 7], [0, 1, 3, 4]]),),
        (np.array([[90, 7, 0, 0], [7, 80, 0, 0], [0, 0, 60, 0], [8, 0, 0, 20]]),),
    ),
    hints=(
        "The diagonal holds what went right: it must not win.",
        "Set the diagonal of a copy to 0, then look for the largest entry.",
        "argmax counts through the flattened table; np.unravel_index turns that into row and column.",
    ),
)


@ex.reference
def most_confused(counts):
    """Row (true class) and column (predicted class) of the largest count off the diagonal."""
    errors = counts.copy()
    np.fill_diagonal(errors, 0)
    true, predicted = np.unravel_index(errors.argmax(), errors.shape)
    return int(true), int(predicted)


@ex.wrong(
    "the diagonal counted as confusion",
    "What do the entries on the diagonal count: mistakes, or successes?",
    seen="argmax of the whole table",
)
def _(counts):
    return tuple(np.unravel_index(counts.argmax(), counts.shape))


@ex.wrong(
    "rows and columns exchanged",
    "Rows are true classes, columns are what was said. Which one comes first in the answer?",
    seen="both conventions are in print; scikit-learn's is ours",
)
def _(counts):
    true, predicted = most_confused(counts)
    return predicted, true


@ex.wrong(
    "rates in place of counts",
    "You divided by the size of each class. That answers another good question; here the count is asked.",
    seen="normalised confusion matrices",
)
def _(counts):
    rates = counts / counts.sum(axis=1, keepdims=True)
    np.fill_diagonal(rates, 0)
    true, predicted = np.unravel_index(rates.argmax(), rates.shape)
    return int(true), int(predicted)


@ex.wrong(
    "both directions added",
    "A four taken for a nine and a nine taken for a four are two different mistakes: which one is asked?",
    seen="'the pair 4 and 9', which has no direction",
)
def _(counts):
    return most_confused(np.triu(counts + counts.T))


@ex.wrong(
    "the place in the flattened table",
    "argmax gave you one number. Which row and which column is that?",
    seen="np.argmax without an axis",
)
def _(counts):
    errors = counts.copy()
    np.fill_diagonal(errors, 0)
    return int(errors.argmax())


@ex.wrong(
    "classes counted from one",
    "What is the number of the first row? Python counts from 0, and so do the labels.",
    seen="lecture 5, whose ten classes run from 1 to 10",
)
def _(counts):
    true, predicted = most_confused(counts)
    return true + 1, predicted + 1
