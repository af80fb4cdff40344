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
# # 05 · From KL divergence to cross-entropy
#
# **The question:** how far is a forecast from the truth, and why do classifiers minimise something other than
# that distance?
#
# **Time:** 60 minutes, in two sittings if you like (stop after section 4); the parts headed *Deeper* are extra.
# **Needs:** distributions (01), gradient descent (02), likelihood and binary cross-entropy (04).
#
# When you have finished, you can
#
# - [ ] compute the KL divergence of two distributions term by term, and say why it is no ordinary distance;
# - [ ] split cross-entropy into entropy and KL divergence, and say which of the two training can change;
# - [ ] show that maximum likelihood, minimum cross-entropy and minimum KL divergence are one and the same.

# %% tags=["folded"]
# What this lesson imports.
import heapq
import inspect
import math

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown

from course_utils.activations import softmax
from course_utils.derivations import check_line, table
from course_utils.derivations.lesson_05 import (
    CROSS_ENTROPY_SPLIT,
    KL_TO_CROSS_ENTROPY,
    LIKELIHOOD_TO_CROSS_ENTROPY,
)
from course_utils.derivations.stepper import Stepper
from course_utils.exercises import check
from course_utils.explorers.two_distributions import two_distributions
from course_utils.gradients import central_difference
from course_utils.plots import PALETTE
from course_utils.probability import cross_entropy, entropy, kl_divergence
from course_utils.study.predictions import predict, reveal
from course_utils.study.review import review

plt.style.use("course_utils.lesson")

# %% [markdown]
# ## 1. Three forecasters
#
# In some town it rains on 10 % of the days, the sun shines on 40 %, and 50 % are cloudy. Nobody can say more than that.
# Each of three forecasters has numbers of his or her own, the same every day. All three are wrong, but who is worst?

# %%
outcomes = ["rain", "sun", "cloud"]
P = np.array([0.1, 0.4, 0.5])
forecasts = {
    "Ann": np.array([0.3, 0.2, 0.5]),
    "Ben": np.array([0.1, 0.2, 0.7]),
    "Cem": np.array([0.0, 0.5, 0.5]),
}

# %% tags=["figure"]
# Figure 1: the three forecasts beside the truth, as bars.
fig, axes = plt.subplots(1, 3, figsize=(9.6, 2.9), sharey=True, layout="constrained")
for ax, (name, Q) in zip(axes, forecasts.items(), strict=True):
    ax.bar(outcomes, Q, color=PALETTE["sky blue"], label="forecast")
    ax.bar(outcomes, P, fill=False, linewidth=2, linestyle="--", label="truth")
    rain, sun, cloud = 100 * Q
    ax.set_title(f"{name}: {rain:.0f} %, {sun:.0f} %, {cloud:.0f} %")
axes[0].set_ylabel("probability")
axes[0].legend(frameon=False, loc="upper left")
axes[2].annotate(
    "never", (0, 0.005), (0, 0.22), ha="center", arrowprops={"arrowstyle": "->"}
)
fig.suptitle("All three are wrong about two outcomes")
plt.show()

# %% [markdown]
# *Figure 1. Three bar charts of rain, sun and cloud; dashed outlines show the truth. Ann has too much rain and too
# little sun, Ben too little sun and too much cloud, Cem a little too much sun and no rain at all, to which an arrow
# points.*
#
# **05.p1.** The truth is 10 % rain, 40 % sun, 50 % cloud. Ann says 30, 20, 50; Ben says 10, 20, 70; Cem says 0,
# 50, 50. Each day all three pay minus the log of the chance they gave to what happened, as in lesson 04. Whose
# forecast costs most in the long run?
#
# - a) Ann's
# - b) Ben's
# - c) Cem's

# %%
predict("05.p1")

# %%
with np.errstate(divide="ignore"):  # a chance of 0 costs infinitely much
    cost = [-(P @ np.log(Q)) for Q in forecasts.values()]
reveal("05.p1", np.argmax(cost))

# %% [markdown]
# The differences alone do not say so. Add up their squares, and Ann and Ben have 0.08 each, while Cem, with 0.02, is
# the best by far. But Cem says that it *never* rains, and it does, every tenth day. A difference of 0.1 is small
# between 0.4 and 0.5, and enormous between 0 and 0.1, which differences do not see and ratios do.

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(
    [((P - Q) ** 2).sum() for Q in forecasts.values()], [0.08, 0.08, 0.02]
)

# %% [markdown]
# ## Three questions from earlier lessons
#
# They are chosen for you. What you get wrong comes back in the next lesson, and what you get right comes back later.

# %%
review("05")

# %% [markdown]
# ## 2. The price of an outcome
#
# Each day the outcome is seen, and whoever gave it the probability $q$ pays $-\ln q$. This price is also called the
# **surprise**. A ladder of surprises, in nats and in **bits**, which are the same with the logarithm to base 2:
#
# | you are told | its chance | nats | bits |
# |---|---|---:|---:|
# | that water is wet | 1 | 0 | 0 |
# | heads | 1/2 | 0.69 | 1 |
# | the throw of a die | 1/6 | 1.79 | 2.58 |
# | a stranger's birthday | 1/365 | 5.90 | 8.51 |
# | six right of 49 in the lottery | 1/13,983,816 | 16.45 | 23.74 |
# | the order of a shuffled deck of cards | 1/52! | 156.36 | 225.58 |
# | what was called impossible | 0 | ∞ | ∞ |
#
# Read the last column as heads in a row: to win the lottery is as surprising as 24 heads and no tail. One bit is ln 2 =
# 0.693 nats. The price is a log because independent chances multiply, and prices should add. For the queen of hearts,
# the suit costs ln 4 = 1.386, the rank ln 13 = 2.565, and the card ln 52 = 3.951, which is their sum.

