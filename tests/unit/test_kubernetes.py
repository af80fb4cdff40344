"""The values for Kubernetes, against the public chart's own schema where it stands beside the project."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT.parent / "shared" / "kubernetes"
VALUES = ROOT / "classroom" / "hub" / "kubernetes" / "values.yaml"
PAGE = (ROOT / "docs" / "hub.md").read_text(encoding="utf-8")


def without_required(schema: Any) -> Any:
    """The schema without what has to be there: Helm puts our values over the chart's own, which have it."""
    if isinstance(schema, list):
        return [without_required(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: without_required(value) for key, value in schema.items() if key != "required" or isinstance(value, dict)
    }


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft7Validator:
    if not CHART.is_dir():
        pytest.skip("the JupyterHub chart's schema is not beside the project")
    schema = yaml.safe_load((CHART / "values.schema.yaml").read_text(encoding="utf-8"))
    return jsonschema.Draft7Validator(without_required(schema))


def values() -> Any:
    return yaml.safe_load(VALUES.read_text(encoding="utf-8"))


def test_every_value_is_one_of_the_charts(validator: jsonschema.Draft7Validator) -> None:
    assert [f"{'.'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(values())] == []


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("singleuser.memry", "1G"),
        ("singleuser.storage.type", "big"),
        ("cull.timeout", "1h"),
        ("proxy.https.hosts", 1),
    ],
)
def test_the_schema_finds_a_slip(validator: jsonschema.Draft7Validator, path: str, wrong: object) -> None:
    *way, last = path.split(".")
    changed = values()
    place = changed
    for each in way:
        place = place[each]
    place[last] = wrong
    assert len([*validator.iter_errors(changed)]) == 1


def test_the_image_has_the_hub_of_the_chart() -> None:
    (named,) = re.findall(r"--build-arg JUPYTERHUB=([\d.]+)", PAGE)
    readme = CHART / "README.md"
    if not readme.exists():
        pytest.skip("the JupyterHub chart's schema is not beside the project")
    assert f"JupyterHub {named}" in readme.read_text(encoding="utf-8")
    assert "ARG JUPYTERHUB" in (ROOT / "classroom" / "hub" / "Dockerfile").read_text(encoding="utf-8")


def test_pods_do_not_reach_one_another_and_what_is_saved_stays() -> None:
    student = values()["singleuser"]
    assert student["networkPolicy"]["enabled"]
    assert not student["networkPolicy"]["egressAllowRules"]["privateIPs"]
    assert student["storage"]["type"] == "dynamic"
    assert student["cmd"][-1] == "/course/classroom/hub/student.py"
    assert "dummy" not in values()["hub"]["config"]["JupyterHub"]["authenticator_class"]
