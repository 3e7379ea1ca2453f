"""What is said of customers, segments and what happened."""

from __future__ import annotations

from datetime import date
from typing import Any

from ninja import Schema

from mikomi.api.shapes.common import Utc
from mikomi.api.shapes.customers.parts import (
    AddressOut,
    ConsentOut,
    IdentityOut,
    MergeOut,
    NoteOut,
    StandingOut,
)
from mikomi.customers.models import (
    Customer,
    Identity,
    Segment,
)
from mikomi.customers.queries import Comparison, Difference, Display, Profile
from mikomi.screens.timeline import Entry


class CustomerOut(Schema):
    """A customer in a list. `name` is never empty."""

    id: int
    name: str
    family_name: str
    given_name: str
    family_kana: str
    given_kana: str
    honorific: str
    language: str
    company: str
    tags: list[str]
    emails: list[str]
    phones: list[str]
    standing: StandingOut | None
    updated_at: Utc

    @classmethod
    def of(cls, row: Customer, shown: Display) -> CustomerOut:
        """From a row with its identities, tags, company and standing read."""
        known = list(row.identities.all())
        standing = getattr(row, "standing", None)
        return cls(
            id=row.pk,
            name=shown.name,
            family_name=row.family_name,
            given_name=row.given_name,
            family_kana=row.family_kana,
            given_kana=row.given_kana,
            honorific=row.honorific,
            language=row.language,
            company=row.company.name if row.company else "",
            tags=sorted(tag.name for tag in row.tags.all()),
            emails=[one.value for one in known if one.kind == Identity.Kind.EMAIL],
            phones=[one.value for one in known if one.kind == Identity.Kind.PHONE],
            standing=StandingOut.of(standing) if standing else None,
            updated_at=row.updated_at,
        )


class CustomerDetail(Schema):
    """Everything about a customer, with what was merged into them. `ids`: all ids that lead here."""

    id: int
    ids: list[int]
    name: str
    family_name: str
    given_name: str
    family_kana: str
    given_kana: str
    honorific: str
    language: str
    preferred_channel: str
    birthday: date | None
    background: str
    company: str
    came_from: str
    custom: dict[str, Any]
    is_erased: bool
    first_seen_at: Utc
    updated_at: Utc
    identities: list[IdentityOut]
    addresses: list[AddressOut]
    consents: list[ConsentOut]
    notes: list[NoteOut]
    tags: list[str]
    standing: StandingOut | None
    merges: list[MergeOut]

    @classmethod
    def of(cls, profile: Profile) -> CustomerDetail:
        """From all that is known."""
        row = profile.customer
        return cls(
            id=row.pk,
            ids=list(profile.ids),
            name=profile.display.name,
            family_name=row.family_name,
            given_name=row.given_name,
            family_kana=row.family_kana,
            given_kana=row.given_kana,
            honorific=row.honorific,
            language=row.language,
            preferred_channel=row.preferred_channel,
            birthday=row.birthday,
            background=row.background,
            company=row.company.name if row.company else "",
            came_from=row.came_from,
            custom=row.custom,
            is_erased=row.erased_at is not None,
            first_seen_at=row.first_seen_at,
            updated_at=row.updated_at,
            identities=[IdentityOut.of(one) for one in profile.identities],
            addresses=[AddressOut.of(one) for one in profile.addresses],
            consents=[ConsentOut.of(one) for one in profile.consents],
            notes=[NoteOut.of(one) for one in profile.notes],
            tags=[tag.name for tag in profile.tags],
            standing=StandingOut.of(profile.standing) if profile.standing else None,
            merges=[MergeOut.of(one) for one in profile.merges],
        )


class DifferenceOut(Schema):
    """A field of the loser's that the merged customer would not show."""

    field: str
    kept: str
    hidden: str

    @classmethod
    def of(cls, difference: Difference) -> DifferenceOut:
        """From the comparison."""
        return cls(field=difference.field, kept=difference.kept, hidden=difference.hidden)


class ComparisonOut(Schema):
    """Two records before a merge. `is_same`: they are one already."""

    winner: CustomerDetail
    loser: CustomerDetail
    differences: list[DifferenceOut]
    is_same: bool

    @classmethod
    def of(cls, found: Comparison) -> ComparisonOut:
        """From the comparison."""
        return cls(
            winner=CustomerDetail.of(found.winner),
            loser=CustomerDetail.of(found.loser),
            differences=[DifferenceOut.of(one) for one in found.differences],
            is_same=found.is_same,
        )


class SegmentOut(Schema):
    """A segment with how many customers stand in it (null right after a change)."""

    id: int
    name: str
    conditions: dict[str, Any]
    size: int | None
    refreshed_at: Utc | None

    @classmethod
    def of(cls, row: Segment, size: int | None) -> SegmentOut:
        """From the row."""
        return cls(
            id=row.pk, name=row.name, conditions=row.conditions, size=size, refreshed_at=row.refreshed_at
        )


class RefreshedOut(Schema):
    """What a refresh changed."""

    added: int
    removed: int
    size: int


class TimelineOut(Schema):
    """One entry of a timeline, in words."""

    id: int
    kind: str
    family: str
    title: str
    text: str
    at: Utc
    due: Utc | None

    @classmethod
    def of(cls, entry: Entry) -> TimelineOut:
        """From the screen's entry."""
        return cls(
            id=entry.id,
            kind=entry.kind,
            family=entry.family,
            title=entry.title,
            text=entry.text,
            at=entry.at,
            due=entry.due,
        )
