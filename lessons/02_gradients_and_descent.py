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
# **Time:** 60 minutes; the parts headed *Deeper* are extra. **Needs:** probability (01), school calculus, NumPy arrays. What
# a matrix product is, and a transpose, is said here.
#
# When you have finished, you can
#
# - [ ] measure a slope, in one direction and in many, and say which way is down;
# - [ ] fit a line by walking downhill, and choose a learning rate that neither crawls nor explodes;
# - [ ] send a gradient through two layers by hand, let torch do the same, and catch a wrong one.

# %% tags=["folded"]
# What this lesson imports, and the look of its figures.
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown

from course_utils.activations import sigmoid, sigmoid_derivative
from course_utils.derivations import table
from course_utils.derivations.lesson_02 import MEAN_SQUARED_ERROR, TWO_LAYERS
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

plt.style.use("course_utils.lesson")

# %% [markdown]
# ## 1. Down a hillside in fog
#
# You see nothing but the ground at your feet. Still, you can put one foot forward and feel how much higher or lower it
# stands than the other, first towards the east, then towards the north. The two answers together tell you which way the
# ground falls most steeply, so you go a little in that direction, here 0.6 times the slope, and then you feel again.


# %%
def height(east, north):
    return east**2 / 4 + north**2 + east * north / 2


east, north, foot = -4.0, 3.0, 0.001
for _ in range(5):
    print(f"at ({east:5.2f}, {north:5.2f}), height {height(east, north):5.2f}")
    rise_east = height(east + foot, north) - height(east, north)
    rise_north = height(east, north + foot) - height(east, north)
    east = east - 0.6 * rise_east / foot
    north = north - 0.6 * rise_north / foot

# %% tags=["figure"]
# Figure 1: the walk in the fog, and the same walk with the fog gone.
walk = [np.array([-4.0, 3.0])]
for _ in range(15):
    here_east, here_north = walk[-1]
    slopes_here = [here_east / 2 + here_north / 2, 2 * here_north + here_east / 2]
    walk.append(walk[-1] - 0.6 * np.array(slopes_here))
walk = np.array(walk)
easts, norths = np.meshgrid(np.linspace(-5, 3, 161), np.linspace(-2.6, 4, 133))
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4), sharey=True, layout="constrained")
for ax in axes:
    lines = ax.contour(
        easts, norths, height(easts, norths), levels=np.arange(0.2, 16, 0.8)
    )
    ax.plot(*walk[0], "s", color="black", markersize=7)
    ax.set(xlabel="east", aspect="equal")
around_feet = plt.Circle(walk[0], 0.75, transform=axes[0].transData)
axes[0].collections[0].set_clip_path(around_feet)
axes[0].set_facecolor("0.93")
axes[0].add_patch(plt.Circle(walk[0], 0.75, fill=False, color="0.55"))
axes[0].annotate(
    "",
    walk[0] + 0.6 * (walk[1] - walk[0]) / np.linalg.norm(walk[1] - walk[0]),
    walk[0],
    arrowprops={"arrowstyle": "->", "color": PALETTE["vermilion"], "linewidth": 2.5},
)
axes[1].plot(*walk.T, "o-", color=PALETTE["vermilion"], markersize=4)
axes[1].plot(0, 0, "*", color="black", markersize=12)
axes[0].set(ylabel="north", title="in the fog: the slope at your feet")
axes[1].set(title="without it: fifteen steps, and you are down")
plt.show()

# %% [markdown]
# *Figure 1. The same hillside twice, with lines that join places of one height. Left, fog hides all but a small circle, in
# which an arrow points down, straight across the lines. Right, the fog is gone: a path of fifteen steps bends into the
# valley and ends at its lowest point, a star.*
#
# That is how every model in this course is trained. The place where you stand becomes the **weights** of a model, the
# numbers that it is free to choose, and the height becomes its **loss**, the number that says how badly it does. With
# two weights one could draw a map and look. With 7,850, as in lesson 08, the slope at one's feet is all there is. The
# rest of the lesson takes the walk apart: how steep is it, which way is down, and how long may a step be?

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert height(*walk[-1]) < 0.01 < height(*walk[5])
assert np.allclose(walk[5], [east, north], atol=0.01)
ground = [height(*place) for place in walk]
assert (np.diff(ground) < 0).all()
assert 784 * 10 + 10 == 7850

# %% [markdown]
# ## Three questions from earlier lessons
#
# They are chosen for you. What you get wrong comes back in the next lesson, and what you get right comes back later.

# %%
review("02")

# %% [markdown]
# ## 2. How steep is it here?
#
# Begin with one direction. You take a step of length $h$ and note how much you rose. Rise over run is the slope of the
# *chord*, the straight line through the two places:
#
# $$\frac{f(x + h) - f(x)}{h}$$


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
# Figure 2: three chords of the parabola, and its tangent.
fig, ax = plt.subplots(figsize=(7.2, 3.8), layout="constrained")
x = np.linspace(-0.4, 2.3, 200)
ax.plot(x, x**2, color="black", linestyle="-")
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
    x,
    1 + 2 * (x - 1),
    color=PALETTE["vermilion"],
    linestyle="-",
    linewidth=2.5,
    label="the limit: 2",
)
ax.plot([1], [1], "o", color="black", markersize=8)
ax.set(
    xlabel="x", ylabel="x²", ylim=(-1.5, 5.5), title="The chords turn into the tangent"
)
ax.legend(title="slope")
plt.show()

