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
# # 14 · Project: trust
#
# **The question:** your model says "80 %": how far can it be trusted, how do you make it say what it should, and what
# do you tell those who will use it?
#
# **Time:** 60 minutes, and as long as you like for the project; the parts headed *Deeper* are extra. **Needs:**
# cross-entropy (04, 05), softmax and temperature (06), validation (07), ten classes (08), training in torch (11).
#
# Here are ten digits that the softmax of lesson 08 has not learned from. For each it gives an answer, and a probability of
# about 80 % that the answer is right. Look at them one by one: how many of its ten answers are right?

# %% tags=["folded"]
# What this lesson imports, and the look of its figures.
import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn

from course_utils.activations import softmax
from course_utils.datasets import load_fashion_mnist, load_mnist
from course_utils.estimators import SoftmaxRegression
from course_utils.exercises import check
from course_utils.explorers.digit_pad import digit_pad
from course_utils.losses import cross_entropy_from_logits
from course_utils.plots import plot_digits
from course_utils.study.held_out import hold_back_test_set
from course_utils.study.inventory import inventory
from course_utils.study.predictions import confidences, predict, reveal
from course_utils.study.reliability import (
    describe_reliability,
    plot_reliability,
    wilson,
)
from course_utils.study.review import review
from course_utils.torch_training import logits, train

plt.style.use("course_utils.lesson")

# %% tags=["folded"]
# A softmax trained on five sixths of the digits, and what it says of the last sixth.
digits = load_mnist()
print(digits.note)
n_learned = len(digits.y_train) * 5 // 6
reader = SoftmaxRegression(
    learning_rate=0.2, epochs=4, batch_size=100, input_scale=1 / 255, dtype="float32"
)
reader.fit(digits.X_train[:n_learned], digits.y_train[:n_learned])
X_new, y_new = digits.X_train[n_learned:], digits.y_train[n_learned:]
p_new = reader.predict_proba(X_new)
sureness, answers = p_new.max(axis=1), p_new.argmax(axis=1)

# %% tags=["figure"]
# Figure 1: ten digits of which a softmax is about 80 % sure.
ten = np.flatnonzero(np.abs(sureness - 0.8) < 0.02)[:10]
names = [
    f"{k}: {100 * share:.0f} %"
    for k, share in zip(answers[ten], sureness[ten], strict=True)
]
plot_digits(X_new[ten], names, columns=5, title="Ten digits, each read with about 80 %")
plt.show()

# %% [markdown]
# *Figure 1. Ten handwritten digits in two rows. Above each stands the digit that the softmax takes it for, and the
# probability that it states, between 78 and 82 %.*
#
# If "80 %" means what it says, about eight of ten such answers are right. But ten are few, so let us also count over all of
# the digits for which it states between 75 and 85 %:

# %% tags=["nbval-ignore-output"]
about_80 = np.abs(sureness - 0.8) < 0.05
share_right = (answers == y_new)[about_80].mean()
print(f"of these ten {(answers == y_new)[ten].sum()} are right")
print(f"of {about_80.sum()} such answers {100 * share_right:.1f} % are right")

# %% [markdown]
# This softmax is right more often than it says: where it states about 80 %, nearly nine answers in ten are right. So it is
# not sure enough, and we shall see how it is with other models.
#
# Think of two people who use the same model. One wants the answer alone, so that for her it matters how often the answer
# is right. The other has to decide something by the number beside the answer, such as whether a person should
# look once more, so that for him "80 %" must mean that it is right four times in five. In this lesson you hold what a
# model states against what comes true, first for a model of your own choice, and at the end for your own predictions
# through the whole course.
#
# When you have finished, you can
#
# - [ ] draw how far a model's probabilities can be trusted, and mend them with one number;
# - [ ] choose on validation pictures, and open the test set once;
# - [ ] write the card of a model: what it is, how good it is, and for whom not.

# %% tags=["facts"]
# Facts: what the text says, asserted.
real_digits = digits.source == "mnist"
assert not real_digits or 0.86 < share_right < 0.91  # 0.885
assert (round(-np.log(1 / 2), 2), round(-np.log(1 / 1000), 2)) == (0.69, 6.91)

