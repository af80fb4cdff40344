"""The exercises of lesson 00: which kind of question, a class out of probabilities, and the share that is right."""

from __future__ import annotations

import numpy as np

from course_utils.exercises.model import Exercise
from course_utils.exercises.words import number

ex = Exercise(
    "00.1",
    "Which of six questions are classification? Give six numbers, 1 for classification, 0 for regression.",
    answer=(0, 1, 1, 0, 1, 0),
    name="kinds",
    hints=(
        "Ask of each answer: is an answer that is off by a little nearly right, or just wrong?",
        "A digit and a post code are numbers that serve as names. Years, millimetres and kilometres are amounts.",
        "Question 5 asks rain or not; its number says how sure one is. Put a 1 at 2, 3 and 5, and a 0 elsewhere.",
    ),
)
ex.wrong_value(
    (1, 0, 0, 1, 0, 1),
    "the two words exchanged",
    "Which of the two asks how many, and which one asks which one?",
    seen="'logistic regression', which is used to classify",
)
ex.wrong_value(
    (0, 0, 0, 0, 1, 0),
    "a number is always an amount",
    "Is a letter for house 18 nearly delivered at house 19? Then what is the number there?",
    seen="digits and post codes, whose numbers are names",
)
ex.wrong_value(
    (0, 1, 0, 0, 1, 0),
    "a post code is an amount",
    "Is the mean of two post codes the place half-way? If not, the number is a name.",
    seen="columns of post codes and product numbers that are fed to a regression as they are",
)
ex.wrong_value(
    (0, 1, 1, 0, 0, 0),
    "a chance is an amount",
    "What happens in the end: 0.7 rain, or one of two things? The chance says how sure one is of a name.",
    seen="the forecast '70 % rain'; a classifier answers with such numbers",
)
ex.wrong_value(
    (0, 0, 0, 0, 0, 0),
    "all six are amounts",
    "All six can be answered by a number. In which would an answer that is off by one be nearly right?",
    seen="the form of the answer taken for the kind of the question",
)
ex.wrong_value(
    (1, 1, 1, 1, 1, 1),
    "all six are classification",
    "Any amount can be rounded. But is 81 for 80 as wrong as 8 for 80? Then the answer is an amount.",
    seen="amounts cut into bins, as lesson 01 does it on purpose",
)
ex.wrong_value(
    (1, 1, 1, 0, 1, 0),
    "whole years are classes",
    "Years can be counted. But is 81 for 80 as bad an answer as 8 for 80?",
    seen="whole numbers taken for labels",
)


ex = Exercise(
    "00.2",
    "Finish `decide(p)`: probabilities (N, K) in, the most probable class of each row (N,) out.",
    cases=(
        (np.array([[0.2, 0.7, 0.1], [0.25, 0.35, 0.4]]),),
        (np.array([[0.2, 0.8], [0.9, 0.1], [0.3, 0.7]]),),
        (np.array([[0.4, 0.35, 0.25], [0.3, 0.25, 0.45], [0.2, 0.45, 0.35], [0.1, 0.6, 0.3]]),),
    ),
    hints=(
        "Not the largest probability is wanted, but its place in the row. Places are counted from 0.",
        "NumPy calls the place of the largest entry argmax. It takes an axis: along which one do the classes lie?",
        "Along axis 1, from left to right: p.argmax(axis=1).",
    ),
)


@ex.reference
def decide(p):
    """Probabilities (N, K) in, the most probable class of each row (N,) out."""
    return p.argmax(axis=1)


@ex.wrong(
    "the probability in place of the class",
    "You say how sure the model is. Of which class?",
    seen="max for argmax, the most frequent slip of NumPy's beginners",
)
def _(p):
    return p.max(axis=1)


@ex.wrong(
    "down the columns",
    "One row is one sample. You looked for the best sample of each class. Which axis runs along a row?",
    seen="axis=0, which many take for 'along the rows'",
)
def _(p):
    return decide(p.T)


@ex.wrong(
    "the least probable class",
    "Is the answer to be the class with the smallest number?",
    seen="argmin, which is right for losses and distances",
)
def _(p):
    return decide(-p)


@ex.wrong(
    "classes counted from one",
    "What is the number of the first class? Python counts from 0, and so do the labels.",
    seen="lecture 5, whose ten classes run from 1 to 10",
)
def _(p):
    return decide(p) + 1


@ex.wrong(
    "one answer for the whole table",
    "N samples want N answers. Without an axis, NumPy looks through the whole table at once.",
    seen="argmax without an axis",
)
def _(p):
    return np.asarray(p.argmax())


@ex.wrong(
    "only a probability above one half counts",
    "With three classes the winner may have 0.4. What does your function say then?",
    seen="the rule p > 0.5, which holds for two classes alone",
)
def _(p):
    return decide((p > 0.5).astype(float))


@ex.holds("classes")
def _(classes, p, tolerance):
    whole = (classes == np.floor(classes)).all()
    if whole:
        return None
    return f"got [{', '.join(map(number, classes))}], but a class is a whole number: its place in the row"


ex = Exercise(
    "00.3",
    "Write `accuracy(predicted, y)`: two arrays of classes (N,) in, the share that is right out, 0 to 1.",
    cases=(
        (np.array([1, 0, 4, 2, 2]), np.array([1, 3, 0, 2, 2])),
        (np.array([0, 1, 2, 2, 2, 2]), np.array([2, 1, 2, 2, 2, 0])),
        (np.array([3, 5, 5, 8, 9]), np.array([3, 3, 5, 8, 4])),
        (np.array([0, 7]), np.array([0, 7])),
    ),
    hints=(
        "Compare first: predicted == y gives True or False for each sample.",
        "True counts as 1 and False as 0. Which one number says how large the share of True is?",
        "The mean: (predicted == y).mean().",
    ),
)


@ex.reference
def accuracy(predicted, y):
    """Predicted and true classes (N,) in, the share that is right out, from 0 to 1."""
    return float((predicted == y).mean())


@ex.wrong(
    "the count in place of the share",
    "Is that many? Out of how many? A share has an answer to it.",
    seen="sum for mean",
)
def _(predicted, y):
    return accuracy(predicted, y) * len(y)


@ex.wrong(
    "the share of what is wrong",
    "If every answer were right, what would your function say?",
    seen="the error rate, which published tables use: 12.0 % for a linear classifier",
)
def _(predicted, y):
    return 1 - accuracy(predicted, y)


@ex.wrong("percent", "A share lies between 0 and 1. By what is yours too large?", seen="percent as they are printed")
def _(predicted, y):
    return 100 * accuracy(predicted, y)


@ex.wrong(
    "the distance between class numbers",
    "Is a 9 taken for a 4 worse than a 5 taken for a 4? A class number is only a name.",
    seen="the mean absolute error of regression",
)
def _(predicted, y):
    return float(np.abs(predicted - y).mean())


@ex.wrong(
    "all or nothing",
    "You ask whether every answer is right. How large is the share?",
    seen="np.array_equal, or all for mean",
)
def _(predicted, y):
    return float((predicted == y).all())


@ex.wrong(
    "one verdict for each sample",
    "You compared them one by one. One number is wanted for all of them.",
    seen="the comparison without its mean",
)
def _(predicted, y):
    return (predicted == y).astype(np.int64)


@ex.holds("a share")
def _(share, predicted, y, tolerance):
    inside = -tolerance <= share <= 1 + tolerance
    return None if inside else f"got {number(share, beside=1)}, but a share lies between 0 and 1"
