"""How fast the desk answers when it is full: Today, the Inbox, a customer with a long history, a reply.

    python -m benchmarks.desk [--conversations 200000] [--customers 20000] [--engine sqlite|postgresql]

Builds a temporary database (some minutes), then asks for each page as a signed-in agent through the whole of Django
(middleware, session, template) and prints JSON: for each page `median_ms`, `p95_ms`, `queries` (of the last request)
and `queries_constant` (the same number in every measured request).
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.database import temporary

ROUNDS, WARM_UP = 60, 5
TIMELINE_ENTRIES = 10_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=200_000)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--engine", default="sqlite")
    options = parser.parse_args()
    with temporary(options.engine):
        began = time.perf_counter()
        long_one = fill(options.conversations, options.customers)
        built = time.perf_counter() - began
        result = measure(options.rounds, long_one)
    sizes = {
        "conversations": options.conversations,
        "customers": options.customers,
        "built_s": round(built, 1),
    }
    print(json.dumps({"engine": options.engine, **sizes, "pages": result}, indent=2))


def fill(conversations: int, customers: int) -> int:
    """The desk's content; the id of the customer with the long history."""
    from django.db import connection

    from mikomi.conversations.models import Message
    from mikomi.conversations.operations import ensure_defaults
    from mikomi.conversations.operations.history import load_history
    from mikomi.conversations.samples.dialogues import SampleCustomer, SampleStaff
    from mikomi.conversations.samples.dialogues import conversations as sample_conversations
    from mikomi.core import clock
    from mikomi.core.access.actor import SYSTEM
    from mikomi.core.access.operations import create_user
    from mikomi.core.access.rules import Role
    from mikomi.core.business import operations as business
    from mikomi.customers.models import Customer, Identity
    from mikomi.customers.naming import written_name
    from mikomi.customers.operations import identify_many
    from mikomi.customers.samples import people

    now = clock.now()
    business.set_up(actor=SYSTEM, name="Benchmark", preset="shop")
    ensure_defaults()
    user = create_user(
        actor=SYSTEM, email="agent@shop.example", name="相川 葵", role=Role.MANAGER, password="x"
    )
    found = list(people(1, customers, today=now.date()))
    for start in range(0, customers, 1000):
        identify_many(
            actor=SYSTEM, people=found[start : start + 1000], seen_at=now, source="sample", backfill=True
        )
    say("customers")
    mails = dict(Identity.objects.filter(kind="email").values_list("customer_id", "shown"))
    known = [
        SampleCustomer(row.pk, written_name(row), row.family_name, mails.get(row.pk, ""), row.language)
        for row in Customer.objects.all()
    ]
    records = sample_conversations(
        seed=1,
        count=conversations,
        customers=known,
        staff=[SampleStaff(user.pk, user.name)],
        until=now,
        days=730,
    )
    # None of the measured pages asks the search index or these old promises: building them would take ten minutes.
    load_history(actor=SYSTEM, records=records, at_once=1000, with_index=False, with_promises=False)
    say(f"{conversations} conversations, {Message.objects.count()} messages")
    long_one = Customer.objects.order_by("id").values_list("id", flat=True)[0]
    lengthen(long_one, TIMELINE_ENTRIES)
    orders_and_promises(found, now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return int(long_one)


def lengthen(customer_id: int, entries: int) -> None:
    """Give one customer a history of so many events, by notes and messages of real conversations."""
    from datetime import timedelta

    from django.db import transaction

    from mikomi.conversations.events import MessageReceived
    from mikomi.conversations.models import Conversation, Message
    from mikomi.core import clock
    from mikomi.core.events.kinds import Code
    from mikomi.core.events.operations import Happening, record_many

    now = clock.now()
    talk = Conversation.objects.filter(customer_id=customer_id).first() or Conversation.objects.create(
        customer_id=customer_id, channel="email", created_at=now, last_message_at=now
    )
    for start in range(0, entries, 1000):
        with transaction.atomic():
            messages = Message.objects.bulk_create([
                Message(
                    conversation=talk, direction="in", channel="email", text=f"履歴 {start + number}",
                    sent_at=now - timedelta(hours=start + number), received_at=now - timedelta(hours=start + number),
                )
                for number in range(1000)
            ])  # fmt: skip
            record_many([
                Happening(MessageReceived(one.pk, talk.pk, Code("email")), customer_id, one.sent_at, backfill=True)
                for one in messages
            ])  # fmt: skip
    say(f"a customer with {entries} entries")


def orders_and_promises(people: list[Any], now: Any) -> None:
    """Orders with promises, some of them of the last days: Today has to choose among them."""
    from mikomi.commerce.operations import record_orders
    from mikomi.commerce.samples import sample_orders
    from mikomi.core.access.actor import SYSTEM
    from mikomi.promises.operations import refresh_comparables

    orders = list(sample_orders(people=people, now=now, count=10_000, days=365))
    record_orders(actor=SYSTEM, orders=orders[:9500], source="sample", backfill=True)
    record_orders(actor=SYSTEM, orders=orders[9500:], source="sample")
    refresh_comparables()
    say("10000 orders")


def measure(rounds: int, long_one: int) -> dict[str, Any]:
    from django.test import Client

    from mikomi.conversations.models import Conversation
    from mikomi.conversations.operations import answer
    from mikomi.core.access.models import User

    user = User.objects.get()
    client = Client(SERVER_NAME="localhost", headers={"accept-encoding": "gzip"})
    client.force_login(user)
    talks = list(
        Conversation.objects.filter(state="open", customer__identities__kind="email").values_list(
            "id", flat=True
        )[:rounds]
    )
    pages: dict[str, Callable[[int], Any]] = {
        "today": lambda _: client.get("/"),
        "inbox": lambda _: client.get("/inbox/"),
        "customer": lambda _: client.get(f"/customers/{long_one}/"),
        "conversation": lambda number: client.get(f"/inbox/{talks[number % len(talks)]}/"),
        "reply": lambda number: answer(
            actor=user.as_actor(),
            conversation_id=talks[number % len(talks)],
            text="ご連絡ありがとうございます。",
        ),
    }
    return {name: timed(call, rounds) for name, call in pages.items()}


def timed(call: Callable[[int], Any], rounds: int) -> dict[str, Any]:
    """Median, 95th percentile and number of queries of `rounds` calls after a warm-up."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for number in range(WARM_UP):
        call(number)
    times = []
    gc.collect()
    for number in range(rounds):
        began = time.perf_counter()
        answer = call(number)
        times.append((time.perf_counter() - began) * 1000)
        status = getattr(answer, "status_code", 200)
        if status != 200:
            raise SystemExit(f"answered {status}")
    counts = set()
    for number in range(5):
        with CaptureQueriesContext(connection) as captured:
            call(number)
        counts.add(len(captured))
    return {
        "median_ms": round(statistics.median(times), 1),
        "p95_ms": round(statistics.quantiles(times, n=20)[-1], 1),
        "queries": max(counts),
        "queries_constant": len(counts) == 1,
    }


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