# %% [markdown]
# *Figure 2. The curve x² and three chords that all start at x = 1. Their second points come nearer, at 2, 1.5 and 1.1;
# their slopes fall from 3.0 over 2.5 to 2.1. The tangent, slope 2, touches the curve at 1 alone.*
#
# Here the slope of the chord is $\frac{(1 + h)^2 - 1}{h} = 2 + h$. What is left as $h$ shrinks to nothing is the
# **derivative**:
#
# $$f'(x) = \lim_{h \to 0} \frac{f(x + h) - f(x)}{h}$$
#
# A small step $h$ to the right adds about $f'(x)\,h$ to $f$. Where $f' = 0$ the ground is level, and the place is called
# a **critical point**. It may be a valley floor, a hilltop, or a shelf on the way down.
#
# ### Exercise 02.1
# We had $x = 1$ above. Now take the chord of $x^2$ from $x = 3$ with $h = 0.5$. (Its slope is also called the *forward
# difference*, because it looks ahead from $x$.)

# %%
forward_at_3 = ...  # a number

check("02.1", forward_at_3)

# %% [markdown]
# ## 3. Many directions: the gradient
#
# A loss depends on many weights. If you keep all but one of them still, you have a slope along that one, a *partial*
# derivative. All of them in a list are the **gradient**, written $\nabla f$. Take $f(w) = w_0^2 + 3 w_0 w_1$ at the place
# $(1, 2)$. Along $w_0$ the slope is $2 w_0 + 3 w_1 = 8$, and along $w_1$ it is $3 w_0 = 3$. Measured by chords that reach
# a little to both sides, as the package does it:


# %%
def f(w):
    return w[0] ** 2 + 3 * w[0] * w[1]


gradient = central_difference(f, [1.0, 2.0])
print("gradient at (1, 2):", gradient.round(6))
print("gradient at (0, 0):", central_difference(f, [0.0, 0.0]).round(6) + 0.0)
print("a little off (0, 0):", round(f([0.1, 0.1]), 2), "and", round(f([0.1, -0.1]), 2))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(gradient, [8, 3])
assert np.allclose(central_difference(f, [0.0, 0.0]), 0)
assert f([0.1, -0.1]) < f([0, 0]) < f([0.1, 0.1])

# %% [markdown]
# At (0, 0) both slopes are zero, but from there the ground rises one way and falls another, as on a mountain pass. Such
# a place is called a **saddle**, and it shows that a zero gradient is no proof of a minimum.
#
# Which direction is the steepest? A small step $d$ changes $f$ by about $\nabla f \cdot d$, each slope times its part of
# the step, added up. That is the length of the gradient times the length of the step times the cosine of the angle
# between the two. So it is largest along the gradient, where the cosine is 1, and most negative straight against it.

# %% tags=["figure"]
# Figure 3: the gradient on the map of f, and the change of f in every direction.
angles = np.radians(np.arange(360))
directions = np.column_stack([np.cos(angles), np.sin(angles)])
change = np.array(
    [f(np.array([1.0, 2.0]) + 1e-4 * d) - f([1.0, 2.0]) for d in directions]
)
uphill = np.degrees(np.arctan2(gradient[1], gradient[0]))
fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.9), layout="constrained")
ax = axes[0]
across, up = np.meshgrid(np.linspace(-1.6, 3, 150), np.linspace(-1, 3.4, 150))
ax.contour(across, up, f([across, up]), levels=np.arange(-8, 40, 2), linewidths=1)
unit = gradient / np.linalg.norm(gradient)
paper = {"fc": "white", "ec": "none", "pad": 0.5, "alpha": 0.85}  # under a label
for sign, colour, words in ((1, "blue", "gradient"), (-1, "vermilion", "down")):
    tip = np.array([1.0, 2.0]) + sign * 1.1 * unit
    ax.annotate(
        "",
        tip,
        (1, 2),
        arrowprops={"arrowstyle": "->", "color": PALETTE[colour], "linewidth": 2.5},
    )
    place = tip + np.array([0.05, sign * 0.2 - 0.05])
    ax.annotate(words, place, ha="center", bbox=paper)
ax.add_patch(plt.Circle((1, 2), 1.1, fill=False, color="0.5", linestyle=":"))
ax.plot(1, 2, "o", color="black")
ax.plot(0, 0, "X", color="black", markersize=9)
ax.annotate("saddle", (0.15, -0.25), bbox=paper)
ax.set(xlabel="$w_0$", ylabel="$w_1$", aspect="equal")
ax.set_title("the gradient crosses the lines squarely")
axes[1].plot(np.arange(360), change / 1e-4, color=PALETTE["blue"])
for place, colour, stroke in (
    (uphill, "blue", "--"),
    (uphill + 180, "vermilion", "-."),
):
    axes[1].axvline(place, color=PALETTE[colour], linestyle=stroke, linewidth=1.5)
