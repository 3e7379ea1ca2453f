"""Endpoints of outgoing webhooks and what became of each attempt."""

from __future__ import annotations

from typing import Annotated

from ninja import Schema
from pydantic import Field, model_validator

from mikomi.api.shapes.common import Code, Id, In, Line, Moment, Paging, Utc
from mikomi.integrations.webhooks.models import Attempt, Endpoint

# Webhooks


class EndpointIn(In):
    """An address that is told of events. `kinds`: event kinds, or ["*"] for all."""

    url: Annotated[Line, Field(min_length=1)]
    kinds: list[Code] = Field(min_length=1, max_length=200)
    description: Annotated[Line, Field(max_length=200)] = ""


class ChangedEndpointIn(EndpointIn):
    """… and whether it is on."""

    is_active: bool = True


class AttemptFilter(Paging):
    """Which calls."""

    only_failed: bool = False


class ReplayIn(In):
    """Which events are sent again."""

    event_ids: list[Id] = Field([], max_length=1_000)
    since: Moment | None = None

    @model_validator(mode="after")
    def _something(self) -> ReplayIn:
        if not self.event_ids and self.since is None:
            raise ValueError("event_ids or since")
        return self


class EndpointOut(Schema):
    """A webhook endpoint."""

    id: int
    url: str
    description: str
    kinds: list[str]
    is_active: bool
    created_at: Utc
    failing_since: Utc | None
    disabled_reason: str

    @classmethod
    def of(cls, row: Endpoint) -> EndpointOut:
        """From the row."""
        return cls(
            id=row.pk,
            url=row.url,
            description=row.description,
            kinds=row.kinds,
            is_active=row.is_active,
            created_at=row.created_at,
            failing_since=row.failing_since,
            disabled_reason=row.disabled_reason,
        )


class SecretOut(Schema):
    """A signing secret, shown this once only."""

    secret: str


class NewEndpointOut(Schema):
    """A new endpoint with its secret, which is shown this once only."""

    endpoint: EndpointOut
    secret: str


class AttemptOut(Schema):
    """A call and what came back."""

    id: int
    event_id: int | None
    at: Utc
    duration_ms: int
    status: int | None
    reason: str
    error: str

    @classmethod
    def of(cls, row: Attempt) -> AttemptOut:
        """From the row."""
        return cls(
            id=row.pk,
            event_id=row.event_id,
            at=row.at,
            duration_ms=row.duration_ms,
            status=row.status,
            reason=row.reason,
            error=row.error,
        )
