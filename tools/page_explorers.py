"""The explorers that the page draws, for the build: which there are, a picture of one, its place in a page."""

from __future__ import annotations

import base64
import html
import importlib
import json
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import course_utils.explorers
from course_utils.explorers.page import STATIC, PageExplorer

WIDTH = 1000  # pixels: what a notebook's output has on a usual screen
SHARPNESS = 1.5  # dots for a pixel


class Still(NamedTuple):
    """What a notebook stores of an explorer beside its state."""

    png: str  # base64
    caption: str
    width: int  # in pixels of a page, of which the picture has SHARPNESS dots each
    height: int


def find() -> dict[str, type[PageExplorer]]:
    """Return every explorer of course_utils.explorers that the page draws, by its name.

    >>> "simplex" in find()
    True
    """
    found = {}
    for module in pkgutil.iter_modules(course_utils.explorers.__path__, "course_utils.explorers."):
        for value in vars(importlib.import_module(module.name)).values():
            is_one = isinstance(value, type) and issubclass(value, PageExplorer) and value is not PageExplorer
            if is_one and value.__module__ == module.name:
                found[value.called] = value
    return found


def script(name: str) -> str:
    """Return the classic script that makes explorer `name` alive in a page."""
    return (STATIC / f"{name}.js").read_text(encoding="utf-8")


def placed(shown: dict[str, Any]) -> str:
    """Return the element that the script of an explorer makes alive.

    >>> placed({"name": "coin", "state": {"p": 0.5}})
    '<div class="explorer" data-explorer="coin" data-state="{&quot;p&quot;: 0.5}"></div>'
    """
    state = html.escape(json.dumps(shown["state"], ensure_ascii=False), quote=True)
    return f'<div class="explorer" data-explorer="{shown["name"]}" data-state="{state}"></div>'


@contextmanager
def photographer() -> Iterator[Any]:
    """Yield a function that takes an explorer's picture, from its stored name and state.

    Raises LookupError where this machine has no Chromium or Python no playwright.
    """
    try:
        from playwright.sync_api import sync_playwright

        from tools.lab import FLAGS, find_chromium
    except ModuleNotFoundError as error:
        raise LookupError("playwright is not installed: pip install -e '.[test]'") from error
    chromium = find_chromium()
    if chromium is None:
        raise LookupError("there is no Chromium on this machine, which draws the explorers")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        size: Any = {"width": WIDTH, "height": 800}
        page = browser.new_page(viewport=size, device_scale_factor=SHARPNESS, reduced_motion="reduce")

        def take(shown: dict[str, Any]) -> Still:
            page.set_content(f'<meta charset="utf-8"><body style="margin: 0; background: #fff">{placed(shown)}')
            page.add_script_tag(content=script(shown["name"]))
            page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            figure, words = page.locator("[part=figure]"), page.locator("[part=caption]").inner_text()
            box: Any = figure.bounding_box()
            encoded = base64.b64encode(figure.screenshot(animations="disabled")).decode()
            return Still(encoded, " ".join(words.split()), round(box["width"]), round(box["height"]))

        yield take
        browser.close()
