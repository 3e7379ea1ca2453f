"""An outbox row becomes one mail, or a decision; never two mails."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from mikomi.channels.email import smtp as wire
from mikomi.channels.email import transport
from mikomi.channels.email.problems import MailProblem
from mikomi.channels.models import Mailbox
from mikomi.channels.tasks import deliver_due
from mikomi.conversations import operations as desk
from mikomi.conversations.models import Message
from mikomi.conversations.records import IncomingMessage
from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.core.events.models import Event
from mikomi.core.files import operations as files
from mikomi.customers.models import Customer
from mikomi.customers.records import PersonRecord
from mikomi.outbox import operations as outbox
from mikomi.outbox.models import OutgoingMessage
from mikomi.outbox.records import NewMessage
from tests.servers import SmtpServer, make_certificate, smtp_server

pytestmark = pytest.mark.django_db
WORKER = "test-worker"
State = OutgoingMessage.State


def post(customer: Customer, **values: object) -> OutgoingMessage:
    """A row that is due."""
    fields = {
        "customer_id": customer.pk, "purpose": "answer", "text": "明日お届けします。", "subject": "Re: 配送について",
        "to_address": "hanako@example.jp", "to_name": "山田花子",
    } | values  # fmt: skip
    return outbox.post(actor=SYSTEM, message=NewMessage(**fields))  # type: ignore[arg-type]


def delivered(row: OutgoingMessage) -> OutgoingMessage:
    """One round of the worker; the row afterwards."""
    deliver_due(WORKER)
    row.refresh_from_db()
    return row


def test_a_row_becomes_a_mail(sending_mailbox: Mailbox, smtp: SmtpServer, customer: Customer) -> None:
    row = delivered(post(customer))

    (taken,) = smtp.messages
    assert (row.state, taken.recipients) == (State.SENT, ("hanako@example.jp",))
    assert taken.text.strip() == "明日お届けします。"
    assert taken.mail["Message-ID"] == f"<{row.message_id}>"
    assert taken.mail["From"] == "見本商店 <support@shop.example>"
    assert taken.mail["Auto-Submitted"] is None
    assert taken.mail.get_body(("html",)) is not None


def test_an_answer_is_threaded_signed_and_carries_its_files(
    sending_mailbox: Mailbox, smtp: SmtpServer, agent: Actor
) -> None:
    Mailbox.objects.update(signature="見本商店 サポート", uses_plus_addresses=True)
    question = IncomingMessage(
        channel="email", person=PersonRecord(emails=("hanako@example.jp",)), text="?", sent_at=clock.now(),
        subject="配送", message_id="q1@example.jp",
    )  # fmt: skip
    (message,) = desk.receive_messages(actor=SYSTEM, messages=[question])
    file = files.store(b"%PDF-1.7", "application/pdf")

    desk.answer(actor=agent, conversation_id=message.conversation_id, text="はい", file_ids=[file.pk])
    deliver_due(WORKER)

    (taken,) = smtp.messages
    assert taken.mail["In-Reply-To"] == "<q1@example.jp>"
    assert taken.mail["References"] == "<q1@example.jp>"
    assert taken.mail["Reply-To"].startswith("見本商店 <support+r")
    assert taken.text.strip().endswith("見本商店 サポート")
    assert [part.get_content() for part in taken.mail.iter_attachments()] == [b"%PDF-1.7"]


def test_what_no_person_wrote_says_so(sending_mailbox: Mailbox, smtp: SmtpServer, customer: Customer) -> None:
    delivered(post(customer, purpose="notice"))
    assert smtp.messages[0].mail["Auto-Submitted"] == "auto-generated"
    assert smtp.messages[0].mail["X-Auto-Response-Suppress"] == "All"


def test_the_sender_is_the_mailbox_that_the_row_names(
    sending_mailbox: Mailbox, smtp: SmtpServer, customer: Customer
) -> None:
    other = Mailbox.objects.create(address="repairs@shop.example", **smtp.settings())
    delivered(post(customer, sender_key=str(other.pk)))
    assert smtp.messages[0].sender == "repairs@shop.example"


def test_without_a_mailbox_that_sends_it_waits(business: object, customer: Customer) -> None:
    row = delivered(post(customer))
    assert (row.state, row.reason) == (State.WAITING, "no_sender")


def test_a_refused_recipient_fails(sending_mailbox: Mailbox, smtp: SmtpServer, customer: Customer) -> None:
    smtp.behaviour = "refuse_recipient"
    row = delivered(post(customer))
    assert (row.state, row.reason) == (State.FAILED, "recipient_refused")
    assert "User unknown" in row.error
    assert Event.objects.filter(kind="outgoing.failed").count() == 1


def test_a_refused_message_fails(sending_mailbox: Mailbox, smtp: SmtpServer, customer: Customer) -> None:
    smtp.behaviour = "refuse_data"
    assert delivered(post(customer)).state == State.FAILED


def test_a_refusal_for_the_moment_is_tried_again_and_counted(
    sending_mailbox: Mailbox, smtp: SmtpServer, customer: Customer
) -> None:
    smtp.behaviour = "busy"
    row = delivered(post(customer))
    assert (row.state, row.attempts) == (State.WAITING, 1)
    smtp.behaviour = "good"
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        assert delivered(row).state == State.SENT
    assert len(smtp.messages) == 1


def test_a_server_that_is_not_there_delays_everything_and_says_so(
    sending_mailbox: Mailbox, smtp: SmtpServer, customer: Customer
) -> None:
    Mailbox.objects.update(smtp_port=1)
    rows = [post(customer), post(customer)]
    deliver_due(WORKER)
    sending_mailbox.refresh_from_db()
    assert MailProblem.stored(sending_mailbox.send_error).code == "refused"
    assert set(OutgoingMessage.objects.values_list("state", "attempts")) == {(State.WAITING, 0)}

    Mailbox.objects.update(smtp_port=smtp.port)
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        deliver_due(WORKER)
    sending_mailbox.refresh_from_db()
    assert (len(smtp.messages), sending_mailbox.send_error) == (len(rows), "")


@pytest.mark.parametrize("behaviour", ["drop_before", "refuse_sender"])
def test_trouble_before_the_message_leaves_is_tried_again(
    sending_mailbox: Mailbox, smtp: SmtpServer, customer: Customer, behaviour: str
) -> None:
    smtp.behaviour = behaviour
    row = delivered(post(customer))
    assert (row.state, row.attempt_began, len(smtp.messages)) == (State.WAITING, False, 0)


@pytest.mark.parametrize("behaviour", ["drop_after", "hang"])
def test_silence_after_the_message_is_uncertain_and_a_person_decides(
    sending_mailbox: Mailbox, smtp: SmtpServer, customer: Customer, owner: Actor, behaviour: str
) -> None:
    smtp.behaviour = behaviour
    other = post(customer)
    with patch.object(wire.hand_over, "__kwdefaults__", {"seconds": 0.5}):
        row = delivered(post(customer))
    smtp.behaviour = "good"
    with clock.frozen(clock.now() + timedelta(hours=2)):
        deliver_due(WORKER)
        deliver_due(WORKER)
    row.refresh_from_db()
    other.refresh_from_db()
    assert {row.state, other.state} == {State.UNCERTAIN}
    assert len(smtp.messages) == 2

    outbox.decide_uncertain(actor=owner, outgoing_id=row.pk, was_sent=True)
    row.refresh_from_db()
    assert (row.state, bool(row.message_id)) == (State.SENT, True)


def test_the_id_is_fixed_before_the_server_is_spoken_to(
    sending_mailbox: Mailbox, smtp: SmtpServer, customer: Customer
) -> None:
    row = post(customer)
    with patch.object(wire, "hand_over", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        deliver_due(WORKER)
    row.refresh_from_db()
    first = row.message_id
    assert (row.state, row.attempt_began, bool(first)) == (State.SENDING, True, True)
    outbox.free_claims_of_dead([WORKER])
    row.refresh_from_db()
    assert (row.state, row.message_id) == (State.UNCERTAIN, first)


def test_line_ends_from_outside_add_no_header(
    sending_mailbox: Mailbox, smtp: SmtpServer, customer: Customer
) -> None:
    delivered(post(customer, subject="Hi\r\nBcc: eve@evil.example", to_name="A\r\nX-Evil: 1"))
    (taken,) = smtp.messages
    assert (taken.mail["Bcc"], taken.mail["X-Evil"]) == (None, None)
    assert taken.recipients == ("hanako@example.jp",)


def test_an_address_that_no_mail_can_be_sent_to_fails(
    sending_mailbox: Mailbox, smtp: SmtpServer, customer: Customer
) -> None:
    bad = delivered(post(customer, to_address="not an address"))
    good = delivered(post(customer))
    assert (bad.state, bad.reason, good.state) == (State.FAILED, "not_composable", State.SENT)


def test_a_line_with_one_dot_does_not_end_the_message(
    sending_mailbox: Mailbox, smtp: SmtpServer, customer: Customer
) -> None:
    delivered(post(customer, text="a\n.\n..b\nc", html="<p>a</p>"))
    assert smtp.messages[0].text.splitlines() == ["a", ".", "..b", "c"]


def test_a_domain_gets_so_many_within_a_minute(
    sending_mailbox: Mailbox, smtp: SmtpServer, customer: Customer
) -> None:
    for _number in range(3):
        post(customer)
    with patch.object(transport, "_throttle", transport.Throttle(2)):
        deliver_due(WORKER)
    assert len(smtp.messages) == 2
    assert OutgoingMessage.objects.get(state=State.WAITING).reason == "throttled"


def test_one_address_gets_so_much_from_machines_within_an_hour(
    sending_mailbox: Mailbox, smtp: SmtpServer, customer: Customer
) -> None:
    with patch.object(transport, "AUTOMATIC_PER_ADDRESS_AND_HOUR", 2):
        for _number in range(4):
            delivered(post(customer, purpose="notice"))
        answer = delivered(post(customer))
    assert (len(smtp.messages), answer.state) == (3, State.SENT)


def test_sign_in_by_tls_with_a_valid_certificate(
    sending_mailbox: Mailbox,
    customer: Customer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    owner: Actor,
) -> None:
    from mikomi.core import secrets

    certificate = make_certificate(tmp_path, valid=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with smtp_server(password="secret", tls=tmp_path) as server:
        Mailbox.objects.update(
            **server.settings(smtp_security="starttls"), smtp_secret=secrets.seal("secret"), smtp_user="me"
        )
        assert delivered(post(customer)).state == State.SENT
        Mailbox.objects.update(smtp_secret=secrets.seal("wrong"))
        row = delivered(post(customer))
    assert (row.state, row.reason) == (State.WAITING, "login")


@pytest.mark.bad_input
def test_a_certificate_that_is_not_valid_stops_before_the_password(
    sending_mailbox: Mailbox, customer: Customer, tmp_path: Path
) -> None:
    make_certificate(tmp_path, valid=False)
    with smtp_server(tls=tmp_path, implicit_tls=True) as server:
        Mailbox.objects.update(**server.settings(smtp_security="tls"))
        row = delivered(post(customer))
    assert (row.state, row.reason) == (State.WAITING, "certificate")


def test_an_answer_that_came_back_is_on_nobody_twice(
    sending_mailbox: Mailbox, smtp: SmtpServer, customer: Customer
) -> None:
    row = delivered(post(customer))
    deliver_due(WORKER)
    assert delivered(row).state == State.SENT
    assert len(smtp.messages) == 1
    assert not Message.objects.exists()
