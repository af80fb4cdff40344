"""Every explorer alike, found by itself: the picture follows the state, the words and the code tell its numbers.

What one explorer alone has to hold stands in its own file; here is what no explorer may miss, and their engine.
"""

from __future__ import annotations

import base64
import gc
import html
import io
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import ipywidgets
import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import PIL.Image
import pytest
from matplotlib.artist import Artist
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from nbclient import NotebookClient

from course_utils.explorers.engine import Explorer, _limits, encode_png
from course_utils.plots import DIVERGING, PALETTE
from tools.explorers import find
from tools.page_explorers import find as find_page_explorers

ROOT = Path(__file__).resolve().parents[2]
EACH = pytest.mark.parametrize("name", find())
STATES = 6
CAMERA = ("azimuth", "elevation")  # no number in the code depends on where one stands


def make(name: str) -> Explorer:
    return find()[name].make()[0]


@cache
def walk(name: str) -> list[dict[str, Any]]:
    """Some states of an explorer that can be drawn, chosen at random."""
    explorer, rng = make(name), np.random.default_rng(1)
    states: list[dict[str, Any]] = []
    while len(states) < STATES:
        offered = {key: offers(control) for key, control in explorer.controls.items()}
        explorer.values = {key: offer[rng.integers(len(offer))] for key, offer in offered.items()}
        if 'role="status"' in words_shown(explorer):
            states.append(explorer.values)
    return states


def offers(control: Any) -> list[Any]:
    """What a control can be set to by hand."""
    if hasattr(control, "options"):
        return [value for _, value in control._options_full]
    offered = control.min + control.step * np.arange(round((control.max - control.min) / control.step) + 1)
    if isinstance(control, ipywidgets.FloatLogSlider):
        return [control.base**exponent for exponent in offered.tolist()]
    return [round(value, 9) for value in offered.tolist()]


def pixels(png: bytes) -> Any:
    return np.asarray(PIL.Image.open(io.BytesIO(png)))


def widgets(explorer: Explorer) -> list[Any]:
    row, _, image = explorer._panel.children
    return [*row.children, image]


def button(explorer: Explorer) -> Any:
    (reset,) = (each for each in widgets(explorer) if isinstance(each, ipywidgets.Button))
    return reset


def words_shown(explorer: Explorer) -> str:
    return str(explorer._notes.children[0].value)


# Every explorer.


def test_each_module_of_the_package_has_an_explorer() -> None:
    modules = {path.stem for path in (ROOT / "course_utils" / "explorers").glob("[a-z]*.py")} - {
        "engine",
        "panels",
        "page",
    }
    assert modules <= {found.function.__module__.rpartition(".")[2] for found in find().values()} | set(
        find_page_explorers()
    )


@pytest.mark.long
@EACH
def test_every_control_moves_picture_caption_and_code(name: str) -> None:
    explorer = make(name)
    for key, control in explorer.controls.items():
        before, offered = (explorer.png, explorer.caption, explorer.code), offers(control)
        place = offered.index(nearest(offered, control.value))
        control.value = offered[place + 1 if place + 1 < len(offered) else place - 1]  # one arrow key
        after = explorer.png, explorer.caption, explorer.code
        same = [part for part, a, b in zip(("picture", "caption", "code"), before, after, strict=True) if a == b]
        assert same == (["code"] if key in CAMERA else []), control


def nearest(offered: list[Any], value: Any) -> Any:
    return value if value in offered else min(offered, key=lambda offer: abs(offer - value))


@pytest.mark.long
@EACH
@pytest.mark.slow  # hundreds of pictures
def test_the_blitted_picture_is_the_full_one_pixel_for_pixel(name: str) -> None:
    walker, full = make(name), make(name)
    update = full._update
    full._update = lambda **state: update(**state) and None  # draws everything anew each time
    for artist in full._picture._moving:
        artist.set_animated(False)
    full._picture._moving = []  # and every artist in its turn
    for state in walk(name):
        walker.values = state
        full.values = state
        np.testing.assert_array_equal(pixels(walker.png), pixels(full.png), err_msg=repr(walker))
    fresh = make(name)
    fresh.values = walker.values
    assert (walker.png, walker.caption, walker.code) == (fresh.png, fresh.caption, fresh.code), "something is left"


@pytest.mark.long
@EACH
def test_reset_brings_back_all_that_was_there(name: str) -> None:
    explorer = make(name)
    first = explorer.values, explorer.png, explorer.caption, explorer.code
    explorer.values = walk(name)[-1]
    assert explorer.png != first[1]
    button(explorer).click()
    assert (explorer.values, explorer.png, explorer.caption, explorer.code) == first


