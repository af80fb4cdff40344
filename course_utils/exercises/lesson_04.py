"""Exercises of lesson 04, from likelihood to binary cross-entropy."""

from __future__ import annotations

import numpy as np

from course_utils.activations import sigmoid
from course_utils.exercises.behaviour import Case
from course_utils.exercises.engine import Exercise, Misconception, Property
from course_utils.exercises.words import number

# 04.1 --------------------------------------------------------------------------------------------------------------

THREE_EVENINGS = Exercise(
    id="04.1",
    name="likelihood_and_loss",
    prompt="p = 0.9, 0.2, 0.6, and the police came on the first evening alone: give (likelihood, mean loss in nats).",
    reference=(0.288, -np.log(0.288) / 3),
    tolerance=5e-4,
    hints=(
        "What chance did the model give to what happened? On a quiet evening that is 1 - p.",
        "The three chances are 0.9, 0.8 and 0.4. Independent evenings multiply.",
        "The loss is minus the natural log of that product, divided by the number of evenings.",
    ),
    misconceptions=(
        Misconception(
            "p multiplied, whatever happened",
            "On the second evening nothing happened. Which chance had the model given to that?",
            (0.108, -np.log(0.108) / 3),
            "the likelihood of N heads, carried over to mixed labels",
        ),
        Misconception(
            "the sum in place of the mean",
            "Would the loss of 30 evenings be comparable with that of three?",
            (0.288, -np.log(0.288)),
            "negative log-likelihood, printed without 1/N in many texts",
        ),
        Misconception(
            "logarithms to base 10",
            "Losses are in nats here: which logarithm is that?",
            (0.288, -np.log10(0.288) / 3),
            "school calculus, where log is often base 10",
        ),
        Misconception(
            "bits for nats",
            "Which logarithm counts in bits, and which in nats?",
            (0.288, -np.log2(0.288) / 3),
            "information theory counts in bits",
        ),
        Misconception(
            "chances averaged",
            "How likely is it that all three happen, not one of them?",
            (0.7, -np.log(0.7)),
            "accuracy is a mean, so likelihood is taken for one",
        ),
        Misconception(
            "the minus sign forgotten",
            "Is the log of a chance positive or negative? And should a small chance be cheap?",
            (0.288, np.log(0.288) / 3),
            "log-likelihood, which is maximised, taken for a loss",
        ),
    ),
)

# 04.2 --------------------------------------------------------------------------------------------------------------


def bce(p, t):
    """Mean over samples of -[t ln p + (1 - t) ln(1 - p)], in nats."""
    log_of_yes, log_of_no = np.log(p), np.log(1 - p)
    return float(-(t * log_of_yes + (1 - t) * log_of_no).mean())


def _only_the_calls(p, t):
    return float(-(t * np.log(p)).mean())


def _sign_forgotten(p, t):
    return -bce(p, t)


def _sum_of_losses(p, t):
    return bce(p, t) * len(p)


def _branches_exchanged(p, t):
    return bce(p, 1 - t)


def _squared_error(p, t):
    return float(((p - t) ** 2).mean())


def _in_bits(p, t):
    return bce(p, t) / float(np.log(2))


def _not_negative(loss, p, t, tolerance):
    return f"got {number(loss)}, but minus the log of a probability is never negative" if loss < -tolerance else None


BCE = Exercise(
    id="04.2",
    prompt="Finish `bce(p, t)`: the mean binary cross-entropy of probabilities p (N,) and targets t (N,), in nats.",
    reference=bce,
    cases=(
        (np.array([0.8, 0.3, 0.6]), np.array([1.0, 0.0, 0.25])),
        (np.array([0.8]), np.array([1.0])),
        (np.array([0.9, 0.2, 0.5, 0.01]), np.array([1.0, 0.0, 0.25, 0.5])),
        (np.array([1 / 2048, 2047 / 2048]), np.array([1.0, 0.0])),
    ),
    properties=(Property("a loss in nats", _not_negative),),
    hints=(
        "Line 4 of the derivation, for all evenings at once: no loop, no if.",
        "t picks ln p, 1 - t picks ln(1 - p): t * log_of_yes + (1 - t) * log_of_no.",
        "Then the mean, and the minus in front.",
    ),
    misconceptions=(
        Misconception(
            "only the evenings with a call pay",
            "A model that always says 0.99 would be nearly free. What makes it pay on a quiet evening?",
            _only_the_calls,
            "the softmax loss -ln p_y, used with one output",
        ),
        Misconception(
            "the minus sign forgotten",
            "Is ln p positive or negative for a probability?",
            _sign_forgotten,
            "log-likelihood, which is maximised, taken for a loss",
        ),
        Misconception(
            "the sum in place of the mean",
            "Would the loss of 30 evenings be comparable with that of 3,000? Take the mean.",
            _sum_of_losses,
            "losses printed without 1/N in many derivations",
        ),
        Misconception(
            "the label turned round",
            "If the police came and the model had said 0.8, is the price -ln 0.8 or -ln 0.2?",
            _branches_exchanged,
            "a slip that a symmetric example, p = 0.5, never shows",
        ),
        Misconception(
            "squared error",
            "That loss is between 0 and 1. What does being sure and wrong cost with a logarithm?",
            _squared_error,
            "the loss of lesson 03",
        ),
        Misconception(
            "bits for nats",
            "Which logarithm does np.log take, and which does np.log2?",
            _in_bits,
            "information theory counts in bits",
        ),
    ),
)

