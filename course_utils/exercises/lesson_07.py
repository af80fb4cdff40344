"""Exercises of lesson 07, MNIST with one digit against the rest."""

from __future__ import annotations

import struct

import numpy as np

from course_utils.activations import sigmoid
from course_utils.exercises.execution import Case
from course_utils.exercises.model import Exercise
from course_utils.exercises.words import number

SIZES = ((300, 4, 6), (1, 2, 2), (60_000, 28, 28), (100_000, 300, 260), (20_000_000, 17_000_000, 18_000_001))


ex = Exercise(
    "07.1",
    "Write `read_header(header)`: the 16 bytes before the pixels in, (count, rows, columns) out.",
    cases=tuple((struct.pack(">IIII", 2051, *sizes),) for sizes in SIZES),
    hints=(
        "Four numbers of four bytes each. The first names the type; you want the other three.",
        'The count is int.from_bytes(header[4:8], "big"). Which bytes hold the number of rows?',
        "Rows: bytes 8 to 11. Columns: bytes 12 to 15.",
    ),
)


@ex.reference
def read_header(header):
    """Number of pictures, of rows and of columns: three numbers of four bytes, after the four that name the type."""
    count = int.from_bytes(header[4:8], "big")
    rows = int.from_bytes(header[8:12], "big")
    columns = int.from_bytes(header[12:16], "big")
    return count, rows, columns


@ex.wrong(
    "columns before rows",
    "Which comes first in the file? On square pictures you would never notice; try one of 4 by 6.",
    seen="the reader of lecture 4",
)
def _(header):
    count, rows, columns = read_header(header)
    return count, columns, rows


@ex.wrong(
    "the least significant byte first",
    "Big-endian puts the most significant byte first. What is the second argument of int.from_bytes?",
    seen="the native order of most computers today, which np.frombuffer and struct assume when they are not told",
)
def _(header):
    return struct.unpack("<III", header[4:16])


@ex.wrong(
    "one byte for each number",
    "How large can a single byte be, and how many pictures does the file hold? Each number takes four bytes.",
    seen="reading the file by its small examples, where three of the four bytes are zero",
)
def _(header):
    return header[7], header[11], header[15]


@ex.wrong(
    "the magic number taken for the count",
    "What do the first four bytes, 00 00 08 03, say? The count comes after them.",
    seen="a common slip in readers of binary headers: the position starts at 0, the sizes at byte 4",
)
def _(header):
    return struct.unpack(">III", header[:12])


@ex.wrong(
    "the four bytes added up",
    "In 00 00 ea 60 the ea counts two hundred and fifty-sixes. What is a byte worth one place further left?",
    seen="place value forgotten, as in adding the digits of 42 to get 6",
)
def _(header):
    return tuple(sum(header[start : start + 4]) for start in (4, 8, 12))


ex = Exercise(
    "07.2",
    "60,000 pictures, a column of ones. Five whole numbers: rows and columns of X, entries of w, of z, of dw?",
    answer=(60_000, 785, 785, 60_000, 785),
    name="shapes",
    tolerance=0,
    hints=(
        "One row of X is one picture. How many pixels has it, and what else stands in the row?",
        "X @ w needs one weight for each column of X, and gives one logit for each row.",
        "dw says for each weight how the loss changes with it.",
    ),
)
ex.wrong_value(
    (60_000, 784, 784, 60_000, 784),
    "the column of ones forgotten",
    "How does the model say 'no' to an empty picture? Which column carries the bias?",
    seen="28 times 28 is all that the file knows of",
)
ex.wrong_value(
    (60_000, 785, 784, 60_000, 784),
    "a column of ones without a weight",
    "X @ w needs as many entries in w as X has columns. What is the weight of the ones?",
    seen="a bias kept apart and in the table at the same time",
)
ex.wrong_value(
    (60_001, 784, 784, 60_001, 784),
    "the ones as a row",
    "A new row is a new picture. What must be added to every picture?",
    seen="np.vstack for np.hstack, or axis=0 for axis=1 of np.insert",
)
ex.wrong_value(
    (60_000, 785, 60_000, 785, 60_000),
    "weights and logits exchanged",
    "Does each picture have a weight of its own, or each pixel?",
    seen="(N, D) @ (D,) read from the wrong side",
)
ex.wrong_value(
    (785, 60_000, 785, 60_000, 785),
    "rows and columns exchanged",
    "In X @ w, each row of X gives one logit. Is a row of yours a picture, or a place in all of them?",
    seen="one sample a column, as in many textbooks; w, z and dw do not change with it",
)
ex.wrong_value(
    (60_000, 785, 785, 60_000, 60_000),
    "a gradient for each picture",
    "p - t has one entry for each picture. What does X.T @ (p - t) do with the 60,000 of them?",
    seen="the slope in z taken for the slope in w",
)


