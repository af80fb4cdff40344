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
# # 12 · Many labels
#
# **The question:** a picture may hold a car, a bus, both or nothing: how does a network say so, and what becomes of a
# label that is rare?
#
# **Time:** 55 minutes. **Needs:** binary cross-entropy (04), softmax and its gradient (06), ten sigmoids and one
# softmax (08), networks and Adam in torch (11).
#
# Here is a case to begin with. A small picture of a street holds a car and, in front of it, a pedestrian. The softmax
# of lessons 08 and 11 would have to divide its answer between the two, because its shares sum to one. And what should
# it say of a street with nothing in it? In figure 1 you will see twenty such streets with their labels. You will then
# train one network that answers three questions about each street, compare it with three networks and with a softmax,
# and at the end ask what becomes of a label that is hardly ever a yes.
#
# When you have finished, you can
#
# - [ ] give a network several answers that may all be true, and say why a softmax cannot;
# - [ ] say what one network with three outputs shares, and what that buys;
# - [ ] make a rare label count for more, and read a probability that was learned so.

# %% [markdown]
# ## Three questions from earlier lessons
#
# Answer each one aloud before you open it.
#
# <details><summary>1. Ten sigmoids are trained together with the sum of ten binary cross-entropies. Do the ten learn
# anything from each other?</summary>No, because without a shared layer they are ten separate classifiers (lesson
# 08).</details>
#
# <details><summary>2. What is the gradient of −Σ t ln p, p a softmax, with respect to the logits, if the targets do
# not sum to one?</summary>p Σt − t (lesson 06), which you will need again in section 4.</details>
#
# <details><summary>3. A classifier for fives always says "no" and is right in 91 of 100. Which pictures does it get
# wrong?</summary>It misses every five, so its recall is 0 (lesson 07).</details>

# %% tags=["folded"]
# What this lesson imports.
import time

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn

from course_utils.activations import sigmoid
from course_utils.datasets import draw_street_scenes
from course_utils.exercises import check
from course_utils.explorers.logits_and_temperature import logits_and_temperature
from course_utils.plots import PALETTE, plot_digits
from course_utils.study.predictions import predict, reveal
from course_utils.study.review import review
from course_utils.torch_training import logits, train

# %% tags=["folded"]
# The look of every figure.
plt.style.use("course_utils.lesson")

# %% [markdown]
# Three more questions, chosen for you. What you get wrong comes back in the next lesson, and what you get right comes
# back later and later.

# %%
review("12")

# %% [markdown]
# ## 1. What is in the street?
#
# The course draws its own streets, so that we know what is in each of them. A scene holds a car or none, a bus or
# none, and a pedestrian or none. Houses and trees stand behind, where they can be mistaken for something else.

# %%
street, street_test = draw_street_scenes(4000, seed=0), draw_street_scenes(2000, seed=1)
print(street_test, street_test.label_names)

# %% tags=["figure"]
# Figure 1: twenty street scenes with their three labels.
targets = ["".join(str(int(v)) for v in row) for row in street_test.t[:20]]
plot_digits(
    street_test.X[:20],
    targets,
    title="A scene may hold a car, a bus, a pedestrian: all, some or none",
)
plt.show()

# %% [markdown]
# *Figure 1. Twenty small grey street scenes, each under three digits: car, bus, pedestrian, 1 for there, 0 for not. A
# bus is a long box with windows, a car is low with two wheels, a pedestrian is a thin figure in front. Under 000
# there are only houses and trees.*
#
# So the target of a scene is a row of three numbers, such as [1, 0, 1] (a car and a pedestrian), [0, 0, 1] (a
# pedestrian alone) or [1, 1, 0] (a car and a bus). In lesson 08 exactly one entry of a row was 1, while here none may
# be 1, or one, two or all three of them. That is **multi-label** classification, which does not ask "which one?"
# once, but "is it there?" three times.
#
# How good is a network that knows nothing? It might guess each of the three labels with a coin, or it might always
# give the same answer. What the second way earns depends on how often each combination of labels occurs, so let us
# count the combinations.

# %%
kinds, counts = np.unique(street.t, axis=0, return_counts=True)
print("combinations:", len(kinds))
print("scenes of the rarest and the most frequent:", counts.min(), counts.max())

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert len(kinds) == 8
assert (np.abs(counts / 4000 - 1 / 8) < 0.02).all()

# %% [markdown]
# A coin gets all three labels right once in eight scenes, whatever the scenes hold. Since the eight combinations are
# about equally frequent, always giving the same answer earns hardly more. Keep 12.5 % in mind, because every network
# of this lesson has to be compared with it.

