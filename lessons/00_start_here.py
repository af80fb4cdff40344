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
# **The question:** what does it mean that a machine classifies, and is everything here that you need to build one?
#
# **Time:** 35 minutes. **Needs:** school mathematics and a little Python; no other lesson.
#
# When you have finished, you can
#
# - [ ] say whether everything is installed, and mend what is not;
# - [ ] tell a question of *how many* from a question of *which one*;
# - [ ] work with `check`, `hint` and `solution`, and find your way through the lessons.

# %% [markdown]
# ## 1. Is everything here?
#
# Click into the cell below and press Shift and Enter. That runs a cell and goes on to the next.
#
# If it answers `ModuleNotFoundError`, the notebook runs in another Python than the course's. Close it, and start with
# `python course.py lab` in the folder of the course.

# %%
from course_utils.environment_check import checkup

found = checkup()
found

# %% [markdown]
# Where a line does not say "fine", the last line says what to do. You may go on even so: if MNIST, the digits used in
# most lessons, cannot be loaded, a smaller set takes its place.
#
# The same in detail, for *your* machine. Cores are what computes, threads are how many work at once; more threads than
# cores make nothing faster. CUDA is the way to a graphics processor. No lesson needs one.

# %% tags=["nbval-ignore-output"]
print(found.details)

# %% [markdown]
# ## 2. Classify something, now
#
# What comes next takes lessons to understand, and a minute to run. First the tools, always in one cell:

# %% tags=["folded"]
# What this lesson imports.
import inspect

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown

from course_utils.datasets import (
    draw_street_scenes,
    draw_toy,
    load_fashion_mnist,
    load_mnist,
    load_police,
    majority_bits,
)
from course_utils.estimators import SoftmaxRegression
from course_utils.exercises import check, hint
from course_utils.plots import PALETTE, plot_digits
from course_utils.syllabus import glossary, glossary_table, lessons, plot_lessons

# %% tags=["folded"]
# The look of every figure.
plt.style.use("course_utils.lesson")

# %% [markdown]
# Here are 5,000 pictures of handwritten digits. Somebody has looked at each and noted which digit it is. A picture is a
# **sample**, the note is its **label**, and the ten digits to choose from are the **classes**: 0 is one **class**, 1
# another.
#
# **Predict.** A machine sees these 5,000. Then it gets digits that it has never seen. How many of ten will it read
# right? A blind guess gets one.

# %%
digits = load_mnist()
real = digits.source == "mnist"  # without MNIST, smaller digits stand in
X, y = digits.X_train[:5000], digits.y_train[:5000]

model = SoftmaxRegression(
    learning_rate=0.5, epochs=10, batch_size=100, input_scale=1 / 255
).fit(X, y)
predicted = model.predict(digits.X_test)
share_right = np.mean(predicted == digits.y_test)
print(f"{share_right:.0%} of the new digits are read right")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert share_right > 0.88

# %% [markdown]
# Nine of ten, after a second or so. `fit` is the **training**: it changed 7,850 numbers until they did well on the
# 5,000. `predict` used them on new pictures. The share that is right is called **accuracy**. Look at some:

# %% tags=["figure"]
# Figure 1: twenty test digits, above each what the machine reads.
first = slice(0, 20)
marks = [
    f"{guess}" if guess == true else f"{guess}, not {true}"
    for guess, true in zip(predicted[first], digits.y_test[first], strict=True)
]
n_right = np.sum(predicted[first] == digits.y_test[first])
plot_digits(
    digits.X_test[first], marks, title=f"{n_right} of 20 new digits are read right"
)
plt.show()

# %% [markdown]
# *Figure 1. Twenty test digits in two rows, what the machine reads above each. Nineteen are right; the ninth, a five that
# leans like a six, is read wrong.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert not real or n_right == 19
assert model.W_.size + model.b_.size == 7850

# %% [markdown]
# That was a whole classification, from data to verdict. The other lessons take it apart: what the 7,850 numbers are,
# what training makes smaller, and why it works.

