"""Exercises of lesson 01, probability review."""

from __future__ import annotations

import numpy as np

from course_utils.exercises.model import Exercise
from course_utils.exercises.words import number

ex = Exercise(
    "01.1",
    "Finish `probability_of(P, event)`: the probability that one of the outcomes in the event happens.",
    cases=(
        (np.array([0.15, 0.5, 0.1, 0.25]), np.array([0, 2])),
        (np.array([0.3, 0.6, 0.1]), np.array([1])),
        (np.array([0.1, 0.08, 0.12, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]), np.array([6, 0, 4])),
        (np.array([0.2, 0.3, 0.5]), np.array([0, 1, 2])),
    ),
    hints=(
        "Take the weather: which outcomes are in {rain, wind}, and what is the probability of each?",
        "Only one outcome happens, so their probabilities add up.",
        "P[event] picks the probabilities of the outcomes in the event. One sum is missing.",
    ),
)


@ex.reference
def probability_of(P, event):
    """Sum of the probabilities of the outcomes in the event, given by their numbers."""
    return float(P[event].sum())


@ex.wrong(
    "the sum over all of S",
    "That is 1 for every event. Over which outcomes does the sum for an event go?",
    seen="lecture 2, where the sums over the event and over S are exchanged",
)
def _(P, event):
    return float(P.sum())


@ex.wrong(
    "the mean of the probabilities",
    "Does an event become less probable when an outcome is added to it?",
    seen="a mean where a sum is meant, the slip of np.mean for np.sum",
)
def _(P, event):
    return float(P[event].mean())


@ex.wrong(
    "the probabilities multiplied",
    "A product is for two things that both happen. Can it be rain and wind at once, as outcomes of one draw?",
    seen="the product rule for independent events",
)
def _(P, event):
    return float(P[event].prod())


@ex.wrong(
    "outcomes taken for independent events",
    "1 - (1 - a)(1 - b) is for two separate draws. How many outcomes does one draw have?",
    seen="the chance of at least one six in several throws, learned at school",
)
def _(P, event):
    return float(1 - (1 - P[event]).prod())


@ex.wrong(
    "favourable over possible",
    "That is right where all outcomes are equally likely. Are they?",
    seen="Laplace's rule for dice and cards",
)
def _(P, event):
    return len(event) / len(P)


@ex.wrong(
    "percent", "A probability lies between 0 and 1. By what is yours too large?", seen="percent as they are printed"
)
def _(P, event):
    return 100 * probability_of(P, event)


ex = Exercise(
    "01.2",
    "Finish `running_frequency(happened)`: after each draw, the share of the draws so far with a 1.",
    cases=(
        (np.array([1, 0, 0, 1]),),
        (np.array([1]),),
        (np.array([0, 1, 1, 1, 0]),),
        (np.array([0, 0, 0]),),
    ),
    hints=(
        "After four draws 1, 0, 0, 1 the frequencies are 1/1, 1/2, 1/3 and 2/4.",
        "np.cumsum counts how often it has happened so far. Divide by the number of draws so far.",
        "The numbers of draws so far are 1, 2, ..., N: np.arange(1, N + 1).",
    ),
)


@ex.reference
def running_frequency(happened):
    """Share of the draws up to and including each one in which the event happened."""
    return np.cumsum(happened) / np.arange(1, len(happened) + 1)


@ex.wrong(
    "the count in place of the share",
    "A count grows without end. By what has it to be divided?",
    seen="absolute and relative frequency exchanged",
)
def _(happened):
    return np.cumsum(happened).astype(float)


@ex.wrong(
    "divided by all draws",
    "After the third draw, how many draws have there been?",
    seen="len(happened) for the number of draws so far",
)
def _(happened):
    return np.cumsum(happened) / len(happened)


@ex.wrong(
    "draws counted from zero",
    "np.arange(N) begins with 0. How many draws have there been after the first one?",
    seen="Python counts positions from zero, people count draws from one",
)
def _(happened):
    return np.cumsum(happened) / np.arange(len(happened))


@ex.wrong(
    "the share of the misses",
    "Which draws count, those with a 1 or those with a 0?",
    seen="the other outcome of the trial",
)
def _(happened):
    return 1 - running_frequency(happened)


@ex.wrong("percent", "A share lies between 0 and 1. By what is yours too large?", seen="percent as they are printed")
def _(happened):
    return 100 * running_frequency(happened)


@ex.holds("a frequency")
def _(result, happened, tolerance):
    outside = result[(result < -tolerance) | (result > 1 + tolerance)]
    return f"got {number(outside[0], beside=1)}, but a share lies between 0 and 1" if len(outside) else None


