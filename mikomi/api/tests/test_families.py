"""Each family on its ordinary way: a program does with the API what people do on the pages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from mikomi.api.tests.program import Program
from mikomi.conversations.operations import ensure_defaults
from mikomi.core.access.actor import Actor
from mikomi.core.access.models import RemedyLimit
from mikomi.core.business.models import Store
from mikomi.customers.models import Customer
from mikomi.outbox.models import OutgoingMessage

pytestmark = pytest.mark.django_db
MESSAGE = {
    "source": "shop",
    "external_id": "m-1",
    "text": "注文の品がまだ届きません。",
    "name": "山田花子",
    "email": "hanako@example.jp",
}


@pytest.fixture
def program(owner: Actor, noon: datetime) -> Program:
    ensure_defaults()
    return Program(owner)


@pytest.fixture
def conversation_id(program: Program, customer: Customer) -> int:
    return int(program.ok("post", "/messages", MESSAGE)["conversation_id"])


def iso(moment: datetime) -> str:
    return moment.isoformat()


def test_a_customer_is_added_changed_known_and_erased(program: Program) -> None:
    made = program.ok(
        "post",
        "/customers",
        {"family_name": "佐藤", "given_name": "次郎", "emails": ["jiro@example.jp"], "tags": ["常連"]},
    )
    root = f"/customers/{made['id']}"

    program.ok("patch", root, {"company": "見本株式会社"})
    program.ok("post", f"{root}/identities", {"kind": "phone", "value": "03-1234-5678"})
    address = program.ok("post", f"{root}/addresses", {"country": "JP", "city": "千代田区", "lines": "1-1"})
    program.ok("put", f"{root}/addresses/{address['id']}", {"country": "JP", "city": "港区", "lines": "2-2"})
    program.ok("post", f"{root}/consents", {"channel": "email", "purpose": "marketing", "granted": True})
    program.ok("post", f"{root}/notes", {"text": "折り返し希望"})
    program.ok("post", f"{root}/tags", {"name": "VIP"})
    found = program.ok("get", root)

    assert found["name"] == "佐藤 次郎"
    assert found["company"] == "見本株式会社"
    assert {one["value"] for one in found["identities"]} == {"jiro@example.jp", "+81312345678"}
    assert [one["city"] for one in found["addresses"]] == ["港区"]
    assert [(one["purpose"], one["granted"]) for one in found["consents"]] == [("marketing", True)]
    assert [one["text"] for one in found["notes"]] == ["折り返し希望"]
    assert set(found["tags"]) == {"常連", "VIP"}
    assert program.ok("get", f"{root}/timeline")["items"]
    assert program.ok("get", f"{root}/export")["customer"]["records"]
    assert program.ok("get", "/customers?text=佐藤")["items"][0]["emails"] == ["jiro@example.jp"]
    program.ok("delete", root)
    assert program.ok("get", root)["is_erased"]


def test_two_records_become_one_and_two_again(program: Program, customer: Customer) -> None:
    other = program.ok("post", "/customers", {"emails": ["other@example.jp"]})["id"]

    merge = program.ok("post", "/merges", {"winner_id": customer.pk, "loser_id": other})
    assert program.ok("get", f"/customers/{other}")["id"] == customer.pk

    program.ok("delete", f"/merges/{merge['id']}")
    assert program.ok("get", f"/customers/{other}")["id"] == other


def test_a_segment_is_kept_and_filled(program: Program, customer: Customer) -> None:
    made = program.ok("post", "/segments", {"name": "みんな", "conditions": {}})

    assert program.ok("post", f"/segments/{made['id']}/refresh")["size"] == 1
    assert program.ok("get", f"/customers?segment_id={made['id']}")["items"][0]["id"] == customer.pk
    program.ok("delete", f"/segments/{made['id']}")
    assert program.ok("get", "/segments")["items"] == []


def test_a_message_comes_in_once_and_is_answered(
    program: Program, conversation_id: int, customer: Customer, noon: datetime
) -> None:
    again = program.ok("post", "/messages", MESSAGE)
    root = f"/conversations/{conversation_id}"

    program.ok("post", f"{root}/notes", {"text": "配送会社に確認"})
    program.ok("post", f"{root}/severity", {"severity": "high"})
    sent = program.ok(
        "post",
        f"{root}/answers",
        {
            "text": "確認してご連絡します。",
            "promise": {"statement": "明日までに連絡", "due_at": iso(noon + timedelta(days=1))},
        },
    )

    assert again["conversation_id"] == conversation_id
    assert sent["outgoing_state"] == "waiting"
    shown = program.ok("get", root)
    assert (shown["customer"]["id"], shown["severity"]) == (customer.pk, "high")
    assert [one["direction"] for one in program.ok("get", f"{root}/messages")["items"]] == [
        "in",
        "note",
        "out",
    ]
    assert program.ok("get", "/promises?state=open")["items"][0]["statement"] == "明日までに連絡"
    assert program.post("/messages", MESSAGE | {"text": "別の文"}).status_code == 409


def test_a_conversation_is_put_aside_given_away_closed_and_opened(
    program: Program, conversation_id: int, owner: Actor, noon: datetime
) -> None:
    root = f"/conversations/{conversation_id}"

    assert (
        program.ok("post", f"{root}/snooze", {"until": iso(noon + timedelta(days=2))})["state"] == "snoozed"
    )
    assert program.ok("post", f"{root}/reopen")["state"] == "open"
    assert (
        program.ok("post", f"{root}/assign", {"assignee_id": owner.user_id})["assignee_id"] == owner.user_id
    )
    assert program.ok("get", "/conversations?view=mine")["items"][0]["id"] == conversation_id
    assert program.ok("post", f"{root}/close")["state"] == "closed"
    assert program.ok("get", "/conversation-counts")["all"] == 0


def test_a_file_comes_with_a_message_and_is_downloaded(program: Program, customer: Customer) -> None:
    file = {"name": "写真.txt", "content_type": "text/html", "content": "PGI+aGk8L2I+"}
    arrived = program.ok("post", "/messages", MESSAGE | {"files": [file]})
    messages = program.ok("get", f"/conversations/{arrived['conversation_id']}/messages")["items"]

    got = program.get(f"/attachments/{messages[0]['attachments'][0]['id']}")

    assert b"".join(got.streaming_content) == b"<b>hi</b>"
    assert got["Content-Type"] == "application/octet-stream"
    assert got["Content-Disposition"].startswith("attachment")


def test_a_template_is_filled_in(program: Program, conversation_id: int) -> None:
    templates = program.ok("get", "/templates?language=ja")["items"]

    filled = program.ok("post", f"/conversations/{conversation_id}/render", {"key": templates[0]["key"]})

    assert filled["text"]


def test_a_recovery_goes_from_cause_to_close(
    program: Program, conversation_id: int, owner: Actor, noon: datetime
) -> None:
    RemedyLimit.objects.create(role="owner", currency="JPY", amount_minor=5_000)
    case = program.ok("post", "/recoveries", {"conversation_id": conversation_id})
    root = f"/recoveries/{case['id']}"

    program.ok("post", f"{root}/cause", {"cause": "carrier"})
    program.ok("post", f"{root}/apology", {"text": "ご迷惑をおかけしました。"})
    remedy = {"kind": "refund", "amount_minor": 1_000, "currency": "JPY"}
    program.ok("post", f"{root}/remedies", remedy)
    too_much = program.post(f"{root}/remedies", remedy | {"amount_minor": 4_001})
    program.ok("post", f"{root}/prevention", {"text": "配送会社を替える", "due": "2026-12-01"})
    program.ok("post", f"{root}/follow-up", {"at": iso(noon + timedelta(days=3))})
    program.ok("post", f"{root}/told", {"solved": True})
    closed = program.ok("post", f"{root}/close")

    assert too_much.status_code in (403, 409)
    assert (closed["state"], closed["outcome"], closed["cost"]) == (
        "closed",
        "solved",
        {"minor": 1_000, "currency": "JPY"},
    )
    assert program.ok("get", "/recoveries")["items"] == []


def test_a_promise_is_made_moved_and_kept(program: Program, customer: Customer, noon: datetime) -> None:
    made = program.ok(
        "post",
        "/promises",
        {"customer_id": customer.pk, "statement": "見積もりを送る", "due_on": "2026-11-20"},
    )["promise"]
    root = f"/promises/{made['id']}"

    moved = program.ok(
        "post",
        f"{root}/terms",
        {"due_on": "2026-11-24", "reason": "our_mistake", "agreed": "phone", "note": "with Mr Yamada"},
    )
    evidence = {"kind": "done", "occurred_at": iso(noon), "once_key": "sent-1"}
    program.ok("post", f"{root}/evidence", evidence)
    kept = program.ok("post", f"{root}/evidence", evidence)

    assert moved["promise"]["version"] == 2
    assert kept["promise"]["state"] == "kept"
    assert len([one for one in kept["moments"] if one["kind"] == "evidence"]) == 1
    figure = program.ok("get", "/figures/keeping?since=2026-11-01T00:00:00Z&until=2026-12-01T00:00:00Z")
    assert set(figure) == {"kept", "broken", "share", "low", "high"}
    assert program.post(f"{root}/withdraw", {"reason": "cancelled"}).status_code in (200, 409)


def test_a_held_message_is_edited_and_released(program: Program, customer: Customer, noon: datetime) -> None:
    held = OutgoingMessage.objects.create(
        customer=customer, purpose="notice", channel="email", to_address="hanako@example.jp", language="ja",
        subject="遅れ", text="遅れます", state="held", created_at=noon, not_before=noon, changed_at=noon,
    )  # fmt: skip
    root = f"/outgoing/{held.pk}"

    assert program.ok("get", "/outgoing?state=held")["items"][0]["id"] == held.pk
    assert program.ok("put", root, {"subject": "お知らせ", "text": "遅れます。"})["subject"] == "お知らせ"
    assert program.ok("post", f"{root}/release")["state"] == "waiting"
    assert program.ok("post", f"{root}/cancel")["state"] == "cancelled"
    assert program.post(f"{root}/retry").status_code == 409


def test_orders_are_recorded_again_and_reported(program: Program, noon: datetime) -> None:
    store = Store.objects.create(name="本店", kind="web", code="main")
    order: dict[str, Any] = {
        "external_id": "1001",
        "number": "#1001",
        "currency": "JPY",
        "total_minor": 3_300,
        "ordered_at": iso(noon - timedelta(days=1)),
        "deliver_by": "2026-11-25",
        "customer": {"name": "山田花子", "emails": ["hanako@example.jp"]},
        "lines": [{"key": "1", "name": "茶碗", "unit_price_minor": 3_300}],
    }
    body = {"source": "shop", "store_id": store.pk, "orders": [order]}

    first = program.ok("post", "/orders", body)["items"][0]
    second = program.ok("post", "/orders", body)["items"][0]
    root = f"/orders/{first['order_id']}"
    shipped = program.ok("post", f"{root}/milestones", {"kind": "shipped", "at": iso(noon)})

    assert (first["outcome"], second["outcome"]) == ("created", "same")
    assert shipped["fulfilment"] == "shipped"
    assert shipped["total"] == {"minor": 3_300, "currency": "JPY"}
    assert [line["name"] for line in shipped["lines"]] == ["茶碗"]
    assert program.ok("get", "/orders?view=under_way")["items"][0]["id"] == first["order_id"]
    assert program.ok("get", "/promises?kind=delivery")["items"][0]["by_day"]


def test_the_house_is_described(program: Program, owner_user: Any) -> None:
    assert program.ok("get", "/business")["currency"] == "JPY"
    assert program.ok("get", "/users")["items"][0]["name"] == str(owner_user)
    assert program.ok("get", "/stores") == {"items": []}
    assert program.ok("get", "/teams") == {"items": []}
    assert program.ok("get", "/feedback")["items"] == []
    assert program.ok("get", "/imports")["items"] == []
    assert program.ok("get", "/deliveries")["items"] == []
    assert (
        program.ok("get", "/figures/csat?since=2026-11-01T00:00:00Z&until=2026-12-01T00:00:00Z")["asked"] == 0
    )
    assert {"name", "label"} == set(program.ok("get", "/event-kinds")["items"][0])


def test_today_says_what_to_look_at(program: Program, conversation_id: int) -> None:
    shown = program.ok("get", "/today")

    assert shown["answers_owed_count"] == 1
    assert shown["answers_owed"][0]["conversation_id"] == conversation_id


def test_a_webhook_is_added_changed_and_deleted(program: Program) -> None:
    made = program.ok("post", "/webhooks", {"url": "https://hooks.example.com/mikomi", "kinds": ["*"]})
    root = f"/webhooks/{made['endpoint']['id']}"

    off = program.ok(
        "put", root, {"url": "https://hooks.example.com/x", "kinds": ["promise.kept"], "is_active": False}
    )

    assert made["secret"].startswith("whsec_")
    assert (off["is_active"], off["kinds"]) == (False, ["promise.kept"])
    assert "secret" not in off
    assert program.ok("get", f"{root}/attempts")["items"] == []
    assert program.post(f"{root}/replay", {}).status_code == 422
    program.ok("delete", root)
    assert program.get(root).status_code == 404