axes[1].set(xlabel="direction of the step (degrees)", ylabel="change for a step of 1")
axes[1].set_xticks([0, 90, 180, 270, 360])
axes[1].set_title("up at 21°, down at 201°: a cosine")
plt.show()

# %% [markdown]
# *Figure 3. Left, the map of f. At (1, 2) the gradient points uphill, squarely across the line of equal height, and the
# other arrow the opposite way; a cross marks the saddle. Right, the change of f for a step in each direction: a wave,
# highest along the gradient, at 21 degrees, and lowest straight against it, at 201.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert abs(np.argmin(change) - (uphill + 180)) < 1
assert abs(np.argmax(change) - uphill) < 1
assert round(uphill, 1) == 20.6

# %% [markdown]
# ## 4. A line through twenty flats
#
# Now a loss that one would really want to lower. Here are twenty flats, made up, with their rooms and their rent in
# hundreds. A line predicts the rent as $w_0 + w_1 \cdot \text{rooms}$, and you look for the two weights with the smallest
# **mean squared error**: square the error of each flat, and take the mean.
#
# Write the flats as a table $X$ with one row for each flat, a 1 and its rooms. The **product** $Xw$ takes each row,
# multiplies its entries with the entries of $w$ and adds them up. That is $1 \cdot w_0 + \text{rooms} \cdot w_1$, so $Xw$
# is the list of all twenty predicted rents, and in NumPy it is `X @ w`.

# %%
rng = np.random.default_rng(2)
rooms = rng.integers(1, 6, 20).astype(float)
y = 3 + 2 * rooms + rng.normal(scale=0.8, size=20)  # the rents
X = np.column_stack([np.ones(20), rooms])


def loss(w):
    return ((X @ w - y) ** 2).mean()


print(f"loss of the line 5 + 1 rooms: {loss(np.array([5.0, 1.0])):.2f}")

# %% [markdown]
# What is its gradient? For one sample and one weight the loss is $(wx - y)^2$, and by the chain rule its slope is
# $2\,(wx - y)\,x$: twice the error, times the input. With many samples and many weights it is the same, entry by entry.
# Rows and columns are counted from 0, as in NumPy. Guess each line before you press *Next line*.

# %%
Stepper(MEAN_SQUARED_ERROR)

# %% [markdown]
# So the slope along $w_j$ weighs the errors with column $j$ of $X$. To say this for all $j$ at once, turn the table so
# that its columns become rows. That is the **transpose** $X^T$, in NumPy `X.T`, and the product of its row $j$ with the
# list of errors $Xw - y$ is just the sum in the last line:
#
# $$\nabla L = \frac{2}{N}\, X^T (Xw - y)$$
#
# ### Exercise 02.3
# From a blank page: this gradient, in code.


# %%
def mse_gradient(X, y, w):
    """X (N, D), y (N,), w (D,) in; gradient (D,) out."""
    ...  # your line here


check("02.3", mse_gradient)

# %% [markdown]
# At the lowest point all slopes are zero. Here that means $X^T X\,w = X^T y$: two equations for two unknowns, which is
# school algebra and needs no walking. They have one answer when no column of $X$ can be made of the others, which is
# called **full column rank**. (Lecture 2 writes it as $\theta = (X^T X)^{-1} X^T Y$.)

# %%
best = np.linalg.solve(X.T @ X, X.T @ y)
print(f"rent = {best[0]:.2f} + {best[1]:.2f} rooms, loss {loss(best):.3f}")

# %% tags=["figure"]
# Figure 4: the twenty flats, the best line, and their errors.
fig, ax = plt.subplots(figsize=(7.2, 3.6), layout="constrained")
span = np.array([0.5, 5.5])
ax.vlines(rooms, np.minimum(y, X @ best), np.maximum(y, X @ best), color="0.55")
ax.plot(rooms, y, "o", color=PALETTE["vermilion"], label="flats")
ax.plot(span, best[0] + best[1] * span, "-", color=PALETTE["blue"], label="best line")
ax.set(xlabel="rooms", ylabel="rent (hundreds)", xticks=range(1, 6))
ax.set_title("No other line has a smaller mean of squared errors")
ax.legend(loc="upper left")
plt.show()

# %% [markdown]
# *Figure 4. Rent against rooms for the twenty flats. The best line rises from the lower left to the upper right through
# the middle of the points, and a thin grey stroke joins each point with it: the errors whose squares are added.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(X.T @ (X @ best - y), 0)
assert np.allclose(central_difference(loss, best), 0, atol=1e-7)
assert all(loss(best + d) > loss(best) for d in ([0.01, 0], [0, 0.01], [-0.01, 0.01]))

# %% [markdown]
# Such a formula is a rare luck. The loss of the next lesson has an exponential inside, and no formula gives its minimum.
# So we walk.

