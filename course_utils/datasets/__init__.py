"""The data sets of the course: found on this machine, fetched and checked, or stood in for by smaller ones."""

from course_utils.datasets.catalogue import registry
from course_utils.datasets.idx import read_idx
from course_utils.datasets.images import Dataset, load_fashion_mnist, load_mnist, mnist_source
from course_utils.datasets.police import PoliceData, load_police

__all__ = [
    "Dataset",
    "PoliceData",
    "load_fashion_mnist",
    "load_mnist",
    "load_police",
    "mnist_source",
    "read_idx",
    "registry",
]
