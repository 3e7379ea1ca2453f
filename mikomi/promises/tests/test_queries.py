"""Reading the ledger: lists, calendar, story, public page, Today, figures; and who sees what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM, Actor, NotAllowedError
from mikomi.core.business.models import Team
from mikomi.customers.models import Customer, Standing
from mikomi.outbox.models import OutgoingMessage
from mikomi.promises import operations, queries, subjects
from mikomi.promises.models import Promise
from mikomi.promises.queries.lists import UnknownStateError
from mikomi.promises.subjects import SubjectKind, SubjectView
from mikomi.promises.tests.ledger import DAY, make, new, observe
from tests.cast import NOON

pytestmark = pytest.mark.usefixtures("noon")


def ids(page: object) -> list[int]:
    return [item.promise.pk for item in page.items]  # type: ignore[attr-defined]


def settle(customer: Customer, days: float, *, due: float = 4, **more: object) -> Promise:
    """A promise of twenty days ago that was met after so many days."""
    start = NOON - 20 * DAY
    promise = make(customer.pk, made_at=start, due_at=start + due * DAY, backfill=True, **more)
    return observe(promise, "delivered", start + days * DAY, backfill=True)


# Lists


def test_promises_are_listed_by_state(agent: Actor, customer: Customer) -> None:
    later, sooner = make(customer.pk, due_at=NOON + 9 * DAY), make(customer.pk)
    risky = observe(make(customer.pk), "estimate", NOON, expected_at=NOON + 6 * DAY)
    kept = settle(customer, 3)

    def listed(state: str) -> list[int]:
        return ids(queries.promises(actor=agent, state=state))

    assert listed("open") == [sooner.pk, later.pk]
    assert listed("at_risk") == [risky.pk]
    assert listed("kept") == [kept.pk]
    assert queries.counts(actor=agent) == {"at_risk": 1, "open": 2, "broken": 0}
    with pytest.raises(UnknownStateError):
        listed("late")


def test_a_long_list_comes_in_pages(agent: Actor, customer: Customer) -> None:
    operations.make_many(
        actor=SYSTEM, promises=[new(customer.pk, due_at=NOON + (1 + n % 7) * DAY) for n in range(25)]
    )
    seen: list[int] = []
    cursor: str | None = None
    while True:
        page = queries.promises(actor=agent, state="open", cursor=cursor, size=10)
        seen += ids(page)
        cursor = page.next_cursor
        if not cursor:
            break

    assert len(seen) == len(set(seen)) == 25
    dues = [Promise.objects.get(pk=key).deadline for key in seen]
    assert dues == sorted(dues)


def test_broken_means_not_made_good_yet_and_not_history(agent: Actor, customer: Customer) -> None:
    promise = make(customer.pk)
    settle(customer, 9)
    with clock.frozen(NOON + 5 * DAY):
        operations.look()
        assert ids(queries.promises(actor=agent, state="broken")) == [promise.pk]

        operations.mark_recovered(actor=agent, promise_id=promise.pk)
        assert ids(queries.promises(actor=agent, state="broken")) == []
        assert Promise.objects.get(pk=promise.pk).state == "broken"

        operations.mark_recovered(actor=agent, promise_id=promise.pk, recovered=False)
        assert queries.counts(actor=agent)["broken"] == 1


def test_internal_promises_are_a_list_of_their_own(agent: Actor, customer: Customer) -> None:
    internal = make(customer.pk, kind="answer", is_internal=True)

    assert ids(queries.promises(actor=agent, state="open")) == []
    assert ids(queries.promises(actor=agent, state="open", wanted=queries.Wanted(internal=True))) == [
        internal.pk
    ]
    assert queries.to_save(actor=agent) == []


def test_promises_of_a_team_are_for_its_members(
    agent: Actor, stranger: Actor, manager: Actor, team: Team, customer: Customer
) -> None:
    promise = make(customer.pk, team_id=team.pk)

    for actor, sees in ((agent, True), (manager, True), (stranger, False)):
        assert ids(queries.promises(actor=actor, state="open")) == ([promise.pk] if sees else [])
    with pytest.raises(Promise.DoesNotExist):
        queries.promise(actor=stranger, promise_id=promise.pk)


def test_without_the_right_nobody_sees_promises(agent: Actor, customer: Customer) -> None:
    nobody = replace(agent, permissions=frozenset())
    for read in (
        lambda: queries.promises(actor=nobody, state="open"),
        lambda: queries.to_save(actor=nobody),
        lambda: queries.keeping_figure(actor=nobody, since=NOON, until=NOON),
    ):
        with pytest.raises(NotAllowedError):
            read()


def test_a_list_takes_the_same_queries_whatever_its_length(agent: Actor, customer: Customer) -> None:
    subjects.register(
        SubjectKind("parcel", lambda keys: {key: SubjectView(f"P{key}", f"/p/{key}") for key in keys})
    )

    def count(amount: int) -> int:
        operations.make_many(
            actor=SYSTEM, promises=[new(customer.pk, subject_type="parcel", subject_id=7)] * amount
        )
        with CaptureQueriesContext(connection) as captured:
            page = queries.promises(actor=agent, state="open")
        assert all(item.subject and item.subject.label == "P7" for item in page.items)
        assert all(item.promise.person.family_name for item in page.items)
        return len(captured)

    assert count(2) == count(30) == 5


def test_a_month_shows_how_many_are_due_on_each_day_in_the_zone_of_the_business(
    agent: Actor, customer: Customer
) -> None:
    make(customer.pk, due_at=date(2026, 11, 20))
    make(customer.pk, due_at=date(2026, 11, 20))
    observe(make(customer.pk, due_at=date(2026, 11, 30)), "delivered", NOON)
    make(customer.pk, due_at=date(2026, 12, 1))

    november = queries.month(actor=agent, year=2026, number=11)

    assert {day: (found.open, found.kept) for day, found in november.items()} == {
        date(2026, 11, 20): (2, 0),
        date(2026, 11, 30): (0, 1),
    }
    assert list(queries.month(actor=agent, year=2026, number=12)) == [date(2026, 12, 1)]


def test_what_we_owe_a_person(agent: Actor, customer: Customer) -> None:
    open_one, kept = make(customer.pk), settle(customer, 3)

    assert [item.promise.pk for item in queries.of_customer(actor=agent, customer_ids=[customer.pk])] == [
        open_one.pk,
        kept.pk,
    ]
    owed = queries.of_customer(actor=agent, customer_ids=[customer.pk], open_only=True)
    assert [item.promise.pk for item in owed] == [open_one.pk]


# Today


def test_what_to_save_first_is_risk_times_value(agent: Actor, customer: Customer) -> None:
    rich = Customer.objects.create(first_seen_at=NOON, created_at=NOON, updated_at=NOON)
    Standing.objects.create(customer=rich, spend_minor=300_000, order_count=9, updated_at=NOON)
    Standing.objects.create(customer=customer, spend_minor=1_000, order_count=1, updated_at=NOON)
    calm = make(rich.pk)
    poor = observe(make(customer.pk), "estimate", NOON, expected_at=NOON + 6 * DAY)
    good = observe(make(rich.pk), "estimate", NOON, expected_at=NOON + 6 * DAY)

    saving = queries.to_save(actor=agent)

    assert [item.listed.promise.pk for item in saving] == [good.pk, poor.pk]
    assert (saving[0].value_minor, saving[0].listed.risk) == (300_000, 0.95)
    assert calm.pk not in {item.listed.promise.pk for item in saving}


def test_the_risk_shown_is_that_of_now_not_of_the_last_look(agent: Actor, customer: Customer) -> None:
    make(customer.pk)
    with clock.frozen(NOON + 3.5 * DAY):
        page = queries.promises(actor=agent, state="open")
        assert page.items[0].risk > page.items[0].promise.risk
        # The sweep has not been here yet; it is to be saved all the same.
        assert len(queries.to_save(actor=agent)) == 1


# The story


def test_the_story_tells_everything_in_the_order_in_which_it_happened(
    agent: Actor, customer: Customer
) -> None:
    promise = make(customer.pk)
    with clock.frozen(NOON + DAY):
        observe(promise, "estimate", NOON + DAY, expected_at=NOON + 6 * DAY)
        operations.note_slip(actor=SYSTEM, promise_id=promise.pk, version=1, reason="carrier_delay")
    with clock.frozen(NOON + 2 * DAY):
        operations.change_terms(actor=agent, promise_id=promise.pk, due_at=NOON + 7 * DAY)
    with clock.frozen(NOON + 9 * DAY):
        operations.look()
        observe(promise, "delivered", NOON + 6 * DAY)
        story = queries.promise(actor=agent, promise_id=promise.pk)

    assert [moment.kind for moment in story.moments] == [
        "version",
        "evidence",
        "promise.at_risk",
        "slip",
        "version",
        "promise.safe",
        "evidence",
        "promise.kept",
        "promise.broken",
    ]
    late_news = next(moment for moment in story.moments if moment.kind == "promise.kept")
    assert late_news.at < late_news.known_at
    assert story.forecast is None
    assert [version.number for version in story.versions] == [1, 2]


def test_the_story_of_an_open_promise_says_why_it_is_at_risk(agent: Actor, customer: Customer) -> None:
    promise = observe(make(customer.pk), "estimate", NOON, expected_at=NOON + 6 * DAY)

    forecast = queries.promise(actor=agent, promise_id=promise.pk).forecast

    assert forecast is not None
    assert (forecast.risk, forecast.reason) == (0.95, "estimate_late")


# The public page


def test_the_customer_sees_what_was_promised_and_what_changed(agent: Actor, customer: Customer) -> None:
    promise = operations.make(actor=agent, promise=new(customer.pk, statement="金曜にお届けします"))
    observe(promise, "estimate", NOON, expected_at=NOON + 6 * DAY, note="内緒のメモ")
    slip = operations.note_slip(actor=SYSTEM, promise_id=promise.pk, version=1)
    assert slip is not None
    notice = OutgoingMessage.objects.create(
        customer=customer,
        purpose="notice",
        channel="email",
        to_address="hanako@example.jp",
        language="ja",
        text="…",
        state="sent",
        created_at=NOON,
        not_before=NOON,
        sent_at=NOON + timedelta(minutes=1),
    )
    operations.post_notice(actor=SYSTEM, slips=[slip], outgoing_id=notice.pk)
    operations.record_told(actor=SYSTEM, outgoing_id=notice.pk)
    operations.change_terms(
        actor=agent, promise_id=promise.pk, due_at=NOON + 7 * DAY, reason="weather", note="部内メモ"
    )

    seen = queries.public_promise(promise.token)

    assert seen is not None
    assert (seen.state, seen.statement, seen.due_at) == ("open", "金曜にお届けします", NOON + 7 * DAY)
    assert [(version.due_at, version.reason) for version in seen.versions] == [
        (NOON + 4 * DAY, ""),
        (NOON + 7 * DAY, "weather"),
    ]
    assert seen.told_at == [NOON + timedelta(minutes=1)]
    assert "メモ" not in repr(seen)
    assert "Aiko" not in repr(seen)


def test_at_risk_is_our_forecast_and_not_shown_to_the_customer(customer: Customer) -> None:
    promise = observe(make(customer.pk), "estimate", NOON, expected_at=NOON + 6 * DAY)

    seen = queries.public_promise(promise.token)

    assert promise.state == "at_risk"
    assert seen is not None
    assert seen.state == "open"
    assert seen.expected_at == NOON + 6 * DAY


def test_nobody_sees_internal_promises_of_the_erased_or_a_guess(customer: Customer) -> None:
    internal = make(customer.pk, kind="answer", is_internal=True)
    mine = make(customer.pk)
    assert queries.public_promise(internal.token) is None
    assert queries.public_promise("guess") is None
    assert queries.public_promise("") is None

    Customer.objects.update(erased_at=NOON)
    assert queries.public_promise(mine.token) is None


# Figures


def test_kept_is_counted_against_the_date_given_first(analyst: Actor, customer: Customer) -> None:
    for days in (1, 2, 3):
        settle(customer, days)
    settle(customer, 5)
    moved = make(customer.pk, made_at=NOON - 20 * DAY, due_at=NOON - 16 * DAY)
    operations.change_terms(actor=SYSTEM, promise_id=moved.pk, due_at=NOON - 10 * DAY)
    observe(moved, "delivered", NOON - 12 * DAY)
    assert Promise.objects.get(pk=moved.pk).state == "kept"

    figure = queries.keeping_figure(actor=analyst, since=NOON - 30 * DAY, until=NOON)

    assert (figure.kept, figure.broken) == (3, 2)
    assert figure.share == pytest.approx(0.6)
    assert figure.low == pytest.approx(0.2307, abs=0.001)
    assert figure.high == pytest.approx(0.8824, abs=0.001)


def test_what_was_withdrawn_in_time_or_is_not_due_yet_does_not_count(
    analyst: Actor, customer: Customer
) -> None:
    make(customer.pk)
    observe(make(customer.pk), "delivered", NOON)
    start = NOON - 20 * DAY
    for at in (start + DAY, start + 9 * DAY):
        promise = make(customer.pk, made_at=start, due_at=start + 4 * DAY, backfill=True)
        operations.withdraw(actor=SYSTEM, promise_id=promise.pk, reason="cancelled", at=at)

    figure = queries.keeping_figure(actor=analyst, since=start, until=NOON + 9 * DAY)

    # Cancelled after it had been broken: that counts.
    assert (figure.kept, figure.broken) == (0, 1)


def test_a_figure_of_nothing_says_nothing(analyst: Actor) -> None:
    figure = queries.keeping_figure(actor=analyst, since=NOON - DAY, until=NOON)

    assert (figure.kept, figure.broken, figure.share, figure.low) == (0, 0, None, None)


def test_internal_promises_are_counted_by_themselves(analyst: Actor, customer: Customer) -> None:
    start = NOON - 9 * DAY
    make(customer.pk, kind="answer", is_internal=True, made_at=start, due_at=start + DAY, backfill=True)

    assert queries.keeping_figure(actor=analyst, since=start, until=NOON).broken == 0
    assert queries.keeping_figure(actor=analyst, since=start, until=NOON, internal=True).broken == 1


def test_the_figure_by_group(analyst: Actor, customer: Customer) -> None:
    for days in (1, 2, 5):
        settle(customer, days, group_key="web")
    settle(customer, 5, group_key="asakusa")

    groups = queries.keeping_by_group(actor=analyst, since=NOON - 30 * DAY, until=NOON, by="group_key")

    assert [(group.group, group.figure.kept, group.figure.broken) for group in groups] == [
        ("web", 2, 1),
        ("asakusa", 0, 1),
    ]
    with pytest.raises(ValueError, match="customer_id"):
        queries.keeping_by_group(actor=analyst, since=NOON, until=NOON, by="customer_id")
