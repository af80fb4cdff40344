"""The data sets of the course: found on this machine, fetched and checked, or stood in for by smaller ones."""

from course_utils.datasets.catalogue import registry
from course_utils.datasets.idx import read_idx
from course_utils.datasets.images import Dataset, load_fashion_mnist, load_mnist, mnist_source
from course_utils.datasets.majority import majority_bits
from course_utils.datasets.police import PoliceData, load_police
from course_utils.datasets.street_scenes import StreetScenes, draw_street_scenes
from course_utils.datasets.toy import draw_toy

__all__ = [
    "Dataset",
    "PoliceData",
    "StreetScenes",
    "draw_street_scenes",
    "draw_toy",
    "load_fashion_mnist",
    "load_mnist",
    "load_police",
    "majority_bits",
    "mnist_source",
    "read_idx",
    "registry",
]
