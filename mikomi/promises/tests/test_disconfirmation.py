"""What the ledger knows of perception against expectation."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.customers.models import Customer
from mikomi.promises.queries.disconfirmation import disconfirmation
from mikomi.promises.tests.ledger import DAY, make, observe
from tests.cast import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def test_early_is_better_and_late_is_worse(agent: Actor, customer: Customer) -> None:
    for taken in (1, 3.9, 5):
        observe(make(customer.pk), "delivered", NOON + taken * DAY)
    make(customer.pk)
    make(customer.pk, kind="callback", due_at=NOON + timedelta(hours=2))

    with clock.frozen(NOON + 6 * DAY):
        reliability, responsiveness = disconfirmation(actor=agent, since=NOON, until=NOON + 10 * DAY)

    assert (reliability.dimension, reliability.better, reliability.as_promised, reliability.worse) == (
        "reliability", 1, 1, 2,
    )  # fmt: skip
    assert reliability.net == pytest.approx(-25)
    assert reliability.low < reliability.net < reliability.high
    assert responsiveness.worse == 1


def test_what_is_not_due_yet_and_what_was_withdrawn_does_not_count(agent: Actor, customer: Customer) -> None:
    observe(make(customer.pk), "withdrawn", NOON + DAY)
    make(customer.pk, due_at=NOON + 30 * DAY)
    with clock.frozen(NOON + 6 * DAY):
        assert disconfirmation(actor=agent, since=NOON, until=NOON + 60 * DAY) == []
