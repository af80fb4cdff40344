"""Exercises of lesson 14, the project: how far a model can be trusted, and what is said of it."""

from __future__ import annotations

import numpy as np

from course_utils.exercises.execution import Case
from course_utils.exercises.model import Exercise
from course_utils.exercises.words import number
from course_utils.losses import cross_entropy_from_logits

ex = Exercise(
    "14.1",
    "Write `calibration_gap(p, right)`: stated probabilities (N,) in fifths of [0, 1], right (N,) of 0 and 1; "
    "the mean over predictions of |mean stated - share right| of their fifth.",
    cases=(
        (np.array([0.9, 1.0, 0.3, 0.5]), np.array([1.0, 0.0, 1.0, 0.0])),
        (np.array([0.9, 0.9, 0.9, 0.5]), np.array([1.0, 1.0, 0.0, 1.0])),
        (np.array([0.3, 0.35, 0.7, 0.75, 0.95, 1.0]), np.array([1.0, 0.0, 1.0, 1.0, 0.0, 1.0])),
        (np.array([0.05, 0.1, 1.0]), np.array([0.0, 1.0, 1.0])),
        (np.random.default_rng(126).uniform(0.1, 1, 60), np.random.default_rng(127).integers(0, 2, 60).astype(float)),
    ),
    hints=(
        "First sort: fifth = np.minimum((p * 5).astype(int), 4) numbers the fifths 0 to 4.",
        "In each fifth: p.mean() against right.mean(). A fifth with many predictions counts for many.",
        "Add gap times count over np.unique(fifth), then divide by len(p).",
    ),
)


@ex.reference
def calibration_gap(p, right):
    """Return the mean over predictions of |stated - came true| of their fifth."""
    fifth = np.minimum((p * 5).astype(int), 4)
    gaps = [abs(p[fifth == k].mean() - right[fifth == k].mean()) * (fifth == k).sum() for k in np.unique(fifth)]
    return float(sum(gaps) / len(p))


@ex.wrong(
    "the error rate",
    "A model that says 60 % and is right on 60 % is perfectly calibrated. What does yours give?",
    seen="accuracy and calibration confused; Guo et al. (2017) is about their parting",
)
def _(p, right):
    return float(1 - right.mean())


@ex.wrong(
    "too sure here and not sure enough there cancel",
    "Take all predictions in one bin and both faults hide each other. Sort into fifths first.",
    seen="'calibration in the large', the first test of medical prediction models, taken for the whole",
)
def _(p, right):
    return float(abs(p.mean() - right.mean()))


@ex.wrong(
    "every fifth counts the same",
    "Should one prediction in an empty corner weigh as much as a thousand in another?",
    seen="the mean over bins, 'average calibration error' (Neumann et al., 2018), taken for the expected one",
)
def _(p, right):
    fifth = np.minimum((p * 5).astype(int), 4)
    return float(np.mean([abs(p[fifth == k].mean() - right[fifth == k].mean()) for k in np.unique(fifth)]))


@ex.wrong(
    "the largest gap",
    "That is how bad the worst fifth is. Here the mean over predictions is asked.",
    seen="the maximum calibration error, MCE, beside ECE in Naeini et al. (2015)",
)
def _(p, right):
    fifth = np.minimum((p * 5).astype(int), 4)
    return float(max(abs(p[fifth == k].mean() - right[fifth == k].mean()) for k in np.unique(fifth)))


@ex.wrong(
    "each prediction held against its own outcome",
    "A forecast of 70 % comes true or not; no single one can be 70 % true. Compare shares, in groups.",
    seen="'it said 70 %, and it did not happen, so it was wrong': the commonest misreading of forecasts",
)
def _(p, right):
    return float(np.abs(p - right).mean())


def _gap_of(p, right, groups):
    gaps = [abs(p[groups == k].mean() - right[groups == k].mean()) * (groups == k).sum() for k in np.unique(groups)]
    return float(sum(gaps) / len(p))


@ex.wrong(
    "a prediction of exactly 1 in a sixth bin",
    "There are five fifths. Into which one does 100 % go?",
    seen="(p * 5).astype(int), which is 5 where p is 1",
)
def _(p, right):
    return _gap_of(p, right, (p * 5).astype(int))


@ex.wrong(
    "a prediction of exactly 1 in no bin",
    "The last fifth takes its upper end in. Into which of yours does 100 % go?",
    seen="p < (k + 1) / 5 for every fifth, the last one too",
)
def _(p, right):
    inside = p < 1
    return calibration_gap(p[inside], right[inside]) * inside.sum() / len(p)


@ex.wrong("percent", "A share lies between 0 and 1. By what is yours too large?", seen="percent as they are printed")
def _(p, right):
    return 100 * calibration_gap(p, right)


@ex.holds("a share")
def _(gap, p, right, tolerance):
    inside = -tolerance <= gap <= 1 + tolerance
    return None if inside else f"got {number(gap, beside=1)}, but a gap between two shares lies in [0, 1]"