# 04.3 --------------------------------------------------------------------------------------------------------------


def neuron_step(w, x, t, learning_rate):
    """Step of a sigmoid neuron after one sample: learning_rate (t - o) x."""
    o = sigmoid(w @ x)
    return learning_rate * (t - o) * x


def _uphill(w, x, t, learning_rate):
    return -neuron_step(w, x, t, learning_rate)


def _slope_kept(w, x, t, learning_rate):
    o = sigmoid(w @ x)
    return neuron_step(w, x, t, learning_rate) * o * (1 - o)


def _new_weights(w, x, t, learning_rate):
    return w + neuron_step(w, x, t, learning_rate)


def _perceptron(w, x, t, learning_rate):
    return learning_rate * (t - float(w @ x > 0)) * x


def _input_forgotten(w, x, t, learning_rate):
    return np.full(len(w), learning_rate * (t - sigmoid(w @ x)))


def _rate_forgotten(w, x, t, learning_rate):
    return neuron_step(w, x, t, 1.0)


NEURON_STEP = Exercise(
    id="04.3",
    prompt="Finish `neuron_step(w, x, t, learning_rate)`: the step Delta w (D,) after one sample.",
    reference=neuron_step,
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
    misconceptions=(
        Misconception(
            "o - t, the slope in place of the step",
            "The police came, t = 1, and o is too small. Does your step raise w @ x or lower it?",
            _uphill,
            "the gradient p - t, which descent subtracts",
        ),
        Misconception(
            "the slope of the sigmoid kept",
            "o (1 - o) belongs to the squared error. What became of it on the way to p - t?",
            _slope_kept,
            "backpropagation as first taught, with squared error",
        ),
        Misconception(
            "the new weights in place of the step",
            "Asked is Delta w alone. With t = o, what should come out?",
            _new_weights,
            "update rules written w <- w + ...",
        ),
        Misconception(
            "a verdict in place of the probability",
            "If o = 0.51 and t = 1, is there nothing left to learn?",
            _perceptron,
            "Rosenblatt's perceptron rule, 1958",
        ),
        Misconception(
            "the input forgotten",
            "An input of zero had no part in the output. Should its weight move?",
            _input_forgotten,
            "the rule for the bias, used for every weight",
        ),
        Misconception(
            "the learning rate forgotten",
            "Which factor stands in front? What would a rate ten times as small change in your step?",
            _rate_forgotten,
            "Delta w = (t - o) x, the rule with a rate of 1",
        ),
    ),
)

# 04.4 --------------------------------------------------------------------------------------------------------------


def reservations_at(p, w, b):
    """Where the model sigmoid(w x + b) says p: its logit ln(p / (1 - p)), solved for x."""
    return float((np.log(p / (1 - p)) - b) / w)


def _probability_for_logit(p, w, b):
    return (p - b) / w


def _always_a_half(p, w, b):
    return -b / w


def _odds_for_log_odds(p, w, b):
    return (p / (1 - p) - b) / w


def _bias_added(p, w, b):
    return float((np.log(p / (1 - p)) + b) / w)


def _log_odds_upside_down(p, w, b):
    return float((np.log((1 - p) / p) - b) / w)


def _logit_in_bits(p, w, b):
    return float((np.log2(p / (1 - p)) - b) / w)


