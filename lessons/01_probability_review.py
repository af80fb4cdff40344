# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 01 · Probability review
#
# **The question:** what exactly does a classifier say when it says "shirt, 10 %", and how is a class written in
# numbers?
#
# **Time:** 50 minutes, and ten for the questions before. **Needs:** school arithmetic, and an environment that runs (00).
#
# When you have finished, you can
#
# - [ ] name the sample space, the event and the distribution in a story, and compute with *or* and *given*;
# - [ ] say what a probability promises about a thousand draws, and what it does not;
# - [ ] write a class as a one-hot vector, a point of the simplex, and say what the codes 1, 2, 3 would claim.

# %% tags=["folded"]
# What this lesson imports.
import inspect
import itertools

import matplotlib.pyplot as plt
import numpy as np

from course_utils.datasets import load_mnist
from course_utils.exercises import check
from course_utils.explorers.simplex import simplex
from course_utils.plots import DIVERGING, PALETTE
from course_utils.probability import (
    bernoulli,
    check_distribution,
    conditional,
    is_disjoint,
    probability,
    sample,
)
from course_utils.study.inventory import inventory
from course_utils.study.predictions import predict, reveal

# %% tags=["folded"]
# The look of every figure.
plt.style.use("course_utils.lesson")

# %% [markdown]
# ## Before you begin
#
# Fifteen questions, ten minutes. Nobody marks them, and nothing leaves this machine: answer by feeling, and
# leave none out. After lesson 12 you answer them once more and see what you have gained.

# %%
inventory("before")

# %% [markdown]
# ## 1. A flat is free
#
# Your phone rings: a flat is free. How many rooms will it have? You cannot know. But in this town (the numbers are made
# up) you know *this*:

# %%
rooms = {1: 0.18, 2: 0.32, 3: 0.28, 4: 0.15, 5: 0.07}

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert max(rooms, key=rooms.get) == 2
assert round(1 - rooms[2], 2) == 0.68

# %% tags=["figure"]
# Figure 1: the distribution of the number of rooms, as bars.
fig, ax = plt.subplots(figsize=(7.2, 3.4), layout="constrained")
bars = ax.bar(list(rooms), list(rooms.values()), color=PALETTE["blue"])
ax.bar_label(bars, fmt="%.2f")
ax.set(xlabel="rooms in the flat", ylabel="probability", ylim=(0, 0.37))
ax.set_title("Two rooms are likeliest, and two flats in three have others")
plt.show()

# %% [markdown]
# *Figure 1. Bar chart of the number of rooms: 1 with probability 0.18, 2 with 0.32, 3 with 0.28, 4 with 0.15 and 5 with
# 0.07.*
#
# This picture is a **distribution**: every possible answer, and a number for each. A classifier gives exactly that for
# each input. It does not say "two". It draws a bar chart.
#
# **Predict.** You need at least three rooms. How likely is it that this flat will do?

# %%
print("P(3 or more rooms) =", probability(rooms, {3, 4, 5}))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert probability(rooms, {3, 4, 5}) == 0.5

# %% [markdown]
# ## 2. Five words
#
# | word | meaning | coin | weather | clothing |
# |---|---|---|---|---|
# | experiment | what is done | toss it | wait for tomorrow | look at a picture |
# | outcome | one possible result | heads | wind | Shirt |
# | sample space $S$ | all outcomes | heads, tails | rain, sun, wind, cloud | ten kinds |
# | event $E$ | some of the outcomes | {heads} | {rain, wind} | {Shirt, T-shirt, Coat} |
# | probability $P$ | a number in [0, 1] | $P$(heads) = 0.5 | $P$(rain) = 0.15 | $P$(Shirt) = 0.1 |
#
# Exactly one outcome happens. An event happens if that outcome is in it. So two rules make a distribution:
#
# $$0 \le P(s) \le 1 \quad\text{for each outcome } s, \qquad \sum_{s \in S} P(s) = 1$$
#
# and a third one gives the probability of an event: $P(E) = \sum_{s \in E} P(s)$. Mind the two sums. One runs over all of
# $S$ and must be 1. The other runs over $E$.

