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
# **Time:** 60 minutes; the part headed *Deeper* is extra. **Needs:** school arithmetic, and an environment that runs
# (00).
#
# When you have finished, you can
#
# - [ ] name the sample space, the event and the distribution in a story, and compute with *or*, *given* and
#   *independent*;
# - [ ] turn the chance of an alarm, given the illness, into the chance of the illness, given the alarm;
# - [ ] write a class as a one-hot vector, a point of the simplex, and say what the codes 1, 2, 3 would claim.

# %% tags=["folded"]
# What this lesson imports, and the look of its figures.
import matplotlib.pyplot as plt
import numpy as np

from course_utils.exercises import check
from course_utils.explorers.simplex import simplex
from course_utils.plots import DIVERGING, PALETTE
from course_utils.probability import conditional, probability, sample
from course_utils.study.predictions import predict, reveal

plt.style.use("course_utils.lesson")

# %% [markdown]
# ## 1. A flat is free
#
# Your phone rings: a flat is free. How many rooms will it have? You cannot know, but in this town, whose numbers are
# made up, you do know *this*:

# %% tags=["figure"]
# Figure 1: the distribution of the number of rooms, as bars.
rooms = {1: 0.18, 2: 0.32, 3: 0.28, 4: 0.15, 5: 0.07}

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
# each input, so it does not say "two rooms" but draws a bar chart. If you need three rooms at least, you add up three
# bars, 0.28 + 0.15 + 0.07, and know that half of all flats will do.

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert max(rooms, key=rooms.get) == 2
assert round(1 - rooms[2], 2) == 0.68
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
# Exactly one outcome happens, and an event happens if that outcome is in it. So the probabilities of the outcomes are a
# distribution if they keep two rules:
#
# $$0 \le P(s) \le 1 \quad\text{for each outcome } s, \qquad \sum_{s \in S} P(s) = 1$$
#
# The probability of an event is then the sum over its outcomes, $P(E) = \sum_{s \in E} P(s)$. Mind the two sums, because
# they look alike: the one over all of $S$ is always 1, while the one over $E$ is what you want to know.
#
# ### Exercise 01.1
# Number the outcomes, and a distribution becomes an array. One expression is missing.


# %%
def probability_of(P, event):
    """Probabilities P (K,) and the numbers of the outcomes in the event in;
    one number out."""
    masses = P[event]  # the probabilities of those outcomes
    return ...  # what the event has in all


check("01.1", probability_of)

# %% [markdown]
# ## 3. What the number promises
#
# $P(\text{rain}) = 0.15$ says very little about tomorrow, because it speaks of many days. Take five towns in which the
# weather of each day is drawn anew, without regard to the days before, and follow the share of rainy days in each.

# %% tags=["figure"]
# Figure 2: the share of rainy days so far, in five towns.
n_days, rng = 10_000, np.random.default_rng(72)
rained = sample([0.15, 0.5, 0.1, 0.25], 5 * n_days, rng).reshape(5, n_days) == 0
day = np.arange(1, n_days + 1)
frequency = rained.cumsum(axis=1) / day
standard_error = np.sqrt(0.15 * 0.85 / day)  # explained below

fig, ax = plt.subplots(figsize=(7.2, 4.0), layout="constrained")
funnel = 0.15 - 2 * standard_error, 0.15 + 2 * standard_error
ax.fill_between(day, *funnel, color="0.9", label="0.15 ± 2 standard errors")
shown = np.unique(np.geomspace(1, n_days, 17).astype(int)) - 1  # where the marks stand
looks = zip(
    frequency,
    "ABCDE",
    ("o", "s", "^", "D", "v"),
    ("blue", "vermilion", "green", "purple", "orange"),
    strict=True,
)
for share, town, mark, colour in looks:
    ax.plot(
        day,
        share,
        marker=mark,
        markevery=list(shown),
        markersize=6,
        color=PALETTE[colour],
        linewidth=1.2,
        label=f"town {town}",
    )
