"""Making many unsaved rows: ten times faster than the model's keyword arguments (docs/measurements.md)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from django.db import models
from django.db.models.base import ModelState

M = TypeVar("M", bound=models.Model)


def build(model: type[M], **values: Any) -> M:
    """A row of `model` with these attributes (`customer_id` for a foreign key), defaults for the others.

    `TypeError` for an attribute that the model has no column for.
    """
    constants, calls = _plan(model)
    if unknown := values.keys() - constants.keys():
        raise TypeError(f"{model.__name__} has no column for {', '.join(sorted(unknown))}")
    # What `Model.__init__` does for columns, without its loop over fields and its signals, which nobody receives.
    row = model.__new__(model)
    row._state = ModelState()
    columns = row.__dict__
    columns.update(constants)
    columns.update(values)
    for name, make in calls:
        if name not in values:
            columns[name] = make()
    return row


@lru_cache(maxsize=256)
def _plan(model: type[models.Model]) -> tuple[dict[str, Any], tuple[tuple[str, Callable[[], Any]], ...]]:
    """The attribute of each column with its constant default, and the defaults that are called."""
    fields = model._meta.concrete_fields
    calls = tuple(
        (field.attname, field.default) for field in fields if field.has_default() and callable(field.default)
    )
    called = {name for name, _ in calls}
    constants = {field.attname: None if field.attname in called else field.get_default() for field in fields}
    return constants, calls
