"""What the classifier saw: one digit, the evidence in its pixels, its logits, its probabilities (lesson 08)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import traitlets

from course_utils.activations import sigmoid, softmax
from course_utils.explorers.page import PageExplorer, State, as_given, packed, whole, within
from course_utils.numerics import FloatArray, check_array, check_choice, check_integer, check_labels, check_number
from course_utils.plots import PIXELS, SIDE, check_names

OUTPUTS = {"softmax": softmax, "ten sigmoids": sigmoid}
STEPS = 255  # in which the page has its pixels
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


def check_outputs(name: str, value: Any) -> str:
    """Return "softmax" or "ten sigmoids"; anything else raises ValueError."""
    return check_choice(name, value, list(OUTPUTS))


def check_pixel(name: str, value: Any) -> list[int]:
    """Return a pixel as [row, column], each from 0 to 27; anything else raises ValueError or TypeError."""
    if len(value) != 2:
        raise ValueError(f"{name}: expected a row and a column, got {value!r}")
    check = whole(0, SIDE - 1)
    return [check(f"{name}: {axis}", each) for axis, each in zip(("row", "column"), value, strict=True)]


class WhatItSaw(PageExplorer):
    """The explorer that `what_it_saw` makes."""

    W = State(as_given, "", shown=False)  # (784, K) float32, packed
    b = State(as_given, [], shown=False)
    X = State(as_given, "", shown=False)  # (N, 784) uint8, packed, times scale
    scale = State(as_given, 1.0, shown=False)
    y = State(as_given, [], shown=False)
    names = State(as_given, [], shown=False)
    digit = State(whole(0, 10_000), 0)
    k = State(whole(0, 10_000), 0)
    shift = State(within(-SHIFT, SHIFT), 0.0)
    outputs = State(check_outputs, "softmax")
    pixel = State(check_pixel, [8, 14])

    @traitlets.validate("digit", "k")
    def _there_is_one(self, proposal: Any) -> int:
        """Refuse a digit or a class of which there is none."""
        name = proposal["trait"].name
        return whole(0, len(self.y if name == "digit" else self.names) - 1)(name, proposal["value"])


def what_it_saw(
    W: npt.ArrayLike, b: npt.ArrayLike, X: npt.ArrayLike, y: npt.ArrayLike, class_names: Sequence[object]
) -> WhatItSaw:
    """Explore what a linear classifier of 28 x 28 images saw in each of N images.

    W (784, K), b (K,), X (N, 784) of at least 0 in the scale that W was trained on, y (N,) true classes. The page
    has W in float32 and X in 255 steps. `digit` picks the image, `k` the class whose evidence is shown, at first the
    one that wins; `shift` from -10 to 10 is added to its logit; `outputs` is "softmax" or "ten sigmoids"; `pixel` is
    the [row, column] that is read out. Bad input raises ValueError or TypeError.

    >>> rng = np.random.default_rng(0)
    >>> explorer = what_it_saw(rng.normal(size=(784, 3)), np.zeros(3), rng.random((5, 784)), [0, 1, 2, 0, 1], "abc")
    >>> explorer.digit = 4
    >>> explorer
    what_it_saw(digit=4, k=1, shift=0.0, outputs='softmax', pixel=[8, 14])
    """
    W = check_array("W", W, (PIXELS, "K"))
    b = check_array("b", b, (W.shape[1],))
    X = check_array("X", X, ("N", PIXELS))
    y = check_labels("y", y, W.shape[1], len(X))
    if X.min() < 0:
        raise ValueError(f"X: expected pixels of at least 0, got {X.min():g}")
    scale = (float(X.max()) or 1.0) / STEPS
    return WhatItSaw(
        W=packed(W.astype(np.float32)),
        b=b.tolist(),
        X=packed((X / scale).round().astype(np.uint8)),
        scale=scale,
        y=y.tolist(),
        names=[str(name) for name in check_names("class_names", class_names, W.shape[1])],
        k=int((X[0] @ W + b).argmax()),
    )
