# %% [markdown]
# **Claim (lecture 4).** The gradient of the mean cross-entropy is (2/N) Xᵀ(p − t). **Does it hold?**

# %%
import numpy as np

from course_utils.activations import sigmoid
from course_utils.datasets import load_police
from course_utils.gradients import central_difference
from course_utils.losses import binary_cross_entropy_from_logits

data = load_police()
X, t = np.column_stack([np.ones(30), data.X]), data.y.astype(float)
measured = central_difference(
    lambda w: binary_cross_entropy_from_logits(X @ w, t), np.zeros(4)
)
one_over_n = X.T @ (0.5 - t) / len(X)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(measured, one_over_n, atol=1e-6)
assert np.allclose(one_over_n, [0, -2.9, -1.7, -0.3])

# %% [markdown]
# **What holds:** the factor is 1/N, and on the police data the gradient at w = 0 is (0, −2.9, −1.7, −0.3). The 2 belongs to
# the squared error. As a factor it only doubles the learning rate, which is why nobody notices.

# %% [markdown]
# **Claim (lecture 4).** By the reservations alone, the threshold is around 12. **Does it hold?**

# %%
w, reservations = np.zeros(2), X[:, :2]
for _ in range(10_000):
    w = w - 0.001 * reservations.T @ (sigmoid(reservations @ w) - t) / 30

best = np.zeros(2)
for _ in range(12):
    p = sigmoid(reservations @ best)
    hessian = reservations.T * (p * (1 - p)) @ reservations
    best = best - np.linalg.solve(hessian, reservations.T @ (p - t))

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert round(-w[0] / w[1], 3) == 9.010
assert ((reservations @ w > 0) == (t == 1)).sum() == 26
assert round(-best[0] / best[1], 3) == 12.067
assert ((reservations @ best > 0) == (t == 1)).sum() == 27

# %% [markdown]
# **What holds:** the lecture's own 10,000 updates at 0.001 give 9.010, with 26 right. 12.067, with 27, is where the loss is
# lowest, a million updates at 0.01 away. The negative weight of the temperature comes of the same early stop.
