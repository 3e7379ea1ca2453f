"""What a file, a shop, a message or a form says about a person: plain values, before anybody is looked up.

Everything is as it was given. `cleaning.clean` prepares it for the columns and says what it had to cut;
`operations.identify` finds or makes the customer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from mikomi.core.names import NameOrder

Moment = datetime | date
CustomValue = str | int | float | bool


@dataclass(frozen=True, slots=True)
class AddressRecord:
    """A postal address as given; `lines` is what follows the city. Recipient and phone belong to it."""

    country: str = ""
    province: str = ""
    city: str = ""
    postal_code: str = ""
    lines: tuple[str, ...] = ()
    name: str = ""
    company: str = ""
    phone: str = ""

    def __bool__(self) -> bool:
        return bool(self.province or self.city or self.postal_code or self.lines)


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """A statement about contact on `channel` ("email", "sms"…) for `purpose` ("service", "survey", "marketing").

    `at` none: when the person was seen.
    """

    channel: str
    purpose: str
    granted: bool
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person as a file, a shop or a message gives them. Consent None: it doesn't say.

    `external_ids` are pairs (source, id); a loyalty number has the source "loyalty". `consent_email` and
    `consent_sms` are about marketing; `consents` are statements with their purpose. `total_spent` is in main
    units: such files don't name the currency. `name` and `kana` are whole names, used where the parts are empty.
    """

    source: str = ""
    external_ids: tuple[tuple[str, str], ...] = ()
    name: str = ""
    family_name: str = ""
    given_name: str = ""
    kana: str = ""
    family_kana: str = ""
    given_kana: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    company: str = ""
    address: AddressRecord = field(default_factory=AddressRecord)
    language: str = ""
    birthday: date | None = None
    since: Moment | None = None
    tags: tuple[str, ...] = ()
    consent_email: bool | None = None
    consent_sms: bool | None = None
    total_spent: Decimal | None = None
    order_count: int | None = None
    note: str = ""
    line_numbers: tuple[int, ...] = ()
    name_order: NameOrder | None = None
    honorific: str = ""
    preferred_channel: str = ""
    consents: tuple[ConsentRecord, ...] = ()
    custom: Mapping[str, CustomValue] = field(default_factory=dict, hash=False)

    @property
    def is_known(self) -> bool:
        """Is there anything to know this person by again?"""
        return bool(self.external_ids or self.emails or self.phones)
