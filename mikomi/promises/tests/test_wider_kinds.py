"""Given promises of every kind and audience, when evidence comes, then each is judged as its kind demands."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils.translation import override

from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.customers.models import Customer, Segment
from mikomi.promises import operations, queries
from mikomi.promises.models import Promise
from mikomi.promises.operations import PromiseError
from mikomi.promises.records import NewPromise
from mikomi.promises.rules.kinds import KINDS, TIMED, compare, measure_of, problems_of
from mikomi.promises.tests.ledger import DAY, make, observe, told
from tests.cast import NOON

pytestmark = pytest.mark.django_db


def to_everyone(kind: str, **changes: Any) -> Promise:
    values: dict[str, Any] = {
        "kind": kind,
        "customer_id": None,
        "due_at": None,
        "source": "agent",
        "audience": "everyone",
        "made_at": NOON,
    }
    return operations.make(actor=SYSTEM, promise=NewPromise(**{**values, **changes}))


@pytest.fixture(autouse=True)
def at_noon(noon: datetime) -> None:
    """The clock stands at noon."""


def test_a_booked_hour_of_which_half_was_given_is_broken_at_once(customer: Customer) -> None:
    booked = make(customer.pk, kind="booking", terms={"value": 60, "unit": "min", "direction": "at_least"})
    assert observe(booked, "measured", NOON + DAY, reading=30).state == "broken"
    assert told(booked)[-1] == "promise.broken"


def test_a_booked_hour_given_in_full_is_kept_and_more_exceeds_it(customer: Customer) -> None:
    terms = {"value": 60, "unit": "min", "tolerance": 5}
    full, more = (make(customer.pk, kind="booking", terms=terms) for _ in range(2))
    assert observe(full, "measured", NOON + DAY, reading=57).verdict == "kept"
    assert observe(more, "measured", NOON + DAY, reading=75).verdict == "exceeded"


def test_standing_promises_never_enter_the_sweep_and_evidence_decides_them(business: object) -> None:
    price = to_everyone(
        "price", statement="¥1,980", terms={"value": 1980, "unit": "JPY", "direction": "exactly"}
    )
    assert (price.look_at, price.due_at, price.state) == (None, None, "open")
    assert observe(price, "held", NOON).state == "kept"
    assert observe(price, "measured", NOON + DAY, reading=2480).state == "broken"
    assert observe(price, "held", NOON + 2 * DAY).state == "kept"
    with clock.frozen(NOON + 400 * DAY):
        assert operations.look() == 0


def test_an_undecided_claim_is_at_risk_from_the_threshold_on(business: object) -> None:
    claim = to_everyone("claim", terms={"attribute": "range", "value": 30, "unit": "mpg", "tolerance": 5})
    assert observe(claim, "undecided", NOON, reading=0.2).state == "open"
    assert observe(claim, "undecided", NOON + DAY, reading=0.8).state == "at_risk"
    assert observe(claim, "surpassed", NOON + 2 * DAY).verdict == "exceeded"


@pytest.mark.parametrize(
    ("kind", "changes", "words"),
    [
        ("price", {"terms": {"value": 1980}}, "unit"),
        ("claim", {"terms": {"value": 30, "unit": "mpg"}}, "about"),
        ("claim", {"terms": {"attribute": "range", "value": 30}}, "unit"),
        ("norm", {"terms": {}}, "source"),
        ("price", {"due_at": NOON + DAY, "terms": {"value": 1, "unit": "JPY"}}, "due date"),
        ("custom", {}, "by when"),
        ("custom", {"due_at": NOON + DAY, "audience": "one"}, "one customer"),
        ("custom", {"due_at": NOON + DAY, "audience": "segment"}, "segment"),
        ("nonsense", {}, "nonsense"),
    ],
)
def test_what_a_kind_lacks_is_said_in_words(
    business: object, kind: str, changes: dict[str, Any], words: str
) -> None:
    with override("en"), pytest.raises(PromiseError) as refused:
        to_everyone(kind, **changes)
    assert words in str(refused.value)
    assert not Promise.objects.exists()


def test_nothing_is_promised_to_an_erased_person(customer: Customer) -> None:
    Customer.objects.filter(pk=customer.pk).update(erased_at=NOON)
    with override("en"), pytest.raises(PromiseError, match="erased"):
        make(customer.pk)


def test_a_promise_to_a_segment_outlives_the_segment(agent: Actor) -> None:
    segment = Segment.objects.create(name="常連")
    made = to_everyone("custom", audience="segment", segment_id=segment.pk, due_at=NOON + DAY)
    segment.delete()
    made.refresh_from_db()
    assert made.audience == "segment"
    assert made.segment is None
    with clock.frozen(NOON + 2 * DAY):
        operations.look()
    made.refresh_from_db()
    assert made.state == "broken"


def test_norms_expire_and_the_list_shows_which(agent: Actor) -> None:
    cited: dict[str, Any] = {"norm_of": "industry", "cited": "業界白書", "cited_on": date(2025, 4, 1)}
    old = to_everyone("norm", valid_until=date(2026, 3, 31), **cited)
    to_everyone("norm", valid_until=date(2027, 3, 31), **cited)
    found = queries.promises(actor=agent, state="", wanted=queries.Wanted(expired=True))
    assert [one.promise.pk for one in found.items] == [old.pk]


def test_standing_and_timed_promises_have_lists_of_their_own(agent: Actor, customer: Customer) -> None:
    timed = make(customer.pk, origin="marketing", expectation="human")
    standing = to_everyone("availability", origin="competitor")

    def listed(state: str, **filters: Any) -> list[int]:
        page = queries.promises(actor=agent, state=state, wanted=queries.Wanted(**filters))
        return [one.promise.pk for one in page.items]

    assert listed("open") == [timed.pk]
    assert listed("", standing=True) == [standing.pk]
    assert listed("open", kind="availability") == [standing.pk]
    assert listed("open", origin="marketing", expectation="human") == [timed.pk]
    assert listed("open", audience="everyone") == []


def test_what_takes_half_the_time_is_exceeded_but_a_quick_call_is_not(customer: Customer) -> None:
    early, call = make(customer.pk), make(customer.pk, kind="callback")
    assert observe(early, "delivered", NOON + DAY).verdict == "exceeded"
    assert observe(call, "called", NOON + DAY).verdict == "kept"


def test_every_version_keeps_its_terms(business: object) -> None:
    price = to_everyone("price", statement="¥1,980", terms={"value": 1980, "unit": "JPY"})
    operations.change_terms(
        actor=SYSTEM,
        promise_id=price.pk,
        due_at=None,
        statement="¥2,200",
        terms={"value": 2200, "unit": "JPY"},
    )
    versions = [(version.statement, version.terms["value"]) for version in price.versions.all()]
    assert versions == [("¥1,980", 1980), ("¥2,200", 2200)]


def test_the_report_counts_by_origin_and_by_the_classes_that_apply(owner: Actor, customer: Customer) -> None:
    operations.set_ledger_policy(
        actor=owner, classes=["explicit", "human"], challenge_below=0.7, challenges_vague=True
    )
    kept = make(customer.pk, origin="staff", expectation="human")
    observe(kept, "delivered", NOON + DAY)
    to_everyone("availability", origin="competitor")
    now = datetime(2026, 12, 1, tzinfo=UTC)
    with clock.frozen(now):
        report = queries.origins(actor=owner, since=NOON - DAY, until=now)
    by_origin = {group.key: group for group in report.by_origin}
    assert by_origin["staff"].figure
    assert by_origin["staff"].figure.kept == 1
    assert by_origin["competitor"].standing == 1
    assert {group.key for group in report.by_class} == {"explicit", "human"}


def test_kinds_are_whole() -> None:
    assert TIMED < KINDS
    assert problems_of("booking", {"value": 60, "unit": "min", "colour": 1}) == ["unknown_key"]
    measure = measure_of({"value": 30, "unit": "mpg", "tolerance": 5, "direction": "about"})
    assert measure
    assert [compare(value, measure) for value in (24, 26, 36)] == ["failed", "held", "failed"]
    assert measure_of({"value": True}) is None
