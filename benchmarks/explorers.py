"""What one movement of a slider costs, in the kernel and on the screen: each explorer beside a plain `interact`.

The peer shows the same figure as `interact` makes it at every change: figure, layout and PNG from nothing, at as many
dots an inch. Both are measured in turn, so that a busy machine slows both alike.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import MagicMock, patch

import ipywidgets
import nbformat
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from playwright.sync_api import ElementHandle, Page, sync_playwright

from course_utils.explorers.engine import DRAWN_DPI, Explorer
from tools.explorers import find
from tools.lab import FLAGS, find_chromium, run_notebook, running_lab

ROUNDS = 40
SURFACES = {"loss_surfaces"}  # a goal of 70 ms, where the others have 40
PAUSE_MS = 150  # between key presses, so that one picture never waits for the one before

TRIED = """The peer has the same server and the same page. Three things brought the times down:

| way | gave |
|---|---|
| still parts drawn once, only what moves drawn again | a figure of 80 to 370 ms in 16 to 35 ms |
| PNG without filters (Pillow tries five on every row) | 5 to 8 ms instead of 12 to 22, and a file as small |
| messages sent at once (`tools/lab_server.py`) | a slider's next value leaves the page some 35 ms earlier |

Tried and left: a palette of 256 colours (7 ms and a third of the size, but greys and white come out wrong), WebP
without loss (12 to 18 ms), Intel's zlib (1 ms instead of 6, one dependency more, and its bytes depend on the
processor)."""


def make(name: str) -> tuple[Explorer, dict[str, Any]]:
    """Make an explorer and return it with its arguments."""
    return find()[name].make()


def new_figure(name: str, given: dict[str, Any], state: dict[str, Any]) -> Figure:
    """Make the explorer's figure from nothing and bring it into a state, without the explorer."""
    function: Any = find()[name].function
    # Its controls are not part of what `interact` makes at a change.
    bare = {"Explorer": lambda *parts: parts, "_Playground": lambda *parts: parts, "ipywidgets": MagicMock()}
    with patch.dict(function.__globals__, bare):
        parts = function(**given)
    figure: Figure = parts[0]
    parts[2](**state)
    figure.set_dpi(DRAWN_DPI)
    return figure


def first_slider(explorer: Explorer) -> str:
    """Return the name of the first slider."""
    return next(name for name, control in explorer.controls.items() if hasattr(control, "readout"))


def steps(control: Any) -> tuple[Any, Any]:
    """Return a slider's value and the next one, as an arrow key to the left or to the right makes it."""
    if isinstance(control, ipywidgets.SelectionSlider):
        values = [value for _, value in control._options_full]
        place = values.index(control.value)
        return values[place], values[place + 1 if place + 1 < len(values) else place - 1]
    if isinstance(control, ipywidgets.FloatLogSlider):
        return control.value, control.value * control.base**control.step
    return control.value, control.value + (control.step if control.value < control.max else -control.step)


def measure(name: str) -> dict[str, float]:
    """Return update_ms, new_figure_ms and png_kb of an explorer: what a movement costs in the kernel; medians.

    update_ms : a control's value is set, until the new PNG is ready
    new_figure_ms : the same picture as `interact` makes it: figure, layout and PNG from nothing
    png_kb : size of the explorer's PNG
    """
    explorer, given = make(name)
    control = explorer.controls[first_slider(explorer)]
    values = steps(control)

    def update(value: Any) -> None:
        control.value = value

    def anew(value: Any) -> None:
        figure = new_figure(name, given, {**explorer.values, first_slider(explorer): value})
        FigureCanvasAgg(figure).print_png(io.BytesIO())  # type: ignore[no-untyped-call]

    times = [(_seconds(update, values[k % 2]), _seconds(anew, values[k % 2])) for k in range(1, ROUNDS + 1)]
    ours, theirs = (1e3 * median(column) for column in zip(*times, strict=True))
    return {"update_ms": ours, "new_figure_ms": theirs, "png_kb": len(explorer.png) / 1e3}


def _seconds(call: Callable[[Any], None], value: Any) -> float:
    began = time.perf_counter()
    call(value)
    return time.perf_counter() - began


# On the screen.

