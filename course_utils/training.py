"""The training loop: mini-batches, a history, a bar, a stop at the first NaN; stopped by hand, it loses nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from course_utils._support.progress_bar import bar
from course_utils.numerics import FloatArray, IntArray, check_integer, check_number
from course_utils.optimizers import UpdateRule, check_gradients, gradient_descent
from course_utils.parallel import map_blocks, single_threaded_blas

Rows = slice | IntArray
Parameters = tuple[FloatArray, ...]
LossAndGradients = Callable[[Parameters, Rows], tuple[float, Parameters]]
Terms = Callable[[FloatArray, npt.NDArray[np.generic]], tuple[FloatArray, FloatArray]]


# Overflow and ln 0 show as a loss that is not finite, and are said there.
QUIET: Any = {"over": "ignore", "invalid": "ignore", "divide": "ignore"}


class _Best(NamedTuple):
    """The epoch with the lowest mean loss, that loss, and the weights that gave its last batch loss."""

    epoch: int
    loss: float
    parameters: Parameters


@dataclass
class History:
    """What a training run leaves behind.

    `loss` holds one value an update: the mean loss in nats of that update's batch, before the step is taken.
    `samples` counts the samples of one epoch and `batch_size` those of one update. `interrupted` tells a run that
    was stopped by hand from one that came to its end.
    """

    samples: int
    batch_size: int
    loss: list[float] = field(default_factory=list)
    interrupted: bool = False

    @property
    def updates(self) -> int:
        """Number of updates taken."""
        return len(self.loss)

    @property
    def updates_per_epoch(self) -> int:
        """Number of updates in one pass over the samples; the last batch may be smaller."""
        return -(-self.samples // self.batch_size)

    @property
    def epoch_loss(self) -> list[float]:
        """Mean over each epoch of the batch losses, in nats."""
        step = self.updates_per_epoch
        return [float(np.mean(self.loss[i : i + step])) for i in range(0, self.updates, step)]


def train(
    loss_and_gradients: LossAndGradients,
    parameters: Parameters,
    n_samples: int,
    *,
    learning_rate: float,
    epochs: int,
    batch_size: int | None = None,
    rng: np.random.Generator | None = None,
    update_rule: UpdateRule = gradient_descent,
    after_update: Callable[[int, Parameters], object] | None = None,
    progress: bool | None = None,
) -> tuple[Parameters, History]:
    """Minimise a mean loss and return the last parameters and the history; stopped by hand, the best parameters.

    `loss_and_gradients(parameters, rows)` gives the mean loss of those rows in nats and its gradients, in the
    order of the parameters. `batch_size=None` uses all rows in every update (batch descent), 1 is stochastic
    descent, anything between takes shuffled mini-batches, for which `rng` is needed. `update_rule` is one of
    optimizers. `after_update(update, parameters)` is called after each one. `progress` shows a bar with the mean loss
    of the last epoch: True, at once; False, never; None, in a notebook where the run takes more than two seconds.

    Bad settings raise ValueError or TypeError before the first update, and so does a loss, a gradient or a weight
    made by `update_rule` that is of another number, shape or type than expected, before it changes a weight. A loss,
    a gradient or a weight that is no longer finite raises FloatingPointError that says at which update; so does what
    `loss_and_gradients` itself raises of that kind. Gradients are taken in the float type of their parameter.
    KeyboardInterrupt (the stop button) ends the run at any moment with a sentence and `history.interrupted`: best are
    the weights that gave the last loss of the epoch with the lowest mean loss; before the first epoch is over, the
    latest ones.

    >>> def bowl(parameters, rows):
    ...     (w,) = parameters
    ...     return float(w @ w), (2 * w,)
    >>> (w,), history = train(bowl, (np.array([1.0, -1.0]),), 1, learning_rate=0.25, epochs=3)
    >>> w, history.loss
    (array([ 0.125, -0.125]), [2.0, 0.5, 0.125])
    """
    n_samples = check_integer("n_samples", n_samples, at_least=1)
    learning_rate = check_number("learning_rate", learning_rate, above=0)
    epochs = check_integer("epochs", epochs, at_least=1)
    size = n_samples if batch_size is None else min(check_integer("batch_size", batch_size, at_least=1), n_samples)
    _check_generator(rng, needed=size < n_samples)
    parameters = _check_parameters(parameters)
    functions = {"loss_and_gradients": loss_and_gradients, "update_rule": update_rule, "after_update": after_update}
    for name, function in functions.items():
        if not callable(function) and not (name == "after_update" and function is None):
            raise TypeError(f"{name}: expected a function, got {type(function).__name__}")
    history = History(n_samples, size)
    checked, moved = _checked(loss_and_gradients, update_rule, history, learning_rate)
    # Update rules make new arrays, so that to keep the best weights is to keep a name for them: it costs nothing.
    state, best = None, _Best(0, np.inf, parameters)
    try:
        with np.errstate(**QUIET), single_threaded_blas(), bar(epochs, "epoch", progress) as shown:
            for epoch in range(1, epochs + 1):
                for rows in _batches(n_samples, size, rng):
                    measured = parameters
                    loss, gradients = checked(measured, rows)
                    parameters, state = moved(measured, gradients, state)
                    history.loss.append(loss)
                    if after_update is not None:
                        after_update(history.updates, parameters)
                epoch_loss = sum(history.loss[-history.updates_per_epoch :]) / history.updates_per_epoch
                if epoch_loss < best.loss:
                    best = _Best(epoch, epoch_loss, measured)
                if shown is not None:
                    shown.set_postfix_str(f"loss {epoch_loss:.4f}", refresh=False)
                    shown.update()
        return parameters, history
    except KeyboardInterrupt:
        history.interrupted = True
        kept = "the latest weights" if best.epoch == 0 else f"those of epoch {best.epoch}, loss {best.loss:.4f} nats"
        print(f"Stopped by hand after {history.updates} updates. The weights returned are {kept}.")
        return (parameters if best.epoch == 0 else best.parameters), history


def linear_loss_and_gradients(
    X: npt.NDArray[np.generic], targets: npt.NDArray[np.generic], terms: Terms, scale: float = 1.0
) -> LossAndGradients:
    """Make the `loss_and_gradients` of a linear model z = (scale X) W + b for `train`.

    X (N, D), integers or floats, is read in blocks and converted on the way, so that the bytes of an image file never
    need a float copy; `targets` (N,) or (N, K) goes row by row into `terms(z, targets)`, one of the `*_terms` of
    losses, or another that returns the loss of each sample and slopes dz of the shape of z. Parameters are W (D, K)
    and b (K,), or W (D,) and b () for one output. A loss that is not finite raises FloatingPointError with the range
    of the logits.

    >>> from course_utils.losses import binary_cross_entropy_loss_and_gradient as loss_and_gradient
    >>> f = linear_loss_and_gradients(np.array([[1.0], [3.0]]), np.array([0, 1]), loss_and_gradient)
    >>> f((np.zeros(1), np.zeros(())), slice(None))
    (0.6931471805599453, (array([-0.5]), np.float64(0.0)))
    """

    def loss_and_gradients(parameters: Parameters, rows: Rows) -> tuple[float, Parameters]:
        W, b = parameters
        X_batch, t_batch = X[rows], targets[rows]
        scaled_W = W * scale  # (scale X) W = X (scale W), and the weights are fewer than the pixels

        def sums(block: slice) -> tuple[float, FloatArray, FloatArray]:
            with np.errstate(**QUIET):  # a thread does not inherit the caller's setting
                x = X_batch[block].astype(W.dtype, copy=False)
                z = x @ scaled_W + b
                # The course's terms refuse logits that have overflowed; here they mean a loss that is no number.
                losses, dz = _of_each_sample(terms, z, t_batch[block]) if np.isfinite(z).all() else (z * np.nan, z)
                total = float(losses.sum(dtype=np.float64))
                if not np.isfinite(total):
                    lowest, highest = np.fmin.reduce(z, axis=None), np.fmax.reduce(z, axis=None)
                    raise FloatingPointError(
                        f"the loss is {total} where logits range from {lowest:.4g} to {highest:.4g}"
                    )
                return total, x.T @ dz, dz.sum(axis=0)

        n = len(X_batch)
        totals, all_dW, all_db = zip(*map_blocks(sums, n), strict=True)
        return math.fsum(totals) / n, (sum(all_dW) * (scale / n), sum(all_db) / n)

    return loss_and_gradients


def linear_logits(X: npt.NDArray[np.generic], W: FloatArray, b: FloatArray, scale: float = 1.0) -> FloatArray:
    """Logits z = (scale X) W + b of a linear model, block by block: X (N, D) of any number type, z (N, K) or (N,).

    >>> linear_logits(np.array([[255]], dtype=np.uint8), np.array([2.0]), np.array(1.0), scale=1 / 255)
    array([3.])
    """
    scaled_W = W * scale
    return np.concatenate(map_blocks(lambda block: X[block].astype(W.dtype, copy=False) @ scaled_W + b, len(X)))


def _check_parameters(parameters: Parameters) -> Parameters:
    """Return the parameters as float arrays in a tuple, those that are floats already as they are."""
    if isinstance(parameters, np.ndarray) or not isinstance(parameters, Iterable):
        got = (
            f"one array of shape {parameters.shape}" if isinstance(parameters, np.ndarray) else f"{parameters!r:.40}"
        )
        raise TypeError(f"parameters: expected a tuple of arrays, such as (W, b), got {got}")
    arrays = [w if isinstance(w, np.ndarray | np.floating) else np.asarray(w) for w in parameters]
    for i, w in enumerate(arrays, start=1):
        if w.dtype.kind not in "fiub":
            raise TypeError(f"parameter {i}: expected an array of real numbers, got one of type {w.dtype}")
    return tuple(w if w.dtype.kind == "f" else w.astype(np.float64) for w in arrays)


def _check_generator(rng: np.random.Generator | None, needed: bool) -> None:
    if needed and rng is None:
        raise ValueError("rng: expected a NumPy generator, which mini-batches need for shuffling, got None")
    if rng is not None and not callable(getattr(rng, "permutation", None)):
        raise TypeError(f"rng: expected a NumPy generator, such as np.random.default_rng(0), got {rng!r:.40}")


def _checked(
    loss_and_gradients: LossAndGradients, update_rule: UpdateRule, history: History, learning_rate: float
) -> tuple[LossAndGradients, Callable[[Parameters, Parameters, Any], tuple[Parameters, Any]]]:
    """Make both functions stop at what they must not return, and say at which update and what to try."""

    def no_longer_finite(what: object) -> FloatingPointError:
        return FloatingPointError(
            f"update {history.updates + 1} with learning_rate {learning_rate:g}: {what}; try a smaller "
            "learning rate, inputs scaled to about 1, or a loss that is worked out from the logits"
        )

    def checked(parameters: Parameters, rows: Rows) -> tuple[float, Parameters]:
        try:
            loss, gradients = _pair("loss_and_gradients", loss_and_gradients(parameters, rows), "(loss, gradients)")
        except FloatingPointError as error:
            raise no_longer_finite(error) from None
        loss = _one_number(loss)
        if not np.isfinite(loss):
            raise no_longer_finite(f"the loss is {loss}")
        gradients = check_gradients(parameters, gradients)
        if not all(np.isfinite(dw).all() for dw in gradients):
            raise no_longer_finite("a gradient is no longer finite")
        return loss, gradients

    def moved(parameters: Parameters, gradients: Parameters, state: Any) -> tuple[Parameters, Any]:
        made = update_rule(parameters, gradients, state, learning_rate)
        new, state = _pair("update_rule", made, "(parameters, state)")
        new = tuple(w[()] for w in check_gradients(parameters, new, "update_rule: new parameter"))
        if not all(np.isfinite(w).all() for w in new):
            raise no_longer_finite("a weight is no longer finite")
        return new, state

    return checked, moved


def _of_each_sample(terms: Terms, z: FloatArray, targets: npt.NDArray[np.generic]) -> tuple[FloatArray, FloatArray]:
    losses, dz = map(np.asarray, _pair("terms", terms(z, targets), "(losses, dz)"))
    if losses.shape[:1] != z.shape[:1]:
        raise ValueError(f"terms: expected the loss of each of {len(z)} samples, got shape {losses.shape}")
    if dz.shape != z.shape:
        raise ValueError(f"terms: expected slopes dz of shape {z.shape}, that of z, got {dz.shape}")
    return losses, dz


def _pair(name: str, returned: Any, wanted: str) -> Any:
    if not isinstance(returned, tuple | list) or len(returned) != 2:
        got = f"{len(returned)} values" if isinstance(returned, tuple | list) else f"{type(returned).__name__}"
        raise TypeError(f"{name}: expected it to return {wanted}, got {got}")
    return returned


def _one_number(loss: Any) -> float:
    array = np.asarray(loss)
    if array.ndim != 0 or array.dtype.kind not in "fiu":
        got = f"an array of shape {array.shape}" if array.ndim else f"{loss!r:.40} ({type(loss).__name__})"
        raise TypeError(f"loss_and_gradients: expected one number as the loss, got {got}")
    return float(array)


def _batches(n_samples: int, size: int, rng: np.random.Generator | None) -> Iterator[Rows]:
    """Yield the rows of every update of one epoch, shuffled anew; all of them, in order, for batch descent."""
    if size == n_samples or rng is None:
        yield slice(None)
    else:
        order = rng.permutation(n_samples)
        yield from (order[i : i + size] for i in range(0, n_samples, size))
