"""How customers are told of slips."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from mikomi.core import lookups
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.kept import kept
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
    told = {promise for (promise,) in _told(ids=ids)}
    waiting = [Renegotiation.State.ASKED.value, Renegotiation.State.QUESTION.value]
    asked = {
        promise for (promise,) in lookups.rows(Renegotiation, ("promise_id",), promise_id=ids, state=waiting)
    }
    return {key: CustomerKnows(key in told, key in asked) for key in ids}


@kept("ids")
def _told(*, ids: list[int]) -> QuerySet[Slip, Any]:
    of_this_version = F("promise__version_number")
    rows = Slip.objects.filter(promise__id__in=ids, outgoing__isnull=False, version_number=of_this_version)
    return rows.values_list("promise_id")