# %%
coin = {"heads": 0.5, "tails": 0.5}
weather = {"rain": 0.15, "sun": 0.5, "wind": 0.1, "cloud": 0.25}
clothing = {"T-shirt": 0.1, "Trouser": 0.08, "Pullover": 0.12, "Dress": 0.1}
clothing |= {"Coat": 0.1, "Sandal": 0.1, "Shirt": 0.1, "Sneaker": 0.1}
clothing |= {"Bag": 0.1, "Ankle boot": 0.1}
upper_body = probability(clothing, {"Shirt", "T-shirt", "Coat"})

print("P(heads) =", probability(coin, {"heads"}))
print("P(rain or wind) =", probability(weather, {"rain", "wind"}))
print("P(Shirt, T-shirt or Coat) =", round(upper_body, 3))
for space in (coin, weather, clothing):
    print("over all of S:", probability(space, set(space)))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert (weather["rain"], clothing["Shirt"]) == (0.15, 0.1)
assert [clothing[kind] for kind in ("T-shirt", "Trouser", "Pullover")] == [
    0.1,
    0.08,
    0.12,
]
assert np.allclose([sum(space.values()) for space in (coin, weather, clothing)], 1)
assert np.isclose(probability(clothing, {"Shirt", "T-shirt", "Coat"}), 0.3)
assert probability(weather, {"rain", "wind"}) == 0.25

# %% [markdown]
# ### Exercise 01.1
# Number the outcomes, and a distribution becomes an array. One expression is missing.


# %%
def probability_of(P, event):
    """Probabilities P (K,) and the numbers of the outcomes in the event; one
    number out."""
    masses = P[event]  # the probabilities of those outcomes
    return ...  # what the event has in all


check("01.1", probability_of)

# %% [markdown]
# ## 3. What the number promises
#
# $P(\text{rain}) = 0.15$. What does that say about tomorrow? Very little. What does it say about many days?
#
# **Predict.** In five towns this weather is drawn anew every day. After ten days, in how many of them will the share of
# rainy days be near 15 %? And after ten thousand?

# %%
n_days, P = 10_000, np.array(list(weather.values()))
rng = np.random.default_rng(72)
rained = sample(P, 5 * n_days, rng).reshape(5, n_days) == 0  # outcome 0 is rain
day = np.arange(1, n_days + 1)
frequency = rained.cumsum(axis=1) / day
for n in (10, 100, 10_000):
    print(f"after {n} days:", frequency[:, n - 1].round(3))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(np.sort(frequency[:, 9]), [0, 0, 0.1, 0.1, 0.3])
assert abs(frequency[:, -1] - 0.15).max() < 0.01

# %% tags=["figure"]
# Figure 2: the share of rainy days so far, in five towns.
spread = np.sqrt(0.15 * 0.85 / day)  # explained below
fig, ax = plt.subplots(figsize=(7.2, 3.8), layout="constrained")
ax.fill_between(day, 0.15 - 2 * spread, 0.15 + 2 * spread, color="0.9")
ax.plot(day, frequency.T, linewidth=1.2, color=PALETTE["blue"], alpha=0.8)
ax.axhline(0.15, color="black", linestyle="--", linewidth=1)
ax.set(
    xscale="log", ylim=(-0.02, 0.55), xlabel="day", ylabel="share of rainy days so far"
)
ax.set_title("The frequency of rain converges to its probability, 0.15")
plt.show()

# %% [markdown]
# *Figure 2. Share of rainy days so far in five towns, over 10,000 days on a log scale. In the first days the five lines
# jump between 0 and a half; then they draw together, mostly inside a grey funnel, and all end within 0.01 of the dashed
# line at 0.15.*
#
# After ten days, two towns have seen no rain at all, and one has had three wet days: ten days tell little. After ten
# thousand, all five agree. This is the **law of large numbers**: the relative frequency of an event converges to its probability. Nothing pays a
# dry month back. The early luck is outweighed by all that follows.
#
# How fast? Repeat the experiment 2,000 times for each number of days.

# %%
rng = np.random.default_rng(2)
error = {
    n: abs(rng.binomial(n, 0.15, 2_000) / n - 0.15).mean()
    for n in (100, 10_000, 1_000_000)
}
for n, value in error.items():
    print(f"{n:>9,} days: off by {value:.3g} on average")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(error[100] / error[10_000], 10, rtol=0.1)
assert np.allclose(error[10_000] / error[1_000_000], 10, rtol=0.1)