ex = Exercise(
    "01.3",
    "P(rain) = 0.05, P(sun) = 0.4, P(rain and sun) = 0.03. What is P(rain or sun)?",
    answer=0.42,
    name="rain_or_sun",
    tolerance=1e-3,
    hints=(
        "Draw two overlapping circles. Which part is counted twice in 0.05 + 0.4?",
        "A sun shower is a rainy day and a sunny day. Count it once.",
        "P(A or B) = P(A) + P(B) - P(A and B).",
    ),
)
ex.wrong_value(
    0.45,
    "the overlap counted twice",
    "How often does a sun shower enter your sum?",
    seen="the sum rule for disjoint events; lecture 2 warns with these numbers",
)
ex.wrong_value(
    0.39,
    "either, but not both",
    "You left the sun showers out. Is a sun shower a day with rain or sun?",
    seen="'or' of everyday speech, which often excludes both",
)
ex.wrong_value(
    0.43,
    "independence assumed",
    "0.05 times 0.4 would be the overlap of independent events. Which overlap is given?",
    seen="the product rule, used without being asked for",
)
ex.wrong_value(0.03, "'and' for 'or'", "May 'rain or sun' be rarer than rain alone?", seen="the two words exchanged")
ex.wrong_value(
    0.58,
    "neither of the two",
    "That is the chance of the days that are left. What is asked?",
    seen="the complement, which is often the shorter way",
)
ex.wrong_value(
    42.0,
    "percent",
    "A probability lies between 0 and 1. By what is yours too large?",
    seen="percent as they are printed",
)


ex = Exercise(
    "01.4",
    "Write `given_column(joint)`: P(row and column) as a table in, P(row | column) as a table out.",
    cases=(
        (np.array([[0.1, 0.2], [0.25, 0.1], [0.05, 0.3]]),),
        (np.array([[0.2, 0.02], [0.2, 0.58]]),),
        (np.array([[0.1, 0.1, 0.2], [0.3, 0.2, 0.1]]),),
    ),
    hints=(
        "P(A | B) = P(A and B) / P(B). In the table, where is P(column)?",
        "P(column) is the sum of that column: joint.sum(axis=0).",
        "Divide the table by these sums: each column by its own.",
    ),
)


@ex.reference
def given_column(joint):
    """P(row | column) from P(row and column): every column divided by its sum."""
    return joint / joint.sum(axis=0)


@ex.wrong(
    "P(A and B) for P(A | B)",
    "Given the column, do the rows still sum to less than one?",
    seen="'and' for 'given'; lecture 2's 0.2 stands beside P(rain) = 0.05",
)
def _(joint):
    return joint.copy()


@ex.wrong(
    "P(column | row)",
    "Which of the two is known? Divide by the probability of what is known.",
    seen="the prosecutor's fallacy (W. Thompson and E. Schumann, 1987)",
)
def _(joint):
    return joint / joint.sum(axis=1, keepdims=True)


@ex.wrong(
    "the condition ignored",
    "Your columns are all alike. Does it rain as often from a clear sky?",
    seen="base rates only: independence assumed",
)
def _(joint):
    return np.broadcast_to(joint.sum(axis=1, keepdims=True), joint.shape).copy()


@ex.wrong(
    "multiplied for divided",
    "P(A and B) is already a product, P(A | B) P(B). Undo it.",
    seen="the formula solved for the wrong side",
)
def _(joint):
    return joint * joint.sum(axis=0)


@ex.wrong(
    "keepdims forgotten",
    "NumPy lines the sums up with the columns. Which axis was to be summed over?",
    seen="NumPy's broadcasting rules; silent where the table is square",
)
def _(joint):
    return joint / joint.sum(axis=1)


@ex.holds("each column a distribution")
def _(result, joint, tolerance):
    totals = result.sum(axis=0)
    off = np.flatnonzero(np.abs(totals - 1) > tolerance)
    if len(off):
        return f"column {off[0]} sums to {number(totals[off[0]], beside=1)}, but given the column some row happens"
    return None


ex = Exercise(
    "01.5",
    "Write `complete(free)`: the first K - 1 probabilities in, all K out.",
    cases=(
        (np.array([0.1, 0.2, 0.3]),),
        (np.array([0.3]),),
        (np.array([0.5, 0.0, 0.25, 0.05]),),
        (np.array([0.25, 0.75]),),
    ),
    hints=(
        "All K numbers sum to one. Three of them are 0.1, 0.2 and 0.3. What is the fourth?",
        "The last one is 1 minus the sum of the others.",
        "np.append(free, ...) puts one number behind an array.",
    ),
)


@ex.reference
def complete(free):
    """Distribution (K,) from its first K - 1 entries: the last is what is left of one."""
    return np.append(free, 1 - free.sum())


@ex.wrong(
    "scaled to one",
    "You changed the numbers that were given, and K - 1 are still K - 1. Which number is missing?",
    seen="normalising by the sum, the cure for numbers that should sum to one",
)
def _(free):
    return free / free.sum()


@ex.wrong("nothing left for the last", "Do 0.1, 0.2, 0.3 and 0 sum to one?", seen="padding with zeros")
def _(free):
    return np.append(free, 0.0)


@ex.wrong(
    "the rest in front",
    "Right number. Which of the K entries was left out, the first or the last?",
    seen="bernoulli(p) = [1 - p, p], where the free number comes last",
)
def _(free):
    return np.append(1 - free.sum(), free)


