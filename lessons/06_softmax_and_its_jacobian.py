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
# # 06 · Softmax and its Jacobian
#
# **The question:** a linear model gives one score for each class: how do K scores become K probabilities, and when one
# score rises, what happens to all the others?
#
# **Time:** 75 to 90 minutes, in two sittings (stop after section 5); the parts headed *Deeper* are extra. **Needs:** the sigmoid and its derivative (03), binary
# cross-entropy (04), cross-entropy (05).
#
# When you have finished, you can
#
# - [ ] turn any K scores into probabilities, and say what a common shift and a temperature do to them;
# - [ ] derive the Jacobian of softmax in two ways, and say what each of its entries means;
# - [ ] derive the gradient p − t for any K, and unmask a wrong gradient.

# %% [markdown]
# ## Three questions from earlier lessons
#
# Answer each one aloud before you open it.
#
# <details><summary>1. What is the derivative of the sigmoid, and how large can it be?</summary>p(1 − p), at most 1/4, where
# p = 1/2 (lesson 03).</details>
#
# <details><summary>2. One sigmoid, binary cross-entropy: what is the gradient with respect to the logit
# z?</summary>p − t (lesson 04).</details>
#
# <details><summary>3. The target row is one-hot. What is left of the cross-entropy −Σ t ln p?</summary>One term, −ln p of
# the true class (lesson 05).</details>

# %% tags=["folded"]
# What this lesson imports.
import inspect

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown

from course_utils.activations import logsumexp, sigmoid, softmax, softmax_jacobian
from course_utils.datasets import load_mnist
from course_utils.derivations import check_line, lesson_06, table
from course_utils.derivations.stepper import Stepper
from course_utils.exercises import check
from course_utils.explorers.logits_and_temperature import logits_and_temperature
from course_utils.gradients import central_difference, check_gradient, jacobian
from course_utils.losses import (
    cross_entropy_from_logits,
    cross_entropy_gradient,
    one_hot,
)
from course_utils.plots import PALETTE, plot_curves
from course_utils.study.predictions import predict, reveal
from course_utils.study.review import review

# %% tags=["folded"]
# The look of every figure.
plt.style.use("course_utils.lesson")

# %% [markdown]
# Three more questions, chosen for you. What you get wrong comes back in the next lesson, what you get right later and
# later.

# %%
review("06")

# %% [markdown]
# ## 1. Ten scores, and no answer
#
# Lecture 4 gives ten scores to one picture of a digit, one a class, for the digits 0 to 9 in this order: 0.111, 0.005,
# 0.787, 0.170, 0.001, 0.176, 0.352, 0.001, 0.073, 0.003.
#
# **Predict.** Which digit is it? And what do the ten scores add up to?

# %%
scores = np.array(
    [0.111, 0.005, 0.787, 0.170, 0.001, 0.176, 0.352, 0.001, 0.073, 0.003]
)
said = scores.argmax()
print("largest score:", said, "  sum:", round(scores.sum(), 3))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert said == 2
assert round(scores.sum(), 3) == 1.679

# %% tags=["figure"]
# Figure 1: the ten scores as bars.
fig, ax = plt.subplots(figsize=(7.2, 3.2), layout="constrained")
ax.bar(
    range(10),
    scores,
    color=[PALETTE["orange"] if k == said else "0.55" for k in range(10)],
)
for k, score in enumerate(scores):
    ax.text(k, score + 0.015, f"{score:.3f}", ha="center", fontsize=9)
ax.set(xticks=range(10), xlabel="digit", ylabel="score", ylim=(0, 0.9))
ax.set_title("Ten scores that add up to 1.679, not to 1")
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# *Figure 1. Ten bars, one a digit, with their numbers. The 2 has 0.787, the 6 has 0.352, the others less than 0.18.*
#
# A two. Its one-hot target row is `[0, 0, 1, 0, 0, 0, 0, 0, 0, 0]`, which sums to 1. The scores sum to 1.679. They come
# from ten sigmoids, one a class: ten answers to ten questions, and nobody told them that exactly one answer is yes. We want **one** answer to **one**
# question: which digit?
#
# ### What goes in, what comes out?
# Before any formula, write down the signature: $f: \mathbb{R}^D \times \Theta \to \mathbb{R}^K$. In go D numbers, the
# pixels, and the parameters θ = (W, b). Out come K numbers, the **logits** z = xW + b: what a sigmoid would be fed with, not
# what it says.
#
# **Predict.** Can these K numbers be probabilities as they are?

# %%
rng = np.random.default_rng(6)
x, W, b = rng.random(784), rng.normal(scale=0.1, size=(784, 10)), np.zeros(10)
z = x @ W + b
print("in:", x.shape, " parameters:", W.size + b.size, " out:", z.shape)
print("a negative score:", bool(z.min() < 0), "  a score above 1:", bool(z.max() > 1))
print("twice the ink, twice the scores:", np.allclose((2 * x) @ W + b, 2 * z))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert z.min() < 0
assert z.max() > 1
assert W.size + b.size == 7850

# %% [markdown]
# They cannot. Nothing keeps a score between 0 and 1: wherever a weight is not 0, a large enough input takes it past 1,
# and its opposite below 0.
#
# And why probabilities? Right or wrong, 1 or 0, is all that counts in the end.
#
# **Predict.** Classes are counted from 0. The logits are 2, 1 and 0.1, and class 1 is true: the answer is wrong. Raise
# logit 1 by a hair. Does the answer become right? Does the loss fall? (The loss here is the cross-entropy of lesson 05, on
# the shares that section 2 will make of the logits.)

