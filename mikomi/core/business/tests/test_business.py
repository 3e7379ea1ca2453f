"""Setting the business up, changing it, and the calendar that follows."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import transaction

from mikomi.core import clock
from mikomi.core.access.actor import Actor, NotAllowedError
from mikomi.core.access.models import AccessLog
from mikomi.core.business import operations, queries, rules
from mikomi.core.business.models import Brand, Business, CalendarDay, OpeningHours, Store, Team
from mikomi.core.calendars.rules import is_working_day, open_intervals
from tests.cast import NOON, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
WEDNESDAY = date(2026, 11, 18)


@pytest.fixture
def founder() -> Actor:
    """The owner of a business that is not set up yet."""
    from mikomi.core.access.rules import Role

    return make_user("founder", Role.OWNER).as_actor()


def test_the_first_run(founder: Actor) -> None:
    shop = operations.set_up(actor=founder, name="見本美容室", preset="salon", time_zone="Asia/Tokyo")

    assert queries.business() == shop
    assert shop.set_up_at == NOON
    assert queries.hours()[0] == [], "a salon is closed on Mondays"
    assert queries.hours()[1] == [(600, 1200)]
    assert shop.ship_within_days is None
    assert AccessLog.objects.get().action == "business.set_up"
    with pytest.raises(operations.AlreadySetUpError):
        operations.set_up(actor=founder, name="二度目")
    assert Business.objects.count() == 1


@pytest.mark.parametrize("preset", rules.PRESETS)
def test_every_preset_sets_up_a_business(founder: Actor, preset: str) -> None:
    operations.set_up(actor=founder, name="x", preset=preset)

    assert any(queries.hours().values())


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 201},
        {"preset": "circus"},
        {"time_zone": "Mars/Base"},
        {"language": "xx"},
        {"country": "Japan"},
        {"currency": "yen"},
        {"colour": "red"},
        {"weekly_cap": -1},
        {"ship_within_days": 9999},
        {"at_risk_from": 0},
        {"country": "XX", "observes_holidays": True},
        {"quiet_from": time(22), "quiet_until": None},
    ],
)
def test_a_wrong_setting_is_told_by_field_and_nothing_changes(
    owner: Actor, business: Business, wrong: dict[str, Any]
) -> None:
    before = Business.objects.values().get()

    with pytest.raises(operations.WrongSettingsError) as refusal:
        operations.change_business(actor=owner, **wrong)

    assert set(refusal.value.errors) <= set(wrong) | {"quiet_until"}
    assert all(refusal.value.errors.values())
    assert Business.objects.values().get() == before
    assert not AccessLog.objects.exists()


def test_only_who_manages_settings_changes_the_business(manager: Actor, business: Business) -> None:
    for refused in (
        lambda: operations.change_business(actor=manager, name="x"),
        lambda: operations.set_hours(actor=manager, hours=[(0, 0, 60)]),
        lambda: operations.set_day(actor=manager, day=WEDNESDAY, intervals=[]),
        lambda: operations.save_team(actor=manager, name="x"),
        lambda: operations.save_store(actor=manager, name="x", code="x"),
        lambda: operations.save_brand(actor=manager, name="x"),
    ):
        with pytest.raises(NotAllowedError):
            refused()

    business.refresh_from_db()
    assert business.name == "見本商店"
    assert OpeningHours.objects.count() == 5
    assert not CalendarDay.objects.exists()
    assert not AccessLog.objects.exists()


def test_what_is_given_changes_and_is_logged(owner: Actor, business: Business) -> None:
    operations.change_business(actor=owner, name=" 新しい店 ", weekly_cap=5)

    business.refresh_from_db()
    assert (business.name, business.weekly_cap, business.currency) == ("新しい店", 5, "JPY")
    assert AccessLog.objects.get().detail == {"fields": ["name", "weekly_cap"]}


def test_split_days(owner: Actor, business: Business) -> None:
    operations.set_hours(actor=owner, hours=[(2, 780, 1080), (2, 540, 720)])

    day = open_intervals(queries.calendar(), WEDNESDAY)
    assert [(opens.hour, closes.hour) for opens, closes in day] == [(0, 3), (4, 9)], "in UTC"
    assert not is_working_day(queries.calendar(), WEDNESDAY + timedelta(days=1))


@pytest.mark.parametrize(
    "hours",
    [[], [(7, 0, 60)], [(0, 60, 60)], [(0, 120, 60)], [(0, 0, 1441)], [(0, 0, 600), (0, 540, 700)]],
)
def test_hours_that_cannot_be_are_refused(owner: Actor, business: Business, hours: Any) -> None:
    with pytest.raises(operations.WrongSettingsError):
        operations.set_hours(actor=owner, hours=hours)

    assert OpeningHours.objects.count() == 5


def test_a_date_of_its_own(owner: Actor, business: Business) -> None:
    holiday = date(2026, 11, 23)  # 勤労感謝の日, a Monday
    assert is_working_day(queries.calendar(), WEDNESDAY)
    assert not is_working_day(queries.calendar(), holiday)

    operations.set_day(actor=owner, day=WEDNESDAY, intervals=[], name="棚卸し")
    operations.set_day(actor=owner, day=holiday, intervals=[(600, 720)])

    assert not is_working_day(queries.calendar(), WEDNESDAY)
    assert is_working_day(queries.calendar(), holiday)

    operations.clear_day(actor=owner, day=WEDNESDAY)
    operations.change_business(actor=owner, observes_holidays=False)
    assert is_working_day(queries.calendar(), WEDNESDAY)


def test_before_the_first_run_there_is_a_calendar(db: None) -> None:
    assert is_working_day(queries.calendar(), WEDNESDAY)
    assert not is_working_day(queries.calendar(), date(2026, 11, 21))


def test_the_calendar_is_kept(business: Business, django_assert_num_queries: Any) -> None:
    queries.calendar()

    with django_assert_num_queries(0):
        queries.calendar()


def test_a_change_by_another_process_is_seen_within_seconds(
    business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_working_day(queries.calendar(), WEDNESDAY)
    CalendarDay.objects.create(day=WEDNESDAY, intervals=[])
    Business.objects.update(calendar_version=7)  # as another process would
    later = clock.monotonic() + queries.RECHECK_SECONDS

    monkeypatch.setattr(clock, "monotonic", lambda: later)

    assert not is_working_day(queries.calendar(), WEDNESDAY)


def test_a_change_undone_by_a_rollback_is_not_seen(
    owner: Actor, business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction.atomic():
        operations.set_day(actor=owner, day=WEDNESDAY, intervals=[])
        assert not is_working_day(queries.calendar(), WEDNESDAY)
        transaction.set_rollback(True)
    later = clock.monotonic() + queries.RECHECK_SECONDS

    monkeypatch.setattr(clock, "monotonic", lambda: later)

    assert is_working_day(queries.calendar(), WEDNESDAY)


def test_a_new_year_brings_its_holidays(business: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    queries.calendar()
    later = clock.monotonic() + queries.RECHECK_SECONDS
    monkeypatch.setattr(clock, "monotonic", lambda: later)

    with clock.frozen(datetime(2035, 6, 1, tzinfo=UTC)):
        assert not is_working_day(queries.calendar(), date(2039, 1, 10))  # 成人の日


def test_stores_teams_and_brands(owner: Actor, business: Business) -> None:
    brand = operations.save_brand(actor=owner, name="見本", colour="#112233")
    store = operations.save_store(actor=owner, name="本店", code="main", brand_id=brand.pk)
    team = operations.save_team(actor=owner, name="返品係")
    operations.save_store(actor=owner, name="本店 改", code="main", kind="web", store_id=store.pk)
    operations.save_team(actor=owner, name="返品", team_id=team.pk)

    assert [row.name for row in queries.stores()] == ["本店 改"]
    assert [row.name for row in queries.teams()] == ["返品"]
    assert [row.name for row in queries.brands()] == ["見本"]
    for refused in (
        lambda: operations.save_store(actor=owner, name="二号店", code="main"),
        lambda: operations.save_store(actor=owner, name="二号店", code=""),
        lambda: operations.save_store(actor=owner, name="二号店", code="b", kind="tent"),
        lambda: operations.save_store(actor=owner, name="二号店", code="b", brand_id=999),
        lambda: operations.save_team(actor=owner, name="返品"),
        lambda: operations.save_team(actor=owner, name="x" * 101),
        lambda: operations.save_brand(actor=owner, name=""),
    ):
        with pytest.raises(operations.WrongSettingsError):
            refused()
    assert (Store.objects.count(), Team.objects.count(), Brand.objects.count()) == (1, 1, 1)