ax.axhline(0.15, color="black", linestyle="--", linewidth=1)
ax.set(
    xscale="log", ylim=(-0.02, 0.55), xlabel="day", ylabel="share of rainy days so far"
)
ax.set_title("The share of rainy days converges to the probability of rain, 0.15")
ax.legend()
plt.show()

# %% [markdown]
# *Figure 2. Share of rainy days so far in the towns A to E, each with a colour and a mark of its own, over 10,000 days on
# a log scale. In the first days the five lines jump between 0 and a half; then they draw together, mostly inside a grey
# funnel, and all end within 0.01 of the dashed line at 0.15.*
#
# After ten days two of the towns have seen no rain at all and one has had three wet days; after ten thousand all five
# agree. This is the **law of large numbers**: the relative frequency of an event converges to its probability, provided
# that no draw depends on the others. No wet month comes to make up for a dry one, since early luck is simply diluted by
# the thousands of days that follow.
#
# How fast does it converge? The usual size of the error in a share of $n$ draws is called its **standard error**,
# $\sqrt{p(1 - p)/n}$, and two thousand towns show what it is worth:

# %%
rng = np.random.default_rng(2)
for n in (100, 10_000, 1_000_000):
    standard_error = np.sqrt(0.15 * 0.85 / n)
    errors = abs(rng.binomial(n, 0.15, 2_000) / n - 0.15) / standard_error
    print(f"{n:>9,} days: standard error {standard_error:.6f},", end=" ")
    below = 100 * np.mean(errors < 2)
    print(f"mean error {errors.mean():.1f} of it, {below:.0f} % below 2")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(np.sort(frequency[:, 9]), [0, 0, 0.1, 0.1, 0.3])
assert abs(frequency[:, -1] - 0.15).max() < 0.01
assert frequency.max() <= 0.5
rng = np.random.default_rng(2)
for n in (100, 10_000, 1_000_000):
    errors = abs(rng.binomial(n, 0.15, 2_000) / n - 0.15) / np.sqrt(0.15 * 0.85 / n)
    assert 0.77 < errors.mean() < 0.83
    assert 0.94 < np.mean(errors < 2) < 0.97
assert round(2 * np.sqrt(0.92 * 0.08 / 10_000), 4) == 0.0054

# %% [markdown]
# The mean error is 0.8 standard errors, and about 95 of a hundred errors are smaller than two, which is how far the grey
# funnel of figure 2 reaches. Because of the root, a hundred times as many days bring the error down to a tenth. Keep
# that in mind for test pictures: on 10,000 of them, an accuracy near 92 % is known to about half a percentage point.
#
# A share is a mean of zeros and ones, and the mean of amounts obeys the same law. Over very many flats, the mean number
# of rooms settles at the **expectation**, in which every outcome counts as much as it is probable:
#
# $$E[\text{rooms}] = \sum_{s \in S} s\, P(s) = 1 \cdot 0.18 + 2 \cdot 0.32 + 3 \cdot 0.28 + 4 \cdot 0.15 + 5 \cdot 0.07
# = 2.61$$
#
# No flat has 2.61 rooms, because the expectation foretells not one draw but the mean of many. Lesson 05 takes the
# expectation of a surprise.

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(sum(s * P for s, P in rooms.items()), 2.61)
drawn = sample(list(rooms.values()), 100_000, np.random.default_rng(6)) + 1
assert abs(drawn.mean() - 2.61) < 0.02

# %% [markdown]
# ### Exercise 01.2
# One line of figure 2, for one town, that is not quite finished.


# %%
def running_frequency(happened):
    """1 for each draw where the event happened, 0 elsewhere (N,), in;
    the share so far after each draw (N,) out."""
    count = np.cumsum(happened)
    return ...  # count, divided by the number of draws so far


check("01.2", running_frequency)

# %% [markdown]
# ## 4. Or
#
# From here on each section has its own town, with its own numbers. Before you run on, commit yourself: press the button
# of your choice and, if you like, say how sure you are. (In code: `predict("01.p1", "a")`, or your probabilities, `{"a":
# 0.7, "b": 0.3}`.) If you leave a question open, nothing breaks.
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
reveal("01.p1", probability(day_types, rain | sun))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(probability(day_types, rain), 0.05)
assert np.isclose(probability(day_types, sun), 0.4)
assert probability(day_types, rain | sun) < 0.45

