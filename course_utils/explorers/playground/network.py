"""The playground's network, from scratch: features, forward, backward, plain gradient descent on all points at once.

A run is a function of its settings and its number of updates alone, so that any moment of it can be brought back.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from course_utils.activations import sigmoid
from course_utils.datasets.toy import draw_toy
from course_utils.explorers.playground.state import MOST_UPDATES, Settings
from course_utils.losses import binary_cross_entropy_loss_and_gradient, mse_from_logits, mse_from_logits_gradient
from course_utils.numerics import FloatArray, IntArray, check_integer

N = 200  # points to train on, and as many again to test on
TEST_EVERY = 10  # updates between two looks at the test points
_KEEP_EVERY = 250  # updates between two sets of weights that are kept, so that the way back is short
_FAR = 1e6  # weights as large as this have run away, and stand still long before a float overflows

Layers = tuple[tuple[FloatArray, FloatArray], ...]  # W (D, K) and b (K,) of each layer, the output last
Activation = Callable[[FloatArray], FloatArray]

# Each activation, and its slope written in its own value h: what the way back needs is at hand.
ACTIVATION: dict[str, tuple[Activation, Activation]] = {
    "tanh": (np.tanh, lambda h: 1 - h**2),
    "relu": (lambda z: np.maximum(z, 0), lambda h: (h > 0).astype(float)),
    "sigmoid": (sigmoid, lambda h: h * (1 - h)),
    "linear": (lambda z: z, np.ones_like),
}


class Moment(NamedTuple):
    """A run after so many updates; see `train_to`."""

    layers: Layers
    train_losses: FloatArray  # (updates + 1,), before the first update, after it, ...
    test_losses: FloatArray  # (updates // TEST_EVERY + 1,), at update 0, TEST_EVERY, ...
    test_accuracy: float  # share of the test points on the right side
    stopped: bool  # the weights have run away; they stand still since the end of train_losses


def make_features(X: FloatArray, names: tuple[str, ...]) -> FloatArray:
    """Points (N, 2) to columns (N, D): x1, x2, both squares, the product, sin(pi x1) and sin(pi x2).

    >>> make_features(np.array([[0.5, 2.0]]), ("x1", "squares", "product"))
    array([[0.5 , 0.25, 4.  , 1.  ]])
    """
    x1, x2 = X[:, :1], X[:, 1:]
    columns = {
        "x1": (x1,),
        "x2": (x2,),
        "squares": (x1**2, x2**2),
        "product": (x1 * x2,),
        "sines": (np.sin(np.pi * x1), np.sin(np.pi * x2)),
    }
    return np.hstack([np.empty((len(X), 0)), *(column for name in names for column in columns[name])])


def first_layers(sizes: list[int]) -> Layers:
    """Draw weights of variance 1 / fan-in, always the same ones; biases are zero.

    >>> [W.shape for W, b in first_layers([2, 4, 1])]
    [(2, 4), (4, 1)]
    """
    rng = np.random.default_rng(12)
    return tuple((rng.normal(0, 1 / np.sqrt(max(1, d)), (d, k)), np.zeros(k)) for d, k in pairwise(sizes))


def forward(layers: Layers, X: FloatArray, activation: str) -> tuple[list[FloatArray], FloatArray]:
    """Return the input and every hidden layer's values, and the logits z (N,)."""
    act = ACTIVATION[activation][0]
    h: list[FloatArray] = [X]
    for W, b in layers[:-1]:
        h.append(act(h[-1] @ W + b))
    W, b = layers[-1]
    return h, (h[-1] @ W + b)[:, 0]


def loss_and_gradients(
    layers: Layers, X: FloatArray, y: IntArray, activation: str, loss: str
) -> tuple[float, Layers]:
    """Return the mean loss (cross-entropy in nats, or squared error) and (dW, db) of each layer, the output last."""
    h, z = forward(layers, X, activation)
    if loss == "CE":
        losses, slopes = binary_cross_entropy_loss_and_gradient(z, y)
        value, dz = float(losses.mean()), slopes / len(y)
    else:
        value, dz = mse_from_logits(z, y), np.asarray(mse_from_logits_gradient(z, y))
    slope, found = ACTIVATION[activation][1], []
    back = dz[:, np.newaxis]  # the gradient with respect to what enters a layer's activation
    for (W, _), below in zip(reversed(layers), reversed(h), strict=True):
        found.append((below.T @ back, back.sum(axis=0)))
        back = (back @ W.T) * slope(below)
    return value, tuple(reversed(found))


def train_to(settings: Settings, updates: int) -> Moment:
    """Return the moment of a run after so many updates: the same numbers whichever way it is asked for.

    >>> moment = train_to(Settings(), 2)
    >>> len(moment.train_losses), moment.train_losses[2] < moment.train_losses[0]
    (3, np.True_)
    """
    updates = check_integer("updates", updates, at_least=0)
    if updates > MOST_UPDATES:
        raise ValueError(f"updates: expected at most {MOST_UPDATES}, got {updates}")
    return _run(settings).at(updates)


class _Run:
    """One training run, as far as it has been asked for, with some of its weights kept for the way back."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        points, y = draw_toy(settings.data, 2 * N, settings.noise, seed=0)
        X = make_features(points, settings.features)
        self._train, self._test = (X[:N], y[:N]), (X[N:], y[N:])
        layers = first_layers([X.shape[1], *[settings.units] * settings.layers, 1])
        self._last, self._kept = (0, layers), {0: layers}
        self._train_losses: list[float] = []
        self._test_losses: list[float] = []
        self._end = MOST_UPDATES  # the last update, or the last before the weights ran away

    def at(self, updates: int) -> Moment:
        done, layers = self._last
        if done > min(updates, self._end):
            done = max(kept for kept in self._kept if kept <= updates)
            layers = self._kept[done]
        while True:
            loss, slopes = self._loss_and_gradients(layers, *self._train)
            self._note(done, layers, loss)
            if done == min(updates, self._end):
                break
            new = _step(layers, slopes, self._settings.rate)
            if any(not np.abs(w).max(initial=0) < _FAR for layer in new for w in layer):
                self._end = done
                break
            done, layers = done + 1, new
        self._last = done, layers
        _, z = forward(layers, self._test[0], self._settings.activation)
        accuracy = float(((z > 0) == self._test[1]).mean())
        tests = np.array(self._test_losses[: done // TEST_EVERY + 1])
        return Moment(layers, np.array(self._train_losses[: done + 1]), tests, accuracy, done < updates)

    def _loss_and_gradients(self, layers: Layers, X: FloatArray, y: IntArray) -> tuple[float, Layers]:
        return loss_and_gradients(layers, X, y, self._settings.activation, self._settings.loss)

    def _note(self, done: int, layers: Layers, loss: float) -> None:
        """Keep what is new at this update."""
        if done < len(self._train_losses):
            return
        self._train_losses.append(loss)
        if done % TEST_EVERY == 0:
            self._test_losses.append(self._loss_and_gradients(layers, *self._test)[0])
        if done % _KEEP_EVERY == 0:
            self._kept[done] = layers


def _step(layers: Layers, slopes: Layers, rate: float) -> Layers:
    return tuple((W - rate * dW, b - rate * db) for (W, b), (dW, db) in zip(layers, slopes, strict=True))


# As many runs as a learner compares; one takes 0.2 MB at the most.
_run = lru_cache(maxsize=16)(_Run)
