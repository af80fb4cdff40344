"""A run on file: everything that the next update depends on, written whole or not at all, and read with suspicion."""

from __future__ import annotations

import copy
import io
import zipfile
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import nn
from torch.optim.lr_scheduler import LRScheduler

from course_utils._support.files import atomic_write
from course_utils.torch_training.evaluation import Loss, Samples
from course_utils.training import History

OPTIMIZER = "optimizer or learning rate"

SomeHistory = TypeVar("SomeHistory", bound=History)


def settings_of(
    model: nn.Module,
    loss: Loss,
    optimizer: torch.optim.Optimizer,
    schedule: LRScheduler | None,
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
        OPTIMIZER: f"{type(optimizer).__name__} {groups}",
        "schedule": f"{type(schedule).__name__} {schedule.state_dict()}" if schedule else "",
        "data": _fingerprint(samples),
        "validation data": _fingerprint(validation) if validation else "",
        "device": next(model.parameters()).device.type,
        **{name: str(number) for name, number in numbers.items()},
    }


def _fingerprint(samples: Samples) -> str:
    """Tell one data set from another by its shape, its labels and its first thousand samples."""
    X, y = samples
    return f"{tuple(X.shape)} {[zlib.crc32(_bytes(values)) for values in (X[:1000], y)]}"


def _bytes(values: torch.Tensor) -> bytes:
    """The bytes of a tensor of any type: NumPy knows no bfloat16."""
    return values.detach().cpu().reshape(-1).view(torch.uint8).numpy().tobytes()


def _sum(content: dict[str, Any]) -> int:
    """A check sum of all that was read: those of the zip file do not cover its directory, and torch believes it."""
    return zlib.crc32(_spelled(content).encode())


def _spelled(value: Any) -> str:
    if isinstance(value, torch.Tensor):
        return f"{value.dtype} {tuple(value.shape)} {zlib.crc32(_bytes(value))}"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {_spelled(each)}' for key, each in value.items())}}}"
    return f"[{', '.join(map(_spelled, value))}]" if isinstance(value, list | tuple) else repr(value)


@dataclass(frozen=True)
class Checkpoint:
    """A file with everything that the next update depends on."""

    path: Path
    settings: dict[str, str]
    model: nn.Module
    optimizer: torch.optim.Optimizer
    schedule: LRScheduler | None = None

    def __post_init__(self) -> None:
        if self.path.is_dir() or not self.path.parent.is_dir():
            raise ValueError(f"checkpoint: expected a file in a folder that is there, got {str(self.path)!r}")

    def write(self, history: History) -> None:
        """Write the file anew: it is then the new one or, after an error, still the one before."""
        content = {
            "torch": str(torch.__version__),
            "settings": self.settings,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict() if self.schedule else None,
            "random": torch.get_rng_state(),
            "random_cuda": torch.cuda.get_rng_state() if self.settings["device"] == "cuda" else None,
            "history": asdict(history),
        }
        with atomic_write(self.path) as file:
            torch.save(content | {"sum": _sum(content)}, file)

    def resume(self, history: SomeHistory, last: int) -> SomeHistory:
        """Put model, optimiser and random numbers where the file has them, and return its history.

        `history` is that of the run before its first update. A file that cannot be used raises ValueError that says
        why, and changes nothing; one that the system does not let us read raises OSError.
        """
        content = self._read()
        for name in self.settings | content["settings"]:  # files of earlier versions know no schedule
            if content["settings"].get(name, "") != self.settings.get(name, ""):
                raise self._refusal(self._difference(name, content))
        found = self._history(content["history"], history)
        written = content.pop("sum", None)  # not in files of earlier versions
        if written not in (None, _sum(content)):
            raise self._damaged()
        if found.updates > last:
            raise self._refusal(f"has {found.updates} updates, beyond {last}")
        before = copy.deepcopy(self._states())
        try:
            self._put(content)
        except Exception as error:  # as open-ended as what may be in a file
            self._put(before)
            raise self._damaged() from error
        return found

    def _read(self) -> dict[str, Any]:
        whole = self.path.read_bytes()
        try:
            with zipfile.ZipFile(io.BytesIO(whole)) as archive:  # what torch.save writes; torch.load skips its sums
                if archive.testzip() is not None:
                    raise ValueError("a check sum is wrong")
            content: dict[str, Any] = torch.load(io.BytesIO(whole), map_location="cpu", weights_only=True)
            parts = {"settings", "model", "optimizer", "random", "random_cuda", "history"}
            groups = content["optimizer"]["param_groups"]
            if not parts <= content.keys() or not all(
                isinstance(each, dict) for each in (content["settings"], *groups)
            ):
                raise ValueError("a part is missing")
        except Exception as error:  # zip, pickle and torch answer damage with almost any exception
            raise self._damaged() from error
        return content

    def _history(self, found: Any, fresh: SomeHistory) -> SomeHistory:
        fields = asdict(fresh)
        if not isinstance(found, dict):
            raise self._damaged()
        if found.keys() != fields.keys():
            raise self._refusal("was written by another version of the course")
        same = all(found[name] == fields[name] for name in ("samples", "batch_size"))
        lists = (value for value in found.values() if isinstance(value, list))
        if not same or [type(found[name]) for name in fields] != [type(value) for value in fields.values()]:
            raise self._damaged()
        if not all(type(number) is float for numbers in lists for number in numbers):
            raise self._damaged()
        return type(fresh)(**found)

    def _states(self) -> dict[str, Any]:
        there = torch.cuda.is_available()
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict() if self.schedule else None,
            "random": torch.get_rng_state(),
            "random_cuda": torch.cuda.get_rng_state() if there else None,
        }

    def _put(self, states: dict[str, Any]) -> None:
        self.model.load_state_dict(states["model"])
        self.optimizer.load_state_dict(states["optimizer"])
        if self.schedule is not None:
            self.schedule.load_state_dict(states["schedule"])
        torch.set_rng_state(states["random"])
        if states["random_cuda"] is not None:
            torch.cuda.set_rng_state(states["random_cuda"])

    def _difference(self, name: str, content: dict[str, Any]) -> str:
        """Say what is another; where that comes of another torch, whose optimisers have other options, say so."""
        theirs, ours, kind = content.get("torch", ""), str(torch.__version__), type(self.optimizer).__name__
        by = f", by torch {theirs}, and this is torch {ours}" if theirs not in ("", ours) else ""
        if name == OPTIMIZER and str(content["settings"].get(name)).startswith(f"{kind} "):
            options = [group.keys() for group in content["optimizer"]["param_groups"]]
            if lacking := sorted(set(self.optimizer.defaults).difference(*options)):
                return f"was written by an older torch, whose {kind} has no {', '.join(lacking)}{by}"
        return f"was written with another {name}{by}"

    def _damaged(self) -> ValueError:
        return self._refusal("is damaged or not written by train")

    def _refusal(self, why: str) -> ValueError:
        return ValueError(f"checkpoint: {self.path} {why}: delete it or name another file")
