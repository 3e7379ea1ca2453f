"""Configuration: every variable is documented, a wrong one is refused with its name, value and what is allowed."""

from __future__ import annotations

import pytest

from mikomi import config
from tests.paths import ROOT

SAFE = {"MIKOMI_ENV": "production", "MIKOMI_SECRET_KEY": "x" * 40}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MIKOMI_ENV", "prod"),
        ("MIKOMI_DEBUG", "perhaps"),
        ("MIKOMI_DATABASE", "mysql://db/mikomi"),
        ("MIKOMI_DATABASE", "sqlite:///"),
        ("MIKOMI_TIME_ZONE", "Tokyo"),
        ("MIKOMI_LANGUAGE", "fr"),
        ("MIKOMI_URL", "desk.example.jp"),
        ("MIKOMI_URL", "https://desk.example.jp/path"),
        ("MIKOMI_MAX_UPLOAD_MB", "0"),
        ("MIKOMI_PROXIES", "many"),
        ("MIKOMI_HOSTS", "desk example"),
    ],
)
def test_a_wrong_value_is_refused_with_variable_value_and_what_is_allowed(name: str, value: str) -> None:
    with pytest.raises(config.ConfigurationError) as refusal:
        config.load(SAFE | {name: value})
    assert refusal.value.variable == name
    assert name in str(refusal.value)
    assert "Allowed:" in str(refusal.value)


def test_a_misspelt_variable_is_refused_instead_of_ignored() -> None:
    with pytest.raises(config.ConfigurationError, match="MIKOMI_TIMEZONE"):
        config.load(SAFE | {"MIKOMI_TIMEZONE": "Asia/Tokyo"})


def test_production_needs_a_secret_key_and_no_debugging() -> None:
    with pytest.raises(config.ConfigurationError, match="MIKOMI_SECRET_KEY"):
        config.load({"MIKOMI_ENV": "production"})
    with pytest.raises(config.ConfigurationError, match="MIKOMI_DEBUG"):
        config.load(SAFE | {"MIKOMI_DEBUG": "1"})


def test_a_secret_is_never_printed() -> None:
    with pytest.raises(config.ConfigurationError) as refusal:
        config.load(SAFE | {"MIKOMI_DATABASE": "mysql://root:hunter2@db/x"})
    assert "hunter2" not in str(refusal.value)


def test_a_postgresql_address_is_read_in_all_its_parts() -> None:
    spec = config.load(SAFE | {"MIKOMI_DATABASE": "postgresql://me:p%40ss@db.example:5433/mikomi"})[
        "MIKOMI_DATABASE"
    ]
    assert (spec["engine"], spec["name"], spec["host"], spec["port"]) == (
        "postgresql",
        "mikomi",
        "db.example",
        "5433",
    )
    assert (spec["user"], spec["password"]) == ("me", "p@ss")


def test_the_documentation_lists_every_variable_as_it_is() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text()
    assert config.documentation() in page, (
        "docs/configuration.md is old: python -m mikomi.config > docs/configuration.md"
    )
