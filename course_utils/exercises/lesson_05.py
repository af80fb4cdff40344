"""Exercises of lesson 05, from KL divergence to cross-entropy."""

from __future__ import annotations

import numpy as np

from course_utils.activations import softmax
from course_utils.exercises.execution import Case
from course_utils.exercises.model import Exercise
from course_utils.exercises.words import number

ex = Exercise(
    "05.1",
    "A fair coin shows ten heads in a row. What is the surprise of that, in nats?",
    answer=10 * np.log(2),
    name="ten_heads",
    tolerance=1e-3,
    hints=(
        "How probable is one head? And ten in a row?",
        "The surprise of an outcome of probability q is -ln q. Here q = 1/2 to the power of 10.",
        "The log makes a product a sum: ten times the surprise of one head, ln 2.",
    ),
)
ex.wrong_value(
    10.0,
    "bits for nats",
    "Which logarithm counts in bits, and which in nats?",
    seen="information theory counts in bits, and so does the appendix of Dive into Deep Learning",
)
ex.wrong_value(
    10 * np.log10(2),
    "logarithms to base 10",
    "Surprise is in nats here: which logarithm is that?",
    seen="school calculus, where log is often base 10",
)
ex.wrong_value(
    np.log(2) ** 10,
    "surprises multiplied",
    "Probabilities multiply. What does the log make of a product?",
    seen="the product rule of lesson 01 carried over to its logs",
)
ex.wrong_value(
    0.5**10,
    "the probability in place of the surprise",
    "Is a small number the right price for a rare outcome?",
    seen="'how surprising' answered with 'how probable'",
)
ex.wrong_value(
    np.log(2), "one head for ten", "How many heads were there?", seen="the surprise of a fair coin, known by heart"
)
ex.wrong_value(
    -10 * np.log(2),
    "the minus sign forgotten",
    "Is ln q positive or negative for a probability? And should a surprise be a gain?",
    seen="log-likelihood, which is never positive",
)


ex = Exercise(
    "05.2",
    "Finish `my_kl(P, Q)`: the KL divergence in nats of two distributions (K,).",
    cases=(
        (np.array([0.0, 0.8, 0.2]), np.array([0.3, 0.2, 0.5])),
        (np.array([0.5, 0.5]), np.array([0.25, 0.75])),
        (np.array([0.1, 0.4, 0.5]), np.array([0.3, 0.2, 0.5])),
        (np.array([0.25, 0.25, 0.5]), np.array([0.25, 0.25, 0.5])),
        (np.array([0.1, 0.4, 0.5]), np.array([0.0, 0.5, 0.5])),
    ),
    hints=(
        "How often does each log ratio have to be paid? Outcome k comes with probability P[k].",
        "A mean under P: each log ratio times its P, and all of them added.",
        "The weights need the same selection as the ratios: P[happens].",
    ),
)


@ex.reference
def my_kl(P, Q):
    """Mean over outcomes of P of the log ratio ln(P / Q)."""
    happens = P > 0
    with np.errstate(divide="ignore"):  # where Q is 0 the ratio is infinite, and is meant to be
        log_ratio = np.log(P[happens] / Q[happens])
    return float((P[happens] * log_ratio).sum())


@ex.wrong(
    "every outcome counted once",
    "Does it rain as often as the sun shines? Each log ratio has a weight.",
    seen="the sum over k read without the P_k before the log",
)
def _(P, Q):
    return float(np.log(P[P > 0] / Q[P > 0]).sum())


@ex.wrong(
    "the plain mean of the log ratios",
    "np.mean gives every outcome the weight 1/K. Which weights do the outcomes have?",
    seen="torch's KLDivLoss, whose default reduction divides by the number of entries",
)
def _(P, Q):
    return float(np.log(P[P > 0] / Q[P > 0]).mean())


