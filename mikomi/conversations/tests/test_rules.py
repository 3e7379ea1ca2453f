"""How soon to answer, and where a message belongs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikomi.conversations import recovery_rules, rules
from mikomi.conversations.rules import Candidate, Past, Standard
from mikomi.core.calendars.rules import WorkingCalendar

TOKYO = ZoneInfo("Asia/Tokyo")
OFFICE = WorkingCalendar(TOKYO, (((36000, 64800),),) * 5 + ((), ()))
NEVER = WorkingCalendar(TOKYO, ((),) * 7)
FRIDAY_5PM = datetime(2026, 11, 20, 17, tzinfo=TOKYO)
NOON = datetime(2026, 11, 18, 12, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("channel", "severity", "expected"),
    [
        ("email", "normal", (1, "working_days")),
        ("webform", "low", (1, "working_days")),
        ("email", "urgent", (60, "working_minutes")),
        ("chat", "normal", (5, "working_minutes")),
        ("chat", "urgent", (5, "working_minutes")),
        ("email", "high", (240, "working_minutes")),
        ("unknown", "normal", (1, "working_days")),
    ],
)
def test_the_shipped_standards(channel: str, severity: str, expected: tuple[int, str]) -> None:
    found = rules.standard_for(rules.DEFAULT_STANDARDS, channel, severity)
    assert found is not None
    assert (found.amount, found.unit) == expected


def test_the_exact_standard_comes_before_the_stricter_one() -> None:
    exact = Standard("chat", "urgent", 90, "working_minutes")
    assert rules.standard_for([*rules.DEFAULT_STANDARDS, exact], "chat", "urgent") == exact


@pytest.mark.parametrize(
    ("unit", "amount", "due"),
    [
        ("minutes", 60, datetime(2026, 11, 20, 18, tzinfo=TOKYO)),
        ("working_minutes", 30, datetime(2026, 11, 20, 17, 30, tzinfo=TOKYO)),
        ("working_minutes", 120, datetime(2026, 11, 23, 11, tzinfo=TOKYO)),
        ("working_days", 1, datetime(2026, 11, 23, 17, tzinfo=TOKYO)),
    ],
)
def test_due_times_run_over_working_time(unit: str, amount: int, due: datetime) -> None:
    assert rules.due_for(Standard("", "", amount, unit), FRIDAY_5PM, OFFICE) == due


@pytest.mark.parametrize(
    ("unit", "span"), [("working_minutes", timedelta(hours=1)), ("working_days", timedelta(days=60))]
)
def test_a_business_that_never_opens_counts_plain_time(unit: str, span: timedelta) -> None:
    assert rules.due_for(Standard("", "", 60, unit), NOON, NEVER) == NOON + span


@given(st.integers(-10_000, 10_000))
def test_nobody_waited_since_the_future_or_for_weeks(minutes: int) -> None:
    since = rules.waiting_since(NOON + timedelta(minutes=minutes), NOON)
    assert NOON - rules.OLDEST_WAIT <= since <= NOON


@pytest.mark.parametrize(
    "subject",
    [
        "納期について",
        "Re: 納期について",
        "RE：納期について",
        "返信: Re[2]: 納期について",
        "Fwd: 納期について",
    ],
)
def test_replies_have_the_same_subject(subject: str) -> None:
    assert rules.normal_subject(subject) == "納期について"


def test_a_message_joins_the_open_conversation_about_the_same_matter() -> None:
    candidates = [Candidate(3, "返品", False), Candidate(2, "納期", False), Candidate(1, "納期", True)]
    assert rules.joins(candidates, "Re: 納期") == 2
    assert rules.joins(candidates, "") == 3
    assert rules.joins(candidates, "別の件") is None
    assert rules.joins(candidates[2:], "納期") is None


def test_an_old_message_is_part_of_what_was_under_way_about_the_same_matter() -> None:
    month, day = timedelta(days=30), timedelta(days=1)
    past = [Past(9, "Re: 納期", NOON, NOON + day), Past(8, "納期", NOON - 5 * month, NOON - 4 * month)]
    assert rules.belongs(past, "納期", NOON - day) == 9
    assert rules.belongs(past, "納期", NOON + day + month) == 9
    assert rules.belongs(past, "Re: 納期", NOON - 4 * month) == 8
    assert rules.belongs(past, "納期", NOON + 2 * day + month) is None
    assert rules.belongs(past, "返品", NOON) is None
    assert rules.belongs([Past(9, "", NOON, NOON)], "", NOON) is None


@given(st.text())
def test_an_excerpt_is_short_and_in_one_line(text: str) -> None:
    found = rules.excerpt(text)
    assert len(found) <= rules.LONGEST_EXCERPT
    assert "\n" not in found


def test_reply_subjects_do_not_pile_up() -> None:
    assert rules.reply_subject("納期") == "Re: 納期"
    assert rules.reply_subject("Re: 納期") == "Re: 納期"
    assert rules.reply_subject("返信：納期") == "返信：納期"
    assert rules.reply_subject("") == ""


ASKED = datetime(2026, 11, 18, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("outcome", "asked", "days_later", "expected"),
    [
        ("", False, 30, False),
        ("", True, 1, False),
        ("", True, 6, False),
        ("", True, 7, True),
        ("solved", True, 0, True),
        ("not_solved", True, 30, False),
    ],
)
def test_a_case_closes_when_confirmed_or_asked_and_waited(
    outcome: str, asked: bool, days_later: int, expected: bool
) -> None:
    closes = recovery_rules.may_close(
        outcome=outcome,
        asked_at=ASKED if asked else None,
        now=ASKED + timedelta(days=days_later),
        wait_days=5,
        calendar=OFFICE,
    )
    assert closes is expected


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 10_000))
def test_what_is_granted_never_exceeds_the_limit(amount: int, granted: int, limit: int) -> None:
    allowed = recovery_rules.grant(amount_minor=amount, granted_minor=granted, limit_minor=limit)
    assert allowed.is_within == (amount == 0 or granted + amount <= limit)
    assert allowed.left_minor >= 0
