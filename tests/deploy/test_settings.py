"""The kit's environment variables exist, and none of its secrets has a value."""

import re
from typing import Any

import pytest
from prefect.settings import Settings as PrefectSettings

from storage.settings import Settings

SECRET = re.compile(r"PASSWORD|SECRET|AUTH_STRING|ACCESS_KEY")
# FANGZHI_IMAGE is read by compose alone, FANGZHI_CONTAINER by container-worker.sh.
OURS_ELSEWHERE = {"FANGZHI_IMAGE", "FANGZHI_CONTAINER"}


def prefect_names(model: type[Any]) -> set[str]:
    """Collect the environment variables that a settings model of Prefect and the models in it read."""
    names: set[str] = set()
    for field_name, field in model.model_fields.items():
        nested = field.annotation
        if isinstance(nested, type) and hasattr(nested, "model_fields"):
            names |= prefect_names(nested)
            continue
        aliases = getattr(field.validation_alias, "choices", [field_name])
        names |= {str(alias).upper() for alias in aliases}
        names.add(f"{model.model_config.get('env_prefix', '')}{field_name}".upper())
    return names


def test_every_fangzhi_variable_is_a_setting(settings_given: dict[str, set[str]]) -> None:
    ours = {name for name in settings_given if name.startswith("FANGZHI_")} - OURS_ELSEWHERE

    assert ours <= {f"FANGZHI_{field.upper()}" for field in Settings.model_fields}


def test_env_example_names_every_setting(env_example: dict[str, str]) -> None:
    assert {f"FANGZHI_{field.upper()}" for field in Settings.model_fields} <= set(env_example)


def test_every_prefect_variable_is_a_setting_of_this_prefect(settings_given: dict[str, set[str]]) -> None:
    theirs = {name for name in settings_given if name.startswith("PREFECT_")}

    assert len(theirs) > 10
    assert theirs <= prefect_names(PrefectSettings)


def test_no_secret_has_a_value(settings_given: dict[str, set[str]]) -> None:
    secrets = {name: values for name, values in settings_given.items() if SECRET.search(name)}

    assert len(secrets) >= 5
    for name, values in secrets.items():
        for value in values:
            # empty (env.example, a reference in Kubernetes), or compose's "stop when it is not set"
            assert re.fullmatch(r"|\$\{[A-Z_]+:\?[^}]+\}", value), name


@pytest.mark.parametrize("name", ["PREFECT_SERVER_ANALYTICS_ENABLED", "DO_NOT_TRACK"])
def test_nothing_reports_to_anybody(settings_given: dict[str, set[str]], name: str) -> None:
    assert settings_given.get(name, {"1"}) <= {"false", "1"}


def test_the_archive_of_env_example_is_understood(env_example: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in env_example.items():
        monkeypatch.setenv(name, value)

    assert Settings().archive == "s3://fangzhi/archive"
    assert Settings().s3_addressing == "path"
