"""How customers are told of slips."""

from __future__ import annotations

from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.steady import read_steadily
from mikomi.promises.models import NoticePolicy


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
