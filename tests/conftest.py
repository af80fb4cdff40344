"""Settings of every test: hypothesis says the same thing twice, times nothing and leaves nothing behind."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("course", derandomize=True, deadline=None, database=None)
settings.load_profile("course")
