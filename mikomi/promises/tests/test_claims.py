"""A claim is stated, measured, disputed, and published only when something stands behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from mikomi.commerce.models import Product
from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM, Actor, NotAllowedError
from mikomi.core.events.models import Event
from mikomi.customers.models import Customer
from mikomi.promises import operations, queries
from mikomi.promises.models import Claim, Dispute, Measurement, Promise
from mikomi.promises.records import NewClaim, NewMeasurement
from mikomi.promises.tests.ledger import make, observe
from tests.cast import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "business")]
CAR: dict[str, Any] = {"statement": "30 miles per gallon", "attribute": "fuel economy", "value": 30, "unit": "mpg",
       "tolerance": 5, "direction": "about"}  # fmt: skip
QUICK: dict[str, Any] = {"statement": "お問い合わせには2分以内にお答えします", "attribute": "first answer", "value": 2,
         "unit": "minutes", "direction": "at_most", "basis": "each", "share": 0.9,
         "feed": "answer"}  # fmt: skip


@pytest.fixture
def product(db: None) -> Product:
    return Product.objects.create(sku="CAR-1", name="小型車")


def state(actor: Actor, **values: Any) -> Claim:
    return operations.state_claim(actor=actor, claim=NewClaim(**{**CAR, **values}))


def values(numbers: Sequence[float | str], start: int = 0, **more: Any) -> list[NewMeasurement]:
    return [
        NewMeasurement(number, NOON, f"m{place}", "test", **more)
        for place, number in enumerate(numbers, start)
    ]


def measure(actor: Actor, claim: Claim, numbers: Sequence[float | str], **more: Any) -> operations.Measured:
    found = operations.measure(actor=actor, claim_id=claim.pk, measurements=values(numbers, **more))
    claim.refresh_from_db()
    claim.promise.refresh_from_db()
    return found


def test_the_car_that_claims_30_and_gives_18_to_20_is_broken(agent: Actor, product: Product) -> None:
    claim = state(agent, product_id=product.pk)

    measured = measure(agent, claim, [18, 20, 19, 18.5, 19.5])

    assert (measured.taken, measured.known, measured.refused) == (5, 0, [])
    assert (claim.outcome, claim.count) == ("broken", 5)
    assert claim.estimate == pytest.approx(19)
    assert claim.promise.state == Promise.State.BROKEN
    assert Event.objects.filter(kind="promise.broken", subject_id=claim.pk).count() == 1


def test_around_26_it_stays_undecided_until_there_are_enough(agent: Actor) -> None:
    claim = state(agent)
    around = [26, 24, 28, 25, 27, 23.5, 28.5, 26]

    measure(agent, claim, around)
    assert claim.outcome == "undecided"
    assert claim.promise.state in (Promise.State.OPEN, Promise.State.AT_RISK)
    assert claim.more is not None

    measure(agent, claim, around * 10, start=100)
    assert claim.outcome == "kept"
    assert claim.promise.state == Promise.State.KEPT


def test_the_sentence_is_said_in_both_languages(agent: Actor) -> None:
    claim = state(agent)
    measure(agent, claim, [18, 20, 19, 18.5, 19.5])
    with translation.override("en"):
        english = queries.claim(actor=agent, claim_id=claim.pk).row.sentence
    with translation.override("ja"):
        japanese = queries.claim(actor=agent, claim_id=claim.pk).row.sentence
    assert english == (
        "It does not hold: 5 measurements average 19 mpg (90% sure: 17.2 to 20.8 mpg); accepted is 25 to 35 mpg."
    )
    assert "5" in japanese
    assert "成り立" in japanese


def test_the_same_measurement_counts_once(agent: Actor) -> None:
    claim = state(agent)
    measure(agent, claim, [18, 19])
    assert measure(agent, claim, [18, 19]).known == 2
    assert claim.count == 2


def test_values_come_with_units_and_absurd_ones_are_refused_in_words(agent: Actor) -> None:
    claim = state(agent)
    measured = measure(agent, claim, ["18.5 mpg", "１９", "about 30", "12 km/l", "19000", ""])
    assert measured.taken == 2
    assert [one.code for one in measured.refused] == ["not_a_value", "other_unit", "absurd", "not_a_value"]
    assert all(one.words for one in measured.refused)
    assert sorted(Measurement.objects.values_list("value", flat=True)) == [18.5, 19]


def test_what_was_measured_in_the_future_is_refused(agent: Actor) -> None:
    claim = state(agent)
    late = NewMeasurement(18, NOON + timedelta(days=1), "x", "test")
    measured = operations.measure(actor=agent, claim_id=claim.pk, measurements=[late])
    assert [one.code for one in measured.refused] == ["future"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"unit": ""}, "no_unit"),
        ({"tolerance": 0}, "about_without_tolerance"),
        ({"basis": "yes_no", "value": 130, "unit": "%"}, "no_share"),
        ({"feed": "answer"}, "wrong_feed"),
    ],
)
def test_a_claim_that_nothing_can_be_judged_by_is_refused(
    agent: Actor, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(operations.ClaimRefusedError) as refused:
        state(agent, **changes)
    assert refused.value.code == code
    assert str(refused.value)
    assert not Promise.objects.exists()


def test_one_car_measured_twenty_times_counts_once(agent: Actor) -> None:
    claim = state(agent)
    measure(agent, claim, [18, 19, 20] * 7, item="car 7")
    assert (claim.count, claim.outcome) == (1, "undecided")


def test_98_percent_would_recommend(agent: Actor) -> None:
    claim = state(
        agent, statement="98 % would recommend", attribute="recommendation", basis="yes_no", value=98, unit="%",
        tolerance=3, direction="at_least",
    )  # fmt: skip
    measure(agent, claim, ["yes"] * 24 + ["いいえ"] * 8)
    assert claim.outcome == "broken"
    with translation.override("en"):
        assert "of 32 answers, 75% say yes" in queries.claim(actor=agent, claim_id=claim.pk).row.sentence


# Disputes


def test_a_disputed_measurement_counts_until_somebody_settles_it(agent: Actor, manager: Actor) -> None:
    claim = state(agent)
    measure(agent, claim, [18, 20, 19, 18.5, 19.5])
    rows = list(Measurement.objects.all())
    disputes = [
        operations.record_dispute(
            actor=agent, promise_id=claim.pk, measurement_id=row.pk, said="空気圧が低いまま測られました"
        )
        for row in rows[:2]
    ]

    assert queries.claim(actor=agent, claim_id=claim.pk).disputed == 2
    assert Claim.objects.get().outcome == "broken"
    decision: dict[str, Any] = {"upheld": True, "resolution": "測り方の誤りでした。"}
    with pytest.raises(NotAllowedError):
        operations.resolve_dispute(actor=agent, dispute_id=disputes[0].pk, **decision)
    for one in disputes:
        operations.resolve_dispute(actor=manager, dispute_id=one.pk, **decision)

    after = Claim.objects.select_related("promise").get()
    assert (after.count, after.outcome) == (3, "undecided")
    assert after.promise.state == Promise.State.AT_RISK
    assert queries.claim(actor=agent, claim_id=claim.pk).disputed == 0


def test_what_the_customer_measured_takes_the_place_of_what_was_wrong(agent: Actor, manager: Actor) -> None:
    claim = state(agent)
    measure(agent, claim, [18, 20, 19])
    wrong = Measurement.objects.earliest("id")
    with pytest.raises(operations.DisputeError):
        operations.record_dispute(actor=agent, promise_id=claim.pk, said="違います", reading=99_999)
    dispute = operations.record_dispute(
        actor=agent, promise_id=claim.pk, measurement_id=wrong.pk, said="29でした", reading=29
    )
    operations.resolve_dispute(
        actor=manager, dispute_id=dispute.pk, upheld=True, resolution="そのとおりです。"
    )
    wrong.refresh_from_db()
    assert wrong.is_set_aside
    theirs = Measurement.objects.get(source="customer")
    assert (theirs.value, theirs.measured_at) == (29, wrong.measured_at)
    assert Claim.objects.get().count == 3


def test_a_value_that_new_terms_forbid_still_sets_the_wrong_one_aside(agent: Actor, manager: Actor) -> None:
    claim = state(agent)
    measure(agent, claim, [18, 20, 19])
    wrong = Measurement.objects.earliest("id")
    dispute = operations.record_dispute(
        actor=agent, promise_id=claim.pk, measurement_id=wrong.pk, said="29でした", reading=29
    )
    Dispute.objects.update(reading=99_999)
    operations.resolve_dispute(
        actor=manager, dispute_id=dispute.pk, upheld=True, resolution="そのとおりです。"
    )
    assert Claim.objects.get().count == 2
    assert not Measurement.objects.filter(source="customer").exists()


def test_a_measurement_of_another_claim_can_not_be_disputed_here(agent: Actor) -> None:
    claim, other = state(agent), state(agent)
    measure(agent, other, [18])
    foreign = Measurement.objects.get()
    with pytest.raises(operations.DisputeError):
        operations.record_dispute(actor=agent, promise_id=claim.pk, measurement_id=foreign.pk, said="?")
    assert not claim.promise.disputes.exists()


def test_a_public_claim_is_disputed_from_its_page_and_nobody_floods_it(agent: Actor, manager: Actor) -> None:
    claim = state(agent)
    measure(agent, claim, [18, 20, 19])
    token = claim.promise.token
    with pytest.raises(Promise.DoesNotExist):
        operations.raise_dispute(token=token, said="違います")
    Promise.objects.filter(pk=claim.pk).update(published_at=NOON)
    row = Measurement.objects.earliest("id")
    operations.raise_dispute(
        token=token, said="山田です。私の車では25でした。", measurement_id=row.pk, reading=25
    )
    assert [one.kind for one in queries.said_by_customers(actor=manager)] == ["dispute"]
    page = queries.public_promise(token)
    shown = queries.public_claim(token)
    assert page is not None
    assert shown is not None
    assert [one.said for one in page.disputes] == [""], "strangers don't read what a customer wrote"
    assert [one.is_disputed for one in shown.measurements].count(True) == 1
    for _number in range(19):
        operations.raise_dispute(token=token, said="違います")
    with pytest.raises(operations.DisputeError, match=r"hour|時間"):
        operations.raise_dispute(token=token, said="違います")


# Changing and publishing


def test_claiming_less_is_a_new_version_judged_anew(agent: Actor) -> None:
    claim = state(agent)
    measure(agent, claim, [18, 20, 19, 18.5, 19.5] * 3)
    changed = operations.change_claim(actor=agent, claim_id=claim.pk, changes={"value": 20})
    assert changed.outcome == "kept"
    assert [one.terms["value"] for one in claim.promise.versions.all()] == [30, 20]
    with pytest.raises(operations.ClaimRefusedError):
        operations.change_claim(actor=agent, claim_id=claim.pk, changes={"unit": "km/L"})


@pytest.mark.parametrize(
    ("has_product", "numbers", "code"),
    [
        (False, [30, 31, 29, 30, 31, 29, 30], "no_subject"),
        (True, [], "no_evidence"),
        (True, [30, 31], "undecided"),
        (True, [18, 20, 19, 18.5, 19.5], "broken"),
    ],
)
def test_a_claim_without_product_or_evidence_is_not_published(
    manager: Actor, product: Product, has_product: bool, numbers: list[float], code: str
) -> None:
    claim = state(manager, product_id=product.pk if has_product else None)
    measure(manager, claim, numbers)
    with pytest.raises(operations.ClaimRefusedError) as refused:
        operations.publish_claim(actor=manager, claim_id=claim.pk)
    assert refused.value.code == code
    claim.promise.refresh_from_db()
    assert claim.promise.published_at is None


def test_what_is_shown_to_hold_is_published_by_who_may(
    manager: Actor, agent: Actor, product: Product
) -> None:
    claim = state(agent, product_id=product.pk)
    measure(agent, claim, [30, 31, 29, 30.5, 29.5, 30, 31, 29])
    with pytest.raises(NotAllowedError):
        operations.publish_claim(actor=agent, claim_id=claim.pk)
    operations.publish_claim(actor=manager, claim_id=claim.pk, where="https://shop.example/car")
    claim.promise.refresh_from_db()
    assert (claim.promise.published_at, claim.promise.published_in) == (NOON, "https://shop.example/car")


def test_when_the_product_is_gone_nothing_stands_behind_the_claim(manager: Actor, product: Product) -> None:
    claim = state(manager, product_id=product.pk)
    measure(manager, claim, [30, 31, 29, 30.5, 29.5, 30, 31, 29])
    product.delete()
    with pytest.raises(operations.ClaimRefusedError) as refused:
        operations.publish_claim(actor=manager, claim_id=claim.pk)
    assert refused.value.code == "no_product"


# From the ledger itself


def test_answers_measure_the_claim_about_answers_those_that_never_came_too(
    customer: Customer, agent: Actor
) -> None:
    claim = operations.state_claim(actor=agent, claim=NewClaim(**QUICK))
    began = NOON - timedelta(days=1)
    for number in range(40):
        promise = make(
            customer.pk, kind="answer", made_at=began + timedelta(minutes=number), due_at=NOON, is_internal=True,
            group_key="chat",
        )  # fmt: skip
        if number % 3:
            observe(promise, "answered", promise.made_at + timedelta(seconds=30))

    assert operations.feed_claims() == 40
    claim.refresh_from_db()

    assert (claim.count, claim.estimate, claim.outcome) == (40, 0.65, "broken")
    assert operations.feed_claims() == 0


def test_cases_are_measured_up_to_the_first_whose_outcome_is_not_certain(
    customer: Customer, agent: Actor
) -> None:
    operations.state_claim(actor=agent, claim=NewClaim(**{**QUICK, "feed_group": "chat"}))
    for minutes, group in ((10, "chat"), (1, "chat"), (0.5, "chat"), (20, "email")):
        make(
            customer.pk, kind="answer", made_at=NOON - timedelta(minutes=minutes), due_at=NOON + timedelta(hours=1),
            is_internal=True, group_key=group,
        )  # fmt: skip
    assert operations.feed_claims() == 1
    with clock.frozen(NOON + timedelta(minutes=5)):
        assert operations.feed_claims() == 2


# Who may, and how much it costs


def test_who_may_not_record_states_and_measures_nothing(analyst: Actor, agent: Actor) -> None:
    claim = state(agent)
    with pytest.raises(NotAllowedError):
        state(analyst)
    with pytest.raises(NotAllowedError):
        operations.measure(actor=analyst, claim_id=claim.pk, measurements=values([1]))
    assert not Measurement.objects.exists()
    assert queries.claim(actor=analyst, claim_id=claim.pk).row.claim == claim


def test_another_teams_claim_does_not_exist(agent: Actor, stranger: Actor) -> None:
    claim = state(agent)
    Promise.objects.update(team_id=next(iter(agent.team_ids)))
    for act in (
        lambda: queries.claim(actor=stranger, claim_id=claim.pk),
        lambda: operations.measure(actor=stranger, claim_id=claim.pk, measurements=values([1])),
    ):
        with pytest.raises(Claim.DoesNotExist):
            act()
    assert not queries.claims(actor=stranger).items


def test_a_longer_list_takes_no_more_queries(
    agent: Actor, product: Product, django_assert_max_num_queries: Any
) -> None:
    for _number in range(12):
        state(agent, product_id=product.pk)
    with django_assert_max_num_queries(3):
        assert len(queries.claims(actor=agent).items) == 12


def test_a_thousand_measurements_are_taken_in_few_queries(agent: Actor) -> None:
    claim = state(agent)

    with CaptureQueriesContext(
        connection,
    ) as seen:
        measure(SYSTEM, claim, [26 + place % 7 for place in range(1_000)])
    assert len(seen) < 40
