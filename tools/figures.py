"""What keeps a figure from being read: faint letters and lines, letters on letters, labels on a neighbour's panel.

The build looks at each figure as its kernel draws it (see `watch`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import wraps
from itertools import combinations, product
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import Bbox

LETTERS, LINES = 4.5, 3.0  # the least contrast, by WCAG 2.2
SMALLEST = 11  # pixels of a letter, where a page has shrunk the figure as far as it may
# Pixels: how far the site shrinks a figure (docs/_static/course.css), one of panels side by side and any other.
WIDE, NARROWEST_WIDE, NARROWEST = 730, 760, 640
PAPER = (1.0, 1.0, 1.0)
# A dark page shows a figure inverted, its hues turned back, on this grey (docs/_static/lesson.css).
TURN = np.array([(-0.574, 1.43, 0.144), (0.426, 0.43, 0.144), (0.426, 1.43, -0.856)])
DARK_PAPER = 0.067


def faults(figure: Figure) -> Iterator[str]:
    """Say, in a line each, what in a drawn figure cannot be read.

    >>> figure = Figure()
    >>> line = figure.add_subplot().plot([1, 2], color="0.7")
    >>> list(faults(figure))
    ['a line of contrast 2.1, of 3 at least']
    """
    figure.draw_without_rendering()
    panels = [ax for ax in figure.axes if ax.get_visible()]
    words = [Words(text, None) for text in beside_panels(figure)]
    words += [Words(text, ax) for ax in panels for text in around(ax)]
    inside = [Words(text, ax, True) for ax in panels if is_flat(ax) for text in ax.texts]
    inside += [Words(text, ax, True) for ax in panels for text in in_legend(ax.get_legend())]
    seen = [each for each in words + inside if each.text.get_visible() and each.text.get_text().strip()]
    yield from faint(panels, seen)
    yield from swallowed(panels)
    yield from small(figure, seen)
    yield from touching(figure, panels, seen)


class Words(NamedTuple):
    """Something written: beside the panel of its axes, if it has any, or inside of it."""

    text: Text
    ax: Axes | None
    inside: bool = False

    @property
    def box(self) -> Bbox:
        """Where its letters stand, in pixels; a line from them to what they name is not theirs."""
        return Text.get_window_extent(self.text)


def faint(panels: list[Axes], words: list[Words]) -> Iterator[str]:
    """Name letters and lines that stand out too little from white; what lies on a picture is not judged."""
    for line in (line for ax in panels if on_paper(ax) for line in ax.lines):
        seen = contrast(line.get_color(), line.get_alpha())
        if is_drawn(line) and seen < LINES:
            yield f"a line of contrast {seen:.1f}, of 3 at least"
    for text, ax, inside in words:
        seen = contrast(text.get_color(), text.get_alpha())
        if seen < LETTERS and not (inside and ax and not on_paper(ax)):
            yield f"the letters {text.get_text()!r} are of contrast {seen:.1f}, of 4.5 at least"


def swallowed(panels: list[Axes]) -> Iterator[str]:
    """Name letters that stand out too little from the picture they lie on, on a white page or on a dark one."""
    for text, ground in ((text, ground_of(text, ax)) for ax in panels if ax.images for text in ax.texts):
        if ground is not None:
            ink = to_rgba(text.get_color())[:3]
            light, dark = ratio(ink, ground), ratio(in_the_dark(ink), in_the_dark(ground))
            if min(light, dark) < LETTERS:
                name = f"the letters {text.get_text()!r} on a picture"
                yield f"{name} are of contrast {light:.1f}, in the dark {dark:.1f}, of 4.5 at least"


def ground_of(text: Text, ax: Axes) -> Any:
    """Return the colour of the picture in the axes where a text is anchored, None where there is no picture."""
    picture = ax.images[0]
    values: Any = picture.get_array()
    colours = picture.to_rgba(values)  # where it is empty, the paper is seen
    colours = colours[:, :, :3] * colours[:, :, 3:] + np.array(PAPER) * (1 - colours[:, :, 3:])
    left, right, bottom, top = picture.get_extent()
    x, y = ax.transData.inverted().transform(text.get_transform().transform(text.get_position()))
    across, down = (x - left) / (right - left), (y - top) / (bottom - top)
    if not (0 <= across < 1 and 0 <= down < 1):
        return None
    row = int(down * len(colours))
    return colours[row if picture.origin == "upper" else -1 - row, int(across * colours.shape[1])]


def in_the_dark(rgb: Any) -> Any:
    """Return the colour that a dark page makes of a figure's."""
    turned = np.clip(TURN @ (1 - np.asarray(rgb)), 0, 1)
    return 1 - (1 - turned) * (1 - DARK_PAPER)


