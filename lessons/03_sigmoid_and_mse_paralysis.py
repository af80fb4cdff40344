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
# # 03 · Sigmoid and MSE paralysis
#
# **The question:** how does a score become a probability, and does a neuron learn most from its worst mistakes?
#
# You remember for years the answer in an exam of which you were certain, and which was wrong; the one that you half
# guessed is gone by the evening. One would like a neuron to learn in the same way, most from the mistake of which it was
# surest. In this lesson you build a unit that says how sure it is, give it the loss that comes to mind first, and measure.
#
# **Time:** 60 minutes; the parts headed *Deeper* are extra. **Needs:** probability (01), gradients and descent (02).
#
# When you have finished, you can
#
# - [ ] say what a straight line does well on labels, and where it breaks;
# - [ ] derive the slope of the sigmoid, and the gradient of the squared error through it;
# - [ ] show with numbers how that gradient paralyses training, and tell a plateau from a local minimum.

# %% tags=["folded"]
# What this lesson imports, and the look of its figures.
import inspect

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown

from course_utils.activations import log_sigmoid, sigmoid, sigmoid_derivative
from course_utils.datasets import load_police
from course_utils.derivations import check_line, lesson_03, table
from course_utils.derivations.stepper import Stepper
from course_utils.exercises import check
from course_utils.explorers.sigmoid_and_target import race, sigmoid_and_target
from course_utils.gradients import check_gradient
from course_utils.losses import (
    binary_cross_entropy_from_logits,
    binary_cross_entropy_gradient,
    mse_from_logits,
    mse_from_logits_gradient,
)
from course_utils.plots import PALETTE
from course_utils.study.predictions import predict, reveal
from course_utils.study.review import review

plt.style.use("course_utils.lesson")

# %% [markdown]
# ## 1. A straight line through yes and no
#
# Thirty evenings at a pizzeria. For each we know the number of reservations, and whether the neighbours called the police
# because of the noise: t = 1 if they did, t = 0 if not. You know one tool that fits numbers to numbers, least squares. So
# fit a line to the labels, and say "police" where it is above 0.5.

# %%
police = load_police()
reservations, t = police.X[:, 0], police.y.astype(float)

w, b = np.polyfit(reservations, t, 1)
line = b + w * reservations
right = int(((line > 0.5) == t).sum())
print(f"right on {right} of {len(t)} evenings, cut at {(0.5 - b) / w:.2f} reservations")
print(f"the line goes from {line.min():.3f} to {line.max():.3f}")

# %% tags=["figure"]
# Figure 1: the thirty evenings, the fitted line, and its cut.
evenings = [
    (t == 1, "o", "vermilion", "police came"),
    (t == 0, "s", "blue", "quiet evening"),
]
fig, ax = plt.subplots(figsize=(7.2, 3.2), layout="constrained")
for low, high in ((1, 1.4), (-0.4, 0)):
    ax.axhspan(low, high, color="0.9")
ax.plot([0, 28], [b, b + 28 * w], "-", color="black", label="least squares")
ax.axhline(0.5, color="0.4", linestyle=":", linewidth=1)
cut = (0.5 - b) / w
ax.axvline(cut, color=PALETTE["green"], linestyle="--", label=f"cut at {cut:.1f}")
for chosen, mark, colour, name in evenings:
    ax.plot(
        reservations[chosen],
        t[chosen],
        mark,
        color=PALETTE[colour],
        alpha=0.7,
        label=name,
    )
ax.set(xlabel="reservations", ylabel="t and the line", ylim=(-0.4, 1.4), xlim=(0, 28))
ax.set_title("Right on 27 of 30 evenings, and beyond certainty at both ends")
ax.legend(loc="lower right", ncols=2)
plt.show()

# %% [markdown]
# *Figure 1. Thirty evenings: circles at 1 where the police came, squares at 0 where not. The fitted line rises from below 0
# to above 1, into two grey bands that no probability can enter. It crosses 0.5 at 12.7 reservations, the cut; two squares
# stand to the right of it and one circle to the left.*
#
# To say yes or no, the line is fine: no single cut on this column does better than 27. To say *how sure* it is, it is not,
# because with one reservation it expects the police with "probability" −0.080, and with twenty-seven 1.212.
#
# And there is worse. Add one evening, a wedding with 200 reservations, and of course the police came. For so many guests
# the line has been saying "police" all along, and loudly: it is at 9.8.

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert (right, round(line.min(), 3), round(line.max(), 3)) == (27, -0.080, 1.212)
assert round((0.5 - b) / w, 2) == 12.67
assert round(b + w * 200, 1) == 9.8
assert ((line > 0.5) & (t == 0)).sum() == 2
assert ((line <= 0.5) & (t == 1)).sum() == 1

# %% [markdown]
# **03.p4.** The line is fitted again with the wedding added, an easy case that it already had right. On how many of the
# other thirty evenings is it right now?
#
# - a) on more than 27, since a right example was added
# - b) on 27, since the wedding was right before
# - c) on fewer than 27

# %%
predict("03.p4")

# %%
far_w, far_b = np.polyfit(np.append(reservations, 200), np.append(t, 1), 1)
far_right = int(((far_b + far_w * reservations > 0.5) == t).sum())
reveal("03.p4", far_right)

