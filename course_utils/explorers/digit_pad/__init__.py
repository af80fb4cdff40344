"""A pad to draw a digit on, read by a softmax classifier while it is drawn, and why it reads so (lesson 14)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from course_utils.activations import softmax
from course_utils.explorers.digit_pad.mnist_form import mnist_form
from course_utils.explorers.page import PageExplorer, State, as_given, packed
from course_utils.numerics import FloatArray, check_array
from course_utils.plots import PIXELS, check_names

PAD = 56  # pixels of the pad's side


class Reading(NamedTuple):
    """What a softmax classifier reads in ink; see `read_ink`."""

    picture: npt.NDArray[np.uint8]  # (784,) the ink in the form of MNIST
    z: FloatArray  # (K,) logits
    p: FloatArray  # (K,) probabilities
    evidence: FloatArray  # (784,) what each pixel adds to the logit of the most probable class


def read_ink(W: npt.ArrayLike, b: npt.ArrayLike, ink: npt.ArrayLike) -> Reading:
    """Bring ink (H, W), 0 to 255, to the form of MNIST and read it: z = x W + b, where x is the picture over 255.

    W (784, K), b (K,). Bad shapes or values raise ValueError or TypeError.

    >>> W = np.zeros((784, 2))
    >>> W[:, 1] = 0.01
    >>> reading = read_ink(W, [0.0, 0.0], np.full((56, 56), 255))
    >>> reading.z.round(2), reading.p.round(2)
    (array([0., 4.]), array([0.02, 0.98]))
    """
    W = check_array("W", W, (PIXELS, "K"))
    b, picture = check_array("b", b, (W.shape[1],)), mnist_form(ink)
    x = picture / 255
    z: FloatArray = x @ W + b
    return Reading(picture, z, softmax(z), W[:, int(z.argmax())] * x)


def check_pen(name: str, value: Any) -> list[float]:
    """Return where the pen is, column and row, on the pad."""
    place = check_array(name, value, (2,))
    if place.min() < 0 or place.max() > PAD:
        raise ValueError(f"{name}: expected a column and a row from 0 to {PAD}, got {place.tolist()}")
    return [float(each) for each in place]


class DigitPad(PageExplorer):
    """The explorer that `digit_pad` makes; arrays are packed as text."""

    W = State(as_given, "", shown=False)  # (784, K) float32
    b = State(as_given, [], shown=False)  # K numbers
    samples = State(as_given, "", shown=False)  # (S, 784) uint8
    names = State(as_given, [])
    ink = State(as_given, packed(np.zeros(PAD * PAD, np.uint8)), shown=False)  # (56, 56) uint8
    pen = State(check_pen, [28.0, 14.0])


def digit_pad(W: npt.ArrayLike, b: npt.ArrayLike, samples: npt.ArrayLike, class_names: Sequence[object]) -> DigitPad:
    """Draw a digit and see it read by a softmax classifier on pixels from 0 to 1, with the evidence in each pixel.

    W (784, K), which the page keeps in single precision, b (K,), samples (S, 784), 0 to 255, for those who do not
    draw, and K names. A wrong shape or value raises ValueError.

    >>> pad = digit_pad(np.zeros((784, 2)), [0.0, 1.0], np.eye(3, 784) * 255, ["cat", "dog"])
    >>> pad
    digit_pad(names=['cat', 'dog'], pen=[28.0, 14.0])
    """
    W = check_array("W", W, (PIXELS, "K"))
    b = check_array("b", b, (W.shape[1],))
    samples = check_array("samples", samples, ("S", PIXELS))
    if not len(samples) or samples.min() < 0 or samples.max() > 255:
        raise ValueError("samples: expected at least one picture with numbers from 0 to 255")
    return DigitPad(
        W=packed(W.astype(np.float32)),
        b=[float(each) for each in b],
        samples=packed(samples.astype(np.uint8)),
        names=[str(name) for name in check_names("class_names", class_names, W.shape[1])],
    )


__all__ = ["DigitPad", "Reading", "digit_pad", "mnist_form", "read_ink"]
