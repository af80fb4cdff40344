"""The playground while it plays, in a page: pictures a second with three layers of eight, and how the page grows.

python -m benchmarks.playground [minutes]
"""

from __future__ import annotations

import sys
from statistics import median

from playwright.sync_api import Page, sync_playwright

from tools.lab import FLAGS, find_chromium
from tools.page_explorers import placed, script

MINUTES = 5.0
STATE = {"data": "spiral", "hidden": [8, 8, 8], "updates": 0}
TRIED = """The kernel's playground made 9 to 12 pictures a second, and 20 after its messages, its PNG and its surfaces
had been made faster; each picture was a message of 120 kB. The page sends nothing and needs no kernel. By the
processor's own clock (DevTools, thread ticks) a picture costs the page 10.5 ms, 5.8 of them JavaScript, where a
screen gives 16.7."""
# The milliseconds between each picture and the next.
WATCH = """(milliseconds) => new Promise((resolve) => {
    const explorer = document.querySelector(".course-explorer").explorer, gaps = [], began = performance.now();
    let before = began, updates = explorer.state.updates;
    const look = (now) => {
        if (explorer.state.updates !== updates) { gaps.push(now - before); before = now; }
        updates = explorer.state.updates;
        if (now - began < milliseconds) requestAnimationFrame(look);
        else resolve(gaps);
    };
    requestAnimationFrame(look);
})"""


def measure(minutes: float = MINUTES) -> dict[str, float]:
    """Return pictures_a_second, picture_ms (the median from one to the next) and grown_mb (the page's heap).

    Grown is from the tenth second of play to the end. Without a Chromium on this machine the answer is empty, and a
    line says so.
    """
    chromium = find_chromium()
    if chromium is None:
        print("No Chromium on this machine: the playground on the screen is not measured.", file=sys.stderr)
        return {}
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1366, "height": 1000})
        page.set_content(f'<meta charset="utf-8">{placed({"name": "playground", "state": STATE})}')
        page.add_script_tag(content=script("playground"))
        _keep_playing(page, 10)
        gaps = page.evaluate(WATCH, 5000)
        before = _heap(page)
        _keep_playing(page, 60 * minutes)
        after = _heap(page)
        browser.close()
    return {"pictures_a_second": len(gaps) / 5, "picture_ms": median(gaps), "grown_mb": after - before}


def _heap(page: Page) -> float:
    """Memory of the page's JavaScript in MB, what is not used given back."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 1e6


def _keep_playing(page: Page, seconds: float) -> None:
    """Play; whenever it has come to the last update, begin anew."""
    for _ in range(max(1, round(seconds))):
        play = page.get_by_role("button", name="Play")
        if play.count():
            play.press("Space")
        page.wait_for_timeout(1000)


def sentences(minutes: float = MINUTES) -> dict[str, str]:
    """The measurement as name -> sentence for docs/performance.md; nothing where there is no Chromium."""
    found = measure(minutes)
    if not found:
        return {}
    return {
        "playground, playing": (
            f"{found['pictures_a_second']:.1f} pictures a second with three layers of eight (goal 60), "
            f"{found['picture_ms']:.1f} ms from one to the next; after {minutes:g} minutes of play the page has "
            f"grown by {found['grown_mb']:.1f} MB (goal below 20)"
        )
    }


if __name__ == "__main__":
    for what, sentence in sentences(float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES).items():
        print(f"{what}: {sentence}")