# %% tags=["facts"]
# Facts: what the text says, asserted.
ladder = [2, 6, 365, math.comb(49, 6), math.factorial(52)]
assert ladder[3] == 13_983_816
assert [round(math.log(n), 2) for n in ladder] == [0.69, 1.79, 5.90, 16.45, 156.36]
assert [round(math.log2(n), 2) for n in ladder] == [1, 2.58, 8.51, 23.74, 225.58]
assert np.allclose(np.log([2, 4, 13, 52]), [0.693, 1.386, 2.565, 3.951], atol=5e-4)

# %% [markdown]
# ### Exercise 05.1
# A fair coin shows ten heads in a row. What is the surprise, in nats?

# %%
ten_heads = None  # one number

check("05.1", ten_heads)

# %% [markdown]
# Somebody who knows the truth $P$ pays as well: $-\ln 0.1 = 2.303$ on a rainy day. So what a forecaster does wrong is
# only what he pays **more** than that:
#
# $$-\ln Q_k - (-\ln P_k) = \ln\frac{P_k}{Q_k}$$
#
# Outcome $k$ comes on a share $P_k$ of the days, so in the long run the extra price of a day is
#
# $$\mathrm{KL}(P, Q) = \sum_k P_k \ln\frac{P_k}{Q_k}$$
#
# the **Kullback-Leibler divergence** of $Q$ from $P$. Here it is with its three terms, for rain, sun and cloud:

# %%
for name, Q in forecasts.items():
    with np.errstate(divide="ignore"):  # Cem's zero is meant
        terms = P * np.log(P / Q)
    print(f"{name}:", *(f"{k:+.3f}" for k in terms), f"= {terms.sum():.3f} nats a day")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(
    kl_divergence([P, P, P], list(forecasts.values())),
    [0.1674, 0.1090, np.inf],
    atol=1e-4,
)
assert terms[1] < 0 < terms[0]
assert round(-np.log(0.1), 3) == 2.303

# %% [markdown]
# On a rainy day Ann is cheaper than the truth, because she gave rain more probability than it has. She pays for that on
# sunny days, and the sum is positive. Ben, her equal by squares, is a third cheaper, and Cem is not 0.02 wrong but
# infinitely wrong. Figure 2 lets ten thousand days pass.

# %% tags=["figure"]
# Figure 2: the mean extra price of the days so far.
days = np.random.default_rng(36).choice(3, size=10_000, p=P)
day = np.arange(1, len(days) + 1)
strokes = {"Ann": ("blue", "-"), "Ben": ("vermilion", "--"), "Cem": ("black", ":")}
fig, ax = plt.subplots(figsize=(7.2, 3.3), layout="constrained")
for name, (colour, stroke) in strokes.items():
    KL = kl_divergence(P, forecasts[name])
    with np.errstate(divide="ignore"):
        # infinite, and not drawn, once Cem has seen rain
        mean = np.log(P / forecasts[name])[days].cumsum() / day
    ax.plot(
        day,
        mean,
        stroke,
        color=PALETTE[colour],
        linewidth=2,
        label=f"{name}, KL = {KL:.3f}".replace("inf", "∞"),
    )
    ax.axhline(KL if np.isfinite(KL) else 0, color="0.55", linewidth=1, zorder=0)
first_rain = day[days == 0][0]
ax.annotate(
    "first rain",
    (first_rain - 1, mean[first_rain - 2]),
    (40, -0.18),
    arrowprops={"arrowstyle": "->"},
)
ax.set(xscale="log", ylim=(-0.3, 0.75), xlabel="day", ylabel="mean extra price (nats)")
ax.set_title("The mean extra price settles at the KL divergence")
ax.legend(frameon=False)
plt.show()

# %% [markdown]
# *Figure 2. Mean extra price of the days so far, over 10,000 days on a log scale. Ann's and Ben's lines start high,
# swing, and settle at 0.167 and 0.109, marked by thin lines. Cem's line stays below zero until day 22, and ends: on day
# 23 it rains for the first time.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert first_rain == 23
assert mean[first_rain - 2] < 0 < mean[-1] == np.inf

# %% [markdown]
# For three weeks Cem was cheaper than the truth itself. Then came one day, and no day after it can help him.
#
# ### Exercise 05.2
# One line is missing. Outcomes that never happen are left out, since they cost nothing, whatever was said about them.


# %%
def my_kl(P, Q):
    """Two distributions (K,) in, KL(P, Q) in nats out."""
    happens = P > 0
    # where Q is 0 the ratio is infinite, and is meant to be
    with np.errstate(divide="ignore"):
        log_ratio = np.log(P[happens] / Q[happens])
    return ...  # the mean of the log ratios, each weighted by its probability under P


