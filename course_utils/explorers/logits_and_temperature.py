"""Logits and temperature: probabilities, their Jacobian, what one more unit on a logit does to all (lesson 06)."""

from __future__ import annotations

from typing import Any, NamedTuple

import ipywidgets
import numpy as np
import numpy.typing as npt
from matplotlib import colormaps
from matplotlib.artist import Artist
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Rectangle

from course_utils.activations import softmax, softmax_jacobian
from course_utils.explorers.engine import Explorer
from course_utils.explorers.panels import BarPanel, add_numbers, outline
from course_utils.numerics import FloatArray, check_array, check_integer, check_labels, check_number
from course_utils.plots import DIVERGING, PALETTE

REACH = 6.0  # logits go from -REACH to REACH
CLASSES = (2, 4)  # fewest and most: one slider each, and room for their slopes
COLDEST, HOTTEST = -1, 3  # powers of two: temperature from 1/2 to 8
STEEPEST = 0.25  # the largest slope at temperature 1; the colours end there
FARTHEST = 0.5  # no change and no forecast of one unit is larger, at the coldest
# The outer ends of the colours are too dark for black figures on them.
_COLOURS = ListedColormap(colormaps[DIVERGING](np.linspace(0.2, 0.8, 256)), name=f"{DIVERGING}, its middle")
_GREY = "#8C8C8C"


class Push(NamedTuple):
    """What one more unit on the logit of class i does; see `push_a_logit`."""

    p: FloatArray  # (K,) probabilities before
    p_after: FloatArray  # (K,) and after
    J: FloatArray  # (K, K) slopes before: J[c, i] = dp_c / dz_i

    @property
    def change(self) -> FloatArray:
        """How much each probability gains (K,)."""
        return self.p_after - self.p


def push_a_logit(z: npt.ArrayLike, i: int, temperature: float = 1.0) -> Push:
    """Probabilities before and after one more unit on z_i, and the Jacobian that forecasts the difference.

    p = softmax(z / temperature), J = (diag(p) - p p^T) / temperature, whose column i is the forecast. z (K,) finite,
    i from 0 to K - 1, temperature above 0; anything else raises ValueError or TypeError.

    >>> push = push_a_logit([0.0, 0.0], i=1)
    >>> push.p, push.J[:, 1], push.change.round(4)
    (array([0.5, 0.5]), array([-0.25,  0.25]), array([-0.2311,  0.2311]))
    """
    z = check_array("z", z, ("K",))
    if len(z) == 0:
        raise ValueError("z: expected at least one logit, got none")
    i = int(check_labels("i", [check_integer("i", i, at_least=0)], len(z))[0])
    temperature = check_number("temperature", temperature, above=0)
    after = z.copy()
    after[i] += 1
    J = softmax_jacobian(z / temperature) / temperature
    return Push(softmax(z, temperature=temperature), softmax(after, temperature=temperature), J)


def logits_and_temperature(z: npt.ArrayLike) -> Explorer:
    """Explore a softmax that starts at the logits z (K,), from -6 to 6, with 2 to 4 classes.

    Controls: `z0`, `z1`, ... are the logits, `temperature` divides them, `i` is the class whose logit gets one more
    unit. Bad input raises ValueError or TypeError.

    >>> explorer = logits_and_temperature([2.0, 1.0, 0.1])
    >>> explorer.controls["i"].value = 2
    >>> explorer
    Explorer(z0=2.0, z1=1.0, z2=0.1, temperature=1.0, i=2)
    """
    z = check_array("z", z, ("K",))
    if not CLASSES[0] <= len(z) <= CLASSES[1]:
        raise ValueError(f"z: expected {CLASSES[0]} to {CLASSES[1]} logits, got {len(z)}")
    if np.abs(z).max() > REACH:
        raise ValueError(f"z: expected logits from {-REACH:g} to {REACH:g}, got {z[np.abs(z).argmax()]:g}")
    board = _Board(len(z))

    def push(temperature: float, i: int, **logits: float) -> Push:
        return push_a_logit(list(logits.values()), i, temperature)

    def update(**state: Any) -> list[Artist]:
        return board.show(push(**state), state["i"])

    def caption(**state: Any) -> str:
        return _caption(push(**state), **state)

    form: dict[str, Any] = {"min": -REACH, "max": REACH, "step": 0.1, "readout_format": "+.1f"}
    logits = {
        f"z{k}": ipywidgets.FloatSlider(float(value), description=f"logit {k}", **form) for k, value in enumerate(z)
    }
    temperature = ipywidgets.FloatLogSlider(
        1.0, base=2, min=COLDEST, max=HOTTEST, step=0.25, description="temperature", readout_format=".2f"
    )
    i = ipywidgets.IntSlider(1, 0, len(z) - 1, description="one more unit on logit i")
    return Explorer(board.figure, {**logits, "temperature": temperature, "i": i}, update, caption, _code)


