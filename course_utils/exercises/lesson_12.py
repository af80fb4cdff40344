"""Exercises of lesson 12, many labels."""

from __future__ import annotations

import numpy as np

from course_utils.activations import sigmoid, softmax, softplus
from course_utils.exercises.execution import Case
from course_utils.exercises.model import Exercise
from course_utils.exercises.words import number


def _label_batches() -> tuple[Case, ...]:
    """Two scenes written out, one scene, a batch at random, then logits that no p can hold; inputs z, t."""
    rng = np.random.default_rng(111)
    return (
        (np.array([[2.0, 0.5, -3.0], [-1.0, 0.7, 0.4]]), np.array([[1.0, 0.0, 1.0], [0.0, 0.0, 0.0]])),
        (np.array([[0.0, 2.0, -1.0]]), np.array([[1.0, 0.0, 1.0]])),
        (rng.normal(0, 2, size=(7, 4)), rng.integers(0, 2, (7, 4)).astype(float)),
        (np.array([[40.0, -40.0, 800.0], [35.0, -35.0, -800.0]]), np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0]])),
    )


ex = Exercise(
    "12.1",
    "Write `loss_per_label(z, t)`: logits (N, K) and targets (N, K) in, K losses in nats out.",
    cases=_label_batches(),
    hints=(
        "The table of losses stands there already: one entry for each sample and label.",
        "One number a label: which axis counts the samples?",
        "losses.mean(axis=0)",
    ),
)


@ex.reference
def loss_per_label(z, t):
    """Mean over samples of the binary cross-entropy of each label."""
    losses = np.logaddexp(0, z) - t * z  # (N, K)
    return losses.mean(axis=0)


@ex.wrong(
    "the mean over labels",
    "You averaged over labels. Which axis counts the scenes?",
    seen="the axis that goes taken for the axis that stays; a question asked again and again of numpy's axis",
)
def _(z, t):
    return (np.logaddexp(0, z) - t * z).mean(axis=1)


@ex.wrong(
    "only labels that are present pay",
    "What does a network pay that sees a bus everywhere? The term (1 - t) ln(1 - p) is for what is absent.",
    seen="carrying softmax's -sum t ln p over to sigmoids; asked about in forum threads on multi-label losses",
)
def _(z, t):
    return (t * softplus(-z)).mean(axis=0)


@ex.wrong(
    "softmax where sigmoids stand",
    "Must the three probabilities sum to one? A scene may hold all three, or none.",
    seen="torchgeo's multi-label task took the softmax of its outputs for its metrics (pull request 791)",
)
def _(z, t):
    p = softmax(z)
    return (-t * np.log(p) - (1 - t) * np.log(1 - p)).mean(axis=0)


@ex.wrong(
    "the sum in place of the mean",
    "Would the loss of 4,000 scenes be comparable with that of 2,000? Take the mean over N.",
    seen="torch's reduction='sum'",
)
def _(z, t):
    return loss_per_label(z, t) * len(z)


@ex.wrong(
    "the mean over all entries",
    "You divided by K too. The loss of one label does not become smaller because there are others.",
    seen="torch's BCEWithLogitsLoss, whose default divides by N times K",
)
def _(z, t):
    return loss_per_label(z, t) / z.shape[1]


@ex.wrong(
    "the sigmoid applied twice",
    "sigmoid(z) is a probability already. What does the sigmoid of 0.5 to 1 look like?",
    seen="BCEWithLogitsLoss fed with probabilities, a frequent bug report on torch's forum",
)
def _(z, t):
    p = sigmoid(sigmoid(z))
    return (-t * np.log(p) - (1 - t) * np.log(1 - p)).mean(axis=0)


@ex.wrong(
    "the label turned round",
    "t = 1 and z = 2: should the loss be near 2 or near 0?",
    seen="the minus sign of -t z lost on the way",
)
def _(z, t):
    return loss_per_label(z, 1 - t)


@ex.wrong(
    "the minus sign forgotten",
    "Is ln p positive or negative for a probability?",
    seen="log-likelihood, which is maximised, taken for a loss",
)
def _(z, t):
    return -loss_per_label(z, t)


@ex.wrong("bits for nats", "Which logarithm counts in nats?", seen="information theory counts in bits")
def _(z, t):
    return loss_per_label(z, t) / np.log(2)


@ex.wrong(
    "squared error",
    "That loss is between 0 and 1. What does being sure and wrong cost with a logarithm?",
    seen="the loss of lesson 03",
)
def _(z, t):
    return ((sigmoid(z) - t) ** 2).mean(axis=0)


@ex.holds("a loss in nats")
def _(per_label, z, t, tolerance):
    low = per_label.min()
    return f"got {number(low)}, but minus the log of a probability is never negative" if low < -tolerance else None


