"""The loop takes torch's own steps, goes on from any update to the same bits, and says what does not fit."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LinearLR, OneCycleLR, ReduceLROnPlateau

from course_utils.torch_training import History, evaluate, find_device, logits, train
from course_utils.torch_training.evaluation import FORWARD_BLOCK, one_thread

N, SIZE, EPOCHS = 50, 8, 3  # seven updates an epoch, the last of two samples
UPDATES = 21


def problem(n: int = N, seed: int = 1) -> tuple[Tensor, Tensor]:
    draw = torch.Generator().manual_seed(seed)
    X = torch.randn(n, 4, generator=draw)
    return X, X[:, :3].argmax(dim=1)


def network(outputs: int = 3, dropout: float = 0.3) -> nn.Module:
    """With everything that has a state: weights, dropout's random numbers, the running means of a batch norm."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return nn.Sequential(
            nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Dropout(dropout), nn.Linear(6, outputs)
        )


OPTIMIZERS: dict[str, Callable[[nn.Module], torch.optim.Optimizer]] = {
    "adam": lambda model: torch.optim.Adam(model.parameters(), lr=0.01),
    "fused adam": lambda model: torch.optim.Adam(model.parameters(), lr=0.01, fused=True),
    "momentum": lambda model: torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9),
}


def run(optimizer: str = "adam", model: nn.Module | None = None, **changes: Any) -> tuple[nn.Module, History]:
    model = network() if model is None else model
    X, y = problem()
    options: dict[str, Any] = {"epochs": EPOCHS, "batch_size": SIZE, "seed": 5, "device": "cpu"} | changes
    loss = options.pop("loss", nn.CrossEntropyLoss())
    X, y = options.pop("X", X), options.pop("y", y)
    steps = options.pop("maker", OPTIMIZERS[optimizer])(model)
    schedule = options.pop("schedule", lambda optimizer: None)(steps)
    return model, train(model, loss, steps, X, y, schedule=schedule, **options)


def one_cycle(optimizer: torch.optim.Optimizer, updates: int = UPDATES) -> OneCycleLR:
    return OneCycleLR(optimizer, 0.05, total_steps=updates)


def same_bits(one: nn.Module, other: nn.Module) -> bool:
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


class Stop(nn.Module):
    """A cross-entropy that is interrupted, as by the stop button, when it is asked for the loss of one update."""

    def __init__(self, update: int) -> None:
        super().__init__()
        self._left = update - 1

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        if z.requires_grad:  # training, not the trial before it
            if self._left == 0:
                raise KeyboardInterrupt
            self._left -= 1
        return nn.functional.cross_entropy(z, y)


# The steps.


@pytest.mark.parametrize("schedule", [None, one_cycle])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_loop_is_the_loop_written_out(optimizer: str, schedule: Callable[..., OneCycleLR] | None) -> None:
    X, y = problem()
    model, history = run(optimizer, network(dropout=0), **({"schedule": schedule} if schedule else {}))
    peer = network(dropout=0)
    steps = OPTIMIZERS[optimizer](peer)
    cycle = schedule(steps) if schedule else None
    losses = []
    with one_thread():  # two add in another order
        for epoch in range(EPOCHS):
            order = np.random.default_rng((5, epoch)).permutation(N)
            for start in range(0, N, SIZE):
                rows = torch.from_numpy(order[start : start + SIZE])
                loss = nn.functional.cross_entropy(peer(X[rows]), y[rows])
                steps.zero_grad()
                loss.backward()
                steps.step()
                if cycle is not None:
                    cycle.step()
                losses.append(loss.item())
    assert history.loss == losses
    assert same_bits(model, peer)
    assert (history.samples, history.batch_size, history.updates, history.updates_per_epoch) == (50, 8, 21, 7)
    assert len(history.epoch_loss) == EPOCHS
    assert not history.interrupted


