"""Promises whose notice did not reach the customer: they don't know yet, and somebody must tell them another way."""

from __future__ import annotations

from dataclasses import dataclass

from mikomi.core.access.actor import Actor
from mikomi.outbox import queries as outbox
from mikomi.promises.models import Promise, Slip
from mikomi.promises.queries.lists import listed
from mikomi.promises.queries.visible import visible
from mikomi.screens.promises import PromiseRow, rows_of


@dataclass(frozen=True, slots=True)
class Untold:
    """The promise, the notice that failed, and why (a code, see `web.mail_words.reason`)."""

    row: PromiseRow
    outgoing_id: int
    reason: str


def untold(*, actor: Actor, size: int) -> list[Untold]:
    """Those that are not decided yet, the soonest due first; a constant number of queries."""
    failed = outbox.undelivered_notices(actor=actor, subject_type="promise", limit=size)
    if not failed:
        return []
    notices = {row.subject_id or 0: row for row in failed}
    # One notice may tell of several promises.
    for slip in Slip.objects.filter(notice__in=failed).select_related("notice"):
        if slip.notice is not None:
            notices[slip.promise_id] = slip.notice
    undecided = (Promise.State.OPEN, Promise.State.AT_RISK)
    rows = visible(actor).filter(pk__in=list(notices), state__in=undecided).select_related("customer")
    return [
        Untold(row, notices[row.id].pk, notices[row.id].reason)
        for row in rows_of(listed(list(rows.order_by("due_at", "id"))))
    ]
