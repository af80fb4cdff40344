# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %%
from course_utils.datasets import load_fashion_mnist

# %% [markdown]
# **Claim (lecture 2).** Fashion-MNIST pictures are 32 × 32. **Does it hold?**

# %%
pixels = load_fashion_mnist().X_train.shape[1]
assert pixels == 28 * 28 != 32 * 32

# %% [markdown]
# **What holds:** they are 28 × 28, as MNIST's are. A first layer built for 1,024 inputs would refuse them.
