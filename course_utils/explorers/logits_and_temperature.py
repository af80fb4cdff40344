"""Logits and temperature: probabilities, their Jacobian, what one more unit on a logit does to all (lesson 06)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import traitlets

from course_utils.activations import softmax, softmax_jacobian
from course_utils.explorers.page import PageExplorer, State, whole, within
from course_utils.numerics import FloatArray, check_array, check_integer, check_labels, check_number

REACH = 6.0  # logits go from -REACH to REACH
CLASSES = (2, 4)  # fewest and most
TEMPERATURES = (0.5, 8.0)


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


def check_logits(name: str, value: Any) -> list[float]:
    """Return 2 to 4 logits from -6 to 6; anything else raises ValueError or TypeError."""
    z = check_array(name, value, ("K",))
    if not CLASSES[0] <= len(z) <= CLASSES[1]:
        raise ValueError(f"{name}: expected {CLASSES[0]} to {CLASSES[1]} logits, got {len(z)}")
    if np.abs(z).max() > REACH:
        raise ValueError(f"{name}: expected logits from {-REACH:g} to {REACH:g}, got {z[np.abs(z).argmax()]:g}")
    return [float(each) for each in z]


class LogitsAndTemperature(PageExplorer):
    """The explorer that `logits_and_temperature` makes."""

    z = State(check_logits, [0.0, 0.0])
    temperature = State(within(*TEMPERATURES), 1.0)
    i = State(whole(0, CLASSES[1] - 1), 1)
    c = State(whole(0, CLASSES[1] - 1), 0)

    @traitlets.validate("z")
    def _keep_the_classes(self, proposal: Any) -> Any:
        """Refuse another number of classes: the picture has a row for each from the start."""
        if len(proposal["value"]) != len(self.z):
            raise ValueError(f"z: expected {len(self.z)} logits, got {len(proposal['value'])}")
        return proposal["value"]

    @traitlets.validate("i", "c")
    def _be_a_class(self, proposal: Any) -> Any:
        return whole(0, len(self.z) - 1)(proposal["trait"].name, proposal["value"])


def logits_and_temperature(
    z: npt.ArrayLike, temperature: float = 1.0, i: int = 1, c: int = 0
) -> LogitsAndTemperature:
    """Explore a softmax that starts at the logits z (K,), from -6 to 6, with 2 to 4 classes: drag their bars.

    `temperature`, from 0.5 to 8, divides the logits, `i` is the class whose logit gets one more unit, a column of the
    Jacobian, and `c` the class whose probability is looked at, a row. Bad input raises ValueError or TypeError.

    >>> explorer = logits_and_temperature([2.0, 1.0, 0.1])
    >>> explorer.i = 2
    >>> explorer
    logits_and_temperature(z=[2.0, 1.0, 0.1], temperature=1.0, i=2, c=0)
    """
    return LogitsAndTemperature(z=z, temperature=temperature, i=i, c=c)