@ex.wrong(
    "one minus the last one",
    "With two outcomes that would do. What of the others?",
    seen="the rule for two classes, p and 1 - p, carried over to K",
)
def _(free):
    return np.append(free, 1 - free[-1])


@ex.holds("a distribution")
def _(result, free, tolerance):
    total = result.sum()
    return f"got a sum of {number(total, beside=1)}, where one is needed" if abs(total - 1) > tolerance else None


ex = Exercise(
    "01.6",
    "Write `to_class(values)`: class 0 for values in (0, 1], class 1 for (1, 2], and so on.",
    cases=(
        (np.array([0.5, 1.0, 2.4]),),
        (np.array([0.2, 1.6, 2.0, 3.0]),),
        (np.array([0.01, 1.001, 3.99, 4.0, 4.5]),),
        (np.array([7.0, 12.3, 300.5]),),
    ),
    hints=(
        "Into which bin does 1.0 belong: (0, 1] or (1, 2]? A square bracket takes its end in.",
        "Each value goes to the right end of its bin: np.ceil. That gives 1 for the first bin.",
        "Classes count from 0: subtract 1, and make whole numbers of it with .astype(int).",
    ),
)


@ex.reference
def to_class(values):
    """Number of the bin of each value: 0 for (0, 1], 1 for (1, 2], and so on."""
    return np.ceil(values).astype(np.int64) - 1


@ex.wrong(
    "[0, 1) for (0, 1]",
    "Right inside the bins. Where does exactly 1 belong?",
    seen="int() and //, which close the bins on the left; np.digitize does so by default",
)
def _(values):
    return np.floor(values).astype(np.int64)


@ex.wrong(
    "classes counted from one",
    "The first bin is class 0, so that it can be the position in an array. What is yours?",
    seen="numbers 1 to K for K classes, as in the codes 1 to 5 of section 8",
)
def _(values):
    return np.ceil(values).astype(np.int64)


@ex.wrong(
    "rounded to the nearest whole number",
    "Are 0.2 and 0.8 in different bins?",
    seen="np.round, the usual way to whole numbers",
)
def _(values):
    return np.rint(values).astype(np.int64)


@ex.wrong(
    "the left end taken for the right one",
    "Your first class is -1. What does np.floor give for 0.5, and np.ceil?",
    seen="one subtracted out of habit",
)
def _(values):
    return np.floor(values).astype(np.int64) - 1


ex = Exercise(
    "01.7",
    "Write `if_independent(joint)`: the table P(row) P(column), from a table of P(row and column).",
    cases=(
        (np.array([[0.1, 0.2], [0.25, 0.1], [0.05, 0.3]]),),
        (np.array([[0.2, 0.02], [0.2, 0.58]]),),
        (np.array([[0.1, 0.0, 0.2], [0.3, 0.2, 0.2]]),),
    ),
    hints=(
        "How probable is each row, whatever the column? How probable is each column, whatever the row?",
        "P(row) is joint.sum(axis=1), P(column) is joint.sum(axis=0). Each entry is a product of one of each.",
        "np.outer(a, b) is the table of all products a[j] b[k].",
    ),
)


@ex.reference
def if_independent(joint):
    """P(row) P(column): the table that rows and columns have if one says nothing about the other."""
    return np.outer(joint.sum(axis=1), joint.sum(axis=0))


@ex.wrong(
    "every table taken for independent",
    "For rain and cloud the table has 0.2, and 0.22 times 0.4 is 0.088. Are the two the same?",
    seen="the product rule for independent events, used without asking whether they are",
)
def _(joint):
    return joint.copy()


@ex.wrong(
    "P(row | column) for P(row)",
    "If knowing the column changes nothing, what is P(row | column)? And what does P(row) sum to over the rows?",
    seen="the product rule with the condition left in, which gives the table back, or with it twice",
)
def _(joint):
    return joint / joint.sum(axis=0)


@ex.wrong(
    "all cells equally likely",
    "Does every row happen equally often in `joint`?",
    seen="Laplace's rule: no knowledge taken for equal chances",
)
def _(joint):
    return np.full(joint.shape, 1 / joint.size)


@ex.wrong(
    "'and' adds",
    "P(A) + P(B) counts the days with A or B, some of them twice. What does 'and' ask?",
    seen="the rule for disjoint events, used for independent ones",
)
def _(joint):
    return np.add.outer(joint.sum(axis=1), joint.sum(axis=0))


@ex.wrong(
    "zero where both happen",
    "Events that cannot happen together are disjoint. Does knowing one change the chance of the other?",
    seen="independent taken for disjoint",
)
def _(joint):
    return np.zeros(joint.shape)


@ex.holds("rows as probable as before")
def _(result, joint, tolerance):
    off = np.flatnonzero(np.abs(result.sum(axis=1) - joint.sum(axis=1)) > tolerance)
    if len(off):
        got, wanted = result[off[0]].sum(), joint[off[0]].sum()
        return f"row {off[0]} has a chance of {number(got, beside=wanted)} in all, and in `joint` {number(wanted)}"
    return None