# %% [markdown]
# ## Three questions from earlier lessons
#
# Answer each one aloud before you open it. Below them are three more, chosen for you.
#
# <details><summary>1. If a softmax knows ten digits, and you show it a shoe, what do its ten probabilities add up
# to?</summary>They add up to one, as always, because "none of these" is not on its list (lessons 00 and 06).</details>
#
# <details><summary>2. What is wrong when you try twenty learning rates on the test set and report the
# best?</summary>The best of twenty is partly luck, so that it will do worse on new data. That is why one chooses on
# validation data (lesson 07).</details>
#
# <details><summary>3. What does the cross-entropy charge for a true class that was given 1/2, and for one that was given
# 1/1,000?</summary>−ln p, which is 0.69 nats for the one and 6.91 nats for the other (lesson 05).</details>

# %%
review("14")

# %% [markdown]
# ## 1. Your own handwriting
#
# Here is the same softmax, and a pad on which you draw with mouse, finger or arrow keys. What you draw is read while you
# draw it, and beside it stands the evidence, pixel by pixel, as in lesson 08. If you would rather not draw, the buttons
# offer sample digits.
#
# Your drawing is brought to the form of MNIST first: it is cut out, shrunk so that its longer side has 20 pixels, and
# set into 28 × 28 with its centre of mass in the middle. Without that the classifier would see pictures of a kind that
# it has never met.

# %% tags=["nbval-ignore-output"]
first_of_each = [int(np.argmax(y_new == k)) for k in range(10)]
digit_pad(reader.W_, reader.b_, X_new[first_of_each], digits.class_names)

# %% [markdown]
# Try a seven with a bar, a one with a foot, and a letter. Since a softmax must give its 100 % to something, even a
# letter A gets its probabilities. If you draw off-centre, your digit is read just the same, because the pad centres it,
# but the model itself is not so kind: pictures that it has not seen, pushed four pixels to the right, cost it more than
# 30 points of accuracy.

# %% tags=["facts"]
# Facts: what the text says, asserted.
shifted = np.roll(X_new.reshape(-1, 28, 28), 4, axis=2).reshape(-1, 784)
whole, moved = reader.score(X_new, y_new), reader.score(shifted, y_new)
assert whole > 0.88
assert whole - moved > 0.3

# %% [markdown]
# ## 2. The project
#
# The project is about clothes of ten kinds. You choose a model (`"softmax"` or `"network"`), a loss (`"CE"` or
# `"MSE"`), a learning rate and a number of epochs, and you choose them on the **validation** pictures, as often as you
# like. The test pictures stay shut until section 7, and are opened once.

# %%
project = {
    "model": "softmax",
    "loss": "CE",
    "learning_rate": 0.001,
    "epochs": 2,
}  # yours

# %% tags=["folded"]
# The clothes; the last sixth is for validation, and the test pictures are held back.
clothes, open_test_set = hold_back_test_set(load_fashion_mnist())
real = clothes.source == "fashion_mnist"
print(clothes.note)


def pictures(X):
    return torch.from_numpy(np.divide(X, 255, dtype=np.float32))


X_clothes, y_clothes = pictures(clothes.X_train), torch.tensor(clothes.y_train)
n_fit = len(y_clothes) * 5 // 6  # the last sixth is for validation
X_validation, y_validation = X_clothes[n_fit:], clothes.y_train[n_fit:]


# %% tags=["folded"]
# A model of either kind, a loss of either kind, and one way to train.
def squared_error(z, y):
    off = torch.softmax(z, dim=1) - nn.functional.one_hot(y, 10)
    return (off**2).sum(dim=1).mean()


def trained(model, loss, learning_rate, epochs, seed=0):
    torch.manual_seed(seed)
    hidden = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    net = nn.Linear(784, 10) if model == "softmax" else hidden
    error = nn.functional.cross_entropy if loss == "CE" else squared_error
    optimizer = torch.optim.Adam(net.parameters(), lr=learning_rate)
    settings = {"epochs": epochs, "batch_size": 128, "seed": seed}
    train(net, error, optimizer, X_clothes[:n_fit], y_clothes[:n_fit], **settings)
    return net


