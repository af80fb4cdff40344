"""Exercises of lesson 04, from likelihood to binary cross-entropy."""

from __future__ import annotations

import numpy as np

from course_utils.activations import sigmoid
from course_utils.exercises.execution import Case
from course_utils.exercises.model import Exercise
from course_utils.exercises.words import number

ex = Exercise(
    "04.1",
    "p = 0.9, 0.2, 0.6, and the police came on the first evening alone: give (likelihood, mean loss in nats).",
    answer=(0.288, -np.log(0.288) / 3),
    name="likelihood_and_loss",
    tolerance=5e-4,
    hints=(
        "What chance did the model give to what happened? On a quiet evening that is 1 - p.",
        "The three chances are 0.9, 0.8 and 0.4. Independent evenings multiply.",
        "The loss is minus the natural log of that product, divided by the number of evenings.",
    ),
)
ex.wrong_value(
    (0.108, -np.log(0.108) / 3),
    "p multiplied, whatever happened",
    "On the second evening nothing happened. Which chance had the model given to that?",
    seen="the likelihood of N heads, carried over to mixed labels",
)
ex.wrong_value(
    (0.288, -np.log(0.288)),
    "the sum in place of the mean",
    "Would the loss of 30 evenings be comparable with that of three?",
    seen="negative log-likelihood, printed without 1/N in many texts",
)
ex.wrong_value(
    (0.288, -np.log10(0.288) / 3),
    "logarithms to base 10",
    "Losses are in nats here: which logarithm is that?",
    seen="school calculus, where log is often base 10",
)
ex.wrong_value(
    (0.288, -np.log2(0.288) / 3),
    "bits for nats",
    "Which logarithm counts in bits, and which in nats?",
    seen="information theory counts in bits",
)
ex.wrong_value(
    (0.7, -np.log(0.7)),
    "chances averaged",
    "How likely is it that all three happen, not one of them?",
    seen="accuracy is a mean, so likelihood is taken for one",
)
ex.wrong_value(
    (0.288, np.log(0.288) / 3),
    "the minus sign forgotten",
    "Is the log of a chance positive or negative? And should a small chance be cheap?",
    seen="log-likelihood, which is maximised, taken for a loss",
)


ex = Exercise(
    "04.2",
    "Finish `bce(p, t)`: the mean binary cross-entropy of probabilities p (N,) and targets t (N,), in nats.",
    cases=(
        (np.array([0.8, 0.3, 0.6]), np.array([1.0, 0.0, 0.25])),
        (np.array([0.8]), np.array([1.0])),
        (np.array([0.9, 0.2, 0.5, 0.01]), np.array([1.0, 0.0, 0.25, 0.5])),
        (np.array([1 / 2048, 2047 / 2048]), np.array([1.0, 0.0])),
    ),
    hints=(
        "Line 4 of the derivation, for all evenings at once: no loop, no if.",
        "t picks ln p, 1 - t picks ln(1 - p): t * log_of_yes + (1 - t) * log_of_no.",
        "Then the mean, and the minus in front.",
    ),
)


@ex.reference
def bce(p, t):
    """Mean over samples of -[t ln p + (1 - t) ln(1 - p)], in nats."""
    log_of_yes, log_of_no = np.log(p), np.log(1 - p)
    return float(-(t * log_of_yes + (1 - t) * log_of_no).mean())


@ex.wrong(
    "only the evenings with a call pay",
    "A model that always says 0.99 would be nearly free. What makes it pay on a quiet evening?",
    seen="the softmax loss -ln p_y, used with one output",
)
def _(p, t):
    return float(-(t * np.log(p)).mean())


@ex.wrong(
    "the minus sign forgotten",
    "Is ln p positive or negative for a probability?",
    seen="log-likelihood, which is maximised, taken for a loss",
)
def _(p, t):
    return -bce(p, t)


@ex.wrong(
    "the sum in place of the mean",
    "Would the loss of 30 evenings be comparable with that of 3,000? Take the mean.",
    seen="losses printed without 1/N in many derivations",
)
def _(p, t):
    return bce(p, t) * len(p)


