# %% [markdown]
# **Claim (lecture 2).** An optimiser can be built without parameters. **Does it hold?**

# %%
import numpy as np
import torch

from course_utils.gradients import central_difference

try:
    torch.optim.SGD(lr=0.1)
    told = "nothing"
except TypeError as error:
    told = str(error)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert "params" in told

# %% [markdown]
# **What holds:** it is never built, and a TypeError names the missing `params`. An optimiser must be handed the tensors
# that it is to move.

# %% [markdown]
# **Claim (lecture 2).** As printed (the scan may have lost a parenthesis), the closed form of the best line inverts X alone.
# **Does it hold?**

# %%
X = np.column_stack([np.ones(4), [1.0, 2.0, 4.0, 5.0]])
Y = np.array([5.0, 7.0, 12.0, 12.5])
theta = np.linalg.inv(X.T @ X) @ X.T @ Y
slopes = central_difference(lambda v: float(((X @ v - Y) ** 2).sum()), theta)

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert X.shape == (4, 2)  # not square, so that X alone has no inverse
assert np.linalg.matrix_rank(X) == 2
assert np.allclose(slopes, 0, atol=1e-6)

# %% [markdown]
# **What holds:** XᵀX is inverted, θ = (XᵀX)⁻¹XᵀY. X alone, with one row for each sample, is not square and has no inverse;
# XᵀX has one where X has full column rank, and at this θ the gradient is zero.
