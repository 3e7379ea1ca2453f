"""Running deliveries of outside consumers (webhooks): several consumers at once, each one's in order.

They are called outside any transaction. A consumer that fails is left alone for a while, so that its backlog neither
holds up the others nor uses up its own tries.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from queue import SimpleQueue

from django.db import connections

from mikomi.core import clock
from mikomi.core.events import consumers, running
from mikomi.core.events.models import Delivery
from mikomi.core.events.rules import RETRY_DELAYS, rest_after

AT_ONCE = 8
"""How many consumers are called at the same time."""
PER_CONSUMER = 20

_logger = logging.getLogger(__name__)
_resting: dict[str, tuple[int, datetime]] = {}
"""Consumer → failures in a row, and until when it is left alone. Per process: a restart may ask once more."""

Outcome = tuple[Delivery, Exception | None, bool]
"""A delivery, its error, whether it was tried at all."""


def run_outside_due(*, worker: str) -> int:
    """Call the outside consumers whose deliveries are due. Returns how many calls were made."""
    rows = _claim_for_each(worker)
    groups: dict[str, list[Delivery]] = defaultdict(list)
    for row in rows:
        groups[row.consumer].append(row)
    calls = 0
    for row, error, was_tried in _outcomes(list(groups.values())):
        _note(row, error, was_tried, worker)
        calls += was_tried
    return calls


def _claim_for_each(worker: str) -> list[Delivery]:
    due = running.due().filter(is_outside=True)
    now = clock.now()
    resting = [name for name, (_failures, until) in _resting.items() if until > now]
    names = (
        due.exclude(consumer__in=resting).order_by("consumer").values_list("consumer", flat=True).distinct()
    )
    ids: list[int] = []
    for name in names[:AT_ONCE]:
        ids += running.claim(due.filter(consumer=name), worker=worker, limit=PER_CONSUMER)
    return list(Delivery.objects.filter(pk__in=ids).select_related("event").order_by("due_at", "id"))


def _outcomes(groups: Sequence[Sequence[Delivery]]) -> Iterator[Outcome]:
    """Call the groups side by side; outcomes come as they happen, so that little is repeated after a kill."""
    if len(groups) < 2:
        for group in groups:
            yield from _call(group)
        return
    results: SimpleQueue[Outcome] = SimpleQueue()
    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="hooks") as pool:
        for group in groups:
            pool.submit(_call_into, group, results)
        for _number in range(sum(len(group) for group in groups)):
            yield results.get()


def _call_into(group: Sequence[Delivery], results: SimpleQueue[Outcome]) -> None:
    try:
        for outcome in _call(group):
            results.put(outcome)
    finally:
        connections.close_all()


def _call(group: Sequence[Delivery]) -> Iterator[Outcome]:
    """Call one consumer for each of its deliveries, until it fails; the rest of them are not tried."""
    failed = False
    for row in group:
        error: Exception | None = None
        if not failed:
            try:
                family = consumers.family_of(row.consumer)
                if family is None:
                    raise LookupError(f"No family of consumers is called {row.consumer.partition(':')[0]!r}.")
                family.handle(row)
            except Exception as raised:
                error = raised
        yield row, error, not failed
        failed = failed or error is not None


def _note(row: Delivery, error: Exception | None, was_tried: bool, worker: str) -> None:
    if not was_tried:
        mine = Delivery.objects.filter(pk=row.pk, state=Delivery.State.RUNNING, claimed_by=worker)
        mine.update(state=Delivery.State.WAITING, claimed_by="")
    elif error is None:
        _resting.pop(row.consumer, None)
        with suppress(running.LostClaimError):  # it is called once more: at least once, as promised
            running.mark_done([row.pk], worker=worker)
    else:
        failures = _resting.get(row.consumer, (0, None))[0] + 1
        _resting[row.consumer] = (failures, clock.now() + rest_after(failures))
        family = consumers.family_of(row.consumer)
        delays = family.delays if family else RETRY_DELAYS
        running.put_off(row, error, worker=worker, delays=delays)


def wake(consumer: str) -> None:
    """Forget that a consumer failed: a person says it should be tried now."""
    _resting.pop(consumer, None)