# %% tags=["figure"]
# Figure 2: the line before and after the wedding, with both cuts.
far_cut = (0.5 - far_b) / far_w
fig, axes = plt.subplots(
    1, 2, figsize=(9.6, 3.3), layout="constrained", width_ratios=(1, 1.3)
)
for ax, right_end in zip(axes, (215, 28), strict=True):
    for slope, start, stroke, colour, name in (
        (w, b, "--", "green", "before"),
        (far_w, far_b, "-", "black", "after"),
    ):
        ends = np.array([0, right_end])
        ax.plot(ends, start + slope * ends, stroke, color=PALETTE[colour], label=name)
        ax.axvline((0.5 - start) / slope, color=PALETTE[colour], linestyle=":")
    ax.axhline(0.5, color="0.4", linestyle=":", linewidth=1)
    for chosen, mark, colour, _ in evenings:
        ax.plot(reservations[chosen], t[chosen], mark, color=PALETTE[colour], alpha=0.7)
    ax.set(xlabel="reservations")
axes[0].plot(200, 1, "o", color=PALETTE["vermilion"], markersize=9)
axes[0].annotate("the wedding", (200, 2), ha="center")
axes[0].set(ylabel="t and the line", title="the whole picture", ylim=(-0.4, 10.5))
axes[0].legend(loc=(0.2, 0.68), title="fitted")
axes[1].set(title="the thirty evenings: five more are wrong", ylim=(-0.4, 1.4))
caught = (reservations > cut) & (reservations < far_cut)
axes[1].axvspan(cut, far_cut, color=PALETTE["yellow"], alpha=0.4)
axes[1].annotate(f"cuts: {cut:.1f} and {far_cut:.1f}", (16.1, -0.3))
plt.show()

# %% [markdown]
# *Figure 2. Left, everything: the dashed line of before runs up to 9.8 at the wedding, while the new one, solid, tilts
# down towards it. Right, the thirty evenings alone: the flatter line crosses 0.5 at 15.5 in place of 12.7, and in the strip
# between the two cuts stand six circles, which it now gets wrong, and one square, which it now gets right.*
#
# One easy evening was added, and only 22 of the others are right. The squared error cannot tell "too sure" from "wrong":
# to it, 9.8 is simply far from 1. So the line tilts to be *less sure* of the wedding, and the others pay. We want a curve
# that says "almost 1" for 30 guests and still "almost 1" for 200.

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert (round(far_cut, 2), far_right) == (15.47, 22)
assert abs(far_b + far_w * 200 - 1) < 0.5
assert ((t[caught] == 1).sum(), (t[caught] == 0).sum()) == (6, 1)

# %% [markdown]
# ## Three questions from earlier lessons
#
# They are chosen for you. What you get wrong comes back in the next lesson, and what you get right comes back later.

# %%
review("03")

# %% [markdown]
# ## 2. The step, and its useless slope
#
# The bluntest curve of this kind is a step: 0 left of the cut and 1 right of it. It carries the name of Oliver Heaviside.
# It never leaves [0, 1], and a wedding does not move it. Where should we cut? With one column one can try every place.

# %% tags=["figure"]
# Figure 3: the number of wrong evenings against the cut.
cuts = np.linspace(0, 28, 561)
wrong = np.array([((reservations > place) != t).sum() for place in cuts])
fig, ax = plt.subplots(figsize=(7.2, 2.8), layout="constrained")
ax.plot(cuts, wrong, color=PALETTE["blue"])
ax.set(xlabel="cut (reservations)", ylabel="evenings wrong", ylim=(0, 16))
ax.set_yticks([0, 5, 10, 15])
ax.set_title("A staircase: from any tread, no downhill in sight")
plt.show()

# %% [markdown]
# *Figure 3. Number of wrong evenings against the place of the cut: a staircase that falls from 15, is lowest, 3, from 10 to
# 13 reservations, and climbs again to 15. Between two jumps it is level.*
#
# With 784 pixels nobody can try every cut, and we need to be told which way is down. The staircase cannot say, because its
# slope is zero on every tread, and on the edges it has none, so that descent never takes a first step. We want a curve
# that stays between 0 and 1 like the step, and rises everywhere like the line.

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert wrong.min() == 3
assert (wrong[0], wrong[-1]) == (15, 15)
assert np.allclose(cuts[wrong == 3][[0, -1]], (10, 12.95))

# %% [markdown]
# ## 3. The sigmoid
#
# $$p = \sigma(z) = \frac{1}{1 + e^{-z}}, \qquad z = wx + b$$
#
# The score z, any number at all, is called the **logit**, and the sigmoid squeezes it into (0, 1). Three facts can be read
# off the formula, before any code:
#
# - for z → ∞ the exponential vanishes and p → 1, and for z → −∞ it explodes and p → 0;
# - at z = 0 neither answer is favoured, and p = 1/2;
# - σ(−z) = 1 − σ(z): swap "yes" and "no", and the sign of the logit flips.
#
# ### Exercise 03.1
# Fill in the line.


# %%
def my_sigmoid(z):
    """Logits (N,) in, probabilities (N,) out."""
    return ...  # one line


check("03.1", my_sigmoid)

# %% [markdown]
# Now its slope, which we shall need again and again. Press *Next line*, but guess each line before you look.

# %%
Stepper(lesson_03.SIGMOID_BY_CHAIN_RULE)

# %% [markdown]
# The slope of the sigmoid can be read off the sigmoid itself: **p (1 − p)**. Where is it largest? Multiplied out,
# $p(1 - p) = \frac14 - (p - \frac12)^2$, which is at most **0.25**, where p = 1/2 and so z = 0.
#
# ### Exercise 03.2
# The slope as a function of the **logit**.


# %%
def my_slope(z):
    """Logits (N,) in, the slope of the sigmoid at each of them out."""
    ...  # your lines here


check("03.2", my_slope)

