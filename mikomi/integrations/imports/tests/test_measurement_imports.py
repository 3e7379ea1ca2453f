"""Measurements of a claim from a file: looked through, matched, imported, and the claim judged by them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mikomi.core.access.actor import Actor, NotAllowedError
from mikomi.core.access.rules import Permission
from mikomi.integrations.imports import operations, wording
from mikomi.integrations.imports.operations import ImportRefusedError
from mikomi.integrations.imports.tasks import work_now
from mikomi.integrations.imports.tests.files import stream
from mikomi.integrations.models import ImportJob, ImportRow
from mikomi.promises.models import Claim, Measurement
from mikomi.promises.tests.test_claims import state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "business")]
LAB = "番号,測定日,測定値,単位\n1,2026/11/01,18.5,mpg\n2,2026/11/02,7,km/L\n3,2026/11/03,19,mpg\n4,いつか,18,mpg\n"


def start(actor: Actor, claim: Claim, text: str) -> ImportJob:
    job = operations.start(
        actor=actor, stream=stream(text), file_name="m.csv", content="measurements", claim_id=claim.pk
    )
    work_now(job.pk)
    job.refresh_from_db()
    return job


def test_a_dry_run_says_what_would_come_of_each_row_and_writes_nothing(manager: Actor) -> None:
    job = start(manager, state(manager), LAB)
    assert job.state == "checked"
    assert {key: job.checked[key] for key in ("create", "same", "skip")} == {
        "create": 2,
        "same": 0,
        "skip": 2,
    }
    skipped = ImportRow.objects.filter(job=job, outcome="skip")
    assert [row.line for row in skipped] == [3, 5]
    assert all(wording.row_sentence(row) for row in skipped)
    assert not Measurement.objects.exists()


def test_the_import_takes_what_is_good_and_the_same_file_changes_nothing(manager: Actor) -> None:
    claim = state(manager)
    for created, same in ((2, 0), (0, 2)):
        job = start(manager, claim, LAB)
        operations.run(actor=manager, job_id=job.pk)
        work_now(job.pk)
        job.refresh_from_db()
        assert (job.state, job.created_count, job.unchanged_count) == ("done", created, same)
    assert sorted(Measurement.objects.values_list("value", flat=True)) == [18.5, 19]
    assert Claim.objects.get().count == 2


def test_unknown_columns_are_matched_by_hand_and_remembered(manager: Actor) -> None:
    claim, text = state(manager), "あ,い\n1,18.5\n2,19\n"
    job = start(manager, claim, text)
    assert job.state == "needs_mapping"
    operations.set_mapping(
        actor=manager, job_id=job.pk, mapping={"あ": "measurement.id", "い": "measurement.value"}
    )
    work_now(job.pk)
    job.refresh_from_db()
    assert (job.state, job.checked["create"]) == ("checked", 2)
    assert start(manager, claim, text).state == "checked"


def test_it_needs_the_right_to_record_measurements_besides(manager: Actor) -> None:
    claim = state(manager)
    importing = replace(manager, permissions=frozenset({Permission.IMPORTS_RUN, Permission.PROMISES_VIEW}))
    with pytest.raises(NotAllowedError, match=r"promises\.record"):
        start(importing, claim, LAB)
    assert not ImportJob.objects.exists()
    job = start(manager, claim, LAB)
    with pytest.raises(NotAllowedError, match=r"promises\.record"):
        operations.run(actor=importing, job_id=job.pk)
    work_now(job.pk)
    assert not Measurement.objects.exists()


def test_it_needs_the_right_and_a_claim(manager: Actor, agent: Actor) -> None:
    claim = state(manager)
    with pytest.raises(NotAllowedError):
        start(agent, claim, LAB)
    with pytest.raises(ImportRefusedError):
        operations.start(actor=manager, stream=stream(LAB), file_name="m.csv", content="measurements")
    with pytest.raises(Claim.DoesNotExist):
        operations.start(
            actor=manager, stream=stream(LAB), file_name="m.csv", content="measurements", claim_id=10**9
        )
    assert not ImportJob.objects.exists()
