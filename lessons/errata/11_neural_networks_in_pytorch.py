# %% [markdown]
# **Claim (lecture 5).** Adam increases α for a weight that keeps its direction and reduces it for one that oscillates.
# **Does it hold?**

# %%
import numpy as np

from course_utils.explorers.adam_steps import steps_after

constant = steps_after(0, "constant", 1.0, 0.9, 0.999).adam
alternating = steps_after(0, "alternating", 1.0, 0.9, 0.999).adam
silent = steps_after(5000, "once", 1.0, 0.9, 0.999).adam

# %% tags=["facts"]
# Facts: what the text says, asserted.
assert np.allclose(constant, 1, atol=1e-6)
assert round(abs(alternating[-1]), 4) == 0.0526
assert round(silent[0], 2) == 3.15

# %% [markdown]
# **What holds:** α stays. A constant gradient gives steps of α from the first update on, never longer; an alternating one
# shrinks them to 0.0526 α; a single one after 5,000 zeros moves the weight by 3.15 α at once. What adapts is the scale
# α/(√v + ε) of each weight, and it follows the size of the gradients, not their direction.
