"""Imports of files and their rows."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from mikomi.api.shapes.common import (
    Code,
    In,
    Line,
    Utc,
)
from mikomi.integrations.models import ImportJob, ImportRow

# Imports


class ImportRowFilter(Schema):
    """Which rows; `issues`: what is wrong only."""

    cursor: Annotated[Line, Field(max_length=2_000)] = ""
    outcome: Code = ""


class ImportOut(Schema):
    """An import of a file: checked first, then run. `claim_id`: whose measurements it holds."""

    id: int
    file_name: str
    content: str
    format: str
    state: str
    refusal: dict[str, Any]
    backfill: bool
    claim_id: int | None
    rows_total: int | None
    rows_done: int
    checked: dict[str, int]
    created: int
    changed: int
    unchanged: int
    skipped: int
    created_at: Utc
    finished_at: Utc | None

    @classmethod
    def of(cls, row: ImportJob) -> ImportOut:
        """From the row."""
        return cls(
            id=row.pk,
            file_name=row.file_name,
            content=row.content,
            format=row.format_key,
            state=row.state,
            refusal=row.refusal,
            backfill=row.backfill,
            claim_id=row.claim_id,
            rows_total=row.rows_total,
            rows_done=row.rows_done,
            checked=row.checked,
            created=row.created_count,
            changed=row.changed_count,
            unchanged=row.unchanged_count,
            skipped=row.skipped_count,
            created_at=row.created_at,
            finished_at=row.finished_at,
        )


class ImportRowOut(Schema):
    """What the dry run noted about a row."""

    line: int
    outcome: str
    label: str
    column: str
    code: str
    params: dict[str, Any]

    @classmethod
    def of(cls, row: ImportRow) -> ImportRowOut:
        """From the row."""
        return cls(
            line=row.line,
            outcome=row.outcome,
            label=row.label,
            column=row.column,
            code=row.code,
            params=row.params,
        )


class MappingIn(In):
    """Which column holds which field."""

    mapping: Annotated[dict[Line, Code], Field(max_length=500)]
    day_first: bool | None = None
