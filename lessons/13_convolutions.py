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
# # 13 · Convolutions
#
# **The question:** how does a network recognise a thing in a place where it has never seen it?
#
# **Time:** 60 minutes; the parts headed *Deeper* are extra. **Needs:** mini-batches and Adam in torch (11), the lost
# pedestrian (12), standardised inputs (03).
#
# In lesson 07 you moved the paper by three pixels, and a neuron that knew its fives found hardly any of them. Does a
# hidden layer help? Here is a dense network of 128 hidden units, which has learned from 3,000 digits. The digits that it
# has not seen are pushed to the right, pixel by pixel, and we count how many of them it still reads.

# %% tags=["folded"]
# What this lesson imports, and the look of its figures.
import inspect
import math
import time

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn

from course_utils.datasets import draw_street_scenes, load_mnist
from course_utils.exercises import check
from course_utils.explorers.convolution import KERNELS, convolution, cross_correlate
from course_utils.plots import DIVERGING, PALETTE, plot_digits
from course_utils.study.predictions import predict, reveal
from course_utils.study.review import review
from course_utils.torch_training import evaluate, logits, train

plt.style.use("course_utils.lesson")


# %% tags=["folded"]
# Digits and streets as tensors, the dense network of lesson 12, and one trained.
def pictures(X):
    return torch.from_numpy(np.divide(X.reshape(-1, 1, 28, 28), 255, dtype=np.float32))


def dense(n_outputs, hidden):
    into, out_of = nn.Linear(784, hidden), nn.Linear(hidden, n_outputs)
    return nn.Sequential(nn.Flatten(), into, nn.ReLU(), out_of)


def pushed_by(pixels):
    return torch.roll(X_test, pixels, dims=3)


def size(*models):
    return sum(each.numel() for model in models for each in model.parameters())


data = load_mnist()
real = data.source == "mnist"
print(data.note)
X_digits, y_digits = pictures(data.X_train[:3000]), torch.tensor(data.y_train[:3000])
X_test, y_test = pictures(data.X_test), torch.tensor(data.y_test)

# 4,000 scenes to learn from, 2,000 to be tested on.
street, street_test = draw_street_scenes(4000, seed=0), draw_street_scenes(2000, seed=1)
X_street, t_street = pictures(street.X), torch.from_numpy(street.t).float()
X_street_test = pictures(street_test.X)
t_street_test = torch.from_numpy(street_test.t).float()

ce, bce = nn.CrossEntropyLoss(), nn.BCEWithLogitsLoss()
torch.manual_seed(0)
first = dense(10, 128)
adam = torch.optim.Adam(first.parameters(), lr=1e-3)
train(first, ce, adam, X_digits, y_digits, epochs=20, batch_size=100, seed=0)
still_read = [evaluate(first, ce, pushed_by(by), y_test)[1] for by in range(5)]

# %% tags=["figure"]
# Figure 1: a digit pushed to the right, and the share that a dense network reads.
fig, axes = plt.subplots(1, 5, figsize=(9.6, 2.0), layout="constrained")
for pixels, (ax, share) in enumerate(zip(axes, still_read, strict=True)):
    ax.imshow(pushed_by(pixels)[0, 0], cmap="gray_r")
    ax.set(xticks=[], yticks=[], title=f"{100 * share:.0f} % read")
    ax.spines[:].set_visible(True)
    ax.set_xlabel(f"pushed by {pixels}" if pixels else "as it is")
fig.suptitle("Digits pushed to the right, and the share that a dense network reads")
plt.show()

# %% [markdown]
# *Figure 1. The first test digit, a seven, as it is and pushed to the right by one, two, three and four pixels. Above each
# picture stands the share of all test digits, pushed in the same way, that the network reads: more than nine in ten where
# they stand, about two in three at two pixels, about one in four at four.*
#
# To you it is the same seven, because you look for the shape, wherever it is. In a dense network each hidden unit has a
# weight of its own for each pixel, so that what it has learned about a stroke in one column says nothing about the same
# stroke four columns further on, and it would have to see its digits in *every* place.
# In this lesson the machine gets a small pattern instead, a kernel, which it tries in every place. At the end we push the
# digits once more.
#
# When you have finished, you can
#
# - [ ] slide a kernel over a picture by hand, and say the shape after every layer;
# - [ ] count what a convolution saves, and what it does not;
# - [ ] train a convolutional network on all of MNIST, and look at what it has learned.

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert not real or data.y_test[0] == 7
assert not real or (still_read[0] > 0.9 and 0.6 < still_read[2] < 0.74)  # 0.67
assert not real or 0.19 < still_read[4] < 0.29  # 0.24

# %% [markdown]
# ## Three questions from earlier lessons
#
# Answer each one aloud before you open it.
#
# <details><summary>1. Which of car, bus and pedestrian did a dense network find hardest, and why?</summary>The
# pedestrian, because it is small and may stand anywhere (lesson 12).</details>
#
# <details><summary>2. How many parameters has a dense layer from 784 pixels to 128 units?</summary>It has 784 · 128
# weights and 128 biases, which makes 100,480 (lesson 11).</details>
#
# <details><summary>3. Why did lesson 03 subtract the mean and divide by the standard deviation?</summary>So that the
# inputs stay where the slopes are, and one learning rate is good for all of them.</details>
#
# Three more have been chosen for you. What you get wrong comes back in the next lesson, and what you get right comes back
# later and later.

