"""Settings › Sending, as who manages the settings sees it."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from mikomi.channels.email import signing
from mikomi.channels.models import DkimKey, Mailbox, Sender
from mikomi.conversations.models import DeskPolicy
from mikomi.core.access.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(owner_user: User, noon: datetime) -> Client:
    client = Client()
    client.force_login(owner_user)
    return client


@pytest.fixture
def box(business: object) -> Mailbox:
    return Mailbox.objects.create(
        address="support@shop.example", smtp_host="localhost", imap_host="localhost"
    )


def test_the_empty_page_says_what_senders_are_for(client: Client) -> None:
    assert "Each mailbox sends under its own address" in client.get("/settings/senders").content.decode()


def test_a_sender_is_entered_changed_and_taken_away(client: Client, box: Mailbox) -> None:
    given = {
        "mailbox": box.pk,
        "address": "repairs@shop.example",
        "display_name": "修理係",
        "is_active": "on",
    }
    assert client.post("/settings/senders/new", given).status_code == 302
    assert "修理係 &lt;repairs@shop.example&gt;" in client.get("/settings/senders").content.decode()
    number = Sender.objects.get().pk
    wrong = client.post(f"/settings/senders/{number}", given | {"address": "support@shop.example"})
    assert wrong.status_code == 422
    assert "a sender already" in wrong.content.decode()
    client.post(f"/settings/senders/{number}/delete")
    assert not Sender.objects.exists()


def test_a_key_shows_its_record_and_never_itself(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (
        client.post("/settings/senders/dkim", {"domain": "shop.example", "selector": "key1"}).status_code
        == 302
    )
    key = DkimKey.objects.get()
    shown = client.get("/settings/senders").content.decode()
    assert "key1._domainkey.shop.example" in shown
    assert key.record in shown.replace("&#43;", "+").replace("&#x3D;", "=").replace("&#61;", "=")
    assert "PRIVATE" not in shown
    assert "does not sign yet" in shown

    for published, words in ((True, "holds the record"), (False, "does not hold"), (None, "asked from here")):

        def answer(_key: DkimKey, found: bool | None = published) -> bool:
            if found is None:
                raise OSError
            return found

        monkeypatch.setattr(signing, "is_published", answer)
        told = client.post(f"/settings/senders/dkim/{key.pk}", {"act": "check"}, follow=True)
        assert words in told.content.decode()

    client.post(f"/settings/senders/dkim/{key.pk}", {"act": "start"})
    assert DkimKey.objects.get().is_active
    client.post(f"/settings/senders/dkim/{key.pk}", {"act": "delete"})
    assert not DkimKey.objects.exists()


def test_what_is_wrong_stands_beside_it(client: Client) -> None:
    response = client.post("/settings/senders/dkim", {"domain": "nonsense", "pem": "x"})
    assert response.status_code == 422
    assert "This is not a domain" in response.content.decode()
    assert client.post("/settings/senders/undo", {"seconds": "100"}).status_code == 422


def test_undo_and_trust_are_kept(client: Client, box: Mailbox) -> None:
    client.post("/settings/senders/undo", {"seconds": "15"})
    assert DeskPolicy.objects.get().undo_seconds == 15
    client.post(f"/settings/senders/trust/{box.pk}", {"name": "MX.Shop.example"})
    box.refresh_from_db()
    assert box.trusted_authserv == "mx.shop.example"
    client.post(f"/settings/senders/trust/{box.pk}", {"name": "a; b"})
    box.refresh_from_db()
    assert box.trusted_authserv == "mx.shop.example"


@pytest.mark.parametrize("path", ["senders", "senders/new"])
def test_an_agent_may_not_open_it(agent_user: User, path: str) -> None:
    client = Client()
    client.force_login(agent_user)
    assert client.get(f"/settings/{path}").status_code == 403
    for act in ("undo", "dkim"):
        assert (
            client.post(f"/settings/senders/{act}", {"seconds": "5", "domain": "shop.example"}).status_code
            == 403
        )
    assert not DkimKey.objects.exists()
    assert not DeskPolicy.objects.exists()
