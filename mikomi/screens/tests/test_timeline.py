"""The timeline: everything that happened with a customer, as far as the reader may see it, in few queries."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from lucide import IconDoesNotExist

from mikomi.conversations.events import MessageReceived
from mikomi.conversations.models import Conversation, Message
from mikomi.core.access.actor import Actor
from mikomi.core.bulk import insert
from mikomi.core.business.models import Team
from mikomi.core.events.kinds import Code, all_kinds
from mikomi.core.events.models import Event
from mikomi.core.events.operations import Happening, record_many
from mikomi.core.rows import build
from mikomi.customers import operations
from mikomi.customers.models import Customer
from mikomi.screens import timeline as screens
from mikomi.screens.timeline_kinds import FAMILIES, KINDS, LOADERS
from mikomi.web.icons import icon
from tests.cast import NOON

pytestmark = pytest.mark.django_db


def write(
    customer: Customer, text: str, *, team: Team | None = None, at: datetime = NOON, deleted: bool = False
) -> Message:
    """The customer writes; the conversation belongs to `team`."""
    talk = Conversation.objects.create(
        customer=customer, subject=f"About {text}", channel="email", team=team, created_at=at,
        last_message_at=at, deleted_at=at if deleted else None,
    )  # fmt: skip
    message = Message.objects.create(
        conversation=talk, direction="in", channel="email", text=text, sent_at=at, received_at=at
    )
    received = MessageReceived(message.pk, talk.pk, Code("email"))
    with transaction.atomic():
        record_many([Happening(received, customer.pk, at, False, None)])
    return message


def texts(actor: Actor, customer: Customer, **more: object) -> list[str]:
    return [
        entry.text
        for entry in screens.timeline(actor=actor, customer_id=customer.pk, **more).items  # type: ignore[arg-type]
    ]


def test_every_kind_in_the_timeline_has_a_renderer() -> None:
    ours = [
        kind for kind in all_kinds() if not kind.name.startswith("test.")
    ]  # other tests declare their own
    lacking = [kind.name for kind in ours if kind.in_timeline and kind.name not in KINDS]
    assert not lacking, f"give these kinds a line in screens/timeline_kinds.py: {lacking}"


def test_every_renderer_is_of_a_known_kind_family_and_icon() -> None:
    known = {kind.name for kind in all_kinds()}
    for name, kind in KINDS.items():
        assert name in known
        assert kind.family in FAMILIES
        assert kind.load in LOADERS
        try:
            icon(kind.icon)
        except IconDoesNotExist:
            pytest.fail(f"{name}: there is no icon {kind.icon}")


def test_a_kind_whose_row_is_gone_is_still_said(agent: Actor, customer: Customer) -> None:
    Event.objects.create(
        kind="order.shipped", occurred_at=NOON, recorded_at=NOON, customer_id=customer.pk,
        subject_type="order", subject_id=999_999, payload={"order_id": 999_999},
    )  # fmt: skip
    [entry] = screens.timeline(actor=agent, customer_id=customer.pk).items
    assert entry.href == ""
    assert entry.title


def test_others_teams_and_deleted_conversations_are_left_out(
    agent: Actor, stranger: Actor, owner: Actor, customer: Customer, team: Team
) -> None:
    write(customer, "for all")
    write(customer, "for the team", team=team)
    write(customer, "deleted", deleted=True)
    assert texts(agent, customer) == ["for the team", "for all"]
    assert texts(stranger, customer) == ["for all"]
    assert texts(owner, customer) == ["for the team", "for all"]


def test_who_may_not_read_conversations_sees_the_rest(marketer: Actor, customer: Customer) -> None:
    write(customer, "secret")
    Event.objects.create(
        kind="customer.created", occurred_at=NOON, recorded_at=NOON, customer_id=customer.pk,
        payload={"customer_id": customer.pk, "source": "staff"},
    )  # fmt: skip
    entries = screens.timeline(actor=marketer, customer_id=customer.pk).items
    assert [entry.kind for entry in entries] == ["customer.created"]
    assert "messages" not in screens.families(marketer)


def test_a_page_is_full_though_others_messages_lie_between(
    agent: Actor, stranger: Actor, customer: Customer, team: Team
) -> None:
    for number in range(12):
        write(customer, f"{number}", team=team if number % 2 else None, at=NOON + timedelta(minutes=number))
    page = screens.timeline(actor=stranger, customer_id=customer.pk, size=4)
    assert [entry.text for entry in page.items] == ["10", "8", "6", "4"]
    older = screens.timeline(actor=stranger, customer_id=customer.pk, size=4, cursor=page.next_cursor)
    assert [entry.text for entry in older.items] == ["2", "0"]
    assert older.next_cursor is None


def test_the_filter_shows_one_family(agent: Actor, customer: Customer) -> None:
    write(customer, "hello")
    operations.add_note(actor=agent, customer_id=customer.pk, text="Prefers mornings")
    assert texts(agent, customer, kinds=["notes"]) == ["Prefers mornings"]
    assert texts(agent, customer, kinds=["messages"]) == ["hello"]


def test_a_family_that_is_unknown_or_not_for_this_reader_is_empty(
    marketer: Actor, agent: Actor, customer: Customer
) -> None:
    write(customer, "hello")
    assert texts(agent, customer, kinds=["bogus"]) == []
    assert texts(marketer, customer, kinds=["messages"]) == []


def test_a_merged_customer_has_the_timeline_of_both(owner: Actor, customer: Customer) -> None:
    other = Customer.objects.create(family_name="山田", first_seen_at=NOON, created_at=NOON, updated_at=NOON)
    write(customer, "mine")
    write(other, "the other's", at=NOON + timedelta(hours=1))
    operations.merge(actor=owner, winner_id=customer.pk, loser_id=other.pk)
    for asked in (customer, other):
        assert texts(owner, asked, kinds=["messages"]) == ["the other's", "mine"]


def test_an_unknown_customer_has_no_timeline(agent: Actor) -> None:
    with pytest.raises(Customer.DoesNotExist):
        screens.timeline(actor=agent, customer_id=999)


def test_ten_thousand_entries_cost_what_ten_cost(
    agent: Actor, customer: Customer, team: Team, django_assert_max_num_queries: object
) -> None:
    message = write(customer, "first", team=team)
    with transaction.atomic():
        insert(
            [
                build(
                    Event,
                    kind="message.received",
                    occurred_at=NOON + timedelta(minutes=number),
                    recorded_at=NOON,
                    backfill=True,
                    customer_id=customer.pk,
                    subject_type="message",
                    subject_id=message.pk,
                    payload={"message_id": message.pk, "conversation_id": 1, "channel": "email"},
                )
                for number in range(10_000)
            ]
        )
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = screens.timeline(actor=agent, customer_id=customer.pk)
    assert len(page.items) == screens.SIZE
    assert len(asked) <= 4
    [events] = [
        row["sql"] for row in asked if re.match(r"SELECT .*core_events|SELECT .*events_event", row["sql"])
    ]
    plan = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
    with connection.cursor() as cursor:
        cursor.execute(plan + events)
        told = "\n".join(str(row) for row in cursor.fetchall())
    assert "event_timeline" in told
    assert "TEMP B-TREE" not in told
