"""One message as it is shown: the writer's own words, what is folded, what became of it, what came with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from mikomi.channels.email.reading.quotes import split_reply
from mikomi.conversations import rules
from mikomi.conversations.models import Attachment, Message
from mikomi.core.access.actor import Actor
from mikomi.outbox.models import OutgoingMessage

UNDO_AT_MOST = rules.SCHEDULED_FROM


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a message of ours. `leaves_at`: while it waits. `error`: what the server said."""

    outgoing_id: int
    state: str
    reason: str
    error: str
    to_address: str
    leaves_at: datetime | None
    sent_at: datetime | None
    is_scheduled: bool
    was_complained_of: bool
    may_take_back: bool


@dataclass(frozen=True, slots=True)
class Invitation:
    """An appointment. Moments are in their own zone; `zone` names one that is not known; whole days are dates."""

    method: str
    summary: str
    starts: datetime | date | None
    ends: datetime | date | None
    is_floating: bool
    zone: str
    place: str
    organizer: str
    attendees: int
    repeats: bool
    is_cancelled: bool
    words: str


@dataclass(frozen=True, slots=True)
class Nested:
    """A message in the message."""

    name: str
    sender: str
    to: str
    subject: str
    date: datetime | None
    text: str
    is_cut: bool
    parts: list[str]


@dataclass(frozen=True, slots=True)
class Line:
    """One message as it is shown: `own` is what the writer wrote, `folded` the quotation and signature."""

    id: int
    direction: str
    author: str
    address: str
    at: datetime
    channel: str
    own: str
    folded: str
    has_html: bool
    is_automatic: bool
    attachments: list[Attachment]
    delivery: Delivery | None
    authentication: dict[str, str]
    security: str
    report: str
    invitations: list[Invitation]
    nested: list[Nested]
    promise_id: int | None
    """On whose page the customer wrote it."""


def line(row: Message, customer: str, names: dict[int, str]) -> Line:
    """One message; `names` are those of the staff by id."""
    own, folded = _folded(row)
    marks = row.marks
    return Line(
        id=row.pk,
        direction=row.direction,
        author=names.get(row.author_id or 0, "") or row.from_name or customer,
        address=row.from_address if row.direction == Message.Direction.IN else "",
        at=row.sent_at,
        channel=row.channel,
        own=own,
        folded=folded,
        has_html=bool(row.html) and _came_in(row),
        is_automatic=row.is_automatic,
        attachments=list(row.attachments.all()),
        delivery=_delivery(row.outgoing, scheduled=bool(marks.get("scheduled"))) if row.outgoing else None,
        authentication=marks.get("authentication", {}),
        security=marks.get("security", ""),
        report=marks.get("report", ""),
        invitations=[_invitation(item) for item in marks.get("invitations", [])],
        nested=[_nested(item) for item in marks.get("nested", [])],
        promise_id=row.promise_id,
    )


def _delivery(row: OutgoingMessage, *, scheduled: bool) -> Delivery:
    waits = row.state in (OutgoingMessage.State.HELD, OutgoingMessage.State.WAITING)
    return Delivery(
        outgoing_id=row.pk,
        state=row.state,
        reason=row.reason,
        error=row.error,
        to_address=row.to_address,
        leaves_at=row.not_before if waits else None,
        sent_at=row.sent_at,
        is_scheduled=scheduled and waits,
        was_complained_of=row.complained_at is not None,
        may_take_back=waits,
    )


def undoable(rows: list[Message], actor: Actor, now: datetime) -> Message | None:
    """The newest answer of this person that leaves within seconds and can be taken back until then."""
    for row in reversed(rows):
        sent = row.outgoing
        if sent is None or row.author_id != actor.user_id or sent.state != OutgoingMessage.State.WAITING:
            continue
        if timedelta(0) < sent.not_before - now < UNDO_AT_MOST and not row.marks.get("scheduled"):
            return row
    return None


def _came_in(row: Message) -> bool:
    """Whether its bytes came to us: from a customer, or with old mail that we wrote ourselves."""
    return row.direction == Message.Direction.IN or row.intake_id is not None


def _folded(row: Message) -> tuple[str, str]:
    """Quotations are folded only in what arrived by mail; the whole text stays stored."""
    if not _came_in(row) or row.channel != "email":
        return row.text, ""
    reply = split_reply(row.text)
    folded = "\n".join(filter(None, [reply.quoted, reply.signature]))
    return (reply.own, folded) if reply.own else (row.text, "")


def _invitation(item: dict[str, Any]) -> Invitation:
    starts, ends = _moment(item["starts"]), _moment(item["ends"])
    return Invitation(
        method=item["method"],
        summary=item["summary"],
        starts=starts,
        ends=ends,
        is_floating=isinstance(starts, datetime) and starts.tzinfo is None,
        zone=item["zone"],
        place=item["place"],
        organizer=item["organizer"],
        attendees=item["attendees"],
        repeats=item["repeats"],
        is_cancelled=item["status"] == "cancelled" or item["method"] == "cancel",
        words=item["words"],
    )


def _nested(item: dict[str, Any]) -> Nested:
    found = _moment(item["date"])
    return Nested(
        name=item["name"],
        sender=item["sender"],
        to=item["to"],
        subject=item["subject"],
        date=found if isinstance(found, datetime) and found.tzinfo else None,
        text=item["text"],
        is_cut=item["is_cut"],
        parts=list(item["parts"]),
    )


def _moment(text: str) -> datetime | date | None:
    """The inverse of how marks are stored: whole days have ten characters."""
    if not text:
        return None
    return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
