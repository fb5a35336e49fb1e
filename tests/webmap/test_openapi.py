"""The description of the API, and what schemathesis finds by it: no fault of ours, no answer that is not described.

Left out of its checks: that whatever fits the schema is taken. A camera 300 km away fits the schema and not the home.
Added to what refuses what does not fit: 413, for a text of a megabyte is refused before it is read.
"""

import shutil
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from geo.records import Records
from geo.schema import SOURCES
from webmap import Settings, create_app
from webmap.access.limits import WrongTries

#: Bound beyond loopback, so that every request needs a key.
HOST = "10.0.0.5"
REFUSALS = ["400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "428", "429", "5xx"]
CHECKS = {"checks": {"negative_data_rejection": {"expected-statuses": REFUSALS}}}


@pytest.fixture(scope="module")
def app(tiny_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    home = shutil.copytree(tiny_home, tmp_path_factory.mktemp("openapi") / "home")
    app = create_app(Settings(home=home, host=HOST, trusted=("localhost",)))
    # It tries wrong keys by the dozen, and wants 401 each time.
    app.extensions["gridscope.doorman"]._tries = WrongTries(1_000_000, 1_000_000)
    return app


@pytest.fixture(scope="module")
def keys(app: Flask) -> dict[str, str]:
    records: Records = app.extensions["gridscope"].records
    return {role: records.add_key(f"{role}-key", role) for role in ("editor", "feeder")}


@pytest.fixture(scope="module")
def spec(app: Flask, keys: dict[str, str]) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {keys['editor']}"}
    answer = app.test_client().get("/api/openapi.json", headers=headers, base_url="http://localhost:8000")
    found: dict[str, Any] = answer.json
    return found


@pytest.fixture
def api(app: Flask, keys: dict[str, str]) -> Any:
    headers = {"Authorization": f"Bearer {keys['editor']}"}
    config = schemathesis.Config.from_dict(CHECKS)
    return schemathesis.openapi.from_wsgi(
        "/api/openapi.json", app, config=config, base_url="http://localhost:8000", headers=headers
    )


def test_every_column_is_described_from_the_schema(spec: dict[str, Any]) -> None:
    assert spec["openapi"].startswith("3.1")
    values = spec["components"]["schemas"]["NewCamera.NewCameraValues"]["properties"]
    assert list(values) == list(SOURCES["cameras"].names())
    assert values["tilt_deg"]["anyOf"][0] == {
        "description": "Angle below the horizontal / 水平线以下角度",
        "maximum": 90.0,
        "minimum": -90.0,
        "type": "number",
    }
    assert set(spec["paths"]) >= {"/api/cameras", "/api/cameras/{uid}", "/api/feed/incidents", "/api/incidents"}
    asked = {one["name"]: one for one in spec["paths"]["/api/cameras/{uid}"]["patch"]["parameters"]}
    assert asked["If-Match"]["required"]


def test_nothing_is_asked_of_another_host(app: Flask, spec: dict[str, Any]) -> None:
    assert not [rule.rule for rule in app.url_map.iter_rules() if "docs" in rule.rule or "swagger" in rule.rule]


def examine(operation: Any, mode: GenerationMode, key: str) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    def ask(case: Any) -> None:
        headers = {"Authorization": f"Bearer {key}", "Accept-Encoding": "identity"}
        case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])

    ask()


@pytest.mark.slow
def test_schemathesis_finds_nothing(api: Any, keys: dict[str, str]) -> None:
    """Every operation with what fits its description and with what does not, one after the other."""
    operations = [found.ok() for found in api.get_all_operations()]
    assert len(operations) == 24
    for operation in operations:
        for mode in GenerationMode:
            examine(operation, mode, keys["feeder" if operation.path.startswith("/api/feed/") else "editor"])
