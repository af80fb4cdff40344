"""What builds the course's notebooks; learners never need it."""
