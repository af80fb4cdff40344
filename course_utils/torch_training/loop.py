"""The loop itself: batches, steps, validation, a checkpoint, a history."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from course_utils import training
from course_utils.numerics import check_integer
from course_utils.torch_training.checkpoint import Checkpoint, settings_of
from course_utils.torch_training.evaluation import Loss, Samples, check_samples, find_device, one_thread, score


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
    validation: Samples | None = None,
    device: str = "auto",
    checkpoint: str | Path | None = None,
    checkpoint_every: int | None = None,
    progress: bool = False,
) -> History:
    """Train `model` in place with shuffled mini-batches and return the history; the model is left in eval mode.

    X (N, ...) holds the samples and y their int64 classes (N,), or float targets in [0, 1] of the shape of the
    model's output. `loss(z, y)` makes one number in nats of a batch of logits. `seed` decides the order of the
    samples and what dropout drops; torch's own random numbers are left as they were. `validation=(X, y)` is
    evaluated after each epoch. `device`, to which model and data go, is "cpu", "cuda", or "auto": CUDA where it is.

    `checkpoint` names a file, written every `checkpoint_every` updates (None: once an epoch) and at the end. Where it
    is there already the run goes on from it and ends with the very weights of a run left alone. KeyboardInterrupt
    (the stop button) ends the run with a sentence and `history.interrupted`; the last checkpoint written stays.

    What does not fit raises ValueError or TypeError before the first update. A loss that is no longer finite raises
    FloatingPointError that says at which update.
    """
    place = find_device(device)
    check_samples(model.to(place), loss, X, y)
    if validation is not None:
        check_samples(model, loss, *validation, who="validation ")
    _check_optimizer(model, optimizer)
    epochs = check_integer("epochs", epochs, at_least=1)
    seed = check_integer("seed", seed, at_least=0)
    history = History(len(X), min(check_integer("batch_size", batch_size, at_least=1), len(X)))
    every = history.updates_per_epoch
    if checkpoint_every is not None:
        every = check_integer("checkpoint_every", checkpoint_every, at_least=1)
    last = epochs * history.updates_per_epoch
    file = None
    if checkpoint is not None:
        settings = settings_of(model, loss, optimizer, (X, y), validation, batch_size=history.batch_size, seed=seed)
        file = Checkpoint(Path(checkpoint), settings, model, optimizer)
    X, y = X.to(place), y.to(place)
    with torch.random.fork_rng(devices=[place] if place.type == "cuda" else []):
        torch.manual_seed(seed)
        if file is not None and file.path.exists():
            history = History(**file.resume(last))
        elif file is not None:
            file.write(asdict(history))  # a run stopped before the next one would otherwise begin half trained
        try:
            model.train()
            for rows in _rows(history, seed, last, place, progress):
                batch_loss = loss(model(X.index_select(0, rows)), y.index_select(0, rows))
                number = batch_loss.item()
                _check_finite(number, history, optimizer)
                optimizer.zero_grad()
                batch_loss.backward()  # type: ignore[no-untyped-call]
                optimizer.step()
                history.loss.append(number)
                if validation is not None and history.updates % history.updates_per_epoch == 0:
                    mean_loss, accuracy = score(model, loss, *validation)
                    history.validation_loss.append(mean_loss)
                    history.validation_accuracy.append(accuracy)
                if file is not None and (history.updates % every == 0 or history.updates == last):
                    file.write(asdict(history))
        except KeyboardInterrupt:
            history.interrupted = True
            print(f"Stopped by hand after {history.updates} of {last} updates.")
        finally:
            model.eval()
    return history


def _rows(history: History, seed: int, last: int, place: torch.device, progress: bool) -> Iterator[Tensor]:
    """Yield the rows of each update still to take. Their order hangs on seed and epoch alone, so no state is kept."""
    updates = range(history.updates, last)
    shown: Any = updates
    if progress:
        from tqdm.auto import tqdm  # not needed by those who do not watch

        shown = tqdm(updates, desc="training", unit="update", initial=updates.start, total=last)
    for update in shown:
        epoch, batch = divmod(update, history.updates_per_epoch)
        if batch == 0 or update == updates.start:
            order = torch.from_numpy(np.random.default_rng((seed, epoch)).permutation(history.samples)).to(place)
        yield order[batch * history.batch_size : (batch + 1) * history.batch_size]


def _check_optimizer(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    """Raise where a notebook has made the model anew and left the optimiser with the old one."""
    own = {id(parameter) for parameter in model.parameters()}
    if any(id(parameter) not in own for group in optimizer.param_groups for parameter in group["params"]):
        raise ValueError("optimizer: expected one made of this model's parameters, got one of another model's")


def _check_finite(loss: float, history: History, optimizer: torch.optim.Optimizer) -> None:
    if not math.isfinite(loss):
        raise FloatingPointError(
            f"update {history.updates + 1} with lr {optimizer.param_groups[0]['lr']:g}: the loss is {loss}; try a "
            "smaller learning rate, inputs scaled to about 1, or a loss that is worked out from the logits"
        )
