"""A promise of another team can't be changed: it does not exist for who isn't of that team."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from mikomi.core.access.actor import Actor
from mikomi.core.business.models import Team
from mikomi.customers.models import Customer
from mikomi.promises import operations
from mikomi.promises.models import Evidence, Promise
from tests.cast import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture
def promise(customer: Customer, team: Team, agent: Actor) -> Promise:
    new = operations.NewPromise(
        kind="callback",
        customer_id=customer.pk,
        due_at=NOON + timedelta(hours=3),
        source="composer",
        team_id=team.pk,
    )
    return operations.make(actor=agent, promise=new)


def test_a_stranger_can_neither_report_nor_change_nor_withdraw(promise: Promise, stranger: Actor) -> None:
    seen = operations.Observation(
        kind="called", occurred_at=NOON, once_key="x", source="agent", promise_id=promise.pk
    )
    acts: tuple[Callable[[], object], ...] = (
        lambda: operations.observe(actor=stranger, observation=seen),
        lambda: operations.change_terms(
            actor=stranger, promise_id=promise.pk, due_at=NOON + timedelta(days=1)
        ),
        lambda: operations.withdraw(actor=stranger, promise_id=promise.pk, reason="by_person"),
    )
    for act in acts:
        with pytest.raises(Promise.DoesNotExist):
            act()
    promise.refresh_from_db()
    assert (promise.state, promise.version_number) == ("open", 1)
    assert not Evidence.objects.exists()


def test_a_colleague_of_the_team_can(promise: Promise, agent: Actor) -> None:
    seen = operations.Observation(
        kind="called", occurred_at=NOON, once_key="x", source="agent", promise_id=promise.pk
    )
    assert operations.observe(actor=agent, observation=seen).state == "kept"
