"""What a learner and a teacher keep of the course: predictions, review, inventory, progress, and the grader.

Importing this package loads nothing: each lesson imports the modules it needs by name.
"""
