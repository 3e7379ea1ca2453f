"""What the search box finds: customers, conversations, orders, and what is owed to those found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Q, Value, When

from mikomi.conversations import queries as desk
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.search import queries as index
from mikomi.core.search.queries import Hit
from mikomi.customers import queries as customers
from mikomi.customers.queries.display import Display
from mikomi.promises.models import Promise
from mikomi.promises.queries.lists import listed
from mikomi.promises.queries.visible import visible as visible_promises
from mikomi.screens.promises import rows_of

KINDS = ("customer", "message", "order", "promise")
LONGEST_QUERY = 200
_PER_CONVERSATION = 4
"""So many messages are looked at for each conversation shown: several of one conversation may hold the words."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing found. `text`: whose it is, or their reading; `kind`: customer, conversation, order or promise."""

    kind: str
    id: int
    title: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind, the best first."""

    kind: str
    items: list[Found]


def search(*, actor: Actor, text: str, size: int = 6) -> list[Group]:
    """What holds all the words, at most `size` of each kind; kinds without a find are left out.

    Only what the actor may see. A constant number of queries.
    """
    wanted = text.strip()[:LONGEST_QUERY]
    if not wanted:
        return []
    limits = {"message": size * _PER_CONVERSATION}
    hits = {
        kind: index.find(actor=actor, text=wanted, kinds=(kind,), limit=limits.get(kind, size))
        for kind in KINDS
    }
    shown = customers.display_ids([hit.customer_id for found in hits.values() for hit in found])
    groups = [
        Group("customer", [_found(hit, shown.get(hit.customer_id or 0)) for hit in hits["customer"]]),
        Group("conversation", _conversations(actor, hits["message"], shown)[:size]),
        Group("order", [_found(hit, shown.get(hit.customer_id or 0)) for hit in hits["order"]]),
        Group("promise", _promises(actor, hits, size)),
    ]
    return [group for group in groups if group.items]


def _found(hit: Hit, person: Display | None) -> Found:
    if hit.kind == "customer":
        title, text = (person.name, person.reading) if person else (hit.title, "")
    else:
        title, text = hit.title, person.name if person else ""
    return Found(hit.kind, hit.object_id, title, text, hit.moment)


def _conversations(actor: Actor, hits: Sequence[Hit], shown: dict[int, Display]) -> list[Found]:
    """The conversations that the found messages belong to, each once."""
    lines = desk.message_lines(actor=actor, ids=_ids(hits)) if hits else {}
    found: dict[int, Found] = {}
    for hit in hits:
        if line := lines.get(hit.object_id):
            person = shown.get(hit.customer_id or 0)
            text = person.name if person else ""
            one = Found("conversation", line.conversation_id, line.subject, text, hit.moment)
            found.setdefault(line.conversation_id, one)
    return list(found.values())


def _promises(actor: Actor, hits: dict[str, list[Hit]], size: int) -> list[Found]:
    """What was promised in these words; then what is owed to the customers and about the orders found, the soonest
    due first."""
    people, orders, spoken = _ids(hits["customer"]), _ids(hits["order"]), _ids(hits["promise"])
    if not (people or orders or spoken) or not actor.may(Permission.PROMISES_VIEW):
        return []
    theirs = Q(customer__in=people) | Q(customer__merged_into__in=people)
    about = theirs | Q(subject_type="order", subject_id__in=orders)
    owed = about & Q(is_internal=False, state__in=(Promise.State.OPEN, Promise.State.AT_RISK))
    said = Case(When(pk__in=spoken, then=Value(0)), default=Value(1))
    found = visible_promises(actor).filter(owed | Q(pk__in=spoken)).select_related("customer")
    rows = rows_of(listed(list(found.order_by(said, "due_at", "id")[:size])))
    return [Found("promise", row.id, row.title, row.audience, row.due_at or row.made_at) for row in rows]


def _ids(found: Sequence[Hit]) -> list[int]:
    return [hit.object_id for hit in found]
