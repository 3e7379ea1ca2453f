"""Whether and where one may write to a customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mikomi.customers.models import Consent, Customer, Identity
from mikomi.customers.queries.merged import ids_of_many
from mikomi.customers.rules.contact import Statement, consent_reason

UNREACHABLE = frozenset({"no_address", "undeliverable", "erased", "unknown"})
"""Reasons that no consent could mend: there is nowhere to send to."""
_KINDS = {"email": Identity.Kind.EMAIL, "webform": Identity.Kind.EMAIL}
_PHONE_CHANNELS = frozenset({"sms", "phone", "call"})


@dataclass(frozen=True, slots=True)
class Contact:
    """Whether contact is allowed and where to. `reason`: refused, no_consent, no_address, undeliverable, erased,
    unknown; empty when allowed."""

    allowed: bool
    reason: str
    address: str


def may_contact(*, customer_id: int, channel: str, purpose: str) -> Contact:
    """May this person, under all merged records, be contacted on `channel` for `purpose`? Raises
    `UnknownPurposeError`."""
    return may_contact_many(customer_ids=[customer_id], channel=channel, purpose=purpose)[customer_id]


def may_contact_many(*, customer_ids: Sequence[int], channel: str, purpose: str) -> dict[int, Contact]:
    """`may_contact` for each of these; a constant number of queries."""
    families = ids_of_many(customer_ids)
    everybody = {one for family in families.values() for one in family}
    erased = Customer.objects.filter(pk__in=everybody).exclude(erased_at=None)
    facts = _Facts(
        set(erased.values_list("id", flat=True)),
        _statements(everybody, purpose),
        _addresses(everybody, channel),
    )
    return {
        customer_id: _decide(families.get(customer_id, []), facts, channel, purpose)
        for customer_id in customer_ids
    }


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known of all who are asked about, by customer id."""

    erased: set[int]
    consents: dict[int, list[Statement]]
    addresses: dict[int, tuple[str, bool]]


def _decide(family: Sequence[int], facts: _Facts, channel: str, purpose: str) -> Contact:
    if not family:
        return Contact(False, "unknown", "")
    if family[0] in facts.erased:
        return Contact(False, "erased", "")
    address, delivers = facts.addresses.get(family[0], ("", False))
    said = [statement for one in family for statement in facts.consents.get(one, [])]
    reason = consent_reason(said, channel, purpose)
    if not address:
        reason = reason or "no_address"
    elif not delivers:
        reason = reason or "undeliverable"
    return Contact(not reason, reason, address)


def _statements(customer_ids: set[int], purpose: str) -> dict[int, list[Statement]]:
    found: dict[int, list[Statement]] = {}
    rows = Consent.objects.filter(customer_id__in=customer_ids, purpose=purpose)
    for row in rows:
        said = Statement(row.channel, row.purpose, row.granted, row.at, row.pk)
        found.setdefault(row.customer_id, []).append(said)
    return found


def _addresses(customer_ids: set[int], channel: str) -> dict[int, tuple[str, bool]]:
    """Where each is reached on the channel, and whether it delivers: one that does, else the primary one."""
    rows = Identity.objects.filter(customer_id__in=customer_ids)
    if channel in _PHONE_CHANNELS:
        rows = rows.filter(kind=Identity.Kind.PHONE, value__startswith="+")
    elif channel in _KINDS:
        rows = rows.filter(kind=_KINDS[channel], finds=True)
    else:
        rows = rows.filter(kind=Identity.Kind.EXTERNAL, source=channel)
    shown = "shown" if channel in _KINDS else "value"
    best: dict[int, tuple[tuple[bool, bool, bool], str]] = {}
    columns = ("customer_id", shown, "undeliverable_since", "is_primary", "moved_from_id")
    for customer_id, address, dead, primary, moved in rows.order_by("id").values_list(*columns):
        rank = (dead is None, primary, moved is None)
        if customer_id not in best or rank > best[customer_id][0]:
            best[customer_id] = (rank, address)
    return {customer_id: (address, rank[0]) for customer_id, (rank, address) in best.items()}
