"""Speeds, each beside a named peer in the same run. `python -m benchmarks` writes docs/performance.md."""