# %%
review("13")

# %% [markdown]
# ## 1. An edge by hand
#
# The smallest pattern of all is an edge, with paper at the left and ink at the right. Written as a small table of weights
# it is a **kernel**. We lay it on nine pixels of a picture, multiply each pixel by the weight that lies on it, and add up:

# %%
image = np.zeros((4, 6))
image[:, 3:] = 1
kernel = KERNELS["left edge"]
window = image[0:3, 1:4]
print("window         kernel         products")
for row in zip(window, kernel, window * kernel + 0.0, strict=True):
    print(*row, sep="   ")
print("sum of the products:", (window * kernel).sum())

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert (window * kernel).sum() == 3

# %% [markdown]
# With ink under each +1 and paper under each −1 the sum is 3, a strong yes, whereas on plain ink, or on plain paper, +1
# and −1 cancel. Now let the kernel slide, so that each place where it fits whole gives one sum. All the sums together are
# its *map* of the picture. On $H \times W$ pixels a kernel of $h \times w$ fits in $(H-h+1) \times (W-w+1)$ places, and
# the number in row $i$ and column $j$ of the map is
#
# $$r_{ij} = \sum_{k,l} x_{i+k,\,j+l}\; w_{kl}.$$
#
# Before you write the code: what is the shape of the map here, and which of its columns are not 0?
#
# ### Exercise 13.1
# Write it from a blank page, with two loops if you like.


# %%
def convolve(image, kernel):
    """An image (H, W) and a kernel (h, w) in, the map of sums out."""
    ...  # your lines here


check("13.1", convolve)

# %% [markdown]
# The course has this function as `cross_correlate`. In torch it is `conv2d`, which takes many pictures at once, each of
# several sheets, and therefore wants two more axes in front:

# %%
ours = cross_correlate(image, kernel)
with_axes = torch.tensor(image)[None, None], torch.tensor(kernel)[None, None]
as_torch = nn.functional.conv2d(*with_axes)[0, 0].numpy()
print(ours, "  the same as torch:", np.array_equal(as_torch, ours))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.array_equal(ours, [[0, 3, 3, 0]] * 2)
assert np.array_equal(as_torch, ours)

# %% [markdown]
# ### Deeper: the half turn
# In mathematics, *convolution* turns the kernel by half a turn before it slides, and then this kernel finds the
# opposite edge. Networks do not turn it, so that, strictly, they **cross-correlate**. To a network this makes no
# difference, since it learns the kernel, turned or not, but to you it does, when you compare with
# `scipy.signal.convolve2d`.

# %%
turned = cross_correlate(image, kernel[::-1, ::-1])
print("with the kernel turned by half a turn:\n", turned + 0.0)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.array_equal(turned, -as_torch)

# %% [markdown]
# ### Touch it
# Each row of the map holds a 3 for the two windows that touch the edge, and a 0 for the others. Now drag the window, on the picture or on the map, and watch how nine products become one number of the map, orange for a
# yes and blue for the opposite. You can also type weights of your own into the kernel, or drag them up and down, and
# let the window scan the picture.
#
# 1. With "left edge", what changes when you move the window from the left end of a bus to its right end?
# 2. Which kernel finds the wheels, and which one finds the legs of a pedestrian?
# 3. What does "blur" do to the noise, and what to the edges? Which of the kernels have weights that sum to 0?

# %%
convolution(
    np.concatenate([street_test.X[:20], data.X_test[:10]]).reshape(-1, 28, 28) / 255
)

# %% [markdown]
# <details><summary>Answers</summary>1. The sign changes, because ink begins at the left end and stops at the right one.
# 2. "Spot" answers to small spots of ink, such as wheels, and "stroke" to upright lines, such as legs and tree trunks.
# 3. Blurring weakens both. The weights of all kernels but "blur" sum to 0, so that on a plain ground they answer 0,
# however much ink it has.</details>

# %% tags=["figure"]
# Figure 2: a scene, and its maps under three kernels.
scene = street_test.X[5].reshape(28, 28) / 255
maps = {
    name: cross_correlate(scene, KERNELS[name])
    for name in ("left edge", "top edge", "spot")
}
fig, axes = plt.subplots(1, 4, figsize=(9.6, 2.1), layout="constrained")
axes[0].imshow(scene, cmap="gray_r")
axes[0].set_title("the scene")
for ax, (name, response) in zip(axes[1:], maps.items(), strict=True):
    limit = KERNELS[name].clip(0).sum()  # full ink under all positive weights
    ax.imshow(response, cmap=DIVERGING, vmin=-limit, vmax=limit)
    ax.set_title(f'"{name}"')
for ax in axes:
    ax.set_axis_off()
fig.suptitle("Three kernels on one street, and the map that each of them makes")
plt.show()

# %% [markdown]
# *Figure 2. A bus before a tree and a house, and three maps. "Left edge" marks the left end of tree and bus in red
# and the right end of the bus in blue. "Top edge" marks the tree's top and the roof in red, the underside in blue.
# "Spot" draws the outline: red just inside, blue just outside.*
#
# Each kernel asks one question of every place, and the map holds the answers. Therefore a layer needs several kernels.

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert all(
    abs(weights.sum()) < 1e-12 for name, weights in KERNELS.items() if name != "blur"
)