ex = Exercise(
    "12.2",
    "Write `which_are_there(z)`: logits (N, K) in, a table out, 1 where the probability is above 0.5, else 0.",
    cases=(
        (np.array([[3.0, 0.25, -2.0], [-1.0, 0.0, -3.0]]),),
        (np.array([[0.3, -0.2, 2.0]]),),
        (np.array([[3.0, 0.1, -2.0], [-1.0, -0.5, -3.0], [1.0, 2.0, 0.4]]),),
        (np.random.default_rng(112).normal(size=(8, 5)),),
    ),
    hints=(
        "Each label is a question of its own: how many answers has one scene?",
        "Where does a sigmoid pass 0.5? At which logit?",
        "A comparison gives True and False; .astype(float) makes 1 and 0 of them.",
    ),
)


@ex.reference
def which_are_there(z):
    """Say yes, 1, where the probability is above one half, which is where the logit is above 0."""
    return (z > 0).astype(float)


@ex.wrong(
    "the threshold 0.5 applied to logits",
    "0.5 is a threshold for p. Which z has sigmoid(z) = 0.5? Or take the sigmoid first.",
    seen="an example of Hugging Face's transformers did so (pull request 26936); autrainer too (issue 18)",
)
def _(z):
    return (z > 0.5).astype(float)


@ex.wrong(
    "only the largest logit wins",
    "What does this say of a scene with a car and a bus? And of an empty street?",
    seen="argmax, the rule for one label out of many, kept for many labels",
)
def _(z):
    return np.eye(z.shape[1])[z.argmax(axis=1)]


@ex.wrong(
    "a softmax before the threshold",
    "How many entries of a distribution can be above one half?",
    seen="torchgeo's multi-label task before its pull request 791",
)
def _(z):
    return (softmax(z) > 0.5).astype(float)


@ex.wrong(
    "probabilities in place of answers",
    "That is how sure the network is. The answer is yes or no, 1 or 0.",
    seen="predict and predict_proba confused",
)
def _(z):
    return sigmoid(z)


@ex.wrong("yes where the logit is negative", "Which way does a sigmoid rise?", seen="a comparison turned round")
def _(z):
    return (z < 0).astype(float)


@ex.wrong(
    "a logit on the cut called yes",
    "Only what lies above 0.5 is a yes. What is p where z is 0?",
    seen=">= where > is meant; scikit-learn's roc_curve counts a score on its threshold as yes",
)
def _(z):
    return (z >= 0).astype(float)


ex = Exercise(
    "12.3",
    "Softmax over (car, bus, pedestrian), target [1, 0, 1], loss -sum t ln p: which p of the car makes the loss "
    "lowest, and how low can it get, in nats? Give the pair.",
    answer=(0.5, 2 * np.log(2)),
    name="best",
    tolerance=5e-3,
    hints=(
        "Only the first and the third probability occur in the loss. What does the second do for it?",
        "The bus gets nothing: p = (a, 0, 1 - a). Which a makes -ln a - ln(1 - a) smallest?",
        "Both sides of a = 1/2 are alike: p = 1/2 each, and each costs ln 2.",
    ),
)
ex.wrong_value(
    (1.0, 0.0),
    "both labels reached at once",
    "p = (1, 0, 1) sums to 2. Is that a distribution?",
    seen="reading softmax outputs as three separate probabilities",
)
ex.wrong_value(
    (0.5, np.log(2)),
    "one of the two labels paid for",
    "Two labels are true, and each pays ln 2. What do they pay together?",
    seen="-ln p_y, the loss of one true class",
)
ex.wrong_value(
    (0.5, 0.25),
    "the product not logged",
    "0.25 is the product of both probabilities. The loss is a sum of logarithms: what is -ln 0.25?",
    seen="the likelihood taken for minus its logarithm",
)
ex.wrong_value(
    (1 / 3, 2 * np.log(3)),
    "all three share alike",
    "The bus is not there. Who gains if its third goes to the other two?",
    seen="the start, where all logits are 0, taken for the end",
)
ex.wrong_value(
    (0.5, 2.0),
    "bits for nats",
    "That is the loss in bits. Which logarithm counts in nats?",
    seen="information theory counts in bits",
)
ex.wrong_value(
    (0.5, 2 * np.log10(2)),
    "logarithms to base 10",
    "That is in decimal digits. Which logarithm counts in nats?",
    seen="school calculus, where log is often base 10",
)
ex.wrong_value(
    (1.0, np.log(2)),
    "one label taken, the other given up",
    "What does the loss -ln 0 of the other label come to?",
    seen="argmax thinking: one class wins",
)


def _weighted_cases() -> tuple[Case, ...]:
    """Two scenes written out, one scene, a batch at random, then logits that no p can hold; inputs z, t, weight."""
    rng = np.random.default_rng(124)
    return (
        (
            np.array([[2.0, 0.5, -3.0], [-1.0, 0.7, 0.4]]),
            np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]),
            np.array([19.0, 4.0, 2.0]),
        ),
        (np.array([[0.0, 2.0, -1.0]]), np.array([[1.0, 0.0, 1.0]]), np.array([1.0, 1.0, 1.0])),
        (rng.normal(0, 2, size=(7, 4)), rng.integers(0, 2, (7, 4)).astype(float), rng.uniform(0.5, 9, 4)),
        (
            np.array([[40.0, -40.0], [35.0, -35.0], [-800.0, 800.0]]),
            np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 0.0]]),
            np.array([3.0, 0.5]),
        ),
    )


