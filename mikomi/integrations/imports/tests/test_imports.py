"""Files on their way in: recognised, looked through, matched by hand, imported, stopped, repeated."""

from __future__ import annotations

from io import BytesIO

import pytest
from django_tasks_db.models import DBTaskResult
from pytest_django.fixtures import Settings

from mikomi.commerce.models import Order, OrderLine
from mikomi.core.access.actor import Actor, NotAllowedError
from mikomi.core.files.models import StoredFile
from mikomi.core.work import task_runs
from mikomi.customers.models import Customer, Identity
from mikomi.integrations.imports import operations, queries, running
from mikomi.integrations.imports.tests.files import HEADER, order_file, stream
from mikomi.integrations.models import ImportJob, ImportRow, RememberedMapping
from mikomi.promises.models import Promise

State = ImportJob.State
UNKNOWN_COLUMNS = "あ,い,う,え\nX1,2025-06-01,緑茶,hanako@example.jp\nX2,2025-06-02,紅茶,taro@example.jp\n"
CHOSEN = {"あ": "order.number", "い": "order.ordered_at", "う": "line.name", "え": "person.email"}


def work() -> None:
    """Let the worker do all that waits."""
    while task_runs.run_one("tester"):
        pass


def upload(actor: Actor, data: bytes | str, content: str = "", name: str = "file.csv") -> ImportJob:
    job = operations.start(actor=actor, stream=stream(data), file_name=name, content=content)
    work()
    job.refresh_from_db()
    return job


def import_it(actor: Actor, data: bytes | str, content: str = "") -> ImportJob:
    job = upload(actor, data, content)
    operations.run(actor=actor, job_id=job.pk)
    work()
    job.refresh_from_db()
    return job


def counts(job: ImportJob) -> tuple[int, int, int, int]:
    return job.created_count, job.changed_count, job.unchanged_count, job.skipped_count


def test_the_dry_run_says_what_would_come_and_writes_nothing(manager: Actor) -> None:
    bad_row = "A9,gestern,客,x@example.jp,茶,1,500\n"
    job = upload(manager, order_file(range(8)) + bad_row.encode())
    assert (job.state, job.content) == (State.CHECKED, "orders")
    assert job.checked == {"create": 8, "change": 0, "same": 0, "skip": 1, "issues": 1}
    assert not Order.objects.exists()
    assert not Customer.objects.exists()
    wrong = queries.rows(actor=manager, job_id=job.pk, outcome="issues").items
    assert [(row.line, row.column, row.code, row.outcome) for row in wrong] == [
        (18, "注文日時", "bad_date", "skip")
    ]


def test_what_was_checked_is_imported_as_history(manager: Actor) -> None:
    job = import_it(manager, order_file(range(250)))
    assert job.state == State.DONE
    assert counts(job) == (250, 0, 0, 0)
    assert job.rows_done == job.rows_total == 250
    assert (Order.objects.count(), OrderLine.objects.count(), Customer.objects.count()) == (250, 500, 125)
    assert Order.objects.filter(backfill=True).count() == 250


def test_the_same_file_again_changes_nothing(manager: Actor) -> None:
    import_it(manager, order_file(range(120)))
    again = import_it(manager, order_file(range(120)))
    assert again.checked == {"create": 0, "change": 0, "same": 120, "skip": 0, "issues": 0}
    assert counts(again) == (0, 0, 120, 0)
    assert (Order.objects.count(), OrderLine.objects.count(), Customer.objects.count()) == (120, 240, 60)


def test_a_changed_file_changes_what_changed(manager: Actor) -> None:
    import_it(manager, order_file(range(4)))
    changed = import_it(manager, order_file(range(2)) + order_file(range(2, 6), price=600).split(b"\n", 1)[1])
    assert counts(changed) == (2, 2, 2, 0)
    sample = ImportRow.objects.get(job=changed, outcome="change", label="A2")
    assert "lines" in sample.params["changes"]


def test_pieces_of_one_order_far_apart_come_together(manager: Actor) -> None:
    apart = order_file(range(400), lines=1) + order_file([0], lines=2).split(b"\n", 1)[1]
    for _time in range(2):
        job = import_it(manager, apart)
        assert OrderLine.objects.filter(order__number="A0").count() == 3
    assert job.changed_count == 0


def test_customers_are_recognised_and_imported(manager: Actor) -> None:
    text = "Email,First Name,Last Name,Phone\n" + "".join(
        f"p{number}@example.com,Ann{number},Lee,+8190000{number:05d}\n" for number in range(700)
    )
    job = import_it(manager, text)
    assert (job.content, job.checked["create"]) == ("customers", 700)
    assert counts(job) == (700, 0, 0, 0)
    again = import_it(manager, text)
    assert counts(again) == (0, 0, 700, 0)
    assert Customer.objects.count() == 700


def test_columns_are_matched_by_hand_and_remembered(manager: Actor) -> None:
    job = upload(manager, UNKNOWN_COLUMNS, "orders")
    assert job.state == State.NEEDS_MAPPING
    with pytest.raises(operations.ImportRefusedError):
        operations.set_mapping(actor=manager, job_id=job.pk, mapping={"あ": "order.number"})
    operations.set_mapping(actor=manager, job_id=job.pk, mapping=CHOSEN)
    work()
    job.refresh_from_db()
    assert (job.state, job.checked["create"]) == (State.CHECKED, 2)
    assert RememberedMapping.objects.count() == 1
    assert upload(manager, UNKNOWN_COLUMNS.replace("X", "Y"), "orders").state == State.CHECKED


