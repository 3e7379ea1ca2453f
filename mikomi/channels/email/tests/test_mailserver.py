"""Our own SMTP and LMTP door: "250" means committed; whatever is not committed stays with the sender."""

from __future__ import annotations

import smtplib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from unittest.mock import patch

import pytest
from django.db import OperationalError
from pytest_django.fixtures import Settings

from mikomi.channels.email import mailserver
from mikomi.channels.email.mailserver import Door
from mikomi.channels.email.tests.conftest import process
from mikomi.channels.email.tests.mails import mail
from mikomi.channels.models import Intake, Mailbox
from mikomi.conversations.models import Message
from mikomi.core.business.models import Business
from mikomi.core.files import operations as files
from mikomi.core.files import queries as stored
from tests import processes
from tests.servers import HOST, free_port, make_certificate

pytestmark = pytest.mark.django_db
SENDER = "hanako@example.jp"


@pytest.fixture
def mailbox(business: Business) -> Mailbox:
    return Mailbox.objects.create(address="support@shop.example")


@contextmanager
def server(protocol: str = "smtp") -> Iterator[int]:
    """The server in a thread; the database is stood for by the test's own (see `kept`)."""
    stop, port = threading.Event(), free_port()
    thread = threading.Thread(
        target=mailserver.listen, args=([Door(protocol, HOST, port)], stop), daemon=True
    )
    thread.start()
    _wait_for(port)
    try:
        yield port
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


def _wait_for(port: int) -> None:
    for _try in range(200):
        with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError


@pytest.fixture
def taken() -> Iterator[list[tuple[str, list[str], bytes]]]:
    """What was handed to the store; the rows themselves are tested without a thread between."""
    calls: list[tuple[str, list[str], bytes]] = []

    def keep(sender: str, recipients: list[str], data: bytes) -> None:
        calls.append((sender, recipients, data))

    def mailbox_of(address: str) -> int | None:
        return 1 if address.startswith(("support", "sales")) else None

    with patch.object(mailserver, "keep", keep), patch.object(mailserver, "mailbox_of", mailbox_of):
        yield calls


def test_a_message_is_committed_and_filed(mailbox: Mailbox) -> None:
    raw = mail("いつ届きますか。").replace(b"\n", b"\r\n")
    (row,) = mailserver.keep(SENDER, ["Support+token@shop.example"], raw)
    kept = stored.read(row.raw_id or 0)
    assert kept == b"Return-Path: <hanako@example.jp>\r\n" + raw
    process()
    assert Message.objects.get().text.strip() == "いつ届きますか。"


def test_the_same_message_again_is_one_arrival(mailbox: Mailbox) -> None:
    """Our "250" may get lost: the other server comes again with the same bytes."""
    for _time in range(2):
        mailserver.keep(SENDER, ["support@shop.example"], mail(message_id="same@example.jp"))
    assert Intake.objects.count() == 1


def test_a_message_for_two_mailboxes_is_an_arrival_of_each(mailbox: Mailbox) -> None:
    other = Mailbox.objects.create(address="sales@shop.example")
    mailserver.keep(SENDER, ["support@shop.example", "sales@shop.example", "support+x@shop.example"], mail())
    assert sorted(Intake.objects.values_list("mailbox_id", flat=True)) == [mailbox.pk, other.pk]


def test_only_our_own_addresses(mailbox: Mailbox) -> None:
    Mailbox.objects.create(address="closed@shop.example", is_active=False)
    assert mailserver.mailbox_of("SUPPORT@shop.example") == mailbox.pk
    assert mailserver.mailbox_of("support+abc@shop.example") == mailbox.pk
    for stranger in ("nobody@shop.example", "closed@shop.example", "support@other.example", "", "support"):
        assert mailserver.mailbox_of(stranger) is None


def test_smtp_answers(taken: list[tuple[str, list[str], bytes]]) -> None:
    raw = mail("x" * 5_000).replace(b"\n", b"\r\n")
    with server() as port, smtplib.SMTP(HOST, port, timeout=10) as client:
        client.ehlo()
        assert client.sendmail(SENDER, ["support@shop.example"], raw) == {}
        client.mail("")
        assert client.rcpt("nobody@shop.example")[0] == 550
        assert client.rcpt("sales@shop.example")[0] == 250
        assert client.data(raw)[0] == 250
    assert taken == [(SENDER, ["support@shop.example"], raw), ("<>", ["sales@shop.example"], raw)]


