"""What is said where PyTorch is missing."""

TORCH = (
    "PyTorch is not installed here. Lessons 02, 11, 12, 13 and 14 and the end of lesson 09 need it, the others do "
    "not. Where it can be had for this Python, this brings it: pip install torch."
)