def _logits_to_soften() -> tuple[Case, ...]:
    """Logits that are too sure, not sure enough, and a choice that ends at a border; inputs z, y, candidates."""
    rng = np.random.default_rng(142)
    y = rng.integers(0, 3, 60)
    z = 2 * np.eye(3)[y] + rng.normal(size=(60, 3))
    few = np.random.default_rng(200)
    four = few.integers(0, 4, 12)
    noisy = 1.5 * np.eye(4)[four] + 2 * few.normal(size=(12, 4))
    return (
        (
            np.array([[4.0, 0.0, 0.0], [0.0, 6.0, 1.0]]),
            np.array([0, 2]),
            np.array([0.5, 8.0, 1.0, 2.0]),
        ),
        (3 * z, y, np.array([0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0])),
        (z, y, np.array([0.1, 1.0, 10.0])),
        (z / 4, y, np.array([4.0, 2.0, 1.0, 0.5, 0.25, 0.125])),
        (np.array([[1.0, 0.0], [2.0, -1.0]]), np.array([0, 0]), np.array([1.0, 0.7, 2.0])),
        (noisy, four, np.array([0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0])),  # as sure as right at 1.5, cheapest at 3
    )


ex = Exercise(
    "14.2",
    "Write `best_temperature(z, y, candidates)`: logits (N, K) and true classes (N,) of validation samples and "
    "temperatures (M,) in; the one that gives z / T the lowest mean cross-entropy out.",
    cases=_logits_to_soften(),
    hints=(
        "For one temperature T: the cross-entropy of the logits z / T.",
        "One loss for each candidate; np.argmin says at which place the lowest stands.",
        "candidates[np.argmin([cross_entropy_from_logits(z / T, y) for T in candidates])]",
    ),
)


@ex.reference
def best_temperature(z, y, candidates):
    """Find the temperature whose divided logits cost least on samples that the model was not trained on."""
    losses = [cross_entropy_from_logits(z / T, y) for T in candidates]
    return candidates[np.argmin(losses)]


@ex.wrong(
    "multiplied in place of divided",
    "A high temperature is to make the probabilities flatter. What does multiplying do?",
    seen="the inverse temperature, beta in physics, taken for the temperature",
)
def _(z, y, candidates):
    return candidates[np.argmin([cross_entropy_from_logits(z * T, y) for T in candidates])]


@ex.wrong(
    "the highest loss",
    "Is a high cross-entropy good or bad?",
    seen="argmax out of habit, as for accuracies",
)
def _(z, y, candidates):
    return candidates[np.argmax([cross_entropy_from_logits(z / T, y) for T in candidates])]


@ex.wrong(
    "the place in place of the temperature",
    "That is where it stands in the list. Which temperature stands there?",
    seen="argmin returned as it is",
)
def _(z, y, candidates):
    return int(np.argmin([cross_entropy_from_logits(z / T, y) for T in candidates]))


@ex.wrong(
    "the accuracy as the judge",
    "How many answers does a temperature change? All candidates score alike, and the first one wins.",
    seen="calibration tuned on accuracy, which does not move",
)
def _(z, y, candidates):
    return candidates[np.argmax([(np.argmax(z / T, axis=1) == y).mean() for T in candidates])]


@ex.wrong(
    "the lowest loss in place of the temperature",
    "That is how low the loss gets. Asked is for which temperature.",
    seen="min for argmin",
)
def _(z, y, candidates):
    return min(cross_entropy_from_logits(z / T, y) for T in candidates)


@ex.wrong(
    "the surest",
    "Large probabilities are easy: the lowest temperature has them. Are they true as often?",
    seen="confidence taken for quality",
)
def _(z, y, candidates):
    return np.min(candidates)


ex = Exercise(
    "14.3",
    "Four models give the true class 0.9, 0.9, 0.9 and 0.1. The cross-entropy of the mean of their probabilities, "
    "and the mean of their cross-entropies: give the pair, in nats.",
    answer=(float(-np.log(0.7)), float(-np.log([0.9, 0.9, 0.9, 0.1]).mean())),
    name="costs",
    tolerance=2e-3,
    hints=(
        "The mean of the four probabilities is 0.7.",
        "Each costs -ln of its own: three times 0.105, once 2.303. Then the mean.",
        "-ln 0.7 = 0.357, and (3 x 0.105 + 2.303) / 4 = 0.655.",
    ),
)
ex.wrong_value(
    (-np.log([0.9, 0.9, 0.9, 0.1]).mean(), -np.log([0.9, 0.9, 0.9, 0.1]).mean()),
    "the logarithm taken for a straight line",
    "Is the log of a mean the mean of the logs? Try 0.9 and 0.1.",
    seen="mean and logarithm exchanged: the inequality of Jensen taken for an equation",
)
ex.wrong_value(
    (-np.log([0.9, 0.9, 0.9, 0.1]).mean(), -np.log(0.7)),
    "the two exchanged",
    "Which of them is the cost of one answer, 0.7?",
    seen="the pair in the other order",
)
ex.wrong_value(
    (-np.log(0.9), -np.log([0.9, 0.9, 0.9, 0.1]).mean()),
    "the vote of the majority",
    "Three of four say 0.9. But their mean is asked: what does the fourth do to it?",
    seen="majority voting, the other way to join classifiers",
)
ex.wrong_value(
    (-np.log2(0.7), -np.log2([0.9, 0.9, 0.9, 0.1]).mean()),
    "bits for nats",
    "That is the loss in bits. Which logarithm counts in nats?",
    seen="information theory counts in bits",
)
ex.wrong_value(
    (-np.log(0.7), -np.log([0.9, 0.9, 0.9, 0.1]).sum()),
    "the sum in place of the mean",
    "Four costs were added. What is their mean?",
    seen="the division forgotten",
)


