"""What can happen to a customer's record."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from mikomi.core.events.kinds import Code, event_kind


@event_kind("customer.created", _("Became known"), subject="customer")
@dataclass(frozen=True, slots=True)
class CustomerCreated:
    customer_id: int
    source: Code


@event_kind("customer.changed", _("Profile changed"), subject="customer", in_timeline=False)
@dataclass(frozen=True, slots=True)
class CustomerChanged:
    customer_id: int
    field_count: int


@event_kind("customer.noted", _("Note"), subject="note")
@dataclass(frozen=True, slots=True)
class CustomerNoted:
    note_id: int


@event_kind("customer.merged", _("Records merged"), subject="merge")
@dataclass(frozen=True, slots=True)
class CustomersMerged:
    merge_id: int
    winner_id: int
    loser_id: int


@event_kind("customer.unmerged", _("Merge undone"), subject="merge")
@dataclass(frozen=True, slots=True)
class CustomersUnmerged:
    merge_id: int
    winner_id: int
    loser_id: int


@event_kind("customer.erased", _("Personal data erased"), subject="customer")
@dataclass(frozen=True, slots=True)
class CustomerErased:
    customer_id: int


@event_kind("consent.changed", _("Consent"), subject="consent")
@dataclass(frozen=True, slots=True)
class ConsentChanged:
    consent_id: int
    channel: Code
    purpose: Code
    granted: bool