# %% [markdown]
# ### Deeper: a column that is there twice
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
free = doubled.shape[1] - np.linalg.matrix_rank(doubled)  # columns made of others
reveal("02.p2", free)

# %% tags=["facts"]
# Facts: what the text says, asserted.
shortest = np.linalg.lstsq(doubled, y)[0]
others = [shortest + c * np.array([0, 1, -12.0]) for c in (-5, 100)]
sums = [float(((doubled @ each - y) ** 2).sum()) for each in (shortest, *others)]
assert np.allclose(sums, sums[0])
assert np.linalg.matrix_rank(doubled) == 2
assert np.linalg.cond(doubled.T @ doubled) > 1e14

# %% [markdown]
# Whatever weight one of the two columns gains, the other can lose, and the predictions stay as they are. The valley floor
# is then a line, not a point. The equations have no single answer, and `np.linalg.solve` may return nonsense without a
# word, because rounding hides that; `np.linalg.lstsq` picks the shortest of the best.

# %% [markdown]
# ## 5. Walk downhill
#
# **Gradient descent** starts anywhere, usually at small random numbers, and repeats one line:
#
# $$w \leftarrow w - \alpha\, \nabla L(w)$$
#
# The factor $\alpha$ is the **learning rate**, in code `learning_rate`. Why the minus? Where a slope is positive, the
# ground rises to the right, and $w$ goes left; where it is negative, $w$ goes right; both ways are down. A step is $\alpha$
# times as long as the gradient, so that it is long on steep ground and short where the ground is nearly level.
#
# ### Exercise 02.4
# From a blank page: the loop. `gradient` is a function, and it must be asked again after each update.


# %%
def descent(gradient, w, learning_rate, steps):
    """Start w (D,) in; where w is after `steps` updates out."""
    ...  # your lines here


check("02.4", descent)

# %% [markdown]
# Now the flats, from a random start with the learning rate 0.05. The equations have told us where we should end.

# %%
w = np.random.default_rng(0).normal(size=2)
path = [w]
for _ in range(1000):
    w = w - 0.05 * 2 * X.T @ (X @ w - y) / len(y)
    path.append(w)
for update in (0, 1, 10, 100, 1000):
    here = path[update]
    print(f"update {update:4d}: w = {here.round(3)}, loss {loss(here):.3f}")
print("  by algebra: w =", best.round(3))

# %% tags=["figure"]
# Figure 5: the descent seen three ways: as lines, as a path, as a falling loss.
places = np.array(path)
fig, axes = plt.subplots(1, 3, figsize=(9.6, 3.5), layout="constrained")
axes[0].plot(rooms, y, "o", color="0.55", markersize=4)
for update, colour, stroke in (
    (0, "orange", ":"),
    (1, "vermilion", "-."),
    (10, "green", "--"),
    (1000, "blue", "-"),
):
    axes[0].plot(
        span,
        places[update, 0] + places[update, 1] * span,
        color=PALETTE[colour],
        linestyle=stroke,
        label=f"{update:,}",
    )
axes[0].legend(title="update", loc="upper left")
axes[0].set(xlabel="rooms", ylabel="rent (hundreds)", title="the line")
across, up = np.meshgrid(np.linspace(-0.8, 4.5, 140), np.linspace(-0.6, 3.6, 140))
landscape = ((across[..., None] + up[..., None] * rooms - y) ** 2).mean(axis=-1)
axes[1].contour(across, up, landscape, levels=np.geomspace(loss(best) * 1.03, 120, 14))
axes[1].plot(*places.T, "-", color=PALETTE["vermilion"], linewidth=1)
axes[1].plot(*places[[0, 1, 2, 3, 10, 30, 60, 100]].T, "o", color=PALETTE["vermilion"])
axes[1].plot(*best, "*", color="black", markersize=12)
axes[1].set(xlabel="$w_0$", ylabel="$w_1$", title="the path on the map of the loss")
axes[2].loglog(
    np.arange(1001) + 1, [loss(each) for each in places], color=PALETTE["blue"]
)
axes[2].axhline(loss(best), color="black", linestyle=":", linewidth=1)
axes[2].set(xlabel="update + 1", ylabel="loss", title="the loss")
plt.show()

# %% [markdown]
# *Figure 5. One descent, seen three ways. Left, the line after 0, 1, 10 and 1,000 updates: the first update does most of
# it. Middle, the path over the two weights: one long step across a narrow valley, a little too far, then short ones along
# its floor to the star. Right, the loss on logarithmic axes: it drops at once, then sinks slowly to the best value.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(w, best, atol=1e-3)
lowered = np.array([loss(each) for each in path])
assert (np.diff(lowered[:200]) < 0).all()
assert lowered[1] - lowered[-1] < 0.1 * (lowered[0] - lowered[-1])

