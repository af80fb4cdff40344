"""The loop itself: batches, steps, validation, a checkpoint, a history."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau

from course_utils import training
from course_utils._support.progress_bar import bar
from course_utils.numerics import check_integer
from course_utils.torch_training.checkpoint import Checkpoint, settings_of
from course_utils.torch_training.evaluation import (
    Loss,
    Samples,
    check_model,
    check_samples,
    find_device,
    one_number,
    one_thread,
    own_random_numbers,
    score,
    wake,
)


@dataclass
class History(training.History):
    """The history of `training`, with the loss (nats) and the accuracy on the validation samples after each epoch."""

    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)


@one_thread()
def train(
    model: nn.Module,
    loss: Loss,
    optimizer: torch.optim.Optimizer,
    X: Tensor,
    y: Tensor,
    *,
    epochs: int,
    batch_size: int,
    seed: int,
    schedule: LRScheduler | None = None,
    validation: Samples | None = None,
    device: str = "auto",
    checkpoint: str | Path | None = None,
    checkpoint_every: int | None = None,
    progress: bool | None = None,
) -> History:
    """Train `model` in place with shuffled mini-batches and return the history; the model is left in eval mode.

    X (N, ...) holds the samples and y their int64 classes (N,), or float targets in [0, 1] of the shape of the
    model's output. `loss(z, y)` makes one number in nats of a batch of logits. `seed` decides the order of the
    samples and what dropout drops; torch's own random numbers are left as they were. Runs in several threads at once
    share that stream, so that what dropout drops is then random. `schedule`, one of torch.optim.lr_scheduler made of
    this optimiser, takes a step after each update. `validation=(X, y)` is evaluated after each epoch.
    A model in eval mode is woken; in one that is in train mode, parts that were put into eval mode stay frozen.
    `progress` shows a bar: True, at once; False, never; None, in a notebook where the run takes over two seconds.
    `device`, to which model, data and what a loss holds go, is "cpu", "cuda", or "auto": CUDA where it is.

    `checkpoint` names a file, written every `checkpoint_every` updates (None: once an epoch) and at the end. Where it
    is there already the run goes on from it and ends with the very weights of a run left alone. KeyboardInterrupt
    (the stop button) ends the run with a sentence and `history.interrupted`; the last checkpoint written stays.

    What does not fit raises ValueError or TypeError before the first update: the model is tried out on a batch in
    train mode, and on one of the size of the last, which may be smaller; its weights, its buffers and torch's random
    numbers are then put back. A loss that is no longer finite, or a weight after an epoch, raises FloatingPointError
    that says at which update.
    """
    place = find_device(device)
    check_model(model, loss)
    _check_optimizer(model, optimizer)
    epochs = check_integer("epochs", epochs, at_least=1)
    seed = check_integer("seed", seed, at_least=0)
    batch_size = check_integer("batch_size", batch_size, at_least=1)
    check_samples(model.to(place), loss, X, y, batch_size=batch_size)
    if validation is not None:
        check_samples(model, loss, *validation, who="validation ")
    history = History(len(X), min(batch_size, len(X)))
    every = history.updates_per_epoch
    if checkpoint_every is not None:
        every = check_integer("checkpoint_every", checkpoint_every, at_least=1)
    last = epochs * history.updates_per_epoch
    _check_schedule(schedule, optimizer, last)
    file = None
    if checkpoint is not None:
        numbers = {"batch_size": history.batch_size, "seed": seed}
        settings = settings_of(model, loss, optimizer, schedule, (X, y), validation, **numbers)
        file = Checkpoint(Path(checkpoint), settings, model, optimizer, schedule)
    X, y = X.detach().to(place), y.detach().to(place)
    with own_random_numbers():
        torch.manual_seed(seed)
        if file is not None and file.path.exists():
            history = file.resume(history, last)
        elif file is not None:
            file.write(history)  # a run stopped before the next one would otherwise begin half trained
        try:
            wake(model)
            for rows in _rows(history, seed, last, place, progress):
                batch_loss = one_number(loss(model(X.index_select(0, rows)), y.index_select(0, rows)))
                number = batch_loss.item()
                _check_step(batch_loss, number, history, optimizer)
                optimizer.zero_grad()
                batch_loss.backward()
                optimizer.step()
                if schedule is not None:
                    schedule.step()
                history.loss.append(number)
                if history.updates % history.updates_per_epoch == 0:
                    _check_weights(model, history, optimizer)
                    if validation is not None:
                        mean_loss, accuracy = score(model, loss, *validation)
                        history.validation_loss.append(mean_loss)
                        history.validation_accuracy.append(accuracy)
                if file is not None and (history.updates % every == 0 or history.updates == last):
                    file.write(history)
        except KeyboardInterrupt:
            history.interrupted = True
            print(f"Stopped by hand after {history.updates} of {last} updates.")
        finally:
            model.eval()
    return history


def _rows(history: History, seed: int, last: int, place: torch.device, progress: bool | None) -> Iterator[Tensor]:
    """Yield the rows of each update still to take. Seed and epoch alone fix their order: no state is kept."""
    updates = range(history.updates, last)
    with bar(last, "update", progress, done=updates.start) as shown:
        for update in updates:
            epoch, batch = divmod(update, history.updates_per_epoch)
            if batch == 0 or update == updates.start:
                order = torch.from_numpy(np.random.default_rng((seed, epoch)).permutation(history.samples)).to(place)
            yield order[batch * history.batch_size : (batch + 1) * history.batch_size]
            if shown is not None:
                shown.update()


def _check_optimizer(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    """Raise where a notebook has made the model anew and left the optimiser with the old one."""
    if not isinstance(optimizer, torch.optim.Optimizer):
        raise TypeError(f"optimizer: expected one of torch.optim, got {type(optimizer).__name__}")
    if isinstance(optimizer, torch.optim.LBFGS):
        raise ValueError(
            "optimizer: expected one that takes a step from one gradient, got LBFGS, which asks for many"
        )
    own = {id(parameter) for parameter in model.parameters()}
    if any(id(parameter) not in own for group in optimizer.param_groups for parameter in group["params"]):
        raise ValueError("optimizer: expected one made of this model's parameters, got one of another model's")


def _check_schedule(schedule: LRScheduler | None, optimizer: torch.optim.Optimizer, updates: int) -> None:
    """Raise where a schedule moves another optimiser's rate, asks for losses, or ends before the run."""
    if schedule is None:
        return
    if not isinstance(schedule, LRScheduler):
        raise TypeError(f"schedule: expected one of torch.optim.lr_scheduler, got {type(schedule).__name__}")
    if isinstance(schedule, ReduceLROnPlateau):
        raise ValueError("schedule: expected one that steps after each update, got ReduceLROnPlateau, of epochs")
    if schedule.optimizer is not optimizer:
        raise ValueError("schedule: expected one made of this optimizer, got one of another")
    total = getattr(schedule, "total_steps", updates)
    if total < updates:
        raise ValueError(f"schedule: expected one of at least {updates} updates, got one of {total}")


def _check_step(batch_loss: Tensor, number: float, history: History, optimizer: torch.optim.Optimizer) -> None:
    if not math.isfinite(number):
        raise _no_longer_finite(f"the loss is {number}", history.updates + 1, optimizer)
    if not batch_loss.requires_grad:
        raise ValueError(
            "loss: expected a number that depends on the weights, got one that torch has no gradient for"
        )


def _check_weights(model: nn.Module, history: History, optimizer: torch.optim.Optimizer) -> None:
    """Raise where a slope that is no number has come in by the last updates of an epoch: no later loss would tell."""
    if not all(parameter.isfinite().all() for parameter in model.parameters() if parameter.requires_grad):
        raise _no_longer_finite("a weight is no longer finite", history.updates, optimizer)


def _no_longer_finite(what: str, update: int, optimizer: torch.optim.Optimizer) -> FloatingPointError:
    return FloatingPointError(
        f"update {update} with lr {optimizer.param_groups[0]['lr']:g}: {what}; try a smaller "
        "learning rate, inputs scaled to about 1, or a loss that is worked out from the logits"
    )