# %% tags=["figure"]
# Figure 4: the sigmoid and its slope.
z = np.linspace(-10, 10, 401)
fig, ax = plt.subplots(figsize=(7.2, 3.1), layout="constrained")
ax.axvspan(-6, 6, color="0.93")
ax.plot(z, sigmoid(z), color=PALETTE["blue"], label="sigmoid p")
ax.plot(
    z,
    sigmoid_derivative(z),
    "--",
    color=PALETTE["vermilion"],
    label="its slope p (1 − p)",
)
ax.set(xlabel="logit z", ylabel="p and its slope", xticks=(-10, -6, -3, 0, 3, 6, 10))
ax.set_title("The sigmoid moves between −6 and 6, and hardly outside")
ax.legend(loc=(0.24, 0.72))  # whole in the grey range
plt.show()

# %% [markdown]
# *Figure 4. The sigmoid, solid, rises from almost 0 at z = −6 to almost 1 at z = 6, the grey range. Its slope, dashed, is a
# low hill with its top, 0.25, at z = 0; outside the grey range it lies on the axis.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
slopes = sigmoid_derivative(z)
assert (z[slopes.argmax()], slopes.max()) == (0, 0.25)
assert np.allclose(sigmoid(-z), 1 - sigmoid(z))

# %% [markdown]
# ### Deeper: the slope once more, through the logarithm
#
# The second way will return with the softmax in lesson 06, where it saves work: take the logarithm first. (Lecture 3 calls
# the output o, and goes through ln o.) Line 4 is missing.

# %%
Markdown(table(lesson_03.SIGMOID_THROUGH_LOG, blank=4))


# %%
def line_4(z):
    """What stands in the box of line 4, as a number."""
    return ...


print(check_line(lesson_03.SIGMOID_THROUGH_LOG, 4, line_4))

# %% [markdown]
# The course computes every line of these tables at many points and holds it against the line before, and it judged yours in
# the same way. Where the slope is largest, its own slope must vanish:

# %%
Markdown(table(lesson_03.STEEPEST_SIGMOID))

# %% [markdown]
# The last line is zero only where 1 − 2σ = 0, so that σ = 1/2 and z = 0, as we found above.

# %% [markdown]
# ## 4. Out of range
#
# **03.p1.** The sigmoid is steepest at z = 0. How many times less steep is it at z = 6?

# %%
predict("03.p1")

# %%
reveal("03.p1", 0.25 / sigmoid_derivative(6.0))

# %%
for z in (0, 2, 6, 10, 100):
    print(
        f"z = {z:3d}   1 - p = {sigmoid(-z):.2e}   slope = {sigmoid_derivative(z):.2e}"
    )

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert 0.0098 < sigmoid_derivative(6) / 0.25 < 0.0099
assert f"{sigmoid_derivative(100):.1e}" == "3.7e-44"
assert 1 - 100 * sigmoid_derivative(100) == 1

# %% [markdown]
# At z = 6 the slope is a hundredth of its best; we shall call (−6, 6) the **effective range** of the sigmoid. At z = 100
# the slope is 10⁻⁴⁴, and a step of that size is lost in the rounding. The unit is **saturated**: it answers, but whatever
# has to learn through this slope is multiplied by almost nothing. Whether that matters depends on the loss, as you will
# see: it hurts only where the slope stands in the gradient.
#
# How does one get to z = 100? With a weight of 1 and an input of 100, so that prices, metres and pixels from 0 to 255 are
# out of range from the first update. There are two cures, both applied before training:
#
# | cure | what it does | to |
# |---|---|---|
# | standardise, $(x - \mu)/\mathrm{std}$ | mean 0, standard deviation 1 | each column |
# | normalise, $x / \lVert x \rVert$ | length 1 | each row |
#
# The second keeps directions and forgets lengths, so that (3, 4) and (30, 40) become the same row. It makes sense only
# where all columns share a unit, as pixels do. From here on we standardise the reservations.

# %% [markdown]
# ### Deeper: the two cures, tried out
#
# ### Exercise 03.3 (Deeper)
# From a blank page: the first cure, for a whole table.


# %%
def my_standardise(X):
    """A table X (N, D) in; each column with mean 0 and standard deviation 1
    (NumPy's, divided by N) out."""
    ...  # your lines here


check("03.3", my_standardise)

# %% [markdown]
# Take the whole table of the evenings, with its three columns: reservations, temperature in °C and tourists. All weights
# are 1 and the bias is 0, so that z is the sum of the row.

