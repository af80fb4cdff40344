"""Derivations that run: what the reader sees is what is evaluated."""

from course_utils.derivations.engine import Derivation, Fault, Line, check_line, table, verify

__all__ = ["Derivation", "Fault", "Line", "check_line", "table", "verify"]
