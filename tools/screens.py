"""How many screens a lesson takes in JupyterLab, as it looks when it has run: a count, and pictures.

    python -m tools.screens                       every lesson at 1280 by 800
    python -m tools.screens 03 --dark --width 1920 --pictures FOLDER

A learner's copy is opened with the outputs of notebooks/. Each explorer shows its stored picture.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from playwright.sync_api import Page, sync_playwright

from tools.build import NOTEBOOKS
from tools.copies import for_learners
from tools.lab import FLAGS, IDLE, SHUT_DOWN, START_MS, Lab, find_chromium, running_lab

HEIGHT = 800
DARK = "() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})"
# How many times the notebook's own part of the window fits into the notebook, without the empty end below it.
SCREENS = """() => {
    const view = document.querySelector(".jp-WindowedPanel-outer");
    const cells = [...view.querySelectorAll(".jp-Cell")].map((cell) => cell.getBoundingClientRect());
    const line = document.querySelector(".course-go-on")?.offsetHeight ?? 0;  // which a lesson that runs has not
    return (cells.at(-1).bottom - cells[0].top) / (view.clientHeight + line);
}"""
TYPESET = "() => document.querySelectorAll('.jp-MarkdownOutput').length > 0 && document.fonts.status === 'loaded'"


def screens(page: Page, lab: Lab, notebook: Path, dark: bool, picture: Path | None) -> float:
    """Open the learner's copy of a notebook, keep a picture of all of it, and return how many screens it takes."""
    content = nbformat.read(notebook, as_version=4)
    content.cells = for_learners(content.cells)
    nbformat.write(content, lab.folder / notebook.name)
    page.goto(f"{lab.url}/doc/tree/{notebook.name}?reset&token={lab.token}", timeout=START_MS)
    page.wait_for_function(IDLE, timeout=START_MS)
    if dark:
        page.evaluate(DARK)
    page.wait_for_function(TYPESET, timeout=START_MS)
    page.wait_for_timeout(2000)  # for the mathematics
    count = float(page.evaluate(SCREENS))
    if picture:
        size = page.viewport_size or {"width": 1280, "height": HEIGHT}
        page.set_viewport_size({**size, "height": int(count * HEIGHT) + HEIGHT})
        page.wait_for_timeout(1000)
        page.screenshot(path=picture)
        page.set_viewport_size(size)
    page.evaluate(SHUT_DOWN)
    return count


def count_all(number: str, width: int, dark: bool, pictures: Path | None) -> Iterator[tuple[str, float]]:
    """Yield the name of each lesson and the screens that it takes."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        settings = Path(folder, "settings", "@jupyterlab", "notebook-extension", "tracker.jupyterlab-settings")
        settings.parent.mkdir(parents=True)
        settings.write_text(json.dumps({"windowingMode": "none"}), encoding="utf-8")  # all cells are in the page
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        with running_lab(Path(folder)) as lab:
            page = browser.new_page(viewport={"width": width, "height": HEIGHT})
            for notebook in sorted(NOTEBOOKS.glob(f"{number}*.ipynb")):
                name = f"{notebook.stem}_{width}{'_dark' * dark}.png"
                yield notebook.stem, screens(page, lab, notebook, dark, pictures and pictures / name)


def main() -> None:
    """Print a line for each lesson."""
    parser = argparse.ArgumentParser(prog="tools.screens", description="count the screens of the lessons")
    parser.add_argument("lesson", nargs="?", default="", metavar="NN", help="a lesson's number; without it, all")
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--pictures", type=Path, help="a folder for a picture of each lesson from top to bottom")
    chosen = parser.parse_args()
    if chosen.pictures:
        chosen.pictures.mkdir(parents=True, exist_ok=True)
    for name, count in count_all(chosen.lesson, chosen.width, chosen.dark, chosen.pictures):
        print(f"{name}: {count:.1f} screens of {chosen.width} by {HEIGHT}", flush=True)


if __name__ == "__main__":
    main()
