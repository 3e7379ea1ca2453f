"""Customers, as the API gives and takes them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field, FiniteFloat, StrictBool, StrictInt

from mikomi.api.shapes.common import LARGEST, Code, Id, In, Line, Moment, Money, Paging, PersonRef, Utc, Words
from mikomi.customers.models import (
    Address,
    Consent,
    Customer,
    DuplicateProposal,
    Identity,
    Merge,
    Note,
    Segment,
    Standing,
)
from mikomi.customers.queries import Display, Profile
from mikomi.customers.records import AddressRecord, ConsentRecord, PersonRecord
from mikomi.screens.timeline import Entry

Whole = Annotated[StrictInt, Field(ge=-LARGEST, le=LARGEST)]
CustomFields = Annotated[dict[Code, StrictBool | Whole | FiniteFloat | Line], Field(max_length=100)]

# What comes in


class CustomerFilter(Paging):
    """Which customers."""

    text: Line = ""
    segment_id: Id | None = None
    tag: Line = ""


class ExternalIdIn(In):
    """An id of the person in another system."""

    source: Annotated[Code, Field(pattern=r"^[a-z0-9_-]{1,32}$")]
    id: Annotated[Line, Field(min_length=1, max_length=254)]


class AddressIn(In):
    """A postal address; `region` is the prefecture or state, `lines` what follows the city."""

    country: Annotated[str, Field(pattern=r"^([A-Z]{2})?$", description="ISO 3166.")] = ""
    postal_code: Annotated[Line, Field(max_length=20)] = ""
    region: Annotated[Line, Field(max_length=100)] = ""
    city: Annotated[Line, Field(max_length=200)] = ""
    lines: Annotated[Words, Field(max_length=2_000)] = ""

    def to_record(self) -> AddressRecord:
        """As the operations take it."""
        return AddressRecord(
            country=self.country,
            province=self.region,
            city=self.city,
            postal_code=self.postal_code,
            lines=tuple(self.lines.splitlines()),
        )


class SavedAddressIn(AddressIn):
    """A postal address to keep."""

    is_primary: bool = False


class ConsentIn(In):
    """What the person said about contact on a channel (`any`: all) for a purpose. `at` null: now."""

    channel: Annotated[Code, Field(min_length=1, max_length=16)]
    purpose: Consent.Purpose
    granted: bool
    at: Moment | None = None


class StatedConsentIn(ConsentIn):
    """… and where they said it."""

    source: Code = "api"


class PersonIn(In):
    """A person as another system knows them. What it doesn't know is left out."""

    external_ids: list[ExternalIdIn] = Field([], max_length=20)
    name: Line = Field("", description="The whole name, where its parts aren't known.")
    family_name: Line = ""
    given_name: Line = ""
    kana: Line = ""
    family_kana: Line = ""
    given_kana: Line = ""
    honorific: Annotated[Line, Field(max_length=20)] = ""
    emails: list[Annotated[Line, Field(max_length=254)]] = Field([], max_length=20)
    phones: list[Annotated[Line, Field(max_length=64)]] = Field([], max_length=20)
    company: Line = ""
    address: AddressIn = AddressIn()
    language: Annotated[Code, Field(max_length=16)] = ""
    birthday: Annotated[date, Field(ge=date(1850, 1, 1), le=date(2200, 1, 1))] | None = None
    preferred_channel: Annotated[Code, Field(max_length=16)] = ""
    tags: list[Annotated[Line, Field(max_length=100)]] = Field([], max_length=100)
    note: Words = ""
    consents: list[ConsentIn] = Field([], max_length=50)
    custom: CustomFields = {}

    def to_record(self, source: str) -> PersonRecord:
        """As the operations take it."""
        return PersonRecord(
            source=source,
            external_ids=tuple((one.source, one.id) for one in self.external_ids),
            name=self.name,
            family_name=self.family_name,
            given_name=self.given_name,
            kana=self.kana,
            family_kana=self.family_kana,
            given_kana=self.given_kana,
            honorific=self.honorific,
            emails=tuple(self.emails),
            phones=tuple(self.phones),
            company=self.company,
            address=self.address.to_record(),
            language=self.language,
            birthday=self.birthday,
            preferred_channel=self.preferred_channel,
            tags=tuple(self.tags),
            note=self.note,
            consents=tuple(
                ConsentRecord(one.channel, one.purpose.value, one.granted, one.at) for one in self.consents
            ),
            custom=dict(self.custom),
        )


class ProfileIn(In):
    """What changes; what is left out stays as it is."""

    family_name: Line = ""
    given_name: Line = ""
    family_kana: Line = ""
    given_kana: Line = ""
    name_order: Annotated[str, Field(pattern="^(family|given)?$")] = ""
    honorific: Annotated[Line, Field(max_length=20)] = ""
    birthday: Annotated[date, Field(ge=date(1850, 1, 1), le=date(2200, 1, 1))] | None = None
    language: Annotated[Code, Field(min_length=2, max_length=16)] = "ja"
    preferred_channel: Annotated[Code, Field(max_length=16)] = ""
    background: Words = ""
    company: Line = ""
    custom: CustomFields = {}


class IdentityIn(In):
    """An address, number or id by which the customer is known."""

    kind: Identity.Kind
    value: Annotated[Line, Field(min_length=1, max_length=254)]
    source: Annotated[Code, Field(max_length=32)] = ""
    primary: bool = False


class NoteIn(In):
    """A note for colleagues."""

    text: Annotated[Words, Field(min_length=1, max_length=20_000)]


class TagIn(In):
    """A word to put on the customer."""

    name: Annotated[Line, Field(min_length=1, max_length=100)]


class MergeIn(In):
    """The two records that are one person; `loser_id` lives on in `winner_id`."""

    winner_id: Id
    loser_id: Id


class DecisionIn(In):
    """Whether the two are one person, and whose record stays."""

    same_person: bool
    winner_id: Id | None = None


class SegmentIn(In):
    """A segment: its name and its conditions."""

    name: Annotated[Line, Field(min_length=1, max_length=200)]
    conditions: dict[Code, Any] = {}


class TimelineFilter(Paging):
    """Which part of the timeline."""

    kinds: Annotated[Line, Field(description="Families, separated by commas; empty: all.")] = ""


# What goes out


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