# %% [markdown]
# ## 3. How many, or which one?
#
# Two kinds of question look alike. **Regression** asks *how many*: the answer is an amount. **Classification** asks
# *which one*: the answer is one entry of a list. The same sky can be asked both:

# %%
rng = np.random.default_rng(4)
humidity = rng.uniform(40, 100, 60)
rain = np.maximum(0, 0.25 * (humidity - 68) + rng.normal(0, 1.5, 60))  # millimetres
slope, start = np.polyfit(humidity, rain, 1)

# %% tags=["figure"]
# Figure 2: humidity against rain, once as an amount and once as yes or no.
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
    days = humidity[(rain > 0.5) == answer]
    whether.plot(
        days, np.full(len(days), answer), mark, color=PALETTE[colour], alpha=0.6
    )
whether.axvline(70, color="black", linestyle="--")
whether.set(
    xlabel="humidity (%)", yticks=[0, 1], yticklabels=["dry", "rain"], ylim=(-0.5, 1.5)
)
whether.set_title("Rain or not? One of two names")
plt.show()

# %% [markdown]
# *Figure 2. Sixty made-up days, twice. Left: millimetres of rain against humidity, and a dashed line that rises through
# the points: regression. Right: the same days as dry (circles) or rain (squares, more than half a
# millimetre), and a dashed line at 70 % that parts most of them: classification.*
#
# At the left a mistake has a size: 4 mm for 5 mm is nearly right. At the right there is only right and wrong.
#
# ### Exercise 00.1
# Six questions. (1) How long will I live? (2) Dog or muffin? (3) How much rain will fall? (4) Rain or not? (5) Which
# colour? (6) How far is it? Write 1 for classification, 0 for regression. In place of `None` goes something like
# `(1, 1, 0, 0, 1, 1)`.

# %%
kinds = None  # six numbers, 0 or 1

check("00.1", kinds)

# %% [markdown]
# ## 4. What check says
#
# As long as you have not tried, `check` says so, and the lesson goes on. Try, run the cell again, and it says "right",
# or it says what is wrong, and often *which idea* is wrong. Here is its answer to somebody who, in the next
# exercise, gave the largest probability:
#
# > 00.2 wrong. For p = [[0.2, 0.7, 0.1], [0.25, 0.35, 0.4]]: classes: got [0.7, 0.4], but a class is a whole number:
# > its place in the row.
# > This looks like: the probability in place of the class. You say how sure the model is. Of which class?
#
# When you are stuck, ask for a hint. Each call says a little more:

# %%
hint("00.2")

# %% [markdown]
# When no hint is left, `solution("00.2")` shows one way to do it (after `from course_utils.exercises import solution`).
# Your attempts are noted on this machine only, and nothing leaves your machine.
#
# Now the idea behind the next exercise. A good machine does not only name a class. It says how sure it is, by one
# **probability** for each class. Cat or dog: two numbers. Cat, dog, pig or plane: four, and since it is one of the four,
#
# $$p_0 + p_1 + p_2 + p_3 = 1$$

# %%
names = ["cat", "dog", "pig", "plane"]
p = np.array([[0.70, 0.20, 0.06, 0.04], [0.10, 0.41, 0.40, 0.09]])  # a row a picture
for row in p:
    print(*(f"{name} {value:.2f}" for name, value in zip(names, row, strict=True)))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(p.sum(axis=1), 1)

# %% [markdown]
# Both rows sum to 1. The first picture is a cat, most likely. The second is a dog or a pig; if you have to choose,
# say dog.
#
# ### Exercise 00.2
# One step is missing: from probabilities to the class. The classes are numbered from 0, so the two rows above give 0
# and 1.


# %%
def decide(p):
    """Probabilities (N, K) in, the most probable class of each row (N,) out."""
    return ...  # your step here


check("00.2", decide)

# %% [markdown]
# The machine of section 2 did just that. Its probabilities for the ninth digit, the one with the mistake:

