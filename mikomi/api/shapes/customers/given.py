"""What a program says about customers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field, FiniteFloat, StrictBool, StrictInt

from mikomi.api.shapes.common import LARGEST, Code, Id, In, Line, Moment, Paging, Words
from mikomi.customers.models import Consent, Identity
from mikomi.customers.records import AddressRecord, ConsentRecord, PersonRecord

Whole = Annotated[StrictInt, Field(ge=-LARGEST, le=LARGEST)]
CustomFields = Annotated[dict[Code, StrictBool | Whole | FiniteFloat | Line], Field(max_length=100)]


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
