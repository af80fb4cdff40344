"""Exercises of lesson 05, from KL divergence to cross-entropy."""

from __future__ import annotations

import numpy as np

from course_utils.exercises.behaviour import Case
from course_utils.exercises.engine import Exercise, Misconception, Property
from course_utils.exercises.words import number

# 05.1 --------------------------------------------------------------------------------------------------------------

TEN_HEADS = Exercise(
    id="05.1",
    name="ten_heads",
    prompt="A fair coin shows ten heads in a row. What is the surprise of that, in nats?",
    reference=10 * np.log(2),
    tolerance=1e-3,
    hints=(
        "How probable is one head? And ten in a row?",
        "The surprise of an outcome of probability q is -ln q. Here q = 1/2 to the power of 10.",
        "The log makes a product a sum: ten times the surprise of one head, ln 2.",
    ),
    misconceptions=(
        Misconception(
            "bits for nats",
            "Which logarithm counts in bits, and which in nats?",
            10.0,
            "information theory counts in bits, and so does the appendix of Dive into Deep Learning",
        ),
        Misconception(
            "logarithms to base 10",
            "Surprise is in nats here: which logarithm is that?",
            10 * np.log10(2),
            "school calculus, where log is often base 10",
        ),
        Misconception(
            "surprises multiplied",
            "Probabilities multiply. What does the log make of a product?",
            np.log(2) ** 10,
            "the product rule of lesson 01 carried over to its logs",
        ),
        Misconception(
            "the probability in place of the surprise",
            "Is a small number the right price for a rare outcome?",
            0.5**10,
            "'how surprising' answered with 'how probable'",
        ),
        Misconception(
            "one head for ten",
            "How many heads were there?",
            np.log(2),
            "the surprise of a fair coin, known by heart",
        ),
        Misconception(
            "the minus sign forgotten",
            "Is ln q positive or negative for a probability? And should a surprise be a gain?",
            -10 * np.log(2),
            "log-likelihood, which is never positive",
        ),
    ),
)

# 05.2 --------------------------------------------------------------------------------------------------------------


def my_kl(P, Q):
    """Mean over outcomes of P of the log ratio ln(P / Q)."""
    happens = P > 0
    with np.errstate(divide="ignore"):  # where Q is 0 the ratio is infinite, and is meant to be
        log_ratio = np.log(P[happens] / Q[happens])
    return float((P[happens] * log_ratio).sum())


def _unweighted(P, Q):
    return float(np.log(P[P > 0] / Q[P > 0]).sum())


def _plain_mean(P, Q):
    return float(np.log(P[P > 0] / Q[P > 0]).mean())


def _weighed_with_q(P, Q):
    return float((Q[P > 0] * np.log(P[P > 0] / Q[P > 0])).sum())


def _other_way_round(P, Q):
    return my_kl(Q, P)


def _absolute_ratios(P, Q):
    return float((P[P > 0] * np.abs(np.log(P[P > 0] / Q[P > 0]))).sum())


def _in_bits(P, Q):
    return my_kl(P, Q) / float(np.log(2))


def _not_negative(result, P, Q, tolerance):
    return f"got {number(result)}, but nobody is cheaper than one who knows P" if result < -tolerance else None


def _zero_log_zero(P, Q):
    return float((P * np.log(P / Q)).sum())


def _ratio_upside_down(P, Q):
    return -my_kl(P, Q)


