"""A plugin of pytest: where PyTorch is not installed, a test that imports it is skipped and says so."""

from __future__ import annotations

import importlib.util
import sys
from importlib.machinery import ModuleSpec

import pytest

REASON = "PyTorch is not installed here"


class NoTorch:
    """What the import system asks last."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Skip the test, or the whole file of tests, that imports torch."""
        if name == "torch":
            raise pytest.skip.Exception(REASON, allow_module_level=True)
        return None


if importlib.util.find_spec("torch") is None:
    sys.meta_path.append(NoTorch)