# %% [markdown]
# ## 2. Two ideas in one layer
#
# A **convolutional layer** learns its kernels, and each kernel gives one map. Compared with a dense layer, two things
# are built in:
#
# - **locality**: a number of the map depends on a few neighbouring pixels, not on all;
# - **weight sharing**: every place of the map uses the same weights.
#
# Both can be seen in a picture. Sliding does nothing but multiply and add up, and so it *is* a dense layer, whose matrix has
# a special form. To find its columns, put a single dot of ink in each of the 36 places of a small picture in turn, and write
# down the map that a kernel with the weights 1 to 9 makes of it:

# %% tags=["figure"]
# Figure 3: the matrix of a convolution.
nine = np.arange(1.0, 10).reshape(3, 3)
matrix = np.stack(
    [cross_correlate(dot.reshape(6, 6), nine).ravel() for dot in np.eye(36)], axis=1
)
fig, ax = plt.subplots(figsize=(7.2, 2.7), layout="constrained")
shown = ax.imshow(np.ma.masked_equal(matrix, 0), cmap="viridis_r")
fig.colorbar(shown, ax=ax, label="weight", shrink=0.8)
ax.set(xlabel="pixel of the 6 × 6 image", ylabel="place in the 4 × 4 map")
ax.set_title("A convolution is a dense layer: most weights 0, the rest nine numbers")
plt.show()

# %% [markdown]
# *Figure 3. The matrix of 16 rows and 36 columns, where an empty cell is zero. The same nine colours stand in each row, a
# step further to the right than in the row above, with a jump where the window begins a new line.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
anything = np.random.default_rng(0).normal(size=(6, 6))
assert np.allclose(matrix @ anything.ravel(), cross_correlate(anything, nine).ravel())
assert (matrix.size, (matrix != 0).sum(), len(np.unique(matrix[matrix != 0]))) == (
    576,
    144,
    9,
)

# %% [markdown]
# Of 576 weights locality leaves 144, and of these sharing leaves nine that differ. Since every place uses the same nine, the
# map moves along when the picture moves: a bus that is pushed by two columns makes the same map two columns further on, so
# that what was learned here holds there.
#
# ### Exercise 13.2
# A picture of 28 × 28 goes into a layer of eight 5 × 5 kernels, each with a bias, and eight maps of 24 × 24 come out.
# How many parameters has this layer, and how many has a dense layer with just as many outputs? Give both numbers as a
# pair.

# %%
parameters = None  # (convolution, dense)

check("13.2", parameters)

# %% tags=["facts"]
# Facts: what the text says, asserted.
before = cross_correlate(scene, KERNELS["spot"])
after = cross_correlate(np.roll(scene, 2, axis=1), KERNELS["spot"])
assert np.allclose(after[:, 2:], before[:, :-2])

# %% [markdown]
# On a photograph of a million pixels the same eight kernels would have just as many parameters as here, while a dense
# layer to no more than a thousand units would have a thousand million weights.
#
# Whether a wheel lies here or a pixel further on should not matter much. **Max pooling** cuts each map into squares
# of two by two and keeps the largest number: "is there a wheel hereabouts?" The maps become half as high and half as
# wide.
#
# ### Exercise 13.3
# Write it from a blank page, for a map whose height and width are even.


# %%
def max_pool(response):
    """A map (H, W), both even, in; (H / 2, W / 2) out."""
    ...  # your lines here


check("13.3", max_pool)

# %% [markdown]
# ### Deeper: the gradient of a shared weight
# A weight that is used in many places gets the sum of what each place asks for. With $dr$ the gradient of the map,
# $dw_{kl} = \sum_{ij} dr_{ij}\, x_{i+k,\,j+l}$, which is the picture cross-correlated with $dr$, so that going back is
# the same sliding again.

# %%
rng = np.random.default_rng(0)
x, dr = rng.normal(size=(6, 6)), rng.normal(size=(4, 4))
w = torch.tensor(nine, requires_grad=True)
r = nn.functional.conv2d(torch.tensor(x)[None, None], w[None, None])[0, 0]
(r * torch.tensor(dr)).sum().backward()
print("autograd agrees:", np.allclose(w.grad.numpy(), cross_correlate(x, dr)))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(w.grad.numpy(), cross_correlate(x, dr))

# %% [markdown]
# ## 3. A convolutional network
#
# The network has two rounds of kernels, pooling, batch norm and ReLU, and then one dense layer from the last maps to the
# outputs.
#
# A picture may have several **channels**, sheets that lie over each other like the colours of a photograph. A kernel then has
# as many sheets, and one sum goes over all of them. The first round makes eight maps, which for the second are a picture of
# eight channels, so that its 16 kernels have 8 × 5 × 5 weights each. Five places in a row of a pooled map, six pixels wide
# and two pixels apart, cover 4 · 2 + 6 = 14 pixels. So each number of the 16 maps depends on 14 × 14 pixels, its **receptive
# field**, and the second round can see shapes that are made of edges.
#
# A kernel of 5 × 5 takes four rows and four columns off the map; a frame of zeros around the picture, its **padding**, would
# prevent that. The batch norm of lesson 11, in full **batch normalisation**, here takes one mean and one deviation for each
# map, and a learned scale and shift follow it. It steadies the training. Here is the network in code:


