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
# **Time:** 60 minutes; the parts headed *Deeper* come at the end and are extra. **Needs:** the sigmoid and its derivative
# (03), binary cross-entropy (04), cross-entropy (05).
#
# Here is a case to begin with. A machine has looked at one picture of a handwritten digit, and these are its ten scores,
# for the digits 0 to 9 in this order. (They stand in lecture 4 of the course that this one follows and checks.)

# %%
import numpy as np

scores = np.array(
    [0.111, 0.005, 0.787, 0.170, 0.001, 0.176, 0.352, 0.001, 0.073, 0.003]
)
print("largest score:", scores.argmax(), "  sum:", round(scores.sum(), 3))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert scores.argmax() == 2
assert round(scores.sum(), 3) == 1.679

# %% tags=["figure"]
# Figure 1: the ten scores as bars.
import matplotlib.pyplot as plt

from course_utils.plots import PALETTE

plt.style.use("course_utils.lesson")
fig, ax = plt.subplots(figsize=(7.2, 2.8), layout="constrained")
ax.bar(
    range(10),
    scores,
    color=[PALETTE["orange"] if k == 2 else "0.55" for k in range(10)],
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
# The largest score belongs to the 2, so the answer is a two, but how sure is the machine? It is tempting to read 0.787 as a
# chance of 79 %. The chances of ten digits, of which exactly one is there, would have to sum to 1, however, and these sum
# to 1.679. They come from ten sigmoids, which were asked ten separate questions ("is it a 0?", "is it a 1?"), and nothing
# has told them that exactly one answer is yes. We want **one** answer to **one** question, a single distribution over the
# ten digits. In section 2 you will see what becomes of the 2.
#
# When you have finished, you can
#
# - [ ] turn any K scores into probabilities, and say what a common shift and a temperature do to them;
# - [ ] derive the Jacobian of softmax, and say what each of its entries means;
# - [ ] derive the gradient p − t for any K, and unmask a wrong gradient.

# %% tags=["folded"]
# What this lesson imports.
import inspect

from IPython.display import Markdown

from course_utils.activations import logsumexp, sigmoid, softmax, softmax_jacobian
from course_utils.datasets import load_mnist
from course_utils.derivations import check_line, lesson_06, table
from course_utils.derivations.stepper import Stepper
from course_utils.exercises import check
from course_utils.explorers.logits_and_temperature import logits_and_temperature
from course_utils.gradients import central_difference, check_gradient, jacobian
from course_utils.losses import (
    binary_cross_entropy_from_logits,
    cross_entropy_from_logits,
    cross_entropy_gradient,
    one_hot,
)
from course_utils.plots import plot_curves
from course_utils.study.predictions import predict, reveal
from course_utils.study.review import review

# %% [markdown]
# ## Three questions from earlier lessons
#
# They are chosen for you. What you get wrong comes back in the next lesson, and what you get right comes back later.

# %%
review("06")

# %% [markdown]
# ## 1. What goes in, and what must come out
#
# Into our function go D numbers, the pixels x, together with the parameters θ = (W, b); out of it come K numbers, one for
# each class. In symbols, $f: \mathbb{R}^D \times \Theta \to \mathbb{R}^K$. (For 784 pixels and ten digits, W and b are 7,850
# numbers.) What a linear model gives are the **logits** $z = xW + b$, with which a sigmoid would be fed. They cannot be
# probabilities as they are, since nothing keeps them between 0 and 1: where b is 0, twice the ink makes twice the score.
#
# Why do we want probabilities at all, when in the end only right or wrong counts? Because right or wrong cannot be
# trained. Suppose that the logits are 2, 1 and 0.1, and that class 1, counted from 0, is true. The answer is wrong, and it
# is still wrong when logit 1 rises by a hair: as with the step of lesson 03, the slope is zero nearly everywhere, and
# descent has nothing to follow. Probabilities change smoothly with the scores. They also say how sure the machine is.

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert 784 * 10 + 10 == 7850

# %% [markdown]
# ## 2. From scores to shares
#
# We need K numbers above zero whose sum is one. The first idea is to divide by the sum, so let us try it on three rows.

# %%
for row in np.array([[2.0, 1.0, 1.0], [2.0, 3.0, -4.0], [-1.0, 1.0, 0.0]]):
    with np.errstate(divide="ignore", invalid="ignore"):
        print(f"{row!s:15} sum {row.sum():3.0f}   divided by it: {row / row.sum()}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.abs([-1.0, 1.0, 0.0]).sum() == 2

# %% [markdown]
# It works for the first row only. The second gets a "probability" of −4, and the third divides by zero. (The L1 norm, the
# sum of the absolute values, is something else: it is 2 for the third row, and leaves the −1 negative.) So the scores must
# become positive first, and a larger score must stay larger. The exponential does both; so do other functions, and section
# 3 shows what the exponential alone can do.
#
# $$p_i = \frac{e^{z_i}}{\sum_{c=0}^{K-1} e^{z_c}}$$
#
# This is **softmax**, which takes any point of $\mathbb{R}^K$ to a point of the open simplex, where all entries are above 0
# and sum to 1. For finite scores no entry is ever exactly 0 or 1. Here it is for the scores 2, 3, 5 and 0, one step a row:

# %%
z = np.array([2.0, 3.0, 5.0, 0.0])
e = np.exp(z)
for name, row in [("z", z), ("e^z", e), ("p", e / e.sum())]:
    entries = "".join(f"{value:10.4f}" for value in row)
    print(f"{name:>4}{entries}   sum {row.sum():.4f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.array_equal((e / e.sum()).round(4), [0.0418, 0.1135, 0.8390, 0.0057])
assert np.allclose(softmax(z), e / e.sum(), rtol=1e-14)
assert round(e[2] / e[1], 2) == round(np.e**2, 2) == 7.39
p = softmax([2.0, 1.0, 0.1])
assert np.array_equal(p.round(4), [0.6590, 0.2424, 0.0986])
assert np.isclose(p[0] / p[1], np.e)

# %% [markdown]
# Class 2 is two units ahead of class 1, and its share, 0.8390 against 0.1135, is e² = 7.39 times as large. Scores are
# compared by their difference, probabilities by their ratio. In the same way the scores 2, 1 and 0.1 give 0.6590, 0.2424
# and 0.0986, where one unit of difference is a factor of e.
#
# ### Exercise 06.1
# A table of logits comes in, one sample a row, and one step is missing. If you are stuck, run `hint("06.1")` after
# `from course_utils.exercises import hint, solution`.


# %%
def softmax_of_rows(z):
    """Logits (N, K) in, probabilities (N, K) out."""
    e = np.exp(z)  # (N, K), all positive
    return ...  # each row divided by its own sum


check("06.1", softmax_of_rows)

# %% [markdown]
# ### Three lines, three shares
# In a model the scores depend on the input, so let one input x move and watch. Three classes have the logits −2x, 1.5 and
# 2x, which are three straight lines.

# %% tags=["figure"]
# Figure 2: three score lines over one input, and their three shares.
x = np.linspace(-3, 3, 301)
lines = np.column_stack([-2 * x, np.full_like(x, 1.5), 2 * x])
fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.2), layout="constrained")
strokes = {"blue": "-", "vermilion": "--", "green": "-."}
for ax, values, what in zip(axes, (lines, softmax(lines)), "zp", strict=True):
    for k, (colour, stroke) in enumerate(strokes.items()):
        name = f"class {k}: z = {('−2x', '1.5', '2x')[k]}"
        ax.plot(x, values[:, k], stroke, color=PALETTE[colour], label=name)
    for crossing in (-0.75, 0.75):
        ax.axvline(crossing, color="0.5", linewidth=0.8)
    ax.set(xlabel="input x", ylabel={"z": "logit z", "p": "probability p"}[what])
    ax.spines[["top", "right"]].set_visible(False)
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
fig.suptitle(
    "Straight scores make curved shares, and where two scores cross, their shares cross"
)
plt.show()

# %% [markdown]
# *Figure 2. Left, three score lines over one input: class 0 falls, class 1 is level, class 2 rises. Right, their shares:
# class 0 has nearly everything at the left end and class 2 at the right, and in the middle class 1 makes a hump up to 0.69.
# Thin grey lines mark the two places where two scores cross, and there the two shares are equal.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
middle, left, right = (softmax([-2 * x, 1.5, 2 * x]) for x in (0.0, -0.75, 0.75))
assert np.isclose(left[0], left[1])
assert np.isclose(right[1], right[2])
assert round(middle[1], 2) == 0.69
assert np.isclose(softmax(lines)[:, 1].max(), middle[1])
assert np.isclose(left[0], 0.4879, atol=1e-4)

# %% [markdown]
# The highest line wins, so each class has an interval of its own, and the borders are where two lines cross. Now look at
# the level line in the left picture: the score of class 1 is 1.5 everywhere, yet its share runs from almost nothing to 0.69
# and back. A share does not say how high a score is. It says how high it is *beside the others*.
#
# **06.p1.** The second of three logits rises from 1 to 2. How many entries of the softmax change?

# %%
predict("06.p1")

# %%
z, raised = np.array([2.0, 1.0, 0.1]), np.array([2.0, 2.0, 0.1])
changed = ~np.isclose(softmax(z), softmax(raised))
reveal("06.p1", int(changed.sum()))

# %% tags=["facts"]
# Facts: what the text says, asserted.
for function, count in [(sigmoid, 1), (softmax, 3)]:
    assert (~np.isclose(function(z), function(raised))).sum() == count
assert round(1 - 0.71, 2) == 0.29
assert round(1 - (0.30 + 0.20 + 0.15), 2) == 0.35

# %% [markdown]
# A sigmoid acts on each entry by itself, so only one of three sigmoids would move. A softmax acts on the whole vector: the
# sum below the line holds every logit, and the class that gains takes from both of the others. That is also why the last
# share is fixed once all the others are known. In lecture 5 a sigmoid says "yes" with 0.71, so "no" has 0.29; and where
# three of four classes have 0.30, 0.20 and 0.15, the fourth has 0.35.
#
# ### The ten scores once more
#
# **06.p5.** Put the ten scores of the first picture (0.787 for the 2, 0.352 for the 6, the others below 0.18) into a
# softmax as they stand. What share does the 2 get?
#
# - a) about 0.2
# - b) about 0.5
# - c) about 0.8

# %%
predict("06.p5")

# %%
reveal("06.p5", softmax(scores)[2])

# %%
print(f"softmax of the scores as they stand: the 2 gets {softmax(scores)[2]:.2f}")
z = np.log(scores / (1 - scores))  # the logits from which sigmoids made the scores
print("their logits:", z.round(1))
print(f"softmax of these logits: the 2 gets {softmax(z)[2]:.2f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert round(softmax(scores)[2], 2) == 0.18
assert round(softmax(np.log(scores / (1 - scores)))[2], 2) == 0.76
assert np.allclose(sigmoid(np.log(scores / (1 - scores))), scores)
assert round(np.e / (np.e + 9), 2) == 0.23
assert np.isclose(softmax([1.0] + 9 * [0.0]).max(), np.e / (np.e + 9))

# %% [markdown]
# It gets 0.18, hardly more than the 0.10 of somebody who knows nothing. The scores are shares already and all lie between 0
# and 1, so no two of them differ by more than 1, and the largest share is at most e times the smallest. A sigmoid has
# squeezed the evidence before the softmax could compare it. Undo the sigmoid, z = ln(s / (1 − s)), and the distances come
# back: from these logits the 2 gets 0.76.
#
# That is why **logits** go into a softmax. To put shares in is one of the commonest mistakes with any library, because
# nothing complains, although of ten classes none can then get more than e/(e + 9) = 0.23, however sure the sigmoids are.

# %% [markdown]
# ## 3. Only differences count
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

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(softmax(z), softmax(z + 100), rtol=1e-12)
assert (sigmoid(z + 100) == 1).all()

# %% [markdown]
# To the softmax, nothing, because e¹⁰⁰ stands above and below the line and cancels. (The sigmoids all go to 1.) So K
# logits hold K − 1 facts, the differences from any one of them. With two classes there is one fact, and one sigmoid is
# enough. Divide above and below by $e^{z_1}$, and you have it:
#
# $$p_1 = \frac{e^{z_1}}{e^{z_0} + e^{z_1}} = \frac{1}{1 + e^{-(z_1 - z_0)}} = \sigma(z_1 - z_0)$$
#
# **Softmax of two classes is the sigmoid of the difference.** Lessons 03 and 04 were this lesson with K = 2.
#
# ### Why the exponential, of all functions?
# Any positive, rising function g would make shares, $g(z_i)/\sum_c g(z_c)$. But a score has no zero of its own: if all ten
# scores rise by the same amount, the picture has not come to look more like any of the digits, and so the shares should
# stay. Try that with three functions, and a shift of 1:

# %%
positive = {
    "exp": np.exp,
    "softplus": lambda z: np.log1p(np.exp(z)),
    "powers of 2": lambda z: 2.0**z,
}
for name, g in positive.items():
    before, after = g(z) / g(z).sum(), g(z + 1) / g(z + 1).sum()
    print(f"{name:>12}: {before.round(3)} -> {after.round(3)}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
for name, unmoved in [("exp", True), ("softplus", False), ("powers of 2", True)]:
    g = positive[name]
    assert np.allclose(g(z) / g(z).sum(), g(z + 1) / g(z + 1).sum()) == unmoved
assert np.allclose(2.0**z / (2.0**z).sum(), softmax(z, temperature=1 / np.log(2)))
assert round(1 / np.log(2), 2) == 1.44

# %% [markdown]
# With softplus the shares move. For them to stay, the ratio g(z + s)/g(z) must be the same at every z, so g has to turn a
# sum into a product: $g(z + s) = g(z)\,g(s)/g(0)$. The only rising functions that do so are the exponentials $a^z$ and
# their multiples, whose factor cancels. Which base a one takes is a matter of units, since $2^z = e^{z \ln 2}$ only
# measures the scores with another ruler, and that ruler has a name.
#
# ### Temperature
# Divide all logits by a **temperature** T before the softmax. The name is physics: by this very formula Boltzmann spread
# the molecules of a gas over their energies. The powers of 2 above were a softmax at T = 1/ln 2 = 1.44.

# %% tags=["figure"]
# Figure 3: the four shares against the temperature.
temperatures = np.geomspace(0.1, 100, 200)
shares = softmax(z / temperatures[:, np.newaxis])
fig, ax = plt.subplots(figsize=(7.2, 3.1), layout="constrained")
strokes = {"blue": "-", "vermilion": "--", "green": "-.", "black": ":"}
for k, (colour, stroke) in enumerate(strokes.items()):
    ax.semilogx(
        temperatures,
        shares[:, k],
        stroke,
        color=PALETTE[colour],
        label=f"class {k}, logit {z[k]:g}",
    )
ax.axvline(1, color="0.55", linewidth=1)
ax.set(
    xlabel="temperature T",
    ylabel="probability p",
    title="A low temperature gives all to the largest logit, a high one levels",
)
ax.legend(frameon=False)
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# *Figure 3. Four shares against the temperature, for logits 2, 3, 5 and 0. At 0.1 the class with logit 5 has
# everything, at 1, where a thin grey line stands, it has 0.84, and at 100 all four have nearly 0.25, but the order never
# changes.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert shares[0].max() > 0.999999
assert np.allclose(shares[-1], 0.25, atol=0.01)
for logits, limit in [([2, 3, 5, 0], [0, 0, 1, 0]), ([5, 3, 5, 0], [0.5, 0, 0.5, 0])]:
    assert np.allclose(softmax(logits, temperature=0.01), limit)

# %% [markdown]
# As the temperature falls towards zero, softmax turns into **argmax**, one 1 and zeros, and that is where it has its name
# from. There is one reservation: where two logits share the maximum, as in (5, 3, 5, 0), both keep one half however cold it
# gets, whereas `np.argmax` names the first.

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

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert slopes[1] > 0
assert slopes.argmin() == 2
assert abs(slopes.sum()) < 1e-8
others = [0, 2, 3]
assert np.allclose(slopes[others] / softmax(z)[others], -softmax(z)[1], atol=1e-5)
assert np.array_equal(slopes.round(3), [-0.005, 0.101, -0.095, -0.001])
assert np.array_equal(softmax(z).round(3), [0.042, 0.114, 0.839, 0.006])

# %% [markdown]
# The four slopes are −0.005, 0.101, −0.095 and −0.001, for shares of 0.042, 0.114, 0.839 and 0.006. Class 2, who has most,
# pays most: each of the others pays in proportion to what it has, and together they pay exactly what class 1 gains.
#
# Four probabilities and four logits make sixteen slopes. Written as a table they are the **Jacobian** J, whose entry in row
# i and column j is $\partial p_i / \partial z_j$. Column j says what logit j does to everyone, and row i says to whom class
# i listens. Let us derive it for any K at once. Guess each line before you press the button; $\delta_{ij}$ is short for "1
# if i = j, else 0".

# %%
Stepper(lesson_06.JACOBIAN_BY_QUOTIENT_RULE)

# %% [markdown]
# Every line was computed at random logits, and agrees with the one before. On the diagonal stands $p_i(1-p_i)$, as for a
# sigmoid; beside it stands $-p_i p_j$, which is what the others lose. As a matrix,
#
# $$J = \mathrm{diag}(p) - p\,p^{\mathsf T}$$
#
# Do it once with pencil and paper, for p = (0.5, 0.3, 0.2). The diagonal is $0.5 \cdot 0.5 = 0.25$,
# $0.3 \cdot 0.7 = 0.21$ and $0.2 \cdot 0.8 = 0.16$. Beside it you get $-0.5 \cdot 0.3 = -0.15$,
# $-0.5 \cdot 0.2 = -0.10$ and $-0.3 \cdot 0.2 = -0.06$:
#
# $$J = \begin{pmatrix} 0.25 & -0.15 & -0.10 \\ -0.15 & 0.21 & -0.06 \\ -0.10 & -0.06 & 0.16 \end{pmatrix}$$
#
# Each row sums to zero, because a common shift changes nothing, and so does each column, because the shares always sum to
# one.
#
# ### Exercise 06.2
# From a blank page, for any K: one vector of logits comes in, and a table (K, K) goes out.

# %% tags=["facts"]
# Facts: what the text says, asserted.
J = softmax_jacobian(np.log([0.5, 0.3, 0.2]))  # ln p are logits that give p
assert np.allclose(
    J, [[0.25, -0.15, -0.10], [-0.15, 0.21, -0.06], [-0.10, -0.06, 0.16]]
)
assert np.allclose(J.sum(axis=0), 0)
assert np.allclose(J, jacobian(softmax, np.log([0.5, 0.3, 0.2])), rtol=0, atol=1e-9)


# %%
def my_softmax_jacobian(z):
    """Logits (K,) in, J (K, K) out, with J[i, j] the slope of p_i by z_j."""
    ...  # your lines here


check("06.2", my_softmax_jacobian)

# %% [markdown]
# ### Touch it
# Four logits, a temperature, and one more unit on logit i. Drag the bars on the left. In the middle are the shares, dashed
# where one more unit on $z_i$ takes them, with a diamond where column i of the Jacobian had forecast them. On the right is
# the Jacobian: point at a cell, and its row and its column light up.
#
# 1. At the start, is the forecast for class 1 too small or too large?
# 2. What happens to the whole table when class 2 is almost certain, and what would a training step see of it?
# 3. With the temperature at 8, no share is small any more, so why are all the slopes?
#
# <details><summary>Answers</summary>1. It is too small, because a slope holds for a small step, and one unit is not small.
# 2. The table is nearly zero everywhere. Lesson 03 called that paralysis, and what saves us, again, is the loss. 3. Since z
# is divided by T, every slope is, by the chain rule.</details>

# %%
logits_and_temperature([2.0, 3.0, 5.0, 0.0])

# %% [markdown]
# ## 5. Through the loss
#
# The cross-entropy of one sample is $L = -\sum_c t_c \ln p_c$, and its slope by $p_c$ is $-t_c/p_c$. Between p and z stands
# the whole Jacobian with its K² entries, so one expects something unwieldy; watch what becomes of it.

# %%
Markdown(table(lesson_06.CROSS_ENTROPY_BY_JACOBIAN))

# %% [markdown]
# Line 3 divides by $p_c$ and line 4 does not, because the 1/p of the logarithm has met the p of the Jacobian. Line 5 holds
# for any targets at all. If they sum to one, as one-hot rows and all distributions do, it is the line on which the course
# turns:
#
# $$\frac{\partial L}{\partial z} = p - t$$
#
# In code we write dp for the slopes ∂L/∂p, and dz for ∂L/∂z. The chain rule adds over the classes,
# $dz_j = \sum_i dp_i J_{ij}$, and since J is symmetric that is dz = J dp.
#
# ### Exercise 06.3
# The step from dp to dz is missing. It must be right for targets that do **not** sum to one, too.


# %%
def cross_entropy_dz(z, t):
    """Logits and targets (K,) in; dz (K,), the gradient of -sum t ln p, out."""
    p = softmax(z)
    dp = -t / p  # the slope by p
    return ...  # the slope by z


check("06.3", cross_entropy_dz)

# %% tags=["facts"]
# Facts: what the text says, asserted.
for t in np.array([[0.0, 1.0, 0.0], [0.1, 0.7, 0.2], [0.5, 0.8, 0.2]]):
    dz = cross_entropy_gradient([[2.0, 1.0, 0.1]], [t])[0]
    measured = central_difference(
        lambda z, t=t: cross_entropy_from_logits([z], [t]), [2.0, 1.0, 0.1]
    )
    assert np.abs(dz - measured).max() < 1e-7
    p = softmax([2.0, 1.0, 0.1])
    assert np.allclose(dz, p * t.sum() - t)
    assert np.allclose(dz, p - t) == np.isclose(t.sum(), 1)

# %% [markdown]
# ### Regression, sigmoid, softmax: the same gradient
# It is the third time that a slope comes out as prediction minus truth. Write the three losses of one sample as functions
# of the score z, and you see why:
#
# | lesson | prediction | loss | written out in z | slope by z |
# |---|---|---|---|---|
# | 02 | $z$ itself | $\frac{1}{2}(z - y)^2$ | $\frac{1}{2}z^2 - yz + \frac{1}{2}y^2$ | $z - y$ |
# | 04 | $p = \sigma(z)$ | $-t \ln p - (1 - t) \ln(1 - p)$ | $\ln(1 + e^z) - tz$ | $p - t$ |
# | 06 | $p = \mathrm{softmax}(z)$ | $-\sum_c t_c \ln p_c$ | $\ln \sum_c e^{z_c} - \sum_c t_c z_c$ | $p - t$ |
#
# In each row a curve in z alone comes first, and then the truth times the score is taken off. The slope of the curve is the
# prediction: $z$ for $\frac{1}{2}z^2$, the sigmoid for $\ln(1 + e^z)$, the softmax for $\ln \sum_c e^{z_c}$. What is taken
# off has the truth for its slope, and $\frac{1}{2}y^2$ has none. So it is no coincidence: each output has been given the
# loss that belongs to it.
#
# From z it is one more link to the weights. Since $z_j = \sum_i x_i w_{ij}$, the slope by $w_{ij}$ is $x_i$ times the slope
# by $z_j$, so descent moves it by $\Delta w_{ij} = \eta\,(t_j - p_j)\,x_i$: learning rate times error times input. Lecture
# 3 calls it the **delta rule**, and the same line of code, `W -= learning_rate * np.outer(x, p - t)`, trains all three.

# %% tags=["facts"]
# Facts: what the text says, asserted.
x, w = np.array([2.0, -1.0]), np.array([[0.5, -0.5], [1.0, 0.0]])
cases = {
    "regression": (w[:, :1], lambda z: z, [3.0], lambda z: 0.5 * ((z - 3) ** 2).sum()),
    "sigmoid": (w[:, :1], sigmoid, [1.0], binary_cross_entropy_from_logits),
    "softmax": (w, softmax, [1.0, 0.0], cross_entropy_from_logits),
}
for name, (weights, predicted, truth, loss) in cases.items():

    def at(v, name=name, loss=loss, truth=truth):
        if name == "softmax":
            return loss([x @ v], [truth])
        return loss(x @ v, truth) if name == "sigmoid" else loss(x @ v)

    slope = np.outer(x, predicted(x @ weights) - truth)
    assert np.allclose(slope, central_difference(at, weights), atol=1e-7), name
for z, y in [(0.3, 3.0), (-2.0, 0.5)]:
    assert np.isclose(0.5 * (z - y) ** 2, 0.5 * z**2 - y * z + 0.5 * y**2)
    t = y / 4
    both = -t * np.log(sigmoid(z)) - (1 - t) * np.log(1 - sigmoid(z))
    assert np.isclose(both, np.log1p(np.exp(z)) - t * z)
assert np.isclose(
    cross_entropy_from_logits([[2.0, 1.0, 0.1]], [[0.1, 0.7, 0.2]]),
    logsumexp([2.0, 1.0, 0.1]) - (0.2 + 0.7 + 0.02),
)

# %% [markdown]
# ## 6. Half a gradient
#
# Lecture 2 gives p(1 − p) as the gradient of softmax, that is the diagonal of J and nothing beside it. Put it through the
# chain rule, and dz = −t(1 − p). We train with that, and then with p − t, on 10,000 digits: 100 steps with all of them,
# learning rate 0.5, zero start.
#
# **06.p4.** A gradient that is wrong: only the diagonal, dz = −t(1 − p). It trains on 10,000 digits. What will you
# see?
#
# - a) an error, or NaN
# - b) it runs, and the loss does not fall
# - c) it runs, and the loss falls

# %%
predict("06.p4")


# %%
def train(dz_of, pixels, y, learning_rate=0.5):
    X, t = pixels / 255, one_hot(y, 10)  # pixels from 0 to 1
    W, b, losses = np.zeros((X.shape[1], 10)), np.zeros(10), []
    for _ in range(100):
        p = softmax(X @ W + b)
        losses.append(-np.log(p[np.arange(len(y)), y]).mean())
        dz = dz_of(p, t) / len(y)
        W, b = W - learning_rate * X.T @ dz, b - learning_rate * dz.sum(axis=0)
    return W, b, losses


# %% tags=["folded"]
# The digits, as bytes.
data = load_mnist()
real = data.source == "mnist"  # published figures are asserted on the real MNIST alone
print(data.note)
X_train, y_train, y_test = data.X_train[:10_000], data.y_train[:10_000], data.y_test

# %%
W_half, b_half, losses_half = train(lambda p, t: -t * (1 - p), X_train, y_train)
W_whole, b_whole, losses_whole = train(lambda p, t: p - t, X_train, y_train)
reveal("06.p4", losses_half[-1] - losses_half[0])

# %%
trained = ((W_half, b_half), (W_whole, b_whole))
z_half, z_whole = (data.X_test / 255 @ W + b for W, b in trained)
accuracy_half, accuracy_whole = (
    (z.argmax(axis=1) == y_test).mean() for z in (z_half, z_whole)
)
print("right on the test set")
print(f"  the diagonal alone: {100 * accuracy_half:.1f} %")
print(f"  p - t:              {100 * accuracy_whole:.1f} %")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert accuracy_half < accuracy_whole
assert round(float(losses_half[0]), 2) == round(float(losses_whole[0]), 2) == 2.30
assert not real or np.allclose(
    [accuracy_half, accuracy_whole], [0.8589, 0.8972], atol=5e-4
)

# %% tags=["figure"]
# Figure 4: the training loss of both gradients, step by step.
curves = {"diagonal alone": losses_half, "p − t": losses_whole}
fig, ax = plt.subplots(figsize=(7.2, 3.2), layout="constrained")
plot_curves(
    curves,
    "step",
    "training loss (nats)",
    title="Training loss with a right and a wrong gradient: both fall",
    ax=ax,
)
plt.show()

# %% [markdown]
# *Figure 4. Training loss against step for both gradients. Both start at 2.30, and for twenty steps the curves can
# hardly be told apart. At the hundredth step p − t is at 0.37. The diagonal alone is at 0.50, and has been rising a
# little for some 25 steps.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert not real or np.allclose(
    [losses_half[-1], losses_whole[-1]], [0.50, 0.37], atol=0.005
)
assert not real or np.abs(np.subtract(losses_half, losses_whole))[:20].max() < 0.06
assert not real or (
    70 <= np.argmin(losses_half) <= 80 and np.argmin(losses_whole) == 99
)
assert z_half.min() > 0 > z_whole.min()
assert not real or (z_half.max() > 100 and 13 < z_whole.max() < 14)

# %% [markdown]
# The wrong gradient reads 85.9 % of the test digits, the right one 89.7 %. Had you trained with the wrong one only, you
# would have called it a success.
#
# What is wrong with it can be seen in the logits. −t(1 − p) pushes the true class up and pushes nobody down. Pixels are
# never negative, so all ten logits of every picture can only climb, here beyond 100, whereas those of p − t stay below 14.
# It learns all the same, since the true class climbs fastest: descent forgives a direction that is roughly right, and so a
# wrong gradient can hide. What does not forgive is a check against differences:

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
# A second test catches it too: the entries of $p - t$ always sum to zero, while those of $-t(1 - p)$ do not.

# %% [markdown]
# ## 7. Break it
#
# Give the formula of section 2 the logits 1000 and 1001. Only the difference counts, so it should say what it says of 0
# and 1.

# %%
z = np.array([1000.0, 1001.0])
with np.errstate(over="ignore", invalid="ignore"):
    print("as written:  ", np.exp(z) / np.exp(z).sum())
print("shifted:     ", (np.exp(z - z.max()) / np.exp(z - z.max()).sum()).round(4))
print("the package: ", softmax(z).round(4))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(softmax(z), softmax([0.0, 1.0]))
assert round(float(logsumexp(z)), 4) == 1001.3133

# %% [markdown]
# It says NaN, because e¹⁰⁰⁰ is no float, and infinity over infinity is not a number. In mathematics the shift changes
# nothing; in floats it changes everything. Take the largest logit off first, and no exponential is above 1. Lesson 09 is
# about the rest.

# %% [markdown]
# ## Summary
#
# - Scores become shares by the exponential, divided by the sum. A difference of logits is the log of a ratio of
#   shares, and no other function makes differences alone count.
# - Logits go in, not shares. A common shift does nothing, and a temperature sharpens or flattens.
# - Softmax of two classes is one sigmoid.
# - J = diag(p) − p pᵀ. What one class gains in probability is paid by all the others, in proportion to what they have.
# - Through the cross-entropy, all that is left is p − t, or p·Σt − t where the targets do not sum to one.
# - Regression, sigmoid and softmax have the same gradient, prediction minus truth, because each has the loss that belongs
#   to its output.
# - A wrong gradient can still learn, so check gradients by differences, and not by curves.
#
# **Where this is used:** the last layer of nearly every classifier, the attention inside a transformer, the temperature
# of a chatbot. **Where it fails:** where several labels are true at once (lesson 12); in floats, without the shift
# (lesson 09); and a share of 0.98 is not yet a chance of 98 % (lesson 14).

# %% [markdown]
# ## Deeper
#
# The core of the lesson ends here. Nothing later needs what follows, and each part can be read by itself.

# %% [markdown]
# ### Deeper: Check the slide
#
# Here are two claims of the lectures. Not every claim in such a box is wrong, so decide before you run the code.

# %% [markdown]
# **Claim (lecture 3).** For two classes the four slopes of softmax are the same number up to the sign: o₁(1 − o₁) on the
# diagonal, −o₁o₂ beside it. **Does it hold?** Try the outputs 0.71 and 0.29.

# %%
two = softmax_jacobian(np.log([0.71, 0.29]))
print(two.round(4))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(two, 0.2059 * np.array([[1, -1], [-1, 1]]), atol=1e-12)

# %% [markdown]
# **It holds:** since 1 − o₁ is o₂, all four are ± o₁o₂, here 0.71 · 0.29 = 0.2059: what one class gains, the
# other loses.

# %% [markdown]
# **Claim (lecture 3).** softmax(−1, 1, 0) = (.02, .5, .48). **Does it hold?** Ask by what factor the second share must
# exceed the third.

# %%
p = softmax([-1.0, 1.0, 0.0])
print(p.round(4))
print(f"second over third: {p[1] / p[2]:.4f}, as printed: {0.5 / 0.48:.4f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.array_equal(p.round(4), [0.0900, 0.6652, 0.2447])
assert np.isclose(p[1] / p[2], np.e)

# %% [markdown]
# **What holds:** (0.0900, 0.6652, 0.2447). One unit of difference is a factor of e = 2.7183; between the printed shares it is
# 1.0417.

# %% [markdown]
# ### Deeper: the Jacobian through the logarithm
# There is a shorter way to J, through the logarithm, as in lesson 03. Line 4 is left open for you.

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
# ### Deeper: what every such table obeys
# Each of these facts can be read off without a number.
#
# - The columns sum to zero, since the shares always sum to one.
# - The rows sum to zero, since a common shift does nothing: J times (1, …, 1) is 0.
# - It is symmetric: $-p_i p_j$ is $-p_j p_i$.
# - For any vector v, $v^{\mathsf T} J v = \sum p_i v_i^2 - (\sum p_i v_i)^2$: the **variance** of v, where $p_i$ is the
#   probability of $v_i$. A variance is never negative, so J is positive semidefinite.
# - A variance is zero only if v is constant, as long as no p is zero. So (1, …, 1) is the only direction lost, and for
#   finite logits, in exact arithmetic, the rank is K − 1.

# %%
rng = np.random.default_rng(7)
z7, v = rng.normal(scale=2, size=7), rng.normal(size=7)
p7, J = softmax(z7), softmax_jacobian(z7)
print("symmetric:", np.array_equal(J, J.T))
print("v J v is the variance of v:", np.isclose(v @ J @ v, p7 @ v**2 - (p7 @ v) ** 2))
print("no negative eigenvalue:", bool(np.linalg.eigvalsh(J).min() > -1e-12))
print("rank", np.linalg.matrix_rank(J), "of 7")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.array_equal(J, J.T)
assert np.isclose(v @ J @ v, p7 @ v**2 - (p7 @ v) ** 2)
assert np.linalg.eigvalsh(J).min() > -1e-12
assert np.linalg.matrix_rank(J) == 6
assert np.allclose(J, jacobian(softmax, z7), rtol=0, atol=1e-9)

# %% [markdown]
# ### Deeper: p − t without the Jacobian
# This way never divides by p, which is how good code computes it. From line 3 on it takes the targets to sum to one.

# %%
Markdown(table(lesson_06.CROSS_ENTROPY_THROUGH_LN))

# %% [markdown]
# ### Deeper: linear in p, not in z
# p − t looks linear, and it is, in **p**. But what we move is z, and in z it bends. Its own slope by z is the Jacobian once
# more, which has no negative eigenvalue, so the loss is convex in z. Along a common shift it is level, like a trough.

# %%
one, other, t = np.array([4.0, 0.0]), np.array([-1.0, 0.0]), np.array([1.0, 0.0])
mean_of_gradients = (softmax(one) + softmax(other)) / 2 - t
print("mean of the two gradients      ", mean_of_gradients.round(3))
print("gradient at the mean of the z's", (softmax((one + other) / 2) - t).round(3))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert not np.allclose(mean_of_gradients, softmax((one + other) / 2) - t, atol=0.1)
assert np.allclose(jacobian(lambda z: softmax(z) - t, one), softmax_jacobian(one))

# %% [markdown]
# ### Deeper: where p can learn nothing
# In exact arithmetic no share is 0, but e⁻⁸⁰⁰ is too small for a float. With logits 0 and 800 the whole Jacobian is zero,
# and no shift can save it.

# %%
print("the whole table is zero:", not softmax_jacobian([0.0, 800.0]).any())
print("but p - t, where class 0 is true:", cross_entropy_gradient([[0.0, 800.0]], [0]))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert not softmax_jacobian([0.0, 800.0]).any()
assert np.array_equal(cross_entropy_gradient([[0.0, 800.0]], [0]), [[-1.0, 1.0]])

# %% [markdown]
# Through p, nothing could be learned here. From z, with p − t, it is learned at full speed. Where the table itself is
# wanted, the package makes it with this function, for any number of samples at once. Look at how the diagonal comes about:
# not as p(1 − p), which loses its digits when p is almost 1.

# %%
print(inspect.getsource(softmax_jacobian))

# %% [markdown]
# ### Deeper: two neurons, every step
# Lecture 3 carries the gradient down to one weight, step by step. There are two output neurons, 1 and 2 (counted from 1
# here, as in the lecture), and inputs $x_1$ and $x_2$; $w_{11}$ leads from input 1 to neuron 1. What the lecture calls net
# and o are our z and p, and η is the learning rate. Ask yourself along how many paths $z_1$ reaches the loss.

# %%
Markdown(table(lesson_06.TWO_NEURONS))

# %% [markdown]
# Along two: it moves $p_1$, and it moves $p_2$. Whoever forgets the second loses $t_2 p_1$ in line 4. With it, the end is
# the delta rule of section 5, **Δw = η (t₁ − o₁) x₁**.
#
# ### Deeper: one step of two neurons by hand
# ### Exercise 06.4
# By hand: $z = (\ln 3, 0)$, the target is t = (0, 1), $x_1 = 2$, the learning rate 0.1. By how much, with sign, does one
# step of descent change the two weights that leave $x_1$: $w_{11}$ to neuron 1, and $w_{12}$ to neuron 2?

# %%
two_steps = None  # (step of w_11, step of w_12), for example (1.0, 2.0)

check("06.4", two_steps)

# %% tags=["facts"]
# Facts: what the text says, asserted.
x, W, t = (
    np.array([2.0, -1.0]),
    np.array([[0.5, -0.5], [1.0, 0.0]]),
    np.array([1.0, 0.0]),
)
step = 0.1 * np.outer(x, t - softmax(x @ W))
slope = central_difference(lambda w: cross_entropy_from_logits([x @ w], [0]), W)
assert np.allclose(step, -0.1 * slope)
assert cross_entropy_from_logits([x @ (W + step)], [0]) < cross_entropy_from_logits(
    [x @ W], [0]
)

# %% [markdown]
# ### Deeper: back through softmax, without the table
# A batch of N samples has N Jacobians, six million slopes for 60,000 digits. A language model with 50,000 words needs 2.5
# billion of them for one single sample. But dz = J dp has only K entries, and a few operations for each class are enough.
#
# ### Exercise 06.5
# From a blank page: from dp to dz for a whole batch, with no J and no loop.


# %%
def back_through_softmax(z, dp):
    """Logits and slopes by p, both (N, K), in; slopes by z, (N, K), out."""
    ...  # your lines here


check("06.5", back_through_softmax)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert (60_000 * 10**2, 50_000**2) == (6_000_000, 2_500_000_000)

# %% [markdown]
# Every library comes back through a softmax in this way, with work of the order of K and not of K².
#
# ### Deeper: the shift in the log of the sum
# The shift of section 7 serves the logarithm of the sum as well, where m is the largest logit.

# %%
Markdown(table(lesson_06.LOG_SUM_EXP_SHIFT))

# %% [markdown]
# ## Further reading
#
# - J. Bridle, "Probabilistic interpretation of feedforward classification network outputs", in *Neurocomputing*, NATO ASI
#   Series F 68, Springer, 1990, 227–236. It gave softmax its name.
# - C. Bishop, *Pattern Recognition and Machine Learning*, Springer, 2006, section 4.3.4, and 4.3.6 for why the gradient is
#   the same three times.
# - G. Hinton, O. Vinyals, J. Dean, "Distilling the knowledge in a neural network", arXiv:1503.02531, 2015: what a high
#   temperature is good for.
# - P. Blanchard, D. Higham, N. Higham, "Accurately computing the log-sum-exp and softmax functions", *IMA Journal of
#   Numerical Analysis* 41 (4), 2311–2330, 2021.
# - S. Prince, *Understanding Deep Learning*, MIT Press, 2023, section 5.5; A. Zhang, Z. Lipton, M. Li, A. Smola, *Dive
#   into Deep Learning*, section 4.1: the same idea, told by others.