check("05.2", my_kl)

# %% [markdown]
# ## 3. Not an ordinary distance
#
# A distance is the same both ways. KL is not: from the truth to Ann it is 0.167, and from Ann to the truth 0.191. For
# Cem the two are ∞ and 0.112, because in the second he decides what happens, so that it never rains. KL is infinite
# exactly where $Q$ **misses mass**, that is, where it rules out what $P$ allows.

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert round(kl_divergence(forecasts["Ann"], P), 3) == 0.191
assert round(kl_divergence(forecasts["Cem"], P), 3) == 0.112

# %% [markdown]
# **05.p2.** KL adds P log(P/Q) over the outcomes. Some of these terms are negative. Can the whole sum be?
#
# - a) yes, where Q overstates enough outcomes
# - b) no, never

# %%
predict("05.p2")

# %%
rng = np.random.default_rng(0)
A, B = rng.dirichlet(np.ones(4), 10_000), rng.dirichlet(np.ones(4), 10_000)
reveal("05.p2", kl_divergence(A, B).min())

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert (kl_divergence(A, B) > 0).all()
there, half_way, far = [0.5, 0.5], [0.2, 0.8], [0.05, 0.95]
straight = kl_divergence(there, far)
detour = kl_divergence(there, half_way) + kl_divergence(half_way, far)
assert (round(straight, 2), round(detour, 2)) == (0.83, 0.36)

# %% [markdown]
# None of 10,000 random pairs had a negative one, which is no proof. The theorem is called **Gibbs' inequality**, the
# rest of the lesson stands on it, and one picture proves it.

# %% tags=["figure"]
# Figure 3: the logarithm and its tangent at 1.
u = np.linspace(0.05, 3, 300)
fig, ax = plt.subplots(figsize=(7.2, 2.9), layout="constrained")
ax.plot(u, u - 1, "--", color=PALETTE["vermilion"])
ax.plot(u, np.log(u), color=PALETTE["blue"])
ax.plot(1, 0, "o", color="black")
ax.text(2.0, 1.15, "u − 1", ha="right")
ax.text(2.4, 0.35, "ln u")
ax.annotate("they touch at u = 1", (1, 0), (1.15, -0.75))
ax.set(
    xlabel="u, the forecast's share over the truth's",
    ylim=(-3, 2.1),
    title="The logarithm lies below its tangent",
)
plt.show()

# %% [markdown]
# *Figure 3. The curve ln u and the straight line u − 1 over u from 0.05 to 3. They touch at u = 1; everywhere else the
# line lies above the curve.*
#
# So $\ln u \le u - 1$. Put $u = Q_k/P_k$ and sum over the outcomes that happen:
#
# $$-\mathrm{KL}(P, Q) = \sum_k P_k \ln\frac{Q_k}{P_k} \;\le\; \sum_k P_k\Bigl(\frac{Q_k}{P_k} - 1\Bigr)
# = \sum_k Q_k - \sum_k P_k \;\le\; 1 - 1 = 0$$
#
# Zero needs equality everywhere, and the line meets the curve at $u = 1$ alone: $Q_k = P_k$ wherever $P_k > 0$, and
# then nothing is left for the other outcomes. So KL is never negative, and zero only between equals. Mind the last
# step, which needs two distributions; section 8 takes that away.
#
# It is no **metric** all the same, hence the word *divergence*: it depends on the direction, and a stop on the way can
# make the way shorter. From (0.5, 0.5) straight to (0.05, 0.95) it is 0.83, with a stop at (0.2, 0.8) only 0.36.

# %% [markdown]
# ## 4. Entropy and cross-entropy
#
# The extra price is what one pays minus what the one who knows pays. Each of the two has a name:
#
# | | formula | mean price of one who |
# |---|---|---|
# | cross-entropy | $\mathrm{CE}(P, Q) = -\sum_k P_k \ln Q_k$ | believes $Q$ while $P$ holds |
# | entropy | $H(P) = -\sum_k P_k \ln P_k$ | knows $P$ |
# | KL divergence | $\mathrm{KL}(P, Q) = \sum_k P_k \ln (P_k/Q_k)$ | the difference |
#
# In all three sums an outcome with $P_k = 0$ is left out, as in exercise 05.2. The logarithm of a quotient is a
# difference, so $\mathrm{KL} = \mathrm{CE} - H$, or
#
# $$\mathrm{CE}(P, Q) = H(P) + \mathrm{KL}(P, Q)$$
#
# For Ben that is 1.052 = 0.943 + 0.109, and for Cem ∞ = 0.943 + ∞.

# %% tags=["facts"]
# Facts: what the text says, asserted.
for Q in forecasts.values():
    assert np.isclose(cross_entropy(P, Q), entropy(P) + kl_divergence(P, Q))
of_ben = [f(P, forecasts["Ben"]) for f in (cross_entropy, kl_divergence)]
assert np.allclose([*of_ben, entropy(P)], [1.052, 0.109, 0.943], atol=5e-4)
assert np.allclose(entropy([[1, 0, 0, 0], [0.25, 0.25, 0.25, 0.25]]), [0, np.log(4)])
truth, prediction = np.array([1.0, 0.0]), np.array([0.6, 0.4])
assert np.isclose(((prediction - truth) ** 2).sum(), 0.32)
assert round(float(cross_entropy(truth, prediction)), 6) == 0.510826
assert entropy(truth) == 0

