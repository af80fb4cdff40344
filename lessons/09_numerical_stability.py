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
# # 09 · Numerical stability
#
# **The question:** the formula is right, the code is the formula, and the loss is NaN: what happened between paper and
# machine, and how must a formula be written so that it survives?
#
# Picture a training that goes well. The loss falls, the model is right on more than 98 % of the test digits, and at the next
# update the loss reads `nan`, "not a number". One update later, not a single weight would be a number. Nobody has changed
# anything, and the code is the textbook's formula, sign by sign. In section 7 you run this training, and find the pictures
# that kill it.
#
# **Time:** 60 minutes; the parts headed *Deeper* are extra. **Needs:** the sigmoid (03), binary cross-entropy from logits
# (04), softmax and log-sum-exp (06), training on MNIST (08).
#
# "Lecture 5" and "the slides" belong to a university course that this one follows and checks, and that you need not
# have seen.
#
# When you have finished, you can
#
# - [ ] say at which logit a formula of the loss fails, for each type of float, and why;
# - [ ] climb from the slide's formula, step by step, to one that never fails;
# - [ ] see a NaN coming before it kills a training run, and name its cause after it did.
#
# **The short version**, for a day on which you have ten minutes:
#
# 1. For p, subtract the largest logit of the row from all of them before exp.
# 2. For the loss, use a function that takes the logits z, in any library. It never forms p, and so takes no ln of it.
# 3. In training, stop at the first loss that is not finite.
#
# Then read section 1, for what goes wrong, and the picture of section 6, for who survives. The rest of the lesson is why.

# %% tags=["folded"]
# What the first section needs.
import matplotlib.pyplot as plt
import numpy as np

from course_utils.plots import PALETTE
from course_utils.study.predictions import predict, reveal

plt.style.use("course_utils.lesson")

# %% [markdown]
# ## 1. A loss that turns into a staircase
#
# Take one sigmoid, label 0, and a logit that is large, so that the model is sure and wrong. The true loss is then almost z
# itself: at z = 36 it is 36.000. Compute it as the slides write it, −ln(1 − p), in float64, the numbers that Python and
# NumPy use unless they are told otherwise.
#
# **09.p2.** In float64, -log(1 - sigmoid(40)), just as written. The true loss is 40. What comes out?
#
# - a) 40.0
# - b) 36.7, the most that float64 can say
# - c) infinity

# %%
predict("09.p2")

# %%
with np.errstate(divide="ignore"):
    at_40 = -np.log(1 - 1 / (1 + np.exp(-np.float64(40))))
reveal("09.p2", at_40)

# %% tags=["figure"]
# Figure 1: the loss as it is written, beside the true one.
z = np.linspace(33, 38, 2001)
with np.errstate(divide="ignore"):  # no warning when ln 0 comes
    as_written = -np.log(1 - 1 / (1 + np.exp(-z)))
edge = z[np.isinf(as_written)][0]
fig, ax = plt.subplots(figsize=(7.2, 3.6), layout="constrained")
ax.plot(z, z, "--", color=PALETTE["blue"], label="the true loss")
ax.plot(z, as_written, color=PALETTE["vermilion"], label="−ln(1 − p) in float64")
ax.axvspan(edge, 38, color="0.9")
ax.text(edge + 0.08, 33.4, "infinite from here")
ax.set(
    xlabel="logit z",
    ylabel="loss (nats)",
    xlim=(33, 38),
    title="The loss −ln(1 − p) near z = 36: first stairs, then infinity",
)
ax.legend(loc="upper left")
plt.show()

# %% [markdown]
# *Figure 1. Loss against logit from 33 to 38. The true loss is a straight line. The computed one follows it with ripples,
# which grow into stairs, each wider and higher than the one before. From z = 36.74 on it is infinite.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert 36.73 < edge < 36.75
assert len(np.unique(as_written[z > 36])) <= 5

# %% [markdown]
# No line of this code is wrong. On paper 1 − p is never 0 and has a value for each z. In the machine, between 1 and
# the next number below it there is nothing, and this lesson is about such gaps.

# %% [markdown]
# ## Three questions from earlier lessons
#
# Answer each one aloud before you open it.
#
# <details><summary>1. You subtract the largest logit from all logits. What happens to the softmax?</summary>On paper,
# nothing. In floats, everything: no exponential is above 1 any more (lesson 06).</details>
#
# <details><summary>2. In lesson 04, which rearranged form of binary cross-entropy needs no p?</summary>ln(1 + eᶻ) −
# tz.</details>
#
# <details><summary>3. All labels of a data set can be predicted right. Where do the weights end?</summary>Nowhere: longer
# weights are always better, so the logits grow as long as you train (lesson 04).</details>

# %% tags=["folded"]
# What this lesson imports.
import inspect
from decimal import Decimal, localcontext

from course_utils.activations import log_softmax, softplus
from course_utils.datasets import load_mnist
from course_utils.exercises import check
from course_utils.explorers.floating_point import DTYPES, first_failure, floating_point
from course_utils.losses import (
    binary_cross_entropy_loss_and_gradient,
    cross_entropy_from_logits,
)
from course_utils.numerics import ulp_distance
from course_utils.study.review import review
from course_utils.training import linear_logits, linear_loss_and_gradients, train

# %% [markdown]
# Three more questions, chosen for you. What you get wrong comes back in the next lesson, and what you get right comes
# back later and later.

# %%
review("09")

# %% [markdown]
# ## 2. Floats are not evenly spaced
#
# A float64 is a number of 53 binary digits, times a power of two. So the floats between 1 and 2 lie $2^{-52}$ apart, those
# between 2 and 4 twice as far, and so on. The distance to the next float is its **spacing**. A float32 has 24 digits, a
# float16 has 11, and a bfloat16, in which large networks are trained, has only 8, because it keeps the range of float32 in
# 16 bits.
#
# Trouble starts when digits are thrown away. On paper (1 + 1/10,000) − (1 − 1/10,000) is 2/10,000, but what is it in
# float64?

