"""What happens once per period, whichever worker does it: claimed by moving the row's `due_at` on."""

from __future__ import annotations

import logging
import traceback
from datetime import timedelta

from mikomi.core import clock
from mikomi.core.work import registry
from mikomi.core.work.models import Schedule

AFTER_FAILURE = timedelta(minutes=5)

_logger = logging.getLogger(__name__)


def prepare() -> None:
    """Make the rows of schedules that are new; their first time is now."""
    now = clock.now()
    rows = [Schedule(name=item.name, due_at=now) for item in registry.schedules()]
    Schedule.objects.bulk_create(rows, ignore_conflicts=True)


def run_due(lane: str) -> int:
    """Run the schedules of this lane that are due and that no other worker takes. Returns how many."""
    by_name = {item.name: item for item in registry.schedules(lane)}
    rows = Schedule.objects.filter(name__in=by_name, due_at__lte=clock.now())
    return sum(_run(by_name[row.name], row) for row in rows)


def _run(item: registry.Scheduled, row: Schedule) -> bool:
    now = clock.now()
    mine = Schedule.objects.filter(pk=row.pk, due_at=row.due_at)
    if not mine.update(due_at=now + item.every, last_started_at=now):
        return False
    result = Schedule.objects.filter(pk=row.pk)
    try:
        item.function()
    except Exception as error:
        _logger.exception("a schedule failed", extra={"schedule": item.name})
        text = "".join(traceback.format_exception(error))[-4000:]
        result.update(due_at=clock.now() + min(item.every, AFTER_FAILURE), last_error=text)
    else:
        result.update(last_finished_at=clock.now(), last_error="")
    return True
