"""Quotes of the ledger: learned from its own promises, stored with their basis, and checked afterwards."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mikomi.core import clock
from mikomi.core.access.actor import Actor, NotAllowedError
from mikomi.core.business import queries as business_queries
from mikomi.core.calendars.rules import WorkingCalendar
from mikomi.customers.models import Customer
from mikomi.promises import operations, quotable
from mikomi.promises.models import Promise, Quote, QuoteModel
from mikomi.promises.operations import quoting
from mikomi.promises.queries import quotes
from mikomi.promises.tests.ledger import DAY, make, observe
from tests.cast import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture(autouse=True)
def fresh_models() -> None:
    quotable.forget_models()


def stored(kind: str = "delivery", days: float = 5.0, count: int = 100, **changes: Any) -> QuoteModel:
    """A model in which half of the cases take `days`, and nearly all up to twice as long."""
    from math import log

    rest = [log(0.5 + place / 200) - log(1.0) for place in range(201)]
    plain = {
        "enough": True,
        "layout": {
            "ladder": ["store", "place", "route"],
            "numbers": [],
            "chains": [],
            "lively": [],
            "stage_key": "",
        },
        "tables": {
            "all": {"": [float(count), count * log(days)]},
            "ladder:store": {"web": [50.0, 50 * log(days)]},
        },
        "first_mean": log(days),
        "centre": log(days),
        "tilt": 1.0,
        "level": 0.0,
        "trees": [],
        "rest": rest,
        "reaches": 1.0,
        "effective": float(count),
        "calibration": [[0.9, "", 200, 181], [0.9, "web", 100, 70]],
        **changes,
    }
    return QuoteModel.objects.create(
        kind=kind, fitted_at=NOON, cases=count + 10, done=count, plain=plain, left_out=2
    )


@pytest.fixture
def history(customer: Customer) -> None:
    """Forty deliveries of the last weeks that took two to six days, the ten of the last days are open."""
    for place in range(50):
        begun = NOON - timedelta(days=50 - place)
        promise = make(
            customer.pk, made_at=begun, due_at=begun + 5 * DAY, group_key="web/東京", backfill=True
        )
        if place < 40:
            observe(promise, "delivered", begun + timedelta(days=2 + place % 5))


def test_learns_from_the_ledger_in_a_process_of_its_own(history: None, agent: Actor) -> None:
    # When the models are renewed
    assert operations.refresh_quote_models() == 1
    # Then what is offered lies within what was seen, rests on the cases, and says which are open
    answer = quotes.offers(actor=agent, kind="delivery", group="web/東京")
    assert (answer.cases, answer.done) == (50, 40)
    by_target = {offer.target: offer for offer in answer.offers}
    assert by_target[0.8].basis == "history"
    assert by_target[0.8].days is not None
    assert 4 <= by_target[0.8].days <= 8
    assert by_target[0.8].group == "place=web/東京"
    # And the days on which the business is closed are stored with the model, so that quotes count them
    model = QuoteModel.objects.get(kind="delivery")
    assert [row[0] for row in model.plain["off"]] == quotable.closed_days(business_queries.calendar())


def test_times_in_mixed_zones_are_compared_as_moments() -> None:
    # Given one moment, as three zones write it
    written = ("2026-03-02T09:00:00+09:00", "2026-03-02T00:00:00+00:00", "2026-03-01T21:00:00-03:00")
    days = {quotable.local_days(datetime.fromisoformat(text), ZoneInfo("Asia/Tokyo")) for text in written}
    # Then it is one moment here: a Monday, nine o'clock
    assert [day % 7 for day in days] == [pytest.approx(9 / 24)]


def test_the_same_news_twice_ends_a_case_once(customer: Customer, agent: Actor) -> None:
    # Given a delivery of two days, reported again with another time
    promise = make(customer.pk, made_at=NOON - 9 * DAY, due_at=NOON - 4 * DAY, backfill=True)
    for late in range(2):
        observe(promise, "delivered", NOON - (7 - late) * DAY, key="scan:1")
    # Then history has one case, which ended when the first report says
    operations.refresh_quote_models()
    answer = quotes.offers(actor=agent, kind="delivery")
    assert (answer.cases, answer.done) == (1, 1)
    promise.refresh_from_db()
    assert promise.met_at == NOON - 7 * DAY


def test_closed_are_holidays_and_the_days_the_business_says() -> None:
    # Given a holiday, a day off of the business's own, and one with shorter hours
    days = {date(2026, 12, 29): (), date(2026, 12, 30): ((0, 3600),)}
    holidays = frozenset({date(2027, 1, 1)})
    calendar = WorkingCalendar(ZoneInfo("Asia/Tokyo"), ((),) * 7, holidays=holidays, shifts=days)
    # Then the first two are closed: a Tuesday and a Friday
    assert [day % 7 for day in quotable.closed_days(calendar)] == [1, 4]


def test_a_quote_stores_what_it_was_based_on(agent: Actor) -> None:
    model = stored()
    row = operations.quote(actor=agent, kind="delivery", confidence=0.9, group="web")
    assert (row.basis, row.model_id, row.model_version) == ("history", model.pk, model.pk)
    assert (row.cases, row.open_cases, row.effective, row.group) == (110, 10, 100.0, "store=web")
    # 0.9 · 101/100 of the cases took at most 1.409 times five days
    assert row.days == pytest.approx(5 * 1.409, rel=0.01)
    assert row.keys["store"] == "web"


def test_too_little_data_is_said_and_the_norm_used(agent: Actor, owner: Actor) -> None:
    # Given twelve cases and no norm
    stored(count=12)
    row = operations.quote(actor=agent, kind="delivery", confidence=0.9)
    assert (row.days, row.basis, row.reason) == (None, "none", "few_cases")
    # When the owner gives a norm
    operations.set_quote_policy(actor=owner, order_confidence=None, norms={"delivery": 7.0})
    # Then that is what is quoted, and said so
    row = operations.quote(actor=agent, kind="delivery", confidence=0.9)
    assert (row.days, row.basis, row.reason) == (7.0, "norm", "few_cases")


def test_what_became_of_a_quote_is_noted(
    agent: Actor, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given withdrawn promises, more than are read at a time
    monkeypatch.setattr(quoting, "CHUNK", 2)
    stored()
    for _time in range(3):
        gone = make(customer.pk)
        operations.quote(actor=agent, kind="delivery", confidence=0.9, promise_id=gone.pk)
        operations.withdraw(actor=agent, promise_id=gone.pk, reason="cancelled")
    # And two promises made on quotes, of which one is met in time
    promises = [make(customer.pk, due_at=NOON + 8 * DAY) for _time in range(2)]
    for promise in promises:
        operations.quote(actor=agent, kind="delivery", confidence=0.9, promise_id=promise.pk)
    assert operations.settle_quotes() == 0
    observe(promises[0], "delivered", NOON + 3 * DAY)
    # When the quoted days have passed
    with clock.frozen(NOON + 9 * DAY):
        assert operations.settle_quotes() == 2
    said = Quote.objects.filter(promise__in=promises).order_by("promise_id").values_list("kept", flat=True)
    assert list(said) == [True, False]
    # Then the page's figure counts them
    given = quotes.calibration(actor=agent, kind="delivery").given
    assert [(one.target, one.judged, one.kept) for one in given] == [(0.9, 2, 1)]


def test_the_calibration_says_where_the_stated_rate_does_not_hold(agent: Actor) -> None:
    stored()
    found = quotes.calibration(actor=agent, kind="delivery")
    assert (found.cases, found.done, found.left_out) == (110, 100, 2)
    assert found.walked[0].holds
    assert (found.by_group[0].group, found.by_group[0].holds) == ("web", False)


def test_a_quote_is_quick_and_takes_few_queries(agent: Actor) -> None:
    stored()
    quotes.offers(actor=agent, kind="delivery")
    with CaptureQueriesContext(
        connection,
    ) as seen:
        quotes.offers(actor=agent, kind="delivery", group="web/東京/yamato")
    assert len(seen) <= 3


def test_the_chance_of_breach_comes_from_the_model(customer: Customer) -> None:
    # Given work that takes five days, give or take, and a promise of four
    stored()
    promise = make(customer.pk, due_at=NOON + 4 * DAY)
    # Then most such promises break: 0.8 of the usual time is reached by 30 % only
    assert promise.risk == pytest.approx(0.7, abs=0.03)
    assert promise.state == Promise.State.AT_RISK


def test_an_open_promise_is_seen_in_the_light_of_the_newest_model(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a promise of four days, safe while such work takes one
    slower = {**stored(days=5.0).plain, "counts": {"cases": 110, "done": 100, "negative": 0, "ahead": 0}}
    stored(days=1.0)
    promise = make(customer.pk, due_at=NOON + 4 * DAY)
    assert promise.state == Promise.State.OPEN
    # When the work is learned anew, and takes five
    monkeypatch.setattr(quoting, "run", lambda *_args, **_more: slower)
    with clock.frozen(NOON + timedelta(hours=1)):
        assert operations.refresh_quote_models() == 1
    # Then it is at risk at once
    promise.refresh_from_db()
    assert promise.state == Promise.State.AT_RISK


def test_orders_without_a_date_may_be_promised_by_quote(owner: Actor) -> None:
    stored("shipping", days=2.0)
    assert quotes.days_for_orders() is None
    operations.set_quote_policy(actor=owner, order_confidence=0.9, norms={})
    assert quotes.days_for_orders() == pytest.approx(2 * 1.409, rel=0.01)


def test_refusals_change_nothing(agent: Actor, stranger: Actor) -> None:
    with pytest.raises(quotes.UnknownWorkError):
        operations.quote(actor=agent, kind="magic", confidence=0.9)
    stored()
    with pytest.raises(ValueError, match="A confidence lies between"):
        operations.quote(actor=agent, kind="delivery", confidence=1.0)
    with pytest.raises(NotAllowedError):
        operations.set_quote_policy(actor=agent, order_confidence=0.9, norms={})
    with pytest.raises(Promise.DoesNotExist):
        operations.quote(actor=agent, kind="delivery", confidence=0.9, promise_id=999)
    assert not Quote.objects.exists()


def test_a_setting_that_cannot_be_is_refused(owner: Actor) -> None:
    with pytest.raises(operations.QuotePolicyError):
        operations.set_quote_policy(actor=owner, order_confidence=0.2, norms={})
    with pytest.raises(operations.QuotePolicyError):
        operations.set_quote_policy(actor=owner, order_confidence=None, norms={"delivery": -1.0})
