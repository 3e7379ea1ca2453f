"""Bad input: each kind ends in the state that docs/email.md names, and never holds up the others."""

from __future__ import annotations

import base64
import os
import resource
import time
from collections.abc import Iterator
from unittest.mock import patch

import pytest

from mikomi.channels import operations, processing, queries
from mikomi.channels.email import filing, reader
from mikomi.channels.email.imap import CHUNK_BYTES, Session
from mikomi.channels.email.tests.conftest import WORKER, fetch, process, visit
from mikomi.channels.email.tests.mails import mail
from mikomi.channels.email.tests.test_filing import arrive
from mikomi.channels.models import Intake, Mailbox
from mikomi.conversations import operations as desk
from mikomi.conversations.models import Message
from mikomi.core.access.actor import Actor, NotAllowedError
from mikomi.core.events.models import Event
from mikomi.core.files import queries as stored
from mikomi.customers.models import Customer
from tests.servers import Dovecot

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(business: object) -> Mailbox:
    return Mailbox.objects.create(address="support@shop.example")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"hello",
        os.urandom(3_000),
        b"\0" * 500,
        b"Subject: no sender\r\n\r\ntext",
        b"From: nobody\n\n.",
    ],
    ids=["empty", "blank", "no headers", "noise", "zeros", "no sender", "no address"],
)
def test_what_has_no_sender_waits_in_quarantine(raw: bytes, box: Mailbox, agent: Actor) -> None:
    intake = arrive(raw, box)
    assert (intake.state, intake.reason) == (Intake.State.QUARANTINED, "no_sender")
    assert queries.reason_words(intake) != intake.reason
    assert queries.caught_count(actor=agent) == 1
    assert Event.objects.filter(kind="intake.quarantined").count() == 1
    assert not Message.objects.exists()


def test_a_poison_message_holds_up_nobody_and_is_not_tried_for_ever(box: Mailbox) -> None:
    whole = filing._message

    def broken(intake: Intake, *rest: object) -> object:
        if "poison" in intake.message_id:
            raise ZeroDivisionError("boom")
        return whole(intake, *rest)  # type: ignore[arg-type]

    with patch.object(filing, "_message", broken):
        poison = arrive(mail(message_id="poison@example.jp"), box)
        good = arrive(mail(), box)

    assert (poison.state, poison.reason) == (Intake.State.QUARANTINED, "error")
    assert "ZeroDivisionError" in poison.error
    assert good.state == Intake.State.FILED


def test_one_that_cannot_be_written_is_quarantined_too(box: Mailbox) -> None:
    with patch.object(desk, "receive_messages", side_effect=ValueError("refused")):
        intake = arrive(mail(), box)
    assert (intake.state, intake.reason, Customer.objects.count()) == (Intake.State.QUARANTINED, "error", 0)


def test_reading_that_takes_too_long_is_ended(box: Mailbox) -> None:
    with reader.Reader(seconds=0.001) as slow, pytest.raises(reader.UnreadableError) as caught:
        slow.read(mail("x" * 1_000_000))
    assert caught.value.reason == "too_slow"
    with patch.object(reader.Reader, "read", side_effect=reader.UnreadableError("too_slow")):
        assert arrive(mail(), box).reason == "too_slow"


def test_a_reader_that_dies_is_replaced() -> None:
    with reader.Reader() as one:
        one.read(mail())
        assert one._process is not None
        one._process.kill()
        with pytest.raises(reader.UnreadableError):
            one.read(mail())
        assert one.read(mail("again")).text.strip() == "again"


