"""The playground's network, from scratch: forward, backward, gradient descent. What the page trains is held to it.

A run is a function of its settings and its number of updates alone, so that any moment of it can be brought back.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from course_utils._support.progress_bar import bar
from course_utils.activations import sigmoid, softmax
from course_utils.explorers.playground.points import (
    ORDER,
    START,
    draw_points,
    make_features,
    make_key,
    normals,
    uniforms,
)
from course_utils.explorers.playground.state import MOST_UPDATES, Settings
from course_utils.losses import (
    binary_cross_entropy_from_logits,
    cross_entropy_from_logits,
    mse_from_logits,
    one_hot,
)
from course_utils.numerics import FloatArray, IntArray, check_integer

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
    train_losses: FloatArray  # (updates + 1,), before the first update, after it, ...; of all training points
    test_losses: FloatArray  # (updates // TEST_EVERY + 1,), at update 0, TEST_EVERY, ...
    test_accuracy: float  # share of the test points on the right side; of the training points where none are to test
    stopped: bool  # the weights have run away; they stand still since the end of train_losses


def first_layers(sizes: list[int], seed: int = 0) -> Layers:
    """Draw weights of variance 1 / fan-in, for a seed always the same ones; biases are zero.

    >>> [W.shape for W, b in first_layers([2, 4, 1])]
    [(2, 4), (4, 1)]
    """
    z = normals(make_key(START, seed), sum(d * k for d, k in pairwise(sizes)))
    layers: Layers = ()
    for d, k in pairwise(sizes):
        W, z = z[: d * k].reshape(d, k) / np.sqrt(max(1, d)), z[d * k :]
        layers = (*layers, (W, np.zeros(k)))
    return layers


def forward(layers: Layers, X: FloatArray, activation: str) -> tuple[list[FloatArray], FloatArray]:
    """Return the input and every hidden layer's values, and the logits z (N, K), K = 1 for two classes."""
    act = ACTIVATION[activation][0]
    h: list[FloatArray] = [X]
    for W, b in layers[:-1]:
        h.append(act(h[-1] @ W + b))
    W, b = layers[-1]
    return h, h[-1] @ W + b


def loss_and_gradients(
    layers: Layers, X: FloatArray, y: IntArray, activation: str, loss: str
) -> tuple[float, Layers]:
    """Return the mean loss (cross-entropy in nats, or squared error) and (dW, db) of each layer, the output last."""
    h, z = forward(layers, X, activation)
    slope, found = ACTIVATION[activation][1], []
    back = logit_gradient(z, y, loss)  # the gradient with respect to what enters a layer's activation
    for (W, _), below in zip(reversed(layers), reversed(h), strict=True):
        found.append((below.T @ back, back.sum(axis=0)))
        back = (back @ W.T) * slope(below)
    return mean_loss(z, y, loss), tuple(reversed(found))


def mean_loss(z: FloatArray, y: IntArray, loss: str) -> float:
    """Mean loss of logits z (N, K): of a sigmoid where K is 1, else of a softmax; squared errors add over classes.

    >>> round(mean_loss(np.zeros((2, 3)), np.array([0, 2]), "MSE"), 4)
    0.6667
    """
    if z.shape[1] == 1:
        return float((binary_cross_entropy_from_logits if loss == "CE" else mse_from_logits)(z[:, 0], y))
    if loss == "CE":
        return float(cross_entropy_from_logits(z, y))
    return float(((softmax(z) - one_hot(y, z.shape[1])) ** 2).sum(axis=1).mean())


def logit_gradient(z: FloatArray, y: IntArray, loss: str) -> FloatArray:
    """Gradient of `mean_loss` with respect to the logits, dz (N, K).

    >>> logit_gradient(np.zeros((1, 1)), np.array([1]), "CE")
    array([[-0.5]])
    """
    one = z.shape[1] == 1
    p, t = (sigmoid(z), y[:, np.newaxis]) if one else (softmax(z), one_hot(y, z.shape[1]))
    error: FloatArray = (p - t) / len(y)
    if loss == "CE":
        return error
    through: FloatArray = 2 * p * (error * (1 - p) if one else error - (error * p).sum(axis=1, keepdims=True))
    return through


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