# %%
z = np.array([2.0, 1.0, 0.1])
slope_of_verdict = central_difference(lambda z: float(z.argmax() != 1), z)
slope_of_loss = central_difference(lambda z: cross_entropy_from_logits([z], [1]), z)
print("slopes of 'wrong or right':", slope_of_verdict.round(3))
print("slopes of the cross-entropy:", slope_of_loss.round(3))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert (slope_of_verdict == 0).all()
assert slope_of_loss[1] < -0.7

# %% [markdown]
# Right or wrong moves in jumps: its slope is zero nearly everywhere, and descent has nothing to follow. Probabilities
# change smoothly. And they say how sure the machine is, which a bare 1 does not.

# %% [markdown]
# ## 2. From scores to shares
#
# We need K numbers above zero with sum one. The first idea: divide by the sum.
#
# **Predict.** For which of the rows (2, 1, 1), (2, 3, −4) and (−1, 1, 0) does it work?

# %%
for row in np.array([[2.0, 1.0, 1.0], [2.0, 3.0, -4.0], [-1.0, 1.0, 0.0]]):
    with np.errstate(divide="ignore", invalid="ignore"):
        print(f"{row!s:15} sum {row.sum():3.0f}   divided by it: {row / row.sum()}")

# %% [markdown]
# Only for the first. The second row gives a "probability" of −4. The third divides by zero. Scores must become positive
# first, and larger scores must stay larger. The exponential does both. So do other functions; section 3 shows what the
# exponential alone can do.
#
# $$p_i = \frac{e^{z_i}}{\sum_{c=0}^{K-1} e^{z_c}}$$
#
# This is **softmax**. It takes any point of $\mathbb{R}^K$ to a point of the open simplex: all entries above 0, sum 1.
# For finite scores no entry is ever exactly 0 or 1. Here it is for the scores 2, 3, 5 and 0, one step a row:

# %%
z = np.array([2.0, 3.0, 5.0, 0.0])
e = np.exp(z)
for name, row in [("z", z), ("e^z", e), ("p", e / e.sum())]:
    print(
        f"{name:>4}",
        "".join(f"{value:10.4f}" for value in row),
        f"   sum {row.sum():.4f}",
    )

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.array_equal((e / e.sum()).round(4), [0.0418, 0.1135, 0.8390, 0.0057])
assert np.allclose(softmax(z), e / e.sum(), rtol=1e-14)
assert round(e[2] / e[1], 2) == round(np.e**2, 2) == 7.39

# %% [markdown]
# Two more than the next score means e² = 7.39 times its share: 0.8390 against 0.1135. Scores are compared by
# difference, probabilities by ratio.
#
# **Predict.** The scores are 2, 1 and 0.1. Which shares, roughly?

# %%
p = softmax([2.0, 1.0, 0.1])
print(p.round(4), " ratio of the first two:", round(p[0] / p[1], 3))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.array_equal(p.round(4), [0.6590, 0.2424, 0.0986])
assert np.isclose(p[0] / p[1], np.e)

# %% [markdown]
# ### Exercise 06.1
# One step is missing. A table of logits comes in, one sample a row. Stuck? Run `hint("06.1")` after
# `from course_utils.exercises import hint, solution`.


# %%
def softmax_of_rows(z):
    """Logits (N, K) in, probabilities (N, K) out."""
    e = np.exp(z)  # (N, K), all positive
    return ...  # each row divided by its own sum


check("06.1", softmax_of_rows)

# %% [markdown]
# And the ten scores of section 1? They are shares already, between 0 and 1, and not logits. Give them to softmax as they
# stand, and it makes next to no difference between them; take the logits back first, z = ln(s / (1 − s)), and it does.

# %%
print(f"softmax of the scores: the 2 gets {softmax(scores)[2]:.2f}")
print(
    "softmax of their logits: the 2 gets",
    softmax(np.log(scores / (1 - scores)))[2].round(2),
)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert round(softmax(scores)[2], 2) == 0.18
assert round(softmax(np.log(scores / (1 - scores)))[2], 2) == 0.76

# %% [markdown]
# That is why logits go in. It is one of the commonest mistakes with softmax in any library: shares are put in where logits
# are expected, nothing complains, and the model learns slowly and is never sure.
#
# Two quick ones from lecture 5. A sigmoid says "yes" with 0.71: what does it say of "no"? A softmax gives three of its
# four classes 0.30, 0.20 and 0.15: what does the fourth get?