# %%
raw = police.X
tables = {
    "raw": raw,
    "standardised": (raw - raw.mean(axis=0)) / raw.std(axis=0),
    "rows of length 1": raw / np.linalg.norm(raw, axis=1, keepdims=True),
}
for name, X in tables.items():
    z = X.sum(axis=1)  # every weight is 1
    out_of_range = (np.abs(z) > 6).sum()
    print(f"{name:>16}: {out_of_range:2d} of 30 out of range", end=", ")
    print(f"largest |z| {np.abs(z).max():.1f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
counts = [int((np.abs(X.sum(axis=1)) > 6).sum()) for X in tables.values()]
assert counts == [30, 0, 0]

# %% [markdown]
# Raw, every evening starts saturated, and either cure puts all of them back into range, though the second mixes guests
# with degrees here.

# %% [markdown]
# ## 5. The squared error through a sigmoid
#
# We have a probability, so let us train it. The loss that comes to mind is that of lesson 02, the squared error (its mean
# over samples is the **MSE**, mean squared error), now with the sigmoid inside:
#
# $$L = (\sigma(z) - t)^2$$

# %%
Markdown(table(lesson_03.MSE_THROUGH_SIGMOID))

# %% [markdown]
# There are two factors: **twice the error**, times **the slope of the sigmoid**. If either is almost zero, so is the
# product; keep that in mind.
#
# ### Exercise 03.4
# Write it for a batch. The loss is the *mean* over N samples, which adds one factor.


# %%
def my_mse_gradient(z, t):
    """Logits z (N,) and targets t (N,) in; dz (N,), the gradient of mean
    (sigmoid(z) - t)^2, out."""
    p = sigmoid(z)
    return ...  # one line


check("03.4", my_mse_gradient)

# %% [markdown]
# The package has this gradient as `mse_from_logits_gradient`, and the gradient check of lesson 02 agrees with it to nine
# digits. Now make a mild mistake: the police came, t = 1, and the neuron said z = −1.

# %%
p, mild = sigmoid(-1.0), mse_from_logits_gradient([-1.0], [1.0])[0]
print(f"p = {p:.2f}, error p - t = {p - 1:.2f}, gradient {mild:.2f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
logits, targets = np.array([-4.0, -1.0, 0.0, 2.5]), np.array([1.0, 0.0, 0.5, 1.0])
witness = check_gradient(
    lambda z: mse_from_logits(z, targets),
    lambda z: mse_from_logits_gradient(z, targets),
    logits,
)
assert witness.error < 1e-9
assert (round(p, 2), round(p - 1, 2), round(mild, 2)) == (0.27, -0.73, -0.29)
assert len(race(-1.0)[0]) - 1 == 4

# %% [markdown]
# That is a good push: with the learning rate 1, four updates carry p over 0.5. Now the mistake of which one would learn
# most, sure and wrong.
#
# **03.p2.** A neuron says z = −10, and the target is 1. It learns from the squared error. How large is the push on
# z, the slope of its loss?
#
# - a) less than 0.001
# - b) about 0.1
# - c) near 2, since the error is near 1

# %%
predict("03.p2")

# %%
push = mse_from_logits_gradient([-10.0], [1.0])[0]
reveal("03.p2", abs(push))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert f"{push:.2e}" == "-9.08e-05"
assert f"{sigmoid(-10.0) - 1:.5f}" == "-0.99995"

# %% [markdown]
# The error is −0.99995, and the gradient is −9.08 · 10⁻⁵: the second factor has killed the first. To be that wrong, the
# neuron must be far out, and far out it is saturated, so it can hardly move. This is the **paralysis**: from the grave
# mistake the neuron learns three thousand times *less* than from the mild one.

# %% [markdown]
# ### Deeper: where is the push largest?
#
# ### Exercise 03.5 (Deeper)
# For t = 1 the size of the push is g = 2 (1 − p)² p. Use pen and paper: find the p where g is largest, and its value
# there.

# %%
# (p, size), for example (0.9, 0.1); fractions such as 9 / 10 are welcome
hardest_push = None

check("03.5", hardest_push)

# %%
Markdown(table(lesson_03.LARGEST_MSE_GRADIENT))

# %% [markdown]
# It is zero at p = 1, where nothing is left to correct, and at p = 1/3. There g = 2 · (2/3)² · 1/3 = 8/27.

# %% [markdown]
# ### The rival
#
# There is a rival, the **binary cross-entropy**. Lesson 04 derives it; here you only need to know that its gradient is the
# error itself, p − t, with no second factor.

# %% tags=["figure"]
# Figure 5: the size of both gradients against the size of the error.
error = np.linspace(0, 1, 301)[1:-1]  # for t = 1 the error is 1 - p
z, ones = np.log((1 - error) / error), np.ones_like(error)
squared_push = -mse_from_logits_gradient(z, ones) * len(z)
crossed_push = -binary_cross_entropy_gradient(z, ones) * len(z)
fig, ax = plt.subplots(figsize=(7.2, 3.1), layout="constrained")
ax.plot(error, squared_push, "--", color=PALETTE["vermilion"], label="squared error")
ax.plot(error, crossed_push, color=PALETTE["blue"], label="cross-entropy")
ax.set(xlabel="size of the error |p − t|", ylabel="size of the gradient")
ax.set_title("Past an error of 2/3, the worse the mistake, the weaker the push")
ax.legend(loc="upper left")
plt.show()

# %% [markdown]
# *Figure 5. Size of the gradient against size of the error. The cross-entropy is a straight line from 0 to 1. The squared
# error is a low hill: zero at both ends, highest, 8/27 ≈ 0.296, at an error of 2/3.*
#
# The squared error is a teacher who whispers when the pupil is all wrong. The cross-entropy learns at full speed from a
# saturated unit, since the slope of the sigmoid does not stand in its gradient.

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(squared_push.max(), 8 / 27)
assert np.isclose(error[squared_push.argmax()], 2 / 3)
assert np.allclose(crossed_push, error)
assert 3000 < mild / push < 3300

# %% [markdown]
# ## 6. The race
#
# One neuron, one sample, target 1, learning rate 1. Two runners start at the same wrong logit, one down each loss. The
# finish is p ≥ 0.5.
#
# **03.p3.** One neuron, one sample with target 1, squared error through a sigmoid, learning rate 1, start at
# z = −10. After how many updates is p at least 0.5?

# %%
predict("03.p3")

# %% [markdown]
# ### Exercise 03.6
# From a blank page: count the steps of the first runner. If the cell never ends, your z runs the wrong way: interrupt it
# with ■.


# %%
def my_steps_to_half(z, learning_rate):
    """Steps of descent on (sigmoid(z) - 1)^2 from the logit z, a number, until p
    is at least 0.5."""
    ...  # your lines here


check("03.6", my_steps_to_half)

# %%
reveal("03.p3", len(race(-10.0)[0]) - 1)

# %%
for start in (-1.0, -6.0, -10.0):
    slow, fast = (len(run) - 1 for run in race(start))
    print(f"from z = {start:.0f}: squared error {slow:,} steps, cross-entropy {fast}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert [len(run) - 1 for run in race(-6.0)] == [214, 7]
assert [len(run) - 1 for run in race(-10.0)] == [11_034, 11]

# %% tags=["figure"]
# Figure 6: the race of the two losses, step by step.
squared_path, crossed_path = race(-10.0)
fig, ax = plt.subplots(figsize=(7.2, 3.1), layout="constrained")
ax.plot(sigmoid(squared_path), "--", color=PALETTE["vermilion"], label="squared error")
ax.plot(sigmoid(crossed_path), color=PALETTE["blue"], label="cross-entropy")
ax.axhline(0.5, color="black", linewidth=0.8)
ax.set_xscale("symlog", linthresh=1)
ax.set(
    xlabel="steps (logarithmic)",
    ylabel="probability p",
    xlim=(0, 20_000),
    ylim=(-0.02, 0.6),
)
ax.set_xticks([0, 1, 10, 100, 1000, 10_000], ["0", "1", "10", "100", "1,000", "10,000"])
ax.set_title("The cross-entropy arrives a thousand times sooner")
ax.legend(loc=(0.5, 0.4))
plt.show()

# %% [markdown]
# *Figure 6. Probability against steps, on a logarithmic axis, from z = −10. With the cross-entropy it reaches 0.5 after 11
# steps. With the squared error it lies on the floor for ten thousand steps, then shoots up.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert sigmoid(squared_path[10_000]) < 0.001 < 0.5 <= sigmoid(crossed_path[11])

# %% [markdown]
# Ten thousand steps of nothing, and then the rest in one thousand. Whoever watches such a curve for an hour concludes that
# nothing more can be learned.
#
# ### Touch it
# Drag the dot along the curve, and the target up and down. *Race* lets the two run from wherever you stand.
#
# 1. It starts sure and wrong the other way round: z = +6, target 0. Why are its steps those of z = −6, target 1?
# 2. Set the target to 1 and drag the dot slowly from 0 to −10. Which of the two points in the gradient panel comes back?
# 3. Set the target to 0.5 and z to 0, so that p is exactly right. Which of the two losses is 0 there?

# %%
sigmoid_and_target()

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert round(binary_cross_entropy_from_logits([0.0], [0.5]), 2) == 0.69

# %% [markdown]
# <details><summary>Answers</summary>1. Exchange yes and no: σ(−z) = 1 − σ(z), so all signs turn and all sizes stay.
# 2. The squared error's, which grows to 8/27 and then falls back to 0. 3. The squared error. The cross-entropy is 0.69
# there, its lowest for t = 0.5, and lesson 05 gives that number its name.</details>
#
# The squared error has a ceiling at 1, and under a flat ceiling there is no slope. The cross-entropy keeps climbing.

# %% [markdown]
# ## 7. Two landscapes
#
# Now all thirty evenings: p = σ(wx + b), where x is the standardised number of reservations. With two parameters the mean
# loss is a landscape over the (w, b) plane.

# %% tags=["folded"]
# The standardised reservations x, and both mean losses for arrays w and b.
x = (reservations - reservations.mean()) / reservations.std()


def landscapes(w, b):
    z = w[..., np.newaxis] * x + b[..., np.newaxis]
    squared = (sigmoid(z) - t) ** 2
    crossed = -t * log_sigmoid(z) - (1 - t) * log_sigmoid(-z)  # lesson 04
    return squared.mean(axis=-1), crossed.mean(axis=-1)


# %% tags=["figure"]
# Figure 7: both losses as surfaces over weight and bias.
ws, bs = np.meshgrid(np.linspace(-12, 12, 241), np.linspace(-12, 12, 241))
squared, crossed = landscapes(ws, bs)
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4.1), subplot_kw={"projection": "3d"})
names = ["squared error: terraces", "cross-entropy: one bowl"]
for ax, loss, name in zip(axes, (squared, crossed), names, strict=True):
    ax.plot_surface(ws, bs, loss, cmap="cividis", rcount=60, ccount=60, linewidth=0)
    ax.set(xlabel="weight w", ylabel="bias b")
    ax.set_title(name)
    ax.view_init(elev=32, azim=-60)
axes[0].set_zlabel("mean squared error")
axes[1].set_zlabel("mean cross-entropy")
fig.suptitle("The same neuron, the same evenings, two landscapes")
fig.subplots_adjust(left=0.02, right=0.93, bottom=0.05, top=0.82, wspace=0.12)
plt.show()

# %% [markdown]
# *Figure 7. Two surfaces over weight and bias. Left, the squared error: a hill, below it two level shoulders at a loss of
# 0.5, and a valley for positive weights. Right, the cross-entropy: one smooth bowl, steeper the further out.*
#
# Start both descents at w = −10, b = 0, where more guests mean less noise, so that nearly every evening is wrong, and
# take a hundred updates.


# %%
def descend(gradient, w, b, updates, learning_rate=1.0):
    """Every position of batch descent from (w, b)."""
    path = [(w, b)]
    for _ in range(updates):
        dz = gradient(w * x + b, t)
        w, b = w - learning_rate * (dz @ x), b - learning_rate * dz.sum()
        path.append((w, b))
    return np.array(path)


# %%
def right_of_30(w, b):
    return int(((w * x + b > 0) == t).sum())


squared_walk = descend(mse_from_logits_gradient, -10.0, 0.0, 100)
crossed_walk = descend(binary_cross_entropy_gradient, -10.0, 0.0, 100)
for name, walk in [("squared error", squared_walk), ("cross-entropy", crossed_walk)]:
    print(f"{name}: from (-10, 0) to", walk[-1].round(1) + 0.0, end=", ")
    print(f"{right_of_30(*walk[-1])} of 30 right")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert (right_of_30(*squared_walk[-1]), right_of_30(*crossed_walk[-1])) == (6, 27)
assert right_of_30(-10.0, 0.0) == 3  # nearly every evening wrong
assert crossed_walk[-1].round(1).tolist() == [3.3, 0.2]

# %% tags=["figure"]
# Figure 8: both losses as maps, with the walks of the two descents.
fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.8), layout="constrained", sharey=True)
heights = [np.arange(0.05, 0.86, 0.05), np.geomspace(0.3, 20, 14)]
for ax, loss, levels, walk in zip(
    axes, (squared, crossed), heights, (squared_walk, crossed_walk), strict=True
):
    filled = ax.contourf(ws, bs, loss, levels=levels, cmap="cividis", extend="both")
    ax.plot(*walk.T, ".-", color=PALETTE["vermilion"], markersize=4)
    ax.plot(*walk[0], "s", color="white", markeredgecolor="black", markersize=9)
    ax.plot(*walk[-1], "o", color="white", markeredgecolor="black", markersize=9)
    fig.colorbar(filled, ax=ax, label="mean loss", ticks=levels[::2], format="%.2g")
    ax.set(xlabel="weight w")