@ex.wrong(
    "weighed with Q",
    "Q is what was said. Which of the two decides what happens?",
    seen="expectation under the model, as in the derivations of variational inference",
)
def _(P, Q):
    return float((Q[P > 0] * np.log(P[P > 0] / Q[P > 0])).sum())


@ex.wrong(
    "KL(Q, P) for KL(P, Q)",
    "Which of the two stands on top of the ratio, and which one weighs?",
    seen="lecture 2's P = f, Q = y; torch's kl_div, whose arguments stand the other way round (issue 57459)",
)
def _(P, Q):
    return my_kl(Q, P)


@ex.wrong(
    "absolute values of the log ratios",
    "May one who overstates rain be cheaper than the truth on a rainy day? A term may be negative.",
    seen="the divergence taken for a distance, term by term",
)
def _(P, Q):
    return float((P[P > 0] * np.abs(np.log(P[P > 0] / Q[P > 0]))).sum())


@ex.wrong(
    "0 ln 0 computed as it stands",
    "In floats 0 times minus infinity is NaN. What should an outcome add that never happens?",
    seen="the plain formula; a known bug of hand-written losses (TheAlgorithms/Python, pull request 13635)",
)
def _(P, Q):
    return float((P * np.log(P / Q)).sum())


@ex.wrong(
    "the fraction upside down",
    "Which of the two stands on top, the one who knows P or the one who says Q?",
    seen="P ln(Q / P), whose minus sign was lost on the way",
)
def _(P, Q):
    return -my_kl(P, Q)


@ex.wrong("bits for nats", "Which logarithm counts in nats?", seen="information theory counts in bits")
def _(P, Q):
    return my_kl(P, Q) / float(np.log(2))


@ex.holds("a divergence is never negative")
def _(result, P, Q, tolerance):
    return f"got {number(result)}, but nobody is cheaper than one who knows P" if result < -tolerance else None


ex = Exercise(
    "05.3",
    "P = (1/2, 1/2, 0), Q = (1/4, 1/2, 1/4). Give (H(P), CE(P, Q), KL(P, Q)) in nats.",
    answer=(np.log(2), 1.5 * np.log(2), 0.5 * np.log(2)),
    name="by_hand",
    tolerance=1e-3,
    hints=(
        "All logs are whole multiples of ln 2 = 0.6931. The third outcome never happens: it adds 0.",
        "H: each of two outcomes costs ln 2, half of the time. CE: the first costs ln 4, the second ln 2.",
        "KL needs no logs any more: it is CE - H.",
    ),
)
ex.wrong_value(
    (1.0, 1.5, 0.5),
    "bits for nats",
    "Those are multiples of ln 2. How many nats is one bit?",
    seen="information theory counts in bits",
)
ex.wrong_value(
    (np.log10(2), 1.5 * np.log10(2), 0.5 * np.log10(2)),
    "logarithms to base 10",
    "Those are in decimal digits. Which logarithm counts in nats?",
    seen="school calculus, where log is often base 10",
)
ex.wrong_value(
    (np.log(2), 2.5 * np.log(2), 1.5 * np.log(2)),
    "the third outcome paid for",
    "How often does the third outcome happen? What does it add to a mean?",
    seen="prices added without the weight P_k where P_k is 0",
)
ex.wrong_value(
    (1.5 * np.log(2), np.inf, np.inf),
    "KL(Q, P) for KL(P, Q)",
    "Who decides what happens, P or Q? Q allows a third outcome that P would call impossible.",
    seen="the order of the arguments, which differs from library to library",
)
ex.wrong_value(
    (1.5 * np.log(2), 1.5 * np.log(2), 0.0),
    "the entropy of Q",
    "H(P) is what one pays who knows P. Whose entropy did you take?",
    seen="entropy of the prediction, used elsewhere as a measure of confidence",
)
ex.wrong_value(
    (0.5 * np.log(2), 1.5 * np.log(2), np.log(2)),
    "KL and entropy exchanged",
    "Which of the two is 0 when the forecast is the truth?",
    seen="a slip of order",
)


