"""Shopify calls: kept once, applied in any order, refused when not genuine."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
from datetime import datetime, timedelta

import pytest
from django.test import Client

from mikomi.commerce.models import Order, Refund
from mikomi.core import clock
from mikomi.core.access.actor import Actor, NotAllowedError
from mikomi.core.access.models import User
from mikomi.core.files.models import StoredFile
from mikomi.integrations.models import ShopCall, ShopConnection
from mikomi.integrations.shopify import applying, operations
from tests.cast import NOON

pytestmark = pytest.mark.django_db
State = ShopCall.State


@pytest.fixture
def shop(owner: Actor, noon: datetime) -> ShopConnection:
    return operations.save_connection(actor=owner, name="Web shop", secret="s3cret")


def payload(minutes: int = 0, **changes: object) -> dict[str, object]:
    at = (NOON + timedelta(minutes=minutes)).isoformat()
    return {
        "id": 5001, "name": "#1001", "created_at": NOON.isoformat(), "updated_at": at, "currency": "JPY",
        "total_price": "1000", "financial_status": "paid", "fulfillment_status": None,
        "email": "hanako@example.jp", "customer": {"id": 7, "first_name": "花子", "last_name": "山田"},
        "line_items": [{"id": 1, "quantity": 1, "title": "緑茶", "price": "1000"}], **changes,
    }  # fmt: skip


def refund() -> dict[str, object]:
    paid_back = {"kind": "refund", "status": "success", "amount": "300", "currency": "JPY"}
    return {"id": 9, "order_id": 5001, "created_at": NOON.isoformat(), "transactions": [paid_back]}


def call(
    shop: ShopConnection,
    topic: str,
    body: object,
    *,
    webhook: str = "",
    secret: str = "s3cret",
    apply: bool = True,
) -> int:
    """Shopify calls; the workers apply. The status of the answer."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    sign = base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()
    headers = {"X-Shopify-Topic": topic, "X-Shopify-Hmac-Sha256": sign}
    if webhook:
        headers["X-Shopify-Webhook-Id"] = webhook
    client = Client(enforce_csrf_checks=True)
    answer = client.post(
        f"/hooks/shopify/{shop.token}", raw, content_type="application/json", headers=headers
    )
    while apply and applying.apply_due("tester"):
        pass
    return answer.status_code


def test_an_order_comes_in(shop: ShopConnection) -> None:
    assert call(shop, "orders/create", payload(), webhook="a") == 200
    order = Order.objects.get()
    assert (order.number, order.backfill) == ("#1001", False)
    assert ShopCall.objects.get().state == State.APPLIED
    shop.refresh_from_db()
    assert shop.last_received_at == NOON


def test_the_answer_comes_before_anything_is_applied(shop: ShopConnection) -> None:
    assert call(shop, "orders/create", payload(), webhook="a", apply=False) == 200
    assert not Order.objects.exists()
    assert ShopCall.objects.get().state == State.RECEIVED


@pytest.mark.parametrize("webhook", ["a", ""])
def test_a_repeated_call_is_kept_and_applied_once(shop: ShopConnection, webhook: str) -> None:
    for _time in range(3):
        assert call(shop, "orders/create", payload(), webhook=webhook) == 200
    assert (ShopCall.objects.count(), Order.objects.count()) == (1, 1)


def test_late_old_news_change_nothing(shop: ShopConnection) -> None:
    cancelled = payload(10, cancelled_at=(NOON + timedelta(minutes=10)).isoformat())
    call(shop, "orders/cancelled", cancelled, webhook="b")
    call(shop, "orders/create", payload(), webhook="a")
    order = Order.objects.get()
    assert order.cancelled_at == NOON + timedelta(minutes=10)
    assert ShopCall.objects.get(external_id="a").reason == "older"


def test_a_refund_before_its_order_waits_for_it(shop: ShopConnection) -> None:
    call(shop, "refunds/create", refund(), webhook="r")
    waiting = ShopCall.objects.get()
    assert (waiting.state, waiting.reason) == (State.RECEIVED, "order_unknown")
    call(shop, "orders/create", payload(), webhook="a")
    with clock.frozen(NOON + timedelta(minutes=1)):
        applying.apply_due("tester")
    order = Order.objects.get()
    assert (order.number, order.refunded_minor, order.payment) == ("#1001", 300, "partly_refunded")
    call(shop, "orders/updated", payload(5, refunds=[refund()]), webhook="u")
    order.refresh_from_db()
    assert (order.refunded_minor, Refund.objects.count()) == (300, 1)


def test_a_topic_of_no_use_is_ignored_with_the_reason(shop: ShopConnection) -> None:
    assert call(shop, "themes/publish", {"id": 1}, webhook="p") == 200
    kept = ShopCall.objects.get()
    assert (kept.state, kept.reason) == (State.IGNORED, "topic")


