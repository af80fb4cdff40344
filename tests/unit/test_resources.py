"""Files that come with the course are found in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

import pytest

from course_utils._support import resources
from course_utils._support.resources import resource_path


def test_the_data_folder_lies_beside_the_package_or_inside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert resource_path("registry.json").is_file()
    monkeypatch.setattr(resources, "PACKAGE", tmp_path / "course_utils")
    with pytest.raises(FileNotFoundError, match=r"registry\.json: not among the files"):
        resource_path("registry.json")
    for folder in (tmp_path / "data", tmp_path / "course_utils" / "data"):
        folder.mkdir(parents=True)
        (folder / "registry.json").touch()
        assert resource_path("registry.json") == folder / "registry.json"