# %% [markdown]
# ## 2. Three sigmoids on one network
#
# Each label gets a logit, each logit its own sigmoid, each sigmoid its own binary cross-entropy:
#
# $$p_{nk} = \sigma(z_{nk}), \qquad
# L = \frac{1}{N K}\sum_{n=1}^{N}\sum_{k=1}^{K} \bigl[-t_{nk}\ln p_{nk} - (1-t_{nk})\ln(1-p_{nk})\bigr]$$
#
# Nothing in this loss is new but the targets. In torch it is called `BCEWithLogitsLoss`, which takes the mean over
# the labels as well, so that it is smaller by a factor of $K$ than the loss of lesson 08.
#
# ### Exercise 12.1
# One step is missing. To see which label is learned badly, take the loss of each label apart: $K$ numbers, each a
# mean over the scenes. The table of losses is there, in lesson 09's softplus form, $\ln(1 + e^z) - tz$.


# %%
def loss_per_label(z, t):
    """Logits (N, K) and targets (N, K) in, K losses in nats out."""
    losses = np.logaddexp(0, z) - t * z  # (N, K), lesson 09
    return ...  # from (N, K) to K numbers


check("12.1", loss_per_label)

# %% [markdown]
# ### Exercise 12.2
# From a blank page: compute the answer of the network from its logits. A label is said to be there where its
# probability is above one half.


# %%
def which_are_there(z):
    """Logits (N, K) in, a table (N, K) of 1.0 and 0.0 out."""
    ...  # your lines here


check("12.2", which_are_there)

# %% [markdown]
# The network is that of lesson 11: every pixel goes to every one of 64 hidden units with a ReLU, and every unit goes
# to every label. A layer in which every input is connected with every output is called **dense**.


# %% tags=["folded"]
# The scenes as tensors (N, 1, 28, 28), ink from 0 to 1, and one way to train.
def pictures(X):
    return torch.from_numpy(np.divide(X.reshape(-1, 1, 28, 28), 255, dtype=np.float32))


def fit(model, loss, X, t, epochs):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    return train(model, loss, optimizer, X, t, epochs=epochs, batch_size=64, seed=0)


X_street, t_street = pictures(street.X), torch.from_numpy(street.t).float()
X_street_test = pictures(street_test.X)
t_street_test = torch.from_numpy(street_test.t).float()


# %%
def dense(n_outputs, hidden=64):
    into, out_of = nn.Linear(784, hidden), nn.Linear(hidden, n_outputs)
    return nn.Sequential(nn.Flatten(), into, nn.ReLU(), out_of)


# %% [markdown]
# Two counts tell how good the answers are: the share of right answers for each label, and the share of scenes with
# **all three** right.
#
# The three things are not equally hard for a dense network. Look once more at figure 1, at the sizes of the things
# and at the places where they stand, and you can guess which of the three is learned worst.

# %% tags=["nbval-ignore-output"]
bce = nn.BCEWithLogitsLoss()
fit(dense(3), bce, X_street[:64], t_street[:64], epochs=1)  # the first call is slow
torch.manual_seed(0)
one, began = dense(3), time.perf_counter()
fit(one, bce, X_street, t_street, epochs=20)
seconds_one = time.perf_counter() - began


# %% tags=["nbval-ignore-output"]
def score(z, t=t_street_test):
    right = (z > 0) == (t > 0.5)
    return right.float().mean(dim=0).numpy(), right.all(dim=1).float().mean().item()


by_label, all_three = score(logits(one, X_street_test))
for name, share in zip(street.label_names, by_label, strict=True):
    print(f"{name:<10} right in {share:.1%}")
print(f"all three right: {all_three:.1%} of the test scenes")

# %% tags=["facts"]
# Facts: what the text says, asserted.
# With torch's instructions for old and for new processors: within 0.002 of these.
# Dense networks hardly move with them.
assert (np.abs(by_label - [0.99, 0.99, 0.83]) < [0.015, 0.015, 0.04]).all()
assert abs(all_three - 0.81) < 0.04

# %% [markdown]
# Cars and buses are right in about 99 % of the scenes, and the pedestrian in about 83 %. A pedestrian is small and
# may stand anywhere, so at any one place the network has seen one in few scenes only. In the scenes that the network
# was trained on it does better:

# %% tags=["nbval-ignore-output"]
in_training = score(logits(one, X_street), t_street)[1]
print(f"all three right: {in_training:.1%} of the training scenes")
print(f"{all_three:.1%} of the test scenes")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert in_training - all_three > 0.04

