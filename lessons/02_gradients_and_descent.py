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
# # 02 · Gradients and descent
#
# **The question:** you stand on a hillside in fog and want to get down. Which way, and how long a step?
#
# **Time:** 60 minutes; the parts headed *Deeper* are extra. **Needs:** probability (01), school calculus, NumPy arrays.
#
# When you have finished, you can
#
# - [ ] measure a slope by differences, and choose the step;
# - [ ] fit a line in closed form and by descent, and choose a learning rate that neither crawls nor explodes;
# - [ ] send a gradient through two layers by hand, let torch do the same, and catch a wrong one.

# %% [markdown]
# ## Three questions from earlier lessons
#
# Answer each one aloud before you open it.
#
# <details><summary>1. What is the frequency of heads in a long row of throws?</summary>Close to P(heads): it
# converges to it (lesson 01). A loss is a mean over samples in the same way.</details>
#
# <details><summary>2. What do you need to write down a distribution over three classes?</summary>Three numbers, none negative,
# that sum to one; two of them are free (lesson 01).</details>
#
# <details><summary>3. School calculus: what is the slope of x² at x = 3?</summary>6. The slope of x² is 2x.</details>

# %% tags=["folded"]
# What this lesson imports.
import inspect

import matplotlib.pyplot as plt
import numpy as np
import torch
from IPython.display import Markdown

from course_utils.activations import sigmoid, sigmoid_derivative
from course_utils.derivations import check_line, table
from course_utils.derivations.lesson_02 import BEST_LINE, SQUARED_ERROR, TWO_LAYERS
from course_utils.derivations.stepper import Stepper
from course_utils.exercises import check
from course_utils.explorers.learning_rate import START, descend, learning_rate
from course_utils.gradients import (
    central_difference,
    check_gradient,
    forward_difference,
    hessian,
    jacobian,
)
from course_utils.plots import PALETTE
from course_utils.study.predictions import predict, reveal
from course_utils.study.review import review

# %% tags=["folded"]
# The look of every figure.
plt.style.use("course_utils.lesson")

# %% [markdown]
# Three more questions, chosen for you. What you get wrong comes back in the next lesson, what you get right later and
# later.

# %%
review("02")

# %% [markdown]
# ## 1. How steep is it here?
#
# You see only the ground at your feet. So you take a step of length $h$, and note how much you rose. Rise over run:
#
# $$\frac{f(x + h) - f(x)}{h}$$
#
# **Predict.** The curve is $x^2$ and you stand at 1. How steep are the chords for h = 1, 0.5 and 0.1?


# %%
def chord(f, x, h):
    return (f(x + h) - f(x)) / h