# %%
p_ninth = model.predict_proba(digits.X_test[8:9])[0]
said, true = p_ninth.argmax(), digits.y_test[8]
print(f"It says {said} and is {p_ninth[said]:.0%} sure.")
print(f"To the true class, {true}, it gives {p_ninth[true]:.1%}.")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(p_ninth.sum(), 1)
assert not real or (said, true) == (6, 5)
assert not real or p_ninth[said] > 0.9

# %% [markdown]
# Wrong, and very sure of it. What a machine should pay for that is the question of lessons 03 to 05.
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
# ## 5. The data you will meet
#
# **Police calls** (lecture 4). A pizzeria, thirty evenings. Three numbers for each: reservations, temperature, tourists.
# The label: did the neighbours call the police?

# %%
police = load_police()
print(*police.column_names, "police", sep=" | ")
for numbers, called in zip(police.X[:4], police.y, strict=False):
    print(*numbers.astype(int), "yes" if called else "no", sep=" | ")
print(f"{police.y.sum()} calls on {len(police.y)} evenings")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert (police.y.sum(), len(police.y)) == (15, 30)

# %% [markdown]
# **Predict.** "More than ten reservations, and they call." How often would that rule be right?

# %% tags=["figure"]
# Figure 3: the thirty evenings by reservations, and a line between them.
fig, ax = plt.subplots(figsize=(7.2, 2.6), layout="constrained")
for called, mark, colour in ((0, "o", "orange"), (1, "s", "blue")):
    evenings = police.X[police.y == called, 0]
    ax.plot(
        evenings, np.full(len(evenings), called), mark, color=PALETTE[colour], alpha=0.6
    )
ax.axvline(10.5, color="black", linestyle="--")
ax.set(
    xlabel="reservations",
    yticks=[0, 1],
    yticklabels=["quiet", "police"],
    ylim=(-0.5, 1.5),
)
ax.set_title("One line through one column is right on 27 of 30 evenings")
plt.show()

# %% [markdown]
# *Figure 3. Thirty evenings along the number of reservations, quiet ones below (circles), those with the police above
# (squares); a darker mark is several evenings. A dashed line between ten and eleven leaves three on the wrong side.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert ((police.X[:, 0] > 10) == police.y).sum() == 27

# %% [markdown]
# That line was drawn by eye. Lesson 04 finds it by training, and shows how sure one may be on each side.
#
# **MNIST.** Handwritten digits, 60,000 to train on and 10,000 to test. Each is 28 by 28 pixels, 0 for paper to 255 for
# ink: 784 numbers in a row of X. **Fashion-MNIST** has the same size and shows clothes. Of both, the first of each class:

# %%
fashion = load_fashion_mnist()
print("MNIST        ", digits.X_train.shape, digits.X_test.shape)
print("Fashion-MNIST", fashion.X_train.shape, fashion.X_test.shape)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert not real or (len(digits.X_train), len(digits.X_test)) == (60_000, 10_000)

# %% tags=["figure"]
# Figure 4: the first digit and the first piece of clothing of each class.
clothes = (
    "Ten pieces of clothing"
    if fashion.source != "digits"
    else "Digits, which stand in for clothing"
)
for data, title in (
    (digits, "Ten digits: which one is it?"),
    (fashion, f"{clothes}: the same question"),
):
    one_each = [int((data.y_train == k).argmax()) for k in range(10)]
    plot_digits(data.X_train[one_each], data.class_names, title=title)
plt.show()

# %% [markdown]
# *Figure 4. Two rows of ten pictures. First the digits 0 to 9, thin strokes of ink. Then T-shirt, trousers, pullover,
# dress, coat, sandal, shirt, sneaker, bag and ankle boot, filled shapes in grey.*
#
# **Blobs, circles and moons** (lecture 1) are drawn at random: points of two kinds in a plane. **Street scenes**
# are drawn too: each shows a car, a bus, a pedestrian, several of them or none. And a **vote of ten bits** (lecture 3)
# asks whether the ones have the majority.