def split(settings: Settings) -> tuple[FloatArray, IntArray, FloatArray, IntArray]:
    """Return X (N, 2) and y (N,) to train on and to test on; points added by hand are trained on.

    >>> [len(each) for each in split(Settings(share=25, points=((0.0, 0.0, 1),)))]
    [301, 301, 100, 100]
    """
    X, y = draw_points(settings.data, settings.classes, settings.noise, settings.draw)
    n = len(y) - len(y) * settings.share // 100
    own = [point for point in settings.points if point[2] < settings.classes]
    added, labels = np.array([point[:2] for point in own]).reshape(-1, 2), [label for *_, label in own]
    return np.vstack([X[:n], added]), np.append(y[:n], np.array(labels, dtype=np.int64)), X[n:], y[n:]


class _Run:
    """One training run, as far as it has been asked for, with some of its weights kept for the way back."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        X, y, X_test, y_test = split(settings)
        self._train, self._test = ((make_features(a, settings.features), b) for a, b in ((X, y), (X_test, y_test)))
        sizes = [self._train[0].shape[1], *settings.hidden, 1 if settings.classes == 2 else settings.classes]
        layers = first_layers(sizes, settings.seed)
        self._last, self._kept = (0, layers), {0: layers}
        self._train_losses: list[float] = []
        self._test_losses: list[float] = []
        self._end = MOST_UPDATES  # the last update, or the last before the weights ran away

    def at(self, updates: int) -> Moment:
        done, layers = self._last
        if done > min(updates, self._end):
            done = max(kept for kept in self._kept if kept <= updates)
            layers = self._kept[done]
        with bar(min(updates, self._end), "update", done=done) as shown:
            while True:
                self._note(done, layers)
                if done == min(updates, self._end):
                    break
                new = self._step(layers, done)
                if any(not np.abs(w).max(initial=0) < _FAR for layer in new for w in layer):
                    self._end = done
                    break
                done, layers = done + 1, new
                if shown is not None:
                    shown.update()
        self._last = done, layers
        tests = np.array(self._test_losses[: done // TEST_EVERY + 1])
        return Moment(layers, np.array(self._train_losses[: done + 1]), tests, self._accuracy(layers), done < updates)

    def _note(self, done: int, layers: Layers) -> None:
        """Keep what is new at this update."""
        if done < len(self._train_losses):
            return
        self._train_losses.append(self._loss(layers, *self._train))
        if done % TEST_EVERY == 0:
            self._test_losses.append(self._loss(layers, *self._test))
        if done % _KEEP_EVERY == 0:
            self._kept[done] = layers

    def _loss(self, layers: Layers, X: FloatArray, y: IntArray) -> float:
        """Return the mean loss; without points it is zero."""
        s = self._settings
        return mean_loss(forward(layers, X, s.activation)[1], y, s.loss) if len(y) else 0.0

    def _accuracy(self, layers: Layers) -> float:
        X, y = self._test if len(self._test[1]) else self._train
        if not len(y):
            return 1.0
        z = forward(layers, X, self._settings.activation)[1]
        return float(((z[:, 0] > 0 if z.shape[1] == 1 else z.argmax(axis=1)) == y).mean())

    def _step(self, layers: Layers, done: int) -> Layers:
        s, (X, y) = self._settings, self._train
        if not len(y):
            return layers
        if 0 < s.batch < len(y):
            epoch, k = divmod(done, -(-len(y) // s.batch))
            order = np.argsort(uniforms(make_key(ORDER, s.seed, epoch), len(y)), kind="stable")
            rows = order[k * s.batch : (k + 1) * s.batch]
            X, y = X[rows], y[rows]
        slopes = loss_and_gradients(layers, X, y, s.activation, s.loss)[1]
        return tuple(
            (W - s.rate * (dW + s.L1 * np.sign(W) + s.L2 * W), b - s.rate * db)
            for (W, b), (dW, db) in zip(layers, slopes, strict=True)
        )


# As many runs as a learner compares; one takes 1 MB at the most.
_run = lru_cache(maxsize=16)(_Run)