RESERVATIONS_AT = Exercise(
    id="04.4",
    prompt="Write `reservations_at(p, w, b)`: the number of reservations x at which sigmoid(w x + b) is p.",
    reference=reservations_at,
    cases=((0.9, -0.5, 2.0), (0.5, 2.0, -1.0), (0.9, 0.5, -6.0), (0.2, 0.25, -1.5), (0.75, -2.0, 3.0)),
    hints=(
        "Undo the sigmoid first: which z gives p?",
        "p = 1 / (1 + exp(-z)) solved for z: z = ln(p / (1 - p)), the log of the odds.",
        "Then w x + b = z, solved for x.",
    ),
    misconceptions=(
        Misconception(
            "the probability taken for the logit",
            "Is w x + b a probability? Which z belongs to p = 0.5?",
            _probability_for_logit,
            "lesson 03's straight line through the labels",
        ),
        Misconception(
            "the threshold of one half for every p",
            "That is where p = 0.5. Should it not depend on p?",
            _always_a_half,
            "-b / w, known by heart",
        ),
        Misconception(
            "odds in place of log odds",
            "At p = 0.5 the odds are 1. Which logit belongs to p = 0.5?",
            _odds_for_log_odds,
            "p / (1 - p) found, and the exponential forgotten",
        ),
        Misconception(
            "the bias on the wrong side",
            "Solve w x + b = z for x once more: what happens to the sign of b?",
            _bias_added,
            "a slip of sign",
        ),
        Misconception(
            "the odds upside down",
            "Should more than an even chance ask for a positive or a negative logit?",
            _log_odds_upside_down,
            "exp(-z) solved for without its minus",
        ),
        Misconception(
            "bits for nats",
            "The sigmoid is made of e^-z. Which logarithm undoes that?",
            _logit_in_bits,
            "information theory counts in bits",
        ),
    ),
)

# 04.5 --------------------------------------------------------------------------------------------------------------

UPDATES = Exercise(
    id="04.5",
    name="updates_table",
    prompt="99 samples, batches of 1, 3, 10 and 99: a row for each with (updates in one epoch, updates in ten).",
    reference=((99, 990), (33, 330), (10, 100), (1, 10)),
    tolerance=0,
    hints=(
        "An epoch sees each of the 99 samples once. An update uses one batch.",
        "99 samples in batches of 3 make 33 updates. What becomes of the last 9 when batches hold 10?",
        "The last batch of an epoch may be short, and is one update all the same. Ten epochs take ten times as many.",
    ),
    misconceptions=(
        Misconception(
            "the last short batch dropped",
            "9 batches of 10 hold 90 samples. Has the epoch seen all 99?",
            ((99, 990), (33, 330), (9, 90), (1, 10)),
            "drop_last=True in torch's DataLoader",
        ),
        Misconception(
            "epochs run together",
            "Each epoch starts anew, so each has its own short last batch. How many updates is ten times ten?",
            ((99, 990), (33, 330), (10, 99), (1, 10)),
            "ceil(990 / 10)",
        ),
        Misconception(
            "one update too many",
            "99 samples in batches of 3 leave nothing over. Is there a short batch then?",
            ((100, 1000), (34, 340), (10, 100), (2, 20)),
            "N // batch_size + 1, which is right only where a batch is short",
        ),
        Misconception(
            "batch size and number of updates exchanged",
            "If a batch holds one sample, how many batches does it take to see 99?",
            ((1, 10), (3, 30), (10, 100), (99, 990)),
            "'batch size 1' read as 'one batch'",
        ),
        Misconception(
            "samples counted in place of updates",
            "The samples of a batch share one update. How many updates do three samples make with batches of three?",
            ((99, 990),) * 4,
            "'an update for every sample', which holds for batches of one alone",
        ),
    ),
)

# 04.6 --------------------------------------------------------------------------------------------------------------


def one_epoch(X, t, w, learning_rate, batch_size):
    """Weights after one pass in the order of the rows, one update a batch, the last batch maybe short."""
    for start in range(0, len(X), batch_size):
        batch, targets = X[start : start + batch_size], t[start : start + batch_size]
        dz = (sigmoid(batch @ w) - targets) / len(batch)
        w = w - learning_rate * batch.T @ dz
    return w


def _two_over_n(X, t, w, learning_rate, batch_size):
    return one_epoch(X, t, w, 2 * learning_rate, batch_size)


def _climbing(X, t, w, learning_rate, batch_size):
    return one_epoch(X, t, w, -learning_rate, batch_size)


def _all_at_once(X, t, w, learning_rate, batch_size):
    return one_epoch(X, t, w, learning_rate, len(X))


def _old_weights(X, t, w, learning_rate, batch_size):
    starts = range(0, len(X), batch_size)
    batches = [(X[i : i + batch_size], t[i : i + batch_size]) for i in starts]
    return w + sum(one_epoch(*batch, w, learning_rate, batch_size) - w for batch in batches)


