"""Uploaded files and raw calls of shops name people: they go when a person is erased, and when their time has come."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from mikomi.commerce.models import Order
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.files import operations as files
from mikomi.core.files.models import StoredFile
from mikomi.core.work import registry, task_runs
from mikomi.customers import operations as customers
from mikomi.customers.models import Customer, Identity
from mikomi.integrations.imports import keeping, operations
from mikomi.integrations.imports.tests.files import HEADER, stream
from mikomi.integrations.models import ImportJob, ImportRow, ShopCall, ShopConnection
from tests.cast import NOON

pytestmark = pytest.mark.django_db
State = ImportJob.State
OTHERS = HEADER + "B1,2025-06-01,佐藤 次郎,jiro@example.jp,茶,12,500\n"


def upload(actor: Actor, text: str | bytes, *, run: bool = False) -> ImportJob:
    job = operations.start(actor=actor, stream=stream(text), file_name="f.csv")
    while task_runs.run_one("tester"):
        pass
    if run:
        operations.run(actor=actor, job_id=job.pk)
        while task_runs.run_one("tester"):
            pass
    job.refresh_from_db()
    return job


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp932"])
@pytest.mark.parametrize(
    "row",
    [
        "A1,2025-06-01,山田 花子,HANAKO@example.jp,茶,1,500\n",
        "A1,2025-06-01,花子　山田,,茶,1,500\n",
        "A1,2025-06-01,Y. H.,,茶 090-1234-5678,1,500\n",
    ],
)
def test_a_file_that_names_the_person_goes_with_its_rows_and_bytes(
    manager: Actor, owner: Actor, customer: Customer, row: str, encoding: str
) -> None:
    Identity.objects.create(
        customer=customer, kind="phone", value="+819012345678", shown="090-1234-5678", added_at=NOON
    )
    Identity.objects.create(
        customer=customer, kind="external", source="pos", value="12", shown="12", added_at=NOON
    )
    done, checked = upload(manager, (OTHERS + row).encode(encoding), run=True), upload(manager, OTHERS + row)
    other = upload(manager, OTHERS, run=True)
    assert (done.state, checked.state) == (State.DONE, State.CHECKED)

    customers.erase(actor=owner, customer_id=customer.pk)

    assert list(ImportJob.objects.values_list("pk", flat=True)) == [other.pk]
    assert set(ImportRow.objects.values_list("job_id", flat=True)) == {other.pk}
    assert StoredFile.objects.get().pk == other.file_id
    assert Order.objects.filter(number="A1").exists()


def test_a_row_is_no_longer_called_by_the_person_when_the_file_can_not_be_read(
    manager: Actor, owner: Actor, customer: Customer
) -> None:
    job = upload(manager, OTHERS)
    for label in ("山田 花子", "hanako@example.jp", "佐藤"):
        ImportRow.objects.create(
            job=job, is_dry_run=True, line=1, outcome="create", label=label, params={"a": "b"}
        )

    customers.erase(actor=owner, customer_id=customer.pk)

    labels = ImportRow.objects.filter(line=1).order_by("pk").values_list("label", "params")
    assert list(labels) == [("", {}), ("", {}), ("佐藤", {"a": "b"})]


def test_imports_are_forgotten_a_month_after_their_end(manager: Actor) -> None:
    now = clock.now()
    done, waiting = upload(manager, OTHERS, run=True), upload(manager, OTHERS + "\n")
    running = upload(manager, OTHERS + "\n\n")
    ImportJob.objects.filter(pk=running.pk).update(state=State.RUNNING)
    with clock.frozen(now + timedelta(days=29)):
        assert keeping.prune() == 0
    with clock.frozen(now + timedelta(days=31)):
        assert keeping.prune() == 2
    assert ImportJob.objects.get().pk == running.pk
    assert StoredFile.objects.get().pk == running.file_id
    assert not ImportRow.objects.filter(job__in=[done.pk, waiting.pk]).exists()
    assert "imports.prune" in [item.name for item in registry.schedules()]


def test_forgetting_an_import_takes_its_file(manager: Actor) -> None:
    job = upload(manager, OTHERS)
    operations.forget(actor=manager, job_id=job.pk)
    assert not StoredFile.objects.exists()


def test_calls_about_the_person_go_with_their_bytes(owner: Actor, customer: Customer) -> None:
    shop = ShopConnection.objects.create(name="Web", token="t", secret="x")
    Order.objects.create(
        source="shopify", external_id="5001", number="#1001", customer=customer, currency="JPY",
        ordered_at=NOON, recorded_at=NOON, updated_at=NOON,
    )  # fmt: skip

    def call(body: object, state: str = "applied") -> int:
        raw = files.store(json.dumps(body).encode(), "application/json")
        name = str(ShopCall.objects.count())
        return ShopCall.objects.create(
            connection=shop, topic="orders/create", external_id=name, raw=raw, received_at=NOON, state=state
        ).pk

    call({"id": 5001})
    call({"order_id": 5001, "id": 3}, "failed")
    call({"id": 9, "email": "Hanako@example.jp"}, "ignored")
    kept = [call({"id": 50011, "email": "x.hanako@example.jp"}), call({"id": 5001, "x": 1}, "received")]

    customers.erase(actor=owner, customer_id=customer.pk)

    assert list(ShopCall.objects.order_by("pk").values_list("pk", flat=True)) == kept
    assert StoredFile.objects.count() == 2