ex = Exercise(
    "05.4",
    "1 label in 10 is wrong, and then any of 9 others. What is the lowest mean CE on new data, in nats?",
    answer=-0.9 * np.log(0.9) - 0.1 * np.log(0.1 / 9),
    name="lowest_loss",
    tolerance=1e-3,
    hints=(
        "CE = H + KL. Which part can a model bring to 0?",
        "The lowest CE is the entropy of the labels of one picture: ten probabilities, one of them 0.9.",
        "The other nine share 0.1: each has 0.1 / 9. Add ten terms -P ln P, nine of them equal.",
    ),
)
ex.wrong_value(
    0.0,
    "a perfect model has loss 0",
    "A perfect model knows the chances. Does it know which label will be wrong?",
    seen="training on one-hot labels, where a loss of 0 looks within reach",
)
ex.wrong_value(
    -np.log(0.9),
    "only the right label paid for",
    "In one case out of ten the label is another one. What does the model pay then?",
    seen="-ln p_y with y the true digit, not the label that is given",
)
ex.wrong_value(
    -0.9 * np.log(0.9) - 0.1 * np.log(0.1),
    "nine classes taken for one",
    "One picture, ten possible labels: how probable is each of the nine wrong ones?",
    seen="the entropy of a coin, right or wrong",
)
ex.wrong_value(
    np.log(10),
    "all labels equally likely",
    "That is the entropy of pure guessing. Is a label with 90 % no better?",
    seen="the loss before training, lesson 08",
)
ex.wrong_value(
    -0.9 * np.log2(0.9) - 0.1 * np.log2(0.1 / 9),
    "bits for nats",
    "Which logarithm counts in nats?",
    seen="information theory counts in bits",
)
ex.wrong_value(
    -0.9 * np.log10(0.9) - 0.1 * np.log10(0.1 / 9),
    "logarithms to base 10",
    "That is in decimal digits. Which logarithm counts in nats?",
    seen="school calculus, where log is often base 10",
)


def _batches() -> tuple[Case, ...]:
    rng = np.random.default_rng(55)
    return (
        (np.array([[0.6, 0.4, 0.0], [0.2, 0.3, 0.5]]), np.array([[1.0, 0.0, 0.0], [0.0, 0.3, 0.7]])),
        (np.array([[0.6, 0.4], [0.2, 0.8]]), np.array([[1.0, 0.0], [0.3, 0.7]])),
        (np.array([[1.0, 0.0]]), np.array([[1.0, 0.0]])),
        (np.array([[0.001, 0.999], [0.3, 0.7], [0.5, 0.5]]), np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])),
        (rng.dirichlet(np.ones(4), 5), rng.dirichlet(np.ones(4), 5)),
    )


ex = Exercise(
    "05.5",
    "Write `mean_cross_entropy(p, t)`: predictions and targets (N, K) in, the mean CE in nats out.",
    cases=_batches(),
    hints=(
        "For one row: -sum_k t_k ln p_k. For N rows: add them all, and divide by the number of rows.",
        "Which of the two tables stands in the log? The one that was said, p.",
        "Where t is 0, p may be 0 as well, and 0 times -inf is NaN: select the entries with t > 0 first.",
    ),
)


@ex.reference
def mean_cross_entropy(p, t):
    """Mean over samples of -sum_k t_k ln p_k; a class with target 0 adds nothing."""
    wanted = t > 0
    return float(-(t[wanted] * np.log(p[wanted])).sum() / len(t))


@ex.wrong(
    "0 ln 0 computed as it stands",
    "In floats 0 times minus infinity is NaN. What should a class add that never happens?",
    seen="the plain formula; a known bug of hand-written losses (TheAlgorithms/Python, pull request 13635)",
)
def _(p, t):
    return float(-(t * np.log(p)).sum() / len(t))