# %% [markdown]
# The entropy, 0.943, is the same for all, because it belongs to the weather and not to the forecaster. It is 0
# where one outcome is certain, and largest, $\ln K$, where all $K$ are equally likely, since KL(P, uniform) is
# $\ln K - H(P)$ and that is never negative.
#
# **A worked example.** The truth is (1, 0), the prediction (0.6, 0.4). The squared error is $0.4^2 + 0.4^2 = 0.32$, the
# cross-entropy $-1 \cdot \ln 0.6 - 0 \cdot \ln 0.4 = 0.510826$. The truth is certain, so $H = 0$, and the KL divergence
# is 0.510826 too.
#
# ### Exercise 05.3
# Lecture 1 asks: take two distributions and calculate CE. By hand, with ln 2 = 0.6931: for $P = (1/2, 1/2, 0)$ and
# $Q = (1/4, 1/2, 1/4)$, give the three numbers $H(P)$, $\mathrm{CE}(P, Q)$ and $\mathrm{KL}(P, Q)$.

# %%
by_hand = None  # (H, CE, KL)

check("05.3", by_hand)

# %% [markdown]
# With two outcomes one picture tells all. A coin may show heads with any probability, and somebody says
# 0.2.

# %% tags=["figure"]
# Figure 4: entropy and cross-entropy of a coin.
heads = np.linspace(0, 1, 201)
coin, said = np.stack([1 - heads, heads], axis=1), np.broadcast_to([0.8, 0.2], (201, 2))
fig, ax = plt.subplots(figsize=(7.2, 3.3), layout="constrained")
ax.plot(heads, entropy(coin), color=PALETTE["blue"], label="H: price of one who knows")
ax.plot(
    heads,
    cross_entropy(coin, said),
    "--",
    color=PALETTE["black"],
    label="CE: price of one who says 0.2",
)
ax.fill_between(
    heads,
    entropy(coin),
    cross_entropy(coin, said),
    color=PALETTE["orange"],
    alpha=0.4,
    label="KL: the gap",
)
ax.set(xlabel="true probability of heads", ylabel="mean price (nats)")
ax.set_title("Cross-entropy touches entropy where the forecast is true")
ax.legend(frameon=False)
plt.show()

# %% [markdown]
# *Figure 4. Mean price against the true probability of heads. The entropy is an arch from 0 over 0.693 at one half back
# to 0. The cross-entropy of the forecast 0.2 is a straight line from 0.22 up to 1.61 which touches the arch at 0.2 and
# nowhere else. The gap between them, the KL divergence, widens to both sides, and most to the right.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(entropy([0.5, 0.5]), np.log(2))
assert np.allclose(cross_entropy([[1, 0], [0, 1]], said[:2]), [0.22, 1.61], atol=5e-3)

# %% [markdown]
# ### Exercise 05.4
# A data set of digits was labelled in a hurry. Each label is right in 9 of 10 cases; in the tenth it is one of the nine
# other digits, each equally often, whatever the picture. (The pictures themselves leave no doubt.) What is the lowest
# mean cross-entropy, in nats, that any model can reach in the long run on new pictures labelled in the same hurry?

# %%
lowest_loss = None  # one number

check("05.4", lowest_loss)

# %% [markdown]
# A loss that will not go to 0 may be the fault of the labels. On new data, in the long run, the entropy is a floor that
# no model breaks. (On its own training labels a model can: by learning them by heart.)
#
# **Every term, by hand.** Drag the bars. In the middle each outcome is a column, as wide as it is probable. Below the
# line −ln P lies the entropy, below −ln Q the cross-entropy, and KL is the area between them: orange where Q is too
# dear, green where it saves. Make Q equal to P; take the rain away from Q; and see how many of the three KL terms can
# be negative at once.

# %%
two_distributions(outcomes, parts_of_p=[1, 4, 5], parts_of_q=[3, 2, 5])

# %% [markdown]
# <details><summary>Answers</summary>With Q = P all KL bars vanish, and CE is H. Without rain, KL and CE are infinite.
# Two terms can be negative: what Q gives to some outcomes it takes from another, and that one costs more.</details>

# %% [markdown]
# ## 5. How long is the message?
#
# A weather station sends every day's weather down a wire as zeros and
# ones. Short words go to frequent outcomes: cloud is 0, sun is 10, rain is 11. No word begins another, so that 0100110
# can be read in one way only. That makes $0.5 \cdot 1 + 0.4 \cdot 2 + 0.1 \cdot 2 = 1.5$ digits a day. A code with
# words for pairs of days, or for whole weeks, can be thriftier.
#
# **05.p3.** Cloud (50 %) is sent as 0, sun (40 %) as 10, rain (10 %) as 11: 1.5 digits a day. The entropy of this
# weather is 0.943 nats, which is 1.361 bits. How few digits a day can codes reach that have words for many days at
# once?
#
# - a) as few as one likes
# - b) 1, and no fewer
# - c) 1.5, and no fewer
# - d) 1.361, and no fewer

