"""What Colab ships: its published list (github.com/googlecolab/backend-info), as far as the course meets it."""

from __future__ import annotations

# pip-freeze.txt of 27 February 2026; later lists, up to August 2026, have nothing older.
PYTHON = "3.12"
SHIPPED = {
    "anywidget": "0.9.21",
    "contourpy": "1.3.3",
    "filelock": "3.24.3",
    "ipykernel": "6.17.1",
    "ipython": "7.34.0",
    "ipywidgets": "7.7.1",
    "jupyter-client": "7.4.9",
    "jupyter-server": "2.14.0",
    "jupytext": "1.19.1",
    "matplotlib": "3.10.0",
    "mpmath": "1.3.0",
    "nbclient": "0.10.4",
    "nbformat": "5.10.4",
    "notebook": "6.5.7",
    "numpy": "2.0.2",
    "pillow": "11.3.0",
    "platformdirs": "4.9.2",
    "pooch": "1.9.0",
    "psutil": "5.9.5",
    "pytest": "8.4.2",
    "pyzmq": "26.2.1",
    "requests": "2.32.4",
    "scikit-learn": "1.6.1",
    "scipy": "1.16.3",
    "sympy": "1.14.0",
    "threadpoolctl": "3.6.0",
    "torch": "2.10.0",
    "tornado": "6.5.1",
    "tqdm": "4.67.3",
    "traitlets": "5.7.1",
}
