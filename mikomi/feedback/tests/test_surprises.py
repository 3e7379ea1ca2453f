"""Small surprises: within a budget, approved by a person, their effect seen against a hold-out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikomi.commerce.models import Order
from mikomi.core import clock
from mikomi.core.access.actor import Actor, NotAllowedError
from mikomi.core.access.rules import Permission
from mikomi.core.events.models import Event
from mikomi.customers import operations as people
from mikomi.customers.models import Customer, Standing
from mikomi.feedback.models import Surprise, SurprisePlan
from mikomi.feedback.operations import carrying
from mikomi.feedback.operations import surprises as operations
from mikomi.feedback.queries import surprises as queries
from mikomi.feedback.rules import surprises as rules
from mikomi.outbox.models import OutgoingMessage
from mikomi.promises.models import Promise
from mikomi.promises.tests.ledger import make, observe
from mikomi.screens.timeline import timeline
from mikomi.screens.today import today
from tests.cast import NOON

DAY = timedelta(days=1)
NO_FEEDBACK = frozenset({Permission.CUSTOMERS_VIEW, Permission.PROMISES_VIEW})
COSTS = {"discount": 500, "upgrade": 1_000, "early": 300, "note": 100}


# Rules


def test_who_is_held_out_is_chance_but_always_the_same() -> None:
    held = [rules.is_held_out("seed", number, 0.2) for number in range(5_000)]
    assert held == [rules.is_held_out("seed", number, 0.2) for number in range(5_000)]
    assert 0.17 < sum(held) / 5_000 < 0.23
    assert held != [rules.is_held_out("other", number, 0.2) for number in range(5_000)]
    assert all(rules.is_held_out("seed", number, 0.3) for number in range(5_000) if held[number])


CANDIDATES = st.tuples(
    st.integers(1, 9), st.sampled_from(list(rules.FACTORS)), st.floats(0, 1e6), st.integers(0, 900)
)


@given(st.lists(CANDIDATES), st.integers(0, 3_000))
def test_what_is_chosen_fits_the_budget_each_customer_once(
    given: list[tuple[int, str, float, int]], budget: int
) -> None:
    found = rules.chosen([rules.Candidate(*one) for one in given], budget)
    assert sum(one.cost for one in found) <= budget
    assert len({one.customer_id for one in found}) == len(found)


def test_the_difference_of_two_shares_as_printed() -> None:
    """Newcombe 1998, table II: 56 of 70 against 48 of 80, by the score method without correction."""
    found = rules.difference((56, 70), (48, 80))
    assert found is not None
    assert found.difference == pytest.approx(0.2)
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert rules.difference((1, 2), (0, 0)) is None


def test_more_is_expected_only_where_the_interval_says_so() -> None:
    found = rules.mean_difference([6, 6.5, 7, 6], [4, 4.5, 5, 4])
    assert found is not None
    assert found.low > 0
    assert rules.mean_difference([6], [4, 5]) is None


def test_the_next_time_is_held_against_the_early_one() -> None:
    times = [("a", 0.5), ("b", 0.9), ("a", 0.8), ("a", 0.7), ("b", 1.0), ("c", 0.5), ("c", 0.4)]
    assert rules.fell_behind(times, 0.75) == (1, 2)


# The ledger and the shop


@pytest.fixture
def plan(manager: Actor, customer: Customer, noon: object) -> SurprisePlan:
    """Its seed holds out nobody, so whoever the tests speak of is there first."""
    return set_plan(manager)


def set_plan(actor: Actor, **values: object) -> SurprisePlan:
    plan = operations.set_plan(actor=actor, **{"budget_minor": 10_000, "costs": COSTS, **values})  # type: ignore[arg-type]
    SurprisePlan.objects.update(seed=_seed_without_any())
    plan.refresh_from_db()
    return plan


def _seed_without_any() -> str:
    """By this seed nobody is held out of the customers there are; their numbers depend on what ran before."""
    customers = list(Customer.objects.values_list("pk", flat=True))
    return next(
        seed
        for seed in map(str, range(9_999))
        if not any(rules.is_held_out(seed, number, 0.2) for number in customers)
    )


def mended(customer: Customer) -> Promise:
    promise = make(customer.pk, made_at=NOON - 5 * DAY, due_at=NOON - 2 * DAY)
    Promise.objects.filter(pk=promise.pk).update(recovered_at=NOON - DAY)
    return promise


def proposed(customer: Customer) -> Surprise:
    """The surprise that follows from a promise made good."""
    mended(customer)
    operations.propose()
    return Surprise.objects.get()


def standing(customer: Customer, orders: int, spend: int = 10_000) -> None:
    Standing.objects.update_or_create(
        customer=customer,
        defaults={
            "order_count": orders,
            "spend_minor": spend,
            "last_order_at": NOON - DAY,
            "updated_at": NOON,
        },
    )


@pytest.mark.django_db
def test_after_a_broken_promise_was_made_good_a_discount_is_proposed(
    plan: SurprisePlan, customer: Customer, agent: Actor
) -> None:
    promise = mended(customer)
    assert operations.propose() == 1
    (row,) = queries.proposed(actor=agent)
    assert (row.kind, row.reason, row.promise_id, row.cost_minor) == (
        "discount",
        "made_good",
        promise.pk,
        500,
    )
    assert operations.propose() == 0
    assert queries.left(actor=agent) == 9_500


@pytest.mark.django_db
@pytest.mark.parametrize(("orders", "kind"), [(1, "note"), (10, "upgrade"), (7, None)])
def test_the_first_and_the_round_orders_are_occasions(
    plan: SurprisePlan, customer: Customer, agent: Actor, orders: int, kind: str | None
) -> None:
    standing(customer, orders)
    operations.propose()
    assert [row.kind for row in queries.proposed(actor=agent)] == ([kind] if kind else [])


@pytest.mark.django_db
def test_what_is_safe_and_far_off_may_come_early(
    plan: SurprisePlan, customer: Customer, agent: Actor
) -> None:
    promise = make(customer.pk, due_at=NOON + 10 * DAY)
    Promise.objects.filter(pk=promise.pk).update(risk=0.01)
    operations.propose()
    assert [row.kind for row in queries.proposed(actor=agent)] == ["early"]


@pytest.mark.django_db
def test_no_more_is_proposed_than_the_budget_holds(
    manager: Actor, agent: Actor, customer: Customer, noon: object
) -> None:
    set_plan(manager, budget_minor=499)
    mended(customer)
    assert operations.propose() == 0
    set_plan(manager, budget_minor=500)
    assert operations.propose() == 1


@pytest.mark.django_db
def test_who_is_held_out_is_proposed_to_nobody_and_nobody_can_spoil_it(
    plan: SurprisePlan, customer: Customer, agent: Actor
) -> None:
    SurprisePlan.objects.update(
        seed=next(s for s in map(str, range(9_999)) if rules.is_held_out(s, customer.pk, 0.2))
    )
    mended(customer)
    assert operations.propose() == 0
    row = Surprise.objects.get()
    assert row.state == Surprise.State.HELD_OUT
    assert not Event.objects.filter(kind__startswith="surprise").exists()
    assert queries.proposed(actor=agent) == []
    with pytest.raises(Surprise.DoesNotExist):
        operations.approve(actor=agent, surprise_id=row.pk)


@pytest.mark.django_db
def test_a_person_approves_or_turns_down_once(
    plan: SurprisePlan, customer: Customer, agent: Actor, analyst: Actor
) -> None:
    row = proposed(customer)
    with pytest.raises(NotAllowedError):
        operations.approve(actor=analyst, surprise_id=row.pk)
    operations.dismiss(actor=agent, surprise_id=row.pk)
    assert queries.left(actor=agent) == 10_000
    with pytest.raises(operations.SurpriseError):
        operations.approve(actor=agent, surprise_id=row.pk)
    with clock.frozen(NOON + 179 * DAY):
        mended(customer)
        Promise.objects.update(recovered_at=NOON + 178 * DAY)
        assert operations.propose() == 0


@pytest.mark.django_db
def test_what_was_approved_is_on_today_until_it_is_carried_out(
    plan: SurprisePlan, customer: Customer, agent: Actor, manager: Actor, analyst: Actor
) -> None:
    row = proposed(customer)
    with pytest.raises(operations.SurpriseError):
        carrying.carry_out(actor=agent, surprise_id=row.pk)
    operations.approve(actor=manager, surprise_id=row.pk, carrier_id=agent.user_id)
    assert [one.id for one in today(actor=agent).surprises] == [row.pk]
    assert today(actor=manager).surprises == [], "a colleague was named"
    assert today(actor=analyst).surprises == []
    with pytest.raises(NotAllowedError):
        carrying.carry_out(actor=analyst, surprise_id=row.pk)

    carrying.carry_out(actor=agent, surprise_id=row.pk)

    assert today(actor=agent).surprises == []
    with pytest.raises(operations.SurpriseError):
        carrying.carry_out(actor=agent, surprise_id=row.pk)
    kinds = ["surprise.proposed", "surprise.approved", "surprise.done"]
    assert [one.kind for one in Event.objects.filter(subject_type="surprise").order_by("id")] == kinds
    titles = {one.kind for one in timeline(actor=agent, customer_id=customer.pk).items}
    assert titles >= set(kinds)
    assert timeline(actor=replace(agent, permissions=NO_FEEDBACK), customer_id=customer.pk).items == [
        one
        for one in timeline(actor=agent, customer_id=customer.pk).items
        if not one.kind.startswith("surprise")
    ]


@pytest.mark.django_db
def test_a_discount_by_message_needs_consent_is_held_and_done_when_it_leaves(
    plan: SurprisePlan, customer: Customer, agent: Actor, manager: Actor
) -> None:
    row = proposed(customer)
    words: dict[str, Any] = {
        "surprise_id": row.pk,
        "subject": "ありがとうございます",
        "text": "500円引きます。",
    }
    with pytest.raises(operations.SurpriseError):
        carrying.draft_message(actor=agent, **words)
    operations.approve(actor=manager, surprise_id=row.pk)
    with pytest.raises(operations.SurpriseError):
        carrying.draft_message(actor=agent, **words)
    assert not OutgoingMessage.objects.exists(), "who has not agreed to news gets none"

    people.set_consent(
        actor=manager,
        customer_id=customer.pk,
        channel="email",
        purpose="marketing",
        granted=True,
        source="told",
    )
    sent = carrying.draft_message(actor=agent, **words)
    assert (sent.state, sent.purpose) == ("held", "marketing")
    assert carrying.draft_message(actor=agent, **words).pk == sent.pk
    with pytest.raises(operations.SurpriseError):
        carrying.carry_out(actor=agent, surprise_id=row.pk)
    assert today(actor=agent).surprises[0].outgoing_id == sent.pk

    carrying.message_left(outgoing_id=sent.pk)
    row.refresh_from_db()
    assert (row.state, row.done_by_id) == ("done", None)


@pytest.mark.django_db
def test_the_message_of_a_surprise_that_was_given_up_does_not_leave(
    plan: SurprisePlan, customer: Customer, agent: Actor, manager: Actor
) -> None:
    row = proposed(customer)
    operations.approve(actor=manager, surprise_id=row.pk)
    consent: dict[str, Any] = {"channel": "email", "purpose": "marketing", "granted": True, "source": "told"}
    people.set_consent(actor=manager, customer_id=customer.pk, **consent)
    sent = carrying.draft_message(actor=agent, surprise_id=row.pk, subject="謝", text="500円引きます。")
    OutgoingMessage.objects.update(state="sending")
    with pytest.raises(operations.SurpriseError):
        operations.dismiss(actor=agent, surprise_id=row.pk)
    OutgoingMessage.objects.update(state="waiting")
    operations.dismiss(actor=agent, surprise_id=row.pk)
    sent.refresh_from_db()
    assert sent.state == "cancelled"


@pytest.mark.django_db
def test_an_upgrade_is_no_message_and_can_be_given_up(
    plan: SurprisePlan, customer: Customer, agent: Actor
) -> None:
    standing(customer, 10)
    operations.propose()
    row = Surprise.objects.get()
    with pytest.raises(operations.SurpriseError):
        operations.approve(actor=agent, surprise_id=row.pk, carrier_id=10**9)
    operations.approve(actor=agent, surprise_id=row.pk)
    with pytest.raises(operations.SurpriseError):
        carrying.draft_message(actor=agent, surprise_id=row.pk, subject="x", text="x")
    operations.dismiss(actor=agent, surprise_id=row.pk)
    assert queries.left(actor=agent) == 10_000
    assert today(actor=agent).surprises == []


@pytest.mark.django_db
def test_what_came_of_it_is_seen_once_and_told_only_of_who_got_one(
    plan: SurprisePlan, customer: Customer
) -> None:
    other = _person()
    for person, state in ((customer, "done"), (other, "held_out")):
        Surprise.objects.create(
            plan=plan, customer=person, kind="note", reason="milestone", state=state, cost_minor=100, weight=1,
            proposed_at=NOON,
        )  # fmt: skip
    _order(customer, NOON + 10 * DAY)
    assert carrying.measure() == 0
    with clock.frozen(NOON + 61 * DAY):
        assert carrying.measure() == 2
        assert carrying.measure() == 0
    assert list(Surprise.objects.order_by("pk").values_list("came_back", flat=True)) == [True, False]
    (event,) = Event.objects.filter(kind="surprise.measured")
    assert (event.customer_id, event.payload["came_back"]) == (customer.pk, True)


@pytest.mark.django_db
def test_a_proposal_nobody_decided_about_expires(
    plan: SurprisePlan, customer: Customer, agent: Actor
) -> None:
    mended(customer)
    operations.propose()
    with clock.frozen(NOON + 15 * DAY):
        operations.propose()
        assert Surprise.objects.get().state == Surprise.State.EXPIRED


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values", [{"budget_minor": -1}, {"costs": {"note": 1}}, {"holdout_share": 0.0}, {"rest_days": 0}]
)
def test_a_plan_that_can_not_be_is_refused_in_words(
    manager: Actor, noon: object, values: dict[str, object]
) -> None:
    with pytest.raises(operations.SurpriseError) as refused:
        operations.set_plan(actor=manager, **{"budget_minor": 1, "costs": COSTS, **values})  # type: ignore[arg-type]
    assert str(refused.value)
    assert not SurprisePlan.objects.exists()


@pytest.mark.django_db
def test_the_effect_is_seen_against_the_hold_out_and_expectations_after_it(
    plan: SurprisePlan, customer: Customer, analyst: Actor
) -> None:
    people = [customer, *(_person() for _ in range(5))]
    for number, person in enumerate(people):
        state = Surprise.State.APPROVED if number < 4 else Surprise.State.HELD_OUT
        Surprise.objects.create(
            plan=plan, customer=person, kind="note", reason="milestone", state=state, cost_minor=100, weight=1,
            proposed_at=NOON,
        )  # fmt: skip
        if number < 3:
            _order(person, NOON + 10 * DAY)
    _order(people[5], NOON + 70 * DAY)
    for taken in (1, 3.5):
        promise = make(customer.pk, made_at=NOON + taken * DAY, due_at=NOON + (taken + 4) * DAY)
        observe(promise, "delivered", NOON + 2 * taken * DAY)

    with clock.frozen(NOON + 61 * DAY):
        found = queries.effect(actor=analyst)

    assert found.came_back is not None
    assert (found.came_back.treated_hits, found.came_back.treated) == (3, 4)
    assert (found.came_back.held_out_hits, found.came_back.held_out) == (0, 2)
    assert found.came_back.difference == pytest.approx(0.75)
    assert (found.spent_minor, found.waiting) == (400, 0)
    assert found.fell_behind is not None
    assert (found.fell_behind.estimate, found.next_times) == (1, 1)


def _person() -> Customer:
    return Customer.objects.create(family_name="x", first_seen_at=NOON, created_at=NOON, updated_at=NOON)


def _order(customer: Customer, at: datetime) -> None:
    number = Order.objects.count()
    Order.objects.create(
        source="test", external_id=f"{number}", number=f"{number}", customer=customer, ordered_at=at,
        currency="JPY", total_minor=1_000, **_times(),
    )  # fmt: skip


def _times() -> dict[str, object]:
    names = {field.name for field in Order._meta.fields}
    return {
        name: NOON
        for name in ("updated_at", "created_at", "recorded_at", "known_at", "changed_at")
        if name in names
    }
