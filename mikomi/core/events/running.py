"""Running what waits: deliveries of plain consumers, whose work and mark "done" are one transaction.

A worker claims some deliveries (RUNNING, its name) in one short transaction, then runs them in transactions that hold
the write lock for about `HOLD_SECONDS`. A kill rolls back the work together with the mark, and the sweep of dead
workers frees the claim; a worker that was only thought dead finds its claim gone when it marks, and rolls back. So
each delivery has its effect exactly once. What was tried before is claimed in smaller company, and then alone, so
that a delivery that kills its worker takes few others down with it.
"""

from __future__ import annotations

import logging
import random
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Case, F, QuerySet, Value, When

from mikomi.core import clock
from mikomi.core.events import consumers
from mikomi.core.events.consumers import GiveUpError, Handler, TryLaterError
from mikomi.core.events.models import Delivery
from mikomi.core.events.operations import caused_by
from mikomi.core.events.rules import RETRY_DELAYS, delay_after
from mikomi.core.steady import steady

HOLD_SECONDS = 0.05
"""How long one transaction goes on taking further deliveries. Others write in between."""
BATCH = 200
_TRIED_ONCE = 10
_TRIED_MORE = range(2, len(RETRY_DELAYS) + 1)
_ANY_TRIES = range(len(RETRY_DELAYS) + 1)
"""Named one by one, because the index begins with the tries: what was put off is not even looked at."""
_PAUSE_SECONDS = 0.01
"""SQLite's waiting writers look again after some milliseconds: without a pause between two transactions they starve."""
_ERROR_LENGTH = 4000

_logger = logging.getLogger(__name__)
_interrupted: set[str] = set()
State = Delivery.State


class LostClaimError(Exception):
    """The claim was freed meanwhile, because this worker was thought dead: the work is rolled back."""


class SwallowedError(Exception):
    """A consumer caught a database error that had already undone its work."""


class _OneFailedError(Exception):
    """One of several that share a transaction failed."""


def run_due(*, worker: str, limit: int = BATCH) -> int:
    """Claim and run deliveries of plain consumers, up to `limit` fresh ones. Returns how many were run, well or not."""
    if worker in _interrupted:
        _release(worker)
    plain = due().filter(is_outside=False)
    if not plain.filter(attempts__in=_ANY_TRIES).exists():
        return 0
    try:
        count = _run_claimed(claim(plain.filter(attempts=0), worker=worker, limit=limit), worker)
        count += _run_claimed(claim(plain.filter(attempts=1), worker=worker, limit=_TRIED_ONCE), worker)
        count += _run_claimed(claim(plain.filter(attempts__in=_TRIED_MORE), worker=worker, limit=1), worker)
    except BaseException:
        _interrupted.add(worker)
        raise
    return count


def due() -> QuerySet[Delivery]:
    """What waits and whose time has come."""
    return Delivery.objects.filter(state=State.WAITING, due_at__lte=clock.now())


def claim(waiting: QuerySet[Delivery], *, worker: str, limit: int) -> list[int]:
    """Make up to `limit` of `waiting` this worker's, the oldest first. Returns their ids, in order.

    A conditional UPDATE decides; the row locks that PostgreSQL takes and skips only keep workers out of each other's
    way.
    """
    if not waiting.exists():
        return []
    with transaction.atomic():
        locked = waiting.select_for_update(skip_locked=True).order_by("due_at", "id")
        ids = list(locked.values_list("id", flat=True)[:limit])
        mine = Delivery.objects.filter(pk__in=ids, state=State.WAITING)
        if mine.update(state=State.RUNNING, claimed_by=worker) != len(ids):
            raise LostClaimError("Somebody claimed the same deliveries.")
    return ids


def _run_claimed(ids: Sequence[int], worker: str) -> int:
    rows = list(Delivery.objects.filter(pk__in=ids).select_related("event").order_by("due_at", "id"))
    position = 0
    with steady():
        while position < len(rows):
            try:
                position += _run_some(rows[position:], worker)
            except LostClaimError:
                position += _run_one_by_one(rows[position:], worker)
            _give_way()
    return len(rows)


def _run_some(rows: Sequence[Delivery], worker: str) -> int:
    """Run as many as fit into one short transaction; how many those were.

    First without savepoints, which cost more than a small play does; if one fails, all of it is undone and run again
    with one for each.
    """
    if len(rows) > 1:
        with suppress(_OneFailedError):
            return _in_one_transaction(rows, worker, _run_bare)
    return _in_one_transaction(rows, worker, _run_in_savepoint)


