"""The list of bad input, each through the whole of intake: its outcome is the one that docs/email.md names.

What a full disk says is said by the machine itself: `/dev/full` stands in for the file, and SQLite gets a limit.
"""

from __future__ import annotations

import base64
import io
import os
import shutil
import tempfile
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from django.db import connection

from mikomi.channels import operations
from mikomi.channels.email import imap
from mikomi.channels.email.problems import MailProblem
from mikomi.channels.email.reading import limits
from mikomi.channels.email.tests.conftest import fetch, process, visit
from mikomi.channels.email.tests.mails import mail
from mikomi.channels.email.tests.test_filing import arrive
from mikomi.channels.models import FolderCursor, Intake, Mailbox
from mikomi.conversations.models import Attachment, Message
from mikomi.core.access.actor import Actor
from mikomi.core.files.models import StoredFile
from mikomi.core.files.paths import root
from tests.servers import Dovecot

pytestmark = [pytest.mark.django_db, pytest.mark.bad_input]
MB = 1_000_000


@pytest.fixture
def box(business: object) -> Mailbox:
    return Mailbox.objects.create(address="support@shop.example")


def deliver_large(server: Dovecot, megabytes: int) -> None:
    """Put a message of so many MB into the inbox, written piece by piece as a delivery agent does."""
    server.append(mail("a first one, so that there is a mailbox"))
    home = server.folder / "mail" / server.user / "Maildir"
    path = home / "tmp" / "large"
    with path.open("wb") as file:
        file.write(mail("x", subject="大きい").replace(b"\n", b"\r\n"))
        for _piece in range(megabytes):
            file.write((b"A" * 76 + b"\r\n") * (MB // 78))
    if os.geteuid() == 0:
        shutil.chown(path, "nobody", "nogroup")
    path.rename(home / "new" / f"{int(time.time())}.large.shop")  # noqa: TID251 - the form of the name


@pytest.mark.dovecot
def test_200_mb_are_stored_in_pieces_and_wait_in_quarantine(
    mailbox: Mailbox, server: Dovecot, agent: Actor
) -> None:
    """Given a message of 200 MB, when the mailbox is visited, then its bytes are kept without being held in memory, it
    is listed with sender and subject as too large, and the other one is filed."""
    deliver_large(server, 200)
    tracemalloc.start()
    try:
        visit(mailbox)
        process()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    large = Intake.objects.get(raw_size__gt=190 * MB)
    assert (large.state, large.reason) == (Intake.State.QUARANTINED, "too_large")
    assert (large.detail["from"], large.detail["subject"]) == ("hanako@example.jp", "大きい")
    assert peak < 40 * MB
    assert Message.objects.count() == 1
    assert operations.dismiss(actor=agent, intake_id=large.pk).state == Intake.State.IGNORED


def test_a_zip_bomb_stays_closed_and_is_offered_as_it_came(box: Mailbox) -> None:
    """Given a file of 100 MB packed into some kB, when it is read, then it is kept as it came and never unpacked."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(100 * MB))
    raw = (
        b"From: hanako@example.jp\nSubject: photos\nMIME-Version: 1.0\n"
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nsee\n--b\n"
        b"Content-Type: application/zip; name=photos.zip\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(packed.getvalue())
        + b"--b--\n"
    )
    intake = arrive(raw, box)

    kept = Attachment.objects.get()
    assert (intake.state, kept.name, kept.size) == (Intake.State.FILED, "photos.zip", len(packed.getvalue()))
    assert sum(StoredFile.objects.values_list("size", flat=True)) < MB


def test_100_000_recipients_are_cut_and_the_message_is_filed(box: Mailbox) -> None:
    names = ",\n ".join(f'"Customer {number}" <c{number}@example.jp>' for number in range(100_000))
    intake = arrive(mail(to="x@example.jp").replace(b"To: x@example.jp", b"To: " + names.encode()), box)
    assert intake.state == Intake.State.FILED
    assert "header too long: to" in intake.detail["defects"]
    assert Message.objects.get().text.strip() == "いつ届きますか。"


def test_a_header_of_1_mb_is_cut_and_the_message_is_filed(box: Mailbox) -> None:
    intake = arrive(b"X-Long: " + b"a" * 1_200_000 + b"\n" + mail(), box)
    assert (intake.state, Intake.objects.get().detail["from"]) == (Intake.State.FILED, "hanako@example.jp")
    assert any("header too long" in defect for defect in intake.detail["defects"])


def test_a_tree_2000_deep_is_read_to_its_limit_and_filed(box: Mailbox) -> None:
    levels = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level) for level in range(2_000)
    )
    intake = arrive(b"From: hanako@example.jp\nSubject: deep\n" + levels + b"\nhello", box)
    assert intake.state == Intake.State.FILED
    assert "MIME tree too deep" in intake.detail["defects"]
    assert [part.refused for part in Attachment.objects.all()] == ["nested too deep"]
    assert limits.MAX_DEPTH < 2_000


@contextmanager
def full_disk() -> Iterator[None]:
    """Every file that is written in the folder of incoming bytes lies on a device that is full (a stand-in)."""
    make = tempfile.mkstemp

    def on_full_device(*args: object, **options: object) -> tuple[int, str]:
        handle, name = make(*args, **options)  # type: ignore[call-overload]
        if str(root()) in name:
            os.close(handle)
            handle = os.open("/dev/full", os.O_WRONLY)
        return handle, name

    with patch.object(tempfile, "mkstemp", on_full_device):
        yield


@pytest.mark.dovecot
def test_a_full_disk_stops_the_visit_and_loses_nothing(mailbox: Mailbox, server: Dovecot) -> None:
    """Given a disk without room, when mail comes, then nothing is half kept, the mailbox says why, and the mail is
    fetched once there is room."""
    server.append(mail("first"), mail("second"))
    with full_disk():
        visit(mailbox)

    mailbox.refresh_from_db()
    problem = MailProblem.stored(mailbox.poll_error)
    assert (problem.code, "No space left" in str(problem)) == ("storage", True)
    assert (Intake.objects.count(), StoredFile.objects.count(), FolderCursor.objects.get().last_uid) == (
        0,
        0,
        0,
    )
    assert not [path for path in root().rglob("*") if path.is_file() and path.stat().st_size]
    assert [intake.state for intake in fetch(mailbox)] == [Intake.State.FILED] * 2


def test_a_full_disk_while_a_message_is_filed_makes_it_wait(box: Mailbox) -> None:
    """Given an attachment for which there is no room, when the message is filed, then it waits, nothing of it is
    there, and it is filed once there is room."""
    raw = mail("see the file")
    raw += b"\nbegin 644 a.txt\n#86)C\n`\nend\n"
    from mikomi.core.files import operations as files

    with patch.object(files, "_kept", wraps=files._kept) as kept:
        arrived = arrive(raw, box)
        assert kept.called
    Intake.objects.all().update(state=Intake.State.RECEIVED, conversation_id=None)
    Message.objects.all().delete()

    with full_disk():
        process()
    arrived.refresh_from_db()
    assert (arrived.state, Message.objects.count()) == (Intake.State.RECEIVED, 0)
    assert "No space left" in arrived.error

    Intake.objects.update(next_attempt_at=None)
    process()
    arrived.refresh_from_db()
    assert (arrived.state, Message.objects.count()) == (Intake.State.FILED, 1)


def test_a_full_database_makes_the_message_wait(box: Mailbox) -> None:
    """Given a database that can't grow, when a long message is filed, then it waits and is filed once there is room.

    SQLite is told to stay as small as it is; where another engine serves, its own word for it is put in its place.
    """
    with no_room_in_database():
        intake = arrive(mail("long text " * 200_000), box)
    assert (intake.state, Message.objects.count()) == (Intake.State.RECEIVED, 0)
    assert "full" in intake.error
    Intake.objects.update(next_attempt_at=None)
    process()
    assert Intake.objects.get().state == Intake.State.FILED


@contextmanager
def no_room_in_database() -> Iterator[None]:
    """Room for the row of the arrival and no more."""
    if connection.vendor != "sqlite":
        from django.db import OperationalError

        from mikomi.conversations import operations as desk

        with patch.object(desk, "receive_messages", side_effect=OperationalError("disk full")):
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count")
        before = cursor.fetchone()[0]
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0] + 60}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA max_page_count = {before}")


@pytest.mark.dovecot
def test_a_certificate_that_is_not_valid_stops_the_visit_before_the_password(
    server: Dovecot, business: object
) -> None:
    """Given a server whose certificate nobody has signed, when it is visited, then no password is sent to it, and the
    mailbox says what is wrong."""
    secure = server.settings(imap_port=server.tls_port, imap_security="tls")
    mailbox = Mailbox.objects.create(**secure)
    with patch.object(imap, "_sign_in", side_effect=AssertionError("a password was about to be sent")):
        visit(mailbox)
    mailbox.refresh_from_db()
    assert MailProblem.stored(mailbox.poll_error).code == "certificate"
    assert MailProblem.stored(mailbox.poll_error).sentence
