"""Blobs, circles and moons: points in the plane that a straight line separates, or not."""

from __future__ import annotations

import numpy as np

from course_utils.numerics import FloatArray, IntArray, check_choice, check_integer, check_number

TOYS = ("blobs", "circles", "moons")


def draw_toy(name: str, n_samples: int, noise: float, seed: int) -> tuple[FloatArray, IntArray]:
    """Return points X (N, 2), float64, and classes y (N,), int64, 0 or 1, half of each (the odd one is a 0).

    "blobs", "circles" or "moons", by scikit-learn's make_blobs, make_circles and make_moons, moved and shrunk to lie
    about the origin within about 1.5. `noise` is the standard deviation that is added to each coordinate, for the
    blobs that of the cloud. An unknown name, fewer than two points or a negative noise raises ValueError.

    >>> X, y = draw_toy("circles", 4, noise=0.0, seed=0)
    >>> sorted(np.hypot(*X.T).round(2).tolist())
    [0.5, 0.5, 1.0, 1.0]
    """
    from sklearn.datasets import make_blobs, make_circles, make_moons

    check_choice("name", name, TOYS)
    noise = check_number("noise", noise, at_least=0)
    zeros = check_integer("n_samples", n_samples, at_least=2) - n_samples // 2
    sizes, seed = (zeros, n_samples - zeros), check_integer("seed", seed, at_least=0)
    if name == "blobs":
        X, y = make_blobs(sizes, centers=[(-0.7, -0.7), (0.7, 0.7)], cluster_std=noise, random_state=seed)
    elif name == "circles":
        X, y = make_circles(sizes, factor=0.5, noise=noise, random_state=seed)
    else:
        X, y = make_moons(sizes, noise=noise, random_state=seed)
        X = (X - (0.5, 0.25)) * 0.8
    return np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.int64)