# %%
model = trained(**project)
z = logits(model, X_validation).numpy().astype(float)
p = softmax(z)
right = p.argmax(axis=1) == y_validation
more_than_60 = bool(right.mean() > 0.6)
print("more than 60 % of the validation pictures right:", more_than_60)

# %% [markdown]
# ## 3. How far can its probabilities be trusted?
#
# Of all the times that a model says "80 %", it should be right four times in five. How well what it states agrees with
# what comes true is called **calibration**. This is not the same as accuracy, which counts how often the model is right
# and leaves aside what it had stated.
#
# ### Exercise 14.1
# Sort the predictions by the probability stated, into fifths of the scale: 0 to 20 %, 20 to 40 % and so on; 100 % goes
# into the last. In each fifth, take the gap between the mean stated and the share that came true, without its sign.
# Then take the mean of the gaps over all predictions, so that a fifth with many of them counts for many. This is the
# **expected calibration error**, ECE, and the function that you write returns it.


# %%
def calibration_gap(p, right):
    """p (N,): stated for the likeliest class; right (N,): 1 or 0. One number out."""
    ...  # your lines here


check("14.1", calibration_gap)

# %% [markdown]
# The default model is a softmax that has seen each picture twice, and beside it we put a network that has seen each of
# them twenty times.
#
# **14.p1.** The network of 128 hidden units, after twenty epochs: how will what it states compare with how often it is
# right, on pictures that it has not seen?
#
# - a) it states more than it is right
# - b) it states about what it is right
# - c) it states less than it is right

# %%
predict("14.p1")

# %%
sure = trained("network", "CE", 0.001, 20)
z_sure = logits(sure, X_validation).numpy().astype(float)
p_sure = softmax(z_sure)
right_sure = p_sure.argmax(axis=1) == y_validation
reveal("14.p1", p_sure.max(axis=1).mean() - right_sure.mean())

# %% tags=["figure", "nbval-ignore-output"]
# Figure 2: two models, and how far the probabilities of each can be trusted.
figure, axes = plt.subplots(1, 2, figsize=(9.6, 4.6), layout="constrained")
titles = "The model of your project", "A network after 20 epochs"
for ax, title, each, hits in zip(
    axes, titles, (p, p_sure), (right, right_sure), strict=True
):
    plot_reliability(each.max(axis=1), hits, title=title, ax=ax)
plt.show()

# %% [markdown]
# *Figure 2. Two reliability diagrams on validation pictures: for each fifth of stated probability a point at the share
# that came true, with its 95 % interval and its count, beside the diagonal where both would be equal. Left, the model
# of the project: with the settings as given its points lie above the diagonal, but for one that stands for a handful of
# predictions. Right, the network: its points lie below.*

# %% tags=["nbval-ignore-output"]
print(describe_reliability(p.max(axis=1), right))
print()
print(describe_reliability(p_sure.max(axis=1), right_sure))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert not real or p_sure.max(axis=1).mean() > right_sure.mean() + 0.01

# %% [markdown]
# Trained for so long, the network is surer than it is right. Its training loss can still fall by making true answers surer,
# when hardly any training answers are left to mend. (Lesson 11 shows it on thirty rows, in a part headed *Deeper*.)
#
# ## 4. The temperature
#
# Lesson 06 had a knob for this, the **temperature**: all logits are divided by $T$ before the softmax.
#
# **14.p2.** A network is too sure, and its logits are divided by 1.5. Of a thousand answers, how many change?
#
# - a) those of which it was least sure, a few dozen
# - b) about a third
# - c) none

# %%
predict("14.p2")

# %%
changed = (softmax(z_sure / 1.5).argmax(axis=1) != p_sure.argmax(axis=1)).mean()
reveal("14.p2", 1000 * changed)

# %% [markdown]
# The right $T$ is the one with which the cross-entropy on *validation* pictures is lowest.
#
# ### Exercise 14.2
# From logits and true classes of validation pictures, and some temperatures to try, return the temperature whose
# cross-entropy is lowest. `cross_entropy_from_logits(z, y)` is imported.


# %%
def best_temperature(z, y, candidates):
    """Logits (N, K), classes (N,), temperatures (M,) in; one of them out."""
    ...  # your lines here


