"""Running what was enqueued with `@task()`: claims, retries with back-off, and tasks whose worker died.

The library's own worker leaves a killed task RUNNING for ever and never repeats a failed one; this takes its place
and keeps its table. A task may be run again after a crash in its middle, so tasks are idempotent.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django_tasks import TaskContext, TaskResultStatus
from django_tasks.utils import normalize_json
from django_tasks_db.models import DBTaskResult, get_date_max

from mikomi.core import bulk, clock

DELAYS = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
MOST_ATTEMPTS = len(DELAYS) + 1
KEEP_DONE = timedelta(days=7)
KEEP_FAILED = timedelta(days=60)

_logger = logging.getLogger(__name__)


class WorkerDiedError(Exception):
    """The worker died while it ran the task, the last time that it may be tried."""


def run_one(worker: str) -> int:
    """Claim and run one task that is due. Returns 1, or 0 if there was none."""
    row = _claim(worker)
    if row is None:
        return 0
    try:
        value = normalize_json(_call(row))
    except Exception as error:
        _logger.exception(
            "a task failed", extra={"task": row.task_path, "id": str(row.pk), "attempt": len(row.worker_ids)}
        )
        _end_badly(row, error, delay_after(len(row.worker_ids)))
    else:
        _end(
            row, status=TaskResultStatus.SUCCESSFUL, return_value=value, traceback="", exception_class_path=""
        )
    return 1


def delay_after(attempts: int) -> timedelta | None:
    """How long a task waits after `attempts` failures; none: it has failed for good."""
    return DELAYS[attempts - 1] if attempts < MOST_ATTEMPTS else None


def _claim(worker: str) -> Any:
    is_due = Q(run_after=get_date_max()) | Q(run_after__lte=clock.now())
    ready = DBTaskResult.objects.filter(is_due, status=TaskResultStatus.READY)
    for pk, worker_ids in ready.values_list("pk", "worker_ids")[:5]:
        mine = DBTaskResult.objects.filter(pk=pk, status=TaskResultStatus.READY)
        claimed = {
            "status": TaskResultStatus.RUNNING,
            "started_at": clock.now(),
            "worker_ids": [*worker_ids, worker],
        }
        if mine.update(**claimed):
            return DBTaskResult.objects.get(pk=pk)
    return None


def _call(row: Any) -> Any:
    task = row.task
    result = row.task_result
    context = (TaskContext(task_result=result),) if task.takes_context else ()
    return task.call(*context, *result.args, **result.kwargs)


def _end(row: Any, **values: Any) -> bool:
    """Note how a run ended, unless the task was freed and claimed by another worker meanwhile."""
    mine = DBTaskResult.objects.filter(pk=row.pk, status=TaskResultStatus.RUNNING, started_at=row.started_at)
    return bool(mine.update(finished_at=clock.now(), **values))


def _end_badly(row: Any, error: Exception, delay: timedelta | None) -> bool:
    values: dict[str, Any] = {
        "exception_class_path": f"{type(error).__module__}.{type(error).__qualname__}",
        "traceback": "".join(traceback.format_exception(error))[-8000:],
        "return_value": None,
    }
    if delay is None:
        return _end(row, status=TaskResultStatus.FAILED, **values)
    return _end(row, status=TaskResultStatus.READY, run_after=clock.now() + delay, **values)


def free_tasks(workers: Sequence[str]) -> int:
    """Make tasks ready again whose worker died, or fail those it was the last try of. Returns how many."""
    dead = set(workers)
    running = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING)
    stranded = [row for row in running if row.worker_ids and row.worker_ids[-1] in dead]
    return sum(_free(row) for row in stranded)


def _free(row: Any) -> bool:
    last = len(row.worker_ids) >= MOST_ATTEMPTS
    error = WorkerDiedError(f"The worker {row.worker_ids[-1]} died while it ran this.")
    return _end_badly(row, error, None if last else timedelta(0))


def prune() -> int:
    """Delete what was done a week ago, and what failed two months ago. Returns how many rows."""
    now = clock.now()
    return _prune(TaskResultStatus.SUCCESSFUL, now - KEEP_DONE) + _prune(
        TaskResultStatus.FAILED, now - KEEP_FAILED
    )


def _prune(status: TaskResultStatus, before: datetime) -> int:
    return bulk.delete_in_portions(DBTaskResult.objects.filter(status=status, finished_at__lt=before))