def test_each_epoch_sees_every_sample_once_in_an_order_of_its_own() -> None:
    seen: list[int] = []

    class Spy(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = nn.Linear(1, 2)

        def forward(self, X: Tensor) -> Tensor:
            if self.training and torch.is_grad_enabled():  # not the trial before the run
                seen.extend(int(x) for x in X[:, 0])
            z: Tensor = self.linear(X)
            return z

    run(model=Spy(), X=torch.arange(float(N))[:, None], y=torch.zeros(N, dtype=torch.int64))
    epochs = [tuple(seen[i : i + N]) for i in range(0, EPOCHS * N, N)]
    assert all(sorted(epoch) == list(range(N)) for epoch in epochs)
    assert len(set(epochs)) == EPOCHS


def test_one_seed_one_run_whatever_torch_drew_before() -> None:
    torch.manual_seed(1)
    one, _ = run()
    torch.manual_seed(2)
    before = torch.get_rng_state()
    other, _ = run()
    assert torch.equal(torch.get_rng_state(), before)
    assert same_bits(one, other)
    assert not same_bits(one, run(seed=6)[0])


def test_two_epochs_and_one_more_are_three(tmp_path: Path) -> None:
    file = tmp_path / "run.pt"
    run(checkpoint=file, epochs=2)
    model, history = run(checkpoint=file)
    assert history.updates == UPDATES
    assert same_bits(model, run()[0])


def test_validation_after_each_epoch_is_evaluate_and_changes_nothing() -> None:
    X_val, y_val = problem(30, seed=2)
    model, history = run(validation=(X_val, y_val))
    assert len(history.validation_loss) == len(history.validation_accuracy) == EPOCHS
    last = (history.validation_loss[-1], history.validation_accuracy[-1])
    assert evaluate(model, nn.CrossEntropyLoss(), X_val, y_val) == last
    assert same_bits(model, run()[0])
    first = run(epochs=1)[0]
    assert evaluate(first, nn.CrossEntropyLoss(), X_val, y_val)[1] == history.validation_accuracy[0]


def test_the_model_is_left_in_eval_mode_and_evaluating_leaves_the_mode_alone() -> None:
    model, _ = run()
    assert not model.training
    model.train()
    X, y = problem()
    evaluate(model, nn.CrossEntropyLoss(), X, y)
    assert model.training
    state = {name: value.clone() for name, value in model.state_dict().items()}
    z = logits(model, X)
    assert model.training
    assert not z.requires_grad
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
    model.eval()
    assert torch.equal(z, model(X).detach())


def test_many_samples_are_evaluated_in_blocks() -> None:
    model = network().eval()
    X, y = problem(2 * FORWARD_BLOCK + 3)
    z = model(X).detach()
    np.testing.assert_allclose(logits(model, X).numpy(), z.numpy(), rtol=1e-5, atol=1e-6)
    loss, accuracy = evaluate(model, nn.CrossEntropyLoss(), X, y)
    assert loss == pytest.approx(nn.functional.cross_entropy(z, y).item(), rel=1e-5)
    assert accuracy == (z.argmax(dim=1) == y).double().mean().item()


def test_with_targets_every_entry_counts() -> None:
    model = nn.Linear(1, 3)
    with torch.no_grad():
        model.weight.fill_(1)
        model.bias.copy_(torch.tensor([0.0, 1.0, -1.0]))
    X = torch.tensor([[0.5], [-0.5]])  # logits (0.5, 1.5, -0.5) and (-0.5, 0.5, -1.5)
    t = torch.tensor([[1.0, 1.0, 1.0], [0.0, 0.0, 0.0]])
    loss, accuracy = evaluate(model, nn.BCEWithLogitsLoss(), X, t)
    assert accuracy == pytest.approx(4 / 6)
    expected = np.mean(np.logaddexp(0, [0.5, 1.5, -0.5, -0.5, 0.5, -1.5]) - np.array([0.5, 1.5, -0.5, 0, 0, 0]))
    assert loss == pytest.approx(expected, rel=1e-6)
    _, history = run(model=model, X=X, y=t, loss=nn.BCEWithLogitsLoss(), batch_size=2, epochs=200)
    assert history.loss[-1] < history.loss[0]


def test_it_computes_on_one_thread_and_gives_the_others_back() -> None:
    inside: list[int] = []

    def counting(z: Tensor, y: Tensor) -> Tensor:
        inside.append(torch.get_num_threads())
        return nn.functional.cross_entropy(z, y)

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        run(loss=counting)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    assert set(inside[1:]) == {1}


def test_the_bar_counts_updates(capsys: pytest.CaptureFixture[str]) -> None:
    run(progress=True)
    assert f"{UPDATES}/{UPDATES}" in capsys.readouterr().err


# Interrupted and resumed. The checkpoint is written every `every` updates; the interrupt comes at any update.


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.long
def test_interrupted_at_any_update_and_resumed_it_ends_with_the_same_bits(optimizer: str, tmp_path: Path) -> None:
    validation = problem(30, seed=2)
    alone, all_of_it = run(optimizer, validation=validation, loss=Stop(0))
    for update in range(1, UPDATES + 1):
        file = tmp_path / f"{update}.pt"
        options: dict[str, Any] = {"validation": validation, "checkpoint": file, "checkpoint_every": 1}
        _, part = run(optimizer, loss=Stop(update), **options)
        assert part.interrupted
        assert part.updates == update - 1
        assert part.loss == all_of_it.loss[: update - 1]
        torch.manual_seed(update)  # what else was drawn in between does not matter
        model, history = run(optimizer, loss=Stop(0), **options)
        assert same_bits(model, alone), f"interrupted at update {update}"
        assert history == all_of_it


@pytest.mark.long
def test_a_schedule_is_resumed_where_it_was(tmp_path: Path) -> None:
    alone, all_of_it = run(loss=Stop(0), schedule=one_cycle)
    assert not same_bits(alone, run(loss=Stop(0))[0])
    for update in (1, 2, 9, 20, 21):
        options: dict[str, Any] = {"checkpoint": tmp_path / f"{update}.pt", "checkpoint_every": 3}
        run(loss=Stop(update), schedule=one_cycle, **options)
        model, history = run(loss=Stop(0), schedule=one_cycle, **options)
        assert same_bits(model, alone), f"interrupted at update {update}"
        assert history == all_of_it


@pytest.mark.parametrize(
    ("first", "then"),
    [(one_cycle, None), (None, one_cycle), (one_cycle, lambda steps: one_cycle(steps, 50))],
    ids=["left out", "added", "another length"],
)
def test_another_schedule_is_not_resumed(first: Any, then: Any, tmp_path: Path) -> None:
    made = [{"schedule": each} if each else {} for each in (first, then)]
    run(checkpoint=tmp_path / "run.pt", epochs=1, **made[0])
    with pytest.raises(ValueError, match=r"run\.pt was written with another"):
        run(checkpoint=tmp_path / "run.pt", **made[1])


@pytest.mark.parametrize(
    ("schedule", "error", "words"),
    [
        (lambda steps: 0.1, TypeError, "schedule: expected one of torch.optim.lr_scheduler, got float"),
        (ReduceLROnPlateau, ValueError, "schedule: expected one that steps after each update, got ReduceLROnPlateau"),
        (
            lambda steps: LinearLR(OPTIMIZERS["adam"](network()), 1, 0.1, UPDATES),
            ValueError,
            "schedule: expected one made of this optimizer, got one of another",
        ),
        (
            lambda steps: one_cycle(steps, UPDATES - 1),
            ValueError,
            "schedule: expected one of at least 21 updates, got one of 20",
        ),
    ],
)
def test_a_schedule_that_does_not_fit_is_refused_before_the_first_update(
    schedule: Any, error: type[Exception], words: str
) -> None:
    model = network()
    with pytest.raises(error, match=words):
        run(model=model, schedule=schedule)
    assert same_bits(model, network())


@pytest.mark.parametrize("every", [2, 3, 7, 10, None])
@pytest.mark.long
def test_what_the_checkpoint_lacks_is_taken_again(every: int | None, tmp_path: Path) -> None:
    alone, all_of_it = run(loss=Stop(0))
    for update in (1, 6, 7, 8, 15, 21):
        options: dict[str, Any] = {"checkpoint": tmp_path / f"{every} {update}.pt", "checkpoint_every": every}
        run(loss=Stop(update), **options)
        model, history = run(loss=Stop(0), **options)
        assert same_bits(model, alone)
        assert history == all_of_it


def test_interrupted_again_and_again(tmp_path: Path) -> None:
    options: dict[str, Any] = {"checkpoint": tmp_path / "run.pt", "checkpoint_every": 1}
    updates = [run(loss=Stop(4), **options)[1].updates for _ in range(7)]
    assert updates == [3, 6, 9, 12, 15, 18, 21]
    assert same_bits(run(loss=Stop(0), **options)[0], run()[0])


@pytest.mark.parametrize("update", [1, 5, 8])
def test_the_half_trained_model_still_in_memory_does_not_matter(update: int, tmp_path: Path) -> None:
    file = tmp_path / "run.pt"
    model = network()
    run(model=model, loss=Stop(update), checkpoint=file)
    with torch.no_grad():
        model[0].weight.add_(1)  # type: ignore[index]
    run(model=model, loss=Stop(0), checkpoint=file)
    assert same_bits(model, run()[0])


def test_a_finished_run_is_only_read(tmp_path: Path) -> None:
    file = tmp_path / "run.pt"
    model, history = run(loss=Stop(0), checkpoint=file, checkpoint_every=10)
    written = file.stat().st_mtime_ns
    again, same = run(loss=Stop(1), checkpoint=file, checkpoint_every=10)
    assert same_bits(model, again)
    assert same == history
    assert file.stat().st_mtime_ns == written
    assert [path.name for path in tmp_path.iterdir()] == ["run.pt"]


def test_the_stop_button_returns_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    class Pressed(Stop):
        def forward(self, z: Tensor, y: Tensor) -> Tensor:
            if z.requires_grad and self._left == 1:
                os.kill(os.getpid(), signal.SIGINT)
            return super().forward(z, y)

    model, history = run(loss=Pressed(10))
    assert history.interrupted
    assert history.updates in (8, 9)  # Python hears of a signal between two of its steps, at once or a little later
    assert not model.training
    assert capsys.readouterr().out == f"Stopped by hand after {history.updates} of 21 updates.\n"


def test_an_interrupt_while_writing_leaves_the_file_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "run.pt"
    run(checkpoint=file, epochs=1)
    before = file.read_bytes()

    def half(content: object, stream: io.BufferedWriter) -> None:
        stream.write(b"half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(torch, "save", half)
        assert run(checkpoint=file)[1].interrupted
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["run.pt"]
    assert same_bits(run(checkpoint=file)[0], run()[0])


# Files that are no checkpoint, or not of this run.


def test_a_truncated_checkpoint_is_said_and_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "run.pt"
    run(checkpoint=file)
    whole = file.read_bytes()
    for length in (0, 1, 4, 100, len(whole) // 3, len(whole) // 2, len(whole) - 30, len(whole) - 1):
        file.write_bytes(whole[:length])
        model = network()
        with pytest.raises(
            ValueError, match=r"run\.pt is damaged or not written by train: delete it or name another"
        ):
            run(model=model, checkpoint=file)
        assert same_bits(model, network())
        assert file.read_bytes() == whole[:length]


def test_a_flipped_bit_is_found(tmp_path: Path) -> None:
    file = tmp_path / "run.pt"
    model, _ = run(checkpoint=file)
    whole = bytearray(file.read_bytes())
    weights = model.state_dict()["0.weight"].numpy().tobytes()
    at = whole.find(weights)
    assert at > 0
    whole[at + 5] ^= 1
    file.write_bytes(whole)
    with pytest.raises(ValueError, match="damaged"):
        run(checkpoint=file)


class Hostile:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("executed",)


@pytest.mark.parametrize(
    "content", [{"weights": torch.ones(3)}, [1, 2], {"settings": 3, "history": {}}, Hostile(), network()]
)
def test_a_foreign_file_is_said_and_never_executed(
    content: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "run.pt"
    torch.save(content, file)
    with pytest.raises(ValueError, match="damaged or not written by train"):
        run(checkpoint=file)
    assert [path.name for path in tmp_path.iterdir()] == ["run.pt"]


@pytest.mark.parametrize("content", [b"", b"label,pixel\n1,2\n", b"\x89PNG\r\n\x1a\n", b"\x80\x04N."])
def test_a_file_that_is_none_of_torchs_is_said(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "run.pt"
    file.write_bytes(content)
    with pytest.raises(ValueError, match="damaged or not written by train"):
        run(checkpoint=file)


@pytest.mark.long
def test_no_flipped_bit_loads_anything_else(tmp_path: Path) -> None:
    """One bit anywhere, the zip's directory included, which has no check sum: the same run, or a clear refusal."""
    file = tmp_path / "run.pt"
    run("momentum", checkpoint=file, epochs=1)
    alone, _ = run("momentum", epochs=1)
    whole = file.read_bytes()
    directory = whole.rfind(b"PK\x01\x02", 0, whole.find(b"PK\x05\x06"))
    draw = np.random.default_rng(0)
    refused = 0
    for at in [*draw.integers(0, len(whole), 60), *draw.integers(directory - 700, len(whole), 60)]:
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << draw.integers(8)]) + whole[at + 1 :])
        try:
            model, _ = run("momentum", checkpoint=file, epochs=1)
        except ValueError as error:
            assert "damaged or not written by train" in str(error)  # noqa: PT017
            refused += 1
        else:
            assert same_bits(model, alone)
    assert refused > 60


def without(*path: str) -> Callable[[dict[str, Any]], object]:
    def edit(content: dict[str, Any]) -> None:
        for key in path[:-1]:
            content = content[key]
        del content[path[-1]]

    return edit


def older(content: dict[str, Any]) -> None:
    """What a torch whose Adam had no setting `capturable` would have written."""
    del content["optimizer"]["param_groups"][0]["capturable"]
    written = content["settings"]["optimizer or learning rate"]
    content["settings"]["optimizer or learning rate"] = written.replace(", 'capturable': False", "")


DAMAGED = "is damaged or not written by train"
OTHER_VERSION = "was written by another version of the course"


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        *[
            (without(part), DAMAGED)
            for part in ("settings", "model", "optimizer", "random", "random_cuda", "history")
        ],
        (without("model", "0.weight"), DAMAGED),
        (without("optimizer", "state"), DAMAGED),
        (lambda content: content.update(random=torch.zeros(3)), DAMAGED),
        (lambda content: content["model"].update({"0.weight": torch.zeros(6, 4)}), DAMAGED),
        (lambda content: content["history"].update(loss=["1"]), DAMAGED),
        (lambda content: content["history"].update(samples=3), DAMAGED),
        (lambda content: content.update(history=[]), DAMAGED),
        (without("history", "interrupted"), OTHER_VERSION),
        (lambda content: content["history"].update(learning_rate=[]), OTHER_VERSION),
        (older, "was written by an older torch, whose Adam has no capturable"),
        (
            lambda content: (content["settings"].update(loss="Loss()"), content.update(torch="2.1.0")),
            r"was written with another loss, by torch 2\.1\.0, and this is torch",
        ),
    ],
)
def test_a_whole_file_with_other_content_is_said_and_changes_nothing(
    edit: Callable[[dict[str, Any]], object], said: str, tmp_path: Path
) -> None:
    file = tmp_path / "run.pt"
    run(checkpoint=file, epochs=1)
    content = torch.load(file, weights_only=True)
    edit(content)
    torch.save(content, file)
    model, optimizers = network(), []

    def watched(model: nn.Module) -> torch.optim.Optimizer:
        optimizers.append(OPTIMIZERS["adam"](model))
        return optimizers[0]

    random = torch.get_rng_state()
    with pytest.raises(ValueError, match=rf"^checkpoint: .*run\.pt {said}.*: delete it or name another file$"):
        run(model=model, checkpoint=file, maker=watched)
    assert same_bits(model, network())
    assert optimizers[0].state == {}
    assert torch.equal(torch.get_rng_state(), random)