def test_a_wrong_signature_leaves_no_trace_but_the_log(
    shop: ShopConnection, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert call(shop, "orders/create", payload(), secret="guessed") == 401
    assert "shop_call_refused" in caplog.text
    assert not ShopCall.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_giant_body_is_refused(shop: ShopConnection) -> None:
    assert call(shop, "orders/create", b"x" * (operations.LARGEST_CALL + 1)) == 413
    assert not StoredFile.objects.exists()


def test_an_address_of_no_shop_or_a_stopped_one(shop: ShopConnection, owner: Actor) -> None:
    operations.save_connection(actor=owner, name="Web shop", connection_id=shop.pk, is_active=False)
    assert call(shop, "orders/create", payload()) == 404
    assert Client().get(f"/hooks/shopify/{shop.token}").status_code == 405


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe", b"[" * 100_000, b"null", {"id": 1}, {"id": "\0", "currency": "JPY"}]
)
def test_what_can_not_be_read_is_kept_and_shown(shop: ShopConnection, body: object, owner_user: User) -> None:
    assert call(shop, "orders/create", body, webhook="x") == 200
    kept = ShopCall.objects.get()
    assert (kept.state, kept.reason) == (State.FAILED, "bad_payload")
    client = Client()
    client.force_login(owner_user)
    page = client.get("/settings/shops").content.decode()
    assert "What the shop sent can&#39;t be read." in page
    assert f"/hooks/shopify/{shop.token}" in page
    assert "s3cret" not in page
    assert client.post(f"/settings/shops/calls/{kept.pk}/retry").status_code == 302
    kept.refresh_from_db()
    assert kept.state == State.RECEIVED


def test_our_own_trouble_is_tried_again_and_then_shown(
    shop: ShopConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_values: object) -> None:
        raise RuntimeError("no disk")

    monkeypatch.setattr(applying, "record_orders", fail)
    call(shop, "orders/create", payload(), webhook="x")
    now = NOON
    for delay in applying.DELAYS:
        assert ShopCall.objects.get().state == State.RECEIVED
        now += delay
        with clock.frozen(now):
            assert applying.apply_due("tester") == 1
    kept = ShopCall.objects.get()
    assert (kept.state, kept.reason) == (State.FAILED, "error")
    assert "no disk" in kept.error


def test_a_call_that_ends_the_process_is_set_aside_and_holds_up_no_other(
    shop: ShopConnection, monkeypatch: pytest.MonkeyPatch, owner_user: User
) -> None:
    """Given a call whose order ends the process each time, when the workers come back again and again, then the
    other call is applied, and this one waits for a person who can have it tried again."""
    record = applying.record_orders  # type: ignore[attr-defined]

    def end(**values: object) -> object:
        if values["orders"][0].external_id == "666":  # type: ignore[index]
            raise KeyboardInterrupt  # what no `except Exception` catches, as a kill
        return record(**values)  # type: ignore[arg-type]

    monkeypatch.setattr(applying, "record_orders", end)
    call(shop, "orders/create", payload(id=666, name="#666"), webhook="poison", apply=False)
    call(shop, "orders/create", payload(), webhook="good", apply=False)
    deaths, now = 0, NOON
    while ShopCall.objects.filter(state=State.RECEIVED).exists():
        now += timedelta(hours=7)
        with clock.frozen(now):
            try:
                applying.apply_due("tester")
            except KeyboardInterrupt:
                deaths += 1

    poison = ShopCall.objects.get(external_id="poison")
    assert (deaths, poison.state, poison.reason) == (applying.MOST_TRIES, State.FAILED, "crashed")
    assert (ShopCall.objects.get(external_id="good").state, Order.objects.count()) == (State.APPLIED, 1)

    monkeypatch.setattr(applying, "record_orders", record)
    client = Client()
    client.force_login(owner_user)
    assert "Our program ended each time" in client.get("/settings/shops").content.decode()
    client.post(f"/settings/shops/calls/{poison.pk}/retry")
    applying.apply_due("tester")
    assert Order.objects.filter(external_id="666").exists()


def test_calls_go_with_their_bytes_after_days_and_failed_ones_after_a_month(shop: ShopConnection) -> None:
    call(shop, "orders/create", payload(), webhook="x")
    call(shop, "orders/create", b"no JSON", webhook="y")
    for days, gone in ((2, 0), (4, 1), (29, 0), (31, 1)):
        with clock.frozen(NOON + timedelta(days=days)):
            assert applying.prune() == gone
    assert not StoredFile.objects.exists()


def test_shops_are_connected_in_the_settings(owner_user: User, agent: Actor) -> None:
    client = Client()
    client.force_login(owner_user)
    assert client.post("/settings/shops", {"name": "A", "is_active": "on"}).status_code == 422
    done = client.post("/settings/shops", {"name": "A", "secret": "geheim", "is_active": "on"})
    assert done.status_code == 302
    row = ShopConnection.objects.get()
    assert "geheim" not in row.secret
    before = row.secret
    changed = client.post(f"/settings/shops/{row.pk}", {"name": "B", "is_active": "on"})
    assert changed.status_code == 302
    row.refresh_from_db()
    assert (row.name, row.secret) == ("B", before)
    with pytest.raises(NotAllowedError):
        operations.save_connection(actor=agent, name="C", secret="x")