check("14.2", best_temperature)

# %% [markdown]
# A number should not be judged by the pictures that chose it, not even a single one. So $T$ is fitted on one half of the
# validation pictures, and the table below is made from the other half.

# %%
half = len(y_validation) // 2
candidates, y_half = np.linspace(0.5, 3, 51), y_validation[:half]
losses = [cross_entropy_from_logits(z_sure[:half] / T, y_half) for T in candidates]
T = candidates[np.argmin(losses)]


# %% tags=["folded", "nbval-ignore-output"]
# What the network states, before and after; the gap of exercise 14.1.
def gap(p, right):
    fifth = np.minimum((p * 5).astype(int), 4)
    gaps = [
        abs(p[fifth == k].mean() - right[fifth == k].mean()) * (fifth == k).sum()
        for k in np.unique(fifth)
    ]
    return sum(gaps) / len(p)


measured = {}
z_rest, y_rest, right_rest = z_sure[half:], y_validation[half:], right_sure[half:]
for name, each in (("as trained", z_rest), (f"divided by {T:.2f}", z_rest / T)):
    stated = softmax(each).max(axis=1)
    measured[name] = gap(stated, right_rest), cross_entropy_from_logits(each, y_rest)
    print(f"{name:<16} states {100 * stated.mean():.1f} %", end=", ")
    print(f"right {100 * right_rest.mean():.1f} %", end=", ")
    print(f"ECE {measured[name][0]:.3f}, cross-entropy {measured[name][1]:.3f} nats")

# %% tags=["facts"]
# Facts: what the text says, asserted.
(before_gap, before_loss), (after_gap, after_loss) = measured.values()
assert not real or (after_gap < before_gap / 2 and after_loss < before_loss and T > 1)

# %% [markdown]
# The best temperature lies above 1, the gap shrinks to less than half, the loss falls, and not one answer has changed. So
# whoever needs the class alone will see no difference, while whoever needs the number gets one that can be trusted.

# %% [markdown]
# ## 5. The mean of several models
#
# Let us train the same network from four random starts, so that each of the four makes mistakes of its own, and then
# average their probabilities.
#
# ### Exercise 14.3
# Four models give the true class of one picture 0.9, 0.9, 0.9 and 0.1. What is the cross-entropy of their mean, and
# what the mean of their four cross-entropies? Give both numbers as a pair, in nats.

# %%
costs = None  # (of the mean, mean of the four)

check("14.3", costs)

# %% [markdown]
# **14.p3.** Now the four networks, on the validation pictures. What does the mean of their probabilities cost, in
# cross-entropy?
#
# - a) as much as the four cost on average
# - b) less than the best of the four
# - c) as much as the best of the four

# %%
predict("14.p3")

# %%
four = [trained("network", "CE", 0.001, 3, seed=seed) for seed in range(4)]
each_p = np.stack([softmax(logits(net, X_validation).numpy()) for net in four])
rows = np.arange(len(y_validation))
each_loss = -np.log(each_p[:, rows, y_validation]).mean(axis=1)
mean_p = each_p.mean(axis=0)
mean_loss = -np.log(mean_p[rows, y_validation]).mean()
reveal("14.p3", 1000 * (mean_loss - each_loss.min()))

# %% tags=["nbval-ignore-output"]
each_right = (each_p.argmax(axis=2) == y_validation).mean(axis=1)
mean_right = (mean_p.argmax(axis=1) == y_validation).mean()
print("nats, one by one: ", each_loss.round(3), f" their mean: {mean_loss:.3f}")
print("right, one by one:", each_right.round(3), f" by their mean: {mean_right:.3f}")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert mean_loss < each_loss.mean()
assert not real or (mean_loss < each_loss.min() and mean_right > each_right.mean())

# %% [markdown]
# That their mean costs no more than the four cost on average holds whatever the models are: −ln bends upwards, so the mean
# of the costs lies above the cost of the mean (lesson 05 used this bend for Gibbs' inequality). That it also beats the best of
# them does not always hold, as exercise 14.3 shows. An **ensemble** like this costs four trainings, and four
# networks at work for each answer.