axes[0].set(ylabel="bias b", title="squared error")
axes[1].set(title="cross-entropy")
fig.suptitle("A hundred updates: one is still on its terrace, the other is almost home")
plt.show()

# %% [markdown]
# *Figure 8. The two landscapes as maps, blue is low. A walk of a hundred updates starts at the square, w = −10, b = 0. On
# the squared error it creeps along a terrace and ends, circle, a few units from its start. On the cross-entropy it
# runs straight into the blue basin at w = 3.3, b = 0.2.*
#
# ### "Then take a larger learning rate"
# That is the first thing one would try. For a single sample it works: the race from z = −10 takes 11,034 updates at the
# rate 1, 114 at the rate 100, and 3 at the rate 11,000. Now the thirty evenings.
#
# **03.p5.** The squared error on the thirty evenings, a hundred updates from w = −10, b = 0. With the learning rate 1 it
# ends with 6 right. What is the best that the rates 3, 10, 100 and 1,000 reach?
#
# - a) 15 right, as with a coin
# - b) 27 right, like the cross-entropy: the steps only had to be longer
# - c) 6 right again, since the slope is zero

# %%
predict("03.p5")


# %%
def ends_right(gradient, rates):
    """Evenings right after 100 updates from (-10, 0), for each rate."""
    walks = [descend(gradient, -10.0, 0.0, 100, rate) for rate in rates]
    return [right_of_30(*walk[-1]) for walk in walks]