def test_a_file_that_must_not_be_read_is_no_damaged_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "run.pt"
    run(checkpoint=file, epochs=1)

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(PermissionError, match="Permission denied"):
        run(checkpoint=file)


@pytest.mark.parametrize("kind", ["bfloat16", "requires a gradient"])
def test_samples_of_any_kind_can_be_resumed(kind: str, tmp_path: Path) -> None:
    X, y = problem()
    X = X.bfloat16() if kind == "bfloat16" else X.requires_grad_()

    def start() -> nn.Module:
        return network(dropout=0).bfloat16() if kind == "bfloat16" else network()

    options: dict[str, Any] = {"X": X, "y": y, "loss": CE}
    alone, _ = run(model=start(), **options)
    file = tmp_path / "run.pt"
    run(model=start(), checkpoint=file, **options | {"epochs": 1})
    model, history = run(model=start(), checkpoint=file, **options)
    assert history.updates == UPDATES
    assert same_bits(model, alone)
    with pytest.raises(ValueError, match="another data"):
        run(model=start(), checkpoint=file, **options | {"X": (X + 1).detach()})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model": nn.Linear(4, 3)}, "another model"),
        ({"model": network(dropout=0.4)}, "another model"),
        ({"optimizer": "momentum"}, "another optimizer or learning rate"),
        ({"maker": lambda m: torch.optim.Adam(m.parameters(), lr=0.02)}, "another optimizer or learning rate"),
        ({"batch_size": 9}, "another batch_size"),
        ({"seed": 6}, "another seed"),
        ({"loss": nn.CrossEntropyLoss(label_smoothing=0.1)}, "another loss"),
        ({"X": problem()[0] + 1}, "another data"),
        ({"y": problem()[1].roll(1)}, "another data"),
        ({"validation": problem(9)}, "another validation data"),
        ({"epochs": 2}, r"has 21 updates, beyond 14"),
    ],
)
def test_a_checkpoint_of_another_run_is_said(changes: dict[str, Any], said: str, tmp_path: Path) -> None:
    file = tmp_path / "run.pt"
    run(checkpoint=file)
    with pytest.raises(ValueError, match=said):
        run(checkpoint=file, **changes)