def test_lmtp_answers_for_each_recipient(taken: list[tuple[str, list[str], bytes]]) -> None:
    with server("lmtp") as port, smtplib.LMTP(HOST, port) as client:
        client.lhlo() if hasattr(client, "lhlo") else client.ehlo("shop.example")
        client.mail(SENDER)
        assert client.rcpt("support@shop.example")[0] == 250
        assert client.rcpt("sales@shop.example")[0] == 250
        assert client.data(mail().replace(b"\n", b"\r\n"))[0] == 250
        assert client.getreply()[0] == 250  # the second recipient's
    assert len(taken) == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (files.StorageError(28, "No space left on device"), 452),
        (OperationalError("the database is locked"), 451),
        (RuntimeError("the power fails here"), 451),
    ],
)
def test_what_could_not_be_committed_stays_with_the_sender(error: Exception, code: int) -> None:
    with (
        patch.object(mailserver, "mailbox_of", lambda _address: 1),
        patch.object(mailserver, "keep", side_effect=error),
        server() as port,
        smtplib.SMTP(HOST, port, timeout=10) as client,
        pytest.raises(smtplib.SMTPDataError) as caught,
    ):
        client.sendmail(SENDER, ["support@shop.example"], mail())
    assert caught.value.smtp_code == code


def test_a_message_that_is_too_large_is_refused_for_good(
    taken: list[tuple[str, list[str], bytes]], settings: Settings
) -> None:
    settings.MAIL_MAX_BYTES = 100_000
    with server() as port, smtplib.SMTP(HOST, port, timeout=10) as client:
        client.ehlo()
        assert client.esmtp_features["size"] == "100000"
        client.mail(SENDER)
        client.rcpt("support@shop.example")
        code, _words = client.data(b"Subject: x\r\n\r\n" + b"y" * 70 + (b"\r\n" + b"y" * 998) * 200)
        assert code == 552
        assert client.noop()[0] == 250
    assert taken == []


def test_starttls_where_a_certificate_is_given(
    taken: list[tuple[str, list[str], bytes]], settings: Settings, tmp_path: Path
) -> None:
    make_certificate(tmp_path, valid=True)
    both = tmp_path / "both.pem"
    both.write_bytes((tmp_path / "cert.pem").read_bytes() + (tmp_path / "key.pem").read_bytes())
    settings.MAIL_CERTIFICATE = both
    with server() as port, smtplib.SMTP(HOST, port, timeout=10) as client:
        assert client.starttls()[0] == 220
        client.sendmail(SENDER, ["support@shop.example"], mail())
    assert len(taken) == 1


WORKER = """
from django.conf import settings
from mikomi.channels.models import Mailbox
from mikomi.core.business.models import Business
from mikomi.core import clock
from mikomi.core.work import worker
settings.MAIL_LISTEN = [("smtp", "{host}", {port})]
if not Business.objects.exists():
    Business.objects.create(name="Shop", set_up_at=clock.now())
    Mailbox.objects.create(address="support@shop.example")
print("began", flush=True)
worker.main()
"""
COUNT = """
from mikomi.channels.models import Intake
from mikomi.core.files import queries
rows = list(Intake.objects.all())
print(len(rows), all(queries.read(row.raw_id) for row in rows))
"""


@pytest.mark.django_db(transaction=True)
def test_whatever_was_answered_250_is_there_after_kill_9(shared_database: str, tmp_path: Path) -> None:
    """Given a worker that is killed at any moment, then each mail that it said 250 to is stored, and none twice."""
    port, good = free_port(), 0
    program = WORKER.format(host=HOST, port=port)
    for kill in range(3):
        process = processes.start(program, shared_database, tmp_path)
        try:
            assert processes.output_of(process).readline() == "began\n"
            _wait_for(port)
            killer = threading.Timer(0.3 + 0.2 * kill, process.kill)
            killer.start()
            with suppress(OSError, smtplib.SMTPException), smtplib.SMTP(HOST, port, timeout=10) as client:
                for number in range(1_000):
                    client.sendmail(
                        SENDER, ["support@shop.example"], mail(message_id=f"{kill}-{number}@x.example")
                    )
                    good += 1
        finally:
            process.kill()
            process.wait()
    count, whole = processes.run(COUNT, shared_database, tmp_path).split()
    assert whole == "True"
    assert good <= int(count) <= good + 3
    assert good > 0