ex = Exercise(
    "14.4",
    "Write `on_the_card(validation, test)`: accuracies (M,) of M models on validation and on test samples in; the "
    "number for the card of the one that you choose out.",
    cases=(
        (np.array([0.81, 0.88, 0.86, 0.84]), np.array([0.83, 0.85, 0.89, 0.8])),
        (np.array([0.7, 0.6]), np.array([0.75, 0.78])),
        (np.array([0.5, 0.55, 0.9, 0.91, 0.7]), np.array([0.52, 0.6, 0.93, 0.88, 0.71])),
    ),
    hints=(
        "Two questions: which model do you choose, and what do you say of it?",
        "The validation samples choose. The test samples say how good the chosen one is.",
        "test[np.argmax(validation)]",
    ),
)


@ex.reference
def on_the_card(validation, test):
    """Choose by validation, report by test."""
    return test[np.argmax(validation)]


@ex.wrong(
    "the best test accuracy",
    "Then the test set has chosen, and its best of several is partly luck. Which set may choose?",
    seen="leaderboards and many papers: the best of several runs on the test set is reported",
)
def _(validation, test):
    return test.max()


@ex.wrong(
    "the best validation accuracy",
    "That number was chosen for being high. What does the chosen model score where nothing was chosen?",
    seen="scikit-learn's best_score_ of a grid search, put into reports",
)
def _(validation, test):
    return validation.max()


@ex.wrong(
    "the place of the model",
    "That says which model. What did it score on the test samples?",
    seen="argmax returned as it is",
)
def _(validation, test):
    return int(np.argmax(validation))


@ex.wrong(
    "the model that the test set prefers, by its validation accuracy",
    "Who chose here, and who reported? It is the other way round.",
    seen="the two sets exchanged",
)
def _(validation, test):
    return validation[np.argmax(test)]


@ex.wrong(
    "the mean of all models",
    "Only one model leaves your desk. How good is that one?",
    seen="averages over a search reported for its winner",
)
def _(validation, test):
    return test.mean()


@ex.wrong(
    "both sets averaged for the chosen one",
    "The validation number was chosen for being high, so half of your mean is too good.",
    seen="'use all the data' for the final number",
)
def _(validation, test):
    best = np.argmax(validation)
    return (validation[best] + test[best]) / 2


ex = Exercise(
    "14.5",
    "88 % of 10,000 test pictures are right. How far to each side does the 95 % interval reach, 1.96 standard "
    "errors, as a share?",
    answer=float(1.96 * np.sqrt(0.88 * 0.12 / 10_000)),
    name="half_width",
    tolerance=5e-5,
    hints=(
        "The standard error of a share is the root of p (1 - p) / N.",
        "0.88 x 0.12 = 0.1056; divided by 10,000 and the root taken: 0.00325.",
        "1.96 x 0.00325.",
    ),
)
ex.wrong_value(
    float(np.sqrt(0.88 * 0.12 / 10_000)),
    "one standard error",
    "That holds in two cases of three. How many standard errors reach 95 %?",
    seen="error bars of one standard error, the default of many plots",
)
ex.wrong_value(
    float(2 * 1.96 * np.sqrt(0.88 * 0.12 / 10_000)),
    "from end to end",
    "That is the whole width. How far does it reach to one side?",
    seen="width and half width confused",
)
ex.wrong_value(
    float(1.96 * np.sqrt(0.88 * 0.12)),
    "N forgotten",
    "Would one picture tell as much as ten thousand?",
    seen="the spread of one answer taken for the spread of the mean",
)
ex.wrong_value(
    float(1.96 * 0.88 * 0.12 / 10_000),
    "the root forgotten",
    "p (1 - p) / N is a variance. What is its root called?",
    seen="variance for standard error",
)
ex.wrong_value(
    float(1.96 * np.sqrt(0.25 / 10_000)),
    "the widest case",
    "That is for p = 1/2, the widest. What is p (1 - p) at 0.88?",
    seen="the rule of thumb of pollsters, 1 over the root of N",
)
