"""The playground while it plays, in JupyterLab: pictures a second, what another cell waits, how the kernel grows.

python -m benchmarks.playground [minutes]
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import nbformat
from playwright.sync_api import Page, sync_playwright

from tools.lab import COUNT, FLAGS, find_chromium, run_notebook, running_lab

MINUTES = 5.0
CELLS = [
    "from course_utils.explorers.playground import playground\nplayground()",
    "import psutil\nprint(psutil.Process().memory_info().rss / 1e6)",
]
TRIED = """The playground began with 9 to 12 pictures a second: each waited some 35 ms for the page to confirm the one
before (`tools/lab_server.py`); without this wait there were 19 where there had been 12. Squares of colour drawn
by ourselves instead of resampled by matplotlib, PNG without filters and shorter titles brought a picture in the
kernel from 35 to 20 ms; one message a picture instead of two gave 13 pictures where there had been 12."""
# Run the second cell; the milliseconds until it has answered, and what it said.
ANSWER = """async () => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    notebook.activeCellIndex = 1;
    const began = performance.now();
    await window.jupyterapp.commands.execute("notebook:run-cell");
    const waited = performance.now() - began, outputs = notebook.model.sharedModel.toJSON().cells[1].outputs;
    return [waited, outputs.map(output => [].concat(output.text).join("")).join("")];
}"""


def measure(minutes: float = MINUTES) -> dict[str, float]:
    """Return pictures_a_second, other_cell_ms (playing), idle_cell_ms (paused) and grown_mb (RSS of the kernel).

    Grown is from the tenth second of play to the end. Without a Chromium on this machine the answer is empty, and a
    line says so.
    """
    chromium = find_chromium()
    if chromium is None:
        print("No Chromium on this machine: the playground on the screen is not measured.", file=sys.stderr)
        return {}
    with tempfile.TemporaryDirectory() as home, running_lab(Path(home)) as lab, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1366, "height": 1000})
        cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
        run_notebook(page, lab, nbformat.v4.new_notebook(cells=cells), "playground.ipynb")
        idle, _ = _ask(page)
        _keep_playing(page, 10)
        pictures = page.evaluate(COUNT, 5000) / 5
        playing, before = _ask(page)
        _keep_playing(page, 60 * minutes)
        _, after = _ask(page)
        browser.close()
    return {
        "pictures_a_second": pictures,
        "other_cell_ms": playing,
        "idle_cell_ms": idle,
        "grown_mb": after - before,
    }


def _ask(page: Page) -> tuple[float, float]:
    """Run the other cell a few times; the median wait in milliseconds, and the kernel's memory in MB."""
    answers = [page.evaluate(ANSWER) for _ in range(7)]
    return median(wait for wait, _ in answers), float(answers[-1][1])


def _keep_playing(page: Page, seconds: float) -> None:
    """Press Play whenever it has stopped: it stops by itself at the last update, and then begins anew."""
    play, end = page.get_by_role("button", name="Play"), time.monotonic() + seconds
    while time.monotonic() < end:
        if play.get_attribute("aria-pressed") != "true":
            play.press("Space")
        page.wait_for_timeout(1000)


def sentences(minutes: float = MINUTES) -> dict[str, str]:
    """The measurement as name -> sentence for docs/performance.md; nothing where there is no Chromium."""
    found = measure(minutes)
    if not found:
        return {}
    return {
        "playground, playing": (
            f"{found['pictures_a_second']:.1f} pictures a second on the screen (goal 15); another cell answers in "
            f"{found['other_cell_ms']:.0f} ms, {found['idle_cell_ms']:.0f} ms when nothing plays; after "
            f"{minutes:g} minutes of play the kernel has grown by {found['grown_mb']:.1f} MB (goal below 20)"
        )
    }


if __name__ == "__main__":
    for what, sentence in sentences(float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES).items():
        print(f"{what}: {sentence}")
