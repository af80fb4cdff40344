"""Exercises of lesson 06, softmax and its Jacobian."""

from __future__ import annotations

import numpy as np

from course_utils.activations import sigmoid, softmax
from course_utils.exercises.model import Exercise
from course_utils.exercises.words import number

_RNG = np.random.default_rng(6)


def _sums_to_zero(rows, tolerance):
    """Complain about the first row that does not sum to zero: what one class gains, the others lose."""
    sums = np.atleast_2d(rows).sum(axis=-1)
    wrong = np.flatnonzero(np.abs(sums) > tolerance)
    return (
        f"row {wrong[0]} sums to {number(sums[wrong[0]])}, not to 0: where does it come from?" if len(wrong) else None
    )


ex = Exercise(
    "06.1",
    "Write `softmax_of_rows(z)`: a table of logits (N, K) in, a table of probabilities (N, K) out.",
    cases=(
        (np.array([[2.0, 1.0, 0.0], [-1.0, 1.0, 0.0]]),),
        (np.array([[1.0, 0.0]]),),
        (np.array([[2.0, 1.0, 0.1], [-1.0, 1.0, 0.0], [0.0, 0.0, 3.0]]),),
        (_RNG.normal(scale=2, size=(5, 4)),),
        (np.array([[40.0, 0.0, -3.0, 38.0], [-50.0, -50.0, -51.0, -90.0]]),),
    ),
    hints=(
        "One row is one sample: which numbers must sum to one?",
        "e.sum(axis=1) adds along each row. Its shape is (N,). Can NumPy divide (N, K) by that?",
        "e.sum(axis=1, keepdims=True) has the shape (N, 1), so that each row is divided by its own sum.",
    ),
)


@ex.reference
def softmax_of_rows(z):
    """Softmax of every row of a table of logits (N, K)."""
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)


@ex.wrong(
    "one sum for the whole table",
    "Do the probabilities of one sample depend on who else is in the batch?",
    seen="np.sum without an axis, right for one sample and wrong for two",
)
def _(z):
    return np.exp(z) / np.exp(z).sum()


@ex.wrong(
    "sums down the columns",
    "A column is one class over all samples. Which numbers compete with each other?",
    seen="the column convention of many lectures, Ng's among them",
)
def _(z):
    return np.exp(z) / np.exp(z).sum(axis=0)


@ex.wrong(
    "keepdims forgotten",
    "NumPy lines (N,) up with the last axis, the classes. What shape must the sums have?",
    seen="NumPy's broadcasting rules; silent where N equals K",
)
def _(z):
    return np.exp(z) / np.exp(z).sum(axis=1)


@ex.wrong(
    "keepdims forgotten in the shift",
    "NumPy lines (N,) up with the classes. What shape must the largest have?",
    seen="z - z.max(axis=1): NumPy's broadcasting rules, silent where N equals K",
)
def _(z):
    e = np.exp(z - z.max(axis=1))
    return e / e.sum(axis=1, keepdims=True)


@ex.wrong(
    "the scores divided by their sum",
    "What becomes of the row (-1, 1, 0), whose sum is zero?",
    seen="division by the plain sum, which lecture 2 calls the L1 norm",
)
def _(z):
    return z / z.sum(axis=1, keepdims=True)


@ex.wrong(
    "divided by the largest in place of the sum",
    "Then the winner always gets 1. What is left for the others?",
    seen="the max shift, remembered as a division",
)
def _(z):
    return np.exp(z) / np.exp(z).max(axis=1, keepdims=True)


@ex.wrong(
    "a sigmoid for each class",
    "A sigmoid looks at one logit. Which logits does p_0 have to look at?",
    seen="ten sigmoids, lecture 4",
)
def _(z):
    return sigmoid(z)


@ex.wrong(
    "shares put in where logits belong",
    "After a sigmoid, how far apart can two scores be? And how unlike can their shares be then?",
    seen="a sigmoid or a softmax in the last layer, before a loss that takes logits",
)
def _(z):
    e = np.exp(sigmoid(z))
    return e / e.sum(axis=1, keepdims=True)


@ex.holds("every row sums to one")
def _(p, z, tolerance):
    sums = p.sum(axis=1)
    wrong = np.flatnonzero(~(np.abs(sums - 1) <= tolerance))
    return f"row {wrong[0]} sums to {number(sums[wrong[0]], beside=1)}, not to 1" if len(wrong) else None


ex = Exercise(
    "06.2",
    "Write `my_softmax_jacobian(z)`: logits (K,) in, the table J (K, K) of slopes out, J[i, j] = dp_i / dz_j.",
    cases=(
        (np.array([-1.0, 1.0, 0.0]),),
        (np.array([0.0, 0.0]),),
        (_RNG.normal(scale=2, size=5),),
    ),
    hints=(
        "J[i, j] has two cases: i = j, and i different from j. What did the derivation give for each?",
        "On the diagonal p_i (1 - p_i) = p_i - p_i p_i, beside it -p_i p_j. What do both have in common?",
        "-p_i p_j everywhere is -np.outer(p, p). What must be added on the diagonal?",
    ),
)


