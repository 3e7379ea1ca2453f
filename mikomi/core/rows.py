"""Making many unsaved rows: three times faster than the model's keyword arguments (docs/measurements.md)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


def build(model: type[M], **values: Any) -> M:
    """A row of `model` with these attributes (`customer_id` for a foreign key), defaults for the others.

    `TypeError` for an attribute that the model has no column for.
    """
    names, constants, calls = _plan(model)
    if unknown := values.keys() - set(names):
        raise TypeError(f"{model.__name__} has no column for {', '.join(sorted(unknown))}")
    arguments = [values.get(name, constant) for name, constant in zip(names, constants, strict=True)]
    for place, make in calls:
        if names[place] not in values:
            arguments[place] = make()
    return model(*arguments)


@lru_cache(maxsize=256)
def _plan(
    model: type[models.Model],
) -> tuple[tuple[str, ...], tuple[Any, ...], tuple[tuple[int, Callable[[], Any]], ...]]:
    """The attributes in the order of the columns, their constant defaults, and the defaults that are called."""
    fields = model._meta.concrete_fields
    calls = tuple(
        (place, field.default)
        for place, field in enumerate(fields)
        if field.has_default() and callable(field.default)
    )
    called = {place for place, _ in calls}
    constants = tuple(None if place in called else field.get_default() for place, field in enumerate(fields))
    return tuple(field.attname for field in fields), constants, calls
