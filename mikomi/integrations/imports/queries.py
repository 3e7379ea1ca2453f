"""Reading imports, for the pages and the command line."""

from __future__ import annotations

from django.db.models import QuerySet

from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.paging import Page, keyset
from mikomi.integrations.models import ImportJob, ImportRow


def jobs(*, actor: Actor, cursor: str | None = None) -> Page[ImportJob]:
    """All imports, the newest first."""
    actor.require(Permission.IMPORTS_RUN)
    return keyset(ImportJob.objects.select_related("store"), ["-id"], cursor, 30)


def job(*, actor: Actor, job_id: int) -> ImportJob:
    """One import. Raises `DoesNotExist`."""
    actor.require(Permission.IMPORTS_RUN)
    return ImportJob.objects.select_related("store", "file").get(pk=job_id)


def rows(*, actor: Actor, job_id: int, outcome: str = "", cursor: str | None = None) -> Page[ImportRow]:
    """What the dry run noted, in the file's order. `outcome`: one of them, or `issues`: what is wrong only."""
    actor.require(Permission.IMPORTS_RUN)
    found: QuerySet[ImportRow] = ImportRow.objects.filter(job_id=job_id, is_dry_run=True)
    if outcome == "issues":
        found = found.exclude(code="")
    elif outcome:
        found = found.filter(outcome=outcome)
    return keyset(found, ["line", "id"], cursor, 50)
