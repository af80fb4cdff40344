"""Exercises of lesson 09, numerical stability."""

from __future__ import annotations

import numpy as np

from course_utils.activations import sigmoid
from course_utils.exercises.execution import Case
from course_utils.exercises.model import Exercise
from course_utils.exercises.words import number
from course_utils.losses import binary_cross_entropy_loss_and_gradient

ex = Exercise(
    "09.1",
    "In float64: the spacing between 1024 and 2048 is 2^a; 2^b is the first power of two with 2^b + 1 == 2^b.",
    answer=(-42, 53),
    name="powers",
    tolerance=0,
    hints=(
        "Between 1 and 2 the spacing is 2^-52. By how much does it grow from there to between 2 and 4?",
        "It doubles with each power of two, and 1024 = 2^10. So a = -52 + 10.",
        "Where the spacing is 2, the 1 lies halfway between two floats, and the even one, 2^b, wins.",
    ),
)
ex.wrong_value(
    (-52, 53),
    "one spacing for all floats",
    "2^-52 holds between 1 and 2. Does a float of a thousand have as many digits after the point?",
    seen="'machine epsilon' taken for the smallest step anywhere",
)
ex.wrong_value(
    (-62, 53),
    "finer steps for larger numbers",
    "Does np.spacing grow or shrink along figure 2?",
    seen="the sign of the exponent, a slip in many first answers",
)
ex.wrong_value(
    (-43, 53),
    "one doubling too few",
    "From 1 to 1024, how often do you double? The spacing doubles as often.",
    seen="a fence-post error: the doublings counted from 2",
)
ex.wrong_value(
    (-42, 54),
    "halves rounded up",
    "At 2^53 neighbours are 2 apart, so 2^53 + 1 lies halfway. Which of the two is the even one?",
    seen="the rounding learned at school",
)
ex.wrong_value(
    (2.0**-42, 2.0**53),
    "the powers in place of the exponents",
    "Those are 2^a and 2^b themselves. What are a and b?",
    seen="np.spacing(1024.0) copied as it is printed",
)
ex.wrong_value(
    (-42, 52),
    "the spacing of 1 already loses the 1",
    "At 2^52 neighbours are 1 apart. Is 2^52 + 1 then a float or not?",
    seen="52 stored bits, and the leading 1 that is not stored forgotten",
)
ex.wrong_value(
    (-42, 1024),
    "the overflow taken for the loss of digits",
    "2^1024 is no float at all. The 1 is lost far earlier: where is the spacing 2?",
    seen="the range of a float confused with its precision",
)
ex.wrong_value(
    (-13, 16),
    "powers of ten",
    "Floats are counted in twos. Which power of two lies near yours?",
    seen="'float64 has 16 digits'",
)


ex = Exercise(
    "09.2",
    "p is clipped to [1e-7, 1 - 1e-7]; z = 30, t = 0. Give (the loss in nats, its slope by z).",
    answer=(-np.log(1e-7), 0.0),
    name="clipped_loss_and_slope",
    tolerance=5e-4,
    hints=(
        "Before clipping, 1 - p is about e^-30 = 1e-13. What is 1 - p after it?",
        "The loss is -ln(1e-7).",
        "Raise z to 31. Which p comes out of the clip? By how much does the loss change?",
    ),
)
ex.wrong_value(
    (30.0, 1.0),
    "the clip does nothing here",
    "That is the true answer, without the clip. Which 1 - p goes into the log with it?",
    seen="clipping believed to be a guard for ln 0 alone",
)
ex.wrong_value(
    (-np.log(1e-7), 1.0),
    "the loss is clipped, its slope is not",
    "Let z go from 30 to 31: by how much does the clipped loss change?",
    seen="p - t remembered as the slope of every cross-entropy",
)
ex.wrong_value(
    (7.0, 0.0),
    "logarithms to base 10",
    "Losses are in nats: which logarithm is that?",
    seen="reading the exponent of 1e-7 as the loss",
)
ex.wrong_value(
    (-np.log2(1e-7), 0.0),
    "bits for nats",
    "Which logarithm counts in nats?",
    seen="information theory counts in bits",
)
ex.wrong_value(
    (-np.log(1 - 1e-7), 0.0),
    "the label turned round",
    "z = 30 says yes, and the label is 0. Is that right or wrong, and which of the two logs pays?",
    seen="-ln p used for both labels",
)
ex.wrong_value(
    (np.inf, 0.0),
    "infinite",
    "What is the smallest 1 - p that the clip lets through?",
    seen="the slide's formula, where p is 1 exactly",
)