KL = Exercise(
    id="05.2",
    prompt="Finish `my_kl(P, Q)`: the KL divergence in nats of two distributions (K,).",
    reference=my_kl,
    cases=(
        (np.array([0.0, 0.8, 0.2]), np.array([0.3, 0.2, 0.5])),
        (np.array([0.5, 0.5]), np.array([0.25, 0.75])),
        (np.array([0.1, 0.4, 0.5]), np.array([0.3, 0.2, 0.5])),
        (np.array([0.25, 0.25, 0.5]), np.array([0.25, 0.25, 0.5])),
        (np.array([0.1, 0.4, 0.5]), np.array([0.0, 0.5, 0.5])),
    ),
    properties=(Property("a divergence is never negative", _not_negative),),
    hints=(
        "How often does each log ratio have to be paid? Outcome k comes with probability P[k].",
        "A mean under P: each log ratio times its P, and all of them added.",
        "The weights need the same selection as the ratios: P[happens].",
    ),
    misconceptions=(
        Misconception(
            "every outcome counted once",
            "Does it rain as often as the sun shines? Each log ratio has a weight.",
            _unweighted,
            "the sum over k read without the P_k before the log",
        ),
        Misconception(
            "the plain mean of the log ratios",
            "np.mean gives every outcome the weight 1/K. Which weights do the outcomes have?",
            _plain_mean,
            "torch's KLDivLoss, whose default reduction divides by the number of entries",
        ),
        Misconception(
            "weighed with Q",
            "Q is what was said. Which of the two decides what happens?",
            _weighed_with_q,
            "expectation under the model, as in the derivations of variational inference",
        ),
        Misconception(
            "KL(Q, P) for KL(P, Q)",
            "Which of the two stands on top of the ratio, and which one weighs?",
            _other_way_round,
            "lecture 2's P = f, Q = y; torch's kl_div, whose arguments stand the other way round (issue 57459)",
        ),
        Misconception(
            "absolute values of the log ratios",
            "May one who overstates rain be cheaper than the truth on a rainy day? A term may be negative.",
            _absolute_ratios,
            "the divergence taken for a distance, term by term",
        ),
        Misconception(
            "0 ln 0 computed as it stands",
            "In floats 0 times minus infinity is NaN. What should an outcome add that never happens?",
            _zero_log_zero,
            "the plain formula; a known bug of hand-written losses (TheAlgorithms/Python, pull request 13635)",
        ),
        Misconception(
            "the fraction upside down",
            "Which of the two stands on top, the one who knows P or the one who says Q?",
            _ratio_upside_down,
            "P ln(Q / P), whose minus sign was lost on the way",
        ),
        Misconception(
            "bits for nats",
            "Which logarithm counts in nats?",
            _in_bits,
            "information theory counts in bits",
        ),
    ),
)

# 05.3 --------------------------------------------------------------------------------------------------------------

BY_HAND = Exercise(
    id="05.3",
    name="by_hand",
    prompt="P = (1/2, 1/2, 0), Q = (1/4, 1/2, 1/4). Give (H(P), CE(P, Q), KL(P, Q)) in nats.",
    reference=(np.log(2), 1.5 * np.log(2), 0.5 * np.log(2)),
    tolerance=1e-3,
    hints=(
        "All logs are whole multiples of ln 2 = 0.6931. The third outcome never happens: it adds 0.",
        "H: each of two outcomes costs ln 2, half of the time. CE: the first costs ln 4, the second ln 2.",
        "KL needs no logs any more: it is CE - H.",
    ),
    misconceptions=(
        Misconception(
            "bits for nats",
            "Those are multiples of ln 2. How many nats is one bit?",
            (1.0, 1.5, 0.5),
            "information theory counts in bits",
        ),
        Misconception(
            "logarithms to base 10",
            "Those are in decimal digits. Which logarithm counts in nats?",
            (np.log10(2), 1.5 * np.log10(2), 0.5 * np.log10(2)),
            "school calculus, where log is often base 10",
        ),
        Misconception(
            "the third outcome paid for",
            "How often does the third outcome happen? What does it add to a mean?",
            (np.log(2), 2.5 * np.log(2), 1.5 * np.log(2)),
            "prices added without the weight P_k where P_k is 0",
        ),
        Misconception(
            "KL(Q, P) for KL(P, Q)",
            "Who decides what happens, P or Q? Q allows a third outcome that P would call impossible.",
            (1.5 * np.log(2), np.inf, np.inf),
            "the order of the arguments, which differs from library to library",
        ),
        Misconception(
            "the entropy of Q",
            "H(P) is what one pays who knows P. Whose entropy did you take?",
            (1.5 * np.log(2), 1.5 * np.log(2), 0.0),
            "entropy of the prediction, used elsewhere as a measure of confidence",
        ),
        Misconception(
            "KL and entropy exchanged",
            "Which of the two is 0 when the forecast is the truth?",
            (0.5 * np.log(2), 1.5 * np.log(2), np.log(2)),
            "a slip of order",
        ),
    ),
)

# 05.4 --------------------------------------------------------------------------------------------------------------

