"""Kept queries give what the plain QuerySet gives, whatever values come, in any thread, and ask once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, Prefetch, Q, QuerySet
from hypothesis import given
from hypothesis import strategies as st

from mikomi.core.kept import _filled_up, kept, totals
from mikomi.customers.models import Customer, Note

BUILT: list[str] = []


@kept("names", "since")
def named(*, names: list[str], since: datetime, size: int = 10) -> QuerySet[Note]:
    BUILT.append("named")
    rows = Note.objects.filter(customer__family_name__in=names, at__gte=since).select_related("customer")
    return rows.order_by("-at", "-id")[:size]


@kept("ids")
def of(*, ids: list[int]) -> QuerySet[Note]:
    return Note.objects.filter(customer__id__in=ids).order_by("id")


@kept("since")
def counted(*, since: datetime) -> QuerySet[Note, Any]:
    return totals(Note.objects.all(), all=Count("id"), new=Count("id", filter=Q(at__gte=since)))


@pytest.fixture
def notes(db: None, noon: datetime) -> list[Note]:
    people = Customer.objects.bulk_create(
        [
            Customer(family_name=name, first_seen_at=noon, created_at=noon, updated_at=noon)
            for name in ("山田", "佐藤", "Brown")
        ]
    )
    return Note.objects.bulk_create(
        [
            Note(customer=person, text=f"{person.family_name} {days}", at=noon - timedelta(days=days))
            for person in people
            for days in range(4)
        ]
    )


def test_the_rows_are_those_of_the_queryset(notes: list[Note], noon: datetime) -> None:
    for days in (0, 2, 9):
        for names in (["山田"], ["佐藤", "Brown"], ["nobody"]):
            since = noon - timedelta(days=days)
            plain = Note.objects.filter(customer__family_name__in=names, at__gte=since)
            expected = list(plain.select_related("customer").order_by("-at", "-id")[:10])
            found = named(names=names, since=since)
            assert [(row.pk, row.text, row.at) for row in found] == [
                (row.pk, row.text, row.at) for row in expected
            ]
            assert [row.customer.family_name for row in found] == [
                row.customer.family_name for row in expected
            ]


def test_it_is_built_once_for_each_shape_and_asks_once(
    notes: list[Note], noon: datetime, django_assert_num_queries: Any
) -> None:
    named(names=["山田"], since=noon, size=3)
    BUILT.clear()
    with django_assert_num_queries(2):
        assert len(named(names=["佐藤"], since=noon - timedelta(days=9), size=3)) == 3
        assert len(named(names=["Brown"], since=noon, size=3)) == 1
    assert BUILT == []
    named(names=["山田", "佐藤"], since=noon, size=3)
    assert BUILT == ["named"]


def test_aggregates_come_as_one_tuple_also_of_nothing(notes: list[Note], noon: datetime) -> None:
    assert counted(since=noon - timedelta(days=1)) == [(12, 6)]
    Note.objects.all().delete()
    assert counted(since=noon) == [(0, 0)]


def test_no_values_and_very_many(notes: list[Note]) -> None:
    assert of(ids=[]) == []
    everybody = [note.customer_id for note in notes] + list(range(10_000, 10_600))
    assert len(of(ids=everybody)) == 12


@pytest.mark.django_db
@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=5))
def test_any_numbers(ids: list[int]) -> None:
    assert of(ids=ids) == list(Note.objects.filter(customer__id__in=ids).order_by("id"))


def test_what_it_does_not_know_is_refused(db: None) -> None:
    @kept("when")
    def wrong(*, when: Any) -> QuerySet[Note]:
        return Note.objects.filter(at=when)

    with pytest.raises(TypeError, match="when"):
        wrong(when=object())

    @kept()
    def fetching() -> QuerySet[Customer]:
        return Customer.objects.prefetch_related(Prefetch("notes"))

    with pytest.raises(TypeError, match="prefetch"):
        fetching()


@pytest.mark.django_db(transaction=True)
def test_another_thread_asks_over_its_own_connection(notes: list[Note], noon: datetime) -> None:
    expected = counted(since=noon)
    found: list[Any] = []

    def ask() -> None:
        found.append(counted(since=noon))
        connection.close()

    threads = [Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [expected] * 3


def test_days_are_days(notes: list[Note], noon: datetime) -> None:
    @kept("day")
    def on(*, day: date) -> QuerySet[Note]:
        return Note.objects.filter(at__date=day)

    assert len(on(day=noon.date())) == 3


@pytest.mark.parametrize(
    ("given", "filled"), [([1], [1]), ([1, 2, 3], [1, 2, 3, 3]), (list(range(5)), [0, 1, 2, 3, 4, 4, 4, 4])]
)
def test_lists_have_few_lengths(given: list[int], filled: list[int]) -> None:
    assert _filled_up(given) == filled