ex = Exercise(
    "12.4",
    "Write `weighted_loss(z, t, weight)`: binary cross-entropy from logits (N, K) and targets (N, K) in which a yes "
    "of label k counts weight[k] times; the mean over all entries out.",
    cases=_weighted_cases(),
    hints=(
        "Each entry pays once: a yes pays -ln p, times its weight, and a no pays -ln(1 - p).",
        "-ln p is np.logaddexp(0, -z), and -ln(1 - p) is np.logaddexp(0, z).",
        "(weight * t * np.logaddexp(0, -z) + (1 - t) * np.logaddexp(0, z)).mean()",
    ),
)


@ex.reference
def weighted_loss(z, t, weight):
    """Mean over entries of the binary cross-entropy, a yes of label k counted weight[k] times."""
    losses = weight * t * np.logaddexp(0, -z) + (1 - t) * np.logaddexp(0, z)
    return losses.mean()


@ex.wrong(
    "the weight on both sides",
    "Then a no of that label counts as much more as a yes. What is left of the difference?",
    seen="torch's weight= taken for pos_weight=: the first multiplies the whole entry",
)
def _(z, t, weight):
    return (weight * (np.logaddexp(0, z) - t * z)).mean()


@ex.wrong(
    "the weight on the no",
    "Which of the two is rare? The rare one is to count for more.",
    seen="class weights written down in the order (no, yes) and read in the other",
)
def _(z, t, weight):
    return (t * np.logaddexp(0, -z) + weight * (1 - t) * np.logaddexp(0, z)).mean()


@ex.wrong(
    "the weights forgotten",
    "That is lesson 04's loss. What does one yes in twenty pay in it?",
    seen="the default of every library: all samples alike",
)
def _(z, t, weight):
    return (np.logaddexp(0, z) - t * z).mean()


@ex.wrong(
    "divided by the sum of the weights",
    "The formula divides by N K. Yours makes the loss of a yes smaller again as its weight grows.",
    seen="torch's CrossEntropyLoss with weight=, which divides by the weights of the targets",
)
def _(z, t, weight):
    losses = weight * t * np.logaddexp(0, -z) + (1 - t) * np.logaddexp(0, z)
    return losses.sum() / (weight * t + 1 - t).sum()


@ex.wrong(
    "the logit weighted in place of the loss",
    "A weight of 19 on z makes the network surer, not a yes dearer. What is it that counts nineteen times?",
    seen="weights applied before the sigmoid, asked about on torch's forum",
)
def _(z, t, weight):
    return (np.logaddexp(0, weight * z) - t * weight * z).mean()


@ex.wrong(
    "only the yes pays",
    "What does a network pay that sees a bus everywhere? The term (1 - t) ln(1 - p) is for what is absent.",
    seen="carrying softmax's -sum t ln p over to sigmoids",
)
def _(z, t, weight):
    return (weight * t * np.logaddexp(0, -z)).mean()


@ex.wrong(
    "the sum in place of the mean",
    "Would the loss of 4,000 scenes be comparable with that of 2,000?",
    seen="torch's reduction='sum'",
)
def _(z, t, weight):
    return weighted_loss(z, t, weight) * z.size


@ex.wrong(
    "one loss for each label",
    "That is a loss for each label. Descent needs one number: the mean over labels, too.",
    seen="exercise 12.1, carried on",
)
def _(z, t, weight):
    return (weight * t * np.logaddexp(0, -z) + (1 - t) * np.logaddexp(0, z)).mean(axis=0)


ex = Exercise(
    "12.5",
    "A network trained with weight 9 on a yes says 50 %. What is the chance of a yes in the data as they are?",
    answer=0.1,
    name="chance",
    tolerance=1e-3,
    hints=(
        "What does the weight do to a yes? As if each had been there nine times.",
        "Odds are p to 1 - p. The network says 1 to 1; nine times too much for the yes.",
        "Odds of 1 to 9 are a chance of 1 in 10.",
    ),
)
ex.wrong_value(
    0.5,
    "the network taken at its word",
    "It has learned of a world in which each yes counts nine times. Is that the world you ask about?",
    seen="probabilities of networks trained with class weights, reported as they are",
)
ex.wrong_value(
    0.5 / 9,
    "the probability divided by the weight",
    "Do the same with 1 - p, and see whether both still add up to one. What is nine times too large are the odds.",
    seen="p / w: a share scaled without its rest",
)
ex.wrong_value(
    1 / 9,
    "odds given for a chance",
    "1 to 9 are odds: one yes for nine no. Of how many scenes is that?",
    seen="odds and chances confused, the commonest slip with betting odds",
)
ex.wrong_value(
    0.9,
    "the weight multiplied once more",
    "Weights make the network say yes too readily. Should the chance lie above or below what it says?",
    seen="the correction made in the wrong direction",
)
ex.wrong_value(
    5.556,
    "percent for a share",
    "A chance lies between 0 and 1.",
    seen="percent as they are printed",
)