# %% [markdown]
# It is less, because 0.05 + 0.4 counts the sun showers twice, and they have to be taken off once:
#
# $$P(A \text{ or } B) = P(A) + P(B) - P(A \text{ and } B)$$
#
# Heads and tails, which cannot both happen, are **disjoint**: they share no outcome, so that nothing is counted twice and
# their probabilities simply add up. Notice that the sample space has changed. With $S$ = {rain, sun, wind, cloud} a sun
# shower cannot even be said, since exactly one outcome happens. Where two things may happen together, the *pairs* are
# the outcomes.
#
# ### Exercise 01.3
# By hand: $P$(rain) = 0.05, $P$(sun) = 0.4, and $P$(rain and sun) = 0.03. What is $P$(rain or sun)?

# %%
rain_or_sun = None  # one number

check("01.3", rain_or_sun)

# %% [markdown]
# ## 5. Given
#
# You look out of the window and see clouds, so how likely is rain now? Throw away every day that does not fit what you
# see, and take shares of those that are left:
#
# $$P(A \mid B) = \frac{P(A \text{ and } B)}{P(B)}$$
#
# In the town of this section $P$(rain and cloud) = 0.2 and $P$(cloud) = 0.4, so that $P$(rain given cloud) is
# 0.2 / 0.4 = 0.5.

# %%
days = {"rain, cloud": 0.2, "dry, cloud": 0.2, "rain, clear": 0.02, "dry, clear": 0.58}
rain, cloud = {"rain, cloud", "rain, clear"}, {"rain, cloud", "dry, cloud"}
print("P(rain) =", probability(days, rain))
print("P(rain | cloud) =", conditional(days, rain, given=cloud))

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

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(probability(days, rain), 0.22)
assert np.isclose(conditional(days, rain, cloud), 0.5)
assert round(cloud_given_rain, 3) == 0.909

# %% [markdown]
# Clouds raise the chance of rain from 0.22 to 0.5, and rain raises the chance of clouds from 0.4 to 0.909. Swapping the
# two is one of the oldest mistakes in probability. In court it is called the **prosecutor's fallacy**: "few innocent
# people match this trace" is taken for "few who match it are innocent".
#
# A classifier answers a question with *given* in it: $P(y \mid x)$, the classes given the picture. Without the picture,
# all it could say is how common each class is.
#
# ### Exercise 01.4
# From a blank page: in `joint`, row $j$ and column $k$ hold $P(j \text{ and } k)$. Turn it into a table of $P(j \mid k)$.


# %%
def given_column(joint):
    """A table of P(row and column), (J, K), in;
    a table of P(row | column), (J, K), out."""
    ...  # your line here


check("01.4", given_column)

# %% [markdown]
# ## 6. One number fewer
#
# Somebody reads you a distribution over four outcomes, "0.1, 0.2, 0.3, ...", and the line breaks. There is no need to
# call back, since the last number is what is left of one, 0.4. In $\langle 0.1, 0.2, 0.3, 0.4\rangle$ it is
# **redundant**: $K$ outcomes have only $K - 1$ free numbers.
#
# One draw out of $K$ outcomes has a **categorical** distribution. A yes-or-no trial has a **Bernoulli distribution**,
# for which a single number $p$ is enough. That is why a network that tells two classes apart needs one output and not
# two: one sigmoid unit (lesson 03) gives $p$, and $1 - p$ comes for nothing.
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
# negative*, and which *sum to one*. Both conditions count, because (2, −1) sums to one too.
#
# Three outcomes have two free numbers, so their simplex can be drawn on paper: a triangle. Drag the point in it, or the
# bars of the two free coordinates. The deeper the blue, the larger the **entropy**, a measure of how uncertain the
# outcome still is (lesson 05).
#
# 1. Bring the point into a corner: what are the three numbers there, and the entropy?
# 2. Where in the triangle is the entropy largest?
# 3. Push the point out of the triangle: which of the two conditions fails?