ex = Exercise(
    "09.3",
    "Write `my_bce(z, t)`: the loss of each sample in nats, for logits of any size, with all its digits.",
    cases=(
        (np.array([1.0, 40.0, 800.0]), np.array([0.0, 1.0, 0.0])),
        (np.array([0.0]), np.array([1.0])),
        (np.array([2.0, -1.0, 3.0]), np.array([1.0, 0.0, 0.25])),
        (np.array([40.0, -40.0, 40.0, -40.0]), np.array([0.0, 1.0, 1.0, 0.0])),
        (np.array([800.0, -800.0]), np.array([0.0, 1.0])),
    ),
    relative_error=1e-9,
    hints=(
        "No p. Start from ln(1 + e^z) - t z, which is the same number on paper.",
        "Pull the larger part out: ln(1 + e^z) = max(z, 0) + ln(1 + e^-|z|).",
        "ln(1 + x) for a tiny x is np.log1p(x).",
    ),
)


@ex.reference
def my_bce(z, t):
    """Binary cross-entropy of each sample: the larger part first, then log1p of an exponential below one."""
    return np.maximum(z, 0) - t * z + np.log1p(np.exp(-np.abs(z)))


@ex.wrong(
    "through p",
    "At z = 40, what is 1 - p in float64? Can the loss be made from z alone?",
    seen="lectures 1, 3 and 4 print the loss in p",
)
def _(z, t):
    p = 1 / (1 + np.exp(-z))
    return -t * np.log(p) - (1 - t) * np.log(1 - p)


@ex.wrong(
    "epsilon inside the log",
    "What is the largest loss that your function can return? And is a loss below 0 possible?",
    seen="common in hand-written losses",
)
def _(z, t):
    p = 1 / (1 + np.exp(-z))
    return -t * np.log(p + 1e-5) - (1 - t) * np.log(1 - p + 1e-5)


@ex.wrong(
    "a clipped p",
    "How large a loss does a clip at 1e-7 let through? What is the slope beyond it?",
    seen="Keras clips probabilities at 1e-7",
)
def _(z, t):
    p = np.clip(1 / (1 + np.exp(-z)), 1e-7, 1 - 1e-7)
    return -t * np.log(p) - (1 - t) * np.log(1 - p)


@ex.wrong(
    "moved into the loss, and not rearranged far enough",
    "What is e^800? Which of the two terms inside the log should be pulled out?",
    seen="the first line of most derivations of the softplus form",
)
def _(z, t):
    return np.log(1 + np.exp(z)) - t * z


@ex.wrong(
    "a tiny loss added to a large number",
    "Right and sure: the loss is e^-40. How much of it is left once it has been added to a 1, or to a 40?",
    seen="the softplus form with log as printed in many blogs; np.logaddexp(0, z) - t * z",
)
def _(z, t):
    return np.maximum(z, 0) - t * z + np.log(1 + np.exp(-np.abs(z)))


@ex.wrong(
    "the label turned round",
    "t = 1 and z = 2: should the loss be near 2 or near 0?",
    seen="the minus sign of -t z lost on the way",
)
def _(z, t):
    return my_bce(z, 1 - t)


@ex.wrong(
    "the minus sign forgotten",
    "Is ln p positive or negative for a probability?",
    seen="log-likelihood, which is maximised, taken for a loss",
)
def _(z, t):
    return -my_bce(z, t)


@ex.wrong("bits for nats", "Which logarithm counts in nats?", seen="information theory counts in bits")
def _(z, t):
    return my_bce(z, t) / np.log(2)


@ex.wrong(
    "squared error",
    "That loss is between 0 and 1. What does being sure and wrong cost with a logarithm?",
    seen="the loss of lesson 03",
)
def _(z, t):
    return (1 / (1 + np.exp(-z)) - t) ** 2


ex = Exercise(
    "09.4",
    "Write `my_logsumexp(z)`: ln of the sum of e^z of each row, (N, K) in, (N,) out, for any logits.",
    cases=(
        (np.array([[3.0, 0.0, 1.0], [0.0, 3000.0, 1.0]]),),
        (np.array([[0.0, 0.0], [1.0, 2.0]]),),
        (np.array([[1000.0, 1001.0], [-1000.0, -1001.0], [3.0, 0.0]]),),
        (np.array([[0.0, 1000.0, 1000.0], [-1.0, 2.0, 0.5]]),),  # the smallest off overflows, the mean off does not
        (np.array([[0.0, 3000.0, 1.0], [-2000.0, -2001.0, -2002.0]]),),
    ),
    hints=(
        "e^z = e^m e^(z - m). What comes out of the log for the factor e^m?",
        "The answer is m plus the log of s. Look at the shapes of the two: m is (N, 1).",
        "m[:, 0] has shape (N,).",
    ),
)