@pytest.mark.long
@EACH
def test_the_code_computes_the_numbers_that_the_caption_tells(name: str) -> None:
    explorer, given = find()[name].make()
    told, computed = [], []
    for state in walk(name):
        explorer.values = state
        names = dict(given)
        with np.errstate(all="ignore"):  # where a formula overflows, that may be what the explorer shows
            exec(explorer.code, names)
        made = [value for key, value in names.items() if key != "__builtins__" and value is not given.get(key)]
        told.append(re.findall(r"[-+]?\d[\d,]*\.\d+(?:e[-+]\d+)?", explorer.caption))
        computed.append(np.array([*numbers(made), *numbers(list(state.values()))]))
    assert any(told)
    for texts, values in zip(told, computed, strict=True):
        # What stands in half of all captions belongs to their sentences: a target "on the other side of 0.5".
        telling = [text for text in texts if 2 * sum(text in others for others in told) < STATES]
        lost = [text for text in telling if not is_among(text, values)]
        assert lost == [], "told, and no control's value nor computed"


def numbers(value: Any) -> list[float]:
    """All numbers in a value, and the sums of its arrays."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [number for each in value for number in numbers(each)]
    if isinstance(value, bool) or not isinstance(value, int | float | np.generic | np.ndarray):
        return []
    array = np.asarray(value)
    return [*array.ravel().astype(float), float(array.sum())] if array.dtype.kind in "iufb" else []


def is_among(text: str, values: Any) -> bool:
    """Say whether a number, as precise as it is written, is one of these."""
    digits, _, exponent = text.replace(",", "").partition("e")
    unit = 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2]))
    return bool((np.abs(values - float(text.replace(",", ""))) <= 0.5001 * unit).any())


@pytest.mark.long
@EACH
def test_what_is_typed_out_of_range_is_brought_into_it(name: str) -> None:
    explorer = make(name)
    for control in explorer.controls.values():
        limits = _limits(control) if hasattr(control, "min") else None
        for limit, beyond in zip(limits or (), (-1e9, 1e9), strict=False):
            control.value = type(control.value)(beyond)
            assert control.value == pytest.approx(limit)


@pytest.mark.long
@EACH
def test_every_control_can_be_called_by_name_and_moved_by_keyboard(name: str) -> None:
    controls = list(make(name).controls.values())
    kinds = (ipywidgets.IntSlider, ipywidgets.FloatSlider, ipywidgets.FloatLogSlider, ipywidgets.SelectionSlider)
    assert all(isinstance(each, (*kinds, ipywidgets.ToggleButtons)) for each in controls)
    called = [each.description for each in controls]
    assert all(called)
    assert len(set(called)) == len(called)


@pytest.mark.long
@EACH
def test_every_label_lies_inside_the_picture(name: str) -> None:
    explorer = make(name)
    figure: Any = explorer._picture._figure
    for state in walk(name):
        explorer.values = state
        box = figure.get_tightbbox().transformed(figure.dpi_scale_trans)
        width, height = figure.get_size_inches() * figure.dpi
        assert box.x0 >= -1
        assert box.y0 >= -1
        assert box.x1 <= width + 1
        assert box.y1 <= height + 1


@pytest.mark.long
@EACH
def test_the_colours_are_those_that_colour_blind_readers_tell_apart(name: str) -> None:
    explorer = make(name)
    explorer.values = walk(name)[0]
    figure: Any = explorer._picture._figure
    safe = {to_rgb(colour) for colour in PALETTE.values()}
    for artist in figure.findobj():
        if getattr(artist, "get_array", lambda: None)() is not None:
            scale = artist.get_cmap()
            assert scale.name.startswith((DIVERGING, "viridis", "cividis")) or is_grey(*scale([0.0, 0.5, 1.0]))
            continue
        for colour in colours(artist):
            assert is_grey(colour) or any(np.allclose(colour, each, atol=0.01) for each in safe), (artist, colour)


def is_grey(*rgba: Any) -> bool:
    return all(max(colour[:3]) - min(colour[:3]) < 0.01 for colour in rgba)


def colours(artist: Any) -> set[tuple[float, ...]]:
    """The plain colours of an artist; none where there are so many that they are a scale."""
    found = set()
    for get in ("get_color", "get_facecolor", "get_edgecolor"):
        value = getattr(artist, get, lambda: None)()
        if value is not None and len(value) and artist.get_visible():
            rgba = mpl.colors.to_rgba_array(value)
            found |= {tuple(each[:3].round(4).tolist()) for each in rgba if each[3] > 0}
    return found if len(found) <= 20 else set()


@pytest.mark.long
@EACH
@pytest.mark.slow  # hundreds of pictures
def test_many_pictures_keep_no_figure_and_no_artist(name: str) -> None:
    explorer = make(name)
    for state in walk(name):
        explorer.values = state
    before = count_artists()
    for state in 2 * walk(name):
        explorer.values = state
    assert count_artists() == before
    assert plt.get_fignums() == []


def count_artists() -> int:
    gc.collect()
    return sum(issubclass(type(thing), Artist) for thing in gc.get_objects())


# The engine, by the smallest explorer that has a still part, a moving part and something to merge.


class Small:
    """A line whose right end is `x`; counts what is drawn."""

    def __init__(self, **replaced: Any) -> None:
        figure = Figure(figsize=(2, 1), layout="constrained")
        self.ax = figure.subplots()
        (self.line,) = self.ax.plot([0, 1], [0, 1])
        self.drawn: list[int] = []
        controls = {"x": ipywidgets.IntSlider(1, 0, 9, description="x"), "other": ipywidgets.IntSlider(5, 0, 9)}
        functions = {
            "update": self.update,
            "caption": "at <{x}>, {other}".format,
            "code": "x < {x}".format,
        } | replaced
        self.explorer = Explorer(figure, controls, **functions)

    def update(self, x: int, other: int) -> list[Artist]:
        self.drawn.append(x)
        self.line.set_xdata([0, x / 9])
        return [self.line]


def test_a_value_out_of_range_is_brought_into_it() -> None:
    small = Small()
    small.explorer.controls["x"].value = 99
    assert small.explorer.values["x"] == 9
    assert small.drawn == [1, 9]


def test_events_that_arrive_while_one_is_drawn_are_merged_and_the_last_wins() -> None:
    small = Small()

    def update(x: int, other: int) -> list[Artist]:
        if x == 2:
            for later in (3, 4, 5):
                small.explorer.controls["x"].value = later
        return Small.update(small, x, other)

    small.explorer._update = update
    small.explorer.controls["x"].value = 2
    assert small.drawn == [1, 2, 5]
    assert small.explorer.caption == "at <5>, 5"
    fresh = Small()
    fresh.explorer.controls["x"].value = 5
    assert small.explorer.png == fresh.explorer.png


def test_reset_restores_every_control_and_draws_once() -> None:
    small = Small()
    first = small.explorer.png
    small.explorer.values = {"x": 7, "other": 2}
    assert small.explorer.png != first
    del small.drawn[:]
    button(small.explorer).click()
    assert small.explorer.values == {"x": 1, "other": 5}
    assert small.drawn == [1]
    assert small.explorer.png == first


@pytest.mark.parametrize("part", ["update", "caption", "code"])
def test_an_error_takes_the_place_of_the_caption_and_passes(part: str) -> None:
    small = Small()
    attribute = {"update": "_update", "caption": "_describe", "code": "_list_code"}[part]
    good = getattr(small.explorer, attribute)

    def bad(x: int, other: int) -> Any:
        if x == 3:
            raise ZeroDivisionError("no <three>")
        return good(x=x, other=other)

    setattr(small.explorer, attribute, bad)
    before = small.explorer.png
    small.explorer.controls["x"].value = 3
    assert small.explorer.caption.startswith("Could not draw Explorer(x=3, other=5). ZeroDivisionError: no <three>.")
    assert "no &lt;three&gt;" in words_shown(small.explorer)
    assert 'role="alert"' in words_shown(small.explorer)
    assert small.explorer.png == before
    small.explorer.controls["x"].value = 4
    fresh = Small()
    fresh.explorer.controls["x"].value = 4
    assert small.explorer.png == fresh.explorer.png
    assert small.explorer.caption == "at <4>, 5"
    assert 'role="status"' in words_shown(small.explorer)


@pytest.mark.parametrize("part", ["update", "caption", "code"])
def test_an_error_in_the_first_picture_is_raised(part: str) -> None:
    def bad(**state: Any) -> Any:
        raise ZeroDivisionError("no")

    with pytest.raises(ZeroDivisionError, match="no"):
        Small(**{part: bad})


def test_none_asks_for_a_full_redraw() -> None:
    small = Small()

    def update(x: int, other: int) -> list[Artist] | None:
        small.ax.set_xlim(0, x)
        return [small.line] if x < 5 else None

    small.explorer._update = update
    small.explorer.controls["x"].value = 2  # a new limit, which the kept background cannot show
    stale = small.explorer.png
    small.explorer.controls["x"].value = 9
    full = small.explorer.png
    small.explorer.controls["x"].value = 2
    assert small.explorer.png not in (stale, full)
    small.ax.set_xlim(0, 9)
    small.explorer._update = lambda x, other: None
    small.explorer.controls["x"].value = 3
    assert small.explorer.png == full


def test_the_layout_is_worked_out_once() -> None:
    small = Small()
    before = small.ax.get_position().bounds
    small.ax.set_ylabel("a label that would push the axes aside", fontsize=30)
    small.explorer._update = lambda x, other: None
    small.explorer.controls["x"].value = 2
    assert small.ax.get_position().bounds == before


def test_the_code_is_shown_on_demand() -> None:
    explorer = Small().explorer
    (as_code,) = (each for each in widgets(explorer) if isinstance(each, ipywidgets.ToggleButton))
    _, listing, _ = explorer._notes.children
    assert listing.value == "<pre>x &lt; 1</pre>"
    assert listing.layout.display == "none"
    as_code.value = True
    assert listing.layout.display is None
    as_code.value = False
    assert listing.layout.display == "none"


def test_the_picture_is_sharp_and_keeps_its_place() -> None:
    explorer = Small().explorer
    image = next(each for each in widgets(explorer) if isinstance(each, ipywidgets.Image))
    assert (image.width, image.height) == ("200", "100")
    assert pixels(explorer.png).shape == (150, 300, 4)


def test_a_picture_is_written_as_it_is() -> None:
    colours = np.random.default_rng(0).integers(0, 256, (7, 5, 4), dtype=np.uint8)
    image = PIL.Image.open(io.BytesIO(encode_png(colours)))
    image.verify()  # every chunk's checksum
    np.testing.assert_array_equal(pixels(encode_png(colours)), colours)


def test_the_page_knows_what_can_be_typed_beside_each_slider() -> None:
    form = {"description": "each"}
    controls = {
        "whole": ipywidgets.IntSlider(1, 0, 9, **form),
        "pressed": ipywidgets.ToggleButtons(options=["a", "b"], **form),
        "named": ipywidgets.SelectionSlider(options=["a", "b"], **form),
        "wide": ipywidgets.FloatLogSlider(1.0, base=10, min=-2, max=2, **form),
    }
    explorer = Explorer(Figure(), controls, lambda **state: None, lambda **state: "", lambda **state: "")
    assert "), [[0, 9], null, [0.01, 100.0]])" in html.unescape(explorer._panel.children[1].value)


# Where it is shown and stored.

CELL = """
import ipywidgets
from matplotlib.figure import Figure
from course_utils.explorers.engine import Explorer
figure = Figure(figsize=(9, 3.3), layout="constrained")
(line,) = figure.subplots().plot([], [])
def update(height):
    line.set_data([0, 1], [0, height])
    return [line]
