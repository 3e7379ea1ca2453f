"""The business's logo: taken in the settings, shown to staff and customers, sent with notices."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mikomi.channels.email.composed import compose_outgoing
from mikomi.channels.models import Mailbox
from mikomi.core.access.actor import SYSTEM, Actor, NotAllowedError
from mikomi.core.access.models import User
from mikomi.core.access.rules import Role
from mikomi.core.business import operations
from mikomi.core.business.models import Business
from mikomi.core.files.references import still_used
from mikomi.core.files.tests.test_pictures import png
from mikomi.customers.models import Customer
from mikomi.outbox import operations as outbox
from mikomi.outbox.records import NewMessage
from tests.cast import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(owner_user: User) -> Client:
    client = Client()
    client.force_login(owner_user)
    return client


def upload(client: Client, data: bytes, name: str = "logo.png") -> None:
    answer = client.post("/settings/logo", {"logo": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302


def test_the_logo_is_shown_to_staff_and_to_anybody(client: Client, business: Business) -> None:
    upload(client, png())
    business.refresh_from_db()
    address = f"/appearance/brand/logo/{business.logo_file_id}"
    for path in ("/settings/", "/customers/"):
        assert address in client.get(path).content.decode()
    shown = Client().get(address)
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/png")
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert still_used([business.logo_file_id or 0]) == {business.logo_file_id}

    client.post("/settings/logo", {"remove": "1"})
    business.refresh_from_db()
    assert business.logo_file_id is None
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize(
    ("data", "word"), [(b"<svg/>", "no PNG or JPEG"), (png()[:-8], "damaged"), (png(9, 9), "pixels")]
)
def test_what_is_no_picture_changes_nothing(
    client: Client, business: Business, data: bytes, word: str
) -> None:
    upload(client, data, "logo.svg")
    assert word in client.get("/settings/").content.decode()
    business.refresh_from_db()
    assert business.logo_file_id is None


def test_only_who_manages_the_settings_changes_it(business: Business, agent: Actor) -> None:
    client = Client()
    client.force_login(make_user("mei", Role.MARKETER))
    assert client.post("/settings/logo", {"logo": SimpleUploadedFile("a.png", png())}).status_code == 403
    with pytest.raises(NotAllowedError):
        operations.set_logo(actor=agent, data=png())
    business.refresh_from_db()
    assert business.logo_file_id is None


def test_a_notice_carries_the_logo_and_an_answer_does_not(business: Business, customer: Customer) -> None:
    operations.set_logo(actor=SYSTEM, data=png())
    box = Mailbox.objects.create(address="shop@shop.example", display_name="見本商店")
    for purpose, has_logo in (("notice", True), ("answer", False)):
        row = outbox.post(
            actor=SYSTEM,
            message=NewMessage(
                customer_id=customer.pk, purpose=purpose, channel="email", to_address="hanako@example.jp",
                to_name="山田 花子", language="ja", subject="お届けについて", text="明日届きます。",
            ),
        )  # fmt: skip
        data = compose_outgoing(row, box).data
        assert (b"Content-ID: <logo-" in data) == has_logo
