"""What the delivering worker does with the outbox: claim, begin, mark, free what a dead worker held.

Order for every message: `claim_due` → `begin_attempt` (committed before the server is spoken to) → exactly one of
`mark_sent`, `mark_failed`, `mark_uncertain`. A worker killed before `begin_attempt` leaves a message that is sent
again; killed after it, one that a person decides about. Nothing is sent twice by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import transaction

from mikomi.core import clock
from mikomi.core.business.queries import business as the_business
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import record
from mikomi.outbox import events, rules
from mikomi.outbox.models import OutgoingMessage
from mikomi.outbox.operations.posting import contact_facts, move
from mikomi.outbox.queries import quiet_hours

State = OutgoingMessage.State
_LONGEST_ERROR = 2_000
_FRESH = timedelta(minutes=5)
"""A message younger than this was decided a moment ago; an older one is asked again whether it may still leave."""


def claim_due(*, worker: str, channel: str, limit: int = 20) -> list[OutgoingMessage]:
    """Take up to `limit` due messages of a channel for this worker, the oldest first.

    In quiet hours only answers are taken. A message that had to wait is refused if consent was withdrawn since.
    """
    now = clock.now()
    with transaction.atomic(durable=True):
        due = OutgoingMessage.objects.filter(state=State.WAITING, channel=channel, not_before__lte=now)
        if rules.is_quiet(quiet_hours(the_business()), now):
            due = due.filter(purpose__in=rules.PROMPT)
        ids = list(due.order_by("not_before", "id").values_list("pk", flat=True)[:limit])
        if not ids:
            return []
        mine = OutgoingMessage.objects.filter(pk__in=ids)
        mine.filter(state=State.WAITING).update(
            state=State.SENDING, claimed_by=worker, attempt_began=False, changed_at=now
        )
        claimed = list(
            mine.filter(state=State.SENDING, claimed_by=worker, attempt_began=False).order_by(
                "not_before", "id"
            )
        )
        return [row for row in claimed if _may_still_leave(row)]


def _may_still_leave(row: OutgoingMessage) -> bool:
    """Ask again for what waited long enough for the customer to have said no. Refuses the row otherwise."""
    if row.purpose in rules.PROMPT or clock.now() - row.created_at < _FRESH:
        return True
    facts, _address = contact_facts(row.customer_id, row.purpose, row.channel, row.to_address)
    if facts.allowed and facts.deliverable:
        return True
    move(row.pk, come_from=(State.SENDING,), to=State.REFUSED, reason=facts.reason, claimed_by="")
    return False


def begin_attempt(*, outgoing_id: int, worker: str, message_id: str = "") -> bool:
    """Commit that this worker now speaks to the server, and under which Message-ID, so that what comes back finds it.

    False: the message is no longer this worker's; leave it.
    """
    with transaction.atomic(durable=True):
        mine = OutgoingMessage.objects.filter(
            pk=outgoing_id, state=State.SENDING, claimed_by=worker, attempt_began=False
        )
        row = mine.values("attempts").first()
        if row is None:
            return False
        named = {"message_id": message_id[:250]} if message_id else {}
        return (
            mine.update(attempt_began=True, attempts=row["attempts"] + 1, changed_at=clock.now(), **named)
            == 1
        )


def mark_sent(outgoing_id: int, message_id: str = "") -> bool:
    """The server took the message. Also right when the worker was thought dead in the meantime."""
    values = {"sent_at": clock.now(), "message_id": message_id[:250], "error": "", "reason": ""}
    with transaction.atomic():
        return _ended(outgoing_id, (State.SENDING, State.UNCERTAIN), State.SENT, values)


def mark_uncertain(outgoing_id: int, error: str) -> bool:
    """The connection ended after the message was handed over and before the answer: a person decides."""
    values = {"error": error[:_LONGEST_ERROR], "reason": "no_answer"}
    with transaction.atomic():
        return _ended(outgoing_id, (State.SENDING,), State.UNCERTAIN, values)


def mark_failed(outgoing_id: int, reason: str, error: str, retry: bool) -> bool:
    """The server refused it, or wasn't reached. `retry`: for the moment only, it is tried again after a pause."""
    values: dict[str, object] = {"error": error[:_LONGEST_ERROR], "reason": reason[:64]}
    with transaction.atomic():
        row = OutgoingMessage.objects.filter(pk=outgoing_id).values("attempts").first()
        again = rules.retry_at(row["attempts"], clock.now()) if row and retry else None
        if again is None:
            return _ended(outgoing_id, (State.SENDING, State.UNCERTAIN), State.FAILED, values)
        values |= {"not_before": again, "attempt_began": False}
        return _ended(outgoing_id, (State.SENDING,), State.WAITING, values)


def mark_bounced(outgoing_id: int, reason: str, error: str) -> bool:
    """A message that had left came back."""
    values = {"error": error[:_LONGEST_ERROR], "reason": reason[:64]}
    with transaction.atomic():
        return _ended(outgoing_id, (State.SENT, State.UNCERTAIN, State.SENDING), State.FAILED, values)


def mark_complained(outgoing_id: int) -> bool:
    """Its reader reported it as unwanted. What was sent stays sent; the first report is recorded. False: known."""
    with transaction.atomic():
        rows = OutgoingMessage.objects.filter(pk=outgoing_id, complained_at=None)
        now = clock.now()
        if rows.update(complained_at=now, changed_at=now) != 1:
            return False
        row = OutgoingMessage.objects.get(pk=outgoing_id)
        told = events.OutgoingComplained(row.pk, Code(row.purpose), Code(row.channel))
        record(told, customer_id=row.customer_id)
    return True


def _ended(outgoing_id: int, come_from: tuple[str, ...], to: str, values: Mapping[str, object]) -> bool:
    return move(outgoing_id, come_from=come_from, to=to, claimed_by="", **values) is not None


def set_aside_restored() -> int:
    """After a backup was put back: whatever waited when it was made may have left since. A person decides. How many.

    Inside a transaction of the caller.
    """
    before = (State.WAITING, State.SENDING)
    waiting = OutgoingMessage.objects.filter(state__in=before).order_by("id").values_list("pk", flat=True)
    values = {"reason": rules.RESTORED, "claimed_by": ""}
    return sum(move(pk, come_from=before, to=State.UNCERTAIN, **values) is not None for pk in list(waiting))


def free_claims_of_dead(workers: Sequence[str]) -> int:
    """Settle what dead workers were sending: not begun → waiting again, begun → perhaps sent. How many."""
    freed = 0
    rows = OutgoingMessage.objects.filter(state=State.SENDING, claimed_by__in=list(workers))
    if not rows.exists():
        return 0
    with transaction.atomic():
        for pk, began in list(rows.values_list("pk", "attempt_began")):
            to = rules.after_dead_worker(began)
            reason = "worker_died" if began else ""
            moved = move(
                pk, come_from=(State.SENDING,), to=to, attempt_began__is=began, claimed_by="", reason=reason
            )
            freed += moved is not None
    return freed