# %%
simplex(["rain", "sun", "cloud"], first=10, second=40)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert round(np.log(3), 3) == 1.099
assert sum([2, -1]) == 1

# %% [markdown]
# <details><summary>Answers</summary>1. One number is 1 and the others are 0; the entropy is 0, because nothing is open.
# 2. In the middle, near 33, 33 and 34 %: ln 3 = 1.099. 3. Not the sum, which is one everywhere: the third number turns
# negative.</details>

# %% [markdown]
# ## 8. A class, written in numbers
#
# A network computes with numbers, so the classes dog, cat, fish, tree and human need a code. There are two:
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


reveal("01.p3", distances(one_hot)[0, 4] / distances(one_hot)[0, 1])

# %% tags=["figure"]
# Figure 4: tables of the distances between the codes of five classes.
names = ["dog", "cat", "fish", "tree", "human"]
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4.4), layout="constrained")
for ax, codes, title in zip(
    axes, (ordinal, one_hot), ("ordinal: 1 to 5", "one-hot"), strict=True
):
    ax.imshow(distances(codes), cmap=DIVERGING, vmin=-10, vmax=10)  # pale, for letters
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
assert ordinal[[0, 2]].mean() == ordinal[1]
assert one_hot[[0, 2]].mean(axis=0).tolist() == [0.5, 0, 0.5, 0, 0]

# %% [markdown]
# Ordinal codes claim that a cat is nearer to a dog than a human is, which nobody has measured: it comes from the order of
# the list. The mean is worse, for a model that wavers between dog (1) and fish (3) answers 2, a cat, with full
# conviction. In one-hot codes the same doubt is (0.5, 0, 0.5, 0, 0), which is no cat but a distribution.
#
# That is the bridge between chances and codes. A label is a corner of the simplex, and a prediction is a point in it.
# Each label pulls the prediction towards its corner; where equal pictures carry different labels, the point comes to
# rest between them.

# %% [markdown]
# ### Deeper: a regression, turned into classes
#
# How many hours late is the train? That is an amount, and predicting it is **regression**. Cut the axis into bins,
# (0, 1], (1, 2], ..., (N−1, N], and it is classification into $N$ classes. What is won: a model may say "punctual or
# three hours late, hardly between", which a single number cannot. If six trains in ten are less than an hour late and
# the others between two and three, the mean delay lies in the bin in which there is not a single train. What is lost:
# one-hot classes forget that hour 2 lies between 1 and 3, though here the order is real.

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert 1 < 0.6 * 0.5 + 0.4 * 2.5 < 2

# %% [markdown]
# ### Exercise 01.6 (Deeper)
# From a blank page: a round bracket leaves its end out and a square one takes it in, so that 2.0 belongs to (1, 2].


# %%
def to_class(values):
    """Values (N,) above 0 in; for each the number of its bin out,
    0 for (0, 1], 1 for (1, 2], and so on."""
    ...  # your line here


check("01.6", to_class)

# %% [markdown]
# ## 9. Turned round
#
# Section 5 kept P(rain | cloud) and P(cloud | rain) apart, and yet one can be computed from the other. Read the definition
# of *given* from right to left, and it is the **product rule**:
#
# $$P(A \text{ and } B) = P(A \mid B)\, P(B)$$
#
# The same pair can be taken in the other order, $P(B \mid A)\, P(A)$. Set the two equal and divide by $P(A)$, and you
# have **Bayes' rule**, which turns the question round:
#
# $$P(B \mid A) = \frac{P(A \mid B)\, P(B)}{P(A)}$$
#
# A test for a rare illness shows why that matters.
#
# **01.p4.** One person in a thousand is ill. Of a hundred ill people the test finds 99, and of a hundred healthy ones it
# alarms 5 by mistake. Now it alarms for you: how likely is it that you are ill?
#
# - a) about 99 %
# - b) about 95 %
# - c) about 50 %
# - d) about 2 %

