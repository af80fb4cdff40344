"""The street scenes: the labels say what was drawn, the seed decides everything, and nothing is hidden whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from course_utils.datasets import StreetScenes, draw_street_scenes, street_scenes
from course_utils.numerics import FloatArray

MANY = draw_street_scenes(2000, seed=3)


def test_the_form_is_that_of_mnist_with_three_labels() -> None:
    assert isinstance(MANY, StreetScenes)
    assert repr(MANY) == "StreetScenes(X=(2000, 784), t=(2000, 3))"
    assert MANY.X.shape == (2000, 784)
    assert MANY.X.dtype == np.uint8
    assert MANY.t.dtype == np.float64
    assert MANY.label_names == ("car", "bus", "pedestrian")
    assert set(MANY.t.ravel()) == {0.0, 1.0}
    assert MANY.X.min() == 0
    assert MANY.X.max() == 255


def test_all_eight_combinations_come_equally_often() -> None:
    kinds, counts = np.unique(MANY.t, axis=0, return_counts=True)
    assert len(kinds) == 8
    # Five standard deviations of a count of 2,000 draws with probability 1/8.
    assert np.abs(counts - 250).max() < 5 * np.sqrt(2000 * 1 / 8 * 7 / 8)
    independent = np.corrcoef(MANY.t.T) - np.eye(3)
    assert np.abs(independent).max() < 5 / np.sqrt(2000)


def test_the_seed_decides_and_more_scenes_begin_with_the_same_ones() -> None:
    again, more, other = draw_street_scenes(20, 3), draw_street_scenes(30, 3), draw_street_scenes(20, 4)
    np.testing.assert_array_equal(again.X, MANY.X[:20])
    np.testing.assert_array_equal(again.t, MANY.t[:20])
    np.testing.assert_array_equal(more.X[:20], again.X)
    assert (other.X != again.X).any(axis=1).all()


def test_no_two_scenes_are_the_same() -> None:
    assert len(np.unique(MANY.X, axis=0)) == 2000


def drawn(monkeypatch: pytest.MonkeyPatch, seed: int, *labels: float) -> dict[str, Any]:
    """Draw one scene with these labels and record, by name, the ink of every thing on a canvas of its own."""
    inks: dict[str, Any] = {}
    put = street_scenes._put
    names: list[str] = []

    def named(name: str, draw: Callable[[np.random.Generator], FloatArray]) -> Any:
        def remember(rng: np.random.Generator) -> FloatArray:
            names.append(name)
            return draw(rng)

        return remember

    for name in ("_car", "_bus", "_pedestrian", "_house", "_tree"):
        monkeypatch.setattr(street_scenes, name, named(name, getattr(street_scenes, name)))

    def record(canvas: FloatArray, rng: np.random.Generator, sprite: FloatArray, bottom: int) -> None:
        before = canvas.copy()
        put(canvas, rng, sprite, bottom)
        changed = canvas != before
        for earlier in inks.values():
            earlier &= ~changed  # what is nearer covers what is farther
        inks[names[-1]] = inks.get(names[-1], False) | changed

    monkeypatch.setattr(street_scenes, "_put", record)
    street_scenes._scene(np.random.default_rng(seed), *labels)
    monkeypatch.undo()
    return inks


@pytest.mark.parametrize("labels", [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (1, 1, 1)])
def test_what_is_drawn_is_what_the_labels_say(monkeypatch: pytest.MonkeyPatch, labels: tuple[float, ...]) -> None:
    for seed in range(5):
        inks = drawn(monkeypatch, seed, *labels)
        assert [name in inks for name in ("_car", "_bus", "_pedestrian")] == [bool(label) for label in labels]
        assert {"_house", "_tree"} & set(inks), "something stands behind"


def test_nothing_is_ever_hidden_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(200):
        inks = drawn(monkeypatch, seed, 1, 1, 1)
        for name, least in (("_car", 15), ("_bus", 60), ("_pedestrian", 15)):
            assert inks[name].sum() >= least, (seed, name, inks[name].sum())


def test_every_thing_stands_on_the_road_and_anywhere_along_it(monkeypatch: pytest.MonkeyPatch) -> None:
    lowest: dict[str, set[int]] = {}
    columns: dict[str, set[int]] = {}
    for seed in range(200):
        for name, ink in drawn(monkeypatch, seed, 0, 0, 1).items():
            rows, places = np.nonzero(ink)
            if len(rows):
                lowest.setdefault(name, set()).add(int(rows.max()))
                columns.setdefault(name, set()).update(places.tolist())
    assert lowest["_pedestrian"] == {25, 26, 27}
    assert columns["_pedestrian"] == set(range(28))
    assert max(lowest["_house"] | lowest["_tree"]) == street_scenes._ROAD - 1


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((0, 1), ValueError, "n_samples: expected a whole number of at least 1, got 0"),
        ((2.5, 1), TypeError, "n_samples: expected a whole number"),
        ((2, -1), ValueError, "seed: expected a whole number of at least 0, got -1"),
        ((2, None), TypeError, "seed: expected a whole number"),
    ],
)
def test_bad_input_is_named(arguments: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        draw_street_scenes(*arguments)
