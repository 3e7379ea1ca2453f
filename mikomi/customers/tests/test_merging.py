"""Merging keeps everything and can be undone exactly, in any order."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db.models import Model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mikomi.core.access.actor import SYSTEM, Actor, NotAllowedError
from mikomi.core.access.models import AccessLog
from mikomi.core.events.models import Event
from mikomi.core.search import queries as search
from mikomi.customers import queries
from mikomi.customers.models import Consent, Customer, DuplicateProposal, Identity, Merge
from mikomi.customers.operations import (
    MergeError,
    decide_proposal,
    find_duplicates,
    identify,
    identify_many,
    merge,
    set_consent,
    standing,
    tag,
    unmerge,
)
from mikomi.customers.records import AddressRecord, PersonRecord
from tests.cast import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business", "noon")]


def person(number: int, **more: Any) -> Customer:
    record = PersonRecord(name=f"森 {number}郎", emails=(f"mori{number}@example.jp",), **more)
    return identify(actor=SYSTEM, person=record, seen_at=NOON, source="test")


def rows(model: type[Model], *leave_out: str) -> list[dict[str, Any]]:
    names = [field.attname for field in model._meta.concrete_fields if field.attname not in leave_out]
    return list(model._default_manager.order_by("pk").values(*names))


def state() -> list[Any]:
    return [rows(Customer, "updated_at"), rows(Identity)]


def test_the_loser_lives_on_in_the_winner(manager: Actor) -> None:
    winner, loser = person(1), person(2, phones=("090-1234-5678",), note="左利き", tags=("常連",))

    merge(actor=manager, winner_id=winner.pk, loser_id=loser.pk)

    assert queries.ids_of(winner.pk) == queries.ids_of(loser.pk) == [winner.pk, loser.pk]
    assert queries.living_id(loser.pk) == winner.pk
    again = identify(actor=SYSTEM, person=PersonRecord(phones=("09012345678",)), seen_at=NOON, source="test")
    assert again.pk == winner.pk
    profile = queries.customer(actor=manager, customer_id=loser.pk)
    assert profile.customer.pk == winner.pk
    assert {row.value for row in profile.identities} == {
        "mori1@example.jp",
        "mori2@example.jp",
        "+819012345678",
    }
    assert [note.text for note in profile.notes] == ["左利き"]
    assert [row.name for row in profile.tags] == ["常連"]
    assert [row.pk for row in queries.customers(actor=manager, tag="常連").items] == [winner.pk]
    assert [hit.object_id for hit in search.find(actor=manager, text="森2郎")] == [winner.pk]
    assert Event.objects.filter(kind="customer.merged").count() == 1
    assert AccessLog.objects.filter(action="customer.merged").count() == 1


def test_undoing_gives_back_exactly_what_was(manager: Actor) -> None:
    winner, loser = person(1), person(2, phones=("090-1234-5678",))
    before = state()
    done = merge(actor=manager, winner_id=winner.pk, loser_id=loser.pk)

    unmerge(actor=manager, merge_id=done.pk)

    assert state() == before
    assert [hit.object_id for hit in search.find(actor=manager, text="森2郎")] == [loser.pk]


def test_what_came_after_the_merge_stays_with_the_winner(manager: Actor) -> None:
    winner, loser = person(1), person(2)
    done = merge(actor=manager, winner_id=winner.pk, loser_id=loser.pk)
    identify(
        actor=SYSTEM,
        person=PersonRecord(emails=("mori2@example.jp",), phones=("03-1234-5678",)),
        seen_at=NOON,
        source="test",
    )

    unmerge(actor=manager, merge_id=done.pk)

    assert Identity.objects.get(kind="phone").customer_id == winner.pk
    assert Identity.objects.get(value="mori2@example.jp").customer_id == loser.pk


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    pairs=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=6),
    order=st.randoms(use_true_random=False),
)
def test_merges_undone_in_any_order_leave_no_trace(pairs: list[tuple[int, int]], order: Any) -> None:
    Customer.objects.all().delete()
    Identity.objects.all().delete()
    people = [person(number) for number in range(5)]
    before = state()
    done = []
    for winner, loser in pairs:
        try:
            done.append(merge(actor=SYSTEM, winner_id=people[winner].pk, loser_id=people[loser].pk))
        except MergeError:
            continue
    order.shuffle(done)

    for row in done:
        unmerge(actor=SYSTEM, merge_id=row.pk)
        for customer in Customer.objects.exclude(merged_into=None):
            assert customer.merged_into is not None
            assert customer.merged_into.merged_into_id is None, "merged_into is always the living record"

    assert state() == before


def test_an_agent_may_not_merge_and_nothing_changes(agent: Actor) -> None:
    winner, loser = person(1), person(2)
    before = state()

    with pytest.raises(NotAllowedError):
        merge(actor=agent, winner_id=winner.pk, loser_id=loser.pk)

    assert state() == before
    assert not Merge.objects.exists()


def test_a_record_is_not_merged_with_itself(manager: Actor) -> None:
    winner, loser = person(1), person(2)
    merge(actor=manager, winner_id=winner.pk, loser_id=loser.pk)

    with pytest.raises(MergeError):
        merge(actor=manager, winner_id=loser.pk, loser_id=winner.pk)

    assert Merge.objects.count() == 1


def test_a_merge_is_undone_once(manager: Actor) -> None:
    winner, loser = person(1), person(2)
    done = merge(actor=manager, winner_id=winner.pk, loser_id=loser.pk)
    unmerge(actor=manager, merge_id=done.pk)

    with pytest.raises(MergeError):
        unmerge(actor=manager, merge_id=done.pk)


def test_a_no_said_by_either_counts_for_both(manager: Actor) -> None:
    winner, loser = person(1), person(2)
    set_consent(
        actor=manager, customer_id=loser.pk, channel="email", purpose="survey", granted=False, source="link"
    )
    merge(actor=manager, winner_id=winner.pk, loser_id=loser.pk)

    contact = queries.may_contact(customer_id=winner.pk, channel="email", purpose="survey")

    assert (contact.allowed, contact.reason) == (False, "refused")
    assert Consent.objects.get().customer_id == loser.pk


def test_figures_are_counted_anew(manager: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[int]] = []
    monkeypatch.setitem(standing._recounts, "test", lambda ids: asked.append(list(ids)))
    winner, loser = person(1), person(2)

    done = merge(actor=manager, winner_id=winner.pk, loser_id=loser.pk)
    unmerge(actor=manager, merge_id=done.pk)

    assert asked == [[winner.pk], [winner.pk, loser.pk]]


def test_a_proposal_is_decided_once_and_not_made_again(manager: Actor) -> None:
    first = person(1)
    shared = PersonRecord(emails=("mori1@example.jp",), phones=("090-1111-2222",))
    second = identify(
        actor=SYSTEM, person=PersonRecord(phones=("090-1111-2222",)), seen_at=NOON, source="test"
    )
    identify(actor=SYSTEM, person=shared, seen_at=NOON, source="test")
    proposal = DuplicateProposal.objects.get()
    assert [row.pk for row in queries.proposals(actor=manager).items] == [proposal.pk]

    decide_proposal(actor=manager, proposal_id=proposal.pk, same_person=False)

    identify(actor=SYSTEM, person=shared, seen_at=NOON, source="test")
    assert queries.proposals(actor=manager).items == []
    with pytest.raises(MergeError):
        decide_proposal(actor=manager, proposal_id=proposal.pk, same_person=True)
    assert Customer.objects.filter(merged_into=None).count() == 2

    merge(actor=manager, winner_id=second.pk, loser_id=first.pk)
    assert queries.living_id(first.pk) == second.pk


def test_likely_duplicates_are_proposed_with_their_evidence(manager: Actor) -> None:
    def someone(name: str, kana: str, birthday: str = "", postal: str = "", street: str = "") -> PersonRecord:
        return PersonRecord(
            name=name,
            kana=kana,
            birthday=date.fromisoformat(birthday) if birthday else None,
            address=AddressRecord(
                postal_code=postal, city="渋谷区" if street else "", lines=(street,) if street else ()
            ),
        )

    people = identify_many(
        actor=SYSTEM,
        people=[
            someone("斎藤 誠", "サイトウ マコト", birthday="1980-04-01"),
            someone("齋藤 誠", "さいとう まこと", birthday="1980-04-01"),
            someone("林 恵", "ハヤシ メグミ", postal="150-0001"),
            someone("林 めぐみ", "ﾊﾔｼ ﾒｸﾞﾐ", postal="1500001"),
            someone("Jane Doe", "", street="1-2-3"),
            someone("JANE DOE", "", street="1-2-3"),
            someone("別人 一", "ベツジン ハジメ", birthday="1980-04-01", postal="150-0001", street="9-9"),
        ],
        seen_at=NOON,
        source="file",
    )
    ids = [row.pk for row in people]

    assert find_duplicates(actor=manager) == 3
    assert find_duplicates(actor=manager) == 0

    found = {(row.first_id, row.second_id): row.evidence["same"] for row in DuplicateProposal.objects.all()}
    assert found == {
        (ids[0], ids[1]): ["birthday", "name"],
        (ids[2], ids[3]): ["kana", "postal_code"],
        (ids[4], ids[5]): ["address", "name"],
    }


def test_tagging_many(agent: Actor) -> None:
    people = [person(number) for number in range(3)]

    tag(actor=agent, customer_ids=[row.pk for row in people], name=" 常連 ")
    tag(actor=agent, customer_ids=[people[0].pk], name="常連")

    assert [row.name for row in people[0].tags.all()] == ["常連"]
    assert len(queries.customers(actor=agent, tag="常連").items) == 3