# %%
print(f"no: {1 - 0.71:.2f}   the fourth class: {1 - (0.30 + 0.20 + 0.15):.2f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert round(1 - 0.71, 2) == 0.29
assert round(1 - (0.30 + 0.20 + 0.15), 2) == 0.35

# %% [markdown]
# Once all the others are known, the last share is fixed. For one sigmoid that binds "yes" to its own "no"; ten
# sigmoids are not bound to each other.
#
# **06.p1.** The second of three logits rises from 1 to 2. How many entries of the softmax change?

# %%
predict("06.p1")

# %%
z, raised = np.array([2.0, 1.0, 0.1]), np.array([2.0, 2.0, 0.1])
changed = ~np.isclose(softmax(z), softmax(raised))
reveal("06.p1", int(changed.sum()))

# %%
for name, function in [("sigmoid", sigmoid), ("softmax", softmax)]:
    changed = ~np.isclose(function(z), function(raised))
    before, after = function(z).round(3), function(raised).round(3)
    print(f"{name}: {before} -> {after}   {changed.sum()} changed")

# %% tags=["facts"]
# Facts: what the text says, asserted.
for function, count in [(sigmoid, 1), (softmax, 3)]:
    assert (~np.isclose(function(z), function(raised))).sum() == count

# %% [markdown]
# A sigmoid acts on each entry. A softmax acts on the whole vector: it binds all its classes.

# %% [markdown]
# ## 3. Add 100 to every score
#
# **06.p2.** The logits are 2, 3, 5 and 0. Add 100 to all of them. What does the softmax do?
#
# - a) nothing
# - b) all four shares go to 1
# - c) the largest share goes to 1

# %%
predict("06.p2")

# %%
z = np.array([2.0, 3.0, 5.0, 0.0])
reveal("06.p2", np.abs(softmax(z + 100) - softmax(z)).max())

# %%
print("sigmoid:", sigmoid(z).round(3), "->", sigmoid(z + 100).round(3))
print("softmax:", softmax(z).round(3), "->", softmax(z + 100).round(3))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(softmax(z), softmax(z + 100), rtol=1e-12)
assert not np.allclose(sigmoid(z), sigmoid(z + 100))

# %% [markdown]
# To the softmax, nothing: e¹⁰⁰ stands above and below, and cancels. The sigmoids all go to 1. So K logits hold K − 1
# facts: the differences from any one of them. With two
# classes there is one fact, and one sigmoid is enough:

# %%
Markdown(table(lesson_06.TWO_CLASSES))

# %% [markdown]
# **Softmax of two classes is the sigmoid of the difference.** Lessons 03 and 04 were this lesson with K = 2.
#
# **Predict.** Which difference of logits gives lecture 5's 0.71?

# %%
difference = np.log(0.71 / 0.29)
print(f"difference {difference:.4f}: {sigmoid(difference):.2f}")
print(f"softmax {softmax([0.0, difference]).round(2)}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(sigmoid(difference), 0.71)
assert np.allclose(softmax([7.0, 7.0 + difference]), [0.29, 0.71])
assert round(difference, 4) == 0.8954

# %% [markdown]
# ### Temperature
# A shift does nothing. A factor does: divide all logits by a **temperature** T before the softmax. The name is physics:
# by this very formula Boltzmann spread the molecules of a gas over their energies.
#
# **Predict.** Which way do the four shares go when T grows without end? And when it falls towards zero?

# %% tags=["figure"]
# Figure 2: the four shares against the temperature.
temperatures = np.geomspace(0.1, 100, 200)
shares = softmax(z / temperatures[:, np.newaxis])
fig, ax = plt.subplots(figsize=(7.2, 3.6), layout="constrained")
strokes = {"blue": "-", "vermilion": "--", "green": "-.", "black": ":"}
for k, (colour, stroke) in enumerate(strokes.items()):
    ax.semilogx(
        temperatures,
        shares[:, k],
        stroke,
        color=PALETTE[colour],
        label=f"class {k}, logit {z[k]:g}",
    )
ax.axvline(1, color="0.7", linewidth=1)
ax.set(
    xlabel="temperature T",
    ylabel="probability p",
    title="Cold: the winner takes all. Hot: everyone gets the same",
)
ax.legend(frameon=False)
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# *Figure 2. Four shares against the temperature, for logits 2, 3, 5 and 0. At 0.1 the class with logit 5 has
# everything. At 1 it has 0.84. At 100 all four have nearly 0.25. The order never changes.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert shares[0].max() > 0.999999
assert np.allclose(shares[-1], 0.25, atol=0.01)

# %% [markdown]
# Cold softmax turns into **argmax**, one 1 and zeros. Hence its name. With one reservation:

# %%
tie = np.array([5.0, 3.0, 5.0, 0.0])
for name, logits in [("unique", z), ("tied", tie)]:
    cold = softmax(logits, temperature=0.01)
    print(f"{name:>6} maximum: {cold.round(6)}, argmax says class {np.argmax(logits)}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
for logits, limit in [(z, [0, 0, 1, 0]), (tie, [0.5, 0, 0.5, 0])]:
    assert np.allclose(softmax(logits, temperature=0.01), limit)

# %% [markdown]
# The limit is argmax only where the maximum is unique. A tie stays a tie.

# %% [markdown]
# ## 4. One more unit on z: the Jacobian
#
# To train, we must know how p answers when z moves.
#
# **06.p3.** The logits of classes 0 to 3 are 2, 3, 5 and 0. Raise logit 1, the 3, a little. Class 1 gains. Who pays
# most for it?
#
# - a) class 0
# - b) class 2
# - c) class 3
# - d) all three pay the same

# %%
predict("06.p3")

# %%
h = 1e-6
slopes = (softmax(z + h * np.eye(4)[1]) - softmax(z)) / h
reveal("06.p3", slopes.argmin())

# %%
print("p     ", softmax(z).round(3))
print("slopes", slopes.round(3))
print("sum of slopes is zero:", bool(abs(slopes.sum()) < 1e-8))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert slopes[1] > 0
assert slopes.argmin() == 2
assert abs(slopes.sum()) < 1e-8

# %% [markdown]
# Class 2, who has most, pays most. All pay in proportion to what they have.
#
# Four probabilities, four logits: sixteen slopes. Write them as a table, the **Jacobian** J. Its entry in row i, column j
# is $\partial p_i / \partial z_j$. Row i: whom class i listens to. Column j: what logit j does to everyone. Now derive it,
# for any K at once. Guess each line before you press the button. $\delta_{ij}$ is short for "1 if i = j, else 0".

# %%
Stepper(lesson_06.JACOBIAN_BY_QUOTIENT_RULE)

# %% [markdown]
# Every line was computed at random logits and agrees with the one before. On the diagonal stands $p_i(1-p_i)$, as for a
# sigmoid. Beside it $-p_i p_j$: the others lose. As a matrix,
#
# $$J = \mathrm{diag}(p) - p\,p^{\mathsf T}$$
#
# There is a shorter way, through the logarithm, as in lesson 03. One line is left open.

# %%
Markdown(table(lesson_06.JACOBIAN_THROUGH_LN, blank=4))

# %% [markdown]
# Fill it: return the value of line 4 for logits z (K,) and entries i and j. `i == j` counts as 1 or 0 in a product.


# %%
def line_4(z, i, j, K):
    p = softmax(z)
    return ...  # your line, a number


print(check_line(lesson_06.JACOBIAN_THROUGH_LN, 4, line_4))

# %% [markdown]
# ### By hand
# Lecture 3 has two classes, with outputs $o_1$ and $o_2$ (our p):
#
# $$J = \begin{pmatrix} o_1(1-o_1) & -o_1 o_2 \\ -o_1 o_2 & o_2(1-o_2) \end{pmatrix}$$
#
# Since $1 - o_1 = o_2$, all four entries are the same number up to the sign. For 0.71 and 0.29 it is 0.71 · 0.29 =
# 0.2059.
#
# Now three classes, p = (0.5, 0.3, 0.2), with pencil and paper. Diagonal: 0.5 · 0.5 = 0.25, 0.3 · 0.7 = 0.21,
# 0.2 · 0.8 = 0.16. Beside it: −0.5 · 0.3 = −0.15, −0.5 · 0.2 = −0.10, −0.3 · 0.2 = −0.06. Add up each row.

# %%
two = softmax_jacobian(np.log([0.71, 0.29]))
three = softmax_jacobian(np.log([0.5, 0.3, 0.2]))  # ln p are logits that give p
print(two.round(4), three.round(4), sep="\n\n")
print("\nevery row sums to zero:", np.allclose(three.sum(axis=1), 0))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(two, 0.2059 * np.array([[1, -1], [-1, 1]]), atol=1e-12)
assert np.allclose(
    three, [[0.25, -0.15, -0.10], [-0.15, 0.21, -0.06], [-0.10, -0.06, 0.16]]
)

# %% [markdown]
# ### Exercise 06.2
# From a blank page, for any K. One vector of logits comes in, a table (K, K) goes out.


# %%
def my_softmax_jacobian(z):
    """Logits (K,) in, J (K, K) out, with J[i, j] the slope of p_i by z_j."""
    ...  # your lines here


check("06.2", my_softmax_jacobian)

# %% [markdown]
# A formula is a claim. A difference is a witness. Here are both for seven classes:

# %%
rng = np.random.default_rng(7)
z7 = rng.normal(scale=2, size=7)
J = softmax_jacobian(z7)
print(
    "formula and differences agree to nine decimals:",
    np.allclose(J, jacobian(softmax, z7), rtol=0, atol=1e-9),
)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(J, jacobian(softmax, z7), rtol=0, atol=1e-9)

# %% [markdown]
# ### Deeper: what every such table obeys
# Each of these facts can be read off without a number.
#
# - The columns sum to zero, since the shares always sum to one.
# - The rows sum to zero, since a common shift does nothing: J times (1, …, 1) is 0.
# - It is symmetric: −p_i p_j is −p_j p_i.
# - For any vector v, $v^{\mathsf T} J v = \sum p_i v_i^2 - (\sum p_i v_i)^2$: the **variance** of v, where $p_i$ is the
#   probability of $v_i$. A variance is never negative, so J is positive semidefinite.
# - A variance is zero only if v is constant, as long as no p is zero. So (1, …, 1) is the only direction lost, and for
#   finite logits, in exact arithmetic, the rank is K − 1.

# %%
v = rng.normal(size=7)
p7 = softmax(z7)
eigenvalues = np.linalg.eigvalsh(J)
facts = {
    "rows and columns sum to zero": np.allclose(J.sum(axis=0), 0)
    and np.allclose(J.sum(axis=1), 0),
    "symmetric": np.array_equal(J, J.T),
    "v J v is the variance of v": np.isclose(v @ J @ v, p7 @ v**2 - (p7 @ v) ** 2),
    "no negative eigenvalue": bool(eigenvalues.min() > -1e-12),
    "rank 6 of 7": np.linalg.matrix_rank(J) == 6,
}
print("\n".join(f"{fact}: {bool(holds)}" for fact, holds in facts.items()))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert all(facts.values())

# %% [markdown]
# ## 5. Touch it
#
# Four logits, a temperature, and one more unit on logit i. Drag the bars on the left. In the middle are the shares,
# dashed where one more unit on $z_i$ takes them, and a diamond where column i of the Jacobian had forecast them. On
# the right is the Jacobian: point at a cell, and its row and its column light up.
#
# 1. At the start: who pays for class 1? Is the forecast too small or too large?
# 2. Raise all four logits by one. What moves?
# 3. Make class 2 almost certain. What happens to the whole table? What would a training step see of it?
# 4. Temperature 8: no share is small any more. Why are all the slopes?

# %%
logits_and_temperature([2.0, 3.0, 5.0, 0.0])

# %% [markdown]
# The forecast is a slope, and holds for a small step. One unit is not small: here the true gain is larger. When one
# class is almost certain, the whole table is nearly zero. Lesson 03 called that paralysis. What saves us, again, is
# the loss. (Question 4: divide z by T, and by the chain rule every slope is divided by T.)

# %% [markdown]
# ## 6. Through the loss
#
# The cross-entropy of one sample is $L = -\sum_c t_c \ln p_c$. Its slope by p is $-t_c/p_c$. Behind it stands the whole
# Jacobian, K² entries.
#
# **Predict.** What is left when the two are multiplied? Say it before you read on.

# %%
Markdown(table(lesson_06.CROSS_ENTROPY_BY_JACOBIAN))

# %% [markdown]
# Line 5 holds for any targets at all. If they sum to one, as one-hot rows and all distributions do, it is the line that
# the course turns on:
#
# $$\frac{\partial L}{\partial z} = p - t$$
#
# Line 3 divides by p and line 4 does not: the 1/p of the log meets the p of the Jacobian. The second way never
# divides by p, and so it is the one that good code uses. From line 3 on it takes the targets to sum to one.

# %%
Markdown(table(lesson_06.CROSS_ENTROPY_THROUGH_LN))

# %% [markdown]
# In code we write dp for the slopes ∂L/∂p, and dz for ∂L/∂z. The chain rule adds over the classes,
# $dz_j = \sum_i dp_i J_{ij}$, and J is symmetric: dz = J dp.
#
# ### Exercise 06.3
# One step is missing, the one from dp to dz. It must be right for targets that do **not** sum to one, too.


# %%
def cross_entropy_dz(z, t):
    """Logits and targets (K,) in; dz (K,), the gradient of -sum t ln p, out."""
    p = softmax(z)
    dp = -t / p  # the slope by p
    return ...  # the slope by z


check("06.3", cross_entropy_dz)

# %% [markdown]
# Hold the package to it: one-hot targets, soft targets, and targets that sum to 1.5.
#
# **Predict.** In which of the three does p − t fail?


# %%
def held_to(z, t):
    """Error of the package's gradient against differences, and whether it is p - t."""
    dz = cross_entropy_gradient([z], [t])[0]
    witness = central_difference(lambda z: cross_entropy_from_logits([z], [t]), z)
    return np.abs(dz - witness).max(), np.allclose(dz, softmax(z) - t)


z = np.array([2.0, 1.0, 0.1])
three_targets = np.array([[0.0, 1.0, 0.0], [0.1, 0.7, 0.2], [0.5, 0.8, 0.2]])
for t in three_targets:
    error, short = held_to(z, t)
    print(f"sum of t {t.sum():.1f}: formula holds: {error < 1e-7},  p - t: {short}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
for t in three_targets:
    assert held_to(z, t)[0] < 1e-7
    assert held_to(z, t)[1] == np.isclose(t.sum(), 1)

# %% [markdown]
# ### Deeper: linear in p, not in z
# p − t looks linear, and it is, in **p**. But what we move is z, and in z it bends. Its own slope by z is the Jacobian
# once more, which has no negative eigenvalue: the loss is convex in z. Along a common shift it is level: a trough.

# %%
one, other, t = np.array([4.0, 0.0]), np.array([-1.0, 0.0]), np.array([1.0, 0.0])
mean_of_gradients = (softmax(one) + softmax(other)) / 2 - t
print("mean of the two gradients      ", mean_of_gradients.round(3))
print("gradient at the mean of the z's", (softmax((one + other) / 2) - t).round(3))
print(
    "its slope by z is J:",
    np.allclose(jacobian(lambda z: softmax(z) - t, one), softmax_jacobian(one)),
)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert not np.allclose(mean_of_gradients, softmax((one + other) / 2) - t, atol=0.1)
assert np.allclose(jacobian(lambda z: softmax(z) - t, one), softmax_jacobian(one))

# %% [markdown]
# ## 7. Two neurons, every step
#
# Lecture 3 carries this down to one weight. Two output neurons, 1 and 2 (counted from 1 here, as in the lecture); inputs $x_1$ and $x_2$; $w_{11}$ leads from
# input 1 to neuron 1. What the lecture calls net and o are our z and p; η is the learning rate. By how much does descent
# move $w_{11}$?
#
# **Predict.** Along how many paths does $z_1$ reach the loss?

# %%
Markdown(table(lesson_06.TWO_NEURONS))

# %% [markdown]
# By two: it moves $p_1$, and it moves $p_2$. Who forgets the second loses $t_2 p_1$ in line 4. With it, the end is the
# delta rule of lecture 3: **Δw = η (t₁ − o₁) x₁**, learning rate times error times input. Do one step in numbers:

# %%
x = np.array([2.0, -1.0])
W = np.array([[0.5, -0.5], [1.0, 0.0]])
t = np.array([1.0, 0.0])
learning_rate = 0.1
p = softmax(x @ W)
step = learning_rate * np.outer(x, t - p)
before, after = (cross_entropy_from_logits([x @ w], [0]) for w in (W, W + step))
print(f"p = {p.round(4)}, step of w_11 = {step[0, 0]:.4f}")
print(f"loss {before:.4f} -> {after:.4f}")
slope = central_difference(lambda w: cross_entropy_from_logits([x @ w], [0]), W)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(step, -learning_rate * slope)
assert after < before

# %% [markdown]
# ### Exercise 06.4
# By hand: $z = (\ln 3, 0)$, the target is t = (0, 1), $x_1 = 2$, the learning rate 0.1. By how much, with
# sign, does one step of descent change the two weights that leave $x_1$: $w_{11}$ to neuron 1, and $w_{12}$ to neuron 2?

# %%
two_steps = None  # (step of w_11, step of w_12), for example (1.0, 2.0)

check("06.4", two_steps)

# %% [markdown]
# ## 8. Half a gradient
#
# Lecture 2 gives p(1 − p) as the gradient of softmax: the diagonal, and nothing beside it. Put that through the chain
# rule and dz = −t(1 − p). Train with it, and then with p − t, on 10,000 digits: 100 steps with all of them, learning
# rate 0.5, zero start.
#
# **06.p4.** A gradient that is wrong: only the diagonal, dz = -t(1 - p). It trains on 10,000 digits. What will you
# see?
#
# - a) an error, or NaN
# - b) it runs, and the loss does not fall
# - c) it runs, and the loss falls

# %%
predict("06.p4")


# %%
def train(dz_of, X, y, steps=100, learning_rate=0.5):
    t, losses = one_hot(y, 10).astype(X.dtype), []
    W, b = np.zeros((X.shape[1], 10), X.dtype), np.zeros(10, X.dtype)
    for _ in range(steps):
        p = softmax(X @ W + b)
        losses.append(-np.log(p[np.arange(len(y)), y]).mean())
        dz = dz_of(p, t) / len(y)
        W, b = W - learning_rate * X.T @ dz, b - learning_rate * dz.sum(axis=0)
    return W, b, losses


# %% tags=["folded"]
# The digits, with pixels from 0 to 1.
data = load_mnist()
real = data.source == "mnist"  # published figures are asserted on the real MNIST alone
print(data.note)
X_train, X_test = (
    X.astype("float32") / np.float32(255) for X in (data.X_train[:10_000], data.X_test)
)
y_train, y_test = data.y_train[:10_000], data.y_test

# %%
W_diagonal, b_diagonal, losses_diagonal = train(
    lambda p, t: -t * (1 - p), X_train, y_train
)
W_whole, b_whole, losses_whole = train(lambda p, t: p - t, X_train, y_train)

# %%
reveal("06.p4", losses_diagonal[-1] - losses_diagonal[0])

# %%
z_diagonal, z_whole = X_test @ W_diagonal + b_diagonal, X_test @ W_whole + b_whole
accuracy_diagonal, accuracy_whole = (
    (z.argmax(axis=1) == y_test).mean() for z in (z_diagonal, z_whole)
)
print(f"right on the test set: the diagonal alone {accuracy_diagonal:.1%}")
print(f"p - t {accuracy_whole:.1%}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert accuracy_diagonal < accuracy_whole
assert round(float(losses_diagonal[0]), 2) == round(float(losses_whole[0]), 2) == 2.30
assert not real or np.allclose(
    [accuracy_diagonal, accuracy_whole], [0.8589, 0.8972], atol=5e-4
)

# %% tags=["figure"]
# Figure 3: the training loss of both gradients, step by step.
curves = {"diagonal alone": losses_diagonal, "p - t": losses_whole}
plot_curves(
    curves,
    "step",
    "training loss (nats)",
    title="Both fall. Which one is wrong? The curve does not say",
)
plt.show()

# %% [markdown]
# *Figure 3. Training loss against step for both gradients. Both start at 2.30, and for twenty steps the curves can
# hardly be told apart. At the hundredth step p − t is at 0.37. The diagonal alone is at 0.50, and has been rising a
# little for some 25 steps.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert not real or np.allclose(
    [losses_diagonal[-1], losses_whole[-1]], [0.50, 0.37], atol=0.005
)
assert not real or np.abs(np.subtract(losses_diagonal, losses_whole))[:20].max() < 0.06
assert not real or (
    70 <= np.argmin(losses_diagonal) <= 80 and np.argmin(losses_whole) == 99
)

# %% [markdown]
# Right on 85.9 % against 89.7 %. Had you trained only the wrong one, you would have called it a success.
#
# **Predict.** With dz = −t(1 − p), can any logit ever fall?

# %%
for name, logits in [("diagonal alone", z_diagonal), ("p - t", z_whole)]:
    print(f"{name:>14}: a logit below 0: {bool(logits.min() < 0)}", end=", ")
    print(f"one above 100: {bool(logits.max() > 100)}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert z_diagonal.min() > 0 > z_whole.min()
assert not real or (z_diagonal.max() > 100 and 13 < z_whole.max() < 14)

# %% [markdown]
# None can: the true class is pushed up, and nobody is pushed down. Pixels are never negative, so all ten logits of
# every picture only climb, here beyond 100; those of p − t stay below 14. It learns all the same, since the true class
# climbs fastest. Descent forgives a direction that is roughly right, and so a wrong gradient can hide. What does not
# forgive is a gradient check:

# %%
t = np.array([0.0, 1.0, 0.0])
found = check_gradient(
    lambda z: cross_entropy_from_logits([z], [1]),
    lambda z: -t * (1 - softmax(z)),
    [2.0, 1.0, 0.1],
)
print(f"worst entry: {found.place[0]}")
print(f"claimed {found.claimed + 0:.3f}, measured {found.measured:.3f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert found.error > 0.1

# %% [markdown]
# A second test catches it too: the entries of p − t always sum to zero, those of −t(1 − p) do not.

# %% [markdown]
# ## 9. Back through softmax, without the table
#
# A batch of N samples has N Jacobians: six million slopes for 60,000 digits. A language model with 50,000 words needs
# 2.5 billion for one single sample.
#
# **Predict.** dz = J dp. How few operations does one sample need?
#
# ### Exercise 06.5
# From a blank page: from dp to dz for a whole batch, with no J and no loop.


# %%
def back_through_softmax(z, dp):
    """Logits and slopes by p, both (N, K), in; slopes by z, (N, K), out."""
    ...  # your lines here


check("06.5", back_through_softmax)

# %% [markdown]
# A few for each class: of the order of K, not K². Every library comes back through a softmax in this way.
#
# ### What the package does
# Where the table itself is wanted, it comes from this function, for any number of samples at once. See how the
# diagonal is made: not as p(1 − p), which loses its digits when p is almost 1.

# %%
print(inspect.getsource(softmax_jacobian))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert (60_000 * 10**2, 50_000**2) == (6_000_000, 2_500_000_000)

# %% [markdown]
# ## 10. Break it
#
# **Predict.** The formula of section 2, with logits 1000 and 1001. Only the difference counts. Or does it?

# %%
z = np.array([1000.0, 1001.0])
with np.errstate(over="ignore", invalid="ignore"):
    print("as written:  ", np.exp(z) / np.exp(z).sum())
print("shifted:     ", (np.exp(z - z.max()) / np.exp(z - z.max()).sum()).round(4))
print("the package: ", softmax(z).round(4), " ln sum e^z =", logsumexp(z).round(4))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(softmax(z), softmax([0.0, 1.0]))
assert round(float(logsumexp(z)), 4) == 1001.3133

# %% [markdown]
# e¹⁰⁰⁰ is no float: infinity over infinity is NaN. In mathematics the shift changes nothing. In floats it changes
# everything. Take the largest logit off first and no exponential is above 1. The same for the log of the sum:

# %%
Markdown(table(lesson_06.LOG_SUM_EXP_SHIFT))

# %% [markdown]
# With m the largest logit, nothing overflows. Lesson 09 is about the rest. One thing no shift can save:

# %%
J = softmax_jacobian([0.0, 800.0])
print("exact rank 1; in floats:", np.linalg.matrix_rank(J))
print("all slopes zero:", not J.any())
print("but p - t, where class 0 is true:", cross_entropy_gradient([[0.0, 800.0]], [0]))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert not J.any()
assert np.array_equal(cross_entropy_gradient([[0.0, 800.0]], [0]), [[-1.0, 1.0]])

# %% [markdown]
# In exact arithmetic no share is 0. But e⁻⁸⁰⁰ is too small for a float, and the whole table is zero. Through p, nothing
# could be learned here. From z, with p − t, it is learned at full speed.

# %% [markdown]
# ## Check the slide

# %% [markdown]
# **Claim (lecture 2).** The gradient of softmax is p(1 − p). **Predict**: four classes have sixteen slopes. How many
# of them does the claim give?

# %%
z = np.array([2.0, 3.0, 5.0, 0.0])
p, J = softmax(z), softmax_jacobian(z)
print("p(1 - p) is the diagonal:", np.allclose(np.diag(J), p * (1 - p)))
print("slopes beside it:", np.count_nonzero(J) - 4)
print(f"10,000 digits, 100 steps: the diagonal alone {accuracy_diagonal:.1%}")
print(f"p - t {accuracy_whole:.1%}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(np.diag(J), p * (1 - p))
assert np.count_nonzero(J) == 16
assert not real or (
    round(float(accuracy_diagonal), 3),
    round(float(accuracy_whole), 3),
) == (0.859, 0.897)

# %% [markdown]
# **True:** p(1 − p) is only the diagonal; beside it stands −p_i p_c. Trained on 10,000 digits with the diagonal alone, a
# model is right on 85.9 % of the test digits, with p − t on 89.7 %. On all 60,000 it is 86.24 against 90.12 %:
# docs/results.md has both runs. A wrong gradient can still look like learning.

# %% [markdown]
# **Claim (lecture 2).** The gradient at the softmax is taken with respect to θ. **Predict**: with 784 pixels and ten
# classes, how many entries has a gradient by θ = (W, b), and how many has p − t?

# %%
rng = np.random.default_rng(9)
x, W = rng.normal(size=3), rng.normal(size=(3, 2))
slope = central_difference(lambda W: cross_entropy_from_logits([x @ W], [0]), W)
print("entries by theta:", W_whole.size + b_whole.size)
print("entries by z:", z_whole.shape[1])
print(
    "by W it is x times (p - t):",
    np.allclose(slope, np.outer(x, softmax(x @ W) - [1, 0])),
)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert (W_whole.size + b_whole.size, z_whole.shape[1]) == (7850, 10)
assert np.allclose(slope, np.outer(x, softmax(x @ W) - [1, 0]))

# %% [markdown]
# **True:** it is the gradient with respect to z, ten numbers. By θ there are 7,850; the chain rule adds the factor x:
# ∂L/∂W is x times p − t.

# %% [markdown]
# **Claim (lecture 2).** The model f takes $\mathbb{R}^K$ to $\mathbb{R}^K$. **Predict**: K is 10 for digits. How many
# numbers go in?

# %%
D, K = W_whole.shape
print("numbers in:", D, "  numbers out:", K)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert X_test.shape[1] == D == 784
assert K == 10

# %% [markdown]
# **True:** the domain is $\mathbb{R}^D$, 784 pixels in; $\mathbb{R}^K$, 10 scores, is what comes out. Softmax alone
# takes $\mathbb{R}^K$ to $\mathbb{R}^K$.

# %% [markdown]
# **Claim (lecture 2).** Dividing by the plain sum is dividing by the L1 norm. **Predict** both for the scores −1, 1
# and 0.

# %%
z = np.array([-1.0, 1.0, 0.0])
print("plain sum:", z.sum())
print("L1 norm:", np.abs(z).sum())
print("divided by the norm:", z / np.abs(z).sum())

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert z.sum() == 0
assert np.abs(z).sum() == np.linalg.norm(z, ord=1) == 2

# %% [markdown]
# **True:** the L1 norm adds absolute values: for the scores −1, 1 and 0 it is 2, where the plain sum is 0. Divided by the norm the scores are −0.5, 0.5
# and 0, and still no probabilities. For $e^z$, where all are positive, the two are the same.

# %% [markdown]
# **Claim (lecture 3).** softmax(−1, 1, 0) = (.02, .5, .48). **Predict**: by what factor must the second share exceed
# the third?

# %%
p = softmax([-1.0, 1.0, 0.0])
print(p.round(4))
print(f"second over third: {p[1] / p[2]:.4f}, as printed: {0.5 / 0.48:.4f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.array_equal(p.round(4), [0.0900, 0.6652, 0.2447])
assert np.isclose(p[1] / p[2], np.e)

# %% [markdown]
# **True:** (0.0900, 0.6652, 0.2447). One unit of difference is a factor of e = 2.7183; between the printed shares it is
# 1.0417.

# %% [markdown]
# **Claim (lecture 5).** The loss of ten classes is −ln a₁ for the first class, and so on, down to −ln a₂ for the tenth.
# **Predict**: the logits are 0, 1, …, 9 and the tenth class is true. Which loss is right, and which comes of the claim?

# %%
a = softmax(np.arange(10.0))
print(f"-ln a_10 = {-np.log(a[9]):.4f}   -ln a_2 = {-np.log(a[1]):.4f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(-np.log(a[9]), cross_entropy_from_logits([np.arange(10.0)], [9]))
assert (round(-np.log(a[9]), 4), round(-np.log(a[1]), 4)) == (0.4586, 8.4586)

# %% [markdown]
# **True:** the last case is −ln a₁₀, here 0.4586. With a₂ it would be 8.4586, and descent would raise the second class
# for the tenth.

# %% [markdown]
# **Claim (lecture 5).** The labels of ten classes run from 1 to 10. **Predict** the smallest and the largest label of
# the digits, and how many entries p has.

# %%
print("labels from", y_train.min(), "to", y_train.max(), "  entries of p:", len(a))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert (y_train.min(), y_train.max()) == (0, 9)
assert len(a) == 10

# %% [markdown]
# **True:** labels run from 0 to 9, and the share of label k is entry k. A label 10 would ask for an entry that does not
# exist.

# %% [markdown]
# **Claim (lecture 3).** As printed (the scan is hard to read), the step for two neurons carries one more factor than
# η(t₁ − o₁)x₁. **Predict** the factor that differences will find.

# %%
x, W, learning_rate = np.array([2.0, -1.0]), np.array([[0.5, -0.5], [1.0, 0.0]]), 0.1
slope = central_difference(lambda W: cross_entropy_from_logits([x @ W], [0]), W)[0, 0]
factor = -learning_rate * slope / (learning_rate * (1 - softmax(x @ W)[0]) * x[0])
print(f"factor: {factor:.6f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(factor, 1, rtol=1e-8)

# %% [markdown]
# **True:** the factor is 1. Line 6 of the lesson's derivation for two neurons is the whole step: Δw = η(t₁ − o₁)x₁.

# %% [markdown]
# ## Summary
#
# - Scores become shares by the exponential, divided by the sum. A difference of logits is the log of a ratio of
#   shares.
# - A common shift does nothing. A temperature sharpens or flattens. Two classes are one sigmoid.
# - J = diag(p) − p pᵀ. What one class gains in probability is paid by all the others, in proportion to what they have.
# - Rows and columns of J sum to zero; it is symmetric; only the common shift is lost.
# - Through the cross-entropy, all that is left is p − t, or p·Σt − t where the targets do not sum to one.
# - It is the third time that the gradient says prediction minus truth: Xw − y for the line of lesson 02, p − t for the
#   sigmoid and the cross-entropy of lesson 04, p − t for softmax. Each loss is the one that belongs to its output.
# - A wrong gradient can still learn. Check gradients by differences, not by curves.
#
# **Where this is used:** the last layer of nearly every classifier, the attention inside a transformer, the temperature
# of a chatbot. **Where it fails:** where several labels are true at once (lesson 11); in floats, without the shift
# (lesson 09); and a share of 0.98 is not yet a chance of 98 % (lesson 12).
#
# ## Further reading
#
# - J. Bridle, "Probabilistic interpretation of feedforward classification network outputs", in *Neurocomputing*, NATO
# ASI
#   Series F 68, Springer, 1990, 227–236. It gave softmax its name.
# - C. Bishop, *Pattern Recognition and Machine Learning*, Springer, 2006, section 4.3.4.
# - G. Hinton, O. Vinyals, J. Dean, "Distilling the knowledge in a neural network", arXiv:1503.02531, 2015: what a high
#   temperature is good for.
# - P. Blanchard, D. Higham, N. Higham, "Accurately computing the log-sum-exp and softmax functions", *IMA Journal of
#   Numerical Analysis* 41 (4), 2311–2330, 2021.
# - S. Prince, *Understanding Deep Learning*, MIT Press, 2023, section 5.5; A. Zhang, Z. Lipton, M. Li, A. Smola, *Dive
#   into Deep Learning*, section 4.1: the same idea, told by others.
