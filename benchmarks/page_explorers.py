"""What a movement of an explorer that the page draws costs: from an arrow key to the frame that shows it.

For each explorer a notebook with it, with `interact` and a figure of two panels, and with a slider that writes one
number and nothing else, each moved in turn by the keyboard, so that a busy machine slows all alike. With all fourteen
in one notebook a frame took up to 15 ms more: the browser goes through the layers of the whole page for every one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import nbformat
from playwright.sync_api import Browser, ElementHandle, Page, sync_playwright

from course_utils.explorers.page import STATIC
from tools.lab import FLAGS, ROOT, Lab, find_chromium, run_notebook, running_lab
from tools.page_explorers import find

ROUNDS = 8
PAUSE_MS = 150  # between key presses, so that one picture never waits for the one before

# Peers, in the same notebook; each has a slider.
INTERACT = """
%matplotlib inline
import ipywidgets
import matplotlib.pyplot as plt
import numpy as np

def show(x):
    figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3), layout="constrained")
    left.plot(np.linspace(0, 1, 200), np.linspace(0, 1, 200) ** x)
    right.bar(range(4), np.arange(4) * x)
    plt.show()

ipywidgets.interact(show, x=(1, 60));
"""
# The least that any page can do: a slider whose key writes one number in the next frame.
NUMBER_ALONE = """
import anywidget

class NumberAlone(anywidget.AnyWidget):
    _esm = '''export default { render({ el }) {
        const host = document.createElement("div");
        host.className = "course-explorer";
        const root = host.attachShadow({ mode: "open" });
        root.innerHTML = "<input type=range><p part=figure>0</p>";
        const [slider, number] = root.children;
        const write = () => { number.textContent = Number(number.textContent) + 1; };
        slider.addEventListener("keydown", () => requestAnimationFrame(write));
        el.append(host);
    } }'''

NumberAlone()
"""
# From the key's event to the end of the frame that shows a change, with its layout and paint. A task of the highest
# priority, asked for while a frame is made, comes right after it; a message would wait behind those of JupyterLab.
WATCH = """(output) => { window.measured = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("a key press, and no other picture within a minute")), 60_000);
    const drawn = output.querySelector(".course-explorer")?.shadowRoot.querySelector("[part=figure]") ?? output;
    const image = () => (drawn === output ? output.querySelector("img:not([hidden])") : null);
    const before = image()?.src;
    let began;
    output.addEventListener("keydown", (event) => { began = event.timeStamp; }, { once: true, capture: true });
    const watch = new MutationObserver(async () => {
        if (drawn === output && (!image()?.src || image().src === before)) return;
        watch.disconnect();
        await image()?.decode().catch(() => null);
        const done = () => resolve(performance.now() - began);
        const afterFrame = () => scheduler.postTask(done, { priority: "user-blocking" });
        if (drawn === output) requestAnimationFrame(afterFrame);
        else afterFrame();
    });
    watch.observe(drawn, { subtree: true, childList: true, attributes: true });
}); }"""


def starts() -> dict[str, dict[str, Any]]:
    """Return the state that each explorer begins with, from its JavaScript."""
    asked = json.dumps({name: [] for name in find()})
    node = ["node", "run.mjs"]
    ran = subprocess.run(node, cwd=ROOT / "explorers", input=asked, capture_output=True, encoding="utf-8", check=True)
    return {name: answer["start"] for name, answer in json.loads(ran.stdout).items()}


def notebooks() -> dict[str, dict[str, str]]:
    """Return what is measured, by the explorer's name: one notebook's cells, by name, its peers among them."""
    return {
        name: {
            "ours": f"from tools.page_explorers import find\nfind()[{name!r}](**{state!r})",
            "interact": INTERACT,
            "a number alone": NUMBER_ALONE,
        }
        for name, state in starts().items()
    }


def measure() -> dict[str, dict[str, float]]:
    """Return the median milliseconds by explorer and cell; empty, with a line, where there is no Chromium."""
    chromium = find_chromium()
    if chromium is None:
        print("No Chromium on this machine: what a key press costs on the screen is not measured.", file=sys.stderr)
        return {}
    with tempfile.TemporaryDirectory() as home, running_lab(Path(home)) as lab, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium, args=FLAGS)
        return {name: pressed(browser, lab, name, sources) for name, sources in notebooks().items()}


def pressed(browser: Browser, lab: Lab, name: str, sources: dict[str, str]) -> dict[str, float]:
    """Run one notebook and press keys on each of its outputs in turn; return the median milliseconds of each."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources.values()])
    with browser.new_page(viewport={"width": 1366, "height": 1000}) as page:
        run_notebook(page, lab, notebook, f"{name}.ipynb")
        cells = [page.locator(".jp-CodeCell").nth(number) for number in range(len(sources))]
        outputs = [cell.locator(".jp-Cell-outputArea").element_handle() for cell in cells]
        times = [[press(page, output, turn) for output in outputs] for turn in range(ROUNDS)]
        page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    return {name: median(column) for name, column in zip(sources, zip(*times, strict=True), strict=True)}


def press(page: Page, output: ElementHandle, turn: int) -> float:
    """Press an arrow key on the first slider of an output; return the milliseconds until its picture has changed."""
    slider = output.query_selector("[role=slider], input[type=range], .noUi-handle")
    if slider is None:
        raise RuntimeError("expected a slider in the output, found none")
    slider.scroll_into_view_if_needed()
    page.wait_for_timeout(PAUSE_MS)
    slider.focus()
    output.evaluate(WATCH)
    page.keyboard.press("ArrowLeft" if turn % 2 else "ArrowRight")
    milliseconds: float = page.evaluate("() => window.measured")
    return milliseconds


def sentences() -> dict[str, str]:
    """Every explorer of the page as name -> sentence for docs/performance.md."""
    return {
        f"{name}, one movement": (
            f"from key press to its frame in JupyterLab {took['ours']:.0f} ms (goal 16, at most 24), a number alone "
            f"{took['a number alone']:.0f} ms, `interact` {took['interact']:.0f} ms: "
            f"**{took['interact'] / took['ours']:.0f} times faster**; a module of "
            f"{(STATIC / f'{name}.mjs').stat().st_size / 1e3:.0f} kB (at most 150)"
        )
        for name, took in measure().items()
    }


if __name__ == "__main__":
    for what, sentence in sentences().items():
        print(f"{what}: {sentence}")