ex = Exercise(
    "07.3",
    "Pixels divided by 255: by which factor must the learning rate grow, so that the logits move as before?",
    answer=255**2,
    name="factor",
    hints=(
        "To give the same logits on pixels that are 255 times smaller, how large must each weight be?",
        "The slope in a weight is the mean of (p - t) times the pixel. What happens to it?",
        "The slope shrinks by 255, and the weight has 255 times as far to go.",
    ),
)
ex.wrong_value(
    255,
    "one factor of 255",
    "Your step is now as long as before. How far has a weight to go, if the pixels are 255 times smaller?",
    seen="only the gradient is thought of, not the weight that it moves",
)
ex.wrong_value(
    1,
    "the same learning rate",
    "What becomes of the slope when every pixel is 255 times smaller? And of the distance?",
    seen="the rate thought of as a property of the model alone",
)
ex.wrong_value(
    1 / 255,
    "a smaller rate for smaller pixels",
    "The slope has shrunk already. Must the rate make up for it, or shrink as well?",
    seen="scaling the rate along with the inputs",
)
ex.wrong_value(
    1 / 255**2,
    "the factor upside down",
    "Is that the factor from raw to scaled, or from scaled back to raw?",
    seen="a slip of direction",
)
ex.wrong_value(
    1e-5 * 255**2,
    "the new rate instead of the factor",
    "That is the rate for scaled pixels. By how much is it larger than the old one, 0.00001?",
    seen="the last step of the question overlooked; the rate is what one needs next",
)
ex.wrong_value(
    256**2,
    "256 for 255",
    "A byte has 256 values. Which is the largest?",
    seen="a byte's 256 values taken for its largest",
)


def _verdicts() -> tuple[Case, ...]:
    rng = np.random.default_rng(74)
    t = rng.random(40) < 0.3
    return (
        (np.array([True, True, False, False, False]), np.array([True, False, False, False, False])),
        (np.array([True, True, True, False, False, False]), np.array([True, False, False, True, False, False])),
        (np.array([True, False]), np.array([True, True])),
        (np.array([True, True, False]), np.array([False, False, False])),
        (t, t ^ (rng.random(40) < 0.2)),
    )


ex = Exercise(
    "07.4",
    'Write `confusion(t, said)`: counts (2, 2), row = truth, column = verdict, "no" before "yes".',
    cases=_verdicts(),
    hints=(
        "Four kinds of picture. For each kind, which two things must be true at once?",
        "A missed five is t and not said: (t & ~said).sum().",
        "The upper row holds the pictures that are no fives: first the verdicts 'no', then 'yes'.",
    ),
)


@ex.reference
def confusion(t, said):
    """Counts (2, 2): row = truth, column = verdict, "no" before "yes"."""
    rejected = (~t & ~said).sum()
    false_alarms = (~t & said).sum()
    missed = (t & ~said).sum()
    hits = (t & said).sum()
    return np.array([[rejected, false_alarms], [missed, hits]])


@ex.wrong(
    "truth in the columns",
    "Your two kinds of mistake have changed places. Is a missed five in the row of the fives?",
    seen="confusionMatrix of R's caret has the truth in columns; scikit-learn has it in rows",
)
def _(t, said):
    return confusion(said, t)


@ex.wrong(
    "yes before no",
    "The classes are in the order 0, 1. Where do the many right 'no' stand then?",
    seen="most textbook tables begin with the true positives",
)
def _(t, said):
    return confusion(~t, ~said)


@ex.wrong(
    "shares of all pictures",
    "How many fives were missed? A count answers that; divide later, when you know by what.",
    seen="normalize='all' of scikit-learn",
)
def _(t, said):
    return confusion(t, said) / len(t)


@ex.wrong(
    "shares of each row",
    "Each of your rows sums to one. Precision needs the counts of a column: how would you get them back?",
    seen="normalize='true' of scikit-learn",
)
def _(t, said):
    counts = confusion(t, said)
    return counts / counts.sum(axis=1, keepdims=True)


