"""Whether and when a message may leave."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikomi.outbox import rules
from mikomi.outbox.rules import CapUse, ContactFacts, Decision, QuietHours, decide

TOKYO = ZoneInfo("Asia/Tokyo")
NIGHT = QuietHours(time(22), time(8), TOKYO)
NOON = datetime(2026, 11, 18, 3, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 18, 15, tzinfo=UTC)
MORNING = datetime(2026, 11, 18, 23, tzinfo=UTC)
WELCOME = ContactFacts(allowed=True, deliverable=True)
UNWELCOME = ContactFacts(allowed=False, deliverable=True, reason="no_consent")
NO_ADDRESS = ContactFacts(allowed=False, deliverable=False, reason="no_address")


def decided(
    purpose: str,
    contact: ContactFacts = WELCOME,
    at: datetime = NOON,
    used: int = 0,
    hold: bool = False,
) -> Decision:
    return decide(purpose=purpose, contact=contact, quiet=NIGHT, cap=CapUse(used, 3), hold=hold, wanted_at=at)


@pytest.mark.parametrize("purpose", ["answer", "notice", "survey", "marketing", "staff"])
def test_by_day_everything_welcome_leaves_at_once(purpose: str) -> None:
    assert decided(purpose) == Decision("waiting", NOON)


@pytest.mark.parametrize("contact", [WELCOME, UNWELCOME])
def test_an_answer_to_the_customers_own_question_always_goes(contact: ContactFacts) -> None:
    assert decided("answer", contact, at=MIDNIGHT, used=99) == Decision("waiting", MIDNIGHT)


@pytest.mark.parametrize("purpose", ["answer", "notice", "survey", "marketing"])
def test_nothing_goes_to_an_address_that_does_not_work(purpose: str) -> None:
    assert decided(purpose, NO_ADDRESS) == Decision("refused", NOON, "no_address")


@pytest.mark.parametrize("purpose", ["notice", "survey", "marketing"])
def test_without_leave_nothing_unasked_goes(purpose: str) -> None:
    assert decided(purpose, UNWELCOME) == Decision("refused", NOON, "no_consent")


@pytest.mark.parametrize("purpose", ["notice", "survey", "marketing"])
def test_quiet_hours_delay_to_their_end(purpose: str) -> None:
    assert decided(purpose, at=MIDNIGHT) == Decision("waiting", MORNING, "quiet_hours")


@pytest.mark.parametrize("purpose", ["survey", "marketing"])
def test_the_weekly_cap_stops_what_nobody_asked_for(purpose: str) -> None:
    assert decided(purpose, used=2).state == "waiting"
    assert decided(purpose, used=3) == Decision("refused", NOON, "weekly_cap")


def test_the_weekly_cap_does_not_stop_a_notice() -> None:
    assert decided("notice", used=99).state == "waiting"


def test_what_is_held_keeps_the_moment_at_which_it_may_leave() -> None:
    assert decided("notice", at=MIDNIGHT, hold=True) == Decision("held", MORNING, "for_release")


def test_refusal_comes_before_holding() -> None:
    assert decided("notice", UNWELCOME, hold=True).state == "refused"


moments = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
zones = st.sampled_from([TOKYO, ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("UTC")])
hours = st.builds(QuietHours, st.times(), st.times(), zones)


@given(hours, moments)
def test_the_end_of_quiet_hours_is_never_quiet_nor_earlier_nor_a_day_away(
    quiet: QuietHours, moment: datetime
) -> None:
    end = rules.end_of_quiet(quiet, moment)
    assert moment <= end <= moment + timedelta(hours=25)
    assert end == moment or rules.is_quiet(quiet, moment)


@given(hours, moments, st.sampled_from(["answer", "notice", "survey", "marketing", "staff"]), st.booleans())
def test_a_decision_never_sends_early_nor_disturbs_at_night(
    quiet: QuietHours, moment: datetime, purpose: str, hold: bool
) -> None:
    decision = decide(
        purpose=purpose, contact=WELCOME, quiet=quiet, cap=CapUse(0, 3), hold=hold, wanted_at=moment
    )
    assert decision.state == ("held" if hold else "waiting")
    assert decision.not_before >= moment


def test_retries_pause_longer_each_time_and_end() -> None:
    times = [rules.retry_at(attempt, NOON) for attempt in range(1, rules.MOST_ATTEMPTS)]
    assert all(first and second and first < second for first, second in pairwise(times))
    assert rules.retry_at(rules.MOST_ATTEMPTS, NOON) is None


def test_a_message_of_a_dead_worker_goes_again_only_if_it_had_not_begun() -> None:
    assert rules.after_dead_worker(False) == "waiting"
    assert rules.after_dead_worker(True) == "uncertain"