@ex.reference
def my_logsumexp(z):
    """Log of the sum of exponentials of each row, the largest logit taken out first."""
    m = z.max(axis=1, keepdims=True)
    s = np.exp(z - m).sum(axis=1)
    return m[:, 0] + np.log(s)


@ex.wrong(
    "a column plus a row",
    "m is (N, 1) and the log is (N,): NumPy makes a table of all pairs. Which shape do you want?",
    seen="broadcasting; keepdims kept for one line too long",
)
def _(z):
    m = z.max(axis=1, keepdims=True)
    return m + np.log(np.exp(z - m).sum(axis=1))


@ex.wrong(
    "what was taken off is never put back",
    "Add 100 to a row. By how much should its log-sum-exp grow?",
    seen="softmax, where the shift cancels",
)
def _(z):
    return np.log(np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1))


@ex.wrong("no shift", "What is e^1000 in float64?", seen="the formula as lecture 5 writes it")
def _(z):
    return np.log(np.exp(z).sum(axis=1))


@ex.wrong(
    "one shift for the whole table",
    "A row that lies 1,000 below the largest logit of the table: what is left of its exponentials?",
    seen="np.max without an axis",
)
def _(z):
    return z.max() + np.log(np.exp(z - z.max()).sum(axis=1))


@ex.wrong(
    "the mean taken off, not the largest",
    "Logits 0, 3000 and 1: after subtracting the mean, is there still a large positive one?",
    seen="centring, as done with columns of data",
)
def _(z):
    m = z.mean(axis=1)
    return m + np.log(np.exp(z - m[:, np.newaxis]).sum(axis=1))


@ex.wrong(
    "a factor where a summand belongs",
    "ln(e^m s) = ? The log of a product is a sum.",
    seen="the shift put back inside the log",
)
def _(z):
    m = z.max(axis=1)
    return np.log(m * np.exp(z - m[:, np.newaxis]).sum(axis=1))


@ex.wrong("bits for nats", "Which logarithm undoes e^z?", seen="information theory counts in bits")
def _(z):
    return z.max(axis=1) + np.log2(np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1))


@ex.wrong(
    "keepdims forgotten",
    "NumPy lines (N,) up with the classes. What shape must the largest have?",
    seen="z - z.max(axis=1): NumPy's broadcasting rules, silent where N equals K",
)
def _(z):
    return z.max(axis=1) + np.log(np.exp(z - z.max(axis=1)).sum(axis=1))


@ex.holds("never below the largest logit")
def _(total, z, tolerance):
    bad = ~(total >= z.max(axis=1) - tolerance)
    if not bad.any():
        return None
    row = bad.argmax()
    largest = z[row].max()
    return f"row {row} has a logit of {number(largest)}, and the result is {number(total[row], beside=largest)}"


ex = Exercise(
    "09.5",
    "Write `my_cross_entropy(z, y)`: logits (N, K) and labels (N,) in, the mean loss in nats out.",
    cases=(
        (np.array([[2.0, 1.0, 0.0], [800.0, 0.0, 5.0]]), np.array([0, 1])),
        (np.array([[2.0, 1.0, 0.1], [0.0, 0.0, 3.0], [1.0, -1.0, 0.5]]), np.array([0, 2, 1])),
        (np.array([[800.0, 0.0], [0.0, 800.0], [5.0, 5.0]]), np.array([0, 0, 1])),
        (np.array([[-3000.0, -3001.0, -3000.5], [1e5, 0.0, 9e4]]), np.array([1, 1])),
    ),
    hints=(
        "-ln p of class y is ln(sum of e^z) - z_y. No p is needed.",
        "Take the largest logit of each row off first: both terms of the difference stay small.",
        "z[np.arange(len(y)), y] picks the logit of the true class from each row.",
    ),
)


@ex.reference
def my_cross_entropy(z, y):
    """Mean over samples of -ln p of the true class, from the shifted logits."""
    z = z - z.max(axis=1, keepdims=True)
    losses = np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y]
    return float(losses.mean())


def _softmax(z, shift):
    e = np.exp(z - z.max(axis=1, keepdims=True) if shift else z)
    return e / e.sum(axis=1, keepdims=True)


@ex.wrong(
    "the log of a shifted softmax",
    "The shift saves p from NaN. But what is p of the class with logit 0 beside 800, and what is its log?",
    seen="'subtract the max' taught as the whole cure",
)
def _(z, y):
    return float(-np.log(_softmax(z, shift=True)[np.arange(len(y)), y]).mean())


@ex.wrong("the log of the slide's softmax", "What is e^800 in float64?", seen="lectures 1 to 5 print it")
def _(z, y):
    return float(-np.log(_softmax(z, shift=False)[np.arange(len(y)), y]).mean())