# %%
def round_of_kernels(channels, kernels):
    """(N, channels, H, W) -> (N, kernels, (H - 4) / 2, (W - 4) / 2)."""
    kernel = nn.Conv2d(channels, kernels, kernel_size=5, bias=False)
    return kernel, nn.MaxPool2d(2), nn.BatchNorm2d(kernels), nn.ReLU()


def convolutional(n_outputs):
    rounds = *round_of_kernels(1, 8), *round_of_kernels(8, 16)  # 12 × 12, 4 × 4
    network = nn.Sequential(*rounds, nn.Flatten(), nn.Linear(16 * 4 * 4, n_outputs))
    return network.to(memory_format=torch.channels_last)  # which CPUs convolve faster


# %% [markdown]
# Two choices in `round_of_kernels` have a reason. The kernels have no bias, because the batch norm behind them would take it
# off again with the mean: such a bias could never learn. And pooling comes before the batch norm, which then has a quarter
# of the numbers to work on. Here is what becomes of one picture, layer by layer:

# %%
x = torch.zeros(1, 1, 28, 28)
for part in convolutional(10).eval():
    x = part(x)
    print(f"{type(part).__name__:<12} {tuple(x.shape[1:])!s:<11}", end=" ")
    print(f"{size(part):6,} parameters")

# %% tags=["facts"]
# Facts: what the text says, asserted.
torch.manual_seed(0)
parts, noise = convolutional(3).eval(), torch.rand(200, 1, 28, 28, requires_grad=True)
# one place of the second layer's maps: which pixels move it?
parts[:5](noise)[:, :, 0, 0].sum().backward()
moved_by = noise.grad.abs().sum(dim=(0, 1)).nonzero()
rows_seen, columns_seen = moved_by.max(dim=0).values + 1
# five places two pixels apart; pooling makes 6 of 5
assert rows_seen == columns_seen == 4 * 2 + (5 + 1) == 14
assert size(parts[4]) == 16 * (8 * 5 * 5) == 3200
assert (
    nn.Conv2d(1, 1, 5, stride=2, padding=1)(noise).shape[2] == (28 + 2 * 1 - 5) // 2 + 1
)

# %% [markdown]
# ### Exercise 13.4
# Now there are several sheets and several kernels. From a picture of $C$ channels and $K$ kernels of as many sheets,
# make $K$ maps. For one sheet and one kernel, `cross_correlate` does it.


# %%
def all_maps(image, kernels):
    """An image (C, H, W) and kernels (K, C, h, w) in, the K maps out."""
    ...  # your lines here


check("13.4", all_maps)

# %% [markdown]
# ### Deeper: padding and stride
# With padding, $p$ lines of zeros stand on each side of the picture, and with a **stride** the window moves $s$ pixels
# at a time, as pooling moves by 2. From $H$ rows they make $\lfloor (H + 2p - h) / s \rfloor + 1$.
#
# ### Exercise 13.5
# A picture of 28 rows meets a kernel of 5 rows with two lines of padding, then pooling by two, then a kernel of 3 rows
# with stride 2 and no padding. How many rows come out of each of the three?

# %%
rows_after = None  # (first kernel, pooling, second kernel)

check("13.5", rows_after)

# %% [markdown]
# ### Back to the lost pedestrian
# One more tool is a **schedule**, by which the learning rate rises from small to large, and then falls to almost nothing, so
# that the training is careful at first, quick in the middle, and exact at the end. With it we train the new network on the
# streets of lesson 12, where a dense one lost the pedestrian.


# %% tags=["folded", "nbval-ignore-output"]
# Training with one cycle up and down; and lesson 12's dense network, trained once more.
def fit_one_cycle(model, loss, X, t, epochs, learning_rate, batch_size=64):
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    updates = epochs * math.ceil(len(X) / batch_size)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=learning_rate, total_steps=updates
    )
    settings = {"epochs": epochs, "batch_size": batch_size, "seed": 0}
    return train(model, loss, optimizer, X, t, schedule=schedule, **settings)


def score(z, t=t_street_test):
    right = (z > 0) == (t > 0.5)
    return right.float().mean(dim=0).numpy(), right.all(dim=1).float().mean().item()


torch.manual_seed(0)
one = dense(3, 64)
adam = torch.optim.Adam(one.parameters(), lr=1e-3)
train(one, bce, adam, X_street, t_street, epochs=20, batch_size=64, seed=0)
all_three = score(logits(one, X_street_test))[1]
print(f"dense: all three right in {100 * all_three:.1f} % of the test scenes")

# %% [markdown]
# **13.p3.** The dense network got all three labels right on about 81 % of the streets. The convolutional one has a twelfth
# of its parameters. On how many streets will it get all three right?
#
# - a) on 70 % or fewer
# - b) on about 80 %
# - c) on 95 % or more

# %%
predict("13.p3")

# %%
torch.manual_seed(0)
watcher = convolutional(3)
fit_one_cycle(watcher, bce, X_street, t_street, epochs=8, learning_rate=0.01)
by_label, all_three_now = score(logits(watcher, X_street_test))
reveal("13.p3", 100 * all_three_now)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert abs(all_three - 0.81) < 0.04
assert abs(all_three_now - 0.98) < 0.015  # 98.45 and 98.65 %
assert by_label[2] > 0.97
assert size(watcher) == 4219
assert 11.5 < size(one) / size(watcher) < 12

