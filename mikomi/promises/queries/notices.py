"""How customers are told of slips."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F

from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.steady import read_steadily
from mikomi.promises.models import NoticePolicy, Renegotiation, Slip


def notice_policies(*, actor: Actor) -> list[NoticePolicy]:
    """The policies by kind of promise, the general one first (its kind is empty)."""
    actor.require(Permission.SETTINGS_MANAGE)
    rows = list(NoticePolicy.objects.all())
    return rows if any(not row.kind for row in rows) else [NoticePolicy(), *rows]


@read_steadily
def notice_policy(kind: str) -> NoticePolicy:
    """The policy for promises of this kind, else the general one, else the defaults."""
    rows = {row.kind: row for row in NoticePolicy.objects.filter(kind__in=["", kind])}
    return rows.get(kind) or rows.get("") or NoticePolicy()


@dataclass(frozen=True, slots=True)
class CustomerKnows:
    """Whether the customer was told that a promise slips, and whether they were asked about new terms."""

    is_told: bool
    is_asked: bool


def what_customers_know(promise_ids: Collection[int]) -> dict[int, CustomerKnows]:
    """What the customers of these promises know of their present terms. Two queries; for apps above: no actor."""
    ids = list(promise_ids)
    told = Slip.objects.filter(
        promise_id__in=ids, outgoing__isnull=False, version_number=F("promise__version_number")
    )
    waiting = (Renegotiation.State.ASKED, Renegotiation.State.QUESTION)
    asked = Renegotiation.objects.filter(promise_id__in=ids, state__in=waiting)
    told_ids = set(told.values_list("promise_id", flat=True))
    asked_ids = set(asked.values_list("promise_id", flat=True))
    return {key: CustomerKnows(key in told_ids, key in asked_ids) for key in ids}
