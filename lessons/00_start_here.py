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
# # 00 · Start here
#
# **The question:** how can a machine read a digit that you have just drawn?
#
# **Time:** 40 minutes. **Needs:** school mathematics and a little Python; no other lesson.
#
# When you have finished, you can
#
# - [ ] say what a classifier takes in, what it gives back, and how its answer is chosen;
# - [ ] tell a question of *how many* from a question of *which one*, even where the answer is a number;
# - [ ] work with `check` and `hint`, and say why some pictures are kept back when a machine learns.

# %% [markdown]
# ## 1. Draw a digit
#
# Click into the cell below, then press Shift and Enter: that runs a cell and goes on to the next. Run three cells, and a
# pad appears. If the first one answers `ModuleNotFoundError`, the notebook runs in another Python than the course's.
# Close it, and start with `python course.py lab` in the folder of the course.

# %% tags=["folded"]
# What this lesson imports, and the look of its figures.
import inspect

import matplotlib.pyplot as plt
import numpy as np

from course_utils.datasets import load_fashion_mnist, load_mnist
from course_utils.environment_check import checkup
from course_utils.estimators import SoftmaxRegression
from course_utils.exercises import check, hint
from course_utils.explorers.digit_pad import digit_pad
from course_utils.plots import PALETTE, plot_digits
from course_utils.study.inventory import inventory

plt.style.use("course_utils.lesson")

# %%
digits = load_mnist()
X, y = digits.X_train[:5000], digits.y_train[:5000]
model = SoftmaxRegression(
    learning_rate=0.5, epochs=10, batch_size=100, input_scale=1 / 255
).fit(X, y)

# %% tags=["nbval-ignore-output"]
one_of_each = [int(np.argmax(digits.y_test == k)) for k in range(10)]
digit_pad(model.W_, model.b_, digits.X_test[one_of_each], digits.class_names)

# %% [markdown]
# Draw with the mouse, a finger or the arrow keys, or take one of the ten samples. Your ink is brought to a small picture
# of 28 by 28 pixels, and that picture is all that the machine gets. It answers with ten numbers, one for each digit, and
# reads the digit with the largest. Try to draw one of which it is sure, and one that it cannot decide about.
#
# The second cell took a second or two. In it the machine was shown 5,000 handwritten digits, for each of which somebody
# has noted which digit it is. A picture is called a **sample**, the note is its **label**, and the ten digits to choose
# from are the **classes**, so that 0 is one **class** and 1 another. From these samples the machine learned to read, and
# then it read yours, which it had never seen.
#
# How that can be, the other lessons say piece by piece, while this one shows the whole. First comes a line that checks
# whether everything is here that the course needs:

# %%
checkup()

# %% [markdown]
# Where a line does not say "fine", the last line says what to do, and you may go on even so. If MNIST (the digits used in
# most lessons) cannot be loaded, a smaller set takes its place.

# %% [markdown]
# ## 2. A number that is a name
#
# **Regression** asks *how many*, and its answer is an amount: how long will I live, how much rain will fall, how far is it?
# **Classification** asks *which one*, and its answer is one entry of a list: dog or muffin, rain or not, which colour?
# The same sky can be asked both questions:

# %% tags=["figure"]
# Figure 1: humidity against rain, once as an amount and once as yes or no.
rng = np.random.default_rng(4)
humidity = rng.uniform(40, 100, 60)
rain = np.maximum(0, 0.25 * (humidity - 68) + rng.normal(0, 1.5, 60))  # millimetres
slope, start = np.polyfit(humidity, rain, 1)

fig, (how_much, whether) = plt.subplots(1, 2, figsize=(9.6, 3.4), layout="constrained")
how_much.plot(humidity, rain, "o", color=PALETTE["blue"], alpha=0.6)
how_much.plot([40, 100], [start + 40 * slope, start + 100 * slope], "k--")
how_much.set(
    xlabel="humidity (%)",
    ylabel="rain (mm)",
    ylim=(-0.5, None),
    title="How much rain? A number",
)
for answer, mark, colour in ((0, "o", "orange"), (1, "s", "blue")):
    chosen = humidity[(rain > 0.5) == answer]
    whether.plot(
        chosen, np.full(len(chosen), answer), mark, color=PALETTE[colour], alpha=0.6
    )