reveal("03.p5", max(ends_right(mse_from_logits_gradient, (3, 10, 100, 1000))))

# %%
rates = (1, 3, 10, 100, 1000)
for name, row in (
    ("learning rate", rates),
    ("squared error", ends_right(mse_from_logits_gradient, rates)),
    ("cross-entropy", ends_right(binary_cross_entropy_gradient, rates)),
):
    print(name, *(f"{number:6,}" for number in row))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert ends_right(mse_from_logits_gradient, rates) == [6, 8, 15, 15, 15]
assert ends_right(binary_cross_entropy_gradient, (1, 3, 10)) == [27, 27, 27]
by_rate = {}
for rate in (1, 100, 11_000):
    logit, updates = -10.0, 0
    while (p_alone := 1 / (1 + np.exp(-logit))) < 0.5:
        logit += rate * 2 * (1 - p_alone) * p_alone * (1 - p_alone)
        updates += 1
    by_rate[rate] = updates
assert by_rate == {1: 11_034, 100: 114, 11_000: 3}

# %% [markdown]
# With the squared error a larger rate carries the walk off its terrace, and on to another one: from rate 10 on it says
# "yes" to every evening, which is right on 15, and there it stays. The evenings share one weight and one bias, so a step
# that is long enough for the flat part is far too long for the steep one. The cross-entropy reaches 27 at each of the
# first three rates. No learning rate makes up for a slope that is missing.
#
# The landscape of the cross-entropy is a bowl, or **convex**: halfway between any two of its points it is never higher than
# the mean of the two heights (lesson 04 says why). In a bowl every critical point is a lowest point, so that there is no
# wrong place to come to rest. Of a thousand pairs of points, drawn at random from the maps, the squared error is too high
# halfway in about every other one.
#
# And the wedding of section 1? At 200 guests the sigmoid says almost 1, the error is almost 0, and the push is less than
# 10⁻³⁰, with either loss. Saturation on the *right* side is a blessing.

# %% tags=["facts"]
# Facts: what the text says, asserted.
guests = crossed_walk[-1][0] * (200 - reservations.mean()) / reservations.std()
first, second = np.random.default_rng(0).uniform(-12, 12, (2, 1000, 2))
at_first, at_second, halfway = (
    landscapes(*points.T) for points in (first, second, (first + second) / 2)
)
bulges = [halfway[k] > (at_first[k] + at_second[k]) / 2 + 1e-12 for k in (0, 1)]
assert round(bulges[0].mean(), 1) == 0.5
assert not bulges[1].any()
wedding = np.array([guests + crossed_walk[-1][1]])
assert abs(binary_cross_entropy_gradient(wedding, [1.0])[0]) < 1e-30
assert abs(mse_from_logits_gradient(wedding, [1.0])[0]) < 1e-30

# %% [markdown]
# ## 8. Break it: start twice as far out
#
# The same data and the same learning rate, but w = −20 at the start, and a hundred times more patience for the squared
# error: ten thousand updates.

# %%
patient = descend(mse_from_logits_gradient, -20.0, 0.0, 10_000)
brief = descend(binary_cross_entropy_gradient, -20.0, 0.0, 100)
print(f"squared error, 10,000 updates: {right_of_30(*patient[-1])} of 30 right")
print(f"cross-entropy,    100 updates: {right_of_30(*brief[-1])} of 30 right")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert (right_of_30(*patient[-1]), right_of_30(*brief[-1])) == (8, 27)

