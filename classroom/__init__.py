"""What a teacher runs: the grader of a class's notebooks, and the hub that a class works on.

No lesson and nothing in course_utils imports it.
"""
