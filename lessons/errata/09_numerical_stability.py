# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %%
import numpy as np

from course_utils.activations import softmax
from course_utils.datasets import load_mnist
from course_utils.losses import binary_cross_entropy_loss_and_gradient

# %% [markdown]
# **Claim (lecture 5).** The last listing can be run as it stands. **Does it hold?**

# %%
listing = "z = model(X)\np = softmax(logits)"
told, names = (
    None,
    {"model": lambda X: X[:, :10], "X": np.eye(5, 12), "softmax": softmax},
)
try:
    exec(listing, names)  # noqa: S102
except NameError as error:
    told = error
assert told.name == "logits"

# %% [markdown]
# **What holds:** in our notation its two steps are `z = model(X)` and `p = softmax(logits)`, and it stops with a NameError.
# The outputs of the linear layer must be given the name by which the softmax, or the sigmoid, takes them.

# %% [markdown]
# **Claim (lecture 5).** A model can be compiled with its loss alone. **Does it hold?**

# %%
data = load_mnist()
X, t = data.X_train[:2000] / 255, (data.y_train[:2000] != 0).astype(float)


def loss_after_100(step):
    """Loss after 100 updates by `step`, from a slope and the mean of its squares."""
    w, mean_square = np.zeros(784), np.zeros(784)
    for _ in range(100):
        _, dz = binary_cross_entropy_loss_and_gradient(X @ w, t)
        dw = X.T @ dz / len(t)
        mean_square = 0.9 * mean_square + 0.1 * dw**2
        w = w - 0.001 * step(dw, mean_square)
    return binary_cross_entropy_loss_and_gradient(X @ w, t)[0].mean()


plain = loss_after_100(lambda dw, _: dw)
rmsprop = loss_after_100(lambda dw, square: dw / (np.sqrt(square) + 1e-7))
assert plain > 2 * rmsprop

# %% [markdown]
# **What holds:** it compiles, and Keras then takes RMSprop with rate 0.001, an optimiser that nobody named. After 100
# updates its loss and that of plain descent at the same rate differ by more than a factor of two. A run that others are to
# repeat names its optimiser and its rate.
