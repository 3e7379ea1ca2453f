"""Mails carry a signature that anybody can check with the key in the DNS."""

from __future__ import annotations

from typing import Any

import dkim
import pytest

from mikomi.channels.email import signing, unsubscribing
from mikomi.channels.email.composed import compose_outgoing
from mikomi.channels.email.tests.test_sending import delivered, post
from mikomi.channels.models import DkimKey, Mailbox, Sender
from mikomi.channels.operations import SettingsRefusedError, senders
from mikomi.core import secrets
from mikomi.core.access.actor import Actor, NotAllowedError
from mikomi.core.access.models import AccessLog
from mikomi.core.files import operations as files
from mikomi.customers import queries as customers
from mikomi.customers.models import Consent, Customer
from mikomi.outbox.models import OutgoingMessage
from tests.servers import SmtpServer

pytestmark = pytest.mark.django_db


def verified(data: bytes, key: DkimKey) -> bool:
    """What a receiver finds out, with the record that the settings page shows in place of the DNS."""

    def dns(name: bytes, timeout: int = 5) -> bytes:
        assert name.decode() == f"{key.selector}._domainkey.{key.domain}."
        return key.record.encode()

    return bool(dkim.verify(data, dnsfunc=dns))


@pytest.fixture
def key(owner: Actor) -> DkimKey:
    made = senders.make_dkim_key(actor=owner, domain="Shop.Example", selector="key1")
    return senders.switch_dkim_key(actor=owner, key_id=made.pk, active=True)


def test_what_arrives_verifies(
    sending_mailbox: Mailbox, smtp: SmtpServer, customer: Customer, key: DkimKey
) -> None:
    text = "明日お届けします。\n.\n..点で始まる行\n" + "長い行" * 400
    row = post(customer, text=text, subject="Re: 配送について ①㈱髙")
    file = files.store(b"%PDF-1.7 \r\n\n\r", "application/pdf")
    OutgoingMessage.objects.update(file_ids=[file.pk])
    row.refresh_from_db()

    assert delivered(row).state == "sent"

    (taken,) = smtp.messages
    assert verified(taken.data, key)
    assert not verified(taken.data.replace(b"Subject: ", b"Subject: X"), key)


def test_without_a_key_for_the_domain_nothing_is_signed(
    sending_mailbox: Mailbox, smtp: SmtpServer, customer: Customer, key: DkimKey
) -> None:
    DkimKey.objects.update(is_active=False)
    delivered(post(customer))
    assert smtp.messages[0].mail["DKIM-Signature"] is None


def test_the_key_is_that_of_the_address_in_from(
    sending_mailbox: Mailbox, smtp: SmtpServer, customer: Customer, key: DkimKey
) -> None:
    other = Sender.objects.create(mailbox=sending_mailbox, address="info@other.example")
    delivered(post(customer, sender_key=f"s{other.pk}"))
    assert smtp.messages[0].mail["DKIM-Signature"] is None


def test_a_key_that_cannot_be_read_fails_the_message_and_says_so(
    sending_mailbox: Mailbox, smtp: SmtpServer, customer: Customer, key: DkimKey
) -> None:
    DkimKey.objects.update(secret="sealed with another secret")
    row = delivered(post(customer))
    assert (row.state, row.reason, smtp.messages) == ("failed", "not_composable", [])


