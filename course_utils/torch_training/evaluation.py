"""What a model makes of samples, and whether model, samples, labels and loss fit together at all."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import chain
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from course_utils.numerics import check_choice
from course_utils.parallel import shared

Loss = Callable[[Tensor, Tensor], Tensor]
Samples = tuple[Tensor, Tensor]

FORWARD_BLOCK = 512  # samples; the feature maps of a convolutional network over all of MNIST would fill the memory


def evaluate(model: nn.Module, loss: Loss, X: Tensor, y: Tensor) -> tuple[float, float]:
    """Mean loss in nats and accuracy of `model`; X, y and what raises as in `train`.

    With classes the largest logit is the model's answer. With targets each entry has one of its own, z > 0, and the
    accuracy is the share of entries that are right. Every part of the model keeps its mode, train or eval.
    """
    check_model(model, loss)
    _check_tensors(X, y)
    return score(model, loss, X, y)


def logits(model: nn.Module, X: Tensor) -> Tensor:
    """Logits z of every sample, in eval mode and without gradients; a tensor on the CPU.

    X and what raises as in `train`. Every part of the model keeps its mode, train or eval.
    """
    check_model(model)
    _check_inputs(X)
    return forward(model, X).cpu()


def find_device(device: str = "auto") -> torch.device:
    """Return the device that "cpu", "cuda" or "auto" means here; ValueError for "cuda" where there is none."""
    there = torch.cuda.is_available()
    if check_choice("device", device, ("auto", "cpu", "cuda")) == "cuda" and not there:
        raise ValueError("device: expected 'auto' or 'cpu', since torch finds no CUDA on this machine, got 'cuda'")
    return torch.device("cuda" if there and device != "cpu" else "cpu")


_entering = threading.Lock()
_inside: dict[object, int] = {}  # an entry for each that is in one_thread, with its thread
_threads_outside = 1


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep torch's operations to one thread: the layers of the course are too small for two.

    Threads that share a small product wait for one another by spinning: with two of them, beside other busy
    processes on two cores, training took forty times as long. One also sums in the same order on every machine.

    The number belongs to the calling thread, and threads that begin later start from the last one set. So all who are
    inside at the same time put back what the first of them found.
    """
    global _threads_outside
    entry, me = object(), threading.get_ident()
    try:
        with _entering:
            _threads_outside = _threads_outside if _inside else torch.get_num_threads()
            _inside[entry] = me
            torch.set_num_threads(1)
        yield
    finally:
        with _entering:
            if _inside.pop(entry, None) == me and me not in _inside.values():
                torch.set_num_threads(_threads_outside)


def _forget_other_threads() -> None:
    """Begin a forked child with the entries of its one thread, and without a lock that another may have held."""
    global _entering
    _entering, all_threads = threading.Lock(), list(_inside.items())
    for entry, thread in all_threads:
        if thread != threading.get_ident():
            del _inside[entry]
    if all_threads and not _inside:
        torch.set_num_threads(_threads_outside)


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_forget_other_threads)


def _fork_rng() -> AbstractContextManager[None]:
    return torch.random.fork_rng(devices=[torch.cuda.current_device()] if torch.cuda.is_available() else [])


_seeded_by_any_thread = shared(_fork_rng)


@contextmanager
def own_random_numbers() -> Iterator[None]:
    """Leave torch's random numbers as they were, also where threads overlap, which all draw from one stream."""
    with _seeded_by_any_thread(), _fork_rng():
        yield


@contextmanager
def left_as_it_was(*parts: object) -> Iterator[None]:
    """Put back what calling modules changes: the mode of each part, weights, buffers and torch's random numbers."""
    modules = list(chain.from_iterable(part.modules() for part in parts if isinstance(part, nn.Module)))
    modes = [module.training for module in modules]
    tensors: list[tuple[dict[str, Any], str, Tensor, Tensor]] = [
        (held, name, value, value.detach().clone())
        for module in modules
        for held in (module._parameters, module._buffers)
        for name, value in held.items()
        if value is not None and not is_lazy(value)
    ]
    try:
        with own_random_numbers():
            yield
    finally:
        for module, training in zip(modules, modes, strict=True):
            module.training = training
        with torch.no_grad():
            for held, name, value, before in tensors:
                held[name] = value
                if not torch.equal(value, before):
                    value.copy_(before)


def wake(model: nn.Module) -> None:
    """Put a model that is in eval mode as a whole into train mode; of another model each part keeps its mode."""
    if not any(module.training for module in model.modules()):
        model.train()


