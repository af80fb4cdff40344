"""What a model makes of samples, and whether model, samples, labels and loss fit together at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from course_utils.numerics import check_choice

Loss = Callable[[Tensor, Tensor], Tensor]
Samples = tuple[Tensor, Tensor]

FORWARD_BLOCK = 512  # samples; the feature maps of a convolutional network over all of MNIST would fill the memory


def evaluate(model: nn.Module, loss: Loss, X: Tensor, y: Tensor) -> tuple[float, float]:
    """Mean loss in nats and accuracy of `model`; X, y and what raises as in `train`.

    With classes the largest logit is the model's answer. With targets each entry has one of its own, z > 0, and the
    accuracy is the share of entries that are right.
    """
    check_samples(model, loss, X, y)
    return score(model, loss, X, y)


def logits(model: nn.Module, X: Tensor) -> Tensor:
    """Logits z of every sample, in eval mode and without gradients; a tensor on the CPU."""
    return forward(model, X).cpu()


def find_device(device: str = "auto") -> torch.device:
    """Return the device that "cpu", "cuda" or "auto" means here; ValueError for "cuda" where there is none."""
    there = torch.cuda.is_available()
    if check_choice("device", device, ("auto", "cpu", "cuda")) == "cuda" and not there:
        raise ValueError("device: expected 'auto' or 'cpu', since torch finds no CUDA on this machine, got 'cuda'")
    return torch.device("cuda" if there and device != "cpu" else "cpu")


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep torch's operations to one thread: the layers of the course are too small for two.

    Threads that share a small product wait for one another by spinning: with two of them, beside other busy
    processes on two cores, training took forty times as long. One also sums in the same order on every machine.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@one_thread()
def forward(model: nn.Module, X: Tensor) -> Tensor:
    """Logits z of every sample, where the model is."""
    place, was_training = next(model.parameters()).device, model.training
    model.eval()
    try:
        with torch.no_grad():
            starts = range(0, len(X), FORWARD_BLOCK)
            return torch.cat([model(X[i : i + FORWARD_BLOCK].to(place)) for i in starts])
    finally:
        model.train(was_training)


def score(model: nn.Module, loss: Loss, X: Tensor, y: Tensor) -> tuple[float, float]:
    """What `evaluate` gives, for samples that have been checked."""
    z = forward(model, X)
    y = y.to(z.device)
    right = (z > 0) == (y > 0.5) if y.is_floating_point() else z.argmax(dim=1) == y
    return loss(z, y).item(), right.double().mean().item()


def check_samples(model: nn.Module, loss: Loss, X: Tensor, y: Tensor, who: str = "") -> None:
    """Raise unless the model takes X, its output suits the loss, and y suits both."""
    for name, value in (("X", X), ("y", y)):
        if not isinstance(value, Tensor):
            raise TypeError(f"{who}{name}: expected a torch tensor, got {type(value).__name__}")
    if X.ndim < 2 or len(X) == 0:
        raise ValueError(f"{who}X: expected at least one sample, shape (N, ...), got shape {tuple(X.shape)}")
    if y.shape[:1] != X.shape[:1]:
        raise ValueError(f"{who}y: expected one for each of the {len(X)} samples, got shape {tuple(y.shape)}")
    if not (X.sum().isfinite() or X.isfinite().all()):  # one sum is cheaper than a look at every entry
        raise ValueError(f"{who}X: expected finite numbers, got NaN or infinity")
    try:
        z = forward(model, X[:2])
    except (RuntimeError, TypeError, ValueError, IndexError) as error:
        reason = str(error).partition("\n")[0]
        raise ValueError(
            f"{who}X: expected samples that the model takes, got shape {tuple(X.shape)}, {X.dtype}: {reason}"
        ) from error
    if isinstance(loss, nn.CrossEntropyLoss) and y.dtype != torch.int64:
        raise TypeError(f"{who}y: expected int64 classes for CrossEntropyLoss, got {y.dtype}")
    if isinstance(loss, nn.BCEWithLogitsLoss | nn.MSELoss) and not y.is_floating_point():
        raise TypeError(f"{who}y: expected float targets for {type(loss).__name__}, got {y.dtype}")
    output = ("N", *z.shape[1:])
    if y.dtype == torch.int64:
        if z.ndim != 2 or y.ndim != 1:
            raise ValueError(f"{who}y: expected classes (N,) and output (N, K), got {tuple(y.shape)} and {output}")
        low, high = int(y.min()), int(y.max())
        if low < 0 or high >= z.shape[1]:
            wanted = f"classes 0 to {z.shape[1] - 1}, since the model has {z.shape[1]} outputs"
            raise ValueError(f"{who}y: expected {wanted}, got {low} to {high}")
    elif not y.is_floating_point():
        raise TypeError(f"{who}y: expected int64 classes or float targets, got {y.dtype}")
    elif y.shape[1:] != z.shape[1:]:
        raise ValueError(f"{who}y: expected the shape of the model's output {output}, got {tuple(y.shape)}")
    elif not ((y >= 0) & (y <= 1)).all():
        raise ValueError(f"{who}y: expected targets in [0, 1], got {y.min():g} to {y.max():g}")
    if isinstance(loss, nn.Module):
        loss.to(z.device)
    if loss(z, y[:2].to(z.device)).ndim != 0:
        raise ValueError("loss: expected one number for a batch, got one for each sample")
