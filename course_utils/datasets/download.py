"""Downloads from the registered mirrors: in the background, within a budget, and never trusted.

A file is taken into memory and reaches the disk only decoded and verified, so that no download, however it ends,
leaves anything behind.
"""

from __future__ import annotations

import io
import math
import os
import threading
import time
from urllib.parse import urlsplit

from course_utils.datasets import cache
from course_utils.datasets.catalogue import RegisteredFile, registry

BUDGET = 10.0  # seconds that all waiting for mirrors may take in one session
PATIENCE = 4.0  # seconds without a sign of life after which a mirror is given up: two of them fit into the budget

_threads: dict[str, threading.Thread] = {}
_failures: dict[str, str] = {}
_budget_used = 0.0


def fetch_within_budget(name: str) -> str:
    """Do as fetch does, with at most BUDGET seconds of waiting in all calls of a session together.

    A failure is final and speaks for the other data sets too: a class without a network waits once.
    """
    global _budget_used
    if _failures:
        return "; ".join(_failures.values())
    began = time.monotonic()
    try:
        return fetch(name, BUDGET - _budget_used)
    finally:
        _budget_used += time.monotonic() - began


def fetch(name: str, seconds: float, *, progressbar: bool = False) -> str:
    """Bring the data set `name` into the cache; return "" when it is there, or why it is not.

    The download runs in a thread of its own. When `seconds` are over it goes on without its caller, and a later
    call finds what has arrived.
    """
    if os.environ.get("COURSE_OFFLINE", "").strip().lower() not in ("", "0", "false", "no", "off"):
        return "COURSE_OFFLINE forbids a download"
    thread = _threads.get(name)
    if thread is None or not (thread.is_alive() or name in _failures):
        thread = threading.Thread(target=_try_mirrors, args=(name, progressbar), daemon=True)
        _threads[name] = thread
        thread.start()
    thread.join(max(seconds, 0.0))
    if thread.is_alive():
        return "the connection is slow; the download goes on in the background"
    return _failures.get(name, "")


def _try_mirrors(name: str, progressbar: bool) -> None:
    entry = registry()[name]
    troubles = []
    for mirror in entry["mirrors"]:
        try:
            for part, file in cache.missing(name).items():
                cache.store(name, part, _download(mirror + file["name"], most_bytes(file), progressbar))
            return
        except Exception as error:  # whatever a mirror does, the next one gets its turn
            troubles.append(f"{urlsplit(mirror).netloc}: {_in_plain_words(error)}")
    _failures[name] = f"{entry['title']} could not be downloaded: " + "; ".join(troubles)


def most_bytes(file: RegisteredFile) -> int:
    """The size of the file, or that of the array in it, unpacked and with a header: what holds it has no more."""
    return max(file["size"], math.prod(file["shape"]) + 1024)


def _download(url: str, size: int, progressbar: bool) -> bytes:
    import pooch

    # Asked for as it is; where a server calls the packing an encoding all the same, what arrives is unpacked.
    options = {"timeout": PATIENCE, "headers": {"Accept-Encoding": "identity"}}
    memory = _Bounded(size)
    pooch.HTTPDownloader(progressbar=progressbar, chunk_size=2**16, **options)(url, memory, None)
    return memory.getvalue()


class _Bounded(io.BytesIO):
    """Memory for `size` bytes and no more: a mirror may send any number."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def write(self, chunk: bytes) -> int:  # type: ignore[override]
        if self.tell() + len(chunk) > self.size:
            raise ValueError(f"expected {self.size:,} bytes, got more")
        return super().write(chunk)


def _in_plain_words(error: Exception) -> str:
    import requests

    match error:
        case requests.HTTPError() if error.response is not None:
            return f"answered {error.response.status_code}"
        case requests.Timeout():
            return "no answer in time"
        case requests.RequestException():
            return f"connection failed ({type(error).__name__})"
        case ValueError():
            return "sent a wrong file"
        case _:
            return f"failure ({type(error).__name__}: {error})"