def test_a_key_that_is_given_is_taken_and_kept_sealed(owner: Actor) -> None:
    pem = signing.new_key()
    made = senders.make_dkim_key(actor=owner, domain="shop.example", pem=pem)
    assert made.record == signing.dns_record(pem)
    assert "PRIVATE" not in made.secret
    assert secrets.unseal(made.secret) == pem
    assert not made.is_active
    assert made.selector.startswith("mikomi20")
    assert AccessLog.objects.filter(action="dkim.made").exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"domain": "no domain"}, "domain"),
        ({"domain": "shop.example", "selector": "a b"}, "selector"),
        ({"domain": "shop.example", "pem": "-----BEGIN PRIVATE KEY-----\nnonsense"}, "pem"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_saved(owner: Actor, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(SettingsRefusedError) as refused:
        senders.make_dkim_key(actor=owner, **wrong)
    assert list(refused.value.errors) == [field]
    assert not DkimKey.objects.exists()


def test_only_who_manages_settings_makes_keys_and_senders(agent: Actor, sending_mailbox: Mailbox) -> None:
    with pytest.raises(NotAllowedError):
        senders.make_dkim_key(actor=agent, domain="shop.example")
    with pytest.raises(NotAllowedError):
        senders.save_sender(actor=agent, mailbox_id=sending_mailbox.pk, address="a@shop.example")
    assert not DkimKey.objects.exists()
    assert not Sender.objects.exists()


class TestSenders:
    def test_an_answer_comes_from_the_chosen_one_with_its_signature(
        self, sending_mailbox: Mailbox, smtp: SmtpServer, customer: Customer, owner: Actor
    ) -> None:
        Mailbox.objects.update(signature="本店", uses_plus_addresses=True)
        sender = senders.save_sender(
            actor=owner, mailbox_id=sending_mailbox.pk, address="Repairs@shop.example", display_name="修理係",
            signature="修理係\n03-0000-0000",
        )  # fmt: skip
        delivered(post(customer, sender_key=f"s{sender.pk}"))
        (taken,) = smtp.messages
        assert taken.mail["From"] == "修理係 <repairs@shop.example>"
        assert taken.sender == "support@shop.example"  # bounces come to the mailbox that is read
        assert taken.text.splitlines()[-2:] == ["修理係", "03-0000-0000"]
        assert "本店" not in taken.text

    def test_a_sender_that_is_gone_leaves_it_to_its_mailbox(
        self, sending_mailbox: Mailbox, smtp: SmtpServer, customer: Customer, owner: Actor
    ) -> None:
        sender = Sender.objects.create(mailbox=sending_mailbox, address="a@shop.example", is_active=False)
        delivered(post(customer, sender_key=f"s{sender.pk}"))
        assert smtp.messages[0].mail["From"] == "見本商店 <support@shop.example>"

    def test_an_address_is_one_sender_only(self, sending_mailbox: Mailbox, owner: Actor) -> None:
        with pytest.raises(SettingsRefusedError) as refused:
            senders.save_sender(actor=owner, mailbox_id=sending_mailbox.pk, address="SUPPORT@shop.example")
        assert "address" in refused.value.errors


class TestUnsubscribing:
    @pytest.fixture(autouse=True)
    def public(self, settings: Any) -> None:
        settings.PUBLIC_URL = "https://desk.shop.example"

    def news(self, customer: Customer, purpose: str) -> OutgoingMessage:
        row = post(customer)
        row.purpose = purpose
        row.save()
        return row

    def test_unasked_mail_can_be_ended_with_one_click(
        self, sending_mailbox: Mailbox, customer: Customer, key: DkimKey
    ) -> None:
        data = compose_outgoing(self.news(customer, "marketing"), sending_mailbox).data
        head = data.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ")
        assert b"List-Unsubscribe: <https://desk.shop.example/unsubscribe/" in head
        assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
        assert b"list-unsubscribe" in head.partition(b"DKIM-Signature")[2].lower()  # RFC 8058: signed too

    @pytest.mark.parametrize("purpose", ["answer", "notice"])
    def test_what_was_asked_for_has_no_such_header(
        self, sending_mailbox: Mailbox, customer: Customer, purpose: str
    ) -> None:
        data = compose_outgoing(self.news(customer, purpose), sending_mailbox).data
        assert b"List-Unsubscribe" not in data

    def test_the_click_withdraws_the_consent(self, customer: Customer) -> None:
        row = self.news(customer, "marketing")
        token = unsubscribing.link_for(row).rpartition("/")[2]
        unsubscribing.end(token)
        told = customers.may_contact(customer_id=customer.pk, channel="email", purpose="marketing")
        assert not told.allowed
        assert Consent.objects.get().source == "unsubscribe"
        with pytest.raises(unsubscribing.WrongLinkError):
            unsubscribing.end(token + "x")