def _in_one_transaction(
    rows: Sequence[Delivery], worker: str, run_one: Callable[[Delivery, str], bool]
) -> int:
    well: list[int] = []
    count = 0
    with transaction.atomic():
        enough = clock.monotonic() + HOLD_SECONDS
        for count, row in enumerate(rows, 1):  # noqa: B007 - counts what was run before the time was up
            if run_one(row, worker):
                well.append(row.pk)
            if clock.monotonic() > enough:
                break
        mark_done(well, worker=worker)
    return count


def _run_one_by_one(rows: Sequence[Delivery], worker: str) -> int:
    """After some claims were lost: those still ours are run, the others left to their new holder."""
    for row in rows:
        try:
            _run_some([row], worker)
        except LostClaimError:
            _logger.warning("claim lost", extra={"delivery": row.pk, "consumer": row.consumer})
        _give_way()
    return len(rows)


def _give_way() -> None:
    if connection.vendor == "sqlite":
        time.sleep(_PAUSE_SECONDS)


def _run_bare(row: Delivery, _worker: str) -> bool:
    try:
        _work_on(row)
    except Exception as error:
        raise _OneFailedError from error
    return True


def _run_in_savepoint(row: Delivery, worker: str) -> bool:
    """A failure undoes its own work only and is noted. Returns whether all went well."""
    try:
        with transaction.atomic():
            _work_on(row)
    except Exception as error:
        put_off(row, error, worker=worker)
        return False
    return True


def _work_on(row: Delivery) -> None:
    with caused_by(row.event, row.consumer):
        handler_of(row.consumer)(row.event)
    if transaction.get_rollback():
        raise SwallowedError(f"{row.consumer} went on after a database error that undid its work.")


def handler_of(name: str) -> Handler:
    """What a plain consumer does. Raises `LookupError` if there is none of this name (yet: it is tried again)."""
    consumer = consumers.consumer_named(name)
    if consumer is None:
        raise LookupError(
            f"No consumer is called {name!r}. Was it taken away, or is this worker of an old version?"
        )
    return consumer.handle


def mark_done(ids: Sequence[int], *, worker: str) -> None:
    """Mark what was run well. Raises `LostClaimError` unless every one of them is still this worker's."""
    if not ids:
        return
    mine = Delivery.objects.filter(pk__in=ids, state=State.RUNNING, claimed_by=worker)
    done = mine.update(
        state=State.DONE, done_at=clock.now(), attempts=F("attempts") + 1, claimed_by="", error=""
    )
    if done != len(ids):
        raise LostClaimError(f"{len(ids) - done} of {len(ids)} claims are gone.")


def put_off(
    row: Delivery, error: Exception, *, worker: str, delays: Sequence[timedelta] = RETRY_DELAYS
) -> None:
    """Note a failure: try again later, or give up after the last delay."""
    attempts = row.attempts + 1
    delay = None if isinstance(error, GiveUpError) else delay_after(attempts, delays, random.random())  # noqa: S311
    if delay is not None and isinstance(error, TryLaterError):
        delay = max(delay, error.delay)
    _logger.warning(
        "delivery failed",
        extra={
            "delivery": row.pk,
            "consumer": row.consumer,
            "event_id": row.event_id,
            "attempts": attempts,
            "gives_up": delay is None,
            "error": type(error).__name__,
        },
    )
    Delivery.objects.filter(pk=row.pk, state=State.RUNNING, claimed_by=worker).update(
        state=State.FAILED if delay is None else State.WAITING,
        attempts=attempts,
        due_at=clock.now() + (delay or timedelta(0)),
        claimed_by="",
        error=_text_of(error),
    )


def _text_of(error: Exception) -> str:
    """The error for the operator, without the DETAIL in which PostgreSQL quotes the values of a row."""
    if isinstance(error, GiveUpError | TryLaterError):
        return str(error)[:_ERROR_LENGTH]
    lines = "".join(traceback.format_exception(error)).splitlines()
    return "\n".join(line for line in lines if not line.startswith("DETAIL:"))[-_ERROR_LENGTH:]


def _release(worker: str) -> None:
    """Put back what this worker had claimed when the database failed it: nobody else would."""
    mine = Delivery.objects.filter(state=State.RUNNING, is_outside=False, claimed_by=worker)
    mine.update(state=State.WAITING, claimed_by="")
    _interrupted.discard(worker)


def free_claims(workers: Sequence[str]) -> int:
    """Free what dead workers had claimed; it counts as a try, since it may be what killed them. Returns how many."""
    theirs = Delivery.objects.filter(state=State.RUNNING, claimed_by__in=workers)
    return theirs.update(
        state=Case(
            When(attempts__gte=len(RETRY_DELAYS), then=Value(State.FAILED.value)),
            default=Value(State.WAITING.value),
        ),
        attempts=F("attempts") + 1,
        claimed_by="",
        error="The worker died while it ran this.",
    )
