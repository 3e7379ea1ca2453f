"""What a person does with a contradiction: mend the fact (an ordinary change), have the page looked at again, or leave
it as it is with a reason."""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mikomi.core import clock
from mikomi.core.access import operations as access
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import record
from mikomi.core.live.operations import publish
from mikomi.facts import events
from mikomi.facts.models import Check, Contradiction, PageCopy
from mikomi.facts.operations.contradicting import check_own_texts

State = Contradiction.State
_A_WHILE = timedelta(minutes=5)


class CannotResolveError(ValueError):
    """The contradiction isn't in a state in which this can be done; the text says why."""


@transaction.atomic
def ignore(*, actor: Actor, contradiction_id: int, reason: str) -> Contradiction:
    """Leave it as it is. Another value at the same place is a new contradiction. Raises `CannotResolveError`."""
    actor.require(Permission.FACTS_EDIT)
    row = Contradiction.objects.select_for_update().get(pk=contradiction_id)
    if row.state != State.OPEN:
        raise CannotResolveError(_("This contradiction is settled already."))
    if not reason.strip():
        raise CannotResolveError(_("Say why it may stay as it is."))
    row.state, row.reason, row.decided_by_id = State.IGNORED, reason.strip()[:500], actor.user_id
    row.save(update_fields=["state", "reason", "decided_by_id"])
    record(events.ContradictionClosed(row.pk, Code("ignored")), actor_id=actor.user_id)
    access.log("contradiction.ignored", actor=actor, subject_type="contradiction", subject_id=row.pk)
    publish(["today"])
    return row


@transaction.atomic
def reopen(*, actor: Actor, contradiction_id: int) -> Contradiction:
    """It may not stay as it is after all. Raises `CannotResolveError`."""
    actor.require(Permission.FACTS_EDIT)
    row = Contradiction.objects.select_for_update().get(pk=contradiction_id)
    if row.state != State.IGNORED:
        raise CannotResolveError(_("Only what was left as it is can be opened again."))
    row.state, row.reason, row.decided_by_id = State.OPEN, "", None
    row.save(update_fields=["state", "reason", "decided_by_id"])
    publish(["today"])
    return row


def recheck(*, actor: Actor, contradiction_id: int) -> Contradiction:
    """The page was mended: look at it again now. It is settled if they agree, else it stays open, seen just now.

    Raises `CannotResolveError` where the page can't be read, or a check of its place is at work.
    """
    actor.require(Permission.FACTS_EDIT)
    row = Contradiction.objects.select_related("touchpoint").get(pk=contradiction_id)
    if row.state == State.CLOSED:
        raise CannotResolveError(_("This contradiction is settled already."))
    if row.touchpoint is None:
        check_own_texts(row.source)
    else:
        _look_again(actor, row)
    row.refresh_from_db()
    return row


def _look_again(actor: Actor, row: Contradiction) -> None:
    from mikomi.facts.operations.reading import Reader
    from mikomi.facts.wording import PROBLEMS

    touchpoint = row.touchpoint
    assert touchpoint is not None
    if Check.objects.filter(touchpoint=touchpoint, state=Check.State.RUNNING).exists():
        raise CannotResolveError(_("This place is being read just now: wait until that is done."))
    now = clock.now()
    try:
        check = Check.objects.create(
            touchpoint=touchpoint,
            actor_id=actor.user_id,
            started_at=now,
            worked_at=now,
            claimed_until=now + _A_WHILE,
        )
    except IntegrityError as error:  # another look began between the two lines above
        raise CannotResolveError(_("This place is being read just now: wait until that is done.")) from error
    address = (row.found or {}).get("url") or row.place
    try:
        page = PageCopy.objects.filter(touchpoint=touchpoint, url=address).first()
        if page is None:
            raise CannotResolveError(_("This page is no longer among those that are read."))
        page.etag = page.last_modified = ""
        Reader(check, follows=False).read(page)
        page.refresh_from_db()
    finally:
        Check.objects.filter(pk=check.pk).delete()
    if page.problem not in ("", "too_large", "gone"):
        raise CannotResolveError(str(PROBLEMS.get(page.problem, page.problem)))
