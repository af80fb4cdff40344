"""The playground: a small network that learns in the plane while one watches, and changes it (lesson 12).

The page counts the updates and asks for each picture; between two of them the kernel is free for other cells. So
nothing runs on when the page is gone, and a page that is not looked at asks for one picture a second at most.
"""

from __future__ import annotations

import html
import time
from typing import Any

import ipywidgets
from matplotlib.artist import Artist

from course_utils.datasets.toy import TOYS
from course_utils.explorers.engine import Explorer
from course_utils.explorers.playground.network import Moment, train_to
from course_utils.explorers.playground.picture import Board
from course_utils.explorers.playground.state import (
    ACTIVATIONS,
    FEATURES,
    LOSSES,
    MOST_LAYERS,
    MOST_UNITS,
    MOST_UPDATES,
    NOISES,
    RATES,
    Settings,
    read_state,
    write_state,
)
from course_utils.widgets import PLAYING

UPDATES_A_PICTURE = 5
_EVERY_MS = 40
_SPOKEN_EVERY = 3.0  # seconds; a caption that changes 20 times a second cannot be read out


def playground(state: str = "circles_n0.1_x1+x2_1x4_tanh_CE_r0.3_u0") -> Explorer:
    """Show a playground, in the state that the line `state` tells; Play trains, and every control can be moved.

    The first picture is at `state`, and so is Reset. A setting that is changed shows where a run with that setting
    would be after as many updates. A line that cannot be read raises ValueError.

    >>> explorer = playground("moons_n0.1_x1+x2_1x4_tanh_CE_r3_u200")
    >>> explorer.values["data"], explorer.values["updates"]
    ('moons', 200)
    """
    settings, updates = read_state(state)
    board = Board()

    def update(**values: Any) -> list[Artist]:
        chosen = _settings(values)
        return board.show(chosen, train_to(chosen, values["updates"]))

    return _Playground(board.figure, _controls(settings, updates), update, _caption, _code)


class _Playground(Explorer):
    """An explorer whose number of updates is moved on by the page, with its state as a line of text."""

    _spoken: float  # when the caption on the page last changed, in seconds

    def _shell(self) -> tuple[ipywidgets.VBox, ipywidgets.VBox]:
        panel, notes = super()._shell()
        slider = self.controls["updates"]
        # Its value is the slider's from the beginning: a link begins by copying it there.
        self._clock = ipywidgets.Play(slider.value, max=MOST_UPDATES, step=UPDATES_A_PICTURE, interval=_EVERY_MS)
        self._clock.layout.display = "none"  # its buttons have no names; it is only the page's clock
        self._play = ipywidgets.ToggleButton(description="Play", tooltip="Train on, or pause")
        step = ipywidgets.Button(description="Step", tooltip="One update")
        self._line = ipywidgets.Text(description="state", continuous_update=False)
        self._line.layout.width, self._line.style.description_width = "480px", "initial"
        self._refusal = ipywidgets.HTML()
        ipywidgets.jslink((self._play, "value"), (self._clock, PLAYING))
        ipywidgets.link((self._clock, "value"), (slider, "value"))
        self._play.observe(self._when_paused, "value")
        step.on_click(lambda _: self._step())
        self._line.observe(self._paste, "value")
        self._line.value = _line_of(self.values)
        # None would mean that views are not counted. When the last one is gone, so is whoever was watching.
        self._image._view_count = 0
        self._image.observe(self._when_gone, "_view_count")
        bar = ipywidgets.HBox([self._play, step, self._line, self._refusal, self._clock])
        bar.layout = ipywidgets.Layout(flex_flow="row wrap", align_items="center")
        row = panel.children[0]
        row.children = (*row.children, bar)
        return panel, notes

    def _tell(self, text: str, role: str) -> None:
        """Show caption and line; while it plays only now and then, though both can be asked for at any time."""
        now = time.monotonic()
        started = hasattr(self, "_clock")  # the first picture is drawn before there is a clock
        if started and self._play.value and role == "status" and now - self._spoken < _SPOKEN_EVERY:
            self.caption = text
            return
        self._spoken = now
        super()._tell(text, role)
        if started:
            self._line.value = _line_of(self.values)

    def _step(self) -> None:
        self._play.value = False
        slider = self.controls["updates"]
        slider.value = min(slider.value + 1, MOST_UPDATES)

    def _paste(self, change: Any) -> None:
        """Bring the playground into the state of a line that was typed or pasted."""
        if change.new == _line_of(self.values):
            self._refusal.value = ""
            return
        try:
            settings, updates = read_state(change.new)
        except ValueError as error:
            self._refusal.value = f'<p role="alert" style="margin: 0">{html.escape(str(error))}</p>'
        else:
            self.values = _values(settings, updates)

    def _when_paused(self, change: Any) -> None:
        if not change.new:
            self._tell(self.caption, "status")

    def _when_gone(self, change: Any) -> None:
        if change.new == 0:
            self._play.value = False