@ex.wrong(
    "the label turned round",
    "If the police came and the model had said 0.8, is the price -ln 0.8 or -ln 0.2?",
    seen="a slip that a symmetric example, p = 0.5, never shows",
)
def _(p, t):
    return bce(p, 1 - t)


@ex.wrong(
    "squared error",
    "That loss is between 0 and 1. What does being sure and wrong cost with a logarithm?",
    seen="the loss of lesson 03",
)
def _(p, t):
    return float(((p - t) ** 2).mean())


@ex.wrong(
    "bits for nats",
    "Which logarithm does np.log take, and which does np.log2?",
    seen="information theory counts in bits",
)
def _(p, t):
    return bce(p, t) / float(np.log(2))


@ex.holds("a loss in nats")
def _(loss, p, t, tolerance):
    return f"got {number(loss)}, but minus the log of a probability is never negative" if loss < -tolerance else None


ex = Exercise(
    "04.3",
    "Finish `neuron_step(w, x, t, learning_rate)`: the step Delta w (D,) after one sample.",
    cases=(
        (np.array([0.5, 0.25]), np.array([1.0, -3.0]), 1.0, 0.1),
        (np.array([0.0, 0.0]), np.array([1.0, 2.0]), 1.0, 0.5),
        (np.array([0.5, 1.0, -0.25]), np.array([1.0, 0.0, -2.0]), 0.0, 1.0),
        (np.array([0.2, 0.4]), np.array([1.0, -1.0]), 0.3, 0.1),
    ),
    hints=(
        "o is the output, a probability. Which way must it go, up or down, and how far is it off?",
        "The error t - o is one number; x says how much each weight had to do with it.",
        "learning_rate times (t - o) times x. Nothing else: the slope of the sigmoid has cancelled.",
    ),
)


@ex.reference
def neuron_step(w, x, t, learning_rate):
    """Step of a sigmoid neuron after one sample: learning_rate (t - o) x."""
    o = sigmoid(w @ x)
    return learning_rate * (t - o) * x


@ex.wrong(
    "o - t, the slope in place of the step",
    "The police came, t = 1, and o is too small. Does your step raise w @ x or lower it?",
    seen="the gradient p - t, which descent subtracts",
)
def _(w, x, t, learning_rate):
    return -neuron_step(w, x, t, learning_rate)


@ex.wrong(
    "the slope of the sigmoid kept",
    "o (1 - o) belongs to the squared error. What became of it on the way to p - t?",
    seen="backpropagation as first taught, with squared error",
)
def _(w, x, t, learning_rate):
    o = sigmoid(w @ x)
    return neuron_step(w, x, t, learning_rate) * o * (1 - o)


@ex.wrong(
    "the new weights in place of the step",
    "Asked is Delta w alone. With t = o, what should come out?",
    seen="update rules written w <- w + ...",
)
def _(w, x, t, learning_rate):
    return w + neuron_step(w, x, t, learning_rate)


@ex.wrong(
    "a verdict in place of the probability",
    "If o = 0.51 and t = 1, is there nothing left to learn?",
    seen="Rosenblatt's perceptron rule, 1958",
)
def _(w, x, t, learning_rate):
    return learning_rate * (t - float(w @ x > 0)) * x


@ex.wrong(
    "the input forgotten",
    "An input of zero had no part in the output. Should its weight move?",
    seen="the rule for the bias, used for every weight",
)
def _(w, x, t, learning_rate):
    return np.full(len(w), learning_rate * (t - sigmoid(w @ x)))


@ex.wrong(
    "the learning rate forgotten",
    "Which factor stands in front? What would a rate ten times as small change in your step?",
    seen="Delta w = (t - o) x, the rule with a rate of 1",
)
def _(w, x, t, learning_rate):
    return neuron_step(w, x, t, 1.0)


ex = Exercise(
    "04.4",
    "Write `reservations_at(p, w, b)`: the number of reservations x at which sigmoid(w x + b) is p.",
    cases=((0.9, -0.5, 2.0), (0.5, 2.0, -1.0), (0.9, 0.5, -6.0), (0.2, 0.25, -1.5), (0.75, -2.0, 3.0)),
    hints=(
        "Undo the sigmoid first: which z gives p?",
        "p = 1 / (1 + exp(-z)) solved for z: z = ln(p / (1 - p)), the log of the odds.",
        "Then w x + b = z, solved for x.",
    ),
)