# %% [markdown]
# ## 6. Break it
#
# All that was measured of this network was measured on clothes. Now show it pictures of another kind, with its fitted
# temperature: the digits of section 1, none of which is a garment.
#
# **14.p4.** How large is the probability that it states for its answer, on average over all the digits?
#
# - a) more than 50 %
# - b) about 30 %
# - c) about 10 %, as it knows none of them

# %%
predict("14.p4")

# %%
p_strange = softmax(logits(sure, pictures(X_new)).numpy().astype(float) / T)
reveal("14.p4", 100 * p_strange.max(axis=1).mean())

# %% tags=["nbval-ignore-output"]
on_average = 100 * p_strange.max(axis=1).mean()
print(f"states {on_average:.0f} % on average, and nothing is right")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert not (real and real_digits) or p_strange.max(axis=1).mean() > 0.55

# %% [markdown]
# On clothes its "80 %" could be trusted. On digits it states more than half on average, and is never right, because a
# softmax has no answer "none of these". A calibrated model is calibrated for pictures like those on which it was measured, so that the
# card of a model has to say which these were.

# %% [markdown]
# ## 7. The test set, once
#
# ### Exercise 14.4
# You have tried several models and know, of each, the accuracy on validation and on test pictures. From both rows,
# return the one number that goes on the card.


# %%
def on_the_card(validation, test):
    """Two rows of accuracies (M,) in, one number out."""
    ...  # your lines here


check("14.4", on_the_card)

# %% [markdown]
# A measured share is uncertain, because other pictures of the same kind would have given a somewhat different one. About
# 95 times in 100 it lies within 1.96 standard errors of the long-run share, and the standard error is $\sqrt{p(1-p)/N}$.
#
# ### Exercise 14.5
# 88 % of 10,000 test pictures are right. How far to each side does the 95 % interval reach, as a share?

# %%
half_width = None

check("14.5", half_width)

# %% [markdown]
# When you are done choosing, write `True` below and run on. Then the test pictures, which nothing has looked at before,
# are handed out for the choice that you made, and your progress remembers for which one. If you change your mind
# afterwards, because of what you saw there, they will be handed out again, and the card will say that they were opened for
# a second choice. They are then a kind of validation pictures, and only pictures from somewhere else could be a test.

# %%
final = False  # True, once, at the very end

# %%
validation = clothes.X_train[n_fit:], y_validation, "validation"
X_judge, y_judge, judged = open_test_set(project, final) or validation
p_judge = softmax(logits(model, pictures(X_judge)).numpy().astype(float))
stated, hit = p_judge.max(axis=1), p_judge.argmax(axis=1) == y_judge
print("The card below is made from these pictures:", judged)

# %% tags=["figure", "nbval-ignore-output"]
# Figure 3: how far the probabilities of your model can be trusted.
figure, ax = plt.subplots(figsize=(7.2, 3.7), layout="constrained")
plot_reliability(stated, hit, title=f"Your model ({judged})", ax=ax)
plt.show()

# %% [markdown]
# *Figure 3. Reliability diagram of the model of the project, drawn like figure 2. With the switch at False it shows the
# validation pictures again. The sentences below tell the same.*

# %% tags=["nbval-ignore-output"]
print(describe_reliability(stated, hit))

# %% [markdown]
# ### Its card
# A model that leaves your desk needs a card, which says what it is, what it was trained on, how good it is **and for
# whom not**. The numbers fill themselves in, while the two last lines are for you to write.

# %% tags=["folded", "nbval-ignore-output"]
# The card's numbers, and the card.
low, high = (100 * end for end in wilson(int(hit.sum()), len(hit)))
by_class = {
    name: hit[y_judge == k].mean() for k, name in enumerate(clothes.class_names)
}
weakest = min(by_class, key=by_class.get)
weights = sum(each.numel() for each in model.parameters())
print(f"""MODEL CARD
Model: {project["model"]}, {weights:,} parameters
Trained with: {project["loss"]}, Adam, learning rate {project["learning_rate"]}
Epochs: {project["epochs"]}
Data: {clothes.note}; {n_fit:,} to train, {len(y_clothes) - n_fit:,} to choose
Accuracy, {judged}: {100 * hit.mean():.1f} %, 95 % interval {low:.1f} to {high:.1f} %
Weakest class: {weakest}, {100 * by_class[weakest]:.0f} % right
States {100 * stated.mean():.0f} % on average
Made for: ...
Not to be used for: ...""")

