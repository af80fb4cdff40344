"""Street scenes drawn by the course: a car, a bus, a pedestrian, in any combination, or none of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from course_utils.numerics import FloatArray, check_integer

SIDE = 28
LABEL_NAMES = ("car", "bus", "pedestrian")
_ROAD = 18  # the row where the road begins; houses and trees stand above it
_NOISE = 12.0  # standard deviation of the grain of the picture, of 255

Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False, repr=False)
class StreetScenes:
    """Small pictures of a street, one a row, with three labels each, any number of which may be true.

    X : uint8 (N, 784), 28 x 28 pixels row by row, 0 for paper to 255 for ink, in the form of MNIST
    t : float64 (N, 3), 1 where the scene holds a car, a bus, a pedestrian; [1, 0, 1] is a car and a pedestrian
    label_names : what the three columns of t are called
    """

    X: Picture
    t: FloatArray
    label_names: tuple[str, ...] = LABEL_NAMES

    def __repr__(self) -> str:
        return f"StreetScenes(X={self.X.shape}, t={self.t.shape})"


def draw_street_scenes(n_samples: int, seed: int) -> StreetScenes:
    """Draw `n_samples` street scenes; the same seed gives the same scenes, and more of them begin with the same ones.

    Each label is true with probability 1/2, whatever the others are. A bus keeps to the far lane, a car to the near
    one, a pedestrian to the pavement in front; where along the street, how large, how dark and which way they face
    is random. Houses and trees stand behind. Nothing is ever hidden whole. Bad input raises ValueError or TypeError.

    >>> scenes = draw_street_scenes(3, seed=12)
    >>> scenes, scenes.t[0]
    (StreetScenes(X=(3, 784), t=(3, 3)), array([1., 0., 1.]))
    """
    n_samples = check_integer("n_samples", n_samples, at_least=1)
    rng = np.random.default_rng(check_integer("seed", seed, at_least=0))
    pictures = np.empty((n_samples, SIDE, SIDE), np.uint8)
    t = np.empty((n_samples, len(LABEL_NAMES)))
    for picture, labels in zip(pictures, t, strict=True):
        labels[:] = rng.integers(0, 2, len(labels))
        picture[:] = _scene(rng, *labels)
    return StreetScenes(pictures.reshape(n_samples, -1), t)


def _scene(rng: np.random.Generator, car: float, bus: float, pedestrian: float) -> Picture:
    """Draw from far to near, so that what is nearer covers what is farther."""
    canvas = np.zeros((SIDE, SIDE))
    canvas[_ROAD:] = rng.uniform(10, 50)
    for _ in range(rng.integers(1, 4)):
        _put(canvas, rng, _house(rng) if rng.random() < 0.5 else _tree(rng), bottom=_ROAD)
    if bus:
        _put(canvas, rng, _bus(rng), bottom=rng.integers(19, 22))
    if car:
        _put(canvas, rng, _car(rng), bottom=rng.integers(22, 26))
    if pedestrian:
        _put(canvas, rng, _pedestrian(rng), bottom=rng.integers(26, 29))
    noisy = canvas + rng.normal(0, _NOISE, canvas.shape)
    return noisy.clip(0, 255).astype(np.uint8)


def _put(canvas: FloatArray, rng: np.random.Generator, sprite: FloatArray, bottom: np.int64 | int) -> None:
    """Put `sprite` on the canvas, its last row just above row `bottom`, where along the street at random.

    NaN in a sprite is transparent. Half of the sprites are turned to face the other way.
    """
    height, width = sprite.shape
    left = rng.integers(0, SIDE - width + 1)
    part = canvas[bottom - height : bottom, left : left + width]
    sprite = sprite[:, ::-1] if rng.random() < 0.5 else sprite
    np.copyto(part, sprite, where=~np.isnan(sprite))


def _car(rng: np.random.Generator) -> FloatArray:
    """A low body, a cabin with two windows, two wheels: 10 to 12 pixels long."""
    length, paint, glass = rng.integers(10, 13), *_paint(rng)
    car = np.full((6, length), np.nan)
    car[0, 3:-2] = car[1, 2:-2] = paint
    car[1, 3:5] = car[1, 6:-3] = glass
    car[2:5] = paint
    car[4:6, 1:3] = car[4:6, -3:-1] = 255
    return car


def _bus(rng: np.random.Generator) -> FloatArray:
    """A long box with a row of windows and two wheels: 16 to 19 pixels long, 9 or 10 high."""
    height, length, paint, glass = rng.integers(9, 11), rng.integers(16, 20), *_paint(rng)
    bus = np.full((height, length), paint)
    bus[2:4, 1:-1] = glass
    bus[2:4, 4:-1:4] = paint
    bus[-1] = np.nan
    bus[-2:, 2:4] = bus[-2:, -5:-3] = 255
    return bus


def _pedestrian(rng: np.random.Generator) -> FloatArray:
    """A head, a body with arms, two legs, standing or walking: 3 to 5 pixels wide, 8 or 9 high."""
    legs, paint = rng.integers(3, 5), _paint(rng)[0]
    person = np.full((5 + legs, 5), np.nan)
    person[0:2, 2] = 255
    person[2:5, 1:4] = paint
    person[5:, [1, 3]] = paint
    if rng.random() < 0.5:  # a stride
        person[-1] = np.nan
        person[-1, [0, 4]] = person[3, [0, 4]] = paint
    return person


def _house(rng: np.random.Generator) -> FloatArray:
    """A wall with windows, as a bus has them."""
    height, width, wall = rng.integers(6, 15), rng.integers(5, 12), rng.uniform(40, 120)
    house = np.full((height, width), wall)
    house[1:-2:3, 1:-1:2] = rng.uniform(0, 220)
    return house


def _tree(rng: np.random.Generator) -> FloatArray:
    """A crown on a trunk, or a lamp on a post where the crown is small: upright, as a pedestrian is."""
    trunk, radius = rng.integers(3, 7), int(rng.integers(1, 4))
    side = 2 * radius + 1
    tree = np.full((side + trunk, side), np.nan)
    y, x = np.indices((side, side)) - radius
    tree[:side][x**2 + y**2 <= radius**2 + 1] = rng.uniform(60, 200)
    tree[side:, radius] = rng.uniform(100, 255)
    return tree


def _paint(rng: np.random.Generator) -> tuple[float, float]:
    """A paint and the glass that goes with it, dark in pale cars, pale in dark ones."""
    paint = rng.uniform(70, 230)
    return paint, paint - 60 if paint > 150 else paint + 60
