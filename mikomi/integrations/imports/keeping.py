"""How long uploaded files are kept: they name people, and what was imported of them stands in its own tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Coalesce

from mikomi.core import clock
from mikomi.core.files import operations as files
from mikomi.integrations.models import ImportJob

KEEP = timedelta(days=30)
_AT_ONCE = 50
State = ImportJob.State


@transaction.atomic
def drop(job_ids: Iterable[int]) -> int:
    """Delete these imports with their rows and files; what was imported stays. How many."""
    jobs = ImportJob.objects.filter(pk__in=list(job_ids))
    file_ids = list(jobs.values_list("file_id", flat=True))
    jobs.delete()
    files.delete_unused(file_ids)
    return len(file_ids)


def prune() -> int:
    """Drop the imports that ended, or were left before their beginning, a month ago. How many."""
    idle = ImportJob.objects.exclude(state__in=[State.CHECKING, State.RUNNING])
    ended = Coalesce("finished_at", "created_at")
    old = idle.annotate(ended=ended).filter(ended__lt=clock.now() - KEEP).order_by("pk")
    count = 0
    while ids := list(old.values_list("pk", flat=True)[:_AT_ONCE]):
        count += drop(ids)
    return count