# %% [markdown]
# A gap between seen and unseen is **overfitting** (lesson 11), and lesson 13 shows a layer with which the gap becomes
# smaller.

# %% [markdown]
# ## 3. One network, or three?
#
# The three outputs share the hidden layer, and nothing else. We could as well train three networks, one for each
# label, and each of them would have a hidden layer to itself.
#
# Three networks may be better, because each has all of its units for one label, or worse, because none profits from
# what the others have learned. For a fair comparison the next cells train such networks twice: once with 64 hidden
# units each, and once with 21 each, so that the three together have about as many parameters as the one.


# %% tags=["nbval-ignore-output"]
def three_networks(hidden):
    torch.manual_seed(0)
    models = [dense(1, hidden) for _ in range(3)]
    for k, model in enumerate(models):
        fit(model, bce, X_street, t_street[:, k : k + 1], epochs=20)
    return models


# %% tags=["nbval-ignore-output"]
rows = {"one, 64 hidden units": ([one], seconds_one)}
for hidden in (64, 21):
    began = time.perf_counter()
    models = three_networks(hidden)
    rows[f"three, {hidden} hidden units each"] = models, time.perf_counter() - began


# %% tags=["folded", "nbval-ignore-output"]
# Parameters, right answers and seconds of each row.
def size(*models):
    return sum(each.numel() for model in models for each in model.parameters())


right_of = {}
for name, (models, seconds) in rows.items():
    z = torch.cat([logits(model, X_street_test) for model in models], dim=1)
    right_of[name] = score(z)[1]
    print(f"{name:<30} {size(*models):>8,} parameters", end="   ")
    print(f"all three right {right_of[name]:.1%}   {seconds:.1f} s")

# %% tags=["facts"]
# Facts: what the text says, asserted.
one_share, three_share, thin_share = right_of.values()
assert [size(*models) for models, _ in rows.values()] == [50_435, 150_915, 49_521]
assert one_share - 0.02 < three_share < one_share + 0.08
assert abs(thin_share - one_share) < 0.07

# %% [markdown]
# Three full networks have three times the parameters (150,915 against 50,435) and make three times the work. They get
# as many scenes right as the one network, or a few in a hundred more. Three thin ones, with about as many parameters
# as the one, do about as well as it. So at the same price the sharing neither helps nor hurts here. It pays where the
# early layers are expensive and useful to all labels: a real network of this kind has one large body, often trained
# before on much other data, and many small heads.

# %% [markdown]
# ## 4. Why not a softmax?
#
# Give the same three logits to a softmax and use $-\sum_k t_k \ln p_k$, as if nothing had changed. What can a network
# learn from this loss? Work that out on one scene first, before any training.
#
# ### Exercise 12.3
# The scene holds a car and a pedestrian: $t = (1, 0, 1)$. Which $p$ of the car makes this loss lowest, and how low
# can the loss get? Give both numbers as a pair.

# %%
best = None  # (p of the car, loss in nats)

check("12.3", best)

# %% [markdown]
# **12.p1.** A softmax learns street scenes with the loss that adds -t ln p over the labels. What does an empty street,
# with the targets 0, 0, 0, teach it?
#
# - a) to make all three probabilities small
# - b) nothing at all
# - c) to make all three equal

# %%
predict("12.p1")

# %%
z = torch.tensor([[2.0, -1.0, 0.5], [2.0, -1.0, 0.5]], requires_grad=True)
t = torch.tensor([[1.0, 0.0, 1.0], [0.0, 0.0, 0.0]])


def softmax_loss(z, t):
    return -(t * torch.log_softmax(z, dim=1)).sum(dim=1).mean()


softmax_loss(z, t).backward()
reveal("12.p1", z.grad[1].abs().max())

# %%
print("gradient, car and pedestrian:", z.grad[0].numpy().round(3))
print("gradient, empty street:      ", z.grad[1].numpy().round(3))

# %% tags=["facts"]
# Facts: what the text says, asserted.
by_formula = (torch.softmax(z, dim=1) * t.sum(dim=1, keepdim=True) - t) / 2
assert torch.allclose(z.grad, by_formula.detach(), atol=1e-6)
assert (z.grad[1] == 0).all()

# %% [markdown]
# An empty street teaches the softmax nothing. The gradient with respect to the logits is $p \sum t - t$, and where no
# target is 1 both terms are zero, so one scene in eight is wasted. In the other scenes the gradient vanishes at
# $p = t / \sum t$: a car is worth 1 in a scene of its own, 1/2 beside a pedestrian, 1/3 if all three are there. Now
# we train this softmax network and see whether the trained one shows these shares.

