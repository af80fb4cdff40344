"""Fetch the data sets ahead of a lesson: python -m course_utils.datasets."""

from __future__ import annotations

import time
from contextlib import suppress

from course_utils.datasets.cache import cache_folder, is_persistent
from course_utils.datasets.catalogue import registry
from course_utils.datasets.download import fetch
from course_utils.datasets.images import describe, find

SECONDS = 300.0


def main() -> int:
    """Bring every registered data set into the cache, say how it went, and return 0 if all are there, else 1."""
    deadline = time.monotonic() + SECONDS
    complete = True
    for name, entry in registry().items():
        arrays, why = find(name, lambda name: fetch(name, deadline - time.monotonic(), progressbar=True))
        if arrays is None:
            complete = False
            print(f"{entry['title']} is not at hand ({why}). The course then runs on the digits of scikit-learn.")
        else:
            print(f"{describe(name, arrays)}: at hand.")
    if not complete:
        print("To try again: python -m course_utils.datasets")
    with suppress(OSError):
        print(f"Cache folder: {cache_folder()}")
    return 0 if complete and is_persistent() else 1


if __name__ == "__main__":
    raise SystemExit(main())
