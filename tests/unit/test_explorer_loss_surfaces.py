"""The loss surfaces: the numbers by their formulas, the picture from the numbers, the words from both."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import torch

from course_utils.datasets import load_police
from course_utils.explorers.engine import Explorer
from course_utils.explorers.loss_surfaces import (
    LEARNING_RATE,
    LOSSES,
    REACH,
    UPDATES,
    _camera,
    loss_surfaces,
    losses_at,
    stand,
)

DATA = load_police()
X = (DATA.X[:, 0] - DATA.X[:, 0].mean()) / DATA.X[:, 0].std()
T = DATA.y.astype(float)


def make() -> Explorer:
    return loss_surfaces(X, T)


def set_state(explorer: Explorer, **state: Any) -> None:
    for name, value in state.items():
        explorer.controls[name].value = value


def random_state(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "w": float(rng.integers(-20, 21) / 2),
        "b": float(rng.integers(-20, 21) / 2),
        "azimuth": int(5 * rng.integers(-36, 37)),
        "elevation": int(5 * rng.integers(0, 19)),
    }


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
    loss_surfaces(x, t).controls["w"].value = 1.0
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


# The camera.


@pytest.mark.parametrize("azimuth", [-180, -60, 0, 45, 175])
@pytest.mark.parametrize("elevation", [0, 30, 90])
def test_the_camera_turns_and_bends_nothing(azimuth: int, elevation: int) -> None:
    seen = _camera(azimuth, elevation)(np.eye(3))
    np.testing.assert_allclose(seen @ seen.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(seen) == pytest.approx(1)
    assert seen[2, 0] == pytest.approx(0)  # upright lines stay upright
    assert seen[2, 1] == pytest.approx(np.cos(np.radians(elevation)))
    assert seen[2, 2] == pytest.approx(np.sin(np.radians(elevation)))


def test_views_that_can_be_told_by_hand() -> None:
    w_axis, b_axis, up = np.eye(3)
    front = _camera(-90, 0)
    np.testing.assert_allclose(
        [front(w_axis), front(up), front(b_axis)], [[1, 0, 0], [0, 1, 0], [0, 0, -1]], atol=1e-12
    )
    above = _camera(-90, 90)
    np.testing.assert_allclose([above(w_axis), above(b_axis), above(up)], np.eye(3), atol=1e-12)


# The picture and the words.


def artists(explorer: Explorer, **state: Any) -> list[Any]:
    """What there is in the two panels: frame, surface, path, start, end, six names, the loss told."""
    explorer._update(**(explorer.values | state))
    return [[*ax.collections, *ax.lines, *ax.texts] for ax in explorer._picture._figure.axes]


@pytest.mark.long
def test_patches_path_and_marks_are_the_numbers_seen_by_the_camera() -> None:
    explorer = make()
    rng = np.random.default_rng(3)
    for _ in range(8):
        state = random_state(rng)
        set_state(explorer, **state)
        camera = _camera(state["azimuth"], state["elevation"])
        for name, (_, surface, path, start, end, *_, told) in zip(LOSSES, artists(explorer), strict=True):
            here = stand(X, T, state["w"], state["b"], name)
            highest = {"MSE": 1, "BCE": 10}[name]
            box = here.path * [1 / REACH, 1 / REACH, 1.4 / highest] - [0, 0, 0.7]
            np.testing.assert_allclose(path.get_xydata(), camera(box)[:, :2], atol=1e-12)
            np.testing.assert_allclose(start.get_xydata(), camera(box)[:1, :2], atol=1e-12)
            np.testing.assert_allclose(end.get_xydata(), camera(box)[-1:, :2], atol=1e-12)
            assert told.get_text() == f"here {here.loss:.3f}, after 50 updates {here.path[-1, 2]:.3f}"
            assert len(surface.get_paths()) == 24 * 24


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.long
def test_near_patches_cover_far_ones(name: str) -> None:
    explorer = make()
    set_state(explorer, azimuth=-90, elevation=0)  # the viewer stands at small b: b grows away from him
    panel = artists(explorer)[list(LOSSES).index(name)]
    corners = np.array([each.vertices[:4] for each in panel[1].get_paths()])
    ticks = np.linspace(-REACH, REACH, 25)
    w, b = np.meshgrid(ticks, ticks, indexing="ij")
    heights = losses_at(X, T, w, b, name) * 1.4 / {"MSE": 1, "BCE": 10}[name] - 0.7
    far, near = corners[:24], corners[-24:]
    np.testing.assert_allclose(np.sort(np.unique(far[..., 1].round(9))), np.unique(heights[:, -2:].round(9)))
    np.testing.assert_allclose(np.sort(np.unique(near[..., 1].round(9))), np.unique(heights[:, :2].round(9)))


@pytest.mark.long
def test_every_label_lies_inside_the_picture() -> None:
    explorer = make()
    figure: Any = explorer._picture._figure
    for azimuth in range(-180, 180, 15):
        for elevation in (0, 30, 60, 90):
            for panel in artists(explorer, azimuth=azimuth, elevation=elevation):
                for text in [each for each in panel[5:] if each.get_visible()]:
                    box = text.get_window_extent(figure.canvas.get_renderer())
                    assert box.x0 >= 0
                    assert box.y0 >= 0
                    assert box.x1 <= figure.bbox.x1
                    assert box.y1 <= figure.bbox.y1


@pytest.mark.long
def test_the_caption_tells_the_numbers() -> None:
    explorer = make()
    rng = np.random.default_rng(4)
    for _ in range(10):
        state = random_state(rng)
        set_state(explorer, **state)
        text = explorer.caption
        assert f"turned by {state['azimuth']} degrees, seen from {state['elevation']} degrees" in text
        assert f"The dot stands at w = {state['w']:+.1f}, b = {state['b']:+.1f}." in text
        for name in LOSSES:
            here = stand(X, T, state["w"], state["b"], name)
            sentence = re.search(rf"On the {name} surface [^.]*(\.\d[^.]*)*\.", text)
            assert sentence is not None
            numbers = [float(number) for number in re.findall(r"[+-]?\d+\.\d+", sentence[0])]
            expected = [here.loss, np.hypot(*here.slope), *here.path[-1]]
            np.testing.assert_allclose(numbers, expected, atol=0.005)


@pytest.mark.long
def test_the_code_computes_the_picture() -> None:
    explorer = make()
    rng = np.random.default_rng(5)
    for _ in range(5):
        state = random_state(rng)
        set_state(explorer, **state)
        names: dict[str, Any] = {"x": X, "t": T}
        exec(explorer.code, names)
        both = [stand(X, T, state["w"], state["b"], name) for name in LOSSES]
        for ours, here in zip((names["mse"], names["bce"]), both, strict=True):
            np.testing.assert_array_equal(ours.path, here.path)
        np.testing.assert_allclose(names["steepness"], [np.hypot(*here.slope) for here in both], rtol=1e-12)