# %% [markdown]
# ### How long a step?
# Take the loss $w^2$, whose slope is $2w$. An update makes of $w$ the number $w - \alpha\,2w = (1 - 2\alpha)\,w$, so that
# it multiplies by one and the same factor, again and again.
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
# Figure 6: seven updates from w = 3 at four learning rates.
fig, axes = plt.subplots(1, 4, figsize=(9.6, 2.9), sharey=True, layout="constrained")
x = np.linspace(-6, 6, 200)
rates = {0.05: "too small", 0.3: "good", 0.9: "overshooting", 1.05: "diverging"}
for ax, (alpha, verdict) in zip(axes, rates.items(), strict=True):
    stops = 3 * (1 - 2 * alpha) ** np.arange(8)
    ax.plot(x, x**2, color="0.55", linestyle="-")
    ax.plot(stops, stops**2, "o-", color=PALETTE["blue"], markersize=4, linewidth=1)
    ax.plot([3], [9], "s", color="black")
    ax.set(title=f"α = {alpha}\n{verdict}", xlabel="w", xlim=(-6.3, 6.3), ylim=(-2, 36))
axes[0].set_ylabel("loss w²")
plt.show()

# %% [markdown]
# *Figure 6. Four parabolas, each with seven updates from w = 3 (square). Rate 0.05 creeps down one side. Rate 0.3 is down in
# three. Rate 0.9 jumps from wall to wall, lower each time. Rate 1.05 jumps from wall to wall, higher each time.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose([1 - 2 * a for a in rates], [0.9, 0.4, -0.8, -1.1])
for alpha, verdict in rates.items():
    assert abs(1 - 2 * alpha) < 1 or verdict == "diverging"

# %% [markdown]
# For the four rates the factors are 0.9, 0.4, −0.8 and −1.1. A factor below zero jumps over the minimum, which is called
# **overshoot**. A factor below −1 lands further away than it started, and that is **divergence**. The border is at α = 1.
#
# ### Exercise 02.5
# Which learning rate is the border for the loss $5w^2$?

# %%
border = ...  # a number

check("02.5", border)

# %% [markdown]
# ## 6. Bowls and ravines
#
# Call the slope of the slope the **curvature**, $\lambda$; for $w^2$ it is 2 everywhere. Near a minimum with curvature $\lambda$ an
# update multiplies the distance by about $1 - \alpha\lambda$, and that stays between −1 and 1 as long as $\alpha$ is below $2/\lambda$.
# With several weights the curvature depends on the direction, and the largest one, $\lambda_{\max}$, sets the limit:
#
# $$\alpha < \frac{2}{\lambda_{\max}}$$
#
# **02.p4.** A ravine is 25 times as curved across as along. The learning rate is so small that no step jumps over to the
# other wall. Which part of the way down is slow?
#
# - a) the way across, down the steep walls
# - b) the way along, where the floor is almost level
# - c) neither, since one rate moves both alike

# %%
predict("02.p4")

# %%
left_along, left_across = (1 - 0.03 * 1) ** 20, (1 - 0.03 * 25) ** 20
reveal("02.p4", left_along / left_across)

# %% [markdown]
# After 20 updates at the rate 0.03 more than half of the way along is still to go, and of the way across nothing that one
# could see. The steep direction sets the limit, and the level one has to live with it.
#
# Try it on a round *bowl*, on such a *ravine*, and on *police*, the loss that lesson 04 builds on thirty evenings. Slide
# the rate, drag the start, let the ball roll, and find three things. (a) What is the largest rate that is not diverging?
# (b) Is the best rate for the ravine called good? (c) On police, what does the loss do at the rate 25?

# %%
learning_rate()

# %% [markdown]
# <details><summary>Answers</summary>(a) The dashed line says where it ends: 2, 0.08 and 21.5. (b) The loss left is
# lowest a little short of the limit, where it already overshoots across: a small bounce across is the price of speed
# along. (c) It falls almost to nothing, and then climbs out again, because no step of that length settles at the minimum.
# It does not run away either: the walls of this loss keep rising, with a slope that stays bounded.</details>

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert left_along > 0.5
assert left_across < 1e-11
surfaces = ("bowl", "ravine", "police")
assert [round(descend(each, 1.0).limit, 2) for each in surfaces] == [2, 0.08, 21.48]
for each in surfaces:
    shares = (0.002, 0.4, 0.9, 1.1)
    verdicts = [
        descend(each, share * descend(each, 1.0).limit).verdict for share in shares
    ]
    assert verdicts == ["too small", "good", "overshooting", "diverging"]
losses = descend("police", 25.1).losses
assert losses.min() < losses[-1] - 0.01 < 0.5 < losses[0]
far = np.abs(descend("police", 25.1, steps=2000).path)
assert far[1000:].max() < 1.2 * far[:1000].max() < 40  # it settles into a round
first_step = np.diff(descend("ravine", 0.01, steps=1).path, axis=0)[0]
home = -np.array(START)
cosine = first_step @ home / np.linalg.norm(first_step) / np.linalg.norm(home)
assert 60 < np.degrees(np.arccos(cosine)) < 75

# %% [markdown]
# Each step is **greedy**: it takes the steepest way down from where it stands, which need not be the way to the minimum.
# In the ravine, the explorer's first step points more than 60 degrees away from it. For this reason lesson 04 standardises
# its columns. That cures a ravine that comes from different units, but not one that comes from correlated columns, like
# this slanted one.