@ex.reference
def my_softmax_jacobian(z):
    """Slope of every probability by every logit: J[i, j] = p_i (delta_ij - p_j)."""
    p = softmax(z)
    return np.diag(p) - np.outer(p, p)


@ex.wrong(
    "only the diagonal",
    "Where do the other classes feel z_i? If z_i takes more of the whole, someone gets less.",
    seen="lecture 2 gives p (1 - p) as the gradient of softmax",
)
def _(z):
    p = softmax(z)
    return np.diag(p * (1 - p))


@ex.wrong(
    "only the diagonal, as a vector",
    "Each of K probabilities depends on each of K logits: how many slopes are there?",
    seen="lecture 2 gives p (1 - p) as the gradient of softmax; right for K sigmoids",
)
def _(z):
    p = softmax(z)
    return p * (1 - p)


@ex.wrong(
    "a plus sign beside the diagonal",
    "When z_j rises, does another class win or lose?",
    seen="the sign of the quotient rule's second term lost",
)
def _(z):
    p = softmax(z)
    return np.diag(p * (1 - p)) + np.outer(p, p) * (1 - np.eye(len(p)))


@ex.wrong(
    "p_i (1 - p_j) everywhere",
    "In the quotient rule, e^{z_i} feels z_j only where i = j. What is left of the 1 elsewhere?",
    seen="p (1 - p) of the sigmoid with two indices put in",
)
def _(z):
    p = softmax(z)
    return np.outer(p, 1 - p)


@ex.wrong(
    "the diagonal without its first term",
    "A class that raises its own logit gains. What sign has the diagonal?",
    seen="the case i different from j, used for all",
)
def _(z):
    p = softmax(z)
    return -np.outer(p, p)


@ex.wrong(
    "the slopes of K sigmoids",
    "Which probabilities did you start from: do they sum to one?",
    seen="lesson 03, where one logit makes one probability",
)
def _(z):
    p = sigmoid(z)
    return np.diag(p * (1 - p))


@ex.holds("every row sums to zero")
def _(J, z, tolerance):
    return _sums_to_zero(J, tolerance)


ex = Exercise(
    "06.3",
    "Write `cross_entropy_dz(z, t)`: logits and targets (K,) in, dz (K,) out, whatever the targets sum to.",
    cases=(
        (np.array([1.0, 0.0, -1.0]), np.array([1.0, 0.0, 1.0])),
        (np.array([0.0, 0.0]), np.array([1.0, 0.0])),
        (np.array([2.0, 1.0, 0.1]), np.array([0.2, 0.5, 0.3])),
        (np.array([-1.0, 1.0]), np.array([1.0, 1.0])),
        (_RNG.normal(size=5), _RNG.random(5)),
    ),
    hints=(
        "dp is the slope by p. What leads from there to the slope by z?",
        "Chain rule: dz_i is the sum over c of dp_c times dp_c/dz_i. That is a table times a vector.",
        "The table is the Jacobian, from 06.2 or as softmax_jacobian(z): multiply dp by it with @.",
    ),
)


@ex.reference
def cross_entropy_dz(z, t):
    """Gradient of -sum t ln softmax(z) with respect to z, for any targets."""
    p = softmax(z)
    dp = -t / p
    return (np.diag(p) - np.outer(p, p)) @ dp


@ex.wrong(
    "targets taken as a distribution",
    "In the sum, p_i stands once for every target. By what is it multiplied if they do not sum to one?",
    seen="p - t, learned by heart",
)
def _(z, t):
    return softmax(z) - t


@ex.wrong(
    "only the diagonal of the Jacobian",
    "p_c of every other class feels z_i too. Where are their terms?",
    seen="lecture 2 gives p (1 - p) as the gradient of softmax",
)
def _(z, t):
    return -t * (1 - softmax(z))


@ex.wrong(
    "stopped at p",
    "That is the slope by the probabilities. You can move logits only. What comes between the two?",
    seen="the first half of the chain rule",
)
def _(z, t):
    return -t / softmax(z)


@ex.wrong(
    "t - p, the step in place of the slope",
    "Raise the logit of the true class a little. Does the loss go up?",
    seen="lecture 3 writes the step, eta (t - o) x",
)
def _(z, t):
    return -cross_entropy_dz(z, t)


@ex.wrong(
    "the second term of the Jacobian forgotten",
    "What pushes the wrong classes down here?",
    seen="the derivative of the numerator alone",
)
def _(z, t):
    return -t


