"""`mikomi import FILE`: the whole import in this process, with what it found and did on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from django.utils.translation import gettext as _

from mikomi.core.access.actor import SYSTEM
from mikomi.core.business import queries as business
from mikomi.integrations.imports import operations, queries, tasks, wording
from mikomi.integrations.models import ImportJob

State = ImportJob.State
_MOST_SHOWN = 50


def run_import(path: Path, content: str, store_code: str, live: bool, dry_run: bool) -> int:
    """Import a file, or only look through it. Returns 0, or 1 when the file or the store is refused."""
    try:
        store_id = _store(store_code)
        with path.open("rb") as stream:
            job = operations.start(
                actor=SYSTEM, stream=stream, file_name=path.name, content=content, store_id=store_id,
                backfill=not live, in_background=False,
            )  # fmt: skip
    except (OSError, operations.ImportRefusedError) as error:
        print(error)
        return 1
    if job.state != State.CHECKING:
        return _refused(job)
    job = _work(job)
    if job.state != State.CHECKED:
        return _refused(job)
    _say_issues(job)
    _say(_("Would be done: %(counts)s"), job.checked)
    if dry_run:
        operations.forget(actor=SYSTEM, job_id=job.pk)
        return 0
    operations.run(actor=SYSTEM, job_id=job.pk, in_background=False)
    job = _work(job)
    _say(_("Done: %(counts)s"), wording.counts(job))
    return 0 if job.state == State.DONE else _refused(job)


def _store(code: str) -> int | None:
    if not code:
        return None
    store = business.stores().filter(code=code).first()
    if store is None:
        raise operations.ImportRefusedError(_("There is no store with the code “%(code)s”.") % {"code": code})
    return store.pk


def _work(job: ImportJob) -> ImportJob:
    tasks.work_now(job.pk)
    return queries.job(actor=SYSTEM, job_id=job.pk)


def _refused(job: ImportJob) -> int:
    for sentence in wording.refusals(job):
        print(sentence)
    if job.state == State.NEEDS_MAPPING:
        print(_("Match the columns on the page of imports; they are remembered for the next file."))
    return 1


def _say_issues(job: ImportJob) -> None:
    page = queries.rows(actor=SYSTEM, job_id=job.pk, outcome="issues")
    for row in page.items[:_MOST_SHOWN]:
        print(_("Line %(line)s: %(what)s") % {"line": row.line, "what": wording.row_sentence(row)})
    if page.next_cursor:
        print(_("There is more; the page of the import shows all of it."))


def _say(sentence: str, counts: Mapping[str, int]) -> None:
    said = " · ".join(f"{word} {counts.get(key, 0)}" for key, word in wording.outcome_words())
    print(sentence % {"counts": said})