for h in (1, 0.5, 0.1, 0.001):
    print(f"h = {h:<5}  slope of the chord {chord(np.square, 1.0, h):.3f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(chord(np.square, 1.0, 0.1), 2.1)
assert np.isclose(chord(np.square, 1.0, 0.001), 2.001)

# %% tags=["figure"]
# Figure 1: three chords of the parabola, and its tangent.
fig, ax = plt.subplots(figsize=(7.2, 3.8), layout="constrained")
x = np.linspace(-0.4, 2.3, 200)
ax.plot(x, x**2, color="black")
for h, colour, stroke in (
    (1, "orange", ":"),
    (0.5, "green", "-."),
    (0.1, "blue", "--"),
):
    slope = chord(np.square, 1.0, h)
    ax.plot(
        x,
        1 + slope * (x - 1),
        color=PALETTE[colour],
        linestyle=stroke,
        label=f"h = {h}: {slope:.1f}",
    )
    ax.plot([1 + h], [(1 + h) ** 2], "o", color=PALETTE[colour])
ax.plot(
    x, 1 + 2 * (x - 1), color=PALETTE["vermilion"], linewidth=2.5, label="the limit: 2"
)
ax.plot([1], [1], "o", color="black", markersize=8)
ax.set(
    xlabel="x", ylabel="x²", ylim=(-1.5, 5.5), title="The chords turn into the tangent"
)
ax.legend(frameon=False, title="slope")
plt.show()

# %% [markdown]
# *Figure 1. The curve x² and three chords that all start at x = 1. Their second points come nearer, at 2, 1.5 and 1.1;
# their slopes fall from 3.0 over 2.5 to 2.1. The tangent, slope 2, touches the curve at 1 alone.*
#
# Here the slope of the chord is $\frac{(1 + h)^2 - 1}{h} = 2 + h$. What is left as $h$ shrinks to nothing is the
# **derivative**:
#
# $$f'(x) = \lim_{h \to 0} \frac{f(x + h) - f(x)}{h}$$
#
# It tells how fast $f$ grows: one small step $h$ to the right adds about $f'(x)\,h$. Where $f' = 0$ the ground is level: a
# **critical point**. It may be a valley floor, a hilltop, or a shelf.
#
# ### Exercise 02.1
# Worked above for $x = 1$. Now you: the slope of the chord of $x^2$ from $x = 3$, with $h = 0.5$. (This slope is also
# called the *forward difference*.)

# %%
forward_at_3 = ...  # a number

check("02.1", forward_at_3)

# %% [markdown]
# ## 2. How small a step?
#
# A computer has no limits, only small numbers. Two candidates. The **forward** difference is the chord above. The
# **central** one takes a step to either side:
#
# $$\frac{f(x + h) - f(x - h)}{2h}$$
#
# **02.p1.** The slope of exp at 1, by the difference with step h. What does the error do as h goes from 1 down to
# 1e-15?
#
# - a) it falls all the way
# - b) it falls, then stays at its lowest
# - c) it falls, then rises again

# %%
predict("02.p1")

# %%
steps = 10.0 ** np.arange(-15, 0.1, 0.25)
errors = {
    name: np.array(
        [abs(difference(lambda v: float(np.exp(v)), 1.0, h) - np.e) for h in steps]
    )
    for name, difference in (
        ("forward", forward_difference),
        ("central", central_difference),
    )
}

# %%
reveal("02.p1", errors["central"][-1] / errors["central"].min())

# %%
best = {name: steps[error.argmin()] for name, error in errors.items()}
print("best forward step between 1e-9 and 1e-7:", bool(1e-9 < best["forward"] < 1e-7))
print("best central step between 1e-7 and 1e-4:", bool(1e-7 < best["central"] < 1e-4))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert 1e-9 < best["forward"] < 1e-7
assert 1e-7 < best["central"] < 1e-4

# %% tags=["figure"]
# Figure 2: the error of both differences against the step.
fig, ax = plt.subplots(figsize=(7.2, 3.8), layout="constrained")
for (name, error), colour, stroke in zip(
    errors.items(), ("vermilion", "blue"), ("--", "-"), strict=True
):
    ax.loglog(
        steps,
        np.maximum(error, 1e-13),
        color=PALETTE[colour],
        linestyle=stroke,
        label=name,
    )
    ax.plot([best[name]], [error.min()], "o", color=PALETTE[colour])
ax.annotate(
    "rounding: error grows\nas h shrinks", (2e-11, 3e-2), fontsize=10, ha="center"
)
ax.annotate(
    "the curve bends:\nerror grows with h", (0.02, 5e-10), fontsize=10, ha="center"
)
ax.set(
    xlabel="step h",
    ylabel="error of the slope",
    title="Too small a step is as bad as too large a one",
)
ax.legend(frameon=False, loc="lower left")
plt.show()

# %% [markdown]
# *Figure 2. Error of the slope against the step, both on logarithmic axes: two valleys. From the right, the forward error
# falls in proportion to h and the central one to h²; from the left, both are ragged and rise as h shrinks. Dots mark
# the two lowest points.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert errors["forward"].min() < 1e-6
assert errors["central"].min() < 1e-9
# The last bit of exp decides how wrong: a whole number of steps of 0.22 or 0.44,
# never nearer to e than 0.0537.
assert min(error[0] for error in errors.values()) > 0.05

# %% [markdown]
# Two errors fight. The curve bends away from its chord: by about $h$ for the forward difference, by $h^2$ for the central
# one. And floats carry 16 digits: $f(x+h)$ and $f(x)$ agree in most of them, so the subtraction leaves few, and dividing by
# $h$ blows up the rest, $10^{-16}/h$. The sum is smallest near $10^{-8}$ (forward) and $10^{-5}$ (central). At
# $h = 10^{-15}$ not even two digits are right.
#
# ### Exercise 02.2
# One step is missing: the run.


# %%
def my_central(f, x, h):
    rise = f(x + h) - f(x - h)
    return ...  # the slope


check("02.2", my_central)

# %% [markdown]
# ## 3. Many directions: the gradient
#
# A loss depends on many weights. Keep all but one still, and you have a slope for that one: a *partial* derivative. All
# of them in a list are the **gradient**, $\nabla f$. Take $f(w) = w_0^2 + 3 w_0 w_1$ at $(1, 2)$.
#
# **Predict** both slopes: along $w_0$, with $w_1$ kept at 2, and along $w_1$, with $w_0$ kept at 1.


# %%
def f(w):
    return w[0] ** 2 + 3 * w[0] * w[1]


gradient = central_difference(f, [1.0, 2.0])
print("gradient", gradient.round(6))
print("at (0, 0):", f([0, 0]))
print("a little off:", round(f([0.1, 0.1]), 2), "or", round(f([0.1, -0.1]), 2))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(gradient, [8, 3])
assert np.allclose(central_difference(f, [0.0, 0.0]), 0)
assert f([0.1, -0.1]) < f([0, 0]) < f([0.1, 0.1])

# %% [markdown]
# By hand: $2 w_0 + 3 w_1 = 8$ and $3 w_0 = 3$.
#
# At (0, 0) both slopes are zero: a critical point. But it goes up from there one way and down another, as on a mountain
# pass: a **saddle**. A zero gradient is no proof of a minimum.
#
# Which direction is the steepest? A small step $d$ changes $f$ by about $\nabla f \cdot d$: each slope times its part
# of the step, added. That is the length of the one times the length of the other times the cosine of the angle between
# them. So among steps of one length it is largest along the gradient, and most negative straight against it. Try 360
# directions:

# %%
angles = np.radians(np.arange(360))
directions = np.column_stack([np.cos(angles), np.sin(angles)])
change = [f(np.array([1.0, 2.0]) + 1e-4 * d) - f([1.0, 2.0]) for d in directions]
downhill = np.degrees(np.arctan2(*-gradient[::-1])) % 360
print(f"steepest way down: {np.argmin(change)} degrees")
print(f"against the gradient: {downhill:.1f} degrees")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert abs(np.argmin(change) - downhill) < 1
assert round(downhill, 1) == 200.6

# %% [markdown]
# ## 4. A line, in closed form
#
# Regression asks *how many*. Twenty flats, made up: their rooms and their rent (in hundreds). A line predicts the rent
# $\theta_0 + \theta_1 \cdot \text{rooms}$. For all flats at once that is $X\theta$, where $X$ has a column of ones and
# a column of rooms. The loss of the line is the sum of squared errors, which matrices write as one product:
#
# $$L(\theta) = \sum_n (y_n - \theta_0 - \theta_1 x_n)^2 = (Y - X\theta)^T (Y - X\theta)$$
#
# One sample and one weight first, $L = (wx - y)^2$. Guess each line.

# %%
Stepper(SQUARED_ERROR)

# %% [markdown]
# Now all samples, still one weight (a line through zero):

# %%
Markdown(table(BEST_LINE))

# %% [markdown]
# The slope is itself a straight line in $w$: the loss is a parabola, with one critical point. Set it to zero:
# $w = \sum x_n y_n / \sum x_n^2$. With several columns the same steps, in matrices, give
#
# $$\nabla L = 2 X^T (X\theta - Y) = 0 \quad\Longrightarrow\quad \theta = (X^T X)^{-1} X^T Y$$

# %%
rng = np.random.default_rng(2)
rooms = rng.integers(1, 6, 20).astype(float)
rent = 3 + 2 * rooms + rng.normal(scale=0.8, size=20)
X = np.column_stack([np.ones(20), rooms])
theta = np.linalg.solve(X.T @ X, X.T @ rent)
print(f"rent = {theta[0]:.2f} + {theta[1]:.2f} rooms")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(X.T @ (X @ theta - rent), 0)

# %% [markdown]
# This holds when $X^T X$ has an inverse: when the columns of $X$ are independent (**full column rank**).
#
# **02.p2.** The table of flats gets a third column: the rooms once more, in dozens. How many different lists of three
# weights now reach the lowest sum of squared errors?
#
# - a) infinitely many
# - b) one
# - c) none

# %%
predict("02.p2")

# %%
doubled = np.column_stack([X, rooms / 12])
shortest = np.linalg.lstsq(doubled, rent)[0]
others = [shortest + c * np.array([0, 1, -12.0]) for c in (-5, 100)]
losses = [float(((doubled @ each - rent) ** 2).sum()) for each in (shortest, *others)]

# %%
reveal("02.p2", doubled.shape[1] - np.linalg.matrix_rank(doubled))

# %%
print("columns", doubled.shape[1], " rank", np.linalg.matrix_rank(doubled))
print("three different thetas, one loss:", bool(np.allclose(losses, losses[0])))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.linalg.matrix_rank(doubled) == 2
assert np.allclose(losses, losses[0])
assert np.linalg.cond(doubled.T @ doubled) > 1e14

# %% [markdown]
# Infinitely many: what one column gains the other can lose. The valley floor is a line, not a point. The inverse does not
# exist, and `np.linalg.inv` may return nonsense without a word, because rounding hides the zero. `lstsq` picks the
# shortest best $\theta$.
#
# And classification? It bends the line by a function σ with an exponential in it (next lesson). One sample then has the
# slope $2(\sigma(wx) - y)\,\sigma'(wx)\,x$. The sum of these over many samples, set to zero, has in general no solution
# in closed form. Which flats are dear, above the mean? Take the formula's answer, and look at the slope there:

# %%
dear = (rent > rent.mean()).astype(float)
theta_dear = np.linalg.solve(X.T @ X, X.T @ dear)  # as if there were no sigmoid
slope = central_difference(
    lambda v: float(((sigmoid(X @ v) - dear) ** 2).sum()), theta_dear
)
print("slope at the formula's answer, with the sigmoid inside:", slope.round(2))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.abs(slope).min() > 1

# %% [markdown]
# The slope there is not zero, so that θ is not the minimum of the new loss. With no formula left, we walk.

# %% [markdown]
# ### Exercise 02.3
# From a blank page: the gradient of the *mean* squared error, $\frac{1}{N}\sum_n (X w - y)_n^2$.


# %%
def mse_gradient(X, y, w):
    """X (N, D), y (N,), w (D,) in; gradient (D,) out."""
    ...  # your line here


check("02.3", mse_gradient)

# %% [markdown]
# ## 5. Walk downhill
#
# **Gradient descent** starts anywhere (usually at small random numbers) and repeats
#
# $$w \leftarrow w - \alpha \frac{\partial J}{\partial w}$$
#
# $J$ is the loss here, as in lecture 5 (from section 9 on, a Jacobian), $\alpha$ the **learning rate** (`learning_rate`; lecture 3 writes $\Delta w = -\eta\, \partial E / \partial
# w$, which is the same). Why the minus? Where the slope is positive, the ground rises to the right, and $w$ goes left. Where it
# is negative, $w$ goes right. Both ways are down.

# %%
places = np.array([-3.0, -0.5, 1.0, 4.0])
# the loss w², lowest at 0
slopes = central_difference(lambda w: float((w**2).sum()), places)
for w, slope in zip(places, slopes, strict=True):
    way = "left" if slope > 0 else "right"
    print(f"w = {w:+.1f}  slope {slope:+.0f}  so w goes {way}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.array_equal(np.sign(-slopes), np.sign(0 - places))

# %% [markdown]
# Now the flats, from a random normal start. The closed form says where we should end.

# %%
w = np.random.default_rng(0).normal(size=2)
for step in range(1001):
    errors_now = X @ w - rent
    if step in (0, 10, 100, 1000):
        mse = np.mean(errors_now**2)
        print(f"update {step:4d}: w = {w.round(3)}, mean squared error {mse:.4f}")
    w = w - 0.05 * 2 * X.T @ errors_now / 20
print("closed form :", theta.round(3))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(w, theta, atol=1e-3)

# %% [markdown]
# ### Exercise 02.4
# From a blank page: the loop. `gradient` is a function, and it must be asked again after each update.


# %%
def descent(gradient, w, learning_rate, steps):
    """Start w (D,) in; where w is after `steps` updates out."""
    ...  # your lines here


check("02.4", descent)

# %% [markdown]
# ### How long a step?
# Take $L = w^2$, whose slope is $2w$. An update makes $w - \alpha\,2w = (1 - 2\alpha)\,w$: it multiplies by one number, again
# and again.
#
# **02.p3.** The loss is w squared, from w = 3. A learning rate of 0.3 is down in three updates. What does 1.05 do?
#
# - a) it arrives in one update
# - b) it jumps between the same two places for ever
# - c) it goes farther away with each update

# %%
predict("02.p3")

# %%
factor = 1 - 2 * 1.05
reveal("02.p3", abs(factor))

# %% tags=["figure"]
# Figure 3: seven updates from w = 3 at four learning rates.
fig, axes = plt.subplots(1, 4, figsize=(9.6, 2.9), sharey=True, layout="constrained")
x = np.linspace(-6, 6, 200)
for ax, alpha, verdict in zip(
    axes,
    (0.05, 0.3, 0.9, 1.05),
    ("too small", "good", "overshooting", "diverging"),
    strict=True,
):
    path = 3 * (1 - 2 * alpha) ** np.arange(8)
    ax.plot(x, x**2, color="0.55")
    ax.plot(path, path**2, "o-", color=PALETTE["blue"], markersize=4, linewidth=1)
    ax.plot([3], [9], "s", color="black")
    ax.set(title=f"α = {alpha}\n{verdict}", xlabel="w", xlim=(-6.3, 6.3), ylim=(-2, 36))
axes[0].set_ylabel("loss w²")
plt.show()

# %% [markdown]
# *Figure 3. Four parabolas, each with seven updates from w = 3 (square). Rate 0.05 creeps down one side. Rate 0.3 is down in
# three. Rate 0.9 jumps from wall to wall, lower each time. Rate 1.05 jumps from wall to wall, higher each time.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
for alpha, verdict in zip(
    (0.05, 0.3, 0.9, 1.05),
    ("too small", "good", "overshooting", "diverging"),
    strict=True,
):
    assert abs(1 - 2 * alpha) < 1 or verdict == "diverging"
assert np.allclose([1 - 2 * a for a in (0.05, 0.3, 0.9, 1.05)], [0.9, 0.4, -0.8, -1.1])

# %% [markdown]
# For the rates 0.05, 0.3, 0.9 and 1.05 the factors are 0.9, 0.4, −0.8 and −1.1. A factor below zero jumps over the minimum: **overshoot**. A factor below −1 lands
# further away than it started: **divergence**. The border here is α = 1.
#
# ### Exercise 02.5
# Which learning rate is the border for the loss $5w^2$?

# %%
border = ...  # a number

check("02.5", border)

# %% [markdown]
# ## 6. Explorer: the learning rate
#
# Call the slope of the slope the **curvature**, λ; for $w^2$ it is 2. Near a minimum with λ > 0, an update multiplies
# the distance by about $1 - \alpha\lambda$. That stays between −1 and 1 as long as α is below 2/λ. With several
# weights, the curvature depends on the direction. The largest, $\lambda_{\max}$, sets the limit:
#
# $$\alpha < \frac{2}{\lambda_{\max}}$$
#
# Three surfaces: a round *bowl*; a *ravine*, 25 times as curved across as along; *police*, the loss that lesson 04
# builds on thirty evenings.
#
# **Predict.** In the ravine, what is slow: the way across or the way along? Then choose it,
# slide the rate, drag the start, and let the ball roll.

# %%
learning_rate()

# %% [markdown]
# Three things to find. (a) The largest rate that is not diverging on each surface. (b) The best rate for the ravine: is it
# called good? (c) On police, rate 25: watch the loss.
#
# <details><summary>Answers</summary>(a) The dashed line says where it ends: 2, 0.08 and 21.5. (b) The loss left is
# lowest a little short of the limit, where it already overshoots across: a small bounce across is the price of speed
# along. (c) It falls almost to nothing, and then climbs out again: no minimum can hold it. It does not run away for good
# either, since the slope of this loss is bounded.</details>

# %%
all_verdicts = []
for surface in ("bowl", "ravine", "police"):
    verdicts = [
        descend(surface, share * descend(surface, 1.0).limit).verdict
        for share in (0.002, 0.4, 0.9, 1.1)
    ]
    all_verdicts.append(verdicts)
    print(f"{surface:7} limit {descend(surface, 1.0).limit:5.2f}  {verdicts}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert all_verdicts == [["too small", "good", "overshooting", "diverging"]] * 3
assert [
    round(descend(surface, 1.0).limit, 2) for surface in ("bowl", "ravine", "police")
] == [2, 0.08, 21.48]
losses = descend("police", 25.1).losses
assert losses.min() < losses[-1] - 0.01 < 0.5 < losses[0]

# %% [markdown]
# ### Greedy
# The step $\Delta w = -\eta\,\partial E/\partial w$ is **greedy**: the steepest way down *from here*. That is not the way to
# the minimum. At the start in the ravine:

# %%
step = descend("ravine", 0.01, steps=1)
greedy, home = step.path[1] - step.path[0], -np.array(START)
angle = np.degrees(
    np.arccos(greedy @ home / np.linalg.norm(greedy) / np.linalg.norm(home))
)
print(f"the greedy step points {angle:.0f} degrees away from the minimum")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert 60 < angle < 75

# %% [markdown]
# That is why descent zigzags, and why lesson 04 standardises its columns. Standardising cures a ravine that comes
# from different units. It cannot cure one that comes from correlated columns, like this slanted one.

# %% [markdown]
# ## 7. The chain rule, through two layers
#
# A network puts a function into a function. The smallest one has two layers of one number each:
#
# $$h = \sigma(\phi x), \qquad f = \sigma(\psi h), \qquad \sigma(z) = \frac{1}{1 + e^{-z}}$$
#
# σ is an S-shaped bend; lesson 03 is about it. Here all we need is that it has a slope, $\sigma'$
# (`sigmoid_derivative`). How does $f$ change with $\phi$, the weight of the *first* layer? Line 4 is yours.

# %%
Markdown(table(TWO_LAYERS, blank=4))


# %%
def line_4(phi, psi, x):
    """The same value as line 3, with the chain rule used once more."""
    ...  # your line here


print(check_line(TWO_LAYERS, 4, line_4))

# %% [markdown]
# Four factors, one for each link from the output back to $\phi$. If one is almost zero, so is the product: the first layer
# hears nothing. Going backwards through the links, and keeping the product so far, is **backpropagation**.
#
# ### Exercise 02.6
# From a blank page: the slope, in code.


# %%
def slope_of_first_layer(phi, psi, x):
    """Numbers in, the slope of sigmoid(psi * sigmoid(phi * x)) along phi out."""
    ...  # your lines here


check("02.6", slope_of_first_layer)

# %% [markdown]
# ## 8. torch does the same
#
# torch notes down every operation and walks the chain back on request (**autograd**). A training step has three calls.
#
# **Predict.** We do ten updates by hand and by torch, from one start. How many digits agree?

# %%
w_hand = np.array([0.5, -0.5])
w_torch = torch.tensor(w_hand, requires_grad=True)
X_torch, rent_torch = torch.tensor(X), torch.tensor(rent)
optimizer = torch.optim.SGD([w_torch], lr=0.05)
for _ in range(10):
    w_hand = w_hand - 0.05 * 2 * X.T @ (X @ w_hand - rent) / 20
    loss = ((X_torch @ w_torch - rent_torch) ** 2).mean()
    optimizer.zero_grad()  # forget the last gradient
    loss.backward()  # compute this one, into w_torch.grad
    optimizer.step()  # w <- w - lr * gradient
print("by hand", w_hand.round(6), " torch", w_torch.detach().numpy().round(6))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(w_hand, w_torch.detach().numpy(), rtol=1e-12)

# %% [markdown]
# All of them, but for rounding. Why `zero_grad`? `backward` *adds* to what is there. Call it twice:

# %%
once = torch.tensor(3.0, requires_grad=True)
(once**2).backward()
first = once.grad.item()
(once**2).backward()
print("after one backward", first, " after two", once.grad.item())

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert (first, once.grad.item()) == (6.0, 12.0)

# %% [markdown]
# There is another way to see it (lecture 2 shows it in JAX). The gradient is a **function of a function**: loss in, slope
# out. Nothing is stored, so nothing needs to be zeroed, and it can be applied twice.

# %%
slope_of_cube = torch.func.grad(lambda x: x**3)
slope_of_slope = torch.func.grad(slope_of_cube)
print(
    "at 3:",
    slope_of_cube(torch.tensor(3.0)).item(),
    slope_of_slope(torch.tensor(3.0)).item(),
)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert slope_of_cube(torch.tensor(3.0)).item() == 27
assert slope_of_slope(torch.tensor(3.0)).item() == 18

# %% [markdown]
# $3x^2$ and $6x$: at $x = 3$ they are 27 and 18.

# %% [markdown]
# ## 9. Deeper: Jacobian, Hessian, and on
#
# Several outputs: each has a gradient, one row each. That table is the **Jacobian**. One output, differentiated twice: the
# **Hessian**, a square table. Its eigenvalues are the curvatures λ of section 6. Several outputs differentiated twice (a
# note of lecture 3): a box of numbers, a **tensor** with three indices.

# %%
J = jacobian(lambda x: np.array([x[0] * x[1], x[0] + x[1] ** 2]), [2.0, 3.0])
print("Jacobian of (x0 x1, x0 + x1²) at (2, 3):", J.round(4).tolist())
H = hessian(lambda w: float(w[0] ** 2 + 5 * w[1] ** 2), [1.0, 1.0])
print("Hessian of w0² + 5 w1²:", H.round(3).tolist())
print("so rates below", round(2 / np.linalg.eigvalsh(H)[-1], 3))
second = torch.func.jacfwd(
    torch.func.jacrev(lambda x: torch.stack([x[0] * x[1], x[0] + x[1] ** 2]))
)
T = second(torch.tensor([2.0, 3.0]))
print("second derivatives of both outputs, shape", tuple(T.shape), ":", T.tolist())

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(J, [[3, 2], [1, 6]])
assert np.allclose(H, [[2, 0], [0, 10]], atol=1e-5)
assert T.tolist() == [[[0, 1], [1, 0]], [[0, 0], [0, 2]]]

# %% [markdown]
# ## 10. Trust no gradient unchecked
#
# A wrong gradient seldom crashes. It learns a little worse, and nobody notices. **Gradient checking** holds a formula
# against central differences: slow, but it knows nothing of your algebra. Here is the layer slope with $\psi$ forgotten.


# %%
def output(v):
    return float(sigmoid(v[1] * sigmoid(v[0] * 2.0)))


def claimed(v, psi_forgotten=False):
    h = sigmoid(v[0] * 2.0)
    outer = sigmoid_derivative(v[1] * h)
    psi = 1 if psi_forgotten else v[1]
    return np.array([outer * psi * sigmoid_derivative(v[0] * 2.0) * 2.0, outer * h])


# %%
good = check_gradient(output, claimed, [0.7, 1.5])
bad = check_gradient(output, lambda v: claimed(v, psi_forgotten=True), [0.7, 1.5])
print("right formula passes:", good.error < 1e-7)
print(f"wrong one: entry {bad.place[0]} claims {bad.claimed:.4f}")
print(f"measured {bad.measured:.4f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert good.error < 1e-7
assert bad.place == (0,)
assert bad.error > 0.02

# %% [markdown]
# ### Break it
# **Predict.** What does the checker say of $|x|$ at 0, where there is no slope? And torch?

# %%
size = torch.tensor(0.0, requires_grad=True)
size.abs().backward()
forward = float(forward_difference(lambda v: float(abs(v)), 0.0))
central = float(central_difference(lambda v: float(abs(v)), 0.0))
print("forward", forward, " central", central, " torch", size.grad.item())

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert (forward, central, size.grad.item()) == (1.0, 0.0, 0.0)

# %% [markdown]
# Three different answers, and none of them is right, because there is no slope there: at a kink the limit from the
# left is −1, from the right +1. Central differences take the middle, torch has made 0 its rule. A check near a kink
# proves nothing. And the left wall of figure 2 is a break of its own: ask for "the most exact" step, $10^{-15}$, and
# lose nearly all digits.
#
# ### What the package does
# The chord, with a step that follows the size of $x$, and errors that name what is wrong:

# %%
print(inspect.getsource(forward_difference))

# %% [markdown]
# ## Check the slide

# %% [markdown]
# **Claim (lecture 2).** The optimiser is built without parameters. **Predict**: what will it move?

# %%
try:
    torch.optim.SGD(lr=0.1)
    told = "nothing"
except TypeError as error:
    told = f"TypeError, {'params' in str(error)}"
print("names the missing params:", told)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert told == "TypeError, True"

# %% [markdown]
# **True:** nothing, it is never built: a TypeError names the missing `params`. An optimiser must be handed the tensors that
# it is to move, as in section 8.

# %% [markdown]
# **Claim (lecture 2).** The loss is declared as loss(theta, X, Y), and its gradient is called with (X, Y, theta).
# **Predict** the shape of what comes back, for 20 flats and 2 weights.


# %%
def loss_of(theta, X, Y):
    return ((X @ theta - Y) ** 2).sum()


gradient_of = torch.func.grad(loss_of)  # with respect to the first argument
theta_torch = torch.zeros(2, dtype=torch.float64)
as_called = gradient_of(X_torch, rent_torch, theta_torch)
as_declared = gradient_of(theta_torch, X_torch, rent_torch)
print("called with (X, Y, theta):", tuple(as_called.shape))
print("with (theta, X, Y):", tuple(as_declared.shape))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert as_called.shape == X_torch.shape == (20, 2)
assert np.allclose(as_declared.numpy(), -2 * X.T @ rent)

# %% [markdown]
# **True:** it is the gradient with respect to the data, shape (20, 2), and no error says so: the shapes happen to
# fit. In the declared order it is −2XᵀY at theta = 0, shape (2,). Look at the shape of every gradient: it must be that of
# what you want to move.

# %% [markdown]
# **Claim (lecture 2).** The gradients of the layers, each of its own output along its own weight, stacked, are the gradient
# of the network. **Predict** for φ = 0.7, ψ = 1.5, x = 2: is the slope along φ that of the first layer alone?

# %%
phi, psi, x_0 = 0.7, 1.5, 2.0
layer_alone = float(sigmoid_derivative(phi * x_0) * x_0)
whole = float(sigmoid_derivative(psi * sigmoid(phi * x_0)) * psi * layer_alone)
measured = float(
    central_difference(lambda v: float(sigmoid(psi * sigmoid(v * x_0))), phi)
)
print(f"the layer alone {layer_alone:.4f}")
print(f"the network {whole:.4f}   measured {measured:.4f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert (round(layer_alone, 4), round(whole, 4)) == (0.3174, 0.0845)
assert round(whole / layer_alone, 4) == 0.2664
assert np.isclose(whole, measured, rtol=1e-8)

# %% [markdown]
# **True:** it is 0.0845, not 0.3174. The stack leaves out the derivative of what comes after, σ′(ψh)·ψ = 0.2664.

# %% [markdown]
# **Claim (lecture 2).** As printed (the scan may have lost it), the closed form for θ lacks a parenthesis. **Predict**
# what has to be inverted, X alone or XᵀX, if X is 20 by 2.

# %%
try:
    np.linalg.inv(X)
    inverse = "exists"
except np.linalg.LinAlgError:
    inverse = "does not exist: X is not square"
print("inverse of X", inverse)
closed = np.linalg.inv(X.T @ X) @ X.T @ rent
print("(XᵀX)⁻¹XᵀY is the best line:", bool(np.allclose(closed, theta)))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert X.shape == (20, 2)
assert inverse == "does not exist: X is not square"
assert np.allclose(
    central_difference(lambda v: float(((X @ v - rent) ** 2).sum()), closed),
    0,
    atol=1e-6,
)

# %% [markdown]
# **True:** XᵀX: θ = (XᵀX)⁻¹XᵀY. X alone has no inverse; XᵀX, 2 by 2, has one where X has full column rank, and
# at this θ the gradient is zero.

# %% [markdown]
# ## Summary
#
# - A derivative is the limit of chords. On a computer the best step is small, not tiny: about $10^{-8}$ forward, $10^{-5}$
#   central.
# - The gradient lists the slopes along all weights. It points steepest uphill; descent goes the other way.
# - Least squares is a parabola: one critical point, $(X^TX)^{-1}X^TY$, if the columns are independent. With σ inside
#   there is no such formula, so we walk.
# - Descent settles for rates below $2/\lambda_{\max}$. Small rates crawl, rates above half the limit overshoot.
# - The chain rule multiplies one factor for each link. torch does this for you, and finite differences check both of you.
#
# **Where this is used:** all training in this course, and nearly all elsewhere. **Where it fails:** on plateaus, where
# there is no slope to follow (lesson 03); in ravines, where each step is greedy (lesson 04 scales, lesson 10 adds
# momentum); at kinks.
#
# ## Further reading
#
# - A.-L. Cauchy, "Méthode générale pour la résolution des systèmes d'équations simultanées", *Comptes Rendus* 25,
#   536–538, 1847: gradient descent, first seen.
# - D. Rumelhart, G. Hinton, R. Williams, "Learning representations by back-propagating errors", *Nature* 323, 533–536,
#   1986.
# - J. Nocedal, S. Wright, *Numerical Optimization*, 2nd edition, Springer, 2006, chapters 3 and 8.
# - A. Baydin, B. Pearlmutter, A. Radul, J. Siskind, "Automatic differentiation in machine learning: a survey", *Journal of
#   Machine Learning Research* 18 (153), 1–43, 2018.
# - S. Prince, *Understanding Deep Learning*, MIT Press, 2023, chapters 6 and 7.
# - A. Zhang, Z. Lipton, M. Li, A. Smola, *Dive into Deep Learning*, Cambridge University Press, 2023, section 12.3.