# %% tags=["nbval-ignore-output"]
torch.manual_seed(0)
rival = dense(3)
fit(rival, softmax_loss, X_street, t_street, epochs=20)
p_train = torch.softmax(logits(rival, X_street), dim=1)
p_test = torch.softmax(logits(rival, X_street_test), dim=1)


# %% tags=["nbval-ignore-output"]
def all_right(p, t, threshold):
    return ((p > threshold) == (t > 0.5)).all(dim=1).float().mean().item()


thresholds = np.linspace(0.05, 0.6, 56)
threshold = max(thresholds, key=lambda cut: all_right(p_train, t_street, cut))
for cut in (0.5, threshold):
    share = all_right(p_test, t_street_test, cut)
    print(f"softmax, threshold {cut:.2f}: all three right {share:.1%}")

# %% tags=["nbval-ignore-output"]
empty = t_street_test.sum(dim=1) == 0
right_empty = all_right(p_test[empty], t_street_test[empty], threshold)
largest = p_test[empty].max(dim=1).values.mean().item()
print(f"of the empty streets, at the lower threshold: {right_empty:.1%}")
print(f"the largest p on an empty street: {largest:.2f} on average")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert abs(all_right(p_test, t_street_test, 0.5) - 0.35) < 0.05
assert abs(largest - 0.89) < 0.05
assert all_right(p_test, t_street_test, threshold) < all_three - 0.08
assert 0.13 < threshold < 0.3
assert all_right(p_test[empty], t_street_test[empty], threshold) < 0.02

# %% [markdown]
# With the threshold one half, the softmax gets about 35 % of the scenes right, because two things cannot both have
# more than one half. A lower threshold, chosen on the training scenes, saves much, since 1/3 and 0 are still far
# apart. But full streets need a threshold below 1/3, and of three numbers that sum to one the largest is never below
# 1/3, so the softmax can never answer that nothing is there. On an empty street it gives 0.89 to one thing, on
# average.

# %% tags=["figure"]
# Figure 2: the mean probability of a car against the number of things.
p_three = torch.sigmoid(logits(one, X_street_test))
things, car = t_street_test.sum(dim=1), t_street_test[:, 0] == 1
means = {
    name: [p[car & (things == n), 0].mean().item() for n in (1, 2, 3)]
    for name, p in (("sigmoid", p_three), ("softmax", p_test))
}
fig, ax = plt.subplots(figsize=(7.2, 3.6), layout="constrained")
ax.plot(
    [1, 2, 3], means["sigmoid"], "o-", color=PALETTE["blue"], label="three sigmoids"
)
ax.plot(
    [1, 2, 3], means["softmax"], "s--", color=PALETTE["vermilion"], label="one softmax"
)
ax.plot([1, 2, 3], [1, 1 / 2, 1 / 3], "k:", label="1, 1/2, 1/3")
ax.set(
    xticks=[1, 2, 3],
    ylim=(0, 1.1),
    xlabel="things in the scene, one of them a car",
    ylabel="mean p of the car",
)
ax.set_title("To a softmax, a car beside a bus is half a car")
ax.legend(frameon=False)
plt.show()

# %% [markdown]
# *Figure 2. Mean probability of a car that is there, against the number of things in the scene. The three sigmoids
# make a flat line near 1. The softmax falls from 0.78 over one half to less than 0.4, and from two things on lies
# near the dotted line 1, 1/2, 1/3.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert min(means["sigmoid"]) > 0.9
assert np.allclose(means["softmax"], [0.78, 0.52, 0.37], atol=0.08)

# %% [markdown]
# A softmax answers the question "which one?", while the question here is, of each thing, whether it is there.
#
# ### Touch it
# Let the three bars be the logits of car, bus and pedestrian, and drag them yourself. Try to give two of them 0.9 each,
# as a street with a car and a pedestrian wants it, and then try to bring all three below 0.1 for the empty street.
# Neither can be done, because whatever one bar gains the others lose. Three sigmoids would take each logit by itself.

# %%
logits_and_temperature([2.0, -1.0, 2.0])

