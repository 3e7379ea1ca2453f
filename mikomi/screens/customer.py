"""The customer: a brief beside a conversation, and the whole page."""

from __future__ import annotations

from dataclasses import dataclass

from mikomi.commerce import queries as commerce
from mikomi.commerce.models import Order
from mikomi.conversations import queries as desk
from mikomi.conversations.models import Conversation
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.customers import queries as customers
from mikomi.customers.models import Standing
from mikomi.customers.queries.display import Display
from mikomi.customers.queries.profile import Profile
from mikomi.promises import queries as ledger
from mikomi.screens.promises import PromiseRow, rows_of

FEW = 5


@dataclass(frozen=True, slots=True)
class CustomerBrief:
    """What stands beside a conversation."""

    display: Display
    profile: Profile
    standing: Standing | None
    open_promises: list[PromiseRow]
    orders: list[Order]


@dataclass(frozen=True, slots=True)
class CustomerScreen:
    """What stands above and beside the timeline."""

    brief: CustomerBrief
    conversations: list[Conversation]


def brief(*, actor: Actor, customer_id: int) -> CustomerBrief:
    """A customer in short; a constant number of queries. Raises `Customer.DoesNotExist`."""
    profile = customers.customer(actor=actor, customer_id=customer_id)
    ids = list(profile.ids)
    promises = actor.may(Permission.PROMISES_VIEW)
    orders = actor.may(Permission.ORDERS_VIEW)
    owed = ledger.of_customer(actor=actor, customer_ids=ids, open_only=True, limit=FEW) if promises else []
    return CustomerBrief(
        display=profile.display,
        profile=profile,
        standing=profile.standing,
        open_promises=rows_of(owed),
        orders=commerce.orders(actor=actor, customer_ids=ids, size=FEW).items if orders else [],
    )


def customer(*, actor: Actor, customer_id: int) -> CustomerScreen:
    """The page of a customer without its timeline (see `screens.timeline`)."""
    short = brief(actor=actor, customer_id=customer_id)
    may_talk = actor.may(Permission.CONVERSATIONS_VIEW)
    found = (
        desk.conversations_of(actor=actor, customer_ids=list(short.profile.ids), size=FEW).items
        if may_talk
        else []
    )
    return CustomerScreen(short, found)