# %% [markdown]
# ## 7. The chain rule, through two layers
#
# A network puts a function into a function. The smallest one has two layers of one number each:
#
# $$h = \sigma(\phi x), \qquad f = \sigma(\psi h), \qquad \sigma(z) = \frac{1}{1 + e^{-z}}$$
#
# Here σ is an S-shaped bend, and lesson 03 is about it; for now all we need is that it has a slope, $\sigma'$
# (`sigmoid_derivative`). How does $f$ change with $\phi$, the weight of the *first* layer? If $\phi$ moves, it moves
# $\phi x$, which moves $h$, which moves $\psi h$, which moves $f$. Cover the table with a sheet of paper and guess each line.

# %%
Markdown(table(TWO_LAYERS))

# %% tags=["figure"]
# Figure 7: the links from the first weight to the output, with their slopes.
phi, psi, x_0 = 1.0, 2.0, 1.5
hidden = sigmoid(phi * x_0)
links = [
    ("φ", phi, "x", x_0),
    ("φx", phi * x_0, "σ′(φx)", sigmoid_derivative(phi * x_0)),
    ("h", hidden, "ψ", psi),
    ("ψh", psi * hidden, "σ′(ψh)", sigmoid_derivative(psi * hidden)),
    ("f", sigmoid(psi * hidden), "", 1.0),
]
so_far = np.cumprod([slope for *_, slope in links[::-1]])[::-1]
fig, ax = plt.subplots(figsize=(9.6, 2.4), layout="constrained")
for place, ((name, value, link, slope), product) in enumerate(
    zip(links, so_far, strict=True)
):
    ax.text(
        2 * place,
        0,
        f"{name}\n{value:.3f}",
        ha="center",
        va="center",
        fontsize=12,
        bbox={"boxstyle": "circle,pad=0.35", "facecolor": "white", "edgecolor": "0.3"},
    )
    ax.text(
        2 * place,
        -0.95,
        f"{product:.4f}" if place < 4 else "1",
        ha="center",
        color=PALETTE["blue"],
        fontsize=12,
    )
    if link:
        ax.annotate(
            "",
            (2 * place + 1.45, 0),
            (2 * place + 0.55, 0),
            arrowprops={"arrowstyle": "->"},
        )
        ax.text(2 * place + 1, 0.12, f"{link}\n= {slope:.3f}", ha="center", va="bottom")
        ax.annotate(
            "",
            (2 * place + 0.5, -0.9),
            (2 * place + 1.5, -0.9),
            arrowprops={"arrowstyle": "->", "color": PALETTE["blue"]},
        )
ax.set(xlim=(-0.8, 8.8), ylim=(-1.2, 0.8))
ax.set_title("Values go forward; slopes are multiplied on the way back")
ax.axis("off")
plt.show()

# %% [markdown]
# *Figure 7. Five circles in a row, φ, φx, h, ψh and f, with their values for φ = 1, ψ = 2, x = 1.5. On each arrow stands
# the slope of that link. Below, from right to left, the product so far, from 1 under f to 0.0611 under φ.*
#
# There are four factors, one for each link. If one of them is almost zero, so is the product, and the first layer hears
# nothing. Going backwards along the links and keeping the product so far is called **backpropagation**, and every network
# is trained in this way, however many layers it has.

# %% tags=["facts"]
# Facts: what the text says, asserted.
measured_phi = central_difference(lambda v: float(sigmoid(psi * sigmoid(v * x_0))), phi)
assert np.isclose(so_far[0], measured_phi)
assert round(so_far[0], 4) == 0.0611

# %% [markdown]
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
# The library torch notes down every operation on tensors with `requires_grad`, and walks the chain back on request, which
# is called **autograd**. A training step takes three calls, and ten of them end where ten steps by hand do:

# %%
import torch  # here and not above: who stops before this section saves its memory

w_hand = np.array([0.5, -0.5])
w_torch = torch.tensor(w_hand, requires_grad=True)
X_torch, y_torch = torch.tensor(X), torch.tensor(y)
optimizer = torch.optim.SGD([w_torch], lr=0.05)
for _ in range(10):
    w_hand = w_hand - 0.05 * 2 * X.T @ (X @ w_hand - y) / len(y)
    optimizer.zero_grad()  # forget the last gradient
    ((X_torch @ w_torch - y_torch) ** 2).mean().backward()  # the new one
    optimizer.step()  # w <- w - lr * gradient
print("by hand", w_hand.round(6), " torch", w_torch.detach().numpy().round(6))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(w_hand, w_torch.detach().numpy(), rtol=1e-12)

# %% [markdown]
# The two agree, but for rounding. Why does one need `zero_grad`? Because `backward` *adds* to the gradient that is already
# there. Call it twice for $x^2$ at 3, and it reads 6 and then 12, which is a trap for all who forget it.

