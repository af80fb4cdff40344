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
# **Time:** 60 minutes; the parts headed *Deeper* are extra. **Needs:** distributions (01), gradient descent (02),
# likelihood and binary cross-entropy (04).
#
# When you have finished, you can
#
# - [ ] compute the KL divergence of two distributions term by term, and say why it is no ordinary distance;
# - [ ] split cross-entropy into entropy and KL divergence, and say which of the two training can change;
# - [ ] show that maximum likelihood, minimum cross-entropy and minimum KL divergence are one and the same.

# %% [markdown]
# ## Three questions from earlier lessons
#
# Answer each one aloud before you open it.
#
# <details><summary>1. What makes a list of numbers a distribution?</summary>No entry is negative, and they sum to one.
# Both are needed: (2, −1) sums to one as well (lesson 01).</details>
#
# <details><summary>2. You add a constant to a loss. What happens to its gradient, and to the place of its
# minimum?</summary>Nothing at all. Only the height of the valley changes (lesson 02).</details>
#
# <details><summary>3. An accident has the chance 0.00001; a model says 0.001. How wrong is that, as a difference and as
# a log ratio?</summary>0.00099, which looks like nothing, and ln 100 = 4.605, which does not (lesson 04).</details>

# %% tags=["folded"]
# What this lesson imports.
import inspect

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
from course_utils.probability import (
    cross_entropy,
    entropy,
    kl_divergence,
    log_likelihood,
)
from course_utils.study.predictions import predict, reveal
from course_utils.study.review import review

# %% tags=["folded"]
# The look of every figure.
plt.style.use("course_utils.lesson")

# %% [markdown]
# Three more questions, chosen for you. What you get wrong comes back in the next lesson, what you get right later and
# later.

# %%
review("05")

# %% [markdown]
# ## 1. Three forecasters
#
# In some town it rains on 10 % of the days, the sun shines on 40 %, and 50 % are cloudy. Nobody can say more than that.
# Each of three forecasters has numbers of his or her own, the same every day. All three are wrong. Who is worst?

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
fig, axes = plt.subplots(1, 3, figsize=(9.6, 2.8), sharey=True, layout="constrained")
for ax, (name, Q) in zip(axes, forecasts.items(), strict=True):
    ax.bar(outcomes, Q, color=PALETTE["sky blue"], label="forecast")
    ax.bar(outcomes, P, fill=False, linewidth=2, linestyle="--", label="truth")
    ax.set_title(f"{name}: {Q[0]:.0%}, {Q[1]:.0%}, {Q[2]:.0%}")
axes[0].set_ylabel("probability")
axes[0].legend(frameon=False, loc="upper left")
fig.suptitle("All three are wrong about two outcomes")
plt.show()

# %% [markdown]
# *Figure 1. Three bar charts of rain, sun and cloud. Dashed outlines show the truth: 10, 40 and 50 %. Ann says 30, 20
# and 50 %: too much rain, too little sun. Ben says 10, 20 and 70 %: too little sun, too much cloud. Cem says 0, 50 and
# 50 %: no rain at all, a little too much sun.*
#
# **05.p1.** The truth is 10 % rain, 40 % sun, 50 % cloud. Ann says 30, 20, 50; Ben says 10, 20, 70; Cem says 0, 50,
# 50. Each day all three pay minus the log of the chance they gave to what happened, as in lesson 04. Whose forecast
# costs most in the long run?
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
# Would you have seen that from the differences alone? Here are their squares, added up:

