"""A run on file: everything that the next update hangs on, written whole or not at all, and read with suspicion."""

from __future__ import annotations

import pickle
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from course_utils.files import written_whole
from course_utils.torch_training.evaluation import Loss, Samples


def settings_of(
    model: nn.Module,
    loss: Loss,
    optimizer: torch.optim.Optimizer,
    samples: Samples,
    validation: Samples | None,
    **numbers: int,
) -> dict[str, str]:
    """What has to be the same for a run to go on, by the name that an error gives it."""
    groups = [{k: v for k, v in group.items() if k != "params"} for group in optimizer.param_groups]
    options = {}
    if isinstance(loss, nn.Module):
        options = {name: value for name, value in vars(loss).items() if name[0] != "_"} | loss.state_dict()
    return {
        "model": str(model) + str([tuple(value.shape) for value in model.state_dict().values()]),
        "loss": f"{getattr(loss, '__qualname__', type(loss).__name__)} {options}",
        "optimizer or learning rate": f"{type(optimizer).__name__} {groups}",
        "data": _fingerprint(samples),
        "validation data": _fingerprint(validation) if validation else "",
        "device": next(model.parameters()).device.type,
        **{name: str(number) for name, number in numbers.items()},
    }


def _fingerprint(samples: Samples) -> str:
    """Tell one data set from another by its shape, its labels and its first thousand samples."""
    X, y = samples
    return f"{tuple(X.shape)} {[zlib.crc32(values.cpu().numpy().tobytes()) for values in (X[:1000], y)]}"


@dataclass(frozen=True)
class Checkpoint:
    """A file with everything that the next update hangs on."""

    path: Path
    settings: dict[str, str]
    model: nn.Module
    optimizer: torch.optim.Optimizer

    def __post_init__(self) -> None:
        if self.path.is_dir() or not self.path.parent.is_dir():
            raise ValueError(f"checkpoint: expected a file in a folder that is there, got {str(self.path)!r}")

    def write(self, history: dict[str, Any]) -> None:
        """Write the file anew: it is then the new one or, after an error, still the one before."""
        content = {
            "settings": self.settings,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "random": torch.get_rng_state(),
            "random_cuda": torch.cuda.get_rng_state() if self.settings["device"] == "cuda" else None,
            "history": history,
        }
        with written_whole(self.path) as file:
            torch.save(content, file)

    def resume(self, last: int) -> dict[str, Any]:
        """Put model, optimiser and random numbers where the file has them, and return its history."""
        remedy = "delete it or name another file"
        try:
            with zipfile.ZipFile(self.path) as archive:  # what torch.save writes; torch.load skips its check sums
                if archive.testzip() is not None:
                    raise ValueError("a check sum is wrong")
            content: dict[str, Any] = torch.load(self.path, map_location="cpu", weights_only=True)
            settings, history = dict(content["settings"]), dict(content["history"])
            updates = len(history["loss"])
        except (zipfile.BadZipFile, RuntimeError, pickle.UnpicklingError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"checkpoint: {self.path} is damaged or not written by train: {remedy}") from error
        for name, value in self.settings.items():
            if settings.get(name) != value:
                raise ValueError(f"checkpoint: {self.path} was written with another {name}: {remedy}")
        if updates > last:
            raise ValueError(f"checkpoint: {self.path} has {updates} updates, beyond {last}: {remedy}")
        self.model.load_state_dict(content["model"])
        self.optimizer.load_state_dict(content["optimizer"])
        torch.set_rng_state(content["random"])
        if content["random_cuda"] is not None:
            torch.cuda.set_rng_state(content["random_cuda"])
        return history