# %%
predict("01.p4")

# %%
ill, alarm = {"ill, alarm", "ill, quiet"}, {"ill, alarm", "healthy, alarm"}
people = {"ill, alarm": 0.001 * 0.99, "ill, quiet": 0.001 * 0.01}
people |= {"healthy, alarm": 0.999 * 0.05, "healthy, quiet": 0.999 * 0.95}
reveal("01.p4", conditional(people, ill, given=alarm))

# %% tags=["facts"]
# Facts: what the text says, asserted.
by_rule = 0.99 * 0.001 / probability(people, alarm)
assert np.isclose(conditional(people, ill, given=alarm), by_rule)
assert round(by_rule, 3) == 0.019
assert round(by_rule / 0.001) == 19
of_100_000 = [round(100_000 * people[kind], 6) for kind in people]
assert of_100_000 == [99, 1, 4_995, 94_905]

# %% [markdown]
# It is easiest to see with people in place of chances:
#
# | of 100,000 people | alarm | quiet | together |
# |---|---:|---:|---:|
# | ill | 99 | 1 | 100 |
# | healthy | 4,995 | 94,905 | 99,900 |
# | together | 5,094 | 94,906 | 100,000 |
#
# The 99 % belong to the row of the ill, but you stand in the column of the alarms, and there only 99 of 5,094 are ill,
# which is 1.9 %. The alarm has made the illness nineteen times as likely as it was, but it was so rare that most alarms
# come from the many people who are well.

# %% [markdown]
# ## 10. Independent
#
# Clouds changed the chance of rain, but sometimes knowing $B$ changes nothing, $P(A \mid B) = P(A)$. Such events are
# **independent**, and for them the product rule becomes
#
# $$P(A \text{ and } B) = P(A)\, P(B)$$
#
# So the chances of independent events multiply, and those of other events do not:

# %%
product = probability(days, rain) * probability(days, cloud)
print(
    f"rain and cloud: {probability(days, rain & cloud):.3f}, the product: {product:.3f}"
)