CELLS = """
%matplotlib inline
import ipywidgets
from IPython.display import display
from benchmarks.explorers import first_slider, make, new_figure
explorer, given = make({name!r})
explorer
----
other, _ = make({name!r})
moved = first_slider(other)
rest = {{name: ipywidgets.fixed(value) for name, value in other.values.items() if name != moved}}

def show(**state):
    display(new_figure({name!r}, given, state))

ipywidgets.interact(show, **{{moved: other.controls[moved]}}, **rest);
"""
# From the key's event to the frame that shows another picture.
WATCH = """(output) => { window.measured = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("a key press, and no other picture within a minute")), 60_000);
    const find = () => output.querySelector("img:not([hidden])");
    const before = find()?.src;
    let began;
    output.addEventListener("keydown", (event) => { began = event.timeStamp; }, { once: true, capture: true });
    const watch = new MutationObserver(async () => {
        const picture = find();
        if (!picture?.src || picture.src === before) return;
        watch.disconnect();
        await picture.decode().catch(() => null);
        requestAnimationFrame(() => resolve(performance.now() - began));
    });
    watch.observe(output, { subtree: true, childList: true, attributes: true, attributeFilter: ["src"] });
}); }"""


def measure_on_screen(names: list[str]) -> dict[str, dict[str, float]]:
    """Return explorer_ms and interact_ms of each: from a key press in JupyterLab to the new picture; medians.

    Without a Chromium on this machine the answer is empty, and a line says so.
    """
    chromium = find_chromium()
    if chromium is None:
        print("No Chromium on this machine: what a key press costs on the screen is not measured.", file=sys.stderr)
        return {}
    with tempfile.TemporaryDirectory() as home, running_lab(Path(home)) as lab, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium, args=FLAGS)
        found = {}
        for name in names:
            page = browser.new_page(viewport={"width": 1366, "height": 1000})
            cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS.format(name=name).split("----")]
            run_notebook(page, lab, nbformat.v4.new_notebook(cells=cells), f"{name}.ipynb")
            outputs = page.locator(".jp-Cell-outputArea").filter(has=page.locator(".noUi-handle")).all()
            boxes = [output.element_handle() for output in outputs]
            times = [[_press(page, box, k) for box in boxes] for k in range(ROUNDS // 2)]
            ours, theirs = map(median, zip(*times, strict=True))
            found[name] = {"explorer_ms": ours, "interact_ms": theirs}
            page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
            page.close()
        browser.close()
    return found


def _press(page: Page, output: ElementHandle, turn: int) -> float:
    """Press an arrow key on the first slider of an output; return the milliseconds until its picture has changed."""
    handle = output.query_selector(".noUi-handle")
    if handle is None:
        raise RuntimeError("expected a slider in the output, found none")
    page.wait_for_timeout(PAUSE_MS)
    at_the_end = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemax")
    handle.focus()
    output.evaluate(WATCH)
    page.keyboard.press("ArrowLeft" if at_the_end or turn % 2 else "ArrowRight")
    milliseconds: float = page.evaluate("() => window.measured")
    return milliseconds


def sentences() -> dict[str, str]:
    """Every explorer as name -> sentence for docs/performance.md."""
    names = list(find())
    screen, told = measure_on_screen(names), {}
    for name in names:
        kernel = measure(name)
        ours, theirs = kernel["update_ms"], kernel["new_figure_ms"]
        told[f"explorer {name}, one movement"] = (
            f"in the kernel {ours:.0f} ms (goal {70 if name in SURFACES else 40}), a new figure, as `interact` makes "
            f"it, {theirs:.0f} ms: **{theirs / ours:.1f} times faster**; {kernel['png_kb']:.0f} kB"
        )
        if name in screen:
            ours, theirs = screen[name]["explorer_ms"], screen[name]["interact_ms"]
            told[f"explorer {name}, one movement"] += (
                f"; from key press to picture in JupyterLab {ours:.0f} ms, with `interact` {theirs:.0f} ms: "
                f"**{theirs / ours:.1f} times faster**"
            )
    return told


if __name__ == "__main__":
    for what, sentence in sentences().items():
        print(f"{what}: {sentence}")
