"""The loss surfaces: the numbers by their formulas, and bad input named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from course_utils.datasets import load_police
from course_utils.explorers.loss_surfaces import (
    LEARNING_RATE,
    LOSSES,
    UPDATES,
    loss_surfaces,
    losses_at,
    stand,
)

DATA = load_police()
X = (DATA.X[:, 0] - DATA.X[:, 0].mean()) / DATA.X[:, 0].std()
T = DATA.y.astype(float)


def torch_loss(w: Any, b: Any, name: str) -> Any:
    z = w * torch.tensor(X) + b
    t = torch.tensor(T, dtype=torch.float64)
    if name == "MSE":
        return torch.nn.functional.mse_loss(torch.sigmoid(z), t)
    return torch.nn.functional.binary_cross_entropy_with_logits(z, t)


# The numbers.


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize(("w", "b"), [(-8.0, 4.0), (0.0, 0.0), (10.0, -10.0)])
def test_the_walk_is_torchs(name: str, w: float, b: float) -> None:
    here = stand(X, T, w, b, name)
    place = torch.tensor([w, b], dtype=torch.float64, requires_grad=True)
    for update in range(UPDATES + 1):
        loss = torch_loss(place[0], place[1], name)
        (slope,) = torch.autograd.grad(loss, place)
        expected = [*place.tolist(), loss.item()]
        np.testing.assert_allclose(here.path[update], expected, rtol=1e-9, atol=1e-12)
        if update == 0:
            assert here.loss == pytest.approx(loss.item(), rel=1e-12)
            np.testing.assert_allclose(here.slope, slope, rtol=1e-9, atol=1e-12)
        place = (place - LEARNING_RATE * slope).detach().requires_grad_()


@pytest.mark.parametrize("name", LOSSES)
def test_the_surface_is_the_loss_at_every_place(name: str) -> None:
    w, b = np.meshgrid([-9.0, 0.5, 3.0], [-1.0, 7.0], indexing="ij")
    heights = losses_at(X, T, w, b, name)
    for index in np.ndindex(w.shape):
        assert heights[index] == pytest.approx(torch_loss(w[index], b[index], name).item(), rel=1e-12)


def test_what_the_explorer_is_there_to_show() -> None:
    stuck, free = (stand(X, T, -8.0, 4.0, name) for name in ("MSE", "BCE"))
    assert stuck.loss > 0.7
    assert np.hypot(*stuck.slope) < 0.02
    assert stuck.path[-1, 2] > 0.7
    assert np.hypot(*free.slope) > 0.5
    assert free.path[-1, 2] < 0.3


def test_inputs_are_left_as_they_are() -> None:
    x, t = X.copy(), T.copy()
    loss_surfaces(x, t).w = 1.0
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(t, T)


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"x": X * np.nan}, ValueError, "x: expected numbers, got nan"),
        ({"x": X[:, np.newaxis]}, ValueError, r"x: expected shape \(N,\)"),
        ({"t": T[1:]}, ValueError, r"t: expected shape \(30,\), got \(29,\)"),
        ({"t": T + 1}, ValueError, r"t: expected probabilities in \[0, 1\], got 2"),
        ({"w": np.inf}, ValueError, "w: expected a finite number"),
        ({"b": "b"}, TypeError, "b: expected a number"),
        ({"loss": "MAE"}, ValueError, "loss: expected 'MSE' or 'BCE', got 'MAE'"),
    ],
)
def test_bad_input_is_named(changed: Any, error: Any, words: str) -> None:
    good = {"x": X, "t": T, "w": 0.0, "b": 0.0, "loss": "MSE"}
    with pytest.raises(error, match=words):
        stand(**(good | changed))
    if changed.keys() <= {"x", "t"}:
        with pytest.raises(error, match=words):
            loss_surfaces(**({"x": X, "t": T} | changed))


def test_a_later_state_is_held_against_the_start() -> None:
    explorer = loss_surfaces(X, T)
    before = explorer.state
    for name, bad, words in (
        ("t", T[1:], r"t: expected shape \(30,\), got \(29,\)"),
        ("w", 10.5, "w: expected a number from -10 to 10, got 10.5"),
        ("elevation", 91, "elevation: expected a whole number from 0 to 90, got 91"),
        ("azimuth", 1.5, "azimuth: expected a whole number"),
    ):
        with pytest.raises((ValueError, TypeError), match=words):
            setattr(explorer, name, bad)
    assert explorer.state == before