# %% [markdown]
# With 4,219 parameters the pedestrian is found. But do we owe this to the kernels, or to the better training, with
# normalisation and schedule? To find out, let a dense network have the same training, and let these kernels do without
# normalisation:

# %% tags=["folded", "nbval-ignore-output"]
# The same training for a dense network, and for the kernels without normalisation.
torch.manual_seed(0)
into, out_of = nn.Linear(784, 64), nn.Linear(64, 3)
fair = nn.Sequential(nn.Flatten(), into, nn.BatchNorm1d(64), nn.ReLU(), out_of)
kept = [part for part in convolutional(3) if not isinstance(part, nn.BatchNorm2d)]
plain = nn.Sequential(*kept)
for model in (fair, plain):
    fit_one_cycle(model, bce, X_street, t_street, epochs=8, learning_rate=0.01)

seen, unseen = {}, {}
rivals = {
    "convolutional": watcher,
    "dense": fair,
    "convolutional, not normalised": plain,
}
for name, model in rivals.items():
    seen[name] = score(logits(model, X_street), t_street)[1]
    by_label, unseen[name] = score(logits(model, X_street_test))
    print(f"{name:<30} all three labels right:", end=" ")
    print(f"{100 * seen[name]:5.1f} % seen", end=", ")
    print(f"{100 * unseen[name]:.1f} % unseen; pedestrian {100 * by_label[2]:.1f} %")

# %% tags=["facts"]
# Facts: what the text says, asserted.
# 0.869; 0.33; 0.990; 0.1215; 0.012 to 0.015; 0.032 to 0.055
assert abs(unseen["dense"] - 0.87) < 0.03
assert 0.2 < (unseen["dense"] - all_three) / (all_three_now - all_three) < 0.45
assert seen["dense"] > 0.98
assert abs(seen["dense"] - unseen["dense"] - 0.12) < 0.03
assert abs(seen["convolutional"] - unseen["convolutional"] - 0.01) < 0.01
assert 0.01 < unseen["convolutional"] - unseen["convolutional, not normalised"] < 0.08

# %% [markdown]
# The dense network with the same training gets about 87 % right, so that in this run a third of the gain was training, and
# two thirds are the kernels. Of its training scenes it gets 99 % right, which makes its gap 12 scenes in a hundred, while
# that of the kernels is one. Without the normalisation the kernels lose a few scenes in a hundred.

# %% [markdown]
# ## 4. Faster, less data, less overfitting?
#
# Three promises are made for weight sharing: that it is faster, needs less data, and overfits less. Each of them can be
# measured on digits. The dense network and the convolutional one learn from 100, 300, 1,000 or 3,000 of them, and always get
# 21,000 looks, where a look is one digit shown once. Both have the learning rate 0.02, which on validation digits was one of
# the two best of 0.005, 0.01, 0.02 and 0.05 for either network; the four differ by less than two errors in a hundred.

# %% tags=["folded"]
# Two kinds of network, their learning rates, sizes of training sets, ways to train.
makers = {"dense": lambda: dense(10, 128), "conv": lambda: convolutional(10)}
rate_of = {"dense": 0.02, "conv": 0.02}
sizes = [n for n in (100, 300, 1000, 3000) if n <= len(y_digits)]