controls = {"height": ipywidgets.FloatSlider(1.0, max=2, description="height")}
Explorer(figure, controls, update, lambda height: f"A line up to {height}.", lambda height: f"height = {height}")
"""
VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.mark.long
def test_a_notebook_keeps_the_picture_and_the_caption(tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    options: dict[str, Any] = {"timeout": 60, "record_timing": False, "shutdown_kernel": "immediate"}
    NotebookClient(notebook, resources={"metadata": {"path": str(ROOT)}}, **options).execute()
    names: dict[str, Any] = {}
    exec(CELL.replace("\nExplorer(", "\nexplorer = Explorer("), names)
    here = names["explorer"]

    picture, words = notebook.cells[0].outputs
    assert set(picture.data) == {VIEW, "image/png", "text/plain"}
    assert base64.b64decode(picture.data["image/png"]) == here.png
    assert picture.data["text/plain"] == repr(here)
    assert picture.metadata["image/png"] == {"width": 900, "height": 330}
    assert set(words.data) == {VIEW, "text/markdown", "text/plain"}
    assert words.data["text/markdown"] == words.data["text/plain"] == here.caption
    assert picture.data[VIEW] != words.data[VIEW]

    for output in notebook.cells[0].outputs:  # as the builder stores it
        del output.data[VIEW]
    notebook.metadata = nbformat.from_dict({"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    nbformat.write(notebook, tmp_path / "stored.ipynb")
    nbval = [sys.executable, "-m", "pytest", "-q", "--nbval", "--nbval-current-env", str(tmp_path / "stored.ipynb")]
    run = subprocess.run([*nbval, "--rootdir", str(ROOT)], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert "1 passed" in run.stdout, run.stdout


@pytest.mark.long
def test_the_package_itself_loads_nothing_heavy() -> None:
    program = "import sys, course_utils.explorers; print({'matplotlib', 'ipywidgets'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
