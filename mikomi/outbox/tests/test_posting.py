"""Posting a message, and what people decide about it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM, Actor, NotAllowedError
from mikomi.core.business.models import Business
from mikomi.core.events.models import Event
from mikomi.customers.models import Consent, Customer, Identity
from mikomi.outbox import operations as outbox
from mikomi.outbox import queries
from mikomi.outbox.models import OutgoingMessage
from mikomi.outbox.records import NewMessage

pytestmark = pytest.mark.django_db


def letter(customer: Customer, purpose: str = "notice", **values: Any) -> NewMessage:
    return NewMessage(
        customer_id=customer.pk, purpose=purpose, subject="お知らせ", text="本文です。", **values
    )


def refuse(customer: Customer, purpose: str, at: datetime) -> None:
    Consent.objects.create(
        customer=customer, channel="email", purpose=purpose, granted=False, at=at, source="test"
    )


def event_kinds() -> list[str]:
    return list(Event.objects.order_by("id").values_list("kind", flat=True))


def test_a_message_is_addressed_and_waits(customer: Customer, noon: datetime) -> None:
    row = outbox.post(actor=SYSTEM, message=letter(customer))
    assert (row.state, row.to_address, row.not_before) == ("waiting", "hanako@example.jp", noon)
    assert "<p>本文です。</p>" in row.html


def test_the_same_key_is_one_message(customer: Customer, noon: datetime) -> None:
    first = outbox.post(actor=SYSTEM, message=letter(customer, once_key="slip:1:1"))
    again = outbox.post(actor=SYSTEM, message=letter(customer, once_key="slip:1:1"))
    assert first.pk == again.pk
    assert OutgoingMessage.objects.count() == 1


def test_who_has_said_no_gets_no_notice_but_an_answer(customer: Customer, noon: datetime) -> None:
    refuse(customer, "service", noon)
    notice = outbox.post(actor=SYSTEM, message=letter(customer))
    answer = outbox.post(actor=SYSTEM, message=letter(customer, "answer"))
    assert (notice.state, answer.state) == ("refused", "waiting")
    assert event_kinds() == ["outgoing.refused"]


def test_nothing_goes_to_a_dead_address(customer: Customer, noon: datetime) -> None:
    Identity.objects.update(undeliverable_since=noon)
    row = outbox.post(actor=SYSTEM, message=letter(customer, "answer"))
    assert (row.state, row.reason) == ("refused", "undeliverable")


def test_the_weekly_cap_counts_unasked_messages_of_the_last_seven_days(
    customer: Customer, business: Business, noon: datetime
) -> None:
    for days_ago in (8, 3, 2, 1):
        with clock.frozen(noon - timedelta(days=days_ago)):
            assert outbox.post(actor=SYSTEM, message=letter(customer, "survey")).state == "waiting"
    with clock.frozen(noon):
        row = outbox.post(actor=SYSTEM, message=letter(customer, "survey"))
        assert (row.state, row.reason) == ("refused", "weekly_cap")
        assert outbox.post(actor=SYSTEM, message=letter(customer)).state == "waiting"


def test_quiet_hours_delay_a_notice_and_not_an_answer(
    customer: Customer, business: Business, noon: datetime
) -> None:
    Business.objects.update(quiet_from=time(11), quiet_until=time(13))
    notice = outbox.post(actor=SYSTEM, message=letter(customer))
    answer = outbox.post(actor=SYSTEM, message=letter(customer, "answer"))
    assert notice.not_before == noon + timedelta(hours=1)
    assert answer.not_before == noon


def test_a_held_notice_is_edited_and_released_by_a_manager_only(
    customer: Customer, business: Business, manager: Actor, agent: Actor, noon: datetime
) -> None:
    # given a business that releases its notices by hand
    Business.objects.update(holds_notices=True)
    row = outbox.post(actor=SYSTEM, message=letter(customer))
    assert row.state == "held"
    assert queries.counts_needing_person(actor=agent) == {"held": 1, "uncertain": 0, "failed": 0}
    # when an agent tries, it is refused and nothing changes
    with pytest.raises(NotAllowedError):
        outbox.release(actor=agent, outgoing_id=row.pk)
    row.refresh_from_db()
    assert row.state == "held"
    # when a manager edits and releases it, it waits to leave
    outbox.edit_held(actor=manager, outgoing_id=row.pk, subject="新しい題", text="直した本文")
    released = outbox.release(actor=manager, outgoing_id=row.pk)
    assert (released.state, released.subject, released.text) == ("waiting", "新しい題", "直した本文")
    assert "直した本文" in released.html
    with pytest.raises(outbox.OutboxError):
        outbox.release(actor=manager, outgoing_id=row.pk)


def test_a_release_asks_again_whether_contact_is_allowed(
    customer: Customer, business: Business, manager: Actor, noon: datetime
) -> None:
    Business.objects.update(holds_notices=True)
    row = outbox.post(actor=SYSTEM, message=letter(customer))
    refuse(customer, "service", noon)
    assert outbox.release(actor=manager, outgoing_id=row.pk).state == "refused"


def test_a_waiting_message_can_be_taken_back_and_a_sent_one_not(
    customer: Customer, agent: Actor, noon: datetime
) -> None:
    row = outbox.post(actor=agent, message=letter(customer, "answer"))
    assert outbox.cancel(actor=agent, outgoing_id=row.pk).state == "cancelled"
    assert outbox.claim_due(worker="w1", channel="email") == []
    other = outbox.post(actor=agent, message=letter(customer, "answer"))
    outbox.claim_due(worker="w1", channel="email")
    with pytest.raises(outbox.OutboxError):
        outbox.cancel(actor=agent, outgoing_id=other.pk)


def test_news_need_the_right_to_reach_segments(customer: Customer, agent: Actor, noon: datetime) -> None:
    with pytest.raises(NotAllowedError):
        outbox.post(actor=agent, message=letter(customer, "marketing"))
    assert not OutgoingMessage.objects.exists()