# %% tags=["figure"]
# Figure 5: three toy data sets and one street scene.
fig, axes = plt.subplots(1, 4, figsize=(9.6, 2.6), layout="constrained")
for ax, name in zip(axes, ("blobs", "circles", "moons"), strict=False):
    points, kind = draw_toy(name, 200, noise=0.1, seed=0)
    for k, mark, colour in ((0, "o", "blue"), (1, "^", "vermilion")):
        ax.plot(*points[kind == k].T, mark, color=PALETTE[colour], markersize=4)
    ax.set(title=name, xlabel="x1", ylabel="x2", aspect="equal")
street = draw_street_scenes(20, seed=0)
both = int((street.t == [1, 0, 1]).all(axis=1).argmax())
axes[3].imshow(street.X[both].reshape(28, 28), cmap="gray_r")
axes[3].set(title="a car and a pedestrian", xticks=[], yticks=[])
plt.show()

# %% [markdown]
# *Figure 5. Three clouds of points of two kinds, discs and triangles: two blobs side by side, a small circle inside a
# large one, and two crescents that reach into each other. Then a drawn street in grey, with a car and a pedestrian.*

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert street.t[both].tolist() == [1, 0, 1]

# %%
bits, yes = majority_bits()
for row in (0b0000011111, 0b0000111111):
    print("ten bits:", *bits[row].astype(int), "yes" if yes[row] else "no")
print(f"{yes.sum()} of {len(yes):,} rows are yes")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert (yes.sum(), len(yes), yes[0b0000011111], yes[0b0000111111]) == (386, 1024, 0, 1)

# %% [markdown]
# ## 6. Break it
#
# **Predict.** Show sneakers and boots to a machine that only knows digits. What does it say? How sure is it?

# %%
shoes = fashion.X_test[np.isin(fashion.y_test, [7, 9])]  # Sneaker, Ankle boot
p_shoes = model.predict_proba(shoes)
print(f"{len(shoes):,} pictures")
print(f"on average {p_shoes.max(axis=1).mean():.0%} sure of one digit")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(p_shoes.sum(axis=1), 1)
assert fashion.source == "digits" or p_shoes.max(axis=1).mean() > 0.8

# %% [markdown]
# Every shoe is a digit, and on average the machine is more than 80 % sure. The four probabilities of section 4 summed
# to one because the picture *was* one of four. The ten here sum to one as well: "none of these" is not on the list. A
# classifier answers the question it was built for, also where the question makes no sense.
#
# ### What the package does
# Nothing in this course is a black box. Whatever you import, you can read:

# %%
print(inspect.getsource(SoftmaxRegression.predict_proba))

# %% [markdown]
# Scores, then softmax. Lesson 06 is about this one line.

# %% [markdown]
# ## 7. One notation for five lectures
#
# The course is drawn from five lectures, L1 to L5, and each writes in its own way. Here nearly all has one name. Do not
# learn this table. Come back when you read one of the lectures, or another book. A dash: no sign of its own.
#
# | code | meaning | L1 | L2 | L3 | L4 | L5 |
# |---|---|---|---|---|---|---|
# | `X` | samples, one a row (N, D) | – | x, X | x | – | – |
# | `y` | class, a whole number (N,) | – | y, Y | – | – | – |
# | `t` | target: probability or one-hot row | t | y | t | – | – |
# | `W`, `b` | weights (D, K), biases (K,) | – | θ | W, w | w | w, b |
# | `z` | logit, the score before the probability | y | – | net | v̂ | z |
# | `sigmoid`, `softmax` | what makes `p` of `z` | σ, SM | f | σ | φ or σ | g |
# | `p` | probability | p, σ(y) | f(x, θ) = P(y given x) | o | ŷ | a = g(z) |
# | `loss` | mean over samples; cross-entropies in nats; L in formulas | MSE, BCE, CE | – | E | CE | J(w, b) |
# | `dz`, `dW`, `db` | gradient of that mean | – | – | dE/dw | – | dJ/dw |
# | `learning_rate` | length of a step | – | – | η | α | α |
# | `P`, `Q` | two distributions, the truth first | – | P, Q | – | – | – |
# | `f`, `x`, `h` | a function, a point, a small step (lesson 02) | – | – | – | – | – |
# | `a` | an event, beside a second one (lesson 01) | – | – | – | – | – |
#
# N is the number of samples, D of numbers in each, K of classes. A few letters serve twice: in lessons 10 and 12 `h`
# is what the hidden units say, and in lesson 10 `a` is what goes into them. Mind two traps. L1's y is a logit, and
# here `y` is a class. L3 writes t − o and L4 an error e where this course writes p − t: look at the sign.