# Bad input, said before the first update.


def classes(*values: int) -> Tensor:
    return torch.tensor(values).repeat(N)[:N]


NOT_FINITE = problem()[0].index_fill(0, torch.tensor([3]), float("nan"))
BCE = nn.BCEWithLogitsLoss()


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"device": "gpu"}, ValueError, "device: expected 'auto' or 'cpu' or 'cuda', got 'gpu'"),
        ({"epochs": 0}, ValueError, "epochs: expected a whole number of at least 1, got 0"),
        ({"batch_size": 0}, ValueError, "batch_size: expected a whole number of at least 1, got 0"),
        ({"seed": -1}, ValueError, "seed: expected a whole number of at least 0, got -1"),
        ({"checkpoint": "no/folder/x.pt"}, ValueError, "checkpoint: expected a file in a folder that is there"),
        ({"checkpoint": "."}, ValueError, "checkpoint: expected a file in a folder that is there"),
        ({"checkpoint": "x.pt", "checkpoint_every": 0}, ValueError, "checkpoint_every: expected a whole number"),
        ({"X": np.zeros((N, 4))}, TypeError, "X: expected a torch tensor, got ndarray"),
        ({"y": [0] * N}, TypeError, "y: expected a torch tensor, got list"),
        (
            {"X": torch.zeros(0, 4), "y": classes(0)[:0]},
            ValueError,
            r"X: expected at least one sample.*got shape \(0, 4\)",
        ),
        ({"X": torch.zeros(N)}, ValueError, r"X: expected at least one sample, shape \(N, ...\), got shape \(50,\)"),
        ({"y": classes(0)[:49]}, ValueError, r"y: expected one for each of the 50 samples, got shape \(49,\)"),
        ({"X": NOT_FINITE}, ValueError, "X: expected finite numbers, got NaN or infinity"),
        ({"X": torch.zeros(N, 5)}, ValueError, r"X: expected samples that the model takes, got shape \(50, 5\)"),
        ({"X": torch.zeros(N, 4, dtype=torch.float64)}, ValueError, r"model takes, got .* torch\.float64: .*dtype"),
        (
            {"y": classes(0, 1, 3)},
            ValueError,
            "y: expected classes 0 to 2, since the model has 3 outputs, got 0 to 3",
        ),
        ({"y": classes(-1, 2)}, ValueError, "y: expected classes 0 to 2, since the model has 3 outputs, got -1 to 2"),
        ({"y": classes(1).float()}, TypeError, r"y: expected int64 classes for CrossEntropyLoss, got torch\.float32"),
        ({"y": classes(1).int()}, TypeError, r"y: expected int64 classes for CrossEntropyLoss, got torch\.int32"),
        ({"y": classes(1)[:, None]}, ValueError, r"y: expected classes \(N,\) and output \(N, K\), got \(50, 1\)"),
        ({"loss": BCE}, TypeError, r"y: expected float targets for BCEWithLogitsLoss, got torch\.int64"),
        (
            {"loss": BCE, "y": classes(1).float()},
            ValueError,
            r"y: expected the shape of the model's output \('N', 3\)",
        ),
        ({"loss": BCE, "y": torch.full((N, 3), 1.5)}, ValueError, r"y: expected targets in \[0, 1\], got 1.5 to 1.5"),
        (
            {"loss": nn.functional.l1_loss, "y": classes(1).int()},
            TypeError,
            "y: expected int64 classes or float targets",
        ),
        ({"loss": nn.CrossEntropyLoss(reduction="none")}, ValueError, "loss: expected one number for a batch"),
        (
            {"validation": (torch.zeros(3, 5), classes(0)[:3])},
            ValueError,
            "validation X: expected samples that the model",
        ),
        ({"validation": (torch.zeros(3, 4), classes(7)[:3])}, ValueError, "validation y: expected classes 0 to 2"),
        (
            {"maker": lambda _: OPTIMIZERS["adam"](network())},
            ValueError,
            "optimizer: expected one made of this model's",
        ),
    ],
)
def test_what_does_not_fit_is_said_before_the_first_update(
    changes: dict[str, Any], error: type[Exception], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    model = network()
    with pytest.raises(error, match=said) as raised:
        run(model=model, **changes)
    assert "\n" not in str(raised.value)
    assert same_bits(model, network())


# The trial before the run is the run: in train mode, with every size of batch; and it leaves nothing behind.


class Squeezing(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 1)

    def forward(self, X: Tensor) -> Tensor:
        z: Tensor = self.linear(X).squeeze()
        return z


class OnlyInPairs(nn.Module):
    """Sound in eval mode, and with an even number of samples."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 3)

    def forward(self, X: Tensor) -> Tensor:
        if self.training and len(X) % 2:
            raise KeyError(f"{len(X)} is odd")
        z: Tensor = self.linear(X)
        return z


@pytest.mark.parametrize(
    ("make", "n", "size", "said"),
    [
        (network, 49, 8, "got 8, which leaves 1 of 49 samples for the last: Expected more than 1 value per channel"),
        (network, 50, 1, "X: expected samples that the model takes, .*: Expected more than 1 value per channel"),
        (
            Squeezing,
            49,
            8,
            r"leaves 1 of 49 samples for the last: model: expected a row of logits .*got shape \(\); sque",
        ),
        (OnlyInPairs, 50, 47, "X: expected samples that the model takes, .*: '47 is odd'"),
        (OnlyInPairs, 43, 10, "batch_size: .* got 10, which leaves 3 of 43 samples for the last: '3 is odd'"),
    ],
)
def test_a_batch_that_the_model_cannot_take_is_said_before_the_first_update(
    make: Callable[[], nn.Module], n: int, size: int, said: str
) -> None:
    X, y = problem(n)
    bce = make is Squeezing
    model, optimizers = make(), []
    before = {name: value.clone() for name, value in model.state_dict().items()}
    random = torch.get_rng_state()

    def watched(model: nn.Module) -> torch.optim.Optimizer:
        optimizers.append(torch.optim.Adam(model.parameters()))
        return optimizers[0]

    with pytest.raises(ValueError, match=said) as raised:
        run(
            model=model,
            X=X,
            y=(y > 0).float() if bce else y,
            loss=BCE if bce else nn.CrossEntropyLoss(),
            batch_size=size,
            maker=watched,
        )
    assert len(str(raised.value)) < 300
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert torch.equal(torch.get_rng_state(), random)
    assert model.training
    assert optimizers[0].state == {}


def test_parts_put_to_sleep_stay_asleep_and_readers_wake_nobody() -> None:
    model = network()
    model[1].eval()  # type: ignore[index]
    modes = [module.training for module in model.modules()]
    frozen = {name: value.clone() for name, value in model[1].named_buffers()}  # type: ignore[index]
    X, y = problem()
    evaluate(model, nn.CrossEntropyLoss(), X, y)
    logits(model, X)
    assert [module.training for module in model.modules()] == modes
    run(model=model, validation=problem(30, seed=2))
    assert all(torch.equal(value, frozen[name]) for name, value in model[1].named_buffers())  # type: ignore[index]
    run(model=model)  # all of it is in eval mode now: all of it is woken
    assert not torch.equal(model[1].running_mean, frozen["running_mean"])  # type: ignore[index]


def test_readers_that_fail_leave_every_mode_as_it_was() -> None:
    model = network()
    model[3].eval()  # type: ignore[index]
    modes = [module.training for module in model.modules()]
    X, y = problem()
    for X_bad in (X[:, :3], X[:0], X * float("nan"), X.numpy()):
        with pytest.raises((ValueError, TypeError), match=r"^X: expected"):
            logits(model, X_bad)  # type: ignore[arg-type]
        with pytest.raises((ValueError, TypeError), match=r"^X: expected"):
            evaluate(model, nn.CrossEntropyLoss(), X_bad, y)  # type: ignore[arg-type]
    assert [module.training for module in model.modules()] == modes


def test_a_model_without_parameters_is_read_like_any_other() -> None:
    X = torch.randn(5, 3)
    assert torch.equal(logits(nn.Flatten(), X), X)
    assert evaluate(nn.Identity(), nn.CrossEntropyLoss(), X, X.argmax(dim=1))[1] == 1


def test_a_lone_last_sample_of_a_squeezing_model_is_said_by_the_readers() -> None:
    X = torch.zeros(FORWARD_BLOCK + 1, 4)
    with pytest.raises(
        ValueError, match=r"model: expected a row of logits for each sample of a batch of 1, got shape"
    ):
        logits(Squeezing(), X)
    assert logits(Squeezing(), X[1:]).shape == (FORWARD_BLOCK,)


def test_layers_that_learn_their_sizes_from_the_first_batch() -> None:
    model = nn.Sequential(nn.LazyLinear(5), nn.LazyBatchNorm1d(), nn.Linear(5, 3))
    _, history = run(model=model)
    assert history.updates == UPDATES
    assert int(model[1].num_batches_tracked) == UPDATES  # type: ignore[arg-type]  # those of the trial are taken back


CE = nn.functional.cross_entropy


@pytest.mark.parametrize(
    ("loss", "error", "said"),
    [
        (lambda z, y: CE(z, y).item(), TypeError, "loss: expected one number in a tensor, got float"),
        (lambda z, y: None, TypeError, "loss: expected one number in a tensor, got NoneType"),
        (lambda z, y: CE(z, y)[None], ValueError, r"loss: expected one number for a batch, .* shape \(1,\)"),
        (lambda z, y: z.sum(dim=1), ValueError, r"loss: expected one number for a batch, .* shape \(8,\)"),
        (lambda z, y: (z.argmax(dim=1) != y).sum(), TypeError, r"loss: expected a float, got torch\.int64"),
        (lambda z, y: CE(z.detach(), y), ValueError, "loss: expected a number that depends on the weights"),
        (
            lambda z: z,
            ValueError,
            r"loss: expected one that takes logits of shape \(8, 3\) and labels of shape \(8,\)",
        ),
        (lambda z, y: z @ y, ValueError, "loss: expected one that takes logits"),
        ("cross entropy", TypeError, "loss: expected a function of logits and labels, got str"),
    ],
)
def test_what_a_loss_returns_is_checked_before_the_first_update(loss: Any, error: type[Exception], said: str) -> None:
    model = network()
    with pytest.raises(error, match=said):
        run(model=model, loss=loss, maker=lambda model: torch.optim.SGD(model.parameters(), lr=1.0, momentum=0))
    changed = network()
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), changed.parameters(), strict=True))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model": lambda X: X, "maker": lambda _: None}, "model: expected a torch module, got function"),
        ({"maker": lambda _: None}, r"optimizer: expected one of torch\.optim, got NoneType"),
        (
            {"maker": lambda m: torch.optim.LBFGS(m.parameters())},
            "optimizer: expected one that takes a step from one",
        ),
        ({"loss": BCE, "y": torch.full((N, 3), 1.0000001)}, "got 1.000000119.* to 1.000000119"),
    ],
)
def test_other_things_that_do_not_fit(changes: dict[str, Any], said: str) -> None:
    with pytest.raises((ValueError, TypeError), match=said):
        run(**changes)


def test_a_slope_that_is_no_number_is_told_after_the_last_update_too() -> None:
    class Root(nn.Module):
        def forward(self, z: Tensor, y: Tensor) -> Tensor:
            return CE(z, y) + (z[:1, 0] - z[:1, 0].detach()).abs().sqrt().sum()  # 0, of infinite slope

    with pytest.raises(FloatingPointError, match=r"update 1 with lr 0\.01: a weight is no longer finite"):
        run(loss=Root(), epochs=1, batch_size=N)


# Threads, and children of a fork.


@pytest.mark.parametrize("first_out", [0, 1])
def test_of_two_that_overlap_each_has_one_thread_to_its_end(first_out: int) -> None:
    """In two threads that take turns step by step: torch keeps the number for each thread, and one for new ones."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    pools = [ThreadPoolExecutor(1) for _ in range(2)]
    try:
        blocks = [one_thread(), one_thread()]
        assert [pool.submit(torch.get_num_threads).result() for pool in pools] == [2, 2]
        for pool, block in zip(pools, blocks, strict=True):
            pool.submit(block.__enter__).result()
        for i in (first_out, 1 - first_out):
            assert pools[i].submit(torch.get_num_threads).result() == 1
            pools[i].submit(blocks[i].__exit__, None, None, None).result()
        assert [pool.submit(torch.get_num_threads).result() for pool in pools] == [2, 2]
        with ThreadPoolExecutor(1) as newcomer:
            assert newcomer.submit(torch.get_num_threads).result() == 2
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
        for pool in pools:
            pool.shutdown()


def test_runs_that_overlap_leave_threads_and_random_numbers_as_they_were() -> None:
    random, threads = torch.get_rng_state(), torch.get_num_threads()
    with ThreadPoolExecutor(3) as pool:
        # The models are made here, since making one seeds torch as well.
        for done in [pool.submit(run, model=each, epochs=3) for each in [network() for _ in range(6)]]:
            assert done.result()[1].updates == UPDATES
    assert torch.equal(torch.get_rng_state(), random)
    assert torch.get_num_threads() == threads


def test_a_run_inside_a_run_does_not_change_what_the_outer_one_draws() -> None:
    def nested(z: Tensor, y: Tensor) -> Tensor:
        if z.requires_grad:
            run(epochs=1, seed=9)
        return CE(z, y)

    assert same_bits(run(loss=nested, epochs=1)[0], run(loss=CE, epochs=1)[0])


def test_cuda_asked_for_and_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match="device: expected 'auto' or 'cpu', since torch finds no CUDA"):
        run(device="cuda")
    assert find_device() == find_device("cpu") == torch.device("cpu")