# %% [markdown]
# The squared error gets eight of thirty, worse than a coin, after ten thousand updates. There is no error message and no
# NaN, and the loss falls a little all the time. A paralysed run looks like a hard problem.

# %% [markdown]
# ### Deeper: what the package does
# The plain product p (1 − p) breaks too, for another reason. At z = 40, p rounds to 1, so 1 − p is exactly 0 and the last
# trace of a slope is gone. The package keeps it:

# %%
p = sigmoid(40.0)
print("p (1 - p)         ", float(p * (1 - p)))
print("sigmoid_derivative", f"{sigmoid_derivative(40.0):.4g}")
print(inspect.getsource(sigmoid_derivative))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert p * (1 - p) == 0 < sigmoid_derivative(40.0)

# %% [markdown]
# ## Deeper: Check the slide
#
# Three claims from the lectures; at least one of them holds. Settle each with a number.

# %% [markdown]
# **Claim (lecture 3).** The effective range of a sigmoid is (−6, 6). **Does it hold?** Look at what is left of p, and of
# the slope, at the border.

# %%
print(f"at -6: p = {sigmoid(-6.0):.4f}, slope {sigmoid_derivative(6.0):.4f}")
print(f"at -7: p = {sigmoid(-7.0):.4f}, slope {sigmoid_derivative(7.0):.4f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert (round(sigmoid(-6.0), 4), round(sigmoid_derivative(6.0), 4)) == (0.0025, 0.0025)
assert (round(sigmoid(-7.0), 4), round(sigmoid_derivative(7.0), 4)) == (0.0009, 0.0009)

# %% [markdown]
# **It holds:** at the border the sigmoid is within 0.0025 of its end, and its slope is a hundredth of the best. But that is
# a convention. Each further unit of z divides what is left by about e, and nothing happens at 6 that does not happen at 5
# or 7.

# %% [markdown]
# **Claim (lecture 1).** With a sigmoid, the gradient of the MSE is independent of the error. **Does it hold?** Let the
# error grow from 0 to 1, for t = 1.

# %%
p = np.linspace(0, 1, 3001)
size = 2 * (1 - p) ** 2 * p  # at p = 0 the error is 1, at p = 1 it is 0
print(f"largest {size.max():.4f} at p = {p[size.argmax()]:.4f}")
print(f"at the ends {size[0]:.0f} and {size[-1]:.0f}")
for error in (0.3541, 0.9):
    print(f"error {error}: gradient {2 * error**2 * (1 - error):.3f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(size.max(), 8 / 27)
assert np.isclose(p[size.argmax()], 1 / 3)
assert size[0] == size[-1] == 0
assert np.allclose([2 * e**2 * (1 - e) for e in (0.3541, 0.9)], 0.162, atol=1e-4)

# %% [markdown]
# **What holds:** it depends on the error, but not as it should. For t = 1 its size grows to 8/27 at p = 1/3, never more, and
# vanishes at both ends, at the wrong end too, where the error is almost 1. An error of 0.35 and one of 0.90 are
# pushed about equally hard, by 0.16.

# %% [markdown]
# **Claim (lecture 4).** The MSE of a sigmoid has too many local minima. **Does it hold?** Take 1,000 random starts, w and b
# uniform between −20 and 20, and a good optimiser: BFGS, which learns the curvature from the slopes that it has met, and
# stops where the slope is below 0.00001. How many of them reach the lowest point, and how many different minima do they
# find?


# %% tags=["folded"]
# Both mean losses with their slopes along w and b, written out for speed.
from scipy.special import expit  # the sigmoid, without checks


def squared_error(parameters):
    z = parameters[0] * x + parameters[1]
    p = expit(z)
    dz = 2 * (p - t) * p * expit(-z) / 30
    return ((p - t) ** 2).mean(), np.array([dz @ x, dz.sum()])


def cross_entropy(parameters):
    z = parameters[0] * x + parameters[1]
    dz = (expit(z) - t) / 30
    return (np.logaddexp(0, z) - t * z).mean(), np.array([dz @ x, dz.sum()])


# %%
from scipy.optimize import minimize
from tqdm.auto import tqdm

starts = np.random.default_rng(4).uniform(-20, 20, (1000, 2))
runs = [
    minimize(squared_error, start, jac=True, method="BFGS") for start in tqdm(starts)
]

# %%
ended, losses = np.array([run.x for run in runs]), np.array([run.fun for run in runs])
lowest, reached = ended[losses.argmin()], losses < 0.0824
beside = [squared[i : i + 239, j : j + 239] for i in range(3) for j in range(3)]
bottoms = (squared[1:-1, 1:-1] == np.min(beside, axis=0)).sum()
print(f"lowest loss {losses.min():.4f} at w = {lowest[0]:.2f}, b = {lowest[1]:.2f}")
print("bottoms in figure 8:", bottoms)
print("fewer than half of the starts reach it:", bool(reached.mean() < 0.5))
print("all stopped where the slope was small:", all(run.status == 0 for run in runs))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert (round(losses.min(), 4), bottoms) == (0.0823, 1)
# 444 under every kernel tried, also with the last digits stirred; a start on the edge
# of a plateau may fall either way.
assert abs(reached.sum() - 444) <= 5
assert np.abs(ended[reached] - lowest).max() < 0.05
assert losses[~reached].min() > 0.088

# %% [markdown]
# **What holds:** on the standardised police column the MSE has one finite minimum that we could find, 0.0823 at w = 5.76,
# b = 1.03. What traps descent is flat ground: 444 of the 1,000 starts reach the minimum, and the rest stall. (Seeds 0 to 9
# give 409 to 454. Asked for a slope a hundred thousand times smaller, more arrive, and hundreds still do not: flat ground
# is slow ground.)

# %% [markdown]
# ### Deeper: where the other 556 stand
# Look at the starts, marked by how they ended.

# %% tags=["figure"]
# Figure 9: the thousand starts, marked by how they ended.
coin = np.abs(losses - 0.5) < 0.01
groups = [
    ("reached the minimum", reached, "o", "blue"),
    ("stalled at 0.5", coin, "x", "vermilion"),
]
groups.append(("stalled on other steps", ~reached & ~coin, "^", "yellow"))
fig, ax = plt.subplots(figsize=(7.2, 5.4), layout="constrained")
for name, chosen, mark, colour in groups:
    edge = {"markeredgecolor": "black", "markeredgewidth": 0.4} if mark != "x" else {}
    ax.plot(
        *starts[chosen].T,
        mark,
        color=PALETTE[colour],
        markersize=5,
        label=f"{name}: {chosen.sum()}",
        **edge,
    )
ax.plot(*lowest, "*", color="white", markeredgecolor="black", markersize=16)
ax.set(
    xlabel="weight w at the start",
    ylabel="bias b at the start",
    xlim=(-20.5, 20.5),
    ylim=(-20.5, 20.5),
)
ax.set_title("Flat ground, not many minima, decides who arrives")
fig.legend(loc="outside lower center", ncols=3)
plt.show()

# %% [markdown]
# *Figure 9. A thousand starts in the square from −20 to 20; a star marks the minimum. Dots, which reach it, fill the middle
# of the right half and a patch at the far left. Crosses, stalled at a loss of 0.5, fill the left and the middle of the
# top and bottom edges. Triangles, stalled on other steps, crowd in the two right corners most of all.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
one_answer = [len(set(w * x + b > 0)) == 1 for w, b in ended[coin]]
steep = ended[~reached & (losses < 0.101)][:, 0]
assert abs(coin.sum() - 367) <= 5
assert np.mean(one_answer) > 0.99
assert steep.min() > 19
assert len(steep) > 0.8 * (~reached & ~coin).sum()

# %% [markdown]
# - 367 stall at a loss of 0.5: "yes" to every evening or "no" to every evening, and half of the answers are wrong.
# - Most of the others stall at 0.089 to 0.1, with weights of about 20 and more. There the sigmoid is a *step* again, and
#   section 2 told you what the slope of a step is worth. A test of this course follows the deepest of these valleys
#   outwards: it sinks for ever, by less and less, and has no bottom.
#
# So the lecture is right to warn, and names the wrong culprit *for these data*. On other data a single neuron with the
# squared error can have many true local minima: Auer and others built some (see below). And the rival?


# %%
rivals = [
    minimize(cross_entropy, start, jac=True, method="BFGS") for start in tqdm(starts)
]
rival = np.array([run.fun for run in rivals])
reach_it = (rival < rival.min() + 1e-6).sum()
print("starts that reach the minimum of the cross-entropy:", reach_it, "of 1,000")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert (rival < rival.min() + 1e-6).all()
for loss_of_both, dz in (
    (squared_error, mse_from_logits_gradient(2 * x - 1, t)),
    (cross_entropy, binary_cross_entropy_gradient(2 * x - 1, t)),
):
    assert np.allclose(loss_of_both([2.0, -1.0])[1], [dz @ x, dz.sum()], rtol=1e-12)
assert np.isclose(squared_error([2.0, -1.0])[0], mse_from_logits(2 * x - 1, t))
assert np.isclose(
    cross_entropy([2.0, -1.0])[0], binary_cross_entropy_from_logits(2 * x - 1, t)
)

# %% [markdown]
# ## Summary
#
# - A least-squares line on labels can classify well (27 of 30), but its values are no probabilities (−0.080 to 1.212), and
#   one far, easy sample moves its cut.
# - The step stays in range and has no useful slope. The sigmoid stays in range and has a slope everywhere: p (1 − p), at
#   most 0.25, at z = 0.
# - Outside (−6, 6) it is saturated. Standardise columns, so that training starts in range.
# - The squared error through a sigmoid has the gradient 2 (p − t) p (1 − p), which is never above 8/27, and almost 0 where
#   the neuron is sure and wrong. From z = −10 it takes 11,034 steps where the cross-entropy takes 11, and on the thirty
#   evenings no larger learning rate makes up for that. What stops descent is flat ground.
#
# **Where this is used:** the sigmoid is the last layer of every yes-or-no classifier, and a gate inside many networks.
# **Where it fails:** as the hidden layer of a deep network its small slope is multiplied once a layer, at most 0.25 each time;
# there ReLU took its place (lesson 11).
#
# **Next:** where does the cross-entropy come from, and why does p (1 − p) cancel? Lesson 04.
#
# ## Further reading
#
# - Sara Solla, Esther Levin, Michael Fleisher, "Accelerated learning in layered neural networks", *Complex Systems* 2,
#   625–640, 1988: squared error against cross-entropy, early and clear.
# - Peter Auer, Mark Herbster, Manfred Warmuth, "Exponentially many local minima for single neurons", *Advances in Neural
#   Information Processing Systems* 8, 316–322, 1996.
# - Yann LeCun, Léon Bottou, Genevieve Orr, Klaus-Robert Müller, "Efficient BackProp", in *Neural Networks: Tricks of the
#   Trade*, Springer, 1998: why to standardise.
# - Michael Nielsen, *Neural Networks and Deep Learning*, Determination Press, 2015, chapter 3: the learning slowdown,
#   animated.
# - Ian Goodfellow, Yoshua Bengio, Aaron Courville, *Deep Learning*, MIT Press, 2016, section 6.2.2.2.
