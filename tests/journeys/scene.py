"""A small sample business with something on every page: what the walk through all pages looks at."""

from __future__ import annotations

from base64 import b64decode
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings

from mikomi.channels.models import Intake, Mailbox, MailImport, MailProvider, Sender
from mikomi.commerce import operations as commerce
from mikomi.commerce.models import OrderLine
from mikomi.commerce.records import ProductRecord
from mikomi.conversations.models import Attachment, Message, RecoveryCase
from mikomi.conversations.operations import recovery
from mikomi.core import clock
from mikomi.core.access import operations as access
from mikomi.core.access.models import User
from mikomi.core.business import operations as business
from mikomi.core.files import operations as files
from mikomi.core.files.tests.test_pictures import png
from mikomi.core.work import task_runs
from mikomi.customers import operations as customers
from mikomi.customers.models import Customer, DuplicateProposal
from mikomi.feedback import operations as feedback
from mikomi.feedback.models import Sheet
from mikomi.integrations.imports import operations as imports
from mikomi.integrations.imports.tests.files import order_file, stream
from mikomi.integrations.shopify import operations as shopify
from mikomi.integrations.webhooks import operations as webhooks
from mikomi.ops import demo
from mikomi.outbox import operations as outbox
from mikomi.outbox.records import NewMessage
from mikomi.promises import operations as promises
from mikomi.promises.models import Promise, Subscription

SIZES = {"CUSTOMERS": 60, "ORDERS": 160, "CONVERSATIONS": 90, "DAYS": 24}
MOMENT = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)
"""When the sample was made: the same shop at every walk."""
PIXEL = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
UNKNOWN_COLUMNS = "あ,い,う,え\nX1,2025-06-01,緑茶,hanako@example.jp\n"


def build(monkeypatch: pytest.MonkeyPatch) -> User:
    """Fill the empty database. Returns the owner."""
    for name, count in SIZES.items():
        monkeypatch.setattr(demo, name, count)
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    demo.load(now=MOMENT)
    owner = User.objects.get(email="owner@shop.example")
    _imports(owner)
    _customers(owner)
    _programs(owner)
    _arrival()
    _conversation(owner)
    _mail(owner)
    _ledger(owner)
    _stock(owner)
    _questionnaire(owner)
    return owner


def _mail(owner: User) -> None:
    """A notice that waits for release; a further sender, a provider, an import of old mail."""
    actor, box, person = (
        owner.as_actor(),
        Mailbox.objects.order_by("pk")[0],
        Customer.objects.order_by("pk")[0],
    )
    notice = NewMessage(
        customer_id=person.pk, purpose="notice", channel="email", to_address="held@example.jp", to_name="山田 花子",
        language="ja", subject="お届けについて", text="お届けが一日遅れます。", hold=True,
    )  # fmt: skip
    outbox.post(actor=actor, message=notice)
    Sender.objects.create(mailbox=box, address="repairs@minamo.example", display_name="修理係")
    MailProvider.objects.create(kind="google", client_id="of-this-shop", name="Google")
    MailImport.objects.create(
        mailbox=box, file_name="old.mbox", state=MailImport.State.DONE, created_at=MOMENT, finished_at=MOMENT
    )
    business.set_logo(actor=actor, data=png())


def _questionnaire(owner: User) -> None:
    """A questionnaire, and a sheet of it for one person."""
    made = feedback.make_questionnaire(actor=owner.as_actor(), kind="servqual", title="秋の調査")
    Sheet.objects.create(
        questionnaire=made, token="a-sheet", customer=Customer.objects.order_by("pk")[0], asked_at=MOMENT
    )


def _ledger(owner: User) -> None:
    """A claim that can be measured, and somebody who wants news of a promise."""
    claim = promises.NewClaim("二分以内にお返事します", "返信時間", 2, "分", direction="at_most")
    promises.state_claim(actor=owner.as_actor(), claim=claim)
    promise = Promise.objects.filter(is_internal=False, customer__isnull=False).order_by("pk")[0]
    Subscription.objects.create(
        promise=promise, email="news@example.jp", language="ja", token="wants-news", asked_at=MOMENT
    )