# %% [markdown]
# A hundred times as many days, a tenth of the error. The error goes as $1/\sqrt{n}$. One fact we borrow from
# statistics: a share of $n$ draws is typically off by one *spread*, $\sqrt{p(1 - p)/n}$, and mostly by less than two.
# The funnel in figure 2 is two spreads to either side, $0.15 \pm 2\sqrt{0.15 \cdot 0.85 / n}$. Keep it in mind for test
# sets: with 10,000 pictures, an accuracy near 92 % is known to about half a percentage point.

# %%
half_width = 2 * np.sqrt(0.92 * 0.08 / 10_000)
print(f"92 % on 10,000 pictures: give or take {half_width:.2%}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert round(half_width, 4) == 0.0054

# %% [markdown]
# ### Exercise 01.2
# The line that made figure 2, for one town. It is not quite finished.


# %%
def running_frequency(happened):
    """1 for each draw where the event happened, 0 elsewhere (N,); the share so far
    after each draw (N,)."""
    count = np.cumsum(happened)
    return ...  # count, divided by the number of draws so far


check("01.2", running_frequency)

# %% [markdown]
# ## 4. Or
#
# Heads and tails cannot both happen: the two events share no outcome. They are **disjoint**, $P$(heads and tails) = 0,
# and their probabilities add up.
#
# Be careful with rain and sun. (From here on each section has its own town, with its own numbers.)
#
# Commit yourself before you look. Press the button of your choice and, if you like, how sure you are. Or answer in
# code: `predict("01.p1", "a")`, or your probabilities, `{"a": 0.7, "b": 0.3}`, which are scored by what came true. A
# question left open breaks nothing.
#
# **01.p1.** P(rain) = 0.05 and P(sun) = 0.4, and now and then there is a sun shower. How large is P(rain or sun)?
#
# - a) more than 0.45
# - b) exactly 0.45
# - c) less than 0.45

# %%
predict("01.p1")

# %%
day_types = {"rain and sun": 0.03, "only rain": 0.02, "only sun": 0.37, "neither": 0.58}
rain, sun = {"rain and sun", "only rain"}, {"rain and sun", "only sun"}

# %%
reveal("01.p1", probability(day_types, rain | sun))

# %%
print("heads and tails disjoint:", is_disjoint({"heads"}, {"tails"}))
print("P =", probability(coin, set()))
print("rain and sun disjoint:", is_disjoint(rain, sun))
print("P =", probability(day_types, rain & sun))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(probability(day_types, rain), 0.05)
assert np.isclose(probability(day_types, sun), 0.4)
assert probability(day_types, rain | sun) < 0.45

# %% [markdown]
# Less. Adding 0.05 and 0.4 counts the sun showers twice. Take them off once:
#
# $$P(A \text{ or } B) = P(A) + P(B) - P(A \text{ and } B)$$
#
# Notice what we did to the sample space. With $S$ = {rain, sun, wind, cloud} a sun shower cannot even be said, since
# exactly one outcome happens. Where two things may happen together, the *pairs* are the outcomes.
#
# ### Exercise 01.3
# By hand: $P$(rain) = 0.05, $P$(sun) = 0.4, and $P$(rain and sun) = 0.03. What is $P$(rain or sun)?

# %%
rain_or_sun = None  # one number

check("01.3", rain_or_sun)

# %% [markdown]
# ## 5. Given
#
# You look out of the window, and there are clouds. Is rain more likely now? Throw away every day that does not fit what
# you see, and take shares of those that are left:
#
# $$P(A \mid B) = \frac{P(A \text{ and } B)}{P(B)}$$
#
# Worked: $P$(rain and cloud) = 0.2, $P$(cloud) = 0.4. Then $P$(rain given cloud) = 0.2 / 0.4 = 0.5.

# %%
days = {"rain, cloud": 0.2, "dry, cloud": 0.2, "rain, clear": 0.02, "dry, clear": 0.58}
rain, cloud = {"rain, cloud", "rain, clear"}, {"rain, cloud", "dry, cloud"}

# %% tags=["figure"]
# Figure 3: the four kinds of days, before and after clouds are seen.
seen = [conditional(days, {outcome}, cloud) for outcome in days]

fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.0), sharey=True, layout="constrained")
for ax, values, title in zip(
    axes,
    (days.values(), seen),
    ("all days: sum 1", "given cloud: sum 1 again"),
    strict=True,
):
    shown = ax.barh(
        list(days), list(values), color=[PALETTE["blue"]] * 2 + ["0.75"] * 2
    )
    ax.bar_label(shown, fmt=" %.2f")
    ax.set(title=title, xlabel="probability", xlim=(0, 0.7))
