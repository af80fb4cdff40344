"""The figures of all lessons: of two widths, and what the build sees in one that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from course_utils.plots import PALETTE
from course_utils.study.progress import progress
from course_utils.study.reliability import plot_reliability
from tools.build import LESSONS, ROOT
from tools.figures import LETTERS, LINES, contrast, faults

WIDTHS = {"7.2", "9.6"}  # inches: a figure, and panels side by side
SOURCES = sorted([*LESSONS.glob("*.py"), *(ROOT / "course_utils").rglob("*.py")])
WITH_FIGURES = [path for path in SOURCES if "figsize" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("source", WITH_FIGURES, ids=lambda path: path.stem)
def test_a_figure_has_one_of_two_widths(source: Path) -> None:
    widths = re.findall(r"figsize=\(([^,]+),", source.read_text(encoding="utf-8"))
    assert widths
    assert set(widths) <= WIDTHS | {"width"}  # that of plots.py is one of the two


def panels(titles: tuple[str, str] = ("One", "Two"), ylabel: str = "loss") -> Figure:
    with plt.style.context("course_utils.lesson"):
        figure = Figure((7.2, 3.2), layout="constrained")
        left, right = figure.subplots(1, 2)
        left.plot([1, 2])
        right.plot([1, 2], color=PALETTE["black"])
        left.set_title(titles[0])
        right.set(title=titles[1], ylabel=ylabel)
    return figure


def test_the_style_can_be_read_on_white() -> None:
    assert list(faults(panels())) == []
    with plt.style.context("course_utils.lesson"):
        style: Any = plt.rcParams
        letters = ["text.color", "axes.labelcolor", "xtick.color", "ytick.color"]
        assert min(contrast(style[name]) for name in letters) >= LETTERS
        assert contrast(style["axes.edgecolor"]) >= LINES
        assert min(contrast(each["color"]) for each in style["axes.prop_cycle"]) >= LINES
    assert min(contrast(colour) for name, colour in PALETTE.items() if name != "yellow") >= LINES


def test_the_course_s_own_pictures_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with plt.style.context("course_utils.lesson"):
        monkeypatch.setattr(plt, "show", lambda: None)
        progress()
        _, axes = plt.subplots(1, 2, figsize=(9.6, 4.6), layout="constrained")
        for ax in axes:
            plot_reliability(np.linspace(0.3, 1, 50), np.arange(50) % 3 > 0, title="Stated and true", ax=ax)
    found = {number: list(faults(plt.figure(number))) for number in plt.get_fignums()}
    plt.close("all")
    assert len(found) == 2
    assert not any(found.values()), found


def faint_line(figure: Figure) -> None:
    figure.axes[0].axhline(1.5, color="0.7")


def thin_letters(figure: Figure) -> None:
    figure.axes[1].text(0.1, 1.8, "as expected", color=PALETTE["orange"])


def small_letters(figure: Figure) -> None:
    figure.axes[1].text(0.1, 1.8, "small", fontsize=7)


def letters_on_a_picture(figure: Figure) -> None:
    figure.axes[1].imshow([[4.0, 0.0]], cmap="RdBu_r", vmin=-6, vmax=6)
    for place in (0, 1):
        figure.axes[1].text(place, 0, "four or none"[5 * place :], ha="center")


def letters_on_letters(figure: Figure) -> None:
    for shift in (0, 0.05):
        figure.axes[0].text(0.1, 1.8 + shift, "name of a curve")


def label_on_the_neighbour(figure: Figure) -> None:
    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # which keeps labels clear of neighbours
    figure.axes[1].yaxis.set_label_coords(-0.7, 0.5)


def wide_title(figure: Figure) -> None:
    figure.suptitle("A title that goes on and on, " * 5)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (faint_line, "a line of contrast 2.1"),
        (thin_letters, "the letters 'as expected' are of contrast 3.3"),
        (small_letters, "the letters 'small' shrink to 8.6 pixels"),
        (letters_on_a_picture, "the letters 'four or none' on a picture are of contrast 4.5, in the dark 2.3"),
        (letters_on_letters, "'name of a curve' meets 'name of a curve'"),
        (label_on_the_neighbour, "'loss' touches the panel of 'One'"),
        (wide_title, "is wider than the figure"),
    ],
)
def test_what_cannot_be_read_is_named(spoil: Callable[[Figure], None], said: str) -> None:
    figure = panels()
    spoil(figure)
    assert said in "\n".join(faults(figure))


def test_long_titles_side_by_side_are_seen_to_meet() -> None:
    long = "A finding that takes more room than its panel has"
    assert any("meets" in fault for fault in faults(panels((long, long))))


@pytest.mark.parametrize("lesson", sorted(LESSONS.glob("*.py")), ids=lambda path: path.stem)
def test_what_is_said_of_a_figure_holds_on_a_dark_page_too(lesson: Path) -> None:
    """There black is white and dark is bright; only the hues stay."""
    source = lesson.read_text(encoding="utf-8")
    captions = re.findall(r"^# (\*Figure \d+\..+?\*)$", source, re.MULTILINE | re.DOTALL)
    titles = re.findall(r'(?:set_title|suptitle|title=)\(?"([^"]+)"', source)
    turned = r"\b(black|white|dark\w*|bright\w*|pale\w*)\b"
    assert not [text for text in captions + titles if re.search(turned, text)]
