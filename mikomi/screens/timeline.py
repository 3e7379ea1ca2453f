"""A customer's timeline: everything that happened with them, the newest first, as far as the actor may see it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db import connection
from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from mikomi.conversations.models import Message
from mikomi.conversations.queries.visibility import team_filter, visible, visible_cases
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.events.models import Event
from mikomi.core.paging import Page, keyset
from mikomi.customers import queries as customers
from mikomi.customers.models import Customer
from mikomi.feedback.models import Answer, Invitation
from mikomi.promises.queries.visible import visible as visible_promises
from mikomi.screens.timeline_kinds import FAMILIES, KINDS, LOADERS, say

SIZE = 40
LONGEST_TEXT = 400
# The right that the kinds of an app need, by the first part of their names; the others need the customer's own.
_RIGHTS = {
    "conversation": Permission.CONVERSATIONS_VIEW,
    "message": Permission.CONVERSATIONS_VIEW,
    "recovery": Permission.CONVERSATIONS_VIEW,
    "outgoing": Permission.CONVERSATIONS_VIEW,
    "promise": Permission.PROMISES_VIEW,
    "order": Permission.ORDERS_VIEW,
    "feedback": Permission.FEEDBACK_VIEW,
    "surprise": Permission.FEEDBACK_VIEW,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `due`: a moment that it speaks of; `tone`: kept, risk, broken, action or empty."""

    id: int
    kind: str
    family: str
    title: str
    icon: str
    tone: str
    text: str
    href: str
    at: datetime
    due: datetime | None


def timeline(
    *,
    actor: Actor,
    customer_id: int,
    kinds: Collection[str] = (),
    cursor: str | None = None,
    size: int = SIZE,
) -> Page[Entry]:
    """A page of the timeline of a customer and all records merged into them; `kinds`: families (none: all).

    Two queries for the ids, one for the events, one for each sort of row on the page. Raises
    `Customer.DoesNotExist`, `InvalidCursorError`, `NotAllowedError`.
    """
    actor.require(Permission.CUSTOMERS_VIEW)
    ids = customers.ids_of(customer_id)
    if not ids:
        raise Customer.DoesNotExist(f"There is no customer {customer_id}.")
    return of_ids(actor=actor, customer_ids=ids, kinds=kinds, cursor=cursor, size=size)


def of_ids(
    *,
    actor: Actor,
    customer_ids: Sequence[int],
    kinds: Collection[str] = (),
    cursor: str | None = None,
    size: int = SIZE,
) -> Page[Entry]:
    """`timeline` of a person whose ids are known."""
    rows = _seen_by(actor, Event.objects.filter(customer_id__in=list(customer_ids)), kinds)
    return _entries(actor, keyset(rows, ("-occurred_at", "-id"), cursor, size))


def of_subject(
    *, actor: Actor, subject_type: str, subject_id: int, kinds: Collection[str] = ()
) -> list[Entry]:
    """What happened to one thing (an order…), the newest first; at most two hundred entries."""
    rows = Event.objects.filter(subject_type=subject_type, subject_id=subject_id)
    return _entries(actor, keyset(_seen_by(actor, rows, kinds), ("-occurred_at", "-id"), None, 200)).items


def families(actor: Actor) -> list[str]:
    """The filters that show something to this person."""
    return [family for family in FAMILIES if _names(actor, [family])]


def _names(actor: Actor, kinds: Collection[str]) -> list[str]:
    """The kinds of these families that the actor has the right to see."""
    wanted = set(kinds) or set(FAMILIES)
    return [name for name, kind in KINDS.items() if kind.family in wanted and _may_see(actor, name)]


def _may_see(actor: Actor, name: str) -> bool:
    right = _RIGHTS.get("message" if name == "conversation.noted" else name.partition(".")[0])
    return right is None or actor.may(right)


def _seen_by(actor: Actor, rows: QuerySet[Event], kinds: Collection[str]) -> QuerySet[Event]:
    """The events whose rows this person may see. A lookup by primary key for each event on the page."""
    names = frozenset(_names(actor, kinds))
    return rows.filter(_shown(actor, names)) if names else rows.none()


@lru_cache(maxsize=256)
def _shown(actor: Actor, names: frozenset[str]) -> RawSQL:
    """The condition as a finished piece of SQL: it depends on the person's rights alone, and to put it together
    takes five times as long as the database takes for a page."""
    shown = Q(kind__in=sorted(names))
    for hidden in _hidden(actor, names):
        shown &= ~hidden
    query = Event.objects.filter(shown).query
    sql, params = query.where.as_sql(query.get_compiler(connection=connection), connection)
    return RawSQL(sql, params, output_field=BooleanField())  # noqa: S611 - Django's own, with its parameters


def _hidden(actor: Actor, names: frozenset[str]) -> list[Q]:
    """The conditions under which an event is left out: others' teams, deleted conversations, our own standards."""
    key = OuterRef("subject_id")
    found = []
    if actor.may(Permission.CONVERSATIONS_VIEW):
        mine = visible(actor).filter(pk=OuterRef("conversation_id"))
        theirs = Message.objects.filter(~Exists(mine))
        found += [
            _unless(names, "message", Exists(Message.objects.filter(Exists(mine), pk=key))),
            _unless(names, "conversation", Exists(visible(actor).filter(pk=key))),
            _unless(names, "recovery", Exists(visible_cases(actor).filter(pk=key))),
            _unless(names, "outgoing", ~Q(Exists(theirs.filter(outgoing_id=key)))),
        ]
    if actor.may(Permission.PROMISES_VIEW):
        promises = visible_promises(actor).filter(pk=key)
        broken = Q(kind="promise.broken") & Exists(promises)
        found.append(_unless(names, "promise", broken | Q(Exists(promises.filter(is_internal=False)))))
    if actor.may(Permission.FEEDBACK_VIEW):
        asked = Invitation.objects.filter(team_filter(actor, "conversation__"), conversation__deleted_at=None)
        told = Answer.objects.filter(
            team_filter(actor, "invitation__conversation__"), invitation__conversation__deleted_at=None
        )
        found += [
            Q(kind="feedback.asked") & ~Q(Exists(asked.filter(pk=key))),
            Q(kind="feedback.answered") & ~Q(Exists(told.filter(pk=key))),
        ]
    return found


def _unless(names: frozenset[str], load: str, shown: Q | Exists) -> Q:
    mine = [name for name in names if KINDS[name].load == load]
    return Q(kind__in=sorted(mine)) & ~Q(shown)


def _entries(actor: Actor, page: Page[Event]) -> Page[Entry]:
    wanted: dict[str, set[int]] = {}
    for event in page.items:
        if event.subject_id is not None:
            wanted.setdefault(KINDS[event.kind].load, set()).add(event.subject_id)
    found = {load: LOADERS[load](actor, sorted(ids)) for load, ids in wanted.items()}
    return page.map(lambda event: _entry(event, found.get(KINDS[event.kind].load, {})))


def _entry(event: Event, rows: object) -> Entry:
    kind = KINDS[event.kind]
    row = rows.get(event.subject_id) if isinstance(rows, dict) else None
    words = say(event, row)
    return Entry(
        id=event.pk,
        kind=event.kind,
        family=kind.family,
        title=words.title,
        icon=kind.icon,
        tone=words.tone or kind.tone,
        text=words.text[:LONGEST_TEXT],
        href=words.href,
        at=event.occurred_at,
        due=words.due,
    )