def _divided_by_all(X, t, w, learning_rate, batch_size):
    for start in range(0, len(X), batch_size):
        batch, targets = X[start : start + batch_size], t[start : start + batch_size]
        w = w - learning_rate * batch.T @ (sigmoid(batch @ w) - targets) / len(X)
    return w


def _sum_of_each_batch(X, t, w, learning_rate, batch_size):
    for start in range(0, len(X), batch_size):
        batch, targets = X[start : start + batch_size], t[start : start + batch_size]
        w = w - learning_rate * batch.T @ (sigmoid(batch @ w) - targets)
    return w


def _short_batch_by_full_size(X, t, w, learning_rate, batch_size):
    for start in range(0, len(X), batch_size):
        batch, targets = X[start : start + batch_size], t[start : start + batch_size]
        w = w - learning_rate * batch.T @ (sigmoid(batch @ w) - targets) / batch_size
    return w


def _slope_kept_in_each_batch(X, t, w, learning_rate, batch_size):
    for start in range(0, len(X), batch_size):
        batch, targets = X[start : start + batch_size], t[start : start + batch_size]
        p = sigmoid(batch @ w)
        w = w - learning_rate * batch.T @ ((p - targets) * p * (1 - p)) / len(batch)
    return w


def _rate_forgotten_in_each_batch(X, t, w, learning_rate, batch_size):
    return one_epoch(X, t, w, 1.0, batch_size)


def _last_batch_dropped(X, t, w, learning_rate, batch_size):
    whole = len(X) // batch_size * batch_size
    return one_epoch(X[:whole], t[:whole], w, learning_rate, batch_size)


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


ONE_EPOCH = Exercise(
    id="04.6",
    prompt="Write `one_epoch(X, t, w, learning_rate, batch_size)`: w (D,) after one pass in the order of the rows.",
    reference=one_epoch,
    cases=_epochs(),
    hints=(
        "A loop over range(0, len(X), batch_size); a slice beyond the end is short by itself.",
        "In the loop: the probabilities of this batch at the present w, then dz = (p - t) / (samples in this batch).",
        "w = w - learning_rate * batch.T @ dz, in the loop, so that the next batch starts where this one ended.",
    ),
    misconceptions=(
        Misconception(
            "2/N for 1/N",
            "The 2 belongs to the square of the squared error. What is squared here?",
            _two_over_n,
            "lecture 4's gradient of the cross-entropy",
        ),
        Misconception(
            "uphill",
            "p - t is the slope. Does descent add it or subtract it?",
            _climbing,
            "lecture 3 writes the step, eta (t - o) x, with the sign turned",
        ),
        Misconception(
            "all rows in one update",
            "How often does w move in one epoch with batches of one?",
            _all_at_once,
            "the batch descent of the published run",
        ),
        Misconception(
            "the gradient of the start used throughout",
            "Where does the second batch start: at the w that you were given, or where the first batch left it?",
            _old_weights,
            "gradients gathered over an epoch and applied at its end",
        ),
        Misconception(
            "divided by all samples",
            "Each update is the mean over its own batch. How many samples are in it?",
            _divided_by_all,
            "1/N of the whole table, carried into the batches",
        ),
        Misconception(
            "the sum in place of the mean",
            "Should a batch of twice the size take twice the step?",
            _sum_of_each_batch,
            "derivations for one sample, used on a batch",
        ),
        Misconception(
            "the short batch divided by the full size",
            "How many samples does the last batch hold? Its mean is over those.",
            _short_batch_by_full_size,
            "/ batch_size for / len(batch), right as long as every batch is full",
        ),
        Misconception(
            "the slope of the sigmoid kept",
            "p (1 - p) belongs to the squared error. What became of it on the way to p - t?",
            _slope_kept_in_each_batch,
            "backpropagation as first taught, with squared error",
        ),
        Misconception(
            "the learning rate forgotten",
            "Which factor stands in front of the gradient?",
            _rate_forgotten_in_each_batch,
            "w <- w - dJ/dw",
        ),
        Misconception(
            "the last short batch dropped",
            "Seven rows in batches of three: who looks at the seventh?",
            _last_batch_dropped,
            "drop_last=True in torch's DataLoader",
        ),
    ),
)

EXERCISES = (THREE_EVENINGS, BCE, NEURON_STEP, RESERVATIONS_AT, UPDATES, ONE_EPOCH)
