"""Tested helpers of the course Classification from first principles.

Importing this package loads nothing: each lesson imports the modules it needs by name.
"""

__version__ = "1.0.1"
