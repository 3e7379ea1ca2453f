"""The import itself: batch by batch, each with its progress in one transaction, so it goes on where it was killed."""

from __future__ import annotations

from collections import Counter

from django.db import transaction
from django.db.models import F

from mikomi.commerce import operations as commerce
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.live.operations import publish
from mikomi.customers.operations import identify_many
from mikomi.customers.operations.identify import plan_arrivals
from mikomi.integrations.imports.checking import ARRIVALS, OUTCOMES, SOURCE, claim_of
from mikomi.integrations.imports.identity import with_row_keys
from mikomi.integrations.imports.opening import open_job
from mikomi.integrations.imports.reading import Batch, batches
from mikomi.integrations.models import ImportJob, ImportRow
from mikomi.promises import operations as promises

_TELL_EVERY = 0.5  # seconds
Outcome = ImportRow.Outcome
State = ImportJob.State


def run(job: ImportJob, actor: Actor) -> None:
    """Import what is left of the job. Ends early where somebody stopped it or another process runs it."""
    done, told = job.rows_done, 0.0
    with open_job(job) as reading:
        for batch in batches(with_row_keys(reading.records(), job.source), done):
            tell = clock.monotonic() - told > _TELL_EVERY
            told = clock.monotonic() if tell else told
            with transaction.atomic():
                if not _is_ours(job, done):
                    return
                _advance(job, batch, _apply(job, actor, batch))
                if tell:
                    publish([f"import:{job.pk}"])
            done = batch.until
    _finish(job, done)


def _is_ours(job: ImportJob, done: int) -> bool:
    """Lock the job; false if it was stopped, or another process has gone further."""
    rows = ImportJob.objects.select_for_update().filter(pk=job.pk, state=State.RUNNING, rows_done=done)
    return rows.values_list("pk", flat=True).first() is not None


def _apply(job: ImportJob, actor: Actor, batch: Batch) -> Counter[str]:
    counts: Counter[str] = Counter({Outcome.SKIP: batch.refused_rows})
    if batch.orders:
        results = commerce.record_orders(
            actor=actor,
            orders=batch.orders,
            source=SOURCE,
            backfill=job.backfill,
            store_id=job.store_id,
            run=f"import:{job.pk}",
        )
        counts.update(OUTCOMES[one.outcome] for one in results)
    if batch.people:
        counts.update(_apply_people(job, actor, batch))
    if batch.measured:
        rows = [one.measurement for one in batch.measured]
        found = promises.measure(actor=actor, claim_id=claim_of(job), measurements=rows)
        counts[Outcome.CREATE] += found.taken
        counts[Outcome.SAME] += found.known
        counts[Outcome.SKIP] += len(found.refused)
    return counts


def _apply_people(job: ImportJob, actor: Actor, batch: Batch) -> list[str]:
    now = clock.now()
    plan = plan_arrivals(actor=actor, people=batch.people, seen_at=now, source=SOURCE)
    identify_many(actor=actor, people=batch.people, seen_at=now, source=SOURCE, backfill=job.backfill)
    return [ARRIVALS[arrival.outcome].value for arrival in plan.arrivals]


def _advance(job: ImportJob, batch: Batch, counts: Counter[str]) -> None:
    ImportJob.objects.filter(pk=job.pk).update(
        rows_done=batch.until,
        created_count=F("created_count") + counts[Outcome.CREATE],
        changed_count=F("changed_count") + counts[Outcome.CHANGE],
        unchanged_count=F("unchanged_count") + counts[Outcome.SAME],
        skipped_count=F("skipped_count") + counts[Outcome.SKIP],
    )


def _finish(job: ImportJob, done: int) -> None:
    with transaction.atomic():
        mine = ImportJob.objects.filter(pk=job.pk, state=State.RUNNING, rows_done=done)
        mine.update(state=State.DONE, finished_at=clock.now(), rows_total=done)
        publish([f"import:{job.pk}"])