axes[0].invert_yaxis()
fig.suptitle("To know that there are clouds is to drop two bars and stretch the others")
plt.show()

# %% [markdown]
# *Figure 3. Two bar charts of four kinds of days. Left, all days: rain with cloud 0.20, dry with cloud 0.20, rain with a
# clear sky 0.02, dry and clear 0.58. Right, given cloud: 0.50 and 0.50, and nothing for the two clear kinds.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(seen, [0.5, 0.5, 0, 0])

# %% [markdown]
# **01.p2.** When there are clouds, it rains half the time: P(rain given cloud) = 0.5. It rains little under a clear
# sky. How large is P(cloud given rain)?
#
# - a) more than 0.5
# - b) 0.5 as well
# - c) less than 0.5

# %%
predict("01.p2")

# %%
cloud_given_rain = conditional(days, cloud, given=rain)
reveal("01.p2", cloud_given_rain)

# %%
print("P(rain) =", round(probability(days, rain), 3))
print("P(rain | cloud) =", round(conditional(days, rain, given=cloud), 3))
print("P(cloud | rain) =", round(conditional(days, cloud, given=rain), 3))
drawn = sample(list(days.values()), 100_000, np.random.default_rng(6))
share = (drawn[drawn < 2] == 0).mean()  # of the days with clouds, those with rain
print("share of rain among 100,000 drawn days' cloudy ones:", round(share, 2))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(conditional(days, rain, cloud), 0.5)
assert np.isclose(conditional(days, cloud, rain), 0.2 / 0.22)
assert abs(share - 0.5) < 0.01

# %% [markdown]
# Clouds raise the chance of rain from 0.22 to 0.5. Rain raises the chance of clouds to 0.909. Two questions, two
# answers: swapping them is one of the oldest mistakes in probability. In court it is called the **prosecutor's
# fallacy**.
#
# Read the definition from right to left and it is the **product rule**: $P(A \text{ and } B) = P(A \mid B)\, P(B)$. Written
# both ways round and divided, it turns one question into the other, which is **Bayes' rule**:
#
# $$P(B \mid A) = \frac{P(A \mid B)\, P(B)}{P(A)}$$
#
# A test for a rare illness shows why that matters. One person in a thousand is ill; of a hundred ill people the test
# finds 99, and of a hundred healthy ones it alarms 5 by mistake.
#
# **Predict.** Your test is positive. Are you more likely ill or healthy?

# %%
ill, alarm = {"ill, alarm", "ill, quiet"}, {"ill, alarm", "healthy, alarm"}
people = {"ill, alarm": 0.001 * 0.99, "ill, quiet": 0.001 * 0.01}
people |= {"healthy, alarm": 0.999 * 0.05, "healthy, quiet": 0.999 * 0.95}
print("P(alarm | ill) =", round(conditional(people, alarm, given=ill), 3))
print("P(ill | alarm) =", round(conditional(people, ill, given=alarm), 3))

# %% tags=["facts"]
# Facts: what the text says, asserted.
by_rule = 0.99 * 0.001 / probability(people, alarm)
assert np.isclose(conditional(people, ill, given=alarm), by_rule)
assert round(by_rule, 3) == 0.019

# %% [markdown]
# Healthy, by fifty to one. The alarm made the illness twenty times as likely as before, but before it was very rare:
# nearly all alarms come from the many people who are well.
#
# Sometimes knowing $B$ changes nothing: $P(A \mid B) = P(A)$. Such events are **independent**, and then the product rule
# becomes $P(A \text{ and } B) = P(A)\, P(B)$: the chances of independent events multiply. Rain and clouds are not
# independent, for 0.22 · 0.4 is 0.088 and not 0.2. Two draws of section 3 are, because each day was drawn anew, without
# regard to the others. That is what lets a frequency settle there, and lesson 04 multiplies thirty evenings on the same
# ground. Real days are not so kind: a wet day is often followed by another.