def _controls(settings: Settings, updates: int) -> dict[str, Any]:
    s, switch = settings, [("off", False), ("on", True)]

    def choices(name: str, options: Any, value: Any) -> Any:
        return ipywidgets.ToggleButtons(options=options, value=value, description=name)

    def values(name: str, options: tuple[float, ...], value: float) -> Any:
        labelled = [(f"{option:g}", option) for option in options]
        return ipywidgets.SelectionSlider(options=labelled, value=value, description=name)

    return {
        "data": choices("data", TOYS, s.data),
        "noise": values("noise", NOISES, s.noise),
        **{name: choices(name, switch, name in s.features) for name in FEATURES},
        "layers": ipywidgets.IntSlider(s.layers, 0, MOST_LAYERS, description="hidden layers"),
        "units": ipywidgets.IntSlider(s.units, 1, MOST_UNITS, description="units in each"),
        "activation": choices("activation", ACTIVATIONS, s.activation),
        "loss": choices("loss", LOSSES, s.loss),
        "rate": values("learning rate", RATES, s.rate),
        "updates": ipywidgets.IntSlider(updates, 0, MOST_UPDATES, description="updates"),
    }


def _settings(values: dict[str, Any]) -> Settings:
    """The settings that the controls hold."""
    features = tuple(name for name in FEATURES if values[name])
    rest = {name: value for name, value in values.items() if name not in (*FEATURES, "updates")}
    return Settings(features=features, **rest)


def _values(settings: Settings, updates: int) -> dict[str, Any]:
    """What the controls hold in a state."""
    rest = {name: value for name, value in settings._asdict().items() if name != "features"}
    return rest | {name: name in settings.features for name in FEATURES} | {"updates": updates}


def _line_of(values: dict[str, Any]) -> str:
    return write_state(_settings(values), values["updates"])


def _caption(**values: Any) -> str:
    """Say what is trained, and how far it has come."""
    s = _settings(values)
    moment: Moment = train_to(s, values["updates"])
    network = (
        f"{s.layers} hidden layer{'s' * (s.layers != 1)} of {s.units} {s.activation} units"
        if s.layers
        else (f"no hidden layer (so {s.units} units, {s.activation}, are unused)")
    )
    unit = "nats" if s.loss == "CE" else "squared error"
    done = len(moment.train_losses) - 1
    end = f" The weights ran away after update {done}; this is the last moment before." if moment.stopped else ""
    return (
        f"{s.data.capitalize()} with noise {s.noise:g}; {network}, on {', '.join(s.features) or 'no feature'}; "
        f"loss {s.loss}, learning rate {s.rate:g}. After {done} updates: {moment.train_losses[-1]:.4f} "
        f"({unit}) on the training points, {moment.test_losses[-1]:.4f} on the test points, "
        f"{moment.test_accuracy:.3f} of which are on the right side.{end}"
    )


def _code(**values: Any) -> str:
    """Give the lines that compute the numbers in the picture."""
    return (
        "from course_utils.explorers.playground.network import train_to\n"
        "from course_utils.explorers.playground.state import read_state\n\n"
        f"settings, updates = read_state({_line_of(values)!r})\n"
        "layers, train_losses, test_losses, test_accuracy, stopped = train_to(settings, updates)"
    )
