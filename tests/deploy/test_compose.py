"""compose.yaml: its shape, its references, and what it must not do."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

STRINGS = {"type": "array", "items": {"type": "string"}}
MAP = {"type": "object", "additionalProperties": {"type": "string"}}
DURATION = {"type": "string", "pattern": r"^(\d+(ms|s|m|h))+$"}


def closed(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    """Make a schema of an object that has no other keys."""
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


# The part of the Compose Specification that the kit uses; a misspelt key fails.
SERVICE = closed(
    {
        "image": {"type": "string"},
        "build": closed({"context": {"type": "string"}, "dockerfile": {"type": "string"}}, "context"),
        "init": {"type": "boolean"},
        "user": {"type": "string"},
        "read_only": {"type": "boolean"},
        "cap_drop": STRINGS,
        "security_opt": STRINGS,
        "tmpfs": STRINGS,
        "command": STRINGS,
        "restart": {"enum": ["no", "always", "on-failure", "unless-stopped"]},
        "environment": MAP,
        "ports": STRINGS,
        "volumes": STRINGS,
        "networks": STRINGS,
        "stop_grace_period": DURATION,
        "depends_on": {
            "type": "object",
            "additionalProperties": closed(
                {"condition": {"enum": ["service_started", "service_healthy", "service_completed_successfully"]}},
                "condition",
            ),
        },
        "healthcheck": closed(
            {
                "test": {"type": "array", "prefixItems": [{"enum": ["CMD", "CMD-SHELL"]}], "minItems": 2},
                "interval": DURATION,
                "timeout": DURATION,
                "start_period": DURATION,
                "retries": {"type": "integer"},
            },
            "test",
        ),
        "logging": closed({"driver": {"type": "string"}, "options": MAP}, "driver"),
    },
    "image",
)
FILE = {
    **closed(
        {
            "name": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*$"},
            "services": {"type": "object", "additionalProperties": SERVICE},
            "networks": {"type": "object", "additionalProperties": closed({"internal": {"type": "boolean"}})},
            "volumes": {"type": "object", "additionalProperties": closed({})},
        },
        "services",
    ),
    "patternProperties": {"^x-": {}},
}


def test_compose_file_has_the_shape_of_the_specification(compose: dict[str, Any]) -> None:
    jsonschema.validate(compose, FILE)


def test_compose_file_is_valid_for_a_compose_library(deploy: Path) -> None:
    compose_spec = pytest.importorskip("compose_spec", reason="pip install compose-spec for a second opinion")
    yaml = pytest.importorskip("yaml")
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", (deploy / "compose.yaml").read_text("utf-8"))
    filled = yaml.safe_load(re.sub(r"\$\{\w+:\?[^}]*\}", "value", text))

    compose_spec.PyCompose.from_json(
        json.dumps({key: value for key, value in filled.items() if not key.startswith("x-")})
    ).validate()


def test_services_depend_on_services_that_are_there_and_can_be_healthy(compose: dict[str, Any]) -> None:
    services = compose["services"]

    for service in services.values():
        for name, wanted in service.get("depends_on", {}).items():
            if wanted["condition"] == "service_healthy":
                assert "healthcheck" in services[name]
            if wanted["condition"] == "service_completed_successfully":
                assert services[name]["restart"] == "no"


def test_services_use_networks_and_volumes_that_are_declared(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert set(service["networks"]) <= set(compose["networks"])
        assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= set(compose["volumes"])


def test_only_the_ui_is_published_and_only_on_loopback(compose: dict[str, Any]) -> None:
    published = [port for service in compose["services"].values() for port in service.get("ports", [])]

    assert published == ["127.0.0.1:4200:4200"]


def test_the_database_and_the_store_have_no_way_out(compose: dict[str, Any]) -> None:
    for name in ("database", "store"):
        assert all(compose["networks"][network].get("internal") for network in compose["services"][name]["networks"])


def test_our_containers_have_an_ordinary_user_and_nothing_to_write_but_scratch(compose: dict[str, Any]) -> None:
    for name in ("server", "deployments", "worker"):
        service = compose["services"][name]

        assert service["user"] == "10001:10001"
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_every_variable_of_the_file_is_in_env_example(deploy: Path, env_example: dict[str, str]) -> None:
    assert set(re.findall(r"\$\{(\w+)", (deploy / "compose.yaml").read_text("utf-8"))) <= set(env_example)


def test_images_of_others_have_a_version(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert re.search(r":(?!latest)[\w.-]+$|^\$\{FANGZHI_IMAGE:-fangzhi:latest\}$", service["image"])