whether.axvline(70, color="black", linestyle="--")
whether.set(
    xlabel="humidity (%)", yticks=[0, 1], yticklabels=["dry", "rain"], ylim=(-0.5, 1.5)
)
whether.set_title("Rain or not? One of two names")
plt.show()

# %% [markdown]
# *Figure 1. Sixty made-up days, drawn twice. Left, regression: millimetres of rain against humidity, and a dashed line
# that rises through the points. Right, classification: the same days as dry (circles) or rain (squares, more than half a
# millimetre), and a dashed line at 70 % that parts most of them.*
#
# On the left a mistake has a size, and 4 mm for 5 mm is nearly right. On the right there is only right and wrong.
#
# You drew a digit and got back a number, so which of the two was it? The test is what a mistake means. Whoever reads a
# house number 18 as 19 is not nearly right, because the letter goes to other people. The digit is a number that serves as
# a name, and to read it is classification. The converse happens as well: a machine that says "rain, 70 %" gives a number,
# but the question was "rain or not?", and 70 % says how sure it is of one of the two names.
#
# ### Exercise 00.1
# Here are six questions: (1) How old is the person in the photograph? (2) Which digit did you draw? (3) Which post code
# stands on the envelope? (4) How many millimetres of rain will fall? (5) Will it rain at all, and how sure can one be of
# that? (6) How many kilometres is it to the sea? Write 1 for a question of *which one* and 0 for one of *how many*, so
# that in place of `None` there is something like `(1, 1, 0, 0, 1, 1)`.

# %%
kinds = None  # six numbers, 0 or 1

check("00.1", kinds)

# %% [markdown]
# As long as you have not tried, `check` says so, and the lesson goes on. Try, run the cell again, and it says "right", or
# what is wrong, and often *which idea* is wrong.
#
# Some questions stand between the two. One to five stars for a book are names with an order: four for five is nearly
# right, but nobody has shown that the step from one star to two is as large as that from four to five.

# %% [markdown]
# ## 3. Ten numbers, one answer
#
# Here are twenty digits that the machine has never seen, and above each what it reads:

# %% tags=["figure"]
# Figure 2: twenty test digits, above each what the machine reads.
first = slice(0, 20)
marks = [
    f"{guess}" if guess == true else f"{guess}, not {true}"
    for guess, true in zip(
        model.predict(digits.X_test[first]), digits.y_test[first], strict=True
    )
]
n_right = sum("not" not in mark for mark in marks)
plot_digits(
    digits.X_test[first], marks, title=f"{n_right} of 20 new digits are read right"
)
plt.show()

# %% [markdown]
# *Figure 2. Twenty test digits in two rows, what the machine reads above each. Nineteen are right; the ninth, a five that
# leans like a six, is read wrong.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
real = digits.source == "mnist"
assert not real or n_right == 19
assert not real or marks[8] == "6, not 5"
assert model.W_.size + model.b_.size == 7850

# %% [markdown]
# The digit that it reads is only the last step. A good classifier does not just name a class; it says how sure it is, by one
# **probability** for each class. Here are the ten for the first digit of figure 2, a seven, and for the ninth:

# %%
p = model.predict_proba(digits.X_test[[0, 8]])  # a row for each picture
for row in p:
    print(*(f"{k}: {value:.3f} " for k, value in enumerate(row)))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(p.sum(axis=1), 1)
assert not real or p[0, 7] > 0.99
assert not real or p[1, 6] > 0.9

# %% [markdown]
# The ten numbers of a row sum to one. The machine is all but certain of the seven, and it is right; it is more than 90 %
# sure that the ninth is a six, and it is wrong. What a machine should pay for being so sure of a mistake is the question
# of lessons 03 to 05.
#
# ### Exercise 00.2
# One step is missing: from probabilities to the class, whose number is its place in the row, counted from 0. The two rows
# above give 7 and 6.


# %%
def decide(p):
    """Probabilities (N, K) in, the most probable class of each row (N,) out."""
    return ...  # your step here


