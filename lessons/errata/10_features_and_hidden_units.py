# %% [markdown]
# **Claim (lecture 1).** The homework asks for blobs, circles and moons by name, and misspells scikit-learn's name for
# the third, as printed. **Does it hold?**

# %%
import sklearn.datasets

named = ("make_blobs", "make_circles", "make_moons")
misspelt = ("make_moon", "make_mons", "make_moones")

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert all(hasattr(sklearn.datasets, name) for name in named)
assert not any(hasattr(sklearn.datasets, name) for name in misspelt)

# %% [markdown]
# **What holds:** the three are `make_blobs`, `make_circles` and `make_moons`. Any other spelling makes none: Python stops
# with an ImportError or an AttributeError.
