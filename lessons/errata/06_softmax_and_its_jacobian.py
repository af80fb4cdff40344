# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %%
import numpy as np

from course_utils.activations import softmax, softmax_jacobian
from course_utils.datasets import load_mnist
from course_utils.gradients import central_difference
from course_utils.losses import cross_entropy_from_logits

# %% [markdown]
# **Claim (lecture 2).** The gradient of softmax is p(1 − p). **Does it hold?**

# %%
z = np.array([2.0, 3.0, 5.0, 0.0])
p, J = softmax(z), softmax_jacobian(z)
assert np.allclose(np.diag(J), p * (1 - p))
assert np.count_nonzero(J) == 16

# %% [markdown]
# **What holds:** p(1 − p) is only the diagonal; beside it stands $-p_i p_c$. Section 6 of the lesson trains with the diagonal
# alone on 10,000 digits: 85.9 % of the test digits are right, with p − t 89.7 %. On all 60,000 it is 86.24 against 90.12 %:
# docs/results.md has both runs. A wrong gradient can still look like learning.

# %% [markdown]
# **Claim (lecture 2).** The gradient at the softmax is taken with respect to θ. **Does it hold?**

# %%
rng = np.random.default_rng(9)
x, W = rng.normal(size=3), rng.normal(size=(3, 2))
slope = central_difference(lambda W: cross_entropy_from_logits([x @ W], [0]), W)
assert 784 * 10 + 10 == 7850
assert np.allclose(slope, np.outer(x, softmax(x @ W) - [1, 0]))

# %% [markdown]
# **What holds:** p − t is the gradient with respect to z, ten numbers for ten classes. By θ there are 7,850; the chain rule
# adds the factor x: ∂L/∂W is x times p − t.

# %% [markdown]
# **Claim (lecture 2).** The model f takes $\mathbb{R}^K$ to $\mathbb{R}^K$. **Does it hold?**

# %%
assert (np.zeros(784) @ np.zeros((784, 10))).shape == (10,)
assert softmax(np.zeros(10)).shape == (10,)

# %% [markdown]
# **What holds:** the domain is $\mathbb{R}^D$, 784 pixels in; $\mathbb{R}^K$, 10 scores, is what comes out. Softmax alone
# takes $\mathbb{R}^K$ to $\mathbb{R}^K$.

# %% [markdown]
# **Claim (lecture 2).** Dividing by the plain sum is dividing by the L1 norm. **Does it hold?**

# %%
z = np.array([-1.0, 1.0, 0.0])
assert z.sum() == 0
assert np.abs(z).sum() == np.linalg.norm(z, ord=1) == 2

# %% [markdown]
# **What holds:** the L1 norm adds absolute values: for the scores −1, 1 and 0 it is 2, where the plain sum is 0. Divided by
# the norm the scores are −0.5, 0.5 and 0, and still no probabilities. For $e^z$, where all are positive, the two are the
# same.

# %% [markdown]
# **Claim (lecture 5).** The loss of ten classes is −ln a₁ for the first class, and so on, down to −ln a₂ for the tenth.
# **Does it hold?**

# %%
a = softmax(np.arange(10.0))
assert np.isclose(-np.log(a[9]), cross_entropy_from_logits([np.arange(10.0)], [9]))
assert (round(-np.log(a[9]), 4), round(-np.log(a[1]), 4)) == (0.4586, 8.4586)

# %% [markdown]
# **What holds:** the last case is −ln a₁₀: for the logits 0, 1, …, 9 it is 0.4586. With a₂ it would be 8.4586, and descent
# would raise the second class for the tenth.

# %% [markdown]
# **Claim (lecture 5).** The labels of ten classes run from 1 to 10. **Does it hold?**

# %%
y = load_mnist().y_train
assert (y.min(), y.max()) == (0, 9)

# %% [markdown]
# **What holds:** labels run from 0 to 9, and the share of label k is entry k. A label 10 would ask for an entry that does
# not exist.

# %% [markdown]
# **Claim (lecture 3).** As printed (the scan is hard to read), the step for two neurons carries one more factor than
# η(t₁ − o₁)x₁. **Does it hold?**

# %%
x, W, learning_rate = np.array([2.0, -1.0]), np.array([[0.5, -0.5], [1.0, 0.0]]), 0.1
slope = central_difference(lambda W: cross_entropy_from_logits([x @ W], [0]), W)[0, 0]
factor = -learning_rate * slope / (learning_rate * (1 - softmax(x @ W)[0]) * x[0])
assert np.isclose(factor, 1, rtol=1e-8)

# %% [markdown]
# **What holds:** the factor is 1. Line 6 of the lesson's derivation for two neurons is the whole step: Δw = η(t₁ − o₁)x₁.
