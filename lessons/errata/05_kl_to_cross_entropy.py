# %% [markdown]
# **Claim (lecture 3).** The log-likelihood is written L. **Does it hold?**

# %%
import numpy as np

from course_utils.probability import log_likelihood

given = np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
labels = np.array([0, 1, 0])
likelihood = given[np.arange(3), labels].prod()
L = -log_likelihood(given, labels) / 3

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.isclose(likelihood, 0.504)
assert np.isclose(np.log(likelihood), -0.685, atol=1e-3)
assert np.isclose(L, 0.228, atol=1e-3)

# %% [markdown]
# **What holds:** one letter stands for different things. For labels that got 0.9, 0.8 and 0.7 the likelihood is 0.504, its
# log −0.685, and the loss, minus the mean log, 0.228. A log-likelihood is to be made as large as possible and a loss as
# small, so that descent on lecture 3's L would unlearn. In this course L is the loss.
