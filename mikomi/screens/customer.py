"""The customer: a row of the list, a brief beside a conversation, and the whole page."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from mikomi.commerce import queries as commerce
from mikomi.commerce.models import Order
from mikomi.conversations import queries as desk
from mikomi.conversations.models import Conversation
from mikomi.core.access import queries as access
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.paging import Page
from mikomi.customers import queries as customers
from mikomi.customers.models import Customer, Segment, Standing
from mikomi.customers.queries.display import Display
from mikomi.customers.queries.profile import Profile
from mikomi.promises import queries as ledger
from mikomi.promises.models import Promise
from mikomi.promises.queries.visible import visible as visible_promises
from mikomi.screens.promises import PromiseRow, rows_of

FEW = 5
_OPEN = (Promise.State.OPEN, Promise.State.AT_RISK)


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One customer in the list. `owed`: how many promises are open, `at_risk` how many of them are endangered."""

    customer: Customer
    display: Display
    standing: Standing | None
    contact: str
    owed: int
    at_risk: int


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
    """What stands above and beside the timeline. `names`: of the colleagues who wrote notes."""

    brief: CustomerBrief
    conversations: list[Conversation]
    segments: list[Segment]
    names: dict[int, str]


def customer_list(
    *, actor: Actor, cursor: str | None = None, text: str = "", segment_id: int | None = None, tag: str = ""
) -> Page[CustomerRow]:
    """A page of the customers, the latest changed first; a constant number of queries.

    Raises `InvalidCursorError`, `NotAllowedError`.
    """
    page = customers.customers(actor=actor, cursor=cursor, text=text, segment_id=segment_id, tag=tag)
    shown = customers.display(page.items)
    owed = _owed(actor, [row.pk for row in page.items])
    return page.map(lambda row: _row(row, shown[row.pk], owed.get(row.pk, (0, 0))))


def _row(row: Customer, shown: Display, owed: tuple[int, int]) -> CustomerRow:
    reached = [identity.shown for identity in row.identities.all() if identity.kind != "external"]
    contact = next((one for one in reached if one != shown.name), "")
    return CustomerRow(row, shown, getattr(row, "standing", None), contact, *owed)


def _owed(actor: Actor, customer_ids: list[int]) -> dict[int, tuple[int, int]]:
    """How many promises are open and at risk for each of these, with the records merged into them; one query."""
    if not customer_ids or not actor.may(Permission.PROMISES_VIEW):
        return {}
    theirs = Q(customer__in=customer_ids) | Q(customer__merged_into__in=customer_ids)
    rows = (
        visible_promises(actor)
        .filter(theirs, state__in=_OPEN, is_internal=False)
        .order_by()
        .values_list(Coalesce("customer__merged_into_id", "customer_id"))
        .annotate(owed=Count("id"), at_risk=Count("id", filter=Q(state=Promise.State.AT_RISK)))
    )
    return {key: (owed, at_risk) for key, owed, at_risk in rows}


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
        orders=commerce.latest_orders(actor=actor, customer_ids=ids, size=FEW) if orders else [],
    )


def customer(*, actor: Actor, customer_id: int) -> CustomerScreen:
    """The page of a customer without its timeline (see `screens.timeline`)."""
    short = brief(actor=actor, customer_id=customer_id)
    ids = list(short.profile.ids)
    may_talk = actor.may(Permission.CONVERSATIONS_VIEW)
    return CustomerScreen(
        brief=short,
        conversations=desk.conversations_of(actor=actor, customer_ids=ids, size=FEW).items
        if may_talk
        else [],
        segments=list(customers.segments_of(actor=actor, customer_id=ids[0])),
        names={user.pk: str(user) for user in access.users(actor=actor)},
    )