@ex.reference
def reservations_at(p, w, b):
    """Where the model sigmoid(w x + b) says p: its logit ln(p / (1 - p)), solved for x."""
    return float((np.log(p / (1 - p)) - b) / w)


@ex.wrong(
    "the probability taken for the logit",
    "Is w x + b a probability? Which z belongs to p = 0.5?",
    seen="lesson 03's straight line through the labels",
)
def _(p, w, b):
    return (p - b) / w


@ex.wrong(
    "the threshold of one half for every p",
    "That is where p = 0.5. Should it not depend on p?",
    seen="-b / w, known by heart",
)
def _(p, w, b):
    return -b / w


@ex.wrong(
    "odds in place of log odds",
    "At p = 0.5 the odds are 1. Which logit belongs to p = 0.5?",
    seen="p / (1 - p) found, and the exponential forgotten",
)
def _(p, w, b):
    return (p / (1 - p) - b) / w


@ex.wrong(
    "the bias on the wrong side",
    "Solve w x + b = z for x once more: what happens to the sign of b?",
    seen="a slip of sign",
)
def _(p, w, b):
    return float((np.log(p / (1 - p)) + b) / w)


@ex.wrong(
    "the odds upside down",
    "Should more than an even chance ask for a positive or a negative logit?",
    seen="exp(-z) solved for without its minus",
)
def _(p, w, b):
    return float((np.log((1 - p) / p) - b) / w)


@ex.wrong(
    "bits for nats",
    "The sigmoid is made of e^-z. Which logarithm undoes that?",
    seen="information theory counts in bits",
)
def _(p, w, b):
    return float((np.log2(p / (1 - p)) - b) / w)


ex = Exercise(
    "04.5",
    "99 samples, batches of 1, 3, 10 and 99: a row for each with (updates in one epoch, updates in ten).",
    answer=((99, 990), (33, 330), (10, 100), (1, 10)),
    name="updates_table",
    tolerance=0,
    hints=(
        "An epoch sees each of the 99 samples once. An update uses one batch.",
        "99 samples in batches of 3 make 33 updates. What becomes of the last 9 when batches hold 10?",
        "The last batch of an epoch may be short, and is one update all the same. Ten epochs take ten times as many.",
    ),
)
ex.wrong_value(
    ((99, 990), (33, 330), (9, 90), (1, 10)),
    "the last short batch dropped",
    "9 batches of 10 hold 90 samples. Has the epoch seen all 99?",
    seen="drop_last=True in torch's DataLoader",
)
ex.wrong_value(
    ((99, 990), (33, 330), (10, 99), (1, 10)),
    "epochs run together",
    "Each epoch starts anew, so each has its own short last batch. How many updates is ten times ten?",
    seen="ceil(990 / 10)",
)
ex.wrong_value(
    ((100, 1000), (34, 340), (10, 100), (2, 20)),
    "one update too many",
    "99 samples in batches of 3 leave nothing over. Is there a short batch then?",
    seen="N // batch_size + 1, which is right only where a batch is short",
)
ex.wrong_value(
    ((1, 10), (3, 30), (10, 100), (99, 990)),
    "batch size and number of updates exchanged",
    "If a batch holds one sample, how many batches does it take to see 99?",
    seen="'batch size 1' read as 'one batch'",
)
ex.wrong_value(
    ((99, 990),) * 4,
    "samples counted in place of updates",
    "The samples of a batch share one update. How many updates do three samples make with batches of three?",
    seen="'an update for every sample', which holds for batches of one alone",
)


