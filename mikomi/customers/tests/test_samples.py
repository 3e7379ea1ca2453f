"""Made-up people look real, are always the same, and are nobody's."""

from __future__ import annotations

from datetime import date
from itertools import islice

import pytest

from mikomi.core.access.actor import SYSTEM
from mikomi.customers import operations, samples
from mikomi.customers.cleaning import clean
from mikomi.customers.models import Customer, DuplicateProposal
from tests.cast import NOON

TODAY = date(2026, 11, 18)


def test_the_same_seed_gives_the_same_people() -> None:
    assert list(samples.people(7, 200, today=TODAY)) == list(samples.people(7, 200, today=TODAY))
    assert list(samples.people(7, 50, today=TODAY)) != list(samples.people(8, 50, today=TODAY))


def test_everybody_is_valid_and_reserved() -> None:
    for person in samples.people(1, 2_000, today=TODAY):
        assert clean(person, "JP").issues == ()
        assert person.since is not None
        assert person.since <= TODAY
        assert all(".example." in f".{address.partition('@')[2]}." for address in person.emails)


def test_no_two_share_an_address_or_number() -> None:
    people = list(samples.people(1, 3_000, today=TODAY))

    for keys in ("emails", "phones", "external_ids"):
        found = [key for person in people for key in getattr(person, keys)]
        assert len(found) == len(set(found))


@pytest.mark.django_db
@pytest.mark.usefixtures("business")
def test_they_can_be_stored() -> None:
    people = list(islice(samples.people(3, 300, today=TODAY), 300))

    operations.identify_many(actor=SYSTEM, people=people, seen_at=NOON, source="samples", backfill=True)

    assert Customer.objects.count() == 300
    assert not DuplicateProposal.objects.exists()
