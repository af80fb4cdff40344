"""Record the moving picture of the README from the real playground.

Run it as python -m tools.moving_picture. The page trains for some seconds in Chromium; its pictures become
docs/pictures/playground.webp.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from PIL import Image

from tools.page_explorers import find, placed, script

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "pictures" / "playground.webp"
SIZE: Any = {"width": 900, "height": 640}
WIDTH, PICTURES, PAUSE_MS = 720, 48, 160
LARGEST = 2_000_000  # bytes


def main() -> None:
    """Record, and write the picture; one that is too large raises ValueError."""
    pictures = [Image.open(io.BytesIO(png)) for png in recorded()]
    first, *rest = [each.convert("RGB").resize((WIDTH, WIDTH * each.height // each.width)) for each in pictures]
    written = io.BytesIO()
    first.save(written, "WEBP", save_all=True, append_images=rest, duration=PAUSE_MS, loop=0, quality=70, method=6)
    if written.tell() > LARGEST:
        raise ValueError(f"{TARGET.name}: {written.tell():,} bytes are too many for a first page")
    TARGET.write_bytes(written.getvalue())
    print(f"{TARGET.relative_to(ROOT)}: {written.tell():,} bytes, {len(pictures)} pictures")


def recorded() -> list[bytes]:
    """Return the pictures of a playground at play, as PNG."""
    from playwright.sync_api import sync_playwright

    from tools.lab import FLAGS, find_chromium

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page: Any = browser.new_page(viewport=SIZE)
        shown = placed({"name": "playground", "state": find()["playground"]().state})
        page.set_content(f'<meta charset="utf-8"><body style="margin: 0; background: #fff">{shown}')
        page.add_script_tag(content=script("playground"))
        figure = page.locator("[part=figure]")
        page.get_by_role("button", name="Play").click()
        pictures = []
        for _ in range(PICTURES):
            pictures.append(figure.screenshot())
            page.wait_for_timeout(PAUSE_MS)
        browser.close()
    return pictures


if __name__ == "__main__":
    main()
