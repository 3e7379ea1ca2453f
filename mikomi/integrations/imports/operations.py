"""The verbs of imports: start, match columns, run, stop, forget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO, cast

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.files.operations import store
from mikomi.core.live.operations import publish
from mikomi.core.text import clean_single_line
from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.headers import fingerprint
from mikomi.integrations.imports import keeping, tasks
from mikomi.integrations.imports.opening import (
    Recognition,
    fields_of,
    has_columns,
    needed_of,
    open_table,
    recognise_file,
)
from mikomi.integrations.models import ImportJob, RememberedMapping
from mikomi.promises import queries as promises

State = ImportJob.State
CONTENTS = ("", "orders", "customers", "measurements")
_BEFORE_RUN = (State.NEEDS_MAPPING, State.CHECKED, State.CHECKING, State.REFUSED)
_ISSUES_KEPT = 20


class ImportRefusedError(ValueError):
    """What was asked can't be done; a sentence for the reader. `field` is the control it is about."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def start(
    *,
    actor: Actor,
    stream: BinaryIO,
    file_name: str,
    content: str = "",
    store_id: int | None = None,
    claim_id: int | None = None,
    backfill: bool = True,
    in_background: bool = True,
) -> ImportJob:
    """Keep a file and begin its dry run; or ask for the columns; or refuse it, with the reason in the job.

    `content`: orders, customers, measurements (of the claim `claim_id`), or "" to recognise it. `backfill`: history,
    nothing follows from it. Raises `NotAllowedError`, `ImportRefusedError` (too large), `StorageError`,
    `Claim.DoesNotExist`.
    """
    _require(actor, content)
    if content not in CONTENTS:
        raise ImportRefusedError(_("A file of this kind can't be imported."), "content")
    if (content == "measurements") != (claim_id is not None):
        raise ImportRefusedError(_("Say which claim was measured."), "content")
    if claim_id is not None:
        promises.claim(actor=actor, claim_id=claim_id)
    file = store(cast(BinaryIO, _Limited(stream, settings.MAX_UPLOAD_BYTES)), "text/csv")
    found = recognise_file(file, content)
    with transaction.atomic():
        job = ImportJob.objects.create(
            file=file,
            file_name=clean_single_line(file_name, 255) or "file",
            content=found.content,
            format_key=found.format_key,
            source=found.source,
            mapping=found.mapping,
            store_id=store_id,
            claim_id=claim_id,
            backfill=backfill,
            state=_first_state(found),
            refusal={"issues": found.issues[:_ISSUES_KEPT]} if found.issues else {},
            actor_id=actor.user_id,
            created_at=clock.now(),
        )
        if job.state == State.CHECKING and in_background:
            tasks.check_import.enqueue(job.pk)
    return job


def _require(actor: Actor, content: str) -> None:
    """Orders and customers follow from the right to import; measurements judge a claim in public, so they need more."""
    actor.require(Permission.IMPORTS_RUN)
    if content == "measurements":
        actor.require(Permission.PROMISES_RECORD)


def _first_state(found: Recognition) -> State:
    if found.needs_mapping:
        return State.NEEDS_MAPPING
    return State.REFUSED if found.is_refused else State.CHECKING


class _Limited:
    """A stream that refuses to be longer than `limit` bytes."""

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self._stream, self._left, self._limit = stream, limit, limit

    def read(self, size: int = -1) -> bytes:
        """As the stream reads. Raises `ImportRefusedError`."""
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            sentence = _("The file is larger than %(megabytes)s MB. Split it and import the parts.")
            raise ImportRefusedError(sentence % {"megabytes": self._limit // 1024 // 1024}, "file")
        return data


@transaction.atomic
def set_mapping(
    *, actor: Actor, job_id: int, mapping: Mapping[str, str], day_first: bool | None = None
) -> ImportJob:
    """Match the columns by hand (column name → field), remember it for the next such file, and check anew.

    Raises `ImportRefusedError` if a needed field has no column; `DoesNotExist`.
    """
    actor.require(Permission.IMPORTS_RUN)
    job = _locked(job_id, _BEFORE_RUN)
    if not has_columns(job):
        raise ImportRefusedError(_("A file of contact cards has no columns to match."))
    with open_table(job) as reading:
        header = reading.match.header
    chosen = _chosen(job, header, mapping)
    RememberedMapping.objects.update_or_create(
        fingerprint=fingerprint(header),
        content=job.content,
        defaults={"mapping": chosen, "used_at": clock.now()},
    )
    job.mapping, job.day_first, job.state = chosen, day_first, State.CHECKING
    job.refusal, job.checked, job.rows_done = {}, {}, 0
    job.save()
    tasks.check_import.enqueue(job.pk)
    return job


def _chosen(job: ImportJob, header: tuple[str, ...], mapping: Mapping[str, str]) -> dict[str, str]:
    possible = set(fields_of(job.content))
    chosen = {name: mapping[name] for name in header if mapping.get(name)}
    if not possible.issuperset(chosen.values()):
        raise ImportRefusedError(_("One of the fields doesn't exist. Load the page again."))
    held = set(chosen.values())
    if any(held.isdisjoint(group) for group in needed_of(job.content)):
        raise ImportRefusedError(_("A field that is needed has no column yet."))
    return {name: Field(field).value for name, field in chosen.items()}


@transaction.atomic
def run(*, actor: Actor, job_id: int, in_background: bool = True) -> ImportJob:
    """Import what was checked, or go on with what was stopped. Raises `ImportRefusedError`, `DoesNotExist`."""
    actor.require(Permission.IMPORTS_RUN)
    job = _locked(job_id, (State.CHECKED, State.STOPPED))
    _require(actor, job.content)
    job.state, job.refusal, job.finished_at = State.RUNNING, {}, None
    job.started_at = job.started_at or clock.now()
    job.save(update_fields=["state", "refusal", "finished_at", "started_at"])
    if in_background:
        tasks.run_import.enqueue(job.pk)
    publish([f"import:{job.pk}"])
    return job


@transaction.atomic
def stop(*, actor: Actor, job_id: int) -> ImportJob:
    """Stop after the batch being written; what is imported stays. Raises `ImportRefusedError`, `DoesNotExist`."""
    actor.require(Permission.IMPORTS_RUN)
    job = _locked(job_id, (State.RUNNING,))
    job.state, job.finished_at = State.STOPPED, clock.now()
    job.save(update_fields=["state", "finished_at"])
    publish([f"import:{job.pk}"])
    return job


@transaction.atomic
def forget(*, actor: Actor, job_id: int) -> None:
    """Delete the job and its file; what was imported stays. Raises `ImportRefusedError` while it runs."""
    actor.require(Permission.IMPORTS_RUN)
    keeping.drop([_locked(job_id, [state for state in State if state != State.RUNNING]).pk])


def _locked(job_id: int, states: object) -> ImportJob:
    job = ImportJob.objects.select_for_update(of=("self",)).select_related("file").get(pk=job_id)
    if job.state not in cast(tuple[str, ...], states):
        raise ImportRefusedError(_("The import has moved on meanwhile. Look at where it stands now."))
    return job
