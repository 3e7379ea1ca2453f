"""What waits in quarantine: read it again, or put it aside. For everybody who answers customers."""

from __future__ import annotations

from django.db import transaction

from mikomi.channels.models import Intake
from mikomi.channels.processing import process_now
from mikomi.channels.queries import seen
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission

State = Intake.State
DISMISSED = "dismissed"


def reprocess(*, actor: Actor, intake_id: int) -> Intake:
    """Read a quarantined arrival again, at once; what looked like a program's work is let through.

    Answers it in its new state. Two clicks read it once. Raises `Intake.DoesNotExist`.
    """
    actor.require(Permission.CONVERSATIONS_ANSWER)
    with transaction.atomic():
        rows = seen(actor).select_for_update(of=("self",)).select_related("raw", "mailbox")
        intake = rows.get(pk=intake_id)
        if intake.state != State.QUARANTINED:
            return intake
        _release(intake, actor)
    return process_now(intake)


def reprocess_all(*, actor: Actor) -> int:
    """Let the worker read every arrival in quarantine that exists for this person again, after an upgrade. How many.

    What looked like a program's work stays: that is decided one by one.
    """
    actor.require(Permission.CONVERSATIONS_ANSWER)
    caught = seen(actor).filter(state=State.QUARANTINED, detail__suspicion__isnull=True)
    return caught.update(
        state=State.RECEIVED, attempts=0, claimed_by="", next_attempt_at=None, finished_at=None
    )


def _release(intake: Intake, actor: Actor) -> None:
    intake.state, intake.attempts = State.RECEIVED, 0
    intake.claimed_by, intake.next_attempt_at, intake.finished_at = "", None, None
    intake.detail = intake.detail | {"released_by": actor.user_id}
    intake.save()


@transaction.atomic
def dismiss(*, actor: Actor, intake_id: int) -> Intake:
    """Put a quarantined arrival aside: it is no message of a customer. The bytes stay. Raises `Intake.DoesNotExist`."""
    actor.require(Permission.CONVERSATIONS_ANSWER)
    rows = seen(actor).filter(pk=intake_id)
    rows.filter(state=State.QUARANTINED).update(
        state=State.IGNORED, reason=DISMISSED, finished_at=clock.now()
    )
    return rows.get()