# %% [markdown]
# A **model card** is read by people who have not seen your notebook, and for them "Not to be used for" is the line that
# matters. Our model, for example, has seen grey pictures of one shop's clothes, centred on white, so that on a
# photograph of a street the card's accuracy means nothing.
#
# ### Deeper: your turn
# First find settings that beat 88 % on the validation pictures. Then train with `"MSE"`, and compare the two
# reliability diagrams of the *validation* pictures. Which of the two is too sure, and which not sure enough?

# %% [markdown]
# ## 8. And how far can *you* be trusted?
#
# Through this course you have predicted before you looked. Where you gave probabilities, they can be held against
# what came true, in the same diagram as your model's.

# %% tags=["nbval-ignore-output"]
stated_by_me, came_true = confidences()

# %% tags=["figure", "nbval-ignore-output"]
# Figure 4: how far your own predictions can be trusted.
figure, ax = plt.subplots(figsize=(7.2, 3.7), layout="constrained")
plot_reliability(
    stated_by_me, came_true, title="Your predictions: stated, and came true", ax=ax
)
plt.show()

# %% [markdown]
# *Figure 4. Reliability diagram of your own predictions through the course, drawn like figure 2. With no
# probabilities given there is only the diagonal. The sentences below tell what it shows.*

# %% tags=["nbval-ignore-output"]
print(describe_reliability(stated_by_me, came_true))

# %% [markdown]
# A few dozen predictions prove little, so look at the intervals before you call yourself too sure.
#
# ### The fifteen questions again
# You answered these fifteen questions in lesson 00. Answer them once more here, and what you gained is shown after the
# last one.

# %%
inventory("after")

# %% [markdown]
# ## Check the slide

# %% [markdown]
# **Claim (lecture 2).** Probabilities are better than answers of 0 and 1, because they also say how sure the model is.
# **Does it hold?**

# %% tags=["nbval-ignore-output"]
stated_by = {"as trained": p_sure, f"divided by T = {T:.2f}": softmax(z_sure / T)}
print(f"right {100 * right_sure.mean():.0f} %")
for name, each in stated_by.items():
    print(f"{name}: stated {100 * each.max(axis=1).mean():.0f} %")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert not real or p_sure.max(axis=1).mean() > right_sure.mean() + 0.01

# %% [markdown]
# **What holds:** they say how sure it is, and that is worth having. Whether it is *rightly* so sure is another question, which
# only a diagram on new data answers; the network here is too sure by two to four points until its logits are divided
# by T.

# %% [markdown]
# ## Summary
#
# - Accuracy says how often a model is right, calibration how far to trust the number beside its answer. The expected
#   calibration error is the mean gap between what is stated and what comes true.
# - After two epochs our softmax was less sure than it was right, after twenty our network was surer. One number, the
#   temperature, fitted on validation pictures, mends that and changes no answer.
# - The mean of several models costs no more than they do on average, and mostly less. On pictures of another kind a
#   softmax may be sure of what cannot be right.
# - Choose on validation pictures. The test set is opened once, and its number goes on the card with its interval.
# - A model card says what a model is, how good it is, and for what not.
#
# **Where this is used:** wherever a classifier's number is read by somebody who decides. **Where it fails:** when the new
# data are not like the old. No diagram drawn from the old data can show that.
#
# ## Further reading
#
# - C. Guo, G. Pleiss, Y. Sun, K. Weinberger, "On calibration of modern neural networks", *ICML*, 2017: the temperature.
# - M. Mitchell et al., "Model cards for model reporting", *Conference on Fairness, Accountability, and Transparency*, 2019.
# - H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms",
#   2017, arXiv:1708.07747.
# - B. Lakshminarayanan, A. Pritzel, C. Blundell, "Simple and scalable predictive uncertainty estimation using deep
#   ensembles", *NeurIPS*, 2017.