def test_a_field_that_does_not_exist_is_refused(manager: Actor) -> None:
    job = upload(manager, UNKNOWN_COLUMNS, "orders")
    with pytest.raises(operations.ImportRefusedError):
        operations.set_mapping(actor=manager, job_id=job.pk, mapping={**CHOSEN, "え": "order.nonsense"})


@pytest.mark.parametrize(
    ("data", "content", "state", "code"),
    [
        (b"", "", State.REFUSED, "empty_file"),
        (b"Email,First Name,Last Name\na@b.example,A,B\n", "orders", State.REFUSED, "wrong_kind_customers"),
        (HEADER.replace("注文日時,", "").encode(), "orders", State.NEEDS_MAPPING, "missing_columns"),
        (b"\x00\x01\x02\xff\xfe\x89PNG\r\n", "", State.NEEDS_MAPPING, "missing_columns"),
    ],
)
def test_what_can_not_be_taken_is_said_by_code(
    manager: Actor, data: bytes, content: str, state: State, code: str
) -> None:
    job = upload(manager, data, content)
    assert job.state == state
    assert job.refusal["issues"][0]["code"] == code
    assert not ImportRow.objects.exists()


def test_a_japanese_encoding_quoted_line_breaks_and_huge_cells(manager: Actor) -> None:
    rows = 'A1,2025-06-01,山田 花子,h@example.jp,"緑茶\n大袋",1,500\n'
    rows += f"A2,2025-06-02,佐藤,s@example.jp,{'茶' * 3_500_000},1,5\n"
    rows += "A3,2025-06-03,髙橋,t@example.jp,紅茶,1,700\n"
    job = import_it(manager, (HEADER + rows).encode("cp932"))
    assert counts(job) == (2, 0, 0, 1)
    assert OrderLine.objects.get(order__number="A1").name.replace("\n", " ") == "緑茶 大袋"
    assert [row.code for row in ImportRow.objects.exclude(code="")] == ["row_too_long"]
    assert Customer.objects.filter(family_name="髙橋").exists() or Customer.objects.count() == 2


def test_emoji_and_very_long_names_are_kept_as_far_as_they_fit(manager: Actor) -> None:
    job = import_it(manager, HEADER + f"A1,2025-06-01,🍵{'あ' * 10_000},h@example.jp,🍡,1,500\n")
    assert counts(job) == (1, 0, 0, 0)
    assert Identity.objects.get(value="h@example.jp").customer.family_name.startswith("🍵あ")


def test_a_file_that_is_too_large_is_refused_whole(manager: Actor, settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = 100
    with pytest.raises(operations.ImportRefusedError):
        operations.start(actor=manager, stream=BytesIO(b"x" * 101), file_name="f.csv")
    assert not StoredFile.objects.exists()


def test_who_may_not_import_leaves_no_trace(agent: Actor, manager: Actor) -> None:
    with pytest.raises(NotAllowedError):
        operations.start(actor=agent, stream=stream(order_file(range(2))), file_name="f.csv")
    assert not StoredFile.objects.exists()
    job = upload(manager, order_file(range(2)))
    for forbidden in (operations.run, operations.stop, operations.forget):
        with pytest.raises(NotAllowedError):
            forbidden(actor=agent, job_id=job.pk)
    with pytest.raises(NotAllowedError):
        queries.rows(actor=agent, job_id=job.pk)
    assert not Order.objects.exists()


def test_a_stopped_import_goes_on_where_it_stood(manager: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    job = upload(manager, order_file(range(350)))
    operations.run(actor=manager, job_id=job.pk)
    apply = running._apply

    def stop_in_the_second(*args: object) -> object:
        found = apply(*args)  # type: ignore[arg-type]
        if Order.objects.count() == 200:
            ImportJob.objects.filter(pk=job.pk).update(state=State.STOPPED)
        return found

    monkeypatch.setattr(running, "_apply", stop_in_the_second)
    work()
    job.refresh_from_db()
    assert (job.state, job.rows_done, job.created_count) == (State.STOPPED, 200, 200)
    monkeypatch.undo()
    operations.run(actor=manager, job_id=job.pk)
    work()
    job.refresh_from_db()
    assert (job.state, counts(job), Order.objects.count()) == (State.DONE, (350, 0, 0, 0), 350)


def test_a_batch_that_fails_leaves_neither_orders_nor_progress(
    manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = upload(manager, order_file(range(150)))
    operations.run(actor=manager, job_id=job.pk)

    def fail(*args: object) -> None:
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr(running, "_advance", fail)
    work()
    job.refresh_from_db()
    assert (job.state, job.rows_done, Order.objects.count()) == (State.RUNNING, 0, 0)
    assert DBTaskResult.objects.get(status="READY").run_after is not None


def test_a_running_import_can_not_be_started_again_or_forgotten(manager: Actor) -> None:
    job = upload(manager, order_file(range(2)))
    operations.run(actor=manager, job_id=job.pk)
    for refused in (operations.run, operations.forget):
        with pytest.raises(operations.ImportRefusedError):
            refused(actor=manager, job_id=job.pk)
    operations.stop(actor=manager, job_id=job.pk)
    operations.forget(actor=manager, job_id=job.pk)
    assert not ImportJob.objects.exists()


def test_history_makes_no_open_promise_and_news_do(manager: Actor) -> None:
    import_it(manager, order_file(range(3)))
    assert not Promise.objects.filter(state__in=["open", "at_risk"]).exists()
