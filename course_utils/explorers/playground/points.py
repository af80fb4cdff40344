"""The playground's points, features and random numbers: the page draws the same ones, by the same few lines.

NumPy's generators are too long to be written again in JavaScript, so that both sides share a small one: mulberry32
(T. Ettinger, 2017, public domain), a counter that is hashed to 32 bits.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from course_utils.numerics import FloatArray, IntArray

DATA = ("blobs", "circles", "moons", "spiral", "xor", "sine", "own")
FEATURES = ("x1", "x2", "sq1", "sq2", "product", "sin1", "sin2")
REACH = 1.6  # the plane is shown from -REACH to REACH
N = 400  # points of a data set, those to test on among them
POINTS, START, ORDER = 63, 2, 3  # what random numbers are for: each has its own


def make_key(*parts: int) -> int:
    """Mix whole numbers into the 32 bits that a stream of random numbers begins with.

    >>> make_key(1, 0) == make_key(0, 1)
    False
    """
    key = 0
    for part in parts:
        key = int(_bits(key + part, 1)[0])
    return key


def uniforms(key: int, count: int) -> FloatArray:
    """Return numbers (count,) from 0 to 1, without the 1.

    >>> uniforms(0, 2).round(4)
    array([0.2664, 0.0003])
    """
    return _bits(key, count) / 2**32


def normals(key: int, count: int) -> FloatArray:
    """Return standard normal numbers (count,), by the method of Box and Muller.

    >>> len(normals(0, 3))
    3
    """
    u = uniforms(key, 2 * count)
    z: FloatArray = np.sqrt(-2 * np.log1p(-u[::2])) * np.cos(2 * np.pi * u[1::2])
    return z


def _bits(key: int, count: int) -> npt.NDArray[np.uint64]:
    mask = np.uint64(0xFFFFFFFF)
    a = (np.uint64(key & 0xFFFFFFFF) + np.uint64(0x6D2B79F5) * np.arange(1, count + 1, dtype=np.uint64)) & mask
    t = ((a ^ (a >> np.uint64(15))) * (a | np.uint64(1))) & mask
    t = t ^ ((t + (((t ^ (t >> np.uint64(7))) * (t | np.uint64(61))) & mask)) & mask)
    mixed: npt.NDArray[np.uint64] = t ^ (t >> np.uint64(14))
    return mixed


def draw_points(data: str, classes: int, noise: float, draw: int) -> tuple[FloatArray, IntArray]:
    """Return points X (N, 2) and classes y (N,), each class in turn; "own" has none.

    `noise` is the standard deviation added to each coordinate, before moons are shrunk to fit; another `draw` gives
    other points.

    >>> X, y = draw_points("circles", 2, 0.0, 0)
    >>> np.hypot(*X[:4].T).round(2), y[:4]
    (array([1. , 0.5, 1. , 0.5]), array([0, 1, 0, 1]))
    """
    if data == "own":
        return np.empty((0, 2)), np.empty(0, dtype=np.int64)
    u, v, a, b = uniforms(make_key(POINTS, draw), 4 * N).reshape(N, 4).T
    y = np.arange(N) % classes
    radius, angle = np.sqrt(-2 * np.log1p(-a)), 2 * np.pi * b
    normal = radius[:, np.newaxis] * np.column_stack([np.cos(angle), np.sin(angle)])
    shrunk = 1.6 / classes if data == "moons" else 1.0  # with their noise, as those of draw_toy
    return shrunk * (_places(data, classes, y, u, v) + noise * normal), y


def _places(data: str, classes: int, y: IntArray, u: FloatArray, v: FloatArray) -> FloatArray:
    """Where points lie without noise; u and v (N,) say where in its class each has its place."""
    share, turn = y / classes, 2 * np.pi
    if data == "blobs":
        return _polar(np.full(len(y), 0.7 * np.sqrt(2)), turn * (5 / 8 + share))
    if data == "circles":
        return _polar(1 - share, turn * u)
    if data == "moons":
        x = y + np.where(y == 1, -1, 1) * np.cos(np.pi * u) - (classes - 1) / 2
        height = np.where(y == 1, 0.5 - np.sin(np.pi * u), np.sin(np.pi * u)) - 0.25
        return np.column_stack([x, height])
    if data == "spiral":
        return _polar(0.1 + 1.2 * u, turn * (share + 3 / classes * u))
    if data == "xor":  # sectors, of which those across from each other are of one class
        second, w = v >= 0.5, 2 * v % 1
        return _polar(1.4 * np.sqrt(0.02 + 0.98 * w), np.pi / classes * (y + classes * second + 0.06 + 0.88 * u))
    x = 3 * u - 1.5  # "sine": bands, one above the other
    return np.column_stack([x, np.sin(np.pi * x) / 2 - 0.9 + 1.8 / classes * (y + 0.06 + 0.88 * v)])


def _polar(radius: FloatArray, angle: FloatArray) -> FloatArray:
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def make_features(X: FloatArray, names: tuple[str, ...]) -> FloatArray:
    """Points (N, 2) to columns (N, D): x1, x2, both squares, the product, sin(pi x1) and sin(pi x2).

    >>> make_features(np.array([[0.5, 2.0]]), ("x1", "sq1", "sq2", "product"))
    array([[0.5 , 0.25, 4.  , 1.  ]])
    """
    x1, x2 = X.T
    columns = (x1, x2, x1**2, x2**2, x1 * x2, np.sin(np.pi * x1), np.sin(np.pi * x2))
    chosen = [column for name, column in zip(FEATURES, columns, strict=True) if name in names]
    return np.column_stack(chosen) if chosen else np.empty((len(X), 0))