@ex.wrong(
    "the mean over all entries",
    "A sample pays one price, however many classes there are. Divide by N alone.",
    seen="np.mean of the (N, K) table; torch's KLDivLoss by default",
)
def _(p, t):
    return mean_cross_entropy(p, t) / len(t[0])


@ex.wrong(
    "the sum in place of the mean",
    "Would ten samples cost ten times as much as one? Take the mean.",
    seen="the log-likelihood, which grows with N",
)
def _(p, t):
    return mean_cross_entropy(p, t) * len(t)


@ex.wrong(
    "the targets in the log",
    "ln of a one-hot target is minus infinity. Whose surprise is paid?",
    seen="lecture 2's P = f, Q = y",
)
def _(p, t):
    return mean_cross_entropy(t, p)


@ex.wrong(
    "only the most probable class",
    "Right for one-hot targets. What of a target such as (0.3, 0.7)?",
    seen="-ln p_y, used where targets are probabilities",
)
def _(p, t):
    return float(-np.log(p[np.arange(len(t)), t.argmax(axis=1)]).mean())


@ex.wrong(
    "K yes-or-no answers",
    "You added (1 - t) ln(1 - p). One question was asked, which class: one price.",
    seen="binary cross-entropy of lesson 04, applied to each class",
)
def _(p, t):
    return mean_cross_entropy(p, t) + mean_cross_entropy(1 - p, 1 - t)


@ex.wrong(
    "the minus sign forgotten",
    "Is ln p positive or negative for a probability?",
    seen="log-likelihood, which is maximised, taken for a loss",
)
def _(p, t):
    return -mean_cross_entropy(p, t)


@ex.wrong("bits for nats", "Which logarithm counts in nats?", seen="information theory counts in bits")
def _(p, t):
    return mean_cross_entropy(p, t) / float(np.log(2))


@ex.holds("a mean price")
def _(result, p, t, tolerance):
    return f"got {number(result)}, but the log of a probability is never positive" if result < -tolerance else None


ex = Exercise(
    "05.6",
    "Write `best_constant(y, n_classes)`: the one distribution (K,) with the smallest mean CE on labels y.",
    cases=(
        (np.array([0, 2, 2, 2, 0]), 4),
        (np.array([0, 1, 1]), 2),
        (np.array([0, 2, 2, 2]), 3),
        (np.array([0, 1, 1, 0, 1]), 4),
        (np.array([3, 1, 4, 1, 0, 2, 1, 3, 1, 0]), 5),
    ),
    hints=(
        "The mean price of the labels is CE(t, p), with t their frequencies. Which p makes it smallest?",
        "CE = H + KL, and KL is 0 for one p only.",
        "So p is t itself. np.bincount(y, minlength=n_classes) counts the labels.",
    ),
)


@ex.reference
def best_constant(y, n_classes):
    """Frequencies of the classes: the one distribution whose mean cross-entropy on these labels is smallest."""
    return np.bincount(y, minlength=n_classes) / len(y)


@ex.wrong(
    "all classes alike",
    "Price the labels (0, 1, 1) with (1/2, 1/2) and with (1/3, 2/3): which is cheaper?",
    seen="'no input, so no knowledge', which forgets the labels",
)
def _(y, n_classes):
    return np.full(n_classes, 1 / n_classes)


@ex.wrong(
    "everything on the most frequent class",
    "That has the fewest mistakes. What does it pay for the first label of another class?",
    seen="the rule of accuracy; scikit-learn's DummyClassifier(strategy='most_frequent')",
)
def _(y, n_classes):
    return np.where(np.arange(n_classes) == np.bincount(y).argmax(), 1.0, 0.0)


@ex.wrong(
    "the count in place of the share", "What does a distribution sum to?", seen="np.bincount taken for a distribution"
)
def _counts(y, n_classes):
    return np.bincount(y, minlength=n_classes).astype(float)


