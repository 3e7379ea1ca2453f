"""Foreign keys go down, as calls do: a table knows only tables of its own app and of the apps below it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

from django.apps import apps
from django.db import models

from mikomi.config import ROOT


def levels() -> dict[str, int]:
    """The height of each app by its package, from the contract of the stack: 0 is the top."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    stack = next(one for one in contracts if one["type"] == "layers" and "containers" not in one)
    return {
        package.strip(): height
        for height, layer in enumerate(stack["layers"])
        for package in layer.split("|")
    }


def height_of(model: type[models.Model]) -> int | None:
    """None for a table that is not ours."""
    package = ".".join(model.__module__.split(".")[:2])
    return levels()[package] if package.startswith("mikomi.") else None


def upward() -> Iterator[str]:
    """The foreign keys that point at an app above their own, or beside it."""
    for model in apps.get_models(include_auto_created=True):
        own = height_of(model)
        if own is None:
            continue
        for field in model._meta.get_fields():
            target = field.related_model if field.concrete and field.is_relation else None
            if not isinstance(target, type) or (height := height_of(target)) is None:
                continue
            is_own_app = model.__module__.split(".")[1] == target.__module__.split(".")[1]
            if height < own or (height == own and not is_own_app):
                yield f"{model._meta.label}.{field.name} → {target._meta.label}"


def test_no_foreign_key_points_up() -> None:
    assert list(upward()) == []


def test_every_app_with_tables_has_its_place_in_the_stack() -> None:
    ours = {model.__module__.split(".")[1] for model in apps.get_models() if "mikomi" in model.__module__}
    assert {f"mikomi.{name}" for name in ours} <= levels().keys()
    assert len(ours) > 8