check("00.2", decide)

# %% [markdown]
# This is what `check` says to somebody who gave the largest probability in place of the class:
#
# > 00.2 wrong. For p = [[0.2, 0.7, 0.1], [0.25, 0.35, 0.4]]: classes: got [0.7, 0.4], but a class is a whole number:
# > its place in the row.
# > This looks like: the probability in place of the class. You say how sure the model is. Of which class?
#
# When you are stuck, ask for a hint. Each call says a little more, and when no hint is left, `solution("00.2")` shows one
# way to do it (after `from course_utils.exercises import solution`). Your attempts are noted on this machine only.

# %%
hint("00.2")

# %% [markdown]
# ## 4. Learning is not a list
#
# At first all 7,850 numbers in the machine were zero, and it could read nothing. `fit` is the **training**: it went
# through the 5,000 samples ten times and changed the numbers bit by bit, so that the right class got more probability. The
# share of answers that are right is called **accuracy**. Is there no simpler way to a high one? A list of the 5,000
# pictures with their labels would do. Look a picture up, and if it is not on the list, say 1, which is the most frequent
# digit.
#
# **Predict.** What is the accuracy of the list on its own 5,000 pictures, and what on 10,000 others? Which is the
# machine's?

# %%
on_the_list = {picture.tobytes(): label for picture, label in zip(X, y, strict=True)}


def remember(pictures):
    return np.array([on_the_list.get(picture.tobytes(), 1) for picture in pictures])


by_list = [np.mean(remember(X) == y), np.mean(remember(digits.X_test) == digits.y_test)]
by_machine = [model.score(X, y), model.score(digits.X_test, digits.y_test)]

# %% tags=["figure"]
# Figure 3: accuracy of the list and of the machine, on seen and on new pictures.
fig, ax = plt.subplots(figsize=(7.2, 3.2), layout="constrained")
places, colours = [0, 1, 2.5, 3.5], 2 * ["0.6", PALETTE["blue"]]
bars = ax.bar(places, by_list + by_machine, color=colours)
ax.bar_label(bars, fmt=lambda share: f"{100 * share:.0f} %")
names = [
    f"{reader}\n{which}"
    for reader in ("list,", "machine,")
    for which in ("seen", "new")
]
ax.set(xticks=places, xticklabels=names, ylabel="accuracy", ylim=(0, 1.12))
ax.set_title("Only new pictures tell learning from learning by heart")
plt.show()

# %% [markdown]
# *Figure 3. Four bars of accuracy. The list is right on all of the 5,000 pictures that it has seen and on 11 % of new ones.
# The machine is right on 94 % of those that it has seen and on 90 % of new ones.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert by_list[0] == 1
assert not real or np.bincount(y).argmax() == 1
assert not real or round(by_list[1], 2) == 0.11
assert by_machine[1] > 0.88

# %% [markdown]
# The list is perfect on what it has seen, and useless for the digit that you drew. If you looked at those 5,000 alone, you
# would take the list for the better reader. That is why some pictures are kept back: the machine learns from one part,
# and its accuracy is measured on pictures that played no part in the learning. It reads nine of ten of these. Lessons 07
# and 08 are strict about it, because every choice that is made by looking at the kept-back part uses it up a little.
#
# ### Exercise 00.3
# From a blank page: the share that is right. For the predicted classes `[1, 0, 4]` and the true ones `[1, 0, 0]` it is
# two thirds.


# %%
def accuracy(predicted, y):
    """Predicted and true classes (N,) in, the share that is right out, from 0 to 1."""
    ...  # your lines here


check("00.3", accuracy)

# %% [markdown]
# ## 5. Check the slide, and break it
#
# The course follows five lectures. Now and then it takes a sentence from one of them, which may hold or not, and you judge
# it before a computed number does.

# %% [markdown]
# **Claim (lecture 2).** A classifier for cat, dog, pig and plane gives every picture four probabilities, and
# p₀ + p₁ + p₂ + p₃ = 1. **Does it hold?** For a picture of a shoe as well?