# %%
directly = 2 / 10_000
by_cancelling = (1 + 1 / 10_000) - (1 - 1 / 10_000)
print(f"2 / 10,000                         {directly:.18f}")
print(f"(1 + 1/10,000) - (1 - 1/10,000)    {by_cancelling:.18f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert f"{directly:.18f}" == "0.000200000000000000"
assert f"{by_cancelling:.18f}" == "0.000199999999999978"
assert 1e-14 < abs(by_cancelling / directly - 1) < 1e-12

# %% [markdown]
# Each bracket is right to 16 digits. But the two are nearly equal, so that their difference is 5,000 times smaller than
# they are, while the rounding of their last digits stays as large as it was: about 13 digits of the difference are right.
# That is **cancellation**: the subtraction itself is exact, and lays bare what was lost before. It happens in the slides'
# sigmoid loss, in 1 − p with p near 1.

# %% [markdown]
# ### Deeper: where a 1 disappears
# The spacing grows with the number, and from some number on a 1 is smaller than it:

# %% tags=["figure"]
# Figure 2: the spacing of three types of float against the number.
x = np.geomspace(1e-3, 6e4, 2000)
fig, ax = plt.subplots(figsize=(7.2, 3.6), layout="constrained")
for dtype, colour, stroke in [
    ("float16", "vermilion", "--"),
    ("float32", "green", "-."),
    ("float64", "blue", "-"),
]:
    ax.loglog(
        x,
        np.spacing(x.astype(dtype)).astype(float),
        stroke,
        color=PALETTE[colour],
        label=dtype,
    )
ax.set(xlabel="number x", ylabel="distance to the next float")
ax.set_title("Spacing of floats: ten times larger is about ten times coarser")
ax.legend(loc="upper left")
plt.show()

# %% [markdown]
# *Figure 2. Spacing against the number, both on log scales. Three rising staircases, one a type, parallel and far apart:
# at 1 float16 has gaps of 0.001, float32 of 0.0000001, float64 of `2e-16`. Each step doubles the gap.*
#
# ### Exercise 09.1 (Deeper)
# In float64, the spacing between 1024 and 2048 is $2^a$. And from some power of two on, a 1 is too small to count: $2^b$
# is the first with $2^b + 1 = 2^b$. (A sum halfway between two floats goes to the even one, here $2^b$.) Give the pair. To
# try it, write `pow(2.0, b)`, because Python's whole numbers have no spacing.

# %%
powers = None  # (a, b), for example (-3, 17)

check("09.1", powers)

# %% [markdown]
# ## 3. Where exp and ln end
#
# Floats end on both sides: a result above the largest becomes infinite, which is **overflow**, and a positive one below
# the smallest becomes 0, which is **underflow**. The exponential gets there fast.
#
# **09.p1.** In float32, how large may z be before exp(z) is infinite?

# %%
predict("09.p1")

# %%
largest = np.float64(np.finfo(np.float32).max)
reveal("09.p1", np.log(largest))

# %% [markdown]
# | type | binary digits | next after 1 | next after 1000 | largest | exp overflows after | exp is 0 below |
# |---|---:|---:|---:|---:|---:|---:|
# | float16 | 11 | 0.00098 away | 0.5 away | 65,504 | 11.1 | −17.3 |
# | bfloat16 | 8 | 0.0078 away | 4 away | 3.4e38 | 88.5 | −92.9 |
# | float32 | 24 | 1.2e-7 away | 6.1e-5 away | 3.4e38 | 88.7 | −104.0 |
# | float64 | 53 | 2.2e-16 away | 1.1e-13 away | 1.8e308 | 709.8 | −745.1 |
#
# In float16, exp of a logit of 12 is already infinite. In float32 the end is at 89, and in bfloat16 too, which is only half
# as long but has the same range. Lesson 08 met logits of 100,000.

# %% tags=["facts"]
# Facts: what the text says, asserted.
for dtype, digits in ((np.float16, 10), (np.float32, 23), (np.float64, 52)):
    assert np.spacing(dtype(1)) == 2.0**-digits


def last_that_is_fine(fine, low, high):
    """The last float, from `low`, where fine(x) holds, to `high`, where it does not."""
    while (middle := low + (high - low) / 2) not in (low, high):
        low, high = (middle, high) if fine(middle) else (low, middle)
    return float(low)


ends = []
with np.errstate(over="ignore", under="ignore"):
    for dtype, sure in [(np.float16, 30), (np.float32, 200), (np.float64, 1000)]:
        most = last_that_is_fine(
            lambda z: np.isfinite(np.exp(z)), dtype(0), dtype(sure)
        )
        least = last_that_is_fine(lambda z: np.exp(z) > 0, dtype(0), dtype(-sure))
        ends.append((most, least))
limits = [(11.0859375, -17.33), (88.7228317, -103.97), (709.782712893384, -745.13)]
assert np.allclose(ends, limits, rtol=1e-9, atol=0.006)
assert round(np.log(2.0**-134), 1) == -92.9  # half of bfloat16's smallest
ulps = [f"{np.spacing(t(1000)):.2g}" for t in (np.float16, np.float32, np.float64)]
assert ulps == ["0.5", "6.1e-05", "1.1e-13"]

# %% [markdown]
# Infinity and 0 are still numbers, but arithmetic between them makes a NaN where no answer makes sense:

# %%
infinite, zero = np.float64(np.inf), np.float64(0)
with np.errstate(divide="ignore", invalid="ignore"):
    print("ln 0 =", np.log(zero), "  but 0 · ln 0 =", zero * np.log(zero))
    print("inf / inf =", infinite / infinite, "  inf - inf =", infinite - infinite)
print("NaN > 0:", np.nan > 0, "  largest of (1, NaN):", np.max([1, np.nan]))

# %% tags=["facts"]
# Facts: what the text says, asserted.
with np.errstate(divide="ignore", invalid="ignore"):
    assert np.isneginf(np.log(zero))
    assert np.isnan(
        [zero * np.log(zero), infinite / infinite, infinite - infinite]
    ).all()

# %% [markdown]
# Every sum or product with a NaN is NaN, so it spreads to everything computed from it. And since every comparison with
# NaN is False, a NaN logit is read as a "no".
#
# So the plan is to write one loss in ten ways, and to let the machine tell where each of them fails.

# %% [markdown]
# ## 4. The ladder: one sigmoid
#
# To compare all ten on the same loss, take z positive, so that the model says yes. With label 0 it is **sure and
# wrong**, and the true loss is about z. With label 1 it is **sure and right**, and the true loss is about $e^{-z}$. Each
# function takes logits (N,) and one label. Here is first what the slides have, and then the two patches that are found
# everywhere.


# %%
def slide_sigmoid(z, t):
    p = 1 / (1 + np.exp(-z))
    return -t * np.log(p) - (1 - t) * np.log(1 - p)


def epsilon_in_log(z, t):
    p = 1 / (1 + np.exp(-z))
    return -t * np.log(p + 1e-5) - (1 - t) * np.log(1 - p + 1e-5)


# %%
def clipped_p(z, t):
    p = np.clip(1 / (1 + np.exp(-z)), 1e-7, 1 - 1e-7)
    return -t * np.log(p) - (1 - t) * np.log(1 - p)


# %% [markdown]
# With the epsilon of `1e-5`, what is the largest loss that can come out?

# %%
z = np.array([5.0, 20.0, 40.0])
with np.errstate(divide="ignore"):
    for formula in (slide_sigmoid, epsilon_in_log, clipped_p):
        print(f"{formula.__name__:>15}, label 0: {formula(z, 0).round(4)}")
print(f"epsilon, label 1, z = 40: {epsilon_in_log(z, 1)[2]:.5f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert round(-np.log(1e-5), 2) == 11.51 == round(epsilon_in_log(z, 0)[2], 2)
assert round(-np.log(1e-7), 2) == 16.12 == round(clipped_p(z, 0)[2], 2)
assert f"{epsilon_in_log(z, 1)[2]:.5f}" == "-0.00001"

# %% [markdown]
# The patches hide the infinity and put a wrong number in its place. The epsilon caps the loss at −ln 0.00001 = **11.51**,
# so that twenty nats wrong and forty cost the same, and a perfect answer costs −0.00001, which is less than nothing. The
# clip caps the loss at 16.12. Where a loss is capped it is flat, and where it is flat there is no slope (lesson 03), so
# the worst mistakes teach nothing.
#
# ### Exercise 09.2
# p is clipped to `[1e-7, 1 - 1e-7]`. Give, for z = 30 and label 0, the loss and the slope of that loss by z. If you are
# stuck, run `hint("09.2")` after `from course_utils.exercises import hint, solution`.

# %%
clipped_loss_and_slope = None  # (loss, slope), for example (2.5, -0.3)

check("09.2", clipped_loss_and_slope)

# %% [markdown]
# The cure is to leave p out. Lesson 04 derived it: $-t\ln p - (1-t)\ln(1-p) = \ln(1 + e^{z}) - tz$. The first term is
# the **softplus** of z. It overflows at z = 710, so pull the larger part out of the log:
#
# $$\ln(1+e^z) = \max(z, 0) + \ln(1 + e^{-|z|})$$
#
# For z > 0, 1 + eᶻ = eᶻ(e⁻ᶻ + 1), and the ln of eᶻ is z, while for z < 0 nothing has changed.


# %%
def softplus_form(z, t):
    return np.maximum(z, 0) - t * z + np.log(1 + np.exp(-np.abs(z)))


# %%
z = np.array([5.0, 36.5, 1000.0])
print("sure and wrong:", softplus_form(z, 0))
print("sure and right:", softplus_form(z, 1), "  true loss at 36.5: 1.4e-16")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert softplus_form(np.array([1000.0]), 0) == 1000
assert f"{np.exp(-36.5):.2g}" == "1.4e-16"
assert np.isclose(softplus_form(np.array([36.5]), 1)[0], 2.0**-52, rtol=1e-6, atol=0)

# %% [markdown]
# Sure and wrong is cured for every size. Sure and right is finite, but at 36.5 the loss is `2.2e-16` instead of
# `1.4e-16`. Near 1, floats lie `2.2e-16` apart, so of e⁻³⁶·⁵ no digit survives in 1 + e⁻³⁶·⁵. NumPy has a function for just this,
# **log1p(x)** = ln(1 + x), which never forms 1 + x.
#
# **09.p3.** x = 1e-10. In float64, how many digits of ln(1 + x) are right when it is computed as written?
#
# - a) all 16
# - b) about 7
# - c) none: it comes out as 0

# %%
predict("09.p3")

# %%
lost = abs(np.log(1 + 1e-10) / 1e-10 - 1)  # relative error
reveal("09.p3", -np.log10(lost))

# %%
for x in (1e-5, 1e-10, 1e-17):
    print(f"x = {x:g}   ln(1 + x) = {np.log(1 + x):.9g}   log1p(x) = {np.log1p(x):.9g}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.log(1 + 1e-17) == 0
assert np.allclose(np.log1p(1e-17), 1e-17, rtol=1e-15, atol=0)
assert np.isclose(np.log(1 + 1e-10), 1e-10, rtol=1e-6, atol=0)
assert not np.isclose(np.log(1 + 1e-10), 1e-10, rtol=1e-8, atol=0)

# %% [markdown]
# About seven of sixteen are right, because the others went into the zeros between the 1 and the `1e-10`, and for `1e-17`
# none is left.
#
# ### Exercise 09.3
# Write the top of this ladder from a blank page: the loss for any logits and any targets from 0 to 1, one of each for every
# sample, with all digits right.


# %%
def my_bce(z, t):
    """Logits z (N,) and targets t (N,) in, the loss of each sample (N,) in nats out."""
    ...  # your lines here


check("09.3", my_bce)

# %% [markdown]
# ## 5. The ladder: softmax
#
# Two classes, with logits 0 and z, are one sigmoid of z (lesson 06). So the softmax must give the same loss, and we can
# put it on the same scale. `two_logits` makes the rows. Which of these three survives z = 1000 with label 0?


# %%
def two_logits(z):
    return np.stack([np.zeros_like(z), z], axis=1)  # (N, 2)


def slide_softmax(z, t):
    e = np.exp(two_logits(z))
    p = e / e.sum(axis=1, keepdims=True)
    return -np.log(p[:, t])


# %%
def shifted_softmax(z, t):
    rows = two_logits(z)
    e = np.exp(rows - rows.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return -np.log(p[:, t])


def unshifted_logsumexp(z, t):
    rows = two_logits(z)
    return np.log(np.exp(rows).sum(axis=1)) - rows[:, t]


# %%
z = np.array([5.0, 720.0, 1000.0])
with np.errstate(all="ignore"):
    for formula in (slide_softmax, shifted_softmax, unshifted_logsumexp):
        print(f"{formula.__name__:>20}, label 0: {formula(z, 0).round(4)}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
with np.errstate(all="ignore"):
    assert np.isinf(
        [f(z, 0)[2] for f in (slide_softmax, shifted_softmax, unshifted_logsumexp)]
    ).all()
    assert np.isnan(slide_softmax(z, 1)[2])

# %% [markdown]
# None of the three does. If you only want p, the shift is enough, but if you want ln p, it is not: at z = 1000 the
# share of class 0 is $e^{-1000}$, which is 0 in floats, and its log is −∞. Nor does it help to leave p out and not
# shift.
#
# So do both: take the log of the sum of exponentials, **log-sum-exp**, with the largest logit m taken out:
#
# $$-\ln p_y = \ln\sum_c e^{z_c} - z_y, \qquad \ln\sum_c e^{z_c} = m + \ln\sum_c e^{z_c - m}$$
#
# ### Exercise 09.4
# One step is missing, and the shapes are in the comments.


# %%
def my_logsumexp(z):
    """Logits (N, K) in, the log-sum-exp of each row (N,) out."""
    m = z.max(axis=1, keepdims=True)  # (N, 1)
    s = np.exp(z - m).sum(axis=1)  # (N,)
    return ...  # one line


check("09.4", my_logsumexp)

# %% [markdown]
# Now there are two ways to finish. One can add m back and then subtract $z_y$, or never add it: **log-softmax** works with
# the shifted logits to the end. On paper both are the same. In floats a tiny loss that is added to a large m does not
# survive it, which is cancellation again, so take the second way. The loss that it gives is the **cross-entropy from
# logits**.
#
# ### Exercise 09.5
# Write it from a blank page, for K classes and logits of any size, as the mean over the samples.


# %%
def my_cross_entropy(z, y):
    """Logits z (N, K) and labels y (N,) in, the mean loss in nats out."""
    ...  # your lines here


check("09.5", my_cross_entropy)

# %% [markdown]
# ## 6. Who fails first?
#
# Here are all ten formulas, a row for each, the last with log1p. The left side shows what comes out at every size of the
# logit, and the right side how many digits are right at yours. Drag the dot along a row to move the logit, or up and down
# to another formula, which is written out below. Then try to answer three questions by dragging.
#
# 1. float32, sure and wrong: at which logits is exactly half of the ladder left, and which row goes next?
# 2. Which of the rows that fail gains least when you go to float64?
# 3. Sure and right, float64, a logit of 1,000: why are some rows right again?
#
# <details><summary>Answers</summary>1. Between 88.8 and 104, and then the shifted softmax goes. 2. The epsilon: it is
# wrong by its own size, in any type. 3. The true loss, e⁻¹⁰⁰⁰, is below the smallest float, so 0 is the best answer
# there is.</details>


# %% tags=["folded"]
# The last three formulas, and the ladder of all ten by name.
def log_sum_exp(z, t):
    rows = two_logits(z)
    m = rows.max(axis=1)
    return m + np.log(np.exp(rows - m[:, np.newaxis]).sum(axis=1)) - rows[:, t]


def log_softmax_form(z, t):
    rows = two_logits(z)
    rows = rows - rows.max(axis=1, keepdims=True)
    return np.log(np.exp(rows).sum(axis=1)) - rows[:, t]


def with_log1p(z, t):
    return np.maximum(z, 0) - t * z + np.log1p(np.exp(-np.abs(z)))


LADDER = {
    "slide's sigmoid": slide_sigmoid,
    "epsilon in the log": epsilon_in_log,
    "clipped p": clipped_p,
    "slide's softmax": slide_softmax,
    "shifted softmax": shifted_softmax,
    "unshifted log-sum-exp": unshifted_logsumexp,
    "log-sum-exp": log_sum_exp,
    "log-softmax": log_softmax_form,
    "softplus form": softplus_form,
    "with log1p": with_log1p,
}

# %%
floating_point(LADDER)

# %% [markdown]
# "Fails" means infinite, NaN, or wrong by more than 1 %. So that nothing is left to the eye, **search** for the first logit
# at which each formula fails, in each type: `first_failure` tries every multiple of 1/64 up to 2,048, and then 500 sizes
# up to the largest float of the type.


# %% tags=["folded"]
# The search, and the table of the first logit that fails.
def first_failures(t):
    print(f"label {t}: first logit that fails", *(f"{dtype:>8}" for dtype in DTYPES))
    found = {}
    for name, formula in LADDER.items():
        found[name] = [first_failure(formula, dtype, t) for dtype in DTYPES]
        logits = ("   never" if np.isinf(z) else f"{z:8.1f}" for z in found[name])
        print(f"{name:>31}", *logits)
    return found


# %% tags=["nbval-ignore-output"]
fails_wrong = first_failures(0)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert all(np.isinf(fails_wrong[name]).all() for name in list(LADDER)[6:])
assert np.allclose(fails_wrong["slide's sigmoid"], [4.2, 15.0, 35.6], atol=0.1)
assert np.allclose(fails_wrong["slide's softmax"], [11.09, 88.73, 709.8], atol=0.02)
assert np.allclose(fails_wrong["shifted softmax"], [15.7, 104.0, 745.1], atol=0.1)
assert np.allclose(fails_wrong["epsilon in the log"][1:], 9.2, atol=0.1)
assert round(fails_wrong["clipped p"][2]) == 16
slide = np.array(fails_wrong["slide's sigmoid"])
for patch in ("epsilon in the log", "clipped p"):  # they buy nothing
    assert (np.array(fails_wrong[patch]) <= slide + 0.1).all()
left = {
    z: [name for name in LADDER if fails_wrong[name][1] > z] for z in (89, 103, 105)
}
assert [len(names) for names in left.values()] == [5, 5, 4]
assert "shifted softmax" in left[103]

# %% [markdown]
# - **A better type buys little.** The slide's sigmoid fails at 4 in float16, at 15 in float32 and at 36 in float64, whereas
#   a better formula never fails.
# - **Patches buy nothing**, since none fails later than what it patches. In float64 the clip is off at 16 and the epsilon
#   at 9, although the slide's formula lasts to 36.
# - The slide's softmax fails where exp overflows (11.1, 88.7, 709.8), the shifted one as exp nears its underflow, a
#   little later, and from log-sum-exp on, nothing fails.

# %% [markdown]
# ### Deeper: sure and right
# With label 1 the true loss is nearly 0, and there the table looks different:

# %% tags=["nbval-ignore-output"]
fails_right = first_failures(1)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert [name for name in LADDER if np.isinf(fails_right[name]).all()] == ["with log1p"]
slide = np.array(fails_right["slide's sigmoid"])
for patch in ("epsilon in the log", "clipped p"):  # they buy nothing
    assert (np.array(fails_right[patch]) <= slide + 0.1).all()
with np.errstate(all="ignore"):
    assert np.isnan(
        [slide_sigmoid(np.array([37.0]), 1), slide_softmax(np.array([710.0]), 1)]
    ).all()

# %% [markdown]
# (The last bit of one ln decides here, and another processor's ln may move an entry by a few tenths.) Training can do
# without these digits, as the slope p − 1 is nearly 0 too, whereas whoever ranks samples by their loss cannot. Further on,
# the slide's formulas lose more than digits: in float64 they give NaN, at 37 (sigmoid) and at 710 (softmax), and section
# 7 meets one of these NaNs. Only the form with log1p never fails.
#
# The two ways to finish a softmax differ here as well. Both are fine at z = 25, but what is left of the loss at 35?

# %%
z = np.array([35.0])
for formula in (log_sum_exp, log_softmax_form):
    print(f"{formula.__name__:>16} {formula(z, 1)[0]:.3g}")
print(f"            true {np.exp(-35):.3g}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert log_sum_exp(z, 1) == 0 < log_softmax_form(z, 1)
assert min(fails_right["log-sum-exp"][2], fails_right["log-softmax"][2]) > 25

# %% [markdown]
# In `35 + 6e-16 - 35` nothing is left of the `6e-16`.

# %% [markdown]
# ## 7. Break it: who kills the run?
#
# Now let it happen in a real training. On MNIST we ask a single question: is this digit anything but a zero? One
# sigmoid answers it, in float32, with pixels from 0 to 1. The plain loss comes with the slope that automatic
# differentiation would give it: the slope by p, times the slope of p.


# %%
def plain_terms(z, t):
    """Loss of each sample and its slope by z, through p, as written."""
    with np.errstate(all="ignore"):  # its infinities are meant; no warnings
        p = 1 / (1 + np.exp(-z))
        losses = -t * np.log(p) - (1 - t) * np.log(1 - p)
        return losses, (p - t) / (p * (1 - p)) * (p * (1 - p))


# %% [markdown]
# The two trainings differ in that one function, whereas data, start, rate and batches are the same. Both note the
# largest logit of five thousand pictures after every tenth update.


# %% tags=["folded"]
# The digits; a training with these terms: last fine weights, largest logits, the stop.
data = load_mnist()
real = data.source == "mnist"  # the text speaks of the real MNIST
X, t = data.X_train, (data.y_train != 0).astype(np.float32)
print(data.note)


def run(terms):
    last, largest = [None], {}

    def note(update, parameters):
        last[0] = parameters
        if update % 10 == 0:
            largest[update] = float(linear_logits(X[:5000], *parameters, 1 / 255).max())

    start = (np.zeros(784, np.float32), np.zeros((), np.float32))
    passes = 3 if real else 128  # about 1,400 updates
    settings = {"learning_rate": 0.3, "epochs": passes, "batch_size": 128}
    settings |= {"rng": np.random.default_rng(9), "after_update": note}
    loss_and_gradients = linear_loss_and_gradients(X, t, terms, 1 / 255)
    try:
        train(loss_and_gradients, start, len(X), **settings)
    except FloatingPointError as error:
        return last[0], largest, error
    return last[0], largest, None


# %% tags=["nbval-ignore-output"]
plain, plain_largest, stop = run(plain_terms)
stable, stable_largest, no_stop = run(binary_cross_entropy_loss_and_gradient)
print("plain: ", stop)
print("stable:", no_stop or f"all {max(stable_largest):,} updates")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert isinstance(stop, FloatingPointError)
assert no_stop is None
assert max(stable_largest) > max(plain_largest)
assert not real or (max(stable_largest) == 1400 and 100 < max(plain_largest) < 500)

# %% [markdown]
# Before the update that stopped it, the plain run was right on more than 98 % of the test digits, and the stable one ends
# with more than 99 %. The message lists the usual causes, but neither the rate nor the inputs can be to blame, because the
# run that survived has the same. The loss of a batch is the mean over its 128 pictures, and a single NaN among them is
# enough. For which pictures does the plain formula give it?
#
# **09.p4.** Which pictures stop the plain run?
#
# - a) those on which it is sure and wrong, because their loss is the largest
# - b) any of them, since all logits have grown, until exp overflows
# - c) those on which it is sure and right

# %%
predict("09.p4")

# %%
limit = 24 * np.log(2)  # beyond it, p is exactly 1 in float32
full = linear_logits(X, *plain, 1 / 255) > limit  # by the last weights that were fine
reveal("09.p4", t[full].mean())

# %% tags=["facts"]
# Facts: what the text says, asserted.
X_test, t_test = data.X_test, data.y_test != 0
right = {
    name: ((linear_logits(X_test, *parameters, 1 / 255) > 0) == t_test).mean()
    for name, parameters in [("plain", plain), ("stable", stable)]
}
assert not real or (right["plain"] > 0.98 and 0.991 < right["stable"] < 0.993)
assert full.any()
assert not real or t[full].all()
assert round(limit, 2) == 16.64
for z, below in [(16.6, True), (16.7, False)]:
    assert (1 / (1 + np.exp(-np.float32(z))) < 1) == below
losses, _ = plain_terms(np.array([17], np.float32), np.float32(1))
assert np.isnan(losses).all()
losses, _ = plain_terms(np.array([17], np.float32), np.float32(0))
assert np.isposinf(losses).all()
assert np.isfinite(plain_terms(np.array([-30], np.float32), np.float32(0))).all()
assert np.isnan(plain_terms(np.array([-89], np.float32), np.float32(0))[0]).all()

# %% [markdown]
# From z = 24 ln 2 = 16.64 on, $e^{-z}$ is less than half the gap of float32 at 1, so that p is exactly 1. With label 0, sure
# and wrong, the loss is then infinite. But all pictures whose p was 1 have label 1: the model was **sure and right** on
# them, and there the term of the other label is 0 · ln 0, which is NaN. A picture that the model knew too well spoiled the
# mean of its batch.
#
# What would the next update have done, if the trainer had not stopped? Give one picture of a thousand a slope that is NaN.

# %%
slopes = np.zeros(1000, np.float32)
slopes[0] = np.nan
weight_slopes = X[:1000].T.astype(np.float32) @ slopes  # the slope of each weight
of_samples, of_weights = np.isnan(slopes).mean(), np.isnan(weight_slopes).mean()
print(f"slopes that are NaN: {100 * of_samples:.1f} % of the samples',", end=" ")
print(f"{100 * of_weights:.0f} % of the weights'")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isnan(weight_slopes).all()

# %% [markdown]
# Every weight is gone, because its slope is a sum over samples, and even 0 · NaN is NaN. From then on every logit
# is NaN, so that every z > 0 is false. The model says "no" to everything, and only the loss tells you. So the course's
# trainer looks at the loss in every update, and stops.
#
# ### See it coming
# The loss gave no warning, but the logits did.

# %% tags=["figure"]
# Figure 3: the largest logit of both runs, update by update.
fig, ax = plt.subplots(figsize=(7.2, 3.6), layout="constrained")
ax.plot(
    list(stable_largest),
    list(stable_largest.values()),
    color=PALETTE["blue"],
    label="stable loss",
)
ax.plot(
    list(plain_largest),
    list(plain_largest.values()),
    color=PALETTE["vermilion"],
    linewidth=4,
    label="plain loss",
)
ax.plot(
    max(plain_largest),
    plain_largest[max(plain_largest)],
    "X",
    color=PALETTE["vermilion"],
    markersize=11,
)
ax.axhline(limit, color="black", linestyle="--", linewidth=1)
ax.text(
    1380, limit - 0.4, f"from {limit:.1f} on, p is 1 in float32", ha="right", va="top"
)
ax.set(xlabel="update", ylabel="largest logit of 5,000 pictures", ylim=(0, None))
ax.set_title("The largest logit climbs to the edge long before the loss is NaN")
ax.legend(loc="lower right")
plt.show()

# %% [markdown]
# *Figure 3. Largest logit against update for both runs. They climb together, first fast, then slowly, towards a dashed line
# at 16.6. The plain run ends in a cross below the line, at 15. The stable one climbs through it, to 22 after 1,400
# updates.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert plain_largest[max(plain_largest)] > 0.8 * limit
assert max(stable_largest.values()) > limit
assert not real or (
    round(plain_largest[max(plain_largest)]),
    round(stable_largest[1400]),
) == (15, 22)
assert not real or not full[:5000].any()  # none of the pictures that are watched
assert all(
    np.isclose(plain_largest[u], stable_largest[u], rtol=1e-3) for u in plain_largest
)

# %% [markdown]
# The cross is below the line because only 5,000 of 60,000 pictures are watched, every tenth update. The picture that
# crossed the line was another one, so keep a margin.
#
# Four habits help, from the cheapest to the most thorough:
#
# 1. **Stop at the first loss that is not finite**, because a NaN never heals, and say which update it was.
# 2. **Watch the range of the logits**, not only the loss, and compare it with the tables of sections 3 and 6.
# 3. **Ask NumPy to complain** where it starts: `np.errstate(over="raise", divide="raise", invalid="raise")` gives an
#    error with a line number. (Not underflow, which the stable forms rely on.) In torch,
#    `torch.autograd.set_detect_anomaly(True)` names the step whose slope became NaN.
# 4. **Then look for the cause.** A NaN at the first update points to the data, one after a few updates, with logits that
#    explode, points to the learning rate, and one after many, with all else in order, points to the formula.

# %% tags=["facts"]
# Facts: what the text says, asserted.
told = ""
try:
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        assert with_log1p(np.array([1000.0]), 0) == 1000
        slide_sigmoid(np.array([40.0]), 0)
except FloatingPointError as error:
    told = str(error)
assert "divide by zero" in told

# %% [markdown]
# ## 8. "From logits" in torch and Keras
#
# Lecture 5 says of its first version, with a sigmoid or softmax as the last layer: don't use it. Its second version has
# a **linear** last layer, tells the loss that it will get logits, and computes the probability afterwards. Every
# library has the pair:
#
# | takes | here | torch | Keras |
# |---|---|---|---|
# | p | `binary_cross_entropy` | `BCELoss` | `BinaryCrossentropy()` |
# | **z** | `binary_cross_entropy_from_logits` | `BCEWithLogitsLoss` | `BinaryCrossentropy(from_logits=True)` |
# | p | `cross_entropy` | `NLLLoss` of ln p | `SparseCategoricalCrossentropy()` |
# | **z** | `cross_entropy_from_logits` | `CrossEntropyLoss` | `SparseCategoricalCrossentropy(from_logits=True)` |
#
# torch computes slopes by itself. Ask it for loss and slope at z = 17, label 0, in float32. The truth is a loss of 17 and a
# slope of 1, but what does the first version say?

# %%
import torch  # here and not above, to save memory until it is needed

no, said = torch.zeros(1), []
for name, loss_of in [
    ("BCELoss of the sigmoid", lambda z: torch.nn.BCELoss()(torch.sigmoid(z), no)),
    ("BCEWithLogitsLoss of z", lambda z: torch.nn.BCEWithLogitsLoss()(z, no)),
]:
    z = torch.tensor([17.0], requires_grad=True)
    loss = loss_of(z)
    loss.backward()
    said.append((loss.item(), z.grad.item()))
    print(f"{name}: loss {loss.item():5.1f}   slope {z.grad.item():.1f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert said == [(100, 0), (17, 1)]

# %% [markdown]
# It says a loss of **100** that is not there, and a slope of **0** where it should be 1. torch's `BCELoss` cuts every log at
# −100 (its documentation says so), so no infinity is seen, and nothing is learned either: this is the paralysis of lesson
# 03, from rounding alone. From logits, torch and the course agree to twelve digits.
#
# The usual accident is the opposite one. `CrossEntropyLoss` has its softmax **inside**, and somebody gives it
# probabilities where it takes logits. Here the model is sure and right, with a logit of 20 for the true class and 0 for
# the nine others:

# %%
sure = torch.tensor([[20.0] + [0.0] * 9])
twice = torch.nn.CrossEntropyLoss()(torch.softmax(sure, 1), torch.tensor([0]))
print(f"softmax applied twice: {twice.item():.4f} nats")

# %% tags=["facts"]
# Facts: what the text says, asserted.
rng = np.random.default_rng(5)
z, y = rng.normal(scale=30, size=(6, 10)), rng.integers(0, 10, 6)
theirs = torch.nn.CrossEntropyLoss()(torch.tensor(z), torch.tensor(y)).item()
assert np.isclose(theirs, cross_entropy_from_logits(z, y), rtol=1e-12)
assert np.isclose(twice.item(), np.log(np.e + 9) - 1, atol=1e-6)
assert round(np.log(np.e + 9) - 1, 4) == 1.4612

# %% [markdown]
# Nothing crashes, but the loss of ten classes cannot fall below 1.4612. If yours stops there, look for a softmax too many.

# %% [markdown]
# ### Deeper: sixteen bits
# In bfloat16 the slide's sigmoid loss is off by more than 1 % from z = 0.23 on, and infinite from 5.6 on, while the form
# with log1p stays within 1 % at every logit tried. So a large network is trained with both types: products of matrices in
# 16 bits, where errors average out, and the loss from logits in float32. In torch one line does it,
# `with torch.autocast("cuda", torch.bfloat16):` around the forward pass, on a processor with `"cpu"` in its place.

# %% tags=["facts"]
# Facts: what the text says, asserted.
half = (torch.arange(1, 200 * 64) / 64).to(torch.bfloat16)
true_loss = torch.nn.functional.softplus(half.double())
plain_loss = -torch.log(1 - 1 / (1 + torch.exp(-half)))
off = ~((plain_loss.double() - true_loss).abs() / true_loss <= 0.01)
assert 0.2 < half[off][0] < 0.26
assert 5.4 < half[torch.isinf(plain_loss)][0] < 5.7
good = torch.clamp(half, min=0) + torch.log1p(torch.exp(-half.abs()))
assert ((good.double() - true_loss).abs() / true_loss <= 0.01).all()
layer, four = torch.nn.Linear(4, 3), torch.ones(2, 4)
with torch.autocast("cpu", torch.bfloat16):
    out = layer(four)
    in_16_bits = torch.nn.functional.cross_entropy(out, torch.tensor([0, 1]))
assert (out.dtype, in_16_bits.dtype) == (torch.bfloat16, torch.float32)
short = torch.finfo(torch.bfloat16)
assert short.eps == 2.0**-7
assert torch.isfinite(torch.tensor(88.5, dtype=torch.bfloat16).exp())
assert torch.isinf(torch.tensor(89.0, dtype=torch.bfloat16).exp())
assert torch.tensor(1000.0, dtype=torch.bfloat16) + 4 == 1004

# %% [markdown]
# ### Deeper: what the package does
# You know both formulas now, and the functions around them only lead the logits through, block after block: `e` is
# $e^{-|z|}$, `s.z` are the logits less the largest, and `rest` is the sum of the exponentials *without* the largest,
# which is 1: log1p then adds that 1 without ever forming the sum.

# %% tags=["folded"]
# The source of both functions.
print(inspect.getsource(softplus))
print(inspect.getsource(log_softmax))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(log_softmax([0.0, 1000.0]), [-1000, 0])

# %% [markdown]
# ## Deeper: Check the slide

# %% [markdown]
# **Claim (lecture 5).** Written into the loss in one piece, −t ln(1/(1 + e⁻ᶻ)) − (1 − t) ln(1 − 1/(1 + e⁻ᶻ)), the formula
# is more accurate than through p. **Does it hold?** Try z = 37 and label 0, where the true loss is 37.

# %%
z = np.float64(37)
with np.errstate(divide="ignore"):
    in_one_piece = 0 * np.log(1 / (1 + np.exp(-z))) - np.log(1 - 1 / (1 + np.exp(-z)))
rearranged = np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))
print("in one piece:", in_one_piece, "  rearranged:", rearranged)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isposinf(in_one_piece)
assert rearranged == 37

# %% [markdown]
# **What holds:** evaluated as written it is infinite, since it takes the same steps as before under another name. The
# formula must be *rearranged*, which is what a library does when it is told `from_logits`, and moving it is not enough.

# %% [markdown]
# ## Summary
#
# - A float keeps digits, not distances. Subtracting near-equal numbers shows what rounding has lost.
# - exp overflows after 11.1, 88.7 or 709.8; ln 0 is −∞; 0 · ∞, ∞ − ∞ and ∞/∞ are NaN, and NaN spreads.
# - Epsilon and clip cap the loss and kill its slope, so rearrange the formula instead:
#   $\max(z, 0) - tz + \mathrm{log1p}(e^{-|z|})$ for one sigmoid, log-softmax for many classes.
# - A formula is a claim about all logits. Search for the first one that breaks it.
# - Make the last layer linear, take the loss from its logits and the probability afterwards, and watch the range of
#   the logits.
#
# **Where this is used:** in every deep learning library, and each time you write a loss of your own. **Where it
# fails:** no formula saves logits that are infinite or a learning rate that sends them there; and a stable loss is not a
# good model.

# %% [markdown]
# ## Deeper: against 50 digits
#
# "Wrong by 1 %" is coarse, whereas the finest ruler counts the floats from the answer to the truth, which is the
# error in **units in the last place**, ulp: 0 is the best float there is, and 1 its neighbour. The truth must come
# from elsewhere, and Python's `decimal` computes with as many digits as one likes, of which we take 50.


# %% tags=["folded"]
# The loss with fifty digits.
def truth(z, t):
    """Binary cross-entropy of one logit with 50 digits, rounded at the very end."""
    with localcontext() as context:
        context.prec = 50
        wrong_way = Decimal(float(z)) if t == 0 else -Decimal(float(z))
        return float((1 + wrong_way.exp()).ln())


# %% tags=["folded"]
# The errors of three formulas.
z = np.linspace(0, 36.5, 500)
true = np.array([truth(each, 1) for each in z])
chosen = ("slide's sigmoid", "softplus form", "with log1p")
errors = {name: ulp_distance(LADDER[name](z, 1), true) for name in chosen}

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert errors["with log1p"].max() <= 4
assert errors["softplus form"].max() > 1e14
assert truth(37.0, 0) == 37

# %% tags=["figure"]
# Figure 4: the error of three formulas in units in the last place.
fig, ax = plt.subplots(figsize=(7.2, 3.8), layout="constrained")
for (name, error), (colour, mark) in zip(
    errors.items(), [("vermilion", "x"), ("green", "."), ("blue", "+")], strict=True
):
    ax.plot(z, error, mark, color=PALETTE[colour], markersize=4, label=name)
ax.set_yscale("symlog", linthresh=1)
ax.set_yticks([0, 1, 1e4, 1e8, 1e12, 1e16], ["0", "1", "10⁴", "10⁸", "10¹²", "10¹⁶"])
ax.axhline(2.0**52, color="black", linewidth=0.8, linestyle=":")
ax.text(0.3, 2.0**52 * 1.8, "no digit left")
ax.set(xlabel="logit z, label 1", ylabel="error (ulp)", ylim=(-0.3, 1e17))
ax.set_title("Error of three formulas: without log1p a digit goes every 2.3 of z")
ax.legend(loc="center right")
plt.show()

# %% [markdown]
# *Figure 4. Error in ulp, on a log scale, against the logit from 0 to 36.5, label 1, float64. The slide's sigmoid and the
# softplus form climb together along a straight line, from 0 or 1 ulp to 3 · 10¹⁵, just below a dotted line headed "no digit
# left". The form with log1p stays at 0 or 1, at the bottom.*
#
# ### Exercise 09.6 (Deeper)
# Now comes the slope. A sample costs −ln p, where p is the probability of its true class. The slope of that loss with
# respect to the logit of the true class is p − 1. Work it out from the loss alone, and keep every digit. (log1p has a
# sister, **expm1(x)** = eˣ − 1.)


# %%
def my_slope(loss):
    """Losses -ln p of N samples in, slopes p - 1 (N,) out."""
    ...  # your lines here


check("09.6", my_slope)

# %% [markdown]
# ## Further reading
#
# - D. Goldberg, "What every computer scientist should know about floating-point arithmetic", *ACM Computing Surveys*
#   23 (1), 5–48, 1991.
# - N. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd edition, SIAM, 2002, chapters 1 and 2.
# - P. Blanchard, D. Higham, N. Higham, "Accurately computing the log-sum-exp and softmax functions", *IMA Journal of
#   Numerical Analysis* 41 (4), 2311–2330, 2021.
# - M. Mächler, "Accurately computing log(1 − exp(−|a|))", note in the R package Rmpfr, 2012: when log1p, when expm1.
# - A. Zhang, Z. Lipton, M. Li, A. Smola, *Dive into Deep Learning*, Cambridge University Press, 2023, section 4.5; PyTorch
#   documentation of `BCELoss` and `BCEWithLogitsLoss`; Keras documentation of `Model.compile`.
