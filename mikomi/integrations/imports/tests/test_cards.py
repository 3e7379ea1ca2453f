"""Contact cards as an import, and people without any key."""

from __future__ import annotations

import pytest

from mikomi.core.access.actor import Actor
from mikomi.core.work import task_runs
from mikomi.customers.models import Customer
from mikomi.integrations.imports import operations, queries
from mikomi.integrations.imports.tests.files import stream
from mikomi.integrations.models import ImportJob

pytestmark = pytest.mark.django_db
State = ImportJob.State
CARDS = """BEGIN:VCARD
VERSION:3.0
N:山田;花子;;;
FN:山田 花子
X-PHONETIC-LAST-NAME:ヤマダ
X-PHONETIC-FIRST-NAME:ハナコ
EMAIL;TYPE=HOME:hanako@example.jp
TEL;TYPE=CELL:090-1234-5678
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:鈴木 一郎
END:VCARD
BEGIN:VCARD
VERSION:3.0
ORG:
END:VCARD
"""
NAMES = "氏名,フリガナ,会社名\n山田 花子,ヤマダ ハナコ,見本社\n佐藤 次郎,サトウ ジロウ,\n佐藤 次郎,サトウ ジロウ,\n"


def upload(actor: Actor, data: bytes | str, content: str = "") -> ImportJob:
    job = operations.start(actor=actor, stream=stream(data), file_name="contacts.csv", content=content)
    while task_runs.run_one("tester"):
        pass
    job.refresh_from_db()
    return job


def import_it(actor: Actor, data: bytes | str, content: str = "") -> ImportJob:
    job = upload(actor, data, content)
    operations.run(actor=actor, job_id=job.pk)
    while task_runs.run_one("tester"):
        pass
    job.refresh_from_db()
    return job


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
def test_cards_are_known_by_their_content_and_looked_through_first(manager: Actor, encoding: str) -> None:
    job = upload(manager, CARDS.encode(encoding))
    assert (job.state, job.content, job.format_key) == (State.CHECKED, "customers", "vcard")
    assert (job.checked["create"], job.checked["skip"]) == (2, 1)
    assert not Customer.objects.exists()
    wrong = queries.rows(actor=manager, job_id=job.pk, outcome="issues").items
    assert [(row.line, row.code) for row in wrong] == [(14, "no_person")]


def test_cards_become_customers_once(manager: Actor) -> None:
    first, second = import_it(manager, CARDS), import_it(manager, CARDS)
    assert (first.created_count, second.created_count, second.unchanged_count) == (2, 0, 2)
    hanako = Customer.objects.get(identities__value="hanako@example.jp")
    assert (hanako.family_name, hanako.family_kana) == ("山田", "ヤマダ")
    assert Customer.objects.count() == 2


def test_cards_are_no_orders_and_have_no_columns(manager: Actor) -> None:
    assert upload(manager, CARDS, "orders").state == State.REFUSED
    job = upload(manager, CARDS)
    with pytest.raises(operations.ImportRefusedError, match="vCard"):
        operations.set_mapping(actor=manager, job_id=job.pk, mapping={})


def test_people_without_any_key_are_not_made_twice(manager: Actor) -> None:
    first = import_it(manager, NAMES, "customers")
    assert (first.state, first.created_count) == (State.DONE, 3)  # two rows that say the same are two people
    header, *rows = NAMES.splitlines()
    again = import_it(manager, "\n".join([header, *reversed(rows)]), "customers")
    assert (again.created_count, Customer.objects.count()) == (0, 3)
