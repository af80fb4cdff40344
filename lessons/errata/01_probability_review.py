# %% [markdown]
# **Claim (lecture 2).** P(rain and cloud) = 0.2, beside P(rain) = 0.05. **Does it hold?**

# %%
import numpy as np

from course_utils.datasets import load_mnist
from course_utils.probability import probability

rain_without_cloud = 0.05 - 0.2

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert rain_without_cloud < 0

# %% [markdown]
# **What holds:** every day with rain and clouds is a day with rain, so that P(rain and cloud) is at most P(rain). Here
# rain without clouds would have the probability −0.15.

# %% [markdown]
# **Claim (lecture 2).** The probabilities of the outcomes in the event sum to one. **Does it hold?**

# %%
weather = {"rain": 0.15, "sun": 0.5, "wind": 0.1, "cloud": 0.25}

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert probability(weather, {"rain", "wind"}) == 0.25
assert probability(weather, set(weather)) == 1

# %% [markdown]
# **What holds:** it is the sum over the sample space S that must be 1. Over the event it is the event's probability, 0.25
# for the lecture's {rain, wind}.

# %% [markdown]
# **Claim (lecture 2).** P maps events into the open interval (0, 1). **Does it hold?**

# %%
coin = {"heads": 0.5, "tails": 0.5}

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert probability(coin, {"heads"} & {"tails"}) == 0
assert probability(coin, {"heads"} | {"tails"}) == 1

# %% [markdown]
# **What holds:** the interval is closed, [0, 1]: 0 and 1 are taken, and the lecture itself allows them before. The open
# interval is what a sigmoid maps into (lesson 03).

# %% [markdown]
# **Claim (lecture 2).** S = {rain, sun, wind, cloud}, and a sun shower is rain and sun. **Does it hold?**

# %%
day_types = {"rain and sun": 0.03, "only rain": 0.02, "only sun": 0.37, "neither": 0.58}
rain, sun = {"rain and sun", "only rain"}, {"rain and sun", "only sun"}

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert probability(weather, {"rain"} & {"sun"}) == 0
assert probability(day_types, rain & sun) == 0.03

# %% [markdown]
# **What holds:** exactly one outcome happens, so that in this S rain and sun exclude each other whatever the weather. If
# both may happen, the set is no set of outcomes. With pairs as outcomes the sun shower is one.

# %% [markdown]
# **Claim (lecture 2).** The simplex is the set of the vectors whose entries sum to one. **Does it hold?**

# %%
vector = np.array([2, -1])

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert vector.sum() == 1
assert (vector < 0).any()

# %% [markdown]
# **What holds:** a condition is missing, that no entry is negative. (2, −1) sums to one, and a probability of 2 or of −1
# means nothing.

# %% [markdown]
# **Claim (lecture 4).** MNIST has 7,000 pictures of each digit. **Does it hold?**

# %%
data = load_mnist()
counts = np.bincount(np.concatenate([data.y_train, data.y_test]))

# %% tags=["facts"]
# Facts: what the text says, asserted.
published = [6903, 7877, 6990, 7141, 6824, 6313, 6876, 7293, 6825, 6958]
assert data.source != "mnist" or counts.tolist() == published
assert round(2 * np.sqrt(0.1 * 0.9 * 70_000)) == 159
assert round(7877 / 6313, 2) == 1.25

# %% [markdown]
# **What holds:** 7,000 is only the mean of the ten. The counts of 0 to 9 are 6903, 7877, 6990, 7141, 6824, 6313, 6876,
# 7293, 6825 and 6958. If every digit were equally likely, two standard errors (lesson 01, section 3) would be about 160
# pictures to either side. The ones and the fives are far outside, and there are a quarter more ones than fives.