@ex.wrong(
    "epsilon inside the log",
    "Sure and wrong by 800: what does your function charge for it?",
    seen="1e-12 in many hand-written losses",
)
def _(z, y):
    return float(-np.log(_softmax(z, shift=True)[np.arange(len(y)), y] + 1e-12).mean())


@ex.wrong(
    "softmax twice",
    "Did you pass probabilities to a function that takes logits? Sure and right: can your loss get near 0?",
    seen="a Softmax layer in front of torch's CrossEntropyLoss",
)
def _(z, y):
    return my_cross_entropy(_softmax(z, shift=True), y)


@ex.wrong(
    "every label for every row",
    "What is the shape of z[:, y] when y has one label for each row? Which row belongs to which label?",
    seen="z[:, y] where z[np.arange(len(y)), y] is meant",
)
def _(z, y):
    z = z - z.max(axis=1, keepdims=True)
    return float((np.log(np.exp(z).sum(axis=1)) - z[:, y]).mean())


@ex.wrong(
    "the largest taken off in the sum alone",
    "A loss below 0? You took m off inside the sum. Did z_y lose it too?",
    seen="half of the log-sum-exp trick: m is neither added back nor taken from z_y",
)
def _(z, y):
    s = np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1)
    return float((np.log(s) - z[np.arange(len(y)), y]).mean())


@ex.wrong(
    "the sum in place of the mean",
    "Would the loss of 60,000 digits be comparable with that of 10,000? Take the mean over N.",
    seen="losses printed without 1/N in many derivations",
)
def _(z, y):
    return my_cross_entropy(z, y) * len(y)


@ex.wrong(
    "a sigmoid for each class",
    "Exactly one class is right: which of the two output layers knows that?",
    seen="BCEWithLogitsLoss used for classes that exclude each other",
)
def _(z, y):
    t = np.eye(z.shape[1])[y]
    return float(binary_cross_entropy_loss_and_gradient(z, t)[0].mean())


@ex.wrong(
    "the minus sign forgotten",
    "Is ln p positive or negative for a probability?",
    seen="log-likelihood, which is maximised, taken for a loss",
)
def _(z, y):
    return -my_cross_entropy(z, y)


@ex.wrong("bits for nats", "Which logarithm counts in nats?", seen="information theory counts in bits")
def _(z, y):
    return my_cross_entropy(z, y) / float(np.log(2))


@ex.wrong(
    "keepdims forgotten",
    "NumPy lines (N,) up with the classes. What shape must the largest have?",
    seen="z - z.max(axis=1): NumPy's broadcasting rules, silent where N equals K",
)
def _(z, y):
    z = z - z.max(axis=1)
    return float((np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y]).mean())


def _cases_of_slope() -> tuple[Case, ...]:
    sure = -np.log(sigmoid(np.array([3.0, 6.0])))
    return (
        (np.array([0.7, 1e-9]),),
        (sure,),
        (np.array([1e-9, 1e-18, 40.0]),),
        (np.array([9e-7, 1e-7, 1e-5, 3e-4, 1.5e-3]),),
    )


ex = Exercise(
    "09.6",
    "Write `my_slope(loss)`: from the losses -ln p of samples (N,), the slopes p - 1, with all their digits.",
    cases=_cases_of_slope(),
    relative_error=1e-9,
    hints=(
        "p = e^-loss. So which expression is asked for?",
        "e^-loss - 1 is right on paper. For a loss of 1e-18, what is e^-loss in float64?",
        "np.expm1(x) is e^x - 1 with all its digits.",
    ),
)


@ex.reference
def my_slope(loss):
    """Slope p - 1 of the true class's logit, from its loss -ln p."""
    return np.expm1(-loss)


@ex.wrong(
    "e^x - 1 in two steps",
    "For a loss of 1e-18: what is np.exp(-1e-18), and what is left after taking 1 off?",
    seen="the formula on paper",
)
def _(loss):
    return np.exp(-loss) - 1


@ex.wrong(
    "1 - p, the step in place of the slope",
    "Descent subtracts the slope. Should the logit of the true class rise or fall?",
    seen="lecture 3 writes t - o",
)
def _(loss):
    return -my_slope(loss)


@ex.wrong(
    "-loss, which is nearly right for small losses",
    "Try a loss of ln 2: p is 1/2. What is p - 1, and what does your function say?",
    seen="the first term of the series taken for the function",
)
def _(loss):
    return -loss


@ex.wrong("p itself", "Sure and right, p = 1: should anything still be pushed?", seen="stopping one step early")
def _(loss):
    return np.exp(-loss)


@ex.wrong(
    "e^loss for e^-loss",
    "The loss is minus ln p. Is p then above or below 1 in your formula?",
    seen="the minus sign of the loss forgotten",
)
def _(loss):
    return np.expm1(loss)
