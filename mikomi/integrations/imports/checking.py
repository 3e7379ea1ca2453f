"""The dry run: what an import would create, change, leave and skip, by row and why. Only the job's rows are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from mikomi.commerce import operations as commerce
from mikomi.commerce.operations import Outcome as OrderOutcome
from mikomi.core import bulk, clock
from mikomi.core.access.actor import Actor
from mikomi.core.live.operations import publish
from mikomi.core.rows import build
from mikomi.customers.operations.identify import plan_arrivals
from mikomi.integrations.files.issues import ERROR, RowIssue
from mikomi.integrations.files.measurements import MeasuredRow
from mikomi.integrations.files.records import OrderRecord, PersonRecord
from mikomi.integrations.imports.identity import with_row_keys
from mikomi.integrations.imports.opening import open_job
from mikomi.integrations.imports.reading import Batch, batches
from mikomi.integrations.models import ImportJob, ImportRow
from mikomi.promises import operations as promises
from mikomi.promises.models import Claim

SOURCE = "import"
MOST_ISSUES = 2_000
MOST_SAMPLES = 20
Outcome = ImportRow.Outcome
State = ImportJob.State
CLAIM_PROBLEM = "claim:"
"""Before the code of what is wrong with a measurement, as the ledger says it (`promises.claim_wording`)."""
OUTCOMES = {
    OrderOutcome.CREATED: Outcome.CREATE,
    OrderOutcome.CHANGED: Outcome.CHANGE,
    OrderOutcome.SAME: Outcome.SAME,
    OrderOutcome.SKIPPED: Outcome.SKIP,
}
ARRIVALS = {"created": Outcome.CREATE, "changed": Outcome.CHANGE, "same": Outcome.SAME}


def check(job: ImportJob, actor: Actor) -> None:
    """Look through the whole file and note what would come of it. Whatever an earlier, broken-off check noted goes."""
    ImportRow.objects.filter(job=job).delete()
    looking = _Check(job, actor)
    with open_job(job) as reading:
        told = clock.monotonic()
        for batch in batches(with_row_keys(reading.records(), job.source)):
            looking.take(batch)
            if clock.monotonic() - told > 1:
                told = clock.monotonic()
                ImportJob.objects.filter(pk=job.pk, state=State.CHECKING).update(rows_done=batch.until)
                publish([f"import:{job.pk}"])
    with transaction.atomic():
        bulk.insert(looking.rows())
        ImportJob.objects.filter(pk=job.pk, state=State.CHECKING).update(
            state=State.CHECKED, rows_total=looking.total, rows_done=0, checked=dict(looking.counts)
        )
        publish([f"import:{job.pk}"])


def claim_of(job: ImportJob) -> int:
    """The claim whose measurements the file holds. Raises Claim.DoesNotExist where it is gone."""
    claim_id: int | None = job.claim_id
    if claim_id is None:
        raise Claim.DoesNotExist("This import names no claim.")
    return claim_id


class _Check:
    """What has been counted and kept so far; memory doesn't grow with the file, but for the keys of new records."""

    def __init__(self, job: ImportJob, actor: Actor) -> None:
        self.job, self.actor = job, actor
        self.total = 0
        self.counts: Counter[str] = Counter({outcome.value: 0 for outcome in Outcome})
        self._kept: list[ImportRow] = []
        self._samples: Counter[str] = Counter()
        self._issues = 0
        self._warnings: dict[int, list[ImportRow]] = {}  # by line, until the record of that line has come
        self._new: set[int] = set()  # hashes of the keys of what this file has created already

    def take(self, batch: Batch) -> None:
        """Decide about a batch."""
        self.total = batch.until
        self.counts[Outcome.SKIP] += batch.refused_rows
        self.counts["issues"] += len(batch.issues)
        for issue in batch.issues:
            self._note_issue(issue)
        if batch.orders:
            self._take_orders(batch.orders)
        if batch.people:
            self._take_people(batch.people)
        if batch.measured:
            self._take_measured(batch.measured)

    def rows(self) -> list[ImportRow]:
        """What is to be stored, in the file's order."""
        return sorted(self._kept, key=lambda row: row.line)

    def _take_orders(self, orders: Sequence[OrderRecord]) -> None:
        found = commerce.preview_orders(
            actor=self.actor, orders=orders, source=SOURCE, store_id=self.job.store_id
        )
        for record, result in zip(orders, found, strict=True):
            outcome = OUTCOMES[result.outcome]
            key = hash((record.source, record.external_id or record.number))
            if outcome is Outcome.CREATE and key in self._new:
                outcome = Outcome.CHANGE  # a further piece of an order that stands above in the file
            self._new.add(key)
            params = {"changes": list(result.changes)} if outcome is Outcome.CHANGE else {}
            lines = record.line_numbers
            self._note(outcome, lines, record.number or record.external_id, result.reason, params)

    def _take_people(self, people: Sequence[PersonRecord]) -> None:
        plan = plan_arrivals(actor=self.actor, people=people, seen_at=clock.now(), source=SOURCE)
        for record, arrival in zip(people, plan.arrivals, strict=True):
            keys = {hash(key) for key in (*record.external_ids, *record.emails, *record.phones)}
            outcome = ARRIVALS[arrival.outcome]
            if outcome is Outcome.CREATE and not keys.isdisjoint(self._new):
                outcome = Outcome.CHANGE  # somebody who stands above in the file
            self._new |= keys if outcome is Outcome.CREATE else set()
            reason = "several_known" if arrival.conflicts else ""
            self._note(outcome, record.line_numbers, _name(record), reason, {})

    def _take_measured(self, rows: Sequence[MeasuredRow]) -> None:
        found = promises.preview_measurements(
            actor=self.actor, claim_id=claim_of(self.job), measurements=[one.measurement for one in rows]
        )
        refused = {one.place: one for one in found.refused}
        for place, row in enumerate(rows):
            key, no = hash(row.measurement.once_key), refused.get(place)
            known = place in found.known or key in self._new
            outcome = Outcome.SKIP if no else Outcome.SAME if known else Outcome.CREATE
            self._new.add(key)
            reason, params = (f"{CLAIM_PROBLEM}{no.code}", no.params) if no else ("", {})
            self._note(outcome, (row.line,), str(row.measurement.value), reason, params)

    def _note(
        self, outcome: Outcome, lines: Sequence[int], label: str, reason: str, params: Mapping[str, object]
    ) -> None:
        self.counts[outcome] += 1
        for line in lines:
            for row in self._warnings.pop(line, ()):
                row.outcome, row.label = outcome.value, _fit(label)
        if reason and self._has_room():
            self._issues += 1
        elif self._samples[outcome] < MOST_SAMPLES:
            self._samples[outcome] += 1
        else:
            return
        line = lines[0] if lines else 0
        self._kept.append(self._row(outcome, line, label=_fit(label), code=reason, params=dict(params)))

    def _note_issue(self, issue: RowIssue) -> None:
        if not self._has_room():
            return
        self._issues += 1
        outcome = Outcome.SKIP if issue.severity == ERROR else Outcome.CREATE
        row = self._row(
            outcome, issue.line, code=issue.code, params=dict(issue.params), column=_fit(issue.column)
        )
        self._kept.append(row)
        if issue.severity != ERROR:
            self._warnings.setdefault(issue.line, []).append(row)

    def _has_room(self) -> bool:
        return self._issues < MOST_ISSUES

    def _row(self, outcome: Outcome, line: int, **values: Any) -> ImportRow:
        return build(
            ImportRow, job_id=self.job.pk, is_dry_run=True, line=line, outcome=outcome.value, **values
        )


def _fit(text: str) -> str:
    return text.replace("\0", "")[:200]


def _name(person: PersonRecord) -> str:
    return person.name or person.family_name or next(iter((*person.emails, *person.phones)), "")