@ex.wrong(
    "one condition for each cell",
    "A cell holds the pictures for which two things are true at once. Which two?",
    seen="the row and column sums of the table written into its cells",
)
def _(t, said):
    return np.array([[(~t).sum(), said.sum()], [(~said).sum(), t.sum()]])


@ex.holds("every picture is counted once")
def _(counts, t, said, tolerance):
    total = counts.sum()
    if abs(total - len(t)) > tolerance:
        return f"they add up to {number(total, beside=len(t))}, but there are {len(t)} pictures"
    return None


ex = Exercise(
    "07.5",
    "Write `precision_and_recall(counts)` for a table of counts (2, 2): two shares between 0 and 1.",
    cases=(
        (np.array([[7, 1], [3, 2]]),),
        (np.array([[8, 2], [4, 0]]),),
        (np.array([[90, 0], [6, 4]]),),
        (np.array([[9040, 68], [295, 597]]),),
    ),
    hints=(
        "Both have the hits, counts[1, 1], on top. They differ in what they divide by.",
        "Precision: of all that were called a five. That is a column of the table.",
        "Recall: of all that are fives. That is a row of the table.",
    ),
)


@ex.reference
def precision_and_recall(counts):
    """Hits among all that were called a five, and hits among all that are fives."""
    hits = counts[1, 1]
    called_five, are_fives = counts[:, 1].sum(), counts[1].sum()
    return float(hits / called_five), float(hits / are_fives)


@ex.wrong(
    "precision and recall exchanged",
    "Which of the two falls when the machine misses more fives and raises no more false alarms?",
    seen="the most frequent slip with the two; a table with truth in its columns makes it too",
)
def _(counts):
    precision, recall = precision_and_recall(counts)
    return recall, precision


@ex.wrong(
    "accuracy for precision",
    "Do the thousands of right 'no' count when you ask how far a 'yes' can be trusted?",
    seen="in everyday speech the two words mean the same",
)
def _(counts):
    return float(np.trace(counts) / counts.sum()), precision_and_recall(counts)[1]


@ex.wrong(
    "the shares of the class 'no'",
    "Row 0 and column 0 are the other digits. Where do the fives stand?",
    seen="the hits looked for at the top left, where most textbook tables have them",
)
def _(counts):
    return precision_and_recall(counts[::-1, ::-1])


@ex.wrong(
    "hits among all pictures",
    "Could a perfect machine reach 1 with your formula, when only one picture in ten is a five?",
    seen="dividing by N from habit",
)
def _(counts):
    share = float(counts[1, 1] / counts.sum())
    return share, share


@ex.wrong(
    "hits divided by mistakes",
    "You compare hits with misses; a share compares them with hits and misses together. What is missing?",
    seen="odds taken for a share",
)
def _(counts):
    return float(counts[1, 1] / counts[0, 1]), float(counts[1, 1] / counts[1, 0])


@ex.wrong("percent", "A share lies between 0 and 1. By what is yours too large?", seen="percent as they are printed")
def _(counts):
    precision, recall = precision_and_recall(counts)
    return 100 * precision, 100 * recall


@ex.holds("shares")
def _(pair, counts, tolerance):
    largest = pair.max()
    return f"got {number(largest, beside=1)}, but a share is at most 1" if largest > 1 + tolerance else None


def _scores() -> tuple[Case, ...]:
    rng = np.random.default_rng(76)
    t = rng.random(60) < 0.25
    return (
        (np.array([2.0, 1.0, 1.5, -1.0, 0.0]), np.array([True, True, False, False, False]), 1.0),
        (np.array([2.0, -1.0, 1.0, -3.0, -2.0]), np.array([True, True, False, False, False]), 0.0),
        (np.array([0.2, 0.9, 0.4]), np.array([False, True, False]), 0.5),
        (np.array([1.0, 0.0, 0.0]), np.array([True, True, False]), 0.0),  # on the cut is not above it
        (rng.normal(size=60) + 2 * t, t, 1.0),
        (rng.normal(size=60) + 2 * t, t, -0.5),
    )


ex = Exercise(
    "07.6",
    "Write `roc_point(z, t, cut)`: (share of the others called five, share of the fives called five).",
    cases=_scores(),
    hints=(
        "First the verdicts: which logits lie above the cut?",
        "Among the fives, t, which share got the verdict 'five'? That is the second number.",
        "The first number is the same share among the others, ~t.",
    ),
)