# %%
fashion = load_fashion_mnist()
shoes = fashion.X_test[np.isin(fashion.y_test, [7, 9])]  # Sneaker, Ankle boot
p_shoes = model.predict_proba(shoes)  # by the machine that knows ten digits
print(
    f"{len(shoes):,} shoes; every row sums to 1: {np.allclose(p_shoes.sum(axis=1), 1)}"
)
print(f"on average {100 * p_shoes.max(axis=1).mean():.0f} % sure of one digit")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(p_shoes.sum(axis=1), 1)
assert fashion.source == "digits" or p_shoes.max(axis=1).mean() > 0.8

# %% [markdown]
# **It holds:** for every picture, and that is the weak spot. "None of these" is not on the list, so a machine that knows
# only digits reads a digit in every shoe, and on average it is more than 80 % sure. A classifier answers the question it
# was built for, also where the question makes no sense. Draw a letter on the pad, and see which digit it is.
#
# ### What the package does
# Nothing in this course is a black box, because whatever you import, you can read:

# %%
print(inspect.getsource(SoftmaxRegression.predict_proba))

# %% [markdown]
# Pixels become ten scores, and softmax turns the scores into probabilities. Lesson 06 is about this one line, and the
# lessons before it say why.

# %% [markdown]
# ## 6. Before you go on
#
# - **Guess first.** Where a lesson asks for a guess, make it before you run the cell, because a guess that was wrong is
#   remembered. Some are written down with `predict` and scored with `reveal`.
# - **Your own file.** What you predict, answer and solve is kept in one readable file on your machine and sent nowhere.
#   `progress()` draws what is done, and which lesson needs which: `from course_utils.study.progress import progress`.
# - **Change things.** You work in a copy, in the folder `work/`, that is never overwritten. If things look odd, *Kernel,
#   Restart Kernel and Run All Cells* puts everything in order.
# - **A word that you forgot.** `look_up("label")` says what it means: `from course_utils.syllabus import look_up`.
# - **Pages**, in the folder `docs/` or on the course's site: `how_to_read.md` says more about all of this, `glossary.md`
#   has every word in one line, `notation.md` every sign and what other books call it, `data_sets.md` the data that you
#   will meet, and `map.md` which lesson answers which question.
#
# If you like to know at the end what you have gained, answer fifteen questions now. They take ten minutes, nobody marks
# them, and nothing leaves this machine: answer by feeling, and leave none out. After the last lesson they come again.

# %%
inventory("before")

# %% [markdown]
# ## Summary
#
# - Classification asks which one, regression how many. A digit or a post code is a number that is a name.
# - A classifier gives one probability to each class, and they sum to one. The most probable class is its answer.
# - Accuracy is the share of right answers. On samples that were kept back it says how well the machine has learned; on
#   those that it learned from, a list would do as well.
# - A classifier answers also where no answer on its list is right.
# - `check` says what is wrong, `hint` helps a step, and `solution` shows.
#
# **Where this is used:** reading cheques and post codes, sorting mail, finding tumours, choosing the next word of a text.
# **Where it fails:** on what is unlike all it has seen, and it does not say so.
#
# ## Further reading
#
# The lectures' advice is to read the documentation rather than to try random things for hours. Their links:
#
# - torchvision: [data sets](https://docs.pytorch.org/vision/stable/datasets.html) and
#   [models](https://docs.pytorch.org/vision/stable/models.html);
# - PyTorch: [tutorials](https://docs.pytorch.org/tutorials/) and
#   [documentation](https://docs.pytorch.org/docs/stable/index.html);
# - scikit-learn: [generators of data sets](https://scikit-learn.org/stable/datasets/sample_generators.html);
# - a [playground](https://playground.tensorflow.org) in the browser, where a small network trains before your eyes;
# - two videos, on [softmax](https://www.youtube.com/watch?v=8ps_JEW42xs) and on
#   [gradient descent](https://www.youtube.com/watch?v=kGDO2e_qiyI).
#
# Two books that go on where this course ends are free to read on the web:
#
# - Aston Zhang, Zachary Lipton, Mu Li, Alexander Smola, *Dive into Deep Learning*, Cambridge University Press, 2023.
# - Simon Prince, *Understanding Deep Learning*, MIT Press, 2023.