def train_on(name, X, y):
    """A new network of that kind, trained with 21,000 looks, and its seconds."""
    torch.manual_seed(0)
    model, began = makers[name](), time.perf_counter()
    fit_one_cycle(model, ce, X, y, 21_000 // len(y), rate_of[name], batch_size=100)
    return model, time.perf_counter() - began


def learned(name, n):
    """A network that learned n digits, its errors on them and on others, seconds."""
    X, y = X_digits[:n], y_digits[:n]
    model, seconds = train_on(name, X, y)
    seen, unseen = (
        1 - evaluate(model, ce, *of)[1] for of in ((X, y), (X_test, y_test))
    )
    return model, seen, unseen, seconds


def train_on_all(model):
    every = pictures(data.X_train), torch.tensor(data.y_train)
    epochs = 120_000 // len(data.y_train)  # two looks at each digit of MNIST
    return fit_one_cycle(model, ce, *every, epochs, 0.01, batch_size=128)


# %% [markdown]
# **13.p4.** How many training digits does the convolutional network need to be at least as good as the dense one with
# 3,000?
#
# - a) 300 or fewer
# - b) more than 300, at most 1,000
# - c) more than 1,000, at most 3,000

# %%
predict("13.p4")

# %%
table = {(name, n): learned(name, n) for n in sizes for name in makers}
error = {name: [table[name, n][2] for n in sizes] for name in makers}
enough = np.array(sizes)[np.array(error["conv"]) <= error["dense"][-1]]
reveal("13.p4", min(enough, default=np.inf))

# %% tags=["folded", "nbval-ignore-output"]
# The errors on the digits seen and on the test set, and the seconds of each training.
heads = [f"{name + ' errors: seen':>22}{'test':>8}{'seconds':>10}" for name in makers]
print(f"{'digits':>6}", *heads, sep="")
for n in sizes:
    rows = [table[name, n][1:] for name in makers]
    cells = [f"{100 * a:20.1f} %{100 * b:6.1f} %{c:10.1f}" for a, b, c in rows]
    print(f"{n:>6,}", *cells, sep="")

# %% tags=["figure"]
# Figure 4: the test errors of both networks against the number of digits.
fig, ax = plt.subplots(figsize=(7.2, 2.7), layout="constrained")
for name, label, form, colour in (
    ("dense", "dense 784-128-10", "s--", PALETTE["vermilion"]),
    ("conv", "convolutional", "o-", PALETTE["blue"]),
):
    ax.loglog(sizes, np.array(error[name]) * 100, form, color=colour, label=label)
ax.set_xticks(sizes, [f"{n:,}" for n in sizes])
ax.set_yticks([2, 5, 10, 20, 30], ["2", "5", "10", "20", "30"])
ax.minorticks_off()
ax.set(xlabel="training digits", ylabel="errors on the test set (%)")
ax.set_title("From 300 digits on, the convolutional network does with a third")
ax.legend()
plt.show()

# %% [markdown]
# *Figure 4. Errors on the test set against the number of training digits, both on log scales. The dense network falls
# from about 34 to 7 %, the convolutional one from about 21 to 2.5 %, and its line lies below at every size.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
# Errors in %: convolutional 20.5, 9.5, 4.1, 2.5; dense 33.8, 19.1, 10.9, 7.0; with 24,000
# and with 30,000 looks no share differs by more than half a point.
assert max(seen for _, seen, _, _ in table.values()) < 0.03
assert not real or all(
    c < 0.8 * d for c, d in zip(error["conv"], error["dense"], strict=True)
)
assert not real or all(
    c < d for c, d in zip(error["conv"][1:-1], error["dense"][2:], strict=True)
)
assert not real or abs(error["conv"][0] - error["dense"][1]) < 0.05
assert (
    not real
    or error["conv"][-1]
    < 0.035
    < error["conv"][2]
    < 0.06
    < error["dense"][-1]
    < error["conv"][1]
)
assert (size(dense(10, 128)), size(convolutional(10))) == (101_770, 6018)

# %% [markdown]
# **Less data: yes.** With 300 digits, and with 1,000, the convolutional network makes fewer errors than the dense one with
# three times as many. With 100 it does about as well as the dense one with 300.
#
# **Less overfitting: yes, in a sense.** Both know their training digits by heart, with errors near 0. But the gap to the test
# set is smaller for the convolutional network at every size. It can memorise as well, though up to its last layer only in
# patterns that are tried in every place.
#
# **Faster: no,** as the seconds show, and *Check the slide* counts why.
#
# ## 5. All of MNIST
#
# Now the network gets all the digits, with two looks at each. The linear model of lesson 08 ended below 8 % errors, and a
# network of 20,175 parameters in lesson 11 below 5 %. What would you expect of a convolutional one with 6,018?


# %% tags=["nbval-ignore-output"]
torch.manual_seed(0)
reader = convolutional(10)
train_on_all(reader)
accuracy = evaluate(reader, ce, X_test, y_test)[1]
print(f"right on the test set: {100 * accuracy:.2f} %")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert not real or 0.986 < accuracy < 0.994  # 99.04 and 99.08 %

# %% [markdown]
# It reads about 99 % of the test digits: over five seeds of our benchmark, `python -m benchmarks.cnn`, 99.03 % on average,
# with a spread of 0.07 %.
#
# ## 6. What the kernels have learned
#
# **13.p2.** Train the same network once more, but never touch its eight first kernels: they stay as the random start
# made them. How many of the 10,000 test digits more will be misread?
#
# - a) fewer than 100
# - b) between 100 and 1,000
# - c) more than 1,000

# %%
predict("13.p2")

# %%
torch.manual_seed(0)
frozen = convolutional(10)
frozen[0].requires_grad_(False)
train_on_all(frozen)
accuracy_frozen = evaluate(frozen, ce, X_test, y_test)[1]
reveal("13.p2", 100 * (accuracy - accuracy_frozen))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert not real or 0 < accuracy - accuracy_frozen < 0.008
assert not real or accuracy_frozen > 0.98

# %% [markdown]
# With eight random patterns it still reads more than 98 % of the test digits, as long as what comes after them is trained. So
# beware of reading too much into the eight kernels that were trained, and into the maps that they make of one digit:

# %% tags=["figure"]
# Figure 5: kernels at their start and trained, and their maps of one digit.
torch.manual_seed(0)
begun = convolutional(10)[0].weight.detach().numpy()[:, 0]  # the start of `reader`
filters = reader.to("cpu")[0].weight.detach().numpy()[:, 0]  # (8, 5, 5), trained
digit = data.X_test[0].reshape(28, 28) / 255
responses = [cross_correlate(digit, kernel) for kernel in filters]
fig, axes = plt.subplots(3, 8, figsize=(9.6, 2.7), layout="constrained")
for column, three in enumerate(zip(begun, filters, responses, strict=True)):
    for ax, values in zip(axes[:, column], three, strict=True):
        strongest = np.abs(values).max()
        ax.imshow(values, cmap=DIVERGING, vmin=-strongest, vmax=strongest)
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(True)
for ax, name in zip(axes[:, 0], ("start", "trained", "its map"), strict=True):
    ax.set_ylabel(name)
fig.suptitle("Trained kernels are smoother than their random start")
plt.show()

# %% [markdown]
# *Figure 5. Three rows of eight. Above, the kernels of five by five as the random start made them, red for positive weights
# and blue for negative: noise. In the middle the same kernels trained: smoother, some with a red side and a blue side.
# Below, the trained kernels' maps of the first test digit, which mark strokes and edges.*


# %% tags=["facts"]
# Facts: what the text says, asserted.
def alike(kernels):
    """Mean correlation of a weight with its right neighbour."""
    pairs = [(k[:, :-1].ravel(), k[:, 1:].ravel()) for k in kernels]
    return np.mean([np.corrcoef(*pair)[0, 1] for pair in pairs])


with torch.no_grad():
    by_torch = reader[0](X_test[:1])[0].numpy()
assert np.allclose(responses, by_torch, atol=1e-4)
assert not real or alike(filters) > alike(begun) + 0.1

# %% [markdown]
# So something was learned: neighbouring weights are more alike than at the start, as they must be in a pattern of edges and
# strokes. But the maps alone would not prove it, because random kernels draw outlines too, and a network that reads them is
# nearly as good. Now the mistakes of which it was surest:

# %% tags=["figure"]
# Figure 6: the ten mistakes of which it was surest.
z = logits(reader, X_test)
p = torch.softmax(z, dim=1).numpy()
said = p.argmax(axis=1)
wrong = np.flatnonzero(said != data.y_test)
worst = wrong[np.argsort(-p[wrong, said[wrong]])][:10]
names = [f"{data.y_test[i]}, said {said[i]}" for i in worst]
_, ax = plt.subplots(figsize=(9.6, 1.55), layout="constrained")
plot_digits(
    data.X_test[worst],
    names,
    title="Test digits that the network misread, those of which it was surest",
    ax=ax,
)
plt.show()

# %% [markdown]
# *Figure 6. Up to ten test digits in a row, each with what it is and what the network said. Several are torn, squashed or so
# badly written that a person hesitates too.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert not real or p[worst, said[worst]].min() > 0.8

# %% [markdown]
# ## 7. Break it
#
# To the eye, digits whose pixels are shuffled are noise. But if they all are shuffled in the same way, whoever knows the
# order could put each digit together again.
#
# **13.p1.** All pixels of the digits are shuffled by one fixed rule, and both networks are trained anew. Which one gets
# worse?
#
# - a) both
# - b) neither: no information is lost
# - c) the convolutional one alone

# %%
predict("13.p1")

# %%
order = torch.from_numpy(np.random.default_rng(0).permutation(784))
mixed, mixed_test = (
    X.flatten(1)[:, order].reshape(X.shape) for X in (X_digits, X_test)
)
n, broken = sizes[-1], {}
for name in makers:
    model, _ = train_on(name, mixed[:n], y_digits[:n])
    broken[name] = 1 - evaluate(model, ce, mixed_test, y_test)[1]
reveal("13.p1", sum(broken[name] - error[name][-1] > 0.02 for name in broken))

# %% tags=["folded", "nbval-ignore-output"]
# The errors of both networks on digits and on shuffled digits.
for name in broken:
    print(f"{name:>5}: error {100 * error[name][-1]:.1f} % on digits", end=", ")
    print(f"{100 * broken[name]:.1f} % on the same digits shuffled")

# %% tags=["facts"]
# Facts: what the text says, asserted.
# The convolutional error is 0.106, the dense one 0.069; 0.111 and 0.067 with 24,000 looks.
assert not real or abs(broken["dense"] - error["dense"][-1]) < 0.02
assert not real or broken["conv"] > max(2 * error["conv"][-1], broken["dense"])

# %% [markdown]
# To the dense network it makes hardly any difference, because it never knew which pixels are neighbours. The convolutional
# one loses its lead, and is now the worse of the two: it had been better because it assumed something true about pictures,
# namely that neighbours belong together, and that a pattern means the same in every place. On a table whose columns stand
# in any order, such as lesson 04's police data, there is nothing to share.
#
# There is still the question of the beginning, a thing in a place where it was never seen. Take the two networks of
# section 4 that had most digits, and push the test digits to the right, as in figure 1.
#
# **13.p5.** Where they stand, the convolutional network reads more than 97 % of the test digits. How many does it read when
# they are pushed by four pixels?
#
# - a) about two in three
# - b) about one in four, as the dense network does
# - c) nearly all, since its maps move along

# %%
predict("13.p5")

# %%
pushed = {"dense": {}, "conv": {}}
for name, shares in pushed.items():
    for by in (0, 2, 4):
        shares[by] = evaluate(table[name, n][0], ce, pushed_by(by), y_test)[1]
reveal("13.p5", 100 * pushed["conv"][4])

# %% tags=["folded", "nbval-ignore-output"]
# The share of the pushed digits that each network reads.
for name, shares in pushed.items():
    found = [f"{by} pixels {100 * share:.1f} %" for by, share in shares.items()]
    print(f"{name:>5} reads of those pushed by", ", ".join(found))

# %% tags=["facts"]
# Facts: what the text says, asserted.
# Pushed by 2: dense 0.697, convolutional 0.940; by 4, 0.235 and 0.689, where 24,000 looks
# give 0.243 and 0.644.
assert not real or all(pushed["conv"][by] > pushed["dense"][by] for by in (0, 2, 4))
assert not real or (
    pushed["dense"][2] < 0.8 and pushed["conv"][2] > 0.85 and pushed["conv"][4] < 0.8
)
assert not real or 0.97 < pushed["conv"][0] < 0.985

# %% [markdown]
# The convolutional network holds longer, and then falls as well: its maps move along with the digit, but the last, dense
# layer reads them by their place. Sharing makes a map *move with* the picture (**equivariant**); it does not make the
# answer *indifferent* to the move (**invariant**).
#
# The cure is cheap, since all that it takes is more pictures. Each digit is shown seven times, each time pushed by up to
# three pixels in some direction, and the looks are 21,000 as before. To make new pictures of old ones, in a way that keeps
# their label, is called **augmentation**.


# %%
def pushed_about(X):
    """Seven copies of the pictures, each in a hundred pieces that are pushed alike."""
    rng, pieces = np.random.default_rng(0), X.chunk(100) * 7
    pushes = [rng.integers(-3, 4, 2).tolist() for _ in pieces]
    pairs = zip(pieces, pushes, strict=True)
    return torch.cat([torch.roll(some, by, dims=(2, 3)) for some, by in pairs])


# %% tags=["nbval-ignore-output"]
cured = {}
for name in makers:
    model, _ = train_on(name, pushed_about(X_digits[:n]), y_digits[:n].repeat(7))
    cured[name] = [evaluate(model, ce, pushed_by(by), y_test)[1] for by in (0, 4)]
    for by, now in zip((0, 4), cured[name], strict=True):
        was = 100 * pushed[name][by]
        print(f"{name:>5}, pushed by {by}: {was:.1f} %, now {100 * now:.1f} %")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert not real or (cured["dense"][1] > pushed["dense"][4] + 0.4)
assert not real or (cured["conv"][1] > pushed["conv"][4] + 0.15)
assert not real or all(cured[name][0] > pushed[name][0] - 0.02 for name in cured)

# %% [markdown]
# Pushed by four pixels the dense network goes from about one digit in four to about four in five, the convolutional one
# from two in three to more than nine in ten, and on digits that stand still neither
# loses more than about one in a hundred.
#
# ### What the package does
# It slides without a loop, by a view of all windows, and one sum of products over the last two axes. Below its docstring,
# `cross_correlate` has these lines:

# %%
print(inspect.getsource(cross_correlate).split('"""')[2].strip("\n"))

# %% [markdown]
# ## Check the slide

# %% [markdown]
# **Claim (lecture 5).** Weight sharing makes a network faster. **Does it hold?** Count the
# multiplications for one picture.

# %%
multiplications = {
    "dense 784-128-10": 784 * 128 + 128 * 10,
    "convolutional": 24 * 24 * 8 * 25 + 8 * 8 * 16 * 200 + 256 * 10,
    "its first layer": 24 * 24 * 8 * 25,
    "a dense layer with as many outputs": 784 * 4608,
}
for name, count in multiplications.items():
    print(f"{name:<36}{count:>10,} multiplications a picture")

# %% tags=["facts"]
# Facts: what the text says, asserted.
usual, whole, conv, same_outputs = multiplications.values()
assert round(same_outputs / conv) == 31
assert round(whole / usual, 1) == 3.2

# %% [markdown]
# **What holds:** locality makes it faster than a dense layer with the same outputs (31 times fewer multiplications for
# eight kernels of 5 × 5 on 28 × 28 pixels); sharing saves memory, not multiplications. Against the dense network that
# one would use in its place, 784-128-10, the convolutional network of lesson 13 does 3.2 times the work a picture.
# Less data and less overfitting hold.

# %% [markdown]
# ## Summary
#
# - A convolution slides a small kernel: local, and shared by all places. It is a dense layer with few different
#   weights.
# - It needs less data and overfits less, because its assumption is true of pictures. It has fewer parameters, not
#   fewer multiplications than the dense network it replaces.
# - Its maps move along with the picture, but the answer does not stay the same, unless the network is also shown pictures
#   that are pushed about.
# - 6,018 parameters read about 99 % of MNIST.
#
# **Where this is used:** pictures, sound, whatever has neighbours. **Where it fails:** where neighbours mean nothing;
# where each place has a meaning of its own, as on portraits that are all cut out alike; and where things turn or change
# their size, which sliding does not cover.
#
# ## Further reading
#
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition",
#   *Proceedings of the IEEE* 86 (11), 2278–2324, 1998: convolution, sharing and pooling, on these very digits.
# - K. Fukushima, "Neocognitron: a self-organizing neural network model for a mechanism of pattern recognition
#   unaffected by shift in position", *Biological Cybernetics* 36, 193–202, 1980.
# - L. Smith, N. Topin, "Super-convergence: very fast training of neural networks using large learning rates",
#   arXiv:1708.07120, 2017: the one-cycle schedule.
# - S. Prince, *Understanding Deep Learning*, MIT Press, 2023, chapter 10.
# - A. Zhang, Z. Lipton, M. Li, A. Smola, *Dive into Deep Learning*, Cambridge University Press, 2023, chapter 7.
