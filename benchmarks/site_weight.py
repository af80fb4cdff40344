"""What a browser loads for a page of the site: bytes as a server sends them, compressed, and as they lie on disk."""

from __future__ import annotations

import gzip
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Request, sync_playwright

from tools import site
from tools.lab import FLAGS, find_chromium

MEGABYTE = 1e6
GOALS = {"index.html": 1.5, "lessons/*.html": 2.0}


def measure() -> dict[str, str]:
    """The heaviest page of each kind; empty, with a line, where there is no Chromium."""
    if find_chromium() is None:
        print("No Chromium on this machine: what a page loads is not measured.", file=sys.stderr)
        return {}
    with tempfile.TemporaryDirectory() as folder:
        pages = Path(folder) / "pages"
        site.build(pages)
        return {
            name: f"{sent:.2f} MB sent (at most {goal}), {whole:.2f} MB on disk, for the heaviest: {page}"
            for name, goal in GOALS.items()
            for sent, whole, page in [max(weights(pages, name))]
        }


def weights(pages: Path, pattern: str) -> Iterator[tuple[float, float, str]]:
    """Yield the megabytes that a page loads, compressed and as they are, and its name."""
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for path in sorted(pages.glob(pattern)):
            page, asked = browser.new_page(), list[str]()
            page.on("request", gather(asked))
            page.goto(path.as_uri(), wait_until="networkidle")
            files = [Path(unquote(urlsplit(url).path)).read_bytes() for url in {*asked} if url.startswith("file:")]
            sent, whole = (sum(map(len, each)) / MEGABYTE for each in (map(gzip.compress, files), files))
            yield sent, whole, path.name
            page.close()
        browser.close()


def gather(asked: list[str]) -> Callable[[Request], None]:
    """Return what notes the address of each request."""
    return lambda request: asked.append(request.url)


if __name__ == "__main__":
    for what, sentence in measure().items():
        print(f"{what}: {sentence}")