@ex.wrong(
    "percent", "A probability lies between 0 and 1. By what is yours too large?", seen="percent as they are printed"
)
def _(y, n_classes):
    return 100 * best_constant(y, n_classes)


@ex.wrong(
    "softmax of the counts",
    "Softmax makes logits into probabilities. Are counts logits?",
    seen="softmax used as the one way to make things sum to one",
)
def _(y, n_classes):
    e = np.exp(_counts(y, n_classes))
    return e / e.sum()


@ex.wrong(
    "one added to every count",
    "A sound guard against infinite prices. But which p is cheapest on these very labels?",
    seen="Laplace's rule of succession",
)
def _(y, n_classes):
    return (_counts(y, n_classes) + 1) / (len(y) + n_classes)


@ex.wrong(
    "the number of classes read off the labels",
    "Which class is missing from your answer? The width comes from n_classes.",
    seen="np.bincount without minlength",
)
def _(y, n_classes):
    return best_constant(y, int(y.max()) + 1)


@ex.holds("a distribution sums to one")
def _(p, y, n_classes, tolerance):
    return f"got a sum of {number(p.sum(), beside=1)}" if abs(p.sum() - 1) > tolerance else None


ex = Exercise(
    "05.7",
    "Write `fit_logits(z, t, learning_rate, steps)`: z (K,) after the steps down the slope of CE(t, softmax(z)).",
    cases=(
        (np.array([0.5, -1.0, 0.0]), np.array([0.1, 0.4, 0.5]), 0.5, 2),
        (np.array([0.0, 0.0]), np.array([1.0, 0.0]), 1.0, 1),
        (np.array([2.0, -1.0, 0.5, 0.0]), np.array([0.25, 0.25, 0.5, 0.0]), 0.1, 5),
        (np.array([0.3, -0.2]), np.array([0.6, 0.4]), 0.5, 0),
    ),
    hints=(
        "In each step: p = softmax(z), at the present z. Which slope has CE with respect to the logits?",
        "The slope is p - t. Descent subtracts the learning rate times it.",
        "A loop over range(steps), with z = z - learning_rate * (softmax(z) - t) in it, and z returned after it.",
    ),
)


@ex.reference
def fit_logits(z, t, learning_rate, steps):
    """Logits after so many steps against p - t."""
    for _ in range(steps):
        z = z - learning_rate * (softmax(z) - t)
    return z


@ex.wrong(
    "uphill",
    "p - t is the slope. Does descent add it or subtract it?",
    seen="lecture 3 writes the step, eta (t - o) x, with the sign turned",
)
def _(z, t, learning_rate, steps):
    return fit_logits(z, t, -learning_rate, steps)


@ex.wrong(
    "the error of the logits",
    "A logit may be any number, a target lies between 0 and 1. What has to come between the two?",
    seen="p = z, the softmax forgotten",
)
def _(z, t, learning_rate, steps):
    for _ in range(steps):
        z = z - learning_rate * (z - t)
    return z


@ex.wrong(
    "probabilities in place of logits",
    "Asked are the logits. What do yours sum to?",
    seen="the answer of the model, taken for its parameters",
)
def _(z, t, learning_rate, steps):
    return softmax(fit_logits(z, t, learning_rate, steps))


@ex.wrong(
    "one step for all",
    "How often does p change? The slope has to be taken anew after each step.",
    seen="the slope computed before the loop",
)
def _(z, t, learning_rate, steps):
    return z - steps * learning_rate * (softmax(z) - t)


@ex.wrong(
    "the slope of the sigmoid kept",
    "p (1 - p) belongs to the squared error. What became of it in lesson 04?",
    seen="backpropagation as first taught, with squared error",
)
def _(z, t, learning_rate, steps):
    for _ in range(steps):
        p = softmax(z)
        z = z - learning_rate * (p - t) * p * (1 - p)
    return z