LOWEST_LOSS = Exercise(
    id="05.4",
    name="lowest_loss",
    prompt="1 label in 10 is wrong, and then any of 9 others. What is the lowest mean CE on new data, in nats?",
    reference=-0.9 * np.log(0.9) - 0.1 * np.log(0.1 / 9),
    tolerance=1e-3,
    hints=(
        "CE = H + KL. Which part can a model bring to 0?",
        "The lowest CE is the entropy of the labels of one picture: ten probabilities, one of them 0.9.",
        "The other nine share 0.1: each has 0.1 / 9. Add ten terms -P ln P, nine of them equal.",
    ),
    misconceptions=(
        Misconception(
            "a perfect model has loss 0",
            "A perfect model knows the chances. Does it know which label will be wrong?",
            0.0,
            "training on one-hot labels, where a loss of 0 looks within reach",
        ),
        Misconception(
            "only the right label paid for",
            "In one case out of ten the label is another one. What does the model pay then?",
            -np.log(0.9),
            "-ln p_y with y the true digit, not the label that is given",
        ),
        Misconception(
            "nine classes taken for one",
            "One picture, ten possible labels: how probable is each of the nine wrong ones?",
            -0.9 * np.log(0.9) - 0.1 * np.log(0.1),
            "the entropy of a coin, right or wrong",
        ),
        Misconception(
            "all labels equally likely",
            "That is the entropy of pure guessing. Is a label with 90 % no better?",
            np.log(10),
            "the loss before training, lesson 08",
        ),
        Misconception(
            "bits for nats",
            "Which logarithm counts in nats?",
            -0.9 * np.log2(0.9) - 0.1 * np.log2(0.1 / 9),
            "information theory counts in bits",
        ),
        Misconception(
            "logarithms to base 10",
            "That is in decimal digits. Which logarithm counts in nats?",
            -0.9 * np.log10(0.9) - 0.1 * np.log10(0.1 / 9),
            "school calculus, where log is often base 10",
        ),
    ),
)

# 05.5 --------------------------------------------------------------------------------------------------------------


def mean_cross_entropy(p, t):
    """Mean over samples of -sum_k t_k ln p_k; a class with target 0 adds nothing."""
    wanted = t > 0
    return float(-(t[wanted] * np.log(p[wanted])).sum() / len(t))


def _nan_from_zero(p, t):
    return float(-(t * np.log(p)).sum() / len(t))


def _mean_of_all_entries(p, t):
    return mean_cross_entropy(p, t) / len(t[0])


def _sum_over_samples(p, t):
    return mean_cross_entropy(p, t) * len(t)


def _targets_in_the_log(p, t):
    return mean_cross_entropy(t, p)


def _most_probable_class(p, t):
    return float(-np.log(p[np.arange(len(t)), t.argmax(axis=1)]).mean())


def _every_class_yes_or_no(p, t):
    return mean_cross_entropy(p, t) + mean_cross_entropy(1 - p, 1 - t)


def _no_minus(p, t):
    return -mean_cross_entropy(p, t)


def _price_in_bits(p, t):
    return mean_cross_entropy(p, t) / float(np.log(2))


def _a_price(result, p, t, tolerance):
    return f"got {number(result)}, but the log of a probability is never positive" if result < -tolerance else None


def _batches() -> tuple[Case, ...]:
    rng = np.random.default_rng(55)
    return (
        (np.array([[0.6, 0.4, 0.0], [0.2, 0.3, 0.5]]), np.array([[1.0, 0.0, 0.0], [0.0, 0.3, 0.7]])),
        (np.array([[0.6, 0.4], [0.2, 0.8]]), np.array([[1.0, 0.0], [0.3, 0.7]])),
        (np.array([[1.0, 0.0]]), np.array([[1.0, 0.0]])),
        (np.array([[0.001, 0.999], [0.3, 0.7], [0.5, 0.5]]), np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])),
        (rng.dirichlet(np.ones(4), 5), rng.dirichlet(np.ones(4), 5)),
    )


MEAN_CROSS_ENTROPY = Exercise(
    id="05.5",
    prompt="Write `mean_cross_entropy(p, t)`: predictions and targets (N, K) in, the mean CE in nats out.",
    reference=mean_cross_entropy,
    cases=_batches(),
    properties=(Property("a mean price", _a_price),),
    hints=(
        "For one row: -sum_k t_k ln p_k. For N rows: add them all, and divide by the number of rows.",
        "Which of the two tables stands in the log? The one that was said, p.",
        "Where t is 0, p may be 0 as well, and 0 times -inf is NaN: select the entries with t > 0 first.",
    ),
    misconceptions=(
        Misconception(
            "0 ln 0 computed as it stands",
            "In floats 0 times minus infinity is NaN. What should a class add that never happens?",
            _nan_from_zero,
            "the plain formula; a known bug of hand-written losses (TheAlgorithms/Python, pull request 13635)",
        ),
        Misconception(
            "the mean over all entries",
            "A sample pays one price, however many classes there are. Divide by N alone.",
            _mean_of_all_entries,
            "np.mean of the (N, K) table; torch's KLDivLoss by default",
        ),
        Misconception(
            "the sum in place of the mean",
            "Would ten samples cost ten times as much as one? Take the mean.",
            _sum_over_samples,
            "the log-likelihood, which grows with N",
        ),
        Misconception(
            "the targets in the log",
            "ln of a one-hot target is minus infinity. Whose surprise is paid?",
            _targets_in_the_log,
            "lecture 2's P = f, Q = y",
        ),
        Misconception(
            "only the most probable class",
            "Right for one-hot targets. What of a target such as (0.3, 0.7)?",
            _most_probable_class,
            "-ln p_y, used where targets are probabilities",
        ),
        Misconception(
            "K yes-or-no answers",
            "You added (1 - t) ln(1 - p). One question was asked, which class: one price.",
            _every_class_yes_or_no,
            "binary cross-entropy of lesson 04, applied to each class",
        ),
        Misconception(
            "the minus sign forgotten",
            "Is ln p positive or negative for a probability?",
            _no_minus,
            "log-likelihood, which is maximised, taken for a loss",
        ),
        Misconception(
            "bits for nats",
            "Which logarithm counts in nats?",
            _price_in_bits,
            "information theory counts in bits",
        ),
    ),
)

