"""What the course asks a learner and remembers of the answers: predictions, review, inventory, progress.

Importing this package loads nothing: each lesson imports the modules it needs by name.
"""
