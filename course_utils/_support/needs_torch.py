"""What is said where PyTorch is missing."""

TORCH = (
    "PyTorch is not installed here. Lessons 11, 12, 13 and 14 need it, and so do the last parts of lessons 02 and "
    "09; the others do not. Where it can be had for this Python, this brings it: pip install torch."
)