def ratio(one: Any, other: Any) -> float:
    """Contrast of two colours (WCAG 2.2)."""
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def small(figure: Figure, words: list[Words]) -> Iterator[str]:
    """Name letters that would be too small where a narrow page has shrunk the figure."""
    narrowest = NARROWEST_WIDE if figure.bbox.width > WIDE else NARROWEST
    shrunk = min(1, narrowest / figure.bbox.width)
    for text in (each.text for each in words):
        pixels = float(text.get_fontsize()) * figure.dpi / 72 * shrunk
        if pixels < SMALLEST - 0.05:
            yield f"the letters {text.get_text()!r} shrink to {pixels:.1f} pixels, of {SMALLEST} at least"


def touching(figure: Figure, panels: list[Axes], words: list[Words]) -> Iterator[str]:
    """Name letters that meet others or another's panel, or that stick out of the figure."""
    boxes = [(each, each.box) for each in words]
    for (one, box), (other, there) in combinations(boxes, 2):
        slanted = one.text.get_rotation() % 90 and other.text.get_rotation() % 90  # their boxes say too much
        if meet(box, there, gap=-1) and not slanted:
            yield f"{one.text.get_text()!r} meets {other.text.get_text()!r}"
    for ax, (each, box) in product(panels, boxes):
        own = each.ax is None or each.ax is ax or each.inside or meet(ax.bbox, each.ax.bbox, gap=0)
        if not own and meet(box, ax.bbox, gap=1):
            yield f"{each.text.get_text()!r} touches the panel of {ax.get_title() or 'its neighbour'!r}"
    for each, box in boxes:
        if box.x0 < -2 or box.x1 > figure.bbox.width + 2:
            yield f"{each.text.get_text()!r} is wider than the figure"


def beside_panels(figure: Figure) -> list[Text]:
    """Return what is written on the figure itself."""
    return [*figure.texts, *(text for legend in figure.legends for text in in_legend(legend))]


def around(ax: Axes) -> list[Text]:
    """Return what is written around a panel: titles and, where its axes are shown, their labels and numbers."""
    titles = [ax.title, ax._left_title, ax._right_title]  # type: ignore[attr-defined]
    if not ax.axison or not is_flat(ax):
        return titles
    numbers = [
        label
        for axis in (ax.xaxis, ax.yaxis)
        for tick in axis._update_ticks()  # type: ignore[union-attr]  # those that are drawn
        for label in (tick.label1, tick.label2)
    ]
    return [*titles, ax.xaxis.label, ax.yaxis.label, ax.xaxis.offsetText, ax.yaxis.offsetText, *numbers]


def in_legend(legend: Legend | None) -> list[Text]:
    """Return what is written in a legend."""
    return [] if legend is None else [legend.get_title(), *legend.get_texts()]


def is_flat(ax: Axes) -> bool:
    """Whether axes have two dimensions: of three, nothing is known of where letters stand."""
    return ax.name != "3d"


def on_paper(ax: Axes) -> bool:
    """Whether the axes hold neither a picture nor a filled map, so that what is drawn in them lies on white."""
    return not ax.images and not ax.collections and is_flat(ax)


def is_drawn(line: Line2D) -> bool:
    """Whether a line is seen as a line and not as marks alone."""
    return line.get_visible() and line.get_linestyle() not in ("None", "", " ") and np.size(line.get_xdata()) > 1


def meet(one: Bbox, other: Bbox, gap: float) -> bool:
    """Whether two boxes come nearer than `gap` pixels; a negative one lets them overlap by so much."""
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    along = min(one.y1, other.y1) - max(one.y0, other.y0)
    return bool(across > -gap and along > -gap)


def contrast(colour: Any, alpha: float | None = None) -> float:
    """Contrast of a colour, laid on white where it is not dense, with white (WCAG 2.2).

    >>> round(contrast("black"))
    21
    """
    *rgb, own = to_rgba(colour)
    dense = own if alpha is None else alpha
    return ratio(PAPER, np.array(rgb) * dense + np.array(PAPER) * (1 - dense))


def luminance(rgb: Any) -> float:
    """Relative luminance of a colour in sRGB."""
    linear = np.where(np.asarray(rgb) <= 0.04045, np.asarray(rgb) / 12.92, ((np.asarray(rgb) + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def name(figure: Figure) -> str:
    """Return the first title of a figure, in quotes."""
    titles = [figure.get_suptitle(), *(ax.get_title() for ax in figure.axes)]
    return repr(next(filter(None, titles), "the figure without a title"))


def watch(report: str) -> None:
    """Write what is wrong with each figure that this process draws from now on to a file, a line each."""
    draw = FigureCanvasAgg.print_png

    @wraps(draw)  # matplotlib hands a method of its own only what that takes
    def look(canvas: FigureCanvasAgg, *arguments: Any, **options: Any) -> None:
        draw(canvas, *arguments, **options)  # type: ignore[no-untyped-call]
        with open(report, "a", encoding="utf-8") as lines:
            lines.writelines(f"{name(canvas.figure)}: {fault}\n" for fault in dict.fromkeys(faults(canvas.figure)))

    FigureCanvasAgg.print_png = look  # type: ignore[assignment,method-assign]
