"""What the business decides about its promises, and what people did about challenges."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import record
from mikomi.promises import events
from mikomi.promises.models import Challenge, LedgerPolicy, Promise


class PolicyError(ValueError):
    """A setting that can't be; the reason in words."""


@transaction.atomic
def set_ledger_policy(
    *, actor: Actor, classes: Sequence[str], challenge_below: float, challenges_vague: bool
) -> LedgerPolicy:
    """Say which of the ten expectation classes apply, and what is challenged before sending. Raises PolicyError."""
    actor.require(Permission.SETTINGS_MANAGE)
    known = Promise.ExpectationClass.values
    if not classes or any(name not in known for name in classes):
        raise PolicyError(_("Choose at least one of the ten classes."))
    if not 0 <= challenge_below <= 1:
        raise PolicyError(_("A chance lies between 0 and 100 %."))
    row = LedgerPolicy.objects.select_for_update().order_by("id").first() or LedgerPolicy()
    row.classes = [name for name in known if name in set(classes)]
    row.challenge_below, row.challenges_vague = challenge_below, challenges_vague
    row.save()
    return row


@transaction.atomic
def record_challenge(
    *,
    actor: Actor,
    kind: str,
    subject_type: str,
    subject_id: int,
    reason: str,
    promise_kind: str = "",
    chance: float | None = None,
) -> Challenge:
    """Record that something was sent although it was challenged, and why."""
    actor.require(Permission.PROMISES_RECORD)
    row = Challenge.objects.create(
        kind=kind,
        subject_type=subject_type,
        subject_id=subject_id,
        promise_kind=promise_kind,
        chance=chance,
        reason=reason.strip(),
        actor_id=actor.user_id,
        at=clock.now(),
    )
    record(events.ChallengeOverridden(row.pk, Code(kind), chance), actor_id=actor.user_id)
    return row
