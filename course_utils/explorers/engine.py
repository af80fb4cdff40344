"""The engine of the explorers: one figure, its controls, its caption, its code.

A new figure for each change costs about 90 ms, most of it ticks and labels that never move. So the still parts
are drawn once and kept; a change draws only the artists that move on top of them and sends one PNG.
"""

from __future__ import annotations

import base64
import html
import json
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
import numpy.typing as npt
from IPython.display import display
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from course_utils.widgets import live_view

# Drawn at 150 dots an inch and shown at 100 pixels an inch: sharp on dense screens, half the work of 200.
DRAWN_DPI = 150
SHOWN_DPI = 100
# What the page adds for readers who do not see it. A script in an HTML widget does not run; an image's handler does.
_PAGE = Path(__file__).with_name("page.js").read_text(encoding="utf-8")


class Explorer:
    """A picture that follows its controls, with a caption in words, a reset button and a look at the code.

    figure: a matplotlib Figure that no one else shows (not from `plt.subplots`, which would show it twice).
    controls: name -> widget with a `value` and a description, by which a screen reader calls it; sliders and toggle
    buttons, since JupyterLab takes the arrow keys away from lists and radio buttons. The three functions take these
    values by name: `update` changes artists and returns those that move, the same ones each time, or None where the
    rest has to be drawn again (new axis limits, say); `caption` tells in words what the picture shows, for those who
    cannot see it; `code` gives the lines that compute it. An error in one of them is raised at the first picture;
    later, where a kernel would swallow it, it is shown in the caption's place.

    >>> figure = Figure(figsize=(2, 1))
    >>> dot = figure.subplots().scatter([0], [0])
    >>> def update(x):
    ...     dot.set_offsets([(x / 10, 0)])
    ...     return [dot]
    >>> controls = {"x": ipywidgets.IntSlider(max=3, description="x")}
    >>> explorer = Explorer(figure, controls, update, "A dot at {x}.".format, "x = {x}".format)
    >>> explorer.controls["x"].value = 2
    >>> explorer
    Explorer(x=2)
    >>> explorer.caption
    'A dot at 2.'
    """

    def __init__(
        self,
        figure: Figure,
        controls: Mapping[str, Any],
        update: Callable[..., Sequence[Artist] | None],
        caption: Callable[..., str],
        code: Callable[..., str],
    ) -> None:
        self.controls = dict(controls)
        self._update, self._describe, self._list_code = update, caption, code
        self._start = self.values
        self._busy = self._stale = False
        self._picture = _Picture(figure)
        width, height = (round(inches * SHOWN_DPI) for inches in figure.get_size_inches())
        # The attributes keep the picture's place in the page; the layout lets it shrink in a narrow window.
        shrinking = ipywidgets.Layout(max_width="100%", height="auto", object_fit="contain")
        self._image = ipywidgets.Image(format="png", width=str(width), height=str(height), layout=shrinking)
        self._words = ipywidgets.HTML(layout=ipywidgets.Layout(max_width="960px"))
        self._listing = ipywidgets.HTML(layout=ipywidgets.Layout(display="none"))
        self._draw()
        self._panel, self._notes = self._shell()
        for control in self.controls.values():
            control.observe(self._follow, "value")

    @property
    def values(self) -> dict[str, Any]:
        """The state: what each control holds now. Several set at once are drawn once."""
        return {name: control.value for name, control in self.controls.items()}

    @values.setter
    def values(self, values: Mapping[str, Any]) -> None:
        self._busy = True
        try:
            for name, value in values.items():
                self.controls[name].value = value
        finally:
            self._busy = False
        self._follow()

    @property
    def png(self) -> bytes:
        """The picture as it stands."""
        return bytes(self._image.value)

    def reset(self) -> None:
        """Put every control back to where it started."""
        self.values = self._start

    def _follow(self, _change: object = None) -> None:
        """Draw the present state; what changes while that is going on is merged, and the last state drawn next."""
        self._stale = True
        if self._busy:
            return
        self._busy = True
        try:
            while self._stale:
                self._stale = False
                self._draw_or_tell()
        finally:
            self._busy = False

    def _draw_or_tell(self) -> None:
        try:
            self._draw()
        except Exception as error:
            message = f"Could not draw {self!r}. {type(error).__name__}: {error}. The picture is the one before."
            self._tell(message, "alert")

    def _draw(self) -> None:
        values = self.values
        png, caption = self._picture.png(self._update(**values)), self._describe(**values)
        self.code = self._list_code(**values)
        # Nothing above failed: picture, code and caption change together.
        self._image.value = png
        self._listing.value = f"<pre>{html.escape(self.code)}</pre>"
        self._tell(caption, "status")

    def _tell(self, text: str, role: str) -> None:
        """Show the caption; its role (status or alert) asks a screen reader to read it out when it changes."""
        self.caption = text
        self._words.value = f'<p role="{role}">{html.escape(text)}</p>'

    def _shell(self) -> tuple[ipywidgets.VBox, ipywidgets.VBox]:
        """Put the controls above the picture, and make the part that goes below it: caption and code."""
        reset = ipywidgets.Button(description="Reset", tooltip="Put every control back to where it started")
        reset.on_click(lambda _: self.reset())
        as_code = ipywidgets.ToggleButton(description="As code", tooltip="Show the lines that compute this picture")
        as_code.observe(self._show_code, "value")
        for control in self.controls.values():
            control.style.description_width = "initial"  # no description cut short
            if isinstance(control, ipywidgets.ToggleButtons):
                control.style.button_width, control.layout.display = "auto", "flex"  # in one line with the rest
        row = ipywidgets.HBox([*self.controls.values(), reset, as_code])
        row.layout = ipywidgets.Layout(flex_flow="row wrap", align_items="center", max_width="960px")
        sliders = [_limits(control) for control in self.controls.values() if hasattr(control, "readout")]
        panel = ipywidgets.VBox([row, _page(sliders), self._image])
        return panel, ipywidgets.VBox([self._words, self._listing, _page([])])

    def _show_code(self, change: Any) -> None:
        self._listing.layout.display = None if change.new else "none"

    def _ipython_display_(self) -> None:
        """Leave two outputs, each a live widget and what stands in for it where no kernel runs.

        JupyterLab, VS Code and Colab show the widgets. GitHub, the site and nbconvert show one kind of an output
        and take the richest: a caption beside a PNG in one output would never be seen, so it is an output of its
        own, and so is the live caption. The plain text holds the state and no ids, so two runs agree.
        """
        picture = {"image/png": base64.b64encode(self.png).decode(), "text/plain": repr(self)}
        size = {"image/png": {"width": int(self._image.width), "height": int(self._image.height)}}
        words = {"text/markdown": self.caption, "text/plain": self.caption}
        show: Any = display  # Any: it carries no types
        show({**live_view(self._panel), **picture}, metadata=size, raw=True)
        show({**live_view(self._notes), **words}, raw=True)

    def __repr__(self) -> str:
        return f"Explorer({', '.join(f'{name}={value!r}' for name, value in self.values.items())})"