# %% [markdown]
# ## 5. When yes is rare
#
# In these streets every label is a yes in half of the scenes. Real labels are seldom so well balanced: a finding may
# be in one X-ray of twenty. Then a network that always says "no" is right in 95 of 100, and its loss is small. The
# usual cure makes every yes count $w$ times in the loss:
#
# $$L = \frac{1}{N K}\sum_{n,k} \bigl[-w_k\, t_{nk}\ln p_{nk} - (1-t_{nk})\ln(1-p_{nk})\bigr]$$
#
# With $w$ = 19 and one yes in twenty, both sides weigh alike. In torch these weights are called `pos_weight`.
#
# ### Exercise 12.4
# From a blank page: write this loss, and keep it finite for any logit: $-\ln p$ is $\ln(1 + e^{-z})$, and $-\ln(1-p)$
# is $\ln(1 + e^z)$; `np.logaddexp(0, z)` computes the second.


# %%
def weighted_loss(z, t, weight):
    """Logits (N, K), targets (N, K), weights (K,) of a yes in; the mean over all
    entries out, in nats."""
    ...  # your lines here


check("12.4", weighted_loss)

# %% [markdown]
# **12.p2.** A pedestrian is in one scene of twenty, and each counts nineteen times in the loss. What does a network,
# trained so, say of a scene in which it can make out nothing at all?
#
# - a) a pedestrian with 5 %
# - b) a pedestrian with 50 %
# - c) a pedestrian with 95 %

# %%
predict("12.p2")

# %%
rare = (np.arange(1000) % 20 == 0).astype(float)  # one yes in twenty, and no picture
blind = 0.0  # a network that sees nothing is a bias alone
for _ in range(200):
    p = sigmoid(blind)
    blind -= np.where(rare == 1, 19 * (p - 1), p).mean()
reveal("12.p2", sigmoid(blind))

# %%
torch_loss = nn.BCEWithLogitsLoss(pos_weight=torch.tensor([19.0, 4.0, 1.0]))
z, t = torch.tensor([[0.5, -1.0, 2.0]]), torch.tensor([[1.0, 1.0, 0.0]])
by_hand = np.logaddexp(0, [-0.5, 1.0, 2.0]) @ [19, 4, 1] / 3
print(f"torch {torch_loss(z, t).item():.4f} nats, by hand {by_hand:.4f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert abs(sigmoid(blind) - 0.5) < 1e-6
assert abs(torch_loss(z, t).item() - by_hand) < 1e-5

# %% [markdown]
# The network says one half, and not one in twenty. The weights make the loss that of a world in which yes and no are
# equally frequent, so the network's probabilities are those of that world. The odds, p to 1 − p, are $w$ times too
# high, so the chance in the streets that you have is $\sigma(z - \ln w)$.
#
# ### Exercise 12.5
# A network trained with $w$ = 9 says 50 %. What is the chance that the label is really there?

# %%
chance = None  # a number from 0 to 1

check("12.5", chance)

# %% [markdown]
# So a weight does the same as another cut: with $w$ times the weight and the cut at one half you say yes wherever an
# unweighted, well calibrated network says more than $1/(1 + w)$. Lesson 07 found that cut from the costs. Weights
# while training help where the rare yes is hardly learned at all; a cut needs no second training.

# %% [markdown]
# ## Check the slide

# %% [markdown]
# **Claim (lecture 5).** For three labels one network with three sigmoid outputs can stand in for three networks.
# **Does it hold?**

# %%
for name, share in right_of.items():
    print(f"{name:<30} all three right {share:.0%}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert one_share - 0.02 < three_share < one_share + 0.08
assert abs(thin_share - one_share) < 0.07

# %% [markdown]
# **It holds:** with a third of the parameters the one network gets as many scenes right, or a few in a hundred fewer;
# three networks as small as its share do about as well as it.

# %% [markdown]
# ## Summary
#
# - Several labels at once: a sigmoid and a binary cross-entropy for each. The answer is z > 0, label by label.
# - A softmax splits its probability among the things that are there, and learns nothing from a scene with none.
# - One network with three outputs does the work of three. At the same price the sharing neither helped nor hurt here;
#   it pays where the early layers are expensive and useful to all.
# - A **class weight** makes a rare yes count for more. It moves the cut, and the probabilities with it.
#
# **Where this is used:** tags of photographs, findings in an X-ray, topics of a text. **Where it fails:** a dense network
# has a weight of its own for each pixel, and loses the pedestrian who stands elsewhere (lesson 13).
#
# ## Further reading
#
# - R. Caruana, "Multitask learning", *Machine Learning* 28, 41–75, 1997: when one network for many tasks helps.
# - C. Elkan, "The foundations of cost-sensitive learning", *IJCAI*, 973–978, 2001: weights, costs and the cut.
# - I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press, 2016, sections 6.2.2 (outputs) and 7.7 (several
#   tasks).