# %%
print(
    "P(rain) · P(cloud) =", round(probability(days, rain) * probability(days, cloud), 3)
)
print("P(rain and cloud) =", round(probability(days, rain & cloud), 3))
# pairs of days, drawn anew
wet = sample([0.15, 0.85], 200_000, np.random.default_rng(8)).reshape(2, -1) == 0
print(
    "two rainy days in a row, among 100,000 drawn pairs:",
    round(wet.all(axis=0).mean(), 2),
)
print("0.15 · 0.15 =", round(0.15 * 0.15, 4))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(probability(days, rain & cloud), 0.2)
assert abs(wet.all(axis=0).mean() - 0.0225) < 0.003

# %% [markdown]
# A classifier is a conditional distribution: $P(y \mid x)$, the classes *given* the picture. Without the picture, all it
# could say is how common each class is.
#
# ### Exercise 01.4
# From a blank page. In `joint`, row $j$ and column $k$ hold $P(j \text{ and } k)$. Turn it into a table of $P(j \mid k)$.


# %%
def given_column(joint):
    """A table of P(row and column), (J, K), in; a table of P(row | column), (J,
    K), out."""
    ...  # your line here


check("01.4", given_column)

# %% [markdown]
# ## 6. One number fewer
#
# Two names. A yes-or-no trial has a **Bernoulli distribution**, one draw out of $K$ outcomes a **categorical** one.
#
# **Predict.** Somebody reads you a distribution: "0.1, 0.2, 0.3, ...", and the line breaks. Four outcomes. Do you need to
# call back?

# %%
P = check_distribution("P", [0.1, 0.2, 0.3, 0.4])
print("read to you:", P[:3], " what is left of one:", round(1 - P[:3].sum(), 10))
print("a Bernoulli distribution, from one number:", bernoulli(0.25))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(1 - P[:3].sum(), 0.4)

# %% [markdown]
# No. In $\langle 0.1, 0.2, 0.3, 0.4\rangle$ the last number is **redundant**. $K$ outcomes have $K - 1$ free numbers.
# For two classes that is a single one. So a network that tells two classes apart needs one output, not two: one sigmoid
# unit (lesson 03) gives $p$, and $1 - p$ comes for nothing.
#
# ### Exercise 01.5
# From a blank page: put the last number back.


# %%
def complete(free):
    """The first K - 1 probabilities in, all K out."""
    ...  # your line here


check("01.5", complete)

# %% [markdown]
# ## 7. The simplex
#
# All distributions over $K$ outcomes together are called the **simplex**: all vectors of $K$ numbers of which *none is
# negative*, and which *sum to one*. Both conditions count: (2, −1) sums to one.

# %%
for numbers in ([0.3, 0.7], [0.3, 0.6], [2, -1]):
    try:
        check_distribution("P", numbers)
        print(numbers, "is a distribution")
    except ValueError as error:
        print(numbers, "is none.", error)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert sum([2, -1]) == 1

# %% [markdown]
# Three outcomes have two free numbers, so their simplex can be drawn on paper: a triangle. Drag the point in it, or
# the bars of the two free coordinates; the third number is what they leave. The deeper the blue, the larger the
# **entropy**, a measure of how uncertain the outcome still is (lesson 05).
#
# 1. Bring the point into a corner. What are the three numbers there, and the entropy?
# 2. Where is the entropy largest?
# 3. Push the point out of the triangle. Which of the two conditions fails?

# %%
simplex(["rain", "sun", "cloud"], first=10, second=40)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert round(np.log(3), 3) == 1.099

# %% [markdown]
# <details><summary>Answers</summary>1. One number is 1, the others 0; the entropy is 0: nothing is open. 2. In the middle,
# near 33, 33 and 34 %: ln 3 = 1.099. 3. Not the sum, which is one everywhere. The third number turns negative.</details>

# %% [markdown]
# ## 8. A class, written in numbers
#
# A network computes with numbers. The classes are dog, cat, fish, tree and human. Two ways to code them:
#
# - **ordinal**: 1, 2, 3, 4, 5;
# - **one-hot**: (1,0,0,0,0) for a dog, (0,1,0,0,0) for a cat, and so on: the corners of the simplex.
#
# **01.p3.** Dog, cat, fish, tree and human as one-hot rows. Which is the dog nearer to, the cat or the human?
#
# - a) the cat
# - b) neither: both are equally far
# - c) the human

# %%
predict("01.p3")

# %%
ordinal, one_hot = np.arange(1.0, 6.0)[:, np.newaxis], np.eye(5)


