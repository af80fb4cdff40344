"""A pad to draw a digit on, read by a classifier while it is drawn (lesson 12); sample digits for the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import numpy.typing as npt
import traitlets

from course_utils.explorers.digit_pad.mnist_form import mnist_form
from course_utils.numerics import check_array, check_probabilities
from course_utils.plots import PIXELS, check_names

PAD = 56  # the page sends its canvas as so many rows of so many bytes

PredictProba = Callable[[npt.NDArray[np.uint8]], Any]


def digit_pad(predict_proba: PredictProba, samples: npt.ArrayLike, class_names: Sequence[object]) -> DigitPad:
    """Show a pad whose ink `predict_proba` reads: X (1, 784), uint8, in the form of MNIST, to p (1, K).

    samples (S, 784), 0 to 255, are offered as buttons, for those who do not draw. A wrong shape, or probabilities
    that are none, raise ValueError at once, on the first sample.

    >>> pad = digit_pad(lambda X: np.array([[0.25, 0.75]]), np.eye(2, 784) * 255, ["cat", "dog"])
    >>> pad.caption
    'The pad is empty.'
    >>> pad.ink = (np.eye(56, dtype=np.uint8) * 255).tobytes()
    >>> pad.caption
    'Reads dog (75 %), then cat (25 %).'
    """
    samples = check_array("samples", samples, ("S", PIXELS))
    if not len(samples) or samples.min() < 0 or samples.max() > 255:
        raise ValueError("samples: expected at least one picture with numbers from 0 to 255")
    return DigitPad(predict_proba, samples.astype(np.uint8), [str(name) for name in class_names])


class DigitPad(anywidget.AnyWidget):
    """The pad: the page draws and shows, the kernel reads."""

    _esm = Path(__file__).with_name("pad.js")
    # What comes from a page is a memoryview.
    ink = traitlets.Union([traitlets.Bytes(), traitlets.Instance(memoryview)]).tag(sync=True)
    seen = traitlets.Bytes().tag(sync=True)
    p = traitlets.List(traitlets.Float()).tag(sync=True)
    caption = traitlets.Unicode("The pad is empty.").tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    samples = traitlets.Bytes().tag(sync=True)

    def __init__(self, predict_proba: PredictProba, samples: npt.NDArray[np.uint8], names: list[str]) -> None:
        self._predict_proba = predict_proba
        check_names("class_names", names, np.shape(predict_proba(samples[:1]))[1])
        super().__init__(names=names, samples=samples.tobytes())
        self._fallback = (
            f"A pad to draw a digit on; it is alive where the notebook runs. Its {len(samples)} sample digits "
            f"are read as {', '.join(names[self._read(sample).argmax()] for sample in samples)}."
        )

    def _read(self, picture: npt.NDArray[np.uint8]) -> npt.NDArray[Any]:
        p = check_probabilities("predict_proba", self._predict_proba(picture[np.newaxis]), (1, len(self.names)))
        first: npt.NDArray[Any] = p[0]
        return first

    @traitlets.observe("ink")
    def _follow(self, change: Any) -> None:
        """Read the ink; what goes wrong is told under the pad, where a kernel would swallow it."""
        try:
            picture = mnist_form(np.frombuffer(change.new, dtype=np.uint8).reshape(PAD, PAD))
            p = self._read(picture) if picture.any() else np.zeros(len(self.names))
        except Exception as error:
            self.caption = f"Could not read the pad. {type(error).__name__}: {error}"
            return
        with self.hold_sync():
            self.seen, self.p, self.caption = picture.tobytes(), p.tolist(), self._told(p)

    def _told(self, p: npt.NDArray[Any]) -> str:
        if not p.any():
            return "The pad is empty."
        first, second = np.argsort(-p, kind="stable")[:2]
        return f"Reads {self.names[first]} ({p[first]:.0%}), then {self.names[second]} ({p[second]:.0%}).".replace(
            "%)", " %)"
        )

    _ipython_display_ = None  # that of ipywidgets 7 would come first, and leave out the sentence

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """The live pad, and a sentence where no kernel runs."""
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return {**data, "text/plain": self._fallback, "text/markdown": self._fallback}, metadata

    def __repr__(self) -> str:
        return f"DigitPad({len(self.names)} classes)"


__all__ = ["DigitPad", "digit_pad", "mnist_form"]
