"""What the classifier saw: one digit, the evidence in its pixels, its logits, its probabilities (lesson 08)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import ipywidgets
import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from course_utils.activations import sigmoid, softmax
from course_utils.explorers.engine import Explorer
from course_utils.explorers.panels import BarPanel, add_numbers, outline
from course_utils.numerics import FloatArray, check_array, check_choice, check_integer, check_labels, check_number
from course_utils.plots import DIVERGING, PALETTE, PIXELS, SIDE, check_names

OUTPUTS = {"softmax": softmax, "ten sigmoids": sigmoid}
_GREY = "#8C8C8C"
SHIFT = 10.0  # how far a logit can be slid, either way


class Sight(NamedTuple):
    """What a linear classifier makes of one image x (784,) once z_k has been slid; see `what_the_classifier_sees`."""

    evidence: FloatArray  # (784,) what each pixel adds to the logit of class k
    bias: float  # what is added to their sum
    z_before: FloatArray  # (K,) logits
    z: FloatArray  # (K,) logits after the slide
    p_before: FloatArray  # (K,) probabilities from z_before
    p: FloatArray  # (K,) probabilities from z
    predicted: int  # the class with the largest z


def what_the_classifier_sees(
    W: npt.ArrayLike, b: npt.ArrayLike, x: npt.ArrayLike, k: int, shift: float = 0.0, outputs: str = "softmax"
) -> Sight:
    """Evidence, logits and probabilities of one image, with `shift` added to the logit of class k.

    z_before = x W + b, evidence = W[:, k] x, whose sum plus b[k] is z_before[k]; `outputs` is "softmax" or
    "ten sigmoids". W (784, K), b (K,), x (784,). Bad shapes or values raise ValueError or TypeError.

    >>> W = np.zeros((784, 3))
    >>> W[0] = [1.0, 2.0, 3.0]
    >>> sight = what_the_classifier_sees(W, np.zeros(3), np.eye(784)[0], k=1, shift=1.0)
    >>> sight.z_before, sight.z, sight.evidence.sum()
    (array([1., 2., 3.]), array([1., 3., 3.]), np.float64(2.0))
    """
    W = check_array("W", W, (PIXELS, "K"))
    n_classes = W.shape[1]
    b, x = check_array("b", b, (n_classes,)), check_array("x", x, (PIXELS,))
    k = int(check_labels("k", [check_integer("k", k, at_least=0)], n_classes)[0])
    shift = check_number("shift", shift)
    to_p = OUTPUTS[check_choice("outputs", outputs, list(OUTPUTS))]
    z_before = x @ W + b
    z = z_before.copy()
    z[k] += shift
    return Sight(W[:, k] * x, float(b[k]), z_before, z, to_p(z_before), to_p(z), int(z.argmax()))


def what_it_saw(
    W: npt.ArrayLike, b: npt.ArrayLike, X: npt.ArrayLike, y: npt.ArrayLike, class_names: Sequence[object]
) -> Explorer:
    """Explore what a linear classifier of 28 x 28 images saw in each of N images.

    W (784, K), b (K,), X (N, 784) in the scale that W was trained on, y (N,) true classes. Controls: `digit`
    picks the image, `k` the class whose evidence is shown, `shift` is added to the logit of class k, `outputs`
    is "softmax" or "ten sigmoids". Bad input raises ValueError or TypeError.

    >>> rng = np.random.default_rng(0)
    >>> explorer = what_it_saw(rng.normal(size=(784, 3)), np.zeros(3), rng.random((5, 784)), [0, 1, 2, 0, 1], "abc")
    >>> explorer.controls["digit"].value = 4
    >>> explorer
    Explorer(digit=4, k=1, shift=0.0, outputs='softmax')
    """
    W = check_array("W", W, (PIXELS, "K"))
    b = check_array("b", b, (W.shape[1],))
    X = check_array("X", X, ("N", PIXELS))
    y = check_labels("y", y, W.shape[1], len(X))
    names = check_names("class_names", class_names, W.shape[1])
    board = _Board(W, b, X, names)

    def see(digit: int, k: int, shift: float, outputs: str) -> Sight:
        return what_the_classifier_sees(W, b, X[digit], k, shift, outputs)

    def update(**state: Any) -> list[Artist]:
        return board.show(see(**state), X[state["digit"]], int(y[state["digit"]]), state["k"], state["outputs"])

    def caption(**state: Any) -> str:
        return _caption(see(**state), names, int(y[state["digit"]]), len(X), **state)

    first = int((X[0] @ W + b).argmax())
    classes = [(name, k) for k, name in enumerate(names)]
    controls = {
        "digit": ipywidgets.IntSlider(0, 0, len(X) - 1, description="test digit"),
        "k": ipywidgets.SelectionSlider(options=classes, value=first, description="class k"),
        "shift": ipywidgets.FloatSlider(
            0.0, min=-SHIFT, max=SHIFT, step=0.1, readout_format="+.1f", description="add to logit of k"
        ),
        "outputs": ipywidgets.ToggleButtons(options=list(OUTPUTS), description="outputs"),
    }
    return Explorer(board.figure, controls, update, caption, _code)


def _caption(
    sight: Sight, names: list[str], true: int, count: int, digit: int, k: int, shift: float, outputs: str
) -> str:
    """Say what the picture shows: the digit, the verdict, the three largest outputs, the evidence, the slide."""
    verdict = "which is right" if sight.predicted == true else "which is wrong"
    largest = ", ".join(f"{names[c]} with {sight.p[c]:.3f}" for c in np.argsort(-sight.z, kind="stable")[:3])
    total, z_k = sight.evidence.sum(), sight.z_before[k]
    text = (
        f"Test digit {digit} (of 0 to {count - 1}), true class {names[true]}, predicted {names[sight.predicted]}, "
        f"{verdict}. Probabilities from {outputs}: {largest}, all {len(names)} together {sight.p.sum():.3f}. "
        f"Evidence for class {names[k]}: its pixels add up to {total:+.2f}, its bias is {sight.bias:+.2f}, "
        f"its logit {z_k:+.2f}."
    )
    if shift == 0:
        return text
    rest, rest_before = sight.p.sum() - sight.p[k], sight.p_before.sum() - sight.p_before[k]
    return (
        f"{text} Slid by {shift:+.1f}, that logit is {sight.z[k]:+.2f}: the probability of class {names[k]} "
        f"goes from {sight.p_before[k]:.3f} to {sight.p[k]:.3f}, the sum of the others from {rest_before:.3f} to "
        f"{rest:.3f}."
    )


def _code(digit: int, k: int, shift: float, outputs: str) -> str:
    """Give the lines that compute the numbers in the picture."""
    function = OUTPUTS[outputs].__name__
    return (
        f"from course_utils.activations import {function}\n\n"
        f"evidence = W[:, {k}] * X[{digit}]\n"
        f"z_before = X[{digit}] @ W + b\n"
        "z = z_before.copy()\n"
        f"z[{k}] += {shift:g}\n"
        f"p_before, p = {function}(z_before), {function}(z)\n"
        f"others = p_before.sum() - p_before[{k}], p.sum() - p[{k}]"
    )


class _Board:
    """The figure, in the order of the computation: the digit, the evidence for class k, logits, probabilities."""

    def __init__(self, W: FloatArray, b: FloatArray, X: FloatArray, names: list[str]) -> None:
        self._names = names
        self.figure = Figure(figsize=(9, 3.3), layout=ConstrainedLayoutEngine(wspace=0.06))
        left, middle, logits, right = self.figure.subplots(1, 4, width_ratios=[1.3, 1.3, 2.2, 2.6])
        # No product of a weight and a pixel is larger than this, so one colour scale serves every digit and class.
        strongest = float((np.abs(W).max(axis=1) * np.abs(X).max(axis=0)).max()) or 1.0
        self._digit = _PixelPanel(left, "true class", "gray_r", 0.0, float(X.max()) or 1.0)
        self._evidence = _PixelPanel(middle, "evidence for", DIVERGING, -strongest, strongest)
        z = X @ W + b
        low, high = min(float(z.min()), 0.0) - SHIFT, max(float(z.max()), 0.0) + SHIFT
        end = high + 0.35 * (high - low)
        self._logits = BarPanel(logits, names, "logit z", (low, high), end, "{:+.2f}")
        self._probabilities = BarPanel(right, names, "probability p", (0.0, 1.0), 1.45, "{:.3f}")
        right.set_xlim(0.0, 2.25)
        self._true, self._predicted = (right.text(1.52, 0, "predicted", va="center_baseline") for _ in range(2))
        logits.set_title("logits (dotted: before the slide)", fontsize=10, loc="left")
        self._title = right.set_title("softmax, sum 1.000", fontsize=10, loc="left")
        self._sums = _add_sums(middle)

    def show(self, sight: Sight, x: FloatArray, true: int, k: int, outputs: str) -> list[Artist]:
        """Set every artist that depends on the state and return them all."""
        names, predicted = self._names, sight.predicted
        total, z_k = sight.evidence.sum(), sight.z_before[k]
        self._sums.set_paths([outline(f"{number:+.2f}") for number in (total, sight.bias, z_k)])
        colours = [_GREY] * len(names)
        colours[true], colours[predicted] = PALETTE["orange"], PALETTE["blue"]
        self._title.set_text(f"{outputs}, sum {sight.p.sum():.3f}")
        # Words mark the two rows as well, for those who do not see the colours.
        self._true.set(y=true, text="true", visible=predicted != true)
        self._predicted.set(y=predicted, text="correct" if predicted == true else "predicted")
        return [
            *self._digit.show(x, names[true]),
            *self._evidence.show(sight.evidence, names[k]),
            self._sums,
            *self._logits.show(sight.z, sight.z_before, colours),
            *self._probabilities.show(sight.p, sight.p_before, colours),
            self._title,
            self._true,
            self._predicted,
        ]


class _PixelPanel:
    """One picture of 28 x 28 numbers with a title and the name of a class above."""

    def __init__(self, ax: Axes, title: str, cmap: str, low: float, high: float) -> None:
        ax.set(xticks=[], yticks=[])
        # Above the frame (2.5), so that drawing it last gives the same pixels as drawing it in its turn.
        self._image = ax.imshow(
            np.zeros((SIDE, SIDE)), cmap=cmap, vmin=low, vmax=high, interpolation="nearest", zorder=3
        )
        ax.set_title(title, fontsize=10, pad=20)
        self._name = ax.text(0.5, 1.04, "name", ha="center", va="bottom", transform=ax.transAxes)

    def show(self, pixels: FloatArray, name: str) -> list[Artist]:
        self._image.set_data(pixels.reshape(SIDE, SIDE))
        self._name.set_text(name)
        return [self._image, self._name]


def _add_sums(ax: Axes) -> PathCollection:
    """Add a colour scale below the evidence, then the sum it stands for; return the three numbers of that sum."""
    (image,) = ax.images
    bar = ax.figure.colorbar(image, cax=ax.inset_axes((0.0, -0.12, 1.0, 0.05)), orientation="horizontal")
    bar.set_ticks([])
    for x, word, side in [(0.0, "against", "left"), (0.5, "0", "center"), (1.0, "for", "right")]:
        bar.ax.text(x, -0.4, word, ha=side, va="top", transform=bar.ax.transAxes)
    heights = [-0.42, -0.54, -0.66]
    for height, word in zip(heights, ["pixels", "bias", "logit"], strict=True):
        ax.text(0.4, height, word, ha="right", va="center_baseline", transform=ax.transAxes)
    return add_numbers(ax, [(0.85, height) for height in heights], ax.transAxes)
