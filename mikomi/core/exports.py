"""What analytics may copy of each app: named columns of a table, no personal data.

An app lists its exports in `exports.py` and registers them at start-up. A copy is kept up to date by the
watermark: a column that only grows when a row is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db import models

_PERSONAL = re.compile(
    r"(^|_)(email|phone|name|kana|address|comment|birthday|subject)($|_)|^(shown|value|text|html|note|lines)$"
)


class WrongExportError(ValueError):
    """An export names a column that doesn't exist or that holds personal data."""


@dataclass(frozen=True, slots=True)
class Export:
    """Rows of `model` under `name`: these columns (attribute names, `customer_id` for a foreign key).

    `watermark` is the column by which new and changed rows are found; `public_names` are columns called like
    personal data that are none (the name of a product).
    """

    name: str
    model: type[models.Model]
    columns: tuple[str, ...]
    watermark: str
    public_names: tuple[str, ...] = ()


_exports: dict[str, Export] = {}


def register(*exports: Export) -> None:
    """Add exports. Raises `WrongExportError` with a sentence that names the column."""
    for export in exports:
        if _exports.get(export.name, export) != export:
            raise WrongExportError(f"Export {export.name!r} is registered twice.")
        _check(export)
        _exports[export.name] = export


def _check(export: Export) -> None:
    known = {field.attname for field in export.model._meta.concrete_fields}
    for column in (*export.columns, export.watermark):
        if column not in known:
            raise WrongExportError(
                f"Export {export.name!r}: {export.model.__name__} has no column {column!r}."
            )
        if _PERSONAL.search(column) and column not in export.public_names:
            raise WrongExportError(f"Export {export.name!r}: {column!r} sounds like personal data.")


def all_exports() -> list[Export]:
    """Every export, by name."""
    return sorted(_exports.values(), key=lambda export: export.name)