def test_what_ends_the_program_again_and_again_is_quarantined(box: Mailbox) -> None:
    with patch.object(filing, "verdict_of", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        arrive(mail(), box)
    for _death in range(processing.MOST_ATTEMPTS):
        Intake.objects.update(claimed_by="dead")
        processing.free_claims(["dead"])
    suspect = Intake.objects.get()
    innocent = arrive(mail(), box)
    assert (suspect.state, innocent.state) == (Intake.State.RECEIVED, Intake.State.FILED)
    assert processing.process_due(WORKER) == 0

    Intake.objects.update(next_attempt_at=None)
    process()
    suspect.refresh_from_db()
    assert (suspect.state, suspect.reason) == (Intake.State.QUARANTINED, "crashed")


def test_only_the_arrival_at_hand_is_counted_when_a_worker_dies(box: Mailbox) -> None:
    with patch.object(filing, "verdict_of", side_effect=KeyboardInterrupt):
        for _number in range(3):
            with pytest.raises(KeyboardInterrupt):
                arrive(mail(), box)
    assert processing.free_claims([WORKER]) == 3
    assert list(Intake.objects.order_by("id").values_list("attempts", flat=True)) == [1, 0, 0]


def test_trouble_with_the_disk_is_not_the_mails_fault(box: Mailbox) -> None:
    with patch.object(stored, "read_content", side_effect=OSError(5, "Input/output error")):
        intake = arrive(mail(), box)
    assert (intake.state, intake.attempts, intake.claimed_by) == (Intake.State.RECEIVED, 0, "")
    Intake.objects.update(next_attempt_at=None)
    process()
    intake.refresh_from_db()
    assert intake.state == Intake.State.FILED


def test_a_name_of_10000_characters_and_emoji(box: Mailbox) -> None:
    head = f'From: "{"名" * 10_000}" <long@example.jp>\nSubject: {"件" * 3_000}\nMessage-ID: <l@example.jp>\n'
    intake = arrive((head + "Content-Type: text/plain; charset=utf-8\n\n" + "🎉" * 50).encode(), box)
    message = Message.objects.get()
    assert intake.state == Intake.State.FILED
    assert (len(message.from_name), len(message.subject)) == (300, 500)
    assert message.text.strip() == "🎉" * 50


def test_a_long_message_id_stays_one_of_its_own(box: Mailbox) -> None:
    first = arrive(mail(message_id="a" * 600 + "1@example.jp"), box)
    second = arrive(mail(message_id="a" * 600 + "2@example.jp"), box)
    assert first.message_id != second.message_id
    assert not second.same_id_other_content


@pytest.mark.dovecot
def test_a_mail_of_50_mb_is_fetched_in_pieces_and_read(mailbox: Mailbox, server: Dovecot) -> None:
    body = base64.encodebytes(os.urandom(37_000_000))
    head = b"From: hanako@example.jp\nSubject: video\nMessage-ID: <big@example.jp>\nMIME-Version: 1.0\n"
    head += (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nsee the video\n--b\n"
    )
    head += b"Content-Type: video/mp4; name=v.mp4\nContent-Transfer-Encoding: base64\n\n"
    server.append((head + body + b"--b--\n").replace(b"\n", b"\r\n"))

    pieces: list[int] = []
    fetch_piece = Session.pieces

    def counted(session: Session, uid: int) -> Iterator[bytes]:
        for piece in fetch_piece(session, uid):
            pieces.append(len(piece))
            yield piece

    with patch.object(Session, "pieces", counted):
        visit(mailbox)
    began = time.monotonic()
    process()

    intake = Intake.objects.get()
    assert max(pieces) <= CHUNK_BYTES
    assert sum(pieces) == intake.raw_size > 49_000_000
    assert intake.state == Intake.State.FILED
    message = Message.objects.get()
    part = message.attachments.get()
    assert (message.text.strip(), part.name, part.file_id) == ("see the video", "v.mp4", None)
    assert part.refused
    assert part.size > 36_000_000
    assert time.monotonic() - began < 20
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 800_000


@pytest.mark.dovecot
def test_a_larger_mail_is_stored_and_waits_with_sender_and_subject(mailbox: Mailbox, server: Dovecot) -> None:
    server.append(mail("x" * 3_000_000, subject="大きい"))
    with patch.object(filing, "LARGEST_READ_BYTES", 2_500_000):
        (intake,) = fetch(mailbox)
    assert (intake.state, intake.reason) == (Intake.State.QUARANTINED, "too_large")
    assert (intake.detail["from"], intake.detail["subject"]) == ("hanako@example.jp", "大きい")
    assert intake.raw_size > 3_000_000


class TestQuarantine:
    def caught(self, box: Mailbox) -> Intake:
        with patch.object(filing, "_message", side_effect=ZeroDivisionError):
            return arrive(mail(), box)

    def test_one_click_reads_it_again(self, box: Mailbox, agent: Actor) -> None:
        intake = self.caught(box)
        again = operations.reprocess(actor=agent, intake_id=intake.pk)
        operations.reprocess(actor=agent, intake_id=intake.pk)
        assert (again.state, Message.objects.count()) == (Intake.State.FILED, 1)

    def test_after_an_upgrade_all_of_it(self, box: Mailbox, agent: Actor) -> None:
        for _time in range(3):
            self.caught(box)
        assert operations.reprocess_all(actor=agent) == 3
        process()
        assert Message.objects.count() == 3

    def test_it_can_be_put_aside(self, box: Mailbox, agent: Actor) -> None:
        intake = operations.dismiss(actor=agent, intake_id=self.caught(box).pk)
        assert (intake.state, intake.reason) == (Intake.State.IGNORED, "dismissed")

    def test_agents_see_it_and_marketers_do_not(self, box: Mailbox, agent: Actor, marketer: Actor) -> None:
        intake = self.caught(box)
        assert [item.pk for item in queries.arrivals(actor=agent).items] == [intake.pk]
        assert queries.raw_bytes(actor=agent, intake_id=intake.pk)
        with pytest.raises(NotAllowedError):
            queries.arrivals(actor=marketer)
        with pytest.raises(NotAllowedError):
            operations.reprocess(actor=marketer, intake_id=intake.pk)
        intake.refresh_from_db()
        assert intake.state == Intake.State.QUARANTINED