# %% tags=["facts"]
# Facts: what the text says, asserted.
once = torch.tensor(3.0, requires_grad=True)
(once**2).backward()
first = once.grad.item()
(once**2).backward()
assert (first, once.grad.item()) == (6.0, 12.0)

# %% [markdown]
# ## 9. Trust no gradient unchecked
#
# A wrong gradient seldom crashes. It learns a little worse, and nobody notices. **Gradient checking** holds a formula
# against chords of the function itself, drawn from a little before the place to a little after it. That is slow, but it
# knows nothing of your algebra and so cannot repeat your mistake. Here is the network of section 7 with its slopes along φ
# and ψ, once as they should be and once with the factor ψ forgotten in the first.


# %%
def output(v):
    return float(sigmoid(v[1] * sigmoid(v[0] * 2.0)))


def claimed(v, psi_forgotten=False):
    h = sigmoid(v[0] * 2.0)
    outer = sigmoid_derivative(v[1] * h)
    psi = 1 if psi_forgotten else v[1]
    return np.array([outer * psi * sigmoid_derivative(v[0] * 2.0) * 2.0, outer * h])


# %%
good = check_gradient(output, claimed, [0.4, 1.5])
bad = check_gradient(output, lambda v: claimed(v, psi_forgotten=True), [0.4, 1.5])
print("right formula passes:", good.error < 1e-7)
print(f"wrong one: entry {bad.place[0]} claims {bad.claimed:.4f}")
print(f"measured {bad.measured:.4f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert good.error < 1e-7
assert bad.place == (0,)
assert bad.error > 0.02

# %% [markdown]
# ## 10. Deeper: how small a step?
#
# A computer has no limits, only small numbers. There are two candidates for a slope. The **forward** difference is the
# chord of section 2. The **central** one takes a step to either side:
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
errors = {}
for name, way in [("forward", forward_difference), ("central", central_difference)]:
    slopes = [way(lambda v: float(np.exp(v)), 1.0, h) for h in steps]
    errors[name] = np.abs(np.array(slopes) - np.e)
reveal("02.p1", errors["central"][-1] / errors["central"].min())

# %% tags=["figure"]
# Figure 8: the error of both differences against the step.
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
    ax.plot([steps[error.argmin()]], [error.min()], "o", color=PALETTE[colour])
ax.annotate("rounding: error grows\nas h shrinks", (2e-11, 3e-2), ha="center")
ax.annotate("the curve bends:\nerror grows with h", (0.02, 5e-10), ha="center")
ax.set(
    xlabel="step h",
    ylabel="error of the slope",
    title="Too small a step is as bad as too large a one",
)
ax.legend(loc="lower left")
plt.show()

# %% [markdown]
# *Figure 8. Error of the slope against the step, both on logarithmic axes: two valleys. From the right, the forward error
# falls in proportion to h and the central one to h²; from the left, both are ragged and rise as h shrinks. Dots mark
# the two lowest points.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
best_step = {name: steps[error.argmin()] for name, error in errors.items()}
assert 1e-9 < best_step["forward"] < 1e-7
assert 1e-7 < best_step["central"] < 1e-4
assert errors["forward"].min() < 1e-6
assert errors["central"].min() < 1e-9
# The last bit of exp decides how wrong: a whole number of steps of 0.22 or 0.44,
# never nearer to e than 0.0537.
assert min(error[0] for error in errors.values()) > 0.05

# %% [markdown]
# Two errors fight. The curve bends away from its chord, by about $h$ for the forward difference and by $h^2$ for the
# central one. And floats carry 16 digits: $f(x+h)$ and $f(x)$ agree in most of them, so that the subtraction leaves few,
# and dividing by $h$ blows up the rest to $10^{-16}/h$. The sum of both is smallest near $10^{-8}$ (forward) and
# $10^{-5}$ (central), and the package chooses these steps, longer where $x$ is large. At $h = 10^{-15}$ not even two digits
# are right.
#
# ### Exercise 02.2 (Deeper)
# One thing is missing, the run.


# %%
def my_central(f, x, h):
    rise = f(x + h) - f(x - h)
    return ...  # the slope


check("02.2", my_central)

# %% [markdown]
# ### Deeper, and break it: a kink
# What does a check say of $|x|$ at 0, where there is a kink and so no slope? And what does torch say?

# %%
size = torch.tensor(0.0, requires_grad=True)
size.abs().backward()
forward = float(forward_difference(lambda v: float(abs(v)), 0.0))
central = float(central_difference(lambda v: float(abs(v)), 0.0))
print("ahead", forward, " both sides", central, " torch", size.grad.item())

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert (forward, central, size.grad.item()) == (1.0, 0.0, 0.0)

# %% [markdown]
# These are not three ways of being right, because at a kink there is no slope: from the left the chords give −1, from the
# right +1. Chords to both sides take the middle, and torch has made 0 its rule. A check near a kink proves nothing.

# %% [markdown]
# ## 11. Deeper: Jacobian, Hessian, and on
#
# If there are several outputs, each has a gradient, one row for each. That table is the **Jacobian**. If there is one
# output, differentiated twice, the table is square and is called the **Hessian**; its eigenvalues, the curvatures along
# the directions in which it bends most and least, are the λ of section 6. Several outputs differentiated twice (a note of
# lecture 3) make a box of numbers, a **tensor** with three indices.

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
# ## Deeper: Check the slide
#
# Three claims of the lectures; at least one of them holds.

# %% [markdown]
# **Claim (lecture 2).** The gradient is a function of a function: a loss goes in, its slope comes out as a function again,
# so that the same call can be made twice. **Does it hold?** Take $x^3$ at 3.

# %%
slope_of_cube = torch.func.grad(lambda x: x**3)
slope_of_slope = torch.func.grad(slope_of_cube)
at_3 = torch.tensor(3.0)
print("slope", slope_of_cube(at_3).item(), " slope of it", slope_of_slope(at_3).item())

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert slope_of_cube(torch.tensor(3.0)).item() == 27
assert slope_of_slope(torch.tensor(3.0)).item() == 18

# %% [markdown]
# **It holds:** $3x^2$ and $6x$ are 27 and 18 at 3. (The lecture shows it in JAX; torch has it as `torch.func.grad`.) Nothing
# is stored between the calls, so that nothing needs to be set to zero.

# %% [markdown]
# **Claim (lecture 2).** The loss is declared as loss(theta, X, Y), and calling its gradient with (X, Y, theta) gives the
# gradient along theta. **Does it hold?** Think of the shape, for 20 flats and 2 weights.


# %%
def loss_of(theta, X, Y):
    return ((X @ theta - Y) ** 2).sum()


gradient_of = torch.func.grad(loss_of)  # with respect to the first argument
theta = torch.zeros(2, dtype=torch.float64)
as_called = gradient_of(X_torch, y_torch, theta)
as_declared = gradient_of(theta, X_torch, y_torch)
print("called with (X, Y, theta):", tuple(as_called.shape))
print("with (theta, X, Y):", tuple(as_declared.shape))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert as_called.shape == X_torch.shape == (20, 2)
assert np.allclose(as_declared.numpy(), -2 * X.T @ y)

# %% [markdown]
# **What holds:** it is the gradient along the data, of shape (20, 2), and no error says so, because the shapes happen to
# fit. In the declared order it is −2XᵀY at theta = 0, of shape (2,). Look at the shape of every gradient: it must be that
# of what you want to move.

# %% [markdown]
# **Claim (lecture 2).** The gradients of the layers, each of its own output along its own weight, stacked, are the gradient
# of the network. **Does it hold?** Take φ = 0.7, ψ = 1.5 and x = 2, and look at the slope along φ.

# %%
phi, psi, x_0 = 0.7, 1.5, 2.0
layer_alone = float(sigmoid_derivative(phi * x_0) * x_0)
network = float(central_difference(lambda v: output([v, psi]), phi))
print(f"the first layer alone {layer_alone:.4f}, the network {network:.4f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
later = float(sigmoid_derivative(psi * sigmoid(phi * x_0)) * psi)
assert (round(layer_alone, 4), round(network, 4)) == (0.3174, 0.0845)
assert round(later, 4) == 0.2664
assert np.isclose(later * layer_alone, network, rtol=1e-8)

# %% [markdown]
# **What holds:** the slope is 0.0845, not 0.3174. The stack leaves out the derivative of what comes after, σ′(ψh)·ψ, which
# is 0.2664.

# %% [markdown]
# ## Summary
#
# - A derivative is the limit of chords. The gradient lists the slopes along all weights. It points steepest uphill, and
#   descent goes the other way.
# - For a line and the mean squared error the gradient is $\frac{2}{N} X^T (Xw - y)$: errors, weighed by the columns. There
#   the lowest point has a formula. With a sigmoid inside there is none, so we walk.
# - Descent settles for rates below $2/\lambda_{\max}$. Small rates crawl, and rates above half the limit overshoot.
# - The chain rule multiplies one factor for each link. torch does this for you, and chords check both of you.
#
# **Where this is used:** all training in this course, and nearly all elsewhere. **Where it fails:** on plateaus, where
# there is no slope to follow (lesson 03); in ravines, where each step is greedy (lesson 04 scales the columns, lesson 11
# adds momentum); at kinks.
#
# ## Further reading
#
# - Augustin-Louis Cauchy, "Méthode générale pour la résolution des systèmes d'équations simultanées", *Comptes Rendus* 25,
#   536–538, 1847: gradient descent, first seen.
# - David Rumelhart, Geoffrey Hinton, Ronald Williams, "Learning representations by back-propagating errors", *Nature* 323,
#   533–536, 1986.
# - Jorge Nocedal, Stephen Wright, *Numerical Optimization*, 2nd edition, Springer, 2006, chapters 3 and 8.
# - Simon Prince, *Understanding Deep Learning*, MIT Press, 2023, chapters 6 and 7.
# - Aston Zhang, Zachary Lipton, Mu Li, Alexander Smola, *Dive into Deep Learning*, Cambridge University Press, 2023, section
#   12.3.