def _stock(owner: User) -> None:
    """A product that is counted and missing for an open order, others with a day of arrival; somebody who is away."""
    line = OrderLine.objects.filter(order__shipped_at=None, order__cancelled_at=None, product__isnull=False)
    skus = list(line.order_by("-order__ordered_at").values_list("product__sku", flat=True)[:2])
    known = [
        ProductRecord(sku=sku, price_minor=1980, currency="JPY", on_hand=place, restock_on=date(2026, 11, 30))
        for place, sku in enumerate([*dict.fromkeys(skus), "NEW-1"])
    ]
    commerce.record_products(actor=owner.as_actor(), products=known, source="hand")
    access.record_absence(
        actor=owner.as_actor(), user_id=owner.pk, first_day=date(2027, 1, 4), last_day=date(2027, 1, 8)
    )


def _conversation(owner: User) -> None:
    """A picture attached to a message, a page for its sender's client, a question how it went."""
    message = Message.objects.filter(direction=Message.Direction.IN).order_by("-pk").first()
    assert message is not None
    stored = files.store(PIXEL, "image/png")
    Attachment.objects.create(
        message=message, file=stored, name="写真.png", content_type="image/png", size=stored.size
    )
    Message.objects.filter(pk=message.pk).update(html="<p>急須の<b>蓋</b>が割れていました。</p>")
    feedback.ask_csat(actor=owner.as_actor(), conversation_id=message.conversation_id)
    case = RecoveryCase.objects.order_by("-pk").first()
    assert case is not None
    recovery.ask_if_solved(actor=owner.as_actor(), recovery_id=case.pk)


def _imports(owner: User) -> None:
    """One import that was looked through with a bad row, one whose columns nobody knows."""
    bad_row = "A9,gestern,客,x@example.jp,茶,1,500\n"
    orders = order_file(range(4)).replace("注文日時".encode(), "注文日".encode()) + bad_row.encode()
    for data in (orders, UNKNOWN_COLUMNS):
        imports.start(actor=owner.as_actor(), stream=stream(data), file_name="orders.csv", content="")
    while task_runs.run_one("scene"):
        pass


def _customers(owner: User) -> None:
    """A segment, a pair that may be one person, a customer of whom everything is known."""
    actor = owner.as_actor()
    condition = {"field": "language", "is": "is", "value": "ja"}
    segment = customers.save_segment(actor=actor, name="日本語の方", conditions={"all": [condition]})
    customers.refresh_segment(actor=actor, segment_id=segment.pk)
    first, second, known = Customer.objects.order_by("pk")[:3]
    DuplicateProposal.objects.create(
        first=first, second=second, evidence={"same": ["name", "phone"]}, found_at=clock.now()
    )
    customers.add_note(actor=actor, customer_id=known.pk, text="紅茶がお好き。")
    customers.tag(actor=actor, customer_ids=[known.pk], name="常連")


def _programs(owner: User) -> None:
    """A token, an endpoint, a connected shop."""
    actor = owner.as_actor()
    access.create_token(actor=actor, name="在庫連携", scopes=["customers.view"])
    webhooks.create_endpoint(actor=actor, url="https://hooks.example.jp/mikomi", kinds=["*"])
    shopify.save_connection(actor=actor, name="オンラインストア", secret="a-secret-of-the-shop")


def _arrival() -> None:
    """A message that could not be read."""
    stored = files.store(b"From: \xff\xfe\r\n\r\n", "message/rfc822")
    Intake.objects.create(
        channel="email", source="1", message_id="<odd@example.jp>", raw=stored, raw_sha256=stored.sha256,
        raw_size=stored.size, received_at=clock.now() - timedelta(hours=2), state=Intake.State.QUARANTINED,
        reason="unreadable",
    )  # fmt: skip
