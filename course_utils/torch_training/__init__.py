"""The training loop once more, for torch modules: batches, validation, a checkpoint, a history, CPU or CUDA.

Everything a run needs is handed over by name, and the whole data set stays in one tensor that is sliced.

>>> import torch
>>> from torch import nn
>>> torch.manual_seed(0)  # doctest: +ELLIPSIS
<torch._C.Generator object at ...>
>>> X = torch.rand(200, 2)
>>> y = (X[:, 0] > X[:, 1]).long()  # int64 classes for CrossEntropyLoss; float targets for BCEWithLogitsLoss
>>> model = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 2))
>>> optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
>>> loss = nn.CrossEntropyLoss()
>>> history = train(model, loss, optimizer, X[:150], y[:150], epochs=20, batch_size=32, seed=0,
...                 validation=(X[150:], y[150:]), device="cpu")
>>> history.updates, len(history.validation_accuracy)
(100, 20)
>>> mean_loss, accuracy = evaluate(model, loss, X[150:], y[150:])
>>> accuracy > 0.9, accuracy == history.validation_accuracy[-1]
(True, True)
>>> logits(model, X[:3]).shape
torch.Size([3, 2])
"""

from importlib.util import find_spec

from course_utils._support.needs_torch import TORCH

if find_spec("torch") is None:
    raise ModuleNotFoundError(TORCH, name="torch")

from course_utils.torch_training.evaluation import evaluate, find_device, logits
from course_utils.torch_training.loop import History, train

__all__ = ["History", "evaluate", "find_device", "logits", "train"]
