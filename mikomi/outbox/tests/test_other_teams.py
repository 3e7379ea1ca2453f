"""A message of another team's conversation does not exist for who isn't of that team."""

from __future__ import annotations

import pytest

from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.core.business.models import Team
from mikomi.customers.models import Customer
from mikomi.outbox import operations, queries
from mikomi.outbox.models import OutgoingMessage
from mikomi.outbox.records import NewMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(customer: Customer, team: Team) -> OutgoingMessage:
    message = NewMessage(
        customer_id=customer.pk, purpose="answer", text="お待たせしております。", hold=True, team_id=team.pk
    )
    return operations.post(actor=SYSTEM, message=message)


def test_a_stranger_neither_sees_nor_decides_it(held: OutgoingMessage, stranger: Actor) -> None:
    assert not queries.needing_person(actor=stranger).items
    assert sum(queries.counts_needing_person(actor=stranger).values()) == 0
    for act in (operations.release, operations.cancel, operations.retry):
        with pytest.raises(OutgoingMessage.DoesNotExist):
            act(actor=stranger, outgoing_id=held.pk)
    held.refresh_from_db()
    assert held.state == OutgoingMessage.State.HELD


def test_a_colleague_of_the_team_releases_it(held: OutgoingMessage, agent: Actor) -> None:
    assert [row.pk for row in queries.needing_person(actor=agent).items] == [held.pk]
    assert operations.release(actor=agent, outgoing_id=held.pk).state == OutgoingMessage.State.WAITING
