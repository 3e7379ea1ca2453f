"""What is said of a part of a customer: an address, a consent, a merge."""

from __future__ import annotations

from ninja import Schema

from mikomi.api.shapes.common import Money, PersonRef, Utc
from mikomi.customers.models import (
    Address,
    Consent,
    DuplicateProposal,
    Identity,
    Merge,
    Note,
    Standing,
)
from mikomi.customers.queries import Display


class StandingOut(Schema):
    """What the customer has bought so far."""

    spend: Money
    order_count: int
    first_order_at: Utc | None
    last_order_at: Utc | None
    tier: str

    @classmethod
    def of(cls, row: Standing) -> StandingOut:
        """From the row."""
        return cls(
            spend=Money(minor=row.spend_minor, currency=row.currency),
            order_count=row.order_count,
            first_order_at=row.first_order_at,
            last_order_at=row.last_order_at,
            tier=row.tier,
        )


class IdentityOut(Schema):
    """An address, number or id."""

    id: int
    kind: str
    source: str
    value: str
    shown: str
    is_primary: bool
    is_undeliverable: bool

    @classmethod
    def of(cls, row: Identity) -> IdentityOut:
        """From the row."""
        return cls(
            id=row.pk,
            kind=row.kind,
            source=row.source,
            value=row.value,
            shown=row.shown,
            is_primary=row.is_primary,
            is_undeliverable=row.undeliverable_since is not None,
        )


class AddressOut(Schema):
    """A postal address."""

    id: int
    country: str
    postal_code: str
    region: str
    city: str
    lines: str
    is_primary: bool

    @classmethod
    def of(cls, row: Address) -> AddressOut:
        """From the row."""
        return cls(
            id=row.pk,
            country=row.country,
            postal_code=row.postal_code,
            region=row.region,
            city=row.city,
            lines=row.lines,
            is_primary=row.is_primary,
        )


class ConsentOut(Schema):
    """A statement about contact."""

    channel: str
    purpose: str
    granted: bool
    at: Utc
    source: str

    @classmethod
    def of(cls, row: Consent) -> ConsentOut:
        """From the row."""
        return cls(
            channel=row.channel, purpose=row.purpose, granted=row.granted, at=row.at, source=row.source
        )


class NoteOut(Schema):
    """A note of a colleague."""

    id: int
    text: str
    author_id: int | None
    at: Utc

    @classmethod
    def of(cls, row: Note) -> NoteOut:
        """From the row."""
        return cls(id=row.pk, text=row.text, author_id=row.author_id, at=row.at)


class MergeOut(Schema):
    """A merge; it can be undone by its id."""

    id: int
    winner_id: int
    loser_id: int
    merged_at: Utc
    undone_at: Utc | None

    @classmethod
    def of(cls, row: Merge) -> MergeOut:
        """From the row."""
        return cls(
            id=row.pk,
            winner_id=row.winner_id,
            loser_id=row.loser_id,
            merged_at=row.merged_at,
            undone_at=row.undone_at,
        )


class ProposalOut(Schema):
    """Two records that may be one person."""

    id: int
    first: PersonRef
    second: PersonRef
    state: str
    found_at: Utc

    @classmethod
    def of(cls, row: DuplicateProposal, names: dict[int, Display]) -> ProposalOut:
        """From the row and the names of both."""
        return cls(
            id=row.pk,
            first=PersonRef(id=row.first_id, name=names[row.first_id].name),
            second=PersonRef(id=row.second_id, name=names[row.second_id].name),
            state=row.state,
            found_at=row.found_at,
        )