# %%
squared = {name: ((P - Q) ** 2).sum() for name, Q in forecasts.items()}
for name, value in squared.items():
    print(f"{name}: sum of squared differences {value:.2f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(list(squared.values()), [0.08, 0.08, 0.02])

# %% [markdown]
# By squares Cem is the best by far, and Ann and Ben are equal. But Cem says that it *never* rains, and it does, every
# tenth day. A farmer who believed him would lose a harvest. A difference of 0.1 is small between 0.4 and 0.5, and
# enormous between 0 and 0.1. Differences do not see that. Ratios do.

# %% [markdown]
# ## 2. The price of an outcome
#
# Let the forecasters pay. Each day the outcome is seen, and whoever gave it the probability $q$ pays $-\ln q$. This
# price is also called the **surprise**. Certain of what happened: 0. Half: 0.693. One in a hundred: 4.605. Impossible:
# infinite.
#
# Why a log? Independent chances multiply; prices should add. Draw a card: it is the queen of hearts. Its suit and its
# rank tell the same, one after the other.

# %%
suit, rank, card = -np.log([1 / 4, 1 / 13, 1 / 52])
print(f"hearts {suit:.3f} + queen {rank:.3f} = queen of hearts {card:.3f} nats")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(suit + rank, card)
assert np.allclose(-np.log([1, 0.5, 0.01, 0.1]), [0, 0.693, 4.605, 2.303], atol=1e-3)

# %% [markdown]
# The natural log counts in **nats**. Log to base 2 counts in bits; one bit is ln 2 = 0.693 nats.
#
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
# a log ratio. Outcome $k$ comes on a share $P_k$ of the days, so in the long run the extra price of a day is
#
# $$\mathrm{KL}(P, Q) = \sum_k P_k \ln\frac{P_k}{Q_k}$$
#
# the **Kullback-Leibler divergence** of $Q$ from $P$.
#
# **Predict.** Ann overstates rain. What is the sign of her rain term?

# %%
for name, Q in forecasts.items():
    with np.errstate(divide="ignore"):  # Cem's zero is meant
        terms = P * np.log(P / Q)
    print(
        f"{name}:",
        *(f"{term:+.3f}" for term in terms),
        f"= {terms.sum():.3f} nats a day",
    )

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(
    kl_divergence([P, P, P], list(forecasts.values())),
    [0.1674, 0.1090, np.inf],
    atol=1e-4,
)
assert terms[1] < 0 < terms[0]

# %% [markdown]
# On a rainy day Ann is cheaper than the truth: she gave rain more probability than it has. She pays for that on sunny
# days, and the sum is positive. Ben, her equal by squares, is a third cheaper. Cem is not 0.02 wrong but infinitely
# wrong. Let ten thousand days pass:

# %% tags=["figure"]
# Figure 2: the mean extra price of the days so far.
days = np.random.default_rng(36).choice(3, size=10_000, p=P)
day = np.arange(1, len(days) + 1)
strokes = {"Ann": ("blue", "-"), "Ben": ("vermilion", "--"), "Cem": ("black", ":")}
fig, ax = plt.subplots(figsize=(7.2, 3.8), layout="constrained")
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
        label=f"{name}, KL = {KL:.3f}",
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
# One line is missing. Outcomes that never happen are left out: they cost nothing, whatever was said about them.


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
# **Predict.** Is Ann as far from the truth as the truth is from Ann? And Cem?

# %%
for name, Q in forecasts.items():
    there, back = kl_divergence(P, Q), kl_divergence(Q, P)
    print(f"KL(P, {name}) = {there:.3f}    KL({name}, P) = {back:.3f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(kl_divergence(forecasts["Cem"], P), 0.1116, atol=1e-4)

# %% [markdown]
# Not symmetric: in the second column Cem decides what happens, so it never rains, and 0.112 nats are lost. KL is infinite
# exactly where $Q$ **misses mass**: where it rules out what $P$ allows.
#
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

# %%
print("10,000 random pairs, any negative:", bool((kl_divergence(A, B) < 0).any()))
print(
    "any the same both ways:",
    bool(np.isclose(kl_divergence(A, B), kl_divergence(B, A), rtol=1e-6).any()),
)
print("of a distribution from itself:", kl_divergence(P, P))
there, half_way, far = [0.5, 0.5], [0.2, 0.8], [0.05, 0.95]
straight = kl_divergence(there, far)
detour = kl_divergence(there, half_way) + kl_divergence(half_way, far)
print(f"straight on {straight:.3f}, with a stop on the way {detour:.3f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert (kl_divergence(A, B) > 0).all()
assert straight > detour

# %% [markdown]
# Never negative, and zero only between equals. But it depends on the direction, and a stop on the way can make the
# way shorter. It is no **metric**, hence the word *divergence*.
#
# ### Why it is never negative
# This is **Gibbs' inequality**, the theorem on which the rest of the lesson stands, and one picture proves it.

# %% tags=["figure"]
# Figure 3: the logarithm and its tangent at 1.
u = np.linspace(0.05, 3, 300)
fig, ax = plt.subplots(figsize=(7.2, 3.2), layout="constrained")
ax.plot(u, u - 1, "--", color=PALETTE["vermilion"])
ax.plot(u, np.log(u), color=PALETTE["blue"])
ax.plot(1, 0, "o", color="black")
ax.text(2.0, 1.15, "u − 1", color=PALETTE["vermilion"], ha="right")
ax.text(2.4, 0.72, "ln u", color=PALETTE["blue"])
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
# The line $u - 1$ touches the curve $\ln u$ at $u = 1$ and lies above it everywhere else. Put $u = Q_k/P_k$ and sum
# over the outcomes that happen:
#
# $$-\mathrm{KL}(P, Q) = \sum_k P_k \ln\frac{Q_k}{P_k} \;\le\; \sum_k P_k\Bigl(\frac{Q_k}{P_k} - 1\Bigr)
# = \sum_k Q_k - \sum_k P_k \;\le\; 1 - 1 = 0$$
#
# Zero needs equality everywhere, and the line meets the curve at $u = 1$ alone: $Q_k = P_k$ wherever $P_k > 0$. These add
# up to 1, so nothing is left for the other outcomes. Mind the last step: it needs two distributions. Section 9 takes that away.

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
# In all three sums an outcome with $P_k = 0$ is left out, as in exercise 05.2. So CE = H + KL. The same, line by line,
# each line evaluated at random points:

# %%
Markdown(table(CROSS_ENTROPY_SPLIT))

# %%
for name, Q in forecasts.items():
    H, KL, CE = entropy(P), kl_divergence(P, Q), cross_entropy(P, Q)
    print(f"{name}: H {H:.3f} + KL {KL:.3f} = CE {CE:.3f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
for Q in forecasts.values():
    assert np.isclose(cross_entropy(P, Q), entropy(P) + kl_divergence(P, Q))
assert round(float(H), 3) == 0.943
assert np.allclose(entropy([[1, 0, 0, 0], [0.25, 0.25, 0.25, 0.25]]), [0, np.log(4)])
assert (entropy(np.random.default_rng(1).dirichlet(np.ones(4), 1000)) < np.log(4)).all()

# %% [markdown]
# The entropy, 0.943, is the same in every row: it belongs to the weather, not to the forecaster. It is 0 where one
# outcome is certain, and largest, $\ln K$, where all $K$ are equally likely
# (because KL(P, uniform) is $\ln K - H(P)$, and that is never negative).
#
# **A worked example.** The truth is (1, 0), the prediction (0.6, 0.4). Squared error: $0.4^2 + 0.4^2 = 0.32$.
# Cross-entropy: $-1 \cdot \ln 0.6 - 0 \cdot \ln 0.4 = 0.510826$. The truth is certain, so $H = 0$, and the KL
# divergence is 0.510826 too.

# %%
truth, prediction = np.array([1.0, 0.0]), np.array([0.6, 0.4])
print(f"squared error {((prediction - truth) ** 2).sum():.2f}")
H, KL = entropy(truth), kl_divergence(truth, prediction)
print(f"CE {cross_entropy(truth, prediction):.6f} = H {H:.6f} + KL {KL:.6f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(((prediction - truth) ** 2).sum(), 0.32)
assert round(float(cross_entropy(truth, prediction)), 6) == 0.510826

# %% [markdown]
# ### Exercise 05.3
# Lecture 1 asks: take two distributions and calculate CE. By hand, with ln 2 = 0.6931: $P = (1/2, 1/2, 0)$ and
# $Q = (1/4, 1/2, 1/4)$. Give three numbers: $H(P)$, $\mathrm{CE}(P, Q)$ and $\mathrm{KL}(P, Q)$.

# %%
by_hand = None  # (H, CE, KL)

check("05.3", by_hand)

# %% [markdown]
# With two outcomes the whole story fits into one picture. A coin may show heads with any probability;
# somebody says 0.2.

# %% tags=["figure"]
# Figure 4: entropy and cross-entropy of a coin.
heads = np.linspace(0, 1, 201)
coin, said = np.stack([1 - heads, heads], axis=1), np.broadcast_to([0.8, 0.2], (201, 2))
fig, ax = plt.subplots(figsize=(7.2, 3.8), layout="constrained")
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
# other digits, each equally often. What is the lowest mean cross-entropy, in nats, that any model can reach in the long
# run on new pictures labelled in the same hurry?

# %%
lowest_loss = None  # one number

check("05.4", lowest_loss)

# %% [markdown]
# A loss that will not go to 0 may be the fault of the labels. On new data, in the long run, the entropy is a floor that
# no model breaks. (On its own training labels a model can: by learning them by heart.)

# %% [markdown]
# ## 5. Every term
#
# Drag the bars. In the middle each outcome is a column, as wide as it is probable. The line −ln P has the entropy below
# it, the line −ln Q the cross-entropy, and KL is the area between them: red where Q is too dear, green where it saves.
#
# 1. Make $Q$ equal to $P$. Which bars vanish? What is left of CE?
# 2. Take the rain away from $Q$, part by part. What happens at the last part?
# 3. How many of the three KL terms can you make negative at once?

# %%
two_distributions(outcomes, parts_of_p=[1, 4, 5], parts_of_q=[3, 2, 5])

# %% [markdown]
# <details><summary>Answers</summary>1. All KL bars; CE is H. 2. KL and CE jump to infinity, however little it rains.
# 3. Two. To give some outcomes more than they deserve, Q must take it from another, and that one costs more.</details>

# %% [markdown]
# ## 6. What training can change
#
# Now the forecaster is a machine. For an input $x$ the labels have the distribution $P(y\mid x)$, which we aim at: call
# it the target, $t$. The model answers $p(\theta) = f(x, \theta)$. We look for the parameters that bring it nearest
# (arg min: the θ at which what follows is smallest):
#
# $$\theta^* = \arg\min_\theta \mathrm{KL}\bigl(t, p(\theta)\bigr)$$
#
# Take the slope with respect to one of the parameters. Guess each line before you show it.

# %%
Stepper(KL_TO_CROSS_ENTROPY)

# %% [markdown]
# Five lines, and the entropy is gone: $\theta$ does not occur in it. KL and CE have the same slope everywhere. So they
# have the same lowest point, and gradient descent takes the same steps on both:
#
# $$\arg\min_\theta \mathrm{KL}\bigl(t, p(\theta)\bigr) = \arg\min_\theta \bigl[\mathrm{CE}\bigl(t, p(\theta)\bigr) -
# H(t)\bigr] = \arg\min_\theta \mathrm{CE}\bigl(t, p(\theta)\bigr)$$
#
# See it on a model with a single parameter: $p(\theta) = \mathrm{softmax}(-\theta, 0, \theta)$. (Softmax makes
# probabilities of any numbers; lesson 06 takes it apart.)

# %%
direction = np.array([-1.0, 0.0, 1.0])
theta = np.linspace(-1, 3, 401)
p = softmax(theta[:, np.newaxis] * direction)  # (401, 3)
t = np.broadcast_to(P, p.shape)
kl, ce = kl_divergence(t, p), cross_entropy(t, p)
print("lowest KL at theta =", f"{theta[kl.argmin()]:.2f}")
print("lowest CE at theta =", f"{theta[ce.argmin()]:.2f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert kl.argmin() == ce.argmin()
assert np.isclose(theta[kl.argmin()], 0.64)
assert np.allclose(ce - kl, entropy(P))

# %% tags=["figure"]
# Figure 5: CE and KL against the parameter.
fig, ax = plt.subplots(figsize=(7.2, 3.8), layout="constrained")
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
# *Figure 5. CE and KL against θ. Both fall to their lowest point at 0.64 and rise again. CE runs above KL by 0.943
# everywhere, shown by three arrows of one length.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(kl.min(), 0.031, atol=1e-3)

# %% [markdown]
# At the lowest point KL is 0.031, not 0: with one parameter this model cannot say 10, 40 and 50 %. Now the slopes, by
# differences:


# %%
def slope_at(theta, loss):
    return central_difference(
        lambda v: float(loss(P, softmax(v[0] * direction))), [theta]
    )[0]


for at in (-1.0, 0.0, 2.0):
    of_kl, of_ce = slope_at(at, kl_divergence), slope_at(at, cross_entropy)
    print(f"theta {at:+.0f}: slope of KL {of_kl:+.5f}, of CE {of_ce:+.5f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
for at in (-1.0, 0.0, 2.0):
    assert np.isclose(
        slope_at(at, kl_divergence), slope_at(at, cross_entropy), atol=1e-8
    )

# %% [markdown]
# Why bother with CE, if KL is what we mean? To compute KL one must know $P(y\mid x)$, and nobody does. CE is a mean
# price, and a mean can be taken over **samples**: the labels themselves are drawn from $P(y\mid x)$. The part that
# cannot be computed is the very part that does not matter.

# %% [markdown]
# ## 7. Labels, data sets, likelihood
#
# A label says: class $y$, certainly. Its target is one-hot, and of the sum over classes one term is left:
#
# $$\mathrm{CE}(t, p) = -\sum_k t_k \ln p_k = -\ln p_y$$
#
# A one-hot target has entropy 0. For one sample, then, CE *is* KL. Where has the entropy of the weather gone? Into
# the differences between samples: a single label looks certain, and only many labels of the same sky show how
# uncertain it was. On 200 mornings the sky is clear or grey ($x$), and later the day is rain, sun or cloud ($y$).
# Price each morning alone; then group the mornings by their sky:

# %%
rng = np.random.default_rng(7)
weather = np.array(
    [[0.05, 0.75, 0.20], [0.30, 0.10, 0.60]]
)  # P(y | clear), P(y | grey)
x = rng.integers(0, 2, 200)
y = np.array([rng.choice(3, p=weather[sky]) for sky in x])
p = np.array([[0.1, 0.6, 0.3], [0.3, 0.2, 0.5]])  # the model's answer to each sky
one_by_one = -np.log(p[x, y]).mean()

# %%
share = np.bincount(x) / len(x)
t = np.array(
    [np.bincount(y[x == sky], minlength=3) / (x == sky).sum() for sky in (0, 1)]
)
H, KL, CE = share @ entropy(t), share @ kl_divergence(t, p), share @ cross_entropy(t, p)
print(f"sample by sample {one_by_one:.4f}")
print(f"by groups        {CE:.4f} = H {H:.4f} + KL {KL:.4f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(one_by_one, CE)
assert np.isclose(CE, H + KL)

# %% [markdown]
# The same number. Put equal inputs together, and the mean of $-\ln p_y$ over $N$ samples becomes a mean of CE over the
# groups, each group weighted by its size: its $t$ holds the shares of its labels. So the loss of a data set is the mean
# CE over all samples,
#
# $$L = \frac{1}{N}\sum_{n=1}^{N} \mathrm{CE}(t_n, p_n)$$
#
# whether the targets $t_n$ are one-hot labels or probabilities.
#
# Mind the order of arguments. Mathematics has the truth first, and so has `cross_entropy(P, Q)` of
# `course_utils.probability`. Losses have the prediction first: `cross_entropy(p, y)` of `course_utils.losses`, and
# torch, whose `kl_div(log_p, t, reduction="sum")` is KL(t, p) for one sample, and with `"batchmean"` the mean over a
# batch. (Its default also divides by the number of classes.)
#
# ### Exercise 05.5
# From a blank page: that loss. A class with target 0 adds nothing, even where $p$ is 0.


# %%
def mean_cross_entropy(p, t):
    """Predictions (N, K) and targets (N, K) in, one number in nats out."""
    ...  # your lines here


check("05.5", mean_cross_entropy)

# %% [markdown]
# Lesson 04 came from another side: choose the model that makes the labels most probable. Here is that argument for any
# number of classes, for one distribution $p$ that is to serve all samples. Line 3 is yours.

# %%
Markdown(table(LIKELIHOOD_TO_CROSS_ENTROPY, blank=3))


# %%
def line_3(y, p, N, K):
    """Labels y (N,), probabilities p (K,); the same value as line 2, with each
    class counted once."""
    ...  # your line here


print(check_line(LIKELIHOOD_TO_CROSS_ENTROPY, 3, line_3))

# %% [markdown]
# With $t$ the frequencies of the labels, the **empirical distribution**, and N the same for every model:
#
# > highest likelihood = lowest cross-entropy = lowest KL(empirical, model)
#
# since the last is CE − H, and training does not change the labels. Three names for one minimum.
#
# A classifier has a distribution for each input, $p(\cdot \mid x)$, and nothing changes: take together the samples that
# share an input, and each such group is the case above, with its own empirical distribution. The mean minus-log over all
# samples is the mean of the groups' cross-entropies, each weighted by its size.
#
# ### Exercise 05.6
# From a blank page. Without any input $x$, the best a model can do is one distribution for all samples. Which one has
# the smallest mean cross-entropy on the labels $y$?


# %%
def best_constant(y, n_classes):
    """Labels (N,) in, one distribution (n_classes,) out."""
    ...  # your lines here


check("05.6", best_constant)

# %% [markdown]
# ## 8. All three parts together
#
# Lecture 2 sums the field up: every interesting task is a network, a loss for regression or for classification, and
# gradient descent. You have all three parts. The smallest example: three logits are the network, CE is the loss, and
# its slope with respect to the logits is $p - t$, as in lesson 04 (for softmax, lesson 06 shows it).

# %%
z = np.zeros(3)
for step in range(301):
    p = softmax(z)
    if step in (0, 10, 300):
        CE, KL = cross_entropy(P, p), kl_divergence(P, p)
        print(f"step {step:3d}: p {p.round(3)}  CE {CE:.4f}  KL {KL:.4f}")
    z -= 0.5 * (p - P)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(p, P, atol=1e-4)
assert np.isclose(cross_entropy(P, p), entropy(P))

# %% [markdown]
# KL goes to 0 and CE to the entropy, 0.9433. The loss that is left is no fault of the model.
#
# ### Deeper: regression is the same
# Let a model answer with a bell curve of width 1 around its prediction. The price of an outcome is then half the
# squared error, plus a constant, 0.919, that training cannot change. One argument gives both losses.

# %%
error = np.array([1.0, 2.0, 4.5]) - 2.0  # three outcomes, one prediction
price = -np.log(np.exp(-(error**2) / 2) / np.sqrt(2 * np.pi))
print("price", price.round(4), " half the squared error", error**2 / 2)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(price - error**2 / 2, 0.9189, atol=1e-4)

# %% [markdown]
# ## 9. Break it
#
# **Predict.** What does the formula as it stands, `(P * np.log(P / Q)).sum()`, give for (a) a label against a forecast
# that is certain and right, (b) two coins that differ by $10^{-9}$, (c) Ann's forecast, but each number 0.3 too high?


# %%
def plain_kl(P, Q):
    with np.errstate(divide="ignore", invalid="ignore"):
        return (P * np.log(P / Q)).sum()


label, fair = np.array([1.0, 0.0]), np.array([0.5, 0.5])
nearly = fair + np.array([1e-9, -1e-9])
of_coins = plain_kl(fair, nearly)
print("(a)", plain_kl(label, label), " the package:", kl_divergence(label, label))
print("(b) off by more than half:", bool(abs(of_coins - 2e-18) > 1e-18), end="  ")
print("the package:", f"{kl_divergence(fair, nearly):.3e}")
print("(c)", f"{plain_kl(P, forecasts['Ann'] + 0.3):.3f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isnan(plain_kl(label, label))
assert abs(plain_kl(fair, nearly) - 2e-18) > 1e-18
assert np.isclose(kl_divergence(fair, nearly), 2e-18, rtol=1e-6)
assert plain_kl(P, forecasts["Ann"] + 0.3) < 0

# %% [markdown]
# (a) 0 · ln 0 is NaN in floats, though its limit is 0. (b) The true value is $2 \cdot 10^{-18}$; the plain formula
# returns nothing but rounding. (c) A negative "distance", better than the truth! These numbers sum to 1.9: more
# probability has been handed out than there is. Ten sigmoids, whose outputs sum to anything, could win every contest
# in this way. The package refuses:

# %%
try:
    kl_divergence(P, forecasts["Ann"] + 0.3)
except ValueError as error:
    print(error)

# %% [markdown]
# ### What the package does
# It sums $P \ln (P/Q) - P + Q$, which `_excess` forms for each outcome. Over two distributions the additions cancel; but
# now each *term* is at least 0, by the line above the log of section 3, and nearly equal distributions keep their digits.

# %%
print(inspect.getsource(kl_divergence))

# %% [markdown]
# ## 10. Deeper: the other direction
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

# %%
print(f"share of the right hump: truth {humps[11:].sum():.2f}")
print(f"{covers[11:].sum():.2f} and {picks[11:].sum():.2f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert covers[11:].sum() > 0.35
assert picks[11:].sum() < 0.01

# %% tags=["figure"]
# Figure 6: a truth with two humps, and the two bells that fit it best.
fig, ax = plt.subplots(figsize=(7.2, 3.8), layout="constrained")
ax.bar(place, humps, color="0.8", label="truth")
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
# *Figure 6. Grey bars: a truth with a higher hump at 5 and a lower one at 15. The solid curve, lowest KL(truth, model),
# is low and wide and covers both humps. The dashed curve, lowest KL(model, truth), stands on the left hump alone.*
#
# KL(truth, model) punishes what the model rules out, so the model rules out nothing. KL(model, truth) punishes what the
# truth rules out, so the model keeps to one safe place. Both are in use. But labels are drawn from the truth, and a
# mean over labels can only estimate the first.

# %% [markdown]
# ## Check the slide

# %% [markdown]
# **Claim (lecture 2).** To get from KL(P, Q) to the cross-entropy loss, set P = f, the model, and Q = y, the label.
# **Predict** what KL(f, y) is for the prediction (0.6, 0.4) and the label (1, 0).

# %%
model, label = np.array([0.6, 0.4]), np.array([1.0, 0.0])
print("KL(f, y) =", kl_divergence(model, label))
print(f"KL(y, f) = {kl_divergence(label, model):.6f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert kl_divergence(model, label) == np.inf
assert np.isclose(kl_divergence(label, model), -np.log(0.6))
assert round(-np.log(0.6), 6) == 0.510826

# %% [markdown]
# **True:** it is the reverse, P = y and Q = f, and the lecture goes on to use that. For f = (0.6, 0.4)
# and the label y = (1, 0), KL(y, f) is 0.510826 = −ln 0.6, the cross-entropy; KL(f, y) is infinite for every model that is not the label itself.

# %% [markdown]
# **Claim (lecture 3).** The log-likelihood is written L. **Predict**: for three labels that got the probabilities 0.9, 0.8
# and 0.7, is that the L of this course? Should descent make it smaller?

# %%
given = np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
labels = np.array([0, 1, 0])
likelihood = given[np.arange(3), labels].prod()
L = -log_likelihood(given, labels) / 3
print(f"likelihood {likelihood:.3f}, its log {np.log(likelihood):.3f}, loss {L:.3f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(likelihood, 0.504)
assert np.isclose(np.log(likelihood), -0.685, atol=1e-3)
assert np.isclose(L, -np.log(likelihood) / 3)
assert np.isclose(L, 0.228, atol=1e-3)

# %% [markdown]
# **True:** one letter stands for different things. For labels that got 0.9, 0.8 and 0.7 the likelihood is 0.504, its log
# −0.685, and the loss, minus the mean log, 0.228. A log-likelihood is to be made as large as possible, a loss as small: descent on lecture 3's L would
# unlearn. In this course L is the loss.

# %% [markdown]
# ## Summary
#
# - The price of an outcome is $-\ln q$. Prices of independent outcomes add.
# - KL(P, Q) is the mean price beyond that of one who knows P. It is never negative, not symmetric, and infinite where Q
#   rules out what P allows.
# - CE = H + KL. The entropy belongs to the data; on new data no model pays less in the long run. Only KL can be trained
#   away.
# - KL and CE have the same gradient, and CE can be estimated from labels. So classifiers minimise CE.
# - One-hot targets leave $-\ln p_y$. Maximum likelihood, minimum CE and minimum KL(empirical, model) are one.
#
# **Where this is used:** the loss of nearly every classifier, and of language models, which pay for each next word.
# **Where it fails:** where a model is certain and the label wrong, one price outweighs all others. And the mean hides
# where the mistakes are: look at them, as lesson 08 does.
#
# ## Further reading
#
# - C. Shannon, "A mathematical theory of communication", *Bell System Technical Journal* 27, 379–423 and 623–656, 1948.
# - S. Kullback, R. Leibler, "On information and sufficiency", *Annals of Mathematical Statistics* 22 (1), 79–86, 1951.
# - T. Cover, J. Thomas, *Elements of Information Theory*, 2nd edition, Wiley, 2006, chapter 2.
# - D. MacKay, *Information Theory, Inference, and Learning Algorithms*, Cambridge University Press, 2003, chapters 2, 4.
# - S. Prince, *Understanding Deep Learning*, MIT Press, 2023, section 5.7: the same argument with pictures of densities.
# - A. Zhang, Z. Lipton, M. Li, A. Smola, *Dive into Deep Learning*, Cambridge University Press, 2023, appendix
#   "Information theory": the same quantities in bits, and what two variables know of each other.