def test_auto_takes_cuda_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert find_device() == find_device("cuda") == torch.device("cuda")
    assert find_device("cpu") == torch.device("cpu")


def test_a_run_that_diverges_stops_and_says_where(tmp_path: Path) -> None:
    def steep(model: nn.Module) -> torch.optim.Optimizer:
        return torch.optim.SGD(model.parameters(), lr=1e30)

    with pytest.raises(FloatingPointError, match=r"update \d+ with lr 1e\+30: the loss is (nan|inf); try a smaller"):
        run(maker=steep, model=nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3)))


DEVICES = pytest.mark.parametrize("device", ["cpu", "cuda"][: 1 + torch.cuda.is_available()])


@DEVICES
def test_on_each_device_a_loss_may_hold_weights(device: str) -> None:
    X, y = problem()
    loss = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 3.0]))
    model, history = run(device=device, loss=loss, validation=(X, y))
    assert ([held.device.type for held in loss.buffers()], len(history.validation_loss)) == ([device], EPOCHS)
    assert evaluate(model, loss, X, y)[0] == pytest.approx(history.validation_loss[-1])


def test_what_a_loss_holds_stays_where_the_model_is() -> None:
    class Weighted(nn.CrossEntropyLoss):
        """Moves as a loss on another device does: it holds another tensor afterwards."""

        def to(self, *_: Any) -> Weighted:
            assert self.weight is not None
            self.weight = self.weight + 1000
            return self

        def forward(self, z: Tensor, y: Tensor) -> Tensor:
            assert self.weight is not None
            assert self.weight.min() > 1000
            return super().forward(z, y)

    model, _ = run(loss=Weighted(weight=torch.ones(3)))
    assert evaluate(model, Weighted(weight=torch.ones(3)), *problem())[0] > 0


@DEVICES
def test_on_each_device_the_run_resumes_to_the_same_bits(tmp_path: Path, device: str) -> None:
    alone, _ = run(device=device, loss=Stop(0))
    options: dict[str, Any] = {"device": device, "checkpoint": tmp_path / "run.pt", "checkpoint_every": 1}
    run(loss=Stop(11), **options)
    model, _ = run(loss=Stop(0), **options)
    assert same_bits(model, alone)
    assert next(model.parameters()).device.type == device
    assert logits(model, problem()[0]).device.type == "cpu"