def distances(codes):
    return np.linalg.norm(codes[:, np.newaxis] - codes, axis=-1)


# %%
reveal("01.p3", distances(one_hot)[0, 4] / distances(one_hot)[0, 1])

# %% tags=["figure"]
# Figure 4: tables of the distances between the codes of five classes.
names = ["dog", "cat", "fish", "tree", "human"]
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4.0), layout="constrained")
for ax, codes, title in zip(
    axes, (ordinal, one_hot), ("ordinal: 1 to 5", "one-hot"), strict=True
):
    ax.imshow(distances(codes), cmap=DIVERGING, vmin=-6, vmax=6)
    for (i, j), value in np.ndenumerate(distances(codes)):
        ax.text(j, i, f"{value:.2f}".rstrip("0").rstrip("."), ha="center", va="center")
    ax.set(
        xticks=range(5),
        yticks=range(5),
        xticklabels=names,
        yticklabels=names,
        title=title,
    )
fig.suptitle(
    "Numbers 1 to 5 make the human four times as far from the dog as the cat is"
)
plt.show()

# %% [markdown]
# *Figure 4. Two tables of distances between dog, cat, fish, tree and human. Ordinal codes: 1 between neighbours in the
# list, up to 4 between dog and human. One-hot codes: 1.41 between any two.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert distances(ordinal)[0, [1, 4]].tolist() == [1, 4]
assert np.allclose(distances(one_hot), np.sqrt(2) * (1 - np.eye(5)))

# %% [markdown]
# Ordinal codes claim that a cat is nearer to a dog than a human is. Nobody measured that. It comes from the order of the
# list. Take all 120 orders:

# %%
orders = [list(order) for order in itertools.permutations(range(5))]
for name, codes in {"ordinal": ordinal, "one-hot": one_hot}.items():
    apart = [distances(codes[order])[0, 1] for order in orders]
    print(f"{name}: from dog to cat between {min(apart):.3f} and {max(apart):.3f}")
print("half a dog and half a fish, ordinal:", ordinal[[0, 2]].mean())
print("half a dog and half a fish, one-hot:", one_hot[[0, 2]].mean(axis=0))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert len(orders) == 120
assert {distances(ordinal[order])[0, 1] for order in orders} == {1, 2, 3, 4}
assert ordinal[[0, 2]].mean() == ordinal[1]
assert one_hot[[0, 2]].mean(axis=0).tolist() == [0.5, 0, 0.5, 0, 0]
assert check_distribution("mean", one_hot[[0, 2]].mean(axis=0)).shape == (5,)

# %% [markdown]
# A distance that depends on the order of a list is no distance between things. It adds kilometres to kilograms: the
# result is a number, and means nothing. And the mean is worse: a model that wavers between dog (1) and fish (3) answers
# 2, a cat, with full conviction. In one-hot codes the same doubt is (0.5, 0, 0.5, 0, 0): no cat, and a distribution.
#
# That is the bridge between the two halves of this lesson. A label is a corner of the simplex; a prediction is a point
# of it; learning pulls the points to their corners.

# %% [markdown]
# ## 9. A regression, turned into classes
#
# How many hours late is the train? That is an amount, and predicting it is **regression**. Cut the axis into bins,
# (0, 1], (1, 2], ..., (N−1, N], and it is classification into $N$ classes. What is won: a model may say "punctual or
# three hours late, hardly between", which a single number cannot. What is lost: one-hot classes forget that hour 2 lies
# between 1 and 3, though here, for once, the order is real.