def _epochs() -> tuple[Case, ...]:
    """Three rows in a whole batch and a short one, then other sizes; X has its bias column."""
    X = np.array([[1.0, 2.0], [1.0, -1.0], [1.0, 0.5], [1.0, 3.0], [1.0, -2.0], [1.0, 1.0], [1.0, 0.0]])
    t = np.array([1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0])
    return (
        (X[:3], t[:3], np.array([0.5, -0.5]), 0.5, 2),
        (X[:2], t[:2], np.zeros(2), 1.0, 1),
        (X[:4], t[:4], np.array([0.5, -0.5]), 0.5, 2),
        (X, t, np.array([0.1, 0.2]), 0.3, 3),
        (X, t, np.zeros(2), 0.3, 7),
        (X[:4], t[:4], np.array([-0.5, 0.2]), 0.3, 10),
    )


ex = Exercise(
    "04.6",
    "Write `one_epoch(X, t, w, learning_rate, batch_size)`: w (D,) after one pass in the order of the rows.",
    cases=_epochs(),
    hints=(
        "A loop over range(0, len(X), batch_size); a slice beyond the end is short by itself.",
        "In the loop: the probabilities of this batch at the present w, then dz = (p - t) / (samples in this batch).",
        "w = w - learning_rate * batch.T @ dz, in the loop, so that the next batch starts where this one ended.",
    ),
)


@ex.reference
def one_epoch(X, t, w, learning_rate, batch_size):
    """Weights after one pass in the order of the rows, one update a batch, the last batch maybe short."""
    for start in range(0, len(X), batch_size):
        batch, targets = X[start : start + batch_size], t[start : start + batch_size]
        dz = (sigmoid(batch @ w) - targets) / len(batch)
        w = w - learning_rate * batch.T @ dz
    return w


@ex.wrong(
    "2/N for 1/N",
    "The 2 belongs to the square of the squared error. What is squared here?",
    seen="lecture 4's gradient of the cross-entropy",
)
def _(X, t, w, learning_rate, batch_size):
    return one_epoch(X, t, w, 2 * learning_rate, batch_size)


@ex.wrong(
    "uphill",
    "p - t is the slope. Does descent add it or subtract it?",
    seen="lecture 3 writes the step, eta (t - o) x, with the sign turned",
)
def _(X, t, w, learning_rate, batch_size):
    return one_epoch(X, t, w, -learning_rate, batch_size)


@ex.wrong(
    "all rows in one update",
    "How often does w move in one epoch with batches of one?",
    seen="the batch descent of the published run",
)
def _(X, t, w, learning_rate, batch_size):
    return one_epoch(X, t, w, learning_rate, len(X))


@ex.wrong(
    "the gradient of the start used throughout",
    "Where does the second batch start: at the w that you were given, or where the first batch left it?",
    seen="gradients gathered over an epoch and applied at its end",
)
def _(X, t, w, learning_rate, batch_size):
    starts = range(0, len(X), batch_size)
    batches = [(X[i : i + batch_size], t[i : i + batch_size]) for i in starts]
    return w + sum(one_epoch(*batch, w, learning_rate, batch_size) - w for batch in batches)


@ex.wrong(
    "divided by all samples",
    "Each update is the mean over its own batch. How many samples are in it?",
    seen="1/N of the whole table, carried into the batches",
)
def _(X, t, w, learning_rate, batch_size):
    for start in range(0, len(X), batch_size):
        batch, targets = X[start : start + batch_size], t[start : start + batch_size]
        w = w - learning_rate * batch.T @ (sigmoid(batch @ w) - targets) / len(X)
    return w


@ex.wrong(
    "the sum in place of the mean",
    "Should a batch of twice the size take twice the step?",
    seen="derivations for one sample, used on a batch",
)
def _(X, t, w, learning_rate, batch_size):
    for start in range(0, len(X), batch_size):
        batch, targets = X[start : start + batch_size], t[start : start + batch_size]
        w = w - learning_rate * batch.T @ (sigmoid(batch @ w) - targets)
    return w


@ex.wrong(
    "the short batch divided by the full size",
    "How many samples does the last batch hold? Its mean is over those.",
    seen="/ batch_size for / len(batch), right as long as every batch is full",
)
def _(X, t, w, learning_rate, batch_size):
    for start in range(0, len(X), batch_size):
        batch, targets = X[start : start + batch_size], t[start : start + batch_size]
        w = w - learning_rate * batch.T @ (sigmoid(batch @ w) - targets) / batch_size
    return w