# 05.6 --------------------------------------------------------------------------------------------------------------


def best_constant(y, n_classes):
    """Frequencies of the classes: the one distribution whose mean cross-entropy on these labels is smallest."""
    return np.bincount(y, minlength=n_classes) / len(y)


def _uniform(y, n_classes):
    return np.full(n_classes, 1 / n_classes)


def _winner_takes_all(y, n_classes):
    return np.where(np.arange(n_classes) == np.bincount(y).argmax(), 1.0, 0.0)


def _counts(y, n_classes):
    return np.bincount(y, minlength=n_classes).astype(float)


def _softmax_of_counts(y, n_classes):
    e = np.exp(_counts(y, n_classes))
    return e / e.sum()


def _one_more_each(y, n_classes):
    return (_counts(y, n_classes) + 1) / (len(y) + n_classes)


def _classes_seen(y, n_classes):
    return best_constant(y, int(y.max()) + 1)


def _percentages(y, n_classes):
    return 100 * best_constant(y, n_classes)


def _sums_to_one(p, y, n_classes, tolerance):
    return f"got a sum of {number(p.sum(), beside=1)}" if abs(p.sum() - 1) > tolerance else None


BEST_CONSTANT = Exercise(
    id="05.6",
    prompt="Write `best_constant(y, n_classes)`: the one distribution (K,) with the smallest mean CE on labels y.",
    reference=best_constant,
    cases=(
        (np.array([0, 2, 2, 2, 0]), 4),
        (np.array([0, 1, 1]), 2),
        (np.array([0, 2, 2, 2]), 3),
        (np.array([0, 1, 1, 0, 1]), 4),
        (np.array([3, 1, 4, 1, 0, 2, 1, 3, 1, 0]), 5),
    ),
    properties=(Property("a distribution sums to one", _sums_to_one),),
    hints=(
        "The mean price of the labels is CE(t, p), with t their frequencies. Which p makes it smallest?",
        "CE = H + KL, and KL is 0 for one p only.",
        "So p is t itself. np.bincount(y, minlength=n_classes) counts the labels.",
    ),
    misconceptions=(
        Misconception(
            "all classes alike",
            "Price the labels (0, 1, 1) with (1/2, 1/2) and with (1/3, 2/3): which is cheaper?",
            _uniform,
            "'no input, so no knowledge', which forgets the labels",
        ),
        Misconception(
            "everything on the most frequent class",
            "That has the fewest mistakes. What does it pay for the first label of another class?",
            _winner_takes_all,
            "the rule of accuracy; scikit-learn's DummyClassifier(strategy='most_frequent')",
        ),
        Misconception(
            "the count in place of the share",
            "What does a distribution sum to?",
            _counts,
            "np.bincount taken for a distribution",
        ),
        Misconception(
            "percent",
            "A probability lies between 0 and 1. By what is yours too large?",
            _percentages,
            "percent as they are printed",
        ),
        Misconception(
            "softmax of the counts",
            "Softmax makes logits into probabilities. Are counts logits?",
            _softmax_of_counts,
            "softmax used as the one way to make things sum to one",
        ),
        Misconception(
            "one added to every count",
            "A sound guard against infinite prices. But which p is cheapest on these very labels?",
            _one_more_each,
            "Laplace's rule of succession",
        ),
        Misconception(
            "the number of classes read off the labels",
            "Which class is missing from your answer? The width comes from n_classes.",
            _classes_seen,
            "np.bincount without minlength",
        ),
    ),
)

EXERCISES = (TEN_HEADS, KL, BY_HAND, LOWEST_LOSS, MEAN_CROSS_ENTROPY, BEST_CONSTANT)
