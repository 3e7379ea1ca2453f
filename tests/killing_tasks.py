"""The task of `tests.killing`: slow enough to be killed in its middle, and idempotent as every task."""

from __future__ import annotations

import time

from django_tasks import task

from mikomi.core.access import operations as access
from mikomi.core.access.models import AccessLog


@task()
def note(number: int) -> None:
    """Write one row, once, after a while."""
    time.sleep(0.05)
    if not AccessLog.objects.filter(action="task", subject_id=number).exists():
        access.log("task", subject_id=number)
