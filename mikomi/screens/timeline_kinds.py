"""How each kind of event reads on the timeline: what it loads, and its title, icon, tone, text and address.

A kind that stands in the timeline (`in_timeline=True`) needs one line in KINDS; a test names those that lack it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mikomi.commerce.models import Order
from mikomi.conversations import queries as desk
from mikomi.conversations.models import RecoveryCase
from mikomi.conversations.queries.desk import MessageLine
from mikomi.conversations.queries.visibility import visible, visible_cases
from mikomi.core.access.actor import Actor
from mikomi.core.events.kinds import from_json, kind_named
from mikomi.core.events.models import Event
from mikomi.core.money import Money, format_money
from mikomi.customers.models import Consent, Note
from mikomi.feedback import queries as feedback
from mikomi.feedback.models import Surprise
from mikomi.feedback.queries import surprises
from mikomi.outbox.models import OutgoingMessage
from mikomi.promises.models import Promise
from mikomi.promises.queries.visible import visible as visible_promises
from mikomi.promises.reasons import reason_label
from mikomi.promises.subjects import views as subject_views

Rows = Mapping[int, Any]
Loader = Callable[[Actor, list[int]], Rows]


@dataclass(frozen=True, slots=True)
class Words:
    """What a renderer says of an event. `due`: a moment it speaks of, after the text."""

    title: str
    text: str = ""
    href: str = ""
    due: datetime | None = None
    tone: str = ""


@dataclass(frozen=True, slots=True)
class TimelineKind:
    """One kind: its family (for the filter and the grouped load), icon, tone and renderer."""

    family: str
    load: str
    icon: str
    tone: str
    render: Callable[[Event, Any, Any], Words]


# What is loaded: one query for all events of a page that share a loader


def _messages(actor: Actor, ids: list[int]) -> Rows:
    return desk.message_lines(actor=actor, ids=ids)


def _conversations(actor: Actor, ids: list[int]) -> Rows:
    return visible(actor).in_bulk(ids)


def _cases(actor: Actor, ids: list[int]) -> Rows:
    return visible_cases(actor).in_bulk(ids)


def _promises(actor: Actor, ids: list[int]) -> Rows:
    found = visible_promises(actor).in_bulk(ids)
    labels = subject_views(found.values())
    return {
        key: (
            row,
            labels[place].label if (place := (row.subject_type, row.subject_id or 0)) in labels else "",
        )
        for key, row in found.items()
    }


def _orders(actor: Actor, ids: list[int]) -> Rows:
    return Order.objects.only("number", "total_minor", "currency", "recipient").in_bulk(ids)


def _answers(actor: Actor, ids: list[int]) -> Rows:
    return feedback.answers_by_id(actor=actor, ids=ids)


def _outgoing(actor: Actor, ids: list[int]) -> Rows:
    return OutgoingMessage.objects.only("subject", "purpose", "state").in_bulk(ids)


def _surprises(actor: Actor, ids: list[int]) -> Rows:
    return surprises.surprises_by_id(actor=actor, ids=ids)


def _notes(actor: Actor, ids: list[int]) -> Rows:
    return Note.objects.in_bulk(ids)


def _consents(actor: Actor, ids: list[int]) -> Rows:
    return Consent.objects.in_bulk(ids)


def _nothing(actor: Actor, ids: list[int]) -> Rows:
    return {}


LOADERS: dict[str, Loader] = {
    "message": _messages,
    "conversation": _conversations,
    "recovery": _cases,
    "promise": _promises,
    "order": _orders,
    "answer": _answers,
    "outgoing": _outgoing,
    "surprise": _surprises,
    "note": _notes,
    "consent": _consents,
    "": _nothing,
}


# How it reads. Each gets the event, its row (none: it is gone) and the payload


def _label(event: Event) -> str:
    label: str | LazyText = kind_named(event.kind).label
    return str(label)


def _plain(event: Event, row: Any, payload: Any) -> Words:
    return Words(_label(event))


def _message(event: Event, row: MessageLine | None, payload: Any) -> Words:
    if row is None:
        return Words(_label(event))
    titles = {
        "message.received": _("The customer wrote: %(subject)s"),
        "message.answered": _("We answered: %(subject)s"),
        "conversation.noted": _("Note in: %(subject)s"),
    }
    title = titles[event.kind] % {"subject": row.subject or _("(no subject)")}
    href = reverse("conversation", args=[row.conversation_id])
    return Words(title, row.excerpt, href)


def _conversation(event: Event, row: Any, payload: Any) -> Words:
    if row is None:
        return Words(_label(event))
    titles = {
        "conversation.closed": _("Conversation closed: %(subject)s"),
        "conversation.reopened": _("Conversation reopened: %(subject)s"),
    }
    title = titles[event.kind] % {"subject": row.subject or _("(no subject)")}
    return Words(title, href=reverse("conversation", args=[row.pk]))


_ANSWERS = {
    "accepted": gettext_lazy("New terms accepted: %(what)s"),
    "declined": gettext_lazy("New terms declined: %(what)s"),
    "question": gettext_lazy("A question about the new terms: %(what)s"),
}


def _promise(event: Event, row: tuple[Promise, str] | None, payload: Any) -> Words:
    if row is None:
        return Words(_label(event))
    promise, subject = row
    what = promise.statement if promise.kind in ("callback", "custom") and promise.statement else ""
    what = what or " · ".join(filter(None, [str(promise.get_kind_display()), subject]))
    titles = {
        "promise.made": _("Promised: %(what)s"),
        "promise.changed": _("New date for: %(what)s"),
        "promise.at_risk": _("At risk: %(what)s"),
        "promise.safe": _("No longer at risk: %(what)s"),
        "promise.kept": _("Kept: %(what)s"),
        "promise.broken": _("Broken: %(what)s"),
        "promise.withdrawn": _("Withdrawn: %(what)s"),
        "promise.customer_told": _("Told of the delay: %(what)s"),
        "promise.terms_asked": _("Asked about new terms: %(what)s"),
        "promise.terms_answered": _ANSWERS.get(getattr(payload, "answer", ""), _("Answer about: %(what)s")),
        "promise.disputed": _("Disputed by the customer: %(what)s"),
        "promise.dispute_resolved": _("Dispute decided: %(what)s"),
    }
    due = getattr(payload, "due_at", None) or getattr(payload, "expected_at", None)
    reason = reason_label(getattr(payload, "reason", ""))
    return Words(titles[event.kind] % {"what": what}, reason, reverse("promise", args=[promise.pk]), due)


def _recovery(event: Event, row: RecoveryCase | None, payload: Any) -> Words:
    if row is None:
        return Words(_label(event))
    text = ""
    if event.kind == "recovery.remedied":
        text = format_money(Money(payload.amount_minor, payload.currency))
    elif event.kind == "recovery.closed":
        text = str(RecoveryCase.Outcome(payload.outcome).label) if payload.outcome else ""
    elif event.kind == "recovery.confirmed":
        text = _("Solved") if payload.solved else _("Not solved")
    tone = "broken" if getattr(payload, "solved", True) is False else ""
    href = reverse("conversation", args=[row.conversation_id]) + f"#case-{row.pk}"
    return Words(_label(event), text, href, tone=tone)


def _order(event: Event, row: Order | None, payload: Any) -> Words:
    if row is None:
        return Words(_label(event))
    titles = {
        "order.placed": _("Order %(number)s"),
        "order.estimate_moved": _("New estimate of arrival: %(number)s"),
        "order.shipped": _("Shipped: %(number)s"),
        "order.delivered": _("Delivered: %(number)s"),
        "order.cancelled": _("Order cancelled: %(number)s"),
        "order.refunded": _("Refund for %(number)s"),
    }
    amounts = {"order.placed": "total_minor", "order.refunded": "amount_minor"}
    amount = amounts.get(event.kind)
    text = format_money(Money(getattr(payload, amount), payload.currency)) if amount else ""
    due = getattr(payload, "expected_at", None)
    return Words(titles[event.kind] % {"number": row.number}, text, reverse("order", args=[row.pk]), due)


def _answer(event: Event, row: Any, payload: Any) -> Words:
    title = _("Satisfaction: %(score)s of 5") % {"score": payload.score}
    tone = "broken" if payload.score <= 2 else "kept" if payload.score >= 4 else ""
    if row is None:
        return Words(title, tone=tone)
    place = row.invitation.conversation_id
    return Words(title, row.comment, reverse("conversation", args=[place]) if place else "", tone=tone)


def _surprise(event: Event, row: Surprise | None, payload: Any) -> Words:
    if row is None:
        return Words(_label(event))
    text = f"{row.get_kind_display()} · {row.get_reason_display()}"
    if event.kind == "surprise.measured":
        came_back = (
            _("Bought again within 60 days") if payload.came_back else _("Did not buy again within 60 days")
        )
        text = f"{text} · {came_back}"
    return Words(_label(event), text, reverse("surprise", args=[row.pk]))


def _outgoing_message(event: Event, row: OutgoingMessage | None, payload: Any) -> Words:
    if row is None:
        return Words(_label(event))
    href = reverse("outgoing", args=[row.pk])
    return Words(f"{_label(event)}: {row.subject or row.get_purpose_display()}", href=href)


def _note(event: Event, row: Note | None, payload: Any) -> Words:
    return Words(_("Note"), row.text if row else "")


def _consent(event: Event, row: Consent | None, payload: Any) -> Words:
    purpose = str(Consent.Purpose(payload.purpose).label)
    title = _("Contact allowed: %(purpose)s") if payload.granted else _("Contact refused: %(purpose)s")
    return Words(title % {"purpose": purpose}, tone="" if payload.granted else "risk")


KINDS: dict[str, TimelineKind] = {
    "message.received": TimelineKind("messages", "message", "mail", "action", _message),
    "message.answered": TimelineKind("messages", "message", "reply", "", _message),
    "conversation.noted": TimelineKind("notes", "message", "sticky-note", "", _message),
    "conversation.closed": TimelineKind("messages", "conversation", "archive", "", _conversation),
    "conversation.reopened": TimelineKind("messages", "conversation", "rotate-ccw", "action", _conversation),
    "recovery.opened": TimelineKind("promises", "recovery", "heart-handshake", "risk", _recovery),
    "recovery.remedied": TimelineKind("promises", "recovery", "gift", "", _recovery),
    "recovery.asked": TimelineKind("promises", "recovery", "message-circle-question-mark", "", _recovery),
    "recovery.confirmed": TimelineKind("promises", "recovery", "circle-check", "kept", _recovery),
    "recovery.closed": TimelineKind("promises", "recovery", "heart-handshake", "", _recovery),
    "recovery.reopened": TimelineKind("promises", "recovery", "rotate-ccw", "risk", _recovery),
    "promise.made": TimelineKind("promises", "promise", "handshake", "action", _promise),
    "promise.changed": TimelineKind("promises", "promise", "calendar-sync", "", _promise),
    "promise.at_risk": TimelineKind("promises", "promise", "triangle-alert", "risk", _promise),
    "promise.safe": TimelineKind("promises", "promise", "shield-check", "", _promise),
    "promise.kept": TimelineKind("promises", "promise", "circle-check", "kept", _promise),
    "promise.broken": TimelineKind("promises", "promise", "circle-x", "broken", _promise),
    "promise.withdrawn": TimelineKind("promises", "promise", "circle-slash", "", _promise),
    "promise.customer_told": TimelineKind("promises", "promise", "send", "", _promise),
    "promise.terms_asked": TimelineKind("promises", "promise", "calendar-sync", "", _promise),
    "promise.terms_answered": TimelineKind("promises", "promise", "message-square-reply", "", _promise),
    "promise.disputed": TimelineKind("promises", "promise", "message-circle-question-mark", "risk", _promise),
    "promise.dispute_resolved": TimelineKind("promises", "promise", "check", "", _promise),
    "order.placed": TimelineKind("orders", "order", "package", "", _order),
    "order.estimate_moved": TimelineKind("orders", "order", "clock", "", _order),
    "order.shipped": TimelineKind("orders", "order", "truck", "", _order),
    "order.delivered": TimelineKind("orders", "order", "package-check", "kept", _order),
    "order.cancelled": TimelineKind("orders", "order", "package-x", "", _order),
    "order.refunded": TimelineKind("orders", "order", "banknote", "", _order),
    "feedback.asked": TimelineKind("feedback", "", "message-circle-question-mark", "", _plain),
    "feedback.answered": TimelineKind("feedback", "answer", "message-circle-heart", "", _answer),
    "surprise.proposed": TimelineKind("feedback", "surprise", "sparkles", "", _surprise),
    "surprise.approved": TimelineKind("feedback", "surprise", "sparkles", "", _surprise),
    "surprise.done": TimelineKind("feedback", "surprise", "gift", "kept", _surprise),
    "surprise.measured": TimelineKind("feedback", "surprise", "flask-conical", "", _surprise),
    "outgoing.refused": TimelineKind("messages", "outgoing", "ban", "risk", _outgoing_message),
    "outgoing.failed": TimelineKind("messages", "outgoing", "circle-x", "broken", _outgoing_message),
    "outgoing.complained": TimelineKind("messages", "outgoing", "flag", "broken", _outgoing_message),
    "outgoing.uncertain": TimelineKind(
        "messages", "outgoing", "circle-question-mark", "risk", _outgoing_message
    ),
    "customer.created": TimelineKind("record", "", "user-plus", "", _plain),
    "customer.noted": TimelineKind("notes", "note", "sticky-note", "", _note),
    "customer.merged": TimelineKind("record", "", "git-merge", "", _plain),
    "customer.unmerged": TimelineKind("record", "", "git-branch", "", _plain),
    "customer.erased": TimelineKind("record", "", "eraser", "", _plain),
    "consent.changed": TimelineKind("record", "consent", "bell", "", _consent),
}
FAMILIES = ("messages", "promises", "orders", "feedback", "notes", "record")
"""The filters of the timeline, in the order in which they are offered."""


def say(event: Event, row: Any) -> Words:
    """The words of an event, with its row as loaded by the loader of its kind."""
    return KINDS[event.kind].render(event, row, from_json(event.kind, event.payload))