def _page(limits: list[tuple[float, float] | None]) -> ipywidgets.HTML:
    """Make the widget that runs page.js on the box it stands in, with the line that tells of a number refused."""
    call = html.escape(f"({_PAGE})(this.closest('.widget-vbox'), {json.dumps(limits)})")
    told = '<p data-told role="status" style="margin: 0"></p>' if limits else ""
    return ipywidgets.HTML(f'{told}<img src="data:," alt="" hidden onerror="{call}">')


def _limits(slider: Any) -> tuple[float, float] | None:
    """Lowest and highest number that can be typed beside a slider; None where it takes none."""
    if isinstance(slider, ipywidgets.SelectionSlider):
        return None
    if isinstance(slider, ipywidgets.FloatLogSlider):
        return slider.base**slider.min, slider.base**slider.max
    return slider.min, slider.max


class _Picture:
    """A figure on an Agg canvas that keeps its still parts and draws the moving ones on top (blitting)."""

    def __init__(self, figure: Figure) -> None:
        figure.set_dpi(DRAWN_DPI)
        self._figure = figure
        self._canvas: Any = FigureCanvasAgg(figure)  # Any: its methods carry no types
        self._moving: list[Artist] = []
        self._still: Any = None

    def png(self, moving: Sequence[Artist] | None) -> bytes:
        """Draw and encode; None, or other moving artists than last time, makes the still parts anew."""
        if moving is None or self._still is None or set(moving) != set(self._moving):
            self._draw_still_parts(self._moving if moving is None else moving)
        else:
            self._canvas.restore_region(self._still)
        for artist in sorted(self._moving, key=Artist.get_zorder):
            self._figure.draw_artist(artist)
        return encode_png(np.asarray(self._canvas.buffer_rgba()))

    def _draw_still_parts(self, moving: Sequence[Artist]) -> None:
        for artist in self._moving:
            artist.set_animated(False)
        if self._still is None:
            # The layout is worked out once, with everything in place, and then left alone: it costs 28 ms a time.
            self._canvas.draw()
            self._figure.set_layout_engine("none")
        self._moving = list(moving)
        for artist in self._moving:
            artist.set_animated(True)
        self._canvas.draw()
        self._still = self._canvas.copy_from_bbox(self._figure.bbox)


def encode_png(pixels: npt.NDArray[np.uint8]) -> bytes:
    r"""Write a picture (height, width, 4) of red, green, blue and alpha as PNG.

    Pillow tries five filters on every row, for photographs; even areas and lines compress as well without one, in a
    third of the time. Source: PNG specification, third edition, sections 5, 9 and 11.

    >>> encode_png(np.zeros((1, 1, 4), np.uint8))[:4]
    b'\x89PNG'
    """
    height, width, channels = pixels.shape
    rows = np.zeros((height, 1 + channels * width), np.uint8)  # each begins with the number of its filter: 0, none
    rows[:, 1:] = pixels.reshape(height, -1)
    # 8 bits a channel, colour with alpha, then the only compression and filtering there are, and no interlacing.
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.data, level=1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