@ex.reference
def roc_point(z, t, cut):
    """False alarms among the other digits, and hits among the fives, when z > cut is called a five."""
    said = z > cut
    return float((said & ~t).sum() / (~t).sum()), float((said & t).sum() / t.sum())


@ex.wrong(
    "the two shares exchanged",
    "The false alarms come first, since they lie on the horizontal axis. Which of yours is which?",
    seen="hits named first, as the eye looks for them first",
)
def _(z, t, cut):
    false_alarms, hits = roc_point(z, t, cut)
    return hits, false_alarms


@ex.wrong(
    "shares of all pictures",
    "Call everything a five. Both shares should be 1: are yours?",
    seen="dividing by N from habit",
)
def _(z, t, cut):
    said = z > cut
    return float((said & ~t).mean()), float((said & t).mean())


@ex.wrong(
    "false alarms among the alarms",
    "That is 1 - precision. The ROC asks: of all that are no fives, how many were called one?",
    seen="the false discovery rate, often mixed up with the false positive rate",
)
def _(z, t, cut):
    said = z > cut
    return float((said & ~t).sum() / said.sum()), roc_point(z, t, cut)[1]


@ex.wrong(
    "the others that were rightly left alone",
    "That is 1 minus the share asked for. Call all of them fives: yours is 0. Where does the ROC end?",
    seen="specificity, which medicine quotes beside sensitivity; the ROC has 1 - specificity on its axis",
)
def _(z, t, cut):
    false_alarms, hits = roc_point(z, t, cut)
    return 1 - false_alarms, hits


@ex.wrong(
    "a logit on the cut called yes",
    "Only what lies above the cut counts as 'five'. What do you do with a logit of exactly the cut?",
    seen=">= where > is meant; scikit-learn's roc_curve counts a score on its threshold as yes",
)
def _(z, t, cut):
    return roc_point(z, t, float(np.nextafter(cut, -np.inf)))


@ex.wrong(
    "the cut laid on the probability",
    "The cut is a logit, and may be negative. What is the smallest value of a sigmoid?",
    seen="predict_proba where decision_function stands; both give one curve, but not one point for one cut",
)
def _(z, t, cut):
    return roc_point(sigmoid(z), t, cut)


@ex.wrong(
    "below the cut called yes",
    "Is a large logit a 'yes' or a 'no'?",
    seen="a cut on a distance, where small means alike",
)
def _(z, t, cut):
    return roc_point(-z, t, -cut)


@ex.wrong("percent", "A share lies between 0 and 1. By what is yours too large?", seen="percent as they are printed")
def _(z, t, cut):
    false_alarms, hits = roc_point(z, t, cut)
    return 100 * false_alarms, 100 * hits


ex = Exercise(
    "07.7",
    'A missed five costs as much as ten false alarms. Above which p does saying "five" cost less than saying "no"?',
    answer=1 / 11,
    name="best_cut",
    hints=(
        'Say "five": with chance 1 - p it is a false alarm. What do you expect to pay?',
        'Say "no": with chance p it is a miss, at ten times the price. What do you expect to pay now?',
        "(1 - p) times 1 must be less than p times 10. Bring all the p to one side.",
    ),
)
ex.wrong_value(
    1 / 10,
    "the ratio of the prices taken for the cut",
    'At your cut, what does saying "five" cost, and what does saying "no"? Are the two equal?',
    seen="odds of 1 to 10 taken for a chance of 1 in 10",
)
ex.wrong_value(
    10 / 11,
    "the other way round",
    'A miss is the dear mistake. Should the machine say "five" earlier than at 0.5, or later?',
    seen="the price of a miss put on top",
)
ex.wrong_value(
    0.5,
    "one half, whatever it costs",
    "At p = 0.4, what do you expect to pay for a 'no', and what for a 'five'?",
    seen="the default of most libraries",
)
ex.wrong_value(
    1 / 12,
    "one too many in the sum of the prices",
    "The prices are 1 and 10. What is their sum?",
    seen="ten more read for ten times",
)
ex.wrong_value(
    10.0,
    "the ratio of the prices",
    "The cut is laid on a chance. Between which numbers does it lie?",
    seen="the ratio asked for in many textbooks, where a likelihood ratio is compared with it",
)
ex.wrong_value(
    float(np.log(1 / 10)),
    "the cut on the logit",
    "The question asks for p. Which p has this logit?",
    seen="decision_function where predict_proba is meant",
)