@ex.holds("dz sums to zero")
def _(dz, z, t, tolerance):
    return _sums_to_zero(dz, tolerance)


ex = Exercise(
    "06.4",
    "z = (ln 3, 0), t = (0, 1), x_1 = 2, learning rate 0.1: give the steps (of w_11, of w_12).",
    answer=(-0.15, 0.15),
    name="two_steps",
    hints=(
        "e to the power ln 3 is 3, e to the power 0 is 1: what are the two probabilities?",
        "p = (0.75, 0.25). A step is learning rate times (t - p) times the input.",
        "w_11 leads to neuron 1: 0.1 times (0 - 0.75) times 2. w_12 leads to neuron 2.",
    ),
)
ex.wrong_value(
    (0.15, -0.15),
    "the slope in place of the step",
    "Which neuron should have said yes? Is its weight going up?",
    seen="p - t, with descent's minus sign left out",
)
ex.wrong_value(
    (0.0, 0.15),
    "only the neuron of the true class learns",
    "Neuron 1 said 0.75 and should have said 0. Does nobody tell it?",
    seen="lecture 2's diagonal, t (1 - p)",
)
ex.wrong_value(
    (-0.028125, 0.028125),
    "the slope of the sigmoid kept",
    "That p (1 - p) belongs to squared error. What has cancelled it here?",
    seen="the delta rule of squared error through a sigmoid",
)
ex.wrong_value(
    (-0.075, 0.075),
    "the input forgotten",
    "How far does z_1 move when w_11 moves by 1 and the input is 2?",
    seen="dz taken for dw",
)
ex.wrong_value(
    (-1.5, 1.5), "the learning rate forgotten", "Which factor stands in front?", seen="the gradient, not the step"
)


ex = Exercise(
    "06.5",
    "Write `back_through_softmax(z, dp)`: z, dp (N, K) in; dz (N, K) out, row by row J dp, with no J made.",
    cases=(
        (np.array([[2.0, 1.0, 0.0], [-1.0, 1.0, 0.0]]), np.array([[1.0, 0.0, 2.0], [0.0, -1.0, 1.0]])),
        (np.array([[0.0, 0.0]]), np.array([[1.0, 0.0]])),
        (np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[1.0, 0.0], [3.0, -1.0]])),
        (_RNG.normal(size=(4, 6)), _RNG.normal(size=(4, 6))),
        (_RNG.normal(size=(5, 2)), _RNG.normal(size=(5, 2))),
    ),
    hints=(
        "Write out one entry: dz_i is the sum over c of p_c (delta_ci - p_i) dp_c. Split it into two sums.",
        "The first sum leaves p_i dp_i. In the second, p_i stands in every term: take it out.",
        "dz_i = p_i (dp_i - m), where m is the sum over c of p_c dp_c: the mean of dp, weighted by p.",
    ),
)


@ex.reference
def back_through_softmax(z, dp):
    """Row by row, the Jacobian of softmax times dp, without the Jacobian: p (dp - sum p dp)."""
    p = softmax(z)
    return p * (dp - (p * dp).sum(axis=1, keepdims=True))


@ex.wrong(
    "only the diagonal of the Jacobian",
    "Where do the other classes feel z_i?",
    seen="lecture 2 gives p (1 - p) as the gradient of softmax",
)
def _(z, dp):
    p = softmax(z)
    return p * (1 - p) * dp


@ex.wrong(
    "a plain mean in place of the weighted one",
    "In the sum over c, what stands in front of dp_c: 1/K, or p_c?",
    seen="centring, remembered without its weights",
)
def _(z, dp):
    return softmax(z) * (dp - dp.mean(axis=1, keepdims=True))


@ex.wrong(
    "the mean not taken off",
    "Add the same number to every dp. Should dz change, when the p can never all grow together?",
    seen="the derivative of the numerator alone",
)
def _(z, dp):
    return softmax(z) * dp


@ex.wrong(
    "one mean for the whole table",
    "Does the slope of one sample depend on the others?",
    seen="np.sum without an axis",
)
def _(z, dp):
    p = softmax(z)
    return p * (dp - (p * dp).sum())


@ex.wrong(
    "p in front forgotten",
    "A class with almost no probability: can it still move much?",
    seen="the last factor of p_i (dp_i - m) lost on the way",
)
def _(z, dp):
    p = softmax(z)
    return dp - (p * dp).sum(axis=1, keepdims=True)


@ex.wrong(
    "keepdims forgotten",
    "NumPy lines (N,) up with the classes. What shape must the means have?",
    seen="NumPy's broadcasting rules; silent where N equals K",
)
def _(z, dp):
    p = softmax(z)
    return p * (dp - (p * dp).sum(axis=1))


@ex.holds("every row of dz sums to zero")
def _(dz, z, dp, tolerance):
    return _sums_to_zero(dz, tolerance)
