"""The training loop: mini-batches, a history, a bar, and a stop at the first NaN."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from course_utils.numerics import FloatArray, IntArray, check_integer, check_number
from course_utils.optimizers import gradient_descent
from course_utils.parallel import map_blocks, one_thread_in_products

Rows = slice | IntArray
Parameters = tuple[FloatArray, ...]
LossAndGradients = Callable[[Parameters, Rows], tuple[float, Parameters]]
Terms = Callable[[FloatArray, npt.NDArray[np.generic]], tuple[FloatArray, FloatArray]]


@dataclass
class History:
    """What a training run leaves behind.

    `loss` holds one value an update: the mean loss in nats of that update's batch, before the step is taken.
    `samples` counts the samples of one epoch and `batch_size` those of one update.
    """

    samples: int
    batch_size: int
    loss: list[float] = field(default_factory=list)

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
    after_update: Callable[[int, Parameters], object] | None = None,
    progress: bool = False,
) -> tuple[Parameters, History]:
    """Minimise a mean loss by gradient descent and return the last parameters and the history.

    `loss_and_gradients(parameters, rows)` gives the mean loss of those rows in nats and its gradients, in the
    order of the parameters. `batch_size=None` uses all rows in every update (batch descent), 1 is stochastic
    descent, anything between takes shuffled mini-batches, for which `rng` is needed. `after_update(update,
    parameters)` is called after each one. Bad settings raise ValueError or TypeError before the first update; a
    loss that is no longer finite raises FloatingPointError that says at which update.

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
    if size < n_samples and rng is None:
        raise ValueError("rng: expected a NumPy generator, which mini-batches need for shuffling, got None")
    history = History(n_samples, size)
    # An overflow on the way to NaN is reported once, by the check below, not as a stream of warnings.
    with np.errstate(over="ignore", invalid="ignore"), one_thread_in_products():
        for rows in _batches(n_samples, size, epochs, rng, progress):
            loss, gradients = loss_and_gradients(parameters, rows)
            if not np.isfinite(loss):
                raise FloatingPointError(
                    f"the loss became {loss} at update {history.updates + 1} with learning_rate {learning_rate:g}: "
                    "try a smaller learning rate or scale the inputs"
                )
            parameters = gradient_descent(parameters, gradients, learning_rate)
            history.loss.append(loss)
            if after_update is not None:
                after_update(history.updates, parameters)
    return parameters, history


def linear_loss_and_gradients(
    X: npt.NDArray[np.generic], targets: npt.NDArray[np.generic], terms: Terms, scale: float = 1.0
) -> LossAndGradients:
    """Make the `loss_and_gradients` of a linear model z = (scale X) W + b for `train`.

    X (N, D), integers or floats, is read in blocks and converted on the way, so that the bytes of an image file
    never need a float copy; `targets` (N,) or (N, K) goes row by row into `terms(z, targets)`, one of the
    `*_terms` of losses. Parameters are W (D, K) and b (K,), or W (D,) and b () for one output.

    >>> from course_utils.losses import binary_cross_entropy_terms
    >>> f = linear_loss_and_gradients(np.array([[1.0], [3.0]]), np.array([0, 1]), binary_cross_entropy_terms)
    >>> f((np.zeros(1), np.zeros(())), slice(None))
    (0.6931471805599453, (array([-0.5]), np.float64(0.0)))
    """

    def loss_and_gradients(parameters: Parameters, rows: Rows) -> tuple[float, Parameters]:
        W, b = parameters
        X_batch, t_batch = X[rows], targets[rows]

        def sums(block: slice) -> tuple[float, FloatArray, FloatArray]:
            with np.errstate(over="ignore", invalid="ignore"):  # a thread does not inherit the caller's setting
                x = _scaled(X_batch[block], scale, W.dtype)
                losses, dz = terms(x @ W + b, t_batch[block])
                return float(losses.sum(dtype=np.float64)), x.T @ dz, dz.sum(axis=0)

        n = len(X_batch)
        totals, all_dW, all_db = zip(*map_blocks(sums, n), strict=True)
        return sum(totals) / n, (sum(all_dW) / n, sum(all_db) / n)

    return loss_and_gradients


def linear_logits(X: npt.NDArray[np.generic], W: FloatArray, b: FloatArray, scale: float = 1.0) -> FloatArray:
    """Logits z = (scale X) W + b of a linear model, block by block: X (N, D) of any number type, z (N, K) or (N,).

    >>> linear_logits(np.array([[255]], dtype=np.uint8), np.array([2.0]), np.array(1.0), scale=1 / 255)
    array([3.])
    """
    return np.concatenate(map_blocks(lambda block: _scaled(X[block], scale, W.dtype) @ W + b, len(X)))


def _batches(
    n_samples: int, size: int, epochs: int, rng: np.random.Generator | None, progress: bool
) -> Iterator[Rows]:
    """Yield the rows of every update, shuffled anew in each epoch; all of them, in order, for batch descent."""
    passes: Iterator[int] | range = range(epochs)
    if progress:
        from tqdm.auto import tqdm  # not needed by those who do not watch

        passes = tqdm(passes, desc="training", unit="epoch")
    for _ in passes:
        if size == n_samples or rng is None:
            yield slice(None)
        else:
            order = rng.permutation(n_samples)
            yield from (order[i : i + size] for i in range(0, n_samples, size))


def _scaled(X: npt.NDArray[np.generic], scale: float, dtype: np.dtype[np.floating]) -> FloatArray:
    x: FloatArray = X.astype(dtype, copy=False)
    return x if scale == 1 else x * dtype.type(scale)
