# %% [markdown]
# **Claim (lecture 3).** σ(−10) = 0 and σ(−9) = 10⁻²⁰. **Does it hold?**

# %%
import numpy as np

from course_utils.activations import sigmoid

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert (f"{sigmoid(-10.0):.2e}", f"{sigmoid(-9.0):.2e}") == ("4.54e-05", "1.23e-04")
assert np.isclose(sigmoid(np.log(1e-20)), 1e-20)
assert round(np.log(1e-20)) == -46

# %% [markdown]
# **What holds:** σ(−10) = 4.54 · 10⁻⁵ and σ(−9) = 1.23 · 10⁻⁴. For very negative z the sigmoid is almost eᶻ, so that it
# takes z = −46 to get to 10⁻²⁰. It is small, but not 0, though to four decimals it *prints* as 0.0000.