# %%
predict("05.p3")


# %%
def digits_a_day(days):
    """Mean length of the shortest code with a word for each run of so many days."""
    words = np.ones(1)
    for _ in range(days):
        words = np.outer(words, P).ravel()
    words, length = sorted(words), 0
    while len(words) > 1:  # Huffman: join the two rarest, which adds one digit to both
        both = heapq.heappop(words) + heapq.heappop(words)
        length += both
        heapq.heappush(words, both)
    return length / days


# %%
lengths = [digits_a_day(days) for days in range(1, 9)]
reveal("05.p3", lengths[-1])

# %% tags=["figure"]
# Figure 5: digits a day of the shortest codes.
fig, ax = plt.subplots(figsize=(7.2, 2.9), layout="constrained")
ax.plot(range(1, 9), lengths, "o-", color=PALETTE["blue"])
ax.axhline(entropy(P) / np.log(2), color=PALETTE["vermilion"], linestyle="--")
ax.text(8, 1.345, "entropy, 1.361 bits", ha="right")
ax.set(
    xlabel="days in a word",
    ylabel="digits a day",
    ylim=(1.34, 1.51),
    title="Longer words come down to the entropy, and never below it",
)
plt.show()

# %% [markdown]
# *Figure 5. Digits a day of the shortest code, for words of one to eight days, which come down from 1.5 close to the
# dashed line at 1.361, the entropy in bits.*
#
# **The entropy is the length of the shortest message.** The best word for an outcome of probability $q$ has
# $-\log_2 q$ digits, its surprise in bits: one digit for one half, two for a quarter. Sun, with 0.4, would need 1.32,
# which is no whole number, and so words for many days come closer. Nothing goes below, because a code is a forecast: a
# word of $n$ digits claims a share $2^{-n}$, these shares add up to 1 at most, and Gibbs' inequality does the rest.
#
# Cross-entropy is a length, too: whoever believes Ann builds the code for *her* numbers, and sends 1.602 bits a day
# where 1.361 would do. The KL divergence, 0.242 bits, is the waste. In Cem's code there is no word for rain.

# %% tags=["facts"]
# Facts: what the text says, asserted.
bit = np.log(2)
assert round(entropy(P) / bit, 3) == 1.361
assert np.isclose(lengths[0], 1.5)
assert all(length > entropy(P) / bit for length in lengths)
assert round(-np.log2(0.4), 2) == 1.32
assert round(cross_entropy(P, forecasts["Ann"]) / bit, 3) == 1.602
assert round(kl_divergence(P, forecasts["Ann"]) / bit, 3) == 0.242

# %% [markdown]
# ## 6. What training can change
#
# Now the forecaster is a machine. For an input $x$ the labels have the distribution $P(y\mid x)$, which we call the
# target, $t$, and the model answers $p(\theta) = f(x, \theta)$. We look for the parameters that bring it nearest (arg
# min: the $\theta$ at which what follows is smallest):
#
# $$\theta^* = \arg\min_\theta \mathrm{KL}\bigl(t, p(\theta)\bigr)$$
#
# Take the slope with respect to one of the parameters, and guess each line before you show it.

# %%
Stepper(KL_TO_CROSS_ENTROPY)

# %% [markdown]
# After five lines the entropy is gone, because $\theta$ does not occur in it. KL and CE have the same slope everywhere,
# so that they have the same lowest point, and gradient descent takes the same steps on both:
#
# $$\arg\min_\theta \mathrm{KL}\bigl(t, p(\theta)\bigr) = \arg\min_\theta \bigl[\mathrm{CE}\bigl(t, p(\theta)\bigr) -
# H(t)\bigr] = \arg\min_\theta \mathrm{CE}\bigl(t, p(\theta)\bigr)$$
#
# Here they are for a model with a single parameter, whose probabilities of rain, sun and cloud go as $e^{-\theta}$, 1
# and $e^{\theta}$, divided by their sum:

# %%
theta = np.linspace(-1, 3, 401)
p = np.exp(theta[:, np.newaxis] * [-1, 0, 1])  # (401, 3)
p = p / p.sum(axis=1, keepdims=True)
t = np.broadcast_to(P, p.shape)
kl, ce = kl_divergence(t, p), cross_entropy(t, p)
print(f"lowest KL at theta = {theta[kl.argmin()]:.2f}", end=", ")
print(f"lowest CE at theta = {theta[ce.argmin()]:.2f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert kl.argmin() == ce.argmin()
assert np.isclose(theta[kl.argmin()], 0.64)
assert np.isclose(kl.min(), 0.031, atol=1e-3)
assert np.allclose(ce - kl, entropy(P))
direction = np.array([-1.0, 0.0, 1.0])
for at in (-1.0, 0.0, 2.0):
    slopes = [
        central_difference(lambda v, f=f: float(f(P, softmax(v[0] * direction))), [at])
        for f in (kl_divergence, cross_entropy)
    ]
    assert np.allclose(*slopes, atol=1e-8)

# %% tags=["figure"]
# Figure 6: CE and KL against the parameter.
fig, ax = plt.subplots(figsize=(7.2, 3.3), layout="constrained")
ax.plot(theta, ce, color=PALETTE["black"])
ax.plot(theta, kl, "--", color=PALETTE["vermilion"])
ax.text(3.03, ce[-1], "CE", va="center")
ax.text(3.03, kl[-1], "KL", va="center")
for at in (-0.5, theta[kl.argmin()], 2):
    low = np.interp(at, theta, kl)
    ax.annotate(
        "",
        (at, low + entropy(P)),
        (at, low),
        arrowprops={"arrowstyle": "<->", "color": PALETTE["blue"]},
    )
    ax.text(
        at + 0.05, low + entropy(P) / 2, "H = 0.943", color=PALETTE["blue"], va="center"
    )
ax.set(
    xlabel="θ, the parameter of the model",
    ylabel="nats",
    xlim=(-1, 3.2),
    ylim=(0, None),
)
ax.set_title("Two losses, one shape: KL is CE moved down by H")
plt.show()

# %% [markdown]
# *Figure 6. CE and KL against θ. Both fall to their lowest point at 0.64 and rise again. CE runs above KL by 0.943
# everywhere, shown by three arrows of one length.*
#
# At the lowest point KL is 0.031 and not 0, because with one parameter this model cannot say 10, 40 and 50 %.
#
# Why bother with CE, if KL is what we mean? To compute KL one must know $P(y\mid x)$, and nobody does. CE is a mean
# price, and a mean can be taken over **samples**, since the labels themselves are drawn from $P(y\mid x)$. The part
# that cannot be computed is the very part that does not matter.

# %% [markdown]
# ## 7. Labels, data sets, likelihood
#
# A label says "class $y$", and claims to be certain. Its target is one-hot, and of the sum over classes one term is
# left:
#
# $$\mathrm{CE}(t, p) = -\sum_k t_k \ln p_k = -\ln p_y$$
#
# A one-hot target has entropy 0, so that for one sample CE *is* KL. Where has the entropy of the weather gone? Into
# the differences between samples: a single label looks certain, and only many labels of the same sky show how
# uncertain it was. On 200 mornings the sky is clear or grey ($x$), and later comes rain, sun or cloud ($y$). Price each
# morning alone, then group the mornings by their sky:

# %%
rng = np.random.default_rng(7)
weather = np.array([[0.05, 0.75, 0.2], [0.3, 0.1, 0.6]])  # given clear, given grey
x = rng.integers(0, 2, 200)
y = np.array([rng.choice(3, p=weather[sky]) for sky in x])
p = np.array([[0.1, 0.6, 0.3], [0.3, 0.2, 0.5]])  # the model's answer to each sky
print(f"sample by sample {-np.log(p[x, y]).mean():.4f}")

share = np.bincount(x) / len(x)  # of clear mornings, of grey ones
t = np.array([np.bincount(y[x == sky], minlength=3) / sum(x == sky) for sky in (0, 1)])
H, KL, CE = share @ entropy(t), share @ kl_divergence(t, p), share @ cross_entropy(t, p)
print(f"by groups        {CE:.4f} = H {H:.4f} + KL {KL:.4f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(-np.log(p[x, y]).mean(), CE)
assert np.isclose(CE, H + KL)

# %% [markdown]
# It is the same number. The labels of one sky have frequencies, $t_x$, called their **empirical distribution**, and the
# $N_x$ mornings with that sky cost $\mathrm{CE}(t_x, p)$ each, in the mean. In one equation, for any
# classifier $p(y \mid x)$:
#
# $$\begin{aligned}
# -\frac{1}{N} \ln \prod_n p(y_n \mid x_n) &= -\frac{1}{N}\sum_n \ln p(y_n \mid x_n)
# = \sum_x \frac{N_x}{N}\, \mathrm{CE}\bigl(t_x, p(\cdot \mid x)\bigr) \\
# &= \sum_x \frac{N_x}{N} \Bigl[ H(t_x) + \mathrm{KL}\bigl(t_x, p(\cdot \mid x)\bigr) \Bigr]
# \end{aligned}$$
#
# On the left stands the likelihood of lesson 04, of the labels given their inputs; at the end the entropy of the
# labels, which training does not change. So
#
# > highest likelihood = lowest cross-entropy = lowest KL(empirical, model)
#
# are three names for one minimum.
#
# The loss of a data set is therefore the mean CE over its samples, whether their targets are one-hot labels or
# probabilities:
#
# $$L = \frac{1}{N}\sum_{n=1}^{N} \mathrm{CE}(t_n, p_n)$$
#
# ### Exercise 05.5
# From a blank page: that loss. A class with target 0 adds nothing, even where $p$ is 0.


# %%
def mean_cross_entropy(p, t):
    """Predictions (N, K) and targets (N, K) in, one number in nats out."""
    ...  # your lines here


check("05.5", mean_cross_entropy)

# %% [markdown]
# ## 8. Break it
#
# Use the formula of KL as it stands, on Ann's forecast with each of its numbers 0.3 too high.

# %%
with_gifts = forecasts["Ann"] + 0.3
print(f"KL = {(P * np.log(P / with_gifts)).sum():.3f}")
try:
    kl_divergence(P, with_gifts)
except ValueError as error:
    print("the package:", error)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert (P * np.log(P / with_gifts)).sum() < 0
assert np.isclose(with_gifts.sum(), 1.9)

# %% [markdown]
# A negative "distance", better than the truth! **The numbers sum to 1.9, so more probability has been handed out than
# there is**, and the last step of Gibbs' inequality falls. Ten sigmoids, whose outputs sum to anything, could win every
# contest in this way. So the package refuses such a Q.

# %% [markdown]
# ## Check the slide

# %% [markdown]
# **Claim (lecture 2).** To get from KL(P, Q) to the cross-entropy loss, set P = f, the model, and Q = y, the label.
# **Does it hold?** Try it on the prediction (0.6, 0.4) and the label (1, 0).

# %%
model, label = np.array([0.6, 0.4]), np.array([1.0, 0.0])
print("KL(f, y) =", kl_divergence(model, label), end=", ")
print(f"KL(y, f) = {kl_divergence(label, model):.6f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert kl_divergence(model, label) == np.inf
assert np.isclose(kl_divergence(label, model), -np.log(0.6))
assert round(-np.log(0.6), 6) == 0.510826

# %% [markdown]
# **What holds:** it is the reverse, P = y and Q = f, and the lecture goes on to use that. For the prediction
# (0.6, 0.4) and the label (1, 0), KL(y, f) is 0.510826 = −ln 0.6, the cross-entropy; KL(f, y) is infinite for every
# model but the label itself.

# %% [markdown]
# **Claim (lecture 2).** On the way from KL to the loss, the sum of P ln P may be dropped, although it is not zero.
# **Does it hold?** Ask what training would notice.

# %%
print(f"CE - KL at {len(theta)} values of theta:", np.unique((ce - kl).round(3)))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(np.diff(ce), np.diff(kl))

# %% [markdown]
# **It holds:** the sum is minus the entropy, and no θ occurs in it. The loss is higher by 0.943 for the weather, and
# rises and falls by the same amounts.

# %% [markdown]
# ## Summary
#
# - The price of an outcome is $-\ln q$, its surprise. Prices of independent outcomes add.
# - KL(P, Q) is the mean price beyond that of one who knows P: never negative (Gibbs), not symmetric, and infinite where
#   Q rules out what P allows.
# - CE = H + KL. The entropy belongs to the data, is the length of the shortest message, and cannot be trained away.
# - KL and CE have the same gradient, and only CE can be estimated from labels. So classifiers minimise CE.
# - One-hot targets leave $-\ln p_y$. Maximum likelihood, minimum CE and minimum KL(empirical, model) are one.
#
# **Where this is used:** the loss of nearly every classifier, and of language models, which pay for each next word.
# **Where it fails:** where a model is certain and the label wrong, one price outweighs all others.
#
# Here the core ends. What follows is for home.

# %% [markdown]
# ## 9. Deeper: without any input
#
# Suppose that there is no sky to look at. Then one distribution has to serve all samples, and the equation of section 7
# has a single group.
#
# ### Exercise 05.6 (Deeper)
# From a blank page: without any input $x$, which one distribution has the smallest mean cross-entropy on the labels
# $y$?


# %%
def best_constant(y, n_classes):
    """Labels (N,) in, one distribution (n_classes,) out."""
    ...  # your lines here


check("05.6", best_constant)

# %% [markdown]
# ## 10. Deeper: all three parts together
#
# Lecture 2 sums the field up: every interesting task is a network, a loss for regression or for classification, and
# gradient descent. You have all three parts by now. The smallest example has three logits for a network, softmax to
# make probabilities of them, and CE for its loss. Its slope with respect to the logits is $p - t$, as in lesson 04;
# lesson 06 shows why, and takes softmax apart.
#
# ### Exercise 05.7 (Deeper)
# The loop is yours: `steps` updates from logits z, each against the slope. `softmax` is imported. Where does the loss
# end if t is the weather, 10, 40 and 50 %: at 0?


# %%
def fit_logits(z, t, learning_rate, steps):
    """Logits z (K,) and targets t (K,) in; the logits after the steps (K,) out."""
    ...  # your lines here


check("05.7", fit_logits)

# %% tags=["facts"]
# Facts: what the text says, asserted.
z = np.zeros(3)
for _ in range(300):
    z = z - 0.5 * (softmax(z) - P)
assert np.allclose(softmax(z), P, atol=1e-4)
assert np.isclose(cross_entropy(P, softmax(z)), 0.9433, atol=5e-5)

# %% [markdown]
# <details><summary>Answer</summary>No: from zero, 300 steps at rate 0.5 bring p to the target to four digits. KL goes
# to 0, and CE to the entropy, 0.9433. The loss that is left is no fault of the model.</details>
#
# ### Deeper: regression is the same
# Let a model answer with a bell curve of width 1 around its prediction. The price of an outcome, minus the log of its
# density, is then half the squared error, plus a constant, $\tfrac{1}{2} \ln 2\pi = 0.919$, that training cannot
# change. One argument gives both losses.

# %% tags=["facts"]
# Facts: what the text says, asserted.
error = np.array([1.0, 2.0, 4.5]) - 2.0  # three outcomes, one prediction
price = -np.log(np.exp(-(error**2) / 2) / np.sqrt(2 * np.pi))
assert np.allclose(price - error**2 / 2, 0.9189, atol=1e-4)

# %% [markdown]
# ## 11. Deeper: two derivations, line by line
#
# CE = H + KL again, with a reason for each line:

# %%
Markdown(table(CROSS_ENTROPY_SPLIT))

# %% [markdown]
# Maximum likelihood is minimum cross-entropy: the step in the middle of section 7's equation, for a single sky. Line 3 is
# yours.

# %%
Markdown(table(LIKELIHOOD_TO_CROSS_ENTROPY, blank=3))


# %%
def line_3(y, p, N, K):
    """Labels y (N,), probabilities p (K,); the same value as line 2, with each
    class counted once."""
    ...  # your line here


print(check_line(LIKELIHOOD_TO_CROSS_ENTROPY, 3, line_3))

# %% [markdown]
# ## 12. Deeper: what the package does
#
# Two more things go wrong with the formula as it stands. For a label against a forecast that is certain and right it
# meets 0 · ln 0, which is NaN in floats, though its limit is 0. For two coins that differ by $10^{-9}$ the true value
# is $2 \cdot 10^{-18}$, and the formula returns nothing but rounding. The package sums $P \ln (P/Q) - P + Q$, which
# `_excess` forms for each outcome. Over two distributions the additions cancel. But now each *term* is at least 0, by
# the line above the log of section 3, and nearly equal distributions keep their digits. (Mind the order of arguments:
# mathematics has the truth first, and so has `cross_entropy(P, Q)` of `course_utils.probability`; losses have the
# prediction first. torch's `kl_div(log_p, t, reduction="sum")` is KL(t, p) for one sample, and with `"batchmean"` the
# mean over a batch; its default also divides by the number of classes.)

# %%
print(inspect.getsource(kl_divergence))

# %% tags=["facts"]
# Facts: what the text says, asserted.
label, fair = np.array([1.0, 0.0]), np.array([0.5, 0.5])
nearly = fair + np.array([1e-9, -1e-9])
with np.errstate(divide="ignore", invalid="ignore"):
    of_label, of_coins = [
        (A * np.log(A / B)).sum() for A, B in [(label, label), (fair, nearly)]
    ]
assert np.isnan(of_label)
assert kl_divergence(label, label) == 0
assert abs(of_coins - 2e-18) > 1e-18
assert np.isclose(kl_divergence(fair, nearly), 2e-18, rtol=1e-6)

# %% [markdown]
# ## 13. Deeper: the other direction
#
# Why KL(truth, model), and not KL(model, truth)? Fit one bell to a truth with two humps, once by each.

# %%
place = np.arange(21)


def bell(centre, width):
    e = np.exp(-(((place - centre) / width) ** 2) / 2)
    return e / e.sum()


humps = 0.6 * bell(5, 1.5) + 0.4 * bell(15, 1.5)
widths = np.arange(1, 8.5, 0.5)

# %%
bells = np.array([bell(c, w) for c in np.arange(0, 20.5, 0.5) for w in widths])
target = np.broadcast_to(humps, bells.shape)
covers = bells[kl_divergence(target, bells).argmin()]
picks = bells[kl_divergence(bells, target).argmin()]

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert covers[11:].sum() > 0.35
assert picks[11:].sum() < 0.01

# %% tags=["figure"]
# Figure 7: a truth with two humps, and the two bells that fit it best.
fig, ax = plt.subplots(figsize=(7.2, 3.3), layout="constrained")
ax.bar(place, humps, color="0.7", label="truth")
ax.plot(place, covers, color=PALETTE["blue"], label="lowest KL(truth, model)")
ax.plot(place, picks, "--", color=PALETTE["vermilion"], label="lowest KL(model, truth)")
ax.set(
    xlabel="outcome",
    ylabel="probability",
    title="One direction covers all, the other picks one hump",
)
ax.legend(frameon=False)
plt.show()

# %% [markdown]
# *Figure 7. Grey bars: a truth with a higher hump at 5 and a lower one at 15. The solid curve, lowest KL(truth, model),
# is low and wide and covers both humps. The dashed curve, lowest KL(model, truth), stands on the left hump alone.*
#
# KL(truth, model) punishes what the model rules out, so the model rules out nothing. KL(model, truth) punishes what the
# truth rules out, so the model keeps to one safe place. Both are in use, but labels are drawn from the truth, and a
# mean over labels can only estimate the first.

# %% [markdown]
# ## Further reading
#
# - Shannon, "A mathematical theory of communication", *Bell System Technical Journal* 27, 379–423 and 623–656, 1948.
# - Huffman, "A method for the construction of minimum-redundancy codes", *Proceedings of the IRE* 40 (9),
#   1098–1101, 1952.
# - Kullback and Leibler, "On information and sufficiency", *Annals of Mathematical Statistics* 22 (1), 79–86, 1951.
# - Cover and Thomas, *Elements of Information Theory*, 2nd edition, Wiley, 2006, chapters 2 and 5.
# - MacKay, *Information Theory, Inference, and Learning Algorithms*, Cambridge University Press, 2003, chapters 2, 4.
# - Prince, *Understanding Deep Learning*, MIT Press, 2023, section 5.7.
# - Zhang, Lipton, Li and Smola, *Dive into Deep Learning*, Cambridge University Press, 2023, appendix
#   "Information theory".