@one_thread()
def forward(model: nn.Module, X: Tensor, who: str = "") -> Tensor:
    """Logits z of every sample, where the model is; what the model cannot take raises ValueError or TypeError."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with torch.no_grad():
            place = _place(model, X)
            return torch.cat([_apply(model, block.to(place), X, who) for block in torch.split(X, FORWARD_BLOCK)])
    finally:
        for module, training in modes:
            module.training = training


def score(model: nn.Module, loss: Loss, X: Tensor, y: Tensor) -> tuple[float, float]:
    """What `evaluate` gives, for tensors that have been checked."""
    z = forward(model, X)
    _check_targets(z, loss, y)
    _move(loss, z.device)
    y = y.to(z.device)
    right = (z > 0) == (y > 0.5) if y.is_floating_point() else z.argmax(dim=1) == y
    return _loss_of(loss, z, y).item(), right.double().mean().item()


@one_thread()
def check_samples(
    model: nn.Module, loss: Loss, X: Tensor, y: Tensor, who: str = "", batch_size: int | None = None
) -> None:
    """Raise unless the model takes X, its output suits the loss, and y suits both; nothing of the model changes.

    What is tried is what the run will do: batches of `batch_size` in train mode, or, without it, the blocks of
    `forward` in eval mode; and the last one of them, which may be smaller.
    """
    _check_tensors(X, y, who)
    size = min(batch_size or FORWARD_BLOCK, len(X))
    if any(is_lazy(value) for value in chain(model.parameters(), model.buffers())):
        forward(model, X[:size], who)  # layers that learn their sizes from the first batch
    _move(loss, _place(model, X))  # before it is noted how all was, or it would be put back
    with left_as_it_was(model, loss), torch.no_grad():
        model.eval() if batch_size is None else wake(model)
        for n in dict.fromkeys((size, len(X) % size or size)):
            try:
                z = _apply(model, X[:n].to(_place(model, X)), X, who)
                if n == size:
                    _check_targets(z, loss, y, who)
                _loss_of(loss, z, y[:n].to(z.device))
            except ValueError as error:
                if n == size or batch_size is None:
                    raise
                raise ValueError(
                    f"batch_size: expected one whose last batch the model can be trained with, got {size}, which "
                    f"leaves {n} of {len(X)} samples for the last: {_reason(error.__cause__ or error)}"
                ) from error


def check_model(model: nn.Module, loss: object = len) -> None:
    """Raise TypeError for a model that is no module and a loss that is no function."""
    if not isinstance(model, nn.Module):
        raise TypeError(f"model: expected a torch module, got {type(model).__name__}")
    if not callable(loss):
        raise TypeError(f"loss: expected a function of logits and labels, got {type(loss).__name__}")


def one_number(value: Tensor) -> Tensor:
    """Return what a loss has returned, or raise unless it is one float in a tensor."""
    if not isinstance(value, Tensor):
        raise TypeError(f"loss: expected one number in a tensor, got {type(value).__name__}")
    if value.ndim != 0:
        raise ValueError(
            f"loss: expected one number for a batch, got one for each sample, shape {tuple(value.shape)}"
        )
    if not value.is_floating_point():
        raise TypeError(f"loss: expected a float, got {value.dtype}")
    return value


def _loss_of(loss: Loss, z: Tensor, y: Tensor) -> Tensor:
    try:
        value = loss(z, y)
    except Exception as error:  # whatever a learner's loss may raise
        shapes = f"logits of shape {tuple(z.shape)} and labels of shape {tuple(y.shape)}"
        raise ValueError(f"loss: expected one that takes {shapes}, got {_reason(error)}") from error
    return one_number(value)


def _place(model: nn.Module, X: Tensor) -> torch.device:
    return next(chain(model.parameters(), model.buffers()), X).device


def _move(loss: Loss, place: torch.device) -> None:
    """Take what a loss holds, such as the weights of classes, to where the model is."""
    if isinstance(loss, nn.Module):
        loss.to(place)


def _apply(model: nn.Module, batch: Tensor, X: Tensor, who: str) -> Tensor:
    """Return the model's logits of one batch of X, a row for each sample, or raise."""
    try:
        z = model(batch)
    except Exception as error:  # whatever a learner's module may raise
        raise ValueError(
            f"{who}X: expected samples that the model takes, got shape {tuple(X.shape)}, {X.dtype}: {_reason(error)}"
        ) from error
    if not isinstance(z, Tensor):
        raise TypeError(f"model: expected logits in one tensor, got {type(z).__name__}")
    if z.shape[:1] != batch.shape[:1]:
        squeezed = "; squeeze() also drops the axis of samples where there is one sample" if len(batch) == 1 else ""
        wanted = f"a row of logits for each sample of a batch of {len(batch)}"
        raise ValueError(f"model: expected {wanted}, got shape {tuple(z.shape)}{squeezed}")
    return z


def _reason(error: BaseException) -> str:
    return str(error).partition("\n")[0] or type(error).__name__


def _check_tensors(X: Tensor, y: Tensor, who: str = "") -> None:
    _check_inputs(X, who)
    if not isinstance(y, Tensor):
        raise TypeError(f"{who}y: expected a torch tensor, got {type(y).__name__}")
    if y.shape[:1] != X.shape[:1]:
        raise ValueError(f"{who}y: expected one for each of the {len(X)} samples, got shape {tuple(y.shape)}")


def _check_inputs(X: Tensor, who: str = "") -> None:
    if not isinstance(X, Tensor):
        raise TypeError(f"{who}X: expected a torch tensor, got {type(X).__name__}")
    if X.ndim < 2 or len(X) == 0:
        raise ValueError(f"{who}X: expected at least one sample, shape (N, ...), got shape {tuple(X.shape)}")
    if not (X.sum().isfinite() or X.isfinite().all()):  # one sum is cheaper than a look at every entry
        raise ValueError(f"{who}X: expected finite numbers, got NaN or infinity")


def _check_targets(z: Tensor, loss: Loss, y: Tensor, who: str = "") -> None:
    """Raise unless y, of all samples, suits the loss and the model's output z, of as many as there are in it."""
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
        raise ValueError(f"{who}y: expected targets in [0, 1], got {y.min().item()} to {y.max().item()}")
