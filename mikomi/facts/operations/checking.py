"""Checks of touchpoints: started by a person or the schedule, read page by page in portions of some seconds, so that
one long site holds up nothing else and a killed worker's check goes on where it was.

The list of pages still to read is in the database (`PageCopy.queued_in`). Nothing is fetched inside a transaction.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from mikomi.core import clock
from mikomi.core.access import operations as access
from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.core.access.rules import Permission
from mikomi.core.live.operations import publish
from mikomi.facts.models import Check, PageCopy, Touchpoint
from mikomi.facts.operations.feeding import take_over
from mikomi.facts.operations.reading import Reader, page_hash
from mikomi.facts.operations.resolving import CannotResolveError

PORTION_SECONDS = 8.0
LONGEST_SECONDS = 900.0
"""A check that has read for so long ends; what is left comes next time."""
_LEASE = timedelta(seconds=90)
State = Check.State


@transaction.atomic
def start_check(*, actor: Actor, touchpoint_id: int) -> Check:
    """Look at a place now. One that is being looked at already goes on. Raises `CannotResolveError`."""
    actor.require(Permission.FACTS_EDIT)
    touchpoint = Touchpoint.objects.select_for_update().get(pk=touchpoint_id)
    if touchpoint.archived_at is not None:
        raise CannotResolveError(_("This place is no longer watched."))
    running = Check.objects.filter(touchpoint=touchpoint, state=State.RUNNING).first()
    if running:
        return running
    access.log("touchpoint.checked", actor=actor, subject_type="touchpoint", subject_id=touchpoint.pk)
    return _start(touchpoint, actor)


def _start(touchpoint: Touchpoint, actor: Actor) -> Check:
    now = clock.now()
    check = Check.objects.create(
        touchpoint=touchpoint, actor_id=actor.user_id, started_at=now, worked_at=now, pages_known=1
    )
    PageCopy.objects.update_or_create(
        touchpoint=touchpoint,
        url_hash=page_hash(touchpoint.url),
        defaults={"url": touchpoint.url, "depth": 0, "found_on": "", "queued_in": check.pk},
    )
    touchpoint.next_check_at = now + timedelta(hours=touchpoint.every_hours) if touchpoint.is_active else None
    touchpoint.save(update_fields=["next_check_at"])
    publish([f"touchpoint:{touchpoint.pk}"])
    return check


def start_due_checks() -> int:
    """Start the check of every place whose time has come. Returns how many."""
    due = Touchpoint.objects.filter(is_active=True, archived_at=None, next_check_at__lte=clock.now())
    return sum(_start_due(one) for one in list(due.order_by("next_check_at", "id")[:50]))


def _start_due(touchpoint: Touchpoint) -> bool:
    later = clock.now() + timedelta(hours=touchpoint.every_hours)
    mine = Touchpoint.objects.filter(pk=touchpoint.pk, next_check_at=touchpoint.next_check_at)
    if not mine.update(next_check_at=later):
        return False
    try:
        with transaction.atomic():
            _start(touchpoint, SYSTEM)
    except IntegrityError:
        return False  # it is being looked at
    return True


@transaction.atomic
def stop_check(*, actor: Actor, check_id: int) -> Check:
    """End a check where it stands; what was read counts."""
    actor.require(Permission.FACTS_EDIT)
    check = Check.objects.select_for_update().get(pk=check_id)
    if check.state == State.RUNNING:
        check.state, check.outcome, check.finished_at = State.STOPPED, "stopped", clock.now()
        check.save(update_fields=["state", "outcome", "finished_at"])
        publish([f"touchpoint:{check.touchpoint_id}"])
    return check


def work_on_checks(worker: str) -> int:
    """Do a portion of the check that has waited longest. Returns 1, or 0 if there was none. For a duty."""
    now = clock.now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    row = Check.objects.filter(free, state=State.RUNNING).order_by("worked_at", "id").first()
    if row is None:
        return 0
    mine = Check.objects.filter(free, pk=row.pk, state=State.RUNNING)
    if not mine.update(claimed_until=now + _LEASE, worked_at=now):
        return 1
    try:
        run_portion(row.pk)
    finally:
        Check.objects.filter(pk=row.pk).update(claimed_until=None)
    return 1


def run_portion(check_id: int, seconds: float = PORTION_SECONDS) -> bool:
    """Read pages for some seconds. Returns whether there is more to read."""
    check = Check.objects.select_related("touchpoint__store", "touchpoint__brand").get(pk=check_id)
    if check.pages_done == 0:
        take_over()
    reader, begun = Reader(check), clock.monotonic()
    while (spent := clock.monotonic() - begun) < seconds:
        if check.seconds + spent > LONGEST_SECONDS:
            _finish(reader, "time")
            return False
        page = _next_page(check)
        if page is None:
            _finish(reader, "")
            return False
        if not reader.read(page):
            return False  # somebody stopped it
    reader.note_time(clock.monotonic() - begun)
    return True


def _next_page(check: Check) -> PageCopy | None:
    waiting = PageCopy.objects.filter(touchpoint=check.touchpoint, queued_in=check.pk)
    return waiting.exclude(read_in=check.pk).order_by("depth", "id").first()


def _finish(reader: Reader, outcome: str) -> None:
    check = reader.check
    outcome = outcome or reader.outcome()
    with transaction.atomic():
        mine = Check.objects.filter(pk=check.pk, state=State.RUNNING)
        if not mine.update(
            state=State.DONE, outcome=outcome, finished_at=clock.now(), remarks=reader.remarks, robots={},
            seconds=F("seconds") + reader.seconds(),
        ):  # fmt: skip
            return
        if outcome == "finished" and check.touchpoint.kind == Touchpoint.Kind.SITE:
            reader.close_unlinked()
        publish([f"touchpoint:{check.touchpoint_id}"])


def check_now(*, actor: Actor, touchpoint_id: int) -> Check:
    """Look at a place from beginning to end in this process (samples, tests)."""
    check = start_check(actor=actor, touchpoint_id=touchpoint_id)
    while run_portion(check.pk):
        pass
    check.refresh_from_db()
    return check