# %%
rng = np.random.default_rng(5)
late = np.where(
    rng.random(1_000) < 0.6, rng.uniform(0, 1, 1_000), rng.uniform(2, 3, 1_000)
)
counts = [int(((late > k) & (late <= k + 1)).sum()) for k in range(4)]
print(f"mean delay: {late.mean():.1f} hours; trains in the bins: {counts}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert 1 < late.mean() < 2
assert counts[1] == 0

# %% [markdown]
# The mean lies in the bin in which there is not a single train.
#
# ### Exercise 01.6
# From a blank page. A round bracket leaves its end out, a square one takes it in: 2.0 belongs to (1, 2].


# %%
def to_class(values):
    """Values (N,) above 0 in; for each the number of its bin, 0 for (0, 1], 1 for
    (1, 2], ..., out."""
    ...  # your line here


check("01.6", to_class)

# %% [markdown]
# ## 10. Break it
#
# **Predict.** Three plain formulas: (a) one throw of a die, A is "even", B is "above two", and $P(A) + P(B)$ for *or*;
# (b) ten times 0.1, added one after the other, compared with 1; (c) the ratio for *given*, where the condition never
# happens. What comes out of each?

# %%
die = dict.fromkeys(range(1, 7), 1 / 6)
even, above_two = {2, 4, 6}, {3, 4, 5, 6}
print("(a)", round(probability(die, even) + probability(die, above_two), 3))
print("(b)", np.cumsum([0.1] * 10)[-1] == 1)
with np.errstate(invalid="ignore"):
    print("(c)", np.float64(0) / np.float64(0))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert probability(die, even) + probability(die, above_two) > 1
assert np.cumsum([0.1] * 10)[-1] != 1

# %% [markdown]
# (a) 1.167, more than certain: 4 and 6 are counted twice. (b) Not equal: 0.1 has no exact float, and ten roundings add up.
# (From Python 3.12 on, `sum` makes up for them here.) Never compare a sum of floats with `==`. (c) NaN, and it spreads
# through all that follows. A question about days that never come has no answer, and the package says so:

# %%
print("(a)", round(probability(die, even | above_two), 3))
print("(b)", check_distribution("P", [0.1] * 10).shape)
try:
    conditional(days | {"rain, hail": 0.0}, rain, given={"rain, hail"})
except ValueError as error:
    print("(c)", error)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(probability(die, even | above_two), 5 / 6)

# %% [markdown]
# ### What the package does
# The formula of section 5, with the checks in front.

# %%
print(inspect.getsource(conditional))

# %% [markdown]
# ## Check the slide
#
# What stands after *True* is what really holds. It is not a verdict: most of these claims are wrong.

# %% [markdown]
# **Claim (lecture 2).** P(cloud) = 0.2, P(rain) = 0.05 and P(rain | cloud) = 0.7. **Predict** whether the three fit
# together: how often are there rain and clouds?

# %%
rain_and_cloud = 0.7 * 0.2
print(f"P(rain and cloud) = {rain_and_cloud:.2f}")
print(f"more than P(rain) = 0.05: {rain_and_cloud > 0.05}")
print(f"at most, P(rain | cloud) = {0.05 / 0.2:.2f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(rain_and_cloud, 0.14)
assert rain_and_cloud > 0.05

# %% [markdown]
# **True:** they cannot all hold. 0.7 · 0.2 = 0.14 of all days would have rain with clouds, but only 0.05 have rain at all.
# With P(cloud) = 0.2 and P(rain) = 0.05, P(rain | cloud) is 0.25 at most.

# %% [markdown]
# **Claim (lecture 2).** P(rain and cloud) = 0.2, beside P(rain) = 0.05. **Predict** which rule of section 2 this breaks.

# %%
dry_clouds_or_rain_alone = 0.05 - 0.2  # what is left for rain without clouds
print(f"P(rain without cloud) = 0.05 - 0.20 = {dry_clouds_or_rain_alone:.2f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert dry_clouds_or_rain_alone < 0

# %% [markdown]
# **True:** every day with rain and clouds is a day with rain, so P(rain and cloud) ≤ P(rain). Here rain without clouds
# would have the probability −0.15.

# %% [markdown]
# **Claim (lecture 2).** The probabilities of the outcomes in the event sum to one. **Predict** the sum for the lecture's
# event {rain, wind}.

# %%
print("over E:", probability(weather, {"rain", "wind"}))
print("over S:", probability(weather, set(weather)))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert probability(weather, {"rain", "wind"}) == 0.25
assert probability(weather, set(weather)) == 1

# %% [markdown]
# **True:** it is the sum over the sample space S that must be 1. Over the event it is the event's probability, here 0.25.

# %% [markdown]
# **Claim (lecture 2).** P maps events into the open interval (0, 1). **Predict** P(heads and tails), and P(heads or tails).

# %%
nothing = probability(coin, {"heads"} & {"tails"})
anything = probability(coin, {"heads"} | {"tails"})
print("P(heads and tails) =", nothing, " P(heads or tails) =", anything)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert (nothing, anything) == (0, 1)

# %% [markdown]
# **True:** the interval is closed, [0, 1]: 0 and 1 are taken, and the lecture itself allows them before. The open interval
# is what a sigmoid maps into (lesson 03).

# %% [markdown]
# **Claim (lecture 2).** S = {rain, sun, wind, cloud}, and a sun shower is rain and sun. **Predict** P(rain and sun) in that
# S.

# %%
print("in that S:", probability(weather, {"rain"} & {"sun"}))
rain, sun = {"rain and sun", "only rain"}, {"rain and sun", "only sun"}
print("with pairs as outcomes:", probability(day_types, rain & sun))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert probability(weather, {"rain"} & {"sun"}) == 0
assert probability(day_types, rain & sun) == 0.03

# %% [markdown]
# **True:** exactly one outcome happens, so in that S rain and sun exclude each other, P = 0, whatever the weather. If both
# may happen, the set is no set of outcomes. With pairs as outcomes the sun shower is one, here with 0.03.

# %% [markdown]
# **Claim (lecture 2).** The simplex is the set of the vectors whose entries sum to one. **Predict**: is (2, −1) in it?

# %%
vector = np.array([2, -1])
print("sum:", vector.sum(), " no entry negative:", bool((vector >= 0).all()))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert vector.sum() == 1
assert (vector < 0).any()

# %% [markdown]
# **True:** a condition is missing: no entry may be negative. (2, −1) sums to one, and a probability of 2 or of −1 means
# nothing.

# %% [markdown]
# **Claim (lecture 4).** MNIST has 7,000 pictures of each digit. **Predict** whether it is that even; then count.

# %%
data = load_mnist()
print(data.note)
counts = np.bincount(np.concatenate([data.y_train, data.y_test]))
print(counts.tolist(), "sum", counts.sum())

# %% tags=["facts"]
# Facts: what the text says, asserted.
published = [6903, 7877, 6990, 7141, 6824, 6313, 6876, 7293, 6825, 6958]
assert data.source != "mnist" or counts.tolist() == published

# %% [markdown]
# **True:** the counts of 0 to 9 are 6903, 7877, 6990, 7141, 6824, 6313, 6876, 7293, 6825 and 6958. 70,000 pictures give
# 7,000 on average. There are a quarter more ones than fives, far beyond chance: by section 3, two spreads of a share
# of 0.1 are $2\sqrt{0.1 \cdot 0.9 / 70\,000}$. Of 70,000 pictures that is about 160, to either side of 7,000.

# %%
two_spreads = 2 * np.sqrt(70_000 * 0.1 * 0.9)
print(f"fair draws: 7,000 give or take {two_spreads:.0f}")
print(f"ones over fives: {7877 / 6313:.2f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert round(two_spreads) == 159
assert round(7877 / 6313, 2) == 1.25

# %% [markdown]
# ## Summary
#
# - Exactly one outcome of S happens. A distribution gives each a number in [0, 1], and over S they sum to one.
# - The frequency of an event converges to its probability, with an error that goes as $1/\sqrt{n}$.
# - *Or*: add, and take off what was counted twice. *Given*: keep the days that fit, and take shares of them.
# - $K$ outcomes have $K - 1$ free numbers. Two classes need one output.
# - The simplex: no entry negative, sum one. One-hot codes are its corners, all equally far apart. Ordinal codes claim
#   distances that nobody measured.
#
# **Where this is used:** every output and every label of this course is a point of a simplex. **Where it fails:** a
# probability is no better than the S behind it. What is not in S, a picture of no digit at all, gets its shares too.
#
# ## Further reading
#
# - J. Bernoulli, *Ars Conjectandi*, Basel, 1713, part 4: the first proof that frequencies converge.
# - A. Kolmogorov, *Grundbegriffe der Wahrscheinlichkeitsrechnung*, Springer, 1933: the rules of section 2.
# - J. Blitzstein, J. Hwang, *Introduction to Probability*, 2nd edition, CRC Press, 2019, chapters 1 and 2.
# - W. Thompson, E. Schumann, "Interpretation of statistical evidence in criminal trials: the prosecutor's fallacy and the
#   defense attorney's fallacy", *Law and Human Behavior* 11 (3), 167–187, 1987.
# - A. Zhang, Z. Lipton, M. Li, A. Smola, *Dive into Deep Learning*, Cambridge University Press, 2023, section
#   "Probability and statistics": goes on to Bayes' theorem, expectations and variance.
