"""For `tests.killing`: calls of a shop, one of which ends the process that applies it, and a program with a webhook."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ORDERS = 30
POISON = "666"
SECRET = "s3cret"


@dataclass
class OtherProgram:
    """What a receiver of webhooks has heard."""

    url: str = ""
    ids: list[str] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[OtherProgram]:
    """A program that says yes to every call and remembers its id."""
    program = OtherProgram()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            program.ids.append(self.headers["webhook-id"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    program.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield program
    finally:
        server.shutdown()
        server.server_close()


def prepare() -> None:
    """Shorter pauses, and an order that ends whoever applies it. Before workers are forked."""
    from django.conf import settings

    from mikomi.integrations.shopify import applying

    settings.ALLOW_PRIVATE_WEBHOOKS = True
    applying.AFTER_DEATH = timedelta(seconds=0.5)
    record = applying.record_orders  # type: ignore[attr-defined]

    def deadly(**values: Any) -> Any:
        if values["orders"][0].external_id == POISON:
            os.kill(os.getpid(), signal.SIGKILL)
        return record(**values)

    applying.record_orders = deadly  # type: ignore[attr-defined]


def fill(url: str) -> None:
    """A connected shop and what it sent (each twice), and an endpoint that wants to hear of every pong."""
    from mikomi.core import clock
    from mikomi.core.access.actor import SYSTEM
    from mikomi.core.business.models import Business
    from mikomi.core.work import schedules
    from mikomi.integrations.shopify import operations
    from mikomi.integrations.webhooks import operations as webhooks

    Business.objects.create(name="見本商店", set_up_at=clock.now())
    schedules.prepare()
    webhooks.create_endpoint(actor=SYSTEM, url=url, kinds=["test.pong"])
    shop = operations.save_connection(actor=SYSTEM, name="Web shop", secret=SECRET)
    for number in [*range(1, ORDERS + 1), int(POISON)]:
        for _time in range(2):
            operations.receive(token=shop.token, **_call(number))


def _call(number: int) -> dict[str, Any]:
    order = {
        "id": number, "name": f"#{number}", "created_at": "2026-11-20T12:00:00+09:00", "currency": "JPY",
        "updated_at": "2026-11-20T12:00:00+09:00", "total_price": "1000", "financial_status": "paid",
        "email": f"c{number}@example.jp", "customer": {"id": number, "last_name": "山田"},
        "line_items": [{"id": 1, "quantity": 1, "title": "緑茶", "price": "1000"}],
    }  # fmt: skip
    body = json.dumps(order).encode()
    sign = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
    headers = {
        "X-Shopify-Topic": "orders/create",
        "X-Shopify-Hmac-Sha256": sign,
        "X-Shopify-Webhook-Id": str(number),
    }
    return {"headers": headers, "body": body}


def state() -> dict[str, Any]:
    """What became of the calls, and which webhooks were owed."""
    from mikomi.commerce.models import Order, OrderLine
    from mikomi.core.events.models import Delivery
    from mikomi.customers.models import Customer
    from mikomi.integrations.models import ShopCall

    owed = Delivery.objects.filter(is_outside=True)
    return {
        "calls": dict(Counter(ShopCall.objects.values_list("state", flat=True))),
        "calls_failed": dict(ShopCall.objects.filter(state="failed").values_list("external_id", "reason")),
        "orders": [Order.objects.count(), OrderLine.objects.count(), Customer.objects.count()],
        "webhooks": dict(Counter(owed.values_list("state", flat=True))),
        "webhook_ids": [
            f"evt_{event_id}_{consumer.partition(':')[2]}"
            for event_id, consumer in owed.values_list("event_id", "consumer")
        ],
    }
