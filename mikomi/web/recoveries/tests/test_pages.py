"""The recoveries' pages: cases, changes with whether it came back, causes with their effects; guides on the case."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mikomi.conversations import operations as desk
from mikomi.conversations.models import RecoveryCase, RecoveryGuide
from mikomi.conversations.operations import recovery
from mikomi.conversations.queries import guides
from mikomi.conversations.tests.scenes import at, conversation_from
from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.core.access.models import User
from mikomi.customers.models import Customer
from mikomi.promises import operations as promises
from mikomi.promises.records import NewPromise
from mikomi.screens.recoveries import PreventionRow, preventions

pytestmark = pytest.mark.django_db


def signed_in(actor: Actor) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(pk=actor.user_id or 0))
    return client


@pytest.fixture(autouse=True)
def _templates() -> None:
    desk.ensure_defaults()


def broken(customer: Customer, owner: Actor, cause: str = "stock") -> RecoveryCase:
    """A case of a broken delivery promise of this customer."""
    promise = promises.make(actor=SYSTEM, promise=NewPromise("delivery", customer.pk, _soon(), "order_date"))
    conversation_from()
    case = recovery.open_case(actor=owner, promise_id=promise.pk)
    return recovery.set_cause(actor=owner, recovery_id=case.pk, cause=cause)


def _soon() -> datetime:
    return clock.now() + timedelta(days=1)


def test_the_guide_of_the_cause_sets_the_follow_up_and_fills_the_forms(
    customer: Customer, owner: Actor, noon: datetime
) -> None:
    desk.set_guide(
        actor=owner, cause="stock", remedy_kind="discount", remedy_minor=800, follow_up_days=5,
        prevention="発注点を見直す",
    )  # fmt: skip
    case = broken(customer, owner)
    assert case.follow_up_at == noon + timedelta(days=5)
    page = signed_in(owner).get(f"/inbox/{case.conversation_id}/").content.decode()
    assert "発注点を見直す" in page
    assert 'value="800"' in page
    # nothing was granted or written down by itself
    case.refresh_from_db()
    assert (case.prevention, case.cost_minor, case.remedies.count()) == ("", 0, 0)


def test_a_change_is_tracked_until_done_and_then_says_whether_it_came_back(
    customer: Customer, owner: Actor, noon: datetime
) -> None:
    case = broken(customer, owner)
    due = (noon - timedelta(days=1)).date()
    recovery.set_prevention(
        actor=owner, recovery_id=case.pk, text="Order earlier", owner_id=owner.user_id, due=due
    )
    client = signed_in(owner)
    for state, there in (("open", True), ("overdue", True), ("done", False)):
        assert (
            "Order earlier" in client.get(f"/recoveries/preventions?state={state}").content.decode()
        ) is there
    assert "Order earlier" in client.get("/").content.decode()  # Today, for whoever promised it
    recovery.set_prevention(
        actor=owner, recovery_id=case.pk, text="Order earlier", owner_id=owner.user_id, due=due, is_done=True
    )
    assert "Order earlier" not in client.get("/").content.decode()
    done = client.get("/recoveries/preventions?state=done").content.decode()
    assert "shield-check" in done or "not since" in done or "その後なし" in done
    with at(noon + timedelta(days=3)):
        broken(customer, owner)
        broken(customer, owner, cause="carrier")
    (row,) = desk_preventions(owner, "done")
    assert row.came_back == 1


def desk_preventions(owner: Actor, state: str) -> list[PreventionRow]:
    return list(preventions(actor=owner, state=state).items)


def test_the_lists_ask_as_many_questions_for_one_as_for_ten(customer: Customer, owner: Actor) -> None:
    client = signed_in(owner)
    counts = []
    for more in (1, 9):
        for _number in range(more):
            case = broken(customer, owner)
            recovery.set_prevention(actor=owner, recovery_id=case.pk, text="x")
        paths = ("/recoveries/", "/recoveries/preventions", "/recoveries/effects")
        for path in paths:
            client.get(path)
        with CaptureQueriesContext(connection) as found:
            for path in paths:
                assert client.get(path).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_who_may_see_what(agent: Actor, analyst: Actor, owner: Actor) -> None:
    assert signed_in(agent).get("/recoveries/").status_code == 200
    assert signed_in(agent).get("/settings/guides").status_code == 403
    assert signed_in(owner).get("/recoveries/effects").status_code == 200
    assert signed_in(analyst).get("/recoveries/effects").status_code == 200
    assert signed_in(owner).get("/recoveries/?state=nonsense").status_code == 404


def test_an_owner_changes_a_guide_and_nonsense_is_refused(owner: Actor) -> None:
    client = signed_in(owner)
    sent = {
        "cause": "carrier", "carrier-remedy_kind": "refund", "carrier-remedy": "1,200",
        "carrier-follow_up_days": "2", "carrier-prevention": "別の会社に変える",
    }  # fmt: skip
    assert client.post("/settings/guides", sent).status_code == 302
    (guide,) = [one for one in desk_guides(owner) if one.cause == "carrier"]
    assert (guide.remedy_kind, guide.remedy_minor, guide.follow_up_days) == ("refund", 1200, 2)
    assert client.post("/settings/guides", sent | {"carrier-follow_up_days": "-1"}).status_code == 422
    assert client.post("/settings/guides", sent | {"carrier-remedy": "much"}).status_code == 422


def desk_guides(owner: Actor) -> list[RecoveryGuide]:
    return guides(actor=owner)