def _caption(push: Push, temperature: float, i: int, **logits: float) -> str:
    """Say what the picture shows: the probabilities, what the unit does to each, what the Jacobian forecast."""
    changes = ", ".join(f"{gain:+.3f} for class {c}" for c, gain in enumerate(push.change))
    forecast = ", ".join(f"{slope:+.3f}" for slope in push.J[:, i])
    return (
        f"Logits {_listed(logits.values(), '+.1f')} at temperature {temperature:.2f} give the probabilities "
        f"{_listed(push.p, '.3f')}. One more unit on logit {i} changes them by {changes}: together "
        f"{abs(push.change.sum()):.3f}. Column {i} of the Jacobian, the slopes before, forecast {forecast}."
    )


def _listed(values: Any, form: str) -> str:
    return "(" + ", ".join(f"{value:{form}}" for value in values) + ")"


def _code(temperature: float, i: int, **logits: float) -> str:
    """Give the lines that compute the numbers in the picture."""
    return (
        "import numpy as np\n"
        "from course_utils.activations import softmax, softmax_jacobian\n\n"
        f"z = np.array([{', '.join(f'{value:.1f}' for value in logits.values())}])\n"
        f"p = softmax(z, temperature={temperature:g})\n"
        f"J = softmax_jacobian(z / {temperature:g}) / {temperature:g}\n"
        f"z[{i}] += 1\n"
        f"change = softmax(z, temperature={temperature:g}) - p  # J[:, {i}] forecasts it"
    )


class _Board:
    """The figure: probabilities, Jacobian, change, one row a class in all three."""

    def __init__(self, n_classes: int) -> None:
        names = [str(k) for k in range(n_classes)]
        self.figure = Figure(figsize=(9, 3.2), layout=ConstrainedLayoutEngine(wspace=0.08))
        left, middle, right = self.figure.subplots(1, 3, width_ratios=[2.6, 2.6, 2.8])
        self._p = BarPanel(left, names, "probability p", (0.0, 1.0), 1.35, "{:.3f}")
        self._change = BarPanel(right, names, "change of p", (-FARTHEST, FARTHEST), 1.6 * FARTHEST, "{:+.3f}")
        left.set_ylabel("class")
        left.set_title("p (dotted: after one more unit)", fontsize=10, loc="left")
        right.set_title("what the unit does (dotted: forecast)", fontsize=10, loc="left")
        middle.set_title("Jacobian: slopes of p by each logit", fontsize=10, loc="left")
        ticks = np.arange(n_classes) + 0.5
        middle.set_xticks(ticks, names)
        middle.set_yticks(ticks, names)
        middle.set_xlabel("logit")
        middle.tick_params(length=0, pad=7)
        middle.spines[:].set_visible(False)
        self._J = middle.pcolormesh(
            np.zeros((n_classes, n_classes)), cmap=_COLOURS, vmin=-STEEPEST, vmax=STEEPEST, zorder=3
        )
        middle.invert_yaxis()
        places = [(column + 0.9, row + 0.5) for row in range(n_classes) for column in range(n_classes)]
        self._slopes = add_numbers(middle, places, middle.transData)
        self._column = Rectangle(
            (0, 0), 1, n_classes, fill=False, edgecolor="black", linewidth=2.5, zorder=6, clip_on=False
        )
        middle.add_patch(self._column)

    def show(self, push: Push, i: int) -> list[Artist]:
        """Set every artist that depends on the state and return them all."""
        colours = [_GREY] * len(push.p)
        colours[i] = PALETTE["orange"]
        self._J.set_array(push.J)
        self._slopes.set_paths([outline(f"{slope:+.3f}") for slope in push.J.ravel()])
        self._column.set_x(i)
        return [
            *self._p.show(push.p, push.p_after, colours),
            self._J,
            self._slopes,
            self._column,
            *self._change.show(push.change, push.J[:, i], colours),
        ]