# %% [markdown]
# ## 8. The map
#
# Each lesson says at its top what it needs. Here is what they say, drawn and in words.

# %%
course = lessons()

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert all(need < lesson.number for lesson in course for need in lesson.needs)

# %% tags=["figure"]
# Figure 6: the map of the lessons.
fig, ax = plt.subplots(figsize=(7.2, 5), layout="constrained")
plot_lessons(
    course, title="Every arrow points down: the numbers are a good order", ax=ax
)
plt.show()

# %% [markdown]
# *Figure 6. The lessons from top to bottom, one dot each. An arrow leads from a lesson to each one that needs it, and
# every arrow points down. An empty dot would be a lesson that is still to come.*

# %% tags=["folded"]
# The lessons as a table.
rows = [
    f"| {a.number} | {a.title} | {a.question} | {a.minutes} | {', '.join(a.needs)} |"
    for a in course
]
head = ["| | lesson | its question | minutes | needs |", "|---|---|---|---|---|"]
Markdown("\n".join([*head, *rows]))

# %% [markdown]
# In a hurry? Choose the lesson whose question you have, and follow the arrows backwards. That is all you need.

# %% [markdown]
# ## 9. How to read a lesson
#
# - **Predict.** Where it says so, say your guess aloud before you run the cell. A guess that was wrong is remembered.
#   Some guesses are written down: `predict` takes a letter, a number or your probabilities, and `reveal` scores them.
#   Lesson 12 draws how far you could be trusted.
# - **Review.** From lesson 02 on, questions from earlier lessons come back: soon if you got them wrong, later and later if
#   right.
# - **Your own file.** What you predict, answer and solve is kept in one readable file on your machine and sent nowhere.
#   `progress()` draws what is done: `from course_utils.study.progress import progress`.
# - **Run from the top.** If things look odd, *Kernel, Restart Kernel and Run All Cells* puts everything in order.
# - **Change things.** You work in a copy, in the folder `work/`. It is never overwritten: when a lesson has moved on, its
#   new version is put beside yours.
# - **Deeper.** Parts headed so may be left out. Nothing later leans on them.
# - **Explorers** are figures with sliders. They take the arrow keys too.
#
# ## Check the slide
# Lectures contain slips, this course's five not excepted. A lesson that finds one prints the claim. You say whether
# it holds, and a computed number settles it. You need not believe anybody, this course included: each number in its
# text is asserted by code nearby, or names the program that measured it. This lesson has no slip to show. The first
# are in lesson 01.

# %% [markdown]
# ## 10. The words
#
# Every word that a lesson prints in bold when it explains it, in one line. The same table is in `docs/glossary.md`.

# %%
Markdown(glossary_table(glossary()))

# %% [markdown]
# ## Summary
#
# - Classification asks which one; regression asks how many.
# - A classifier gives one probability to each class, and they sum to one. The most probable class is its answer.
# - Accuracy is the share of right answers on samples that it has not seen.
# - It answers also where no answer on its list is right.
# - `check` says what is wrong, `hint` helps a step, `solution` shows.
#
# **Where this is used:** reading cheques and post codes, sorting mail, finding tumours, choosing the next word of a text.
# **Where it fails:** on what is unlike all it has seen, and it does not say so.
#
# ## Further reading
#
# The lectures' advice: read the documentation rather than try random things for hours. Their links:
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
# And two books that go on where this course ends, both free to read on the web:
#
# - A. Zhang, Z. Lipton, M. Li, A. Smola, *Dive into Deep Learning*, Cambridge University Press, 2023.
# - S. Prince, *Understanding Deep Learning*, MIT Press, 2023.
