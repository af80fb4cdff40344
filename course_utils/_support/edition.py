"""What the second edition, of fifteen lessons, calls what the first, of thirteen, called otherwise.

Lesson 12 of the first became 10 and 14 of the second, 10 became 11, and 11 became 12 and 13. Its questions and
exercises moved with the text that they stand in, so an old id may be a new one of another meaning.
"""

from __future__ import annotations

# Exercises, predictions and review questions: first edition -> second.
MOVED_IDS = {
    **{f"10.{n}": f"11.{n}" for n in ("1", "2", "3", "4", "5", "6", "7", "p1", "p2", "q1", "q2", "q3", "q4")},
    **{f"11.{n}": f"12.{n}" for n in ("1", "2", "3", "p1", "q1")},
    "11.q4": "12.q2",
    "11.4": "13.1",
    "11.5": "13.2",
    "11.6": "13.3",
    "11.p2": "13.p1",
    "11.q2": "13.q1",
    "11.q3": "13.q2",
    **{f"12.{n}": f"10.{n}" for n in ("1", "2", "3", "4", "5", "6", "p1", "p2")},
    "12.7": "14.1",
}
# The lesson that has asked a review question, in an order that stays: a half stands for the whole.
MOVED_LESSONS = {"10": "11", "11": "12", "12": "14"}
# Notebooks of the first edition, and where in the second their text stands.
MOVED_NOTEBOOKS = {
    "10_neural_networks_in_pytorch": "11_neural_networks_in_pytorch",
    "11_many_labels_and_convolution": "12_many_labels and 13_convolutions",
    "12_playground_and_homework": "10_features_and_hidden_units and 14_project_trust",
}