@ex.wrong(
    "the slope of the sigmoid kept",
    "p (1 - p) belongs to the squared error. What became of it on the way to p - t?",
    seen="backpropagation as first taught, with squared error",
)
def _(X, t, w, learning_rate, batch_size):
    for start in range(0, len(X), batch_size):
        batch, targets = X[start : start + batch_size], t[start : start + batch_size]
        p = sigmoid(batch @ w)
        w = w - learning_rate * batch.T @ ((p - targets) * p * (1 - p)) / len(batch)
    return w


@ex.wrong("the learning rate forgotten", "Which factor stands in front of the gradient?", seen="w <- w - dJ/dw")
def _(X, t, w, learning_rate, batch_size):
    return one_epoch(X, t, w, 1.0, batch_size)


@ex.wrong(
    "the last short batch dropped",
    "Seven rows in batches of three: who looks at the seventh?",
    seen="drop_last=True in torch's DataLoader",
)
def _(X, t, w, learning_rate, batch_size):
    whole = len(X) // batch_size * batch_size
    return one_epoch(X[:whole], t[:whole], w, learning_rate, batch_size)


ex = Exercise(
    "04.7",
    "Write `standard_errors(X, p)`: inputs X (N, D), probabilities p (N,); each weight's standard error (D,).",
    cases=(
        (np.array([[1.0, -1.0], [1.0, 0.0], [1.0, 2.0]]), np.array([0.2, 0.5, 0.9])),
        (np.array([[1.0], [2.0]]), np.array([0.5, 0.25])),
        (
            np.array([[1.0, 0.5, -2.0], [1.0, -1.0, 3.0], [1.0, 2.0, 0.0], [1.0, 1.5, 1.0], [1.0, -0.5, -1.0]]),
            np.array([0.3, 0.6, 0.8, 0.5, 0.1]),
        ),
    ),
    hints=(
        "An evening says most where p is one half: weigh it with the slope p (1 - p).",
        "N times the Hessian is X.T @ (p (1 - p) times the rows of X), one sum over all evenings.",
        "np.linalg.inv of that table, its diagonal by np.diag, and the root of each entry.",
    ),
)


@ex.reference
def standard_errors(X, p):
    """Root of the diagonal of the inverse of N times the Hessian, the sum of p (1 - p) x x^T over the samples."""
    information = X.T * (p * (1 - p)) @ X
    return np.sqrt(np.diag(np.linalg.inv(information)))


@ex.wrong(
    "the root forgotten",
    "That is the variance. Which unit has it, if a weight counts per degree?",
    seen="the diagonal of a covariance matrix, taken for the errors themselves",
)
def _(X, p):
    return standard_errors(X, p) ** 2


@ex.wrong(
    "the inverse taken entry by entry",
    "One over the diagonal holds all other weights still. What if another weight can make up for this one?",
    seen="the curvature along one weight alone",
)
def _(X, p):
    return 1 / np.sqrt(np.diag(X.T * (p * (1 - p)) @ X))


@ex.wrong(
    "the mean over evenings in place of the sum",
    "Would 3,000 evenings know a weight no better than 30? The sum has no 1/N.",
    seen="the Hessian of the mean loss, inverted without N",
)
def _(X, p):
    return standard_errors(X, p) * np.sqrt(len(X))


@ex.wrong(
    "all evenings weighed alike",
    "Does an evening with p = 0.999 say as much as one with p = 0.5? Where is p (1 - p)?",
    seen="the formula of least squares, the inverse of X^T X",
)
def _(X, p):
    return np.sqrt(np.diag(np.linalg.inv(X.T @ X)))


@ex.wrong(
    "p in place of p (1 - p)",
    "The slope of the sigmoid is small at p = 0.9, too. Which formula says so?",
    seen="half of the slope of the sigmoid",
)
def _(X, p):
    return np.sqrt(np.diag(np.linalg.inv(X.T * p @ X)))


@ex.holds("an error is above 0")
def _(result, X, p, tolerance):
    return f"got {number(result.min())}, but a root is above 0" if result.min() < -tolerance else None