wet = sample([0.15, 0.85], 200_000, np.random.default_rng(8)).reshape(2, -1) == 0
print(
    f"two rainy days in a row, of 100,000 pairs: {wet.all(axis=0).mean():.4f},", end=" "
)
print(f"the product: {0.15 * 0.15:.4f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(probability(days, rain) * probability(days, cloud), 0.088)
assert probability(days, rain & cloud) == 0.2
assert abs(wet.all(axis=0).mean() - 0.0225) < 0.002
twice = np.array([0.99 * 99, 0.05 * 4_995])
assert twice.round().tolist() == [98, 250]
assert round(twice[0] / twice.sum(), 2) == 0.28

# %% [markdown]
# Rain and clouds are not independent, for 0.22 · 0.4 is 0.088 and not 0.2. Two days that are drawn anew are, and that is
# what lets the frequencies of section 3 settle. Real days are less kind, since a wet day is often followed by another.
# Whenever the course multiplies the chances of many samples, as lesson 04 does with thirty evenings, it takes them for
# independent, and you may ask whether they are.
#
# The same question decides what a second test is worth. If its mistakes are independent of the first one's, it alarms
# again for 98 of the 99 ill people and for only 250 of the 4,995 healthy ones, so that 28 % of those with two alarms are
# ill. If both tests err for the same reason, the second alarm says little.
#
# ### Exercise 01.7
# From a blank page: `joint` holds $P(j \text{ and } k)$ again. Make the table that you would see if rows and columns
# were independent, each as probable as it is in `joint`; for rain and cloud it has 0.088 where `joint` has 0.2.


# %%
def if_independent(joint):
    """A table of P(row and column), (J, K), in;
    a table of P(row) P(column), (J, K), out."""
    ...  # your lines here


check("01.7", if_independent)

# %% [markdown]
# ## 11. Break it
#
# What is a probability *given* something that never happens, and is ten times 0.1 one on a computer?

# %%
with np.errstate(invalid="ignore"):
    print("0 / 0 =", np.float64(0) / np.float64(0))
print("ten times 0.1, added one by one, is 1:", np.cumsum([0.1] * 10)[-1] == 1)
try:
    conditional(days | {"rain, hail": 0.0}, rain, given={"rain, hail"})
except ValueError as error:
    print(error)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.cumsum([0.1] * 10)[-1] != 1

# %% [markdown]
# A question about days that never come has no answer. The formula gives NaN, which spreads through all that follows, so
# the package stops with a sentence instead. The sum is not one because 0.1 has no exact float, and ten roundings add up:
# never compare a sum of floats with `==`.

# %% [markdown]
# ## Check the slide
#
# Two claims, of which at least one does not hold.

# %% [markdown]
# **Claim (lecture 2).** P(cloud) = 0.2, P(rain) = 0.05 and P(rain | cloud) = 0.7. **Does it hold?** Can a town have
# these three numbers?

# %%
rain_and_cloud = 0.7 * 0.2
print(f"P(rain and cloud) = {rain_and_cloud:.2f}")
print(f"at most, P(rain | cloud) = {0.05 / 0.2:.2f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(rain_and_cloud, 0.14)
assert rain_and_cloud > 0.05

# %% [markdown]
# **What holds:** no town can have all three. By the product rule 0.7 · 0.2 = 0.14 of all days would have rain with
# clouds, but only 0.05 have rain at all. With P(cloud) = 0.2 and P(rain) = 0.05, P(rain | cloud) is 0.25 at most.

# %% [markdown]
# **Claim (lecture 2).** Of clothes, P(T-shirt) = 0.1, P(Trouser) = 0.08, P(Pullover) = 0.12, and 0.1 for each of the
# seven other kinds. **Does it hold?** Is this a distribution?

# %%
clothing = np.array([0.1, 0.08, 0.12] + 7 * [0.1])
print("none negative:", (clothing >= 0).all(), " sum:", round(clothing.sum(), 10))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert (clothing >= 0).all()
assert np.isclose(clothing.sum(), 1)

# %% [markdown]
# **It holds:** no entry is negative, and what the trousers lack the pullovers have.

# %% [markdown]
# ## Summary
#
# - Exactly one outcome of S happens. A distribution gives each a number in [0, 1], and over S they sum to one.
# - If draws are independent, the frequency of an event converges to its probability and a mean to its expectation. The
#   standard error of a share is $\sqrt{p(1 - p)/n}$.
# - *Or*: add, and take off what was counted twice. *Given*: keep the days that fit, and take shares of them.
# - The product rule and Bayes' rule lead from $P(A \mid B)$ to $P(B \mid A)$, which is another number. Chances of
#   independent events multiply.
# - $K$ outcomes have $K - 1$ free numbers, so that two classes need one output.
# - In the simplex no entry is negative and the sum is one. One-hot codes are its corners, all equally far apart, while
#   ordinal codes claim distances that nobody measured.
#
# **Where this is used:** every output and every label of this course is a point of a simplex. **Where it fails:** a
# probability is no better than the S behind it, and what is not in S, a picture of no digit at all, gets its shares too.
#
# ## Further reading
#
# - Jacob Bernoulli, *Ars Conjectandi*, Basel, 1713, part 4: the first proof that frequencies converge.
# - Joseph Blitzstein, Jessica Hwang, *Introduction to Probability*, 2nd edition, CRC Press, 2019, chapters 1 to 4.
# - Gerd Gigerenzer, Ulrich Hoffrage, "How to improve Bayesian reasoning without instruction: frequency formats",
#   *Psychological Review* 102 (4), 684–704, 1995.
# - William Thompson, Edward Schumann, "Interpretation of statistical evidence in criminal trials: the prosecutor's
#   fallacy and the defense attorney's fallacy", *Law and Human Behavior* 11 (3), 167–187, 1987.
# - Aston Zhang, Zachary Lipton, Mu Li, Alexander Smola, *Dive into Deep Learning*, Cambridge University Press, 2023,
#   section "Probability and statistics".
